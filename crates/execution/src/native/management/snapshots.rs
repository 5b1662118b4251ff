//! Canister snapshots: taken, listed, read, loaded and deleted.
//!
//! Taking and loading fork paged memories, so both cost nothing for what stays the same.

use candid::{Nat, Principal};
use embedder::{CanisterMemory, GlobalValue, Sandbox};
use ic_management_canister_types::{
    CanisterIdRecord, CanisterTimer, DeleteCanisterSnapshotArgs, LoadCanisterSnapshotArgs, OnLowWasmMemoryHookStatus,
    ReadCanisterSnapshotDataArgs, ReadCanisterSnapshotDataResult, ReadCanisterSnapshotMetadataArgs,
    ReadCanisterSnapshotMetadataResult, Snapshot, SnapshotDataKind, SnapshotMetadataGlobal, TakeCanisterSnapshotArgs,
};
use protocol::ErrorCode;
use state::{
    delta::{MemoryKind, MemoryOp},
    pages::{PAGE_BYTES, PagedMemory},
    replicated::{
        CanisterCode, LowMemoryHook, Managed, Reject,
        managed::{BlobHash, ChangeDetails},
    },
};
use std::sync::Arc;

use super::{
    super::{Native, NativeCall, decode, reply},
    access, chunks, code, done, history, invalid, storage,
};
use crate::{
    executor::Executor,
    reject,
    snapshot::{CanisterSnapshot, SnapshotModule, module_point, point},
    state::{GlobalRecord, global_records, memory_id},
    switch::first_heartbeat,
};

/// Snapshots of a canister.
const SNAPSHOTS_MAX: usize = 10;
/// Bytes that one call reads.
const READ_BYTES_MAX: u64 = 2_000_000;
const KINDS: [MemoryKind; 2] = [MemoryKind::Heap, MemoryKind::Stable];

/// A snapshot's id: its number and its canister.
pub(super) fn id_bytes(canister: Principal, number: u64) -> Vec<u8> {
    [&number.to_be_bytes(), canister.as_slice()].concat()
}

impl Executor {
    pub(super) fn take_canister_snapshot(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: TakeCanisterSnapshotArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        let canister = self.accessible(id, call)?;
        let CanisterCode::Wasm(hash) = canister.system.code else { return Err(reject::no_code(id)) };
        let replaced = self.room(id, arg.replace_snapshot.as_deref())?;
        let snapshot = self.present(id, BlobHash(hash))?;
        let taken = self.keep_snapshot(id, replaced, snapshot)?;
        if arg.uninstall_code == Some(true) {
            self.uninstall(id, history::origin(call, arg.sender_canister_version));
        }
        reply((taken,))
    }

    /// Whether there is room for one more; gives the one that it replaces.
    pub(super) fn room(&self, id: Principal, replaced: Option<&[u8]>) -> Result<Option<u64>, Reject> {
        let replaced = replaced.map(|bytes| self.own_snapshot(id, bytes)).transpose()?;
        let count = self.state.canisters.get(&id).map_or(0, |canister| canister.managed.snapshots.len());
        if replaced.is_none() && count >= SNAPSHOTS_MAX {
            return invalid(format!(
                "canister {id} has {SNAPSHOTS_MAX} snapshots, the most it can have; delete or replace one"
            ));
        }
        Ok(replaced)
    }

    /// A canister as it is now, but for its memories.
    fn present(&self, id: Principal, module: BlobHash) -> Result<CanisterSnapshot, Reject> {
        let canister = self.state.canisters.get(&id).ok_or_else(|| reject::not_found(id))?;
        let module_bytes = self.blobs.get(&module.0).map_or(0, |bytes| bytes.len() as u64);
        Ok(CanisterSnapshot {
            taken_at: self.state.time,
            canister_version: canister.system.version,
            module: SnapshotModule::Taken(module, module_bytes),
            globals: global_records(&canister.memory.globals),
            heap_bytes: canister.memory.heap.bytes(),
            stable_bytes: canister.memory.stable.bytes(),
            certified_data: canister.system.certified_data.clone(),
            chunks: canister.managed.chunks.clone(),
            global_timer: Some(canister.system.global_timer),
            low_memory: Some(canister.system.low_memory),
        })
    }

