//! A real Motoko canister: 64-bit memory that outlives upgrades, a start function, mutable globals, and a collector
//! that works by calls to itself.
//!
//! The modules are compiled by the npm package `motoko`, from the folder that `AUTOGRAPH_MOTOKO` names or the
//! toolchain's own `node_modules`. Where there is neither, these tests say so and check nothing.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, OnceLock},
};

use candid::{Decode, Encode, Principal};
use embedder::{
    Callback, CallbackKind, CallerInfo, Engine, EngineConfig, Entry, Execution, Input, Module, OutgoingCall, Reject,
    Reply, Tracking,
};

use crate::support::{Canister, all_ways, engine, engine_with};

#[derive(candid::CandidType, candid::Deserialize, Debug, PartialEq)]
struct Guest {
    name: String,
    email: String,
    attending: bool,
}

#[derive(candid::CandidType)]
struct Standing {
    role: String,
    name: String,
}

struct Compiled {
    first: Vec<u8>,
    next: Vec<u8>,
}

/// Both releases of the guest list, compiled once.
fn compiled() -> Option<&'static Compiled> {
    static COMPILED: OnceLock<Option<Compiled>> = OnceLock::new();
    COMPILED.get_or_init(compile).as_ref()
}

fn modules_folder() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../toolchain/worker/node_modules");
    let folder = std::env::var_os("AUTOGRAPH_MOTOKO").map_or(own, PathBuf::from);
    folder.join("motoko").is_dir().then_some(folder)
}

fn compile() -> Option<Compiled> {
    let Some(modules) = modules_folder() else {
        eprintln!("left out: no npm package `motoko`; name its node_modules in AUTOGRAPH_MOTOKO");
        return None;
    };
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/motoko");
    let output = tempfile::tempdir().expect("a folder");
    let status = Command::new("node")
        .arg(sources.join("compile.mjs"))
        .args([&modules, output.path(), &sources.join("guests.mo"), &sources.join("guests_next.mo")])
        .status()
        .expect("node runs");
    assert!(status.success(), "the Motoko sources compile");
    let read = |name: &str| std::fs::read(output.path().join(name)).expect("compiled");
    Some(Compiled { first: read("guests.wasm"), next: read("guests_next.wasm") })
}

/// A canister with the smallest message loop there can be: calls to itself, and their answers.
struct Running {
    canister: Canister,
    contexts: Vec<CallContext>,
    queue: VecDeque<Step>,
    messages: u64,
}

struct CallContext {
    /// The call that this context answers, with the context that made it.
    origin: Option<(usize, OutgoingCall)>,
    reply: Option<Reply>,
}

enum Step {
    Call(usize, OutgoingCall),
    Answer(usize, OutgoingCall, Reply),
}

impl Running {
    fn install(engine: Engine, wasm: &[u8]) -> Running {
        let module = engine.prepare(wasm).expect("a module");
        let mut canister = Canister::install_with(engine, module, |input| {
            input.arg = Arc::from(Encode!().expect("encoded"));
            input.caller = Arc::from(Principal::anonymous().as_slice());
            let id = Principal::from_text("rrkah-fqaaa-aaaaa-aaaaq-cai").expect("a principal");
            Arc::make_mut(&mut input.canister).id = id.as_slice().to_vec();
        });
        canister.limits.heap_bytes = 1 << 30;
        Running { canister, contexts: vec![], queue: VecDeque::new(), messages: 0 }
    }

    /// Runs an update from outside with everything that follows from it.
    fn update(&mut self, method: &str, arg: Vec<u8>) -> Result<Vec<u8>, String> {
        self.contexts.clear();
        self.start(method, arg, None);
        while let Some(step) = self.queue.pop_front() {
            match step {
                Step::Call(from, call) => self.start(&call.method.clone(), call.arg.clone(), Some((from, call))),
                Step::Answer(context, call, reply) => self.answer(context, &call, reply),
            }
        }
        match self.contexts[0].reply.take() {
            Some(Reply::Data(data)) => Ok(data),
            Some(Reply::Reject(message)) => Err(message),
            None => Err("no reply".into()),
        }
    }

    fn start(&mut self, method: &str, arg: Vec<u8>, origin: Option<(usize, OutgoingCall)>) {
        let inner = origin.is_some();
        self.contexts.push(CallContext { origin, reply: None });
        let context = self.contexts.len() - 1;
        let update = Entry::Update(method.into());
        let entry = if self.canister.sandbox.module().has(&update) { update } else { Entry::Query(method.into()) };
        let mut input = Input { arg: arg.into(), ..self.canister.input.clone() };
        if inner {
            input.caller = Arc::from(&input.canister.id[..]);
        }
        let execution = self.message(&entry, input);
        match execution.outcome {
            Ok(effects) => self.take(context, effects.calls, effects.reply),
            Err(trap) => self.take(context, vec![], Some(Reply::Reject(trap.to_string()))),
        }
    }

