//! A worker: one compiler in a process of its own, asked one thing at a time.
//!
//! Invariant: a worker that was late, broke, or whose answer nobody waited for is killed with all its children
//! and never asked again; the next question gets a fresh one.

mod pool;
mod process;
mod processor;
mod spawner;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::error::{BuildError, Limit};
pub(crate) use pool::Pool;
use process::{Answer, Failure, Process};
pub(crate) use spawner::Spawner;

/// Where the toolchain is installed and how its workers are started.
#[derive(Clone, Debug)]
pub struct ToolchainConfig {
    /// The folder with the workers' scripts and their `node_modules`; the component kit lies beside it as `kit`.
    pub worker_dir: PathBuf,
    /// The Node binary.
    pub node: PathBuf,
    /// The beginning of the command that ends in [`jail_main`](crate::jail_main), such as
    /// `["/usr/bin/autograph", "__toolchain-jail"]`.
    pub launcher: Vec<OsString>,
    /// What a build may take.
    pub limits: Limits,
    /// Compile something small right after the start, so that the first build is as fast as the others.
    pub warm: bool,
}

/// What a build may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Processor time of each compiler in a build, so that a busy machine makes nobody exceed it.
    pub processor_time: Duration,
    /// How long a compiler may take whatever it computes, from when it is free: only one that hangs needs so long.
    pub wait: Duration,
    /// How many builds are compiled at the same time. Each compiler uses about one processor and 1 GiB while it works.
    pub compilers: usize,
    /// The heap of a compiler in MiB; its process may use about 3 GiB more for what is young or native.
    pub memory_mib: u64,
    /// Size of the module in bytes.
    pub wasm_bytes: usize,
    /// Code of the module in bytes. This and the next two are the interface's limits on modules; here they matter to
    /// migration chains, which grow with every version.
    pub code_bytes: usize,
    /// Functions of the module.
    pub functions: usize,
    /// `icp:` custom sections of the module in bytes.
    pub section_bytes: usize,
    /// A chain of more files is compiled without what already ran.
    pub chain_steps: usize,
    /// Size of all files for the browser in bytes.
    pub asset_bytes: usize,
    /// How long a compiler that only few trees need waits for the next one before it ends.
    pub idle: Duration,
}

/// More would need more memory than a small machine has.
const COMPILERS_MOST: usize = 2;

impl Default for Limits {
    fn default() -> Self {
        Self {
            processor_time: Duration::from_secs(60),
            wait: Duration::from_secs(900),
            compilers: std::thread::available_parallelism()
                .map_or(1, |processors| processors.get().min(COMPILERS_MOST)),
            memory_mib: 1536,
            wasm_bytes: 100_000_000,
            code_bytes: 10 << 20,
            functions: 50_000,
            section_bytes: 1 << 20,
            chain_steps: 100,
            asset_bytes: 50_000_000,
            idle: Duration::from_secs(120),
        }
    }
}

/// What makes one kind of worker.
#[derive(Clone, Debug)]
pub(crate) struct WorkerKind {
    /// For messages.
    pub(crate) name: &'static str,
    /// The script in the worker folder.
    pub(crate) script: &'static str,
    /// What the script is told.
    pub(crate) arguments: &'static [&'static str],
    /// MiB that the engine may use for young objects.
    pub(crate) young_mib: u64,
    /// Ends when it is idle.
    pub(crate) leaves: bool,
}

/// The place of one worker, alive or to be started by the next question.
pub(crate) struct Worker {
    kind: WorkerKind,
    config: ToolchainConfig,
    spawner: Spawner,
    current: Arc<Mutex<Option<Process>>>,
    /// How many questions were asked.
    asked: Arc<AtomicU64>,
}

impl Worker {
    pub(crate) fn new(kind: WorkerKind, config: ToolchainConfig, spawner: Spawner) -> Self {
        Self { kind, config, spawner, current: Arc::default(), asked: Arc::default() }
    }

    /// Starts it if it is not running; tells how it is confined.
    pub(crate) async fn start(&self) -> Result<Vec<String>, String> {
        let mut current = self.current.lock().await;
        if current.is_none() {
            *current = Some(Process::start(&self.kind, &self.config, &self.spawner).await?);
        }
        Ok(current.as_ref().map(|process| process.confinement().to_vec()).unwrap_or_default())
    }

