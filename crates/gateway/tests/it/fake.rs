//! A replica in memory: one counter canister, real certificates, no consensus and no WebAssembly.
//!
//! Its canister (index 5) has `inc` and `whoami` (update), `get` and `fail` (query); `slow` never ends,
//! `refused` is not let in, `trap` is rejected.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use candid::{Encode, Principal};
use gateway::{
    AppAddress, Asset, BoxFuture, CertifiedState, NodeSignature, QueryAnswer, Refusal, Replica, ReplicaStatus,
    RequestOrigin, Spent, UserCall, UserQuery,
};
use protocol::cbor::Writer;
use protocol::hash::leb128;
use protocol::reject::{NodeKey, QueryResponse};
use protocol::{CanisterId, ErrorCode, Reject, RequestId, RootKey, Tree};

/// The counter canister.
pub(crate) const COUNTER: CanisterId = CanisterId::from_index(5);
/// The asset canister of the one app, `wedding`.
pub(crate) const ASSETS: CanisterId = CanisterId::from_index(6);
/// What each of its queries is said to take.
const QUERY_COST: Spent = Spent { instructions: 40, grown_bytes: 0 };
/// Its Candid interface, as its public metadata tells.
pub(crate) const INTERFACE: &str =
    "service : { inc : () -> (nat); whoami : () -> (principal); get : () -> (nat) query }";

/// The replica.
pub(crate) struct Fake {
    root: RootKey,
    node: NodeKey,
    world: Mutex<World>,
    /// Owner of the private metadata section `secret`.
    pub(crate) controller: Principal,
}

struct World {
    tree: Tree,
    counter: u64,
    runs: u64,
    origins: BTreeMap<RequestId, RequestOrigin>,
}

impl Fake {
    pub(crate) fn new() -> Arc<Self> {
        Fake::with_root(RootKey::from_seed(&[1; 32]))
    }

    pub(crate) fn with_root(root: RootKey) -> Arc<Self> {
        let node = NodeKey::from_secret(&[2; 32]);
        let controller = Principal::self_authenticating([9]);
        let tree = first_tree(&root, &node, controller);
        let world = World { tree, counter: 0, runs: 0, origins: BTreeMap::new() };
        Arc::new(Fake { root, node, world: Mutex::new(world), controller })
    }

    pub(crate) fn root_key_der(&self) -> Vec<u8> {
        self.root.public_key_der()
    }

    /// How many update calls ran.
    pub(crate) fn runs(&self) -> u64 {
        self.world().runs
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panics while it holds the world")
    }

    /// Runs a call once; its outcome goes into the tree.
    fn run(&self, call: &UserCall) {
        let mut world = self.world();
        if world.origins.contains_key(&call.request_id) {
            return;
        }
        let origin =
            RequestOrigin { sender: call.call.sender, effective: call.effective, receiver: call.call.canister_id };
        world.origins.insert(call.request_id, origin);
        world.runs += 1;
        let outcome = world.update(&call.call.method_name, call.call.sender);
        let id = call.request_id.as_bytes().as_slice();
        for (field, value) in status(outcome) {
            world.tree.insert(&[b"request_status", id, field.as_bytes()], Tree::leaf(value));
        }
    }
}

impl World {
    fn update(&mut self, method: &str, sender: Principal) -> Result<Vec<u8>, Reject> {
        match method {
            "inc" => {
                self.counter += 1;
                Ok(nat(self.counter))
            }
            "whoami" => Ok(Encode!(&sender).expect("a principal encodes")),
            _ => Err(Reject::new(ErrorCode::CANISTER_CALLED_TRAP, "the counter overflowed its cup")),
        }
    }
}

fn nat(n: u64) -> Vec<u8> {
    Encode!(&candid::Nat::from(n)).expect("a number encodes")
}

fn status(outcome: Result<Vec<u8>, Reject>) -> Vec<(&'static str, Vec<u8>)> {
    match outcome {
        Ok(reply) => vec![("status", b"replied".to_vec()), ("reply", reply)],
        Err(reject) => vec![
            ("status", b"rejected".to_vec()),
            ("reject_code", leb128(reject.code.number())),
            ("reject_message", reject.message.into_bytes()),
            ("error_code", reject.error_code.map(|code| code.to_string()).unwrap_or_default().into_bytes()),
        ],
    }
}

