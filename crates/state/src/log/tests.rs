//! The log against crashes, torn writes, rot and a full disk, on the simulated disk.

use super::*;
use crate::storage::simulated::{Crash, SimulatedDisk};

const SMALL: u64 = 16 << 10;

fn batch(height: u64, size: usize) -> BatchDelta {
    let value = vec![u8::try_from(height % 251).expect("small"); size];
    BatchDelta { height, records: vec![(b"k".to_vec(), Some(value))], ..BatchDelta::default() }
}

fn open(disk: &SimulatedDisk, after: u64) -> Result<(Log, Vec<BatchDelta>), LogError> {
    let mut seen = Vec::new();
    let log = Log::open(Arc::new(disk.clone()), after, SMALL, |delta| {
        seen.push(delta);
        Ok(())
    })?;
    Ok((log, seen))
}

fn heights(seen: &[BatchDelta]) -> Vec<u64> {
    seen.iter().map(|delta| delta.height).collect()
}

#[test]
fn what_was_synced_comes_back_over_many_segments_and_runs() {
    let disk = SimulatedDisk::new();
    let mut next = 1;
    for run in 0..4 {
        let (mut log, seen) = open(&disk, 0).expect("opens");
        assert_eq!(heights(&seen), (1..next).collect::<Vec<_>>(), "run {run}");
        for _ in 0..10 {
            log.append(&batch(next, 5000)).expect("appends");
            log.sync().expect("syncs");
            next += 1;
        }
        disk.crash(Crash::Dropped);
    }
}

#[test]
fn an_unsynced_batch_is_gone_and_its_height_is_used_again() {
    let disk = SimulatedDisk::new();
    let (mut log, _) = open(&disk, 0).expect("opens");
    log.append(&batch(1, 10)).expect("appends");
    log.sync().expect("syncs");
    log.append(&batch(2, 10)).expect("appends");
    disk.crash(Crash::Dropped);
    let (mut log, seen) = open(&disk, 0).expect("opens");
    assert_eq!(heights(&seen), [1]);
    log.append(&batch(2, 99)).expect("appends");
    log.sync().expect("syncs");
    disk.crash(Crash::Dropped);
    let (_, seen) = open(&disk, 0).expect("opens");
    assert_eq!(seen, [batch(1, 10), batch(2, 99)]);
}

#[test]
fn torn_tails_never_lose_synced_batches_nor_invent_any() {
    for seed in 1..300 {
        let disk = SimulatedDisk::new();
        let (mut log, _) = open(&disk, 0).expect("opens");
        for height in 1..=5 {
            log.append(&batch(height, 300)).expect("appends");
        }
        log.sync().expect("syncs");
        for height in 6..=9 {
            log.append(&batch(height, 300)).expect("appends");
        }
        disk.crash(Crash::Torn(seed));
        let (_, seen) = open(&disk, 0).expect("a torn tail is no damage");
        assert!(seen.len() >= 5, "seed {seed}");
        for (delta, height) in seen.iter().zip(1..) {
            assert_eq!(*delta, batch(height, 300), "seed {seed}");
        }
    }
}

#[test]
fn a_flipped_bit_in_the_middle_stops_the_start_and_names_the_place() {
    let disk = SimulatedDisk::new();
    let (mut log, _) = open(&disk, 0).expect("opens");
    for height in 1..=8 {
        log.append(&batch(height, 300)).expect("appends");
        log.sync().expect("syncs");
    }
    drop(log);
    disk.crash(Crash::Dropped);
    let end = 8 * (batch(1, 300).encode().len() + 2 * HEADER_BYTES + COMMIT_BYTES);
    for byte in (0..end - HEADER_BYTES - COMMIT_BYTES).step_by(37) {
        let copy = SimulatedDisk::new();
        for (name, bytes) in disk.synced_files() {
            let file = copy.open(&name).expect("opens");
            file.write_at(0, &bytes).expect("writes");
            file.sync().expect("syncs");
        }
        assert!(copy.flip("log/0000000000000001", byte, 3));
        match open(&copy, 0) {
            Err(LogError::Rotten { segment, height, .. }) => {
                assert_eq!(segment, "log/0000000000000001");
                assert!((1..=8).contains(&height));
            }
            // The last batch's own frames: only the unsynced note could tell, and a power cut took it.
            Ok((_, seen)) => assert_eq!(seen.len(), 7, "byte {byte}"),
            Err(other) => panic!("byte {byte}: {other}"),
        }
    }
}

#[test]
fn a_flipped_bit_in_the_last_batch_is_noticed_while_the_note_is_there() {
    let disk = SimulatedDisk::new();
    let (mut log, _) = open(&disk, 0).expect("opens");
    log.append(&batch(1, 300)).expect("appends");
    log.sync().expect("syncs");
    log.note.sync().expect("syncs");
    disk.crash(Crash::Dropped);
    assert!(disk.flip("log/0000000000000001", 40, 0));
    assert!(matches!(open(&disk, 0), Err(LogError::Rotten { height: 1, .. })));
}

#[test]
fn released_segments_are_used_again_and_their_old_frames_are_not_read() {
    let disk = SimulatedDisk::new();
    let (mut log, _) = open(&disk, 0).expect("opens");
    for height in 1..=40 {
        log.append(&batch(height, 3000)).expect("appends");
        log.sync().expect("syncs");
        log.release(height).expect("releases");
    }
    let folded = log.full.first().map_or(40, |(_, last)| last - 1).min(39);
    disk.crash(Crash::Dropped);
    let (_, seen) = open(&disk, folded).expect("opens");
    assert_eq!(heights(&seen), (folded + 1..=40).collect::<Vec<_>>());
    assert!(disk.synced_files().len() < 8);
}

#[test]
fn a_full_disk_is_an_error_that_says_so() {
    let disk = SimulatedDisk::new();
    let (mut log, _) = open(&disk, 0).expect("opens");
    disk.fill_after(0);
    let error = log.append(&batch(1, 10)).expect_err("the disk is full");
    assert!(matches!(error, LogError::Storage(ref source) if source.kind() == io::ErrorKind::StorageFull));
}

#[test]
fn a_log_that_is_folded_and_closed_leaves_nothing_to_read_and_no_epoch_comes_twice() {
    let disk = SimulatedDisk::new();
    let (mut seen_epochs, mut height) = (Vec::new(), 0);
    for run in 0..6 {
        let (mut log, seen) = open(&disk, height).expect("opens");
        assert_eq!(heights(&seen), [0u64; 0], "run {run}");
        assert!(!seen_epochs.contains(&log.epoch), "run {run} uses epoch {} again", log.epoch);
        for _ in 0..10 {
            height += 1;
            log.append(&batch(height, 4000)).expect("appends");
            seen_epochs.push(log.epoch);
        }
        log.sync().expect("syncs");
        // Every other run ends without its last batch folded, so that its segments stay.
        let folded = if run % 2 == 0 { height } else { height - 1 };
        log.close(folded).expect("closes");
        assert_eq!(epochs(&disk).expect("a list").is_empty(), run % 2 == 0, "run {run}");
        disk.crash(Crash::Dropped);
        if run % 2 == 1 {
            let (log, seen) = open(&disk, height - 1).expect("opens");
            assert_eq!(heights(&seen), [height], "run {run}");
            log.close(height).expect("closes");
        }
        seen_epochs.dedup();
    }
}
