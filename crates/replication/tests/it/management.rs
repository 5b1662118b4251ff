//! The management canister through calls, queries and crashes.

use candid::{CandidType, Nat, Principal, Reserved, utils::ArgumentEncoder};
use execution::{MANAGEMENT, Query};
use ic_management_canister_types as types;
use replication::Answer;
use serde::de::DeserializeOwned;
use state::{
    replicated::{IngressStatus, Payload, Reject},
    storage::simulated::Crash,
};
use types::{
    CanisterIdRecord, CanisterInfoArgs, CanisterInfoResult, CanisterInstallMode, CanisterLogFilter, CanisterSettings,
    CanisterStatusResult, CanisterStatusType, ChangeDetails, ChunkHash, FetchCanisterLogsArgs, FetchCanisterLogsResult,
    InstallChunkedCodeArgs, InstallCodeArgs, LoadCanisterSnapshotArgs, LogVisibility,
    ProvisionalCreateCanisterWithCyclesArgs, Snapshot, SnapshotVisibility, StatusVisibility, TakeCanisterSnapshotArgs,
    UpdateSettingsArgs, UpgradeFlags, UploadChunkArgs, WasmMemoryPersistence,
};

use crate::{
    harness::{Node, OWNER, World},
    motoko::guests_wasm,
};

pub(crate) const STRANGER: Principal = Principal::from_slice(&[1; 29]);

fn proxy_wasm() -> Vec<u8> {
    wat::parse_str(include_str!("proxy.wat")).expect("the module")
}

pub(crate) fn encoded(args: impl ArgumentEncoder) -> Vec<u8> {
    candid::encode_args(args).expect("encodes")
}

pub(crate) fn record(canister_id: Principal) -> (CanisterIdRecord,) {
    (CanisterIdRecord { canister_id },)
}

impl Node<'_> {
    /// A call with its bytes as they are.
    pub(crate) async fn bytes(
        &self,
        who: Principal,
        to: Principal,
        method: &str,
        arg: Vec<u8>,
    ) -> Result<Vec<u8>, Reject> {
        match self.raw(who, to, method, arg).await {
            Answer::Final(IngressStatus::Replied(bytes)) => Ok(bytes),
            Answer::Final(IngressStatus::Rejected(reject)) | Answer::Refused(reject) => Err(reject),
            other => panic!("{other:?}"),
        }
    }

    /// A call of the management canister by the owner, which goes well.
    pub(crate) async fn manage<T: CandidType + DeserializeOwned>(&self, method: &str, args: impl ArgumentEncoder) -> T {
        self.call(OWNER, MANAGEMENT, method, args).await.unwrap_or_else(|why| panic!("{method}: {why}"))
    }

    /// The code of the error that a call of the management canister ends with.
    pub(crate) async fn refused(&self, who: Principal, method: &str, args: impl ArgumentEncoder) -> String {
        let reject = self.bytes(who, MANAGEMENT, method, encoded(args)).await.expect_err(method);
        reject.error_code.map(|code| code.to_string()).unwrap_or_default()
    }

    pub(crate) async fn ask<T: CandidType + DeserializeOwned>(
        &self,
        who: Principal,
        method: &str,
        args: impl ArgumentEncoder,
    ) -> Result<T, String> {
        self.query(who, MANAGEMENT, method, args).await
    }

    pub(crate) async fn create(&self, settings: CanisterSettings) -> Principal {
        let arg = ProvisionalCreateCanisterWithCyclesArgs { settings: Some(settings), ..Default::default() };
        let made: CanisterIdRecord = self.manage("provisional_create_canister_with_cycles", (arg,)).await;
        made.canister_id
    }

    pub(crate) async fn install(&self, id: Principal, mode: CanisterInstallMode, module: &[u8]) -> Result<(), Reject> {
        let arg = InstallCodeArgs {
            mode,
            canister_id: id,
            wasm_module: module.to_vec(),
            arg: encoded(()),
            sender_canister_version: None,
        };
        self.bytes(OWNER, MANAGEMENT, "install_code", encoded((arg,))).await.map(drop)
    }

    pub(crate) async fn with_proxy(&self) -> Principal {
        self.with_module(&proxy_wasm()).await
    }

    pub(crate) async fn with_module(&self, module: &[u8]) -> Principal {
        let id = self.create(CanisterSettings::default()).await;
        self.install(id, CanisterInstallMode::Install, module).await.expect("installs");
        id
    }

    pub(crate) async fn bump(&self, id: Principal, times: usize) {
        for _ in 0..times {
            self.bytes(STRANGER, id, "bump", Vec::new()).await.expect("bumps");
        }
    }

    /// What the proxy counted in its global, its memory and its stable memory.
    pub(crate) async fn counts(&self, id: Principal) -> [u32; 3] {
        let query =
            Query { sender: STRANGER, canister: id, method: "count".into(), arg: Vec::new(), data_certificate: None };
        let payload = self.replica.query(query).await.expect("the replica runs").payload;
        let Payload::Reply(bytes) = payload else { panic!("{payload:?}") };
        let (counts, _) = bytes.as_chunks::<4>();
        [0, 1, 2].map(|at| u32::from_le_bytes(counts[at]))
    }

    /// A management call by a canister.
    pub(crate) async fn through<T: CandidType + DeserializeOwned>(
        &self,
        proxy: Principal,
        how: &str,
        method: &str,
        args: impl ArgumentEncoder,
    ) -> Result<T, Reject> {
        let length = u8::try_from(method.len()).expect("short");
        let arg = [&[length], method.as_bytes(), &encoded(args)].concat();
        let bytes = self.bytes(STRANGER, proxy, how, arg).await?;
        Ok(candid::utils::decode_one(&bytes).expect("the reply's type"))
    }

    pub(crate) async fn status(&self, id: Principal) -> CanisterStatusResult {
        self.manage("canister_status", record(id)).await
    }

    pub(crate) async fn set(&self, id: Principal, settings: CanisterSettings) -> Result<(), Reject> {
        let arg = UpdateSettingsArgs { canister_id: id, settings, sender_canister_version: None };
        self.bytes(OWNER, MANAGEMENT, "update_settings", encoded((arg,))).await.map(drop)
    }

    pub(crate) async fn take(&self, id: Principal) -> Snapshot {
        let arg = TakeCanisterSnapshotArgs {
            canister_id: id,
            replace_snapshot: None,
            uninstall_code: None,
            sender_canister_version: None,
        };
        self.manage("take_canister_snapshot", (arg,)).await
    }
}

