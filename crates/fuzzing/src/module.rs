//! Modules from strangers: checked, instrumented, compiled, instantiated, run.

use std::fmt::Write as _;

use embedder::{Engine, Entry, PointerWidth, signatures};

use crate::bench::{Twins, engines, input};

/// A module, from being checked to running its messages.
///
/// # Panics
/// A module is taken and refused, or a message changes other bytes than it commits.
pub fn module(wasm: &[u8]) {
    let prepare = |engine: &Engine| engine.prepare(wasm);
    let [one, two] = engines().each_ref().map(prepare);
    let modules = match (one, two) {
        (Ok(one), Ok(two)) => [one, two],
        (Err(one), Err(two)) => return assert_eq!(one.to_string(), two.to_string(), "refused for one reason"),
        (one, two) => panic!("a module is taken once and refused once: {:?} {:?}", one.err(), two.err()),
    };
    let Some(mut twins) = Twins::install(modules) else { return };
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

/// Imports of the whole system API, in the text format; each function is named as the spec does.
#[must_use]
pub fn import_all(width: PointerWidth) -> String {
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
