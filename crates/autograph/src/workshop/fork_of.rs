//! The gate's forks are execution's: what the gate asks of a fork, done on one.
//!
//! The gate knows no executor, so this stands here; its own tests take this file in as it is. It names nothing else of
//! this crate.

use std::time::Duration;

use candid::Principal;
use execution::{
    Fork, Kept,
    registry::{OWNER, VISITOR},
};
use gate::{Caller, Look, Mark, StableChange, Value, heap};

/// A fork for the gate.
pub(crate) struct ForkOf {
    pub(crate) fork: Fork,
    kept: Vec<Kept>,
}

impl gate::Fork for ForkOf {
    fn upgrade(&mut self, wasm: &[u8]) -> Result<(), String> {
        self.fork.upgrade(wasm)
    }

    fn install(&mut self, wasm: &[u8]) -> Result<(), String> {
        self.fork.install(wasm)
    }

    fn query(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let who = self.principal(&caller);
        self.fork.query(who, method, arg).map_err(|reject| reject.message)
    }

    fn call(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let who = self.principal(&caller);
        self.fork.call(who, method, arg).map_err(|reject| reject.message)
    }

    fn identity(&mut self, caller: &Caller) -> Vec<String> {
        let who = self.principal(caller);
        let member = self.fork.member_id(who);
        [who.to_text(), member].into_iter().filter(|name| !name.is_empty()).collect()
    }

    fn limit(&mut self, instructions: Option<u64>) {
        self.fork.limit(instructions);
    }

    fn standing(&mut self, who: Principal) -> Caller {
        let standing = self.fork.standing(who);
        match standing.role.as_str() {
            _ if who == Principal::anonymous() => Caller::Anonymous,
            OWNER => Caller::Owner,
            VISITOR => Caller::Stranger,
            role => Caller::Member(role.into()),
        }
    }

    fn query_as(&mut self, who: Principal, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        self.fork.query(who, method, arg).map_err(|reject| reject.message)
    }

    fn call_as(&mut self, who: Principal, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        self.fork.call(who, method, arg).map_err(|reject| reject.message)
    }

    fn keep(&mut self) -> Mark {
        self.kept.push(self.fork.keep());
        Mark(self.kept.len() - 1)
    }

    fn back(&mut self, mark: Mark) {
        if let Some(kept) = self.kept.get(mark.0) {
            self.fork.back(kept);
        }
    }

    fn forget(&mut self, mark: Mark) {
        if mark.0 + 1 == self.kept.len() {
            self.kept.pop();
        }
    }

    fn pass(&mut self, time: Duration) {
        self.fork.pass(time);
    }

    fn variables(&mut self, stable_types: &str) -> Option<Result<Vec<(String, Value)>, heap::HeapError>> {
        let read = |heap: &embedder::Heap| heap::variables(heap.as_slice(), stable_types);
        // A step that traps is found by the dry run, with its reason; the census then goes by what queries show.
        self.fork.before_upgrade(read).ok()
    }

    fn memories(&mut self, before: Mark, after: Mark, look: Look<'_>) -> Option<Result<(), String>> {
        let (before, after) = (self.kept.get(before.0)?, self.kept.get(after.0)?);
        let (mut one, mut other) = (self.fork.at(before), self.fork.at(after));
        let looked = one.before_upgrade(|old| other.before_upgrade(|new| look(old.as_slice(), new.as_slice())));
        Some(looked.and_then(|looked| looked))
    }

    fn same(&mut self, one: Mark, other: Mark) -> bool {
        match (self.kept.get(one.0), self.kept.get(other.0)) {
            (Some(one), Some(other)) => self.fork.same_memory(one, other),
            _ => false,
        }
    }

    fn stable_memory(&mut self, before: Mark, after: Mark) -> Option<StableChange> {
        let (before, after) = (self.kept.get(before.0)?, self.kept.get(after.0)?);
        let mut change = StableChange::default();
        let (before, after) = self.fork.stable_pages(before, after, |old, new| change.count(old, new))?;
        Some(StableChange { before, after, ..change })
    }
}

impl ForkOf {
    pub(crate) fn new(fork: Fork) -> ForkOf {
        ForkOf { fork, kept: Vec::new() }
    }

    /// A principal with the standing to be tried out.
    fn principal(&mut self, caller: &Caller) -> Principal {
        match caller {
            Caller::Anonymous => Principal::anonymous(),
            Caller::Stranger => Principal::self_authenticating(b"a stranger"),
            Caller::Owner => self.fork.as_owner(),
            Caller::Member(role) => self.fork.as_member(role),
            Caller::Known(_, member) => self.fork.as_known(member),
        }
    }
}
