//! Signature schemes by which users authenticate: plain keys, passkeys, and canisters.
//!
//! Invariant: a key is accepted in one encoding only (DER, uncompressed points), so that one key has
//! one principal; which scheme applies follows from the key, never from the signature.

mod canister;
mod passkey;

use sha2::{Digest, Sha256};
use thiserror::Error;

pub use canister::{CanisterKey, canister_public_key};

/// Why a signature was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The key's encoding is none of the specified ones.
    #[error("the public key is not in the DER form of a supported scheme")]
    UnknownKey,
    /// The key has the right form but names no point of its curve.
    #[error("the {0} public key is not valid")]
    BadKey(&'static str),
    /// The signature does not have the scheme's form.
    #[error("the {0} signature is malformed")]
    Malformed(&'static str),
    /// The signature is somebody else's, or over something else.
    #[error("the {0} signature does not verify")]
    Wrong(&'static str),
    /// A scheme of the specification that is not implemented here.
    #[error("{0} keys are not supported yet; use a passkey with ES256 or EdDSA, or a plain key")]
    Unsupported(&'static str),
    /// A canister signature whose certificate does not hold.
    #[error("the canister signature's certificate does not hold: {0}")]
    Certificate(String),
}

/// The algorithm part of a DER public key, as far as we know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Ed25519,
    P256,
    Secp256k1,
    Passkey,
    Canister,
}

/// The contents of the algorithm identifier for each scheme.
const SCHEMES: [(&[u8], Scheme); 5] = [
    (&[0x06, 3, 0x2B, 0x65, 0x70], Scheme::Ed25519),
    (&[0x06, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7], Scheme::P256),
    (&[0x06, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 0x06, 5, 0x2B, 0x81, 4, 0, 0x0A], Scheme::Secp256k1),
    (&[0x06, 10, 0x2B, 6, 1, 4, 1, 0x83, 0xB8, 0x43, 1, 1], Scheme::Passkey),
    (&[0x06, 10, 0x2B, 6, 1, 4, 1, 0x83, 0xB8, 0x43, 1, 2], Scheme::Canister),
];

/// Splits a DER public key into its scheme and the key's own bytes.
fn parse(der: &[u8]) -> Result<(Scheme, &[u8]), SignatureError> {
    let unknown = SignatureError::UnknownKey;
    let (outer, rest) = der_item(der, 0x30).ok_or(unknown.clone())?;
    let (algorithm, bits) = der_item(outer, 0x30).ok_or(unknown.clone())?;
    let (bits, tail) = der_item(bits, 0x03).ok_or(unknown.clone())?;
    let key = bits.strip_prefix(&[0]).filter(|_| rest.is_empty() && tail.is_empty());
    let scheme = SCHEMES.iter().find(|(oid, _)| *oid == algorithm).map(|(_, scheme)| *scheme);
    scheme.zip(key).ok_or(unknown)
}

/// Reads one DER item with this tag: its contents and what follows. Lengths in shortest form only.
fn der_item(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match der.strip_prefix(&[tag])? {
        [n @ 0..=0x7F, rest @ ..] => (usize::from(*n), rest),
        [0x81, n @ 0x80..=0xFF, rest @ ..] => (usize::from(*n), rest),
        [0x82, high @ 1..=0xFF, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// Checks a signature over `payload`, which already carries its domain separator.
///
/// `root_key_der` is the network's own root key, by which canister signatures are judged.
pub fn verify(
    public_key_der: &[u8],
    payload: &[u8],
    signature: &[u8],
    root_key_der: &[u8],
) -> Result<(), SignatureError> {
    let (scheme, key) = parse(public_key_der)?;
    match scheme {
        Scheme::Ed25519 => ed25519(key, payload, signature),
        Scheme::P256 => p256(key, |key| key.verify_signature(payload, signature)),
        Scheme::Secp256k1 => secp256k1(key, payload, signature),
        Scheme::Passkey => passkey::verify(key, payload, signature),
        Scheme::Canister => canister::verify(key, payload, signature, root_key_der),
    }
}

/// Refuses a public key that could never verify anything, before it is looked at more closely.
pub fn check_public_key(public_key_der: &[u8]) -> Result<(), SignatureError> {
    parse(public_key_der).map(|_| ())
}

fn ed25519(key: &[u8], payload: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    const NAME: &str = "Ed25519";
    let key = ic_ed25519::PublicKey::deserialize_raw(key).map_err(|_| SignatureError::BadKey(NAME))?;
    key.verify_signature(payload, signature).map_err(|_| SignatureError::Wrong(NAME))
}

/// Checks with a P-256 key. Both forms of `s` are accepted: the request id does not depend on it.
fn p256(key: &[u8], verifies: impl FnOnce(&ic_secp256r1::PublicKey) -> bool) -> Result<(), SignatureError> {
    const NAME: &str = "P-256";
    let key = uncompressed(key)
        .and_then(|key| ic_secp256r1::PublicKey::deserialize_sec1(key).ok())
        .ok_or(SignatureError::BadKey(NAME))?;
    verifies(&key).then_some(()).ok_or(SignatureError::Wrong(NAME))
}

fn secp256k1(key: &[u8], payload: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    const NAME: &str = "secp256k1";
    let key = uncompressed(key)
        .and_then(|key| ic_secp256k1::PublicKey::deserialize_sec1(key).ok())
        .ok_or(SignatureError::BadKey(NAME))?;
    let verified = key.verify_ecdsa_signature_with_malleability(payload, signature);
    verified.then_some(()).ok_or(SignatureError::Wrong(NAME))
}

/// The point, if it is in the one form that is allowed.
fn uncompressed(key: &[u8]) -> Option<&[u8]> {
    (key.len() == 65 && key[0] == 4).then_some(key)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_keys_good_and_bad() {
        let ed = ic_ed25519::PrivateKey::generate_from_seed(b"ed");
        let k1 = ic_secp256k1::PrivateKey::generate_from_seed(b"k1");
        let r1 = ic_secp256r1::PrivateKey::generate_insecure_key_for_testing(1);
        let cases: [(Vec<u8>, Vec<u8>); 3] = [
            (ed.public_key().serialize_rfc8410_der(), ed.sign_message(b"m").to_vec()),
            (k1.public_key().serialize_der(), k1.sign_message_with_ecdsa(b"m").to_vec()),
            (r1.public_key().serialize_der(), r1.sign_message(b"m").to_vec()),
        ];
        for (key, signature) in cases {
            assert_eq!(verify(&key, b"m", &signature, &[]), Ok(()));
            assert!(matches!(verify(&key, b"n", &signature, &[]), Err(SignatureError::Wrong(_))));
            for i in [0, 31, 32, 63] {
                let mut bad = signature.clone();
                bad[i] ^= 1;
                assert!(verify(&key, b"m", &bad, &[]).is_err());
            }
            assert!(verify(&key, b"m", &signature[..63], &[]).is_err());
            assert!(verify(&key, b"m", &[], &[]).is_err());
            let longer = [key.clone(), vec![0]].concat();
            assert_eq!(verify(&longer, b"m", &signature, &[]), Err(SignatureError::UnknownKey));
            for cut in 0..key.len() {
                assert!(verify(&key[..cut], b"m", &signature, &[]).is_err());
            }
        }
    }

    #[test]
    fn compressed_points_are_refused() {
        let k1 = ic_secp256k1::PrivateKey::generate_from_seed(b"k1");
        let point = k1.public_key().serialize_sec1(true);
        let der = [&hex::decode("3036301006072a8648ce3d020106052b8104000a032200").expect("hex")[..], &point].concat();
        let signature = k1.sign_message_with_ecdsa(b"m");
        assert_eq!(verify(&der, b"m", &signature, &[]), Err(SignatureError::BadKey("secp256k1")));
    }
}