pub(crate) fn load(id: Principal, snapshot_id: &[u8]) -> (LoadCanisterSnapshotArgs,) {
    (LoadCanisterSnapshotArgs { canister_id: id, snapshot_id: snapshot_id.to_vec(), sender_canister_version: None },)
}

#[tokio::test]
async fn settings_are_bounded_kept_and_told() {
    let world = World::new();
    let node = world.start();
    let id = node.create(CanisterSettings::default()).await;
    let before = node.status(id).await;
    assert_eq!(before.settings.freezing_threshold, Nat::from(2_592_000u32));
    assert_eq!(before.settings.reserved_cycles_limit, Nat::from(5_000_000_000_000u64));
    let variable = |name: &str| types::EnvironmentVariable { name: name.into(), value: "v".into() };
    let settings = CanisterSettings {
        controllers: Some(vec![OWNER, id]),
        compute_allocation: Some(Nat::from(7u8)),
        memory_allocation: Some(Nat::from(1u64 << 33)),
        freezing_threshold: Some(Nat::from(8u8)),
        reserved_cycles_limit: Some(Nat::from(u128::MAX)),
        minimum_incoming_canister_call_cycles: Some(Nat::from(9u8)),
        log_visibility: Some(LogVisibility::Public),
        log_memory_limit: Some(Nat::from(4096u32)),
        snapshot_visibility: Some(SnapshotVisibility::AllowedViewers(vec![STRANGER])),
        status_visibility: Some(StatusVisibility::AllowedViewers(vec![STRANGER])),
        wasm_memory_limit: Some(Nat::from(1u64 << 48)),
        wasm_memory_threshold: Some(Nat::from(10u8)),
        environment_variables: Some(vec![variable("a"), variable("b")]),
    };
    node.set(id, settings.clone()).await.expect("within bounds");
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    let after = node.status(id).await;
    assert!(after.version > before.version);
    let told = after.settings.clone();
    let again = CanisterSettings {
        controllers: Some(told.controllers.clone()),
        compute_allocation: Some(told.compute_allocation),
        memory_allocation: Some(told.memory_allocation),
        freezing_threshold: Some(told.freezing_threshold),
        reserved_cycles_limit: Some(told.reserved_cycles_limit),
        minimum_incoming_canister_call_cycles: Some(told.minimum_incoming_canister_call_cycles),
        log_visibility: Some(told.log_visibility),
        log_memory_limit: Some(told.log_memory_limit),
        snapshot_visibility: Some(told.snapshot_visibility),
        status_visibility: Some(told.status_visibility),
        wasm_memory_limit: Some(told.wasm_memory_limit),
        wasm_memory_threshold: Some(told.wasm_memory_threshold),
        environment_variables: Some(told.environment_variables),
    };
    let sorted = |mut settings: CanisterSettings| {
        settings.controllers.as_mut().expect("given").sort();
        settings
    };
    assert_eq!(sorted(again), sorted(settings));
    let seen: CanisterStatusResult = node.ask(STRANGER, "canister_status", record(id)).await.expect("is a viewer");
    assert_eq!(seen, after);
    let bad = [
        CanisterSettings { controllers: Some(vec![OWNER; 11]), ..Default::default() },
        CanisterSettings { compute_allocation: Some(Nat::from(101u8)), ..Default::default() },
        CanisterSettings { memory_allocation: Some(Nat::from(1u128 << 64)), ..Default::default() },
        CanisterSettings { wasm_memory_limit: Some(Nat::from((1u64 << 48) + 1)), ..Default::default() },
        CanisterSettings { reserved_cycles_limit: Some(Nat::from(u128::MAX) + Nat::from(1u8)), ..Default::default() },
        CanisterSettings { log_visibility: Some(LogVisibility::AllowedViewers(vec![OWNER; 11])), ..Default::default() },
        CanisterSettings { environment_variables: Some(vec![variable("a"), variable("a")]), ..Default::default() },
        CanisterSettings { environment_variables: Some(vec![variable(&"n".repeat(129))]), ..Default::default() },
    ];
    for settings in bad {
        let with_more = CanisterSettings { freezing_threshold: Some(Nat::from(1u8)), ..settings };
        let reject = node.set(id, with_more.clone()).await.expect_err("out of bounds");
        assert_eq!(reject.error_code.map(|code| code.to_string()).as_deref(), Some("IC0408"), "{with_more:?}");
    }
    assert_eq!(node.status(id).await.settings, after.settings, "a refused change changes nothing");
}

