//! Landlock: which files a worker may read and run; it may write none.
//!
//! Looking up names and sizes is outside of what Landlock governs; contents are not.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, PathBeneath, PathFd, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope,
};

/// Where systems keep shared libraries, and what their loader reads. They hold nothing of a user's.
const LIBRARIES: [&str; 8] =
    ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/etc/ld.so.cache", "/gnu/store"];
/// Programs are started by one of these.
const LOADERS: [&str; 4] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];
const DEVICES: [&str; 2] = ["/dev/urandom", "/dev/random"];
const NULL: &str = "/dev/null";
/// The newest version whose rights are asked for; an older kernel gives what it has.
const NEWEST: ABI = ABI::V9;

const NOT_CONFINED: &str =
    "This kernel has no Landlock: the compilers can read what this user can read, and remove or empty files.";

/// Restricts this process for good; the sentences say to what.
pub(super) fn confine(read: &[PathBuf], execute: &[PathBuf]) -> Result<Vec<String>, String> {
    let status = restrict(read, execute).map_err(|error| format!("can't confine files: {error}"))?;
    Ok(sentences(&status))
}

fn restrict(read: &[PathBuf], execute: &[PathBuf]) -> Result<RestrictionStatus, landlock::RulesetError> {
    let reading = AccessFs::ReadFile | AccessFs::ReadDir;
    let running = AccessFs::ReadFile | AccessFs::Execute;
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    for path in read {
        ruleset = allow(ruleset, path, reading)?;
    }
    for path in execute {
        ruleset = allow(ruleset, path, running)?;
    }
    for path in LIBRARIES.iter().chain(&DEVICES) {
        ruleset = allow(ruleset, Path::new(path), reading)?;
    }
    for path in LOADERS {
        ruleset = allow(ruleset, Path::new(path), running)?;
    }
    allow(ruleset, Path::new(NULL), AccessFs::ReadFile | AccessFs::WriteFile)?.restrict_self()
}

/// A path that does not exist on this system needs no rule.
fn allow(
    ruleset: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, landlock::RulesetError> {
    let Ok(opened) = PathFd::new(path) else { return Ok(ruleset) };
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(NEWEST) };
    ruleset.add_rule(PathBeneath::new(opened, access))
}

fn sentences(status: &RestrictionStatus) -> Vec<String> {
    let abi = match status.landlock {
        LandlockStatus::Available { effective_abi, .. } if status.ruleset != RulesetStatus::NotEnforced => {
            effective_abi
        }
        _ => return vec![NOT_CONFINED.to_owned()],
    };
    let files = "The compilers read their own folder and the system's libraries, and can write no file (Landlock).";
    let tcp = "This kernel's Landlock does not govern TCP; sockets are refused by the system call filter alone.";
    let signals = "This kernel's Landlock does not govern signals; they are refused by the system call filter, except those to single threads.";
    let mut sentences = vec![files.to_owned()];
    sentences.extend((abi < ABI::V4).then(|| tcp.to_owned()));
    sentences.extend((abi < ABI::V6).then(|| signals.to_owned()));
    sentences
}
