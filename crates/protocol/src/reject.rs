//! Reject codes, error codes, and the signed form of a query response.
//!
//! Invariant: a reject code is one of the specification's six; an error code's first digit is its
//! reject code, so the two never contradict each other.

use std::fmt;

use candid::Principal;
use serde::{Deserialize, Serialize};

use crate::hash::{HashValue, RequestId, domain_separated, hash_of_map};
use crate::principal::self_authenticating;

/// Why a call was rejected, as the specification classifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum RejectCode {
    /// Fatal system error; a retry is unlikely to help.
    SysFatal = 1,
    /// Transient system error; a retry may help.
    SysTransient = 2,
    /// The destination does not exist.
    DestinationInvalid = 3,
    /// The canister rejected the call itself.
    CanisterReject = 4,
    /// The canister failed: it trapped, did not answer, is stopped, …
    CanisterError = 5,
    /// The system stopped waiting; the outcome is unknown (best-effort calls only).
    SysUnknown = 6,
}

impl RejectCode {
    /// The code with this number.
    pub fn from_number(n: u64) -> Option<Self> {
        use RejectCode::*;
        [SysFatal, SysTransient, DestinationInvalid, CanisterReject, CanisterError, SysUnknown]
            .into_iter()
            .find(|code| code.number() == n)
    }

    /// The number used on every interface.
    pub fn number(self) -> u64 {
        self as u64
    }
}

impl fmt::Display for RejectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RejectCode::SysFatal => "SYS_FATAL",
            RejectCode::SysTransient => "SYS_TRANSIENT",
            RejectCode::DestinationInvalid => "DESTINATION_INVALID",
            RejectCode::CanisterReject => "CANISTER_REJECT",
            RejectCode::CanisterError => "CANISTER_ERROR",
            RejectCode::SysUnknown => "SYS_UNKNOWN",
        })
    }
}

/// A finer classification, shown as `IC0503`. Clients compare these texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorCode(u16);

