//! Replicated state in its durable form: page images, the write-ahead log, the catalogue, and the storage seam.
//!
//! Invariant: what a commit record covers survives a crash whole, and nothing behind the last one survives at all.

pub mod blobs;
pub mod catalogue;
pub mod delta;
pub mod fingerprint;
pub mod log;
mod page_map;
pub mod pages;
pub mod planted;
pub mod replicated;
pub mod storage;
pub mod store;
