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
mod shape;

use std::{collections::BTreeMap, marker::PhantomData, rc::Rc};

use candid::Principal;

use crate::{
    container::container,
    interface::roomy,
    most::{Field, Signature, Ty},
    value::Value,
};
use object::{Object, Tag, is_reference};
use shape::{Json, Plain, Shape};

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
        let mut reader = Reader::<Plain>::new(memory, &signature, usize::MAX);
        let actor = reader.actor()?;
        let pair = |field: &Field| Ok((field.name.clone(), reader.variable(&actor, field)?));
        signature.kept.iter().map(pair).collect()
    })
}

/// A variable in the JSON of the command line's `data`.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: serde_json::Value,
    /// Elements of collections in it that are not shown.
    pub left_out: u64,
}

/// The same as [`variables`] as JSON, with at most `limit` elements of every collection.
///
/// # Errors
/// As [`variables`].
pub fn json(memory: &dyn Memory, stable_types: &str, limit: usize) -> Result<Vec<Shown>, HeapError> {
    let signature = Signature::parse(stable_types)?;
    roomy(|| {
        let mut reader = Reader::<Json>::new(memory, &signature, limit);
        let actor = reader.actor()?;
        let show = |field: &Field| {
            reader.left_out = 0;
            let value = reader.variable(&actor, field)?;
            Ok(Shown { name: field.name.clone(), value, left_out: reader.left_out })
        };
        signature.kept.iter().map(show).collect()
    })
}

struct Reader<'a, S> {
    memory: &'a dyn Memory,
    signature: &'a Signature,
    /// The field hashes of records, by the address of the blob that they share.
    hashes: BTreeMap<u64, Rc<Vec<u64>>>,
    parts: usize,
    bytes: usize,
    depth: usize,
    /// The most elements to keep of a collection.
    limit: usize,
    /// Elements not kept.
    left_out: u64,
    shape: PhantomData<S>,
}

impl<'a, S: Shape> Reader<'a, S> {
    fn new(memory: &'a dyn Memory, signature: &'a Signature, limit: usize) -> Self {
        Reader {
            memory,
            signature,
            hashes: BTreeMap::new(),
            parts: MOST_PARTS,
            bytes: MOST_BYTES,
            depth: 0,
            limit,
            left_out: 0,
            shape: PhantomData,
        }
    }

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
    fn value(&mut self, ty: &Rc<Ty>, word: u64) -> Result<S::Value, HeapError> {
        self.parts = self.parts.checked_sub(1).filter(|_| self.depth < MOST_DEPTH).ok_or(HeapError::TooLarge)?;
        self.depth += 1;
        let ty = self.signature.resolve(ty)?;
        let value = self.resolved(&ty, word);
        self.depth -= 1;
        value
    }

    fn resolved(&mut self, ty: &Rc<Ty>, word: u64) -> Result<S::Value, HeapError> {
        let word = self.unboxed(word, matches!(**ty, Ty::Opt(_)))?;
        if container(self.signature, ty)?.is_some()
            && let Some(elements) = self.elements(ty, word)?
        {
            return Ok(self.list(elements));
        }
        match &**ty {
            Ty::Name(name, _) => self.primitive(name, word),
            Ty::Opt(inner) => self.option(inner, word),
            Ty::Record(fields) => {
                let object = self.expect(word, &[Tag::Object], "record")?;
                Ok(S::record(self.fields(&object, fields)?))
            }
            Ty::Variant(cases) => self.variant(cases, word),
            Ty::Array(element) => {
                let words = self.array(word)?;
                let elements = words.into_iter().map(|word| self.value(element, word)).collect::<Result<_, _>>()?;
                Ok(self.list(elements))
            }
            Ty::Tuple(parts) if parts.is_empty() => Ok(S::nothing()),
            Ty::Tuple(parts) => Ok(S::tuple(self.tuple(parts, word)?)),
            Ty::Opaque(_) => Ok(S::nothing()),
        }
    }

    fn tuple(&mut self, parts: &[Rc<Ty>], word: u64) -> Result<Vec<S::Value>, HeapError> {
        let words = self.array(word)?;
        parts.iter().zip(words).map(|(ty, word)| self.value(ty, word)).collect()
    }

    /// Only what may be taken for null, or for a box, lies in a box of its own.
    fn option(&mut self, inner: &Rc<Ty>, word: u64) -> Result<S::Value, HeapError> {
        let resolved = self.signature.resolve(inner)?;
        let nested = match &*resolved {
            Ty::Opt(_) => container(self.signature, &resolved)?.is_none(),
            Ty::Name(name, _) => name == "Null",
            _ => false,
        };
        if word == NULL {
            return Ok(S::option(None, nested));
        }
        let word = self.unwrapped(word)?;
        Ok(S::option(Some(self.value(inner, word)?), nested))
    }

    /// What is in an option that is not null.
    fn unwrapped(&self, word: u64) -> Result<u64, HeapError> {
        if !is_reference(word) || word == NULL {
            return Ok(word);
        }
        let object = self.object(word)?;
        if object.tag == Some(Tag::Some) { object.word(self, 0) } else { Ok(word) }
    }

    /// A variable of the actor. It lies there as an option, since a new one may not be there yet.
    fn variable(&mut self, actor: &Object, field: &Field) -> Result<S::Value, HeapError> {
        let missing = HeapError::Unexpected { address: actor.address, expected: "variable" };
        let word = self.part(actor, &field.name)?.ok_or(missing)?;
        let word = self.unwrapped(word)?;
        self.value(&field.ty, word)
    }

    fn list(&mut self, mut elements: Vec<S::Value>) -> S::Value {
        self.left_out += elements.len().saturating_sub(self.limit) as u64;
        elements.truncate(self.limit);
        S::list(elements)
    }

    fn fields(&mut self, object: &Object, fields: &[Field]) -> Result<Vec<(String, S::Value)>, HeapError> {
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

    fn variant(&mut self, cases: &[(String, Rc<Ty>)], word: u64) -> Result<S::Value, HeapError> {
        let object = self.expect(word, &[Tag::Variant], "choice")?;
        let (tag, inside) = (object.word(self, 0)?, object.word(self, 1)?);
        let case = cases.iter().find(|(name, _)| is_named(tag, name));
        let (name, ty) = case.ok_or(HeapError::Unexpected { address: object.address, expected: "known choice" })?;
        Ok(S::variant(name.clone(), self.value(ty, inside)?))
    }

    fn primitive(&mut self, name: &str, word: u64) -> Result<S::Value, HeapError> {
        Ok(match name {
            "Text" => S::text(self.text(word)?),
            "Bool" => S::bool(word == TRUE),
            "Char" => {
                let letter = u32::try_from(word >> 43).ok().and_then(char::from_u32);
                S::text(letter.ok_or(HeapError::Unexpected { address: word, expected: "character" })?.to_string())
            }
            "Blob" => S::blob(self.blob(word)?),
            "Principal" => {
                let bytes = self.blob(word)?;
                let id = Principal::try_from_slice(&bytes);
                S::principal(id.map_err(|_| HeapError::Unexpected { address: word, expected: "principal" })?)
            }
            name if name.starts_with("Nat") || name.starts_with("Int") || name == "Float" => {
                S::number(name, self.number(name, word)?)
            }
            _ => S::nothing(),
        })
    }
}

/// Fields and choices are told apart by the lower 31 bits of the hash of Candid's field names.
fn is_named(word: u64, name: &str) -> bool {
    word & 0x7fff_ffff == u64::from(candid::idl_hash(name) & 0x7fff_ffff)
}
