//! The whole node in simulation: real modules, log, folds and recovery on a disk that fails, by seeds.
//!
//! `SEEDS=n` runs n seeds, `SEED=x` runs one. A seed decides the workload, the faults and what they leave; the node
//! takes its steps one by one, so a seed always goes the same way.

mod compare;
mod erasing;
mod guests;
mod model;
#[path = "../it/motoko.rs"]
mod motoko;
mod planted;
mod random;
mod run;
mod switching;
mod threaded;

use std::sync::{Mutex, PoisonError};

use state::planted::Planted;

/// Seeds of the ordinary test run.
const SEEDS: u64 = 40;
/// Seeds within which every planted bug must be found.
const SEEDS_TO_FIND: u64 = 40;

/// What is planted is planted in the whole process, so one test runs at a time.
static TURN: Mutex<()> = Mutex::new(());

/// Runs something while no other test here runs.
fn alone<T>(work: impl FnOnce() -> T) -> T {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number, not `{text}`")))
}

fn seed_or_panic(seed: u64) -> run::Ended {
    run::run(seed, None).unwrap_or_else(|what| {
        panic!("{what}\nagain: SEED={seed} cargo test -p replication --test simulation seeds_are_clean")
    })
}

/// What a round of seeds must have gone through, so that clean seeds mean something.
const MUST_HAPPEN: [&str; 23] = [
    "app deleted",
    "batches lost before they were told",
    "call between apps",
    "call of a Motoko app",
    "call that is rejected",
    "clock set back",
    "clock set forward",
    "commit that fails",
    "crash in a recovery",
    "crash that keeps nothing",
    "crash that tears",
    "fold",
    "fold that fails",
    "full disk",
    "growth",
    "long message that goes on",
    "recovery with a long message",
    "request repeated",
    "restore",
    "rot of a base found",
    "rot of an overlay found",
    "rot of the log named",
    "switch",
];

#[test]
fn seeds_are_clean() {
    if let Some(seed) = number("SEED") {
        println!("{:?}", alone(|| seed_or_panic(seed)));
        return;
    }
    let seeds = number("SEEDS").unwrap_or(SEEDS);
    let mut seen = run::Seen::new();
    alone(|| {
        for (what, times) in (0..seeds).flat_map(|seed| seed_or_panic(seed).seen) {
            *seen.entry(what).or_default() += times;
        }
    });
    println!("{seen:?}");
    let missing = MUST_HAPPEN.iter().find(|what| !seen.contains_key(**what));
    assert!(seeds < SEEDS || missing.is_none(), "it never came to this in {seeds} seeds: {missing:?}");
}

#[test]
fn a_seed_always_goes_the_same_way() {
    alone(|| {
        for seed in 0..4 {
            assert_eq!(seed_or_panic(seed), seed_or_panic(seed), "seed {seed}");
        }
    });
}

/// The first seed that finds it, and what it says.
fn find(bug: Planted) -> Option<(u64, String)> {
    (0..SEEDS_TO_FIND).find_map(|seed| run::run(seed, Some(bug)).err().map(|what| (seed, what)))
}

#[test]
fn planted_bugs_are_found() {
    alone(|| {
        for bug in planted::BUGS {
            let (seed, what) = find(bug).unwrap_or_else(|| panic!("{bug:?} is not found in {SEEDS_TO_FIND} seeds"));
            println!("{bug:?}: seed {seed}: {}", what.lines().next().unwrap_or_default());
            seed_or_panic(seed);
        }
    });
}

/// Bugs of execution itself would be in the reference as well; the model finds them by arithmetic.
#[test]
fn the_model_needs_no_reference() {
    alone(|| {
        for bug in planted::IN_EXECUTION {
            let found = (0..SEEDS_TO_FIND).find_map(|seed| run::run_blind(seed, bug).err());
            let what = found.unwrap_or_else(|| panic!("{bug:?} is not found in {SEEDS_TO_FIND} seeds"));
            println!("{bug:?}: {}", what.lines().next().unwrap_or_default());
        }
    });
}

#[test]
fn with_threads_what_was_answered_stays() {
    alone(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
        let (answered, cut_short) = runtime.block_on(threaded::lives(number("SEED").unwrap_or(1)));
        println!("{answered} answered, {cut_short} lives cut short");
        assert!(answered > 0 && cut_short > 0, "{answered} answered, {cut_short} lives cut short");
    });
}
