//! Content-addressed bytes: modules, source trees, frontend files, verdicts.
//!
//! A blob is a file named by its SHA-256. It is durable before anything refers to it, never changed, and checked
//! against its name when it is read.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};

use crate::storage::{Storage, read_whole, write_whole};

/// Bytes of blobs that are kept in memory.
const CACHE_BYTES: usize = 64 << 20;

/// The blobs of a node.
#[derive(Debug)]
pub struct BlobStore {
    storage: Arc<dyn Storage>,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    blobs: HashMap<[u8; 32], Arc<[u8]>>,
    bytes: usize,
}

impl BlobStore {
    /// Over a storage's folder `blobs`.
    #[must_use]
    pub fn new(storage: Arc<dyn Storage>) -> BlobStore {
        BlobStore { storage, cache: Mutex::default() }
    }

    /// Keeps bytes durably and gives their hash.
    ///
    /// # Errors
    /// The storage's.
    pub fn put(&self, bytes: &[u8]) -> io::Result<[u8; 32]> {
        let hash: [u8; 32] = Sha256::digest(bytes).into();
        let name = file_name(&hash);
        if !self.storage.exists(&name) {
            write_whole(&*self.storage, &name, bytes)?;
        }
        Ok(hash)
    }

    /// Removes a blob, for good. The caller knows that nothing refers to it.
    ///
    /// # Errors
    /// The storage's.
    pub fn remove(&self, hash: &[u8; 32]) -> io::Result<()> {
        let name = file_name(hash);
        let mut cache = self.lock();
        if let Some(blob) = cache.blobs.remove(hash) {
            cache.bytes -= blob.len();
        }
        if self.storage.exists(&name) { self.storage.remove(&name) } else { Ok(()) }
    }

    /// The bytes of this hash; `None` if they aren't here or are damaged (which is logged).
    #[must_use]
    pub fn get(&self, hash: &[u8; 32]) -> Option<Arc<[u8]>> {
        if let Some(blob) = self.lock().blobs.get(hash) {
            return Some(blob.clone());
        }
        let name = file_name(hash);
        let bytes = match read_whole(&*self.storage, &name) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::error!(%error, "a blob can't be read");
                return None;
            }
        };
        if <[u8; 32]>::from(Sha256::digest(&bytes)) != *hash {
            tracing::error!(name, "a blob is damaged: its bytes are not those of its name");
            return None;
        }
        let blob: Arc<[u8]> = bytes.into();
        self.lock().keep(*hash, &blob);
        Some(blob)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cache {
    fn keep(&mut self, hash: [u8; 32], blob: &Arc<[u8]>) {
        if self.bytes + blob.len() > CACHE_BYTES {
            self.blobs.clear();
            self.bytes = 0;
        }
        self.bytes += blob.len();
        self.blobs.insert(hash, blob.clone());
    }
}

fn file_name(hash: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    let mut name = String::from("blobs/");
    for byte in hash {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::simulated::{Crash, SimulatedDisk};

    #[test]
    fn a_blob_survives_a_crash_and_damage_is_not_served() {
        let disk = SimulatedDisk::new();
        let hash = BlobStore::new(Arc::new(disk.clone())).put(b"hello").expect("puts");
        disk.crash(Crash::Dropped);
        let store = BlobStore::new(Arc::new(disk.clone()));
        assert_eq!(store.get(&hash).as_deref(), Some(b"hello".as_slice()));
        assert!(disk.flip(&file_name(&hash), 1, 1));
        assert_eq!(BlobStore::new(Arc::new(disk)).get(&hash), None);
    }
}
