//! From tokens as typed to a language's words: runs without blanks are cut, small words written onto others are set
//! apart, letter variants are made one.
//!
//! Invariant: the texts of the words, put together again, are the texts of the tokens, a contraction spelled out; only
//! forms to compare change.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::lexicon::{Language, Tag};
use super::memo;
use super::text::{Kind, Token, fold, is_unspaced};

/// Longest lexicon entry of a script without blanks, in letters.
const MAX_RUN: usize = 10;
/// Letters that an article or an affix must leave of a word.
const MIN_LEFT: usize = 2;

/// How a language writes and orders its words, as its file declares.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Grammar {
    /// Nouns don't tell one from several.
    pub(crate) numberless: bool,
    /// What a noun phrase names is said first: "table round".
    pub(crate) head_first: bool,
    /// Small words written onto the next one ("and", "with", "for").
    clitics: Vec<String>,
    /// Articles written onto a noun; a word is compared without them.
    articles: Vec<String>,
    /// Letters that stand for others at the start of a word.
    contractions: BTreeMap<String, String>,
    /// Endings that a stem is found without, for a language that has no stemmer.
    suffixes: Vec<String>,
    /// Beginnings that a stem is found without.
    prefixes: Vec<String>,
    /// Endings that say "their own".
    owners: Vec<String>,
    /// What is written onto a verb's stem.
    verbs: Verbs,
    /// Nouns are written with a large first letter anywhere.
    pub(crate) capital_nouns: bool,
    /// Nouns are written onto each other: the last one says what it is.
    pub(crate) compounds: bool,
    /// Letters and the ones they are compared as, in pairs.
    #[serde(deserialize_with = "pairs")]
    variants: BTreeMap<char, char>,
    /// What its order differs in from subject, verb, object; applied in turn.
    pub(crate) order: Vec<Order>,
}

/// How a language writes who does something, and when, onto the verb.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Verbs {
    /// Beginnings of the forms that the lexicon may have.
    known: Vec<String>,
    /// Other beginnings.
    starts: Vec<String>,
    /// Beginnings that say "not", and the word that says it by itself.
    negative: Vec<String>,
    not: String,
    /// Ending of wishes, and what the stem has in its place.
    wished: String,
    stated: String,
}

impl Verbs {
    /// The form that the lexicon has of a verb written with another beginning; and whether that says "not".
    fn form(&self, norm: &str, language: &Language) -> Option<(bool, String)> {
        let negative = self.negative.iter().map(|start| (start, true));
        let starts = negative.chain(self.starts.iter().chain(&self.known).map(|start| (start, false)));
        starts.filter_map(|(start, not)| norm.strip_prefix(start.as_str()).map(|rest| (not, rest))).find_map(
            |(not, rest)| {
                let wished = rest.strip_suffix(self.wished.as_str()).filter(|_| !self.wished.is_empty());
                let stems = [Some(rest.to_owned()), wished.map(|stem| format!("{stem}{}", self.stated))];
                let forms = stems.into_iter().flatten().filter(|stem| stem.len() >= MIN_LEFT);
                let form = forms.flat_map(|stem| self.known.iter().map(move |known| format!("{known}{stem}")));
                let found = form.into_iter().find(|form| language.has_entry(form))?;
                Some((not, found))
            },
        )
    }
}

/// A way in which a language orders words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Order {
    /// "A and B only may …".
    PostposedOnly,
    /// Verbs close their clause, and what English says before a noun is said after it.
    VerbFinal,
    /// Infinitives close the clause of their auxiliary, and verbs the clause of a subordinator.
    VerbBracket,
    /// A verb may come before its subject.
    VerbFirst,
    /// "To guests, a name": have is said with a preposition.
    PossessorFirst,
    /// "From guests remove the phone": what a command is about comes before it.
    CommandLast,
    /// "They pick a meal out": what is left of a preposition at the end belongs to the verb.
    ParticleLast,
    /// "Stylists three": how many is said after what is counted.
    NumberLast,
    /// "A with-seats table": what describes a thing comes before it.
    RelativeFirst,
}

impl Grammar {
    /// A word or phrase in the form it is compared in.
    pub(crate) fn key(&self, norm: &str) -> String {
        norm.split(' ').map(|word| self.bare(&self.unified(word)).to_owned()).collect::<Vec<_>>().join(" ")
    }

