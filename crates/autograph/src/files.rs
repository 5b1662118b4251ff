//! Small files of the data folder that only this node's user may read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use candid::Principal;

/// Writes a file whole, or leaves the one before; its folder is made where it is missing.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    // No principal's text ends so.
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(&new, path)
}

/// Reads at most so many bytes of a file; `None` where there is none to read.
pub(crate) fn read(path: &Path, most: usize) -> Option<String> {
    let mut text = String::new();
    let file = fs::File::open(path).ok()?;
    file.take(most as u64).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "a file could not be removed");
    }
}

/// The files of a folder that are called by a principal.
pub(crate) fn principals(folder: &Path) -> Vec<Principal> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| Principal::from_text(entry.file_name().to_str()?).ok()).collect()
}
