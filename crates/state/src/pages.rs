//! Committed memory of a canister: an immutable image generation, and the pages committed since.
//!
//! Invariant: nothing rewrites bytes that a mapping still reads. An image's files are written once, synced, and
//! then only mapped; a later generation is new files. What a batch commits goes to `hot` pages here (and to the
//! log), so `page` always gives the last committed bytes.

#![allow(unsafe_code, reason = "maps image files into memory; every block states why it is sound")]

use std::{
    collections::HashMap,
    fs::File,
    io,
    os::fd::{AsFd, BorrowedFd},
    sync::Arc,
};

use rustix::fs::SeekFrom;
use serde::{Deserialize, Serialize};

use crate::{
    page_map::PageMap,
    planted::{self, Planted},
};

/// The unit of dirty tracking and of images, as the processor has it.
pub const PAGE_BYTES: usize = 4096;
/// The unit of differences in the log: a cache line.
pub const LINE_BYTES: usize = 64;
/// Lines of a page, which is also the width of [`PageLines::lines`].
pub const LINES_PER_PAGE: usize = PAGE_BYTES / LINE_BYTES;

/// Base files up to this length are read ahead when an app wakes, bytes.
const READ_AHEAD_BYTES_MAX: u64 = 64 << 20;

/// One page's bytes.
pub type Page = [u8; PAGE_BYTES];

/// An immutable generation of a memory: one base file, mapped read-only, and the pages written over it since.
#[derive(Debug, Default)]
pub struct PageImage {
    base: Option<Base>,
    overlay: HashMap<u64, Arc<Page>>,
    files: ImageFiles,
}

/// Which files an image consists of, by name; the catalogue records it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFiles {
    /// Whole pages from the start of the memory.
    pub base: Option<String>,
    /// Newer pages, later files over earlier ones.
    pub overlays: Vec<String>,
}

#[derive(Debug)]
struct Base {
    file: File,
    address: *const u8,
    bytes: usize,
}

// SAFETY: the mapping is read-only and lives as long as `Base`; the file is never written again.
unsafe impl Send for Base {}
// SAFETY: as above; concurrent reads of constant bytes are fine.
unsafe impl Sync for Base {}

impl Drop for Base {
    fn drop(&mut self) {
        // SAFETY: `address` and `bytes` are what `mmap` returned in `PageImage::open`, unmapped once.
        unsafe {
            let _ = rustix::mm::munmap(self.address.cast_mut().cast(), self.bytes);
        }
    }
}

impl PageImage {
    /// Maps a base file whose length is a positive multiple of [`PAGE_BYTES`], under the given newer pages.
    ///
    /// # Errors
    /// The file can't be mapped, or its length is not whole pages.
    pub fn open(file: File, overlay: HashMap<u64, Arc<Page>>) -> io::Result<PageImage> {
        let bytes = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        if bytes % PAGE_BYTES != 0 {
            return Err(io::Error::other(format!("image of {bytes} bytes is not whole pages")));
        }
        if bytes == 0 {
            return Ok(PageImage { base: None, overlay, files: ImageFiles::default() });
        }
        // SAFETY: a fresh read-only mapping at an address of the kernel's choice; the file is immutable by the
        // invariant above, so the bytes under the shared slices never change.
        let address = unsafe {
            rustix::mm::mmap(
                std::ptr::null_mut(),
                bytes,
                rustix::mm::ProtFlags::READ,
                rustix::mm::MapFlags::SHARED,
                file.as_fd(),
                0,
            )?
        };
        let base = Base { file, address: address.cast(), bytes };
        Ok(PageImage { base: Some(base), overlay, files: ImageFiles::default() })
    }

    /// An image without a base file.
    #[must_use]
    pub fn in_memory(pages: HashMap<u64, Arc<Page>>) -> PageImage {
        PageImage { base: None, overlay: pages, files: ImageFiles::default() }
    }

    /// Lays newer pages over the image, and says which files it now consists of.
    #[must_use]
    pub fn with_overlay(mut self, newer: HashMap<u64, Arc<Page>>, files: ImageFiles) -> PageImage {
        self.overlay.extend(newer);
        self.files = files;
        self
    }

    /// The files it consists of; none for an empty memory.
    #[must_use]
    pub fn files(&self) -> &ImageFiles {
        &self.files
    }

    /// The page's bytes; `None` means zeroes.
    #[must_use]
    pub fn page(&self, index: u64) -> Option<&Page> {
        if let Some(page) = self.overlay.get(&index) {
            return Some(page);
        }
        let base = self.base.as_ref()?;
        let start = usize::try_from(index).ok()?.checked_mul(PAGE_BYTES)?;
        if start.checked_add(PAGE_BYTES)? > base.bytes {
            return None;
        }
        // SAFETY: the range was checked to lie within the mapping, which outlives `&self`; `Page` has alignment 1.
        Some(unsafe { &*base.address.add(start).cast::<Page>() })
    }

