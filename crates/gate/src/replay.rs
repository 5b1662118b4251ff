//! Recorded calls, made again before and after the upgrade: what people do with the app must go on working.
//!
//! Invariant: which calls are made, and in which order, depends on what was recorded alone; what they do to the fork
//! is taken back.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    census::{self, Change, Fate},
    fork::{Caller, Fork},
    interface::{Interface, is_query},
    recorded::Recorded,
    value::{Value, decode},
    verdict::{Effect, Finding},
    words::{self, MOST_EXAMPLES},
};

/// Query calls that are made again, and update calls.
const MOST_QUERIES: usize = 300;
const MOST_UPDATES: usize = 60;
/// Bytes of an argument that is sent again.
const MOST_ARG: usize = 256 << 10;

/// A call that worked on the live version.
#[derive(Debug)]
struct Worked {
    call: Recorded,
    who: Caller,
    reply: Vec<u8>,
    /// Whether the same works for the owner.
    owner: bool,
}

/// What worked on the live version.
#[derive(Debug, Default)]
pub(crate) struct Replay(Vec<Worked>);

impl Replay {
    /// Makes the recorded calls on the live version.
    pub(crate) fn before(fork: &mut dyn Fork, recorded: &[Recorded], old: &Interface) -> Replay {
        let chosen = chosen(recorded, old);
        let worked = chosen.into_iter().filter_map(|call| {
            let who = fork.standing(call.caller);
            let reply = made(fork, &call).ok()?;
            let owner = who == Caller::Owner || owner_can(fork, &call);
            Some(Worked { call, who, reply, owner })
        });
        Replay(worked.collect())
    }

    /// Makes them again on the new version, and says what came of it.
    pub(crate) fn after(self, fork: &mut dyn Fork, old: &Interface, new: &Interface) -> Vec<Finding> {
        let mut told = Told::default();
        // A method that is gone is told by the interface.
        for worked in self.0.iter().filter(|worked| new.methods.contains_key(&worked.call.method)) {
            let line = told.line(worked);
            line.tried += 1;
            match made(fork, &worked.call) {
                Err(reason) => line.failed(fork, worked, reason),
                Ok(reply) => line.answered(old, worked, &reply),
            }
        }
        told.findings()
    }
}

/// The calls to make, in order: those that are bounded and that the live version offers.
fn chosen(recorded: &[Recorded], old: &Interface) -> Vec<Recorded> {
    let calls: BTreeSet<&Recorded> = recorded.iter().collect();
    let fits = |call: &&&Recorded| {
        let declared = old.methods.get(&call.method).map(is_query);
        call.arg.len() <= MOST_ARG && declared.is_some_and(|query| query != call.update)
    };
    let (updates, queries): (Vec<&Recorded>, Vec<&Recorded>) =
        calls.into_iter().filter(|call| fits(&call)).partition(|call| call.update);
    fairly(queries, MOST_QUERIES).chain(fairly(updates, MOST_UPDATES)).collect()
}

/// At most so many, from each method in turn.
fn fairly(calls: Vec<&Recorded>, most: usize) -> impl Iterator<Item = Recorded> {
    let mut turns: BTreeMap<(usize, &str), &Recorded> = BTreeMap::new();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for call in calls {
        let turn = met.entry(&call.method).or_default();
        turns.insert((*turn, &call.method), call);
        *turn += 1;
    }
    turns.into_values().take(most).cloned().collect::<Vec<_>>().into_iter()
}

fn made(fork: &mut dyn Fork, call: &Recorded) -> Result<Vec<u8>, String> {
    if !call.update {
        return fork.query_as(call.caller, &call.method, &call.arg);
    }
    let mark = fork.keep();
    let reply = fork.call_as(call.caller, &call.method, &call.arg);
    fork.back(mark);
    reply
}

fn owner_can(fork: &mut dyn Fork, call: &Recorded) -> bool {
    if !call.update {
        return fork.query(Caller::Owner, &call.method, &call.arg).is_ok();
    }
    let mark = fork.keep();
    let reply = fork.call(Caller::Owner, &call.method, &call.arg);
    fork.back(mark);
    reply.is_ok()
}

/// What came of the calls of one method by callers of one kind.
#[derive(Default)]
struct Line {
    tried: u64,
    failed: u64,
    /// Of those, how many the owner can't make any more either.
    broken: u64,
    reason: Option<String>,
    refused: u64,
    less: u64,
    first: Option<String>,
    examples: Vec<String>,
    update: bool,
}

