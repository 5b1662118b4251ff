//! Native canisters: the management canister, the registry and asset canisters, behind the ordinary call interface.
//!
//! They run when their call is taken up, whole, and answer at once (stopping a canister excepted, which answers when
//! the canister's open calls have ended).

mod assets;
mod management;
mod registry;

use candid::{CandidType, Principal, utils::ArgumentEncoder};
use protocol::ErrorCode;
use serde::de::DeserializeOwned;
use state::replicated::{CallOrigin, CanisterCode, Ingress, IngressStatus, NativeKind, Payload, Reject, Request};

pub use assets::AssetAnswer;
pub(crate) use assets::fingerprint;
pub(crate) use management::{CHUNK_BYTES_MAX, deferrable, query as management_query};

use crate::{MANAGEMENT, executor::Executor, query::Query, reject, turn::Turn};

/// A call of a native canister.
pub(crate) struct NativeCall<'a> {
    pub(crate) caller: Principal,
    pub(crate) method: &'a str,
    pub(crate) arg: &'a [u8],
    pub(crate) cycles: u128,
    pub(crate) origin: CallOrigin,
}

/// What became of it: a reply, a reply that keeps the call's cycles, or an answer that comes later.
pub(crate) enum Native {
    Reply(Vec<u8>),
    Kept(Vec<u8>),
    Later,
}

impl Executor {
    pub(crate) fn native_ingress(&mut self, ingress: Ingress) {
        if let Some(id) = self.to_wait_for(ingress.sender, (ingress.canister, &ingress.method, &ingress.arg)) {
            return self.defer_ingress(id, ingress);
        }
        let origin = CallOrigin::Ingress { request_id: ingress.request_id, sender: ingress.sender };
        let call = NativeCall { caller: ingress.sender, method: &ingress.method, arg: &ingress.arg, cycles: 0, origin };
        if let Some(entry) = self.state.ingress.get_mut(&ingress.request_id) {
            entry.status = IngressStatus::Processing;
        }
        self.native_call(ingress.canister, call);
    }

    pub(crate) fn native_request(&mut self, request: Request) {
        if let Some(id) = self.to_wait_for(request.sender, (request.receiver, &request.method, &request.arg)) {
            return self.defer_request(id, request);
        }
        let origin = CallOrigin::Canister { sender: request.sender, callback: request.callback };
        let call = NativeCall {
            caller: request.sender,
            method: &request.method,
            arg: &request.arg,
            cycles: request.cycles,
            origin,
        };
        self.native_call(request.receiver, call);
    }

    fn native_call(&mut self, id: Principal, call: NativeCall<'_>) {
        let (caller, origin, cycles) = (call.caller, call.origin.clone(), call.cycles);
        let outcome = if id == MANAGEMENT {
            self.management_call(&call)
        } else {
            match self.native_kind(id) {
                Some(NativeKind::Registry) => self.registry_call(&call),
                Some(NativeKind::Assets) => self.asset_call(id, &call),
                None => Err(reject::not_found(id)),
            }
        };
        match outcome {
            Ok(Native::Reply(bytes)) => self.respond(origin, Payload::Reply(bytes), cycles),
            Ok(Native::Kept(bytes)) => self.respond(origin, Payload::Reply(bytes), 0),
            // Whoever answers later knows nothing of the call's cycles.
            Ok(Native::Later) => self.credit(caller, cycles),
            Err(reject) => self.respond(origin, Payload::Reject(reject), cycles),
        }
    }

    fn native_kind(&self, id: Principal) -> Option<NativeKind> {
        match self.state.canisters.get(&id)?.system.code {
            CanisterCode::Native(kind) => Some(kind),
            _ => None,
        }
    }
}

/// Answers a query of a native canister.
pub(crate) fn query(turn: &Turn<'_>, kind: NativeKind, query: &Query) -> Result<Payload, Reject> {
    match kind {
        NativeKind::Registry => registry::query(turn.env.registry, query),
        NativeKind::Assets => assets::query(turn, query),
    }
}

/// A method's argument.
pub(crate) fn decode<T: CandidType + DeserializeOwned>(method: &str, arg: &[u8]) -> Result<T, Reject> {
    let mut config = candid::DecoderConfig::new();
    // Bounds the work that a small hostile argument can cause.
    config.set_decoding_quota(50_000_000).set_skipping_quota(1_000_000);
    candid::utils::decode_one_with_config(arg, &config).map_err(|error| reject::bad_argument(method, &error))
}

/// A method's reply.
pub(crate) fn reply(values: impl ArgumentEncoder) -> Result<Native, Reject> {
    encode(values).map(Native::Reply)
}

pub(crate) fn encode(values: impl ArgumentEncoder) -> Result<Vec<u8>, Reject> {
    candid::encode_args(values).map_err(|error| {
        Reject::new(ErrorCode::CERTIFIED_STATE_UNAVAILABLE, format!("the reply can't be encoded: {error}"))
    })
}

/// The empty reply `()`.
pub(crate) fn unit() -> Vec<u8> {
    b"DIDL\0\0".to_vec()
}

/// A native canister has no such method.
pub(crate) fn unknown<T>(what: &str, method: &str) -> Result<T, Reject> {
    let method: String = method.chars().take(200).collect();
    Err(Reject::new(ErrorCode::CANISTER_METHOD_NOT_FOUND, format!("{what} has no method '{method}'")))
}
