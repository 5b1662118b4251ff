//! Load: many connections with one request each, or a steady rate; and what came of it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::http::{Connection, Prepared};

/// Failures by kind.
pub(crate) type Errors = BTreeMap<String, usize>;

/// Whether the answer to the request of this number holds; what kind of failure it is if not.
pub(crate) type Check = Arc<dyn Fn(usize, &Bytes) -> Result<(), String> + Send + Sync>;

/// Sends requests over so many connections, the next when one is answered and checked, until the time is over or there
/// are none left. Requests answered per second; every answer must hold.
pub(crate) async fn closed(
    address: &str,
    requests: Arc<[Prepared]>,
    check: Check,
    clients: usize,
    time: Duration,
) -> f64 {
    let mut connections = connect(address, clients).await;
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let workers = connections.drain(..).map(|mut connection| {
        let (requests, check, next) = (requests.clone(), check.clone(), next.clone());
        tokio::spawn(async move {
            let mut done = 0;
            while begun.elapsed() < time {
                let i = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(i) else { break };
                let answer = connection.post(request).await;
                answer.and_then(|body| check(i, &body)).unwrap_or_else(|error| panic!("request {i}: {error}"));
                done += 1;
            }
            done
        })
    });
    rate(workers.collect(), begun).await
}

/// Sends at a steady rate over so many connections. Requests answered per second, which is the rate if it was borne.
pub(crate) async fn steady(
    address: &str,
    requests: Arc<[Prepared]>,
    check: Check,
    clients: usize,
    per_second: u32,
    time: Duration,
) -> f64 {
    let mut connections = connect(address, clients).await;
    let begun = Instant::now();
    let every = Duration::from_secs(1) * u32::try_from(clients).expect("few") / per_second;
    let workers = connections.drain(..).enumerate().map(|(first, mut connection)| {
        let (requests, check) = (requests.clone(), check.clone());
        tokio::spawn(async move {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut done = 0;
            for i in (first..requests.len()).step_by(clients) {
                ticks.tick().await;
                if begun.elapsed() >= time {
                    break;
                }
                let answer = connection.post(&requests[i]).await;
                answer.and_then(|body| check(i, &body)).unwrap_or_else(|error| panic!("request {i}: {error}"));
                done += 1;
            }
            done
        })
    });
    rate(workers.collect(), begun).await
}

/// What the workers did together, per second since they began.
async fn rate(workers: Vec<JoinHandle<usize>>, begun: Instant) -> f64 {
    let mut done = 0;
    for worker in workers {
        done += worker.await.expect("no panic");
    }
    done as f64 / begun.elapsed().as_secs_f64()
}

/// So many connections, opened one after the other.
pub(crate) async fn connect(address: &str, count: usize) -> Vec<Connection> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        connections.push(Connection::open(address).await.unwrap_or_else(|error| panic!("{address}: {error}")));
    }
    connections
}

/// The value below which this share of the values lies; not a number if there are none.
pub(crate) fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * share) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
