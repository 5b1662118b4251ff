//! Who may do what: "only A and B may see X", "X is visible to R", "R can't change X", "keep X private".
//!
//! Invariant: a sentence is kept until the whole text is read and then applied in order, so that it may name things
//! that the text introduces later; whom it does not name keeps what they had, except where it says "only".

use super::clause::Clause;
use super::draft::{Draft, role_id};
use super::lexicon::{Shape, lexicon};
use super::noun::{listed, lower, noun, shape};
use super::say::Say;
use super::text::Kind;
use super::unit::{Unit, written};
use crate::spec::{Entity, Grant, OWNER, Role, Scope, VISITOR};

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// See rows.
    See,
    /// Change rows.
    Edit,
    /// Add rows.
    Create,
    /// Delete rows.
    Delete,
}

/// One sentence about access, as said.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    /// Nobody else.
    pub(crate) only: bool,
    /// May not.
    pub(crate) negative: bool,
    /// The people.
    pub(crate) who: Vec<Unit>,
    /// What they do.
    pub(crate) actions: Vec<Action>,
    /// The things; empty for everything.
    pub(crate) what: Vec<Unit>,
    /// Only their own rows.
    pub(crate) own: bool,
    /// The sentence, to quote.
    pub(crate) quote: String,
    /// The thing by id, where the words don't name it.
    pub(crate) entity: Option<String>,
}

/// Somebody named in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Role(String),
    Everyone,
    Nobody,
}

const VERBS: &[&str] = &["see", "edit", "create", "delete"];
const SPOTS: &[&str] = &["visible", "seen", "shown", "viewable", "readable", "viewed", "accessible", "edited", "changed", "sichtbar"];

/// Reads a clause about access; everything it uses is marked.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(mut allowance) = passive(clause).or_else(|| private(clause)).or_else(|| active(clause, &draft.last_who)) else { return false };
    draft.last_who.clone_from(&allowance.who);
    if draft.creating && allowance.entity.is_none() {
        mention(draft, &allowance.what);
    }
    if allowance.what.iter().all(|unit| !unit.is_content()) && allowance.what.iter().any(|unit| unit.is_any(&["they", "det"])) {
        allowance.entity = match &draft.focus {
            Some(super::draft::Focus::Entity(id) | super::draft::Focus::Field(id, _)) => Some(id.clone()),
            None => None,
        };
    }
    clause.take_all();
    draft.allowances.push(allowance);
    true
}

/// A known thing may be named here before it is described.
fn mention(draft: &mut Draft, what: &[Unit]) {
    for item in super::field::items(what) {
        let named = noun(&item.units, draft.language).and_then(|named| named.concept);
        if shape(named).is_some_and(|shape| shape != Shape::Person) && item.units.iter().all(|unit| unit.field().is_none()) {
            let _ = draft.entity(&item.units);
        }
    }
}

fn quote(clause: &Clause) -> String {
    written(&clause.units)
}

/// "X is only visible to A", "X: only for A and B".
fn passive(clause: &Clause) -> Option<Allowance> {
    let units = &clause.units;
    let verb = units.iter().position(|unit| unit.is_any(VERBS) && SPOTS.iter().any(|spot| unit.norm.split(' ').any(|word| word == *spot)));
    let only_for = units.windows(2).position(|pair| pair[0].is("only") && pair[1].is_any(&["for", "to", "by"]));
    let pivot = verb.or(only_for)?;
    if units[..pivot].iter().any(|unit| unit.kind == Kind::Open) {
        return None;
    }
    let to = (pivot..units.len()).find(|at| units[*at].is_any(&["to", "by", "for"]))?;
    let what = without(&units[..pivot], &["be", "only", "not", "private", "may", "must", "and"]);
    let who = units[to + 1..].to_vec();
    if who.iter().all(|unit| !unit.is_word()) {
        return None;
    }
    Some(Allowance {
        only: units.iter().any(|unit| unit.is("only")),
        negative: units[..to].iter().any(|unit| unit.is("not")),
        who,
        actions: verb.map_or(vec![Action::See], |at| actions(&units[at..=at])),
        what,
        own: false,
        quote: quote(clause),
        entity: None,
    })
}

