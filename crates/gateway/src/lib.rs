//! Room `gateway`: HTTP in.
//!
//! It serves the interface's endpoints to agents on every host, the studio on the node's own host, and
//! each app's web site on a host of its own; and it keeps strangers within limits.
//!
//! Invariant: nothing reaches the replica that was not counted against the limits, read within its
//! bounds and, for calls, authenticated. The gateway holds no state that matters: whatever it knows
//! comes from the [`Replica`] it was given.

mod app_site;
mod counters;
mod gateway;
mod host;
mod interface;
mod limits;
mod looks;
mod meter;
mod refusal;
mod replica;
mod serve;

pub use counters::Counters;
pub use gateway::{Gateway, GatewayConfig};
pub use host::{Host, HostError, Hosts};
pub use limits::{Limits, Rate};
pub use looks::{LOOK_IDLE_NS, LOOKS_MAX, Looks};
pub use meter::{Budget, Caller, Meter, Quotas, Spent};
pub use refusal::Refused;
pub use replica::{
    AppAddress, Asset, BoxFuture, CertifiedState, NodeSignature, QueryAnswer, Refusal, Replica, ReplicaStatus,
    RequestOrigin, UserCall, UserQuery,
};
pub use serve::{ServeError, bind, serve};
