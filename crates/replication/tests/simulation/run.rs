//! One seed's run: a node on a disk that fails, beside a reference that never does.
//!
//! The reference executes the same batches on a fresh state, without a disk, and puts every canister to sleep before
//! each batch; so whatever the node keeps in instances, images or the log must come to the same bytes. The model says
//! by arithmetic what both must hold.

mod rot;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use candid::{CandidType, Principal};
use embedder::{Engine, EngineConfig};
use execution::{
    Batch, Blobs, ExecutionConfig, Executor, Query, REGISTRY,
    registry::calls::{AppArg, CreateAppArg, CreatedApp, EnrolArg, Outcome, PublishArg, RestoreArg},
};
use protocol::{
    RootKey,
    certificate::{encode_certificate, verify_certificate},
};
use replication::{Answer, Clock, LocalSequencer, ReplicaConfig, Sequencer, Stepped, sequencer::Pool};
use state::{
    blobs::BlobStore,
    planted::{Planted, plant},
    replicated::{Ingress, IngressStatus, Payload, RequestId},
    storage::simulated::{Crash, Cut, SimulatedDisk},
    store::{Recovered, StoreError},
};
use tokio::sync::oneshot;

use crate::{
    compare::differ,
    guests::{PAGES, PAGES_AT, Sums, TOTAL_AT, counter},
    model::{Model, Op},
    motoko::guests_wasm,
    random::Random,
};

pub(crate) const PERSON: Principal = Principal::from_slice(&[7; 29]);
pub(crate) const WORKSHOP: Principal = Principal::from_slice(&[9; 29]);
pub(crate) const START_NS: u64 = 1_700_000_000_000_000_000;
const SECOND_NS: u64 = 1_000_000_000;
pub(crate) const SEGMENT_BYTES: u64 = 256 << 10;
/// Steps of a run, between the setting up and the last look.
const STEPS: u64 = 60;
/// One seed in so many has a Motoko app beside the small ones.
const GUESTS_EVERY: u64 = 4;
/// So few that some messages need several slices.
const SLICE_INSTRUCTIONS: u64 = 30_000;
/// Batches after which nothing may be open any more.
const SETTLES_WITHIN: usize = 200;

/// What went wrong, in words.
pub(crate) type Checked<T = ()> = Result<T, String>;

#[derive(Debug)]
pub(crate) struct TestClock(pub(crate) AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

struct TestBlobs(BlobStore);

impl Blobs for TestBlobs {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<[u8]>> {
        self.0.get(hash)
    }
    fn put(&self, bytes: &[u8]) -> std::io::Result<[u8; 32]> {
        self.0.put(bytes)
    }
}

/// Orders as the node does, and remembers the last batch.
struct Recorder {
    inner: LocalSequencer,
    last: Arc<Mutex<Option<Batch>>>,
}

impl Sequencer for Recorder {
    fn next(&mut self, pool: &mut Pool, time: u64) -> Batch {
        let batch = self.inner.next(pool, time);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(batch.clone());
        batch
    }
}

/// Compiled modules are shared by all runs; they are no part of any state.
fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    ENGINE.get_or_init(|| Arc::new(Engine::new(EngineConfig::default()).expect("an engine"))).clone()
}

/// A run.
pub(crate) struct Run {
    random: Random,
    bug: Option<Planted>,
    /// Whether the reference has the bug as well, so that only the model can find it.
    blind: bool,
    disk: SimulatedDisk,
    clock: Arc<TestClock>,
    key: Arc<RootKey>,
    node: Option<Stepped>,
    last: Arc<Mutex<Option<Batch>>>,
    reference: Executor,
    /// By height, from 1: the batches, their roots and the models after them (the first is that of no batch).
    history: Vec<Batch>,
    roots: Vec<[u8; 32]>,
    models: Vec<Model>,
    modules: [[u8; 32]; 2],
    /// The Motoko app and its module.
    motoko: Option<(Principal, [u8; 32])>,
    requests: BTreeMap<RequestId, (Ingress, Op)>,
    waiting: Vec<(RequestId, oneshot::Receiver<Answer>)>,
    acknowledged: BTreeMap<RequestId, IngressStatus>,
    /// Highest height that anybody was shown a certificate of, and its time.
    certified: (u64, u64),
    apps: Vec<Principal>,
    next_request: u64,
    /// Whether a Motoko app takes part.
    guests: bool,
    seen: Seen,
    /// The last things that happened.
    trace: VecDeque<String>,
}

