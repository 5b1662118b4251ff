//! One build: both workers at once, then what needs the interface. Trees with a migration chain: `chained.rs`.
//!
//! Invariant: a release is complete or there is none; what either compiler found is told together.

mod chained;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bindings::bindings;
use crate::chain::{Chain, Compacted, LiveChain, no_chain};
use crate::default_page::default_page;
use crate::diagnostic::{Diagnostic, Severity, WorkerDiagnostic};
use crate::error::{BuildError, StartError};
use crate::manifest::AppManifest;
use crate::release::{Asset, Release, Timings};
use crate::source::{BACKEND_MAIN, SourceError, SourceTree};
use crate::worker::{Pool, Spawner, ToolchainConfig, WorkerKind};

const BINDINGS: &str = "/backend.did.js";
const INTERFACE: &str = "/backend.did";
/// Addresses that the platform answers on every app's host.
const RESERVED: [&str; 3] = [BINDINGS, INTERFACE, "/env.json"];
const RESERVED_FOLDERS: [&str; 2] = ["/_/", "/api/"];

/// Where a build is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Both compilers are at work.
    Started,
    /// The backend is done, or has errors.
    Backend(Duration),
    /// The pages are done, or have errors.
    Pages(Duration),
}

/// The compilers, warm.
pub struct Toolchain {
    motoko: Arc<Pool>,
    /// Looks names up in the whole core library; started by the first tree that needs it.
    implicit: Arc<Pool>,
    /// The same two for migration chains; each is started by the first tree that needs it, and gone when none does.
    chained: Arc<Pool>,
    chained_implicit: Arc<Pool>,
    frontend: Arc<Pool>,
    config: ToolchainConfig,
    confinement: Vec<String>,
}

/// Path -> text.
type Files<'a> = BTreeMap<&'a str, &'a str>;

#[derive(Deserialize)]
struct Compiled {
    diagnostics: Vec<WorkerDiagnostic>,
    /// A compiler that looks further might find what this one did not.
    #[serde(default)]
    unresolved: bool,
    #[serde(default)]
    wasm: Option<String>,
    #[serde(default)]
    candid: String,
    #[serde(default)]
    stable: String,
    /// What was left out of the files.
    #[serde(skip)]
    compacted: Option<Compacted>,
}

#[derive(Deserialize)]
struct Pages {
    diagnostics: Vec<WorkerDiagnostic>,
    assets: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Compared {
    diagnostics: Vec<WorkerDiagnostic>,
}

impl Toolchain {
    /// Starts both workers and waits until they are ready.
    pub async fn start(mut config: ToolchainConfig) -> Result<Self, StartError> {
        if config.launcher.is_empty() {
            return Err(StartError::NoLauncher);
        }
        config.worker_dir = installed(&config.worker_dir, "install the toolchain with `make build`")?;
        config.node = installed(&config.node, "install Node 20 or newer")?;
        installed(&config.worker_dir.join("node_modules/motoko"), "install the workers' packages with `make build`")?;
        let spawner = Spawner::start().map_err(|error| failed("first", error.to_string()))?;
        let worker = |kind: WorkerKind, places| Arc::new(Pool::new(&kind, places, &config, &spawner));
        let many = config.limits.compilers.max(1);
        // The Motoko compiler makes garbage fast: a large young generation spares it a quarter of its time.
        let motoko = WorkerKind { name: "Motoko", script: "motoko.mjs", arguments: &[], young_mib: 256, leaves: false };
        let implicit = worker(WorkerKind { arguments: &["--implicit-core"], ..motoko.clone() }, 1);
        let chained = worker(WorkerKind { arguments: &["--chain"], leaves: true, ..motoko.clone() }, 1);
        let both = &["--implicit-core", "--chain"];
        let chained_implicit = worker(WorkerKind { arguments: both, leaves: true, ..motoko.clone() }, 1);
        let pages = WorkerKind { name: "pages", script: "frontend.mjs", arguments: &[], young_mib: 32, leaves: false };
        let frontend = worker(pages, 1);
        let motoko = worker(motoko, many);
        let (first, second) = tokio::join!(motoko.start(), frontend.start());
        let confinement = first.map_err(|reason| failed("Motoko", reason))?;
        second.map_err(|reason| failed("pages", reason))?;
        let toolchain = Self { motoko, implicit, chained, chained_implicit, frontend, config, confinement };
        toolchain.warm();
        Ok(toolchain)
    }

