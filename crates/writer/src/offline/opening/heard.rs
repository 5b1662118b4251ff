//! One sentence read for when it is open: its words as days, hours and dates.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::super::ask::words_of;
use super::super::lexicon::{Language, Tag, lexicon};
use super::super::script::words;
use super::super::text::{Kind, Token, fold, is_unspaced, tokens};
use crate::query::Day;
use crate::spec::Days;

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Open on these days (none: on those already known) during these hours (none: as on other days).
    Week {
        /// 1 for Monday.
        days: Vec<u8>,
        /// `HH:MM` each.
        hours: Vec<(String, String)>,
        /// The days were said as "from … to …": that is the week.
        ranged: bool,
    },
    /// Closed on these days of the week.
    Shut {
        /// 1 for Monday.
        days: Vec<u8>,
    },
    /// Closed on these days of the year; open again on them, if `back`.
    Away {
        /// From, to.
        days: Days,
        /// "No longer".
        back: bool,
    },
}

/// What a word or phrase is in such a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Open,
    Closed,
    Not,
    /// Days of the week.
    Days(Vec<u8>),
    Month(u8),
    /// As written.
    Number(String),
    To,
    And,
    /// Where in the day a time lies: hours to add to one of up to 12, and to 12 itself.
    Half(u32, u32),
    /// The place itself: "the shop".
    Place,
    /// Says nothing by itself.
    Small,
}

/// An item and the tokens it stands in.
#[derive(Clone, Debug)]
struct Placed {
    item: Item,
    tokens: Range<usize>,
}

/// A word or, of a script without blanks, a letter.
struct Atom {
    norm: String,
    kind: Kind,
    token: usize,
}

/// Structure words that such a statement may have.
const SMALL: &[&str] =
    &["det", "be", "have", "in", "from", "to", "between", "each", "we", "by", "with", "only", "for", "must", "they"];
/// Longest phrase, in words or letters.
const MAX_PHRASE: usize = 6;
/// Longest sentence that is looked through, in tokens.
const MAX_TOKENS: usize = 400;

/// Whether a sentence goes on after "24." with this word.
pub(super) fn goes_on(next: &Token, language: &'static Language) -> bool {
    let atoms = atoms(std::slice::from_ref(next), language);
    let item = item_at(&atoms, language).map(|(item, _)| item);
    matches!(item, Some(Item::To | Item::Month(_) | Item::Closed)) || next.kind == Kind::Comma
}

/// The time of day that a few words say.
pub(crate) fn time(words: &[Token], language: &'static Language) -> Option<String> {
    let items = items(&atoms(words, language), language);
    let mut part = vec![&Item::To];
    part.extend(
        items
            .iter()
            .flatten()
            .map(|placed| &placed.item)
            .filter(|item| matches!(item, Item::Number(_) | Item::Half(..) | Item::Small)),
    );
    let midnight = Fact::Week { days: Vec::new(), hours: vec![("00:00".into(), String::new())], ranged: false };
    hours(&part, Some(&midnight)).flatten().map(|(_, until)| until)
}

/// The tokens of the statement in a sentence, and what it says.
pub(super) fn heard(sentence: &[Token], language: &'static Language) -> Option<(Range<usize>, Vec<Fact>)> {
    let none = language.opening("open").is_empty() || sentence.len() > MAX_TOKENS;
    if none {
        return None;
    }
    let atoms = atoms(sentence, language);
    let states = VOCABULARIES.get(language.code()).map(|known| &known.states)?;
    if !atoms.iter().any(|atom| states.contains(&atom.norm)) {
        return None;
    }
    let items = items(&atoms, language);
    let mut start = 0;
    while start < items.len() {
        let end = (start..items.len()).find(|at| items[*at].is_none()).unwrap_or(items.len());
        let run: Vec<Placed> = items[start..end].iter().flatten().cloned().collect();
        if let Some(found) = statement(sentence, &run, language) {
            return Some(found);
        }
        start = end + 1;
    }
    None
}

