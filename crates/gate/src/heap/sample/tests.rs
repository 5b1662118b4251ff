use proptest::prelude::*;

use super::*;
use crate::{
    heap::variables,
    matrix::{changes, parts},
};

const TYPES: &str = include_str!("../../../tests/fixtures/heap.most");
const ALL: Bounds = Bounds { rows: usize::MAX, bytes: u64::MAX, parts: u64::MAX };

/// Where the ranges of the recorded memory lie, and all of it.
fn recorded() -> (Vec<(usize, usize)>, Vec<u8>) {
    let mut bytes: &[u8] = include_bytes!("../../../tests/fixtures/heap.bin");
    let (mut ranges, mut memory) = (Vec::new(), Vec::new());
    while !bytes.is_empty() {
        let word = |at: usize| usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())).unwrap();
        let (start, length) = (word(0), word(8));
        memory.resize(memory.len().max(start + length), 0);
        memory[start..start + length].copy_from_slice(&bytes[16..16 + length]);
        ranges.push((start, length));
        bytes = &bytes[16 + length..];
    }
    (ranges, memory)
}

#[test]
fn a_sample_without_bounds_is_all_of_it() {
    let (_, memory) = recorded();
    let (whole, sample) = (variables(&memory, TYPES).unwrap(), sample(&memory, TYPES, ALL).unwrap());
    assert_eq!(sample.variables, whole);
    assert_eq!(sample.parts, parts(&whole));
}

#[test]
fn bounds_hold() {
    let (_, memory) = recorded();
    let one = sample(&memory, TYPES, Bounds { rows: 1, bytes: u64::MAX, parts: 7 }).unwrap();
    assert_eq!(one.parts, 7);
    let longest = |sample: &Sample| {
        let lists = sample.variables.iter().filter_map(|(_, value)| match value {
            Value::List(rows) => Some(rows.len()),
            _ => None,
        });
        lists.max()
    };
    assert_eq!(longest(&one), Some(2));
    let none = sample(&memory, TYPES, Bounds { bytes: 0, ..ALL }).unwrap();
    // That there are rows is seen all the same; no text is.
    assert_eq!(longest(&none), Some(1));
    assert!(!format!("{none:?}").contains("part of a long text"));
    let mut changed = memory.clone();
    let at = memory.windows(19).position(|bytes| bytes == b"part of a long text").unwrap();
    changed[at] = b'P';
    assert!(differing(&memory, &changed, TYPES, u64::MAX).is_ok());
    assert_eq!(differing(&memory, &changed, TYPES, 10), Err(HeapError::TooLarge));
    // What is the same takes nothing.
    assert!(differing(&memory, &memory, TYPES, 1_000).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever changes in memory, what differs says of it what all values say.
    #[test]
    fn what_is_left_out_is_the_same(
        at in any::<proptest::sample::Index>(),
        inside in any::<proptest::sample::Index>(),
        bits in 1_u8..,
    ) {
        let (ranges, memory) = recorded();
        let (start, length) = ranges[at.index(ranges.len())];
        let mut changed = memory.clone();
        changed[start + inside.index(length)] ^= bits;
        if let Ok(after) = variables(&changed, TYPES) {
            let before = variables(&memory, TYPES).unwrap();
            let (old, new) = differing(&memory, &changed, TYPES, u64::MAX).unwrap();
            prop_assert_eq!(changes(&old, &new, &[]), changes(&before, &after, &[]));
            prop_assert_eq!(old == new, before == after);
        }
    }
}
