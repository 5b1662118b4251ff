//! Bugs on purpose: the simulation switches one on and shows that it finds it.
//!
//! Without the feature `planted`, which only test targets ask for, [`is`] is constantly false and every hook is
//! compiled away. With it nothing is planted until [`plant`] says so.

/// A bug that can be planted; where it stands is named by the hook that asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Planted {
    /// Answers leave before the log is synced.
    EarlyAnswer = 1,
    /// A certificate is shown before its batch is durable.
    EarlyCertificate,
    /// A batch is written as two, each with a commit frame, and recovery takes what it finds.
    HalfBatch,
    /// Undoing a message leaves its globals.
    UndoForgetsGlobals,
    /// Undoing a message leaves what it wrote to pages that it grew.
    UndoForgetsGrowth,
    /// What a query wrote stays for the queries after it.
    QueryWriteStays,
    /// A fold leaves a changed page out.
    FoldForgetsPage,
    /// After a fold memories stay over the image from before, without the pages that were folded.
    StaleImage,
    /// The ingress history is not asked whether a request was there before.
    RunsTwice,
    /// What is written to a memory shows in its restore points.
    PointSharesPages,
    /// A canister's call to another is run twice.
    RequestTwice,
    /// A batch takes the sequencer's time as it comes.
    TimeGoesBack,
}

#[cfg(feature = "planted")]
static NOW: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Plants a bug in this whole process, or digs the planted one out.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Planted>) {
    NOW.store(bug.map_or(0, |bug| bug as u8), std::sync::atomic::Ordering::SeqCst);
}

/// Whether this bug is planted.
#[cfg(feature = "planted")]
#[must_use]
pub fn is(bug: Planted) -> bool {
    NOW.load(std::sync::atomic::Ordering::SeqCst) == bug as u8
}

/// Whether this bug is planted: never.
#[cfg(not(feature = "planted"))]
#[inline]
#[must_use]
pub const fn is(_bug: Planted) -> bool {
    false
}
