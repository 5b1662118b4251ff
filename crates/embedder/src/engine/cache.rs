//! Compiled modules on disk: what saves most of a second when a canister wakes after a restart.
//!
//! A module is two files: `KEY.cwasm` with the compiler's own format, mapped as it is, and `KEY.sum` with its SHA-256.
//! The key covers the module, this engine and its configuration, and the version of the instrumentation.
//!
//! Invariant: a file is loaded only if its checksum is right; anything else is compiled again and replaced. The
//! folder must be writable by this node alone, since code in it is run.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, Module};

use crate::module::{COUNTING_VERSION, InvalidModule};

/// Changes with whatever `module/instrument.rs` emits, apart from the counting.
const INSTRUMENT_VERSION: u32 = 2;

pub(super) struct CodeCache {
    folder: PathBuf,
    engine_key: u64,
}

impl CodeCache {
    pub(super) fn new(folder: PathBuf, engine: &Engine) -> CodeCache {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        (INSTRUMENT_VERSION, COUNTING_VERSION).hash(&mut hasher);
        CodeCache { folder, engine_key: hasher.finish() }
    }

    /// The compiled module from the folder, else from `compile`, which is then put there.
    pub(super) fn load_or(
        &self,
        engine: &Engine,
        hash: &[u8; 32],
        compile: impl Fn() -> Result<Module, InvalidModule>,
    ) -> Result<Module, InvalidModule> {
        if let Some(module) = self.load(engine, hash) {
            return Ok(module);
        }
        let module = compile()?;
        if let Err(error) = self.store(hash, &module) {
            tracing::warn!(%error, folder = %self.folder.display(), "a compiled module could not be kept");
        }
        Ok(module)
    }

    fn path(&self, hash: &[u8; 32], extension: &str) -> PathBuf {
        let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("{name}-{:016x}.{extension}", self.engine_key))
    }

    fn load(&self, engine: &Engine, hash: &[u8; 32]) -> Option<Module> {
        let code = self.path(hash, "cwasm");
        let sum = fs::read(self.path(hash, "sum")).ok()?;
        let found: [u8; 32] = Sha256::digest(fs::read(&code).ok()?).into();
        if found[..] != sum[..] {
            tracing::warn!(file = %code.display(), "a compiled module is damaged; compiling it again");
            return None;
        }
        // SAFETY: the file holds what `store` wrote from this version of the engine, by its name and checksum; the
        // folder is the node's own. The compiler checks its own header besides.
        match unsafe { Module::deserialize_file(engine, &code) } {
            Ok(module) => Some(module),
            Err(error) => {
                tracing::warn!(%error, file = %code.display(), "a compiled module can't be used; compiling it again");
                None
            }
        }
    }

    /// Whole files appear at once, so that a crash or a second process leaves no half of one under the name.
    fn store(&self, hash: &[u8; 32], module: &Module) -> io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let code = module.serialize().map_err(io::Error::other)?;
        let sum: [u8; 32] = Sha256::digest(&code).into();
        fs::create_dir_all(&self.folder)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let draft = self.path(hash, &format!("{}-{number}.new", std::process::id()));
        for (bytes, extension) in [(&code[..], "cwasm"), (&sum[..], "sum")] {
            fs::write(&draft, bytes)?;
            fs::rename(&draft, self.path(hash, extension))?;
        }
        Ok(())
    }
}
