//! Approval tokens: the owner's word, good for exactly this proposal on exactly this live version.
//!
//! A token is an HMAC-SHA256 (RFC 2104), so nobody without the node's secret can make one.

use sha2::{Digest as _, Sha256};

/// Bytes of the code that a token keeps: 120 bits, 24 characters.
const KEPT_BYTES: usize = 15;
const BLOCK_BYTES: usize = 64;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Makes and compares approval tokens.
#[derive(Clone)]
pub struct Tokens([u8; 32]);

impl Tokens {
    /// With the node's secret.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Tokens {
        Tokens(secret)
    }

    /// The token of one proposal: which app, on which live version, which source, and what of it needs approval.
    ///
    /// Lower-case letters and digits, safe in a URL and on a command line.
    #[must_use]
    pub fn token(&self, app: &[u8], live_version: u64, proposal: &[u8; 32], findings: &[u8; 32]) -> String {
        let mut message = b"autograph approval 1".to_vec();
        message.extend((app.len() as u64).to_be_bytes());
        message.extend(app);
        message.extend(live_version.to_be_bytes());
        message.extend(proposal);
        message.extend(findings);
        base32(&hmac(&self.0, &message)[..KEPT_BYTES])
    }

    /// Whether a given token is the expected one, in a time that does not depend on where they differ.
    #[must_use]
    pub fn verify(&self, given: &str, expected: &str) -> bool {
        let (given, expected) = (given.trim().as_bytes(), expected.as_bytes());
        // Codes of equal length are compared, so that neither length nor place of a difference shows.
        let (a, b) = (hmac(&self.0, given), hmac(&self.0, expected));
        a.iter().zip(b).fold(0, |seen, (x, y)| seen | (x ^ y)) == 0
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(..)")
    }
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; BLOCK_BYTES];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

/// Five bits a character; `bytes` has a multiple of five bytes.
fn base32(bytes: &[u8]) -> String {
    let digit = |group: &[u8], n: usize| {
        let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        char::from(ALPHABET[(bits >> (35 - 5 * n) & 31) as usize])
    };
    bytes.chunks(5).flat_map(|group| (0..8).map(move |n| digit(group, n))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_agrees_with_rfc_4231() {
        // Test case 2 of RFC 4231 has the key "Jefe"; a key shorter than a block is padded with zeros.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let code = hmac(&key, b"what do ya want for nothing?");
        assert_eq!(crate::words::hex(&code), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn base32_agrees_with_rfc_4648() {
        assert_eq!(base32(b"fooba"), "mzxw6ytb");
        assert_eq!(base32(b"foobafooba"), "mzxw6ytbmzxw6ytb");
    }

    #[test]
    fn a_token_is_for_one_proposal_on_one_version() {
        let tokens = Tokens::new([7; 32]);
        let token = tokens.token(b"app", 3, &[1; 32], &[2; 32]);
        assert_eq!(token.len(), 24);
        assert!(tokens.verify(&token, &tokens.token(b"app", 3, &[1; 32], &[2; 32])));
        for other in [
            tokens.token(b"app", 4, &[1; 32], &[2; 32]),
            tokens.token(b"ap", 3, &[1; 32], &[2; 32]),
            tokens.token(b"app", 3, &[9; 32], &[2; 32]),
            tokens.token(b"app", 3, &[1; 32], &[9; 32]),
            Tokens::new([8; 32]).token(b"app", 3, &[1; 32], &[2; 32]),
            token[..23].to_owned(),
            String::new(),
        ] {
            assert!(!tokens.verify(&token, &other), "{other}");
        }
    }
}
