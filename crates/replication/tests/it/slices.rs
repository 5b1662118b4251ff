//! Long messages: one slice in each batch, beside everybody else's messages, through crashes, folds and what the
//! management canister wants of their canister meanwhile.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use candid::{CandidType, Nat, Principal, Reserved, utils::ArgumentEncoder};
use embedder::{Engine, EngineConfig};
use execution::{
    ExecutionConfig, Executor, MANAGEMENT, Provisional, Query, REGISTRY,
    registry::calls::{AppArg, CreateAppArg, CreatedApp, Outcome, PublishArg},
};
use ic_management_canister_types as types;
use protocol::RootKey;
use replication::{Answer, Clock, LocalSequencer, Replica, ReplicaConfig, Stepped};
use serde::de::DeserializeOwned;
use state::{
    blobs::BlobStore,
    replicated::{Ingress, IngressStatus, Payload, RequestId},
    storage::simulated::{Crash, SimulatedDisk},
};
use tokio::sync::oneshot;
use types::{
    CanisterIdRecord, CanisterInstallMode, CanisterSettings, InstallCodeArgs, ProvisionalCreateCanisterWithCyclesArgs,
    ProvisionalTopUpCanisterArgs, UninstallCodeArgs, UpdateSettingsArgs,
};

use crate::harness::{OWNER, TestBlobs, WORKSHOP, World};

const SLICE: u64 = 100_000;
const STEP_NS: u64 = 100_000_000;
/// More batches than any message here needs.
const MANY: u64 = 60;

/// Time goes by batches: each is a fixed while after the one before.
struct BatchClock(AtomicU64);

impl Clock for BatchClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A replica on a simulated disk, one batch at a time.
struct Steps {
    disk: SimulatedDisk,
    engine: Arc<Engine>,
    clock: Arc<BatchClock>,
    config: ExecutionConfig,
    threads: usize,
    node: Option<Stepped>,
    requests: u64,
    waiting: Vec<(u64, oneshot::Receiver<Answer>)>,
    /// By request: the answer, and the batch after which it came.
    answers: HashMap<u64, (u64, Result<Vec<u8>, String>)>,
    roots: Vec<[u8; 32]>,
}

fn config() -> ExecutionConfig {
    let key = RootKey::from_seed(&[3; 32]);
    ExecutionConfig {
        slice_instructions: SLICE,
        update_instructions: 20 * SLICE,
        provisional: Provisional::Anyone,
        ..ExecutionConfig::new(key.public_key_der().into(), key.subnet_id(), WORKSHOP)
    }
}

impl Steps {
    fn new(config: ExecutionConfig) -> Steps {
        Steps::on_threads(2, config)
    }

    fn on_threads(threads: usize, config: ExecutionConfig) -> Steps {
        let engine = Arc::new(Engine::new(EngineConfig::default()).expect("an engine"));
        let mut steps = Steps {
            disk: SimulatedDisk::new(),
            engine,
            clock: Arc::new(BatchClock(AtomicU64::new(1_700_000_000_000_000_000))),
            config,
            threads,
            node: None,
            requests: 0,
            waiting: Vec::new(),
            answers: HashMap::new(),
            roots: Vec::new(),
        };
        steps.open();
        steps
    }

    fn open(&mut self) {
        let storage = Arc::new(self.disk.clone());
        let (folder, log, recovered) = state::store::open(storage.clone(), 256 << 10).expect("recovers");
        let blobs = Arc::new(TestBlobs(BlobStore::new(storage)));
        let executor = Executor::new(&recovered, self.engine.clone(), blobs, self.config.clone());
        let mut executor = executor.expect("readable");
        executor.use_threads(self.threads).expect("threads");
        let mut drawn = recovered.height;
        self.node = Some(Stepped::new(ReplicaConfig {
            executor,
            log,
            folder,
            key: Arc::new(RootKey::from_seed(&[3; 32])),
            clock: self.clock.clone(),
            // What a batch draws depends on its height, so that a run with a crash can be compared with one without.
            sequencer: Box::new(LocalSequencer::new(move || {
                drawn += 1;
                [drawn.to_le_bytes()[0]; 32]
            })),
            fold_at: 1 << 20,
            fatal: Arc::new(|_| {}),
            usage: Arc::new(|_| {}),
            scrub: replication::ScrubPace::default(),
        }));
    }

