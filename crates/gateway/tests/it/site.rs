//! Hosts and sites.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::fake::{ASSETS, COUNTER};
use crate::support::*;

#[tokio::test]
async fn hosts_decide_who_answers() {
    let setup = setup();
    for host in ["localhost", "localhost:4943", "127.0.0.1:4943", "[::1]:4943"] {
        assert_eq!(setup.get(host, "/").await.text(), "the studio", "{host}");
    }
    for host in [
        "wedding.localhost",
        "wedding.localhost:4943",
        &format!("{COUNTER}.localhost:4943"),
        &format!("{ASSETS}.localhost"),
    ] {
        assert!(setup.get(host, "/").await.text().contains("Wedding"), "{host}");
    }
}

#[tokio::test]
async fn foreign_hosts_are_misdirected_everywhere() {
    let setup = setup();
    for path in ["/", "/api/v2/status", "/env.json"] {
        let got = setup.get("attacker.example:4943", path).await;
        assert_eq!(got.status, StatusCode::MISDIRECTED_REQUEST);
        assert!(got.text().contains("`attacker.example:4943`"), "{}", got.text());
    }
    let nameless = Request::get("/").body(Body::empty()).expect("a request");
    assert_eq!(setup.send(nameless).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(setup.gateway.counters().wrong_host, 3);
}

#[tokio::test]
async fn the_environment_names_the_canisters() {
    let setup = setup();
    let got = setup.get("wedding.localhost:4943", "/env.json").await;
    assert_eq!(got.header("content-type"), "application/json");
    let env: serde_json::Value = serde_json::from_slice(&got.body).expect("JSON");
    assert_eq!(env["backend_canister_id"], COUNTER.to_text());
    assert_eq!(env["registry_canister_id"], "rwlgt-iiaaa-aaaaa-aaaaa-cai");
    assert_eq!(env["asset_canister_id"], ASSETS.to_text());
    assert_eq!((&env["app"], &env["version"]), (&"wedding".into(), &3.into()));
    assert_eq!(env["backend_host"], "http://wedding.localhost:4943");
    assert_eq!(env["root_key"], hex::encode(setup.fake.root_key_der()));
}

#[tokio::test]
async fn files_are_cached_and_pages_confined() {
    let setup = setup();
    let page = setup.get("wedding.localhost", "/guests/12").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-cache"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("connect-src 'self'") && policy.contains("http://localhost:*"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");

    let file = setup.get("wedding.localhost", "/assets/app-1a2b.js").await;
    assert!(file.header("cache-control").contains("immutable"));
    assert_eq!(file.header("content-type"), "text/javascript");
    let again = Request::get("/assets/app-1a2b.js")
        .header("host", "wedding.localhost")
        .header("if-none-match", file.header("etag"));
    let again = setup.send(again.body(Body::empty()).expect("a request")).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));

    let head = Request::head("/").header("host", "wedding.localhost").body(Body::empty()).expect("a request");
    let head = setup.send(head).await;
    assert_eq!((head.status, head.body.len(), head.header("content-length")), (StatusCode::OK, 0, "37"));
}

#[tokio::test]
async fn what_is_not_there_is_said_plainly() {
    let setup = setup();
    let got = setup.get("wedding.localhost", "/missing.js").await;
    assert_eq!((got.status, got.text().as_str()), (StatusCode::NOT_FOUND, "the app wedding has no file `/missing.js`"));
    let got = setup.get("nobody.localhost", "/").await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    assert!(got.text().contains("no app called <b>nobody</b>"));
    let post = Request::post("/").header("host", "wedding.localhost").body(Body::empty()).expect("a request");
    assert_eq!(setup.send(post).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let json = Request::get("/x.js").header("host", "wedding.localhost").header("accept", "application/json");
    let got = setup.send(json.body(Body::empty()).expect("a request")).await;
    assert_eq!(got.text(), r#"{"error":"the app wedding has no file `/x.js`"}"#);
}

#[tokio::test]
async fn paths_stay_inside_the_site() {
    let setup = setup();
    for path in ["/../secret", "/%2e%2e/secret", "/a/..%2f..%2fsecret", "/%5c..%5csecret", "/%00"] {
        assert_eq!(setup.get("wedding.localhost", path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
}
