//! Deeds: clauses that say what people do in an app ("customers book a slot") and so show which blueprint is meant.
//!
//! Invariant: a deed is found by the structure words of its clause, in any order and language; what it names is bound
//! to the blueprint's slots, and only the words it names are marked as understood.

use super::super::clause::{Clause, DEEDS};
use super::super::draft::Draft;
use super::super::lexicon::Shape;
use super::super::noun::shape;
use super::super::patterns::describe;
use super::super::text::Kind;
use super::super::unit::Unit;
use super::data::{BLUEPRINTS, Blueprint, Deed, blueprint};

/// A deed that a clause told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Of which blueprint.
    pub(crate) blueprint: String,
    /// Slot and entity.
    pub(crate) bound: Vec<(String, String)>,
    /// The part it asks for.
    pub(crate) part: Option<String>,
    /// The number it says.
    pub(crate) number: Option<u32>,
    /// A slot and the kinds of it that were named.
    pub(crate) options: Option<(String, Vec<String>)>,
    /// The clause.
    pub(crate) said: String,
    /// What its page says.
    pub(crate) text: String,
    /// The words that asked for its page.
    pub(crate) quote: String,
}

/// A part of a site that a word asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    /// The blueprint that makes it.
    pub(crate) id: &'static str,
    /// It is words, not rows.
    pub(crate) worded: bool,
    /// It shows people.
    pub(crate) people: bool,
}

/// The section of a site that a word names.
pub(crate) fn section(unit: &Unit) -> Option<Section> {
    let named = |blueprint: &&Blueprint| blueprint.section.iter().any(|word| means(unit, word));
    BLUEPRINTS.iter().find(named).map(|blueprint| Section {
        id: &blueprint.id,
        worded: blueprint.slot.is_empty(),
        people: blueprint.slot.iter().any(|slot| slot.id == "person"),
    })
}

/// A deed of a blueprint and where its words stand.
type Found = (&'static Blueprint, &'static Deed, Vec<usize>);

/// Reads a clause as a deed of one of the app's blueprints; whether that was all of it.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    let blueprints: Vec<&'static Blueprint> =
        draft.spec.blueprints.iter().filter_map(|id| blueprint(id)).filter(|one| !one.deed.is_empty()).collect();
    let mut found: Option<Found> = None;
    let mut hints: Vec<Found> = Vec::new();
    for one in blueprints {
        for deed in &one.deed {
            let Some(at) = words(deed, clause) else { continue };
            if deed.subject.is_none() && deed.object.is_none() {
                hints.push((one, deed, at));
                continue;
            }
            if found.as_ref().is_none_or(|(_, _, best)| at.len() > best.len()) {
                found = Some((one, deed, at));
            }
        }
    }
    for (blueprint, deed, at) in &hints {
        tell(draft, clause, blueprint, deed, at);
    }
    if !hints.is_empty() && found.is_none() {
        // "the owner accepts or declines", "from 1 to 5": who does it and on which scale is the blueprint's to say.
        for unit in clause.units.iter_mut().filter(|unit| unit.kind == Kind::Number || names_person(unit)) {
            unit.used = true;
        }
    }
    match found {
        Some((blueprint, deed, at)) => tell(draft, clause, blueprint, deed, &at),
        // "The members see who owes whom": what they see is the deed's.
        None if !hints.is_empty() && only_looks(draft, clause) => clause.take_all(),
        // A deed that names nothing itself may stand in a clause that says more.
        None if clause.units.iter().any(|unit| unit.is_content() && !unit.used) => {
            clause.units.retain(|unit| {
                !unit.used || !hints.iter().any(|(_, deed, _)| deed.words.iter().any(|word| means(unit, word)))
            });
            return false;
        }
        None => return !hints.is_empty(),
    }
    true
}

/// Whether what is left of a clause only says that people of the app see something.
fn only_looks(draft: &Draft, clause: &Clause) -> bool {
    let looks = |unit: &Unit| unit.is_any(&["see", "show"]);
    let people = |unit: &Unit| draft.find_units(std::slice::from_ref(unit)).is_some_and(|id| draft.may_be_person(&id));
    let rest = || clause.units.iter().filter(|unit| !unit.used && (unit.is_content() || looks(unit)));
    rest().any(looks) && rest().all(|unit| looks(unit) || people(unit))
}

