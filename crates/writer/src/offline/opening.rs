//! When a place is open: "closed on Mondays", "open Tuesday to Saturday from 9 to 18", "closed from 24 to 26 December".
//!
//! Such a statement is found by its words in any order, days and hours on either side of "open" or "closed", and taken
//! out of the text before the rest is read.
//!
//! Invariant: only what was read whole is taken, a run of words that all belong to it; where nothing is booked, nothing
//! is taken, and what turns out to hold nothing is reported.

mod heard;
mod held;

use super::lexicon::Language;
use super::text::{Kind, Token};
pub(crate) use heard::{Fact, time, warm};
pub(crate) use held::{apply, books};

/// One statement: what it says, and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    /// As written.
    pub(crate) quote: String,
    /// At least one.
    pub(crate) facts: Vec<Fact>,
}

/// The tokens of a text without the statements about when it is open, and those.
pub(crate) fn taken(tokens: &[Token], language: &'static Language) -> (Vec<Token>, Vec<Opening>) {
    let (mut rest, mut all) = (Vec::new(), Vec::new());
    let mut from = 0;
    while from < tokens.len() {
        let end = (from..tokens.len()).find(|at| ends(tokens, *at, language)).unwrap_or(tokens.len());
        let sentence = &tokens[from..end];
        match heard::heard(sentence, language) {
            Some((range, facts)) => {
                let words = sentence[range.clone()].iter().filter(|token| token.kind != Kind::Line);
                let quote = super::text::joined(words.map(|token| token.text.as_str()));
                all.push(Opening { quote, facts });
                rest.extend_from_slice(&sentence[..range.start]);
                rest.extend_from_slice(&sentence[range.end..]);
            }
            None => rest.extend_from_slice(sentence),
        }
        rest.extend_from_slice(&tokens[end..tokens.len().min(end + 1)]);
        from = end + 1;
    }
    (rest, all)
}

