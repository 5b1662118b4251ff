//! A million updates of a Motoko app with its collector at work: the heap stays bounded, the data right.
//!
//! Meant for an optimised build (`make test` runs it so); every batch goes through the real log on a real folder.

use std::sync::Arc;

use candid::{Nat, Principal};
use embedder::{Engine, EngineConfig};
use execution::{
    Batch, Blobs, ExecutionConfig, Executor, Query, REGISTRY,
    registry::calls::{CreateAppArg, CreatedApp, Outcome, PublishArg},
};
use protocol::RequestId;
use state::{
    blobs::BlobStore,
    replicated::{Ingress, IngressStatus, Payload},
    storage::folder::Folder,
};

const WORKSHOP: Principal = Principal::from_slice(&[9; 29]);
const UPDATES: u64 = 1_000_000;
const PER_BATCH: u64 = 500;
const ROWS: u64 = 1_000;
/// About twenty times what a thousand rows need; without the collector a million updates take gigabytes.
const HEAP_BYTES_MAX: u64 = 384 << 20;

struct TestBlobs(BlobStore);

impl Blobs for TestBlobs {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<[u8]>> {
        self.0.get(hash)
    }
    fn put(&self, bytes: &[u8]) -> std::io::Result<[u8; 32]> {
        self.0.put(bytes)
    }
}

struct World {
    executor: Executor,
    log: state::log::Log,
    time: u64,
    calls: u64,
}

impl World {
    fn ingress(&mut self, canister: Principal, method: &str, arg: Vec<u8>) -> Ingress {
        self.calls += 1;
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.calls.to_be_bytes());
        Ingress {
            request_id: RequestId(id),
            sender: WORKSHOP,
            canister,
            method: method.into(),
            arg,
            effective: canister,
            expiry: self.time + 60_000_000_000,
            sender_info: None,
        }
    }

    fn batch(&mut self, ingress: Vec<Ingress>) {
        // Half a minute a batch, so that answers are forgotten in time as they would be over a day.
        self.time += 30_000_000_000;
        let executed = self.executor.execute(&Batch { time: self.time, randomness: [1; 32], ingress });
        self.log.append(&executed.delta).expect("appends");
        self.log.release(executed.delta.height.saturating_sub(1)).expect("releases");
    }

    fn registry<T: candid::CandidType + serde::de::DeserializeOwned>(&mut self, method: &str, arg: Vec<u8>) -> T {
        let ingress = self.ingress(REGISTRY, method, arg);
        let id = ingress.request_id;
        self.batch(vec![ingress]);
        let status = self.executor.state().ingress.get(&id).expect("known").status.clone();
        let IngressStatus::Replied(bytes) = status else { panic!("{status:?}") };
        match candid::decode_one::<Outcome<T>>(&bytes).expect("the reply's type") {
            Outcome::Ok(value) => value,
            Outcome::Err(text) => panic!("{text}"),
        }
    }
}

#[test]
fn a_million_updates_leave_a_bounded_heap() {
    let folder = tempfile::tempdir().expect("a folder");
    let storage = Arc::new(Folder::new(folder.path()).expect("a folder"));
    let (_folder, log, recovered) = state::store::open(storage.clone(), state::log::SEGMENT_BYTES).expect("opens");
    let engine = Arc::new(Engine::new(EngineConfig::default()).expect("an engine"));
    let blobs = Arc::new(TestBlobs(BlobStore::new(storage)));
    let config = ExecutionConfig::new(Arc::from([0u8; 4]), Principal::anonymous(), WORKSHOP);
    let executor = Executor::new(&recovered, engine, blobs.clone(), config).expect("readable");
    let mut world = World { executor, log, time: 1_700_000_000_000_000_000, calls: 0 };
    run(&mut world, &blobs);
}

fn run(world: &mut World, blobs: &TestBlobs) {
    let arg = CreateAppArg { name: "million".into(), title: String::new(), owner: "owner".into() };
    let app: CreatedApp = world.registry("create_app", candid::encode_one(arg).expect("encodes"));
    let module = blobs.put(guests_wasm()).expect("puts");
    let publish = PublishArg {
        app: app.backend,
        on_version: 0,
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
    let _: u64 = world.registry("publish", candid::encode_one(publish).expect("encodes"));
    let mut most = 0;
    for start in (0..UPDATES).step_by(PER_BATCH as usize) {
        let calls = (start..start + PER_BATCH).map(|i| {
            let arg = candid::encode_args((Nat::from(i % ROWS), format!("guest {i} with a name of some length")));
            world.ingress(app.backend, "put", arg.expect("encodes"))
        });
        let calls = calls.collect();
        world.batch(calls);
        most = most.max(world.executor.state().canisters[&app.backend].memory.heap.bytes());
        assert!(most < HEAP_BYTES_MAX, "the heap has {most} bytes after {start} updates");
    }
    println!("after {UPDATES} updates the heap never had more than {} MiB", most >> 20);
    let query = |method: &str, arg: Vec<u8>| Query {
        sender: WORKSHOP,
        canister: app.backend,
        method: method.into(),
        arg,
        data_certificate: None,
    };
    let Payload::Reply(size) = world.executor.query(&query("size", candid::encode_args(()).expect("encodes"))).payload
    else {
        panic!("no reply")
    };
    assert_eq!(candid::decode_one::<Nat>(&size).expect("a number"), Nat::from(ROWS));
    let last = candid::encode_one(Nat::from(ROWS - 1)).expect("encodes");
    let Payload::Reply(row) = world.executor.query(&query("get", last)).payload else { panic!("no reply") };
    let row: Option<String> = candid::decode_one(&row).expect("a row");
    assert_eq!(row, Some(format!("guest {} with a name of some length", UPDATES - 1)));
}

#[path = "../it/motoko.rs"]
mod motoko;
use motoko::guests_wasm;
