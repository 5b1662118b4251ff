//! Sentences about access become grants.
//!
//! Invariant: grants are changed only for the people and things that a sentence names, and by "only" for everyone
//! else but the owner.

use super::super::ask::Told;
use super::super::draft::{Draft, push_statement, role_id};
use super::super::lexicon::{Shape, lexicon};
use super::super::noun::{listed, noun, shape};
use super::super::say::Say;
use super::super::unit::Unit;
use super::viewers::{seen_only, seen_too};
use super::{Action, Allowance};
use crate::spec::{Entity, FieldKind, Grant, OWNER, Role, Scope, VISITOR, Who as Seer, Whose};

/// Somebody named in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Role(String),
    Everyone,
    Nobody,
}

impl Who {
    /// All or none: nobody in particular.
    pub(super) fn is_crowd(&self) -> bool {
        !matches!(self, Who::Role(_))
    }
}

/// Applies all sentences about access, in order.
pub(crate) fn apply(draft: &mut Draft) {
    for allowance in std::mem::take(&mut draft.allowances) {
        apply_one(draft, &allowance);
    }
}

/// Makes the roles that the sentences name, so that default grants can be given before the sentences apply.
pub(crate) fn prepare(draft: &mut Draft) {
    for allowance in draft.allowances.clone() {
        let _ = who(draft, &allowance.who);
    }
}

fn apply_one(draft: &mut Draft, allowance: &Allowance) {
    let mut people = who(draft, &allowance.who);
    if allowance.what.iter().any(|unit| unit.is("eachOther")) {
        return each_other(draft, allowance, &people);
    }
    let things = match &allowance.entity {
        Some(id) => Some(vec![id.clone()]),
        None if allowance.own && !allowance.negative && names_nothing(&allowance.what) => Some(theirs(draft, &people)),
        None => things(draft, &allowance.what, !(allowance.only || allowance.negative)),
    };
    // "Only I can post" does not close the form that the same text asked for.
    let asked = |id: &String| draft.said.contains(&format!("adds {id}"));
    let all = allowance.what.iter().all(|unit| !unit.is_content()) && allowance.entity.is_none();
    let things =
        things.map(
            |things| if allowance.only && all { things.into_iter().filter(|id| !asked(id)).collect() } else { things },
        );
    let Some(things) = things else {
        return about_field(draft, allowance, &people);
    };
    if allowance.negative && allowance.who.iter().any(|unit| unit.is("publicWord")) {
        people = vec![Who::Role(VISITOR.into())];
    }
    if people.is_empty() && (allowance.only || allowance.negative) && allowance.who.is_empty() {
        people = managers(draft);
    }
    if people.is_empty() || things.is_empty() {
        draft.missed(Say::NotUnderstood, &[&allowance.quote]);
        return;
    }
    for thing in &things {
        for action in &allowance.actions {
            grant(draft, allowance, &people, thing, *action);
        }
        tidy(draft, thing);
    }
    say(draft, allowance, &people, &things);
}

/// "their own data", "what is theirs": nothing that the app keeps is named.
fn names_nothing(what: &[Unit]) -> bool {
    let said = what.iter().any(|unit| unit.is_any(&["containerWord", "field"]) || unit.entity() == Some("item"));
    let mere = |unit: &Unit| !unit.is_content() || unit.is_any(&["own", "containerWord", "field"]);
    said && what.iter().all(mere)
}

/// What belongs to people: their own entry, and the things that they have something to do with.
fn theirs(draft: &Draft, people: &[Who]) -> Vec<String> {
    let roles = expand(draft, people);
    let theirs = |entity: &&Entity| {
        let named = |role: &String| roles.contains(role) && role != OWNER && role != VISITOR;
        entity.person.as_ref().is_some_and(named) || entity.access.iter().any(|grant| named(&grant.role))
    };
    draft.spec.entities.iter().filter(theirs).map(|entity| entity.id.clone()).collect()
}

