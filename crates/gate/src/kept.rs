//! What two versions keep, compared where it lies in memory.

use std::sync::atomic::AtomicU64;

use crate::{
    census::{self, Change, Hashing},
    heap::{Cursor, HeapError, Reader, Types},
    interface::roomy,
    judge::Side,
    verdict::{Effect, Finding},
};

/// What became of what a version keeps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compared {
    pub(crate) changes: Vec<Change>,
    /// Values that hold themselves or lie too deep, which were not looked into.
    pub(crate) unfollowed: u64,
}

/// Why it can't be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// What lies in memory before can't be read.
    Before(HeapError),
    /// What lies there after can't.
    After(HeapError),
    /// The fork could not show its memory.
    NotShown(String),
}

/// Compares two memories, from address zero, each by the types of its module; `counter` counts the bytes looked at.
///
/// # Errors
/// [`Unread`], when one of them can't be read.
pub(crate) fn compare(
    (before, old): (&[u8], Side<'_>),
    (after, new): (&[u8], Side<'_>),
    counter: Option<&AtomicU64>,
) -> Result<Compared, Unread> {
    roomy(|| {
        let old = Types::read(old.stable_types).map_err(Unread::Before)?;
        let new = Types::read(new.stable_types).map_err(Unread::After)?;
        let hashing = Hashing::default();
        let one = Reader::by(before, &old, hashing.clone()).counting(counter);
        let other = Reader::by(after, &new, hashing).counting(counter);
        let (kept, still) =
            (Cursor::variables(&one).map_err(Unread::Before)?, Cursor::variables(&other).map_err(Unread::After)?);
        let (changes, too_deep) = census::changes_of(&kept, &still);
        match (one.failure(), other.failure()) {
            (Some(error), _) => Err(Unread::Before(error)),
            (None, Some(error)) => Err(Unread::After(error)),
            (None, None) => Ok(Compared { changes, unfollowed: one.unfollowed() + too_deep }),
        }
    })
}

impl Compared {
    /// Whether everything was compared, so that what is not told does not differ.
    pub(crate) fn complete(&self) -> bool {
        self.unfollowed == 0
    }

    /// What was not looked at, if there is any.
    pub(crate) fn unfollowed(&self) -> Option<Finding> {
        (self.unfollowed > 0).then(|| {
            let message =
                "Some values hold themselves or are nested too deep; what lies inside of them was not compared.";
            let mut finding = Finding::new("not_counted", "memory", Effect::Informs, message);
            finding.count = Some(self.unfollowed);
            finding
        })
    }
}

impl Unread {
    /// Whether the census itself failed, and not the memory that it looked at.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self, Unread::NotShown(_) | Unread::Before(HeapError::TooLarge) | Unread::After(HeapError::TooLarge))
    }

    /// What it means for the proposal: a memory of a kind not known here informs, but what could be read before and
    /// can't be after, and a census that could not run, need the owner's word.
    pub(crate) fn finding(&self) -> Finding {
        let (what, reason, effect) = match self {
            Unread::Before(error @ HeapError::TooLarge) => ("What it keeps", error.to_string(), Effect::Asks),
            Unread::Before(error) => ("What lies in memory", error.to_string(), Effect::Informs),
            Unread::After(error) => ("What the new version would keep", error.to_string(), Effect::Asks),
            Unread::NotShown(reason) => ("What the new version would keep", reason.clone(), Effect::Asks),
        };
        Finding::not_judged("memory", what, &reason, effect)
    }
}