    /// The power goes; whoever waits for an answer asks again.
    fn crash(&mut self) {
        self.node = None;
        self.disk.crash(Crash::Dropped);
        self.open();
    }

    fn node(&mut self) -> &mut Stepped {
        self.node.as_mut().expect("it runs")
    }

    fn executor(&self) -> &Executor {
        self.node.as_ref().expect("it runs").executor()
    }

    fn height(&self) -> u64 {
        self.executor().state().height
    }

    fn ingress(&self, number: u64, canister: Principal, method: &str, arg: Vec<u8>) -> Ingress {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&number.to_be_bytes());
        Ingress {
            request_id: RequestId(id),
            sender: OWNER,
            canister,
            method: method.into(),
            arg,
            effective: canister,
            expiry: 1_700_000_200_000_000_000,
            sender_info: None,
        }
    }

    fn submit(&mut self, canister: Principal, method: &str) -> u64 {
        self.submit_with(canister, method, Vec::new())
    }

    fn manage(&mut self, method: &str, args: impl ArgumentEncoder) -> u64 {
        self.submit_with(MANAGEMENT, method, candid::encode_args(args).expect("encodes"))
    }

    fn submit_with(&mut self, canister: Principal, method: &str, arg: Vec<u8>) -> u64 {
        self.requests += 1;
        let mut ingress = self.ingress(self.requests, canister, method, arg);
        if canister == REGISTRY {
            ingress.sender = WORKSHOP;
        }
        let answer = self.node().submit(ingress);
        self.waiting.push((self.requests, answer));
        self.requests
    }

    /// A durable batch.
    fn batch(&mut self) {
        self.clock.0.fetch_add(STEP_NS, Ordering::SeqCst);
        assert!(self.node().batch());
        self.node().commit().expect("commits");
        let root = self.node().certified().expect("a certificate").tree.digest();
        self.roots.push(root);
        self.take_answers();
    }

    fn take_answers(&mut self) {
        let height = self.height();
        for (number, mut answer) in std::mem::take(&mut self.waiting) {
            let outcome = match answer.try_recv() {
                Ok(Answer::Final(IngressStatus::Replied(bytes))) => Ok(bytes),
                Ok(Answer::Final(IngressStatus::Rejected(reject)) | Answer::Refused(reject)) => Err(reject.message),
                Ok(other) => panic!("{other:?}"),
                Err(_) => {
                    self.waiting.push((number, answer));
                    continue;
                }
            };
            self.answers.insert(number, (height, outcome));
        }
    }

    /// Batches until a request has its answer; gives the batch and the answer.
    fn answer(&mut self, number: u64) -> (u64, Result<Vec<u8>, String>) {
        for _ in 0..MANY {
            if let Some(answer) = self.answers.get(&number) {
                return answer.clone();
            }
            self.batch();
        }
        panic!("no answer to request {number} within {MANY} batches");
    }

    fn reply(&mut self, number: u64) -> Vec<u8> {
        self.answer(number).1.unwrap_or_else(|why| panic!("request {number}: {why}"))
    }

    fn create(&mut self) -> Principal {
        let arg =
            ProvisionalCreateCanisterWithCyclesArgs { amount: Some(Nat::from(1_000_000u32)), ..Default::default() };
        let number = self.manage("provisional_create_canister_with_cycles", (arg,));
        let made: CanisterIdRecord = candid::decode_one(&self.reply(number)).expect("the id");
        let number = self.install(made.canister_id, CanisterInstallMode::Install);
        self.reply(number);
        made.canister_id
    }

    /// A method of the registry, which must agree.
    fn workshop<T: CandidType + DeserializeOwned>(&mut self, method: &str, arg: impl CandidType) -> Result<T, String> {
        let number = self.submit_with(REGISTRY, method, candid::encode_one(arg).expect("encodes"));
        match candid::decode_one(&self.reply(number)).expect("the registry's outcome") {
            Outcome::Ok(value) => Ok(value),
            Outcome::Err(why) => Err(why),
        }
    }

    fn install(&mut self, canister_id: Principal, mode: CanisterInstallMode) -> u64 {
        let wasm_module = wat::parse_str(include_str!("slices.wat")).expect("the module");
        let arg = InstallCodeArgs { mode, canister_id, wasm_module, arg: Vec::new(), sender_canister_version: None };
        self.manage("install_code", (arg,))
    }

    /// What the canister counted, as a query tells it; the three places where it does agree.
    fn count(&mut self, canister: Principal) -> u64 {
        let query = Query { sender: OWNER, canister, method: "read".into(), arg: Vec::new(), data_certificate: None };
        match self.node().query(query).payload {
            Payload::Reply(bytes) => count_in(&bytes),
            Payload::Reject(reject) => panic!("{reject:?}"),
        }
    }

    fn running(&self) -> usize {
        self.executor().state().canisters.values().filter(|canister| canister.system.runs_long()).count()
    }
}

