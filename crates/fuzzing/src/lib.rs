//! What the fuzzers feed with bytes: each target may be given anything, and panics if something is wrong.
//!
//! The fuzzers themselves are in `fuzz/`, a workspace of their own; `make fuzz` runs them. What they found worth
//! keeping lies in `fuzz/corpus`, and a test here runs all of it, so that neither needs the fuzzers' tools to stay
//! alive.

mod authentication;
mod bench;
mod checks;
mod heap;
mod log;
mod module;
mod protocol;
mod system_api;
mod tree;
mod writer;

pub use self::{
    authentication::authentication,
    checks::checks,
    heap::{heap, stable_types},
    log::{batch, log},
    module::{grown_module, module},
    protocol::{certificate, envelope},
    system_api::system_api,
    tree::tree,
    writer::writer,
};