    fn answer(&mut self, context: usize, call: &OutgoingCall, reply: Reply) {
        let replied = self.contexts[context].reply.is_some();
        let mut input = self.canister.input.clone();
        let (kind, closure) = match reply {
            Reply::Data(data) => {
                input.arg = data.into();
                (CallbackKind::Reply, call.on_reply)
            }
            Reply::Reject(message) => {
                input.reject = Some(Reject { code: 5, message: message.into() });
                (CallbackKind::Reject, call.on_reject)
            }
        };
        let entry = Entry::Callback(Callback { kind, closure, in_composite: false, replied });
        let execution = self.message(&entry, input);
        let effects = execution.outcome.unwrap_or_else(|trap| panic!("a callback trapped: {trap}"));
        self.take(context, effects.calls, effects.reply);
    }

    fn message(&mut self, entry: &Entry, input: Input) -> Execution {
        self.messages += 1;
        let limits = self.canister.limits.clone();
        let execution = self.canister.sandbox.run(entry, input, &limits).expect("the machine works");
        match (&execution.outcome, entry) {
            (Ok(_), Entry::Update(_) | Entry::Callback(_)) => drop(self.canister.commit()),
            _ => self.canister.roll_back(),
        }
        execution
    }

    fn take(&mut self, context: usize, calls: Vec<OutgoingCall>, reply: Option<Reply>) {
        for call in calls {
            assert_eq!(call.callee, self.canister.input.canister.id, "calls go to itself");
            self.queue.push_back(Step::Call(context, call));
        }
        if let Some(reply) = reply {
            if let Some((caller, call)) = self.contexts[context].origin.take() {
                self.queue.push_back(Step::Answer(caller, call, reply.clone()));
            }
            self.contexts[context].reply = Some(reply);
        }
    }

    fn query(&mut self, method: &str) -> Vec<u8> {
        let mut input = Input { arg: Encode!().expect("encoded").into(), ..self.canister.input.clone() };
        input.replicated = false;
        let execution = self.message(&Entry::Query(method.into()), input);
        match execution.outcome.unwrap_or_else(|trap| panic!("{method}: {trap}")).reply {
            Some(Reply::Data(data)) => data,
            other => panic!("{method}: {other:?}"),
        }
    }

    fn rsvp(&mut self, guest: usize, attending: bool) -> u64 {
        let (name, email) = (format!("Guest number {guest}"), format!("guest{guest}@example.com"));
        let arg = Encode!(&name, &email, &attending).expect("encoded");
        let reply = self.update("rsvp", arg).expect("replied");
        u64::try_from(Decode!(&reply, candid::Nat).expect("a number").0).expect("small")
    }

    fn count(&mut self) -> u64 {
        let reply = self.query("count");
        u64::try_from(Decode!(&reply, candid::Nat).expect("a number").0).expect("small")
    }

    fn upgrade(&mut self, module: Arc<Module>) -> Result<(), String> {
        let canister = &mut self.canister;
        let old = canister.sandbox.module().clone();
        let steps = |canister: &mut Canister| {
            canister.run(&Entry::PreUpgrade).outcome.map_err(|trap| trap.to_string())?;
            let keep = module.keeps_memory();
            canister.sandbox.replace_module(module.clone(), keep).map_err(|error| error.to_string())?;
            canister.run(&Entry::Start).outcome.map_err(|trap| trap.to_string())?;
            canister.run(&Entry::PostUpgrade).outcome.map_err(|trap| trap.to_string())
        };
        match steps(canister) {
            Ok(_) => drop(canister.commit()),
            Err(problem) => {
                canister.sandbox.restore(old, &canister.memory).expect("restored");
                return Err(problem);
            }
        }
        Ok(())
    }
}

#[test]
fn updates_and_queries_run_and_survive_a_wake() {
    let Some(wasm) = compiled() else { return };
    for tracking in all_ways() {
        let mut running = Running::install(engine_with(tracking), &wasm.first);
        assert_eq!(running.rsvp(1, true), 1);
        assert_eq!(running.rsvp(2, false), 2);
        assert_eq!(running.rsvp(1, false), 2);
        // A query that is not rolled back makes the next one trap.
        for _ in 0..3 {
            assert_eq!(running.count(), 2);
        }
        running.canister.assert_committed("after queries");
        let list = running.query("list");
        let list = Decode!(&list, Vec<(String, Guest)>).expect("a list");
        assert_eq!(
            list[0].1,
            Guest { name: "Guest number 1".into(), email: "guest1@example.com".into(), attending: false }
        );
        running.canister.reopen();
        running.canister.assert_committed("woken");
        assert_eq!(running.rsvp(3, true), 3);
        assert_eq!(running.count(), 3);
    }
}

#[test]
fn a_trap_leaves_nothing_behind() {
    let Some(wasm) = compiled() else { return };
    let mut running = Running::install(engine(), &wasm.first);
    running.rsvp(1, true);
    let problem = running.update("fail", Encode!(&"x").expect("encoded")).expect_err("a trap");
    assert!(problem.contains("refused"), "{problem}");
    running.canister.assert_committed("after the trap");
    assert_eq!(running.count(), 1);
    running.canister.limits.instructions = 5_000;
    let arg = Encode!(&"a", &"b", &true).expect("encoded");
    let problem = running.update("rsvp", arg).expect_err("out of instructions");
    assert!(problem.contains("more than 5000 instructions"), "{problem}");
    running.canister.limits.instructions = 1_000_000_000;
    assert_eq!(running.count(), 1);
}

