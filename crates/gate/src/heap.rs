//! The values of a Motoko module's stable variables, read from its memory.
//!
//! Layout: enhanced orthogonal persistence, 64 bit, version 1. The metadata lie at a fixed address; once the module's
//! `canister_pre_upgrade` has run, they point to a record of all stable variables. Objects begin with a tag and a
//! forwarding pointer, references are addresses less one, and small scalars lie in the upper bits of a word. What a
//! word means follows from the types that the module declares. Invariant: reading ends within bounds of words and depth,
//! whatever the memory holds, and never leaves it.

mod alike;
mod collections;
mod cursor;
mod digest;
mod layout;
mod numbers;
mod object;
mod sample;
mod shape;

use std::{
    cell::{Cell as Slot, RefCell},
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};

use candid::Principal;

use crate::{census::Hashing, interface::roomy, most::Signature, value::Value};
pub(crate) use cursor::{Cursor, Types};
use layout::{Id, Kind, Layout, Part};
use object::{Object, Tag, is_named, is_reference};
pub(crate) use sample::{Bounds, Sample, differing, sample};
use shape::{Json, Plain, Shape};

const METADATA: u64 = 0x48_0000;
const FINGERPRINT: &[u8; 32] = b"MOTOKO ORTHOGONAL PERSISTENCE 64";
const VERSION: u64 = 1;
/// After the fingerprint, each character of which has four bytes.
const VERSION_AT: u64 = METADATA + 128;
const ACTOR_AT: u64 = VERSION_AT + 8;

const NULL: u64 = 0xffff_ffff_ffff_fffb;
const TRUE: u64 = 1;

