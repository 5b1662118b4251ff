//! One reserved range of addresses: readable and writable up to its size, inaccessible above.
//!
//! Invariant: the base address never changes, `[0, bytes)` is mapped private and writable, and everything from `bytes`
//! to the end of the reservation reads as zeroes once it is grown into.

use std::{
    ffi::c_void,
    io,
    os::fd::BorrowedFd,
    sync::{
        PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mmap, mmap_anonymous, mprotect, munmap};
use state::pages::{PAGE_BYTES, Page, PagedMemory};

use super::tracker::{Compare, DirtyTracker, Tracking};

/// A private mapping at a fixed address. Growing is safe while it is shared; writing is for its one owner.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: *mut u8,
    capacity: usize,
    reserved: usize,
    bytes: AtomicUsize,
    tracker: RwLock<Box<dyn DirtyTracker>>,
}

// SAFETY: the pointer is to a mapping that this value alone owns; access to its bytes follows `&self`/`&mut self` of
// the owning memory, never of `Mapping` itself.
unsafe impl Send for Mapping {}
// SAFETY: as above; what `&Mapping` itself does is system calls and an atomic size.
unsafe impl Sync for Mapping {}

impl Drop for Mapping {
    fn drop(&mut self) {
        // While the addresses are still ours: others may get them as soon as they are unmapped.
        self.set_tracker(Box::new(Compare));
        // SAFETY: `base` and `reserved` are what `mmap_anonymous` gave in `reserve`; nothing else unmaps them.
        unsafe {
            let _ = munmap(self.base.cast(), self.reserved);
        }
    }
}

impl Mapping {
    /// Reserves addresses for `capacity` bytes and an inaccessible guard behind them.
    pub(crate) fn reserve(capacity: usize, guard: usize) -> io::Result<Mapping> {
        let reserved = capacity + guard;
        // SAFETY: a fresh mapping at an address of the kernel's choice.
        let base = unsafe {
            mmap_anonymous(std::ptr::null_mut(), reserved, ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)?
        };
        let (bytes, tracker) = (AtomicUsize::new(0), RwLock::new(Box::new(Compare) as Box<dyn DirtyTracker>));
        let mapping = Mapping { base: base.cast(), capacity, reserved, bytes, tracker };
        // SAFETY: advice on our own range. Dirty pages are 4 KiB; huge ones would hide which was written.
        if let Err(error) = unsafe { madvise(base, reserved, Advice::LinuxNoHugepage) } {
            tracing::debug!(%error, "huge pages can't be switched off for a memory");
        }
        Ok(mapping)
    }

    /// A mapping that holds what was committed.
    pub(crate) fn open(committed: &PagedMemory, capacity: usize, guard: usize) -> io::Result<Mapping> {
        let bytes = usize::try_from(committed.bytes()).map_err(io::Error::other)?;
        if bytes > capacity {
            return Err(io::Error::other(format!("{bytes} bytes do not fit into {capacity}")));
        }
        let mapping = Mapping::reserve(capacity, guard)?;
        if let Some((file, length)) = committed.image().base() {
            committed.image().read_ahead();
            mapping.map_file(file, bytes.min(usize::try_from(length).map_err(io::Error::other)?))?;
        }
        mapping.grow(bytes)?;
        let pages = (bytes / PAGE_BYTES) as u64;
        for (index, page) in committed.image().overlay_pages().chain(committed.hot_pages()) {
            if index < pages {
                // SAFETY: this function owns the mapping, and the page lies below `bytes`.
                unsafe { mapping.write_page(index, page) };
            }
        }
        Ok(mapping)
    }

    fn map_file(&self, file: BorrowedFd<'_>, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        let flags = MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE;
        // SAFETY: replaces the start of our own reservation, before anybody has a pointer into it; private, so
        // writes never reach the file.
        unsafe { mmap(self.base.cast(), bytes, ProtFlags::READ | ProtFlags::WRITE, flags, file, 0)? };
        self.bytes.store(bytes, Ordering::Release);
        Ok(())
    }

    /// Has written pages tracked from here on, all of them being clean now.
    pub(crate) fn track(&self, tracking: Tracking) -> io::Result<()> {
        self.set_tracker(Box::new(Compare));
        self.set_tracker(tracking.start(self.base as usize, self.capacity, self.bytes())?);
        Ok(())
    }

    fn set_tracker(&self, tracker: Box<dyn DirtyTracker>) {
        *self.tracker.write().unwrap_or_else(PoisonError::into_inner) = tracker;
    }

    /// Says which pages may have been written.
    pub(crate) fn tracker(&self) -> RwLockReadGuard<'_, Box<dyn DirtyTracker>> {
        self.tracker.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn base(&self) -> *mut u8 {
        self.base
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Acquire)
    }

    /// Makes the range up to `bytes` accessible; the new part reads as zeroes.
    pub(crate) fn grow(&self, bytes: usize) -> io::Result<()> {
        let old = self.bytes();
        if bytes <= old {
            return Ok(());
        }
        if bytes > self.capacity {
            return Err(io::Error::other(format!("{bytes} bytes do not fit into {}", self.capacity)));
        }
        let tracker = self.tracker();
        // SAFETY: the range lies within our reservation.
        unsafe { mprotect(self.at(old), bytes - old, tracker.access())? };
        self.bytes.store(bytes, Ordering::Release);
        tracker.grown(old, bytes)
    }

    /// Takes the range above `bytes` away. It must be anonymous memory, grown since the mapping was opened.
    ///
    /// # Safety
    /// Nobody may hold a pointer or reference into the range, and no instance may believe it to be its memory.
    pub(crate) unsafe fn shrink(&self, bytes: usize) -> io::Result<()> {
        let old = self.bytes();
        if bytes >= old {
            return Ok(());
        }
        self.tracker().shrinking(bytes);
        // SAFETY: the range lies within our reservation and the caller says that it is unused.
        unsafe {
            madvise(self.at(bytes), old - bytes, Advice::LinuxDontNeed)?;
            mprotect(self.at(bytes), old - bytes, MprotectFlags::empty())?;
        }
        self.bytes.store(bytes, Ordering::Release);
        Ok(())
    }

    fn at(&self, offset: usize) -> *mut c_void {
        self.base.wrapping_add(offset).cast()
    }

    /// The page's current bytes.
    ///
    /// # Safety
    /// The page lies below `bytes`, and nobody writes to it while the reference lives.
    pub(crate) unsafe fn page(&self, index: u64) -> &Page {
        debug_assert!((index as usize + 1) * PAGE_BYTES <= self.bytes(), "page {index} is mapped");
        // SAFETY: in range by the caller's word; `Page` has alignment 1.
        unsafe { &*self.base.add(index as usize * PAGE_BYTES).cast::<Page>() }
    }

    /// Replaces the page's bytes.
    ///
    /// # Safety
    /// As for [`Mapping::page`], and nobody reads it meanwhile.
    pub(crate) unsafe fn write_page(&self, index: u64, page: &Page) {
        debug_assert!((index as usize + 1) * PAGE_BYTES <= self.bytes(), "page {index} is mapped");
        // SAFETY: in range by the caller's word, and the source is not within the mapping.
        unsafe { std::ptr::copy_nonoverlapping(page.as_ptr(), self.base.add(index as usize * PAGE_BYTES), PAGE_BYTES) }
    }
}
