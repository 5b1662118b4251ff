//! Trying every method of a version on a fork, as one caller after the other.
//!
//! Each caller begins from the same state of the fork. Queries are asked, updates called, and what lies in memory is
//! compared before and after: method by method where the data are small enough to be read that often, and all
//! methods in a row where they are not. Invariant: how much is read and called depends on the version and the data
//! alone, never on the clock.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use candid::types::Function;
use serde::Serialize;

use super::{
    args::{self, Maker, Try},
    diff::{self, Changes},
    memory,
    pool::{Path, Pool, is_meaningless},
};
use crate::{
    fork::{Caller, Fork, Mark},
    heap::Sample,
    interface::{Interface, is_query},
    probe::{self, Answers, MOST_METHODS},
    value::{Value, decode, is_key_name},
};

/// Instructions of one probe.
const PROBE_INSTRUCTIONS: u64 = 200_000_000;
/// A method is given up after so many probes that were cut off.
const MOST_CUT_OFF: u32 = 2;
/// Parts of values that may be read from memory to see what updates change, over all callers of one version.
pub(super) const PARTS_READ: u64 = 3_000_000;
/// What reading memory costs beside its parts, in parts.
const PARTS_OF_A_READ: u64 = 2_000;
/// Values of an answer that are looked up.
const MOST_VALUES: usize = 20_000;

pub(crate) type Variables = Vec<(String, Value)>;

/// Whether a method answers a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answering {
    /// Whatever it is told.
    Yes,
    /// Never: it traps, rejects or answers with an error.
    No,
    /// It depends on what it is told.
    Sometimes,
    /// It could not be tried: its arguments can't be made, or it takes too long.
    Untried,
}

/// A value of the data that was seen in an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shown {
    pub(crate) path: Path,
    pub(crate) text: String,
}

impl Shown {
    fn variable(&self) -> String {
        self.path.first().cloned().unwrap_or_default()
    }

    /// Whether seeing the value alone proves nothing: keys and other small numbers, and switches.
    fn is_weak(&self) -> bool {
        let key = self.path.last().is_some_and(|field| is_key_name(field));
        is_meaningless(&self.text) && (key || self.text.len() < 3 || self.text.parse::<f64>().is_err())
    }

    /// What it is known by: small numbers mean something only in their field.
    pub(crate) fn key(&self) -> (String, String) {
        let field = self.path.last().filter(|_| is_meaningless(&self.text)).cloned().unwrap_or_default();
        (field, self.text.clone())
    }
}

/// What one method did for one caller.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    pub(crate) query: bool,
    pub(crate) answers: Answering,
    pub(crate) shows: BTreeSet<Shown>,
    pub(crate) changes: Changes,
}

/// What one caller can do with all methods.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    pub(crate) methods: BTreeMap<String, Tried>,
    /// What all updates in a row change, where they could not be told apart.
    pub(crate) together: Changes,
    /// Whether what updates change could not be seen at all.
    pub(crate) unread: bool,
    /// Whether what updates change was seen method by method.
    pub(crate) apart: bool,
}

impl Reach {
    /// Whether it is known what each update changes.
    pub(crate) fn knows_each(&self) -> bool {
        self.apart || (self.together.is_empty() && !self.unread)
    }

    /// Everything that the caller changes.
    pub(crate) fn changes(&self) -> Changes {
        self.methods.values().flat_map(|tried| &tried.changes).chain(&self.together).cloned().collect()
    }

    /// Everything that the caller is shown.
    pub(crate) fn shows(&self) -> BTreeSet<Shown> {
        self.methods.values().flat_map(|tried| tried.shows.iter().cloned()).collect()
    }
}

/// What is tried.
pub(crate) struct Version<'a> {
    pub(crate) interface: &'a Interface,
    pub(crate) stable_types: &'a str,
    /// Where every caller begins.
    pub(crate) start: Mark,
    /// What lies in memory there, if that can be read.
    pub(crate) kept: Option<&'a Sample>,
}

