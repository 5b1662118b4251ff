//! A release from end to end.

use gate::{Caller, Effect, Judgement, Options, Side, Value, judge, judge_with};

use crate::{
    fake::{
        Fake,
        Phase::{self, Empty, Live, Upgraded},
    },
    fixtures::{judged, lines},
};

const BOTH: &[Phase] = &[Live, Upgraded];
const ROWS: [&str; 2] = [
    "(vec { record { id = 1 : nat; name = opt \"Anna\"; phone = opt \"+49 1\" }; record { id = 2 : nat; name = opt \"Ben\"; phone = opt \"+49 2\" } })",
    "(vec { record { id = 3 : nat; name = opt \"Cleo\"; phone = opt \"\" } })",
];
const NAMES: [&str; 2] = [
    "(vec { record { id = 1 : nat; name = opt \"Anna\" }; record { id = 2 : nat; name = opt \"Ben\" } })",
    "(vec { record { id = 3 : nat; name = opt \"Cleo\" } })",
];

fn guests() -> Fake {
    Fake::default().pages(&[Live], "listGuests", &ROWS).owner(BOTH, "theMotto", "(\"Yes\")")
}

#[test]
fn what_shows_the_same_before_and_after_passes() {
    for version in ["add_field", "map_to_list", "add_variable"] {
        let verdict = judged("guests", version, guests().pages(&[Upgraded], "listGuests", &ROWS));
        assert_eq!(verdict.outcome(), Judgement::Pass, "{version}: {verdict:#?}");
        assert_eq!(lines(&verdict.data), Vec::<String>::new(), "{version}");
    }
}

#[test]
fn a_map_that_a_migration_empties_is_counted() {
    let verdict = judged("guests", "empty_the_map", guests().owner(&[Upgraded], "listGuests", "(vec {})"));
    assert_eq!(verdict.outcome(), Judgement::Asks);
    assert_eq!(
        lines(&verdict.data),
        ["Asks rows_gone: All 3 rows of “guests” would be gone, for example “Anna”, “Ben”, “Cleo”."]
    );
    assert_eq!(verdict.data[0].count, Some(3));
    assert_eq!(verdict.needs_word(), [verdict.data[0].message.clone()]);
}

#[test]
fn a_dropped_field_has_count_and_examples() {
    let verdict = judged("guests", "drop_field", guests().pages(&[Upgraded], "listGuests", &NAMES));
    assert_eq!(
        lines(&verdict.data),
        ["Asks field_gone: “phone” of “guests” would be gone: 2 values, for example “+49 1”, “+49 2”."]
    );
    assert_eq!(lines(&verdict.interface), Vec::<String>::new());
}

#[test]
fn a_rename_that_moves_the_data_only_informs() {
    let moved = ROWS.map(|page| page.replace("phone", "mobile"));
    let verdict = judged(
        "guests",
        "rename_field",
        guests().pages(&[Upgraded], "listGuests", &moved.each_ref().map(String::as_str)),
    );
    assert_eq!(verdict.outcome(), Judgement::Pass);
    assert!(
        lines(&verdict.data)[0].starts_with("Informs renamed: “phone” of “guests” would be called “mobile”"),
        "{verdict:#?}"
    );
    let lost = NAMES;
    let verdict = judged("guests", "rename_field", guests().pages(&[Upgraded], "listGuests", &lost));
    let line = &lines(&verdict.data)[0];
    assert!(
        line.starts_with("Asks looks_renamed") && line.ends_with("2 values, for example “+49 1”, “+49 2”."),
        "{line}"
    );
}

#[test]
fn rows_and_values_that_a_migration_alters_are_counted() {
    let altered = [ROWS[0].replace("+49 2", "?"), "(vec {})".into()];
    let verdict = judged(
        "guests",
        "add_field",
        guests().pages(&[Upgraded], "listGuests", &altered.each_ref().map(String::as_str)),
    );
    assert_eq!(
        lines(&verdict.data),
        [
            "Asks rows_gone: 1 of 3 rows of “guests” would be gone, for example “Cleo”.",
            "Asks values_changed: 1 value of “phone” of “guests” would change, for example “+49 2 → ?”.",
        ]
    );
}

#[test]
fn a_release_that_does_not_start_is_refused() {
    let fork = guests().fails("canister trapped: division by zero");
    let verdict = judged("guests", "drop_field", fork);
    assert_eq!(verdict.outcome(), Judgement::Refuses);
    assert_eq!(
        lines(&verdict.build),
        [
            "Refuses does_not_install: The new version does not start on a copy of the app: canister trapped: division by zero."
        ]
    );
    assert!(lines(&verdict.data).iter().any(|line| line.starts_with("Asks field_gone")));
}

