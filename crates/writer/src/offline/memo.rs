//! What was worked out of words before, kept while a text is read.
//!
//! Invariant: only what follows from a phrase alone, or from it and a language, is kept, so nothing is read differently by it; and
//! nothing of a text stays when its reading ends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::ask::Atom;
use super::text::Token;

/// By language and phrase. There are few languages, so they are looked through.
type Known<V> = Vec<(String, HashMap<String, V>)>;

#[derive(Default)]
struct Kept {
    /// How many readings are under way, one inside the other.
    readings: usize,
    folded: HashMap<String, String>,
    stems: Known<String>,
    mended: Known<Option<String>>,
    atoms: Known<Rc<[Atom]>>,
    parts: Known<Rc<[Token]>>,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::new(Kept::default());
}

/// A reading under way. What is inside of it shares what it knows; it is forgotten with the outermost.
pub(crate) struct Reading;

impl Reading {
    /// Begins one.
    pub(crate) fn begin() -> Reading {
        KEPT.with_borrow_mut(|kept| kept.readings += 1);
        Reading
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        KEPT.with_borrow_mut(|kept| {
            kept.readings -= 1;
            if kept.readings == 0 {
                *kept = Kept::default();
            }
        });
    }
}

/// The form that a text is compared in, whatever its language.
pub(crate) fn folded(text: &str, make: impl FnOnce() -> String) -> String {
    if let Some(form) = KEPT.with_borrow(|kept| kept.folded.get(text).cloned()) {
        return form;
    }
    let form = make();
    KEPT.with_borrow_mut(|kept| {
        if kept.readings > 0 {
            kept.folded.insert(text.to_owned(), form.clone());
        }
    });
    form
}

/// The stem of a word.
pub(crate) fn stem(language: &str, word: &str, make: impl FnOnce() -> String) -> String {
    kept(|kept| &mut kept.stems, language, word, make)
}

/// The word that a mistyped one was meant to be.
pub(crate) fn mended(language: &str, word: &str, make: impl FnOnce() -> Option<String>) -> Option<String> {
    kept(|kept| &mut kept.mended, language, word, make)
}

/// The words of a phrase as questions compare them.
pub(crate) fn atoms(language: &str, phrase: &str, make: impl FnOnce() -> Rc<[Atom]>) -> Rc<[Atom]> {
    kept(|kept| &mut kept.atoms, language, phrase, make)
}

/// What a token of this text and form is taken apart into.
pub(crate) fn parts(language: &str, token: &Token, make: impl FnOnce() -> Rc<[Token]>) -> Rc<[Token]> {
    let possessive = if token.possessive { "'" } else { "" };
    kept(|kept| &mut kept.parts, language, &[&token.text, "\n", &token.norm, possessive].concat(), make)
}

/// What is known, or what `make` says of it; that may ask for other things that are kept.
fn kept<V: Clone>(part: fn(&mut Kept) -> &mut Known<V>, language: &str, phrase: &str, make: impl FnOnce() -> V) -> V {
    let of = |known: &Known<V>| known.iter().find(|(code, _)| code == language)?.1.get(phrase).cloned();
    if let Some(value) = KEPT.with_borrow_mut(|kept| of(part(kept))) {
        return value;
    }
    let value = make();
    KEPT.with_borrow_mut(|kept| {
        if kept.readings == 0 {
            return;
        }
        let known = part(kept);
        let at = known.iter().position(|(code, _)| code == language).unwrap_or_else(|| {
            known.push((language.to_owned(), HashMap::new()));
            known.len() - 1
        });
        known[at].1.insert(phrase.to_owned(), value.clone());
    });
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_forgotten_with_the_outermost_reading() {
        let said = |word: &str| stem("en", "guests", || word.to_owned());
        assert_eq!((said("one"), said("two")), ("one".into(), "two".into()), "nothing is read, nothing is kept");
        let outer = Reading::begin();
        let inner = Reading::begin();
        assert_eq!((said("one"), said("two")), ("one".into(), "one".into()));
        assert_eq!(stem("de", "guests", || "other".into()), "other", "each language has its own");
        drop(inner);
        assert_eq!(said("two"), "one");
        drop(outer);
        assert_eq!(said("two"), "two");
    }
}
