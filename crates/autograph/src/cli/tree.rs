//! A source tree on disk, as `check` and `deploy` send it.
//!
//! Only what makes an app is read: `backend/`, `frontend/`, `checks/`, `app.toml` and `spec.json`; hidden files and
//! `node_modules` stay out. Invariant: nothing outside the folder is ever read, whatever links lead there.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read as _, Result as IoResult},
    path::{Path, PathBuf},
};

use base64::Engine as _;

use crate::client::Problem;

const FOLDERS: [&str; 3] = ["backend", "frontend", "checks"];
const FILES: [&str; 2] = ["app.toml", "spec.json"];
/// All files together, bytes.
const BYTES_MAX: u64 = 20 << 20;
const FILES_MAX: usize = 2000;
const DEPTH_MAX: usize = 32;
/// Entries looked at, so that links which go in circles end.
const STEPS_MAX: usize = 20_000;

/// The files of a source tree: path with slashes to base64.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tree {
    /// What the tree is called if nobody says otherwise.
    pub(super) name: Option<String>,
    /// Path to base64.
    pub(super) files: BTreeMap<String, String>,
}

/// Reads the source tree in `folder`.
pub(super) fn read(folder: &Path) -> Result<Tree, Problem> {
    let root = folder.canonicalize().map_err(|error| {
        Problem::usage(format!("can't open {}: {error}", folder.display()), "name the folder of a source tree")
    })?;
    if !root.is_dir() {
        return Err(Problem::usage(
            format!("{} is not a folder", folder.display()),
            "name the folder of a source tree",
        ));
    }
    let mut walk = Walk { root: root.clone(), files: BTreeMap::new(), bytes: 0, steps: 0 };
    for name in FOLDERS.iter().chain(&FILES) {
        walk.enter(&root.join(name), name, DEPTH_MAX)?;
    }
    if !walk.files.contains_key("backend/main.mo") {
        let message = format!("{} has no backend/main.mo, so it is no source tree", folder.display());
        return Err(Problem::usage(message, "put the app's Motoko actor there"));
    }
    let name = walk.files.get("app.toml").and_then(|bytes| name_in(bytes)).or_else(|| name_of(&root));
    let engine = base64::engine::general_purpose::STANDARD;
    let files = walk.files.into_iter().map(|(path, bytes)| (path, engine.encode(bytes))).collect();
    Ok(Tree { name, files })
}

struct Walk {
    root: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
    bytes: u64,
    steps: usize,
}

impl Walk {
    /// Takes in what is at `path`, which the tree calls `name`.
    fn enter(&mut self, path: &Path, name: &str, depth: usize) -> Result<(), Problem> {
        let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
        let metadata = if metadata.is_symlink() { self.follow(path, name)? } else { metadata };
        self.steps += 1;
        if depth == 0 || self.steps > STEPS_MAX {
            return Err(Problem::usage(
                format!("{name} is too deep, or a link goes in a circle"),
                "make the tree flatter",
            ));
        }
        if metadata.is_dir() {
            return self.list(path, name, depth - 1);
        }
        if metadata.is_file() {
            return self.take(path, name);
        }
        Err(Problem::usage(format!("{name} is neither a file nor a folder"), "remove it from the source tree"))
    }

    /// What a link leads to, if that is part of the same source tree.
    fn follow(&self, path: &Path, name: &str) -> Result<fs::Metadata, Problem> {
        let outside = || {
            let message = format!("the link {name} leads out of the source tree");
            Problem::usage(message, "put a copy of the file there instead")
        };
        let real = path.canonicalize().map_err(|_| outside())?;
        let inside = real.strip_prefix(&self.root).ok().and_then(Path::to_str).ok_or_else(outside)?;
        let first = inside.split('/').next().unwrap_or_default();
        let ours = FOLDERS.contains(&first) || FILES.contains(&inside);
        if !ours || inside.split('/').any(stays_out) {
            return Err(outside());
        }
        fs::metadata(path).map_err(|error| unreadable(name, &error))
    }

