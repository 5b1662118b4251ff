//! Values of what a memory holds, within bounds of bytes: the ends of its collections, or only what differs from
//! another memory of the same module.
//!
//! Invariant: what is made into values depends on the memories alone, and holds no more bytes than it may.

use super::{
    Cell, HeapError, Most, Reader, Shaping, VALUE_BYTES,
    alike::Sides,
    layout::{Kind, Layout, Part},
    shape::{Plain, Shape as _},
};
use crate::{census::Hashing, interface::roomy, most::Signature, value::Value};

/// How much of a memory is made into values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Rows at each end of every collection.
    pub(crate) rows: usize,
    /// Bytes that all values together may take.
    pub(crate) bytes: u64,
    /// Parts that are counted.
    pub(crate) parts: u64,
}

/// Rows that may come or go between two that are the same, for these to be found.
const MOST_APART: usize = 4;

/// Values by variable.
type Variables = Vec<(String, Value)>;

/// The variables of a module with the ends of their collections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) variables: Variables,
    /// Parts of all values, also of those that are left out; counted up to the bound that was asked for.
    pub(crate) parts: u64,
}

/// The variables with the ends of their collections, and how many parts there are in all.
///
/// Past the bound of bytes further rows are left out, and so are texts and bytes longer than what is left.
///
/// # Errors
/// As [`super::variables`].
pub(crate) fn sample(memory: &[u8], stable_types: &str, bounds: Bounds) -> Result<Sample, HeapError> {
    let signature = Signature::parse(stable_types)?;
    roomy(|| {
        let layout = Layout::of(&signature)?;
        let reader = Reader::new(memory, &layout, Hashing::default());
        let mut sampling = Sampling { reader: &reader, rows: bounds.rows, bytes: bounds.bytes };
        let mut counting = Counting { reader: &reader, left: bounds.parts };
        let mut sample = Sample::default();
        for (part, cell) in layout.variables.iter().zip(reader.variables()?) {
            sample.variables.push((part.name.to_string(), sampling.value(cell)?));
            counting.count(cell)?;
        }
        sample.parts = bounds.parts - counting.left;
        Ok(sample)
    })
}

/// What differs between two memories of the same module: its variables on both sides, without rows that are surely
/// the same at the ends of collections, and [`Value::Nothing`] for what is the same whole.
///
/// # Errors
/// As [`super::variables`]; [`HeapError::TooLarge`] if what differs takes more than `most` bytes.
pub(crate) fn differing(
    before: &[u8],
    after: &[u8],
    stable_types: &str,
    most: u64,
) -> Result<(Variables, Variables), HeapError> {
    let signature = Signature::parse(stable_types)?;
    roomy(|| {
        let layout = Layout::of(&signature)?;
        let (old, new) =
            (Reader::new(before, &layout, Hashing::default()), Reader::new(after, &layout, Hashing::default()));
        let mut pruning = Pruning::of(Sides { old: &old, new: &new }, most);
        let mut both = (Vec::new(), Vec::new());
        let cells = old.variables()?.into_iter().zip(new.variables()?);
        for (part, cells) in layout.variables.iter().zip(cells) {
            let (old, new) = pruning.values(cells)?;
            both.0.push((part.name.to_string(), old));
            both.1.push((part.name.to_string(), new));
        }
        Ok(both)
    })
}

/// Makes values with the ends of their collections.
struct Sampling<'r, 'a> {
    reader: &'r Reader<'a>,
    rows: usize,
    /// Bytes that values may still take.
    bytes: u64,
}

impl Sampling<'_, '_> {
    fn value(&mut self, cell: Cell) -> Result<Value, HeapError> {
        let reader = self.reader;
        Ok(reader.follow(cell, |word| self.seen(cell, word))?.unwrap_or(Value::Nothing))
    }

