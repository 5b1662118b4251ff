//! The last look: whether every word that names something, and every number, came back in the app or in a sentence about
//! it.
//!
//! Invariant: patterns may be wrong about what they used; a word or a number they lost is reported here.

pub(crate) mod numbers;

use std::collections::BTreeSet;

use super::draft::Draft;
use super::lexicon::{Language, Tag};
use super::say::Say;
use super::script::words;
use super::text::{Kind, fold, tokens};
use super::unit::Unit;
use crate::describe::describe;
use crate::spec::{AppSpec, FieldKind};

/// Reports the words and numbers of a text that are neither in the spec nor in any sentence. What the app held before is
/// no answer to a number in a change.
pub(crate) fn report_lost(draft: &mut Draft, before: Option<&AppSpec>, units: &[Unit]) {
    // Most texts name only what the app has, and need no look at all of its words.
    let mut mentioned: Option<BTreeSet<String>> = None;
    // What a change takes away was named, whatever the app calls it.
    let concepts: BTreeSet<String> = before.into_iter().chain([&draft.spec]).flat_map(concepts).collect();
    let mut reported = BTreeSet::new();
    let told = draft.parts.clone();
    let told = told.iter().flat_map(super::told::Part::units);
    for unit in units.iter().chain(told).filter(|unit| names_something(unit)) {
        let by_concept =
            unit.entity().into_iter().chain(unit.field()).chain(unit.role()).any(|concept| concepts.contains(concept));
        if by_concept {
            continue;
        }
        let known = &*mentioned.get_or_insert_with(|| self::mentioned(draft));
        let by_word = unit.norm.split(' ').all(|part| known.contains(&draft.language.stem(part)));
        let by_reading = unit.read_as.as_ref().is_some_and(|read| known.contains(&draft.language.stem(&fold(read))));
        if !(by_word || by_reading) && reported.insert(unit.norm.clone()) {
            draft.missed(Say::WordUnused, &[&unit.text]);
        }
    }
    report_numbers(draft, before, units);
}

fn report_numbers(draft: &mut Draft, before: Option<&AppSpec>, units: &[Unit]) {
    let told = draft.parts.clone();
    let mut all: Vec<Unit> = units.iter().chain(told.iter().flat_map(super::told::Part::units)).cloned().collect();
    if !all.iter().any(numbers::is_number) {
        return;
    }
    // "New or worn", in a language that counts with the word for new: said as it is.
    let mentioned = mentioned(draft);
    let digits = |unit: &Unit| unit.norm.starts_with(|c: char| c.is_ascii_digit());
    let named = |unit: &Unit| !digits(unit) && mentioned.contains(&draft.language.stem(&unit.norm));
    all.iter_mut().filter(|unit| unit.kind == Kind::Number && named(unit)).for_each(|unit| unit.kind = Kind::Quoted);
    let before = before.map(describe).unwrap_or_default();
    let held = describe(&draft.spec).into_iter().filter(|sentence| !before.contains(sentence));
    let held: Vec<String> = held.chain(labels(&draft.spec)).chain(bounds(&draft.spec)).collect();
    let out = &draft.out;
    let said = out.understood.iter().chain(&out.assumed).chain(&out.not_understood).map(|statement| &statement.text);
    let known = numbers::Known::of(held.iter(), said);
    numbers::report(draft, &all, known);
}

/// Unknown words, and words whose only use is to name a thing or a property.
fn names_something(unit: &Unit) -> bool {
    let naming = |tag: &Tag| matches!(tag, Tag::Entity(_) | Tag::Field(_) | Tag::Filler);
    unit.is_content()
        && unit.kind != Kind::Number
        && unit.field() != Some("duration")
        && unit.tags.iter().all(naming)
        && unit.norm.chars().any(char::is_alphabetic)
}

/// Stems of all words in labels and sentences.
fn mentioned(draft: &Draft) -> BTreeSet<String> {
    let mut stems = BTreeSet::new();
    let otherwise = draft.folded.iter().map(|(_, words)| words);
    for text in labels(&draft.spec).iter().chain(&draft.words_before).chain(otherwise) {
        add(&mut stems, text, draft.language);
    }
    let out = &draft.out;
    for statement in out.understood.iter().chain(&out.assumed).chain(&out.not_understood) {
        add(&mut stems, &statement.text, draft.language);
    }
    stems
}

fn add(stems: &mut BTreeSet<String>, text: &str, language: &Language) {
    stems.extend(
        words(&tokens(text), language)
            .iter()
            .flat_map(|token| token.norm.split(' ').map(|part| language.stem(part)).collect::<Vec<_>>()),
    );
}

/// The numbers between which values lie: they aren't told of a detail, but its form holds them.
fn bounds(spec: &AppSpec) -> Vec<String> {
    let of = |kind: &FieldKind| match kind {
        FieldKind::Rating { max } => Some(format!("1 {max}")),
        FieldKind::Integer { min, max } => {
            Some(format!("{min} {}", max.map(|max| max.to_string()).unwrap_or_default()))
        }
        _ => None,
    };
    spec.entities.iter().flat_map(|entity| &entity.fields).filter_map(|field| of(&field.kind)).collect()
}

/// Everything in a spec that a person reads.
pub(crate) fn labels(spec: &AppSpec) -> Vec<String> {
    let mut labels = vec![spec.title.clone()];
    labels.extend(spec.roles.iter().map(|role| role.label.clone()));
    for entity in &spec.entities {
        labels.extend([entity.label.clone(), entity.plural.clone()]);
        for field in &entity.fields {
            labels.push(field.label.clone());
            if let FieldKind::Choice { options } = &field.kind {
                labels.extend(options.iter().map(|option| option.label.clone()));
            }
        }
    }
    labels
}

fn concepts(spec: &AppSpec) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = spec.roles.iter().map(|role| role.id.clone()).collect();
    for entity in &spec.entities {
        ids.insert(entity.id.clone());
        ids.extend(entity.fields.iter().map(|field| field.id.clone()));
    }
    ids
}
