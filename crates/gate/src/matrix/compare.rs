//! What a caller could see or change with a new version that they could not with all methods of the live one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    claims::Claim,
    diff::{Change, Changes, Kind},
    pool::Path,
    probing::{Reach, Shown, Tried, Variables},
    say,
};
use crate::{
    access::{Sight, Sights},
    fork::Caller,
    value::Value,
    verdict::{Effect, Finding},
    words::{self, MOST_EXAMPLES},
};

/// Everything that a caller can do with one version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Power {
    pub(crate) reach: Reach,
    pub(crate) claim: Claim,
}

impl Power {
    /// Everything that the caller changes, at once or after a claim.
    pub(crate) fn changes(&self) -> Changes {
        self.reach.changes().union(&self.claim.changes).cloned().collect()
    }
}

/// Powers without what happens by itself as time goes by.
pub(crate) fn without(mut powers: Powers, by_itself: &Changes) -> Powers {
    let by_caller = |change: &Change| !by_itself.contains(change);
    for power in powers.values_mut() {
        power.reach.methods.values_mut().for_each(|tried| tried.changes.retain(by_caller));
        power.reach.together.retain(by_caller);
        power.claim.changes.retain(by_caller);
    }
    powers
}

/// Powers by caller.
pub(crate) type Powers = BTreeMap<Caller, Power>;

/// One version, as far as it is compared.
pub(crate) struct Half<'a, 'v> {
    pub(crate) powers: &'a Powers,
    pub(crate) views: &'a Sights<'v>,
    /// Variables where callers begin.
    pub(crate) variables: &'a Variables,
}

/// What callers other than the owner would gain, and what they would lose.
pub(crate) fn findings<'v>(old: &Half<'_, 'v>, new: &Half<'_, 'v>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut told: BTreeMap<Caller, BTreeSet<(String, String)>> = BTreeMap::new();
    for (caller, power) in new.powers.iter().filter(|(caller, _)| **caller != Caller::Owner) {
        let comparing = Comparing::new(caller, old, new);
        for finding in comparing.all(power) {
            // What a lesser caller gains, this one gains as well; it is said once.
            let what = (finding.kind.clone(), after_colon(&finding.subject).to_owned());
            let known = lesser(caller).iter().any(|lesser| told.get(lesser).is_some_and(|told| told.contains(&what)));
            told.entry(caller.clone()).or_default().insert(what);
            found.extend((!known).then_some(finding));
        }
    }
    found
}

/// What a first version lets those do whom the app doesn't know, beyond what it shows without being told what to read.
pub(crate) fn open(powers: &Powers) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (caller, power) in powers.iter().filter(|(caller, _)| matches!(caller, Caller::Anonymous | Caller::Stranger)) {
        let does = |(name, tried): (&String, &Tried)| {
            let phrases = say::phrases(tried);
            let message = format!("{} can {} by {}.", say::who(caller), say::and(&phrases), words::quoted(name));
            let finding = Finding::new("open", format!("{}: {name}", say::role(caller)), Effect::Informs, message);
            (!phrases.is_empty()).then_some(finding)
        };
        let news: Vec<Finding> = power.reach.methods.iter().filter_map(does).collect();
        let said =
            |finding: &Finding| found.iter().any(|known| after_colon(&known.subject) == after_colon(&finding.subject));
        let news: Vec<Finding> = news.into_iter().filter(|finding| !said(finding)).collect();
        found.extend(news);
    }
    found
}

/// Whether a stranger who came first can do more than one who came later.
pub(crate) fn first_caller(first: &Power, later: &Power) -> Option<Finding> {
    let paths = |power: &Power| {
        let shows = power.reach.shows();
        shows.iter().chain(&power.claim.shows).map(|shown| shown.path.clone()).collect::<BTreeSet<Path>>()
    };
    let known = paths(later);
    let sees: BTreeSet<Path> = paths(first).into_iter().filter(|path| !known.contains(path)).collect();
    let could = later.changes();
    let gained = first.changes().into_iter().filter(|change| change.any && !covers(&could, change));
    let gained: BTreeMap<Change, Effect> = gained.map(|change| (change, Effect::Informs)).collect();
    let mut more: Vec<String> = Vec::new();
    more.extend((!sees.is_empty()).then(|| format!("see {}", say::places(sees.iter()))));
    more.extend(grouped(&gained).into_iter().map(|((_, kind, variable), changes)| say::may(kind, &variable, &changes)));
    let message = format!(
        "Whoever calls first, owner or not, gets more rights than those who come later: they can {}.",
        say::and(&more)
    );
    (!more.is_empty()).then(|| Finding::new("first_caller", "stranger: first", Effect::Informs, message))
}

