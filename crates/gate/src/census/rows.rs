//! Which row after is which row before.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::{Value, is_key_name};

/// A row before with the one after that continues it.
pub(super) enum Pair<'a> {
    Both(&'a Value, &'a Value),
    Gone(&'a Value),
}

/// Matches rows by a key if they have one, else by being the same, else by their order.
pub(super) fn matched<'a>(old: &'a [Value], new: &'a [Value]) -> Vec<Pair<'a>> {
    match key(old, new) {
        Some(name) => by_key(&name, old, new),
        None => by_likeness(old, new),
    }
}

fn by_key<'a>(name: &str, old: &'a [Value], new: &'a [Value]) -> Vec<Pair<'a>> {
    let after: BTreeMap<String, &Value> = new.iter().filter_map(|row| Some((key_text(row, name)?, row))).collect();
    let pair = |row: &'a Value| match key_text(row, name).and_then(|key| after.get(&key).copied()) {
        Some(other) => Pair::Both(row, other),
        None => Pair::Gone(row),
    };
    old.iter().map(pair).collect()
}

/// The rows that stayed the same are paired first; the rest in order, and those that are too many are gone.
fn by_likeness<'a>(old: &'a [Value], new: &'a [Value]) -> Vec<Pair<'a>> {
    let mut free: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, row) in new.iter().enumerate().rev() {
        free.entry(format!("{row:?}")).or_default().push(at);
    }
    let mut taken = BTreeSet::new();
    let mut same = |row: &Value| {
        let at = free.get_mut(&format!("{row:?}")).and_then(Vec::pop)?;
        taken.insert(at);
        Some(at)
    };
    let places: Vec<Option<usize>> = old.iter().map(&mut same).collect();
    let structured = |row: &Value| matches!(row, Value::Record(_) | Value::List(_));
    let mut rest = (0..new.len()).filter(|at| !taken.contains(at) && structured(&new[*at]));
    let pair = |(row, place): (&'a Value, Option<usize>)| match place
        .or_else(|| if structured(row) { rest.next() } else { None })
    {
        Some(at) => Pair::Both(row, &new[at]),
        None => Pair::Gone(row),
    };
    old.iter().zip(places).map(pair).collect()
}

/// The field that tells rows apart on both sides.
fn key(old: &[Value], new: &[Value]) -> Option<String> {
    let Some(Value::Record(fields)) = old.first() else { return None };
    let mut candidates: Vec<(bool, usize, usize, String)> = Vec::new();
    for (at, (name, _)) in fields.iter().enumerate() {
        let (Some(before), Some(after)) = (distinct(old, name), distinct(new, name)) else { continue };
        let common = before.intersection(&after).count();
        let telling = name == "id" || (name == "0" && fields.len() == 2);
        let named = is_key_name(name);
        // Rows that are all new have no key in common; a real key still says so.
        if common > 0 || telling {
            candidates.push((
                telling,
                if named { common + old.len() } else { common },
                fields.len() - at,
                name.clone(),
            ));
        }
    }
    candidates.into_iter().max().map(|(.., name)| name)
}

/// The values of a field, if every row has one of its own.
fn distinct(rows: &[Value], name: &str) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for row in rows {
        if !found.insert(key_text(row, name)?) {
            return None;
        }
    }
    Some(found)
}

fn key_text(row: &Value, name: &str) -> Option<String> {
    let value = row.part(name)?;
    match value {
        Value::Blob(bytes) => Some(crate::words::hex(bytes)),
        Value::Number(_) | Value::Text(_) => value.scalar(),
        _ => None,
    }
}

/// Whether rows are keys with what belongs to them.
pub(super) fn are_pairs(rows: &[Value]) -> bool {
    let pair = |row: &Value| row.part("0").is_some() && matches!(row.part("1"), Some(Value::Record(_)));
    !rows.is_empty() && rows.iter().all(pair)
}

/// What belongs to the keys of pairs; a key that is not said inside becomes a field of its own.
pub(super) fn without_keys(rows: &[Value]) -> Vec<Value> {
    let inner = |row: &Value| match (row.part("0"), row.part("1")) {
        (Some(key), Some(Value::Record(fields))) => {
            let said = fields.iter().any(|(_, value)| value == key);
            let key = (!said).then(|| ("key".to_owned(), key.clone()));
            Value::Record(key.into_iter().chain(fields.iter().cloned()).collect())
        }
        _ => row.clone(),
    };
    rows.iter().map(inner).collect()
}
