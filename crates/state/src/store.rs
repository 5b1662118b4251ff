//! The store: catalogue and log together, opened by recovery and advanced by folds.
//!
//! Invariant: catalogue at height H plus the log's whole batches above H is the durable state, at every moment.
//! Files of an image are synced before the catalogue names them, and removed only after it no longer does.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
    sync::Arc,
};

use crate::{
    catalogue::{Catalogue, CatalogueError, Contents, FoldDelta, MemoryEntry},
    delta::{BatchDelta, MemoryId, MemoryKind, MemoryOp},
    fingerprint::{self, Hash},
    log::{Log, LogError},
    pages::{ImageFiles, PAGE_BYTES, Page, PageImage, PagedMemory},
    planted::{self, Planted},
    storage::{Storage, StorageFile},
};

/// Overlay files an image may have before the next fold writes it whole.
const OVERLAYS_MAX: usize = 6;

/// Why the store can't be opened or used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The catalogue.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// An image file.
    #[error("an image file can't be read or written")]
    Image(#[from] io::Error),
    /// An image file whose bytes are not what was written.
    #[error("image file `{0}` is damaged; restore the data folder from a copy")]
    Damaged(String),
}

/// All durable state, as read at start.
#[derive(Debug, Default)]
pub struct Recovered {
    /// The last whole batch.
    pub height: u64,
    /// Its time, ns.
    pub time: u64,
    /// Its root.
    pub root: [u8; 32],
    /// All records.
    pub records: BTreeMap<Vec<u8>, Vec<u8>>,
    /// All memories.
    pub memories: BTreeMap<MemoryId, PagedMemory>,
    /// Records changed since the catalogue's height: the first fold must take them.
    pub unfolded_records: BTreeSet<Vec<u8>>,
    /// Memories changed or dropped since the catalogue's height.
    pub unfolded_memories: BTreeSet<MemoryId>,
}

/// What a fold is to write: the state at one height, as cheap clones.
#[derive(Debug, Default)]
pub struct FoldJob {
    /// The height; every batch up to it must be durable in the log.
    pub height: u64,
    /// The root of the certified state at that height.
    pub root: [u8; 32],
    /// Records changed since the last fold.
    pub records: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// Memories changed (`Some`) or dropped (`None`) since the last fold.
    pub memories: Vec<(MemoryId, Option<PagedMemory>)>,
}

/// A finished fold: the new images, to rebase the memories on.
#[derive(Debug)]
pub struct Folded {
    /// The job's height.
    pub height: u64,
    /// For each memory written: what it was cloned from, and its new image.
    pub images: Vec<(MemoryId, PagedMemory, Arc<PageImage>)>,
}

/// Writes folds. Owned by one thread; the log is another's.
#[derive(Debug)]
pub struct Folder {
    storage: Arc<dyn Storage>,
    catalogue: Catalogue,
    /// Files of each memory as the catalogue has them now.
    files: BTreeMap<MemoryId, ImageFiles>,
}

/// Opens catalogue and log, and recovers the state.
///
/// # Errors
/// Damage is named; nothing is changed then.
pub fn open(storage: Arc<dyn Storage>, segment_bytes: u64) -> Result<(Folder, Log, Recovered), StoreError> {
    let catalogue = Catalogue::open(&*storage)?;
    let contents = catalogue.read()?;
    let files = contents.memories.iter().map(|(id, entry)| (*id, entry.files.clone())).collect();
    let mut recovered = load(&*storage, contents)?;
    let log = Log::open(storage.clone(), recovered.height, segment_bytes, |delta| {
        recovered.apply(delta);
        Ok(())
    })?;
    for memory in recovered.memories.values_mut() {
        memory.seal();
    }
    let folder = Folder { storage, catalogue, files };
    folder.remove_strays()?;
    Ok((folder, log, recovered))
}

fn load(storage: &dyn Storage, contents: Contents) -> Result<Recovered, StoreError> {
    let Contents { height, root, records, .. } = contents;
    let mut recovered = Recovered { height, root, records, ..Recovered::default() };
    let mut images: HashMap<String, Arc<PageImage>> = HashMap::new();
    for (id, entry) in contents.memories {
        // Memories with the same files (a restore point and the live memory) share one image.
        let key = format!("{entry:?}");
        let image = match images.get(&key) {
            Some(image) => image.clone(),
            None => {
                // One memory's damage must not keep the others from being served.
                let broken = |why: StoreError| PageImage::unread(told(&why), entry.files.clone());
                let image = open_image(storage, &entry.files).unwrap_or_else(broken);
                let image = Arc::new(image.sealed_as(entry.bytes, entry.root));
                entry.damage.iter().for_each(|what| image.mark_damaged(what));
                images.insert(key, image.clone());
                image
            }
        };
        recovered.memories.insert(id, PagedMemory::from_image(image, entry.bytes));
    }
    Ok(recovered)
}

