//! The peer: workerd with one Durable Object that writes the same rows to its SQLite storage (`bench/workerd`).
//!
//! What it really does with the disk is looked at, not believed: the journal mode stands in the database's header, and
//! its syncs are counted by strace while requests run, on both sides in the same way. It waits once for each row, so
//! its rate is near that of one thread's syncs: the plain log's records divided by the clients. On a busy machine each
//! of these waits costs a turn of the scheduler too, so quote the ratio from an idle one.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Instant,
};

use serde_json::{Value, json};

/// Where the peer's worker and its installed packages are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/workerd")
}

/// A running workerd that ends with this value.
pub(crate) struct Workerd {
    child: Child,
    /// Kept open for what it says later.
    _output: BufReader<ChildStdout>,
    storage: PathBuf,
    /// Host and port.
    pub(crate) address: String,
}

impl Drop for Workerd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Workerd {
    /// Starts it with its storage in a new folder of `home`.
    ///
    /// # Errors
    /// In a sentence: it is not installed here, or does not run.
    pub(crate) fn start(home: &Path) -> Result<Workerd, String> {
        let program = program().ok_or("workerd is not installed: `npm ci` in bench/workerd gets it")?;
        let storage = home.join("workerd");
        std::fs::create_dir_all(&storage).map_err(|error| format!("workerd has no folder: {error}"))?;
        let mut child = Command::new(&program)
            .args(["serve", "peer.capnp", "--socket-addr=http=127.0.0.1:0", "--control-fd=1"])
            .arg(format!("--directory-path=storage={}", storage.display()))
            .current_dir(folder())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("workerd does not start: {error}"))?;
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let lines = output.by_ref().lines();
        let port = lines
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find(|event| event["event"] == "listen")
            .and_then(|event| event["port"].as_u64());
        let address = format!("127.0.0.1:{}", port.unwrap_or_default());
        let workerd = Workerd { child, _output: output, storage, address };
        port.map(|_| workerd).ok_or_else(|| "workerd ended before it listened".into())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What is known of how it runs: version, configuration, and the journal mode of the file that it wrote.
    pub(crate) fn configuration(&self) -> Value {
        let version = program().and_then(|program| Command::new(program).arg("--version").output().ok());
        let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        json!({
            "version": version,
            "storage": "one Durable Object with SQLite on this disk (durableObjectStorage = localDisk), output gates on",
            "journal_mode": journal_mode(&self.storage),
            "does_not": ["check signatures", "certify answers", "keep a history of requests", "count instructions"],
        })
    }
}

fn program() -> Option<PathBuf> {
    let packages = std::fs::read_dir(folder().join("node_modules/@cloudflare")).ok()?;
    packages.flatten().map(|package| package.path().join("bin/workerd")).find(|program| program.is_file())
}

/// The mode that the database's header asks for: bytes 18 and 19 of the SQLite file format.
fn journal_mode(storage: &Path) -> &'static str {
    let names = std::fs::read_dir(storage).into_iter().flatten().flatten();
    let files = names.flat_map(|name| std::fs::read_dir(name.path()).into_iter().flatten().flatten());
    let headers = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "sqlite") && !path.ends_with("metadata.sqlite"))
        .filter_map(|path| std::fs::read(path).ok());
    match headers.map(|bytes| bytes.get(18..20).map(<[u8]>::to_vec)).next() {
        Some(Some(versions)) if versions == [2, 2] => "wal",
        Some(Some(versions)) if versions == [1, 1] => "rollback",
        _ => "unknown",
    }
}

/// The calls by which a program waits for the disk.
const SYNCS: &str = "fsync,fdatasync,msync,sync_file_range,pwritev2,io_uring_enter";

/// Counts the calls by which a process waits for the disk, while the load runs. Not a timing: strace slows it.
pub(crate) async fn syncs(pid: u32, load: impl Future<Output = f64>) -> Value {
    let started = Command::new("strace")
        .args(["-f", "-c", "-e", &format!("trace={SYNCS}"), "-p", &pid.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut strace) = started else { return json!("not observed: there is no strace here") };
    let mut lines = BufReader::new(strace.stderr.take().expect("piped")).lines();
    // It says that it is attached before it counts.
    if !lines.next().is_some_and(|line| line.is_ok_and(|line| line.contains("attached"))) {
        let _ = strace.wait();
        return json!("not observed: strace may not look at the process");
    }
    let begun = Instant::now();
    let requests = load.await * begun.elapsed().as_secs_f64();
    let stop = rustix::process::Pid::from_child(&strace);
    let _ = rustix::process::kill_process(stop, rustix::process::Signal::INT);
    let counted: serde_json::Map<String, Value> = lines.map_while(Result::ok).filter_map(|line| row(&line)).collect();
    let _ = strace.wait();
    let all: f64 = counted.values().filter_map(Value::as_f64).sum();
    json!({ "calls": counted, "requests": requests.round(), "calls_per_request": (all / requests * 1e3).round() / 1e3 })
}

/// A row of strace's table: share, seconds, microseconds a call, calls, maybe errors, name.
fn row(line: &str) -> Option<(String, Value)> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let name = columns.last().filter(|name| SYNCS.split(',').any(|call| call == **name))?;
    Some(((*name).to_owned(), json!(columns.get(3)?.parse::<u64>().ok()?)))
}
