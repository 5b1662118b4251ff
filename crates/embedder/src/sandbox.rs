//! One canister, awake: an instance of its module over its memories.
//!
//! Invariant: what a message changed stays uncommitted until [`Sandbox::commit`]; until then [`Sandbox::roll_back`]
//! (or [`Sandbox::restore`], if the module was replaced) gives back exactly the committed bytes, sizes and globals.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use state::{
    pages::{PageDelta, PagedMemory},
    planted::{self, Planted},
};
use wasmtime::{AsContextMut as _, Func, Instance, Ref, Store};

use crate::{
    engine::Engine,
    global::GlobalValue,
    memory::{Heap, MemoryFault, StableMemory, adopting},
    message::{Closure, Entry, Execution, Input, Limits},
    module::{COUNTER, DEPTH, FRAME_BUDGET, MEMORY, Module, PointerWidth, REFILL, START, TABLE, global_name},
    slices::{Granted, Meter, Progress, Slices, provide_refill},
    system_api::{Handles, Host},
    trap::{Budgets, Trap},
};

/// The most instructions a message can be given; leaves room for what is charged beyond.
const INSTRUCTIONS_MAX: u64 = 1 << 62;

/// A canister's committed memory: what a [`Sandbox`] wakes from.
#[derive(Clone, Debug, Default)]
pub struct CanisterMemory {
    /// WebAssembly memory.
    pub heap: PagedMemory,
    /// Stable memory.
    pub stable: PagedMemory,
    /// Mutable globals, in the module's order.
    pub globals: Vec<GlobalValue>,
}

/// What a commit changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryDelta {
    /// Changes of the WebAssembly memory, if there are any.
    pub heap: Option<PageDelta>,
    /// Changes of stable memory, if there are any.
    pub stable: Option<PageDelta>,
    /// Changed globals, by their place in [`CanisterMemory::globals`].
    pub globals: Vec<(u32, GlobalValue)>,
    /// How many globals there are now; an upgrade may change it.
    pub globals_total: u32,
}

impl CanisterMemory {
    /// Takes a committed difference in, as recovery does.
    pub fn apply(&mut self, delta: &MemoryDelta) {
        if let Some(heap) = &delta.heap {
            self.heap.apply(heap);
        }
        if let Some(stable) = &delta.stable {
            self.stable.apply(stable);
        }
        self.apply_globals(delta);
    }

    fn apply_globals(&mut self, delta: &MemoryDelta) {
        self.globals.resize(delta.globals_total as usize, GlobalValue::I32(0));
        for (index, value) in &delta.globals {
            if let Some(global) = self.globals.get_mut(*index as usize) {
                *global = *value;
            }
        }
    }
}

/// Why a canister could not be woken or its message not be run, other than by its own doing in a message.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The machine failed.
    #[error(transparent)]
    Memory(#[from] MemoryFault),
    /// The module can't be instantiated, for example because a table segment does not fit.
    #[error("the module can't be instantiated: {0}")]
    Instantiate(String),
    /// The globals given are not those of the module.
    #[error("the committed globals are not those of the module, which has {expected} of its own types, not {found}")]
    Globals {
        /// How many mutable globals the module has.
        expected: usize,
        /// How many were committed.
        found: usize,
    },
    /// Bytes under what was written are not what was once committed.
    #[error("the canister's committed memory was altered: {0}")]
    Altered(state::fingerprint::Mismatch),
    /// An earlier failure left no instance, or a paused message has it.
    #[error("an earlier failure or a paused message left the canister without an instance; restore or open it again")]
    Lost,
}

/// One canister's live instance. Runs one message at a time.
pub struct Sandbox {
    engine: Engine,
    module: Arc<Module>,
    /// The message that is paused; it has the instance.
    paused: Option<Running>,
    granted: Granted,
    heap: Heap,
    /// Absent only while a message has it, and after an operation that replaces it failed half-way.
    live: Option<Live>,
    /// Whether a message ran in the instance.
    used: bool,
}

/// A message on its way, with the instance that it runs in.
type Running = Pin<Box<dyn Future<Output = (Live, Execution)> + Send>>;

struct Live {
    store: Store<Host>,
    instance: Instance,
}

