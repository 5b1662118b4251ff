//! Fingerprints of canisters, and which canisters are damaged.
//!
//! A canister's fingerprint covers its memories page by page and its globals, and is a leaf of the certified state, so
//! it is the same on every node that holds the same bytes. That bytes are not those is noticed in several places (a
//! wake, a write, a start, the scrub), noted on the image they came from, and read from there: whoever stands on a
//! damaged image is refused, whoever is brought to another one is not.

use std::{fmt, ops::Bound};

use candid::Principal;
use embedder::CanisterMemory;
use state::{
    delta::{MemoryId, MemoryKind, MemoryOp},
    fingerprint::{FORMAT, Hash, of_parts},
    pages::PagedMemory,
    replicated::to_record,
};

use crate::{
    executor::Executor,
    state::{Canister, Changes, global_records, memory_id},
};

/// Memory that is not what was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Whose it is.
    pub canister: Principal,
    /// The restore point or snapshot that it belongs to; 0 for the live one.
    pub point: u64,
    /// Which of the two memories.
    pub kind: MemoryKind,
    /// What is wrong with it, as a half sentence.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", name(self.kind), self.what)
    }
}

/// A memory as people may read it.
fn name(kind: MemoryKind) -> &'static str {
    match kind {
        MemoryKind::Heap => "main memory",
        MemoryKind::Stable => "stable memory",
    }
}

impl Canister {
    /// What is known to be wrong with its memories, if anything.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        check_known(&self.memory).err()
    }

    /// Its fingerprint, as of when its memories were last sealed.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        let globals = to_record(&global_records(&self.memory.globals));
        let memories = [self.memory.heap.fingerprint(), self.memory.stable.fingerprint()];
        of_parts(&[b"autograph canister", &[FORMAT], &memories[0], &memories[1], &globals])
    }
}

/// Whether nothing is known to be wrong with a canister's memories; quick enough to be asked before every message.
///
/// # Errors
/// Which memory, and what is wrong with it.
pub(crate) fn check_known(memory: &CanisterMemory) -> Result<(), String> {
    check(memory, |memory| memory.image().damage().map_or(Ok(()), |what| Err(what.to_owned())))
}

/// The same when a canister wakes: images of up to `bytes_max` that were not looked at since they were opened are.
///
/// # Errors
/// As [`check_known`].
pub(crate) fn check_at_wake(memory: &CanisterMemory, bytes_max: u64) -> Result<(), String> {
    check(memory, |memory| memory.image().check_once(bytes_max))
}

fn check(memory: &CanisterMemory, look: impl Fn(&PagedMemory) -> Result<(), String>) -> Result<(), String> {
    for (kind, memory) in [(MemoryKind::Heap, &memory.heap), (MemoryKind::Stable, &memory.stable)] {
        look(memory).map_err(|what| format!("{}: {what}", name(kind)))?;
    }
    Ok(())
}

impl Executor {
    /// Brings the fingerprints of the memories that a batch changed up to date.
    pub(crate) fn seal(&mut self, changes: &Changes) {
        for id in changes.memories.iter().map(MemoryOp::target) {
            if let Some(memory) = self.state.memory_mut(id) {
                memory.seal();
            }
        }
    }

    /// All that is damaged, restore points included.
    #[must_use]
    pub fn damage(&self) -> Vec<Damage> {
        let damage = |(id, memory): (MemoryId, &PagedMemory)| {
            let canister = Principal::from_slice(&id.canister);
            let what = memory.image().damage()?.to_owned();
            Some(Damage { canister, point: id.point, kind: id.kind, what })
        };
        self.state.memories().filter_map(damage).collect()
    }

    /// The first canister behind the given one, with all its memories, those of its points included; for the scrub.
    #[must_use]
    pub fn canister_after(&self, last: Option<Principal>) -> Option<(Principal, Vec<(MemoryId, PagedMemory)>)> {
        let from = last.map_or(Bound::Unbounded, Bound::Excluded);
        let (id, canister) = self.state.canisters.range((from, Bound::Unbounded)).next()?;
        let points = self.state.point_memories.range((*id, 0)..=(*id, u64::MAX));
        let points = points.map(|((_, point), (heap, stable))| (*point, heap, stable));
        let live = std::iter::once((0, &canister.memory.heap, &canister.memory.stable));
        let memories = live.chain(points).flat_map(|(point, heap, stable)| {
            [(MemoryKind::Heap, heap), (MemoryKind::Stable, stable)]
                .map(|(kind, memory)| (memory_id(*id, kind, point), memory.clone()))
        });
        Some((*id, memories.filter(|(_, memory)| memory.bytes() > 0).collect()))
    }

    /// Has the next fold write these memories whole, from what is here.
    pub fn rewrite(&mut self, ids: &[MemoryId]) {
        for id in ids {
            if let Some(memory) = self.state.memory_mut(*id) {
                memory.write_whole_next();
                self.unfolded.memories.insert(*id);
            }
        }
    }
}
