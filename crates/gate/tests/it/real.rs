//! Real modules of the Motoko compiler on real forks.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, OnceLock},
    time::Duration,
};

use candid::Principal;
use embedder::{Engine, EngineConfig};
use execution::{Blobs, ExecutionConfig, Executor, Kept, registry::RoleDefinition};
use gate::{Caller, Fork, Mark, Options, Side, Value, Verdict, heap::HeapError, judge_with};
use sha2::{Digest as _, Sha256};

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

/// A fork of an app that has one role, `guest`.
pub(crate) struct Real {
    fork: execution::Fork,
    kept: Vec<Kept>,
}

impl Real {
    /// A fork on which a module is installed.
    pub(crate) fn running(module: &Module) -> Real {
        let config = ExecutionConfig::new([].into(), Principal::anonymous(), Principal::anonymous());
        let recovered = Default::default();
        let executor = Executor::new(&recovered, engine(), Arc::new(NoBlobs), config.clone()).unwrap();
        let mut fork = execution::Fork::open(executor.empty_fork_seed(), engine(), Arc::new(NoBlobs), config);
        fork.set_roles(&[RoleDefinition { id: "guest".into(), label: "Guest".into(), invited_by: Vec::new() }]);
        let mut real = Real { fork, kept: Vec::new() };
        real.install(&module.wasm).unwrap();
        real
    }

    /// Calls in Candid's text form, as a caller; the call must be answered.
    pub(crate) fn done(mut self, caller: &Caller, method: &str, args: &str) -> Real {
        let args = candid_parser::parse_idl_args(args).unwrap().to_bytes().unwrap();
        self.call(caller.clone(), method, &args).unwrap();
        self
    }

    fn principal(&mut self, caller: &Caller) -> Principal {
        match caller {
            Caller::Anonymous => Principal::anonymous(),
            Caller::Stranger => Principal::self_authenticating(b"a stranger"),
            Caller::Owner => self.fork.as_owner(),
            Caller::Member(role) => self.fork.as_member(role),
            Caller::Known(_, member) => self.fork.as_known(member),
        }
    }
}

impl Fork for Real {
    fn upgrade(&mut self, wasm: &[u8]) -> Result<(), String> {
        self.fork.upgrade(wasm)
    }

    fn install(&mut self, wasm: &[u8]) -> Result<(), String> {
        self.fork.install(wasm)
    }

    fn query(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let who = self.principal(&caller);
        self.fork.query(who, method, arg).map_err(|reject| reject.message)
    }

    fn call(&mut self, caller: Caller, method: &str, arg: &[u8]) -> Result<Vec<u8>, String> {
        let who = self.principal(&caller);
        self.fork.call(who, method, arg).map_err(|reject| reject.message)
    }

    fn identity(&mut self, caller: &Caller) -> Vec<String> {
        let who = self.principal(caller);
        [who.to_text(), self.fork.member_id(who)].into_iter().filter(|name| !name.is_empty()).collect()
    }

    fn limit(&mut self, instructions: Option<u64>) {
        self.fork.limit(instructions);
    }

    fn keep(&mut self) -> Mark {
        self.kept.push(self.fork.keep());
        Mark(self.kept.len() - 1)
    }

    fn back(&mut self, mark: Mark) {
        self.fork.back(&self.kept[mark.0]);
    }

    fn pass(&mut self, time: Duration) {
        self.fork.pass(time);
    }

    fn variables(&mut self, stable_types: &str) -> Option<Result<Vec<(String, Value)>, HeapError>> {
        let read = |heap: &embedder::Heap| gate::heap::variables(heap.as_slice(), stable_types);
        self.fork.before_upgrade(read).ok()
    }

    fn memories(&mut self, before: Mark, after: Mark, look: gate::Look<'_>) -> Option<Result<(), String>> {
        let (mut one, mut other) = (self.fork.at(&self.kept[before.0]), self.fork.at(&self.kept[after.0]));
        let looked = one.before_upgrade(|old| other.before_upgrade(|new| look(old.as_slice(), new.as_slice())));
        Some(looked.and_then(|looked| looked))
    }
}

/// Judges a version of an app against a fork that runs another.
pub(crate) fn judged_with(options: &Options, live: &Module, proposed: &Module, mut fork: Real) -> Verdict {
    judge_with(options, Some(live.side()), proposed.side(), &proposed.wasm, &mut fork, &[])
}
