//! The counting half of the data census: two states of the same data, before and after an upgrade.
//!
//! Rows are matched by what tells them apart, so that a list in another order is the same list. Invariant: what is
//! the same on both sides yields nothing, and every loss is counted once.

mod rows;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    value::Value,
    words::{self, MOST_EXAMPLES},
};
use rows::{Pair, matched};

/// How deep values are compared.
const MOST_DEPTH: usize = 48;

/// What became of a part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// Whole rows are missing.
    RowsGone,
    /// Values are missing.
    Gone,
    /// Values are found under another name, all of them.
    Moved,
    /// Values are others.
    Changed,
    /// A single number went down.
    Fewer,
    /// A single number went up.
    More,
}

/// A difference, counted over all rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) fate: Fate,
    /// Fields from the outside in; positions in tuples and lists leave no trace.
    pub(crate) path: Vec<String>,
    /// Names of the record in which the last of the path is a field; for rows, the names of their own fields.
    pub(crate) siblings: BTreeSet<String>,
    /// Rows or values.
    pub(crate) count: u64,
    /// How many there were.
    pub(crate) of: u64,
    pub(crate) examples: Vec<String>,
    /// The new name of what moved.
    pub(crate) moved_to: Option<String>,
    /// Whether it is about rows of a list, not about a single value.
    pub(crate) in_rows: bool,
}

/// What a place held before the upgrade: how many values, and the record they are fields of.
#[derive(Clone, Debug, Default)]
struct Place {
    filled: u64,
    listed: u64,
    siblings: BTreeSet<String>,
    gone: Tally,
    rows: Tally,
    changed: Tally,
    fewer: Tally,
    more: Tally,
    /// Names of the fields of its rows, where it is a list.
    row: BTreeSet<String>,
    /// How often a missing value was found under each new name.
    moved: BTreeMap<String, u64>,
    in_rows: bool,
}

#[derive(Clone, Debug, Default)]
struct Tally {
    count: u64,
    examples: Vec<String>,
}

impl Tally {
    fn add(&mut self, example: impl FnOnce() -> String) {
        self.count += 1;
        if self.examples.len() < MOST_EXAMPLES {
            let text = example();
            if !text.is_empty() && !self.examples.contains(&text) {
                self.examples.push(text);
            }
        }
    }
}

/// Compares the same data before and after.
pub(crate) fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut census = Census::default();
    census.values(before, after, false);
    census.places.into_iter().flat_map(|(path, place)| place.changes(&path)).collect()
}

#[derive(Default)]
struct Census {
    path: Vec<String>,
    places: BTreeMap<Vec<String>, Place>,
}

impl Census {
    fn here(&mut self, in_rows: bool) -> &mut Place {
        let place = self.places.entry(self.path.clone()).or_default();
        place.in_rows |= in_rows;
        place
    }

    fn values(&mut self, before: &Value, after: &Value, in_rows: bool) {
        if self.path.len() > MOST_DEPTH {
            return;
        }
        match (before, after) {
            (Value::List(old), Value::List(new)) => self.lists(old, new),
            (Value::List(old), _) => self.lists(old, &[]),
            (Value::Record(old), Value::Record(_)) => self.records(old, after, in_rows),
            _ => self.single(before, after, in_rows),
        }
    }

    fn single(&mut self, before: &Value, after: &Value, in_rows: bool) {
        if before.is_empty() {
            return;
        }
        let place = self.here(in_rows);
        place.filled += 1;
        if let (Value::Variant(old, inside), Value::Variant(new, other)) = (before, after)
            && old == new
        {
            return self.values(inside, other, in_rows);
        }
        if after.is_empty() {
            place.gone.add(|| before.shown());
        } else if let Some(down) = number_went(before, after) {
            let tally = match (in_rows, down) {
                (true, _) => &mut place.changed,
                (false, true) => &mut place.fewer,
                (false, false) => &mut place.more,
            };
            tally.add(|| words::example(&format!("{} → {}", before.shown(), after.shown())));
        } else if before != after && before.scalar().is_none_or(|text| after.scalar() != Some(text)) {
            place.changed.add(|| words::example(&format!("{} → {}", before.shown(), after.shown())));
        }
    }

