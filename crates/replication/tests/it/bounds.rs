//! Bounds of queues and memory, and of waiting for a canister to stop.

use candid::{Nat, Principal};
use execution::MANAGEMENT;
use ic_management_canister_types::{
    CanisterIdRecord, CanisterInstallMode, CanisterSettings, CanisterStatusType, OnLowWasmMemoryHookStatus,
    ProvisionalCreateCanisterWithCyclesArgs, ReadCanisterSnapshotMetadataArgs, ReadCanisterSnapshotMetadataResult,
    UploadCanisterSnapshotMetadataArgs, UploadCanisterSnapshotMetadataResult,
};
use protocol::CanisterId;
use state::storage::simulated::Crash;

use crate::{
    harness::{Node, OWNER, World},
    management::{STRANGER, copy, encoded, load, record},
    motoko::compile,
};

const PAGE_BYTES: u64 = 64 << 10;
/// What the hook for low memory notes.
const LOW: u32 = u32::MAX;
const STOP_TIMEOUT_NS: u64 = 300_000_000_000;

pub(crate) fn limits_wasm() -> Vec<u8> {
    wat::parse_str(include_str!("limits.wat")).expect("the module")
}

pub(crate) fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()
}

/// Calls that the canister of these tests makes.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    pub(crate) count: u32,
    pub(crate) timeout_seconds: u32,
    pub(crate) cycles: u64,
    pub(crate) callee: Principal,
    pub(crate) method: &'static str,
    pub(crate) arg: Vec<u8>,
}

impl Calls {
    pub(crate) fn to(callee: Principal, method: &'static str) -> Calls {
        Calls { count: 1, timeout_seconds: 0, cycles: 0, callee, method, arg: Vec::new() }
    }

    fn bytes(&self) -> Vec<u8> {
        let named = |bytes: &[u8]| [&[u8::try_from(bytes.len()).expect("short")], bytes].concat();
        [
            &self.count.to_le_bytes()[..],
            &self.timeout_seconds.to_le_bytes(),
            &self.cycles.to_le_bytes(),
            &named(self.callee.as_slice()),
            &named(self.method.as_bytes()),
            &self.arg,
        ]
        .concat()
    }
}

impl Node<'_> {
    async fn with_limits(&self, settings: CanisterSettings) -> Principal {
        let id = self.create(settings).await;
        self.install(id, CanisterInstallMode::Install, &limits_wasm()).await.expect("installs");
        id
    }

    /// Calls performed, and what the last refusal was.
    pub(crate) async fn many(&self, from: Principal, calls: &Calls) -> [u32; 2] {
        let told = self.bytes(STRANGER, from, "many", calls.bytes()).await.expect("calls");
        numbers(&told).try_into().expect("two")
    }

    /// Replies and rejects so far, once nothing is open any more.
    pub(crate) async fn answers(&self, id: Principal) -> [u32; 2] {
        numbers(&self.look(id, "answers").await.expect("answers")).try_into().expect("two")
    }

    async fn notes(&self, id: Principal) -> Vec<u32> {
        numbers(&self.look(id, "notes").await.expect("answers"))
    }

    async fn grow(&self, id: Principal, pages: u32) {
        self.bytes(STRANGER, id, "grow", pages.to_le_bytes().to_vec()).await.expect("grows");
    }
}

fn memory(limit_pages: u64, threshold_pages: u64) -> CanisterSettings {
    CanisterSettings {
        wasm_memory_limit: Some(Nat::from(limit_pages * PAGE_BYTES)),
        wasm_memory_threshold: Some(Nat::from(threshold_pages * PAGE_BYTES)),
        ..Default::default()
    }
}

