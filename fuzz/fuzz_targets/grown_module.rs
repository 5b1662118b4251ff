//! Fuzzes `fuzzing::module` with valid modules that are grown from the bytes. What it finds goes to the corpus of
//! `module` as a module: `AUTOGRAPH_GROWN=FILE cargo fuzz run grown_module INPUT` writes it.
#![no_main]

use std::sync::OnceLock;

use embedder::PointerWidth;
use libfuzzer_sys::{arbitrary::Unstructured, fuzz_target};
use wasm_smith::{Config, Module};

/// Larger initial memories take their time to be compared, and show nothing more.
const MEMORY_BYTES_MAX: u64 = 4 << 20;

/// The features that modules may use, entry points, and the system API to import.
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
    let parse = |text: &str| wat::parse_str(text).expect("a module");
    (parse(&format!("(module {})", fuzzing::import_all(width))), parse(exports))
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, seed)) = data.split_first() else { return };
    let Ok(module) = Module::new(config(*kind), &mut Unstructured::new(seed)) else { return };
    let wasm = module.to_bytes();
    if let Some(file) = std::env::var_os("AUTOGRAPH_GROWN") {
        std::fs::write(file, &wasm).expect("written");
    }
    fuzzing::module(&wasm);
});
