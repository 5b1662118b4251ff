//! The system API, section by section, at both pointer widths.

use std::sync::Arc;

use embedder::{
    Callback, CallbackKind, CallerInfo, CanisterStatus, CanisterView, Closure, Entry, OutgoingCall, Reject, Reply, Trap,
};

use crate::support::{Canister, query, update};

/// What the tests import; `P` is the pointer type.
const IMPORTS: &[(&str, &str)] = &[
    ("msg_arg_data_size", "(result P)"),
    ("msg_arg_data_copy", "(param P P P)"),
    ("msg_caller_size", "(result P)"),
    ("msg_caller_copy", "(param P P P)"),
    ("msg_caller_info_data_size", "(result P)"),
    ("msg_caller_info_data_copy", "(param P P P)"),
    ("msg_caller_info_signer_size", "(result P)"),
    ("msg_caller_info_signer_copy", "(param P P P)"),
    ("msg_reject_code", "(result i32)"),
    ("msg_reject_msg_size", "(result P)"),
    ("msg_reject_msg_copy", "(param P P P)"),
    ("msg_deadline", "(result i64)"),
    ("msg_reply_data_append", "(param P P)"),
    ("msg_reply", ""),
    ("msg_reject", "(param P P)"),
    ("msg_cycles_available128", "(param P)"),
    ("msg_cycles_refunded128", "(param P)"),
    ("msg_cycles_accept128", "(param i64 i64 P)"),
    ("cycles_burn128", "(param i64 i64 P)"),
    ("canister_self_size", "(result P)"),
    ("canister_self_copy", "(param P P P)"),
    ("canister_cycle_balance128", "(param P)"),
    ("canister_liquid_cycle_balance128", "(param P)"),
    ("canister_status", "(result i32)"),
    ("canister_version", "(result i64)"),
    ("subnet_self_size", "(result P)"),
    ("subnet_self_copy", "(param P P P)"),
    ("msg_method_name_size", "(result P)"),
    ("msg_method_name_copy", "(param P P P)"),
    ("accept_message", ""),
    ("call_new", "(param P P P P P P P P)"),
    ("call_on_cleanup", "(param P P)"),
    ("call_data_append", "(param P P)"),
    ("call_with_best_effort_response", "(param i32)"),
    ("call_cycles_add128", "(param i64 i64)"),
    ("call_perform", "(result i32)"),
    ("stable64_size", "(result i64)"),
    ("stable64_grow", "(param i64) (result i64)"),
    ("stable64_write", "(param i64 i64 i64)"),
    ("stable64_read", "(param i64 i64 i64)"),
    ("root_key_size", "(result P)"),
    ("root_key_copy", "(param P P P)"),
    ("certified_data_set", "(param P P)"),
    ("data_certificate_present", "(result i32)"),
    ("data_certificate_size", "(result P)"),
    ("data_certificate_copy", "(param P P P)"),
    ("time", "(result i64)"),
    ("global_timer_set", "(param i64) (result i64)"),
    ("performance_counter", "(param i32) (result i64)"),
    ("is_controller", "(param P P) (result i32)"),
    ("in_replicated_execution", "(result i32)"),
    ("cost_call", "(param i64 i64 P)"),
    ("cost_sign_with_ecdsa", "(param P P i32 P) (result i32)"),
    ("env_var_count", "(result P)"),
    ("env_var_name_size", "(param P) (result P)"),
    ("env_var_name_copy", "(param P P P P)"),
    ("env_var_name_exists", "(param P P) (result i32)"),
    ("env_var_value_size", "(param P P) (result P)"),
    ("env_var_value_copy", "(param P P P P P)"),
    ("debug_print", "(param P P)"),
    ("trap", "(param P P)"),
];

const LEGACY: &[(&str, &str)] = &[
    ("msg_cycles_available", "(result i64)"),
    ("msg_cycles_refunded", "(result i64)"),
    ("msg_cycles_accept", "(param i64) (result i64)"),
    ("canister_cycle_balance", "(result i64)"),
    ("call_cycles_add", "(param i64)"),
    ("stable_size", "(result i32)"),
    ("stable_grow", "(param i32) (result i32)"),
    ("stable_write", "(param i32 i32 i32)"),
    ("stable_read", "(param i32 i32 i32)"),
];

