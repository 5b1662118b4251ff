//! Blueprints: patterns of apps, found by the concepts that a text mentions, never by the text itself.
//!
//! Invariant: scores are sums over a bag of concepts, so the order of the words does not matter.

mod build;
mod data;
mod deeds;

use std::collections::BTreeSet;

use super::draft::Draft;
use super::lexicon::{Tag, lexicon};
use super::say::Say;
use super::unit::Unit;
use crate::spec::AppSpec;
use data::{BLUEPRINTS, Blueprint};

pub(crate) use deeds::{Told, read, section};

/// The concepts of a text.
pub(crate) fn bag(units: &[Unit]) -> BTreeSet<String> {
    let meant = |at: usize, tag: &&Tag| !matches!(tag, Tag::Function(_)) || !deeds::names_rows(units, at);
    units
        .iter()
        .enumerate()
        .flat_map(|(at, unit)| unit.tags.iter().filter(move |tag| meant(at, tag)).filter_map(key))
        .collect()
}

fn key(tag: &Tag) -> Option<String> {
    match tag {
        Tag::Entity(id) => Some(format!("entity.{id}")),
        Tag::Field(id) => Some(format!("field.{id}")),
        Tag::Function(id) => Some(format!("function.{id}")),
        Tag::Occasion(_) => Some("occasion".to_owned()),
        Tag::Unit(id) => Some(format!("unit.{id}")),
        _ => None,
    }
}

/// How well a blueprint fits a bag, if it may apply at all.
fn score(blueprint: &Blueprint, bag: &BTreeSet<String>) -> Option<u32> {
    let weights = blueprint.signals.iter().filter(|(signal, _)| bag.contains(*signal));
    let sum = weights.map(|(_, weight)| weight).sum::<u32>();
    let any = |signals: &[String]| signals.iter().any(|signal| bag.contains(signal));
    let needed = blueprint.needs.is_empty() || any(&blueprint.needs);
    (needed && !any(&blueprint.unless) && sum >= blueprint.threshold).then_some(sum)
}

/// Ids of the blueprints that apply, best first.
pub(crate) fn retrieve(bag: &BTreeSet<String>) -> Vec<String> {
    let scored = BLUEPRINTS.iter().filter_map(|blueprint| Some((score(blueprint, bag)?, blueprint.id.as_str())));
    let mut scored: Vec<(u32, &str)> = scored.collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, id)| id.to_owned()).collect()
}

/// Whether a bag is of an app in which something is booked.
pub(crate) fn may_book(bag: &BTreeSet<String>) -> bool {
    let held = |blueprint: &&Blueprint| blueprint.rule.iter().any(|part| part.kind() == Some("noOverlap"));
    BLUEPRINTS.iter().filter(held).any(|blueprint| score(blueprint, bag).is_some())
}

/// Those of them that apply only if a clause tells of one of their deeds.
pub(crate) fn unsure(bag: &BTreeSet<String>) -> Vec<String> {
    let weak = |blueprint: &&Blueprint| score(blueprint, bag).is_some_and(|score| score < blueprint.sure);
    BLUEPRINTS.iter().filter(weak).map(|blueprint| blueprint.id.clone()).collect()
}

/// Whether the words alone tell what the app is for, even if no sentence was understood.
pub(crate) fn is_certain(bag: &BTreeSet<String>) -> bool {
    let certain = |blueprint: &Blueprint| {
        let told = score(blueprint, bag).is_some_and(|score| score > blueprint.threshold.max(blueprint.sure));
        told && !blueprint.needs.is_empty() && !blueprint.slot.is_empty()
    };
    BLUEPRINTS.iter().any(certain)
}

/// Lets go of the blueprints that were only guessed.
fn doubt(draft: &mut Draft) {
    let told = |id: &String| draft.told.iter().any(|told| told.blueprint == *id && !told.bound.is_empty());
    let guessed: Vec<String> = draft.unsure.iter().filter(|id| !told(id)).cloned().collect();
    draft.spec.blueprints.retain(|id| !guessed.contains(id));
    settle(draft);
}

/// Of patterns for the same things one stays: the one that takes the others' place, if a clause told of what it asks.
fn settle(draft: &mut Draft) {
    let asking = BLUEPRINTS.iter().filter(|blueprint| blueprint.asks.is_some());
    for blueprint in asking {
        let old = draft.blueprints_before.contains(&blueprint.id);
        if old || !draft.spec.blueprints.contains(&blueprint.id) {
            continue;
        }
        let asked = |told: &Told| told.bound.iter().any(|(slot, _)| Some(slot) == blueprint.asks.as_ref());
        if draft.told.iter().any(|told| told.blueprint == blueprint.id && asked(told)) {
            draft.spec.blueprints.retain(|id| !blueprint.replaces.contains(id));
            let lost = |told: &&Told| blueprint.replaces.contains(&told.blueprint) && told.part.is_some();
            let lost: BTreeSet<String> = draft.told.iter().filter(lost).map(|told| told.said.clone()).collect();
            lost.iter().for_each(|said| draft.missed(Say::NotUnderstood, &[said]));
            continue;
        }
        draft.spec.blueprints.retain(|id| *id != blueprint.id);
        let heir = blueprint.replaces.iter().find(|id| draft.spec.blueprints.contains(id));
        if let Some(heir) = heir {
            let told = draft.told.iter_mut().filter(|told| told.blueprint == blueprint.id);
            told.for_each(|told| told.blueprint.clone_from(heir));
        }
    }
}

