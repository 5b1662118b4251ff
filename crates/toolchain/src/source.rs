//! Source trees: the files of an app by relative path.
//!
//! Invariant: a tree that passed [`SourceTree::check`] has paths that lead nowhere but below its root, and a
//! bounded number and size of files.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Where every tree's backend begins; its folder is the Motoko root.
pub const BACKEND_MAIN: &str = "backend/main.mo";

const MAX_FILES: usize = 2_000;
const MAX_BYTES: usize = 20_000_000;
const MAX_PATH: usize = 240;

/// The files of an app: relative path with `/` -> content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceTree(pub BTreeMap<String, Vec<u8>>);

/// What is wrong with a source tree.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A path that is not plainly relative.
    #[error("the path {path:?} is not allowed: {reason}")]
    Path {
        /// As given.
        path: String,
        /// A clause that says why.
        reason: &'static str,
    },
    /// More than 2,000 files.
    #[error("the source tree has {0} files; {MAX_FILES} are allowed")]
    Files(usize),
    /// More than 20 MB in all.
    #[error("the source tree has {0} bytes; {MAX_BYTES} are allowed")]
    Bytes(usize),
    /// There is no `backend/main.mo`.
    #[error("the source tree has no {BACKEND_MAIN}; that is where an app's backend begins")]
    NoBackend,
    /// A source that is not UTF-8.
    #[error("{0} is not UTF-8 text")]
    Encoding(String),
    /// The disk said no.
    #[error("can't access {path}: {error}")]
    Disk {
        /// Which file or folder.
        path: PathBuf,
        /// What the system answered.
        error: io::Error,
    },
}

impl SourceTree {
    /// Reads a folder. Entries whose names begin with a dot and folders named `node_modules` are no sources and
    /// are left out; a symbolic link is refused, since it may lead out of the folder.
    pub fn from_dir(dir: &Path) -> Result<Self, SourceError> {
        let mut tree = Self::default();
        let mut bytes = 0;
        tree.read_folder(dir, "", &mut bytes)?;
        tree.check()?;
        Ok(tree)
    }

    /// Writes every file below `dir`, which is made when it is missing. Other files there are left alone.
    pub fn write_dir(&self, dir: &Path) -> Result<(), SourceError> {
        self.check()?;
        for (path, content) in &self.0 {
            let target = dir.join(path);
            let folder = target.parent().unwrap_or(dir);
            fs::create_dir_all(folder).map_err(disk(folder))?;
            fs::write(&target, content).map_err(disk(&target))?;
        }
        Ok(())
    }

    /// Adds or replaces a text.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.0.insert(path.into(), text.into().into_bytes());
    }

    /// A file as text; none when it is missing or not UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).and_then(|content| std::str::from_utf8(content).ok())
    }

    /// SHA-256 over paths and contents in the order of the paths, each with its length (eight bytes, little
    /// endian) in front.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for part in self.0.iter().flat_map(|(path, content)| [path.as_bytes(), content]) {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        hasher.finalize().into()
    }

    /// Checks paths, number and size of the files.
    pub fn check(&self) -> Result<(), SourceError> {
        let bytes = self.0.values().map(Vec::len).sum();
        self.check_size(bytes)?;
        self.0.keys().try_for_each(|path| check_path(path))?;
        match self.0.keys().find(|path| self.lies_in_file(path)) {
            None => Ok(()),
            Some(path) => Err(refuse(path, "a folder on the way to it is a file")),
        }
    }

    fn lies_in_file(&self, path: &str) -> bool {
        path.match_indices('/').any(|(at, _)| self.0.contains_key(&path[..at]))
    }

    fn check_size(&self, bytes: usize) -> Result<(), SourceError> {
        if self.0.len() > MAX_FILES {
            return Err(SourceError::Files(self.0.len()));
        }
        if bytes > MAX_BYTES {
            return Err(SourceError::Bytes(bytes));
        }
        Ok(())
    }

    fn read_folder(&mut self, dir: &Path, prefix: &str, bytes: &mut usize) -> Result<(), SourceError> {
        for entry in fs::read_dir(dir).map_err(disk(dir))? {
            let entry = entry.map_err(disk(dir))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return Err(refuse(&name.to_string_lossy(), "it is not UTF-8"));
            };
            if !name.starts_with('.') && name != "node_modules" {
                self.read_entry(&entry, &format!("{prefix}{name}"), bytes)?;
            }
        }
        Ok(())
    }

    fn read_entry(&mut self, entry: &fs::DirEntry, path: &str, bytes: &mut usize) -> Result<(), SourceError> {
        let file = entry.path();
        let metadata = fs::symlink_metadata(&file).map_err(disk(&file))?;
        check_path(path)?;
        if metadata.is_dir() {
            return self.read_folder(&file, &format!("{path}/"), bytes);
        }
        if !metadata.is_file() {
            return Err(refuse(path, "it is neither a file nor a folder"));
        }
        // Before the content is in memory: a huge file is refused by its length.
        *bytes = bytes.saturating_add(usize::try_from(metadata.len()).unwrap_or(usize::MAX));
        self.check_size(*bytes)?;
        let content = fs::read(&file).map_err(disk(&file))?;
        self.0.insert(path.to_owned(), content);
        Ok(())
    }
}

