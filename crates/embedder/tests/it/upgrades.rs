//! Replacing a module: with its memory, without it, and back again when the upgrade fails.

use embedder::{CanisterMemory, Entry, Sandbox};

use crate::support::{Canister, engine, prepare, query, update};

fn version(number: u8, pages: u32, trap: &str) -> String {
    format!(
        r#"(module (import "ic0" "msg_reply_data_append" (func $append (param i32 i32))) (import "ic0" "msg_reply" (func $reply))
            (import "ic0" "stable64_grow" (func $sgrow (param i64) (result i64)))
            (import "ic0" "stable64_write" (func $swrite (param i64 i64 i64)))
            (memory {pages}) (data (i32.const 64) "segment {number}")
            (global $version (mut i32) (i32.const {number})) (global $extra{number} (mut i64) (i64.const {number}))
            (func $start (i32.store8 (i32.const 10) (i32.const {number}))) (start $start)
            (func (export "canister_pre_upgrade") (i32.store8 (i32.const 1) (i32.const {number})))
            (func (export "canister_post_upgrade") (i32.store8 (i32.const 2) (i32.const {number}))
                (drop (call $sgrow (i64.const 1))) (call $swrite (i64.const 0) (i64.const 0) (i64.const 100)) {trap})
            (func (export "canister_update keep") (i32.store8 (i32.const 0) (i32.const 42)))
            (func (export "canister_query get") (i32.store8 (i32.const 3) (global.get $version))
                (call $append (i32.const 0) (i32.const 4)) (call $append (i32.const 64) (i32.const 9)) (call $reply))
            (func (export "canister_query started") (call $append (i32.const 10) (i32.const 1)) (call $reply)))"#
    )
}

fn upgrade(canister: &mut Canister, text: &str, keep: bool) -> Result<(), embedder::Trap> {
    let module = prepare(&canister.engine, text);
    canister.ok(&Entry::PreUpgrade);
    canister.sandbox.replace_module(module, keep).expect("replaced");
    canister.run(&Entry::Start).outcome?;
    canister.run(&Entry::PostUpgrade).outcome.map(|_| ())
}

#[test]
fn an_upgrade_can_keep_memory() {
    let mut canister = Canister::new(&version(1, 1, ""));
    canister.ok(&update("keep"));
    canister.commit();
    upgrade(&mut canister, &version(2, 3, ""), true).expect("upgraded");
    canister.commit();
    assert_eq!(canister.memory.heap.bytes(), 3 << 16, "the new module's minimum");
    assert_eq!(canister.reply(&query("get")), b"\x2a\x01\x02\x02segment 1", "data segments stay as they were");
    canister.roll_back();
    assert_eq!(canister.reply(&query("started")), [2]);
    canister.roll_back();
    canister.reopen();
    canister.assert_committed("woken after the upgrade");
}

#[test]
fn an_upgrade_can_start_from_zeroes() {
    let mut canister = Canister::new(&version(1, 3, ""));
    canister.ok(&update("keep"));
    canister.commit();
    upgrade(&mut canister, &version(2, 1, ""), false).expect("upgraded");
    canister.commit();
    assert_eq!(canister.memory.heap.bytes(), 1 << 16);
    assert_eq!(canister.memory.stable.bytes(), 1 << 16);
    assert_eq!(canister.reply(&query("get")), b"\x00\x00\x02\x02segment 2");
    canister.roll_back();
    canister.assert_committed("after the upgrade");
    canister.reopen();
    canister.assert_committed("woken after the upgrade");
}

#[test]
fn a_failed_upgrade_is_undone_with_the_old_module() {
    for keep in [true, false] {
        let mut canister = Canister::new(&version(1, 1, ""));
        canister.ok(&update("keep"));
        canister.commit();
        let old = canister.sandbox.module().clone();
        upgrade(&mut canister, &version(2, 4, "unreachable"), keep).expect_err("a trap");
        canister.sandbox.restore(old, &canister.memory).expect("restored");
        canister.assert_committed("after the failed upgrade");
        assert_eq!(canister.reply(&query("get")), b"\x2a\x00\x00\x01segment 1");
    }
}

#[test]
fn a_module_that_can_not_be_instantiated_leaves_a_way_back() {
    let mut canister = Canister::new(&version(1, 1, ""));
    canister.ok(&update("keep"));
    canister.commit();
    let old = canister.sandbox.module().clone();
    let broken = prepare(&canister.engine, "(module (table 1 funcref) (func $f) (elem (i32.const 5) $f))");
    for keep in [true, false] {
        let error = canister.sandbox.replace_module(broken.clone(), keep).expect_err("refused");
        assert!(error.to_string().contains("can't be instantiated"), "{error}");
        canister.sandbox.restore(old.clone(), &canister.memory).expect("restored");
        canister.assert_committed("after the refusal");
    }
}

#[test]
fn a_reinstallation_replaces_everything_that_was_committed() {
    let mut canister = Canister::new(&version(1, 3, ""));
    canister.ok(&update("keep"));
    canister.ok(&Entry::PostUpgrade);
    canister.commit();
    assert_ne!(canister.memory.stable.bytes(), 0);
    let module = prepare(&canister.engine, &version(2, 2, ""));
    canister.sandbox = Sandbox::install(&canister.engine, module).expect("installed");
    canister.commit();
    assert_eq!((canister.memory.heap.bytes(), canister.memory.stable.bytes()), (2 << 16, 0));
    canister.assert_committed("reinstalled");
    canister.reopen();
    canister.assert_committed("reinstalled and woken");
}

#[test]
fn globals_of_another_module_are_refused() {
    let engine = engine();
    let module = prepare(&engine, &version(1, 1, ""));
    let error = Sandbox::open(&engine, module, &CanisterMemory::default()).err().expect("refused");
    assert!(error.to_string().contains("globals"), "{error}");
}
