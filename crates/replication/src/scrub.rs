//! The scrub: goes over all committed memory in turn, so that a byte altered behind the program's back is found even
//! where nobody uses it.
//!
//! It reads pinned generations beside the executor, a bounded number of bytes at a time. What it finds is noted on the
//! images themselves (`state::pages`), where everybody who stands on them sees it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use candid::Principal;
use state::{delta::MemoryId, pages::PagedMemory, storage::Storage, store::check_overlays};

use crate::replica::Command;

/// How fast, and how often.
#[derive(Clone, Copy, Debug)]
pub struct ScrubPace {
    /// Bytes that one step reads.
    pub step_bytes: u64,
    /// The time between two steps.
    pub between_steps: Duration,
    /// The time between two rounds.
    pub between_rounds: Duration,
}

impl Default for ScrubPace {
    /// 32 MiB/s, which takes about a hundredth of a core; a round an hour.
    fn default() -> ScrubPace {
        ScrubPace {
            step_bytes: 8 << 20,
            between_steps: Duration::from_millis(250),
            between_rounds: Duration::from_secs(3600),
        }
    }
}

/// How far the scrub is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScrubProgress {
    /// Rounds over everything that are finished.
    pub rounds: u64,
    /// Canisters that the present round, or the last one, has looked at.
    pub canisters: u64,
    /// Bytes that it has compared.
    pub bytes: u64,
}

/// A canister with all its memories, as of a moment.
pub(crate) type Pinned = (Principal, Vec<(MemoryId, PagedMemory)>);

/// What a step ended with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is more to look at.
    More,
    /// The round is finished.
    Round,
}

/// Where the scrub stands. It has no clock and no thread.
#[derive(Debug, Default)]
pub(crate) struct Scrub {
    last: Option<Principal>,
    /// Memories of the present canister that are still to be checked, the next one last.
    memories: Vec<(MemoryId, PagedMemory)>,
    group: u64,
    progress: ScrubProgress,
    /// Memories one of whose overlay files rotted, while what was read from it is still here.
    rotted: Vec<MemoryId>,
}

impl Scrub {
    /// Compares up to about `budget` bytes.
    pub(crate) fn step(
        &mut self,
        storage: &dyn Storage,
        mut budget: u64,
        mut after: impl FnMut(Option<Principal>) -> Option<Pinned>,
    ) -> Step {
        if self.last.is_none() {
            self.progress = ScrubProgress { rounds: self.progress.rounds, ..ScrubProgress::default() };
        }
        while budget > 0 {
            let Some((id, memory)) = self.memories.pop() else {
                let Some((canister, memories)) = after(self.last) else {
                    self.last = None;
                    self.progress.rounds += 1;
                    return Step::Round;
                };
                (self.last, self.memories) = (Some(canister), memories);
                self.progress.canisters += 1;
                // A step ends some time, also over canisters without memories.
                budget = budget.saturating_sub(1024);
                continue;
            };
            let before = budget;
            let checked = memory.check_from(self.group, &mut budget);
            self.progress.bytes += before - budget;
            match checked {
                Ok(Some(group)) => {
                    self.group = group;
                    self.memories.push((id, memory));
                }
                Ok(None) | Err(_) => self.end_memory(storage, id, &memory),
            }
        }
        Step::More
    }

    fn end_memory(&mut self, storage: &dyn Storage, id: MemoryId, memory: &PagedMemory) {
        self.group = 0;
        memory.image().let_go();
        if memory.image().damage().is_none()
            && let Err(error) = check_overlays(storage, memory.image().files())
        {
            tracing::warn!(%error, "a file of a memory rotted; the memory is written anew");
            self.rotted.push(id);
        }
    }

    /// Memories to be written anew.
    pub(crate) fn take_rotted(&mut self) -> Vec<MemoryId> {
        std::mem::take(&mut self.rotted)
    }

    pub(crate) fn progress(&self) -> ScrubProgress {
        self.progress
    }
}

/// The thread that scrubs.
pub(crate) struct ScrubThread {
    progress: Arc<Mutex<ScrubProgress>>,
    /// Dropped to end it.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ScrubThread {
    pub(crate) fn start(
        pace: ScrubPace,
        storage: Arc<dyn Storage>,
        commands: Sender<Command>,
    ) -> std::io::Result<ScrubThread> {
        let (stop, stopped) = channel();
        let progress = Arc::<Mutex<ScrubProgress>>::default();
        let shown = progress.clone();
        let run = move || {
            let mut scrub = Scrub::default();
            let mut pause = pace.between_steps;
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let step = scrub.step(&*storage, pace.step_bytes, |last| ask(&commands, &stopped, last));
                rewrite(&commands, scrub.take_rotted());
                *shown.lock().unwrap_or_else(PoisonError::into_inner) = scrub.progress();
                pause = if step == Step::Round { pace.between_rounds } else { pace.between_steps };
            }
        };
        let thread = std::thread::Builder::new().name("scrub".into()).spawn(run)?;
        Ok(ScrubThread { progress, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) fn progress(&self) -> ScrubProgress {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the thread.
    pub(crate) fn stop(&mut self) {
        self.stop = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the scrub thread panicked");
        }
    }
}

/// Asks the executor for the next canister. While the node stops there is none.
fn ask(commands: &Sender<Command>, stopped: &Receiver<()>, last: Option<Principal>) -> Option<Pinned> {
    let (sender, answer) = channel();
    let read = Command::Read(Box::new(move |executor| {
        let _ = sender.send(executor.canister_after(last));
        Box::new(|| ())
    }));
    commands.send(read).ok()?;
    loop {
        match answer.recv_timeout(Duration::from_millis(100)) {
            Ok(pinned) => return pinned,
            Err(RecvTimeoutError::Timeout) if stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) => {}
            Err(_) => return None,
        }
    }
}

fn rewrite(commands: &Sender<Command>, rotted: Vec<MemoryId>) {
    if !rotted.is_empty() {
        let read = Command::Read(Box::new(move |executor| {
            executor.rewrite(&rotted);
            Box::new(|| ())
        }));
        let _ = commands.send(read);
    }
}