fn first_tree(root: &RootKey, node: &NodeKey, controller: Principal) -> Tree {
    let subnet_id = root.subnet_id();
    let subnet = subnet_id.as_slice();
    let node_id = node.node_id();
    let counter = COUNTER.as_slice();
    let mut tree = Tree::node();
    let mut put = |path: &[&[u8]], value: Vec<u8>| tree.insert(path, Tree::leaf(value));
    put(&[b"subnet", subnet, b"public_key"], root.public_key_der());
    put(&[b"subnet", subnet, b"type"], b"application".to_vec());
    put(&[b"subnet", subnet, b"canister_ranges"], ranges());
    put(&[b"subnet", subnet, b"node", node_id.as_slice(), b"public_key"], node.public_key_der());
    put(&[b"canister_ranges", subnet, CanisterId::FIRST.as_slice()], ranges());
    put(&[b"canister", counter, b"module_hash"], vec![7; 32]);
    put(&[b"canister", counter, b"controllers"], principals(&[controller]));
    put(&[b"canister", counter, b"metadata", b"candid:service"], INTERFACE.into());
    put(&[b"canister", counter, b"metadata", b"secret"], b"for controllers".to_vec());
    tree
}

fn ranges() -> Vec<u8> {
    let mut out = Writer::self_described();
    out.array(1).array(2).bytes(CanisterId::FIRST.as_slice()).bytes(CanisterId::LAST.as_slice());
    out.finish()
}

fn principals(ids: &[Principal]) -> Vec<u8> {
    let mut out = Writer::self_described();
    out.array(ids.len());
    for id in ids {
        out.bytes(id.as_slice());
    }
    out.finish()
}

impl Replica for Fake {
    fn status(&self) -> ReplicaStatus {
        ReplicaStatus { root_key_der: self.root_key_der(), healthy: true, impl_version: "fake 1".into() }
    }

    fn now(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
        since.as_nanos() as u64
    }

    fn submit(&self, call: UserCall) -> BoxFuture<'static, Result<(), Refusal>> {
        match call.call.method_name.as_str() {
            "slow" => Box::pin(std::future::pending()),
            "refused" => {
                let reject = Reject::new(ErrorCode::CANISTER_REJECTED_MESSAGE, "the canister did not accept the call");
                Box::pin(async { Err(Refusal::Rejected(reject)) })
            }
            "busy" => {
                Box::pin(async { Err(Refusal::Overloaded { message: "the log is full".into(), retry_after: 3 }) })
            }
            _ => {
                self.run(&call);
                Box::pin(async { Ok(()) })
            }
        }
    }

    fn certified(&self) -> Arc<CertifiedState> {
        let time = self.now();
        let mut tree = self.world().tree.clone();
        tree.insert(&[b"time"], Tree::leaf(leb128(time)));
        let signature = Bytes::copy_from_slice(&self.root.sign(&tree.digest()));
        Arc::new(CertifiedState { tree, height: 1, time, signature })
    }

    fn request_origin(&self, request_id: &RequestId) -> Option<RequestOrigin> {
        self.world().origins.get(request_id).copied()
    }

    fn may_read_metadata(&self, _: &CanisterId, name: &str, sender: &Principal) -> bool {
        name != "secret" || *sender == self.controller
    }

    fn query(&self, query: UserQuery) -> BoxFuture<'static, Result<QueryAnswer, Refusal>> {
        let response = match query.call.method_name.as_str() {
            "get" => QueryResponse::Replied(nat(self.world().counter)),
            method => QueryResponse::Rejected(Reject::new(
                ErrorCode::CANISTER_METHOD_NOT_FOUND,
                format!("the canister has no query method `{method}`"),
            )),
        };
        let timestamp = self.now();
        Box::pin(async move { Ok(QueryAnswer { response, timestamp, spent: QUERY_COST }) })
    }

    fn sign_query(&self, payload: &[u8]) -> NodeSignature {
        NodeSignature { node_id: self.node.node_id(), signature: self.node.sign(payload).to_vec() }
    }

    fn resolve_app(&self, label: &str) -> Option<AppAddress> {
        let ours = label == "wedding" || label == COUNTER.to_text() || label == ASSETS.to_text();
        ours.then(|| AppAddress { name: "wedding".into(), backend: COUNTER, assets: ASSETS, version: 3 })
    }

    fn asset(&self, assets: &CanisterId, path: &str, _: &str) -> Option<Asset> {
        let (content_type, text, immutable) = match path {
            "/index.html" => ("text/html; charset=utf-8", "<!doctype html><title>Wedding</title>", false),
            "/assets/app-1a2b.js" => ("text/javascript", "console.log(1)", true),
            _ => return None,
        };
        (*assets == ASSETS).then(|| Asset {
            content_type: content_type.into(),
            content_encoding: None,
            bytes: Bytes::from_static(text.as_bytes()),
            etag: format!("e{}", text.len()),
            immutable,
        })
    }
}
