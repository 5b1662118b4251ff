//! Calls that people make of apps, sampled, so that a new version can be tried with what is really asked of the old.
//!
//! They stay on this node: in memory, and in a folder that its user alone may read. Invariant: what is kept of an app
//! is bounded in number and bytes, whatever is called; and asking whether to keep a call costs one atomic addition.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher as _, RandomState},
    io,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use candid::Principal;
use gate::Recorded;
use serde::{Deserialize, Serialize};

use crate::files;

/// Counters of calls; canisters and methods share them by chance.
const COUNTERS: usize = 1 << 12;
/// The first calls of a counter are all kept, later ones one in so many.
const FIRST: u32 = 64;
const ONE_IN: u32 = 64;
/// Bytes of an argument that is kept.
const ARG_MAX: usize = 16 << 10;
/// Calls that are kept of one method, of one app, and their bytes.
const METHOD_MAX: usize = 16;
const APP_MAX: usize = 256;
const APP_BYTES_MAX: usize = 256 << 10;
/// Apps of which calls are kept in memory between two savings.
const APPS_MAX: usize = 4_096;

/// What was called.
pub(crate) struct Recorder {
    folder: PathBuf,
    hasher: RandomState,
    counters: Vec<AtomicU32>,
    fresh: Mutex<HashMap<Principal, Kept>>,
}

/// A call that is to be kept if it works.
pub(crate) struct Sample {
    app: Principal,
    call: Recorded,
}

/// The calls of one app, each with the place in the order of keeping, and the next place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Kept {
    calls: BTreeMap<Recorded, u64>,
    next: u64,
}

/// A call as it is written down.
#[derive(Serialize, Deserialize)]
struct Line {
    method: String,
    /// In hexadecimal.
    arg: String,
    caller: Principal,
    update: bool,
}

impl Recorder {
    pub(crate) fn new(folder: PathBuf) -> Recorder {
        let counters = (0..COUNTERS).map(|_| AtomicU32::new(0)).collect();
        Recorder { folder, hasher: RandomState::new(), counters, fresh: Mutex::default() }
    }

    /// Whether this call is one to keep, and then a copy of it. What the node itself is asked may hold secrets and is not.
    pub(crate) fn sample(&self, call: &protocol::request::Call, update: bool) -> Option<Sample> {
        if [execution::REGISTRY, execution::MANAGEMENT].contains(&call.canister_id) {
            return None;
        }
        let at = self.hasher.hash_one((call.canister_id, &call.method_name)) as usize % COUNTERS;
        let before = self.counters[at].fetch_add(1, Ordering::Relaxed);
        let wanted = (before < FIRST || before.is_multiple_of(ONE_IN)) && call.arg.len() <= ARG_MAX;
        wanted.then(|| Sample {
            app: call.canister_id,
            call: Recorded { method: call.method_name.clone(), arg: call.arg.clone(), caller: call.sender, update },
        })
    }

    /// Keeps a sampled call that worked.
    pub(crate) fn keep(&self, sample: Sample) {
        let mut fresh = self.fresh();
        if fresh.len() < APPS_MAX || fresh.contains_key(&sample.app) {
            fresh.entry(sample.app).or_default().add(sample.call);
        }
    }

    /// What is known of an app's calls.
    pub(crate) fn of(&self, app: Principal) -> Vec<Recorded> {
        let mut kept = self.saved(app);
        if let Some(fresh) = self.fresh().get(&app) {
            kept.merge(fresh.clone());
        }
        kept.calls.into_keys().collect()
    }

    /// Forgets an app's calls, in the folder as well.
    pub(crate) fn forget(&self, app: Principal) {
        self.fresh().remove(&app);
        files::remove(&self.file(app));
    }

    /// Writes down what is new of the apps that are there, and forgets those that are not.
    pub(crate) fn save(&self, is_app: impl Fn(Principal) -> bool) -> io::Result<()> {
        let fresh = std::mem::take(&mut *self.fresh());
        for (app, kept) in fresh.into_iter().filter(|(app, _)| is_app(*app)) {
            let mut all = self.saved(app);
            all.merge(kept);
            all.write(&self.file(app))?;
        }
        for app in files::principals(&self.folder) {
            if !is_app(app) {
                files::remove(&self.file(app));
            }
        }
        Ok(())
    }

    fn fresh(&self) -> std::sync::MutexGuard<'_, HashMap<Principal, Kept>> {
        self.fresh.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn saved(&self, app: Principal) -> Kept {
        Kept::read(&self.file(app))
    }

    fn file(&self, app: Principal) -> PathBuf {
        self.folder.join(app.to_text())
    }
}