/// "members must not see each other": each sees their own row at most.
fn each_other(draft: &mut Draft, allowance: &Allowance, people: &[Who]) {
    let entity = match people.first() {
        Some(Who::Role(role)) => draft
            .spec
            .entities
            .iter()
            .find(|entity| entity.person.as_ref() == Some(role))
            .map(|entity| (entity.id.clone(), role.clone())),
        _ => None,
    };
    let Some((id, role)) = entity.filter(|_| allowance.entity.is_none() && !names_things(draft, &allowance.what))
    else {
        return each_others(draft, allowance, people);
    };
    let scope = if allowance.negative { Scope::Own } else { Scope::All };
    if let Some(grant) =
        draft.spec.entity_mut(&id).and_then(|entity| entity.access.iter_mut().find(|grant| grant.role == role))
    {
        grant.read = grant.read.map(|_| scope);
    }
    let (many, other) = (role_name(draft, &role), draft.language.say(Say::EachOther, &[]));
    let phrase = if allowance.negative { Say::RoleMayNot } else { Say::RoleMay };
    let see = draft.language.say(Say::See, &[]);
    draft.understood(phrase, &[&many, &see, &other], &format!("entities/{id}/access"));
}

fn names_things(draft: &Draft, what: &[Unit]) -> bool {
    what.iter().any(|unit| unit.is_content() && draft.find_units(std::slice::from_ref(unit)).is_some())
}

/// "tenants must not see each other's reports": of a thing, only what is their own.
fn each_others(draft: &mut Draft, allowance: &Allowance, people: &[Who]) {
    let named = |unit: &Unit| draft.find_units(std::slice::from_ref(unit)).filter(|_| unit.is_content());
    let thing = allowance.entity.clone().or_else(|| allowance.what.iter().find_map(named));
    let roles: Vec<String> = expand(draft, people).into_iter().filter(|role| role != OWNER).collect();
    let sees = allowance.actions.contains(&Action::See) && !roles.is_empty();
    let reached = thing.filter(|_| sees && allowance.negative).and_then(|id| draft.spec.entity_mut(&id));
    let Some(entity) = reached else {
        return draft.missed(Say::NotUnderstood, &[&allowance.quote]);
    };
    let id = entity.id.clone();
    for grant in entity.access.iter_mut().filter(|grant| roles.contains(&grant.role)) {
        grant.read = grant.read.map(|_| Scope::Own);
    }
    let own = Allowance { negative: false, only: false, own: true, ..allowance.clone() };
    say(draft, &own, people, &[id]);
}

/// "members may update their own phone number": the field becomes theirs to fill in; "may not see" hides it. Other
/// access to a single field can't be given.
fn about_field(draft: &mut Draft, allowance: &Allowance, people: &[Who]) {
    let named = super::super::patterns::field_named(draft, &allowance.what);
    let hides = allowance.negative && allowance.actions.contains(&Action::See);
    if hides {
        let from = expand(draft, people);
        let mut any = false;
        // "the price" of whatever has one.
        for place in super::super::patterns::fields_named(draft, &allowance.what) {
            from.iter().for_each(|role| see_the_rest(draft, &place.0, role));
            any |= hidden(draft, &place, &from);
        }
        if any {
            return;
        }
    }
    let sees = allowance.actions == [Action::See] && !allowance.negative;
    if let Some((entity, field)) = named.clone().filter(|_| sees)
        && (allowance.only && seen_only(draft, allowance, people, &entity, &field)
            || !allowance.only && seen_too(draft, people, &entity, &field))
    {
        return;
    }
    let edits = allowance.actions.contains(&Action::Edit) && !allowance.negative;
    let own = named.clone().filter(|(entity, _)| edits && is_own(draft, entity, people));
    if edits && own.is_none() && named.as_ref().is_some_and(|place| set_by(draft, allowance, people, place)) {
        return;
    }
    let Some((entity, field)) = own else {
        let phrase = if named.is_some() { Say::FieldHidden } else { Say::NotUnderstood };
        draft.missed(phrase, &[&allowance.quote]);
        return;
    };
    draft.by_member(&entity, &field);
    if let Some((spec, Who::Role(role))) = draft.spec.entity_mut(&entity).zip(people.first()) {
        give(spec, role, Action::Edit, Scope::Own);
    }
    let (many, label) = (draft.many(&entity), draft.field_label(&entity, &field));
    draft.understood(Say::FieldOwn, &[&many, &label], &format!("entities/{entity}/fields/{field}"));
}