    fn list(&mut self, path: &Path, name: &str, depth: usize) -> Result<(), Problem> {
        let entries = fs::read_dir(path).and_then(Iterator::collect::<IoResult<Vec<_>>>);
        for entry in entries.map_err(|error| unreadable(name, &error))? {
            let own = entry.file_name().into_string().map_err(|odd| {
                let message = format!("the name {} in {name} is not UTF-8", odd.to_string_lossy());
                Problem::usage(message, "give the file another name")
            })?;
            if !stays_out(&own) {
                self.enter(&entry.path(), &format!("{name}/{own}"), depth)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, name: &str) -> Result<(), Problem> {
        let mut bytes = Vec::new();
        let left = BYTES_MAX - self.bytes;
        let file = File::open(path).map_err(|error| unreadable(name, &error))?;
        file.take(left + 1).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
        if bytes.len() as u64 > left || self.files.len() == FILES_MAX {
            let message = format!("the source tree is larger than {} MB or {FILES_MAX} files", BYTES_MAX >> 20);
            return Err(Problem::usage(message, "take out what the app does not need"));
        }
        self.bytes += bytes.len() as u64;
        self.files.insert(name.to_owned(), bytes);
        Ok(())
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Problem {
    Problem::usage(format!("can't read {name}: {error}"), "check its permissions")
}

fn stays_out(name: &str) -> bool {
    name.starts_with('.') || name == "node_modules"
}

/// The name in an `app.toml`. One that can't be read is for the gate to judge.
fn name_in(app_toml: &[u8]) -> Option<String> {
    let table: toml::Table = toml::from_str(std::str::from_utf8(app_toml).ok()?).ok()?;
    table.get("name")?.as_str().map(str::to_owned)
}

/// A folder's name, in the form that addresses have.
fn name_of(root: &Path) -> Option<String> {
    let name = root.file_name()?.to_str()?.to_lowercase();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::client::Exit;

    fn put(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn tree() -> tempfile::TempDir {
        let scratch = tempfile::Builder::new().prefix("My Shop").tempdir().unwrap();
        put(scratch.path(), "backend/main.mo", "actor {}");
        scratch
    }

    fn paths(folder: &Path) -> Vec<String> {
        read(folder).unwrap().files.into_keys().collect()
    }

    fn wrong(folder: &Path) -> String {
        let problem = read(folder).unwrap_err();
        assert_eq!(problem.exit, Exit::Usage);
        problem.message
    }

    #[test]
    fn only_what_makes_an_app_is_sent() {
        let scratch = tree();
        for path in [
            "frontend/src/main.tsx",
            "frontend/node_modules/x/index.js",
            "frontend/.env",
            "backend/.git/config",
            "checks/a.json",
            "app.toml",
            "spec.json",
            "README.md",
            ".git/config",
            "secrets.txt",
        ] {
            put(scratch.path(), path, "x");
        }
        let sent = ["app.toml", "backend/main.mo", "checks/a.json", "frontend/src/main.tsx", "spec.json"];
        assert_eq!(paths(scratch.path()), sent);
        assert_eq!(read(scratch.path()).unwrap().files["backend/main.mo"], "YWN0b3Ige30=");
    }

    #[test]
    fn links_stay_inside() {
        let scratch = tree();
        let root = scratch.path();
        put(root, "backend/lib/a.mo", "a");
        symlink("lib/a.mo", root.join("backend/b.mo")).unwrap();
        symlink("lib", root.join("backend/more")).unwrap();
        assert_eq!(paths(root), ["backend/b.mo", "backend/lib/a.mo", "backend/main.mo", "backend/more/a.mo"]);
        put(root, ".env", "secret");
        for target in ["/etc/passwd", "../.env", "../../x", "nowhere", ".."] {
            let link = root.join("backend/link");
            symlink(target, &link).unwrap();
            assert!(wrong(root).contains("backend/link leads out"), "{target}");
            fs::remove_file(link).unwrap();
        }
        fs::create_dir(root.join("frontend")).unwrap();
        for name in ["one", "two"] {
            symlink(".", root.join("frontend").join(name)).unwrap();
        }
        assert!(wrong(root).contains("circle"));
    }

    #[test]
    fn the_frontend_folder_itself_may_not_lead_out() {
        let (scratch, elsewhere) = (tree(), tree());
        symlink(elsewhere.path(), scratch.path().join("frontend")).unwrap();
        assert!(wrong(scratch.path()).contains("frontend leads out"));
    }

    #[test]
    fn what_is_no_source_tree_is_said() {
        let scratch = tempfile::tempdir().unwrap();
        assert!(wrong(scratch.path()).contains("no backend/main.mo"));
        assert!(wrong(&scratch.path().join("none")).contains("can't open"));
        put(scratch.path(), "file", "x");
        assert!(wrong(&scratch.path().join("file")).contains("not a folder"));
    }

    #[test]
    fn what_is_too_large_is_not_sent() {
        let scratch = tree();
        let large = File::create(scratch.path().join("backend/large")).unwrap();
        large.set_len(BYTES_MAX - 8).unwrap();
        assert!(read(scratch.path()).is_ok(), "8 bytes are main.mo's");
        large.set_len(BYTES_MAX - 7).unwrap();
        assert!(wrong(scratch.path()).contains("20 MB"));
        fs::remove_file(scratch.path().join("backend/large")).unwrap();
        (1..FILES_MAX).for_each(|n| put(scratch.path(), &format!("checks/{n}"), ""));
        assert_eq!(read(scratch.path()).unwrap().files.len(), FILES_MAX);
        put(scratch.path(), "spec.json", "");
        assert!(wrong(scratch.path()).contains("2000 files"));
    }

    #[test]
    fn the_name_comes_from_app_toml_or_the_folder() {
        let scratch = tree();
        assert!(read(scratch.path()).unwrap().name.unwrap().starts_with("my-shop"));
        put(scratch.path(), "app.toml", "name = \"shop\"\n[roles]\n");
        assert_eq!(read(scratch.path()).unwrap().name.as_deref(), Some("shop"));
        put(scratch.path(), "app.toml", "name = ");
        assert!(read(scratch.path()).unwrap().name.unwrap().starts_with("my-shop"));
    }
}