fn check_path(path: &str) -> Result<(), SourceError> {
    let reason = if path.len() > MAX_PATH {
        "it is longer than 240 bytes"
    } else if path.starts_with('/') {
        "it is absolute"
    } else if path.contains('\\') || path.chars().any(char::is_control) {
        "it has a backslash or a control character"
    } else if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        "it has an empty part, \".\" or \"..\""
    } else if path.split('/').any(|part| part == "node_modules") {
        "packages are not part of a source tree"
    } else {
        return Ok(());
    };
    Err(refuse(path, reason))
}

fn refuse(path: &str, reason: &'static str) -> SourceError {
    SourceError::Path { path: path.chars().take(MAX_PATH).collect(), reason }
}

fn disk(path: &Path) -> impl FnOnce(io::Error) -> SourceError {
    let path = path.to_owned();
    move |error| SourceError::Disk { path, error }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(paths: &[&str]) -> SourceTree {
        SourceTree(paths.iter().map(|path| ((*path).to_owned(), b"x".to_vec())).collect())
    }

    #[test]
    fn paths_stay_below_the_root() {
        for bad in ["", "/a", "a//b", "a/", "./a", "a/../b", "..", "a\\b", "a\0b", "node_modules/x.js", "a\nb"] {
            assert!(matches!(tree(&[bad]).check(), Err(SourceError::Path { .. })), "{bad:?}");
        }
        tree(&["backend/main.mo", "frontend/src/Größe.tsx", "a..b", "...c"]).check().unwrap();
    }

    #[test]
    fn a_file_is_no_folder() {
        assert!(tree(&["a", "a/b"]).check().unwrap_err().to_string().contains("is a file"));
    }

    #[test]
    fn number_and_size_are_bounded() {
        let many: BTreeMap<_, _> = (0..=MAX_FILES).map(|n| (n.to_string(), Vec::new())).collect();
        assert!(matches!(SourceTree(many).check(), Err(SourceError::Files(2_001))));
        let large = BTreeMap::from([("a".to_owned(), vec![0; MAX_BYTES + 1])]);
        assert!(matches!(SourceTree(large).check(), Err(SourceError::Bytes(_))));
    }

    #[test]
    fn the_hash_tells_where_a_path_ends() {
        let mut one = SourceTree::default();
        one.insert("ab", "c");
        let mut other = SourceTree::default();
        other.insert("a", "bc");
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn symbolic_links_are_refused_and_packages_left_out() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("node_modules/x")).unwrap();
        fs::create_dir_all(dir.path().join(".git")).unwrap();
        fs::write(dir.path().join("app.toml"), "").unwrap();
        assert_eq!(SourceTree::from_dir(dir.path()).unwrap().0.len(), 1);
        std::os::unix::fs::symlink("/etc/hostname", dir.path().join("link")).unwrap();
        assert!(SourceTree::from_dir(dir.path()).unwrap_err().to_string().contains("neither a file"));
    }

    proptest! {
        #[test]
        fn an_accepted_path_never_leaves_its_folder(path in "[a./\\\\ ]{0,12}") {
            if check_path(&path).is_ok() {
                let joined = Path::new("/root").join(&path);
                prop_assert!(joined.starts_with("/root"));
                prop_assert!(joined.components().all(|part| !matches!(part, std::path::Component::ParentDir)));
            }
        }

        #[test]
        fn a_folder_gives_back_what_was_written(files in prop::collection::btree_map("[a-c]{1,2}/[d-f]{1,3}", prop::collection::vec(any::<u8>(), 0..20), 0..6)) {
            let dir = tempfile::tempdir().unwrap();
            let tree = SourceTree(files);
            tree.write_dir(dir.path()).unwrap();
            prop_assert_eq!(SourceTree::from_dir(dir.path()).unwrap(), tree);
        }
    }
}
