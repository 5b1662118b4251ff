//! Wishes about the whole, applied when everything that the text keeps is there.

use super::super::access;
use super::super::draft::Draft;
use super::super::field::{Item, Joint, wanted};
use super::super::noun::sentence_case;
use super::super::patterns::{What, Wish, field_named};
use super::super::say::Say;
use super::super::unit::{Unit, written};
use crate::ident::unique;
use crate::spec::{Alert, Entity, Field, FieldKind, OWNER, Order, Page, PageKind, Rule, Step, Total, When, Who, Whose};

/// Applies what was remembered; views wait for the usual pages.
pub(super) fn apply(draft: &mut Draft) {
    let (views, others): (Vec<Wish>, Vec<Wish>) =
        std::mem::take(&mut draft.wishes).into_iter().partition(|wish| matches!(wish.what, What::View(_)));
    draft.wishes = views;
    for wish in others {
        let done = match &wish.what {
            What::Order { descending } => order(draft, &wish, *descending),
            What::Days { days } => days_alert(draft, &wish, *days),
            What::Limit { value, above } => limit_alert(draft, &wish, value, *above),
            What::SeenBy => seen_by(draft, &wish),
            What::AtMost { most } => at_most(draft, &wish, *most),
            What::Fixed => fixed(draft, &wish),
            What::Counted => counted(draft, &wish),
            What::View(_) => None,
        };
        if done.is_none() {
            draft.missed(Say::NotUnderstood, &[&wish.quote]);
        }
    }
}

/// Makes the pages that were wished for.
pub(super) fn views(draft: &mut Draft) {
    for wish in std::mem::take(&mut draft.wishes) {
        let What::View(kind) = wish.what else { continue };
        if view(draft, &wish, kind).is_none() {
            draft.missed(Say::NotUnderstood, &[&wish.quote]);
        }
    }
}

fn shown(entity: &Entity) -> impl Iterator<Item = &Field> {
    entity.fields.iter().filter(|field| !field.archived)
}

/// The entity that the words name, else the one of which was spoken, else the first that passes.
fn entity_of(draft: &Draft, wish: &Wish, fits: impl Fn(&Entity) -> bool) -> Option<String> {
    let named = wish.words.iter().filter(|unit| unit.is_content()).find_map(|unit| {
        draft.find_units(std::slice::from_ref(unit)).filter(|id| draft.spec.entity(id).is_some_and(&fits))
    });
    let spoken = || wish.focus.clone().filter(|id| draft.spec.entity(id).is_some_and(&fits));
    let first = || draft.spec.entities.iter().find(|entity| !entity.archived && fits(entity)).map(|one| one.id.clone());
    named.or_else(spoken).or_else(first)
}

/// The field that the words name and that fits.
fn field_of(draft: &Draft, wish: &Wish, fits: impl Fn(&FieldKind) -> bool) -> Option<(String, String)> {
    let named = field_named(draft, &wish.words).filter(|(entity, field)| {
        draft.spec.entity(entity).and_then(|entity| entity.field(field)).is_some_and(|field| fits(&field.kind))
    });
    named.or_else(|| {
        wish.words.iter().filter_map(Unit::field).find_map(|concept| {
            draft.spec.entities.iter().filter(|entity| !entity.archived).find_map(|entity| {
                let field = draft.field_of_concept(&entity.id, concept)?;
                fits(&entity.field(&field)?.kind).then(|| (entity.id.clone(), field))
            })
        })
    })
}

fn is_day(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Date | FieldKind::DateTime)
}

fn is_number(kind: &FieldKind) -> bool {
    use FieldKind::*;
    matches!(kind, Integer { .. } | Money { .. } | Quantity { .. } | Percentage | Rating { .. } | Duration)
}

fn is_choice(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Choice { .. })
}

