//! Small pictures of versions, for the history: the first page as its owner sees it, opened on a look.
//!
//! A picture is made when somebody wants to see it, so no switch waits for one or pays for one, and a version from
//! before there were pictures has one too, as long as it can be looked at. Pictures are files in the data folder;
//! losing them loses nothing. Invariant: one is made at a time, and none that shows erased data is kept.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use base64::Engine as _;
use candid::Principal;
use execution::{ForkSeed, registry::App};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Workshop, answer::Problem, owners::lock, pages};
use crate::browser::BrowserError;

/// Bytes of one picture.
const PICTURE_BYTES_MAX: usize = 40 << 10;
/// Pictures that are kept of an app; those of its oldest versions go first.
const KEPT_MAX: usize = 60;
/// Requests that wait for a picture to be made; whoever comes then is told that there is none yet.
const WAITING_MAX: usize = 8;

/// Which version is to be seen.
#[derive(Debug, Deserialize)]
pub(crate) struct PictureOf {
    app: String,
    version: u64,
}

/// The pictures of a node.
pub(crate) struct Pictures {
    folder: PathBuf,
    /// Held while one is made.
    making: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
    /// Counts how often pictures were thrown away, so that one made before is not kept after.
    thrown_away: AtomicU64,
    /// Held while the folder changes.
    files: Mutex<()>,
}

impl Pictures {
    pub(super) fn new(data: &Path) -> Pictures {
        Pictures {
            folder: data.join("pictures"),
            making: tokio::sync::Mutex::default(),
            waiting: AtomicUsize::default(),
            thrown_away: AtomicU64::default(),
            files: Mutex::default(),
        }
    }

    /// Throws away an app's pictures, for it is deleted or what they show is erased.
    pub(super) fn forget(&self, app: Principal) -> Result<(), Problem> {
        let _held = lock(&self.files);
        self.thrown_away.fetch_add(1, Ordering::Relaxed);
        match fs::remove_dir_all(self.folder_of(app)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn kept(&self, file: &Path) -> Option<Vec<u8>> {
        fs::read(file).ok().filter(|bytes| bytes.len() <= PICTURE_BYTES_MAX)
    }

    /// Keeps a picture, unless pictures were thrown away since it was begun.
    fn keep(&self, file: &Path, picture: &[u8], begun: u64) -> Result<(), Problem> {
        let _held = lock(&self.files);
        let Some(folder) = file.parent().filter(|_| self.thrown_away.load(Ordering::Relaxed) == begun) else {
            return Ok(());
        };
        // They show what the app keeps, which is nobody else's on this machine.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let fresh = file.with_extension("fresh");
        fs::write(&fresh, picture)?;
        fs::rename(&fresh, file)?;
        Ok(drop_oldest(folder)?)
    }

    fn folder_of(&self, app: Principal) -> PathBuf {
        self.folder.join(app.to_text())
    }
}

/// Removes what is too many, by version.
fn drop_oldest(folder: &Path) -> std::io::Result<()> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let number: u64 = name.trim_end_matches(LIVE).parse().unwrap_or_default();
        all.insert((number, path.clone()), path);
    }
    let many = all.len().saturating_sub(KEPT_MAX);
    all.into_values().take(many).try_for_each(fs::remove_file)
}

/// Behind the number of a version whose picture was made while it was live: it has more data once it is not.
const LIVE: &str = "-live";

/// Counts a request that waits, until it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Option<Place<'a>> {
        let place = Place(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < WAITING_MAX).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workshop {
    /// The picture of a version as base64 of a JPEG, or `null` where there is none: without a browser, of a version
    /// that can't be looked at, or if its page does not get there.
    pub(crate) async fn picture(&self, of: &PictureOf) -> Result<Value, Problem> {
        let app = self.app(&of.app).await?;
        let live = of.version == app.version;
        let name = format!("{}{}.jpg", of.version, if live { LIVE } else { "" });
        let file = self.pictures.folder_of(app.backend).join(name);
        let kept = match self.pictures.kept(&file) {
            Some(kept) => Some(kept),
            None => self.new_picture(&app, (!live).then_some(of.version), &file).await?,
        };
        let picture = kept.map(|bytes| base64::engine::general_purpose::STANDARD.encode(bytes));
        Ok(json!({ "app": app.name, "version": of.version, "jpeg": picture }))
    }

    async fn new_picture(&self, app: &App, version: Option<u64>, file: &Path) -> Result<Option<Vec<u8>>, Problem> {
        let (Some(program), Some(_place)) = (pages::browser(), Place::take(&self.pictures.waiting)) else {
            return Ok(None);
        };
        let _one = self.pictures.making.lock().await;
        if let Some(kept) = self.pictures.kept(file) {
            return Ok(Some(kept));
        }
        let begun = self.pictures.thrown_away.load(Ordering::Relaxed);
        let backend = app.backend;
        let seed = self.node.replica.read(move |executor| executor.look_seed(backend, version).ok());
        let Some(seed) = seed.await? else { return Ok(None) };
        match self.shot(&program, seed).await {
            Ok(picture) => {
                self.pictures.keep(file, &picture, begun)?;
                Ok(Some(picture))
            }
            Err(error) => {
                tracing::debug!(%error, app = app.name, "no picture could be made");
                Ok(None)
            }
        }
    }

    async fn shot(&self, program: &Path, seed: ForkSeed) -> Result<Vec<u8>, BrowserError> {
        let mut taken = self.browsers.take(program).await?;
        let work = async {
            let picture = self.door().picture(&mut taken.browser, seed, PICTURE_BYTES_MAX).await?;
            taken.give_back();
            Ok(picture)
        };
        tokio::time::timeout(pages::PATIENCE, work).await.map_err(|_| BrowserError::Silent)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_few_and_go_with_what_they_show() {
        let folder = tempfile::tempdir().expect("a folder");
        let pictures = Pictures::new(folder.path());
        let app = Principal::from_slice(&[7]);
        let file = |version: usize| pictures.folder_of(app).join(format!("{version}.jpg"));
        for version in 0..KEPT_MAX + 5 {
            pictures.keep(&file(version), b"picture", 0).expect("is kept");
        }
        let kept = (0..KEPT_MAX + 5).filter(|version| pictures.kept(&file(*version)).is_some());
        assert_eq!(kept.collect::<Vec<_>>(), (5..KEPT_MAX + 5).collect::<Vec<_>>());
        pictures.forget(app).expect("is forgotten");
        assert!(pictures.kept(&file(9)).is_none());
        // One that was begun before shows what is gone.
        pictures.keep(&file(9), b"picture", 0).expect("is let go");
        assert!(pictures.kept(&file(9)).is_none());
        pictures.forget(app).expect("twice does no harm");
    }

    #[test]
    fn few_wait_at_a_time() {
        let waiting = AtomicUsize::default();
        let places: Vec<_> = (0..WAITING_MAX).map(|_| Place::take(&waiting).expect("a place")).collect();
        assert!(Place::take(&waiting).is_none());
        drop(places);
        assert!(Place::take(&waiting).is_some());
    }
}
