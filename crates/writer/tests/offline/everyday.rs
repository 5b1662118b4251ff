//! What people in shops, clinics and schools write, in languages whose nouns have no plural: lists under a heading,
//! details of their own, and short changes. The texts are in `tests/fixtures/everyday.toml`.

use std::panic::RefUnwindSafe;

use serde::Deserialize;
use writer::spec::{FieldKind, OWNER, Scope};

use crate::{each, ids, options, sees, whole, whole_change};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    stock: String,
    hide: String,
    all: String,
    empty: String,
    choice: String,
    plain: String,
    clinic: String,
    split: String,
    members: String,
    bought: String,
}

/// Runs a check for each language.
fn in_each(check: impl Fn(&str, &Texts) + RefUnwindSafe) {
    let all = toml::from_str(include_str!("../fixtures/everyday.toml")).expect("the fixture reads");
    each(&all, check);
}

#[test]
fn a_heading_names_the_app_and_the_list_what_is_kept() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.stock);
        assert_eq!(ids(&spec), ["tool"], "{}", spec.title);
        let fields = &spec.entities[0].fields;
        let has = |kind: fn(&FieldKind) -> bool| fields.iter().any(|field| kind(&field.kind));
        assert!(has(|kind| matches!(kind, FieldKind::Integer { .. })), "{fields:?}");
        assert!(has(|kind| matches!(kind, FieldKind::Money { .. })), "{fields:?}");
        let choice = fields.iter().find(|field| matches!(field.kind, FieldKind::Choice { .. }));
        assert_eq!(choice.map(|field| options(field).len()), Some(3), "{fields:?}");
        let day = fields.iter().find(|field| field.kind == FieldKind::Date);
        assert_eq!(day.map(|field| field.label.as_str()), Some(texts.bought.as_str()), "in the person's own words");
    });
}

#[test]
fn who_may_not_see_a_detail_sees_the_rest() {
    in_each(|code, texts| {
        let spec = whole_change(&whole(code, &texts.stock), &texts.hide).spec;
        let price = spec.entities[0].fields.iter().find(|field| matches!(field.kind, FieldKind::Money { .. }));
        let seen_by: Vec<&str> =
            price.into_iter().flat_map(|field| &field.seen_by).map(|who| who.role.as_str()).collect();
        assert_eq!(seen_by, [OWNER]);
        assert_eq!(spec.roles.len(), 1);
        assert_eq!(sees(&spec, "tool", &spec.roles[0].id), Some(Scope::All));
    });
}

#[test]
fn everything_is_every_list() {
    in_each(|code, texts| {
        let spec = whole_change(&whole(code, &texts.stock), &texts.all).spec;
        assert_eq!(spec.roles.len(), 1);
        assert!(spec.entities.iter().all(|one| sees(&spec, &one.id, &spec.roles[0].id) == Some(Scope::All)));
    });
}

#[test]
fn details_are_required_and_added_with_their_choices() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.stock);
        let required = whole_change(&spec, &texts.empty).spec;
        let is_choice = |field: &&writer::spec::Field| matches!(field.kind, FieldKind::Choice { .. });
        assert!(required.entities[0].fields.iter().find(is_choice).is_some_and(|field| field.required));
        let chosen = whole_change(&spec, &texts.choice).spec;
        assert_eq!(ids(&chosen), ["tool"]);
        assert_eq!(chosen.entities[0].fields.last().map(|field| options(field).len()), Some(2));
        let plain = whole_change(&spec, &texts.plain).spec;
        assert_eq!(ids(&plain), ["tool"]);
        assert_eq!(plain.entities[0].fields.len(), spec.entities[0].fields.len() + 1);
    });
}

#[test]
fn a_doctor_sees_only_their_own_appointments() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.clinic);
        assert!(ids(&spec).contains(&"appointment"), "{:?}", ids(&spec));
        let doctor = spec.roles.iter().find(|role| sees(&spec, "appointment", &role.id).is_some());
        let role = doctor.unwrap_or_else(|| panic!("{:?}", spec.roles));
        assert_eq!(sees(&spec, "appointment", &role.id), Some(Scope::Own));
    });
}

#[test]
fn a_name_is_split_in_the_languages_own_order() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.members);
        let split = whole_change(&spec, &texts.split).spec;
        assert_eq!(split.entities[0].fields.len(), spec.entities[0].fields.len() + 1, "{code}");
    });
}
