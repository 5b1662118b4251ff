//! A message that did not end within its first slice.
//!
//! Invariant: it is not consumed before it has ended. All that it has done so far is in an execution that no record
//! holds; what is here is enough to have that execution again, from its beginning, with the same outcome.

use serde::{Deserialize, Serialize};

use super::{Message, SystemState};

/// The message that a canister runs in slices, one in each batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongMessage {
    /// The message. It stands before the whole queue.
    pub message: Message,
    /// The batch in which it was first seen to be long.
    pub since: u64,
    /// What it began with; none while it waits for a place among those that run.
    pub begun: Option<Begun>,
}

/// What a message found when it began, as far as it can change while the message runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The batch of its first slice.
    pub height: u64,
    /// That batch's time, ns.
    pub time: u64,
    /// The canister's cycles.
    pub cycles: u128,
    /// The canister's version.
    pub version: u64,
}

impl Begun {
    /// How many slices it may have used by the end of a batch.
    #[must_use]
    pub fn slices(&self, height: u64) -> u64 {
        height.saturating_sub(self.height) + 1
    }
}

impl SystemState {
    /// Whether a message runs in slices now, rather than waiting to.
    #[must_use]
    pub fn runs_long(&self) -> bool {
        self.long.as_ref().is_some_and(|long| long.begun.is_some())
    }

    /// Puts a long message back at the head of the queue, as if it had never begun.
    pub fn give_up_long(&mut self) {
        if let Some(long) = self.long.take() {
            self.queue.push_front(long.message);
        }
    }
}
