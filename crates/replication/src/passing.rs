//! A replica that keeps nothing: over a fork, in memory, gone when it is dropped.
//!
//! It answers as [`crate::Replica`] does, with certificates of a key of its own, but has no log, no catalogue and no
//! threads. Time goes by there when somebody asks: what is due then runs first. Nothing is durable, so an answer waits
//! for nothing but its batch.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use execution::{Answered, Batch, Executor, Query, view::View};
use protocol::RootKey;
use state::{
    delta::MemoryOp,
    pages::PAGE_BYTES,
    replicated::{Ingress, IngressStatus},
};

use crate::{
    clock::Clock,
    queries::data_certificate,
    replica::{Answer, Certified},
};

/// Batches in which what a call began may end; what takes longer goes on with the next call.
const SETTLING_BATCHES: usize = 300;
/// A certificate is made anew when it is this old, ns: agents refuse those older than five minutes.
const CERTIFICATE_AGE_MAX: u64 = 60_000_000_000;

/// The replica.
pub struct Passing {
    running: Mutex<Running>,
    shown: RwLock<(Arc<Certified>, View)>,
    key: RootKey,
    clock: Arc<dyn Clock>,
}

struct Running {
    executor: Executor,
    random: Box<dyn FnMut() -> [u8; 32] + Send>,
    /// Bytes of memory that calls may still change.
    room: u64,
}

impl Passing {
    /// Starts over an executor that has a certified state. `room` bounds the bytes of memory that calls may change in
    /// all; after that no call is taken.
    pub fn new(
        mut executor: Executor,
        key: RootKey,
        clock: Arc<dyn Clock>,
        mut random: impl FnMut() -> [u8; 32] + Send + 'static,
        room: u64,
    ) -> Passing {
        let mut view = executor.view();
        let certified =
            step(&mut executor, &key, Batch { time: clock.now(), randomness: random(), ingress: Vec::new() });
        let (certified, delta, _) = certified;
        view.apply(delta);
        let running = Running { executor, random: Box::new(random), room };
        let shown = RwLock::new((Arc::new(certified), view));
        Passing { running: Mutex::new(running), shown, key, clock }
    }

    /// Executes an update call; the certified state has its answer then. It runs as long as the call does.
    pub fn call(&self, ingress: Ingress) -> Answer {
        let id = ingress.request_id;
        let mut running = self.running();
        if let Some(known) = running.status(&ingress) {
            return Answer::Final(known);
        }
        if running.room == 0 {
            return Answer::Busy;
        }
        let inspected = running.executor.inspect(ingress.sender, ingress.canister, &ingress.method, &ingress.arg);
        if let Err(reject) = inspected {
            return Answer::Refused(reject);
        }
        self.batch(&mut running, vec![ingress]);
        for _ in 0..SETTLING_BATCHES {
            let status = running.executor.state().ingress.get(&id).map(|entry| entry.status.clone());
            match status {
                Some(status) if status.is_final() => return Answer::Final(status),
                _ if !running.is_due(self.clock.now()) => break,
                _ => self.batch(&mut running, Vec::new()),
            }
        }
        // It waits for something; whoever asks for its status sees how far it is.
        running.executor.state().ingress.get(&id).map_or(Answer::Busy, |entry| Answer::Final(entry.status.clone()))
    }

    /// Answers a query, after what is due has run.
    pub fn query(&self, mut query: Query) -> Answered {
        let mut running = self.running();
        self.go_on(&mut running);
        let canister = running.executor.state().canisters.get(&query.canister);
        let wants = canister.is_some_and(|canister| !canister.system.certified_data.is_empty());
        query.data_certificate = wants.then(|| data_certificate(&self.shown().0, query.canister));
        running.executor.query(&query)
    }

    /// The newest certified state; a fresh one if it is getting old and nothing runs.
    pub fn certified(&self) -> Arc<Certified> {
        if self.is_old()
            && let Ok(mut running) = self.running.try_lock()
        {
            self.batch(&mut running, Vec::new());
        }
        self.shown().0.clone()
    }

    /// Looks at apps, files and requests.
    pub fn view<T>(&self, look: impl FnOnce(&View) -> T) -> T {
        look(&self.shown().1)
    }

    /// Runs what is due, and makes the certificate anew when it is old.
    fn go_on(&self, running: &mut Running) {
        if self.is_old() || running.is_due(self.clock.now()) {
            self.batch(running, Vec::new());
        }
    }

    /// Whether the certificate is to be made anew.
    fn is_old(&self) -> bool {
        self.shown().0.time.saturating_add(CERTIFICATE_AGE_MAX) < self.clock.now()
    }

    fn batch(&self, running: &mut Running, ingress: Vec<Ingress>) {
        let batch = Batch { time: self.clock.now(), randomness: (running.random)(), ingress };
        let (certified, delta, changed) = step(&mut running.executor, &self.key, batch);
        running.room = running.room.saturating_sub(changed);
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        shown.1.apply(delta);
        shown.0 = Arc::new(certified);
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self) -> std::sync::RwLockReadGuard<'_, (Arc<Certified>, View)> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// The status of a call that came before.
    fn status(&self, ingress: &Ingress) -> Option<IngressStatus> {
        self.executor.state().ingress.get(&ingress.request_id).map(|entry| entry.status.clone())
    }

    /// Whether something is to run: left over, on its way, or a timer, as long as there is room for what it changes.
    fn is_due(&self, now: u64) -> bool {
        self.room > 0 && self.executor.next_wake().is_some_and(|at| at <= now)
    }
}

/// Executes a batch and signs what it leaves; gives how many bytes of memory it changed, too.
fn step(executor: &mut Executor, key: &RootKey, batch: Batch) -> (Certified, execution::view::ViewDelta, u64) {
    let executed = executor.execute(&batch);
    // Nobody writes it down.
    drop(executor.fold_job());
    let (height, time) = (executed.delta.height, executed.delta.time);
    let signature = key.sign(&executed.delta.root);
    let changed = executed.delta.memories.iter().map(changed_bytes).sum();
    (Certified { height, time, tree: executed.tree, signature }, executed.view, changed)
}

fn changed_bytes(op: &MemoryOp) -> u64 {
    match op {
        MemoryOp::Write(_, delta) => delta.pages.len() as u64 * PAGE_BYTES as u64,
        MemoryOp::Fork { .. } | MemoryOp::Drop(_) => 0,
    }
}
