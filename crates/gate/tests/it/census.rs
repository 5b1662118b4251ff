//! The census on memories of real modules: one app, and versions that treat its data well or badly.
//!
//! `tests/fixtures/census-<version>.bin` hold what memory had in it after an upgrade from `live` to that version, as
//! `heap.bin` does. `node tests/fixtures.mjs FOLDER MODULES` compiles the
//! versions of `census.mo.txt`, and `cargo run -p execution --example record -- MODULES tests/fixtures` records them.

use std::{fs, path::PathBuf, time::Duration};

use gate::{Caller, Effect, Fork, Look, Mark, Options, Verdict, judge_with};

use crate::{
    fixtures::{Text, lines},
    heap::Ranges,
};

/// A fork that shows recorded memories.
struct Recorded {
    version: &'static str,
    /// What the live version leaves by itself from an hour on, if anything changes.
    live_later: Option<(u64, &'static str)>,
    /// The same for the new version.
    later: Option<(u64, &'static str)>,
    /// What the new version leaves once its method was called.
    called: Option<&'static str>,
    now: State,
    kept: Vec<State>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    upgraded: bool,
    hours: u64,
    called: bool,
}

impl Recorded {
    fn of(version: &'static str) -> Recorded {
        let now = State { upgraded: false, hours: 0, called: false };
        Recorded { version, live_later: None, later: None, called: None, now, kept: Vec::new() }
    }

    /// The recording that shows a state.
    fn shown(&self, state: &State) -> &'static str {
        let (name, later) = if state.upgraded { (self.version, self.later) } else { ("live", self.live_later) };
        let later = later.filter(|(hours, _)| state.hours >= *hours).map(|(_, name)| name);
        let called = self.called.filter(|_| state.upgraded && state.called);
        called.or(later).unwrap_or(name)
    }

    fn memory(&self, mark: Mark) -> Vec<u8> {
        Ranges::of(&fs::read(recording(self.shown(&self.kept[mark.0]))).unwrap()).whole()
    }
}

fn recording(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("census-{name}.bin"))
}

impl Fork for Recorded {
    fn upgrade(&mut self, _wasm: &[u8]) -> Result<(), String> {
        self.now.upgraded = true;
        Ok(())
    }