/// What is known besides.
pub(crate) struct Known<'a> {
    pub(crate) roles: &'a [String],
    pub(crate) recorded: &'a [crate::recorded::Recorded],
    /// Values that are somebody's.
    pub(crate) data: &'a Pool,
    /// What methods are told; absent: what the version itself keeps.
    pub(crate) asked: Option<&'a Pool>,
}

/// One version on a fork.
pub(crate) struct Prober<'a> {
    pub(crate) fork: &'a mut dyn Fork,
    version: &'a Version<'a>,
    known: &'a Known<'a>,
    pool: Cow<'a, Pool>,
    /// Texts that the caller put in by updates since they began: seeing them again shows nothing of others.
    put_in: BTreeSet<String>,
    before: Cow<'a, Variables>,
    /// How much there is to read.
    parts: u64,
    parts_left: u64,
    callers_left: u64,
    cut_off: BTreeMap<String, u32>,
}

/// What was answered to several tries.
#[derive(Default)]
struct Outcome {
    good: usize,
    bad: usize,
    shows: BTreeSet<Shown>,
}

impl<'a> Prober<'a> {
    /// A prober for so many callers. The fork's messages are bounded until it is dropped.
    pub(crate) fn new(
        fork: &'a mut dyn Fork,
        version: &'a Version<'a>,
        known: &'a Known<'a>,
        callers: usize,
    ) -> Prober<'a> {
        fork.back(version.start);
        fork.limit(Some(PROBE_INSTRUCTIONS));
        let mut prober = Prober {
            fork,
            version,
            known,
            pool: Cow::Owned(Pool::default()),
            put_in: BTreeSet::new(),
            before: Cow::Owned(Variables::new()),
            parts: 0,
            parts_left: PARTS_READ,
            callers_left: callers as u64,
            cut_off: BTreeMap::new(),
        };
        (prober.before, prober.parts) = match version.kept {
            Some(kept) => (Cow::Borrowed(&kept.variables), kept.parts),
            None => {
                let view = prober.owners_view();
                let parts = parts(&view);
                (Cow::Owned(view), parts)
            }
        };
        prober.pool = known.asked.map_or_else(|| Cow::Owned(Pool::of(&prober.before)), Cow::Borrowed);
        prober
    }

    /// Tries everything as one caller. `views` is what readable methods are known to show them.
    pub(crate) fn reach(&mut self, caller: &Caller, views: &Answers) -> Reach {
        // A new member gets their id when they are first asked for.
        self.restart();
        let own = self.fork.identity(caller);
        let tries = self.tries(&own);
        let mut reach = Reach::default();
        for (name, function, tries) in tries.iter().filter(|(_, function, _)| is_query(function)) {
            let tried = match views.get(*name) {
                Some(answer) => self.viewed(answer, &own),
                None => self.tried(caller, name, function, tries, &own),
            };
            reach.methods.insert((*name).clone(), tried);
        }
        let updates: Vec<_> = tries.into_iter().filter(|(_, function, _)| !is_query(function)).collect();
        self.updates(caller, &updates, &own, &mut reach);
        self.callers_left = self.callers_left.saturating_sub(1).max(1);
        reach
    }

    /// Puts the fork back to where every caller begins.
    pub(crate) fn restart(&mut self) {
        self.put_in.clear();
        self.fork.back(self.version.start);
    }

    /// Every method with what to tell it.
    pub(crate) fn tries(&mut self, own: &[String]) -> Vec<(&'a String, &'a Function, Vec<Try>)> {
        let mut people: Vec<String> = own.first().cloned().into_iter().collect();
        for other in [Caller::Owner, Caller::Stranger] {
            let id = self.fork.identity(&other).into_iter().next();
            people.extend(id.filter(|id| !own.contains(id)));
        }
        let env = &self.version.interface.env;
        let maker = Maker { env, pool: &self.pool, people: &people, roles: self.known.roles };
        let methods = self.version.interface.methods.iter().filter(|(name, _)| !is_hidden(name)).take(MOST_METHODS);
        let tries = |name: &String, function: &Function| {
            let recorded = self.known.recorded.iter().filter(|call| call.method == *name);
            let recorded = recorded.filter_map(|call| args::recorded(env, function, &call.arg));
            recorded.take(args::MOST_TRIES).chain(maker.tries(function)).collect()
        };
        methods.map(|(name, function)| (name, function, tries(name, function))).collect()
    }

    /// Calls all updates, and sees what they change.
    fn updates(
        &mut self,
        caller: &Caller,
        updates: &[(&'a String, &'a Function, Vec<Try>)],
        own: &[String],
        reach: &mut Reach,
    ) {
        let cost = self.parts + PARTS_OF_A_READ;
        let share = self.parts_left / self.callers_left;
        let each = cost * updates.len() as u64 <= share;
        reach.apart = each;
        self.restart();
        for (name, function, tries) in updates {
            let mut tried = self.tried(caller, name, function, tries, own);
            if each && tried.answers != Answering::Untried {
                tried.changes = self.changed(own).unwrap_or_default();
                self.restart();
            }
            reach.methods.insert((*name).clone(), tried);
        }
        if !each {
            match self.changed(own) {
                Some(changes) => reach.together = changes,
                None => reach.unread = true,
            }
        }
    }

    /// What is different from where callers begin; `None` if that was read too often already.
    pub(crate) fn changed(&mut self, own: &[String]) -> Option<Changes> {
        self.parts_left = self.parts_left.checked_sub(self.parts + PARTS_OF_A_READ)?;
        let Some(kept) = self.version.kept else {
            let now = self.owners_view();
            return Some(diff::changes(&self.before, &now, own));
        };
        self.fork.limit(None);
        let changed = memory::changed_since(self.fork, (self.version.start, kept), self.version.stable_types, own);
        self.fork.limit(Some(PROBE_INSTRUCTIONS));
        changed
    }

    /// What is kept now.
    pub(super) fn now(&mut self) -> Option<Variables> {
        if self.version.kept.is_none() {
            return Some(self.owners_view());
        }
        self.fork.limit(None);
        let read = self.fork.variables(self.version.stable_types);
        self.fork.limit(Some(PROBE_INSTRUCTIONS));
        read?.ok()
    }

    /// Where memory can't be read, what the owner is shown stands for it.
    fn owners_view(&mut self) -> Variables {
        let (readable, _) = probe::readable(self.version.interface);
        let shown = probe::ask_all(self.fork, self.version.interface, &readable, &Caller::Owner);
        let shown = shown.into_iter().filter_map(|(method, answer)| Some((method, answer.value()?.clone())));
        shown.map(|(method, value)| (crate::words::thing(&method), value)).collect()
    }

    /// Calls a method with all its tries, one after the other.
    pub(crate) fn tried(
        &mut self,
        caller: &Caller,
        name: &str,
        function: &Function,
        tries: &[Try],
        own: &[String],
    ) -> Tried {
        let mut outcome = Outcome::default();
        for one in tries {
            if self.cut_off.get(name).is_some_and(|times| *times >= MOST_CUT_OFF) {
                break;
            }
            self.once(caller, name, function, one, own, &mut outcome);
        }
        let answers = match (outcome.good, outcome.bad) {
            (0, 0) => Answering::Untried,
            (0, _) => Answering::No,
            (_, 0) => Answering::Yes,
            _ => Answering::Sometimes,
        };
        Tried { query: is_query(function), answers, shows: outcome.shows, changes: Changes::new() }
    }

    fn once(
        &mut self,
        caller: &Caller,
        name: &str,
        function: &Function,
        one: &Try,
        own: &[String],
        outcome: &mut Outcome,
    ) {
        if !is_query(function) {
            self.put_in.extend(one.texts.iter().cloned());
        }
        let reply = match is_query(function) {
            true => self.fork.query(caller.clone(), name, &one.bytes),
            false => self.fork.call(caller.clone(), name, &one.bytes),
        };
        match reply.map(|reply| decode(&reply, &self.version.interface.env, &function.rets)) {
            Ok(Ok(value)) if is_error(&value) => outcome.bad += 1,
            Ok(Ok(value)) => {
                outcome.good += 1;
                outcome.shows.extend(self.shown(&value, &|text| {
                    one.texts.contains(text) || own.contains(text) || self.put_in.contains(text)
                }));
            }
            // It answers, though nobody can say what.
            Ok(Err(_)) => outcome.good += 1,
            Err(message) => {
                outcome.bad += 1;
                if message.contains("instruction") && message.contains("limit") {
                    *self.cut_off.entry(name.to_owned()).or_default() += 1;
                }
            }
        }
    }

    fn viewed(&self, answer: &probe::Answer, own: &[String]) -> Tried {
        let good = answer.value().is_some_and(|value| !is_error(value));
        let shows = answer.value().map(|value| self.shown(value, &|text| own.contains(text))).unwrap_or_default();
        let answers = if good { Answering::Yes } else { Answering::No };
        Tried { query: true, answers, shows, changes: Changes::new() }
    }

    /// What of the data a value shows, but for what the caller has `said` themselves.
    fn shown(&self, value: &Value, said: &dyn Fn(&String) -> bool) -> BTreeSet<Shown> {
        let mut looking = Looking { data: self.known.data, said, left: MOST_VALUES };
        let mut found = BTreeSet::new();
        looking.look(value, "", &mut found);
        found
    }

    /// What lies in memory where every caller begins, or what the owner is shown of it.
    pub(crate) fn into_variables(self) -> Cow<'a, Variables> {
        self.before.clone()
    }

    /// Methods that were given up.
    pub(crate) fn given_up(&self) -> impl Iterator<Item = &String> {
        self.cut_off.iter().filter(|(_, times)| **times >= MOST_CUT_OFF).map(|(name, _)| name)
    }
}