#[test]
fn a_query_that_begins_to_trap_is_refused_and_one_that_always_did_is_told() {
    let verdict = judged("guests", "add_variable", Fake::default().pages(&[Live], "listGuests", &ROWS));
    let found = lines(&verdict.behaviour);
    assert!(
        found[0].starts_with("Refuses query_traps: The new version fails when asked for “guests”: trapped: denied."),
        "{found:?}"
    );
    assert!(found[1].starts_with("Informs query_traps"), "{found:?}");
    assert_eq!(found.len(), 2);
}

const LIVE: Side<'_> = Side {
    candid: "service : { list : () -> (vec text) query; greet : () -> (text) query }",
    stable_types: "actor { stable var names : [Text] };",
};

fn greeting() -> Fake {
    let names = "(vec { \"Anna\"; \"Ben\" })";
    Fake::default().owner(BOTH, "list", names).owner(BOTH, "greet", "(\"hello\")").says(
        BOTH,
        Caller::Anonymous,
        "greet",
        "(\"hello\")",
    )
}

#[test]
fn data_that_opens_up_needs_the_owners_word() {
    let names = "(vec { \"Anna\"; \"Ben\" })";
    let mut fork = greeting().says(&[Upgraded], Caller::Anonymous, "list", names).says(
        &[Upgraded],
        Caller::Stranger,
        "list",
        names,
    );
    let verdict = judge(Some(LIVE), LIVE, b"", &mut fork, &[]);
    assert_eq!(
        lines(&verdict.access),
        [
            "Asks widened: Anyone, signed in or not, could see “list”, which they can't now: 2 values, for example “Anna”, “Ben”."
        ]
    );
    assert_eq!(verdict.outcome(), Judgement::Asks);
}

#[test]
fn another_text_of_the_program_is_nobodys_data() {
    let proposed = Side {
        candid: "service : { list : () -> (vec text) query; greet : () -> (text) query; bye : () -> (text) query }",
        ..LIVE
    };
    let all = &[Upgraded, Empty];
    let mut fork = greeting()
        .owner(all, "greet", "(\"hello world\")")
        .owner(all, "bye", "(\"good bye\")")
        .says(all, Caller::Anonymous, "greet", "(\"hello world\")")
        .says(all, Caller::Anonymous, "bye", "(\"good bye\")");
    let verdict = judge(Some(LIVE), proposed, b"", &mut fork, &[]);
    assert_eq!(verdict.outcome(), Judgement::Pass, "{verdict:#?}");
    assert!(lines(&verdict.access)[0].starts_with("Informs new_method"));
}

#[test]
fn members_of_a_role_have_a_view_of_their_own() {
    let guest = Caller::Member("guest".into());
    let options = Options { roles: vec!["guest".into()], ..Options::default() };
    let mut fork = greeting().says(BOTH, guest.clone(), "greet", "(\"hello\")").says(
        &[Upgraded],
        guest,
        "list",
        "(vec { \"Anna\" })",
    );
    let verdict = judge_with(&options, Some(LIVE), LIVE, b"", &mut fork, &[]);
    assert_eq!(
        lines(&verdict.access),
        [
            "Asks widened: Members with the role “guest” could see “list”, which they can't now: 1 value, for example “Anna”."
        ]
    );
}

#[test]
fn a_first_version_only_informs() {
    let open = Fake::default().says(&[Empty], Caller::Anonymous, "greet", "(\"hello\")").owner(
        &[Empty],
        "greet",
        "(\"hello\")",
    );
    let mut fork = open;
    let verdict = judge(None, LIVE, b"", &mut fork, &[]);
    assert_eq!(verdict.outcome(), Judgement::Pass);
    assert_eq!(lines(&verdict.access), ["Informs open: Anyone can see “greet”, signed in or not."]);
    let mut fork = Fake::default().fails("no such import");
    assert_eq!(judge(None, LIVE, b"", &mut fork, &[]).outcome(), Judgement::Refuses);
}

#[test]
fn that_a_stranger_is_one_is_nothing_to_see() {
    let side =
        Side { candid: "type S = record { role : text; member : text }; service : { me : () -> (S) query }", ..LIVE };
    let seen = |role: &str, member: &str| {
        let standing = format!("(record {{ role = \"{role}\"; member = \"{member}\" }})");
        let mut fork = Fake::default().says(&[Empty], Caller::Anonymous, "me", &standing).owner(
            &[Empty],
            "me",
            "(record { role = \"owner\"; member = \"\" })",
        );
        lines(&judge(None, side, b"", &mut fork, &[]).access).len()
    };
    assert_eq!(seen("visitor", ""), 0);
    assert_eq!(seen("visitor", "Anna"), 1);
    assert_eq!(seen("owner", ""), 1);
}