/// A module with functions of ours: in `body`, `P` is the pointer type, and bytes 0 to 25 are the alphabet.
fn module(pointer: &str, body: &str) -> String {
    let legacy = if pointer == "i32" { LEGACY } else { &[] };
    let imports: String = IMPORTS
        .iter()
        .chain(legacy)
        .map(|(name, ty)| format!("(import \"ic0\" \"{name}\" (func ${name} {ty}))"))
        .collect();
    let memory = if pointer == "i32" { "(memory 1)" } else { "(memory i64 1)" };
    let text = format!("(module {imports} {memory} (data (P.const 0) \"abcdefghijklmnopqrstuvwxyz\") {body})");
    text.replace("(param P P P P P P P P)", &format!("(param {})", [pointer; 8].join(" ")))
        .replace("P.", &format!("{pointer}."))
        .replace("(result P)", &format!("(result {pointer})"))
        .replace(" P", &format!(" {pointer}"))
}

/// Runs the check on both widths.
fn each(body: &str, check: impl Fn(Canister)) {
    ["i32", "i64"].iter().for_each(|pointer| check(Canister::new(&module(pointer, body))));
}

/// The answer to an update whose body puts bytes at 1000; `length` of them are replied.
fn reply_of(body: &str, length: u32, change: impl Fn(&mut Canister)) -> Vec<u8> {
    let text = format!(
        "(func (export \"canister_update m\") {body}
            (call $msg_reply_data_append (P.const 1000) (P.const {length})) (call $msg_reply))"
    );
    let replies = ["i32", "i64"].map(|pointer| {
        let mut canister = Canister::new(&module(pointer, &text));
        change(&mut canister);
        canister.reply(&update("m"))
    });
    assert_eq!(replies[0], replies[1], "the widths agree: {body}");
    let [reply, _] = replies;
    reply
}

/// The trap of an update with this body.
fn trap_of(body: &str) -> String {
    let text = format!("(func (export \"canister_update m\") {body})");
    let traps = ["i32", "i64"].map(|pointer| Canister::new(&module(pointer, &text)).trap(&update("m")));
    assert_eq!(traps[0], traps[1], "the widths agree: {body}");
    traps[0].to_string()
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("8 bytes"))
}

#[test]
fn texts_that_the_message_brings_can_be_copied() {
    let copies = [
        ("msg_arg_data", "argument"),
        ("msg_caller", "caller"),
        ("msg_caller_info_data", "standing"),
        ("msg_caller_info_signer", "registry"),
        ("canister_self", "canister"),
        ("subnet_self", "subnet"),
        ("root_key", "root key"),
    ];
    for (function, expected) in copies {
        let body = format!("(call ${function}_copy (P.const 1000) (P.const 0) (call ${function}_size))");
        let with_info = |canister: &mut Canister| {
            let info = CallerInfo { data: b"standing".to_vec(), signer: b"registry".to_vec() };
            canister.input.caller_info = Some(Arc::new(info));
        };
        let reply = reply_of(&body, expected.len() as u32, with_info);
        assert_eq!(String::from_utf8_lossy(&reply), expected, "{function}");
        let part = format!("(call ${function}_copy (P.const 1000) (P.const 2) (P.const 3))");
        assert_eq!(reply_of(&part, 3, with_info), expected.as_bytes()[2..5], "{function}");
    }
}

#[test]
fn without_a_signer_there_is_no_caller_info() {
    let body = "(P.store (P.const 1000) (call $msg_caller_info_data_size)) (P.store (P.const 1000) (call $msg_caller_info_signer_size))";
    assert_eq!(reply_of(body, 1, |_| {}), [0]);
}

