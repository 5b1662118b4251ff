//! The replicated state in memory, and its way from and to records.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use candid::Principal;
use embedder::{CanisterMemory, GlobalValue};
use serde::{Deserialize, Serialize};
use state::{
    delta::{MemoryId, MemoryKind, MemoryOp},
    pages::PagedMemory,
    replicated::{
        BadRecord, CanisterCode, IngressEntry, LogEntry, LowMemoryHook, Managed, Message, NativeKind, RequestId,
        SystemState, from_record, to_record,
    },
    store::Recovered,
};

use crate::{
    prices::IdlePrices,
    registry::{AppAssets, Member, Registry, RoleDefinition},
    snapshot::CanisterSnapshot,
};

const CANISTER_KEY: &[u8] = b"c/";
const GLOBALS_KEY: &[u8] = b"g/";
const ASSETS_KEY: &[u8] = b"f/";
const INGRESS_KEY: &[u8] = b"i/";
const POINT_KEY: &[u8] = b"p/";
const MANAGED_KEY: &[u8] = b"h/";
const SNAPSHOT_KEY: &[u8] = b"s/";
const CHOSEN_KEY: &[u8] = b"x/";
const LOG_KEY: &[u8] = b"l/";
const META_KEY: &[u8] = b"m";

/// Canisters of users get ids from here on; below are the system's.
const FIRST_CANISTER_INDEX: u64 = 0x10_0000;

/// A canister whole.
#[derive(Clone, Debug)]
pub struct Canister {
    /// All but the memories.
    pub system: SystemState,
    /// The memories as last committed.
    pub memory: CanisterMemory,
    /// Frontend files, of an asset canister.
    pub assets: Arc<AppAssets>,
    /// Chunk store, history and snapshots.
    pub managed: Arc<Managed>,
}

/// What a switch puts aside so that it can be undone: everything of the app but its memories, which lie beside it
/// under the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestorePoint {
    /// The backend but for its memories.
    pub system: SystemState,
    /// The module's mutable globals.
    pub globals: Vec<GlobalRecord>,
    /// Frontend files.
    pub assets: AppAssets,
    /// Roles.
    pub roles: Vec<RoleDefinition>,
    /// Title.
    pub title: String,
    /// Members and their links.
    pub members: BTreeMap<String, Member>,
}

/// A mutable global's value as a record: its type (`i32`, `i64`, `f32`, `f64`, `v128`) and its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlobalRecord(pub u8, pub u128);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Meta {
    time: u64,
    next_canister: u64,
    seed: [u8; 32],
    drawn: u64,
    /// [`crate::certified::FORMAT`] of the tree that the batch certified.
    tree_format: u32,
}

/// Everything that batches change. A copy shares the pages of memories.
#[derive(Clone, Debug)]
pub struct ReplicatedState {
    /// The last batch executed.
    pub height: u64,
    /// Its time, ns; never goes back.
    pub time: u64,
    /// All canisters.
    pub canisters: BTreeMap<Principal, Canister>,
    /// What became of update calls.
    pub ingress: BTreeMap<RequestId, IngressEntry>,
    /// The same by the time they are forgotten.
    pub ingress_by_time: BTreeSet<(u64, RequestId)>,
    /// Those of them that hold answers.
    pub answers_by_time: BTreeSet<(u64, RequestId)>,
    /// Apps, members, versions.
    pub registry: Registry,
    /// Restore points by backend and version.
    pub points: BTreeMap<(Principal, u64), RestorePoint>,
    /// Canister snapshots by canister and number.
    pub snapshots: BTreeMap<(Principal, u64), CanisterSnapshot>,
    /// Memories of both, under their points.
    pub point_memories: BTreeMap<(Principal, u64), (PagedMemory, PagedMemory)>,
    next_canister: u64,
    /// Indices of ids that somebody chose, also those of canisters that are gone.
    pub(crate) chosen_ids: BTreeSet<u64>,
    /// The last batch's randomness, and how often it was drawn from.
    pub(crate) seed: [u8; 32],
    pub(crate) drawn: u64,
    /// The lines of each canister's log that are records.
    logged: BTreeMap<Principal, Range<u64>>,
    /// The format of the tree whose root recovery read; 0 when there was none.
    pub(crate) tree_format: u32,
}

