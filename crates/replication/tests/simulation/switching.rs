//! The power goes during every single change of the disk of a switch and of a restore, one run for each; whatever is
//! left must be the app of one version, whole, and it must take calls again.

use std::sync::{Arc, atomic::AtomicU64};

use candid::{CandidType, Principal, utils::ArgumentEncoder};
use execution::{
    Executor, REGISTRY,
    registry::{
        AppAssets, Member, RoleDefinition,
        calls::{AppArg, AssetArg, InviteArg, Invited, Outcome, PublishArg, RestoreArg, RevokeArg},
    },
};
use replication::{Answer, LocalSequencer, ReplicaConfig, Stepped};
use state::{
    blobs::BlobStore,
    replicated::{CanisterCode, Ingress, IngressStatus, RequestId},
    storage::simulated::{Crash, Cut, SimulatedDisk},
};
use tokio::sync::oneshot;

use crate::{
    alone,
    guests::{Sums, counter},
    run::{PERSON, SEGMENT_BYTES, START_NS, TestClock, WORKSHOP, disk_with_apps, fresh, root_key},
};

/// Batches within which a call is answered when nothing fails.
const ANSWERED_WITHIN: usize = 20;

/// How the power goes during one change of the disk, and what it leaves.
pub(crate) const FAULTS: [(Cut, Crash); 4] = [
    (Cut::Before, Crash::Dropped),
    (Cut::Within(1), Crash::Torn(1)),
    (Cut::Within(100), Crash::Torn(2)),
    (Cut::After, Crash::Torn(3)),
];

/// All that a version is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct App {
    version: u64,
    versions: Vec<u64>,
    pub(crate) points: Vec<u64>,
    title: String,
    roles: Vec<RoleDefinition>,
    pub(crate) members: Vec<(String, Member)>,
    assets: AppAssets,
    code: CanisterCode,
    data: [u8; 32],
}

pub(crate) struct Node {
    pub(crate) stepped: Stepped,
    next: u64,
}

impl Node {
    /// Recovers; the numbers of requests begin anew with each life.
    pub(crate) fn start(disk: &SimulatedDisk, life: u64) -> Node {
        let (folder, log, recovered) = state::store::open(Arc::new(disk.clone()), SEGMENT_BYTES).expect("recovers");
        let key = root_key();
        let executor = fresh(disk, &key, &recovered).expect("in order");
        let stepped = Stepped::new(ReplicaConfig {
            executor,
            log,
            folder,
            key,
            clock: Arc::new(TestClock(AtomicU64::new(START_NS))),
            sequencer: Box::new(LocalSequencer::new(|| [5; 32])),
            fold_at: u64::MAX,
            fatal: Arc::new(|_| {}),
            usage: Arc::new(|_| {}),
            scrub: replication::ScrubPace::default(),
        });
        Node { stepped, next: life << 32 }
    }

    pub(crate) fn submit(
        &mut self,
        sender: Principal,
        canister: Principal,
        method: &str,
        arg: Vec<u8>,
    ) -> oneshot::Receiver<Answer> {
        self.next += 1;
        let mut id = [0; 32];
        id[..8].copy_from_slice(&self.next.to_be_bytes());
        let expiry = self.stepped.executor().state().time.max(START_NS) + 240_000_000_000;
        let (request_id, method) = (RequestId(id), method.into());
        let ingress =
            Ingress { request_id, sender, canister, method, arg, effective: canister, expiry, sender_info: None };
        self.stepped.submit(ingress)
    }

    /// Runs until the answer is there; `None` when the power goes, and the power may go at a fold too.
    pub(crate) fn answer(&mut self, mut answer: oneshot::Receiver<Answer>) -> Option<IngressStatus> {
        for _ in 0..ANSWERED_WITHIN {
            self.stepped.batch();
            self.stepped.commit().ok()?;
            match answer.try_recv() {
                Ok(Answer::Final(status)) => return Some(status),
                Ok(other) => panic!("{other:?}"),
                Err(_) => {}
            }
        }
        panic!("no answer, and the power is on");
    }