#[test]
fn ranges_outside_of_memory_or_source_are_violations() {
    let cases = [
        (
            "(call $msg_arg_data_copy (P.const 65530) (P.const 0) (P.const 8))",
            "8 bytes at 65530 are not all within the canister's memory",
        ),
        ("(call $msg_arg_data_copy (P.const -1) (P.const 0) (P.const 1))", "are not all within the canister's memory"),
        ("(call $msg_arg_data_copy (P.const 0) (P.const 5) (P.const 4))", "4 bytes from offset 5 are not all within 8"),
        ("(call $msg_arg_data_copy (P.const 0) (P.const -1) (P.const 2))", "not all within 8"),
        ("(call $msg_reply_data_append (P.const 65536) (P.const 1))", "`msg_reply_data_append` in an update method"),
        ("(call $debug_print (P.const -5) (P.const 10))", "`debug_print`"),
        ("(call $trap (P.const 70000) (P.const 10))", "`trap`"),
        ("(call $msg_cycles_available128 (P.const 65530))", "16 bytes at 65530"),
        ("(call $certified_data_set (P.const 0) (P.const 33))", "33 bytes; the most is 32"),
        ("(drop (call $is_controller (P.const 0) (P.const 30)))", "a principal of 30 bytes"),
        ("(drop (call $performance_counter (i32.const 2)))", "there is no counter 2"),
        ("(drop (call $env_var_name_size (P.const 1)))", "there is no variable 1, only 1"),
        ("(drop (call $env_var_value_size (P.const 0) (P.const 3)))", "there is no variable `abc`"),
        (
            "(call $stable64_write (i64.const 0) (i64.const 0) (i64.const 1))",
            "not all within the 0 bytes of stable memory",
        ),
        (
            "(drop (call $stable64_grow (i64.const 1))) (call $stable64_read (i64.const 65530) (i64.const 0) (i64.const 20))",
            "canister's memory",
        ),
    ];
    for (body, expected) in cases {
        // A pointer of -1 reads as another number at each width.
        if body.contains("const -") {
            for pointer in ["i32", "i64"] {
                let text = format!("(func (export \"canister_update m\") {body})");
                let trap = Canister::new(&module(pointer, &text)).trap(&update("m"));
                assert!(matches!(&trap, Trap::ContractViolation(text) if text.contains(expected)), "{body}: {trap}");
            }
        } else {
            let trap = trap_of(body);
            assert!(trap.contains(expected), "{body}\n gave: {trap}\n not: {expected}");
        }
    }
}

#[test]
fn a_module_without_memory_has_nothing_to_point_to() {
    let mut canister = Canister::new(
        r#"(module (import "ic0" "debug_print" (func $print (param i32 i32)))
            (func (export "canister_update none") (call $print (i32.const 0) (i32.const 0)))
            (func (export "canister_update some") (call $print (i32.const 0) (i32.const 1))))"#,
    );
    canister.ok(&update("none"));
    assert!(matches!(canister.trap(&update("some")), Trap::ContractViolation(_)));
}

#[test]
fn a_call_is_answered_once() {
    assert!(
        trap_of("(call $msg_reply) (call $msg_reply)")
            .contains("`msg_reply` in an update method: the call was answered already")
    );
    assert!(trap_of("(call $msg_reply) (call $msg_reject (P.const 0) (P.const 1))").contains("answered already"));
    assert!(
        trap_of("(call $msg_reply) (call $msg_reply_data_append (P.const 0) (P.const 1))").contains("answered already")
    );
    each(
        r#"(func (export "canister_update reject") (call $msg_reply_data_append (P.const 0) (P.const 9))
            (call $msg_reject (P.const 2) (P.const 4)))
           (func (export "canister_update nothing") (call $msg_reply_data_append (P.const 0) (P.const 9)))
           (func (export "canister_update bad") (P.store8 (P.const 0) (P.const 255)) (call $msg_reject (P.const 0) (P.const 4)))
           (func (export "canister_update large") (call $msg_reply_data_append (P.const 0) (P.const 101)))
           (func $cb (param P) (call $msg_reply)) (table funcref (elem $cb))"#,
        |mut canister| {
            assert_eq!(canister.ok(&update("reject")).reply, Some(Reply::Reject("cdef".into())));
            assert_eq!(canister.ok(&update("nothing")).reply, None);
            assert!(canister.trap(&update("bad")).to_string().contains("not UTF-8"));
            canister.limits.reply_bytes = 100;
            assert!(canister.trap(&update("large")).to_string().contains("a reply of 101 bytes is larger than 100"));
            let answered = callback(CallbackKind::Reply, 0, true);
            assert!(canister.trap(&answered).to_string().contains("answered already"));
            assert_eq!(canister.ok(&callback(CallbackKind::Reply, 0, false)).reply, Some(Reply::Data(vec![])));
        },
    );
}

