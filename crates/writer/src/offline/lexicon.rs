//! The words the writer knows: concepts in `lexicon/concepts.toml`, words per language beside it.
//!
//! Invariant: everything is read from embedded files, and what is in no order is only looked up by its key, so the same
//! text is tagged the same way everywhere. A language is one file; the code knows no language's words.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use serde::Deserialize;

mod concepts;
mod typing;

pub(crate) use concepts::{Concepts, FieldConcept, Shape, Tag};

use super::memo;
use super::say::Say;
use super::script::Grammar;
use super::text::{Token, fold, is_unspaced, tokens};
use crate::outcomes::Told;

const CONCEPTS: &str = include_str!("../../lexicon/concepts.toml");
const LANGUAGES: &[&str] = &[
    include_str!("../../lexicon/en.toml"),
    include_str!("../../lexicon/de.toml"),
    include_str!("../../lexicon/es.toml"),
    include_str!("../../lexicon/fr.toml"),
    include_str!("../../lexicon/pt.toml"),
    include_str!("../../lexicon/id.toml"),
    include_str!("../../lexicon/sw.toml"),
    include_str!("../../lexicon/hi.toml"),
    include_str!("../../lexicon/ar.toml"),
    include_str!("../../lexicon/zh.toml"),
];

/// Longest phrase in the lexicon, in words.
pub(crate) const MAX_PHRASE: usize = 6;

/// Letters that the first part of a compound has at least; the last has one more.
const MIN_PART: usize = 3;

/// Structure words of briefs: common verbs and nouns, so that other common words are near them without being meant.
const PLAIN: &[&str] = &["doing", "makes", "account", "inside", "containerWord", "apply", "siteWord", "feature"];

