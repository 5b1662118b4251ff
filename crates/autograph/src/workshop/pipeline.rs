//! From words to a version: understand, write, build, judge, switch; each stage told while it runs.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use candid::Principal;
use execution::registry::{
    App, RoleDefinition,
    calls::{CreateAppArg, CreatedApp},
};
use gate::{Effect, Finding, Verdict};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use toolchain::{BuildError, Release, SourceTree};
use writer::{OfflineRepairs, Told, spec::AppSpec};

use super::{
    Workshop,
    answer::{Alternative, Outcome, Problem, ShowFirst},
    api::line,
    delta::Judged,
    judge::on_own_thread,
    looked::Looked,
    owners::lock,
    proposals::{Proposal, understood_into},
    ready::Ready,
    repairing::Asked,
    switch::{Going, OpenCalls, Switched},
    telling::language_of,
};

/// A wish for a new app.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) name: Option<String>,
}

/// A source tree from outside.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    /// Which app it is for; by its own name if absent.
    #[serde(default)]
    pub(crate) app: Option<String>,
    /// Path to base64.
    pub(crate) files: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) approve: Option<String>,
    /// What it says it touches; what `app.toml` says if absent.
    #[serde(default)]
    pub(crate) touches: Option<Vec<String>>,
}

/// A change of a live app in words.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    pub(crate) app: String,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) approve: Option<String>,
    #[serde(default)]
    pub(crate) show: ShowFirst,
}

/// How far a proposal goes that the gate lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// It is judged.
    Judged,
    /// It is live, unless it is to be shown first.
    Live(ShowFirst),
}

/// Tells how far a request is, and keeps the stages' times.
pub(crate) struct Progress {
    sender: mpsc::Sender<String>,
    begun: Instant,
    stages: Mutex<Stages>,
}

/// Seconds of the stages that are over, and the one under way.
type Stages = (BTreeMap<String, f64>, Option<(String, Instant)>);

impl Progress {
    pub(crate) fn new(sender: mpsc::Sender<String>) -> Progress {
        Progress { sender, begun: Instant::now(), stages: Mutex::default() }
    }

    /// A stage begins, and the one before it ends.
    pub(crate) fn stage(&self, stage: &str, message: &str) {
        let mut stages = lock(&self.stages);
        let (times, current) = &mut *stages;
        if let Some((name, begun)) = current.replace((stage.into(), Instant::now())) {
            *times.entry(name).or_default() += begun.elapsed().as_secs_f64();
        }
        // A listener too slow to take progress misses some of it. The seconds are the stage's own, which begins.
        let _ = self.sender.try_send(line("progress", &json!({ "stage": stage, "message": message, "seconds": 0 })));
    }

    /// A stage that costs nothing, for it was done before.
    fn spare(&self, stage: &str) {
        lock(&self.stages).0.entry(stage.into()).or_default();
    }

    /// Says more about the stage under way.
    pub(super) fn more(&self, message: &str) {
        let stages = lock(&self.stages);
        let Some((stage, begun)) = &stages.1 else { return };
        let seconds = begun.elapsed().as_secs_f64();
        let told = json!({ "stage": stage, "message": message, "seconds": seconds });
        let _ = self.sender.try_send(line("progress", &told));
    }

    /// Seconds per stage so far, and in all.
    pub(crate) fn seconds(&self) -> BTreeMap<String, f64> {
        let stages = lock(&self.stages);
        let mut times = stages.0.clone();
        if let Some((name, begun)) = &stages.1 {
            *times.entry(name.clone()).or_default() += begun.elapsed().as_secs_f64();
        }
        times.insert("total".into(), self.begun.elapsed().as_secs_f64());
        times
    }
}

