//! The census on memories of real modules: one app, and versions that treat its data well or badly.
//!
//! `tests/fixtures/census-<version>.bin` hold what memory had in it after an upgrade from `live` to that version, as
//! `heap.bin` does; those with a time in their name some time later. `node tests/fixtures.mjs FOLDER MODULES` compiles the
//! versions of `census.mo.txt`, and `cargo run -p execution --example record -- MODULES tests/fixtures` records them.

use std::{fs, path::PathBuf, time::Duration};

use gate::{Caller, Effect, Fork, Judgement, Look, Mark, Options, Verdict, judge_with};

use crate::{
    fixtures::{Text, lines},
    heap::Ranges,
};

/// A fork that shows recorded memories.
struct Recorded {
    version: String,
    now: State,
    kept: Vec<State>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    upgraded: bool,
    hours: u64,
    called: bool,
}

impl Recorded {
    fn of(version: &str) -> Recorded {
        Recorded { version: version.into(), now: State { upgraded: false, hours: 0, called: false }, kept: Vec::new() }
    }

    /// The recording that shows a state: the last one made until then.
    fn file(&self, state: &State) -> PathBuf {
        let name = if state.upgraded { self.version.as_str() } else { "live" };
        let times = [("-month", 30 * 24), ("-day", 24), ("-hour", 1)];
        let later = times.iter().filter(|(_, hours)| state.hours >= *hours).map(|(what, _)| *what);
        let called = state.called.then_some("-called").into_iter();
        let mut files = called.chain(later).chain([""]).map(|what| recording(&format!("{name}{what}")));
        files.find(|path| path.exists()).unwrap()
    }

    fn memory(&self, mark: Mark) -> Vec<u8> {
        Ranges::of(&fs::read(self.file(&self.kept[mark.0])).unwrap()).whole()
    }
}

fn recording(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("census-{name}.bin"))
}

impl Fork for Recorded {
    fn upgrade(&mut self, _wasm: &[u8]) -> Result<(), String> {
        self.now.upgraded = true;
        Ok(())
    }

    fn install(&mut self, _wasm: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn query(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        Err("there are no queries".into())
    }

    fn call(&mut self, _: Caller, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        self.now.called = true;
        Ok(b"DIDL\0\0".to_vec())
    }

    fn keep(&mut self) -> Mark {
        self.kept.push(self.now.clone());
        Mark(self.kept.len() - 1)
    }

    fn back(&mut self, mark: Mark) {
        self.now = self.kept[mark.0].clone();
    }

    fn pass(&mut self, time: Duration) {
        self.now.hours += time.as_secs() / 3_600;
    }

    fn same(&mut self, one: Mark, other: Mark) -> bool {
        self.file(&self.kept[one.0]) == self.file(&self.kept[other.0])
    }

    fn memories(&mut self, before: Mark, after: Mark, look: Look<'_>) -> Option<Result<(), String>> {
        look(&self.memory(before), &self.memory(after));
        Some(Ok(()))
    }
}

fn judged(version: &str) -> Verdict {
    let (live, proposed) = (Text::of("census", "live"), Text::of("census", version));
    let mut fork = Recorded::of(version);
    judge_with(&Options::default(), Some(live.side()), proposed.side(), b"", &mut fork, &[])
}

fn data(version: &str) -> Vec<String> {
    lines(&judged(version).data)
}

#[test]
fn what_keeps_everything_passes() {
    for version in ["kept", "added", "map_to_list", "owner_as_text"] {
        let verdict = judged(version);
        let asks: Vec<_> = verdict.data.iter().filter(|finding| finding.effect != Effect::Informs).collect();
        assert!(asks.is_empty() || version == "owner_as_text", "{version}: {asks:?}");
    }
    assert_eq!(data("kept"), Vec::<String>::new());
    assert_eq!(data("added"), Vec::<String>::new());
    assert_eq!(data("map_to_list"), Vec::<String>::new());
}

#[test]
fn versions() {
    for version in std::env::var("V").unwrap_or_default().split(',') {
        println!("== {version}");
        for line in data(version) {
            println!("{line}");
        }
    }
    let _ = Judgement::Pass;
}
