//! The WebAssembly memory of one canister: a mapping that instances come and go over.
//!
//! Invariant: at most one instance is over the mapping at a time, and while it runs nobody else touches the bytes.
//! The mapping outlives the instance, which is how an upgrade keeps memory and how growth is undone: wasmtime can't
//! shrink a memory, so the instance is dropped, the mapping shrunk, and a new instance adopts it.

use std::{cell::RefCell, io, ops::Range, sync::Arc};

use state::pages::{PAGE_BYTES, Page, PageDelta, PageLines, PagedMemory};
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use super::{MemoryFault, mapping::Mapping, tracker::Tracking};

/// The most a heap can hold, in bytes: what every heap has addresses reserved for.
pub const HEAP_CAPACITY_BYTES: u64 = 8 << 30;
/// Inaccessible bytes behind the reservation, so that 32-bit accesses with an offset need no check.
pub(crate) const HEAP_GUARD_BYTES: usize = 32 << 20;

/// After a roll-back over more written pages than this, all are armed again; fewer are compared in vain next time, for
/// less than the faults would cost.
const LOOSE_PAGES_MAX: u64 = 128;

const ZERO_PAGE: Page = [0; PAGE_BYTES];

/// A canister's WebAssembly memory as its messages see it, and what changed since the last commit.
pub struct Heap {
    mapping: Arc<Mapping>,
    tracking: Tracking,
    /// How pages are tracked now; another way may be better once the memory has grown.
    tracked_by: Tracking,
    /// The mapping was made from nothing, so any page may differ from the committed one: all are compared by the first
    /// commit, and only then tracked.
    fresh: bool,
    ranges: Vec<Range<u64>>,
}

impl Heap {
    /// Maps what was committed.
    ///
    /// # Errors
    /// The kernel has no addresses or no memory left.
    pub fn open(committed: &PagedMemory, tracking: Tracking) -> Result<Heap, MemoryFault> {
        let open = || {
            let mapping = Mapping::open(committed, HEAP_CAPACITY_BYTES as usize, HEAP_GUARD_BYTES)?;
            let mut heap = Heap::over(mapping, tracking, false);
            heap.track()?;
            Ok(heap)
        };
        open().map_err(MemoryFault::new("map"))
    }

    /// A memory of no bytes, for a module that does not take over what is committed.
    pub(crate) fn zeroed(tracking: Tracking) -> Result<Heap, MemoryFault> {
        let mapping = Mapping::reserve(HEAP_CAPACITY_BYTES as usize, HEAP_GUARD_BYTES);
        Ok(Heap::over(mapping.map_err(MemoryFault::new("map"))?, tracking, true))
    }

    fn over(mapping: Mapping, tracking: Tracking, fresh: bool) -> Heap {
        let mapping = Arc::new(mapping);
        Heap { mapping, tracking, tracked_by: Tracking::Compare, fresh, ranges: Vec::new() }
    }

    /// Has pages tracked as is best for the present size. Nothing may be uncommitted.
    fn track(&mut self) -> io::Result<()> {
        let best = self.tracking.of_size(self.mapping.bytes());
        if best != self.tracked_by {
            self.mapping.track(best)?;
            self.tracked_by = best;
        }
        Ok(())
    }

