//! Who could see more than before.
//!
//! A caller's view is everything that all readable methods show them together. Invariant: a value that a caller
//! could already see through any method is never a widening, and neither is one that the module shows on an empty
//! app, since that is text of the program and nobody's data.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    fork::Caller,
    probe::{Answer, Answers},
    value::Value,
    verdict::{Effect, Finding},
    words::{self, MOST_EXAMPLES},
};

/// Values that one caller's view keeps.
const MOST_VALUES: usize = 500_000;

/// Everything that was seen of one version, by caller.
pub(crate) type Views = BTreeMap<Caller, Answers>;

/// A value where it was seen: the field's name counts for numbers and switches, which mean nothing by themselves.
pub(crate) type Seen = BTreeSet<(String, String)>;

/// What callers other than the owner would gain, and what they would lose.
pub(crate) fn findings(before: &Views, after: &Views, empty: &Views) -> Vec<Finding> {
    let owned = before.get(&Caller::Owner).map(seen).unwrap_or_default();
    let mut found = Vec::new();
    let mut anyone = BTreeSet::new();
    for (caller, answers) in after.iter().filter(|(caller, _)| **caller != Caller::Owner) {
        let nothing = Answers::new();
        let constants = empty.get(caller).map(seen).unwrap_or_default();
        let view = View { caller, before: before.get(caller).unwrap_or(&nothing), owned: &owned, constants };
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

/// What a first version shows to those who are not signed in.
pub(crate) fn open(answers: &Answers) -> Vec<Finding> {
    let shown = answers.iter().filter(|(_, answer)| answer.value().is_some_and(|value| !value.is_empty()));
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

struct View<'a> {
    caller: &'a Caller,
    before: &'a Answers,
    owned: &'a Seen,
    constants: Seen,
}

impl View<'_> {
    /// A finding for each method that shows the caller something new, with the values.
    fn gained(&self, after: &Answers) -> Vec<(Finding, BTreeSet<String>)> {
        let known = seen(self.before);
        let mut found = Vec::new();
        for (method, answer) in after {
            let Some(value) = answer.value() else { continue };
            let earlier = self.before.get(method).and_then(Answer::value);
            let old = places(earlier.unwrap_or(&Value::Nothing));
            let fresh: Vec<Gain> = places(value)
                .into_iter()
                .filter(|(place, values)| old.get(place).is_none_or(|old| old.len() < values.len()))
                .filter_map(|(place, values)| self.gain(&place, values, &known, earlier.is_some()))
                .collect();
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

    /// What is new to the caller at one place.
    fn gain(&self, place: &[String], values: Vec<String>, known: &Seen, answered: bool) -> Option<Gain> {
        let new = |text: &String| {
            let key = key(place, text);
            !known.contains(&key) && !self.constants.contains(&key)
        };
        let values: BTreeSet<String> = values.into_iter().filter(new).collect();
        let private = values.iter().any(|text| self.owned.contains(&key(place, text)));
        // One and the same value everywhere, that the app did not have before: a new field's first value.
        let asks = private || !answered || values.len() > 1;
        (!values.is_empty()).then(|| Gain { field: place.last().cloned(), values, asks })
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

/// All values of all answers.
pub(crate) fn seen(answers: &Answers) -> Seen {
    let values = answers.values().filter_map(Answer::value);
    values.flat_map(places).flat_map(|(place, values)| values.into_iter().map(move |text| key(&place, &text))).collect()
}

fn key(place: &[String], text: &str) -> (String, String) {
    let meaningless = text.len() < 20 && (text.parse::<f64>().is_ok() || matches!(text, "true" | "false"));
    let field = place.last().filter(|_| meaningless).cloned().unwrap_or_default();
    (field, text.to_owned())
}

/// The values at each place, without what is empty.
fn places(value: &Value) -> BTreeMap<Vec<String>, Vec<String>> {
    let (mut places, mut left) = (BTreeMap::new(), MOST_VALUES);
    collect(value, &mut Vec::new(), &mut places, &mut left);
    places
}

fn collect(value: &Value, path: &mut Vec<String>, places: &mut BTreeMap<Vec<String>, Vec<String>>, left: &mut usize) {
    match value {
        _ if value.is_empty() || *left == 0 => {}
        Value::List(rows) => rows.iter().for_each(|row| collect(row, path, places, left)),
        Value::Record(fields) => fields.iter().for_each(|(name, value)| {
            let named = name.parse::<u32>().is_err();
            if named {
                path.push(name.clone());
            }
            collect(value, path, places, left);
            path.truncate(path.len() - usize::from(named));
        }),
        Value::Variant(tag, inner) if !inner.is_empty() => {
            put(words::split(tag), path, places, left);
            collect(inner, path, places, left);
        }
        Value::Blob(bytes) => put(words::hex(bytes), path, places, left),
        _ => put(value.scalar().unwrap_or_default(), path, places, left),
    }
}

fn put(text: String, path: &[String], places: &mut BTreeMap<Vec<String>, Vec<String>>, left: &mut usize) {
    *left -= 1;
    places.entry(path.to_vec()).or_default().push(text);
}

#[cfg(test)]
mod tests;
