//! The runtime without HTTP, as JSON on standard output: durable updates beside a raw log of the same bytes, many apps,
//! long messages beside short ones, upgrades of a big heap, idle apps and how they wake, starting with thousands of
//! apps, recovery of a long log.
//!
//! `cargo bench -p replication --bench runtime -- updates long upgrade apps recovery` runs the parts named, or all of them.
//! Everything is on a folder of this machine's disk with real syncs. Compare figures of one run only.

#[allow(dead_code, unreachable_pub, missing_docs)]
#[path = "../tests/it/motoko.rs"]
mod motoko;

use std::{
    fs::File,
    os::unix::fs::FileExt as _,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use candid::{CandidType, Nat, Principal, utils::ArgumentEncoder};
use embedder::{Engine, EngineConfig};
use execution::{
    Batch, Blobs, ExecutionConfig, Executor, Query, REGISTRY,
    registry::calls::{CreateAppArg, CreatedApp, Outcome, PublishArg},
};
use protocol::{RequestId, RootKey};
use replication::{LocalSequencer, Replica, ReplicaConfig, SystemClock};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use state::{
    blobs::BlobStore,
    replicated::{Ingress, IngressStatus, Payload},
    storage::folder::Folder,
    store::Folder as Folds,
};

const WORKSHOP: Principal = Principal::from_slice(&[9; 29]);
const PER_BATCH: usize = 128;
const UPDATES: usize = 60_000;
const APPS: usize = 200;
const MANY_APPS: usize = 5_000;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wants = move |part: &str| asked.is_empty() || asked.iter().any(|name| name == part);
    let work = move || {
        let mut figures = serde_json::Map::new();
        figures.insert("machine".into(), machine());
        type Part = fn() -> Value;
        let parts: [(&str, Part); 5] =
            [("updates", updates), ("long", long), ("upgrade", upgrade), ("apps", apps), ("recovery", recovery)];
        for (name, part) in parts.into_iter().filter(|(name, _)| wants(name)) {
            figures.insert(name.into(), part());
        }
        Value::Object(figures)
    };
    println!("{}", work());
}

fn machine() -> Value {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    json!({
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "load": load.split(' ').take(3).collect::<Vec<_>>().join(" "),
    })
}

struct NodeBlobs(BlobStore);

impl Blobs for NodeBlobs {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<[u8]>> {
        self.0.get(hash)
    }
    fn put(&self, bytes: &[u8]) -> std::io::Result<[u8; 32]> {
        self.0.put(bytes)
    }
}

/// An executor with its log, driven batch by batch on this thread.
struct World {
    executor: Executor,
    log: state::log::Log,
    folds: Folds,
    blobs: Arc<NodeBlobs>,
    time: u64,
    calls: u64,
}

impl World {
    fn open(folder: &Path) -> World {
        let storage = Arc::new(Folder::new(&folder.join("state")).expect("a folder"));
        let (folds, log, recovered) = state::store::open(storage.clone(), state::log::SEGMENT_BYTES).expect("opens");
        let engine = EngineConfig { cache_dir: Some(folder.join("compiled")), ..EngineConfig::default() };
        let engine = Arc::new(Engine::new(engine).expect("an engine"));
        let blobs = Arc::new(NodeBlobs(BlobStore::new(storage)));
        let config = ExecutionConfig::new(Arc::from([0u8; 4]), Principal::anonymous(), WORKSHOP);
        let time = recovered.time.max(1_700_000_000_000_000_000);
        let executor = Executor::new(&recovered, engine, blobs.clone(), config).expect("readable");
        World { executor, log, folds, blobs, time, calls: 0 }
    }