fn callback(kind: CallbackKind, env: u64, replied: bool) -> Entry {
    Entry::Callback(Callback { kind, closure: Closure { fun: 0, env }, in_composite: false, replied })
}

#[test]
fn callbacks_get_their_environment_and_the_answer() {
    each(
        r#"(func $cb (param $env P)
                (P.store8 (P.const 1000) (local.get $env))
                (i32.store8 (P.const 1001) (call $msg_reject_code))
                (if (call $msg_reject_code) (then
                    (call $msg_reject_msg_copy (P.const 1002) (P.const 0) (call $msg_reject_msg_size))))
                (call $msg_reply_data_append (P.const 1000) (P.const 6)) (call $msg_reply))
            (func $wrong) (table P 3 funcref) (elem (P.const 0) $cb $wrong)"#,
        |mut canister| {
            assert_eq!(canister.reply(&callback(CallbackKind::Reply, 77, false)), [77, 0, 0, 0, 0, 0]);
            canister.input.reject = Some(Reject { code: 4, message: "full".into() });
            assert_eq!(canister.reply(&callback(CallbackKind::Reject, 77, false)), b"\x4d\x04full");
            for fun in [1, 2, 3, u64::MAX] {
                let closure = Closure { fun, env: 0 };
                let entry = Callback { kind: CallbackKind::Reply, closure, in_composite: false, replied: false };
                let trap = canister.trap(&Entry::Callback(entry)).to_string();
                assert!(trap.contains(&format!("table entry {fun} is not a callback")), "{trap}");
            }
        },
    );
}

const CALL: &str =
    "(call $call_new (P.const 0) (P.const 3) (P.const 3) (P.const 4) (P.const 1) (P.const 2) (P.const 3) (P.const 4))";

#[test]
fn calls_are_put_together_and_performed() {
    each(
        &format!(
            r#"(func (export "canister_update two") {CALL}
                    (call $call_data_append (P.const 0) (P.const 2)) (call $call_data_append (P.const 5) (P.const 2))
                    (call $call_cycles_add128 (i64.const 0) (i64.const 300)) (call $call_on_cleanup (P.const 5) (P.const 6))
                    (call $call_with_best_effort_response (i32.const 1000))
                    (if (call $call_perform) (then unreachable))
                    {CALL} (call $call_cycles_add128 (i64.const 0) (i64.const 1))
                    {CALL} (if (call $call_perform) (then unreachable))
                    {CALL} (call $call_cycles_add128 (i64.const 0) (i64.const 5)))
               (func (export "canister_update full") {CALL} (call $call_cycles_add128 (i64.const 0) (i64.const 5))
                    (if (i32.ne (call $call_perform) (i32.const 2)) (then unreachable)))"#
        ),
        |mut canister| {
            let effects = canister.ok(&update("two"));
            let plain = OutgoingCall {
                callee: b"abc".to_vec(),
                method: "defg".into(),
                arg: vec![],
                cycles: 0,
                on_reply: Closure { fun: 1, env: 2 },
                on_reject: Closure { fun: 3, env: 4 },
                on_cleanup: None,
                timeout_seconds: None,
            };
            let full = OutgoingCall {
                arg: b"abfg".to_vec(),
                cycles: 300,
                on_cleanup: Some(Closure { fun: 5, env: 6 }),
                timeout_seconds: Some(300),
                ..plain.clone()
            };
            assert_eq!(effects.calls, [full, plain]);
            assert_eq!(effects.cycles_balance, 1_000_000 - 300, "what was not sent stays");
            canister.limits.calls = 0;
            let effects = canister.ok(&update("full"));
            assert_eq!((effects.calls.len(), effects.cycles_balance), (0, 1_000_000));
            canister.limits.calls = 10;
            canister.limits.calls_bytes_total = 3;
            assert_eq!(canister.ok(&update("full")).calls.len(), 0);
            canister.limits.calls = 1;
            canister.input.canister = Arc::new(CanisterView { freezing_cycles: 2_000_000, ..CanisterView::default() });
            assert!(canister.trap(&update("full")).to_string().contains("5 cycles are more than the 0"));
        },
    );
}

