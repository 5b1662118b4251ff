//! First figures of a node, as JSON on standard output: start, request → live, change → live, signed updates and
//! queries over HTTP, memory. Empty data folders and caches; medians; the machine's load is printed with them.
//!
//! Beside the updates stands what this disk gives a plain log: the same number of synced appends by one thread, each
//! carrying as many records as there are clients. The machine may be busy: compare figures of one run only.

use std::{
    collections::HashSet,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use candid::Principal;
use ic_certification::LookupResult;
use ic_ed25519::PrivateKey;
use protocol::{
    Content, Envelope, RequestId, cbor,
    certificate::{read_certificate, verify_certificate},
    request::Call,
};
use serde_json::{Value, json};

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
const UPDATES: usize = 20_000;
const QUERIES: usize = 20_000;
/// Queries sent beside updates, at a steady rate.
const QUERIES_BESIDE_PER_SECOND: u64 = 1_000;
/// Apps that updates are spread over.
const APPS: usize = 100;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let figures = runtime.block_on(measure());
    println!("{figures}");
}

async fn measure() -> Value {
    let starts: Vec<f64> = (0..3).map(|_| Node::start(&tempdir()).seconds).collect();
    let folder = tempdir();
    let node = Node::start(&folder);
    let mut wishes = Vec::new();
    let mut changes = Vec::new();
    for (i, text) in WISHES.iter().enumerate() {
        let name = format!("bench-{i}");
        wishes.push(node.cli(&["new", text, "--name", &name]));
        changes.push(node.cli(&["change", &name, CHANGE]));
    }
    let idle = node.rss_mib();
    let app = counter(&node, &folder, "counter");
    let updates = drive(&node, Kind::Update, UPDATES, |_| app).await;
    let queries = drive(&node, Kind::Query, QUERIES, |_| app).await;
    let (beside, reading) = tokio::join!(
        drive(&node, Kind::Update, UPDATES, |_| app),
        paced_queries(&node, app, QUERIES_BESIDE_PER_SECOND),
    );
    let apps: Vec<Principal> = (0..APPS).map(|i| counter(&node, &folder, &format!("counter-{i}"))).collect();
    let many = drive(&node, Kind::Update, UPDATES, |i| apps[i % apps.len()]).await;
    json!({
        "machine": { "load": load(), "cores": std::thread::available_parallelism().map_or(0, usize::from) },
        "start_seconds": median(&starts),
        "request_to_live": stages(&wishes),
        "change_to_live": stages(&changes),
        "updates_per_second": updates,
        "queries_per_second": queries,
        "updates_per_second_beside_queries": beside,
        "queries_per_second_beside_updates": reading,
        "updates_per_second_over_many_apps": many,
        "apps": APPS,
        "clients": CLIENTS,
        "plain_log_records_per_second": plain_log(&folder),
        "memory_mib": { "five_apps_idle": idle, "after_load": node.rss_mib() },
    })
}

/// A node process that ends with this value.
struct Node {
    child: Child,
    home: PathBuf,
    url: String,
    seconds: f64,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Node {
    fn start(home: &Path) -> Node {
        std::fs::create_dir_all(home.join("data")).expect("a folder");
        let rate = "per_second = 1000000, burst = 1000000";
        let limits = format!("peer_rate = {{ {rate} }}\nsender_rate = {{ {rate} }}\napp_rate = {{ {rate} }}\n");
        std::fs::write(home.join("data/limits.toml"), limits).expect("a file");
        let begun = Instant::now();
        let mut child = command(home)
            .args(["up", "--data"])
            .arg(home.join("data"))
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let link = lines.map_while(Result::ok).find(|line| line.contains("#enter=")).expect("the node says its link");
        let url = link.trim().split("/#").next().expect("an address").replace("localhost", "127.0.0.1");
        Node { child, home: home.to_owned(), url, seconds: begun.elapsed().as_secs_f64() }
    }

    fn cli(&self, args: &[&str]) -> Value {
        let output = command(&self.home).arg("--json").args(args).output().expect("the program runs");
        let value: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if value["outcome"] != "live" {
            eprintln!("not live: {args:?}: {value}");
        }
        value
    }

    fn rss_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
    }
}

