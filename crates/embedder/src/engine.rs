//! The compiler, configured so that code means the same everywhere, and the modules that it has compiled.
//!
//! Invariant: nothing that the configuration turns on lets two machines compute different results: no threads, no
//! relaxed vector instructions, canonical NaNs, memory that grows by our limits and not by the machine's.

mod cache;

use std::{
    collections::HashMap,
    io::Read as _,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};
use wasmtime::{Config, Linker, OptLevel, WasmBacktraceDetails};

use self::cache::CodeCache;
use crate::{
    memory::{HEAP_CAPACITY_BYTES, HEAP_GUARD_BYTES, HeapCreator, Tracking},
    module::{InvalidModule, Module, PointerWidth, instrument, validate},
    system_api::{self, Host},
};

/// The largest module after decompression.
const MODULE_BYTES_MAX: u64 = 100 << 20;
/// Compiled modules kept although nobody uses them.
const MODULES_KEPT: usize = 64;

/// Native stack that compiled code may use. The counted depth is a quarter of it, in estimated bytes, so that the
/// estimate may be wrong by much before the engine's own limit is met.
const WASM_STACK_BYTES: usize = 20 << 20;
/// What the host's own functions may need below that, on the same stack.
const HOST_STACK_BYTES: usize = 1 << 20;

/// How an engine works.
#[derive(Clone, Debug, Default)]
pub struct EngineConfig {
    /// Where compiled modules are kept between runs of the process; `None` compiles them anew each time.
    pub cache_dir: Option<PathBuf>,
    /// How dirty pages are found.
    pub tracking: Tracking,
}

/// Prepares modules. Cheap to clone; one is enough for a process.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

struct Shared {
    wasmtime: wasmtime::Engine,
    linkers: [Linker<Host>; 2],
    tracking: Tracking,
    cache: Option<CodeCache>,
    modules: Mutex<HashMap<[u8; 32], Arc<Module>>>,
}

/// The machine can't run canisters at all.
#[derive(Debug, thiserror::Error)]
#[error("the WebAssembly engine could not be started: {0}")]
pub struct EngineError(String);

impl Engine {
    /// Starts an engine.
    ///
    /// # Errors
    /// The processor or system is not one that the compiler knows.
    pub fn new(config: EngineConfig) -> Result<Engine, EngineError> {
        let failed = |error: wasmtime::Error| EngineError(format!("{error:#}"));
        let wasmtime = wasmtime::Engine::new(&deterministic()).map_err(failed)?;
        let linkers = [
            system_api::linker(&wasmtime, PointerWidth::Bits32).map_err(failed)?,
            system_api::linker(&wasmtime, PointerWidth::Bits64).map_err(failed)?,
        ];
        let cache = config.cache_dir.map(|folder| CodeCache::new(folder, &wasmtime));
        let modules = Mutex::new(HashMap::new());
        Ok(Engine(Arc::new(Shared { wasmtime, linkers, tracking: config.tracking, cache, modules })))
    }

    /// Checks, instruments and compiles a module, or finds it compiled. Takes gzip too.
    ///
    /// # Errors
    /// The bytes are not a canister module; the error names the rule and the place.
    pub fn prepare(&self, wasm: &[u8]) -> Result<Arc<Module>, InvalidModule> {
        let hash: [u8; 32] = Sha256::digest(wasm).into();
        if let Some(module) = self.prepared(&hash) {
            return Ok(module);
        }
        let wasm = decompress(wasm)?;
        let facts = validate(&wasm)?;
        let pointer_width = if facts.memory64 { PointerWidth::Bits64 } else { PointerWidth::Bits32 };
        let compile = || {
            let instrumented = instrument(&wasm, &facts)?;
            wasmtime::Module::from_binary(&self.0.wasmtime, &instrumented)
                .map_err(|error| InvalidModule::Compile(format!("{error:#}")))
        };
        let compiled = match &self.0.cache {
            Some(cache) => cache.load_or(&self.0.wasmtime, &hash, compile)?,
            None => compile()?,
        };
        let code = self.0.linkers[pointer_width as usize]
            .instantiate_pre(&compiled)
            .map_err(|error| InvalidModule::Compile(format!("{error:#}")))?;
        let module = Arc::new(Module { hash, facts, code, pointer_width });
        self.keep(module.clone());
        Ok(module)
    }

    /// The module of this hash, if it was prepared and is still in memory.
    #[must_use]
    pub fn prepared(&self, hash: &[u8; 32]) -> Option<Arc<Module>> {
        self.0.modules.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    fn keep(&self, module: Arc<Module>) {
        let mut modules = self.0.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if modules.len() >= MODULES_KEPT {
            modules.retain(|_, known| Arc::strong_count(known) > 1);
        }
        modules.insert(module.hash, module);
    }

    /// Whether dirty pages are found by the kernel.
    #[must_use]
    pub fn tracks_with_kernel(&self) -> bool {
        self.0.tracking.uses_kernel()
    }

    pub(crate) fn tracking(&self) -> Tracking {
        self.0.tracking
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.0.wasmtime
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("tracking", &self.0.tracking).finish_non_exhaustive()
    }
}

/// The features of `module/validate.rs` again, and a memory like that of `memory/heap.rs`.
fn deterministic() -> Config {
    let mut config = Config::new();
    config
        .wasm_memory64(true)
        .wasm_bulk_memory(true)
        .wasm_multi_value(true)
        .wasm_tail_call(true)
        .wasm_extended_const(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        // Ours, in the code that counts; those of a given module don't get this far.
        .wasm_branch_hinting(true)
        .wasm_backtrace_max_frames(NonZeroUsize::new(24))
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .cranelift_nan_canonicalization(true)
        .cranelift_opt_level(OptLevel::Speed)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(WASM_STACK_BYTES + HOST_STACK_BYTES)
        .memory_reservation(HEAP_CAPACITY_BYTES)
        .memory_reservation_for_growth(0)
        .memory_guard_size(HEAP_GUARD_BYTES as u64)
        .memory_may_move(false)
        .memory_init_cow(false)
        .with_host_memory(Arc::new(HeapCreator));
    config
}

pub(crate) fn decompress(wasm: &[u8]) -> Result<std::borrow::Cow<'_, [u8]>, InvalidModule> {
    if !wasm.starts_with(&[0x1f, 0x8b]) {
        return Ok(wasm.into());
    }
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(wasm)
        .take(MODULE_BYTES_MAX + 1)
        .read_to_end(&mut plain)
        .map_err(|error| InvalidModule::Compression(error.to_string()))?;
    if plain.len() as u64 > MODULE_BYTES_MAX {
        return Err(InvalidModule::Compression(format!("it is larger than {MODULE_BYTES_MAX} bytes")));
    }
    Ok(plain.into())
}
