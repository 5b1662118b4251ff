//! What stops a message: instructions, memory, depth; and that it stops at the same place each time.

use embedder::{Trap, WasmFault};

use crate::support::{Canister, update};

#[test]
fn an_endless_loop_stops_at_the_same_count_each_time() {
    let text = r#"(module (memory 1) (global $n (mut i64) (i64.const 0))
        (func (export "canister_update spin")
            (loop $again (global.set $n (i64.add (global.get $n) (i64.const 1)))
                (i64.store (i32.const 8) (global.get $n)) (br $again))))"#;
    let mut counts = Vec::new();
    for _ in 0..2 {
        let mut canister = Canister::new(text);
        canister.limits.instructions = 1_000_003;
        let execution = canister.run(&update("spin"));
        assert_eq!(execution.outcome.expect_err("a trap"), Trap::InstructionLimit { limit: 1_000_003 });
        assert_eq!(execution.instructions, 1_000_003);
        counts.push(canister.sandbox.heap().read(8, 8).expect("read"));
        canister.roll_back();
        canister.assert_committed("after the limit");
    }
    assert_eq!(counts[0], counts[1]);
    // Twelve a round.
    assert_eq!(u64::from_le_bytes(counts[0][..].try_into().expect("8 bytes")), 1_000_003 / 12);
}

