//! Which pages of a heap were written: one small trait, and a way to find out on every kernel.
//!
//! Invariant: a tracker may name a page that was not changed, but never leaves out one that was. So what a commit
//! finds does not depend on the tracker.

mod compare;
mod userfault;

use std::{io, ops::Range};

pub(crate) use compare::Compare;
pub(crate) use userfault::{Userfault, UserfaultTracker};

/// How dirty pages are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracking {
    /// The kernel's, where it has it (Linux 6.7 and newer, unless a sandbox forbids it), else comparison.
    #[default]
    Automatic,
    /// Always compare all pages with the committed ones: slow, but it needs nothing from the kernel.
    Compare,
}

impl Tracking {
    /// Whether the kernel's tracking will be used.
    #[must_use]
    pub fn uses_kernel(self) -> bool {
        self == Tracking::Automatic && Userfault::shared().is_some()
    }
}

/// Finds the pages that may have been written since the tracker was last re-armed.
pub trait DirtyTracker: Send {
    /// Appends page ranges to `found`, ascending and disjoint, for the first `bytes` of the mapping at `base`.
    ///
    /// With `rearm` the pages count as clean from now on; without it they are named again next time.
    ///
    /// # Errors
    /// The kernel refused to tell.
    fn written(&mut self, base: usize, bytes: usize, rearm: bool, found: &mut Vec<Range<u64>>) -> io::Result<()>;
}
