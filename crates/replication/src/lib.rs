//! Ordering batches and certifying their roots.
//!
//! Today one node orders for itself (`sequencer`); a network's engine will stand behind the same seam. Invariant:
//! nothing leaves the replica (an answer, a certificate, a query's reply) before the batch that made it is durable.

pub mod clock;
mod log_thread;
pub mod passing;
mod queries;
pub mod replica;
mod scrub;
pub mod sequencer;
pub mod stepped;

pub use clock::{Clock, SystemClock};
pub use passing::Passing;
pub use queries::NotAsked;
pub use replica::{Answer, Certified, Replica, ReplicaConfig, Stopped, UsageSink};
pub use scrub::{ScrubPace, ScrubProgress};
pub use sequencer::{LocalSequencer, Sequencer};
pub use stepped::Stepped;