    /// Sentences that tell truthfully how the compilers are confined on this machine.
    pub fn confinement(&self) -> Vec<String> {
        self.confinement.clone()
    }

    /// Compiles a tree as a first version. `progress` is called from within.
    pub async fn build(&self, tree: &SourceTree, progress: impl Fn(Stage)) -> Result<Release, BuildError> {
        self.build_onto(tree, &LiveChain::default(), progress).await
    }

    /// Compiles a tree for an app whose migrations ran so far.
    pub async fn build_onto(
        &self,
        tree: &SourceTree,
        live: &LiveChain,
        progress: impl Fn(Stage),
    ) -> Result<Release, BuildError> {
        let started = Instant::now();
        tree.check()?;
        let manifest = AppManifest::of(tree).map_err(|error| BuildError::Diagnostics(vec![*error]))?;
        progress(Stage::Started);
        let (backend, pages) = tokio::join!(
            timed(self.compile(tree, live), |time| progress(Stage::Backend(time))),
            timed(self.pages(tree, &manifest), |time| progress(Stage::Pages(time))),
        );
        let timings = Timings { backend: backend.1, pages: pages.1, total: Duration::ZERO };
        let mut release = assemble(tree, &manifest, backend.0?, pages.0?)?;
        release.timings = Timings { total: started.elapsed(), ..timings };
        Ok(release)
    }

    /// What an upgrade from one set of stable types to another would lose or break; no errors mean compatible.
    pub async fn stable_compatible(&self, old_most: &str, new_most: &str) -> Result<Vec<Diagnostic>, BuildError> {
        let request = json!({ "before": old_most, "after": new_most });
        let compared: Compared = self.motoko.ask("compatible", request).await?;
        Ok(in_tree(compared.diagnostics, &SourceTree::default()))
    }

    /// Ends the workers.
    pub async fn stop(self) {
        tokio::join!(self.motoko.stop(), self.implicit.stop(), self.frontend.stop());
        tokio::join!(self.chained.stop(), self.chained_implicit.stop());
    }

    /// In the background; a build that comes meanwhile waits for it.
    fn warm(&self) {
        for worker in [&self.motoko, &self.frontend].into_iter().filter(|_| self.config.warm) {
            let worker = Arc::clone(worker);
            tokio::spawn(async move {
                if let Err(error) = worker.ask::<Value>("warm", json!({})).await {
                    tracing::warn!(%error, "a compiler did not warm up");
                }
            });
        }
    }

    async fn compile(&self, tree: &SourceTree, live: &LiveChain) -> Result<Compiled, BuildError> {
        let files = motoko_files(tree)?;
        match Chain::of(tree) {
            None if !live.ran.is_empty() => Err(BuildError::Diagnostics(vec![no_chain(live)])),
            None => self.compile_plain(&files).await,
            Some(chain) => self.compile_chain(&files, &chain, live).await,
        }
    }

    async fn compile_plain(&self, files: &Files<'_>) -> Result<Compiled, BuildError> {
        let request = json!({ "files": files, "main": BACKEND_MAIN, "wasmLimit": self.config.limits.wasm_bytes });
        compile_by(&self.motoko, &self.implicit, request).await
    }

    async fn pages(&self, tree: &SourceTree, manifest: &AppManifest) -> Result<Pages, BuildError> {
        let files: Map<String, Value> =
            tree.0.iter().filter(|(path, _)| !path.ends_with(".mo")).map(page_file).collect();
        let request = json!({
            "files": files,
            "title": title(manifest),
            "language": language(manifest),
            "assetLimit": self.config.limits.asset_bytes,
        });
        self.frontend.ask("pages", request).await
    }
}

fn installed(path: &Path, next_step: &str) -> Result<std::path::PathBuf, StartError> {
    path.canonicalize()
        .map_err(|error| StartError::Missing { path: path.to_owned(), reason: format!("{error}; {next_step}") })
}

fn failed(worker: &'static str, reason: String) -> StartError {
    StartError::Worker { worker, reason }
}

async fn timed<T>(work: impl Future<Output = T>, done: impl FnOnce(Duration)) -> (T, Duration) {
    let started = Instant::now();
    let result = work.await;
    done(started.elapsed());
    (result, started.elapsed())
}

/// A program that imports what it uses compiles in half the time, so that is tried first.
async fn compile_by(first: &Pool, implicit: &Pool, request: Value) -> Result<Compiled, BuildError> {
    let compiled: Compiled = first.ask("compile", request.clone()).await?;
    if compiled.unresolved { implicit.ask("compile", request).await } else { Ok(compiled) }
}

/// What the backend's compiler is shown: every Motoko source.
fn motoko_files(tree: &SourceTree) -> Result<Files<'_>, SourceError> {
    if !tree.0.contains_key(BACKEND_MAIN) {
        return Err(SourceError::NoBackend);
    }
    let sources = tree.0.keys().filter(|path| path.ends_with(".mo"));
    sources
        .map(|path| {
            tree.text(path).map(|text| (path.as_str(), text)).ok_or_else(|| SourceError::Encoding(path.clone()))
        })
        .collect()
}