impl Kept {
    /// Adds a call as the newest; what is too much goes, oldest first.
    fn add(&mut self, call: Recorded) {
        self.next += 1;
        let method = (call.method.clone(), call.update);
        self.calls.insert(call, self.next);
        while self.calls.keys().filter(|call| (&call.method, call.update) == (&method.0, method.1)).count() > METHOD_MAX
        {
            self.drop_oldest(|call| (&call.method, call.update) == (&method.0, method.1));
        }
        while self.calls.len() > APP_MAX || self.bytes() > APP_BYTES_MAX {
            self.drop_oldest(|_| true);
        }
    }

    fn merge(&mut self, newer: Kept) {
        let mut calls: Vec<(Recorded, u64)> = newer.calls.into_iter().collect();
        calls.sort_by_key(|(_, at)| *at);
        calls.into_iter().for_each(|(call, _)| self.add(call));
    }

    fn drop_oldest(&mut self, which: impl Fn(&Recorded) -> bool) {
        let oldest = self.calls.iter().filter(|(call, _)| which(call)).min_by_key(|(_, at)| **at);
        if let Some(call) = oldest.map(|(call, _)| call.clone()) {
            self.calls.remove(&call);
        }
    }

    fn bytes(&self) -> usize {
        self.calls.keys().map(|call| call.arg.len() + call.method.len() + 64).sum()
    }

    /// Reads what [`Kept::write`] wrote; what can't be read was never recorded.
    fn read(path: &Path) -> Kept {
        let mut kept = Kept::default();
        let Some(text) = files::read(path, 4 * APP_BYTES_MAX) else { return kept };
        for line in text.lines().take(APP_MAX).filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
            let Line { method, arg, caller, update } = line;
            let Ok(arg) = hex::decode(arg) else { continue };
            kept.add(Recorded { method, arg, caller, update });
        }
        kept
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut calls: Vec<(&Recorded, &u64)> = self.calls.iter().collect();
        calls.sort_by_key(|(_, at)| **at);
        let mut text = String::new();
        for (call, _) in calls {
            let Recorded { method, arg, caller, update } = call.clone();
            text.push_str(&serde_json::to_string(&Line { method, arg: hex::encode(arg), caller, update })?);
            text.push('\n');
        }
        files::write_private(path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: Principal = Principal::anonymous();

    fn call(method: &str, arg: &[u8]) -> protocol::request::Call {
        protocol::request::Call {
            sender: Principal::anonymous(),
            canister_id: APP,
            method_name: method.into(),
            arg: arg.to_vec(),
            nonce: None,
            ingress_expiry: 0,
            sender_info: None,
        }
    }

    fn record(recorder: &Recorder, method: &str, arg: &[u8]) {
        if let Some(sample) = recorder.sample(&call(method, arg), false) {
            recorder.keep(sample);
        }
    }

    #[test]
    fn what_is_called_is_kept_once_and_survives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Recorder::new(folder.path().join("recorded"));
        for _ in 0..3 {
            record(&recorder, "list", b"a");
        }
        record(&recorder, "list", b"b");
        assert_eq!(recorder.of(APP).len(), 2);
        recorder.save(|_| true).unwrap();
        record(&recorder, "other", b"");
        assert_eq!(recorder.of(APP).len(), 3);
        let again = Recorder::new(folder.path().join("recorded"));
        assert_eq!(again.of(APP).iter().map(|call| call.arg.as_slice()).collect::<Vec<_>>(), [b"a", b"b"]);
        let mode = |path: &Path| std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).unwrap()) & 0o777;
        assert_eq!((mode(&again.folder), mode(&again.file(APP))), (0o700, 0o600));
        again.forget(APP);
        assert!(again.of(APP).is_empty() && !again.file(APP).exists());
    }

    #[test]
    fn an_app_that_is_gone_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Recorder::new(folder.path().to_owned());
        record(&recorder, "list", b"a");
        recorder.save(|_| true).unwrap();
        recorder.save(|_| false).unwrap();
        assert!(recorder.of(APP).is_empty());
    }

    #[test]
    fn whatever_is_called_what_is_kept_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Recorder::new(folder.path().to_owned());
        for n in 0..5_000_u32 {
            let arg = vec![u8::try_from(n % 251).unwrap(); usize::try_from(n * 7 % 20_000).unwrap()];
            record(&recorder, &format!("m{}", n % 700), &[&n.to_be_bytes()[..], &arg].concat());
        }
        let kept = recorder.fresh().get(&APP).cloned().unwrap();
        assert!(kept.calls.len() <= APP_MAX && kept.bytes() <= APP_BYTES_MAX);
        assert!(kept.calls.keys().all(|call| call.arg.len() <= ARG_MAX));
        for n in 0..2_000_u32 {
            record(&recorder, "busy", &n.to_be_bytes());
        }
        let busy = recorder.of(APP).iter().filter(|call| call.method == "busy").count();
        assert_eq!(busy, METHOD_MAX);
    }
}
