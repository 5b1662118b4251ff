//! A round: which canisters have their turn in a batch, where, and for how long.
//!
//! Canisters with waiting messages are dealt to a fixed number of lanes, which run at the same time on as many threads
//! as the machine has cores. A lane gives its canisters a turn each, one after the other, until its instructions are
//! used; who was not reached is first in the next batch. Then what the turns sent is carried out in the order in which
//! they were dealt. Lanes are part of the rules, threads are not: the result is the same on any number of cores.

use std::collections::HashSet;

use candid::Principal;
use embedder::Sandbox;
use state::replicated::IngressStatus;

use crate::{
    executor::Executor,
    messages::Sent,
    state::Canister,
    turn::{Env, Outbox, Turn},
};

/// Canisters with waiting messages, in turn, each once.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    order: Vec<Principal>,
    within: HashSet<Principal>,
}

impl Ready {
    /// Adds one at the end, unless it is there.
    pub(crate) fn push(&mut self, id: Principal) {
        if self.within.insert(id) {
            self.order.push(id);
        }
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, id: Principal) {
        if self.within.remove(&id) {
            self.order.retain(|other| *other != id);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Principal> {
        self.order.iter()
    }

    fn take(&mut self) -> Vec<Principal> {
        self.within.clear();
        std::mem::take(&mut self.order)
    }
}

impl FromIterator<Principal> for Ready {
    fn from_iter<T: IntoIterator<Item = Principal>>(ids: T) -> Self {
        let mut ready = Ready::default();
        ids.into_iter().for_each(|id| ready.push(id));
        ready
    }
}

/// What one lane is to do: turns in order; and after it ran, which of them were had.
struct Lane<'e> {
    turns: Vec<Turn<'e>>,
    instructions: u64,
}

impl Lane<'_> {
    fn run(&mut self, limit: u64, turn_limit: u64) {
        for turn in &mut self.turns {
            // A long message has its slice in every batch, whatever else there is.
            if self.instructions >= limit && !turn.canister.system.runs_long() {
                continue;
            }
            turn.run_queue(turn_limit);
            self.instructions = self.instructions.saturating_add(turn.out.instructions);
        }
    }
}

/// What a turn takes out of the state.
type Taken = (Principal, Canister, Option<Sandbox>);

/// What is put back after a turn.
struct Done {
    id: Principal,
    canister: Canister,
    sandbox: Option<Sandbox>,
    out: Outbox,
}

impl Executor {
    /// Runs messages until none may run or the round's instructions are used.
    pub(crate) fn run_round(&mut self) {
        let mut left = self.config.round_instructions;
        let mut long = self.deal_long();
        loop {
            while let Some(request) = self.native.pop_front() {
                self.native_request(request);
            }
            let mut dealt = std::mem::take(&mut long);
            dealt.extend(self.deal());
            if dealt.is_empty() || left == 0 {
                dealt.into_iter().for_each(|id| self.ready.push(id));
                return;
            }
            let used = self.run_lanes(dealt, left);
            left = left.saturating_sub(used.max(1));
        }
    }

    /// The canisters whose turn it is now; held ones that only wait stay ready for later, and those with a long message
    /// are ready again when it has ended.
    fn deal(&mut self) -> Vec<Principal> {
        let mut dealt = Vec::new();
        for id in self.ready.take() {
            match self.state.canisters.get(&id) {
                Some(canister) if canister.has_runnable(id, &self.config.idle_prices) => dealt.push(id),
                Some(canister) if canister.system.long.is_some() => {}
                Some(canister) if canister.has_waiting() => self.ready.push(id),
                _ => {}
            }
        }
        dealt
    }

