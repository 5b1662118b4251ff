//! Requests: the envelope as it is sent, its content, and who is behind it.
//!
//! Decoding is strict: unknown and repeated fields are refused by name, since a field that is not
//! understood is not covered by the request id either.
//!
//! Invariant: `authenticate` says yes only if the sender, the expiry, the delegations and the effective
//! id all hold at `now`; it is deterministic, so every node of a network judges alike.

mod authenticate;
mod decode;
mod encode;

use candid::Principal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::cbor::CborError;
use crate::hash::{HashValue, RequestId, domain_separated, hash_of_map};
use crate::signature::SignatureError;

pub use authenticate::{Authenticated, Effective, Rules, authenticate, effective_canister_id};

/// How far ahead of the present an expiry may lie, in nanoseconds: 5 minutes.
pub const MAX_INGRESS_TTL: u64 = 300_000_000_000;
/// What is added to that for clocks that disagree, in nanoseconds: 30 seconds.
pub const PERMITTED_DRIFT: u64 = 30_000_000_000;
/// The longest nonce, in bytes.
pub const MAX_NONCE: usize = 32;
/// The most delegations in a chain.
pub const MAX_DELEGATIONS: usize = 20;
/// The most targets of one delegation.
pub const MAX_TARGETS: usize = 1000;
/// The most paths of one `read_state` request.
pub const MAX_PATHS: usize = 1000;
/// The most labels of one path.
pub const MAX_PATH_LABELS: usize = 127;
/// The longest method name, in bytes.
pub const MAX_METHOD_NAME: usize = 20_000;

/// Why a request is refused. The message is shown to the caller as it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// Not acceptable CBOR.
    #[error("the request body can't be read: {0}")]
    Cbor(#[from] CborError),
    /// A field that must be there is not.
    #[error("the {map} lacks the field `{field}`")]
    Missing {
        /// The map's name.
        map: &'static str,
        /// The field's name.
        field: &'static str,
    },
    /// A field nobody knows.
    #[error("the {map} has the unknown field `{field}`")]
    Unknown {
        /// The map's name.
        map: &'static str,
        /// The field's name.
        field: String,
    },
    /// A field of the wrong type.
    #[error("the field `{field}` of the {map} must be {expected}")]
    Type {
        /// The map's name.
        map: &'static str,
        /// The field's name.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// More of something than is allowed.
    #[error("{what}: at most {limit} are allowed")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The request type is not one of the three, or not the endpoint's.
    #[error("the request type `{0}` does not belong at this address")]
    WrongType(String),
    /// The expiry lies in the past or too far ahead. Agents look for how this message begins.
    #[error(
        "Invalid request expiry: {provided} ns is not between {earliest} and {latest} ns; check the clock of this machine"
    )]
    Expiry {
        /// What the request says, in nanoseconds since 1970.
        provided: u64,
        /// The earliest expiry accepted now.
        earliest: u64,
        /// The latest expiry accepted now.
        latest: u64,
    },
    /// An anonymous request with a key, or a signed one without.
    #[error("{0}")]
    Proof(&'static str),
    /// The key is not the sender's.
    #[error("the public key does not belong to the sender {0}")]
    NotTheSender(Principal),
    /// The request's signature fails.
    #[error("the request is not signed as it should be: {0}")]
    Signature(#[source] SignatureError),
    /// A delegation fails.
    #[error("delegation {number} does not hold: {reason}")]
    Delegation {
        /// Counted from 1, as sent.
        number: usize,
        /// Why.
        reason: String,
    },
    /// The sender's extra information is not certified by the canister it names.
    #[error("the sender info does not hold: {0}")]
    SenderInfo(String),
    /// The id in the URL is not the one the request is for.
    #[error("the address names {given}, but the request is for {expected}")]
    EffectiveId {
        /// From the URL.
        given: String,
        /// What it must be.
        expected: String,
    },
    /// A management call whose argument names no canister.
    #[error("the management call `{0}` can't be routed: its argument names no canister")]
    NotRoutable(String),
}

/// A request with the proof of who sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// What is asked.
    pub content: Content,
    /// The sender's public key in DER form; absent for the anonymous principal.
    pub sender_pubkey: Option<Vec<u8>>,
    /// The chain from the sender's key to the one that signed; mostly empty.
    pub sender_delegation: Vec<SignedDelegation>,
    /// The signature of the request id.
    pub sender_sig: Option<Vec<u8>>,
}

/// The content of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// An update call.
    Call(Call),
    /// A query call.
    Query(Call),
    /// Reading the certified state.
    ReadState(ReadState),
}

/// The content of an update or query call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The canister that is called.
    pub canister_id: Principal,
    /// Its method.
    pub method_name: String,
    /// The argument's bytes.
    #[serde(with = "serde_bytes")]
    pub arg: Vec<u8>,
    /// Who calls.
    pub sender: Principal,
    /// Makes otherwise equal requests differ; at most 32 bytes.
    pub nonce: Option<Vec<u8>>,
    /// Nanoseconds since 1970 after which the call must not begin.
    pub ingress_expiry: u64,
    /// What a canister certifies about the sender.
    pub sender_info: Option<SenderInfo>,
}

/// The content of a `read_state` request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadState {
    /// The paths wanted.
    pub paths: Vec<Vec<Vec<u8>>>,
    /// Who reads.
    pub sender: Principal,
    /// As for calls.
    pub nonce: Option<Vec<u8>>,
    /// As for calls.
    pub ingress_expiry: u64,
}

