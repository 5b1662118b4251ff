//! Who speaks and who may do what, as people say it in ten languages. The texts are in `tests/fixtures/people.toml`.

use std::panic::RefUnwindSafe;

use serde::Deserialize;
use writer::spec::{OWNER, Rule, Scope};

use crate::{each, ids, sees, whole};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    speaks: String,
    status: String,
    own: String,
    paid: String,
}

/// Runs a check for each language.
fn in_each(check: impl Fn(&str, &Texts) + RefUnwindSafe) {
    let all = toml::from_str(include_str!("../fixtures/people.toml")).expect("the fixture reads");
    each(&all, check);
}

#[test]
fn who_speaks_only_names_the_app() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.speaks);
        assert_eq!(spec.entities.len(), 1, "{:?}", ids(&spec));
        assert!(spec.roles.is_empty(), "{:?}", spec.roles);
        assert_ne!(spec.title, spec.entities[0].plural, "{}", spec.title);
    });
}

#[test]
fn only_who_is_named_sets_the_status() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.status);
        let steps = spec.rules.iter().find_map(|rule| match rule {
            Rule::Steps { entity, steps, .. } => Some((entity, steps)),
            _ => None,
        });
        let (entity, steps) = steps.unwrap_or_else(|| panic!("{:?}", spec.rules));
        let by: Vec<&str> = steps[0].by.iter().map(|who| who.role.as_str()).collect();
        assert_eq!(by.len(), 2, "{by:?}");
        assert!(steps.iter().all(|step| step.by == steps[0].by) && by.contains(&OWNER), "{by:?}");
        let keeper = by.iter().find(|role| **role != OWNER).expect("somebody beside the owner");
        assert_eq!(sees(&spec, entity, keeper), Some(Scope::All));
        let mut others = spec.entity(entity).into_iter().flat_map(|entity| &entity.access);
        assert!(others.all(|grant| by.contains(&grant.role.as_str()) || grant.update != Some(Scope::All)));
    });
}

#[test]
fn each_sees_only_what_is_theirs() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.own);
        let role = spec.roles.first().unwrap_or_else(|| panic!("{:?}", spec.entities));
        assert_eq!(sees(&spec, "order", &role.id), Some(Scope::Own));
    });
}

#[test]
fn who_paid_what_is_shared_between_them() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.paid);
        assert!(ids(&spec).contains(&"item"), "{:?}", ids(&spec));
        assert!(spec.rules.iter().any(|rule| matches!(rule, Rule::Shared { .. })), "{:?}", spec.rules);
    });
}
