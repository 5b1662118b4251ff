//! What a text leaves open is filled in: titles, roles, references, rules, default access, pages. Each is said.
//!
//! Invariant: nothing the text says is overridden; an existing app's entities are completed only where this text
//! touched them.

mod reach;
mod wishes;

use super::access;
use super::blueprint;
use super::draft::{Draft, Focus};
use super::field::{Wanted, fields};
use super::lexicon::{Shape, lexicon};
use super::noun::{listed, sentence_case, shape};
use super::say::Say;
use super::unit::Unit;
use crate::ident::slug;
use crate::spec::{Condition, FieldKind, Rule};
use crate::understanding::{Answer, Question};

/// Completes a draft.
pub(crate) fn finish(draft: &mut Draft) {
    let text_fields = snapshot(draft);
    if draft.creating {
        blueprint::compose(draft);
    }
    super::told::bind(draft);
    blueprint::build(draft);
    super::opening::apply(draft);
    super::told::apply(draft);
    only_a_heading(draft);
    new_fields(draft);
    companions(draft);
    super::patterns::open(draft);
    super::patterns::open_site(draft);
    access::prepare(draft);
    roles(draft);
    answers(draft);
    links(draft);
    references(draft, &text_fields);
    places(draft);
    capacity(draft);
    conditions(draft);
    reach::default_access(draft);
    access::apply(draft);
    wishes::apply(draft);
    idle_roles(draft);
    one_each(draft);
    super::told::close(draft);
    reach::pages(draft);
    wishes::views(draft);
    titles(draft);
    held(draft);
    questions(draft);
    name(draft);
}

/// "Clinic: patients book …": where nouns have no plural, the opening words look like a thing that is kept. If nothing
/// more is said of it and the app keeps others, they only name the app.
fn only_a_heading(draft: &mut Draft) {
    let Some(first) = draft.spec.entities.first().filter(|_| draft.creating) else { return };
    let (id, label) = (first.id.clone(), first.plural.clone());
    let facts = draft.known(&id);
    let bare = facts.heading && facts.concept.is_none() && first.fields.is_empty() && !facts.acts && !facts.doer;
    let refers = |field: &crate::spec::Field| matches!(&field.kind, FieldKind::Ref { entity } if *entity == id);
    let pointed = draft.spec.entities.iter().any(|entity| entity.fields.iter().any(refers))
        || draft.links.iter().any(|(one, other)| *one == id || *other == id);
    let said = |words: &[Unit]| draft.find_units(words).as_ref() == Some(&id);
    let spoken_of = draft.allowances.iter().any(|allowance| said(&allowance.what) || said(&allowance.who))
        || draft.wishes.iter().any(|wish| said(&wish.words));
    let numberless = draft.language.grammar().numberless;
    if !numberless || !bare || pointed || spoken_of || draft.spec.entities.len() < 2 {
        return;
    }
    let about = format!("entities/{id}");
    draft.spec.entities.remove(0);
    draft.out.understood.retain(|statement| statement.about.as_deref() != Some(about.as_str()));
    draft.focus =
        draft.focus.take().filter(|focus| !matches!(focus, Focus::Entity(at) | Focus::Field(at, _) if *at == id));
    draft.topic.get_or_insert_with(|| label.clone());
    draft.understood(Say::Title, &[&label], "title");
}

/// A role that a sentence named but that got nothing by it (the sentence was not understood) is not kept.
fn idle_roles(draft: &mut Draft) {
    let idle: Vec<String> = draft
        .spec
        .roles
        .iter()
        .map(|role| role.id.clone())
        .filter(|role| !draft.spec.uses_role(role) && !draft.roles_before.contains(role))
        .collect();
    draft.spec.roles.retain(|role| !idle.contains(&role.id));
    let about = |role: &String| Some(format!("roles/{role}"));
    draft.out.assumed.retain(|statement| !idle.iter().any(|role| statement.about == about(role)));
    for role in &mut draft.spec.roles {
        role.invited_by.retain(|by| !idle.contains(by));
    }
}

