//! Objects in memory: tags, references, arrays, texts.

use std::rc::Rc;

use super::{HeapError, NULL, Reader, TRUE};

const WORD: u64 = 8;
/// Tag and forwarding pointer.
const HEADER: u64 = 2 * WORD;
/// While a large array is being marked, the collector keeps its progress in the tag.
const FIRST_SLICE: u64 = 46;
const MOST_FORWARDS: usize = 8;

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Object,
    Array,
    Bits64,
    MutBox,
    Some,
    Variant,
    Blob,
    BigInt,
    Concat,
    WeakRef,
}

impl Tag {
    fn of(word: u64) -> Option<Tag> {
        Some(match word {
            1 => Tag::Object,
            3 | 5 | 7 | 9 => Tag::Array,
            11 | 13 | 15 => Tag::Bits64,
            17 => Tag::MutBox,
            21 => Tag::Some,
            23 => Tag::Variant,
            25 | 27 | 29 | 31 => Tag::Blob,
            35 => Tag::BigInt,
            37 => Tag::Concat,
            45 => Tag::WeakRef,
            slice if slice >= FIRST_SLICE => Tag::Array,
            _ => return None,
        })
    }
}

/// An object where it lies now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object {
    pub(super) address: u64,
    pub(super) tag: Option<Tag>,
}

impl Object {
    /// The n-th word after the header.
    pub(super) fn word<S>(self, reader: &Reader<'_, S>, at: u64) -> Result<u64, HeapError> {
        reader.word(self.address.saturating_add(HEADER).saturating_add(at.saturating_mul(WORD)))
    }
}

/// Whether a word points to an object.
pub(super) fn is_reference(word: u64) -> bool {
    word & 1 == 1 && word != TRUE
}

impl<S> Reader<'_, S> {
    pub(super) fn word(&self, address: u64) -> Result<u64, HeapError> {
        let bytes = self.memory.read(address, WORD).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        bytes.map(u64::from_le_bytes).ok_or(HeapError::Unexpected { address, expected: "memory" })
    }

    /// The object that a reference means, wherever the collector moved it.
    pub(super) fn object(&self, reference: u64) -> Result<Object, HeapError> {
        let missing = HeapError::Unexpected { address: reference, expected: "object" };
        if !is_reference(reference) || reference == NULL {
            return Err(missing);
        }
        let mut address = reference.wrapping_add(1);
        for _ in 0..MOST_FORWARDS {
            let forward = self.word(address.wrapping_add(WORD))?.wrapping_add(1);
            if forward == address {
                return Ok(Object { address, tag: Tag::of(self.word(address)?) });
            }
            address = forward;
        }
        Err(missing)
    }

    pub(super) fn expect(&self, word: u64, tags: &[Tag], expected: &'static str) -> Result<Object, HeapError> {
        let object = self.object(word).map_err(|_| HeapError::Unexpected { address: word, expected })?;
        let fits = object.tag.is_some_and(|tag| tags.contains(&tag));
        if fits { Ok(object) } else { Err(HeapError::Unexpected { address: object.address, expected }) }
    }

    /// What a mutable field, and outside of options a box, holds.
    pub(super) fn unboxed(&self, mut word: u64, option: bool) -> Result<u64, HeapError> {
        for _ in 0..MOST_FORWARDS {
            if !is_reference(word) || word == NULL {
                return Ok(word);
            }
            let object = self.object(word)?;
            match object.tag {
                Some(Tag::MutBox | Tag::WeakRef) => word = object.word(self, 0)?,
                Some(Tag::Some) if !option => word = object.word(self, 0)?,
                _ => return Ok(word),
            }
        }
        Ok(word)
    }

    /// The elements of an array.
    pub(super) fn array(&mut self, word: u64) -> Result<Vec<u64>, HeapError> {
        let word = self.unboxed(word, false)?;
        let array = self.expect(word, &[Tag::Array], "list")?;
        let length = array.word(self, 0)?;
        let parts = usize::try_from(length).ok().and_then(|length| self.parts.checked_sub(length));
        self.parts = parts.ok_or(HeapError::TooLarge)?;
        let bytes = self.memory.read(array.address.saturating_add(HEADER + WORD), length * WORD);
        let bytes = bytes.ok_or(HeapError::Unexpected { address: array.address, expected: "list" })?;
        let word = |chunk: &[u8]| chunk.try_into().map_or(0, u64::from_le_bytes);
        Ok(bytes.chunks_exact(8).map(word).collect())
    }

    /// The field hashes of a record, in order of its fields.
    pub(super) fn hashes(&mut self, object: &Object) -> Result<Rc<Vec<u64>>, HeapError> {
        let reference = object.word(self, 0)?;
        if let Some(known) = self.hashes.get(&reference) {
            return Ok(known.clone());
        }
        let bytes = self.blob(reference)?;
        let word = |chunk: &[u8]| chunk.try_into().map_or(0, u64::from_le_bytes);
        let hashes = Rc::new(bytes.chunks_exact(8).map(word).collect::<Vec<_>>());
        self.hashes.insert(reference, hashes.clone());
        Ok(hashes)
    }

    pub(super) fn blob(&mut self, word: u64) -> Result<Vec<u8>, HeapError> {
        let mut bytes = Vec::new();
        // Long texts are trees of shorter ones.
        let mut open = vec![word];
        while let Some(word) = open.pop() {
            let object = self.expect(word, &[Tag::Blob, Tag::Concat], "text or bytes")?;
            let length = object.word(self, 0)?;
            self.parts = self.parts.checked_sub(1).ok_or(HeapError::TooLarge)?;
            if object.tag == Some(Tag::Concat) {
                open.extend([object.word(self, 2)?, object.word(self, 1)?]);
                continue;
            }
            self.bytes = usize::try_from(length)
                .ok()
                .and_then(|length| self.bytes.checked_sub(length))
                .ok_or(HeapError::TooLarge)?;
            let read = self.memory.read(object.address.saturating_add(HEADER + WORD), length);
            bytes.extend(read.ok_or(HeapError::Unexpected { address: object.address, expected: "text or bytes" })?);
        }
        Ok(bytes)
    }

    pub(super) fn text(&mut self, word: u64) -> Result<String, HeapError> {
        String::from_utf8(self.blob(word)?).map_err(|_| HeapError::Unexpected { address: word, expected: "text" })
    }
}
