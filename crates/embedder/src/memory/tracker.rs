//! Which pages of a heap were written: one small trait, and three ways to find out.
//!
//! Invariant: a tracker may name a page that was not changed, but never leaves out one that was. So what a commit
//! finds does not depend on the tracker.

mod compare;
mod protection;
mod userfault;

use std::{io, ops::Range};

use rustix::mm::MprotectFlags;

pub(crate) use compare::Compare;
use protection::Protection;
use userfault::{Userfault, UserfaultTracker};

/// Up to here comparing all pages costs less than being told which were written, on average over messages that write
/// one page and messages that write sixteen (`examples/trackers.rs` measures it).
const COMPARE_BYTES_MAX: usize = 192 << 10;
/// From here on a scan of all page tables costs more than a signal for every page, even for messages that write
/// sixteen pages. Messages that write hundreds would still be better off with the scan, but cost more by themselves.
const PROTECTION_BYTES_MIN: usize = 384 << 20;

/// How dirty pages are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracking {
    /// The cheapest way that works here for a memory of its size.
    #[default]
    Automatic,
    /// Always userfaultfd, which needs Linux 6.7 and a sandbox that allows it.
    Userfault,
    /// Always write protection and the signal that a write to a protected page raises.
    Protection,
    /// Always compare all pages with the committed ones: slow, but it needs nothing from the kernel.
    Compare,
}

impl Tracking {
    /// Whether the kernel's tracking will be used.
    #[must_use]
    pub fn uses_kernel(self) -> bool {
        matches!(self, Tracking::Automatic | Tracking::Userfault) && Userfault::shared().is_some()
    }

    /// The way to go for a memory of this size; never `Automatic`.
    pub(crate) fn of_size(self, bytes: usize) -> Tracking {
        if self != Tracking::Automatic {
            return self;
        }
        let userfault = || Userfault::shared().is_some();
        match bytes {
            ..=COMPARE_BYTES_MAX => Tracking::Compare,
            PROTECTION_BYTES_MIN.. if Protection::works() => Tracking::Protection,
            _ if userfault() => Tracking::Userfault,
            _ if Protection::works() => Tracking::Protection,
            _ => Tracking::Compare,
        }
    }

    /// A tracker for a mapping whose first `bytes` are readable and writable, all of them clean.
    pub(crate) fn start(self, base: usize, capacity: usize, bytes: usize) -> io::Result<Box<dyn DirtyTracker>> {
        Ok(match self.of_size(bytes) {
            Tracking::Userfault => Box::new(UserfaultTracker::start(base, capacity, bytes)?),
            Tracking::Protection => Protection::start(base, capacity, bytes)?,
            _ => Box::new(Compare),
        })
    }
}

/// Finds the pages of one mapping that may have been written since the tracker was last re-armed. Dropping it ends
/// its watch and leaves all pages writable.
pub trait DirtyTracker: Send + Sync + std::fmt::Debug {
    /// Appends page ranges to `found`, ascending and disjoint, for the first `bytes` of the mapping.
    ///
    /// With `rearm` the pages count as clean from now on; without it they are named again next time.
    ///
    /// # Errors
    /// The kernel refused to tell.
    fn written(&self, bytes: usize, rearm: bool, found: &mut Vec<Range<u64>>) -> io::Result<()>;

    /// How pages are accessible that are grown into.
    fn access(&self) -> MprotectFlags {
        MprotectFlags::READ | MprotectFlags::WRITE
    }

    /// The mapping has grown from `old` to `new` bytes, with the access asked for.
    ///
    /// # Errors
    /// The kernel refused to watch the new pages.
    fn grown(&self, _old: usize, _new: usize) -> io::Result<()> {
        Ok(())
    }

    /// The mapping is about to shrink to so many bytes.
    fn shrinking(&self, _bytes: usize) {}
}
