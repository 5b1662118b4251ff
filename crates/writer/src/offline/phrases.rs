//! Sentences that describe an app, in its own language; English where a language lacks one.

use super::lexicon::{Language, lexicon};

/// The sentences of one language.
pub(crate) struct Phrases(&'static Language);

impl Phrases {
    /// Of a language by its code.
    pub(crate) fn of(code: &str) -> Phrases {
        Phrases(lexicon().language(code))
    }

    /// A label as it is written within a sentence.
    pub(crate) fn within(&self, label: &str) -> String {
        self.0.inside(label)
    }

    /// A sentence with its blanks filled.
    pub(crate) fn say(&self, key: &str, blanks: &[&str]) -> String {
        let english = || lexicon().language("en").described(key);
        let template = self.0.described(key).or_else(english).unwrap_or_default();
        // From the last blank to the first, so that what fills one is not read as another.
        blanks.iter().enumerate().rev().fold(template.to_owned(), |text, (number, blank)| {
            text.replace(&format!("{{{number}}}"), &blank.replace(['{', '}'], ""))
        })
    }
}
