//! What the gate is told about how an app behaves: recorded calls, accepted behaviours, the touch that a proposal
//! declares; and what is told after a switch.

use std::collections::{BTreeMap, BTreeSet};

use execution::registry::App;
use gate::{Check, CheckError, Checks, Finding, On, Options, Step};
use serde_json::{Value, json};
use toolchain::SourceTree;
use writer::{Expected, Scenario, spec::AppSpec};

use super::{Workshop, answer::Problem, proposals::Proposal};

/// Where accepted behaviours stand in a source tree.
const CHECKS: &str = "checks/";
/// Where pages stand.
const PAGES: &str = "frontend/";
/// Files of accepted behaviours that are read.
const MOST_FILES: usize = 50;

/// What is known besides the two versions.
pub(crate) struct Known {
    pub(crate) options: Options,
    /// What is wrong with the proposal's own checks.
    pub(crate) unreadable: Vec<Finding>,
}

impl Workshop {
    /// What is known about a proposal for this app, or for a new one.
    pub(crate) async fn known(&self, app: Option<&App>, proposal: &Proposal) -> Result<Known, Problem> {
        let live = match app.filter(|app| app.version > 0) {
            Some(app) => self.live_tree(app).await?,
            None => None,
        };
        let (proposed, unreadable) = checks_of(&proposal.tree);
        // What is live was read when it was proposed.
        let (accepted, _) = live.as_ref().map(checks_of).unwrap_or_default();
        let mut checks = Checks::of(accepted, proposed);
        let spec = spec_of(&proposal.tree);
        promised(&mut checks, live.as_ref().and_then(spec_of).as_ref(), spec.as_ref());
        let by_words = proposal.understanding.is_some();
        let changed = live.as_ref().map(|live| changed(live, proposal, by_words)).unwrap_or_default();
        let recorded = app.map(|app| self.node.recorder.of(app.backend)).unwrap_or_default();
        let touches = proposal.touches.clone().filter(|_| live.is_some());
        let options = Options { recorded, checks, touches, changed, ..Options::default() };
        let findings = unreadable.into_iter().map(|(path, error)| error.finding(&path)).collect();
        Ok(Known { options, unreadable: findings })
    }

    /// What the watch has to tell of an app: null while it does not fail clearly more often than before its switch.
    pub(super) fn watched(&self, app: &App) -> Value {
        let watched = self.node.watch.of(app.backend, app.version).filter(|watched| watched.risen);
        let Some(watched) = watched else { return Value::Null };
        let offer = watched.back_to.map(|version| format!("restore version {version}"));
        json!({
            "version": watched.version,
            "calls": watched.now.calls,
            "failed": watched.now.failed,
            "before": { "calls": watched.before.calls, "failed": watched.before.failed },
            "back_to": watched.back_to,
            "offer": offer,
        })
    }

    /// An app is gone, and with it what was seen of its calls.
    pub(super) fn forget_calls(&self, app: &App) {
        self.node.recorder.forget(app.backend);
        self.node.watch.forget(app.backend);
    }
}

/// The checks of a tree, and which of its files can't be read.
fn checks_of(tree: &SourceTree) -> (Vec<Check>, Vec<(String, CheckError)>) {
    let (mut checks, mut wrong) = (Vec::new(), Vec::new());
    let files: Vec<&String> =
        tree.0.keys().filter(|path| path.starts_with(CHECKS) && path.ends_with(".toml")).collect();
    if files.len() > MOST_FILES {
        let reason = format!("there are {} files; {MOST_FILES} are allowed", files.len());
        return (checks, vec![(CHECKS.into(), CheckError::TooLarge(reason))]);
    }
    for path in files {
        let text = tree.text(path).ok_or_else(|| CheckError::Unreadable("it is not UTF-8 text".into()));
        match text.and_then(Check::parse) {
            Ok(found) => checks.extend(found),
            Err(error) => wrong.push((path.clone(), error)),
        }
    }
    (checks, wrong)
}

/// The spec from which a tree was written.
pub(super) fn spec_of(tree: &SourceTree) -> Option<AppSpec> {
    serde_json::from_slice(tree.0.get("spec.json")?).ok()
}

/// Adds what follows from the specs: the proposal's promises are tried; those of the live version that it no longer
/// makes are told. Where it has no spec any more, it is held to the live one.
fn promised(checks: &mut Checks, live: Option<&AppSpec>, proposed: Option<&AppSpec>) {
    let of = |spec: Option<&AppSpec>| spec.map(writer::scenarios).unwrap_or_default();
    let (before, after) = (of(live), of(proposed));
    let Some(spec) = proposed else { return checks.run.extend(before.into_iter().map(check)) };
    let kept: BTreeSet<&str> = after.iter().map(|scenario| scenario.key.as_str()).collect();
    for scenario in before.iter().filter(|scenario| !kept.contains(scenario.key.as_str())) {
        let there = spec.entity(&scenario.entity).is_some_and(|entity| !entity.archived);
        let names = if there { &mut checks.dropped } else { &mut checks.lapsed };
        names.push(scenario.name.clone());
    }
    // What is promised for the first time is tried with a first version, where it informs, and binds the next one.
    let made: BTreeSet<&str> = before.iter().map(|scenario| scenario.key.as_str()).collect();
    let bound = |scenario: &Scenario| live.is_none() || made.contains(scenario.key.as_str());
    checks.run.extend(after.iter().filter(|scenario| bound(scenario)).cloned().map(check));
}