/// A run of items as a statement, if it begins where one may and ends with something it says.
fn statement(sentence: &[Token], run: &[Placed], language: &'static Language) -> Option<(Range<usize>, Vec<Fact>)> {
    let says = |placed: &Placed| !matches!(placed.item, Item::Small | Item::Place | Item::And | Item::To | Item::Not);
    let end = run.iter().rposition(says)? + 1;
    let state = |placed: &Placed| matches!(placed.item, Item::Open | Item::Closed);
    let first = run.iter().position(says).filter(|_| run[..end].iter().any(state))?;
    // Small words that follow belong to it where nothing else does: "are closed on Mondays too".
    let closing = run[end..].iter().take_while(|placed| placed.item == Item::Small).count();
    let last = if end + closing == run.len() && ends_sentence(sentence, run[run.len() - 1].tokens.end) {
        run.len()
    } else {
        end
    };
    let begins = |at: usize| {
        let token = run[at].tokens.start;
        token == 0 || separates(&sentence[token - 1], language)
    };
    let start = (0..=first).find(|at| begins(*at) && !matches!(run[*at].item, Item::And | Item::To));
    // "A salon open from Monday to Friday."
    let named = first == 0 && state(&run[first]) && ends_sentence(sentence, run[end - 1].tokens.end);
    let start = start.or_else(|| named.then_some(first))?;
    let range = run[start].tokens.start..run[last - 1].tokens.end;
    let whole = run.iter().all(|placed| {
        let tokens = &placed.tokens;
        tokens.end <= range.start || tokens.start >= range.end || tokens.start >= range.start && tokens.end <= range.end
    });
    let subject = run[start..first].iter().filter(|placed| placed.item == Item::Place).count();
    let facts = facts(&run[start..end]).filter(|facts| whole && subject <= 2 && !facts.is_empty())?;
    Some((range, facts))
}

fn ends_sentence(sentence: &[Token], at: usize) -> bool {
    sentence.get(at).is_none_or(|token| matches!(token.kind, Kind::Comma | Kind::Close | Kind::Stop))
}

/// A mark, or a word after which a statement may begin.
fn separates(token: &Token, language: &Language) -> bool {
    let joins = |tag: &Tag| matches!(tag, Tag::Function("and" | "where"));
    match token.kind {
        Kind::Word => language.tags(&token.norm).is_some_and(|tags| tags.iter().any(joins)),
        Kind::Number | Kind::Quoted | Kind::Slash => false,
        _ => true,
    }
}

fn atoms(sentence: &[Token], language: &'static Language) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for (at, token) in sentence.iter().enumerate() {
        let mut push = |norm: &str, kind: Kind| atoms.push(Atom { norm: norm.to_owned(), kind, token: at });
        match token.kind {
            Kind::Word | Kind::Number => {
                for part in words(std::slice::from_ref(token), language) {
                    for word in part
                        .norm
                        .replace(['\'', '.'], &if part.kind == Kind::Number { ".".to_owned() } else { " ".to_owned() })
                        .split_whitespace()
                    {
                        pieces(word).for_each(|piece| {
                            push(
                                piece,
                                if piece.starts_with(|c: char| c.is_ascii_digit()) { Kind::Number } else { Kind::Word },
                            )
                        });
                    }
                }
            }
            kind => push(&token.norm, kind),
        }
    }
    atoms
}

/// Digits and letters of "9h30" apart; letters of a script without blanks one by one.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let class = |letter: char| {
        if is_unspaced(letter) { 2 } else { u8::from(letter.is_ascii_digit() || matches!(letter, '.' | ',')) }
    };
    let mut rest = word;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let same = |letter: char| class(letter) == class(first) && class(first) != 2;
        let end = rest.char_indices().skip(1).find(|(_, letter)| !same(*letter)).map_or(rest.len(), |(at, _)| at);
        let (piece, left) = rest.split_at(end);
        rest = left;
        Some(piece)
    })
}

