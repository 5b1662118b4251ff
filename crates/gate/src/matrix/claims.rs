//! What a caller can do once they have called what they may call: claims of ownership that anyone can make, admin
//! rights for whoever asks first.
//!
//! All updates are called twice in a row and everything is asked again. What that shows and changes beyond what single
//! calls did has been opened by the caller themselves.

use std::collections::BTreeSet;

use super::{
    diff::Changes,
    probing::{Prober, Reach, Shown},
};
use crate::{fork::Caller, interface::is_query};

/// What a caller opened for themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claim {
    /// The method that opened it, if it was one.
    pub(crate) by: Option<String>,
    pub(crate) shows: BTreeSet<Shown>,
    pub(crate) changes: Changes,
}

impl Prober<'_> {
    /// What the caller opens for themselves, if anything.
    pub(crate) fn claim(&mut self, caller: &Caller, reach: &Reach) -> Claim {
        if reach.changes().is_empty() && !reach.unread {
            return Claim::default();
        }
        self.restart();
        self.call_all(caller, None);
        let mut shows = self.asked_again(caller);
        self.call_all(caller, None);
        shows.extend(self.asked_again(caller));
        let own = self.fork.identity(caller);
        let mut changes = self.changed(&own).unwrap_or_default();
        self.restart();
        let (shown, changed) = (reach.shows(), reach.changes());
        shows.retain(|one| !shown.contains(one));
        changes.retain(|one| !changed.contains(one));
        if shows.is_empty() && changes.is_empty() {
            return Claim::default();
        }
        Claim { by: self.opener(caller, reach, &shows), shows, changes }
    }

    /// The first method after which alone all of it is shown.
    fn opener(&mut self, caller: &Caller, reach: &Reach, shows: &BTreeSet<Shown>) -> Option<String> {
        let apart = reach.together.is_empty();
        let may = reach.methods.iter().filter(|(_, tried)| !tried.query && (!apart || !tried.changes.is_empty()));
        let may: Vec<String> = may.map(|(name, _)| name.clone()).collect();
        if shows.is_empty() {
            return may.first().filter(|_| may.len() == 1).cloned();
        }
        let opens = |name: &&String| {
            self.restart();
            self.call_all(caller, Some(name));
            self.asked_again(caller).is_superset(shows)
        };
        let found = may.iter().find(opens).cloned();
        self.restart();
        found
    }

    /// Calls all updates, or one.
    fn call_all(&mut self, caller: &Caller, only: Option<&str>) {
        let own = self.fork.identity(caller);
        for (name, function, tries) in self.tries(&own) {
            if !is_query(function) && only.is_none_or(|only| only == name) {
                self.tried(caller, name, function, &tries, &own);
            }
        }
    }

    /// What all queries show now.
    fn asked_again(&mut self, caller: &Caller) -> BTreeSet<Shown> {
        let own = self.fork.identity(caller);
        let tries = self.tries(&own);
        let queries = tries.iter().filter(|(_, function, _)| is_query(function));
        let shown = queries.flat_map(|(name, function, tries)| self.tried(caller, name, function, tries, &own).shows);
        shown.collect()
    }
}
