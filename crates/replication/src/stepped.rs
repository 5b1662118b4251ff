//! A replica whose steps the caller takes one by one, on one thread: for simulations that a seed must repeat.
//!
//! It is the same worker, log and folder as in [`crate::Replica`], without their threads and waits. Nothing runs but
//! by a call here, so what happens, and in which order the disk hears of it, is the caller's choice alone.

use std::sync::{Arc, mpsc::Receiver};

use execution::{Answered, Executor, Query, Reader};
use state::{
    delta::MemoryId,
    replicated::Ingress,
    store::{FoldJob, Folded, Folder, StoreError},
};
use tokio::sync::oneshot;

use crate::{
    log_thread::{Item, LogThread},
    queries::answer_at_one_moment,
    replica::{Answer, Certified, Command, IN_FLIGHT_MAX, Parts, ReplicaConfig, Worker, fold_with},
    scrub::{Scrub, Step},
};

/// Bytes of one step of a scrub.
const STEP_BYTES: u64 = 64 << 10;

/// The replica.
pub struct Stepped {
    worker: Worker,
    inbox: Receiver<Command>,
    log: LogThread,
    items: Receiver<Item>,
    reader: Reader,
    fold: Option<(Folder, FoldJob)>,
}

impl Stepped {
    /// A replica that has done nothing yet.
    #[must_use]
    pub fn new(config: ReplicaConfig) -> Stepped {
        let reader = config.executor.reader();
        let Parts { worker, inbox, log, items } = Parts::of(config);
        Stepped { worker, inbox, log, items, reader, fold: None }
    }

    /// The state as executed, durable or not.
    #[must_use]
    pub fn executor(&self) -> &Executor {
        &self.worker.executor
    }

    /// Hands an update call in; its answer comes through the receiver.
    pub fn submit(&mut self, ingress: Ingress) -> oneshot::Receiver<Answer> {
        let (sender, answer) = oneshot::channel();
        self.worker.on_submit(ingress, sender);
        answer
    }

    /// Executes a batch. False if as many as may be are executed and not durable yet.
    pub fn batch(&mut self) -> bool {
        let may = self.worker.in_flight < IN_FLIGHT_MAX;
        if may {
            self.worker.batch();
        }
        may
    }

    /// Makes durable what was executed, and lets its answers go.
    ///
    /// # Errors
    /// Durable state can't be written; the replica must be dropped.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        let group: Vec<Item> = self.items.try_iter().collect();
        if !group.is_empty() {
            self.log.commit(group)?;
        }
        self.take_commands();
        Ok(())
    }

    /// Takes what is to be folded. False if a fold is under way, or batches are not durable yet.
    pub fn begin_fold(&mut self) -> bool {
        if self.worker.in_flight > 0 || self.fold.is_some() {
            return false;
        }
        self.fold = self.worker.begin_fold();
        self.fold.is_some()
    }

    /// Writes the fold that was begun, and puts the memories over its images.
    ///
    /// # Errors
    /// Durable state can't be written; the replica must be dropped.
    pub fn end_fold(&mut self) -> Result<(), StoreError> {
        let Some((mut folder, job)) = self.fold.take() else { return Ok(()) };
        let folded = folder.fold(job)?;
        self.end_fold_with(folder, folded);
        Ok(())
    }

    /// Folds, and has no file hold of these memories what is not in the state any more. False as with
    /// [`Self::begin_fold`].
    ///
    /// # Errors
    /// Durable state can't be written; the replica must be dropped.
    pub fn forget(&mut self, memories: &[MemoryId]) -> Result<bool, StoreError> {
        self.worker.executor.rewrite(memories);
        if !self.begin_fold() {
            return Ok(false);
        }
        let Some((mut folder, job)) = self.fold.take() else { return Ok(false) };
        self.log.commit(vec![Item::Forget])?;
        let folded = fold_with(&mut folder, job, true)?;
        self.end_fold_with(folder, folded);
        self.commit()?;
        Ok(true)
    }

    fn end_fold_with(&mut self, folder: Folder, folded: Folded) {
        self.worker.folds.folder = Some(folder);
        self.worker.on_command(Command::Folded(Box::new(folded)));
    }

    /// Goes over all committed memory once; gives how many bytes were compared.
    pub fn scrub(&mut self) -> u64 {
        let mut scrub = Scrub::default();
        let Some(storage) = self.worker.folds.folder.as_ref().map(Folder::storage) else { return 0 };
        let executor = &mut self.worker.executor;
        while scrub.step(&*storage, STEP_BYTES, |last| executor.canister_after(last)) == Step::More {}
        executor.rewrite(&scrub.take_rotted());
        scrub.progress().bytes
    }

    /// Answers a query from durable state.
    #[must_use]
    pub fn query(&self, query: Query) -> Answered {
        answer_at_one_moment(&self.reader, &self.worker.shared, query)
    }

    /// The newest certified state, if there is one.
    #[must_use]
    pub fn certified(&self) -> Option<Arc<Certified>> {
        self.worker.shared.shown().certified.clone()
    }

    fn take_commands(&mut self) {
        while let Ok(command) = self.inbox.try_recv() {
            self.worker.on_command(command);
        }
    }
}
