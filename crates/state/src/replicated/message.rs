//! Messages as they wait in queues.

use candid::Principal;
use serde::{Deserialize, Serialize};

use super::{Reject, RequestId};

/// A user's update call, admitted and ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingress {
    /// Representation-independent hash of the call (interface spec, "Request ids").
    pub request_id: RequestId,
    /// Who signed it.
    pub sender: Principal,
    /// The canister addressed.
    pub canister: Principal,
    /// The method.
    pub method: String,
    /// Its argument.
    #[serde(with = "serde_bytes")]
    pub arg: Vec<u8>,
    /// The canister in the request's address, where its status is asked for.
    pub effective: Principal,
    /// Must not start after this time, ns.
    pub expiry: u64,
    /// Signed attributes of the sender, if the envelope had them.
    #[serde(default)]
    pub sender_info: Option<SenderInfo>,
}

/// What `msg_caller_info_*` gives (interface spec 0.59).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderInfo {
    /// The canister that vouches.
    pub signer: Principal,
    /// What it says.
    #[serde(with = "serde_bytes")]
    pub data: Vec<u8>,
}

/// A call from one canister to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The caller.
    pub sender: Principal,
    /// The caller's callback that waits for the response.
    pub callback: u64,
    /// The canister addressed.
    pub receiver: Principal,
    /// The method.
    pub method: String,
    /// Its argument.
    #[serde(with = "serde_bytes")]
    pub arg: Vec<u8>,
    /// Attached cycles.
    pub cycles: u128,
    /// A best-effort call is answered by this time, ns; 0 for a guaranteed response.
    #[serde(default)]
    pub deadline: u64,
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The canister that called.
    pub receiver: Principal,
    /// Its callback.
    pub callback: u64,
    /// The answer.
    pub payload: Payload,
    /// Attached cycles that were not accepted.
    pub refund: u128,
}

/// A reply or a reject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payload {
    /// The method replied.
    Reply(#[serde(with = "serde_bytes")] Vec<u8>),
    /// It was rejected, by the canister or by the system.
    Reject(Reject),
}

/// What waits in a canister's input queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// From a user.
    Ingress(Ingress),
    /// From a canister.
    Request(Request),
    /// To a callback.
    Response(Response),
    /// The global timer went off.
    Timer,
    /// A new batch began, and the module exports `canister_heartbeat`.
    Heartbeat,
    /// Memory became low: `canister_on_low_wasm_memory`. It never waits in the queue.
    LowMemory,
}

impl Message {
    /// Bytes of its argument; an answer's and those of the system's own messages count for nothing.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Message::Ingress(ingress) => ingress.arg.len(),
            Message::Request(request) => request.arg.len(),
            _ => 0,
        }
    }
}