    fn ingress(&mut self, canister: Principal, method: &str, arg: impl ArgumentEncoder) -> Ingress {
        self.calls += 1;
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.calls.to_be_bytes());
        id[8..16].copy_from_slice(&self.time.to_be_bytes());
        Ingress {
            request_id: RequestId(id),
            sender: WORKSHOP,
            canister,
            method: method.into(),
            arg: candid::encode_args(arg).expect("encodes"),
            effective: canister,
            expiry: self.time + 60_000_000_000,
            sender_info: None,
        }
    }

    /// Executes a batch and makes it durable; the bytes of its record.
    fn batch(&mut self, ingress: Vec<Ingress>, sync: bool) -> u64 {
        self.time += 20_000_000;
        let before = self.log.bytes();
        let executed = self.executor.execute(&Batch { time: self.time, randomness: [1; 32], ingress });
        self.log.append(&executed.delta).expect("appends");
        if sync {
            self.log.sync().expect("syncs");
        }
        self.log.bytes() - before
    }

    fn registry<T: CandidType + DeserializeOwned>(&mut self, method: &str, arg: impl CandidType) -> T {
        let ingress = self.ingress(REGISTRY, method, (arg,));
        let id = ingress.request_id;
        self.batch(vec![ingress], false);
        let status = self.executor.state().ingress.get(&id).expect("known").status.clone();
        let IngressStatus::Replied(bytes) = status else { panic!("{status:?}") };
        match candid::decode_one::<Outcome<T>>(&bytes).expect("the reply's type") {
            Outcome::Ok(value) => value,
            Outcome::Err(text) => panic!("{text}"),
        }
    }

    fn publish(&mut self, app: Principal, on_version: u64, module: [u8; 32]) {
        let arg = PublishArg {
            app,
            on_version,
            module,
            assets: vec![],
            roles: vec![],
            title: String::new(),
            source: [0; 32],
            verdict: [0; 32],
            manifest: [0; 32],
            message: String::new(),
            by: WORKSHOP,
            approved: vec![],
        };
        let _: u64 = self.registry("publish", arg);
    }

    fn app(&mut self, name: &str) -> Principal {
        self.app_of(name, motoko::guests_wasm())
    }

    fn app_of(&mut self, name: &str, wasm: &[u8]) -> Principal {
        let arg = CreateAppArg { name: name.into(), title: String::new(), owner: "owner".into() };
        let app: CreatedApp = self.registry("create_app", arg);
        let module = self.blobs.put(wasm).expect("puts");
        self.publish(app.backend, 0, module);
        app.backend
    }

    fn fold(&mut self) {
        let job = self.executor.fold_job();
        let folded = self.folds.fold(job).expect("folds");
        let _ = self.executor.rebase(folded.images);
        self.log.release(folded.height).expect("releases");
    }
}

fn row(i: usize) -> (Nat, String) {
    (Nat::from(i % 1000), format!("guest {i} with a name of some length"))
}

/// Updates per second of one thread that executes and syncs, over one app and over many.
fn updates() -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = World::open(folder.path());
    let apps: Vec<Principal> = (0..APPS).map(|i| world.app(&format!("app-{i}"))).collect();
    let one = drive(&mut world, &apps[..1], folder.path());
    let many = drive(&mut world, &apps, folder.path());
    json!({ "one_app": one, "apps": APPS, "many_apps": many, "updates_per_sync": PER_BATCH })
}

fn drive(world: &mut World, apps: &[Principal], folder: &Path) -> Value {
    let mut bytes = Vec::new();
    let mut taken = Duration::ZERO;
    for start in (0..UPDATES).step_by(PER_BATCH) {
        let calls = (start..start + PER_BATCH).map(|i| world.ingress(apps[i % apps.len()], "put", row(i))).collect();
        let begun = Instant::now();
        bytes.push(world.batch(calls, true));
        taken += begun.elapsed();
    }
    world.fold();
    let per_second = (bytes.len() * PER_BATCH) as f64 / taken.as_secs_f64();
    let raw = raw_log(folder, &bytes);
    json!({
        "per_second": per_second.round(),
        "log_bytes_per_update": bytes.iter().sum::<u64>() / (bytes.len() * PER_BATCH) as u64,
        "raw_log_per_second": raw.round(),
        "share_of_raw_log": per_second / raw,
    })
}

/// Multiplies and stores, eight bytes at a time, until it has used 20 billion instructions; replies how many it used.
const LONG: &str = r#"(module
    (import "ic0" "performance_counter" (func $used (param i32) (result i64)))
    (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
    (import "ic0" "msg_reply" (func $reply))
    (memory 16)
    (func $some (local $i i32)
        (loop $on
            (i64.store (local.get $i) (i64.add (i64.mul (i64.load (local.get $i)) (i64.const 31)) (i64.const 7)))
            (br_if $on (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 1000000)))))
    (func (export "canister_update long")
        (loop $on
            (call $some)
            (br_if $on (i64.lt_u (call $used (i32.const 0)) (i64.const 20000000000))))
        (i64.store (i32.const 0) (call $used (i32.const 0)))
        (call $append (i32.const 0) (i32.const 8))
        (call $reply)))"#;