/// Whether a sentence ends here; the full stop of "24. December" ends none.
fn ends(tokens: &[Token], at: usize, language: &'static Language) -> bool {
    let numbered = at > 0 && tokens[at - 1].kind == Kind::Number;
    match tokens[at].kind {
        Kind::Stop => !(numbered && tokens.get(at + 1).is_some_and(|next| heard::goes_on(next, language))),
        Kind::Semicolon | Kind::Question | Kind::Line => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::lexicon;
    use super::super::text::tokens;
    use super::*;
    use crate::spec::Days;

    fn facts(text: &str, code: &str) -> Vec<Fact> {
        taken(&tokens(text), lexicon().language(code)).1.into_iter().flat_map(|one| one.facts).collect()
    }

    fn rest(text: &str) -> String {
        let left = taken(&tokens(text), lexicon().language("en")).0;
        super::super::text::joined(left.iter().map(|token| token.text.as_str()))
    }

    fn closed(days: &[u8]) -> Fact {
        Fact::Shut { days: days.to_vec() }
    }

    fn open(days: &[u8], hours: &[(&str, &str)]) -> Fact {
        let hours = hours.iter().map(|(opens, closes)| ((*opens).to_owned(), (*closes).to_owned())).collect();
        Fact::Week { days: days.to_vec(), hours, ranged: days.len() > 2 }
    }

    fn away(first: &str, last: &str) -> Fact {
        Fact::Away { days: Days { first: first.into(), last: last.into() }, back: false }
    }

    #[test]
    fn closed_days_are_heard_in_every_language() {
        for (code, text) in [
            ("en", "We are closed on Mondays."),
            ("en", "The shop is shut every Monday"),
            ("de", "Montags geschlossen."),
            ("de", "Am Montag haben wir zu."),
            ("fr", "Nous sommes fermés le lundi."),
            ("es", "Cerramos los lunes."),
            ("pt", "Fechamos às segundas-feiras."),
            ("id", "Kami tutup setiap hari Senin."),
            ("sw", "Tunafunga kila Jumatatu."),
            ("hi", "हम सोमवार को बंद रहते हैं।"),
            ("ar", "نغلق يوم الاثنين."),
            ("zh", "我们每周一休息。"),
        ] {
            assert_eq!(facts(text, code), [closed(&[1])], "{text}");
        }
    }

    #[test]
    fn opening_hours_are_heard_in_every_language() {
        let week = open(&[2, 3, 4, 5, 6], &[("09:00", "18:00")]);
        for (code, text) in [
            ("en", "Open Tuesday to Saturday from 9 to 18."),
            ("en", "We're open Tue-Sat 9am–6pm"),
            ("en", "Our opening hours are Tuesday through Saturday, 09:00 to 18:00."),
            ("de", "Geöffnet Dienstag bis Samstag von 9 bis 18 Uhr."),
            ("de", "Wir haben dienstags bis samstags von 9.00 bis 18.00 Uhr offen."),
            ("fr", "Ouvert du mardi au samedi de 9h à 18h."),
            ("es", "Abrimos de martes a sábado de 9:00 a 18:00."),
            ("pt", "Abrimos de terça a sábado das 9h às 18h."),
            ("id", "Kami buka Selasa sampai Sabtu dari jam 9 sampai jam 18."),
            ("sw", "Tunafungua Jumanne hadi Jumamosi kuanzia saa 3 asubuhi hadi saa 12 jioni."),
            ("hi", "हम मंगलवार से शनिवार सुबह 9 बजे से शाम 6 बजे तक खुले रहते हैं।"),
            ("ar", "نفتح من الثلاثاء إلى السبت من 9 صباحا إلى 6 مساء."),
            ("zh", "周二到周六9点到18点营业。"),
            ("zh", "营业时间：周二至周六，上午9点至下午6点"),
        ] {
            assert_eq!(facts(text, code), std::slice::from_ref(&week), "{text}");
        }
    }

    #[test]
    fn holidays_are_heard_in_every_language() {
        let christmas = away("12-24", "12-26");
        for (code, text) in [
            ("en", "We are closed from 24 to 26 December."),
            ("en", "closed December 24–26"),
            ("de", "Vom 24. bis 26. Dezember geschlossen."),
            ("de", "Wir haben vom 24.12. bis 26.12. geschlossen."),
            ("fr", "Fermé du 24 au 26 décembre."),
            ("es", "Cerrado del 24 al 26 de diciembre."),
            ("pt", "Fechado de 24 a 26 de dezembro."),
            ("id", "Tutup tanggal 24 sampai 26 Desember."),
            ("sw", "Tumefunga kuanzia tarehe 24 hadi 26 Desemba."),
            ("hi", "24 से 26 दिसंबर तक बंद।"),
            ("ar", "مغلق من 24 إلى 26 ديسمبر."),
            ("zh", "12月24日到26日休息。"),
        ] {
            assert_eq!(facts(text, code), std::slice::from_ref(&christmas), "{text}");
        }
        assert_eq!(facts("We're closed from 24 December to 2 January.", "en"), [away("12-24", "01-02")]);
        assert_eq!(facts("closed on 1 May 2027", "en"), [away("2027-05-01", "2027-05-01")]);
    }

    #[test]
    fn what_is_said_together_is_told_apart() {
        let said = "Open Monday to Friday 9 to 5 and Saturday 10 to 14, closed on Sundays and from 1 to 15 August";
        assert_eq!(
            facts(said, "en"),
            [
                open(&[1, 2, 3, 4, 5], &[("09:00", "17:00")]),
                open(&[6], &[("10:00", "14:00")]),
                closed(&[7]),
                away("08-01", "08-15")
            ]
        );
        assert_eq!(
            facts("Geöffnet Mo-Fr 9-12 und 14-18 Uhr, sonntags und samstags geschlossen", "de"),
            [open(&[1, 2, 3, 4, 5], &[("09:00", "12:00"), ("14:00", "18:00")]), closed(&[7]), closed(&[6])]
        );
        assert_eq!(
            facts("We work Tuesday to Friday from 10 to 19, Saturdays only until 14.", "en"),
            [open(&[2, 3, 4, 5], &[("10:00", "19:00")]), open(&[6], &[("10:00", "14:00")])]
        );
        assert_eq!(
            facts("Nous sommes fermés le dimanche et le lundi, et du 1er au 15 août.", "fr"),
            [closed(&[7]), closed(&[1]), away("08-01", "08-15")]
        );
        assert_eq!(facts("We are no longer closed on Mondays", "en"), [open(&[1], &[])]);
    }

    #[test]
    fn the_rest_of_the_text_stays() {
        assert_eq!(
            rest("A hair salon, closed on Mondays, where customers book a slot. We like cake."),
            "A hair salon,, where customers book a slot. We like cake."
        );
        for other in [
            "Tickets are open, answered or closed.",
            "Room 2 is closed on Mondays.",
            "Guests choose a day: Monday, Tuesday or Friday.",
            "We open a ticket on Monday for each customer.",
            "The gate opens on Monday to members.",
        ] {
            assert_eq!(rest(other), other);
        }
    }
}
