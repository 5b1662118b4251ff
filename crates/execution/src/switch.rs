//! From one version of an app to another, in one step: backend, frontend, roles and a restore point together.
//!
//! Either all of it is in the batch's delta or nothing is. What a switch replaces is put aside under the number of
//! the version that it replaces; `restore` brings such a point back as a new version, after putting aside the present.

mod at_once;
mod calls;
mod erase;
mod install;
mod points;

use std::sync::Arc;

use candid::Principal;
use embedder::{Entry, Module};
use state::{
    delta::{MemoryKind, MemoryOp},
    replicated::managed::{BlobHash, ChangeDetails, ChangeOrigin, DeploymentMode},
};

use crate::{
    executor::Executor,
    native,
    registry::{
        AppAssets, OWNER, Refused, Version,
        calls::{PublishArg, RestoreArg},
    },
    state::memory_id,
};

pub use calls::OpenCall;
pub use erase::TEXT_BYTES_MIN;

/// When a module's first heartbeat is due; 0 if it has none.
pub(crate) fn first_heartbeat(module: &Module, now: u64) -> u64 {
    if module.has(&Entry::Heartbeat) { now + crate::tasks::HEARTBEAT_NS } else { 0 }
}

/// What an upgrade does besides replacing the module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upgrade {
    /// Runs the old module's `canister_pre_upgrade` first.
    pub(crate) pre: bool,
    /// Keeps the WebAssembly memory.
    pub(crate) keep: bool,
}

/// Why a switch can't happen now although nothing is wrong with the release.
fn busy<T>(open: usize) -> Result<T, Refused> {
    Err(Refused(format!("busy: {open} calls of the app are still open")))
}

impl Executor {
    /// Puts a release live. The caller has held the app and waited until its calls ended.
    pub(crate) fn publish(&mut self, arg: PublishArg) -> Result<u64, Refused> {
        let backend = arg.app;
        let (current, assets) = self.ready_to_switch(backend, arg.on_version, false)?;
        let module = self.env().module(&arg.module).map_err(Refused)?;
        let files: AppAssets = arg.assets.iter().map(|(path, file)| (path.clone(), file.clone().into())).collect();
        if let Some((path, _)) = files.iter().find(|(_, file)| self.blobs.get(&file.hash).is_none()) {
            return Err(Refused(format!("the file {path} of the release is not in the blob store")));
        }
        let point = self.restore_point(backend)?;
        if current > 0 {
            self.keep_point(backend, current, point);
        }
        if let Err(refused) = self.install(backend, &module, current == 0) {
            self.drop_point(backend, current);
            return Err(refused);
        }
        self.record_switch(backend, current, &arg);
        self.put_assets(assets, files);
        let number = current + 1;
        self.state.registry.update(backend, |app| {
            app.version = number;
            app.roles = arg.roles;
            app.title = arg.title;
        })?;
        self.state.registry.end_memberships_without_role(backend);
        self.state.registry.add_version(
            backend,
            Version {
                number,
                at: self.state.time,
                message: arg.message,
                by: arg.by,
                restored_from: None,
                module: arg.module,
                source: arg.source,
                manifest: arg.manifest,
                verdict: arg.verdict,
                approved: arg.approved,
            },
        );
        self.let_go(backend);
        Ok(number)
    }

    /// A switch that is done ends the hold in its own batch, so that no crash finds it done and the app held.
    fn let_go(&mut self, backend: Principal) {
        let Some(canister) = self.state.canisters.get_mut(&backend) else { return };
        canister.system.held = false;
        if canister.has_waiting() {
            self.ready.push(backend);
        }
        self.changes.canisters.insert(backend);
    }

    /// A switch is a code deployment like any other in the history of the app's backend.
    fn record_switch(&mut self, backend: Principal, current: u64, arg: &PublishArg) {
        let mode = if current == 0 { DeploymentMode::Install } else { DeploymentMode::Upgrade };
        let details = ChangeDetails::CodeDeployment { mode, module: BlobHash(arg.module) };
        self.record(backend, ChangeOrigin::User(arg.by), details);
    }

