use std::collections::BTreeSet;

use super::*;

#[test]
fn every_file_reads_and_names_known_concepts() {
    let all = lexicon();
    for language in &all.languages {
        let file = &language.file;
        assert!(file.entity.keys().all(|key| all.concepts.entity.contains_key(key)), "{}", language.code());
        assert!(file.field.keys().all(|key| all.concepts.field.contains_key(key)), "{}", language.code());
        assert!(file.role.keys().all(|key| all.concepts.role.contains_key(key)), "{}", language.code());
        assert!(file.occasion.keys().all(|key| all.concepts.occasion.contains_key(key)), "{}", language.code());
    }
}

#[test]
fn every_language_has_the_structure_words_of_english() {
    let of = |language: &Language| language.file.function.keys().cloned().collect::<BTreeSet<_>>();
    let english = of(lexicon().language("en"));
    for language in &lexicon().languages {
        let own = of(language);
        let lacks: Vec<&String> = english.difference(&own).collect();
        assert!(lacks.is_empty(), "{}: lacks {lacks:?}", language.code());
    }
}

#[test]
fn english_has_every_sentence_and_every_reason() {
    let english = lexicon().language("en");
    for phrase in Say::ALL {
        assert!(english.has(*phrase), "lexicon/en.toml lacks say.{phrase:?}");
    }
    for beyond in english.file.beyond.keys() {
        assert!(!english.reason(beyond).is_empty(), "lexicon/en.toml lacks reason.{beyond}");
    }
}

#[test]
fn sentences_have_the_same_blanks_in_every_language() {
    let blanks = |sentence: &str| -> BTreeSet<char> {
        sentence.match_indices('{').filter_map(|(at, _)| sentence[at + 1..].chars().next()).collect()
    };
    let english = lexicon().language("en");
    for language in &lexicon().languages {
        for (phrase, sentence) in language.file.say.iter().filter(|(phrase, _)| **phrase != Say::And) {
            let expected = blanks(&english.file.say[phrase]);
            assert_eq!(blanks(sentence), expected, "lexicon/{}.toml say.{phrase:?}", language.code());
        }
        for (key, sentence) in &language.file.describe {
            let expected = english.described(key).map(blanks);
            assert_eq!(Some(blanks(sentence)), expected, "lexicon/{}.toml describe.{key}", language.code());
        }
    }
}

#[test]
fn a_language_that_describes_apps_does_so_whole() {
    let blanks = |sentence: &str| -> BTreeSet<char> {
        sentence.match_indices('{').filter_map(|(at, _)| sentence[at + 1..].chars().next()).collect()
    };
    let english = &lexicon().language("en").file;
    for code in ["id", "sw", "hi", "ar", "zh"] {
        let file = &lexicon().language(code).file;
        assert!(file.describe.keys().eq(english.describe.keys()), "lexicon/{code}.toml [describe]");
        assert!(file.option.keys().eq(english.option.keys()), "lexicon/{code}.toml [option]");
        for (key, sentence) in &file.describe {
            assert_eq!(blanks(sentence), blanks(&english.describe[key]), "lexicon/{code}.toml describe.{key}");
        }
        let labels: Vec<&String> = english.labels.keys().filter(|label| !file.labels.contains_key(*label)).collect();
        assert!(labels.is_empty(), "lexicon/{code}.toml [labels] lacks {labels:?}");
    }
}

#[test]
fn every_language_reads_in_its_own_script_and_order() {
    let votes = |text: &str| lexicon().language_of(&tokens(text)).code().to_owned();
    assert_eq!(votes("Tamu punya nama dan nomor telepon"), "id");
    assert_eq!(votes("Wageni wana jina na nambari ya simu"), "sw");
    assert_eq!(votes("मेहमानों का नाम और फ़ोन नंबर होता है"), "hi");
    assert_eq!(votes("mehmaano ka naam aur phone number hota hai"), "hi");
    assert_eq!(votes("الضيوف لديهم اسم ورقم هاتف"), "ar");
    assert_eq!(votes("客人有姓名和电话号码"), "zh");
    assert_eq!(votes("賓客有姓名和電話號碼"), "zh");
}

#[test]
fn a_number_is_read_as_its_words_are_compared() {
    let number = |word: &str, code: &str| {
        let words = crate::offline::script::words(&tokens(word), lexicon().language(code));
        lexicon().language(code).number(&words[0].norm)
    };
    assert_eq!(number("ثلاثة", "ar"), Some(3));
    assert_eq!(number("पाँच", "hi"), Some(5));
    assert_eq!(number("sepuluh", "id"), Some(10));
    assert_eq!(number("watatu", "sw"), Some(3));
    assert_eq!(number("三位", "zh"), Some(3));
}

#[test]
fn phrases_fit_the_longest_window() {
    for language in &lexicon().languages {
        for key in language.exact.keys() {
            assert!(key.split(' ').count() <= MAX_PHRASE, "{key} is longer than {MAX_PHRASE} words");
        }
    }
}

#[test]
fn typing_errors_are_mended_only_when_one_word_is_near() {
    let english = lexicon().language("en");
    assert_eq!(english.corrected("nubmer").as_deref(), Some("number"));
    assert_eq!(english.corrected("tabels").as_deref(), Some("tables"));
    assert_eq!(english.corrected("prize"), None);
    assert_eq!(english.corrected("xyzzyx"), None);
}

#[test]
fn the_language_is_voted() {
    let votes = |text: &str| lexicon().language_of(&tokens(text)).code().to_owned();
    assert_eq!(votes("Guests have a name and an email"), "en");
    assert_eq!(votes("Los invitados tienen un nombre y un correo"), "es");
    assert_eq!(votes("Die Gäste haben einen Namen und eine Telefonnummer"), "de");
    assert_eq!(votes("Les invités ont un nom et un téléphone"), "fr");
    assert_eq!(votes("Os convidados têm um nome e um telefone"), "pt");
    assert_eq!(votes("zzz"), "en");
}