impl Sandbox {
    /// Installs a module: zeroed memories and its data segments. Nothing is committed yet; the first commit replaces
    /// whatever the committed memory held.
    ///
    /// # Errors
    /// See [`SandboxError`].
    pub fn install(engine: &Engine, module: Arc<Module>) -> Result<Sandbox, SandboxError> {
        let heap = Heap::zeroed(engine.tracking())?;
        let mut sandbox = Sandbox::without_instance(engine, module, heap);
        sandbox.live = Some(sandbox.instantiate(StableMemory::zeroed(), None)?);
        sandbox.write_data()?;
        Ok(sandbox)
    }

    /// Wakes a canister from what was committed. The start function does not run and data segments stay as they are.
    ///
    /// # Errors
    /// See [`SandboxError`].
    pub fn open(engine: &Engine, module: Arc<Module>, memory: &CanisterMemory) -> Result<Sandbox, SandboxError> {
        let heap = Heap::open(&memory.heap, engine.tracking())?;
        let mut sandbox = Sandbox::without_instance(engine, module, heap);
        sandbox.live = Some(sandbox.instantiate(StableMemory::open(&memory.stable)?, Some(&memory.globals))?);
        Ok(sandbox)
    }

    fn without_instance(engine: &Engine, module: Arc<Module>, heap: Heap) -> Sandbox {
        let engine = engine.clone();
        Sandbox { engine, module, paused: None, granted: Granted::default(), heap, live: None, used: false }
    }

    /// The module that runs.
    #[must_use]
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// The WebAssembly memory as it is now, uncommitted changes included.
    #[must_use]
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    /// Stable memory as it is now, uncommitted changes included.
    ///
    /// # Errors
    /// An earlier failure left no instance.
    pub fn stable(&self) -> Result<&StableMemory, SandboxError> {
        self.live.as_ref().map(|live| &live.store.data().stable).ok_or(SandboxError::Lost)
    }

    /// Runs one message to its end. Its changes of memory stay until they are committed or rolled back.
    ///
    /// # Errors
    /// The machine failed; what the canister does wrong is in the [`Execution`].
    pub fn run(&mut self, entry: &Entry, input: Input, limits: &Limits) -> Result<Execution, SandboxError> {
        match self.start(entry, input, limits, Slices::WHOLE)? {
            Progress::Done(execution) => Ok(execution),
            Progress::Paused => Err(SandboxError::Lost),
        }
    }

    /// Runs one message as [`Sandbox::run`] does, but only so far as it was granted slices.
    ///
    /// # Errors
    /// As [`Sandbox::run`].
    pub fn start(
        &mut self,
        entry: &Entry,
        input: Input,
        limits: &Limits,
        slices: Slices,
    ) -> Result<Progress, SandboxError> {
        if self.used && self.module.is_volatile() {
            self.renew()?;
        }
        self.used = true;
        let mut live = self.live.take().ok_or(SandboxError::Lost)?;
        live.begin(entry, input, limits, slices, self.granted.clone());
        let (module, entry) = (self.module.clone(), entry.clone());
        self.go_on(Box::pin(live.run(module, entry)))
    }

    /// Runs the paused message on, through so many slices more.
    ///
    /// # Errors
    /// No message is paused.
    pub fn resume(&mut self, slices: u64) -> Result<Progress, SandboxError> {
        let running = self.paused.take().ok_or(SandboxError::Lost)?;
        self.granted.add(slices);
        self.go_on(running)
    }