/// "keep X private", "hide X from A".
fn private(clause: &Clause) -> Option<Allowance> {
    let units = &clause.units;
    let at = units.iter().position(|unit| unit.is("private"))?;
    if units[..at].iter().any(|unit| unit.kind == Kind::Open) {
        return None;
    }
    let from = units.iter().position(|unit| unit.is_any(&["from"]) || (unit.is("for") && units[at].text.len() < 9));
    let end = from.unwrap_or(units.len());
    let what: Vec<Unit> = without(&units[..end], &["private", "be", "track", "want", "only", "must", "we", "me", "may", "see"]);
    let who = from.map_or(Vec::new(), |from| units[from + 1..].to_vec());
    let mut negated = units[..at].iter().any(|unit| unit.is("not"));
    negated |= what.is_empty();
    (!negated).then(|| Allowance { only: who.is_empty(), negative: !who.is_empty(), who, actions: vec![Action::See], what, own: false, quote: quote(clause), entity: None })
}

/// "only A and B may see X", "A can't edit X", "let A see X", "A sees their own X".
fn active(clause: &Clause, last_who: &[Unit]) -> Option<Allowance> {
    let units = &clause.units;
    let lets = units.iter().position(|unit| unit.is("let"));
    let verb = (lets.map_or(0, |at| at + 1)..units.len()).find(|at| is_access_verb(units, *at))?;
    if units[..verb].iter().any(|unit| unit.kind == Kind::Open) {
        return None;
    }
    let listed = units[..verb].iter().any(|unit| unit.kind == Kind::Colon || unit.is_any(&["have", "with", "whether", "need"]) && unit.entity().is_none());
    if listed {
        return None;
    }
    let modal = units[..verb].iter().any(|unit| unit.is_any(&["may", "not", "must", "let"]));
    let only = units[..verb].iter().any(|unit| unit.is("only"));
    let finite = units[verb].norm.ends_with('s') || !modal && clause.units[..verb].iter().any(|unit| unit.entity().is_some() || unit.role().is_some() || unit.is_any(&["everyone", "they"]));
    let own = units[verb..].iter().any(|unit| unit.is("own"));
    if !(modal || only || finite && (own || units[verb].is("see"))) {
        return None;
    }
    let mut who = without(&units[lets.map_or(0, |at| at + 1)..verb], &["may", "must", "not", "let", "only", "be", "to"]);
    let modal_at = units[..verb].iter().rposition(|unit| unit.is_any(&["may", "must"]));
    let verb_last = units[verb + 1..].iter().all(|unit| !unit.is_word());
    if let Some(modal_at) = modal_at.filter(|at| verb_last && units[at + 1..verb].iter().any(Unit::is_content)) {
        return Some(verb_final(clause, modal_at, verb, only));
    }
    let last = (verb..units.len()).take_while(|at| is_access_verb(units, *at) || units[*at].is_any(&["and", "or", "add"]) || units[*at].kind == Kind::Comma).last().unwrap_or(verb);
    let nobody = units[..verb].iter().any(|unit| unit.is("nobody"));
    if who.is_empty() && !nobody {
        who = last_who.to_vec();
    }
    if who.is_empty() && !nobody {
        return None;
    }
    Some(Allowance {
        only,
        negative: units[..verb].iter().any(|unit| unit.is("not")) || (nobody && !only),
        who: if nobody { units[..verb].to_vec() } else { who },
        actions: actions(&units[verb..=last]),
        what: units[last + 1..].to_vec(),
        own,
        quote: quote(clause),
        entity: None,
    })
}

/// "nur A und B dürfen X sehen": the thing stands before the verb.
fn verb_final(clause: &Clause, modal: usize, verb: usize, only: bool) -> Allowance {
    let units = &clause.units;
    Allowance {
        only,
        negative: units[modal..verb].iter().any(|unit| unit.is("not")),
        who: without(&units[..modal], &["only", "not"]),
        actions: actions(&units[verb..=verb]),
        what: without(&units[modal + 1..verb], &["only", "not"]),
        own: units[modal..verb].iter().any(|unit| unit.is("own")),
        quote: quote(clause),
        entity: None,
    }
}

