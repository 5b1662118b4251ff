//! Looks: hosts of their own with another state behind them.

use axum::Router;
use axum::http::StatusCode;
use gateway::{Gateway, GatewayConfig, LOOK_IDLE_NS, LOOKS_MAX, Limits, Looks, Meter, Replica as _};
use protocol::RootKey;
use std::sync::Arc;

use crate::fake::{COUNTER, Fake};
use crate::support::*;

/// A gateway over a fake of its own, whose root key is made from `seed`.
fn behind(seed: u8) -> (Arc<Fake>, Arc<Gateway>) {
    let fake = Fake::with_root(RootKey::from_seed(&[seed; 32]));
    let meter = Arc::new(Meter::new(&Limits::default().quotas));
    let gateway = Gateway::new(fake.clone(), Router::new(), meter, GatewayConfig::default());
    (fake, gateway)
}

#[tokio::test]
async fn a_look_answers_at_its_host_alone() {
    let looks = Looks::default();
    let setup = with_looks(looks.clone());
    let (fake, gateway) = behind(7);
    let name = Looks::name([7; 16]);
    looks.open(name.clone(), COUNTER.principal(), gateway, setup.fake.now());

    let host = format!("{name}.localhost:4943");
    let key = key("anyone");
    let got =
        setup.post_at(&host, &format!("/api/v4/canister/{COUNTER}/call"), setup.signed("inc", &key).encode()).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text());
    assert_eq!((fake.runs(), setup.fake.runs()), (1, 0));

    // The same status that an agent asks for its root key.
    let status = setup.get(&host, "/api/v2/status").await;
    assert!(contains(&status.body, &fake.root_key_der()) && !contains(&status.body, &setup.fake.root_key_der()));
    let status = setup.get("wedding.localhost:4943", "/api/v2/status").await;
    assert!(contains(&status.body, &setup.fake.root_key_der()));
}

#[tokio::test]
async fn a_look_that_is_over_never_reaches_the_live_node() {
    let looks = Looks::default();
    let setup = with_looks(looks.clone());
    let (_fake, gateway) = behind(7);
    let name = Looks::name([7; 16]);
    let host = format!("{name}.localhost");
    looks.open(name.clone(), COUNTER.principal(), gateway, setup.fake.now());
    looks.end(&name);

    let key = key("anyone");
    let got =
        setup.post_at(&host, &format!("/api/v4/canister/{COUNTER}/call"), setup.signed("inc", &key).encode()).await;
    assert_eq!((got.status, setup.fake.runs()), (StatusCode::GONE, 0));
    let page = setup.get(&host, "/").await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.text().contains("is over"), "{}", page.text());
    // Nor does one that never was.
    assert_eq!(setup.get(&format!("{}.localhost", Looks::name([8; 16])), "/env.json").await.status, StatusCode::GONE);
}

#[test]
fn the_one_unused_for_longest_makes_place() {
    let looks = Looks::default();
    let name = |number: usize| Looks::name([u8::try_from(number).expect("few"); 16]);
    for number in 0..LOOKS_MAX {
        looks.open(name(number), COUNTER.principal(), behind(1).1, number as u64);
    }
    assert!(looks.find(&name(0), 100).is_some());
    looks.open(name(99), COUNTER.principal(), behind(1).1, 101);
    assert_eq!(looks.len(), LOOKS_MAX);
    assert!(looks.find(&name(0), 102).is_some() && looks.find(&name(1), 102).is_none());
}

#[test]
fn a_look_ends_when_nobody_uses_it_and_with_its_app() {
    let looks = Looks::default();
    let (idle, used) = (Looks::name([1; 16]), Looks::name([2; 16]));
    looks.open(idle.clone(), COUNTER.principal(), behind(1).1, 0);
    looks.open(used.clone(), COUNTER.principal(), behind(1).1, 0);
    assert!(looks.find(&used, LOOK_IDLE_NS).is_some());
    assert!(looks.find(&idle, LOOK_IDLE_NS + 1).is_none());
    looks.sweep(LOOK_IDLE_NS + 1);
    assert_eq!(looks.len(), 1);
    looks.end_all_at(crate::fake::ASSETS.principal());
    assert_eq!(looks.len(), 1);
    looks.end_all_at(COUNTER.principal());
    assert!(looks.is_empty());
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
