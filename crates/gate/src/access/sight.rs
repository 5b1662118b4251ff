//! What a caller was shown of one version, looked up by value.
//!
//! Most judgements ask for nothing of it, since most answers are what they were; so it is made when first asked for.

use std::{
    borrow::Cow,
    cell::OnceCell,
    collections::{BTreeMap, HashSet},
};

use super::Views;
use crate::{
    fork::Caller,
    probe::{Answer, Answers},
    value::Value,
    words,
};

/// Values of one answer that are kept.
const MOST_VALUES: usize = 500_000;

/// A value as it was seen: the field's name counts for numbers and switches, which mean nothing by themselves.
pub(crate) type Key<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Fields from the outside in.
pub(super) type Place<'a> = Vec<&'a str>;

/// Everything that one caller was shown of one version.
#[derive(Debug)]
pub(crate) struct Sight<'a> {
    answers: Option<&'a Answers>,
    keys: OnceCell<HashSet<Key<'a>>>,
}

impl<'a> Sight<'a> {
    pub(crate) fn of(answers: Option<&'a Answers>) -> Sight<'a> {
        Sight { answers, keys: OnceCell::new() }
    }

    pub(crate) fn contains(&self, key: &Key<'_>) -> bool {
        let keys: &HashSet<Key<'_>> = self.keys();
        keys.contains(key)
    }

    /// All values of all answers, in no particular order.
    pub(crate) fn keys(&self) -> &HashSet<Key<'a>> {
        self.keys.get_or_init(|| {
            let mut keys = HashSet::new();
            for value in self.answers.into_iter().flat_map(BTreeMap::values).filter_map(Answer::value) {
                each(value, &mut |place, text| {
                    keys.insert(key(place, text));
                });
            }
            keys
        })
    }
}

/// What every caller was shown of one version.
#[derive(Debug)]
pub(crate) struct Sights<'a> {
    pub(crate) views: &'a Views,
    sights: BTreeMap<&'a Caller, Sight<'a>>,
    nothing: Sight<'a>,
}

impl<'a> Sights<'a> {
    pub(crate) fn of(views: &'a Views) -> Sights<'a> {
        let sights = views.iter().map(|(caller, answers)| (caller, Sight::of(Some(answers)))).collect();
        Sights { views, sights, nothing: Sight::of(None) }
    }

    /// What this caller was shown.
    pub(crate) fn get(&self, caller: &Caller) -> &Sight<'a> {
        self.sights.get(caller).unwrap_or(&self.nothing)
    }
}

/// What a value at a place is known by.
pub(super) fn key<'a>(place: &[&'a str], text: Cow<'a, str>) -> Key<'a> {
    let meaningless = text.len() < 20 && (text.parse::<f64>().is_ok() || matches!(&*text, "true" | "false"));
    let field = place.last().filter(|_| meaningless).copied().unwrap_or_default();
    (field.into(), text)
}

/// The values at each place, without what is empty.
pub(super) fn places(value: &Value) -> BTreeMap<Place<'_>, Vec<Cow<'_, str>>> {
    let mut places: BTreeMap<Place<'_>, Vec<Cow<'_, str>>> = BTreeMap::new();
    each(value, &mut |place, text| match places.get_mut(place) {
        Some(texts) => texts.push(text),
        None => drop(places.insert(place.to_vec(), vec![text])),
    });
    places
}

/// Goes through all that is not empty, within bounds.
fn each<'a>(value: &'a Value, see: &mut dyn FnMut(&[&'a str], Cow<'a, str>)) {
    Walk { path: Vec::new(), left: MOST_VALUES, see }.value(value);
}

struct Walk<'a, 's> {
    path: Place<'a>,
    left: usize,
    see: &'s mut dyn FnMut(&[&'a str], Cow<'a, str>),
}

impl<'a> Walk<'a, '_> {
    fn value(&mut self, value: &'a Value) {
        match value {
            _ if value.is_empty() || self.left == 0 => {}
            Value::List(rows) => rows.iter().for_each(|row| self.value(row)),
            Value::Record(fields) => fields.iter().for_each(|(name, value)| {
                // Positions in tuples are no part of a place.
                let named = name.parse::<u32>().is_err();
                self.path.extend(named.then_some(name.as_str()));
                self.value(value);
                self.path.truncate(self.path.len() - usize::from(named));
            }),
            Value::Variant(tag, inner) if !inner.is_empty() => {
                self.put(words::split(tag).into());
                self.value(inner);
            }
            Value::Blob(bytes) => self.put(words::hex(bytes).into()),
            Value::Number(text) | Value::Text(text) => self.put(text.as_str().into()),
            scalar => self.put(scalar.scalar().unwrap_or_default().into()),
        }
    }

    fn put(&mut self, text: Cow<'a, str>) {
        self.left -= 1;
        (self.see)(&self.path, text);
    }
}
