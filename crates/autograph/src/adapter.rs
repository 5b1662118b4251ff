//! The node as the gateway sees it.

use std::sync::Arc;

use bytes::Bytes;
use candid::Principal;
use execution::{Answered, Blobs, Query, Usage, state::Canister, view::View};
use gateway::{
    AppAddress, Asset, BoxFuture, CertifiedState, Meter, NodeSignature, QueryAnswer, Refusal, ReplicaStatus,
    RequestOrigin, UserCall, UserQuery,
};
use protocol::{CanisterId, ErrorCode, Reject, RejectCode, RequestId, reject::QueryResponse};
use replication::{Answer, Certified, Clock as _, SystemClock, UsageSink};
use state::replicated::{Ingress, IngressStatus, Payload};

use crate::{node::Node, recorder::Sample};

/// Implements the gateway's trait over a node.
pub(crate) struct Adapter(pub(crate) Arc<Node>);

impl gateway::Replica for Adapter {
    fn status(&self) -> ReplicaStatus {
        ReplicaStatus {
            root_key_der: self.0.root_key_der.clone(),
            healthy: self.0.replica.is_healthy(),
            impl_version: concat!("autograph ", env!("CARGO_PKG_VERSION")).into(),
        }
    }

    fn now(&self) -> u64 {
        SystemClock.now()
    }

    fn submit(&self, call: UserCall) -> BoxFuture<'static, Result<(), Refusal>> {
        let node = self.0.clone();
        Box::pin(async move {
            let (app, sample) = (call.call.canister_id, node.recorder.sample(&call.call, true));
            match node.replica.call(ingress(call)).await {
                Ok(Answer::Final(status)) => {
                    let reject = if let IngressStatus::Rejected(reject) = &status { Some(reject) } else { None };
                    node.saw(app, sample, reject);
                    Ok(())
                }
                Ok(Answer::Refused(reject)) => Err(Refusal::Rejected(reject)),
                Ok(Answer::Busy) => Err(overloaded("the node has too many calls waiting")),
                Err(stopped) => Err(overloaded(&stopped.to_string())),
            }
        })
    }

    fn certified(&self) -> Arc<CertifiedState> {
        let Ok(certified) = self.0.replica.certified() else {
            // Before the first batch there is an empty tree, which proves nothing.
            return Arc::new(CertifiedState {
                tree: protocol::Tree::node(),
                height: 0,
                time: 0,
                signature: Bytes::new(),
            });
        };
        certified_state(&certified)
    }

    fn request_origin(&self, request_id: &RequestId) -> Option<RequestOrigin> {
        self.0.replica.view(|view| origin_of(view, request_id))
    }

    fn may_read_metadata(&self, canister: &CanisterId, name: &str, sender: &Principal) -> bool {
        self.0.replica.view(|view| may_read(view, canister, name, sender))
    }

    fn query(&self, query: UserQuery) -> BoxFuture<'static, Result<QueryAnswer, Refusal>> {
        let node = self.0.clone();
        Box::pin(async move {
            let (app, sample) = (query.call.canister_id, node.recorder.sample(&query.call, false));
            match node.replica.query(asked(query)).await {
                Ok(answered) => {
                    let reject = if let Payload::Reject(reject) = &answered.payload { Some(reject) } else { None };
                    node.saw(app, sample, reject);
                    Ok(answer(answered))
                }
                Err(stopped) => Err(overloaded(&stopped.to_string())),
            }
        })
    }

    fn sign_query(&self, payload: &[u8]) -> NodeSignature {
        NodeSignature { node_id: self.0.node_key.node_id(), signature: self.0.node_key.sign(payload).to_vec() }
    }

    fn resolve_app(&self, label: &str) -> Option<AppAddress> {
        self.0.replica.view(|view| address(view, label))
    }

    fn asset(&self, assets: &CanisterId, path: &str, _accept_encoding: &str) -> Option<Asset> {
        let canister = self.0.replica.view(|view| view.canisters.get(&assets.principal()).cloned())?.1;
        file(&canister, path, &*self.0.blobs)
    }
}

/// A signed state in the gateway's form.
pub(crate) fn certified_state(certified: &Certified) -> Arc<CertifiedState> {
    Arc::new(CertifiedState {
        tree: certified.tree.clone(),
        height: certified.height,
        time: certified.time,
        signature: Bytes::copy_from_slice(&certified.signature),
    })
}

