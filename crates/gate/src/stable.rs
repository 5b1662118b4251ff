//! What the compiler says about taking the data over without a migration.

use crate::{
    verdict::{Effect, Finding},
    words,
};

/// One of the compiler's objections to an upgrade (`stableCompatible`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StableDiagnostic {
    /// Such as `M0169`.
    pub code: String,
    /// The compiler's words.
    pub message: String,
}

/// Objections as findings: none of them can be overruled, since the upgrade itself would fail.
pub(crate) fn findings(diagnostics: &[StableDiagnostic]) -> Vec<Finding> {
    diagnostics.iter().map(finding).collect()
}

fn finding(diagnostic: &StableDiagnostic) -> Finding {
    let name = diagnostic.message.split('`').nth(1).unwrap_or_default();
    let name = words::shortened(name, 100);
    let subject = if name.is_empty() { "the data".into() } else { words::quoted(&name) };
    let message = match diagnostic.code.as_str() {
        "M0169" => {
            format!("The new version leaves out {subject} without saying what becomes of it; a migration must say so.")
        }
        "M0170" => {
            format!("{subject} has another form in the new version, and no migration says how to carry it over.")
        }
        _ => format!("The new version can't take over {subject} as it is; a migration must carry it over."),
    };
    Finding::new("incompatible", words::split(&name), Effect::Refuses, message)
        .detail(format!("{}: {}", diagnostic.code, diagnostic.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objection_names_the_variable_in_words() {
        let message =
            "the stable variable `guestList` of the previous version cannot be implicitly discarded.".to_owned();
        let found = findings(&[StableDiagnostic { code: "M0169".into(), message }]);
        assert_eq!((found[0].subject.as_str(), found[0].effect), ("guest list", Effect::Refuses));
        assert!(found[0].message.contains("leaves out “guest list”"));
        assert!(found[0].detail.as_ref().is_some_and(|detail| detail.starts_with("M0169: the stable variable")));
    }
}