impl Workshop {
    /// Writes a new app and puts it live.
    pub(crate) async fn create(&self, wish: &Wish, by: Principal, progress: &Progress) -> Result<Outcome, Problem> {
        if let Some(name) = &wish.name {
            self.check_name(name).await?;
        }
        progress.stage("understand", "Reading what you wrote");
        let mut proposal = match Proposal::written(&wish.text, wish.name.as_deref()) {
            Ok(proposal) => proposal,
            Err(declined) => return Ok(Outcome { seconds: progress.seconds(), ..*declined }),
        };
        let taken = match &wish.name {
            Some(name) => self.take_name(name).await?,
            None => self.free_name(&proposal.name()).await?,
        };
        let name = taken.1.clone();
        proposal.call_it(&name);
        let outcome = self
            .propose(Target::New(name.clone()), &proposal, None, Until::Live(ShowFirst::Never), by, progress)
            .await?;
        let asked = Asked { name: &name, live: None, by, approve: None, show: ShowFirst::Never };
        let outcome = self.try_again(&asked, OfflineRepairs::default(), outcome, progress).await?;
        let outcome = outcome.in_words_of(proposal.spec.as_ref());
        self.keep_turn(&outcome, &wish.text).await?;
        Ok(outcome)
    }

    /// Changes an app by words.
    pub(crate) async fn change(&self, wanted: &Wanted, by: Principal, progress: &Progress) -> Result<Outcome, Problem> {
        let (text, approve, show) = (wanted.text.as_str(), wanted.approve.as_deref(), wanted.show);
        let app = self.app(&wanted.app).await?;
        let _turn = self.one_at_a_time(&app)?;
        progress.stage("understand", "Reading what you wrote");
        let live = self.live_spec(&app).await?;
        if let Some(asked) = writer::asked(&live, text) {
            let outcome = self.answered(&app, &live, asked, progress).await?;
            return self.told(&app, text, outcome).await;
        }
        let change = match Proposal::changed(&live, text) {
            Ok(change) => change,
            Err(declined) => return self.told(&app, text, Outcome { seconds: progress.seconds(), ..*declined }).await,
        };
        if change.undo {
            let outcome = self.undo(&app, approve, show, by, progress).await?;
            return self.told(&app, text, outcome.in_words_of(Some(&live))).await;
        }
        // A token may name a gentler way; it is then what is proposed, and needs no further approval by itself.
        let chosen = approve.and_then(|token| change.gentler.iter().find(|way| self.gentler_token(&app, way) == token));
        let proposal = chosen.unwrap_or(&change.literal);
        let until = Until::Live(if chosen.is_some() { ShowFirst::Never } else { show });
        let mut outcome = self.propose(Target::Live(app.clone()), proposal, approve, until, by, progress).await?;
        if chosen.is_none() {
            let asked = Asked { name: &app.name, live: Some((&app, &live)), by, approve, show };
            outcome = self.try_again(&asked, change.repairs, outcome, progress).await?;
        }
        self.told(&app, text, outcome.in_words_of(Some(&live))).await
    }

    /// Builds and judges a source tree from outside; puts it live unless it is only to be checked.
    pub(crate) async fn deploy(
        &self,
        sent: Sent,
        approve: Option<&str>,
        live: bool,
        by: Principal,
        progress: &Progress,
    ) -> Result<Outcome, Problem> {
        let mut proposal = Proposal::from_files(sent.files)?;
        proposal.touches = sent.touches.or(proposal.touches);
        let label = sent.app.unwrap_or_else(|| proposal.name());
        let found = self.app(&label).await.ok();
        let target = match found {
            Some(app) => Target::Live(app),
            None => {
                self.check_name(&label).await?;
                Target::New(label)
            }
        };
        // Whoever only checks changes nothing, so any number may.
        let _turn = match &target {
            Target::Live(app) if live => Some(self.one_at_a_time(app)?),
            _ => None,
        };
        let until = if live { Until::Live(ShowFirst::Never) } else { Until::Judged };
        let outcome = self.propose(target, &proposal, approve, until, by, progress).await?;
        if live {
            self.keep_turn(&outcome, "deployed a source tree").await?;
        }
        Ok(outcome)
    }

