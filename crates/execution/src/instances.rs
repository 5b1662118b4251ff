//! The canisters that are awake: live instances over committed memory.
//!
//! A cache: an instance can be closed whenever its canister runs no message, and is opened again from committed memory.
//! A message that is paused in one is run again from its beginning.
//! So what stays awake is this node's own affair and changes nothing but time.

use std::collections::HashMap;

use candid::Principal;
use embedder::Sandbox;

/// Instances kept open at most, unless they run now. Each takes some 70 KiB and its touched pages.
const AWAKE_MAX: usize = 2_000;
/// An instance unused for this long is closed, ns.
const IDLE_NS: u64 = 60_000_000_000;
/// Time between two looks for idle ones, ns.
const SWEEP_NS: u64 = 10_000_000_000;

/// Live instances, each with the time of its last use.
#[derive(Default)]
pub(crate) struct Instances {
    open: HashMap<Principal, (Sandbox, u64)>,
    /// Those in which a long message is paused. They are not swept.
    paused: HashMap<Principal, Sandbox>,
    swept_at: u64,
}

impl Instances {
    /// Takes an instance out, to run it or to drop it.
    pub(crate) fn take(&mut self, id: Principal) -> Option<Sandbox> {
        self.open.remove(&id).map(|(sandbox, _)| sandbox)
    }

    /// As [`Self::take`], for a canister whose long message is to go on.
    pub(crate) fn take_for_long(&mut self, id: Principal) -> Option<Sandbox> {
        self.paused.remove(&id).or_else(|| self.take(id))
    }

    /// Puts an instance in that was used now.
    pub(crate) fn put(&mut self, id: Principal, sandbox: Sandbox, now: u64) {
        if sandbox.is_paused() {
            self.paused.insert(id, sandbox);
        } else {
            self.open.insert(id, (sandbox, now));
        }
    }

    /// Gives up a paused message.
    pub(crate) fn drop_paused(&mut self, id: Principal) {
        self.paused.remove(&id);
    }

    pub(crate) fn get_mut(&mut self, id: Principal) -> Option<&mut Sandbox> {
        self.open.get_mut(&id).map(|(sandbox, _)| sandbox)
    }

    /// How many are open.
    pub(crate) fn len(&self) -> usize {
        self.open.len() + self.paused.len()
    }

    /// Closes what was not used lately, and the longest unused beyond the most that may be open.
    pub(crate) fn sweep(&mut self, now: u64) {
        if now < self.swept_at.saturating_add(SWEEP_NS) && self.open.len() <= AWAKE_MAX {
            return;
        }
        self.swept_at = now;
        self.open.retain(|_, (_, used)| *used + IDLE_NS > now);
        if self.open.len() > AWAKE_MAX {
            let mut uses: Vec<u64> = self.open.values().map(|(_, used)| *used).collect();
            uses.sort_unstable();
            let newest = uses[uses.len() - AWAKE_MAX * 3 / 4];
            self.open.retain(|_, (_, used)| *used >= newest);
        }
    }

    /// Closes all.
    pub(crate) fn clear(&mut self) {
        self.open.clear();
        self.paused.clear();
    }
}
