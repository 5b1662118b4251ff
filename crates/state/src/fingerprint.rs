//! Fingerprints: a tree of hashes over a memory's pages, by which a byte altered behind the program's back is found.
//!
//! A leaf is the BLAKE3 hash of a page; a node hashes its [`FAN_OUT`] children; the root binds the node above all
//! pages to the memory's size and to [`FORMAT`]. The three hash inputs differ in length, so none passes for another.
//! A subtree of zeroes has a hash that is known without looking at it. The root depends on the memory's size and bytes
//! alone: not on which pages are in an image, nor on how changes were noticed.
//!
//! Nodes of an image lie behind its pages in the same file, mapped like them, so a sleeping canister holds none of
//! them in memory. Nodes changed since are here, beside the changed pages, and shared by copies as those are.

use std::{fmt, sync::OnceLock};

use crate::{
    page_map::PageMap,
    pages::{PAGE_BYTES, Page, PageImage},
};

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// Version of the way from bytes to a root.
pub const FORMAT: u8 = 1;

/// Children of a node. Most batches touch few pages far apart, and each costs a whole node on every level: measured,
/// narrow nodes are cheaper than wide ones.
pub const FAN_OUT: u64 = 1 << FAN_OUT_BITS;
const FAN_OUT_BITS: u32 = 4;

/// Enough for memories of 2^64 bytes.
const LEVELS: usize = 14;

/// Pages that are not what was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The first page of the range (unit: [`PAGE_BYTES`]).
    pub first: u64,
    /// The last one.
    pub last: u64,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(out, "page {} does not match its fingerprint", self.first),
            false => write!(out, "pages {} to {} do not match their fingerprint", self.first, self.last),
        }
    }
}

/// The leaf of a page; `None` means zeroes.
#[must_use]
pub fn leaf(page: Option<&Page>) -> Hash {
    match page {
        Some(page) if *page != [0; PAGE_BYTES] => blake3::hash(page).into(),
        _ => *zero(0),
    }
}

/// The hash of several things in a row, each with its length before it.
#[must_use]
pub fn of_parts(parts: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    hasher.finalize().into()
}

/// The hash of a subtree of zeroes.
pub(crate) fn zero(level: usize) -> &'static Hash {
    static ZEROES: OnceLock<[Hash; LEVELS + 1]> = OnceLock::new();
    let make = || {
        let mut zeroes = [blake3::hash(&[0; PAGE_BYTES]).into(); LEVELS + 1];
        for level in 1..=LEVELS {
            zeroes[level] = hash_children(&[zeroes[level - 1]; FAN_OUT as usize]);
        }
        zeroes
    };
    &ZEROES.get_or_init(make)[level.min(LEVELS)]
}

fn hash_children(children: &[Hash; FAN_OUT as usize]) -> Hash {
    blake3::hash(children.as_flattened()).into()
}

/// The node over the children that `child` gives.
pub(crate) fn node_over(level: usize, index: u64, child: impl Fn(usize, u64) -> Hash) -> Hash {
    let mut children = [[0; 32]; FAN_OUT as usize];
    for (at, slot) in (index * FAN_OUT..).zip(&mut children) {
        *slot = child(level - 1, at);
    }
    if children.iter().all(|hash| hash == zero(level - 1)) { *zero(level) } else { hash_children(&children) }
}

/// The level on which one node stands over this many pages.
pub(crate) fn height(pages: u64) -> usize {
    (0..LEVELS).find(|level| width(pages, *level) <= 1).unwrap_or(LEVELS)
}

/// Nodes on a level over this many pages.
pub(crate) fn width(pages: u64, level: usize) -> u64 {
    (0..level).fold(pages, |count, _| count.div_ceil(FAN_OUT))
}

/// The root of a memory, given the node above all of its pages.
pub(crate) fn root_of(bytes: u64, top: &Hash) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"autograph memory").update(&[FORMAT]).update(&bytes.to_le_bytes()).update(top);
    hasher.finalize().into()
}

