//! The representation-independent hash of structured data, and the request id made with it.
//!
//! Invariant: the hash depends on the fields alone, never on their order or encoding.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// SHA-256 of the given bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A value as the hash sees it: the specification's blobs, texts, naturals, arrays and maps.
#[derive(Clone, Debug)]
pub enum HashValue<'a> {
    /// Bytes, hashed as they are.
    Blob(&'a [u8]),
    /// Text, hashed as UTF-8.
    Text(&'a str),
    /// A natural number, hashed as shortest-form unsigned LEB128.
    Nat(u64),
    /// An array: the hash of its elements' hashes.
    Array(Vec<HashValue<'a>>),
    /// A map from ASCII field names.
    Map(Vec<(&'a str, HashValue<'a>)>),
}

impl HashValue<'_> {
    fn hash(&self) -> [u8; 32] {
        match self {
            HashValue::Blob(bytes) => sha256(bytes),
            HashValue::Text(text) => sha256(text.as_bytes()),
            HashValue::Nat(n) => sha256(&leb128(*n)),
            HashValue::Array(items) => {
                let mut hasher = Sha256::new();
                items.iter().for_each(|item| hasher.update(item.hash()));
                hasher.finalize().into()
            }
            HashValue::Map(fields) => hash_of_map(fields),
        }
    }
}

/// The representation-independent hash of a map; absent optional fields are simply left out.
pub fn hash_of_map(fields: &[(&str, HashValue<'_>)]) -> [u8; 32] {
    let mut pairs: Vec<[u8; 64]> = fields
        .iter()
        .map(|(name, value)| {
            let mut pair = [0; 64];
            pair[..32].copy_from_slice(&sha256(name.as_bytes()));
            pair[32..].copy_from_slice(&value.hash());
            pair
        })
        .collect();
    pairs.sort_unstable();
    let mut hasher = Sha256::new();
    pairs.iter().for_each(|pair| hasher.update(pair));
    hasher.finalize().into()
}

/// Shortest-form unsigned LEB128, which is also how the state tree encodes natural numbers.
pub fn leb128(mut n: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(10);
    loop {
        let byte = (n & 0x7F) as u8;
        n >>= 7;
        if n == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

/// Puts a domain separator, led by its length, before the message, as every signature here does.
///
/// The separator must be shorter than 256 bytes; all those of the specification are.
pub fn domain_separated(domain: &str, message: &[u8]) -> Vec<u8> {
    debug_assert!(domain.len() < 256, "domain separators are short");
    let mut out = Vec::with_capacity(1 + domain.len() + message.len());
    out.push(domain.len() as u8);
    out.extend_from_slice(domain.as_bytes());
    out.extend_from_slice(message);
    out
}

/// The hash of a request's content, by which its status is looked up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub [u8; 32]);

impl RequestId {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the sender signs.
    pub fn signable(&self) -> Vec<u8> {
        domain_separated("ic-request", &self.0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RequestId {
    type Err = hex::FromHexError;
    /// Reads 64 hexadecimal digits, with or without the leading `0x`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes)?;
        Ok(RequestId(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leb128_is_the_shortest_form() {
        assert_eq!(leb128(0), [0]);
        assert_eq!(leb128(624_485), [0xE5, 0x8E, 0x26]);
        assert_eq!(leb128(u64::MAX).len(), 10);
    }

    #[test]
    fn order_of_fields_does_not_matter() {
        let a = hash_of_map(&[("a", HashValue::Nat(1)), ("b", HashValue::Text("x"))]);
        let b = hash_of_map(&[("b", HashValue::Text("x")), ("a", HashValue::Nat(1))]);
        assert_eq!(a, b);
        assert_ne!(a, hash_of_map(&[("b", HashValue::Text("x")), ("a", HashValue::Nat(2))]));
    }

    #[test]
    fn request_id_text_round_trips() {
        let id = RequestId(sha256(b"x"));
        assert_eq!(id.to_string().parse::<RequestId>(), Ok(id));
        assert!("0x00".parse::<RequestId>().is_err());
    }
}