/// The count at the end of a reply, which stands there thrice.
fn count_in(reply: &[u8]) -> u64 {
    let (words, _) = reply[reply.len() - 24..].as_chunks::<8>();
    assert!(words.iter().all(|word| word == &words[0]), "{words:?}");
    u64::from_le_bytes(words[0])
}

/// What the message saw: the time, the version and the cycles.
fn seen_in(reply: &[u8]) -> (u64, u64, u128) {
    let word = |at: usize| reply[at..][..8].try_into().map_or(0, u64::from_le_bytes);
    (word(0), word(8), reply[16..32].try_into().map_or(0, u128::from_le_bytes))
}

#[test]
fn others_are_answered_while_a_long_message_runs() {
    let mut steps = Steps::new(config());
    let (long, other) = (steps.create(), steps.create());
    let begun = steps.height();
    let slow = steps.submit(long, "slow");
    let behind = steps.submit(long, "bump");
    for round in 1..=3 {
        let bump = steps.submit(other, "bump");
        steps.batch();
        assert_eq!(steps.answers[&bump].0, begun + round, "in its own batch");
        assert!(!steps.answers.contains_key(&slow) && !steps.answers.contains_key(&behind));
        // Queries see what is committed, on both.
        assert_eq!((steps.count(long), steps.count(other)), (0, round));
    }
    assert!(steps.executor().next_wake() == Some(0), "the replica goes on by itself");
    let (ended, reply) = steps.answer(slow);
    assert!(ended > begun + 5, "it took {} batches", ended - begun);
    assert_eq!(count_in(&reply.expect("replies")), 2);
    let (after, reply) = steps.answer(behind);
    assert!(after >= ended);
    assert_eq!(count_in(&reply.expect("replies")), 3);
    assert!(!steps.executor().has_long_messages());
    assert_ne!(steps.executor().next_wake(), Some(0), "nothing is left to do");
}

#[test]
fn a_trap_in_a_late_slice_and_the_limit_leave_nothing() {
    let mut steps = Steps::new(config());
    let canister = steps.create();
    for (method, words) in [("slow_trap", "unreachable"), ("endless", "needs more than 2000000 instructions")] {
        let before = steps.height();
        let number = steps.submit(canister, method);
        let (ended, outcome) = steps.answer(number);
        assert!(ended > before + 5, "{method}");
        assert!(outcome.expect_err("is rejected").contains(words), "{method}");
        assert_eq!(steps.count(canister), 0, "{method}");
    }
    // A query method called as an update runs in slices too, and keeps nothing.
    let number = steps.submit(canister, "slow_query");
    assert_eq!(count_in(&steps.reply(number)), 1);
    assert_eq!(steps.count(canister), 0);
    let number = steps.submit(canister, "bump");
    assert_eq!(count_in(&steps.reply(number)), 1);
}

/// All kinds of long messages on several canisters, and others beside them; a crash or a fold after so many batches.
fn workload(crash_after: Option<u64>, fold_after: Option<u64>) -> Steps {
    let mut steps = Steps::new(ExecutionConfig { long_max: 2, ..config() });
    let canisters: Vec<Principal> = (0..4).map(|_| steps.create()).collect();
    let methods = ["slow", "slow_answer", "slow_timer", "slow_trap"];
    let mut numbers: Vec<u64> =
        canisters.iter().zip(methods).map(|(canister, method)| steps.submit(*canister, method)).collect();
    numbers.extend(canisters.iter().map(|canister| steps.submit(*canister, "slow")));
    numbers.extend(canisters.iter().map(|canister| steps.submit(*canister, "bump")));
    for batch in 0..MANY {
        if crash_after == Some(batch) {
            steps.crash();
        }
        if fold_after == Some(batch) {
            assert!(steps.node().begin_fold());
        }
        steps.batch();
        assert!(steps.running() <= 2);
        if fold_after == Some(batch) {
            steps.node().end_fold().expect("folds");
        }
    }
    let state = steps.executor().state();
    for number in numbers {
        let id = steps.ingress(number, OWNER, "", Vec::new()).request_id;
        assert!(state.ingress[&id].status.is_final(), "request {number}");
    }
    assert!(!steps.executor().has_long_messages());
    assert_eq!(canisters.iter().map(|id| steps.count(*id)).collect::<Vec<_>>(), [5, 5, 4, 3]);
    steps
}

