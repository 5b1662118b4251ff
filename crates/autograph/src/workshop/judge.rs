//! The gate, given what it needs of this node: the live side's types, a fork, and the compiler's word on both.

use std::time::Duration;

use candid::Principal;
use execution::{
    Fork, Kept,
    registry::{App, OWNER, RoleDefinition, VISITOR},
};
use gate::{Caller, Finding, Mark, Options, Side, Verdict, heap::HeapError};
use toolchain::{BuildError, Diagnostic, Release, Severity};

use super::{Workshop, answer::Problem, behaviour::Known, looked::Looked, proposals::Proposal};

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
        let Options { roles, members, declared, .. } = self.access_options(app, &roles, Some(&proposal.tree)).await?;
        let options = Options { roles, members, declared, looked_at: Some(looked.counter()), ..options };
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

/// A fork for the gate.
pub(super) struct ForkOf {
    fork: Fork,
    kept: Vec<Kept>,
}

impl gate::Fork for ForkOf {
    fn upgrade(&mut self, wasm: &[u8]) -> Result<(), String> {
        self.fork.upgrade(wasm)
    }

    fn install(&mut self, wasm: &[u8]) -> Result<(), String> {
        self.fork.install(wasm)
    }

    fn query(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let who = self.principal(&caller);
        self.fork.query(who, method, arg).map_err(|reject| reject.message)
    }

    fn call(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let who = self.principal(&caller);
        self.fork.call(who, method, arg).map_err(|reject| reject.message)
    }

    fn identity(&mut self, caller: &Caller) -> Vec<String> {
        let who = self.principal(caller);
        let member = self.fork.member_id(who);
        [who.to_text(), member].into_iter().filter(|name| !name.is_empty()).collect()
    }

    fn limit(&mut self, instructions: Option<u64>) {
        self.fork.limit(instructions);
    }

    fn standing(&mut self, who: Principal) -> Caller {
        let standing = self.fork.standing(who);
        match standing.role.as_str() {
            _ if who == Principal::anonymous() => Caller::Anonymous,
            OWNER => Caller::Owner,
            VISITOR => Caller::Stranger,
            role => Caller::Member(role.into()),
        }
    }

    fn query_as(&mut self, who: Principal, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        self.fork.query(who, method, arg).map_err(|reject| reject.message)
    }

    fn call_as(&mut self, who: Principal, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        self.fork.call(who, method, arg).map_err(|reject| reject.message)
    }

    fn keep(&mut self) -> Mark {
        self.kept.push(self.fork.keep());
        Mark(self.kept.len() - 1)
    }

    fn back(&mut self, mark: Mark) {
        if let Some(kept) = self.kept.get(mark.0) {
            self.fork.back(kept);
        }
    }

    fn forget(&mut self, mark: Mark) {
        if mark.0 + 1 == self.kept.len() {
            self.kept.pop();
        }
    }

    fn pass(&mut self, time: Duration) {
        self.fork.pass(time);
    }

    fn variables(&mut self, stable_types: &str) -> Option<Result<Vec<(String, gate::Value)>, HeapError>> {
        let read = |heap: &embedder::Heap| gate::heap::variables(heap.as_slice(), stable_types);
        // A step that traps is found by the dry run, with its reason; the census then goes by what queries show.
        self.fork.before_upgrade(read).ok()
    }

    fn memories(&mut self, before: Mark, after: Mark, look: gate::Look<'_>) -> Option<Result<(), String>> {
        let (before, after) = (self.kept.get(before.0)?, self.kept.get(after.0)?);
        let (mut one, mut other) = (self.fork.at(before), self.fork.at(after));
        let looked = one.before_upgrade(|old| other.before_upgrade(|new| look(old.as_slice(), new.as_slice())));
        Some(looked.and_then(|looked| looked))
    }

    fn same(&mut self, one: Mark, other: Mark) -> bool {
        match (self.kept.get(one.0), self.kept.get(other.0)) {
            (Some(one), Some(other)) => self.fork.same_memory(one, other),
            _ => false,
        }
    }

    fn stable_memory(&mut self, before: Mark, after: Mark) -> Option<gate::StableChange> {
        let found = self.fork.stable_memory(self.kept.get(before.0)?, self.kept.get(after.0)?)?;
        let execution::StableChange { before, after, pages, changed, cleared } = found;
        Some(gate::StableChange { before, after, pages, changed, cleared })
    }
}

impl ForkOf {
    pub(super) fn new(fork: Fork) -> ForkOf {
        ForkOf { fork, kept: Vec::new() }
    }

    /// A principal with the standing to be tried out.
    fn principal(&mut self, caller: &Caller) -> Principal {
        match caller {
            Caller::Anonymous => Principal::anonymous(),
            Caller::Stranger => Principal::self_authenticating(b"a stranger"),
            Caller::Owner => self.fork.as_owner(),
            Caller::Member(role) => self.fork.as_member(role),
            Caller::Known(_, member) => self.fork.as_known(member),
        }
    }
}