    /// Asks and waits for the answer. A worker that has answered before and now breaks is replaced and asked
    /// once more, so that no tree answers for what another one left behind.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, verb: &str, request: Value) -> Result<T, BuildError> {
        let mut current = self.current.lock().await;
        let _leaving = self.kind.leaves.then(|| Leaving(self));
        let seasoned = current.as_ref().is_some_and(Process::is_seasoned);
        match self.attempt(&mut current, verb, &request).await {
            Err(Failure::Broken(_) | Failure::OutOfMemory) if seasoned => {
                self.attempt(&mut current, verb, &request).await
            }
            other => other,
        }
        .map_err(|failure| self.explain(failure))
        .and_then(|answer| serde_json::from_value(answer).map_err(|error| BuildError::Worker(error.to_string())))
    }

    /// Lets the worker end by itself, and kills it if it does not.
    pub(crate) async fn stop(&self) {
        if let Some(process) = self.current.lock().await.take() {
            process.stop().await;
        }
    }

    /// Ends the process unless there is another question before it was idle for so long.
    fn leave_when_idle(&self) {
        let (current, asked, idle) = (Arc::clone(&self.current), Arc::clone(&self.asked), self.config.limits.idle);
        let question = asked.fetch_add(1, Ordering::Relaxed) + 1;
        // Whoever drops the question may have no runtime any more; then all processes end anyway.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            tokio::time::sleep(idle).await;
            let mut current = current.lock().await;
            if asked.load(Ordering::Relaxed) == question
                && let Some(process) = current.take()
            {
                process.stop().await;
            }
        });
    }

    /// The process is taken out of its place for the time of the question: whoever drops this future leaves an
    /// empty place behind, and dropping the process kills it.
    async fn attempt(&self, current: &mut Option<Process>, verb: &str, request: &Value) -> Result<Value, Failure> {
        let mut process = match current.take() {
            Some(process) => process,
            None => Process::start(&self.kind, &self.config, &self.spawner).await.map_err(Failure::Broken)?,
        };
        match process.ask_within(&self.config.limits, verb, request).await {
            Err(failure) => Err(failure),
            Ok(Answer::Value(value)) => {
                *current = Some(process).filter(|process| !process.is_bloated());
                Ok(value)
            }
            Ok(Answer::Refusal { kind, message }) => {
                // After a deep recursion or a surprise the compiler's own state is not to be trusted.
                if matches!(kind.as_str(), "wasm" | "assets") {
                    *current = Some(process);
                }
                Err(Failure::Refused { kind, message })
            }
        }
    }

    fn explain(&self, failure: Failure) -> BuildError {
        match failure {
            Failure::Late => self.limited(Limit::Time, String::new()),
            Failure::Silent(computed) => self.limited(Limit::Wait, format!("{:.1} s", computed.as_secs_f32())),
            Failure::OutOfMemory => self.limited(Limit::Memory, String::new()),
            Failure::Broken(reason) => BuildError::Worker(reason),
            Failure::Refused { kind, message } => match kind.as_str() {
                "nesting" => self.limited(Limit::Nesting, message),
                "wasm" => self.limited(Limit::Wasm, message),
                "assets" => self.limited(Limit::Assets, message),
                _ => BuildError::Worker(message),
            },
        }
    }

    /// `told` is what the worker said, which matters where it measured something.
    fn limited(&self, limit: Limit, told: String) -> BuildError {
        let Limits { processor_time, wait, memory_mib, wasm_bytes, asset_bytes, .. } = self.config.limits;
        let name = self.kind.name;
        let (took, next) = match limit {
            Limit::Time => {
                let most = processor_time.as_secs_f32();
                (format!("computed for longer than the {most} s of processor time that it may"), "simplify the sources")
            }
            Limit::Wait => {
                let waited = wait.as_secs_f32();
                (format!("gave no answer within {waited} s, of which it computed for {told}"), TRY_AGAIN)
            }
            Limit::Memory => {
                (format!("needed more than the {memory_mib} MiB of memory that it may use"), "simplify the sources")
            }
            Limit::Nesting => {
                ("found sources nested too deeply".to_owned(), "split long expressions and lists into parts")
            }
            Limit::Wasm => (format!("made too much: {told}; {wasm_bytes} are allowed"), "leave out what is not needed"),
            Limit::Assets => (format!("made too much: {told}; {asset_bytes} are allowed"), "leave out large files"),
        };
        BuildError::Limit { limit, message: format!("the {name} compiler {took}; {next}") }
    }
}

/// A compiler that hardly got to compute says nothing about the sources.
const TRY_AGAIN: &str = "try again when the machine has less to do";

/// However a question ends, its worker is looked after.
struct Leaving<'a>(&'a Worker);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.leave_when_idle();
    }
}

/// The kit lies beside the worker folder.
pub(crate) fn kit_dir(worker_dir: &Path) -> PathBuf {
    worker_dir.parent().unwrap_or(worker_dir).join("kit")
}
