//! What questions are asked and answered with, language by language: words and sentences in `lexicon/ask`.
//!
//! Invariant: a word here is read in a question only; it changes nothing in how wishes and changes are read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::lexicon::{Language, lexicon};
use super::super::noun::listed;
use super::super::phrases::Phrases;
use super::super::text::{fold, is_unspaced, tokens};
use crate::locale::Locale;
use crate::query::{Day, Span};

const FILES: &[&str] = &[
    include_str!("../../../lexicon/ask/en.toml"),
    include_str!("../../../lexicon/ask/de.toml"),
    include_str!("../../../lexicon/ask/es.toml"),
    include_str!("../../../lexicon/ask/fr.toml"),
    include_str!("../../../lexicon/ask/pt.toml"),
    include_str!("../../../lexicon/ask/id.toml"),
    include_str!("../../../lexicon/ask/sw.toml"),
    include_str!("../../../lexicon/ask/hi.toml"),
    include_str!("../../../lexicon/ask/ar.toml"),
    include_str!("../../../lexicon/ask/zh.toml"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) language: String,
    pub(super) words: BTreeMap<String, Vec<String>>,
    told: BTreeMap<String, String>,
}

static ASKING: LazyLock<Vec<File>> = LazyLock::new(|| {
    FILES.iter().map(|text| toml::from_str(text).expect("lexicon/ask/<language>.toml is embedded and tested")).collect()
});

/// The words of a language; English where there is none.
pub(super) fn file(code: &str) -> &'static File {
    ASKING.iter().find(|file| file.language == code).unwrap_or(&ASKING[0])
}

/// The words of a language for something, such as its months, each with others of the same meaning after a `|`.
pub(crate) fn words_of(code: &str, key: &str) -> &'static [String] {
    file(code).words.get(key).map_or(&[], Vec::as_slice)
}

/// Tells answers in one language.
pub(crate) struct Told {
    file: &'static File,
    language: &'static Language,
    phrases: Phrases,
}

impl Told {
    /// In the language of this code.
    pub(crate) fn of(code: &str) -> Told {
        Told { file: file(code), language: lexicon().language(code), phrases: Phrases::of(code) }
    }

    /// A sentence with its blanks filled.
    pub(crate) fn say(&self, key: &str, blanks: &[&str]) -> String {
        let template = self.file.told.get(key).or_else(|| ASKING[0].told.get(key)).map_or("", String::as_str);
        // From the last blank to the first, so that what fills one is not read as another.
        blanks.iter().enumerate().rev().fold(template.to_owned(), |text, (number, blank)| {
            text.replace(&format!("{{{number}}}"), &blank.replace(['{', '}'], ""))
        })
    }

    /// Whether a word is one of those of these keys.
    pub(crate) fn has_word(&self, keys: &[&str], word: &str) -> bool {
        keys.iter()
            .any(|key| self.file.words.get(*key).is_some_and(|words| words.iter().any(|one| fold(one) == fold(word))))
    }

    /// A phrase of the sentences that describe apps.
    pub(crate) fn described(&self, key: &str) -> String {
        self.phrases.say(key, &[])
    }

    /// A sentence of those that describe apps.
    pub(crate) fn describe(&self, key: &str, blanks: &[&str]) -> String {
        self.phrases.say(key, blanks)
    }

    /// How numbers and days are written.
    pub(crate) fn locale(&self) -> Locale {
        Locale::of(&self.file.language)
    }

    /// A label inside a sentence.
    pub(crate) fn inside(&self, label: &str) -> String {
        self.language.inside(label)
    }

    /// "a, b and c".
    pub(crate) fn and(&self, words: &[String]) -> String {
        listed(words, &self.phrases.say("and", &[]))
    }

    /// The name of a day of the week, 1 for Monday.
    pub(crate) fn weekday(&self, day: u8) -> String {
        self.nth("weekdays", day)
    }

    /// The name of a month, from 1 on.
    pub(crate) fn month(&self, month: u8) -> String {
        self.nth("months", month)
    }

    fn nth(&self, key: &str, number: u8) -> String {
        let names = self.file.words.get(key).and_then(|all| all.get(usize::from(number).saturating_sub(1)));
        names.and_then(|names| names.split('|').next()).unwrap_or_default().to_owned()
    }

    /// A stretch of days in words.
    pub(crate) fn span(&self, span: Span, today: Day) -> String {
        let first = |key: &str| self.file.words.get(key).and_then(|words| words.first()).cloned().unwrap_or_default();
        let days = |number: i32, one: &str, before: &str, after: &str| match number {
            0 => first(one),
            number if number < 0 => first(before),
            _ => first(after),
        };
        match span {
            Span::Days { first: day, .. } => days(day, "today", "yesterday", "tomorrow"),
            Span::Week { ahead } => days(ahead, "thisWeek", "lastWeek", "nextWeek"),
            Span::Month { ahead } => days(ahead, "thisMonth", "lastMonth", "nextMonth"),
            Span::Year { ahead } => days(ahead, "thisYear", "lastYear", "nextYear"),
            Span::MonthOf { month } => super::super::noun::sentence_case(&self.month(month)),
            Span::DayOf { .. } | Span::Dates { .. } => self.dates(span.days(today)),
            Span::Past => self.say("past", &[]),
            Span::Future => self.say("future", &[]),
        }
    }

    fn dates(&self, days: (Option<Day>, Option<Day>)) -> String {
        let written = |day: Day| self.locale().day(day);
        match days {
            (Some(from), Some(to)) if from == to => written(from),
            (Some(from), Some(to)) => self.say("days", &[&written(from), &written(to)]),
            (Some(from), None) => self.say("fromDay", &[&written(from)]),
            (None, Some(to)) => self.say("untilDay", &[&written(to)]),
            (None, None) => String::new(),
        }
    }
}

/// The words of a text as they are compared: folded, letters of scripts without blanks one by one.
pub(crate) fn folded_words(text: &str) -> Vec<String> {
    let word = |token: super::super::text::Token| {
        if token.text.chars().any(is_unspaced) {
            return fold(&token.text).chars().map(String::from).collect::<Vec<_>>();
        }
        fold(&token.text).split(' ').map(str::to_owned).collect()
    };
    let wordly = |token: &super::super::text::Token| token.text.chars().any(char::is_alphanumeric);
    tokens(text).into_iter().filter(wordly).flat_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_asks_and_answers_with_the_same_words_and_blanks() {
        assert_eq!(ASKING.len(), FILES.len());
        let english = &ASKING[0];
        let blanks = |text: &str| (0..6).filter(|number| text.contains(&format!("{{{number}}}"))).collect::<Vec<_>>();
        for file in ASKING.iter() {
            let code = &file.language;
            assert_eq!(lexicon().language(code).code(), code, "a language of the lexicon");
            assert_eq!(file.words.keys().collect::<Vec<_>>(), english.words.keys().collect::<Vec<_>>(), "{code}");
            assert!(file.words.values().all(|words| !words.is_empty() && words.iter().all(|word| !word.is_empty())));
            assert_eq!((file.words["months"].len(), file.words["weekdays"].len()), (12, 7), "{code}");
            assert_eq!(file.told.keys().collect::<Vec<_>>(), english.told.keys().collect::<Vec<_>>(), "{code}");
            for (key, text) in &file.told {
                assert_eq!(blanks(text), blanks(&english.told[key]), "{code}: {key}");
            }
        }
    }
}
