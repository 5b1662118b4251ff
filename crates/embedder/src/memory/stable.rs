//! The stable memory of one canister, which only the system API touches.
//!
//! Invariant: every write goes through `write`, so the set of dirty pages is exact without help from the kernel.

use std::{collections::BTreeSet, io};

use state::pages::{PAGE_BYTES, Page, PageDelta, PageLines, PagedMemory};

use super::{MemoryFault, WASM_PAGE_BYTES, mapping::Mapping};

/// The most a stable memory can hold, in bytes; addresses are reserved once a canister uses it at all.
pub const STABLE_CAPACITY_BYTES: u64 = 64 << 30;

const ZERO_PAGE: Page = [0; PAGE_BYTES];

/// A canister's stable memory as its messages see it, and what changed since the last commit.
pub struct StableMemory {
    mapping: Option<Mapping>,
    bytes: u64,
    dirty: BTreeSet<u64>,
    /// The memory was made from nothing, so what is committed may differ anywhere.
    fresh: bool,
}

impl StableMemory {
    /// Maps what was committed.
    ///
    /// # Errors
    /// The kernel has no addresses or no memory left.
    pub fn open(committed: &PagedMemory) -> Result<StableMemory, MemoryFault> {
        let bytes = committed.bytes();
        let mapping = if bytes == 0 {
            None
        } else {
            let mapping = Mapping::open(committed, STABLE_CAPACITY_BYTES as usize, 0);
            Some(mapping.map_err(MemoryFault::new("map"))?)
        };
        Ok(StableMemory { mapping, bytes, dirty: BTreeSet::new(), fresh: false })
    }

    /// A memory of no bytes, for a canister installed anew over whatever is committed.
    #[must_use]
    pub fn zeroed() -> StableMemory {
        StableMemory { mapping: None, bytes: 0, dirty: BTreeSet::new(), fresh: true }
    }

    /// Size in bytes, whole WebAssembly pages.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Grows by WebAssembly pages, unless that goes over `limit_bytes`; gives the old size in pages.
    pub fn grow(&mut self, pages: u64, limit_bytes: u64) -> Option<u64> {
        let limit = limit_bytes.min(STABLE_CAPACITY_BYTES);
        let bytes = pages.checked_mul(WASM_PAGE_BYTES)?.checked_add(self.bytes)?;
        if bytes > limit {
            return None;
        }
        let old = self.bytes / WASM_PAGE_BYTES;
        if bytes > self.bytes {
            // What the kernel can't give is not the canister's fault, but refusing to grow is the one honest answer.
            if let Err(error) = self.grow_mapping(bytes as usize) {
                tracing::error!(%error, "a stable memory could not grow");
                return None;
            }
            self.bytes = bytes;
        }
        Some(old)
    }

    fn grow_mapping(&mut self, bytes: usize) -> io::Result<()> {
        match &self.mapping {
            Some(mapping) => mapping.grow(bytes),
            None => {
                let mapping = Mapping::reserve(STABLE_CAPACITY_BYTES as usize, 0)?;
                mapping.grow(bytes)?;
                self.mapping = Some(mapping);
                Ok(())
            }
        }
    }

    /// Copies bytes out. False if the range does not lie within the memory.
    #[must_use]
    pub fn read(&self, offset: u64, target: &mut [u8]) -> bool {
        let Some(start) = self.at(offset, target.len()) else { return false };
        // SAFETY: `at` checked the range; `target` is a heap or a vector, never this mapping.
        unsafe { std::ptr::copy_nonoverlapping(start, target.as_mut_ptr(), target.len()) };
        true
    }