    /// Brings back code, data, access and assets as they were when `version` was replaced, as a new version.
    pub(crate) fn restore(&mut self, arg: &RestoreArg) -> Result<u64, Refused> {
        let backend = arg.app;
        let (current, assets) = self.ready_to_switch(backend, arg.on_version, arg.end_calls)?;
        if arg.version == current {
            return Err(Refused(format!("version {current} is the one that is live")));
        }
        let Some(old) = self.state.registry.version(backend, arg.version).cloned() else {
            return Err(Refused(format!("the app has no version {}", arg.version)));
        };
        let Some(point) = self.state.points.get(&(backend, arg.version)).cloned() else {
            return Err(Refused(format!("version {} has no restore point", arg.version)));
        };
        self.check_point(backend, arg.version)?;
        self.cut_calls_of(backend);
        let present = self.restore_point(backend)?;
        self.keep_point(backend, current, present);
        self.bring_back(backend, arg.version, &point);
        self.put_assets(assets, point.assets);
        let number = current + 1;
        let mut members = point.members;
        // Browsers of the owner's that were turned out stay out.
        members.retain(|_, member| member.role != OWNER);
        let present = self.state.registry.members_snapshot(backend);
        for id in &arg.leave_out {
            members.remove(id);
            let kept = present.get(id).filter(|member| point.roles.iter().any(|role| role.id == member.role));
            members.extend(kept.map(|member| (id.clone(), member.clone())));
        }
        self.state.registry.restore_members(backend, members);
        self.state.registry.update(backend, |app| {
            app.version = number;
            app.roles = point.roles;
            app.title = point.title;
        })?;
        self.state.registry.add_version(
            backend,
            Version {
                number,
                at: self.state.time,
                message: arg.message.clone(),
                by: arg.by,
                restored_from: Some(arg.version),
                approved: Vec::new(),
                ..old
            },
        );
        self.let_go(backend);
        Ok(number)
    }

    /// Open calls can't go on in memory that is brought back: whoever waits for them is told.
    fn cut_calls_of(&mut self, backend: Principal) {
        let damage = self.state.canisters.get(&backend).and_then(|canister| canister.damage());
        let why = match damage {
            Some(what) => crate::reject::damaged(backend, &what),
            None => crate::reject::changed_meanwhile(backend),
        };
        self.cut_calls(backend, &why);
    }

    /// Removes an app with everything that belongs to it.
    pub(crate) fn delete_app(&mut self, backend: Principal) -> Result<(), Refused> {
        let Some(app) = self.state.registry.app(backend).cloned() else {
            return Err(Refused("there is no such app".into()));
        };
        let points: Vec<u64> = self.state.points.keys().filter(|(id, _)| *id == backend).map(|(_, n)| *n).collect();
        points.into_iter().for_each(|number| self.drop_point(backend, number));
        self.state.registry.remove(backend);
        for id in [backend, app.assets] {
            self.remove_canister(id);
        }
        Ok(())
    }

    /// Takes a canister out of the state; its open callers are told.
    pub(crate) fn remove_canister(&mut self, id: Principal) {
        self.give_up_long(id);
        let Some(canister) = self.state.canisters.remove(&id) else { return };
        self.directory_changed = true;
        self.instances.take(id);
        self.ready.remove(id);
        self.changes.canisters.insert(id);
        self.changes.globals.insert(id);
        self.changes.assets.insert(id);
        self.changes.managed.insert(id);
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            self.changes.memories.push(MemoryOp::Drop(memory_id(id, kind, 0)));
        }
        self.drop_snapshots(id, &canister.managed);
        self.reject_all(canister.system, &crate::reject::not_found(id));
    }

    /// The live version and the asset canister, if nothing stands in the way. With `end_calls` open calls don't.
    fn ready_to_switch(
        &self,
        backend: Principal,
        on_version: u64,
        end_calls: bool,
    ) -> Result<(u64, Principal), Refused> {
        let Some(app) = self.state.registry.app(backend) else { return Err(Refused("there is no such app".into())) };
        if app.version != on_version {
            let text = format!("version {} went live meanwhile; this was judged on version {on_version}", app.version);
            return Err(Refused(text));
        }
        let Some(canister) = self.state.canisters.get(&backend) else {
            return Err(Refused("its canister is gone".into()));
        };
        if canister.system.frozen {
            return Err(Refused("the app is frozen; thaw it first".into()));
        }
        match canister.system.open_calls() {
            _ if end_calls || canister.damage().is_some() => Ok((app.version, app.assets)),
            0 => Ok((app.version, app.assets)),
            open => busy(open),
        }
    }

    fn put_assets(&mut self, id: Principal, files: AppAssets) {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        canister.system.certified_data = native::fingerprint(&files);
        canister.system.version += 1;
        canister.assets = Arc::new(files);
        self.changes.canisters.insert(id);
        self.changes.assets.insert(id);
        self.directory_changed = true;
    }
}