fn is_access_verb(units: &[Unit], at: usize) -> bool {
    let unit = &units[at];
    let modal_before = units[..at].iter().rev().take(4).any(|before| before.is_any(&["may", "not", "must", "let", "only"]));
    let manages = unit.is("track") && unit.entity().is_none() && modal_before && !unit.is("see");
    unit.is_any(VERBS) && unit.entity().is_none() || manages || (unit.is_any(&["add", "remove", "delete", "create"]) && modal_before)
}

fn actions(units: &[Unit]) -> Vec<Action> {
    let mut actions = Vec::new();
    if units.iter().any(|unit| unit.is("track") && !unit.is_any(VERBS)) {
        return vec![Action::See, Action::Edit, Action::Create, Action::Delete];
    }
    for unit in units {
        let action = if unit.is("see") {
            Action::See
        } else if unit.is_any(&["create", "add"]) {
            Action::Create
        } else if unit.is_any(&["delete", "remove"]) {
            Action::Delete
        } else if unit.is("edit") {
            Action::Edit
        } else {
            continue;
        };
        if !actions.contains(&action) {
            actions.push(action);
        }
    }
    actions
}

fn without(units: &[Unit], keys: &[&str]) -> Vec<Unit> {
    let kept = |unit: &&Unit| !(unit.is_any(keys) && unit.entity().is_none() && unit.role().is_none()) && unit.kind != Kind::Colon;
    units.iter().filter(kept).cloned().collect()
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
        None => things(draft, &allowance.what),
    };
    let Some(things) = things else {
        return about_field(draft, allowance, &people);
    };
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

/// "members must not see each other": each sees their own row at most.
fn each_other(draft: &mut Draft, allowance: &Allowance, people: &[Who]) {
    let entity = match people.first() {
        Some(Who::Role(role)) => draft.spec.entities.iter().find(|entity| entity.person.as_ref() == Some(role)).map(|entity| (entity.id.clone(), role.clone())),
        _ => None,
    };
    let Some((id, role)) = entity else {
        return draft.missed(Say::NotUnderstood, &[&allowance.quote]);
    };
    let scope = if allowance.negative { Scope::Own } else { Scope::All };
    if let Some(grant) = draft.spec.entity_mut(&id).and_then(|entity| entity.access.iter_mut().find(|grant| grant.role == role)) {
        grant.read = grant.read.map(|_| scope);
    }
    let (many, other) = (role_name(draft, &role), draft.language.say(Say::EachOther, &[]));
    let phrase = if allowance.negative { Say::RoleMayNot } else { Say::RoleMay };
    let see = draft.language.say(Say::See, &[]);
    draft.understood(phrase, &[&many, &see, &other], &format!("entities/{id}/access"));
}