#[tokio::test]
async fn only_those_who_may_are_let_in() {
    let world = World::new();
    let node = world.start();
    let id = node.with_proxy().await;
    for method in ["stop_canister", "start_canister", "delete_canister", "uninstall_code", "canister_status"] {
        assert_eq!(node.refused(STRANGER, method, record(id)).await, "IC0512", "{method}");
    }
    for method in ["upload_chunk", "take_canister_snapshot", "list_canister_snapshots", "stored_chunks"] {
        assert_eq!(node.refused(STRANGER, method, record(id)).await, "IC0512", "{method}");
    }
    for method in ["create_canister", "raw_rand", "deposit_cycles", "canister_info", "fetch_canister_logs"] {
        assert_eq!(node.refused(OWNER, method, record(id)).await, "IC0406", "{method}");
    }
    for method in ["http_request", "sign_with_ecdsa", "vetkd_derive_key", "bitcoin_get_balance"] {
        assert_eq!(node.refused(OWNER, method, record(id)).await, "IC0407", "{method}");
    }
    assert_eq!(node.refused(OWNER, "no_such_method", record(id)).await, "IC0536");
    assert_eq!(node.refused(OWNER, "stop_canister", record(STRANGER)).await, "IC0301");
    node.ask::<CanisterStatusResult>(STRANGER, "canister_status", record(id)).await.expect_err("is none");
    let why = node.ask::<()>(OWNER, "stop_canister", record(id)).await.expect_err("is no query");
    assert!(why.contains("call it as an update"), "{why}");
    let own: CanisterStatusResult = node.through(id, "proxy", "canister_status", record(id)).await.expect("its own");
    assert_eq!(own.status, CanisterStatusType::Running);
    let raised = node.through::<()>(id, "proxy", "update_settings", record(id)).await;
    assert!(raised.is_err(), "a canister is not its own controller");
}

