//! Looking at canisters: status, metadata and logs, in updates and queries.

use candid::{Nat, Principal};
use ic_management_canister_types::{
    CanisterIdRecord, CanisterLogFilter, CanisterLogRecord, CanisterMetadataArgs, CanisterMetadataResult,
    CanisterStatusResult, CanisterStatusType, FetchCanisterLogsArgs, FetchCanisterLogsResult, MemoryMetrics,
    QueryStats,
};
use protocol::ErrorCode;
use state::replicated::{CanisterCode, CanisterStatus, LogEntry, Payload, Reject, SystemState, to_record};

use super::{
    super::{Native, NativeCall, decode, encode, reply},
    access,
    chunks::CHUNK_BYTES_MAX,
    settings,
};
use crate::{
    executor::Executor,
    query::{Query, Wake},
    reject,
    state::Canister,
    turn::{Env, Turn},
};

/// Answers a query of the management canister.
pub(crate) fn query(wake: &mut impl Wake, query: &Query) -> Result<Payload, Reject> {
    match query.method.as_str() {
        "canister_status" => {
            let CanisterIdRecord { canister_id } = decode(&query.method, &query.arg)?;
            on(wake, canister_id, query, |turn| encode((status(&turn.env, &turn.canister),)))
        }
        "fetch_canister_logs" => {
            let arg: FetchCanisterLogsArgs = decode(&query.method, &query.arg)?;
            on(wake, arg.canister_id, query, |turn| encode((logs(&turn.canister.system, arg.filter.as_ref()),)))
        }
        other => access::no_query(other),
    }
}

/// Looks at a canister, if whoever asks may.
fn on(
    wake: &mut impl Wake,
    id: Principal,
    query: &Query,
    look: impl FnOnce(&Turn<'_>) -> Result<Vec<u8>, Reject>,
) -> Result<Payload, Reject> {
    let looked = wake.with_turn(id, |turn| {
        access::check(id, &turn.canister.system, query.sender, &query.method)?;
        look(turn)
    });
    looked.unwrap_or_else(|| Err(reject::not_found(id))).map(Payload::Reply)
}

impl Executor {
    pub(super) fn canister_status(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let CanisterIdRecord { canister_id } = decode(call.method, call.arg)?;
        reply((status(&self.env(), self.accessible(canister_id, call)?),))
    }

    pub(super) fn canister_metadata(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let CanisterMetadataArgs { canister_id, name } = decode(call.method, call.arg)?;
        let system = &self.accessible(canister_id, call)?.system;
        let module = self.env().module_of(&system.code).map_err(|why| why.reject(canister_id))?;
        let sees_all = system.controllers.contains(&call.caller);
        match module.custom_section(&name) {
            Some((visibility, value)) if sees_all || visibility == embedder::Visibility::Public => {
                reply((CanisterMetadataResult { value: value.to_vec() },))
            }
            // That a private section is there is private too.
            _ => {
                let name: String = name.chars().take(200).collect();
                let text = format!("canister {canister_id} has no metadata `{name}` that {} may read", call.caller);
                Err(Reject::new(ErrorCode::CANISTER_REJECTED_MESSAGE, text))
            }
        }
    }
}

/// The hash of what is installed.
pub(super) fn module_hash(system: &SystemState) -> Option<Vec<u8>> {
    match system.code {
        CanisterCode::Wasm(hash) => Some(hash.to_vec()),
        _ => None,
    }
}

/// Queries are not counted in replicated state and no cycles are reserved ([`crate::prices`]): these are zero.
fn status(env: &Env<'_>, canister: &Canister) -> CanisterStatusResult {
    let system = &canister.system;
    let zero = || Nat::from(0u8);
    let memory_metrics = memory(env, canister);
    CanisterStatusResult {
        status: match system.status {
            CanisterStatus::Running => CanisterStatusType::Running,
            CanisterStatus::Stopping => CanisterStatusType::Stopping,
            CanisterStatus::Stopped => CanisterStatusType::Stopped,
        },
        ready_for_migration: system.status == CanisterStatus::Stopped && system.queue.is_empty(),
        version: system.version,
        settings: settings::told(system),
        module_hash: module_hash(system),
        memory_size: total(&memory_metrics),
        memory_metrics,
        cycles: Nat::from(system.cycles),
        reserved_cycles: zero(),
        idle_cycles_burned_per_day: Nat::from(env.config.idle_prices.per_day(canister)),
        query_stats: QueryStats {
            num_calls_total: zero(),
            num_instructions_total: zero(),
            request_payload_bytes_total: zero(),
            response_payload_bytes_total: zero(),
        },
    }
}

fn memory(env: &Env<'_>, canister: &Canister) -> MemoryMetrics {
    let (memory, managed) = (&canister.memory, &canister.managed);
    let code = &canister.system.code;
    let binary = match code {
        CanisterCode::Wasm(hash) => env.blobs.get(hash).map_or(0, |bytes| bytes.len()),
        _ => 0,
    };
    let sections = env
        .module_of(code)
        .map_or(0, |module| module.custom_sections().map(|(name, _, data)| name.len() + data.len()).sum::<usize>());
    MemoryMetrics {
        wasm_memory_size: Nat::from(memory.heap.bytes()),
        stable_memory_size: Nat::from(memory.stable.bytes()),
        global_memory_size: Nat::from(memory.globals.len() * size_of::<u64>()),
        wasm_binary_size: Nat::from(binary),
        custom_sections_size: Nat::from(sections),
        canister_history_size: Nat::from(to_record(&managed.history).len()),
        wasm_chunk_store_size: Nat::from(managed.chunks.len() * CHUNK_BYTES_MAX),
        snapshots_size: Nat::from(managed.snapshots.values().sum::<u64>()),
        log_memory_store_size: Nat::from(canister.system.log_bytes()),
    }
}

fn total(parts: &MemoryMetrics) -> Nat {
    let parts = [
        &parts.wasm_memory_size,
        &parts.stable_memory_size,
        &parts.global_memory_size,
        &parts.wasm_binary_size,
        &parts.custom_sections_size,
        &parts.canister_history_size,
        &parts.wasm_chunk_store_size,
        &parts.snapshots_size,
        &parts.log_memory_store_size,
    ];
    parts.into_iter().fold(Nat::from(0u8), |sum, part| sum + part.clone())
}

/// The lines that a filter lets through; its ranges leave their ends out.
fn logs(system: &SystemState, filter: Option<&CanisterLogFilter>) -> FetchCanisterLogsResult {
    let first = system.logs_total.saturating_sub(system.logs.len() as u64);
    let wanted = |line: &CanisterLogRecord| match filter {
        None => true,
        Some(CanisterLogFilter::ByIdx { start, end }) => (*start..*end).contains(&line.idx),
        Some(CanisterLogFilter::ByTimestampNanos { start, end }) => (*start..*end).contains(&line.timestamp_nanos),
    };
    let told = |(at, entry): (usize, &LogEntry)| CanisterLogRecord {
        idx: first + at as u64,
        timestamp_nanos: entry.at,
        content: if entry.trap { format!("[TRAP]: {}", entry.text) } else { entry.text.clone() }.into_bytes(),
    };
    FetchCanisterLogsResult { canister_log_records: system.logs.iter().enumerate().map(told).filter(wanted).collect() }
}
