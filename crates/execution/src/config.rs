//! What execution is told once: limits, in the field's units, and the identity of the network.

use std::{collections::BTreeSet, sync::Arc};

use candid::Principal;
use embedder::CyclePrices;

use crate::prices::IdlePrices;

/// Limits and identity. All nodes of a network must agree on them.
#[derive(Clone, Debug)]
pub struct ExecutionConfig {
    /// Instructions of an update, timer or callback.
    pub update_instructions: u64,
    /// Instructions of a slice: what one message may use of a batch. Longer ones go on in the next.
    pub slice_instructions: u64,
    /// Messages that may be on their way in slices at a time; other long ones wait for a place.
    pub long_max: usize,
    /// Instructions of a cleanup callback, which is not sliced.
    pub cleanup_instructions: u64,
    /// Instructions of a query, and of each call of a composite query.
    pub query_instructions: u64,
    /// Instructions of installing or upgrading, each step.
    pub install_instructions: u64,
    /// Instructions of `canister_inspect_message`.
    pub inspect_instructions: u64,
    /// A lane of a batch begins no further message after this many instructions.
    pub round_instructions: u64,
    /// A canister's turn begins no further message after this many instructions.
    pub turn_instructions: u64,
    /// Lanes that canisters are dealt to. Part of the rules; how many threads run them is not.
    pub lanes: usize,
    /// Bytes of WebAssembly memory of a canister.
    pub heap_bytes: u64,
    /// Bytes of stable memory of a canister.
    pub stable_bytes: u64,
    /// Users' calls waiting for one canister; and calls from one canister to another that have no answer yet.
    pub queue_max: usize,
    /// Bytes of the calls waiting for one canister, beyond the first `queue_max` of them.
    pub queue_bytes_max: usize,
    /// `stop_canister` waits this long for open calls, ns.
    pub stop_timeout_ns: u64,
    /// Answers can be read for this long, ns, unless there are too many.
    pub keep_answers_ns: u64,
    /// Answers that are kept; of older ones only the request's id, until it can't come again.
    pub answers_max: usize,
    /// Requests that are remembered; when there are more, new ones are asked to come later.
    pub requests_max: usize,
    /// Longest wait of a best-effort call, seconds.
    pub call_timeout_seconds_max: u32,
    /// Cycles of a new canister.
    pub initial_cycles: u128,
    /// What keeping a canister costs.
    pub idle_prices: IdlePrices,
    /// What canisters are told that calls and other services cost. What they are told is not charged: calls are
    /// free, and cycles that come with `create_canister` are the new canister's.
    pub told_prices: CyclePrices,
    /// Who may make canisters and cycles from nothing.
    pub provisional: Provisional,
    /// Canisters with ids that somebody chose, those that are gone included; after that many ids can't be chosen.
    pub chosen_ids_max: usize,
    /// DER of the root public key.
    pub root_key: Arc<[u8]>,
    /// Self-authenticating principal of the root key.
    pub subnet_id: Principal,
    /// The nodes: id and DER public key.
    pub nodes: Vec<(Principal, Vec<u8>)>,
    /// Who may call the registry's workshop methods.
    pub workshop: Principal,
}

/// Who may call `provisional_create_canister_with_cycles` and `provisional_top_up_canister` (interface spec,
/// "Provisional methods": for development instances).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provisional {
    /// Whoever reaches the node.
    Anyone,
    /// These principals.
    Only(BTreeSet<Principal>),
}

impl Default for Provisional {
    /// Nobody.
    fn default() -> Provisional {
        Provisional::Only(BTreeSet::new())
    }
}

impl Provisional {
    /// Whether `caller` may.
    #[must_use]
    pub fn allows(&self, caller: Principal) -> bool {
        match self {
            Provisional::Anyone => true,
            Provisional::Only(these) => these.contains(&caller),
        }
    }
}

impl ExecutionConfig {
    /// The usual limits. Those of installing and of queries are lower than the Internet Computer's, since they are not
    /// sliced.
    #[must_use]
    pub fn new(root_key: Arc<[u8]>, subnet_id: Principal, workshop: Principal) -> ExecutionConfig {
        ExecutionConfig {
            update_instructions: 40_000_000_000,
            slice_instructions: 200_000_000,
            long_max: 8,
            cleanup_instructions: 500_000_000,
            query_instructions: 1_000_000_000,
            install_instructions: 20_000_000_000,
            inspect_instructions: 200_000_000,
            round_instructions: 2_000_000_000,
            turn_instructions: 200_000_000,
            lanes: 8,
            heap_bytes: 4 << 30,
            stable_bytes: 8 << 30,
            queue_max: 500,
            queue_bytes_max: 256 << 20,
            stop_timeout_ns: 300_000_000_000,
            keep_answers_ns: 300_000_000_000,
            answers_max: 200_000,
            requests_max: 3_000_000,
            call_timeout_seconds_max: 300,
            initial_cycles: 1_000_000_000_000_000,
            idle_prices: IdlePrices::FREE,
            told_prices: CyclePrices::free_calls(),
            provisional: Provisional::default(),
            chosen_ids_max: 100_000,
            root_key,
            subnet_id,
            nodes: Vec::new(),
            workshop,
        }
    }
}
