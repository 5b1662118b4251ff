//! First figures of a node, as JSON on standard output: start, request → live, change → live, signed updates and
//! queries over HTTP, memory. Empty data folders and caches; medians; the machine's load is printed with them.
//!
//! Beside the updates stands what this disk gives a plain log: the same number of synced appends by one thread, each
//! carrying as many records as there are clients. The machine may be busy: compare figures of one run only.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use candid::Principal;
use ic_ed25519::PrivateKey;
use protocol::{Content, Envelope, request::Call};
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
const UPDATES: usize = 6_000;
const QUERIES: usize = 12_000;

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
    let app = counter(&node, &folder);
    let updates = drive(&node, app, "call", UPDATES, |i| (envelope(app, i, false), "call")).await;
    let queries = drive(&node, app, "query", QUERIES, |i| (envelope(app, i, true), "query")).await;
    json!({
        "machine": { "load": load(), "cores": std::thread::available_parallelism().map_or(0, usize::from) },
        "start_seconds": median(&starts),
        "request_to_live": stages(&wishes),
        "change_to_live": stages(&changes),
        "updates_per_second": updates,
        "queries_per_second": queries,
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
fn counter(node: &Node, folder: &Path) -> Principal {
    let backend = folder.join("tree/backend");
    std::fs::create_dir_all(&backend).expect("a folder");
    let source = "import Map \"mo:core/Map\";\nimport Nat \"mo:core/Nat\";\nactor {\n  let rows = Map.empty<Nat, Text>();\n  \
                  public func put(key : Nat, value : Text) : async () { rows.add(key, value) };\n  \
                  public query func size(_key : Nat, _value : Text) : async Nat { rows.size() };\n};\n";
    std::fs::write(backend.join("main.mo"), source).expect("a file");
    let tree = folder.join("tree").display().to_string();
    let live = node.cli(&["deploy", &tree, "--app", "counter"]);
    let id = live["canister_id"].as_str().unwrap_or_default();
    Principal::from_text(id).unwrap_or_else(|_| panic!("the app is not live: {live}"))
}

fn envelope(app: Principal, i: usize, query: bool) -> Vec<u8> {
    let key = PrivateKey::deserialize_raw_32(&[u8::try_from(i % 200).expect("small") + 1; 32]);
    let public = key.public_key().serialize_rfc8410_der();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
    let call = Call {
        canister_id: app,
        method_name: if query { "size" } else { "put" }.into(),
        arg: candid::encode_args((candid::Nat::from(i % 1000), format!("row {i} of a thousand"))).expect("encodes"),
        sender: Principal::self_authenticating(&public),
        nonce: Some(i.to_be_bytes().to_vec()),
        ingress_expiry: u64::try_from(now).expect("fits") + 240_000_000_000,
        sender_info: None,
    };
    let content = if query { Content::Query(call) } else { Content::Call(call) };
    Envelope::signed(content, public, |bytes| key.sign_message(bytes).to_vec()).encode()
}

/// Sends pre-signed requests over [`CLIENTS`] connections; every answer must be a reply.
async fn drive(
    node: &Node,
    app: Principal,
    kind: &str,
    count: usize,
    make: impl Fn(usize) -> (Vec<u8>, &'static str),
) -> Value {
    let requests: Arc<Vec<Vec<u8>>> = Arc::new((0..count).map(|i| make(i).0).collect());
    let version = if kind == "call" { "v4" } else { "v3" };
    let url = format!("{}/api/{version}/canister/{app}/{kind}", node.url);
    let client = reqwest::Client::builder().pool_max_idle_per_host(CLIENTS).build().expect("a client");
    let (next, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let workers = (0..CLIENTS).map(|_| {
        let (requests, url, client, next, failed) =
            (requests.clone(), url.clone(), client.clone(), next.clone(), failed.clone());
        tokio::spawn(async move {
            while let Some(body) = requests.get(next.fetch_add(1, Ordering::Relaxed)).cloned() {
                let request = client.post(&url).header("content-type", "application/cbor").body(body);
                let replied = match request.send().await {
                    Ok(answer) if answer.status() == 200 => {
                        let bytes = answer.bytes().await.unwrap_or_default();
                        bytes.windows(7).any(|window| window == b"replied")
                    }
                    _ => false,
                };
                failed.fetch_add(usize::from(!replied), Ordering::Relaxed);
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no panic");
    }
    let failed = failed.load(Ordering::Relaxed);
    assert_eq!(failed, 0, "{failed} of {count} {kind} requests had no reply");
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