/// Words that are looked at whatever the memory's size.
const LEAST_WORDS: u64 = 1 << 20;
/// Words that are looked at for each word of memory: shared values are met more than once.
const MOST_VISITS: u64 = 4;
/// How deep values may be nested.
const MOST_DEPTH: usize = 300;
/// What a value that is made takes besides its text.
const VALUE_BYTES: usize = size_of::<Value>();
/// Words after which a counter that was asked for is told.
const TOLD_WORDS: u64 = 1 << 17;

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
/// `memory` begins at address zero, and `canister_pre_upgrade` must have run on it; `stable_types` is the running
/// module's own signature.
///
/// # Errors
/// [`HeapError`], if the memory holds no such variables or more than is looked at.
pub fn variables(memory: &[u8], stable_types: &str) -> Result<Vec<(String, Value)>, HeapError> {
    let signature = Signature::parse(stable_types)?;
    roomy(|| {
        let layout = Layout::of(&signature)?;
        let reader = Reader::new(memory, &layout, Hashing::default());
        let mut shaping = Shaping::<Plain>::new(&reader, Most::ALL);
        let pair = |(part, cell): (&Part, Cell)| Ok((part.name.to_string(), shaping.value(cell)?));
        layout.variables.iter().zip(reader.variables()?).map(pair).collect()
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

/// How much is made of what lies in memory.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Elements of every collection; the others are counted.
    pub elements: usize,
    /// Bytes of every text and blob; what is longer is cut.
    pub length: usize,
    /// Bytes of all values together, roughly; more is [`HeapError::TooLarge`].
    pub bytes: u64,
}

impl Most {
    /// All of it.
    pub const ALL: Most = Most { elements: usize::MAX, length: usize::MAX, bytes: u64::MAX };
}

/// The same as [`variables`] as JSON.
///
/// # Errors
/// As [`variables`]; [`HeapError::TooLarge`] for more bytes than `most`.
pub fn json(memory: &[u8], stable_types: &str, most: Most) -> Result<Vec<Shown>, HeapError> {
    let signature = Signature::parse(stable_types)?;
    roomy(|| {
        let layout = Layout::of(&signature)?;
        let reader = Reader::new(memory, &layout, Hashing::default());
        let show = |(part, cell): (&Part, Cell)| {
            let mut shaping = Shaping::<Json>::new(&reader, most);
            let value = shaping.value(cell)?;
            Ok(Shown { name: part.name.to_string(), value, left_out: shaping.left_out })
        };
        layout.variables.iter().zip(reader.variables()?).map(show).collect()
    })
}

/// A value that lies in memory.
#[derive(Clone, Copy, Debug)]
struct Cell {
    id: Id,
    word: u64,
    /// The value of a key and value side by side; else zero.
    second: u64,
}

impl Cell {
    fn new(id: Id, word: u64) -> Cell {
        Cell { id, word, second: 0 }
    }
}

/// The blob with the names of a record's fields, and where those of a type lie in it.
type Places = (u64, Rc<[u32]>);

/// A record, with where the fields of its type lie in it.
struct Record {
    object: Object,
    places: Rc<[u32]>,
}

impl Record {
    /// The part at a place among the type's.
    fn part(&self, reader: &Reader<'_>, part: &Part, at: usize) -> Result<Cell, HeapError> {
        Ok(Cell::new(part.id, self.object.word(reader, 1 + u64::from(self.places[at]))?))
    }
}

/// Reads one memory by the types of its module.
pub(crate) struct Reader<'a> {
    memory: &'a [u8],
    layout: &'a Layout,
    /// Where the fields of a type were found last, and in records with which names.
    places: RefCell<Vec<Option<Places>>>,
    /// Words that may still be looked at.
    left: Slot<u64>,
    told: Slot<u64>,
    /// Recursive values on the way to the present one.
    way: RefCell<Vec<(Id, u64)>>,
    depth: Slot<usize>,
    /// Values that hold themselves, or lie too deep, and were not followed.
    unfollowed: Slot<u64>,
    /// What first went wrong, for those who can't be told at once.
    failed: RefCell<Option<HeapError>>,
    hashing: Hashing,
    principals: RefCell<std::collections::HashMap<Vec<u8>, u64>>,
    /// Counts the bytes that were looked at.
    counter: Option<&'a AtomicU64>,
}

impl<'a> Reader<'a> {
    /// A reader of a memory by its module's types.
    pub(crate) fn by(memory: &'a [u8], types: &'a Types, hashing: Hashing) -> Reader<'a> {
        Reader::new(memory, &types.0, hashing)
    }

    fn new(memory: &'a [u8], layout: &'a Layout, hashing: Hashing) -> Reader<'a> {
        Reader {
            memory,
            layout,
            places: RefCell::new(vec![None; layout.kinds()]),
            left: Slot::new((memory.len() as u64 / 8).saturating_mul(MOST_VISITS) + LEAST_WORDS),
            told: Slot::new(0),
            way: RefCell::default(),
            depth: Slot::new(0),
            unfollowed: Slot::new(0),
            failed: RefCell::default(),
            hashing,
            principals: RefCell::default(),
            counter: None,
        }
    }

    /// The same, counting the bytes that it looks at.
    pub(crate) fn counting(self, counter: Option<&'a AtomicU64>) -> Reader<'a> {
        Reader { counter, ..self }
    }

    /// What went wrong on the way.
    pub(crate) fn failure(&self) -> Option<HeapError> {
        self.failed.borrow().clone()
    }

    /// Values that were not followed, since they hold themselves or lie too deep.
    pub(crate) fn unfollowed(&self) -> u64 {
        self.unfollowed.get()
    }

    /// Counts words against what may be looked at.
    fn spend(&self, words: u64) -> Result<(), HeapError> {
        let left = self.left.get().checked_sub(words.saturating_add(1)).ok_or(HeapError::TooLarge)?;
        self.left.set(left);
        if let Some(counter) = self.counter {
            let told = self.told.get() + words + 1;
            self.told.set(if told < TOLD_WORDS { told } else { 0 });
            if told >= TOLD_WORDS {
                counter.fetch_add(told * 8, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// The module's variables, in the layout's order.
    fn variables(&self) -> Result<Vec<Cell>, HeapError> {
        let actor = self.actor()?;
        // A variable lies there as an option, since a new one may not be there yet.
        let variable = |part: &Part| {
            let missing = HeapError::Unexpected { address: actor.address, expected: "variable" };
            let word = self.part(actor, part.hash)?.ok_or(missing)?;
            Ok(Cell::new(part.id, self.unwrapped(word)?))
        };
        self.layout.variables.iter().map(variable).collect()
    }

    fn actor(&self) -> Result<Object, HeapError> {
        let marks = self.slice(METADATA, 128).ok_or(HeapError::UnknownLayout)?;
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

    /// Looks at a value, unless it holds itself or lies too deep: then there is nothing to see.
    fn follow<T>(&self, cell: Cell, look: impl FnOnce(u64) -> Result<T, HeapError>) -> Result<Option<T>, HeapError> {
        self.spend(1)?;
        let kind = self.layout.kind(cell.id);
        let word = match kind {
            Kind::Pair(..) => cell.word,
            kind => self.unboxed(cell.word, matches!(kind, Kind::Option { .. }))?,
        };
        let recursive = self.layout.recursive(cell.id) && is_reference(word) && word != NULL;
        let met = recursive && self.way.borrow().contains(&(cell.id, word));
        if met || self.depth.get() >= MOST_DEPTH {
            self.unfollowed.set(self.unfollowed.get() + 1);
            return Ok(None);
        }
        if recursive {
            self.way.borrow_mut().push((cell.id, word));
        }
        self.depth.set(self.depth.get() + 1);
        let seen = look(word);
        self.depth.set(self.depth.get() - 1);
        if recursive {
            self.way.borrow_mut().pop();
        }
        seen.map(Some)
    }

    /// The parts of a record, tuple or pair, in the layout's order.
    fn parts(&self, cell: Cell, word: u64) -> Result<Vec<Cell>, HeapError> {
        let mut parts = Vec::new();
        self.each_part(cell, word, &mut |_, part| {
            parts.push(part);
            Ok(())
        })?;
        Ok(parts)
    }

    /// Shows `see` each of them, with its place among them.
    fn each_part(
        &self,
        cell: Cell,
        word: u64,
        see: &mut dyn FnMut(usize, Cell) -> Result<(), HeapError>,
    ) -> Result<(), HeapError> {
        match self.layout.kind(cell.id) {
            Kind::Record(parts) => {
                let record = self.record(cell.id, parts, word)?;
                parts.iter().enumerate().try_for_each(|(at, part)| see(at, record.part(self, part, at)?))
            }
            Kind::Tuple(ids) => {
                let words = self.array(word)?;
                let mut cells = ids.iter().zip(words.iter()).enumerate();
                cells.try_for_each(|(at, (id, word))| see(at, Cell::new(*id, word)))
            }
            Kind::Pair(key, value) => {
                see(0, Cell::new(*key, cell.word))?;
                see(1, Cell::new(*value, cell.second))
            }
            _ => Ok(()),
        }
    }

    fn record(&self, id: Id, parts: &[Part], word: u64) -> Result<Record, HeapError> {
        let object = self.expect(word, &[Tag::Object], "record")?;
        Ok(Record { object, places: self.places(id, parts, object)? })
    }

    /// The choice that a variant is, by its place among the cases, and what belongs to it.
    fn choice(&self, cases: &[layout::Case], word: u64) -> Result<(usize, Cell), HeapError> {
        let object = self.expect(word, &[Tag::Variant], "choice")?;
        let (tag, inside) = (object.word(self, 0)?, object.word(self, 1)?);
        let at = cases.iter().position(|case| is_named(tag, case.hash));
        let at = at.ok_or(HeapError::Unexpected { address: object.address, expected: "known choice" })?;
        Ok((at, Cell::new(cases[at].id, inside)))
    }

    /// What an option holds.
    fn inner(&self, inner: Id, word: u64) -> Result<Option<Cell>, HeapError> {
        Ok(if word == NULL { None } else { Some(Cell::new(inner, self.unwrapped(word)?)) })
    }

    fn char(&self, word: u64) -> Result<char, HeapError> {
        let letter = u32::try_from(word >> 43).ok().and_then(char::from_u32);
        letter.ok_or(HeapError::Unexpected { address: word, expected: "character" })
    }

    fn principal(&self, word: u64) -> Result<Principal, HeapError> {
        let id = Principal::try_from_slice(&self.blob(word)?);
        id.map_err(|_| HeapError::Unexpected { address: word, expected: "principal" })
    }
}

/// Makes values of what lies in memory.
struct Shaping<'r, 'a, S> {
    reader: &'r Reader<'a>,
    /// How much to keep; of bytes, how many values may still take.
    most: Most,
    /// Elements not kept.
    left_out: u64,
    shape: std::marker::PhantomData<S>,
}

impl<'r, 'a, S: Shape> Shaping<'r, 'a, S> {
    fn new(reader: &'r Reader<'a>, most: Most) -> Self {
        Shaping { reader, most, left_out: 0, shape: std::marker::PhantomData }
    }

    fn takes(&mut self, bytes: usize) -> Result<(), HeapError> {
        self.most.bytes = self.most.bytes.checked_sub(bytes as u64).ok_or(HeapError::TooLarge)?;
        Ok(())
    }

    fn value(&mut self, cell: Cell) -> Result<S::Value, HeapError> {
        let reader = self.reader;
        Ok(reader.follow(cell, |word| self.seen(cell, word))?.unwrap_or_else(S::nothing))
    }

    fn seen(&mut self, cell: Cell, word: u64) -> Result<S::Value, HeapError> {
        let reader = self.reader;
        self.takes(VALUE_BYTES)?;
        Ok(match reader.layout.kind(cell.id) {
            Kind::Nothing => S::nothing(),
            Kind::Bool => S::bool(word == TRUE),
            Kind::Char => S::text(reader.char(word)?.to_string()),
            Kind::Text => {
                let text = reader.text(word)?;
                let kept = &text[..text.floor_char_boundary(self.most.length)];
                self.takes(kept.len())?;
                S::text(kept.to_owned())
            }
            Kind::Blob => {
                let bytes = reader.blob(word)?;
                let kept = &bytes[..bytes.len().min(self.most.length)];
                self.takes(kept.len())?;
                S::blob(kept.to_vec())
            }
            Kind::Principal => S::principal(reader.principal(word)?),
            Kind::Number(kind) => S::number(kind, reader.number(kind, word)?),
            Kind::Option { inner, nested } => {
                let inner = reader.inner(*inner, word)?.map(|cell| self.value(cell)).transpose()?;
                S::option(inner, *nested)
            }
            Kind::Record(parts) => {
                let cells = reader.parts(cell, word)?;
                let named = |(part, cell): (&Part, Cell)| Ok((part.name.to_string(), self.value(cell)?));
                S::record(parts.iter().zip(cells).map(named).collect::<Result<_, HeapError>>()?)
            }
            Kind::Tuple(_) | Kind::Pair(..) => {
                let cells = reader.parts(cell, word)?.into_iter();
                S::tuple(cells.map(|cell| self.value(cell)).collect::<Result<_, _>>()?)
            }
            Kind::Variant(cases) => {
                let (at, inside) = reader.choice(cases, word)?;
                S::variant(cases[at].tag.to_string(), self.value(inside)?)
            }
            Kind::List(walk, element) => {
                let cells = reader.elements(*walk, *element, word)?;
                self.left_out += cells.len().saturating_sub(self.most.elements) as u64;
                let kept = cells.into_iter().take(self.most.elements);
                S::list(kept.map(|cell| self.value(cell)).collect::<Result<_, _>>()?)
            }
        })
    }
}

/// What memory knows a name by.
fn named(name: &str) -> u32 {
    candid::idl_hash(name) & 0x7fff_ffff
}
