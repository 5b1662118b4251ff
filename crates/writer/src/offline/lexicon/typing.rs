//! Typing errors: which word of a language an unknown word was probably meant to be.

use super::super::text::is_unspaced;
use super::{Language, Tag};

/// Rows of a keyboard's letters: a finger slips to a neighbour.
const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Whether one word may be a slip of the other: letters swapped, left out or doubled before the end, one key beside
/// the meant one, or one vowel for another. "Apple" is no slip of "apply", nor "smart" of "start".
fn slipped(norm: &str, word: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (norm.chars().collect(), word.chars().collect());
    if one.len() != other.len() {
        return one.len().abs_diff(other.len()) == 1 && one.last() == other.last();
    }
    let differ: Vec<usize> = (0..one.len()).filter(|at| one[*at] != other[*at]).collect();
    let swapped = |at: usize| at + 1 < one.len() && one[at] == other[at + 1] && one[at + 1] == other[at];
    let plausible =
        |at: &usize| swapped(*at) || *at > 0 && swapped(at - 1) || near(one[*at], other[*at]) && *at + 1 < one.len();
    differ.iter().all(plausible)
}

/// Keys beside each other, two vowels, or letters this keyboard doesn't have.
fn near(one: char, other: char) -> bool {
    let place = |letter: char| KEYS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.find(letter)?)));
    let vowels = |letter: char| "aeiouy".contains(letter);
    match (place(one), place(other)) {
        (Some((row, at)), Some((other_row, other_at))) => {
            row.abs_diff(other_row) <= 1 && at.abs_diff(other_at) <= 1 || vowels(one) && vowels(other)
        }
        _ => true,
    }
}

impl Language {
    /// The only word that is near.
    pub(super) fn nearest(&self, norm: &str) -> Option<&str> {
        let length = norm.chars().count();
        if length == 4 && !self.plain.contains(norm) {
            return self.swapped(norm);
        }
        if length < 5
            || self.plain.contains(norm)
            || norm.chars().any(is_unspaced)
            || norm.chars().any(|letter| !letter.is_alphabetic())
        {
            return None;
        }
        let singular = norm.strip_suffix('s').unwrap_or(norm);
        let allowed = if length >= 9 { 2 } else { 1 };
        let mut nearest: Option<(usize, &str)> = None;
        let mut ties = false;
        for word in &self.typed {
            if word.len().abs_diff(norm.len()) > allowed || word.chars().next() != norm.chars().next() {
                continue;
            }
            if singular == word || !slipped(norm, word) {
                continue;
            }
            let distance = strsim::osa_distance(norm, word);
            if distance > allowed {
                continue;
            }
            ties = nearest.is_some_and(|(best, _)| best == distance)
                || (ties && nearest.is_some_and(|(best, _)| best <= distance));
            if nearest.is_none_or(|(best, _)| distance < best) {
                nearest = Some((distance, word));
                ties = false;
            }
        }
        nearest.filter(|_| !ties).map(|(_, word)| word)
    }

    fn is_field(&self, word: &str) -> bool {
        self.exact.get(word).is_some_and(|tags| tags.iter().any(|tag| matches!(tag, Tag::Field(_))))
    }

    /// A word of four letters of which two are swapped.
    fn swapped(&self, norm: &str) -> Option<&str> {
        let sorted = |word: &str| {
            let mut letters: Vec<char> = word.chars().collect();
            letters.sort_unstable();
            letters
        };
        let mut near = self.typed.iter().filter(|word| {
            word.chars().next() == norm.chars().next()
                && sorted(word) == sorted(norm)
                && strsim::osa_distance(norm, word) == 1
                && self.is_field(word)
        });
        let first = near.next()?;
        near.next().is_none().then_some(first.as_str())
    }
}
