//! The management canister `aaaaa-aa`: the methods that apps and tools use most.
//!
//! Creating, installing, starting, stopping, deleting and looking at canisters, and randomness. Every other method of
//! the interface is answered with a reject that names it.

use protocol::ErrorCode;
use std::collections::BTreeSet;

use candid::{CandidType, Nat, Principal};
use ic_management_canister_types::{
    CanisterIdRecord, CanisterInstallMode, CanisterSettings, InstallCodeArgs, ProvisionalCreateCanisterWithCyclesArgs,
    UpdateSettingsArgs, WasmMemoryPersistence,
};
use serde::Serialize;
use state::replicated::{CallOrigin, CanisterCode, CanisterStatus, Reject, SystemState};

use super::{Native, NativeCall, decode, reply, unit, unknown};
use crate::{executor::Executor, registry::Refused, reject, state::Canister};

#[derive(CandidType, Serialize)]
#[allow(non_camel_case_types, reason = "the interface spells them so")]
enum Status {
    running,
    stopping,
    stopped,
}

/// What `canister_status` tells; fields that this runtime has no figure for are left to their zero.
#[derive(CandidType, Serialize)]
struct StatusReply {
    status: Status,
    settings: SettingsReply,
    module_hash: Option<serde_bytes::ByteBuf>,
    memory_size: Nat,
    cycles: Nat,
    reserved_cycles: Nat,
    idle_cycles_burned_per_day: Nat,
    version: u64,
}

#[derive(CandidType, Serialize)]
struct SettingsReply {
    controllers: Vec<Principal>,
    compute_allocation: Nat,
    memory_allocation: Nat,
    freezing_threshold: Nat,
    wasm_memory_limit: Nat,
}

impl Executor {
    pub(super) fn management_call(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let from_user = matches!(call.origin, CallOrigin::Ingress { .. });
        match call.method {
            "raw_rand" if !from_user => reply((serde_bytes::ByteBuf::from(self.draw_random()),)),
            "create_canister" if !from_user => {
                let arg: Option<CanisterSettings> = decode::<CreateArg>(call.method, call.arg)?.settings;
                self.create(call.caller, arg, call.cycles)
            }
            "provisional_create_canister_with_cycles" => {
                let arg: ProvisionalCreateCanisterWithCyclesArgs = decode(call.method, call.arg)?;
                let cycles = arg.amount.and_then(|amount| u128::try_from(amount.0).ok());
                self.create(call.caller, arg.settings, cycles.unwrap_or(self.config.initial_cycles))
            }
            "install_code" => self.install_code(call),
            "update_settings" => self.update_settings(call),
            "uninstall_code" => {
                let id = self.controlled(call)?;
                self.uninstall(id);
                Ok(Native::Reply(unit()))
            }
            "start_canister" => {
                let id = self.controlled(call)?;
                self.system(id, |system| system.status = CanisterStatus::Running);
                Ok(Native::Reply(unit()))
            }
            "stop_canister" => self.stop(call),
            "delete_canister" => self.delete(call),
            "canister_status" => self.status(call),
            other => unknown("the management canister of this version", other),
        }
    }

    fn create(
        &mut self,
        caller: Principal,
        settings: Option<CanisterSettings>,
        cycles: u128,
    ) -> Result<Native, Reject> {
        let id = self.state.fresh_canister_id();
        self.state.canisters.insert(id, Canister::new(BTreeSet::from([caller]), cycles));
        self.changes.canisters.insert(id);
        if let Some(settings) = settings {
            self.apply_canister_settings(id, settings)?;
        }
        reply((CanisterIdRecord { canister_id: id },))
    }

    fn install_code(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: InstallCodeArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        self.check_controller(id, call)?;
        let hash = self.blobs.put(&arg.wasm_module).map_err(|error| storage(&error))?;
        let module = self.module(hash).map_err(|why| invalid(id, &why))?;
        let empty = self.state.canisters.get(&id).is_none_or(|c| c.system.code == CanisterCode::Empty);
        let open = self.state.canisters.get(&id).map_or(0, |c| c.system.call_contexts.len());
        let done = match arg.mode {
            CanisterInstallMode::Install if !empty => {
                return Err(Reject::new(
                    ErrorCode::CANISTER_ALREADY_INSTALLED,
                    format!("canister {id} has code already"),
                ));
            }
            CanisterInstallMode::Install | CanisterInstallMode::Reinstall => self.install_fresh(id, &module, &arg.arg),
            CanisterInstallMode::Upgrade(_) if empty => return Err(reject::no_code(id)),
            CanisterInstallMode::Upgrade(flags) => {
                let flags = flags.unwrap_or_default();
                self.check_persistence(id, flags.wasm_memory_persistence)?;
                if open > 0 && flags.wasm_memory_persistence.is_some() {
                    let text = format!("canister {id} has {open} open calls; stop it before upgrading");
                    return Err(Reject::new(ErrorCode::CANISTER_QUEUE_NOT_EMPTY, text));
                }
                self.upgrade(id, &module, &arg.arg, flags.skip_pre_upgrade != Some(true))
            }
        };
        done.map(|()| Native::Reply(unit())).map_err(|Refused(why)| reject::trapped(id, &why))
    }

    fn check_persistence(&mut self, id: Principal, asked: Option<WasmMemoryPersistence>) -> Result<(), Reject> {
        let keeps = self.module_of(id).is_some_and(|module| module.keeps_memory());
        let text = match asked {
            None if keeps => "the old module keeps its memory, so the option `wasm_memory_persistence` must be given",
            Some(WasmMemoryPersistence::Replace) if keeps => {
                "replacing a kept memory on upgrade is not offered here: reinstall the canister instead"
            }
            _ => return Ok(()),
        };
        Err(Reject::new(ErrorCode::CANISTER_CONTRACT_VIOLATION, format!("canister {id}: {text}")))
    }

