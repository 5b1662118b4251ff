//! What the gate finds, and what the workshop finds beside it, in the language of whoever asked. The gate itself speaks English, and exactly; what stands here
//! says less, so the English sentence stays beside it for whoever looks closer.

use crate::{
    codegen::names_of,
    offline::lexicon::{Language, lexicon},
    spec::{AppSpec, FieldKind},
};

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

const SAYS: [Says; 47] = [
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
    of_something(&["member_returns"], "memberReturns"),
    of_something(&["role_returns"], "roleReturns"),
    of_something(&["link_returns"], "linkReturns"),
    of_something(&["inviting_returns"], "invitingReturns"),
    of_something(&["members_set_aside"], "membersSetAside"),
    of_something(&["call_open"], "callOpen"),
    of_something(&["rows_erased"], "rowsErased"),
    of_something(&["member_erased"], "memberErased"),
    of_something(&["restore_points_erased"], "restorePointsErased"),
    of_something(&["words_erased"], "wordsErased"),
    of_something(&["rows_left"], "rowsLeft"),
];

/// The finding in the app's language and words; `None` where that is English, or nothing is known of such findings.
#[must_use]
pub fn finding(spec: &AppSpec, found: &GateFinding<'_>) -> Option<String> {
    let language = lexicon().language(&spec.language);
    let says = SAYS.iter().find(|says| says.kinds.contains(&found.kind))?;
    let sentence = language.finding(says.key)?;
    let (who, what) = match found.subject.split_once(": ") {
        Some((role, rest)) if says.of_somebody => (role, rest),
        // Of whom nothing is said is anybody.
        _ => ("anonymous", found.subject),
    };
    let mut said = filled(sentence, &[&labelled(spec, what), &somebody(spec, language, who)]);
    let values = found.count.filter(|count| *count > 0).map(|count| ("values", count.to_string()));
    let examples = Some(found.examples.join(", ")).filter(|all| !all.is_empty()).map(|all| ("example", all));
    for (key, blank) in values.into_iter().chain(examples) {
        said.push(' ');
        said.push_str(&filled(language.finding(key)?, &[&blank]));
    }
    Some(said)
}

fn somebody(spec: &AppSpec, language: &Language, role: &str) -> String {
    let known = matches!(role, "anonymous" | "stranger" | "owner");
    let sentence = language.finding(if known { role } else { "member" }).unwrap_or_default();
    let label = spec.roles.iter().find(|one| one.id == role).map_or(role, |one| one.label.as_str());
    filled(sentence, &[label])
}

/// A path through the data, such as "guests → phone", in the words of the app; what is not in its description stays.
fn labelled(spec: &AppSpec, path: &str) -> String {
    let parts: Vec<&str> = path.split(ARROW).collect();
    let names = names_of(spec);
    let named = names.iter().find(|names| spaced(&names.rows) == parts[0]);
    let Some(entity) = named.and_then(|names| spec.entity(&names.one)) else { return path.to_owned() };
    let field = parts.get(1).and_then(|part| entity.fields.iter().find(|field| spaced(&field.id) == *part));
    let option = parts.get(2).zip(field).and_then(|(part, field)| match &field.kind {
        FieldKind::Choice { options } => options.iter().find(|option| spaced(&option.id) == *part),
        _ => None,
    });
    let mut labels = vec![entity.plural.as_str()];
    labels.extend(field.map(|field| field.label.as_str()));
    labels.extend(option.map(|option| option.label.as_str()));
    labels.extend(parts.iter().skip(labels.len()));
    labels.join(ARROW)
}

/// Between the names of a path.
const ARROW: &str = " → ";

/// A program's name as the gate writes it: `phoneNumber` is "phone number".
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// A sentence with its blanks filled, from the last to the first, so that what fills one is not read as another.
pub(crate) fn filled(sentence: &str, blanks: &[&str]) -> String {
    blanks.iter().enumerate().rev().fold(sentence.to_owned(), |text, (number, blank)| {
        text.replace(&format!("{{{number}}}"), &blank.replace(['{', '}'], ""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Wish, write};

    const LANGUAGES: [&str; 9] = ["es", "pt", "fr", "de", "id", "sw", "hi", "ar", "zh"];

    fn app(language: &str) -> AppSpec {
        let text = "Guests have a name, a phone number and a meal (meat or fish).";
        let spec = write(&Wish { text, name: None }).expect("is written").0;
        AppSpec { language: language.into(), ..spec }
    }

    #[test]
    fn every_language_says_all_of_it() {
        let examples = ["Anna".to_owned()];
        for spec in LANGUAGES.map(app) {
            for (says, kind) in SAYS.iter().flat_map(|says| says.kinds.iter().map(move |kind| (says, kind))) {
                let subject = if says.of_somebody { "stranger: list guests" } else { "seats → phone" };
                let found = GateFinding { kind, subject, count: Some(12), examples: &examples };
                let said = finding(&spec, &found).unwrap_or_else(|| panic!("{} {kind}", spec.language));
                assert!(said.contains("12") && said.contains("Anna") && !said.contains('{'), "{said}");
                assert!(!says.of_somebody || (said.contains("list guests") && !said.contains("stranger")), "{said}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_left_to_the_gate() {
        let found = GateFinding { kind: "field_gone", subject: "seats", count: None, examples: &[] };
        assert_eq!(finding(&app("en"), &found), None);
        assert_eq!(finding(&app("de"), &GateFinding { kind: "new_kind", ..found }), None);
        let braces = GateFinding { subject: "{1} {0}", ..found };
        assert_eq!(finding(&app("de"), &braces).as_deref(), Some("„1 0“ wäre weg."));
        let role = GateFinding { kind: "narrowed", subject: "bakers: orders", ..found };
        let said = finding(&app("fr"), &role);
        assert!(said.is_some_and(|said| said.contains("« bakers »") && said.contains("« orders »")));
        let nobody = GateFinding { kind: "open", subject: "me", ..found };
        assert!(finding(&app("de"), &nobody).is_some_and(|said| said.starts_with("Alle")));
    }

    #[test]
    fn things_are_called_as_the_app_calls_them() {
        let mut spec = app("de");
        spec.entities[0].plural = "Gäste".into();
        let found = |subject| GateFinding { kind: "field_gone", subject, count: None, examples: &[] };
        let said = |subject| finding(&spec, &found(subject)).expect("is said");
        assert_eq!(said("guests → phone"), "„Gäste → Phone number“ wäre weg.");
        assert_eq!(said("guests → meal → fish"), "„Gäste → Meal → Fish“ wäre weg.");
        assert_eq!(said("guests → shoe"), "„Gäste → shoe“ wäre weg.");
    }
}