#[tokio::test]
async fn the_hook_runs_once_when_memory_becomes_low() {
    let world = World::new();
    let node = world.start();
    // It begins with 2 pages of 10; fewer than 6 being left is low.
    let id = node.with_limits(memory(10, 6)).await;
    node.grow(id, 2).await;
    assert_eq!(node.notes(id).await, [2], "6 are left");
    let other = node.with_limits(CanisterSettings::default()).await;
    // Three messages in one queue: 0, 1 and 2 pages; the hook comes between the last two.
    node.many(other, &Calls { count: 3, ..Calls::to(id, "grow") }).await;
    node.grow(id, 0).await;
    assert_eq!(node.notes(id).await, [2, 0, 1, LOW, 2, 0]);
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    node.grow(id, 1).await;
    assert_eq!(node.notes(id).await, [2, 0, 1, LOW, 2, 0, 1], "once");
    // More room, and less again: by settings this time, and with no message but the hook.
    node.set(id, memory(20, 6)).await.expect("sets");
    node.set(id, memory(10, 6)).await.expect("sets");
    node.grow(id, 0).await;
    assert_eq!(node.notes(id).await, [2, 0, 1, LOW, 2, 0, 1, LOW, 0]);
}

#[tokio::test]
async fn a_motoko_actor_is_told_when_its_memory_becomes_low() {
    const ROOM: u64 = 1 << 30;
    let world = World::new();
    let node = world.start();
    let id = node.create(CanisterSettings::default()).await;
    node.install(id, CanisterInstallMode::Install, &compile("hoard.mo")).await.expect("installs");
    let size = async || u64::try_from(node.status(id).await.memory_metrics.wasm_memory_size.0).expect("fits");
    let before = size().await;
    // As much is left as has to be, so that any growth is too much.
    let settings = CanisterSettings {
        wasm_memory_limit: Some(Nat::from(before + ROOM)),
        wasm_memory_threshold: Some(Nat::from(ROOM)),
        ..Default::default()
    };
    node.set(id, settings).await.expect("sets");
    let seen = async || node.query::<Vec<Nat>>(OWNER, id, "seen", ()).await;
    let mut kept = 0u32;
    while size().await == before {
        assert_eq!(seen().await, Ok(vec![Nat::from(0u8), Nat::from(kept)]));
        node.call::<()>(OWNER, id, "keep", (Nat::from(100_000u32),)).await.expect("keeps");
        kept += 1;
    }
    assert_eq!(seen().await, Ok(vec![Nat::from(1u8), Nat::from(0u8)]), "told at once, and it let go of {kept}");
    node.call::<()>(OWNER, id, "keep", (Nat::from(1u8),)).await.expect("keeps");
    assert_eq!(seen().await, Ok(vec![Nat::from(1u8), Nat::from(1u8)]), "told once");
}

#[tokio::test]
async fn the_hook_waits_for_a_canister_that_does_not_run() {
    let world = World::new();
    let node = world.start();
    let id = node.with_limits(memory(10, 6)).await;
    node.manage::<()>("stop_canister", record(id)).await;
    node.set(id, memory(3, 2)).await.expect("sets");
    let taken = node.take(id).await;
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    let of = ReadCanisterSnapshotMetadataArgs { canister_id: id, snapshot_id: taken.id };
    let told: ReadCanisterSnapshotMetadataResult = node.manage("read_canister_snapshot_metadata", (of,)).await;
    assert!(matches!(told.on_low_wasm_memory_hook_status, Some(OnLowWasmMemoryHookStatus::Ready)));
    node.manage::<()>("start_canister", record(id)).await;
    node.grow(id, 0).await;
    assert_eq!(node.notes(id).await, [LOW, 0]);
    // Enough memory before it could run: then it doesn't.
    node.set(id, memory(10, 6)).await.expect("sets");
    node.manage::<()>("stop_canister", record(id)).await;
    node.set(id, memory(3, 2)).await.expect("sets");
    node.set(id, memory(10, 6)).await.expect("sets");
    node.manage::<()>("start_canister", record(id)).await;
    node.grow(id, 0).await;
    assert_eq!(node.notes(id).await, [LOW, 0, 0]);
}