impl ReplicatedState {
    /// From what recovery read; an empty one gives a new network with its system canisters.
    ///
    /// # Errors
    /// A record can't be read.
    pub fn load(recovered: &Recovered) -> Result<ReplicatedState, BadRecord> {
        let mut state = ReplicatedState { height: recovered.height, ..ReplicatedState::empty(recovered.time) };
        for (key, value) in &recovered.records {
            state.load_record(key, value)?;
        }
        for (id, memory) in &recovered.memories {
            state.load_memory(*id, memory.clone());
        }
        Ok(state)
    }

    /// No canisters at all.
    #[must_use]
    pub fn empty(time: u64) -> ReplicatedState {
        ReplicatedState {
            height: 0,
            time,
            canisters: BTreeMap::new(),
            ingress: BTreeMap::new(),
            ingress_by_time: BTreeSet::new(),
            answers_by_time: BTreeSet::new(),
            registry: Registry::default(),
            points: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            point_memories: BTreeMap::new(),
            next_canister: FIRST_CANISTER_INDEX,
            chosen_ids: BTreeSet::new(),
            seed: [0; 32],
            drawn: 0,
            logged: BTreeMap::new(),
            tree_format: 0,
        }
    }

    /// The records of a canister's log that are not as it is now.
    fn log_records(&mut self, id: Principal, records: &mut Vec<(Vec<u8>, Option<Vec<u8>>)>) {
        let system = self.canisters.get(&id).map(|canister| &canister.system);
        let now = system.map_or(0..0, SystemState::log_numbers);
        let then = self.logged.remove(&id).unwrap_or(0..0);
        let key = |number: u64| [LOG_KEY, id.as_slice(), &number.to_be_bytes()].concat();
        records.extend(then.clone().filter(|number| !now.contains(number)).map(|number| (key(number), None)));
        if let Some(system) = system {
            let fresh = now.clone().zip(system.logs.iter()).filter(|(number, _)| !then.contains(number));
            records.extend(fresh.map(|(number, entry)| (key(number), Some(to_record(entry)))));
        }
        if !now.is_empty() {
            self.logged.insert(id, now);
        }
    }

    fn load_record(&mut self, key: &[u8], value: &[u8]) -> Result<(), BadRecord> {
        if let Some(rest) = key.strip_prefix(CANISTER_KEY) {
            let system: SystemState = from_record(key, value)?;
            self.slot(Principal::from_slice(rest)).system = system;
        } else if let Some(rest) = key.strip_prefix(GLOBALS_KEY) {
            let globals: Vec<GlobalRecord> = from_record(key, value)?;
            self.slot(Principal::from_slice(rest)).memory.globals = globals.iter().map(|g| g.value()).collect();
        } else if let Some(rest) = key.strip_prefix(ASSETS_KEY) {
            self.slot(Principal::from_slice(rest)).assets = Arc::new(from_record(key, value)?);
        } else if let Some(rest) = key.strip_prefix(INGRESS_KEY) {
            let id = RequestId(rest.try_into().unwrap_or_default());
            self.put_ingress(id, from_record(key, value)?);
        } else if let Some(rest) = key.strip_prefix(POINT_KEY) {
            self.points.insert(numbered(rest), from_record(key, value)?);
        } else if let Some(rest) = key.strip_prefix(SNAPSHOT_KEY) {
            self.snapshots.insert(numbered(rest), from_record(key, value)?);
        } else if let Some(rest) = key.strip_prefix(MANAGED_KEY) {
            self.slot(Principal::from_slice(rest)).managed = Arc::new(from_record(key, value)?);
        } else if let Some(rest) = key.strip_prefix(LOG_KEY) {
            let (id, number) = numbered(rest);
            let entry: LogEntry = from_record(key, value)?;
            // Records come in the order of their keys, the canister's own first.
            Arc::make_mut(&mut self.slot(id).system.logs).push_back(entry);
            self.logged.entry(id).or_insert(number..number).end = number + 1;
        } else if let Some(rest) = key.strip_prefix(CHOSEN_KEY) {
            self.chosen_ids.extend(rest.try_into().map(u64::from_be_bytes));
        } else if key == META_KEY {
            let meta: Meta = from_record(key, value)?;
            (self.time, self.next_canister, self.seed, self.drawn, self.tree_format) =
                (meta.time, meta.next_canister, meta.seed, meta.drawn, meta.tree_format);
        } else if Registry::owns(key) {
            self.registry.load(key, value)?;
        }
        Ok(())
    }

