//! Certificates: a witness of the state tree under a BLS signature of its root hash.
//!
//! Invariant: a certificate made here has no delegation: the root key signs for the one subnet there
//! is, whose id is the self-authenticating principal of that key.

use candid::Principal;
use ic_certification::HashTree;
use ic_verify_bls_signature::{PrivateKey, verify_bls_signature};
use thiserror::Error;

use crate::cbor::{CborError, Value, Writer, decode_nested};
use crate::hash::domain_separated;
use crate::principal::self_authenticating;
use crate::tree::Digest;

/// What precedes the 96 key bytes in the DER form of a BLS12-381 public key.
const DER_PREFIX: [u8; 37] = [
    0x30, 0x81, 0x82, 0x30, 0x1D, 0x06, 0x0D, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xDC, 0x7C, 0x05, 0x03, 0x01, 0x02,
    0x01, 0x06, 0x0C, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xDC, 0x7C, 0x05, 0x03, 0x02, 0x01, 0x03, 0x61, 0x00,
];

/// How deeply a certificate may nest: some hundred forks for each of a path's few labels.
pub(crate) const MAX_TREE_DEPTH: usize = 600;

/// Why a certificate, or a key, was not accepted.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// The secret is zero or not below the group's order.
    #[error("the root key's 32 bytes are no BLS12-381 secret")]
    BadSecret,
    /// The public key is not in the form the specification asks for.
    #[error("the root key is not a BLS12-381 public key in DER form")]
    BadPublicKey,
    /// The bytes are not acceptable CBOR.
    #[error(transparent)]
    Malformed(#[from] CborError),
    /// The CBOR is not a certificate.
    #[error("the certificate does not have the specified fields")]
    NotACertificate,
    /// The CBOR is not a hash tree.
    #[error("the hash tree does not have the specified form")]
    NotATree,
    /// A delegation, which nothing here issues.
    #[error("the certificate carries a delegation, which this network never issues")]
    Delegated,
    /// The signature is not the root key's over this tree.
    #[error("the certificate's signature is not the root key's")]
    BadSignature,
}

/// The root secret of a network that is one machine.
pub struct RootKey(PrivateKey);

impl RootKey {
    /// The key with this secret (big-endian scalar).
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, CertificateError> {
        PrivateKey::deserialize(secret).map(RootKey).map_err(|_| CertificateError::BadSecret)
    }

    /// A key made from any 32 random bytes: they are hashed until they are a secret.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let mut candidate = crate::hash::sha256(seed);
        loop {
            // About every other candidate is below the group's order.
            if let Ok(key) = Self::from_secret(&candidate) {
                return key;
            }
            candidate = crate::hash::sha256(&candidate);
        }
    }

    /// The 32 secret bytes, for the node's key file.
    pub fn secret(&self) -> [u8; 32] {
        self.0.serialize()
    }

    /// The public key in DER form (133 bytes): what `/api/v2/status` shows and agents trust.
    pub fn public_key_der(&self) -> Vec<u8> {
        encode_public_key(&self.0.public_key().serialize())
    }

    /// The id of the one subnet.
    pub fn subnet_id(&self) -> Principal {
        self_authenticating(&self.public_key_der())
    }

    /// Signs a state's root hash; 48 bytes.
    pub fn sign(&self, root_hash: &Digest) -> [u8; 48] {
        self.0.sign(&state_root_payload(root_hash)).serialize()
    }
}

/// What is signed for a state with this root hash, whoever signs (one key or a threshold of shares).
pub fn state_root_payload(root_hash: &Digest) -> Vec<u8> {
    domain_separated("ic-state-root", root_hash)
}

/// The DER form of a BLS12-381 public key (96 bytes, in G2).
pub fn encode_public_key(key: &[u8; 96]) -> Vec<u8> {
    [&DER_PREFIX[..], key].concat()
}

/// The key bytes inside a DER form.
pub fn decode_public_key(der: &[u8]) -> Result<[u8; 96], CertificateError> {
    let key = der.strip_prefix(&DER_PREFIX).ok_or(CertificateError::BadPublicKey)?;
    key.try_into().map_err(|_| CertificateError::BadPublicKey)
}

/// Puts a witness (from [`crate::Tree::witness`]) and the signature of its root hash together.
pub fn encode_certificate(witness: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut out = Writer::self_described();
    out.map(2).text("tree").raw(witness).text("signature").bytes(signature);
    out.finish()
}

