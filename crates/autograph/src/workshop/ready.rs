//! Releases that were built and judged and did not go live yet: saying yes to one of them costs no second build.
//!
//! They are used only for a request that carries the owner's token, so whatever was shown is what goes live. If the
//! data are not as they were, the release is judged anew, and only built no second time. Invariant: a verdict is never
//! used for another live version, source, people or data than it was reached with; losing all of them costs only time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use candid::Principal;
use execution::{ForkSeed, registry::App};
use gate::Verdict;
use sha2::{Digest as _, Sha256};
use toolchain::Release;

use super::{Workshop, answer::Problem, judge::LiveTypes, owners::lock, proposals::Proposal};

/// How many are kept; the oldest goes first.
const READY_MAX: usize = 6;
/// Bytes of their modules and files together.
const READY_BYTES_MAX: usize = 48 << 20;

/// What was built, with what the gate says of it and what that was reached on.
#[derive(Clone)]
pub(super) struct Ready {
    pub(super) release: Arc<Release>,
    pub(super) verdict: Verdict,
    /// Nothing for a first version, which finds no data.
    pub(super) on: Option<(ForkSeed, LiveTypes)>,
}

/// What a verdict depends on besides the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Of {
    app: Principal,
    version: u64,
    source: [u8; 32],
    /// Of who is in the app and what the proposal says it touches.
    people_and_touches: [u8; 32],
}

/// What waits for the owner's word, oldest first.
#[derive(Default)]
pub(super) struct Waiting(Mutex<VecDeque<(Of, Ready)>>);

impl Waiting {
    /// Keeps one; an older one of the same proposal goes, and so do those of versions that are not live any more.
    pub(super) fn keep(&self, of: Of, ready: Ready) {
        let mut all = lock(&self.0);
        all.retain(|(other, _)| *other != of && (other.app != of.app || other.version == of.version));
        all.push_back((of, ready));
        while all.len() > READY_MAX
            || all.iter().map(|(_, ready)| bytes(&ready.release)).sum::<usize>() > READY_BYTES_MAX
        {
            all.pop_front();
        }
    }

    /// The one of a proposal.
    pub(super) fn find(&self, of: &Of) -> Option<Ready> {
        lock(&self.0).iter().find(|(other, _)| other == of).map(|(_, ready)| ready.clone())
    }

    /// Lets go of all that wait for one app, and of the memory that their verdicts were reached on.
    pub(super) fn forget(&self, app: Principal) {
        lock(&self.0).retain(|(of, _)| of.app != app);
    }
}

fn bytes(release: &Release) -> usize {
    release.wasm.len() + release.assets.values().map(|asset| asset.bytes.len()).sum::<usize>()
}

impl Workshop {
    /// What the verdict on a proposal depends on; nothing for a new app, which has no owner's word to wait for.
    pub(super) async fn ready_of(&self, app: Option<&App>, proposal: &Proposal) -> Result<Option<Of>, Problem> {
        let Some(app) = app.filter(|app| app.version > 0) else { return Ok(None) };
        let backend = app.backend;
        let members = self.node.replica.read(move |executor| {
            let members = executor.state().registry.members(backend);
            members.map(|(id, member)| format!("{id:?} {:?}", member.role)).collect::<Vec<_>>()
        });
        let told = format!("{:?} {:?}", members.await?, proposal.touches);
        let people_and_touches = Sha256::digest(told).into();
        Ok(Some(Of { app: backend, version: app.version, source: proposal.tree.hash(), people_and_touches }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(app: u8, version: u64, source: u8) -> Of {
        Of { app: Principal::from_slice(&[app]), version, source: [source; 32], people_and_touches: [0; 32] }
    }

    fn ready(module: usize) -> Ready {
        let release = Release {
            wasm: vec![0; module],
            candid: String::new(),
            stable_types: String::new(),
            assets: std::collections::BTreeMap::new(),
            compacted: None,
            warnings: Vec::new(),
            source_hash: [0; 32],
            timings: toolchain::Timings::default(),
        };
        Ready { release: Arc::new(release), verdict: Verdict::default(), on: None }
    }

    #[test]
    fn only_the_live_versions_proposals_wait() {
        let waiting = Waiting::default();
        waiting.keep(of(1, 1, 1), ready(1));
        waiting.keep(of(1, 1, 2), ready(1));
        waiting.keep(of(2, 1, 1), ready(1));
        assert!(waiting.find(&of(1, 1, 1)).is_some() && waiting.find(&of(1, 2, 1)).is_none());
        waiting.keep(of(1, 2, 3), ready(1));
        assert!(waiting.find(&of(1, 1, 1)).is_none() && waiting.find(&of(1, 1, 2)).is_none());
        assert!(waiting.find(&of(2, 1, 1)).is_some());
        waiting.forget(Principal::from_slice(&[2]));
        assert!(waiting.find(&of(2, 1, 1)).is_none());
    }

    #[test]
    fn few_and_little_is_kept() {
        let waiting = Waiting::default();
        for source in 0..20 {
            waiting.keep(of(1, 1, source), ready(1));
        }
        assert_eq!((0..20).filter(|source| waiting.find(&of(1, 1, *source)).is_some()).count(), READY_MAX);
        waiting.keep(of(1, 1, 30), ready(READY_BYTES_MAX));
        assert_eq!((0..=30).filter(|source| waiting.find(&of(1, 1, *source)).is_some()).count(), 1);
    }
}
