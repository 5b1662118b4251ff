//! The only way to a live app: hold new calls, wait until the open ones have ended, switch in one batch, let go.

use std::time::{Duration, Instant};

use candid::Principal;
use execution::{
    Blobs as _,
    registry::{
        App, RoleDefinition,
        calls::{AppArg, AssetArg, PublishArg, RestoreArg},
    },
};
use toolchain::Release;

use super::{Workshop, answer::Problem};

/// How long open calls may take to end before the switch is given up.
const DRAIN_MAX: Duration = Duration::from_secs(10);

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

impl Workshop {
    /// Puts a release live on `app`, if its version is still the one that was judged on.
    pub(crate) async fn publish(&self, app: &App, release: &Release, going: Going<'_>) -> Result<u64, Problem> {
        let arg = self.keep_blobs(app, release, going)?;
        self.held(app.backend, self.registry::<u64>("publish", (arg,))).await
    }

    /// Brings a version back.
    pub(crate) async fn restore_version(&self, arg: RestoreArg) -> Result<u64, Problem> {
        self.held(arg.app, self.registry::<u64>("restore", (arg,))).await
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
        switch: impl Future<Output = Result<u64, Problem>> + Send,
    ) -> Result<u64, Problem> {
        self.registry::<()>("hold", (AppArg { app: backend },)).await?;
        let switched = self.drained(backend, switch).await;
        self.registry::<()>("release", (AppArg { app: backend },)).await?;
        switched
    }

    async fn drained(
        &self,
        backend: Principal,
        switch: impl Future<Output = Result<u64, Problem>> + Send,
    ) -> Result<u64, Problem> {
        let begun = Instant::now();
        loop {
            let open = self.open_calls(backend).await?;
            if open == 0 {
                return switch.await;
            }
            if begun.elapsed() > DRAIN_MAX {
                let text = format!("the app has {open} calls that do not end, so it can't be switched now");
                return Err(Problem::node(
                    text,
                    "try again when the app is quieter; `autograph logs` may say what it waits for",
                ));
            }
            // Each batch may end some of them.
            self.node.replica.tick().await?;
        }
    }

    async fn open_calls(&self, backend: Principal) -> Result<usize, Problem> {
        let count = self.node.replica.read(move |executor| {
            let canister = executor.state().canisters.get(&backend).filter(|canister| canister.damage().is_none());
            // Those of a damaged app end with it.
            canister.map_or(0, |canister| canister.system.open_calls())
        });
        Ok(count.await?)
    }
}
