//! Heaps against a plain copy of their bytes: all trackers must find the same, and rolling back must be exact.

use std::{collections::HashMap, fs::File, io::Write as _};

use state::pages::PageImage;

use super::*;
use crate::memory::WASM_PAGE_BYTES;

/// Every way that works here; comparing is the one to agree with.
fn all_ways() -> Vec<Tracking> {
    let ways = [Tracking::Compare, Tracking::Automatic, Tracking::Protection, Tracking::Userfault];
    let works = |way: &Tracking| *way != Tracking::Userfault || way.uses_kernel();
    ways.into_iter().filter(works).collect()
}

/// A small generator with a seed that a failure can name.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// A committed memory with a base file, an overlay page and a hot page.
fn committed(seed: u64) -> PagedMemory {
    let mut random = Seeded(seed);
    let mut file = tempfile::tempfile().expect("a temporary file");
    let base: Vec<u8> = (0..6 * PAGE_BYTES).map(|_| random.next(256) as u8).collect();
    file.write_all(&base).expect("written");
    let overlay = HashMap::from([(4, Arc::new([7; PAGE_BYTES])), (9, Arc::new([8; PAGE_BYTES]))]);
    let image = PageImage::open(File::from(std::os::fd::OwnedFd::from(file)), overlay).expect("an image");
    let mut memory = PagedMemory::from_image(Arc::new(image), 2 * WASM_PAGE_BYTES);
    let hot = PageLines::diff(2, memory.page(2).expect("in the base"), &[9; PAGE_BYTES]).expect("differs");
    memory.apply(&PageDelta { bytes: 2 * WASM_PAGE_BYTES, pages: vec![hot] });
    memory
}

fn assert_equals(heap: &Heap, committed: &PagedMemory, what: &str) {
    assert_eq!(heap.bytes(), committed.bytes(), "{what}: size");
    for index in 0..committed.bytes() / PAGE_BYTES as u64 {
        let bytes = heap.read(index * PAGE_BYTES as u64, PAGE_BYTES as u64).expect("in range");
        assert_eq!(bytes, committed.page(index).unwrap_or(&ZERO_PAGE), "{what}: page {index}");
    }
}

fn scribble(heaps: &mut [Heap], random: &mut Seeded) {
    for _ in 0..random.next(20) {
        let length = 1 + random.next(200);
        let offset = random.next(heaps[0].bytes() - length);
        let data: Vec<u8> = (0..length).map(|_| random.next(256) as u8).collect();
        heaps.iter_mut().for_each(|heap| assert!(heap.write(offset, &data)));
    }
}

#[test]
fn all_trackers_find_the_same_differences() {
    for seed in 1..60u64 {
        let mut random = Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut memories: Vec<_> = all_ways().iter().map(|_| committed(seed)).collect();
        let open = |way| Heap::open(&memories[0], way).expect("a heap");
        let mut heaps: Vec<_> = all_ways().into_iter().map(open).collect();
        for step in 0..20 {
            scribble(&mut heaps, &mut random);
            match random.next(4) {
                0 => {
                    for (heap, memory) in heaps.iter_mut().zip(&memories) {
                        heap.mapping.grow(heap.mapping.bytes() + WASM_PAGE_BYTES as usize).expect("grown");
                        assert!(heap.roll_back(memory).expect("rolled back"));
                        // SAFETY: there is no instance in this test.
                        unsafe { heap.shrink(memory).expect("shrunk") };
                    }
                }
                1 => heaps.iter_mut().zip(&memories).for_each(|(heap, memory)| {
                    assert!(!heap.roll_back(memory).expect("rolled back"));
                }),
                2 => {
                    let pages = random.next(3) * WASM_PAGE_BYTES;
                    for heap in &mut heaps {
                        heap.mapping.grow(heap.mapping.bytes() + pages as usize).expect("grown");
                    }
                    scribble(&mut heaps, &mut random);
                    commit_all(&mut heaps, &mut memories, &format!("seed {seed} step {step}"));
                }
                _ => commit_all(&mut heaps, &mut memories, &format!("seed {seed} step {step}")),
            }
            for (heap, memory) in heaps.iter().zip(&memories) {
                assert_equals(heap, memory, &format!("seed {seed} step {step}"));
            }
        }
    }
}