    /// The way of every proposal: build, judge, and switch if it passes or was approved.
    pub(super) async fn propose(
        &self,
        target: Target,
        proposal: &Proposal,
        approve: Option<&str>,
        until: Until,
        by: Principal,
        progress: &Progress,
    ) -> Result<Outcome, Problem> {
        let mut base = Outcome { app: Some(target.name().into()), ..Outcome::default() };
        understood_into(&mut base, proposal.understanding.as_ref());
        (base.corrections, base.changes) = (proposal.corrections.clone(), proposal.changes.clone());
        let of = self.ready_of(target.app(), proposal).await?;
        let waits = of.as_ref().filter(|_| approve.is_some()).and_then(|of| self.ready.find(of));
        let judged = match waits {
            Some(ready) => Ok(self.judged_again(target.app(), proposal, ready, progress).await?),
            None => self.build_and_judge(target.app(), proposal, progress).await?,
        };
        let ready = match judged {
            Ok(ready) => ready,
            Err(error) => return self.not_built(base, error, progress),
        };
        let verdict = ready.verdict.clone();
        base.verdict = verdict.clone();
        let token = self.token(&target, proposal, &verdict.digest());
        let at_any_rate = self.token(&target, proposal, &ending_calls(&verdict));
        let given = |token: &str| approve.is_some_and(|given| self.tokens.verify(given, token));
        // Who ends open calls was shown this verdict as well.
        let open = if given(&at_any_rate) { OpenCalls::End } else { OpenCalls::Spare };
        let approved = given(&token) || open == OpenCalls::End;
        let wait = |ready: Ready| of.map(|of| self.ready.keep(of, ready));
        match (verdict.outcome(), until) {
            (gate::Judgement::Refuses, _) => {
                wait(ready);
                return Ok(refused(base, None, progress));
            }
            (gate::Judgement::Asks, _) if !approved => {
                wait(ready);
                return Ok(refused(base, Some(token), progress));
            }
            (_, Until::Judged) => {
                wait(ready);
                return Ok(passed(base, None, progress));
            }
            (_, Until::Live(show)) if show.holds(&base) && !approved => {
                wait(ready);
                return Ok(passed(base, Some(token), progress));
            }
            (_, Until::Live(_)) => {}
        }
        progress.stage("switch", "Putting it live");
        let app = match target {
            Target::Live(app) => app,
            Target::New(name) => self.make_app(&name, proposal).await?,
        };
        let going = self.going(proposal, &verdict, approved, by)?;
        let judged = Judged { verdict, on: ready.on };
        let paused = match self.publish(&app, &ready.release, going.borrowed(), judged, open).await {
            Ok(paused) => paused,
            Err(problem) => {
                self.forget_empty(&app).await;
                return Err(problem);
            }
        };
        let seconds = paused.seconds(progress.seconds());
        if !matches!(paused.switched, Switched::Open(_)) {
            // Another version is live, or what was judged is not what there is any more.
            self.ready.forget(app.backend);
        }
        match paused.switched {
            Switched::Live(version) => {
                self.node.watch.switched(app.backend, app.version, version);
                let lived = self.live_outcome(&app.name, app.backend, version, progress);
                let Outcome { outcome, version, url, canister_id, .. } = lived;
                Ok(Outcome { outcome, version, url, canister_id, seconds, ..base })
            }
            Switched::News(news) => {
                let verdict = base.verdict.and(*news);
                let asks = verdict.outcome() == gate::Judgement::Asks;
                let token = asks.then(|| self.token(&Target::Live(app), proposal, &verdict.digest()));
                Ok(Outcome { seconds, ..refused(Outcome { verdict, ..base }, token, progress) })
            }
            Switched::Open(calls) => {
                let base =
                    still_open(language_of(proposal.spec.as_ref()), base, self.told_calls(calls).await?, &at_any_rate);
                Ok(Outcome { seconds, ..refused(base, Some(at_any_rate), progress) })
            }
        }
    }

