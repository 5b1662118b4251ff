//! Things are shared with people by rows that name them; who may see what, and comments by those people.

use super::super::access;
use super::super::blueprint::Told;
use super::super::draft::Draft;
use super::super::lexicon::Shape;
use super::super::noun::shape;
use super::super::say::Say;
use super::super::unit::Unit;
use super::Part;
use crate::spec::{Along, AppSpec, Field, FieldKind, Grant, OWNER, PageKind, Rule, Scope, VISITOR, Who, Whose};

/// The blueprint.
const SHARING: &str = "sharing";

/// Tells the blueprint what is shared and with whom.
pub(super) fn bind(draft: &mut Draft, part: &Part) {
    let mut bound: Vec<(String, String)> = Vec::new();
    for words in runs(&part.units) {
        let people = words.iter().any(|unit| shape(unit.entity()) == Some(Shape::Person))
            || draft.find_units(words).is_some_and(|id| draft.is_person(&id));
        let slot = if people { "person" } else { "thing" };
        let named = draft.find_units(words).is_some() || words.iter().any(|unit| unit.entity().is_some());
        let known =
            named || slot == "thing" && words.iter().all(|unit| unit.tags.is_empty() || unit.occasion().is_some());
        if bound.iter().any(|(other, _)| other == slot) || !known {
            continue;
        }
        bound.extend(draft.entity(words).map(|id| (slot.to_owned(), id)));
    }
    if !bound.iter().any(|(slot, _)| slot == "thing") {
        // "… and share them": what was last spoken of.
        let spoken = draft.spec.entities.iter().rev().find(|entity| !entity.archived && !draft.is_person(&entity.id));
        let Some(id) = spoken.map(|entity| entity.id.clone()) else {
            return draft.missed(Say::NotUnderstood, &[&part.quote]);
        };
        bound.push(("thing".into(), id));
    }
    if !draft.spec.blueprints.iter().any(|id| id == SHARING) {
        draft.spec.blueprints.push(SHARING.into());
    }
    draft.told.push(Told { blueprint: SHARING.into(), bound, ..Told::default() });
}

/// Words that stand together and name something.
fn runs(units: &[Unit]) -> impl Iterator<Item = &[Unit]> {
    units.split(|unit| !unit.is_content()).filter(|run| !run.is_empty())
}

/// What is shared in an app, and what its rule says of it.
fn shared(spec: &AppSpec) -> Option<(String, String, String)> {
    spec.rules.iter().find_map(|rule| {
        let Rule::Granted { entity, of, to, .. } = rule else { return None };
        let shares = spec.entity(entity)?;
        Some((entity.clone(), target(shares.field(of)?)?, target(shares.field(to)?)?))
    })
}

fn target(field: &Field) -> Option<String> {
    match &field.kind {
        FieldKind::Ref { entity } => Some(entity.clone()),
        _ => None,
    }
}

/// Who may see something, and since when, stands with it.
pub(super) fn log(draft: &mut Draft, part: &Part) {
    match shared(&draft.spec) {
        Some((shares, thing, _)) => {
            let (shares_many, many) = (draft.many(&shares), draft.many(&thing));
            draft.understood(Say::SharesKept, &[&many, &shares_many], &format!("entities/{shares}"));
        }
        None => draft.missed(Say::NotUnderstood, &[&part.quote]),
    }
}

/// With whom something is shared, comments on it.
pub(super) fn comments(draft: &mut Draft, part: &Part) {
    let Some((_, thing, people)) = shared(&draft.spec) else {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    };
    let comment = |draft: &Draft, id: &str| draft.known(id).concept == Some("comment");
    let mut below = belonging(&draft.spec, &thing).into_iter().map(|along| along.entity);
    let leaf = below.rfind(|id| !comment(draft, id)).unwrap_or(thing);
    let role = draft.spec.entity(&people).and_then(|people| people.person.clone());
    let (Some(role), Some(id)) = (role, draft.by_concept("comment")) else { return };
    let label = draft.spec.entity(&leaf).map(|leaf| leaf.label.clone()).unwrap_or_default();
    draft.note(&id).nameless = true;
    draft.note(&id).bare = false;
    if draft.spec.entity(&id).is_some_and(|entity| entity.field(&leaf).is_none()) {
        let kind = FieldKind::Ref { entity: leaf.clone() };
        let field = Field { id: leaf.clone(), label, kind, required: true, ..Field::default() };
        draft.spec.entity_mut(&id).into_iter().for_each(|entity| entity.fields.insert(0, field.clone()));
    }
    if draft.field_of_concept(&id, "text").is_none() {
        draft.add_concept(&id, "text", true);
    }
    let own = Some(Scope::Own);
    let grant = Grant { read: own, create: true, update: own, delete: own, ..access::none(&role) };
    if let Some(entity) = draft.spec.entity_mut(&id).filter(|entity| entity.grant(&role).is_none()) {
        entity.access.push(grant);
    }
    // What somebody wrote, they may change: all of it is theirs.
    let fields = draft.spec.entity_mut(&id).into_iter().flat_map(|entity| &mut entity.fields);
    fields.for_each(|field| field.by_member = true);
    let many = draft.many(&id);
    draft.understood(Say::EntityKept, &[&many], &format!("entities/{id}"));
}

