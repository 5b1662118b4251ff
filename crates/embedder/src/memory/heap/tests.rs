//! Heaps against a plain copy of their bytes: both trackers must find the same, and rolling back must be exact.

use std::{collections::HashMap, fs::File, io::Write as _};

use state::pages::PageImage;

use super::*;
use crate::memory::WASM_PAGE_BYTES;

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
fn both_trackers_find_the_same_differences() {
    for seed in 1..60u64 {
        let mut random = Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut memories = [committed(seed), committed(seed)];
        let mut heaps = [Tracking::Automatic, Tracking::Compare]
            .map(|tracking| Heap::open(&memories[0], tracking).expect("a heap"));
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
                    commit_both(&mut heaps, &mut memories, &format!("seed {seed} step {step}"));
                }
                _ => commit_both(&mut heaps, &mut memories, &format!("seed {seed} step {step}")),
            }
            for (heap, memory) in heaps.iter().zip(&memories) {
                assert_equals(heap, memory, &format!("seed {seed} step {step}"));
            }
        }
    }
}

fn commit_both(heaps: &mut [Heap; 2], memories: &mut [PagedMemory; 2], what: &str) {
    let one = heaps[0].commit(&mut memories[0]).expect("committed");
    let two = heaps[1].commit(&mut memories[1]).expect("committed");
    assert_eq!(one, two, "{what}");
}

#[test]
fn growth_after_a_roll_back_reads_as_zeroes() {
    for tracking in [Tracking::Automatic, Tracking::Compare] {
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
fn a_large_memory_is_scanned_in_pieces() {
    let mut memory = PagedMemory::empty();
    let mut heap = Heap::zeroed(Tracking::Automatic).expect("a heap");
    heap.mapping.grow(4 << 20).expect("grown");
    heap.commit(&mut memory).expect("committed");
    // Every second page: more regions than one scan returns.
    (0..1024).step_by(2).for_each(|page| assert!(heap.write(page * PAGE_BYTES as u64 + 5, &[1])));
    let delta = heap.commit(&mut memory).expect("committed");
    assert_eq!(delta.pages.len(), 512);
    assert!(heap.commit(&mut memory).expect("committed").pages.is_empty());
}

#[test]
fn a_memory_too_large_to_arm_at_once_is_tracked_all_the_same() {
    let mut random = Seeded(11);
    let mut memories = [PagedMemory::empty(), PagedMemory::empty()];
    let mut heaps =
        [Tracking::Automatic, Tracking::Compare].map(|tracking| Heap::open(&memories[0], tracking).expect("a heap"));
    for heap in &mut heaps {
        heap.mapping.grow(100 << 20).expect("grown");
    }
    for round in 0..4 {
        scribble(&mut heaps, &mut random);
        commit_both(&mut heaps, &mut memories, &format!("round {round}"));
        scribble(&mut heaps, &mut random);
        for (heap, memory) in heaps.iter_mut().zip(&memories) {
            heap.roll_back(memory).expect("rolled back");
        }
        commit_both(&mut heaps, &mut memories, &format!("nothing after rolling back, round {round}"));
    }
}

#[test]
fn many_pages_rolled_back_are_armed_again() {
    let memory = PagedMemory::empty();
    let mut heap = Heap::open(&memory, Tracking::Automatic).expect("a heap");
    heap.mapping.grow(4 << 20).expect("grown");
    let mut memory = memory;
    heap.commit(&mut memory).expect("committed");
    for round in 0..3u8 {
        (0..1024).for_each(|page| assert!(heap.write(page * PAGE_BYTES as u64 + u64::from(round), &[1])));
        heap.roll_back(&memory).expect("rolled back");
        assert_equals(&heap, &memory, "after rolling back");
        assert!(heap.write(5000, &[round + 1]));
        let delta = heap.commit(&mut memory).expect("committed");
        assert_eq!(delta.pages.len(), 1, "a write after rolling back is found");
    }
}