/// Each shape must be charged alike however it is cut into stretches: paths of known prices.
#[test]
fn paths_cost_what_their_instructions_cost() {
    let count = |body: &str| {
        let text = format!(
            "(module (memory 1) (func $leaf) (func $add (param i32 i32) (result i32 i32) local.get 0 local.get 1)
             (func (export \"canister_update m\") (local $i i32) {body}))"
        );
        let mut canister = Canister::new(&text);
        let execution = canister.run(&update("m"));
        execution.outcome.unwrap_or_else(|trap| panic!("{body}: {trap}"));
        execution.instructions
    };
    assert_eq!(count(""), 0);
    assert_eq!(count("i32.const 1 drop"), 2);
    assert_eq!(count("i32.const 6 i32.const 3 i32.div_u drop"), 13);
    assert_eq!(count("call $leaf"), 5);
    assert_eq!(count("i32.const 1 i32.const 2 call $add drop drop"), 11);
    // Taken and not taken.
    assert_eq!(count("i32.const 1 if i32.const 5 drop else i32.const 5 drop i32.const 5 drop end"), 5);
    assert_eq!(count("i32.const 0 if i32.const 5 drop else i32.const 5 drop i32.const 5 drop end"), 7);
    assert_eq!(count("block i32.const 1 br_if 0 i32.const 1 drop i32.const 1 drop end i32.const 2 drop"), 5);
    assert_eq!(count("block i32.const 0 br_if 0 i32.const 1 drop i32.const 1 drop end i32.const 2 drop"), 9);
    assert_eq!(count("i32.const 1 if return end i32.const 1 drop i32.const 1 drop"), 4);
    assert_eq!(count("block block i32.const 1 br_table 0 1 end i32.const 1 drop end"), 3);
    // Ten rounds of: get, const, add, tee, const, lt, br_if.
    let rounds = "loop $l local.get $i i32.const 1 i32.add local.tee $i i32.const 10 i32.lt_u br_if $l end";
    assert_eq!(count(rounds), 10 * 8);
    // Bulk operations pay by length.
    let fill = |bytes: u32| count(&format!("i32.const 0 i32.const 7 i32.const {bytes} memory.fill"));
    assert_eq!(fill(0), 103);
    assert_eq!(fill(8000), 103 + 8000);
}

/// A few figures of the published table, in modules of both widths.
#[test]
fn instructions_cost_what_is_published() {
    let count = |width: &str, body: &str| {
        let text = format!(
            "(module (import \"ic0\" \"time\" (func $time (result i64))) (import \"ic0\" \"msg_reply\" (func $reply))
             (memory {width} 1) (global $g (mut i32) (i32.const 0)) (table 1 funcref) (type $t (func)) (func $leaf)
             (elem (i32.const 0) $leaf) (func (export \"canister_update m\") {body}))"
        );
        let mut canister = Canister::new(&text);
        let execution = canister.run(&update("m"));
        execution.outcome.unwrap_or_else(|trap| panic!("{body}: {trap}"));
        execution.instructions
    };
    for (body, cost) in [
        ("i32.const 0 i32.load drop", 3),
        ("i32.const 0 i64.const 5 i64.store", 3),
        ("global.get $g drop", 3),
        ("i32.const 0 call_indirect (type $t)", 11),
        ("f64.const 1 f64.const 2 f64.div drop", 8),
        ("f32.const 1 f32.const 2 f32.min drop", 21),
        ("f64.const 1 i32.trunc_f64_s drop", 22),
        ("f64.const 1 f64.const 2 f64.lt drop", 6),
        ("i64.const 1 f64.convert_i64_u drop", 18),
        ("i32.const 0 v128.load v128.const f64x2 1 2 f64x2.div drop", 16),
        ("memory.size drop", 21),
        ("ref.func $leaf ref.is_null drop", 136),
        ("call $time drop", 506),
    ] {
        assert_eq!(count("", body), cost, "{body}");
    }
    assert_eq!(count("i64", "i64.const 0 i32.load drop"), 4);
    assert_eq!(count("i64", "i64.const 0 i64.const 5 i64.store"), 4);
}

#[test]
fn a_length_beyond_all_memories_costs_more_than_there_is() {
    for length in ["-1", "0x8000000000000000", "0x4000000000000001"] {
        let mut canister = Canister::new(&format!(
            r#"(module (memory i64 1) (func (export "canister_update fill")
                (memory.fill (i64.const 0) (i32.const 1) (i64.const {length}))))"#
        ));
        canister.limits.instructions = 500_000;
        assert_eq!(canister.trap(&update("fill")), Trap::InstructionLimit { limit: 500_000 });
    }
}

#[test]
fn a_bulk_operation_that_can_not_be_paid_for_does_not_run() {
    let mut canister = Canister::new(
        r#"(module (memory 100)
            (func (export "canister_update fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 6000000))))"#,
    );
    canister.limits.instructions = 500_000;
    assert_eq!(canister.trap(&update("fill")), Trap::InstructionLimit { limit: 500_000 });
    assert_eq!(canister.sandbox.heap().read(0, 1), Some(vec![0]));
}

#[test]
fn memory_over_the_limit_traps_and_growth_is_taken_back() {
    let text = r#"(module (memory 1)
        (func (export "canister_update grow") (local $p i32)
            (loop $l (local.set $p (memory.grow (i32.const 10)))
                (i32.store8 (i32.mul (local.get $p) (i32.const 65536)) (i32.const 1)) (br $l)))
        (func (export "canister_update ask") (if (i32.ne (memory.grow (i32.const 70000)) (i32.const -1)) (then unreachable)))
        (func (export "canister_update small") (drop (memory.grow (i32.const 1)))))"#;
    let mut canister = Canister::new(text);
    canister.limits.heap_bytes = 8 << 20;
    assert_eq!(canister.trap(&update("grow")), Trap::HeapLimit { limit_bytes: 8 << 20 });
    canister.roll_back();
    canister.assert_committed("after the heap limit");
    canister.ok(&update("ask"));
    canister.ok(&update("small"));
    canister.commit();
    assert_eq!(canister.memory.heap.bytes(), 2 << 16);
}

#[test]
fn endless_recursion_is_a_trap_that_is_rolled_back() {
    let recursions = [
        "(func $deep (param i64) (result i64) (i64.add (call $deep (local.get 0)) (i64.const 1)))",
        // Large frames of values that live across the call.
        "(func $deep (param i64) (result i64) (local i64 i64 i64 i64 i64 i64 i64 i64)
            (local.set 1 (i64.load (i32.const 0))) (local.set 2 (i64.load (i32.const 8)))
            (i64.add (call $deep (local.get 0)) (i64.add (local.get 1) (local.get 2))))",
        // Through the table.
        "(table funcref (elem $deep)) (type $t (func (param i64) (result i64)))
            (func $deep (param i64) (result i64)
                (i64.add (call_indirect (type $t) (local.get 0) (i32.const 0)) (i64.const 1)))",
    ];
    // Eight instructions a call, and 88 of the five mebibytes: one parameter, two operands, 64 for the call itself.
    let calls_at_most = (5 << 20) / 88;
    for (index, recursion) in recursions.into_iter().enumerate() {
        let text = format!(
            "(module (memory 1) (global $g (mut i32) (i32.const 5)) {recursion}
             (func (export \"canister_update deep\") (global.set $g (i32.const 6)) (i32.store (i32.const 100) (i32.const 1))
                (drop (call $deep (i64.const 1))))
             (func (export \"canister_update fine\")))"
        );
        let mut canister = Canister::new(&text);
        let first = canister.run(&update("deep"));
        assert!(matches!(first.outcome, Err(Trap::StackOverflow { .. })), "{:?}", first.outcome);
        canister.roll_back();
        let second = canister.run(&update("deep"));
        assert_eq!(first.instructions, second.instructions);
        if index == 0 {
            let calls = first.instructions / 8;
            assert!(calls.abs_diff(calls_at_most) < 5, "stopped by our count, not by the native stack: {calls}");
        }
        canister.roll_back();
        canister.assert_committed("after a stack overflow");
        canister.ok(&update("fine"));
    }
}

#[test]
fn depth_is_given_back_on_every_way_out_of_a_function() {
    // A million calls in a row, by each way out; each would overflow if it kept its frame.
    let bodies = [
        "(call $leaf)",
        "(call $leaf) return",
        "(call $leaf) (br 0)",
        "(call $leaf) (block (br 1))",
        "(call $leaf) (if (i32.const 1) (then (return)))",
        "(return_call $leaf)",
        "(return_call_indirect (type $t) (i32.const 0))",
        "(call $leaf) (loop (br_if 1 (i32.const 1)))",
        "(call $leaf) (br_table 0 0 (i32.const 3))",
    ];
    for body in bodies {
        let text = format!(
            "(module (type $t (func)) (table funcref (elem $leaf)) (func $leaf (call $nothing)) (func $nothing)
             (func $way {body})
             (func (export \"canister_update m\") (local $i i32)
                (loop $l (call $way) (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                    (i32.const 1000000))))))"
        );
        Canister::new(&text).ok(&update("m"));
    }
    // Results survive, one and several.
    let mut canister = Canister::new(
        "(module (memory 1) (func $leaf) (func $one (result i32) (call $leaf) (return (i32.const 7)))
         (func $two (param i32) (result i32 i64) (call $leaf) (if (local.get 0) (then (return (i32.const 8) (i64.const 9))))
            i32.const 10 i64.const 11)
         (func (export \"canister_update m\") (local i32 i64)
            (i32.store (i32.const 0) (call $one))
            (call $two (i32.const 1)) (local.set 1) (local.set 0)
            (i32.store (i32.const 4) (local.get 0)) (i64.store (i32.const 8) (local.get 1))
            (call $two (i32.const 0)) (local.set 1) (local.set 0)
            (i32.store (i32.const 16) (local.get 0)) (i64.store (i32.const 24) (local.get 1))))",
    );
    canister.ok(&update("m"));
    let bytes = canister.sandbox.heap().read(0, 32).expect("read");
    assert_eq!([bytes[0], bytes[4], bytes[8], bytes[16], bytes[24]], [7, 8, 9, 10, 11]);
}

#[test]
fn faults_are_named_with_the_functions_on_the_stack() {
    let cases = [
        ("unreachable", WasmFault::Unreachable),
        ("(drop (i32.load (i32.const 70000)))", WasmFault::MemoryOutOfBounds),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", WasmFault::IntegerDivisionByZero),
        ("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", WasmFault::IntegerOverflow),
        ("(drop (i32.trunc_f32_s (f32.const nan)))", WasmFault::BadConversionToInteger),
        ("(call_indirect (type $t) (i32.const 1))", WasmFault::IndirectCallToNull),
        ("(call_indirect (type $t) (i32.const 99))", WasmFault::TableOutOfBounds),
        ("(call_indirect (type $t) (i32.const 0))", WasmFault::BadSignature),
    ];
    for (body, expected) in cases {
        let mut canister = Canister::new(&format!(
            "(module (memory 1) (table 2 funcref) (elem (i32.const 0) $other) (type $t (func (param) (result)))
             (func $other (param i32)) (func $culprit {body}) (func $way (call $culprit))
             (func (export \"canister_update m\") (call $way)))"
        ));
        match canister.trap(&update("m")) {
            Trap::Wasm { fault, backtrace } => {
                assert_eq!(fault, expected, "{body}");
                assert_eq!(backtrace[..2], ["culprit", "way"], "{body}");
            }
            other => panic!("{body}: {other:?}"),
        }
        let text = canister.trap(&update("m")).to_string();
        assert!(text.contains("culprit < way"), "{text}");
    }
    // 64-bit memory checks its bounds in code.
    let mut canister = Canister::new(
        "(module (memory i64 1) (func (export \"canister_update m\") (drop (i32.load (i64.const 0x7fff_ffff_ffff)))))",
    );
    assert!(matches!(canister.trap(&update("m")), Trap::Wasm { fault: WasmFault::MemoryOutOfBounds, .. }));
}

#[test]
fn a_message_that_does_not_exist_is_named() {
    let mut canister = Canister::new("(module)");
    assert_eq!(canister.trap(&update("gone")).to_string(), "the canister has no update method `gone`");
}
