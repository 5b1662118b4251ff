//! CBOR as the interface uses it: a bounded reader for what strangers send, and a writer.
//!
//! Invariant: the reader's time and memory are bounded by the input's length, [`MAX_DEPTH`] and
//! [`MAX_ITEMS`]; it never panics, and refuses duplicate keys, trailing bytes and non-text keys.

use std::borrow::Cow;

use thiserror::Error;

/// How deeply items may nest.
pub const MAX_DEPTH: usize = 16;
/// How many items one message may hold: 1000 paths of 127 labels each, and room to spare.
pub const MAX_ITEMS: usize = 1 << 18;
/// The self-describing tag that leads every message of the interface.
pub const SELF_DESCRIBED: u64 = 55799;

/// Why bytes are no acceptable CBOR.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CborError {
    /// The input ends inside an item.
    #[error("the CBOR message ends too early, at byte {0}")]
    Truncated(usize),
    /// Bytes follow the message.
    #[error("{0} bytes follow the CBOR message")]
    Trailing(usize),
    /// An item that the interface never uses, or a malformed one.
    #[error("unexpected CBOR item 0x{byte:02x} at byte {at}")]
    Unexpected {
        /// The item's first byte.
        byte: u8,
        /// Its offset.
        at: usize,
    },
    /// Text that is not UTF-8.
    #[error("the text at byte {0} is not valid UTF-8")]
    NotUtf8(usize),
    /// Nesting beyond the bound, [`MAX_DEPTH`] for requests.
    #[error("the CBOR message nests too deeply")]
    TooDeep,
    /// More than [`MAX_ITEMS`] items.
    #[error("the CBOR message holds more than {MAX_ITEMS} items")]
    TooMany,
    /// The same key twice in one map.
    #[error("the key `{0}` appears twice in one map")]
    DuplicateKey(String),
}

/// One decoded item. Bytes and texts borrow from the input where they are in one piece.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A natural number that fits 64 bits.
    Nat(u64),
    /// A byte string.
    Bytes(Cow<'a, [u8]>),
    /// A text string.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// A map with text keys, in the order sent.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
    /// `true` or `false`.
    Bool(bool),
    /// `null` or `undefined`: the same as leaving the field out.
    Null,
    /// A well-formed item that no message of the interface holds (negative number, float, …).
    Other,
}

/// Reads exactly one item, with or without the self-describing tag before it.
pub fn decode(bytes: &[u8]) -> Result<Value<'_>, CborError> {
    decode_nested(bytes, MAX_DEPTH)
}

/// Like [`decode`] with another bound for nesting, for hash trees.
pub(crate) fn decode_nested(bytes: &[u8], max_depth: usize) -> Result<Value<'_>, CborError> {
    let mut reader = Reader { bytes, at: 0, items: 0, max_depth };
    let value = reader.value(0)?;
    match bytes.len() - reader.at {
        0 => Ok(value),
        left => Err(CborError::Trailing(left)),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    items: usize,
    max_depth: usize,
}

/// The argument of an item's head: a number, or "of indefinite length".
enum Head {
    Definite(u64),
    Indefinite,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, CborError> {
        let byte = *self.bytes.get(self.at).ok_or(CborError::Truncated(self.at))?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], CborError> {
        let rest = &self.bytes[self.at..];
        let length = usize::try_from(length).ok().filter(|n| *n <= rest.len());
        let length = length.ok_or(CborError::Truncated(self.bytes.len()))?;
        self.at += length;
        Ok(&rest[..length])
    }

