//! The threads that answer queries, from durable state, beside the thread that executes batches.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use candid::Principal;
use execution::{Answered, Moment, Query, Reader, registry::Registry, state::Canister};
use protocol::certificate::encode_certificate;
use tokio::sync::oneshot;

use crate::replica::{Certified, Shared};

/// Queries that may wait or run.
const QUERIES_MAX: usize = 4096;
/// Times a query over several canisters is tried again because a batch became durable between its looks at them.
const TORN_TRIES: usize = 3;

/// Why a query was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Too many wait.
    #[error("the node has too many queries waiting")]
    Busy,
    /// The replica ended.
    #[error("the node is shutting down")]
    Stopped,
}

/// The way to the threads.
pub(crate) struct Queries {
    pool: rayon::ThreadPool,
    reader: Arc<Reader>,
    shared: Arc<Shared>,
    open: Arc<AtomicUsize>,
}

impl Queries {
    pub(crate) fn start(reader: Reader, shared: Arc<Shared>) -> std::io::Result<Queries> {
        let pool = rayon::ThreadPoolBuilder::new()
            .thread_name(|at| format!("queries {at}"))
            .build()
            .map_err(std::io::Error::other)?;
        Ok(Queries { pool, reader: Arc::new(reader), shared, open: Arc::default() })
    }

    pub(crate) async fn ask(&self, query: Query) -> Result<Answered, NotAsked> {
        let open = self.open.clone();
        if open.fetch_add(1, Ordering::Relaxed) >= QUERIES_MAX {
            open.fetch_sub(1, Ordering::Relaxed);
            return Err(NotAsked::Busy);
        }
        let (sender, answer) = oneshot::channel();
        let (reader, shared) = (self.reader.clone(), self.shared.clone());
        self.pool.spawn_fifo(move || {
            let answered = answer_at_one_moment(&reader, &shared, query);
            open.fetch_sub(1, Ordering::Relaxed);
            let _ = sender.send(answered);
        });
        answer.await.map_err(|_| NotAsked::Stopped)
    }
}

pub(crate) fn answer_at_one_moment(reader: &Reader, shared: &Shared, mut query: Query) -> Answered {
    let mut tries = 0;
    loop {
        let now = Now::of(shared, &mut query);
        let answered = reader.query(&now, &query);
        tries += 1;
        if !now.torn.get() || tries >= TORN_TRIES {
            return answered;
        }
    }
}

/// The newest durable batch when the query began. Canisters are looked up when they are needed; what changed
/// meanwhile is noticed.
struct Now<'s> {
    shared: &'s Shared,
    height: u64,
    time: u64,
    registry: Arc<Registry>,
    torn: Cell<bool>,
}

impl<'s> Now<'s> {
    fn of(shared: &'s Shared, query: &mut Query) -> Now<'s> {
        let shown = shared.shown();
        let view = &shown.view;
        let canister = view.canisters.get(&query.canister).map(|(_, canister)| canister);
        let wants = canister.is_some_and(|canister| !canister.system.certified_data.is_empty());
        query.data_certificate =
            shown.certified.as_ref().filter(|_| wants).map(|certified| data_certificate(certified, query.canister));
        Now { shared, height: view.height, time: view.time, registry: view.registry.clone(), torn: Cell::new(false) }
    }
}

/// A certificate of a canister's certified data (interface spec, "Certified data").
pub(crate) fn data_certificate(certified: &Certified, canister: Principal) -> Arc<[u8]> {
    let label = |bytes: &[u8]| bytes.to_vec();
    let data = vec![label(b"canister"), label(canister.as_slice()), label(b"certified_data")];
    let witness = certified.tree.witness(&[data, vec![label(b"time")]]);
    encode_certificate(&witness, &certified.signature).into()
}

impl Moment for Now<'_> {
    fn canister(&self, id: Principal) -> Option<Arc<Canister>> {
        let shown = self.shared.shown();
        let (since, canister) = shown.view.canisters.get(&id)?;
        if *since > self.height {
            self.torn.set(true);
        }
        Some(canister.clone())
    }

    fn registry(&self) -> Arc<Registry> {
        self.registry.clone()
    }

    fn time(&self) -> u64 {
        self.time
    }
}