#[tokio::test]
async fn chunks_become_a_module() {
    let world = World::new();
    let node = world.start();
    let (id, store) = (node.create(CanisterSettings::default()).await, node.create(CanisterSettings::default()).await);
    let module = proxy_wasm();
    let mut list = Vec::new();
    for chunk in module.chunks(500) {
        let arg = UploadChunkArgs { canister_id: store, chunk: chunk.to_vec() };
        list.push(node.manage::<ChunkHash>("upload_chunk", (arg,)).await);
    }
    assert!(list.len() > 1);
    let long = UploadChunkArgs { canister_id: store, chunk: vec![0; (1 << 20) + 1] };
    assert_eq!(node.refused(OWNER, "upload_chunk", (long,)).await, "IC0408");
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    let mut stored: Vec<ChunkHash> = node.manage("stored_chunks", record(store)).await;
    let mut expected = list.clone();
    stored.sort();
    expected.sort();
    assert_eq!(stored, expected);
    let arg = |hash: Vec<u8>, list: Vec<ChunkHash>| InstallChunkedCodeArgs {
        mode: CanisterInstallMode::Install,
        target_canister: id,
        store_canister: Some(store),
        chunk_hashes_list: list,
        wasm_module_hash: hash,
        arg: Vec::new(),
        sender_canister_version: None,
    };
    assert_eq!(node.refused(OWNER, "install_chunked_code", (arg(vec![0; 32], list.clone()),)).await, "IC0408");
    let unknown = vec![ChunkHash { hash: vec![5; 32] }];
    let hash = sha2(&module);
    assert_eq!(node.refused(OWNER, "install_chunked_code", (arg(hash.clone(), unknown),)).await, "IC0408");
    node.manage::<()>("install_chunked_code", (arg(hash.clone(), list),)).await;
    assert_eq!(node.status(id).await.module_hash, Some(hash));
    let full = node.status(store).await.memory_metrics.wasm_chunk_store_size;
    assert!(full > 0u8);
    let asked: CanisterStatusResult = node.ask(OWNER, "canister_status", record(store)).await.expect("controls it");
    assert_eq!(asked.memory_metrics.wasm_chunk_store_size, full, "queries see chunks as well");
    node.manage::<()>("clear_chunk_store", record(store)).await;
    assert!(node.manage::<Vec<ChunkHash>>("stored_chunks", record(store)).await.is_empty());
    node.bump(id, 1).await;
}

#[tokio::test]
async fn the_chunk_store_is_bounded() {
    let world = World::new();
    let node = world.start();
    let id = node.create(CanisterSettings::default()).await;
    let chunk = |at: u8| (UploadChunkArgs { canister_id: id, chunk: vec![at] },);
    for at in 0..100 {
        node.manage::<ChunkHash>("upload_chunk", chunk(at)).await;
    }
    assert_eq!(node.refused(OWNER, "upload_chunk", chunk(100)).await, "IC0408");
    // What is there already takes no room.
    node.manage::<ChunkHash>("upload_chunk", chunk(7)).await;
}

fn sha2(bytes: &[u8]) -> Vec<u8> {
    state::blobs::BlobStore::new(std::sync::Arc::new(state::storage::simulated::SimulatedDisk::new()))
        .put(bytes)
        .expect("puts")
        .to_vec()
}

#[tokio::test]
async fn a_snapshot_survives_a_crash_and_loads() {
    let world = World::new();
    let node = world.start();
    let id = node.with_proxy().await;
    node.bump(id, 3).await;
    let snapshot = node.take(id).await;
    assert!(snapshot.total_size > 5 * 65536);
    node.bump(id, 4).await;
    node.install(id, CanisterInstallMode::Reinstall, guests_wasm()).await.expect("reinstalls");
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    let listed: Vec<Snapshot> = node.manage("list_canister_snapshots", record(id)).await;
    assert_eq!(listed, std::slice::from_ref(&snapshot));
    node.manage::<()>("load_canister_snapshot", load(id, &snapshot.id)).await;
    assert_eq!(node.counts(id).await, [3; 3]);
    node.bump(id, 1).await;
    assert_eq!(node.counts(id).await, [4; 3]);
    // This time by way of the images that a fold writes.
    node.replica.shut_down();
    let node = world.start();
    assert_eq!(node.counts(id).await, [4; 3]);
    // Another canister can become what this one was.
    let other = node.create(CanisterSettings::default()).await;
    node.manage::<()>("load_canister_snapshot", load(other, &snapshot.id)).await;
    assert_eq!((node.counts(other).await, node.counts(id).await), ([3; 3], [4; 3]));
    node.manage::<()>("stop_canister", record(id)).await;
    node.manage::<()>("delete_canister", record(id)).await;
    assert_eq!(node.refused(OWNER, "load_canister_snapshot", load(other, &snapshot.id)).await, "IC0305");
    node.bump(other, 1).await;
    world.disk.crash(Crash::Dropped);
    drop(node);
    assert_eq!(world.start().counts(other).await, [4; 3], "what was loaded does not need the snapshot");
}

