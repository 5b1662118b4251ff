//! Migration chains with the real compiler: what is compiled, what is left out, and what is refused in words.

use std::fmt::Write as _;
use std::time::Duration;

use toolchain::{BuildError, CHAIN, Compacted, Limit, Limits, LiveChain, Release, SourceTree, Toolchain};

use crate::fixture::{config, diagnostics, is_running, noting_pids, start, tree};

/// A chain of so many files: the first makes a counter, each other counts on and makes a text of its own.
fn files(steps: usize) -> Vec<(String, String)> {
    let mut fields = String::from("var count : Nat;");
    let mut files = vec![(
        step(1),
        "module { public func migration(_ : {}) : { var count : Nat } { { var count = 1 } } }".to_owned(),
    )];
    for n in 2..=steps {
        let _ = write!(fields, " var t{n} : Text;");
        files.push((step(n), counting(n, "")));
    }
    let main = format!("actor {{ {fields} public func add() : async Nat {{ count += 1; count }} }}");
    files.push(("backend/main.mo".to_owned(), main));
    files
}

fn counting(n: usize, text: &str) -> String {
    format!(
        "module {{ public func migration(old : {{ var count : Nat }}) : {{ var count : Nat; var t{n} : Text }} {{ {{ var count = old.count + 1; var t{n} = \"{text}\" }} }} }}"
    )
}

fn step(n: usize) -> String {
    format!("backend/migrations/{n:03}_step.mo")
}

