//! The log as a disk gives it back: batches are lost or damage is named, and nothing is made up.

use std::sync::Arc;

use arbitrary::{Result, Unstructured};
use state::{
    delta::{BatchDelta, MemoryId, MemoryKind, MemoryOp},
    log::{Log, LogError},
    pages::{LINE_BYTES, PageDelta, PageLines, PagedMemory},
    replicated::{IngressEntry, Message, Metadata, SystemState, from_record},
    storage::{Storage as _, simulated::SimulatedDisk, write_whole},
};

/// Small, so that a few batches fill several.
const SEGMENT_BYTES: u64 = 2 << 10;
const BATCHES_MAX: u64 = 8;
const PAGES: u64 = 300;

/// The bytes of a batch, of a record, and of a segment.
///
/// # Panics
/// A batch that was read is another one after it was written and read again, or can't be applied.
pub fn batch(data: &[u8]) {
    let _ = (
        from_record::<SystemState>(b"key", data).is_ok(),
        from_record::<Metadata>(b"key", data).is_ok(),
        from_record::<Message>(b"key", data).is_ok(),
        from_record::<IngressEntry>(b"key", data).is_ok(),
    );
    let disk = SimulatedDisk::new();
    put(&disk, "log/0000000000000001", data);
    let _ = replay(&disk);
    let Ok(batch) = BatchDelta::decode(data) else { return };
    assert_eq!(BatchDelta::decode(&batch.encode()).as_ref(), Ok(&batch), "a batch survives being written and read");
    for operation in &batch.memories {
        if let MemoryOp::Write(_, delta) = operation {
            apply(delta);
        }
    }
}

fn apply(delta: &PageDelta) {
    let mut memory = PagedMemory::empty();
    memory.apply(delta);
    for lines in &delta.pages {
        assert!(memory.page(lines.index).is_some(), "what was written can be read");
    }
}

/// A log that was written well and then damaged: what is replayed was written, from the first batch on without gaps.
///
/// # Panics
/// Another batch is replayed than was written, or one that was durable is lost and nobody is told.
pub fn log(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let disk = SimulatedDisk::new();
    let Ok((written, synced)) = write(&disk, &mut bytes) else { return };
    let undamaged = replay(&disk).unwrap_or_else(|error| panic!("nothing is damaged: {error}"));
    assert!(undamaged == written, "all that was written is replayed");
    let Ok(note) = damage(&disk, &mut bytes) else { return };
    let Ok(replayed) = replay(&disk) else { return };
    assert!(written.starts_with(&replayed), "what is replayed was written, in order and from the start");
    let proven = if note == Note::Kept { synced } else { 0 };
    assert!(replayed.len() as u64 >= proven, "{} of {proven} durable batches are replayed", replayed.len());
}

/// Appends batches and syncs some; returns them and how many are durable.
fn write(disk: &SimulatedDisk, bytes: &mut Unstructured<'_>) -> Result<(Vec<BatchDelta>, u64)> {
    let mut log = open(disk, &mut Vec::new()).unwrap_or_else(|error| panic!("an empty disk: {error}"));
    let (mut written, mut synced) = (Vec::new(), 0);
    for height in 1..=bytes.int_in_range(1..=BATCHES_MAX)? {
        let batch = delta(bytes, height)?;
        log.append(&batch).unwrap_or_else(|error| panic!("{error}"));
        written.push(batch);
        if bytes.arbitrary()? {
            log.sync().unwrap_or_else(|error| panic!("{error}"));
            synced = height;
        }
    }
    Ok((written, synced))
}

fn delta(bytes: &mut Unstructured<'_>, height: u64) -> Result<BatchDelta> {
    let records = bytes.arbitrary::<Vec<(u8, Option<[u8; 3]>)>>()?;
    let records = records.into_iter().map(|(key, value)| (vec![key], value.map(Vec::from))).collect();
    let count = bytes.int_in_range(0..=3)?;
    let memories = (0..count).map(|_| operation(bytes)).collect::<Result<_>>()?;
    Ok(BatchDelta {
        height,
        time: bytes.arbitrary()?,
        root: [height as u8; 32],
        records,
        memories,
        input: bytes.arbitrary()?,
    })
}

fn operation(bytes: &mut Unstructured<'_>) -> Result<MemoryOp> {
    let kind = if bytes.arbitrary()? { MemoryKind::Heap } else { MemoryKind::Stable };
    let id = MemoryId { canister: [1; 10], kind, point: bytes.int_in_range(0..=2)? };
    Ok(match bytes.int_in_range(0..=3u8)? {
        0 => MemoryOp::Fork { from: id, to: MemoryId { point: id.point + 1, ..id } },
        1 => MemoryOp::Drop(id),
        _ => MemoryOp::Write(id, PageDelta { bytes: bytes.arbitrary()?, pages: vec![lines(bytes)?] }),
    })
}

fn lines(bytes: &mut Unstructured<'_>) -> Result<PageLines> {
    let lines = 1 << bytes.int_in_range(0..=63)? | 1u64;
    let data = vec![bytes.arbitrary()?; lines.count_ones() as usize * LINE_BYTES];
    Ok(PageLines { index: bytes.int_in_range(0..=PAGES)?, lines, data })
}

/// Whether the note of what is durable was left alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Note {
    Kept,
    Damaged,
}

/// Flips, overwrites and cuts.
fn damage(disk: &SimulatedDisk, bytes: &mut Unstructured<'_>) -> Result<Note> {
    let mut note = Note::Kept;
    for _ in 0..bytes.int_in_range(1..=6)? {
        let names = disk.list("log").unwrap_or_default();
        let name = format!("log/{}", bytes.choose(&names)?);
        let file = disk.open(&name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let length = file.len().unwrap_or_default();
        let at = bytes.int_in_range(0..=length)?;
        let done = match bytes.int_in_range(0..=4u8)? {
            0 => file.set_len(at),
            1 => file.write_at(at, bytes.arbitrary::<&[u8]>()?),
            2 => move_bytes(disk, &name, bytes),
            _ => file.write_at(at, &[bytes.arbitrary()?]),
        };
        done.unwrap_or_else(|error| panic!("{name}: {error}"));
        if name.ends_with("synced") {
            note = Note::Damaged;
        }
    }
    Ok(note)
}

/// Puts a part of the file elsewhere in it, so that sound frames lie where they should not.
fn move_bytes(disk: &SimulatedDisk, name: &str, bytes: &mut Unstructured<'_>) -> std::io::Result<()> {
    let whole = state::storage::read_whole(disk, name)?;
    let mut place = || bytes.int_in_range(0..=whole.len()).unwrap_or(0);
    let (one, other, to) = (place(), place(), place());
    disk.open(name)?.write_at(to as u64, &whole[one.min(other)..one.max(other)])
}

/// Reads a copy of the disk, on which everything is durable.
fn replay(disk: &SimulatedDisk) -> std::result::Result<Vec<BatchDelta>, LogError> {
    for name in disk.list("log")? {
        disk.open(&format!("log/{name}"))?.sync()?;
    }
    let mut seen = Vec::new();
    open(&disk.copy(), &mut seen)?;
    Ok(seen)
}

fn open(disk: &SimulatedDisk, seen: &mut Vec<BatchDelta>) -> std::result::Result<Log, LogError> {
    Log::open(Arc::new(disk.clone()), 0, SEGMENT_BYTES, |batch| {
        seen.push(batch);
        Ok(())
    })
}

fn put(disk: &SimulatedDisk, name: &str, bytes: &[u8]) {
    write_whole(disk, name, bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
}
