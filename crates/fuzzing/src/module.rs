//! Modules from strangers: checked, instrumented, compiled, instantiated, run.

use std::{fmt::Write as _, sync::OnceLock};

use arbitrary::Unstructured;
use embedder::{Entry, PointerWidth, signatures};
use wasm_smith::{Config, Module};

use crate::bench::{Twins, input};

/// Larger initial memories take their time to be compared, and show nothing more.
const MEMORY_BYTES_MAX: u64 = 4 << 20;

/// A module, from being checked to running its messages.
///
/// # Panics
/// A valid module can't be instrumented; or what happens depends on how written pages are found.
pub fn module(wasm: &[u8]) {
    let Some(mut twins) = Twins::install(wasm) else { return };
    let input = input(b"argument");
    let entries = [Entry::Start, Entry::Init, Entry::Update("m".into()), Entry::Query("q".into())];
    let mut committed = false;
    for entry in &entries {
        if twins.has(entry) && !twins.run(entry, &input) && committed {
            twins.roll_back();
        } else if !matches!(entry, Entry::Query(_)) {
            twins.commit();
            committed = true;
        }
    }
    twins.roll_back();
}

/// The same with a valid module that is grown from the bytes.
///
/// # Panics
/// As [`module`] does.
pub fn grown_module(data: &[u8]) {
    let Some((kind, seed)) = data.split_first() else { return };
    if let Ok(grown) = Module::new(config(*kind), &mut Unstructured::new(seed)) {
        module(&grown.to_bytes());
    }
}

/// Features that modules may use, entry points, and the system API to import.
fn config(kind: u8) -> Config {
    static INTERFACES: OnceLock<[(Vec<u8>, Vec<u8>); 2]> = OnceLock::new();
    let wide = kind & 1 != 0;
    let interfaces = INTERFACES.get_or_init(|| [PointerWidth::Bits32, PointerWidth::Bits64].map(interface));
    let (imports, exports) = interfaces[usize::from(wide)].clone();
    Config {
        available_imports: Some(imports),
        exports: (kind & 2 != 0).then_some(exports),
        generate_custom_sections: true,
        max_memory32_bytes: MEMORY_BYTES_MAX,
        max_memory64_bytes: MEMORY_BYTES_MAX.into(),
        max_table_elements: 1000,
        max_instructions: 300,
        memory64_enabled: wide,
        exceptions_enabled: false,
        gc_enabled: false,
        relaxed_simd_enabled: false,
        threads_enabled: false,
        ..Config::default()
    }
}

fn interface(width: PointerWidth) -> (Vec<u8>, Vec<u8>) {
    let exports = r#"(module (func (export "canister_init")) (func (export "canister_update m"))
        (func (export "canister_query q")))"#;
    let parse = |text: &str| wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    (parse(&format!("(module {})", import_all(width))), parse(exports))
}

/// Imports of the whole system API, in the text format; each function is named as the spec does.
pub(crate) fn import_all(width: PointerWidth) -> String {
    let mut text = String::new();
    for function in signatures(width) {
        let name = function.name;
        let (params, results) = (types(&function.params), types(&function.results));
        let _ = writeln!(text, "(import \"ic0\" \"{name}\" (func ${name} (param {params}) (result {results})))");
    }
    text
}

fn types(widths: &[PointerWidth]) -> String {
    widths.iter().map(|width| text_type(*width)).collect::<Vec<_>>().join(" ")
}

pub(crate) fn text_type(width: PointerWidth) -> &'static str {
    match width {
        PointerWidth::Bits32 => "i32",
        PointerWidth::Bits64 => "i64",
    }
}
