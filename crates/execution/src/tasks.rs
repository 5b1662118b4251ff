//! What canisters do by themselves: when the next timer or heartbeat is due, without looking at every canister.
//!
//! An index over the state, made from it at start and kept up with what batches change; no part of the state itself.

use std::collections::{BTreeSet, HashMap};

use candid::Principal;
use state::replicated::{Callback, CanisterStatus, Message, Payload, Response, StopRequest, SystemState};

use crate::{
    executor::Executor,
    prices::IdlePrices,
    reject,
    state::{Canister, Changes},
};

/// Time between two heartbeats of a canister, ns. The interface spec leaves it open.
pub(crate) const HEARTBEAT_NS: u64 = 1_000_000_000;

/// Canisters by the time at which they next do something by themselves.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    by_time: BTreeSet<(u64, Principal)>,
    by_canister: HashMap<Principal, u64>,
}

impl Tasks {
    /// The earliest time at which something is due, ns.
    pub(crate) fn first(&self) -> Option<u64> {
        self.by_time.first().map(|(at, _)| *at)
    }

    fn plan(&mut self, id: Principal, at: Option<u64>) {
        if let Some(old) = self.by_canister.remove(&id) {
            self.by_time.remove(&(old, id));
        }
        if let Some(at) = at {
            self.by_canister.insert(id, at);
            self.by_time.insert((at, id));
        }
    }
}

/// When a canister next does something by itself; never while it may not run.
fn due(canister: &Canister, prices: &IdlePrices) -> Option<u64> {
    let system = &canister.system;
    // Whoever waits for an answer may give up waiting in any state of the canister.
    let waiting = system.callbacks.values().map(|callback| callback.deadline);
    let stopping = system.stopping.iter().map(|request| request.until);
    let own = [system.global_timer, system.heartbeat_at];
    let own = own.into_iter().filter(|_| runs_by_itself(canister, prices));
    waiting.chain(stopping).chain(own).chain([prices.due(canister)]).filter(|at| *at != 0).min()
}

fn runs_by_itself(canister: &Canister, prices: &IdlePrices) -> bool {
    let SystemState { held, frozen, status, .. } = canister.system;
    !held && !frozen && status == CanisterStatus::Running && !prices.out_of_cycles(canister)
}

/// Timers and heartbeats wait while a long message is on its way: it must find them as they were when it began.
fn runs_now(canister: &Canister, prices: &IdlePrices) -> bool {
    runs_by_itself(canister, prices) && canister.system.long.is_none()
}

impl Executor {
    /// Looks at every canister, at start.
    pub(crate) fn plan_all_tasks(&mut self) {
        for (id, canister) in &self.state.canisters {
            self.tasks.plan(*id, due(canister, &self.config.idle_prices));
        }
    }

    /// Keeps up with what a batch changed.
    pub(crate) fn plan_tasks(&mut self, changes: &Changes) {
        for id in &changes.canisters {
            let canister = self.state.canisters.get(id);
            self.tasks.plan(*id, canister.and_then(|canister| due(canister, &self.config.idle_prices)));
        }
    }

    /// Queues the timers and heartbeats that are due.
    pub(crate) fn induct_tasks(&mut self) {
        let now = self.state.time;
        let ids: Vec<Principal> =
            self.tasks.by_time.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).collect();
        for id in ids {
            self.give_up_waiting(id);
            self.give_up_stopping(id);
            self.pay_if_due(id);
            let prices = self.config.idle_prices;
            let Some(canister) = self.state.canisters.get_mut(&id).filter(|c| runs_now(c, &prices)) else {
                continue;
            };
            let (timer, heartbeat) = (canister.system.global_timer, canister.system.heartbeat_at);
            let mut due = Vec::new();
            if timer != 0 && timer <= now {
                canister.system.global_timer = 0;
                due.push(Message::Timer);
            }
            if heartbeat != 0 && heartbeat <= now {
                canister.system.heartbeat_at = now + HEARTBEAT_NS;
                // One that waits already is enough.
                if !canister.system.queue.contains(&Message::Heartbeat) {
                    due.push(Message::Heartbeat);
                }
            }
            due.into_iter().for_each(|message| self.enqueue(id, message));
            self.changes.canisters.insert(id);
        }
    }

    /// Answers those who waited long enough for a canister to stop; it stays stopping.
    fn give_up_stopping(&mut self, id: Principal) {
        let now = self.state.time;
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        let (over, waiting) = std::mem::take(&mut canister.system.stopping).into_iter().partition(|r| r.until <= now);
        canister.system.stopping = waiting;
        let over: Vec<StopRequest> = over;
        for request in over {
            self.respond(request.origin, Payload::Reject(reject::stop_timeout(id)), 0);
        }
        self.changes.canisters.insert(id);
    }

    /// Answers the best-effort calls of a canister whose deadline has passed; what the callee still answers is dropped
    /// (interface spec, "Inter-canister calls": such a call may come to `SYS_UNKNOWN`).
    fn give_up_waiting(&mut self, id: Principal) {
        let now = self.state.time;
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        let passed = |callback: &&mut Callback| callback.deadline != 0 && callback.deadline <= now;
        let callbacks = canister.system.callbacks.iter_mut();
        let overdue: Vec<_> = callbacks
            .filter_map(|(number, callback)| Some((number, callback)).filter(|(_, callback)| passed(callback)))
            .map(|(number, callback)| {
                callback.deadline = 0;
                (*number, callback.receiver)
            })
            .collect();
        for (callback, receiver) in overdue {
            let payload = Payload::Reject(reject::too_late(receiver));
            self.enqueue(id, Message::Response(Response { receiver: id, callback, payload, refund: 0 }));
        }
        self.changes.canisters.insert(id);
    }
}
