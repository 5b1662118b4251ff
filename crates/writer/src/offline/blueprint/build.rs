//! Composing: the slots of each blueprint are bound to what the text named, and what the blueprint knows is added.
//!
//! Invariant: nothing that the text said is overridden; each thing added is said, as understood where a clause asked
//! for it and as assumed otherwise.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use toml::Value;

use super::super::access::person_role;
use super::super::draft::Draft;
use super::super::lexicon::Shape;
use super::super::noun::{listed, shape};
use super::super::say::Say;
use super::super::text;
use super::data::{Blueprint, Part, Slot};
use crate::ident::{unique, unique_field};
use crate::spec::{
    Alert, Choice, Field, FieldKind, Grant, Order, Page, PageKind, Rule, Step, Total, VISITOR, Who, Whose,
};

/// A blueprint's slots as far as they are bound, and the ids of their fields by the blueprint's names for them.
#[derive(Debug, Default)]
struct Bound {
    slots: BTreeMap<String, String>,
    fields: BTreeMap<(String, String), String>,
    roles: BTreeMap<String, String>,
    parts: BTreeMap<String, Option<u32>>,
    /// Slots whose people are those of another: "members sell, other members buy".
    same: BTreeMap<String, String>,
    /// The app had the blueprint before: only parts that were asked for are added.
    only_parts: bool,
}

impl Bound {
    /// Whether a part was asked for; of `-part`, that it wasn't.
    fn asks(&self, part: &str) -> bool {
        match part.strip_prefix('-') {
            Some(part) => !self.parts.contains_key(part),
            None => self.parts.contains_key(part),
        }
    }
}

/// Adds what a blueprint knows.
pub(super) fn build(draft: &mut Draft, blueprint: &Blueprint, only_parts: bool) {
    if blueprint.slot.is_empty() && blueprint.page.is_empty() {
        return;
    }
    let mut bound = bind(draft, blueprint);
    fold(draft, blueprint, &mut bound);
    bound.only_parts = only_parts;
    for slot in &blueprint.slot {
        fields(draft, slot, &mut bound);
    }
    kinds(draft, blueprint, &bound);
    for slot in &blueprint.slot {
        belongings(draft, slot, &bound);
    }
    for part in wanted(&blueprint.rule, &bound) {
        rule(draft, part, &bound);
    }
    for part in wanted(&blueprint.total, &bound) {
        total(draft, part, &bound);
    }
    for part in wanted(&blueprint.grant, &bound) {
        grant(draft, part, &bound);
    }
    for part in wanted(&blueprint.hidden, &bound) {
        hide(draft, part, &bound);
    }
    for part in wanted(&blueprint.page, &bound) {
        page(draft, blueprint, part, &bound);
    }
    for part in wanted(&blueprint.alert, &bound) {
        let named = made::<Alert>(part, &bound).map(|mut alert| {
            if let Some(label) = alert.text.strip_prefix('@') {
                alert.text = draft.language.label(label);
            }
            alert
        });
        if let Some(alert) = named.filter(|alert| !draft.spec.alerts.contains(alert)) {
            draft.spec.alerts.push(alert);
        }
    }
}

fn wanted<'p>(parts: &'p [Part], bound: &Bound) -> Vec<&'p Part> {
    let asked = |part: &&Part| part.part.as_ref().map_or(!bound.only_parts, |part| bound.parts.contains_key(part));
    parts.iter().filter(asked).collect()
}