    fn load_memory(&mut self, id: MemoryId, memory: PagedMemory) {
        let canister = Principal::from_slice(&id.canister);
        if id.point == 0 {
            let slot = &mut self.slot(canister).memory;
            match id.kind {
                MemoryKind::Heap => slot.heap = memory,
                MemoryKind::Stable => slot.stable = memory,
            }
        } else {
            let (heap, stable) = self.point_memories.entry((canister, id.point)).or_default();
            match id.kind {
                MemoryKind::Heap => *heap = memory,
                MemoryKind::Stable => *stable = memory,
            }
        }
    }

    fn slot(&mut self, id: Principal) -> &mut Canister {
        self.canisters.entry(id).or_insert_with(|| Canister::new(BTreeSet::new(), 0))
    }

    /// Enters or replaces an entry of the ingress history.
    pub fn put_ingress(&mut self, id: RequestId, entry: IngressEntry) {
        let (forget_at, is_answer) = (entry.forget_at, entry.status.is_answer());
        self.remove_ingress(id);
        self.ingress.insert(id, entry);
        self.ingress_by_time.insert((forget_at, id));
        if is_answer {
            self.answers_by_time.insert((forget_at, id));
        }
    }

    /// Forgets an entry of the ingress history.
    pub fn remove_ingress(&mut self, id: RequestId) {
        if let Some(old) = self.ingress.remove(&id) {
            self.ingress_by_time.remove(&(old.forget_at, id));
            self.answers_by_time.remove(&(old.forget_at, id));
        }
    }

    /// An id that no canister had before.
    pub(crate) fn fresh_canister_id(&mut self) -> Principal {
        loop {
            let index = self.next_canister;
            self.next_canister += 1;
            if !self.chosen_ids.contains(&index) {
                return protocol::CanisterId::from_index(index).principal();
            }
        }
    }

    /// Whether a canister has or had the id with this index: ids are never used again. Those given by
    /// [`Self::fresh_canister_id`] lie below the next one to be given; those that were chosen are remembered one by one.
    pub(crate) fn was_used(&self, index: u64) -> bool {
        (FIRST_CANISTER_INDEX..self.next_canister).contains(&index) || self.chosen_ids.contains(&index)
    }

    /// The memory behind an id, if it is there.
    #[must_use]
    pub fn memory(&self, id: MemoryId) -> Option<&PagedMemory> {
        let canister = Principal::from_slice(&id.canister);
        let (heap, stable) = if id.point == 0 {
            let memory = &self.canisters.get(&canister)?.memory;
            (&memory.heap, &memory.stable)
        } else {
            let (heap, stable) = self.point_memories.get(&(canister, id.point))?;
            (heap, stable)
        };
        Some(if id.kind == MemoryKind::Heap { heap } else { stable })
    }

    /// Every memory with its id.
    pub fn memories(&self) -> impl Iterator<Item = (MemoryId, &PagedMemory)> {
        let live =
            self.canisters.iter().map(|(id, canister)| ((*id, 0), &canister.memory.heap, &canister.memory.stable));
        let points = self.point_memories.iter().map(|(at, (heap, stable))| (*at, heap, stable));
        live.chain(points).flat_map(|((id, point), heap, stable)| {
            [(MemoryKind::Heap, heap), (MemoryKind::Stable, stable)]
                .map(|(kind, memory)| (memory_id(id, kind, point), memory))
        })
    }

    /// The memory behind an id, to rebase it on a new image.
    pub fn memory_mut(&mut self, id: MemoryId) -> Option<&mut PagedMemory> {
        let canister = Principal::from_slice(&id.canister);
        let (heap, stable) = if id.point == 0 {
            let memory = &mut self.canisters.get_mut(&canister)?.memory;
            (&mut memory.heap, &mut memory.stable)
        } else {
            let (heap, stable) = self.point_memories.get_mut(&(canister, id.point))?;
            (heap, stable)
        };
        Some(if id.kind == MemoryKind::Heap { heap } else { stable })
    }
}