/// Where the deed's words stand, all of them.
fn words(deed: &Deed, clause: &Clause) -> Option<Vec<usize>> {
    let mut places = Vec::new();
    for word in &deed.words {
        let keys: Vec<&str> = word.split('|').collect();
        let is = |at: &usize| keys.iter().any(|key| means(&clause.units[*at], key)) && !is_noun(&clause.units, *at);
        places.push((0..clause.units.len()).find(is)?);
    }
    let number = clause.units.iter().any(|unit| unit.kind == Kind::Number);
    (number || !deed.number).then_some(places)
}

fn names_person(unit: &Unit) -> bool {
    unit.entity().is_some_and(|concept| shape(Some(concept)) == Some(Shape::Person))
}

/// "each hand-over has …", "Haircut booking: …", "books with a title", "borrow books": a verb's word that stands as a
/// noun.
fn is_noun(units: &[Unit], at: usize) -> bool {
    let determined = at
        .checked_sub(1)
        .and_then(|before| units.get(before))
        .is_some_and(|unit| unit.is_any(&["det", "each", "poss"]) || unit.is_any(DEEDS));
    let opens = |next: &Unit| matches!(next.kind, Kind::Colon | Kind::Open) || next.is_any(&["with", "have"]);
    let ends = units.get(at + 1).is_none_or(opens);
    let heads = ends && !units[..at].iter().any(names_person);
    units[at].entity().is_some() && (determined || heads)
}

/// "Orders with a date", "members borrow books": a deed's word that can only be the things it names.
pub(super) fn names_rows(units: &[Unit], at: usize) -> bool {
    let ends = |unit: &Unit| matches!(unit.kind, Kind::Stop | Kind::Line | Kind::Semicolon | Kind::Question);
    let start = (0..at).rev().take_while(|before| !ends(&units[*before])).last().unwrap_or(at);
    let end = (at..units.len()).take_while(|after| !ends(&units[*after])).last().map_or(at + 1, |last| last + 1);
    units[at].is_any(DEEDS) && is_noun(&units[start..end], at - start)
}

/// A structure word, `field.x`, `entity.x`, or a unit of measure `unit.x`.
fn means(unit: &Unit, key: &str) -> bool {
    match key.split_once('.') {
        Some(("field", field)) => unit.field() == Some(field),
        Some(("entity", entity)) => unit.entity() == Some(entity),
        Some(("unit", measure)) => unit.measure() == Some(measure),
        _ => unit.is(key),
    }
}

