//! What was understood can be taken back by a sentence of the app's own language.

use std::collections::BTreeMap;

use writer::corrections;

use crate::{changed, written};

#[test]
fn every_language_takes_back_what_a_wish_brought() {
    let file: BTreeMap<String, toml::Table> =
        toml::from_str(include_str!("../fixtures/languages.toml")).expect("is TOML");
    for (code, texts) in file {
        let wish = texts["wedding"].as_str().expect("a wish");
        let (spec, heard) = written(wish);
        let all = corrections(None, &spec, &heard);
        let outs: Vec<&String> = all.iter().filter_map(|one| one.take_out.as_ref()).collect();
        assert!(!outs.is_empty(), "{code}: nothing of it can be taken back: {:?}", heard.understood);
        for out in outs {
            assert_ne!(changed(&spec, out).spec, spec, "{code}: {out}");
        }
    }
}