/// How often each kind of thing happened.
pub(crate) type Seen = BTreeMap<&'static str, u64>;

/// A disk on which three small apps live, for others to start from.
pub(crate) fn disk_with_apps() -> Checked<(SimulatedDisk, Vec<Principal>)> {
    let mut run = Run::new(1, None, false);
    run.recover(false)?;
    run.set_up()?;
    run.node = None;
    run.disk.crash(Crash::Dropped);
    Ok((run.disk, run.apps))
}

/// A run that came to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) seen: Seen,
    roots: Vec<[u8; 32]>,
    disk_changes: u64,
    trace: Vec<String>,
}

/// Runs a seed to its end.
pub(crate) fn run(seed: u64, bug: Option<Planted>) -> Checked<Ended> {
    Run::new(seed, bug, false).finish(seed)
}

/// Runs a seed with a reference that has the bug too: what is found, the model found.
pub(crate) fn run_blind(seed: u64, bug: Planted) -> Checked<Ended> {
    Run::new(seed, Some(bug), true).finish(seed)
}

impl Run {
    fn finish(mut self, seed: u64) -> Checked<Ended> {
        plant(self.bug);
        let ended = self.all();
        plant(None);
        let trace: Vec<String> = self.trace.into();
        match ended {
            Ok(()) => Ok(Ended { seen: self.seen, roots: self.roots, disk_changes: self.disk.changes(), trace }),
            Err(what) => Err(format!("seed {seed}: {what}\n  {}", trace.join("\n  "))),
        }
    }

    fn new(seed: u64, bug: Option<Planted>, blind: bool) -> Run {
        plant(None);
        let disk = SimulatedDisk::new();
        let blobs = BlobStore::new(Arc::new(disk.clone()));
        let modules = [0, 1].map(|version| blobs.put(&counter(version)).expect("puts"));
        let key = root_key();
        Run {
            random: Random::new(seed),
            bug,
            blind,
            guests: seed.is_multiple_of(GUESTS_EVERY),
            seen: Seen::new(),
            clock: Arc::new(TestClock(AtomicU64::new(START_NS))),
            node: None,
            last: Arc::default(),
            reference: fresh(&disk, &key, &Recovered::default()).expect("an empty state"),
            key,
            disk,
            history: Vec::new(),
            roots: Vec::new(),
            models: vec![Model::default()],
            modules,
            motoko: None,
            requests: BTreeMap::new(),
            waiting: Vec::new(),
            acknowledged: BTreeMap::new(),
            certified: (0, 0),
            apps: Vec::new(),
            next_request: 0,
            trace: VecDeque::new(),
        }
    }

    fn all(&mut self) -> Checked {
        self.recover(false)?;
        self.set_up()?;
        self.plan_fault();
        for _ in 0..STEPS {
            self.step()?;
        }
        self.disk.cut_power_after(u64::MAX / 2, Cut::Before);
        self.die_and_recover(false)?;
        self.settle()?;
        self.look_at_apps()?;
        self.fold()?;
        self.die_and_recover(false)?;
        self.settle()?;
        self.look_at_apps()?;
        self.rot()
    }