    fn seen(&mut self, cell: Cell, word: u64) -> Result<Value, HeapError> {
        let reader = self.reader;
        self.bytes = self.bytes.saturating_sub(VALUE_BYTES as u64);
        Ok(match reader.layout.kind(cell.id) {
            Kind::Text | Kind::Blob => {
                let length = reader.blob(word)?.len() as u64;
                let Some(left) = self.bytes.checked_sub(length) else { return Ok(Value::Nothing) };
                self.bytes = left;
                Shaping::<Plain>::new(reader, Most::ALL).seen(cell, word)?
            }
            Kind::Option { inner, .. } => match reader.inner(*inner, word)? {
                Some(inner) => self.value(inner)?,
                None => Value::Nothing,
            },
            Kind::Record(parts) => {
                let cells = reader.parts(cell, word)?;
                let named = |(part, cell): (&Part, Cell)| Ok((part.name.to_string(), self.value(cell)?));
                Plain::record(parts.iter().zip(cells).map(named).collect::<Result<_, HeapError>>()?)
            }
            Kind::Tuple(_) | Kind::Pair(..) => {
                let cells = reader.parts(cell, word)?.into_iter();
                Plain::tuple(cells.map(|cell| self.value(cell)).collect::<Result<_, _>>()?)
            }
            Kind::Variant(cases) => {
                let (at, inside) = reader.choice(cases, word)?;
                Plain::variant(cases[at].tag.to_string(), self.value(inside)?)
            }
            Kind::List(walk, element) => self.list(&reader.elements(*walk, *element, word)?)?,
            _ => Shaping::<Plain>::new(reader, Most::ALL).seen(cell, word)?,
        })
    }

    fn list(&mut self, cells: &[Cell]) -> Result<Value, HeapError> {
        let (first, rest) = cells.split_at(cells.len().min(self.rows));
        let last = &rest[rest.len().saturating_sub(self.rows)..];
        let mut rows = Vec::with_capacity(first.len() + last.len());
        for cell in first.iter().chain(last) {
            // That a collection isn't empty is always seen.
            if self.bytes == 0 && !rows.is_empty() {
                break;
            }
            rows.push(self.value(*cell)?);
        }
        Ok(Value::List(rows))
    }
}

/// Counts the parts of values without making them, up to a bound.
struct Counting<'r, 'a> {
    reader: &'r Reader<'a>,
    left: u64,
}

impl Counting<'_, '_> {
    fn count(&mut self, cell: Cell) -> Result<(), HeapError> {
        if self.left == 0 {
            return Ok(());
        }
        let reader = self.reader;
        if reader.follow(cell, |word| self.inside(cell, word))?.is_none() {
            // What is not followed counts as one part.
            self.spend(1);
        }
        Ok(())
    }

    fn spend(&mut self, parts: u64) {
        self.left = self.left.saturating_sub(parts);
    }

    fn inside(&mut self, cell: Cell, word: u64) -> Result<(), HeapError> {
        let reader = self.reader;
        match reader.layout.kind(cell.id) {
            // An option is what is in it.
            Kind::Option { inner, .. } => match reader.inner(*inner, word)? {
                Some(inner) => return self.count(inner),
                None => self.spend(1),
            },
            Kind::Text | Kind::Blob => self.spend(1 + reader.blob(word)?.len() as u64 / 64),
            Kind::Record(_) | Kind::Tuple(_) | Kind::Pair(..) => {
                self.spend(1);
                reader.each_part(cell, word, &mut |_, part| self.count(part))?;
            }
            Kind::Variant(cases) => {
                self.spend(1);
                let (_, inside) = reader.choice(cases, word)?;
                self.count(inside)?;
            }
            Kind::List(walk, element) => {
                self.spend(1);
                let cells = reader.elements(*walk, *element, word)?;
                cells.into_iter().try_for_each(|cell| self.count(cell))?;
            }
            _ => self.spend(1),
        }
        Ok(())
    }
}

/// Makes values of what differs.
struct Pruning<'r, 'a> {
    sides: Sides<'r, 'a>,
    old: Shaping<'r, 'a, Plain>,
    new: Shaping<'r, 'a, Plain>,
}

impl<'r, 'a> Pruning<'r, 'a> {
    fn of(sides: Sides<'r, 'a>, most: u64) -> Pruning<'r, 'a> {
        let shaping = |reader| Shaping::<Plain>::new(reader, Most { bytes: most, ..Most::ALL });
        Pruning { sides, old: shaping(sides.old), new: shaping(sides.new) }
    }

