//! The replica: the thread that executes, fed by calls and queries, and the handle that others hold.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use execution::{
    Answered, Executor, Query, Usage,
    view::{View, ViewDelta},
};
use protocol::{RootKey, Tree};
use state::{
    delta::MemoryId,
    log::Log,
    planted::{self, Planted},
    replicated::{Ingress, IngressStatus, Reject, RequestId},
    store::{FoldJob, Folded, Folder, StoreError},
};
use tokio::sync::oneshot;

use crate::{
    clock::Clock,
    log_thread::{Item, LogThread, Release},
    queries::{NotAsked, Queries},
    scrub::{ScrubPace, ScrubProgress, ScrubThread},
    sequencer::{Pool, Sequencer},
};

/// What to do when durable state can't be written: told once, with the reason. It must end the process.
pub type Fatal = Arc<dyn Fn(&dyn std::error::Error) + Send + Sync>;

/// Hears what messages took. Called by the thread that executes, so it must be quick.
pub type UsageSink = Arc<dyn Fn(&[Usage]) + Send + Sync>;

/// Batches that may be executed and not yet durable.
pub(crate) const IN_FLIGHT_MAX: usize = 2;
/// Memories are folded at least this often while they change, ns.
const FOLD_AGE_NS: u64 = 120_000_000_000;
/// Calls that may wait to be ordered.
const POOL_CALLS_MAX: usize = 20_000;
/// Bytes of calls that may wait to be ordered.
const POOL_BYTES_MAX: usize = 256 << 20;

/// Everything a replica is made of.
pub struct ReplicaConfig {
    /// The state.
    pub executor: Executor,
    /// The log.
    pub log: Log,
    /// Writes folds.
    pub folder: Folder,
    /// Signs roots.
    pub key: Arc<RootKey>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Orders.
    pub sequencer: Box<dyn Sequencer>,
    /// Fold when the log is this long, bytes.
    pub fold_at: u64,
    /// Called when durable state can't be written.
    pub fatal: Fatal,
    /// Told what the messages of each batch took.
    pub usage: UsageSink,
    /// How fast committed memory is gone over.
    pub scrub: ScrubPace,
}

/// The certified state at a height, with its signature.
#[derive(Clone)]
pub struct Certified {
    /// The batch.
    pub height: u64,
    /// Its time, ns.
    pub time: u64,
    /// The state tree.
    pub tree: Tree,
    /// BLS signature over its root.
    pub signature: [u8; 48],
}

/// The final answer of an update call, which is in the certified state by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Replied or rejected.
    Final(IngressStatus),
    /// Not let in.
    Refused(Reject),
    /// Too much is waiting; try again later.
    Busy,
}

/// The replica is shutting down or has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node is shutting down")]
pub struct Stopped;

type Read = Box<dyn FnOnce(&mut Executor) -> Release + Send>;

pub(crate) enum Command {
    Submit(Box<Ingress>, oneshot::Sender<Answer>),
    Read(Read),
    Tick(oneshot::Sender<()>),
    Durable { batches: usize, log_bytes: u64 },
    Folded(Box<Folded>),
    Forget(Vec<MemoryId>, oneshot::Sender<()>),
    Shutdown,
}

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) shown: RwLock<Shown>,
    durable: AtomicU64,
    broken: AtomicBool,
}

/// What may be seen: the newest durable batch.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) certified: Option<Arc<Certified>>,
    pub(crate) view: View,
}

impl Shared {
    /// Shows durable batches; the certificate is the last one's.
    pub(crate) fn show(&self, deltas: impl IntoIterator<Item = ViewDelta>, certified: Option<Certified>) {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        deltas.into_iter().for_each(|delta| shown.view.apply(delta));
        if let Some(certified) = certified {
            self.durable.store(certified.height, Ordering::Release);
            shown.certified = Some(Arc::new(certified));
        }
    }

