//! What the system API works on while a message runs.
//!
//! Invariant: everything that a message may do to the world is gathered here, and leaves only through
//! [`Host::finish`], so a trap leaves nothing behind.

use wasmtime::{Global, Memory, ResourceLimiter, Table};

use super::{Context, call::Outgoing};
use crate::{
    memory::{HEAP_CAPACITY_BYTES, StableMemory},
    message::{Callback, Effects, Entry, Input, Limits, OutgoingCall, Reply},
    slices::Meter,
    trap::Trap,
};

/// The instance's own exports that the host needs.
#[derive(Clone)]
pub(crate) struct Handles {
    pub(crate) memory: Option<Memory>,
    pub(crate) table: Option<Table>,
    pub(crate) counter: Global,
    pub(crate) depth: Global,
    pub(crate) globals: Vec<Global>,
}

/// The host's side of one canister.
pub(crate) struct Host {
    pub(crate) handles: Option<Handles>,
    pub(crate) stable: StableMemory,
    pub(crate) context: Context,
    pub(crate) input: Input,
    pub(crate) limits: Limits,
    /// What is left of the instructions, beside the counter.
    pub(crate) meter: Meter,
    /// What the message does so far.
    pub(super) effects: Effects,
    /// The reply being put together.
    pub(super) reply_data: Vec<u8>,
    /// Whether the call context was replied to, by this message or before.
    pub(super) replied: bool,
    pub(super) cycles_available: u128,
    /// The call being put together.
    pub(super) pending: Option<OutgoingCall>,
    /// Those that were performed, counted.
    pub(super) outgoing: Outgoing,
    pub(super) logs: Vec<String>,
    pub(super) log_bytes: usize,
    /// While an instance is made its memory may take its initial size, whatever the limit is by now.
    pub(crate) instantiating: bool,
}

impl Host {
    pub(crate) fn new(stable: StableMemory) -> Host {
        Host {
            handles: None,
            stable,
            context: Context::Start,
            input: Input::default(),
            limits: Limits::default(),
            meter: Meter::default(),
            effects: Effects::default(),
            reply_data: Vec::new(),
            replied: false,
            cycles_available: 0,
            pending: None,
            outgoing: Outgoing::default(),
            logs: Vec::new(),
            log_bytes: 0,
            instantiating: true,
        }
    }

    /// Gets ready for a message.
    pub(crate) fn begin(&mut self, entry: &Entry, input: Input, limits: Limits, meter: Meter) {
        self.context = Context::of(entry, input.replicated);
        self.replied = matches!(entry, Entry::Callback(Callback { replied: true, .. }));
        self.effects = Effects { cycles_balance: input.cycles_balance, ..Effects::default() };
        self.cycles_available = if self.replied { 0 } else { input.cycles_available };
        self.input = input;
        self.limits = limits;
        self.meter = meter;
        self.reply_data.clear();
        self.pending = None;
        self.outgoing = Outgoing::default();
        self.logs.clear();
        self.log_bytes = 0;
        self.instantiating = false;
    }

    /// What the message does; a call that was never performed is forgotten, and keeps its cycles here.
    pub(crate) fn finish(&mut self) -> Effects {
        self.drop_pending();
        std::mem::take(&mut self.effects)
    }

    /// What was printed.
    pub(crate) fn take_logs(&mut self) -> Vec<String> {
        std::mem::take(&mut self.logs)
    }

    /// Forgets the call being put together.
    pub(super) fn drop_pending(&mut self) {
        if let Some(call) = self.pending.take() {
            self.effects.cycles_balance = self.effects.cycles_balance.saturating_add(call.cycles);
        }
    }

    /// Answers the call context's caller; what was not accepted of its cycles goes back.
    pub(super) fn answer(&mut self, reply: Reply) {
        self.effects.reply = Some(reply);
        self.replied = true;
        self.cycles_available = 0;
    }
}

impl ResourceLimiter for Host {
    fn memory_growing(&mut self, _current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let bytes = desired as u64;
        if bytes > HEAP_CAPACITY_BYTES || maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        if !self.instantiating && bytes > self.limits.heap_bytes {
            return Err(Trap::HeapLimit { limit_bytes: self.limits.heap_bytes }.into());
        }
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        const ELEMENTS_MAX: usize = 1_000_000;
        Ok(desired <= ELEMENTS_MAX && maximum.is_none_or(|maximum| desired <= maximum))
    }
}