fn order(draft: &mut Draft, wish: &Wish, descending: bool) -> Option<()> {
    let sortable = |kind: &FieldKind| is_day(kind) || is_number(kind) || is_choice(kind) || *kind == FieldKind::Text;
    let (id, field) = match field_of(draft, wish, sortable) {
        Some(found) => found,
        // "newest first": when it was made.
        None if descending => (entity_of(draft, wish, |_| true)?, "createdAt".to_owned()),
        None => return None,
    };
    let label = draft.field_label(&id, &field);
    let many = draft.many(&id);
    let entity = draft.spec.entity_mut(&id)?;
    entity.order.retain(|order| order.field != field && order.field != "createdAt");
    entity.order.insert(0, Order { field: field.clone(), descending });
    if field != "createdAt" {
        entity.order.push(Order { field: "createdAt".into(), descending: false });
    }
    draft.understood(
        Say::Ordered,
        &[&many, if label.is_empty() { &wish.quote } else { &label }],
        &format!("entities/{id}"),
    );
    Some(())
}

fn days_alert(draft: &mut Draft, wish: &Wish, days: i32) -> Option<()> {
    let (entity, when) = match field_of(draft, wish, is_day) {
        Some((entity, field)) => (entity, When::Days { field, days }),
        None => since(draft, wish, days).or_else(|| {
            let (entity, field) = hinted_day(draft, wish).or_else(|| awaited(draft, wish))?;
            Some((entity, When::Days { field, days }))
        })?,
    };
    alert(draft, wish, entity, when)
}

/// "before the fee runs out", of "fee paid until": a day whose name shares a word, else the only day there is.
fn hinted_day(draft: &Draft, wish: &Wish) -> Option<(String, String)> {
    let days = || {
        let kept = draft.spec.entities.iter().filter(|entity| !entity.archived);
        kept.flat_map(|entity| shown(entity).filter(|field| is_day(&field.kind)).map(move |field| (entity, field)))
    };
    let said: Vec<String> =
        wish.words.iter().filter(|unit| unit.is_content()).map(|unit| draft.language.stem(&unit.norm)).collect();
    let shares = |label: &str| {
        let label = super::super::text::fold(label);
        label.split_whitespace().any(|word| said.contains(&draft.language.stem(word)))
    };
    let named = days().find(|(_, field)| shares(&field.label));
    let only = || Some(days().next()?).filter(|_| days().count() == 1);
    named.or_else(only).map(|(entity, field)| (entity.id.clone(), field.id.clone()))
}

/// "remind me before the next dose", where no day is kept: then that is one.
fn awaited(draft: &mut Draft, wish: &Wish) -> Option<(String, String)> {
    let before = wish.words.iter().position(|unit| unit.is("before"))?;
    let words: Vec<Unit> = wish.words[before + 1..].iter().filter(|unit| !unit.is("det")).cloned().collect();
    let label = sentence_case(&written(&words));
    let id = wish.focus.clone().filter(|_| draft.creating && words.iter().any(Unit::is_content))?;
    let item = Item { units: words, inner: Vec::new(), joint: Joint::And };
    let mut want = wanted(&item, draft.language)?;
    (want.kind, want.concept, want.options, want.label) = (FieldKind::Date, None, Vec::new(), label);
    let field = draft.add_field(&id, &want)?;
    let (many, label) = (draft.many(&id), draft.field_label(&id, &field));
    draft.assumed(Say::EntityHas, &[&many, &label], Some(&format!("entities/{id}/fields/{field}")));
    Some((id, field))
}

/// "7 days after the last note": the newest row of another entity that refers to this one.
fn since(draft: &Draft, wish: &Wish, days: i32) -> Option<(String, When)> {
    let days = u32::try_from(days).ok()?;
    let of = entity_of(draft, wish, |entity| parent(entity).is_some())?;
    let (field, parent) = parent(draft.spec.entity(&of)?)?;
    Some((parent, When::Since { of, field, days }))
}

fn parent(entity: &Entity) -> Option<(String, String)> {
    shown(entity).find_map(|field| match &field.kind {
        FieldKind::Ref { entity } => Some((field.id.clone(), entity.clone())),
        _ => None,
    })
}