    /// Builds a proposal and has the gate judge it; or why it can't be built.
    async fn build_and_judge(
        &self,
        app: Option<&App>,
        proposal: &Proposal,
        progress: &Progress,
    ) -> Result<Result<Ready, BuildError>, Problem> {
        let pages = self.begin_pages(app);
        progress.stage("build", "Building it");
        let ran = self.live_chain(app).await?;
        let release = match self.toolchain.build_onto(&proposal.tree, &ran, |_| {}).await {
            Ok(release) => release,
            Err(error) => return Ok(Err(error)),
        };
        self.to_machine_code(&release).await?;
        Ok(Ok(self.judge_release(app, proposal, Arc::new(release), pages, progress).await?))
    }

    /// What was built before, with a verdict on the data as they are now: the one that there is, if they are the same.
    async fn judged_again(
        &self,
        app: Option<&App>,
        proposal: &Proposal,
        ready: Ready,
        progress: &Progress,
    ) -> Result<Ready, Problem> {
        progress.spare("build");
        progress.stage("check", "It was built and checked before");
        let same = match (self.seed(app).await?, &ready.on) {
            (Some((now, _)), Some((on, _))) => now.is_as(on),
            (now, on) => now.is_none() && on.is_none(),
        };
        if same {
            return Ok(ready);
        }
        let pages = self.begin_pages(app);
        self.judge_release(app, proposal, ready.release, pages, progress).await
    }

    /// Has the gate judge a release, and its pages opened.
    async fn judge_release(
        &self,
        app: Option<&App>,
        proposal: &Proposal,
        release: Arc<Release>,
        pages: Option<super::pages::Ready>,
        progress: &Progress,
    ) -> Result<Ready, Problem> {
        progress.stage("check", "Checking it against the live app");
        let on = self.seed(app).await?;
        let looked = Looked::of(on.as_ref().map_or(0, |(seed, _)| seed.memory_bytes()));
        let judged = self.judge(app, &release, proposal, &looked);
        let both = async { tokio::try_join!(judged, self.end_pages(pages, app, &release)) };
        let (verdict, seen) = progress.while_looking(&looked, both).await?;
        let mut verdict = seen.add_to(verdict);
        verdict.build.extend(release.compacted.as_ref().map(super::chain::told));
        Ok(Ready { release, verdict, on })
    }

    /// Makes the release's machine code, which fork and switch both run. That it can't be made, the fork says.
    async fn to_machine_code(&self, release: &Release) -> Result<(), Problem> {
        let (engine, wasm) = (self.node.engine.clone(), release.wasm.clone());
        on_own_thread(move || drop(engine.prepare(&wasm))).await
    }

    /// The token of this proposal on this live version, for what has this digest.
    fn token(&self, target: &Target, proposal: &Proposal, digest: &[u8; 32]) -> String {
        let version = target.app().map_or(0, |app| app.version);
        let id = target.app().map_or_else(|| target.name().as_bytes().to_vec(), |app| app.backend.as_slice().to_vec());
        self.tokens.token(&id, version, &proposal.tree.hash(), digest)
    }

    fn not_built(&self, base: Outcome, error: BuildError, progress: &Progress) -> Result<Outcome, Problem> {
        let mut verdict = Verdict::default();
        match super::judge::build_findings(&error) {
            Some(findings) => verdict.build = findings,
            None => {
                let hint = "see the node's log; `make build` installs the toolchain anew";
                return Err(Problem::node(format!("it could not be built: {error}"), hint));
            }
        }
        Ok(refused(Outcome { verdict, ..base }, None, progress))
    }

    fn going(&self, proposal: &Proposal, verdict: &Verdict, approved: bool, by: Principal) -> Result<Held, Problem> {
        let json = |error: serde_json::Error| Problem::node(error.to_string(), "report this");
        Ok(Held {
            title: proposal.title(),
            roles: proposal.roles(),
            source: proposal.tree_json().map_err(json)?,
            verdict: serde_json::to_vec(verdict).map_err(json)?,
            message: proposal.message.clone(),
            by,
            approved: if approved { verdict.needs_word() } else { Vec::new() },
        })
    }

