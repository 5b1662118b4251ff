//! Who could see more than before.
//!
//! A caller's view is everything that all readable methods show them together. Invariant: a value that a caller
//! could already see through any method is never a widening, and neither is one that the module shows on an empty
//! app, since that is text of the program and nobody's data.

mod sight;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    fork::Caller,
    probe::{Answer, Answers},
    value::Value,
    verdict::{Effect, Finding},
    words::{self, MOST_EXAMPLES},
};

use sight::{Key, key, places};
pub(crate) use sight::{Sight, Sights};

/// The platform's role of whoever is nobody to the app.
const STRANGER: &str = "visitor";

/// Everything that was seen of one version, by caller.
pub(crate) type Views = BTreeMap<Caller, Answers>;

/// What callers other than the owner would gain, and what they would lose.
pub(crate) fn findings(before: &Sights<'_>, after: &Views, empty: &Views) -> Vec<Finding> {
    let nothing = Answers::new();
    let empty = Sights::of(empty);
    let mut found = Vec::new();
    let mut anyone = BTreeSet::new();
    for (caller, answers) in after.iter().filter(|(caller, _)| **caller != Caller::Owner) {
        let view = View {
            caller,
            before: before.views.get(caller).unwrap_or(&nothing),
            known: before.get(caller),
            owned: before.get(&Caller::Owner),
            constants: empty.get(caller),
        };
        for (finding, values) in view.gained(answers) {
            // What everybody gains is said once.
            let told = (finding.kind.clone(), values.clone());
            let known = anyone.contains(&told);
            if *caller == Caller::Anonymous {
                anyone.insert(told);
            }
            found.extend((!known).then_some(finding));
        }
        // What nobody sees any more, the data room tells.
        let shown = |method: &String| after.get(&Caller::Owner).and_then(|owner| owner.get(method)).is_some_and(shows);
        for method in view.lost(answers).filter(|method| shown(method)) {
            let told = ("narrowed".to_owned(), BTreeSet::from([method.clone()]));
            let known = anyone.contains(&told);
            if *caller == Caller::Anonymous {
                anyone.insert(told);
            }
            found.extend((!known).then(|| view.narrowed(method)));
        }
    }
    found
}

/// Single values that differ from one asking to the next: clocks, random numbers. Texts that hold a value of the data
/// stay out, and so do rows, since what comes with the data is theirs.
pub(crate) fn varying(one: &Answers, other: &Answers, owned: &Sights<'_>) -> Answers {
    let known = owned.get(&Caller::Owner);
    let differs = |(method, answer): (&String, &Answer)| {
        let (first, second) = (answer.value()?, other.get(method)?.value()?);
        let mut found = Vec::new();
        differences(first, second, "", &mut found);
        let free = |(_, value): &(String, Value)| !value.scalar().is_some_and(|text| holds_data(&text, known));
        found.retain(free);
        (!found.is_empty()).then(|| (method.clone(), Answer::Shown(Value::Record(found))))
    };
    one.iter().filter_map(differs).collect()
}

fn differences(one: &Value, other: &Value, label: &str, found: &mut Vec<(String, Value)>) {
    match (one, other) {
        (Value::Record(old), Value::Record(new)) => {
            old.iter().zip(new).for_each(|((name, old), (_, new))| differences(old, new, name, found));
        }
        (Value::List(_), _) | (Value::Variant(..), _) => {}
        (one, other) if one != other => found.push((label.to_owned(), one.clone())),
        _ => {}
    }
}

/// Whether a text is a long one, or one in which a value of the data stands.
fn holds_data(text: &str, known: &Sight<'_>) -> bool {
    text.len() > 64 || known.keys().iter().any(|(_, value)| value.len() > 2 && text.contains(&**value))
}

/// What a first version shows to those who are not signed in.
pub(crate) fn open(answers: &Answers) -> Vec<Finding> {
    let tells = |value: &Value| !value.is_empty() && !names_the_stranger(value);
    let shown = answers.iter().filter(|(_, answer)| answer.value().is_some_and(tells));
    let finding = |(method, _): (&String, &Answer)| {
        Finding::new(
            "open",
            method,
            Effect::Informs,
            format!("Anyone can see {}, signed in or not.", words::quoted(&words::thing(method))),
        )
    };
    shown.map(finding).collect()
}

/// Whether an answer says nothing but that the caller is a stranger: the platform's role for them, and no more.
fn names_the_stranger(value: &Value) -> bool {
    let Value::Record(fields) = value else { return false };
    let mut told = fields.iter().filter(|(_, value)| !value.is_empty());
    told.all(|(_, value)| matches!(value, Value::Text(role) if role == STRANGER))
}

struct View<'a, 'v, 'e> {
    caller: &'a Caller,
    before: &'a Answers,
    /// What they could see before.
    known: &'a Sight<'v>,
    /// What the owner could see before.
    owned: &'a Sight<'v>,
    /// The program's own.
    constants: &'a Sight<'e>,
}