/// Batches with one small update of one app each, and how long they take while another app runs a long message.
fn long() -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = World::open(folder.path());
    let small = world.app("small");
    let slow = world.app_of("slow", &wat::parse_str(LONG).expect("the module"));
    let timed = |world: &mut World, and: Vec<Ingress>, i: usize| {
        let calls = [vec![world.ingress(small, "put", row(i))], and].concat();
        let begun = Instant::now();
        world.batch(calls, true);
        begun.elapsed().as_secs_f64() * 1e3
    };
    let alone: Vec<f64> = (0..500).map(|i| timed(&mut world, Vec::new(), i)).collect();
    let call = world.ingress(slow, "long", ());
    let id = call.request_id;
    let mut beside = vec![timed(&mut world, vec![call], 0)];
    while world.executor.has_long_messages() {
        beside.push(timed(&mut world, Vec::new(), beside.len()));
    }
    let status = &world.executor.state().ingress[&id].status;
    let IngressStatus::Replied(bytes) = status else { panic!("{status:?}") };
    json!({
        "instructions": bytes[..].try_into().map_or(0, u64::from_le_bytes),
        "seconds": beside.iter().sum::<f64>() / 1e3,
        "batches": beside.len(),
        "batch_alone_ms": spread(alone),
        "batch_beside_ms": spread(beside),
    })
}

fn spread(mut milliseconds: Vec<f64>) -> Value {
    milliseconds.sort_by(f64::total_cmp);
    let at = |share: usize| milliseconds[(milliseconds.len() - 1) * share / 100];
    json!({ "median": at(50), "p99": at(99), "longest": at(100) })
}

/// The same bytes, written and synced as often, to a preallocated file: records per second.
fn raw_log(folder: &Path, bytes: &[u64]) -> f64 {
    let file = File::create(folder.join("raw")).expect("a file");
    let largest = usize::try_from(*bytes.iter().max().expect("some")).expect("fits");
    let block = vec![7u8; largest];
    let segment = 64u64 << 20;
    for at in (0..segment).step_by(largest) {
        file.write_all_at(&block, at).expect("writes");
    }
    file.sync_all().expect("syncs");
    let begun = Instant::now();
    let mut at = 0;
    for length in bytes {
        if at + length > segment {
            at = 0;
        }
        file.write_all_at(&block[..usize::try_from(*length).expect("fits")], at).expect("writes");
        file.sync_data().expect("syncs");
        at += length;
    }
    (bytes.len() * PER_BATCH) as f64 / begun.elapsed().as_secs_f64()
}