    async fn make_app(&self, name: &str, proposal: &Proposal) -> Result<App, Problem> {
        let owner = execution::registry::FIRST_PERSON.to_owned();
        let arg = CreateAppArg { name: name.into(), title: proposal.title(), owner };
        let _: CreatedApp = self.registry("create_app", (arg,)).await?;
        self.app(name).await
    }

    /// An app whose first version did not go live leaves nothing behind.
    async fn forget_empty(&self, app: &App) {
        if app.version > 0 {
            return;
        }
        let arg = execution::registry::calls::AppArg { app: app.backend };
        if let Err(problem) = self.registry::<()>("delete_app", (arg,)).await {
            tracing::warn!(%problem, "an app without a version is left over");
        }
    }

    pub(super) fn live_outcome(&self, name: &str, backend: Principal, version: u64, progress: &Progress) -> Outcome {
        Outcome {
            outcome: "live".into(),
            app: Some(name.into()),
            version: Some(version),
            url: Some(self.app_url(name)),
            canister_id: Some(backend.to_text()),
            seconds: progress.seconds(),
            ..Outcome::default()
        }
    }

    pub(super) async fn told(&self, app: &App, text: &str, outcome: Outcome) -> Result<Outcome, Problem> {
        let outcome = Outcome { app: Some(app.name.clone()), ..outcome };
        self.remember(app.backend, text, &outcome)?;
        Ok(outcome)
    }

    async fn keep_turn(&self, outcome: &Outcome, text: &str) -> Result<(), Problem> {
        let Some(name) = &outcome.app else { return Ok(()) };
        match self.app(name).await {
            Ok(app) => self.remember(app.backend, text, outcome),
            Err(_) => Ok(()),
        }
    }

    /// The token of a gentler way: good for exactly this source on exactly this live version.
    pub(super) fn gentler_token(&self, app: &App, proposal: &Proposal) -> String {
        self.tokens.token(app.backend.as_slice(), app.version, &proposal.tree.hash(), &Sha256::digest("gentler").into())
    }

    /// The spec from which the live version was written.
    pub(super) async fn live_spec(&self, app: &App) -> Result<AppSpec, Problem> {
        let no_spec = || {
            let text =
                format!("`{}` was not written from a description, so it can't be changed by words yet", app.name);
            Problem::node(text, "change its source and use `autograph deploy`")
        };
        let tree = self.live_tree(app).await?.ok_or_else(no_spec)?;
        let bytes = tree.0.get("spec.json").ok_or_else(no_spec)?;
        serde_json::from_slice(bytes)
            .map_err(|error| Problem::node(format!("its spec can't be read: {error}"), "report this"))
    }

    pub(crate) async fn live_tree(&self, app: &App) -> Result<Option<SourceTree>, Problem> {
        let (backend, number) = (app.backend, app.version);
        let hash = self
            .node
            .replica
            .read(move |executor| executor.state().registry.version(backend, number).map(|version| version.source));
        let Some(bytes) = hash.await?.and_then(|hash| execution::Blobs::get(&*self.node.blobs, &hash)) else {
            return Ok(None);
        };
        Ok(super::proposals::tree_from_json(&bytes))
    }

    async fn check_name(&self, name: &str) -> Result<(), Problem> {
        let wanted = name.to_owned();
        let checked = self.node.replica.read(move |executor| executor.state().registry.check_name(&wanted)).await?;
        checked.map_err(|refused| Problem::usage(refused.0, "choose another with --name"))
    }

    /// Keeps the name from whoever makes an app at the same time: an app has its name only once it is built.
    async fn take_name(&self, name: &str) -> Result<Name<'_>, Problem> {
        if !lock(&self.names).insert(name.to_owned()) {
            let text = format!("an app called `{name}` is being made right now");
            return Err(Problem::usage(text, "choose another with --name"));
        }
        let taken = Name(self, name.to_owned());
        self.check_name(name).await?;
        Ok(taken)
    }

    /// The suggested name, with a number behind it if it is taken.
    async fn free_name(&self, suggested: &str) -> Result<Name<'_>, Problem> {
        let base: String = suggested.chars().take(30).collect();
        let base = base.trim_matches('-').to_owned();
        for number in 1..1000 {
            let name = if number == 1 { base.clone() } else { format!("{base}-{number}") };
            if let Ok(taken) = self.take_name(&name).await {
                return Ok(taken);
            }
        }
        Err(Problem::usage("no name is free for this app", "choose one with --name"))
    }

    /// Takes the app for one change; a second one at the same time is refused.
    pub(super) fn one_at_a_time(&self, app: &App) -> Result<Turn<'_>, Problem> {
        if !lock(&self.busy).insert(app.backend) {
            let text = format!("`{}` is being changed right now", app.name);
            return Err(Problem::usage(text, "wait until that change is done, then try again"));
        }
        Ok(Turn(self, app.backend))
    }
}