impl Recovered {
    fn apply(&mut self, delta: BatchDelta) {
        self.height = delta.height;
        self.time = delta.time;
        self.root = delta.root;
        for (key, value) in delta.records {
            self.unfolded_records.insert(key.clone());
            match value {
                Some(value) => self.records.insert(key, value),
                None => self.records.remove(&key),
            };
        }
        for op in delta.memories {
            self.unfolded_memories.insert(op.target());
            apply_memory(&mut self.memories, &op);
        }
    }
}

/// Applies one memory operation to a set of committed memories.
pub fn apply_memory(memories: &mut BTreeMap<MemoryId, PagedMemory>, op: &MemoryOp) {
    match op {
        MemoryOp::Write(id, delta) => {
            memories.entry(*id).or_default().apply_checked(delta);
            if planted::is(Planted::PointSharesPages) {
                let points = memories.iter_mut().filter(|(to, _)| (to.canister, to.kind) == (id.canister, id.kind));
                points.filter(|(to, _)| to.point > 0).for_each(|(_, memory)| memory.apply(delta));
            }
        }
        MemoryOp::Fork { from, to } => {
            let copy = memories.get(from).cloned().unwrap_or_default();
            memories.insert(*to, copy);
        }
        MemoryOp::Drop(id) => {
            memories.remove(id);
        }
    }
}

impl MemoryOp {
    /// The memory that the operation changes.
    #[must_use]
    pub fn target(&self) -> MemoryId {
        match self {
            MemoryOp::Write(id, _) | MemoryOp::Drop(id) => *id,
            MemoryOp::Fork { to, .. } => *to,
        }
    }
}

impl Folder {
    /// Writes new generations and advances the catalogue; afterwards the log up to the job's height may go.
    ///
    /// # Errors
    /// Storage errors; the process must end.
    pub fn fold(&mut self, job: FoldJob) -> Result<Folded, StoreError> {
        let mut delta = FoldDelta { height: job.height, root: job.root, records: job.records, memories: Vec::new() };
        let mut images = Vec::new();
        for (id, memory) in job.memories {
            match memory {
                Some(mut memory) => {
                    memory.seal();
                    let image = self.write_generation(id, &memory, job.height)?;
                    let (bytes, root) = (memory.bytes(), memory.fingerprint());
                    let damage = memory.image().damage().map(str::to_owned);
                    damage.iter().for_each(|what| image.mark_damaged(what));
                    let entry = MemoryEntry { bytes, files: image.files().clone(), root, damage };
                    let image = Arc::new(image.sealed_as(bytes, root));
                    delta.memories.push((id, Some(entry)));
                    images.push((id, memory, image));
                }
                None => delta.memories.push((id, None)),
            }
        }
        self.catalogue.fold(&delta)?;
        for (id, entry) in delta.memories {
            match entry {
                Some(entry) => self.files.insert(id, entry.files),
                None => self.files.remove(&id),
            };
        }
        self.remove_strays()?;
        Ok(Folded { height: job.height, images })
    }

    /// Has the catalogue's file hold nothing but what is in the catalogue.
    ///
    /// # Errors
    /// As [`Self::fold`].
    pub fn forget(&mut self) -> Result<(), StoreError> {
        Ok(self.catalogue.rewrite(&*self.storage)?)
    }

    fn write_generation(&self, id: MemoryId, memory: &PagedMemory, height: u64) -> Result<PageImage, StoreError> {
        if memory.image().is_unread() {
            return self.write_over_unread(id, memory, height);
        }
        let old = memory.image().files();
        // A fork of a memory that was folded meanwhile may stand on files that are gone.
        let whole = memory.shrunk() || !old.base.iter().chain(&old.overlays).all(|name| self.storage.exists(name));
        if memory.hot_len() == 0 && !whole {
            return self.open_or_rewrite(id, memory, height, old);
        }
        let pages = memory.bytes() / PAGE_BYTES as u64;
        let mostly_new = memory.hot_len() as u64 * 4 >= pages;
        if whole || old.base.is_none() || mostly_new || old.overlays.len() >= OVERLAYS_MAX {
            return self.write_whole(id, memory, height);
        }
        let mut files = old.clone();
        files.overlays.push(self.write_over(id, memory, height)?);
        self.open_or_rewrite(id, memory, height, &files)
    }

