//! Days of the calendar, counted and compared.

use serde::{Deserialize, Serialize};

use super::{Side, Span};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day {
    /// For example 2026.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

const SECONDS: i64 = 86_400;

impl Day {
    /// The day of so many nanoseconds since 1970, in UTC.
    pub fn of_nanoseconds(nanoseconds: i128) -> Day {
        let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).unwrap_or(0);
        Day::of_number(seconds.div_euclid(SECONDS))
    }

    /// From `YYYY-MM-DD`, perhaps with a time after it.
    pub fn read(text: &str) -> Option<Day> {
        let mut parts = text.get(..10)?.split('-');
        let mut number = || parts.next()?.parse::<u16>().ok();
        let (year, month, day) = (number()?, number()?, number()?);
        Day::new(i32::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// `None` for a day that no calendar has.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Day> {
        let valid = (1..=12).contains(&month) && day >= 1 && day <= length(year, month) && (0..=9999).contains(&year);
        valid.then_some(Day { year, month, day })
    }

    /// Days since 1970 (Howard Hinnant's `days_from_civil`).
    fn number(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year - era * 400;
        let month = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The inverse of [`Day::number`] (`civil_from_days`).
    fn of_number(days: i64) -> Day {
        let days = days.clamp(-700_000, 2_900_000) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days - era * 146_097;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |number: i64| u8::try_from(number).unwrap_or(1);
        Day { year: i32::try_from(year).unwrap_or(1970), month: small(month), day: small(day) }
    }

    fn plus(self, days: i64) -> Day {
        Day::of_number(self.number() + days)
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> u8 {
        u8::try_from((self.number() + 3).rem_euclid(7)).unwrap_or(0)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn length(year: i32, month: u8) -> u8 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn month_of(year: i32, month: u8) -> (Option<Day>, Option<Day>) {
    (Day::new(year, month, 1), Day::new(year, month, length(year, month)))
}

impl Span {
    /// First and last day, seen from a day.
    pub fn days(self, today: Day) -> (Option<Day>, Option<Day>) {
        match self {
            Span::Days { first, last } => (Some(today.plus(i64::from(first))), Some(today.plus(i64::from(last)))),
            Span::Week { ahead } => {
                let monday = today.plus(i64::from(ahead) * 7 - i64::from(today.weekday()));
                (Some(monday), Some(monday.plus(6)))
            }
            Span::Month { ahead } => {
                let months = today.year * 12 + i32::from(today.month) - 1 + ahead;
                month_of(months.div_euclid(12), u8::try_from(months.rem_euclid(12) + 1).unwrap_or(1))
            }
            Span::Year { ahead } => (Day::new(today.year + ahead, 1, 1), Day::new(today.year + ahead, 12, 31)),
            Span::MonthOf { month } => month_of(today.year, month),
            Span::DayOf { month, day, side } => {
                let day = Day::new(today.year, month, day.min(length(today.year, month)));
                match side {
                    Side::On => (day, day),
                    Side::Before => (None, day),
                    Side::After => (day, None),
                }
            }
            Span::Dates { first, last } => (first, last),
            Span::Past => (None, Some(today.plus(-1))),
            Span::Future => (Some(today), None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::read(text).expect("a day")
    }

    #[test]
    fn days_are_counted_both_ways() {
        for text in ["1970-01-01", "2000-02-29", "2026-11-21", "1999-12-31", "2100-03-01"] {
            assert_eq!(Day::of_number(day(text).number()), day(text));
        }
        assert_eq!(day("2026-11-21").weekday(), 5, "a Saturday");
        assert_eq!(Day::of_nanoseconds(0).to_string(), "1970-01-01");
        assert!(Day::read("2026-02-30").is_none() && Day::read("soon").is_none());
    }

    #[test]
    fn weeks_begin_on_monday_and_months_have_their_length() {
        let shown = |span: Span| {
            let (first, last) = span.days(day("2026-12-31"));
            (first.map(|day| day.to_string()).unwrap_or_default(), last.map(|day| day.to_string()).unwrap_or_default())
        };
        assert_eq!(shown(Span::Week { ahead: 0 }), ("2026-12-28".into(), "2027-01-03".into()));
        assert_eq!(shown(Span::Month { ahead: 2 }), ("2027-02-01".into(), "2027-02-28".into()));
        assert_eq!(shown(Span::Days { first: 1, last: 1 }), ("2027-01-01".into(), "2027-01-01".into()));
        assert_eq!(shown(Span::Past), (String::new(), "2026-12-30".into()));
    }
}
