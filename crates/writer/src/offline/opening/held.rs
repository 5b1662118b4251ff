//! What was said about when it is open becomes a rule of what is booked.

use super::super::draft::Draft;
use super::super::say::Say;
use super::{Fact, Opening};
use crate::spec::{AppSpec, Days, End, FieldKind, Hours, Rule, Span};

/// Whether rows of this app take up time, so that it matters when it is open.
pub(crate) fn books(spec: &AppSpec) -> bool {
    spec.rules.iter().any(|rule| matches!(rule, Rule::NoOverlap { .. }))
}

/// What takes time, and when.
fn booked(spec: &AppSpec) -> impl Iterator<Item = (&String, Span)> {
    spec.rules.iter().filter_map(|rule| match rule {
        Rule::NoOverlap { entity, span, .. } => Some((entity, span.clone())),
        // What is ordered for a day takes that day.
        Rule::Lead { entity, day, .. } => {
            Some((entity, Span { start: day.clone(), end: End::Field { field: day.clone() } }))
        }
        _ => None,
    })
}

/// Holds what was said for everything that is booked.
pub(crate) fn apply(draft: &mut Draft) {
    let said = std::mem::take(&mut draft.openings);
    if said.is_empty() {
        return;
    }
    let mut places: Vec<(String, Span)> = Vec::new();
    for (entity, span) in booked(&draft.spec) {
        if !places.iter().any(|(other, _)| other == entity) {
            places.push((entity.clone(), span));
        }
    }
    let held = places.iter().filter(|(entity, span)| hold(draft, entity, span, &said)).count();
    if held == 0 {
        said.iter().for_each(|one| draft.missed(Say::NotUnderstood, &[&one.quote]));
    }
}

/// Whether it could be held.
fn hold(draft: &mut Draft, entity: &str, span: &Span, said: &[Opening]) -> bool {
    let is = |rule: &Rule| matches!(rule, Rule::Open { entity: other, .. } if other == entity);
    let at = draft.spec.rules.iter().position(is);
    let (mut week, mut closed) = match at.map(|at| &draft.spec.rules[at]) {
        Some(Rule::Open { week, closed, .. }) => (week.clone(), closed.clone()),
        _ => (Vec::new(), Vec::new()),
    };
    let known = at.is_some();
    let usual = week.first().map(|hours| (hours.opens.clone(), hours.closes.clone())).unwrap_or_default();
    let mut begun = false;
    for fact in said.iter().flat_map(|one| &one.facts) {
        match fact {
            Fact::Week { days, hours, ranged } => {
                if !begun && !days.is_empty() && (*ranged || !known) {
                    week.clear();
                }
                begun |= !days.is_empty();
                open(&mut week, days, hours, &usual);
            }
            Fact::Shut { days } => shut(&mut week, days),
            Fact::Away { days, back: true } => closed.retain(|other| other != days),
            Fact::Away { days, .. } => away(&mut closed, days),
        }
    }
    let timed = draft
        .spec
        .entity(entity)
        .and_then(|entity| entity.field(&span.start))
        .is_some_and(|field| field.kind == FieldKind::DateTime);
    if !timed && week.iter().any(|hours| hours.opens.is_some()) {
        // Whole days are booked: no hours can be kept.
        week.iter_mut().for_each(|hours| (hours.opens, hours.closes) = (None, None));
        said.iter().for_each(|one| draft.missed(Say::NotUnderstood, &[&one.quote]));
    }
    let always = week.iter().all(|hours| hours.days.is_empty());
    week.retain(|hours| !hours.days.is_empty());
    let rule = Rule::Open { entity: entity.to_owned(), span: span.clone(), week: week.clone(), closed };
    // Closed on every day is no opening.
    if always && !said.iter().flat_map(|one| &one.facts).all(|fact| matches!(fact, Fact::Away { .. })) {
        return false;
    }
    if !crate::validate::fits_rule(&draft.spec, &rule) {
        if let Some(at) = at {
            draft.spec.rules.remove(at);
        }
        return at.is_some();
    }
    match at {
        Some(at) => draft.spec.rules[at] = rule.clone(),
        None => draft.spec.rules.push(rule.clone()),
    }
    draft.held.push((rule, format!("entities/{entity}"), true));
    true
}

/// From when to when; nothing: all day.
type Times = (Option<String>, Option<String>);

/// These days get these hours, or the usual ones where none were said.
fn open(week: &mut Vec<Hours>, days: &[u8], hours: &[(String, String)], usual: &Times) {
    let mut days: Vec<u8> = match (days, week.is_empty()) {
        ([], true) => (1..=7).collect(),
        ([], false) => week.iter().flat_map(|hours| hours.days.clone()).collect(),
        (days, _) => days.to_vec(),
    };
    days.sort_unstable();
    days.dedup();
    let times: Vec<Times> = match hours {
        [] => vec![usual.clone()],
        some => some.iter().map(|(opens, closes)| (Some(opens.clone()), Some(closes.clone()))).collect(),
    };
    week.iter_mut().for_each(|hours| hours.days.retain(|day| !days.contains(day)));
    week.retain(|hours| !hours.days.is_empty());
    for (opens, closes) in times {
        // Days that have the same hours stand together.
        match week.iter_mut().find(|other| (&other.opens, &other.closes) == (&opens, &closes)) {
            Some(same) => {
                same.days.extend(&days);
                same.days.sort_unstable();
            }
            None => week.push(Hours { days: days.clone(), opens, closes }),
        }
    }
}

fn shut(week: &mut Vec<Hours>, days: &[u8]) {
    if week.is_empty() {
        week.push(Hours { days: (1..=7).collect(), opens: None, closes: None });
    }
    week.iter_mut().for_each(|hours| hours.days.retain(|day| !days.contains(day)));
}

fn away(closed: &mut Vec<Days>, days: &Days) {
    if !closed.contains(days) {
        closed.push(days.clone());
    }
}
