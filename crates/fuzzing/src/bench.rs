//! Canisters under every way of tracking at once; nothing that can be seen may depend on which it is.

use std::sync::{Arc, OnceLock};

use embedder::{
    CanisterMemory, CanisterView, Engine, EngineConfig, Entry, Input, InvalidModule, Limits, Module, Sandbox, Tracking,
    WASM_PAGE_BYTES,
};

/// The engines of a process, one for each way that works here. Comparing is the first, and the one to agree with.
fn engines() -> &'static [Engine] {
    static ENGINES: OnceLock<Vec<Engine>> = OnceLock::new();
    ENGINES.get_or_init(|| {
        let kernel = Tracking::Userfault.uses_kernel().then_some(Tracking::Userfault);
        let ways = [Tracking::Compare, Tracking::Protection].into_iter().chain(kernel);
        let engine = |tracking| Engine::new(EngineConfig { tracking, ..EngineConfig::default() });
        ways.map(|way| engine(way).unwrap_or_else(|error| panic!("{error}"))).collect()
    })
}

/// What all give; they must give the same.
fn agreed<T: PartialEq>(answers: impl IntoIterator<Item = T>, about: &str) -> T {
    let mut answers = answers.into_iter();
    let Some(first) = answers.next() else { panic!("{about}: nobody answers") };
    assert!(answers.all(|other| other == first), "{about}: it depends on how written pages are found");
    first
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

/// One canister, once for each engine.
pub(crate) struct Twins(Vec<(Sandbox, CanisterMemory)>);

impl Twins {
    /// Prepares a module and installs it. `None` if it is refused or can't be instantiated, by all alike.
    pub(crate) fn install(wasm: &[u8]) -> Option<Twins> {
        let prepared: Vec<_> = engines().iter().map(|engine| engine.prepare(wasm)).collect();
        let refusal = |result: &Result<Arc<Module>, InvalidModule>| result.as_ref().err().map(ToString::to_string);
        agreed(prepared.iter().map(refusal), "whether the module is refused");
        if let Some(Err(InvalidModule::Compile(error))) = prepared.first() {
            panic!("a module that is valid can't be compiled: {error}");
        }
        let modules = prepared.into_iter().collect::<Result<Vec<_>, _>>().ok()?;
        let installed = engines().iter().zip(modules).map(|(engine, module)| Sandbox::install(engine, module));
        let installed: Vec<_> = installed.collect();
        agreed(
            installed.iter().map(|result| result.as_ref().err().map(ToString::to_string)),
            "whether it is installed",
        );
        let installed = installed.into_iter().collect::<Result<Vec<_>, _>>().ok()?;
        Some(Twins(installed.into_iter().map(|sandbox| (sandbox, CanisterMemory::default())).collect()))
    }

    /// Whether the module has what the entry calls.
    pub(crate) fn has(&self, entry: &Entry) -> bool {
        self.0.iter().all(|(sandbox, _)| sandbox.module().has(entry))
    }

    /// Runs a message in all. True if it did not trap.
    pub(crate) fn run(&mut self, entry: &Entry, input: &Input) -> bool {
        let limits = limits();
        let executions = self.0.iter_mut().map(|(sandbox, _)| {
            let execution = sandbox.run(entry, input.clone(), &limits).unwrap_or_else(|error| panic!("{error}"));
            assert!(execution.instructions <= limits.instructions, "{entry}: more was counted than is allowed");
            (execution.outcome.is_ok(), format!("{execution:?}"))
        });
        agreed(executions, "a message").0
    }

    pub(crate) fn commit(&mut self) {
        let deltas = self.0.iter_mut();
        let deltas = deltas.map(|(sandbox, memory)| sandbox.commit(memory).unwrap_or_else(|error| panic!("{error}")));
        agreed(deltas, "a commit");
    }

    /// Takes back what is not committed; then there is nothing left to commit.
    pub(crate) fn roll_back(&mut self) {
        for (sandbox, memory) in &mut self.0 {
            sandbox.roll_back(memory).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(sandbox.heap().bytes(), memory.heap.bytes(), "the heap has its committed size");
            let left = sandbox.commit(memory).unwrap_or_else(|error| panic!("{error}"));
            let nothing = embedder::MemoryDelta { globals_total: left.globals_total, ..Default::default() };
            assert_eq!(left, nothing, "all was taken back");
        }
    }
}
