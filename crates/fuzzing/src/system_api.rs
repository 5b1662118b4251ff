//! Calls of the system API with arguments that nobody means well with, in every context and at both pointer widths.

use std::{cell::RefCell, fmt::Write as _};

use arbitrary::Unstructured;
use embedder::{Callback, CallbackKind, Closure, Entry, Input, PointerWidth, Reject, Signature, signatures};

use crate::{
    bench::{Twins, input},
    module::{import_all, text_type},
};

/// Initial size of the interpreter's memory.
const MEMORY_BYTES: u64 = 2 << 16;
const CALLS_MAX: usize = 24;
/// Bytes of a call: the function's number and eight arguments.
const RECORD_BYTES: usize = 72;
const ARGS_MAX: usize = 8;

thread_local! {
    /// A canister of each pointer width; every input finds it as it was after its installation.
    static INTERPRETERS: RefCell<[Option<Twins>; 2]> = const { RefCell::new([None, None]) };
}

/// A program of calls.
///
/// # Panics
/// What a call does depends on how written pages are tracked, or is not taken back.
pub fn system_api(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let width = if bytes.arbitrary().unwrap_or(false) { PointerWidth::Bits64 } else { PointerWidth::Bits32 };
    let Ok((entry, replicated)) = context(&mut bytes) else { return };
    let program = program(&mut bytes, signatures(width).len() as u64);
    INTERPRETERS.with_borrow_mut(|interpreters| {
        let twins = interpreters[width as usize].get_or_insert_with(|| interpreter(width));
        let load = Entry::Update("load".into());
        assert!(twins.run(&load, &input(&program)), "the program is loaded");
        twins.run(&entry, &Input { replicated, ..asked() });
        twins.roll_back();
    });
}

fn asked() -> Input {
    let message = "not this time".into();
    Input { reject: Some(Reject { code: 4, message }), method_name: "run".into(), ..input(b"an argument") }
}

fn context(bytes: &mut Unstructured<'_>) -> arbitrary::Result<(Entry, bool)> {
    let run = || "run".into();
    let kinds = [CallbackKind::Reply, CallbackKind::Reject, CallbackKind::Cleanup];
    let entry = match bytes.int_in_range(0..=13u8)? {
        0 => Entry::Init,
        1 => Entry::PreUpgrade,
        2 => Entry::PostUpgrade,
        3 => Entry::InspectMessage,
        4 => Entry::Query(run()),
        5 => Entry::TransformQuery(run()),
        6 => Entry::CompositeQuery("composite".into()),
        7 => Entry::Heartbeat,
        8 => Entry::GlobalTimer,
        9 => Entry::OnLowWasmMemory,
        10 | 11 => Entry::Update("change".into()),
        _ => Entry::Callback(Callback {
            kind: *bytes.choose(&kinds)?,
            closure: Closure { fun: bytes.int_in_range(0..=3)?, env: bytes.arbitrary()? },
            in_composite: bytes.arbitrary()?,
            replied: bytes.arbitrary()?,
        }),
    };
    Ok((entry, bytes.arbitrary()?))
}

/// The number of calls and the calls, as the interpreter reads them.
fn program(bytes: &mut Unstructured<'_>, functions: u64) -> Vec<u8> {
    let mut records = Vec::new();
    while !bytes.is_empty() && records.len() < CALLS_MAX {
        let mut record = [0; RECORD_BYTES / 8];
        record[0] = bytes.int_in_range(0..=functions - 1).unwrap_or(0);
        record[1..].iter_mut().for_each(|arg| *arg = argument(bytes).unwrap_or(0));
        records.push(record);
    }
    let words = std::iter::once(records.len() as u64).chain(records.into_iter().flatten());
    words.flat_map(u64::to_le_bytes).collect()
}

