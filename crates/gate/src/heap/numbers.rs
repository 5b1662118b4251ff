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

impl Reader<'_> {
    /// A number in decimal.
    pub(super) fn number(&self, kind: &str, word: u64) -> Result<String, HeapError> {
        if is_reference(word) {
            let object = self.expect(word, &[Tag::Bits64, Tag::BigInt], "number")?;
            return self.large(kind, object);
        }
        Ok(match self.small(kind, word)? {
            (true, number) => number.cast_signed().to_string(),
            (false, number) => number.to_string(),
        })
    }

    /// A number that lies in its word: whether it has a sign, and its bits.
    pub(super) fn small(&self, kind: &str, word: u64) -> Result<(bool, u64), HeapError> {
        let signed = word.cast_signed();
        let with_sign = |number: i64| (true, number.cast_unsigned());
        Ok(match kind {
            "Nat" | "Int" => with_sign(signed >> 2),
            "Nat64" => (false, word >> 4),
            "Int64" => with_sign(signed >> 4),
            "Nat32" => (false, word >> 32),
            "Int32" => with_sign(signed >> 32),
            "Nat16" => (false, word >> 48),
            "Int16" => with_sign(signed >> 48),
            "Nat8" => (false, word >> 56),
            "Int8" => with_sign(signed >> 56),
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
        self.spend(used)?;
        let mut number = Nat::from(0_u64);
        for at in (0..used).rev() {
            number = number * (1_u64 << DIGIT_BITS) + object.word(self, 3 + at)?;
        }
        Ok(if negative { format!("-{}", number.0) } else { number.0.to_string() })
    }
}
