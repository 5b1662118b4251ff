//! Proposals: a source tree with what was understood about it, from words or from files.

use std::collections::BTreeMap;

use base64::Engine as _;
use execution::registry::RoleDefinition;
use toolchain::{AppManifest, SourceTree};
use writer::{OfflineRepairs, Told, Understanding, spec::AppSpec};

use super::answer::{Outcome, Problem, Question, QuestionAnswer};

/// Something that could go live.
pub(crate) struct Proposal {
    pub(crate) tree: SourceTree,
    pub(crate) manifest: AppManifest,
    /// What was asked, for the history.
    pub(crate) message: String,
    pub(crate) understanding: Option<Understanding>,
    /// What it was written from, if from a description.
    pub(crate) spec: Option<AppSpec>,
    /// What it says it touches; `None` if it doesn't say.
    pub(crate) touches: Option<Vec<String>>,
    pub(crate) corrections: Vec<writer::Correction>,
    /// What it makes different from the live version, as far as it has a spec.
    pub(crate) changes: Vec<writer::Difference>,
}

/// A change in words, and the gentler ways there are.
pub(crate) struct ChangeProposal {
    pub(crate) literal: Proposal,
    pub(crate) gentler: Vec<Proposal>,
    /// What the writer has in mind if the gate finds something.
    pub(crate) repairs: OfflineRepairs,
    /// The text asks to take the last change back.
    pub(crate) undo: bool,
}

impl Proposal {
    /// A new app from words; or the outcome that says why not.
    pub(crate) fn written(text: &str, name: Option<&str>) -> Result<Proposal, Box<Outcome>> {
        let (spec, understanding) = writer::write(&writer::Wish { text, name }).map_err(declined)?;
        from_spec(&spec, None, text, Some(understanding))
    }

    /// A change of a live app from words; or the outcome that says why not.
    pub(crate) fn changed(live: &AppSpec, text: &str) -> Result<ChangeProposal, Box<Outcome>> {
        let change = writer::change(live, text).map_err(declined)?;
        if change.spec == *live && !change.undo {
            return Err(unchanged(&live.language, &change.understanding));
        }
        let literal = from_spec(&change.spec, Some(live), text, Some(change.understanding.clone()))?;
        let gentler = change.alternatives.iter().map(|way| Proposal::of_way(Some(live), way));
        let gentler = gentler.collect::<Result<_, Box<Outcome>>>()?;
        Ok(ChangeProposal { literal, gentler, repairs: OfflineRepairs::of(&change), undo: change.undo })
    }

    /// Another way of a change; or the outcome that says why not.
    pub(crate) fn of_way(live: Option<&AppSpec>, way: &writer::Alternative) -> Result<Proposal, Box<Outcome>> {
        // What is done then is what the way says, not what was literally asked.
        let understood = vec![writer::Statement { text: way.message.clone(), about: None }];
        let understanding = Understanding { understood, ..Understanding::default() };
        from_spec(&way.spec, live, &way.message, Some(understanding))
    }

    /// A source tree that came from outside, files in base64.
    pub(crate) fn from_files(files: BTreeMap<String, String>) -> Result<Proposal, Problem> {
        let mut tree = BTreeMap::new();
        for (path, text) in files {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text.as_bytes());
            let bytes = bytes.map_err(|_| Problem::usage(format!("the file {path} is not base64"), "send it again"))?;
            tree.insert(path, bytes);
        }
        let usage =
            |error: &dyn std::fmt::Display| Problem::usage(error.to_string(), "mend the source tree and try again");
        let tree = SourceTree(tree);
        tree.check().map_err(|error| usage(&error))?;
        let manifest = AppManifest::of(&tree).map_err(|error| usage(&error))?;
        let touches = manifest.touches.clone();
        Ok(Proposal {
            tree,
            manifest,
            message: "deployed".into(),
            understanding: None,
            spec: None,
            touches,
            corrections: Vec::new(),
            changes: Vec::new(),
        })
    }

    /// The suggested name.
    pub(crate) fn name(&self) -> String {
        self.manifest.name.clone().unwrap_or_else(|| "app".into())
    }

    /// Gives the proposal the name under which it will live. The source keeps its own suggestion.
    pub(crate) fn call_it(&mut self, name: &str) {
        self.manifest.name = Some(name.to_owned());
    }

    pub(crate) fn title(&self) -> String {
        self.manifest.title.clone().unwrap_or_else(|| self.name())
    }

    pub(crate) fn roles(&self) -> Vec<RoleDefinition> {
        let role = |role: &toolchain::ManifestRole| RoleDefinition {
            id: role.id.clone(),
            label: role.label.clone(),
            invited_by: role.invited_by.clone(),
        };
        self.manifest.roles.iter().map(role).collect()
    }

    /// The source tree as one blob: path to base64.
    pub(crate) fn tree_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let encode = |bytes: &Vec<u8>| base64::engine::general_purpose::STANDARD.encode(bytes);
        let files: BTreeMap<&String, String> = self.tree.0.iter().map(|(path, bytes)| (path, encode(bytes))).collect();
        serde_json::to_vec(&files)
    }
}