    fn update_settings(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: UpdateSettingsArgs = decode(call.method, call.arg)?;
        self.check_controller(arg.canister_id, call)?;
        self.apply_canister_settings(arg.canister_id, arg.settings)?;
        Ok(Native::Reply(unit()))
    }

    fn apply_canister_settings(&mut self, id: Principal, settings: CanisterSettings) -> Result<(), Reject> {
        if settings.controllers.as_ref().is_some_and(|list| list.len() > 10) {
            return Err(Reject::new(ErrorCode::INVALID_MANAGEMENT_PAYLOAD, "a canister has at most 10 controllers"));
        }
        self.directory_changed = true;
        self.system(id, |system| {
            if let Some(controllers) = settings.controllers {
                system.controllers = controllers.into_iter().collect();
            }
            if let Some(variables) = settings.environment_variables {
                system.environment = variables.into_iter().map(|v| (v.name, v.value)).collect();
            }
            if let Some(limit) = settings.wasm_memory_limit {
                system.wasm_memory_limit = u64::try_from(limit.0).unwrap_or(u64::MAX);
            }
            system.version += 1;
        });
        Ok(())
    }

    fn uninstall(&mut self, id: Principal) {
        let Some(canister) = self.state.canisters.get(&id) else { return };
        let fresh = SystemState {
            controllers: canister.system.controllers.clone(),
            version: canister.system.version + 1,
            status: canister.system.status,
            next_id: canister.system.next_id,
            ..SystemState::new(BTreeSet::new(), canister.system.cycles)
        };
        self.remove_canister(id);
        let mut canister = Canister::new(BTreeSet::new(), 0);
        canister.system = fresh;
        self.state.canisters.insert(id, canister);
    }

    fn stop(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let id = self.controlled(call)?;
        let origin = call.origin.clone();
        let mut stopped = false;
        self.system(id, |system| {
            stopped = system.status == CanisterStatus::Stopped;
            if !stopped {
                system.status = CanisterStatus::Stopping;
                system.stop_waiters.push(origin);
            }
        });
        if stopped {
            return Ok(Native::Reply(unit()));
        }
        self.stop_if_idle(id);
        Ok(Native::Later)
    }

    fn delete(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let id = self.controlled(call)?;
        let stopped = self.state.canisters.get(&id).is_some_and(|c| c.system.status == CanisterStatus::Stopped);
        if !stopped {
            let text = format!("canister {id} must be stopped before it is deleted");
            return Err(Reject::new(ErrorCode::CANISTER_NOT_STOPPED, text));
        }
        self.remove_canister(id);
        Ok(Native::Reply(unit()))
    }

    fn status(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let id = self.controlled(call)?;
        let Some(canister) = self.state.canisters.get(&id) else { return Err(reject::not_found(id)) };
        let system = &canister.system;
        let hash = match system.code {
            CanisterCode::Wasm(hash) => Some(serde_bytes::ByteBuf::from(hash)),
            _ => None,
        };
        reply((StatusReply {
            status: match system.status {
                CanisterStatus::Running => Status::running,
                CanisterStatus::Stopping => Status::stopping,
                CanisterStatus::Stopped => Status::stopped,
            },
            settings: SettingsReply {
                controllers: system.controllers.iter().copied().collect(),
                compute_allocation: Nat::from(0u8),
                memory_allocation: Nat::from(0u8),
                freezing_threshold: Nat::from(0u8),
                wasm_memory_limit: Nat::from(system.wasm_memory_limit),
            },
            module_hash: hash,
            memory_size: Nat::from(canister.memory.heap.bytes() + canister.memory.stable.bytes()),
            cycles: Nat::from(system.cycles),
            reserved_cycles: Nat::from(0u8),
            idle_cycles_burned_per_day: Nat::from(0u8),
            version: system.version,
        },))
    }

    /// The canister that a call names, if the caller controls it.
    fn controlled(&self, call: &NativeCall<'_>) -> Result<Principal, Reject> {
        let arg: CanisterIdRecord = decode(call.method, call.arg)?;
        self.check_controller(arg.canister_id, call)?;
        Ok(arg.canister_id)
    }

    fn check_controller(&self, id: Principal, call: &NativeCall<'_>) -> Result<(), Reject> {
        let canister = self.state.canisters.get(&id).ok_or_else(|| reject::not_found(id))?;
        let own = call.caller == id && matches!(call.method, "canister_status" | "update_settings");
        if own || canister.system.controllers.contains(&call.caller) {
            return Ok(());
        }
        let text =
            format!("only controllers of canister {id} can call `{}` on it, and {} is none", call.method, call.caller);
        Err(Reject::new(ErrorCode::CANISTER_INVALID_CONTROLLER, text))
    }

    fn system(&mut self, id: Principal, change: impl FnOnce(&mut SystemState)) {
        if let Some(canister) = self.state.canisters.get_mut(&id) {
            change(&mut canister.system);
            self.changes.canisters.insert(id);
        }
    }
}

#[derive(CandidType, serde::Deserialize)]
struct CreateArg {
    settings: Option<CanisterSettings>,
}

fn invalid(id: Principal, why: &str) -> Reject {
    Reject::new(ErrorCode::CANISTER_INVALID_WASM, format!("canister {id}: {why}"))
}

fn storage(error: &std::io::Error) -> Reject {
    Reject::new(ErrorCode::CERTIFIED_STATE_UNAVAILABLE, format!("the module can't be kept: {error}"))
}
