//! Messages in slices: they stop where whole ones pass, and come to the same end.

use embedder::{Entry, Execution, Progress, Slices, Trap};

use crate::support::{Canister, update};

const SLICE: u64 = 10_000;

/// Loops, recursion, bulk operations and system calls, so that slices end in all kinds of places.
const TEXT: &str = r#"(module
    (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
    (import "ic0" "msg_reply" (func $reply))
    (import "ic0" "performance_counter" (func $used (param i32) (result i64)))
    (memory 10)
    (global $sum (mut i64) (i64.const 0))
    (func $fib (param i32) (result i32)
        (global.set $sum (i64.add (global.get $sum) (i64.const 1)))
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0)) (else
            (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func $work (local $i i32)
        (loop $on
            (memory.fill (i32.const 70000) (local.get $i) (i32.const 200000))
            (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (call $fib (i32.const 9))))
            (i64.store (i32.const 8) (call $used (i32.const 0)))
            (call $append (i32.const 0) (i32.const 16))
            (br_if $on (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20)))))
    (func (export "canister_update work") (call $work) (call $reply))
    (func (export "canister_update fail") (call $work) unreachable)
    (func (export "canister_update spin") (loop $on (br $on)))
    (func $deeper (call $deeper) (global.set $sum (i64.const 1)))
    (func (export "canister_update deep") (call $work) (call $deeper)))"#;

fn start(canister: &mut Canister, entry: &Entry, granted: u64) -> Progress {
    let slices = Slices { instructions: SLICE, granted };
    canister.sandbox.start(entry, canister.input.clone(), &canister.limits, slices).expect("the machine works")
}

/// Runs slice by slice; gives how many pauses there were, and how it ended.
fn in_slices(canister: &mut Canister, entry: &Entry, first: u64) -> (u64, Execution) {
    let mut progress = start(canister, entry, first);
    let mut pauses = 0;
    loop {
        match progress {
            Progress::Done(execution) => return (pauses, execution),
            Progress::Paused => {
                assert!(canister.sandbox.is_paused());
                pauses += 1;
                progress = canister.sandbox.resume(1).expect("goes on");
            }
        }
    }
}

#[test]
fn a_message_in_slices_does_what_it_does_whole() {
    for name in ["work", "fail", "deep"] {
        let entry = update(name);
        let (mut whole, mut sliced) = (Canister::new(TEXT), Canister::new(TEXT));
        let expected = whole.run(&entry);
        let (pauses, execution) = in_slices(&mut sliced, &entry, 1);
        assert_eq!(execution.outcome, expected.outcome, "{name}");
        assert_eq!(execution.instructions, expected.instructions, "{name}");
        // A bulk operation may use several slices at once, but none is given without being used.
        assert_eq!(pauses, (expected.instructions - 1) / SLICE, "{name}");
        if expected.outcome.is_ok() {
            assert_eq!(whole.commit(), sliced.commit(), "{name}");
        } else {
            sliced.roll_back();
            sliced.assert_committed(name);
        }
        assert!(!sliced.sandbox.is_paused());
        sliced.ok(&update("work"));
    }
}

#[test]
fn slices_at_once_end_where_slices_one_by_one_do() {
    let entry = update("work");
    let seen = |canister: &Canister| canister.sandbox.heap().read(0, 655_360).expect("read");
    for granted in [2, 7, 30] {
        let (mut at_once, mut one_by_one) = (Canister::new(TEXT), Canister::new(TEXT));
        assert!(matches!(start(&mut at_once, &entry, granted), Progress::Paused));
        assert!(matches!(start(&mut one_by_one, &entry, 1), Progress::Paused));
        for _ in 1..granted {
            assert!(matches!(one_by_one.sandbox.resume(1), Ok(Progress::Paused)));
        }
        assert!(seen(&at_once) == seen(&one_by_one), "{granted} slices");
    }
}

#[test]
fn the_limit_holds_across_slices_at_the_same_instruction() {
    // Beyond a slice by more than a round of the loop costs, so that a pause comes before the limit.
    for limit in [SLICE - 1, SLICE, SLICE + 100, 5 * SLICE + 300] {
        let mut canister = Canister::new(TEXT);
        canister.limits.instructions = limit;
        let (pauses, execution) = in_slices(&mut canister, &update("spin"), 1);
        assert_eq!(execution.outcome.expect_err("a trap"), Trap::InstructionLimit { limit });
        assert_eq!((execution.instructions, pauses), (limit, (limit - 1) / SLICE));
    }
}

#[test]
fn a_paused_message_moves_between_threads_and_can_be_given_up() {
    let mut canister = Canister::new(TEXT);
    assert!(matches!(start(&mut canister, &update("work"), 1), Progress::Paused));
    let mut canister = std::thread::spawn(move || {
        assert!(matches!(canister.sandbox.resume(3), Ok(Progress::Paused)));
        canister
    })
    .join()
    .expect("no panic");
    assert!(matches!(canister.sandbox.resume(1000), Ok(Progress::Done(Execution { outcome: Ok(_), .. }))));

    // Given up in the middle of a recursion: its stack is unwound, and the committed memory is as it was.
    let mut canister = Canister::new(TEXT);
    assert!(matches!(start(&mut canister, &update("deep"), 9), Progress::Paused));
    assert!(canister.sandbox.run(&update("work"), canister.input.clone(), &canister.limits).is_err());
    canister.reopen();
    canister.assert_committed("after it was given up");
    canister.ok(&update("work"));
}
