//! "Only the caretaker may change the status (new, fixed)": access to one detail of a thing.
//!
//! Invariant: a choice that only some may set goes from any value to any other by them and the owner alone, and whoever
//! may set it sees the entries that have it.

use super::super::draft::{Draft, Focus};
use super::super::lexicon::{Shape, lexicon};
use super::super::noun::shape;
use super::super::patterns::{describe, field_named};
use super::super::text::Kind;
use super::super::unit::Unit;
use super::{Action, Allowance};
use crate::spec::{FieldKind, OWNER, Rule, Step, VISITOR, Who, Whose};

/// Most values of a choice that is held: each may follow each.
const MAX_VALUES: usize = 8;

/// A choice may be named here before anything else names it, with its values: "change the status (new, done)".
pub(super) fn named(draft: &mut Draft, allowance: &mut Allowance) {
    let edits = allowance.actions.contains(&Action::Edit) && !allowance.negative;
    let open = allowance.what.iter().position(|unit| unit.kind == Kind::Open);
    let words: Vec<Unit> = allowance.what[..open.unwrap_or(allowance.what.len())].to_vec();
    let mut content = words.iter().filter(|unit| unit.is_content());
    let choice = content.next().is_some_and(is_choice) && content.next().is_none();
    if !edits || !choice || !draft.creating {
        return;
    }
    let fresh = field_named(draft, &words).is_none();
    if let Some(id) = Some(()).filter(|()| fresh).and_then(|()| thing(draft)) {
        let lead = allowance.what.iter().take_while(|unit| !unit.is_content()).count();
        describe(draft, &id, &allowance.what[lead..], false);
        allowance.what.truncate(open.unwrap_or(allowance.what.len()));
    }
}

fn is_choice(unit: &Unit) -> bool {
    let known = unit.field().and_then(|field| lexicon().concepts.field.get(field));
    known.is_some_and(|field| field.kind == "choice")
}

/// What the talk is about, if it is no person, else the last thing that was told of.
fn thing(draft: &Draft) -> Option<String> {
    let spoken = match &draft.focus {
        Some(Focus::Entity(id) | Focus::Field(id, _)) => Some(id.clone()),
        None => None,
    };
    let person = |id: &String| shape(draft.known(id).concept) == Some(Shape::Person) || draft.is_person(id);
    let mut others = draft.spec.entities.iter().rev().map(|entity| entity.id.clone());
    draft.handed_in.clone().or(spoken.filter(|id| !person(id))).or_else(|| others.find(|id| !person(id)))
}

/// Only some people set a choice: each value may follow each, by them and the owner. Whether it could be held.
pub(super) fn held(draft: &mut Draft, entity: &str, field: &str, roles: &[String]) -> bool {
    let kind = draft.spec.entity(entity).and_then(|entity| entity.field(field)).map(|field| field.kind.clone());
    let Some(FieldKind::Choice { options }) = kind else { return false };
    let stepped =
        |rule: &Rule| matches!(rule, Rule::Steps { entity: one, field: other, .. } if one == entity && other == field);
    let strangers = roles.iter().any(|role| role == VISITOR);
    if options.len() > MAX_VALUES || strangers || draft.spec.rules.iter().any(stepped) {
        return false;
    }
    let mut by: Vec<Who> = roles.iter().map(|role| Who { role: role.clone(), whose: Whose::Any }).collect();
    if !roles.iter().any(|role| role == OWNER) {
        by.push(Who { role: OWNER.into(), whose: Whose::Any });
    }
    let from = |from: usize| {
        let (options, by) = (&options, &by);
        let others = (0..options.len()).filter(move |to| *to != from);
        others.map(move |to| Step { from: options[from].id.clone(), to: options[to].id.clone(), by: by.clone() })
    };
    let steps = (0..options.len()).flat_map(from).collect();
    let rule = Rule::Steps { entity: entity.to_owned(), field: field.to_owned(), start: options[0].id.clone(), steps };
    draft.spec.rules.push(rule.clone());
    draft.held.push((rule, format!("entities/{entity}/fields/{field}"), true));
    true
}