/// How a language names a kind of thing.
#[derive(Debug, Deserialize)]
pub(crate) struct EntityWords {
    /// One of them.
    pub(crate) one: String,
    /// Several.
    pub(crate) many: String,
    #[serde(default)]
    also: Vec<String>,
    /// Words for all of them together ("guest list").
    #[serde(default)]
    whole: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Words {
    #[serde(default)]
    words: Vec<String>,
    /// Plurals that stand before a noun ("sales team").
    #[serde(default)]
    attributive: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct File {
    language: String,
    stemmer: String,
    currency: String,
    function: BTreeMap<String, Vec<String>>,
    filler: Words,
    entity: BTreeMap<String, EntityWords>,
    field: BTreeMap<String, Vec<String>>,
    role: BTreeMap<String, Vec<String>>,
    occasion: BTreeMap<String, Vec<String>>,
    beyond: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    defaults: BTreeMap<String, Vec<String>>,
    labels: BTreeMap<String, String>,
    #[serde(default)]
    plain: Option<Words>,
    #[serde(default)]
    say: BTreeMap<Say, String>,
    #[serde(default)]
    reason: BTreeMap<String, String>,
    #[serde(default)]
    food: Option<Words>,
    /// Sentences that describe an app, by what they say.
    #[serde(default)]
    describe: BTreeMap<String, String>,
    /// What the gate finds, by what it says; English is the gate's own.
    #[serde(default)]
    findings: BTreeMap<String, String>,
    /// What the workshop says of its own work.
    #[serde(default)]
    outcomes: BTreeMap<Told, String>,
    /// Labels of options that blueprints add, by id.
    #[serde(default)]
    option: BTreeMap<String, String>,
    /// What was handed in, by another word for it: reports.
    #[serde(default)]
    reported: Option<Words>,
    /// Words of options after which nothing good follows: lost, cancelled.
    #[serde(default)]
    bad: Option<Words>,
    /// Numbers written as words.
    #[serde(default)]
    number: BTreeMap<String, u32>,
    #[serde(default)]
    grammar: Grammar,
    /// Words about when a place is open, by what they say.
    #[serde(default)]
    opening: BTreeMap<String, Vec<String>>,
    /// Words found in any order, by what they say.
    #[serde(default)]
    told: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    currencies: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    units: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    colours: BTreeMap<String, Vec<String>>,
}

/// One language's words.
pub(crate) struct Language {
    file: File,
    /// Of the language's own stemmer; else its grammar's affixes are taken off.
    algorithm: Option<Algorithm>,
    exact: HashMap<String, Vec<Tag>>,
    stems: HashMap<String, Vec<Tag>>,
    /// Single words that a mistyped word may have been meant as.
    typed: Vec<String>,
    plain: HashSet<String>,
    /// Every single word of every phrase.
    words: HashSet<String>,
    /// Words of the longest phrase that begins with a word or a stem.
    reach: HashMap<String, usize>,
    /// Numbers written as words, in the form that texts are compared in.
    numbers: HashMap<String, u32>,
}

/// All of it.
pub(crate) struct Lexicon {
    /// Meanings.
    pub(crate) concepts: Concepts,
    languages: Vec<Language>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

/// The embedded lexicon.
pub(crate) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

impl Lexicon {
    /// The files are part of the program and a test reads them all, so a failure here is a broken build.
    fn load() -> Lexicon {
        let concepts: Concepts = toml::from_str(CONCEPTS).expect("lexicon/concepts.toml is embedded and tested");
        let languages = LANGUAGES
            .iter()
            .map(|text| toml::from_str::<File>(text).expect("lexicon/<language>.toml is embedded and tested"))
            .map(|file| Language::index(file, &concepts))
            .collect();
        Lexicon { concepts, languages }
    }

    /// Every language.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Language> {
        self.languages.iter()
    }

    /// The language whose words a text uses most; English when none stands out.
    pub(crate) fn language_of(&'static self, tokens: &[Token]) -> &'static Language {
        let mut best = (&self.languages[0], 0usize);
        for language in &self.languages {
            let votes = language.votes(tokens);
            if votes > best.1 {
                best = (language, votes);
            }
        }
        best.0
    }

    /// Whether another language than `code` clearly has more of the words.
    pub(crate) fn stands_out(&'static self, tokens: &[Token], code: &str) -> bool {
        let own = self.language(code).votes(tokens);
        self.languages.iter().any(|other| other.code() != code && other.votes(tokens) > own + 2)
    }

    /// By its code; English when unknown.
    pub(crate) fn language(&'static self, code: &str) -> &'static Language {
        self.languages.iter().find(|language| language.code() == code).unwrap_or(&self.languages[0])
    }
}

impl Language {
    fn index(file: File, concepts: &Concepts) -> Language {
        let algorithm = match file.stemmer.as_str() {
            "arabic" => Some(Algorithm::Arabic),
            "english" => Some(Algorithm::English),
            "french" => Some(Algorithm::French),
            "german" => Some(Algorithm::German),
            "portuguese" => Some(Algorithm::Portuguese),
            "spanish" => Some(Algorithm::Spanish),
            _ => None,
        };
        let plain = file.plain.iter().flat_map(|words| &words.words).map(|word| fold(word)).collect();
        let mut language = Language {
            file,
            algorithm,
            exact: HashMap::new(),
            stems: HashMap::new(),
            typed: Vec::new(),
            plain,
            words: HashSet::new(),
            reach: HashMap::new(),
            numbers: HashMap::new(),
        };
        for (tag, words) in language.entries(concepts) {
            words.iter().for_each(|word| language.add(tag, word));
        }
        // Where nouns have no plural, forms tell little: a word without a meaning of its own is no form of another.
        for word in language.plain.iter().filter(|_| language.file.grammar.numberless) {
            language.exact.entry(language.file.grammar.key(&phrase_key(word))).or_default();
        }
        for key in language.exact.keys().chain(language.stems.keys()) {
            let reach = language.reach.entry(first_word(key).to_owned()).or_default();
            *reach = (*reach).max(key.split(' ').count());
        }
        for (word, number) in &language.file.number {
            language.numbers.entry(language.file.grammar.key(&phrase_key(word))).or_insert(*number);
        }
        language.words = language.exact.keys().flat_map(|key| key.split(' ')).map(str::to_owned).collect();
        // So that a small word written together with one of these is found.
        let shares: Vec<String> = language.told("share").iter().map(|word| phrase_key(word)).collect();
        language.words.extend(shares.iter().flat_map(|key| key.split(' ')).map(str::to_owned));
        let plain = |tags: &[Tag]| tags.iter().all(|tag| matches!(tag, Tag::Function(key) if PLAIN.contains(key)));
        let typable = language.exact.iter().filter(|(key, tags)| is_typable(key) && !plain(tags));
        language.typed = typable.map(|(key, _)| key.clone()).collect();
        language.typed.sort_unstable();
        language
    }

    /// Every meaning with its words. Keys are leaked once: the lexicon lives as long as the program.
    fn entries(&self, concepts: &Concepts) -> Vec<(Tag, Vec<String>)> {
        let name = |key: &String| -> &'static str { key.clone().leak() };
        let file = &self.file;
        let mut entries = vec![(Tag::Filler, file.filler.words.clone())];
        entries.extend(file.function.iter().map(|(key, words)| (Tag::Function(name(key)), words.clone())));
        for (key, words) in &file.entity {
            let forms = [vec![words.one.clone(), words.many.clone()], words.also.clone(), words.whole.clone()].concat();
            entries.push((Tag::Entity(name(key)), forms));
        }
        entries.extend(file.field.iter().map(|(key, words)| (Tag::Field(name(key)), words.clone())));
        entries.extend(file.role.iter().map(|(key, words)| (Tag::Role(name(key)), words.clone())));
        entries.extend(file.occasion.iter().map(|(key, words)| (Tag::Occasion(name(key)), words.clone())));
        entries.extend(file.beyond.iter().map(|(key, words)| (Tag::Beyond(name(key)), words.clone())));
        for currencies in [&concepts.currency, &file.currencies] {
            entries.extend(currencies.iter().map(|(key, words)| (Tag::Currency(name(key)), words.clone())));
        }
        entries.extend(concepts.tongue.iter().map(|(key, words)| (Tag::Tongue(name(key)), words.clone())));
        entries.extend(concepts.country.iter().map(|(key, words)| (Tag::Country(name(key)), words.clone())));
        for units in [&concepts.unit, &file.units] {
            entries.extend(units.iter().map(|(key, words)| (Tag::Unit(name(key)), words.clone())));
        }
        for colours in [&concepts.colour, &file.colours] {
            entries.extend(colours.iter().map(|(key, words)| (Tag::Colour(name(key)), words.clone())));
        }
        entries
    }

    fn add(&mut self, tag: Tag, word: &str) {
        let key = self.file.grammar.key(&phrase_key(word));
        let stem = self.stem(&key);
        push_once(self.exact.entry(key).or_default(), tag);
        // Structure words are compared exactly: a stem of "use" or "may" would catch too much.
        if !matches!(tag, Tag::Function(_) | Tag::Filler | Tag::Unit(_) | Tag::Currency(_) | Tag::Country(_)) {
            push_once(self.stems.entry(stem).or_default(), tag);
        }
    }

    /// BCP 47 code.
    pub(crate) fn code(&self) -> &str {
        &self.file.language
    }

    /// The currency assumed for this language.
    pub(crate) fn currency(&self) -> &str {
        &self.file.currency
    }

    /// Stem of every word of a phrase.
    pub(crate) fn stem(&self, phrase: &str) -> String {
        match self.algorithm {
            Some(algorithm) => {
                let stem = |word: &str| memo::stem(self.code(), word, || Stemmer::create(algorithm).stem(word).into());
                phrase.split(' ').map(stem).collect::<Vec<_>>().join(" ")
            }
            None => phrase.split(' ').map(|word| self.file.grammar.stem(word)).collect::<Vec<_>>().join(" "),
        }
    }

    /// Most words that a phrase has which begins as this one does.
    pub(crate) fn reach(&self, phrase: &str) -> usize {
        let of = |word: &str| self.reach.get(word).copied().unwrap_or(1);
        let first = first_word(phrase);
        of(first).max(of(&self.stem(first)))
    }

    /// A label inside a sentence.
    pub(crate) fn inside(&self, label: &str) -> String {
        if self.file.grammar.capital_nouns { label.to_owned() } else { super::noun::lower(label) }
    }

    /// How its words are written and ordered.
    pub(crate) fn grammar(&self) -> &Grammar {
        &self.file.grammar
    }

    /// A word of the lexicon or of one of its phrases, exactly so written.
    pub(crate) fn has_word(&self, norm: &str) -> bool {
        norm.split(' ').all(|part| self.words.contains(part))
    }

    /// Exactly a word or phrase of the lexicon.
    pub(crate) fn has_entry(&self, key: &str) -> bool {
        self.exact.contains_key(key)
    }

    /// What a phrase (folded, words separated by one space) means.
    pub(crate) fn tags(&self, phrase: &str) -> Option<&Vec<Tag>> {
        self.exact.get(phrase).or_else(|| self.stems.get(&self.stem(phrase))).or_else(|| self.compound(phrase))
    }

    /// What the last part of a compound means, if it names a thing or a property.
    fn compound(&self, word: &str) -> Option<&Vec<Tag>> {
        if !self.file.grammar.compounds || self.plain.contains(word) || word.contains(' ') {
            return None;
        }
        let names = |tag: &Tag| matches!(tag, Tag::Entity(_) | Tag::Field(_));
        word.char_indices()
            .map(|(at, _)| at)
            .filter(|at| *at >= MIN_PART && word.len() - at > MIN_PART)
            .find_map(|at| self.exact.get(&word[at..]).filter(|tags| tags.iter().all(names)))
    }

    /// Whether a word is in the lexicon, alone or in a phrase.
    pub(crate) fn knows(&self, norm: &str) -> bool {
        norm.split(' ').all(|part| self.words.contains(part)) || self.tags(norm).is_some()
    }

    /// How strongly a text speaks for this language.
    fn votes(&self, tokens: &[Token]) -> usize {
        // A word that is written again says the same again.
        let mut spoken: BTreeMap<(&str, &str), (&Token, usize)> = BTreeMap::new();
        for token in tokens {
            spoken.entry((&token.text, &token.norm)).or_insert((token, 0)).1 += 1;
        }
        let vote = |token: &Token| -> usize {
            super::script::words(std::slice::from_ref(token), self).iter().map(|word| self.vote(&word.norm)).sum()
        };
        spoken.into_values().map(|(token, times)| times * vote(token)).sum()
    }

    /// How strongly a word speaks for this language.
    fn vote(&self, norm: &str) -> usize {
        match self.exact.get(norm) {
            Some(tags) if tags.iter().any(|tag| matches!(tag, Tag::Function(_) | Tag::Filler)) => 3,
            Some(tags) if tags.iter().any(|tag| matches!(tag, Tag::Entity(_) | Tag::Field(_) | Tag::Occasion(_))) => 2,
            _ => 0,
        }
    }

    /// The lexicon word that an unknown word was probably meant to be, if exactly one is near.
    pub(crate) fn corrected(&self, norm: &str) -> Option<String> {
        memo::mended(self.code(), norm, || self.nearest(norm).map(str::to_owned))
    }

    /// Whether `last` is the part that a separable verb leaves at the end of a sentence ("benenne … um").
    pub(crate) fn is_parted(&self, verb: &str, last: &str) -> bool {
        let Some(meant) = self.tags(verb) else { return false };
        let whole = self.stem(&format!("{last}{verb}"));
        let same = |tag: &Tag| matches!(tag, Tag::Function(_)) && meant.contains(tag);
        let mut begin = self.exact.iter().filter(|(word, _)| word.starts_with(last));
        begin.any(|(word, tags)| self.stem(word) == whole && tags.iter().any(same))
    }

    /// How this language names a kind of thing.
    pub(crate) fn entity(&self, concept: &str) -> Option<&EntityWords> {
        self.file.entity.get(concept)
    }

    /// All words for a kind of thing.
    pub(crate) fn entity_forms(&self, concept: &str) -> Vec<String> {
        let words = |words: &EntityWords| {
            [vec![words.one.clone(), words.many.clone()], words.also.clone(), words.whole.clone()].concat()
        };
        self.file.entity.get(concept).map(words).unwrap_or_default()
    }

    /// All words for a property.
    pub(crate) fn field_forms(&self, concept: &str) -> &[String] {
        self.file.field.get(concept).map_or(&[], Vec::as_slice)
    }

    /// All words for a role.
    pub(crate) fn role_forms(&self, concept: &str) -> &[String] {
        self.file.role.get(concept).map_or(&[], Vec::as_slice)
    }

    /// The label of something the writer adds by itself.
    pub(crate) fn label(&self, key: &str) -> String {
        let english = || lexicon().languages.first().and_then(|english| english.file.labels.get(key));
        self.file.labels.get(key).or_else(english).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// The usual label of a property, for a word that is only another form of it ("Namen" is "Name").
    pub(crate) fn uninflected(&self, word: &str, concept: &str) -> Option<String> {
        let label = self.file.labels.get(concept)?;
        let stem = |text: &str| self.stem(&self.file.grammar.key(&fold(text)));
        let inflects = self.code() != "en" && !word.chars().any(is_unspaced);
        (inflects && stem(word) == stem(label)).then(|| label.clone())
    }

    /// Options of a choice for which the person named none.
    pub(crate) fn default_options(&self, concept: &str) -> Option<&Vec<String>> {
        self.file.defaults.get(concept)
    }

    /// A sentence with its blanks filled; English where this language lacks it.
    pub(crate) fn say(&self, phrase: Say, blanks: &[&str]) -> String {
        let english = || lexicon().languages.first().and_then(|english| english.file.say.get(&phrase));
        let mut sentence =
            self.file.say.get(&phrase).or_else(english).cloned().unwrap_or_else(|| format!("{phrase:?}"));
        for (number, blank) in blanks.iter().enumerate() {
            sentence = sentence.replace(&format!("{{{number}}}"), blank);
        }
        sentence
    }

    /// Whether a phrase names all of a kind together.
    pub(crate) fn is_whole(&self, concept: &str, phrase: &str) -> bool {
        self.entity(concept)
            .is_some_and(|words| words.whole.iter().any(|whole| self.file.grammar.key(&phrase_key(whole)) == phrase))
    }

    /// Whether a plural usually stands before another noun.
    pub(crate) fn is_attributive(&self, word: &str) -> bool {
        self.file.plain.iter().flat_map(|plain| &plain.attributive).any(|other| other == word)
    }

    /// Whether a word names something to eat.
    pub(crate) fn is_food(&self, word: &str) -> bool {
        let folded = fold(word);
        self.file.food.iter().flat_map(|food| &food.words).any(|food| folded.split(' ').any(|part| part == fold(food)))
    }

    /// Whether a word names what people handed in, whatever that is.
    pub(crate) fn is_handed_in(&self, word: &str) -> bool {
        let (folded, stem) = (fold(word), self.stem(&fold(word)));
        let is = |other: &String| fold(other) == folded || self.stem(&fold(other)) == stem;
        self.file.reported.iter().flat_map(|reported| &reported.words).any(is)
    }

    /// A sentence that describes an app, if the language has it.
    pub(crate) fn described(&self, key: &str) -> Option<&str> {
        self.file.describe.get(key).map(String::as_str)
    }

    /// A sentence for what the gate finds, if the language has its own.
    pub(crate) fn finding(&self, key: &str) -> Option<&str> {
        self.file.findings.get(key).map(String::as_str)
    }

    /// A sentence of the workshop, if the language has it.
    pub(crate) fn outcome(&self, sentence: Told) -> Option<&str> {
        self.file.outcomes.get(&sentence).map(String::as_str)
    }

    /// The label of an option that a blueprint adds.
    pub(crate) fn option(&self, id: &str) -> String {
        let english = || lexicon().languages.first().and_then(|english| english.file.option.get(id));
        self.file.option.get(id).or_else(english).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// The words of a structure word.
    pub(crate) fn structure(&self, key: &str) -> &[String] {
        self.file.function.get(key).map_or(&[], Vec::as_slice)
    }

    /// Words that tell something in any order.
    pub(crate) fn told(&self, key: &str) -> &[String] {
        self.file.told.get(key).map_or(&[], Vec::as_slice)
    }

    /// Words about when a place is open.
    pub(crate) fn opening(&self, key: &str) -> &[String] {
        self.file.opening.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether an option's label says that something ended badly.
    pub(crate) fn ends_badly(&self, label: &str) -> bool {
        let stems = self.stem(&fold(label));
        self.file.bad.iter().flat_map(|bad| &bad.words).any(|word| stems == self.stem(&fold(word)))
    }

    /// The number that digits or a word say.
    pub(crate) fn number(&self, norm: &str) -> Option<u32> {
        norm.parse().ok().or_else(|| self.numbers.get(norm).copied())
    }

    /// Which option of a blueprint has this label.
    pub(crate) fn option_id(&self, label: &str) -> Option<String> {
        self.file.option.iter().find(|(_, own)| fold(own) == fold(label)).map(|(id, _)| id.clone())
    }

    /// The same usual option in another language.
    pub(crate) fn twin(&self, label: &str, other: &Language) -> Option<String> {
        self.file.defaults.iter().find_map(|(concept, options)| {
            let at = options.iter().position(|own| fold(own) == fold(label))?;
            other.file.defaults.get(concept)?.get(at).cloned()
        })
    }

    /// The same role in another language.
    pub(crate) fn role_twin(&self, label: &str, other: &Language) -> Option<String> {
        let (id, _) = self.file.role.iter().find(|(_, words)| words.iter().any(|word| fold(word) == fold(label)))?;
        other.file.role.get(id)?.first().map(|word| super::noun::sentence_case(word))
    }

    /// What the writer itself calls a property in this language.
    pub(crate) fn field_label(&self, concept: &str) -> Option<String> {
        let first = || self.file.field.get(concept)?.first().map(|word| super::noun::sentence_case(word));
        self.file.labels.get(concept).cloned().or_else(first)
    }

    /// What the writer means by a label that it gave.
    pub(crate) fn label_key(&self, label: &str) -> Option<String> {
        self.file.labels.iter().find(|(_, own)| fold(own) == fold(label)).map(|(key, _)| key.clone())
    }

    /// Whether this language has such a label itself.
    pub(crate) fn has_label(&self, key: &str) -> bool {
        self.file.labels.contains_key(key)
    }

    /// Why something is beyond this writer.
    pub(crate) fn reason(&self, beyond: &str) -> String {
        let english = || lexicon().languages.first().and_then(|english| english.file.reason.get(beyond));
        self.file.reason.get(beyond).or_else(english).cloned().unwrap_or_default()
    }

    /// Whether the language has a sentence itself.
    pub(crate) fn has(&self, phrase: Say) -> bool {
        self.file.say.contains_key(&phrase)
    }
}

/// A lexicon entry in the form that a text's phrases are compared in.
fn phrase_key(word: &str) -> String {
    let parts: Vec<String> = tokens(word).into_iter().map(|token| token.norm).filter(|norm| !norm.is_empty()).collect();
    parts.join(" ")
}

fn first_word(phrase: &str) -> &str {
    phrase.split(' ').next().unwrap_or_default()
}

fn is_typable(key: &str) -> bool {
    key.len() >= 4 && key.chars().all(char::is_alphabetic)
}

fn push_once(tags: &mut Vec<Tag>, tag: Tag) {
    if !tags.contains(&tag) {
        tags.push(tag);
    }
}

#[cfg(test)]
mod tests;
