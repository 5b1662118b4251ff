//! Figures of a whole node, as one JSON object on standard output: start, request → live, change → live; signed updates
//! over HTTP beside those of a peer (workerd), over one app and many, alone and beside queries; signed queries; a crowd;
//! what a change costs an app with much data.
//!
//! `cargo bench -p autograph --bench node -- words gate load crowd` runs the parts named, or all of them. Data folders and
//! caches are empty at first. What is compared runs by turns in the same [`ROUNDS`] rounds, and each figure is the
//! median of its rounds, so that whatever else the machine does hits both sides. The machine's load is printed too.
//! Beside the updates stands what this disk gives a plain log: as many synced appends by one thread, each carrying as
//! many records as there are clients.

mod crowd;
mod gate;
mod http;
mod load;
mod peer;
mod process;
mod signed;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use candid::Principal;
use serde_json::{Value, json};

use crate::{
    http::Prepared,
    load::{Check, closed, percentile, steady},
    peer::Workerd,
    process::Node,
    signed::{Asked, Identity, Signed},
};

/// Wishes that were not used while the writer was made.
const WISHES: [&str; 5] = [
    "We are throwing an anniversary dinner. Invited people say whether they come and choose between beef, salmon and \
     risotto. There are tables, each with a number of chairs. I track costs: what, amount, settled or not; only I may see the costs.",
    "A list of my houseplants: name, room, how many days between waterings, last watered on, poisonous or not.",
    "For our choir trip I need travellers with a name, an email and a phone number. They reply yes or no and choose a room (single, double).",
    "Track the tools in my workshop: name, brand, price, bought on, lent out yes or no, a note.",
    "A company picnic. Colleagues answer yes or no and bring something (salad, dessert, drinks). Only the organisers may see the spending: item, amount, paid or not.",
];
const CHANGE: &str = "Add a remark.";
const CLIENTS: usize = 64;
/// Rounds of everything that is compared.
const ROUNDS: usize = 3;
/// How long each load of a round goes on, unless its requests are used up before.
const TIME: Duration = Duration::from_secs(5);
/// More requests than will be answered in that time.
const UPDATES: usize = 40_000;
const QUERIES: usize = 100_000;
/// Callers that the requests are spread over, and rows that they write.
const CALLERS: usize = 200;
const ROWS: usize = 1_000;
/// Queries sent beside updates, at a steady rate.
const QUERIES_BESIDE_PER_SECOND: u32 = 1_000;
/// Connections that they come over.
const CLIENTS_BESIDE: usize = 16;
/// Apps that updates are spread over.
const APPS: usize = 200;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wants = |part: &str| asked.is_empty() || asked.iter().any(|name| name == part);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let figures = runtime.block_on(async {
        let mut figures = serde_json::Map::new();
        figures.insert("machine".into(), machine());
        if wants("words") {
            figures.insert("words".into(), words());
        }
        if wants("gate") {
            figures.insert("gate".into(), gate::measure());
        }
        if wants("load") {
            figures.insert("load".into(), loads().await);
        }
        if wants("crowd") {
            figures.insert("crowd".into(), crowd::measure(&Node::start(&tempdir())).await);
        }
        Value::Object(figures)
    });
    println!("{figures}");
    // No node is left that could use them.
    FOLDERS.lock().expect("not poisoned").clear();
}

fn machine() -> Value {
    json!({ "load": machine_load(), "cores": std::thread::available_parallelism().map_or(0, usize::from) })
}

/// From words to live apps, one after the other.
fn words() -> Value {
    let starts: Vec<f64> = (0..3).map(|_| Node::start(&tempdir()).seconds).collect();
    let node = Node::start(&tempdir());
    let mut wishes = Vec::new();
    let mut changes = Vec::new();
    for (i, text) in WISHES.iter().enumerate() {
        let name = format!("bench-{i}");
        wishes.push(node.cli(&["new", text, "--name", &name]));
        changes.push(node.cli(&["change", &name, CHANGE]));
    }
    json!({
        "start_seconds": median(&starts),
        "request_to_live": stages(&wishes),
        "change_to_live": stages(&changes),
        "memory_mib_five_apps": node.rss_mib(),
    })
}

