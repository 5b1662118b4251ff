//! The same node with its threads: what they do at the same time is not the seed's to decide, so less can be said of
//! it; but what was answered must be there after the power went, and the sums must be whole messages'.

use std::sync::{Arc, atomic::AtomicU64};

use candid::Principal;
use execution::Query;
use replication::{Answer, LocalSequencer, Replica, ReplicaConfig};
use state::{
    replicated::{Ingress, IngressStatus, Payload, RequestId},
    storage::simulated::{Crash, Cut, SimulatedDisk},
};
use tokio::sync::watch;

use crate::{
    guests::Sums,
    random::Random,
    run::{PERSON, SEGMENT_BYTES, START_NS, TestClock, disk_with_apps, fresh, root_key},
};

/// Calls that wait at the same time.
const CALLS: u64 = 12;
/// How often in a life so many come.
const WAVES: u64 = 8;
/// Times the node starts.
const LIVES: u64 = 12;
/// Fold as often as can be: folds beside batches are what threads add.
const FOLD_AT: u64 = 4 << 10;

struct Node {
    replica: Arc<Replica>,
    /// Turns true when the node can't write; a real one's process ends then.
    ended: watch::Receiver<bool>,
}

fn start(disk: &SimulatedDisk, seed: u64) -> Node {
    let (folder, log, recovered) = state::store::open(Arc::new(disk.clone()), SEGMENT_BYTES).expect("recovers");
    let key = root_key();
    let executor = fresh(disk, &key, &recovered).expect("readable");
    let (sender, ended) = watch::channel(false);
    let mut random = Random::new(seed);
    let replica = Replica::start(ReplicaConfig {
        executor,
        log,
        folder,
        key,
        clock: Arc::new(TestClock(AtomicU64::new(START_NS))),
        sequencer: Box::new(LocalSequencer::new(move || std::array::from_fn(|_| random.next().to_le_bytes()[0]))),
        fold_at: FOLD_AT,
        fatal: Arc::new(move |_| {
            let _ = sender.send_replace(true);
        }),
        usage: Arc::new(|_| {}),
        scrub: replication::ScrubPace::default(),
    });
    Node { replica: Arc::new(replica.expect("threads")), ended }
}

/// One added to an app, by a request of this number. `None` when the node ended before it answered.
async fn add_one(replica: Arc<Replica>, mut ended: watch::Receiver<bool>, app: Principal, number: u64) -> Option<Sums> {
    let mut id = [0xff; 32];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let ingress = Ingress {
        request_id: RequestId(id),
        sender: PERSON,
        canister: app,
        method: "add".into(),
        arg: 1u64.to_le_bytes().to_vec(),
        effective: app,
        expiry: u64::MAX / 2,
        sender_info: None,
    };
    let answer = tokio::select! {
        answer = replica.call(ingress) => answer.ok()?,
        _ = ended.wait_for(|ended| *ended) => return None,
    };
    match answer {
        Answer::Final(IngressStatus::Replied(bytes)) => Sums::read(&bytes),
        other => panic!("an addition is answered with {other:?}"),
    }
}

async fn total(node: &Node, app: Principal) -> u64 {
    let query = Query { sender: PERSON, canister: app, method: "read".into(), arg: vec![], data_certificate: None };
    let Payload::Reply(bytes) = node.replica.query(query).await.expect("it runs").payload else { panic!("no reply") };
    let sums = Sums::read(&bytes).expect("sums");
    assert_eq!((sums.heap, sums.heap), (sums.global, sums.stable), "memory, globals and stable memory go together");
    sums.heap
}

/// Calls at the same time, numbered from `first`; gives how many were answered.
async fn wave_of_calls(node: &Node, app: Principal, first: u64) -> u64 {
    let call = |number| add_one(node.replica.clone(), node.ended.clone(), app, number);
    let calls: Vec<_> = (first..first + CALLS).map(call).map(tokio::spawn).collect();
    let mut answered = 0;
    for call in calls {
        answered += u64::from(call.await.expect("it does not panic").is_some());
    }
    answered
}

/// All that a node lives through, on one disk; gives how many additions were answered and how many lives ended early.
pub(crate) async fn lives(seed: u64) -> (u64, u64) {
    let (disk, apps) = disk_with_apps().expect("apps");
    let app = apps[0];
    let mut random = Random::new(seed);
    let (mut sent, mut answered, mut cut_short) = (0, 0, 0);
    for life in 0..LIVES {
        let node = start(&disk, random.next());
        let seen = total(&node, app).await;
        assert!((answered..=sent).contains(&seen), "life {life}: {answered} answered, {sent} sent, {seen} there");
        (sent, answered) = (seen, seen);
        disk.cut_power_after(random.below(30), random.pick(&[Cut::Before, Cut::Within(40), Cut::After]));
        for wave in 0..WAVES {
            let first = (life * WAVES + wave) * CALLS;
            sent += CALLS;
            answered += wave_of_calls(&node, app, first).await;
        }
        cut_short += u64::from(*node.ended.borrow());
        // The threads end while the power is off; then comes what the disk kept.
        node.replica.shut_down();
        disk.crash(Crash::Torn(random.next()));
    }
    (answered, cut_short)
}