    /// Whether a message is paused in it.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    fn go_on(&mut self, mut running: Running) -> Result<Progress, SandboxError> {
        // Nobody wakes it: whoever grants slices polls it as well.
        match running.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready((live, execution)) => {
                self.live = Some(live);
                Ok(Progress::Done(execution))
            }
            Poll::Pending => {
                self.paused = Some(running);
                Ok(Progress::Paused)
            }
        }
    }

    /// Makes everything since the last commit part of the committed memory, and says what changed.
    ///
    /// # Errors
    /// The machine failed; or the committed memory is not what was once committed, and stays as it is. The sandbox is
    /// of no use then.
    pub fn commit(&mut self, memory: &mut CanisterMemory) -> Result<MemoryDelta, SandboxError> {
        let live = self.live.as_mut().ok_or(SandboxError::Lost)?;
        let (heap_bytes, stable_bytes) = (memory.heap.bytes(), memory.stable.bytes());
        let heap = self.heap.take_written(&memory.heap)?;
        let stable = live.store.data_mut().stable.take_written(&memory.stable);
        for (memory, delta) in [(&memory.heap, &heap), (&memory.stable, &stable)] {
            memory.check_under(delta).map_err(|wrong| {
                memory.image().mark_damaged(wrong);
                SandboxError::Altered(wrong)
            })?;
        }
        memory.heap.apply(&heap);
        memory.stable.apply(&stable);
        let values = live.globals();
        let changed = |(index, value): (usize, &GlobalValue)| {
            (memory.globals.get(index) != Some(value)).then_some((index as u32, *value))
        };
        let delta = MemoryDelta {
            heap: (heap.bytes != heap_bytes || !heap.pages.is_empty()).then_some(heap),
            stable: (stable.bytes != stable_bytes || !stable.pages.is_empty()).then_some(stable),
            globals: values.iter().enumerate().filter_map(changed).collect(),
            globals_total: values.len() as u32,
        };
        memory.apply_globals(&delta);
        Ok(delta)
    }

    /// Puts everything back to the committed memory, which must be that of the module that runs.
    ///
    /// # Errors
    /// The machine failed, or the committed globals are another module's: use [`Sandbox::restore`].
    pub fn roll_back(&mut self, memory: &CanisterMemory) -> Result<(), SandboxError> {
        self.check_globals(&memory.globals)?;
        if self.heap.is_fresh() {
            *self = Sandbox::open(&self.engine, self.module.clone(), memory)?;
            return Ok(());
        }
        let shrink = self.heap.roll_back(&memory.heap)?;
        let live = self.live.as_mut().ok_or(SandboxError::Lost)?;
        live.store.data_mut().stable.roll_back(&memory.stable)?;
        if shrink && !planted::is(Planted::UndoForgetsGrowth) {
            return self.shrink_and_renew(memory);
        }
        if planted::is(Planted::UndoForgetsGlobals) {
            return Ok(());
        }
        live.set_globals(&memory.globals)
    }

    /// Brings an instance in which nothing is uncommitted from one committed state of the same module to a later one.
    /// False if it must be opened anew instead.
    ///
    /// # Errors
    /// The machine failed.
    pub fn advance(&mut self, from: &CanisterMemory, to: &CanisterMemory) -> Result<bool, SandboxError> {
        self.check_globals(&to.globals)?;
        if self.live.is_none() || !self.heap.advance(&from.heap, &to.heap)? {
            return Ok(false);
        }
        let stable = if to.stable.same_as(&from.stable) { None } else { Some(StableMemory::open(&to.stable)?) };
        let live = self.live.as_mut().ok_or(SandboxError::Lost)?;
        if let Some(stable) = stable {
            live.store.data_mut().stable = stable;
        }
        live.set_globals(&to.globals)?;
        Ok(true)
    }

    /// Replaces the module, as an upgrade or a reinstallation does. With `keep` the main memory stays; without, it is
    /// zeroed and the new module's data segments are copied in. Stable memory stays either way. Nothing is committed.
    ///
    /// # Errors
    /// The module can't be instantiated, or the machine failed. [`Sandbox::restore`] is then the only way on.
    pub fn replace_module(&mut self, module: Arc<Module>, keep: bool) -> Result<(), SandboxError> {
        let stable = self.take_stable()?;
        self.live = None;
        self.module = module;
        self.used = false;
        if !keep {
            self.heap = Heap::zeroed(self.engine.tracking())?;
        }
        self.live = Some(self.instantiate(stable, None)?);
        if keep { Ok(()) } else { self.write_data() }
    }

    /// Puts everything back to the committed memory and the module that it belongs to, after a replacement.
    ///
    /// # Errors
    /// The machine failed, or the globals are not those of the module.
    pub fn restore(&mut self, module: Arc<Module>, memory: &CanisterMemory) -> Result<(), SandboxError> {
        if self.live.is_none() || self.heap.is_fresh() {
            *self = Sandbox::open(&self.engine, module, memory)?;
            return Ok(());
        }
        self.module = module;
        self.heap.roll_back(&memory.heap)?;
        let live = self.live.as_mut().ok_or(SandboxError::Lost)?;
        live.store.data_mut().stable.roll_back(&memory.stable)?;
        self.shrink_and_renew(memory)
    }

    /// A new instance over the same memory with the same globals: tables and dropped segments are as in the module.
    fn renew(&mut self) -> Result<(), SandboxError> {
        let globals = self.live.as_mut().ok_or(SandboxError::Lost)?.globals();
        let stable = self.take_stable()?;
        self.live = None;
        self.live = Some(self.instantiate(stable, Some(&globals))?);
        Ok(())
    }

    fn shrink_and_renew(&mut self, memory: &CanisterMemory) -> Result<(), SandboxError> {
        let stable = self.take_stable()?;
        self.live = None;
        // SAFETY: the only instance over the mapping was just dropped.
        unsafe { self.heap.shrink(&memory.heap)? };
        self.live = Some(self.instantiate(stable, Some(&memory.globals))?);
        self.used = false;
        Ok(())
    }

    fn take_stable(&mut self) -> Result<StableMemory, SandboxError> {
        let live = self.live.as_mut().ok_or(SandboxError::Lost)?;
        Ok(std::mem::replace(&mut live.store.data_mut().stable, StableMemory::zeroed()))
    }

    fn check_globals(&self, globals: &[GlobalValue]) -> Result<(), SandboxError> {
        let expected = &self.module.facts.mutable_globals;
        let same =
            expected.len() == globals.len() && expected.iter().zip(globals).all(|((_, ty), value)| value.has_type(*ty));
        if same { Ok(()) } else { Err(SandboxError::Globals { expected: expected.len(), found: globals.len() }) }
    }

    fn instantiate(&self, stable: StableMemory, globals: Option<&[GlobalValue]>) -> Result<Live, SandboxError> {
        if let Some(globals) = globals {
            self.check_globals(globals)?;
        }
        let mut store = Store::new(self.engine.wasmtime(), Host::new(stable));
        store.limiter(|host| host);
        let instance = adopting(self.heap.mapping(), || self.module.code.instantiate(&mut store))
            .map_err(|error| SandboxError::Instantiate(format!("{error:#}")))?;
        let mut live = Live { store, instance };
        live.take_handles(&self.module)?;
        if let Some(globals) = globals {
            live.set_globals(globals)?;
        }
        Ok(live)
    }

    fn write_data(&mut self) -> Result<(), SandboxError> {
        for segment in &self.module.facts.data {
            if !self.heap.write(segment.offset, &segment.data) {
                let (length, offset) = (segment.data.len(), segment.offset);
                let text = format!("a data segment of {length} bytes does not fit at {offset}");
                return Err(SandboxError::Instantiate(text));
            }
        }
        Ok(())
    }
}

