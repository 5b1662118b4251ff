//! Phrases found in a part of a sentence, whatever stands between them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::super::lexicon::{Language, Tag, lexicon};
use super::super::script::words;
use super::super::text::{Kind, Token, fold, is_unspaced, joined, tokens};
use super::super::unit::{Unit, units};

/// All kinds of phrases.
const KEYS: &[&str] = &[
    "share",
    "shareTo",
    "shareWith",
    "shareLog",
    "sharedPeople",
    "comment",
    "public",
    "absent",
    "block",
    "questions",
    "open",
    "scale",
    "many",
    "anonymous",
    "several",
    "trial",
    "tip",
    "owing",
    "paying",
    "perEach",
    "thisMonth",
    "dueWord",
    "dayTakes",
    "dayAccept",
    "dayPre",
    "dayPick",
    "dayChosen",
    "dayFor",
    "dayNext",
    "dayBefore",
    "daySame",
    "dayAhead",
    "dayUntil",
    "dayClock",
    "dayDaily",
    "dayMake",
    "dayEach",
    "dayPerson",
    "daySmall",
    "dayShop",
    MOST,
    HALF,
    "positions",
    "lineDetail",
    "courseWord",
    "computed",
    "overdue",
];

/// Words for a limit, which the lexicon has among the structure words.
pub(super) const MOST: &str = "atMost";
/// Words for where in the day a time lies, which the lexicon has with the opening hours.
pub(super) const HALF: &str = "half";

/// A word or, of a script without blanks, a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Atom {
    norm: String,
    token: usize,
}

/// The phrases of a language, each as its words or letters.
type Phrases = BTreeMap<&'static str, Vec<Vec<String>>>;

static PHRASES: LazyLock<BTreeMap<&'static str, Phrases>> =
    LazyLock::new(|| lexicon().all().map(|language| (language.code(), phrases(language))).collect());

/// Reads the phrases of all languages now.
pub(crate) fn warm() {
    LazyLock::force(&PHRASES);
}

fn phrases(language: &'static Language) -> Phrases {
    let split = |phrase: &String| atoms(&tokens(phrase), language).into_iter().map(|atom| atom.norm).collect();
    let known = |key: &str| match key {
        MOST => language.structure(MOST).to_vec(),
        HALF => ["am", "pm", "night"].iter().flat_map(|key| language.opening(key)).cloned().collect(),
        key => language.told(key).to_vec(),
    };
    KEYS.iter().map(|key| (*key, known(key).iter().map(split).collect())).collect()
}

fn atoms(tokens: &[Token], language: &'static Language) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| matches!(token.kind, Kind::Word | Kind::Number)) {
        // Small words that a script writes together with the next one stand apart.
        let parts = words(std::slice::from_ref(token), language);
        let norms = parts.iter().map(|part| fold(&part.norm)).collect::<Vec<_>>().join(" ");
        for word in norms.split(|letter: char| letter == '\'' || letter == '’' || letter.is_whitespace()) {
            let mut plain = String::new();
            for letter in word.chars() {
                // "6pm": a number and what follows it are words of their own.
                let turns = plain.ends_with(|last: char| last.is_ascii_digit()) && letter.is_alphabetic();
                if (turns || is_unspaced(letter)) && !plain.is_empty() {
                    atoms.push(Atom { norm: std::mem::take(&mut plain), token: at });
                }
                match is_unspaced(letter) {
                    true => atoms.push(Atom { norm: letter.to_string(), token: at }),
                    false => plain.push(letter),
                }
            }
            if !plain.is_empty() {
                atoms.push(Atom { norm: plain, token: at });
            }
        }
    }
    atoms
}

/// A part of a sentence.
pub(super) struct Words<'t> {
    tokens: &'t [Token],
    language: &'static Language,
    atoms: Vec<Atom>,
}