    fn saw(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    fn note(&mut self, what: String) {
        if self.trace.len() == 40 {
            self.trace.pop_front();
        }
        self.trace.push_back(what);
    }

    fn node(&mut self) -> &mut Stepped {
        self.node.as_mut().expect("a node runs between recoveries")
    }

    // ---- the workload

    fn set_up(&mut self) -> Checked {
        self.ask::<()>("enrol", (EnrolArg { person: "owner".into(), key: PERSON },), Op::Nothing)?;
        for name in ["one", "two", "three"] {
            let arg = CreateAppArg { name: name.into(), title: name.into(), owner: "owner".into() };
            let app: CreatedApp = self.ask("create_app", (arg,), Op::Nothing)?;
            self.model().apps.insert(app.backend, crate::model::App::default());
            self.apps.push(app.backend);
            let publish = self.publish_arg(app.backend, 0);
            self.ask::<u64>("publish", (publish,), Op::Publish(app.backend))?;
        }
        if self.guests { self.set_up_guests() } else { Ok(()) }
    }

    fn set_up_guests(&mut self) -> Checked {
        let module = BlobStore::new(Arc::new(self.disk.clone())).put(guests_wasm()).map_err(|e| e.to_string())?;
        let arg = CreateAppArg { name: "guests".into(), title: "guests".into(), owner: "owner".into() };
        let app: CreatedApp = self.ask("create_app", (arg,), Op::Nothing)?;
        let publish = PublishArg { module, ..self.publish_arg(app.backend, 0) };
        self.ask::<u64>("publish", (publish,), Op::Nothing)?;
        self.motoko = Some((app.backend, module));
        Ok(())
    }

    /// Something for the Motoko app. The model knows nothing of it; that the node's way and the reference's come to
    /// the same bytes is what is seen here.
    fn submit_to_guests(&mut self) {
        let Some((app, _)) = self.motoko else { return };
        let name = format!("guest {}", self.random.below(1000));
        let (method, arg) = match self.random.below(6) {
            0 => ("addThenTrap", candid::encode_one(name)),
            1 => ("addTwo", candid::encode_args((name.clone(), name))),
            2 => ("startTimer", candid::encode_args(())),
            _ => ("add", candid::encode_one(name)),
        };
        let op = if method == "addThenTrap" { Op::Never } else { Op::Nothing };
        self.submit(PERSON, app, method, arg.expect("encodes"), op);
        self.saw("call of a Motoko app");
    }

    fn model(&mut self) -> &mut Model {
        self.models.last_mut().expect("there is one of no batch")
    }

    fn publish_arg(&mut self, app: Principal, on_version: u64) -> PublishArg {
        PublishArg {
            app,
            on_version,
            module: self.modules[usize::from(on_version % 2 == 1)],
            assets: vec![],
            roles: vec![],
            title: format!("version {}", on_version + 1),
            source: [0; 32],
            verdict: [0; 32],
            manifest: [0; 32],
            message: "a change".into(),
            by: PERSON,
            approved: vec![],
        }
    }

    /// A method of the registry, which must agree; nothing may fail meanwhile.
    fn ask<T: CandidType + serde::de::DeserializeOwned>(
        &mut self,
        method: &str,
        args: impl candid::utils::ArgumentEncoder,
        op: Op,
    ) -> Checked<T> {
        let id = self.submit_registry(method, args, op);
        self.settle()?;
        match self.acknowledged.get(&id) {
            Some(IngressStatus::Replied(bytes)) => match candid::decode_one(bytes) {
                Ok(Outcome::Ok(value)) => Ok(value),
                Ok(Outcome::Err(why)) => Err(format!("{method} is refused: {why}")),
                Err(error) => Err(format!("{method} replies with something else: {error}")),
            },
            other => Err(format!("{method}: {other:?}")),
        }
    }

    fn submit_registry(&mut self, method: &str, args: impl candid::utils::ArgumentEncoder, op: Op) -> RequestId {
        let arg = candid::encode_args(args).expect("encodes");
        self.submit(WORKSHOP, REGISTRY, method, arg, op)
    }

    fn submit(&mut self, sender: Principal, canister: Principal, method: &str, arg: Vec<u8>, op: Op) -> RequestId {
        self.next_request += 1;
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.next_request.to_be_bytes());
        let id = RequestId(id);
        // The clock may be behind the state's time by as much as it was set back.
        let now = self.clock.now().max(self.reference.state().time);
        let expiry = if op == Op::Never && method == "add" { 1 } else { now + 240 * SECOND_NS };
        let ingress = Ingress {
            request_id: id,
            sender,
            canister,
            method: method.into(),
            arg,
            effective: canister,
            expiry,
            sender_info: None,
        };
        self.requests.insert(id, (ingress.clone(), op));
        self.note(format!("request {} {method} {op:?}", self.next_request));
        let answer = self.node().submit(ingress);
        self.waiting.push((id, answer));
        id
    }