/// Finds in an answer what is somebody's.
struct Looking<'a> {
    data: &'a Pool,
    said: &'a dyn Fn(&String) -> bool,
    left: usize,
}

impl Looking<'_> {
    fn look(&mut self, value: &Value, label: &str, found: &mut BTreeSet<Shown>) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        match value {
            Value::List(values) => values.iter().for_each(|value| self.look(value, label, found)),
            Value::Record(fields) => {
                let mut row = BTreeSet::new();
                fields.iter().for_each(|(name, value)| self.look(value, name, &mut row));
                // Small numbers are in every table; in a row with something of the same variable they belong there.
                let told: BTreeSet<String> = row.iter().filter(|shown| !shown.is_weak()).map(Shown::variable).collect();
                found.extend(row.into_iter().filter(|shown| !shown.is_weak() || told.contains(&shown.variable())));
            }
            Value::Variant(_, inner) if !inner.is_empty() => self.look(inner, label, found),
            scalar => {
                let Some(text) = scalar.scalar().filter(|text| !(self.said)(text)) else { return };
                let shown = self.data.places(label, &text);
                found.extend(shown.map(|path| Shown { path: path.clone(), text: text.clone() }));
            }
        }
    }
}

impl Drop for Prober<'_> {
    fn drop(&mut self) {
        self.fork.limit(None);
    }
}

/// Methods of the compiler, which no app decides about.
fn is_hidden(name: &str) -> bool {
    name.starts_with("__")
}

/// `#err(…)` is an answer that says no.
fn is_error(value: &Value) -> bool {
    matches!(value, Value::Variant(tag, _) if matches!(tag.as_str(), "err" | "Err" | "error" | "Error"))
}

/// How much there is to read.
pub(crate) fn parts(variables: &[(String, Value)]) -> u64 {
    variables.iter().map(|(_, value)| parts_of(value)).sum()
}

fn parts_of(value: &Value) -> u64 {
    1 + match value {
        Value::List(values) => values.iter().map(parts_of).sum(),
        Value::Record(fields) => fields.iter().map(|(_, value)| parts_of(value)).sum(),
        Value::Variant(_, inner) => parts_of(inner),
        Value::Text(text) => text.len() as u64 / 64,
        Value::Blob(bytes) => bytes.len() as u64 / 64,
        Value::Nothing | Value::Bool(_) | Value::Number(_) => 0,
    }
}
