//! A fork: a copy of one app's backend without an outside, to try a release on.
//!
//! It keeps the canister's id, data and members; calls leave it only to the registry's `standing`, or are rejected.
//! Nothing that happens on it reaches the live app: it shares committed pages, which nobody writes.

mod seed;

use std::{sync::Arc, time::Duration};

use candid::Principal;
use embedder::{Engine, Entry};
use state::{
    pages::{PAGE_BYTES, PagedMemory},
    replicated::{Ingress, IngressStatus, Payload, Reject, RequestId, SystemState},
};

use crate::{
    executor::{Batch, Blobs, Executor},
    messages::InputParts,
    query::Query,
    registry::{App, FIRST_PERSON, Invitation, Registry, RoleDefinition, Standing, calls::AppCall},
    state::{Canister, ReplicatedState},
    turn::Turn,
};

/// What a fork starts from; cheap to take.
#[derive(Clone, Debug)]
pub struct ForkSeed {
    pub(crate) backend: Principal,
    pub(crate) state: ReplicatedState,
}

/// The fork.
pub struct Fork {
    executor: Executor,
    backend: Principal,
    calls: u64,
    /// The node's own bounds, in instructions: of an update, and of a query.
    usual: (u64, u64),
}

/// How a fork was at some time.
#[derive(Debug)]
pub struct Kept {
    state: ReplicatedState,
    calls: u64,
}

/// A page of a memory; none where nothing was ever written.
pub type Page<'a> = Option<&'a [u8]>;

/// Batches in which a fork does by itself what is due while time goes by; later timers and heartbeats are left out.
const PASSING_BATCHES: usize = 200;
/// Batches that what was begun may take to end.
const SETTLING_BATCHES: usize = 100;

impl Executor {
    /// Copies what a fork of this app's backend needs.
    #[must_use]
    pub fn fork_seed(&self, backend: Principal) -> Option<ForkSeed> {
        let canister = self.state.canisters.get(&backend)?;
        let mut state = ReplicatedState::empty(self.state.time);
        let copy = Canister {
            system: without_calls(canister.system.clone()),
            memory: canister.memory.clone(),
            assets: canister.assets.clone(),
            managed: canister.managed.clone(),
        };
        state.canisters.insert(backend, copy);
        state.registry = self.state.registry.copy_of(backend);
        Some(ForkSeed { backend, state })
    }

    /// A fork of nothing: an empty canister of an app that isn't there yet.
    #[must_use]
    pub fn empty_fork_seed(&self) -> ForkSeed {
        let backend = protocol::CanisterId::from_index(u64::MAX).principal();
        let mut state = ReplicatedState::empty(self.state.time);
        state.canisters.insert(backend, Canister::new([crate::REGISTRY].into(), self.config.initial_cycles));
        let app = App {
            name: "fork".into(),
            title: String::new(),
            owner: FIRST_PERSON.into(),
            backend,
            assets: crate::REGISTRY,
            version: 0,
            roles: Vec::new(),
            next_member: 0,
            created_at: 0,
        };
        // The name is free in a registry of its own.
        let _ = state.registry.create(app);
        ForkSeed { backend, state }
    }

    /// Custom sections of the module that a canister runs.
    #[must_use]
    pub fn sections(&mut self, id: Principal, names: &[&str]) -> Vec<Option<Vec<u8>>> {
        let module = self.module_of(id);
        let section = |name: &&str| Some(module.as_ref()?.custom_section(name)?.1.to_vec());
        names.iter().map(section).collect()
    }

    /// The engine, to run forks on.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        self.engine.clone()
    }

    /// The blobs, to run forks on.
    #[must_use]
    pub fn blobs(&self) -> Arc<dyn Blobs> {
        self.blobs.clone()
    }
}

/// Waiting and open calls belong to the live app, and so does whatever keeps it from running.
pub(crate) fn without_calls(mut system: SystemState) -> SystemState {
    system.queue.clear();
    system.long = None;
    system.deferred.clear();
    system.call_contexts.clear();
    system.callbacks.clear();
    system.held = false;
    system.frozen = false;
    system
}

impl Fork {
    /// Opens a fork.
    #[must_use]
    pub fn open(seed: ForkSeed, engine: Arc<Engine>, blobs: Arc<dyn Blobs>, config: crate::ExecutionConfig) -> Fork {
        let usual = (config.update_instructions, config.query_instructions);
        Fork { executor: Executor::over(seed.state, engine, blobs, config), backend: seed.backend, calls: 0, usual }
    }

    /// Bounds each update and each query by so many instructions from now on; `None` is what the node allows.
    pub fn limit(&mut self, instructions: Option<u64>) {
        let (update, query) = self.usual;
        let most = instructions.unwrap_or(u64::MAX);
        self.executor.config.update_instructions = update.min(most);
        self.executor.config.query_instructions = query.min(most);
    }

    /// Gives the app these roles, as a switch to a version that has them would.
    pub fn set_roles(&mut self, roles: &[RoleDefinition]) {
        // The app of a fork is always there.
        let _ = self.executor.state.registry.update(self.backend, |app| app.roles = roles.to_vec());
    }

