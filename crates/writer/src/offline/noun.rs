//! Noun phrases: a thing in the person's words, with its singular, plural and meaning.
//!
//! Invariant: a label is made only of the person's words (or of the lexicon's, for a mistyped one).

use super::lexicon::{Language, Tag, lexicon};
use super::text::{closed_up, fold, is_unspaced};
use super::unit::{Unit, looks_plural};

/// Longest label made from words, in characters.
const MAX_LABEL: usize = 80;

/// English nouns without a plural, that apps keep several entries of.
const UNCOUNTED: &[&str] =
    &["data", "information", "news", "content", "equipment", "feedback", "furniture", "staff", "advice", "research"];

/// A thing somebody named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Noun {
    /// Singular, first letter large.
    pub(crate) one: String,
    /// Plural, first letter large.
    pub(crate) many: String,
    /// What it is, if the lexicon knows.
    pub(crate) concept: Option<&'static str>,
    /// Stem of the last word, to recognise it again.
    pub(crate) stem: String,
    /// Stems of all words.
    pub(crate) stems: String,
    /// One word or one entry of the lexicon.
    pub(crate) single: bool,
    /// Said in the plural.
    pub(crate) plural: bool,
}

/// Reads a noun phrase; `None` if nothing in it names anything.
pub(crate) fn noun(units: &[Unit], language: &Language) -> Option<Noun> {
    let words: Vec<&Unit> = core(units, language)?;
    let at = if language.grammar().head_first { 0 } else { words.len() - 1 };
    let head = words.get(at)?;
    let shown_words: Vec<String> = words.iter().map(|unit| shown(unit)).collect();
    let concept = head.entity();
    let (one, many) = forms(head, language);
    let with = |form: &str| {
        sentence_case(&[&shown_words[..at], &[form.to_owned()], &shown_words[at + 1..]].concat().join(" "))
    };
    let stems = words.iter().map(|unit| language.stem(&read(unit))).collect::<Vec<_>>().join(" ");
    let stem = language.stem(read(head).rsplit(' ').next().unwrap_or_default());
    let (one, many) = Some((with(&one), with(&many))).filter(|(one, many)| !one.is_empty() && !many.is_empty())?;
    Some(Noun { one, many, concept, stem, stems, single: words.len() == 1, plural: head.is_plural(language) })
}

/// The words that name: without articles, fillers, and an occasion before the thing ("wedding guests"). `None` for
/// what is no noun phrase: a sentence of unknown verbs must not become a thing.
fn core<'a>(units: &'a [Unit], language: &Language) -> Option<Vec<&'a Unit>> {
    let names = |unit: &&Unit| unit.is_content() && unit.kind != super::text::Kind::Number;
    let start = units.iter().position(|unit| names(&unit))?;
    let mut words: Vec<&Unit> = units[start..].iter().take_while(|unit| names(unit) || unit.is("of")).collect();
    while words.last().is_some_and(|last| !names(last)) {
        words.pop();
    }
    let rest = &units[start + words.len()..];
    let qualified =
        rest.first().is_none_or(|unit| unit.is_any(&["for", "in", "from"]) || unit.kind == super::text::Kind::Open);
    if rest.iter().any(|unit| names(&unit)) && !qualified {
        return None;
    }
    while words.len() > 1 && words[0].occasion().is_some() && words[0].entity().is_none() {
        words.remove(0);
    }
    while words.len() > 1 && !names(&words[0]) {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|last| is_container(last)) {
        words.pop();
    }
    while words.last().is_some_and(|last| !names(last)) {
        words.pop();
    }
    if language.code() == "en" && words.last().is_some_and(|last| is_participle(last)) {
        return None;
    }
    let verbal = words.len() > 1
        && words[..words.len() - 1].iter().any(|unit| {
            unit.is_plural(language)
                && !language.is_attributive(&unit.norm)
                && unit.field().is_none()
                && unit.kind != super::text::Kind::Quoted
        });
    (words.len() <= 4 && !(language.code() == "en" && verbal)).then_some(words)
}

/// "based", "health-related": says something of a thing and names none.
fn is_participle(unit: &Unit) -> bool {
    // Shorter ones are often things: a moped.
    let ends = unit.norm == "based" || unit.norm.len() > 5 && unit.norm.ends_with("ed") && !unit.norm.ends_with("eed");
    ends && unit.tags.is_empty() && unit.kind == super::text::Kind::Word && !unit.text.starts_with(char::is_uppercase)
}

/// "guest list", "stock overview": the last word only says that several are kept.
fn is_container(unit: &Unit) -> bool {
    unit.is("app") && unit.entity().is_none() && unit.field().is_none()
}

fn forms(head: &Unit, language: &Language) -> (String, String) {
    let written = read(head);
    let known = head
        .entity()
        .and_then(|concept| language.entity(concept))
        .filter(|_| head.tags.iter().any(|tag| matches!(tag, Tag::Entity(_))));
    if let Some(words) = known {
        let text = fold(&written);
        let whole = head.entity().is_some_and(|concept| language.is_whole(concept, &text));
        let stem = language.stem(&text);
        let inflected = |form: &str| language.code() != "en" && language.stem(&fold(form)) == stem;
        if whole
            || text == fold(&words.one)
            || text == fold(&words.many)
            || inflected(&words.one)
            || inflected(&words.many)
        {
            return (words.one.clone(), words.many.clone());
        }
        let mass = words.many == words.one && !language.grammar().numberless;
        if mass || is_mass(&words.many) && language.code() == "en" && !looks_plural(&text) {
            return (words.one.clone(), shown(head));
        }
    }
    let word = language.grammar().bare(&shown(head)).to_owned();
    if language.code() != "en" {
        return (word.clone(), word);
    }
    if looks_plural(&fold(&word)) { (singular(&word), word) } else { (word.clone(), plural(&word)) }
}

