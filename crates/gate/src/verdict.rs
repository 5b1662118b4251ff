//! What the gate says: findings by room, each with a reason that a person and a writer can act on.
//!
//! Invariant: the order of findings depends on the two versions and the data alone, so that the same proposal
//! on the same live version has the same digest.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::words;

/// Findings of one kind that a verdict keeps at most.
const MOST_PER_ROOM: usize = 200;

/// What a finding does to a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nobody can overrule it: the proposal must change.
    Refuses,
    /// The owner's word is needed.
    Asks,
    /// Good to know.
    Informs,
}

/// One thing that the gate found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable word for programs, such as `field_gone`.
    pub kind: String,
    /// What it is about: a place in the source, a method, or a path in the data.
    pub subject: String,
    /// How many rows or values are affected, where that could be counted.
    pub count: Option<u64>,
    /// Up to three of them.
    pub examples: Vec<String>,
    /// A sentence in plain words.
    pub message: String,
    /// What follows from it.
    pub effect: Effect,
    /// What an engineer wants to know besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Finding {
    /// A finding without counts.
    pub(crate) fn new(kind: &str, subject: impl Into<String>, effect: Effect, message: impl Into<String>) -> Finding {
        Finding {
            kind: kind.into(),
            subject: subject.into(),
            count: None,
            examples: Vec::new(),
            message: message.into(),
            effect,
            detail: None,
        }
    }

    /// What could not be judged, and why.
    pub(crate) fn not_judged(subject: &str, what: &str, reason: &str, effect: Effect) -> Finding {
        let kind = if effect == Effect::Asks { "census_failed" } else { "not_judged" };
        Finding::new(kind, subject, effect, format!("{what} could not be judged.")).detail(reason)
    }

    /// The same with a word for engineers.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Finding {
        self.detail = Some(words::shortened(&detail.into(), 4_000));
        self
    }
}

/// Everything that the gate found, by room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verdict {
    /// Does it compile, and does it install.
    pub build: Vec<Finding>,
    /// Do clients of the live version still understand it.
    pub interface: Vec<Finding>,
    /// What becomes of the data.
    pub data: Vec<Finding>,
    /// Who could see more than before.
    pub access: Vec<Finding>,
    /// What worked and would not any more.
    pub behaviour: Vec<Finding>,
}

/// A verdict in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing speaks against it.
    Pass,
    /// It needs the owner's word.
    Asks,
    /// It must change first.
    Refuses,
}

impl Verdict {
    /// The rooms in order, with their names.
    #[must_use]
    pub fn rooms(&self) -> [(&'static str, &[Finding]); 5] {
        [
            ("build", &self.build),
            ("interface", &self.interface),
            ("data", &self.data),
            ("access", &self.access),
            ("behaviour", &self.behaviour),
        ]
    }

    /// What follows from all findings together.
    #[must_use]
    pub fn outcome(&self) -> Judgement {
        let has = |effect| self.rooms().iter().any(|(_, findings)| findings.iter().any(|f| f.effect == effect));
        match (has(Effect::Refuses), has(Effect::Asks)) {
            (true, _) => Judgement::Refuses,
            (false, true) => Judgement::Asks,
            (false, false) => Judgement::Pass,
        }
    }

    /// SHA-256 over what needs approval: room, kind and subject of each finding that asks.
    ///
    /// Counts and examples stay out, since the live app goes on while its owner thinks; a new finding changes it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for (room, findings) in self.rooms() {
            for finding in findings.iter().filter(|finding| finding.effect == Effect::Asks) {
                for part in [room, &finding.kind, &finding.subject] {
                    hasher.update((part.len() as u64).to_be_bytes());
                    hasher.update(part);
                }
            }
        }
        hasher.finalize().into()
    }

    /// The sentences that need the owner's word.
    #[must_use]
    pub fn needs_word(&self) -> Vec<String> {
        let rooms = self.rooms();
        let all = rooms.iter().flat_map(|(_, findings)| findings.iter());
        all.filter(|finding| finding.effect == Effect::Asks).map(|finding| finding.message.clone()).collect()
    }

    /// What `later`, a judgement of the same proposal, finds beyond this one: findings that ask or refuse and that
    /// were not there, or not as strongly. The owner's word on this verdict doesn't cover them.
    #[must_use]
    pub fn news_in(&self, later: &Verdict) -> Verdict {
        let known = |room: &[Finding], finding: &Finding| {
            let same = |known: &&Finding| known.kind == finding.kind && known.subject == finding.subject;
            room.iter().filter(same).any(|known| known.effect <= finding.effect)
        };
        let news = |known_ones: &[Finding], found: &[Finding]| {
            let found = found.iter().filter(|finding| finding.effect != Effect::Informs);
            found.filter(|finding| !known(known_ones, finding)).cloned().collect()
        };
        Verdict {
            build: news(&self.build, &later.build),
            interface: news(&self.interface, &later.interface),
            data: news(&self.data, &later.data),
            access: news(&self.access, &later.access),
            behaviour: news(&self.behaviour, &later.behaviour),
        }
    }

    /// This verdict with what another one found beyond it.
    #[must_use]
    pub fn and(mut self, other: Verdict) -> Verdict {
        self.build.extend(other.build);
        self.interface.extend(other.interface);
        self.data.extend(other.data);
        self.access.extend(other.access);
        self.behaviour.extend(other.behaviour);
        self.settle()
    }

    /// Puts the findings in their order, refusals first, and bounds how many there are.
    pub(crate) fn settle(mut self) -> Verdict {
        for room in [&mut self.build, &mut self.interface, &mut self.data, &mut self.access, &mut self.behaviour] {
            room.sort_by(|a, b| (a.effect, &a.subject, &a.kind).cmp(&(b.effect, &b.subject, &b.kind)));
            room.dedup();
            bound(room);
        }
        self
    }
}

