//! What lies in a fork's memory, as far as probing needs it: the ends of its collections, and what a call changed.
//!
//! Neither is ever read whole into values: an app may keep gigabytes.

use super::{
    diff::{self, Changes},
    pool::ROWS_AT_EACH_END,
    probing::{PARTS_READ, Variables, parts},
};
use crate::{
    fork::{Fork, Mark},
    heap::{self, Bounds, Sample},
};

/// Bytes of the values that are made of one memory.
const MOST_BYTES: u64 = 64 << 20;
/// One part more than is ever read says as much as all of them.
const BOUNDS: Bounds = Bounds { rows: ROWS_AT_EACH_END, bytes: MOST_BYTES, parts: PARTS_READ + 1 };

/// What a version keeps in a kept state; `None` if its memory can't be read.
pub(crate) fn kept(fork: &mut dyn Fork, at: Mark, stable_types: &str) -> Option<Sample> {
    let mut found = None;
    let mut look = |memory: &[u8], _: &[u8]| found = heap::sample(memory, stable_types, BOUNDS).ok();
    match fork.memories(at, at, &mut look) {
        Some(shown) => found.filter(|_| shown.is_ok()),
        None => {
            fork.back(at);
            whole(fork, stable_types)
        }
    }
}

/// What changed since a kept state, of which `before` is known; `None` if that can't be read or is too much.
pub(crate) fn changed_since(
    fork: &mut dyn Fork,
    (at, before): (Mark, &Sample),
    stable_types: &str,
    own: &[String],
) -> Option<Changes> {
    let now = fork.keep();
    let changed = between(fork, (at, now), stable_types, own);
    fork.forget(now);
    changed.unwrap_or_else(|| Some(diff::changes(&before.variables, &whole(fork, stable_types)?.variables, own)))
}

/// The same in two kept states; `None` outside if the fork has no memory to show.
fn between(
    fork: &mut dyn Fork,
    (before, after): (Mark, Mark),
    stable_types: &str,
    own: &[String],
) -> Option<Option<Changes>> {
    if fork.same(before, after) {
        return Some(Some(Changes::new()));
    }
    let mut found = None;
    let mut look = |old: &[u8], new: &[u8]| found = heap::differing(old, new, stable_types, MOST_BYTES).ok();
    let shown = fork.memories(before, after, &mut look)?;
    let (old, new): (Variables, Variables) = match found.filter(|_| shown.is_ok()) {
        Some(both) => both,
        None => return Some(None),
    };
    Some(Some(diff::changes(&old, &new, own)))
}

/// What a fork keeps now that has only values to show.
fn whole(fork: &mut dyn Fork, stable_types: &str) -> Option<Sample> {
    let variables = fork.variables(stable_types)?.ok()?;
    Some(Sample { parts: parts(&variables), variables })
}