    /// What can't be read stays as it is, with newer pages over it: it may be put right from a copy.
    fn write_over_unread(&self, id: MemoryId, memory: &PagedMemory, height: u64) -> Result<PageImage, StoreError> {
        let mut files = memory.image().files().clone();
        if memory.hot_len() > 0 {
            files.overlays.push(self.write_over(id, memory, height)?);
        }
        Ok(PageImage::unread(memory.image().damage().unwrap_or_default().to_owned(), files))
    }

    /// Older files that were damaged since they were read are written anew: memory still has what they held.
    fn open_or_rewrite(
        &self,
        id: MemoryId,
        memory: &PagedMemory,
        height: u64,
        files: &ImageFiles,
    ) -> Result<PageImage, StoreError> {
        open_image(&*self.storage, files).or_else(|error| {
            tracing::warn!(error = told(&error), "an image is written whole again");
            self.write_whole(id, memory, height)
        })
    }

    fn write_over(&self, id: MemoryId, memory: &PagedMemory, height: u64) -> Result<String, StoreError> {
        let name = format!("images/{}-{height:016x}.over", file_stem(id));
        write_overlay(&*self.storage, &name, memory)?;
        Ok(name)
    }

    fn write_whole(&self, id: MemoryId, memory: &PagedMemory, height: u64) -> Result<PageImage, StoreError> {
        let name = format!("images/{}-{height:016x}.base", file_stem(id));
        write_base(&*self.storage, &name, memory)?;
        open_image(&*self.storage, &ImageFiles { base: Some(name), overlays: Vec::new() })
    }

    /// Where the files are.
    #[must_use]
    pub fn storage(&self) -> Arc<dyn Storage> {
        self.storage.clone()
    }

    /// Removes image files that the catalogue doesn't name: left by a crash, or replaced.
    fn remove_strays(&self) -> Result<(), StoreError> {
        let named: BTreeSet<&String> =
            self.files.values().flat_map(|files| files.base.iter().chain(&files.overlays)).collect();
        for name in self.storage.list("images")? {
            let name = format!("images/{name}");
            if !named.contains(&name) {
                self.storage.remove(&name)?;
            }
        }
        Ok(())
    }
}

fn file_stem(id: MemoryId) -> String {
    use std::fmt::Write as _;
    let mut stem = String::new();
    for byte in id.canister {
        let _ = write!(stem, "{byte:02x}");
    }
    let kind = if id.kind == MemoryKind::Heap { "heap" } else { "stable" };
    format!("{stem}-{kind}-{}", id.point)
}

/// An error with its causes, in one line.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

const ZEROES: Page = [0; PAGE_BYTES];

fn write_base(storage: &dyn Storage, name: &str, memory: &PagedMemory) -> io::Result<()> {
    let temporary = format!("{name}.tmp");
    let file = storage.open(&temporary)?;
    file.set_len(0)?;
    let pages = memory.bytes() / PAGE_BYTES as u64;
    let mut run = Vec::with_capacity(256 * PAGE_BYTES);
    for index in 0..pages {
        // Pages of zeroes become holes: most of a young heap was never written.
        let page = memory.page(index).filter(|page| **page != ZEROES);
        run.extend_from_slice(page.map_or(&[][..], |page| page));
        if !run.is_empty() && (page.is_none() || run.len() == run.capacity() || index + 1 == pages) {
            let end = if page.is_none() { index } else { index + 1 } * PAGE_BYTES as u64;
            file.write_at(end - run.len() as u64, &run)?;
            run.clear();
        }
    }
    file.set_len(pages * PAGE_BYTES as u64 + fingerprint::file::tree_bytes(pages))?;
    write_tree(&*file, memory, pages)?;
    file.sync()?;
    storage.rename(&temporary, name)
}

/// The nodes that the memory has, not what its bytes would give now: a page altered meanwhile stays found out.
fn write_tree(file: &dyn StorageFile, memory: &PagedMemory, pages: u64) -> io::Result<()> {
    let start = pages * PAGE_BYTES as u64;
    let mut run: Vec<u8> = Vec::new();
    let mut at = start;
    for level in 0..=fingerprint::height(pages) {
        for index in 0..fingerprint::width(pages, level) {
            run.extend_from_slice(&fingerprint::file::masked(level, memory.node(level, index)));
            if run.len() == 256 * PAGE_BYTES {
                at = write_run(file, at, &mut run)?;
            }
        }
    }
    write_run(file, at, &mut run).map(drop)
}