/// Folds what is too many to read into one finding as strong as the strongest of them.
fn bound(room: &mut Vec<Finding>) {
    if room.len() <= MOST_PER_ROOM {
        return;
    }
    let rest = room.split_off(MOST_PER_ROOM);
    let effect = rest.iter().map(|finding| finding.effect).min().unwrap_or(Effect::Informs);
    let message = format!("There are {} more findings like these.", rest.len());
    let subjects: String = rest.iter().map(|finding| format!("{} {}\n", finding.kind, finding.subject)).collect();
    // The digest must notice when what is folded changes.
    let subject = format!("more-{}", words::hex(&Sha256::digest(&subjects)[..8]));
    room.push(Finding {
        count: Some(rest.len() as u64),
        ..Finding::new("more", subject, effect, message).detail(subjects)
    });
}

/// What the compiler said about a place in the source.
#[derive(Clone, Copy, Debug)]
pub struct BuildDiagnostic<'a> {
    /// Path in the source tree; empty if it is about none.
    pub file: &'a str,
    /// From 1; 0 if it is about the whole file.
    pub line: u32,
    /// Such as `M0096`; may be empty.
    pub code: &'a str,
    /// The compiler's words.
    pub message: &'a str,
    /// The line's text.
    pub source: Option<&'a str>,
}

/// The `build` room of a source tree that does not compile.
#[must_use]
pub fn findings_from_diagnostics<'a>(diagnostics: impl IntoIterator<Item = BuildDiagnostic<'a>>) -> Vec<Finding> {
    diagnostics
        .into_iter()
        .take(MOST_PER_ROOM)
        .map(|d| build_finding(d.file, d.line, d.code, d.message, d.source))
        .collect()
}