/// What each part of a sentence is; `None` for a word that is no part of such a statement.
fn items(atoms: &[Atom], language: &'static Language) -> Vec<Option<Placed>> {
    let mut found: Vec<Option<Placed>> = Vec::new();
    let mut at = 0;
    while at < atoms.len() {
        let Some((item, length)) = item_at(&atoms[at..], language) else {
            found.push(None);
            at += 1;
            continue;
        };
        let tokens = atoms[at].token..atoms[at + length - 1].token + 1;
        let joined = |last: &Placed| last.tokens.end == tokens.end && last.tokens.start == tokens.start;
        let ranged = matches!((&item, found.last()), (Item::Days(_) | Item::Number(_), Some(Some(last)))
            if joined(last) && std::mem::discriminant(&last.item) == std::mem::discriminant(&item));
        if ranged {
            found.push(Some(Placed { item: Item::To, tokens: tokens.clone() }));
        }
        found.push(Some(Placed { item, tokens }));
        at += length;
    }
    found
}

/// The longest phrase that begins here.
fn item_at(atoms: &[Atom], language: &'static Language) -> Option<(Item, usize)> {
    let first = atoms.first()?;
    match first.kind {
        Kind::Comma => return Some((Item::And, 1)),
        Kind::Colon if first.norm == "-" => return Some((Item::To, 1)),
        // The mark of "9:30", or of a list.
        Kind::Colon => return Some((Item::Small, 1)),
        Kind::Stop => return Some((Item::Small, 1)),
        Kind::Word | Kind::Number => {}
        _ => return None,
    }
    let most = atoms.iter().take(MAX_PHRASE).take_while(|atom| atom.kind != Kind::Comma).count();
    (1..=most).rev().find_map(|length| {
        let norms: Vec<&str> = atoms[..length].iter().map(|atom| atom.norm.as_str()).collect();
        let alone = length == 1 && first.kind == Kind::Number;
        let item = if alone { Some(Item::Number(first.norm.clone())) } else { meaning(&norms, language) };
        item.map(|item| (item, length))
    })
}

fn meaning(norms: &[&str], language: &'static Language) -> Option<Item> {
    let known = VOCABULARIES.get(language.code())?;
    known.items.get(&norms.join(" ")).cloned().or_else(|| structure(norms, language))
}

/// A language's phrases for opening times.
#[derive(Default)]
struct Vocabulary {
    /// By their words or letters with a blank between them.
    items: HashMap<String, Item>,
    /// First words of those that say open or closed: without one of them a sentence is no such statement.
    states: HashSet<String>,
}

static VOCABULARIES: LazyLock<BTreeMap<&'static str, Vocabulary>> =
    LazyLock::new(|| lexicon().all().map(|language| (language.code(), vocabulary(language))).collect());

/// Reads the words of all languages now.
pub(crate) fn warm() {
    LazyLock::force(&VOCABULARIES);
}

/// Of two meanings of a phrase, the first counts.
fn vocabulary(language: &'static Language) -> Vocabulary {
    let mut known = Vocabulary::default();
    let mut add = |phrase: &str, item: Item| {
        let norms: Vec<String> = atoms(&tokens(phrase), language).into_iter().map(|atom| atom.norm).collect();
        if let (Item::Open | Item::Closed, Some(first)) = (&item, norms.first()) {
            known.states.insert(first.clone());
        }
        known.items.entry(norms.join(" ")).or_insert(item);
    };
    let named = [words_of(language.code(), "weekdays"), language.opening("short")];
    for (number, names) in named.into_iter().flat_map(|days| (1..).zip(days)) {
        names.split('|').for_each(|name| add(name, Item::Days(vec![number])));
    }
    for (number, names) in (1..).zip(words_of(language.code(), "months")) {
        names.split('|').for_each(|name| add(name, Item::Month(number)));
    }
    // Where the day is counted from six in the morning, the third hour is nine.
    let shifted = !language.opening("shifted").is_empty();
    let halves = if shifted { [(6, 6), (6, 6), (18, 18)] } else { [(0, 12), (12, 0), (12, 0)] };
    let half = |at: usize| Item::Half(halves[at].0, halves[at].1);
    for (key, item) in [
        ("closed", Item::Closed),
        ("open", Item::Open),
        ("to", Item::To),
        ("daily", Item::Days((1..=7).collect())),
        ("workdays", Item::Days((1..=5).collect())),
        ("weekend", Item::Days(vec![6, 7])),
        ("am", half(0)),
        ("pm", half(1)),
        ("night", half(2)),
        ("place", Item::Place),
        ("small", Item::Small),
    ] {
        language.opening(key).iter().for_each(|phrase| add(phrase, item.clone()));
    }
    known
}