#[test]
fn a_call_finds_no_room_where_too_many_to_one_canister_are_open_or_cycles_must_be_kept() {
    each(
        &format!(
            r#"(func (export "canister_update two") {CALL} (i32.store8 (P.const 1000) (call $call_perform))
                    {CALL} (i32.store8 (P.const 1001) (call $call_perform))
                    (call $call_new (P.const 1) (P.const 3) (P.const 3) (P.const 4)
                        (P.const 1) (P.const 2) (P.const 3) (P.const 4))
                    (i32.store8 (P.const 1002) (call $call_perform))
                    (call $msg_reply_data_append (P.const 1000) (P.const 3)) (call $msg_reply))"#
        ),
        |mut canister| {
            canister.limits.calls_to_one = 3;
            assert_eq!(canister.reply(&update("two")), [0, 0, 0]);
            let open = |to: &[u8]| Arc::new([(to.to_vec(), 2)].into());
            canister.input.outstanding_calls = open(b"abc");
            let effects = canister.ok(&update("two"));
            assert_eq!(effects.reply, Some(Reply::Data(vec![0, 2, 0])), "the third to one canister");
            assert_eq!(effects.calls.len(), 2);
            canister.input.outstanding_calls = open(b"abd");
            assert_eq!(canister.reply(&update("two")), [0, 0, 0]);
            let keeps = |freezing_cycles| Arc::new(CanisterView { freezing_cycles, ..CanisterView::default() });
            canister.input.canister = keeps(canister.input.cycles_balance);
            assert_eq!(canister.reply(&update("two")), [0, 0, 0], "just what it must keep");
            canister.input.canister = keeps(canister.input.cycles_balance + 1);
            assert_eq!(canister.reply(&update("two")), [2, 2, 2]);
        },
    );
}

#[test]
fn calls_follow_their_order_and_limits() {
    let under = "there is no call under construction";
    for body in [
        "(drop (call $call_perform))",
        "(call $call_data_append (P.const 0) (P.const 1))",
        "(call $call_on_cleanup (P.const 0) (P.const 0))",
        "(call $call_cycles_add128 (i64.const 0) (i64.const 0))",
        "(call $call_with_best_effort_response (i32.const 1))",
        &format!("{CALL} (drop (call $call_perform)) (drop (call $call_perform))"),
    ] {
        assert!(trap_of(body).contains(under), "{body}");
    }
    let cleanup = "(call $call_on_cleanup (P.const 0) (P.const 0))";
    assert!(trap_of(&format!("{CALL} {cleanup} {cleanup}")).contains("set already"));
    let bounded = "(call $call_with_best_effort_response (i32.const 1))";
    assert!(trap_of(&format!("{CALL} {bounded} {bounded}")).contains("set already"));
    assert!(
        trap_of(&format!("{CALL} (call $call_cycles_add128 (i64.const 1) (i64.const 0))"))
            .contains("18446744073709551616 cycles are more")
    );
    assert!(
        trap_of(&CALL.replace("(P.const 0) (P.const 3) (P.const 3)", "(P.const 0) (P.const 30) (P.const 3)"))
            .contains("a principal of 30")
    );
    assert!(trap_of(&format!("(i32.store8 (P.const 3) (i32.const 255)) {CALL}")).contains("not UTF-8"));
    each(
        &format!("(func (export \"canister_update m\") {CALL} (call $call_data_append (P.const 0) (P.const 97)))"),
        |mut canister| {
            canister.limits.call_bytes = 100;
            assert!(canister.trap(&update("m")).to_string().contains("a call of 101 bytes is larger than 100"));
        },
    );
}

