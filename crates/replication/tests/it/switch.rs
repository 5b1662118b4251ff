//! Switches: calls that are open, and a thousand of them in a row.

use candid::Principal;
use execution::registry::calls::{AppArg, CreateAppArg, CreatedApp, PublishArg, RestoreArg};
use state::storage::simulated::Crash;

use crate::{
    apps::{named_app, publish_arg},
    harness::{Node, OWNER, World},
};

const GUEST: Principal = Principal::from_slice(&[1; 29]);

fn back(app: Principal, version: u64, on_version: u64) -> RestoreArg {
    RestoreArg { app, version, on_version, message: "back".into(), by: OWNER, leave_out: vec![], end_calls: false }
}

async fn held(node: &Node<'_>, app: Principal) -> bool {
    node.replica.read(move |executor| executor.state().canisters[&app].system.held).await.expect("runs")
}

async fn open(node: &Node<'_>, app: Principal) -> usize {
    node.replica.read(move |executor| executor.open_calls(app).len()).await.expect("runs")
}

async fn until_open(node: &Node<'_>, app: Principal) {
    while open(node, app).await == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_switch_lets_go_in_its_own_batch_and_a_start_lets_go_of_the_rest() {
    let world = World::new();
    let node = world.start();
    let (app, module) = named_app(&node, "one").await;
    node.workshop::<()>("hold", (AppArg { app: app.backend },)).await.expect("holds");
    assert!(held(&node, app.backend).await);
    node.workshop::<u64>("publish", (publish_arg(app.backend, 1, module),)).await.expect("publishes");
    assert!(!held(&node, app.backend).await);
    node.workshop::<()>("hold", (AppArg { app: app.backend },)).await.expect("holds");
    let stale = node.workshop::<u64>("publish", (publish_arg(app.backend, 1, module),)).await.expect_err("stale");
    assert!(stale.contains("went live meanwhile"), "{stale}");
    assert!(held(&node, app.backend).await, "a switch that was refused lets go of nothing");
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    node.workshop::<()>("release_all", ()).await.expect("releases");
    node.call::<candid::Nat>(GUEST, app.backend, "add", ("a guest",)).await.expect("goes on");
    node.replica.shut_down();
}

/// `one` asks `other`, which is held and so never answers.
#[tokio::test]
async fn calls_that_never_end_can_be_ended_for_a_switch() {
    let world = World::new();
    let node = world.start();
    let (one, module) = named_app(&node, "one").await;
    let (other, _) = named_app(&node, "other").await;
    node.workshop::<()>("hold", (AppArg { app: other.backend },)).await.expect("holds");
    let waits = node.call::<String>(GUEST, one.backend, "askOtherForever", (other.backend,));
    let switch = async {
        until_open(&node, one.backend).await;
        let whose = node.replica.read(move |executor| executor.open_calls(one.backend)).await.expect("runs");
        assert_eq!(whose[0].caller, Some(GUEST));
        assert_eq!(whose[0].waits_for, [other.backend]);
        let refused = node.workshop::<()>("end_calls", (AppArg { app: one.backend },)).await.expect_err("not held");
        assert!(refused.contains("held"), "{refused}");
        node.workshop::<()>("hold", (AppArg { app: one.backend },)).await.expect("holds");
        let busy = node.workshop::<u64>("publish", (publish_arg(one.backend, 1, module),)).await.expect_err("busy");
        assert!(busy.contains("still open"), "{busy}");
        node.workshop::<()>("end_calls", (AppArg { app: one.backend },)).await.expect("ends");
        node.replica.tick().await.expect("ticks");
        assert_eq!(open(&node, one.backend).await, 0);
        // The program's own upgrade would refuse, were it still waiting inside.
        node.workshop::<u64>("publish", (publish_arg(one.backend, 1, module),)).await.expect("publishes");
    };
    let (answer, ()) = tokio::join!(waits, switch);
    assert_eq!(answer.as_deref(), Ok("#system_unknown"), "the program's own code answered");
    // The answer that comes after all is for nobody.
    node.workshop::<()>("release", (AppArg { app: other.backend },)).await.expect("releases");
    node.replica.tick().await.expect("ticks");
    node.call::<candid::Nat>(GUEST, one.backend, "add", ("a guest",)).await.expect("goes on");
    assert_eq!(open(&node, one.backend).await, 0);
    node.replica.shut_down();
}

#[tokio::test]
async fn a_restore_ends_open_calls_when_it_is_told_to() {
    let world = World::new();
    let node = world.start();
    let (one, module) = named_app(&node, "one").await;
    let (other, _) = named_app(&node, "other").await;
    node.workshop::<u64>("publish", (publish_arg(one.backend, 1, module),)).await.expect("publishes");
    node.workshop::<()>("hold", (AppArg { app: other.backend },)).await.expect("holds");
    let waits = node.call::<String>(GUEST, one.backend, "askOtherForever", (other.backend,));
    let restore = async {
        until_open(&node, one.backend).await;
        let busy = node.workshop::<u64>("restore", (back(one.backend, 1, 2),)).await.expect_err("busy");
        assert!(busy.contains("still open"), "{busy}");
        let arg = RestoreArg { end_calls: true, ..back(one.backend, 1, 2) };
        node.workshop::<u64>("restore", (arg,)).await.expect("restores");
    };
    let (answer, ()) = tokio::join!(waits, restore);
    let answer = answer.expect_err("its program is gone");
    assert!(answer.contains("the app was changed while your call was open"), "{answer}");
    node.workshop::<()>("release", (AppArg { app: other.backend },)).await.expect("releases");
    node.call::<candid::Nat>(GUEST, one.backend, "add", ("a guest",)).await.expect("goes on");
    assert_eq!(open(&node, one.backend).await, 0);
    node.replica.shut_down();
}

/// Says which version it is.
fn numbered(version: u64) -> Vec<u8> {
    let text = format!(
        r#"(module
          (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
          (import "ic0" "msg_reply" (func $reply))
          (memory 4)
          (data (i32.const 0) "DIDL\00\01\7d")
          (func (export "canister_update add")
            (i64.store (i32.const 70000)
              (i64.rem_u (i64.add (i64.load (i32.const 70000)) (i64.const 1)) (i64.const 100)))
            (call $append (i32.const 0) (i32.const 7)) (call $append (i32.const 70000) (i32.const 1)) (call $reply))
          (@custom "icp:private enhanced-orthogonal-persistence" "")
          (@custom "icp:public version" "{version}"))"#
    );
    wat::parse_str(text).expect("the module's text")
}

/// Changes in a row, and how many of them are counted together.
const CHANGES: u64 = 1000;
const TOGETHER: u64 = 100;

#[tokio::test]
async fn a_thousand_changes_in_a_row_take_the_same_work_each() {
    let world = World::new();
    let node = world.start();
    let arg = CreateAppArg { name: "one".into(), title: "One".into(), owner: "owner".into() };
    let app: CreatedApp = node.workshop("create_app", (arg,)).await.expect("creates");
    let mut work = Vec::new();
    let begun = std::time::Instant::now();
    for number in 1..=CHANGES {
        let module = world.blobs.put(&numbered(number % 7)).expect("puts");
        let before = world.disk.written();
        let arg = PublishArg { message: format!("change {number}"), ..publish_arg(app.backend, number - 1, module) };
        node.workshop::<()>("hold", (AppArg { app: app.backend },)).await.expect("holds");
        node.workshop::<u64>("publish", (arg,)).await.expect("publishes");
        let _ = node.call::<candid::Nat>(GUEST, app.backend, "add", ()).await.expect("adds");
        work.push(world.disk.written() - before);
    }
    let sums: Vec<u64> = work.chunks(TOGETHER as usize).map(|some| some.iter().sum::<u64>() / TOGETHER).collect();
    println!("bytes written for a change, by hundreds: {sums:?}; {:?} for all", begun.elapsed());
    let most = sums.iter().max().expect("some");
    assert!(*most < 10 * sums[0], "a later change takes more than ten times the work of the first: {sums:?}");
    node.replica.shut_down();
    // All of it is read again, in a start that does not depend on how many there were.
    let node = world.start();
    let backend = app.backend;
    let (versions, points) = node
        .replica
        .read(move |executor| (executor.state().registry.versions(backend).count(), executor.state().points.len()))
        .await
        .expect("runs");
    assert_eq!((versions, points), (CHANGES as usize, CHANGES as usize - 1));
    let back: u64 = node.workshop("restore", (back(backend, 500, CHANGES),)).await.expect("restores");
    assert_eq!(back, CHANGES + 1);
    node.replica.shut_down();
}
