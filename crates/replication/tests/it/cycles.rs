//! What a canister may spend, when it is frozen, and who makes cycles from nothing.

use candid::{Nat, Principal};
use execution::{ExecutionConfig, IdlePrices, MANAGEMENT, Provisional, Query};
use ic_management_canister_types::{
    CanisterIdRecord, CanisterSettings, ProvisionalCreateCanisterWithCyclesArgs, ProvisionalTopUpCanisterArgs,
};
use state::{replicated::Payload, storage::simulated::Crash};

use crate::{
    bounds::{Calls, limits_wasm, numbers},
    harness::{Node, OWNER, World},
    management::{STRANGER, encoded, record},
};

const HOUR_NS: u64 = 3_600_000_000_000;
const DAY_SECONDS: u128 = 86_400;

fn priced(config: &mut ExecutionConfig) {
    config.idle_prices = IdlePrices::PUBLISHED;
}

fn amount(bytes: &[u8]) -> u128 {
    u128::from_le_bytes(bytes.try_into().expect("16 bytes"))
}

impl Node<'_> {
    async fn with_cycles(&self, cycles: u128) -> Principal {
        let arg = ProvisionalCreateCanisterWithCyclesArgs { amount: Some(Nat::from(cycles)), ..Default::default() };
        let made: CanisterIdRecord = self.manage("provisional_create_canister_with_cycles", (arg,)).await;
        self.install(made.canister_id, ic_management_canister_types::CanisterInstallMode::Install, &limits_wasm())
            .await
            .expect("installs");
        made.canister_id
    }

    pub(crate) async fn look(&self, id: Principal, method: &str) -> Result<Vec<u8>, state::replicated::Reject> {
        let query =
            Query { sender: STRANGER, canister: id, method: method.into(), arg: Vec::new(), data_certificate: None };
        match self.replica.query(query).await.expect("the replica runs").payload {
            Payload::Reply(bytes) => Ok(bytes),
            Payload::Reject(reject) => Err(reject),
        }
    }

    /// Balance, and what of it is liquid.
    async fn balances(&self, id: Principal) -> (u128, u128) {
        let told = self.look(id, "balances").await.expect("answers");
        (amount(&told[..16]), amount(&told[16..]))
    }

    async fn top_up(&self, id: Principal, cycles: u128) {
        let arg = ProvisionalTopUpCanisterArgs { canister_id: id, amount: Nat::from(cycles) };
        self.manage::<()>("provisional_top_up_canister", (arg,)).await;
    }

    /// What `canister_status` gives for the freezing limit: the daily burn over the threshold.
    async fn freezing_limit(&self, id: Principal) -> u128 {
        let status = self.status(id).await;
        let number = |nat: Nat| u128::try_from(nat.0).expect("fits");
        number(status.idle_cycles_burned_per_day) * number(status.settings.freezing_threshold) / DAY_SECONDS
    }

    /// The error code that an update ends with.
    async fn error(&self, id: Principal, method: &str, arg: Vec<u8>) -> String {
        let reject = self.bytes(STRANGER, id, method, arg).await.expect_err(method);
        reject.error_code.map(|code| code.to_string()).unwrap_or_default()
    }
}

fn threshold(seconds: u64) -> CanisterSettings {
    CanisterSettings { freezing_threshold: Some(Nat::from(seconds)), ..Default::default() }
}

#[tokio::test]
async fn where_nothing_costs_anything_all_cycles_are_liquid() {
    let world = World::new();
    let node = world.start();
    let id = node.with_cycles(1000).await;
    node.set(id, threshold(u64::MAX)).await.expect("sets");
    world.clock.advance(1000 * HOUR_NS);
    node.bytes(STRANGER, id, "note", vec![1; 4]).await.expect("runs");
    assert_eq!(node.balances(id).await, (1000, 1000));
    assert_eq!(node.status(id).await.idle_cycles_burned_per_day, Nat::from(0u8));
    let burned = node.bytes(STRANGER, id, "burn", 2000u64.to_le_bytes().to_vec()).await.expect("burns");
    assert_eq!(amount(&burned), 1000);
    node.bytes(STRANGER, id, "note", vec![1; 4]).await.expect("runs with nothing");
}