#[test]
fn calls_to_itself_come_back() {
    let Some(wasm) = compiled() else { return };
    let mut running = Running::install(engine(), &wasm.first);
    running.rsvp(1, true);
    let reply = running.update("ask", Encode!().expect("encoded")).expect("replied");
    assert_eq!(Decode!(&reply, candid::Nat).expect("a number"), candid::Nat::from(1u32));
}

#[test]
fn the_caller_is_known_by_what_the_registry_signed() {
    let Some(wasm) = compiled() else { return };
    let mut running = Running::install(engine(), &wasm.first);
    let ask = |running: &mut Running| {
        let reply = running.update("who", Encode!().expect("encoded")).expect("replied");
        Decode!(&reply, String).expect("a text")
    };
    assert_eq!(ask(&mut running), "nobody 2vxsx-fae");
    let data = Encode!(&Standing { role: "partner".into(), name: "Kim".into() }).expect("encoded");
    let registry = Principal::from_text("rwlgt-iiaaa-aaaaa-aaaaa-cai").expect("a principal");
    running.canister.input.caller_info = Some(Arc::new(CallerInfo { data, signer: registry.as_slice().to_vec() }));
    assert_eq!(ask(&mut running), "partner:Kim");
}

#[test]
fn upgrades_keep_the_data_and_failed_ones_change_nothing() {
    let Some(wasm) = compiled() else { return };
    let mut running = Running::install(engine(), &wasm.first);
    (1..=50u64).for_each(|guest| assert_eq!(running.rsvp(guest as usize, true), guest));
    let next = running.canister.engine.prepare(&wasm.next).expect("a module");
    assert!(next.keeps_memory());

    running.canister.limits.instructions = 20_000;
    let problem = running.upgrade(next.clone()).expect_err("out of instructions");
    assert!(problem.contains("20000 instructions"), "{problem}");
    running.canister.limits.instructions = 1_000_000_000;
    running.canister.assert_committed("after the failed upgrade");
    assert_eq!(running.rsvp(51, true), 51);

    running.upgrade(next).expect("upgraded");
    assert_eq!(running.count(), 51);
    let reply = running.query("noted");
    assert_eq!(Decode!(&reply, String).expect("a text"), "new");
    running.canister.reopen();
    assert_eq!(running.rsvp(52, true), 52);
    let reply = running.query("release");
    assert_eq!(Decode!(&reply, candid::Nat).expect("a number"), candid::Nat::from(2u32));
}

#[test]
fn the_collector_bounds_memory_over_many_updates() {
    let Some(wasm) = compiled() else { return };
    let mut running = Running::install(engine(), &wasm.first);
    let mut largest = 0;
    for update in 0..100_000 {
        if update % 10 == 9 {
            running.update("churn", Encode!(&candid::Nat::from(10_000u32)).expect("encoded")).expect("replied");
        } else {
            running.rsvp(update % 200, update % 3 == 0);
        }
        largest = largest.max(running.canister.memory.heap.bytes());
    }
    assert_eq!(running.count(), 180);
    let allocated = running.query("allocated");
    let allocated = u64::try_from(Decode!(&allocated, candid::Nat).expect("a number").0).expect("small");
    eprintln!(
        "{} messages allocated {} MiB, at most {} MiB at a time",
        running.messages,
        allocated >> 20,
        largest >> 20
    );
    assert!(allocated > 2 * largest, "{allocated} bytes allocated fit into {largest}, so nothing had to be collected");
    assert!(largest < 320 << 20, "memory stayed bounded: {} MiB", largest >> 20);
    // A whole collection on demand, as the collector asks itself for it in large heaps.
    running.canister.input.caller = Arc::from(&running.canister.input.canister.id[..]);
    running.update("__motoko_gc_trigger", Encode!().expect("encoded")).expect("collected");
    running.canister.reopen();
    running.canister.assert_committed("woken after many updates");
    assert_eq!(running.count(), 180);
}

#[test]
fn the_same_messages_give_the_same_changes_and_counts() {
    let Some(wasm) = compiled() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let run = |tracking| {
        let config = EngineConfig { cache_dir: Some(folder.path().into()), tracking };
        let mut running = Running::install(Engine::new(config).expect("an engine"), &wasm.first);
        (0..200usize)
            .map(|guest| {
                let name = format!("{guest}");
                let input = Input {
                    arg: Encode!(&name, &name, &true).expect("encoded").into(),
                    ..running.canister.input.clone()
                };
                let limits = running.canister.limits.clone();
                let entry = Entry::Update("rsvp".into());
                let execution = running.canister.sandbox.run(&entry, input, &limits).expect("the machine works");
                (execution.outcome.expect("no trap"), execution.instructions, running.canister.commit())
            })
            .collect::<Vec<_>>()
    };
    let compared = run(Tracking::Compare);
    for tracking in all_ways() {
        assert!(run(tracking) == compared, "{tracking:?}");
    }
}