/// "only the caretaker may change the status": whoever sets a detail sees and changes the entry.
fn set_by(draft: &mut Draft, allowance: &Allowance, people: &[Who], (id, field): &(String, String)) -> bool {
    let roles = expand(draft, people);
    let kind = draft.spec.entity(id).and_then(|entity| entity.field(field)).map(|field| &field.kind);
    if !matches!(kind, Some(FieldKind::Choice { .. })) {
        return false;
    }
    let held = !allowance.only || super::fields::held(draft, id, field, &roles);
    if roles.is_empty() || !held || people.contains(&Who::Everyone) {
        return false;
    }
    if let Some(entity) = draft.spec.entity_mut(id) {
        roles.iter().for_each(|role| give(entity, role, Action::Edit, Scope::All));
    }
    let whole = Allowance { only: false, ..allowance.clone() };
    say(draft, &whole, people, std::slice::from_ref(id));
    true
}

/// "sellers may not see the price": those who see the entry and are not named see it, and nobody else.
pub(crate) fn hidden(draft: &mut Draft, (id, field): &(String, String), from: &[String]) -> bool {
    let Some(entity) = draft.spec.entity(id) else { return false };
    let title = entity.fields.iter().find(|one| one.required && one.kind == FieldKind::Text);
    if title.is_some_and(|title| title.id == *field) || from.iter().any(|role| role == OWNER) {
        return false;
    }
    let readers = entity.access.iter().filter(|grant| grant.read.is_some()).map(|grant| grant.role.clone());
    let kept = |role: &String| role == OWNER || !from.is_empty() && !from.contains(role) && role != VISITOR;
    let mut left: Vec<String> = readers.filter(kept).collect();
    if left.is_empty() {
        left.push(OWNER.into());
    }
    let told = Told::of(draft.language.code());
    let name = |role: &String| draft.spec.roles.iter().find(|one| one.id == *role).map(|one| one.label.clone());
    let names: Vec<String> = left.iter().map(|role| name(role).unwrap_or_else(|| told.described("theOwner"))).collect();
    let label = draft.field_label(id, field);
    if let Some(field) = draft.spec.entity_mut(id).and_then(|entity| entity.field_mut(field)) {
        field.seen_by = left.into_iter().map(|role| Seer { role, whose: Whose::Any }).collect();
    }
    let about = format!("entities/{id}/fields/{field}");
    let sentence = told.say("seenBy", &[&label, &names.join(", ")]);
    push_statement(&mut draft.out.understood, sentence, Some(&about));
    true
}

/// Who is named only for what they may not see is there to see the rest.
pub(super) fn see_the_rest(draft: &mut Draft, id: &str, role: &str) {
    let reaches = |entity: &Entity| entity.access.iter().any(|grant| grant.role == role && grant.read.is_some());
    let known = draft.spec.entities.iter().any(reaches);
    let person = draft.spec.entities.iter().any(|entity| entity.person.as_deref() == Some(role));
    if known || person || role == OWNER || role == VISITOR {
        return;
    }
    let Some(entity) = draft.spec.entity_mut(id) else { return };
    give(entity, role, Action::See, Scope::All);
    let (who, what) = (role_name(draft, role), draft.many(id));
    let see = draft.language.say(Say::See, &[]);
    draft.assumed(Say::RoleMay, &[&who, &see, &what], Some(&format!("entities/{id}/access/{role}")));
}

/// The owner and the roles that keep the app with them.
fn managers(draft: &Draft) -> Vec<Who> {
    let roles = draft.spec.roles.iter().filter(|role| is_manager(&role.id)).map(|role| Who::Role(role.id.clone()));
    std::iter::once(Who::Role(OWNER.into())).chain(roles).collect()
}

