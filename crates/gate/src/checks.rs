//! Accepted behaviours: what an app must go on doing, as steps on a fork with what should come of each.
//!
//! They stand in `checks/*.toml` of a source tree:
//!
//! ```toml
//! [[check]]
//! name = "A full table takes nobody else"
//! on = "empty"            # a new app without data, the default; or "live": a copy of the live data
//!
//! [[check.steps]]
//! as = "owner"            # the default; or "anonymous", "stranger", or a role of the app
//! call = "createGuest"
//! args = '(record { name = opt "Ada" })'
//! expect = "(variant { ok })"
//! ```
//!
//! A step holds when the call works; with `fails`, when it is rejected or answers `#err`; with `contains`, when the
//! answer has this text somewhere; with `expect`, when the answer has at least what is named: fields that are not
//! named may be there, and a variant without a value takes any. Invariant: whatever a file says, reading it ends with
//! checks or with a reason, and running them is bounded by what was read.

mod run;

use serde::{Deserialize, Serialize};

pub(crate) use run::{broken, dropped, run, untried};

/// Bytes of one file.
const MOST_BYTES: usize = 64 << 10;
/// Checks of one file, and those that are run in all.
pub(crate) const MOST_CHECKS: usize = 100;
/// Steps of one check.
const MOST_STEPS: usize = 50;
/// Characters of a name.
const MOST_NAME: usize = 200;

/// A behaviour that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What it is about, in a sentence.
    pub name: String,
    /// The data on which it is tried.
    #[serde(default)]
    pub on: On,
    /// One after the other.
    pub steps: Vec<Step>,
}

/// The data on which a check is tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// A new app without data.
    #[default]
    Empty,
    /// A copy of the live data; there is none before the first version.
    Live,
}

/// A call, and what should come of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `owner`, `anonymous`, `stranger`, or a role.
    #[serde(default = "owner", rename = "as")]
    pub caller: String,
    /// The method.
    pub call: String,
    /// Its arguments as Candid text.
    #[serde(default = "nothing")]
    pub args: String,
    /// What the answer must have, as Candid text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<String>,
    /// A text that must be somewhere in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// The call must be rejected or answer `#err`.
    #[serde(default)]
    pub fails: bool,
}

fn owner() -> String {
    "owner".into()
}

fn nothing() -> String {
    "()".into()
}

/// What is accepted for a proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Those that are tried on the new version.
    pub run: Vec<Check>,
    /// Names of accepted ones that the proposal would no longer keep.
    pub dropped: Vec<String>,
    /// The same where what they were about is gone as well.
    pub lapsed: Vec<String>,
}

/// Why a file of checks can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// It is too large, or has too much in it.
    #[error("{0}")]
    TooLarge(String),
    /// It is not in the format.
    #[error("{0}")]
    Unreadable(String),
    /// A step says what can't be tried.
    #[error("step {step} of “{check}”: {reason}")]
    Step {
        /// The check's name.
        check: String,
        /// From 1.
        step: usize,
        /// What is wrong with it.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    check: Vec<Check>,
}

impl Check {
    /// Reads a file of `checks/`.
    ///
    /// # Errors
    /// It is too large, not in the format, or a step can't be tried whatever the app is.
    pub fn parse(text: &str) -> Result<Vec<Check>, CheckError> {
        if text.len() > MOST_BYTES {
            let reason = format!("it has {} bytes; {MOST_BYTES} are allowed", text.len());
            return Err(CheckError::TooLarge(reason));
        }
        let unreadable = |error: toml::de::Error| CheckError::Unreadable(error.message().to_owned());
        let checks = toml::from_str::<File>(text).map_err(unreadable)?.check;
        if checks.len() > MOST_CHECKS {
            let reason = format!("it has {} checks; {MOST_CHECKS} are allowed", checks.len());
            return Err(CheckError::TooLarge(reason));
        }
        checks.iter().try_for_each(Check::sound)?;
        Ok(checks)
    }

    fn sound(&self) -> Result<(), CheckError> {
        if self.name.trim().is_empty() || self.name.chars().count() > MOST_NAME {
            return Err(CheckError::Unreadable(format!("a check needs a name of at most {MOST_NAME} characters")));
        }
        if self.steps.is_empty() || self.steps.len() > MOST_STEPS {
            let reason = format!("“{}” needs at least one step and may have {MOST_STEPS}", self.name);
            return Err(CheckError::TooLarge(reason));
        }
        let wrong = |(at, reason)| CheckError::Step { check: self.name.clone(), step: at + 1, reason };
        let reasons = self.steps.iter().enumerate().filter_map(|(at, step)| Some((at, step.unsound()?)));
        reasons.map(wrong).next().map_or(Ok(()), Err)
    }
}

impl Step {
    /// Why it can't be tried, whatever the app is.
    fn unsound(&self) -> Option<String> {
        if self.call.is_empty() || self.call.len() > MOST_NAME {
            return Some("it calls nothing".into());
        }
        if self.fails && self.expect.is_some() {
            return Some("it can't fail and answer as expected".into());
        }
        if let Err(reason) = run::arguments(&self.args) {
            return Some(format!("`args` is not Candid: {reason}"));
        }
        let expect = self.expect.as_deref().map(run::arguments);
        expect.and_then(Result::err).map(|reason| format!("`expect` is not Candid: {reason}"))
    }
}

impl Checks {
    /// What follows from the checks of the live tree and of the proposed one: all are tried, and none is dropped
    /// without a word.
    #[must_use]
    pub fn of(live: Vec<Check>, proposed: Vec<Check>) -> Checks {
        let there = |check: &&Check| !proposed.iter().any(|other| other.name == check.name);
        let dropped = live.iter().filter(there).map(|check| check.name.clone()).collect();
        let mut run = live;
        for check in proposed {
            if !run.contains(&check) {
                run.push(check);
            }
        }
        Checks { run, dropped, lapsed: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