    fn submit_some(&mut self) -> Checked {
        if self.motoko.is_some() && self.random.once_in(3) {
            self.submit_to_guests();
            return Ok(());
        }
        let live: Vec<Principal> = self.apps.clone();
        let app = self.random.pick(&live);
        let other = self.random.pick(&live);
        let n = 1 + self.random.below(1000);
        let client = Principal::from_slice(&[1 + self.random.next().to_le_bytes()[0] % 5; 29]);
        let number = n.to_le_bytes().to_vec();
        let call = [&n.to_le_bytes(), other.as_slice()].concat();
        let (method, arg, op) = match self.random.below(19) {
            16 | 17 => ("add_slowly", number, Op::Add(app, n)),
            18 => ("add_slowly_trap", number, Op::Never),
            0..=4 => ("add", number, Op::Add(app, n)),
            5 | 6 => ("add_trap", number, Op::Never),
            7 => ("grow", vec![], Op::Grow(app)),
            8 => ("grow_trap", vec![], Op::Never),
            9 | 10 if app != other => ("call", call, Op::Call(app, other, n)),
            11 if app != other => ("call_trap", call, Op::CallTrap(app)),
            12 => ("wait", (SECOND_NS * (1 + n % 9)).to_le_bytes().to_vec(), Op::Nothing),
            13 => ("read", vec![], Op::Nothing),
            14 => ("write", vec![], Op::Nothing),
            _ => ("add", number, Op::Never),
        };
        self.submit(client, app, method, arg, op);
        Ok(())
    }

    fn repeat_one(&mut self) {
        let known: Vec<RequestId> = self.requests.keys().copied().collect();
        let id = self.random.pick(&known);
        let Some((ingress, _)) = self.requests.get(&id).cloned() else { return };
        // One that may be forgotten is refused at the door, by its expiry.
        if ingress.expiry < self.reference.state().time {
            return;
        }
        self.saw("request repeated");
        self.note(format!("request {} again", u64::from_be_bytes(id.0[..8].try_into().unwrap_or_default())));
        let answer = self.node().submit(ingress);
        self.waiting.push((id, answer));
    }

    /// A switch or the end of an app. All is quiet before it, so that the model knows what was there.
    fn switch(&mut self) -> Checked {
        if !self.try_settle()? {
            return Ok(());
        }
        let app = self.random.pick(&self.apps.clone());
        let Some(now) = self.model().apps.get(&app).cloned() else { return Ok(()) };
        let points: Vec<u64> = now.points.keys().copied().filter(|version| *version != now.version).collect();
        if self.apps.len() == 3 && self.random.once_in(6) {
            self.apps.retain(|id| *id != app);
            self.submit_registry("delete_app", (AppArg { app },), Op::Delete(app));
        } else if !points.is_empty() && self.random.once_in(2) {
            let version = self.random.pick(&points);
            let arg = RestoreArg {
                app,
                version,
                on_version: now.version,
                message: "back".into(),
                by: PERSON,
                leave_out: vec![],
                end_calls: false,
            };
            self.submit_registry("restore", (arg,), Op::Restore(app, version));
        } else {
            let arg = self.publish_arg(app, now.version);
            self.submit_registry("publish", (arg,), Op::Publish(app));
        }
        self.try_settle().map(drop)
    }

    // ---- steps

