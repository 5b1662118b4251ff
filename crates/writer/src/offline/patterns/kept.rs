//! A thing that is named, and told of in a side sentence: "contracts where a buyer fixes a price for a month", "credits
//! per plot and year". The thing is kept with what stands there; the rest is reported.

use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::field::{items, wanted};
use super::super::say::Say;
use super::super::unit::Unit;
use super::things;

/// Keeps what a clause begins with, if it is a known kind of thing.
pub(super) fn named(draft: &mut Draft, clause: &mut Clause) -> bool {
    let units = &clause.units;
    let Some(start) = units.iter().position(Unit::is_content) else { return false };
    let end = run(units, start);
    if end == start {
        return false;
    }
    let head = &units[end - 1];
    let known = head.entity().is_some() && head.field().is_none() && head.is_plural(draft.language);
    let Some(id) = Some(units[start..end].to_vec()).filter(|_| known).and_then(|words| draft.entity(&words)) else {
        return false;
    };
    clause.take(start..end);
    let many = draft.spec.entity(&id).map(|entity| entity.plural.clone()).unwrap_or_default();
    draft.understood(Say::EntityKept, &[&many], &format!("entities/{id}"));
    let end = belongs(draft, clause, &id, end);
    happens(draft, clause, &id, end);
    true
}

/// Where a run of words with a meaning of their own ends; "where" may name a place elsewhere, not behind a thing.
fn run(units: &[Unit], start: usize) -> usize {
    start + units[start..].iter().take_while(|unit| unit.is_content() && !unit.is("where")).count()
}

/// "… per plot and year": whose it is, and what else tells one from another. Gives where this ends.
fn belongs(draft: &mut Draft, clause: &mut Clause, id: &str, start: usize) -> usize {
    let units = clause.units.clone();
    let leads = |at: usize| units.get(at).is_some_and(|unit| unit.is("each") && unit.is_structure());
    let joins = |at: usize| units.get(at).is_some_and(|unit| unit.is_structure() && unit.is("and"));
    let mut at = start;
    while leads(at) || at > start && joins(at) {
        let end = run(&units, at + 1);
        let words = &units[at + 1..end];
        let other = draft.find_units(words).filter(|other| other != id);
        if let Some(other) = other {
            draft.links.push((id.to_owned(), other));
        } else if !is_property(draft, words) || things::details(draft, id, words).is_empty() {
            break;
        }
        clause.take(at..end);
        at = end;
    }
    at
}

fn is_property(draft: &Draft, words: &[Unit]) -> bool {
    let read = items(words);
    read.len() == 1 && wanted(&read[0], draft.language).is_some_and(|want| want.sure)
}

/// "… where a buyer fixes a price per kg for a month": who does it, and what they say. The verb stands between them.
fn happens(draft: &mut Draft, clause: &mut Clause, id: &str, start: usize) {
    let units = clause.units.clone();
    let is = |at: usize, key: &str| units.get(at).is_some_and(|unit| unit.is(key) && unit.is_structure());
    if !units.get(start).is_some_and(|unit| unit.is("where")) {
        return;
    }
    let opens: Vec<usize> = (start..units.len()).filter(|at| is(*at, "det")).collect();
    let Some((&first, said)) = opens.split_first().filter(|(first, said)| **first == start + 1 && !said.is_empty())
    else {
        return;
    };
    let verb = run(&units, first + 1) - 1;
    if verb <= first + 1 || said[0] != verb + 1 {
        return;
    }
    let mut told = units[first + 1..verb].to_vec();
    if let Some(person) = draft.find_units(&told).filter(|person| person != id) {
        draft.links.push((id.to_owned(), person));
        told.clear();
    }
    for (number, at) in said.iter().enumerate() {
        let end = said.get(number + 1).copied().unwrap_or(units.len());
        // "a price for a month": what joins the two is part of neither.
        let words = units[at + 1..end].iter().rev().skip_while(|unit| !unit.is_content()).count();
        told.extend((!told.is_empty()).then(things::comma));
        told.extend(units[at + 1..at + 1 + words].iter().cloned());
    }
    if things::describe(draft, id, &told, false) {
        // What is done is that these are filled in.
        draft.folded.push((id.to_owned(), units[verb].text.clone()));
        clause.take(start..units.len());
    }
}
