//! Installing, upgrading and uninstalling code.

use candid::Principal;
use ic_management_canister_types::{
    CanisterInstallMode, InstallChunkedCodeArgs, InstallCodeArgs, UninstallCodeArgs, UpgradeFlags,
    WasmMemoryPersistence,
};
use protocol::ErrorCode;
use sha2::{Digest as _, Sha256};
use state::{
    delta::{MemoryKind, MemoryOp},
    replicated::{
        CanisterCode, Message, Reject, SystemState,
        managed::{BlobHash, ChangeDetails, ChangeOrigin, DeploymentMode},
    },
};
use std::{collections::VecDeque, sync::Arc};

use super::{
    super::{Native, NativeCall, decode},
    access,
    chunks::{CHUNK_BYTES_MAX, CHUNKS_MAX},
    done, history, invalid, storage,
};
use crate::{executor::Executor, registry::Refused, reject, state::memory_id, switch::Upgrade};

/// Bytes of a module, also of one in chunks.
pub(super) const MODULE_BYTES_MAX: usize = CHUNKS_MAX * CHUNK_BYTES_MAX;

impl Executor {
    pub(super) fn install_code(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: InstallCodeArgs = decode(call.method, call.arg)?;
        self.accessible(arg.canister_id, call)?;
        let origin = history::origin(call, arg.sender_canister_version);
        self.deploy(arg.canister_id, arg.mode, &arg.wasm_module, &arg.arg, origin)
    }

    pub(super) fn install_chunked_code(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: InstallChunkedCodeArgs = decode(call.method, call.arg)?;
        self.accessible(arg.target_canister, call)?;
        let module = self.joined(&arg, call.caller)?;
        let origin = history::origin(call, arg.sender_canister_version);
        self.deploy(arg.target_canister, arg.mode, &module, &arg.arg, origin)
    }

    /// The module whose chunks a call names.
    fn joined(&self, arg: &InstallChunkedCodeArgs, caller: Principal) -> Result<Vec<u8>, Reject> {
        let store = arg.store_canister.unwrap_or(arg.target_canister);
        let canister = self.state.canisters.get(&store).ok_or_else(|| reject::not_found(store))?;
        access::check(store, &canister.system, caller, "stored_chunks")?;
        if arg.chunk_hashes_list.len() > CHUNKS_MAX {
            return invalid(format!("a module has at most {CHUNKS_MAX} chunks"));
        }
        let mut module = Vec::new();
        for (at, named) in arg.chunk_hashes_list.iter().enumerate() {
            let hash =
                <[u8; 32]>::try_from(&named.hash[..]).ok().filter(|h| canister.managed.chunks.contains(&BlobHash(*h)));
            let Some(chunk) = hash.and_then(|hash| self.blobs.get(&hash)) else {
                return invalid(format!(
                    "chunk {at} of the list is not in the store of canister {store}; upload it first"
                ));
            };
            module.extend_from_slice(&chunk);
        }
        if Sha256::digest(&module)[..] != arg.wasm_module_hash[..] {
            return invalid("the SHA-256 of the chunks put together is not `wasm_module_hash`");
        }
        Ok(module)
    }

    fn deploy(
        &mut self,
        id: Principal,
        mode: CanisterInstallMode,
        module: &[u8],
        arg: &[u8],
        origin: ChangeOrigin,
    ) -> Result<Native, Reject> {
        let empty = self.state.canisters.get(&id).is_none_or(|c| c.system.code == CanisterCode::Empty);
        match mode {
            CanisterInstallMode::Install if !empty => {
                let text = format!("canister {id} has code already; reinstall or upgrade it");
                return Err(Reject::new(ErrorCode::CANISTER_NON_EMPTY, text));
            }
            CanisterInstallMode::Upgrade(_) if empty => return Err(reject::no_code(id)),
            _ => {}
        }
        self.can_pay(id)?;
        let hash = self.blobs.put(module).map_err(|error| storage(&error))?;
        let module = self.module(hash).map_err(|why| bad_module(id, &why))?;
        let installed = match mode {
            CanisterInstallMode::Install => self.install_fresh(id, &module, arg),
            CanisterInstallMode::Reinstall => self.reinstall(id, &module, arg),
            CanisterInstallMode::Upgrade(flags) => {
                let how = self.how(id, &module, flags.unwrap_or_default())?;
                self.upgrade(id, &module, arg, how)
            }
        };
        installed.map_err(|Refused(why)| reject::trapped(id, &why))?;
        let mode = match mode {
            CanisterInstallMode::Install => DeploymentMode::Install,
            CanisterInstallMode::Reinstall => DeploymentMode::Reinstall,
            CanisterInstallMode::Upgrade(_) => DeploymentMode::Upgrade,
        };
        self.record(id, origin, ChangeDetails::CodeDeployment { mode, module: BlobHash(hash) });
        done()
    }

