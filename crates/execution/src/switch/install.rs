//! Installing and upgrading a canister's code; what fails leaves the canister as it was.

use std::sync::Arc;

use candid::Principal;
use embedder::{Entry, Module, Sandbox};
use state::{
    delta::{MemoryKind, MemoryOp},
    replicated::{CanisterCode, SystemState},
};

use super::{Upgrade, first_heartbeat};
use crate::{
    executor::Executor,
    messages::{InputParts, fatal},
    registry::Refused,
    state::memory_id,
    turn::Turn,
    usage::Spent,
};

impl Executor {
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