    pub(crate) fn shown(&self) -> std::sync::RwLockReadGuard<'_, Shown> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handle on the running replica. Dropping it does not stop the replica; [`Replica::shut_down`] does.
pub struct Replica {
    commands: Sender<Command>,
    shared: Arc<Shared>,
    queries: Queries,
    scrub: std::sync::Mutex<ScrubThread>,
    threads: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Replica {
    /// Starts the threads, and executes a first batch so that there is a certificate.
    ///
    /// # Errors
    /// A thread can't be started.
    pub fn start(config: ReplicaConfig) -> std::io::Result<Replica> {
        let queries = config.executor.reader();
        let (pace, storage) = (config.scrub, config.folder.storage());
        let Parts { worker, inbox, log, items } = Parts::of(config);
        let (commands, shared) = (worker.commands.clone(), worker.shared.clone());
        let queries = Queries::start(queries, shared.clone())?;
        let log = log.spawn(items)?;
        let thread = std::thread::Builder::new().name("executor".into()).spawn(move || worker.run(&inbox, log))?;
        let scrub = std::sync::Mutex::new(ScrubThread::start(pace, storage, commands.clone())?);
        Ok(Replica { commands, shared, queries, scrub, threads: std::sync::Mutex::new(Some(thread)) })
    }

    /// Has an update call ordered and executed; the answer comes when it is durable and certified.
    ///
    /// # Errors
    /// The replica ended before there was an answer; the call may or may not have happened.
    pub async fn call(&self, ingress: Ingress) -> Result<Answer, Stopped> {
        let (sender, answer) = oneshot::channel();
        self.send(Command::Submit(Box::new(ingress), sender))?;
        answer.await.map_err(|_| Stopped)
    }

    /// Answers a query from durable state, beside updates.
    ///
    /// # Errors
    /// Too many wait, or the replica ended.
    pub async fn query(&self, query: Query) -> Result<Answered, NotAsked> {
        self.queries.ask(query).await
    }

    /// Looks at the state between batches; what was seen is handed out when it is durable.
    ///
    /// # Errors
    /// The replica ended.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Executor) -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        let (sender, answer) = oneshot::channel();
        let read: Read = Box::new(move |executor| {
            let seen = look(executor);
            Box::new(move || drop(sender.send(seen)))
        });
        self.send(Command::Read(read))?;
        answer.await.map_err(|_| Stopped)
    }

    /// The newest certified state.
    ///
    /// # Errors
    /// The replica ended before its first batch.
    pub fn certified(&self) -> Result<Arc<Certified>, Stopped> {
        self.shared.shown().certified.clone().ok_or(Stopped)
    }

    /// Looks at apps, files and requests as of the newest durable batch, without waiting for the executor.
    pub fn view<T>(&self, look: impl FnOnce(&View) -> T) -> T {
        look(&self.shared.shown().view)
    }

    /// Executes a batch now, so that the certified state's time is fresh.
    ///
    /// # Errors
    /// The replica ended.
    pub async fn tick(&self) -> Result<(), Stopped> {
        let (sender, done) = oneshot::channel();
        self.send(Command::Tick(sender))?;
        done.await.map_err(|_| Stopped)
    }

    /// Has the node's files hold nothing of these memories, of records and of the log that the state doesn't hold:
    /// what was removed or written over before is gone from them when this returns.
    ///
    /// # Errors
    /// The replica ended.
    pub async fn forget(&self, memories: Vec<MemoryId>) -> Result<(), Stopped> {
        let (sender, done) = oneshot::channel();
        self.send(Command::Forget(memories, sender))?;
        done.await.map_err(|_| Stopped)
    }

    /// Whether it can still write.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        !self.shared.broken.load(Ordering::Acquire)
    }

    /// The highest durable batch.
    #[must_use]
    pub fn durable_height(&self) -> u64 {
        self.shared.durable.load(Ordering::Acquire)
    }

    /// How far the scrub is; what it found, [`Executor::damage`] tells.
    #[must_use]
    pub fn scrub_progress(&self) -> ScrubProgress {
        self.scrub.lock().unwrap_or_else(PoisonError::into_inner).progress()
    }