fn chain(steps: usize) -> SourceTree {
    let files = files(steps);
    tree(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
}

/// A live app whose newest version has a chain of so many files.
fn live(steps: usize) -> LiveChain {
    LiveChain { ran: (1..=steps).map(|n| format!("{n:03}_step")).collect(), tree: Some(chain(steps)) }
}

async fn onto(toolchain: &Toolchain, steps: usize, live: &LiveChain) -> Result<Release, BuildError> {
    toolchain.build_onto(&chain(steps), live, |_| {}).await
}

async fn with(limits: impl FnOnce(&mut Limits)) -> Toolchain {
    let mut config = config();
    limits(&mut config.limits);
    Toolchain::start(config).await.expect("a toolchain")
}

async fn is_compatible(toolchain: &Toolchain, before: &Release, after: &Release) -> bool {
    toolchain.stable_compatible(&before.stable_types, &after.stable_types).await.unwrap().is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_compiles_and_its_types_name_what_runs() {
    let toolchain = start().await;
    let one = onto(&toolchain, 1, &LiveChain::default()).await.unwrap();
    assert!(one.stable_types.starts_with("// Version: 4.0.0"), "{}", one.stable_types);
    let three = onto(&toolchain, 3, &live(1)).await.unwrap();
    for n in 1..=3 {
        assert!(three.stable_types.contains(&format!("\"{n:03}_step\"")), "{}", three.stable_types);
    }
    assert_eq!(three.compacted, None, "a short chain stays whole");
    assert_eq!(three.source_hash, chain(3).hash());
    assert!(is_compatible(&toolchain, &one, &three).await);
    assert!(!is_compatible(&toolchain, &three, &one).await, "what the newer version keeps is missing in the older");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_chain_leaves_out_what_ran() {
    let toolchain = with(|limits| limits.chain_steps = 3).await;
    let five = onto(&toolchain, 5, &LiveChain::default()).await.unwrap();
    assert_eq!(five.compacted, None, "a first version needs all of it");
    let six = onto(&toolchain, 6, &live(5)).await.unwrap();
    assert_eq!(six.compacted, Some(Compacted { left_out: 4, of: 6, from: "005_step".into() }));
    assert!(!six.stable_types.contains("004_step") && six.stable_types.contains("006_step"), "{}", six.stable_types);
    assert_eq!(six.source_hash, chain(6).hash(), "the sources are the person's, whole");
    assert!(!six.warnings.iter().any(|one| one.message.contains("requires field")), "{:?}", six.warnings);
    assert!(is_compatible(&toolchain, &five, &six).await);
    // The live module names only what it has; nothing new is to run.
    let compacted = LiveChain { ran: vec!["005_step".into(), "006_step".into()], tree: Some(chain(6)) };
    let again = onto(&toolchain, 6, &compacted).await.unwrap();
    assert_eq!(again.compacted, Some(Compacted { left_out: 5, of: 6, from: "006_step".into() }));
    assert!(is_compatible(&toolchain, &six, &again).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_fills_its_limits_leaves_out_what_ran() {
    let toolchain = start().await;
    let whole = onto(&toolchain, 8, &LiveChain::default()).await.unwrap().stable_types.len();
    toolchain.stop().await;
    // Whole it would fit, with little room.
    let toolchain = with(|limits| limits.section_bytes = whole * 3 / 2).await;
    let eight = onto(&toolchain, 8, &live(7)).await.unwrap();
    assert_eq!(eight.compacted.map(|compacted| compacted.left_out), Some(6));
    toolchain.stop().await;
    let toolchain = with(|limits| limits.section_bytes = whole).await;
    assert!(limit(onto(&toolchain, 8, &LiveChain::default()).await).contains("starts from nothing"));
    assert!(limit(onto(&toolchain, 8, &live(1)).await).contains("7 new files; deploy fewer of them at a time"));
    let one = onto(&toolchain, 8, &live(7)).await;
    assert!(one.is_ok_and(|release| release.compacted.is_some()), "one at a time there is room");
}

fn limit(result: Result<Release, BuildError>) -> String {
    match result {
        Err(BuildError::Limit { limit: Limit::Wasm, message }) => message,
        other => panic!("a limit expected, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_is_frozen() {
    let toolchain = start().await;
    let mut altered = chain(3);
    altered.insert(step(2), counting(2, "x"));
    let told = diagnostics(toolchain.build_onto(&altered, &live(2), |_| {}).await);
    assert_eq!((told[0].file.as_str(), told[0].code.as_str()), (step(2).as_str(), CHAIN));
    assert!(told[0].message.contains("already ran"), "{told:?}");
    assert!(toolchain.build_onto(&altered, &live(1), |_| {}).await.is_ok(), "what has not run may change");
    let without =
        tree(&[("backend/main.mo", "actor { var count : Nat = 0; public func f() : async () { count += 1 } }")]);
    let told = diagnostics(toolchain.build_onto(&without, &live(2), |_| {}).await);
    assert!(told[0].code == CHAIN && told[0].message.contains("`002_step.mo` at least"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_told_in_the_words_of_the_tree() {
    let toolchain = with(|limits| limits.chain_steps = 2).await;
    let mut wrong = chain(4);
    wrong.insert(step(4), "module {\n public func migration(_ : {}) : { var t4 : Text } { { var t4 = 3 } }\n}");
    let told = diagnostics(toolchain.build_onto(&wrong, &live(3), |_| {}).await);
    let places: Vec<_> = told.iter().map(|one| (one.file.clone(), one.line)).collect();
    assert!(places.contains(&(step(4), 2)), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_that_name_makes_no_chain() {
    let toolchain = start().await;
    let main = "import V2 \"migrations/to-v2\";\n(with migration = V2.migration)\nactor { var size : Int = 0; public query func get() : async Int { size } }";
    let helper =
        "module { public func migration(old : { size : Nat }) : { var size : Int } { { var size = old.size } } }";
    let own = tree(&[("backend/main.mo", main), ("backend/migrations/to-v2.mo", helper)]);
    let release = toolchain.build(&own, |_| {}).await.unwrap();
    assert!(release.stable_types.starts_with("// Version: 3.0.0"), "{}", release.stable_types);
    let mut named = own.clone();
    named.insert("mops.toml", "[canisters.backend.migrations]\nchain = \"backend/migrations\"\n");
    let told = diagnostics(toolchain.build(&named, |_| {}).await);
    assert!(told[0].code == CHAIN && told[0].message.contains("ASCII"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mops_may_name_the_folder() {
    let toolchain = start().await;
    let mut moved = tree(&[("mops.toml", "[moc]\nargs = [\"--enhanced-migration=backend/steps\"]\n")]);
    moved.0.extend(chain(2).0.into_iter().map(|(path, text)| (path.replace("/migrations/", "/steps/"), text)));
    let release = toolchain.build(&moved, |_| {}).await.unwrap();
    assert!(release.stable_types.contains("002_step"), "{}", release.stable_types);
    // One process compiles chains in any folder, and nothing of one is left for the next.
    let release = toolchain.build(&chain(1), |_| {}).await.unwrap();
    assert!(!release.stable_types.contains("002_step"), "{}", release.stable_types);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_files_are_no_tree() {
    let toolchain = start().await;
    let many = chain(10_000);
    assert!(matches!(toolchain.build(&many, |_| {}).await, Err(BuildError::Source(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_compiler_of_chains_comes_on_demand_and_leaves() {
    let pids = tempfile::NamedTempFile::new().unwrap();
    let mut config = noting_pids(config(), pids.path());
    config.limits.idle = Duration::ZERO;
    let toolchain = Toolchain::start(config).await.unwrap();
    let noted = || std::fs::read_to_string(pids.path()).unwrap();
    assert_eq!(noted().lines().count(), 2, "nobody needed it yet");
    for round in 1..=2 {
        onto(&toolchain, 1, &LiveChain::default()).await.unwrap();
        assert_eq!(noted().lines().count(), 2 + round);
        while noted().lines().last().is_some_and(is_running) {
            tokio::task::yield_now().await;
        }
    }
    assert!(noted().lines().take(2).all(is_running), "the others stay");
}