/// The root computed from bytes alone, for comparison.
#[must_use]
pub fn root_from_scratch<'p>(bytes: u64, page: impl Fn(u64) -> Option<&'p Page>) -> Hash {
    let pages = bytes / PAGE_BYTES as u64;
    let mut level: Vec<Hash> = (0..pages).map(|index| leaf(page(index))).collect();
    for at in 1..=height(pages) {
        let below = |_, index: u64| usize::try_from(index).ok().and_then(|i| level.get(i)).copied();
        let over = |index| node_over(at, index, |lower, child| below(lower, child).unwrap_or(*zero(at - 1)));
        level = (0..width(pages, at)).map(over).collect();
    }
    root_of(bytes, level.first().unwrap_or(zero(0)))
}

/// The form of an image's nodes in its file, behind the pages: level by level from the leaves, each node XORed with
/// the hash of zeroes, so that what is zeroes stays a hole of the file; filled up to whole pages.
pub(crate) mod file {
    use super::{Hash, PAGE_BYTES, height, width, zero};

    const NODE_BYTES: u64 = 32;

    /// Bytes of the tree over this many pages.
    pub(crate) fn tree_bytes(pages: u64) -> u64 {
        let nodes: u64 = (0..=height(pages)).map(|level| width(pages, level)).sum();
        (nodes * NODE_BYTES).next_multiple_of(PAGE_BYTES as u64)
    }

    /// How many pages a file of this length has before its tree. No two numbers of pages give the same length.
    pub(crate) fn pages_of(length: u64) -> Option<u64> {
        let total = |pages: u64| pages * PAGE_BYTES as u64 + tree_bytes(pages);
        let (mut low, mut high) = (0, length / PAGE_BYTES as u64);
        while low < high {
            let middle = (low + high).div_ceil(2);
            if total(middle) <= length { low = middle } else { high = middle - 1 }
        }
        (total(low) == length).then_some(low)
    }

    /// Where in the tree a node is; `None` if it has no place there.
    pub(crate) fn offset(pages: u64, level: usize, index: u64) -> Option<u64> {
        if level > height(pages) || index >= width(pages, level) {
            return None;
        }
        let before: u64 = (0..level).map(|below| width(pages, below)).sum();
        Some((before + index) * NODE_BYTES)
    }

    /// To and from the form in the file.
    pub(crate) fn masked(level: usize, mut hash: Hash) -> Hash {
        hash.iter_mut().zip(zero(level)).for_each(|(byte, mask)| *byte ^= mask);
        hash
    }
}

/// The nodes that changed since the image was made, and what is not hashed yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageTree {
    levels: Vec<PageMap<Hash>>,
    touched: Vec<u64>,
    /// Pages at the last [`PageTree::seal`].
    pages: u64,
}

impl PageTree {
    /// Over an image of a memory of so many bytes.
    pub(crate) fn new(bytes: u64) -> PageTree {
        PageTree { pages: bytes / PAGE_BYTES as u64, ..PageTree::default() }
    }

    /// A page is another now.
    pub(crate) fn touch(&mut self, index: u64) {
        self.touched.push(index);
    }

    /// Whether the nodes are those of the memory as it is.
    pub(crate) fn is_sealed(&self, bytes: u64) -> bool {
        self.touched.is_empty() && self.pages == bytes / PAGE_BYTES as u64
    }

    pub(crate) fn node(&self, image: &PageImage, level: usize, index: u64) -> Hash {
        let fresh = self.levels.get(level).and_then(|nodes| nodes.get(index));
        fresh.map_or_else(|| image.node(level, index), |hash| **hash)
    }

    pub(crate) fn root(&self, image: &PageImage, bytes: u64) -> Hash {
        if self.levels.is_empty() {
            return image.root(bytes);
        }
        root_of(bytes, &self.node(image, height(bytes / PAGE_BYTES as u64), 0))
    }

