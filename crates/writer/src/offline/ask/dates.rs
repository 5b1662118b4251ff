//! Days, months and years as people write them in a question: "1. Dezember 2026", "December 1st", "01.12.2026".
//!
//! Invariant: what is put together here is one day or month, or an unknown word where no calendar has that day.

use super::heard::{Meaning, Part};
use crate::query::{Day, Side, Span};

/// Years that a number alone may mean.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;
/// A year in which every day of a month exists.
const LEAP: i32 = 2024;
/// Small words that may stand between the parts of a date: "the 1st of the month of".
const BETWEEN: usize = 2;

/// The parts with those of one date put together.
pub(super) fn joined(parts: Vec<Part>, language: &str) -> Vec<Part> {
    let mut joined = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let rest = &parts[at..];
        let found = date(rest, language).map(|(span, length)| (vec![Meaning::Days(span)], length));
        let Some((meanings, length)) = found.or_else(|| Some((Vec::new(), no_day(rest)?))) else {
            joined.push(rest[0].clone());
            at += 1;
            continue;
        };
        let text = rest[..length].iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
        joined.push(Part { text, meanings });
        at += length;
    }
    joined
}

/// The whole year that a number names; the caller knows that nothing is compared with it.
pub(super) fn year(written: &str) -> Option<Span> {
    let year = written.parse().ok().filter(|year| written.len() == 4 && YEARS.contains(year))?;
    let year = i32::try_from(year).ok()?;
    Some(Span::Dates { first: Day::new(year, 1, 1), last: Day::new(year, 12, 31) })
}

/// The date that these parts begin with, and how many they are.
fn date(parts: &[Part], language: &str) -> Option<(Span, usize)> {
    // What stands in quotation marks is looked for as it is.
    if parts[0].meanings.contains(&Meaning::Quoted) {
        return None;
    }
    if let Some(day) = numeric(&parts[0].text, language) {
        return Some((on(day), 1));
    }
    slashed(parts, language).or_else(|| year_first(parts)).or_else(|| day_first(parts)).or_else(|| month_first(parts))
}

fn on(day: Day) -> Span {
    Span::Dates { first: Some(day), last: Some(day) }
}

/// "2026-12-01", "01.12.2026".
fn numeric(text: &str, language: &str) -> Option<Day> {
    let mark = text.chars().find(|letter| matches!(letter, '.' | '-'))?;
    if let Some(day) = Day::read(text) {
        return Some(day);
    }
    let numbers: Vec<&str> = text.split(mark).collect();
    ordered(&numbers, language)
}

/// "1/12/2026": three parts and the marks between them.
fn slashed(parts: &[Part], language: &str) -> Option<(Span, usize)> {
    let [one, mark, two, other, three, ..] = parts else { return None };
    let day = (mark.text == "/" && other.text == "/").then(|| ordered(&[&one.text, &two.text, &three.text], language));
    Some((on(day??), 5))
}

/// Year, month and day in the order of the language: English as CLDR writes its dates, unless no month is so large.
fn ordered(numbers: &[&str], language: &str) -> Option<Day> {
    let [one, two, three] = numbers else { return None };
    if one.len() == 4 {
        return day_of(one.parse().ok()?, two.parse().ok()?, three.parse().ok()?);
    }
    let year = three.parse().ok().filter(|year| YEARS.contains(year))?;
    let (one, two) = (one.parse().ok()?, two.parse().ok()?);
    let (month, day) = if language == "en" && one <= 12 { (one, two) } else { (two, one) };
    day_of(year, month, day)
}

fn day_of(year: u32, month: u8, day: u8) -> Option<Day> {
    Day::new(i32::try_from(year).ok()?, month, day)
}

/// "2026年12月1日".
fn year_first(parts: &[Part]) -> Option<(Span, usize)> {
    let year = year_of(&parts[0])?;
    let (month, after) = next(parts, 1, month)?;
    Some(match next(parts, after, day) {
        Some((day, end)) => (on(day_of(year, month, day)?), closed(parts, end)),
        None => (whole_month(year, month)?, after),
    })
}

/// "1 December 2026", "the 1st of December".
fn day_first(parts: &[Part]) -> Option<(Span, usize)> {
    let day = day(&parts[0])?;
    let (month, after) = next(parts, 1, month)?;
    with_year(parts, month, day, after)
}

/// "December 1st, 2026", "December 2026".
fn month_first(parts: &[Part]) -> Option<(Span, usize)> {
    let month = month(&parts[0])?;
    if let Some((year, after)) = next(parts, 1, year_of) {
        return Some((whole_month(year, month)?, after));
    }
    let (day, after) = next(parts, 1, day)?;
    with_year(parts, month, day, after)
}

/// How many parts say a day that no calendar has: "31 February 2026". It is an unknown word then, and told to be none.
fn no_day(parts: &[Part]) -> Option<usize> {
    day(&parts[0])?;
    let (_, after) = next(parts, 1, month)?;
    Some(next(parts, after, year_of).map_or(after, |(_, end)| end))
}

fn with_year(parts: &[Part], month: u8, day: u8, after: usize) -> Option<(Span, usize)> {
    if let Some((year, end)) = next(parts, after, year_of) {
        return Some((on(day_of(year, month, day)?), end));
    }
    Day::new(LEAP, month, day).map(|_| (Span::DayOf { month, day, side: Side::On }, closed(parts, after)))
}

fn whole_month(year: u32, month: u8) -> Option<Span> {
    let first = day_of(year, month, 1)?;
    let last = (28..=31).rev().find_map(|day| day_of(year, month, day));
    Some(Span::Dates { first: Some(first), last })
}

/// What `read` finds after a few small words, and where it ends.
fn next<T>(parts: &[Part], from: usize, read: fn(&Part) -> Option<T>) -> Option<(T, usize)> {
    let small = parts.get(from..)?.iter().take(BETWEEN).take_while(|part| is_between(part) && read(part).is_none());
    let at = from + small.count();
    Some((read(parts.get(at)?)?, at + 1))
}

/// After a word that closes a date: "日".
fn closed(parts: &[Part], end: usize) -> usize {
    end + usize::from(parts.get(end).is_some_and(|part| part.meanings == [Meaning::Ask("dateMark")]))
}

fn is_between(part: &Part) -> bool {
    let between = |one: &Meaning| *one == Meaning::Small || *one == Meaning::Ask("dateMark");
    part.text == "," || !part.meanings.is_empty() && part.meanings.iter().all(between)
}

fn month(part: &Part) -> Option<u8> {
    part.meanings.iter().find_map(|one| if let Meaning::Month(month) = one { Some(*month) } else { None })
}

fn year_of(part: &Part) -> Option<u32> {
    part.text.parse().ok().filter(|year| part.text.len() == 4 && YEARS.contains(year))
}

/// "1", "1st", "1er", "1º".
fn day(part: &Part) -> Option<u8> {
    let digits: String = part.text.chars().take_while(char::is_ascii_digit).collect();
    let ending = part.text[digits.len()..].chars();
    let ordinal = part.meanings.iter().all(|one| matches!(one, Meaning::Number(_))) && ending.clone().count() <= 2;
    digits
        .parse()
        .ok()
        .filter(|day| ordinal && digits.len() <= 2 && ending.clone().all(char::is_alphabetic) && (1..=31).contains(day))
}
