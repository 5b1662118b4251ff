//! Canister signatures: what a canister certified counts as signed by it.
//!
//! Invariant: only certificates of this network's own root key count.

use candid::Principal;
use ic_certification::{HashTree, LookupResult};

use super::{Scheme, SignatureError, parse, sha256};
use crate::cbor::{self, Value};
use crate::certificate::{MAX_TREE_DEPTH, read_tree, verify_certificate};

const NAME: &str = "canister";

/// What a canister's public key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanisterKey<'a> {
    /// The canister that signs.
    pub canister_id: Principal,
    /// Chosen by the canister; each seed makes another key.
    pub seed: &'a [u8],
}

impl<'a> CanisterKey<'a> {
    /// Reads a DER public key; `None` if it is of another scheme.
    pub fn from_der(der: &'a [u8]) -> Option<Self> {
        match parse(der).ok()? {
            (Scheme::Canister, key) => Self::from_key(key),
            _ => None,
        }
    }

    fn from_key(key: &'a [u8]) -> Option<Self> {
        let (length, rest) = key.split_first()?;
        let (id, seed) = rest.split_at_checked(usize::from(*length))?;
        Some(CanisterKey { canister_id: Principal::try_from_slice(id).ok()?, seed })
    }
}

/// The DER public key under which `canister_id` signs with this seed (at most 64 KiB).
pub fn canister_public_key(canister_id: &Principal, seed: &[u8]) -> Vec<u8> {
    let id = canister_id.as_slice();
    let key = [&[0, id.len() as u8], id, seed].concat();
    let oid = super::SCHEMES[4].0;
    let algorithm = [&[0x30, oid.len() as u8], oid].concat();
    let body = [algorithm, der_length(0x03, key.len()), key].concat();
    [der_length(0x30, body.len()), body].concat()
}

fn der_length(tag: u8, length: usize) -> Vec<u8> {
    match length {
        0..=0x7F => vec![tag, length as u8],
        0x80..=0xFF => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    }
}

/// Checks a canister's signature over `payload`.
pub(super) fn verify(key: &[u8], payload: &[u8], signature: &[u8], root_key_der: &[u8]) -> Result<(), SignatureError> {
    let key = CanisterKey::from_key(key).ok_or(SignatureError::BadKey(NAME))?;
    let (certificate, tree) = read(signature).ok_or(SignatureError::Malformed(NAME))?;
    let path = [&b"sig"[..], &sha256(key.seed), &sha256(payload)];
    if tree.lookup_path(path) != LookupResult::Found(b"") {
        return Err(SignatureError::Wrong(NAME));
    }
    let state = verify_certificate(&certificate, root_key_der)
        .map_err(|error| SignatureError::Certificate(error.to_string()))?;
    let path = [&b"canister"[..], key.canister_id.as_slice(), b"certified_data"];
    match state.lookup_path(path) {
        LookupResult::Found(data) if *data == tree.digest() => Ok(()),
        _ => Err(SignatureError::Certificate("it is not the canister's certified data".into())),
    }
}

fn read(signature: &[u8]) -> Option<(Vec<u8>, HashTree)> {
    let Value::Map(fields) = cbor::decode_nested(signature, MAX_TREE_DEPTH).ok()? else {
        return None;
    };
    let (mut certificate, mut tree) = (None, None);
    for (name, value) in fields {
        match (name.as_ref(), value) {
            ("certificate", Value::Bytes(bytes)) => certificate = Some(bytes.into_owned()),
            ("tree", value) => tree = Some(read_tree(&value).ok()?),
            _ => return None,
        }
    }
    certificate.zip(tree)
}

#[cfg(test)]
mod tests {
    use super::super::verify;
    use super::*;
    use crate::cbor::Writer;
    use crate::{CanisterId, RootKey, Tree};

    /// A signature by canister 5 with this seed over "m", certified by `root`.
    fn signature(root: &RootKey, seed: &[u8]) -> Vec<u8> {
        let mut signed = Tree::node();
        signed.insert(&[b"sig".to_vec(), sha256(seed).to_vec(), sha256(b"m").to_vec()], Tree::leaf([]));
        let mut state = Tree::node();
        let path = [&b"canister"[..], CanisterId::from_index(5).as_slice(), b"certified_data"].map(<[u8]>::to_vec);
        state.insert(&path, Tree::leaf(signed.digest()));
        let witness = state.witness(&[path.to_vec()]);
        let certificate = crate::certificate::encode_certificate(&witness, &root.sign(&state.digest()));
        let mut out = Writer::self_described();
        out.map(2).text("certificate").bytes(&certificate).text("tree").raw(&signed.witness(&[vec![]]));
        out.finish()
    }

    #[test]
    fn a_canister_signs_by_certifying() {
        let root = RootKey::from_seed(&[1; 32]);
        let der = root.public_key_der();
        let key = canister_public_key(&CanisterId::from_index(5).principal(), b"seed");
        let sig = signature(&root, b"seed");
        assert_eq!(verify(&key, b"m", &sig, &der), Ok(()));
        assert_eq!(verify(&key, b"n", &sig, &der), Err(SignatureError::Wrong(NAME)));

        let other_canister = canister_public_key(&CanisterId::from_index(6).principal(), b"seed");
        assert!(verify(&other_canister, b"m", &sig, &der).is_err());
        let other_seed = canister_public_key(&CanisterId::from_index(5).principal(), b"tree");
        assert!(verify(&other_seed, b"m", &sig, &der).is_err());
        let other_root = RootKey::from_seed(&[2; 32]).public_key_der();
        assert!(matches!(verify(&key, b"m", &sig, &other_root), Err(SignatureError::Certificate(_))));
    }

    #[test]
    fn keys_round_trip_at_any_length() {
        let id = CanisterId::from_index(5).principal();
        for length in [0, 1, 100, 120, 200, 300, 5000] {
            let seed = vec![7; length];
            let der = canister_public_key(&id, &seed);
            assert_eq!(CanisterKey::from_der(&der), Some(CanisterKey { canister_id: id, seed: &seed }));
        }
    }
}