fn tell(draft: &mut Draft, clause: &mut Clause, blueprint: &Blueprint, deed: &Deed, at: &[usize]) {
    let verb = at[0];
    at.iter().for_each(|at| clause.take(*at..at + 1));
    let said = super::super::unit::written(&clause.units);
    let mut told = Told { blueprint: blueprint.id.clone(), part: deed.part.clone(), said, ..Told::default() };
    if let Some(number) = clause.units.iter().position(|unit| unit.kind == Kind::Number).filter(|_| deed.number) {
        told.number = draft.language.number(&clause.units[number].norm);
        // "until 24 hours before": what stands around the number only measures.
        let measures = |unit: &Unit| {
            unit.kind == Kind::Number
                || unit.measure().is_some()
                || unit.is_structure()
                || unit.is_any(&["day", "week", "before", "after"])
                || unit.field() == Some("until")
        };
        let from = (0..number).rev().take_while(|at| measures(&clause.units[*at])).last().unwrap_or(number);
        let to = (number..clause.units.len()).take_while(|at| measures(&clause.units[*at])).last().unwrap_or(number);
        clause.take(from..to + 1);
    }
    if let Some(slot) = &deed.subject
        && let Some(range) = noun_before(&clause.units, verb)
    {
        let people = !deed.many || many(draft, &clause.units[range.clone()]);
        let doer = people.then(|| draft.entity(&clause.units[range.clone()])).flatten();
        if !people || doer.is_some() {
            clause.take(range);
        }
        if let Some(id) = doer {
            draft.note(&id).doer = true;
            told.bound.push((slot.clone(), id));
        }
    }
    // "Students mark a lesson as done": a mark that is a row of its own has no other.
    let marked = clause.find_from(verb, &["as"]).filter(|_| deed.words == ["mark"] && deed.object.is_some());
    if let Some(at) = marked {
        draft.folded.push((blueprint.id.clone(), super::super::unit::written(&clause.units[at..])));
        clause.take(at..clause.units.len());
    }
    if let Some(slot) = &deed.options {
        let mut kinds = Vec::new();
        let mut from = verb;
        while let Some(range) = noun_after(&clause.units, from).filter(|range| range.start > verb) {
            kinds.push(super::super::noun::sentence_case(&super::super::unit::written(&clause.units[range.clone()])));
            clause.take(range.clone());
            from = range.end;
        }
        told.options = Some((slot.clone(), kinds)).filter(|(_, kinds)| kinds.len() > 1);
    }
    if asked_with(draft, clause, blueprint, deed, verb) {
        return draft.told.push(told);
    }
    if let Some(slot) = &deed.object
        && let Some(range) = noun_after(&clause.units, verb)
        && let Some(id) = in_the_part(draft, blueprint, slot, &clause.units[range.clone()])
            .or_else(|| draft.entity(&clause.units[range.clone()]))
    {
        clause.take(range.clone());
        draft.folded.push((id.clone(), super::super::unit::written(&clause.units[range.clone()])));
        // "Haircut booking: …": a heading names the app, not what is booked.
        let headed = clause.opens && told.bound.is_empty() && deed.subject.is_some();
        let other = deed.other.as_ref().filter(|_| !headed && !fits(draft, blueprint, slot, &id));
        let slot = other.unwrap_or(slot);
        told.bound.push((slot.clone(), id.clone()));
        let with = deed.other.as_ref().filter(|other| *other != slot);
        if let Some((other, whom)) = with.zip(with_whom(draft, clause, blueprint, with, range.end)) {
            told.bound.push((other.clone(), whom));
        }
        details(draft, clause, &id, range.end);
    }
    draft.told.push(told);
}

/// Whether a noun is of people, or of several of what may be people.
fn many(draft: &Draft, words: &[Unit]) -> bool {
    super::super::noun::noun(words, draft.language).is_some_and(|noun| match shape(noun.concept) {
        Some(Shape::Person) => true,
        None => noun.plural,
        Some(_) => false,
    })
}

/// "guests send a booking request with arrival and departure": no thing is named, only what is asked of each.
fn asked_with(draft: &mut Draft, clause: &mut Clause, blueprint: &Blueprint, deed: &Deed, verb: usize) -> bool {
    // "Members sell things with a price": a word that names nothing in particular stands between.
    let next = (verb + 1..clause.units.len()).find(|at| !clause.units[*at].is_filler()).unwrap_or(verb);
    let with = clause.units.get(next).is_some_and(|next| next.is("with") && next.is_structure());
    let offers = deed.many || deed.subject.is_none();
    let fits = |slot: &&super::data::Slot| deed.object.as_ref() == Some(&slot.id) && (deed.other.is_some() || offers);
    let slot = blueprint.slot.iter().find(fits);
    let Some(made) = slot.and_then(|slot| slot.make.clone()).filter(|_| with) else { return false };
    let Some(id) = draft.by_concept(&made) else { return false };
    details(draft, clause, &id, next);
    true
}

/// "… an appointment with a doctor": what a preposition after the thing names, where the deed has a part for it.
fn with_whom(
    draft: &mut Draft,
    clause: &mut Clause,
    blueprint: &Blueprint,
    part: Option<&String>,
    from: usize,
) -> Option<String> {
    let concepts = &blueprint.slot.iter().find(|slot| Some(&slot.id) == part)?.concepts;
    let at = (from..clause.units.len()).find(|at| clause.units[*at].is_content())?;
    let said = clause.units[from..at].iter().any(|unit| unit.is_any(&["with", "from", "to", "by", "in"]));
    let plain = clause.units[from..at].iter().all(Unit::is_word);
    let fits = clause.units[at].entity().is_some_and(|concept| concepts.iter().any(|one| one == concept));
    let words = clause.units[at..=at].to_vec();
    let id = (said && plain && fits).then(|| draft.entity(&words)).flatten()?;
    clause.take(from..at + 1);
    Some(id)
}

