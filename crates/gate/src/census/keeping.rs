//! Where values are found again that are not where they were, or not in the form they had.
//!
//! Everything is decided over all rows, and by the values: either each of them lies in the same place of what the row
//! has now, or it is put together from parts there in the same way, or the few that there are became as many choices,
//! one each. What looks like chance or like a cipher is no trace of a value. Invariant: from what is told as kept, the
//! old value could be worked out again from the new row alone, but for spaces and commas between words.

mod choices;
mod frames;

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher as _, RandomState},
};

use super::Became;
use crate::{value::Value, words};
use choices::Choices;
use frames::Frames;

/// Parts of a new value that are looked at.
const MOST_LEAVES: usize = 64;
/// How deep they may lie.
const MOST_DEPTH: usize = 8;
/// Ways in which new values are built, each with the place of the old value.
const MOST_FORMS: usize = 64;
/// Different new values that are remembered, to tell whether two old ones became the same.
const MOST_WITNESSED: usize = 1 << 20;

/// A value that a row has now, by its name from the row down to it.
pub(crate) struct Target<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: Value,
    /// Whether it has the name that the old value had.
    pub(crate) same_name: bool,
}

/// Where values are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Names of what has them now, each from the row down to it.
    pub(crate) to: Vec<String>,
    /// What became which choice, and how many.
    pub(crate) became: Became,
}

/// What is known so far of the values of a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Keeping {
    values: u64,
    cells: BTreeMap<String, Cell>,
    /// Whether one was not found, so that no other needs to be looked for.
    lost: bool,
}

/// A plain value of each row, such as a position in a tuple.
#[derive(Clone, Debug)]
struct Cell {
    /// For each target that could have all values, how.
    traces: BTreeMap<String, Trace>,
    frames: Option<Frames>,
}

#[derive(Clone, Debug, Default)]
struct Trace {
    /// For each form of the new value, the places where the old one lay each time, and whether nothing lay around it.
    places: BTreeMap<String, BTreeMap<String, bool>>,
    witness: Witness,
    choices: Choices,
}

/// Whether what became the same was the same.
#[derive(Clone, Debug, Default)]
struct Witness {
    hashing: RandomState,
    old_of_new: HashMap<u64, u64>,
    broken: bool,
}

/// A plain part of a new value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leaf {
    /// Fields, positions and choices on the way to it.
    path: String,
    text: String,
}

impl Keeping {
    /// Adds a value and what its row has now. `cell` tells values of one place apart; `field` is what it was called.
    pub(super) fn add<'t>(
        &mut self,
        cell: &str,
        field: &str,
        before: impl FnOnce() -> Value,
        after: impl FnOnce() -> Vec<Target<'t>>,
    ) {
        self.values += 1;
        if !self.lost {
            self.lost = !self.part(cell, field, &before(), &after(), 0);
        }
    }

    /// Whether a value, or each field of it, may still be kept.
    fn part(&mut self, cell: &str, field: &str, before: &Value, after: &[Target<'_>], depth: usize) -> bool {
        match before {
            Value::Record(fields) if depth < MOST_DEPTH => fields
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .all(|(name, value)| self.part(&format!("{cell}.{name}"), field, value, after, depth + 1)),
            _ => self.cells.entry(cell.to_owned()).or_insert_with(|| Cell::of(after)).add(field, before, after),
        }
    }

    /// Where the values are kept, if these are all of them and all are kept.
    pub(super) fn kept(&self, all: u64) -> Option<Kept> {
        if all == 0 || self.lost || self.values != all || self.cells.is_empty() {
            return None;
        }
        let mut kept = Kept::default();
        for cell in self.cells.values() {
            let found = cell.kept()?;
            kept.to.extend(found.to.into_iter().filter(|name| !kept.to.contains(name)).collect::<Vec<_>>());
            kept.became.extend(found.became);
        }
        Some(kept)
    }
}

