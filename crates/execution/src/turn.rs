//! A canister's turn: taken out of the state together with its instance, to run messages apart from all others.
//!
//! Invariant: a turn reads what it shares with other turns ([`Env`]) and changes only what it took; everything else it
//! wants done is in its [`Outbox`], which the executor carries out in an order that does not depend on which turn ran
//! when. So turns may run at the same time, on any number of threads.

use std::sync::Arc;

use candid::Principal;
use embedder::{
    CanisterView, Engine, Entry, Execution, Input, Limits, Module, Sandbox, SandboxError, SubnetView, Trap,
};
use protocol::ErrorCode;
use state::{
    delta::{MemoryKind, MemoryOp},
    replicated::{CanisterCode, LowMemoryHook, Message, Reject, RequestId},
};

use crate::{
    config::ExecutionConfig,
    damage::{check_at_wake, check_known},
    executor::Blobs,
    messages::{InputParts, Sent, fatal, input_of, view},
    registry::Registry,
    reject,
    state::{Canister, memory_id},
    usage::UsageBook,
};

/// What turns share and none changes.
#[derive(Clone, Copy)]
pub(crate) struct Env<'e> {
    pub(crate) height: u64,
    pub(crate) time: u64,
    pub(crate) config: &'e ExecutionConfig,
    pub(crate) registry: &'e Registry,
    pub(crate) engine: &'e Engine,
    pub(crate) blobs: &'e dyn Blobs,
    pub(crate) subnet: &'e Arc<SubnetView>,
}

/// A canister on its own.
pub(crate) struct Turn<'e> {
    pub(crate) env: Env<'e>,
    pub(crate) id: Principal,
    pub(crate) canister: Canister,
    pub(crate) sandbox: Option<Sandbox>,
    view: Option<Arc<CanisterView>>,
    pub(crate) out: Outbox,
}

/// What a turn wants done with the rest of the world.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Update calls that were begun.
    pub(crate) begun: Vec<RequestId>,
    /// Calls and answers, in order.
    pub(crate) sent: Vec<Sent>,
    /// Changes of the canister's memories, in order.
    pub(crate) memories: Vec<MemoryOp>,
    /// Whether globals changed.
    pub(crate) globals: bool,
    /// Whether a message was taken from the queue, or a long one ended.
    pub(crate) ran: bool,
    /// Whether a long message ended.
    pub(crate) ended_long: bool,
    /// What the messages took.
    pub(crate) usage: UsageBook,
    /// The sum of the instructions that they used of this batch.
    pub(crate) instructions: u64,
}

/// Why a canister has no module to run.
#[derive(Clone, Debug)]
pub(crate) enum NoModule {
    /// Nothing is installed.
    Empty,
    /// It can't be had.
    Broken(String),
    /// Its memory is not what was committed: what of it, and what is wrong.
    Damaged(String),
}

/// Images up to this length are checked whole when a canister wakes, bytes; the others by the scrub, and where they
/// are written over.
const CHECKED_AT_WAKE_BYTES_MAX: u64 = 16 << 20;

impl NoModule {
    pub(crate) fn reject(&self, id: Principal) -> Reject {
        match self {
            NoModule::Empty => reject::no_code(id),
            NoModule::Broken(why) => {
                Reject::new(ErrorCode::CERTIFIED_STATE_UNAVAILABLE, format!("canister {id} can't run: {why}"))
            }
            NoModule::Damaged(what) => reject::damaged(id, what),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            NoModule::Empty => "it has no code that runs".into(),
            NoModule::Broken(why) => why.clone(),
            NoModule::Damaged(what) => reject::damaged_text(what),
        }
    }
}

/// What becomes of a message whose canister can't be woken.
pub(crate) fn no_instance(why: String) -> Execution {
    Execution { outcome: Err(Trap::Explicit(why)), instructions: 0, logs: Vec::new() }
}

impl Env<'_> {
    /// A module by its hash, from those in memory, the cache of compiled code or the blobs.
    pub(crate) fn module(&self, hash: &[u8; 32]) -> Result<Arc<Module>, String> {
        if let Some(module) = self.engine.prepared(hash) {
            return Ok(module);
        }
        let bytes = self.blobs.get(hash).ok_or("its module is not in this node's blob store")?;
        self.engine.prepare(&bytes).map_err(|error| format!("its module can't be run: {error}"))
    }

    pub(crate) fn module_of(&self, code: &CanisterCode) -> Result<Arc<Module>, NoModule> {
        match code {
            CanisterCode::Wasm(hash) => self.module(hash).map_err(NoModule::Broken),
            _ => Err(NoModule::Empty),
        }
    }

    /// Limits of a message on any canister.
    pub(crate) fn limits(&self, instructions: u64) -> Limits {
        Limits {
            instructions,
            heap_bytes: self.config.heap_bytes,
            stable_bytes: self.config.stable_bytes,
            calls_to_one: self.config.queue_max,
            ..Limits::default()
        }
    }
}

