//! Values in another form or under another name, by real modules on real forks: what is kept informs, and what only
//! looks like it asks.

use gate::{Effect, Options};

use crate::{
    fixtures::lines,
    real::{judged_with, module, running},
};

/// What the data room says of a version.
fn data(version: &str) -> Vec<String> {
    let (live, proposed) = (module("jars", "live"), module("jars", version));
    lines(&judged_with(&Options::default(), &live, &proposed, running(&live)).data)
}

/// Whether a version's data need the owner's word.
fn asks(version: &str) -> bool {
    let (live, proposed) = (module("jars", "live"), module("jars", version));
    let verdict = judged_with(&Options::default(), &live, &proposed, running(&live));
    verdict.data.iter().any(|finding| finding.effect != Effect::Informs)
}

#[test]
fn what_is_kept_is_told_and_not_asked_about() {
    assert_eq!(
        data("split"),
        [
            "Informs renamed: “name” of “jars” would be called “number & thing” from now on; its values move along: 40 values, for example “Jar 0”, “Jar 1”, “Jar 2”."
        ]
    );
    assert_eq!(
        data("as_text"),
        [
            "Informs retyped: “weight” of “jars” would change from a whole number from zero to text, and all its values are kept: 40 values, for example “100 → 100 g”, “103 → 103 g”, “106 → 106 g”."
        ]
    );
    assert_eq!(
        data("as_choice"),
        [
            "Informs renamed: “opened” of “jars” would be called “seal” from now on; its values move along: 40 values, “true” as “opened” (10), “false” as “whole” (30)."
        ]
    );
    assert_eq!(
        data("as_kinds"),
        [
            "Informs retyped: “kind” of “jars” would change from text to a choice, and all its values are kept: 40 values, for example “jam”, “honey”."
        ]
    );
    assert_eq!(
        data("called_otherwise"),
        [
            "Informs renamed: The choice “stale” of “state” of “jars” would be called “old” from now on; 8 values that made it would have the new name."
        ]
    );
    for version in ["as_decimal", "filled_with_nothing"] {
        assert!(!asks(version), "{version}: {:?}", data(version));
    }
}

#[test]
fn what_only_looks_like_it_asks() {
    for version in [
        "split_short",
        "as_cipher",
        "as_others",
        "as_nothing",
        "as_tenths",
        "as_opposite",
        "as_default",
        "as_other_kinds",
        "as_one_kind",
        "filled",
        "called_otherwise_and_more",
        "called_the_same",
    ] {
        assert!(asks(version), "{version}: {:?}", data(version));
    }
}

#[test]
fn what_changes_beside_a_new_name_is_told_by_itself() {
    let found = data("called_otherwise_and_more");
    assert!(
        found.iter().any(|line| line
            .starts_with("Asks values_changed: 1 value of “state” of “jars” would change, for example “fresh → gone”")),
        "{found:?}"
    );
}
