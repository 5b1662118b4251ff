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
    /// Fields that only some see of a row that they may see: by variable and field, who, in the app's own words.
    pub hidden: BTreeMap<(String, String), BTreeSet<String>>,
}

/// What one role may do with the rows of one variable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// A role of the app, `owner` or `visitor`.
    pub role: String,
    /// The variable.
    pub variable: String,
    /// Which rows it may see.
    pub reads: Reached,
    /// On which condition it sees them, in the app's own words; empty: on none.
    pub reads_if: String,
    /// Whether it may add rows.
    pub adds: bool,
    /// Which rows it may change.
    pub alters: Reached,
    /// Which rows it may delete.
    pub deletes: Reached,
}

/// Which rows somebody reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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

/// What the new version declares for more than the live one did, though the data of today may not let it be seen: a
/// draft that visitors could change as soon as it is published. Of what the live version doesn't have, nothing is said.
pub(crate) fn wider(old: &Declared, new: &Declared, found: &[Finding]) -> Vec<Finding> {
    let known: BTreeSet<&str> = old.grants.iter().map(|grant| grant.variable.as_str()).collect();
    let nothing = Granted::default();
    let mut told = Vec::new();
    for grant in new.grants.iter().filter(|grant| grant.role != "owner" && known.contains(grant.variable.as_str())) {
        let same = |other: &&Granted| other.role == grant.role && other.variable == grant.variable;
        let before = old.grants.iter().find(same).unwrap_or(&nothing);
        let shown = grant.reads > before.reads
            || grant.reads == Reached::All
                && before.reads == Reached::All
                && loosened(&before.reads_if, &grant.reads_if);
        let what = [
            ("see", shown),
            ("add to", grant.adds && !before.adds),
            ("change", grant.alters > before.alters),
            ("delete", grant.deletes > before.deletes),
        ];
        let more: Vec<&str> = what.into_iter().filter(|(_, more)| *more).map(|(verb, _)| verb).collect();
        if !more.is_empty() {
            told.push((grant.role.clone(), grant.variable.clone(), more.join(" and ")));
        }
    }
    for ((variable, field), before) in &old.hidden {
        let now = new.hidden.get(&(variable.clone(), field.clone()));
        let read: BTreeSet<&str> = new
            .grants
            .iter()
            .filter(|grant| grant.variable == *variable && grant.reads > Reached::Nothing)
            .map(|grant| grant.role.as_str())
            .collect();
        let gone = new.grants.iter().all(|grant| grant.variable != *variable);
        let more: Vec<&str> = match now {
            _ if gone => Vec::new(),
            Some(now) => now.difference(before).map(String::as_str).collect(),
            None => read.into_iter().filter(|role| *role != "owner" && !before.contains(*role)).collect(),
        };
        told.extend(more.into_iter().map(|who| (who.to_owned(), variable.clone(), format!("see “{field}” of"))));
    }
    let observed = |role: &str, variable: &str| {
        let quoted = words::quoted(variable);
        found.iter().any(|finding| {
            finding.effect == Effect::Asks && finding.subject.starts_with(role) && finding.message.contains(&quoted)
        })
    };
    let said =
        told.into_iter().filter(|(role, variable, _)| !observed(role, variable)).map(|(role, variable, what)| {
            let who = if role == "visitor" {
                "Anyone".to_owned()
            } else {
                format!("Members with the role {}", words::quoted(&words::split(&role)))
            };
            let message = format!(
                "{who} could {what} {} by what the app declares, which they can't now.",
                words::quoted(&variable)
            );
            Finding::new("declared_wider", format!("{role}: {what} {variable}"), Effect::Asks, message)
        });
    said.collect()
}

/// Whether a condition was given up or is another one now.
fn loosened(before: &str, now: &str) -> bool {
    !before.is_empty() && before != now
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
        let before = self.before.map(Power::changes).unwrap_or_default();
        for change in power.changes().into_iter().filter(|change| !self.may_change(change)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: &str, reads: Reached, alters: Reached) -> Granted {
        Granted { role: role.into(), variable: "posts".into(), reads, alters, ..Granted::default() }
    }

    fn declared(grants: Vec<Granted>) -> Declared {
        Declared { grants, ..Declared::default() }
    }

    fn subjects(old: &Declared, new: &Declared) -> Vec<String> {
        wider(old, new, &[]).into_iter().map(|finding| finding.subject).collect()
    }

    #[test]
    fn what_is_declared_for_more_asks_though_nothing_of_it_can_be_seen_yet() {
        let old = declared(vec![grant("visitor", Reached::All, Reached::Nothing)]);
        let new = declared(vec![grant("visitor", Reached::All, Reached::All)]);
        assert_eq!(subjects(&old, &new), ["visitor: change posts"]);
        assert!(subjects(&new, &old).is_empty() && subjects(&old, &old).is_empty());
    }

    #[test]
    fn a_condition_given_up_and_a_field_no_longer_hidden_are_wider() {
        let mut drafts = grant("visitor", Reached::All, Reached::Nothing);
        drafts.reads_if = "published".into();
        let (mut old, new) = (declared(vec![drafts]), declared(vec![grant("visitor", Reached::All, Reached::Nothing)]));
        assert_eq!(subjects(&old, &new), ["visitor: see posts"]);
        let field = ("posts".to_owned(), "phone".to_owned());
        old.grants[0].reads_if.clear();
        old.hidden.insert(field.clone(), BTreeSet::from(["volunteer through taker".into()]));
        assert_eq!(subjects(&old, &new), ["visitor: see “phone” of posts"]);
        let mut still = new.clone();
        still.hidden = old.hidden.clone();
        assert!(subjects(&old, &still).is_empty());
    }

    #[test]
    fn what_the_live_version_does_not_have_is_no_widening() {
        let new = declared(vec![grant("visitor", Reached::All, Reached::All)]);
        assert!(subjects(&declared(Vec::new()), &new).is_empty());
    }
}
