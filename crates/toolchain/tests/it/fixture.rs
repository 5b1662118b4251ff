//! Toolchains and trees for the tests.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toolchain::{BuildError, Diagnostic, Limits, Release, SourceTree, Toolchain, ToolchainConfig};

/// A counter with a map, as small as an app gets.
pub(crate) const ACTOR: &str = r#"import Map "mo:core/Map";
import Nat "mo:core/Nat";
actor {
  let notes = Map.empty<Nat, Text>();
  public func put(id : Nat, note : Text) : async () { notes.add(id, note) };
  public query func get(id : Nat) : async ?Text { notes.get(id) };
};
"#;

pub(crate) fn worker_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("worker")
}

pub(crate) fn node() -> PathBuf {
    let path = std::env::var_os("PATH").expect("a search path");
    std::env::split_paths(&path).map(|dir| dir.join("node")).find(|file| file.exists()).expect("node is installed")
}

pub(crate) fn launcher() -> Vec<OsString> {
    vec![env!("CARGO_BIN_EXE_toolchain-jail").into()]
}

pub(crate) fn config() -> ToolchainConfig {
    ToolchainConfig {
        worker_dir: worker_dir(),
        node: node(),
        launcher: launcher(),
        limits: Limits::default(),
        warm: false,
    }
}

/// The same, and every worker's process id is noted in a file, a line each: the launcher's process becomes the
/// compiler's.
pub(crate) fn noting_pids(mut config: ToolchainConfig, file: &Path) -> ToolchainConfig {
    let note = format!("echo $$ >> {}; exec \"$0\" \"$@\"", file.display());
    config.launcher.splice(0..0, ["/bin/sh".into(), "-c".into(), note.into()]);
    config
}

/// Whether there is such a process, and it has not ended.
pub(crate) fn is_running(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

pub(crate) fn tree(files: &[(&str, &str)]) -> SourceTree {
    let mut tree = SourceTree::default();
    for (path, text) in files {
        tree.insert(*path, *text);
    }
    tree
}

pub(crate) async fn start() -> Toolchain {
    Toolchain::start(config()).await.expect("a toolchain")
}

pub(crate) async fn build(toolchain: &Toolchain, files: &[(&str, &str)]) -> Result<Release, BuildError> {
    toolchain.build(&tree(files), |_| {}).await
}

pub(crate) fn diagnostics(result: Result<Release, BuildError>) -> Vec<Diagnostic> {
    match result {
        Err(BuildError::Diagnostics(diagnostics)) => diagnostics,
        other => panic!("diagnostics expected, not {:?}", keys(other)),
    }
}

/// What of a result is worth printing.
pub(crate) fn keys(result: Result<Release, BuildError>) -> Result<Vec<String>, BuildError> {
    result.map(|release| release.assets.into_keys().collect())
}

pub(crate) fn asset<'a>(release: &'a Release, path: &str) -> &'a str {
    std::str::from_utf8(&release.assets[path].bytes).expect("text")
}

/// The one asset whose address begins and ends so.
pub(crate) fn hashed<'a>(release: &'a Release, start: &str, end: &str) -> &'a str {
    let mut found = release.assets.keys().filter(|path| path.starts_with(start) && path.ends_with(end));
    let path = found.next().unwrap_or_else(|| panic!("no {start}…{end} in {:?}", release.assets.keys()));
    assert!(found.next().is_none());
    path
}
