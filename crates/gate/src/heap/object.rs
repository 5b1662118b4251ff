//! Objects in memory: tags, references, arrays, texts.

use std::{borrow::Cow, rc::Rc};

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
    pub(super) fn word(self, reader: &Reader<'_>, at: u64) -> Result<u64, HeapError> {
        reader.word(self.address.saturating_add(HEADER).saturating_add(at.saturating_mul(WORD)))
    }
}

/// The words of an array or of a record's hashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a>(&'a [[u8; 8]]);

impl<'a> Words<'a> {
    pub(super) fn len(self) -> usize {
        self.0.len()
    }

    pub(super) fn get(self, at: usize) -> Option<u64> {
        self.0.get(at).map(|bytes| u64::from_le_bytes(*bytes))
    }

    pub(super) fn iter(self) -> impl Iterator<Item = u64> + use<'a> {
        self.0.iter().map(|bytes| u64::from_le_bytes(*bytes))
    }
}

/// Whether a word points to an object.
pub(super) fn is_reference(word: u64) -> bool {
    word & 1 == 1 && word != TRUE
}

impl<'a> Reader<'a> {
    /// The bytes at an address.
    pub(super) fn slice(&self, address: u64, length: u64) -> Option<&'a [u8]> {
        let from = usize::try_from(address).ok()?;
        self.memory.get(from..from.checked_add(usize::try_from(length).ok()?)?)
    }

    pub(super) fn word(&self, address: u64) -> Result<u64, HeapError> {
        let bytes = self.slice(address, WORD).and_then(|bytes| bytes.first_chunk());
        bytes.map(|bytes| u64::from_le_bytes(*bytes)).ok_or(HeapError::Unexpected { address, expected: "memory" })
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

    /// What is in an option that is not null.
    pub(super) fn unwrapped(&self, word: u64) -> Result<u64, HeapError> {
        if !is_reference(word) || word == NULL {
            return Ok(word);
        }
        let object = self.object(word)?;
        if object.tag == Some(Tag::Some) { object.word(self, 0) } else { Ok(word) }
    }

    /// The elements of an array.
    pub(super) fn array(&self, word: u64) -> Result<Words<'a>, HeapError> {
        let word = self.unboxed(word, false)?;
        let array = self.expect(word, &[Tag::Array], "list")?;
        let length = array.word(self, 0)?;
        self.spend(length)?;
        let bytes = self.slice(array.address.saturating_add(HEADER + WORD), length.saturating_mul(WORD));
        let bytes = bytes.ok_or(HeapError::Unexpected { address: array.address, expected: "list" })?;
        Ok(Words(bytes.as_chunks().0))
    }

    /// The field hashes of a record, in order of its fields, with the blob that holds them.
    pub(super) fn hashes(&self, object: Object) -> Result<(u64, Words<'a>), HeapError> {
        let reference = object.word(self, 0)?;
        let blob = self.expect(reference, &[Tag::Blob], "names of fields")?;
        let bytes = self.piece(blob)?;
        Ok((reference, Words(bytes.as_chunks().0)))
    }

    /// The word of a record's field, as it lies there.
    pub(super) fn field(&self, object: Object, hash: u32) -> Result<Option<u64>, HeapError> {
        let (_, hashes) = self.hashes(object)?;
        self.spend(1)?;
        let at = hashes.iter().position(|word| is_named(word, hash));
        at.map(|at| object.word(self, 1 + at as u64)).transpose()
    }

    /// The same, seen through the box of a mutable field.
    pub(super) fn part(&self, object: Object, hash: u32) -> Result<Option<u64>, HeapError> {
        let word = self.field(object, hash)?;
        word.map(|word| self.unboxed(word, true)).transpose()
    }

    /// Where the fields of a type lie in records that share their names' blob.
    pub(super) fn places(
        &self,
        id: u32,
        parts: &[super::layout::Part],
        object: Object,
    ) -> Result<Rc<[u32]>, HeapError> {
        let (reference, hashes) = self.hashes(object)?;
        let mut known = self.places.borrow_mut();
        let known = &mut known[id as usize];
        if let Some((_, places)) = known.as_ref().filter(|(of, _)| *of == reference) {
            return Ok(places.clone());
        }
        let place = |part: &super::layout::Part| {
            let at = hashes.iter().position(|word| is_named(word, part.hash));
            let missing = HeapError::Unexpected { address: object.address, expected: "field of a record" };
            at.and_then(|at| u32::try_from(at).ok()).ok_or(missing)
        };
        self.spend(parts.len() as u64)?;
        let places: Rc<[u32]> = parts.iter().map(place).collect::<Result<_, _>>()?;
        *known = Some((reference, places.clone()));
        Ok(places)
    }

    /// The bytes of a blob that is not put together of others.
    fn piece(&self, object: Object) -> Result<&'a [u8], HeapError> {
        let length = object.word(self, 0)?;
        let bytes = self.slice(object.address.saturating_add(HEADER + WORD), length);
        bytes.ok_or(HeapError::Unexpected { address: object.address, expected: "text or bytes" })
    }

    /// The bytes of a text or blob: where they lie, or put together if it is a tree of shorter ones.
    pub(super) fn blob(&self, word: u64) -> Result<Cow<'a, [u8]>, HeapError> {
        let expected = "text or bytes";
        let object = self.expect(word, &[Tag::Blob, Tag::Concat], expected)?;
        if object.tag == Some(Tag::Blob) {
            let bytes = self.piece(object)?;
            self.spend(bytes.len() as u64 / WORD)?;
            return Ok(bytes.into());
        }
        let mut bytes = Vec::new();
        let mut open = vec![word];
        while let Some(word) = open.pop() {
            let object = self.expect(word, &[Tag::Blob, Tag::Concat], expected)?;
            if object.tag == Some(Tag::Concat) {
                self.spend(1)?;
                open.extend([object.word(self, 2)?, object.word(self, 1)?]);
                continue;
            }
            let piece = self.piece(object)?;
            self.spend(1 + piece.len() as u64 / WORD)?;
            bytes.extend_from_slice(piece);
        }
        Ok(bytes.into())
    }

    pub(super) fn text(&self, word: u64) -> Result<Cow<'a, str>, HeapError> {
        let wrong = || HeapError::Unexpected { address: word, expected: "text" };
        match self.blob(word)? {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| wrong()),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|_| wrong()),
        }
    }
}

/// Fields and choices are told apart by the lower 31 bits of the hash of Candid's field names.
pub(super) fn is_named(word: u64, hash: u32) -> bool {
    word & 0x7fff_ffff == u64::from(hash)
}
