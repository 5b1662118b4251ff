//! The values of a Motoko module's stable variables, read from its memory.
//!
//! Layout: enhanced orthogonal persistence, 64 bit, version 1. The metadata lie at a fixed address; once the module's
//! `canister_pre_upgrade` has run, they point to a record of all stable variables. Objects begin with a tag and a
//! forwarding pointer, references are addresses less one, and small scalars lie in the upper bits of a word. What a
//! word means follows from the types that the module declares. Invariant: reading ends within bounds of parts and
//! depth, whatever the memory holds, and never leaves it.

mod collections;
mod numbers;
mod object;

use std::{collections::BTreeMap, rc::Rc};

use candid::Principal;

use crate::{
    container::container,
    interface::roomy,
    most::{Field, Signature, Ty},
    value::Value,
};
use object::{Object, Tag, is_reference};

const METADATA: u64 = 0x48_0000;
const FINGERPRINT: &[u8; 32] = b"MOTOKO ORTHOGONAL PERSISTENCE 64";
const VERSION: u64 = 1;
/// After the fingerprint, each character of which has four bytes.
const VERSION_AT: u64 = METADATA + 128;
const ACTOR_AT: u64 = VERSION_AT + 8;

const NULL: u64 = 0xffff_ffff_ffff_fffb;
const TRUE: u64 = 1;

/// Parts of all values together.
const MOST_PARTS: usize = 5_000_000;
/// Bytes of all texts and blobs together.
const MOST_BYTES: usize = 512 << 20;
/// How deep values may be nested.
const MOST_DEPTH: usize = 300;

/// A module's memory.
pub trait Memory {
    /// The bytes at an offset; `None` if they don't all lie within the memory.
    fn read(&self, offset: u64, length: u64) -> Option<Vec<u8>>;
}

impl<F: Fn(u64, u64) -> Option<Vec<u8>>> Memory for F {
    fn read(&self, offset: u64, length: u64) -> Option<Vec<u8>> {
        self(offset, length)
    }
}

/// Why memory can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeapError {
    /// The module declares types that can't be read.
    #[error("its stable types can't be used: {0}")]
    Types(String),
    /// It is no Motoko module with orthogonal persistence, or one of a version not known here.
    #[error("its memory has no layout known here")]
    UnknownLayout,
    /// The module's `canister_pre_upgrade` has not run on this memory.
    #[error("its variables are not ready to be read: run `canister_pre_upgrade` first")]
    NotExported,
    /// A word does not mean what the types say.
    #[error("at {address:#x} there is no {expected}")]
    Unexpected {
        /// Where.
        address: u64,
        /// What the types say should be there.
        expected: &'static str,
    },
    /// More than is looked at.
    #[error("there is too much in it to look at")]
    TooLarge,
}

impl From<crate::most::MostError> for HeapError {
    fn from(error: crate::most::MostError) -> HeapError {
        HeapError::Types(error.to_string())
    }
}

/// The stable variables of a module, in order of their names, with maps and lists as lists.
///
/// `canister_pre_upgrade` must have run on the memory; `stable_types` is the running module's own signature.
///
/// # Errors
/// [`HeapError`], if the memory holds no such variables or more than is looked at.
pub fn variables(memory: &dyn Memory, stable_types: &str) -> Result<Vec<(String, Value)>, HeapError> {
    let signature = Signature::parse(stable_types)?;
    roomy(|| {
        let mut reader = Reader {
            memory,
            signature: &signature,
            hashes: BTreeMap::new(),
            parts: MOST_PARTS,
            bytes: MOST_BYTES,
            depth: 0,
        };
        let actor = reader.actor()?;
        reader.fields(&actor, &signature.kept)
    })
}

struct Reader<'a> {
    memory: &'a dyn Memory,
    signature: &'a Signature,
    /// The field hashes of records, by the address of the blob that they share.
    hashes: BTreeMap<u64, Rc<Vec<u64>>>,
    parts: usize,
    bytes: usize,
    depth: usize,
}

