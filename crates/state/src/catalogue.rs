//! The catalogue: every record as of the last fold, and which files each memory's image consists of.
//!
//! A fold is one `redb` transaction, so the catalogue stands at exactly one height; the log holds what came after.

use std::{collections::BTreeMap, io, sync::Arc};

use redb::{Database, ReadableDatabase as _, ReadableTable as _, StorageBackend, TableDefinition};
use serde::{Deserialize, Serialize};

use crate::{
    delta::{MemoryId, MemoryKind},
    fingerprint::Hash,
    pages::ImageFiles,
    storage::{Storage, StorageFile},
};

const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records");
const MEMORIES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("memories");
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const ROOTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("roots");
const FILE: &str = "catalogue.redb";
/// A catalogue that is being written anew.
const FRESH: &str = "catalogue.fresh";
/// Version of the layout of keys and values here.
const FORMAT: u64 = 2;

/// Why the catalogue can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The storage failed.
    #[error("the catalogue can't be read or written")]
    Storage(#[from] io::Error),
    /// The database says no.
    #[error("the catalogue `{FILE}` can't be used")]
    Database(#[from] Box<redb::Error>),
    /// Written by another program.
    #[error("the catalogue has format {found}; this program reads {FORMAT}: use the program that wrote it")]
    Format {
        /// The number found.
        found: u64,
    },
    /// An entry that can't be read.
    #[error("the catalogue's entry for a memory is malformed; restore the data folder from a copy")]
    Entry,
    /// A record whose bytes are not what was written.
    #[error("the catalogue's record `{0}` is damaged; restore the data folder from a copy")]
    Damaged(String),
}

/// A memory as the catalogue has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryEntry {
    /// Its size in bytes.
    pub bytes: u64,
    /// Its image.
    pub files: ImageFiles,
    /// Its fingerprint.
    pub root: Hash,
    /// What was found wrong with it, if anything.
    pub damage: Option<String>,
}

/// What a fold changes.
#[derive(Debug, Default)]
pub struct FoldDelta {
    /// The catalogue stands at this height afterwards.
    pub height: u64,
    /// The root of the certified state at that height.
    pub root: Hash,
    /// Records put or removed since the last fold.
    pub records: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// Memories changed (`Some`) or gone (`None`).
    pub memories: Vec<(MemoryId, Option<MemoryEntry>)>,
}

/// Everything in the catalogue.
#[derive(Debug, Default)]
pub struct Contents {
    /// 0 when nothing was ever folded.
    pub height: u64,
    /// The root of the certified state at that height.
    pub root: Hash,
    /// All records.
    pub records: BTreeMap<Vec<u8>, Vec<u8>>,
    /// All memories.
    pub memories: BTreeMap<MemoryId, MemoryEntry>,
}

/// The open catalogue.
#[derive(Debug)]
pub struct Catalogue {
    database: Database,
}

impl Catalogue {
    /// Opens or creates it.
    ///
    /// # Errors
    /// Storage and database errors; another format.
    pub fn open(storage: &dyn Storage) -> Result<Catalogue, CatalogueError> {
        Catalogue::open_file(storage, FILE)
    }

    fn open_file(storage: &dyn Storage, name: &str) -> Result<Catalogue, CatalogueError> {
        let backend = Backend(storage.open(name)?);
        let database = redb::Builder::new().create_with_backend(backend).map_err(boxed)?;
        let catalogue = Catalogue { database };
        catalogue.check_format()?;
        Ok(catalogue)
    }

    /// Reads everything.
    ///
    /// # Errors
    /// Database errors.
    pub fn read(&self) -> Result<Contents, CatalogueError> {
        let transaction = self.database.begin_read().map_err(boxed)?;
        let mut contents = Contents::default();
        let meta = transaction.open_table(META).map_err(boxed)?;
        contents.height = meta.get("height").map_err(boxed)?.map_or(0, |guard| guard.value());
        let roots = transaction.open_table(ROOTS).map_err(boxed)?;
        let root = roots.get("certified").map_err(boxed)?;
        contents.root = root.and_then(|guard| guard.value().try_into().ok()).unwrap_or_default();
        for entry in transaction.open_table(RECORDS).map_err(boxed)?.iter().map_err(boxed)? {
            let (key, value) = entry.map_err(boxed)?;
            let whole = unsealed(key.value(), value.value());
            let whole = whole.ok_or_else(|| CatalogueError::Damaged(key.value().escape_ascii().to_string()))?;
            contents.records.insert(key.value().to_vec(), whole.to_vec());
        }
        for entry in transaction.open_table(MEMORIES).map_err(boxed)?.iter().map_err(boxed)? {
            let (key, value) = entry.map_err(boxed)?;
            let id = id_of(key.value()).ok_or(CatalogueError::Entry)?;
            let entry = unsealed(key.value(), value.value()).ok_or(CatalogueError::Entry)?;
            let entry = ciborium::from_reader(entry).map_err(|_| CatalogueError::Entry)?;
            contents.memories.insert(id, entry);
        }
        Ok(contents)
    }

