//! What running messages took, by canister and by whoever caused it: told with each batch, so that the node can keep
//! quotas. It is no part of the replicated state.

use std::collections::BTreeMap;

use candid::Principal;

/// What messages of one canister on behalf of one caller took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// WebAssembly instructions.
    pub instructions: u64,
    /// Bytes by which the memories grew.
    pub grown_bytes: u64,
}

/// A sum of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The canister that ran.
    pub canister: Principal,
    /// The user whose call it was; none for timers, for calls of other canisters, and for installing.
    pub caller: Option<Principal>,
    /// What it took.
    pub spent: Spent,
}

/// The sums of the batch under way.
#[derive(Debug, Default)]
pub(crate) struct UsageBook(BTreeMap<(Principal, Option<Principal>), Spent>);

impl UsageBook {
    pub(crate) fn add(&mut self, canister: Principal, caller: Option<Principal>, spent: Spent) {
        let sum = self.0.entry((canister, caller)).or_default();
        sum.instructions = sum.instructions.saturating_add(spent.instructions);
        sum.grown_bytes = sum.grown_bytes.saturating_add(spent.grown_bytes);
    }

    pub(crate) fn merge(&mut self, other: UsageBook) {
        for ((canister, caller), spent) in other.0 {
            self.add(canister, caller, spent);
        }
    }

    pub(crate) fn take(&mut self) -> Vec<Usage> {
        let sums = std::mem::take(&mut self.0);
        sums.into_iter().map(|((canister, caller), spent)| Usage { canister, caller, spent }).collect()
    }
}
