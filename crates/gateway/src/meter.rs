//! Quotas over time: the instructions and the memory that an app, and a caller of it, may use.
//!
//! What a message takes is known only when it has run. So admission asks whether there is anything left, and what was
//! used is charged afterwards, into debt if need be; time pays it back. The books are this node's own and no part of
//! the replicated state.
//!
//! Invariant: the books' memory is bounded: an account that time has filled up again is forgotten.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use candid::Principal;
use protocol::CanisterId;
use serde::{Deserialize, Serialize};

use crate::limits::network_of;
use crate::refusal::Refused;

/// What running messages took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// WebAssembly instructions, as the node counts them.
    pub instructions: u64,
    /// Bytes by which the canister's memories grew.
    pub grown_bytes: u64,
}

/// How much may be used: so much at once, and so much per second in the long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Refilled per second; at least 1 counts.
    pub per_second: u64,
    /// What a full account holds.
    pub burst: u64,
}

/// Quotas of one node, for every app and every caller alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Instructions of one app, whoever causes them, its timers included.
    pub app_instructions: Budget,
    /// Bytes by which one app's memory may grow.
    pub app_growth_bytes: Budget,
    /// Instructions that one caller may cause in one app.
    pub caller_instructions: Budget,
    /// Bytes by which one caller may make one app's memory grow.
    pub caller_growth_bytes: Budget,
}

impl Default for Quotas {
    fn default() -> Self {
        Quotas {
            app_instructions: Budget { per_second: 1_000_000_000, burst: 60_000_000_000 },
            app_growth_bytes: Budget { per_second: 1 << 20, burst: 4 << 30 },
            caller_instructions: Budget { per_second: 500_000_000, burst: 20_000_000_000 },
            caller_growth_bytes: Budget { per_second: 256 << 10, burst: 1 << 30 },
        }
    }
}

/// Who is charged. Queries without a key count by address; updates without a key count all together, because the
/// address is not part of what is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// Somebody with a key, or the anonymous principal.
    Key(Principal),
    /// Somebody without one, by address.
    Address(IpAddr),
}

impl Caller {
    /// Who is charged for a query.
    pub(crate) fn of_query(sender: Principal, peer: IpAddr) -> Caller {
        if sender == Principal::anonymous() { Caller::Address(network_of(peer)) } else { Caller::Key(sender) }
    }
}

/// The accounts of apps and callers.
pub struct Meter {
    app_instructions: Accounts<CanisterId>,
    app_growth: Accounts<CanisterId>,
    caller_instructions: Accounts<(Caller, CanisterId)>,
    caller_growth: Accounts<(Caller, CanisterId)>,
}

impl Meter {
    /// Full accounts under these quotas.
    pub fn new(quotas: &Quotas) -> Meter {
        Meter {
            app_instructions: Accounts::new(quotas.app_instructions),
            app_growth: Accounts::new(quotas.app_growth_bytes),
            caller_instructions: Accounts::new(quotas.caller_instructions),
            caller_growth: Accounts::new(quotas.caller_growth_bytes),
        }
    }

    /// Charges what was used; `caller` is `None` for what an app did by itself.
    pub fn charge(&self, app: CanisterId, caller: Option<Caller>, spent: Spent) {
        self.charge_at(Instant::now(), app, caller, spent);
    }

    fn charge_at(&self, now: Instant, app: CanisterId, caller: Option<Caller>, spent: Spent) {
        self.app_instructions.charge(now, app, spent.instructions);
        self.app_growth.charge(now, app, spent.grown_bytes);
        if let Some(caller) = caller {
            self.caller_instructions.charge(now, (caller, app), spent.instructions);
            self.caller_growth.charge(now, (caller, app), spent.grown_bytes);
        }
    }

    /// Whether a query may run.
    pub(crate) fn query(&self, app: CanisterId, caller: Caller) -> Result<(), Refused> {
        let now = Instant::now();
        refuse(
            self.caller_instructions.wait(now, &(caller, app)),
            "you have",
            "computing",
            "that one caller may cause",
        )?;
        refuse(self.app_instructions.wait(now, &app), "this app has", "computing", "of one app")
    }

    /// Whether an update may run. Memory that grew never counts against reading.
    pub(crate) fn update(&self, app: CanisterId, caller: Caller) -> Result<(), Refused> {
        self.query(app, caller)?;
        let now = Instant::now();
        refuse(self.caller_growth.wait(now, &(caller, app)), "you have", "memory", "that one caller may fill")?;
        refuse(self.app_growth.wait(now, &app), "this app has", "memory growth", "of one app")
    }
}

