//! What people rely on, seen through calls alone.

use std::sync::atomic::{AtomicU64, Ordering};

use candid::Principal;
use execution::registry::{
    Standing,
    calls::{AppArg, CreateAppArg, CreatedApp, EnrolArg, InviteArg, Invited, Outcome, PublishArg, RestoreArg},
};
use replication::Clock as _;
use state::storage::simulated::Crash;

use crate::{
    harness::{Node, OWNER, World},
    motoko::guests_wasm,
};

const GUEST: Principal = Principal::from_slice(&[1; 29]);

pub(crate) fn publish_arg(app: Principal, on_version: u64, module: [u8; 32]) -> PublishArg {
    PublishArg {
        app,
        on_version,
        module,
        assets: vec![],
        roles: vec![execution::registry::RoleDefinition {
            id: "guest".into(),
            label: "Guest".into(),
            invited_by: vec![],
        }],
        title: "Party".into(),
        source: [0; 32],
        verdict: [0; 32],
        manifest: [0; 32],
        message: "a party".into(),
        by: OWNER,
        approved: vec![],
    }
}

/// A live app, version 1.
async fn live_app(node: &Node<'_>) -> (CreatedApp, [u8; 32]) {
    named_app(node, "party").await
}

pub(crate) async fn named_app(node: &Node<'_>, name: &str) -> (CreatedApp, [u8; 32]) {
    node.workshop::<()>("enrol", (EnrolArg { person: "owner".into(), key: OWNER },)).await.expect("enrols");
    let arg = CreateAppArg { name: name.into(), title: "Party".into(), owner: "owner".into() };
    let app: CreatedApp = node.workshop("create_app", (arg,)).await.expect("creates");
    let module = node.world.blobs.put(guests_wasm()).expect("puts");
    let version: u64 = node.workshop("publish", (publish_arg(app.backend, 0, module),)).await.expect("publishes");
    assert_eq!(version, 1);
    (app, module)
}

#[tokio::test]
async fn answered_updates_survive_a_crash_and_traps_leave_nothing() {
    let world = World::new();
    let node = world.start();
    let (app, _) = live_app(&node).await;
    for i in 0..50u32 {
        let id: candid::Nat = node.call(GUEST, app.backend, "add", (format!("guest {i}"),)).await.expect("adds");
        assert_eq!(id, candid::Nat::from(i));
    }
    let error = node.call::<()>(GUEST, app.backend, "addThenTrap", ("x",)).await.expect_err("traps");
    assert!(error.contains("on purpose"), "{error}");
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    let size: candid::Nat = node.query(GUEST, app.backend, "size", ()).await.expect("answers");
    assert_eq!(size, candid::Nat::from(50u8));
    let id: candid::Nat = node.call(GUEST, app.backend, "addTwo", ("a", "b")).await.expect("calls itself");
    assert_eq!(id, candid::Nat::from(51u8));
    node.replica.shut_down();
    let node = world.start();
    let seen: Option<String> =
        node.query(GUEST, app.backend, "get", (candid::Nat::from(51u8),)).await.expect("answers");
    assert_eq!(seen.as_deref(), Some("b"));
}

#[tokio::test]
async fn the_backend_is_told_who_calls() {
    let world = World::new();
    let node = world.start();
    let (app, _) = live_app(&node).await;
    let role = |who| node.call::<String>(who, app.backend, "role", ());
    assert_eq!(role(OWNER).await.as_deref(), Ok("owner"));
    assert_eq!(role(GUEST).await.as_deref(), Ok("visitor"));
    let arg = InviteArg { app: app.backend, role: "guest".into(), name: "Ada".into(), member: None };
    let invited: Outcome<Invited> =
        node.call(OWNER, execution::REGISTRY, "invite", (arg.clone(),)).await.expect("replies");
    let Outcome::Ok(invited) = invited else { panic!("{invited:?}") };
    let stranger: Outcome<Invited> = node.call(GUEST, execution::REGISTRY, "invite", (arg,)).await.expect("replies");
    assert!(matches!(stranger, Outcome::Err(_)));
    let standing: Outcome<Standing> =
        node.call(GUEST, execution::REGISTRY, "redeem", (invited.token,)).await.expect("replies");
    assert!(matches!(standing, Outcome::Ok(standing) if standing.role == "guest"));
    assert_eq!(role(GUEST).await.as_deref(), Ok("guest"));
    assert_eq!(node.query::<String>(GUEST, app.backend, "roleSeen", ()).await.as_deref(), Ok("guest"));
    assert_eq!(node.query::<String>(OWNER, app.backend, "roleSeen", ()).await.as_deref(), Ok("owner"));
}

