//! The counting half of the data census: two states of the same data, before and after an upgrade.
//!
//! Rows are matched by what tells them apart, so that a list in another order is the same list. Invariant: what is
//! the same on both sides yields nothing, and every loss is counted once.

mod keeping;
mod node;
mod patterns;
mod rows;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::{
    value::Value,
    words::{self, MOST_EXAMPLES},
};
use keeping::{Keeping, Target};
use node::Whole;
pub(crate) use node::{Class, Column, EMPTY, Hashing, Node, Opened};
pub(crate) use patterns::Pattern;

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
    /// Values are found under the same name in another form, all of them.
    Kept,
    /// There was nothing, and now there is something.
    Filled,
    /// Values are others.
    Changed,
    /// Rows are found under other keys, otherwise the same.
    Rekeyed,
    /// A single number went down.
    Fewer,
    /// A single number went up.
    More,
}

/// What values became, and how many of them.
pub(crate) type Became = Vec<(String, String, u64)>;

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
    /// How many there were; zero if that is not known, as in lists that rows hold.
    pub(crate) of: u64,
    pub(crate) examples: Vec<String>,
    /// The new name of what moved, or the names of the fields that hold it together.
    pub(crate) moved_to: Option<String>,
    /// What the values that changed have in common.
    pub(crate) pattern: Option<Pattern>,
    /// What values became, and how many of them, in the order in which they were met; empty if that is too much. Of
    /// values that are kept, only what can't be told from the values themselves.
    pub(crate) became: Became,
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
    /// The same in another form.
    alike: Tally,
    made_up: Tally,
    fewer: Tally,
    more: Tally,
    rekeyed: Tally,
    pattern: Option<Pattern>,
    became: Became,
    /// Names of the fields of its rows, where it is a list.
    row: BTreeSet<String>,
    /// How often a missing value was found under each new name, from the row down.
    moved: BTreeMap<String, u64>,
    /// Where else missing values might be.
    elsewhere: Keeping,
    /// Whether values that have another form now are still told by it.
    reformed: Keeping,
    in_rows: bool,
    /// Whether it is a list that rows hold, of which only those were looked into that differ.
    inside: bool,
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
    if before == after {
        return Vec::new();
    }
    let hashing = Hashing::default();
    let [before, after] = [before, after].map(|value| Whole { value, hashing: &hashing });
    let mut census = Census::default();
    census.values(&before, &after, false);
    census.changes().0
}

/// Compares what two versions keep, by name; gives as well how many values lie too deep to be compared.
pub(crate) fn changes_of<N: Node>(before: &[(Rc<str>, N)], after: &[(Rc<str>, N)]) -> (Vec<Change>, u64) {
    let mut census = Census::default();
    census.records(before, after, false);
    census.changes()
}

#[derive(Default)]
struct Census {
    path: Vec<String>,
    places: BTreeMap<Vec<String>, Place>,
    /// Lists in whose rows the present value lies.
    lists: usize,
    too_deep: u64,
}

impl Census {
    fn changes(self) -> (Vec<Change>, u64) {
        (self.places.into_iter().flat_map(|(path, place)| place.changes(&path)).collect(), self.too_deep)
    }

    fn here(&mut self, in_rows: bool) -> &mut Place {
        if !self.places.contains_key(&self.path) {
            self.places.insert(self.path.clone(), Place::default());
        }
        let place = self.places.entry(self.path.clone()).or_default();
        place.in_rows |= in_rows;
        place
    }

    fn values<N: Node>(&mut self, before: &N, after: &N, in_rows: bool) {
        if self.path.len() > MOST_DEPTH {
            self.too_deep += 1;
            return;
        }
        match (before.open(), after.open()) {
            (Opened::List(old), Opened::List(new)) => self.lists(&old, &new),
            (Opened::List(old), _) => self.lists(&old, &[]),
            (Opened::Record(old), Opened::Record(new)) => self.records(&old, &new, in_rows),
            (Opened::Variant(old, inside), Opened::Variant(new, other)) if old == new => {
                self.here(in_rows).filled += 1;
                self.values(&inside, &other, in_rows);
            }
            _ => self.single(&before.value(), &after.value(), in_rows),
        }
    }