/// Whether a role keeps the app together with the owner.
pub(crate) fn is_manager(role: &str) -> bool {
    lexicon().concepts.role.get(role).is_some_and(|concept| concept.manager)
}

/// The people that words name; roles are made where they are new.
pub(super) fn who(draft: &mut Draft, units: &[Unit]) -> Vec<Who> {
    let mut all: Vec<Who> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        let found = if unit.is("nobody") {
            Some(Who::Nobody)
        } else if unit.is_any(&["everyone", "publicWord"])
            && !(unit.is("det") && units.get(at + 1).is_some_and(|next| next.is_content() || next.is("det")))
        {
            Some(Who::Everyone)
        } else if unit.is("me") {
            Some(Who::Role(OWNER.into()))
        } else if let Some(role) = unit.role() {
            Some(Who::Role(make_role(draft, role, unit)))
        } else if unit.is("we") {
            for manager in managers(draft) {
                push_once(&mut all, manager);
            }
            None
        } else if unit.is("they") && unit.is("det") && units.get(at + 1).is_some_and(Unit::is_content) {
            None
        } else if unit.is("they") {
            draft.person.clone().and_then(|id| person_role(draft, &id)).map(Who::Role)
        } else if unit.field().is_some() && unit.entity().is_none() {
            None
        } else if unit.is_content()
            && !units.get(at + 1).is_some_and(|next| next.is_content() && !next.is_any(&["and"]))
        {
            noun_role(draft, units, at)
        } else {
            None
        };
        if let Some(found) = found {
            push_once(&mut all, found);
        }
    }
    all
}

fn push_once(all: &mut Vec<Who>, who: Who) {
    if !all.contains(&who) {
        all.push(who);
    }
}

/// A role of the lexicon ("my partner").
pub(crate) fn make_role(draft: &mut Draft, concept: &str, unit: &Unit) -> String {
    if !draft.spec.roles.iter().any(|role| role.id == concept) {
        let label = super::super::noun::sentence_case(&super::super::noun::singular_label(
            &super::super::noun::shown(unit),
            draft.language,
        ));
        let roles = draft.spec.roles.len();
        if roles < crate::validate::MAX_ROLES {
            draft.spec.roles.push(Role { id: concept.to_owned(), label, invited_by: vec![OWNER.into()] });
            draft.said.insert(format!("role {concept}"));
        }
    }
    concept.to_owned()
}

/// Any other noun: the people of an entity, or a role of that name.
fn noun_role(draft: &mut Draft, units: &[Unit], last: usize) -> Option<Who> {
    let first =
        (0..=last).rev().take_while(|at| units[*at].is_content() && units[*at].role().is_none()).last().unwrap_or(last);
    let named = noun(&units[first..=last], draft.language)?;
    if let Some(id) = draft.find(&named) {
        if !draft.may_be_person(&id) {
            return None;
        }
        return person_role(draft, &id).map(Who::Role);
    }
    // Words of another script give no id: a numbered one is somebody else's.
    let spelt = role_id(&named.one, 1) == role_id(&named.one, 2);
    if let Some(role) = draft
        .spec
        .roles
        .iter()
        .find(|role| role.label.eq_ignore_ascii_case(&named.one) || spelt && role.id == role_id(&named.one, 1))
    {
        return Some(Who::Role(role.id.clone()));
    }
    if draft.spec.roles.len() >= crate::validate::MAX_ROLES {
        return None;
    }
    let mut id = role_id(&named.one, draft.spec.roles.len() + 1);
    if draft.spec.roles.iter().any(|role| role.id == id) {
        id.push('2');
    }
    draft.spec.roles.push(Role { id: id.clone(), label: named.one.clone(), invited_by: vec![OWNER.into()] });
    draft.assumed(Say::AssumedRole, &[&named.one], Some(&format!("roles/{id}")));
    Some(Who::Role(id))
}