impl Cell {
    fn of(after: &[Target<'_>]) -> Cell {
        let traces = after.iter().map(|target| (target.name.to_owned(), Trace::default())).collect();
        Cell { traces, frames: Some(Frames::default()) }
    }

    /// Whether the value may still be kept.
    fn add(&mut self, field: &str, before: &Value, after: &[Target<'_>]) -> bool {
        let Some(text) = before.scalar().filter(|_| !matches!(before, Value::Blob(_))) else { return false };
        let leaves: Vec<Option<Leaves>> = after.iter().map(|target| Leaves::of(&target.value)).collect();
        self.traces.retain(|name, trace| {
            let at = after.iter().position(|target| target.name == name);
            at.is_some_and(|at| trace.add(field, before, &text, &after[at], leaves[at].as_ref()))
        });
        let parts = after.iter().zip(leaves).filter_map(|(target, leaves)| Some((target.name, leaves?.leaves)));
        let parts: Vec<(&str, Vec<Leaf>)> = parts.collect();
        let is_text = matches!(before, Value::Text(_));
        if !self.frames.as_mut().is_some_and(|frames| is_text && frames.add(&text, &parts)) {
            self.frames = None;
        }
        self.frames.is_some() || !self.traces.is_empty()
    }

    fn kept(&self) -> Option<Kept> {
        let traced = self.traces.iter().find_map(|(name, trace)| Some((name, trace.told()?)));
        if let Some((name, became)) = traced {
            return Some(Kept { to: vec![name.clone()], became });
        }
        let to = self.frames.as_ref()?.told()?;
        Some(Kept { to, became: Vec::new() })
    }
}

impl Trace {
    /// Whether the new value may still hold all old ones.
    fn add(&mut self, field: &str, before: &Value, text: &str, target: &Target<'_>, leaves: Option<&Leaves>) -> bool {
        let after = &target.value;
        if let Some(word) = after.scalar().filter(|_| is_choice(before) || is_choice(after)) {
            return self.choices.add(field, before, (text, &word), target.same_name);
        }
        let Some(leaves) = leaves.filter(|_| !is_choice(before)) else { return false };
        let place = |leaf: &Leaf| {
            let exact = same(before, &leaf.text);
            (exact || holds(&leaf.text, text)).then(|| (leaf.path.clone(), exact))
        };
        let found: BTreeMap<String, bool> = leaves.leaves.iter().filter_map(place).collect();
        self.witness.add(&leaves.leaves, text);
        if self.places.len() >= MOST_FORMS && !self.places.contains_key(&leaves.form) {
            return false;
        }
        let places = self.places.entry(leaves.form.clone()).or_insert_with(|| found.clone());
        places.retain(|place, exact| {
            found.get(place).is_some_and(|now| {
                *exact &= *now;
                true
            })
        });
        !places.is_empty()
    }

    /// What became which choice, if all values can be told by the new ones.
    fn told(&self) -> Option<Became> {
        let exact = self.places.values().all(|places| places.values().any(|exact| *exact));
        let told = (exact || !self.witness.broken) && self.choices.are_one_to_one(!self.places.is_empty());
        told.then(|| self.choices.became())
    }
}

impl Witness {
    fn add(&mut self, after: &[Leaf], before: &str) {
        if self.broken {
            return;
        }
        let parts: Vec<(&str, &str)> = after.iter().map(|leaf| (leaf.path.as_str(), leaf.text.as_str())).collect();
        let (new, old) = (self.hashing.hash_one(parts), self.hashing.hash_one(before));
        self.broken = *self.old_of_new.entry(new).or_insert(old) != old || self.old_of_new.len() > MOST_WITNESSED;
    }
}

/// A new value in parts.
struct Leaves {
    /// The choices that were made in it.
    form: String,
    leaves: Vec<Leaf>,
}

impl Leaves {
    /// `None` if there are too many, or too deep.
    fn of(value: &Value) -> Option<Leaves> {
        let mut leaves = Leaves { form: String::new(), leaves: Vec::new() };
        leaves.add(value, &mut String::new(), 0).then_some(leaves)
    }

    fn add(&mut self, value: &Value, path: &mut String, depth: usize) -> bool {
        if depth > MOST_DEPTH || self.leaves.len() >= MOST_LEAVES {
            return false;
        }
        let length = path.len();
        let whole = match value {
            Value::Record(fields) => fields.iter().all(|(name, value)| {
                path.push_str(&format!(".{name}"));
                let whole = self.add(value, path, depth + 1);
                path.truncate(length);
                whole
            }),
            Value::List(values) => values.iter().enumerate().all(|(at, value)| {
                path.push_str(&format!("[{at}]"));
                let whole = self.add(value, path, depth + 1);
                path.truncate(length);
                whole
            }),
            Value::Variant(tag, inside) => {
                path.push_str(&format!("#{}", words::split(tag)));
                self.form.push_str(path);
                self.add(inside, path, depth + 1)
            }
            Value::Blob(bytes) => {
                // Bytes may be a text's.
                let text = std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty());
                self.leaves.extend(text.map(|text| Leaf { path: path.clone(), text: text.to_owned() }));
                true
            }
            Value::Nothing | Value::Bool(_) => true,
            Value::Number(text) | Value::Text(text) => {
                if !text.is_empty() {
                    self.leaves.push(Leaf { path: path.clone(), text: text.clone() });
                }
                true
            }
        };
        path.truncate(length);
        whole
    }
}

/// Yes or no, or one of several without anything to it.
fn is_choice(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Variant(_, inside) => inside.is_empty(),
        _ => false,
    }
}

/// Whether a text says exactly this value.
fn same(value: &Value, text: &str) -> bool {
    match value {
        Value::Number(digits) => digits == text || number(digits).is_some_and(|one| number(text) == Some(one)),
        _ => value.scalar().is_some_and(|own| own == text),
    }
}

/// A decimal number without what does not matter: its sign, digits before the point, and after.
fn number(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = !whole.is_empty() && digits(whole) && digits(part);
    plain.then(|| (negative, whole.trim_start_matches('0'), part.trim_end_matches('0')))
}

/// Whether a text holds another one as words of their own, not as letters of a longer word.
fn holds(text: &str, inner: &str) -> bool {
    let inside = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let alone = |at: usize| {
        let (before, after) = (text[..at].chars().next_back(), text[at + inner.len()..].chars().next());
        let joins = |outer, own: Option<char>| inside(outer) && inside(own);
        let own = |digit: Option<char>| digit.is_some_and(|letter| letter.is_ascii_digit());
        // A sign or a point makes another number of the same digits.
        let signed = own(inner.chars().next()) && before == Some('-') && !inside(text[..at].chars().nth_back(1));
        let pointed = |mark: Option<char>, digit| matches!(mark, Some('.' | ',')) && own(digit);
        let part = (own(inner.chars().next()) && pointed(before, text[..at].chars().nth_back(1)))
            || (own(inner.chars().next_back()) && pointed(after, text[at + inner.len()..].chars().nth(1)));
        !joins(before, inner.chars().next()) && !joins(after, inner.chars().next_back()) && !signed && !part
    };
    !inner.is_empty() && text.match_indices(inner).any(|(at, _)| alone(at))
}

#[cfg(test)]
mod tests;