    /// One more than the highest page that may differ from zeroes.
    #[must_use]
    pub fn extent(&self) -> u64 {
        let base = self.base.as_ref().map_or(0, |base| (base.bytes / PAGE_BYTES) as u64);
        self.overlay.keys().max().map_or(base, |last| base.max(last + 1))
    }

    /// The base file and its length in bytes (whole pages), to be mapped privately by a heap.
    #[must_use]
    pub fn base(&self) -> Option<(BorrowedFd<'_>, u64)> {
        self.base.as_ref().map(|base| (base.file.as_fd(), base.bytes as u64))
    }

    /// Has the kernel read what the base file holds, so that waking a sleeping app waits for the disk once instead of
    /// for every page. Big memories are left to be read as they are used.
    pub fn read_ahead(&self) {
        let Some((file, bytes)) = self.base() else { return };
        if bytes > READ_AHEAD_BYTES_MAX {
            return;
        }
        let mut at = 0;
        // Only what is not a hole: the kernel would fill memory with zeroes for those.
        while let Ok(start) = rustix::fs::seek(file, SeekFrom::Data(at))
            && let Ok(end) = rustix::fs::seek(file, SeekFrom::Hole(start))
        {
            let length = std::num::NonZeroU64::new(end.saturating_sub(start));
            let _ = rustix::fs::fadvise(file, start, length, rustix::fs::Advice::WillNeed);
            if end <= at {
                return;
            }
            at = end;
        }
    }

    /// The pages that lie over the base file.
    pub fn overlay_pages(&self) -> impl Iterator<Item = (u64, &Page)> {
        self.overlay.iter().map(|(index, page)| (*index, &**page))
    }
}

/// A memory as last committed: an image and the pages committed since. Cloning it costs nothing (a fork).
#[derive(Clone, Debug, Default)]
pub struct PagedMemory {
    image: Arc<PageImage>,
    hot: PageMap,
    bytes: u64,
    /// The memory shrank since the image was made: pages of the image may lie beyond or under zeroes, so the next
    /// generation is written whole.
    shrunk: bool,
}

impl PagedMemory {
    /// No bytes at all.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// What an image holds, `bytes` long.
    #[must_use]
    pub fn from_image(image: Arc<PageImage>, bytes: u64) -> Self {
        PagedMemory { image, hot: PageMap::default(), bytes, shrunk: false }
    }

    /// The generation underneath.
    #[must_use]
    pub fn image(&self) -> &Arc<PageImage> {
        &self.image
    }

    /// The committed bytes of a page; `None` means zeroes.
    #[must_use]
    pub fn page(&self, index: u64) -> Option<&Page> {
        match self.hot.get(index) {
            Some(page) => Some(page),
            None => self.image.page(index),
        }
    }

    /// Pages committed since the image was made.
    pub fn hot_pages(&self) -> impl Iterator<Item = (u64, &Page)> {
        self.hot.iter().map(|(index, page)| (index, &**page))
    }

    /// Shares of the pages committed since the image was made.
    pub fn hot_shared(&self) -> impl Iterator<Item = (u64, Arc<Page>)> {
        self.hot.iter().map(|(index, page)| (index, page.clone()))
    }

    /// The pages in which this memory may differ from `other`, if both stand on the same image; found by comparing
    /// what they share, not bytes. `None` if they don't.
    #[must_use]
    pub fn differing(&self, other: &PagedMemory) -> Option<Vec<u64>> {
        Arc::ptr_eq(&self.image, &other.image).then(|| self.hot.differing(&other.hot))
    }

    /// Whether both share everything, so that they surely hold the same bytes.
    #[must_use]
    pub fn same_as(&self, other: &PagedMemory) -> bool {
        self.bytes == other.bytes && self.differing(other).is_some_and(|pages| pages.is_empty())
    }

    /// Whether the next generation must be written whole.
    #[must_use]
    pub fn shrunk(&self) -> bool {
        self.shrunk
    }

    /// How many pages [`Self::hot_pages`] gives.
    #[must_use]
    pub fn hot_len(&self) -> usize {
        self.hot.len()
    }

    /// The memory's size in bytes (WebAssembly pages of 64 KiB, so whole [`PAGE_BYTES`]).
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes a committed difference in.
    pub fn apply(&mut self, delta: &PageDelta) {
        if delta.bytes < self.bytes {
            self.forget_beyond(delta.bytes);
        }
        self.bytes = delta.bytes;
        for lines in &delta.pages {
            let image = &self.image;
            let old = || Arc::new(image.page(lines.index).map_or([0; PAGE_BYTES], |page| *page));
            lines.write_to(Arc::make_mut(self.hot.entry(lines.index, old)));
        }
    }

