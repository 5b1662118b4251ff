//! Restore points: what an app was when a version was replaced, put aside under that version's number.
//!
//! A point shares its pages with the live app, so it costs what has changed since.

use std::{collections::BTreeMap, sync::Arc};

use candid::Principal;
use state::{
    delta::{MemoryKind, MemoryOp},
    pages::PAGE_BYTES,
    replicated::SystemState,
};

use crate::{
    executor::Executor,
    registry::Refused,
    state::{RestorePoint, global_records, memory_id},
};

impl Executor {
    /// An app's restore points, each with the bytes of the pages in which it differs from what came after it, where
    /// that is known without looking at them (both stand on the same image).
    #[must_use]
    pub fn points_of(&self, backend: Principal) -> BTreeMap<u64, Option<u64>> {
        let live = self.state.canisters.get(&backend).map(|canister| &canister.memory);
        let mut newer = live.map(|memory| (&memory.heap, &memory.stable));
        let mut points = BTreeMap::new();
        for ((_, number), (heap, stable)) in self.state.point_memories.range((backend, 0)..=(backend, u64::MAX)).rev() {
            let own = newer.and_then(|(newer_heap, newer_stable)| {
                let pages = heap.differing(newer_heap)?.len() + stable.differing(newer_stable)?.len();
                Some((pages * PAGE_BYTES) as u64)
            });
            points.insert(*number, own);
            newer = Some((heap, stable));
        }
        points
    }

    pub(super) fn restore_point(&self, backend: Principal) -> Result<RestorePoint, Refused> {
        let gone = || Refused("there is no such app".into());
        let app = self.state.registry.app(backend).ok_or_else(gone)?;
        let canister = self.state.canisters.get(&backend).ok_or_else(gone)?;
        let assets = self.state.canisters.get(&app.assets).map(|c| (*c.assets).clone()).unwrap_or_default();
        // Waiting messages and the log belong to the present, not to the point.
        let system = SystemState {
            queue: Default::default(),
            held: false,
            logs: Arc::default(),
            logs_total: 0,
            ..canister.system.clone()
        };
        Ok(RestorePoint {
            system,
            globals: global_records(&canister.memory.globals),
            assets,
            roles: app.roles.clone(),
            title: app.title.clone(),
            members: self.state.registry.members_snapshot(backend),
        })
    }

    /// Whether a point's memories are what was put aside; all of their pages are looked at.
    pub(super) fn check_point(&self, backend: Principal, number: u64) -> Result<(), Refused> {
        let Some((heap, stable)) = self.state.point_memories.get(&(backend, number)) else { return Ok(()) };
        let damaged = |what: String| {
            Refused(format!(
                "the data of version {number} was altered outside of this program ({what}); restore another"
            ))
        };
        heap.check().and_then(|()| stable.check()).map_err(damaged)
    }

    pub(super) fn keep_point(&mut self, backend: Principal, number: u64, point: RestorePoint) {
        self.state.points.insert((backend, number), point);
        self.changes.points.insert((backend, number));
        if let Some(canister) = self.state.canisters.get(&backend) {
            let memories = (canister.memory.heap.clone(), canister.memory.stable.clone());
            self.state.point_memories.insert((backend, number), memories);
        }
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            let (from, to) = (memory_id(backend, kind, 0), memory_id(backend, kind, number));
            self.changes.memories.push(MemoryOp::Fork { from, to });
        }
    }

    pub(super) fn drop_point(&mut self, backend: Principal, number: u64) {
        if self.state.points.remove(&(backend, number)).is_none() {
            return;
        }
        self.state.point_memories.remove(&(backend, number));
        self.changes.points.insert((backend, number));
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            self.changes.memories.push(MemoryOp::Drop(memory_id(backend, kind, number)));
        }
    }

    pub(super) fn bring_back(&mut self, backend: Principal, number: u64, point: &RestorePoint) {
        self.instances.take(backend);
        let memories = self.state.point_memories.get(&(backend, number)).cloned().unwrap_or_default();
        let Some(canister) = self.state.canisters.get_mut(&backend) else { return };
        let waiting = std::mem::take(&mut canister.system.queue);
        // A version is brought back, not the money that was spent since.
        let SystemState { held, version, next_id, cycles, paid_until, logs_total, .. } = canister.system;
        let (logs, version, old) = (canister.system.logs.clone(), version + 1, point.system.clone());
        let kept = SystemState { queue: waiting, held, version, next_id, cycles, paid_until, ..old };
        canister.system = SystemState { logs, logs_total, ..kept };
        (canister.memory.heap, canister.memory.stable) = memories;
        canister.memory.globals = point.globals.iter().map(|global| global.value()).collect();
        self.changes.canisters.insert(backend);
        self.changes.globals.insert(backend);
        for kind in [MemoryKind::Heap, MemoryKind::Stable] {
            let (from, to) = (memory_id(backend, kind, number), memory_id(backend, kind, 0));
            self.changes.memories.push(MemoryOp::Fork { from, to });
        }
    }
}
