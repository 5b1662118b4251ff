//! Room `protocol`: what the interface specification fixes, and nothing else.
//!
//! Principals, request ids, envelopes and their signatures, the certified state's hash tree,
//! certificates, reject and error codes, and the signed form of a query response.
//!
//! Invariant: everything here is a pure function of its arguments. There is no clock (`now` is a
//! parameter), no I/O, no global state and no randomness, so that replicated execution may use all of it.

pub mod cbor;
pub mod certificate;
pub mod hash;
pub mod principal;
pub mod reject;
pub mod request;
pub mod signature;
pub mod tree;

pub use candid::Principal;
pub use certificate::RootKey;
pub use hash::RequestId;
pub use principal::CanisterId;
pub use reject::{ErrorCode, Reject, RejectCode};
pub use request::{Content, Envelope, RequestError};
pub use tree::{Label, Tree};
