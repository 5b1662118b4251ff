//! Several workers of one kind, so that builds which come together use more than one processor.
//!
//! Invariant: the first place that is free is taken, so a node with one person at it keeps one process, and the
//! others, started when they are needed, end when they were idle for long enough.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::{Spawner, ToolchainConfig, Worker, WorkerKind};
use crate::error::BuildError;

/// Places for workers of one kind.
pub(crate) struct Pool {
    places: Vec<Worker>,
    /// As many as there are free places.
    turns: Semaphore,
    free: Mutex<BTreeSet<usize>>,
}

/// A place that is taken; it is free again when this is dropped.
struct Taken<'a> {
    pool: &'a Pool,
    place: usize,
}

impl Pool {
    pub(crate) fn new(kind: &WorkerKind, places: usize, config: &ToolchainConfig, spawner: &Spawner) -> Self {
        let worker = |place| {
            let kind = WorkerKind { leaves: kind.leaves || place > 0, ..kind.clone() };
            Worker::new(kind, config.clone(), spawner.clone())
        };
        Self {
            places: (0..places).map(worker).collect(),
            turns: Semaphore::new(places),
            free: Mutex::new((0..places).collect()),
        }
    }

    /// Starts the first worker if it is not running; tells how it is confined.
    pub(crate) async fn start(&self) -> Result<Vec<String>, String> {
        match self.places.first() {
            Some(first) => first.start().await,
            None => Err("it has no place".to_owned()),
        }
    }

    /// Asks the first worker that is free; the others' time does not count.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, verb: &str, request: Value) -> Result<T, BuildError> {
        let gone = |_| BuildError::Worker("it was stopped".to_owned());
        let _turn = self.turns.acquire().await.map_err(gone)?;
        // Dropped before the turn is, so that whoever gets the turn finds a place.
        let taken = self.take().ok_or_else(|| BuildError::Worker("no place is free".to_owned()))?;
        self.places[taken.place].ask(verb, request).await
    }

    /// Lets the workers end by themselves, and kills those that do not.
    pub(crate) async fn stop(&self) {
        for worker in &self.places {
            worker.stop().await;
        }
    }

    fn take(&self) -> Option<Taken<'_>> {
        self.free().pop_first().map(|place| Taken { pool: self, place })
    }

    fn free(&self) -> MutexGuard<'_, BTreeSet<usize>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.pool.free().insert(self.place);
    }
}
