//! Real modules of the Motoko compiler on real forks, which are the workshop's.

#[path = "../../../autograph/src/workshop/fork_of.rs"]
mod fork_of;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, OnceLock},
};

use candid::Principal;
use embedder::{Engine, EngineConfig};
use execution::{Blobs, ExecutionConfig, Executor, registry::RoleDefinition};
use gate::{Caller, Fork, Options, Side, Verdict, judge_with};
use sha2::{Digest as _, Sha256};

pub(crate) use fork_of::ForkOf;

/// A compiled version.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) wasm: Vec<u8>,
    candid: String,
    stable_types: String,
}

impl Module {
    pub(crate) fn side(&self) -> Side<'_> {
        Side { candid: &self.candid, stable_types: &self.stable_types }
    }
}

/// A version of an app of `tests/access`, compiled once for as long as its source stays the same.
pub(crate) fn module(app: &str, version: &str) -> Module {
    let folder = compiled(app);
    let read = |end: &str| fs::read(folder.join(format!("{version}.{end}"))).unwrap();
    let text = |end: &str| String::from_utf8(read(end)).unwrap();
    Module { wasm: read("wasm"), candid: text("did"), stable_types: text("most") }
}

fn compiled(app: &str) -> PathBuf {
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE_AT_A_TIME.lock();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = here.join(format!("tests/access/{app}.mo.txt"));
    let script = here.join("tests/access.mjs");
    let digest = Sha256::new().chain_update(fs::read(&source).unwrap()).chain_update(fs::read(&script).unwrap());
    let name: String = digest.finalize()[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{app}-{name}"));
    if !folder.join("live.most").exists() {
        let making = folder.with_extension("making");
        fs::create_dir_all(&making).unwrap();
        let worker =
            std::env::var_os("AUTOGRAPH_WORKER").map_or_else(|| here.join("../toolchain/worker"), PathBuf::from);
        let status = Command::new("node").arg(script).args([&worker, &source, &making]).status().unwrap();
        assert!(status.success(), "the toolchain's packages are installed by `make toolchain`");
        fs::rename(making, &folder).unwrap();
    }
    folder
}

struct NoBlobs;

impl Blobs for NoBlobs {
    fn get(&self, _: &[u8; 32]) -> Option<Arc<[u8]>> {
        None
    }
    fn put(&self, _: &[u8]) -> std::io::Result<[u8; 32]> {
        Err(std::io::Error::other("no blobs here"))
    }
}

fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    let cache_dir = Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("code"));
    ENGINE.get_or_init(|| Arc::new(Engine::new(EngineConfig { cache_dir, ..EngineConfig::default() }).unwrap())).clone()
}

/// A fork of an app that has one role, `guest`, on which a module is installed.
pub(crate) fn running(module: &Module) -> ForkOf {
    let config = ExecutionConfig::new([].into(), Principal::anonymous(), Principal::anonymous());
    let recovered = Default::default();
    let executor = Executor::new(&recovered, engine(), Arc::new(NoBlobs), config.clone()).unwrap();
    let mut fork = execution::Fork::open(executor.empty_fork_seed(), engine(), Arc::new(NoBlobs), config);
    fork.set_roles(&[RoleDefinition { id: "guest".into(), label: "Guest".into(), invited_by: Vec::new() }]);
    let mut fork = ForkOf::new(fork);
    fork.install(&module.wasm).unwrap();
    fork
}

/// Calls in Candid's text form, as a caller; the call must be answered.
pub(crate) fn called(fork: &mut ForkOf, caller: &Caller, method: &str, args: &str) {
    let args = candid_parser::parse_idl_args(args).unwrap().to_bytes().unwrap();
    fork.call(caller.clone(), method, &args).unwrap();
}

/// Judges a version of an app against a fork that runs another.
pub(crate) fn judged_with(options: &Options, live: &Module, proposed: &Module, mut fork: ForkOf) -> Verdict {
    judge_with(options, Some(live.side()), proposed.side(), &proposed.wasm, &mut fork, &[])
}