/// Writes a run page by page but for zeroes; gives where the next run starts.
fn write_run(file: &dyn StorageFile, mut at: u64, run: &mut Vec<u8>) -> io::Result<u64> {
    for page in run.chunks(PAGE_BYTES) {
        if page.iter().any(|byte| *byte != 0) {
            file.write_at(at, page)?;
        }
        at += page.len() as u64;
    }
    run.clear();
    Ok(at)
}

/// An overlay file: how many pages, their numbers, the pages; how many nodes, each with level, index and hash; and a
/// CRC-32 of all that.
fn write_overlay(storage: &dyn Storage, name: &str, memory: &PagedMemory) -> io::Result<()> {
    let mut pages: BTreeMap<u64, &Page> = memory.hot_pages().collect();
    if planted::is(Planted::FoldForgetsPage) {
        pages.pop_last();
    }
    let mut bytes = Vec::with_capacity(pages.len() * (PAGE_BYTES + 8) + 16);
    bytes.extend_from_slice(&(pages.len() as u64).to_le_bytes());
    for index in pages.keys() {
        bytes.extend_from_slice(&index.to_le_bytes());
    }
    for page in pages.values() {
        bytes.extend_from_slice(*page);
    }
    let nodes: Vec<_> = memory.fresh_nodes().collect();
    bytes.extend_from_slice(&(nodes.len() as u64).to_le_bytes());
    for (level, index, hash) in nodes {
        bytes.extend_from_slice(&(level as u64).to_le_bytes());
        bytes.extend_from_slice(&index.to_le_bytes());
        bytes.extend_from_slice(&hash);
    }
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    crate::storage::write_whole(storage, name, &bytes)
}

/// What overlay files lay over a base.
#[derive(Default)]
struct Newer {
    pages: HashMap<u64, Arc<Page>>,
    nodes: HashMap<(usize, u64), Hash>,
}

impl Newer {
    fn read(&mut self, storage: &dyn Storage, name: &str) -> Result<(), StoreError> {
        let bytes = crate::storage::read_whole(storage, name)?;
        self.parse(&bytes).ok_or_else(|| StoreError::Damaged(name.to_owned()))
    }

    fn parse(&mut self, bytes: &[u8]) -> Option<()> {
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        if *crc != crc32fast::hash(body).to_le_bytes() {
            return None;
        }
        let (count, rest) = counted(body)?;
        let (indices, rest) = rest.split_at_checked(count.checked_mul(8)?)?;
        let (pages, rest) = rest.split_at_checked(count.checked_mul(PAGE_BYTES)?)?;
        for (index, page) in indices.as_chunks::<8>().0.iter().zip(pages.as_chunks::<PAGE_BYTES>().0) {
            self.pages.insert(u64::from_le_bytes(*index), Arc::new(*page));
        }
        for node in counted(rest)?.1.as_chunks::<48>().0 {
            let (level, rest) = counted(node)?;
            let (index, hash) = rest.split_first_chunk::<8>()?;
            self.nodes.insert((level, u64::from_le_bytes(*index)), hash.try_into().ok()?);
        }
        Some(())
    }
}

fn counted(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (count, rest) = bytes.split_first_chunk::<8>()?;
    Some((usize::try_from(u64::from_le_bytes(*count)).ok()?, rest))
}

/// Checks files that are held in memory, and so are not seen by looking at it: the overlays of an image.
///
/// # Errors
/// The file that is not what was written. One that is gone was replaced meanwhile, and passes.
pub fn check_overlays(storage: &dyn Storage, files: &ImageFiles) -> Result<(), StoreError> {
    let there = files.overlays.iter().filter(|name| storage.exists(name));
    there.into_iter().try_for_each(|name| match Newer::default().read(storage, name) {
        Err(StoreError::Image(_)) if !storage.exists(name) => Ok(()),
        read => read,
    })
}

fn open_image(storage: &dyn Storage, files: &ImageFiles) -> Result<PageImage, StoreError> {
    let base = match &files.base {
        Some(name) => storage.image(name)?.with_tree()?,
        None => PageImage::default(),
    };
    let mut newer = Newer::default();
    for name in &files.overlays {
        newer.read(storage, name)?;
    }
    Ok(base.with_overlay(newer.pages, newer.nodes, files.clone()))
}

#[cfg(test)]
mod tests;