impl Live {
    fn take_handles(&mut self, module: &Module) -> Result<(), SandboxError> {
        let missing = |name: &str| SandboxError::Instantiate(format!("the instrumented module has no `{name}`"));
        let Live { store, instance } = self;
        let mut global = |name: &str| instance.get_global(&mut *store, name).ok_or_else(|| missing(name));
        let (counter, depth) = (global(COUNTER)?, global(DEPTH)?);
        let indices = module.facts.mutable_globals.iter();
        let globals = indices.map(|(index, _)| global(&global_name(*index))).collect::<Result<_, _>>()?;
        let memory = instance.get_memory(&mut *store, MEMORY);
        let table = instance.get_table(&mut *store, TABLE);
        let refill = instance.get_table(&mut *store, REFILL).ok_or_else(|| missing(REFILL))?;
        let provided = provide_refill(store, &refill);
        provided.map_err(|error| SandboxError::Instantiate(format!("`{REFILL}` can't be set: {error:#}")))?;
        store.data_mut().handles = Some(Handles { memory, table, counter, depth, globals });
        Ok(())
    }

    fn handles(&self) -> Option<Handles> {
        self.store.data().handles.clone()
    }

    fn globals(&mut self) -> Vec<GlobalValue> {
        let globals = self.handles().map(|handles| handles.globals).unwrap_or_default();
        globals.iter().filter_map(|global| GlobalValue::of(&global.get(&mut self.store))).collect()
    }

