//! Committed memory of a canister: an immutable image generation, and the pages committed since.
//!
//! Invariant: nothing rewrites bytes that a mapping still reads. An image's files are written once, synced, and
//! then only mapped; a later generation is new files. What a batch commits goes to `hot` pages here (and to the
//! log), so `page` always gives the last committed bytes.

#![allow(unsafe_code, reason = "maps image files into memory; every block states why it is sound")]

use std::{
    cell::Cell,
    collections::HashMap,
    fmt,
    fs::File,
    io,
    os::fd::{AsFd, BorrowedFd},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use rustix::fs::SeekFrom;
use serde::{Deserialize, Serialize};

use crate::{
    fingerprint::{self, FAN_OUT, Hash, Mismatch, PageTree},
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
    /// Pages of the base file before its tree of hashes.
    tree_pages: u64,
    /// That tree, where it is not mapped with the base.
    tree: Vec<u8>,
    /// Nodes over the tree of the base file, by level and index.
    nodes: HashMap<(usize, u64), Hash>,
    /// What it was made from: the memory's size in bytes, and its fingerprint.
    sealed: Option<(u64, Hash)>,
    /// What was found wrong with it; from then on nobody may rely on its bytes.
    damage: OnceLock<String>,
    /// Its files couldn't be read; it is empty.
    unread: bool,
    /// Its pages were checked against its nodes since it was opened.
    checked: AtomicBool,
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
    /// Bytes of pages; behind them the mapping has the tree.
    bytes: usize,
    mapped: usize,
}

// SAFETY: the mapping is read-only and lives as long as `Base`; the file is never written again.
unsafe impl Send for Base {}
// SAFETY: as above; concurrent reads of constant bytes are fine.
unsafe impl Sync for Base {}

impl Drop for Base {
    fn drop(&mut self) {
        // SAFETY: `address` and `mapped` are what `mmap` returned in `PageImage::open`, unmapped once.
        unsafe {
            let _ = rustix::mm::munmap(self.address.cast_mut().cast(), self.mapped);
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
            return Ok(PageImage::in_memory(overlay));
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
        // What is read here are single pages and nodes; around them are holes, which the kernel would fill with zeroes.
        // SAFETY: advice on the mapping just made.
        unsafe { rustix::mm::madvise(address, bytes, rustix::mm::Advice::Random)? };
        let base = Base { file, address: address.cast(), bytes, mapped: bytes };
        Ok(PageImage { base: Some(base), ..PageImage::in_memory(overlay) })
    }

    /// An image without a base file.
    #[must_use]
    pub fn in_memory(pages: HashMap<u64, Arc<Page>>) -> PageImage {
        PageImage { overlay: pages, ..PageImage::default() }
    }

    /// An image whose files can't be read: empty, and damaged.
    #[must_use]
    pub fn unread(why: String, files: ImageFiles) -> PageImage {
        PageImage { damage: why.into(), unread: true, files, ..PageImage::default() }
    }

    /// Whether its files couldn't be read.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.unread
    }

    /// Notes that it is damaged, as a half sentence. What was noted first stays.
    pub fn mark_damaged(&self, what: impl fmt::Display) {
        if self.damage.set(what.to_string()).is_ok() {
            tracing::error!(files = ?self.files, "an image is damaged: {what}");
        }
    }

    /// What was found wrong with it, as a half sentence.
    #[must_use]
    pub fn damage(&self) -> Option<&str> {
        self.damage.get().map(String::as_str)
    }

    fn undamaged(&self) -> Result<(), String> {
        self.damage().map_or(Ok(()), |what| Err(what.to_owned()))
    }

    /// Takes the pages at the end of the base as the tree of hashes over the pages before.
    ///
    /// # Errors
    /// The file's length is not that of pages with their tree: it was cut or extended.
    pub fn with_tree(mut self) -> io::Result<PageImage> {
        let length = self.extent() * PAGE_BYTES as u64;
        let pages = fingerprint::file::pages_of(length)
            .ok_or_else(|| io::Error::other(format!("an image file can't be {length} bytes long")))?;
        self.tree_pages = pages;
        if let Some(base) = &mut self.base {
            base.bytes = usize::try_from(pages * PAGE_BYTES as u64).map_err(io::Error::other)?;
        } else {
            for index in pages..self.extent() {
                self.tree.extend_from_slice(&*self.overlay.remove(&index).unwrap_or_else(|| Arc::new([0; PAGE_BYTES])));
            }
        }
        Ok(self)
    }

    /// Says what the image was made from, as the catalogue has it: a memory of so many bytes with this fingerprint.
    #[must_use]
    pub fn sealed_as(self, bytes: u64, root: Hash) -> PageImage {
        PageImage { sealed: Some((bytes, root)), ..self }
    }

    /// The fingerprint of what it was made from; computed from its nodes where nobody said.
    pub(crate) fn root(&self, bytes: u64) -> Hash {
        match self.sealed {
            Some((sealed, root)) if sealed == bytes => root,
            _ => fingerprint::root_of(bytes, &self.node(fingerprint::height(bytes / PAGE_BYTES as u64), 0)),
        }
    }

    /// Whether the nodes lead up to the fingerprint of what the image was made from.
    pub(crate) fn check_root(&self) -> Result<(), Mismatch> {
        let Some((bytes, root)) = self.sealed else { return Ok(()) };
        let pages = bytes / PAGE_BYTES as u64;
        let found = fingerprint::root_of(bytes, &self.node(fingerprint::height(pages), 0));
        if found == root { Ok(()) } else { Err(Mismatch { first: 0, last: pages.saturating_sub(1) }) }
    }

    /// Lays newer pages with their nodes over the image, and says which files it now consists of.
    #[must_use]
    pub fn with_overlay(
        mut self,
        newer: HashMap<u64, Arc<Page>>,
        nodes: HashMap<(usize, u64), Hash>,
        files: ImageFiles,
    ) -> PageImage {
        self.overlay.extend(newer);
        self.nodes.extend(nodes);
        self.files = files;
        self
    }

    /// A node of the tree of hashes.
    pub(crate) fn node(&self, level: usize, index: u64) -> Hash {
        if let Some(hash) = self.nodes.get(&(level, index)) {
            return *hash;
        }
        if let Some(hash) = self.node_in_file(level, index) {
            return fingerprint::file::masked(level, hash);
        }
        // Above the file's tree: its top, and zeroes beside it.
        if index == 0 && level > fingerprint::height(self.tree_pages) {
            return fingerprint::node_over(level, 0, |below, child| self.node(below, child));
        }
        *fingerprint::zero(level)
    }

    fn node_in_file(&self, level: usize, index: u64) -> Option<Hash> {
        let offset = usize::try_from(fingerprint::file::offset(self.tree_pages, level, index)?).ok()?;
        let mut hash = [0; 32];
        match &self.base {
            Some(base) if base.bytes + offset + hash.len() <= base.mapped => {
                // SAFETY: the range was checked to lie within the mapping, which outlives this copy.
                hash = unsafe { base.address.add(base.bytes + offset).cast::<Hash>().read_unaligned() };
            }
            _ => hash.copy_from_slice(self.tree.get(offset..offset + 32)?),
        }
        Some(hash)
    }

    /// Checks all pages against the tree, once since the image was opened, if it is no more than `bytes_max` long.
    ///
    /// # Errors
    /// What is wrong with it, as a half sentence, which is noted.
    pub fn check_once(&self, bytes_max: u64) -> Result<(), String> {
        self.undamaged()?;
        if self.checked.load(Ordering::Acquire) {
            return Ok(());
        }
        let pages = self.extent();
        if pages * PAGE_BYTES as u64 <= bytes_max {
            self.read_ahead();
            let holes = Holes::of(self);
            let (page, node) = (|at| self.page_unless_hole(at, &holes), |level, at| self.node(level, at));
            let groups = 0..pages.div_ceil(FAN_OUT);
            let checked = self.check_root().and_then(|()| {
                groups.into_iter().try_for_each(|group| fingerprint::check_group(pages, group, page, node))
            });
            checked.unwrap_or_else(|wrong| self.mark_damaged(wrong));
            self.checked.store(true, Ordering::Release);
        }
        self.undamaged()
    }

    /// As [`Self::page`], without touching what is a hole of the file: the kernel would fill memory with its zeroes.
    fn page_unless_hole(&self, index: u64, holes: &Holes<'_>) -> Option<&Page> {
        match self.overlay.get(&index) {
            Some(page) => Some(page),
            None if holes.has(index) => None,
            None => self.page(index),
        }
    }

    /// Lets go of the pages of the file that reading brought into this process; the kernel keeps or drops them.
    pub fn let_go(&self) {
        let Some(base) = &self.base else { return };
        // SAFETY: a shared read-only mapping of a file: what is dropped comes back from the file when it is read.
        unsafe {
            let advice = rustix::mm::Advice::LinuxDontNeed;
            let _ = rustix::mm::madvise(base.address.cast_mut().cast(), base.mapped, advice);
        }
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

/// Where the base file of an image has holes, found by asking the kernel along the way.
struct Holes<'i> {
    base: Option<&'i Base>,
    /// Bytes from where it was asked, through a hole, to the end of the stretch of data behind it.
    known: Cell<(u64, u64, u64)>,
}

impl Holes<'_> {
    fn of(image: &PageImage) -> Holes<'_> {
        Holes { base: image.base.as_ref(), known: Cell::default() }
    }

    /// Whether the page is in a hole. Where the kernel can't say, nothing is.
    fn has(&self, index: u64) -> bool {
        let (Some(base), at) = (self.base, index * PAGE_BYTES as u64) else { return false };
        let (from, mut data, end) = self.known.get();
        if !(from..end).contains(&at) {
            let found = base.data_from(at);
            data = found.0;
            self.known.set((at, found.0, found.1));
        }
        at < data
    }
}

