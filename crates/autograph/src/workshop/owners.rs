//! Entering the studio: a one-time link makes a browser's key one of the owner's.

use candid::Principal;
use execution::registry::{FIRST_PERSON, calls::EnrolArg};
use replication::{Clock as _, SystemClock};

use super::{Workshop, answer::Problem};

/// A link to the studio is good for a day, ns.
const LINK_LIFE: u64 = 24 * 3_600_000_000_000;
/// Links that may be open at once.
const LINKS_MAX: usize = 64;

impl Workshop {
    /// Enters the node's own key file as the owner's.
    pub(crate) async fn enrol_first_person(&self) -> Result<(), Problem> {
        if self.is_owner(self.node.owner).await? {
            return Ok(());
        }
        self.enrol(self.node.owner).await
    }

    /// A new one-time link to the studio.
    pub(crate) fn entry_link(&self) -> String {
        let token = hex::encode(&crate::node::random()[..16]);
        let now = SystemClock.now();
        let mut entries = lock(&self.entries);
        entries.retain(|_, until| *until > now);
        if entries.len() >= LINKS_MAX {
            entries.clear();
        }
        entries.insert(token.clone(), now + LINK_LIFE);
        format!("{}/#enter={token}", self.origin)
    }

    /// Uses a link up.
    pub(crate) async fn enter(&self, token: &str, key: Principal) -> Result<(), Problem> {
        let now = SystemClock.now();
        let good = lock(&self.entries).remove(token).is_some_and(|until| until > now);
        if !good && !self.is_owner(key).await? {
            let hint = "print a new one on the machine that runs the node, with `autograph link`";
            return Err(Problem::usage("this link was used already or is too old", hint));
        }
        self.enrol(key).await
    }

    async fn enrol(&self, key: Principal) -> Result<(), Problem> {
        self.registry("enrol", (EnrolArg { person: FIRST_PERSON.into(), key },)).await
    }
}

/// What these guard stays consistent whatever panics.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
