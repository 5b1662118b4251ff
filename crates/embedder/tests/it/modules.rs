//! Preparing modules: what is refused and why, what is known about one, and the cache of compiled code.

use std::{fs, io::Write as _};

use embedder::{Engine, EngineConfig, Entry, InvalidModule, PointerWidth, Visibility};

use crate::support::{Canister, engine, prepare, update};

fn refused(text: &str) -> String {
    let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    engine().prepare(&wasm).expect_err("to be refused").to_string()
}

#[test]
fn broken_rules_are_named() {
    let cases = [
        (r#"(module (import "env" "abort" (func)))"#, "imports `env`.`abort`"),
        (r#"(module (import "ic0" "no_such" (func)))"#, "imports `ic0`.`no_such`"),
        (r#"(module (import "ic0" "memory" (memory 1)))"#, "imports `ic0`.`memory`"),
        (r#"(module (import "ic0" "time" (func (result i32))))"#, "`ic0`.`time` as () -> (i32), but it is () -> (i64)"),
        (
            r#"(module (import "ic0" "trap" (func (param i32 i32))) (memory i64 1))"#,
            "`ic0`.`trap` as (i32, i32) -> (), but it is (i64, i64) -> ()",
        ),
        (r#"(module (import "ic0" "stable_size" (func (result i32))) (memory i64 1))"#, "imports `ic0`.`stable_size`"),
        (r#"(module (memory 1) (memory 1))"#, "multiple memories"),
        (r#"(module (memory 1 1 shared))"#, "not valid WebAssembly"),
        (
            r#"(module (func (export "canister_other")))"#,
            "`canister_other` starts with `canister_` but is no entry point",
        ),
        (r#"(module (func (export "canister_update")))"#, "`canister_update` starts with"),
        (r#"(module (memory (export "canister_init") 1))"#, "`canister_init` is not a function"),
        (r#"(module (func (export "canister_init") (param i32)))"#, "`canister_init` takes parameters"),
        (
            r#"(module (func (export "canister_update a")) (func (export "canister_query a")))"#,
            "`a` is a method of two kinds",
        ),
        (r#"(module (func (export "__autograph_start")))"#, "a name that the runtime uses itself"),
        (r#"(module (@custom "icp:secret x" "data"))"#, "`icp:secret x` is neither"),
        (r#"(module (@custom "icp:public x" "a") (@custom "icp:private x" "b"))"#, "`icp:private x` is there twice"),
        (r#"(module (global (mut funcref) (ref.null func)))"#, "global 0, a reference,"),
        (r#"(module (memory 1) (data (i32.const 65530) "too long"))"#, "data segment"),
        (r#"(module (memory i64 200000))"#, "200000 pages of memory"),
    ];
    for (text, expected) in cases {
        let message = refused(text);
        assert!(message.contains(expected), "{text}\n gave: {message}\n not: {expected}");
    }
    let message = engine().prepare(b"no module").expect_err("to be refused").to_string();
    assert!(message.contains("does not begin as a core module"), "{message}");
}

#[test]
fn counts_are_limited() {
    let many = |item: &dyn Fn(usize) -> String, count: usize| -> String { (0..count).map(item).collect() };
    let globals = many(&|_| "(global i32 (i32.const 0))".into(), 1001);
    assert!(refused(&format!("(module {globals})")).contains("1001 globals; the most is 1000"));
    let methods = many(&|i| format!("(export \"canister_update m{i}\" (func 0))"), 1001);
    assert!(refused(&format!("(module (func) {methods})")).contains("1001 exported methods; the most is 1000"));
    let names = many(&|i| format!("(export \"canister_query {}{i}\" (func 0))", "n".repeat(200)), 100);
    assert!(refused(&format!("(module (func) {names})")).contains("bytes of method names"));
    let functions = many(&|_| "(func)".into(), 50_001);
    assert!(refused(&format!("(module {functions})")).contains("50001 functions; the most is 50000"));
    let sections = many(&|i| format!("(@custom \"icp:public s{i}\" \"\")"), 17);
    assert!(refused(&format!("(module {sections})")).contains("17 `icp:` custom sections"));
    let nops = "nop ".repeat(1_000_001);
    assert!(refused(&format!("(module (func {nops}))")).contains("instructions; the most is 1000000"));
}

#[test]
fn a_module_is_known_by_its_methods_and_sections() {
    let module = prepare(
        &engine(),
        r#"(module (memory i64 1)
            (func $f) (export "canister_update with space <@>" (func $f)) (export "canister_query q" (func $f))
            (export "canister_composite_query c" (func $f)) (export "canister_heartbeat" (func $f))
            (@custom "icp:public candid:service" "service : {}") (@custom "icp:private motoko:stable-types" "types")
            (@custom "icp:private enhanced-orthogonal-persistence" "64-bit, layout version 1"))"#,
    );
    assert_eq!(module.updates().collect::<Vec<_>>(), ["with space <@>"]);
    assert_eq!(module.queries().collect::<Vec<_>>(), ["q"]);
    assert_eq!(module.composite_queries().collect::<Vec<_>>(), ["c"]);
    assert!(module.has(&update("with space <@>")) && !module.has(&update("q")));
    assert!(module.has(&Entry::Heartbeat) && !module.has(&Entry::Init) && !module.has(&Entry::Start));
    assert_eq!(module.custom_section("candid:service"), Some((Visibility::Public, &b"service : {}"[..])));
    assert_eq!(module.custom_section("motoko:stable-types"), Some((Visibility::Private, &b"types"[..])));
    assert!(module.keeps_memory() && !module.is_volatile());
    assert_eq!(module.pointer_width(), PointerWidth::Bits64);
}

const COUNTER: &str = r#"(module
    (import "ic0" "msg_reply" (func $reply)) (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
    (memory 1) (data (i32.const 0) "hello")
    (func (export "canister_query hi") (call $append (i32.const 0) (i32.const 5)) (call $reply)))"#;

#[test]
fn compiled_code_is_cached_and_a_damaged_cache_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let wasm = wat::parse_str(COUNTER).expect("valid");
    let fresh = || Engine::new(EngineConfig { cache_dir: Some(folder.path().into()), ..EngineConfig::default() });
    let hi = |engine: Engine| {
        let module = engine.prepare(&wasm).expect("a module");
        Canister::install(engine, module).reply(&crate::support::query("hi"))
    };
    let file = |extension: &str| {
        let entries = fs::read_dir(folder.path()).expect("listed").map(|entry| entry.expect("an entry").path());
        let found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
        assert_eq!(found.len(), 1, "one .{extension}: {found:?}");
        found[0].clone()
    };
    assert_eq!(hi(fresh().expect("an engine")), b"hello");
    let whole = fs::read(file("cwasm")).expect("read");
    assert_eq!(hi(fresh().expect("an engine")), b"hello");

    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(file("cwasm"), &damaged).expect("written");
    assert_eq!(hi(fresh().expect("an engine")), b"hello");
    assert_ne!(fs::read(file("cwasm")).expect("read"), damaged, "replaced");

    fs::remove_file(file("sum")).expect("removed");
    assert_eq!(hi(fresh().expect("an engine")), b"hello");
    fs::write(file("cwasm"), &whole[..100]).expect("written");
    assert_eq!(hi(fresh().expect("an engine")), b"hello");
}

#[test]
fn gzip_is_accepted_and_hashed_as_given() {
    let wasm = wat::parse_str(COUNTER).expect("valid");
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(&wasm).expect("compressed");
    let packed = writer.finish().expect("compressed");
    let engine = engine();
    let (plain, module) = (engine.prepare(&wasm).expect("plain"), engine.prepare(&packed).expect("packed"));
    assert_ne!(plain.hash(), module.hash());
    assert_eq!(Canister::install(engine.clone(), module).reply(&crate::support::query("hi")), b"hello");
    let broken = engine.prepare(&packed[..packed.len() - 9]).expect_err("cut off");
    assert!(matches!(broken, InvalidModule::Compression(_)), "{broken}");
}

#[test]
fn a_prepared_module_is_found_by_its_hash() {
    let engine = engine();
    let module = prepare(&engine, COUNTER);
    assert_eq!(engine.prepared(&module.hash()).map(|found| found.hash()), Some(module.hash()));
    assert!(engine.prepared(&[0; 32]).is_none());
}
