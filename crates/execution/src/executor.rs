//! (state, batch) → state: one batch after another, and nothing else changes the replicated state.
//!
//! What a batch computes depends on the state and the batch alone. Live instances and compiled modules are
//! caches: dropping them at any moment changes nothing but time.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, OnceLock},
};

use crate::REGISTRY;
use candid::Principal;
use embedder::{Engine, Module, SubnetView};
use sha2::{Digest as _, Sha256};
use state::{
    delta::BatchDelta,
    pages::PageImage,
    pages::PagedMemory,
    planted::{self, Planted},
    replicated::{
        BadRecord, CanisterCode, Ingress, IngressEntry, IngressStatus, Message, NativeKind, Reject, Request, RequestId,
    },
    store::{FoldJob, Recovered},
};

use crate::{
    certified::{self, CertifiedTree},
    config::ExecutionConfig,
    instances::Instances,
    long::LongRuns,
    messages::subnet_view,
    reader::Reader,
    reject,
    round::Ready,
    state::{Canister, Changes, ReplicatedState},
    tasks::Tasks,
    usage::{Usage, UsageBook},
    view::ViewDelta,
};

/// Content-addressed bytes that the state refers to: modules, sources, assets.
pub trait Blobs: Send + Sync + 'static {
    /// The bytes whose SHA-256 this is, if they are here.
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<[u8]>>;
    /// Keeps bytes durably and gives their SHA-256.
    ///
    /// # Errors
    /// The storage's.
    fn put(&self, bytes: &[u8]) -> std::io::Result<[u8; 32]>;
}

/// What is ordered: the whole input of one step.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Wall clock of whoever made the batch, ns; never moves the state's time back.
    pub time: u64,
    /// Fresh randomness.
    pub randomness: [u8; 32],
    /// Update calls, authenticated and admitted.
    pub ingress: Vec<Ingress>,
}

impl Batch {
    /// The batch that had this effect, from the log: executed on the state before it, it has it again.
    ///
    /// # Errors
    /// The record can't be read.
    pub fn logged(delta: &BatchDelta) -> Result<Batch, BadRecord> {
        let (randomness, ingress) = state::replicated::from_record(b"input", &delta.input)?;
        Ok(Batch { time: delta.time, randomness, ingress })
    }
}

/// Why a state that was read can't be gone on from.
#[derive(Debug, thiserror::Error)]
pub enum BadState {
    /// A record.
    #[error(transparent)]
    Record(#[from] BadRecord),
    /// Every part can be read, but together they are not the state that was certified.
    #[error(
        "the data folder was altered outside of this program: what it holds is not what was certified at height {0}; \
         restore the folder from a copy"
    )]
    Altered(u64),
}

/// What a batch did.
#[derive(Debug)]
pub struct Executed {
    /// To be made durable before anything of it is told.
    pub delta: BatchDelta,
    /// Update calls whose answers are in the certified state now.
    pub finished: Vec<RequestId>,
    /// The certified state after the batch.
    pub tree: protocol::tree::Tree,
    /// What changed of the view.
    pub view: ViewDelta,
    /// What its messages took.
    pub usage: Vec<Usage>,
}

/// The state with its caches.
pub struct Executor {
    pub(crate) state: ReplicatedState,
    pub(crate) changes: Changes,
    pub(crate) engine: Arc<Engine>,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) config: ExecutionConfig,
    pub(crate) subnet: Arc<SubnetView>,
    /// Where lanes run side by side; absent on one core.
    pub(crate) threads: Option<Arc<rayon::ThreadPool>>,
    pub(crate) certified: CertifiedTree,
    pub(crate) instances: Instances,
    /// Canisters with waiting messages, in turn.
    pub(crate) ready: Ready,
    /// Canisters with a long message.
    pub(crate) long: LongRuns,
    pub(crate) tasks: Tasks,
    /// Requests to native canisters, which have no queues.
    pub(crate) native: VecDeque<Request>,
    pub(crate) finished: Vec<RequestId>,
    pub(crate) usage: UsageBook,
    /// An app or a canister's code, files or controllers changed in this batch.
    pub(crate) directory_changed: bool,
    /// Changed since the last fold.
    pub(crate) unfolded: Unfolded,
}

#[derive(Debug, Default)]
pub(crate) struct Unfolded {
    pub(crate) records: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    pub(crate) memories: std::collections::BTreeSet<state::delta::MemoryId>,
}

impl Executor {
    /// Takes over what recovery read.
    ///
    /// # Errors
    /// A record can't be read, or all of them together are not what was certified.
    pub fn new(
        recovered: &Recovered,
        engine: Arc<Engine>,
        blobs: Arc<dyn Blobs>,
        config: ExecutionConfig,
    ) -> Result<Executor, BadState> {
        let mut executor = Executor::over(ReplicatedState::load(recovered)?, engine, blobs, config);
        executor.unfolded.memories.clone_from(&recovered.unfolded_memories);
        for key in &recovered.unfolded_records {
            executor.unfolded.records.insert(key.clone(), recovered.records.get(key).cloned());
        }
        executor.plan_all_tasks();
        executor.certify_all();
        executor.check_root(recovered)?;
        Ok(executor)
    }