fn structure(norms: &[&str], language: &'static Language) -> Option<Item> {
    let unspaced = norms.iter().all(|norm| norm.chars().all(is_unspaced));
    if !unspaced && norms.len() > language.reach(norms[0]) {
        return None;
    }
    let key = fold(&norms.join(if unspaced { "" } else { " " }));
    let tags = language.tags(&key)?;
    let has = |keys: &[&str]| tags.iter().any(|tag| matches!(tag, Tag::Function(key) if keys.contains(key)));
    if let Some(number) = language.number(&key).filter(|_| norms.len() == 1 && !has(&["det"])) {
        return Some(Item::Number(number.to_string()));
    }
    if has(&["not"]) {
        return Some(Item::Not);
    }
    if has(&["and"]) {
        return Some(Item::And);
    }
    (has(SMALL) || tags.contains(&Tag::Filler)).then_some(Item::Small)
}

/// What a run says, part by part; `None` where a part can't be read.
fn facts(run: &[Placed]) -> Option<Vec<Fact>> {
    let items: Vec<&Item> = run.iter().map(|placed| &placed.item).filter(|item| !matches!(item, Item::Place)).collect();
    let parts: Vec<Vec<&Item>> = parts(&items);
    let state = |part: &[&Item]| {
        let at = part.iter().position(|item| matches!(item, Item::Open | Item::Closed))?;
        let last = !part[at + 1..].iter().any(|item| content(item));
        let open = (*part[at] == Item::Open) != part.iter().any(|item| **item == Item::Not);
        Some((open, last && at > 0 && part[..at].iter().any(|item| content(item)), part.contains(&&Item::Not)))
    };
    let mut facts: Vec<Fact> = Vec::new();
    let mut before: Option<(bool, bool)> = None;
    for (number, part) in parts.iter().enumerate() {
        let own = state(part);
        let next = parts[number + 1..].iter().find_map(|part| state(part));
        let chosen = own
            .map(|(open, _, not)| (open, not))
            .or_else(|| {
                // "Sundays and Mondays closed"; "9 to 12 and 14 to 18" goes on with what is before it.
                let dated = part.iter().any(|item| matches!(item, Item::Days(_) | Item::Month(_)));
                next.filter(|(_, after, _)| *after && dated || before.is_none()).map(|(open, _, not)| (open, not))
            })
            .or(before)?;
        before = Some(chosen);
        if part.iter().any(|item| content(item)) {
            add(&mut facts, part, chosen)?;
        }
    }
    Some(facts)
}

fn content(item: &Item) -> bool {
    matches!(item, Item::Days(_) | Item::Month(_) | Item::Number(_))
}

/// Items between the joints; "9 and 18" after "between" is one part.
fn parts<'i>(items: &[&'i Item]) -> Vec<Vec<&'i Item>> {
    items.split(|item| **item == Item::And).map(<[&Item]>::to_vec).filter(|part| !part.is_empty()).collect()
}

