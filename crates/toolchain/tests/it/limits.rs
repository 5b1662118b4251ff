//! A tree that asks for too much is told which limit it met, and the next one is built as if nothing had been.

use std::time::Duration;

use toolchain::{BuildError, Limit, Release, StartError, Toolchain};

use crate::fixture::{ACTOR, build, config, keys, start};

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

/// A backend of many functions: the compiler's time grows with them, its memory hardly.
fn long(functions: usize) -> String {
    let functions: String = (0..functions)
        .map(|n| format!("func f{n}(x : Nat) : Nat {{ let y = x + {n}; switch (y % 7) {{ case 0 {{ y * 2 }}; case 1 {{ var s = 0; for (c in [1, 2].vals()) {{ s += c * y }}; s }}; case _ {{ y }} }} }};\n"))
        .collect();
    format!("actor {{ {functions} public func g() : async Nat {{ f0(1) }} }};")
}

#[tokio::test(flavor = "multi_thread")]
async fn time_is_bounded_and_a_late_compiler_is_gone() {
    let pids = tempfile::NamedTempFile::new().unwrap();
    let mut config = config();
    config.limits.build_time = Duration::from_secs(20);
    config.limits.memory_mib = 4_000;
    // The launcher's process becomes the compiler's, so its id can be noted on the way.
    let note = format!("echo $$ >> {}; exec \"$0\" \"$@\"", pids.path().display());
    config.launcher.splice(0..0, ["/bin/sh".into(), "-c".into(), note.into()]);
    let toolchain = Toolchain::start(config).await.unwrap();
    let result = build(&toolchain, &[("backend/main.mo", &long(8_000))]).await;
    assert_eq!(limit(result), Limit::Time);
    builds(&toolchain).await;
    let noted = || std::fs::read_to_string(pids.path()).unwrap();
    assert_eq!(noted().lines().count(), 3, "one late compiler was replaced");
    // Killed, not left to compute; and all of them go with the toolchain.
    toolchain.stop().await;
    while noted().lines().any(is_running) {
        tokio::task::yield_now().await;
    }
}

fn is_running(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
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