fn limit_alert(draft: &mut Draft, wish: &Wish, value: &str, above: bool) -> Option<()> {
    let (entity, field) = field_of(draft, wish, is_number)?;
    let kind = &draft.spec.entity(&entity)?.field(&field)?.kind;
    let scale = match kind {
        FieldKind::Quantity { .. } => 1000.0,
        FieldKind::Money { currency } => {
            10f64.powi(i32::try_from(crate::codegen::migration::minor_digits(currency)).ok()?)
        }
        _ => 1.0,
    };
    let number: f64 = value.replace(',', ".").parse().ok()?;
    #[allow(clippy::cast_possible_truncation, reason = "numbers in a text are small; larger ones saturate")]
    let value = (number * scale).round() as i64;
    let when = if above { When::Above { field, value } } else { When::Below { field, value } };
    alert(draft, wish, entity, when)
}

fn alert(draft: &mut Draft, wish: &Wish, entity: String, when: When) -> Option<()> {
    let text: String = super::super::noun::sentence_case(&wish.quote).chars().take(100).collect();
    let many = draft.many(&entity);
    let alert = Alert { entity, when, text: text.clone(), only_if: None };
    if !draft.spec.alerts.contains(&alert) {
        draft.spec.alerts.push(alert);
    }
    let about = format!("alerts/{}", draft.spec.alerts.len() - 1);
    draft.understood(Say::Alerted, &[&many, &text], &about);
    Some(())
}

/// The detail of what somebody has to do with: the phone number of a request, not of the volunteer who takes it.
fn detail_for(draft: &Draft, wish: &Wish) -> Option<(String, String)> {
    let concept = wish.words.iter().filter(|unit| unit.entity().is_none()).find_map(Unit::field)?;
    let people: Vec<String> = wish
        .words
        .iter()
        .filter_map(|unit| draft.find_units(std::slice::from_ref(unit)))
        .filter(|id| draft.is_person(id))
        .collect();
    let refers = |entity: &&Entity| {
        shown(entity).any(|field| matches!(&field.kind, FieldKind::Ref { entity } if people.contains(entity)))
    };
    draft
        .spec
        .entities
        .iter()
        .filter(|entity| !entity.archived && !people.contains(&entity.id))
        .filter(refers)
        .find_map(|entity| Some((entity.id.clone(), draft.field_of_concept(&entity.id, concept)?)))
}

fn seen_by(draft: &mut Draft, wish: &Wish) -> Option<()> {
    let (id, field) = detail_for(draft, wish).or_else(|| field_of(draft, wish, |_| true))?;
    let entity = draft.spec.entity(&id)?.clone();
    let mut who = vec![Who { role: OWNER.into(), whose: Whose::Any }];
    for role in access::viewers(draft, &wish.words, &id) {
        let through = shown(&entity).find(|field| match &field.kind {
            FieldKind::Ref { entity } => {
                draft.spec.entity(entity).is_some_and(|other| other.person.as_ref() == Some(&role))
            }
            _ => false,
        });
        let whose = through.map_or(Whose::Any, |field| Whose::Through { field: field.id.clone() });
        who.push(Who { role, whose });
    }
    if who.len() == 1 && !wish.words.iter().any(|unit| unit.is_any(&["me", "we"])) {
        return None;
    }
    // Who makes a row sees what they wrote.
    let makers = entity.access.iter().filter(|grant| grant.create && grant.role != OWNER);
    let makers: Vec<Who> = makers.map(|grant| Who { role: grant.role.clone(), whose: Whose::Theirs }).collect();
    who.extend(makers);
    who.dedup();
    let label = draft.field_label(&id, &field);
    let many = draft.many(&id);
    draft.spec.entity_mut(&id)?.field_mut(&field)?.seen_by = who;
    draft.understood(Say::SeenOnly, &[&label, &many, &wish.quote], &format!("entities/{id}/fields/{field}"));
    Some(())
}

