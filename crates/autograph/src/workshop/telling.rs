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

fn translate(finding: &mut Finding, spec: &AppSpec) {
    let Finding { kind, subject, count, examples, .. } = &*finding;
    let Some(said) = writer::finding(spec, &GateFinding { kind, subject, count: *count, examples }) else { return };
    let own = std::mem::replace(&mut finding.message, said);
    finding.detail = Some(match finding.detail.take() {
        Some(detail) => format!("{own}\n{detail}"),
        None => own,
    });
}
