//! Limits: "each guest answers only once", "no two rooms have the same name", "at most 20 seats".
//!
//! Invariant: a number in a sentence either becomes a bound of a field or is reported.

use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::Unit;
use crate::spec::{FieldKind, Rule};

/// Reads a limit.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    once(draft, clause)
        || unique(draft, clause)
        || capacity(draft, clause)
        || room(draft, clause)
        || maximum(draft, clause)
}

/// "everyone answers only once", "one answer each".
fn once(draft: &mut Draft, clause: &mut Clause) -> bool {
    if !(clause.has(&["once"]) && clause.has(&["answer"])) || clause.has(&["yesNo"]) {
        return false;
    }
    let Some(id) = subject(draft, clause).or_else(|| draft.people()) else { return false };
    draft.note(&id).acts = true;
    draft.once = true;
    let many = draft.many(&id);
    draft.understood(Say::AnswersOnce, &[&many], &format!("entities/{id}"));
    clause.take_all();
    true
}

fn subject(draft: &Draft, clause: &Clause) -> Option<String> {
    let end = clause.find(&["answer", "may", "must", "once"])?;
    draft.find_units(&clause.units[..end])
}

/// "no two guests may have the same email", "the email must be unique".
fn unique(draft: &mut Draft, clause: &mut Clause) -> bool {
    if !clause.has(&["unique"]) {
        return false;
    }
    let Some((entity, field)) = super::edit::field_named(draft, &clause.units) else { return false };
    let rule = Rule::Unique { entity: entity.clone(), field: field.clone() };
    if !draft.spec.rules.contains(&rule) {
        draft.spec.rules.push(rule);
    }
    let (many, label) = (draft.many(&entity), draft.field_label(&entity, &field));
    draft.understood(Say::UniqueHeld, &[&many, &label], &format!("entities/{entity}/fields/{field}"));
    clause.take_all();
    true
}

/// "tables seat up to 8", "a table never holds more guests than seats": the rule follows from the seats.
fn capacity(draft: &mut Draft, clause: &mut Clause) -> bool {
    if !clause.units.iter().any(|unit| unit.field() == Some("seats")) {
        return false;
    }
    let more = clause.units.iter().any(|unit| unit.is("atMost"));
    if !more
        || clause.has(&["have", "with", "answer", "choose"])
        || clause.units.iter().any(|unit| unit.kind == Kind::Colon)
    {
        return false;
    }
    let Some(id) = clause
        .units
        .iter()
        .position(|unit| unit.entity().is_some() || unit.tags.is_empty())
        .and_then(|at| draft.entity(&clause.units[at..=at]))
    else {
        return false;
    };
    if draft.is_person(&id) {
        return false;
    }
    let field = draft.limit_field(&id).or_else(|| draft.add_concept(&id, "seats", false));
    let Some(field) = field else { return false };
    if let Some(number) = clause.units.iter().find(|unit| unit.kind == Kind::Number) {
        draft.assumed(
            Say::AssumedNumbers,
            &[&number.text, &draft.many(&id)],
            Some(&format!("entities/{id}/fields/{field}")),
        );
    }
    let many = draft.many(&id);
    draft.understood(
        Say::EntityHas,
        &[&many, &draft.field_label(&id, &field)],
        &format!("entities/{id}/fields/{field}"),
    );
    clause.take_all();
    true
}

/// "limit each shift to 3 volunteers": of the people who point to the thing, so many.
fn room(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(number) = clause.units.iter().find(|unit| unit.kind == Kind::Number).map(|unit| unit.text.clone()) else {
        return false;
    };
    if draft.creating
        || !clause.has(&["atMost"])
        || clause.units.iter().any(|unit| unit.is_any(&["day", "week", "have"]))
    {
        return false;
    }
    let named: Vec<String> = clause
        .units
        .iter()
        .filter_map(|unit| draft.find_units(std::slice::from_ref(unit)).filter(|_| unit.is_content()))
        .collect();
    let person = named.iter().find(|id| draft.is_person(id)).cloned();
    let Some(place) = named.iter().find(|id| !draft.is_person(id)).cloned() else { return false };
    let known = clause.units.iter().filter(|unit| unit.is_content() && unit.kind != Kind::Number).count();
    let pointing = |id: &String| {
        let points = |field: &crate::spec::Field| matches!(&field.kind, FieldKind::Ref { entity } if *entity == place);
        draft.spec.entity(id).is_some_and(|entity| entity.fields.iter().any(points))
    };
    let people = clause.units.iter().any(|unit| unit.entity() == Some("person"));
    let who = person.or_else(|| {
        let all = draft.spec.entities.iter().map(|entity| entity.id.clone());
        all.filter(|id| people && draft.is_person(id)).find(|id| pointing(id))
    });
    if !who.is_some_and(|who| pointing(&who)) || known > 2 {
        return false;
    }
    let Some(field) = draft.limit_field(&place).or_else(|| draft.add_concept(&place, "seats", false)) else {
        return false;
    };
    let (many, about) = (draft.many(&place), format!("entities/{place}/fields/{field}"));
    draft.assumed(Say::AssumedNumbers, &[&number, &many], Some(&about));
    draft.understood(Say::EntityHas, &[&many, &draft.field_label(&place, &field)], &about);
    clause.take_all();
    true
}

/// "at most 4 children": a bound of a whole-number field.
fn maximum(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(at) = clause.find(&["atMost"]) else { return false };
    let Some(max) = clause.units[at..]
        .iter()
        .take(3)
        .find(|unit| unit.kind == Kind::Number)
        .and_then(|unit| unit.text.parse::<i64>().ok())
    else {
        return false;
    };
    let without: Vec<Unit> = clause.units.iter().filter(|unit| unit.kind != Kind::Number).cloned().collect();
    let Some((entity, id)) = super::edit::field_named(draft, &without) else { return false };
    let Some(field) = draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&id)) else { return false };
    let FieldKind::Integer { max: bound, .. } = &mut field.kind else { return false };
    *bound = Some(max.max(0));
    let label = draft.field_label(&entity, &id);
    draft.understood(Say::MaximumHeld, &[&label, &max.to_string()], &format!("entities/{entity}/fields/{id}"));
    clause.take_all();
    true
}
