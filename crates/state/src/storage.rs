//! The storage seam: a folder of files, as little of it as durability needs.
//!
//! Two implementations stand behind it: a real folder, and a simulated disk that forgets at a crash what was not
//! synced (`simulated`). Everything above is written against these traits alone, so recovery is tested for real.

pub mod folder;
pub mod simulated;

use std::{fmt::Debug, io, sync::Arc};

use crate::pages::PageImage;

/// A flat folder. Names are relative, with `/` between parts.
pub trait Storage: Debug + Send + Sync + 'static {
    /// Opens a file for reading and writing; creates it empty if it isn't there.
    ///
    /// # Errors
    /// What the system says, with the path.
    fn open(&self, name: &str) -> io::Result<Arc<dyn StorageFile>>;
    /// The names of the files directly in `folder` (`""` is the top), sorted.
    ///
    /// # Errors
    /// What the system says, with the path.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
    /// Gives a synced file its final name, atomically and durably.
    ///
    /// # Errors
    /// What the system says, with the path.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// What the system says, with the path.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Whether a file of that name is there.
    fn exists(&self, name: &str) -> bool;
    /// Opens a finished image file as an immutable base (mapped, where the storage can).
    ///
    /// # Errors
    /// What the system says, with the path.
    fn image(&self, name: &str) -> io::Result<PageImage>;
}

/// An open file.
pub trait StorageFile: Debug + Send + Sync + 'static {
    /// Fills `out` from `offset`.
    ///
    /// # Errors
    /// Also when the file ends before.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
    /// Writes all of `bytes` at `offset`; growing the file if need be.
    ///
    /// # Errors
    /// What the system says (a full disk, for instance).
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// The file's length in bytes.
    ///
    /// # Errors
    /// What the system says.
    fn len(&self) -> io::Result<u64>;
    /// Whether the file is empty.
    ///
    /// # Errors
    /// What the system says.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Cuts or extends with zeroes.
    ///
    /// # Errors
    /// What the system says.
    fn set_len(&self, bytes: u64) -> io::Result<()>;
    /// Returns once everything written is durable.
    ///
    /// # Errors
    /// What the system says; the caller must treat it as the end of the process.
    fn sync(&self) -> io::Result<()>;
}

/// Writes a whole file so that it is either there with these bytes or not there.
///
/// # Errors
/// What the storage says.
pub fn write_whole(storage: &dyn Storage, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = format!("{name}.tmp");
    let file = storage.open(&temporary)?;
    file.set_len(0)?;
    file.write_at(0, bytes)?;
    file.sync()?;
    storage.rename(&temporary, name)
}

/// Reads a whole file.
///
/// # Errors
/// What the storage says; also when the file isn't there.
pub fn read_whole(storage: &dyn Storage, name: &str) -> io::Result<Vec<u8>> {
    if !storage.exists(name) {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("no file `{name}`")));
    }
    let file = storage.open(name)?;
    let length = usize::try_from(file.len()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    file.read_at(0, &mut bytes)?;
    Ok(bytes)
}
