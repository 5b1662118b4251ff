//! Where calls and answers go, and when a call is over.

use candid::Principal;
use state::replicated::{CallOrigin, CanisterStatus, IngressStatus, Message, Payload, Request, Response};

use crate::executor::Executor;

impl Executor {
    /// Sends a call to where it is addressed, or answers it with a reject.
    pub(crate) fn route(&mut self, request: Request) {
        let receiver = request.receiver;
        if receiver == crate::MANAGEMENT || self.is_native(receiver) {
            self.native.push_back(request);
            return;
        }
        // A canister's calls to itself go on while it is stopping: its collector depends on them.
        let own = request.sender == receiver && self.state.canisters.contains_key(&receiver);
        let admitted = if own { Ok(()) } else { self.admit(receiver) };
        match admitted {
            Ok(()) => self.enqueue(receiver, Message::Request(request)),
            Err(reject) => {
                let origin = CallOrigin::Canister { sender: request.sender, callback: request.callback };
                self.respond(origin, Payload::Reject(reject), request.cycles);
            }
        }
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
        let waiters = std::mem::take(&mut canister.system.stop_waiters);
        self.changes.canisters.insert(id);
        for origin in waiters {
            self.respond(origin, Payload::Reply(crate::native::unit()), 0);
        }
    }
}