#[tokio::test]
async fn snapshots_are_bounded_replaced_and_deleted() {
    let world = World::new();
    let node = world.start();
    let id = node.with_proxy().await;
    let first = node.take(id).await;
    for _ in 1..10 {
        node.take(id).await;
    }
    let arg = |replace: Option<Vec<u8>>, uninstall: bool| TakeCanisterSnapshotArgs {
        canister_id: id,
        replace_snapshot: replace,
        uninstall_code: Some(uninstall),
        sender_canister_version: None,
    };
    assert_eq!(node.refused(OWNER, "take_canister_snapshot", (arg(None, false),)).await, "IC0408");
    let newest: Snapshot = node.manage("take_canister_snapshot", (arg(Some(first.id.clone()), true),)).await;
    assert_eq!(node.refused(OWNER, "load_canister_snapshot", load(id, &first.id)).await, "IC0305");
    assert_eq!(node.status(id).await.module_hash, None, "it was uninstalled with it");
    assert_eq!(node.refused(OWNER, "take_canister_snapshot", (arg(Some(newest.id.clone()), false),)).await, "IC0537");
    let gone = types::DeleteCanisterSnapshotArgs { canister_id: id, snapshot_id: newest.id.clone() };
    node.manage::<()>("delete_canister_snapshot", (gone.clone(),)).await;
    assert_eq!(node.refused(OWNER, "delete_canister_snapshot", (gone,)).await, "IC0305");
    let left: Vec<Snapshot> = node.manage("list_canister_snapshots", record(id)).await;
    assert_eq!(left.len(), 9);
}

#[tokio::test]
async fn a_snapshot_is_downloaded_and_uploaded_elsewhere() {
    let world = World::new();
    let node = world.start();
    let (id, other) = (node.with_proxy().await, node.create(CanisterSettings::default()).await);
    node.bump(id, 5).await;
    let snapshot = node.take(id).await;
    let of = types::ReadCanisterSnapshotMetadataArgs { canister_id: id, snapshot_id: snapshot.id.clone() };
    let metadata: types::ReadCanisterSnapshotMetadataResult =
        node.manage("read_canister_snapshot_metadata", (of,)).await;
    assert_eq!(metadata.certified_data, [5, 0, 0, 0]);
    let to = types::UploadCanisterSnapshotMetadataArgs {
        canister_id: other,
        replace_snapshot: None,
        wasm_module_size: metadata.wasm_module_size,
        globals: metadata.globals.into_iter().flatten().collect(),
        wasm_memory_size: metadata.wasm_memory_size,
        stable_memory_size: metadata.stable_memory_size,
        certified_data: metadata.certified_data,
        global_timer: None,
        on_low_wasm_memory_hook_status: None,
    };
    let uneven = types::UploadCanisterSnapshotMetadataArgs { wasm_memory_size: 5, ..to.clone() };
    assert_eq!(node.refused(OWNER, "upload_canister_snapshot_metadata", (uneven,)).await, "IC0408");
    let made: types::UploadCanisterSnapshotMetadataResult =
        node.manage("upload_canister_snapshot_metadata", (to.clone(),)).await;
    assert_eq!(node.refused(OWNER, "load_canister_snapshot", load(other, &made.snapshot_id)).await, "IC0505");
    // Pieces that end nowhere in particular.
    copy(&node, (id, &snapshot.id), (other, &made.snapshot_id), &to).await;
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    node.manage::<()>("load_canister_snapshot", load(other, &made.snapshot_id)).await;
    assert_eq!(node.counts(other).await, [5; 3]);
    let beyond = types::UploadCanisterSnapshotDataArgs {
        canister_id: other,
        snapshot_id: made.snapshot_id.clone(),
        kind: types::SnapshotDataOffset::WasmModule { offset: to.wasm_module_size },
        chunk: vec![1],
    };
    assert_eq!(node.refused(OWNER, "upload_canister_snapshot_data", (beyond.clone(),)).await, "IC0408");
    let taken =
        types::UploadCanisterSnapshotDataArgs { canister_id: id, snapshot_id: snapshot.id.clone(), ..beyond.clone() };
    assert_eq!(node.refused(OWNER, "upload_canister_snapshot_data", (taken,)).await, "IC0408");
    let history: CanisterInfoResult = node
        .through(
            other,
            "proxy",
            "canister_info",
            (CanisterInfoArgs { canister_id: other, num_requested_changes: Some(1) },),
        )
        .await
        .expect("tells");
    let Some(ChangeDetails::LoadSnapshot(loaded)) = &history.recent_changes[0].details else { panic!("{history:?}") };
    assert_eq!(loaded.source, types::SnapshotSource::MetadataUpload(Reserved));
}

