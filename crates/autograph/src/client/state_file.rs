//! The small files by which a client of this user finds a running node and the keys of its owner.
//!
//! Each node writes one, `<hash of the data folder>.json`, under `$XDG_STATE_HOME/autograph/` and removes it when it
//! stops. Invariant: a file counts only if this user alone can write it and the very process that wrote it still
//! lives; process ids are used again, so the process's start is compared too.

use std::{
    fs::{self, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;

/// A longer file is none of ours, bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// What a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StateFile {
    /// Where it is reached, as `http://localhost:4943`.
    pub(crate) url: String,
    /// Its data folder.
    pub(crate) data: PathBuf,
    /// The DER form of the key that its certificates verify with, hexadecimal.
    pub(crate) root_key: String,
    /// Its process.
    pub(crate) pid: u32,
    /// When it was written, milliseconds since 1970.
    #[serde(default)]
    pub(crate) started: u64,
    /// The start of the process as the kernel counts it, clock ticks since boot.
    #[serde(default)]
    pub(crate) process_start: Option<u64>,
}

/// The folder in which this user's state files and call keys lie.
#[derive(Clone, Debug)]
pub(crate) struct StateFolder(PathBuf);

impl StateFolder {
    /// `$XDG_STATE_HOME/autograph`, or `~/.local/state/autograph`.
    pub(crate) fn of_user() -> Result<StateFolder, Problem> {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let base = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
        base.map(|base| StateFolder(base.join("autograph"))).ok_or_else(|| {
            Problem::failed(
                "can't tell where this user's state is kept",
                "set HOME or XDG_STATE_HOME to an absolute path",
            )
        })
    }

    /// A folder of the caller's choice.
    #[cfg(test)]
    pub(crate) fn at(path: &Path) -> StateFolder {
        StateFolder(path.to_owned())
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folder, readable by this user alone.
    pub(crate) fn make(&self) -> Result<(), Problem> {
        make_private_folder(&self.0)
    }

    /// Writes this process's state file for a node; gives its path.
    pub(crate) fn write(&self, url: &str, data: &Path, root_key_der: &[u8]) -> Result<PathBuf, Problem> {
        self.make()?;
        self.sweep();
        let pid = std::process::id();
        let data = data.canonicalize().unwrap_or_else(|_| data.to_owned());
        let hash = hex::encode(&Sha256::digest(data.as_os_str().as_encoded_bytes())[..8]);
        let file = StateFile {
            url: url.into(),
            data,
            root_key: hex::encode(root_key_der),
            pid,
            started: now_ms(),
            process_start: process_start(pid),
        };
        let path = self.0.join(format!("{hash}.json"));
        let text = serde_json::to_vec(&file)
            .map_err(|error| Problem::failed(format!("can't describe the node: {error}"), "report this"))?;
        write_private(&path, &text)?;
        Ok(path)
    }

    /// The nodes that live, the newest first, and what was left out and why.
    pub(crate) fn living(&self) -> (Vec<StateFile>, Vec<String>) {
        let mut notes = Vec::new();
        let mut living = Vec::new();
        for path in self.files() {
            match read(&path) {
                Ok(file) if file.lives() => living.push(file),
                Ok(_) => {}
                Err(problem) => notes.push(problem.message),
            }
        }
        living.sort_by_key(|file| std::cmp::Reverse((file.started, file.pid)));
        (living, notes)
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut paths: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
        paths.sort();
        paths
    }

    /// Files of nodes that were killed before they could remove theirs.
    fn sweep(&self) {
        for path in self.files() {
            if read(&path).is_ok_and(|file| !file.lives()) {
                // Another node may have swept it already.
                let _ = fs::remove_file(path);
            }
        }
    }
}

impl StateFile {
    /// Whether the process that wrote this still runs.
    pub(crate) fn lives(&self) -> bool {
        match (process_start(self.pid), self.process_start) {
            (Some(now), Some(then)) => now == then,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
}

/// Writes the state file by which clients find this process's node; `url` is its address, `data` its folder.
///
/// Gives the file's path, for [`remove_state_file`].
pub(crate) fn write_state_file(url: &str, data: &Path, root_key_der: &[u8]) -> Result<PathBuf, Problem> {
    StateFolder::of_user()?.write(url, data, root_key_der)
}

/// Removes the state file if it is still this process's own.
pub(crate) fn remove_state_file(path: &Path) {
    if read(path).is_ok_and(|file| file.pid == std::process::id()) {
        // If it stays, clients see that its process is gone.
        let _ = fs::remove_file(path);
    }
}

/// Writes a file that only this user can read, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    let failed = |error: std::io::Error| Problem::file("write", path, &error);
    let _ = fs::remove_file(&temporary);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary).map_err(failed)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

/// Makes a folder that only this user can enter; one that is there stays as it is.
pub(crate) fn make_private_folder(path: &Path) -> Result<(), Problem> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| Problem::file("make", path, &error))
}

/// Reads a file that others must not have written.
pub(crate) fn read_trusted(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Problem> {
    let failed = |error: std::io::Error| Problem::file("read", path, &error);
    let file = fs::File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let me = rustix::process::geteuid().as_raw();
    // Root may read everybody's; what root wrote is everybody's to trust.
    let ours = metadata.uid() == me || metadata.uid() == 0 || me == 0;
    if !ours || metadata.mode() & 0o022 != 0 {
        let message = format!("{} could have been written by somebody else, so it is not used", path.display());
        return Err(Problem::failed(message, "make it yours alone with chown and chmod 600"));
    }
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > bytes_max {
        return Err(Problem::failed(
            format!("{} is too long to be what it should be", path.display()),
            "check the path",
        ));
    }
    Ok(bytes)
}

fn read(path: &Path) -> Result<StateFile, Problem> {
    let bytes = read_trusted(path, FILE_BYTES_MAX)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::failed(format!("{} is no node's state file: {error}", path.display()), "remove it"))
}

/// When a living process was started, clock ticks since boot; none if it does not run (any more).
fn process_start(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything, so what counts is what follows the last one.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // Field 3 is the state, field 22 the start.
    let ended = matches!(*fields.first()?, "Z" | "X");
    if ended { None } else { fields.get(19)?.parse().ok() }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use std::{os::unix::fs::PermissionsExt as _, process::Command};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    fn folder() -> (tempfile::TempDir, StateFolder) {
        let scratch = tempfile::tempdir().unwrap();
        let folder = StateFolder::at(&scratch.path().join("state/autograph"));
        (scratch, folder)
    }

    /// A process that has ended and was waited for.
    fn dead_pid() -> u32 {
        let mut child = Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        pid
    }

    fn put(folder: &StateFolder, name: &str, file: &StateFile) -> PathBuf {
        folder.make().unwrap();
        let path = folder.path().join(name);
        write_private(&path, &serde_json::to_vec(file).unwrap()).unwrap();
        path
    }

    fn own(started: u64) -> StateFile {
        StateFile {
            url: format!("http://localhost:{}", 4000 + started),
            data: "/data".into(),
            root_key: "00".into(),
            pid: std::process::id(),
            started,
            process_start: None,
        }
    }

    #[test]
    fn only_the_user_can_read_what_a_node_writes() {
        let (_scratch, folder) = folder();
        let path = folder.write("http://localhost:4943", Path::new("/data/a"), &[1, 2]).unwrap();
        assert_eq!((mode(&path), mode(folder.path())), (0o600, 0o700));
        let (living, notes) = folder.living();
        assert_eq!(notes, [""; 0]);
        assert_eq!(living[0].root_key, "0102");
        assert_eq!(living[0].pid, std::process::id());
        remove_state_file(&path);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_has_one_file_however_often_its_node_starts() {
        let (_scratch, folder) = folder();
        let first = folder.write("http://localhost:1", Path::new("/data/a"), &[]).unwrap();
        let second = folder.write("http://localhost:2", Path::new("/data/a"), &[]).unwrap();
        let other = folder.write("http://localhost:3", Path::new("/data/b"), &[]).unwrap();
        assert_eq!(first, second);
        assert_ne!(first, other);
        assert_eq!(folder.living().0.len(), 2);
    }

    #[test]
    fn the_dead_do_not_count_and_are_swept() {
        let (_scratch, folder) = folder();
        let dead = put(&folder, "dead.json", &StateFile { pid: dead_pid(), ..own(9) });
        assert_eq!(folder.living().0, []);
        folder.write("http://localhost:1", Path::new("/data/a"), &[]).unwrap();
        assert!(!dead.exists());
    }

    #[test]
    fn a_process_id_that_was_given_to_another_process_does_not_count() {
        let (_scratch, folder) = folder();
        put(&folder, "reused.json", &StateFile { process_start: Some(1), ..own(9) });
        assert_eq!(folder.living().0, []);
    }

    #[test]
    fn the_newest_comes_first() {
        let (_scratch, folder) = folder();
        for started in [2, 7, 5] {
            put(&folder, &format!("{started}.json"), &own(started));
        }
        let started: Vec<u64> = folder.living().0.iter().map(|file| file.started).collect();
        assert_eq!(started, [7, 5, 2]);
    }

    #[test]
    fn what_others_could_have_written_is_left_out_and_said() {
        let (_scratch, folder) = folder();
        let path = put(&folder, "open.json", &own(1));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        let broken = folder.path().join("broken.json");
        write_private(&broken, b"{").unwrap();
        let (living, notes) = folder.living();
        assert_eq!(living, []);
        assert!(notes[0].contains("broken.json") && notes[1].contains("somebody else"), "{notes:?}");
    }

    #[test]
    fn a_successor_s_file_is_not_removed() {
        let (_scratch, folder) = folder();
        let path = put(&folder, "x.json", &StateFile { pid: dead_pid(), ..own(1) });
        remove_state_file(&path);
        assert!(path.exists());
    }
}
