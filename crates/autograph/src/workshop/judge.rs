//! The gate, given what it needs of this node: the live side's types, a fork, and the compiler's word on both.

use execution::{
    Fork,
    registry::{App, RoleDefinition},
};
use gate::{Finding, Options, Side, Verdict};
use toolchain::{BuildError, Diagnostic, Limit, Release, Severity};

use super::{Workshop, answer::Problem, behaviour::Known, fork_of::ForkOf, looked::Looked, proposals::Proposal};

/// What the live module says about itself.
#[derive(Clone, Debug)]
pub(crate) struct LiveTypes {
    pub(super) candid: String,
    pub(super) stable: String,
}

impl Workshop {
    /// Judges a release against the live app, or as a first version.
    pub(crate) async fn judge(
        &self,
        app: Option<&App>,
        release: &Release,
        proposal: &Proposal,
        looked: &Looked,
    ) -> Result<Verdict, Problem> {
        let live = match app.filter(|app| app.version > 0) {
            Some(app) => Some(self.live_types(app).await?),
            None => None,
        };
        let stable = match &live {
            Some(live) => self.stable_findings(&live.stable, &release.stable_types).await?,
            None => Vec::new(),
        };
        let mut fork = ForkOf::new(self.fork(app).await?);
        let roles = both(app.map(|app| app.roles.as_slice()).unwrap_or_default(), proposal.roles());
        fork.fork.set_roles(&roles);
        let Known { options, unreadable } = self.known(app, proposal).await?;
        let Options { roles, members, declared, declared_before, .. } =
            self.access_options(app, &roles, Some(&proposal.tree)).await?;
        let options =
            Options { roles, members, declared, declared_before, looked_at: Some(looked.counter()), ..options };
        let (wasm, candid, types) = (release.wasm.clone(), release.candid.clone(), release.stable_types.clone());
        on_own_thread(move || {
            let side = live.as_ref().map(|live| Side { candid: &live.candid, stable_types: &live.stable });
            let proposed = Side { candid: &candid, stable_types: &types };
            let mut verdict = gate::judge_with(&options, side, proposed, &wasm, &mut fork, &stable);
            verdict.behaviour.extend(unreadable);
            verdict
        })
        .await
    }

    async fn stable_findings(&self, old: &str, new: &str) -> Result<Vec<gate::StableDiagnostic>, Problem> {
        let found = self.toolchain.stable_compatible(old, new).await;
        let found = found
            .map_err(|error| Problem::node(format!("the data's types can't be compared: {error}"), "try again"))?;
        let errors = found.into_iter().filter(|d| d.severity == Severity::Error);
        Ok(errors.map(|d| gate::StableDiagnostic { code: d.code, message: d.message }).collect())
    }

    pub(super) async fn live_types(&self, app: &App) -> Result<LiveTypes, Problem> {
        let backend = app.backend;
        let sections = self
            .node
            .replica
            .read(move |executor| executor.sections(backend, &["candid:service", "motoko:stable-types"]));
        let mut sections =
            sections.await?.into_iter().map(|bytes| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned());
        Ok(LiveTypes { candid: sections.next().unwrap_or_default(), stable: sections.next().unwrap_or_default() })
    }

    pub(super) async fn fork(&self, app: Option<&App>) -> Result<Fork, Problem> {
        let backend = app.map(|app| app.backend);
        let seed = self.node.replica.read(move |executor| match backend {
            Some(backend) => executor.fork_seed(backend),
            None => Some(executor.empty_fork_seed()),
        });
        let seed = seed.await?.ok_or_else(|| Problem::node("the app's canister is gone", "report this"))?;
        Ok(Fork::open(seed, self.node.engine.clone(), self.node.blobs.clone(), self.node.config.clone()))
    }
}

/// Runs what executes canisters on a thread of its own.
pub(super) async fn on_own_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let (sender, done) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("check".into());
    thread.spawn(move || drop(sender.send(work())))?;
    done.await.map_err(|_| Problem::node("the check broke off", "try again, and report this"))
}

/// What a build that failed is, as findings; `None` when the toolchain itself failed.
pub(crate) fn build_findings(error: &BuildError) -> Option<Vec<Finding>> {
    match error {
        BuildError::Diagnostics(diagnostics) => Some(errors(diagnostics).map(super::chain::objection).collect()),
        // The machine is to blame, not the sources.
        BuildError::Limit { limit: Limit::Wait, .. } => None,
        BuildError::Source(_) | BuildError::Limit { .. } => {
            Some(vec![gate::build_finding("", 0, "", &error.to_string(), None)])
        }
        _ => None,
    }
}

/// What keeps it from compiling; warnings beside it would only mislead.
fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    let any = diagnostics.iter().any(|one| one.severity == Severity::Error);
    diagnostics.iter().filter(move |one| !any || one.severity == Severity::Error)
}

/// The roles of the live version and those that the proposal brings: on a fork both are tried.
fn both(live: &[RoleDefinition], proposed: Vec<RoleDefinition>) -> Vec<RoleDefinition> {
    let known = |role: &RoleDefinition| live.iter().any(|live| live.id == role.id);
    live.iter().cloned().chain(proposed.into_iter().filter(|role| !known(role))).collect()
}