/// A number, more often than not at an edge of something.
fn argument(bytes: &mut Unstructured<'_>) -> arbitrary::Result<u64> {
    let (kind, near) = (bytes.int_in_range(0..=11u8)?, u64::from(bytes.arbitrary::<u8>()?));
    Ok(match kind {
        0 => 0,
        1 => near,
        2 => bytes.arbitrary::<u16>()?.into(),
        3 => MEMORY_BYTES - near,
        4 => MEMORY_BYTES + near,
        5 => u64::from(u32::MAX) - near,
        6 => u64::MAX - near,
        7 => 1 << (near % 64),
        8 => bytes.arbitrary()?,
        9 => i64::MIN as u64,
        10 => (4096 * near).saturating_sub(near % 16),
        _ => MEMORY_BYTES / 2 + near,
    })
}

fn interpreter(width: PointerWidth) -> Twins {
    let wasm = wat::parse_str(interpreter_text(width)).unwrap_or_else(|error| panic!("{error}"));
    let mut twins = Twins::install(&wasm).unwrap_or_else(|| panic!("the interpreter can't be installed"));
    twins.commit();
    twins
}

/// `load` copies its argument to address 0; every other entry point makes the calls found there.
fn interpreter_text(width: PointerWidth) -> String {
    let functions = signatures(width);
    let ptr = text_type(width);
    let memory = if width == PointerWidth::Bits64 { "i64" } else { "" };
    let mut cases = String::new();
    for function in &functions {
        let _ = writeln!(cases, ") {} (br $next)", call(function));
    }
    let table: String = (0..functions.len()).map(|label| format!(" {label}")).collect();
    let blocks = "(block ".repeat(functions.len());
    let named = ["canister_update change", "canister_query run", "canister_composite_query composite", "canister_init"];
    let system = ["pre_upgrade", "post_upgrade", "inspect_message", "heartbeat", "global_timer", "on_low_wasm_memory"];
    let system = system.map(|name| format!("canister_{name}"));
    let exports = named.into_iter().chain(system.iter().map(String::as_str));
    let exports: String = exports.map(|name| format!("(export \"{name}\" (func $run))\n")).collect();
    let advance = format!("(local.set $at ({ptr}.add (local.get $at) ({ptr}.const {RECORD_BYTES})))");
    format!(
        r#"(module {imports}
        (memory {memory} 2 64) (table 4 funcref) (elem (i32.const 0) func $callback $run)
        (global $count (mut i64) (i64.const 0))
        (func (export "canister_update load")
            (call $msg_arg_data_copy ({ptr}.const 0) ({ptr}.const 0) (call $msg_arg_data_size)))
        (func $callback (param {ptr}) (call $run))
        (func $run (local $at {ptr}) (local $left i64)
            (local.set $left (i64.load ({ptr}.const 0)))
            (local.set $at ({ptr}.const {before}))
            (block $done (loop $next
                (br_if $done (i64.eqz (local.get $left)))
                (local.set $left (i64.sub (local.get $left) (i64.const 1)))
                {advance}
                (global.set $count (i64.add (global.get $count) (i64.const 1)))
                {blocks} (br_table {table} (i32.wrap_i64 (i64.load (local.get $at))))
                {cases} )))
        {exports})"#,
        imports = import_all(width),
        // The loop advances first.
        before = 8 - RECORD_BYTES as i64,
    )
}

/// The call of a function with the record's arguments; what it gives is dropped.
fn call(function: &Signature) -> String {
    assert!(function.params.len() <= ARGS_MAX, "a record has room for the arguments of {}", function.name);
    let argument = |(number, ty): (usize, &PointerWidth)| {
        let load = format!("(i64.load offset={} (local.get $at))", 8 + 8 * number);
        if *ty == PointerWidth::Bits32 { format!("(i32.wrap_i64 {load})") } else { load }
    };
    let arguments: String = function.params.iter().enumerate().map(argument).collect();
    format!("(call ${} {arguments}) {}", function.name, "(drop)".repeat(function.results.len()))
}