#[test]
fn cycles_are_accepted_burned_and_counted() {
    each(
        r#"(func $state (call $msg_cycles_available128 (P.const 1000)) (call $canister_cycle_balance128 (P.const 1016))
                (call $canister_liquid_cycle_balance128 (P.const 1032)) (call $msg_reply_data_append (P.const 1000) (P.const 48)))
           (func (export "canister_update m") (call $state)
                (call $msg_cycles_accept128 (i64.const 0) (i64.const 30) (P.const 1000)) (call $state)
                (call $msg_cycles_accept128 (i64.const 5) (i64.const 0) (P.const 1000)) (call $state)
                (call $cycles_burn128 (i64.const 0) (i64.const 7) (P.const 1000)) (call $state)
                (call $msg_reply))
           (func (export "canister_update after") (call $msg_reply)
                (call $msg_cycles_accept128 (i64.const 0) (i64.const 30) (P.const 1000)))
           (func $cb (param P) (call $msg_cycles_refunded128 (P.const 1000))
                (call $msg_reply_data_append (P.const 1000) (P.const 16)) (call $msg_reply))
           (table funcref (elem $cb))"#,
        |mut canister| {
            canister.input.cycles_available = 100;
            canister.input.cycles_refunded = (1 << 64) + 9;
            let mut view = CanisterView::clone(&canister.input.canister);
            view.freezing_cycles = 999_990;
            canister.input.canister = Arc::new(view);
            let effects = canister.ok(&update("m"));
            let Some(Reply::Data(data)) = &effects.reply else { panic!("{effects:?}") };
            let numbers: Vec<u64> = data.chunks(8).step_by(2).map(number).collect();
            let states = [100, 1_000_000, 10, 70, 1_000_030, 40, 0, 1_000_100, 110, 0, 1_000_093, 103];
            assert_eq!(numbers, states);
            assert_eq!((effects.cycles_accepted, effects.cycles_burned, effects.cycles_balance), (100, 7, 1_000_093));
            assert_eq!(canister.ok(&update("after")).cycles_accepted, 0, "what was not accepted went back");
            let refund = canister.reply(&callback(CallbackKind::Reply, 0, false));
            assert_eq!((number(&refund[..8]), number(&refund[8..])), (9, 1));
        },
    );
}

#[test]
fn the_functions_of_32_bit_modules_work() {
    let body = r#"(func (export "canister_update m")
            (i64.store (i32.const 1000) (call $msg_cycles_available)) (i64.store (i32.const 1008) (call $msg_cycles_accept (i64.const 5)))
            (i64.store (i32.const 1016) (call $canister_cycle_balance))
            (i32.store (i32.const 1024) (call $stable_grow (i32.const 2))) (i32.store (i32.const 1028) (call $stable_size))
            (call $stable_write (i32.const 70000) (i32.const 0) (i32.const 4)) (call $stable_read (i32.const 1032) (i32.const 69999) (i32.const 4))
            (i32.store (i32.const 1036) (call $stable_grow (i32.const 65536)))
            (call $call_new (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
            (call $call_cycles_add (i64.const 9)) (drop (call $call_perform))
            (call $msg_reply_data_append (i32.const 1000) (i32.const 40)) (call $msg_reply))
        (func (export "canister_update rich") (drop (call $canister_cycle_balance)))
        (func (export "canister_update large") (drop (call $stable64_grow (i64.const 65537))) (drop (call $stable_size)))"#;
    let mut canister = Canister::new(&module("i32", body));
    canister.input.cycles_available = 8;
    let effects = canister.ok(&update("m"));
    assert_eq!(effects.calls[0].cycles, 9);
    let Some(Reply::Data(data)) = effects.reply else { panic!("no reply") };
    assert_eq!(data.chunks(8).take(3).map(number).collect::<Vec<_>>(), [8, 5, 1_000_005]);
    assert_eq!(data[24..], *b"\0\0\0\0\x02\0\0\0\0abc\xff\xff\xff\xff");
    canister.input.cycles_balance = 1 << 64;
    assert!(canister.trap(&update("rich")).to_string().contains("does not fit in 64 bits"));
    canister.roll_back();
    assert!(canister.trap(&update("large")).to_string().contains("use the `stable64` functions"));
}

#[test]
fn stable_memory_grows_to_its_limit_and_keeps_what_is_written() {
    let body = "(i64.store (P.const 1000) (call $stable64_grow (i64.const 2))) (i64.store (P.const 1008) (call $stable64_grow (i64.const 2)))
        (i64.store (P.const 1016) (call $stable64_size)) (call $stable64_write (i64.const 131068) (i64.const 0) (i64.const 4))
        (call $stable64_read (i64.const 1024) (i64.const 131068) (i64.const 4))";
    let reply = reply_of(body, 28, |canister| canister.limits.stable_bytes = 3 << 16);
    assert_eq!(reply[..24].chunks(8).map(number).collect::<Vec<_>>(), [0, u64::MAX, 2]);
    assert_eq!(&reply[24..], b"abcd");
}

#[test]
fn certificates_come_with_queries_only() {
    each(
        r#"(func (export "canister_query q") (i32.store8 (P.const 1000) (call $data_certificate_present))
                (call $data_certificate_copy (P.const 1001) (P.const 0) (call $data_certificate_size))
                (call $msg_reply_data_append (P.const 1000) (P.const 5)) (call $msg_reply))
           (func (export "canister_update u") (i32.store8 (P.const 1000) (call $data_certificate_present))
                (call $certified_data_set (P.const 0) (P.const 2)) (call $certified_data_set (P.const 0) (P.const 3))
                (call $msg_reply_data_append (P.const 1000) (P.const 1)) (call $msg_reply))"#,
        |mut canister| {
            canister.input.data_certificate = Some(Arc::from(&b"cert"[..]));
            let effects = canister.ok(&update("u"));
            assert_eq!((effects.reply, effects.certified_data), (Some(Reply::Data(vec![0])), Some(b"abc".to_vec())));
            canister.input.replicated = false;
            assert_eq!(canister.reply(&query("q")), b"\x01cert");
            canister.input.data_certificate = None;
            assert!(canister.trap(&query("q")).to_string().contains("there is no certificate"));
        },
    );
}