/// Gives an app back when a change is over, however it ended.
pub(super) struct Turn<'a>(&'a Workshop, Principal);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        lock(&self.0.busy).remove(&self.1);
    }
}

/// A name that is free for the others again when its app is made, or isn't.
struct Name<'a>(&'a Workshop, String);

impl Drop for Name<'_> {
    fn drop(&mut self) {
        lock(&self.0.names).remove(&self.1);
    }
}

/// Where a proposal is to go.
pub(super) enum Target {
    New(String),
    Live(App),
}

impl Target {
    fn name(&self) -> &str {
        match self {
            Target::New(name) => name,
            Target::Live(app) => &app.name,
        }
    }

    fn app(&self) -> Option<&App> {
        match self {
            Target::New(_) => None,
            Target::Live(app) => Some(app),
        }
    }
}

/// What goes live, owned.
struct Held {
    title: String,
    roles: Vec<RoleDefinition>,
    source: Vec<u8>,
    verdict: Vec<u8>,
    message: String,
    by: Principal,
    approved: Vec<String>,
}

impl Held {
    fn borrowed(&self) -> Going<'_> {
        Going {
            title: self.title.clone(),
            roles: self.roles.clone(),
            source: &self.source,
            verdict: &self.verdict,
            message: self.message.clone(),
            by: self.by,
            approved: self.approved.clone(),
        }
    }
}

/// What the owner approves who has open calls ended: the verdict, and that.
fn ending_calls(verdict: &Verdict) -> [u8; 32] {
    Sha256::new().chain_update(b"end open calls").chain_update(verdict.digest()).finalize().into()
}

/// Calls that don't end are in the way, and may be ended.
fn still_open(language: &str, mut base: Outcome, calls: Vec<String>, approve: &str) -> Outcome {
    base.verdict.behaviour.push(open_finding(calls));
    let message = writer::told(language, Told::ChangeAnyway, &[]);
    base.alternatives.push(Alternative { message, approve: approve.into() });
    base
}

/// The finding of calls that don't end.
pub(crate) fn open_finding(calls: Vec<String>) -> Finding {
    let count = calls.len() as u64;
    let message = match calls.as_slice() {
        [call] => format!("One call of the app does not end: {call}."),
        [call, ..] => format!("{count} calls of the app do not end; the oldest: {call}."),
        [] => "A call of the app does not end.".into(),
    };
    Finding {
        kind: "call_open".into(),
        subject: "open calls".into(),
        count: Some(count),
        examples: calls.into_iter().take(3).collect(),
        message,
        effect: Effect::Asks,
        detail: None,
    }
}

/// The gate has nothing against it; `approve` puts it live.
pub(super) fn passed(base: Outcome, approve: Option<String>, progress: &Progress) -> Outcome {
    Outcome { outcome: "ok".into(), approve, seconds: progress.seconds(), ..base }
}

pub(super) fn refused(base: Outcome, approve: Option<String>, progress: &Progress) -> Outcome {
    Outcome { outcome: "refused".into(), approve, seconds: progress.seconds(), ..base }
}

pub(super) fn failed(progress: &Progress, message: &str) -> Outcome {
    Outcome {
        outcome: "failed".into(),
        message: Some(message.into()),
        not_understood: vec![message.into()],
        seconds: progress.seconds(),
        ..Outcome::default()
    }
}