/// Ids of the entities that are new or were completed by this text.
fn fresh(draft: &Draft) -> Vec<String> {
    draft.spec.entities.iter().filter(|entity| draft.known(&entity.id).new).map(|entity| entity.id.clone()).collect()
}

/// Plain text fields, which may turn out to name another entity.
fn snapshot(draft: &Draft) -> Vec<(String, String)> {
    let mut plain = Vec::new();
    for entity in &draft.spec.entities {
        for field in &entity.fields {
            if field.kind == FieldKind::Text && !field.archived && draft.known(&entity.id).new {
                plain.push((entity.id.clone(), field.id.clone()));
            }
        }
    }
    plain
}

/// Whether the people of this entity are usually invited to something.
pub(crate) fn is_invited(draft: &Draft, id: &str) -> bool {
    let concept = draft.known(id).concept.and_then(|concept| lexicon().concepts.entity.get(concept));
    concept.is_some_and(|concept| concept.invited) || (draft.occasion.is_some() && draft.may_be_person(id))
}

/// Default fields of entities for which none were named, and a title for those without one.
fn new_fields(draft: &mut Draft) {
    for id in fresh(draft) {
        if draft.spec.entity(&id).is_some_and(|entity| entity.fields.is_empty()) || draft.known(&id).bare {
            default_fields(draft, &id);
        }
        title(draft, &id);
    }
}

fn default_fields(draft: &mut Draft, id: &str) {
    let concept = draft.known(id).concept.and_then(|concept| lexicon().concepts.entity.get(concept));
    let wanted: Vec<String> = match concept {
        Some(concept) => concept.fields.clone(),
        None if draft.known(id).acts => vec!["name!".into(), "email".into()],
        None => vec!["name!".into(), "note".into()],
    };
    let mut added = Vec::new();
    for field in &wanted {
        let (concept, required) = field.strip_suffix('!').map_or((field.as_str(), false), |concept| (concept, true));
        added.extend(draft.add_concept(id, concept, required));
    }
    let labels: Vec<String> = added.iter().map(|field| draft.field_label(id, field)).collect();
    let and = draft.language.say(Say::And, &[]);
    let many = draft.many(id);
    draft.assumed(Say::AssumedFields, &[&many, &listed(&labels, &and)], Some(&format!("entities/{id}")));
}

/// Every entity has a required text field first among its text fields: the row's title.
fn title(draft: &mut Draft, id: &str) {
    let Some(entity) = draft.spec.entity(id).filter(|_| !draft.known(id).nameless) else { return };
    let titled = entity.fields.iter().any(|field| field.required && field.kind == FieldKind::Text && !field.archived);
    if titled {
        return;
    }
    let money = shape(draft.known(id).concept) == Some(Shape::Money);
    let long = entity
        .fields
        .iter()
        .find(|field| money && field.id == "description" && !field.archived)
        .map(|field| field.id.clone());
    let any_text = entity.fields.iter().any(|field| field.kind == FieldKind::Text && !field.archived);
    if let Some(long) = long.filter(|_| !any_text && draft.known(id).new) {
        if let Some(field) = draft.spec.entity_mut(id).and_then(|entity| entity.field_mut(&long)) {
            field.kind = FieldKind::Text;
            field.required = true;
        }
        return;
    }
    let plain = entity
        .fields
        .iter()
        .find(|field| field.kind == FieldKind::Text && !field.archived && !field.by_member && field.only_if.is_none())
        .map(|field| field.id.clone());
    let named =
        draft.is_person(id) || shape(draft.known(id).concept) == Some(Shape::Place) || draft.limit_field(id).is_some();
    match plain.filter(|_| !named) {
        Some(field) => {
            if let Some(field) = draft.spec.entity_mut(id).and_then(|entity| entity.field_mut(&field)) {
                field.required = true;
            }
            if !draft.known(id).new {
                let label = draft.field_label(id, &field);
                draft.assumed(Say::AssumedTitleMoved, &[&label], Some(&format!("entities/{id}/fields/{field}")));
            }
        }
        None => add_title(draft, id),
    }
}

