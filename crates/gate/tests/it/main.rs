//! The gate as a whole: real interfaces and stable signatures of the Motoko compiler, and a scripted fork.
//!
//! The texts in `tests/fixtures` come from the sources beside them; `node tests/fixtures.mjs FOLDER` makes them anew.

#![allow(clippy::unwrap_used, reason = "a failed setup is a failed test")]

mod access;
mod behaviour;
mod census;
mod fake;
mod fixtures;
mod heap;
mod hostile;
mod kept;
mod real;
mod whole;