/// "members may update their own phone number": the field becomes theirs to fill in. Other access to a single field
/// can't be given.
fn about_field(draft: &mut Draft, allowance: &Allowance, people: &[Who]) {
    let named = super::patterns::field_named(draft, &allowance.what);
    let edits = allowance.actions.contains(&Action::Edit) && !allowance.negative;
    let own = named.clone().filter(|(entity, _)| edits && is_own(draft, entity, people));
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
fn who(draft: &mut Draft, units: &[Unit]) -> Vec<Who> {
    let mut all: Vec<Who> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        let found = if unit.is("nobody") {
            Some(Who::Nobody)
        } else if unit.is("everyone") {
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
        } else if unit.is("they") {
            draft.person.clone().and_then(|id| person_role(draft, &id)).map(Who::Role)
        } else if unit.field().is_some() && unit.entity().is_none() {
            None
        } else if unit.is_content() && !units.get(at + 1).is_some_and(|next| next.is_content() && !next.is_any(&["and"])) {
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
        let label = super::noun::sentence_case(&super::noun::singular_label(&super::noun::shown(unit), draft.language));
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
    let first = (0..=last).rev().take_while(|at| units[*at].is_content() && units[*at].role().is_none()).last().unwrap_or(last);
    let named = noun(&units[first..=last], draft.language)?;
    if let Some(id) = draft.find(&named) {
        if !draft.may_be_person(&id) {
            return None;
        }
        return person_role(draft, &id).map(Who::Role);
    }
    if let Some(role) = draft.spec.roles.iter().find(|role| role.label.eq_ignore_ascii_case(&named.one) || role.id == role_id(&named.one, 1)) {
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
fn things(draft: &Draft, units: &[Unit]) -> Option<Vec<String>> {
    let all = || draft.spec.entities.iter().filter(|entity| !entity.archived).map(|entity| entity.id.clone()).collect::<Vec<_>>();
    let content: Vec<&Unit> = units.iter().filter(|unit| unit.is_content() && !unit.is("own")).collect();
    if content.is_empty() {
        let everything = units.iter().all(|unit| unit.is_any(&["det", "with", "me", "we", "and", "in", "for"]) || unit.is_filler() || !unit.is_word());
        return everything.then(all);
    }
    let mut found = Vec::new();
    for item in super::field::items(units) {
        let words: Vec<Unit> = item.units.iter().filter(|unit| !unit.is_any(&["own", "poss", "det"])).cloned().collect();
        if words.iter().all(|unit| !unit.is_content()) {
            continue;
        }
        let id = draft.find_units(&words).or_else(|| longest_known(draft, &words))?;
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

fn expand(draft: &Draft, people: &[Who]) -> Vec<String> {
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
    let Some(entity) = draft.spec.entity_mut(thing) else { return };
    if allowance.negative {
        named.iter().for_each(|role| take(entity, role, action));
        return;
    }
    if allowance.only {
        let others: Vec<String> = entity.access.iter().map(|grant| grant.role.clone()).filter(|role| !named.contains(role) && role != OWNER).collect();
        others.iter().for_each(|role| take(entity, role, action));
    }
    for role in &named {
        let scope = if own && role != OWNER && !is_manager(role) { Scope::Own } else { Scope::All };
        give(entity, role, action, scope);
    }
    if own && action == Action::See && allowance.own {
        keep_own(draft, &named, thing);
    }
    if own && action != Action::See && !named.iter().all(|role| role == OWNER) {
        members_fill_in(draft, thing);
    }
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

fn give(entity: &mut Entity, role: &str, action: Action, scope: Scope) {
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

/// A grant of nothing.
pub(crate) fn none(role: &str) -> Grant {
    Grant { role: role.to_owned(), read: None, create: false, update: None, delete: None }
}

/// A grant of everything.
pub(crate) fn full(role: &str) -> Grant {
    Grant { role: role.to_owned(), read: Some(Scope::All), create: true, update: Some(Scope::All), delete: Some(Scope::All) }
}

/// Empty grants go; pages follow the grants.
fn tidy(draft: &mut Draft, thing: &str) {
    if let Some(entity) = draft.spec.entity_mut(thing) {
        entity.access.retain(|grant| grant.read.is_some() || grant.create || grant.update.is_some() || grant.delete.is_some());
    }
}

fn say(draft: &mut Draft, allowance: &Allowance, people: &[Who], things: &[String]) {
    let and = draft.language.say(Say::And, &[]);
    let names: Vec<String> = people.iter().map(|who| name(draft, who)).collect();
    let many: Vec<String> = things.iter().map(|id| draft.many(id)).collect();
    let who = listed(&names, &and);
    let what = if allowance.own { draft.language.say(Say::TheirOwn, &[&listed(&many, &and)]) } else { listed(&many, &and) };
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

fn name(draft: &Draft, who: &Who) -> String {
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
        return lower(&entity.plural);
    }
    draft.spec.roles.iter().find(|role| role.id == id).map_or_else(|| id.to_owned(), |role| draft.language.say(Say::RoleNamed, &[&lower(&role.label)]))
}

/// Whether an entity is money: shown to no one but those who keep the app unless the text says so.
pub(crate) fn is_money(draft: &Draft, entity: &str) -> bool {
    shape(draft.known(entity).concept) == Some(Shape::Money)
}
