//! An app's web site: its files, and `/env.json`, which tells the page where its canisters are.
//!
//! Invariant: a site's pages run nothing but their own files, and talk to their own host only.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::CanisterId;
use serde::Serialize;

use crate::gateway::Gateway;
use crate::host::authority;
use crate::refusal::Refused;
use crate::replica::{AppAddress, Asset};

/// What the page learns from `/env.json`.
#[derive(Serialize)]
struct Env {
    backend_canister_id: String,
    registry_canister_id: String,
    asset_canister_id: String,
    app: String,
    version: u64,
    root_key: String,
    backend_host: String,
}

/// Answers a request for a site.
pub(crate) fn respond(gateway: &Gateway, label: &str, parts: &Parts) -> Result<Response, Refused> {
    let Some(app) = gateway.replica.resolve_app(label) else {
        return Ok(no_such_app(label));
    };
    gateway.books.app(app.assets)?;
    if parts.method != Method::GET && parts.method != Method::HEAD {
        let refused = Refused::new(StatusCode::METHOD_NOT_ALLOWED, "an app's site takes GET and HEAD requests only");
        return Ok(([(header::ALLOW, "GET, HEAD")], refused).into_response());
    }
    let path = decode_path(parts.uri.path())?;
    let response = match path.as_str() {
        "/env.json" => env(gateway, &app, parts)?,
        _ => file(gateway, &app, &path, parts)?,
    };
    let response = secured(gateway, response);
    Ok(if parts.method == Method::HEAD { without_body(response) } else { response })
}

fn env(gateway: &Gateway, app: &AppAddress, parts: &Parts) -> Result<Response, Refused> {
    let host = authority(parts).map_err(|error| Refused::bad_request(error.to_string()))?;
    // A proxy that ends TLS says so here; the answer goes to nobody but the asker.
    let secure = parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    let scheme = if secure { "https" } else { "http" };
    let env = Env {
        backend_canister_id: app.backend.to_text(),
        registry_canister_id: CanisterId::REGISTRY.to_text(),
        asset_canister_id: app.assets.to_text(),
        app: app.name.clone(),
        version: app.version,
        root_key: hex::encode(gateway.replica.status().root_key_der),
        backend_host: format!("{scheme}://{host}"),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(env)).into_response())
}

/// A file, or the index for a path that is a page of a single-page app.
fn file(gateway: &Gateway, app: &AppAddress, path: &str, parts: &Parts) -> Result<Response, Refused> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let encodings = header(header::ACCEPT_ENCODING);
    let get = |path: &str| gateway.replica.asset(&app.assets, path, encodings);
    let found = match path {
        "/" => get("/index.html"),
        _ => get(path).or_else(|| looks_like_a_page(path).then(|| get("/index.html")).flatten()),
    };
    let Some(asset) = found else {
        return Err(Refused::not_found(format!("the app {} has no file `{}`", app.name, path.escape_debug())));
    };
    let etag = format!("\"{}\"", asset.etag);
    let unchanged = header(header::IF_NONE_MATCH).split(',').any(|tag| matches(tag.trim(), &etag));
    Ok(if unchanged { not_modified(&asset, &etag) } else { whole(asset, &etag) })
}

fn matches(tag: &str, etag: &str) -> bool {
    tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
}

/// A path whose last part has no extension is a page's address, not a file's.
fn looks_like_a_page(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or(path).contains('.')
}

fn caching(asset: &Asset, etag: &str) -> [(header::HeaderName, String); 3] {
    let control = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    [
        (header::ETAG, etag.to_owned()),
        (header::CACHE_CONTROL, control.to_owned()),
        (header::VARY, "Accept-Encoding".to_owned()),
    ]
}

fn not_modified(asset: &Asset, etag: &str) -> Response {
    (StatusCode::NOT_MODIFIED, caching(asset, etag)).into_response()
}

fn whole(asset: Asset, etag: &str) -> Response {
    let caching = caching(&asset, etag);
    let mut response = ([(header::CONTENT_TYPE, asset.content_type)], caching, Body::from(asset.bytes)).into_response();
    if let Some(encoding) = asset.content_encoding.and_then(|name| HeaderValue::try_from(name).ok()) {
        response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// Adds what confines a page. The studio may show the site in a frame.
fn secured(gateway: &Gateway, mut response: Response) -> Response {
    let studios: String =
        gateway.hosts.domains().iter().map(|domain| format!(" http://{domain}:* https://{domain}:*")).collect();
    let policy = format!(
        "default-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         base-uri 'self'; form-action 'self'; frame-ancestors 'self' http://127.0.0.1:*{studios}"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = axum::body::HttpBody::size_hint(&body).exact() {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}

/// The path with its percent signs resolved; dot segments, backslashes and control characters have no
/// business in a site's address and are refused.
fn decode_path(path: &str) -> Result<String, Refused> {
    let refused = || Refused::bad_request("the address is not a valid path of a site");
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, after) = match (first, tail) {
            (b'%', [high, low, after @ ..]) => (hex_pair(*high, *low).ok_or_else(refused)?, after),
            (b'%', _) => return Err(refused()),
            (byte, after) => (*byte, after),
        };
        bytes.push(byte);
        rest = after;
    }
    let path = String::from_utf8(bytes).map_err(|_| refused())?;
    let strange =
        path.contains(|c: char| c.is_control() || c == '\\') || path.split('/').any(|part| part == "." || part == "..");
    if strange || !path.starts_with('/') { Err(refused()) } else { Ok(path) }
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}

/// A page for people who followed an old link.
fn no_such_app(label: &str) -> Response {
    // The label was checked to consist of letters, digits and hyphens, so it needs no escaping.
    let text = format!(
        "There is no app called <b>{label}</b> on this node. It may have been renamed or removed; ask whoever sent you \
         the link."
    );
    notice(StatusCode::NOT_FOUND, "No app here", &text)
}

/// A page for whoever left a look open.
pub(crate) fn look_is_over() -> Response {
    let text =
        "This look at the app is over. Nothing that was done here touched the app. Open a new one in the studio.";
    notice(StatusCode::GONE, "This look is over", text)
}

/// A page of one sentence; `text` is HTML.
fn notice(status: StatusCode, title: &str, text: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <body style=\"font-family:system-ui;max-width:32rem;margin:20vh auto;padding:0 1rem\">\
         <h1>{title}</h1><p>{text}</p></body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_once_and_confined() {
        let decode = |path: &str| decode_path(path).ok();
        assert_eq!(decode("/a%20b/c.js").as_deref(), Some("/a b/c.js"));
        assert_eq!(decode("/%252e%252e/x").as_deref(), Some("/%2e%2e/x"));
        assert_eq!(decode("/a..b/...").as_deref(), Some("/a..b/..."));
        for wrong in [
            "/../x",
            "/a/..",
            "/%2e%2e/x",
            "/a/%2E%2e%2fx",
            "/a\\..",
            "/%5c",
            "/%00",
            "/%",
            "/%4",
            "/%zz",
            "/%ff",
            "*",
            "",
        ] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn pages_have_no_extension() {
        assert!(looks_like_a_page("/guests/12"));
        assert!(looks_like_a_page("/v1.2/guests"));
        assert!(!looks_like_a_page("/assets/app.js"));
    }
}