fn after_colon(subject: &str) -> &str {
    subject.split_once(": ").map_or(subject, |(_, rest)| rest)
}

/// Callers as whom this one can act too, by signing out or using another key.
fn lesser(caller: &Caller) -> Vec<Caller> {
    match caller {
        Caller::Anonymous => Vec::new(),
        Caller::Stranger => vec![Caller::Anonymous],
        Caller::Known(role, _) => vec![Caller::Anonymous, Caller::Stranger, Caller::Member(role.clone())],
        Caller::Owner | Caller::Member(_) => vec![Caller::Anonymous, Caller::Stranger],
    }
}

struct Comparing<'a, 'v> {
    caller: &'a Caller,
    old: &'a Half<'a, 'v>,
    new: &'a Half<'a, 'v>,
    /// What could be seen before, by methods that need not be told what to read.
    views: Vec<&'a Sight<'v>>,
    /// What could be seen by all methods, as far as it is known whose it is.
    seen: HashSet<(String, String)>,
    /// What could be changed before.
    changed: Changes,
}

impl<'a, 'v> Comparing<'a, 'v> {
    fn new(caller: &'a Caller, old: &'a Half<'a, 'v>, new: &'a Half<'a, 'v>) -> Comparing<'a, 'v> {
        let (mut views, mut seen, mut changed) = (Vec::new(), HashSet::new(), Changes::new());
        for who in lesser(caller).iter().chain([caller]) {
            views.push(old.views.get(who));
            if let Some(power) = old.powers.get(who) {
                seen.extend(power.reach.shows().iter().chain(&power.claim.shows).map(Shown::key));
                changed.extend(power.changes());
            }
        }
        Comparing { caller, old, new, views, seen, changed }
    }

    fn all(&self, power: &Power) -> Vec<Finding> {
        let mut found = self.shown(power);
        found.extend(self.gained_changes(power));
        found.extend(self.claimed(&power.claim));
        found.extend(self.lost(power));
        found
    }

    /// Whether a value could not be seen before.
    fn is_fresh(&self, shown: &Shown) -> bool {
        let key = shown.key();
        if self.seen.contains(&key) {
            return false;
        }
        let key = (key.0.into(), key.1.into());
        !self.views.iter().any(|view| view.contains(&key))
    }

    /// Methods that show what could not be seen. Those that need not be told what to read are compared elsewhere.
    fn shown(&self, power: &Power) -> Vec<Finding> {
        let views = self.new.views.views.get(self.caller);
        let methods = power.reach.methods.iter().filter(|(name, _)| views.is_none_or(|all| !all.contains_key(*name)));
        methods
            .filter_map(|(name, tried)| {
                let fresh: Vec<&Shown> = tried.shows.iter().filter(|shown| self.is_fresh(shown)).collect();
                (!fresh.is_empty()).then(|| self.widened(name, &fresh))
            })
            .collect()
    }

    fn widened(&self, method: &str, fresh: &[&Shown]) -> Finding {
        let (texts, examples) = examples(fresh);
        let message = format!(
            "{} could see {} by {}, which they can't now: {}{}.",
            say::who(self.caller),
            say::places(fresh.iter().map(|shown| &shown.path)),
            words::quoted(method),
            words::counted(texts, "value"),
            words::for_example(&examples)
        );
        let mut finding = Finding::new("widened", self.subject(method), Effect::Asks, message);
        (finding.count, finding.examples) = (Some(texts), examples);
        finding
    }

