//! Queries beside updates: read views of canisters, each an instance of its own over memory as of a durable batch.
//!
//! A view is brought from one batch to the next by copying the pages that differ; what its query dirties is put back.
//! Any number of threads may ask at once. Nothing here can change the state: it holds only copies that share pages.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use candid::Principal;
use embedder::{Engine, Sandbox, SubnetView};

use crate::{
    config::ExecutionConfig,
    executor::Blobs,
    messages::fatal,
    query::{Answered, Query, Wake, answer},
    registry::Registry,
    state::Canister,
    turn::{Env, Turn},
};

/// Idle views that are kept, over all canisters.
const IDLE_MAX: usize = 256;
/// A view unused for this long is closed, ns.
const IDLE_NS: u64 = 60_000_000_000;

/// The state at one durable batch, as far as a query asks for it.
pub trait Moment {
    /// A canister; `None` if it isn't there.
    fn canister(&self, id: Principal) -> Option<Arc<Canister>>;
    /// The registry.
    fn registry(&self) -> Arc<Registry>;
    /// The batch's time, ns.
    fn time(&self) -> u64;
}

/// Answers queries at moments it is given, on whichever thread asks.
pub struct Reader {
    config: ExecutionConfig,
    engine: Arc<Engine>,
    blobs: Arc<dyn Blobs>,
    subnet: Arc<SubnetView>,
    idle: Mutex<Idle>,
}

/// Views that nobody uses now, each with the state's time of its last use.
#[derive(Default)]
struct Idle {
    views: HashMap<Principal, Vec<View>>,
    count: usize,
    swept_at: u64,
}

/// An instance at a moment.
struct View {
    canister: Arc<Canister>,
    sandbox: Option<Sandbox>,
    used: u64,
}

impl Reader {
    pub(crate) fn new(
        config: ExecutionConfig,
        engine: Arc<Engine>,
        blobs: Arc<dyn Blobs>,
        subnet: Arc<SubnetView>,
    ) -> Reader {
        Reader { config, engine, blobs, subnet, idle: Mutex::default() }
    }

    /// Answers a query at a moment.
    pub fn query(&self, moment: &dyn Moment, query: &Query) -> Answered {
        let registry = moment.registry();
        let mut reading =
            Reading { reader: self, moment, registry: &registry, time: moment.time(), views: HashMap::new() };
        let answered = answer(&mut reading, query);
        let views = std::mem::take(&mut reading.views);
        self.idle().put(views, moment.time());
        answered
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A view of the canister as it is in `now`.
    fn view(&self, id: Principal, now: Arc<Canister>) -> View {
        let Some(view) = self.idle().take(id) else { return View { canister: now, sandbox: None, used: 0 } };
        view.at(now)
    }
}

impl View {
    fn at(mut self, now: Arc<Canister>) -> View {
        if !Arc::ptr_eq(&self.canister, &now) {
            let same_code = self.canister.system.code == now.system.code;
            let (from, to) = (&self.canister.memory, &now.memory);
            self.sandbox = self.sandbox.take().filter(|_| same_code);
            let advanced = self.sandbox.as_mut().is_some_and(|sandbox| fatal(sandbox.advance(from, to)));
            if !advanced {
                self.sandbox = None;
            }
            self.canister = now;
        }
        self
    }
}

impl Idle {
    fn take(&mut self, id: Principal) -> Option<View> {
        let views = self.views.get_mut(&id)?;
        let view = views.pop();
        if views.is_empty() {
            self.views.remove(&id);
        }
        self.count -= usize::from(view.is_some());
        view
    }

    fn put(&mut self, views: HashMap<Principal, View>, now: u64) {
        for (id, view) in views.into_iter().filter(|(_, view)| view.sandbox.is_some()) {
            self.views.entry(id).or_default().push(View { used: now, ..view });
            self.count += 1;
        }
        if self.count > IDLE_MAX || now > self.swept_at.saturating_add(IDLE_NS) {
            self.sweep(now);
        }
    }

    /// Closes what was not used lately, and the longest unused beyond the most that may be open.
    fn sweep(&mut self, now: u64) {
        self.swept_at = now;
        let mut uses: Vec<u64> = self.views.values().flatten().map(|view| view.used).collect();
        uses.sort_unstable();
        let newest = if uses.len() > IDLE_MAX { uses[uses.len() - IDLE_MAX * 3 / 4] } else { 0 };
        let mut room = IDLE_MAX;
        self.views.retain(|_, views| {
            views.retain(|view| {
                let keep = view.used >= newest && view.used + IDLE_NS > now && room > 0;
                room -= usize::from(keep);
                keep
            });
            !views.is_empty()
        });
        self.count = self.views.values().map(Vec::len).sum();
    }
}

/// One query, with the views that it has open.
struct Reading<'r> {
    reader: &'r Reader,
    moment: &'r dyn Moment,
    registry: &'r Registry,
    time: u64,
    views: HashMap<Principal, View>,
}

impl Reading<'_> {
    fn take(&mut self, id: Principal) -> Option<View> {
        match self.views.remove(&id) {
            Some(view) => Some(view),
            None => Some(self.reader.view(id, self.moment.canister(id)?)),
        }
    }
}

impl Wake for Reading<'_> {
    fn env(&self) -> Env<'_> {
        Env {
            height: 0,
            time: self.time,
            config: &self.reader.config,
            registry: self.registry,
            engine: &self.reader.engine,
            blobs: &*self.reader.blobs,
            subnet: &self.reader.subnet,
        }
    }

    fn with_turn<R>(&mut self, id: Principal, work: impl FnOnce(&mut Turn<'_>) -> R) -> Option<R> {
        let View { canister, sandbox, used } = self.take(id)?;
        let mut turn = Turn::new(self.env(), id, (*canister).clone(), sandbox);
        let result = work(&mut turn);
        let sandbox = turn.sandbox.take();
        self.views.insert(id, View { canister, sandbox, used });
        Some(result)
    }
}
