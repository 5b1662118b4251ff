//! The interface: what is answered, and what is refused with which words.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use candid::Principal;
use ic_ed25519::PrivateKey;
use proptest::prelude::*;
use protocol::cbor::Value;
use protocol::certificate::verify_certificate;
use protocol::request::{Delegation, SignedDelegation};
use protocol::{CanisterId, Content, Envelope};

use crate::fake::COUNTER;
use crate::support::*;

/// The field of a CBOR map.
fn field<'a>(value: &'a Value<'a>, name: &str) -> Option<&'a Value<'a>> {
    let Value::Map(fields) = value else {
        return None;
    };
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The value at a path in an answer's certificate, which must verify.
fn certified(setup: &Setup, got: &Got, path: &[&[u8]]) -> Option<Vec<u8>> {
    let answer = got.cbor();
    let Some(Value::Bytes(certificate)) = field(&answer, "certificate") else {
        panic!("no certificate: {}", got.text())
    };
    let tree = verify_certificate(certificate, &setup.fake.root_key_der()).expect("the certificate holds");
    match tree.lookup_path(path.iter().copied()) {
        ic_certification::LookupResult::Found(value) => Some(value.to_vec()),
        _ => None,
    }
}

#[tokio::test]
async fn status_tells_the_root_key() {
    let setup = setup();
    let got = setup.get("127.0.0.1:4943", "/api/v2/status").await;
    assert_eq!(got.status, StatusCode::OK);
    assert_eq!(got.header("content-type"), "application/cbor");
    assert_eq!(got.header("access-control-allow-origin"), "*");
    let answer = got.cbor();
    assert_eq!(field(&answer, "root_key"), Some(&Value::Bytes(setup.fake.root_key_der().into())));
    assert_eq!(field(&answer, "replica_health_status"), Some(&Value::Text("healthy".into())));
}

#[tokio::test]
async fn a_synchronous_call_is_answered_with_its_certificate() {
    let setup = setup();
    let envelope = setup.signed("inc", &key("a"));
    let id = envelope.content.request_id();
    for version in ["v3/call", "v4/call"] {
        let got = setup.post(version, envelope.encode()).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text());
        let status = certified(&setup, &got, &[b"request_status", id.as_bytes(), b"status"]);
        assert_eq!(status.as_deref(), Some(&b"replied"[..]));
        assert!(certified(&setup, &got, &[b"time"]).is_some());
    }
    // The second time was the same request, which must not run again.
    assert_eq!(setup.fake.runs(), 1);
}

