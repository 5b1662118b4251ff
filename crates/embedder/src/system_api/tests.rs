//! The table, the linkers and the contexts must tell the same story.

use std::fmt::Write as _;

use crate::{
    Callback, CallbackKind, Closure, Engine, EngineConfig, Entry, Input, Limits, Sandbox, Trap,
    module::PointerWidth,
    system_api::{Context, table::FUNCTIONS},
};

const WIDTHS: [(PointerWidth, &str, &str); 2] =
    [(PointerWidth::Bits32, "(memory 1)", "i32"), (PointerWidth::Bits64, "(memory i64 1)", "i64")];

#[test]
fn the_linkers_have_what_the_table_says_with_its_types() {
    let engine = Engine::new(EngineConfig::default()).expect("an engine");
    for (width, memory, _) in WIDTHS {
        let imports: String = FUNCTIONS.iter().filter_map(|function| function.import_text(width)).collect();
        let wasm = wat::parse_str(format!("(module {imports} {memory})")).expect("valid text");
        engine.prepare(&wasm).expect("every import is there with its type");
    }
}

/// A module whose every entry calls the function of the system API that the time names, with zeroes.
fn dispatching(width: PointerWidth, memory: &str, pointer: &str) -> String {
    let (mut imports, mut functions, mut elements) = (String::new(), String::new(), String::new());
    for (index, function) in FUNCTIONS.iter().enumerate() {
        let Some(import) = function.import_text(width) else {
            elements += "$nothing ";
            continue;
        };
        imports += &import;
        write!(functions, "(func $f{index} {})", function.call_text(width)).expect("a string");
        write!(elements, "$f{index} ").expect("a string");
    }
    let entries = [
        "canister_init",
        "canister_pre_upgrade",
        "canister_update u",
        "canister_query q",
        "canister_composite_query c",
        "canister_inspect_message",
        "canister_heartbeat",
    ];
    let exports: String = entries.iter().map(|name| format!("(export \"{name}\" (func $go))")).collect();
    format!(
        "(module {imports} {memory} {functions} (func $nothing) (type $v (func))
         (table funcref (elem {elements} $callback))
         (func $go (call_indirect (type $v) (i32.wrap_i64 (call $time))))
         (func $callback (param {pointer}) (call $go)) {exports})"
    )
}

fn entries() -> Vec<(Entry, bool)> {
    let callback = |kind, in_composite| {
        let closure = Closure { fun: FUNCTIONS.len() as u64, env: 0 };
        Entry::Callback(Callback { kind, closure, in_composite, replied: false })
    };
    let mut entries = vec![
        (Entry::Init, true),
        (Entry::PreUpgrade, true),
        (Entry::Update("u".into()), true),
        (Entry::Query("q".into()), true),
        (Entry::Query("q".into()), false),
        (Entry::TransformQuery("q".into()), true),
        (Entry::CompositeQuery("c".into()), false),
        (Entry::InspectMessage, false),
        (Entry::Heartbeat, true),
    ];
    for kind in [CallbackKind::Reply, CallbackKind::Reject, CallbackKind::Cleanup] {
        entries.extend([(callback(kind, false), true), (callback(kind, true), false)]);
    }
    entries
}

#[test]
fn every_function_traps_in_exactly_the_contexts_that_the_table_does_not_name() {
    let engine = Engine::new(EngineConfig::default()).expect("an engine");
    for (width, memory, pointer) in WIDTHS {
        let wasm = wat::parse_str(dispatching(width, memory, pointer)).expect("valid text");
        let module = engine.prepare(&wasm).expect("a module");
        let mut sandbox = Sandbox::install(&engine, module).expect("installed");
        for (entry, replicated) in entries() {
            let context = Context::of(&entry, replicated);
            for (index, function) in FUNCTIONS.iter().enumerate() {
                if function.import_text(width).is_none() {
                    continue;
                }
                let input = Input { time_ns: index as u64, replicated, ..Input::default() };
                let execution = sandbox.run(&entry, input, &Limits::default()).expect("the machine works");
                let refused = format!("`{}` can't be called in {context}", function.name);
                let is_refused = execution.outcome.as_ref().err() == Some(&Trap::ContractViolation(refused));
                let allowed = function.contexts.contains(context);
                assert_eq!(is_refused, !allowed, "{} in {context}: {:?}", function.name, execution.outcome);
            }
        }
    }
}

#[test]
fn the_start_function_may_do_little() {
    let engine = Engine::new(EngineConfig::default()).expect("an engine");
    for function in &FUNCTIONS {
        let import = function.import_text(PointerWidth::Bits32).expect("32-bit modules have all");
        let call = function.call_text(PointerWidth::Bits32);
        let text = format!("(module {import} (memory 1) (func $start {call}) (start $start))");
        let module = engine.prepare(&wat::parse_str(text).expect("valid text")).expect("a module");
        let mut sandbox = Sandbox::install(&engine, module).expect("installed");
        let execution = sandbox.run(&Entry::Start, Input::default(), &Limits::default()).expect("the machine works");
        let allowed = [
            "stable64_size",
            "stable64_grow",
            "stable64_write",
            "stable64_read",
            "stable_size",
            "stable_grow",
            "stable_write",
            "stable_read",
            "performance_counter",
            "is_controller",
            "in_replicated_execution",
            "cost_call",
            "cost_create_canister",
            "cost_http_request",
            "cost_http_request_v2",
            "cost_sign_with_ecdsa",
            "cost_sign_with_schnorr",
            "cost_vetkd_derive_key",
            "debug_print",
            "trap",
        ];
        let refused = matches!(&execution.outcome, Err(Trap::ContractViolation(text)) if text.ends_with("can't be called in the start function"));
        assert_eq!(refused, !allowed.contains(&function.name), "{}: {:?}", function.name, execution.outcome);
    }
}