/// Reads a certificate and checks the root key's signature over its tree. Returns its tree, in which
/// values are looked up.
pub fn verify_certificate(cbor: &[u8], root_key_der: &[u8]) -> Result<HashTree, CertificateError> {
    let (tree, signature) = read_certificate(cbor)?;
    let key = decode_public_key(root_key_der)?;
    verify_bls_signature(&signature, &state_root_payload(&tree.digest()), &key)
        .map_err(|()| CertificateError::BadSignature)?;
    Ok(tree)
}

/// Reads a certificate without checking its signature: its tree, and the signature of the tree's root hash.
pub fn read_certificate(cbor: &[u8]) -> Result<(HashTree, Vec<u8>), CertificateError> {
    let Value::Map(fields) = decode_nested(cbor, MAX_TREE_DEPTH)? else {
        return Err(CertificateError::NotACertificate);
    };
    let (mut tree, mut signature) = (None, None);
    for (name, value) in fields {
        match (name.as_ref(), value) {
            ("tree", value) => tree = Some(read_tree(&value)?),
            ("signature", Value::Bytes(bytes)) => signature = Some(bytes.into_owned()),
            ("delegation", Value::Map(_)) => return Err(CertificateError::Delegated),
            _ => return Err(CertificateError::NotACertificate),
        }
    }
    tree.zip(signature).ok_or(CertificateError::NotACertificate)
}

/// Reads a hash tree from its CBOR encoding; its nesting is bounded.
pub fn decode_tree(cbor: &[u8]) -> Result<HashTree, CertificateError> {
    read_tree(&decode_nested(cbor, MAX_TREE_DEPTH)?)
}

/// Makes a hash tree of decoded CBOR.
pub(crate) fn read_tree(value: &Value<'_>) -> Result<HashTree, CertificateError> {
    let Value::Array(items) = value else {
        return Err(CertificateError::NotATree);
    };
    match items.as_slice() {
        [Value::Nat(0)] => Ok(ic_certification::empty()),
        [Value::Nat(1), left, right] => Ok(ic_certification::fork(read_tree(left)?, read_tree(right)?)),
        [Value::Nat(2), Value::Bytes(label), below] => Ok(ic_certification::labeled(label.to_vec(), read_tree(below)?)),
        [Value::Nat(3), Value::Bytes(value)] => Ok(ic_certification::leaf(value.to_vec())),
        [Value::Nat(4), Value::Bytes(hash)] => {
            let hash = Digest::try_from(hash.as_ref()).map_err(|_| CertificateError::NotATree)?;
            Ok(ic_certification::pruned(hash))
        }
        _ => Err(CertificateError::NotATree),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;
    use ic_certification::LookupResult;

    fn certified() -> (RootKey, Vec<u8>) {
        let key = RootKey::from_seed(&[1; 32]);
        let mut tree = Tree::node();
        tree.insert(&["time"], Tree::leaf([1]));
        tree.insert(&["secret"], Tree::leaf([2]));
        let witness = tree.witness(&[vec![b"time".to_vec()]]);
        let certificate = encode_certificate(&witness, &key.sign(&tree.digest()));
        (key, certificate)
    }

    #[test]
    fn a_certificate_verifies_under_its_key_alone() {
        let (key, certificate) = certified();
        let tree = verify_certificate(&certificate, &key.public_key_der()).expect("signed above");
        assert_eq!(tree.lookup_path([&b"time"[..]]), LookupResult::Found(&[1]));
        let other = RootKey::from_seed(&[2; 32]).public_key_der();
        assert!(matches!(verify_certificate(&certificate, &other), Err(CertificateError::BadSignature)));
    }

    #[test]
    fn any_changed_byte_is_found() {
        let (key, certificate) = certified();
        for i in 0..certificate.len() {
            let mut changed = certificate.clone();
            changed[i] ^= 0x01;
            assert!(verify_certificate(&changed, &key.public_key_der()).is_err(), "byte {i}");
        }
    }

    #[test]
    fn keys_round_trip() {
        let key = RootKey::from_seed(&[3; 32]);
        let again = RootKey::from_secret(&key.secret()).expect("own secret");
        assert_eq!(key.public_key_der(), again.public_key_der());
        assert_eq!(key.public_key_der().len(), 133);
        assert_eq!(key.subnet_id(), Principal::self_authenticating(key.public_key_der()));
        assert!(RootKey::from_secret(&[0xFF; 32]).is_err());
        assert!(decode_public_key(&[0; 133]).is_err());
    }
}