    /// The fork as it is now, to go on from elsewhere.
    #[must_use]
    pub fn seed(&self) -> ForkSeed {
        ForkSeed { backend: self.backend, state: self.executor.state.clone() }
    }

    /// Remembers how the fork is now. Pages are shared, so it is cheap.
    #[must_use]
    pub fn keep(&self) -> Kept {
        Kept { state: self.executor.state.clone(), calls: self.calls }
    }

    /// Makes the fork what it was.
    pub fn back(&mut self, kept: &Kept) {
        *self = self.at(kept);
    }

    /// Another fork that begins as this one was.
    #[must_use]
    pub fn at(&self, kept: &Kept) -> Fork {
        let Executor { engine, blobs, config, .. } = &self.executor;
        let (engine, blobs, config) = (engine.clone(), blobs.clone(), config.clone());
        Fork {
            executor: Executor::over(kept.state.clone(), engine, blobs, config),
            backend: self.backend,
            calls: kept.calls,
            usual: self.usual,
        }
    }

    /// Whether the app's memories surely hold the same in both; found without looking at bytes.
    #[must_use]
    pub fn same_memory(&self, one: &Kept, other: &Kept) -> bool {
        let memory = |kept: &Kept| kept.state.canisters.get(&self.backend).map(|canister| canister.memory.clone());
        match (memory(one), memory(other)) {
            (Some(one), Some(other)) => one.heap.same_as(&other.heap) && one.stable.same_as(&other.stable),
            _ => false,
        }
    }