/// An upgrade that keeps a big heap, with its restore point, compiling left out.
fn upgrade() -> Value {
    const HEAP: u64 = 500 << 20;
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = World::open(folder.path());
    let app = world.app("big");
    let module = world.blobs.put(motoko::guests_wasm()).expect("puts");
    let mut i = 0usize;
    while world.executor.state().canisters[&app].memory.heap.bytes() < HEAP {
        let text = format!("{i:08}").repeat(1 << 16);
        let call = world.ingress(app, "put", (Nat::from(1_000_000 + i), text));
        world.batch(vec![call], false);
        if i % 100 == 99 {
            world.fold();
        }
        i += 1;
    }
    world.fold();
    let mut times = Vec::new();
    for version in 1..6 {
        let begun = Instant::now();
        world.publish(app, version, module);
        world.log.sync().expect("syncs");
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let heap = world.executor.state().canisters[&app].memory.heap.bytes() >> 20;
    json!({ "heap_mib": heap, "milliseconds": median(&mut times) })
}

/// Thousands of apps: memory when idle, waking, starting, each answering.
fn apps() -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = World::open(folder.path());
    let empty = rss();
    let begun = Instant::now();
    let mut apps = Vec::new();
    for i in 0..MANY_APPS {
        let app = world.app(&format!("app-{i}"));
        let call = world.ingress(app, "put", row(i));
        world.batch(vec![call], false);
        apps.push(app);
        if i % 250 == 249 {
            world.log.sync().expect("syncs");
            world.fold();
            world.executor.sleep_all();
        }
    }
    let making = begun.elapsed().as_secs_f64();
    world.fold();
    world.executor.sleep_all();
    let idle = rss().saturating_sub(empty);
    rustix::fs::sync();
    let mut warm: Vec<f64> = apps.iter().take(500).map(|app| wake(&mut world, *app)).collect();
    world.executor.sleep_all();
    world.fold();
    let World { executor, log, .. } = world;
    log.close(executor.state().height).expect("closes");
    drop(executor);
    forget_cache(folder.path());
    // What the kernel still has to write would be measured otherwise.
    rustix::fs::sync();
    let begun = Instant::now();
    let replica = start(folder.path());
    let starting = begun.elapsed().as_secs_f64();
    let after_start = rss();
    let mut first: Vec<f64> = apps.iter().skip(500).take(100).map(|app| ask(&replica, *app)).collect();
    let all = Instant::now();
    apps.iter().for_each(|app| {
        let _ = ask(&replica, *app);
    });
    let all = all.elapsed().as_secs_f64();
    let after_all = rss();
    replica.shut_down();
    json!({
        "apps": MANY_APPS,
        "making_seconds": making,
        "idle_kib_per_app": idle as f64 / 1024.0 / MANY_APPS as f64,
        "wake_from_page_cache_milliseconds": median(&mut warm),
        "start_seconds": starting,
        "rss_mib_after_start": after_start >> 20,
        "first_query_after_start_milliseconds": median(&mut first),
        "seconds_until_each_answered": all,
        "rss_mib_after_each_answered": after_all >> 20,
    })
}

/// Milliseconds of an update of a sleeping app.
fn wake(world: &mut World, app: Principal) -> f64 {
    let call = world.ingress(app, "put", row(1));
    let begun = Instant::now();
    world.batch(vec![call], false);
    begun.elapsed().as_secs_f64() * 1e3
}

/// Milliseconds of a query, which must answer.
fn ask(replica: &Replica, canister: Principal) -> f64 {
    let arg = candid::encode_args(()).expect("encodes");
    let query = Query { sender: WORKSHOP, canister, method: "size".into(), arg, data_certificate: None };
    let begun = Instant::now();
    let answered = block_on(replica.query(query));
    assert!(matches!(answered.payload, Payload::Reply(_)), "{:?}", answered.payload);
    begun.elapsed().as_secs_f64() * 1e3
}

fn block_on<T, E: std::fmt::Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future).expect("answers")
}

fn start(folder: &Path) -> Replica {
    let World { executor, log, folds, .. } = World::open(folder);
    let replica = Replica::start(ReplicaConfig {
        executor,
        log,
        folder: folds,
        key: Arc::new(RootKey::from_seed(&[3; 32])),
        clock: Arc::new(SystemClock),
        sequencer: Box::new(LocalSequencer::new(|| [1; 32])),
        fold_at: 1 << 30,
        fatal: Arc::new(|error| panic!("{error}")),
        usage: Arc::new(|_| {}),
        scrub: replication::ScrubPace::default(),
    });
    let replica = replica.expect("starts");
    while replica.certified().is_err() {
        std::thread::yield_now();
    }
    replica
}

/// Recovery of a gigabyte of log that was never folded.
fn recovery() -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = World::open(folder.path());
    let app = world.app("log");
    let (mut updates, mut i) = (0u64, 0);
    while world.log.bytes() < 1 << 30 {
        let calls: Vec<_> = (0..PER_BATCH * 4).map(|n| world.ingress(app, "put", row(i + n))).collect();
        (i, updates) = (i + calls.len(), updates + calls.len() as u64);
        world.batch(calls, false);
    }
    world.log.sync().expect("syncs");
    let log = world.log.bytes();
    drop(world);
    let begun = Instant::now();
    let world = World::open(folder.path());
    let seconds = begun.elapsed().as_secs_f64();
    assert!(world.executor.state().canisters.contains_key(&app));
    json!({ "log_mib": log >> 20, "updates": updates, "seconds": seconds })
}

/// Asks the kernel to drop the files' pages, as after a long time.
fn forget_cache(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            forget_cache(&path);
        } else if let Ok(file) = File::open(&path) {
            let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
        }
    }
}

/// Bytes that are this process's own and in memory.
fn rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