fn page_file((path, content): (&String, &Vec<u8>)) -> (String, Value) {
    let value = match std::str::from_utf8(content) {
        Ok(text) => json!(text),
        Err(_) => json!({ "base64": BASE64_STANDARD.encode(content) }),
    };
    (path.clone(), value)
}

fn title(manifest: &AppManifest) -> &str {
    manifest.title.as_deref().or(manifest.name.as_deref()).unwrap_or("App")
}

fn language(manifest: &AppManifest) -> &str {
    manifest.language.as_deref().unwrap_or("en")
}

fn in_tree(told: Vec<WorkerDiagnostic>, tree: &SourceTree) -> Vec<Diagnostic> {
    told.into_iter().map(|one| one.into_diagnostic(tree)).collect()
}

/// Puts both halves together, or says what is wrong with either.
fn assemble(tree: &SourceTree, manifest: &AppManifest, backend: Compiled, pages: Pages) -> Result<Release, BuildError> {
    let mut diagnostics = in_tree(backend.diagnostics, tree);
    diagnostics.extend(in_tree(pages.diagnostics, tree));
    diagnostics.extend(pages.assets.keys().filter(|path| is_reserved(path)).map(|path| reserved(path)));
    diagnostics.sort_by_key(|one| one.severity);
    let Some(wasm) = backend.wasm.filter(|_| diagnostics.iter().all(|one| one.severity != Severity::Error)) else {
        return Err(BuildError::Diagnostics(diagnostics));
    };
    let made = bindings(&backend.candid).map_err(|reason| without_actor(&reason))?;
    let mut assets = decode_all(pages.assets)?;
    if assets.is_empty() {
        let page = default_page(title(manifest), language(manifest), &made.methods);
        assets.insert("/index.html".to_owned(), Asset::at("/index.html", page));
    }
    assets.insert(BINDINGS.to_owned(), Asset::at(BINDINGS, made.javascript));
    assets.insert(INTERFACE.to_owned(), Asset::at(INTERFACE, backend.candid.as_str()));
    Ok(Release {
        wasm: decode(&wasm)?,
        candid: backend.candid,
        stable_types: backend.stable,
        assets,
        compacted: backend.compacted,
        warnings: diagnostics,
        source_hash: tree.hash(),
        timings: Timings::default(),
    })
}

fn is_reserved(path: &str) -> bool {
    RESERVED.contains(&path) || RESERVED_FOLDERS.iter().any(|folder| path.starts_with(folder))
}

fn reserved(path: &str) -> Diagnostic {
    let message = format!("the platform itself answers {path} on every app's address; give this file another name");
    Diagnostic::error("", 1, "reserved", message)
}

/// A `main.mo` that is a module compiles to something without a service.
fn without_actor(reason: &str) -> BuildError {
    let message =
        format!("{BACKEND_MAIN} must define the app's actor, since its public methods are the interface ({reason})");
    BuildError::Diagnostics(vec![Diagnostic::error(BACKEND_MAIN, 1, "actor", message)])
}

fn decode_all(assets: BTreeMap<String, String>) -> Result<BTreeMap<String, Asset>, BuildError> {
    assets.into_iter().map(|(path, content)| Ok((path.clone(), Asset::at(&path, decode(&content)?)))).collect()
}

fn decode(base64: &str) -> Result<Vec<u8>, BuildError> {
    BASE64_STANDARD.decode(base64).map_err(|error| BuildError::Worker(format!("its answer is no base64: {error}")))
}