    /// Puts the memory over a newer generation that was made from `folded`, an earlier clone of this memory.
    ///
    /// Pages committed since that clone was taken stay hot; the others are in the image now.
    pub fn rebase(&mut self, image: Arc<PageImage>, folded: &PagedMemory) {
        let descends = folded.hot.iter().all(|(index, _)| self.hot.get(index).is_some());
        if self.shrunk != folded.shrunk || !Arc::ptr_eq(&self.image, &folded.image) || !descends {
            // Something else took its place since: the next generation is written whole.
            self.shrunk = true;
            return;
        }
        self.shrunk = false;
        self.hot.retain(|index, page| !folded.hot.get(index).is_some_and(|old| Arc::ptr_eq(old, page)));
        if !planted::is(Planted::StaleImage) {
            self.image = image;
        }
    }

    /// A memory that shrank (a reinstall) must read as zeroes when it grows again.
    fn forget_beyond(&mut self, bytes: u64) {
        self.shrunk = true;
        let first = bytes.div_ceil(PAGE_BYTES as u64);
        self.hot.retain(|index, _| index < first);
        for index in first..self.image.extent() {
            if self.image.page(index).is_some() {
                self.hot.insert(index, Arc::new([0; PAGE_BYTES]));
            }
        }
    }
}

/// What a commit changed in one memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageDelta {
    /// The memory's new size in bytes.
    pub bytes: u64,
    /// The changed pages.
    pub pages: Vec<PageLines>,
}

/// The changed lines of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLines {
    /// Which page.
    pub index: u64,
    /// Bit `i` says that line `i` is in `data`.
    pub lines: u64,
    /// The new bytes of the lines, in order.
    pub data: Vec<u8>,
}

impl PageLines {
    /// The lines in which `new` differs from `old`, if any.
    #[must_use]
    pub fn diff(index: u64, old: &Page, new: &Page) -> Option<PageLines> {
        let mut lines = 0u64;
        let mut data = Vec::new();
        for (i, (before, after)) in old.chunks_exact(LINE_BYTES).zip(new.chunks_exact(LINE_BYTES)).enumerate() {
            if before != after {
                lines |= 1 << i;
                data.extend_from_slice(after);
            }
        }
        (lines != 0).then_some(PageLines { index, lines, data })
    }

    fn write_to(&self, page: &mut Page) {
        let mut rest = self.lines;
        for chunk in self.data.chunks_exact(LINE_BYTES) {
            let line = rest.trailing_zeros() as usize;
            page[line * LINE_BYTES..(line + 1) * LINE_BYTES].copy_from_slice(chunk);
            rest &= rest - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_applied_gives_the_new_page() {
        let old = [1; PAGE_BYTES];
        let mut new = old;
        new[70] = 9;
        new[4095] = 7;
        let delta = PageLines::diff(3, &old, &new).expect("two lines differ");
        assert_eq!(delta.data.len(), 2 * LINE_BYTES);
        let mut memory = PagedMemory::empty();
        let whole = PageLines::diff(3, &[0; PAGE_BYTES], &old).expect("all lines differ");
        memory.apply(&PageDelta { bytes: 1 << 16, pages: vec![whole] });
        memory.apply(&PageDelta { bytes: 1 << 16, pages: vec![delta] });
        assert_eq!(memory.page(3), Some(&new));
        assert_eq!(memory.page(4), None);
    }

    #[test]
    fn a_memory_that_shrinks_and_grows_again_reads_zeroes() {
        let mut memory = PagedMemory::empty();
        let page = PageLines::diff(20, &[0; PAGE_BYTES], &[5; PAGE_BYTES]).expect("differs");
        memory.apply(&PageDelta { bytes: 2 << 16, pages: vec![page] });
        memory.apply(&PageDelta { bytes: 1 << 16, pages: vec![] });
        memory.apply(&PageDelta { bytes: 2 << 16, pages: vec![] });
        assert!(memory.page(20).is_none_or(|page| page == &[0; PAGE_BYTES]));
    }

    #[test]
    fn a_fork_does_not_see_later_commits() {
        let mut memory = PagedMemory::empty();
        let one = PageLines::diff(0, &[0; PAGE_BYTES], &[1; PAGE_BYTES]).expect("differs");
        memory.apply(&PageDelta { bytes: 1 << 16, pages: vec![one] });
        let fork = memory.clone();
        let two = PageLines::diff(0, &[1; PAGE_BYTES], &[2; PAGE_BYTES]).expect("differs");
        memory.apply(&PageDelta { bytes: 1 << 16, pages: vec![two] });
        assert_eq!(fork.page(0), Some(&[1; PAGE_BYTES]));
        assert_eq!(memory.page(0), Some(&[2; PAGE_BYTES]));
    }
}