    /// Gives canisters a turn each; the instructions of the longest lane.
    fn run_lanes(&mut self, dealt: Vec<Principal>, limit: u64) -> u64 {
        let count = self.config.lanes.max(1).min(dealt.len());
        let turn_limit = self.config.turn_instructions;
        let taken: Vec<_> = dealt.iter().filter_map(|id| self.take_for_lane(*id)).collect();
        let env = self.env();
        let mut lanes: Vec<Lane<'_>> = (0..count).map(|_| Lane { turns: Vec::new(), instructions: 0 }).collect();
        for (at, (id, canister, sandbox)) in taken.into_iter().enumerate() {
            lanes[at % count].turns.push(Turn::new(env, id, canister, sandbox));
        }
        match (&self.threads, &mut lanes[..]) {
            (Some(threads), [_, _, ..]) => threads.in_place_scope(|scope| {
                for lane in &mut lanes {
                    scope.spawn(|_| lane.run(limit, turn_limit));
                }
            }),
            (_, lanes) => lanes.iter_mut().for_each(|lane| lane.run(limit, turn_limit)),
        }
        let used = lanes.iter().map(|lane| lane.instructions).max().unwrap_or(0);
        let mut turns: Vec<_> = lanes.into_iter().map(|lane| lane.turns.into_iter()).collect();
        // In the order in which they were dealt.
        let done: Vec<Done> = (0..dealt.len()).filter_map(|at| turns[at % count].next()).map(finished).collect();
        self.put_back(done);
        used
    }

    /// Runs something on one canister alone.
    pub(crate) fn with_turn<R>(&mut self, id: Principal, work: impl FnOnce(&mut Turn<'_>) -> R) -> Option<R> {
        let (id, canister, sandbox) = self.take(id)?;
        let mut turn = Turn::new(self.env(), id, canister, sandbox);
        let result = work(&mut turn);
        let done = finished(turn);
        self.put_back(vec![done]);
        Some(result)
    }

    /// What turns share.
    pub(crate) fn env(&self) -> Env<'_> {
        Env {
            height: self.state.height,
            time: self.state.time,
            config: &self.config,
            registry: &self.state.registry,
            engine: &self.engine,
            blobs: &*self.blobs,
            subnet: &self.subnet,
        }
    }

    fn take(&mut self, id: Principal) -> Option<Taken> {
        let canister = self.state.canisters.remove(&id)?;
        Some((id, canister, self.instances.take(id)))
    }

    /// As [`Self::take`], with the paused execution of a long message.
    fn take_for_lane(&mut self, id: Principal) -> Option<Taken> {
        let canister = self.state.canisters.remove(&id)?;
        let long = canister.system.runs_long();
        let sandbox = if long { self.instances.take_for_long(id) } else { self.instances.take(id) };
        Some((id, canister, sandbox))
    }

    /// Takes canisters back in, and then does what their turns wanted done.
    fn put_back(&mut self, mut done: Vec<Done>) {
        for done in &mut done {
            if done.canister.look_at_memory(self.config.heap_bytes) {
                self.changes.canisters.insert(done.id);
            }
        }
        // Whoever was not reached comes before those who had a turn and want another.
        for had_turn in [false, true] {
            let waiting = done.iter().filter(|done| done.out.ran == had_turn && done.canister.has_waiting());
            waiting.for_each(|done| self.ready.push(done.id));
        }
        let mut outboxes = Vec::with_capacity(done.len());
        for Done { id, canister, sandbox, out } in done {
            self.state.canisters.insert(id, canister);
            if let Some(sandbox) = sandbox {
                self.instances.put(id, sandbox, self.state.time);
            }
            self.note_long(id);
            outboxes.push((id, out));
        }
        for (id, out) in outboxes {
            self.carry_out(id, out);
        }
    }

    fn carry_out(&mut self, id: Principal, out: Outbox) {
        if out.ran {
            self.changes.canisters.insert(id);
        }
        if out.globals {
            self.changes.globals.insert(id);
        }
        self.changes.memories.extend(out.memories);
        self.usage.merge(out.usage);
        for request in out.begun {
            if let Some(entry) = self.state.ingress.get_mut(&request) {
                entry.status = IngressStatus::Processing;
                self.changes.ingress.insert(request);
            }
        }
        for sent in out.sent {
            match sent {
                Sent::Request(request) => self.route(request),
                Sent::Answer(origin, payload, refund) => self.respond(origin, payload, refund),
            }
        }
        self.stop_if_idle(id);
        if out.ended_long {
            self.take_up_deferred(id);
        }
    }
}

fn finished(turn: Turn<'_>) -> Done {
    Done { id: turn.id, canister: turn.canister, sandbox: turn.sandbox, out: turn.out }
}