pub(crate) async fn copy(
    node: &Node<'_>,
    (from, from_id): (Principal, &[u8]),
    (to, to_id): (Principal, &[u8]),
    sizes: &types::UploadCanisterSnapshotMetadataArgs,
) {
    type Of = fn(u64, u64) -> types::SnapshotDataKind;
    type At = fn(u64) -> types::SnapshotDataOffset;
    let kinds: [(u64, Of, At); 3] = [
        (
            sizes.wasm_module_size,
            |offset, size| types::SnapshotDataKind::WasmModule { offset, size },
            |offset| types::SnapshotDataOffset::WasmModule { offset },
        ),
        (
            sizes.wasm_memory_size,
            |offset, size| types::SnapshotDataKind::WasmMemory { offset, size },
            |offset| types::SnapshotDataOffset::WasmMemory { offset },
        ),
        (
            sizes.stable_memory_size,
            |offset, size| types::SnapshotDataKind::StableMemory { offset, size },
            |offset| types::SnapshotDataOffset::StableMemory { offset },
        ),
    ];
    for (whole, of, at) in kinds {
        let step = whole / 3 + 77;
        for offset in (0..whole).step_by(usize::try_from(step).expect("small")) {
            let kind = of(offset, step.min(whole - offset));
            let arg = types::ReadCanisterSnapshotDataArgs { canister_id: from, snapshot_id: from_id.to_vec(), kind };
            let read: types::ReadCanisterSnapshotDataResult = node.manage("read_canister_snapshot_data", (arg,)).await;
            let arg = types::UploadCanisterSnapshotDataArgs {
                canister_id: to,
                snapshot_id: to_id.to_vec(),
                kind: at(offset),
                chunk: read.chunk,
            };
            node.manage::<()>("upload_canister_snapshot_data", (arg,)).await;
        }
        let beyond = of(1, whole);
        let arg =
            types::ReadCanisterSnapshotDataArgs { canister_id: from, snapshot_id: from_id.to_vec(), kind: beyond };
        assert_eq!(node.refused(OWNER, "read_canister_snapshot_data", (arg,)).await, "IC0408");
    }
}

#[tokio::test]
async fn logs_are_read_by_those_who_may_and_go_with_the_code() {
    let world = World::new();
    let node = world.start();
    let id = node.with_proxy().await;
    let logs = |filter| (FetchCanisterLogsArgs { canister_id: id, filter },);
    let fetch = async |node: &Node<'_>, who, filter| {
        let found: Result<FetchCanisterLogsResult, _> = node.ask(who, "fetch_canister_logs", logs(filter)).await;
        found.map(|found| {
            let text = |content| String::from_utf8(content).expect("text");
            found.canister_log_records.into_iter().map(|line| (line.idx, text(line.content))).collect::<Vec<_>>()
        })
    };
    for text in ["one", "two"] {
        node.bytes(STRANGER, id, "say", text.into()).await.expect("says");
    }
    node.bytes(STRANGER, id, "boom", Vec::new()).await.expect_err("traps");
    let lines = fetch(&node, OWNER, None).await.expect("controls it");
    assert_eq!(lines[..2], [(0, "one".to_owned()), (1, "two".to_owned())]);
    assert!(lines[2].1.starts_with("[TRAP]: ") && lines[2].1.contains("boom"), "{lines:?}");
    let some = fetch(&node, OWNER, Some(CanisterLogFilter::ByIdx { start: 1, end: 2 })).await.expect("controls it");
    assert_eq!(some, lines[1..2]);
    fetch(&node, STRANGER, None).await.expect_err("may not");
    let open = CanisterSettings { log_visibility: Some(LogVisibility::Public), ..Default::default() };
    node.set(id, open).await.expect("sets");
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    assert_eq!(fetch(&node, STRANGER, None).await.expect("may"), lines);
    // Shorter logs keep the newest lines, under the numbers they had.
    let short = CanisterSettings { log_memory_limit: Some(Nat::from(60u8)), ..Default::default() };
    node.set(id, short).await.expect("sets");
    let kept = fetch(&node, OWNER, None).await.expect("controls it");
    assert!(kept.len() < lines.len() && lines.ends_with(&kept), "{kept:?}");
    node.install(id, CanisterInstallMode::Reinstall, &proxy_wasm()).await.expect("reinstalls");
    assert_eq!(fetch(&node, OWNER, None).await, Ok(Vec::new()));
}

