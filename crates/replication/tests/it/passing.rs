//! A fork that is served: certificates of its own, people who stand in, earlier versions, and an app that hears nothing.

use std::sync::Arc;

use candid::{Nat, Principal};
use execution::{ExecutionConfig, ForkSeed, Query, StandIn, registry::calls::CreatedApp};
use protocol::{RootKey, certificate::verify_certificate};
use replication::{Answer, Clock as _, Passing};
use state::{
    blobs::BlobStore,
    replicated::{Ingress, IngressStatus, Payload, RequestId},
};

use crate::{
    apps::{named_app, publish_arg},
    harness::{Node, OWNER, TestBlobs, WORKSHOP, World},
};

const MINUTE: u64 = 60_000_000_000;

struct Look<'w> {
    passing: Passing,
    key: Principal,
    app: CreatedApp,
    world: &'w World,
    root_key_der: Vec<u8>,
    calls: u8,
}

async fn seed(node: &Node<'_>, app: &CreatedApp, version: Option<u64>) -> Result<ForkSeed, String> {
    let backend = app.backend;
    let seed = node.replica.read(move |executor| executor.look_seed(backend, version)).await.expect("runs");
    seed.map_err(|refused| refused.0)
}

async fn look<'w>(node: &Node<'w>, app: &CreatedApp, version: Option<u64>, who: StandIn, room: u64) -> Look<'w> {
    let world = node.world;
    let mut seed = seed(node, app, version).await.expect("is there");
    seed.check().expect("is whole");
    let key = seed.stand_in(&who);
    let root = RootKey::from_seed(&[8; 32]);
    let root_key_der = root.public_key_der();
    let config = ExecutionConfig::new(root_key_der.as_slice().into(), root.subnet_id(), WORKSHOP);
    let engine = node.replica.read(|executor| executor.engine()).await.expect("runs");
    let blobs = Arc::new(TestBlobs(BlobStore::new(Arc::new(world.disk.clone()))));
    let executor = seed.serve(engine, blobs, config, version.is_none());
    let passing = Passing::new(executor, root, world.clock.clone(), || [5; 32], room);
    let app = CreatedApp { backend: app.backend, assets: app.assets };
    Look { passing, key, app, world, root_key_der, calls: 0 }
}

impl Look<'_> {
    fn call(&mut self, method: &str, arg: Vec<u8>) -> Answer {
        self.calls += 1;
        self.passing.call(Ingress {
            request_id: RequestId([self.calls; 32]),
            sender: self.key,
            canister: self.app.backend,
            method: method.into(),
            arg,
            effective: self.app.backend,
            expiry: self.world.clock.now() + 4 * MINUTE,
            sender_info: None,
        })
    }

    fn text(&mut self, method: &str, arg: Vec<u8>) -> String {
        match self.call(method, arg) {
            Answer::Final(IngressStatus::Replied(bytes)) => candid::decode_one(&bytes).expect("a text"),
            other => panic!("{other:?}"),
        }
    }

    fn size(&self) -> Nat {
        let query = Query {
            sender: self.key,
            canister: self.app.backend,
            method: "size".into(),
            arg: candid::encode_args(()).expect("encodes"),
            data_certificate: None,
        };
        match self.passing.query(query).payload {
            Payload::Reply(bytes) => candid::decode_one(&bytes).expect("a number"),
            Payload::Reject(reject) => panic!("{reject:?}"),
        }
    }
}

fn nothing() -> Vec<u8> {
    candid::encode_args(()).expect("encodes")
}

fn name(text: &str) -> Vec<u8> {
    candid::encode_one(text).expect("encodes")
}

#[tokio::test]
async fn what_is_done_in_a_look_stays_there() {
    let world = World::new();
    let node = world.start();
    let (app, _) = named_app(&node, "party").await;
    node.call::<Nat>(OWNER, app.backend, "add", ("Anna",)).await.expect("adds");

    let mut owner = look(&node, &app, None, StandIn::Owner, u64::MAX).await;
    assert_eq!(owner.text("role", nothing()), "owner");
    assert!(matches!(owner.call("add", name("Ben")), Answer::Final(IngressStatus::Replied(_))));
    assert_eq!(owner.size(), Nat::from(2u8));
    let status = owner.passing.view(|view| view.origins.contains_key(&RequestId([2; 32])));
    assert!(status, "its status can be read");

    // A certificate of the look's own key, which the live root key has not signed.
    let certified = owner.passing.certified();
    let witness = certified.tree.witness(&[vec![b"time".to_vec()]]);
    let certificate = protocol::certificate::encode_certificate(&witness, &certified.signature);
    assert!(verify_certificate(&certificate, &owner.root_key_der).is_ok());
    assert!(verify_certificate(&certificate, &RootKey::from_seed(&[3; 32]).public_key_der()).is_err());

    for (who, role) in [(StandIn::Stranger, "visitor"), (StandIn::Role("guest".into()), "guest")] {
        assert_eq!(look(&node, &app, None, who, u64::MAX).await.text("role", nothing()), role);
    }
    let size: Nat = node.query(OWNER, app.backend, "size", ()).await.expect("answers");
    assert_eq!(size, Nat::from(1u8));
}

#[tokio::test]
async fn an_earlier_version_is_as_it_was() {
    let world = World::new();
    let node = world.start();
    let (app, module) = named_app(&node, "party").await;
    node.call::<Nat>(OWNER, app.backend, "add", ("Anna",)).await.expect("adds");
    let arg = publish_arg(app.backend, 1, module);
    let version: u64 = node.workshop("publish", (arg,)).await.expect("publishes");
    assert_eq!(version, 2);
    node.call::<Nat>(OWNER, app.backend, "add", ("Ben",)).await.expect("adds");

    let then = look(&node, &app, Some(1), StandIn::Owner, u64::MAX).await;
    assert_eq!(then.size(), Nat::from(1u8));
    assert_eq!(then.passing.view(|view| view.directory.apps["party"].version), 1);
    assert_eq!(look(&node, &app, Some(2), StandIn::Owner, u64::MAX).await.size(), Nat::from(2u8));
    assert!(seed(&node, &app, Some(9)).await.expect_err("there is none").contains("no version 9"));
}

#[tokio::test]
async fn a_look_is_bounded_and_its_certificate_fresh() {
    let world = World::new();
    let node = world.start();
    let (app, _) = named_app(&node, "party").await;
    let mut look = look(&node, &app, None, StandIn::Owner, 1).await;
    assert!(matches!(look.call("add", name("Ben")), Answer::Final(IngressStatus::Replied(_))));
    assert_eq!(look.call("add", name("Cleo")), Answer::Busy);
    // It can be read all the same.
    assert_eq!(look.size(), Nat::from(1u8));

    let before = look.passing.certified().time;
    world.clock.advance(MINUTE / 2);
    assert_eq!(look.passing.certified().time, before);
    world.clock.advance(MINUTE);
    assert!(look.passing.certified().time >= before + MINUTE);
}
