//! What management calls leave with a canister and messages never touch: its history, chunks and count of snapshots.
//!
//! A record of its own, so that messages don't write it again and again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use candid::Principal;
use serde::{Deserialize, Serialize};

/// Changes that are kept (interface spec: at least 20).
pub const HISTORY_MAX: usize = 20;

/// The SHA-256 of a blob: a chunk or a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobHash(#[serde(with = "serde_bytes")] pub [u8; 32]);

/// The record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Managed {
    /// The newest changes, oldest first.
    pub history: VecDeque<CanisterChange>,
    /// How many changes there ever were.
    pub changes_total: u64,
    /// The chunk store.
    pub chunks: BTreeSet<BlobHash>,
    /// Snapshots by number, with the bytes they count for.
    pub snapshots: BTreeMap<u64, u64>,
    /// The last number given to a snapshot; numbers are never given again.
    pub last_snapshot: u64,
}

/// A change (interface spec, "`canister_info`").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanisterChange {
    /// ns.
    pub at: u64,
    /// The canister's version after it.
    pub version: u64,
    /// Who made it.
    pub origin: ChangeOrigin,
    /// What it was.
    pub details: ChangeDetails,
}

/// Who changed a canister.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeOrigin {
    /// A user.
    User(Principal),
    /// A canister, with its version if it told it.
    Canister(Principal, Option<u64>),
}

/// What a change was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeDetails {
    /// It was made.
    Creation {
        /// Its first controllers.
        controllers: BTreeSet<Principal>,
        /// The hash of its environment variables, if any were given.
        environment: Option<BlobHash>,
    },
    /// Its code went.
    CodeUninstall,
    /// Code came.
    CodeDeployment {
        /// How.
        mode: DeploymentMode,
        /// Which.
        module: BlobHash,
    },
    /// It became what a snapshot says.
    LoadSnapshot {
        /// Whose snapshot, if another's.
        from: Option<Principal>,
        /// Its number.
        number: u64,
        /// The canister's version when it was taken.
        version: u64,
        /// When it was taken, ns.
        taken_at: u64,
        /// Whether it was uploaded.
        uploaded: bool,
    },
    /// Others control it.
    ControllersChange(BTreeSet<Principal>),
}

/// How code came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeploymentMode {
    /// On an empty canister.
    Install,
    /// In place of everything.
    Reinstall,
    /// Over the data.
    Upgrade,
}

impl Managed {
    /// Adds a change, dropping the oldest beyond [`HISTORY_MAX`].
    pub fn record(&mut self, change: CanisterChange) {
        self.changes_total += 1;
        self.history.push_back(change);
        while self.history.len() > HISTORY_MAX {
            self.history.pop_front();
        }
    }

    /// A number that no snapshot of this canister had.
    pub fn fresh_snapshot(&mut self) -> u64 {
        self.last_snapshot += 1;
        self.last_snapshot
    }
}