impl Canister {
    /// A new canister without code.
    #[must_use]
    pub fn new(controllers: BTreeSet<Principal>, cycles: u128) -> Canister {
        Canister {
            system: SystemState::new(controllers, cycles),
            memory: CanisterMemory::default(),
            assets: Arc::default(),
            managed: Arc::default(),
        }
    }

    /// Where in the queue the next message is that may run now: while the canister is held, only what its open calls
    /// need (answers, and its own calls to itself). None while a long message is on its way.
    #[must_use]
    pub fn runnable(&self, id: Principal) -> Option<usize> {
        let needed = |message: &Message| match message {
            Message::Response(_) => true,
            Message::Request(request) => request.sender == id,
            _ => false,
        };
        let queue = &self.system.queue;
        if self.system.long.is_some() {
            return None;
        }
        if self.system.held { queue.iter().position(needed) } else { (!queue.is_empty()).then_some(0) }
    }

    /// What queries need of it: everything but queues and open calls. Cheap, since memories are shared.
    #[must_use]
    pub fn snapshot(&self) -> Canister {
        let system = self.system.without_messages();
        Canister { system, memory: self.memory.clone(), assets: self.assets.clone(), managed: self.managed.clone() }
    }

    /// Whether a message may run now.
    #[must_use]
    pub fn has_runnable(&self, id: Principal, prices: &IdlePrices) -> bool {
        self.hook_is_next(id, prices) || self.runnable(id).is_some()
    }

    /// Whether anything waits to run, now or later.
    #[must_use]
    pub fn has_waiting(&self) -> bool {
        !self.system.queue.is_empty() || self.system.low_memory == LowMemoryHook::Ready
    }

    /// Whether `canister_on_low_wasm_memory` runs next: it is ready, only answers come before it, and the canister
    /// can run.
    #[must_use]
    pub fn hook_is_next(&self, id: Principal, prices: &IdlePrices) -> bool {
        self.system.low_memory == LowMemoryHook::Ready
            && !self.system.held
            && self.system.long.is_none()
            && !self.runnable(id).is_some_and(|at| matches!(self.system.queue.get(at), Some(Message::Response(_))))
            && self.takes_calls(id, prices).is_ok()
    }

    /// Looks whether memory is low now (interface spec, "Scheduling on low wasm memory hook"); true if that changed
    /// what is known of it. `heap_bytes_max` is the limit of canisters that have none of their own.
    pub fn look_at_memory(&mut self, heap_bytes_max: u64) -> bool {
        let hook = self.system.low_memory.after(self.is_low(self.memory.heap.bytes(), heap_bytes_max));
        hook != std::mem::replace(&mut self.system.low_memory, hook)
    }

    /// Whether a WebAssembly memory of this many bytes would be low for this canister.
    #[must_use]
    pub fn is_low(&self, heap_bytes: u64, heap_bytes_max: u64) -> bool {
        let SystemState { wasm_memory_limit, settings, .. } = &self.system;
        let limit = if *wasm_memory_limit == 0 { heap_bytes_max } else { *wasm_memory_limit };
        limit < heap_bytes.saturating_add(settings.wasm_memory_threshold)
    }

    /// A canister of this program's own code.
    #[must_use]
    pub fn native(kind: NativeKind) -> Canister {
        let mut canister = Canister::new(BTreeSet::new(), 0);
        canister.system.code = CanisterCode::Native(kind);
        canister
    }
}

impl GlobalRecord {
    /// From the embedder's form.
    #[must_use]
    pub fn new(value: GlobalValue) -> GlobalRecord {
        match value {
            GlobalValue::I32(bits) => GlobalRecord(0, u128::from(bits.cast_unsigned())),
            GlobalValue::I64(bits) => GlobalRecord(1, u128::from(bits.cast_unsigned())),
            GlobalValue::F32(bits) => GlobalRecord(2, u128::from(bits)),
            GlobalValue::F64(bits) => GlobalRecord(3, u128::from(bits)),
            GlobalValue::V128(bits) => GlobalRecord(4, bits),
        }
    }