    /// Copies bytes in. False if the range does not lie within the memory.
    #[must_use]
    pub fn write(&mut self, offset: u64, data: &[u8]) -> bool {
        let Some(start) = self.at(offset, data.len()) else { return false };
        if !data.is_empty() {
            // SAFETY: `at` checked the range; `data` is not within this mapping, and `&mut self` excludes readers.
            unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), start, data.len()) };
            let page = |byte: u64| byte / PAGE_BYTES as u64;
            self.dirty.extend(page(offset)..=page(offset + data.len() as u64 - 1));
        }
        true
    }

    fn at(&self, offset: u64, length: usize) -> Option<*mut u8> {
        let end = offset.checked_add(length as u64)?;
        if end > self.bytes {
            return None;
        }
        match &self.mapping {
            Some(mapping) => Some(mapping.base().wrapping_add(offset as usize)),
            None => Some(std::ptr::NonNull::dangling().as_ptr()),
        }
    }

    /// Says what changed since the committed state, which is to be made the committed state then.
    pub fn take_written(&mut self, committed: &PagedMemory) -> PageDelta {
        let mut delta = PageDelta { bytes: self.bytes, pages: Vec::new() };
        if self.fresh {
            let pages = 0..self.bytes / PAGE_BYTES as u64;
            self.dirty.extend(pages.filter(|index| committed.page(*index).is_some()));
            self.fresh = false;
        }
        if let Some(mapping) = &self.mapping {
            for index in &self.dirty {
                let old = committed.page(*index).unwrap_or(&ZERO_PAGE);
                // SAFETY: dirty pages lie below `bytes`, and `&mut self` excludes writers.
                let new = unsafe { mapping.page(*index) };
                delta.pages.extend(PageLines::diff(*index, old, new));
            }
        }
        self.dirty.clear();
        delta
    }

    /// Makes what the memory holds the committed state, and says what changed.
    #[cfg(test)]
    fn commit(&mut self, committed: &mut PagedMemory) -> PageDelta {
        let delta = self.take_written(committed);
        committed.apply(&delta);
        delta
    }

    /// Puts the committed bytes and size back.
    ///
    /// # Errors
    /// The kernel could not take the grown range away.
    pub fn roll_back(&mut self, committed: &PagedMemory) -> Result<(), MemoryFault> {
        let bytes = committed.bytes();
        if let Some(mapping) = &self.mapping {
            for index in self.dirty.range(..bytes / PAGE_BYTES as u64) {
                // SAFETY: the page lies below both sizes, and `&mut self` excludes readers.
                unsafe { mapping.write_page(*index, committed.page(*index).unwrap_or(&ZERO_PAGE)) };
            }
            // SAFETY: nobody but this value ever points into the mapping, and `&mut self` excludes the others.
            unsafe { mapping.shrink(bytes as usize) }.map_err(MemoryFault::new("shrink"))?;
        }
        self.dirty.clear();
        self.bytes = bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_committed_and_rolled_back_with_the_size() {
        let mut committed = PagedMemory::empty();
        let mut stable = StableMemory::open(&committed).expect("a memory");
        assert_eq!(stable.grow(1, u64::MAX), Some(0));
        assert!(stable.write(4090, b"over two pages"));
        let delta = stable.commit(&mut committed);
        assert_eq!((delta.bytes, delta.pages.len()), (WASM_PAGE_BYTES, 2));

        assert_eq!(stable.grow(2, u64::MAX), Some(1));
        assert!(stable.write(4090, b"something else"));
        assert!(stable.write(WASM_PAGE_BYTES + 7, b"grown"));
        stable.roll_back(&committed).expect("rolled back");
        let mut bytes = [0; 14];
        assert!(stable.read(4090, &mut bytes));
        assert_eq!((&bytes, stable.bytes()), (b"over two pages", WASM_PAGE_BYTES));
        assert_eq!(stable.grow(1, u64::MAX), Some(1));
        let mut grown = [1; 5];
        assert!(stable.read(WASM_PAGE_BYTES + 7, &mut grown));
        assert_eq!(grown, [0; 5]);
    }

    #[test]
    fn ranges_outside_and_growth_over_the_limit_are_refused() {
        let mut stable = StableMemory::open(&PagedMemory::empty()).expect("a memory");
        assert_eq!(stable.grow(2, WASM_PAGE_BYTES), None);
        assert_eq!(stable.grow(u64::MAX, u64::MAX), None);
        assert_eq!(stable.grow(1, WASM_PAGE_BYTES), Some(0));
        assert!(!stable.write(WASM_PAGE_BYTES - 1, b"ab"));
        assert!(!stable.write(u64::MAX, b"ab"));
        assert!(stable.write(WASM_PAGE_BYTES, b""));
    }

    #[test]
    fn a_memory_made_anew_replaces_all_that_was_committed() {
        let mut committed = PagedMemory::empty();
        let mut stable = StableMemory::open(&committed).expect("a memory");
        stable.grow(2, u64::MAX);
        assert!(stable.write(5, b"old") && stable.write(70_000, b"old"));
        stable.commit(&mut committed);
        let mut stable = StableMemory::zeroed();
        stable.grow(2, u64::MAX);
        assert!(stable.write(9000, b"new"));
        stable.commit(&mut committed);
        assert_eq!(committed.page(0), Some(&ZERO_PAGE));
        assert_eq!(committed.page(70_000 / PAGE_BYTES as u64), Some(&ZERO_PAGE));
        assert_eq!(committed.page(2).map(|page| &page[808..811]), Some(&b"new"[..]));
    }

    #[test]
    fn a_reopened_memory_holds_what_was_committed() {
        let mut committed = PagedMemory::empty();
        let mut stable = StableMemory::open(&committed).expect("a memory");
        stable.grow(1, u64::MAX);
        assert!(stable.write(100, b"kept"));
        stable.commit(&mut committed);
        let again = StableMemory::open(&committed).expect("a memory");
        let mut bytes = [0; 4];
        assert!(again.read(100, &mut bytes));
        assert_eq!(&bytes, b"kept");
    }
}