/// Whether a thing means what a slot is for.
fn fits(draft: &Draft, blueprint: &Blueprint, slot: &str, id: &str) -> bool {
    let concepts = blueprint.slot.iter().find(|one| one.id == slot).map(|slot| &slot.concepts);
    let concept = draft.known(id).concept;
    concepts.zip(concept).is_some_and(|(concepts, concept)| concepts.iter().any(|one| one == concept))
}

/// "Haircut booking: … customers book a free slot": two words for the same part are one thing.
fn in_the_part(draft: &Draft, blueprint: &Blueprint, slot: &str, words: &[Unit]) -> Option<String> {
    let concepts = &blueprint.slot.iter().find(|one| one.id == slot)?.concepts;
    let fits = |concept: Option<&str>| concept.is_some_and(|concept| concepts.iter().any(|one| one == concept));
    let known = draft.find_units(words).is_none()
        && words.iter().rev().find(|unit| unit.is_content()).is_some_and(|unit| fits(unit.entity()));
    let there = |entity: &&crate::spec::Entity| draft.known(&entity.id).new && fits(draft.known(&entity.id).concept);
    draft.spec.entities.iter().find(there).filter(|_| known).map(|entity| entity.id.clone())
}

/// "(what, where, how urgent)", "with a photo and a price" after the thing.
fn details(draft: &mut Draft, clause: &mut Clause, id: &str, from: usize) {
    let opens =
        |unit: &Unit| !unit.used && (matches!(unit.kind, Kind::Open | Kind::Colon) || unit.is_any(&["with", "have"]));
    let Some(start) = (from..clause.units.len()).find(|at| opens(&clause.units[*at])) else { return };
    let rest: Vec<Unit> = clause.units[start + 1..].to_vec();
    let inside: Vec<Unit> = match clause.units[start].kind {
        Kind::Open => rest.into_iter().take_while(|unit| unit.kind != Kind::Close).collect(),
        _ => rest,
    };
    // "… with an amount and who paid": what another deed said is no detail.
    let said = |unit: &Unit| unit.used || unit.is_any(&["see", "show"]) && !unit.is_content();
    let mut details: Vec<Unit> = inside.iter().filter(|unit| !said(unit)).cloned().collect();
    while details.pop_if(|last| last.kind == Kind::Comma || last.is("and")).is_some() {}
    if details.iter().any(Unit::is_content) && describe(draft, id, &details, false) {
        clause.take(start..start + 1 + inside.len());
    }
}

fn names(unit: &Unit) -> bool {
    unit.is_content() && unit.kind != Kind::Number && !unit.used
}

/// The noun that stands last before the verb.
fn noun_before(units: &[Unit], verb: usize) -> Option<std::ops::Range<usize>> {
    let end = (0..verb).rev().find(|at| names(&units[*at]))? + 1;
    let start = (0..end).rev().take_while(|at| names(&units[*at])).last()?;
    Some(start..end)
}

/// The first noun after the verb; where the verb stands last, the noun before it.
fn noun_after(units: &[Unit], verb: usize) -> Option<std::ops::Range<usize>> {
    // "order bread for the next day", "until six bread": a time is no thing.
    let timed =
        |unit: &Unit| matches!(unit.field(), Some("until" | "date" | "time" | "from")) && unit.entity().is_none();
    let counted = |at: usize| units[at - 1].kind == Kind::Number;
    let things = |at: &usize| names(&units[*at]) && !timed(&units[*at]) && !counted(*at);
    let first = (verb + 1..units.len()).find(things).or_else(|| (verb + 1..units.len()).find(|at| names(&units[*at])));
    let Some(start) = first else { return noun_before(units, verb) };
    let end = (start..units.len()).take_while(|at| names(&units[*at])).last()? + 1;
    Some(start..end)
}
