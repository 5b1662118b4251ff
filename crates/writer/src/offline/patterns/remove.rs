//! Removals and archiving: taken literally, with what is lost, and with archiving as the gentler way.
//!
//! Invariant: words beside the named thing narrow a removal to something it would exceed, so it is refused then; what
//! depended on a removed part (rules, conditions, references) is let go of with it.

use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::field::items;
use super::super::noun::shown;
use super::super::say::Say;
use super::super::text::{Kind, fold};
use super::super::unit::{Unit, written};
use super::edit::{command, find_field, is_mentioned, stem_of};
use crate::spec::{AppSpec, FieldKind, PageKind, Rule, Total};
use crate::understanding::{Alternative, Loss};

/// "remove the phone number from guests".
pub(crate) fn remove(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = command(clause, "remove") else { return false };
    let rest = clause.units[verb + 1..].to_vec();
    clause.take_all();
    for part in parts(draft, &rest) {
        let done = remove_option(draft, &part) || remove_entity(draft, &part) || remove_field(draft, &part);
        if !done {
            report_missing(draft, &part);
        }
    }
    true
}

/// "the phone number and the email from guests": each with the same "from".
pub(crate) fn parts(draft: &Draft, rest: &[Unit]) -> Vec<Vec<Unit>> {
    let from =
        rest.iter().position(|unit| unit.is_any(&["from", "for"]) && unit.field().is_none()).unwrap_or(rest.len());
    let list = items(&rest[..from]);
    if list.len() < 2 || draft.find_units(&rest[..from]).is_some() && from == rest.len() && list.len() < 2 {
        return vec![rest.to_vec()];
    }
    list.into_iter().map(|item| [item.units, rest[from..].to_vec()].concat()).collect()
}

pub(crate) fn report_missing(draft: &mut Draft, words: &[Unit]) {
    match find_field(draft, words, false) {
        Err(several) if several.len() > 1 => {
            let names: Vec<String> = several
                .iter()
                .map(|(entity, field)| format!("{} ({})", draft.field_label(entity, field), draft.many(entity)))
                .collect();
            draft.missed(Say::Ambiguous, &[&written(words), &names.join(", ")]);
        }
        _ => draft.missed(Say::NotFound, &[&written(words)]),
    }
}

pub(crate) fn remove_field(draft: &mut Draft, words: &[Unit]) -> bool {
    let Ok((entity, field)) = find_field(draft, words, false) else { return false };
    if leftover(draft, words, &entity, &field) {
        return false;
    }
    let (label, many) = (draft.field_label(&entity, &field), draft.many(&entity));
    let mut gentle = draft.spec.clone();
    if let Some(kept) = gentle.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)) {
        kept.archived = true;
    }
    release_field(&mut gentle, &entity, &field);
    drop_field(draft, &entity, &field);
    lose(draft, format!("entities/{entity}/fields/{field}"), format!("{label} ({many})"));
    offer(draft, Say::AlternativeArchive, &label, gentle);
    draft.understood(Say::Removed, &[&label, &many], &format!("entities/{entity}"));
    true
}

/// Words beside the field and the entity narrow it to something that a field's removal would exceed.
pub(crate) fn leftover(draft: &Draft, words: &[Unit], entity: &str, field: &str) -> bool {
    let label = draft.language.stem(&fold(&draft.field_label(entity, field)));
    words.iter().any(|unit| {
        let stem = stem_of(draft, unit);
        let in_label = label.split(' ').any(|part| stem.split(' ').any(|other| part == other));
        let is_entity = is_mentioned(draft, entity, std::slice::from_ref(unit));
        let same = unit.field().is_some_and(|concept| concept == field);
        unit.is_content()
            && !in_label
            && !is_entity
            && !same
            && !unit.is_any(&["field", "thingWord", "app"])
            && unit.kind != Kind::Number
            && unit.occasion().is_none()
    })
}

/// Takes a field out; what depends on it goes or stands alone.
pub(crate) fn drop_field(draft: &mut Draft, entity: &str, field: &str) {
    let rules = draft.spec.rules.len();
    release_field(&mut draft.spec, entity, field);
    if let Some(entity) = draft.spec.entity_mut(entity) {
        entity.fields.retain(|other| other.id != field);
    }
    if draft.spec.rules.len() < rules {
        draft.assumed(Say::AssumedRuleGone, &[], None);
    }
}

