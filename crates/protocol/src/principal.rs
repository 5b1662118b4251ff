//! Canister ids and the principals that are derived from keys.
//!
//! Invariant: a `CanisterId` made by `from_index` has the ten-byte opaque form (big-endian index,
//! then `01 01`), so ids sort by the order in which they were given out.

use std::fmt;
use std::str::FromStr;

use candid::types::principal::PrincipalError;
use candid::{CandidType, Principal};
use serde::{Deserialize, Serialize};

/// The id of a canister: a principal that receives calls.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, CandidType, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanisterId(Principal);

impl CanisterId {
    /// The system canister `registry`: index 0, `rwlgt-iiaaa-aaaaa-aaaaa-cai`.
    pub const REGISTRY: CanisterId = CanisterId::from_index(0);
    /// The management canister `aaaaa-aa`: a name for the system itself, with an empty id.
    pub const MANAGEMENT: CanisterId = CanisterId(Principal::management_canister());
    /// The smallest id that [`CanisterId::from_index`] makes.
    pub const FIRST: CanisterId = CanisterId::from_index(0);
    /// The largest id that [`CanisterId::from_index`] makes.
    pub const LAST: CanisterId = CanisterId::from_index(u64::MAX);

    /// The id of the canister with this number.
    pub const fn from_index(index: u64) -> Self {
        let i = index.to_be_bytes();
        CanisterId(Principal::from_slice(&[i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], 1, 1]))
    }

    /// The number that [`CanisterId::from_index`] was given, if the id has that form.
    pub fn index(&self) -> Option<u64> {
        let (index, tail) = self.0.as_slice().split_first_chunk::<8>()?;
        (tail == [1, 1]).then(|| u64::from_be_bytes(*index))
    }

    /// Takes any principal as a canister id; whether such a canister exists is the state's business.
    pub const fn new(principal: Principal) -> Self {
        CanisterId(principal)
    }

    /// Parses the textual form.
    pub fn from_text(text: &str) -> Result<Self, PrincipalError> {
        Principal::from_text(text).map(CanisterId)
    }

    /// The same id as a principal.
    pub const fn principal(&self) -> Principal {
        self.0
    }

    /// The binary form, at most 29 bytes.
    pub fn as_slice(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The textual form.
    pub fn to_text(&self) -> String {
        self.0.to_text()
    }
}

impl fmt::Debug for CanisterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for CanisterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for CanisterId {
    type Err = PrincipalError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_text(text)
    }
}

impl From<Principal> for CanisterId {
    fn from(principal: Principal) -> Self {
        CanisterId(principal)
    }
}

impl From<CanisterId> for Principal {
    fn from(id: CanisterId) -> Self {
        id.0
    }
}

/// The self-authenticating principal of a public key in DER form: what its owner signs requests as.
/// A subnet's id and a node's id are made the same way.
pub fn self_authenticating(public_key_der: &[u8]) -> Principal {
    Principal::self_authenticating(public_key_der)
}

/// Reads a principal from bytes; `None` if there are more than 29 of them.
pub fn principal_from_bytes(bytes: &[u8]) -> Option<Principal> {
    Principal::try_from_slice(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_ids() {
        assert_eq!(CanisterId::REGISTRY.to_text(), "rwlgt-iiaaa-aaaaa-aaaaa-cai");
        assert_eq!(CanisterId::MANAGEMENT.to_text(), "aaaaa-aa");
        assert_eq!(CanisterId::from_index(1).to_text(), "rrkah-fqaaa-aaaaa-aaaaq-cai");
    }

    #[test]
    fn the_spec_example_of_a_textual_id() {
        assert_eq!(Principal::from_slice(&[0xAB, 0xCD, 0x01]).to_text(), "em77e-bvlzu-aq");
    }

    #[test]
    fn index_round_trips_and_sorts() {
        for i in [0, 1, 255, 256, u64::MAX] {
            assert_eq!(CanisterId::from_index(i).index(), Some(i));
        }
        assert!(CanisterId::from_index(255) < CanisterId::from_index(256));
        assert_eq!(CanisterId::new(Principal::anonymous()).index(), None);
        assert_eq!(CanisterId::MANAGEMENT.index(), None);
    }

    #[test]
    fn too_many_bytes_are_no_principal() {
        assert!(principal_from_bytes(&[0; 29]).is_some());
        assert!(principal_from_bytes(&[0; 30]).is_none());
    }
}
