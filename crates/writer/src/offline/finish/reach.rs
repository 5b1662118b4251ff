//! Default access and the pages that follow from it.
//!
//! Invariant: default grants are given only to new entities and new roles, so a change never gives back what was taken.

use super::super::access;
use super::super::draft::Draft;
use super::super::say::Say;
use super::fresh;
use crate::ident::unique;
use crate::spec::{FieldKind, Grant, OWNER, Page, PageKind, Rule, Scope, VISITOR};
use crate::understanding::{Answer, Question};

/// The owner and the roles that keep the app may do everything; people reach their own row.
pub(crate) fn default_access(draft: &mut Draft) {
    let managers: Vec<String> =
        draft.spec.roles.iter().filter(|role| access::is_manager(&role.id)).map(|role| role.id.clone()).collect();
    let fresh_ids = fresh(draft);
    let person_roles: Vec<(String, String)> = draft
        .spec
        .entities
        .iter()
        .filter_map(|entity| entity.person.clone().map(|role| (entity.id.clone(), role)))
        .collect();
    let all: Vec<String> = draft.spec.entities.iter().map(|entity| entity.id.clone()).collect();
    for id in &all {
        let new = fresh_ids.contains(id);
        let Some(entity) = draft.spec.entity_mut(id) else { continue };
        if new && entity.grant(OWNER).is_none() {
            let keepers = [OWNER.to_owned()].into_iter().chain(managers.iter().cloned());
            let full: Vec<Grant> =
                keepers.filter(|role| entity.grant(role).is_none()).map(|role| access::full(&role)).collect();
            entity.access.splice(0..0, full);
        }
        if let Some(role) = entity.person.clone()
            && entity.grant(&role).is_none()
            && (new || !draft.roles_before.contains(&role))
        {
            entity.access.push(Grant {
                role: role.clone(),
                read: Some(Scope::Own),
                read_if: None,
                create: false,
                update: Some(Scope::Own),
                delete: None,
            });
            let many = draft.many(id);
            draft.assumed(Say::AssumedOwnRow, &[&many], Some(&format!("entities/{id}/access/{role}")));
        }
    }
    for (person, role) in person_roles {
        read_places(draft, &person, &role, &fresh_ids);
    }
    managers
        .iter()
        .filter(|role| !draft.roles_before.contains(*role))
        .cloned()
        .collect::<Vec<_>>()
        .iter()
        .for_each(|role| new_manager(draft, role));
    if draft.creating {
        let visitors = draft
            .allowances
            .iter()
            .any(|allowance| allowance.who.iter().any(|unit| unit.is_any(&["everyone", "publicWord"])));
        let served = draft.spec.entities.iter().any(|entity| entity.grant(VISITOR).is_some());
        if !visitors && !served {
            draft.assumed(Say::AssumedNoVisitors, &[], Some("entities"));
        }
    }
}

pub(crate) fn new_manager(draft: &mut Draft, role: &str) {
    let name = access::role_name(draft, role);
    draft.assumed(Say::AssumedManager, &[&name], Some(&format!("roles/{role}")));
}

/// Whoever points to a place sees the places.
pub(crate) fn read_places(draft: &mut Draft, person: &str, role: &str, fresh_ids: &[String]) {
    let targets: Vec<String> = draft
        .spec
        .entity(person)
        .map(|entity| {
            entity
                .fields
                .iter()
                .filter_map(
                    |field| if let FieldKind::Ref { entity } = &field.kind { Some(entity.clone()) } else { None },
                )
                .collect()
        })
        .unwrap_or_default();
    for target in targets {
        let touched = fresh_ids.contains(&target) || fresh_ids.iter().any(|id| id == person);
        let money = access::is_money(draft, &target);
        let Some(entity) = draft
            .spec
            .entity_mut(&target)
            .filter(|entity| touched && !money && entity.person.is_none() && entity.grant(role).is_none())
        else {
            continue;
        };
        entity.access.push(Grant { read: Some(Scope::All), ..access::none(role) });
        let (people, many) = (draft.many(person), draft.many(&target));
        draft.assumed(Say::AssumedReads, &[&people, &many], Some(&format!("entities/{target}/access/{role}")));
        if draft.creating {
            ask_about_reading(draft, &people, &many);
        }
    }
}