    fn step(&mut self) -> Checked {
        match self.random.below(20) {
            0..=6 => self.submit_some()?,
            7 => self.repeat_one(),
            8..=10 => self.batch()?,
            11..=14 => return self.commit_or_recover(),
            15 => self.ask_twice()?,
            16 => {
                if self.node().begin_fold() {
                    self.saw("fold");
                    self.note("fold begins".into());
                }
            }
            17 => {
                let done = self.node().end_fold();
                return self.or_recover(done);
            }
            18 => self.jump(),
            _ if self.random.once_in(3) => return self.die_and_recover(true),
            _ => return self.switch(),
        }
        Ok(())
    }

    /// Decides when and how this life's disk fails, if it does.
    fn plan_fault(&mut self) {
        let after = self.random.below(60);
        match self.random.below(8) {
            0 => {}
            1 => self.disk.fill_after(after),
            2 | 3 => self.disk.cut_power_after(after, Cut::Before),
            4 | 5 => {
                let missing = usize::from(self.random.next().to_le_bytes()[0]) * 16 + 1;
                self.disk.cut_power_after(after, Cut::Within(missing));
            }
            _ => self.disk.cut_power_after(after, Cut::After),
        }
    }

    fn jump(&mut self) {
        let by = self.random.below(40) * SECOND_NS;
        let now = self.clock.now();
        let to = if self.random.once_in(2) { now + by } else { now.saturating_sub(by) };
        self.clock.0.store(to, Ordering::SeqCst);
        self.saw(if to < now { "clock set back" } else { "clock set forward" });
        self.note(format!("clock from {now} to {to}"));
    }

    fn batch(&mut self) -> Checked {
        self.clock.0.fetch_add(SECOND_NS / 10, Ordering::SeqCst);
        if !self.node().batch() {
            return Ok(());
        }
        let Some(batch) = self.last.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
        self.note(format!("batch {} of {} calls", self.history.len() + 1, batch.ingress.len()));
        if self.node().executor().has_long_messages() {
            self.saw("long message that goes on");
        }
        let before = self.reference.state().time;
        self.execute_reference(&batch)?;
        self.history.push(batch);
        let node = self.node.as_ref().expect("it runs").executor().state();
        if node.time <= before {
            return Err(format!("time goes back from {before} to {}", node.time));
        }
        differ(node, self.reference.state()).map_err(|what| format!("after a batch, {what}"))
    }

    fn execute_reference(&mut self, batch: &Batch) -> Checked {
        plant(self.bug.filter(|_| self.blind));
        self.reference.sleep_all();
        let executed = self.reference.execute(batch);
        plant(self.bug);
        let logged = Batch::logged(&executed.delta).map_err(|error| error.to_string())?;
        if logged.ingress != batch.ingress || logged.randomness != batch.randomness {
            return Err("the log's input is not what was ordered".into());
        }
        let mut model = self.models.last().cloned().unwrap_or_default();
        let mut kinds = Vec::new();
        for id in executed.finished {
            let replied = match self.reference.state().ingress.get(&id).map(|entry| &entry.status) {
                Some(IngressStatus::Replied(bytes)) => bytes,
                _ => continue,
            };
            let Some((ingress, op)) = self.requests.get(&id) else { continue };
            if ingress.canister == REGISTRY && candid::decode_one::<Outcome<candid::Reserved>>(replied).is_err() {
                continue;
            }
            if ingress.canister == REGISTRY && is_refused(replied) {
                continue;
            }
            let kind = match op {
                Op::Call(..) => Some("call between apps"),
                Op::CallTrap(_) => Some("call that is rejected"),
                Op::Grow(_) => Some("growth"),
                Op::Publish(_) => Some("switch"),
                Op::Restore(..) => Some("restore"),
                Op::Delete(_) => Some("app deleted"),
                _ => None,
            };
            kinds.extend(kind);
            if !model.replied(id, *op) {
                return Err(format!("{} was replied to, which must not be", ingress.method));
            }
            check_reply(&ingress.method, replied)?;
        }
        kinds.into_iter().for_each(|kind| self.saw(kind));
        self.roots.push(executed.delta.root);
        self.models.push(model);
        Ok(())
    }

