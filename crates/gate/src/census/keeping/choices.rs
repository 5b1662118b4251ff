//! Few values that became as many others, one each, where one side is a choice.
//!
//! What is the new word for what can't be known; it is told instead, all of it. So there may not be many, a word that
//! both sides have must stay what it is, and some sign is needed that the two belong together: a word that both
//! share, or the same name (or that it was a choice before), and that it holds again and again.

use std::collections::BTreeSet;

use super::is_choice;
use crate::{value::Value, words};

/// Pairs that a person will read.
const MOST_PAIRS: usize = 16;
/// Letters of one of them.
const MOST_LETTERS: usize = 40;

/// What became which choice so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    pairs: Vec<Pair>,
    /// Whether a word says which value was meant.
    anchored: bool,
    /// Whether a mere correspondence is enough.
    same_thing: bool,
    /// Whether yes became no.
    turned: bool,
}

#[derive(Clone, Debug)]
struct Pair {
    before: String,
    after: String,
    count: u64,
}

impl Choices {
    /// Adds what a value became; `false` if there are too many.
    pub(super) fn add(&mut self, field: &str, before: &Value, (old, new): (&str, &str), same_name: bool) -> bool {
        if let Some(pair) = self.pairs.iter_mut().find(|pair| pair.before == old && pair.after == new) {
            pair.count += 1;
            return true;
        }
        if self.pairs.len() >= MOST_PAIRS || [old, new].iter().any(|text| text.chars().nth(MOST_LETTERS).is_some()) {
            return false;
        }
        let named = named(before, field, new);
        self.turned |= named == Some(false);
        self.anchored |= named == Some(true) || shares(old, new);
        self.same_thing = same_name || is_choice(before);
        self.pairs.push(Pair { before: old.to_owned(), after: new.to_owned(), count: 1 });
        true
    }

    /// How many values became a choice.
    fn count(&self) -> u64 {
        self.pairs.iter().map(|pair| pair.count).sum()
    }

    pub(super) fn became(&self) -> Vec<(String, String, u64)> {
        self.pairs.iter().map(|pair| (pair.before.clone(), pair.after.clone(), pair.count)).collect()
    }

    /// Whether each old value has a new one of its own, and this is what was meant; `traced` says that other values are
    /// found unchanged beside them.
    pub(super) fn are_one_to_one(&self, traced: bool) -> bool {
        let (old, new) = (self.side(|pair| &pair.before), self.side(|pair| &pair.after));
        let apart = old.len() == self.pairs.len() && new.len() == self.pairs.len();
        let stays = |pair: &Pair| {
            let (before, after) = (plain(&pair.before), plain(&pair.after));
            before == after || !(old.contains(&after) || new.contains(&before))
        };
        let often = self.pairs.len() > 1 && self.count() >= 2 * self.pairs.len() as u64;
        let meant = self.anchored || traced || (self.same_thing && often);
        self.pairs.is_empty() || (apart && !self.turned && self.pairs.iter().all(stays) && meant)
    }

    fn side(&self, of: impl Fn(&Pair) -> &String) -> BTreeSet<String> {
        self.pairs.iter().map(|pair| plain(of(pair))).collect()
    }
}

/// A word without what does not matter.
fn plain(word: &str) -> String {
    let letters: String = words::split(word).chars().filter(|letter| letter.is_alphanumeric()).collect();
    // Numbers, and what has no letters, are only like themselves.
    if letters.is_empty() || word.starts_with('-') { word.to_owned() } else { letters.to_lowercase() }
}

/// Whether one is the other, or short for it.
fn shares(old: &str, new: &str) -> bool {
    let (old, new) = (plain(old), plain(new));
    !old.is_empty() && !new.is_empty() && (old.starts_with(&new) || new.starts_with(&old))
}

/// Whether yes became the field's name, or no the opposite of it; `Some(false)` if it is the other way round.
fn named(before: &Value, field: &str, new: &str) -> Option<bool> {
    let Value::Bool(yes) = before else { return None };
    let (field, new) = (plain(field), plain(new));
    if new == field {
        return Some(*yes);
    }
    ["not", "un", "in", "non"].iter().any(|no| new.strip_prefix(no) == Some(&field)).then_some(!yes)
}