#[tokio::test]
async fn a_loop_is_stopped_and_the_app_goes_on() {
    let world = World::new();
    let node = world.start();
    let (app, _) = live_app(&node).await;
    let error = node.call::<()>(GUEST, app.backend, "spin", ()).await.expect_err("is stopped");
    assert!(error.contains("instructions"), "{error}");
    node.call::<candid::Nat>(GUEST, app.backend, "add", ("after",)).await.expect("goes on");
}

#[tokio::test]
async fn timers_go_off_when_their_time_has_come() {
    let world = World::new();
    let node = world.start();
    let (app, _) = live_app(&node).await;
    node.call::<()>(GUEST, app.backend, "startTimer", ()).await.expect("starts");
    node.replica.tick().await.expect("ticks");
    let ticks: candid::Nat = node.query(GUEST, app.backend, "tickCount", ()).await.expect("answers");
    assert_eq!(ticks, candid::Nat::from(0u8));
    world.clock.advance(1_100_000_000);
    for _ in 0..3 {
        node.replica.tick().await.expect("ticks");
    }
    let ticks: candid::Nat = node.query(GUEST, app.backend, "tickCount", ()).await.expect("answers");
    assert_eq!(ticks, candid::Nat::from(1u8), "at {}", world.clock.now());
}

#[tokio::test]
async fn an_upgrade_keeps_the_data_and_a_restore_brings_it_back() {
    let world = World::new();
    let node = world.start();
    let (app, module) = live_app(&node).await;
    node.call::<candid::Nat>(GUEST, app.backend, "add", ("kept",)).await.expect("adds");
    let two: u64 = node.workshop("publish", (publish_arg(app.backend, 1, module),)).await.expect("publishes");
    assert_eq!(two, 2);
    node.call::<candid::Nat>(GUEST, app.backend, "add", ("newer",)).await.expect("adds");
    let stale = node.workshop::<u64>("publish", (publish_arg(app.backend, 1, module),)).await.expect_err("stale");
    assert!(stale.contains("went live meanwhile"), "{stale}");
    let arg = RestoreArg {
        app: app.backend,
        version: 1,
        on_version: 2,
        message: "back".into(),
        by: OWNER,
        leave_out: vec![],
        end_calls: false,
    };
    let three: u64 = node.workshop("restore", (arg,)).await.expect("restores");
    assert_eq!(three, 3);
    let counted: candid::Nat = node.query(GUEST, app.backend, "size", ()).await.expect("answers");
    assert_eq!(counted, candid::Nat::from(1u8));
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start();
    let counted: candid::Nat = node.query(GUEST, app.backend, "size", ()).await.expect("answers");
    assert_eq!(counted, candid::Nat::from(1u8));
    // What was set aside is version 2's point, and comes back the same way.
    let arg = RestoreArg {
        app: app.backend,
        version: 2,
        on_version: 3,
        message: "forth".into(),
        by: OWNER,
        leave_out: vec![],
        end_calls: false,
    };
    node.workshop::<u64>("restore", (arg,)).await.expect("restores");
    let counted: candid::Nat = node.query(GUEST, app.backend, "size", ()).await.expect("answers");
    assert_eq!(counted, candid::Nat::from(2u8));
    node.call::<candid::Nat>(GUEST, app.backend, "add", ("on",)).await.expect("goes on");
}