    /// What was executed becomes durable. False if the node died of it.
    fn commit(&mut self) -> Checked<bool> {
        let done = self.node().commit();
        self.take_answers()?;
        self.see_certificate()?;
        if let Err(error) = &done {
            self.saw("commit that fails");
            if format!("{error:?}").contains("StorageFull") {
                self.saw("full disk");
            }
            self.note(format!("the node ends: {error:?}"));
        }
        Ok(done.is_ok())
    }

    fn commit_or_recover(&mut self) -> Checked {
        if self.commit()? { Ok(()) } else { self.die_and_recover(true) }
    }

    fn or_recover(&mut self, done: Result<(), StoreError>) -> Checked {
        match done {
            Ok(()) => Ok(()),
            Err(error) => {
                self.saw("fold that fails");
                self.note(format!("the node ends: {error:?}"));
                self.die_and_recover(true)
            }
        }
    }

    fn fold(&mut self) -> Checked {
        if !self.node().begin_fold() {
            return Err("nothing is in flight, and no fold begins".into());
        }
        self.node().end_fold().map_err(|error| format!("the last fold: {error:?}"))?;
        self.try_settle().map(drop)
    }

    /// Runs until no request is open. False if the node died meanwhile; it runs again then.
    fn try_settle(&mut self) -> Checked<bool> {
        for _ in 0..SETTLES_WITHIN {
            self.batch()?;
            if !self.commit()? {
                self.die_and_recover(true)?;
                return Ok(false);
            }
            if self.is_quiet() {
                return Ok(true);
            }
        }
        Err(format!("requests stay open after {SETTLES_WITHIN} batches"))
    }

    fn settle(&mut self) -> Checked {
        if self.try_settle()? { Ok(()) } else { Err("the disk fails although nothing was planned".into()) }
    }

    fn is_quiet(&self) -> bool {
        let state = self.reference.state();
        self.waiting.is_empty()
            && state.ingress.values().all(|entry| entry.status.is_final())
            && state.canisters.values().all(|c| c.system.queue.is_empty() && c.system.call_contexts.is_empty())
    }

    fn take_answers(&mut self) -> Checked {
        let mut open = Vec::new();
        for (id, mut answer) in std::mem::take(&mut self.waiting) {
            match answer.try_recv() {
                Ok(Answer::Final(status)) => {
                    if self.acknowledged.get(&id).is_some_and(|before| *before != status) {
                        return Err(format!("a request is answered twice, in two ways: {status:?}"));
                    }
                    self.acknowledged.insert(id, status);
                }
                Ok(_) | Err(oneshot::error::TryRecvError::Closed) => {}
                Err(oneshot::error::TryRecvError::Empty) => open.push((id, answer)),
            }
        }
        self.waiting = open;
        Ok(())
    }

