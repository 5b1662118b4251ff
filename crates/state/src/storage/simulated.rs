//! A disk in memory that forgets, at a crash, whatever was written and not yet synced.
//!
//! It is how the crash tests find a program that acknowledges early: after [`SimulatedDisk::crash`] only synced
//! bytes, synced lengths and durable names are left. With [`Crash::Torn`] a seeded part of the unsynced writes
//! survives too, cut anywhere, as a real disk may leave it. Writes can be made to fail like a full disk's.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Storage, StorageFile};
use crate::pages::{PAGE_BYTES, PageImage};

/// What a crash leaves of the writes that were not synced.
#[derive(Clone, Copy, Debug)]
pub enum Crash {
    /// Nothing.
    Dropped,
    /// A part, chosen by this seed; the last kept write of a file may be cut.
    Torn(u64),
}

/// How far the change comes during which the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It does not happen.
    Before,
    /// This many bytes at a write's end are missing (modulo its length); anything but a write is as with
    /// [`Cut::Before`].
    Within(usize),
    /// It happens, and nobody is told.
    After,
}

/// The disk. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct SimulatedDisk {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    files: BTreeMap<String, Arc<Mutex<FileState>>>,
    /// Writes that may still happen before the disk is full; `None` is no limit.
    writes_left: Option<u64>,
    /// Changes made so far: writes, lengths, syncs, renames, removals.
    changes: u64,
    /// Bytes of all writes so far.
    written: u64,
    /// When the power goes, and how far that change comes.
    cut: Option<(u64, Cut)>,
    /// Counts crashes, so that handles from before one are dead.
    life: u64,
}

#[derive(Debug, Default)]
struct FileState {
    now: Vec<u8>,
    synced: Vec<u8>,
    pending: Vec<(u64, Vec<u8>)>,
}

impl SimulatedDisk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends this life: handles opened before fail from now on, and unsynced writes are treated as `crash` says.
    pub fn crash(&self, crash: Crash) {
        let mut inner = lock(&self.inner);
        inner.life += 1;
        inner.writes_left = None;
        inner.cut = None;
        let mut seed = match crash {
            Crash::Dropped => 0,
            Crash::Torn(seed) => seed | 1,
        };
        for file in inner.files.values_mut() {
            let mut state = lock(file);
            let pending = std::mem::take(&mut state.pending);
            if seed != 0 {
                keep_some(&mut state.synced, pending, &mut seed);
            }
            state.now = state.synced.clone();
            let survivor = FileState { now: state.now.clone(), synced: state.synced.clone(), pending: vec![] };
            drop(state);
            *file = Arc::new(Mutex::new(survivor));
        }
    }

    /// From now on `writes` more writes succeed, then the disk is full.
    pub fn fill_after(&self, writes: u64) {
        lock(&self.inner).writes_left = Some(writes);
    }

    /// The power goes during the change that follows `changes` more: it and everything after it fails, until
    /// [`SimulatedDisk::crash`] says what is left.
    pub fn cut_power_after(&self, changes: u64, cut: Cut) {
        let mut inner = lock(&self.inner);
        inner.cut = Some((inner.changes + changes, cut));
    }

    /// Changes made so far: writes, lengths, syncs, renames and removals.
    #[must_use]
    pub fn changes(&self) -> u64 {
        lock(&self.inner).changes
    }

    /// Bytes written so far, all files together.
    #[must_use]
    pub fn written(&self) -> u64 {
        lock(&self.inner).written
    }

    /// Another disk with what is synced on this one.
    #[must_use]
    pub fn copy(&self) -> SimulatedDisk {
        let file = |synced: Vec<u8>| Arc::new(Mutex::new(FileState { now: synced.clone(), synced, pending: vec![] }));
        let files = self.synced_files().into_iter().map(|(name, synced)| (name, file(synced))).collect();
        SimulatedDisk { inner: Arc::new(Mutex::new(Inner { files, ..Inner::default() })) }
    }

    /// Flips a bit of a file's synced bytes; false if the file is shorter.
    #[must_use]
    pub fn flip(&self, name: &str, byte: usize, bit: u8) -> bool {
        let inner = lock(&self.inner);
        let Some(file) = inner.files.get(name) else { return false };
        let mut state = lock(file);
        let FileState { now, synced, .. } = &mut *state;
        match (now.get_mut(byte), synced.get_mut(byte)) {
            (Some(now), Some(synced)) => {
                *now ^= 1 << bit;
                *synced ^= 1 << bit;
                true
            }
            _ => false,
        }
    }

    /// All files with their synced bytes, to look at.
    #[must_use]
    pub fn synced_files(&self) -> BTreeMap<String, Vec<u8>> {
        let inner = lock(&self.inner);
        inner.files.iter().map(|(name, file)| (name.clone(), lock(file).synced.clone())).collect()
    }
}

