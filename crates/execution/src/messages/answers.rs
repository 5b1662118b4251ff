//! Where calls and answers go, and when a call is over.

use candid::Principal;
use state::replicated::{CallOrigin, CanisterStatus, IngressStatus, Message, Payload, Reject, Request, Response};

use crate::{executor::Executor, reject};

impl Executor {
    /// Sends a call to where it is addressed, or answers it with a reject.
    pub(crate) fn route(&mut self, request: Request) {
        let receiver = request.receiver;
        if receiver == crate::MANAGEMENT || self.is_native(receiver) {
            self.native.push_back(request);
            return;
        }
        match self.admit_request(&request) {
            Ok(()) => self.enqueue(receiver, Message::Request(request)),
            Err(reject) => {
                let origin = CallOrigin::Canister { sender: request.sender, callback: request.callback };
                self.respond(origin, Payload::Reject(reject), request.cycles);
            }
        }
    }

    /// Whether a canister takes a call of another; callers keep to their own bound per receiver.
    fn admit_request(&self, request: &Request) -> Result<(), Reject> {
        let id = request.receiver;
        // A canister's calls to itself go on while it is stopping: its collector depends on them.
        if request.sender == id && self.state.canisters.contains_key(&id) {
            return Ok(());
        }
        let canister = self.admit(id)?;
        let least = canister.system.settings.minimum_incoming_canister_call_cycles;
        if request.cycles < least {
            return Err(reject::too_few_cycles(id, request.cycles, least));
        }
        let queue = &canister.system.queue;
        if queue.len() >= self.config.queue_max {
            let waiting: usize = queue.iter().map(Message::bytes).sum();
            if waiting + request.arg.len() > self.config.queue_bytes_max {
                return Err(reject::queue_full(id));
            }
        }
        Ok(())
    }

    /// Gives an answer to whoever waits for it.
    pub(crate) fn respond(&mut self, origin: CallOrigin, payload: Payload, refund: u128) {
        match origin {
            CallOrigin::Ingress { request_id, .. } => {
                let status = match payload {
                    Payload::Reply(bytes) => IngressStatus::Replied(bytes),
                    Payload::Reject(reject) => IngressStatus::Rejected(reject),
                };
                self.answer_ingress(request_id, status);
            }
            CallOrigin::Canister { sender, callback } => {
                let response = Response { receiver: sender, callback, payload, refund };
                self.enqueue(sender, Message::Response(response));
            }
            CallOrigin::System => {}
        }
    }

    /// A stopping canister whose calls have ended is stopped, and those who waited for that are told.
    pub(crate) fn stop_if_idle(&mut self, id: Principal) {
        let Some(canister) = self.state.canisters.get_mut(&id) else { return };
        if canister.system.status != CanisterStatus::Stopping || canister.system.has_open_calls() {
            return;
        }
        canister.system.status = CanisterStatus::Stopped;
        let waiting = std::mem::take(&mut canister.system.stopping);
        self.changes.canisters.insert(id);
        for request in waiting {
            self.respond(request.origin, Payload::Reply(crate::native::unit()), 0);
        }
    }
}
