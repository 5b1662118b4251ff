//! A looking glass: a fork that is served, pages and people included, so that an app can be opened as somebody else
//! or as it was, and nothing that happens there reaches it.
//!
//! Like every fork it shares committed pages, which nobody writes, and has no outside.

use std::sync::Arc;

use candid::Principal;
use embedder::Engine;
use protocol::CanisterId;
use state::replicated::{CanisterCode, NativeKind};

use crate::{
    config::ExecutionConfig,
    executor::{Blobs, Executor},
    fork::ForkSeed,
    native,
    registry::{App, AppAssets, OWNER, Refused, Registry},
    state::{Canister, RestorePoint},
};

/// Whom everybody counts as who looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandIn {
    /// Somebody without a key.
    Anonymous,
    /// Somebody whom nobody invited.
    Stranger,
    /// The app's owner.
    Owner,
    /// A new member with this role.
    Role(String),
    /// The member with this id.
    Member(String),
}

impl Executor {
    /// Copies what a look at an app needs: as it is, or as it was when `version` was replaced.
    ///
    /// # Errors
    /// There is no such app or version.
    pub fn look_seed(&self, backend: Principal, version: Option<u64>) -> Result<ForkSeed, Refused> {
        let gone = || Refused("there is no such app".into());
        let app = self.state.registry.app(backend).ok_or_else(gone)?;
        let mut seed = self.fork_seed(backend).ok_or_else(gone)?;
        let pages = self.state.canisters.get(&app.assets).map(|canister| (*canister.assets).clone());
        seed.put_pages(pages.unwrap_or_default());
        let Some(version) = version.filter(|version| *version != app.version) else { return Ok(seed) };
        if self.state.registry.version(backend, version).is_none() {
            return Err(Refused(format!("the app has no version {version}")));
        }
        let Some(point) = self.state.points.get(&(backend, version)) else {
            return Err(Refused(format!("version {version} has no restore point")));
        };
        seed.turn_back(version, point, self.state.point_memories.get(&(backend, version)).cloned().unwrap_or_default());
        Ok(seed)
    }
}

impl ForkSeed {
    /// The app, its people and nothing else.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.state.registry
    }

    /// The app's backend.
    #[must_use]
    pub fn backend(&self) -> Principal {
        self.backend
    }

    /// Bytes that the backend's WebAssembly memory and its stable memory have.
    #[must_use]
    pub fn bytes_of_memories(&self) -> (u64, u64) {
        let memory = self.state.canisters.get(&self.backend).map(|canister| &canister.memory);
        memory.map_or((0, 0), |memory| (memory.heap.bytes(), memory.stable.bytes()))
    }

    /// Whether the memories are what was committed; all of their pages are looked at.
    ///
    /// # Errors
    /// What was altered.
    pub fn check(&self) -> Result<(), String> {
        let Some(canister) = self.state.canisters.get(&self.backend) else { return Ok(()) };
        canister.memory.heap.check().and_then(|()| canister.memory.stable.check())
    }

    /// Whether the app is made of this module and these pages.
    #[must_use]
    pub fn runs(&self, module: &[u8; 32], pages: &AppAssets) -> bool {
        let canister = |id: Principal| self.state.canisters.get(&id);
        let files = self.state.registry.app(self.backend).and_then(|app| canister(app.assets));
        let code = canister(self.backend).map(|canister| &canister.system.code);
        matches!(code, Some(CanisterCode::Wasm(hash)) if hash == module)
            && files.is_some_and(|canister| *canister.assets == *pages)
    }

    /// Gives the app these pages.
    pub fn put_pages(&mut self, files: AppAssets) {
        let assets = self.assets();
        let mut canister = Canister::native(NativeKind::Assets);
        canister.system.certified_data = native::fingerprint(&files);
        canister.assets = Arc::new(files);
        self.state.canisters.insert(assets, canister);
    }

    /// The key as which everybody who looks is to call.
    ///
    /// A member's own key is taken where there is one, since an app may know its people by their keys.
    pub fn stand_in(&mut self, who: &StandIn) -> Principal {
        let (backend, registry) = (self.backend, &mut self.state.registry);
        match who {
            StandIn::Anonymous => Principal::anonymous(),
            StandIn::Stranger => Principal::self_authenticating(b"a stranger"),
            StandIn::Owner => {
                let owner = registry.app(backend).map(|app| app.owner.clone()).unwrap_or_default();
                let known = registry.keys_of(&owner).next();
                known.unwrap_or_else(|| registry.let_owner_in(backend))
            }
            StandIn::Role(role) if role == OWNER => self.stand_in(&StandIn::Owner),
            StandIn::Role(role) => registry.let_in(backend, role),
            StandIn::Member(id) => registry.key_of_member(backend, id),
        }
    }

    /// Runs the fork with a certified state of its own. `passes`: whether its timers run as time goes by.
    #[must_use]
    pub fn serve(self, engine: Arc<Engine>, blobs: Arc<dyn Blobs>, config: ExecutionConfig, passes: bool) -> Executor {
        let mut executor = Executor::over(self.state, engine, blobs, config);
        if passes {
            executor.plan_all_tasks();
        }
        executor.certify_all();
        executor
    }

    /// The asset canister; an app that isn't there yet gets one.
    fn assets(&mut self) -> Principal {
        let unused = CanisterId::from_index(u64::MAX - 1).principal();
        let known = self.state.registry.app(self.backend).map_or(unused, |app| app.assets);
        if known != crate::REGISTRY {
            return known;
        }
        // The app was put there by whoever made the fork, so it can be changed.
        let _ = self.state.registry.update(self.backend, |app: &mut App| app.assets = unused);
        unused
    }

    /// Makes backend, pages, roles and members what they were at a restore point.
    fn turn_back(
        &mut self,
        version: u64,
        point: &RestorePoint,
        memories: (state::pages::PagedMemory, state::pages::PagedMemory),
    ) {
        self.put_pages(point.assets.clone());
        if let Some(canister) = self.state.canisters.get_mut(&self.backend) {
            canister.system = crate::fork::without_calls(point.system.clone());
            (canister.memory.heap, canister.memory.stable) = memories;
            canister.memory.globals = point.globals.iter().map(|global| global.value()).collect();
        }
        self.state.registry.restore_members(self.backend, point.members.clone());
        let _ = self.state.registry.update(self.backend, |app| {
            app.version = version;
            app.roles.clone_from(&point.roles);
            app.title.clone_from(&point.title);
        });
    }
}

impl Registry {
    /// A key of this member: one of theirs, or a made-up one for somebody who never came.
    fn key_of_member(&mut self, backend: Principal, id: &str) -> Principal {
        let mut members = self.members_snapshot(backend);
        let made_up = Principal::self_authenticating(format!("the member {id} on a fork"));
        let Some(member) = members.get_mut(id) else { return made_up };
        if let Some(key) = member.keys.last() {
            return *key;
        }
        member.keys.push(made_up);
        self.restore_members(backend, members);
        made_up
    }
}
