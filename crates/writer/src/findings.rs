//! What the gate finds, in the language of whoever asked. The gate itself speaks English, and exactly; what stands here
//! says less, so the English sentence stays beside it for whoever looks closer.

use crate::offline::lexicon::{Language, lexicon};

/// A finding of the gate.
#[derive(Clone, Copy, Debug)]
pub struct GateFinding<'a> {
    /// The gate's stable word, such as `field_gone`.
    pub kind: &'a str,
    /// What it is about; for access the role, a colon and what they reach.
    pub subject: &'a str,
    /// How many rows or values are affected.
    pub count: Option<u64>,
    /// Some of them.
    pub examples: &'a [String],
}

/// What a finding says: which sentence of a language, and whether it is about somebody.
struct Says {
    kinds: &'static [&'static str],
    key: &'static str,
    of_somebody: bool,
}

const fn of_something(kinds: &'static [&'static str], key: &'static str) -> Says {
    Says { kinds, key, of_somebody: false }
}

const fn of_somebody(kinds: &'static [&'static str], key: &'static str) -> Says {
    Says { kinds, key, of_somebody: true }
}

const SAYS: [Says; 36] = [
    of_something(&["field_gone", "variable_gone", "values_gone", "case_gone"], "gone"),
    of_something(&["rows_gone"], "rowsGone"),
    of_something(&["renamed"], "renamed"),
    of_something(&["looks_renamed"], "looksRenamed"),
    of_something(&["type_changed"], "typeChanged"),
    of_something(&["retyped"], "retyped"),
    of_something(&["now_required"], "nowRequired"),
    of_something(&["values_changed", "value_changed"], "changed"),
    of_something(&["fewer"], "fewer"),
    of_something(&["rekeyed"], "rekeyed"),
    of_something(&["filled"], "filled"),
    of_something(&["shown_otherwise"], "shownOtherwise"),
    of_something(&["rows_set_aside", "values_set_aside"], "setAside"),
    of_something(&["not_judged", "not_counted", "census_failed", "pages_not_judged"], "notJudged"),
    of_something(&["more"], "more"),
    of_something(&["incompatible"], "incompatible"),
    of_somebody(&["widened", "declared_wider", "wider_than_declared"], "widened"),
    of_somebody(&["new_field_shown"], "newFieldShown"),
    of_somebody(&["narrowed"], "narrowed"),
    of_somebody(&["open"], "open"),
    of_somebody(&["claim"], "claim"),
    of_somebody(&["new_method"], "newMethod"),
    of_something(&["first_caller"], "firstCaller"),
    of_something(&["not_declared"], "notDeclared"),
    of_something(&["page_fails"], "pageFails"),
    of_something(&["page_shows_nothing"], "pageShowsNothing"),
    of_something(&["call_fails", "call_refused"], "callFails"),
    of_something(&["query_traps"], "fails"),
    of_something(&["check_fails"], "checkFails"),
    of_something(&["check_dropped"], "checkDropped"),
    of_something(&["outside"], "outside"),
    of_something(&["answers_less"], "answersLess"),
    of_something(&["does_not_install"], "doesNotInstall"),
    of_something(&["does_not_compile"], "doesNotCompile"),
    of_something(&["method_gone"], "methodGone"),
    of_something(&["method_kind", "reads_as_nothing"], "methodChanged"),
];

/// The finding in this language (by its code); `None` where that is English, or nothing is known of such findings.
#[must_use]
pub fn finding(language: &str, found: &GateFinding<'_>) -> Option<String> {
    let language = lexicon().language(language);
    let says = SAYS.iter().find(|says| says.kinds.contains(&found.kind))?;
    let sentence = language.finding(says.key)?;
    let (who, what) = match found.subject.split_once(": ").filter(|_| says.of_somebody) {
        Some((role, rest)) => (somebody(language, role), rest),
        None => (String::new(), found.subject),
    };
    let mut said = filled(sentence, &[what, &who]);
    let values = found.count.filter(|count| *count > 0).map(|count| ("values", count.to_string()));
    let examples = Some(found.examples.join(", ")).filter(|all| !all.is_empty()).map(|all| ("example", all));
    for (key, blank) in values.into_iter().chain(examples) {
        said.push(' ');
        said.push_str(&filled(language.finding(key)?, &[&blank]));
    }
    Some(said)
}

fn somebody(language: &Language, role: &str) -> String {
    let known = matches!(role, "anonymous" | "stranger" | "owner");
    let sentence = language.finding(if known { role } else { "member" }).unwrap_or_default();
    filled(sentence, &[role])
}

/// A sentence with its blanks filled, from the last to the first, so that what fills one is not read as another.
fn filled(sentence: &str, blanks: &[&str]) -> String {
    blanks.iter().enumerate().rev().fold(sentence.to_owned(), |text, (number, blank)| {
        text.replace(&format!("{{{number}}}"), &blank.replace(['{', '}'], ""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [&str; 9] = ["es", "pt", "fr", "de", "id", "sw", "hi", "ar", "zh"];

    #[test]
    fn every_language_says_all_of_it() {
        let examples = ["Anna".to_owned()];
        for language in LANGUAGES {
            for says in SAYS {
                for kind in says.kinds {
                    let subject = if says.of_somebody { "stranger: list guests" } else { "guests → phone" };
                    let found = GateFinding { kind, subject, count: Some(12), examples: &examples };
                    let said = finding(language, &found).unwrap_or_else(|| panic!("{language} {kind}"));
                    assert!(said.contains("12") && said.contains("Anna") && !said.contains('{'), "{said}");
                    assert!(
                        !says.of_somebody || (said.contains("list guests") && !said.contains("stranger")),
                        "{said}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_not_known_is_left_to_the_gate() {
        let found = GateFinding { kind: "field_gone", subject: "guests", count: None, examples: &[] };
        assert_eq!(finding("en", &found), None);
        assert_eq!(finding("de", &GateFinding { kind: "new_kind", ..found }), None);
        let braces = GateFinding { subject: "{1} {0}", ..found };
        assert_eq!(finding("de", &braces).as_deref(), Some("„1 0“ wäre weg."));
        let role = GateFinding { kind: "narrowed", subject: "bakers: orders", ..found };
        assert!(finding("fr", &role).is_some_and(|said| said.contains("« bakers »") && said.contains("« orders »")));
    }
}
