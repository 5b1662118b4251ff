//! Questions about an app and its data, told apart from changes of it.
//!
//! Invariant: what is read as a question changes nothing: it is answered, or said not to be understood. A question
//! mark alone makes no question: "could you add a phone number?" asks for a change.

mod about;
mod dates;
mod heard;
mod read;
mod told;

pub(super) use heard::{Atom, Meaning, Part, heard};
pub(super) use read::is_people;
pub(crate) use told::{Told, folded_words, words_of};

use super::lexicon::Language;
use super::memo::Reading;
use super::text::{is_unspaced, tokens};
use super::unit::units;
use crate::query::Query;
use crate::spec::AppSpec;
pub use about::{Said, Why};

/// Longest question, in characters.
const MAX_QUESTION: usize = 400;

/// Words that a question begins with, where its language puts them first.
const OPENERS: &[&str] = &[
    "count", "howMuch", "which", "who", "sum", "average", "list", "most", "least", "dearest", "cheapest", "latest",
    "earliest", "next", "owes",
];
/// Openers that nobody writes in a change.
const STRONG: &[&str] = &["count", "howMuch"];
/// Words that compare numbers or make one of many.
const MEASURES: &[&str] =
    &["sum", "average", "howMuch", "most", "least", "above", "below", "atLeast", "atMost", "dearest", "cheapest"];

/// Words that make a question of a noun: "gifts over 20?", "guests without a phone?".
const COMPARED: &[&str] = &[
    "above",
    "below",
    "atLeast",
    "atMost",
    "without",
    "unpaid",
    "overdue",
    "today",
    "tomorrow",
    "yesterday",
    "thisWeek",
    "lastWeek",
    "nextWeek",
    "thisMonth",
    "lastMonth",
    "nextMonth",
    "thisYear",
    "lastYear",
];

/// A question that somebody asked of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// About the app itself; this is the answer.
    App(String),
    /// About its data: to be run over its rows.
    Data(Query),
    /// Why something is there: what was said decides.
    Why(Why),
    /// What was changed last; the code of the asker's language.
    LastChange(String),
    /// Not understood; what can be asked.
    Unclear(String),
}

/// What a text asks, if it is a question about the app or its data and no change of it.
pub fn asked(spec: &AppSpec, text: &str) -> Option<Asked> {
    if text.chars().count() > MAX_QUESTION || text.trim().lines().count() != 1 {
        return None;
    }
    let _reading = Reading::begin();
    let language = heard::language_of(text, &spec.language);
    let parts = heard(spec, text, language)?;
    let told = Told::of(language.code());
    let only = |key: &str| parts.iter().any(|part| part.asks(key)) && of_the_app(&parts).is_empty();
    if !is_question(text, &parts, language) {
        return None;
    }
    if only("canDo") {
        return Some(Asked::App(about::whole(spec, language)));
    }
    if parts.iter().any(|part| part.asks("lastChange")) {
        return Some(Asked::LastChange(language.code().to_owned()));
    }
    if parts.iter().take(2).any(|part| part.asks("why")) {
        return Some(Asked::Why(Why::of(spec, &parts, language)));
    }
    if let Some(answer) = about::access(spec, &parts, language) {
        return Some(Asked::App(answer));
    }
    if wants_ranking(spec, &parts) && !is_marked(text) {
        return None;
    }
    Some(match read::query(spec, &parts, language.code()) {
        // "Que los invitados …" is no question for all of them.
        Ok(query) if query.is_plain() && !is_marked(text) && !parts.iter().any(|part| part.asks("list")) => {
            return None;
        }
        Ok(query) => Asked::Data(query),
        Err(read::Unclear::NoNumber(entity)) => Asked::Unclear(no_number(spec, &told, &entity)),
        Err(read::Unclear::Nothing) => Asked::Unclear(unclear(spec, &told)),
    })
}

/// "Show the most lent tools": by no number that is kept, so it is something that the app should show from now on.
fn wants_ranking(spec: &AppSpec, parts: &[Part]) -> bool {
    let number = |meaning: &Meaning| match meaning {
        Meaning::Field(entity, field) => {
            let field = spec.entity(entity).and_then(|entity| entity.field(field));
            field.is_some_and(|field| crate::query::is_number(&field.kind))
        }
        _ => false,
    };
    let asks = |keys: &[&str]| parts.iter().any(|part| part.asks_any(keys));
    let asked = asks(&["which", "who", "count", "howMuch"]);
    asks(&["most"]) && !asked && !parts.iter().flat_map(|part| &part.meanings).any(number)
}

/// Reads the words of all languages.
pub(super) fn warm() {
    told::file("en");
}

/// A phrase in the asker's language about the last change: its number and what was said.
pub fn last_change(language: &str, version: u64, said: &str) -> String {
    let told = Told::of(language);
    match version {
        0 | 1 => told.say("noChange", &[said]),
        version => told.say("lastChange", &[&version.to_string(), said]),
    }
}