#[tokio::test]
async fn an_asynchronous_call_is_accepted_and_polled() {
    let setup = setup();
    let owner = key("a");
    let envelope = setup.signed("trap", &owner);
    let id = envelope.content.request_id();
    let got = setup.post("v2/call", envelope.encode()).await;
    assert_eq!((got.status, got.body.len()), (StatusCode::ACCEPTED, 0));
    let read = setup.read(&[&[b"request_status", id.as_bytes()]], &owner);
    for version in ["v2/read_state", "v3/read_state"] {
        let got = setup.post(version, read.clone()).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text());
        let code = certified(&setup, &got, &[b"request_status", id.as_bytes(), b"error_code"]);
        assert_eq!(code.as_deref(), Some(&b"IC0503"[..]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_long_is_accepted_without_an_answer() {
    let setup = setup();
    let got = setup.post("v4/call", setup.signed("slow", &key("a")).encode()).await;
    assert_eq!((got.status, got.body.len()), (StatusCode::ACCEPTED, 0));
}

#[tokio::test]
async fn a_call_that_is_not_let_in_is_rejected_at_once() {
    let setup = setup();
    let body = setup.signed("refused", &key("a")).encode();
    let got = setup.post("v4/call", body.clone()).await;
    assert_eq!(got.status, StatusCode::OK);
    assert_eq!(field(&got.cbor(), "status"), Some(&Value::Text("non_replicated_rejection".into())));
    assert_eq!(field(&got.cbor(), "error_code"), Some(&Value::Text("IC0406".into())));
    let got = setup.post("v2/call", body).await;
    assert_eq!((got.status, field(&got.cbor(), "reject_code")), (StatusCode::OK, Some(&Value::Nat(4))));
    let got = setup.post("v4/call", setup.signed("busy", &key("a")).encode()).await;
    assert_eq!((got.status, got.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "3"));
}

#[tokio::test]
async fn queries_are_signed_by_the_node() {
    let setup = setup();
    let content = Content::Query(setup.call("get", Principal::anonymous()));
    let got = setup.post("v3/query", Envelope::anonymous(content).encode()).await;
    assert_eq!(got.status, StatusCode::OK);
    let answer = got.cbor();
    assert_eq!(field(&answer, "status"), Some(&Value::Text("replied".into())));
    let Some(Value::Array(signatures)) = field(&answer, "signatures") else { panic!("no signatures") };
    assert_eq!(signatures.len(), 1);
    let content = Content::Query(setup.call("nothing", Principal::anonymous()));
    let got = setup.post("v2/query", Envelope::anonymous(content).encode()).await;
    assert_eq!(field(&got.cbor(), "error_code"), Some(&Value::Text("IC0536".into())));
}

#[tokio::test]
async fn malformed_bodies_are_named() {
    let setup = setup();
    let deep = [vec![0x81; 100_000], vec![0]].concat();
    for (body, words) in [
        (b"".to_vec(), "ends too early"),
        (b"hello".to_vec(), "can't be read"),
        (deep, "nests too deeply"),
        (b"\xa1\x67content\xa0".to_vec(), "lacks the field `request_type`"),
        (b"\xa2\x61a\x00\x61a\x00".to_vec(), "`a` appears twice"),
    ] {
        let got = setup.post("v4/call", body).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST);
        assert!(got.text().contains(words), "{}", got.text());
        assert_eq!(got.header("access-control-allow-origin"), "*");
    }
    assert_eq!(setup.gateway.counters().malformed, 5);
}

#[tokio::test]
async fn requests_that_prove_nothing_are_forbidden() {
    let setup = setup();
    let mut envelope = setup.signed("inc", &key("a"));
    envelope.sender_sig = Some(vec![0; 64]);
    let got = setup.post("v4/call", envelope.encode()).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert!(got.text().contains("Ed25519"), "{}", got.text());
    envelope.sender_pubkey = Some(der(&key("b")));
    assert_eq!(setup.post("v4/call", envelope.encode()).await.status, StatusCode::FORBIDDEN);
    assert_eq!((setup.fake.runs(), setup.gateway.counters().not_authenticated), (0, 2));
}

#[tokio::test]
async fn expired_requests_are_told_in_the_words_agents_know() {
    let setup = setup();
    let owner = key("a");
    let mut call = setup.call("inc", principal(&owner));
    call.ingress_expiry = 1;
    let got = setup.post("v4/call", sign(Content::Call(call), &owner).encode()).await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
    assert!(got.text().starts_with("Invalid request expiry: "), "{}", got.text());
}

#[tokio::test]
async fn other_signature_schemes_are_accepted() {
    let setup = setup();
    let k1 = ic_secp256k1::PrivateKey::generate_from_seed(b"k1");
    let r1 = ic_secp256r1::PrivateKey::generate_insecure_key_for_testing(1);
    let k1_der = k1.public_key().serialize_der();
    let r1_der = r1.public_key().serialize_der();
    let content = |der: &[u8]| Content::Call(setup.call("whoami", Principal::self_authenticating(der)));
    let by_k1 = Envelope::signed(content(&k1_der), k1_der, |m| k1.sign_message_with_ecdsa(m).to_vec());
    let by_r1 = Envelope::signed(content(&r1_der), r1_der, |m| r1.sign_message(m).to_vec());
    for envelope in [by_k1, by_r1] {
        assert_eq!(setup.post("v4/call", envelope.encode()).await.status, StatusCode::OK);
        let bad = Envelope { sender_sig: Some(vec![1; 64]), ..envelope };
        assert_eq!(setup.post("v4/call", bad.encode()).await.status, StatusCode::FORBIDDEN);
    }
}

/// A call by `owner`, signed by `session` by way of a delegation that ends at `expiration`.
fn delegated(setup: &Setup, owner: &PrivateKey, session: &PrivateKey, expiration: u64) -> Envelope {
    let delegation = Delegation { pubkey: der(session), expiration, targets: None, permissions: None };
    let signature = owner.sign_message(&delegation.signable()).to_vec();
    let mut envelope = sign(Content::Call(setup.call("inc", principal(owner))), session);
    envelope.sender_pubkey = Some(der(owner));
    envelope.sender_delegation = vec![SignedDelegation { delegation, signature }];
    envelope
}

#[tokio::test]
async fn delegations_count_until_they_end() {
    let setup = setup();
    let (owner, session) = (key("owner"), key("session"));
    let good = delegated(&setup, &owner, &session, u64::MAX);
    assert_eq!(setup.post("v4/call", good.encode()).await.status, StatusCode::OK);
    let expired = setup.post("v4/call", delegated(&setup, &owner, &session, 1).encode()).await;
    assert_eq!(expired.status, StatusCode::FORBIDDEN);
    assert!(expired.text().contains("expired"), "{}", expired.text());
    let looped = setup.post("v4/call", delegated(&setup, &owner, &owner, u64::MAX).encode()).await;
    assert!(looped.text().contains("appeared in the chain"), "{}", looped.text());
}

#[tokio::test]
async fn addresses_must_fit_the_request() {
    let setup = setup();
    let body = setup.signed("inc", &key("a")).encode();
    let other = CanisterId::from_index(7);
    for (path, status) in [
        (format!("/api/v4/canister/{other}/call"), StatusCode::BAD_REQUEST),
        (format!("/api/v3/canister/{COUNTER}/query"), StatusCode::BAD_REQUEST),
        (format!("/api/v4/subnet/{other}/call"), StatusCode::BAD_REQUEST),
        ("/api/v4/canister/nonsense/call".into(), StatusCode::BAD_REQUEST),
        (format!("/api/v4/canister/{COUNTER}/frobnicate"), StatusCode::NOT_FOUND),
        ("/api/v3/status".into(), StatusCode::NOT_FOUND),
        ("/api/v2/status".into(), StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let got = setup.post_to(&path, body.clone()).await;
        assert_eq!(got.status, status, "{path}: {}", got.text());
    }
    assert_eq!(setup.fake.runs(), 0);
}

#[tokio::test]
async fn only_its_sender_reads_a_status() {
    let setup = setup();
    let (owner, other) = (key("a"), key("b"));
    let envelope = setup.signed("inc", &owner);
    let id = envelope.content.request_id();
    setup.post("v4/call", envelope.encode()).await;
    let path: &[&[u8]] = &[b"request_status", id.as_bytes(), b"reply"];
    let got = setup.post("v3/read_state", setup.read(&[path], &other)).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    let elsewhere = format!("/api/v3/canister/{}/read_state", CanisterId::from_index(7));
    assert_eq!(setup.post_to(&elsewhere, setup.read(&[path], &owner)).await.status, StatusCode::BAD_REQUEST);
    // An unknown request is nobody's: its absence is proven to anybody.
    let got = setup.post("v3/read_state", setup.read(&[&[b"request_status", &[7; 32]]], &other)).await;
    assert_eq!(got.status, StatusCode::OK);
    let two = setup.read(&[path, &[b"request_status", &[7; 32]]], &owner);
    assert_eq!(setup.post("v3/read_state", two).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn paths_that_reveal_too_much_are_refused() {
    let setup = setup();
    let owner = key("a");
    let counter = COUNTER.as_slice();
    let paths: [&[&[u8]]; 9] = [
        &[],
        &[b"canister"],
        &[b"canister", counter],
        &[b"canister", counter, b"metadata"],
        &[b"canister", counter, b"certified_data"],
        &[b"canister", b"\x07", b"module_hash"],
        &[b"request_status"],
        &[b"request_status", b"short"],
        &[b"time", b"more"],
    ];
    for path in paths {
        let got = setup.post("v3/read_state", setup.read(&[path], &owner)).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path:?}");
    }
}

#[tokio::test]
async fn metadata_and_the_subnet_are_public_and_private_sections_are_not() {
    let setup = setup();
    let owner = key("a");
    let counter = COUNTER.as_slice();
    let public: &[&[u8]] = &[b"canister", counter, b"metadata", b"candid:service"];
    let got = setup.post("v3/read_state", setup.read(&[public, &[b"subnet"]], &owner)).await;
    assert_eq!(certified(&setup, &got, public).as_deref(), Some(crate::fake::INTERFACE.as_bytes()));
    let secret: &[&[u8]] = &[b"canister", counter, b"metadata", b"secret"];
    let got = setup.post("v3/read_state", setup.read(&[secret], &owner)).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    assert!(!got.text().contains("for controllers"));
    let subnet = Principal::self_authenticating(setup.fake.root_key_der());
    let ranges: &[&[u8]] = &[b"canister_ranges", subnet.as_slice()];
    let got = setup.post_to(&format!("/api/v3/subnet/{subnet}/read_state"), setup.read(&[ranges], &owner)).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text());
}

#[tokio::test]
async fn pages_of_any_origin_may_ask() {
    let setup = setup();
    let request = Request::options(format!("/api/v4/canister/{COUNTER}/call"))
        .header("host", "wedding.localhost:4943")
        .header("origin", "https://elsewhere.example")
        .header("access-control-request-method", "POST");
    let got = setup.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!((got.status, got.header("access-control-allow-origin")), (StatusCode::NO_CONTENT, "*"));
    assert_eq!(setup.get("localhost", "/").await.header("access-control-allow-origin"), "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_body_breaks_the_gateway(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6), cut in any::<prop::sample::Index>()) {
        let setup = setup();
        let mut body = setup.signed("inc", &key("a")).encode();
        for (at, byte) in damage {
            let at = at.index(body.len());
            body[at] = byte;
        }
        body.truncate(cut.index(body.len() * 4).max(1));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let got = runtime.block_on(setup.post("v4/call", body));
        prop_assert!(matches!(got.status.as_u16(), 200 | 400 | 403), "{} {}", got.status, got.text());
    }
}