impl Reader<'_> {
    fn actor(&mut self) -> Result<Object, HeapError> {
        let marks = self.memory.read(METADATA, 128).ok_or(HeapError::UnknownLayout)?;
        let known = marks.chunks(4).zip(FINGERPRINT).all(|(mark, letter)| mark == [*letter, 0, 0, 0]);
        if !known || self.word(VERSION_AT)? != VERSION {
            return Err(HeapError::UnknownLayout);
        }
        let actor = self.word(ACTOR_AT)?;
        if !is_reference(actor) || actor == NULL {
            return Err(HeapError::NotExported);
        }
        self.expect(actor, &[Tag::Object], "record of variables")
    }

    /// The value of a word by its type.
    fn value(&mut self, ty: &Rc<Ty>, word: u64) -> Result<Value, HeapError> {
        self.parts = self.parts.checked_sub(1).filter(|_| self.depth < MOST_DEPTH).ok_or(HeapError::TooLarge)?;
        self.depth += 1;
        let ty = self.signature.resolve(ty)?;
        let value = self.resolved(&ty, word);
        self.depth -= 1;
        value
    }

    fn resolved(&mut self, ty: &Rc<Ty>, word: u64) -> Result<Value, HeapError> {
        let word = self.unboxed(word, matches!(**ty, Ty::Opt(_)))?;
        if container(self.signature, ty)?.is_some()
            && let Some(elements) = self.elements(ty, word)?
        {
            return Ok(Value::List(elements));
        }
        match &**ty {
            Ty::Name(name, _) => self.primitive(name, word),
            Ty::Opt(inner) => self.option(inner, word),
            Ty::Record(fields) => {
                let object = self.expect(word, &[Tag::Object], "record")?;
                Ok(Value::Record(self.fields(&object, fields)?))
            }
            Ty::Variant(cases) => self.variant(cases, word),
            Ty::Array(element) => {
                let words = self.array(word)?;
                Ok(Value::List(words.into_iter().map(|word| self.value(element, word)).collect::<Result<_, _>>()?))
            }
            Ty::Tuple(parts) if parts.is_empty() => Ok(Value::Nothing),
            Ty::Tuple(parts) => Ok(Value::Record(self.tuple(parts, word)?)),
            Ty::Opaque(_) => Ok(Value::Nothing),
        }
    }

    fn tuple(&mut self, parts: &[Rc<Ty>], word: u64) -> Result<Vec<(String, Value)>, HeapError> {
        let words = self.array(word)?;
        let pairs = parts.iter().zip(words).enumerate();
        pairs.map(|(at, (ty, word))| Ok((at.to_string(), self.value(ty, word)?))).collect()
    }

    /// Values of the census don't tell an empty option in an option from an empty one.
    fn option(&mut self, inner: &Rc<Ty>, word: u64) -> Result<Value, HeapError> {
        match self.unboxed(word, false)? {
            NULL => Ok(Value::Nothing),
            word => self.value(inner, word),
        }
    }

    fn fields(&mut self, object: &Object, fields: &[Field]) -> Result<Vec<(String, Value)>, HeapError> {
        let mut found = Vec::with_capacity(fields.len());
        for field in fields {
            let missing = HeapError::Unexpected { address: object.address, expected: "field of a record" };
            let word = self.field(object, &field.name)?.ok_or(missing)?;
            found.push((field.name.clone(), self.value(&field.ty, word)?));
        }
        Ok(found)
    }

    /// The word of a record's field, as it lies there.
    fn field(&mut self, object: &Object, name: &str) -> Result<Option<u64>, HeapError> {
        let hashes = self.hashes(object)?;
        let at = hashes.iter().position(|hash| is_named(*hash, name));
        at.map(|at| object.word(self, 1 + at as u64)).transpose()
    }

    /// The same, seen through the box of a mutable field.
    fn part(&mut self, object: &Object, name: &str) -> Result<Option<u64>, HeapError> {
        let word = self.field(object, name)?;
        word.map(|word| self.unboxed(word, true)).transpose()
    }

    fn variant(&mut self, cases: &[(String, Rc<Ty>)], word: u64) -> Result<Value, HeapError> {
        let object = self.expect(word, &[Tag::Variant], "choice")?;
        let (tag, inside) = (object.word(self, 0)?, object.word(self, 1)?);
        let case = cases.iter().find(|(name, _)| is_named(tag, name));
        let (name, ty) = case.ok_or(HeapError::Unexpected { address: object.address, expected: "known choice" })?;
        Ok(Value::Variant(name.clone(), Box::new(self.value(ty, inside)?)))
    }

    fn primitive(&mut self, name: &str, word: u64) -> Result<Value, HeapError> {
        Ok(match name {
            "Text" => Value::Text(self.text(word)?),
            "Bool" => Value::Bool(word == TRUE),
            "Char" => {
                let letter = u32::try_from(word >> 43).ok().and_then(char::from_u32);
                Value::Text(letter.ok_or(HeapError::Unexpected { address: word, expected: "character" })?.to_string())
            }
            "Blob" => Value::Blob(self.blob(word)?),
            "Principal" => {
                let bytes = self.blob(word)?;
                let id = Principal::try_from_slice(&bytes);
                Value::Text(id.map_err(|_| HeapError::Unexpected { address: word, expected: "principal" })?.to_text())
            }
            name if name.starts_with("Nat") || name.starts_with("Int") || name == "Float" => {
                Value::Number(self.number(name, word)?)
            }
            _ => Value::Nothing,
        })
    }
}

/// Fields and choices are told apart by the lower 31 bits of the hash of Candid's field names.
fn is_named(word: u64, name: &str) -> bool {
    word & 0x7fff_ffff == u64::from(candid::idl_hash(name) & 0x7fff_ffff)
}