fn add_title(draft: &mut Draft, id: &str) {
    let Some(field) = draft.add_concept(id, "name", true) else { return };
    if let Some(entity) = draft.spec.entity_mut(id)
        && let Some(at) = entity.fields.iter().position(|other| other.id == field)
    {
        let mut title = entity.fields.remove(at);
        title.required = true;
        entity.fields.insert(0, title);
    }
    let (many, label) = (draft.many(id), draft.field_label(id, &field));
    draft.assumed(Say::AssumedTitle, &[&many, &label], Some(&format!("entities/{id}/fields/{field}")));
}

/// Fields that name a detail of a companion field follow it: "plus one name" only with a plus one.
fn companions(draft: &mut Draft) {
    let all: Vec<(String, String)> =
        draft.facts.iter().filter_map(|(id, facts)| facts.companion.clone().map(|field| (id.clone(), field))).collect();
    for (id, companion) in all {
        let Some(entity) = draft.spec.entity_mut(&id) else { continue };
        let Some(words) = entity
            .field(&companion)
            .filter(|field| field.kind == FieldKind::YesNo)
            .map(|field| super::text::fold(&field.label))
        else {
            continue;
        };
        for field in &mut entity.fields {
            let label = super::text::fold(&field.label);
            let detail = field.id != companion
                && field.only_if.is_none()
                && (label.contains(&words) || field.id.starts_with(&companion));
            if detail {
                field.only_if = Some(Condition { field: companion.clone(), values: vec!["true".into()] });
                field.required = false;
                field.by_member = true;
            }
        }
    }
}

/// People who act, or are invited to an occasion, get a role.
fn roles(draft: &mut Draft) {
    for entity in draft.spec.entities.clone() {
        if entity.archived || entity.person.is_some() {
            continue;
        }
        let facts = draft.known(&entity.id);
        let invited = facts.new
            && facts
                .concept
                .and_then(|concept| lexicon().concepts.entity.get(concept))
                .is_some_and(|concept| concept.invited);
        // Children whom their parents sign up need no way in of their own.
        let only_people = facts.new
            && draft.occasion.is_some()
            && !draft.said.contains(&blueprint::sent(&entity.id))
            && draft.is_person(&entity.id)
            && !draft
                .spec
                .entities
                .iter()
                .any(|other| other.person.is_some() || draft.known(&other.id).acts && other.id != entity.id);
        if facts.acts || invited || only_people {
            let _ = access::person_role(draft, &entity.id);
        }
    }
    let managers: Vec<String> =
        draft.spec.roles.iter().filter(|role| access::is_manager(&role.id)).map(|role| role.id.clone()).collect();
    let people: Vec<String> = draft.spec.entities.iter().filter_map(|entity| entity.person.clone()).collect();
    for role in draft.spec.roles.iter_mut().filter(|role| people.contains(&role.id)) {
        for manager in &managers {
            if !role.invited_by.contains(manager) {
                role.invited_by.push(manager.clone());
            }
        }
    }
}

/// People with a role fill in what is theirs; invited people say whether they come.
fn answers(draft: &mut Draft) {
    for entity in draft.spec.entities.clone() {
        if entity.person.is_none() || entity.archived {
            continue;
        }
        let new = draft.known(&entity.id).new;
        if new
            && !entity.fields.iter().any(|field| field.by_member)
            && draft.attending(&entity.id).is_none()
            && blueprint::gathers(draft, &entity.id)
        {
            attend(draft, &entity.id);
        }
        for field in entity.fields.iter().filter(|field| !field.by_member && !field.archived) {
            if is_answer(field) && (new || !draft.before.contains(&(entity.id.clone(), field.id.clone()))) {
                draft.by_member(&entity.id, &field.id);
                let many = draft.many(&entity.id);
                draft.assumed(
                    Say::AssumedByMember,
                    &[&many, &field.label],
                    Some(&format!("entities/{}/fields/{}", entity.id, field.id)),
                );
            }
        }
    }
}

