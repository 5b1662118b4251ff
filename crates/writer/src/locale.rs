//! Numbers, days and times as people of a language write them, by the data of the Unicode CLDR (ICU4X).
//!
//! The pages of apps use the browser's own copy of the same data, so an answer and a page read alike.

use icu_datetime::DateTimeFormatter;
use icu_datetime::NoCalendarFormatter;
use icu_datetime::fieldsets::{T, YMD, YMDT};
use icu_datetime::input::{Date, DateTime, Time};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale as Tag;

use crate::query::Day;

/// The formats of one language. What a language has none for is written the plain way.
pub(crate) struct Locale {
    numbers: Option<DecimalFormatter>,
    days: Option<DateTimeFormatter<YMD>>,
    moments: Option<DateTimeFormatter<YMDT>>,
    times: Option<NoCalendarFormatter<T>>,
}

impl Locale {
    /// Of a BCP 47 code.
    pub(crate) fn of(code: &str) -> Locale {
        let tag = Tag::try_from_str(code).unwrap_or(Tag::UNKNOWN);
        Locale {
            numbers: DecimalFormatter::try_new((&tag).into(), Default::default()).ok(),
            days: DateTimeFormatter::try_new((&tag).into(), YMD::medium()).ok(),
            moments: DateTimeFormatter::try_new((&tag).into(), YMD::medium().with_time_hm()).ok(),
            times: NoCalendarFormatter::try_new((&tag).into(), T::hm()).ok(),
        }
    }

    /// A number that is kept in a unit so many decimals smaller; with `trimmed`, without zeros at its end.
    pub(crate) fn number(&self, value: i128, digits: u32, trimmed: bool) -> String {
        let mut number = Decimal::from(value);
        number.multiply_pow10(-i16::try_from(digits).unwrap_or(0));
        if trimmed {
            number.absolute.trim_end();
        }
        self.numbers.as_ref().map_or_else(|| number.to_string(), |format| format.format(&number).to_string())
    }

    /// A day.
    pub(crate) fn day(&self, day: Day) -> String {
        let date = Date::try_new_iso(day.year, day.month, day.day).ok();
        let shown = self.days.as_ref().zip(date).map(|(format, date)| format.format(&date).to_string());
        shown.unwrap_or_else(|| day.to_string())
    }

    /// A moment as it is kept, `YYYY-MM-DDTHH:MM`.
    pub(crate) fn moment(&self, text: &str) -> Option<String> {
        let day = Day::read(text)?;
        let (date, time) = (Date::try_new_iso(day.year, day.month, day.day).ok()?, clock(text.get(11..)?)?);
        Some(self.moments.as_ref()?.format(&DateTime { date, time }).to_string())
    }

    /// A time as it is kept, `HH:MM`.
    pub(crate) fn time(&self, text: &str) -> Option<String> {
        Some(self.times.as_ref()?.format(&clock(text)?).to_string())
    }
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::try_new(hour.parse().ok()?, minute.get(..2)?.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str) -> [String; 4] {
        let locale = Locale::of(code);
        let day = Day::new(2026, 3, 9).unwrap_or_else(|| unreachable!("it is a day"));
        let moment = locale.moment("2026-03-09T14:05").unwrap_or_default();
        // Narrow and non-breaking spaces look like others.
        let plain = |text: String| text.replace(['\u{202f}', '\u{a0}'], " ");
        [locale.number(1_234_550, 2, false), locale.day(day), moment, locale.time("08:30").unwrap_or_default()]
            .map(plain)
    }

    #[test]
    fn each_language_writes_them_its_own_way() {
        assert_eq!(shown("en"), ["12,345.50", "Mar 9, 2026", "Mar 9, 2026, 2:05 PM", "8:30 AM"]);
        assert_eq!(shown("de"), ["12.345,50", "09.03.2026", "09.03.2026, 14:05", "08:30"]);
        assert_eq!(shown("zh"), ["12,345.50", "2026年3月9日", "2026年3月9日 14:05", "08:30"]);
        let [number, day, ..] = shown("ar");
        assert!(!number.is_empty() && !day.contains("2026-03"), "{number} {day}");
    }

    #[test]
    fn zeros_go_where_they_say_nothing() {
        let locale = Locale::of("en");
        assert_eq!(locale.number(2_500, 3, true), "2.5");
        assert_eq!(locale.number(-3_000, 3, true), "-3");
        assert_eq!(locale.number(0, 2, false), "0.00");
    }

    #[test]
    fn what_is_no_time_is_left_to_others() {
        let locale = Locale::of("fr");
        assert_eq!((locale.time("soon"), locale.moment("2026-02-30T10:00")), (None, None));
    }
}
