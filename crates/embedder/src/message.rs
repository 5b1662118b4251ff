//! One message: where it enters, what the canister may ask about it, and what comes out.
//!
//! Invariant: these are plain values. Everything that a message can learn from outside its memory is in [`Input`], so
//! that the same state and input give the same effects on every machine.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use crate::trap::Trap;

/// Where a message enters the canister.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The module's start function, at installation and upgrade only.
    Start,
    /// `canister_init`
    Init,
    /// `canister_pre_upgrade`
    PreUpgrade,
    /// `canister_post_upgrade`
    PostUpgrade,
    /// `canister_inspect_message`
    InspectMessage,
    /// An update method.
    Update(Arc<str>),
    /// A query method; [`Input::replicated`] says in which mode.
    Query(Arc<str>),
    /// A query method that transforms the answer of an HTTPS outcall.
    TransformQuery(Arc<str>),
    /// A composite query method.
    CompositeQuery(Arc<str>),
    /// `canister_heartbeat`
    Heartbeat,
    /// `canister_global_timer`
    GlobalTimer,
    /// `canister_on_low_wasm_memory`
    OnLowWasmMemory,
    /// The continuation of a call.
    Callback(Callback),
}

/// A continuation that the canister left when it made a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callback {
    /// What became of the call.
    pub kind: CallbackKind,
    /// The function to run.
    pub closure: Closure,
    /// Whether the call context is that of a composite query.
    pub in_composite: bool,
    /// Whether the call context was replied to or rejected already.
    pub replied: bool,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackKind {
    /// It was replied to.
    Reply,
    /// It was rejected.
    Reject,
    /// The callback for its answer trapped.
    Cleanup,
}

/// A table entry and the environment to call it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Index in the table.
    pub fun: u64,
    /// Argument.
    pub env: u64,
}

impl Entry {
    /// The name of the export that the entry calls, if it calls one that the interface names.
    #[must_use]
    pub fn export_name(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Entry::Start | Entry::Callback(_) => return None,
            Entry::Init => "canister_init".into(),
            Entry::PreUpgrade => "canister_pre_upgrade".into(),
            Entry::PostUpgrade => "canister_post_upgrade".into(),
            Entry::InspectMessage => "canister_inspect_message".into(),
            Entry::Heartbeat => "canister_heartbeat".into(),
            Entry::GlobalTimer => "canister_global_timer".into(),
            Entry::OnLowWasmMemory => "canister_on_low_wasm_memory".into(),
            Entry::Update(name) => format!("canister_update {name}").into(),
            Entry::Query(name) | Entry::TransformQuery(name) => format!("canister_query {name}").into(),
            Entry::CompositeQuery(name) => format!("canister_composite_query {name}").into(),
        })
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Entry::Start => write!(f, "start function"),
            Entry::Update(name) => write!(f, "update method `{name}`"),
            Entry::Query(name) | Entry::TransformQuery(name) => write!(f, "query method `{name}`"),
            Entry::CompositeQuery(name) => write!(f, "composite query method `{name}`"),
            Entry::Callback(callback) => write!(f, "callback at table index {}", callback.closure.fun),
            named => write!(f, "`{}`", named.export_name().unwrap_or_default()),
        }
    }
}

/// All that the canister may ask about itself and the message. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Bytes of the caller's principal.
    pub caller: Arc<[u8]>,
    /// Argument, or the reply in a reply callback.
    pub arg: Arc<[u8]>,
    /// Code and text, in a reject callback.
    pub reject: Option<Reject>,
    /// What a trusted signer says about the caller.
    pub caller_info: Option<Arc<CallerInfo>>,
    /// The method asked for, in `canister_inspect_message`.
    pub method_name: Arc<str>,
    /// Nanoseconds since 1970-01-01.
    pub time_ns: u64,
    /// Until when the caller waits, or 0.
    pub deadline_ns: u64,
    /// The canister's cycles before the message.
    pub cycles_balance: u128,
    /// Cycles of the call that are not accepted yet.
    pub cycles_available: u128,
    /// Cycles that came back with the answer.
    pub cycles_refunded: u128,
    /// Instructions that the call context used before this message.
    pub context_instructions: u64,
    /// When the global timer is set to, or 0.
    pub global_timer_ns: u64,
    /// The certificate that comes with a query, if there is one.
    pub data_certificate: Option<Arc<[u8]>>,
    /// Whether every replica runs this, so that its effects can stay.
    pub replicated: bool,
    /// The canister's version.
    pub canister_version: u64,
    /// How many of the canister's calls have no answer yet, by the bytes of the principal called.
    pub outstanding_calls: Arc<BTreeMap<Vec<u8>, usize>>,
    /// What changes seldom about the canister.
    pub canister: Arc<CanisterView>,
    /// What changes seldom about the network.
    pub subnet: Arc<SubnetView>,
}

/// The answer to a call that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Reject code of the interface.
    pub code: u32,
    /// Reject message.
    pub message: Arc<str>,
}

/// What a signer attests about a caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallerInfo {
    /// The attested bytes.
    pub data: Vec<u8>,
    /// Bytes of the signer's principal.
    pub signer: Vec<u8>,
}

/// Whether the canister takes messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CanisterStatus {
    /// It does.
    #[default]
    Running = 1,
    /// Only answers to its own calls.
    Stopping = 2,
    /// It does not.
    Stopped = 3,
}

