//! HTTP towards a node: a client for its address, and patience when it is slow.
//!
//! Invariant: a request to this machine goes to this machine: no proxy of the environment, no name server, no
//! redirect stands between. What is sent again is the same signed envelope, which a node does once.

use std::{
    future::Future,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use axum::http;
use bytes::{Bytes, BytesMut};
use ic_agent::{
    AgentError,
    agent::{HttpService, agent_error::TransportError},
};
use reqwest::{StatusCode, Url, header::HeaderMap};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    discover::{address, is_loopback},
    problem::Problem,
};

const CONNECT_MAX: Duration = Duration::from_secs(5);
/// One request of the interface: the node answers after some seconds at most, if only that it goes on.
const REQUEST_MAX: Duration = Duration::from_secs(60);
/// A node that says when to come back is taken at its word within these bounds.
const RETRY_MIN: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(30);
/// How often a node that is not there (any more) is tried.
const RECONNECT: Duration = Duration::from_millis(500);
/// The longest body that is read where nobody said otherwise, bytes.
const BODY_BYTES_MAX: usize = 16 << 20;

/// A client for the node at `url`.
pub(crate) fn client(url: &Url) -> Result<reqwest::Client, Problem> {
    let mut builder = reqwest::Client::builder()
        .http1_only()
        .connect_timeout(CONNECT_MAX)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("autograph/", env!("CARGO_PKG_VERSION")));
    if is_loopback(url) {
        let port = url.port_or_known_default().unwrap_or(80);
        let here = [SocketAddr::from((Ipv4Addr::LOCALHOST, port)), SocketAddr::from((Ipv6Addr::LOCALHOST, port))];
        builder = builder.no_proxy().resolve_to_addrs(url.host_str().unwrap_or("localhost"), &here);
    }
    builder.build().map_err(|error| Problem::failed(format!("can't make an HTTP client: {error}"), "report this"))
}

/// Says in words why a node was not reached.
pub(crate) fn not_reached(url: &Url, error: &reqwest::Error) -> Problem {
    let at = address(url);
    if error.is_connect() {
        let hint = "start a node with `autograph up`, or name another with --node URL";
        return Problem::failed(format!("can't reach the node at {at}: {}", root_cause(error)), hint);
    }
    let hint = "look at what the node prints, then try again";
    if error.is_timeout() {
        return Problem::failed(format!("the node at {at} does not answer in time"), hint);
    }
    Problem::failed(format!("the connection to the node at {at} broke: {}", root_cause(error)), hint)
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().to_lowercase()
}

/// How long a refusal asks to wait; none if it does not invite another try.
pub(crate) fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let told = headers.get(reqwest::header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    match told {
        Some(seconds) => Some(Duration::from_secs(seconds).clamp(RETRY_MIN, RETRY_MAX)),
        None => (status == StatusCode::TOO_MANY_REQUESTS).then_some(RETRY_MIN),
    }
}

/// Reads a body up to a bound.
pub(crate) async fn read_body(
    response: &mut reqwest::Response,
    bytes_max: usize,
) -> Result<Option<Bytes>, reqwest::Error> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > bytes_max {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body.freeze()))
}

/// The agent's HTTP, which waits through a node's slow moments until `until`.
#[derive(Debug)]
pub(crate) struct Patient {
    client: reqwest::Client,
    until: Instant,
    /// Whether the node has taken a connection: one that never did is not waited for.
    reached: AtomicBool,
    said: AtomicBool,
}

impl Patient {
    /// Over `client`, until the requests it carries expire.
    pub(crate) fn new(client: reqwest::Client, until: Instant) -> Patient {
        Patient { client, until, reached: AtomicBool::new(false), said: AtomicBool::new(false) }
    }

    async fn carry(
        &self,
        request: &(dyn Fn() -> Result<http::Request<Bytes>, AgentError> + Send + Sync),
        bytes_max: usize,
    ) -> Result<http::Response<Bytes>, AgentError> {
        loop {
            let (failed, wait) = match timeout_at(self.until, self.once(request()?, bytes_max)).await {
                Ok(Ok(response)) => match retry_after(response.status(), response.headers()) {
                    None => return Ok(response),
                    Some(wait) => (Ok(response), wait),
                },
                Ok(Err(AgentError::TransportError(TransportError::Reqwest(error)))) => {
                    if error.is_connect() && !self.reached.load(Ordering::Relaxed) {
                        return Err(AgentError::TransportError(TransportError::Reqwest(error)));
                    }
                    (Err(AgentError::TransportError(TransportError::Reqwest(error))), RECONNECT)
                }
                Ok(Err(other)) => return Err(other),
                Err(_) => return Err(AgentError::TimeoutWaitingForResponse()),
            };
            self.reached.store(true, Ordering::Relaxed);
            if Instant::now() + wait > self.until {
                return failed;
            }
            self.say_once();
            sleep(wait).await;
        }
    }

    async fn once(&self, request: http::Request<Bytes>, bytes_max: usize) -> Result<http::Response<Bytes>, AgentError> {
        let broken = |error| AgentError::TransportError(TransportError::Reqwest(error));
        let (parts, body) = request.into_parts();
        let request = http::Request::from_parts(parts, reqwest::Body::from(body));
        let mut request = reqwest::Request::try_from(request).map_err(broken)?;
        *request.timeout_mut() = Some(REQUEST_MAX);
        let mut response = self.client.execute(request).await.map_err(broken)?;
        self.reached.store(true, Ordering::Relaxed);
        let body = read_body(&mut response, bytes_max).await.map_err(broken)?;
        let body = body.ok_or_else(AgentError::ResponseSizeExceededLimit)?;
        let mut answer = http::Response::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    fn say_once(&self) {
        if !self.said.swap(true, Ordering::Relaxed) {
            super::say("the node is busy or restarting; waiting until it takes the call");
        }
    }
}

impl HttpService for Patient {
    // What `async_trait` would write.
    fn call<'a, 'async_trait>(
        &'a self,
        request: &'a (dyn Fn() -> Result<http::Request<Bytes>, AgentError> + Send + Sync),
        _max_retries: usize,
        bytes_max: Option<usize>,
    ) -> Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, AgentError>> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.carry(request, bytes_max.unwrap_or(BODY_BYTES_MAX)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    fn headers(retry_after: &str) -> HeaderMap {
        HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, retry_after.parse().unwrap())])
    }

    #[test]
    fn a_node_is_taken_at_its_word_within_bounds() {
        let busy = StatusCode::SERVICE_UNAVAILABLE;
        assert_eq!(retry_after(busy, &headers("3")), Some(Duration::from_secs(3)));
        assert_eq!(retry_after(busy, &headers("0")), Some(RETRY_MIN));
        assert_eq!(retry_after(busy, &headers("99999999999")), Some(RETRY_MAX));
        assert_eq!(retry_after(busy, &headers("soon")), None);
        assert_eq!(retry_after(busy, &HeaderMap::new()), None, "it does not invite another try");
        assert_eq!(retry_after(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new()), Some(RETRY_MIN));
        assert_eq!(retry_after(StatusCode::BAD_REQUEST, &headers("3")), None);
    }
}
