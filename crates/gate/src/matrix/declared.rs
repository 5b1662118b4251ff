//! What an app declares about its access, against what was observed.
//!
//! A declaration comes with the source tree as data (the app spec's grants, or a table of methods). It never makes
//! anything right that was observed; it only tells what the observation should have been.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    compare::{Power, Powers},
    diff::{Change, Kind},
    pool::Path,
    probing::Tried,
    say,
};
use crate::{
    fork::Caller,
    verdict::{Effect, Finding},
    words,
};

/// What an app says about who may do what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Method to the roles that may use it. `visitor` is anyone.
    pub methods: BTreeMap<String, Vec<String>>,
    /// What roles may do with the rows of a variable. What no grant names is refused.
    pub grants: Vec<Granted>,
}

/// What one role may do with the rows of one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// A role of the app, `owner` or `visitor`.
    pub role: String,
    /// The variable.
    pub variable: String,
    /// Which rows it may see.
    pub reads: Reached,
    /// Whether it may add rows.
    pub adds: bool,
    /// Which rows it may change.
    pub alters: Reached,
    /// Which rows it may delete.
    pub deletes: Reached,
}

/// Which rows somebody reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reached {
    /// None.
    #[default]
    Nothing,
    /// Those of their own membership.
    Own,
    /// All.
    All,
}

/// Where callers can do more than the app declares. What they could do with the live version already only informs.
pub(crate) fn findings(declared: &Declared, old: Option<&Powers>, new: &Powers) -> Vec<Finding> {
    if declared.methods.is_empty() && declared.grants.is_empty() {
        let message = "The app doesn't declare who may do what; what it was seen to do was judged.";
        return vec![Finding::new("not_declared", "access", Effect::Informs, message)];
    }
    let callers = new.iter().filter(|(caller, _)| **caller != Caller::Owner);
    let found = callers.flat_map(|(caller, power)| {
        let before = old.and_then(|old| old.get(caller));
        let checking = Checking { declared, caller, before, first: old.is_none() };
        checking.methods(power).into_iter().chain(checking.grants(power)).collect::<Vec<_>>()
    });
    said_once(found)
}

/// What an anonymous caller may, a stranger may as well: it is said once.
fn said_once(found: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    found.filter(|finding| told.insert(finding.subject.clone())).collect()
}

struct Checking<'a> {
    declared: &'a Declared,
    caller: &'a Caller,
    before: Option<&'a Power>,
    first: bool,
}

impl Checking<'_> {
    fn role(&self) -> &str {
        match self.caller {
            Caller::Anonymous | Caller::Stranger => "visitor",
            caller => say::role(caller),
        }
    }

    /// Methods that do something for a role that they aren't declared for.
    fn methods(&self, power: &Power) -> Vec<Finding> {
        let does = |tried: &Tried| !tried.shows.is_empty() || !tried.changes.is_empty();
        let wider = power.reach.methods.iter().filter(|(name, tried)| {
            let roles = self.declared.methods.get(*name);
            // A role may do what a visitor may.
            let may = |roles: &Vec<String>| roles.iter().any(|role| role == self.role() || role == "visitor");
            does(tried) && roles.is_some_and(|roles| !may(roles))
        });
        let finding = |(name, _): (&String, &Tried)| {
            let before = self.before.and_then(|power| power.reach.methods.get(name)).is_some_and(does);
            let message = format!(
                "{} can use {}, which the app declares for {} only.",
                say::who(self.caller),
                words::quoted(name),
                say::and(&self.declared.methods[name].iter().map(|role| words::quoted(role)).collect::<Vec<_>>())
            );
            self.wider(name, before, message)
        };
        wider.map(finding).collect()
    }

    /// What is seen or changed beyond the grants.
    fn grants(&self, power: &Power) -> Vec<Finding> {
        let mut places: BTreeMap<String, (bool, String)> = BTreeMap::new();
        let before = self.before.map(all_changes).unwrap_or_default();
        for change in all_changes(power).into_iter().filter(|change| !self.may_change(change)) {
            let variable = change.path[0].clone();
            let known = before.contains(&change);
            let what = say::may(change.kind, &variable, std::slice::from_ref(&change));
            let key = format!("{:?} {variable}", change.kind);
            let entry = places.entry(key).or_insert((true, what));
            entry.0 &= known;
        }
        let before: BTreeSet<String> = self.before.map(|power| self.seen(power)).unwrap_or_default();
        for variable in self.seen(power) {
            let what = format!("see {}", words::quoted(&variable));
            places.insert(format!("Sees {variable}"), (before.contains(&variable), what));
        }
        let finding = |(key, (known, what)): (String, (bool, String))| {
            let message = format!("{} can {what}, which the app's description does not allow.", say::who(self.caller));
            self.wider(&key.to_lowercase(), known, message)
        };
        places.into_iter().map(finding).collect()
    }

    fn wider(&self, what: &str, known: bool, message: String) -> Finding {
        let effect = if known || self.first { Effect::Informs } else { Effect::Asks };
        Finding::new("wider_than_declared", format!("{}: {what}", self.role()), effect, message)
    }

    fn granted(&self, variable: &str) -> Option<&Granted> {
        self.declared.grants.iter().find(|grant| grant.role == self.role() && grant.variable == variable)
    }

    /// Whether grants say anything about a variable.
    fn is_told(&self, variable: &str) -> bool {
        self.declared.grants.iter().any(|grant| grant.variable == variable)
    }

    fn may_change(&self, change: &Change) -> bool {
        let Some(variable) = change.path.first().filter(|variable| self.is_told(variable)) else { return true };
        let Some(grant) = self.granted(variable) else { return false };
        let reaches = |rows: Reached| rows == Reached::All || (rows == Reached::Own && !change.any);
        match change.kind {
            Kind::Adds => grant.adds,
            Kind::Alters => reaches(grant.alters),
            Kind::Deletes => reaches(grant.deletes),
        }
    }

    /// Variables of which rows are seen that may not be. A text that may be seen somewhere else proves nothing.
    fn seen(&self, power: &Power) -> BTreeSet<String> {
        let shows = power.reach.shows();
        let mut by_text: BTreeMap<&String, Vec<&Path>> = BTreeMap::new();
        for shown in shows.iter().chain(&power.claim.shows) {
            by_text.entry(&shown.text).or_default().push(&shown.path);
        }
        let hidden = by_text.values().filter(|paths| paths.iter().all(|path| !self.may_see(path)));
        hidden.flatten().filter_map(|path| path.first().cloned()).collect()
    }

    fn may_see(&self, path: &Path) -> bool {
        let Some(variable) = path.first().filter(|variable| self.is_told(variable)) else { return true };
        match self.granted(variable).map_or(Reached::Nothing, |grant| grant.reads) {
            Reached::All => true,
            // Who is new owns nothing yet, so what they see is somebody else's.
            Reached::Own => matches!(self.caller, Caller::Known(..)),
            Reached::Nothing => false,
        }
    }
}

fn all_changes(power: &Power) -> BTreeSet<Change> {
    power.reach.changes().union(&power.claim.changes).cloned().collect()
}