#[test]
fn crashes_and_folds_on_the_way_change_no_batch() {
    let plain = workload(None, None).roots;
    assert_eq!(plain, workload(None, None).roots, "twice the same");
    for after in [1, 2, 5, 9, 20, 31] {
        assert!(plain == workload(Some(after), None).roots, "a crash after {after} batches");
        assert!(plain == workload(Some(after + 1), Some(after)).roots, "a fold and a crash after {after} batches");
    }
}

#[test]
fn more_long_messages_than_places_all_end() {
    let mut steps = Steps::new(ExecutionConfig { long_max: 2, ..config() });
    let canisters: Vec<Principal> = (0..5).map(|_| steps.create()).collect();
    let numbers: Vec<u64> = canisters.iter().map(|canister| steps.submit(*canister, "slow")).collect();
    steps.batch();
    assert_eq!(steps.running(), 2);
    let ends: Vec<u64> = numbers.iter().map(|number| steps.answer(*number).0).collect();
    assert!(ends.iter().max() > ends.iter().min(), "not all at once: {ends:?}");
    assert!(canisters.iter().all(|id| steps.count(*id) == 2));
}

#[test]
fn what_would_change_the_canister_waits_for_the_message_to_end() {
    let mut steps = Steps::new(config());
    let canister = steps.create();
    let cycles = |steps: &Steps| steps.executor().state().canisters[&canister].system.cycles;
    let version = steps.executor().state().canisters[&canister].system.version;
    let slow = steps.submit(canister, "slow");
    steps.batch();
    let began = steps.executor().state().time;

    // Cycles come in at once, and others' settings, code and stopping wait, in their order.
    let arg = ProvisionalTopUpCanisterArgs { canister_id: canister, amount: Nat::from(77u8) };
    let top_up = steps.manage("provisional_top_up_canister", (arg,));
    let settings = CanisterSettings { freezing_threshold: Some(Nat::from(5u8)), ..Default::default() };
    let arg = UpdateSettingsArgs { canister_id: canister, settings, sender_canister_version: None };
    let update = steps.manage("update_settings", (arg,));
    let upgrade = steps.install(canister, CanisterInstallMode::Upgrade(None));
    let stop = steps.manage("stop_canister", (CanisterIdRecord { canister_id: canister },));
    steps.batch();
    assert_eq!(cycles(&steps), 1_000_077);
    assert!(steps.answers.contains_key(&top_up));
    assert!([update, upgrade, stop, slow].iter().all(|number| !steps.answers.contains_key(number)));
    steps.crash();

    for _ in 0..MANY {
        steps.batch();
    }
    let state = steps.executor().state();
    let status = |number: u64| &state.ingress[&steps.ingress(number, OWNER, "", Vec::new()).request_id].status;
    let IngressStatus::Replied(reply) = status(slow) else { panic!("{:?}", status(slow)) };
    assert_eq!(count_in(reply), 2);
    // It saw its canister as it was when it began.
    assert_eq!(seen_in(reply), (began, version, 1_000_000));
    for number in [update, upgrade, stop] {
        assert!(matches!(status(number), IngressStatus::Replied(_)), "{:?}", status(number));
    }
    assert_eq!(cycles(&steps), 1_000_077);
    assert_eq!(state.canisters[&canister].system.status, state::replicated::CanisterStatus::Stopped);
    assert!(state.canisters[&canister].system.deferred.is_empty());
}

