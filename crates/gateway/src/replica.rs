//! What the gateway needs of a node: one trait, which the binary implements over the real one.
//!
//! Invariant: every method may be called at any time and from any thread; none blocks for long.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use candid::Principal;
use protocol::reject::QueryResponse;
use protocol::request::Call;
use protocol::{CanisterId, Reject, RequestId, Tree};

use crate::meter::Spent;

/// A future in a box, so that [`Replica`] can stand behind a pointer.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A node as the gateway sees it.
pub trait Replica: Send + Sync + 'static {
    /// What `/api/v2/status` tells.
    fn status(&self) -> ReplicaStatus;

    /// The wall clock by which expiries are judged, in nanoseconds since 1970.
    fn now(&self) -> u64;

    /// Hands in an authenticated update call. The future ends when the call's status is final and
    /// durable, so that [`Replica::certified`] holds it; or at once when the call is not let in.
    /// A call whose request id is known already must not run again.
    fn submit(&self, call: UserCall) -> BoxFuture<'static, Result<(), Refusal>>;

    /// The newest durable certified state.
    fn certified(&self) -> Arc<CertifiedState>;

    /// Who made the request with this id, if the state still knows it.
    fn request_origin(&self, request_id: &RequestId) -> Option<RequestOrigin>;

    /// Whether this sender may read this custom section: yes if it is public or not there, and for a
    /// private one if the sender is a controller.
    fn may_read_metadata(&self, canister: &CanisterId, name: &str, sender: &Principal) -> bool;

    /// Evaluates an authenticated query call.
    fn query(&self, query: UserQuery) -> BoxFuture<'static, Result<QueryAnswer, Refusal>>;

    /// Signs bytes, which carry their domain separator already, with the node's key.
    fn sign_query(&self, payload: &[u8]) -> NodeSignature;

    /// The app that this host label (a name, or the id of one of its canisters) stands for.
    fn resolve_app(&self, label: &str) -> Option<AppAddress>;

    /// A file of an app's site. `path` begins with `/`, is decoded and has no dot segments.
    /// `accept_encoding` is the browser's header, empty if there is none.
    fn asset(&self, assets: &CanisterId, path: &str, accept_encoding: &str) -> Option<Asset>;
}

/// What a node says about itself.
#[derive(Clone, Debug)]
pub struct ReplicaStatus {
    /// The network's root key in DER form.
    pub root_key_der: Vec<u8>,
    /// Whether it can serve and write.
    pub healthy: bool,
    /// Name and version of this implementation.
    pub impl_version: String,
}

/// An authenticated update call.
#[derive(Clone, Debug)]
pub struct UserCall {
    /// What is called; `call.sender` is proven.
    pub call: Call,
    /// Its id.
    pub request_id: RequestId,
    /// The canister in the URL: where the call's status will be asked for.
    pub effective: Principal,
    /// The whole envelope as it came, for nodes that check it themselves.
    pub envelope: Bytes,
}

/// An authenticated query call.
#[derive(Clone, Debug)]
pub struct UserQuery {
    /// What is called; `call.sender` is proven.
    pub call: Call,
    /// Its id.
    pub request_id: RequestId,
    /// The canister in the URL.
    pub effective: Principal,
}

/// What a query came to.
#[derive(Clone, Debug)]
pub struct QueryAnswer {
    /// Reply or reject.
    pub response: QueryResponse,
    /// The time of the state it was evaluated on, in nanoseconds since 1970. Agents refuse what is older
    /// than five minutes, so an idle node must give the present here.
    pub timestamp: u64,
    /// What it took, to be charged to caller and app.
    pub spent: Spent,
}

/// Why a call was not let in.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The canister or the system does not want it (not found, stopped, inspected and refused, …).
    Rejected(Reject),
    /// The node has too much to do; the sentence is for people.
    Overloaded {
        /// Why.
        message: String,
        /// Seconds after which it may be tried again.
        retry_after: u64,
    },
}

/// A state that the root key has signed.
#[derive(Clone, Debug)]
pub struct CertifiedState {
    /// Everything that can be read.
    pub tree: Tree,
    /// The batch that made it.
    pub height: u64,
    /// Its time, in nanoseconds since 1970, as at `/time`.
    pub time: u64,
    /// The root key's signature of the tree's root hash.
    pub signature: Bytes,
}

/// Who made a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestOrigin {
    /// Its sender.
    pub sender: Principal,
    /// The canister in the URL it was sent to.
    pub effective: Principal,
    /// The canister that was called.
    pub receiver: Principal,
}

/// A node's signature.
#[derive(Clone, Debug)]
pub struct NodeSignature {
    /// The node's id.
    pub node_id: Principal,
    /// Its Ed25519 signature.
    pub signature: Vec<u8>,
}

/// Where an app lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppAddress {
    /// Its name.
    pub name: String,
    /// The canister that holds its data.
    pub backend: CanisterId,
    /// The canister that holds its site.
    pub assets: CanisterId,
    /// The version that is live.
    pub version: u64,
}

/// A file of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// For example `text/html; charset=utf-8`.
    pub content_type: String,
    /// For example `gzip`, if the bytes are compressed.
    pub content_encoding: Option<String>,
    /// The file.
    pub bytes: Bytes,
    /// Changes with the bytes; without quotes.
    pub etag: String,
    /// Whether the path names this content for good (a hash in the name), so browsers may keep it.
    pub immutable: bool,
}
