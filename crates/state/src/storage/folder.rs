//! A real folder on a file system.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Storage, StorageFile};
use crate::pages::PageImage;

/// A folder that this process alone uses; the caller holds the lock.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Uses `root`, creating it if need be, readable by its user alone.
    ///
    /// # Errors
    /// The folder can't be made or is not a folder.
    pub fn new(root: &Path) -> io::Result<Folder> {
        fs::create_dir_all(root).map_err(|error| at(root, &error))?;
        Ok(Folder { root: root.to_owned() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn sync_parent(path: &Path) -> io::Result<()> {
        let parent = path.parent().unwrap_or(Path::new("."));
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(|error| at(parent, &error))
    }
}

impl Storage for Folder {
    fn open(&self, name: &str) -> io::Result<Arc<dyn StorageFile>> {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| at(parent, &error))?;
        }
        let fresh = !path.exists();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| at(&path, &error))?;
        if fresh {
            Self::sync_parent(&path)?;
        }
        Ok(Arc::new(FolderFile { file, path }))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let path = self.path(folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(at(&path, &error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let target = self.path(to);
        fs::rename(self.path(from), &target).map_err(|error| at(&target, &error))?;
        Self::sync_parent(&target)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.path(name);
        fs::remove_file(&path).map_err(|error| at(&path, &error))
    }

    fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    fn image(&self, name: &str) -> io::Result<PageImage> {
        let path = self.path(name);
        let file = File::open(&path).map_err(|error| at(&path, &error))?;
        PageImage::open(file, HashMap::new()).map_err(|error| at(&path, &error))
    }
}

#[derive(Debug)]
struct FolderFile {
    file: File,
    path: PathBuf,
}

impl StorageFile for FolderFile {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(out, offset).map_err(|error| at(&self.path, &error))
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, offset).map_err(|error| at(&self.path, &error))
    }

    fn len(&self) -> io::Result<u64> {
        self.file.metadata().map(|meta| meta.len()).map_err(|error| at(&self.path, &error))
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes).map_err(|error| at(&self.path, &error))
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data().map_err(|error| at(&self.path, &error))
    }
}

/// The system's error with the path it is about, keeping its kind.
fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