fn attend(draft: &mut Draft, id: &str) {
    let Some(field) = draft.add_concept(id, "attending", false) else { return };
    draft.by_member(id, &field);
    let many = draft.many(id);
    draft.assumed(Say::AssumedPerson, &[&many], Some(&format!("entities/{id}/fields/{field}")));
}

/// Known answers, and choices that the lexicon has no other use for.
fn is_answer(field: &crate::spec::Field) -> bool {
    let answers = |id: &str| lexicon().concepts.field.get(id).map(|known| known.answer);
    match answers(&field.id) {
        Some(answer) => answer,
        None => matches!(field.kind, FieldKind::Choice { .. }) || ends_in_answer(&field.id),
    }
}

/// "dietaryNote", "favouriteSong": the concept is the head of a longer label.
fn ends_in_answer(id: &str) -> bool {
    ["diet", "dietary", "allerg", "comment", "message", "meal", "song"]
        .iter()
        .any(|part| id.to_lowercase().contains(part))
}

/// "each project has tasks": a task names its project.
fn links(draft: &mut Draft) {
    for (from, to) in std::mem::take(&mut draft.links) {
        add_ref(draft, &from, &to);
    }
}

fn add_ref(draft: &mut Draft, from: &str, to: &str) -> Option<String> {
    let existing = draft
        .spec
        .entity(from)?
        .fields
        .iter()
        .find(|field| !field.archived && matches!(&field.kind, FieldKind::Ref { entity } if entity == to))
        .map(|field| field.id.clone());
    if existing.is_some() || from == to {
        return existing;
    }
    let label = draft.spec.entity(to)?.label.clone();
    let want = Wanted {
        label,
        concept: None,
        exact: false,
        kind: FieldKind::Ref { entity: to.to_owned() },
        options: Vec::new(),
        required: false,
        sure: true,
        defaulted: false,
        noun: Vec::new(),
    };
    draft.add_field(from, &want)
}

/// A plain text field named like an entity points to it.
fn references(draft: &mut Draft, plain: &[(String, String)]) {
    for (id, field) in plain {
        let label = draft.field_label(id, field);
        let words = super::unit::units(&super::text::tokens(&label), draft.language);
        let exact = words.iter().filter(|unit| unit.is_content()).count() == 1
            && words.iter().all(|unit| unit.field().is_none());
        let Some(target) = draft.find_units(&words).filter(|target| exact && target != id) else { continue };
        if let Some(field) = draft.spec.entity_mut(id).and_then(|entity| entity.field_mut(field)) {
            field.kind = FieldKind::Ref { entity: target };
            field.required = false;
        }
        title(draft, id);
    }
}

/// What people belong to or sign up for.
fn places(draft: &mut Draft) {
    for (person, words, themselves) in std::mem::take(&mut draft.places) {
        match draft.find_units(&words) {
            Some(target) if target != person => seat(draft, &person, &target, themselves),
            _ => match place_concept(draft, &words) {
                Some(target) => {
                    new_fields(draft);
                    seat(draft, &person, &target, themselves);
                }
                None => fill_in(draft, &person, &words),
            },
        }
    }
}

/// A known kind of thing that nobody described.
fn place_concept(draft: &mut Draft, words: &[Unit]) -> Option<String> {
    let named = super::noun::noun(words, draft.language)?;
    let shape = shape(named.concept)?;
    (draft.creating && matches!(shape, Shape::Place | Shape::Event)).then(|| draft.entity(words)).flatten()
}

fn seat(draft: &mut Draft, person: &str, target: &str, themselves: bool) {
    let Some(field) = add_ref(draft, person, target) else { return };
    if themselves {
        draft.by_member(person, &field);
        draft.note(person).chooses_place = true;
    }
    let (people, label) = (draft.many(person), draft.field_label(person, &field));
    let phrase = if themselves { Say::PeopleFillIn } else { Say::PeopleBelong };
    draft.understood(phrase, &[&people, &label], &format!("entities/{person}/fields/{field}"));
}