    fn keep_snapshot(
        &mut self,
        id: Principal,
        replaced: Option<u64>,
        snapshot: CanisterSnapshot,
    ) -> Result<Snapshot, Reject> {
        let number = self.add_snapshot(id, replaced, snapshot)?;
        if let Some(canister) = self.state.canisters.get(&id) {
            let memories = (canister.memory.heap.clone(), canister.memory.stable.clone());
            self.state.point_memories.insert((id, point(number)), memories);
        }
        for kind in KINDS {
            let (from, to) = (memory_id(id, kind, 0), memory_id(id, kind, point(number)));
            self.changes.memories.push(MemoryOp::Fork { from, to });
        }
        let kept = self.state.snapshots.get(&(id, number));
        kept.map(|snapshot| told(id, number, snapshot)).ok_or_else(|| missing(id))
    }

    /// Enters a snapshot without memories, in place of another if one is named; gives its number.
    pub(super) fn add_snapshot(
        &mut self,
        id: Principal,
        replaced: Option<u64>,
        snapshot: CanisterSnapshot,
    ) -> Result<u64, Reject> {
        if let Some(replaced) = replaced {
            self.delete_snapshot(id, replaced)?;
        }
        let bytes = snapshot.total_bytes();
        let managed = self.managed(id)?;
        let number = managed.fresh_snapshot();
        managed.snapshots.insert(number, bytes);
        self.state.snapshots.insert((id, number), snapshot);
        self.changes.snapshots.insert((id, number));
        Ok(number)
    }

    pub(super) fn load_canister_snapshot(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: LoadCanisterSnapshotArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        self.accessible(id, call)?;
        let (from, number) = parts(&arg.snapshot_id).ok_or_else(|| missing(id))?;
        if let Some(other) = self.state.canisters.get(&from) {
            access::check(from, &other.system, call.caller, call.method)?;
        }
        let snapshot = self.state.snapshots.get(&(from, number)).cloned().ok_or_else(|| missing(from))?;
        self.become_snapshot(id, (from, number), &snapshot)?;
        let details = ChangeDetails::LoadSnapshot {
            from: (from != id).then_some(from),
            number,
            version: snapshot.canister_version,
            taken_at: snapshot.taken_at,
            uploaded: snapshot.uploaded(),
        };
        self.record(id, history::origin(call, arg.sender_canister_version), details);
        done()
    }

    fn become_snapshot(
        &mut self,
        id: Principal,
        from: (Principal, u64),
        snapshot: &CanisterSnapshot,
    ) -> Result<(), Reject> {
        let hash = self.snapshot_module(from, snapshot)?;
        let module = self.module(hash).map_err(|why| code::bad_module(id, &why))?;
        let memories = self.state.point_memories.get(&(from.0, point(from.1))).cloned().unwrap_or_default();
        for memory in [&memories.0, &memories.1] {
            let damaged = |what: String| invalid(format!("the snapshot was altered outside of this program ({what})"));
            memory.check().or_else(damaged)?;
        }
        let globals = snapshot.globals.iter().map(|global| global.value()).collect();
        let memory = CanisterMemory { heap: memories.0, stable: memories.1, globals };
        // Opened here, so that what does not fit together is refused while nothing is changed.
        let sandbox = Sandbox::open(&self.engine, module.clone(), &memory).or_else(|error| {
            invalid(format!("the snapshot's module, globals and memory don't fit together: {error}"))
        })?;
        let now = self.state.time;
        let heap_bytes_max = self.config.heap_bytes;
        let canister = self.state.canisters.get_mut(&id).ok_or_else(|| reject::not_found(id))?;
        let low_memory = snapshot.low_memory.filter(|_| snapshot.uploaded());
        let is_low = canister.is_low(memory.heap.bytes(), heap_bytes_max);
        if low_memory.is_some_and(|hook| is_low == (hook == LowMemoryHook::ConditionNotSatisfied)) {
            return invalid("what the snapshot tells of `canister_on_low_wasm_memory` contradicts its memory's size");
        }
        canister.memory = memory;
        Arc::make_mut(&mut canister.managed).chunks.clone_from(&snapshot.chunks);
        self.changes.managed.insert(id);
        self.instances.take(id);
        self.instances.put(id, sandbox, now);
        self.change(id, |system| {
            system.code = CanisterCode::Wasm(hash);
            system.certified_data.clone_from(&snapshot.certified_data);
            system.heartbeat_at = first_heartbeat(&module, now);
            if let Some(timer) = snapshot.global_timer.filter(|_| snapshot.uploaded()) {
                system.global_timer = timer;
            }
            system.low_memory = low_memory.unwrap_or(system.low_memory);
        });
        self.changes.globals.insert(id);
        self.directory_changed = true;
        for kind in KINDS {
            let (from, to) = (memory_id(from.0, kind, point(from.1)), memory_id(id, kind, 0));
            self.changes.memories.push(MemoryOp::Fork { from, to });
        }
        Ok(())
    }