#[test]
fn a_timer_waits_for_the_message_to_end() {
    for crash in [false, true] {
        let mut steps = Steps::new(config());
        let canister = steps.create();
        let (_, unset) = (steps.submit(canister, "set_timer"), steps.submit(canister, "slow_unset"));
        steps.batch();
        let goes_off = steps.executor().state().time + 250_000_000;
        for _ in 0..5 {
            steps.batch();
        }
        assert!(steps.executor().state().time > goes_off && steps.executor().has_long_messages());
        if crash {
            steps.crash();
        }
        for _ in 0..MANY {
            steps.batch();
        }
        let id = steps.ingress(unset, canister, "", Vec::new()).request_id;
        let status = &steps.executor().state().ingress[&id].status;
        assert_eq!(*status, IngressStatus::Replied(goes_off.to_le_bytes().to_vec()), "crash: {crash}");
        assert_eq!(steps.count(canister), 0, "crash: {crash}");
    }
}

#[test]
fn an_emptied_canister_waits_for_its_long_message_and_answers_the_rest() {
    let mut steps = Steps::new(config());
    let canister = steps.create();
    let (slow, behind) = (steps.submit(canister, "slow"), steps.submit(canister, "slow"));
    steps.batch();
    let arg = UninstallCodeArgs { canister_id: canister, sender_canister_version: None };
    let uninstall = steps.manage("uninstall_code", (arg,));
    let (ended, reply) = steps.answer(slow);
    assert_eq!(count_in(&reply.expect("replies")), 2);
    assert_eq!(steps.answer(uninstall).0, ended);
    let (rejected, outcome) = steps.answer(behind);
    assert_eq!(rejected, ended);
    assert!(outcome.expect_err("is rejected").contains("uninstalled"));
    assert!(!steps.executor().has_long_messages());
}

#[test]
fn a_switch_waits_for_a_long_message_and_the_end_of_the_app_does_not() {
    let mut steps = Steps::new(config());
    let wasm = wat::parse_str(include_str!("slices.wat")).expect("the module");
    let module = BlobStore::new(Arc::new(steps.disk.clone())).put(&wasm).expect("puts");
    let arg = CreateAppArg { name: "app".into(), title: "app".into(), owner: "owner".into() };
    let app: CreatedApp = steps.workshop("create_app", arg).expect("is made");
    let publish = |on_version| PublishArg {
        app: app.backend,
        on_version,
        module,
        assets: vec![],
        roles: vec![],
        title: "app".into(),
        source: [0; 32],
        verdict: [0; 32],
        manifest: [0; 32],
        message: "a change".into(),
        by: OWNER,
        approved: vec![],
    };
    steps.workshop::<u64>("publish", publish(0)).expect("goes live");
    let (slow, behind) = (steps.submit(app.backend, "slow"), steps.submit(app.backend, "bump"));
    steps.batch();
    let refused = steps.workshop::<u64>("publish", publish(1)).expect_err("is refused");
    assert!(refused.contains("busy"), "{refused}");
    steps.workshop::<Reserved>("delete_app", AppArg { app: app.backend }).expect("is deleted");
    for number in [slow, behind] {
        assert!(steps.answer(number).1.expect_err("is rejected").contains("found"));
    }
    assert!(!steps.executor().has_long_messages());
    steps.batch();
}

#[tokio::test]
async fn a_node_that_stops_does_not_wait_for_a_long_message_and_goes_on_with_it() {
    // Enough for hundreds of slices, so that it is on its way whenever the node stops.
    let mut world = World::new();
    world.update_instructions = 40_000_000_000;
    let node = world.start();
    let canister = node.with_module(&wat::parse_str(include_str!("slices.wat")).expect("the module")).await;
    let stopped = async {
        while !has_long(&node.replica).await {
            node.replica.tick().await.expect("ticks");
        }
        node.replica.shut_down();
    };
    tokio::select! {
        biased;
        answer = node.raw(OWNER, canister, "endless", Vec::new()) => panic!("{answer:?}"),
        () = stopped => {}
    }
    let node = world.start();
    assert!(has_long(&node.replica).await);
    node.replica.shut_down();
}

async fn has_long(replica: &Replica) -> bool {
    replica.read(|executor| executor.has_long_messages()).await.expect("it runs")
}

#[test]
fn one_thread_and_eight_come_to_the_same() {
    let roots = |threads: usize| {
        let mut steps = Steps::on_threads(threads, config());
        let canisters: Vec<Principal> = (0..6).map(|_| steps.create()).collect();
        for canister in &canisters {
            steps.submit(*canister, "slow");
            steps.submit(*canister, "bump");
        }
        for _ in 0..MANY {
            steps.batch();
        }
        assert!(!steps.executor().has_long_messages());
        steps.roots
    };
    assert!(roots(1) == roots(8));
}
