//! The limits strangers are kept within, and the books that are kept for them.
//!
//! Invariant: the books' own memory is bounded: what was not seen for a while is forgotten, and a slot
//! is given back when its guard is dropped, however the request ended.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use candid::Principal;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use protocol::CanisterId;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::meter::Quotas;
use crate::refusal::Refused;

/// Limits of one gateway. All are on by default; the defaults suit one machine and some hundred users.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The largest body of a request to the interface, in bytes.
    pub interface_body_bytes: usize,
    /// The largest body of a request to the studio, in bytes; imports are files of this size.
    pub studio_body_bytes: usize,
    /// Bodies of more than 256 KiB that are read at once; further ones wait. This, times
    /// `interface_body_bytes`, bounds the memory that bodies take.
    pub large_bodies: usize,
    /// How long a connection may take to send a request's head, idle time included, in seconds.
    pub header_read_seconds: u64,
    /// How long a body may take to arrive, in seconds.
    pub body_read_seconds: u64,
    /// How long a peer may leave an answer unread before the connection is closed, in seconds.
    pub write_stall_seconds: u64,
    /// How long a request to the interface or to an app's site may take in all, in seconds.
    pub request_seconds: u64,
    /// How long a synchronous call waits for its outcome before it answers 202, in seconds.
    pub call_wait_seconds: u64,
    /// Connections open at once, in all.
    pub connections: usize,
    /// Connections open at once from one address.
    pub connections_per_peer: usize,
    /// Requests served at once, in all.
    pub requests: usize,
    /// Requests served at once for one address.
    pub requests_per_peer: usize,
    /// Requests from one address (for IPv6, one /64 network).
    pub peer_rate: Rate,
    /// Calls and queries of one sender to one canister.
    pub sender_rate: Rate,
    /// Requests to the site of one app, and calls and queries to one canister, whoever makes them.
    pub app_rate: Rate,
    /// Instructions and memory over time, of one app and of one caller.
    pub quotas: Quotas,
}

/// How often something may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// In the long run, per second.
    pub per_second: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

impl Rate {
    /// A rate; zeros count as one.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Rate { per_second: at_least_one(per_second), burst: at_least_one(burst) }
    }

    fn quota(self) -> Quota {
        Quota::per_second(self.per_second).allow_burst(self.burst)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            interface_body_bytes: 4 << 20,
            studio_body_bytes: 256 << 20,
            large_bodies: 128,
            header_read_seconds: 20,
            body_read_seconds: 30,
            write_stall_seconds: 30,
            request_seconds: 60,
            call_wait_seconds: 10,
            connections: 2048,
            connections_per_peer: 1024,
            requests: 1024,
            requests_per_peer: 512,
            peer_rate: Rate::new(4000, 8000),
            sender_rate: Rate::new(1000, 3000),
            app_rate: Rate::new(3000, 6000),
            quotas: Quotas::default(),
        }
    }
}

impl Limits {
    pub(crate) fn body_read(&self) -> Duration {
        Duration::from_secs(self.body_read_seconds)
    }

    pub(crate) fn request(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }

    pub(crate) fn call_wait(&self) -> Duration {
        Duration::from_secs(self.call_wait_seconds)
    }
}

/// The longest body that is read without waiting for a place.
const SMALL_BODY: u64 = 256 << 10;

/// The books.
pub(crate) struct Books {
    pub(crate) requests: Slots,
    pub(crate) connections: Slots,
    large_bodies: Semaphore,
    peers: RateBook<IpAddr>,
    senders: RateBook<(Principal, CanisterId)>,
    apps: RateBook<CanisterId>,
}

impl Books {
    pub(crate) fn new(limits: &Limits) -> Self {
        Books {
            requests: Slots::new(limits.requests, limits.requests_per_peer),
            connections: Slots::new(limits.connections, limits.connections_per_peer),
            large_bodies: Semaphore::new(limits.large_bodies.clamp(1, Semaphore::MAX_PERMITS)),
            peers: RateBook::new(limits.peer_rate),
            senders: RateBook::new(limits.sender_rate),
            apps: RateBook::new(limits.app_rate),
        }
    }

    /// Waits until a body of this length may be read; a body of unknown length counts as large.
    pub(crate) async fn body(&self, length: Option<u64>) -> Option<SemaphorePermit<'_>> {
        match length {
            Some(length) if length <= SMALL_BODY => None,
            // The semaphore is never closed, so there always comes a permit.
            _ => self.large_bodies.acquire().await.ok(),
        }
    }

    pub(crate) fn peer(&self, peer: IpAddr) -> Result<(), Refused> {
        self.peers.check(&network_of(peer), "requests from one address")
    }

    pub(crate) fn sender(&self, sender: Principal, canister: CanisterId) -> Result<(), Refused> {
        self.senders.check(&(sender, canister), "calls of one sender to one canister")
    }

    pub(crate) fn app(&self, canister: CanisterId) -> Result<(), Refused> {
        self.apps.check(&canister, "requests to one app")
    }
}

