//! What people hand in: "tenants report repairs with a photo", "members suggest films". The thing is kept, they add it,
//! and see their own of it, or all where it is said for the others to see.
//!
//! Invariant: only a clause whose subject is people and whose verb hands something in is read here.

use super::super::access::{make_role, open, person_role, role_name};
use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::lexicon::Shape;
use super::super::noun::{noun, shape};
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::Unit;
use crate::ident::unique;
use crate::spec::{Grant, Page, PageKind, Scope, VISITOR};

/// Who hands in.
enum Sender {
    /// Whoever opens the page.
    Anyone,
    /// People the app knows.
    People(String),
}

/// Reads such a clause.
pub(super) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    let plain = clause.units.iter().position(|unit| unit.is_any(&["submits", "proposes"]));
    let others = enrols(&clause.units);
    let Some(verb) = others.or(plain) else { return false };
    let for_all = clause.units[verb].is("proposes");
    let Some(subject) = subject(&clause.units[..verb]) else { return false };
    if subject.is_empty() && (draft.person.is_none() || !draft.creating) {
        return false;
    }
    let Some(object) = object(draft, &clause.units, verb + 1) else { return false };
    let (subject, words) = (clause.units[subject].to_vec(), clause.units[object.clone()].to_vec());
    let Some(sender) = sender(draft, &subject) else { return false };
    let Some(thing) = draft.entity(&words).filter(|id| others.is_some() || !draft.is_person(id)) else { return false };
    clause.take(0..object.end);
    grant(draft, &thing, &sender, for_all);
    tell(draft, &thing, &sender);
    let opens = |unit: &Unit| matches!(unit.kind, Kind::Open | Kind::Colon) || unit.is_any(&["with", "have"]);
    // "Eltern melden ihre Kinder an (Name, Alter)": the verb's other part stands between.
    let part = clause.units.get(object.end).is_some_and(|unit| unit.is_structure() && !unit.is_content());
    let part = part && clause.units.get(object.end + 1).is_some_and(|unit| unit.kind == Kind::Open);
    let start = object.end + usize::from(part);
    if clause.units.get(start).is_some_and(opens) {
        let inner: Vec<Unit> =
            clause.units[start + 1..].iter().filter(|unit| unit.kind != Kind::Close).cloned().collect();
        super::things::details(draft, &thing, &inner);
        clause.take_all();
    }
    for_what(draft, clause, &thing, object.end);
    draft.look_at(&thing);
    draft.handed_in = Some(thing);
    true
}

/// "Parents sign up their children": people whom others hand in.
fn enrols(units: &[Unit]) -> Option<usize> {
    let verb = units.iter().position(|unit| unit.is_any(&["signUp", "submits"]) && unit.entity().is_none())?;
    let theirs = units[verb + 1..].iter().take(2).position(|unit| unit.is("poss") && unit.is_structure());
    let at = (verb + 1..units.len().min(verb + 5)).find(|at| units[*at].is_content())?;
    // "Eltern melden ihre Kinder an": a verb's other part may follow.
    let ends = |unit: &Unit| !unit.is_word() || unit.is_structure() && !unit.is_content();
    let whom = units.get(at).filter(|_| units.get(at + 1).is_none_or(ends))?;
    let person = whom.entity().is_some_and(|concept| shape(Some(concept)) == Some(Shape::Person));
    (person && theirs.is_some()).then_some(verb)
}

/// "… their children for camps": what they are handed in for.
fn for_what(draft: &mut Draft, clause: &mut Clause, thing: &str, from: usize) {
    let Some(joint) = clause.units.get(from).filter(|unit| unit.is_any(&["for", "to", "in"])) else { return };
    let rest: Vec<Unit> = clause.units[from + 1..].iter().filter(|unit| !unit.is("det")).cloned().collect();
    let named = noun(&rest, draft.language).is_some_and(|named| named.plural && rest.iter().all(Unit::is_content));
    if !named || !joint.is_structure() || rest.iter().all(|unit| unit.field().is_some()) {
        return;
    }
    if let Some(other) = draft.entity(&rest).filter(|other| other != thing) {
        draft.links.push((thing.to_owned(), other));
        clause.take(from..clause.units.len());
    }
}