/// Adds what one part says.
fn add(facts: &mut Vec<Fact>, part: &[&Item], (open, not): (bool, bool)) -> Option<()> {
    let dated =
        part.iter().any(|item| matches!(item, Item::Month(_))) || !open && part.iter().any(|item| is_date(item));
    if dated {
        let days = months(part).or_else(|| dates(part))?;
        facts.push(Fact::Away { days, back: false });
        return match (open, not) {
            (true, false) => None,
            (true, true) => {
                if let Some(Fact::Away { back, .. }) = facts.last_mut() {
                    *back = true;
                }
                Some(())
            }
            _ => Some(()),
        };
    }
    let (days, ranged) = days(part);
    let hours = hours(part, facts.last())?;
    match (open, hours) {
        (false, None) => facts.push(Fact::Shut { days }),
        (false, Some(_)) => return None,
        (true, hours) => match facts.last_mut() {
            // "9 to 12 and 14 to 18": more hours of the same days.
            Some(Fact::Week { hours: known, .. }) if days.is_empty() => known.extend(hours),
            // "Monday, Tuesday and Friday from 9 to 18": the hours of all of them.
            Some(Fact::Week { days: known, hours: none, .. }) if none.is_empty() && !days.is_empty() => {
                known.extend(days);
                none.extend(hours);
            }
            _ => facts.push(Fact::Week { days, hours: hours.into_iter().collect(), ranged }),
        },
    }
    Some(())
}

/// "In August", "from July to August": whole months.
fn months(part: &[&Item]) -> Option<Days> {
    let numbered = part.iter().any(|item| matches!(item, Item::Number(_) | Item::Days(_)));
    let months: Vec<u8> =
        part.iter().filter_map(|item| if let Item::Month(month) = item { Some(*month) } else { None }).collect();
    let ranged = part.iter().any(|item| matches!(item, Item::To));
    let (first, last) = match (months.as_slice(), ranged) {
        ([one], _) => (*one, *one),
        ([first, last], true) => (*first, *last),
        _ => return None,
    };
    // The last day of February is the one of a leap year.
    let end = (28..=31).rev().find(|day| Day::read(&format!("2000-{last:02}-{day}")).is_some())?;
    (!numbered).then(|| Days { first: format!("{first:02}-01"), last: format!("{last:02}-{end}") })
}

/// The days of the week that a part names, and whether as "from … to …".
fn days(part: &[&Item]) -> (Vec<u8>, bool) {
    let mut found: Vec<u8> = Vec::new();
    let mut ranged = false;
    let mut to = false;
    for item in part {
        match item {
            Item::To => to = !found.is_empty(),
            Item::Days(days) => {
                // "Every day Monday" is every Monday.
                if found.len() == 7 && days.len() == 1 {
                    found.clear();
                }
                let (from, first) = (found.last().copied(), days[0]);
                match from.filter(|_| to && days.len() == 1) {
                    Some(from) => {
                        let steps = (first + 7 - from) % 7;
                        found.extend((1..=steps).map(|step| (from + step - 1) % 7 + 1));
                        ranged = true;
                    }
                    None => found.extend(days),
                }
                ranged |= days.len() > 2;
                to = false;
            }
            Item::Small => {}
            _ => to = false,
        }
    }
    (found, ranged)
}

/// The hours of a part: none, or from when to when; "only until 14" begins as the day before it. `None` where its
/// numbers are no such.
fn hours(part: &[&Item], before: Option<&Fact>) -> Option<Option<(String, String)>> {
    let mut times: Vec<Time> = Vec::new();
    let mut half: Option<(u32, u32)> = None;
    let mut minutes = false;
    for (at, item) in part.iter().enumerate() {
        match item {
            Item::Number(text) => {
                let (hour, minute) = clock(text)?;
                let colon = at > 0 && *part[at - 1] == Item::Small && text.len() == 2 && minutes;
                match times.last_mut().filter(|(_, minute, _)| colon && *minute == 0 && hour < 60) {
                    Some(time) => {
                        time.1 = hour;
                        minutes = false;
                    }
                    None => {
                        times.push((hour, minute, half.take()));
                        minutes = true;
                    }
                }
            }
            Item::Half(add, noon) => match times.last_mut() {
                // "9 am" and "上午9点": the number may stand on either side.
                Some(time) if time.2.is_none() && !matches!(next_number(part, at), Some(true)) => {
                    time.2 = Some((*add, *noon))
                }
                _ => half = Some((*add, *noon)),
            },
            Item::To | Item::Days(_) => minutes = false,
            _ => {}
        }
    }
    match times.as_slice() {
        [] => Some(None),
        [from, to] => span(*from, *to).map(Some),
        [until] if part.iter().any(|item| **item == Item::To) => {
            let Some(Fact::Week { hours, .. }) = before else { return None };
            let (opens, minute) = hours.first()?.0.split_once(':')?;
            span((opens.parse().ok()?, minute.parse().ok()?, None), *until).map(Some)
        }
        _ => None,
    }
}

