//! The data room's part of judging: what the types lose, and what a fork's data were before and after.

use std::collections::BTreeSet;

use super::{Asked, Judging, Side, not_judged};
use crate::{
    census,
    data::{self, Seen, Source},
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
            self.verdict.data.push(not_judged(
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
            self.verdict.data.push(not_judged("data", "What would become of the data", &reason, Effect::Asks));
            (None, Vec::new())
        })
    }

    /// Nothing can be asked: memory and the types alone must do.
    pub(super) fn without_queries(&mut self, losses: &[Loss], live: Side<'_>, proposed: Side<'_>) {
        let kept = self.variables(live.stable_types);
        if !self.installs(|fork, wasm| fork.upgrade(wasm)) {
            return self.verdict.data.extend(data::findings(losses, &[]));
        }
        let memory = self.still_kept(kept, proposed.stable_types);
        let seen = memory.map(|(before, after)| from_memory(before, after)).unwrap_or_default();
        self.verdict.data.extend(data::findings(losses, &seen));
    }

    /// What the live version keeps, as far as memory can be read.
    pub(super) fn variables(&mut self, stable_types: &str) -> Option<Variables> {
        match self.fork.variables(stable_types)? {
            Ok(variables) => Some(variables),
            Err(error) => {
                self.verdict.data.push(not_judged(
                    "memory",
                    "What lies in memory",
                    &error.to_string(),
                    Effect::Informs,
                ));
                None
            }
        }
    }

    /// The same before and after; a version whose memory can't be read after it could before needs a word.
    pub(super) fn still_kept(
        &mut self,
        before: Option<Variables>,
        stable_types: &str,
    ) -> Option<(Variables, Variables)> {
        let before = before?;
        match self.fork.variables(stable_types) {
            Some(Ok(after)) => Some((before, after)),
            failed => {
                let reason =
                    failed.and_then(Result::err).map_or_else(|| "it shows nothing".into(), |error| error.to_string());
                self.verdict.data.push(not_judged("memory", "What the new version would keep", &reason, Effect::Asks));
                None
            }
        }
    }

    /// The counted half of the census, merged with what the types say.
    pub(super) fn census(
        &mut self,
        losses: &[Loss],
        memory: Option<(Variables, Variables)>,
        (before, after): (&Answers, &Answers),
        new: &Asked,
        signatures: Option<&(Signature, Signature)>,
        old: &Asked,
    ) {
        let kept = memory.is_some();
        let mut seen = memory.map(|(before, after)| from_memory(before, after)).unwrap_or_default();
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
        let mut found = data::findings(losses, &memory);
        // What memory already tells of needs no second word.
        let told: BTreeSet<&str> =
            found.iter().flat_map(|finding| finding.examples.iter().map(String::as_str)).collect();
        let news = |seen: &&Seen| seen.change.examples.iter().any(|example| !told.contains(example.as_str()));
        let shown: Vec<Seen> = shown.iter().filter(news).cloned().collect();
        found.extend(data::findings(&[], &shown));
        if let Some((live, proposed)) = signatures.filter(|_| !kept) {
            found.extend(uncounted(live, proposed, before, old, new, losses));
        }
        self.verdict.data.extend(found);
    }
}

pub(super) type Variables = Vec<(String, Value)>;

fn from_memory(before: Variables, after: Variables) -> Vec<Seen> {
    let changes = census::changes(&Value::Record(before), &Value::Record(after));
    changes.into_iter().map(|change| Seen { change, source: Source::Memory }).collect()
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
