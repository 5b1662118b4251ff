//! What is known of the app's data before it is probed: keys that exist, plausible values for fields, and where a
//! value that an answer shows comes from.
//!
//! Only the first and last rows of a collection are looked at, so the work is bounded whatever the app holds.

use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;

use crate::value::{Value, is_key_name};

/// Rows at each end of a collection that are looked at.
pub(super) const ROWS_AT_EACH_END: usize = 50;
/// Rows at each end of a collection whose keys are tried as arguments.
const KEYS_AT_EACH_END: usize = 2;
/// Values of a field that are kept to fill in forms with.
const MOST_OF_LABEL: usize = 4;
/// How deep collections within collections are looked at.
const MOST_DEPTH: usize = 8;

/// A place in the data: the variable, then fields.
pub(crate) type Path = Vec<String>;

/// What is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    /// Keys of rows, in the order in which they were found.
    pub(crate) keys: Vec<String>,
    /// Principals that the data name.
    pub(crate) principals: Vec<String>,
    labels: BTreeMap<String, Vec<String>>,
    places: BTreeMap<String, BTreeSet<Path>>,
}

impl Pool {
    /// Looks at all variables.
    pub(crate) fn of(variables: &[(String, Value)]) -> Pool {
        let mut pool = Pool::default();
        for (name, value) in variables {
            pool.look(value, &mut vec![name.clone()], 0);
        }
        pool
    }

    /// Looks at more variables, after those that are known.
    pub(crate) fn learn(&mut self, variables: &[(String, Value)]) {
        for (name, value) in variables {
            self.look(value, &mut vec![name.clone()], 0);
        }
    }

    /// Looks at all variables, and leaves out values that another pool has.
    pub(crate) fn without(variables: &[(String, Value)], other: &Pool) -> Pool {
        let mut pool = Pool::of(variables);
        pool.places.retain(|text, _| !other.places.contains_key(text));
        pool
    }

    /// Adds values that are shown and lie nowhere as they are, such as texts put together from fields.
    pub(crate) fn and_shown(mut self, shown: Pool) -> Pool {
        for (text, paths) in shown.places {
            self.places.entry(text).or_insert(paths);
        }
        self
    }

    /// Values that rows have in a field of this name.
    pub(crate) fn labelled(&self, label: &str) -> &[String] {
        self.labels.get(label).map_or(&[], Vec::as_slice)
    }

    /// Where a value stands. `label` is the field in which it was seen, which counts for what means nothing by itself.
    pub(crate) fn places(&self, label: &str, text: &str) -> impl Iterator<Item = &Path> {
        let meant = !is_meaningless(text);
        let found = self.places.get(text).into_iter().flatten();
        found.filter(move |path| meant || path.last().is_some_and(|last| last == label && path.len() > 1))
    }

    fn look(&mut self, value: &Value, path: &mut Path, depth: usize) {
        match value {
            _ if depth > MOST_DEPTH => {}
            Value::List(rows) => self.rows(rows, path, depth),
            Value::Record(fields) => fields.iter().for_each(|(name, value)| {
                let named = name.parse::<u32>().is_err();
                path.extend(named.then(|| name.clone()));
                self.look(value, path, depth + 1);
                path.truncate(path.len() - usize::from(named));
            }),
            Value::Variant(_, inner) => self.look(inner, path, depth + 1),
            value => self.put(value, path),
        }
    }

    fn rows(&mut self, rows: &[Value], path: &mut Path, depth: usize) {
        for at in ends(rows.len(), KEYS_AT_EACH_END) {
            let key = key(&rows[at]).and_then(Value::scalar);
            let fresh = key.filter(|key| !self.keys.contains(key));
            self.keys.extend(fresh);
        }
        for at in ends(rows.len(), ROWS_AT_EACH_END) {
            self.look(&rows[at], path, depth + 1);
        }
    }

    fn put(&mut self, value: &Value, path: &Path) {
        let Some(text) = value.scalar().filter(|text| !text.is_empty()) else { return };
        if let (Value::Text(text), true) = (value, self.principals.len() < 4) {
            let principal = text.contains('-') && Principal::from_text(text).is_ok();
            self.principals.extend((principal && !self.principals.contains(text)).then(|| text.clone()));
        }
        if let Some(label) = path.last().filter(|_| path.len() > 1) {
            let values = self.labels.entry(label.clone()).or_default();
            if values.len() < MOST_OF_LABEL && !values.contains(&text) {
                values.push(text.clone());
            }
        }
        self.places.entry(text).or_default().insert(path.clone());
    }
}

/// Small numbers and switches are everywhere; seeing one proves nothing.
pub(crate) fn is_meaningless(text: &str) -> bool {
    text.len() < 2 || (text.len() < 20 && (text.parse::<f64>().is_ok() || matches!(text, "true" | "false")))
}

/// What tells a row from others: its key in a map, its id, or the row itself.
pub(crate) fn key(row: &Value) -> Option<&Value> {
    match row {
        Value::Record(fields) => match fields.as_slice() {
            [(zero, key), (one, _)] if zero == "0" && one == "1" => Some(key),
            fields => fields.iter().find(|(name, _)| is_key_name(name)).map(|(_, value)| value),
        },
        Value::List(_) | Value::Nothing => None,
        scalar => Some(scalar),
    }
}

/// The first and the last positions of so many.
fn ends(length: usize, most: usize) -> impl Iterator<Item = usize> {
    (0..length.min(most)).chain(length.saturating_sub(most).max(most)..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_do_not_overlap() {
        let at = |length| ends(length, 2).collect::<Vec<_>>();
        assert_eq!(at(0), Vec::<usize>::new());
        assert_eq!(at(3), [0, 1, 2]);
        assert_eq!(at(4), [0, 1, 2, 3]);
        assert_eq!(at(9), [0, 1, 7, 8]);
    }

    #[test]
    fn small_numbers_count_only_in_their_field() {
        let guest =
            Value::Record(vec![("id".into(), Value::Number("7".into())), ("name".into(), Value::Text("Anna".into()))]);
        let pool = Pool::of(&[("guests".into(), Value::List(vec![guest]))]);
        let found = |label: &str, text: &str| pool.places(label, text).cloned().collect::<Vec<_>>();
        assert_eq!(found("", "Anna"), [["guests", "name"]]);
        assert_eq!(found("id", "7"), [["guests", "id"]]);
        assert_eq!(found("count", "7"), Vec::<Path>::new());
        assert_eq!(pool.keys, ["7"]);
    }
}