    /// Without the article written onto it.
    pub(crate) fn bare<'a>(&self, word: &'a str) -> &'a str {
        self.articles
            .iter()
            .find_map(|article| word.strip_prefix(article.as_str()))
            .filter(|rest| rest.chars().count() >= MIN_LEFT)
            .unwrap_or(word)
    }

    /// Says whose it is by its ending; what has an article does not.
    pub(crate) fn owns(&self, word: &str) -> bool {
        let stem = |ending: &String| word.strip_suffix(ending.as_str());
        self.bare(word) == word && self.owners.iter().filter_map(stem).any(|rest| rest.chars().count() > MIN_LEFT)
    }

    /// Small words are written onto the next one with an apostrophe.
    pub(crate) fn elides(&self) -> bool {
        self.clitics.iter().any(|clitic| clitic.ends_with('\''))
    }

    /// Stem by the declared affixes, the longest first in the file.
    pub(crate) fn stem(&self, word: &str) -> String {
        let enough = |rest: &&str| rest.chars().count() > MIN_LEFT;
        let word =
            self.prefixes.iter().find_map(|prefix| word.strip_prefix(prefix.as_str()).filter(enough)).unwrap_or(word);
        let word =
            self.suffixes.iter().find_map(|suffix| word.strip_suffix(suffix.as_str()).filter(enough)).unwrap_or(word);
        word.to_owned()
    }

    fn unified(&self, word: &str) -> String {
        word.chars().map(|letter| *self.variants.get(&letter).unwrap_or(&letter)).collect()
    }
}