/// Rules and conditions let go of a field that is no longer shown.
pub(crate) fn release_field(spec: &mut AppSpec, entity: &str, field: &str) {
    let before = spec.clone();
    for rule in &mut spec.rules {
        if rule.entity() == entity {
            rule.release(field);
        }
        if rule.told_by(&before) == Some(entity) {
            rule.release_told(field);
        }
    }
    spec.rules.retain(|rule| !rule.uses(&before).contains(&(entity, field)));
    spec.alerts.retain(|alert| !alert.uses().contains(&(entity, field)));
    for page in spec.pages.iter_mut().filter(|page| page.entity == entity) {
        // Columns and days of nothing: the rows stand in a table.
        let gone = page.by.take_if(|by| by == field).is_some();
        if gone && matches!(page.kind, PageKind::Board | PageKind::Calendar) {
            page.kind = PageKind::Table;
        }
        page.only_if.take_if(|condition| condition.field == field);
    }
    release_totals(spec, entity, field);
    let Some(entity) = spec.entity_mut(entity) else { return };
    entity.release_field(field);
    for other in &mut entity.fields {
        if other.only_if.as_ref().is_some_and(|condition| condition.field == field) {
            other.only_if = None;
        }
    }
}

/// Totals that look at a field go, and those that sum them.
fn release_totals(spec: &mut AppSpec, entity: &str, field: &str) {
    let mut gone = vec![(entity.to_owned(), field.to_owned())];
    while let Some((of, id)) = gone.pop() {
        for other in &mut spec.entities {
            let own = other.id.clone();
            let looks = |total: &mut Total| total.uses(&own).contains(&(of.as_str(), id.as_str()));
            gone.extend(other.totals.extract_if(.., looks).map(|total| (own.clone(), total.id)));
        }
    }
}

pub(crate) fn lose(draft: &mut Draft, subject: String, label: String) {
    draft.losses.push(Loss { subject, label });
}

/// Offers the gentler spec; a second removal in the same text is archived with the first.
pub(crate) fn offer(draft: &mut Draft, phrase: Say, what: &str, gentle: AppSpec) {
    let message = draft.language.say(phrase, &[what]);
    match draft.alternatives.first_mut() {
        Some(first) => {
            first.message = format!("{} {message}", first.message);
            first.spec = merge_archived(&first.spec, &gentle);
        }
        None => draft.alternatives.push(Alternative { message, spec: gentle }),
    }
}

/// Two removals in one text: archive both.
pub(crate) fn merge_archived(first: &AppSpec, second: &AppSpec) -> AppSpec {
    let mut merged = first.clone();
    for entity in &mut merged.entities {
        let Some(other) = second.entity(&entity.id) else { continue };
        entity.archived |= other.archived;
        for field in &mut entity.fields {
            if let Some(archived) = other.field(&field.id).map(|field| field.archived) {
                field.archived |= archived;
            }
        }
    }
    merged.rules.retain(|rule| second.rules.contains(rule) || !first.rules.contains(rule));
    merged
        .pages
        .retain(|page| second.pages.iter().any(|other| other.id == page.id) || second.entity(&page.entity).is_none());
    merged
}

pub(crate) fn remove_entity(draft: &mut Draft, words: &[Unit]) -> bool {
    if words.iter().any(|unit| unit.is("from") && unit.field().is_none()) {
        return false;
    }
    let Some(id) = whole(draft, words) else { return false };
    draft.folded.push((id.clone(), written(words)));
    let (many, plural) =
        (draft.many(&id), draft.spec.entity(&id).map(|entity| entity.plural.clone()).unwrap_or_default());
    let mut gentle = draft.spec.clone();
    archive_entity(&mut gentle, &id);
    let pointing: Vec<(String, String, String)> = pointing_to(&draft.spec, &id);
    for (entity, field, label) in pointing {
        let owner = draft.many(&entity);
        drop_field(draft, &entity, &field);
        lose(draft, format!("entities/{entity}/fields/{field}"), format!("{label} ({owner})"));
    }
    let before = draft.spec.clone();
    draft.spec.rules.retain(|rule| !names_entity(&before, rule, &id));
    draft.spec.pages.retain(|page| page.entity != id);
    drop_role_of(&mut draft.spec, &id);
    draft.spec.entities.retain(|entity| entity.id != id);
    lose(draft, format!("entities/{id}"), plural.clone());
    offer(draft, Say::AlternativeArchive, &plural, gentle);
    draft.understood(Say::RemovedEntity, &[&many], "entities");
    true
}