    /// Finishes what was ordered, folds the log into the catalogue and ends the threads.
    pub fn shut_down(&self) {
        self.scrub.lock().unwrap_or_else(PoisonError::into_inner).stop();
        let _ = self.commands.send(Command::Shutdown);
        let thread = self.threads.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the executor thread panicked");
        }
    }

    fn send(&self, command: Command) -> Result<(), Stopped> {
        self.commands.send(command).map_err(|_| Stopped)
    }
}

/// What runs a replica, and the ways between: on threads in [`Replica`], step by step in `stepped`.
pub(crate) struct Parts {
    pub(crate) worker: Worker,
    pub(crate) inbox: Receiver<Command>,
    pub(crate) log: LogThread,
    pub(crate) items: Receiver<Item>,
}

impl Parts {
    pub(crate) fn of(config: ReplicaConfig) -> Parts {
        let (commands, inbox) = channel();
        let (items, log_inbox) = channel();
        let shown = Shown { certified: None, view: config.executor.view() };
        let shared = Arc::new(Shared { shown: RwLock::new(shown), ..Shared::default() });
        let fatal = {
            let (shared, told, commands) = (shared.clone(), config.fatal.clone(), commands.clone());
            Arc::new(move |error: &dyn std::error::Error| {
                shared.broken.store(true, Ordering::Release);
                told(error);
                // If the process outlives that, nobody waits for ever: the replica ends.
                let _ = commands.send(Command::Shutdown);
            })
        };
        let log = LogThread {
            log: config.log,
            folded: 0,
            key: config.key,
            shared: shared.clone(),
            commands: commands.clone(),
            fatal: fatal.clone(),
        };
        let now = config.clock.now();
        let worker = Worker {
            executor: config.executor,
            clock: config.clock,
            sequencer: config.sequencer,
            folds: Folds { folder: Some(config.folder), running: None, at: config.fold_at, last: now },
            pool: Pool::default(),
            waiters: HashMap::new(),
            ticks: Vec::new(),
            forgetting: Vec::new(),
            forgotten: Vec::new(),
            in_flight: 0,
            log_bytes: 0,
            items: Some(items),
            commands: commands.clone(),
            fatal,
            usage: config.usage,
            shared: shared.clone(),
        };
        Parts { worker, inbox, log, items: log_inbox }
    }
}

/// The fold under way, if any; the folder travels with it.
pub(crate) struct Folds {
    pub(crate) folder: Option<Folder>,
    running: Option<JoinHandle<Option<Folder>>>,
    at: u64,
    /// When the last one began, ns.
    last: u64,
}

pub(crate) struct Worker {
    pub(crate) executor: Executor,
    clock: Arc<dyn Clock>,
    sequencer: Box<dyn Sequencer>,
    pub(crate) folds: Folds,
    pool: Pool,
    waiters: HashMap<RequestId, Vec<oneshot::Sender<Answer>>>,
    ticks: Vec<oneshot::Sender<()>>,
    /// Who waits until no file holds what the state doesn't, for the next fold and for the one under way.
    forgetting: Vec<oneshot::Sender<()>>,
    forgotten: Vec<oneshot::Sender<()>>,
    pub(crate) in_flight: usize,
    log_bytes: u64,
    /// Dropped at the end, which ends the log thread.
    items: Option<Sender<Item>>,
    pub(crate) commands: Sender<Command>,
    fatal: Fatal,
    usage: UsageSink,
    pub(crate) shared: Arc<Shared>,
}

impl Worker {
    fn run(mut self, inbox: &Receiver<Command>, log: JoinHandle<()>) {
        self.batch();
        let mut open = true;
        while open || self.in_flight > 0 {
            open &= self.take_commands(inbox);
            if self.in_flight < IN_FLIGHT_MAX && self.wants_batch() && (open || !self.pool.is_empty()) {
                self.batch();
            }
            if open && self.in_flight == 0 && (self.fold_is_due() || self.must_forget()) {
                self.fold();
            }
            if !open && (log.is_finished() || self.shared.broken.load(Ordering::Acquire)) {
                break;
            }
        }
        self.last_fold();
        self.items = None;
        if log.join().is_err() {
            tracing::error!("the log thread panicked");
        }
    }