    fn values(&mut self, (old, new): (Cell, Cell)) -> Result<(Value, Value), HeapError> {
        let (reader, other) = (self.sides.old, self.sides.new);
        // What holds itself is looked at whole.
        if reader.layout.recursive(old.id) {
            return self.whole((old, new));
        }
        let pruned = reader.follow(old, |word| other.follow(new, |to| self.inside((old, new), (word, to))))?;
        pruned.flatten().map_or_else(|| self.whole((old, new)), Ok)
    }

    fn inside(&mut self, (old, new): (Cell, Cell), words: (u64, u64)) -> Result<(Value, Value), HeapError> {
        let (reader, other) = (self.sides.old, self.sides.new);
        match reader.layout.kind(old.id) {
            Kind::List(walk, element) => {
                let rows = reader.elements(*walk, *element, words.0)?;
                let others = other.elements(*walk, *element, words.1)?;
                self.rows(&rows, &others)
            }
            Kind::Option { inner, .. } => match (reader.inner(*inner, words.0)?, other.inner(*inner, words.1)?) {
                (Some(old), Some(new)) => self.values((old, new)),
                _ => self.whole((old, new)),
            },
            Kind::Record(parts) => {
                let cells = reader.parts(old, words.0)?.into_iter().zip(other.parts(new, words.1)?);
                self.fields(parts.iter().map(|part| part.name.to_string()), cells)
            }
            Kind::Tuple(_) | Kind::Pair(..) => {
                let cells = reader.parts(old, words.0)?.into_iter().zip(other.parts(new, words.1)?);
                self.fields((0..).map(|at: u32| at.to_string()), cells)
            }
            _ if self.sides.alike((old, new)).is_sure() => Ok((Value::Nothing, Value::Nothing)),
            _ => self.whole((old, new)),
        }
    }

    fn whole(&mut self, (old, new): (Cell, Cell)) -> Result<(Value, Value), HeapError> {
        Ok((self.old.value(old)?, self.new.value(new)?))
    }

    fn fields(
        &mut self,
        names: impl Iterator<Item = String>,
        cells: impl Iterator<Item = (Cell, Cell)>,
    ) -> Result<(Value, Value), HeapError> {
        let mut both = (Vec::new(), Vec::new());
        for (name, cells) in names.zip(cells) {
            let (old, new) = self.values(cells)?;
            both.0.push((name.clone(), old));
            both.1.push((name, new));
        }
        Ok((Value::Record(both.0), Value::Record(both.1)))
    }

    /// The rows that differ, with the same ones among them where many came or went in a row.
    fn rows(&mut self, old: &[Cell], new: &[Cell]) -> Result<(Value, Value), HeapError> {
        let alike = |(old, new): &(&Cell, &Cell)| self.sides.alike((**old, **new)).is_sure();
        let start = old.iter().zip(new).take_while(alike).count();
        let (old, new) = (&old[start..], &new[start..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(alike).count();
        let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let (mut at, mut to) = (0, 0);
        while at < old.len() || to < new.len() {
            // What is taken from both sides alike changes no difference between them.
            let (fewer, more, skipped) = match next_alike(&old[at..], &new[to..], &alike) {
                Some((fewer, more)) => (fewer, more, 1),
                None => (1, 1, 0),
            };
            let (next, then) = ((at + fewer).min(old.len()), (to + more).min(new.len()));
            for cell in &old[at..next] {
                before.push(self.old.value(*cell)?);
            }
            for cell in &new[to..then] {
                after.push(self.new.value(*cell)?);
            }
            (at, to) = (next + skipped, then + skipped);
        }
        Ok((Value::List(before), Value::List(after)))
    }
}

/// How many rows come on either side before two that are alike, if that is soon.
fn next_alike(old: &[Cell], new: &[Cell], alike: &dyn Fn(&(&Cell, &Cell)) -> bool) -> Option<(usize, usize)> {
    let apart = (0..=MOST_APART).flat_map(|rows| (0..=rows).map(move |more| (rows - more, more)));
    let mut within = apart.filter(|(fewer, more)| *fewer < old.len() && *more < new.len());
    within.find(|(fewer, more)| alike(&(&old[*fewer], &new[*more])))
}

#[cfg(test)]
mod tests;
