//! `erase`: a person's data, gone for good: from the app, from its restore points, its history, its conversation and
//! the node's files.
//!
//! Whose rows they are is read from memory; how the app deletes them is tried on a fork, and only what did exactly
//! that there is done to the live app: under a hold, in the one batch in which also the membership, the restore points
//! and the words go. A method that waits for others can't be part of a batch; rows that only such a method deletes go
//! before. Without the owner's token nothing happens but the question; what was begun with it is finished, by the next
//! start if need be.

mod begun;
mod plan;
mod rows;
mod words;

use std::time::{Duration, Instant};

use candid::Principal;
use execution::registry::{
    App,
    calls::{AppArg, AppCall, EraseArg, Erased},
};
use gate::Verdict;
use replication::{Answer, Clock as _, SystemClock};
use sha2::{Digest as _, Sha256};
use state::replicated::{Ingress, IngressStatus, RequestId};
use writer::Told;

use self::{
    begun::Begun,
    plan::Plan,
    rows::{all_rows, only_gone, texts_of},
};
use super::{
    Workshop,
    answer::{Outcome, Problem},
    data::variables,
    judge::on_own_thread,
    pipeline::{Progress, refused},
};

pub(super) use words::blanked;

/// How long open calls may take to end.
const DRAIN_MAX: Duration = Duration::from_secs(3);
/// How long a call of the live app may wait, ns.
const EXPIRY: u64 = 120_000_000_000;

/// What was done.
struct Done {
    erased: Erased,
    /// Turns of the conversation that were blanked.
    turns: usize,
    /// The texts that stay nowhere.
    texts: Vec<String>,
}

impl Workshop {
    /// Erases all that belongs to a member, or the rows that hold a value.
    pub(crate) async fn erase(
        &self,
        label: &str,
        who: &str,
        approve: Option<&str>,
        progress: &Progress,
    ) -> Result<Outcome, Problem> {
        let app = self.app(label).await?;
        let _turn = self.one_at_a_time(&app)?;
        progress.stage("check", "Looking what there is, and trying on a copy how it is deleted");
        let plan = self.plan(&app, who).await?;
        let findings = self.question(&app, &plan).await?;
        let base = Outcome {
            app: Some(app.name.clone()),
            verdict: Verdict { data: findings, ..Verdict::default() },
            ..Outcome::default()
        };
        let proposal = Sha256::new().chain_update(b"erase").chain_update(who).finalize().into();
        let token = self.tokens.token(app.backend.as_slice(), app.version, &proposal, &plan.digest());
        if !approve.is_some_and(|given| self.tokens.verify(given, &token)) {
            let spec = self.live_spec(&app).await.ok();
            return Ok(refused(base, Some(token), progress).in_words_of(spec.as_ref()));
        }
        progress.stage("erase", "Erasing");
        let plan = Plan { blobs: self.blobs_with(app.backend, &plan.texts).await?, ..plan };
        let done = self.carry_out(&app, &plan).await?;
        let language = self.language(&app).await;
        let assumed = self.not_erased(&app, &plan, &done.texts, &language).await?;
        Ok(Outcome {
            outcome: "ok".into(),
            version: Some(app.version),
            understood: done.told(&plan, &language),
            assumed,
            seconds: progress.seconds(),
            verdict: Verdict::default(),
            ..base
        })
    }

    /// Finishes what was begun when the node was cut off.
    pub(crate) async fn finish_erasing(&self) {
        let begun = Begun::in_folder(&self.node.data);
        for (backend, plan) in begun.all() {
            let done = match self.app(&backend.to_text()).await {
                Ok(app) => self.carry_out(&app, &plan).await.map(drop),
                // The app was deleted, and its data with it.
                Err(_) => begun.remove(backend),
            };
            match done {
                Ok(()) => tracing::info!(%backend, "what the owner had erased when the node stopped is erased"),
                Err(problem) => tracing::warn!(%backend, %problem, "an erasure that was begun can't be finished"),
            }
        }
    }

    /// Does what is planned. If the app does not let it, what was not done yet is not begun any more.
    async fn carry_out(&self, app: &App, plan: &Plan) -> Result<Done, Problem> {
        let (backend, begun) = (app.backend, Begun::in_folder(&self.node.data));
        begun.put(backend, plan)?;
        let mut texts = plan.texts.clone();
        let erased = match self.erase_rows_and_words(app, plan, &mut texts).await {
            Ok(erased) => erased,
            Err(problem) => {
                begun.remove(backend)?;
                return Err(problem);
            }
        };
        let turns = self.erase_turns(backend, &texts)?;
        self.node.recorder.forget(backend);
        self.looks.end_all_at(backend);
        self.ready.forget(backend);
        self.pictures.forget(backend)?;
        self.erase_names(backend, &texts)?;
        self.browsers.end_idle().await;
        let memories = self.node.replica.read(move |executor| executor.memories_of(backend)).await?;
        self.node.replica.forget(memories).await?;
        self.remove_unused(backend, &plan.blobs).await?;
        begun.remove(backend)?;
        Ok(Done { erased, turns, texts })
    }

