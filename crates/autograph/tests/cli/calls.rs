//! `autograph call` against a gateway with real certificates and signatures.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{Method, Uri},
    response::Response,
};
use gateway::{Gateway, GatewayConfig};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    fake::{COUNTER, Fake},
    support::{Asked, Home, Says, api, mode},
};

/// A user whose node has the one app `wedding`.
struct World {
    home: Home,
    fake: Arc<Fake>,
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

async fn world() -> World {
    let fake = Fake::new();
    let (studio, asked) = api(vec![Says::result(json!({ "app": "wedding", "canister_id": COUNTER.to_text() }))]);
    let meter = Arc::new(gateway::Meter::new(&gateway::Quotas::default()));
    let gateway = Gateway::new(fake.clone(), studio, meter, GatewayConfig::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    tokio::spawn(gateway::serve(gateway, listener, std::future::pending()));
    let home = Home::new();
    home.runs(&url, &fake.root_key_der());
    World { home, fake, url, asked }
}

impl World {
    async fn value(&self, args: &[&str]) -> Value {
        let done = self.home.json(&[&["call"], args].concat()).await;
        assert_eq!(done.code, 0, "{args:?}: {done:?}");
        done.json()
    }

    async fn error(&self, args: &[&str], code: i32) -> String {
        let done = self.home.json(&[&["call"], args].concat()).await;
        assert_eq!(done.code, code, "{args:?}: {done:?}");
        done.error()
    }
}

#[tokio::test]
async fn updates_and_queries_are_told_apart_by_the_interface() {
    let world = world().await;
    assert_eq!(world.value(&["wedding", "inc"]).await, json!({ "candid": "(1 : nat)", "value": "1" }));
    assert_eq!(world.value(&["wedding", "get", "()"]).await["value"], "1");
    assert_eq!(world.fake.runs(), 1, "the query was none");
    let human = world.home.run(&["call", "wedding", "get"]).await;
    assert_eq!((human.code, human.out.as_str()), (0, "(1 : nat)\n"));
    assert!(world.error(&["wedding", "inc", "--query"], 1).await.contains("no query method `inc`"));
}

#[tokio::test]
async fn callers_are_the_owner_or_whom_as_names() {
    let world = world().await;
    let owner = world.value(&["wedding", "whoami"]).await["value"].clone();
    let anna = world.value(&["wedding", "whoami", "--as", "anna"]).await["value"].clone();
    let nobody = world.value(&["wedding", "whoami", "--as", "anonymous"]).await["value"].clone();
    assert_eq!(world.asked.lock().expect("no panic")[0].sender.to_text(), owner.as_str().expect("text"));
    assert_ne!(owner, anna);
    assert_eq!(nobody, "2vxsx-fae");
    assert_eq!(world.value(&["wedding", "whoami", "--as", "anna"]).await["value"], anna, "the key is kept");
    assert_eq!(mode(&world.home.state().join("keys/anna.pem")), 0o600);
    assert!(world.error(&["wedding", "whoami", "--as", "../x"], 2).await.contains("name of a key"));
}

#[tokio::test]
async fn an_app_may_be_named_by_its_canister_id_or_by_its_address() {
    let world = world().await;
    let id = COUNTER.to_text();
    assert_eq!(world.value(&[&id, "get"]).await["value"], "0");
    assert_eq!(world.asked.lock().expect("no panic").len(), 0, "nobody needs to be asked who that is");
    std::fs::remove_dir_all(world.home.state()).expect("the state goes");
    let elsewhere = ["--node", &world.url, "--as", "anonymous"];
    assert_eq!(world.value(&[&["wedding", "get"][..], &elsewhere].concat()).await["value"], "0");
    let error = world.error(&[&["nothing", "get"][..], &elsewhere].concat(), 2).await;
    assert!(error.contains("no app called `nothing`"), "{error}");
}

#[tokio::test]
async fn wrong_arguments_are_named_with_their_place() {
    let world = world().await;
    assert!(world.error(&["wedding", "inc", "(1, }"], 2).await.contains("at character 5"));
    assert!(world.error(&["wedding", "inc", "(1"], 2).await.contains("at the end"));
    assert!(world.error(&["wedding", "inc", "(1)"], 2).await.contains("`inc` takes ()"));
    assert!(world.error(&["wedding", "nothing"], 2).await.contains("it has get, inc, whoami"));
    assert_eq!(world.fake.runs(), 0);
}

#[tokio::test]
async fn an_answer_that_the_root_key_does_not_vouch_for_is_not_shown() {
    let world = world().await;
    world.home.runs(&world.url, &protocol::RootKey::from_seed(&[9; 32]).public_key_der());
    for args in [&["wedding", "inc"][..], &["wedding", "get"]] {
        let error = world.error(args, 1).await;
        assert!(error.contains("does not carry this node's signature"), "{error}");
    }
    assert_eq!(world.fake.runs(), 0);
}

#[tokio::test]
async fn rejects_are_passed_on() {
    let world = world().await;
    // A canister without an interface is called without types, and says itself what it does not have.
    let stranger = protocol::CanisterId::from_index(77).to_text();
    let error = world.error(&[&stranger, "trap"], 1).await;
    assert!(error.contains("overflowed") && error.contains("IC0503"), "{error}");
    let error = world.error(&[&stranger, "refused"], 1).await;
    assert!(error.contains("did not accept the call"), "{error}");
}

/// A node behind a doorkeeper who turns every other request away: sometimes busy, sometimes hanging up.
async fn flaky(to: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let (client, count) =
        (reqwest::Client::builder().no_proxy().build().expect("a client"), Arc::new(AtomicUsize::new(0)));
    let forward = move |method: Method, uri: Uri, body: Bytes| {
        let (client, to, count) = (client.clone(), to.replace("localhost", "127.0.0.1"), count.clone());
        async move {
            let number = count.fetch_add(1, Ordering::SeqCst);
            let answer = match number % 3 {
                // Done, and the answer is lost.
                1 => {
                    client.request(method, format!("{to}{uri}")).body(body).send().await.expect("an answer");
                    let broken = std::io::Error::other("the cable was cut");
                    return Response::new(Body::from_stream(futures_util::stream::iter([Err::<Bytes, _>(broken)])));
                }
                2 => client.request(method, format!("{to}{uri}")).body(body).send().await.expect("an answer"),
                _ => {
                    let busy = Response::builder().status(503).header("retry-after", "0");
                    return busy.body(Body::empty()).expect("a response");
                }
            };
            let status = answer.status();
            let body = answer.bytes().await.expect("a body");
            Response::builder().status(status).body(Body::from(body)).expect("a response")
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(forward)).await });
    url
}

#[tokio::test]
async fn slow_moments_are_waited_through_and_nothing_is_done_twice() {
    let world = world().await;
    let url = flaky(world.url.clone()).await;
    world.home.runs(&url, &world.fake.root_key_der());
    let id = COUNTER.to_text();
    let done = world.home.json(&["call", &id, "inc"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(done.json()["value"], "1");
    assert!(done.words.contains("waiting"), "{done:?}");
    assert_eq!(world.fake.runs(), 1);
}
