//! A question as it was heard: what each of its words can mean in this app.
//!
//! Invariant: every word of the question is in exactly one part, in order; the longest phrase wins.

use std::rc::Rc;

use super::super::lexicon::{Language, Tag, lexicon};
use super::super::memo;
use super::super::script::words;
use super::super::text::{Kind, fold, is_unspaced, tokens};
use super::{dates, told};
use crate::query::Span;
use crate::spec::{AppSpec, FieldKind};

/// Longest question that is read, in words.
const MAX_WORDS: usize = 60;
/// Longest phrase, in words or letters of a script without blanks.
const MAX_PHRASE: usize = 14;

/// What a part of a question can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A word of `[words]` in `lexicon/ask`.
    Ask(&'static str),
    /// One month, 1 to 12.
    Month(u8),
    /// One day of the week, 0 for Monday.
    Weekday(u8),
    /// An entity by its id.
    Entity(String),
    /// A field by its entity and id.
    Field(String, String),
    /// An option by entity, field and id.
    Option(String, String, String),
    /// A role.
    Role(String),
    /// A number as written.
    Number(String),
    /// A day, month or year that is written with its number.
    Days(Span),
    /// Words in quotation marks.
    Quoted,
    /// A word of the language that carries no content.
    Small,
}

impl Meaning {
    /// Something of the app.
    pub(super) fn is_named(&self) -> bool {
        matches!(self, Meaning::Entity(_) | Meaning::Field(..) | Meaning::Option(..) | Meaning::Role(_))
    }
}

/// A word or phrase of a question.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// As written.
    pub(crate) text: String,
    /// None: an unknown word.
    pub(crate) meanings: Vec<Meaning>,
}

impl Part {
    pub(crate) fn asks(&self, key: &str) -> bool {
        self.meanings.iter().any(|meaning| matches!(meaning, Meaning::Ask(word) if *word == key))
    }

    pub(crate) fn asks_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.asks(key))
    }
}

/// A word of a question, or a letter of a script without blanks.
#[derive(Clone)]
pub(crate) struct Atom {
    text: String,
    norm: String,
    stem: String,
    kind: Kind,
}

/// The words of a phrase, and whether their stems are enough.
struct Entry {
    atoms: Rc<[Atom]>,
    loose: bool,
    meaning: Meaning,
}

/// The parts of a question; `None` for what is too long to be one.
pub(crate) fn heard(spec: &AppSpec, text: &str, language: &'static Language) -> Option<Vec<Part>> {
    let atoms = atoms(text, language);
    if atoms.len() > MAX_WORDS {
        return None;
    }
    let entries = entries(spec, language);
    let mut parts = Vec::new();
    let mut at = 0;
    while at < atoms.len() {
        let (length, meanings) = longest(&atoms[at..], &entries, language);
        let written: Vec<&str> = atoms[at..at + length].iter().map(|atom| atom.text.as_str()).collect();
        parts.push(Part { text: super::super::text::joined(written), meanings });
        at += length;
    }
    Some(joined_names(dates::joined(parts, language.code())))
}

/// Unknown letters of a script without blanks make one word; so do unknown words that are names: "Anna Berg".
fn joined_names(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    for part in parts {
        let capital = |part: &Part| part.text.starts_with(char::is_uppercase);
        let unspaced = |part: &Part| part.text.chars().all(is_unspaced);
        match joined.last_mut() {
            Some(last) if last.meanings.is_empty() && part.meanings.is_empty() && unspaced(last) && unspaced(&part) => {
                last.text.push_str(&part.text);
            }
            Some(last) if last.meanings.is_empty() && part.meanings.is_empty() && capital(last) && capital(&part) => {
                last.text = format!("{} {}", last.text, part.text);
            }
            _ => joined.push(part),
        }
    }
    joined
}

