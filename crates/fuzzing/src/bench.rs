//! Canisters under two trackers at once, which must not differ in anything that can be seen.

use std::sync::{Arc, OnceLock};

use embedder::{
    CanisterMemory, CanisterView, Engine, EngineConfig, Entry, Execution, Input, Limits, MemoryDelta, Module, Sandbox,
    Tracking, WASM_PAGE_BYTES,
};

/// Comparing is the one to agree with.
const WAYS: [Tracking; 2] = [Tracking::Compare, Tracking::Protection];

/// The engines of a process, one for each way.
pub(crate) fn engines() -> &'static [Engine; 2] {
    static ENGINES: OnceLock<[Engine; 2]> = OnceLock::new();
    let engine = |tracking| Engine::new(EngineConfig { tracking, ..EngineConfig::default() });
    ENGINES.get_or_init(|| WAYS.map(|way| engine(way).unwrap_or_else(|error| panic!("{error}"))))
}

pub(crate) fn input(arg: &[u8]) -> Input {
    Input {
        caller: Arc::from(&b"caller"[..]),
        arg: arg.into(),
        time_ns: 1_700_000_000_000_000_000,
        cycles_balance: 1 << 60,
        cycles_available: 1 << 70,
        replicated: true,
        data_certificate: Some(Arc::from(&b"certificate"[..])),
        canister: Arc::new(CanisterView {
            id: b"canister".to_vec(),
            controllers: vec![b"owner".to_vec()],
            environment: vec![("NAME".into(), "value".into())],
            ..CanisterView::default()
        }),
        ..Input::default()
    }
}

fn limits() -> Limits {
    Limits {
        instructions: 1_000_000,
        heap_bytes: 256 * WASM_PAGE_BYTES,
        stable_bytes: 32 * WASM_PAGE_BYTES,
        ..Limits::default()
    }
}

/// One canister, twice.
pub(crate) struct Twins([(Sandbox, CanisterMemory); 2]);

impl Twins {
    /// Installs the module of each engine. `None` if it can't be instantiated, by neither.
    pub(crate) fn install(modules: [Arc<Module>; 2]) -> Option<Twins> {
        let mut installed = engines().iter().zip(modules).map(|(engine, module)| Sandbox::install(engine, module));
        match (installed.next()?, installed.next()?) {
            (Ok(one), Ok(two)) => Some(Twins([one, two].map(|sandbox| (sandbox, CanisterMemory::default())))),
            (Err(_), Err(_)) => None,
            (one, two) => panic!("one is installed and one is not: {:?} {:?}", one.err(), two.err()),
        }
    }

    /// Whether the module has what the entry calls.
    pub(crate) fn has(&self, entry: &Entry) -> bool {
        self.0[0].0.module().has(entry)
    }

    /// Runs a message in both. True if it did not trap.
    pub(crate) fn run(&mut self, entry: &Entry, input: &Input) -> bool {
        let [one, two] = self.0.each_mut().map(|(sandbox, _)| -> Execution {
            sandbox.run(entry, input.clone(), &limits()).unwrap_or_else(|error| panic!("{error}"))
        });
        let seen = |execution: &Execution| format!("{execution:?}");
        assert_eq!(seen(&one), seen(&two), "{entry}");
        one.outcome.is_ok()
    }

    pub(crate) fn commit(&mut self) {
        let deltas = self.0.each_mut().map(|(sandbox, memory)| -> MemoryDelta {
            sandbox.commit(memory).unwrap_or_else(|error| panic!("{error}"))
        });
        assert!(deltas[0] == deltas[1], "both commit the same");
    }

    /// Takes back what is not committed; then there is nothing left to commit.
    pub(crate) fn roll_back(&mut self) {
        for (sandbox, memory) in &mut self.0 {
            sandbox.roll_back(memory).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(sandbox.heap().bytes(), memory.heap.bytes(), "the heap has its committed size");
            let left = sandbox.commit(memory).unwrap_or_else(|error| panic!("{error}"));
            let nothing = MemoryDelta { globals_total: left.globals_total, ..MemoryDelta::default() };
            assert_eq!(left, nothing, "all was taken back");
        }
    }
}