    /// A method of the registry, which must agree. `None` when the power goes.
    pub(crate) fn ask<T>(&mut self, method: &str, args: impl ArgumentEncoder) -> Option<T>
    where
        T: CandidType + serde::de::DeserializeOwned,
    {
        let arg = candid::encode_args(args).expect("encodes");
        let answer = self.submit(WORKSHOP, REGISTRY, method, arg);
        match self.answer(answer)? {
            IngressStatus::Replied(bytes) => match candid::decode_one(&bytes).expect("an outcome") {
                Outcome::Ok(value) => Some(value),
                Outcome::Err(why) => panic!("{method}: {why}"),
            },
            other => panic!("{method}: {other:?}"),
        }
    }

    pub(crate) fn fold(&mut self) -> Option<()> {
        self.stepped.begin_fold();
        self.stepped.end_fold().ok()
    }

    fn add(&mut self, app: Principal) -> Option<Sums> {
        let answer = self.submit(PERSON, app, "add", 1u64.to_le_bytes().to_vec());
        match self.answer(answer)? {
            IngressStatus::Replied(bytes) => Sums::read(&bytes),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn look(executor: &Executor, backend: Principal) -> App {
    let state = executor.state();
    let app = state.registry.app(backend).expect("the app").clone();
    let canister = &state.canisters[&backend];
    App {
        version: app.version,
        versions: state.registry.versions(backend).map(|version| version.number).collect(),
        points: state.points.keys().filter(|(id, _)| *id == backend).map(|(_, number)| *number).collect(),
        title: app.title,
        roles: app.roles,
        members: state.registry.members_snapshot(backend).into_iter().collect(),
        assets: (*state.canisters[&app.assets].assets).clone(),
        code: canister.system.code.clone(),
        data: canister.fingerprint(),
    }
}

pub(crate) fn role(id: &str) -> RoleDefinition {
    RoleDefinition { id: id.into(), label: id.into(), invited_by: vec![] }
}

/// Release number `number`: other code, another page and another role than the one before.
pub(crate) fn release(disk: &SimulatedDisk, app: Principal, number: u64) -> PublishArg {
    let blobs = BlobStore::new(Arc::new(disk.clone()));
    let page = format!("the page of version {number}").into_bytes();
    let file =
        AssetArg { hash: blobs.put(&page).expect("puts"), content_type: "text/html".into(), bytes: page.len() as u64 };
    PublishArg {
        app,
        on_version: number - 1,
        module: blobs.put(&counter(u64::from(number.is_multiple_of(2)))).expect("puts"),
        assets: vec![("/index.html".into(), file)],
        roles: vec![role("guest"), role(&format!("role {number}"))],
        title: format!("version {number}"),
        source: [0; 32],
        verdict: [0; 32],
        manifest: [0; 32],
        message: "a change".into(),
        by: PERSON,
        approved: vec![],
    }
}

/// An app at version 2, in which somebody came in under version 2 only.
fn prepared() -> (SimulatedDisk, Principal) {
    let (disk, apps) = disk_with_apps().expect("apps");
    let app = apps[0];
    let two = release(&disk, app, 2);
    let mut node = Node::start(&disk, 1);
    let done = (|| {
        node.add(app)?;
        node.ask::<u64>("publish", (two,))?;
        node.add(app)?;
        let arg = InviteArg { app, role: "guest".into(), name: "Ada".into(), member: Some("ada".into()) };
        node.ask::<Invited>("invite_for_owner", (arg,))?;
        node.fold()
    })();
    done.expect("the power is on");
    drop(node);
    disk.crash(Crash::Dropped);
    (disk, app)
}

/// What is done while the power may go: the way of the workshop, and folds in between.
#[derive(Clone, Copy, Debug)]
enum Act {
    Publish,
    Restore,
}

/// Does it; `None` when the power went.
fn act(node: &mut Node, act: Act, app: Principal, three: PublishArg) -> Option<()> {
    node.ask::<()>("hold", (AppArg { app },))?;
    match act {
        Act::Publish => node.ask::<u64>("publish", (three,))?,
        Act::Restore => {
            let (message, leave_out) = ("back".into(), vec![]);
            let arg = RestoreArg { app, version: 1, on_version: 2, message, by: PERSON, leave_out, end_calls: false };
            node.ask::<u64>("restore", (arg,))?
        }
    };
    node.fold()
}

/// The app before and after, when nothing fails; and how often the disk changes meanwhile.
fn unbroken(disk: &SimulatedDisk, app: Principal, what: Act) -> (App, App, u64) {
    let disk = disk.copy();
    let three = release(&disk, app, 3);
    let mut node = Node::start(&disk, 2);
    let (before, changes) = (look(node.stepped.executor(), app), disk.changes());
    act(&mut node, what, app, three).expect("the power is on");
    (before, look(node.stepped.executor(), app), disk.changes() - changes)
}

/// The power goes during one change of the disk, and comes back.
fn broken(disk: &SimulatedDisk, app: Principal, what: Act, after: u64, (cut, crash): (Cut, Crash)) -> App {
    let disk = disk.copy();
    let three = release(&disk, app, 3);
    let mut node = Node::start(&disk, 2);
    disk.cut_power_after(after, cut);
    // It may go right after the last change, when all is done.
    let _ = act(&mut node, what, app, three);
    drop(node);
    disk.crash(crash);
    let mut node = Node::start(&disk, 3);
    let found = look(node.stepped.executor(), app);
    node.ask::<()>("release_all", ()).expect("the power is on");
    let held = node.stepped.executor().state().canisters[&app].system.held;
    assert!(!held, "an app stays held");
    node.add(app).expect("it takes calls again");
    found
}

fn every_change(what: Act) {
    let (disk, app) = prepared();
    let (before, after, changes) = unbroken(&disk, app, what);
    assert!(before.version != after.version && before.code != after.code && before.data != after.data);
    assert!(before.assets != after.assets && before.roles != after.roles && before.title != after.title);
    let (mut old, mut new) = (0, 0);
    for at in 0..=changes {
        for fault in FAULTS {
            let found = broken(&disk, app, what, at, fault);
            match (found == before, found == after) {
                (true, _) => old += 1,
                (_, true) => new += 1,
                _ => panic!("{what:?}, power gone at change {at} {fault:?}: a mixture: {found:#?}"),
            }
        }
    }
    println!("{what:?}: {changes} changes of the disk; the old version {old} times, the new one {new} times");
    assert!(old > 0 && new > 0, "{old} old, {new} new");
}

#[test]
fn a_switch_that_is_cut_short_leaves_one_version_whole() {
    alone(|| every_change(Act::Publish));
}

#[test]
fn a_restore_that_is_cut_short_leaves_one_version_whole() {
    alone(|| every_change(Act::Restore));
}

#[test]
fn who_was_turned_out_stays_out_when_asked() {
    alone(|| {
        let (disk, app) = prepared();
        let three = release(&disk, app, 3);
        let mut node = Node::start(&disk, 2);
        let ends = (|| {
            node.ask::<u64>("publish", (three,))?;
            node.ask::<()>("revoke_for_owner", (RevokeArg { app, member: "ada".into() },))?;
            let restore = |on_version, leave_out| {
                let message = "back".into();
                (RestoreArg { app, version: 2, on_version, message, by: PERSON, leave_out, end_calls: false },)
            };
            node.ask::<u64>("restore", restore(3, vec!["ada".into()]))?;
            let out = look(node.stepped.executor(), app).members.is_empty();
            node.ask::<u64>("restore", restore(4, vec![]))?;
            Some((out, look(node.stepped.executor(), app).members.len()))
        })();
        assert_eq!(ends, Some((true, 1)));
    });
}