/// What is shared with some stays theirs: nothing is opened for all by a word.
pub(super) fn public(draft: &mut Draft, part: &Part) {
    let Some((shares, thing, _)) = shared(&draft.spec) else {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    };
    let (many, shares) = (draft.many(&thing), draft.many(&shares));
    draft.missed(Say::StaysPrivate, &[&part.quote, &many, &shares]);
}

/// What belongs to `root`, in the order in which it hangs together; neither people nor the shares themselves.
fn belonging(spec: &AppSpec, root: &str) -> Vec<Along> {
    let shares = |id: &str| spec.rules.iter().any(|rule| matches!(rule, Rule::Granted { entity, .. } if entity == id));
    let mut found: Vec<Along> = Vec::new();
    let mut known = vec![root.to_owned()];
    while let Some(next) = spec.entities.iter().find_map(|entity| {
        let out = entity.archived || entity.person.is_some() || shares(&entity.id) || known.contains(&entity.id);
        let refers = |field: &&Field| !field.archived && target(field).is_some_and(|id| known.contains(&id));
        let field = entity.fields.iter().find(refers).filter(|_| !out)?;
        Some(Along { entity: entity.id.clone(), field: field.id.clone() })
    }) {
        known.push(next.entity.clone());
        found.push(next);
    }
    found
}

/// What belongs to what is shared is shared along; those with whom it is shared see nothing else of it.
pub(super) fn close(draft: &mut Draft) {
    for at in 0..draft.spec.rules.len() {
        let Rule::Granted { entity, of, to, .. } = draft.spec.rules[at].clone() else { continue };
        let Some(shares) = draft.spec.entity(&entity) else { continue };
        let ends = [&of, &to].map(|field| shares.field(field).and_then(target));
        let [Some(root), Some(people)] = ends else { continue };
        let Some(role) = draft.spec.entity(&people).and_then(|people| people.person.clone()) else { continue };
        let found = belonging(&draft.spec, &root);
        let things: Vec<String> =
            [root.clone()].into_iter().chain(found.iter().map(|one| one.entity.clone())).collect();
        things.iter().for_each(|id| narrow(draft, id, &role));
        sharers(draft, &entity, &root, &people);
        if let Rule::Granted { along, .. } = &mut draft.spec.rules[at] {
            *along = found;
        }
        // What was said of the rule is said of all that it shares.
        let rule = draft.spec.rules[at].clone();
        let same = |held: &&mut (Rule, String, bool)| matches!(&held.0, Rule::Granted { entity: other, .. } if *other == entity);
        draft.held.iter_mut().filter(same).for_each(|held| held.0 = rule.clone());
        for page in draft.spec.pages.iter_mut().filter(|page| page.kind == PageKind::Gallery) {
            if things.contains(&page.entity) && !page.roles.contains(&role) {
                page.roles.push(role.clone());
            }
        }
    }
}

/// All but the owner reach their own rows and what is shared with them.
fn narrow(draft: &mut Draft, id: &str, role: &str) {
    let Some(entity) = draft.spec.entity_mut(id) else { return };
    entity.access.retain(|grant| grant.role != VISITOR || grant.create);
    for grant in entity.access.iter_mut().filter(|grant| grant.role != OWNER) {
        grant.read = grant.read.map(|_| Scope::Own);
        grant.read_if = None;
    }
    if entity.grant(role).is_none() {
        entity.access.push(Grant { read: Some(Scope::Own), ..access::none(role) });
    }
}

/// Who makes such things shares their own, and takes their shares back.
fn sharers(draft: &mut Draft, shares: &str, root: &str, people: &str) {
    let makes = |grant: &&Grant| grant.create && grant.role != OWNER && grant.role != VISITOR;
    let makers: Vec<String> = draft
        .spec
        .entity(root)
        .map(|root| root.access.iter().filter(makes).map(|grant| grant.role.clone()).collect())
        .unwrap_or_default();
    for role in makers {
        let own = Some(Scope::Own);
        if let Some(entity) = draft.spec.entity_mut(shares) {
            entity.access.retain(|grant| grant.role != role);
            entity.access.push(Grant { read: own, create: true, update: own, ..access::none(&role) });
        }
        if let Some(entity) = draft.spec.entity_mut(people) {
            match entity.access.iter_mut().find(|grant| grant.role == role) {
                Some(grant) => grant.read = Some(Scope::All),
                None => entity.access.push(Grant { read: Some(Scope::All), ..access::none(&role) }),
            }
        }
        for rule in &mut draft.spec.rules {
            let Rule::Steps { entity, steps, .. } = rule else { continue };
            for step in steps.iter_mut().filter(|_| entity == shares) {
                let theirs = Who { role: role.clone(), whose: Whose::Theirs };
                if step.by.is_empty() {
                    step.by.push(Who { role: OWNER.into(), whose: Whose::Any });
                }
                if !step.by.contains(&theirs) {
                    step.by.push(theirs);
                }
            }
        }
    }
}
