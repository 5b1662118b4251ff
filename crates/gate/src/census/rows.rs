//! Which row after is which row before.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    is_named,
    node::{Class, EMPTY, Node},
    table::{Table, mix},
};
use crate::value::is_key_name;

/// For each row before the one after that continues it.
pub(super) struct Matched {
    pub(super) places: Vec<Option<u32>>,
    /// Rows that go on under another key, and are otherwise the same; their key needs no comparing.
    pub(super) rekeyed: BTreeSet<u32>,
}

/// Columns of both sides that together tell rows apart, with their digests.
struct Key {
    columns: Vec<(usize, usize)>,
    before: Vec<u64>,
    after: Vec<u64>,
}

/// Matches rows by a key if they have one, else by being the same, else by their order.
pub(super) fn matched<N: Node>(old: &Table<'_, N>, new: &Table<'_, N>, shared: &[(usize, usize)]) -> Matched {
    match key(old, new, shared) {
        Some(key) => by_key(old, new, shared, &key),
        None => Matched { places: by_likeness(old, new, shared), rekeyed: BTreeSet::new() },
    }
}

fn by_key<N: Node>(old: &Table<'_, N>, new: &Table<'_, N>, shared: &[(usize, usize)], key: &Key) -> Matched {
    let mut places = if key.before == key.after {
        (0..).map(Some).take(key.before.len()).collect()
    } else {
        let after: HashMap<u64, u32> = key.after.iter().copied().zip(0..).collect();
        key.before.iter().map(|digest| after.get(digest).copied()).collect::<Vec<_>>()
    };
    let rekeyed = rekeyed(old, new, shared, key, &places);
    for (row, place) in &rekeyed {
        places[*row as usize] = Some(*place);
    }
    Matched { places, rekeyed: rekeyed.into_iter().map(|(row, _)| row).collect() }
}

/// Where the rows went whose keys are gone, if every one of them is found again under a new key, with everything else
/// the same. A key that says something by itself, such as a name, must be found in the row.
fn rekeyed<N: Node>(
    old: &Table<'_, N>,
    new: &Table<'_, N>,
    shared: &[(usize, usize)],
    key: &Key,
    places: &[Option<u32>],
) -> Vec<(u32, u32)> {
    let gone: Vec<u32> = (0..).zip(places).filter(|(_, place)| place.is_none()).map(|(row, _)| row).collect();
    let rest: Vec<(usize, usize)> = shared.iter().filter(|pair| !key.columns.contains(pair)).copied().collect();
    if gone.is_empty() || rest.is_empty() || new.rows.len() < old.rows.len() {
        return Vec::new();
    }
    let taken: HashSet<u32> = places.iter().flatten().copied().collect();
    let number = key.columns.iter().all(|(column, _)| old.columns[*column].class == Class::Number);
    let after: Vec<usize> = rest.iter().map(|(_, column)| *column).collect();
    let mut free: HashMap<u64, Vec<u32>> = HashMap::new();
    for row in (0..new.rows.len() as u32).rev().filter(|row| !taken.contains(row)) {
        free.entry(new.digest(row, &after)).or_default().push(row);
    }
    let before: Vec<usize> = rest.iter().map(|(column, _)| *column).collect();
    let mut found = Vec::with_capacity(gone.len());
    for row in gone {
        let digest = old.digest(row, &before);
        let place = if digest == EMPTY { None } else { free.get_mut(&digest).and_then(Vec::pop) };
        let kept = |place: &u32| number || new.digests(*place).contains(&key.before[row as usize]);
        match place.filter(kept) {
            Some(place) => found.push((row, place)),
            None => return Vec::new(),
        }
    }
    found
}

/// The rows that stayed the same are paired first; the rest in order, and those that are too many are gone.
fn by_likeness<N: Node>(old: &Table<'_, N>, new: &Table<'_, N>, shared: &[(usize, usize)]) -> Vec<Option<u32>> {
    let (before, after): (Vec<usize>, Vec<usize>) = shared.iter().copied().unzip();
    let mut free: HashMap<u64, Vec<u32>> = HashMap::new();
    for row in (0..new.rows.len() as u32).rev() {
        free.entry(new.digest(row, &after)).or_default().push(row);
    }
    let mut taken = vec![false; new.rows.len()];
    let mut places: Vec<Option<u32>> = Vec::with_capacity(old.rows.len());
    for row in 0..old.rows.len() as u32 {
        let place = free.get_mut(&old.digest(row, &before)).and_then(Vec::pop);
        if let Some(place) = place {
            taken[place as usize] = true;
        }
        places.push(place);
    }
    // Plain values have nothing besides what they are.
    if old.is_structured() {
        let mut rest = (0..new.rows.len() as u32).filter(|row| !taken[*row as usize]);
        for place in places.iter_mut().filter(|place| place.is_none()) {
            *place = rest.next();
        }
    }
    places
}

