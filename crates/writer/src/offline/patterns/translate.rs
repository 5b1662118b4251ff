//! "Translate the site into Portuguese": the app's texts in another of the languages that the writer knows.
//!
//! Only labels change, never an id, so no data are touched. Invariant: what has no word in the other language stays as
//! it is, and is named.

use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::lexicon::{Language, lexicon};
use super::super::noun::{listed, sentence_case};
use super::super::say::Say;
use super::super::text::{fold, tokens};
use super::super::unit::{Unit, units};
use crate::spec::FieldKind;

/// Reads such a wish.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    let asks = clause.units.iter().any(|unit| unit.beyond() == Some("translate"));
    let Some(code) = clause.units.iter().find_map(Unit::tongue).filter(|_| asks) else { return false };
    let to = lexicon().language(code);
    let mut left = Vec::new();
    let from = lexicon().language(&draft.spec.language.clone());
    if from.code() == to.code() {
        return false;
    }
    words(draft, from, to, &mut left);
    draft.spec.language = to.code().to_owned();
    let name =
        clause.units.iter().find(|unit| unit.tongue().is_some()).map(|unit| unit.text.clone()).unwrap_or_default();
    draft.understood(Say::Translated, &[&name], "language");
    if !left.is_empty() {
        left.sort_unstable();
        left.dedup();
        let and = draft.language.say(Say::And, &[]);
        draft.missed(Say::NotTranslated, &[&listed(&left, &and)]);
    }
    clause.take_all();
    true
}

/// Every label that has a word in the other language.
fn words(draft: &mut Draft, from: &'static Language, to: &'static Language, left: &mut Vec<String>) {
    let concepts: Vec<Option<&'static str>> =
        draft.spec.entities.iter().map(|entity| draft.known(&entity.id).concept).collect();
    let mut plurals: Vec<(String, String)> = Vec::new();
    for (entity, concept) in draft.spec.entities.iter_mut().zip(concepts) {
        let before = (entity.label.clone(), entity.plural.clone());
        let known = concept.and_then(|concept| Some((from.entity(concept)?, to.entity(concept)?)));
        // "Haircut bookings" are more than bookings: only what the word itself says has another word.
        match known.filter(|(own, _)| fold(&own.one) == fold(&entity.label) || fold(&own.many) == fold(&entity.plural))
        {
            Some((_, other)) => {
                entity.label = sentence_case(&other.one);
                entity.plural = sentence_case(&other.many);
            }
            None => left.push(entity.plural.clone()),
        }
        plurals.push((before.1, entity.plural.clone()));
        plurals.push((before.0, entity.label.clone()));
        for field in &mut entity.fields {
            match of_field(&field.label, from, to).or_else(|| of_label(&field.label, from, to)) {
                Some(label) => field.label = label,
                None if plurals.iter().any(|(old, _)| *old == field.label) => {}
                None => left.push(field.label.clone()),
            }
            if let FieldKind::Choice { options } = &mut field.kind {
                for option in options {
                    match from
                        .option_id(&option.label)
                        .map(|id| to.option(&id))
                        .or_else(|| from.twin(&option.label, to))
                    {
                        Some(label) => option.label = label,
                        None => left.push(option.label.clone()),
                    }
                }
            }
        }
    }
    let renamed = |text: &str| plurals.iter().find(|(old, _)| old == text).map(|(_, new)| new.clone());
    for field in draft.spec.entities.iter_mut().flat_map(|entity| &mut entity.fields) {
        if let Some(label) = renamed(&field.label) {
            field.label = label;
        }
    }
    for page in &mut draft.spec.pages {
        page.title =
            renamed(&page.title).or_else(|| of_label(&page.title, from, to)).unwrap_or_else(|| page.title.clone());
    }
    for role in &mut draft.spec.roles {
        let word = renamed(&role.label).or_else(|| from.role_twin(&role.label, to));
        role.label = word.unwrap_or_else(|| role.label.clone());
    }
    for alert in &mut draft.spec.alerts {
        alert.text = of_label(&alert.text, from, to).unwrap_or_else(|| alert.text.clone());
    }
    draft.spec.title = renamed(&draft.spec.title).unwrap_or_else(|| draft.spec.title.clone());
}

/// A label that is exactly one property's word.
fn of_field(label: &str, from: &'static Language, to: &'static Language) -> Option<String> {
    let read = units(&tokens(label), from);
    let content: Vec<&Unit> = read.iter().filter(|unit| unit.is_content()).collect();
    let [one] = content.as_slice() else { return None };
    to.field_label(one.field()?)
}

/// A label that the writer itself gave.
fn of_label(label: &str, from: &Language, to: &Language) -> Option<String> {
    let key = from.label_key(label)?;
    to.has_label(&key).then(|| to.label(&key))
}