    /// Hashes what was touched. The nodes of the image that this stands on are checked at their first touch; its pages
    /// are by [`crate::pages::PagedMemory::check_under`].
    ///
    /// # Errors
    /// The pages under the first node that is not what was committed. All is hashed nevertheless.
    pub(crate) fn seal<'p>(
        &mut self,
        image: &PageImage,
        bytes: u64,
        page: impl Fn(u64) -> Option<&'p Page>,
    ) -> Result<(), Mismatch> {
        if self.is_sealed(bytes) {
            return Ok(());
        }
        let (before, pages) = (self.pages, bytes / PAGE_BYTES as u64);
        let mut dirty = std::mem::take(&mut self.touched);
        let mut checked = if self.levels.is_empty() { image.check_root() } else { Ok(()) };
        for level in 0..=height(before.max(pages)) {
            // A memory that grew has levels that there were not: they stand on what was its top.
            if pages > before && level > height(before) {
                dirty.push(0);
            }
            dirty.sort_unstable();
            dirty.dedup();
            for index in dirty.iter().filter(|_| level > 0) {
                checked = checked.and_then(|()| self.check_first_touch(image, level, *index));
            }
            for index in &dirty {
                let hash = match level {
                    0 => leaf(page(*index)),
                    _ => node_over(level, *index, |below, child| self.node(image, below, child)),
                };
                self.put(level, *index, hash);
            }
            dirty.iter_mut().for_each(|index| *index >>= FAN_OUT_BITS);
        }
        self.pages = pages;
        checked
    }

    fn put(&mut self, level: usize, index: u64, hash: Hash) {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, PageMap::default);
        }
        *self.levels[level].entry(index, || hash.into()) = hash.into();
    }

    fn check_first_touch(&self, image: &PageImage, level: usize, index: u64) -> Result<(), Mismatch> {
        let known = self.levels.get(level).is_some_and(|nodes| nodes.get(index).is_some());
        if known {
            return Ok(());
        }
        check_node(level, index, |at| image.page(at), |at, index| image.node(at, index))
    }

    /// Nodes changed since the image was made.
    pub(crate) fn fresh(&self) -> impl Iterator<Item = (usize, u64, Hash)> {
        let levels = self.levels.iter().enumerate();
        levels.flat_map(|(level, nodes)| nodes.iter().map(move |(index, hash)| (level, index, **hash)))
    }

    /// Forgets nodes that are in the image made from `folded` now.
    pub(crate) fn rebase(&mut self, folded: &PageTree) {
        for (nodes, old) in self.levels.iter_mut().zip(&folded.levels) {
            nodes.retain(|index, hash| old.get(index) != Some(hash));
        }
        if self.levels.iter().all(|nodes| nodes.len() == 0) {
            self.levels = Vec::new();
        }
    }
}

/// Checks one leaf against its page, or one node against its children.
fn check_node<'p>(
    level: usize,
    index: u64,
    page: impl Fn(u64) -> Option<&'p Page>,
    node: impl Fn(usize, u64) -> Hash,
) -> Result<(), Mismatch> {
    let found = if level == 0 { leaf(page(index)) } else { node_over(level, index, &node) };
    if found == node(level, index) {
        return Ok(());
    }
    let under = 1u64.checked_shl(FAN_OUT_BITS * u32::try_from(level).unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
    Err(Mismatch { first: index.saturating_mul(under), last: index.saturating_mul(under).saturating_add(under - 1) })
}

/// Checks the group of [`FAN_OUT`] pages with this number, the node over it, and every higher node of which this is
/// the first group: so checking all groups checks everything once.
///
/// # Errors
/// The pages that are not what was committed.
pub(crate) fn check_group<'p>(
    pages: u64,
    group: u64,
    page: impl Fn(u64) -> Option<&'p Page>,
    node: impl Fn(usize, u64) -> Hash,
) -> Result<(), Mismatch> {
    for index in group * FAN_OUT..((group + 1) * FAN_OUT).min(pages) {
        check_node(0, index, &page, &node)?;
    }
    let mut index = group;
    for level in 1..=height(pages) {
        check_node(level, index, &page, &node)
            .map_err(|wrong| Mismatch { last: wrong.last.min(pages - 1), ..wrong })?;
        if !index.is_multiple_of(FAN_OUT) {
            break;
        }
        index /= FAN_OUT;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
