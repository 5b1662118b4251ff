//! (state, batch) → state, and queries: rounds, messages, routing, native canisters, switches and forks.
//!
//! Invariant: what a batch computes depends on the state and the batch alone: not on the clock, the disk, the number
//! of threads, the tracker of dirty pages, or the order of an unordered map. Memory changes through `embedder`; the
//! delta is returned, and made durable by `state`.

mod certified;
mod config;
mod damage;
mod executor;
mod fork;
mod glass;
mod history;
mod instances;
mod long;
mod messages;
mod native;
pub mod prices;
mod query;
mod reader;
pub mod registry;
pub mod reject;
mod round;
pub mod snapshot;
pub mod state;
mod switch;
mod tasks;
mod turn;
mod usage;
pub mod view;

use candid::Principal;
use protocol::CanisterId;

pub use config::{ExecutionConfig, Provisional};
pub use damage::Damage;
pub use executor::{BadState, Batch, Blobs, Executed, Executor};
pub use fork::{Fork, ForkSeed, Kept, Page};
pub use glass::StandIn;
pub use native::AssetAnswer;
pub use prices::IdlePrices;
pub use query::{Answered, Query};
pub use reader::{Moment, Reader};
pub use switch::{OpenCall, TEXT_BYTES_MIN};
pub use usage::{Spent, Usage};

/// The system canister that knows apps, owners and members.
pub const REGISTRY: Principal = CanisterId::REGISTRY.principal();
/// The management canister.
pub const MANAGEMENT: Principal = CanisterId::MANAGEMENT.principal();