    /// Whether what recovery read has the root that was certified last. Damaged memories are known by themselves.
    fn check_root(&self, recovered: &Recovered) -> Result<(), BadState> {
        let comparable = self.state.tree_format == certified::FORMAT && self.damage().is_empty();
        if comparable && self.certified.tree().digest() != recovered.root {
            return Err(BadState::Altered(recovered.height));
        }
        Ok(())
    }

    /// Over a state, without a certified tree yet.
    pub(crate) fn over(
        mut state: ReplicatedState,
        engine: Arc<Engine>,
        blobs: Arc<dyn Blobs>,
        config: ExecutionConfig,
    ) -> Executor {
        let mut changes = Changes::default();
        state.canisters.entry(REGISTRY).or_insert_with(|| {
            changes.canisters.insert(REGISTRY);
            Canister::native(NativeKind::Registry)
        });
        let ready = state.canisters.iter().filter(|(_, c)| c.has_waiting()).map(|(id, _)| *id).collect();
        let long = LongRuns::of(&state);
        let subnet = subnet_view(&config);
        Executor {
            certified: CertifiedTree::new(&config),
            state,
            changes,
            engine,
            blobs,
            config,
            instances: Instances::default(),
            subnet,
            threads: threads(),
            ready,
            long,
            tasks: Tasks::default(),
            native: VecDeque::new(),
            finished: Vec::new(),
            usage: UsageBook::default(),
            directory_changed: false,
            unfolded: Unfolded::default(),
        }
    }

    /// Runs lanes on so many threads of its own, rather than on the process's one for each core.
    ///
    /// # Errors
    /// The machine has no more threads.
    pub fn use_threads(&mut self, count: usize) -> Result<(), rayon::ThreadPoolBuildError> {
        self.threads = Some(Arc::new(lane_threads(count).build()?));
        Ok(())
    }

    /// The replicated state, to read.
    #[must_use]
    pub fn state(&self) -> &ReplicatedState {
        &self.state
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &ExecutionConfig {
        &self.config
    }

    /// Executes one batch.
    pub fn execute(&mut self, batch: &Batch) -> Executed {
        self.state.height += 1;
        self.state.time = batch.time.max(self.state.time + 1);
        if planted::is(Planted::TimeGoesBack) {
            self.state.time = batch.time;
        }
        self.state.seed = Sha256::new().chain_update(self.state.seed).chain_update(batch.randomness).finalize().into();
        self.state.drawn = 0;
        self.forget_old_ingress();
        for ingress in &batch.ingress {
            self.induct_ingress(ingress.clone());
        }
        self.induct_tasks();
        self.run_round();
        self.finish_batch(batch)
    }

    /// When the next timer goes off, ns; and now, when messages are left over or on their way.
    #[must_use]
    pub fn next_wake(&self) -> Option<u64> {
        let prices = &self.config.idle_prices;
        let runnable = |id: &Principal| self.state.canisters.get(id).is_some_and(|c| c.has_runnable(*id, prices));
        if self.has_long_messages() || self.ready.iter().any(runnable) {
            return Some(0);
        }
        self.tasks.first()
    }

    /// The state changed since the last call, as cheap clones, for the folder. Every batch must be durable.
    pub fn fold_job(&mut self) -> FoldJob {
        let unfolded = std::mem::take(&mut self.unfolded);
        let memories = unfolded.memories.into_iter().map(|id| (id, self.state.memory(id).cloned())).collect();
        FoldJob { height: self.state.height, root: self.certified.tree().digest(), records: unfolded.records, memories }
    }

    /// Puts memories over the images that a fold wrote; gives what to show again, so that nobody keeps the old ones.
    pub fn rebase(&mut self, images: Vec<(state::delta::MemoryId, PagedMemory, Arc<PageImage>)>) -> ViewDelta {
        let mut changed = BTreeSet::new();
        for (id, from, image) in images {
            if let Some(memory) = self.state.memory_mut(id) {
                memory.rebase(image, &from);
                changed.insert(Principal::from_slice(&id.canister));
            }
        }
        self.view_of(changed)
    }

    /// How many canisters are awake.
    #[must_use]
    pub fn awake(&self) -> usize {
        self.instances.len()
    }

    /// Puts every canister to sleep. Each wakes with its next message.
    pub fn sleep_all(&mut self) {
        self.instances.clear();
    }

    /// Whether memories changed since the last fold.
    #[must_use]
    pub fn has_unfolded_memories(&self) -> bool {
        !self.unfolded.memories.is_empty()
    }

    /// A reader beside this executor.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(self.config.clone(), self.engine.clone(), self.blobs.clone(), self.subnet.clone())
    }