    async fn erase_rows_and_words(&self, app: &App, plan: &Plan, texts: &mut Vec<String>) -> Result<Erased, Problem> {
        self.delete_slowly(app, plan).await?;
        self.registry::<()>("hold", (AppArg { app: app.backend },)).await?;
        let erased = self.erase_quiet(app, plan, texts).await;
        self.registry::<()>("release", (AppArg { app: app.backend },)).await?;
        erased
    }

    /// Has the live app delete the rows that only a call can delete which waits for others.
    async fn delete_slowly(&self, app: &App, plan: &Plan) -> Result<(), Problem> {
        if plan.slowly().next().is_none() {
            return Ok(());
        }
        let mut fork = self.fork(Some(app)).await?;
        let there = on_own_thread(move || variables(&mut fork)).await?.map(|now| all_rows(&now)).unwrap_or_default();
        for deletion in plan.slowly().filter(|deletion| there.contains(&deletion.row)) {
            let AppCall { method, arg } = deletion.call()?;
            let ingress = Ingress {
                request_id: RequestId(crate::node::random()),
                sender: self.node.owner,
                canister: app.backend,
                method,
                arg,
                effective: app.backend,
                expiry: SystemClock.now() + EXPIRY,
                sender_info: None,
            };
            match self.node.replica.call(ingress).await? {
                Answer::Final(IngressStatus::Replied(_)) => {}
                other => {
                    let method = &deletion.way.method;
                    let text = format!("`{method}` of the app failed while rows were deleted: {other:?}");
                    return Err(Problem::node(text, "what is erased is erased; ask again for the rest"));
                }
            }
        }
        Ok(())
    }

    /// Has the registry erase what is left, in one batch, when the held app is quiet. Texts that the program has by
    /// then in other rows are left.
    async fn erase_quiet(&self, app: &App, plan: &Plan, texts: &mut Vec<String>) -> Result<Erased, Problem> {
        self.quiet(app.backend).await?;
        let (rows, kept) = self.tried_again(app, plan).await?;
        texts.retain(|text| !kept.iter().any(|other| other.contains(text.as_str())));
        let backend = app.backend;
        let members = self.node.replica.read(move |executor| executor.state().registry.members_snapshot(backend));
        let members = members.await?;
        let verdicts = self.verdicts_without(backend, texts).await?;
        let arg = EraseArg {
            app: backend,
            by: self.node.owner,
            rows,
            member: plan.member.clone().filter(|member| members.contains_key(member)),
            texts: texts.clone(),
            verdicts,
        };
        self.registry::<Erased>("erase", (arg,)).await
    }

    async fn quiet(&self, backend: Principal) -> Result<(), Problem> {
        let begun = Instant::now();
        while self.node.replica.read(move |executor| !executor.open_calls(backend).is_empty()).await? {
            if begun.elapsed() > DRAIN_MAX {
                return Err(Problem::node(
                    "the app has calls that don't end, so its memory can't be erased",
                    "ask again",
                ));
            }
            self.node.replica.tick().await?;
        }
        Ok(())
    }

    /// Tries once more, on what the held app has now: the calls that delete the rows that are still there, and the
    /// texts that the app has when they are gone.
    async fn tried_again(&self, app: &App, plan: &Plan) -> Result<(Vec<AppCall>, Vec<String>), Problem> {
        let mut fork = self.fork(Some(app)).await?;
        let (owner, planned) = (self.node.owner, plan.at_once().cloned().collect::<Vec<_>>());
        let tried = on_own_thread(move || {
            let before = variables(&mut fork)?;
            let there = all_rows(&before);
            let still = planned.iter().filter(|deletion| there.contains(&deletion.row));
            let calls: Vec<AppCall> = still.clone().map(|deletion| deletion.call().ok()).collect::<Option<_>>()?;
            calls.iter().try_for_each(|call| fork.call_at_once(owner, &call.method, &call.arg)).ok()?;
            let after = variables(&mut fork)?;
            let gone = only_gone(&before, &after, still.map(|deletion| &deletion.row));
            gone.then(|| (calls, texts_of(&after).into_iter().collect()))
        });
        tried.await?.ok_or_else(|| {
            let text = format!("`{}` has changed meanwhile, and its rows can't be deleted as it was tried", app.name);
            Problem::node(text, "nothing is erased; ask again")
        })
    }
}

impl Done {
    /// For the owner.
    fn told(&self, plan: &Plan, language: &str) -> Vec<String> {
        let (rows, members) = (plan.rows.len().to_string(), usize::from(plan.member.is_some()).to_string());
        let (points, turns) = (self.erased.points.to_string(), self.turns.to_string());
        vec![
            writer::told(language, Told::Erased, &[&rows, &members]),
            writer::told(language, Told::PointsGone, &[&points, &turns]),
            writer::told(language, Told::Overwritten, &[&self.erased.overwritten.to_string()]),
        ]
    }
}