/// Letters that stand side by side in the file, as pairs.
fn pairs<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeMap<char, char>, D::Error> {
    let letters: Vec<char> = String::deserialize(source)?.chars().collect();
    Ok(letters.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
}

/// The words of a text in a language.
pub(crate) fn words(tokens: &[Token], language: &Language) -> Vec<Token> {
    let mut words = Vec::with_capacity(tokens.len());
    for token in tokens {
        if token.kind != Kind::Word || token.read_as.is_some() {
            words.push(token.clone());
        } else {
            let parts = memo::parts(language.code(), token, || token_words(token, language).into());
            words.extend(parts.iter().cloned());
        }
    }
    words
}

/// The words that were written as one.
fn token_words(token: &Token, language: &Language) -> Vec<Token> {
    let grammar = language.grammar();
    if token.text.chars().any(is_unspaced) {
        return runs(token, language);
    }
    let norm = grammar.unified(&token.norm);
    let whole = grammar.clitics.is_empty() || language.has_word(&grammar.key(&norm));
    if let Some(parts) = (!whole).then(|| apart(token, &norm, language)).flatten() {
        return parts;
    }
    let conjugates = !grammar.verbs.known.is_empty() && !language.knows(&norm);
    if let Some((not, form)) = conjugates.then(|| grammar.verbs.form(&norm, language)).flatten() {
        return conjugated(token, not, form, grammar);
    }
    vec![Token { norm: grammar.key(&norm), ..token.clone() }]
}

/// "and-the-guests": the small word by itself, if what is left is a word of the lexicon or has an article.
fn apart(token: &Token, norm: &str, language: &Language) -> Option<Vec<Token>> {
    let grammar = language.grammar();
    let contracted = grammar
        .contractions
        .iter()
        .find_map(|(short, long)| norm.strip_prefix(short.as_str()).map(|rest| format!("{long}{rest}")));
    let shortened = contracted.is_some();
    let spelled = contracted.unwrap_or_else(|| norm.to_owned());
    let (clitic, rest) =
        grammar.clitics.iter().find_map(|clitic| spelled.strip_prefix(clitic.as_str()).map(|rest| (clitic, rest)))?;
    let text = if shortened { rest.to_owned() } else { letters_from(&token.text, clitic) };
    let left = Token { text, norm: rest.to_owned(), ..token.clone() };
    let known = language.knows(&grammar.key(rest));
    let nested = if known { None } else { apart(&left, rest, language) };
    let elided = clitic.ends_with('\'');
    if !(known || shortened || elided || nested.is_some() || grammar.bare(rest) != rest) {
        return None;
    }
    let norm = clitic.trim_end_matches('\'').to_owned();
    let first = Token { text: clitic.clone(), norm, possessive: false, ..token.clone() };
    let after = nested.unwrap_or_else(|| vec![Token { norm: grammar.key(rest), ..left }]);
    Some([vec![first], after].concat())
}

/// A verb in the form of the lexicon, after the "not" that is written onto it; what was written is kept whole.
fn conjugated(token: &Token, not: bool, form: String, grammar: &Grammar) -> Vec<Token> {
    let verb = Token { norm: form, ..token.clone() };
    if !not {
        return vec![verb];
    }
    let negation = Token { norm: grammar.verbs.not.clone(), ..token.clone() };
    vec![negation, Token { text: String::new(), ..verb }]
}

/// The written form without the clitic, keeping the marks of its own letters.
fn letters_from(text: &str, clitic: &str) -> String {
    let mut rest = text;
    for letter in clitic.chars() {
        rest = rest.strip_prefix(letter).unwrap_or(rest);
        while let Some(mark) = rest.chars().next().filter(|mark| fold(&mark.to_string()).is_empty()) {
            rest = &rest[mark.len_utf8()..];
        }
    }
    rest.to_owned()
}

/// Cuts a run of letters without blanks: the longest lexicon entry at each place, unknown letters kept together.
fn runs(token: &Token, language: &Language) -> Vec<Token> {
    let letters: Vec<char> = token.text.chars().collect();
    // One letter stays one letter, so a place in one is the same place in the other.
    let unified: Vec<char> = language.grammar().unified(&token.text).chars().collect();
    let mut parts: Vec<Token> = Vec::new();
    let (mut at, mut unknown) = (0, 0);
    while at < letters.len() {
        let length =
            if is_unspaced(letters[at]) { entry_at(&unified[at..], language) } else { other_run(&letters[at..]) };
        let Some(length) = length else {
            at += 1;
            continue;
        };
        push_run(&mut parts, token, &letters[unknown..at], language);
        push_run(&mut parts, token, &letters[at..at + length], language);
        at += length;
        unknown = at;
    }
    push_run(&mut parts, token, &letters[unknown..], language);
    parts
}

fn entry_at(letters: &[char], language: &Language) -> Option<usize> {
    let run = letters.iter().take(MAX_RUN).take_while(|letter| is_unspaced(**letter)).count();
    let entry = |at: usize, length: usize| language.has_entry(&letters[at..at + length].iter().collect::<String>());
    let length = (1..=run).rev().find(|length| entry(0, *length))?;
    // One letter that says little is a word only where another word follows; else it is part of a noun.
    let key = run_key(&letters[..1], language);
    let slight = length == 1 && language.tags(&key).is_some_and(|tags| *tags == [Tag::Filler]);
    let left = run - length;
    (!slight || left == 0 || (1..=left).any(|length| entry(1, length))).then_some(length)
}

/// Letters and digits of another script inside the run.
fn other_run(letters: &[char]) -> Option<usize> {
    let digits = letters[0].is_ascii_digit();
    let length = letters
        .iter()
        .take_while(|letter| {
            !is_unspaced(**letter) && (letter.is_ascii_digit() || matches!(letter, '.' | ',')) == digits
        })
        .count();
    (length > 0).then_some(length)
}

fn run_key(letters: &[char], language: &Language) -> String {
    language.grammar().key(&fold(&letters.iter().collect::<String>()))
}

fn push_run(parts: &mut Vec<Token>, token: &Token, letters: &[char], language: &Language) {
    if letters.is_empty() {
        return;
    }
    let number = letters.iter().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','));
    parts.push(Token {
        text: letters.iter().collect(),
        norm: run_key(letters, language),
        kind: if number { Kind::Number } else { Kind::Word },
        ..token.clone()
    });
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::lexicon;
    use super::super::text::tokens;
    use super::*;

    fn cut(text: &str, code: &str) -> Vec<String> {
        words(&tokens(text), lexicon().language(code)).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn runs_without_blanks_are_cut_at_known_words_and_unknown_ones_stay_whole() {
        assert_eq!(cut("客人有姓名和电话号码", "zh"), ["客人", "有", "姓名", "和", "电话号码"]);
        assert_eq!(cut("每个嘞噻有12个座位", "zh"), ["每个", "嘞噻", "有", "12", "个", "座位"]);
        assert_eq!(cut("中学", "zh").concat(), "中学");
    }

    #[test]
    fn small_words_written_onto_others_are_set_apart() {
        assert_eq!(cut("اسم وبريد ورقم هاتف", "ar"), ["اسم", "و", "بريد", "و", "رقم", "هاتف"]);
        assert_eq!(cut("l'adresse d'une équipe", "fr"), ["l'", "adresse", "d'", "une", "équipe"]);
        assert_eq!(cut("guests' names", "en"), ["guests", "names"]);
    }

    #[test]
    fn nothing_is_added_or_lost() {
        for (text, code) in [("并选择一种餐食", "zh"), ("والضيوف", "ar"), ("l'oubli", "fr")] {
            assert_eq!(cut(text, code).concat(), text);
        }
    }

    #[test]
    fn letter_variants_are_compared_as_one() {
        let norms = |text: &str, code: &str| -> Vec<String> {
            words(&tokens(text), lexicon().language(code)).into_iter().map(|token| token.norm).collect()
        };
        assert_eq!(norms("電話號碼", "zh"), norms("电话号码", "zh"));
        assert_eq!(norms("الضيوف أسئلة", "ar"), norms("الضُّيوف اسئله", "ar"));
    }
}
