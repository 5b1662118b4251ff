//! A node of its own folder, as a process that ends with its value.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Instant,
};

use candid::{
    Principal,
    utils::{ArgumentEncoder, encode_args},
};
use ic_ed25519::PrivateKey;
use ic_management_canister_types::{
    CanisterIdRecord, CanisterInstallMode, InstallCodeArgs, ProvisionalCreateCanisterWithCyclesArgs,
};
use serde_json::Value;

use crate::{
    http::Connection,
    signed::{Asked, Checker, Identity, Kind},
};

/// A small hand-written app: one row written per update, one number read per query.
const COUNTER: &str = "import Map \"mo:core/Map\";\nimport Nat \"mo:core/Nat\";\nactor {\n  \
    let rows = Map.empty<Nat, Text>();\n  \
    public func put(key : Nat, value : Text) : async () { rows.add(key, value) };\n  \
    public query func size(_key : Nat, _value : Text) : async Nat { rows.size() };\n};\n";

pub(crate) struct Node {
    child: Child,
    /// Kept open for what the node says later.
    _output: BufReader<ChildStdout>,
    home: PathBuf,
    /// Host and port.
    pub(crate) address: String,
    pub(crate) seconds: f64,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Node {
    /// Starts a node whose limits are those of many people at one address: the load comes from this machine.
    pub(crate) fn start(home: &Path) -> Node {
        std::fs::create_dir_all(home.join("data")).expect("a folder");
        let rate = "{ per_second = 1000000, burst = 1000000 }";
        let rates = format!("peer_rate = {rate}\nsender_rate = {rate}\napp_rate = {rate}\n");
        let places = "connections = 8192\nconnections_per_peer = 8192\nrequests = 8192\nrequests_per_peer = 8192\n";
        // The owner of the crowd's app adds thousands of rows at once.
        let quota = "[quotas.caller_instructions]\nper_second = 1000000000\nburst = 40000000000\n";
        std::fs::write(home.join("data/limits.toml"), rates + places + quota).expect("a file");
        let begun = Instant::now();
        let mut child = command(home)
            .args(["up", "--data"])
            .arg(home.join("data"))
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let mut lines = output.by_ref().lines().map_while(Result::ok);
        let link = lines.find(|line| line.contains("#enter=")).expect("the node says its link");
        let url = link.trim().split("/#").next().expect("an address");
        let address = url.replace("http://localhost", "127.0.0.1");
        Node { child, _output: output, home: home.to_owned(), address, seconds: begun.elapsed().as_secs_f64() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A command's answer as JSON; what went wrong is said on standard error.
    pub(crate) fn cli(&self, args: &[&str]) -> Value {
        let output = command(&self.home).arg("--json").args(args).output().expect("the program runs");
        let value: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if value["outcome"] != "live" {
            eprintln!("not live: {args:?}: {value}");
        }
        value
    }

    /// The backend of the app that a command made.
    pub(crate) fn live(&self, args: &[&str]) -> Principal {
        let live = self.cli(args);
        let id = live["canister_id"].as_str().unwrap_or_default();
        Principal::from_text(id).unwrap_or_else(|_| panic!("the app is not live: {live}"))
    }

    /// Whom the node takes for its owner.
    pub(crate) fn owner(&self) -> Identity {
        let pem = std::fs::read_to_string(self.home.join("data/keys/owner.pem")).expect("the owner's key");
        Identity::of(PrivateKey::deserialize_pkcs8_pem(&pem).expect("an Ed25519 key"))
    }

    pub(crate) async fn checker(&self) -> Checker {
        let answer = reqwest::get(format!("http://{}/api/v2/status", self.address)).await.expect("a status");
        Checker::of(&answer.bytes().await.expect("its body"))
    }

    /// The number that a command prints, such as the answer `(25_000 : nat)` of a call.
    pub(crate) fn number(&self, args: &[&str]) -> f64 {
        let output = command(&self.home).args(args).output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let digits: String = said.chars().take_while(|c| *c != ':').filter(char::is_ascii_digit).collect();
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        digits.parse().unwrap_or_else(|_| panic!("no number: {args:?}: {said}{why}"))
    }

    pub(crate) fn rss_mib(&self) -> u64 {
        self.memory_kib("VmRSS:") / 1024
    }

    /// Has the most memory in use counted anew; bytes in use now.
    pub(crate) fn reset_peak(&self) -> f64 {
        // Where that isn't allowed, the figure is the most since the start.
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
        self.memory_kib("VmRSS:") as f64 * 1024.0
    }

    /// The most memory in use since [`Node::reset_peak`], in bytes.
    pub(crate) fn peak_bytes(&self) -> f64 {
        self.memory_kib("VmHWM:") as f64 * 1024.0
    }

    fn memory_kib(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default()
    }

    /// The counter, built and put live like any app.
    pub(crate) fn counter(&self) -> Principal {
        let backend = self.home.join("tree/backend");
        std::fs::create_dir_all(&backend).expect("a folder");
        std::fs::write(backend.join("main.mo"), COUNTER).expect("a file");
        self.live(&["deploy", &self.home.join("tree").display().to_string(), "--app", "counter"])
    }

    /// So many more canisters with the module that [`Node::counter`] put live last, without building it again.
    pub(crate) async fn copies(&self, count: usize) -> Vec<Principal> {
        let module = newest_module(&self.home.join("data/state/blobs"));
        let (owner, checker) = (Identity::numbered(0), self.checker().await);
        let mut connection = Connection::open(&self.address).await.expect("a connection");
        let mut copies = Vec::new();
        for _ in 0..count {
            let create = ProvisionalCreateCanisterWithCyclesArgs::default();
            let made = manage(&mut connection, &owner, &checker, REGISTRY, CREATE, (create,)).await;
            let made: CanisterIdRecord = candid::decode_one(&made).expect("the reply's type");
            let install = InstallCodeArgs {
                mode: CanisterInstallMode::Install,
                canister_id: made.canister_id,
                wasm_module: module.clone(),
                arg: encode_args(()).expect("encodes"),
                sender_canister_version: None,
            };
            manage(&mut connection, &owner, &checker, made.canister_id, "install_code", (install,)).await;
            copies.push(made.canister_id);
        }
        copies
    }
}

const CREATE: &str = "provisional_create_canister_with_cycles";
const REGISTRY: Principal = execution::REGISTRY;

/// Calls the management canister on behalf of one canister.
async fn manage(
    connection: &mut Connection,
    who: &Identity,
    checker: &Checker,
    effective: Principal,
    method: &str,
    arg: impl ArgumentEncoder,
) -> Vec<u8> {
    let asked = Asked { kind: Kind::Update, canister: Principal::management_canister(), effective, method };
    let request = who.sign(asked, encode_args(arg).expect("encodes"));
    let answer = connection.post(&request.prepared).await.unwrap_or_else(|error| panic!("{method}: {error}"));
    checker.reply(&request, &answer).unwrap_or_else(|error| panic!("{method}: {error}"))
}

/// The module among the node's blobs that was written last.
fn newest_module(blobs: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(blobs).expect("the node's blobs").flatten();
    let mut modules: Vec<_> = files
        .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, std::fs::read(file.path()).ok()?)))
        .filter(|(_, bytes)| bytes.starts_with(b"\0asm"))
        .collect();
    modules.sort_by_key(|(written, _)| *written);
    modules.pop().expect("the counter's module").1
}

fn command(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autograph"));
    command.env("HOME", home).env("XDG_STATE_HOME", home.join("state")).env("RUST_LOG", "error");
    command
}
