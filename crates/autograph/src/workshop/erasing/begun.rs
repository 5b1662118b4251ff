//! Erasures that were begun: what the owner approved is written down before anything of it is done, and goes when all
//! is. A node that was cut off in between finishes them when it starts again.
//!
//! It is a file for each app, readable by nobody else; it holds what is to be erased and must not outlive it.

use std::{
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use candid::Principal;

use super::plan::Plan;
use crate::workshop::answer::Problem;

/// The erasures of a node that were begun.
pub(super) struct Begun(PathBuf);

impl Begun {
    pub(super) fn in_folder(data: &Path) -> Begun {
        Begun(data.join("erasing"))
    }

    /// Writes down, durably, that this is begun.
    pub(super) fn put(&self, app: Principal, plan: &Plan) -> Result<(), Problem> {
        let bytes = serde_json::to_vec(plan).map_err(|error| Problem::node(error.to_string(), "report this"))?;
        std::fs::create_dir_all(&self.0)?;
        let (path, fresh) = (self.path(app), self.path(app).with_extension("fresh"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&fresh, &path)?;
        Ok(std::fs::File::open(&self.0)?.sync_all()?)
    }

    /// It is over.
    pub(super) fn remove(&self, app: Principal) -> Result<(), Problem> {
        std::fs::remove_file(self.path(app))?;
        Ok(std::fs::File::open(&self.0)?.sync_all()?)
    }

    /// Those that were begun and not ended. What was not written whole was not begun.
    pub(super) fn all(&self) -> Vec<(Principal, Plan)> {
        let Ok(entries) = std::fs::read_dir(&self.0) else { return Vec::new() };
        let read = |path: PathBuf| {
            if path.extension().is_some() {
                // The rename is what begins it.
                let _ = std::fs::remove_file(path);
                return None;
            }
            let app = Principal::from_text(path.file_name()?.to_str()?).ok()?;
            Some((app, serde_json::from_slice(&std::fs::read(&path).ok()?).ok()?))
        };
        let mut found: Vec<(Principal, Plan)> = entries.flatten().filter_map(|entry| read(entry.path())).collect();
        found.sort_by_key(|(app, _)| *app);
        found
    }

    fn path(&self, app: Principal) -> PathBuf {
        self.0.join(app.to_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_known_until_it_is_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let begun = Begun::in_folder(folder.path());
        assert_eq!(begun.all(), []);
        let app = Principal::from_slice(&[7; 10]);
        let plan = Plan { member: Some("m1".into()), texts: vec!["+49 30 1".into()], ..Plan::default() };
        begun.put(app, &Plan::default()).expect("writes");
        begun.put(app, &plan).expect("writes");
        std::fs::write(folder.path().join("erasing/cut.fresh"), "{").expect("writes");
        assert_eq!(begun.all(), [(app, plan)]);
        begun.remove(app).expect("removes");
        assert_eq!(begun.all(), []);
        assert_eq!(std::fs::read_dir(folder.path().join("erasing")).expect("a folder").count(), 0);
    }
}