#[test]
fn memory_tells_what_is_hidden_from_what_is_lost() {
    let rows = |names: &[&str]| {
        let names = names.iter().map(|name| Value::Text((*name).into())).collect();
        vec![("names".to_owned(), Value::List(names))]
    };
    let hides = || greeting().owner(&[Upgraded], "list", "(vec {})");
    let mut kept = hides().keeps(Live, rows(&["Anna", "Ben"])).keeps(Upgraded, rows(&["Anna", "Ben"]));
    let verdict = judge(Some(LIVE), LIVE, b"", &mut kept, &[]);
    assert_eq!(
        lines(&verdict.data),
        [
            "Informs shown_otherwise: All 2 rows of “list” would no longer be shown, for example “Anna”, “Ben”. Nothing of it is lost."
        ]
    );
    let mut lost = hides().keeps(Live, rows(&["Anna", "Ben"])).keeps(Upgraded, rows(&[]));
    let verdict = judge(Some(LIVE), LIVE, b"", &mut lost, &[]);
    assert_eq!(
        lines(&verdict.data),
        ["Asks rows_gone: All 2 rows of “names” would be gone, for example “Anna”, “Ben”."]
    );
    // Even when the methods go on telling the same.
    let mut faked = greeting().keeps(Live, rows(&["Anna", "Ben"])).keeps(Upgraded, rows(&["Anna"]));
    let verdict = judge(Some(LIVE), LIVE, b"", &mut faked, &[]);
    assert_eq!(lines(&verdict.data), ["Asks rows_gone: 1 of 2 rows of “names” would be gone, for example “Ben”."]);
}

#[test]
fn memory_that_can_no_longer_be_read_needs_a_word() {
    let kept = vec![("names".to_owned(), Value::List(vec![Value::Text("Anna".into())]))];
    let verdict = judge(Some(LIVE), LIVE, b"", &mut greeting().keeps(Live, kept), &[]);
    assert_eq!(lines(&verdict.data), ["Asks census_failed: What the new version would keep could not be judged."]);
}

#[test]
fn a_variable_that_is_dropped_is_counted_in_memory() {
    let guest = |name: &str| {
        Value::Record(vec![("id".into(), Value::Number("1".into())), ("name".into(), Value::Text(name.into()))])
    };
    let pair = |key: u8, name: &str| {
        Value::Record(vec![("0".into(), Value::Number(key.to_string())), ("1".into(), guest(name))])
    };
    let rows = || Value::List(vec![pair(1, "Anna"), pair(2, "Ben")]);
    let before = vec![
        ("guests".to_owned(), rows()),
        ("motto".into(), Value::Text("Yes".into())),
        ("nextGuest".into(), Value::Number("3".into())),
    ];
    let after = |people: Value| {
        vec![
            ("motto".to_owned(), Value::Text("Yes".into())),
            ("nextGuest".into(), Value::Number("4".into())),
            ("people".into(), people),
        ]
    };
    let fork = guests()
        .pages(&[Upgraded], "listGuests", &ROWS)
        .keeps(Live, before.clone())
        .keeps(Upgraded, after(Value::List(vec![])));
    let verdict = judged("guests", "rename_variable", fork);
    let found = lines(&verdict.data);
    assert!(
        found[0].starts_with("Asks looks_renamed: “guests” would be gone")
            && found[0].ends_with(": 2 rows, for example “Anna”, “Ben”."),
        "{found:?}"
    );
    assert_eq!(found[1], "Informs value_changed: “next guest” would change, for example “3 → 4”.");
    let fork = guests().pages(&[Upgraded], "listGuests", &ROWS).keeps(Live, before).keeps(Upgraded, after(rows()));
    let verdict = judged("guests", "rename_variable", fork);
    assert!(lines(&verdict.data)[0].starts_with("Informs renamed: “guests” would be called “people”"), "{verdict:#?}");
}

#[test]
fn the_same_release_has_the_same_verdict() {
    let judged = || judged("guests", "drop_field", guests().pages(&[Upgraded], "listGuests", &NAMES));
    let (one, other) = (judged(), judged());
    assert_eq!((one.digest(), &one), (other.digest(), &other));
    assert!(one.data.iter().all(|finding| finding.effect != Effect::Refuses));
}