    fn single(&mut self, before: &Value, after: &Value, in_rows: bool) {
        let name = self.path.last().cloned().unwrap_or_default();
        if before.is_empty() {
            if !after.is_empty() {
                self.here(in_rows).made_up.add(|| after.shown());
            }
            return;
        }
        let place = self.here(in_rows);
        place.filled += 1;
        if after.is_empty() {
            place.gone.add(|| before.shown());
        } else if let Some(down) = number_went(before, after) {
            let tally = match (in_rows, down) {
                (true, _) => &mut place.changed,
                (false, true) => &mut place.fewer,
                (false, false) => &mut place.more,
            };
            tally.add(|| both(before, after));
        } else if !shown_alike(before, after) {
            place.changed.add(|| both(before, after));
            place.reformed(&name, before, after.clone());
        } else if before != after {
            place.alike.add(|| after.shown());
        }
    }

    fn records<N: Node>(&mut self, old: &[(Rc<str>, N)], new: &[(Rc<str>, N)], in_rows: bool) {
        let siblings: BTreeSet<String> = old.iter().map(|(name, _)| name.to_string()).collect();
        for (name, value) in old {
            let named = is_named(name);
            if named {
                self.path.push(name.to_string());
                self.here(in_rows).siblings.extend(siblings.iter().cloned());
            }
            match new.iter().find(|(other, _)| other == name) {
                Some((_, other)) => self.values(value, other, in_rows),
                None => {
                    let digest = value.digest();
                    let added = new.iter().filter(|(other, _)| !siblings.contains(&**other));
                    let new_names: Vec<Rc<str>> = added
                        .filter(|(_, other)| digest != EMPTY && other.digest() == digest)
                        .map(|(other, _)| other.clone())
                        .collect();
                    self.missing(value, digest, &new_names, in_rows);
                    if digest != EMPTY && new_names.is_empty() {
                        self.elsewhere(value, new.iter().filter(|(other, _)| !siblings.contains(&**other)));
                    }
                }
            }
            if named {
                self.path.pop();
            }
        }
    }

    /// Looks for a part that is not there after in those that are new.
    fn elsewhere<'n, N: Node + 'n>(&mut self, value: &N, added: impl Iterator<Item = &'n (Rc<str>, N)>) {
        let plain = |value: &N| (!matches!(value.open(), Opened::List(_))).then(|| value.value());
        let Some(before) = plain(value) else { return };
        let added: Vec<(Rc<str>, Value)> =
            added.filter_map(|(name, value)| Some((name.clone(), plain(value)?))).collect();
        let name = self.path.last().cloned().unwrap_or_default();
        let targets = || added.iter().map(|(name, value)| Target { name, value: value.clone(), same_name: false });
        if let Some(place) = self.places.get_mut(&self.path) {
            place.elsewhere.add("", &name, || before, || targets().collect());
        }
    }

    /// A part that is not there after: gone, unless new parts have its value.
    fn missing<N: Node>(&mut self, value: &N, digest: u64, new_names: &[Rc<str>], in_rows: bool) {
        if digest == EMPTY {
            return;
        }
        let place = self.here(in_rows);
        place.filled += 1;
        match value.open() {
            // Of a list that is nowhere else, every row is gone.
            Opened::List(rows) if new_names.is_empty() => {
                place.listed += rows.len() as u64;
                rows.iter().for_each(|row| place.rows.add(|| row.value().shown()));
            }
            _ => place.gone.add(|| value.value().shown()),
        }
        for name in new_names {
            *place.moved.entry(name.to_string()).or_default() += 1;
        }
    }
}

