//! Digests of values where they lie, without making values of them.

use std::io::Write as _;

use super::{
    Cell, HeapError, Reader, TRUE,
    layout::{Id, Kind, Layout, Part},
    object::is_reference,
};
use crate::census::EMPTY;

/// Principals whose text was made and is remembered.
const MOST_PRINCIPALS: usize = 1 << 16;

/// The type that a value is compared with on the other side.
pub(super) type Like<'a> = Option<(&'a Layout, Id)>;

impl Reader<'_> {
    /// The digest of a value; parts that `like` does not know are left out.
    pub(super) fn digest(&self, cell: Cell, like: Like<'_>) -> Result<u64, HeapError> {
        Ok(self.follow(cell, |word| self.digest_of(cell, word, like))?.unwrap_or(EMPTY))
    }

    fn digest_of(&self, cell: Cell, word: u64, like: Like<'_>) -> Result<u64, HeapError> {
        let hashing = &self.hashing;
        Ok(match self.layout.kind(cell.id) {
            Kind::Nothing => EMPTY,
            Kind::Bool => hashing.text(if word == TRUE { b"true" } else { b"false" }),
            Kind::Char => hashing.text(self.char(word)?.encode_utf8(&mut [0; 4]).as_bytes()),
            Kind::Text => hashing.text(&self.blob(word)?),
            Kind::Blob => hashing.blob(&self.blob(word)?),
            Kind::Principal => self.principal_digest(word)?,
            Kind::Number(kind) => self.number_digest(kind, word)?,
            Kind::Option { inner, .. } => match self.inner(*inner, word)? {
                Some(cell) => self.digest(cell, inside_option(like))?,
                None => EMPTY,
            },
            Kind::Record(parts) => self.record_digest(cell, word, parts, inside_options(like))?,
            Kind::Tuple(_) | Kind::Pair(..) => self.tuple_digest(cell, word, inside_options(like))?,
            Kind::Variant(cases) => {
                let (at, inside) = self.choice(cases, word)?;
                let like = inside_options(like).and_then(|(layout, id)| match layout.kind(id) {
                    Kind::Variant(others) => {
                        others.iter().find(|other| other.hash == cases[at].hash).map(|other| (layout, other.id))
                    }
                    _ => None,
                });
                hashing.variant(&cases[at].words, self.digest(inside, like)?)
            }
            Kind::List(walk, element) => {
                let like = inside_options(like).and_then(|(layout, id)| match layout.kind(id) {
                    Kind::List(_, element) => Some((layout, *element)),
                    _ => None,
                });
                let cells = self.elements(*walk, *element, word)?;
                let digests = cells.into_iter().map(|cell| self.digest(cell, like));
                hashing.list(&digests.collect::<Result<Vec<_>, _>>()?)
            }
        })
    }

    fn record_digest(&self, cell: Cell, word: u64, parts: &[Part], like: Like<'_>) -> Result<u64, HeapError> {
        let others = like.and_then(|(layout, id)| match layout.kind(id) {
            Kind::Record(others) => Some((layout, others)),
            _ => None,
        });
        let mut sum = EMPTY;
        self.each_part(cell, word, &mut |at, cell| {
            let part = &parts[at];
            let like = match others {
                None => None,
                Some((layout, others)) => match others.iter().find(|other| other.hash == part.hash) {
                    Some(other) => Some((layout, other.id)),
                    None => return Ok(()),
                },
            };
            sum = sum.wrapping_add(self.hashing.part(u64::from(part.hash), self.digest(cell, like)?));
            Ok(())
        })?;
        Ok(sum)
    }

    fn tuple_digest(&self, cell: Cell, word: u64, like: Like<'_>) -> Result<u64, HeapError> {
        let mut sum = EMPTY;
        self.each_part(cell, word, &mut |at, cell| {
            let like = match like.map(|(layout, id)| (layout, layout.kind(id))) {
                Some((layout, Kind::Tuple(others))) => match others.get(at) {
                    Some(other) => Some((layout, *other)),
                    None => return Ok(()),
                },
                Some((layout, Kind::Pair(key, value))) => Some((layout, if at == 0 { *key } else { *value })),
                _ => None,
            };
            sum = sum.wrapping_add(self.hashing.part(at as u64, self.digest(cell, like)?));
            Ok(())
        })?;
        Ok(sum)
    }

    fn number_digest(&self, kind: &str, word: u64) -> Result<u64, HeapError> {
        if is_reference(word) || kind == "Float" {
            return Ok(self.hashing.text(self.number(kind, word)?.as_bytes()));
        }
        let mut digits = [0; 24];
        let mut rest = digits.as_mut_slice();
        // Twenty digits and a sign fit.
        let written = match self.small(kind, word)? {
            (true, number) => write!(rest, "{}", number.cast_signed()),
            (false, number) => write!(rest, "{number}"),
        };
        let left = rest.len();
        written.map_err(|_| HeapError::Unexpected { address: word, expected: "number" })?;
        Ok(self.hashing.text(&digits[..digits.len() - left]))
    }

    fn principal_digest(&self, word: u64) -> Result<u64, HeapError> {
        let bytes = self.blob(word)?;
        if let Some(digest) = self.principals.borrow().get(&*bytes) {
            return Ok(*digest);
        }
        let digest = self.hashing.text(self.principal(word)?.to_text().as_bytes());
        let mut known = self.principals.borrow_mut();
        if known.len() < MOST_PRINCIPALS {
            known.insert(bytes.into_owned(), digest);
        }
        Ok(digest)
    }
}

fn inside_option(like: Like<'_>) -> Like<'_> {
    like.map(|(layout, id)| match layout.kind(id) {
        Kind::Option { inner, .. } => (layout, *inner),
        _ => (layout, id),
    })
}

/// What is optional on the other side may not be here, and the other way round.
fn inside_options(like: Like<'_>) -> Like<'_> {
    inside_option(inside_option(like))
}
