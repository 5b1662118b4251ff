//! Answers of the workshop, in the shapes that the command line and the studio rely on.

use std::collections::BTreeMap;

use gate::Verdict;
use serde::{Deserialize, Serialize};

/// What became of a wish, a change, a deploy, a check or a restore.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// `live`, `ok`, `refused` or `failed`.
    pub(crate) outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) canister_id: Option<String>,
    /// Per stage and `total`.
    pub(crate) seconds: BTreeMap<String, f64>,
    pub(crate) understood: Vec<String>,
    pub(crate) assumed: Vec<String>,
    pub(crate) not_understood: Vec<String>,
    pub(crate) questions: Vec<Question>,
    /// How what was understood or assumed can be said otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) corrections: Vec<writer::Correction>,
    /// What a change makes different, in the app's own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) changes: Vec<writer::Difference>,
    pub(crate) verdict: Verdict,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) alternatives: Vec<Alternative>,
    /// What the writer tried before the owner was asked, or before it went live.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tried: Vec<Tried>,
    /// The token of what was literally asked: where the owner may overrule, and of what passed and is shown first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approve: Option<String>,
    /// Why it failed, in a sentence; or the answer to a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// What came of a question about the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<writer::Found>,
}

/// Whether a change that the gate lets pass goes live at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ShowFirst {
    /// It does.
    #[default]
    Never,
    /// Not if it is about data or access, by its verdict or by its own words: it is shown, with the token that puts it
    /// live.
    Weighty,
    /// It is always shown first.
    Always,
}

impl ShowFirst {
    /// Whether what has this outcome, but for being live, waits for the owner.
    pub(crate) fn holds(self, outcome: &Outcome) -> bool {
        let (verdict, changes) = (&outcome.verdict, &outcome.changes);
        match self {
            ShowFirst::Never => false,
            ShowFirst::Weighty => {
                let found = !verdict.data.is_empty() || !verdict.access.is_empty();
                found || changes.iter().any(writer::Difference::is_weighty)
            }
            ShowFirst::Always => true,
        }
    }
}

/// A question with answers ready to run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) answers: Vec<QuestionAnswer>,
}

/// One answer of a question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct QuestionAnswer {
    pub(crate) label: String,
    /// The text of a change.
    pub(crate) change: String,
}

/// A gentler way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Alternative {
    pub(crate) message: String,
    /// Its token.
    pub(crate) approve: String,
}

/// A way that was tried.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tried {
    /// What it does.
    pub(crate) message: String,
    /// What was in its way; nothing if the gate lets it pass.
    pub(crate) found: Vec<String>,
}

/// A request that could not be served, with the next step and the command line's exit code.
#[derive(Clone, Debug, Serialize, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) hint: String,
    pub(crate) exit: u8,
}

impl Problem {
    /// The caller's mistake.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem { message: message.into(), hint: hint.into(), exit: 2 }
    }

    /// The node's failure.
    pub(crate) fn node(message: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem { message: message.into(), hint: hint.into(), exit: 1 }
    }

    pub(crate) fn no_app(label: &str) -> Problem {
        let label: String = label.chars().take(80).collect();
        Problem::usage(format!("there is no app called `{label}`"), "`autograph list` shows the apps of this node")
    }
}

impl From<replication::Stopped> for Problem {
    fn from(stopped: replication::Stopped) -> Problem {
        Problem::node(stopped.to_string(), "start the node again with `autograph up`")
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Problem {
        Problem::node(format!("the node can't keep files: {error}"), "look at the disk of the data folder")
    }
}
