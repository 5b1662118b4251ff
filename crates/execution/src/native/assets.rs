//! Asset canisters: an app's frontend, file by file.
//!
//! Their files change only together with the backend, by the registry's `publish`; so they have no update methods.

use std::sync::Arc;

use candid::{CandidType, Principal};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use state::replicated::{Payload, Reject};

use super::{Native, NativeCall, decode, encode, unknown};
use crate::{
    executor::Executor,
    query::Query,
    registry::{AppAssets, AssetFile},
    turn::Turn,
};

/// A file of a frontend, with its bytes.
#[derive(Clone, Debug)]
pub struct AssetAnswer {
    /// What is known about it.
    pub file: AssetFile,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

#[derive(CandidType, Deserialize)]
struct HttpRequest {
    method: String,
    url: String,
}

#[derive(CandidType, Serialize)]
struct HttpResponse {
    status_code: u16,
    headers: Vec<(String, String)>,
    body: serde_bytes::ByteBuf,
}

impl Executor {
    pub(super) fn asset_call(&mut self, id: Principal, call: &NativeCall<'_>) -> Result<Native, Reject> {
        unknown(&format!("asset canister {id}"), call.method)
    }

    /// A file by its path, which begins with `/`.
    #[must_use]
    pub fn asset(&self, id: Principal, path: &str) -> Option<AssetAnswer> {
        let file = self.state.canisters.get(&id)?.assets.get(path)?.clone();
        let bytes = self.blobs.get(&file.hash)?;
        Some(AssetAnswer { file, bytes })
    }
}

pub(super) fn query(turn: &Turn<'_>, query: &Query) -> Result<Payload, Reject> {
    match query.method.as_str() {
        "http_request" => http_request(turn, query).map(Payload::Reply),
        "list" => encode((turn.canister.assets.keys().cloned().collect::<Vec<String>>(),)).map(Payload::Reply),
        other => unknown(&format!("asset canister {}", query.canister), other),
    }
}

fn http_request(turn: &Turn<'_>, query: &Query) -> Result<Vec<u8>, Reject> {
    let request: HttpRequest = decode("http_request", &query.arg)?;
    let path = request.url.split(['?', '#']).next().unwrap_or("/");
    let path = if path.is_empty() || path == "/" { "/index.html" } else { path };
    let file = turn.canister.assets.get(path).filter(|_| request.method == "GET");
    let found = file.and_then(|file| Some((file, turn.env.blobs.get(&file.hash)?)));
    let response = match found {
        Some((file, bytes)) => HttpResponse {
            status_code: 200,
            headers: vec![("content-type".into(), file.content_type.clone())],
            body: bytes.to_vec().into(),
        },
        None => HttpResponse { status_code: 404, headers: Vec::new(), body: b"not found".to_vec().into() },
    };
    encode((response,))
}

/// What the certified state says about a frontend: a hash over all its paths, hashes and types, in order.
#[must_use]
pub(crate) fn fingerprint(assets: &AppAssets) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for (path, file) in assets {
        for part in [path.as_bytes(), file.hash.as_slice(), file.content_type.as_bytes()] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().to_vec()
}
