//! The process of a worker, and JSON lines to and from it.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::processor::spent;
use super::{Limits, Spawner, ToolchainConfig, WorkerKind, kit_dir};
use crate::jail::{JailReport, Orders, stack_mib};

/// How long a worker may take to come up, however busy the machine is, and to go away.
const START: Duration = Duration::from_secs(300);
const STOP: Duration = Duration::from_secs(2);
/// How often it is looked at what a worker computed.
const LOOK: Duration = Duration::from_millis(250);
/// Private memory of a worker beside what its engine manages: code, buffers, the bundler, and address space that
/// the engine reserves without using it.
const NATIVE_MIB: u64 = 2_304;
/// A worker that has reserved this part of its memory, in percent, is replaced before it meets the limit.
const BLOATED_PERCENT: u64 = 80;
/// How much of what a worker wrote to standard error is kept to explain its end.
const TAIL_BYTES: usize = 8_192;

/// What a worker answered.
pub(super) enum Answer {
    /// What was asked for.
    Value(Value),
    /// Why not.
    Refusal { kind: String, message: String },
}

/// Why there is no answer.
pub(super) enum Failure {
    /// It computed for longer than it may.
    Late,
    /// It did not answer, having computed for this long.
    Silent(Duration),
    /// The engine ran out of memory.
    OutOfMemory,
    /// The process ended or said something that is no answer.
    Broken(String),
    /// It answered, but not with a value.
    Refused { kind: String, message: String },
}

/// A running worker. Dropping it kills it and its children.
pub(super) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    tail: Arc<Mutex<VecDeque<u8>>>,
    collector: JoinHandle<()>,
    confinement: Vec<String>,
    answer_limit: u64,
    memory_limit: u64,
    asked: u64,
}

#[derive(Deserialize)]
struct Line {
    id: u64,
    ok: Option<Value>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    kind: String,
    message: String,
}

