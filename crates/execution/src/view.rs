//! What others need to look up without asking the executor: which app a name means, its files, who sent a request.
//!
//! The executor tells what a batch changed of it; the replica shows it once the batch is durable.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use candid::Principal;
use state::replicated::{IngressStatus, RequestId};

use crate::{
    executor::Executor,
    registry::Registry,
    state::{Canister, Changes},
};

/// Which app a name means; replaced when any of it changes.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Apps by name, and by the text of either canister's id.
    pub apps: HashMap<String, Arc<AppEntry>>,
}

/// Where an app is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppEntry {
    /// Its name.
    pub name: String,
    /// The canister with the data.
    pub backend: Principal,
    /// The canister with the pages.
    pub assets: Principal,
    /// The live version.
    pub version: u64,
}

/// Who made a request, and of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its sender.
    pub sender: Principal,
    /// The canister called.
    pub canister: Principal,
    /// The canister in the request's address.
    pub effective: Principal,
}

/// What a batch changed.
#[derive(Clone, Debug, Default)]
pub struct ViewDelta {
    /// The directory, if it changed.
    pub directory: Option<Arc<Directory>>,
    /// Requests that came (`Some`) or were forgotten (`None`).
    pub origins: Vec<(RequestId, Option<Origin>)>,
    /// Canisters that changed, or went.
    pub canisters: Vec<(Principal, Option<Arc<Canister>>)>,
    /// The registry, if it changed.
    pub registry: Option<Arc<Registry>>,
    /// Height and time (ns) of the batch; absent when no batch made this.
    pub batch: Option<(u64, u64)>,
}

/// The view as of a durable batch.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Apps by name.
    pub directory: Arc<Directory>,
    /// Requests that the ingress history knows.
    pub origins: HashMap<RequestId, Origin>,
    /// Every canister as queries see it, with the height since when.
    pub canisters: HashMap<Principal, (u64, Arc<Canister>)>,
    /// The registry.
    pub registry: Arc<Registry>,
    /// The batch.
    pub height: u64,
    /// Its time, ns.
    pub time: u64,
}

impl View {
    /// Takes a batch's changes in.
    pub fn apply(&mut self, delta: ViewDelta) {
        if let Some((height, time)) = delta.batch {
            (self.height, self.time) = (height, time);
        }
        if let Some(directory) = delta.directory {
            self.directory = directory;
        }
        for (id, origin) in delta.origins {
            match origin {
                Some(origin) => self.origins.insert(id, origin),
                None => self.origins.remove(&id),
            };
        }
        for (id, canister) in delta.canisters {
            match canister {
                Some(canister) => self.canisters.insert(id, (self.height, canister)),
                None => self.canisters.remove(&id),
            };
        }
        if let Some(registry) = delta.registry {
            self.registry = registry;
        }
    }
}

impl Executor {
    /// The whole view, at start.
    #[must_use]
    pub fn view(&self) -> View {
        let origins = self.state.ingress.keys().filter_map(|id| Some((*id, self.origin(id)?))).collect();
        let canisters =
            self.state.canisters.iter().map(|(id, canister)| (*id, (self.state.height, Arc::new(canister.snapshot()))));
        View {
            directory: Arc::new(self.directory()),
            origins,
            canisters: canisters.collect(),
            registry: Arc::new(self.state.registry.clone()),
            height: self.state.height,
            time: self.state.time,
        }
    }

    /// Canisters as they are now, to show again after their memories were put over new images.
    #[must_use]
    pub fn view_of(&self, ids: impl IntoIterator<Item = Principal>) -> ViewDelta {
        let canister = |id: Principal| (id, self.state.canisters.get(&id).map(|now| Arc::new(now.snapshot())));
        ViewDelta { canisters: ids.into_iter().map(canister).collect(), ..ViewDelta::default() }
    }

    pub(crate) fn view_delta(&mut self, changes: &Changes) -> ViewDelta {
        let directory = std::mem::take(&mut self.directory_changed).then(|| Arc::new(self.directory()));
        let origins = changes.ingress.iter().map(|id| (*id, self.origin(id))).collect();
        let changed: BTreeSet<Principal> = changes
            .canisters
            .iter()
            .chain(&changes.globals)
            .chain(&changes.assets)
            .chain(&changes.managed)
            .copied()
            .collect();
        let registry = self.state.registry.is_dirty().then(|| Arc::new(self.state.registry.clone()));
        ViewDelta {
            directory,
            origins,
            registry,
            batch: Some((self.state.height, self.state.time)),
            ..self.view_of(changed)
        }
    }

    fn origin(&self, id: &RequestId) -> Option<Origin> {
        let entry = self.state.ingress.get(id).filter(|entry| entry.status != IngressStatus::Done);
        entry.map(|entry| Origin { sender: entry.sender, canister: entry.canister, effective: entry.effective })
    }

    fn directory(&self) -> Directory {
        let mut directory = Directory::default();
        for app in self.state.registry.apps() {
            let (name, version) = (app.name.clone(), app.version);
            let entry = Arc::new(AppEntry { name, backend: app.backend, assets: app.assets, version });
            for label in [app.name.clone(), app.backend.to_text(), app.assets.to_text()] {
                directory.apps.insert(label, entry.clone());
            }
        }
        directory
    }
}
