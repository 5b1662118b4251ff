//! A canister's two memories while it is awake: mappings that start from what was committed and are put back to it.
//!
//! Invariant: between `commit` or `roll_back` and the next message, a mapping holds exactly the bytes of its
//! [`state::pages::PagedMemory`]. Nothing is ever mapped shared, so the kernel can't write uncommitted bytes to a file.

mod heap;
mod mapping;
mod stable;
mod tracker;

pub(crate) use heap::adopting;
pub use heap::{HEAP_CAPACITY_BYTES, Heap};
pub(crate) use heap::{HEAP_GUARD_BYTES, HeapCreator};
pub use stable::{STABLE_CAPACITY_BYTES, StableMemory};
pub use tracker::{DirtyTracker, Tracking};

/// Bytes of a WebAssembly page, in which both memories grow.
pub const WASM_PAGE_BYTES: u64 = 65_536;

/// An operation of the machine under the memories failed. The process can't go on with this canister's memory.
#[derive(Debug, thiserror::Error)]
#[error("could not {action} the memory of a canister")]
pub struct MemoryFault {
    action: &'static str,
    #[source]
    source: std::io::Error,
}

impl MemoryFault {
    pub(crate) fn new(action: &'static str) -> impl Fn(std::io::Error) -> MemoryFault {
        move |source| MemoryFault { action, source }
    }
}