/// Information about the sender that a canister vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderInfo {
    /// The information, passed to the canister as it is.
    #[serde(with = "serde_bytes")]
    pub info: Vec<u8>,
    /// The canister that vouches.
    pub signer: Principal,
    /// Its canister signature.
    #[serde(with = "serde_bytes")]
    pub sig: Vec<u8>,
}

/// One link of a delegation chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDelegation {
    /// What is delegated.
    pub delegation: Delegation,
    /// By the key before it in the chain.
    #[serde(with = "serde_bytes")]
    pub signature: Vec<u8>,
}

/// What one key allows another to do in its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// The key that may sign, in DER form.
    #[serde(with = "serde_bytes")]
    pub pubkey: Vec<u8>,
    /// Nanoseconds since 1970 at which it ends.
    pub expiration: u64,
    /// The only canisters it is for, if there is such a list.
    pub targets: Option<Vec<Principal>>,
    /// `queries` or `all`; absent means all.
    pub permissions: Option<String>,
}

impl Envelope {
    /// Reads an envelope; its size is bounded by whoever read the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, RequestError> {
        decode::envelope(bytes)
    }

    /// The CBOR form, self-described.
    pub fn encode(&self) -> Vec<u8> {
        encode::envelope(self)
    }

    /// An envelope without proof, for an anonymous sender.
    pub fn anonymous(content: Content) -> Self {
        Envelope { content, sender_pubkey: None, sender_delegation: vec![], sender_sig: None }
    }

    /// An envelope signed by the key with this DER form; `sign` gets the bytes to sign.
    pub fn signed(content: Content, public_key_der: Vec<u8>, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Self {
        let signature = sign(&content.request_id().signable());
        Envelope {
            content,
            sender_pubkey: Some(public_key_der),
            sender_delegation: vec![],
            sender_sig: Some(signature),
        }
    }
}

impl Content {
    /// Who asks.
    pub fn sender(&self) -> Principal {
        match self {
            Content::Call(call) | Content::Query(call) => call.sender,
            Content::ReadState(read) => read.sender,
        }
    }

    /// When the request ends to be valid, in nanoseconds since 1970.
    pub fn ingress_expiry(&self) -> u64 {
        match self {
            Content::Call(call) | Content::Query(call) => call.ingress_expiry,
            Content::ReadState(read) => read.ingress_expiry,
        }
    }

    /// `call`, `query` or `read_state`.
    pub fn request_type(&self) -> &'static str {
        match self {
            Content::Call(_) => "call",
            Content::Query(_) => "query",
            Content::ReadState(_) => "read_state",
        }
    }

    /// The hash by which the request is signed and its status looked up.
    pub fn request_id(&self) -> RequestId {
        let mut fields = vec![("request_type", HashValue::Text(self.request_type()))];
        match self {
            Content::Call(call) | Content::Query(call) => call_fields(call, &mut fields),
            Content::ReadState(read) => read_fields(read, &mut fields),
        }
        RequestId(hash_of_map(&fields))
    }
}

type Fields<'a> = Vec<(&'static str, HashValue<'a>)>;

fn call_fields<'a>(call: &'a Call, fields: &mut Fields<'a>) {
    fields.extend([
        ("canister_id", HashValue::Blob(call.canister_id.as_slice())),
        ("method_name", HashValue::Text(&call.method_name)),
        ("arg", HashValue::Blob(&call.arg)),
        ("sender", HashValue::Blob(call.sender.as_slice())),
        ("ingress_expiry", HashValue::Nat(call.ingress_expiry)),
    ]);
    fields.extend(call.nonce.as_deref().map(|nonce| ("nonce", HashValue::Blob(nonce))));
    fields.extend(call.sender_info.as_ref().map(|info| {
        let map = vec![
            ("info", HashValue::Blob(&info.info)),
            ("signer", HashValue::Blob(info.signer.as_slice())),
            ("sig", HashValue::Blob(&info.sig)),
        ];
        ("sender_info", HashValue::Map(map))
    }));
}

fn read_fields<'a>(read: &'a ReadState, fields: &mut Fields<'a>) {
    let path = |path: &'a Vec<Vec<u8>>| HashValue::Array(path.iter().map(|l| HashValue::Blob(l)).collect());
    fields.extend([
        ("paths", HashValue::Array(read.paths.iter().map(path).collect())),
        ("sender", HashValue::Blob(read.sender.as_slice())),
        ("ingress_expiry", HashValue::Nat(read.ingress_expiry)),
    ]);
    fields.extend(read.nonce.as_deref().map(|nonce| ("nonce", HashValue::Blob(nonce))));
}

impl Delegation {
    /// What the delegating key signs.
    pub fn signable(&self) -> Vec<u8> {
        let mut fields =
            vec![("pubkey", HashValue::Blob(&self.pubkey)), ("expiration", HashValue::Nat(self.expiration))];
        fields.extend(self.targets.as_ref().map(|targets| {
            let targets = targets.iter().map(|id| HashValue::Blob(id.as_slice())).collect();
            ("targets", HashValue::Array(targets))
        }));
        fields.extend(self.permissions.as_deref().map(|text| ("permissions", HashValue::Text(text))));
        domain_separated("ic-request-auth-delegation", &hash_of_map(&fields))
    }
}

#[cfg(test)]
mod tests;
