//! Which node a command talks to, and whose key it signs with.
//!
//! Invariant: being able to reach a node gives no right; a key comes from a file that this user can read, or not at
//! all.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use reqwest::Url;

use super::{
    keys::{self, Signer},
    problem::Problem,
    state_file::{StateFile, StateFolder},
};

/// What the person said about node and key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// `--node URL` or AUTOGRAPH_NODE.
    pub(crate) node: Option<String>,
    /// `--data DIR`.
    pub(crate) data: Option<PathBuf>,
    /// `--key FILE`.
    pub(crate) key: Option<PathBuf>,
}

/// A node, and what is known of it without asking it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Its address: scheme, host and port.
    pub(crate) url: Url,
    /// The DER form of its root key, if its state file tells.
    pub(crate) root_key: Option<Vec<u8>>,
    /// Its data folder, if known.
    pub(crate) data: Option<PathBuf>,
    /// What the person should know about the choice.
    pub(crate) notes: Vec<String>,
}

/// Finds the node that was meant.
pub(crate) fn find(choice: &Choice, folder: &StateFolder) -> Result<Target, Problem> {
    let (living, notes) = folder.living();
    match (choice.node.as_deref().filter(|text| !text.trim().is_empty()), &choice.data) {
        (Some(text), data) => by_address(text, data.as_deref(), &living, notes),
        (None, Some(data)) => by_folder(data, &living, notes),
        (None, None) => newest(&living, notes),
    }
}

/// The owner's key, if there is a file that it can come from.
pub(crate) fn owner_key(choice: &Choice, target: &Target) -> Result<Option<Signer>, Problem> {
    let file = choice.key.clone().or_else(|| target.data.as_ref().map(|data| data.join("keys/owner.pem")));
    file.map(|file| keys::from_file(&file)).transpose()
}

/// The owner's key, or which flags name it.
pub(crate) fn need_owner_key(choice: &Choice, target: &Target) -> Result<Signer, Problem> {
    owner_key(choice, target)?.ok_or_else(|| {
        let message = format!("the owner's key of the node at {} is not known here", address(&target.url));
        Problem::usage(message, "name its key file with --key, or its data folder with --data")
    })
}

