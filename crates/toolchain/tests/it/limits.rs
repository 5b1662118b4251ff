//! A tree that asks for too much is told which limit it met, and the next one is built as if nothing had been.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use toolchain::{BuildError, Limit, Release, StartError, Toolchain};

use crate::fixture::{ACTOR, build, config, is_running, keys, noting_pids, start};

fn limit(result: Result<Release, BuildError>) -> Limit {
    match keys(result) {
        Err(BuildError::Limit { limit, message }) => {
            eprintln!("{message}");
            limit
        }
        other => panic!("a limit expected, not {other:?}"),
    }
}

async fn builds(toolchain: &Toolchain) {
    build(toolchain, &[("backend/main.mo", ACTOR)]).await.expect("the next build works");
}

/// Each function doubles the size of a type.
fn doubling(functions: usize) -> String {
    let calls: String = (0..functions).map(|_| "twice(").collect();
    let ends = ")".repeat(functions);
    format!(
        "actor {{ func twice<A>(x : A) : (A, A) {{ (x, x) }}; public func f() : async () {{ ignore {calls}1{ends} }} }};"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_bounded() {
    let mut config = config();
    config.limits.memory_mib = 1024;
    let toolchain = Toolchain::start(config).await.unwrap();
    let result = build(&toolchain, &[("backend/main.mo", &doubling(40))]).await;
    assert_eq!(limit(result), Limit::Memory);
    builds(&toolchain).await;
}

/// It computes for very long, and would also need much memory in the end.
#[tokio::test(flavor = "multi_thread")]
async fn processor_time_is_bounded() {
    let pids = tempfile::NamedTempFile::new().unwrap();
    let mut config = noting_pids(config(), pids.path());
    config.limits.processor_time = Duration::from_secs(2);
    config.limits.memory_mib = 16_384;
    let toolchain = Toolchain::start(config).await.unwrap();
    let late = compiler(&pids);
    assert_eq!(limit(build(&toolchain, &[("backend/main.mo", &doubling(60))]).await), Limit::Time);
    ended(&late).await;
    least(&toolchain).await;
}

/// The compiler is stopped, so it computes nothing, and is given up whatever the machine; how fast the machine is
/// decides only how soon a later one is in time.
#[tokio::test(flavor = "multi_thread")]
async fn waiting_is_bounded_and_a_compiler_given_up_is_gone() {
    let pids = tempfile::NamedTempFile::new().unwrap();
    let mut config = noting_pids(config(), pids.path());
    config.limits.wait = Duration::from_secs(10);
    // Who is stopped is not charged, even for so little.
    config.limits.processor_time = Duration::from_secs(5);
    let toolchain = Toolchain::start(config).await.unwrap();
    let late = compiler(&pids);
    kill_process(Pid::from_raw(late.parse().unwrap()).unwrap(), Signal::STOP).unwrap();
    assert_eq!(limit(build(&toolchain, &[("backend/main.mo", ACTOR)]).await), Limit::Wait);
    // Killed, not left to compute, and replaced; and all of them go with the toolchain.
    ended(&late).await;
    least(&toolchain).await;
    assert!(noted(&pids).lines().any(|pid| pid != late && command(pid).contains("motoko.mjs")));
    toolchain.stop().await;
    for pid in noted(&pids).lines() {
        ended(pid).await;
    }
}

/// The second compiler is there for as long as it is needed.
#[tokio::test(flavor = "multi_thread")]
async fn builds_that_come_together_get_a_compiler_each() {
    let pids = tempfile::NamedTempFile::new().unwrap();
    let mut config = noting_pids(config(), pids.path());
    config.limits.compilers = 2;
    config.limits.idle = Duration::ZERO;
    let toolchain = Toolchain::start(config).await.unwrap();
    let first = compiler(&pids);
    let one = || async { build(&toolchain, &[("backend/main.mo", ACTOR)]).await };
    let (a, b, c) = tokio::join!(one(), one(), one());
    a.and(b).and(c).expect("all are built");
    let scripts = || noted(&pids).lines().filter(|pid| command(pid).contains("motoko.mjs")).count();
    while scripts() > 1 {
        tokio::task::yield_now().await;
    }
    assert!(is_running(&first));
    // One for the pages, two compilers.
    assert_eq!(noted(&pids).lines().count(), 3);
}

/// The least that the next compiler can be asked.
async fn least(toolchain: &Toolchain) {
    let types = "// Version: 1.0.0\nactor {};\n";
    while let Err(error) = toolchain.stable_compatible(types, types).await {
        assert!(matches!(error, BuildError::Limit { limit: Limit::Time | Limit::Wait, .. }), "{error}");
    }
}

fn noted(pids: &tempfile::NamedTempFile) -> String {
    std::fs::read_to_string(pids.path()).unwrap()
}

/// The process of the first Motoko compiler.
fn compiler(pids: &tempfile::NamedTempFile) -> String {
    noted(pids).lines().find(|pid| command(pid).contains("motoko.mjs")).expect("a compiler").to_owned()
}

async fn ended(pid: &str) {
    while is_running(pid) {
        tokio::task::yield_now().await;
    }
}

fn command(pid: &str) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_nesting_is_a_limit_and_moderate_nesting_is_none() {
    let toolchain = start().await;
    let sum = |terms: usize| format!("actor {{ public query func f() : async Nat {{ {}1 }} }};", "1+".repeat(terms));
    build(&toolchain, &[("backend/main.mo", &sum(3_000))]).await.unwrap();
    let result = build(&toolchain, &[("backend/main.mo", &sum(200_000))]).await;
    assert_eq!(limit(result), Limit::Nesting);
    builds(&toolchain).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_are_bounded() {
    let mut config = config();
    config.limits.wasm_bytes = 10_000;
    config.limits.asset_bytes = 1_000;
    let toolchain = Toolchain::start(config).await.unwrap();
    let result = build(&toolchain, &[("backend/main.mo", ACTOR)]).await;
    assert_eq!(limit(result), Limit::Wasm);
    let large = "x".repeat(2_000);
    let files = [
        ("backend/main.mo", "actor { let x = 1 + ; }"),
        ("frontend/index.html", "x"),
        ("frontend/large.txt", large.as_str()),
    ];
    assert_eq!(limit(build(&toolchain, &files).await), Limit::Assets);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiler_that_was_killed_is_replaced() {
    let toolchain = start().await;
    let run = async |terms: usize| {
        build(
            &toolchain,
            &[("backend/main.mo", &format!("actor {{ public query func f() : async Nat {{ {terms} }} }};"))],
        )
        .await
    };
    run(1).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(5), run(2)).await.is_err(), "nothing compiles that fast");
    run(3).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_installation_is_named() {
    let mut incomplete = config();
    incomplete.worker_dir = "/nowhere".into();
    let error = Toolchain::start(incomplete).await.err().unwrap();
    assert!(matches!(&error, StartError::Missing { .. }) && error.to_string().contains("/nowhere"), "{error}");
    let mut unlaunched = config();
    unlaunched.launcher.clear();
    assert!(matches!(Toolchain::start(unlaunched).await.err().unwrap(), StartError::NoLauncher));
}