/// The role of an entity's people, made if they have none.
pub(crate) fn person_role(draft: &mut Draft, entity: &str) -> Option<String> {
    let existing = draft.spec.entity(entity)?.person.clone();
    if let Some(role) = existing {
        return Some(role);
    }
    draft.note(entity).acts = true;
    let label = draft.spec.entity(entity)?.label.clone();
    let mut id = entity.to_owned();
    if draft.spec.roles.iter().any(|role| role.id == id) {
        id.push_str("Person");
    }
    if draft.spec.roles.len() >= crate::validate::MAX_ROLES {
        return None;
    }
    draft.spec.roles.push(Role { id: id.clone(), label, invited_by: vec![OWNER.into()] });
    draft.spec.entity_mut(entity)?.person = Some(id.clone());
    Some(id)
}

/// The entities that words name; `None` if they name something unknown; every entity if they name nothing.
/// What opens something must name it exactly: "finished tasks" are not all tasks.
fn things(draft: &Draft, units: &[Unit], exact: bool) -> Option<Vec<String>> {
    let all = || {
        draft.spec.entities.iter().filter(|entity| !entity.archived).map(|entity| entity.id.clone()).collect::<Vec<_>>()
    };
    let content: Vec<&Unit> = units.iter().filter(|unit| unit.is_content() && !unit.is("own")).collect();
    if content.is_empty() {
        let everything = units.iter().all(|unit| {
            unit.is_any(&["det", "with", "me", "we", "and", "in", "for", "everyone", "containerWord", "field"])
                || unit.is_filler()
                || !unit.is_word()
        });
        return everything.then(all);
    }
    let mut found = Vec::new();
    for item in super::super::field::items(units) {
        let words: Vec<Unit> =
            item.units.iter().filter(|unit| !unit.is_any(&["own", "poss", "det"])).cloned().collect();
        if words.iter().all(|unit| !unit.is_content()) {
            continue;
        }
        let id = draft.find_units(&words).or_else(|| longest_known(draft, &words))?;
        if exact && !super::super::patterns::only_names(draft, &id, &words) {
            return None;
        }
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Some(found)
}

/// "the budget of the wedding": the first word that names an entity.
fn longest_known(draft: &Draft, words: &[Unit]) -> Option<String> {
    let first = words.iter().find(|unit| unit.is_content())?;
    let whole = words.iter().any(|unit| unit.is("for") || unit.occasion().is_some());
    if whole { draft.find_units(std::slice::from_ref(first)) } else { None }
}

pub(super) fn expand(draft: &Draft, people: &[Who]) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    for person in people {
        match person {
            Who::Role(id) => roles.push(id.clone()),
            Who::Everyone => {
                roles.extend(draft.spec.roles.iter().map(|role| role.id.clone()));
                roles.push(VISITOR.into());
            }
            Who::Nobody => {
                roles.extend(draft.spec.roles.iter().map(|role| role.id.clone()));
                roles.extend([OWNER.to_owned(), VISITOR.to_owned()]);
            }
        }
    }
    roles.dedup();
    roles
}

fn grant(draft: &mut Draft, allowance: &Allowance, people: &[Who], thing: &str, action: Action) {
    let named = expand(draft, people);
    let own = allowance.own || is_own(draft, thing, people);
    let sends = draft.said.contains(&format!("adds {thing}"));
    let Some(entity) = draft.spec.entity_mut(thing) else { return };
    if allowance.negative {
        named.iter().for_each(|role| take(entity, role, action));
        return;
    }
    if allowance.only {
        let others: Vec<String> = entity
            .access
            .iter()
            .map(|grant| grant.role.clone())
            .filter(|role| !named.contains(role) && role != OWNER)
            .collect();
        // "Only I see the messages" leaves the form by which they come.
        others.iter().for_each(|role| match action {
            Action::See if sends => hide(entity, role),
            _ => take(entity, role, action),
        });
    }
    for role in &named {
        let scope = if own && role != OWNER && !is_manager(role) { Scope::Own } else { Scope::All };
        give(entity, role, action, scope);
    }
    if allowance.own && allowance.actions == [Action::See] {
        narrow(draft, &named, thing);
    }
    if own && action == Action::See && allowance.own {
        keep_own(draft, &named, thing);
    }
    if own && action != Action::See && !named.iter().all(|role| role == OWNER) {
        members_fill_in(draft, thing);
    }
}

