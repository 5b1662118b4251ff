//! What one batch changes, and its form in the log.
//!
//! Layout (little-endian): height u64, time u64, root 32 bytes, then three counted lists: records (key, value or
//! removal), memory operations in order, and the ordered input as opaque bytes. Lengths are checked on the way in,
//! so damaged bytes give an error and no panic.

use crate::pages::{LINE_BYTES, PageDelta, PageLines};

/// Which memory of which canister: its own, or one kept by a restore point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemoryId {
    /// The canister's principal, as bytes of a system-assigned id (10 bytes).
    pub canister: [u8; 10],
    /// Heap or stable memory.
    pub kind: MemoryKind,
    /// 0 is the live memory; other numbers are restore points of the app.
    pub point: u64,
}

/// The two memories of a canister.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemoryKind {
    /// The WebAssembly memory.
    Heap,
    /// The stable memory.
    Stable,
}

/// One operation on memories; order matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryOp {
    /// Changed lines.
    Write(MemoryId, PageDelta),
    /// `to` becomes what `from` is now, sharing its pages.
    Fork {
        /// The source.
        from: MemoryId,
        /// The copy; replaced if it was there.
        to: MemoryId,
    },
    /// The memory is gone.
    Drop(MemoryId),
}

/// The whole effect of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchDelta {
    /// The batch's number, one more than the one before.
    pub height: u64,
    /// Batch time in nanoseconds since 1970.
    pub time: u64,
    /// Root hash of the certified state after the batch.
    pub root: [u8; 32],
    /// Records to put (`Some`) or remove (`None`).
    pub records: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Operations on memories.
    pub memories: Vec<MemoryOp>,
    /// The ordered input, for audit and replay; opaque here.
    pub input: Vec<u8>,
}

/// The bytes are no batch.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("malformed batch record: {0}")]
pub struct Malformed(&'static str);

impl BatchDelta {
    /// The bytes for the log.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.input.len());
        out.extend_from_slice(&self.height.to_le_bytes());
        out.extend_from_slice(&self.time.to_le_bytes());
        out.extend_from_slice(&self.root);
        put_len(&mut out, self.records.len());
        for (key, value) in &self.records {
            put_bytes(&mut out, key);
            match value {
                Some(value) => {
                    out.push(1);
                    put_bytes(&mut out, value);
                }
                None => out.push(0),
            }
        }
        put_len(&mut out, self.memories.len());
        for op in &self.memories {
            put_op(&mut out, op);
        }
        put_bytes(&mut out, &self.input);
        out
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// Names the part that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<BatchDelta, Malformed> {
        let mut input = Reader(bytes);
        let mut delta = BatchDelta { height: input.u64()?, time: input.u64()?, ..BatchDelta::default() };
        delta.root.copy_from_slice(input.take(32)?);
        for _ in 0..input.len()? {
            let key = input.bytes()?.to_vec();
            let value = if input.u8()? == 1 { Some(input.bytes()?.to_vec()) } else { None };
            delta.records.push((key, value));
        }
        for _ in 0..input.len()? {
            delta.memories.push(input.op()?);
        }
        delta.input = input.bytes()?.to_vec();
        if input.0.is_empty() { Ok(delta) } else { Err(Malformed("bytes after the end")) }
    }
}

fn put_len(out: &mut Vec<u8>, length: usize) {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn put_id(out: &mut Vec<u8>, id: &MemoryId) {
    out.extend_from_slice(&id.canister);
    out.push(u8::from(id.kind == MemoryKind::Stable));
    out.extend_from_slice(&id.point.to_le_bytes());
}

fn put_op(out: &mut Vec<u8>, op: &MemoryOp) {
    match op {
        MemoryOp::Write(id, delta) => {
            out.push(0);
            put_id(out, id);
            out.extend_from_slice(&delta.bytes.to_le_bytes());
            put_len(out, delta.pages.len());
            for page in &delta.pages {
                out.extend_from_slice(&page.index.to_le_bytes());
                out.extend_from_slice(&page.lines.to_le_bytes());
                out.extend_from_slice(&page.data);
            }
        }
        MemoryOp::Fork { from, to } => {
            out.push(1);
            put_id(out, from);
            put_id(out, to);
        }
        MemoryOp::Drop(id) => {
            out.push(2);
            put_id(out, id);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Malformed("it ends too early"))?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.array::<1>()?[0])
    }

    fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_le_bytes)
    }

    fn len(&mut self) -> Result<usize, Malformed> {
        self.array().map(u32::from_le_bytes).map(|length| length as usize)
    }

    fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.len()?;
        self.take(length)
    }

    fn id(&mut self) -> Result<MemoryId, Malformed> {
        let canister = self.array()?;
        let kind = match self.u8()? {
            0 => MemoryKind::Heap,
            1 => MemoryKind::Stable,
            _ => return Err(Malformed("unknown kind of memory")),
        };
        Ok(MemoryId { canister, kind, point: self.u64()? })
    }

    fn op(&mut self) -> Result<MemoryOp, Malformed> {
        match self.u8()? {
            0 => {
                let id = self.id()?;
                let mut delta = PageDelta { bytes: self.u64()?, pages: Vec::new() };
                for _ in 0..self.len()? {
                    let (index, lines) = (self.u64()?, self.u64()?);
                    let data = self.take(lines.count_ones() as usize * LINE_BYTES)?.to_vec();
                    delta.pages.push(PageLines { index, lines, data });
                }
                Ok(MemoryOp::Write(id, delta))
            }
            1 => Ok(MemoryOp::Fork { from: self.id()?, to: self.id()? }),
            2 => Ok(MemoryOp::Drop(self.id()?)),
            _ => Err(Malformed("unknown memory operation")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> BatchDelta {
        let id = MemoryId { canister: [3; 10], kind: MemoryKind::Heap, point: 0 };
        let pages = vec![PageLines { index: 9, lines: 0b101, data: vec![7; 128] }];
        BatchDelta {
            height: 5,
            time: 6,
            root: [1; 32],
            records: vec![(b"a".to_vec(), Some(vec![1, 2])), (b"b".to_vec(), None)],
            memories: vec![
                MemoryOp::Write(id, PageDelta { bytes: 65536, pages }),
                MemoryOp::Fork { from: id, to: MemoryId { point: 4, ..id } },
                MemoryOp::Drop(id),
            ],
            input: vec![8; 3],
        }
    }

    #[test]
    fn what_was_encoded_comes_back() {
        assert_eq!(BatchDelta::decode(&sample().encode()), Ok(sample()));
    }

    #[test]
    fn no_prefix_and_no_flipped_byte_panics() {
        let bytes = sample().encode();
        for end in 0..bytes.len() {
            assert!(BatchDelta::decode(&bytes[..end]).is_err());
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            let _ = BatchDelta::decode(&damaged);
        }
    }
}