    fn head(&mut self, first: u8) -> Result<Head, CborError> {
        let width = match first & 0x1F {
            small @ 0..=23 => return Ok(Head::Definite(u64::from(small))),
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            31 => return Ok(Head::Indefinite),
            _ => {
                return Err(CborError::Unexpected { byte: first, at: self.at - 1 });
            }
        };
        let bytes = self.take(width)?;
        Ok(Head::Definite(bytes.iter().fold(0, |n, byte| (n << 8) | u64::from(*byte))))
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, CborError> {
        if depth > self.max_depth {
            return Err(CborError::TooDeep);
        }
        self.items += 1;
        if self.items > MAX_ITEMS {
            return Err(CborError::TooMany);
        }
        let at = self.at;
        let first = self.byte()?;
        match (first >> 5, self.head(first)?) {
            (0, Head::Definite(n)) => Ok(Value::Nat(n)),
            (1, Head::Definite(_)) => Ok(Value::Other),
            (2, head) => Ok(Value::Bytes(self.string(2, head)?)),
            (3, head) => self.text(head, at).map(Value::Text),
            (4, head) => self.array(head, depth),
            (5, head) => self.map(head, depth),
            (6, Head::Definite(tag)) => self.tagged(tag, depth),
            (7, Head::Definite(_)) => Ok(simple(first)),
            _ => Err(CborError::Unexpected { byte: first, at }),
        }
    }

    fn tagged(&mut self, tag: u64, depth: usize) -> Result<Value<'a>, CborError> {
        match (tag, self.value(depth + 1)?) {
            (SELF_DESCRIBED, value) => Ok(value),
            (2, Value::Bytes(bytes)) => Ok(bignum(&bytes)),
            _ => Ok(Value::Other),
        }
    }

    /// A string of the given major type, its chunks put together if it is of indefinite length.
    fn string(&mut self, major: u8, head: Head) -> Result<Cow<'a, [u8]>, CborError> {
        if let Head::Definite(length) = head {
            return self.take(length).map(Cow::Borrowed);
        }
        let mut whole = Vec::new();
        while !self.at_break()? {
            let (at, first) = (self.at, self.byte()?);
            match (first >> 5, self.head(first)?) {
                (m, Head::Definite(length)) if m == major => {
                    whole.extend_from_slice(self.take(length)?);
                }
                _ => return Err(CborError::Unexpected { byte: first, at }),
            }
        }
        Ok(Cow::Owned(whole))
    }

    fn text(&mut self, head: Head, at: usize) -> Result<Cow<'a, str>, CborError> {
        match self.string(3, head)? {
            Cow::Borrowed(b) => std::str::from_utf8(b).map(Cow::Borrowed).map_err(|_| CborError::NotUtf8(at)),
            Cow::Owned(b) => String::from_utf8(b).map(Cow::Owned).map_err(|_| CborError::NotUtf8(at)),
        }
    }

    /// Whether the items of a collection are used up; swallows the closing break.
    fn ended(&mut self, head: &Head, seen: u64) -> Result<bool, CborError> {
        match head {
            Head::Definite(length) => Ok(seen >= *length),
            Head::Indefinite => self.at_break(),
        }
    }

    fn at_break(&mut self) -> Result<bool, CborError> {
        let ended = *self.bytes.get(self.at).ok_or(CborError::Truncated(self.at))? == 0xFF;
        self.at += usize::from(ended);
        Ok(ended)
    }

    fn array(&mut self, head: Head, depth: usize) -> Result<Value<'a>, CborError> {
        let mut items = Vec::new();
        while !self.ended(&head, items.len() as u64)? {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    fn map(&mut self, head: Head, depth: usize) -> Result<Value<'a>, CborError> {
        let mut fields: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        while !self.ended(&head, fields.len() as u64)? {
            let at = self.at;
            let key = match self.value(depth + 1)? {
                Value::Text(key) => key,
                _ => {
                    return Err(CborError::Unexpected { byte: self.bytes[at], at });
                }
            };
            fields.push((key, self.value(depth + 1)?));
        }
        refuse_duplicates(&fields)?;
        Ok(Value::Map(fields))
    }
}

fn simple<'a>(first: u8) -> Value<'a> {
    match first & 0x1F {
        20 => Value::Bool(false),
        21 => Value::Bool(true),
        22 | 23 => Value::Null,
        _ => Value::Other,
    }
}

/// A big natural number, if it fits 64 bits after all (some encoders write every number so).
fn bignum<'a>(bytes: &[u8]) -> Value<'a> {
    let significant = &bytes[bytes.iter().take_while(|b| **b == 0).count()..];
    if significant.len() > 8 {
        return Value::Other;
    }
    Value::Nat(significant.iter().fold(0, |n, byte| (n << 8) | u64::from(*byte)))
}

fn refuse_duplicates(fields: &[(Cow<'_, str>, Value<'_>)]) -> Result<(), CborError> {
    let mut keys: Vec<&str> = fields.iter().map(|(key, _)| key.as_ref()).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(CborError::DuplicateKey(pair[0].chars().take(64).collect())),
        None => Ok(()),
    }
}

