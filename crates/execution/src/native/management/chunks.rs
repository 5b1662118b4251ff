//! The chunk store: pieces of modules that are too large for one message.
//!
//! The pieces are blobs; the canister keeps their hashes.

use ic_management_canister_types::{CanisterIdRecord, ChunkHash as HashReply, UploadChunkArgs};
use state::replicated::{Reject, managed::BlobHash};

use super::{
    super::{Native, NativeCall, decode, reply},
    done, invalid, storage,
};
use crate::executor::Executor;

/// Bytes of a chunk (interface spec, "`upload_chunk`").
pub(crate) const CHUNK_BYTES_MAX: usize = 1 << 20;
/// Chunks of a canister, and of a module.
pub(super) const CHUNKS_MAX: usize = 100;

impl Executor {
    pub(super) fn upload_chunk(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: UploadChunkArgs = decode(call.method, call.arg)?;
        self.accessible(arg.canister_id, call)?;
        check_size(&arg.chunk)?;
        let hash = BlobHash(self.blobs.put(&arg.chunk).map_err(|error| storage(&error))?);
        let chunks = &mut self.managed(arg.canister_id)?.chunks;
        if chunks.len() >= CHUNKS_MAX && !chunks.contains(&hash) {
            return invalid(format!(
                "the chunk store is full with {CHUNKS_MAX} chunks; clear it with `clear_chunk_store`"
            ));
        }
        chunks.insert(hash);
        reply((told(hash),))
    }

    pub(super) fn clear_chunk_store(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let CanisterIdRecord { canister_id } = decode(call.method, call.arg)?;
        self.accessible(canister_id, call)?;
        self.managed(canister_id)?.chunks.clear();
        done()
    }

    pub(super) fn stored_chunks(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let CanisterIdRecord { canister_id } = decode(call.method, call.arg)?;
        let canister = self.accessible(canister_id, call)?;
        reply((canister.managed.chunks.iter().copied().map(told).collect::<Vec<_>>(),))
    }
}

/// Refuses a chunk that is too long.
pub(super) fn check_size(chunk: &[u8]) -> Result<(), Reject> {
    if chunk.len() <= CHUNK_BYTES_MAX {
        return Ok(());
    }
    invalid(format!("a chunk has at most {CHUNK_BYTES_MAX} bytes, and this one has {}", chunk.len()))
}

pub(super) fn told(hash: BlobHash) -> HashReply {
    HashReply { hash: hash.0.to_vec() }
}