fn command(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autograph"));
    command.env("HOME", home).env("XDG_STATE_HOME", home.join("state")).env("RUST_LOG", "error");
    command
}

/// A small hand-written app: one row written per update, one number read per query.
fn counter(node: &Node, folder: &Path, name: &str) -> Principal {
    let backend = folder.join("tree/backend");
    std::fs::create_dir_all(&backend).expect("a folder");
    let source = "import Map \"mo:core/Map\";\nimport Nat \"mo:core/Nat\";\nactor {\n  let rows = Map.empty<Nat, Text>();\n  \
                  public func put(key : Nat, value : Text) : async () { rows.add(key, value) };\n  \
                  public query func size(_key : Nat, _value : Text) : async Nat { rows.size() };\n};\n";
    std::fs::write(backend.join("main.mo"), source).expect("a file");
    let tree = folder.join("tree").display().to_string();
    let live = node.cli(&["deploy", &tree, "--app", name]);
    let id = live["canister_id"].as_str().unwrap_or_default();
    Principal::from_text(id).unwrap_or_else(|_| panic!("the app is not live: {live}"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Update,
    Query,
}

fn field<'a>(map: &'a cbor::Value<'_>, name: &str) -> Option<&'a cbor::Value<'a>> {
    let cbor::Value::Map(fields) = map else { return None };
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

fn bytes_of<'a>(map: &'a cbor::Value<'_>, name: &str) -> Option<&'a [u8]> {
    match field(map, name)? {
        cbor::Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

/// A request ready to be sent.
struct Signed {
    url: String,
    body: Vec<u8>,
    id: RequestId,
}

fn signed(node: &Node, app: Principal, i: usize, kind: Kind) -> Signed {
    let key = PrivateKey::deserialize_raw_32(&[u8::try_from(i % 200).expect("small") + 1; 32]);
    let public = key.public_key().serialize_rfc8410_der();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
    let call = Call {
        canister_id: app,
        method_name: if kind == Kind::Query { "size" } else { "put" }.into(),
        arg: candid::encode_args((candid::Nat::from(i % 1000), format!("row {i} of a thousand"))).expect("encodes"),
        sender: Principal::self_authenticating(&public),
        nonce: Some([i.to_be_bytes(), now.to_be_bytes()[8..].try_into().expect("eight")].concat()),
        ingress_expiry: u64::try_from(now).expect("fits") + 240_000_000_000,
        sender_info: None,
    };
    let (content, path) = match kind {
        Kind::Query => (Content::Query(call), "v3/canister/APP/query"),
        Kind::Update => (Content::Call(call), "v4/canister/APP/call"),
    };
    let id = content.request_id();
    let body = Envelope::signed(content, public, |bytes| key.sign_message(bytes).to_vec()).encode();
    Signed { url: format!("{}/api/{}", node.url, path.replace("APP", &app.to_text())), body, id }
}

/// Checks answers as an agent does: every path of every certificate, and each distinct root's signature once.
struct Checker {
    root_key: Vec<u8>,
    signed: Mutex<HashSet<[u8; 32]>>,
}

impl Checker {
    async fn of(node: &Node) -> Checker {
        let answer = reqwest::get(format!("{}/api/v2/status", node.url)).await.expect("a status");
        let bytes = answer.bytes().await.expect("its body");
        let status = cbor::decode(&bytes).expect("CBOR");
        let root_key = bytes_of(&status, "root_key").expect("a root key").to_vec();
        Checker { root_key, signed: Mutex::default() }
    }

    fn replied(&self, kind: Kind, id: &RequestId, body: &[u8]) -> bool {
        let Ok(answer) = cbor::decode(body) else { return false };
        if !matches!(field(&answer, "status"), Some(cbor::Value::Text(text)) if text == "replied") {
            return false;
        }
        if kind == Kind::Query {
            return field(&answer, "signatures").is_some();
        }
        bytes_of(&answer, "certificate").is_some_and(|bytes| self.certified(id, bytes))
    }

    fn certified(&self, id: &RequestId, certificate: &[u8]) -> bool {
        let Ok((tree, _)) = read_certificate(certificate) else { return false };
        let root = tree.digest();
        let known = self.signed.lock().expect("not poisoned").contains(&root);
        if !known {
            if verify_certificate(certificate, &self.root_key).is_err() {
                return false;
            }
            self.signed.lock().expect("not poisoned").insert(root);
        }
        let path: [&[u8]; 3] = [b"request_status", id.as_bytes(), b"status"];
        tree.lookup_path(path) == LookupResult::Found(b"replied")
    }
}

/// Sends pre-signed requests over [`CLIENTS`] connections; every answer must be a reply that holds.
async fn drive(node: &Node, kind: Kind, count: usize, app: impl Fn(usize) -> Principal) -> Value {
    let requests: Arc<Vec<Signed>> = Arc::new((0..count).map(|i| signed(node, app(i), i, kind)).collect());
    let checker = Arc::new(Checker::of(node).await);
    let client = reqwest::Client::builder().pool_max_idle_per_host(CLIENTS).build().expect("a client");
    let (next, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let workers = (0..CLIENTS).map(|_| {
        let (requests, checker, client, next, failed) =
            (requests.clone(), checker.clone(), client.clone(), next.clone(), failed.clone());
        tokio::spawn(async move {
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let held = send(&client, &checker, kind, request).await;
                failed.fetch_add(usize::from(!held), Ordering::Relaxed);
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no panic");
    }
    let failed = failed.load(Ordering::Relaxed);
    assert_eq!(failed, 0, "{failed} of {count} requests had no reply that holds");
    json!((count as f64 / begun.elapsed().as_secs_f64()).round())
}

async fn send(client: &reqwest::Client, checker: &Checker, kind: Kind, request: &Signed) -> bool {
    let sent = client.post(&request.url).header("content-type", "application/cbor").body(request.body.clone());
    match sent.send().await {
        Ok(answer) if answer.status() == 200 => {
            let bytes = answer.bytes().await.unwrap_or_default();
            checker.replied(kind, &request.id, &bytes)
        }
        _ => false,
    }
}

/// Sends queries at a steady rate for three seconds; how many a second were answered.
async fn paced_queries(node: &Node, app: Principal, per_second: u64) -> Value {
    let count = usize::try_from(per_second * 3).expect("fits");
    let requests: Arc<Vec<Signed>> = Arc::new((0..count).map(|i| signed(node, app, i, Kind::Query)).collect());
    let checker = Arc::new(Checker::of(node).await);
    let client = reqwest::Client::new();
    let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / per_second));
    let begun = Instant::now();
    let mut open = Vec::new();
    for i in 0..count {
        ticks.tick().await;
        let (requests, checker, client) = (requests.clone(), checker.clone(), client.clone());
        open.push(tokio::spawn(async move { send(&client, &checker, Kind::Query, &requests[i]).await }));
    }
    for query in open {
        assert!(query.await.expect("no panic"), "a query had no reply");
    }
    json!((count as f64 / begun.elapsed().as_secs_f64()).round())
}

/// What the disk gives: synced appends into a file of zeroes, each with a record for every client.
fn plain_log(folder: &Path) -> Value {
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
    json!((rounds as f64 * CLIENTS as f64 / begun.elapsed().as_secs_f64()).round())
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

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    (middle * 1000.0).round() / 1000.0
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

fn tempdir() -> PathBuf {
    tempfile::tempdir().expect("a folder").keep()
}
