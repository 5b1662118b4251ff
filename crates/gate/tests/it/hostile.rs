//! Modules that say anything at all about themselves.

use gate::{Caller, Effect, Fork, Judgement, Side, StableDiagnostic, judge};
use proptest::prelude::*;

use crate::{
    fake::Fake,
    fixtures::{Text, lines},
};

const GOOD: Side<'_> = Side {
    candid: "service : { list : () -> (vec text) query }",
    stable_types: "actor { stable var names : [Text] };",
};

/// Answers everything with the same bytes.
struct Parrot(Vec<u8>);

impl Fork for Parrot {
    fn upgrade(&mut self, _: &[u8]) -> Result<(), String> {
        Ok(())
    }
    fn install(&mut self, _: &[u8]) -> Result<(), String> {
        Ok(())
    }
    fn query(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }
    fn call(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }
}

#[test]
fn a_new_version_that_hides_its_types_needs_the_owners_word() {
    for stable_types in
        ["", "garbage", "actor { stable x : ", &"?".repeat(1_000_000), "type A = A; actor { stable var names : A };"]
    {
        let verdict = judge(Some(GOOD), Side { stable_types, ..GOOD }, b"", &mut Parrot(vec![]), &[]);
        assert_eq!(verdict.outcome(), Judgement::Asks, "{}", &stable_types[..stable_types.len().min(30)]);
        assert_eq!(lines(&verdict.data), ["Asks census_failed: What would become of the data could not be judged."]);
    }
    let deep = format!("service : {{ f : ({} nat) -> () }}", "opt ".repeat(10_000));
    for candid in ["", "garbage", deep.as_str()] {
        let verdict = judge(Some(GOOD), Side { candid, ..GOOD }, b"", &mut Parrot(vec![]), &[]);
        assert_eq!(lines(&verdict.interface), ["Asks census_failed: What the new version offers could not be judged."]);
    }
}

#[test]
fn a_live_version_that_says_nothing_informs() {
    let nothing = Side { candid: "", stable_types: "" };
    let verdict = judge(Some(nothing), GOOD, b"", &mut Parrot(vec![]), &[]);
    assert_eq!(verdict.outcome(), Judgement::Pass);
    assert_eq!((verdict.data.len(), verdict.interface.len()), (1, 1));
}

#[test]
fn types_that_grow_as_they_are_followed_end() {
    let growing = "type T<A> = {next : ?T<(A, A)>; value : A}; actor { stable var names : T<Nat> };";
    let other = "type T<A> = {next : ?T<(A, A)>; value : A; more : Nat}; actor { stable var names : T<Text> };";
    let verdict = judge(
        Some(Side { stable_types: growing, ..GOOD }),
        Side { stable_types: other, ..GOOD },
        b"",
        &mut Parrot(vec![]),
        &[],
    );
    assert_eq!(verdict.outcome(), Judgement::Asks);
    assert!(lines(&verdict.data)[0].starts_with("Asks census_failed"), "{verdict:#?}");
}

#[test]
fn replies_that_are_bombs_are_put_aside() {
    // vec null with two billion elements; a table of types that refers to itself; nested options without end.
    let bombs: [&[u8]; 4] = [
        b"DIDL\x01\x6d\x7f\x01\x00\xff\xff\xff\xff\x07",
        b"DIDL\x01\x6d\x00\x01\x00\x01\x01\x01\x01\x01\x01\x00",
        &[b"DIDL\x01\x6e\x00\x01\x00".as_slice(), &[1; 100_000]].concat(),
        &[0; 3 << 20],
    ];
    let sides = [
        "service : { list : () -> (vec null) query }",
        "type T = vec T; service : { list : () -> (T) query }",
        "type T = opt T; service : { list : () -> (T) query }",
        "service : { list : () -> (vec text) query }",
    ];
    for candid in sides {
        let side = Side { candid, ..GOOD };
        for bomb in bombs {
            let verdict = judge(Some(side), side, b"", &mut Parrot(bomb.to_vec()), &[]);
            assert!(verdict.behaviour.iter().all(|f| f.effect == Effect::Informs), "{verdict:#?}");
        }
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "actor", "type", "stable", "in", "var", "x", "T", "Nat", "Text", "Any", "{", "}", "(", ")", "[", "]", "<", ">",
        ";", ":", ",", "=", "?", "#", "->", "shared", "query", "async", "\"a\"", ".", "weak", "root", "size", "//",
        "\n", "service", "record", "vec", "opt",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|words| words.join(" "))
}

/// Changes one place of a real text.
fn damaged(text: String) -> impl Strategy<Value = String> {
    let length = text.chars().count();
    (0..length, pieces(), 0..40_usize).prop_map(move |(at, piece, less)| {
        let short: String = piece.chars().take(12).collect();
        text.chars().take(at).chain(short.chars()).chain(text.chars().skip(at + less)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_a_verdict(candid in pieces(), types in pieces(), reply in prop::collection::vec(any::<u8>(), 0..60), raw in ".{0,80}") {
        for (candid, stable_types) in [(candid.as_str(), types.as_str()), (raw.as_str(), raw.as_str())] {
            let side = Side { candid, stable_types };
            let objections = [StableDiagnostic { code: raw.clone(), message: raw.clone() }];
            for (live, proposed) in [(Some(side), GOOD), (Some(GOOD), side), (Some(side), side), (None, side)] {
                let verdict = judge(live, proposed, b"", &mut Parrot([b"DIDL".as_slice(), &reply].concat()), &objections);
                prop_assert_eq!(verdict.digest(), verdict.digest());
            }
        }
    }

    #[test]
    fn a_damaged_signature_gets_a_verdict(types in damaged(Text::of("guests", "live").stable_types), candid in damaged(Text::of("guests", "live").candid)) {
        let live = Text::of("guests", "live");
        let proposed = Side { candid: &candid, stable_types: &types };
        judge(Some(live.side()), proposed, b"", &mut Fake::default(), &[]);
        judge(Some(proposed), live.side(), b"", &mut Fake::default(), &[]);
    }
}