pub(crate) fn ask_about_reading(draft: &mut Draft, people: &str, many: &str) {
    let answers = vec![
        Answer { label: draft.language.say(Say::AnswerYes, &[]), change: String::new() },
        Answer {
            label: draft.language.say(Say::AnswerNo, &[]),
            change: draft.language.say(Say::ChangeHide, &[people, many]),
        },
    ];
    let text = draft.language.say(Say::QuestionReads, &[people, many]);
    if draft.language.has(Say::ChangeHide) && draft.out.questions.len() < 3 {
        draft.out.questions.push(Question { text, answers });
    }
}

/// A table for those who see all rows, a form for those who answer, cards for everyone else.
pub(crate) fn pages(draft: &mut Draft) {
    for entity in draft.spec.entities.clone() {
        if entity.archived {
            continue;
        }
        let person = entity.person.clone();
        let answers = person.is_some() && entity.fields.iter().any(|field| field.by_member);
        let sees = |grant: &&Grant| grant.read.is_some() || grant.create;
        let roles: Vec<String> = entity
            .access
            .iter()
            .filter(sees)
            .map(|grant| grant.role.clone())
            .filter(|role| role != VISITOR && !(answers && Some(role) == person.as_ref()))
            .collect();
        put_page(draft, &entity.id, &entity.plural, PageKind::Table, &roles, &entity.plural);
        let opens = |page: &Page| page.entity == entity.id && page.roles.iter().any(|role| role == VISITOR);
        let served = draft.spec.pages.iter().any(|page| opens(page) && page.kind != PageKind::Cards);
        // Lines are read where they were sent: with what they belong to.
        let lines = |rule: &Rule| matches!(rule, Rule::Lines { entity: lines, .. } if *lines == entity.id);
        let served = served || draft.spec.rules.iter().any(lines);
        // When somebody is away is read for the free times, and is no page of its own.
        let away = |rule: &Rule| matches!(rule, Rule::Away { absence, .. } if *absence == entity.id);
        let behind = draft.spec.rules.iter().any(away);
        let visitor = entity.grant(VISITOR).is_some() && !served && !behind;
        let public: Vec<String> = if visitor { vec![VISITOR.to_owned()] } else { Vec::new() };
        put_page(draft, &entity.id, &entity.plural, PageKind::Cards, &public, &format!("{} public", entity.plural));
        let own: Vec<String> = person.filter(|_| answers).into_iter().collect();
        let title = draft.language.label("answerPage");
        put_page(draft, &entity.id, &title, PageKind::Answer, &own, &format!("{} answer", entity.label));
    }
}

/// Makes a page, follows changed roles, or takes away a page that nobody may open any more.
pub(crate) fn put_page(draft: &mut Draft, entity: &str, title: &str, kind: PageKind, roles: &[String], words: &str) {
    let existing = draft.spec.pages.iter().position(|page| page.entity == entity && page.kind == kind);
    match existing {
        Some(at) if roles.is_empty() => {
            draft.spec.pages.remove(at);
        }
        Some(at) => roles.clone_into(&mut draft.spec.pages[at].roles),
        None if roles.is_empty() => {}
        None => {
            let taken = draft.spec.pages.iter().map(|page| page.id.clone()).collect();
            let id = unique(words, &format!("page{}", draft.spec.pages.len() + 1), &taken);
            draft.spec.pages.push(Page {
                id,
                title: title.to_owned(),
                kind,
                entity: entity.to_owned(),
                roles: roles.to_vec(),
                ..Page::default()
            });
        }
    }
}
