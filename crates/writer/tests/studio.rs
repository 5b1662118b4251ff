//! What the studio offers to begin with is served whole: its examples and its first suggestions, in every language,
//! each example as the same app.
//!
//! The texts are the studio's own, in `crates/studio/web/src/texts`.

use std::fs;
use std::path::Path;

use writer::spec::AppSpec;
use writer::{Wish, change, write};

/// The languages' codes with their texts.
fn texts() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../studio/web/src/texts");
    let mut found: Vec<(String, String)> = fs::read_dir(&folder)
        .expect("the studio's texts are there")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| {
            let code = path.file_stem()?.to_str()?.to_owned();
            let text = fs::read_to_string(&path).expect("a text file");
            text.contains("suggestions: [").then_some((code, text))
        })
        .collect();
    found.sort();
    found
}

/// The quoted texts after `mark`, up to the end of its list, on lines that begin with `line`.
fn quoted(texts: &str, mark: &str, line: &str) -> Vec<String> {
    let (_, list) = texts.split_once(mark).expect("the list is there");
    let (list, _) = list.split_once(']').expect("the list ends");
    list.lines()
        .map(str::trim)
        .filter(|one| one.starts_with(line))
        .flat_map(|one| one[line.len()..].split('"').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

/// Understands an example whole.
fn understood(code: &str, text: &str) -> AppSpec {
    let (spec, understanding) = write(&Wish { text, name: None }).unwrap_or_else(|no| panic!("{text}\n{no}"));
    assert_eq!(spec.language, code, "{text}");
    assert!(understanding.not_understood.is_empty(), "{text}\n{:?}", understanding.not_understood);
    spec
}

/// How many fields each kind of thing has.
fn shape(spec: &AppSpec) -> Vec<usize> {
    spec.entities.iter().map(|entity| entity.fields.len()).collect()
}

#[test]
fn examples_and_suggestions_are_understood_in_every_language() {
    let texts = texts();
    assert_eq!(texts.len(), 10);
    let examples = |texts: &str| quoted(texts, "wishes: [", "text: ");
    let english = texts.iter().find(|(code, _)| code == "en").map(|(code, texts)| (code, examples(texts)));
    let (code, wishes) = english.expect("there is English");
    let shapes: Vec<Vec<usize>> = wishes.iter().map(|text| shape(&understood(code, text))).collect();
    for (code, texts) in &texts {
        let wishes = examples(texts);
        let suggestions = quoted(texts, "suggestions: [", "");
        assert_eq!((wishes.len(), suggestions.len()), (6, 3), "{code}");
        for (text, expected) in wishes.iter().zip(&shapes) {
            let mut spec = understood(code, text);
            assert_eq!(&shape(&spec), expected, "{text}");
            for text in &suggestions {
                let done = change(&spec, text).unwrap_or_else(|no| panic!("{text}\n{no}"));
                assert!(
                    done.understanding.not_understood.is_empty(),
                    "{text}\n{:?}",
                    done.understanding.not_understood
                );
                spec = done.spec;
            }
        }
    }
}
