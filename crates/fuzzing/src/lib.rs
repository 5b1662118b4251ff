//! What the fuzzers feed with bytes: each function here may be given anything, and panics if something is wrong.
//!
//! The fuzzers themselves are in `fuzz/`, a workspace of their own; `scripts/fuzz` runs them. What they found worth
//! keeping lies in `fuzz/corpus`, and a test here runs all of it, so that neither needs the fuzzers' tools to stay
//! alive. `cargo run -p fuzzing --example seeds` writes first inputs.

mod bench;
mod module;
mod protocol;
mod system_api;

pub use self::{
    module::{import_all, module},
    protocol::{certificate, envelope, root_key},
    system_api::system_api,
};
