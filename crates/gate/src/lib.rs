//! The gate: a release against the live app -> a verdict, with reasons that a person and a writer can act on.
//!
//! It judges what a release does, never how its source is written, and trusts nothing that a module says about
//! itself further than it was seen to hold on a fork. Invariant: whatever the two sides contain, [`judge`] returns a
//! verdict, and what could not be judged is a finding of it.

mod access;
mod behaviour;
mod census;
mod chain;
mod checks;
mod container;
mod data;
mod fork;
pub mod heap;
mod interface;
mod judge;
mod kept;
mod kinds;
mod matrix;
mod most;
mod pages;
mod probe;
mod recorded;
mod replay;
mod set_aside;
mod stable;
mod token;
mod touch;
mod types;
mod value;
mod verdict;
mod words;

pub use chain::{chain_broken, chain_compacted, migrations};
pub use checks::{Check, CheckError, Checks, On, Step};
pub use fork::{Caller, Fork, Look, Mark, StableChange};
pub use judge::{Options, Side, judge, judge_data, judge_with};
pub use kinds::{Kind, kinds};
pub use matrix::{Answering, Declared, Granted, MethodAccess, Reached, access_of};
pub use pages::{SeenPage, SeenSite, doubtful_pages};
pub use recorded::Recorded;
pub use set_aside::set_aside;
pub use stable::StableDiagnostic;
pub use token::Tokens;
pub use value::Value;
pub use verdict::{BuildDiagnostic, Effect, Finding, Judgement, Verdict, build_finding, findings_from_diagnostics};