fn commit_all(heaps: &mut [Heap], memories: &mut [PagedMemory], what: &str) {
    let deltas = heaps.iter_mut().zip(memories).map(|(heap, memory)| heap.commit(memory).expect("committed"));
    let deltas: Vec<_> = deltas.collect();
    for (delta, way) in deltas.iter().zip(all_ways()).skip(1) {
        assert_eq!(delta, &deltas[0], "{what}: {way:?}");
    }
}

#[test]
fn growth_after_a_roll_back_reads_as_zeroes() {
    for tracking in all_ways() {
        let memory = committed(5);
        let mut heap = Heap::open(&memory, tracking).expect("a heap");
        let old = heap.bytes();
        heap.mapping.grow(old as usize + WASM_PAGE_BYTES as usize).expect("grown");
        assert!(heap.write(old + 10, &[1; 5000]));
        assert!(heap.roll_back(&memory).expect("rolled back"));
        // SAFETY: there is no instance in this test.
        unsafe { heap.shrink(&memory).expect("shrunk") };
        heap.mapping.grow(old as usize + WASM_PAGE_BYTES as usize).expect("grown");
        assert_eq!(heap.read(old, WASM_PAGE_BYTES).expect("in range"), vec![0; WASM_PAGE_BYTES as usize]);
    }
}

#[test]
fn a_fresh_memory_is_compared_whole() {
    let mut memory = committed(6);
    let mut heap = Heap::zeroed(Tracking::Automatic).expect("a heap");
    heap.mapping.grow(WASM_PAGE_BYTES as usize).expect("grown");
    heap.write(3, b"abc");
    let delta = heap.commit(&mut memory).expect("committed");
    assert_eq!(delta.bytes, WASM_PAGE_BYTES);
    assert_equals(&heap, &memory, "after a reinstall");
    heap.mapping.grow(2 * WASM_PAGE_BYTES as usize).expect("grown");
    heap.commit(&mut memory).expect("committed");
    assert_equals(&heap, &memory, "after growing again");
}

#[test]
fn more_pages_apart_than_a_tracker_lists_at_once_are_all_found() {
    for tracking in all_ways() {
        let mut memory = PagedMemory::empty();
        let mut heap = Heap::zeroed(tracking).expect("a heap");
        heap.mapping.grow(4 << 20).expect("grown");
        heap.commit(&mut memory).expect("committed");
        // Every second page: more regions than one scan returns, and more than are unprotected one by one.
        (0..1024).step_by(2).for_each(|page| assert!(heap.write(page * PAGE_BYTES as u64 + 5, &[1])));
        let delta = heap.commit(&mut memory).expect("committed");
        assert_eq!(delta.pages.len(), 512, "{tracking:?}");
        assert!(heap.commit(&mut memory).expect("committed").pages.is_empty(), "{tracking:?}");
    }
}

#[test]
fn a_tracker_names_the_written_page_and_few_others() {
    for tracking in all_ways().into_iter().filter(|way| *way != Tracking::Compare) {
        let mut memory = PagedMemory::empty();
        let mut heap = Heap::zeroed(tracking).expect("a heap");
        heap.mapping.grow(4 << 20).expect("grown");
        heap.commit(&mut memory).expect("committed");
        heap.find_written(true).expect("found");
        assert!(heap.write(3 * PAGE_BYTES as u64 - 2, &[1; 4]));
        for rearm in [false, true] {
            heap.find_written(rearm).expect("found");
            assert_eq!(heap.ranges.iter().cloned().flatten().collect::<Vec<_>>(), [2, 3], "{tracking:?}");
        }
        heap.find_written(true).expect("found");
        assert!(heap.ranges.is_empty(), "{tracking:?}");
    }
}