impl<'e> Turn<'e> {
    pub(crate) fn new(env: Env<'e>, id: Principal, canister: Canister, sandbox: Option<Sandbox>) -> Turn<'e> {
        Turn { env, id, canister, sandbox, view: None, out: Outbox::default() }
    }

    /// Runs a slice of a long message, and then waiting messages in order until none may run or the instructions are
    /// used; the last may go beyond.
    pub(crate) fn run_queue(&mut self, instructions: u64) {
        self.run_long();
        // What waited for the end of a long message comes before other messages.
        if !self.canister.system.deferred.is_empty() {
            return;
        }
        while self.out.instructions < instructions {
            let Some(message) = self.next_message() else { return };
            self.out.ran = true;
            self.run_message(message);
        }
    }

    /// The next message that may run now: while held, only what open calls need.
    fn next_message(&mut self) -> Option<Message> {
        self.canister.look_at_memory(self.env.config.heap_bytes);
        if self.canister.hook_is_next(self.id, &self.env.config.idle_prices) {
            self.canister.system.low_memory = LowMemoryHook::Executed;
            return Some(Message::LowMemory);
        }
        let at = self.canister.runnable(self.id)?;
        self.canister.system.queue.remove(at)
    }

    /// The module to run, if the canister may run at all.
    pub(crate) fn module(&self) -> Result<Arc<Module>, NoModule> {
        let memory = &self.canister.memory;
        let checked = match &self.sandbox {
            Some(_) => check_known(memory),
            None => check_at_wake(memory, CHECKED_AT_WAKE_BYTES_MAX),
        };
        checked.map_err(NoModule::Damaged)?;
        match &self.sandbox {
            Some(sandbox) => Ok(sandbox.module().clone()),
            None => self.env.module_of(&self.canister.system.code),
        }
    }

    /// The live instance, opened from committed memory if it isn't there.
    pub(crate) fn sandbox(&mut self) -> Result<&mut Sandbox, String> {
        let module = self.module().map_err(|why| why.text())?;
        if self.sandbox.is_none() {
            let opened = Sandbox::open(self.env.engine, module, &self.canister.memory);
            self.sandbox = Some(opened.map_err(|error| error.to_string())?);
        }
        self.sandbox.as_mut().ok_or_else(|| "it is gone".into())
    }

    /// Runs an entry on the live instance, waking it if need be. Nothing is committed yet.
    pub(crate) fn run(&mut self, entry: &Entry, parts: &InputParts, limits: &Limits) -> Execution {
        let input = self.input(parts);
        match self.sandbox().map(|sandbox| sandbox.run(entry, input, limits)) {
            Ok(execution) => fatal(execution),
            Err(why) => no_instance(why),
        }
    }

    pub(crate) fn input(&mut self, parts: &InputParts) -> Input {
        let (id, canister) = (self.id, &self.canister);
        let own = self.view.get_or_insert_with(|| Arc::new(view(&self.env, id, canister)));
        input_of(&self.env, &canister.system, own, parts)
    }

    /// Takes what the last message wrote into the committed memory and the outbox; gives the bytes by which the
    /// memories grew.
    ///
    /// # Errors
    /// What it wrote stands on altered bytes. Then it is as if it had not run.
    pub(crate) fn commit_memory(&mut self) -> Result<u64, Trap> {
        let Some(sandbox) = &mut self.sandbox else { return Ok(0) };
        let memory = &mut self.canister.memory;
        let before = memory.heap.bytes() + memory.stable.bytes();
        let delta = match sandbox.commit(memory) {
            Err(altered @ SandboxError::Altered(_)) => {
                self.sandbox = None;
                return Err(Trap::Explicit(reject::damaged_text(&altered.to_string())));
            }
            committed => fatal(committed),
        };
        if let Some(heap) = delta.heap {
            self.out.memories.push(MemoryOp::Write(memory_id(self.id, MemoryKind::Heap, 0), heap));
        }
        if let Some(stable) = delta.stable {
            self.out.memories.push(MemoryOp::Write(memory_id(self.id, MemoryKind::Stable, 0), stable));
        }
        self.out.globals |= !delta.globals.is_empty();
        let grown = (memory.heap.bytes() + memory.stable.bytes()).saturating_sub(before);
        if grown > 0 {
            // A larger canister must keep more cycles.
            self.view = None;
        }
        Ok(grown)
    }

    /// Puts the instance back to what is committed.
    pub(crate) fn roll_back(&mut self) {
        if let Some(sandbox) = &mut self.sandbox {
            fatal(sandbox.roll_back(&self.canister.memory));
        }
    }
}