/// Nothing but people, and whether they may, before the verb.
fn subject(before: &[Unit]) -> Option<std::ops::Range<usize>> {
    let mere = |unit: &Unit| {
        unit.is_structure() && unit.is_any(&["may", "must", "det", "each", "want", "to", "poss", "let"])
            || unit.is_filler()
    };
    let people = |unit: &Unit| unit.is_any(&["users", "everyone"]) || unit.is_content();
    let Some(start) = before.iter().position(|unit| !mere(unit)) else { return Some(0..0) };
    let end = before.iter().rposition(|unit| !mere(unit))? + 1;
    (before[start..end].iter().all(people) && end - start <= 3).then_some(start..end)
}

/// The thing after the verb, not a detail of one.
fn object(draft: &Draft, units: &[Unit], from: usize) -> Option<std::ops::Range<usize>> {
    let lead = |unit: &Unit| unit.is_structure() && unit.is_any(&["det", "poss", "own", "to"]) || unit.is_filler();
    let start = (from..units.len()).find(|at| !lead(&units[*at]))?;
    let end = (start..units.len()).take_while(|at| units[*at].is_content()).last()? + 1;
    let words = &units[start..end];
    let head = if draft.language.grammar().head_first { words.first()? } else { words.last()? };
    let detail = head.field().is_some() && head.entity().is_none();
    let determined = start > from || noun(words, draft.language)?.plural || head.entity().is_some();
    let numberless = draft.language.code() != "en";
    (words.len() <= 3 && !detail && (determined || numberless)).then_some(start..end)
}

fn sender(draft: &mut Draft, words: &[Unit]) -> Option<Sender> {
    let anyone =
        |unit: &Unit| unit.is_any(&["users", "everyone"]) || matches!(unit.entity(), Some("customer" | "person"));
    if !words.is_empty()
        && words.iter().all(anyone)
        && words.iter().all(|unit| draft.find_units(std::slice::from_ref(unit)).is_none())
    {
        let said = super::super::unit::written(words);
        draft.folded.push((VISITOR.to_owned(), said));
        return Some(Sender::Anyone);
    }
    let person = |unit: &Unit| unit.entity().is_none_or(|concept| shape(Some(concept)) == Some(Shape::Person));
    if let Some(unit) = words.iter().find(|unit| unit.role() == Some("parents")) {
        return Some(Sender::People(make_role(draft, "parents", unit)));
    }
    let known = words.iter().any(|unit| unit.role().is_some());
    if known || !words.iter().all(person) {
        return None;
    }
    let id = if words.is_empty() { draft.person.clone() } else { draft.entity(words) };
    let id = id.filter(|id| draft.may_be_person(id))?;
    super::people::acts(draft, &id);
    person_role(draft, &id).map(Sender::People)
}

fn grant(draft: &mut Draft, thing: &str, sender: &Sender, for_all: bool) {
    if for_all && matches!(sender, Sender::Anyone) {
        return open(draft, thing, true);
    }
    let role = match sender {
        Sender::Anyone => VISITOR.to_owned(),
        Sender::People(role) => role.clone(),
    };
    let read = Some(if for_all { Scope::All } else { Scope::Own });
    draft.said.insert(super::super::blueprint::sent(thing));
    let Some(entity) = draft.spec.entity_mut(thing) else { return };
    entity.access.retain(|grant| grant.role != role);
    entity.access.push(Grant { role: role.clone(), read, create: true, update: Some(Scope::Own), ..Grant::default() });
    let title = entity.plural.clone();
    let there = draft.spec.pages.iter().any(|page| page.entity == thing && page.kind == PageKind::Form);
    if role == VISITOR && !there {
        let taken = draft.spec.pages.iter().map(|page| page.id.clone()).collect();
        let id = unique(&format!("new {thing}"), "form", &taken);
        let (entity, roles) = (thing.to_owned(), vec![role]);
        draft.spec.pages.push(Page { id, title, kind: PageKind::Form, entity, roles, ..Page::default() });
    }
}

fn tell(draft: &mut Draft, thing: &str, sender: &Sender) {
    let who = match sender {
        Sender::Anyone => draft.language.say(Say::Everyone, &[]),
        Sender::People(role) => role_name(draft, role),
    };
    let (create, many) = (draft.language.say(Say::Create, &[]), draft.many(thing));
    draft.understood(Say::RoleMay, &[&who, &create, &many], &format!("entities/{thing}/access"));
}
