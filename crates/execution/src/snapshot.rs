//! Canister snapshots but for their memories, which lie beside the live ones under numbers of their own.
//!
//! Invariant: a snapshot's memories are in `point_memories` and the log under [`point`]; an uploaded one's module is a
//! memory there too ([`module_point`]) until it is loaded.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use state::replicated::{LowMemoryHook, managed::BlobHash};

use crate::state::GlobalRecord;

/// Sets numbers of snapshots apart from those of restore points, which are versions.
const SNAPSHOT: u64 = 1 << 63;
/// Sets an uploaded module apart from the memories of its snapshot.
const MODULE: u64 = 1 << 62;

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanisterSnapshot {
    /// When it was taken, or its upload begun, ns.
    pub taken_at: u64,
    /// The canister's version then.
    pub canister_version: u64,
    /// Its module.
    pub module: SnapshotModule,
    /// The module's mutable globals.
    pub globals: Vec<GlobalRecord>,
    /// Bytes of WebAssembly memory.
    pub heap_bytes: u64,
    /// Bytes of stable memory.
    pub stable_bytes: u64,
    /// Certified data.
    #[serde(with = "serde_bytes")]
    pub certified_data: Vec<u8>,
    /// The chunk store.
    pub chunks: BTreeSet<BlobHash>,
    /// When the timer goes off, ns, 0 being off; unknown of uploads that don't tell.
    pub global_timer: Option<u64>,
    /// Where `canister_on_low_wasm_memory` stood; unknown of uploads that don't tell.
    #[serde(default)]
    pub low_memory: Option<LowMemoryHook>,
}

/// Where a snapshot's module is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SnapshotModule {
    /// Taken from a canister: a blob and its length.
    Taken(BlobHash, u64),
    /// Uploaded: this many bytes of the memory under [`module_point`].
    Uploaded(u64),
}

impl CanisterSnapshot {
    /// Whether it was uploaded.
    #[must_use]
    pub fn uploaded(&self) -> bool {
        matches!(self.module, SnapshotModule::Uploaded(_))
    }

    /// Bytes of the module.
    #[must_use]
    pub fn module_bytes(&self) -> u64 {
        match self.module {
            SnapshotModule::Taken(_, bytes) | SnapshotModule::Uploaded(bytes) => bytes,
        }
    }

    /// What it counts for; every chunk counts whole.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        let chunks = self.chunks.len() as u64 * crate::native::CHUNK_BYTES_MAX as u64;
        [self.heap_bytes, self.stable_bytes, self.module_bytes(), chunks, self.globals.len() as u64 * 16]
            .into_iter()
            .fold(self.certified_data.len() as u64, u64::saturating_add)
    }
}

/// Where the memories of a snapshot are.
#[must_use]
pub fn point(number: u64) -> u64 {
    number | SNAPSHOT
}

/// Where the module of an uploaded snapshot is, as WebAssembly memory.
#[must_use]
pub fn module_point(number: u64) -> u64 {
    number | SNAPSHOT | MODULE
}
