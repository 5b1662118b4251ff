//! How far the look at an app's data is, told while it takes longer than a moment.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::pipeline::Progress;

/// What is done sooner needs no words.
const MOMENT: Duration = Duration::from_secs(1);
/// It is told again when one part in so many more was looked at.
const TOLD_PARTS: u64 = 20;
/// The data before the upgrade and after it.
const SIDES: u64 = 2;

/// Counts the bytes that a judgement looks at.
#[derive(Debug)]
pub(crate) struct Looked {
    counter: Arc<AtomicU64>,
    /// Bytes of the app's memory, which is about what there is to look at on each side.
    total: u64,
}

impl Looked {
    pub(super) fn of(total: u64) -> Looked {
        Looked { counter: Arc::default(), total }
    }

    /// The counter, for whoever looks.
    pub(super) fn counter(&self) -> Arc<AtomicU64> {
        self.counter.clone()
    }

    /// Bytes of one side that were looked at; what is looked at twice counts once.
    fn bytes(&self) -> u64 {
        (self.counter.load(Ordering::Relaxed) / SIDES).min(self.total)
    }

    /// How far it is, if that is more than what was `told`.
    fn news(&self, told: &mut u64) -> Option<String> {
        let bytes = self.bytes();
        if bytes == 0 || bytes.saturating_sub(*told) < self.total / TOLD_PARTS || bytes == *told {
            return None;
        }
        *told = bytes;
        Some(format!("Checking it against the live app: looked at {} of about {} MB", mega(bytes), mega(self.total)))
    }
}

impl Progress {
    /// Waits for what looks at an app's data, and tells on the way how far that is.
    pub(super) async fn while_looking<T>(&self, looked: &Looked, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut told = 0;
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(MOMENT) => {
                    looked.news(&mut told).iter().for_each(|message| self.more(message));
                }
            }
        }
    }
}

/// Megabytes, with commas.
fn mega(bytes: u64) -> String {
    let digits = bytes.div_ceil(1_000_000).to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_as_more_is_looked_at() {
        let looked = Looked::of(1_027_000_000);
        let mut told = 0;
        assert_eq!(looked.news(&mut told), None);
        looked.counter().store(2 * 312_000_000, Ordering::Relaxed);
        let sentence = "Checking it against the live app: looked at 312 of about 1,027 MB";
        assert_eq!(looked.news(&mut told).as_deref(), Some(sentence));
        looked.counter().store(2 * 313_000_000, Ordering::Relaxed);
        assert_eq!(looked.news(&mut told), None);
        // What is looked at again is no more than all of it.
        looked.counter().store(u64::MAX, Ordering::Relaxed);
        assert!(looked.news(&mut told).is_some_and(|text| text.contains("1,027 of about 1,027 MB")));
        assert_eq!(looked.news(&mut told), None);
    }
}
