//! `autograph up`: a node in the foreground, from its data folder to its address, until it is told to stop.

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use gateway::{Gateway, GatewayConfig, Hosts, Limits, Looks, Meter};
use replication::{Clock as _, SystemClock};
use toolchain::{Toolchain, ToolchainConfig};

use crate::{
    adapter::{Adapter, charge_to},
    cli::OpenTo,
    client,
    node::Node,
    workshop,
    workshop::Workshop,
};

/// A certificate is made anew when the newest is this old, ns: agents refuse those older than five minutes.
const CERTIFICATE_AGE_MAX: u64 = 60_000_000_000;

/// Runs a node until SIGTERM or SIGINT.
pub(crate) async fn up(data: &Path, listen: SocketAddr, open_to: OpenTo) -> anyhow::Result<()> {
    // The address first: a taken port is said at once, and nothing was opened yet.
    let listener = gateway::bind(listen).await?;
    // The first wish need not wait until the words of ten languages are read.
    std::thread::Builder::new().name("words".into()).spawn(writer::warm).context("no thread can be started")?;
    let address = listener.local_addr()?;
    let limits = limits(data)?;
    raise_open_files();
    let meter = Arc::new(Meter::new(&limits.quotas));
    let node = Arc::new(Node::start(data, open_to, charge_to(meter.clone()))?);
    let toolchain = Toolchain::start(toolchain_config()?).await.context("the toolchain can't be started")?;
    let origin = format!("http://localhost:{}", address.port());
    let workshop = Arc::new(Workshop::new(node.clone(), toolchain, origin.clone()));
    workshop.enrol_first_person().await.context("the owner's key can't be entered")?;
    workshop.let_go_of_all().await.context("what was held when the node stopped can't be let go")?;
    workshop.finish_erasing().await;
    let studio = studio::routes().merge(workshop::routes(workshop.clone()));
    let config = GatewayConfig { limits, hosts: Hosts::new([]), looks: workshop.looks.clone() };
    let gateway = Gateway::new(Arc::new(Adapter(node.clone())), studio, meter, config);
    let state_file = client::write_state_file(&origin, &node.data, &node.root_key_der)
        .map_err(|problem| anyhow::anyhow!("{}: {}", problem.message, problem.hint))?;
    let fresh = tokio::spawn(keep_fresh(node.clone(), workshop.looks.clone()));
    let seen = tokio::spawn(keep_seen(node.clone()));
    greet(&origin, &workshop, &node);
    gateway::serve(gateway, listener, stopped()).await;
    fresh.abort();
    seen.abort();
    let _ = writeln!(std::io::stderr(), "stopping: finishing what was begun");
    client::remove_state_file(&state_file);
    workshop.browsers.end().await;
    let end = move || {
        node.save_seen();
        node.replica.shut_down();
    };
    tokio::task::spawn_blocking(end).await?;
    Ok(())
}

/// Nobody may be listening any more; the node runs all the same.
fn greet(origin: &str, workshop: &Workshop, node: &Node) {
    let (data, link) = (node.data.display(), workshop.entry_link());
    let text = format!(
        "Autograph is running at {origin}, with its data in {data}\n\
         Open the studio with this one-time link:\n\n  {link}\n\nCtrl-C stops it; everything is kept.\n"
    );
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    for sentence in workshop.toolchain.confinement() {
        tracing::info!("toolchain: {sentence}");
    }
}

/// Lets this process open as many files as the system allows: every app's memory is a file, every visitor a socket.
fn raise_open_files() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Limits from `limits.toml` in the data folder, where the owner may change them.
fn limits(data: &Path) -> anyhow::Result<Limits> {
    let path = data.join("limits.toml");
    if !path.exists() {
        return Ok(Limits::default());
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not as it should be", path.display()))
}

/// The workers beside the binary, or where the environment says.
fn toolchain_config() -> anyhow::Result<ToolchainConfig> {
    let binary = std::env::current_exe().context("can't find this program's own file")?;
    let worker = match std::env::var_os("AUTOGRAPH_TOOLCHAIN") {
        Some(folder) => folder.into(),
        None => binary.parent().unwrap_or(Path::new(".")).join("../toolchain/worker"),
    };
    let worker = worker.canonicalize().with_context(|| {
        format!("the toolchain is not at {}: `make build` puts it there, or set AUTOGRAPH_TOOLCHAIN", worker.display())
    })?;
    let launcher = vec![binary.into_os_string(), "__toolchain-jail".into()];
    let node = find_in_path("node").context("can't find `node` in PATH: install Node.js 20 or newer")?;
    Ok(ToolchainConfig { worker_dir: worker, node, launcher, limits: toolchain::Limits::default(), warm: true })
}

fn find_in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Makes a batch when the newest certificate is getting old, and frees the looks that are over.
async fn keep_fresh(node: Arc<Node>, looks: Looks) {
    let mut interval = tokio::time::interval(Duration::from_secs(10));
    loop {
        interval.tick().await;
        looks.sweep(SystemClock.now());
        let at = node.replica.certified().map_or(0, |certified| certified.time);
        if at + CERTIFICATE_AGE_MAX < SystemClock.now() && node.replica.tick().await.is_err() {
            return;
        }
    }
}

/// Writes down now and then what was seen of calls; what a crash takes of it is seen again.
async fn keep_seen(node: Arc<Node>) {
    let mut interval = tokio::time::interval(Duration::from_secs(60));
    // The first tick is at once.
    interval.tick().await;
    loop {
        interval.tick().await;
        let node = node.clone();
        if tokio::task::spawn_blocking(move || node.save_seen()).await.is_err() {
            return;
        }
    }
}

async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
