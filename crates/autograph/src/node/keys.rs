//! The node's secrets: files in the data folder that only its user can read.

use std::{
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use anyhow::{Context as _, anyhow};
use candid::Principal;
use ic_ed25519::{PrivateKey, PrivateKeyFormat, PublicKey};
use protocol::RootKey;

use super::random;

/// All of them.
pub(crate) struct Keys {
    /// Signs certificates.
    pub(crate) root: [u8; 32],
    /// Signs query replies.
    pub(crate) node: [u8; 32],
    /// Makes approval tokens.
    pub(crate) secret: [u8; 32],
    /// The first person's key, for the command line.
    pub(crate) owner: OwnerKey,
}

/// The key with which the person at this machine's keyboard signs.
pub(crate) struct OwnerKey(PrivateKey);

impl OwnerKey {
    /// Who the key is.
    pub(crate) fn principal(&self) -> Principal {
        Principal::self_authenticating(public_der(&self.0.public_key()))
    }
}

fn public_der(key: &PublicKey) -> Vec<u8> {
    key.serialize_rfc8410_der()
}

impl Keys {
    /// Reads the keys, making those that aren't there.
    pub(crate) fn load_or_make(folder: &Path) -> anyhow::Result<Keys> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("can't make {}", folder.display()))?;
        Ok(Keys {
            // Not every 32 bytes are a BLS secret, so the key is derived from a seed.
            root: secret(&folder.join("root.hex"), || RootKey::from_seed(&random()).secret())?,
            node: secret(&folder.join("node.hex"), random)?,
            secret: secret(&folder.join("approvals.hex"), random)?,
            owner: owner(&folder.join("owner.pem"))?,
        })
    }
}

fn secret(path: &Path, make: impl FnOnce() -> [u8; 32]) -> anyhow::Result<[u8; 32]> {
    let text = load_or_make(path, || hex::encode(make()))?;
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| anyhow!("the key file {} is damaged: it must hold 64 hexadecimal digits", path.display()))
}

fn owner(path: &Path) -> anyhow::Result<OwnerKey> {
    let make = || {
        let key = PrivateKey::deserialize_raw_32(&random());
        key.serialize_pkcs8_pem(PrivateKeyFormat::Pkcs8v2)
    };
    let text = load_or_make(path, make)?;
    let key = PrivateKey::deserialize_pkcs8_pem(&text);
    key.map(OwnerKey).map_err(|error| anyhow!("the key file {} can't be read: {error:?}", path.display()))
}

fn load_or_make(path: &Path, make: impl FnOnce() -> String) -> anyhow::Result<String> {
    if path.exists() {
        return std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()));
    }
    let text = make();
    let temporary = path.with_extension("tmp");
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .with_context(|| format!("can't write {}", temporary.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    Ok(text)
}
