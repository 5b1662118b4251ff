//! The write-ahead log: one per node, preallocated segments, whole batches only.
//!
//! A segment `log/<epoch>` is a row of frames: magic `AGL1`, kind, epoch, length, CRC-32, payload. A batch is one or
//! more data frames and a commit frame (height, root, and the highest height known to be durable when it was
//! written). A full segment ends with a seal frame and is synced before the next one is used. Spent segments are
//! renamed and used again, so what lies behind the last frame may be old frames: their epoch gives them away.
//!
//! Recovery keeps whole batches. Behind the last commit frame that reads well there may be a torn tail, which is
//! dropped; but if anything proves that a lost batch had been durable (a later commit frame that names it as synced,
//! a later segment, or the note in `log/synced`), bytes have rotted, and the start stops and names the place.

use std::{io, sync::Arc};

use crate::{
    delta::BatchDelta,
    planted::{self, Planted},
    storage::{Storage, StorageFile},
};

const MAGIC: [u8; 4] = *b"AGL1";
const HEADER_BYTES: usize = 24;
/// The usual size of a segment, in bytes.
pub const SEGMENT_BYTES: u64 = 64 << 20;
/// A batch larger than this is cut into several data frames.
const FRAME_BYTES_MAX: usize = 64 << 20;
const SPARES_MAX: usize = 2;
const SYNCED_NOTE: &str = "log/synced";
const SPARE: &str = "log/spare-";

const KIND_DATA: u8 = 1;
const KIND_COMMIT: u8 = 2;
const KIND_SEAL: u8 = 3;

/// Why the log can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The storage failed.
    #[error("the log can't be read or written")]
    Storage(#[from] io::Error),
    /// Bytes that were durable are damaged.
    #[error(
        "log segment `{segment}` is damaged at byte {offset}: batch {height} was durable and can't be read; \
         restore the data folder from a copy"
    )]
    Rotten {
        /// File name.
        segment: String,
        /// Where reading stopped.
        offset: u64,
        /// The first lost height.
        height: u64,
    },
}

/// The log, open for appending.
#[derive(Debug)]
pub struct Log {
    storage: Arc<dyn Storage>,
    file: Arc<dyn StorageFile>,
    note: Arc<dyn StorageFile>,
    epoch: u64,
    offset: u64,
    capacity: u64,
    segment_bytes: u64,
    /// Highest height written, and highest height synced.
    written: u64,
    synced: u64,
    /// Full segments with their last height, oldest first.
    full: Vec<(u64, u64)>,
    /// Segments before this one are removed when they are spent, not used again.
    forget_below: u64,
}

impl Log {
    /// Opens the log and hands every whole batch above `after` to `replay`, in order.
    ///
    /// # Errors
    /// [`LogError::Rotten`] when durable bytes are damaged; storage errors.
    pub fn open(
        storage: Arc<dyn Storage>,
        after: u64,
        segment_bytes: u64,
        mut replay: impl FnMut(BatchDelta) -> Result<(), LogError>,
    ) -> Result<Log, LogError> {
        let note = storage.open(SYNCED_NOTE)?;
        let mut scan = Scan { height: after, proven: read_note(&*note)?, breaks: Vec::new() };
        let epochs = epochs(&*storage)?;
        let mut full = Vec::new();
        for epoch in &epochs {
            scan.segment(&*storage, *epoch, after, &mut replay)?;
            full.push((*epoch, scan.height));
        }
        scan.verdict()?;
        // What follows the last whole batch is never appended to: a new segment starts behind it.
        let epoch = epochs.iter().copied().chain(spare_epochs(&*storage)?).max().map_or(1, |last| last + 1);
        let (file, capacity) = new_segment(&*storage, epoch, segment_bytes)?;
        let height = scan.height;
        Ok(Log {
            storage,
            file,
            note,
            epoch,
            offset: 0,
            capacity,
            segment_bytes,
            written: height,
            synced: height,
            full,
            forget_below: 0,
        })
    }

