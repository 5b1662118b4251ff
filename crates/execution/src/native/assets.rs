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

    pub(super) fn asset_query(&self, query: &Query) -> Result<Payload, Reject> {
        match query.method.as_str() {
            "http_request" => self.http_request(query).map(Payload::Reply),
            "list" => encode((self.paths(query.canister),)).map(Payload::Reply),
            other => unknown(&format!("asset canister {}", query.canister), other),
        }
    }

    /// A file by its path, which begins with `/`.
    #[must_use]
    pub fn asset(&self, id: Principal, path: &str) -> Option<AssetAnswer> {
        let file = self.state.canisters.get(&id)?.assets.get(path)?.clone();
        let bytes = self.blobs.get(&file.hash)?;
        Some(AssetAnswer { file, bytes })
    }

    fn paths(&self, id: Principal) -> Vec<String> {
        self.state.canisters.get(&id).map(|canister| canister.assets.keys().cloned().collect()).unwrap_or_default()
    }

    fn http_request(&self, query: &Query) -> Result<Vec<u8>, Reject> {
        let request: HttpRequest = decode("http_request", &query.arg)?;
        let path = request.url.split(['?', '#']).next().unwrap_or("/");
        let path = if path.is_empty() || path == "/" { "/index.html" } else { path };
        let found = if request.method == "GET" { self.asset(query.canister, path) } else { None };
        let response = match found {
            Some(asset) => HttpResponse {
                status_code: 200,
                headers: vec![("content-type".into(), asset.file.content_type)],
                body: asset.bytes.to_vec().into(),
            },
            None => HttpResponse { status_code: 404, headers: Vec::new(), body: b"not found".to_vec().into() },
        };
        encode((response,))
    }
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