#[tokio::test]
async fn what_must_be_kept_can_not_be_spent() {
    let world = World::new();
    let node = world.start_with(priced);
    let id = node.with_cycles(1_000_000_000).await;
    let limit = node.freezing_limit(id).await;
    assert!(limit > 0);
    let (balance, liquid) = node.balances(id).await;
    assert_eq!(liquid, balance - limit);
    node.bytes(STRANGER, id, "grow", 3u32.to_le_bytes().to_vec()).await.expect("grows");
    let larger = node.freezing_limit(id).await;
    assert!(larger > limit);
    assert_eq!(node.balances(id).await, (balance, balance - larger));
    let refused = node.bytes(STRANGER, id, "grow", 2000u32.to_le_bytes().to_vec()).await.expect_err("is too much");
    assert!(refused.message.contains("it must keep"), "{refused:?}");
    assert_eq!(node.balances(id).await, (balance, balance - larger), "nothing of it stayed");
    let allocated = CanisterSettings {
        memory_allocation: Some(Nat::from(1u64 << 22)),
        compute_allocation: Some(Nat::from(1u8)),
        freezing_threshold: Some(Nat::from(10u8)),
        ..Default::default()
    };
    node.set(id, allocated).await.expect("sets");
    let prices = IdlePrices::PUBLISHED;
    let per_second = (prices.gib_second >> 8).max(1) + prices.compute_percent_second;
    assert!((per_second * 10..=(per_second + 1) * 10).contains(&node.freezing_limit(id).await));
    assert_eq!(node.balances(id).await.1, balance - node.freezing_limit(id).await);
    let burned = node.bytes(STRANGER, id, "burn", u64::MAX.to_le_bytes().to_vec()).await.expect("burns");
    assert_eq!(amount(&burned), balance - node.freezing_limit(id).await);
    assert_eq!(node.balances(id).await, (node.freezing_limit(id).await, 0));
}

#[tokio::test]
async fn a_canister_low_on_cycles_is_frozen_until_it_is_topped_up() {
    let world = World::new();
    let node = world.start_with(priced);
    let (id, other) = (node.with_cycles(1_000_000_000).await, node.with_cycles(1_000_000_000_000).await);
    node.bytes(STRANGER, id, "burn", u64::MAX.to_le_bytes().to_vec()).await.expect("burns");
    node.bytes(STRANGER, id, "note", vec![1; 4]).await.expect("has just what it must keep");
    let per_day = node.status(id).await.idle_cycles_burned_per_day;
    let (before, _) = node.balances(id).await;
    let timer_at = state_time(&node).await + HOUR_NS;
    node.bytes(STRANGER, id, "set_timer", timer_at.to_le_bytes().to_vec()).await.expect("sets");
    world.clock.advance(24 * HOUR_NS);
    node.bytes(STRANGER, other, "note", vec![1; 4]).await.expect("runs");
    let now = u128::try_from(node.status(id).await.cycles.0).expect("fits");
    // It first paid when it was installed, a few batches before.
    let paid = Nat::from(before - now);
    assert!(paid.clone() + 1u8 >= per_day && paid <= per_day, "{paid} of {per_day} a day");
    assert_eq!(node.error(id, "note", vec![2; 4]).await, "IC0207");
    let refused = node.look(id, "notes").await.expect_err("is frozen");
    assert_eq!(refused.error_code.map(|code| code.to_string()).as_deref(), Some("IC0207"));
    let upgrade = ic_management_canister_types::CanisterInstallMode::Upgrade(None);
    node.install(id, upgrade, &limits_wasm()).await.expect_err("is frozen");
    let calls = Calls { count: 3, cycles: 7, ..Calls::to(id, "take") };
    assert_eq!(node.many(other, &calls).await, [3, 0]);
    assert_eq!(node.answers(other).await, [0, 3]);
    world.disk.crash(Crash::Dropped);
    drop(node);
    let node = world.start_with(priced);
    assert_eq!(node.error(id, "note", vec![2; 4]).await, "IC0207");
    node.top_up(id, 1_000_000_000).await;
    node.bytes(STRANGER, id, "note", vec![3; 4]).await.expect("is thawed");
    let timer = u32::MAX - 1;
    let notes = numbers(&node.look(id, "notes").await.expect("is thawed"));
    assert_eq!(notes.iter().filter(|note| **note != timer).copied().collect::<Vec<_>>(), [0x0101_0101, 0x0303_0303]);
    assert!(notes.contains(&timer), "the timer waited");
    assert_eq!(node.many(other, &calls).await, [3, 0]);
    assert_eq!(node.answers(other).await, [3, 3]);
    // A shorter threshold thaws too.
    node.bytes(STRANGER, id, "burn", u64::MAX.to_le_bytes().to_vec()).await.expect("burns");
    world.clock.advance(24 * HOUR_NS);
    node.bytes(STRANGER, other, "note", vec![1; 4]).await.expect("runs");
    assert_eq!(node.error(id, "note", vec![2; 4]).await, "IC0207");
    node.set(id, threshold(60)).await.expect("sets");
    node.bytes(STRANGER, id, "note", vec![3; 4]).await.expect("is thawed");
}

