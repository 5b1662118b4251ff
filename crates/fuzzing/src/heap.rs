//! Memories and types of apps that the gate looks at before it lets a release in.

use arbitrary::{Result, Unstructured};
use gate::heap::variables;

/// Ranges of a real module's memory, each with its offset and length, and its types; `crates/gate/tests/it/heap.rs`
/// tells how they came about.
const RECORDED: &[u8] = include_bytes!("../../gate/tests/fixtures/heap.bin");
const TYPES: &str = include_str!("../../gate/tests/fixtures/heap.most");
const WORD: usize = 8;
const CHANGES_MAX: usize = 32;

/// Memory with holes.
struct Ranges(Vec<(u64, Vec<u8>)>);

/// A module's memory after something wrote into it.
///
/// # Panics
/// Reading it panics, as it does if the recorded memory can't be read unchanged.
pub fn heap(data: &[u8]) {
    let mut memory = Ranges::recorded();
    let Ok(changed) = memory.change(&mut Unstructured::new(data)) else { return };
    let found = memory.variables(TYPES);
    assert!(changed > 0 || found.is_ok(), "what is not changed can be read");
}

/// Types that a module declares, and a memory that does not follow them.
///
/// # Panics
/// Reading panics.
pub fn stable_types(data: &[u8]) {
    if let Ok(types) = std::str::from_utf8(data) {
        let _ = Ranges::recorded().variables(types);
    }
}

impl Ranges {
    fn recorded() -> Ranges {
        let (mut rest, mut ranges) = (RECORDED, Vec::new());
        while let Some((offset, behind)) = word(rest) {
            let Some((length, behind)) = word(behind) else { break };
            let (bytes, behind) = behind.split_at(length as usize);
            ranges.push((offset, bytes.to_vec()));
            rest = behind;
        }
        Ranges(ranges)
    }

    /// All of the memory, with zeros between the ranges.
    fn whole(&self) -> Vec<u8> {
        let end = |(start, bytes): &(u64, Vec<u8>)| *start as usize + bytes.len();
        let mut memory = vec![0; self.0.iter().map(end).max().unwrap_or(0)];
        for range in &self.0 {
            memory[end(range) - range.1.len()..end(range)].copy_from_slice(&range.1);
        }
        memory
    }

    fn variables(&self, types: &str) -> std::result::Result<Vec<(String, gate::Value)>, gate::heap::HeapError> {
        variables(&self.whole(), types)
    }

    /// Words become other words of the memory, or anything; how many did.
    fn change(&mut self, bytes: &mut Unstructured<'_>) -> Result<usize> {
        let mut changed = 0;
        while !bytes.is_empty() && changed < CHANGES_MAX {
            let to = self.place(bytes)?;
            let value = match bytes.int_in_range(0..=3u8)? {
                0 => bytes.arbitrary()?,
                1 => bytes.arbitrary::<u8>()?.into(),
                // References are addresses less one.
                2 => {
                    let (range, at) = self.place(bytes)?;
                    self.0[range].0 + at as u64 - 1
                }
                _ => {
                    let (range, at) = self.place(bytes)?;
                    word(&self.0[range].1[at..]).map_or(0, |(word, _)| word)
                }
            };
            self.0[to.0].1[to.1..to.1 + WORD].copy_from_slice(&value.to_le_bytes());
            changed += 1;
        }
        Ok(changed)
    }

    /// A range and where in it a word begins.
    fn place(&self, bytes: &mut Unstructured<'_>) -> Result<(usize, usize)> {
        let long_enough = |range: &usize| self.0[*range].1.len() >= WORD;
        let ranges: Vec<usize> = (0..self.0.len()).filter(long_enough).collect();
        let range = *bytes.choose(&ranges)?;
        let words = self.0[range].1.len() / WORD;
        Ok((range, WORD * bytes.int_in_range(0..=words - 1)?))
    }
}

fn word(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((u64::from_le_bytes(*word), rest))
}
