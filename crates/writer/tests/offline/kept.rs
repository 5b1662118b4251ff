//! Things that a side sentence tells of: who does what with them, and what tells one from another.

use writer::spec::{AppSpec, Entity, FieldKind};

use crate::written;

fn thing<'a>(spec: &'a AppSpec, plural: &str) -> &'a Entity {
    let named = |entity: &&Entity| entity.plural == plural;
    spec.entities.iter().find(named).unwrap_or_else(|| panic!("no {plural} in {:?}", spec.entities))
}

fn labels(entity: &Entity) -> Vec<&str> {
    entity.fields.iter().map(|field| field.label.as_str()).collect()
}

#[test]
fn what_somebody_does_with_a_thing_is_kept_with_it() {
    let (spec, understanding) =
        written("We keep plots; forward contracts where a buyer fixes a price per kg for a future month.");
    let contract = thing(&spec, "Forward contracts");
    assert!(labels(contract).starts_with(&["Buyer", "Price per kg", "Future month"]), "{:?}", labels(contract));
    assert!(matches!(contract.fields[1].kind, FieldKind::Money { .. }), "{:?}", contract.fields[1]);
    assert!(understanding.not_understood.is_empty(), "{:?}", understanding.not_understood);
}

#[test]
fn per_says_whose_it_is_and_what_tells_one_from_another() {
    let (spec, understanding) = written("We keep plots with a place. Carbon credits per plot and year.");
    let (credit, plot) = (thing(&spec, "Carbon credits"), &thing(&spec, "Plots").id);
    let belongs = |kind: &FieldKind| matches!(kind, FieldKind::Ref { entity } if entity == plot);
    assert!(credit.fields.iter().any(|field| belongs(&field.kind)), "{:?}", credit.fields);
    assert!(labels(credit).contains(&"Year"), "{:?}", labels(credit));
    assert!(understanding.not_understood.is_empty(), "{:?}", understanding.not_understood);
}

#[test]
fn what_an_app_is_compared_with_is_its_name_alone() {
    let (spec, understanding) = written("My alternative to Google Photos: I upload pictures into albums.");
    assert_eq!(spec.title, "Alternative to Google Photos");
    assert!(understanding.not_understood.is_empty(), "{:?}", understanding.not_understood);
}
