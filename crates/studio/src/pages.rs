//! Three cases for a path: a built file; the interfaces' own prefixes, which are no pages; and everything else, which
//! is an address within the studio and gets `index.html`.
//!
//! A file under `assets/` is named after its content and may be kept for ever; every other answer is asked for anew.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use rust_embed::{EmbeddedFile, RustEmbed};

/// Serves the studio at every path that no other route takes.
///
/// Merge it into the router of the studio's host; it sets the fallback and nothing else.
pub fn routes() -> Router {
    Router::new().fallback(serve)
}

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Dist;

const INDEX: &str = "index.html";
const NOT_BUILT: &str = "The studio was not built into this binary: run `make build`, then start again.\n";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Scripts and fonts come from the binary; inline styles carry measures such as the divider's place.
const POLICY: &str = "default-src 'self'; connect-src 'self'; frame-src http://*.localhost:*; \
                      style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "the studio's pages are only read\n");
    }
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("_/") {
        return text(StatusCode::NOT_FOUND, "nothing is served here\n");
    }
    match Dist::get(path).filter(|_| is_page(path)) {
        Some(file) => answer(path, &file, &headers),
        None if path.starts_with("assets/") => text(StatusCode::NOT_FOUND, "no such file in this version\n"),
        None => match Dist::get(INDEX) {
            Some(file) => answer(INDEX, &file, &headers),
            None => text(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT),
        },
    }
}

/// The folder's own housekeeping (`.gitignore`) is embedded with it and is no page.
fn is_page(path: &str) -> bool {
    !path.starts_with('.')
}

fn answer(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response<Body> {
    let tag = entity_tag(file);
    let fresh = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag);
    let mut response =
        if fresh { Response::new(Body::empty()) } else { Response::new(Body::from(file.data.clone().into_owned())) };
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let caching = if path.starts_with("assets/") { FOR_EVER } else { "no-cache" };
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    set.insert(header::ETAG, tag);
    guarded(response)
}

/// The first half of the content's SHA-256, in quotes as entity tags are.
fn entity_tag(file: &EmbeddedFile) -> HeaderValue {
    let hash = file.metadata.sha256_hash();
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hex}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

fn text(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    guarded(response)
}

fn guarded(mut response: Response<Body>) -> Response<Body> {
    let set = response.headers_mut();
    set.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    set.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    set.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    response
}

/// What the build writes and nothing else; an unknown kind is only ever downloaded.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use axum::http::Request;
    use tower::ServiceExt;

    async fn ask(method: &str, path: &str, known: Option<&HeaderValue>) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(tag) = known {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let request = request.body(Body::empty()).unwrap();
        routes().oneshot(request).await.unwrap()
    }

    fn is_built() -> bool {
        Dist::get(INDEX).is_some()
    }

    #[tokio::test]
    async fn every_answer_is_guarded() {
        for (method, path) in [("GET", "/"), ("POST", "/"), ("GET", "/api/v2/status"), ("GET", "/assets/none.js")] {
            let response = ask(method, path, None).await;
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'none'"), "{method} {path}");
            assert!(!policy.contains("  "), "{policy}");
            assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        }
    }

    #[tokio::test]
    async fn interfaces_and_writes_are_no_pages() {
        assert_eq!(ask("GET", "/api/v2/status", None).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(ask("GET", "/_/api/list", None).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(ask("GET", "/assets/none.js", None).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(ask("POST", "/", None).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[tokio::test]
    async fn addresses_of_the_studio_get_the_page_or_say_how_to_build_it() {
        for path in ["/", "/apps/wedding/history", "/.gitignore"] {
            let response = ask("GET", path, None).await;
            let status = response.status();
            let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
            let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            if is_built() {
                assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
                assert!(body.contains("<div id=\"root\">"), "{path}");
            } else {
                assert_eq!((status, body.as_str()), (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT));
            }
        }
    }

    #[tokio::test]
    async fn built_files_are_kept_by_their_name_and_the_page_by_its_tag() {
        for file in Dist::iter().filter(|file| is_page(file)) {
            let response = ask("GET", &format!("/{file}"), None).await;
            assert_eq!(response.status(), StatusCode::OK);
            let hashed = file.starts_with("assets/");
            let caching = response.headers()[header::CACHE_CONTROL].to_str().unwrap();
            assert_eq!(caching.contains("immutable"), hashed, "{file}");
            let tag = response.headers()[header::ETAG].clone();
            let again = ask("GET", &format!("/{file}"), Some(&tag)).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        }
    }
}
