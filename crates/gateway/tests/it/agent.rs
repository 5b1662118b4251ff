//! An unmodified `ic-agent`, with all its verification on, over a real connection.

use candid::{Decode, Nat, Principal};
use ic_agent::agent::{Agent, CallResponse};
use ic_agent::identity::BasicIdentity;

use crate::fake::{COUNTER, INTERFACE};
use crate::limits::served;
use crate::support::*;

async fn agent(setup: &Setup) -> (Agent, tokio::sync::oneshot::Sender<()>) {
    let (address, stop, _serving) = served(setup).await;
    let agent = Agent::builder()
        .with_url(format!("http://{address}"))
        .with_identity(BasicIdentity::from_raw_key(&[7; 32]))
        .with_verify_query_signatures(true)
        .build()
        .expect("an agent");
    agent.fetch_root_key().await.expect("the root key");
    (agent, stop)
}

#[tokio::test]
async fn status_calls_queries_and_reads() {
    let setup = setup();
    let (agent, _stop) = agent(&setup).await;
    let counter = COUNTER.principal();
    assert_eq!(agent.read_root_key(), setup.fake.root_key_der());
    let status = agent.status().await.expect("the status");
    assert_eq!(status.replica_health_status.as_deref(), Some("healthy"));

    let called = agent.update(&counter, "inc").with_arg(b"DIDL\0\0".to_vec()).call().await.expect("the call");
    let CallResponse::Response((reply, _)) = called else { panic!("answered at once") };
    assert_eq!(Decode!(&reply, Nat).expect("a number"), 1u32);
    let reply =
        agent.update(&counter, "whoami").with_arg(b"DIDL\0\0".to_vec()).call_and_wait().await.expect("the call");
    let me = agent.get_principal().expect("an identity");
    assert_eq!(Decode!(&reply, Principal).expect("a principal"), me);

    let reply = agent.query(&counter, "get").with_arg(b"DIDL\0\0".to_vec()).call().await.expect("the query");
    assert_eq!(Decode!(&reply, Nat).expect("a number"), 1u32);

    let hash = agent.read_state_canister_module_hash(counter).await.expect("the module hash");
    assert_eq!(hash, [7; 32]);
    let controllers = agent.read_state_canister_controllers(counter).await.expect("the controllers");
    assert_eq!(controllers, [setup.fake.controller]);
    let metadata = agent.read_state_canister_metadata(counter, "candid:service").await.expect("the metadata");
    assert_eq!(metadata, INTERFACE.as_bytes());
    assert!(agent.read_state_canister_metadata(counter, "secret").await.is_err());
    let subnet = agent.get_subnet_by_canister(&counter).await.expect("the subnet");
    assert_eq!(subnet.id(), Principal::self_authenticating(setup.fake.root_key_der()));
}

#[tokio::test]
async fn rejects_arrive_with_their_codes() {
    let setup = setup();
    let (agent, _stop) = agent(&setup).await;
    let counter = COUNTER.principal();
    let error = agent.update(&counter, "trap").call_and_wait().await.expect_err("it traps").to_string();
    assert!(error.contains("IC0503") && error.contains("overflowed"), "{error}");
    let error = agent.update(&counter, "refused").call_and_wait().await.expect_err("it is not let in").to_string();
    assert!(error.contains("did not accept"), "{error}");
    let error = agent.query(&counter, "nothing").call().await.expect_err("no such method").to_string();
    assert!(error.contains("IC0536"), "{error}");
}

#[tokio::test]
async fn the_agent_does_check() {
    // The same node under another root key: everything certified must be refused.
    let setup = setup();
    let (agent, _stop) = agent(&setup).await;
    agent.set_root_key(protocol::RootKey::from_seed(&[9; 32]).public_key_der());
    let counter = COUNTER.principal();
    assert!(agent.update(&counter, "inc").with_arg(b"DIDL\0\0".to_vec()).call_and_wait().await.is_err());
    assert!(agent.query(&counter, "get").with_arg(b"DIDL\0\0".to_vec()).call().await.is_err());
}
