//! Trying again before the owner is asked: what the gate found goes back to the writer, a bounded number of times.
//!
//! What does the same as was asked goes live if the gate lets it. What does something in its place is only judged, and
//! offered to the owner if nothing is in its way. Either way the answer says what was tried.

use candid::Principal;
use execution::registry::App;
use gate::{Effect, Verdict};
use writer::{Again, Objection, Repairs, Told, spec::AppSpec};

use super::{
    Workshop,
    answer::{Alternative, Outcome, Problem, ShowFirst, Tried},
    pipeline::{Progress, Target, Until},
    proposals::Proposal,
    telling::{language_of, said},
};

/// How often a writer is asked for another proposal.
const TRIES_MAX: usize = 3;

/// What was asked for, and of which app.
pub(super) struct Asked<'a> {
    /// The app's name, also if it is to be made.
    pub(super) name: &'a str,
    /// The live app, and what it was written from.
    pub(super) live: Option<(&'a App, &'a AppSpec)>,
    pub(super) by: Principal,
    /// The owner's token, which may be for what the writer tries.
    pub(super) approve: Option<&'a str>,
    pub(super) show: ShowFirst,
}

impl Asked<'_> {
    fn target(&self) -> Target {
        self.live.map_or_else(|| Target::New(self.name.into()), |(app, _)| Target::Live(app.clone()))
    }

    fn proposal(&self, way: &writer::Alternative) -> Result<Proposal, Box<Outcome>> {
        let mut proposal = Proposal::of_way(self.live.map(|(_, spec)| spec), way)?;
        proposal.call_it(self.name);
        Ok(proposal)
    }
}

impl Workshop {
    /// Has a writer try again whose proposal had this outcome, if the gate has something against it.
    pub(super) async fn try_again(
        &self,
        asked: &Asked<'_>,
        mut repairs: impl Repairs,
        mut refused: Outcome,
        progress: &Progress,
    ) -> Result<Outcome, Problem> {
        // A way that the node itself has, such as ending open calls, is no matter of the writer's.
        if refused.outcome != "refused" || !refused.alternatives.is_empty() {
            return Ok(refused);
        }
        let spec = asked.live.map(|(_, spec)| spec);
        let mut last = refused.verdict.clone();
        for _ in 0..TRIES_MAX {
            let (way, same) = match repairs.again(&objections(&last)).await {
                Again::Same(way) => (way, true),
                Again::Gentler(way) => (way, false),
                Again::NoOther(why) => {
                    if refused.tried.is_empty() {
                        refused.message = Some(why);
                    }
                    break;
                }
            };
            progress.stage("again", "Trying another way");
            let proposal = match asked.proposal(&way) {
                Ok(proposal) => proposal,
                Err(failed) => {
                    let found = failed.message.into_iter().collect();
                    refused.tried.push(Tried { message: way.message, found });
                    continue;
                }
            };
            let (until, approve) = match same {
                true => (Until::Live(asked.show), asked.approve),
                false => (Until::Judged, None),
            };
            let outcome = self.propose(asked.target(), &proposal, approve, until, asked.by, progress).await?;
            let found = in_the_way(&outcome.verdict).map(|(_, finding)| said(finding, spec)).collect();
            let tried = Tried { message: way.message.clone(), found };
            match outcome.outcome.as_str() {
                "live" | "ok" if same => {
                    let first = Tried::of(&refused, spec);
                    let tried = [first].into_iter().chain(refused.tried).collect();
                    return Ok(Outcome { tried, ..outcome });
                }
                // Of an app that isn't there yet nobody could choose it.
                "ok" => refused.alternatives.extend(asked.live.map(|(app, _)| {
                    let approve = self.gentler_token(app, &proposal);
                    Alternative { message: way.message, approve }
                })),
                _ => last = outcome.verdict,
            }
            refused.tried.push(tried);
        }
        refused.seconds = progress.seconds();
        Ok(refused)
    }
}

impl Tried {
    /// What was literally asked, and what came of it.
    fn of(refused: &Outcome, spec: Option<&AppSpec>) -> Tried {
        let found = in_the_way(&refused.verdict).map(|(_, finding)| said(finding, spec)).collect();
        Tried { message: writer::told(language_of(spec), Told::ExactlyAsked, &[]), found }
    }
}

fn in_the_way(verdict: &Verdict) -> impl Iterator<Item = (&'static str, &gate::Finding)> {
    let all = verdict.rooms().into_iter().flat_map(|(room, findings)| findings.iter().map(move |one| (room, one)));
    all.filter(|(_, finding)| finding.effect != Effect::Informs)
}

fn objections(verdict: &Verdict) -> Vec<Objection> {
    let objection = |(room, finding): (&'static str, &gate::Finding)| Objection {
        room,
        kind: finding.kind.clone(),
        subject: finding.subject.clone(),
        message: finding.message.clone(),
        refuses: finding.effect == Effect::Refuses,
    };
    in_the_way(verdict).map(objection).collect()
}