#[tokio::test]
async fn canisters_learn_about_canisters_and_give_cycles() {
    let world = World::new();
    let node = world.start();
    let (id, asks) = (node.with_proxy().await, node.with_proxy().await);
    node.install(id, CanisterInstallMode::Upgrade(None), &proxy_wasm()).await.expect("upgrades");
    node.set(id, CanisterSettings { controllers: Some(vec![OWNER, STRANGER]), ..Default::default() })
        .await
        .expect("sets");
    node.manage::<()>("uninstall_code", record(id)).await;
    let arg = |changes| (CanisterInfoArgs { canister_id: id, num_requested_changes: changes },);
    let info: CanisterInfoResult = node.through(asks, "proxy", "canister_info", arg(Some(3))).await.expect("tells");
    assert_eq!((info.total_num_changes, info.recent_changes.len(), info.module_hash), (5, 3, None));
    let details: Vec<_> = info.recent_changes.iter().filter_map(|change| change.details.as_ref()).collect();
    assert!(
        matches!(
            details[..],
            [ChangeDetails::CodeDeployment(_), ChangeDetails::ControllersChange(_), ChangeDetails::CodeUninstall]
        ),
        "{details:?}"
    );
    assert!(info.recent_changes.is_sorted_by_key(|change| change.canister_version));
    for _ in 0..20 {
        let same = CanisterSettings { controllers: Some(vec![OWNER]), ..Default::default() };
        node.set(id, same).await.expect("sets");
    }
    let info: CanisterInfoResult = node.through(asks, "proxy", "canister_info", arg(Some(99))).await.expect("tells");
    assert_eq!((info.total_num_changes, info.recent_changes.len()), (25, 20));

    let section = |name: &str| (types::CanisterMetadataArgs { canister_id: asks, name: name.into() },);
    let shown: types::CanisterMetadataResult =
        node.through(asks, "proxy", "canister_metadata", section("shown")).await.expect("is public");
    assert_eq!(shown.value, b"to all");
    node.through::<Reserved>(asks, "proxy", "canister_metadata", section("hidden")).await.expect_err("is private");

    let random = async || node.through::<Vec<u8>>(asks, "proxy", "raw_rand", ()).await;
    let (one, two) = (random().await.expect("draws"), random().await.expect("draws"));
    assert!(one.len() == 32 && one != two);

    let before = node.status(id).await.cycles;
    node.through::<Reserved>(asks, "pay", "deposit_cycles", record(id)).await.expect("gives");
    assert_eq!(node.status(id).await.cycles, before.clone() + Nat::from(1_000_000u32));
    let paid: CanisterIdRecord =
        node.through(asks, "pay", "create_canister", (types::CreateCanisterArgs::default(),)).await.expect("creates");
    let status: CanisterStatusResult =
        node.through(asks, "proxy", "canister_status", record(paid.canister_id)).await.expect("controls it");
    assert_eq!(status.cycles, Nat::from(1_000_000u32), "cycles move, none are made");
    let top_up = types::ProvisionalTopUpCanisterArgs { canister_id: id, amount: Nat::from(5u8) };
    node.manage::<()>("provisional_top_up_canister", (top_up,)).await;
    assert_eq!(node.status(id).await.cycles, before + Nat::from(1_000_005u32));
}

