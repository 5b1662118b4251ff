//! Snapshots that come from outside: first what they are like, then their bytes, piece by piece.

use candid::Principal;
use embedder::GlobalValue;
use ic_management_canister_types::{
    CanisterTimer, OnLowWasmMemoryHookStatus, SnapshotDataOffset, SnapshotMetadataGlobal,
    UploadCanisterSnapshotDataArgs, UploadCanisterSnapshotMetadataArgs, UploadCanisterSnapshotMetadataResult,
};
use state::{
    delta::{MemoryId, MemoryKind, MemoryOp},
    pages::{PAGE_BYTES, PageDelta, PageLines},
    replicated::{LowMemoryHook, Reject, managed::BlobHash},
};
use std::collections::BTreeSet;

use super::{
    super::{Native, NativeCall, decode, reply},
    chunks::{CHUNKS_MAX, check_size},
    code::MODULE_BYTES_MAX,
    done, invalid,
    settings::number,
    snapshots::id_bytes,
    storage,
};
use crate::{
    executor::Executor,
    snapshot::{CanisterSnapshot, SnapshotModule, module_point, point},
    state::{GlobalRecord, memory_id},
};

/// Mutable globals of a module.
const GLOBALS_MAX: usize = 1_000;
/// A WebAssembly page, the unit in which memories grow.
const WASM_PAGE_BYTES: u64 = 64 << 10;
/// Bytes of certified data (interface spec, "Certified data").
const CERTIFIED_DATA_MAX: usize = 32;

impl Executor {
    pub(super) fn upload_canister_snapshot_metadata(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: UploadCanisterSnapshotMetadataArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        let canister_version = self.accessible(id, call)?.system.version;
        let replaced = self.room(id, arg.replace_snapshot.as_deref())?;
        self.check_metadata(&arg)?;
        let globals = arg.globals.iter().map(global).collect::<Result<Vec<_>, _>>()?;
        let snapshot = CanisterSnapshot {
            taken_at: self.state.time,
            canister_version,
            module: SnapshotModule::Uploaded(arg.wasm_module_size),
            globals,
            heap_bytes: arg.wasm_memory_size,
            stable_bytes: arg.stable_memory_size,
            certified_data: arg.certified_data,
            chunks: BTreeSet::new(),
            global_timer: arg.global_timer.map(|timer| match timer {
                CanisterTimer::Inactive => 0,
                CanisterTimer::Active(at) => at,
            }),
            low_memory: arg.on_low_wasm_memory_hook_status.map(|hook| match hook {
                OnLowWasmMemoryHookStatus::ConditionNotSatisfied => LowMemoryHook::ConditionNotSatisfied,
                OnLowWasmMemoryHookStatus::Ready => LowMemoryHook::Ready,
                OnLowWasmMemoryHookStatus::Executed => LowMemoryHook::Executed,
            }),
        };
        let number = self.add_snapshot(id, replaced, snapshot)?;
        self.state.point_memories.insert((id, point(number)), Default::default());
        self.state.point_memories.insert((id, module_point(number)), Default::default());
        let whole_pages = arg.wasm_module_size.next_multiple_of(PAGE_BYTES as u64);
        self.size(memory_id(id, MemoryKind::Heap, point(number)), arg.wasm_memory_size);
        self.size(memory_id(id, MemoryKind::Stable, point(number)), arg.stable_memory_size);
        self.size(memory_id(id, MemoryKind::Heap, module_point(number)), whole_pages);
        reply((UploadCanisterSnapshotMetadataResult { snapshot_id: id_bytes(id, number) },))
    }

    fn check_metadata(&self, arg: &UploadCanisterSnapshotMetadataArgs) -> Result<(), Reject> {
        let limits = [
            ("wasm_module_size", arg.wasm_module_size, MODULE_BYTES_MAX as u64),
            ("wasm_memory_size", arg.wasm_memory_size, self.config.heap_bytes),
            ("stable_memory_size", arg.stable_memory_size, self.config.stable_bytes),
            ("the number of globals", arg.globals.len() as u64, GLOBALS_MAX as u64),
            ("the length of `certified_data`", arg.certified_data.len() as u64, CERTIFIED_DATA_MAX as u64),
        ];
        if let Some((name, given, limit)) = limits.iter().find(|(_, given, limit)| given > limit) {
            return invalid(format!("{name} is {given}, and at most {limit} here"));
        }
        if !(arg.wasm_memory_size | arg.stable_memory_size).is_multiple_of(WASM_PAGE_BYTES) {
            return invalid(format!("the sizes of memories are multiples of {WASM_PAGE_BYTES} bytes"));
        }
        Ok(())
    }