/// Writes CBOR, shortest heads and definite lengths only.
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer that has written the self-describing tag.
    pub fn self_described() -> Self {
        let mut writer = Self::default();
        writer.head(6, SELF_DESCRIBED);
        writer
    }

    fn head(&mut self, major: u8, n: u64) {
        let major = major << 5;
        match n {
            0..=23 => self.out.push(major | n as u8),
            24..=0xFF => self.out.extend([major | 24, n as u8]),
            0x100..=0xFFFF => {
                self.out.push(major | 25);
                self.out.extend((n as u16).to_be_bytes());
            }
            0x1_0000..=0xFFFF_FFFF => {
                self.out.push(major | 26);
                self.out.extend((n as u32).to_be_bytes());
            }
            _ => {
                self.out.push(major | 27);
                self.out.extend(n.to_be_bytes());
            }
        }
    }

    /// Writes a natural number.
    pub fn nat(&mut self, n: u64) -> &mut Self {
        self.head(0, n);
        self
    }

    /// Writes a byte string.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.head(2, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
        self
    }

    /// Writes a text string.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.head(3, text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
        self
    }

    /// Opens an array; exactly `length` items must follow.
    pub fn array(&mut self, length: usize) -> &mut Self {
        self.head(4, length as u64);
        self
    }

    /// Opens a map; exactly `length` pairs of a text and an item must follow.
    pub fn map(&mut self, length: usize) -> &mut Self {
        self.head(5, length as u64);
        self
    }

    /// Puts an item in that is encoded already.
    pub fn raw(&mut self, item: &[u8]) -> &mut Self {
        self.out.extend_from_slice(item);
        self
    }

    /// What was written.
    pub fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex::decode(hex).expect("test vectors are hexadecimal")
    }

    #[test]
    fn the_spec_example_of_cbor() {
        let input = bytes("826161a161626163");
        let Ok(Value::Array(items)) = decode(&input) else { panic!("an array was sent") };
        assert_eq!(items[0], Value::Text("a".into()));
        assert_eq!(items[1], Value::Map(vec![("b".into(), Value::Text("c".into()))]));
    }

    #[test]
    fn indefinite_lengths_and_bignums() {
        assert_eq!(decode(&bytes("5f4201024103ff")), Ok(Value::Bytes(vec![1, 2, 3].into())));
        assert_eq!(decode(&bytes("9f01ff")), Ok(Value::Array(vec![Value::Nat(1)])));
        assert_eq!(decode(&bytes("c24a00000000000000000102")), Ok(Value::Nat(258)));
        assert_eq!(decode(&bytes("c249010000000000000000")), Ok(Value::Other));
    }

    #[test]
    fn refusals() {
        assert_eq!(decode(&[]), Err(CborError::Truncated(0)));
        assert_eq!(decode(&[0x01, 0x02]), Err(CborError::Trailing(1)));
        assert_eq!(decode(&bytes("a2616101616102")), Err(CborError::DuplicateKey("a".into())));
        assert_eq!(decode(&bytes("5bffffffffffffffff")), Err(CborError::Truncated(9)));
        assert_eq!(decode(&bytes("9bffffffffffffffff")), Err(CborError::Truncated(9)));
        assert!(matches!(decode(&bytes("a10102")), Err(CborError::Unexpected { .. })));
        assert_eq!(decode(&bytes("61ff")), Err(CborError::NotUtf8(0)));
    }

    #[test]
    fn depth_and_count_are_bounded() {
        let nested = |depth: usize| [vec![0x81; depth], vec![0x01]].concat();
        assert!(decode(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(decode(&nested(MAX_DEPTH + 1)), Err(CborError::TooDeep));
        assert_eq!(decode(&vec![0xC1; 1 << 20]), Err(CborError::TooDeep));
        let mut many = vec![0x9F];
        many.resize(MAX_ITEMS + 2, 0x00);
        assert_eq!(decode(&many), Err(CborError::TooMany));
    }

    #[test]
    fn what_is_written_is_read() {
        for n in [0, 23, 24, 255, 256, 65_535, 65_536, u64::from(u32::MAX), 1 << 40, u64::MAX] {
            assert_eq!(decode(&Writer::self_described().nat(n).finish()), Ok(Value::Nat(n)));
        }
    }
}