/// Whether a number follows before a range goes on.
fn next_number(part: &[&Item], at: usize) -> Option<bool> {
    part[at + 1..].iter().find_map(|item| match item {
        Item::Number(_) => Some(true),
        Item::To | Item::Days(_) | Item::Half(..) => Some(false),
        _ => None,
    })
}

/// "9", "9.30", "18.00".
fn clock(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 60 && minute < 60).then_some((hour, minute))
}

/// Hour, minute, and where in the day: see [`Item::Half`].
type Time = (u32, u32, Option<(u32, u32)>);

fn span(from: Time, to: Time) -> Option<(String, String)> {
    let half = |(hour, minute, half): Time| match half {
        Some((_, noon)) if hour == 12 && noon != 6 && noon != 18 => (noon % 24, minute, noon == 12),
        Some((add, _)) if hour <= 12 => ((hour + add) % 24, minute, true),
        _ => (hour, minute, false),
    };
    let ((opens, opens_minute, _), (mut closes, closes_minute, told)) = (half(from), half(to));
    // "9 to 5" closes in the afternoon.
    if !told && closes <= 12 && opens <= 12 && (closes, closes_minute) <= (opens, opens_minute) {
        closes += 12;
    }
    let closes = closes % 24;
    let written = |hour: u32, minute: u32| format!("{hour:02}:{minute:02}");
    let sound = opens < 24 && (opens, opens_minute) != (closes, closes_minute);
    sound.then(|| (written(opens, opens_minute), written(closes, closes_minute)))
}

/// "24.12" or "24.12.2026".
fn is_date(item: &Item) -> bool {
    matches!(item, Item::Number(text) if text.contains('.'))
}

/// The stretch of days that a part names: a month and a year said once are those of both ends.
fn dates(part: &[&Item]) -> Option<Days> {
    let mut ends: Vec<(Option<u8>, Option<u8>, Option<i32>)> = vec![(None, None, None)];
    for item in part {
        let end = ends.last_mut()?;
        match item {
            Item::To if end.0.is_some() => ends.push((None, None, None)),
            Item::Month(month) => end.1 = Some(*month),
            Item::Number(text) if text.trim_end_matches('.').contains('.') => {
                let mut numbers = text.trim_end_matches('.').split('.').map(|part| part.parse::<i32>().ok());
                end.0 = u8::try_from(numbers.next()??).ok();
                end.1 = u8::try_from(numbers.next()??).ok();
                end.2 = numbers.next().flatten();
            }
            Item::Number(text) => {
                let number: i32 = text.trim_end_matches('.').parse().ok()?;
                if number >= 1_000 {
                    end.2 = Some(number);
                } else if end.0.replace(u8::try_from(number).ok()?).is_some() {
                    return None;
                }
            }
            Item::Days(_) | Item::Half(..) => return None,
            _ => {}
        }
    }
    // "From 24 to 26 up to": a closing word that nothing follows.
    if ends.len() > 1 && ends.last() == Some(&(None, None, None)) {
        ends.pop();
    }
    let (first, last) = (*ends.first()?, *ends.last()?);
    let year = last.2.or(first.2);
    let (from, to) = ((first.0?, first.1.or(last.1)?), (last.0?, last.1.or(first.1)?));
    let turns = (from.1, from.0) > (to.1, to.0);
    let start = first.2.or(year.map(|year| year - i32::from(turns)));
    let written = |(day, month): (u8, u8), year: Option<i32>| {
        let whole = Day::new(year.unwrap_or(2_000), month, day)?.to_string();
        Some(if year.is_some() { whole } else { whole[5..].to_owned() })
    };
    (ends.len() <= 2).then_some(())?;
    Some(Days { first: written(from, start)?, last: written(to, year)? })
}