    pub(super) fn upload_canister_snapshot_data(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: UploadCanisterSnapshotDataArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        self.accessible(id, call)?;
        let number = self.own_snapshot(id, &arg.snapshot_id)?;
        let uploaded = self.state.snapshots.get(&(id, number)).filter(|snapshot| snapshot.uploaded());
        let Some(snapshot) = uploaded else {
            return invalid("the snapshot was taken from a canister, and nothing can be uploaded to it");
        };
        let (offset, whole, to) = match arg.kind {
            SnapshotDataOffset::WasmModule { offset } => {
                (offset, snapshot.module_bytes(), memory_id(id, MemoryKind::Heap, module_point(number)))
            }
            SnapshotDataOffset::WasmMemory { offset } => {
                (offset, snapshot.heap_bytes, memory_id(id, MemoryKind::Heap, point(number)))
            }
            SnapshotDataOffset::StableMemory { offset } => {
                (offset, snapshot.stable_bytes, memory_id(id, MemoryKind::Stable, point(number)))
            }
            SnapshotDataOffset::WasmChunk => return self.upload_snapshot_chunk(id, number, &arg.chunk),
        };
        if offset.checked_add(arg.chunk.len() as u64).is_none_or(|end| end > whole) {
            return invalid(format!("the chunk at {offset} goes beyond the {whole} bytes that the metadata tells"));
        }
        self.write(to, offset, &arg.chunk);
        done()
    }

    fn upload_snapshot_chunk(&mut self, id: Principal, number: u64, chunk: &[u8]) -> Result<Native, Reject> {
        check_size(chunk)?;
        let hash = BlobHash(self.blobs.put(chunk).map_err(|error| storage(&error))?);
        let Some(snapshot) = self.state.snapshots.get_mut(&(id, number)) else { return done() };
        if snapshot.chunks.len() >= CHUNKS_MAX && !snapshot.chunks.contains(&hash) {
            return invalid(format!("the snapshot's chunk store is full with {CHUNKS_MAX} chunks"));
        }
        snapshot.chunks.insert(hash);
        let bytes = snapshot.total_bytes();
        self.changes.snapshots.insert((id, number));
        self.managed(id)?.snapshots.insert(number, bytes);
        done()
    }

    /// Gives a memory its size.
    fn size(&mut self, id: MemoryId, bytes: u64) {
        self.put_pages(id, PageDelta { bytes, pages: Vec::new() });
    }

    /// Writes bytes within a memory's size.
    fn write(&mut self, id: MemoryId, offset: u64, bytes: &[u8]) {
        let Some(memory) = self.state.memory(id) else { return };
        let mut pages = Vec::new();
        let (mut index, mut within) =
            (offset / PAGE_BYTES as u64, usize::try_from(offset % PAGE_BYTES as u64).unwrap_or(0));
        let mut rest = bytes;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(PAGE_BYTES - within));
            let old = memory.page(index).copied().unwrap_or([0; PAGE_BYTES]);
            let mut new = old;
            new[within..within + now.len()].copy_from_slice(now);
            pages.extend(PageLines::diff(index, &old, &new));
            (rest, index, within) = (later, index + 1, 0);
        }
        let delta = PageDelta { bytes: memory.bytes(), pages };
        self.put_pages(id, delta);
    }

    fn put_pages(&mut self, id: MemoryId, delta: PageDelta) {
        if let Some(memory) = self.state.memory_mut(id) {
            memory.apply_checked(&delta);
            self.changes.memories.push(MemoryOp::Write(id, delta));
        }
    }
}

fn global(given: &SnapshotMetadataGlobal) -> Result<GlobalRecord, Reject> {
    Ok(GlobalRecord::new(match given {
        SnapshotMetadataGlobal::I32(value) => GlobalValue::I32(*value),
        SnapshotMetadataGlobal::I64(value) => GlobalValue::I64(*value),
        SnapshotMetadataGlobal::F32(value) => GlobalValue::F32(value.to_bits()),
        SnapshotMetadataGlobal::F64(value) => GlobalValue::F64(value.to_bits()),
        SnapshotMetadataGlobal::V128(bits) => GlobalValue::V128(number("v128", bits, u128::MAX)?),
    }))
}
