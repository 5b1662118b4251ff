//! What the fuzzers feed with bytes: each target may be given anything, and panics if something is wrong.
//!
//! The fuzzers themselves are in `fuzz/`, a workspace of their own; `make fuzz` runs them. What they found worth
//! keeping lies in `fuzz/corpus`, and a test here runs all of it, so that neither needs the fuzzers' tools to stay
//! alive. `cargo run -p fuzzing --example seeds` writes first inputs.

mod authentication;
mod bench;
mod heap;
mod log;
mod module;
mod protocol;
mod system_api;
mod tree;

pub use self::{
    authentication::authentication,
    heap::{heap, stable_types},
    log::{batch, log},
    module::{grown_module, import_all, module},
    protocol::{certificate, envelope, root_key},
    system_api::system_api,
    tree::tree,
};

/// What runs one input, by the name of its folder in the corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 11] = [
    ("authentication", authentication),
    ("batch", batch),
    ("certificate", certificate),
    ("envelope", envelope),
    ("grown_module", grown_module),
    ("heap", heap),
    ("log", log),
    ("module", module),
    ("stable_types", stable_types),
    ("system_api", system_api),
    ("tree", tree),
];
