//! Bytes altered behind the program's back: noticed where they are met, nobody is answered from them, others are.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use candid::{Nat, Principal};
use execution::{BadState, Damage, registry::calls::RestoreArg};
use state::{delta::MemoryKind, store::FoldJob};

use crate::{
    apps::{named_app, publish_arg},
    harness::{Node, OWNER, World},
};

const GUEST: Principal = Principal::from_slice(&[1; 29]);
/// Bytes that are easy to find in a file.
const NEEDLE: &str = "a name that nobody else has";

impl Node<'_> {
    async fn size(&self, app: Principal) -> Result<Nat, String> {
        self.query(GUEST, app, "size", ()).await
    }

    async fn damage(&self) -> Vec<Damage> {
        self.replica.read(|executor| executor.damage()).await.expect("runs")
    }
}

/// Two apps with data, folded; the first one has a version 1 to go back to.
async fn two_apps(world: &World) -> (Principal, Principal) {
    let node = world.start();
    let (first, module) = named_app(&node, "first").await;
    let (second, _) = named_app(&node, "second").await;
    node.call::<Nat>(GUEST, first.backend, "add", ("kept",)).await.expect("adds");
    node.workshop::<u64>("publish", (publish_arg(first.backend, 1, module),)).await.expect("publishes");
    for app in [first.backend, second.backend] {
        node.call::<Nat>(GUEST, app, "add", (NEEDLE,)).await.expect("adds");
    }
    node.replica.shut_down();
    (first.backend, second.backend)
}

/// Flips a bit of the needle in the live memory of an app.
fn flip(world: &World, app: Principal) {
    let stem: String = app.as_slice().iter().map(|byte| format!("{byte:02x}")).collect();
    let files = world.disk.synced_files();
    let live = files.iter().filter(|(name, _)| name.starts_with(&format!("images/{stem}-heap-0-")));
    let found = live.flat_map(|(name, bytes)| {
        let places = bytes.windows(NEEDLE.len()).enumerate().filter(|(_, window)| *window == NEEDLE.as_bytes());
        places.map(move |(at, _)| (name.clone(), at))
    });
    let places: Vec<_> = found.collect();
    assert!(!places.is_empty(), "the needle is in none of {:?}", files.keys().collect::<Vec<_>>());
    for (name, at) in places {
        assert!(world.disk.flip(&name, at + 2, 1));
    }
}

#[tokio::test]
async fn an_altered_app_is_refused_until_a_version_is_brought_back_and_others_go_on() {
    let world = World::new();
    let (first, second) = two_apps(&world).await;
    flip(&world, first);
    let node = world.start();
    let refused = node.size(first).await.expect_err("nobody is answered from it");
    assert!(
        refused.contains(&first.to_text()) && refused.contains("altered") && refused.contains("restore"),
        "{refused}"
    );
    let refused = node.call::<Nat>(GUEST, first, "add", ("more",)).await.expect_err("nor let change it");
    assert!(refused.contains("altered"), "{refused}");
    assert_eq!(node.size(second).await, Ok(Nat::from(1u8)));
    node.call::<Nat>(GUEST, second, "add", ("more",)).await.expect("the other takes calls");
    let damage = node.damage().await;
    assert_eq!(
        damage.iter().map(|d| (d.canister, d.point, d.kind)).collect::<Vec<_>>(),
        [(first, 0, MemoryKind::Heap)]
    );
    // The next start finds it again.
    node.replica.shut_down();
    let node = world.start();
    node.size(first).await.expect_err("still altered");
    assert_eq!(node.damage().await, damage);
    let arg = RestoreArg {
        app: first,
        version: 1,
        on_version: 2,
        message: "back".into(),
        by: OWNER,
        leave_out: vec![],
        end_calls: false,
    };
    node.workshop::<u64>("restore", (arg,)).await.expect("restores");
    assert_eq!(node.size(first).await, Ok(Nat::from(1u8)));
    node.call::<Nat>(GUEST, first, "add", ("more",)).await.expect("takes calls again");
    // The damaged data was put aside as version 2, which can't be brought back.
    assert_eq!(node.damage().await.iter().map(|d| (d.canister, d.point)).collect::<Vec<_>>(), [(first, 2)]);
    let arg = RestoreArg {
        app: first,
        version: 2,
        on_version: 3,
        message: "no".into(),
        by: OWNER,
        leave_out: vec![],
        end_calls: false,
    };
    let refused = node.workshop::<u64>("restore", (arg,)).await.expect_err("is damaged");
    assert!(refused.contains("version 2 was altered"), "{refused}");
}

#[tokio::test]
async fn the_scrub_finds_what_nobody_uses() {
    let mut world = World::new();
    let (first, second) = two_apps(&world).await;
    flip(&world, second);
    let moment = Duration::from_millis(1);
    world.scrub = replication::ScrubPace { step_bytes: 64 << 10, between_steps: moment, between_rounds: moment };
    let node = world.start();
    while node.replica.scrub_progress().rounds == 0 {
        tokio::time::sleep(moment).await;
    }
    assert_eq!(node.damage().await.iter().map(|d| d.canister).collect::<Vec<_>>(), [second]);
    assert_eq!(node.size(first).await, Ok(Nat::from(2u8)));
}

#[tokio::test]
async fn sound_memory_is_never_called_damaged() {
    let mut world = World::new();
    let (first, _) = two_apps(&world).await;
    let moment = Duration::from_millis(1);
    world.scrub = replication::ScrubPace { step_bytes: 16 << 10, between_steps: moment, between_rounds: moment };
    let node = world.start();
    let mut added = 2u32;
    while node.replica.scrub_progress().rounds < 3 {
        node.call::<Nat>(GUEST, first, "add", ("more",)).await.expect("adds");
        added += 1;
    }
    assert_eq!(node.damage().await, []);
    assert_eq!(node.size(first).await, Ok(Nat::from(added)));
}

#[tokio::test]
async fn records_that_are_not_what_was_certified_stop_the_start() {
    let world = World::new();
    let (first, _) = two_apps(&world).await;
    assert!(world.executor().is_ok());
    let storage = Arc::new(world.disk.clone());
    let (mut folder, _, recovered) = state::store::open(storage, 256 << 10).expect("recovers");
    // Someone who knows the format takes a canister out, checksums and all.
    let records = BTreeMap::from([([b"c/", first.as_slice()].concat(), None)]);
    let (height, root) = (recovered.height, recovered.root);
    folder.fold(FoldJob { height, root, records, memories: vec![] }).expect("folds");
    drop(folder);
    assert!(matches!(world.executor(), Err(BadState::Altered(at)) if at == height));
}