#[tokio::test]
async fn an_uploaded_snapshot_tells_where_the_hook_stands() {
    use OnLowWasmMemoryHookStatus::{ConditionNotSatisfied, Executed, Ready};
    let world = World::new();
    let node = world.start();
    let id = node.with_limits(memory(10, 6)).await;
    node.grow(id, 3).await;
    let taken = node.take(id).await;
    let of = ReadCanisterSnapshotMetadataArgs { canister_id: id, snapshot_id: taken.id.clone() };
    let told: ReadCanisterSnapshotMetadataResult = node.manage("read_canister_snapshot_metadata", (of,)).await;
    assert!(matches!(told.on_low_wasm_memory_hook_status, Some(Executed)));
    let mut to = UploadCanisterSnapshotMetadataArgs {
        canister_id: id,
        replace_snapshot: None,
        wasm_module_size: told.wasm_module_size,
        globals: told.globals.into_iter().flatten().collect(),
        wasm_memory_size: told.wasm_memory_size,
        stable_memory_size: told.stable_memory_size,
        certified_data: told.certified_data,
        global_timer: None,
        on_low_wasm_memory_hook_status: None,
    };
    for (status, notes) in
        [(Executed, Some(vec![3, LOW, 0])), (Ready, Some(vec![3, LOW, LOW, 0])), (ConditionNotSatisfied, None)]
    {
        to.canister_id = node.create(memory(10, 6)).await;
        to.on_low_wasm_memory_hook_status = Some(status);
        let made: UploadCanisterSnapshotMetadataResult =
            node.manage("upload_canister_snapshot_metadata", (to.clone(),)).await;
        copy(&node, (id, &taken.id), (to.canister_id, &made.snapshot_id), &to).await;
        let load = load(to.canister_id, &made.snapshot_id);
        let Some(notes) = notes else {
            assert_eq!(node.refused(OWNER, "load_canister_snapshot", load).await, "IC0408", "it contradicts the size");
            continue;
        };
        node.manage::<()>("load_canister_snapshot", load).await;
        node.grow(to.canister_id, 0).await;
        assert_eq!(node.notes(to.canister_id).await, notes);
    }
}

#[tokio::test]
async fn calls_of_one_canister_to_another_are_bounded_and_in_order() {
    let world = World::new();
    let node = world.start();
    let (from, to) =
        (node.with_limits(CanisterSettings::default()).await, node.with_limits(CanisterSettings::default()).await);
    let calls = Calls { count: 501, ..Calls::to(to, "note") };
    assert_eq!(node.many(from, &calls).await, [500, 2]);
    node.bytes(STRANGER, from, "note", vec![0; 4]).await.expect("runs");
    assert_eq!(node.notes(to).await, (0..500).collect::<Vec<_>>());
    assert_eq!(node.answers(from).await, [500, 0]);
    // Those that were answered count no more, and best-effort calls keep order with the others.
    assert_eq!(node.many(from, &Calls { timeout_seconds: 10, ..calls.clone() }).await, [500, 2]);
    assert_eq!(node.notes(to).await[500..], (0..500).collect::<Vec<_>>());
    assert_eq!(node.answers(from).await, [1000, 0]);
}

#[tokio::test]
async fn open_calls_count_until_they_are_answered() {
    let world = World::new();
    let node = world.start();
    let (from, other) =
        (node.with_limits(CanisterSettings::default()).await, node.with_limits(CanisterSettings::default()).await);
    let stuck = node.with_limits(CanisterSettings { controllers: Some(vec![OWNER, from]), ..Default::default() }).await;
    node.set(stuck, CanisterSettings { controllers: Some(vec![OWNER, from, stuck]), ..Default::default() })
        .await
        .expect("sets");
    let clinging = node.bytes(STRANGER, stuck, "cling", encoded(record(stuck)));
    let (rejected, ()) = tokio::join!(clinging, async {
        while node.status(stuck).await.status != CanisterStatusType::Stopping {}
        let stop = Calls { count: 400, arg: encoded(record(stuck)), ..Calls::to(MANAGEMENT, "stop_canister") };
        assert_eq!(node.many(from, &stop).await, [400, 0]);
        assert_eq!(node.many(from, &stop).await, [100, 2]);
        assert_eq!(node.many(from, &Calls { timeout_seconds: 10, ..stop.clone() }).await, [0, 2]);
        assert_eq!(node.many(from, &Calls::to(other, "note")).await, [1, 0], "another receiver");
        assert_eq!(node.answers(from).await, [1, 0]);
        world.clock.advance(STOP_TIMEOUT_NS + 1_000_000);
        node.bytes(STRANGER, from, "note", vec![0; 4]).await.expect("runs");
        assert_eq!(node.answers(from).await, [1, 500], "each waited for its time and not longer");
        assert_eq!(node.many(from, &stop).await, [400, 0], "there is room again");
        node.manage::<()>("uninstall_code", record(stuck)).await;
    });
    rejected.expect_err("is gone");
    node.bytes(STRANGER, from, "note", vec![0; 4]).await.expect("runs");
    assert_eq!(node.answers(from).await, [401, 500]);
}