    fn see_certificate(&mut self) -> Checked {
        let Some(certified) = self.node().certified() else { return Ok(()) };
        if (certified.height, certified.time) == self.certified {
            return Ok(());
        }
        if certified.height < self.certified.0 || certified.time <= self.certified.1 {
            return Err("a certificate goes back".into());
        }
        self.certified = (certified.height, certified.time);
        let root = self.roots.get(usize::try_from(certified.height).unwrap_or(0).wrapping_sub(1));
        if root != Some(&certified.tree.digest()) {
            return Err(format!("the certified root of batch {} is not the reference's", certified.height));
        }
        if self.random.once_in(6) {
            let witness = certified.tree.witness(&[vec![b"time".to_vec()]]);
            let certificate = encode_certificate(&witness, &certified.signature);
            verify_certificate(&certificate, &self.key.public_key_der()).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// A query that writes, between two that read: the two agree.
    fn ask_twice(&mut self) -> Checked {
        let app = self.random.pick(&self.apps.clone());
        let before = self.query(app, "read");
        let writing = self.query(app, "write");
        let after = self.query(app, "read");
        if before == after && before == writing {
            return before.map_or(Ok(()), |sums| check_sums(&sums));
        }
        Err(format!("a query leaves something: {before:?}, then {writing:?}, then {after:?}"))
    }

    fn query(&mut self, canister: Principal, method: &str) -> Option<Sums> {
        let query = Query { sender: PERSON, canister, method: method.into(), arg: vec![], data_certificate: None };
        match self.node().query(query).payload {
            Payload::Reply(bytes) => Sums::read(&bytes),
            Payload::Reject(_) => None,
        }
    }

    /// In a quiet state: what the apps hold is what the model says, in memory and by their own word.
    fn look_at_apps(&mut self) -> Checked {
        let model = self.model().clone();
        for (id, app) in model.apps {
            let said = self.query(id, "read").ok_or_else(|| format!("app {id} does not answer"))?;
            // Timers are not in the model.
            let said = Sums { ticks: 0, ..said };
            if said != app.sums {
                return Err(format!("app {id} says {said:?}, must be {:?}", app.sums));
            }
            let node = self.node().executor().state();
            let heap = &node.canisters[&id].memory.heap;
            let number = |at: u64| {
                let (page, start) = (heap.page(at / 4096), usize::try_from(at % 4096).unwrap_or(0));
                page.and_then(|page| page[start..][..8].try_into().ok()).map_or(0, u64::from_le_bytes)
            };
            let pages: u64 = (0..PAGES).map(|page| number(PAGES_AT + page * 4096)).sum();
            if number(TOTAL_AT) != app.sums.heap || pages != app.sums.heap {
                return Err(format!("the pages of app {id} sum to {pages}, must be {}", app.sums.heap));
            }
        }
        Ok(())
    }

    // ---- crashes

    /// The node is gone from one moment to the next; another starts from what the disk kept.
    fn die_and_recover(&mut self, faults: bool) -> Checked {
        self.take_answers()?;
        self.see_certificate()?;
        self.node = None;
        self.waiting.clear();
        let crash = if self.random.once_in(3) { Crash::Dropped } else { Crash::Torn(self.random.next()) };
        self.disk.crash(crash);
        self.note(format!("crash {crash:?}"));
        self.saw(if matches!(crash, Crash::Dropped) { "crash that keeps nothing" } else { "crash that tears" });
        if faults && self.random.once_in(3) {
            self.fail_recovery()?;
        }
        self.recover(faults)
    }

    /// A recovery whose power goes; the next one must not mind.
    fn fail_recovery(&mut self) -> Checked {
        let after = self.random.below(8);
        let at = self.disk.changes() + after;
        self.disk.cut_power_after(after, Cut::After);
        let opened = state::store::open(Arc::new(self.disk.clone()), SEGMENT_BYTES);
        if let Err(error) = opened
            && self.disk.changes() <= at
        {
            return Err(format!("recovery fails by itself: {error:?}"));
        }
        self.disk.crash(Crash::Torn(self.random.next()));
        self.saw("crash in a recovery");
        self.note(format!("crash in a recovery, after {after} changes"));
        Ok(())
    }

    fn recover(&mut self, faults: bool) -> Checked {
        let opened = state::store::open(Arc::new(self.disk.clone()), SEGMENT_BYTES);
        let (folder, log, recovered) = opened.map_err(|error| format!("recovery fails: {error:?}"))?;
        let height = usize::try_from(recovered.height).unwrap_or(usize::MAX);
        self.note(format!("recovers batch {height} of {}", self.history.len()));
        self.check_height(height)?;
        if height < self.history.len() {
            self.saw("batches lost before they were told");
        }
        self.replay_to(height)?;
        let executor = fresh(&self.disk, &self.key, &recovered)?;
        differ(executor.state(), self.reference.state()).map_err(|what| format!("after recovery, {what}"))?;
        self.check_acknowledged()?;
        if executor.has_long_messages() {
            self.saw("recovery with a long message");
        }
        self.node = Some(Stepped::new(self.config(executor, log, folder)));
        if faults {
            self.plan_fault();
        }
        Ok(())
    }

    fn check_height(&self, height: usize) -> Checked {
        if height > self.history.len() {
            return Err(format!("recovery finds batch {height}, which never was"));
        }
        if (height as u64) < self.certified.0 {
            return Err(format!("recovery loses batch {}, which was certified", self.certified.0));
        }
        Ok(())
    }

    /// The reference goes back to a height, by executing all batches up to it on a fresh state.
    fn replay_to(&mut self, height: usize) -> Checked {
        if height == self.history.len() {
            return Ok(());
        }
        self.history.truncate(height);
        self.models.truncate(height + 1);
        let (history, roots) = (std::mem::take(&mut self.history), std::mem::take(&mut self.roots));
        let models = std::mem::take(&mut self.models);
        self.reference = fresh(&self.disk, &self.key, &Recovered::default())?;
        for (batch, root) in history.iter().zip(&roots) {
            self.execute_reference(batch)?;
            if self.roots.last() != Some(root) {
                return Err("the same batches on a fresh state give another root".into());
            }
        }
        (self.history, self.models) = (history, models);
        Ok(())
    }

    fn check_acknowledged(&self) -> Checked {
        let state = self.reference.state();
        for (id, status) in &self.acknowledged {
            let number = u64::from_be_bytes(id.0[..8].try_into().unwrap_or_default());
            match state.ingress.get(id) {
                Some(entry) if entry.status == *status => {}
                // Forgotten in its time.
                None if self.requests[id].0.expiry < state.time => {}
                other => return Err(format!("request {number} was acknowledged as {status:?} and is {other:?}")),
            }
        }
        Ok(())
    }

    fn config(&mut self, executor: Executor, log: state::log::Log, folder: state::store::Folder) -> ReplicaConfig {
        let mut randomness = self.random.clone();
        self.random.next();
        let draw = move || {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&randomness.next().to_le_bytes());
            bytes
        };
        ReplicaConfig {
            executor,
            log,
            folder,
            key: self.key.clone(),
            clock: self.clock.clone(),
            sequencer: Box::new(Recorder { inner: LocalSequencer::new(draw), last: self.last.clone() }),
            fold_at: u64::MAX,
            fatal: Arc::new(|_| {}),
            usage: Arc::new(|_| {}),
            scrub: replication::ScrubPace::default(),
        }
    }
}

/// The network's key.
pub(crate) fn root_key() -> Arc<RootKey> {
    Arc::new(RootKey::from_seed(&[3; 32]))
}

/// An executor over what recovery read.
pub(crate) fn fresh(disk: &SimulatedDisk, key: &RootKey, recovered: &Recovered) -> Checked<Executor> {
    let blobs = Arc::new(TestBlobs(BlobStore::new(Arc::new(disk.clone()))));
    let root_key: Arc<[u8]> = key.public_key_der().into();
    let config = ExecutionConfig {
        slice_instructions: SLICE_INSTRUCTIONS,
        long_max: 2,
        ..ExecutionConfig::new(root_key, key.subnet_id(), WORKSHOP)
    };
    Executor::new(recovered, engine(), blobs, config).map_err(|error| error.to_string())
}

fn is_refused(bytes: &[u8]) -> bool {
    matches!(candid::decode_one(bytes), Ok(Outcome::<candid::Reserved>::Err(_)))
}

fn check_sums(sums: &Sums) -> Checked {
    if sums.heap == sums.global {
        return Ok(());
    }
    Err(format!("memory and globals are of two messages: {sums:?}"))
}

fn check_reply(method: &str, bytes: &[u8]) -> Checked {
    if method == "grow" && bytes != [0; 8] {
        return Err(format!("a new page is not empty: {bytes:?}"));
    }
    Sums::read(bytes).map_or(Ok(()), |sums| check_sums(&sums))
}