    /// The blob of a snapshot's module; an uploaded one becomes a blob now.
    fn snapshot_module(&self, from: (Principal, u64), snapshot: &CanisterSnapshot) -> Result<[u8; 32], Reject> {
        match snapshot.module {
            SnapshotModule::Taken(hash, _) => Ok(hash.0),
            SnapshotModule::Uploaded(bytes) => {
                let module = self.uploaded_module(from, 0, bytes);
                self.blobs.put(&module).map_err(|error| storage(&error))
            }
        }
    }

    fn uploaded_module(&self, (id, number): (Principal, u64), offset: u64, size: u64) -> Vec<u8> {
        let memory = self.state.point_memories.get(&(id, module_point(number)));
        memory.map(|(module, _)| read(module, offset, size)).unwrap_or_default()
    }

    pub(super) fn list_canister_snapshots(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let CanisterIdRecord { canister_id: id } = decode(call.method, call.arg)?;
        let numbers = self.accessible(id, call)?.managed.snapshots.keys();
        let known = |number: &u64| Some(told(id, *number, self.state.snapshots.get(&(id, *number))?));
        reply((numbers.filter_map(known).collect::<Vec<Snapshot>>(),))
    }

    pub(super) fn delete_canister_snapshot(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: DeleteCanisterSnapshotArgs = decode(call.method, call.arg)?;
        self.accessible(arg.canister_id, call)?;
        let number = self.own_snapshot(arg.canister_id, &arg.snapshot_id)?;
        self.delete_snapshot(arg.canister_id, number)?;
        done()
    }

    fn delete_snapshot(&mut self, id: Principal, number: u64) -> Result<(), Reject> {
        self.managed(id)?.snapshots.remove(&number);
        self.drop_snapshot(id, number);
        Ok(())
    }

    /// Drops the snapshots of a canister that is gone.
    pub(crate) fn drop_snapshots(&mut self, id: Principal, managed: &Managed) {
        for number in managed.snapshots.keys() {
            self.drop_snapshot(id, *number);
        }
    }

    fn drop_snapshot(&mut self, id: Principal, number: u64) {
        let Some(snapshot) = self.state.snapshots.remove(&(id, number)) else { return };
        self.changes.snapshots.insert((id, number));
        let module = snapshot.uploaded().then_some(module_point(number));
        for point in [Some(point(number)), module].into_iter().flatten() {
            self.state.point_memories.remove(&(id, point));
            for kind in KINDS {
                self.changes.memories.push(MemoryOp::Drop(memory_id(id, kind, point)));
            }
        }
    }

    /// The number of a canister's own snapshot.
    pub(super) fn own_snapshot(&self, id: Principal, bytes: &[u8]) -> Result<u64, Reject> {
        let of_it =
            parts(bytes).filter(|(owner, number)| *owner == id && self.state.snapshots.contains_key(&(id, *number)));
        of_it.map(|(_, number)| number).ok_or_else(|| missing(id))
    }

    pub(super) fn read_canister_snapshot_metadata(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: ReadCanisterSnapshotMetadataArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        self.accessible(id, call)?;
        let number = self.own_snapshot(id, &arg.snapshot_id)?;
        let snapshot = self.state.snapshots.get(&(id, number)).ok_or_else(|| missing(id))?;
        reply((ReadCanisterSnapshotMetadataResult {
            source: Some(history::source(snapshot.uploaded())),
            taken_at_timestamp: snapshot.taken_at,
            wasm_module_size: snapshot.module_bytes(),
            globals: snapshot.globals.iter().map(|global| Some(told_global(*global))).collect(),
            wasm_memory_size: snapshot.heap_bytes,
            stable_memory_size: snapshot.stable_bytes,
            wasm_chunk_store: snapshot.chunks.iter().copied().map(chunks::told).collect(),
            canister_version: snapshot.canister_version,
            certified_data: snapshot.certified_data.clone(),
            global_timer: snapshot.global_timer.map(|at| match at {
                0 => CanisterTimer::Inactive,
                at => CanisterTimer::Active(at),
            }),
            on_low_wasm_memory_hook_status: snapshot.low_memory.map(told_hook),
        },))
    }