/// Parts that name something of this app.
fn of_the_app(parts: &[Part]) -> Vec<&Part> {
    parts.iter().filter(|part| part.meanings.iter().any(Meaning::is_named)).collect()
}

fn ended(text: &str) -> &str {
    text.trim_end_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '”' | '!'))
}

fn is_marked(text: &str) -> bool {
    ended(text).ends_with(['?', '？', '؟'])
}

/// Whether a sentence ends before the end: "1. December" ends none.
fn stops(text: &str) -> bool {
    text.match_indices(". ").any(|(at, _)| !text[..at].ends_with(|letter: char| letter.is_ascii_digit()))
}

fn is_question(text: &str, parts: &[Part], language: &'static Language) -> bool {
    let marked = is_marked(text);
    let inner = ended(text).trim_end_matches(['?', '？', '؟']);
    let several = inner.contains(['?', '？', '؟', ';', '。', '\n', '؛', '।']) || stops(inner) || inner.contains(": ");
    let polite = parts.iter().take(2).any(|part| part.asks("polite"));
    if several || polite || parts.is_empty() {
        return false;
    }
    let whole = parts.iter().any(|part| part.asks_any(&["canDo", "lastChange"]));
    let opens = |part: &Part| part.asks_any(OPENERS) || part.asks_any(&["why"]);
    if marked {
        let compared = parts.iter().any(|part| part.asks_any(COMPARED)) && !of_the_app(parts).is_empty();
        let known = parts.iter().all(|part| !part.meanings.is_empty());
        // Elsewhere it may be a condition: "notify me when …".
        let when = parts.iter().take(2).any(|part| part.asks("when")) && !of_the_app(parts).is_empty();
        let asks = parts[0].asks_any(&["yesNo", "may"]) || parts.iter().any(opens) || when;
        return whole || asks || compared && known;
    }
    // "the number is required", "show the number publicly": said of a detail, not asked.
    let told = units(&tokens(text), language).iter().any(|unit| unit.is_any(&["required", "optional", "publicWord"]));
    !told && unmarked(parts, whole, language)
}

/// Without a question mark a question begins with its word, and names what the app keeps.
fn unmarked(parts: &[Part], whole: bool, language: &Language) -> bool {
    let unspaced = parts.iter().any(|part| part.text.chars().any(is_unspaced));
    // What comes before the word that asks says nothing or counts: "the latest 3", "les 3 derniers".
    let slight = |part: &&Part| part.meanings.iter().all(|one| matches!(one, Meaning::Small | Meaning::Number(_)));
    let skipped = parts.iter().take(3).take_while(|part| !part.meanings.is_empty() && slight(part)).count();
    let first = &parts[..parts.len().min(if unspaced { 4 } else { 2 })];
    let after = if language.grammar().head_first { 3 } else { 2 };
    let lead = &parts[..parts.len().min(if unspaced { 4 } else { skipped + after })];
    let known = parts.iter().all(|part| !part.meanings.is_empty());
    let named = !of_the_app(parts).is_empty();
    let orders = parts.iter().any(|part| part.asks_any(&["sorting", "per"]))
        || parts.last().is_some_and(|part| part.asks("atEnd"));
    if whole {
        return known && !named;
    }
    if parts[0].asks_any(&["add", "delete", "change"]) {
        return false;
    }
    if first.iter().any(|part| part.asks_any(STRONG)) || parts[0].asks("why") {
        return true;
    }
    let commands = parts.iter().any(|part| part.asks_any(&["add", "delete", "change"]))
        && !parts.iter().any(|part| part.asks("may"));
    lead.iter().any(|part| part.asks_any(OPENERS)) && known && named && !orders && !commands && parts.len() > 1
}

fn unclear(spec: &AppSpec, told: &Told) -> String {
    let plurals: Vec<String> =
        spec.entities.iter().filter(|entity| !entity.archived).map(|entity| told.inside(&entity.plural)).collect();
    let example = plurals.first().map(|first| told.say("example", &[first])).unwrap_or_default();
    told.say("unclear", &[&told.and(&plurals), &example])
}

fn no_number(spec: &AppSpec, told: &Told, entity: &str) -> String {
    let Some(entity) = spec.entity(entity) else { return unclear(spec, told) };
    let fields = entity.fields.iter().filter(|field| !field.archived).map(|field| field.label.clone());
    told.say("noField", &[&entity.plural, &fields.collect::<Vec<_>>().join(", ")])
}

/// A spec whose sentences are told in the asker's language; labels stay the app's.
fn in_language(spec: &AppSpec, language: &Language) -> AppSpec {
    AppSpec { language: language.code().to_owned(), ..spec.clone() }
}