    /// Writes a batch; durable only after [`Self::sync`].
    ///
    /// # Errors
    /// Storage errors; the process must end.
    pub fn append(&mut self, delta: &BatchDelta) -> Result<(), LogError> {
        if planted::is(Planted::HalfBatch) && !delta.memories.is_empty() && !delta.records.is_empty() {
            self.append(&BatchDelta { memories: Vec::new(), ..delta.clone() })?;
            return self.append(&BatchDelta { records: Vec::new(), ..delta.clone() });
        }
        let payload = delta.encode();
        let mut frames = Vec::with_capacity(payload.len() + 4 * HEADER_BYTES);
        let chunks = payload.chunks(FRAME_BYTES_MAX).count() as u64;
        let need = payload.len() as u64 + (chunks + 2) * HEADER_BYTES as u64 + COMMIT_BYTES as u64;
        if self.offset + need > self.capacity {
            self.rotate(need)?;
        }
        for chunk in payload.chunks(FRAME_BYTES_MAX) {
            put_frame(&mut frames, KIND_DATA, self.epoch, chunk);
        }
        put_frame(&mut frames, KIND_COMMIT, self.epoch, &commit(delta, self.synced));
        self.file.write_at(self.offset, &frames)?;
        self.offset += frames.len() as u64;
        self.written = delta.height;
        Ok(())
    }

    /// Returns once everything appended is durable.
    ///
    /// # Errors
    /// Storage errors; the process must end.
    pub fn sync(&mut self) -> Result<(), LogError> {
        self.file.sync()?;
        self.synced = self.written;
        // Not synced itself: it survives a killed process, and after a power cut an older note is no lie.
        self.note.write_at(0, &note_bytes(self.synced))?;
        Ok(())
    }

    /// Bytes of the log that a recovery would read now.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.full.len() as u64 * self.segment_bytes + self.offset
    }

    /// Lets go of segments whose batches are all in the catalogue.
    ///
    /// # Errors
    /// Storage errors.
    pub fn release(&mut self, folded: u64) -> Result<(), LogError> {
        while let Some((epoch, last)) = self.full.first().copied() {
            if last > folded {
                break;
            }
            self.full.remove(0);
            if epoch < self.forget_below {
                self.storage.remove(&segment_name(epoch))?;
            } else {
                retire(&*self.storage, epoch)?;
            }
        }
        Ok(())
    }

    /// Has nothing of what was written so far stay in any file once the catalogue has it ([`Self::release`]): a new
    /// segment is begun, and the old ones will be removed rather than used again.
    ///
    /// # Errors
    /// Storage errors.
    pub fn forget(&mut self) -> Result<(), LogError> {
        for spare in spares(&*self.storage)? {
            self.storage.remove(&spare)?;
        }
        self.rotate(0)?;
        self.forget_below = self.epoch;
        Ok(())
    }

    /// Ends the log. If the catalogue has everything up to `folded`, and that is all, nothing is left to be read at the
    /// next start.
    ///
    /// # Errors
    /// Storage errors.
    pub fn close(mut self, folded: u64) -> Result<(), LogError> {
        self.release(folded)?;
        if self.full.is_empty() && self.written <= folded {
            retire(&*self.storage, self.epoch)?;
        }
        Ok(())
    }

    fn rotate(&mut self, need: u64) -> Result<(), LogError> {
        let mut seal = Vec::new();
        put_frame(&mut seal, KIND_SEAL, self.epoch, &[]);
        self.file.write_at(self.offset, &seal)?;
        self.sync()?;
        self.full.push((self.epoch, self.written));
        self.epoch += 1;
        (self.file, self.capacity) = new_segment(&*self.storage, self.epoch, need.max(self.segment_bytes))?;
        self.offset = 0;
        Ok(())
    }
}

const COMMIT_BYTES: usize = 48;