fn atoms(text: &str, language: &Language) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for token in words(&tokens(text), language) {
        if !matches!(token.kind, Kind::Word | Kind::Number | Kind::Quoted | Kind::Comma | Kind::Slash) {
            continue;
        }
        let mut push = |text: &str, norm: &str| {
            atoms.push(Atom {
                text: text.to_owned(),
                norm: norm.to_owned(),
                stem: language.stem(norm),
                kind: token.kind,
            });
        };
        if token.kind == Kind::Word && token.text.chars().any(is_unspaced) {
            let key = language.grammar().key(&fold(&token.text));
            let mut digits = String::new();
            for (letter, key) in token.text.chars().zip(key.chars()) {
                // The digits of a number stay together.
                if letter.is_ascii_digit() {
                    digits.push(letter);
                    continue;
                }
                if !digits.is_empty() {
                    push(&digits, &digits);
                    digits.clear();
                }
                push(&letter.to_string(), &key.to_string());
            }
            if !digits.is_empty() {
                push(&digits, &digits);
            }
        } else if token.kind == Kind::Quoted || crate::query::Day::read(&token.text).is_some() {
            push(&token.text, &token.norm);
        } else {
            let elides = language.grammar().elides();
            let norm = if elides { token.norm.replace('\'', " ") } else { token.norm.clone() };
            let parts: Vec<&str> = norm.split_whitespace().collect();
            // Marks alone are no word.
            let Some(first) = parts.first() else { continue };
            let first = if parts.len() == 1 { token.text.as_str() } else { first };
            parts.iter().enumerate().for_each(|(at, part)| push(if at == 0 { first } else { part }, part));
        }
    }
    atoms
}

fn longest(atoms: &[Atom], entries: &[Entry], language: &'static Language) -> (usize, Vec<Meaning>) {
    let first = &atoms[0];
    if first.kind == Kind::Quoted {
        return (1, vec![Meaning::Quoted]);
    }
    if matches!(first.kind, Kind::Comma | Kind::Slash) {
        return (1, vec![Meaning::Ask("comma")]);
    }
    let mut best: (usize, Vec<Meaning>) = (0, Vec::new());
    for entry in entries.iter().filter(|entry| fits(atoms, entry)) {
        let length = entry.atoms.len();
        if length > best.0 {
            best = (length, Vec::new());
        }
        if length == best.0 && !best.1.contains(&entry.meaning) {
            best.1.push(entry.meaning.clone());
        }
    }
    // "pro Kunde" is a phrase of its own elsewhere; here the customer may be what is asked for.
    let names = |at: usize| entries.iter().any(|entry| entry.meaning.is_named() && fits(&atoms[at..], entry));
    let small = small(atoms, language);
    let small = if best.0 > 0 && (best.0..small).any(names) { 0 } else { small };
    if best.0 == 0 && first.kind == Kind::Number {
        return (1, vec![Meaning::Number(first.norm.clone())]);
    }
    if small > best.0 {
        return (small, number_word(first, language).into_iter().chain([Meaning::Small]).collect());
    }
    if best.0 > 0 { best } else { (1, number_word(first, language).into_iter().collect()) }
}

fn number_word(atom: &Atom, language: &Language) -> Option<Meaning> {
    language.number(&atom.norm).map(|number| Meaning::Number(number.to_string()))
}

fn fits(atoms: &[Atom], entry: &Entry) -> bool {
    atoms.len() >= entry.atoms.len()
        && atoms.iter().zip(entry.atoms.iter()).all(|(atom, known)| {
            atom.kind != Kind::Quoted && (atom.norm == known.norm || entry.loose && atom.stem == known.stem)
        })
}

/// Letters or words of a phrase that only carries structure.
fn small(atoms: &[Atom], language: &'static Language) -> usize {
    let unspaced = atoms[0].text.chars().all(is_unspaced);
    let most = atoms.len().min(super::super::lexicon::MAX_PHRASE);
    (1..=most)
        .rev()
        .find(|length| {
            let norms: Vec<&str> = atoms[..*length].iter().map(|atom| atom.norm.as_str()).collect();
            let key = norms.join(if unspaced { "" } else { " " });
            let tags = language.tags(&key);
            tags.is_some_and(|tags| tags.iter().all(carries_nothing))
        })
        .unwrap_or(0)
}

/// Structure, and what money and measures are counted in: the field says that itself.
fn carries_nothing(tag: &Tag) -> bool {
    matches!(tag, Tag::Function(_) | Tag::Filler | Tag::Currency(_) | Tag::Unit(_))
}