/// What counts as one peer: an IPv4 address, or an IPv6 network that is given to one customer.
pub(crate) fn network_of(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

/// Rates by key. Keys that are back at their full burst are forgotten from time to time.
struct RateBook<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    rate: Rate,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> RateBook<K> {
    /// Checks between two rounds of forgetting.
    const FORGET_EVERY: u32 = 4096;

    fn new(rate: Rate) -> Self {
        RateBook { limiter: RateLimiter::keyed(rate.quota()), rate, checks: AtomicU32::new(0) }
    }

    fn check(&self, key: &K, what: &str) -> Result<(), Refused> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % Self::FORGET_EVERY == Self::FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|until| {
            let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs_f64().ceil().max(1.0) as u64;
            Refused {
                status: StatusCode::TOO_MANY_REQUESTS,
                message: format!(
                    "too many {what}: the limit is {} per second, at most {} at once; try again in {seconds} s",
                    self.rate.per_second, self.rate.burst
                ),
                retry_after: Some(seconds),
            }
        })
    }
}

/// A number of places, in all and per peer.
pub(crate) struct Slots {
    all: usize,
    per_peer: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_peer: HashMap<IpAddr, usize>,
}

/// A place; dropping it gives it back.
pub(crate) struct Slot {
    taken: Arc<Mutex<Taken>>,
    peer: IpAddr,
}

impl Slots {
    fn new(all: usize, per_peer: usize) -> Self {
        Slots { all, per_peer, taken: Arc::default() }
    }

    /// Takes a place; the error says which limit is reached.
    pub(crate) fn take(&self, peer: IpAddr) -> Result<Slot, Refused> {
        let peer = network_of(peer);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.all {
            return Err(Refused::busy(
                format!("the node serves {} requests at once, which is its limit; try again in 1 s", self.all),
                1,
            ));
        }
        let of_peer = taken.by_peer.entry(peer).or_default();
        if *of_peer >= self.per_peer {
            return Err(Refused::busy(
                format!(
                    "the node serves {} requests of one address at once, which is the limit; try again in 1 s",
                    self.per_peer
                ),
                1,
            ));
        }
        *of_peer += 1;
        taken.all += 1;
        Ok(Slot { taken: self.taken.clone(), peer })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(of_peer) = taken.by_peer.get_mut(&self.peer) {
            *of_peer -= 1;
            if *of_peer == 0 {
                taken.by_peer.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const B: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn slots_are_given_back() {
        let slots = Slots::new(3, 2);
        let held = [slots.take(A), slots.take(A)];
        assert!(slots.take(A).is_err_and(|refused| refused.message.contains("of one address")));
        let other = slots.take(B);
        assert!(slots.take(B).is_err_and(|refused| refused.retry_after == Some(1)));
        drop((held, other));
        assert!(slots.take(A).is_ok());
        assert!(slots.taken.lock().expect("not poisoned").by_peer.is_empty());
    }

    #[test]
    fn a_rate_says_which_and_when() {
        let book = RateBook::new(Rate::new(1, 2));
        assert!(book.check(&A, "things").is_ok());
        assert!(book.check(&A, "things").is_ok());
        let refused = book.check(&A, "things").expect_err("the third at once");
        assert_eq!(refused.message, "too many things: the limit is 1 per second, at most 2 at once; try again in 1 s");
        assert!(book.check(&B, "things").is_ok());
    }

    #[test]
    fn peers_are_networks() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert_eq!(network_of(ip("2001:db8:1:2:3::4")), ip("2001:db8:1:2::"));
        assert_eq!(network_of(ip("::ffff:10.0.0.1")), A);
    }

    #[test]
    fn limits_are_read_from_configuration() {
        let limits: Limits =
            serde_json::from_str(r#"{"requests": 7, "peer_rate": {"per_second": 1, "burst": 2}}"#).expect("valid");
        assert_eq!((limits.requests, limits.peer_rate), (7, Rate::new(1, 2)));
        assert_eq!(limits.interface_body_bytes, 4 << 20);
        assert!(serde_json::from_str::<Limits>(r#"{"request": 7}"#).is_err());
        assert!(serde_json::from_str::<Limits>(r#"{"peer_rate": {"per_second": 0, "burst": 2}}"#).is_err());
    }
}