/// Who made a request.
pub(crate) fn origin_of(view: &View, request_id: &RequestId) -> Option<RequestOrigin> {
    let origin = view.origins.get(request_id)?;
    Some(RequestOrigin { sender: origin.sender, effective: origin.effective, receiver: origin.canister })
}

/// Whether `sender` may read a custom section.
pub(crate) fn may_read(view: &View, canister: &CanisterId, name: &str, sender: &Principal) -> bool {
    let Some((_, canister)) = view.canisters.get(&canister.principal()) else { return true };
    let system = &canister.system;
    !system.metadata.private.iter().any(|known| known == name) || system.controllers.contains(sender)
}

/// Where the app with this name or canister is.
pub(crate) fn address(view: &View, label: &str) -> Option<AppAddress> {
    let entry = view.directory.apps.get(label)?;
    Some(AppAddress {
        name: entry.name.clone(),
        backend: CanisterId::new(entry.backend),
        assets: CanisterId::new(entry.assets),
        version: entry.version,
    })
}

/// A file of an asset canister.
pub(crate) fn file(canister: &Canister, path: &str, blobs: &dyn Blobs) -> Option<Asset> {
    let file = canister.assets.get(path)?;
    let bytes = blobs.get(&file.hash)?;
    Some(Asset {
        content_type: file.content_type.clone(),
        content_encoding: None,
        bytes: Bytes::copy_from_slice(&bytes),
        etag: hex::encode(&file.hash[..16]),
        immutable: path.starts_with("/assets/"),
    })
}

/// A query as execution has it.
pub(crate) fn asked(query: UserQuery) -> Query {
    let call = query.call;
    Query {
        sender: call.sender,
        canister: call.canister_id,
        method: call.method_name,
        arg: call.arg,
        data_certificate: None,
    }
}

impl Node {
    /// Takes note of what came of a call from outside.
    fn saw(&self, app: Principal, sample: Option<Sample>, reject: Option<&Reject>) {
        match (sample, reject) {
            (Some(sample), None) => self.recorder.keep(sample),
            (_, Some(reject)) if !by_the_app(reject) => return,
            _ => {}
        }
        if self.watch.count(app, reject.is_some()) {
            tracing::warn!(%app, "since its last switch this app fails clearly more often than before; `autograph show` offers the way back");
        }
    }
}

/// Whether an app trapped or rejected by itself, and neither the node nor the caller's choice of a method is at fault.
fn by_the_app(reject: &Reject) -> bool {
    let others =
        [ErrorCode::CANISTER_METHOD_NOT_FOUND, ErrorCode::CANISTER_STOPPED, ErrorCode::CANISTER_STOPPING].map(Some);
    let failed = [RejectCode::CanisterError, RejectCode::CanisterReject].contains(&reject.code);
    failed && !others.contains(&reject.error_code)
}

/// An update call as execution has it.
pub(crate) fn ingress(call: UserCall) -> Ingress {
    Ingress {
        request_id: call.request_id,
        sender: call.call.sender,
        canister: call.call.canister_id,
        method: call.call.method_name,
        arg: call.call.arg,
        effective: call.effective,
        expiry: call.call.ingress_expiry,
        sender_info: call
            .call
            .sender_info
            .map(|info| state::replicated::SenderInfo { signer: info.signer, data: info.info }),
    }
}

/// A query's answer in the gateway's form.
pub(crate) fn answer(answered: Answered) -> QueryAnswer {
    let response = match answered.payload {
        Payload::Reply(bytes) => QueryResponse::Replied(bytes),
        Payload::Reject(reject) => QueryResponse::Rejected(reject),
    };
    let spent = gateway::Spent { instructions: answered.instructions, grown_bytes: 0 };
    QueryAnswer { response, timestamp: SystemClock.now(), spent }
}

/// Charges what batches took to the gateway's accounts.
pub(crate) fn charge_to(meter: Arc<Meter>) -> UsageSink {
    Arc::new(move |usage| {
        for Usage { canister, caller, spent } in usage {
            let spent = gateway::Spent { instructions: spent.instructions, grown_bytes: spent.grown_bytes };
            meter.charge(CanisterId::new(*canister), caller.map(gateway::Caller::Key), spent);
        }
    })
}

/// A refusal that may be gone in a second.
pub(crate) fn overloaded(message: &str) -> Refusal {
    Refusal::Overloaded { message: message.into(), retry_after: 1 }
}