/// Said of a thing of which the text says who hands it in.
pub(crate) fn sent(entity: &str) -> String {
    format!("somebody hands in {entity}")
}

fn applies(draft: &Draft, test: impl Fn(&Blueprint) -> bool) -> bool {
    BLUEPRINTS.iter().any(|blueprint| test(blueprint) && draft.spec.blueprints.contains(&blueprint.id))
}

/// Whether people of this entity say if they come.
pub(crate) fn gathers(draft: &Draft, entity: &str) -> bool {
    applies(draft, |blueprint| blueprint.gathers)
        && !draft.said.contains(&sent(entity))
        && (draft.occasion.is_some() || super::finish::is_invited(draft, entity))
}

/// Adds what the blueprints know, the best match first. Of those that the app had before, only the parts that this
/// text asks for, so that what its owner changed since stays changed.
pub(crate) fn build(draft: &mut Draft) {
    doubt(draft);
    for id in draft.spec.blueprints.clone() {
        let Some(blueprint) = data::blueprint(&id) else { continue };
        let before = draft.blueprints_before.contains(&id);
        if !before || draft.told.iter().any(|told| told.blueprint == id && told.part.is_some()) {
            build::build(draft, blueprint, before);
        }
    }
}

/// A change's text may ask for blueprints that the app doesn't have yet.
pub(crate) fn also(draft: &mut Draft, units: &[Unit]) {
    draft.blueprints_before = draft.spec.blueprints.iter().cloned().collect();
    let mut named = bag(units);
    // What the app keeps already is only spoken of.
    for id in draft.spec.entities.iter().map(|entity| entity.id.as_str()) {
        if let Some(concept) = draft.known(id).concept {
            named.remove(&format!("entity.{concept}"));
        }
    }
    for id in retrieve(&named) {
        let whole = data::blueprint(&id).is_some_and(|blueprint| !blueprint.slot.is_empty());
        let rival = rivals(draft).any(|other| other.id == id);
        if whole && !rival && !draft.blueprints_before.contains(&id) {
            draft.spec.blueprints.push(id);
        }
    }
}

/// The pattern of a family by which the app is made.
pub(crate) fn of_family(draft: &Draft, family: &str) -> Option<String> {
    let is = |id: &&String| data::blueprint(id).is_some_and(|one| one.family.as_deref() == Some(family));
    draft.spec.blueprints.iter().find(is).cloned()
}

/// Whether an app was made by a pattern of a family.
pub(crate) fn has_family(spec: &AppSpec, family: &str) -> bool {
    let is = |id: &String| data::blueprint(id).is_some_and(|one| one.family.as_deref() == Some(family));
    spec.blueprints.iter().any(is)
}

/// Patterns of the same family as one that the app has, and not that one.
fn rivals(draft: &Draft) -> impl Iterator<Item = &'static Blueprint> {
    let had = |blueprint: &&Blueprint| draft.blueprints_before.contains(&blueprint.id);
    let own: BTreeSet<&str> = BLUEPRINTS.iter().filter(had).filter_map(|one| one.family.as_deref()).collect();
    let before = draft.blueprints_before.clone();
    BLUEPRINTS.iter().filter(move |one| {
        one.family.as_deref().is_some_and(|family| own.contains(family)) && !before.contains(&one.id)
    })
}

/// Whether a clause of a change asks for what only another pattern of the same family does: a cart in an app whose
/// orders are of one thing each.
pub(crate) fn asks_rival(draft: &Draft, units: &[Unit]) -> bool {
    let said = bag(units);
    let known = |need: &String| {
        draft.blueprints_before.iter().filter_map(|id| data::blueprint(id)).any(|own| own.signals.contains_key(need))
    };
    rivals(draft).any(|rival| rival.needs.iter().any(|need| said.contains(need) && !known(need)))
}

/// Makes what an occasion or a topic needs when the text itself names nothing to keep.
pub(crate) fn compose(draft: &mut Draft) {
    if !draft.spec.entities.is_empty() {
        return;
    }
    if let Some(occasion) = draft.occasion.filter(|_| applies(draft, |blueprint| blueprint.people)) {
        let concept = lexicon().concepts.occasion.get(occasion).map_or("guest", |occasion| occasion.guest.as_str());
        if let Some(id) = draft.by_concept(concept) {
            draft.note(&id).acts = true;
            let many = draft.many(&id);
            draft.assumed(Say::AssumedBlueprint, &[&many], Some(&format!("entities/{id}")));
        }
    } else if let Some(words) = draft.topic_noun.clone() {
        let named = super::noun::noun(&words, draft.language);
        if named.is_some_and(|noun| noun.plural || noun.concept.is_some()) {
            let _ = draft.entity(&words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads() {
        assert!(BLUEPRINTS.iter().any(|blueprint| blueprint.gathers));
    }

    #[test]
    fn concepts_choose_the_blueprint() {
        let bag = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(retrieve(&bag(&["occasion", "entity.budgetItem"])), ["event", "budget"]);
        assert_eq!(retrieve(&bag(&["function.track"])), ["list"]);
        assert!(retrieve(&bag(&[])).is_empty());
    }
}
