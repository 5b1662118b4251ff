//! The only way to a live app: hold new calls, wait until the open ones have ended, judge what happened since the
//! verdict, switch in one batch, which lets go.
//!
//! New calls wait from the hold to the switch: that is the pause, which is measured and told.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use candid::Principal;
use execution::{
    Blobs as _, OpenCall,
    registry::{
        App, RoleDefinition,
        calls::{AppArg, AssetArg, PublishArg, RestoreArg},
    },
};
use gate::Verdict;
use toolchain::Release;

use super::{Workshop, answer::Problem, delta::Judged};

/// How long open calls may take to end before the switch is given up.
const DRAIN_MAX: Duration = Duration::from_secs(3);
/// Batches in which calls must end that were told that their answers don't come.
const ENDING_BATCHES: usize = 64;

/// What goes live besides the release itself.
pub(crate) struct Going<'a> {
    pub(crate) title: String,
    pub(crate) roles: Vec<RoleDefinition>,
    pub(crate) source: &'a [u8],
    pub(crate) verdict: &'a [u8],
    pub(crate) message: String,
    pub(crate) by: Principal,
    pub(crate) approved: Vec<String>,
}

/// What became of a switch.
pub(crate) enum Switched {
    /// The new version is live.
    Live(u64),
    /// What the app did since it was judged makes another verdict of it: these findings are new.
    News(Box<Verdict>),
    /// These calls did not end.
    Open(Vec<OpenCall>),
}

/// A switch with the time for which new calls waited.
pub(crate) struct Paused {
    pub(crate) switched: Switched,
    pub(crate) pause: Duration,
}

impl Paused {
    /// The seconds of an outcome, with those of the pause.
    pub(crate) fn seconds(&self, mut seconds: BTreeMap<String, f64>) -> BTreeMap<String, f64> {
        seconds.insert("pause".into(), self.pause.as_secs_f64());
        seconds
    }
}

/// What is done with calls that don't end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenCalls {
    /// The switch is given up.
    Spare,
    /// They are ended, since the owner said so.
    End,
}

impl Workshop {
    /// Puts a release live on `app`, if its version is still the one that was judged on, and what it did meanwhile
    /// changes nothing about the verdict.
    pub(crate) async fn publish(
        &self,
        app: &App,
        release: &Release,
        going: Going<'_>,
        mut judged: Judged,
        open: OpenCalls,
    ) -> Result<Paused, Problem> {
        let arg = self.keep_blobs(app, release, going)?;
        // Whoever holds the compiled module keeps it from being compiled again under the hold.
        let module = self.node.engine.prepare(&release.wasm);
        if let Some(news) = self.catch_up(app, release, &mut judged).await? {
            return Ok(Paused { switched: Switched::News(Box::new(news)), pause: Duration::ZERO });
        }
        let switch = async {
            match self.judge_rest(app, release, &judged).await? {
                Some(news) => Ok(Switched::News(Box::new(news))),
                None => self.registry::<u64>("publish", (arg,)).await.map(Switched::Live),
            }
        };
        let paused = self.held(app.backend, open, switch).await;
        drop(module);
        paused
    }

    /// Brings a version back.
    pub(crate) async fn restore_version(&self, arg: RestoreArg) -> Result<Paused, Problem> {
        let (backend, ends) = (arg.app, arg.end_calls);
        let switch = async { self.registry::<u64>("restore", (arg,)).await.map(Switched::Live) };
        if ends {
            // Their memory goes; nothing is gained by waiting for them.
            let begun = Instant::now();
            return switch.await.map(|switched| Paused { switched, pause: begun.elapsed() });
        }
        self.held(backend, OpenCalls::Spare, switch).await
    }

    /// Lets go of what was held when the node stopped.
    pub(crate) async fn let_go_of_all(&self) -> Result<(), Problem> {
        self.registry::<()>("release_all", ()).await
    }

