//! A canister's settings beyond its controllers, environment and memory limit (interface spec, "`create_canister`").

use std::collections::BTreeSet;

use candid::Principal;
use serde::{Deserialize, Serialize};

use super::canister::LOG_BYTES_MAX;

/// What controllers set. New fields need no version: what a record lacks is the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Guaranteed share of one lane, percent.
    pub compute_allocation: u8,
    /// Guaranteed memory, bytes.
    pub memory_allocation: u64,
    /// Keep cycles for this long, seconds.
    pub freezing_threshold: u64,
    /// Most cycles that may be reserved; none ever are.
    pub reserved_cycles_limit: u128,
    /// Fewest cycles that another canister's call must bring.
    pub minimum_incoming_canister_call_cycles: u128,
    /// Who reads the logs.
    pub log_visibility: Visibility,
    /// Bytes of logs that are kept; at most [`LOG_BYTES_MAX`].
    pub log_memory_limit: u64,
    /// Who lists and reads the snapshots.
    pub snapshot_visibility: Visibility,
    /// Who reads the status.
    pub status_visibility: Visibility,
    /// `canister_on_low_wasm_memory` is due when fewer bytes are left.
    pub wasm_memory_threshold: u64,
}

/// Who may look at something besides the controllers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    /// Nobody.
    #[default]
    Controllers,
    /// Everybody.
    Public,
    /// These.
    AllowedViewers(BTreeSet<Principal>),
}

impl Default for Settings {
    /// The specification's defaults; logs are as long as this runtime keeps them at most.
    fn default() -> Settings {
        Settings {
            compute_allocation: 0,
            memory_allocation: 0,
            freezing_threshold: 30 * 24 * 60 * 60,
            reserved_cycles_limit: 5_000_000_000_000,
            minimum_incoming_canister_call_cycles: 0,
            log_visibility: Visibility::Controllers,
            log_memory_limit: LOG_BYTES_MAX as u64,
            snapshot_visibility: Visibility::Controllers,
            status_visibility: Visibility::Controllers,
            wasm_memory_threshold: 0,
        }
    }
}

impl Visibility {
    /// Whether someone who is no controller may look.
    #[must_use]
    pub fn allows(&self, who: Principal) -> bool {
        match self {
            Visibility::Controllers => false,
            Visibility::Public => true,
            Visibility::AllowedViewers(viewers) => viewers.contains(&who),
        }
    }
}
