//! Who may call which method, as an update, from a user or a canister, or as a query.

use candid::{CandidType, Principal};
use protocol::ErrorCode;
use state::replicated::{Reject, SystemState};

use super::super::{NativeCall, unknown};
use crate::{config::Provisional, executor::Executor, reject, state::Canister};

/// What a name stands for.
enum Kind {
    /// Users and canisters call it.
    Anyone,
    /// Only canisters do.
    Canisters,
    /// Only queries do.
    Queries,
    /// The interface has it, this version does not.
    Unoffered,
    /// There is no such thing.
    Unknown,
}

fn kind(method: &str) -> Kind {
    match method {
        "provisional_create_canister_with_cycles"
        | "provisional_top_up_canister"
        | "update_settings"
        | "upload_chunk"
        | "clear_chunk_store"
        | "stored_chunks"
        | "install_code"
        | "install_chunked_code"
        | "uninstall_code"
        | "start_canister"
        | "stop_canister"
        | "delete_canister"
        | "canister_status"
        | "take_canister_snapshot"
        | "load_canister_snapshot"
        | "list_canister_snapshots"
        | "delete_canister_snapshot"
        | "read_canister_snapshot_metadata"
        | "read_canister_snapshot_data"
        | "upload_canister_snapshot_metadata"
        | "upload_canister_snapshot_data" => Kind::Anyone,
        // Subnet admins could create canisters as users; this network has none.
        "create_canister"
        | "raw_rand"
        | "deposit_cycles"
        | "canister_info"
        | "canister_metadata"
        | "subnet_info"
        | "node_metrics_history" => Kind::Canisters,
        "fetch_canister_logs" => Kind::Queries,
        "http_request"
        | "flexible_http_request"
        | "ecdsa_public_key"
        | "sign_with_ecdsa"
        | "schnorr_public_key"
        | "sign_with_schnorr"
        | "vetkd_public_key"
        | "vetkd_derive_key"
        | "bitcoin_get_utxos"
        | "bitcoin_get_utxos_query"
        | "bitcoin_get_balance"
        | "bitcoin_get_balance_query"
        | "bitcoin_send_transaction"
        | "bitcoin_get_current_fee_percentiles"
        | "bitcoin_get_block_headers"
        | "canister_metrics"
        | "subnet_metrics"
        | "list_canisters" => Kind::Unoffered,
        _ => Kind::Unknown,
    }
}

/// Whether a method can be called as an update at all, by a user or by a canister.
pub(super) fn check_kind(method: &str, from_user: bool) -> Result<(), Reject> {
    let only = match kind(method) {
        Kind::Anyone => return Ok(()),
        Kind::Canisters if !from_user => return Ok(()),
        Kind::Canisters => "canisters call it, users don't",
        Kind::Queries => "it is answered in queries only",
        Kind::Unoffered | Kind::Unknown => return unoffered(method),
    };
    Err(Reject::new(ErrorCode::CANISTER_REJECTED_MESSAGE, format!("`{method}` can't be called like this: {only}")))
}

/// Refuses a query of what is there for updates.
pub(super) fn no_query<T>(method: &str) -> Result<T, Reject> {
    if matches!(kind(method), Kind::Unoffered | Kind::Unknown) {
        return unoffered(method);
    }
    let text = format!("`{method}` of the management canister is no query: call it as an update");
    Err(Reject::new(ErrorCode::CANISTER_REJECTED_MESSAGE, text))
}

/// Refuses what isn't there, and what this version leaves out by its name.
pub(super) fn unoffered<T>(method: &str) -> Result<T, Reject> {
    if !matches!(kind(method), Kind::Unoffered) {
        return unknown("the management canister", method);
    }
    let text = format!("`{method}` of the management canister is not offered by this version");
    Err(Reject::new(ErrorCode::UNKNOWN_MANAGEMENT_MESSAGE, text))
}