    /// Takes what has come, waiting while there is nothing to do. False when the replica is to end.
    fn take_commands(&mut self, inbox: &Receiver<Command>) -> bool {
        let mut command = match inbox.recv_timeout(self.patience()) {
            Ok(command) => Some(command),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        while let Some(next) = command {
            if !self.on_command(next) {
                return false;
            }
            command = inbox.try_recv().ok();
        }
        true
    }

    /// How long there is nothing to do unless a command comes.
    fn patience(&self) -> Duration {
        let longest = Duration::from_secs(10);
        if self.in_flight >= IN_FLIGHT_MAX {
            return longest;
        }
        if !self.pool.is_empty() || !self.ticks.is_empty() {
            return Duration::ZERO;
        }
        match self.executor.next_wake() {
            Some(at) => Duration::from_nanos(at.saturating_sub(self.clock.now())).min(longest),
            None => longest,
        }
    }

    fn wants_batch(&self) -> bool {
        let due = || self.executor.next_wake().is_some_and(|at| at <= self.clock.now());
        !self.pool.is_empty() || !self.ticks.is_empty() || due()
    }

    pub(crate) fn on_command(&mut self, command: Command) -> bool {
        match command {
            Command::Submit(ingress, waiter) => self.on_submit(*ingress, waiter),
            Command::Read(look) => {
                let release = look(&mut self.executor);
                self.after_durable(release);
            }
            Command::Tick(waiter) => self.ticks.push(waiter),
            Command::Durable { batches, log_bytes } => {
                self.in_flight -= batches;
                self.log_bytes = log_bytes;
            }
            Command::Folded(folded) => self.on_folded(*folded),
            Command::Forget(memories, waiter) => {
                self.executor.rewrite(&memories);
                self.forgetting.push(waiter);
            }
            Command::Shutdown => return false,
        }
        true
    }

    pub(crate) fn on_submit(&mut self, ingress: Ingress, waiter: oneshot::Sender<Answer>) {
        let id = ingress.request_id;
        let known = self.executor.state().ingress.get(&id).map(|entry| entry.status.clone());
        let known = known.filter(|_| !planted::is(Planted::RunsTwice));
        if let Some(status) = known {
            if status.is_final() {
                self.after_durable(Box::new(move || drop(waiter.send(Answer::Final(status)))));
            } else {
                self.waiters.entry(id).or_default().push(waiter);
            }
            return;
        }
        if let Some(waiters) = self.waiters.get_mut(&id) {
            waiters.push(waiter);
            return;
        }
        let full = !self.executor.remembers_more();
        if full || self.pool.len() >= POOL_CALLS_MAX || self.pool.bytes() >= POOL_BYTES_MAX {
            let _ = waiter.send(Answer::Busy);
            return;
        }
        match self.executor.inspect(ingress.sender, ingress.canister, &ingress.method, &ingress.arg) {
            Ok(()) => {
                self.waiters.entry(id).or_default().push(waiter);
                self.pool.push(ingress);
            }
            Err(reject) => drop(waiter.send(Answer::Refused(reject))),
        }
    }

    pub(crate) fn batch(&mut self) {
        let batch = self.sequencer.next(&mut self.pool, self.clock.now());
        let executed = self.executor.execute(&batch);
        (self.usage)(&executed.usage);
        let mut then: Vec<Release> = Vec::new();
        for id in executed.finished {
            let status = self.executor.state().ingress.get(&id).map(|entry| entry.status.clone());
            for waiter in self.waiters.remove(&id).unwrap_or_default() {
                if let Some(status) = status.clone() {
                    then.push(Box::new(move || drop(waiter.send(Answer::Final(status)))));
                }
            }
        }
        for waiter in std::mem::take(&mut self.ticks) {
            then.push(Box::new(move || {
                let _ = waiter.send(());
            }));
        }
        self.in_flight += 1;
        let delta = Box::new(executed.delta);
        self.send(Item::Batch { delta, tree: executed.tree, view: executed.view, then });
    }

    /// Does something once every batch so far is durable: now, if it is.
    fn after_durable(&mut self, release: Release) {
        if self.in_flight == 0 { release() } else { self.send(Item::Release(release)) }
    }

    fn send(&self, item: Item) {
        // The log thread ends early only after a fatal error, which has been told; then nobody is answered.
        if let Some(items) = &self.items {
            let _ = items.send(item);
        }
    }

    // ---- folds

    /// When the log is long; and after a while in any case, so that what was committed need not stay in memory.
    fn fold_is_due(&self) -> bool {
        let aged = || self.clock.now() >= self.folds.last.saturating_add(FOLD_AGE_NS);
        self.log_bytes > self.folds.at || (self.executor.has_unfolded_memories() && aged())
    }

    /// Something is to be forgotten, and no fold is under way that began before.
    fn must_forget(&self) -> bool {
        !self.forgetting.is_empty() && self.folds.folder.is_some()
    }

    /// What to fold and with what; nothing while a fold is under way.
    pub(crate) fn begin_fold(&mut self) -> Option<(Folder, FoldJob)> {
        let folder = self.folds.folder.take()?;
        self.folds.last = self.clock.now();
        Some((folder, self.executor.fold_job()))
    }

    fn fold(&mut self) {
        if self.folds.running.as_ref().is_some_and(JoinHandle::is_finished) {
            self.folds.running = None;
        }
        let Some((mut folder, job)) = self.begin_fold() else { return };
        let (commands, fatal) = (self.commands.clone(), self.fatal.clone());
        self.forgotten = std::mem::take(&mut self.forgetting);
        let forgets = !self.forgotten.is_empty();
        if forgets {
            self.send(Item::Forget);
        }
        let fold = move || match fold_with(&mut folder, job, forgets) {
            Ok(folded) => {
                let _ = commands.send(Command::Folded(Box::new(folded)));
                Some(folder)
            }
            Err(error) => {
                fatal(&error);
                None
            }
        };
        match std::thread::Builder::new().name("fold".into()).spawn(fold) {
            Ok(thread) => self.folds.running = Some(thread),
            Err(error) => (self.fatal)(&error),
        }
    }

    fn on_folded(&mut self, folded: Folded) {
        if let Some(thread) = self.folds.running.take() {
            self.folds.folder = thread.join().ok().flatten();
        }
        let shown = self.executor.rebase(folded.images);
        self.send(Item::Show(shown));
        self.send(Item::Folded(folded.height));
        for waiter in std::mem::take(&mut self.forgotten) {
            self.send(Item::Release(Box::new(move || {
                let _ = waiter.send(());
            })));
        }
        self.log_bytes = 0;
    }

    /// At the end everything goes into the catalogue, so that the next start has nothing to replay.
    fn last_fold(&mut self) {
        if let Some(thread) = self.folds.running.take() {
            self.folds.folder = thread.join().ok().flatten();
        }
        let Some(mut folder) = self.folds.folder.take() else { return };
        if self.in_flight > 0 {
            return;
        }
        let job = self.executor.fold_job();
        match folder.fold(job) {
            Ok(folded) => self.send(Item::Folded(folded.height)),
            Err(error) => (self.fatal)(&error),
        }
    }
}

/// Folds; and where something is to be forgotten, has no file hold what is not in the state any more.
pub(crate) fn fold_with(folder: &mut Folder, job: FoldJob, forgets: bool) -> Result<Folded, StoreError> {
    let folded = folder.fold(job)?;
    if forgets {
        folder.forget()?;
    }
    Ok(folded)
}
