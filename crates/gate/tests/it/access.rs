//! Who could see or change more: real modules, tried by every role.

use gate::{Caller, Effect, Judgement, Verdict};

use crate::{
    fixtures::lines,
    real::{Module, Real, judged, module},
};

fn live() -> Module {
    module("club", "live")
}

/// The live club with three guests, the last of whom answered herself.
fn club(live: &Module) -> Real {
    let guest = Caller::Member("guest".into());
    Real::running(live)
        .done(&Caller::Owner, "addGuest", "(record { name = \"Anna\"; phone = \"+49 301\" })")
        .done(&Caller::Owner, "addGuest", "(record { name = \"Ben\"; phone = \"+49 302\" })")
        .done(&guest, "answer", "(\"+49 303\")")
}

fn verdict(version: &str) -> Verdict {
    let live = live();
    judged(&live, &module("club", version), club(&live))
}

/// What asks, and nothing else does.
fn asks(version: &str) -> Vec<String> {
    let verdict = verdict(version);
    let asking = lines(&verdict.access).into_iter().filter(|line| line.starts_with("Asks")).collect();
    assert!(verdict.data.iter().all(|finding| finding.effect == Effect::Informs), "{:#?}", verdict.data);
    asking
}

#[test]
fn a_method_that_leaks_rows_by_their_key_asks() {
    assert_eq!(
        asks("leaking"),
        [
            "Asks widened: Anyone, signed in or not, could see “guests” (id, name, phone) by “find guest”, which they can't now"
        ]
    );
}

#[test]
fn an_update_that_only_the_page_guards_asks() {
    assert_eq!(asks("open_update"), ["Asks may_delete: Anyone"]);
}

#[test]
fn a_dropped_guard_asks() {
    assert_eq!(asks("drops_guard"), ["Asks may_delete: Anyone"]);
}

#[test]
fn a_guard_that_believes_its_argument_asks() {
    assert_eq!(asks("trusts_argument"), ["Asks widened"]);
}

#[test]
fn a_claim_that_opens_more_asks() {
    assert_eq!(asks("claims"), ["Asks claim"]);
}

#[test]
fn an_honest_feature_does_not_ask() {
    let verdict = verdict("feature");
    assert_eq!(verdict.outcome(), Judgement::Pass, "{verdict:#?}");
    assert_eq!(lines(&verdict.access), ["x"]);
}

#[test]
fn a_tightened_role_is_told() {
    let verdict = verdict("tightened");
    assert_eq!(verdict.outcome(), Judgement::Pass, "{verdict:#?}");
    assert_eq!(lines(&verdict.access), ["x"]);
}

#[test]
fn clocks_and_texts_of_the_program_are_nobodys_data() {
    let verdict = verdict("ticking");
    assert_eq!(verdict.outcome(), Judgement::Pass, "{verdict:#?}");
}
