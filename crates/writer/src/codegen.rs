//! Code generation: an app spec becomes a source tree that a person can read and go on with.
//!
//! Invariant: the same spec, the same live spec and the same program version give the same bytes. A spec is expected
//! to have passed [`crate::validate`]; what an unsound one names in vain is left out, nothing panics. The backend holds
//! every rule and every access right; the pages only show them.

mod access;
mod actor;
mod balance;
mod capacity;
mod entity;
mod frontend;
mod granted;
mod lines;
mod manifest;
pub(crate) mod migration;
mod names;
mod rules;
mod shape;
mod sight;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;

use crate::spec::AppSpec;
pub(crate) use names::{Names, names as names_of};
use shape::Model;

/// Files of a source tree, by path from its root.
pub type Tree = BTreeMap<String, String>;

const ROWS: &str = include_str!("codegen/motoko/Rows.mo");
const CLOCK: &str = include_str!("codegen/motoko/Clock.mo");
const CHECK: &str = include_str!("codegen/motoko/Check.mo");

/// The stable variable that holds each entity's rows, in the spec's order.
#[must_use]
pub fn variables(spec: &AppSpec) -> Vec<String> {
    names::names(spec).into_iter().map(|names| names.rows).collect()
}

/// Generates the source tree of `spec`.
///
/// `live` is the spec of the version that runs now. Where it stores something in another shape, the backend gets a
/// migration from exactly that shape: new fields start empty, archived ones stay, removed ones are dropped. Where the
/// shapes are the same, there is none.
pub fn generate(spec: &AppSpec, live: Option<&AppSpec>) -> Tree {
    let model = Model::new(spec);
    let migration = live.and_then(|live| migration::module(&Model::new(live), &model));
    let mut tree = Tree::new();
    let main = actor::main(&model, migration.is_some());
    if main.contains("Clock.") {
        tree.insert("backend/Clock.mo".into(), CLOCK.into());
    }
    tree.insert("backend/main.mo".into(), main);
    tree.insert("backend/Access.mo".into(), access::module(&model));
    tree.insert("backend/Rows.mo".into(), ROWS.into());
    tree.insert("backend/Check.mo".into(), CHECK.into());
    tree.insert("backend/Words.mo".into(), words(&spec.language).into());
    for shape in &model.shapes {
        tree.insert(format!("backend/{}.mo", shape.names.module), entity::module(&model, shape));
    }
    if let Some(migration) = migration {
        tree.insert("backend/Migration.mo".into(), migration);
    }
    frontend::files(&model, &mut tree);
    tree.insert("app.toml".into(), manifest::app_toml(spec));
    tree.insert("spec.json".into(), manifest::spec_json(spec));
    tree
}

/// The sentences of the backend in the app's language; English where there is no translation.
fn words(language: &str) -> &'static str {
    match language.split(['-', '_']).next().unwrap_or_default() {
        "de" => include_str!("codegen/motoko/words/de.mo"),
        "es" => include_str!("codegen/motoko/words/es.mo"),
        "fr" => include_str!("codegen/motoko/words/fr.mo"),
        "pt" => include_str!("codegen/motoko/words/pt.mo"),
        "id" => include_str!("codegen/motoko/words/id.mo"),
        "sw" => include_str!("codegen/motoko/words/sw.mo"),
        "hi" => include_str!("codegen/motoko/words/hi.mo"),
        "ar" => include_str!("codegen/motoko/words/ar.mo"),
        "zh" => include_str!("codegen/motoko/words/zh.mo"),
        _ => include_str!("codegen/motoko/words/en.mo"),
    }
}
