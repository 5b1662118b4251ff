//! The last look: whether every word that names something came back in the app or in a sentence about it.
//!
//! Invariant: patterns may be wrong about what they used; a word they lost is reported here.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::lexicon::{Language, Tag};
use super::say::Say;
use super::script::words;
use super::text::{Kind, fold, tokens};
use super::unit::Unit;
use crate::spec::{AppSpec, FieldKind};

/// Reports the words of a text that are neither in the spec nor in any sentence.
pub(crate) fn report_lost(draft: &mut Draft, units: &[Unit]) {
    // Most texts name only what the app has, and need no look at all of its words.
    let mut mentioned: Option<BTreeSet<String>> = None;
    let concepts = concepts(&draft.spec);
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
