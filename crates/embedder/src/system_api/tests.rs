//! The table, the linkers and the contexts must tell the same story.

use super::*;
use crate::{module::PointerWidth, system_api::table::FUNCTIONS};

#[test]
fn the_linkers_have_what_the_table_says_with_its_types() {
    let engine = crate::Engine::new(crate::EngineConfig::default()).expect("an engine");
    for (width, memory) in [(PointerWidth::Bits32, "(memory 1)"), (PointerWidth::Bits64, "(memory i64 1)")] {
        let imports: String = FUNCTIONS.iter().filter_map(|function| function.import_text(width)).collect();
        let wasm = wat::parse_str(format!("(module {imports} {memory})")).expect("valid text");
        engine.prepare(&wasm).expect("every import is there with its type");
    }
}
