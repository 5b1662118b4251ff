//! What the workshop says of its own work, in the language of whoever asked; the words are in the lexicon's
//! `[outcomes]`.

use serde::Deserialize;

use crate::offline::lexicon::lexicon;

macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A sentence of the workshop, with numbered blanks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum Told { $($(#[$doc])* $name,)* }

        #[cfg(test)]
        impl Told {
            /// Every sentence.
            const ALL: &[Told] = &[$(Told::$name,)*];
        }
    };
}

sentences! {
    /// Nothing of the text changes the app.
    Unchanged,
    /// The app is as it should be: 0 what was understood.
    AlreadySo,
    /// The first version has none before it.
    NothingToUndo,
    /// The way to change an app whose calls don't end.
    ChangeAnyway,
    /// The way back for such an app.
    GoBackAnyway,
    /// The way back that lets nobody in.
    LettingNobodyIn,
    /// What was asked, beside the other ways that were tried.
    ExactlyAsked,
    /// 0 version.
    AsInVersion,
    /// 0 version.
    SetAsideAs,
    /// 0 rows, 1 memberships.
    Erased,
    /// 0 restore points, 1 turns of the conversation.
    PointsGone,
    /// 0 places in memory.
    Overwritten,
    /// What no node can erase.
    CopiesOutside,
    /// 0 rows.
    RowsStayed,
    /// 0 bytes.
    ShortTexts,
    /// 0 texts.
    TextsShared,
    /// 0 versions.
    InProgramText,
}

/// The sentence in a language (BCP 47), its blanks filled; in English where the language is none of the ten.
#[must_use]
pub fn told(language: &str, sentence: Told, blanks: &[&str]) -> String {
    let own = lexicon().language(language).outcome(sentence);
    let text = own.or_else(|| lexicon().language("en").outcome(sentence)).unwrap_or_default();
    crate::findings::filled(text, blanks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_sentence_with_its_blanks() {
        let english = lexicon().language("en");
        for language in ["es", "pt", "fr", "de", "id", "sw", "hi", "ar", "zh"] {
            let own = lexicon().language(language);
            for sentence in Told::ALL {
                let (said, meant) = (own.outcome(*sentence), english.outcome(*sentence));
                let (said, meant) = said.zip(meant).unwrap_or_else(|| panic!("{language} lacks {sentence:?}"));
                assert_ne!(said, meant, "{language}");
                for blank in ["{0}", "{1}", "{2}"] {
                    assert_eq!(said.contains(blank), meant.contains(blank), "{language}: {said}");
                }
            }
        }
    }

    #[test]
    fn blanks_are_filled_and_other_languages_read_english() {
        assert_eq!(told("de", Told::AsInVersion, &["3"]), "Programm, Daten, Rechte und Seiten sind wie in Version 3.");
        assert_eq!(told("xx", Told::Erased, &["3", "{0}"]), "Erased for good: rows: 3, memberships: 0.");
    }
}