/// Declares the codes with a line of documentation each.
macro_rules! error_codes {
    ($($name:ident = $number:literal, $doc:literal;)*) => {
        impl ErrorCode { $(#[doc = $doc] pub const $name: ErrorCode = ErrorCode($number);)* }
        #[cfg(test)]
        const ALL: &[ErrorCode] = &[$(ErrorCode::$name),*];
    };
}

error_codes! {
    SUBNET_OVERSUBSCRIBED = 101, "The subnet has no capacity left.";
    MAX_NUMBER_OF_CANISTERS_REACHED = 102, "The subnet takes no more canisters.";
    CANISTER_QUEUE_FULL = 201, "The canister's queue is full.";
    INGRESS_MESSAGE_TIMEOUT = 202, "The call expired before it was processed.";
    CANISTER_QUEUE_NOT_EMPTY = 203, "The canister still has messages waiting.";
    INGRESS_HISTORY_FULL = 204, "Too many calls are being tracked.";
    CANISTER_ID_ALREADY_EXISTS = 205, "The wanted canister id is taken.";
    STOP_CANISTER_REQUEST_TIMEOUT = 206, "The canister did not stop in time.";
    CANISTER_OUT_OF_CYCLES = 207, "The canister has too few cycles.";
    CERTIFIED_STATE_UNAVAILABLE = 208, "No certified state is at hand yet.";
    CANISTER_INSTALL_CODE_RATE_LIMITED = 209, "Code was installed too often of late.";
    CANISTER_HEAP_DELTA_RATE_LIMITED = 210, "The canister wrote too much memory of late.";
    CANISTER_NOT_FOUND = 301, "There is no such canister.";
    CANISTER_SNAPSHOT_NOT_FOUND = 305, "There is no such canister snapshot.";
    INSUFFICIENT_MEMORY_ALLOCATION = 402, "The memory allocation is too small.";
    INSUFFICIENT_CYCLES_FOR_CREATE_CANISTER = 403, "Too few cycles to create a canister.";
    SUBNET_NOT_FOUND = 404, "There is no such subnet.";
    CANISTER_NOT_HOSTED_BY_SUBNET = 405, "The canister lives elsewhere.";
    CANISTER_REJECTED_MESSAGE = 406, "The canister rejected the call.";
    UNKNOWN_MANAGEMENT_MESSAGE = 407, "The management canister has no such method.";
    INVALID_MANAGEMENT_PAYLOAD = 408, "The argument of a management call is invalid.";
    CANISTER_TRAPPED = 502, "WebAssembly trapped.";
    CANISTER_CALLED_TRAP = 503, "The canister called `ic0.trap`.";
    CANISTER_CONTRACT_VIOLATION = 504, "The canister misused the system API.";
    CANISTER_INVALID_WASM = 505, "The module is not valid.";
    CANISTER_DID_NOT_REPLY = 506, "The canister finished without answering.";
    CANISTER_OUT_OF_MEMORY = 507, "The canister is out of memory.";
    CANISTER_STOPPED = 508, "The canister is stopped.";
    CANISTER_STOPPING = 509, "The canister is stopping.";
    CANISTER_NOT_STOPPED = 510, "The canister must be stopped first.";
    CANISTER_STOPPING_CANCELLED = 511, "The canister was started again while it stopped.";
    CANISTER_INVALID_CONTROLLER = 512, "The caller is no controller of the canister.";
    CANISTER_FUNCTION_NOT_FOUND = 513, "A function that is needed is not there.";
    CANISTER_NON_EMPTY = 514, "The canister has code already.";
    QUERY_CALL_GRAPH_LOOP_DETECTED = 517, "Query calls go round in a circle.";
    INSUFFICIENT_CYCLES_IN_CALL = 520, "Too few cycles are attached to the call.";
    CANISTER_WASM_ENGINE_ERROR = 521, "The WebAssembly engine failed.";
    CANISTER_INSTRUCTION_LIMIT_EXCEEDED = 522, "The message took too many instructions.";
    CANISTER_MEMORY_ACCESS_LIMIT_EXCEEDED = 524, "The message touched too much memory.";
    QUERY_CALL_GRAPH_TOO_DEEP = 525, "Query calls nest too deeply.";
    QUERY_CALL_GRAPH_TOTAL_INSTRUCTION_LIMIT_EXCEEDED = 526, "A composite query took too many instructions in all.";
    COMPOSITE_QUERY_CALLED_IN_REPLICATED_MODE = 527, "A composite query can't be called as an update.";
    QUERY_TIME_LIMIT_EXCEEDED = 528, "The query took too long.";
    QUERY_CALL_GRAPH_INTERNAL = 529, "Composite query evaluation failed.";
    INSUFFICIENT_CYCLES_IN_COMPUTE_ALLOCATION = 530, "Too few cycles for the compute allocation.";
    INSUFFICIENT_CYCLES_IN_MEMORY_ALLOCATION = 531, "Too few cycles for the memory allocation.";
    INSUFFICIENT_CYCLES_IN_MEMORY_GROW = 532, "Too few cycles to grow memory.";
    RESERVED_CYCLES_LIMIT_EXCEEDED_IN_MEMORY_ALLOCATION = 533, "The memory allocation would reserve too many cycles.";
    RESERVED_CYCLES_LIMIT_EXCEEDED_IN_MEMORY_GROW = 534, "Growing memory would reserve too many cycles.";
    INSUFFICIENT_CYCLES_IN_MESSAGE_MEMORY_GROW = 535, "Too few cycles for the message's memory.";
    CANISTER_METHOD_NOT_FOUND = 536, "The canister has no such method.";
    CANISTER_WASM_MODULE_NOT_FOUND = 537, "The canister has no code.";
    CANISTER_ALREADY_INSTALLED = 538, "The canister is installed already.";
    CANISTER_WASM_MEMORY_LIMIT_EXCEEDED = 539, "The canister's wasm memory limit is exceeded.";
    DEADLINE_EXPIRED = 601, "A best-effort call's deadline passed.";
    RESPONSE_DROPPED = 602, "A best-effort call's response was dropped.";
}

impl ErrorCode {
    /// The reject code this error belongs to.
    pub fn reject_code(self) -> RejectCode {
        RejectCode::from_number(u64::from(self.0 / 100)).unwrap_or(RejectCode::CanisterError)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IC{:04}", self.0)
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A reject as a caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The class of failure.
    pub code: RejectCode,
    /// A sentence for people.
    pub message: String,
    /// The finer class; absent where the canister itself rejected.
    pub error_code: Option<ErrorCode>,
}

impl Reject {
    /// A reject whose reject code follows from its error code.
    pub fn new(error_code: ErrorCode, message: impl Into<String>) -> Self {
        Reject { code: error_code.reject_code(), message: message.into(), error_code: Some(error_code) }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.error_code {
            Some(code) => write!(f, "{} ({code}): {}", self.code, self.message),
            None => write!(f, "{}: {}", self.code, self.message),
        }
    }
}

/// The outcome of a query call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QueryResponse {
    /// The reply's bytes.
    Replied(#[serde(with = "serde_bytes")] Vec<u8>),
    /// The reject.
    Rejected(Reject),
}

impl QueryResponse {
    /// What a node signs to answer for this response: separator and hash.
    pub fn signable(&self, request_id: &RequestId, timestamp: u64) -> Vec<u8> {
        let error_code = match self {
            QueryResponse::Rejected(Reject { error_code: Some(code), .. }) => Some(code.to_string()),
            _ => None,
        };
        let mut fields =
            vec![("request_id", HashValue::Blob(request_id.as_bytes())), ("timestamp", HashValue::Nat(timestamp))];
        match self {
            QueryResponse::Replied(arg) => fields.extend([
                ("status", HashValue::Text("replied")),
                ("reply", HashValue::Map(vec![("arg", HashValue::Blob(arg))])),
            ]),
            QueryResponse::Rejected(reject) => fields.extend([
                ("status", HashValue::Text("rejected")),
                ("reject_code", HashValue::Nat(reject.code.number())),
                ("reject_message", HashValue::Text(&reject.message)),
            ]),
        }
        fields.extend(error_code.as_deref().map(|code| ("error_code", HashValue::Text(code))));
        domain_separated("ic-response", &hash_of_map(&fields))
    }
}

/// A node's Ed25519 key, with which it answers for query responses.
pub struct NodeKey(ic_ed25519::PrivateKey);

impl NodeKey {
    /// The key with this 32-byte secret.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        NodeKey(ic_ed25519::PrivateKey::deserialize_raw_32(secret))
    }

    /// The public key in the 44-byte DER form of RFC 8410, as the state tree holds it.
    pub fn public_key_der(&self) -> Vec<u8> {
        self.0.public_key().serialize_rfc8410_der()
    }

    /// The node's id: the self-authenticating principal of its key.
    pub fn node_id(&self) -> Principal {
        self_authenticating(&self.public_key_der())
    }

    /// Signs bytes that already carry their domain separator.
    pub fn sign(&self, payload: &[u8]) -> [u8; 64] {
        self.0.sign_message(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_codes_name_their_reject_code() {
        assert_eq!(ErrorCode::CANISTER_CALLED_TRAP.to_string(), "IC0503");
        assert_eq!(ErrorCode::CANISTER_NOT_FOUND.reject_code(), RejectCode::DestinationInvalid);
        for code in ALL {
            assert_eq!(u64::from(code.0 / 100), code.reject_code().number(), "{code}");
        }
    }

    #[test]
    fn reject_codes_are_one_to_six() {
        for n in 1..=6 {
            assert_eq!(RejectCode::from_number(n).map(RejectCode::number), Some(n));
        }
        assert_eq!(RejectCode::from_number(0), None);
        assert_eq!(RejectCode::from_number(7), None);
    }

    #[test]
    fn the_node_key_is_44_bytes_and_signs() {
        let key = NodeKey::from_secret(&[7; 32]);
        assert_eq!(key.public_key_der().len(), 44);
        let public = ic_ed25519::PublicKey::deserialize_rfc8410_der(&key.public_key_der()).expect("own key");
        assert!(public.verify_signature(b"x", &key.sign(b"x")).is_ok());
        assert!(public.verify_signature(b"y", &key.sign(b"x")).is_err());
    }
}
