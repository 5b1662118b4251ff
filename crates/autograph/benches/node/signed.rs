//! Signed requests and what their answers must be: what an agent does, without the agent.

use std::{
    collections::HashSet,
    sync::Mutex,
    time::{SystemTime, UNIX_EPOCH},
};

use candid::Principal;
use ic_certification::LookupResult;
use ic_ed25519::PrivateKey;
use protocol::{
    Content, Envelope, RequestId, cbor,
    certificate::{read_certificate, verify_certificate},
    request::Call,
};

use crate::http::Prepared;

/// How long a request may wait for being sent, ns. The interface allows five minutes, less some drift.
const EXPIRY: u64 = 240_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Update,
    Query,
}

/// Somebody with a key.
pub(crate) struct Identity {
    key: PrivateKey,
    public: Vec<u8>,
    principal: Principal,
}

impl Identity {
    pub(crate) fn of(key: PrivateKey) -> Identity {
        let public = key.public_key().serialize_rfc8410_der();
        let principal = Principal::self_authenticating(&public);
        Identity { key, public, principal }
    }

    /// The same number has the same key.
    pub(crate) fn numbered(i: usize) -> Identity {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&i.to_be_bytes());
        Identity::of(PrivateKey::deserialize_raw_32(&seed))
    }

    /// Signs a call. Two calls with the same content are two calls: the nonce has the time.
    pub(crate) fn sign(&self, what: Asked<'_>, arg: Vec<u8>) -> Signed {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
        let call = Call {
            canister_id: what.canister,
            method_name: what.method.into(),
            arg,
            sender: self.principal,
            nonce: Some(now.to_be_bytes().to_vec()),
            ingress_expiry: u64::try_from(now).expect("fits") + EXPIRY,
            sender_info: None,
        };
        let (content, version, end) = match what.kind {
            Kind::Query => (Content::Query(call), "v3", "query"),
            Kind::Update => (Content::Call(call), "v4", "call"),
        };
        let id = content.request_id();
        let sign = |bytes: &[u8]| self.key.sign_message(bytes).to_vec();
        let body = Envelope::signed(content, self.public.clone(), sign).encode().into();
        let path = format!("/api/{version}/canister/{}/{end}", what.effective);
        Signed { prepared: Prepared { path, body }, kind: what.kind, id }
    }
}

/// What a request asks for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) kind: Kind,
    pub(crate) canister: Principal,
    /// Differs from `canister` for calls of the management canister.
    pub(crate) effective: Principal,
    pub(crate) method: &'a str,
}

impl<'a> Asked<'a> {
    pub(crate) fn update(canister: Principal, method: &'a str) -> Asked<'a> {
        Asked { kind: Kind::Update, canister, effective: canister, method }
    }

    pub(crate) fn query(canister: Principal, method: &'a str) -> Asked<'a> {
        Asked { kind: Kind::Query, canister, effective: canister, method }
    }
}

/// A request ready to be sent, and what its answer is recognised by.
pub(crate) struct Signed {
    pub(crate) prepared: Prepared,
    pub(crate) kind: Kind,
    pub(crate) id: RequestId,
}

/// Checks answers as an agent does: every path of every certificate, and each distinct root's signature once. Of a
/// query's answer it is only checked that the node signed it.
pub(crate) struct Checker {
    root_key: Vec<u8>,
    signed: Mutex<HashSet<[u8; 32]>>,
}

impl Checker {
    /// With the root key that the node's status names.
    pub(crate) fn of(status: &[u8]) -> Checker {
        let status = cbor::decode(status).expect("CBOR");
        let root_key = bytes_of(&status, "root_key").expect("a root key").to_vec();
        Checker { root_key, signed: Mutex::default() }
    }

    /// The reply's bytes, or what kind of failure it is.
    pub(crate) fn reply(&self, request: &Signed, body: &[u8]) -> Result<Vec<u8>, String> {
        let answer = cbor::decode(body).map_err(|_| "not CBOR".to_owned())?;
        match field(&answer, "status") {
            Some(cbor::Value::Text(text)) if text == "replied" => {}
            _ => return Err(refusal(&answer)),
        }
        match request.kind {
            Kind::Query => {
                field(&answer, "signatures").ok_or("a query's answer without signature")?;
                let arg = field(&answer, "reply").and_then(|reply| bytes_of(reply, "arg"));
                Ok(arg.ok_or("a query's answer without reply")?.to_vec())
            }
            Kind::Update => self.certified(&request.id, bytes_of(&answer, "certificate").ok_or("no certificate")?),
        }
    }

    fn certified(&self, id: &RequestId, certificate: &[u8]) -> Result<Vec<u8>, String> {
        let broken = || "a certificate that does not hold".to_owned();
        let (tree, _) = read_certificate(certificate).map_err(|_| broken())?;
        let root = tree.digest();
        let known = self.signed.lock().expect("not poisoned").contains(&root);
        if !known {
            verify_certificate(certificate, &self.root_key).map_err(|_| broken())?;
            self.signed.lock().expect("not poisoned").insert(root);
        }
        let leaf = |name: &'static [u8]| match tree.lookup_path([&b"request_status"[..], id.as_bytes(), name]) {
            LookupResult::Found(bytes) => Ok(bytes.to_vec()),
            _ => Err("a certificate without reply".to_owned()),
        };
        match leaf(b"status")?.as_slice() {
            b"replied" => leaf(b"reply"),
            _ => Err(leaf(b"reject_message").map_or_else(|kind| kind, |text| first_words("rejected", &text))),
        }
    }
}

fn refusal(answer: &cbor::Value<'_>) -> String {
    match field(answer, "reject_message") {
        Some(cbor::Value::Text(text)) => first_words("rejected", text.as_bytes()),
        _ => "neither reply nor reject".into(),
    }
}

/// Enough of a text to tell kinds of failures apart.
fn first_words(kind: &str, text: &[u8]) -> String {
    format!("{kind}: {}", String::from_utf8_lossy(text).chars().take(80).collect::<String>())
}

fn field<'a>(map: &'a cbor::Value<'_>, name: &str) -> Option<&'a cbor::Value<'a>> {
    let cbor::Value::Map(fields) = map else { return None };
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

fn bytes_of<'a>(map: &'a cbor::Value<'_>, name: &str) -> Option<&'a [u8]> {
    match field(map, name)? {
        cbor::Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}