/// No such entity: the words become a field.
fn fill_in(draft: &mut Draft, person: &str, words: &[Unit]) {
    for want in fields(words, draft.language) {
        let Some(field) = draft.add_field(person, &want) else { continue };
        draft.by_member(person, &field);
        let (people, label) = (draft.many(person), draft.field_label(person, &field));
        draft.understood(Say::PeopleFillIn, &[&people, &label], &format!("entities/{person}/fields/{field}"));
    }
}

/// Where places are limited and people come, no place takes more people than it has room for.
fn capacity(draft: &mut Draft) {
    let Some(person) = draft
        .spec
        .entities
        .iter()
        .find(|entity| entity.person.is_some() && !entity.archived && draft.attending(&entity.id).is_some())
        .or_else(|| draft.spec.entities.iter().find(|entity| entity.person.is_some() && !entity.archived))
        .map(|entity| entity.id.clone())
    else {
        return;
    };
    for parent in draft.spec.entities.clone() {
        let Some(limit) = draft
            .limit_field(&parent.id)
            .filter(|_| parent.id != person && !parent.archived && !draft.is_person(&parent.id))
        else {
            continue;
        };
        let ruled = draft
            .spec
            .rules
            .iter()
            .any(|rule| matches!(rule, Rule::Capacity { parent: other, .. } if *other == parent.id));
        let touched = draft.known(&parent.id).new
            || draft.known(&person).new
            || !draft.before.contains(&(parent.id.clone(), limit.clone()));
        if !ruled && touched {
            hold_capacity(draft, &person, &parent.id, &limit);
        }
    }
    extend_capacity(draft, &person);
}

fn hold_capacity(draft: &mut Draft, person: &str, parent: &str, limit: &str) {
    let known = draft.spec.entity(person).map(|entity| entity.fields.len()).unwrap_or_default();
    let Some(field) = add_ref(draft, person, parent) else { return };
    let added = draft.spec.entity(person).is_some_and(|entity| entity.fields.len() > known);
    let (people, place) = (
        draft.many(person),
        draft.spec.entity(parent).map(|entity| draft.language.inside(&entity.label)).unwrap_or_default(),
    );
    if added {
        if shape(draft.known(parent).concept) == Some(Shape::Event) {
            draft.by_member(person, &field);
        }
        draft.assumed(Say::AssumedRef, &[&people, &place], Some(&format!("entities/{person}/fields/{field}")));
    }
    let only_if = draft.attending(person);
    draft.spec.rules.push(Rule::Capacity {
        entity: person.to_owned(),
        field,
        parent: parent.to_owned(),
        limit: limit.to_owned(),
        weight: None,
        extra: None,
        only_if,
        via: None,
    });
    let limit_label = draft.language.inside(&draft.field_label(parent, limit));
    draft.understood(Say::CapacityHeld, &[&people, &place, &limit_label], &format!("entities/{parent}/fields/{limit}"));
}

/// Somebody who comes along takes a place too.
fn extend_capacity(draft: &mut Draft, person: &str) {
    let Some(companion) = draft.known(person).companion else { return };
    let is_yes_no = draft
        .spec
        .entity(person)
        .and_then(|entity| entity.field(&companion))
        .is_some_and(|field| field.kind == FieldKind::YesNo && !field.archived);
    let mut counted = false;
    for rule in &mut draft.spec.rules {
        if let Rule::Capacity { entity, extra, .. } = rule
            && entity == person
            && extra.is_none()
            && is_yes_no
        {
            *extra = Some(Condition { field: companion.clone(), values: vec!["true".into()] });
            counted = true;
        }
    }
    if counted {
        let label = draft.field_label(person, &companion);
        draft.assumed(Say::CompanionCounts, &[&label], Some(&format!("entities/{person}/fields/{companion}")));
    }
}

/// Who doesn't come is not asked for a meal.
fn conditions(draft: &mut Draft) {
    for entity in draft.spec.entities.clone() {
        let Some(attending) = draft.attending(&entity.id).filter(|_| entity.person.is_some()) else { continue };
        for field in entity.fields {
            let asked = field.by_member && field.only_if.is_none() && field.id != attending.field && !field.archived;
            let new = !draft.before.contains(&(entity.id.clone(), field.id.clone()));
            let needs = matches!(field.id.as_str(), "meal" | "plusOne")
                || draft.known(&entity.id).companion.as_deref() == Some(field.id.as_str());
            if asked
                && new
                && needs
                && let Some(field) = draft.spec.entity_mut(&entity.id).and_then(|entity| entity.field_mut(&field.id))
            {
                field.only_if = Some(attending.clone());
            }
        }
    }
}

