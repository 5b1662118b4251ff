//! Words and phrases of a text with their possible meanings.
//!
//! Invariant: units cover all tokens of a text in order; a unit stays unused until a pattern takes it, and what
//! stays unused is reported to the person.

use std::collections::BTreeMap;

use super::lexicon::{Language, MAX_PHRASE, Shape, Tag, lexicon};
use super::noun::shape;
use super::text::{Kind, Token, joined};

/// At most so many different unknown words are compared with the lexicon for typing errors.
const MAX_CORRECTIONS: usize = 400;

/// A word, a phrase or a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    /// As written.
    pub(crate) text: String,
    /// Folded.
    pub(crate) norm: String,
    /// Of its first token.
    pub(crate) kind: Kind,
    /// What it can mean.
    pub(crate) tags: Vec<Tag>,
    /// For [`Kind::Line`].
    pub(crate) indent: usize,
    /// `guest's`.
    pub(crate) possessive: bool,
    /// The lexicon word it was read as, if it was mistyped.
    pub(crate) read_as: Option<String>,
    /// A pattern took it.
    pub(crate) used: bool,
    /// Where it stood in the text; `None` for a mark that the writer put there.
    pub(crate) at: Option<usize>,
}

impl Unit {
    /// Something the text does not have: a mark, or a structure word that a language leaves out.
    pub(crate) fn silent(kind: Kind, text: &str, tags: Vec<Tag>) -> Unit {
        Unit {
            text: text.into(),
            norm: text.into(),
            kind,
            tags,
            indent: 0,
            possessive: false,
            read_as: None,
            used: true,
            at: None,
        }
    }

    /// Has the structure word `key` among its meanings.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.tags.iter().any(|tag| matches!(tag, Tag::Function(word) if *word == key))
    }

    /// Has one of these structure words among its meanings.
    pub(crate) fn is_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.is(key))
    }

    /// The kind of thing it may name.
    pub(crate) fn entity(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Entity(id) = tag { Some(*id) } else { None })
    }

    /// The property it may name.
    pub(crate) fn field(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Field(id) = tag { Some(*id) } else { None })
    }

    /// The role it may name.
    pub(crate) fn role(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Role(id) = tag { Some(*id) } else { None })
    }

    /// The occasion it may name.
    pub(crate) fn occasion(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Occasion(id) = tag { Some(*id) } else { None })
    }

    /// What it asks for beyond this writer.
    pub(crate) fn beyond(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Beyond(id) = tag { Some(*id) } else { None })
    }

    /// The language it names, by its code.
    pub(crate) fn tongue(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Tongue(code) = tag { Some(*code) } else { None })
    }

    /// The currency it names.
    pub(crate) fn currency(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Currency(code) = tag { Some(*code) } else { None })
    }

    /// The unit of measure it names.
    pub(crate) fn measure(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Unit(unit) = tag { Some(*unit) } else { None })
    }

    /// The colour it names.
    pub(crate) fn colour(&self) -> Option<&'static str> {
        self.tags.iter().find_map(|tag| if let Tag::Colour(css) = tag { Some(*css) } else { None })
    }

    /// Letters or digits, not a mark.
    pub(crate) fn is_word(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Number | Kind::Quoted)
    }

    /// Only carries structure or may be left out.
    pub(crate) fn is_structure(&self) -> bool {
        self.is_word()
            && !self.tags.is_empty()
            && self.tags.iter().all(|tag| matches!(tag, Tag::Function(_) | Tag::Filler))
            && self.kind != Kind::Quoted
    }

    /// Names something: unknown words do.
    pub(crate) fn is_content(&self) -> bool {
        self.is_word() && !self.is_structure()
    }

    /// A word that means something and carries no structure; no number, no person.
    pub(crate) fn is_plain(&self) -> bool {
        let person = shape(self.entity()) == Some(Shape::Person);
        self.is_content()
            && self.kind != Kind::Number
            && !person
            && !self.tags.iter().any(|tag| matches!(tag, Tag::Function(_)))
    }

    /// Means nothing but filler.
    pub(crate) fn is_filler(&self) -> bool {
        self.is_word() && !self.tags.is_empty() && self.tags.iter().all(|tag| *tag == Tag::Filler)
    }

    /// Several of something, as far as its form tells.
    pub(crate) fn is_plural(&self, language: &Language) -> bool {
        if let Some(words) = self.entity().and_then(|concept| language.entity(concept)) {
            let (one, many) = (super::text::fold(&words.one), super::text::fold(&words.many));
            let mass =
                !looks_plural(&many) && language.code() == "en" && !matches!(many.as_str(), "people" | "children");
            return self.norm == many
                || self.norm != one && (mass || looks_plural(&self.norm) || language.code() != "en");
        }
        language.grammar().numberless || looks_plural(&self.norm)
    }
}