struct Entries {
    all: Vec<Entry>,
    language: &'static Language,
}

impl Entries {
    fn add(&mut self, phrase: &str, loose: bool, meaning: Meaning) {
        let atoms = memo::atoms(self.language.code(), phrase, || atoms(phrase, self.language).into());
        if !atoms.is_empty() && atoms.len() <= MAX_PHRASE {
            self.all.push(Entry { atoms, loose, meaning });
        }
    }
}

/// Everything that words can mean in this app: what it keeps, in its own words and in the language's.
fn entries(spec: &AppSpec, language: &'static Language) -> Vec<Entry> {
    let mut entries = Entries { all: Vec::new(), language };
    for (key, words) in &told::file(language.code()).words {
        for (at, word) in words.iter().enumerate() {
            let place = u8::try_from(at).unwrap_or_default();
            match key.as_str() {
                "months" => word.split('|').for_each(|word| entries.add(word, false, Meaning::Month(place + 1))),
                "weekdays" => word.split('|').for_each(|word| entries.add(word, false, Meaning::Weekday(place))),
                "plain" => entries.add(word, false, Meaning::Small),
                key => entries.add(word, false, Meaning::Ask(key)),
            }
        }
    }
    for entity in spec.entities.iter().filter(|entity| !entity.archived) {
        let meaning = || Meaning::Entity(entity.id.clone());
        [&entity.label, &entity.plural].into_iter().for_each(|label| entries.add(label, true, meaning()));
        language.entity_forms(&entity.id).iter().for_each(|word| entries.add(word, true, meaning()));
        for field in entity.fields.iter().filter(|field| !field.archived) {
            let meaning = || Meaning::Field(entity.id.clone(), field.id.clone());
            entries.add(&field.label, true, meaning());
            language.field_forms(&field.id).iter().for_each(|word| entries.add(word, true, meaning()));
            if let FieldKind::Choice { options } = &field.kind {
                for option in options {
                    let meaning = Meaning::Option(entity.id.clone(), field.id.clone(), option.id.clone());
                    entries.add(&option.label, true, meaning);
                }
            }
        }
    }
    for role in &spec.roles {
        entries.add(&role.label, true, Meaning::Role(role.id.clone()));
        language.role_forms(&role.id).iter().for_each(|word| entries.add(word, true, Meaning::Role(role.id.clone())));
    }
    heads(spec, &mut entries);
    entries.all
}

/// "Vinyl records" are "records" too, "Meal choice" is "choice", where nothing else is called so.
fn heads(spec: &AppSpec, entries: &mut Entries) {
    let language = entries.language;
    let head = |label: &str| -> Option<String> {
        let atoms = atoms(label, language);
        let head = if language.grammar().head_first { atoms.first() } else { atoms.last() };
        head.filter(|head| atoms.len() > 1 && head.norm.chars().count() > 2).map(|head| head.text.clone())
    };
    let taken = |entries: &Entries, word: &str| {
        let stem = language.stem(&fold(word));
        entries.all.iter().any(|entry| entry.loose && entry.atoms.len() == 1 && entry.atoms[0].stem == stem)
    };
    for entity in spec.entities.iter().filter(|entity| !entity.archived) {
        for label in [&entity.label, &entity.plural] {
            if let Some(word) = head(label).filter(|word| !taken(entries, word)) {
                entries.add(&word, true, Meaning::Entity(entity.id.clone()));
            }
        }
        for field in entity.fields.iter().filter(|field| !field.archived) {
            if let Some(word) = head(&field.label).filter(|word| !taken(entries, word)) {
                entries.add(&word, true, Meaning::Field(entity.id.clone(), field.id.clone()));
            }
        }
    }
}

/// The language that a question is asked in: the app's own unless its words speak for another.
pub(super) fn language_of(text: &str, code: &str) -> &'static Language {
    let tokens = tokens(text);
    let voted = lexicon().language_of(&tokens);
    if lexicon().stands_out(&tokens, code) { voted } else { lexicon().language(code) }
}
