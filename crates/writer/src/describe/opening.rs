//! Opening hours and closed days in words: "Tuesday–Saturday 09:00–18:00; closed 24 December–26 December".

use crate::offline::Told;
use crate::spec::{Days, Hours};

/// What a week is like, and which days are closed besides.
pub(super) fn opening(language: &str, week: &[Hours], closed: &[Days]) -> String {
    let told = Told::of(language);
    let hours = week.iter().map(|hours| during(&told, hours));
    let away = |days: &Days| told.describe("closedDays", &[&stretch(&told, days)]);
    hours.chain(closed.iter().map(away)).collect::<Vec<_>>().join("; ")
}

fn during(told: &Told, hours: &Hours) -> String {
    let days = weekdays(told, &hours.days);
    match (&hours.opens, &hours.closes) {
        (Some(opens), Some(closes)) => format!("{days} {opens}–{closes}"),
        _ => days,
    }
}

/// "Monday, Wednesday–Saturday".
fn weekdays(told: &Told, days: &[u8]) -> String {
    if days.len() == 7 {
        return told.described("everyDay");
    }
    let runs = days.chunk_by(|one, next| *next == one + 1);
    let named = |run: &[u8]| match run {
        [first, _, .., last] => format!("{}–{}", told.weekday(*first), told.weekday(*last)),
        some => some.iter().map(|day| told.weekday(*day)).collect::<Vec<_>>().join(", "),
    };
    runs.map(named).collect::<Vec<_>>().join(", ")
}

fn stretch(told: &Told, days: &Days) -> String {
    let (first, last) = (date(told, &days.first), date(told, &days.last));
    if first == last { first } else { format!("{first}–{last}") }
}

/// `12-24` as "24 December"; a date with its year as it is written.
fn date(told: &Told, text: &str) -> String {
    let parts = text.split_once('-').filter(|_| text.len() == 5);
    let numbers = parts.and_then(|(month, day)| Some((month.parse::<u8>().ok()?, day.parse::<u8>().ok()?)));
    let Some((month, day)) = numbers else { return text.to_owned() };
    told.describe("dayOfMonth", &[&day.to_string(), &told.month(month)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_told_as_people_say_it() {
        let hours = |days: &[u8], opens: &str, closes: &str| Hours {
            days: days.to_vec(),
            opens: Some(opens.into()),
            closes: Some(closes.into()),
        };
        let week = [hours(&[2, 3, 4, 5], "09:00", "18:00"), hours(&[1, 6], "10:00", "14:00")];
        let closed = [
            Days { first: "12-24".into(), last: "12-26".into() },
            Days { first: "05-01".into(), last: "05-01".into() },
        ];
        assert_eq!(
            opening("en", &week, &closed),
            "Tuesday–Friday 09:00–18:00; Monday, Saturday 10:00–14:00; closed 24 December–26 December; closed 1 May"
        );
        assert_eq!(opening("de", &[], &closed[1..]), "geschlossen 1. Mai");
        let daily = Hours { days: (1..=7).collect(), opens: None, closes: None };
        assert_eq!(opening("fr", &[daily], &[]), "tous les jours");
    }
}