/// Which entity plays which part: by what people do with it, by its meaning, by what it has; else it is made.
fn bind(draft: &mut Draft, blueprint: &Blueprint) -> Bound {
    let mut bound = Bound::default();
    for told in draft.told.clone().iter().filter(|told| told.blueprint == blueprint.id) {
        if let Some(part) = &told.part {
            let number = told.number.or(bound.parts.get(part).copied().flatten());
            bound.parts.insert(part.clone(), number);
        }
        for (slot, id) in told.bound.iter().filter(|(_, id)| draft.spec.entity(id).is_some()) {
            let other = bound.slots.iter().find(|(_, other)| *other == id).map(|(other, _)| other.clone());
            match other {
                Some(other) => {
                    bound.same.insert(slot.clone(), other);
                }
                None => {
                    bound.slots.entry(slot.clone()).or_insert_with(|| id.clone());
                }
            }
        }
    }
    for slot in &blueprint.slot {
        if bound.slots.contains_key(&slot.id) || slot.part.as_ref().is_some_and(|part| !bound.parts.contains_key(part))
        {
            continue;
        }
        if slot.of.as_ref().is_some_and(|of| !bound.slots.contains_key(of)) {
            continue;
        }
        let found = find(draft, blueprint, slot, &bound).or_else(|| lifted(draft, slot, &bound)).or_else(|| {
            let concept = slot.make.as_ref()?;
            let id = draft.by_concept(concept)?;
            let many = draft.many(&id);
            draft.assumed(Say::AssumedPart, &[&many], Some(&format!("entities/{id}")));
            Some(id)
        });
        bound.slots.extend(found.map(|id| (slot.id.clone(), id)));
    }
    bound
}

fn find(draft: &Draft, blueprint: &Blueprint, slot: &Slot, bound: &Bound) -> Option<String> {
    let free = |id: &str| !bound.slots.values().any(|other| other == id);
    let open = || draft.spec.entities.iter().filter(|entity| !entity.archived && free(&entity.id));
    let by_concept = slot.concepts.iter().find_map(|concept| {
        open().find(|entity| draft.known(&entity.id).concept == Some(concept.as_str())).map(|entity| entity.id.clone())
    });
    let has = |field: &String, id: &str| draft.field_of_concept(id, field).is_some();
    by_concept.or_else(|| {
        let fits = |id: &str| !slot.has.is_empty() && slot.has.iter().any(|field| has(field, id));
        let person = slot.person.is_some();
        let money = |id: &str| shape(draft.known(id).concept) == Some(Shape::Money);
        // What by its name is another of the blueprint's things is not this one for its fields: an order has a price.
        let other = |id: &str| draft.known(id).concept.is_some_and(|concept| blueprint.names(concept));
        let is = |id: &str| fits(id) && !money(id) && !other(id);
        open()
            .find(|entity| is(&entity.id) && (!person || draft.may_be_person(&entity.id)))
            .map(|entity| entity.id.clone())
    })
}

/// A detail of another slot becomes a thing of its own, in the person's words.
fn lifted(draft: &mut Draft, slot: &Slot, bound: &Bound) -> Option<String> {
    let (from, concept) = slot.lift.as_ref()?.split_once('.')?;
    let parent = bound.slots.get(from).filter(|id| draft.known(id).new)?.clone();
    let field = draft.field_of_concept(&parent, concept)?;
    let label = draft.field_label(&parent, &field);
    draft.spec.entity_mut(&parent)?.fields.retain(|other| other.id != field);
    let id = draft.by_concept(slot.concepts.first()?)?;
    draft.spec.entity_mut(&id)?.plural.clone_from(&label);
    draft.understood(Say::EntityKept, &[&label], &format!("entities/{id}"));
    Some(id)
}