/// The state's time, ns.
async fn state_time(node: &Node<'_>) -> u64 {
    let query = Query {
        sender: OWNER,
        canister: MANAGEMENT,
        method: "nothing".into(),
        arg: Vec::new(),
        data_certificate: None,
    };
    node.replica.query(query).await.expect("the replica runs").time
}

#[tokio::test]
async fn a_call_must_bring_the_cycles_that_a_canister_asks_for() {
    let world = World::new();
    let node = world.start();
    let (id, other) = (node.with_cycles(1000).await, node.with_cycles(1000).await);
    let least = CanisterSettings { minimum_incoming_canister_call_cycles: Some(Nat::from(10u8)), ..Default::default() };
    node.set(id, least).await.expect("sets");
    node.many(other, &Calls { cycles: 9, ..Calls::to(id, "take") }).await;
    assert_eq!((node.answers(other).await, node.balances(other).await.0), ([0, 1], 1000));
    node.many(other, &Calls { cycles: 10, ..Calls::to(id, "take") }).await;
    assert_eq!((node.answers(other).await, node.balances(other).await.0), ([1, 1], 990));
    assert_eq!(node.balances(id).await.0, 1010);
    // Neither users nor the canister itself need bring any.
    node.bytes(STRANGER, id, "note", vec![1; 4]).await.expect("runs");
    node.many(id, &Calls::to(id, "note")).await;
    assert_eq!(node.answers(id).await, [1, 0]);
}

#[tokio::test]
async fn provisional_methods_are_for_those_whom_the_node_names() {
    let world = World::new();
    let node = world.start_with(|config| config.provisional = Provisional::Only([OWNER].into()));
    let create = || encoded((ProvisionalCreateCanisterWithCyclesArgs::default(),));
    let method = "provisional_create_canister_with_cycles";
    let refused = node.bytes(STRANGER, MANAGEMENT, method, create()).await.expect_err("is not named");
    assert!(refused.message.contains("not open to"), "{refused:?}");
    let id = node.with_cycles(1000).await;
    let top_up = encoded((ProvisionalTopUpCanisterArgs { canister_id: id, amount: Nat::from(1u8) },));
    node.bytes(STRANGER, MANAGEMENT, "provisional_top_up_canister", top_up.clone()).await.expect_err("is not named");
    // Nor is a canister a way around it.
    for (method, arg) in [(method, create()), ("provisional_top_up_canister", top_up)] {
        node.many(id, &Calls { arg, ..Calls::to(MANAGEMENT, method) }).await;
    }
    assert_eq!((node.answers(id).await, node.balances(id).await), ([0, 2], (1000, 1000)));
    node.top_up(id, 5).await;
    assert_eq!(node.balances(id).await.0, 1005);
    assert_eq!(node.refused(STRANGER, "canister_status", record(id)).await, "IC0512");
}