    /// Back to the embedder's form; the casts undo those of [`Self::new`].
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the bits were widened from the same type")]
    pub fn value(self) -> GlobalValue {
        match self.0 {
            0 => GlobalValue::I32((self.1 as u32).cast_signed()),
            1 => GlobalValue::I64((self.1 as u64).cast_signed()),
            2 => GlobalValue::F32(self.1 as u32),
            3 => GlobalValue::F64(self.1 as u64),
            _ => GlobalValue::V128(self.1),
        }
    }
}

/// What a batch has changed so far.
#[derive(Debug, Default)]
pub struct Changes {
    /// Canisters whose system state changed.
    pub canisters: BTreeSet<Principal>,
    /// Canisters whose globals changed.
    pub globals: BTreeSet<Principal>,
    /// Asset canisters whose files changed.
    pub assets: BTreeSet<Principal>,
    /// Entries of the ingress history that changed or went.
    pub ingress: BTreeSet<RequestId>,
    /// Restore points that came or went.
    pub points: BTreeSet<(Principal, u64)>,
    /// Canisters whose history, chunks or count of snapshots changed.
    pub managed: BTreeSet<Principal>,
    /// Snapshots that came, changed or went.
    pub snapshots: BTreeSet<(Principal, u64)>,
    /// Indices of ids that were chosen.
    pub chosen_ids: Vec<u64>,
    /// Operations on memories, in order.
    pub memories: Vec<MemoryOp>,
}

impl Changes {
    /// The changed records as they are now in `state`.
    pub fn records(&self, state: &mut ReplicatedState) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        let mut records = state.registry.take_dirty();
        for id in &self.canisters {
            let system = state.canisters.get(id).map(|canister| to_record(&canister.system));
            records.push(([CANISTER_KEY, id.as_slice()].concat(), system));
            state.log_records(*id, &mut records);
        }
        for id in &self.globals {
            let globals = state.canisters.get(id).map(|canister| to_record(&global_records(&canister.memory.globals)));
            records.push(([GLOBALS_KEY, id.as_slice()].concat(), globals));
        }
        for id in &self.assets {
            let assets = state.canisters.get(id).map(|canister| to_record(&*canister.assets));
            records.push(([ASSETS_KEY, id.as_slice()].concat(), assets));
        }
        for id in &self.ingress {
            records.push(([INGRESS_KEY, &id.0].concat(), state.ingress.get(id).map(to_record)));
        }
        for (backend, number) in &self.points {
            let point = state.points.get(&(*backend, *number)).map(to_record);
            records.push(([POINT_KEY, backend.as_slice(), &number.to_be_bytes()].concat(), point));
        }
        for id in &self.managed {
            let managed = state.canisters.get(id).map(|canister| to_record(&*canister.managed));
            records.push(([MANAGED_KEY, id.as_slice()].concat(), managed));
        }
        for (id, number) in &self.snapshots {
            let snapshot = state.snapshots.get(&(*id, *number)).map(to_record);
            records.push(([SNAPSHOT_KEY, id.as_slice(), &number.to_be_bytes()].concat(), snapshot));
        }
        for index in &self.chosen_ids {
            records.push(([CHOSEN_KEY, &index.to_be_bytes()].concat(), Some(Vec::new())));
        }
        let meta = Meta {
            time: state.time,
            next_canister: state.next_canister,
            seed: state.seed,
            drawn: state.drawn,
            tree_format: crate::certified::FORMAT,
        };
        records.push((META_KEY.to_vec(), Some(to_record(&meta))));
        records
    }
}

/// A canister and a number, from a record's key.
fn numbered(rest: &[u8]) -> (Principal, u64) {
    let (id, number) = rest.split_at(rest.len().saturating_sub(8));
    (Principal::from_slice(id), number.try_into().map_or(0, u64::from_be_bytes))
}

/// Globals in record form.
#[must_use]
pub fn global_records(globals: &[GlobalValue]) -> Vec<GlobalRecord> {
    globals.iter().map(|value| GlobalRecord::new(*value)).collect()
}

/// The id of a canister's memory. Ids given out here are always 10 bytes.
#[must_use]
pub fn memory_id(canister: Principal, kind: MemoryKind, point: u64) -> MemoryId {
    let mut id = [0; 10];
    let bytes = canister.as_slice();
    let length = bytes.len().min(10);
    id[..length].copy_from_slice(&bytes[..length]);
    MemoryId { canister: id, kind, point }
}
