//! Open calls of an app that is to be switched: what waits for what, and how they are ended when they don't end.
//!
//! An upgrade can't take over a program that waits inside itself for an answer: so whatever it waits for is answered
//! with a reject, and the program ends its calls by its own code. Memory that is replaced as a whole (a restore)
//! waits for nothing; there the callers are told.

use candid::Principal;
use state::replicated::{CallOrigin, Message, Payload, Reject, Response, SystemState};

use crate::{executor::Executor, registry::Refused, reject};

/// A call that was begun and has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCall {
    /// Who called; none for what the app began by itself.
    pub caller: Option<Principal>,
    /// Whom it waits for; none while it runs.
    pub waits_for: Vec<Principal>,
}

impl Executor {
    /// The open calls of a canister, oldest first. Those of a damaged one end with its memory, so it has none.
    #[must_use]
    pub fn open_calls(&self, id: Principal) -> Vec<OpenCall> {
        let Some(canister) = self.state.canisters.get(&id).filter(|canister| canister.damage().is_none()) else {
            return Vec::new();
        };
        let system = &canister.system;
        let long = system.long.as_ref().and_then(|long| match &long.message {
            Message::Ingress(call) => Some(Some(call.sender)),
            Message::Request(call) => Some(Some(call.sender)),
            Message::Response(_) => None,
            _ => Some(None),
        });
        let running = long.map(|caller| OpenCall { caller, waits_for: Vec::new() });
        let begun = system.call_contexts.iter().map(|(number, context)| {
            let waits = system.callbacks.values().filter(|callback| callback.context == *number);
            let mut waits_for: Vec<Principal> = waits.map(|callback| callback.receiver).collect();
            waits_for.dedup();
            let caller = match &context.origin {
                CallOrigin::Ingress { sender, .. } | CallOrigin::Canister { sender, .. } => Some(*sender),
                CallOrigin::System => None,
            };
            OpenCall { caller, waits_for }
        });
        begun.chain(running).collect()
    }

    /// Answers all that a held app waits for with a reject, so that its calls end by its own code; answers that come
    /// later are dropped. A long message goes back to those that wait, as if it had never begun.
    pub(crate) fn end_calls(&mut self, id: Principal) -> Result<(), Refused> {
        self.give_up_long(id);
        let held = self.state.canisters.get(&id).filter(|canister| canister.system.held);
        let Some(canister) = held else { return Err(Refused("only calls of a held app can be ended".into())) };
        let waiting: Vec<(u64, Principal)> =
            canister.system.callbacks.iter().map(|(number, callback)| (*number, callback.receiver)).collect();
        for (callback, receiver) in waiting {
            let payload = Payload::Reject(reject::given_up(receiver));
            self.enqueue(id, Message::Response(Response { receiver: id, callback, payload, refund: 0 }));
        }
        self.changes.canisters.insert(id);
        Ok(())
    }

    /// Ends the open calls of an app whose memory is about to be replaced: whoever waits for them is told why.
    pub(super) fn cut_calls(&mut self, id: Principal, why: &Reject) {
        self.give_up_long(id);
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        let call_contexts = std::mem::take(&mut canister.system.call_contexts);
        canister.system.callbacks.clear();
        // What the app asked of itself, and answers to what it asked, were for the memory that goes.
        canister.system.queue.retain(|message| match message {
            Message::Response(_) => false,
            Message::Request(request) => request.sender != id,
            _ => true,
        });
        self.changes.canisters.insert(id);
        let ended = SystemState { call_contexts, ..SystemState::new(Default::default(), 0) };
        self.reject_all(ended, why);
    }

    /// Answers everybody who waits for a canister whose code is gone.
    pub(crate) fn reject_all(&mut self, system: SystemState, why: &Reject) {
        let gone = Payload::Reject(why.clone());
        for (_, context) in system.call_contexts {
            if !context.responded {
                self.respond(context.origin, gone.clone(), context.cycles);
            }
        }
        for message in system.queue.into_iter().chain(system.deferred) {
            let (origin, refund) = match message {
                Message::Ingress(call) => (CallOrigin::Ingress { request_id: call.request_id, sender: call.sender }, 0),
                Message::Request(call) => {
                    (CallOrigin::Canister { sender: call.sender, callback: call.callback }, call.cycles)
                }
                _ => continue,
            };
            self.respond(origin, gone.clone(), refund);
        }
    }
}