#[test]
fn time_timer_version_status_and_place_are_what_the_input_says() {
    let body = "(i64.store (P.const 1000) (call $time)) (i64.store (P.const 1008) (call $global_timer_set (i64.const 70)))
        (i64.store (P.const 1016) (call $global_timer_set (i64.const 80))) (i64.store (P.const 1024) (call $canister_version))
        (i64.store (P.const 1032) (call $msg_deadline)) (i64.store (P.const 1040) (i64.extend_i32_u (call $canister_status)))
        (i64.store (P.const 1048) (i64.extend_i32_u (call $in_replicated_execution)))";
    let reply = reply_of(body, 56, |canister| {
        canister.input.time_ns = 5;
        canister.input.global_timer_ns = 60;
        canister.input.deadline_ns = 9;
        let mut view = CanisterView::clone(&canister.input.canister);
        view.status = CanisterStatus::Stopping;
        canister.input.canister = Arc::new(view);
    });
    assert_eq!(reply.chunks(8).map(number).collect::<Vec<_>>(), [5, 60, 70, 7, 9, 2, 1]);
    each(r#"(func (export "canister_update t") (drop (call $global_timer_set (i64.const 0))))"#, |mut canister| {
        assert_eq!(canister.ok(&update("t")).global_timer_ns, Some(0));
    });
    each(
        r#"(func (export "canister_query q") (i32.store8 (P.const 1000) (call $in_replicated_execution))
            (call $msg_reply_data_append (P.const 1000) (P.const 1)) (call $msg_reply))"#,
        |mut canister| {
            assert_eq!(canister.reply(&query("q")), [1]);
            canister.input.replicated = false;
            assert_eq!(canister.reply(&query("q")), [0]);
        },
    );
}

#[test]
fn performance_counters_count_this_message_and_its_call_context() {
    each(
        r#"(func (export "canister_update m") (i64.store (P.const 1000) (call $performance_counter (i32.const 0)))
            (memory.fill (P.const 2000) (i32.const 0) (P.const 8000))
            (i64.store (P.const 1008) (call $performance_counter (i32.const 0)))
            (i64.store (P.const 1016) (call $performance_counter (i32.const 1)))
            (call $msg_reply_data_append (P.const 1000) (P.const 24)) (call $msg_reply))"#,
        |mut canister| {
            canister.input.context_instructions = 1_000_000;
            let reply = canister.reply(&update("m"));
            let [first, second, context] = [&reply[..8], &reply[8..16], &reply[16..]].map(number);
            assert_eq!(second - first, 8000, "the straight-line part is paid at its start, the fill when it runs");
            assert_eq!(context, second + 1_000_000);
        },
    );
}

