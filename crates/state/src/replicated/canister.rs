//! A canister but for its memories.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::Range,
    sync::Arc,
};

use candid::Principal;
use serde::{Deserialize, Serialize};

use super::{LongMessage, Message, RequestId, SenderInfo, settings::Settings};

/// Everything that the system keeps about a canister.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemState {
    /// Who may change it.
    pub controllers: BTreeSet<Principal>,
    /// Running, stopping or stopped.
    pub status: CanisterStatus,
    /// Balance.
    pub cycles: u128,
    /// At most 32 bytes, in the certified state.
    #[serde(with = "serde_bytes")]
    pub certified_data: Vec<u8>,
    /// Goes off at this time, ns; 0 is off.
    pub global_timer: u64,
    /// Counts changes (interface spec, "Canister version").
    pub version: u64,
    /// What runs; nothing when empty.
    pub code: CanisterCode,
    /// Environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Most bytes of WebAssembly memory; 0 is the node's default.
    #[serde(default)]
    pub wasm_memory_limit: u64,
    /// Waiting messages, in order.
    #[serde(default)]
    pub queue: VecDeque<Message>,
    /// The message that runs in slices, taken from the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long: Option<Box<LongMessage>>,
    /// Calls of the management canister about this one that wait until the long message has ended.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub deferred: VecDeque<Message>,
    /// Calls that were begun and not finished.
    #[serde(default)]
    pub call_contexts: BTreeMap<u64, CallContext>,
    /// Who waits for which response.
    #[serde(default)]
    pub callbacks: BTreeMap<u64, Callback>,
    /// For contexts and callbacks.
    #[serde(default)]
    pub next_id: u64,
    /// While true nothing from outside starts: a switch is waiting for open calls to end.
    #[serde(default)]
    pub held: bool,
    /// The owner put the app on ice: updates are refused, queries answered.
    #[serde(default)]
    pub frozen: bool,
    /// What the program printed, and its traps, oldest first, bounded. Each line is a record of its own.
    #[serde(skip)]
    pub logs: Arc<VecDeque<LogEntry>>,
    /// How many lines there ever were.
    #[serde(default)]
    pub logs_total: u64,
    /// What the certified state says about the module's custom sections.
    #[serde(default)]
    pub metadata: Metadata,
    /// What its controllers set.
    #[serde(default)]
    pub settings: Settings,
    /// When `canister_heartbeat` is next called, ns; 0 when the module has none.
    #[serde(default)]
    pub heartbeat_at: u64,
    /// Those who wait for `stop_canister` to end.
    #[serde(default)]
    pub stopping: Vec<StopRequest>,
    /// Where `canister_on_low_wasm_memory` stands.
    #[serde(default)]
    pub low_memory: LowMemoryHook,
    /// Until when the canister paid for being kept, ns; 0 if it never had to.
    #[serde(default)]
    pub paid_until: u64,
}

/// A call of `stop_canister` that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopRequest {
    /// Who waits: its own call context at the management canister.
    pub origin: CallOrigin,
    /// It waits no longer than until then, ns.
    pub until: u64,
}

/// States of `canister_on_low_wasm_memory` (interface spec, `OnLowWasmMemoryHookStatus`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LowMemoryHook {
    /// There is memory enough.
    #[default]
    ConditionNotSatisfied,
    /// Memory is low, and the function is to run.
    Ready,
    /// Memory is low, and the function ran.
    Executed,
}

impl LowMemoryHook {
    /// The state after a change of the canister that left its memory low, or not.
    #[must_use]
    pub fn after(self, is_low: bool) -> LowMemoryHook {
        match self {
            _ if !is_low => LowMemoryHook::ConditionNotSatisfied,
            LowMemoryHook::ConditionNotSatisfied => LowMemoryHook::Ready,
            seen => seen,
        }
    }
}

/// A module's custom sections, as far as they need be known without the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The module whose sections they are.
    #[serde(with = "serde_bytes")]
    pub module: Vec<u8>,
    /// Digest of the subtree `metadata` of the certified state.
    #[serde(with = "serde_bytes")]
    pub digest: [u8; 32],
    /// Sections that only controllers may read.
    pub private: Vec<String>,
}

/// Bytes of logs that are kept.
pub const LOG_BYTES_MAX: usize = 64 << 10;

/// One line of a canister's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// ns.
    pub at: u64,
    /// What was printed, or why it trapped.
    pub text: String,
    /// True for a trap.
    pub trap: bool,
}

impl LogEntry {
    /// What it counts for: its text, its time and its number.
    fn bytes(&self) -> usize {
        self.text.len() + 16
    }
}

/// Lifecycle (interface spec, "Canister lifecycle").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CanisterStatus {
    /// Accepts calls.
    Running,
    /// Finishes open calls.
    Stopping,
    /// Does nothing.
    Stopped,
}

/// What a canister runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CanisterCode {
    /// Nothing.
    Empty,
    /// A module, by the SHA-256 of its bytes.
    Wasm(#[serde(with = "serde_bytes")] [u8; 32]),
    /// Code of this program behind the ordinary interface.
    Native(NativeKind),
}

/// The native canisters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NativeKind {
    /// Names, owners, members, versions, restore points.
    Registry,
    /// An app's frontend files.
    Assets,
}

