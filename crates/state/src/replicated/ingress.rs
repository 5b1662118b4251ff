//! The ingress history: what became of each update call, until its answer may be forgotten.

use candid::Principal;
use serde::{Deserialize, Serialize};

use super::Reject;

/// One call's entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressEntry {
    /// Who sent it, and so may read it.
    pub sender: Principal,
    /// The canister addressed.
    pub canister: Principal,
    /// The canister in the request's address.
    pub effective: Principal,
    /// The entry goes at this time, ns: the call's expiry, and never before its answer is five minutes old.
    pub forget_at: u64,
    /// The call can't start after this time, ns.
    #[serde(default)]
    pub expiry: u64,
    /// How far it is.
    pub status: IngressStatus,
}

/// How far a call is (interface spec, "Request status").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IngressStatus {
    /// Ordered, waiting.
    Received,
    /// Its call context is open.
    Processing,
    /// Replied with these bytes.
    Replied(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Rejected.
    Rejected(Reject),
    /// Answered; the answer is no longer kept, only that the call must not run again.
    Done,
}

impl IngressStatus {
    /// The path label of the certified state.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            IngressStatus::Received => "received",
            IngressStatus::Processing => "processing",
            IngressStatus::Replied(_) => "replied",
            IngressStatus::Rejected(_) => "rejected",
            IngressStatus::Done => "done",
        }
    }

    /// Whether nothing will change it any more.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, IngressStatus::Replied(_) | IngressStatus::Rejected(_) | IngressStatus::Done)
    }

    /// Whether it holds an answer.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        matches!(self, IngressStatus::Replied(_) | IngressStatus::Rejected(_))
    }
}