    fn set_globals(&mut self, values: &[GlobalValue]) -> Result<(), SandboxError> {
        let globals = self.handles().map(|handles| handles.globals).unwrap_or_default();
        for (global, value) in globals.iter().zip(values) {
            let set = global.set(&mut self.store, value.val());
            set.map_err(|error| SandboxError::Instantiate(format!("a global can't be set: {error:#}")))?;
        }
        Ok(())
    }

    /// Gets ready for a message.
    fn begin(&mut self, entry: &Entry, input: Input, limits: &Limits, slices: Slices, granted: Granted) {
        let instructions = limits.instructions.min(INSTRUCTIONS_MAX);
        let limits = Limits { instructions, ..limits.clone() };
        let (meter, counter) = Meter::new(instructions as i64, slices, granted);
        self.store.data_mut().begin(entry, input, limits, meter);
        self.set_budgets(counter, FRAME_BUDGET as i64);
    }

    /// Runs the message that it was made ready for, and comes back with the instance.
    async fn run(mut self, module: Arc<Module>, entry: Entry) -> (Live, Execution) {
        let called = self.call(&module, &entry).await;
        let instructions = self.store.data().limits.instructions;
        let (counter, depth) = self.budgets();
        let counter = self.store.data().meter.left(counter);
        let outcome = match called {
            Ok(()) if counter < 0 => Err(Trap::InstructionLimit { limit: instructions }),
            Ok(()) => Ok(self.store.data_mut().finish()),
            Err(error) => Err(Trap::from_error(&error, &Budgets { counter, depth, instructions })),
        };
        let left = u64::try_from(counter).unwrap_or(0);
        let logs = self.store.data_mut().take_logs();
        (self, Execution { outcome, instructions: instructions.saturating_sub(left), logs })
    }

    async fn call(&mut self, module: &Module, entry: &Entry) -> wasmtime::Result<()> {
        if !module.has(entry) {
            return Err(Trap::NoSuchEntry(entry.to_string()).into());
        }
        if let Entry::Callback(callback) = entry {
            return self.call_closure(callback.closure, module.pointer_width()).await;
        }
        let name = entry.export_name().unwrap_or(START.into());
        self.instance.get_typed_func::<(), ()>(&mut self.store, &name)?.call_async(&mut self.store, ()).await
    }

    async fn call_closure(&mut self, closure: Closure, width: PointerWidth) -> wasmtime::Result<()> {
        let wrong = || Trap::ContractViolation(format!("table entry {} is not a callback", closure.fun));
        let func = self.table_entry(closure.fun).ok_or_else(wrong)?;
        match width {
            PointerWidth::Bits32 => {
                let env = u32::try_from(closure.env).map_err(|_| wrong())?;
                func.typed::<u32, ()>(&self.store).map_err(|_| wrong())?.call_async(&mut self.store, env).await
            }
            PointerWidth::Bits64 => {
                let func = func.typed::<u64, ()>(&self.store).map_err(|_| wrong())?;
                func.call_async(&mut self.store, closure.env).await
            }
        }
    }

    fn table_entry(&mut self, index: u64) -> Option<Func> {
        let table = self.handles()?.table?;
        match table.get(self.store.as_context_mut(), index)? {
            Ref::Func(func) => func,
            _ => None,
        }
    }

    fn set_budgets(&mut self, counter: i64, depth: i64) {
        if let Some(handles) = self.handles() {
            // Both are mutable 64-bit globals of our own making, so setting them can't fail.
            let _ = handles.counter.set(&mut self.store, counter.into());
            let _ = handles.depth.set(&mut self.store, depth.into());
        }
    }

    fn budgets(&mut self) -> (i64, i64) {
        let Some(handles) = self.handles() else { return (0, 0) };
        let mut get = |global: wasmtime::Global| global.get(&mut self.store).i64().unwrap_or(0);
        (get(handles.counter), get(handles.depth))
    }
}