impl Process {
    /// Starts the worker and waits until it says that it is ready.
    pub(super) async fn start(kind: &WorkerKind, config: &ToolchainConfig, spawner: &Spawner) -> Result<Self, String> {
        let command = command(kind, config)?;
        let mut child = spawner.spawn(command).await.map_err(|error| format!("can't start it: {error}"))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err("it has no pipes".to_owned());
        };
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let mut process = Self {
            child,
            stdin: Some(stdin),
            stdout: BufReader::new(stdout),
            collector: tokio::spawn(collect(stderr, Arc::clone(&tail))),
            tail,
            confinement: Vec::new(),
            answer_limit: answer_limit(config),
            memory_limit: private_mib(kind, config) << 20,
            asked: 0,
        };
        match tokio::time::timeout(START, process.greet()).await {
            Ok(Ok(())) => Ok(process),
            Ok(Err(reason)) => Err(reason),
            Err(_) => Err(format!("it was not ready after {} s", START.as_secs())),
        }
    }

    /// The launcher's report, then the worker's own first line.
    async fn greet(&mut self) -> Result<(), String> {
        let report = self.line().await.map_err(reason)?;
        let report: JailReport =
            serde_json::from_slice(&report).map_err(|error| format!("its launcher said no report: {error}"))?;
        self.confinement = report.confinement;
        let ready: Value =
            serde_json::from_slice(&self.line().await.map_err(reason)?).map_err(|error| error.to_string())?;
        tracing::debug!(%ready, "a compiler is ready");
        (ready["ready"] == true).then_some(()).ok_or_else(|| format!("it said {ready} instead of being ready"))
    }

    /// Sentences on how it is confined.
    pub(super) fn confinement(&self) -> &[String] {
        &self.confinement
    }

    /// Whether it has answered before.
    pub(super) fn is_seasoned(&self) -> bool {
        self.asked > 0
    }

    /// Whether what it keeps between questions has grown close to its limit. The compiler gives every name it
    /// ever saw a number, and some of that stays.
    pub(super) fn is_bloated(&self) -> bool {
        let statm = self.child.id().and_then(|id| std::fs::read_to_string(format!("/proc/{id}/statm")).ok());
        // The sixth number: pages of data and stack, which is what the limit counts.
        let pages = statm.and_then(|line| line.split(' ').nth(5).and_then(|pages| pages.parse::<u64>().ok()));
        pages.is_some_and(|pages| pages * rustix::param::page_size() as u64 > self.memory_limit / 100 * BLOATED_PERCENT)
    }

    /// Asks one thing. When this future is dropped before it is done, the process must not be asked again.
    pub(super) async fn ask(&mut self, verb: &str, request: &Value) -> Result<Answer, Failure> {
        let id = self.asked;
        self.send(id, verb, request).await?;
        let line = self.line().await?;
        let line: Line =
            serde_json::from_slice(&line).map_err(|error| Failure::Broken(format!("it gave no answer: {error}")))?;
        self.asked += 1;
        match line {
            Line { id: answered, .. } if answered != id => {
                Err(Failure::Broken("it answered another question".to_owned()))
            }
            Line { ok: Some(value), .. } => Ok(Answer::Value(value)),
            Line { error: Some(Refusal { kind, message }), .. } => Ok(Answer::Refusal { kind, message }),
            Line { .. } => Err(Failure::Broken("it answered nothing".to_owned())),
        }
    }

    /// As `ask`, for as long as the limits say.
    pub(super) async fn ask_within(&mut self, limits: &Limits, verb: &str, request: &Value) -> Result<Answer, Failure> {
        let group = self.child.id().unwrap_or_default();
        let before = spent(group);
        let computed = || spent(group).saturating_sub(before);
        let exhausted = async {
            while computed() <= limits.processor_time {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::select! {
            biased;
            answer = self.ask(verb, request) => answer,
            () = exhausted => Err(Failure::Late),
            () = tokio::time::sleep(limits.wait) => Err(Failure::Silent(computed())),
        }
    }

    async fn send(&mut self, id: u64, verb: &str, request: &Value) -> Result<(), Failure> {
        let mut message = json!({ "id": id, "verb": verb });
        if let (Value::Object(message), Value::Object(request)) = (&mut message, request) {
            message.extend(request.clone());
        }
        let line = format!("{message}\n");
        let Some(stdin) = &mut self.stdin else { return Err(Failure::Broken("it was stopped".to_owned())) };
        let sent = async { stdin.write_all(line.as_bytes()).await.and(stdin.flush().await) }.await;
        // A broken pipe alone does not say why.
        if sent.is_err() { Err(self.obituary().await) } else { Ok(()) }
    }

    async fn line(&mut self) -> Result<Vec<u8>, Failure> {
        let mut line = Vec::new();
        let limit = self.answer_limit;
        let read = (&mut self.stdout).take(limit).read_until(b'\n', &mut line).await;
        if line.pop_if(|last| *last == b'\n').is_some() {
            return Ok(line);
        }
        match read {
            Ok(_) if line.len() as u64 == limit => {
                Err(Failure::Broken(format!("its answer is longer than {limit} bytes")))
            }
            _ => Err(self.obituary().await),
        }
    }

    /// Why the process ended, from how it did and what it last said.
    async fn obituary(&mut self) -> Failure {
        self.kill();
        let status = self.child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string());
        let _ = (&mut self.collector).await;
        let said = self.tail.lock().map(|tail| tail.iter().copied().collect::<Vec<_>>()).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let out_of_memory = ["heap out of memory", "out of memory", "Cannot allocate memory", "bad_alloc"];
        if out_of_memory.iter().any(|words| said.contains(words)) {
            return Failure::OutOfMemory;
        }
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        Failure::Broken(format!("it ended with {status}: {}", last.trim()))
    }

    /// Ends it by closing its input; kills what is left after two seconds.
    pub(super) async fn stop(mut self) {
        self.stdin = None;
        let _ = tokio::time::timeout(STOP, self.child.wait()).await;
    }

    /// Kills it and its children, which share its process group.
    fn kill(&self) {
        let leader = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        if let Some(leader) = leader {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        self.collector.abort();
    }
}

fn reason(failure: Failure) -> String {
    match failure {
        Failure::Broken(reason) => reason,
        Failure::OutOfMemory => "it ran out of memory".to_owned(),
        Failure::Late | Failure::Silent(_) | Failure::Refused { .. } => "it did not answer".to_owned(),
    }
}

/// The launcher with its orders, in a process group of its own and without an environment.
fn command(kind: &WorkerKind, config: &ToolchainConfig) -> Result<Command, String> {
    let [launcher, prefix @ ..] = config.launcher.as_slice() else {
        return Err("no launcher is configured".to_owned());
    };
    let mut command = Command::new(launcher);
    command.args(prefix).args(orders(kind, config).to_args()).env_clear().current_dir(&config.worker_dir);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    Ok(command)
}

fn orders(kind: &WorkerKind, config: &ToolchainConfig) -> Orders {
    let limits = &config.limits;
    let mut command = vec![config.node.clone().into_os_string()];
    // The system's file is out of reach, and Node does not start without one.
    command.push("--openssl-config=/dev/null".into());
    command.push("--expose-gc".into());
    command.push(format!("--max-old-space-size={}", limits.memory_mib).into());
    command.push(format!("--max-semi-space-size={}", kind.young_mib).into());
    // Three quarters of the stack for the script; the engine itself needs the rest.
    command.push(format!("--stack-size={}", stack_mib() * 1024 / 4 * 3).into());
    command.push(config.worker_dir.join(kind.script).into());
    command.extend(kind.arguments.iter().map(Into::into));
    Orders {
        parent: std::process::id(),
        memory_mib: private_mib(kind, config),
        // The packages are named apart, since their folder may be a link to elsewhere.
        read: vec![config.worker_dir.clone(), config.worker_dir.join("node_modules"), kit_dir(&config.worker_dir)],
        execute: vec![config.node.clone(), bundler(config)],
        folder: config.worker_dir.clone(),
        command,
    }
}

fn private_mib(kind: &WorkerKind, config: &ToolchainConfig) -> u64 {
    // The young generation is two halves and a third for what survives.
    config.limits.memory_mib + 3 * kind.young_mib + NATIVE_MIB
}

/// The bundler's own program for this machine.
fn bundler(config: &ToolchainConfig) -> std::path::PathBuf {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    config.worker_dir.join(format!("node_modules/@esbuild/linux-{architecture}/bin/esbuild"))
}

/// Four thirds for base64, and room for the rest.
fn answer_limit(config: &ToolchainConfig) -> u64 {
    let payload = config.limits.wasm_bytes.max(config.limits.asset_bytes) as u64;
    payload / 3 * 4 + 16_000_000
}

/// Keeps the end of what the worker writes to standard error.
async fn collect(mut stderr: ChildStderr, tail: Arc<Mutex<VecDeque<u8>>>) {
    let mut chunk = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
        if let Ok(mut tail) = tail.lock() {
            tail.extend(&chunk[..read]);
            let excess = tail.len().saturating_sub(TAIL_BYTES);
            tail.drain(..excess);
        }
    }
}
