//! A canister on a bench: an engine, a sandbox, its committed memory, and messages in one line.

use std::sync::Arc;

use embedder::{
    CanisterMemory, CanisterView, Effects, Engine, EngineConfig, Entry, Execution, GlobalValue, Input, Limits, Module,
    Reply, Sandbox, SubnetView, Tracking, Trap,
};

pub(crate) struct Canister {
    pub(crate) engine: Engine,
    pub(crate) sandbox: Sandbox,
    pub(crate) memory: CanisterMemory,
    pub(crate) input: Input,
    pub(crate) limits: Limits,
}

pub(crate) fn engine() -> Engine {
    Engine::new(EngineConfig::default()).expect("an engine")
}

pub(crate) fn engine_with(tracking: Tracking) -> Engine {
    Engine::new(EngineConfig { tracking, ..EngineConfig::default() }).expect("an engine")
}

/// Every way to track written pages that works here; comparing is the one to agree with.
pub(crate) fn all_ways() -> Vec<Tracking> {
    let ways = [Tracking::Compare, Tracking::Automatic, Tracking::Protection, Tracking::Userfault];
    let works = |way: &Tracking| *way != Tracking::Userfault || way.uses_kernel();
    ways.into_iter().filter(works).collect()
}

pub(crate) fn prepare(engine: &Engine, text: &str) -> Arc<Module> {
    let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    engine.prepare(&wasm).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub(crate) fn input() -> Input {
    Input {
        caller: Arc::from(&b"caller"[..]),
        arg: Arc::from(&b"argument"[..]),
        time_ns: 1_700_000_000_000_000_000,
        cycles_balance: 1_000_000,
        replicated: true,
        canister_version: 7,
        canister: Arc::new(CanisterView {
            id: b"canister".to_vec(),
            controllers: vec![b"owner".to_vec()],
            environment: vec![("GREETING".into(), "hello".into())],
            ..CanisterView::default()
        }),
        subnet: Arc::new(SubnetView {
            id: b"subnet".to_vec(),
            nodes: 4,
            root_key_der: b"root key".to_vec(),
            ..SubnetView::default()
        }),
        ..Input::default()
    }
}

pub(crate) fn update(name: &str) -> Entry {
    Entry::Update(name.into())
}

pub(crate) fn query(name: &str) -> Entry {
    Entry::Query(name.into())
}

impl Canister {
    /// Installs a module given as text and commits.
    pub(crate) fn new(text: &str) -> Canister {
        Canister::on(engine(), text)
    }

    pub(crate) fn on(engine: Engine, text: &str) -> Canister {
        let module = prepare(&engine, text);
        Canister::install(engine, module)
    }

    pub(crate) fn install(engine: Engine, module: Arc<Module>) -> Canister {
        Canister::install_with(engine, module, |_| {})
    }

    pub(crate) fn install_with(engine: Engine, module: Arc<Module>, change: impl FnOnce(&mut Input)) -> Canister {
        let sandbox = Sandbox::install(&engine, module).expect("installed");
        let (memory, mut input, limits) = (CanisterMemory::default(), input(), Limits::default());
        change(&mut input);
        let mut canister = Canister { engine, sandbox, memory, input, limits };
        for entry in [Entry::Start, Entry::Init] {
            if canister.sandbox.module().has(&entry) {
                canister.run(&entry).outcome.unwrap_or_else(|trap| panic!("{entry}: {trap}"));
            }
        }
        canister.commit();
        canister
    }

    pub(crate) fn run(&mut self, entry: &Entry) -> Execution {
        self.sandbox.run(entry, self.input.clone(), &self.limits).expect("the machine works")
    }

    pub(crate) fn ok(&mut self, entry: &Entry) -> Effects {
        self.run(entry).outcome.unwrap_or_else(|trap| panic!("{entry}: {trap}"))
    }

    pub(crate) fn trap(&mut self, entry: &Entry) -> Trap {
        match self.run(entry).outcome {
            Ok(effects) => panic!("{entry} was to trap, but gave {effects:?}"),
            Err(trap) => trap,
        }
    }

    /// The reply's bytes.
    pub(crate) fn reply(&mut self, entry: &Entry) -> Vec<u8> {
        match self.ok(entry).reply {
            Some(Reply::Data(data)) => data,
            other => panic!("{entry} was to reply, but gave {other:?}"),
        }
    }

    pub(crate) fn commit(&mut self) -> embedder::MemoryDelta {
        self.sandbox.commit(&mut self.memory).expect("committed")
    }

    pub(crate) fn roll_back(&mut self) {
        self.sandbox.roll_back(&self.memory).expect("rolled back");
    }

    /// Drops the instance and wakes the canister from what is committed.
    pub(crate) fn reopen(&mut self) {
        let module = self.sandbox.module().clone();
        self.sandbox = Sandbox::open(&self.engine, module, &self.memory).expect("woken");
    }

    /// The memory that a message would see must be what is committed, to the byte.
    pub(crate) fn assert_committed(&mut self, what: &str) {
        let heap = self.sandbox.heap();
        assert_eq!(heap.bytes(), self.memory.heap.bytes(), "{what}: size");
        for index in 0..heap.bytes() / 4096 {
            let now = heap.read(index * 4096, 4096).expect("in range");
            let committed = self.memory.heap.page(index).unwrap_or(&[0; 4096]);
            assert!(now == committed, "{what}: page {index}");
        }
        let stable = self.sandbox.stable().expect("live");
        assert_eq!(stable.bytes(), self.memory.stable.bytes(), "{what}: stable size");
        for index in 0..stable.bytes() / 4096 {
            let mut now = [0; 4096];
            assert!(stable.read(index * 4096, &mut now));
            assert!(&now == self.memory.stable.page(index).unwrap_or(&[0; 4096]), "{what}: stable page {index}");
        }
        let globals: Vec<GlobalValue> = self.memory.globals.clone();
        let delta = self.sandbox.commit(&mut self.memory).expect("committed");
        assert_eq!(delta.globals, [], "{what}: globals");
        assert_eq!((delta.heap, delta.stable), (None, None), "{what}: nothing to commit");
        assert_eq!(self.memory.globals, globals, "{what}");
    }
}