/// Reads what [`Proposal::tree_json`] wrote.
pub(crate) fn tree_from_json(bytes: &[u8]) -> Option<SourceTree> {
    let files: BTreeMap<String, String> = serde_json::from_slice(bytes).ok()?;
    let decode =
        |(path, text): (String, String)| Some((path, base64::engine::general_purpose::STANDARD.decode(text).ok()?));
    Some(SourceTree(files.into_iter().map(decode).collect::<Option<_>>()?))
}

fn from_spec(
    spec: &AppSpec,
    live: Option<&AppSpec>,
    message: &str,
    understanding: Option<Understanding>,
) -> Result<Proposal, Box<Outcome>> {
    let files = writer::codegen::generate(spec, live);
    let broken = |error: &dyn std::fmt::Display| {
        let message = format!("what was written is not a source tree: {error}");
        Box::new(Outcome { outcome: "failed".into(), message: Some(message), ..Outcome::default() })
    };
    let files = files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let tree = SourceTree(files);
    tree.check().map_err(|error| broken(&error))?;
    let manifest = AppManifest::of(&tree).map_err(|error| broken(&error))?;
    let message = message.chars().take(500).collect();
    let touches = live.map(|live| writer::touched(live, spec));
    let corrections = understanding.as_ref().map(|heard| writer::corrections(live, spec, heard)).unwrap_or_default();
    let changes = live.map(|live| writer::difference(live, spec)).unwrap_or_default();
    let spec = Some(spec.clone());
    Ok(Proposal { tree, manifest, message, understanding, spec, touches, corrections, changes })
}

/// The writer can't build this: what is missing is said, in the language of the text.
fn declined(declined: writer::Declined) -> Box<Outcome> {
    let missing = declined.understanding().not_understood.last();
    let message = missing.map_or_else(|| declined.to_string(), |statement| statement.text.clone());
    let mut outcome = Outcome { outcome: "failed".into(), message: Some(message.clone()), ..Outcome::default() };
    understood_into(&mut outcome, Some(declined.understanding()));
    if outcome.not_understood.is_empty() {
        outcome.not_understood.push(message);
    }
    Box::new(outcome)
}

/// Nothing of the text changes the app: no version is made for it. If it was understood, it is so already.
fn unchanged(language: &str, understanding: &Understanding) -> Box<Outcome> {
    if understanding.not_understood.is_empty() && !understanding.understood.is_empty() {
        let said: Vec<&str> = understanding.understood.iter().map(|statement| statement.text.as_str()).collect();
        let message = writer::told(language, Told::AlreadySo, &[&said.join(" ")]);
        let mut outcome = Outcome { outcome: "ok".into(), message: Some(message), ..Outcome::default() };
        understood_into(&mut outcome, Some(understanding));
        return Box::new(outcome);
    }
    let message = writer::told(language, Told::Unchanged, &[]);
    let mut outcome = Outcome { outcome: "failed".into(), message: Some(message.clone()), ..Outcome::default() };
    understood_into(&mut outcome, Some(understanding));
    if outcome.not_understood.is_empty() && outcome.understood.is_empty() {
        outcome.not_understood.push(message);
    }
    Box::new(outcome)
}

/// Says in an outcome what the writer understood.
pub(crate) fn understood_into(outcome: &mut Outcome, understanding: Option<&Understanding>) {
    let Some(understanding) = understanding else { return };
    let texts = |statements: &[writer::Statement]| statements.iter().map(|statement| statement.text.clone()).collect();
    outcome.understood = texts(&understanding.understood);
    outcome.assumed = texts(&understanding.assumed);
    outcome.not_understood = texts(&understanding.not_understood);
    let answer =
        |answer: &writer::Answer| QuestionAnswer { label: answer.label.clone(), change: answer.change.clone() };
    outcome.questions = understanding
        .questions
        .iter()
        .map(|question| Question {
            text: question.text.clone(),
            answers: question.answers.iter().map(answer).collect(),
        })
        .collect();
}