    fn install(&mut self, _wasm: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn query(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        Err("there are no queries".into())
    }

    fn call(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        self.now.called = true;
        Ok(b"DIDL\0\0".to_vec())
    }

    fn keep(&mut self) -> Mark {
        self.kept.push(self.now.clone());
        Mark(self.kept.len() - 1)
    }

    fn back(&mut self, mark: Mark) {
        self.now = self.kept[mark.0].clone();
    }

    fn pass(&mut self, time: Duration) {
        self.now.hours += time.as_secs() / 3_600;
    }

    fn same(&mut self, one: Mark, other: Mark) -> bool {
        self.shown(&self.kept[one.0]) == self.shown(&self.kept[other.0])
    }

    fn memories(&mut self, before: Mark, after: Mark, look: Look<'_>) -> Option<Result<(), String>> {
        look(&self.memory(before), &self.memory(after));
        Some(Ok(()))
    }
}

fn judged(mut fork: Recorded) -> Verdict {
    let (live, proposed) = (Text::of("census", "live"), Text::of("census", fork.version));
    judge_with(&Options::default(), Some(live.side()), proposed.side(), b"", &mut fork, &[])
}

fn data(version: &'static str) -> Vec<String> {
    lines(&judged(Recorded::of(version)).data)
}

#[test]
fn what_keeps_everything_passes() {
    for version in ["kept", "added"] {
        assert_eq!(data(version), Vec::<String>::new(), "{version}");
    }
}

#[test]
fn rows_lost_on_a_rare_condition_are_found() {
    assert_eq!(
        data("lost_rows"),
        ["Asks rows_gone: 2 of 100 rows of “orders” would be gone, for example “customer 0”, “customer 5”."]
    );
}

#[test]
fn a_single_value_and_parts_of_lists_in_rows_are_found() {
    assert_eq!(
        data("lost_notes"),
        ["Asks values_gone: 1 value of “note” of “orders” would be gone, for example “note 8”."]
    );
    assert_eq!(
        data("lost_lines"),
        ["Asks rows_gone: 5 rows of “lines” of “orders” would be gone, for example “cake”."]
    );
    assert_eq!(
        data("dropped_line_count"),
        ["Asks field_gone: “count” of “orders” would be gone: 200 values, for example “2”, “0”, “1”."]
    );
}

#[test]
fn values_that_stay_in_number_but_not_in_kind_are_found() {
    let found = data("swapped_fields");
    assert!(
        found[0].starts_with("Asks values_changed: 100 values of “at” of “orders” would change places with “price”"),
        "{found:?}"
    );
    assert_eq!(found.len(), 2);
    let found = data("overwritten");
    assert!(
        found[0].starts_with("Asks values_changed: 100 values of “customer” of “orders” would all become “unknown”"),
        "{found:?}"
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn choices_that_become_one_are_counted() {
    assert_eq!(
        data("merged"),
        [
            "Asks case_gone: The choice “paid” of “status” of “orders” would be gone: 40 values, for example “paid → done”.",
            "Asks case_gone: The choice “shipped” of “status” of “orders” would be gone: 50 values, for example “shipped → done”.",
        ]
    );
}

#[test]
fn numbers_that_do_not_fit_any_more_are_counted() {
    let found = data("cut");
    assert!(found.iter().any(|line| line.starts_with("Asks type_changed") && line.contains("1000 → 232")), "{found:?}");
}

#[test]
fn another_key_for_the_same_rows_only_informs() {
    let found = data("rekeyed");
    assert!(found.iter().any(|line| line.starts_with("Informs rekeyed: 100 rows of “orders”")), "{found:?}");
}

#[test]
fn what_is_lost_later_is_told_with_its_time() {
    let gone = "2 of 100 rows of “orders” would be gone, for example “customer 0”, “customer 5”.";
    let expires = |hours| Recorded { later: Some((hours, "lost_rows")), ..Recorded::of("kept") };
    assert_eq!(lines(&judged(expires(1)).data), [format!("Asks rows_gone: An hour after the switch {gone}")]);
    assert_eq!(lines(&judged(expires(24)).data), [format!("Asks rows_gone: A day after the switch {gone}")]);
    assert_eq!(lines(&judged(expires(700)).data), [format!("Asks rows_gone: A month after the switch {gone}")]);
    let resets = Recorded { called: Some("lost_rows"), ..Recorded::of("kept") };
    assert_eq!(
        lines(&judged(resets).data),
        [format!("Asks rows_gone: Once strangers have called what they may call {gone}")]
    );
}

#[test]
fn what_the_live_version_would_let_go_of_as_well_is_no_loss() {
    let alike =
        Recorded { live_later: Some((24, "lost_rows")), later: Some((24, "lost_rows")), ..Recorded::of("kept") };
    assert_eq!(lines(&judged(alike).data), Vec::<String>::new());
}

#[test]
fn memory_that_cannot_be_read_any_more_asks_and_one_that_never_could_informs() {
    struct Blank(bool);
    impl Fork for Blank {
        fn upgrade(&mut self, _: &[u8]) -> Result<(), String> {
            Ok(())
        }
        fn install(&mut self, _: &[u8]) -> Result<(), String> {
            Ok(())
        }
        fn query(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
            Err("there are no queries".into())
        }
        fn call(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
            Err("there are no calls".into())
        }
        fn memories(&mut self, _: Mark, _: Mark, look: Look<'_>) -> Option<Result<(), String>> {
            let live = Ranges::of(&fs::read(recording("live")).unwrap()).whole();
            if self.0 {
                look(&live, &[])
            } else {
                look(&[], &[])
            }
            Some(Ok(()))
        }
    }
    let live = Text::of("census", "live");
    let effects = |mut fork: Blank| -> Vec<Effect> {
        judge_with(&Options::default(), Some(live.side()), live.side(), b"", &mut fork, &[])
            .data
            .iter()
            .map(|finding| finding.effect)
            .collect()
    };
    assert_eq!(effects(Blank(true)), [Effect::Asks]);
    assert_eq!(effects(Blank(false)), [Effect::Informs]);
}