impl Base {
    /// The next stretch of data in the file at or behind `at`; what lies before it is a hole.
    fn data_from(&self, at: u64) -> (u64, u64) {
        match rustix::fs::seek(&self.file, SeekFrom::Data(at)) {
            Ok(data) => (data, rustix::fs::seek(&self.file, SeekFrom::Hole(data)).unwrap_or(u64::MAX)),
            Err(rustix::io::Errno::NXIO) => (u64::MAX, u64::MAX),
            Err(_) => (at, u64::MAX),
        }
    }
}

/// A memory as last committed: an image and the pages committed since. Cloning it costs nothing (a fork).
#[derive(Clone, Debug, Default)]
pub struct PagedMemory {
    image: Arc<PageImage>,
    hot: PageMap,
    bytes: u64,
    /// The next generation is to be written whole: above all because the memory shrank since the image was made, so
    /// that pages of it may lie beyond or under zeroes.
    shrunk: bool,
    tree: PageTree,
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
        PagedMemory { image, bytes, tree: PageTree::new(bytes), ..PagedMemory::default() }
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

    /// Has the next generation written whole.
    pub fn write_whole_next(&mut self) {
        self.shrunk = true;
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
            self.tree.touch(lines.index);
        }
    }

    /// Checks the pages of the image on which a difference stands that wasn't applied yet, so that an altered page
    /// can't pass into a new fingerprint unnoticed. Pages committed since the image was made are not looked at.
    ///
    /// # Errors
    /// The first page that is not what was committed.
    pub fn check_under(&self, delta: &PageDelta) -> Result<(), Mismatch> {
        let cold = delta.pages.iter().filter(|lines| self.hot.get(lines.index).is_none());
        for PageLines { index, .. } in cold {
            if fingerprint::leaf(self.image.page(*index)) != self.image.node(0, *index) {
                return Err(Mismatch { first: *index, last: *index });
            }
        }
        Ok(())
    }

    /// As [`Self::check_under`] and [`Self::apply`], for recovery: damage is noted.
    pub fn apply_checked(&mut self, delta: &PageDelta) {
        self.check_under(delta).unwrap_or_else(|wrong| self.image.mark_damaged(wrong));
        self.apply(delta);
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
            self.tree.rebase(&folded.tree);
            self.image = image;
        }
    }

    /// Hashes the pages changed since the last time; once per batch. Gives the memory's fingerprint.
    pub fn seal(&mut self) -> Hash {
        let (image, hot) = (&self.image, &self.hot);
        let page = |index| hot.get(index).map(|page| &**page).or_else(|| image.page(index));
        self.tree.seal(image, self.bytes, page).unwrap_or_else(|wrong| image.mark_damaged(wrong));
        self.fingerprint()
    }

    /// The fingerprint as of the last [`Self::seal`].
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        self.tree.root(&self.image, self.bytes)
    }

    /// A node of the tree of hashes, as of the last [`Self::seal`].
    pub(crate) fn node(&self, level: usize, index: u64) -> Hash {
        self.tree.node(&self.image, level, index)
    }

    /// Nodes changed since the image was made.
    pub(crate) fn fresh_nodes(&self) -> impl Iterator<Item = (usize, u64, Hash)> {
        self.tree.fresh()
    }

    /// Checks committed bytes against the tree, from a group of [`FAN_OUT`] pages on, as long as `budget` bytes last.
    /// Gives the group to go on with; `None` at the end. A memory that is not sealed can't be checked, and passes.
    ///
    /// # Errors
    /// What is wrong with it, as a half sentence, which is noted.
    pub fn check_from(&self, group: u64, budget: &mut u64) -> Result<Option<u64>, String> {
        self.image.undamaged()?;
        let checked = self.find_mismatch(group, budget);
        checked.or_else(|wrong| {
            self.image.mark_damaged(wrong);
            self.image.undamaged().map(|()| None)
        })
    }

    fn find_mismatch(&self, group: u64, budget: &mut u64) -> Result<Option<u64>, Mismatch> {
        if !self.tree.is_sealed(self.bytes) {
            return Ok(None);
        }
        let (pages, holes) = (self.bytes / PAGE_BYTES as u64, Holes::of(&self.image));
        let read = Cell::new(0);
        let page = |at| {
            let page = match self.hot.get(at) {
                Some(page) => Some(&**page),
                None => self.image.page_unless_hole(at, &holes),
            };
            read.set(read.get() + page.map_or(0, |page| page.len() as u64));
            page
        };
        let node = |level, at| self.node(level, at);
        if group == 0 {
            self.image.check_root()?;
        }
        for group in group..pages.div_ceil(FAN_OUT) {
            if read.get() > *budget {
                *budget = 0;
                return Ok(Some(group));
            }
            fingerprint::check_group(pages, group, page, node)?;
        }
        *budget = budget.saturating_sub(read.get());
        Ok(None)
    }

    /// Checks everything.
    ///
    /// # Errors
    /// What is wrong with it, as a half sentence.
    pub fn check(&self) -> Result<(), String> {
        let checked = self.check_from(0, &mut u64::MAX.clone()).map(drop);
        self.image.let_go();
        checked
    }

    /// A memory that shrank (a reinstall) must read as zeroes when it grows again.
    fn forget_beyond(&mut self, bytes: u64) {
        self.shrunk = true;
        let first = bytes.div_ceil(PAGE_BYTES as u64);
        self.hot.iter().filter(|(index, _)| *index >= first).for_each(|(index, _)| self.tree.touch(index));
        self.hot.retain(|index, _| index < first);
        for index in first..self.image.extent() {
            if self.image.page(index).is_some() {
                self.hot.insert(index, Arc::new([0; PAGE_BYTES]));
                self.tree.touch(index);
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