/// "they see their own": not all, as people see what they suggest.
fn narrow(draft: &mut Draft, named: &[String], thing: &str) {
    let Some(entity) = draft.spec.entity_mut(thing) else { return };
    let theirs = |grant: &&mut Grant| named.contains(&grant.role) && grant.role != OWNER && !is_manager(&grant.role);
    entity.access.iter_mut().filter(theirs).for_each(|grant| grant.read = grant.read.map(|_| Scope::Own));
}

/// Who sees only their own rows of a thing must be able to make some.
fn keep_own(draft: &mut Draft, named: &[String], thing: &str) {
    let Some(entity) = draft.spec.entity_mut(thing).filter(|entity| entity.person.is_none()) else { return };
    for role in named.iter().filter(|role| *role != OWNER && *role != VISITOR) {
        give(entity, role, Action::Create, Scope::Own);
        give(entity, role, Action::Edit, Scope::Own);
    }
    members_fill_in(draft, thing);
    let (who, what) = (named.first().map(|role| role_name(draft, role)).unwrap_or_default(), draft.many(thing));
    draft.assumed(Say::AssumedOwnThings, &[&who, &what], Some(&format!("entities/{thing}/access")));
}

/// People of an entity reach their own row when nothing else is said about changing it.
fn is_own(draft: &Draft, thing: &str, people: &[Who]) -> bool {
    let Some(role) = draft.spec.entity(thing).and_then(|entity| entity.person.clone()) else { return false };
    people == [Who::Role(role)]
}

/// With [`Scope::Own`] only fields marked `by_member` can be changed: on a thing that is not a person, all of them.
fn members_fill_in(draft: &mut Draft, thing: &str) {
    let Some(entity) = draft.spec.entity_mut(thing).filter(|entity| entity.person.is_none()) else { return };
    entity.fields.iter_mut().for_each(|field| field.by_member = true);
}

pub(super) fn give(entity: &mut Entity, role: &str, action: Action, scope: Scope) {
    let at = match entity.access.iter().position(|grant| grant.role == role) {
        Some(at) => at,
        None => {
            entity.access.push(none(role));
            entity.access.len() - 1
        }
    };
    let grant = &mut entity.access[at];
    match action {
        Action::See => grant.read = wider(grant.read, scope),
        Action::Edit => {
            grant.update = wider(grant.update, scope);
            grant.read = wider(grant.read, scope);
        }
        Action::Create => {
            grant.create = true;
            if role != VISITOR {
                grant.read = wider(grant.read, scope);
            }
        }
        Action::Delete => {
            grant.delete = wider(grant.delete, scope);
            grant.read = wider(grant.read, scope);
        }
    }
}

fn wider(old: Option<Scope>, new: Scope) -> Option<Scope> {
    if old == Some(Scope::All) { old } else { Some(new) }
}

/// Taking sight takes everything.
fn take(entity: &mut Entity, role: &str, action: Action) {
    for grant in entity.access.iter_mut().filter(|grant| grant.role == role) {
        match action {
            Action::See => *grant = none(role),
            Action::Edit => grant.update = None,
            Action::Create => grant.create = false,
            Action::Delete => grant.delete = None,
        }
    }
}

/// Takes everything but that rows may be sent.
fn hide(entity: &mut Entity, role: &str) {
    for grant in entity.access.iter_mut().filter(|grant| grant.role == role) {
        *grant = Grant { create: grant.create, ..none(role) };
    }
}

/// A grant of nothing.
pub(crate) fn none(role: &str) -> Grant {
    Grant { role: role.to_owned(), ..Grant::default() }
}