/// What tells rows apart on both sides: an id or a map's key, else the first field by whose name it might, else the
/// one that most rows have in common.
fn key<N: Node>(old: &Table<'_, N>, new: &Table<'_, N>, shared: &[(usize, usize)]) -> Option<Key> {
    if let Some(key) = map_key(old, new, shared) {
        return Some(key);
    }
    let name = |pair: &(usize, usize)| match old.columns[pair.0].name.as_slice() {
        [name] => Some(name.to_string()),
        [outer, name] if !is_named(outer) => Some(name.to_string()),
        _ => None,
    };
    let keyable = |pair: &&(usize, usize)| old.columns[pair.0].keyable && new.columns[pair.1].keyable;
    let candidates: Vec<(String, (usize, usize))> =
        shared.iter().filter(keyable).filter_map(|pair| Some((name(pair)?, *pair))).collect();
    let tiers: [fn(&str) -> bool; 3] =
        [|name| name == "id", |name| name != "id" && is_key_name(name), |name| !is_key_name(name)];
    for (tier, fits) in tiers.iter().enumerate() {
        let found = candidates.iter().filter(|(name, _)| fits(name));
        let keys = found.filter_map(|(_, pair)| {
            let key = Key::of(old, new, vec![*pair])?;
            // Rows that are all new have no key in common; a real key still says so.
            let common = key.common();
            (common > 0 || tier == 0).then_some((common, key))
        });
        // The first of those that are as good as each other.
        let best = keys.reduce(|best, next| if next.0 > best.0 { next } else { best });
        if let Some((_, key)) = best {
            return Some(key);
        }
    }
    None
}

/// The key of a map, all columns of it together.
fn map_key<N: Node>(old: &Table<'_, N>, new: &Table<'_, N>, shared: &[(usize, usize)]) -> Option<Key> {
    let first = |name: &[std::rc::Rc<str>], at: &str| name.first().is_some_and(|name| &**name == at);
    let pairs = |table: &Table<'_, N>| {
        let all = |at| table.columns.iter().filter(|column| first(&column.name, at)).count();
        all("0") > 0 && all("1") > 0 && all("0") + all("1") == table.columns.len()
    };
    if !pairs(old) || !pairs(new) {
        return None;
    }
    let columns: Vec<(usize, usize)> =
        shared.iter().filter(|pair| first(&old.columns[pair.0].name, "0")).copied().collect();
    let whole = |table: &Table<'_, N>| table.columns.iter().filter(|column| first(&column.name, "0")).count();
    let hashable = columns.iter().all(|pair| old.columns[pair.0].class != Class::Deep);
    if columns.len() != whole(old) || columns.len() != whole(new) || !hashable {
        return None;
    }
    Key::of(old, new, columns)
}

impl Key {
    /// `None` unless every row has one of its own.
    fn of<N: Node>(old: &Table<'_, N>, new: &Table<'_, N>, columns: Vec<(usize, usize)>) -> Option<Key> {
        let side = |table: &Table<'_, N>, columns: &[usize]| -> Vec<u64> {
            let digest = |row: &N| {
                let parts = columns.iter().map(|column| table.part(row, *column).map_or(EMPTY, |part| part.digest()));
                parts.fold(EMPTY, mix)
            };
            table.rows.iter().map(digest).collect()
        };
        let (firsts, seconds): (Vec<usize>, Vec<usize>) = columns.iter().copied().unzip();
        let before = side(old, &firsts);
        if !distinct(&before) {
            return None;
        }
        let after = side(new, &seconds);
        let usable = before == after || distinct(&after);
        usable.then_some(Key { columns, before, after })
    }

    fn common(&self) -> usize {
        if self.before == self.after {
            return self.before.len();
        }
        let after: HashSet<u64> = self.after.iter().copied().collect();
        self.before.iter().filter(|digest| after.contains(*digest)).count()
    }
}

fn distinct(digests: &[u64]) -> bool {
    let mut sorted = digests.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}