    fn keep_blobs(&self, app: &App, release: &Release, going: Going<'_>) -> Result<PublishArg, Problem> {
        let blobs = &self.node.blobs;
        let mut assets = Vec::new();
        for (path, asset) in &release.assets {
            let hash = blobs.put(&asset.bytes)?;
            let bytes = asset.bytes.len() as u64;
            assets.push((path.clone(), AssetArg { hash, content_type: asset.content_type.clone(), bytes }));
        }
        let manifest: Vec<_> = assets.iter().map(|(path, file)| (path, hex::encode(file.hash))).collect();
        let manifest =
            serde_json::to_vec(&manifest).map_err(|error| Problem::node(error.to_string(), "report this"))?;
        Ok(PublishArg {
            app: app.backend,
            on_version: app.version,
            module: blobs.put(&release.wasm)?,
            assets,
            roles: going.roles,
            title: going.title,
            source: blobs.put(going.source)?,
            verdict: blobs.put(going.verdict)?,
            manifest: blobs.put(&manifest)?,
            message: going.message,
            by: going.by,
            approved: going.approved,
        })
    }

    /// Runs `switch` while the app takes no new calls and has none open. New calls wait meanwhile and run afterwards.
    async fn held(
        &self,
        backend: Principal,
        open: OpenCalls,
        switch: impl Future<Output = Result<Switched, Problem>> + Send,
    ) -> Result<Paused, Problem> {
        let begun = Instant::now();
        self.registry::<()>("hold", (AppArg { app: backend },)).await?;
        let switched = self.drained(backend, open, switch).await;
        if !matches!(switched, Ok(Switched::Live(_))) {
            // A switch that was done has let go by itself.
            self.registry::<()>("release", (AppArg { app: backend },)).await?;
        }
        let pause = begun.elapsed();
        tracing::info!(app = %backend, milliseconds = pause.as_millis(), "new calls waited for a switch");
        Ok(Paused { switched: switched?, pause })
    }

    async fn drained(
        &self,
        backend: Principal,
        open: OpenCalls,
        switch: impl Future<Output = Result<Switched, Problem>> + Send,
    ) -> Result<Switched, Problem> {
        let begun = Instant::now();
        loop {
            let calls = self.open_calls(backend).await?;
            if calls.is_empty() {
                return switch.await;
            }
            if open == OpenCalls::End {
                self.end_calls(backend).await?;
                return switch.await;
            }
            if begun.elapsed() > DRAIN_MAX {
                return Ok(Switched::Open(calls));
            }
            // Each batch may end some of them.
            self.node.replica.tick().await?;
        }
    }

    /// Has the app end its calls by its own code, since no answer comes any more.
    async fn end_calls(&self, backend: Principal) -> Result<(), Problem> {
        for _ in 0..ENDING_BATCHES {
            self.registry::<()>("end_calls", (AppArg { app: backend },)).await?;
            self.node.replica.tick().await?;
            if self.open_calls(backend).await?.is_empty() {
                return Ok(());
            }
        }
        let text = "the app calls again whenever one of its calls is ended, so it can't be upgraded";
        Err(Problem::node(text, "`autograph restore` brings an earlier version back whatever is open"))
    }

    async fn open_calls(&self, backend: Principal) -> Result<Vec<OpenCall>, Problem> {
        Ok(self.node.replica.read(move |executor| executor.open_calls(backend)).await?)
    }

    /// Open calls in words, each with who waits for what.
    pub(crate) async fn told_calls(&self, calls: Vec<OpenCall>) -> Result<Vec<String>, Problem> {
        let told = self.node.replica.read(move |executor| {
            let registry = &executor.state().registry;
            let name = |id: &Principal| match registry.app(*id) {
                Some(app) => format!("the app {}", app.name),
                None => id.to_text(),
            };
            let sentence = |call: &OpenCall| {
                let whose = call.caller.as_ref().map_or_else(|| "what the app began by itself".into(), &name);
                let whom: Vec<String> = call.waits_for.iter().map(&name).collect();
                match whom.as_slice() {
                    [] => format!("a call of {whose} is still running"),
                    whom => format!("a call of {whose} waits for an answer of {}", whom.join(", ")),
                }
            };
            calls.iter().map(sentence).collect::<Vec<_>>()
        });
        Ok(told.await?)
    }
}
