//! Browsers that stay for a while: starting one costs more than what it is started for.
//!
//! Invariant: at most [`BROWSERS_MAX`] run at a time, the idle one included, and all of them end with the node.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
};

use super::{Browser, BrowserError};

/// Browsers that run at a time.
const BROWSERS_MAX: usize = 2;
/// How long one stays without work.
const IDLE: Duration = Duration::from_secs(180);

/// The node's browsers.
#[derive(Clone)]
pub(crate) struct Browsers(Arc<Shared>);

struct Shared {
    /// Where they have their folders.
    folder: PathBuf,
    places: Arc<Semaphore>,
    idle: Mutex<Option<Idle>>,
}

/// A browser without work, and what ends it when it has none for long.
struct Idle(Browser, JoinHandle<()>);

/// A browser to work with. Given up without [`Taken::give_back`], it ends.
pub(crate) struct Taken {
    pub(crate) browser: Browser,
    of: Arc<Shared>,
    place: OwnedSemaphorePermit,
}

impl Browsers {
    /// None yet. What earlier ones left in the folder, which is theirs alone, goes.
    pub(crate) fn new(folder: &Path) -> Browsers {
        if let Err(error) = std::fs::remove_dir_all(folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, folder = %folder.display(), "what browsers left behind can't be removed");
        }
        let places = Arc::new(Semaphore::new(BROWSERS_MAX));
        Browsers(Arc::new(Shared { folder: folder.to_owned(), places, idle: Mutex::default() }))
    }

    /// The idle browser, or a new one; waits while too many are at work.
    pub(crate) async fn take(&self, program: &Path) -> Result<Taken, BrowserError> {
        let of = self.0.clone();
        let place = of.places.clone().acquire_owned().await.map_err(std::io::Error::other)?;
        let idle = match of.take_idle() {
            Some(mut browser) => browser.answers().await.then_some(browser),
            None => None,
        };
        let browser = match idle {
            Some(browser) => browser,
            None => Browser::start(program, &of.folder).await?,
        };
        Ok(Taken { browser, of, place })
    }

    /// Lets no other begin, and returns when all that are not at work are gone.
    pub(crate) async fn end(&self) {
        self.0.places.close();
        self.end_idle().await;
    }

    /// Ends the idle one, with all that it may remember.
    pub(crate) async fn end_idle(&self) {
        if let Some(browser) = self.0.take_idle() {
            browser.end().await;
        }
    }
}

impl Shared {
    fn take_idle(&self) -> Option<Browser> {
        let Idle(browser, ends) = self.lock().take()?;
        ends.abort();
        Some(browser)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Idle>> {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Taken {
    /// Keeps the browser for the next who needs one.
    pub(crate) fn give_back(self) {
        let Taken { browser, of, place } = self;
        let mut idle = of.lock();
        if idle.is_none() && !of.places.is_closed() {
            let weak = Arc::downgrade(&of);
            let ends = tokio::spawn(async move {
                tokio::time::sleep(IDLE).await;
                // Taken out first: ending this task, which `take_idle` does, must not keep the browser from its end.
                let idle = weak.upgrade().and_then(|of| of.lock().take());
                drop(idle);
            });
            *idle = Some(Idle(browser, ends));
        }
        // The place is free only now, so that whoever gets it finds the browser.
        drop(idle);
        drop(place);
    }
}