/// Whether `caller` may make canisters or cycles from nothing, if that is what the method does.
pub(super) fn check_provisional(open_to: &Provisional, caller: Principal, method: &str) -> Result<(), Reject> {
    if !method.starts_with("provisional_") || open_to.allows(caller) {
        return Ok(());
    }
    let text =
        format!("`{method}` is not open to {caller} on this node; create the canister from one that pays for it");
    Err(Reject::new(ErrorCode::CANISTER_REJECTED_MESSAGE, text))
}

/// Whether `caller` may call a method on a canister: its controllers may, and others where the interface says so.
pub(super) fn check(id: Principal, system: &SystemState, caller: Principal, method: &str) -> Result<(), Reject> {
    let settings = &system.settings;
    let others = match method {
        "canister_status" => caller == id || settings.status_visibility.allows(caller),
        "upload_chunk" | "clear_chunk_store" | "stored_chunks" => caller == id,
        "list_canister_snapshots" | "read_canister_snapshot_metadata" | "read_canister_snapshot_data" => {
            settings.snapshot_visibility.allows(caller)
        }
        "fetch_canister_logs" => settings.log_visibility.allows(caller),
        "provisional_top_up_canister" | "deposit_cycles" | "canister_info" | "canister_metadata" => true,
        _ => false,
    };
    if others || system.controllers.contains(&caller) {
        return Ok(());
    }
    let text = format!("only controllers of canister {id} can call `{method}` on it, and {caller} is none");
    Err(Reject::new(ErrorCode::CANISTER_INVALID_CONTROLLER, text))
}

impl Executor {
    /// The canister that a call is about, if the caller may make this call on it.
    pub(super) fn accessible(&self, id: Principal, call: &NativeCall<'_>) -> Result<&Canister, Reject> {
        let canister = self.state.canisters.get(&id).ok_or_else(|| reject::not_found(id))?;
        check(id, &canister.system, call.caller, call.method)?;
        Ok(canister)
    }

    /// Whether a user's update call to the management canister is let in: only what users may call, and only from
    /// those who may, so that strangers cost nothing but this look.
    ///
    /// # Errors
    /// It is not.
    pub(crate) fn inspect_management(&self, sender: Principal, method: &str, arg: &[u8]) -> Result<(), Reject> {
        check_kind(method, true)?;
        check_provisional(&self.config.provisional, sender, method)?;
        if method == "provisional_create_canister_with_cycles" {
            return Ok(());
        }
        let id = named(method, arg)?;
        let canister = self.state.canisters.get(&id).ok_or_else(|| reject::not_found(id))?;
        check(id, &canister.system, sender, method)
    }
}

#[derive(CandidType, serde::Deserialize)]
struct NamesCanister {
    canister_id: Principal,
}

#[derive(CandidType, serde::Deserialize)]
struct NamesTarget {
    target_canister: Principal,
}

/// The canister that a call names, if the call may change what a message running on it could see.
pub(crate) fn deferrable(method: &str, arg: &[u8]) -> Option<Principal> {
    let changes = matches!(
        method,
        "update_settings"
            | "install_code"
            | "install_chunked_code"
            | "uninstall_code"
            | "start_canister"
            | "stop_canister"
            | "delete_canister"
            | "take_canister_snapshot"
            | "load_canister_snapshot"
    );
    if changes { named(method, arg).ok() } else { None }
}

/// The canister that an argument names; the rest of it is skipped.
fn named(method: &str, arg: &[u8]) -> Result<Principal, Reject> {
    // Skipping a whole module must be possible, while types that multiply must not.
    let work = arg.len().saturating_mul(64).saturating_add(100_000);
    let mut config = candid::DecoderConfig::new();
    config.set_decoding_quota(work).set_skipping_quota(work);
    let named = if method == "install_chunked_code" {
        candid::utils::decode_one_with_config(arg, &config).map(|NamesTarget { target_canister }| target_canister)
    } else {
        candid::utils::decode_one_with_config(arg, &config).map(|NamesCanister { canister_id }| canister_id)
    };
    named.map_err(|error| reject::bad_argument(method, &error))
}