fn commit(delta: &BatchDelta, synced: u64) -> [u8; COMMIT_BYTES] {
    let mut out = [0; COMMIT_BYTES];
    out[..8].copy_from_slice(&delta.height.to_le_bytes());
    out[8..16].copy_from_slice(&synced.to_le_bytes());
    out[16..].copy_from_slice(&delta.root);
    out
}

fn put_frame(out: &mut Vec<u8>, kind: u8, epoch: u64, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let start = out.len();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[kind, 0, 0, 0]);
    out.extend_from_slice(&epoch.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    let mut crc = crc32fast::Hasher::new();
    crc.update(&out[start..]);
    crc.update(payload);
    out.extend_from_slice(&crc.finalize().to_le_bytes());
    out.extend_from_slice(payload);
}

struct Frame<'a> {
    kind: u8,
    payload: &'a [u8],
    bytes: usize,
}

/// The frame that starts here, if it is whole and of this epoch.
fn frame(bytes: &[u8], epoch: u64) -> Option<Frame<'_>> {
    let header = bytes.get(..HEADER_BYTES)?;
    if header[..4] != MAGIC || header[8..16] != epoch.to_le_bytes() {
        return None;
    }
    let length = u32::from_le_bytes(header[16..20].try_into().ok()?) as usize;
    let payload = bytes.get(HEADER_BYTES..HEADER_BYTES.checked_add(length)?)?;
    let mut crc = crc32fast::Hasher::new();
    crc.update(&header[..20]);
    crc.update(payload);
    let sound = header[20..24] == crc.finalize().to_le_bytes();
    sound.then_some(Frame { kind: header[4], payload, bytes: HEADER_BYTES + length })
}

/// What reading the segments has found so far.
struct Scan {
    /// Last whole batch.
    height: u64,
    /// Highest height that something proves to have been durable.
    proven: u64,
    /// Where rows of sound frames ended without a seal, and the last whole batch by then.
    breaks: Vec<(u64, String, u64)>,
}

impl Scan {
    fn segment(
        &mut self,
        storage: &dyn Storage,
        epoch: u64,
        after: u64,
        replay: &mut impl FnMut(BatchDelta) -> Result<(), LogError>,
    ) -> Result<(), LogError> {
        let name = segment_name(epoch);
        let bytes = crate::storage::read_whole(storage, &name)?;
        let mut offset = 0;
        let mut data = Vec::new();
        while let Some(frame) = frame(&bytes[offset..], epoch) {
            match frame.kind {
                KIND_DATA => data.extend_from_slice(frame.payload),
                KIND_COMMIT => {
                    let (height, synced) = commit_heights(frame.payload);
                    self.proven = self.proven.max(synced);
                    let delta = BatchDelta::decode(&data).ok();
                    let delta = delta.filter(|delta| delta.height == height);
                    data.clear();
                    // Only the next height can follow: behind a lost batch nothing is taken.
                    let again = planted::is(Planted::HalfBatch) && height == self.height;
                    if let Some(delta) = delta.filter(|_| height > after && (height == self.height + 1 || again)) {
                        replay(delta)?;
                        self.height = height;
                    }
                }
                _ => return Ok(()),
            }
            offset += frame.bytes;
        }
        // Not sealed: the tail of a run that was cut short, or damage. Which of the two, `verdict` says.
        self.breaks.push((self.height, name, offset as u64));
        self.look_behind(&bytes[offset..], epoch);
        Ok(())
    }

    /// Looks for sound commit frames behind the break: they tell which heights had been durable.
    fn look_behind(&mut self, bytes: &[u8], epoch: u64) {
        let mut from = 1;
        while let Some(found) = find(bytes.get(from..).unwrap_or_default(), &MAGIC) {
            let at = from + found;
            match frame(&bytes[at..], epoch) {
                Some(frame) if frame.kind == KIND_COMMIT => {
                    self.proven = self.proven.max(commit_heights(frame.payload).1);
                    from = at + frame.bytes;
                }
                Some(frame) => from = at + frame.bytes,
                None => from = at + 1,
            }
        }
    }