fn check(scenario: Scenario) -> Check {
    let step = |call: writer::Call| Step {
        caller: call.caller,
        call: call.method,
        args: call.args,
        contains: None,
        fails: call.outcome == Expected::Refused,
        expect: match call.outcome {
            Expected::Answers(text) => Some(text),
            Expected::Works | Expected::Refused => None,
        },
    };
    Check { name: scenario.name, on: On::Empty, steps: scenario.steps.into_iter().map(step).collect() }
}

/// Roles and pages that come, go or change. Pages that a writer makes follow from the spec and are not told.
fn changed(live: &SourceTree, proposal: &Proposal, by_words: bool) -> Vec<(String, &'static str)> {
    let roles = |manifest: &toolchain::AppManifest| -> BTreeMap<String, String> {
        manifest.roles.iter().map(|role| (role.id.clone(), role.invited_by.join(" "))).collect()
    };
    let before = toolchain::AppManifest::of(live).map(|manifest| roles(&manifest)).unwrap_or_default();
    let mut found = differences(&before, &roles(&proposal.manifest));
    if !by_words {
        let pages = |tree: &SourceTree| -> BTreeMap<String, Vec<u8>> {
            let files = tree.0.iter().filter(|(path, _)| path.starts_with(PAGES));
            files.map(|(path, bytes)| (format!("page {path}"), bytes.clone())).collect()
        };
        found.extend(differences(&pages(live), &pages(&proposal.tree)));
    }
    found
}

fn differences<T: PartialEq>(before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) -> Vec<(String, &'static str)> {
    let gone = before.keys().filter(|name| !after.contains_key(*name)).map(|name| (name.clone(), "takes away"));
    let other = after.iter().filter_map(|(name, value)| match before.get(name) {
        None => Some((name.clone(), "adds")),
        Some(old) => (old != value).then(|| (name.clone(), "changes")),
    });
    gone.chain(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wedding() -> AppSpec {
        let wish = writer::Wish {
            text: "I want a site for planning our wedding. Guests have a name, an email and a phone number. They answer yes or no and pick a meal (meat, fish or vegetarian). We have tables with a number of seats. Only my partner and I may see the budget.",
            name: None,
        };
        writer::write(&wish).unwrap().0
    }

    fn tree(files: &[(&str, &str)]) -> SourceTree {
        SourceTree(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
    }

    #[test]
    fn promises_of_the_same_spec_are_tried_and_none_is_missed() {
        let (mut checks, spec) = (Checks::default(), wedding());
        promised(&mut checks, Some(&spec), Some(&spec));
        assert!(checks.run.len() > 3 && checks.dropped.is_empty() && checks.lapsed.is_empty(), "{checks:#?}");
    }

    #[test]
    fn a_promise_that_is_not_made_again_is_told() {
        let (spec, mut new) = (wedding(), wedding());
        new.rules.clear();
        let mut checks = Checks::default();
        promised(&mut checks, Some(&spec), Some(&new));
        assert!(!checks.dropped.is_empty());
        let (mut gone, mut checks) = (wedding(), Checks::default());
        gone.entities.iter_mut().for_each(|entity| entity.archived = true);
        promised(&mut checks, Some(&spec), Some(&gone));
        assert!(checks.dropped.is_empty() && !checks.lapsed.is_empty());
    }

    #[test]
    fn a_tree_without_its_spec_is_held_to_the_live_one() {
        let (spec, mut checks) = (wedding(), Checks::default());
        promised(&mut checks, Some(&spec), None);
        assert_eq!(checks.run.len(), writer::scenarios(&spec).len());
    }

    #[test]
    fn what_a_writer_promises_is_a_check_that_can_be_written_down() {
        for scenario in writer::scenarios(&wedding()) {
            let check = check(scenario);
            let file = BTreeMap::from([("check", vec![&check])]);
            assert_eq!(Check::parse(&toml::to_string(&file).unwrap()).unwrap(), [check]);
        }
    }

    #[test]
    fn files_of_checks_are_found_and_those_that_cannot_be_read_named() {
        let good = "[[check]]\nname = \"a\"\nsteps = [{ call = \"x\" }]";
        let (checks, wrong) = checks_of(&tree(&[
            ("checks/a.toml", good),
            ("checks/b.toml", "?"),
            ("checks/readme.md", "?"),
            ("c.toml", ""),
        ]));
        assert_eq!((checks.len(), wrong.len()), (1, 1));
        assert_eq!(wrong[0].0, "checks/b.toml");
    }
}