/// People who come by themselves have no list of their own: what is asked of them stands with each of their rows.
fn fold(draft: &mut Draft, blueprint: &Blueprint, bound: &mut Bound) {
    for slot in &blueprint.slot {
        let Some(id) = bound.slots.get(&slot.id).cloned() else { continue };
        // "Make reservations or purchases": what stands where people stand may be a thing.
        if slot.person.is_some() && !draft.may_be_person(&id) {
            bound.slots.remove(&slot.id);
            continue;
        }
        match (&slot.person, slot.fold.as_ref().and_then(|into| bound.slots.get(into)).cloned()) {
            (Some(person), Some(into)) if person == VISITOR && draft.known(&id).new => {
                let asked = draft.spec.entity(&id).map(|entity| entity.fields.clone()).unwrap_or_default();
                let label = draft.many(&id);
                let target = draft.many(&into);
                if let Some(entity) = draft.spec.entity_mut(&into) {
                    for field in asked {
                        if entity.field(&field.id).is_none() {
                            entity.fields.push(field);
                        }
                    }
                }
                draft.spec.entities.retain(|entity| entity.id != id);
                moved(draft, &id, &into);
                draft.folded.push((id.clone(), label.clone()));
                draft.assumed(Say::AssumedFolded, &[&label, &target], Some(&format!("entities/{into}")));
                bound.slots.remove(&slot.id);
                bound.roles.insert(slot.id.clone(), VISITOR.to_owned());
            }
            (Some(_), _) => {
                let role = person_role(draft, &id);
                bound.roles.extend(role.map(|role| (slot.id.clone(), role)));
            }
            (None, _) => {}
        }
    }
    if super::super::patterns::is_site(draft) {
        bound.roles.insert("users".into(), VISITOR.to_owned());
    }
    // Where no such people are named, it is whoever opens the page.
    for slot in blueprint.slot.iter().filter(|slot| slot.person.as_deref() == Some(VISITOR)) {
        let same = bound.same.get(&slot.id).and_then(|other| bound.roles.get(other)).cloned();
        if let Some(role) = same.filter(|_| !bound.slots.contains_key(&slot.id)) {
            bound.roles.insert(slot.id.clone(), role);
        }
        bound.roles.entry(slot.id.clone()).or_insert_with(|| VISITOR.to_owned());
    }
}

/// What was said about one thing is about another now.
fn moved(draft: &mut Draft, from: &str, to: &str) {
    let (old, new) = (format!("entities/{from}/"), format!("entities/{to}/"));
    for statement in draft.out.understood.iter_mut().chain(&mut draft.out.assumed) {
        if let Some(about) = statement.about.as_mut().filter(|about| about.starts_with(&old)) {
            *about = about.replacen(&old, &new, 1);
        }
    }
}

/// The slot's fields that are not there yet.
fn fields(draft: &mut Draft, slot: &Slot, bound: &mut Bound) {
    let Some(id) = bound.slots.get(&slot.id).cloned() else { return };
    let mut added: Vec<String> = Vec::new();
    for written in &slot.fields {
        let written = match written.split_once('?') {
            Some((part, _)) if !bound.asks(part) => continue,
            Some((_, written)) => written,
            None => written,
        };
        let (written, required) = written.strip_suffix('!').map_or((written, false), |one| (one, true));
        let before = draft.spec.entity(&id).map_or(0, |entity| entity.fields.len());
        let (name, field) = match (written.split_once("->"), written.split_once(':')) {
            (Some((name, target)), _) => (name, reference(draft, &id, (name, target), required, bound)),
            (_, Some((name, options))) => (name, choice(draft, &id, name, options)),
            _ if written.starts_with('~') => (&written[1..], draft.field_of_concept(&id, &written[1..])),
            _ if names_rows(written) && draft.names_its_rows(&id) => continue,
            _ => {
                let name = written.split('|').next().unwrap_or(written);
                let there = written.split('|').find_map(|concept| draft.field_of_concept(&id, concept));
                (name, there.or_else(|| draft.add_concept(&id, name, required)))
            }
        };
        let Some(field) = field else { continue };
        if draft.spec.entity(&id).map_or(0, |entity| entity.fields.len()) > before {
            added.push(draft.field_label(&id, &field));
        }
        bound.fields.insert((slot.id.clone(), name.to_owned()), field);
    }
    if slot.nameless && draft.spec.entity(&id).is_some_and(|entity| !entity.fields.is_empty()) {
        draft.note(&id).nameless = true;
    }
    for concept in &slot.instead_of {
        let Some(field) = draft.field_of_concept(&id, concept).filter(|_| draft.known(&id).new) else { continue };
        if let Some(entity) = draft.spec.entity_mut(&id).filter(|entity| entity.fields.len() > 1) {
            entity.fields.retain(|other| other.id != field);
        }
    }
    if !added.is_empty() {
        draft.note(&id).bare = false;
        let refers = |field: &Field| field.required && matches!(field.kind, FieldKind::Ref { .. });
        let named = |field: &Field| field.required && field.kind == FieldKind::Text;
        let fields = draft.spec.entity(&id).map(|entity| entity.fields.clone()).unwrap_or_default();
        draft.note(&id).nameless = fields.iter().any(refers) && !fields.iter().any(named);
        let and = draft.language.say(Say::And, &[]);
        let many = draft.many(&id);
        draft.assumed(Say::AssumedFieldsToo, &[&many, &listed(&added, &and)], Some(&format!("entities/{id}")));
    }
}