/// An address as people write it, without the slash at the end.
pub(crate) fn address(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// Whether an address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

fn by_address(text: &str, data: Option<&Path>, living: &[StateFile], notes: Vec<String>) -> Result<Target, Problem> {
    let url = parse(text)?;
    let known = living.iter().find(|file| parse(&file.url).is_ok_and(|known| same_place(&known, &url)));
    let root_key = known.map(root_key).transpose()?;
    let data = data.map(Path::to_owned).or_else(|| known.map(|file| file.data.clone()));
    Ok(Target { url, root_key, data, notes })
}

fn by_folder(data: &Path, living: &[StateFile], notes: Vec<String>) -> Result<Target, Problem> {
    let wanted = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let found = living.iter().find(|file| file.data == wanted);
    let file = found.ok_or_else(|| {
        let message = format!("no node is running on {}", data.display());
        Problem::failed(message, format!("start one with `autograph up --data {}`", data.display()))
    })?;
    of_file(file, notes)
}

fn newest(living: &[StateFile], mut notes: Vec<String>) -> Result<Target, Problem> {
    let Some(first) = living.first() else {
        return Err(Problem::failed("no node is running here", "start one with `autograph up`"));
    };
    if living.len() > 1 {
        let count = living.len();
        let url = &first.url;
        notes.push(format!("{count} nodes are running; this goes to the newest, {url} (choose with --node URL)"));
    }
    of_file(first, notes)
}

fn of_file(file: &StateFile, notes: Vec<String>) -> Result<Target, Problem> {
    Ok(Target { url: parse(&file.url)?, root_key: Some(root_key(file)?), data: Some(file.data.clone()), notes })
}

fn root_key(file: &StateFile) -> Result<Vec<u8>, Problem> {
    hex::decode(&file.root_key).map_err(|_| {
        let message = format!("the state file of the node at {} holds no root key", file.url);
        Problem::failed(message, "start the node again, so that it writes a new one")
    })
}

fn parse(text: &str) -> Result<Url, Problem> {
    let wrong = || {
        let message = format!("`{}` is no node's address", text.escape_debug());
        Problem::usage(message, "write it as http://127.0.0.1:4943")
    };
    let text = text.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let mut url = Url::parse(&full).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty();
    if !plain || url.password().is_some() {
        return Err(wrong());
    }
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn same_place(one: &Url, other: &Url) -> bool {
    let same_host = one.host_str() == other.host_str() || is_loopback(one) && is_loopback(other);
    same_host && one.scheme() == other.scheme() && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;
    use crate::client::problem::Exit;

    fn running(folder: &StateFolder, name: &str, url: &str, data: &str, started: u64) {
        folder.make().unwrap();
        let file = StateFile {
            url: url.into(),
            data: data.into(),
            root_key: "0a0b".into(),
            pid: std::process::id(),
            started,
            process_start: None,
        };
        let path = folder.path().join(format!("{name}.json"));
        crate::client::state_file::write_private(&path, &serde_json::to_vec(&file).unwrap()).unwrap();
    }

    fn folder() -> (tempfile::TempDir, StateFolder) {
        let scratch = tempfile::tempdir().unwrap();
        let folder = StateFolder::at(scratch.path());
        (scratch, folder)
    }

    fn node(url: &str) -> Choice {
        Choice { node: Some(url.into()), ..Choice::default() }
    }

    #[test]
    fn without_a_node_it_says_how_to_start_one() {
        let (_scratch, folder) = folder();
        let problem = find(&Choice::default(), &folder).unwrap_err();
        assert_eq!(problem.exit, Exit::Failed);
        assert_eq!(
            format!("{}; {}", problem.message, problem.hint),
            "no node is running here; start one with `autograph up`"
        );
    }

    #[test]
    fn of_several_the_newest_is_taken_and_that_is_said() {
        let (_scratch, folder) = folder();
        running(&folder, "a", "http://localhost:4943", "/data/a", 1);
        assert_eq!(find(&Choice::default(), &folder).unwrap().notes, [""; 0]);
        running(&folder, "b", "http://localhost:4944", "/data/b", 2);
        let target = find(&Choice::default(), &folder).unwrap();
        assert_eq!(address(&target.url), "http://localhost:4944");
        assert_eq!(target.root_key, Some(vec![10, 11]));
        assert!(target.notes[0].contains("2 nodes") && target.notes[0].contains("--node"), "{:?}", target.notes);
    }

    #[test]
    fn a_folder_picks_its_node() {
        let (scratch, folder) = folder();
        let data = scratch.path().canonicalize().unwrap();
        running(&folder, "a", "http://localhost:1", data.to_str().unwrap(), 1);
        running(&folder, "b", "http://localhost:2", "/data/b", 2);
        let choice = Choice { data: Some(data.join("../").join(data.file_name().unwrap())), ..Choice::default() };
        assert_eq!(find(&choice, &folder).unwrap().url.port(), Some(1));
        let elsewhere = Choice { data: Some("/data/none".into()), ..Choice::default() };
        assert!(find(&elsewhere, &folder).unwrap_err().hint.contains("--data /data/none"));
    }

    #[test]
    fn an_address_finds_the_key_of_a_node_of_this_user() {
        let (_scratch, folder) = folder();
        running(&folder, "a", "http://localhost:4943", "/data/a", 1);
        for text in
            ["http://127.0.0.1:4943/", "127.0.0.1:4943", "http://localhost:4943/studio?x#y", "http://[::1]:4943"]
        {
            assert_eq!(find(&node(text), &folder).unwrap().data, Some("/data/a".into()), "{text}");
        }
        for text in ["http://127.0.0.1:4944", "https://localhost:4943", "http://example.com:4943"] {
            let target = find(&node(text), &folder).unwrap();
            assert_eq!((target.data.clone(), target.root_key.clone()), (None, None), "{text}");
            let problem = need_owner_key(&node(text), &target).err().unwrap();
            assert!(problem.hint.contains("--key"), "{problem:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_wrong_usage() {
        let (_scratch, folder) = folder();
        for text in ["ftp://localhost", "http://", "http://a b", "file:///etc", "http://user:word@localhost:1", "::"] {
            assert_eq!(find(&node(text), &folder).unwrap_err().exit, Exit::Usage, "{text}");
        }
        assert_eq!(find(&node(""), &folder).unwrap_err().exit, Exit::Failed, "an empty variable is none");
    }
}
