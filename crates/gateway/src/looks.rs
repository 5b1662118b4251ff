//! Hosts of their own for looks: copies of an app that are served beside it under a name that can't be guessed.
//!
//! Each is a gateway of its own behind this node's. Invariant: a host whose name has a look's form never reaches the
//! live node, also when the look is over; so a page that was left open can't go on there.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use candid::Principal;

use crate::gateway::Gateway;

/// Looks that may be open at a time; the one that was unused for longest makes place for a further one.
pub const LOOKS_MAX: usize = 8;
/// A look ends when it was unused for this long, ns.
pub const LOOK_IDLE_NS: u64 = 15 * 60 * 1_000_000_000;

/// What a look's name begins with.
const PREFIX: &str = "look-";
/// Hexadecimal digits after it: 128 bits.
const DIGITS: usize = 32;

/// The looks that are open. Clones are the same.
#[derive(Clone, Default)]
pub struct Looks(Arc<RwLock<HashMap<String, Look>>>);

struct Look {
    gateway: Arc<Gateway>,
    app: Principal,
    /// Whether it counts against [`LOOKS_MAX`].
    counts: bool,
    /// ns.
    used: AtomicU64,
}

impl std::fmt::Debug for Looks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Looks({})", self.len())
    }
}

impl Looks {
    /// The name of a look, from 16 random bytes.
    #[must_use]
    pub fn name(secret: [u8; 16]) -> String {
        format!("{PREFIX}{}", hex::encode(secret))
    }

    /// Whether a name has the form of a look's, open or over.
    #[must_use]
    pub fn is_name(label: &str) -> bool {
        label
            .strip_prefix(PREFIX)
            .is_some_and(|rest| rest.len() == DIGITS && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    }

    /// Opens a look at an app under a name made by [`Self::name`]. `now` in nanoseconds, here and below.
    pub fn open(&self, name: String, app: Principal, gateway: Arc<Gateway>, now: u64) {
        let mut looks = self.0.write().unwrap_or_else(PoisonError::into_inner);
        while looks.values().filter(|look| look.counts).count() >= LOOKS_MAX {
            let counted = looks.iter().filter(|(_, look)| look.counts);
            let oldest = counted.min_by_key(|(_, look)| look.used.load(Ordering::Relaxed));
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else { break };
            looks.remove(&oldest);
        }
        looks.insert(name, Look { gateway, app, counts: true, used: AtomicU64::new(now) });
    }

    /// Opens one that takes nobody's place, since whoever opens it bounds how many there are and ends it.
    pub fn open_aside(&self, name: String, app: Principal, gateway: Arc<Gateway>, now: u64) {
        let mut looks = self.0.write().unwrap_or_else(PoisonError::into_inner);
        looks.insert(name, Look { gateway, app, counts: false, used: AtomicU64::new(now) });
    }

    /// The gateway behind a name, if its look is not over.
    #[must_use]
    pub fn find(&self, name: &str, now: u64) -> Option<Arc<Gateway>> {
        let looks = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let look = looks.get(name)?;
        if is_over(look, now) {
            return None;
        }
        look.used.fetch_max(now, Ordering::Relaxed);
        Some(look.gateway.clone())
    }

    /// Ends the look with this name.
    pub fn end(&self, name: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Ends all looks at an app, since it is deleted or what they show must not be seen any more.
    pub fn end_all_at(&self, app: Principal) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|_, look| look.app != app);
    }

    /// Frees those that are over.
    pub fn sweep(&self, now: u64) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|_, look| !is_over(look, now));
    }

    /// How many are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether none is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn is_over(look: &Look, now: u64) -> bool {
    look.used.load(Ordering::Relaxed).saturating_add(LOOK_IDLE_NS) < now
}