fn at_most(draft: &mut Draft, wish: &Wish, most: u32) -> Option<()> {
    let id = limited(draft, wish)?;
    let entity = draft.spec.entity(&id)?;
    let per = shown(entity)
        .find(|field| matches!(&field.kind, FieldKind::Ref { entity } if draft.is_person(entity)))
        .map(|field| field.id.clone());
    let says = |key: &str| wish.words.iter().any(|unit| unit.is(key));
    let course = shown(entity).find_map(|field| match &field.kind {
        FieldKind::Choice { options } => Some((field, options, steps_of(draft, &id, &field.id)?)),
        _ => None,
    });
    // What is done with counts no more: a tool that was given back. A booking ends by no step, only by being cancelled.
    let ends = course.as_ref().is_some_and(|(_, _, steps)| steps.len() > 1);
    let unsaid = says("perPerson") && per.is_none() && !ends;
    // What is booked is counted until it is over.
    let until = booked_from(draft, &id).filter(|_| !ends && !says("day") && !says("week"));
    let hours = match until {
        _ if says("week") => Some(24 * 7),
        None => (says("day") || unsaid).then_some(24),
        Some(_) => None,
    };
    let open = course.map(|(field, options, steps)| {
        let goes_on = |id: &String| steps.iter().any(|step| step.from == *id);
        let all = options.iter().map(|option| option.id.clone());
        let values = if hours.is_none() && until.is_none() {
            all.filter(goes_on).collect()
        } else {
            all.take(options.len() - 1).collect()
        };
        crate::spec::Condition { field: field.id.clone(), values }
    });
    let rule = Rule::AtMost { entity: id.clone(), per, most, hours, until, only_if: open };
    // The last word counts: a higher limit beside a lower one would change nothing.
    let replaced = |other: &Rule| limits_alike(other, &rule);
    draft.spec.rules.retain(|other| !replaced(other));
    draft.held.retain(|(other, ..)| !replaced(other));
    draft.spec.rules.push(rule.clone());
    draft.held.push((rule, format!("entities/{id}"), true));
    Some(())
}

/// Where rows take up time: the field with which they begin.
fn booked_from(draft: &Draft, id: &str) -> Option<String> {
    draft.spec.rules.iter().find_map(|rule| match rule {
        Rule::NoOverlap { entity, span, .. } if entity == id => Some(span.start.clone()),
        _ => None,
    })
}

/// Whether both limit the same people in the same time.
fn limits_alike(one: &Rule, other: &Rule) -> bool {
    let about = |rule: &Rule| match rule {
        Rule::AtMost { entity, per, hours, .. } => Some((entity.clone(), per.clone(), *hours)),
        _ => None,
    };
    about(one).is_some() && about(one) == about(other)
}

/// Of what people may have only so many: what they make, and of what they take for a time, the taking.
fn limited(draft: &Draft, wish: &Wish) -> Option<String> {
    let thing = |entity: &Entity| entity.person.is_none();
    let made = |entity: &Entity| thing(entity) && entity.access.iter().any(|grant| grant.role != OWNER && grant.create);
    let id = entity_of(draft, wish, made).or_else(|| entity_of(draft, wish, thing))?;
    let takes = |other: &&Entity| {
        let timed = |rule: &Rule| matches!(rule, Rule::NoOverlap { entity, .. } if *entity == other.id);
        let points = |field: &Field| matches!(&field.kind, FieldKind::Ref { entity } if *entity == id);
        other.id != id && made(other) && draft.spec.rules.iter().any(timed) && shown(other).any(points)
    };
    let taking = draft.spec.entities.iter().find(takes).map(|other| other.id.clone());
    Some(taking.unwrap_or(id))
}

/// The steps that the options of a field are taken in.
fn steps_of<'a>(draft: &'a Draft, id: &str, choice: &str) -> Option<&'a [Step]> {
    draft.spec.rules.iter().find_map(|rule| match rule {
        Rule::Steps { entity, field, steps, .. } if entity == id && field == choice => Some(steps.as_slice()),
        _ => None,
    })
}

