//! What a node is doing, told on standard error while it takes longer than a moment.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::task::AbortHandle;

use crate::client::{answer::Progress, say};

/// What is done sooner needs no words.
const MOMENT: Duration = Duration::from_secs(1);

/// Tells stages, the first when a moment has passed.
pub(super) struct Teller {
    begun: Instant,
    /// The stage that nobody was told of yet.
    untold: Arc<Mutex<Option<String>>>,
    later: AbortHandle,
}

impl Teller {
    /// Starts the clock.
    pub(super) fn start() -> Teller {
        let untold: Arc<Mutex<Option<String>>> = Arc::default();
        let shared = untold.clone();
        let later = tokio::spawn(async move {
            tokio::time::sleep(MOMENT).await;
            let stage = take(&shared);
            stage.iter().for_each(|stage| say(stage));
        });
        Teller { begun: Instant::now(), untold, later: later.abort_handle() }
    }

    /// A stage begins.
    pub(super) fn tell(&self, progress: Progress) {
        let text = if progress.message.is_empty() { progress.stage } else { progress.message };
        if text.is_empty() {
            return;
        }
        if self.begun.elapsed() < MOMENT {
            *self.untold.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
            return;
        }
        take(&self.untold);
        say(&format!("{text} ({:.0} s)", self.begun.elapsed().as_secs_f64()));
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.later.abort();
    }
}

fn take(untold: &Mutex<Option<String>>) -> Option<String> {
    untold.lock().unwrap_or_else(PoisonError::into_inner).take()
}