impl Storage for SimulatedDisk {
    fn open(&self, name: &str) -> io::Result<Arc<dyn StorageFile>> {
        let mut inner = lock(&self.inner);
        let life = inner.life;
        let state = inner.files.entry(name.to_owned()).or_default().clone();
        Ok(Arc::new(SimulatedFile { disk: self.inner.clone(), state, life }))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inner = lock(&self.inner);
        let below = inner.files.keys().filter_map(|name| name.strip_prefix(&prefix));
        Ok(below.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut inner = lock(&self.inner);
        inner.change(|inner| {
            let file = inner.files.remove(from).ok_or_else(|| missing(from))?;
            inner.files.insert(to.to_owned(), file);
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        lock(&self.inner).change(|inner| inner.files.remove(name).map(drop).ok_or_else(|| missing(name)))
    }

    fn exists(&self, name: &str) -> bool {
        lock(&self.inner).files.contains_key(name)
    }

    fn image(&self, name: &str) -> io::Result<PageImage> {
        let bytes = super::read_whole(self, name)?;
        let mut pages = HashMap::new();
        for (index, chunk) in (0u64..).zip(bytes.chunks_exact(PAGE_BYTES)) {
            let mut page = [0; PAGE_BYTES];
            page.copy_from_slice(chunk);
            pages.insert(index, Arc::new(page));
        }
        Ok(PageImage::in_memory(pages))
    }
}

impl Inner {
    /// How far the next change comes; `None` if it is made and told.
    fn next_cut(&self) -> Option<Cut> {
        let (at, cut) = self.cut?;
        match self.changes.cmp(&at) {
            std::cmp::Ordering::Less => None,
            std::cmp::Ordering::Equal => Some(cut),
            std::cmp::Ordering::Greater => Some(Cut::Before),
        }
    }

    /// Makes a change that is there whole or not at all.
    fn change(&mut self, make: impl FnOnce(&mut Inner) -> io::Result<()>) -> io::Result<()> {
        let cut = self.next_cut();
        self.changes += 1;
        match cut {
            None => make(self),
            Some(Cut::After) => make(self).and_then(|()| Err(no_power())),
            Some(_) => Err(no_power()),
        }
    }
}

fn dead() -> io::Error {
    io::Error::other("this handle was opened before the crash")
}

fn no_power() -> io::Error {
    io::Error::other("the simulated disk has no power")
}

#[derive(Debug)]
struct SimulatedFile {
    disk: Arc<Mutex<Inner>>,
    state: Arc<Mutex<FileState>>,
    life: u64,
}

impl SimulatedFile {
    fn alive(&self) -> io::Result<MutexGuard<'_, FileState>> {
        if lock(&self.disk).life == self.life { Ok(lock(&self.state)) } else { Err(dead()) }
    }

    /// Makes a change of this file that is there whole or not at all.
    fn change(&self, make: impl FnOnce(&mut FileState)) -> io::Result<()> {
        let mut disk = lock(&self.disk);
        if disk.life != self.life {
            return Err(dead());
        }
        disk.change(|_| {
            make(&mut lock(&self.state));
            Ok(())
        })
    }

    fn take_write(&self) -> io::Result<()> {
        match &mut lock(&self.disk).writes_left {
            Some(0) => Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on the simulated disk")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl StorageFile for SimulatedFile {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.alive()?;
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let bytes = start.checked_add(out.len()).and_then(|end| state.now.get(start..end));
        out.copy_from_slice(bytes.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.take_write()?;
        let mut disk = lock(&self.disk);
        if disk.life != self.life {
            return Err(dead());
        }
        let cut = disk.next_cut();
        disk.changes += 1;
        let written = match cut {
            Some(Cut::Before) => 0,
            Some(Cut::Within(missing)) => bytes.len() - missing % (bytes.len() + 1),
            Some(Cut::After) | None => bytes.len(),
        };
        disk.written += written as u64;
        let mut state = lock(&self.state);
        put(&mut state.now, offset, &bytes[..written]);
        state.pending.push((offset, bytes[..written].to_vec()));
        if cut.is_some() { Err(no_power()) } else { Ok(()) }
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.alive()?.now.len() as u64)
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        let length = usize::try_from(bytes).map_err(io::Error::other)?;
        self.change(|state| {
            state.now.resize(length, 0);
            // The length of a file that is cut or extended is journalled at once by the file systems we know.
            state.synced.resize(length, 0);
            state.pending.retain(|(offset, written)| offset + written.len() as u64 <= bytes);
        })
    }

    fn sync(&self) -> io::Result<()> {
        self.change(|state| {
            state.synced = state.now.clone();
            state.pending.clear();
        })
    }
}

fn put(into: &mut Vec<u8>, offset: u64, bytes: &[u8]) {
    let start = usize::try_from(offset).unwrap_or(usize::MAX / 2);
    if into.len() < start + bytes.len() {
        into.resize(start + bytes.len(), 0);
    }
    into[start..start + bytes.len()].copy_from_slice(bytes);
}

/// Keeps a seeded selection of the pending writes, each cut at a seeded place.
fn keep_some(synced: &mut Vec<u8>, pending: Vec<(u64, Vec<u8>)>, seed: &mut u64) {
    for (offset, bytes) in pending {
        match next(seed) % 3 {
            0 => {}
            1 => put(synced, offset, &bytes),
            _ => {
                let cut = usize::try_from(next(seed)).unwrap_or(0) % (bytes.len() + 1);
                put(synced, offset, &bytes[..cut]);
            }
        }
    }
}

/// xorshift64*: enough for choosing, and the same everywhere.
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    seed.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
}

fn missing(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("no file `{name}`"))
}

/// A poisoned lock means that a test panicked; what it guards is plain data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
