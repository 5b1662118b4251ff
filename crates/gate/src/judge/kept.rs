//! The data room's part of judging: what the types lose, and what a fork's data were before and after.

use std::collections::BTreeSet;

use super::{Asked, Judging, Side};
use crate::{
    census,
    data::{self, Seen, Source},
    fork::{Mark, StableChange},
    kept::{self, Compared, Unread},
    most::{MostError, Signature},
    probe::{self, Answer, Answers},
    types::{self, Loss},
    value::Value,
    verdict::{Effect, Finding},
    words,
};

impl Judging<'_> {
    /// What the types say, and the signatures if they could be read.
    pub(super) fn static_census(
        &mut self,
        live: Side<'_>,
        proposed: Side<'_>,
    ) -> (Option<(Signature, Signature)>, Vec<Loss>) {
        if live.stable_types.trim().is_empty() {
            self.verdict.data.push(Finding::not_judged(
                "data",
                "What the live version keeps",
                "it declares nothing",
                Effect::Informs,
            ));
            return (None, Vec::new());
        }
        let compared = || -> Result<_, MostError> {
            let (old, new) = (Signature::parse(live.stable_types)?, Signature::parse(proposed.stable_types)?);
            let losses = types::losses(&old, &new)?;
            Ok((Some((old, new)), losses))
        };
        compared().unwrap_or_else(|error| {
            let reason = if proposed.stable_types.trim().is_empty() {
                "the new version declares nothing".into()
            } else {
                error.to_string()
            };
            self.verdict.data.push(Finding::not_judged("data", "What would become of the data", &reason, Effect::Asks));
            (None, Vec::new())
        })
    }

    /// Nothing can be asked: memory and the types alone must do.
    pub(super) fn without_queries(&mut self, losses: &[Loss], live: Side<'_>, proposed: Side<'_>) {
        let held = self.fork.keep();
        if !self.installs(|fork, wasm| fork.upgrade(wasm)) {
            return self.verdict.data.extend(data::findings(losses, &[], false));
        }
        let memory = self.still_kept(held, live, proposed);
        self.verdict.data.extend(data::findings(losses, &from_memory(memory.as_ref()), is_complete(memory.as_ref())));
        if let Some(found) = memory {
            self.later(held, (live, proposed), &found.changes, &[]);
        }
    }

    /// What became of what the live version kept with the upgrade; `None` if memory can't be read, which is then told.
    pub(super) fn still_kept(&mut self, held: Mark, live: Side<'_>, proposed: Side<'_>) -> Option<Compared> {
        let now = self.fork.keep();
        let compared = match self.compare((held, live), (now, proposed)) {
            Some(compared) => compared,
            None => self.scripted((held, live), (now, proposed))?,
        };
        match compared {
            Ok(compared) => {
                self.verdict.data.extend(compared.unfollowed());
                Some(compared)
            }
            Err(unread) => {
                self.verdict.data.push(unread.finding());
                let stable = self.fork.stable_memory(held, now).filter(|_| !unread.is_ours());
                self.verdict.data.extend(stable.map(stable_memory));
                None
            }
        }
    }

    /// The same for a fork that has no memory to show, such as a scripted one.
    fn scripted(
        &mut self,
        (held, live): (Mark, Side<'_>),
        (now, proposed): (Mark, Side<'_>),
    ) -> Option<Result<Compared, Unread>> {
        self.fork.back(held);
        let before = self.fork.variables(live.stable_types);
        self.fork.back(now);
        let before = match before? {
            Ok(before) => Value::Record(before),
            Err(error) => return Some(Err(Unread::Before(error))),
        };
        Some(match self.fork.variables(proposed.stable_types) {
            Some(Ok(after)) => Ok(Compared { changes: census::changes(&before, &Value::Record(after)), unfollowed: 0 }),
            Some(Err(error)) => Err(Unread::After(error)),
            None => Err(Unread::NotShown("it shows nothing".into())),
        })
    }

    /// Compares what two states of the fork keep; `None` if it has no memory to show.
    pub(super) fn compare(
        &mut self,
        (before, old): (Mark, Side<'_>),
        (after, new): (Mark, Side<'_>),
    ) -> Option<Result<Compared, Unread>> {
        let mut found = None;
        let counter = self.options.looked_at.clone();
        let mut look =
            |one: &[u8], other: &[u8]| found = Some(kept::compare((one, old), (other, new), counter.as_deref()));
        match self.fork.memories(before, after, &mut look)? {
            Ok(()) => found,
            Err(reason) => Some(Err(Unread::NotShown(reason))),
        }
    }

    /// The counted half of the census, merged with what the types say.
    pub(super) fn census(
        &mut self,
        losses: &[Loss],
        memory: Option<&Compared>,
        (before, after): (&Answers, &Answers),
        new: &Asked,
        signatures: Option<&(Signature, Signature)>,
        old: &Asked,
    ) {
        let kept = memory.is_some();
        let mut seen = from_memory(memory);
        let complete = is_complete(memory);
        for (method, answer) in before {
            let (Some(old), Some(new)) = (answer.value(), after.get(method).and_then(Answer::value)) else { continue };
            let source = if kept { Source::Display(method.clone()) } else { Source::Method(method.clone()) };
            let changes = census::changes(old, new);
            let whole = |answer: Option<&Answer>| matches!(answer, Some(Answer::Shown(_)));
            if !(whole(Some(answer)) && whole(after.get(method))) {
                self.verdict.data.push(too_many(method, kept));
                continue;
            }
            seen.extend(changes.into_iter().map(|change| Seen { change, source: source.clone() }));
        }
        let (memory, shown): (Vec<Seen>, Vec<Seen>) =
            seen.into_iter().partition(|seen| !matches!(seen.source, Source::Display(_)));
        let mut found = data::findings(losses, &memory, complete);
        // What memory already tells of needs no second word.
        let told: BTreeSet<&str> =
            found.iter().flat_map(|finding| finding.examples.iter().map(String::as_str)).collect();
        let news = |seen: &&Seen| seen.change.examples.iter().any(|example| !told.contains(example.as_str()));
        let shown: Vec<Seen> = shown.iter().filter(news).cloned().collect();
        found.extend(data::findings(&[], &shown, complete));
        if let Some((live, proposed)) = signatures.filter(|_| !kept) {
            found.extend(uncounted(live, proposed, before, old, new, losses));
        }
        self.verdict.data.extend(found);
    }
}

/// Whether all that is kept was compared.
fn is_complete(memory: Option<&Compared>) -> bool {
    memory.is_some_and(Compared::complete)
}

pub(super) fn from_memory(memory: Option<&Compared>) -> Vec<Seen> {
    let changes = memory.iter().flat_map(|compared| &compared.changes);
    changes.map(|change| Seen { change: change.clone(), source: Source::Memory }).collect()
}

/// What a memory that can't be read shows all the same.
fn stable_memory(change: StableChange) -> Finding {
    let size = |bytes: u64| words::counted(bytes.div_ceil(1 << 10), "kilobyte");
    let (before, after) = (size(change.before), size(change.after));
    let message = format!(
        "What it keeps can't be read; its stable memory went from {before} to {after}, {} of {} pages with data in them changed, and {} would be empty.",
        change.changed, change.pages, change.cleared,
    );
    let mut finding = Finding::new("stable_memory", "memory", Effect::Informs, message);
    finding.count = Some(change.changed);
    finding
}

/// Variables that a migration takes in and that no answer shows: what becomes of them can't be counted.
fn uncounted(
    live: &Signature,
    proposed: &Signature,
    before: &Answers,
    old: &Asked,
    new: &Asked,
    losses: &[Loss],
) -> Vec<Finding> {
    let done: BTreeSet<&String> = live.steps.iter().map(|(name, _)| name).collect();
    let pending = proposed.steps.iter().filter(|(name, _)| !done.contains(name)).flat_map(|(_, takes)| takes.iter());
    let taken: BTreeSet<&String> = proposed.converted.iter().map(|field| &field.name).chain(pending).collect();
    let told: BTreeSet<&String> =
        losses.iter().filter(|loss| loss.path.len() == 1).filter_map(|loss| loss.path.first()).collect();
    let variables = live.kept.iter().filter(|field| taken.contains(&field.name) && !told.contains(&field.name));
    let unseen = variables
        .filter(|field| types::holds_data(live, &field.ty).unwrap_or(true) && !is_shown(live, field, before, old, new));
    let finding = |field: &crate::most::Field| {
        let name = words::quoted(&field.name);
        let message = format!(
            "The new version converts {name}, and no list shows all of it, so what would be gone can't be counted."
        );
        Finding::new("not_counted", words::split(&field.name), Effect::Asks, message)
    };
    unseen.map(finding).collect()
}

fn is_shown(live: &Signature, field: &crate::most::Field, before: &Answers, old: &Asked, new: &Asked) -> bool {
    let rows = types::row_fields(live, &field.ty).unwrap_or_default();
    before.iter().filter(|(_, answer)| matches!(answer, Answer::Shown(_))).any(|(method, _)| {
        let still = new.interface.methods.contains_key(method);
        let alike = data::likeness(&rows, &probe::declared_fields(&old.interface, method)) >= 0.3;
        still && (alike || words::thing(method) == words::split(&field.name))
    })
}

fn too_many(method: &str, kept: bool) -> Finding {
    let effect = if kept { Effect::Informs } else { Effect::Asks };
    let message = format!("There is too much in {} to compare all of it.", words::quoted(&words::thing(method)));
    Finding::new("not_counted", words::thing(method), effect, message)
}