/// A grant of everything.
pub(crate) fn full(role: &str) -> Grant {
    Grant {
        role: role.to_owned(),
        read: Some(Scope::All),
        create: true,
        read_if: None,
        update: Some(Scope::All),
        delete: Some(Scope::All),
    }
}

/// Everybody may see a thing; with `adds`, they may add their own and change it.
pub(crate) fn open(draft: &mut Draft, thing: &str, adds: bool) {
    if let Some(entity) = draft.spec.entity_mut(thing) {
        give(entity, VISITOR, Action::See, Scope::All);
        if adds {
            give(entity, VISITOR, Action::Create, Scope::Own);
            give(entity, VISITOR, Action::Edit, Scope::Own);
        }
    }
    if adds {
        members_fill_in(draft, thing);
    }
}

/// Who opens the page adds such things, and reaches no others than these.
pub(crate) fn own(draft: &mut Draft, thing: &str) {
    if let Some(entity) = draft.spec.entity_mut(thing) {
        [Action::See, Action::Create, Action::Edit]
            .into_iter()
            .for_each(|action| give(entity, VISITOR, action, Scope::Own));
    }
    members_fill_in(draft, thing);
    let (who, what) = (draft.language.say(Say::Everyone, &[]), draft.many(thing));
    draft.assumed(Say::AssumedOwnThings, &[&who, &what], Some(&format!("entities/{thing}/access")));
}

/// Empty grants go; pages follow the grants.
pub(super) fn tidy(draft: &mut Draft, thing: &str) {
    if let Some(entity) = draft.spec.entity_mut(thing) {
        entity
            .access
            .retain(|grant| grant.read.is_some() || grant.create || grant.update.is_some() || grant.delete.is_some());
    }
}

fn say(draft: &mut Draft, allowance: &Allowance, people: &[Who], things: &[String]) {
    let and = draft.language.say(Say::And, &[]);
    let names: Vec<String> = people.iter().map(|who| name(draft, who)).collect();
    let many: Vec<String> = things.iter().map(|id| draft.many(id)).collect();
    let who = listed(&names, &and);
    let what =
        if allowance.own { draft.language.say(Say::TheirOwn, &[&listed(&many, &and)]) } else { listed(&many, &and) };
    let verbs: Vec<String> = allowance.actions.iter().map(|action| draft.language.say(verb(*action), &[])).collect();
    let actions = listed(&verbs, &and);
    let phrase = if allowance.negative {
        Say::RoleMayNot
    } else if allowance.only {
        Say::OnlyRoles
    } else {
        Say::RoleMay
    };
    let about = things.first().map(|id| format!("entities/{id}/access")).unwrap_or_default();
    draft.understood(phrase, &[&who, &actions, &what], &about);
}

fn verb(action: Action) -> Say {
    match action {
        Action::See => Say::See,
        Action::Edit => Say::Edit,
        Action::Create => Say::Create,
        Action::Delete => Say::Delete,
    }
}

pub(super) fn name(draft: &Draft, who: &Who) -> String {
    match who {
        Who::Everyone => draft.language.say(Say::Everyone, &[]),
        Who::Nobody => draft.language.say(Say::Anyone, &[]),
        Who::Role(id) => role_name(draft, id),
    }
}

/// A role in the middle of a sentence.
pub(crate) fn role_name(draft: &Draft, id: &str) -> String {
    if id == OWNER {
        return draft.language.say(Say::You, &[]);
    }
    if id == VISITOR {
        return draft.language.say(Say::Visitors, &[]);
    }
    if let Some(entity) = draft.spec.entities.iter().find(|entity| entity.person.as_deref() == Some(id)) {
        return draft.language.inside(&entity.plural);
    }
    draft.spec.roles.iter().find(|role| role.id == id).map_or_else(
        || id.to_owned(),
        |role| draft.language.say(Say::RoleNamed, &[&draft.language.inside(&role.label)]),
    )
}

/// Whether an entity is money: shown to no one but those who keep the app unless the text says so.
pub(crate) fn is_money(draft: &Draft, entity: &str) -> bool {
    shape(draft.known(entity).concept) == Some(Shape::Money)
}
