//! A replica on a simulated disk with a clock that the test moves.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use candid::{CandidType, Principal, utils::ArgumentEncoder};
use embedder::{Engine, EngineConfig};
use execution::{
    BadState, Blobs, ExecutionConfig, Executor, Provisional, Query, REGISTRY, Usage, registry::calls::Outcome,
};
use protocol::RootKey;
use replication::{Answer, Clock, LocalSequencer, Replica, ReplicaConfig, ScrubPace};
use serde::de::DeserializeOwned;
use state::{
    blobs::BlobStore,
    replicated::{Ingress, IngressStatus, Payload, RequestId},
    storage::simulated::SimulatedDisk,
};

pub(crate) const OWNER: Principal = Principal::from_slice(&[7; 29]);
pub(crate) const WORKSHOP: Principal = Principal::from_slice(&[9; 29]);

#[derive(Debug, Default)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn advance(&self, nanoseconds: u64) {
        self.0.fetch_add(nanoseconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub(crate) struct TestBlobs(pub(crate) BlobStore);

impl Blobs for TestBlobs {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<[u8]>> {
        self.0.get(hash)
    }
    fn put(&self, bytes: &[u8]) -> std::io::Result<[u8; 32]> {
        self.0.put(bytes)
    }
}

pub(crate) struct World {
    pub(crate) disk: SimulatedDisk,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) blobs: Arc<BlobStore>,
    engine: Arc<Engine>,
    /// So few that what runs until it is stopped does not take long.
    pub(crate) update_instructions: u64,
    /// What the replicas told about usage.
    pub(crate) used: Arc<Mutex<Vec<Usage>>>,
    pub(crate) scrub: ScrubPace,
    next: AtomicU64,
}

pub(crate) struct Node<'a> {
    pub(crate) replica: Replica,
    pub(crate) world: &'a World,
}

impl World {
    pub(crate) fn new() -> World {
        let disk = SimulatedDisk::new();
        let engine = Engine::new(EngineConfig::default()).expect("an engine");
        let clock = Arc::new(TestClock(AtomicU64::new(1_700_000_000_000_000_000)));
        let blobs = Arc::new(BlobStore::new(Arc::new(disk.clone())));
        World {
            disk,
            clock,
            blobs,
            engine: Arc::new(engine),
            update_instructions: 1_000_000_000,
            used: Arc::default(),
            scrub: ScrubPace::default(),
            next: AtomicU64::new(0),
        }
    }

    /// What recovery makes of the disk, without starting anything.
    pub(crate) fn executor(&self) -> Result<Executor, BadState> {
        let recovered = state::store::open(Arc::new(self.disk.clone()), 256 << 10).expect("recovers").2;
        let key = RootKey::from_seed(&[3; 32]);
        let root_key: Arc<[u8]> = key.public_key_der().into();
        let config = ExecutionConfig::new(root_key, key.subnet_id(), WORKSHOP);
        let blobs = Arc::new(TestBlobs(BlobStore::new(Arc::new(self.disk.clone()))));
        Executor::new(&recovered, self.engine.clone(), blobs, config)
    }

    pub(crate) fn start(&self) -> Node<'_> {
        self.start_with(|_| {})
    }

    /// Starts a node on which anyone may make canisters, and whose configuration is as `set` leaves it.
    pub(crate) fn start_with(&self, set: impl FnOnce(&mut ExecutionConfig)) -> Node<'_> {
        let storage = Arc::new(self.disk.clone());
        let (folder, log, recovered) = state::store::open(storage.clone(), 256 << 10).expect("recovers");
        let key = RootKey::from_seed(&[3; 32]);
        let root_key: Arc<[u8]> = key.public_key_der().into();
        let mut config = ExecutionConfig::new(root_key, key.subnet_id(), WORKSHOP);
        config.update_instructions = self.update_instructions;
        config.provisional = Provisional::Anyone;
        set(&mut config);
        let blobs = Arc::new(TestBlobs(BlobStore::new(storage)));
        let executor = Executor::new(&recovered, self.engine.clone(), blobs, config).expect("in order");
        let used = self.used.clone();
        let mut seed = 0u8;
        let replica = Replica::start(ReplicaConfig {
            executor,
            log,
            folder,
            key: Arc::new(key),
            clock: self.clock.clone(),
            sequencer: Box::new(LocalSequencer::new(move || {
                seed = seed.wrapping_add(1);
                [seed; 32]
            })),
            fold_at: 1 << 20,
            fatal: Arc::new(|_| {}),
            usage: Arc::new(move |usage| used.lock().expect("not poisoned").extend_from_slice(usage)),
            scrub: self.scrub,
        });
        Node { replica: replica.expect("threads"), world: self }
    }
}

impl Node<'_> {
    pub(crate) async fn raw(&self, sender: Principal, canister: Principal, method: &str, arg: Vec<u8>) -> Answer {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.world.next.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        let ingress = Ingress {
            request_id: RequestId(id),
            sender,
            canister,
            method: method.into(),
            arg,
            effective: canister,
            expiry: self.world.clock.now() + 240_000_000_000,
            sender_info: None,
        };
        self.replica.call(ingress).await.expect("the replica runs")
    }

    pub(crate) async fn call<T: CandidType + DeserializeOwned>(
        &self,
        sender: Principal,
        canister: Principal,
        method: &str,
        args: impl ArgumentEncoder,
    ) -> Result<T, String> {
        match self.raw(sender, canister, method, candid::encode_args(args).expect("encodes")).await {
            Answer::Final(IngressStatus::Replied(bytes)) => Ok(decode(&bytes)),
            Answer::Final(IngressStatus::Rejected(reject)) | Answer::Refused(reject) => Err(reject.message),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn query<T: CandidType + DeserializeOwned>(
        &self,
        sender: Principal,
        canister: Principal,
        method: &str,
        args: impl ArgumentEncoder,
    ) -> Result<T, String> {
        let arg = candid::encode_args(args).expect("encodes");
        let query = Query { sender, canister, method: method.into(), arg, data_certificate: None };
        match self.replica.query(query).await.expect("the replica runs").payload {
            Payload::Reply(bytes) => Ok(decode(&bytes)),
            Payload::Reject(reject) => Err(reject.message),
        }
    }

    /// A method of the registry as the workshop, which must agree.
    pub(crate) async fn workshop<T: CandidType + DeserializeOwned>(
        &self,
        method: &str,
        args: impl ArgumentEncoder,
    ) -> Result<T, String> {
        match self.call::<Outcome<T>>(WORKSHOP, REGISTRY, method, args).await? {
            Outcome::Ok(value) => Ok(value),
            Outcome::Err(text) => Err(text),
        }
    }
}

fn decode<T: CandidType + DeserializeOwned>(bytes: &[u8]) -> T {
    // A method without results replies with no values.
    let padded = if bytes == b"DIDL\0\0" { candid::encode_one(()).expect("encodes") } else { bytes.to_vec() };
    candid::decode_one(&padded).expect("the reply's type")
}
