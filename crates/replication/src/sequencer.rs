//! The sequencer seam: in which order update calls are executed, and in which batches.

use std::collections::VecDeque;

use execution::Batch;
use state::replicated::Ingress;

/// Update calls that wait to be ordered.
#[derive(Debug, Default)]
pub struct Pool {
    calls: VecDeque<Ingress>,
    bytes: usize,
}

impl Pool {
    /// Adds a call at the end.
    pub fn push(&mut self, call: Ingress) {
        self.bytes += weight(&call);
        self.calls.push_back(call);
    }

    /// How many calls wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Bytes that the waiting calls take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn pop(&mut self) -> Option<Ingress> {
        let call = self.calls.pop_front()?;
        self.bytes -= weight(&call);
        Some(call)
    }
}

fn weight(call: &Ingress) -> usize {
    call.arg.len() + call.method.len() + 200
}

/// Decides what the next batch is. In a network this is where consensus stands.
pub trait Sequencer: Send + 'static {
    /// The next batch from the waiting calls; `randomness` is for this batch alone.
    fn next(&mut self, pool: &mut Pool, time: u64) -> Batch;
}

/// One node's own order: first come, first served.
pub struct LocalSequencer {
    random: Box<dyn FnMut() -> [u8; 32] + Send>,
}

/// Most calls of a batch: bounds how long one batch takes, and so how long a query waits behind it.
const CALLS_MAX: usize = 512;
/// Most bytes of a batch's calls, unless one call alone is larger.
const BYTES_MAX: usize = 8 << 20;

impl LocalSequencer {
    /// With a source of randomness: the system's, or a seeded one in simulations.
    pub fn new(random: impl FnMut() -> [u8; 32] + Send + 'static) -> LocalSequencer {
        LocalSequencer { random: Box::new(random) }
    }
}

impl std::fmt::Debug for LocalSequencer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalSequencer")
    }
}

impl Sequencer for LocalSequencer {
    fn next(&mut self, pool: &mut Pool, time: u64) -> Batch {
        let mut ingress = Vec::new();
        let mut bytes = 0;
        while ingress.len() < CALLS_MAX && bytes < BYTES_MAX {
            let Some(call) = pool.pop() else { break };
            bytes += weight(&call);
            ingress.push(call);
        }
        Batch { time, randomness: (self.random)(), ingress }
    }
}