    /// Size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.mapping.bytes() as u64
    }

    pub(crate) fn mapping(&self) -> &Arc<Mapping> {
        &self.mapping
    }

    /// Says what changed since the committed state, which is to be made the committed state then.
    ///
    /// # Errors
    /// The kernel could not tell which pages were written.
    pub fn take_written(&mut self, committed: &PagedMemory) -> Result<PageDelta, MemoryFault> {
        self.find_written(true)?;
        let mut delta = PageDelta { bytes: self.bytes(), pages: Vec::new() };
        for index in self.ranges.iter().cloned().flatten() {
            let old = committed.page(index).unwrap_or(&ZERO_PAGE);
            // SAFETY: the page lies below `bytes`, and no instance runs while we hold `&mut self`.
            let new = unsafe { self.mapping.page(index) };
            delta.pages.extend(PageLines::diff(index, old, new));
        }
        self.fresh = false;
        self.track().map_err(MemoryFault::new("watch"))?;
        Ok(delta)
    }

    /// Makes what the mapping holds the committed state, and says what changed.
    #[cfg(test)]
    fn commit(&mut self, committed: &mut PagedMemory) -> Result<PageDelta, MemoryFault> {
        let delta = self.take_written(committed)?;
        committed.apply(&delta);
        Ok(delta)
    }

    /// Puts the committed bytes back. True if the mapping must shrink too, for which its instance has to go first:
    /// then call [`Heap::shrink`].
    ///
    /// A few pages may stay counted as written until the next commit, since copying them back wrote them.
    ///
    /// # Errors
    /// The kernel could not tell which pages were written, or has no memory left.
    pub(crate) fn roll_back(&mut self, committed: &PagedMemory) -> Result<bool, MemoryFault> {
        if self.fresh {
            return Err(MemoryFault::new("roll back")(io::Error::other("a new memory has nothing to go back to")));
        }
        let pages = committed.bytes() / PAGE_BYTES as u64;
        self.find_written(false)?;
        for index in self.ranges.iter().cloned().flatten().take_while(|index| *index < pages) {
            let old = committed.page(index).unwrap_or(&ZERO_PAGE);
            // SAFETY: the page lies below `bytes`, and no instance runs while we hold `&mut self`.
            unsafe {
                if self.mapping.page(index) != old {
                    self.mapping.write_page(index, old);
                }
            }
        }
        if self.ranges.iter().map(|range| range.end - range.start).sum::<u64>() > LOOSE_PAGES_MAX {
            // Everything is as committed now, so whatever this names is clean.
            self.find_written(true)?;
        }
        Ok(self.bytes() > committed.bytes())
    }

    /// Brings an unchanged mapping from one committed state to a later one. False if only opening anew can do that.
    ///
    /// # Errors
    /// The kernel could not re-arm its watch.
    pub(crate) fn advance(&mut self, from: &PagedMemory, to: &PagedMemory) -> Result<bool, MemoryFault> {
        let same_size = from.bytes() == to.bytes() && self.bytes() == to.bytes();
        let Some(differing) = to.differing(from).filter(|_| same_size && !self.fresh) else { return Ok(false) };
        for index in &differing {
            // SAFETY: the page lies below `bytes`, which both states share, and no instance runs while we hold
            // `&mut self`.
            unsafe { self.mapping.write_page(*index, to.page(*index).unwrap_or(&ZERO_PAGE)) };
        }
        if !differing.is_empty() {
            // What was written is what is committed, so none of it counts as written.
            self.find_written(true)?;
        }
        Ok(true)
    }

    /// Takes growth back, to the committed size.
    ///
    /// # Safety
    /// No instance may be left over the mapping.
    pub(crate) unsafe fn shrink(&mut self, committed: &PagedMemory) -> Result<(), MemoryFault> {
        let bytes = committed.bytes() as usize;
        // SAFETY: no instance is left by the caller's word, and `&mut self` excludes other readers.
        unsafe { self.mapping.shrink(bytes) }.map_err(MemoryFault::new("shrink"))
    }

    /// Whether the mapping was made from nothing since the last commit.
    pub(crate) fn is_fresh(&self) -> bool {
        self.fresh
    }

    fn find_written(&mut self, rearm: bool) -> Result<(), MemoryFault> {
        self.ranges.clear();
        let written = self.mapping.tracker().written(self.mapping.bytes(), rearm, &mut self.ranges);
        written.map_err(MemoryFault::new("find the written pages of"))
    }

    /// Copies bytes in from outside of a message (a module's data segments).
    ///
    /// False if they do not fit.
    pub(crate) fn write(&mut self, offset: u64, data: &[u8]) -> bool {
        let end = offset.checked_add(data.len() as u64);
        if end.is_none_or(|end| end > self.bytes()) {
            return false;
        }
        // SAFETY: the range was checked to lie below `bytes`, and no instance runs while we hold `&mut self`.
        unsafe {
            let target = self.mapping.base().add(offset as usize);
            std::ptr::copy_nonoverlapping(data.as_ptr(), target, data.len());
        }
        true
    }

    /// All of it, from address zero.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: everything below `bytes` is accessible; the instance that could write it is borrowed along.
        unsafe { std::slice::from_raw_parts(self.mapping.base(), self.mapping.bytes()) }
    }

    /// Copies bytes out. `None` if the range does not lie within the memory.
    #[must_use]
    pub fn read(&self, offset: u64, length: u64) -> Option<Vec<u8>> {
        let end = offset.checked_add(length)?;
        if end > self.bytes() {
            return None;
        }
        // SAFETY: the range was checked to lie below `bytes`; the instance that could write it is borrowed along.
        let bytes = unsafe { std::slice::from_raw_parts(self.mapping.base().add(offset as usize), length as usize) };
        Some(bytes.to_vec())
    }
}

thread_local! {
    /// The mapping that the next memory made on this thread is to be.
    static ADOPTED: RefCell<Option<Arc<Mapping>>> = const { RefCell::new(None) };
}

/// Runs an instantiation whose memory, if the module has one, becomes the given mapping.
pub(crate) fn adopting<R>(mapping: &Arc<Mapping>, instantiate: impl FnOnce() -> R) -> R {
    ADOPTED.with_borrow_mut(|slot| *slot = Some(mapping.clone()));
    let result = instantiate();
    ADOPTED.with_borrow_mut(|slot| *slot = None);
    result
}

/// Gives wasmtime the mapping set by [`adopting`].
pub(crate) struct HeapCreator;

// SAFETY: the memory given has a fixed base, at least `minimum` accessible bytes (zeroes or what was committed), and
// the reservation and guard that the engine was configured with (`engine.rs` uses the same constants).
unsafe impl MemoryCreator for HeapCreator {
    fn new_memory(
        &self,
        _ty: MemoryType,
        minimum: usize,
        _maximum: Option<usize>,
        _reserved: Option<usize>,
        _guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let mapping = ADOPTED.with_borrow_mut(Option::take).ok_or("no mapping was set aside for this memory")?;
        mapping.grow(minimum).map_err(|error| error.to_string())?;
        Ok(Box::new(Adopted(mapping)))
    }
}

struct Adopted(Arc<Mapping>);

// SAFETY: base and capacity never change, growth only adds accessible bytes, and the mapping lives as long as `self`.
unsafe impl LinearMemory for Adopted {
    fn byte_size(&self) -> usize {
        self.0.bytes()
    }

    fn byte_capacity(&self) -> usize {
        self.0.capacity()
    }

    fn grow_to(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.0.grow(bytes).map_err(wasmtime::Error::from)
    }

    fn as_ptr(&self) -> *mut u8 {
        self.0.base()
    }
}

#[cfg(test)]
mod tests;
