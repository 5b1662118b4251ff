//! Counting what was refused, so that an owner can see which limit bites.
//!
//! Invariant: counters only grow.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use serde::Serialize;

/// How many requests came, and how many were refused for which reason, since the start.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    requests: AtomicU64,
    too_large: AtomicU64,
    too_slow: AtomicU64,
    too_busy: AtomicU64,
    too_often: AtomicU64,
    wrong_host: AtomicU64,
    not_authenticated: AtomicU64,
    malformed: AtomicU64,
    connections_refused: AtomicU64,
}

/// A reading of the gateway's counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Bodies beyond the limit (413).
    pub too_large: u64,
    /// Requests that took too long to arrive or to be answered (408, 504).
    pub too_slow: u64,
    /// Requests beyond what is served at once (503).
    pub too_busy: u64,
    /// Requests beyond a rate (429).
    pub too_often: u64,
    /// Requests for a host that is not ours (421).
    pub wrong_host: u64,
    /// Requests that were not what their signature says (403).
    pub not_authenticated: u64,
    /// Requests that make no sense (400).
    pub malformed: u64,
    /// Connections that were closed unread because there were too many.
    pub connections_refused: u64,
}

impl Counting {
    pub(crate) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connection_refused(&self) {
        self.connections_refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a refusal by its status.
    pub(crate) fn refused(&self, status: StatusCode) {
        let counter = match status {
            StatusCode::PAYLOAD_TOO_LARGE => &self.too_large,
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => &self.too_slow,
            StatusCode::SERVICE_UNAVAILABLE => &self.too_busy,
            StatusCode::TOO_MANY_REQUESTS => &self.too_often,
            StatusCode::MISDIRECTED_REQUEST => &self.wrong_host,
            StatusCode::FORBIDDEN => &self.not_authenticated,
            StatusCode::BAD_REQUEST => &self.malformed,
            _ => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Counters {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counters {
            requests: get(&self.requests),
            too_large: get(&self.too_large),
            too_slow: get(&self.too_slow),
            too_busy: get(&self.too_busy),
            too_often: get(&self.too_often),
            wrong_host: get(&self.wrong_host),
            not_authenticated: get(&self.not_authenticated),
            malformed: get(&self.malformed),
            connections_refused: get(&self.connections_refused),
        }
    }
}
