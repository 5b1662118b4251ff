//! The replicated state but for memories: canisters with their queues and call contexts, and the ingress history.
//!
//! Plain data with its record form (CBOR, one record each). What may be done with it is decided in `execution`.

pub mod canister;
pub mod ingress;
pub mod long;
pub mod managed;
pub mod message;
pub mod settings;

pub use canister::{
    CallContext, CallOrigin, Callback, CanisterCode, CanisterStatus, LogEntry, LowMemoryHook, Metadata, NativeKind,
    StopRequest, SystemState, WasmFunction,
};
pub use ingress::{IngressEntry, IngressStatus};
pub use long::{Begun, LongMessage};
pub use managed::Managed;
pub use message::{Ingress, Message, Payload, Request, Response, SenderInfo};
pub use settings::{Settings, Visibility};

pub use protocol::{Reject, RequestId};
use serde::{Serialize, de::DeserializeOwned};

/// A record's bytes.
///
/// Serialising plain data into memory does not fail; should it, the record would be empty and recovery stop on it.
pub fn to_record<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(error) = ciborium::into_writer(value, &mut bytes) {
        tracing::error!(%error, "a record can't be encoded");
        bytes.clear();
    }
    bytes
}

/// A record that can't be read: written by a newer program, or damaged.
#[derive(Debug, thiserror::Error)]
#[error("record `{key}` can't be read")]
pub struct BadRecord {
    /// The record's key, printable.
    pub key: String,
    #[source]
    source: ciborium::de::Error<std::io::Error>,
}

/// Reads what [`to_record`] wrote.
///
/// # Errors
/// Names the record.
pub fn from_record<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, BadRecord> {
    ciborium::from_reader(bytes)
        .map_err(|source| BadRecord { key: String::from_utf8_lossy(key).escape_debug().to_string(), source })
}