    fn induct_ingress(&mut self, ingress: Ingress) {
        let id = ingress.request_id;
        if self.state.ingress.contains_key(&id) && !planted::is(Planted::RunsTwice) {
            // The same request again: it has its answer, or is about to get it.
            self.finished.extend(self.state.ingress.get(&id).filter(|e| e.status.is_final()).map(|_| id));
            return;
        }
        let entry = IngressEntry {
            sender: ingress.sender,
            canister: ingress.canister,
            effective: ingress.effective,
            expiry: ingress.expiry,
            forget_at: ingress.expiry + self.config.keep_answers_ns,
            status: IngressStatus::Received,
        };
        self.state.put_ingress(id, entry);
        self.changes.ingress.insert(id);
        if ingress.expiry < self.state.time {
            return self.answer_ingress(id, IngressStatus::Rejected(reject::expired()));
        }
        if crate::MANAGEMENT == ingress.canister || self.is_native(ingress.canister) {
            return self.native_ingress(ingress);
        }
        match self.admit_ingress(ingress.canister) {
            Ok(()) => self.enqueue(ingress.canister, Message::Ingress(ingress)),
            Err(reject) => self.answer_ingress(id, IngressStatus::Rejected(reject)),
        }
    }

    /// Whether a canister takes new calls.
    pub(crate) fn admit(&self, id: Principal) -> Result<&Canister, Reject> {
        let canister = self.state.canisters.get(&id).ok_or_else(|| reject::not_found(id))?;
        canister.takes_calls(id, &self.config.idle_prices)?;
        Ok(canister)
    }

    /// Whether a canister takes a user's call. Those that wait are bounded by themselves, so that canisters' calls
    /// and answers can't keep users out, nor the other way round.
    pub(crate) fn admit_ingress(&self, id: Principal) -> Result<(), Reject> {
        let queue = &self.admit(id)?.system.queue;
        let max = self.config.queue_max;
        if queue.len() >= max && queue.iter().filter(|message| matches!(message, Message::Ingress(_))).count() >= max {
            return Err(reject::queue_full(id));
        }
        Ok(())
    }

    /// Puts a message at the end of a canister's queue.
    pub(crate) fn enqueue(&mut self, id: Principal, message: Message) {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        canister.system.queue.push_back(message);
        self.ready.push(id);
        self.changes.canisters.insert(id);
    }

    fn finish_batch(&mut self, batch: &Batch) -> Executed {
        self.instances.sweep(self.state.time);
        let changes = std::mem::take(&mut self.changes);
        self.plan_tasks(&changes);
        self.seal(&changes);
        self.certify(&changes);
        let view = self.view_delta(&changes);
        let records = changes.records(&mut self.state);
        for (key, value) in &records {
            self.unfolded.records.insert(key.clone(), value.clone());
        }
        self.unfolded.memories.extend(changes.memories.iter().map(state::delta::MemoryOp::target));
        let tree = self.certified.tree().clone();
        let delta = BatchDelta {
            height: self.state.height,
            time: self.state.time,
            root: tree.digest(),
            records,
            memories: changes.memories,
            input: state::replicated::to_record(&(batch.randomness, &batch.ingress)),
        };
        let (finished, usage) = (std::mem::take(&mut self.finished), self.usage.take());
        Executed { delta, finished, tree, view, usage }
    }

    /// The module that a canister runs, compiled.
    pub(crate) fn module_of(&self, id: Principal) -> Option<Arc<Module>> {
        self.env().module_of(&self.state.canisters.get(&id)?.system.code).ok()
    }

    /// A module by its hash.
    pub(crate) fn module(&self, hash: [u8; 32]) -> Result<Arc<Module>, String> {
        self.env().module(&hash)
    }

    /// Whether a canister is code of this program.
    pub(crate) fn is_native(&self, id: Principal) -> bool {
        self.state.canisters.get(&id).is_some_and(|c| matches!(c.system.code, CanisterCode::Native(_)))
    }

    /// 32 bytes that nobody could know before the batch.
    pub(crate) fn draw_random(&mut self) -> [u8; 32] {
        self.state.drawn += 1;
        Sha256::new().chain_update(self.state.seed).chain_update(self.state.drawn.to_be_bytes()).finalize().into()
    }
}

/// The threads of this process that run lanes.
fn threads() -> Option<Arc<rayon::ThreadPool>> {
    static THREADS: OnceLock<Option<Arc<rayon::ThreadPool>>> = OnceLock::new();
    let make = || {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        if cores > 1 { lane_threads(cores).build().ok().map(Arc::new) } else { None }
    };
    THREADS.get_or_init(make).clone()
}

fn lane_threads(count: usize) -> rayon::ThreadPoolBuilder {
    rayon::ThreadPoolBuilder::new().num_threads(count).thread_name(|at| format!("lane {at}"))
}