/// What changes seldom about a canister.
#[derive(Clone, Debug, Default)]
pub struct CanisterView {
    /// Bytes of its own principal.
    pub id: Vec<u8>,
    /// Bytes of its controllers' principals.
    pub controllers: Vec<Vec<u8>>,
    /// Whether it takes messages.
    pub status: CanisterStatus,
    /// Environment variables, names with values.
    pub environment: Vec<(String, String)>,
    /// Cycles that it may not spend.
    pub freezing_cycles: u128,
}

/// What changes seldom about the network.
#[derive(Clone, Debug, Default)]
pub struct SubnetView {
    /// Bytes of the subnet's principal.
    pub id: Vec<u8>,
    /// How many nodes it has.
    pub nodes: u32,
    /// The root public key, DER.
    pub root_key_der: Vec<u8>,
    /// What the `cost_*` functions answer by.
    pub prices: CyclePrices,
}

/// Prices in cycles that canisters can ask for.
///
/// The default is the Internet Computer's table for a subnet of 13 nodes ("Cycles costs", 2026), so that canisters that
/// calculate with it find what they expect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CyclePrices {
    /// A call to another canister.
    pub call: u128,
    /// A byte of such a call or its answer.
    pub call_byte: u128,
    /// Running a message, before its instructions.
    pub message: u128,
    /// Instructions that a callback is reserved for, one cycle each.
    pub callback_instructions: u128,
    /// Bytes of an answer that room is reserved for.
    pub answer_bytes: u128,
    /// Making a canister.
    pub create_canister: u128,
    /// An HTTPS outcall.
    pub http_request: u128,
    /// A byte of its request.
    pub http_request_byte: u128,
    /// A byte of its answer.
    pub http_response_byte: u128,
    /// A threshold signature or derived key, of a key for tests.
    pub threshold: u128,
    /// The same of the key for production, `key_1`, which more nodes hold.
    pub threshold_production: u128,
}

impl CyclePrices {
    /// Where calls cost nothing: what is published, but for calls. Canisters ask before each call whether they can
    /// afford it, and one without cycles can.
    #[must_use]
    pub fn free_calls() -> CyclePrices {
        CyclePrices { call: 0, call_byte: 0, message: 0, callback_instructions: 0, ..CyclePrices::default() }
    }
}

impl Default for CyclePrices {
    fn default() -> Self {
        CyclePrices {
            call: 260_000,
            call_byte: 1_000,
            message: 5_000_000,
            callback_instructions: 40_000_000_000,
            answer_bytes: 2 << 20,
            create_canister: 500_000_000_000,
            http_request: 49_140_000,
            http_request_byte: 5_200,
            http_response_byte: 10_400,
            threshold: 10_000_000_000,
            threshold_production: 26_153_846_153,
        }
    }
}

/// What a message may use at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Instructions by our own counting.
    pub instructions: u64,
    /// Bytes of main memory; growing over it traps.
    pub heap_bytes: u64,
    /// Bytes of stable memory; growing over it is refused.
    pub stable_bytes: u64,
    /// Bytes of a reply or reject message.
    pub reply_bytes: u64,
    /// Bytes of an outgoing call's argument and method name.
    pub call_bytes: u64,
    /// Outgoing calls; more are refused by `call_perform`.
    pub calls: usize,
    /// Calls to one canister that have no answer yet, those of earlier messages included; more are refused by
    /// `call_perform`. So there is always room for the answers.
    pub calls_to_one: usize,
    /// Bytes of all outgoing calls together; more are refused by `call_perform`.
    pub calls_bytes_total: u64,
    /// Bytes of debug prints that are kept.
    pub log_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            instructions: 40_000_000_000,
            heap_bytes: 4 << 30,
            stable_bytes: 16 << 30,
            reply_bytes: 2 << 20,
            call_bytes: 2 << 20,
            calls: 10_000,
            calls_to_one: 500,
            calls_bytes_total: 64 << 20,
            log_bytes: 32 << 10,
        }
    }
}

/// How a message went.
#[derive(Debug)]
pub struct Execution {
    /// What it does to the world, or why it does nothing.
    pub outcome: Result<Effects, Trap>,
    /// Instructions used, at most the limit.
    pub instructions: u64,
    /// What was printed, also by a message that trapped.
    pub logs: Vec<String>,
}

/// What a message does outside of its memory if it is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The answer to the call context's caller, if this message gives it.
    pub reply: Option<Reply>,
    /// Calls made, in order.
    pub calls: Vec<OutgoingCall>,
    /// New certified data.
    pub certified_data: Option<Vec<u8>>,
    /// New setting of the global timer in nanoseconds, 0 for off.
    pub global_timer_ns: Option<u64>,
    /// Cycles taken from the call.
    pub cycles_accepted: u128,
    /// Cycles destroyed.
    pub cycles_burned: u128,
    /// The canister's cycles after the message, before fees.
    pub cycles_balance: u128,
    /// Whether `canister_inspect_message` let the message in.
    pub accepted_message: bool,
}

/// The answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Candid, usually.
    Data(Vec<u8>),
    /// A reject message; the reject code is that for canisters' own rejects.
    Reject(String),
}

/// A call that the canister makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingCall {
    /// Bytes of the principal called.
    pub callee: Vec<u8>,
    /// Method name.
    pub method: String,
    /// Argument.
    pub arg: Vec<u8>,
    /// Cycles sent along, already taken from the balance.
    pub cycles: u128,
    /// Runs on a reply.
    pub on_reply: Closure,
    /// Runs on a reject.
    pub on_reject: Closure,
    /// Runs if the callback for the answer traps.
    pub on_cleanup: Option<Closure>,
    /// How long the caller waits for an answer, if it does not wait for ever.
    pub timeout_seconds: Option<u32>,
}
