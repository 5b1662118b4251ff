//! A gateway over the tests' replica in memory, for trying agents of other languages against it:
//! `cargo run -p gateway --example fake_replica -- 127.0.0.1:4950`, then `tests/agent-js/agent.mjs`.

#[allow(dead_code, unreachable_pub, missing_docs)]
#[path = "../tests/it/fake.rs"]
mod fake;

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use gateway::{Gateway, GatewayConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address: SocketAddr = std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:4950").parse()?;
    let listener = gateway::bind(address).await?;
    println!("listening at http://{}, counter canister {}", listener.local_addr()?, fake::COUNTER);
    let meter = Arc::new(gateway::Meter::new(&gateway::Quotas::default()));
    let gateway = Gateway::new(fake::Fake::new(), Router::new(), meter, GatewayConfig::default());
    gateway::serve(gateway, listener, async { drop(tokio::signal::ctrl_c().await) }).await;
    Ok(())
}