#[test]
fn controllers_and_environment_are_known() {
    let body = "(call $msg_arg_data_copy (P.const 2000) (P.const 0) (call $msg_arg_data_size))
        (i32.store8 (P.const 1000) (call $is_controller (P.const 2000) (P.const 5)))
        (i32.store8 (P.const 1001) (call $is_controller (P.const 2000) (P.const 4)))
        (i32.store8 (P.const 1002) (call $env_var_name_exists (P.const 2005) (P.const 8)))
        (i32.store8 (P.const 1003) (call $env_var_name_exists (P.const 2005) (P.const 7)))
        (P.store8 (P.const 1004) (call $env_var_count))
        (call $env_var_name_copy (P.const 0) (P.const 1005) (P.const 0) (call $env_var_name_size (P.const 0)))
        (call $env_var_value_copy (P.const 2005) (P.const 8) (P.const 1013) (P.const 0)
            (call $env_var_value_size (P.const 2005) (P.const 8)))";
    let reply = reply_of(body, 18, |canister| canister.input.arg = Arc::from(&b"ownerGREETING"[..]));
    assert_eq!(reply, b"\x01\x00\x01\x00\x01GREETINGhello");
}

#[test]
fn costs_are_those_of_the_price_list() {
    let body = "(call $cost_call (i64.const 4) (i64.const 100) (P.const 1000))
        (call $msg_arg_data_copy (P.const 2000) (P.const 0) (call $msg_arg_data_size))
        (i32.store8 (P.const 1016) (call $cost_sign_with_ecdsa (P.const 2000) (P.const 5) (i32.const 0) (P.const 1017)))
        (i32.store8 (P.const 1033) (call $cost_sign_with_ecdsa (P.const 2000) (P.const 5) (i32.const 1) (P.const 1040)))
        (i32.store8 (P.const 1034) (call $cost_sign_with_ecdsa (P.const 2000) (P.const 4) (i32.const 0) (P.const 1040)))";
    let reply = reply_of(body, 35, |canister| canister.input.arg = Arc::from(&b"key_1"[..]));
    let call = 260_000 + (104 + (2 << 20)) * 1_000 + 5_000_000 + 40_000_000_000u64;
    assert_eq!(number(&reply[..8]), call);
    assert_eq!((reply[16], number(&reply[17..25])), (0, 26_153_846_153));
    assert_eq!(reply[33..], [1, 2]);
}

#[test]
fn inspection_lets_a_message_in_or_not() {
    each(
        r#"(func (export "canister_inspect_message")
            (call $msg_method_name_copy (P.const 1000) (P.const 0) (call $msg_method_name_size))
            (if (i32.eq (i32.load8_u (P.const 1000)) (i32.const 111)) (then (call $accept_message)))
            (if (i32.eq (i32.load8_u (P.const 1001)) (i32.const 102)) (then (call $accept_message) (call $accept_message))))"#,
        |mut canister| {
            for (method, accepted) in [("open", true), ("shut", false)] {
                canister.input.method_name = method.into();
                assert_eq!(canister.ok(&Entry::InspectMessage).accepted_message, accepted);
            }
            canister.input.method_name = "of".into();
            assert!(canister.trap(&Entry::InspectMessage).to_string().contains("accepted already"));
        },
    );
}

#[test]
fn prints_are_kept_up_to_the_limit_and_survive_a_trap() {
    each(
        r#"(func (export "canister_update m") (local i32)
            (loop $l (call $debug_print (P.const 0) (P.const 4))
                (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 1000))))
            (call $trap (P.const 4) (P.const 3)))"#,
        |mut canister| {
            canister.limits.log_bytes = 10;
            let execution = canister.run(&update("m"));
            assert_eq!(execution.outcome.expect_err("a trap"), Trap::Explicit("efg".into()));
            assert_eq!(execution.logs, ["abcd", "abcd", "ab"]);
        },
    );
}

#[test]
fn host_work_is_paid_for_by_size() {
    let used = |bytes: u32| {
        let body = format!("(func (export \"canister_update m\") (call $debug_print (P.const 0) (P.const {bytes})))");
        let mut canister = Canister::new(&module("i32", &body));
        let execution = canister.run(&update("m"));
        execution.outcome.expect("no trap");
        execution.instructions
    };
    assert_eq!(used(8000) - used(0), 8000);
    let mut canister = Canister::new(&module(
        "i32",
        "(func (export \"canister_update m\") (loop $l (call $debug_print (i32.const 0) (i32.const 60000)) (br $l)))",
    ));
    canister.limits.instructions = 100_000;
    let execution = canister.run(&update("m"));
    assert_eq!(execution.outcome.expect_err("a trap"), Trap::InstructionLimit { limit: 100_000 });
    assert_eq!(execution.instructions, 100_000);
}
