//! Messages that run in slices: which of them have a place, and what waits for their end.
//!
//! A message that does not end within its first slice is *long*. It leaves the queue for a place of its own in the
//! canister's state ([`LongMessage`](state::replicated::LongMessage)) and has one slice in each batch from then on. Its
//! execution, paused between batches, is a cache like any live instance: when it is lost, the message runs again from
//! its beginning through as many slices as it has had, and ends in the same batch.
//!
//! Invariant: nothing that a long message could see changes while it is on its way. Other messages of the canister,
//! its timers and heartbeat, and the management canister's calls about it wait; cycles that come in are added when
//! it has ended.

use std::collections::BTreeSet;

use candid::Principal;
use protocol::ErrorCode;
use state::replicated::{Begun, Ingress, IngressStatus, Message, Reject, Request};

use crate::{executor::Executor, native::deferrable, reject, state::ReplicatedState};

/// Canisters with a long message: an index over the state.
#[derive(Debug, Default)]
pub(crate) struct LongRuns {
    running: BTreeSet<Principal>,
    /// Those that wait for a place, by the batch since which they do.
    waiting: BTreeSet<(u64, Principal)>,
}

impl LongRuns {
    /// Made anew, at start.
    pub(crate) fn of(state: &ReplicatedState) -> LongRuns {
        let mut runs = LongRuns::default();
        for (id, canister) in &state.canisters {
            if let Some(long) = &canister.system.long {
                runs.enter(*id, long.since, long.begun.is_some());
            }
        }
        runs
    }

    fn enter(&mut self, id: Principal, since: u64, runs: bool) {
        if runs {
            self.running.insert(id);
        } else {
            self.waiting.insert((since, id));
        }
    }

    fn leave(&mut self, id: Principal) {
        if !self.running.remove(&id) {
            self.waiting.retain(|(_, other)| *other != id);
        }
    }
}

impl Executor {
    /// Whether any message is on its way in slices; each batch brings it further.
    #[must_use]
    pub fn has_long_messages(&self) -> bool {
        !self.long.running.is_empty() || !self.long.waiting.is_empty()
    }

    /// The canisters whose long message has a slice in this batch; free places are given first.
    pub(crate) fn deal_long(&mut self) -> Vec<Principal> {
        while self.long.running.len() < self.config.long_max.max(1) {
            let Some((_, id)) = self.long.waiting.pop_first() else { break };
            let (height, time) = (self.state.height, self.state.time);
            let Some(canister) = self.state.canisters.get_mut(&id) else { continue };
            let system = &mut canister.system;
            if let Some(long) = &mut system.long {
                long.begun = Some(Begun { height, time, cycles: system.cycles, version: system.version });
                self.long.running.insert(id);
                self.changes.canisters.insert(id);
            }
        }
        self.long.running.iter().copied().collect()
    }

    /// Keeps up with a canister that had a turn. A message for which there is no place gives up its slice.
    pub(crate) fn note_long(&mut self, id: Principal) {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        let Some(long) = &mut canister.system.long else { return self.long.leave(id) };
        let known = self.long.running.contains(&id) || long.begun.is_none();
        if !known && self.long.running.len() >= self.config.long_max.max(1) {
            long.begun = None;
            self.instances.drop_paused(id);
        }
        self.long.enter(id, long.since, long.begun.is_some());
    }

    /// Takes a canister's long message back into its queue, unrun.
    pub(crate) fn give_up_long(&mut self, id: Principal) {
        let Some(canister) = self.state.canisters.get_mut(&id).filter(|c| c.system.long.is_some()) else { return };
        canister.system.give_up_long();
        self.instances.drop_paused(id);
        self.long.leave(id);
        self.ready.push(id);
    }

    // ---- calls of the management canister

    /// The canister whose long message a call of the management canister has to wait for. A call that would be
    /// refused anyway does not wait.
    pub(crate) fn to_wait_for(&self, caller: Principal, call: (Principal, &str, &[u8])) -> Option<Principal> {
        let (callee, method, arg) = call;
        if callee != crate::MANAGEMENT || !self.has_long_messages() {
            return None;
        }
        let id = deferrable(method, arg)?;
        let system = &self.state.canisters.get(&id)?.system;
        (system.long.is_some() && system.controllers.contains(&caller)).then_some(id)
    }

    pub(crate) fn defer_ingress(&mut self, id: Principal, ingress: Ingress) {
        let request = ingress.request_id;
        match self.defer(id, Message::Ingress(ingress)) {
            Ok(()) => {
                if let Some(entry) = self.state.ingress.get_mut(&request) {
                    entry.status = IngressStatus::Processing;
                    self.changes.ingress.insert(request);
                }
            }
            Err(reject) => self.answer_ingress(request, IngressStatus::Rejected(reject)),
        }
    }

    pub(crate) fn defer_request(&mut self, id: Principal, request: Request) {
        let origin = state::replicated::CallOrigin::Canister { sender: request.sender, callback: request.callback };
        let cycles = request.cycles;
        if let Err(reject) = self.defer(id, Message::Request(request)) {
            self.respond(origin, state::replicated::Payload::Reject(reject), cycles);
        }
    }

    fn defer(&mut self, id: Principal, call: Message) -> Result<(), Reject> {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return Err(reject::not_found(id)) };
        if canister.system.deferred.len() >= self.config.queue_max {
            let text = format!("canister {id} runs a long message, and too many calls wait for its end; try later");
            return Err(Reject::new(ErrorCode::CANISTER_QUEUE_FULL, text));
        }
        canister.system.deferred.push_back(call);
        self.changes.canisters.insert(id);
        Ok(())
    }

    /// Carries out what waited for the end of a canister's long message.
    pub(crate) fn take_up_deferred(&mut self, id: Principal) {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        for call in std::mem::take(&mut canister.system.deferred) {
            match call {
                Message::Ingress(ingress) => self.native_ingress(ingress),
                Message::Request(request) => self.native_request(request),
                _ => {}
            }
        }
        self.changes.canisters.insert(id);
    }
}
