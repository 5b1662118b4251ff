//! A node: one process over one data folder, with its keys, its state and the replica that runs on it.

mod keys;

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use candid::Principal;
use embedder::{Engine, EngineConfig};
use execution::{Blobs, ExecutionConfig, Executor, Provisional};
use protocol::{RootKey, reject::NodeKey};
use replication::{LocalSequencer, Replica, ReplicaConfig, ScrubPace, SystemClock, UsageSink};
use state::{blobs::BlobStore, storage::folder::Folder as StorageFolder};

use crate::{cli::OpenTo, recorder::Recorder, watch::Watch};

/// The log is folded into the catalogue when it is this long, bytes.
const FOLD_AT: u64 = 256 << 20;

/// A running node, but for its HTTP side.
pub(crate) struct Node {
    pub(crate) data: PathBuf,
    pub(crate) replica: Arc<Replica>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) blobs: Arc<NodeBlobs>,
    pub(crate) config: ExecutionConfig,
    pub(crate) root_key_der: Vec<u8>,
    pub(crate) node_key: NodeKey,
    pub(crate) workshop: Principal,
    pub(crate) owner: Principal,
    pub(crate) recorder: Recorder,
    pub(crate) watch: Watch,
    /// For approval tokens; never leaves the node.
    pub(crate) secret: [u8; 32],
    /// Held for as long as the node lives.
    _lock: File,
}

/// The blob store as execution wants it.
pub(crate) struct NodeBlobs(pub(crate) BlobStore);

impl Blobs for NodeBlobs {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<[u8]>> {
        self.0.get(hash)
    }

    fn put(&self, bytes: &[u8]) -> std::io::Result<[u8; 32]> {
        self.0.put(bytes)
    }
}

impl Node {
    /// Opens the data folder, recovers what it holds and starts the replica.
    pub(crate) fn start(data: &Path, open_to: OpenTo, usage: UsageSink) -> anyhow::Result<Node> {
        std::fs::create_dir_all(data).with_context(|| format!("can't make the data folder {}", data.display()))?;
        let data = data.canonicalize().with_context(|| format!("can't open the data folder {}", data.display()))?;
        let lock = lock(&data)?;
        let keys = keys::Keys::load_or_make(&data.join("keys"))?;
        let storage: Arc<StorageFolder> = Arc::new(StorageFolder::new(&data.join("state"))?);
        let (folder, log, recovered) = state::store::open(storage.clone(), state::log::SEGMENT_BYTES)
            .with_context(|| format!("can't recover the state in {}", data.display()))?;
        let engine = Engine::new(EngineConfig { cache_dir: Some(data.join("compiled")), ..EngineConfig::default() })?;
        let engine = Arc::new(engine);
        let blobs = Arc::new(NodeBlobs(BlobStore::new(storage)));
        let root = RootKey::from_secret(&keys.root).context("the root key in the data folder is not one")?;
        let node_key = NodeKey::from_secret(&keys.node);
        let root_key_der = root.public_key_der();
        let workshop = node_key.node_id();
        let mut config = ExecutionConfig::new(root_key_der.as_slice().into(), root.subnet_id(), workshop);
        config.nodes = vec![(node_key.node_id(), node_key.public_key_der())];
        config.provisional = match open_to {
            OpenTo::Anyone => Provisional::Anyone,
            OpenTo::Owner => Provisional::Only([keys.owner.principal()].into()),
        };
        let executor = Executor::new(&recovered, engine.clone(), blobs.clone(), config.clone())?;
        drop(recovered);
        let replica = Replica::start(ReplicaConfig {
            executor,
            log,
            folder,
            key: Arc::new(root),
            clock: Arc::new(SystemClock),
            sequencer: Box::new(LocalSequencer::new(random)),
            fold_at: FOLD_AT,
            fatal: Arc::new(|error| end_process(&data_error(error))),
            usage,
            scrub: ScrubPace::default(),
        })?;
        let owner = keys.owner.principal();
        let recorder = Recorder::new(data.join("recorded"));
        let watch = Watch::load(data.join("watch.json"));
        Ok(Node {
            data,
            replica: Arc::new(replica),
            engine,
            blobs,
            config,
            root_key_der,
            node_key,
            workshop,
            owner,
            secret: keys.secret,
            recorder,
            watch,
            _lock: lock,
        })
    }

    /// Writes down what was seen of calls; it is no part of the state.
    pub(crate) fn save_seen(&self) {
        let apps: HashSet<Principal> =
            self.replica.view(|view| view.directory.apps.values().map(|entry| entry.backend).collect());
        let is_app = |app: Principal| apps.contains(&app);
        if let Err(error) = self.recorder.save(is_app).and_then(|()| self.watch.save(is_app)) {
            tracing::warn!(%error, "what was seen of calls could not be written down");
        }
    }
}

/// 32 random bytes from the system.
pub(crate) fn random() -> [u8; 32] {
    rand::random()
}

/// Takes the folder for this process, or says who has it.
fn lock(data: &Path) -> anyhow::Result<File> {
    let path = data.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("can't open {}", path.display()))?;
    if rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_err() {
        let holder = std::fs::read_to_string(&path).unwrap_or_default();
        bail!(
            "the data folder {} is in use by another node (process {}): stop that one, or choose another folder with --data",
            data.display(),
            holder.trim()
        );
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

fn data_error(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Durable state can't be written: nothing more may be acknowledged, and recovery is the only way on.
fn end_process(why: &str) {
    eprintln!("autograph: the state can't be written, so the node stops: {why}");
    eprintln!(
        "autograph: nothing that was answered is lost; make room on the disk or mend it, then start the node again"
    );
    std::process::exit(1);
}