fn counted(draft: &mut Draft, wish: &Wish) -> Option<()> {
    let refers = |draft: &Draft, id: &str| {
        draft.spec.entities.iter().filter(|other| !other.archived && other.person.is_none()).find_map(|other| {
            let to = |field: &&Field| matches!(&field.kind, FieldKind::Ref { entity } if entity == id);
            Some((other.id.clone(), other.plural.clone(), shown(other).find(to)?.id.clone()))
        })
    };
    let id = entity_of(draft, wish, |entity| refers(draft, &entity.id).is_some())?;
    let (of, label, field) = refers(draft, &id)?;
    let many = draft.many(&id);
    let entity = draft.spec.entity_mut(&id)?;
    let taken = entity.fields.iter().map(|field| field.id.clone()).collect();
    let total = Total {
        id: crate::ident::unique_field(&format!("{of}Count"), "count", &taken),
        label,
        of,
        field,
        ..Total::default()
    };
    if entity.totals.iter().any(|other| other.of == total.of && other.sum.is_none()) {
        return None;
    }
    let (about, label) = (format!("entities/{id}/totals/{}", total.id), total.label.clone());
    entity.totals.push(total);
    draft.understood(Say::Counted, &[&many, &label], &about);
    Some(())
}

fn fixed(draft: &mut Draft, wish: &Wish) -> Option<()> {
    let named = wish
        .words
        .iter()
        .filter(|unit| unit.is_content())
        .find_map(|unit| draft.find_units(std::slice::from_ref(unit)));
    let written: Vec<String> = match named {
        Some(id) => vec![id],
        None => {
            let things = draft.spec.entities.iter().filter(|entity| !entity.archived && entity.person.is_none());
            let course = |id: &str| {
                draft.spec.rules.iter().any(|rule| matches!(rule, Rule::Steps { entity, .. } if entity == id))
            };
            things.filter(|entity| !course(&entity.id)).map(|entity| entity.id.clone()).collect()
        }
    };
    for id in &written {
        let rule = Rule::Fixed { entity: id.clone(), only_if: None, except: Vec::new(), via: None };
        if !draft.spec.rules.contains(&rule) {
            draft.spec.rules.push(rule.clone());
            draft.held.push((rule, format!("entities/{id}"), true));
        }
    }
    (!written.is_empty()).then_some(())
}

fn view(draft: &mut Draft, wish: &Wish, kind: PageKind) -> Option<()> {
    let fits: fn(&FieldKind) -> bool = match kind {
        PageKind::Board => is_choice,
        PageKind::Calendar | PageKind::Timeline => is_day,
        PageKind::Gallery => |kind| *kind == FieldKind::Picture,
        _ => |_| true,
    };
    let (entity, by) = match kind {
        PageKind::Summary => (String::new(), None),
        _ => {
            let named = field_of(draft, wish, fits);
            let (entity, field) = named.or_else(|| {
                let id = entity_of(draft, wish, |entity| shown(entity).any(|field| fits(&field.kind)))?;
                let field = shown(draft.spec.entity(&id)?).find(|field| fits(&field.kind))?.id.clone();
                Some((id, field))
            })?;
            (entity, Some(field).filter(|_| kind != PageKind::Gallery))
        }
    };
    let roles: Vec<String> = match draft.spec.entity(&entity) {
        Some(entity) => entity.access.iter().filter(|grant| grant.read.is_some()).map(|one| one.role.clone()).collect(),
        None => vec![OWNER.into()],
    };
    let label = draft.language.label(match kind {
        PageKind::Board => "boardPage",
        PageKind::Calendar => "calendarPage",
        PageKind::Gallery => "galleryPage",
        PageKind::Timeline => "timelinePage",
        _ => "summaryPage",
    });
    let there = draft.spec.pages.iter().position(|page| page.kind == kind && page.entity == entity);
    let at = there.unwrap_or_else(|| {
        let taken = draft.spec.pages.iter().map(|page| page.id.clone()).collect();
        let id = unique(&label, "page", &taken);
        draft.spec.pages.push(Page { id, title: label.clone(), kind, entity, roles, ..Page::default() });
        draft.spec.pages.len() - 1
    });
    if by.is_some() {
        draft.spec.pages[at].by = by;
    }
    let about = format!("pages/{}", draft.spec.pages[at].id);
    draft.understood(Say::ViewMade, &[&label, &wish.quote], &about);
    Some(())
}
