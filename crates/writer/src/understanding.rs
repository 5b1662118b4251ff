//! What a writer answers beside the spec: what it understood, assumed and did not understand, and what a change costs.
//!
//! Invariant: every statement's `about` is a path that [`crate::validate::path_exists`] finds in the spec returned
//! with it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::spec::AppSpec;

/// A sentence about the app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// For people.
    pub text: String,
    /// Which part of the spec it is about, for example `entities/guest/fields/phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// Something the person may want to decide; the app is built without waiting for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// For people.
    pub text: String,
    /// Ready to run.
    pub answers: Vec<Answer>,
}

/// One answer to a [`Question`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// For people.
    pub label: String,
    /// The text of a change that does it; empty when it is so already.
    pub change: String,
}

/// How a text was read. Nothing of it is dropped silently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understanding {
    /// Stands in the spec because the text says so.
    pub understood: Vec<Statement>,
    /// Stands in the spec though the text does not say so.
    pub assumed: Vec<Statement>,
    /// Said, but not in the spec.
    pub not_understood: Vec<Statement>,
    /// At most three.
    pub questions: Vec<Question>,
}

/// What a change takes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Path in the spec before the change.
    pub subject: String,
    /// In the person's words.
    pub label: String,
}

/// A gentler change than the one asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// What it does instead.
    pub message: String,
    /// The spec it leads to.
    pub spec: AppSpec,
}

/// A change of an app, as asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The spec after what was literally asked.
    pub spec: AppSpec,
    /// How the text was read.
    pub understanding: Understanding,
    /// What it would take away.
    pub losses: Vec<Loss>,
    /// The gentlest first.
    pub alternatives: Vec<Alternative>,
    /// The person wants the version before back; `spec` is the given one.
    pub undo: bool,
}

/// Why nothing was written. `understanding.not_understood` says what is missing, in the person's terms.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Declined {
    /// The text names nothing that could be built or changed.
    #[error("the text names nothing to build or to change")]
    NothingToBuild {
        /// What was made of it.
        understanding: Understanding,
    },
    /// Longer than the writer reads.
    #[error("the text has {chars} characters; the writer reads up to {limit}: shorten it, or add the rest as changes")]
    TooLong {
        /// Of the text.
        chars: usize,
        /// Largest allowed.
        limit: usize,
        /// Says the same to the person.
        understanding: Understanding,
    },
    /// The result would break a rule of the spec: a fault of the writer, caught before it does harm.
    #[error("the writer made an app description that does not hold together: {reason}")]
    Invalid {
        /// From [`crate::validate::validate`].
        reason: String,
        /// What was made of the text.
        understanding: Understanding,
    },
}

impl Declined {
    /// What was made of the text.
    pub fn understanding(&self) -> &Understanding {
        match self {
            Declined::NothingToBuild { understanding }
            | Declined::TooLong { understanding, .. }
            | Declined::Invalid { understanding, .. } => understanding,
        }
    }
}