    /// Takes a fold in, durably and whole.
    ///
    /// # Errors
    /// Database errors; the process must end.
    pub fn fold(&self, delta: &FoldDelta) -> Result<(), CatalogueError> {
        let transaction = self.database.begin_write().map_err(boxed)?;
        {
            let mut records = transaction.open_table(RECORDS).map_err(boxed)?;
            for (key, value) in &delta.records {
                match value {
                    Some(value) => drop(records.insert(key.as_slice(), &*sealed(key, value)).map_err(boxed)?),
                    None => drop(records.remove(key.as_slice()).map_err(boxed)?),
                }
            }
            let mut memories = transaction.open_table(MEMORIES).map_err(boxed)?;
            for (id, entry) in &delta.memories {
                match entry {
                    Some(entry) => {
                        let mut value = Vec::new();
                        ciborium::into_writer(entry, &mut value).map_err(|_| CatalogueError::Entry)?;
                        let key = key_of(id);
                        drop(memories.insert(key.as_slice(), &*sealed(&key, &value)).map_err(boxed)?);
                    }
                    None => drop(memories.remove(key_of(id).as_slice()).map_err(boxed)?),
                }
            }
            let mut meta = transaction.open_table(META).map_err(boxed)?;
            meta.insert("height", delta.height).map_err(boxed)?;
            let mut roots = transaction.open_table(ROOTS).map_err(boxed)?;
            roots.insert("certified", delta.root.as_slice()).map_err(boxed)?;
        }
        transaction.commit().map_err(boxed)?;
        Ok(())
    }

    /// Writes the catalogue anew, so that its file holds nothing but what it has now: the database leaves what was
    /// removed in its free pages.
    ///
    /// # Errors
    /// Storage and database errors; the process must end.
    pub fn rewrite(&mut self, storage: &dyn Storage) -> Result<(), CatalogueError> {
        if storage.exists(FRESH) {
            storage.remove(FRESH)?;
        }
        let Contents { height, root, records, memories } = self.read()?;
        let fresh = Catalogue::open_file(storage, FRESH)?;
        let records = records.into_iter().map(|(key, value)| (key, Some(value))).collect();
        let memories = memories.into_iter().map(|(id, entry)| (id, Some(entry))).collect();
        fresh.fold(&FoldDelta { height, root, records, memories })?;
        storage.rename(FRESH, FILE)?;
        *self = fresh;
        Ok(())
    }

    fn check_format(&self) -> Result<(), CatalogueError> {
        let transaction = self.database.begin_write().map_err(boxed)?;
        let found = {
            let mut meta = transaction.open_table(META).map_err(boxed)?;
            let found = meta.get("format").map_err(boxed)?.map(|guard| guard.value());
            if found.is_none() {
                meta.insert("format", FORMAT).map_err(boxed)?;
            }
            transaction.open_table(RECORDS).map_err(boxed)?;
            transaction.open_table(MEMORIES).map_err(boxed)?;
            transaction.open_table(ROOTS).map_err(boxed)?;
            found.unwrap_or(FORMAT)
        };
        transaction.commit().map_err(boxed)?;
        if found != FORMAT { Err(CatalogueError::Format { found }) } else { Ok(()) }
    }
}

/// A record with a CRC-32 over key and value behind it: the database itself doesn't notice rot when it reads.
fn sealed(key: &[u8], value: &[u8]) -> Vec<u8> {
    [value, &checksum(key, value).to_le_bytes()].concat()
}

fn unsealed<'v>(key: &[u8], sealed: &'v [u8]) -> Option<&'v [u8]> {
    let (value, sum) = sealed.split_last_chunk::<4>()?;
    (*sum == checksum(key, value).to_le_bytes()).then_some(value)
}

fn checksum(key: &[u8], value: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(value);
    hasher.finalize()
}

fn boxed(error: impl Into<redb::Error>) -> CatalogueError {
    CatalogueError::Database(Box::new(error.into()))
}

fn key_of(id: &MemoryId) -> [u8; 19] {
    let mut key = [0; 19];
    key[..10].copy_from_slice(&id.canister);
    key[10] = u8::from(id.kind == MemoryKind::Stable);
    key[11..].copy_from_slice(&id.point.to_be_bytes());
    key
}

fn id_of(key: &[u8]) -> Option<MemoryId> {
    let key: &[u8; 19] = key.try_into().ok()?;
    let kind = if key[10] == 0 { MemoryKind::Heap } else { MemoryKind::Stable };
    let canister = key[..10].try_into().ok()?;
    let point = u64::from_be_bytes(key[11..].try_into().ok()?);
    Some(MemoryId { canister, kind, point })
}

/// The storage seam as `redb` wants it.
#[derive(Debug)]
struct Backend(Arc<dyn StorageFile>);

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read_at(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write_at(offset, data)
    }
}