    /// Installs afresh; the log of what was there goes with it, and stays if that fails.
    fn reinstall(&mut self, id: Principal, module: &Arc<embedder::Module>, arg: &[u8]) -> Result<(), Refused> {
        let before = self.state.canisters.get_mut(&id).map(|c| std::mem::take(&mut c.system.logs));
        let installed = self.install_fresh(id, module, arg);
        if let (Err(_), Some(before), Some(canister)) = (&installed, before, self.state.canisters.get_mut(&id)) {
            let failed = std::mem::replace(&mut canister.system.logs, before);
            Arc::make_mut(&mut canister.system.logs).extend(failed.iter().cloned());
            canister.system.trim_logs();
        }
        installed
    }

    /// What the flags of an upgrade come to (interface spec, "Code upgrade").
    fn how(&self, id: Principal, new: &embedder::Module, flags: UpgradeFlags) -> Result<Upgrade, Reject> {
        let keeps = self.module_of(id).is_some_and(|old| old.keeps_memory());
        let why = match flags.wasm_memory_persistence {
            None if keeps => "its module keeps its memory, so the option `wasm_memory_persistence` must be given",
            Some(WasmMemoryPersistence::Keep) if !new.keeps_memory() => {
                "`wasm_memory_persistence: keep` needs a new module that supports enhanced orthogonal persistence"
            }
            given => {
                let keep = given == Some(WasmMemoryPersistence::Keep);
                return Ok(Upgrade { pre: flags.skip_pre_upgrade != Some(true), keep });
            }
        };
        Err(Reject::new(ErrorCode::CANISTER_CONTRACT_VIOLATION, format!("canister {id}: {why}")))
    }

    pub(super) fn uninstall_code(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: UninstallCodeArgs = decode(call.method, call.arg)?;
        self.accessible(arg.canister_id, call)?;
        self.uninstall(arg.canister_id, history::origin(call, arg.sender_canister_version));
        done()
    }

    /// Empties a canister: code, data, chunks and logs go, all who wait for an answer are told.
    pub(super) fn uninstall(&mut self, id: Principal, origin: ChangeOrigin) {
        self.give_up_long(id);
        self.instances.take(id);
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        canister.memory = embedder::CanisterMemory::default();
        Arc::make_mut(&mut canister.managed).chunks.clear();
        let fresh = emptied(&mut canister.system);
        let before = std::mem::replace(&mut canister.system, fresh);
        self.changes.canisters.insert(id);
        self.changes.globals.insert(id);
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            self.changes.memories.push(MemoryOp::Drop(memory_id(id, kind, 0)));
        }
        self.directory_changed = true;
        self.record(id, origin, ChangeDetails::CodeUninstall);
        let why = reject::by_canister(format!("the code of canister {id} was uninstalled"));
        self.reject_all(before, &why);
        self.stop_if_idle(id);
    }
}

/// What stays of a canister without its code. Answers on their way stay too: they may bring cycles back.
fn emptied(system: &mut SystemState) -> SystemState {
    let (answers, calls): (VecDeque<_>, _) =
        std::mem::take(&mut system.queue).into_iter().partition(|message| matches!(message, Message::Response(_)));
    system.queue = calls;
    SystemState {
        status: system.status,
        version: system.version + 1,
        next_id: system.next_id,
        environment: system.environment.clone(),
        wasm_memory_limit: system.wasm_memory_limit,
        settings: system.settings.clone(),
        logs_total: system.logs_total,
        stopping: std::mem::take(&mut system.stopping),
        paid_until: system.paid_until,
        queue: answers,
        held: system.held,
        frozen: system.frozen,
        ..SystemState::new(system.controllers.clone(), system.cycles)
    }
}

/// The bytes are no module that runs here.
pub(super) fn bad_module(id: Principal, why: &str) -> Reject {
    Reject::new(ErrorCode::CANISTER_INVALID_WASM, format!("canister {id}: {why}"))
}