/// Without their entity nobody has the role of its people any more.
pub(crate) fn drop_role_of(spec: &mut AppSpec, id: &str) {
    let Some(role) = spec.entity(id).and_then(|entity| entity.person.clone()) else { return };
    if spec.entities.iter().any(|other| other.id != id && other.person.as_ref() == Some(&role)) {
        return;
    }
    spec.release_role(&role);
}

pub(crate) fn names_entity(spec: &AppSpec, rule: &Rule, id: &str) -> bool {
    rule.entity() == id || rule.uses(spec).iter().any(|(entity, _)| *entity == id)
}

pub(crate) fn pointing_to(spec: &AppSpec, id: &str) -> Vec<(String, String, String)> {
    let points = |kind: &FieldKind| matches!(kind, FieldKind::Ref { entity } if entity == id);
    spec.entities
        .iter()
        .filter(|entity| entity.id != id)
        .flat_map(|entity| {
            entity
                .fields
                .iter()
                .filter(|field| points(&field.kind))
                .map(|field| (entity.id.clone(), field.id.clone(), field.label.clone()))
        })
        .collect()
}

/// The thing that words name, and nothing less: "the notes", "the notes table".
fn whole(draft: &Draft, words: &[Unit]) -> Option<String> {
    let named = |words: &[Unit]| draft.find_units(words).filter(|id| only_names(draft, id, words));
    named(words).or_else(|| {
        let other: Vec<Unit> = words.iter().filter(|unit| unit.entity() != Some("table")).cloned().collect();
        named(&other).filter(|_| other.len() < words.len())
    })
}

/// "lost deals older than a year" is not "deals".
pub(crate) fn only_names(draft: &Draft, id: &str, words: &[Unit]) -> bool {
    let Some(entity) = draft.spec.entity(id) else { return false };
    let known = draft.language.stem(&format!("{} {}", fold(&entity.label), fold(&entity.plural)));
    words.iter().filter(|unit| unit.is_content()).all(|unit| {
        let container = unit.is_any(&["app", "field", "thingWord"]) && unit.entity().is_none();
        container
            || unit.occasion().is_some()
            || unit.entity().is_some() && unit.entity() == draft.known(id).concept
            || stem_of(draft, unit).split(' ').all(|part| known.split(' ').any(|other| other == part))
    }) && !words.iter().any(|unit| unit.kind == Kind::Number)
}

pub(crate) fn archive_entity(spec: &mut AppSpec, id: &str) {
    if let Some(entity) = spec.entity_mut(id) {
        entity.archived = true;
    }
    let before = spec.clone();
    spec.rules.retain(|rule| !names_entity(&before, rule, id));
    spec.pages.retain(|page| page.entity != id);
    for (entity, field, _) in pointing_to(spec, id) {
        if let Some(field) = spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)) {
            field.archived = true;
        }
    }
}

/// "remove fish from the meals".
pub(crate) fn remove_option(draft: &mut Draft, words: &[Unit]) -> bool {
    let Some(first) = words.iter().find(|unit| unit.is_content()) else { return false };
    let option = fold(&shown(first));
    let named = find_field(draft, words, false).ok();
    let beside: Vec<Unit> = words.iter().filter(|unit| *unit != first && !unit.is("choiceNoun")).cloned().collect();
    if beside.iter().any(Unit::is_content)
        && named.as_ref().is_none_or(|(entity, field)| leftover(draft, &beside, entity, field))
    {
        return false;
    }
    let found =
        draft.spec.entities.iter().flat_map(|entity| entity.fields.iter().map(move |field| (entity, field))).find_map(
            |(entity, field)| match &field.kind {
                FieldKind::Choice { options } if options.len() > 2 => {
                    let fits = named.as_ref().is_none_or(|(at, id)| *at == entity.id && *id == field.id);
                    options
                        .iter()
                        .find(|other| fits && fold(&other.label) == option)
                        .map(|other| (entity.id.clone(), field.id.clone(), other.clone()))
                }
                _ => None,
            },
        );
    let Some((entity, field, gone)) = found else { return false };
    if let Some(FieldKind::Choice { options }) =
        draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)).map(|field| &mut field.kind)
    {
        options.retain(|other| other.id != gone.id);
    }
    let label = draft.field_label(&entity, &field);
    lose(draft, format!("entities/{entity}/fields/{field}"), format!("{} ({label})", gone.label));
    draft.understood(Say::Removed, &[&gone.label, &label], &format!("entities/{entity}/fields/{field}"));
    true
}
