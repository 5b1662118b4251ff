//! Who could see or change more: real modules, tried by every role.

use gate::{Caller, Declared, Effect, Finding, Granted, Judgement, Options, Reached, Verdict, access_of, judge_with};

use crate::{
    fixtures::lines,
    real::{ForkOf, Module, called, judged_with, module, running},
};

fn live() -> Module {
    module("club", "live")
}

/// The live club with three guests, the last of whom answered herself.
fn club(live: &Module) -> ForkOf {
    let mut fork = running(live);
    called(&mut fork, &Caller::Owner, "addGuest", "(record { name = \"Anna\"; phone = \"+49 301\" })");
    called(&mut fork, &Caller::Owner, "addGuest", "(record { name = \"Ben\"; phone = \"+49 302\" })");
    called(&mut fork, &Caller::Member("guest".into()), "answer", "(\"+49 303\")");
    fork
}

fn verdict(version: &str) -> Verdict {
    let live = live();
    let options = Options { roles: vec!["guest".into()], ..Options::default() };
    judged_with(&options, &live, &module("club", version), club(&live))
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
    let expected = "Asks widened: Anyone, signed in or not, could see “guests” (member, name, phone) by “find guest”, which they can't now: 6 values, for example “+49 301”, “+49 302”, “+49 303”.";
    assert_eq!(asks("leaking"), [expected]);
}

#[test]
fn an_update_that_only_the_page_guards_asks() {
    let expected =
        "Asks may_delete: Anyone, signed in or not, could delete any row of “guests” by “purge”, which they can't now.";
    assert_eq!(asks("open_update"), [expected]);
}

#[test]
fn a_dropped_guard_asks() {
    let expected = "Asks may_delete: Anyone, signed in or not, could delete any row of “guests” by “remove guest”, which they can't now.";
    assert_eq!(asks("drops_guard"), [expected]);
}

#[test]
fn a_guard_that_believes_its_argument_asks() {
    let expected = "Asks widened: Anyone, signed in or not, could see “guests” (id, member, name, phone) by “list as”, which they can't now: 9 values, for example “+49 301”, “+49 302”, “+49 303”.";
    assert_eq!(asks("trusts_argument"), [expected]);
}

#[test]
fn a_claim_that_opens_more_asks() {
    let expected = "Asks claim: Anyone, signed in or not, could give themselves more rights by “claim admin”, and then see “guests” (member, name, phone) and delete any row of “guests”, which they can't now.";
    assert_eq!(asks("claims"), [expected]);
}

#[test]
fn a_claim_that_can_be_made_twice_asks() {
    let live = module("club", "claims");
    let mut claimed = club(&live);
    called(&mut claimed, &Caller::Owner, "claimAdmin", "()");
    let options = Options { roles: vec!["guest".into()], ..Options::default() };
    let verdict = judged_with(&options, &live, &module("club", "claims_again"), claimed);
    let asking: Vec<String> = lines(&verdict.access).into_iter().filter(|line| line.starts_with("Asks")).collect();
    assert!(asking.iter().any(|line| line.starts_with("Asks claim: Anyone, signed in or not, could")), "{asking:#?}");
    assert!(asking.iter().any(|line| line.contains("could change “admin” by “claim admin”")), "{asking:#?}");
}

#[test]
fn an_honest_feature_does_not_ask() {
    let verdict = verdict("feature");
    assert_eq!(verdict.outcome(), Judgement::Pass, "{verdict:#?}");
    let new = "Informs may_add: Members with the role “guest” could add to “photos” by “add photo”, which is new.";
    assert!(lines(&verdict.access).contains(&new.to_owned()), "{:#?}", verdict.access);
}

#[test]
fn a_tightened_role_is_told() {
    let verdict = verdict("tightened");
    assert_eq!(verdict.outcome(), Judgement::Pass, "{verdict:#?}");
    assert_eq!(
        lines(&verdict.access),
        ["Informs narrowed: Members with the role “guest” could no longer use “answer”."]
    );
}

#[test]
fn clocks_and_texts_of_the_program_are_nobodys_data() {
    let verdict = verdict("ticking");
    assert_eq!(verdict.outcome(), Judgement::Pass, "{verdict:#?}");
}

#[test]
fn the_same_versions_have_the_same_findings() {
    let (one, other) = (verdict("claims"), verdict("claims"));
    assert_eq!((one.digest(), &one.access), (other.digest(), &other.access));
}

#[test]
fn a_first_version_tells_who_gets_more_by_coming_first() {
    let module = module("club", "claims");
    let options = Options { roles: vec!["guest".into()], ..Options::default() };
    let mut fork = running(&module);
    let verdict = judge_with(&options, None, module.side(), &module.wasm, &mut fork, &[]);
    assert_eq!(verdict.outcome(), Judgement::Pass, "{verdict:#?}");
    let first = verdict.access.iter().find(|finding| finding.kind == "first_caller").unwrap();
    assert!(
        first.message.contains("see “guests”") && first.message.contains("delete any row of “guests”"),
        "{first:?}"
    );
}

#[test]
fn what_is_wider_than_declared_asks() {
    let live = live();
    let owner = |variable: &str| Granted {
        role: "owner".into(),
        variable: variable.into(),
        reads: Reached::All,
        adds: true,
        alters: Reached::All,
        deletes: Reached::All,
        ..Granted::default()
    };
    let methods = [("addPhoto".to_owned(), vec!["owner".to_owned()])].into();
    let by_grants = Declared { grants: vec![owner("guests"), owner("photos")], ..Declared::default() };
    for declared in [Declared { methods, ..Declared::default() }, by_grants] {
        let options = Options { roles: vec!["guest".into()], declared: Some(declared), ..Options::default() };
        let verdict = judged_with(&options, &live, &module("club", "feature"), club(&live));
        let found: Vec<&Finding> = verdict.access.iter().filter(|f| f.effect == Effect::Asks).collect();
        assert!(!found.is_empty() && found.iter().all(|f| f.kind == "wider_than_declared"), "{:#?}", verdict.access);
        // What the live version lets a guest do already, the new one doesn't widen.
        assert!(found.iter().all(|f| f.message.contains("photo")), "{found:#?}");
    }
}

#[test]
fn the_matrix_says_who_sees_and_changes_what() {
    let live = live();
    let mut fork = club(&live);
    let options = Options { roles: vec!["guest".into()], ..Options::default() };
    let rows = access_of(&options, live.side(), &mut fork).unwrap();
    let row = |role: &str, method: &str| rows.iter().find(|row| row.role == role && row.method == method).unwrap();
    assert_eq!(row("owner", "listGuests").shows, ["guests.id", "guests.member", "guests.name", "guests.phone"]);
    assert_eq!(row("owner", "removeGuest").changes, ["delete any row of “guests”"]);
    assert_eq!(row("stranger", "removeGuest").sentence, "Anyone who signs in can't use “remove guest”.");
    assert_eq!(row("anonymous", "listGuests").shows, Vec::<String>::new());
    assert_eq!(row("guest", "answer").changes, ["change their own rows of “guests” (phone)"]);
    assert_eq!(row("owner", "addGuest").sentence, "The owner can add to “guests” by “add guest”.");
}
