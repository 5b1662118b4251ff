//! What is known of a seed before it becomes a fork: which data it holds, how much, and how far another is from it.

use embedder::CanisterMemory;
use state::{
    fingerprint::Hash,
    pages::{PAGE_BYTES, PagedMemory},
};

use super::{Fork, ForkSeed};
impl ForkSeed {
    /// Whether the app did nothing between the two: no message ran, and the bytes are the same.
    #[must_use]
    pub fn is_as(&self, other: &ForkSeed) -> bool {
        let known = |seed: &ForkSeed| -> Option<(u64, Hash)> {
            let canister = seed.state.canisters.get(&seed.backend)?;
            Some((canister.system.version, canister.fingerprint()))
        };
        self.backend == other.backend && known(self) == known(other)
    }

    /// Bytes of both memories.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.state.canisters.get(&self.backend).map_or(0, |canister| memory_bytes(&canister.memory))
    }

    /// Bytes of the pages in which this seed may differ from an older one of the same app; those of both memories
    /// whole, if a fold came between the two.
    #[must_use]
    pub fn changed_since(&self, older: &ForkSeed) -> u64 {
        let memory = |seed: &ForkSeed| seed.state.canisters.get(&self.backend).map(|canister| canister.memory.clone());
        let (Some(now), Some(then)) = (memory(self), memory(older)) else { return self.memory_bytes() };
        let pages = |a: &PagedMemory, b| a.differing(b).map(|pages| (pages.len() * PAGE_BYTES) as u64);
        match (pages(&now.heap, &then.heap), pages(&now.stable, &then.stable)) {
            (Some(heap), Some(stable)) => heap + stable,
            _ => memory_bytes(&now),
        }
    }
}

impl Fork {
    /// The types of the stable variables, as the module in the fork declares them.
    #[must_use]
    pub fn stable_types(&mut self) -> Option<String> {
        let section = self.executor.sections(self.backend, &["motoko:stable-types"]).pop().flatten()?;
        String::from_utf8(section).ok()
    }

    /// Bytes of the fork's memories.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.executor.state.canisters.get(&self.backend).map_or(0, |canister| memory_bytes(&canister.memory))
    }
}

fn memory_bytes(memory: &CanisterMemory) -> u64 {
    memory.heap.bytes() + memory.stable.bytes()
}