#[tokio::test]
async fn what_messages_take_is_told_with_who_caused_it() {
    let world = World::new();
    let node = world.start();
    let (app, _) = live_app(&node).await;
    let sum = |caller: Option<Principal>| {
        let used = world.used.lock().expect("not poisoned");
        let of_app = used.iter().filter(|usage| usage.canister == app.backend && usage.caller == caller);
        of_app.fold((0, 0), |(i, m), usage| (i + usage.spent.instructions, m + usage.spent.grown_bytes))
    };
    let (installing, memory) = sum(None);
    assert!(installing > 0 && memory > 0, "installing is the app's own");
    node.call::<candid::Nat>(GUEST, app.backend, "add", ("a guest",)).await.expect("adds");
    let (adding, _) = sum(Some(GUEST));
    assert!(adding > 0);
    // A call that is stopped at its limit is charged for all that it took.
    node.call::<()>(GUEST, app.backend, "spin", ()).await.expect_err("is stopped");
    assert!(sum(Some(GUEST)).0 >= adding + world.update_instructions);
    node.replica.shut_down();
}

#[tokio::test]
async fn queries_beside_updates_see_whole_batches_and_what_was_answered() {
    let world = World::new();
    let node = world.start();
    let (app, module) = live_app(&node).await;
    let done = AtomicU64::new(0);
    let updates = async {
        for i in 0..200u64 {
            // Growth, traps, upgrades, folds and restores happen in between.
            match i {
                50 => drop(node.call::<()>(GUEST, app.backend, "addThenTrap", ("x",)).await.expect_err("traps")),
                100 => {
                    let publish = (publish_arg(app.backend, 1, module),);
                    node.workshop::<u64>("publish", publish).await.map(drop).expect("publishes");
                }
                _ => {}
            }
            let name = "a guest with a long name ".repeat(1 + (i as usize % 40) * 20);
            node.call::<candid::Nat>(GUEST, app.backend, "add", (name,)).await.expect("adds");
            done.store(i + 1, Ordering::SeqCst);
        }
    };
    let queries = async {
        let mut seen = 0;
        loop {
            let answered = done.load(Ordering::SeqCst);
            let size: candid::Nat = node.query(GUEST, app.backend, "size", ()).await.expect("answers");
            let size = u64::try_from(size.0).expect("small");
            assert!(size >= answered, "an answered update is seen: {size} of {answered}");
            assert!(size >= seen, "time does not go back");
            seen = size;
            if answered == 200 {
                return;
            }
        }
    };
    tokio::join!(updates, queries, queries_only(&node, app.backend));
    node.replica.shut_down();
}

/// More readers at the same time, so that there are several views of one canister.
async fn queries_only(node: &Node<'_>, backend: Principal) {
    for _ in 0..100 {
        let ask = || node.query::<candid::Nat>(GUEST, backend, "size", ());
        let (a, b, c) = tokio::join!(ask(), ask(), ask());
        assert!(a.is_ok() && b.is_ok() && c.is_ok());
    }
}

#[tokio::test]
async fn a_best_effort_call_is_given_up_in_time_and_a_late_answer_is_dropped() {
    let world = World::new();
    let node = world.start();
    let (app, _) = live_app(&node).await;
    let (other, _) = named_app(&node, "other").await;
    let ask = || node.call::<String>(GUEST, app.backend, "askOther", (other.backend,));
    assert_eq!(ask().await.as_deref(), Ok("0"));
    // While the other app is held, nothing new starts there.
    node.workshop::<()>("hold", (AppArg { app: other.backend },)).await.expect("holds");
    let waits = ask();
    let time_passes = async {
        while !asked(&node, other.backend).await {
            tokio::task::yield_now().await;
        }
        world.clock.advance(2_000_000_000);
        node.replica.tick().await.expect("runs");
    };
    let (answer, ()) = tokio::join!(waits, time_passes);
    assert_eq!(answer.as_deref(), Ok("#system_unknown"));
    node.workshop::<()>("release", (AppArg { app: other.backend },)).await.expect("releases");
    // The call that nobody waited for any more did not run there, and the caller goes on as before.
    assert_eq!(ask().await.as_deref(), Ok("1"));
    let open = node.replica.read(move |executor| executor.state().canisters[&app.backend].system.callbacks.len());
    assert_eq!(open.await, Ok(0));
    node.replica.shut_down();
}

/// Whether a request waits at the canister.
async fn asked(node: &Node<'_>, canister: Principal) -> bool {
    let waiting = node.replica.read(move |executor| !executor.state().canisters[&canister].system.queue.is_empty());
    waiting.await.expect("runs")
}
