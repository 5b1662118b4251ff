//! Texts that try to break the writer: markup, controls, keywords, size, noise.

use proptest::prelude::*;
use writer::offline::MAX_CHARS;
use writer::{Declined, Wish, change, describe, validate, write};

use crate::{ids, sound, written};

fn anything(text: &str) {
    match write(&Wish { text, name: Some(text) }) {
        Ok((spec, understanding)) => {
            sound(text, &spec, &understanding);
            let _ = describe(&spec);
            if let Ok(change) = change(&spec, text) {
                assert_eq!(validate(&change.spec), Ok(()), "{text}");
            }
        }
        Err(Declined::Invalid { reason, .. }) => panic!("{text:?}: {reason}"),
        Err(declined) => assert!(!declined.understanding().not_understood.is_empty(), "{text:?}"),
    }
}

#[test]
fn nothing_and_marks_are_declined() {
    for text in [
        "",
        " \n\t",
        ".",
        "?!?!",
        "((((",
        "- - -",
        ":::;;;,,,",
        "\u{202e}\u{200b}\u{feff}",
        "🎉🎉🎉",
        "\"\"\"",
        "/////",
    ] {
        assert!(matches!(write(&Wish { text, name: None }), Err(Declined::NothingToBuild { .. })), "{text:?}");
    }
}

#[test]
fn a_possessive_of_a_letter_that_folds_away_names_nothing() {
    for text in ["েa𮯰.𖽑'S࠰:0", "𖽑's have a name", "'s: a, b", "Books have a 𖽑's"] {
        anything(text);
    }
}

#[test]
fn too_long_is_said_in_a_sentence() {
    let text = "guests have a name. ".repeat(5_000);
    let Err(Declined::TooLong { limit, understanding, .. }) = write(&Wish { text: &text, name: None }) else {
        panic!("100 KB was read")
    };
    assert_eq!(limit, MAX_CHARS);
    assert!(understanding.not_understood[0].text.contains("20000"));
    let (spec, _) = written("Books: title");
    assert!(matches!(change(&spec, &text), Err(Declined::TooLong { .. })));
}

#[test]
fn markup_ends_in_no_label() {
    let (spec, _) = written("Guests have a <script>evil(1)</script>, a name\", \"}; drop\\n and a ${phone}\u{202e}x.");
    let json = serde_json::to_string(&spec).expect("a spec is JSON");
    assert!(
        !json.contains('<') && !json.contains("\\\\") && !json.contains('\u{202e}') && !json.contains("${"),
        "{json}"
    );
}

#[test]
fn keywords_as_nouns() {
    let (spec, _) = written(
        "Actors have a type, a func, a class, a default, a constructor, a member, an id and a label. Modules have a query and an await.",
    );
    assert_eq!(spec.entities.len(), 2, "{:?}", ids(&spec));
    for text in [
        "Types: object, prototype",
        "Class: name, new, delete",
        "Objects have a __proto__",
        "Owners have a visitor and an owner. Owners answer yes or no.",
    ] {
        anything(text);
    }
}

#[test]
fn other_scripts_keep_their_words() {
    let (spec, _) = written("Books have a 書名, a автор and a größe.");
    let book = spec.entity("book").expect("books");
    assert!(book.fields.iter().any(|field| field.label == "書名" && field.id.starts_with("field")));
    assert!(book.fields.iter().any(|field| field.id == "grosse"));
}

#[test]
fn the_same_name_twice_is_one_field() {
    let (spec, _) = written("Books have a title, a title, a Title and an author. Books have an author.");
    assert_eq!(spec.entity("book").map(|book| book.fields.len()), Some(2));
}

#[test]
fn two_hundred_fields_are_cut_and_said() {
    let list: Vec<String> = (0..200).map(|number| format!("zork{number}")).collect();
    let (spec, understanding) = written(&format!("Books have {}.", list.join(", ")));
    assert_eq!(spec.entity("book").map(|book| book.fields.len()), Some(60));
    assert!(understanding.not_understood.len() >= 140);
    let many: Vec<String> = (0..60).map(|number| format!("Zork{number}s have a name.")).collect();
    let (spec, understanding) = written(&many.join(" "));
    assert_eq!(spec.entities.len(), 40);
    assert!(!understanding.not_understood.is_empty());
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    let text = "Wedding with guests, tables and a budget. Guests RSVP yes/no. Only my wife and I see the budget.";
    let once = serde_json::to_string(&written(text)).expect("JSON");
    for _ in 0..3 {
        assert_eq!(serde_json::to_string(&written(text)).expect("JSON"), once);
    }
}

#[test]
fn deep_and_unbalanced_parentheses() {
    anything(&"Guests have (".repeat(400));
    anything(&")".repeat(4_000));
    anything(&"a (b, c (d or e)), ".repeat(200));
    anything(&"guests: ".repeat(300));
    anything(&"and and or with have may only ".repeat(200));
}

#[test]
fn the_work_is_bounded_by_the_length() {
    // As long as allowed, every word unknown and near the lexicon: the dearest text there is.
    let text: String = (0..2_400).map(|number| format!("gues{} ", (b'a' + (number % 26) as u8) as char)).collect();
    anything(&text.chars().take(MAX_CHARS).collect::<String>());
}

const WORDS: &[&str] = &[
    "guests",
    "guest",
    "tables",
    "have",
    "has",
    "a",
    "an",
    "the",
    "name",
    "email",
    "phone",
    "and",
    "or",
    ",",
    ".",
    ":",
    "(",
    ")",
    "they",
    "we",
    "I",
    "my",
    "partner",
    "only",
    "may",
    "see",
    "not",
    "answer",
    "yes",
    "no",
    "yes or no",
    "pick",
    "choose",
    "meal",
    "seats",
    "number of",
    "budget",
    "how much",
    "what",
    "paid",
    "or not",
    "bring",
    "plus one",
    "zorbs",
    "flim",
    "remove",
    "rename",
    "to",
    "from",
    "add",
    "undo",
    "restore",
    "archive",
    "required",
    "each",
    "with",
    "wedding",
    "site",
    "want",
    "at most",
    "12",
    "same",
    "no two",
    "everyone",
    "nobody",
    "private",
    "red",
    "euros",
    "\n- ",
    "?",
    "/",
    "status",
    "open",
    "done",
    "their",
    "own",
    "sit at",
    "whether",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_characters_never_panic(text in "\\PC{0,200}") {
        anything(&text);
    }

    #[test]
    fn random_words_never_panic(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..40)) {
        anything(&words.join(" "));
    }

    #[test]
    fn random_changes_keep_a_spec_sound(words in proptest::collection::vec(proptest::sample::select(WORDS), 1..20)) {
        let (spec, _) = written("Wedding guests have a name and a phone. They answer yes or no and pick a meal (a, b or c). Tables have seats. Budget: what, how much, paid or not.");
        if let Ok(change) = change(&spec, &words.join(" ")) {
            prop_assert_eq!(validate(&change.spec), Ok(()));
            for alternative in &change.alternatives {
                prop_assert_eq!(validate(&alternative.spec), Ok(()));
            }
        }
    }
}
