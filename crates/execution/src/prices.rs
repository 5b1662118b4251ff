//! What keeping a canister costs, and what of its cycles it must keep for that.
//!
//! Running messages costs nothing here. Keeping a canister costs what [`IdlePrices`] says, which is nothing unless
//! whoever runs the node decides otherwise: an app on a node of one's own doesn't run dry by accident. With prices,
//! a canister pays every hour, and one whose balance falls below its freezing limit is frozen until somebody adds
//! cycles. It is never emptied for not paying, which the interface leaves open.
//!
//! There are no reserved cycles: they would pay for storage on a subnet that is nearly full, and here nothing gets
//! dearer. So `reserved_cycles` is always 0, and `reserved_cycles_limit` is kept and told but never reached.

use candid::Principal;
use embedder::{Execution, StableMemory, Trap};
use state::replicated::Reject;

use crate::{executor::Executor, native::CHUNK_BYTES_MAX, reject, state::Canister, turn::Turn};

const GIB: u128 = 1 << 30;
const DAY_SECONDS: u128 = 24 * 60 * 60;
const SECOND_NS: u128 = 1_000_000_000;
/// Time between two payments of a canister, ns.
const PAY_EVERY_NS: u64 = 60 * 60 * 1_000_000_000;

/// Prices of keeping a canister, in cycles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdlePrices {
    /// A GiB of memory for a second.
    pub gib_second: u128,
    /// A percent of compute allocation for a second.
    pub compute_percent_second: u128,
}

impl IdlePrices {
    /// Nothing costs anything, and no canister is ever frozen for its balance.
    pub const FREE: IdlePrices = IdlePrices { gib_second: 0, compute_percent_second: 0 };

    /// The Internet Computer's prices on a subnet of 13 nodes ("Cycles cost": storage, compute percent allocated).
    pub const PUBLISHED: IdlePrices = IdlePrices { gib_second: 127_000, compute_percent_second: 10_000_000 };

    /// What a canister costs in a day (interface spec, `idle_cycles_burned_rate`): the larger of what it uses and
    /// what it had allocated, and its share of a lane.
    #[must_use]
    pub fn per_day(&self, canister: &Canister) -> u128 {
        self.per_day_with(canister, canister.memory.heap.bytes() + canister.memory.stable.bytes())
    }

    /// The same if its memories had so many bytes.
    fn per_day_with(&self, canister: &Canister, memory_bytes: u64) -> u128 {
        if *self == IdlePrices::FREE {
            return 0;
        }
        let settings = &canister.system.settings;
        let kept = memory_bytes.saturating_add(bytes_beside_memory(canister));
        let bytes = u128::from(kept.max(settings.memory_allocation));
        let memory = self.gib_second.saturating_mul(bytes).div_ceil(GIB);
        let compute = self.compute_percent_second.saturating_mul(settings.compute_allocation.into());
        memory.saturating_add(compute).saturating_mul(DAY_SECONDS)
    }

    /// Cycles that a canister may not spend (interface spec, `freezing_limit`).
    #[must_use]
    pub fn freezing_limit(&self, canister: &Canister) -> u128 {
        limit_for(canister, self.per_day(canister))
    }

    /// Whether a canister has fewer cycles than it must keep: its liquid balance is below zero.
    #[must_use]
    pub fn out_of_cycles(&self, canister: &Canister) -> bool {
        canister.system.cycles < self.freezing_limit(canister)
    }

    /// When a canister pays next, ns; 0 if it never does. One that never paid begins at once.
    pub(crate) fn due(&self, canister: &Canister) -> u64 {
        match canister.system.paid_until {
            _ if self.per_day(canister) == 0 => 0,
            0 => 1,
            paid => paid.saturating_add(PAY_EVERY_NS),
        }
    }

    /// Takes what a canister owes for being as large as it is now since it last paid, as far as it has that.
    pub(crate) fn pay(&self, canister: &mut Canister, now: u64) {
        let per_day = self.per_day(canister);
        let system = &mut canister.system;
        let since = if system.paid_until == 0 { now } else { system.paid_until };
        let owed = per_day.saturating_mul(now.saturating_sub(since).into()) / (DAY_SECONDS * SECOND_NS);
        system.cycles = system.cycles.saturating_sub(owed);
        system.paid_until = now;
    }
}

fn limit_for(canister: &Canister, per_day: u128) -> u128 {
    per_day.saturating_mul(canister.system.settings.freezing_threshold.into()) / DAY_SECONDS
}

/// Bytes that a canister pays for besides its memories: snapshots, chunks and log. Its module, which all canisters
/// that run it share, and its history are not counted, so that this is quick enough to be asked before every message.
fn bytes_beside_memory(canister: &Canister) -> u64 {
    let managed = &canister.managed;
    let chunks = (managed.chunks.len() * CHUNK_BYTES_MAX + canister.system.log_bytes()) as u64;
    managed.snapshots.values().sum::<u64>() + chunks
}

impl Turn<'_> {
    /// A message that would leave the canister larger than its cycles allow traps instead (interface spec, "Message
    /// execution": `Min_balance`). Answers are let through, as there.
    pub(crate) fn within_means(&self, mut execution: Execution) -> Execution {
        let (Ok(effects), Some(sandbox)) = (&execution.outcome, &self.sandbox) else { return execution };
        let bytes = sandbox.heap().bytes() + sandbox.stable().map_or(0, StableMemory::bytes);
        let limit = limit_for(&self.canister, self.env.config.idle_prices.per_day_with(&self.canister, bytes));
        if effects.cycles_balance < limit {
            let text = format!(
                "with {bytes} bytes of memory it must keep {limit} cycles, and it would have {}; top it up first",
                effects.cycles_balance
            );
            execution.outcome = Err(Trap::Explicit(text));
        }
        execution
    }
}

impl Canister {
    /// Whether the canister takes calls: it is running, has code, and has the cycles that it must keep.
    pub(crate) fn takes_calls(&self, id: Principal, prices: &IdlePrices) -> Result<(), Reject> {
        reject::check_running(id, &self.system)?;
        if prices.out_of_cycles(self) { Err(reject::out_of_cycles(id)) } else { Ok(()) }
    }
}

impl Executor {
    /// Lets a canister pay, if it is due; not before the end of a long message, which must find the cycles it began with.
    pub(crate) fn pay_if_due(&mut self, id: Principal) {
        let (prices, now) = (self.config.idle_prices, self.state.time);
        let Some(canister) = self.state.canisters.get_mut(&id).filter(|c| c.system.long.is_none()) else { return };
        let due = prices.due(canister);
        if due != 0 && due <= now {
            prices.pay(canister, now);
            self.changes.canisters.insert(id);
        }
    }
}