impl<'t> Words<'t> {
    /// Of these tokens.
    pub(super) fn of(tokens: &'t [Token], language: &'static Language) -> Words<'t> {
        Words { tokens, language, atoms: atoms(tokens, language) }
    }

    /// Its words, or letters.
    pub(super) fn norms(&self) -> impl Iterator<Item = &str> {
        self.atoms.iter().map(|atom| atom.norm.as_str())
    }

    /// The token in which a word stands.
    pub(super) fn token(&self, at: usize) -> usize {
        self.atoms[at].token
    }

    /// Where phrases of this kind stand.
    pub(super) fn places(&self, key: &str) -> Vec<Range<usize>> {
        let known = PHRASES.get(self.language.code()).and_then(|phrases| phrases.get(key));
        let mut found = Vec::new();
        for phrase in known.into_iter().flatten().filter(|phrase| !phrase.is_empty()) {
            let same = |atoms: &[Atom]| atoms.iter().zip(phrase).all(|(atom, word)| atom.norm == *word);
            let starts = self.atoms.windows(phrase.len()).enumerate().filter(|(_, atoms)| same(atoms));
            found.extend(starts.map(|(at, _)| at..at + phrase.len()));
        }
        found
    }

    /// Whether it has a phrase of this kind.
    pub(super) fn has(&self, key: &str) -> bool {
        !self.places(key).is_empty()
    }

    /// The tokens of the first phrase of this kind.
    pub(super) fn at(&self, key: &str) -> Option<Range<usize>> {
        let first = self.places(key).into_iter().min_by_key(|place| (place.start, std::cmp::Reverse(place.end)))?;
        Some(self.atoms[first.start].token..self.atoms[first.end - 1].token + 1)
    }

    /// What stands before the first phrase of this kind in a token without blanks.
    pub(super) fn head(&self, key: &str) -> Option<Token> {
        let first = self.places(key).into_iter().min_by_key(|place| (place.start, std::cmp::Reverse(place.end)))?;
        let token = self.atoms[first.start].token;
        let before = self.atoms[..first.start].iter().filter(|atom| atom.token == token);
        let text: String = before.map(|atom| atom.norm.as_str()).collect();
        (!text.is_empty()).then(|| Token { norm: text.clone(), text, ..self.tokens[token].clone() })
    }

    /// The tokens that no phrase of these kinds stands in; of a script without blanks, the letters.
    pub(super) fn without(&self, keys: &[&str]) -> Vec<Token> {
        let covered: Vec<Range<usize>> = keys.iter().flat_map(|key| self.places(key)).collect();
        self.left(|at| covered.iter().any(|place| place.contains(&at)))
    }

    /// The tokens of which no word is covered; of a script without blanks, the letters that are not.
    pub(super) fn left(&self, is_covered: impl Fn(usize) -> bool) -> Vec<Token> {
        let mut rest = Vec::new();
        for (number, token) in self.tokens.iter().enumerate() {
            let own: Vec<usize> = (0..self.atoms.len()).filter(|at| self.atoms[*at].token == number).collect();
            let left: Vec<usize> = own.iter().copied().filter(|at| !is_covered(*at)).collect();
            let unspaced = token.norm.chars().any(is_unspaced);
            if own.is_empty() || left.len() == own.len() {
                rest.push(token.clone());
            } else if unspaced && !left.is_empty() {
                let text: String = left.iter().map(|at| self.atoms[*at].norm.as_str()).collect();
                rest.push(Token { norm: text.clone(), text, ..token.clone() });
            }
        }
        rest
    }

    /// The number of days that is said.
    pub(super) fn days(&self) -> Option<i32> {
        let units = units(self.tokens, self.language);
        units.iter().find(|unit| unit.is("day") || unit.measure() == Some("day"))?;
        let number = units.iter().find_map(|unit| self.language.number(&unit.norm))?;
        i32::try_from(number).ok().filter(|days| (1..=3_650).contains(days))
    }

    /// As written.
    pub(super) fn quote(&self) -> String {
        joined(self.tokens.iter().map(|token| token.text.as_str()))
    }

    /// Its words with what they can mean, but for phrases of these kinds.
    pub(super) fn units_without(&self, keys: &[&str]) -> Vec<Unit> {
        units(&self.without(keys), self.language)
    }

    /// What stands between phrases of these kinds, each by itself, with what its words can mean.
    pub(super) fn between(&self, keys: &[&str]) -> Vec<Vec<Unit>> {
        let covered: Vec<Range<usize>> = keys.iter().flat_map(|key| self.places(key)).collect();
        let mut pieces: Vec<Vec<Token>> = vec![Vec::new()];
        for (at, atom) in self.atoms.iter().enumerate() {
            if covered.iter().any(|place| place.contains(&at)) {
                pieces.push(Vec::new());
                continue;
            }
            let token = &self.tokens[atom.token];
            let Some(piece) = pieces.last_mut() else { continue };
            let goes_on = at > 0 && self.atoms[at - 1].token == atom.token;
            match piece.last_mut() {
                // Letters of one token come together again, as far as no phrase parts them.
                Some(last) if goes_on && token.norm.chars().any(is_unspaced) => {
                    last.text.push_str(&atom.norm);
                    last.norm.push_str(&atom.norm);
                }
                Some(_) if goes_on => {}
                _ if token.norm.chars().any(is_unspaced) => {
                    let text = atom.norm.clone();
                    piece.push(Token { norm: text.clone(), text, ..token.clone() });
                }
                _ => piece.push(token.clone()),
            }
        }
        pieces.iter().map(|piece| units(piece, self.language)).collect()
    }

    /// Whether anything is named besides phrases of this kind.
    pub(super) fn names_something(&self, key: &str) -> bool {
        self.units_without(&[key]).iter().any(Unit::is_content)
    }

    /// Behind the last "and" before the phrase `key`, where something stands before it; else the beginning.
    pub(super) fn after_joint(&self, key: &str) -> usize {
        let Some(verb) = self.places(key).iter().map(|place| place.start).min() else { return 0 };
        let and = |norm: &str| {
            let tags = self.language.tags(norm);
            !norm.chars().any(is_unspaced)
                && tags.is_some_and(|tags| tags.iter().any(|tag| matches!(tag, Tag::Function("and"))))
        };
        (1..verb).rev().find(|at| and(&self.atoms[*at].norm)).map_or(0, |at| self.atoms[at + 1].token)
    }
}
