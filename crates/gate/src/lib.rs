//! The gate: a release against the live app -> a verdict, with reasons that a person and a writer can act on.
//!
//! It judges what a release does, never how its source is written, and trusts nothing that a module says about
//! itself further than it was seen to hold on a fork. Invariant: whatever the two sides contain, [`judge`] returns a
//! verdict, and what could not be judged is a finding of it.

mod access;
mod census;
mod container;
mod data;
mod fork;
pub mod heap;
mod interface;
mod judge;
mod kinds;
mod most;
mod probe;
mod stable;
mod token;
mod types;
mod value;
mod verdict;
mod words;

pub use fork::{Caller, Fork, Mark};
pub use judge::{Options, Side, judge, judge_with};
pub use kinds::{Kind, kinds};
pub use stable::StableDiagnostic;
pub use token::Tokens;
pub use value::Value;
pub use verdict::{BuildDiagnostic, Effect, Finding, Judgement, Verdict, build_finding, findings_from_diagnostics};
