//! Whether every number of a text came back: a limit that the app doesn't hold and nobody heard of is worse than a word
//! that went lost.
//!
//! Invariant: a number is reported with the words beside it, or it stands in a rule, a label or a sentence.

use std::collections::BTreeMap;

use super::super::draft::Draft;
use super::super::lexicon::Language;
use super::super::say::Say;
use super::super::text::{Kind, fold};
use super::super::unit::{Unit, written};

/// How many words on each side tell which number is meant.
const BESIDE: usize = 3;

/// Words that make a number more than how many there are.
const BOUNDS: &[&str] = &["atMost", "atLeast", "above", "below", "only", "each", "before", "after", "perPerson"];

/// How often each number stands in what people read.
pub(super) struct Known(BTreeMap<String, usize>);

impl Known {
    /// What the app holds and what the writer said count by themselves: each may say a number again.
    pub(super) fn of<'a>(held: impl Iterator<Item = &'a String>, said: impl Iterator<Item = &'a String>) -> Known {
        let (mut known, said) = (counted(held), counted(said));
        for (number, times) in said {
            let most = known.entry(number).or_default();
            *most = times.max(*most);
        }
        Known(known)
    }

    fn take(&mut self, number: &str) -> bool {
        let Some(times) = self.0.get_mut(number).filter(|times| **times > 0) else { return false };
        *times -= 1;
        true
    }
}

fn counted<'a>(texts: impl Iterator<Item = &'a String>) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    texts.flat_map(|text| digits(&fold(text))).for_each(|number| *all.entry(number).or_default() += 1);
    all
}

/// Reports the numbers that are not known, each with its words.
pub(super) fn report(draft: &mut Draft, units: &[Unit], mut known: Known) {
    let mut is_lost = |at: &usize| {
        let days = units.get(at + 1).is_some_and(|next| next.is("week")).then_some(7);
        let written = values(&units[*at], draft.language);
        !written.iter().all(|number| known.take(number) || days.is_some_and(|days| known.take(&times(number, days))))
    };
    let counts = |at: &usize| is_number(&units[*at]) && (says_digits(&units[*at]) || counts_something(units, *at));
    let lost: Vec<usize> = (0..units.len()).filter(counts).filter(&mut is_lost).collect();
    let mut told = 0;
    for at in lost {
        let (from, end) = beside(units, at);
        if from.max(at) < told {
            continue;
        }
        told = end;
        let words = written(&units[from..end]);
        match how_many(draft, &units[from..end], at - from) {
            Some(id) => {
                let many = draft.many(&id);
                draft.assumed(Say::AssumedNumbers, &[&units[at].text, &many], Some(&format!("entities/{id}")));
            }
            None if draft.creating && tells_of_us(units, from, at) => draft.assumed(Say::NumberNoted, &[&words], None),
            None => draft.missed(Say::NumberUnused, &[&words]),
        }
    }
}

/// "We are a club with 45 singers", "our team of 12": how large those are who speak, in their first sentence.
fn tells_of_us(units: &[Unit], from: usize, at: usize) -> bool {
    let ends = |unit: &Unit| matches!(unit.kind, Kind::Stop | Kind::Line | Kind::Question | Kind::Semicolon);
    let first = !units[..at].iter().any(ends);
    let thing = |next: &Unit| {
        let other = next.field().is_some() || next.measure().is_some() || next.currency().is_some();
        next.is_content() && !other && next.kind == Kind::Word
    };
    let end = units.get(at + 1).is_none_or(ends) && at.checked_sub(1).is_some_and(|before| units[before].is("for"));
    let window = &units[from..(at + BESIDE).min(units.len())];
    first && !measures(window, at - from) && (end || units.get(at + 1).is_some_and(thing))
}

/// "10 tables": rows that somebody enters, unless more is said of the number.
fn how_many(draft: &Draft, words: &[Unit], at: usize) -> Option<String> {
    let next = words.get(at + 1).filter(|next| !measures(words, at) && next.is_content())?;
    draft.find_units(std::slice::from_ref(next))
}

/// "37 days", "at most 6 people": more is said than how many there are.
pub(crate) fn measures(words: &[Unit], at: usize) -> bool {
    let measured = |unit: &Unit| {
        let timed = unit.is_any(&["day", "week"]) || unit.field() == Some("duration");
        timed || unit.measure().is_some() || unit.currency().is_some()
    };
    let beside = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten().filter_map(|at| words.get(at));
    beside.into_iter().any(measured) || words.iter().any(|unit| unit.is_structure() && unit.is_any(BOUNDS))
}

/// Not what is quoted: that is a name.
pub(crate) fn is_number(unit: &Unit) -> bool {
    unit.kind == Kind::Number || unit.kind == Kind::Word && says_digits(unit)
}

fn says_digits(unit: &Unit) -> bool {
    unit.norm.starts_with(|c: char| c.is_ascii_digit())
}

/// A word for a number may be another word elsewhere: it counts what follows, or stands behind a bound.
fn counts_something(units: &[Unit], at: usize) -> bool {
    let bound = at.checked_sub(1).is_some_and(|before| units[before].is_any(BOUNDS));
    bound || units.get(at + 1).is_some_and(Unit::is_content)
}

fn values(unit: &Unit, language: &Language) -> Vec<String> {
    let written = digits(&unit.norm);
    if !written.is_empty() {
        return written;
    }
    language.number(&unit.norm).map(|number| number.to_string()).into_iter().collect()
}

/// Two weeks are 14 days.
fn times(number: &str, times: u64) -> String {
    number.parse::<u64>().ok().and_then(|number| number.checked_mul(times)).unwrap_or_default().to_string()
}

/// The words around a number, up to a mark.
fn beside(units: &[Unit], at: usize) -> (usize, usize) {
    let goes_on = |at: &usize| units[*at].is_word();
    let from = (0..at).rev().take_while(goes_on).take(BESIDE).last().unwrap_or(at);
    let end = (at + 1..units.len()).take_while(goes_on).take(BESIDE).last().unwrap_or(at);
    (from, end + 1)
}

/// The numbers written in a text, without zeros and marks that change nothing: "1,500.00" is 1500.
fn digits(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[start..];
        let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
        all.push(plain(rest[..end].trim_end_matches(['.', ','])));
        rest = &rest[end..];
    }
    all
}

fn plain(number: &str) -> String {
    let groups: Vec<&str> = number.split(['.', ',']).collect();
    let (last, first) = groups.split_last().unwrap_or((&"", &[]));
    let thousands = last.len() == 3 && first.first().is_some_and(|first| *first != "0");
    let (whole, part) = if first.is_empty() || thousands { (groups.concat(), "") } else { (first.concat(), *last) };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        assert_eq!(digits("1,500.00 and 1.500 or 0.620, 08:05"), ["1500", "1500", "0.62", "8", "5"]);
        assert_eq!(digits("12,5 and 007."), ["12.5", "7"]);
    }
}