/// People with an answer have one row each.
fn one_each(draft: &mut Draft) {
    for entity in draft.spec.entities.clone() {
        let rule = Rule::OnePerMember { entity: entity.id.clone() };
        let touched =
            draft.known(&entity.id).new || !draft.roles_before.contains(&entity.person.clone().unwrap_or_default());
        if entity.person.is_none() || entity.archived || !touched || draft.spec.rules.contains(&rule) {
            continue;
        }
        draft.spec.rules.push(rule);
        let many = draft.many(&entity.id);
        let about = format!("entities/{}", entity.id);
        if draft.once {
            draft.understood(Say::AnswersOnce, &[&many], &about);
        } else {
            draft.assumed(Say::AnswersOnce, &[&many], Some(&about));
        }
    }
}

/// What blueprints brought is said in sentences, the same that describe the finished app.
fn held(draft: &mut Draft) {
    for (rule, about, asked) in std::mem::take(&mut draft.held) {
        let Some(sentence) = crate::describe::rule(&draft.spec, &rule) else { continue };
        match asked {
            true => draft.understood(Say::Held, &[&sentence], &about),
            false => draft.assumed(Say::AssumedHeld, &[&sentence], Some(&about)),
        }
    }
}

/// After a change, every entity still has a title.
fn titles(draft: &mut Draft) {
    let ids: Vec<String> =
        draft.spec.entities.iter().filter(|entity| !entity.archived).map(|entity| entity.id.clone()).collect();
    for id in ids {
        title(draft, &id);
    }
}

fn questions(draft: &mut Draft) {
    let money = draft.spec.entities.iter().find_map(|entity| {
        entity
            .fields
            .iter()
            .find(|field| matches!(field.kind, FieldKind::Money { .. }))
            .map(|field| format!("entities/{}/fields/{}", entity.id, field.id))
    });
    let Some(about) = money.filter(|about| !draft.currency_said && !draft.money_before && !about.is_empty()) else {
        return;
    };
    let code = draft.currency.clone();
    draft.assumed(Say::AssumedCurrency, &[&code], Some(&about));
    let others: Vec<&str> = ["EUR", "USD", "GBP"].into_iter().filter(|other| *other != code).collect();
    let mut answers = vec![Answer { label: code.clone(), change: String::new() }];
    answers.extend(
        others
            .into_iter()
            .map(|other| Answer { label: other.to_owned(), change: draft.language.say(Say::ChangeCurrency, &[other]) }),
    );
    let text = draft.language.say(Say::QuestionCurrency, &[]);
    if draft.language.has(Say::ChangeCurrency) && draft.out.questions.len() < 3 {
        draft.out.questions.push(Question { text, answers });
    }
}

/// Title and address.
fn name(draft: &mut Draft) {
    if !draft.creating {
        return;
    }
    let first = draft.spec.entities.first().map(|entity| entity.plural.clone()).unwrap_or_default();
    if draft.spec.title.is_empty() {
        let topic = draft.topic.clone().map(|topic| {
            if draft.spec.entities.first().is_some_and(|entity| entity.label == topic) { first.clone() } else { topic }
        });
        draft.spec.title = topic.filter(|topic| !topic.is_empty()).unwrap_or_else(|| sentence_case(&first));
    }
    if draft.spec.name.is_empty() {
        let entity = draft.spec.entities.first().map(|entity| entity.id.clone()).unwrap_or_default();
        let words = [draft.spec.title.clone(), first, draft.occasion.unwrap_or_default().to_owned(), entity];
        let made = words.iter().map(|words| slug(words)).find(|name| !name.is_empty());
        draft.spec.name = made.unwrap_or_else(|| "app".into());
    }
}