    fn verdict(&mut self) -> Result<(), LogError> {
        if self.proven <= self.height {
            return Ok(());
        }
        let place = self.breaks.drain(..).find(|(height, ..)| *height == self.height);
        let (_, segment, offset) = place.unwrap_or_else(|| (0, "log".into(), 0));
        Err(LogError::Rotten { segment, offset, height: self.height + 1 })
    }
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn commit_heights(payload: &[u8]) -> (u64, u64) {
    let number = |range: std::ops::Range<usize>| {
        let bytes = payload.get(range).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_le_bytes)
    };
    (number(0..8), number(8..16))
}

fn segment_name(epoch: u64) -> String {
    format!("log/{epoch:016x}")
}

fn epochs(storage: &dyn Storage) -> io::Result<Vec<u64>> {
    let names = storage.list("log")?;
    Ok(names.iter().filter(|name| name.len() == 16).filter_map(|name| u64::from_str_radix(name, 16).ok()).collect())
}

fn spares(storage: &dyn Storage) -> io::Result<Vec<String>> {
    let names = storage.list("log")?;
    let mut spares: Vec<String> = names.into_iter().map(|name| format!("log/{name}")).collect();
    spares.retain(|name| name.starts_with(SPARE));
    spares.sort_unstable();
    Ok(spares)
}

/// The epochs whose segments are spare now. They count, so that no epoch is used twice.
fn spare_epochs(storage: &dyn Storage) -> io::Result<Vec<u64>> {
    let spares = spares(storage)?;
    Ok(spares.iter().filter_map(|name| u64::from_str_radix(name.strip_prefix(SPARE)?, 16).ok()).collect())
}

/// A segment ready to write into: a spare one under its new name, or a new file filled with zeroes, so that a sync
/// later has no lengths or extents to write.
fn new_segment(storage: &dyn Storage, epoch: u64, bytes: u64) -> io::Result<(Arc<dyn StorageFile>, u64)> {
    let name = segment_name(epoch);
    for spare in spares(storage)? {
        let length = storage.open(&spare)?.len()?;
        if length >= bytes {
            storage.rename(&spare, &name)?;
            return Ok((storage.open(&name)?, length));
        }
    }
    let fresh = "log/new";
    let file = storage.open(fresh)?;
    file.set_len(0)?;
    let zeroes = vec![0; 1 << 20];
    let mut offset = 0;
    while offset < bytes {
        let count = zeroes.len().min(usize::try_from(bytes - offset).unwrap_or(usize::MAX));
        file.write_at(offset, &zeroes[..count])?;
        offset += count as u64;
    }
    file.sync()?;
    storage.rename(fresh, &name)?;
    Ok((storage.open(&name)?, bytes))
}

fn retire(storage: &dyn Storage, epoch: u64) -> io::Result<()> {
    // The newest stays, because its name tells which epochs were used.
    let spares = spares(storage)?;
    for oldest in spares.iter().take((spares.len() + 1).saturating_sub(SPARES_MAX)) {
        storage.remove(oldest)?;
    }
    storage.rename(&segment_name(epoch), &format!("{SPARE}{epoch:016x}"))
}

fn note_bytes(height: u64) -> [u8; 12] {
    let mut out = [0; 12];
    out[..8].copy_from_slice(&height.to_le_bytes());
    let crc = crc32fast::hash(&out[..8]);
    out[8..].copy_from_slice(&crc.to_le_bytes());
    out
}

/// The height noted as synced; 0 when the note is missing or half written.
fn read_note(note: &dyn StorageFile) -> io::Result<u64> {
    if note.len()? < 12 {
        return Ok(0);
    }
    let mut bytes = [0; 12];
    note.read_at(0, &mut bytes)?;
    let (height, crc) = bytes.split_at(8);
    let sound = crc == crc32fast::hash(height).to_le_bytes();
    let height = height.try_into().map_or(0, u64::from_le_bytes);
    Ok(if sound { height } else { 0 })
}

#[cfg(test)]
mod tests;
