//! What the gate asks of a fork; the program that runs the gate supplies it.

use std::time::Duration;

use candid::Principal;

use crate::{heap::HeapError, value::Value};

/// A state of a fork that was kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(pub usize);

/// Who asks a fork.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// The app's owner.
    Owner,
    /// Nobody in particular: the anonymous principal.
    Anonymous,
    /// Somebody with a key whom the app doesn't know.
    Stranger,
    /// A new member with this role.
    Member(String),
    /// A member of the live app: its role and the membership's id.
    Known(String, String),
}

/// What looks at two memories.
pub type Look<'a> = &'a mut dyn FnMut(&[u8], &[u8]);

/// How a stable memory changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StableChange {
    /// Bytes before.
    pub before: u64,
    /// Bytes after.
    pub after: u64,
    /// Pages of 4 KiB that held something before.
    pub pages: u64,
    /// How many of those hold something else after.
    pub changed: u64,
    /// How many of those hold nothing but zeros after, or are gone.
    pub cleared: u64,
}

impl StableChange {
    /// Counts a page that there was, with what stands there later; none is the same as nothing but zeros.
    pub fn count(&mut self, old: Option<&[u8]>, new: Option<&[u8]>) {
        let filled = |page: Option<&[u8]>| page.is_some_and(|page| page.iter().any(|byte| *byte != 0));
        if filled(old) {
            self.pages += 1;
            self.changed += u64::from(new != old);
            self.cleared += u64::from(!filled(new));
        }
    }
}

/// A copy of the live app without an outside, to try a release on.
///
/// Calls and queries fail with the reject's message.
pub trait Fork {
    /// Upgrades as a switch would.
    ///
    /// # Errors
    /// The step that failed, and why.
    fn upgrade(&mut self, wasm: &[u8]) -> Result<(), String>;

    /// Installs on an emptied canister, whatever was there.
    ///
    /// # Errors
    /// The step that failed, and why.
    fn install(&mut self, wasm: &[u8]) -> Result<(), String>;

    /// Asks a query method.
    ///
    /// # Errors
    /// The reject's message.
    fn query(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String>;

    /// Calls an update method.
    ///
    /// # Errors
    /// The reject's message.
    fn call(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String>;

    /// What this principal is to the app.
    fn standing(&mut self, who: Principal) -> Caller {
        if who == Principal::anonymous() { Caller::Anonymous } else { Caller::Stranger }
    }

    /// Asks a query method as exactly this principal.
    ///
    /// # Errors
    /// The reject's message.
    fn query_as(&mut self, who: Principal, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let caller = self.standing(who);
        self.query(caller, method, arg)
    }

    /// Calls an update method as exactly this principal.
    ///
    /// # Errors
    /// The reject's message.
    fn call_as(&mut self, who: Principal, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let caller = self.standing(who);
        self.call(caller, method, arg)
    }

    /// Remembers how the fork is now, cheaply; what it gives is for [`Fork::back`].
    fn keep(&mut self) -> Mark {
        Mark::default()
    }

    /// Makes the fork what it was when `mark` was kept; a mark may be gone back to any number of times.
    fn back(&mut self, mark: Mark) {
        let _ = mark;
    }

    /// Lets go of the state that was kept last; its mark is good for nothing any more.
    fn forget(&mut self, mark: Mark) {
        let _ = mark;
    }

    /// Lets time go by: what the app does by itself until then (timers, heartbeats) is done, within bounds.
    fn pass(&mut self, time: Duration) {
        let _ = time;
    }

    /// By what texts the app may know a caller: its principal first, then its membership's id, if it has one.
    fn identity(&mut self, caller: &Caller) -> Vec<String> {
        let _ = caller;
        Vec::new()
    }

    /// Bounds each query and each message by so many instructions from now on; `None` is the fork's own bound.
    fn limit(&mut self, instructions: Option<u64>) {
        let _ = instructions;
    }

    /// Shows `look` the memories of two kept states from address zero, as each module's `canister_pre_upgrade` leaves
    /// them; that is then taken back. `None` if this fork has no memory to show.
    ///
    /// With it, what is kept can't hide, whether a method shows it or not; without it the census goes by what
    /// [`Fork::variables`] and queries show.
    ///
    /// # Errors
    /// The step that failed, and why.
    fn memories(&mut self, before: Mark, after: Mark, look: Look<'_>) -> Option<Result<(), String>> {
        let _ = (before, after, look);
        None
    }

    /// Whether two kept states surely hold the same in memory; found without looking at all of it.
    fn same(&mut self, one: Mark, other: Mark) -> bool {
        let _ = (one, other);
        false
    }

    /// How stable memory differs between two kept states, for modules whose memory says nothing of its types.
    fn stable_memory(&mut self, before: Mark, after: Mark) -> Option<StableChange> {
        let _ = (before, after);
        None
    }

    /// The values of the stable variables now: [`crate::heap::variables`] on what the running module's
    /// `canister_pre_upgrade` leaves, which is then taken back. `stable_types` is that module's. It holds all of them
    /// at once; [`Fork::memories`] is for much data.
    fn variables(&mut self, stable_types: &str) -> Option<Result<Vec<(String, Value)>, HeapError>> {
        let _ = stable_types;
        None
    }
}