/// Whether a field of this meaning says what a row is called.
fn names_rows(concept: &str) -> bool {
    super::super::lexicon::lexicon().concepts.field.get(concept).is_some_and(|field| field.title)
}

fn reference(
    draft: &mut Draft,
    id: &str,
    (name, target): (&str, &str),
    required: bool,
    bound: &Bound,
) -> Option<String> {
    let target = bound.slots.get(target)?.clone();
    let points = |field: &&Field| matches!(&field.kind, FieldKind::Ref { entity } if *entity == target);
    let there = draft.spec.entity(id)?.fields.iter().find(points).map(|field| field.id.clone());
    if there.is_some() {
        return there;
    }
    // A plain text of the same name was meant as the reference.
    let label = match draft.language.has_label(name) {
        true => draft.language.label(name),
        false => draft.spec.entity(&target)?.label.clone(),
    };
    let same = |field: &&Field| field.kind == FieldKind::Text && (field.id == target || field.label == label);
    let plain = draft.spec.entity(id)?.fields.iter().find(same).map(|field| field.id.clone());
    if let Some(field) = plain.filter(|_| draft.known(id).new) {
        draft.spec.entity_mut(id)?.field_mut(&field)?.kind = FieldKind::Ref { entity: target };
        return Some(field);
    }
    let taken = draft.spec.entity(id)?.fields.iter().map(|field| field.id.clone()).collect();
    let words = if draft.language.has_label(name) { name } else { &target };
    let field = unique_field(words, "of", &taken);
    let kind = FieldKind::Ref { entity: target };
    draft.spec.entity_mut(id)?.fields.push(Field { id: field.clone(), label, kind, required, ..Field::default() });
    Some(field)
}

/// The choice that the text described with the same options, which then go by their usual ids.
fn chosen(draft: &mut Draft, id: &str, options: &str) -> Option<String> {
    let wanted: Vec<(&str, String)> =
        options.split(',').map(|option| (option, text::fold(&draft.language.option(option)))).collect();
    let new = draft.known(id).new;
    let fields = draft.spec.entity_mut(id).filter(|_| new)?.fields.iter_mut();
    fields.filter(|field| !field.archived).find_map(|field| {
        let FieldKind::Choice { options } = &mut field.kind else { return None };
        let same = |option: &Choice, (_, label): &&(&str, String)| text::fold(&option.label) == *label;
        if !wanted.iter().all(|want| options.iter().any(|option| same(option, &want))) {
            return None;
        }
        for option in options {
            let want = wanted.iter().find(|want| same(option, want));
            want.iter().for_each(|(id, _)| (*id).clone_into(&mut option.id));
        }
        Some(field.id.clone())
    })
}

fn choice(draft: &mut Draft, id: &str, name: &str, options: &str) -> Option<String> {
    if let Some(field) = draft.field_of_concept(id, name) {
        return Some(field);
    }
    if let Some(field) = chosen(draft, id, options) {
        return Some(field);
    }
    let options: Vec<Choice> = options
        .split(',')
        .map(|option| Choice { id: option.to_owned(), label: draft.language.option(option) })
        .collect();
    let taken = draft.spec.entity(id)?.fields.iter().map(|field| field.id.clone()).collect();
    let field = unique_field(name, "state", &taken);
    let label = draft.language.label(name);
    let kind = FieldKind::Choice { options };
    draft.spec.entity_mut(id)?.fields.push(Field { id: field.clone(), label, kind, ..Field::default() });
    Some(field)
}