/// The figures of each round.
#[derive(Default)]
struct Rounds {
    updates: Vec<f64>,
    workerd: Vec<f64>,
    many_apps: Vec<f64>,
    beside: Vec<f64>,
    reading: Vec<f64>,
    queries: Vec<f64>,
    plain_log: Vec<f64>,
}

/// Updates, queries and the peer, by turns.
async fn loads() -> Value {
    let folder = tempdir();
    let node = Node::start(&folder);
    let app = node.counter();
    let apps = node.copies(APPS).await;
    let workerd = Workerd::start(&folder).inspect_err(|sentence| eprintln!("no peer: {sentence}"));
    let mut rounds = Rounds::default();
    for _ in 0..ROUNDS {
        rounds.updates.push(updates(&node, |_| app).await);
        if let Ok(workerd) = &workerd {
            rounds.workerd.push(rows(workerd).await);
        }
        rounds.many_apps.push(updates(&node, |i| apps[i % apps.len()]).await);
        let (beside, reading) = tokio::join!(updates(&node, |_| app), queries_beside(&node, app));
        rounds.beside.push(beside);
        rounds.reading.push(reading);
        rounds.queries.push(queries(&node, app).await);
        rounds.plain_log.push(plain_log(&folder));
    }
    let peer = match &workerd {
        Ok(workerd) => compared(&node, app, workerd, &rounds).await,
        Err(sentence) => json!({ "missing": sentence }),
    };
    json!({
        "machine_load_after": machine_load(),
        "clients": CLIENTS,
        "rounds": ROUNDS,
        "updates_per_second": figure(&rounds.updates),
        "updates_per_second_over_many_apps": figure(&rounds.many_apps),
        "apps": APPS,
        "updates_per_second_beside_queries": figure(&rounds.beside),
        "queries_per_second_beside_updates": figure(&rounds.reading),
        "queries_per_second": figure(&rounds.queries),
        "plain_log_records_per_second": figure(&rounds.plain_log),
        "workerd": peer,
        "memory_mib_after_load": node.rss_mib(),
    })
}

/// Our updates beside the peer's: rates, the median of the rounds' ratios, and how often each waits for the disk.
async fn compared(node: &Node, app: Principal, workerd: &Workerd, rounds: &Rounds) -> Value {
    let ratios: Vec<f64> = rounds.updates.iter().zip(&rounds.workerd).map(|(ours, theirs)| ours / theirs).collect();
    let ours = peer::syncs(node.pid(), updates(node, |_| app)).await;
    let theirs = peer::syncs(workerd.pid(), rows(workerd)).await;
    json!({
        "rows_per_second": figure(&rounds.workerd),
        "updates_vs_workerd": median(&ratios),
        "configuration": workerd.configuration(),
        "waits_for_the_disk": { "autograph": ours, "workerd": theirs },
    })
}

/// The row that request `i` writes: the same for both sides.
fn row(i: usize) -> (usize, String) {
    (i % ROWS, format!("row {i} of a thousand"))
}

fn signed(count: usize, asked: impl Fn(usize) -> Asked<'static>) -> Vec<Signed> {
    let callers: Vec<Identity> = (0..CALLERS).map(Identity::numbered).collect();
    let arg = |i| {
        let (key, value) = row(i);
        candid::encode_args((candid::Nat::from(key), value)).expect("encodes")
    };
    (0..count).map(|i| callers[i % CALLERS].sign(asked(i), arg(i))).collect()
}

/// Requests to the node, and the check that each was replied to.
async fn checked(node: &Node, requests: Vec<Signed>) -> (Arc<[Prepared]>, Check) {
    let prepared = requests.iter().map(|request| request.prepared.clone()).collect();
    let checker = node.checker().await;
    (prepared, Arc::new(move |i, body: &Bytes| checker.reply(&requests[i], body).map(|_| ())))
}