#[test]
fn the_way_of_tracking_changes_as_a_memory_grows() {
    let mut memory = PagedMemory::empty();
    let mut heap = Heap::zeroed(Tracking::Automatic).expect("a heap");
    for wasm_pages in [1, 2, 3, 1000, 7000] {
        heap.mapping.grow(wasm_pages * WASM_PAGE_BYTES as usize).expect("grown");
        for round in 1..4 {
            assert!(heap.write(heap.bytes() - 5, &[round]));
            let delta = heap.commit(&mut memory).expect("committed");
            assert_eq!(delta.pages.len(), 1, "{wasm_pages} pages by {:?}", heap.tracked_by);
            assert!(heap.write(60_000, &[round]));
            assert!(!heap.roll_back(&memory).expect("rolled back"));
            assert_eq!(heap.read(60_000, 1), Some(vec![0]));
        }
    }
    assert_eq!(heap.tracked_by, Tracking::Protection, "a signal a page for the largest");
}

#[test]
fn a_memory_too_large_to_arm_at_once_is_tracked_all_the_same() {
    let mut random = Seeded(11);
    let mut memories: Vec<_> = all_ways().iter().map(|_| PagedMemory::empty()).collect();
    let open = |way| Heap::open(&memories[0], way).expect("a heap");
    let mut heaps: Vec<_> = all_ways().into_iter().map(open).collect();
    for heap in &mut heaps {
        heap.mapping.grow(100 << 20).expect("grown");
    }
    for round in 0..4 {
        scribble(&mut heaps, &mut random);
        commit_all(&mut heaps, &mut memories, &format!("round {round}"));
        scribble(&mut heaps, &mut random);
        for (heap, memory) in heaps.iter_mut().zip(&memories) {
            heap.roll_back(memory).expect("rolled back");
        }
        commit_all(&mut heaps, &mut memories, &format!("nothing after rolling back, round {round}"));
    }
}

#[test]
fn many_pages_rolled_back_are_armed_again() {
    for tracking in all_ways() {
        let mut memory = PagedMemory::empty();
        let mut heap = Heap::open(&memory, tracking).expect("a heap");
        heap.mapping.grow(4 << 20).expect("grown");
        heap.commit(&mut memory).expect("committed");
        for round in 0..3u8 {
            (0..1024).for_each(|page| assert!(heap.write(page * PAGE_BYTES as u64 + u64::from(round), &[1])));
            heap.roll_back(&memory).expect("rolled back");
            assert_equals(&heap, &memory, "after rolling back");
            assert!(heap.write(5000, &[round + 1]));
            let delta = heap.commit(&mut memory).expect("committed");
            assert_eq!(delta.pages.len(), 1, "{tracking:?}: a write after rolling back is found");
        }
    }
}

/// Names the test to run again in a process of its own, which is to crash.
const CRASH: &str = "AUTOGRAPH_TEST_CRASH";

#[test]
fn what_is_not_about_our_pages_still_crashes() {
    use std::os::unix::process::ExitStatusExt as _;
    if std::env::var_os(CRASH).is_some() {
        let memory = committed(1);
        let mut heap = Heap::open(&memory, Tracking::Protection).expect("a heap");
        assert!(heap.write(0, &[1]), "a write that is tracked");
        // SAFETY: none; the address behind the memory is inaccessible, and the process is meant to end here.
        unsafe { heap.mapping.base().add(heap.mapping.bytes()).write_volatile(1) };
        return;
    }
    let name = "memory::heap::tests::what_is_not_about_our_pages_still_crashes";
    let output = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", name, "--test-threads=1"])
        .env(CRASH, "1")
        .output()
        .expect("started");
    assert_eq!(output.status.signal(), Some(libc::SIGSEGV), "{output:?}");
}