    /// One finding for each variable and kind of change.
    fn gained_changes(&self, power: &Power) -> Vec<Finding> {
        let unread = |half: &Half<'_, '_>| half.powers.get(self.caller).is_some_and(|power| power.reach.unread);
        if unread(self.old) || unread(self.new) {
            let message = format!("What {} could change was not looked at: there is much data.", say::who(self.caller));
            return vec![Finding::new("not_judged", self.subject("changes"), Effect::Informs, message)];
        }
        let fresh = self.fresh(&power.reach.changes());
        grouped(&fresh)
            .into_iter()
            .map(|((effect, kind, variable), changes)| {
                let methods = power.reach.methods.iter();
                let by: Vec<&String> = methods
                    .filter(|(_, tried)| changes.iter().any(|c| tried.changes.contains(c)))
                    .map(|(name, _)| name)
                    .collect();
                let may = say::may(kind, &variable, &changes);
                let not_now = if effect == Effect::Asks { ", which they can't now" } else { ", which is new" };
                let message = format!("{} could {may}{}{not_now}.", say::who(self.caller), say::by(&by));
                let name = match kind {
                    Kind::Adds => "may_add",
                    Kind::Alters => "may_alter",
                    Kind::Deletes => "may_delete",
                };
                Finding::new(name, self.subject(&place_of(&variable, &changes)), effect, message)
            })
            .collect()
    }

    /// What the caller opens for themselves.
    fn claimed(&self, claim: &Claim) -> Vec<Finding> {
        let shows: Vec<&Shown> = claim.shows.iter().filter(|shown| self.is_fresh(shown)).collect();
        // To add again what one has taken away is no claim.
        let touched = |change: &&Change| self.changed.iter().any(|old| old.path.first() == change.path.first());
        let gained = claim.changes.iter().filter(|change| change.kind != Kind::Adds || !touched(change));
        let fresh = self.fresh(&gained.cloned().collect());
        let asks = !shows.is_empty() || fresh.values().any(|effect| *effect == Effect::Asks);
        if !asks {
            return Vec::new();
        }
        let mut could = Vec::new();
        if !shows.is_empty() {
            could.push(format!("see {}", say::places(shows.iter().map(|shown| &shown.path))));
        }
        let asking = fresh.into_iter().filter(|(_, effect)| *effect == Effect::Asks).collect();
        could.extend(
            grouped(&asking).into_iter().map(|((_, kind, variable), changes)| say::may(kind, &variable, &changes)),
        );
        let by = claim.by.as_ref().map_or_else(|| "calls that they may make".into(), |by| words::quoted(by));
        let message = format!(
            "{} could give themselves more rights by {by}, and then {}, which they can't now.",
            say::who(self.caller),
            say::and(&could)
        );
        let (texts, examples) = examples(&shows);
        let subject = self.subject(claim.by.as_deref().unwrap_or("several calls"));
        let mut finding = Finding::new("claim", subject, Effect::Asks, message);
        finding.count = (texts > 0).then_some(texts);
        finding.examples = examples;
        vec![finding]
    }

    /// Changes that the caller could make and can't any more, while their method is still there.
    fn lost(&self, power: &Power) -> Vec<Finding> {
        let Some(old) = self.old.powers.get(self.caller).filter(|_| !power.reach.unread) else { return Vec::new() };
        let now = power.changes();
        let gone = |(name, tried): &(&String, &Tried)| {
            let there = power.reach.methods.get(*name).is_some_and(|new| new.changes.is_empty());
            there && !tried.changes.is_empty() && tried.changes.iter().all(|change| !now.contains(change))
        };
        let methods = old.reach.methods.iter().filter(gone).filter(|_| power.reach.together.is_empty());
        let say = |(name, _): (&String, &Tried)| {
            let message = format!("{} could no longer use {}.", say::who(self.caller), words::quoted(name));
            Finding::new("narrowed", self.subject(name), Effect::Informs, message)
        };
        methods.map(say).collect()
    }