#[tokio::test]
async fn a_canister_that_can_not_stop_is_started_or_emptied() {
    let world = World::new();
    let node = world.start();
    let id = node.with_proxy().await;
    node.set(id, CanisterSettings { controllers: Some(vec![OWNER, id]), ..Default::default() }).await.expect("sets");
    // It waits for its own call, which waits for it.
    let stuck = || node.through::<Reserved>(id, "proxy", "stop_canister", record(id));
    let stopping = async || while node.status(id).await.status != CanisterStatusType::Stopping {};
    let (cancelled, ()) = tokio::join!(stuck(), async {
        stopping().await;
        assert_eq!(node.refused(OWNER, "delete_canister", record(id)).await, "IC0510");
        node.manage::<()>("start_canister", record(id)).await;
    });
    assert!(cancelled.expect_err("was cancelled").message.contains("started again"));
    let (rejected, ()) = tokio::join!(stuck(), async {
        stopping().await;
        node.manage::<()>("uninstall_code", record(id)).await;
    });
    assert!(rejected.expect_err("is gone").message.contains("uninstalled"));
    let status = node.status(id).await;
    assert_eq!((status.status, status.module_hash), (CanisterStatusType::Stopped, None));
    assert_eq!(status.memory_metrics.wasm_memory_size, Nat::from(0u8));
    let before = status.version;
    node.manage::<()>("stop_canister", record(id)).await;
    assert_eq!(node.status(id).await.version, before + 1, "stopping a stopped canister counts");
    node.manage::<()>("delete_canister", record(id)).await;
    assert_eq!(node.refused(OWNER, "canister_status", record(id)).await, "IC0301");
}

#[tokio::test]
async fn an_id_can_be_chosen_once() {
    let world = World::new();
    let node = world.start();
    let wanted = Principal::from_text("rdmx6-jaaaa-aaaaa-aaadq-cai").expect("an id");
    let arg = |id| (ProvisionalCreateCanisterWithCyclesArgs { specified_id: Some(id), ..Default::default() },);
    let method = "provisional_create_canister_with_cycles";
    let made: CanisterIdRecord = node.manage(method, arg(wanted)).await;
    assert_eq!(made.canister_id, wanted);
    assert_eq!(node.refused(OWNER, method, arg(wanted)).await, "IC0205");
    for bad in [OWNER, MANAGEMENT] {
        assert_eq!(node.refused(OWNER, method, arg(bad)).await, "IC0408");
    }
    node.install(wanted, CanisterInstallMode::Upgrade(None), &proxy_wasm()).await.expect_err("is empty");
    node.install(wanted, CanisterInstallMode::Install, b"no module").await.expect_err("is no module");
    node.install(wanted, CanisterInstallMode::Install, &proxy_wasm()).await.expect("installs");
    node.install(wanted, CanisterInstallMode::Install, &proxy_wasm()).await.expect_err("is not empty");
}

#[tokio::test]
async fn upgrades_say_what_becomes_of_the_memory() {
    let world = World::new();
    let node = world.start();
    let id = node.create(CanisterSettings::default()).await;
    let upgrade = |persistence| {
        let flags = UpgradeFlags { skip_pre_upgrade: None, wasm_memory_persistence: persistence };
        CanisterInstallMode::Upgrade(Some(flags))
    };
    let size = async || node.query::<Nat>(STRANGER, id, "size", ()).await.expect("answers");
    node.install(id, CanisterInstallMode::Install, guests_wasm()).await.expect("installs");
    node.call::<Nat>(STRANGER, id, "add", ("a guest",)).await.expect("adds");
    let must = node.install(id, upgrade(None), guests_wasm()).await.expect_err("must be told");
    assert!(must.message.contains("wasm_memory_persistence"), "{must:?}");
    let other = node.install(id, upgrade(Some(WasmMemoryPersistence::Keep)), &proxy_wasm()).await;
    assert!(other.expect_err("can't keep").message.contains("orthogonal"));
    assert_eq!(size().await, Nat::from(1u8));
    node.install(id, upgrade(Some(WasmMemoryPersistence::Keep)), guests_wasm()).await.expect("upgrades");
    assert_eq!(size().await, Nat::from(1u8));
    node.install(id, upgrade(Some(WasmMemoryPersistence::Replace)), &proxy_wasm()).await.expect("upgrades");
    node.bump(id, 2).await;
    assert_eq!(node.counts(id).await[..2], [2; 2]);
}