/// The plural's usual ending in the languages that have one.
pub(crate) fn looks_plural(norm: &str) -> bool {
    norm.len() > 3 && norm.ends_with('s') && !norm.ends_with("ss") && !norm.ends_with("us") && !norm.ends_with("is")
}

/// Tags tokens, longest phrase first.
pub(crate) fn units(tokens: &[Token], language: &'static Language) -> Vec<Unit> {
    let mut units = Vec::new();
    let tokens = &mended(&super::script::words(tokens, language), language);
    let mut at = 0;
    while at < tokens.len() {
        let unit = longest_phrase(&tokens[at..], language);
        let (mut unit, length) = unit.unwrap_or_else(|| (plain_unit(&tokens[at..=at]), 1));
        if unit.tags.is_empty() && unit.kind == Kind::Word && language.code() != "en" {
            tag_as_english(&mut unit);
        }
        if unit.is("numberWord") {
            unit.kind = Kind::Number;
        }
        // After "number of" stands a noun, whatever else the word can be.
        if units.last().is_some_and(|before: &Unit| before.is("numberOf")) && unit.is_structure() {
            unit.tags.clear();
        }
        // Where nouns are written large, a small verb is none: "vorschlagen".
        let small = language.grammar().capital_nouns && unit.text.starts_with(char::is_lowercase);
        if small && unit.is_any(&["submits", "proposes"]) {
            unit.tags.retain(|tag| matches!(tag, Tag::Function(_)));
        }
        unit.at = Some(at);
        units.push(unit);
        at += length;
    }
    noting(admitting(units))
}

/// "we note who paid what": what is done, no note that is kept.
fn noting(mut units: Vec<Unit>) -> Vec<Unit> {
    for at in 1..units.len() {
        let asks = units[at].is_any(&["wh", "howMuch"]) || matches!(units[at].field(), Some("who" | "what"));
        if asks && units[at - 1].is("track") && units[at - 1].entity() == Some("note") {
            units[at - 1].tags.retain(|tag| matches!(tag, Tag::Function(_)));
        }
    }
    units
}

/// A ticket that is booked or bought lets somebody in; no one waits for an answer to it.
fn admitting(mut units: Vec<Unit>) -> Vec<Unit> {
    let answered = |unit: &Unit| unit.entity() == Some("reply") || unit.field() == Some("priority");
    let ticket = |unit: &Unit| unit.entity() == Some("ticket");
    let admits = units.iter().any(ticket) && units.iter().any(|unit| unit.is_any(&["book", "buy"]));
    if admits && !units.iter().any(answered) {
        let tags = units.iter_mut().filter(|unit| ticket(unit)).flat_map(|unit| &mut unit.tags);
        tags.filter(|tag| **tag == Tag::Entity("ticket")).for_each(|tag| *tag = Tag::Entity("admission"));
    }
    units
}

fn longest_phrase(tokens: &[Token], language: &'static Language) -> Option<(Unit, usize)> {
    let fits = tokens
        .iter()
        .take(language.reach(&tokens[0].norm).min(MAX_PHRASE))
        .take_while(|token| matches!(token.kind, Kind::Word | Kind::Number | Kind::Slash))
        .count();
    (1..=fits).rev().find_map(|length| {
        let window = &tokens[..length];
        if window[0].kind == Kind::Slash || (length > 1 && window[..length - 1].iter().any(|token| token.possessive)) {
            return None;
        }
        let key = window.iter().map(|token| token.norm.as_str()).collect::<Vec<_>>().join(" ");
        let tags = language.tags(&key)?.clone();
        let mut unit = plain_unit(window);
        unit.tags = tags;
        Some((unit, length))
    })
}

