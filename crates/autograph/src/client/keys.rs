//! Keys that the command line signs with: the owner's, and those that `--as NAME` makes.
//!
//! Invariant: a key is written with mode 0600 before anything is signed with it, and never over another one.

use std::{fs, path::Path, sync::Arc};

use ic_agent::{
    Identity,
    identity::{AnonymousIdentity, BasicIdentity},
};
use ic_ed25519::{PrivateKey, PrivateKeyFormat};

use super::{
    problem::Problem,
    state_file::{StateFolder, make_private_folder, read_trusted, write_private},
};

/// No key file is longer, bytes.
const KEY_BYTES_MAX: u64 = 16 << 10;

/// Who signs.
pub(crate) type Signer = Arc<dyn Identity>;

/// Nobody in particular.
pub(crate) fn anonymous() -> Signer {
    Arc::new(AnonymousIdentity)
}

/// The Ed25519 key in a PKCS#8 PEM file.
pub(crate) fn from_file(path: &Path) -> Result<Signer, Problem> {
    if !path.exists() {
        let message = format!("there is no key file {}", path.display());
        return Err(Problem::usage(message, "name the owner's key with --key, or the node's data folder with --data"));
    }
    let bytes = read_trusted(path, KEY_BYTES_MAX)?;
    let key = std::str::from_utf8(&bytes).ok().and_then(|text| PrivateKey::deserialize_pkcs8_pem(text).ok());
    let key = key.ok_or_else(|| {
        let message = format!("{} is no Ed25519 key in PEM form (PKCS#8)", path.display());
        Problem::usage(message, "name the owner's key with --key; a node keeps it in its data folder, keys/owner.pem")
    })?;
    Ok(Arc::new(BasicIdentity::from_raw_key(&key.serialize_raw())))
}

/// The key called `name`, made on first use.
pub(crate) fn named(folder: &StateFolder, name: &str) -> Result<Signer, Problem> {
    check_name(name)?;
    folder.make()?;
    let keys = folder.path().join("keys");
    make_private_folder(&keys)?;
    let path = keys.join(format!("{name}.pem"));
    if !path.exists() {
        make(&path)?;
    }
    from_file(&path)
}

fn check_name(name: &str) -> Result<(), Problem> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if (1..=64).contains(&name.len()) && name.chars().all(good) && !name.starts_with(['.', '-']) {
        return Ok(());
    }
    let message = format!("`{}` can't be the name of a key", name.escape_debug());
    Err(Problem::usage(message, "use up to 64 letters, digits, `-`, `_` and `.`, as in --as alice"))
}

/// Two first uses at the same time agree on one key: whoever links it first.
fn make(path: &Path) -> Result<(), Problem> {
    let secret: [u8; 32] = rand::random();
    let pem = PrivateKey::deserialize_raw_32(&secret).serialize_pkcs8_pem(PrivateKeyFormat::Pkcs8v2);
    let draft = path.with_extension(format!("{:016x}.draft", rand::random::<u64>()));
    write_private(&draft, pem.as_bytes())?;
    let linked = fs::hard_link(&draft, path);
    let _ = fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(Problem::file("write", path, &error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use super::*;
    use crate::client::problem::Exit;

    fn folder() -> (tempfile::TempDir, StateFolder) {
        let scratch = tempfile::tempdir().unwrap();
        let folder = StateFolder::at(&scratch.path().join("autograph"));
        (scratch, folder)
    }

    fn sender(signer: &Signer) -> String {
        signer.sender().unwrap().to_text()
    }

    #[test]
    fn a_name_is_the_same_key_every_time() {
        let (_scratch, folder) = folder();
        let alice = sender(&named(&folder, "alice").unwrap());
        assert_eq!(alice, sender(&named(&folder, "alice").unwrap()));
        assert_ne!(alice, sender(&named(&folder, "bob").unwrap()));
        let path = folder.path().join("keys/alice.pem");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let left: Vec<_> = fs::read_dir(folder.path().join("keys")).unwrap().collect();
        assert_eq!(left.len(), 2, "no drafts stay");
    }

    #[test]
    fn first_uses_at_the_same_time_agree() {
        let (_scratch, folder) = folder();
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let folder = folder.clone();
                std::thread::spawn(move || sender(&named(&folder, "carol").unwrap()))
            })
            .collect();
        let mut keys: Vec<String> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        keys.dedup();
        assert_eq!(keys.len(), 1);
    }

    #[test]
    fn names_can_t_leave_the_folder() {
        let (_scratch, folder) = folder();
        for name in ["", "../owner", "a/b", ".hidden", "-x", "ä", &"x".repeat(65)] {
            assert_eq!(named(&folder, name).err().unwrap().exit, Exit::Usage, "{name}");
        }
    }

    #[test]
    fn what_is_no_key_is_said() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("k.pem");
        assert!(from_file(&path).err().unwrap().message.contains("no key file"));
        write_private(&path, b"-----BEGIN NONSENSE-----").unwrap();
        assert_eq!(from_file(&path).err().unwrap().exit, Exit::Usage);
        let pem = PrivateKey::deserialize_raw_32(&[7; 32]).serialize_pkcs8_pem(PrivateKeyFormat::Pkcs8v1);
        write_private(&path, pem.as_bytes()).unwrap();
        assert_eq!(
            sender(&from_file(&path).unwrap()),
            BasicIdentity::from_raw_key(&[7; 32]).sender().unwrap().to_text()
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(from_file(&path).err().unwrap().message.contains("somebody else"));
    }
}
