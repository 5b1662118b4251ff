//! What values that changed have in common: that tells more than how many they are.

use std::collections::BTreeMap;

use super::node::EMPTY;
use crate::{value::Value, words};

/// Pairs of values before and after that are remembered, to tell which became one.
const MOST_PAIRS: usize = 64;
/// Texts that are looked at to tell whether they were cut.
const MOST_TEXTS: u64 = 1_000;

/// What the values of a column that changed have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// All have this value now.
    Same(String),
    /// Each is now what the field of this name was.
    From(String),
    /// They are the same values, in other rows.
    Exchanged,
    /// Texts that end early.
    Cut,
    /// Different values became one: how many of which, and what.
    Merged(Vec<(String, u64)>, String),
}

/// The values of a column that differ, as they go by.
#[derive(Default)]
pub(super) struct Differing {
    count: u64,
    /// All digests before, and all after, added up.
    sums: (u64, u64),
    /// How many are now what another column was.
    from: BTreeMap<usize, u64>,
    /// Texts looked at, and how many of them were cut.
    texts: (u64, u64),
    /// Counts by what was and what is, in the order in which they were met; `None` once there were too many.
    pairs: Option<Vec<Became>>,
    /// What the first one became, and whether all others did.
    same: Option<(u64, String, bool)>,
}

struct Became {
    before: u64,
    after: u64,
    count: u64,
    /// Both in words.
    words: (String, String),
}

impl Differing {
    /// Adds a value that differs; `row` are the digests of all columns before.
    pub(super) fn add(&mut self, before: u64, after: u64, row: &[u64], values: impl Fn() -> (Value, Value)) {
        if self.count == 0 {
            self.pairs = Some(Vec::new());
        }
        self.count += 1;
        self.sums = (self.sums.0.wrapping_add(before), self.sums.1.wrapping_add(after));
        for (at, _) in row.iter().enumerate().filter(|(_, digest)| **digest == after && after != EMPTY) {
            *self.from.entry(at).or_default() += 1;
        }
        if self.texts.0 < MOST_TEXTS && self.texts.0 == self.texts.1 {
            let cut = matches!(values(), (Value::Text(old), Value::Text(new)) if old.starts_with(&new));
            self.texts = (self.texts.0 + 1, self.texts.1 + u64::from(cut));
        }
        match &mut self.same {
            Some((digest, _, all)) => *all &= *digest == after,
            None => self.same = Some((after, values().1.shown(), true)),
        }
        self.pair(before, after, values);
    }

    fn pair(&mut self, before: u64, after: u64, values: impl Fn() -> (Value, Value)) {
        let Some(pairs) = &mut self.pairs else { return };
        if let Some(pair) = pairs.iter_mut().find(|pair| pair.before == before && pair.after == after) {
            pair.count += 1;
        } else if pairs.len() < MOST_PAIRS {
            let (old, new) = values();
            pairs.push(Became { before, after, count: 1, words: (old.shown(), new.shown()) });
        } else {
            self.pairs = None;
        }
    }

    /// What values became, and how many.
    pub(super) fn became(&self) -> Vec<(String, String, u64)> {
        let pairs = self.pairs.iter().flatten();
        pairs.map(|pair| (pair.words.0.clone(), pair.words.1.clone(), pair.count)).collect()
    }

    /// Whether every value is now what another column was.
    pub(super) fn all_from(&self, column: usize) -> bool {
        self.count > 0 && self.from.get(&column) == Some(&self.count)
    }

    /// What they have in common; `filled` is how many values there were, and `swapped` with which field they changed
    /// places.
    pub(super) fn pattern(self, filled: u64, swapped: Option<String>) -> Option<Pattern> {
        if self.count == 0 {
            return None;
        }
        if let Some(name) = swapped {
            return Some(Pattern::From(name));
        }
        if self.count > 1 && self.sums.0 == self.sums.1 {
            return Some(Pattern::Exchanged);
        }
        if self.texts.0 > 0 && self.texts.0 == self.texts.1 {
            return Some(Pattern::Cut);
        }
        match &self.same {
            // That one value took the place of all others says more than which they were.
            Some((_, shown, true)) if self.count > 1 && self.count == filled => Some(Pattern::Same(shown.clone())),
            Some((_, shown, true)) if self.count > 1 => {
                Some(self.merged(filled).unwrap_or_else(|| Pattern::Same(shown.clone())))
            }
            _ => self.merged(filled),
        }
    }

    /// Few different values, often used, of which several became one.
    fn merged(&self, filled: u64) -> Option<Pattern> {
        let pairs = self.pairs.as_ref()?;
        let became = pairs.first()?;
        let of_one: Vec<&Became> = pairs.iter().filter(|pair| pair.after == became.after).collect();
        // Values that hardly two rows share are no choices.
        let choices = of_one.len() > 1 && (pairs.len() as u64) * 2 <= filled;
        choices.then(|| {
            let old = of_one.iter().map(|pair| (words::shortened(&pair.words.0, 40), pair.count));
            Pattern::Merged(old.collect(), became.words.1.clone())
        })
    }
}