fn plain_unit(tokens: &[Token]) -> Unit {
    Unit {
        text: joined(tokens.iter().map(|token| token.text.as_str())),
        norm: tokens.iter().map(|token| token.norm.as_str()).collect::<Vec<_>>().join(" "),
        kind: tokens[0].kind,
        tags: Vec::new(),
        indent: tokens[0].indent,
        possessive: tokens.last().is_some_and(|token| token.possessive),
        read_as: tokens
            .iter()
            .any(|token| token.read_as.is_some())
            .then(|| joined(tokens.iter().map(|token| token.read_as.as_deref().unwrap_or(&token.text)))),
        used: false,
        at: None,
    }
}

/// Mistyped words as the lexicon words they were probably meant to be.
fn mended(tokens: &[Token], language: &'static Language) -> Vec<Token> {
    let mut corrections: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut tokens = tokens.to_vec();
    // A large letter inside a sentence begins a name, where nouns have none.
    let large = |token: &Token| token.text.starts_with(char::is_uppercase);
    let named: Vec<bool> = (0..tokens.len())
        .map(|at| at > 0 && tokens[at - 1].kind == Kind::Word && !large(&tokens[at - 1]) && large(&tokens[at]))
        .map(|name| name && !language.grammar().capital_nouns)
        .collect();
    let typed = |(token, name): &(&mut Token, bool)| token.kind == Kind::Word && !name;
    for (token, _) in tokens.iter_mut().zip(named).filter(typed) {
        let known = language.knows(&token.norm) || lexicon().language("en").knows(&token.norm);
        if known || (corrections.len() >= MAX_CORRECTIONS && !corrections.contains_key(&token.norm)) {
            continue;
        }
        let corrected = corrections.entry(token.norm.clone()).or_insert_with_key(|norm| language.corrected(norm));
        if let Some(word) = corrected {
            token.norm.clone_from(word);
            token.read_as = Some(word.clone());
        }
    }
    tokens
}

/// An English noun in another language's text.
fn tag_as_english(unit: &mut Unit) {
    if let Some(tags) = lexicon().language("en").tags(&unit.norm) {
        unit.tags = tags.iter().copied().filter(|tag| !matches!(tag, Tag::Function(_) | Tag::Filler)).collect();
    }
}

/// Units as a person would write them: in the order of the text, whatever order they were read in.
pub(crate) fn written(units: &[Unit]) -> String {
    let mut last = 0;
    let mut placed: Vec<(usize, &Unit)> = Vec::new();
    for unit in units.iter().filter(|unit| unit.kind != Kind::Line && !unit.text.is_empty()) {
        last = unit.at.unwrap_or(last);
        placed.push((last, unit));
    }
    placed.sort_by_key(|(at, _)| *at);
    joined(placed.into_iter().map(|(_, unit)| unit.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::text::tokens;
    use super::*;

    fn tagged(text: &str) -> Vec<Unit> {
        units(&tokens(text), lexicon().language("en"))
    }

    #[test]
    fn phrases_win_over_words() {
        let all = tagged("Guests have a phone number, yes or no");
        assert_eq!(all[0].entity(), Some("guest"));
        assert_eq!(all[3].field(), Some("phone"));
        assert!(all[5].is("yesNo"));
    }

    #[test]
    fn unknown_words_are_content_and_structure_is_not() {
        let all = tagged("a zorb with flims");
        assert!(all[0].is_structure() && all[1].is_content() && all[2].is_structure());
        assert!(all[3].is_plural(lexicon().language("en")));
    }

    #[test]
    fn mistyped_words_say_what_they_were_read_as() {
        let all = tagged("geusts have an emial");
        assert_eq!(all[0].entity(), Some("guest"));
        assert_eq!(all[3].read_as.as_deref(), Some("email"));
    }
}
