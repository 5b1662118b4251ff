//! The management canister `aaaaa-aa` (interface spec, "The IC management canister").
//!
//! One file per concern; [`access`] says who may call what. What this version does not offer is refused by name.

mod access;
mod chunks;
mod code;
mod cycles;
mod history;
mod lifecycle;
mod look;
mod settings;
mod snapshots;
mod subnet;
mod upload;

use candid::Principal;
use protocol::ErrorCode;
use serde_bytes::ByteBuf;
use state::replicated::{CallOrigin, Managed, Reject, SystemState};
use std::sync::Arc;

use super::{Native, NativeCall, reply, unit};
use crate::{executor::Executor, reject};

pub(crate) use access::deferrable;
pub(crate) use chunks::CHUNK_BYTES_MAX;
pub(crate) use look::query;

impl Executor {
    pub(super) fn management_call(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        access::check_kind(call.method, matches!(call.origin, CallOrigin::Ingress { .. }))?;
        access::check_provisional(&self.config.provisional, call.caller, call.method)?;
        match call.method {
            "create_canister" => self.create_canister(call),
            "provisional_create_canister_with_cycles" => self.provisional_create(call),
            "provisional_top_up_canister" => self.provisional_top_up(call),
            "deposit_cycles" => self.deposit_cycles(call),
            "update_settings" => self.update_settings(call),
            "upload_chunk" => self.upload_chunk(call),
            "clear_chunk_store" => self.clear_chunk_store(call),
            "stored_chunks" => self.stored_chunks(call),
            "install_code" => self.install_code(call),
            "install_chunked_code" => self.install_chunked_code(call),
            "uninstall_code" => self.uninstall_code(call),
            "start_canister" => self.start_canister(call),
            "stop_canister" => self.stop_canister(call),
            "delete_canister" => self.delete_canister(call),
            "canister_status" => self.canister_status(call),
            "canister_info" => self.canister_info(call),
            "canister_metadata" => self.canister_metadata(call),
            "take_canister_snapshot" => self.take_canister_snapshot(call),
            "load_canister_snapshot" => self.load_canister_snapshot(call),
            "list_canister_snapshots" => self.list_canister_snapshots(call),
            "delete_canister_snapshot" => self.delete_canister_snapshot(call),
            "read_canister_snapshot_metadata" => self.read_canister_snapshot_metadata(call),
            "read_canister_snapshot_data" => self.read_canister_snapshot_data(call),
            "upload_canister_snapshot_metadata" => self.upload_canister_snapshot_metadata(call),
            "upload_canister_snapshot_data" => self.upload_canister_snapshot_data(call),
            "raw_rand" => reply((ByteBuf::from(self.draw_random()),)),
            "subnet_info" => self.subnet_info(call),
            "node_metrics_history" => self.node_metrics_history(call),
            other => access::unoffered(other),
        }
    }

    /// Changes a canister's system state and counts it as a change of the canister (interface spec, "Canister
    /// version").
    fn change(&mut self, id: Principal, change: impl FnOnce(&mut SystemState)) {
        if let Some(canister) = self.state.canisters.get_mut(&id) {
            change(&mut canister.system);
            canister.system.version += 1;
            canister.look_at_memory(self.config.heap_bytes);
            if canister.has_waiting() {
                self.ready.push(id);
            }
            self.changes.canisters.insert(id);
        }
    }

    fn managed(&mut self, id: Principal) -> Result<&mut Managed, Reject> {
        let canister = self.state.canisters.get_mut(&id).ok_or_else(|| reject::not_found(id))?;
        self.changes.managed.insert(id);
        Ok(Arc::make_mut(&mut canister.managed))
    }
}

/// The empty reply.
fn done() -> Result<Native, Reject> {
    Ok(Native::Reply(unit()))
}

/// An argument that is readable but not allowed.
fn invalid<T>(text: impl Into<String>) -> Result<T, Reject> {
    Err(Reject::new(ErrorCode::INVALID_MANAGEMENT_PAYLOAD, text))
}

/// The disk under the blobs failed.
fn storage(error: &std::io::Error) -> Reject {
    Reject::new(ErrorCode::CERTIFIED_STATE_UNAVAILABLE, format!("the bytes can't be kept: {error}"))
}
