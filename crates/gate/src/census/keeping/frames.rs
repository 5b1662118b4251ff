//! Texts in parts: the same parts in the same order, with the same between them, in all rows.

use std::collections::{BTreeMap, BTreeSet};

use super::{Leaf, MOST_FORMS, Witness};

/// Places in their order, and what stands before, between and behind them.
type Frame = (Vec<String>, Vec<String>);

/// How texts are put together from parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames {
    /// By the places that have something in them: their order, and what stands before, between and behind them.
    frames: BTreeMap<Vec<String>, Frame>,
    names: BTreeSet<String>,
    witness: Witness,
}

impl Frames {
    /// Whether the parts that a row has now make its text, as in all rows before.
    pub(super) fn add(&mut self, text: &str, parts: &[(&str, Vec<Leaf>)]) -> bool {
        let named = parts.iter().flat_map(|(name, leaves)| leaves.iter().map(move |leaf| (*name, leaf)));
        let Some(found) = taken_apart(text, named.collect()) else { return false };
        self.names.extend(found.parts.iter().map(|(name, _)| (*name).to_owned()));
        let leaves: Vec<Leaf> = found.parts.iter().map(|(_, leaf)| (*leaf).clone()).collect();
        self.witness.add(&leaves, text);
        let frame = found.frame();
        let mut places = frame.0.clone();
        places.sort();
        if self.frames.len() >= MOST_FORMS && !self.frames.contains_key(&places) {
            return false;
        }
        let known = self.frames.entry(places).or_insert_with(|| frame.clone());
        *known == frame && !self.witness.broken
    }

    /// The names of the parts.
    pub(super) fn told(&self) -> Option<Vec<String>> {
        (!self.names.is_empty()).then(|| self.names.iter().cloned().collect())
    }
}

/// The parts of a text in their order, with what stands before the first and behind each.
struct Apart<'a> {
    parts: Vec<(&'a str, &'a Leaf)>,
    before: String,
    behind: Vec<String>,
}

/// Finds parts that leave nothing but marks between them.
fn taken_apart<'a>(text: &str, mut leaves: Vec<(&'a str, &'a Leaf)>) -> Option<Apart<'a>> {
    let mut apart = Apart { parts: Vec::new(), before: String::new(), behind: Vec::new() };
    let mut rest = text;
    loop {
        let places = leaves.iter().enumerate().filter_map(|(at, (_, leaf))| Some((rest.find(&leaf.text)?, at)));
        // The first one; of several that begin there, the longest.
        let next = places.min_by_key(|(place, at)| (*place, usize::MAX - leaves[*at].1.text.len()));
        let gap = next.map_or(rest, |(place, _)| &rest[..place]);
        if gap.chars().any(char::is_alphanumeric) {
            return None;
        }
        let gap = marks(gap);
        match apart.behind.last_mut() {
            Some(behind) => *behind = gap,
            None => apart.before = gap,
        }
        let Some((place, at)) = next else { break };
        let (name, leaf) = leaves.remove(at);
        rest = &rest[place + leaf.text.len()..];
        apart.parts.push((name, leaf));
        apart.behind.push(String::new());
    }
    (!apart.parts.is_empty()).then_some(apart)
}

impl Apart<'_> {
    /// The places of the parts, and what stands between them; a list of any length has one place.
    fn frame(&self) -> Frame {
        let place = |(name, leaf): &(&str, &Leaf)| {
            let path: String =
                leaf.path.chars().filter(|letter| !letter.is_ascii_digit() || !leaf.path.contains('[')).collect();
            format!("{name}{path}")
        };
        let mut parts: Vec<(String, &String)> = self.parts.iter().map(place).zip(&self.behind).collect();
        parts.dedup();
        let (places, behind): (Vec<String>, Vec<&String>) = parts.into_iter().unzip();
        (places, std::iter::once(&self.before).chain(behind).cloned().collect())
    }
}

/// What stands between words; that there is a space more or a comma says nothing.
fn marks(gap: &str) -> String {
    let soft = |letter: char| letter.is_whitespace() || ",;:/|".contains(letter);
    let pieces: Vec<&str> = gap.split(soft).filter(|piece| !piece.is_empty()).collect();
    let inner = pieces.join(" ");
    if gap.chars().any(soft) { format!(" {inner}") } else { inner }
}
