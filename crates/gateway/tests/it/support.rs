//! Making requests by hand and reading answers.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use candid::Principal;
use gateway::{Gateway, GatewayConfig, Limits, Looks, Meter, Replica as _};
use ic_ed25519::PrivateKey;
use protocol::request::{Call, ReadState};
use protocol::{Content, Envelope};
use tower::ServiceExt as _;

use crate::fake::{COUNTER, Fake};

/// A gateway to a fresh fake.
pub(crate) struct Setup {
    pub(crate) fake: Arc<Fake>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) meter: Arc<Meter>,
}

/// What came back.
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are text"))
    }

    pub(crate) fn cbor(&self) -> protocol::cbor::Value<'_> {
        protocol::cbor::decode(&self.body).expect("the answer is CBOR")
    }
}

pub(crate) fn setup() -> Setup {
    with_limits(Limits::default())
}

pub(crate) fn with_limits(limits: Limits) -> Setup {
    with_config(GatewayConfig { limits, ..GatewayConfig::default() })
}

pub(crate) fn with_looks(looks: Looks) -> Setup {
    with_config(GatewayConfig { looks, ..GatewayConfig::default() })
}

fn with_config(config: GatewayConfig) -> Setup {
    let fake = Fake::new();
    let studio = Router::new().route("/", axum::routing::get(|| async { "the studio" }));
    let meter = Arc::new(Meter::new(&config.limits.quotas));
    let gateway = Gateway::new(fake.clone(), studio, meter.clone(), config);
    Setup { fake, gateway, meter }
}

pub(crate) fn key(seed: &str) -> PrivateKey {
    PrivateKey::generate_from_seed(seed.as_bytes())
}

pub(crate) fn der(key: &PrivateKey) -> Vec<u8> {
    key.public_key().serialize_rfc8410_der()
}

pub(crate) fn principal(key: &PrivateKey) -> Principal {
    Principal::self_authenticating(der(key))
}

pub(crate) fn sign(content: Content, key: &PrivateKey) -> Envelope {
    Envelope::signed(content, der(key), |payload| key.sign_message(payload).to_vec())
}

impl Setup {
    /// A call that is good for a minute.
    pub(crate) fn call(&self, method: &str, sender: Principal) -> Call {
        Call {
            canister_id: COUNTER.principal(),
            method_name: method.into(),
            arg: b"DIDL\0\0".to_vec(),
            sender,
            nonce: None,
            ingress_expiry: self.fake.now() + 60_000_000_000,
            sender_info: None,
        }
    }

    pub(crate) fn signed(&self, method: &str, key: &PrivateKey) -> Envelope {
        sign(Content::Call(self.call(method, principal(key))), key)
    }

    pub(crate) fn signed_query(&self, method: &str, key: &PrivateKey) -> Envelope {
        sign(Content::Query(self.call(method, principal(key))), key)
    }

    pub(crate) fn read(&self, paths: &[&[&[u8]]], key: &PrivateKey) -> Vec<u8> {
        let read = ReadState {
            paths: paths.iter().map(|path| path.iter().map(|label| label.to_vec()).collect()).collect(),
            sender: principal(key),
            nonce: None,
            ingress_expiry: self.fake.now() + 60_000_000_000,
        };
        sign(Content::ReadState(read), key).encode()
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Got {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9999))));
        let (parts, body) = self.gateway.router().oneshot(request).await.expect("a router can't fail").into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("bodies are whole");
        Got { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }

    pub(crate) async fn get(&self, host: &str, path: &str) -> Got {
        self.send(Request::get(path).header("host", host).body(Body::empty()).expect("a request")).await
    }

    /// Posts to an address of the counter canister.
    pub(crate) async fn post(&self, verb: &str, body: impl Into<Body>) -> Got {
        let (version, verb) = verb.split_once('/').expect("version/verb");
        self.post_to(&format!("/api/{version}/canister/{COUNTER}/{verb}"), body).await
    }

    pub(crate) async fn post_to(&self, path: &str, body: impl Into<Body>) -> Got {
        self.post_at("localhost:4943", path, body).await
    }

    pub(crate) async fn post_at(&self, host: &str, path: &str, body: impl Into<Body>) -> Got {
        let request = Request::post(path).header("host", host).header("content-type", "application/cbor");
        self.send(request.body(body.into()).expect("a request")).await
    }
}
