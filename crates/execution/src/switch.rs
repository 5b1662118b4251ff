//! From one version of an app to another, in one step: backend, frontend, roles and a restore point together.
//!
//! Either all of it is in the batch's delta or nothing is. What a switch replaces is put aside under the number of
//! the version that it replaces; `restore` brings such a point back as a new version, after putting aside the present.

use std::sync::Arc;

use candid::Principal;
use embedder::{Entry, Module, Sandbox};
use state::{
    delta::{MemoryKind, MemoryOp},
    replicated::{
        CanisterCode, Reject, SystemState,
        managed::{BlobHash, ChangeDetails, ChangeOrigin, DeploymentMode},
    },
};

use crate::{
    executor::Executor,
    messages::{InputParts, fatal},
    native,
    registry::{
        AppAssets, Refused, Version,
        calls::{PublishArg, RestoreArg},
    },
    state::{RestorePoint, global_records, memory_id},
    turn::Turn,
    usage::Spent,
};

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
        let (current, assets) = self.ready_to_switch(backend, arg.on_version)?;
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
        Ok(number)
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
        let (current, assets) = self.ready_to_switch(backend, arg.on_version)?;
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
        self.end_calls_if_damaged(backend);
        let present = self.restore_point(backend)?;
        self.keep_point(backend, current, present);
        self.bring_back(backend, arg.version, &point);
        self.put_assets(assets, point.assets);
        let number = current + 1;
        self.state.registry.restore_members(backend, point.members);
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
        Ok(number)
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

    /// Answers everybody who waits for a canister whose code is gone.
    pub(crate) fn reject_all(&mut self, system: SystemState, why: &Reject) {
        use state::replicated::{CallOrigin, Message, Payload};
        let gone = Payload::Reject(why.clone());
        for (_, context) in system.call_contexts {
            if !context.responded {
                self.respond(context.origin, gone.clone(), context.cycles);
            }
        }
        for message in system.queue.into_iter().chain(system.deferred) {
            let (origin, refund) = match message {
                Message::Ingress(call) => (CallOrigin::Ingress { request_id: call.request_id, sender: call.sender }, 0),
                Message::Request(call) => {
                    (CallOrigin::Canister { sender: call.sender, callback: call.callback }, call.cycles)
                }
                _ => continue,
            };
            self.respond(origin, gone.clone(), refund);
        }
    }

    fn ready_to_switch(&self, backend: Principal, on_version: u64) -> Result<(u64, Principal), Refused> {
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
            _ if canister.damage().is_some() => Ok((app.version, app.assets)),
            0 => Ok((app.version, app.assets)),
            open => busy(open),
        }
    }

    fn restore_point(&self, backend: Principal) -> Result<RestorePoint, Refused> {
        let gone = || Refused("there is no such app".into());
        let app = self.state.registry.app(backend).ok_or_else(gone)?;
        let canister = self.state.canisters.get(&backend).ok_or_else(gone)?;
        let assets = self.state.canisters.get(&app.assets).map(|c| (*c.assets).clone()).unwrap_or_default();
        // Waiting messages and the log belong to the present, not to the point.
        let system = SystemState {
            queue: Default::default(),
            held: false,
            logs: Arc::default(),
            logs_total: 0,
            ..canister.system.clone()
        };
        Ok(RestorePoint {
            system,
            globals: global_records(&canister.memory.globals),
            assets,
            roles: app.roles.clone(),
            title: app.title.clone(),
            members: self.state.registry.members_snapshot(backend),
        })
    }

    /// The open calls of a damaged canister can't go on: whoever waits for them is told.
    fn end_calls_if_damaged(&mut self, id: Principal) {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        let Some(what) = canister.damage() else { return };
        let call_contexts = std::mem::take(&mut canister.system.call_contexts);
        canister.system.callbacks.clear();
        let ended = SystemState { call_contexts, ..SystemState::new(Default::default(), 0) };
        self.reject_all(ended, &crate::reject::damaged(id, &what));
    }

    /// Whether a point's memories are what was put aside; all of their pages are looked at.
    fn check_point(&self, backend: Principal, number: u64) -> Result<(), Refused> {
        let Some((heap, stable)) = self.state.point_memories.get(&(backend, number)) else { return Ok(()) };
        let damaged = |what: String| {
            Refused(format!(
                "the data of version {number} was altered outside of this program ({what}); restore another"
            ))
        };
        heap.check().and_then(|()| stable.check()).map_err(damaged)
    }

    fn keep_point(&mut self, backend: Principal, number: u64, point: RestorePoint) {
        self.state.points.insert((backend, number), point);
        self.changes.points.insert((backend, number));
        if let Some(canister) = self.state.canisters.get(&backend) {
            let memories = (canister.memory.heap.clone(), canister.memory.stable.clone());
            self.state.point_memories.insert((backend, number), memories);
        }
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            let (from, to) = (memory_id(backend, kind, 0), memory_id(backend, kind, number));
            self.changes.memories.push(MemoryOp::Fork { from, to });
        }
    }

    fn drop_point(&mut self, backend: Principal, number: u64) {
        if self.state.points.remove(&(backend, number)).is_none() {
            return;
        }
        self.state.point_memories.remove(&(backend, number));
        self.changes.points.insert((backend, number));
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            self.changes.memories.push(MemoryOp::Drop(memory_id(backend, kind, number)));
        }
    }

    fn bring_back(&mut self, backend: Principal, number: u64, point: &RestorePoint) {
        self.instances.take(backend);
        let memories = self.state.point_memories.get(&(backend, number)).cloned().unwrap_or_default();
        let Some(canister) = self.state.canisters.get_mut(&backend) else { return };
        let waiting = std::mem::take(&mut canister.system.queue);
        // A version is brought back, not the money that was spent since.
        let SystemState { held, version, next_id, cycles, paid_until, logs_total, .. } = canister.system;
        let (logs, version, old) = (canister.system.logs.clone(), version + 1, point.system.clone());
        let kept = SystemState { queue: waiting, held, version, next_id, cycles, paid_until, ..old };
        canister.system = SystemState { logs, logs_total, ..kept };
        (canister.memory.heap, canister.memory.stable) = memories;
        canister.memory.globals = point.globals.iter().map(|global| global.value()).collect();
        self.changes.canisters.insert(backend);
        self.changes.globals.insert(backend);
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            let (from, to) = (memory_id(backend, kind, number), memory_id(backend, kind, 0));
            self.changes.memories.push(MemoryOp::Fork { from, to });
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

    /// Installs or upgrades; after an error the canister is as before.
    pub(crate) fn install(&mut self, id: Principal, module: &Arc<Module>, fresh: bool) -> Result<(), Refused> {
        if fresh {
            return self.install_fresh(id, module, &[]);
        }
        let keep = self.module_of(id).is_some_and(|old| old.keeps_memory());
        self.upgrade(id, module, &[], Upgrade { pre: true, keep })
    }

    /// Installs on an emptied canister (interface spec, "Code installation").
    pub(crate) fn install_fresh(&mut self, id: Principal, module: &Arc<Module>, arg: &[u8]) -> Result<(), Refused> {
        let before = self.instances.take(id);
        let Some(canister) = self.state.canisters.get_mut(&id) else {
            return Err(Refused("its canister is gone".into()));
        };
        let memory = std::mem::take(&mut canister.memory);
        let system = canister.system.clone();
        canister.system.global_timer = 0;
        canister.system.certified_data.clear();
        canister.system.code = CanisterCode::Wasm(module.hash());
        canister.system.heartbeat_at = first_heartbeat(module, self.state.time);
        // A memory that shrinks to nothing in the log, so that no byte of the old one can show.
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            self.changes.memories.push(MemoryOp::Drop(memory_id(id, kind, 0)));
        }
        let drops = self.changes.memories.len();
        let installed = Sandbox::install(&self.engine, module.clone()).map_err(|error| Refused(error.to_string()));
        let done = installed.and_then(|sandbox| {
            self.instances.put(id, sandbox, self.state.time);
            self.run_steps(id, &[Entry::Start, Entry::Init], arg)
        });
        match done {
            Ok(()) => Ok(()),
            Err(refused) => {
                self.changes.memories.truncate(drops - 2);
                self.instances.take(id);
                if let Some(canister) = self.state.canisters.get_mut(&id) {
                    canister.memory = memory;
                    canister.system = SystemState {
                        logs: canister.system.logs.clone(),
                        logs_total: canister.system.logs_total,
                        ..system
                    };
                }
                if let Some(sandbox) = before {
                    self.instances.put(id, sandbox, self.state.time);
                }
                Err(refused)
            }
        }
    }

    /// Upgrades: the old code's `canister_pre_upgrade`, then the new code over the same memory (interface spec,
    /// "Code upgrade").
    pub(crate) fn upgrade(
        &mut self,
        id: Principal,
        module: &Arc<Module>,
        arg: &[u8],
        how: Upgrade,
    ) -> Result<(), Refused> {
        let old = self.module_of(id).ok_or_else(|| Refused("there is nothing to upgrade".into()))?;
        if how.keep && !module.keeps_memory() {
            return Err(Refused("the new module would not keep the main memory of the old one".into()));
        }
        let system = self.state.canisters.get(&id).map(|canister| canister.system.clone());
        let upgraded = self.upgrade_steps(id, &old, module, arg, how);
        if upgraded.is_err() {
            self.undo_upgrade(id, &old, system);
        }
        upgraded
    }

    fn upgrade_steps(
        &mut self,
        id: Principal,
        old: &Arc<Module>,
        module: &Arc<Module>,
        arg: &[u8],
        Upgrade { pre, keep }: Upgrade,
    ) -> Result<(), Refused> {
        if pre && old.has(&Entry::PreUpgrade) {
            self.run_step(id, Entry::PreUpgrade, &[])?;
        }
        let replace = |turn: &mut Turn<'_>| {
            let sandbox = turn.sandbox().map_err(Refused)?;
            sandbox.replace_module(module.clone(), keep).map_err(|error| Refused(error.to_string()))
        };
        self.with_turn(id, replace).unwrap_or_else(|| Err(Refused("its canister is gone".into())))?;
        if let Some(canister) = self.state.canisters.get_mut(&id) {
            canister.system.code = CanisterCode::Wasm(module.hash());
            canister.system.heartbeat_at = first_heartbeat(module, self.state.time);
            canister.system.global_timer = 0;
        }
        self.run_steps(id, &[Entry::Start, Entry::PostUpgrade], arg)
    }

    fn undo_upgrade(&mut self, id: Principal, old: &Arc<Module>, system: Option<SystemState>) {
        let (Some(canister), Some(system)) = (self.state.canisters.get_mut(&id), system) else { return };
        canister.system =
            SystemState { logs: canister.system.logs.clone(), logs_total: canister.system.logs_total, ..system };
        if let Some(sandbox) = self.instances.get_mut(id) {
            fatal(sandbox.restore(old.clone(), &canister.memory));
        }
    }

    fn run_steps(&mut self, id: Principal, entries: &[Entry], arg: &[u8]) -> Result<(), Refused> {
        for entry in entries {
            let has = self.module_of(id).is_some_and(|module| module.has(entry));
            if has {
                self.run_step(id, entry.clone(), arg)?;
            }
        }
        let committed = self.with_turn(id, |turn| turn.commit_memory()).unwrap_or(Ok(0));
        let grown_bytes = committed.map_err(|altered| Refused(altered.to_string()))?;
        self.usage.add(id, None, Spent { instructions: 0, grown_bytes });
        self.directory_changed = true;
        self.changes.canisters.insert(id);
        // Globals start from the module's own values, so all of them are news.
        self.changes.globals.insert(id);
        if let Some(canister) = self.state.canisters.get_mut(&id) {
            canister.system.version += 1;
        }
        Ok(())
    }

    /// One step of an installation; its memory stays uncommitted until all steps went well.
    fn run_step(&mut self, id: Principal, entry: Entry, arg: &[u8]) -> Result<(), Refused> {
        let name = entry.to_string();
        let parts = InputParts { caller: crate::REGISTRY, arg: arg.into(), ..InputParts::default() };
        let step = |turn: &mut Turn<'_>| {
            let limits = turn.env.limits(turn.env.config.install_instructions);
            let execution = turn.run(&entry, &parts, &limits);
            let spent = Spent { instructions: execution.instructions, grown_bytes: 0 };
            turn.out.usage.add(id, None, spent);
            turn.note_logs(&execution);
            match execution.outcome {
                Ok(effects) => {
                    turn.apply_settings(&effects);
                    Ok(())
                }
                Err(trap) => {
                    turn.note_trap(&trap);
                    Err(Refused(format!("{name}: {trap}")))
                }
            }
        };
        self.changes.canisters.insert(id);
        self.with_turn(id, step).unwrap_or_else(|| Err(Refused("its canister is gone".into())))
    }
}
