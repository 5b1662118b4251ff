//! Numbers: small ones in the upper bits of a word, large ones as objects.

use candid::Nat;

use super::{
    HeapError, Reader,
    object::{Object, Tag, is_reference},
};

/// Bits of a digit of a large number, which has a word.
const DIGIT_BITS: u32 = 60;
/// Digits of a number that is looked at.
const MOST_DIGITS: u64 = 10_000;

impl<S> Reader<'_, S> {
    /// A number in decimal.
    pub(super) fn number(&mut self, kind: &str, word: u64) -> Result<String, HeapError> {
        let signed = word.cast_signed();
        if is_reference(word) {
            let object = self.expect(word, &[Tag::Bits64, Tag::BigInt], "number")?;
            return self.large(kind, object);
        }
        Ok(match kind {
            "Nat" | "Int" => (signed >> 2).to_string(),
            "Nat64" => (word >> 4).to_string(),
            "Int64" => (signed >> 4).to_string(),
            "Nat32" => (word >> 32).to_string(),
            "Int32" => (signed >> 32).to_string(),
            "Nat16" => (word >> 48).to_string(),
            "Int16" => (signed >> 48).to_string(),
            "Nat8" => (word >> 56).to_string(),
            "Int8" => (signed >> 56).to_string(),
            _ => return Err(HeapError::Unexpected { address: word, expected: "number" }),
        })
    }

    fn large(&self, kind: &str, object: Object) -> Result<String, HeapError> {
        if object.tag == Some(Tag::Bits64) {
            let bits = object.word(self, 0)?;
            return Ok(match kind {
                "Float" => f64::from_bits(bits).to_string(),
                "Int64" => bits.cast_signed().to_string(),
                _ => bits.to_string(),
            });
        }
        // `used` and `alloc` share a word, then the sign, a pointer of no meaning, and the digits, lowest first.
        let (used, negative) = (object.word(self, 0)? & 0xffff_ffff, object.word(self, 1)? & 0xffff_ffff != 0);
        if used > MOST_DIGITS {
            return Err(HeapError::TooLarge);
        }
        let mut number = Nat::from(0_u64);
        for at in (0..used).rev() {
            number = number * (1_u64 << DIGIT_BITS) + object.word(self, 3 + at)?;
        }
        Ok(if negative { format!("-{}", number.0) } else { number.0.to_string() })
    }
}