/// The kinds of a slot that a clause listed become a choice.
fn kinds(draft: &mut Draft, blueprint: &Blueprint, bound: &Bound) {
    let told: Vec<(String, Vec<String>)> = draft
        .told
        .iter()
        .filter(|told| told.blueprint == blueprint.id)
        .filter_map(|told| told.options.clone())
        .collect();
    for (slot, labels) in told {
        let Some(id) = bound.slots.get(&slot).cloned() else { continue };
        let taken = draft
            .spec
            .entity(&id)
            .map(|entity| entity.fields.iter().map(|field| field.id.clone()).collect())
            .unwrap_or_default();
        let label = draft.language.label("category");
        let field = unique_field("category", "kind", &taken);
        let options = super::super::draft::options(&labels);
        if let Some(entity) = draft.spec.entity_mut(&id) {
            entity.fields.push(Field {
                id: field.clone(),
                label: label.clone(),
                kind: FieldKind::Choice { options },
                ..Field::default()
            });
        }
        let (many, and) = (draft.many(&id), draft.language.say(Say::Or, &[]));
        draft.understood(
            Say::EntityHas,
            &[&many, &format!("{label} ({})", listed(&labels, &and))],
            &format!("entities/{id}/fields/{field}"),
        );
    }
}

/// Whose a row is besides, and in which order rows stand.
fn belongings(draft: &mut Draft, slot: &Slot, bound: &Bound) {
    let Some(id) = bound.slots.get(&slot.id) else { return };
    let field = |name: &str| bound.fields.get(&(slot.id.clone(), name.to_owned())).cloned();
    let through: Vec<String> = slot.owned_through.iter().filter_map(|name| field(name)).collect();
    let order = slot.order.iter().filter_map(|name| {
        let (name, descending) = name.strip_prefix('-').map_or((name.as_str(), false), |name| (name, true));
        let field = if name == "createdAt" { Some(name.to_owned()) } else { field(name) };
        field.map(|field| Order { field, descending })
    });
    let order: Vec<Order> = order.collect();
    let Some(entity) = draft.spec.entity_mut(id) else { return };
    for field in through {
        if !entity.owned_through.contains(&field) {
            entity.owned_through.push(field);
        }
    }
    if entity.order.is_empty() {
        entity.order = order;
    }
}

/// A template with its names filled in; `None` where it speaks of a slot or field that is not there.
fn made<T: DeserializeOwned>(part: &Part, bound: &Bound) -> Option<T> {
    let number = part.part.as_ref().and_then(|part| bound.parts.get(part).copied().flatten());
    let mut table = toml::Table::new();
    for (key, value) in &part.template {
        table.insert(key.clone(), filled(value, bound, number)?);
    }
    Value::Table(table).try_into().ok()
}

fn filled(value: &Value, bound: &Bound, number: Option<u32>) -> Option<Value> {
    Some(match value {
        Value::String(text) if text == "#" => Value::Integer(i64::from(number?)),
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => Value::String(resolved(name, bound)?),
            None => value.clone(),
        },
        // What a list names and is not there is left out of it.
        Value::Array(items) => Value::Array(items.iter().filter_map(|item| filled(item, bound, number)).collect()),
        Value::Table(table) => {
            let fields = table.iter().map(|(key, value)| Some((key.clone(), filled(value, bound, number)?)));
            Value::Table(fields.collect::<Option<toml::Table>>()?)
        }
        other => other.clone(),
    })
}

/// `slot` is an entity, `slot.field` a field, `@slot` the role of its people.
fn resolved(name: &str, bound: &Bound) -> Option<String> {
    if let Some(slot) = name.strip_prefix('@') {
        return bound.roles.get(slot).cloned();
    }
    match name.split_once('.') {
        Some((slot, field)) => bound.fields.get(&(slot.to_owned(), field.to_owned())).cloned(),
        None => bound.slots.get(name).cloned(),
    }
}

