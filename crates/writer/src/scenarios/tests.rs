//! Tests of what specs promise.

use super::*;

const WEDDING: &str = "I want a site for planning our wedding. Guests have a name, an email and a phone number. They answer yes or no and pick a meal (meat, fish or vegetarian). We have tables with a number of seats. Only my partner and I may see the budget.";

fn spec(text: &str) -> AppSpec {
    crate::write(&crate::Wish { text, name: None }).unwrap().0
}

#[test]
fn a_wedding_promises_places_and_privacy() {
    let spec = spec(WEDDING);
    let found = scenarios(&spec);
    let keys: Vec<&str> = found.iter().map(|scenario| scenario.key.as_str()).collect();
    assert!(keys.contains(&"guest required"), "{keys:?}");
    assert!(keys.iter().any(|key| key.ends_with("unseen visitor")), "{keys:?}");
    let rules = spec.rules.iter().filter(|rule| matches!(rule, crate::spec::Rule::Capacity { .. })).count();
    assert!(rules > 0);
    assert_eq!(keys.iter().filter(|key| key.contains(" full ")).count(), rules, "{keys:?}");
    assert!(found.iter().all(|scenario| !scenario.steps.is_empty() && !scenario.name.is_empty()));
    assert_eq!(scenarios(&spec), found);
}

#[test]
fn new_words_are_the_same_promise() {
    let old = spec("an app for orders with a name and a price");
    let mut new = old.clone();
    for entity in &mut new.entities {
        entity.label = format!("{} x", entity.label);
    }
    let keys = |spec: &AppSpec| scenarios(spec).into_iter().map(|scenario| scenario.key).collect::<Vec<_>>();
    assert!(!keys(&old).is_empty());
    assert_eq!(keys(&old), keys(&new));
}

#[test]
fn what_differs_is_what_is_touched() {
    let old = spec(WEDDING);
    assert_eq!(touched(&old, &old), Vec::<String>::new());
    let mut new = old.clone();
    new.theme.accent = "#000000".into();
    assert_eq!(touched(&old, &new), Vec::<String>::new());
    let table = new.entities.iter_mut().find(|entity| entity.id == "table").unwrap();
    table.fields[0].label = "Other".into();
    let names = touched(&old, &new);
    assert!(names.contains(&"table".into()) && names.contains(&"tables".into()), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("guest")), "{names:?}");
}