    /// Shows the pages that the app's stable memory had, each with what stands there later; gives the memory's bytes
    /// before and after.
    pub fn stable_pages<'k>(
        &self,
        before: &'k Kept,
        after: &'k Kept,
        mut look: impl FnMut(Page<'k>, Page<'k>),
    ) -> Option<(u64, u64)> {
        let stable = |kept: &'k Kept| Some(&kept.state.canisters.get(&self.backend)?.memory.stable);
        let (before, after) = (stable(before)?, stable(after)?);
        for index in 0..before.bytes().div_ceil(PAGE_BYTES as u64) {
            let page = |memory: &'k PagedMemory| memory.page(index).map(<[u8; PAGE_BYTES]>::as_slice);
            look(page(before), page(after));
        }
        Some((before.bytes(), after.bytes()))
    }

    /// Lets time go by: timers and heartbeats run when they are due, at most [`PASSING_BATCHES`] times, and what they
    /// begin ends, within [`SETTLING_BATCHES`].
    pub fn pass(&mut self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let end = self.executor.state.time.saturating_add(nanoseconds);
        self.executor.plan_all_tasks();
        for _ in 0..PASSING_BATCHES {
            let Some(due) = self.executor.next_wake().filter(|at| *at < end) else { break };
            self.executor.execute(&Batch { time: due.max(self.executor.state.time), ..Batch::default() });
        }
        self.executor.execute(&Batch { time: end, ..Batch::default() });
        for _ in 0..SETTLING_BATCHES {
            if self.executor.next_wake().is_none_or(|at| at > end) {
                break;
            }
            self.executor.execute(&Batch { time: end, ..Batch::default() });
        }
    }

    /// Installs a module on an empty canister.
    ///
    /// # Errors
    /// The step that failed, and why.
    pub fn install(&mut self, wasm: &[u8]) -> Result<(), String> {
        let module = self.executor.engine.prepare(wasm).map_err(|error| error.to_string())?;
        self.executor.install_fresh(self.backend, &module, &[]).map_err(|refused| refused.0)
    }

    /// Upgrades as a switch would.
    ///
    /// # Errors
    /// The step that failed, and why.
    pub fn upgrade(&mut self, wasm: &[u8]) -> Result<(), String> {
        let module = self.executor.engine.prepare(wasm).map_err(|error| error.to_string())?;
        self.executor.install(self.backend, &module, false).map_err(|refused| refused.0)
    }

    /// Runs the module's `canister_pre_upgrade`, shows `look` the memory that it leaves, and takes the run back.
    ///
    /// # Errors
    /// The canister can't be woken, or the step traps.
    pub fn before_upgrade<T>(&mut self, look: impl FnOnce(&embedder::Heap) -> T) -> Result<T, String> {
        let parts = InputParts { caller: crate::REGISTRY, ..InputParts::default() };
        let run = |turn: &mut Turn<'_>| {
            let limits = turn.env.limits(turn.env.config.install_instructions);
            let has = turn.module().is_ok_and(|module| module.has(&Entry::PreUpgrade));
            let ran = if has { turn.run(&Entry::PreUpgrade, &parts, &limits).outcome.map(drop) } else { Ok(()) };
            let seen = ran.map_err(|trap| trap.to_string()).and_then(|()| Ok(look(turn.sandbox()?.heap())));
            turn.roll_back();
            seen
        };
        self.executor.with_turn(self.backend, run).unwrap_or_else(|| Err("its canister is gone".into()))
    }

    /// A caller whom the fork takes for the app's owner.
    pub fn as_owner(&mut self) -> Principal {
        self.executor.state.registry.let_owner_in(self.backend)
    }

    /// A caller whom the fork takes for a new member with this role.
    pub fn as_member(&mut self, role: &str) -> Principal {
        self.executor.state.registry.let_in(self.backend, role)
    }

    /// A caller whom the fork takes for this member of the live app.
    pub fn as_known(&mut self, member: &str) -> Principal {
        let key = Principal::self_authenticating(format!("{member} on a fork"));
        let token = format!("a link for {member} on a fork");
        let registry = &mut self.executor.state.registry;
        if registry.standing(self.backend, key).member == member {
            return key;
        }
        let known = registry.members(self.backend).find(|(id, _)| *id == member).map(|(_, member)| member.clone());
        // Without such a member the caller stays a stranger.
        let Some(known) = known else { return key };
        let (role, name) = (known.role.as_str(), known.name.as_str());
        let invitation = Invitation { role, name, member: Some(member), token: token.as_bytes(), at: known.at };
        if registry.invite(self.backend, invitation).is_ok() {
            let _ = registry.redeem(self.backend, token.as_bytes(), key);
        }
        key
    }

    /// The id of a caller's membership; empty for those who have none.
    #[must_use]
    pub fn member_id(&self, caller: Principal) -> String {
        self.executor.state.registry.standing(self.backend, caller).member
    }

    /// What this caller is to the app.
    #[must_use]
    pub fn standing(&self, caller: Principal) -> Standing {
        self.executor.state.registry.standing(self.backend, caller)
    }

    /// Asks the fork.
    ///
    /// # Errors
    /// The reject.
    pub fn query(&mut self, sender: Principal, method: &str, arg: &[u8]) -> Result<Vec<u8>, Reject> {
        let query =
            Query { sender, canister: self.backend, method: method.into(), arg: arg.into(), data_certificate: None };
        match self.executor.query(&query).payload {
            Payload::Reply(bytes) => Ok(bytes),
            Payload::Reject(reject) => Err(reject),
        }
    }

    /// Calls the fork as [`AppCall`](crate::registry::calls::AppCall)s are made: the method must answer by itself.
    ///
    /// # Errors
    /// Why it does not; then the fork is as before.
    pub fn call_at_once(&mut self, sender: Principal, method: &str, arg: &[u8]) -> Result<(), String> {
        let call = AppCall { method: method.into(), arg: arg.into() };
        self.executor.call_at_once(self.backend, sender, &[call]).map_err(|refused| refused.0)
    }

    /// Calls the fork, in a batch of its own one second later than the one before, and as many more as a long message
    /// takes.
    ///
    /// # Errors
    /// The reject, or that no answer came within the batch.
    pub fn call(&mut self, sender: Principal, method: &str, arg: &[u8]) -> Result<Vec<u8>, Reject> {
        self.calls += 1;
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.calls.to_be_bytes());
        let request_id = RequestId(id);
        let time = self.executor.state().time + 1_000_000_000;
        let ingress = Ingress {
            request_id,
            sender,
            canister: self.backend,
            method: method.into(),
            arg: arg.into(),
            effective: self.backend,
            expiry: time + 300_000_000_000,
            sender_info: None,
        };
        self.executor.execute(&Batch { time, randomness: [0; 32], ingress: vec![ingress] });
        while self.executor.has_long_messages() {
            self.executor.execute(&Batch { time, ..Batch::default() });
        }
        match self.executor.state().ingress.get(&request_id).map(|entry| entry.status.clone()) {
            Some(IngressStatus::Replied(bytes)) => Ok(bytes),
            Some(IngressStatus::Rejected(reject)) => Err(reject),
            _ => Err(crate::reject::no_reply(self.backend)),
        }
    }
}

impl Registry {
    /// A made-up key of the app's owner.
    pub(crate) fn let_owner_in(&mut self, backend: Principal) -> Principal {
        let key = Principal::self_authenticating(b"the owner on a fork");
        let owner = self.app(backend).map_or(FIRST_PERSON.to_owned(), |app| app.owner.clone());
        self.enrol(&owner, key);
        key
    }

    /// A made-up key of a new member with this role. Without such a role it stays a stranger's, which is what the app
    /// would make of them.
    pub(crate) fn let_in(&mut self, backend: Principal, role: &str) -> Principal {
        let key = Principal::self_authenticating(format!("a {role} on a fork"));
        let token = format!("a link for a {role} on a fork");
        let invitation = Invitation { role, name: "", member: None, token: token.as_bytes(), at: 0 };
        if self.standing(backend, key).role != role && self.invite(backend, invitation).is_ok() {
            let _ = self.redeem(backend, token.as_bytes(), key);
        }
        key
    }

    /// Only what concerns one app.
    fn copy_of(&self, backend: Principal) -> Registry {
        let mut copy = Registry::default();
        if let Some(app) = self.app(backend) {
            for key in self.keys_of(&app.owner) {
                copy.enrol(&app.owner, key);
            }
            // The name was checked when the app was made.
            let _ = copy.create(app.clone());
            copy.restore_members(backend, self.members_snapshot(backend));
        }
        copy
    }
}