    pub(super) fn read_canister_snapshot_data(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: ReadCanisterSnapshotDataArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        self.accessible(id, call)?;
        let number = self.own_snapshot(id, &arg.snapshot_id)?;
        let snapshot = self.state.snapshots.get(&(id, number)).ok_or_else(|| missing(id))?;
        let (heap, stable) = self.state.point_memories.get(&(id, point(number))).cloned().unwrap_or_default();
        let chunk = match arg.kind {
            SnapshotDataKind::WasmModule { offset, size } => {
                check_range(offset, size, snapshot.module_bytes())?;
                self.module_bytes((id, number), snapshot, offset, size)
            }
            SnapshotDataKind::WasmMemory { offset, size } => {
                check_range(offset, size, snapshot.heap_bytes)?;
                read(&heap, offset, size)
            }
            SnapshotDataKind::StableMemory { offset, size } => {
                check_range(offset, size, snapshot.stable_bytes)?;
                read(&stable, offset, size)
            }
            SnapshotDataKind::WasmChunk { hash } => {
                let hash = <[u8; 32]>::try_from(&hash[..]).ok().filter(|h| snapshot.chunks.contains(&BlobHash(*h)));
                match hash.and_then(|hash| self.blobs.get(&hash)) {
                    Some(chunk) => chunk.to_vec(),
                    None => return invalid("the snapshot has no chunk with this hash"),
                }
            }
        };
        reply((ReadCanisterSnapshotDataResult { chunk },))
    }

    fn module_bytes(&self, of: (Principal, u64), snapshot: &CanisterSnapshot, offset: u64, size: u64) -> Vec<u8> {
        match snapshot.module {
            SnapshotModule::Uploaded(_) => self.uploaded_module(of, offset, size),
            SnapshotModule::Taken(hash, _) => {
                let bytes = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                let module = self.blobs.get(&hash.0);
                let part = module.as_ref().and_then(|module| module.get(bytes(offset)..bytes(offset + size)));
                part.unwrap_or_default().to_vec()
            }
        }
    }
}

fn told(id: Principal, number: u64, snapshot: &CanisterSnapshot) -> Snapshot {
    Snapshot { id: id_bytes(id, number), taken_at_timestamp: snapshot.taken_at, total_size: snapshot.total_bytes() }
}

fn told_global(global: GlobalRecord) -> SnapshotMetadataGlobal {
    match global.value() {
        GlobalValue::I32(value) => SnapshotMetadataGlobal::I32(value),
        GlobalValue::I64(value) => SnapshotMetadataGlobal::I64(value),
        GlobalValue::F32(bits) => SnapshotMetadataGlobal::F32(f32::from_bits(bits)),
        GlobalValue::F64(bits) => SnapshotMetadataGlobal::F64(f64::from_bits(bits)),
        GlobalValue::V128(bits) => SnapshotMetadataGlobal::V128(Nat::from(bits)),
    }
}

/// The canister and the number that an id is made of.
fn parts(id: &[u8]) -> Option<(Principal, u64)> {
    let (number, canister) = id.split_first_chunk::<8>()?;
    Some((Principal::try_from_slice(canister).ok()?, u64::from_be_bytes(*number)))
}

fn missing(id: Principal) -> Reject {
    let text = format!("canister {id} has no such snapshot; `list_canister_snapshots` tells those it has");
    Reject::new(ErrorCode::CANISTER_SNAPSHOT_NOT_FOUND, text)
}

fn told_hook(hook: LowMemoryHook) -> OnLowWasmMemoryHookStatus {
    match hook {
        LowMemoryHook::ConditionNotSatisfied => OnLowWasmMemoryHookStatus::ConditionNotSatisfied,
        LowMemoryHook::Ready => OnLowWasmMemoryHookStatus::Ready,
        LowMemoryHook::Executed => OnLowWasmMemoryHookStatus::Executed,
    }
}

fn check_range(offset: u64, size: u64, whole: u64) -> Result<(), Reject> {
    if size > READ_BYTES_MAX {
        return invalid(format!("one call reads at most {READ_BYTES_MAX} bytes"));
    }
    if offset.checked_add(size).is_none_or(|end| end > whole) {
        return invalid(format!("bytes {offset} and the {size} that follow are beyond the {whole} that are there"));
    }
    Ok(())
}

/// Bytes of a memory; pages that were never written are zero.
fn read(memory: &PagedMemory, offset: u64, size: u64) -> Vec<u8> {
    const PAGE: u64 = PAGE_BYTES as u64;
    let mut bytes = Vec::new();
    let mut at = offset;
    while at < offset + size {
        let within = usize::try_from(at % PAGE).unwrap_or(0);
        let take = (PAGE_BYTES - within).min(usize::try_from(offset + size - at).unwrap_or(PAGE_BYTES));
        match memory.page(at / PAGE) {
            Some(page) => bytes.extend_from_slice(&page[within..within + take]),
            None => bytes.resize(bytes.len() + take, 0),
        }
        at += take as u64;
    }
    bytes
}
