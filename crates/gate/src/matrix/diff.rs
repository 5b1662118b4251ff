//! What a call did to the data: rows that came, went or changed, by the place where they are kept.

use std::collections::{BTreeMap, BTreeSet};

use super::pool::{Path, key};
use crate::value::Value;

/// Records within records that are followed before the whole counts as one value.
const MOST_DEPTH: usize = 4;

/// What happened at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A row came.
    Adds,
    /// A value changed.
    Alters,
    /// A row went.
    Deletes,
}

/// One unit of changing state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    /// The variable, and the field of its rows if only that changed.
    pub(crate) path: Path,
    pub(crate) kind: Kind,
    /// Whether it reached a row that is not the caller's own.
    pub(crate) any: bool,
    /// Whether it is a row of a collection, not a single value.
    pub(crate) row: bool,
}

pub(crate) type Changes = BTreeSet<Change>;

/// What differs. `own` are the texts by which the app may know who made the change.
pub(crate) fn changes(before: &[(String, Value)], after: &[(String, Value)], own: &[String]) -> Changes {
    let old: BTreeMap<&str, &Value> = before.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let mut diff = Diff { own, found: Changes::new(), counters: Changes::new() };
    for (name, value) in after {
        let before = old.get(name.as_str()).copied().unwrap_or(&Value::Nothing);
        diff.values(before, value, &mut vec![name.clone()], None);
    }
    // A counter that goes on as rows come gives ids; one that goes on by itself may be what people vote with.
    let came = diff.found.iter().any(|change| change.kind == Kind::Adds);
    if !came {
        diff.found.append(&mut diff.counters);
    }
    diff.found
}

struct Diff<'a> {
    own: &'a [String],
    found: Changes,
    counters: Changes,
}

impl Diff<'_> {
    /// `mine` is whose row it is within, if within a row.
    fn values(&mut self, before: &Value, after: &Value, path: &mut Path, mine: Option<bool>) {
        match (before, after) {
            (before, after) if before == after => {}
            (Value::List(old), Value::List(new)) => self.rows(old, new, path, mine),
            (Value::Nothing, Value::List(new)) => self.rows(&[], new, path, mine),
            (Value::Record(old), Value::Record(new)) if path.len() < MOST_DEPTH && names(old).eq(names(new)) => {
                for ((name, old), (_, new)) in old.iter().zip(new) {
                    let named = name.parse::<u32>().is_err();
                    path.extend(named.then(|| name.clone()));
                    self.values(old, new, path, mine);
                    path.truncate(path.len() - usize::from(named));
                }
            }
            _ if counts_on(before, after) && mine.is_none() => {
                self.counters.insert(Change { path: path.clone(), kind: Kind::Alters, any: true, row: false });
            }
            _ => self.put(path, Kind::Alters, mine != Some(true), mine.is_some()),
        }
    }

    fn rows(&mut self, old: &[Value], new: &[Value], path: &mut Path, mine: Option<bool>) {
        // Most rows are what they were; only what lies between the first and the last difference is matched.
        let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let (old, new) = (&old[start..], &new[start..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
        let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
        let mut left: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        old.iter().for_each(|row| left.entry(identity(row)).or_default().push(row));
        let mut came = Vec::new();
        for row in new {
            match left.get_mut(&identity(row)).and_then(Vec::pop) {
                Some(before) => {
                    let mine = mine.unwrap_or(false) || self.is_own(before);
                    self.values(before, row, path, Some(mine));
                }
                None => came.push(row),
            }
        }
        for row in left.values().flatten() {
            let any = !(mine == Some(true) || self.is_own(row));
            self.put(path, Kind::Deletes, any, true);
        }
        if !came.is_empty() {
            self.put(path, Kind::Adds, mine == Some(false), true);
        }
    }

    fn put(&mut self, path: &Path, kind: Kind, any: bool, row: bool) {
        self.found.insert(Change { path: path.clone(), kind, any, row });
    }

    fn is_own(&self, row: &Value) -> bool {
        match row {
            Value::Text(text) => self.own.contains(text),
            Value::Record(fields) => fields.iter().any(|(_, value)| self.is_own(value)),
            Value::Variant(_, inner) => self.is_own(inner),
            _ => false,
        }
    }
}

fn names(fields: &[(String, Value)]) -> impl Iterator<Item = &String> {
    fields.iter().map(|(name, _)| name)
}

/// A number that went on by a few.
fn counts_on(before: &Value, after: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Number(text) => text.parse::<i128>().ok(),
        _ => None,
    };
    let grown = number(before).zip(number(after)).and_then(|(before, after)| after.checked_sub(before));
    grown.is_some_and(|by| (1..=1_000).contains(&by))
}

fn identity(row: &Value) -> String {
    match key(row) {
        Some(key) => format!("{key:?}"),
        None => format!("{row:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest(id: u32, name: &str, member: &str) -> Value {
        let row = vec![
            ("id".to_owned(), Value::Number(id.to_string())),
            ("name".into(), Value::Text(name.into())),
            ("member".into(), Value::Text(member.into())),
        ];
        Value::Record(vec![("0".into(), Value::Number(id.to_string())), ("1".into(), Value::Record(row))])
    }

    fn found(before: Vec<Value>, after: Vec<Value>) -> Vec<String> {
        let variable = |rows| vec![("guests".to_owned(), Value::List(rows))];
        let all = changes(&variable(before), &variable(after), &["guest:1".into()]);
        all.iter().map(|c| format!("{:?} {} {}", c.kind, c.path.join("."), if c.any { "any" } else { "own" })).collect()
    }

    #[test]
    fn rows_are_matched_by_their_keys() {
        let rows = || vec![guest(1, "Anna", "guest:1"), guest(2, "Ben", ""), guest(3, "Cleo", "")];
        assert_eq!(found(rows(), rows()), Vec::<String>::new());
        assert_eq!(found(rows(), rows()[..2].to_vec()), ["Deletes guests any"]);
        assert_eq!(found(rows(), rows()[1..].to_vec()), ["Deletes guests own"]);
        let with = |change: Value, at: usize| {
            let mut rows = rows();
            rows[at] = change;
            rows
        };
        assert_eq!(found(rows(), with(guest(2, "B", ""), 1)), ["Alters guests.name any"]);
        assert_eq!(found(rows(), with(guest(1, "A", "guest:1"), 0)), ["Alters guests.name own"]);
        // Taking a row for oneself doesn't make the row one's own.
        assert_eq!(found(rows(), with(guest(2, "Ben", "guest:1"), 1)), ["Alters guests.member any"]);
        let mut more = rows();
        more.push(guest(9, "Dora", ""));
        assert_eq!(found(rows(), more), ["Adds guests own"]);
    }

    #[test]
    fn a_counter_says_nothing_where_rows_come() {
        let with = |n: &str, rows: Vec<Value>| {
            vec![("next".to_owned(), Value::Number(n.into())), ("rows".into(), Value::List(rows))]
        };
        let row = || vec![Value::Text("a".into())];
        assert_eq!(changes(&with("3", vec![]), &with("4", vec![]), &[]).len(), 1);
        assert_eq!(changes(&with("3", vec![]), &with("4", row()), &[]).len(), 1);
        assert_eq!(changes(&with("3", vec![]), &with("1", row()), &[]).len(), 2);
    }
}