/// A begun call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallContext {
    /// Who waits for it.
    pub origin: CallOrigin,
    /// Whether it was answered.
    pub responded: bool,
    /// Attached cycles not yet accepted.
    pub cycles: u128,
    /// Callbacks that still can come.
    pub outstanding: u32,
    /// Instructions used so far by its messages.
    pub instructions: u64,
    /// The caller's attributes.
    #[serde(default)]
    pub sender_info: Option<SenderInfo>,
    /// Answer by then, ns; 0 is no deadline.
    #[serde(default)]
    pub deadline: u64,
}

/// Who waits for a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallOrigin {
    /// A user.
    Ingress {
        /// Its entry in the ingress history.
        request_id: RequestId,
        /// The caller.
        sender: Principal,
    },
    /// A canister.
    Canister {
        /// The caller.
        sender: Principal,
        /// Its callback.
        callback: u64,
    },
    /// Nobody: a timer or heartbeat.
    System,
}

/// A function to call with one value: table index and environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WasmFunction {
    /// Index in the module's table.
    pub fun: u64,
    /// Passed to it.
    pub env: u64,
}

/// What to do with a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// The call context it belongs to.
    pub context: u64,
    /// Runs on a reply.
    pub on_reply: WasmFunction,
    /// Runs on a reject.
    pub on_reject: WasmFunction,
    /// Runs after a trap in either.
    pub on_cleanup: Option<WasmFunction>,
    /// Whom it called.
    pub receiver: Principal,
    /// Best-effort calls give up at this time, ns; 0 never.
    #[serde(default)]
    pub deadline: u64,
}

impl SystemState {
    /// A new canister without code.
    #[must_use]
    pub fn new(controllers: BTreeSet<Principal>, cycles: u128) -> SystemState {
        SystemState {
            controllers,
            status: CanisterStatus::Running,
            cycles,
            certified_data: Vec::new(),
            global_timer: 0,
            version: 0,
            code: CanisterCode::Empty,
            environment: BTreeMap::new(),
            wasm_memory_limit: 0,
            queue: VecDeque::new(),
            long: None,
            deferred: VecDeque::new(),
            call_contexts: BTreeMap::new(),
            callbacks: BTreeMap::new(),
            next_id: 0,
            held: false,
            frozen: false,
            logs: Arc::default(),
            logs_total: 0,
            metadata: Metadata::default(),
            settings: Settings::default(),
            heartbeat_at: 0,
            stopping: Vec::new(),
            low_memory: LowMemoryHook::default(),
            paid_until: 0,
        }
    }

    /// Everything but queues and open calls.
    #[must_use]
    pub fn without_messages(&self) -> SystemState {
        SystemState {
            controllers: self.controllers.clone(),
            status: self.status,
            cycles: self.cycles,
            certified_data: self.certified_data.clone(),
            global_timer: self.global_timer,
            version: self.version,
            code: self.code.clone(),
            environment: self.environment.clone(),
            wasm_memory_limit: self.wasm_memory_limit,
            queue: VecDeque::new(),
            long: None,
            deferred: VecDeque::new(),
            call_contexts: BTreeMap::new(),
            callbacks: BTreeMap::new(),
            next_id: self.next_id,
            held: self.held,
            frozen: self.frozen,
            logs: self.logs.clone(),
            logs_total: self.logs_total,
            metadata: self.metadata.clone(),
            settings: self.settings.clone(),
            heartbeat_at: self.heartbeat_at,
            stopping: Vec::new(),
            low_memory: self.low_memory,
            paid_until: self.paid_until,
        }
    }

    /// A number never given before.
    pub fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Adds a line to the log, dropping the oldest beyond the setting `log_memory_limit`.
    pub fn log(&mut self, at: u64, text: String, trap: bool) {
        Arc::make_mut(&mut self.logs).push_back(LogEntry { at, text, trap });
        self.logs_total += 1;
        self.trim_logs();
    }

    /// Drops the oldest lines beyond the setting `log_memory_limit`.
    pub fn trim_logs(&mut self) {
        let limit = usize::try_from(self.settings.log_memory_limit).map_or(LOG_BYTES_MAX, |set| set.min(LOG_BYTES_MAX));
        let mut bytes = self.log_bytes();
        while bytes > limit {
            match Arc::make_mut(&mut self.logs).pop_front() {
                Some(entry) => bytes -= entry.bytes(),
                None => break,
            }
        }
    }

    /// The numbers of the lines that are kept.
    #[must_use]
    pub fn log_numbers(&self) -> Range<u64> {
        self.logs_total - self.logs.len() as u64..self.logs_total
    }

    /// Bytes that the log counts for.
    #[must_use]
    pub fn log_bytes(&self) -> usize {
        self.logs.iter().map(LogEntry::bytes).sum()
    }

    /// Calls that were begun and can still go on; a long message counts as one.
    #[must_use]
    pub fn open_calls(&self) -> usize {
        self.call_contexts.len() + usize::from(self.long.is_some())
    }

    /// Whether a call was begun and can still go on.
    #[must_use]
    pub fn has_open_calls(&self) -> bool {
        self.open_calls() > 0
    }
}
