//! What stays and what is undone: heaps, stable memory, globals, tables, on all ways of tracking.

use std::{collections::HashMap, io::Write as _, sync::Arc, thread};

use embedder::{Engine, Entry, GlobalValue, Module, Sandbox, Tracking};
use state::pages::{PageImage, PagedMemory};

use crate::support::{Canister, all_ways, engine_with, query, update};

const STATE: &str = r#"(module
    (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
    (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
    (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
    (import "ic0" "msg_reply" (func $reply))
    (import "ic0" "stable64_grow" (func $sgrow (param i64) (result i64)))
    (import "ic0" "stable64_write" (func $swrite (param i64 i64 i64)))
    (import "ic0" "stable64_read" (func $sread (param i64 i64 i64)))
    (memory 2) (data (i32.const 1000) "initial")
    (global $count (mut i32) (i32.const 0)) (global $f (mut f64) (f64.const 1.5)) (global $i (mut i64) (i64.const -1))
    (global $constant i32 (i32.const 3))
    (func $start (i32.store (i32.const 2000) (i32.add (i32.load (i32.const 2000)) (i32.const 1))))
    (start $start)
    (func (export "canister_update set")
        (call $arg_copy (i32.const 5000) (i32.const 0) (call $arg_size))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (global.set $f (f64.mul (global.get $f) (f64.const 2)))
        (drop (call $sgrow (i64.const 1))) (call $swrite (i64.const 4000) (i64.const 5000) (i64.const 200)) (call $reply))
    (func (export "canister_update trap") (call $change) unreachable)
    (func (export "canister_update grow_and_trap") (call $change)
        (drop (memory.grow (i32.const 3))) (i32.store (i32.const 200000) (i32.const 9)) unreachable)
    (func (export "canister_query dirty") (call $change) (drop (memory.grow (i32.const 1))) (call $reply))
    (func $change (global.set $count (i32.const 99)) (global.set $i (i64.const 7))
        (memory.fill (i32.const 100) (i32.const 5) (i32.const 70000))
        (drop (call $sgrow (i64.const 5))) (call $swrite (i64.const 0) (i64.const 100) (i64.const 60000)))
    (func (export "canister_query get") (call $append (i32.const 5000) (i32.const 8)) (call $reply))
    (func (export "canister_query starts") (call $append (i32.const 2000) (i32.const 1)) (call $reply))
    (func (export "canister_query initial") (call $append (i32.const 1000) (i32.const 7)) (call $reply)))"#;

fn on_all(check: impl Fn(Canister)) {
    for tracking in all_ways() {
        check(Canister::on(engine_with(tracking), STATE));
    }
}

#[test]
fn committed_changes_survive_a_wake_and_the_start_function_does_not_run_again() {
    on_all(|mut canister| {
        assert_eq!(canister.reply(&query("starts")), [1]);
        assert_eq!(canister.reply(&query("initial")), b"initial");
        canister.roll_back();
        canister.ok(&update("set"));
        let delta = canister.commit();
        assert_eq!(delta.globals, [(0, GlobalValue::I32(1)), (1, GlobalValue::F64(3f64.to_bits()))]);
        assert_eq!(delta.heap.map(|heap| heap.pages.len()), Some(1));
        assert_eq!(delta.stable.map(|stable| (stable.bytes, stable.pages.len())), Some((65536, 1)));
        canister.reopen();
        canister.assert_committed("woken");
        assert_eq!(canister.reply(&query("get")), b"argument");
        assert_eq!(canister.reply(&query("starts")), [1]);
    });
}

#[test]
fn a_data_segment_does_not_come_back_at_a_wake() {
    on_all(|mut canister| {
        canister.input.arg = vec![b'x'; 10].into();
        canister.ok(&update("set"));
        canister.commit();
        canister.reopen();
        assert_eq!(canister.reply(&query("initial")), b"initial");
        assert_eq!(canister.reply(&query("get")), b"xxxxxxxx");
    });
    let mut canister = Canister::new(
        r#"(module (import "ic0" "msg_reply_data_append" (func $append (param i32 i32))) (import "ic0" "msg_reply" (func $reply))
            (memory 1) (data (i32.const 8) "segment")
            (func (export "canister_update set") (i32.store8 (i32.const 8) (i32.const 83)))
            (func (export "canister_query get") (call $append (i32.const 8) (i32.const 7)) (call $reply)))"#,
    );
    canister.ok(&update("set"));
    canister.commit();
    canister.reopen();
    assert_eq!(canister.reply(&query("get")), b"Segment");
}

#[test]
fn a_trap_is_undone_to_the_byte_with_globals_and_stable_memory() {
    on_all(|mut canister| {
        canister.ok(&update("set"));
        canister.commit();
        for method in ["trap", "grow_and_trap"] {
            canister.trap(&update(method));
            canister.roll_back();
            canister.assert_committed(method);
            assert_eq!(canister.reply(&query("get")), b"argument");
            canister.roll_back();
        }
    });
}

#[test]
fn queries_dirty_memory_and_are_undone() {
    on_all(|mut canister| {
        for round in 0..5 {
            canister.ok(&query("dirty"));
            canister.roll_back();
            canister.assert_committed(&format!("query {round}"));
            canister.ok(&update("set"));
            canister.commit();
        }
    });
}

#[test]
fn all_trackers_commit_the_same() {
    let run = |tracking| {
        let mut canister = Canister::on(engine_with(tracking), STATE);
        (0..6u8)
            .map(|round| {
                canister.input.arg = vec![round; 3000 * usize::from(round)].into();
                canister.ok(&update("set"));
                if round % 2 == 0 {
                    canister.trap(&update("grow_and_trap"));
                    canister.roll_back();
                    canister.ok(&update("set"));
                }
                canister.commit()
            })
            .collect::<Vec<_>>()
    };
    for tracking in all_ways() {
        assert_eq!(run(tracking), run(Tracking::Compare), "{tracking:?}");
    }
}

#[test]
fn what_recovery_applies_is_what_was_committed() {
    let mut canister = Canister::new(STATE);
    let mut recovered = canister.memory.clone();
    for _ in 0..3 {
        canister.ok(&update("set"));
        recovered.apply(&canister.commit());
    }
    assert_eq!(recovered.globals, canister.memory.globals);
    canister.memory = recovered;
    canister.assert_committed("recovered");
}

#[test]
fn tables_and_dropped_segments_start_anew_for_each_message() {
    let mut canister = Canister::new(
        r#"(module (import "ic0" "msg_reply_data_append" (func $append (param i32 i32))) (import "ic0" "msg_reply" (func $reply))
            (type $t (func (result i32))) (memory 1) (table $t 2 funcref) (elem (i32.const 0) $one) (data $d "drop")
            (elem declare func $two)
            (global $g (mut i32) (i32.const 0))
            (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
            (func (export "canister_update m")
                (global.set $g (i32.add (global.get $g) (i32.const 1)))
                (i32.store8 (i32.const 0) (call_indirect (type $t) (i32.const 0)))
                (i32.store8 (i32.const 1) (table.size $t))
                (i32.store8 (i32.const 2) (global.get $g))
                (memory.init $d (i32.const 3) (i32.const 0) (i32.const 4))
                (data.drop $d)
                (table.set $t (i32.const 0) (ref.func $two))
                (drop (table.grow $t (ref.null func) (i32.const 1)))
                (call $append (i32.const 0) (i32.const 7)) (call $reply)))"#,
    );
    assert!(canister.sandbox.module().is_volatile());
    assert_eq!(canister.reply(&update("m")), b"\x01\x02\x01drop");
    assert_eq!(canister.reply(&update("m")), b"\x01\x02\x02drop", "uncommitted globals stay, tables do not");
    canister.roll_back();
    assert_eq!(canister.reply(&update("m")), b"\x01\x02\x01drop");
}

#[test]
fn a_fork_does_not_touch_its_origin() {
    let mut canister = Canister::new(STATE);
    canister.ok(&update("set"));
    canister.commit();
    let module = canister.sandbox.module().clone();
    let mut fork = canister.memory.clone();
    let mut other = embedder::Sandbox::open(&canister.engine, module, &fork).expect("open");
    let mut input = canister.input.clone();
    input.arg = b"in fork.".to_vec().into();
    other.run(&update("set"), input, &canister.limits).expect("ran").outcome.expect("no trap");
    other.commit(&mut fork).expect("committed");
    canister.assert_committed("the origin");
    assert_eq!(canister.reply(&query("get")), b"argument");
}

#[test]
fn an_entry_that_is_missing_changes_nothing() {
    let mut canister = Canister::new(STATE);
    canister.trap(&Entry::Heartbeat);
    canister.assert_committed("after nothing");
}

/// What folding the log into a new generation of the image does, in small.
fn folded(memory: &PagedMemory) -> PagedMemory {
    let mut file = tempfile::tempfile().expect("a temporary file");
    for index in 0..memory.bytes() / 4096 {
        file.write_all(memory.page(index).unwrap_or(&[0; 4096])).expect("written");
    }
    let image = PageImage::open(file, HashMap::new()).expect("an image");
    PagedMemory::from_image(Arc::new(image), memory.bytes())
}

#[test]
fn a_canister_wakes_from_an_image_file() {
    on_all(|mut canister| {
        canister.ok(&update("set"));
        canister.commit();
        canister.memory.heap = folded(&canister.memory.heap);
        canister.memory.stable = folded(&canister.memory.stable);
        canister.reopen();
        canister.assert_committed("woken");
        canister.trap(&update("grow_and_trap"));
        canister.roll_back();
        canister.assert_committed("rolled back to the image");
        canister.ok(&update("set"));
        canister.commit();
        canister.reopen();
        canister.assert_committed("woken from image and hot pages");
        assert_eq!(canister.reply(&query("get")), b"argument");
    });
}

#[test]
fn canisters_run_at_the_same_time() {
    fn can_move<T: Send>() {}
    fn can_be_shared<T: Send + Sync>() {}
    can_move::<Sandbox>();
    can_be_shared::<Engine>();
    can_be_shared::<Module>();
    let engine = engine_with(Tracking::Automatic);
    thread::scope(|scope| {
        for number in 0..4u8 {
            let engine = engine.clone();
            scope.spawn(move || {
                let mut canister = Canister::on(engine, STATE);
                canister.limits.stable_bytes = 4 << 20;
                for round in 0..40u8 {
                    canister.input.arg = vec![number.wrapping_mul(50).wrapping_add(round); 9000].into();
                    canister.ok(&update("set"));
                    canister.commit();
                    canister.trap(&update("grow_and_trap"));
                    canister.roll_back();
                    canister.assert_committed(&format!("canister {number} round {round}"));
                }
            });
        }
    });
}
