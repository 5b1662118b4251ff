//! How often apps fail since their last switch, against how often they failed before it.
//!
//! Counted are calls from outside: those that the app answered, and those in which it trapped or rejected. Invariant:
//! what is told follows from counts alone, never from the clock, and a rise stays told until the next switch.

use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use candid::Principal;
use serde::{Deserialize, Serialize};

use crate::files;

/// Calls after a switch that are watched.
const WINDOW: u64 = 10_000;
/// Failures below which nothing is said.
const FAILURES_MIN: u64 = 5;
/// How many times as often as before it has to fail.
const TIMES: u64 = 4;
/// What is assumed of the time before where little is known: one failure in so many calls.
const ASSUMED_CALLS: u64 = 20;
/// Bytes of the file.
const FILE_MAX: usize = 16 << 20;

/// Counts of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) calls: u64,
    pub(crate) failed: u64,
}

/// One app since its last switch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watched {
    /// The version that runs; 0 before it is known.
    pub(crate) version: u64,
    pub(crate) now: Counts,
    pub(crate) before: Counts,
    /// The version before, to which one could go back.
    pub(crate) back_to: Option<u64>,
    /// It fails clearly more often than before.
    pub(crate) risen: bool,
}

/// All apps that were called.
pub(crate) struct Watch {
    file: PathBuf,
    apps: RwLock<HashMap<Principal, Arc<Mutex<Watched>>>>,
}

impl Counts {
    fn add(&mut self, failed: bool) {
        // The newest calls count more when there are many.
        if self.calls >= WINDOW {
            (self.calls, self.failed) = (self.calls / 2, self.failed / 2);
        }
        self.calls += 1;
        self.failed += u64::from(failed);
    }
}

impl Watched {
    /// Counts a call; true when it is the one that makes the rise clear.
    fn count(&mut self, failed: bool) -> bool {
        self.now.add(failed);
        let rises = !self.risen && self.back_to.is_some() && rises(self.now, self.before);
        self.risen |= rises;
        rises
    }

    fn switched(&mut self, from: u64, version: u64) {
        // Of a version before that was hardly used, the one before it tells more.
        if self.now.calls >= ASSUMED_CALLS || self.before.calls == 0 {
            self.before = self.now;
        }
        self.back_to = (from > 0).then_some(from);
        (self.version, self.now, self.risen) = (version, Counts::default(), false);
    }
}

/// Whether an app fails clearly more often now.
fn rises(now: Counts, before: Counts) -> bool {
    let (calls, failed) = (u128::from(before.calls + ASSUMED_CALLS), u128::from(before.failed + 1));
    now.failed >= FAILURES_MIN && u128::from(now.failed) * calls >= u128::from(TIMES) * failed * u128::from(now.calls)
}

impl Watch {
    /// Goes on from the file, as far as it can be read.
    pub(crate) fn load(file: PathBuf) -> Watch {
        let text = files::read(&file, FILE_MAX).unwrap_or_default();
        let known: HashMap<Principal, Watched> = serde_json::from_str(&text).unwrap_or_default();
        let apps = known.into_iter().map(|(app, watched)| (app, Arc::new(Mutex::new(watched)))).collect();
        Watch { file, apps: RwLock::new(apps) }
    }

    /// Counts a call; true when it is the one that makes a rise clear.
    pub(crate) fn count(&self, app: Principal, failed: bool) -> bool {
        self.entry(app).is_some_and(|watched| with(&watched, |watched| watched.count(failed)))
    }

    /// Begins anew: another version than `from`, which is 0 where there was none, runs from now on.
    pub(crate) fn switched(&self, app: Principal, from: u64, version: u64) {
        let mut apps = self.apps.write().unwrap_or_else(PoisonError::into_inner);
        with(apps.entry(app).or_default(), |watched| watched.switched(from, version));
    }

    /// What is known of an app on this version.
    pub(crate) fn of(&self, app: Principal, version: u64) -> Option<Watched> {
        let entry = self.entry(app)?;
        let watched = with(&entry, |watched| watched.clone());
        (watched.version == version).then_some(watched)
    }

    /// Writes down what is known of the apps that are there.
    pub(crate) fn save(&self, is_app: impl Fn(Principal) -> bool) -> io::Result<()> {
        let mut apps = self.apps.write().unwrap_or_else(PoisonError::into_inner);
        apps.retain(|app, _| is_app(*app));
        let known: HashMap<Principal, Watched> =
            apps.iter().map(|(app, watched)| (*app, with(watched, |watched| watched.clone()))).collect();
        drop(apps);
        files::write_private(&self.file, &serde_json::to_vec(&known)?)
    }

    pub(crate) fn forget(&self, app: Principal) {
        self.apps.write().unwrap_or_else(PoisonError::into_inner).remove(&app);
    }

    /// Only apps that were switched are watched, so strangers' calls make no entries.
    fn entry(&self, app: Principal) -> Option<Arc<Mutex<Watched>>> {
        self.apps.read().unwrap_or_else(PoisonError::into_inner).get(&app).cloned()
    }
}

fn with<T>(watched: &Mutex<Watched>, work: impl FnOnce(&mut Watched) -> T) -> T {
    work(&mut watched.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: Principal = Principal::management_canister();

    fn calls(watch: &Watch, worked: u64, failed: u64) -> bool {
        (0..worked).for_each(|_| assert!(!watch.count(APP, false)));
        (0..failed).any(|_| watch.count(APP, true))
    }

    fn watch() -> Watch {
        Watch::load("/nowhere/watch".into())
    }

    #[test]
    fn a_clear_rise_is_told_once_and_stays_until_the_next_switch() {
        let watch = watch();
        watch.switched(APP, 0, 1);
        calls(&watch, 200, 1);
        watch.switched(APP, 1, 2);
        assert!(!calls(&watch, 10, 4));
        assert!(calls(&watch, 0, 1));
        assert!(!calls(&watch, 300, 1));
        let watched = watch.of(APP, 2).unwrap();
        assert!(watched.risen && watched.back_to == Some(1) && watched.before == Counts { calls: 201, failed: 1 });
        watch.switched(APP, 2, 3);
        assert!(!watch.of(APP, 3).unwrap().risen);
    }

    #[test]
    fn what_failed_as_often_before_is_no_rise() {
        let watch = watch();
        watch.switched(APP, 0, 1);
        calls(&watch, 50, 50);
        watch.switched(APP, 1, 2);
        assert!(!calls(&watch, 10, 90));
    }

    #[test]
    fn a_first_version_has_nothing_to_rise_from() {
        let watch = watch();
        watch.switched(APP, 0, 1);
        assert!(!calls(&watch, 0, 100));
        assert!(!watch.count(Principal::anonymous(), true));
        assert_eq!(watch.of(Principal::anonymous(), 1), None);
    }

    #[test]
    fn a_version_hardly_used_does_not_hide_the_one_before() {
        let watch = watch();
        watch.switched(APP, 0, 1);
        calls(&watch, 1_000, 0);
        watch.switched(APP, 1, 2);
        calls(&watch, 1, 1);
        watch.switched(APP, 2, 3);
        assert_eq!(watch.of(APP, 3).unwrap().before.calls, 1_000);
    }

    #[test]
    fn it_goes_on_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("watch.json");
        let watch = Watch::load(file.clone());
        watch.switched(APP, 0, 1);
        calls(&watch, 3, 2);
        watch.save(|_| true).unwrap();
        assert_eq!(Watch::load(file.clone()).of(APP, 1), watch.of(APP, 1));
        watch.save(|_| false).unwrap();
        assert_eq!(Watch::load(file).of(APP, 1), None);
    }
}