fn refuse(wait: Option<Duration>, who: &str, what: &str, whose: &str) -> Result<(), Refused> {
    let Some(wait) = wait else { return Ok(()) };
    let seconds = (wait.as_secs_f64().ceil() as u64).max(1);
    Err(Refused {
        status: StatusCode::TOO_MANY_REQUESTS,
        message: format!(
            "{who} used up the quota of {what} {whose}; try again in {seconds} s (the node's owner sets quotas in \
             limits.toml)"
        ),
        retry_after: Some(seconds),
    })
}

/// One kind of account by key. What is not there is full.
struct Accounts<K> {
    budget: Budget,
    open: Mutex<Open<K>>,
}

struct Open<K> {
    by_key: HashMap<K, Account>,
    /// The number of accounts at which full ones are next looked for.
    sweep_at: usize,
}

#[derive(Clone, Copy)]
struct Account {
    /// Used and not yet paid back, as of `at`.
    used: u64,
    at: Instant,
}

impl<K: Hash + Eq> Accounts<K> {
    /// Accounts below which no sweep is made.
    const SWEEP_MIN: usize = 4096;

    fn new(budget: Budget) -> Self {
        let open = Open { by_key: HashMap::new(), sweep_at: Self::SWEEP_MIN };
        Accounts { budget, open: Mutex::new(open) }
    }

    fn charge(&self, now: Instant, key: K, amount: u64) {
        if amount == 0 {
            return;
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.by_key.len() >= open.sweep_at {
            open.by_key.retain(|_, account| account.used_at(now, self.budget) > 0);
            open.sweep_at = (2 * open.by_key.len()).max(Self::SWEEP_MIN);
        }
        let account = open.by_key.entry(key).or_insert(Account { used: 0, at: now });
        *account = Account { used: account.used_at(now, self.budget).saturating_add(amount), at: now };
    }

    /// How long until something is left again; `None` if something is.
    fn wait(&self, now: Instant, key: &K) -> Option<Duration> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let used = open.by_key.get(key)?.used_at(now, self.budget);
        let over = used.checked_sub(self.budget.burst)?;
        Some(Duration::from_secs_f64(over as f64 / self.budget.per_second.max(1) as f64))
    }
}

impl Account {
    fn used_at(self, now: Instant, budget: Budget) -> u64 {
        let passed = now.saturating_duration_since(self.at).as_nanos();
        let paid = passed * u128::from(budget.per_second.max(1)) / 1_000_000_000;
        self.used.saturating_sub(u64::try_from(paid).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Budget = Budget { per_second: 10, burst: 100 };

    #[test]
    fn debt_is_paid_by_time() {
        let (accounts, now) = (Accounts::new(TEN), Instant::now());
        assert_eq!(accounts.wait(now, &1), None);
        accounts.charge(now, 1, 90);
        assert_eq!(accounts.wait(now, &1), None, "something is left");
        accounts.charge(now, 1, 60);
        assert_eq!(accounts.wait(now, &1), Some(Duration::from_secs(5)));
        assert_eq!(accounts.wait(now, &2), None, "another account");
        assert_eq!(accounts.wait(now + Duration::from_secs(6), &1), None);
    }

    #[test]
    fn full_accounts_are_forgotten() {
        let (accounts, now) = (Accounts::new(TEN), Instant::now());
        let count = Accounts::<usize>::SWEEP_MIN;
        (0..count).for_each(|key| accounts.charge(now, key, 1));
        accounts.charge(now + Duration::from_secs(1), count, 1);
        assert_eq!(accounts.open.lock().expect("not poisoned").by_key.len(), 1);
    }

    #[test]
    fn each_quota_is_named() {
        let now = Instant::now();
        let (app, caller) = (CanisterId::REGISTRY, Caller::Key(Principal::management_canister()));
        let message = |result: Result<(), Refused>| result.expect_err("used up").message;
        let small = Budget { per_second: 1, burst: 1 };
        let big = Budget { per_second: 1, burst: 1 << 40 };
        let quotas = Quotas {
            app_instructions: big,
            app_growth_bytes: big,
            caller_instructions: big,
            caller_growth_bytes: small,
        };
        let meter = Meter::new(&quotas);
        meter.charge_at(now, app, Some(caller), Spent { instructions: 5, grown_bytes: 5 });
        assert!(meter.query(app, caller).is_ok(), "reading goes on when memory is used up");
        assert!(message(meter.update(app, caller)).contains("memory that one caller may fill"));
        let meter = Meter::new(&Quotas { app_instructions: small, ..quotas });
        meter.charge_at(now, app, None, Spent { instructions: 5, grown_bytes: 0 });
        assert!(message(meter.query(app, caller)).contains("this app has used up the quota of computing of one app"));
    }
}
