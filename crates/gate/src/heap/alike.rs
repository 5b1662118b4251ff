//! Whether two values that lie in two memories are surely the same: found without digests and without making values.
//!
//! Most of what an app keeps is what it was. Invariant: what is said to be alike has the same digest and would be the
//! same [`crate::value::Value`]; where that takes more than a look, the answer is that it is not sure.

use super::{
    Cell, HeapError, Reader, TRUE,
    layout::{Case, Kind, Part},
    object::{Tag, is_reference},
};

/// How deep values are looked into before nothing is sure.
const MOST_DEPTH: usize = 64;
/// Bytes of a principal at most.
const PRINCIPAL_BYTES: usize = 29;

/// What was found out about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The same on both sides; `empty` if there is nothing in it that could be lost.
    Same { empty: bool },
    /// Perhaps the same, perhaps not.
    Unsure,
}

const FILLED: Likeness = Likeness::Same { empty: false };
const EMPTY: Likeness = Likeness::Same { empty: true };

impl Likeness {
    pub(super) fn is_sure(self) -> bool {
        self != Likeness::Unsure
    }

    fn when(same: bool, found: Likeness) -> Likeness {
        if same { found } else { Likeness::Unsure }
    }
}

/// Two memories, each with a value to look at.
#[derive(Clone, Copy)]
pub(super) struct Sides<'r, 'a> {
    pub(super) old: &'r Reader<'a>,
    pub(super) new: &'r Reader<'a>,
}

/// A value on each side.
type Both = (Cell, Cell);

impl Sides<'_, '_> {
    /// Whether values are the same. What can't be read is nothing sure: whoever reads it properly finds out why.
    pub(super) fn alike(self, cells: Both) -> Likeness {
        self.look(cells, 0).unwrap_or(Likeness::Unsure)
    }

    /// Whether two rows are the same in all that the old one has; then `filled` says of each of its columns whether
    /// there is something in it.
    pub(super) fn rows_alike(self, cells: Both, filled: &mut Vec<bool>) -> bool {
        self.row(cells, filled, 0).unwrap_or(false)
    }

    fn row(self, (old, new): Both, filled: &mut Vec<bool>, depth: usize) -> Result<bool, HeapError> {
        let Some(width) = self.old.layout.spread(old.id) else {
            let found = self.look((old, new), depth)?;
            filled.push(found == FILLED);
            return Ok(found.is_sure());
        };
        let (kind, other) = (self.old.layout.kind(old.id), self.new.layout.kind(new.id));
        let words = (self.word(self.old, old)?, self.word(self.new, new)?);
        if let (Kind::Option { inner, .. }, Kind::Option { inner: other, .. }) = (kind, other) {
            return match (self.old.inner(*inner, words.0)?, self.new.inner(*other, words.1)?) {
                (None, None) => {
                    filled.resize(filled.len() + width as usize, false);
                    Ok(true)
                }
                (Some(old), Some(new)) => self.row((old, new), filled, depth + 1),
                _ => Ok(false),
            };
        }
        self.every_part((old, new), words, &mut |cells| self.row(cells, filled, depth + 1))
    }

    fn look(self, (old, new): Both, depth: usize) -> Result<Likeness, HeapError> {
        let recursive = self.old.layout.recursive(old.id) || self.new.layout.recursive(new.id);
        if recursive || depth > MOST_DEPTH {
            return Ok(Likeness::Unsure);
        }
        let (kind, other) = (self.old.layout.kind(old.id), self.new.layout.kind(new.id));
        let words = (self.word(self.old, old)?, self.word(self.new, new)?);
        Ok(match (kind, other) {
            (Kind::Nothing, Kind::Nothing) => EMPTY,
            (Kind::Bool, Kind::Bool) => Likeness::when((words.0 == TRUE) == (words.1 == TRUE), FILLED),
            (Kind::Char, Kind::Char) => Likeness::when(words.0 == words.1, FILLED),
            (Kind::Text, Kind::Text) | (Kind::Blob, Kind::Blob) => {
                let (bytes, others) = (self.old.blob(words.0)?, self.new.blob(words.1)?);
                Likeness::when(bytes == others, Likeness::Same { empty: bytes.is_empty() })
            }
            (Kind::Principal, Kind::Principal) => {
                let (bytes, others) = (self.old.blob(words.0)?, self.new.blob(words.1)?);
                Likeness::when(bytes == others && bytes.len() <= PRINCIPAL_BYTES, FILLED)
            }
            (Kind::Number(kind), Kind::Number(other)) => Likeness::when(self.numbers(kind, other, words)?, FILLED),
            (Kind::Option { inner, .. }, Kind::Option { inner: other, .. }) => {
                match (self.old.inner(*inner, words.0)?, self.new.inner(*other, words.1)?) {
                    (None, None) => EMPTY,
                    (Some(old), Some(new)) => self.look((old, new), depth + 1)?,
                    _ => Likeness::Unsure,
                }
            }
            (Kind::Record(_), _) | (Kind::Tuple(_), _) | (Kind::Pair(..), _) => {
                let mut all_empty = true;
                let same = self.every_part((old, new), words, &mut |cells| {
                    let found = self.look(cells, depth + 1)?;
                    all_empty &= found == EMPTY;
                    Ok(found.is_sure())
                })?;
                Likeness::when(same, Likeness::Same { empty: all_empty })
            }
            (Kind::Variant(cases), Kind::Variant(others)) => self.choices(cases, others, words, depth)?,
            (Kind::List(walk, element), Kind::List(other_walk, other)) => {
                let cells = self.old.elements(*walk, *element, words.0)?;
                let others = self.new.elements(*other_walk, *other, words.1)?;
                let empty = cells.is_empty();
                let mut same = cells.len() == others.len();
                for cells in cells.into_iter().zip(others) {
                    same = same && self.look(cells, depth + 1)?.is_sure();
                }
                Likeness::when(same, Likeness::Same { empty })
            }
            _ => Likeness::Unsure,
        })
    }