impl View<'_, '_, '_> {
    /// A finding for each method that shows the caller something new, with the values.
    fn gained(&self, after: &Answers) -> Vec<(Finding, BTreeSet<String>)> {
        let mut found = Vec::new();
        for (method, answer) in after {
            let Some(value) = answer.value() else { continue };
            let earlier = self.before.get(method).and_then(Answer::value);
            let fresh = self.fresh(earlier, value);
            if !fresh.is_empty() {
                found.push(self.widened(method, &fresh));
            } else if !self.before.contains_key(method) && !value.is_empty() {
                let message = format!(
                    "{} could also use {}; it shows them nothing that they can't see already.",
                    who(self.caller),
                    words::quoted(method)
                );
                found.push((
                    Finding::new("new_method", self.subject(method), Effect::Informs, message),
                    BTreeSet::from([method.clone()]),
                ));
            }
        }
        found
    }

    /// What a method shows that it did not show, and that nothing else showed.
    fn fresh(&self, earlier: Option<&Value>, value: &Value) -> Vec<Gain> {
        if earlier == Some(value) {
            return Vec::new();
        }
        let old = places(earlier.unwrap_or(&Value::Nothing));
        let more = |(place, values): &(Vec<&str>, Vec<Cow<'_, str>>)| {
            old.get(place).is_none_or(|old| old.len() < values.len())
        };
        let gains = places(value).into_iter().filter(more);
        gains.filter_map(|(place, values)| self.gain(&place, values, earlier.is_some())).collect()
    }

    /// What is new to the caller at one place.
    fn gain(&self, place: &[&str], values: Vec<Cow<'_, str>>, answered: bool) -> Option<Gain> {
        let keys: BTreeSet<Key<'_>> = values.into_iter().map(|text| key(place, text)).collect();
        let new = |key: &Key<'_>| !self.known.contains(key) && !self.constants.contains(key);
        let keys: Vec<Key<'_>> = keys.into_iter().filter(new).collect();
        let private = keys.iter().any(|key| self.owned.contains(key));
        // One and the same value everywhere, that the app did not have before: a new field's first value.
        let asks = private || !answered || keys.len() > 1;
        let values = keys.into_iter().map(|(_, text)| text.into_owned()).collect();
        let gain = Gain { field: place.last().map(|field| (*field).to_owned()), values, asks };
        (!gain.values.is_empty()).then_some(gain)
    }

    fn widened(&self, method: &str, gains: &[Gain]) -> (Finding, BTreeSet<String>) {
        let values: BTreeSet<String> = gains.iter().flat_map(|gain| gain.values.iter().cloned()).collect();
        let asks = gains.iter().any(|gain| gain.asks);
        let fields: BTreeSet<String> =
            gains.iter().filter_map(|gain| gain.field.as_deref().map(words::quoted)).collect();
        let thing = words::quoted(&words::thing(method));
        let what = match fields.len() {
            0 => thing,
            _ => format!("{} of {thing}", fields.into_iter().take(6).collect::<Vec<_>>().join(", ")),
        };
        let examples: Vec<String> = values.iter().take(MOST_EXAMPLES).map(|text| words::example(text)).collect();
        let could_not = if asks { ", which they can't now" } else { "" };
        let message = format!(
            "{} could see {what}{could_not}: {}{}.",
            who(self.caller),
            words::counted(values.len() as u64, "value"),
            words::for_example(&examples)
        );
        let (kind, effect) = if asks { ("widened", Effect::Asks) } else { ("new_field_shown", Effect::Informs) };
        let mut finding = Finding::new(kind, self.subject(method), effect, message)
            .detail(format!("`{method}` as {:?}", self.caller));
        (finding.count, finding.examples) = (Some(values.len() as u64), examples);
        (finding, values)
    }

    /// Methods that showed the caller something, are still there and show nothing any more.
    fn lost<'b>(&'b self, after: &'b Answers) -> impl Iterator<Item = &'b String> {
        let shown = self.before.iter().filter(|(_, answer)| shows(answer));
        shown.map(|(method, _)| method).filter(|method| after.get(*method).is_some_and(|answer| !shows(answer)))
    }

    fn narrowed(&self, method: &str) -> Finding {
        let message = format!("{} could no longer see {}.", who(self.caller), words::quoted(&words::thing(method)));
        Finding::new("narrowed", self.subject(method), Effect::Informs, message)
    }

    fn subject(&self, method: &str) -> String {
        let caller = match self.caller {
            Caller::Owner => "owner",
            Caller::Anonymous => "anonymous",
            Caller::Stranger => "stranger",
            Caller::Member(role) | Caller::Known(role, _) => role,
        };
        format!("{caller}: {method}")
    }
}

struct Gain {
    field: Option<String>,
    values: BTreeSet<String>,
    asks: bool,
}

fn shows(answer: &Answer) -> bool {
    answer.value().is_some_and(|value| !value.is_empty())
}

fn who(caller: &Caller) -> String {
    match caller {
        Caller::Owner => "The owner".into(),
        Caller::Anonymous => "Anyone, signed in or not,".into(),
        Caller::Stranger => "Anyone who signs in".into(),
        Caller::Member(role) | Caller::Known(role, _) => format!("Members with the role {}", words::quoted(role)),
    }
}

#[cfg(test)]
mod tests;
