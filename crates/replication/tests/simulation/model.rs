//! What the apps must hold, by arithmetic alone: no WebAssembly, no disk.

use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use state::replicated::RequestId;

use crate::guests::Sums;

/// What a request is meant to do, once it is replied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    /// Adds to one app.
    Add(Principal, u64),
    /// Has the first app call the second, which adds.
    Call(Principal, Principal, u64),
    /// Has the first app call the second, which traps.
    CallTrap(Principal),
    /// Grows by a page.
    Grow(Principal),
    /// Another version goes live.
    Publish(Principal),
    /// The data of a version comes back.
    Restore(Principal, u64),
    /// The app goes.
    Delete(Principal),
    /// Must never be replied to: it traps, or came too late.
    Never,
    /// Changes none of the sums.
    Nothing,
}

/// One app.
#[derive(Clone, Debug, Default)]
pub(crate) struct App {
    pub(crate) sums: Sums,
    pub(crate) version: u64,
    pub(crate) points: BTreeMap<u64, Sums>,
}

/// All apps, after some batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) apps: BTreeMap<Principal, App>,
    done: BTreeSet<RequestId>,
}

impl Model {
    /// Takes in that a request was replied to; the second time means nothing. False if it must never be.
    pub(crate) fn replied(&mut self, id: RequestId, op: Op) -> bool {
        if self.done.insert(id) {
            self.apply(op);
        }
        op != Op::Never
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Add(app, n) => self.add(app, n),
            Op::Call(from, to, n) => {
                self.add(to, n);
                self.with(from, |app| app.sums.calls += 1);
            }
            Op::CallTrap(from) => self.with(from, |app| app.sums.calls += 1),
            Op::Grow(app) => self.with(app, |app| app.sums.pages += 1),
            Op::Publish(app) => self.with(app, |app| {
                // An upgrade keeps stable memory alone; what was is put aside whole.
                if app.version > 0 {
                    app.points.insert(app.version, app.sums);
                }
                app.version += 1;
                app.sums = Sums { stable: app.sums.stable, pages: 2, ..Sums::default() };
            }),
            Op::Restore(app, version) => self.with(app, |app| {
                app.points.insert(app.version, app.sums);
                app.sums = app.points.get(&version).copied().unwrap_or_default();
                app.version += 1;
            }),
            Op::Delete(app) => drop(self.apps.remove(&app)),
            Op::Never | Op::Nothing => {}
        }
    }

    fn add(&mut self, app: Principal, n: u64) {
        self.with(app, |app| {
            app.sums.heap += n;
            app.sums.global += n;
            app.sums.stable += n;
        });
    }

    fn with(&mut self, app: Principal, change: impl FnOnce(&mut App)) {
        if let Some(app) = self.apps.get_mut(&app) {
            change(app);
        }
    }
}