async fn updates(node: &Node, app: impl Fn(usize) -> Principal) -> f64 {
    let (requests, check) = checked(node, signed(UPDATES, |i| Asked::update(app(i), "put"))).await;
    closed(&node.address, requests, check, CLIENTS, TIME).await
}

async fn queries(node: &Node, app: Principal) -> f64 {
    let (requests, check) = checked(node, signed(QUERIES, |_| Asked::query(app, "size"))).await;
    closed(&node.address, requests, check, CLIENTS, TIME).await
}

async fn queries_beside(node: &Node, app: Principal) -> f64 {
    let count = TIME.as_secs() * u64::from(QUERIES_BESIDE_PER_SECOND);
    let requests = signed(usize::try_from(count).expect("fits"), |_| Asked::query(app, "size"));
    let (requests, check) = checked(node, requests).await;
    steady(&node.address, requests, check, CLIENTS_BESIDE, QUERIES_BESIDE_PER_SECOND, TIME).await
}

/// The peer's updates: the same rows, without signatures.
async fn rows(workerd: &Workerd) -> f64 {
    let request = |i| {
        let (key, value) = row(i);
        Prepared { path: "/".into(), body: json!({ "key": key, "value": value }).to_string().into() }
    };
    let replied = |_: usize, body: &Bytes| match serde_json::from_slice::<Value>(body) {
        Ok(answer) if answer["status"] == "replied" => Ok(()),
        _ => Err("no reply".to_owned()),
    };
    closed(&workerd.address, (0..UPDATES).map(request).collect(), Arc::new(replied), CLIENTS, TIME).await
}

/// What the disk gives: synced appends into a file of zeroes, each with a record for every client.
fn plain_log(folder: &Path) -> f64 {
    let path = folder.join("plain.log");
    let mut file = std::fs::File::create(&path).expect("a file");
    file.write_all(&vec![0; 16 << 20]).expect("writes");
    file.sync_all().expect("syncs");
    let record = vec![7u8; 1_200 * CLIENTS];
    let rounds = 200;
    let begun = Instant::now();
    for i in 0..rounds {
        use std::os::unix::fs::FileExt as _;
        file.write_all_at(&record, (i % 200) * record.len() as u64).expect("writes");
        file.sync_data().expect("syncs");
    }
    rounds as f64 * CLIENTS as f64 / begun.elapsed().as_secs_f64()
}

fn stages(outcomes: &[Value]) -> Value {
    let mut names: Vec<&String> =
        outcomes.iter().filter_map(|o| o["seconds"].as_object()).flat_map(|s| s.keys()).collect();
    names.sort();
    names.dedup();
    let of = |name: &str| outcomes.iter().filter_map(|o| o["seconds"][name].as_f64()).collect::<Vec<_>>();
    let mut figures: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).clone(), json!(median(&of(name))))).collect();
    figures.insert("live".into(), json!(outcomes.iter().filter(|o| o["outcome"] == "live").count()));
    figures.insert("of".into(), json!(outcomes.len()));
    Value::Object(figures)
}

/// The median, and the rounds themselves.
fn figure(rounds: &[f64]) -> Value {
    json!({ "median": median(rounds).round(), "rounds": rounds.iter().map(|value| value.round()).collect::<Vec<_>>() })
}

fn median(values: &[f64]) -> f64 {
    (percentile(&mut values.to_vec(), 0.5) * 1e3).round() / 1e3
}

fn machine_load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

/// What was made in the folder of temporary files, to be removed at the end.
static FOLDERS: Mutex<Vec<tempfile::TempDir>> = Mutex::new(Vec::new());

fn tempdir() -> PathBuf {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_owned();
    FOLDERS.lock().expect("not poisoned").push(folder);
    path
}
