//! What the gate found, told in the language of the app; the gate's own sentence stays one click away.
//!
//! This is the last thing that is done to an outcome: digests and tokens are of what the gate said.

use gate::Finding;
use writer::{GateFinding, spec::AppSpec};

use super::answer::Outcome;

impl Outcome {
    /// The same in the words of this app; nothing is known of those of an app without a description.
    pub(super) fn in_words_of(mut self, spec: Option<&AppSpec>) -> Outcome {
        let Some(spec) = spec else { return self };
        let verdict = &mut self.verdict;
        let rooms = [
            &mut verdict.build,
            &mut verdict.interface,
            &mut verdict.data,
            &mut verdict.access,
            &mut verdict.behaviour,
        ];
        rooms.into_iter().flatten().for_each(|finding| translate(finding, spec));
        self
    }
}

/// The language of an app; of one without a description nothing is known.
pub(super) fn language_of(spec: Option<&AppSpec>) -> &str {
    spec.map_or("en", |spec| &spec.language)
}

/// A finding in the words of an app; the gate's own where it has none.
pub(super) fn said(finding: &Finding, spec: Option<&AppSpec>) -> String {
    let Finding { kind, subject, count, examples, .. } = finding;
    let found = GateFinding { kind, subject, count: *count, examples };
    spec.and_then(|spec| writer::finding(spec, &found)).unwrap_or_else(|| finding.message.clone())
}

fn translate(finding: &mut Finding, spec: &AppSpec) {
    let said = said(finding, Some(spec));
    if said == finding.message {
        return;
    }
    let own = std::mem::replace(&mut finding.message, said);
    finding.detail = Some(match finding.detail.take() {
        Some(detail) => format!("{own}\n{detail}"),
        None => own,
    });
}