/// The innermost name of a path from the row down.
fn innermost(path: &str) -> &str {
    path.rsplit('.').find(|part| is_named(part)).unwrap_or(path)
}

/// Positions in tuples leave no trace in paths.
fn is_named(name: &str) -> bool {
    name.parse::<u32>().is_err()
}

fn both(before: &Value, after: &Value) -> String {
    words::example(&format!("{} → {}", before.shown(), after.shown()))
}

/// Whether people would take one for the other.
fn shown_alike(before: &Value, after: &Value) -> bool {
    let bytes = matches!(before, Value::Blob(_)) || matches!(after, Value::Blob(_));
    before == after || (!bytes && before.scalar().is_some_and(|text| after.scalar() == Some(text)))
}

/// Whether a number that changed went down.
fn number_went(before: &Value, after: &Value) -> Option<bool> {
    let number = |value: &Value| if let Value::Number(text) = value { text.parse::<f64>().ok() } else { None };
    let (a, b) = (number(before)?, number(after)?);
    (before != after).then_some(b < a)
}

/// Whether a value has another form, so that it may be the same all the same.
fn is_reformed(before: &Value, after: &Value) -> bool {
    std::mem::discriminant(before) != std::mem::discriminant(after)
}

impl Place {
    /// Notes what a value became that has another form now.
    fn reformed(&mut self, name: &str, before: &Value, after: Value) {
        if is_reformed(before, &after) {
            self.reformed.add("", name, || before.clone(), || vec![Target { name, value: after, same_name: true }]);
        }
    }

    /// The new name of the missing values, if all are found under it, with what became which choice.
    fn moved_to(&self) -> Option<(String, Became)> {
        if let Some((name, _)) = self.moved.iter().find(|(_, count)| **count == self.gone.count) {
            return Some((innermost(name).to_owned(), Vec::new()));
        }
        let kept = self.elsewhere.kept(self.gone.count)?;
        let mut names: Vec<&str> = kept.to.iter().map(|name| innermost(name)).collect();
        names.dedup();
        Some((names.join(" & "), kept.became))
    }

    fn changes(mut self, path: &[String]) -> Vec<Change> {
        let moved = self.moved_to();
        let gone = if moved.is_some() { Fate::Moved } else { Fate::Gone };
        let (moved_to, moved) = moved.unzip();
        let kept = self.reformed.kept(self.changed.count);
        if kept.is_some() {
            let changed = std::mem::take(&mut self.changed);
            let alike = std::mem::replace(&mut self.alike, changed);
            self.alike.join(alike);
        }
        let rows = [Fate::RowsGone, Fate::Rekeyed];
        let tallies = [
            (Fate::RowsGone, self.rows),
            (Fate::Rekeyed, self.rekeyed),
            (gone, self.gone),
            (Fate::Kept, self.alike),
            (Fate::Filled, self.made_up),
            (Fate::Changed, self.changed),
            (Fate::Fewer, self.fewer),
            (Fate::More, self.more),
        ];
        let change = |(fate, tally): (Fate, Tally)| {
            (tally.count > 0).then(|| Change {
                fate,
                path: path.to_vec(),
                siblings: if rows.contains(&fate) { self.row.clone() } else { self.siblings.clone() },
                count: tally.count,
                of: if rows.contains(&fate) { if self.inside { 0 } else { self.listed } } else { self.filled },
                examples: tally.examples,
                moved_to: moved_to.clone().filter(|_| fate == Fate::Moved),
                pattern: self.pattern.clone().filter(|_| fate == Fate::Changed),
                became: match fate {
                    Fate::Changed => self.became.clone(),
                    Fate::Moved => moved.clone().unwrap_or_default(),
                    Fate::Kept => kept.as_ref().map(|kept| kept.became.clone()).unwrap_or_default(),
                    _ => Vec::new(),
                },
                in_rows: self.in_rows,
            })
        };
        tallies.into_iter().filter_map(change).collect()
    }
}

#[cfg(test)]
mod tests;
