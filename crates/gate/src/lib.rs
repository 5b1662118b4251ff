//! The gate: a release against the live app -> a verdict, with reasons that a person and a writer can act on.
//!
//! It judges what a release does, never how its source is written, and trusts nothing that a module says about
//! itself further than it was seen to hold on a fork. Invariant: whatever the two sides contain, [`judge`] returns a
//! verdict, and what could not be judged is a finding of it.

mod census;
mod container;
mod interface;
mod most;
mod token;
mod types;
mod value;
mod verdict;
mod words;

pub use token::Tokens;
pub use value::Value;
pub use verdict::{BuildDiagnostic, Effect, Finding, Judgement, Verdict, build_finding, findings_from_diagnostics};