    fn word(self, reader: &Reader<'_>, cell: Cell) -> Result<u64, HeapError> {
        reader.spend(1)?;
        match reader.layout.kind(cell.id) {
            Kind::Pair(..) => Ok(cell.word),
            kind => reader.unboxed(cell.word, matches!(kind, Kind::Option { .. })),
        }
    }

    /// Whether what holds of each part of a record or tuple before and the part of the same name after holds of all.
    fn every_part(
        self,
        (old, new): Both,
        words: (u64, u64),
        holds: &mut dyn FnMut(Both) -> Result<bool, HeapError>,
    ) -> Result<bool, HeapError> {
        match (self.old.layout.kind(old.id), self.new.layout.kind(new.id)) {
            (Kind::Record(parts), Kind::Record(others)) => {
                let (old, new) = (self.old.record(old.id, parts, words.0)?, self.new.record(new.id, others, words.1)?);
                let mut places = in_order(parts, others);
                for (at, part) in parts.iter().enumerate() {
                    let Some(to) = places.next().flatten() else { return Ok(false) };
                    let cells = (old.part(self.old, part, at)?, new.part(self.new, &others[to], to)?);
                    if !holds(cells)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Kind::Tuple(ids), Kind::Tuple(others)) if ids.len() == others.len() => {
                let (parts, other_parts) = (self.old.array(words.0)?, self.new.array(words.1)?);
                let cells = ids.iter().zip(parts.iter()).map(|(id, word)| Cell::new(*id, word));
                let others = others.iter().zip(other_parts.iter()).map(|(id, word)| Cell::new(*id, word));
                let whole = parts.len() >= ids.len() && other_parts.len() >= ids.len();
                for cells in cells.zip(others) {
                    if !holds(cells)? {
                        return Ok(false);
                    }
                }
                Ok(whole)
            }
            (Kind::Pair(key, value), Kind::Pair(other_key, other_value)) => {
                Ok(holds((Cell::new(*key, old.word), Cell::new(*other_key, new.word)))?
                    && holds((Cell::new(*value, old.second), Cell::new(*other_value, new.second)))?)
            }
            _ => Ok(false),
        }
    }

    fn choices(self, cases: &[Case], others: &[Case], words: (u64, u64), depth: usize) -> Result<Likeness, HeapError> {
        let ((at, old), (to, new)) = (self.old.choice(cases, words.0)?, self.new.choice(others, words.1)?);
        if cases[at].tag != others[to].tag {
            return Ok(Likeness::Unsure);
        }
        // A choice says something by itself, whatever belongs to it.
        Ok(Likeness::when(self.look((old, new), depth + 1)?.is_sure(), FILLED))
    }

    fn numbers(self, kind: &str, other: &str, words: (u64, u64)) -> Result<bool, HeapError> {
        if kind != other {
            return Ok(false);
        }
        match (is_reference(words.0), is_reference(words.1)) {
            (false, false) => Ok(words.0 == words.1 && self.old.small(kind, words.0).is_ok()),
            (true, true) => {
                let (old, new) = (self.old.object(words.0)?, self.new.object(words.1)?);
                if (old.tag, new.tag) == (Some(Tag::Bits64), Some(Tag::Bits64)) {
                    return Ok(old.word(self.old, 0)? == new.word(self.new, 0)?);
                }
                Ok(self.old.number(kind, words.0)? == self.new.number(kind, words.1)?)
            }
            _ => Ok(false),
        }
    }
}

/// For each part where the part of the same name is among others; both are mostly in the same order.
fn in_order<'p>(parts: &'p [Part], others: &'p [Part]) -> impl Iterator<Item = Option<usize>> + 'p {
    let mut next = 0;
    parts.iter().map(move |part| {
        let is = |at: &usize| others[*at].hash == part.hash;
        let found = (next..others.len()).find(is).or_else(|| (0..next).find(is));
        next = found.map_or(next, |at| at + 1);
        found
    })
}