/// A plural without a plural's ending, such as "budget".
fn is_mass(many: &str) -> bool {
    !looks_plural(many) && !matches!(many, "people" | "children")
}

/// English plural.
pub(crate) fn plural(word: &str) -> String {
    let small = word.to_lowercase();
    let before_y = small.chars().rev().nth(1);
    if small == "person" {
        return "people".into();
    }
    // What is not counted has no plural.
    if UNCOUNTED.contains(&small.as_str()) {
        return word.to_owned();
    }
    if small.ends_with('y') && before_y.is_some_and(|letter| !"aeiou".contains(letter)) {
        return format!("{}ies", &word[..word.len() - 1]);
    }
    if ["s", "x", "z", "ch", "sh"].iter().any(|end| small.ends_with(end)) {
        return format!("{word}es");
    }
    format!("{word}s")
}

/// English singular of a plural in -s.
pub(crate) fn singular(word: &str) -> String {
    let small = word.to_lowercase();
    if small.len() != word.len() {
        return word.to_owned();
    }
    if small.len() > 4 && small.ends_with("ies") {
        return format!("{}y", &word[..word.len() - 3]);
    }
    if ["oaves", "elves"].iter().any(|end| small.ends_with(end)) {
        return format!("{}f", &word[..word.len() - 3]);
    }
    if ["sses", "xes", "ches", "shes", "zes", "buses"].iter().any(|end| small.ends_with(end)) {
        return word[..word.len() - 2].to_owned();
    }
    word.strip_suffix('s').or_else(|| word.strip_suffix('S')).unwrap_or(word).to_owned()
}

/// A word as a role's label: singular where the language's plural is known.
pub(crate) fn singular_label(word: &str, language: &Language) -> String {
    if language.code() == "en" && looks_plural(&fold(word)) { singular(word) } else { word.to_owned() }
}

/// As written, or as read when mistyped.
pub(crate) fn shown(unit: &Unit) -> String {
    unit.read_as.clone().unwrap_or_else(|| unit.text.clone())
}

fn read(unit: &Unit) -> String {
    unit.read_as.clone().unwrap_or_else(|| unit.norm.clone())
}

/// First letter large, cut to the longest label.
pub(crate) fn sentence_case(words: &str) -> String {
    let cut: String = closed_up(words.trim()).chars().take(MAX_LABEL).collect();
    let mut letters = cut.trim_end().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().collect::<String>() + letters.as_str(),
        None => String::new(),
    }
}

/// First letter small, unless the word is an abbreviation; for use inside a sentence.
pub(crate) fn lower(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_uppercase() => format!("{first}{}", letters.as_str()),
        (Some(first), _) => first.to_lowercase().collect::<String>() + letters.as_str(),
        _ => String::new(),
    }
}

/// "a, b and c"; `and` has "{}" where the last is written onto it.
pub(crate) fn listed(words: &[String], and: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            let comma = if last.chars().any(is_unspaced) { "、" } else { ", " };
            let end = if and.contains("{}") { and.replace("{}", last) } else { format!("{and} {last}") };
            closed_up(&format!("{} {end}", first.join(comma)))
        }
    }
}

/// What form a concept has.
pub(crate) fn shape(concept: Option<&str>) -> Option<super::lexicon::Shape> {
    concept.and_then(|concept| lexicon().concepts.entity.get(concept)).map(|entity| entity.shape)
}

#[cfg(test)]
mod tests {
    use super::super::text::tokens;
    use super::super::unit::units;
    use super::*;

    fn read_noun(text: &str) -> Noun {
        let english = lexicon().language("en");
        noun(&units(&tokens(text), english), english).expect("names something")
    }

    #[test]
    fn known_and_unknown_nouns_keep_the_persons_words() {
        let records = read_noun("my vinyl records");
        assert_eq!((records.one.as_str(), records.many.as_str()), ("Vinyl record", "Vinyl records"));
        let guests = read_noun("the wedding guests");
        assert_eq!((guests.one.as_str(), guests.many.as_str(), guests.concept), ("Guest", "Guests", Some("guest")));
        let budget = read_noun("the budget");
        assert_eq!((budget.one.as_str(), budget.many.as_str()), ("Budget item", "Budget"));
        let zorb = read_noun("zorb");
        assert_eq!((zorb.one.as_str(), zorb.many.as_str(), zorb.concept), ("Zorb", "Zorbs", None));
    }

    #[test]
    fn english_forms() {
        assert_eq!((singular("companies").as_str(), plural("company").as_str()), ("company", "companies"));
        assert_eq!((singular("boxes").as_str(), plural("dish").as_str()), ("box", "dishes"));
    }

    #[test]
    fn lists_read_well() {
        assert_eq!(listed(&["a".into(), "b".into(), "c".into()], "and"), "a, b and c");
        assert_eq!((lower("Phone"), lower("URL")), ("phone".to_owned(), "URL".to_owned()));
    }
}
