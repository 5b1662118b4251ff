//! What the types of real modules say, without a fork that shows anything.

use std::{fs, path::PathBuf};

use gate::{Finding, Side, StableDiagnostic, Verdict, judge};

use crate::fake::Fake;

/// A side of a fixture, owned.
pub(crate) struct Text {
    pub(crate) candid: String,
    pub(crate) stable_types: String,
}

impl Text {
    pub(crate) fn of(app: &str, version: &str) -> Text {
        Text { candid: read(&format!("{app}-{version}.did")), stable_types: read(&format!("{app}-{version}.most")) }
    }

    pub(crate) fn side(&self) -> Side<'_> {
        Side { candid: &self.candid, stable_types: &self.stable_types }
    }
}

fn read(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the compiler objects to, as recorded; a version with a migration is not compared by it.
pub(crate) fn objections(app: &str, version: &str) -> Vec<StableDiagnostic> {
    let lines = read(&format!("{app}-{version}.stable"));
    let line = |line: &str| {
        line.split_once(' ').map(|(code, message)| StableDiagnostic { code: code.into(), message: message.into() })
    };
    lines.lines().filter_map(line).collect()
}

pub(crate) fn judged(app: &str, version: &str, fork: Fake) -> Verdict {
    let (live, proposed) = (Text::of(app, "live"), Text::of(app, version));
    let mut fork = fork;
    judge(Some(live.side()), proposed.side(), b"", &mut fork, &objections(app, version))
}

pub(crate) fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{:?} {}: {}", f.effect, f.kind, f.message)).collect()
}

fn data(version: &str) -> Vec<String> {
    lines(&judged("guests", version, Fake::default()).data)
}

const UNSEEN: &str = "Asks not_counted: The new version converts “guests”, and no list shows all of it, so what would be gone can't be counted.";

#[test]
fn what_only_grows_passes() {
    assert_eq!(data("add_variable"), Vec::<String>::new());
    // The types lose nothing; that no list was seen is all there is to say.
    assert_eq!(data("add_field"), [UNSEEN]);
    assert_eq!(data("map_to_list"), [UNSEEN]);
}

#[test]
fn a_dropped_field_is_found_inside_of_a_map() {
    assert_eq!(data("drop_field"), [UNSEEN, "Asks field_gone: “phone” of “guests” would be gone."]);
    let without = data("drop_field_without_migration");
    assert_eq!(without.len(), 2, "{without:?}");
    assert!(without[0].starts_with("Refuses incompatible: “guests” has another form"), "{without:?}");
    assert_eq!(without[1], "Asks field_gone: “phone” of “guests” would be gone.");
}

#[test]
fn a_dropped_variable_is_found_with_and_without_a_migration() {
    assert_eq!(data("drop_variable"), ["Asks variable_gone: “motto” would be gone."]);
    let without = data("drop_variable_without_migration");
    assert_eq!(
        without[0],
        "Refuses incompatible: The new version leaves out “motto” without saying what becomes of it; a migration must say so."
    );
    assert_eq!(without[1], "Asks variable_gone: “motto” would be gone.");
    let transient = data("make_transient");
    assert!(
        transient[0].starts_with("Refuses incompatible")
            && transient[1] == "Asks variable_gone: “guests” would be gone.",
        "{transient:?}"
    );
}

#[test]
fn a_new_name_is_told_apart_from_a_loss() {
    let renamed = data("rename_field");
    assert!(
        renamed[1].starts_with("Asks looks_renamed: “phone” of “guests” would be gone, and “mobile” is new"),
        "{renamed:?}"
    );
    let renamed = data("rename_variable");
    assert!(renamed[0].starts_with("Asks looks_renamed: “guests” would be gone, and “people” is new"), "{renamed:?}");
}

#[test]
fn changed_kinds_and_choices_are_found() {
    assert_eq!(data("drop_case"), [UNSEEN, "Asks case_gone: The choice “vegan” of “diet” of “guests” would be gone."]);
    let retyped = data("retype_field");
    assert_eq!(
        retyped[1],
        "Asks type_changed: “phone” of “guests” would change from text to a whole number from zero; what does not fit would be gone."
    );
}

#[test]
fn collections_of_every_kind_are_looked_into() {
    let verdict = judged("kinds", "without_notes", Fake::default());
    let gone: Vec<&str> = verdict.data.iter().filter(|f| f.kind == "field_gone").map(|f| f.subject.as_str()).collect();
    assert_eq!(
        gone,
        [
            "comments → stars",
            "list → note",
            "map → note",
            "nested → more → note",
            "nested → rows → note",
            "pairs → note",
            "perhaps → note",
            "priority queue → note",
            "pure list → note",
            "pure map → note",
            "pure queue → note",
            "pure set → note",
            "queue → note",
            "real time queue → note",
            "set → note",
            "stack → note",
        ]
    );
    let others: Vec<String> = verdict
        .data
        .iter()
        .filter(|f| f.kind != "field_gone" && f.kind != "incompatible")
        .map(|f| format!("{} {}", f.kind, f.subject))
        .collect();
    assert_eq!(others, ["now_required perhaps", "type_changed signed"]);
}

#[test]
fn the_same_version_says_nothing() {
    for app in ["guests", "kinds"] {
        let live = Text::of(app, "live");
        let verdict = judge(Some(live.side()), live.side(), b"", &mut Fake::default(), &[]);
        assert_eq!((lines(&verdict.data), lines(&verdict.interface)), (Vec::new(), Vec::new()), "{app}");
    }
}