fn rule(draft: &mut Draft, part: &Part, bound: &Bound) {
    let kind = part.template.get("type").and_then(Value::as_str);
    let entity =
        part.template.get("entity").and_then(Value::as_str).and_then(|name| resolved(name.strip_prefix('$')?, bound));
    let overlaps =
        |rule: &Rule| matches!(rule, Rule::NoOverlap { entity: other, .. } if Some(other) == entity.as_ref());
    // Of what there are several, as many are out at once as there are; one is out once at a time.
    let counts = |rule: &Rule| matches!(rule, Rule::Capacity { entity: other, .. } if Some(other) == entity.as_ref());
    // A second way of the same rule serves where the first named what is not there.
    if kind == Some("noOverlap") && draft.spec.rules.iter().any(|rule| overlaps(rule) || counts(rule)) {
        return;
    }
    let shared = |rule: &Rule| matches!(rule, Rule::Shared { entity: other, .. } if Some(other) == entity.as_ref());
    if kind == Some("shared") && draft.spec.rules.iter().any(shared) {
        return;
    }
    let rule = match kind {
        Some("course") => course(draft, part, bound),
        _ => made::<Rule>(part, bound),
    };
    let Some(rule) = rule.filter(|rule| !draft.spec.rules.contains(rule)) else { return };
    // What the text made of a part may not fit, such as a length that is no duration: the rest stands without.
    if !crate::validate::fits_rule(&draft.spec, &rule) {
        if let Some(sentence) = crate::describe::rule(&draft.spec, &rule).filter(|_| part.part.is_some()) {
            draft.missed(Say::NotUnderstood, &[&sentence]);
        }
        return;
    }
    let about = format!("entities/{}", rule.entity());
    draft.spec.rules.push(rule.clone());
    match part.part {
        Some(_) => draft.held.push((rule, about, true)),
        None => draft.held.push((rule, about, false)),
    }
}

/// Steps that follow from the order of a choice's options: each leads to the next and back; the ones that end badly
/// are reached from every one before.
fn course(draft: &Draft, part: &Part, bound: &Bound) -> Option<Rule> {
    let text = |key: &str| part.template.get(key)?.as_str()?.strip_prefix('$').and_then(|name| resolved(name, bound));
    let (entity, field) = (text("entity")?, text("field")?);
    let FieldKind::Choice { options } = &draft.spec.entity(&entity)?.field(&field)?.kind else { return None };
    let ends: Vec<&Choice> = options.iter().filter(|option| draft.language.ends_badly(&option.label)).collect();
    let line: Vec<&Choice> = options.iter().filter(|option| !ends.contains(option)).collect();
    let step = |from: &Choice, to: &Choice| Step { from: from.id.clone(), to: to.id.clone(), by: Vec::new() };
    let mut steps = Vec::new();
    for pair in line.windows(2) {
        steps.push(step(pair[0], pair[1]));
        steps.push(step(pair[1], pair[0]));
    }
    for end in &ends {
        // What ended well ended: the last of the line is left only backwards.
        let open = if line.len() > 1 { &line[..line.len() - 1] } else { &line[..] };
        steps.extend(open.iter().map(|from| step(from, end)));
        steps.extend(line.first().map(|first| step(end, first)));
    }
    (!steps.is_empty()).then(|| Rule::Steps { entity, field, start: line[0].id.clone(), steps })
}

fn grant(draft: &mut Draft, part: &Part, bound: &Bound) {
    let on =
        part.template.get("on").and_then(Value::as_str).and_then(|name| resolved(name.trim_start_matches('$'), bound));
    let Some((on, grant)) = on.zip(made::<Grant>(part, bound)) else { return };
    // Who hands it in was said: nobody else does.
    if grant.role == VISITOR && draft.said.contains(&super::sent(&on)) {
        return;
    }
    if grant.create {
        draft.said.insert(format!("adds {on}"));
    }
    let Some(entity) = draft.spec.entity_mut(&on) else { return };
    match entity.access.iter_mut().find(|other| other.role == grant.role) {
        // What another blueprint closed stays closed; what it let people do, they still may.
        Some(other) => {
            *other = Grant {
                read_if: other.read_if.take().or_else(|| grant.read_if.clone()),
                create: grant.create || other.create,
                update: grant.update.or(other.update),
                delete: grant.delete.or(other.delete),
                ..grant
            }
        }
        None => entity.access.push(grant),
    }
}