    /// Changes that could not be made before, with what follows from each.
    fn fresh(&self, changes: &Changes) -> BTreeMap<Change, Effect> {
        let effect = |change: &Change| {
            let place = self.place(change);
            match place {
                Place::Known if !covers(&self.changed, change) => Some(Effect::Asks),
                Place::Renamed if !self.could_elsewhere(change) => Some(Effect::Asks),
                Place::New => Some(Effect::Informs),
                Place::Known | Place::Renamed => None,
            }
        };
        changes.iter().filter_map(|change| Some((change.clone(), effect(change)?))).collect()
    }

    fn place(&self, change: &Change) -> Place {
        let [variable, fields @ ..] = change.path.as_slice() else { return Place::Known };
        match find(self.old.variables, variable) {
            Some(value) if fields.is_empty() || has(value, fields) || no_rows(value) => Place::Known,
            Some(_) => Place::New,
            None => {
                let filled = find(self.new.variables, variable).is_some_and(|value| !no_rows(value));
                let vanished = self.vanished().next().is_some();
                if filled && vanished { Place::Renamed } else { Place::New }
            }
        }
    }

    /// Variables that the new version doesn't have.
    fn vanished(&self) -> impl Iterator<Item = &String> {
        let names = self.old.variables.iter().map(|(name, _)| name);
        names.filter(|name| find(self.new.variables, name).is_none())
    }

    fn could_elsewhere(&self, change: &Change) -> bool {
        self.vanished().any(|variable| {
            let alike = |old: &&Change| old.path.first() == Some(variable) && old.kind == change.kind;
            self.changed.iter().filter(alike).any(|old| old.any || !change.any)
        })
    }

    fn subject(&self, what: &str) -> String {
        format!("{}: {what}", say::role(self.caller))
    }
}

enum Place {
    /// The live version keeps something there.
    Known,
    /// The new version keeps there what the live one kept elsewhere.
    Renamed,
    /// Nothing of the live version.
    New,
}

/// Whether a change was within reach: reaching any row covers reaching one's own.
fn covers(known: &Changes, change: &Change) -> bool {
    known.iter().any(|old| old.path == change.path && old.kind == change.kind && (old.any || !change.any))
}

fn find<'a>(variables: &'a Variables, name: &str) -> Option<&'a Value> {
    variables.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Whether rows have such a field.
fn has(value: &Value, fields: &[String]) -> bool {
    let [first, rest @ ..] = fields else { return true };
    match value {
        Value::List(rows) => rows.iter().take(3).any(|row| has(row, fields)),
        Value::Variant(_, inner) => has(inner, fields),
        Value::Record(parts) => parts.iter().any(|(name, value)| match name == first {
            true => has(value, rest) || rest.is_empty(),
            // Positions in a tuple are no part of a path.
            false => name.parse::<u32>().is_ok() && has(value, fields),
        }),
        _ => false,
    }
}

fn no_rows(value: &Value) -> bool {
    matches!(value, Value::List(rows) if rows.is_empty()) || *value == Value::Nothing
}

type Group = (Effect, Kind, String);

fn grouped(changes: &BTreeMap<Change, Effect>) -> BTreeMap<Group, Vec<Change>> {
    let mut groups: BTreeMap<Group, Vec<Change>> = BTreeMap::new();
    for (change, effect) in changes {
        let variable = change.path.first().cloned().unwrap_or_default();
        groups.entry((*effect, change.kind, variable)).or_default().push(change.clone());
    }
    groups
}

/// `guests`, or `guests (name, phone)` where only these change.
fn place_of(variable: &str, changes: &[Change]) -> String {
    let fields: BTreeSet<String> =
        changes.iter().filter(|change| change.path.len() > 1).map(|change| change.path[1..].join(".")).collect();
    if fields.is_empty() {
        return variable.to_owned();
    }
    format!("{variable} ({})", fields.into_iter().collect::<Vec<_>>().join(", "))
}

/// How many different texts, and a few of them.
fn examples(shown: &[&Shown]) -> (u64, Vec<String>) {
    let texts: BTreeSet<&String> = shown.iter().map(|shown| &shown.text).collect();
    (texts.len() as u64, texts.into_iter().take(MOST_EXAMPLES).map(|text| words::example(text)).collect())
}