#[derive(Default)]
struct Told(BTreeMap<(Caller, String), Line>);

impl Told {
    fn line(&mut self, worked: &Worked) -> &mut Line {
        let line = self.0.entry((worked.who.clone(), worked.call.method.clone())).or_default();
        line.update = worked.call.update;
        line
    }

    fn findings(self) -> Vec<Finding> {
        self.0.into_iter().flat_map(|((who, method), line)| line.findings(&who, &method)).collect()
    }
}

impl Line {
    fn failed(&mut self, fork: &mut dyn Fork, worked: &Worked, reason: String) {
        self.failed += 1;
        let broken = worked.owner && (worked.who == Caller::Owner || !owner_can(fork, &worked.call));
        self.broken += u64::from(broken);
        self.reason.get_or_insert(reason);
    }

    /// Compares an answer, read as clients of the live version read it.
    fn answered(&mut self, old: &Interface, worked: &Worked, reply: &[u8]) {
        let Some(function) = old.methods.get(&worked.call.method) else { return };
        // What clients could not read any more, the interface tells.
        let read = |bytes: &[u8]| decode(bytes, &old.env, &function.rets).ok();
        let (Some(before), Some(after)) = (read(&worked.reply), read(reply)) else { return };
        if worked.call.update {
            self.refused += u64::from(is_tagged(&before, "ok") && is_tagged(&after, "err"));
            return;
        }
        let changes = census::changes(&before, &after);
        let lost = changes.iter().find(|change| is_loss(change));
        let Some(lost) = lost else { return };
        self.less += 1;
        self.first.get_or_insert_with(|| words::path(&lost.path));
        for example in &lost.examples {
            if self.examples.len() < MOST_EXAMPLES && !self.examples.contains(example) {
                self.examples.push(example.clone());
            }
        }
    }

    fn findings(self, who: &Caller, method: &str) -> Vec<Finding> {
        let subject = format!("{}: {method}", short(who));
        let (name, people) = (words::quoted(method), people(who));
        let finding = |kind: &str, effect, count, message: String| Finding {
            count: Some(count),
            ..Finding::new(kind, subject.clone(), effect, message)
        };
        let mut found = Vec::new();
        if let Some(reason) = &self.reason {
            // Nothing of it works for anybody: that is a fault, and nobody's wish.
            let dead = !self.update && self.broken == self.tried;
            let effect = if dead { Effect::Refuses } else { Effect::Asks };
            let message = format!(
                "{name} now fails for {people}, who use it: {} of {} that worked. {}.",
                self.failed,
                words::counted(self.tried, "recorded call"),
                words::shortened(reason.trim().trim_end_matches('.'), 300)
            );
            found.push(finding("call_fails", effect, self.failed, message).detail(reason));
        }
        if self.refused > 0 {
            let calls = words::counted(self.refused, "recorded call");
            let message = format!("{name} would refuse {calls} of {people} that worked until now.");
            found.push(finding("call_refused", Effect::Informs, self.refused, message));
        }
        if let Some(place) = &self.first {
            let of = if place.is_empty() { String::new() } else { format!(" ({place})") };
            let message = format!(
                "{name} would show {people} less than it does now{of}{}.",
                words::for_example(&self.examples.iter().map(|text| words::example(text)).collect::<Vec<_>>())
            );
            found.push(Finding {
                examples: self.examples.clone(),
                ..finding("answers_less", Effect::Informs, self.less, message)
            });
        }
        found
    }
}

fn is_tagged(value: &Value, wanted: &str) -> bool {
    matches!(value, Value::Variant(tag, _) if tag == wanted)
}

fn is_loss(change: &Change) -> bool {
    matches!(change.fate, Fate::RowsGone | Fate::Gone)
}

fn short(who: &Caller) -> &str {
    match who {
        Caller::Owner => "owner",
        Caller::Anonymous => "anonymous",
        Caller::Stranger => "stranger",
        Caller::Member(role) | Caller::Known(role, _) => role,
    }
}

fn people(who: &Caller) -> String {
    match who {
        Caller::Owner => "the owner".into(),
        Caller::Anonymous => "people who are not signed in".into(),
        Caller::Stranger => "people who sign in without an invitation".into(),
        Caller::Member(role) | Caller::Known(role, _) => format!("members with the role {}", words::quoted(role)),
    }
}