/// A finding of the `build` room: where it does not compile, why, and the text that stands there.
#[must_use]
pub fn build_finding(file: &str, line: u32, code: &str, message: &str, source: Option<&str>) -> Finding {
    let place = match (file, line) {
        ("", _) => "The source".into(),
        (file, 0) => format!("`{file}`"),
        (file, line) => format!("`{file}` line {line}"),
    };
    let subject = match (file, line) {
        ("", _) => "source".into(),
        (file, 0) => file.to_owned(),
        (file, line) => format!("{file}:{line}"),
    };
    let reason = words::shortened(message.trim().trim_end_matches('.'), 2_000);
    let mut finding =
        Finding::new("does_not_compile", subject, Effect::Refuses, format!("{place} does not compile: {reason}."));
    finding.examples.extend(source.map(|text| words::shortened(text.trim(), 200)));
    let detail =
        [code, source.unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    if detail.is_empty() { finding } else { finding.detail(detail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: &str, effect: Effect) -> Finding {
        Finding::new(kind, "guests", effect, "Something.")
    }

    #[test]
    fn the_strongest_effect_decides() {
        let mut verdict = Verdict::default();
        assert_eq!(verdict.outcome(), Judgement::Pass);
        verdict.access.push(finding("open", Effect::Informs));
        assert_eq!(verdict.outcome(), Judgement::Pass);
        verdict.data.push(finding("field_gone", Effect::Asks));
        assert_eq!(verdict.outcome(), Judgement::Asks);
        verdict.build.push(finding("does_not_install", Effect::Refuses));
        assert_eq!(verdict.outcome(), Judgement::Refuses);
    }

    #[test]
    fn the_digest_is_over_what_asks_and_not_over_counts() {
        let mut verdict = Verdict { data: vec![finding("field_gone", Effect::Asks)], ..Verdict::default() };
        let digest = verdict.digest();
        verdict.data[0].count = Some(12);
        verdict.access.push(finding("open", Effect::Informs));
        assert_eq!(verdict.digest(), digest);
        verdict.access.push(finding("widened", Effect::Asks));
        assert_ne!(verdict.digest(), digest);
        let moved = Verdict { access: verdict.data.clone(), data: verdict.access.clone(), ..Verdict::default() };
        assert_ne!(moved.digest(), verdict.digest());
    }

    #[test]
    fn news_are_findings_that_were_not_there_or_not_as_strong() {
        let first = Verdict { data: vec![finding("field_gone", Effect::Asks)], ..Verdict::default() };
        let counted = Finding { count: Some(9), ..finding("field_gone", Effect::Asks) };
        let same = Verdict { data: vec![counted], ..Verdict::default() };
        assert_eq!(first.news_in(&same), Verdict::default());
        let stronger = Verdict { data: vec![finding("field_gone", Effect::Refuses)], ..Verdict::default() };
        assert_eq!(first.news_in(&stronger), stronger);
        let other = Verdict { data: vec![finding("rows_gone", Effect::Asks)], ..Verdict::default() };
        assert_eq!(first.news_in(&other), other);
        assert_eq!(first.clone().and(other).data.len(), 2);
        let informs = Verdict { data: vec![finding("rows_gone", Effect::Informs)], ..Verdict::default() };
        assert_eq!(first.news_in(&informs), Verdict::default());
    }

    #[test]
    fn serialises_as_the_contract_says() {
        let verdict = Verdict { data: vec![finding("field_gone", Effect::Asks)], ..Verdict::default() };
        let json = serde_json::to_string(&verdict).unwrap();
        let expected = r#"{"build":[],"interface":[],"data":[{"kind":"field_gone","subject":"guests","count":null,"examples":[],"message":"Something.","effect":"asks"}],"access":[],"behaviour":[]}"#;
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
    }

    #[test]
    fn folded_findings_still_count_in_the_digest() {
        let many = |last: &str| {
            let mut data: Vec<Finding> =
                (0..300).map(|n| Finding::new("field_gone", format!("f{n:03}"), Effect::Asks, "x")).collect();
            data.push(Finding::new("field_gone", last, Effect::Asks, "x"));
            Verdict { data, ..Verdict::default() }.settle()
        };
        assert_eq!(many("z").data.len(), MOST_PER_ROOM + 1);
        assert_eq!(many("z").data.last().map(|f| f.effect), Some(Effect::Asks));
        assert_ne!(many("y").digest(), many("z").digest());
    }

    #[test]
    fn a_diagnostic_names_its_place() {
        let finding =
            build_finding("backend/main.mo", 12, "M0096", "expression of type Nat", Some("  let x : Text = 1;"));
        assert_eq!(finding.subject, "backend/main.mo:12");
        assert_eq!(finding.message, "`backend/main.mo` line 12 does not compile: expression of type Nat.");
        assert_eq!(finding.examples, ["let x : Text = 1;"]);
        assert_eq!(build_finding("", 0, "", "too large", None).subject, "source");
    }
}
