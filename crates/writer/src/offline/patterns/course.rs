//! "The status goes from received to in repair to ready": a choice and the way through it.
//!
//! Invariant: read only where a detail with steps is named, then "from", then three steps or more.

use super::super::clause::Clause;
use super::super::draft::{Draft, Focus};
use super::super::field::Wanted;
use super::super::noun::{sentence_case, shown};
use super::super::text::Kind;
use super::super::unit::{Unit, written};
use crate::spec::{FieldKind, OWNER, Rule, Step, Who, Whose};

/// Longest step, in words.
const MAX_WORDS: usize = 4;

/// Reads such a clause.
pub(super) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    let units = &clause.units;
    let Some(field) = units.iter().position(|unit| matches!(unit.field(), Some("status" | "stage" | "state"))) else {
        return false;
    };
    let Some(from) = (field + 1..units.len())
        .find(|at| units[*at].is_any(&["from", "for", "handOver"]))
        .filter(|from| *from <= field + 4)
        .or_else(|| stepped(units, field))
    else {
        return false;
    };
    let labels = steps(&units[from + 1..]);
    if labels.len() < 3 || labels.len() > crate::validate::MAX_OPTIONS {
        return false;
    }
    let Some(id) = thing(draft, &units[..field]) else { return false };
    let concept = units[field].field();
    let want = Wanted {
        label: sentence_case(&shown(&units[field])),
        concept,
        exact: true,
        kind: FieldKind::Choice { options: Vec::new() },
        options: labels,
        required: false,
        sure: true,
        defaulted: false,
        noun: Vec::new(),
    };
    let Some(name) = draft.add_field(&id, &want) else { return false };
    draft.folded.push((id.clone(), written(&clause.units[..=from])));
    let kind = draft.spec.entity(&id).and_then(|entity| entity.field(&name)).map(|field| field.kind.clone());
    let Some(FieldKind::Choice { options }) = kind else { return false };
    let by = || vec![Who { role: OWNER.into(), whose: Whose::Any }];
    let step = |pair: &[crate::spec::Choice]| Step { from: pair[0].id.clone(), to: pair[1].id.clone(), by: by() };
    let (start, steps) = (options[0].id.clone(), options.windows(2).map(step).collect());
    let rule = Rule::Steps { entity: id.clone(), field: name.clone(), start, steps };
    draft.spec.rules.push(rule.clone());
    draft.held.push((rule, format!("entities/{id}/fields/{name}"), true));
    clause.take_all();
    true
}

/// "the status is new, then ready, then fetched": where the first step begins.
fn stepped(units: &[Unit], field: usize) -> Option<usize> {
    let is = units.get(field + 1).filter(|unit| unit.kind == Kind::Colon || unit.is_any(&["be", "optionsAre"]))?;
    let onward = units[field..].iter().filter(|unit| unit.is("onward")).count();
    (is.is_structure() || is.kind == Kind::Colon).then_some(field + 1).filter(|_| onward > 0)
}

/// The thing that the words before name, else the one of which was spoken.
fn thing(draft: &Draft, before: &[Unit]) -> Option<String> {
    let named =
        before.iter().filter(|unit| unit.is_content()).find_map(|unit| draft.find_units(std::slice::from_ref(unit)));
    let spoken = match &draft.focus {
        Some(Focus::Entity(id) | Focus::Field(id, _)) => Some(id.clone()),
        None => None,
    };
    let id = named.filter(|id| !draft.is_person(id)).or(spoken)?;
    let stepped = |rule: &Rule| matches!(rule, Rule::Steps { entity, .. } if *entity == id);
    (!draft.spec.rules.iter().any(stepped)).then_some(id)
}

/// What stands between "to", "then" and commas.
fn steps(units: &[Unit]) -> Vec<String> {
    let parts = units.split(|unit| {
        unit.kind == Kind::Comma || unit.is("onward") || unit.is("to") && !unit.is("in") && unit.is_structure()
    });
    let trimmed = parts.map(|part| {
        let lead = part.iter().take_while(|unit| unit.is_structure() && unit.is_any(&["and", "det"])).count();
        &part[lead..]
    });
    let worded: Vec<&[Unit]> = trimmed.filter(|part| part.iter().any(Unit::is_word)).collect();
    let long = |part: &&[Unit]| part.iter().filter(|unit| unit.is_word()).count() > MAX_WORDS;
    if worded.iter().any(long) {
        return Vec::new();
    }
    worded.into_iter().map(|part| sentence_case(&written(part))).collect()
}
