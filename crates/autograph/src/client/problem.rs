//! What went wrong, in a sentence, with the next step and the exit code.
//!
//! Invariant: every failure of the command line ends as one [`Problem`]; nothing exits on its own.

use serde_json::{Value, json};

/// The exit codes of the command line's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// The node failed, or the writer declined.
    Failed = 1,
    /// Wrong usage or input.
    Usage = 2,
    /// Refused by the gate.
    Refused = 3,
}

impl Exit {
    /// The exit that a node asks for by number; what is none of ours counts as a failure.
    pub(crate) fn from_number(number: u64) -> Exit {
        match number {
            2 => Exit::Usage,
            3 => Exit::Refused,
            _ => Exit::Failed,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(exit as u8)
    }
}

/// A command that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Problem {
    /// What went wrong, lower case, without a full stop.
    pub(crate) message: String,
    /// What to do next; may be empty.
    pub(crate) hint: String,
    /// How the process ends.
    pub(crate) exit: Exit,
}

impl Problem {
    /// The person's own mistake.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem { message: message.into(), hint: hint.into(), exit: Exit::Usage }
    }

    /// The node's failure, or this machine's.
    pub(crate) fn failed(message: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem { message: message.into(), hint: hint.into(), exit: Exit::Failed }
    }

    /// A file that can't be read or written.
    pub(crate) fn file(act: &str, path: &std::path::Path, error: &std::io::Error) -> Problem {
        let hint = match error.kind() {
            std::io::ErrorKind::PermissionDenied => "check who owns it and its permissions",
            std::io::ErrorKind::StorageFull => "make room on the disk and try again",
            _ => "check the path and try again",
        };
        Problem::failed(format!("can't {act} {}: {error}", path.display()), hint)
    }

    /// As `--json` prints it.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "error": { "message": self.message, "hint": self.hint } })
    }
}
