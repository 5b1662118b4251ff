//! Who is booked is away at times: a row says who, from when and until when, and nothing is booked meanwhile.

use super::super::access;
use super::super::draft::Draft;
use super::super::lexicon::Shape;
use super::super::noun::shape;
use super::super::say::Say;
use super::super::unit::Unit;
use super::Part;
use crate::spec::{Field, FieldKind, Grant, OWNER, Order, Rule, Scope, Span};

/// Adds the absences, their rule, and who enters and sees them.
pub(super) fn apply(draft: &mut Draft, part: &Part) {
    let Some((booking, span, field, host)) = booked(draft, &part.units) else {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    };
    let there = draft.spec.rules.iter().find_map(|rule| match rule {
        Rule::Away { entity, absence, .. } if *entity == booking => Some(absence.clone()),
        _ => None,
    });
    if let Some(absence) = there {
        let many = draft.many(&absence);
        return draft.understood(Say::EntityKept, &[&many], &format!("entities/{absence}"));
    }
    let Some(absence) = draft.by_concept("absence") else { return };
    let label = draft.spec.entity(&host).map(|host| host.label.clone()).unwrap_or_default();
    let kind = FieldKind::Ref { entity: host.clone() };
    let own = Field { id: host.clone(), label, kind, ..Field::default() };
    let day = |key: &str, required: bool| {
        let (id, label) = (if key == "from" { "from1" } else { key }.to_owned(), draft.language.label(key));
        Field { id, label, kind: FieldKind::Date, required, ..Field::default() }
    };
    let fields = vec![own, day("from", true), day("until", false)];
    let (of, first, last) = (host.clone(), fields[1].id.clone(), fields[2].id.clone());
    if let Some(entity) = draft.spec.entity_mut(&absence) {
        entity.order = vec![Order { field: first.clone(), descending: false }];
        entity.fields = fields;
    }
    draft.note(&absence).bare = false;
    draft.note(&absence).nameless = true;
    let ordered = Rule::Ordered { entity: absence.clone(), first: first.clone(), then: last.clone() };
    let away = Rule::Away { entity: booking.clone(), span, field, absence: absence.clone(), of, first, last };
    for rule in [away, ordered] {
        let about = format!("entities/{}", rule.entity());
        draft.spec.rules.push(rule.clone());
        draft.held.push((rule, about, true));
    }
    let many = draft.many(&absence);
    draft.understood(Say::EntityKept, &[&many], &format!("entities/{absence}"));
    enterers(draft, &absence, &host, part);
    seers(draft, &absence, &booking);
}

/// What is booked, when, and the reference to what may be away: the one that is named, or by which bookings are told
/// apart.
fn booked(draft: &Draft, words: &[Unit]) -> Option<(String, Span, String, String)> {
    let named: Vec<String> = words
        .split(|unit| !unit.is_content())
        .filter(|run| !run.is_empty())
        .filter_map(|run| draft.find_units(run))
        .collect();
    let rule = draft.spec.rules.iter().find_map(|rule| match rule {
        Rule::NoOverlap { entity, span, per, .. } => Some((entity, span, per)),
        _ => None,
    });
    let (entity, span, per) = rule?;
    let refers = |field: &Field| match &field.kind {
        FieldKind::Ref { entity } if !field.archived => Some((field.id.clone(), entity.clone())),
        _ => None,
    };
    let all: Vec<(String, String)> = draft.spec.entity(entity)?.fields.iter().filter_map(refers).collect();
    let by_name = all.iter().find(|(_, host)| named.contains(host));
    let (field, host) = by_name.or_else(|| all.iter().find(|(field, _)| per.contains(field)))?;
    Some((entity.clone(), span.clone(), field.clone(), host.clone()))
}

/// People who are booked enter their own absences, where it was said of them.
fn enterers(draft: &mut Draft, absence: &str, host: &str, part: &Part) {
    let person = shape(draft.known(host).concept) == Some(Shape::Person)
        || draft.spec.entity(host).is_some_and(|host| host.person.is_some());
    let told = part.units.iter().any(|unit| draft.find_units(std::slice::from_ref(unit)).as_deref() == Some(host));
    let Some(role) = (person && told).then(|| access::person_role(draft, host)).flatten() else { return };
    let own = Some(Scope::Own);
    let grant = Grant { read: Some(Scope::All), create: true, update: own, delete: own, ..access::none(&role) };
    if let Some(entity) = draft.spec.entity_mut(absence) {
        entity.access.push(grant);
    }
    let fields = draft.spec.entity_mut(absence).into_iter().flat_map(|entity| &mut entity.fields);
    fields.for_each(|field| field.by_member = true);
}

/// Who books sees when nobody is there.
fn seers(draft: &mut Draft, absence: &str, booking: &str) {
    let books = |grant: &&Grant| grant.create && grant.role != OWNER;
    let roles: Vec<String> = draft
        .spec
        .entity(booking)
        .map(|booking| booking.access.iter().filter(books).map(|grant| grant.role.clone()).collect())
        .unwrap_or_default();
    let Some(entity) = draft.spec.entity_mut(absence) else { return };
    for role in roles {
        if entity.grant(&role).is_none() {
            entity.access.push(Grant { read: Some(Scope::All), ..access::none(&role) });
        }
    }
}