/// A number shown with each row, under a label of the language.
fn total(draft: &mut Draft, part: &Part, bound: &Bound) {
    let on = part.template.get("on").and_then(Value::as_str).and_then(|name| resolved(name.strip_prefix('$')?, bound));
    let Some((on, mut total)) = on.zip(made::<Total>(part, bound)) else { return };
    total.label = draft.language.label(&total.label);
    if let Some(entity) = draft.spec.entity_mut(&on)
        && entity.field(&total.id).is_none()
        && !entity.totals.iter().any(|other| other.id == total.id)
    {
        let label = total.label.clone();
        entity.totals.push(total);
        let many = draft.many(&on);
        draft.assumed(Say::AssumedFieldsToo, &[&many, &label], Some(&format!("entities/{on}")));
    }
}

fn hide(draft: &mut Draft, part: &Part, bound: &Bound) {
    #[derive(serde::Deserialize)]
    struct Hidden {
        on: String,
        field: String,
        roles: Vec<String>,
    }
    let Some(hidden) = made::<Hidden>(part, bound) else { return };
    let who = hidden.roles.into_iter().map(|role| Who { role, whose: Whose::Any });
    let field = draft.spec.entity_mut(&hidden.on).and_then(|entity| entity.field_mut(&hidden.field));
    if let Some(field) = field.filter(|field| field.seen_by.is_empty()) {
        field.seen_by = who.collect();
    }
}

fn page(draft: &mut Draft, blueprint: &Blueprint, part: &Part, bound: &Bound) {
    let mut part = Part { part: part.part.clone(), template: part.template.clone() };
    let name = part.template.remove("title").and_then(|title| title.as_str().map(str::to_owned)).unwrap_or_default();
    let entity = part.template.get("entity").and_then(Value::as_str).and_then(|name| name.strip_prefix('$'));
    let label = match entity.and_then(|name| bound.slots.get(name)) {
        Some(id) if name.is_empty() => draft.spec.entity(id).map(|entity| entity.plural.clone()).unwrap_or_default(),
        _ => draft.language.label(&name),
    };
    let words = if name.is_empty() { label.clone() } else { name };
    let taken = draft.spec.pages.iter().map(|page| page.id.clone()).collect();
    part.template.insert("id".into(), Value::String(unique(&words, "page", &taken)));
    part.template.insert("title".into(), Value::String(label));
    part.template.entry("entity".into()).or_insert_with(|| Value::String(String::new()));
    let told = || draft.told.iter().filter(|told| told.blueprint == blueprint.id);
    let worded = told().filter(|told| !told.text.is_empty());
    let text = worded.map(|told| told.text.clone()).collect::<Vec<_>>().join("\n\n");
    let quote = told().rev().find(|told| !told.quote.is_empty()).map(|told| told.quote.clone());
    let told_who =
        |page: &Page| !draft.said.contains(&super::sent(&page.entity)) || page.roles.iter().any(|role| role != VISITOR);
    let mut made = made::<Page>(&part, bound).map(|page| Page { text, ..page });
    // Two slots may be of the same people.
    if let Some(page) = &mut made {
        let mut named = BTreeSet::new();
        page.roles.retain(|role| named.insert(role.clone()));
    }
    if let Some(page) = made.filter(told_who)
        && (page.kind != PageKind::Slots
            || draft
                .spec
                .rules
                .iter()
                .any(|rule| matches!(rule, Rule::NoOverlap { entity, .. } if *entity == page.entity)))
        && !draft.spec.pages.iter().any(|other| {
            other.kind == page.kind
                && other.entity == page.entity
                && (!page.entity.is_empty() || other.title == page.title)
        })
    {
        if let Some(quote) = quote {
            draft.understood(Say::ViewMade, &[&page.title, &quote], &format!("pages/{}", page.id));
        }
        draft.spec.pages.push(page);
    }
}