    fn records(&mut self, old: &[(String, Value)], after: &Value, in_rows: bool) {
        let siblings: BTreeSet<String> = old.iter().map(|(name, _)| name.clone()).collect();
        for (name, value) in old {
            let named = name.parse::<u32>().is_err();
            if named {
                self.path.push(name.clone());
                self.here(in_rows).siblings.extend(siblings.iter().cloned());
            }
            match after.part(name) {
                Some(other) => self.values(value, other, in_rows),
                None => self.missing(value, &siblings, after, in_rows),
            }
            if named {
                self.path.pop();
            }
        }
    }

    /// A field that the record after does not have: gone, unless a new field has its value.
    fn missing(&mut self, value: &Value, siblings: &BTreeSet<String>, after: &Value, in_rows: bool) {
        if value.is_empty() {
            return;
        }
        let new_names: Vec<String> = match after {
            Value::Record(fields) => fields
                .iter()
                .filter(|(name, other)| !siblings.contains(name) && other == value)
                .map(|(name, _)| name.clone())
                .collect(),
            _ => Vec::new(),
        };
        let place = self.here(in_rows);
        place.filled += 1;
        match value {
            // Of a list that is nowhere else, every row is gone.
            Value::List(rows) if new_names.is_empty() => {
                place.listed += rows.len() as u64;
                rows.iter().for_each(|row| place.rows.add(|| row.shown()));
            }
            _ => place.gone.add(|| value.shown()),
        }
        for name in new_names {
            *place.moved.entry(name).or_default() += 1;
        }
    }

    fn lists(&mut self, old: &[Value], new: &[Value]) {
        let place = self.here(true);
        place.listed += old.len() as u64;
        if let Some(Value::Record(fields)) = old.first() {
            place.row.extend(fields.iter().map(|(name, _)| name.clone()));
        }
        // A map may become a list of what it held, and the other way round.
        if rows::are_pairs(old) != rows::are_pairs(new) && !old.is_empty() && !new.is_empty() {
            return self.matched(&rows::without_keys(old), &rows::without_keys(new));
        }
        self.matched(old, new);
    }

    fn matched(&mut self, old: &[Value], new: &[Value]) {
        for pair in matched(old, new) {
            match pair {
                Pair::Gone(row) => self.here(true).rows.add(|| row.shown()),
                Pair::Both(before, after) => self.rows(before, after),
            }
        }
    }

    fn rows(&mut self, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Record(_) | Value::List(_), _) | (_, Value::Record(_) | Value::List(_)) => {
                self.values(before, after, true)
            }
            // Plain rows were matched by being the same.
            _ if before == after => {}
            _ => self.here(true).changed.add(|| words::example(&format!("{} → {}", before.shown(), after.shown()))),
        }
    }
}

/// Whether a number that changed went down.
fn number_went(before: &Value, after: &Value) -> Option<bool> {
    let number = |value: &Value| if let Value::Number(text) = value { text.parse::<f64>().ok() } else { None };
    let (a, b) = (number(before)?, number(after)?);
    (before != after).then_some(b < a)
}

impl Place {
    fn changes(self, path: &[String]) -> Vec<Change> {
        let moved_to = self.moved.iter().find(|(_, count)| **count == self.gone.count).map(|(name, _)| name.clone());
        let gone = if moved_to.is_some() { Fate::Moved } else { Fate::Gone };
        let tallies = [
            (Fate::RowsGone, self.rows),
            (gone, self.gone),
            (Fate::Changed, self.changed),
            (Fate::Fewer, self.fewer),
            (Fate::More, self.more),
        ];
        let change = |(fate, tally): (Fate, Tally)| {
            (tally.count > 0).then(|| Change {
                fate,
                path: path.to_vec(),
                siblings: if fate == Fate::RowsGone { self.row.clone() } else { self.siblings.clone() },
                count: tally.count,
                of: if fate == Fate::RowsGone { self.listed } else { self.filled },
                examples: tally.examples,
                moved_to: moved_to.clone().filter(|_| fate == Fate::Moved),
                in_rows: self.in_rows,
            })
        };
        tallies.into_iter().filter_map(change).collect()
    }
}

#[cfg(test)]
mod tests;
