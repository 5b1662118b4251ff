//! Records what versions of an app leave in memory, for the gate's tests.
//!
//!     cargo run -p execution --example record -- MODULES OUT
//!
//! MODULES holds `live.wasm` and other versions, all compiled from Motoko. `live` is installed on an empty canister, each
//! other version upgrades it, and what its memory then holds after `canister_pre_upgrade` is written to
//! `OUT/census-<version>.bin`; also an hour (`-hour`), a day (`-day`) and a month (`-month`) later, and once its method
//! `touch` was called (`-called`), where memory is another then. A file holds ranges, each with its offset and length (64
//! bits, little-endian).

use std::{env, error::Error, fs, path::Path, sync::Arc, time::Duration};

use candid::Principal;
use embedder::{Engine, EngineConfig};
use execution::{Blobs, ExecutionConfig, Executor, Fork, Kept};
use state::store::Recovered;

/// Zeros between two ranges; shorter gaps are written along.
const GAP_BYTES: usize = 64;
const HOUR: Duration = Duration::from_secs(3_600);

struct NoBlobs;

impl Blobs for NoBlobs {
    fn get(&self, _: &[u8; 32]) -> Option<Arc<[u8]>> {
        None
    }

    fn put(&self, _: &[u8]) -> std::io::Result<[u8; 32]> {
        Err(std::io::Error::other("no blobs here"))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<String> = env::args().skip(1).collect();
    let [modules, out] = folders.as_slice() else { return Err("say MODULES and OUT".into()) };
    let (modules, out) = (Path::new(modules), Path::new(out));
    let engine = Arc::new(Engine::new(EngineConfig::default())?);
    let blobs: Arc<dyn Blobs> = Arc::new(NoBlobs);
    let config = ExecutionConfig::new([].into(), Principal::anonymous(), Principal::anonymous());
    let executor = Executor::new(&Recovered::default(), engine.clone(), blobs.clone(), config.clone())?;
    let mut fork = Fork::open(executor.empty_fork_seed(), engine, blobs, config);
    fork.install(&fs::read(modules.join("live.wasm"))?)?;
    let live = fork.keep();
    write(&mut fork, &out.join("census-live.bin"))?;
    for file in fs::read_dir(modules)? {
        let path = file?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".wasm")) else { continue };
        if name != "live" {
            fork.back(&live);
            fork.upgrade(&fs::read(&path)?).map_err(|error| format!("{name}: {error}"))?;
            version(&mut fork, &out.join(format!("census-{name}")))?;
        }
    }
    Ok(())
}

fn version(fork: &mut Fork, path: &Path) -> Result<(), Box<dyn Error>> {
    let named = |what: &str| path.with_file_name(format!("{}{what}.bin", path.display()));
    write(fork, &named(""))?;
    let upgraded = fork.keep();
    let since = |fork: &mut Fork, what: &str, before: &Kept| {
        let now = fork.keep();
        if fork.same_memory(before, &now) { Ok(()) } else { write(fork, &named(what)) }
    };
    for (what, hours) in [("-hour", 1), ("-day", 23), ("-month", 29 * 24)] {
        let before = fork.keep();
        fork.pass(hours * HOUR);
        since(fork, what, &before)?;
    }
    fork.back(&upgraded);
    fork.call(Principal::anonymous(), "touch", b"DIDL\0\0").map_err(|reject| reject.message)?;
    since(fork, "-called", &upgraded)
}

fn write(fork: &mut Fork, path: &Path) -> Result<(), Box<dyn Error>> {
    let bytes = fork.before_upgrade(|heap| ranges(heap.as_slice()))?;
    fs::write(path, bytes)?;
    Ok(())
}

/// The ranges of a memory that are not zero.
fn ranges(memory: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    let chunks: Vec<&[u8]> = memory.chunks(GAP_BYTES).collect();
    let mut at = 0;
    for run in chunks.chunk_by(|one, other| filled(one) == filled(other)) {
        let bytes: Vec<u8> = run.concat();
        if filled(run[0]) {
            written.extend([at as u64, bytes.len() as u64].map(u64::to_le_bytes).concat());
            written.extend(&bytes);
        }
        at += bytes.len();
    }
    written
}

fn filled(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| *byte != 0)
}
