//! Why there is no release, or no toolchain.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceError;

/// What a build may not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The processor time of one compiler.
    Time,
    /// The time until a compiler answers, whatever it computes.
    Wait,
    /// The memory of a worker.
    Memory,
    /// How deeply a program may be nested for the compiler's stack.
    Nesting,
    /// The size of the compiled module.
    Wasm,
    /// The size of the files for the browser.
    Assets,
}

/// Why a source tree gave no release.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The tree itself is not acceptable.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The compilers found errors; warnings come along.
    #[error("{}", summary(.0))]
    Diagnostics(Vec<Diagnostic>),
    /// The build took more than it may.
    #[error("{message}")]
    Limit {
        /// Of what.
        limit: Limit,
        /// A sentence with the limit and what to do.
        message: String,
    },
    /// A worker failed; the sources are not to blame as far as we know.
    #[error("the compiler failed: {0}; the next build gets a fresh one")]
    Worker(String),
}

/// Why the toolchain could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something that belongs to the installation is missing.
    #[error("the toolchain needs {path}: {reason}")]
    Missing {
        /// What was looked for.
        path: PathBuf,
        /// Why it could not be used, and the next step.
        reason: String,
    },
    /// There is nothing to confine the workers with.
    #[error("no launcher is configured; the compilers run strangers' text and are started only through one")]
    NoLauncher,
    /// A worker did not come up.
    #[error("the {worker} worker did not start: {reason}")]
    Worker {
        /// Which one.
        worker: &'static str,
        /// What it or the system said.
        reason: String,
    },
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<_> = diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
    match errors.as_slice() {
        [] => "the sources do not compile".to_owned(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}