#[tokio::test]
async fn a_stop_that_takes_too_long_is_given_up() {
    let world = World::new();
    let node = world.start();
    let id = node.with_limits(CanisterSettings::default()).await;
    node.set(id, CanisterSettings { controllers: Some(vec![OWNER, id]), ..Default::default() }).await.expect("sets");
    let clinging = node.bytes(STRANGER, id, "cling", encoded(record(id)));
    let (rejected, ()) = tokio::join!(clinging, async {
        while node.status(id).await.status != CanisterStatusType::Stopping {}
        let (code, ()) = tokio::join!(node.refused(OWNER, "stop_canister", record(id)), async {
            // Once the next call is answered, the one before it was taken up.
            node.status(id).await;
            world.clock.advance(STOP_TIMEOUT_NS - 1_000_000);
            node.status(id).await;
            world.clock.advance(2_000_000);
            node.status(id).await;
        });
        assert_eq!(code, "IC0206");
        assert_eq!(node.status(id).await.status, CanisterStatusType::Stopping, "it stays so");
        let refused = node.bytes(STRANGER, id, "note", vec![1; 4]).await.expect_err("is stopping");
        assert_eq!(refused.error_code.map(|code| code.to_string()).as_deref(), Some("IC0509"));
        node.manage::<()>("uninstall_code", record(id)).await;
    });
    rejected.expect_err("is gone");
    assert_eq!(node.status(id).await.status, CanisterStatusType::Stopped);
}

#[tokio::test]
async fn users_find_room_however_many_calls_of_canisters_wait() {
    let world = World::new();
    let node = world.start_with(|config| {
        config.queue_max = 10;
        // One message in each turn, and one turn in each batch.
        (config.turn_instructions, config.round_instructions) = (1, 1);
    });
    let to = node.with_limits(CanisterSettings::default()).await;
    for _ in 0..3 {
        let from = node.with_limits(CanisterSettings::default()).await;
        assert_eq!(node.many(from, &Calls { count: 11, ..Calls::to(to, "note") }).await, [10, 2]);
    }
    node.bytes(STRANGER, to, "note", vec![9; 4]).await.expect("is let in");
    let mut notes = node.notes(to).await;
    assert_eq!(notes.pop(), Some(0x0909_0909), "after those that came before");
    let firsts: Vec<u32> = notes.iter().copied().filter(|note| *note == 0).collect();
    assert_eq!((notes.len(), firsts.len()), (30, 3));
}

#[tokio::test]
async fn ids_are_never_used_again() {
    let world = World::new();
    let node = world.start();
    let method = "provisional_create_canister_with_cycles";
    let arg = |id| (ProvisionalCreateCanisterWithCyclesArgs { specified_id: Some(id), ..Default::default() },);
    let given = node.create(CanisterSettings::default()).await;
    let index = CanisterId::new(given).index().expect("has one");
    let (low, next) = (CanisterId::from_index(7).principal(), CanisterId::from_index(index + 1).principal());
    for id in [low, next] {
        let made: CanisterIdRecord = node.manage(method, arg(id)).await;
        assert_eq!(made.canister_id, id);
    }
    for id in [given, low, next] {
        node.manage::<()>("stop_canister", record(id)).await;
        node.manage::<()>("delete_canister", record(id)).await;
    }
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start_with(|config| config.chosen_ids_max = 2);
    for id in [given, low, next] {
        assert_eq!(node.refused(OWNER, method, arg(id)).await, "IC0205", "{id}");
    }
    let fresh = node.create(CanisterSettings::default()).await;
    assert_eq!(CanisterId::new(fresh).index(), Some(index + 2), "the chosen one is left out");
    let another = CanisterId::from_index(8).principal();
    assert_eq!(node.refused(OWNER, method, arg(another)).await, "IC0102", "only so many can be chosen");
}
