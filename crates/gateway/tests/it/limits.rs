//! Limits: what is too large, too slow, too much or too often.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use gateway::{Budget, Limits, Quotas, Rate, ServeError, Spent};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::support::*;

/// A body that says nothing, for ever.
struct Silent;

impl hyper::body::Body for Silent {
    type Data = Bytes;
    type Error = std::convert::Infallible;
    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn large_bodies_are_refused_with_the_limit() {
    let setup = setup();
    let got = setup.post("v4/call", vec![0; (4 << 20) + 1]).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(got.text().contains("4194304 bytes"), "{}", got.text());
    // Without a declared length it is found out while reading.
    let pieces = http_body_util::StreamBody::new(Pieces(5));
    let got = setup.post("v4/call", Body::new(pieces)).await;
    assert_eq!((got.status, setup.gateway.counters().too_large), (StatusCode::PAYLOAD_TOO_LARGE, 2));
}

/// This many megabytes, one at a time.
struct Pieces(usize);

impl tokio_stream::Stream for Pieces {
    type Item = Result<hyper::body::Frame<Bytes>, std::convert::Infallible>;
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.0 == 0 {
            return Poll::Ready(None);
        }
        self.0 -= 1;
        Poll::Ready(Some(Ok(hyper::body::Frame::data(Bytes::from(vec![0; 1 << 20])))))
    }
}

#[tokio::test]
async fn the_studio_has_a_limit_of_its_own() {
    let setup = with_limits(Limits { studio_body_bytes: 10, ..Limits::default() });
    let got = setup.post_to("/", vec![0; 11]).await;
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED, "no length was declared, so the studio answers");
    let declared = axum::http::Request::post("/").header("host", "localhost").header("content-length", "11");
    let got = setup.send(declared.body(Body::from(vec![0; 11])).expect("a request")).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(start_paused = true)]
async fn large_bodies_wait_for_their_turn_and_small_ones_do_not() {
    let setup = with_limits(Limits { large_bodies: 1, ..Limits::default() });
    let stalled = setup.post("v4/call", Body::new(Silent));
    let others = async {
        tokio::task::yield_now().await;
        let body = setup.signed("inc", &key("a")).encode();
        let small = axum::http::Request::post(format!("/api/v4/canister/{}/call", crate::fake::COUNTER))
            .header("host", "localhost")
            .header("content-length", body.len());
        let small = setup.send(small.body(Body::from(body.clone())).expect("a request"));
        assert_eq!(small.await.status, StatusCode::OK);
        // Without a declared length it waits until the stalled one is given up, and then its turn comes.
        setup.post("v4/call", body).await.status
    };
    let (stalled, waited) = tokio::join!(stalled, others);
    assert_eq!((stalled.status, waited), (StatusCode::REQUEST_TIMEOUT, StatusCode::OK));
}

#[tokio::test(start_paused = true)]
async fn slow_bodies_are_given_up() {
    let setup = setup();
    let got = setup.post("v4/call", Body::new(Silent)).await;
    assert_eq!(got.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(got.text(), "the request body took longer than 30 s to arrive");
}

#[tokio::test]
async fn rates_are_kept_and_named() {
    let setup = with_limits(Limits { sender_rate: Rate::new(1, 2), ..Limits::default() });
    let body = setup.signed("inc", &key("a")).encode();
    assert_eq!(setup.post("v4/call", body.clone()).await.status, StatusCode::OK);
    assert_eq!(setup.post("v4/call", body.clone()).await.status, StatusCode::OK);
    let got = setup.post("v4/call", body).await;
    assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(got.header("retry-after"), "1");
    assert!(
        got.text().starts_with("too many calls of one sender to one canister: the limit is 1 per second"),
        "{}",
        got.text()
    );
    // Somebody else is not held up.
    assert_eq!(setup.post("v4/call", setup.signed("inc", &key("b")).encode()).await.status, StatusCode::OK);

    let setup = with_limits(Limits { peer_rate: Rate::new(1, 1), ..Limits::default() });
    assert_eq!(setup.get("localhost", "/").await.status, StatusCode::OK);
    assert_eq!(setup.get("localhost", "/").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(setup.gateway.counters().too_often, 1);

    let setup = with_limits(Limits { app_rate: Rate::new(1, 1), ..Limits::default() });
    assert_eq!(setup.get("wedding.localhost", "/").await.status, StatusCode::OK);
    assert!(setup.get("wedding.localhost", "/").await.text().contains("requests to one app"));
}

#[tokio::test]
async fn quotas_are_kept_and_named() {
    let slow = |burst| Budget { per_second: 1, burst };
    let quotas = Quotas { caller_instructions: slow(70), app_instructions: slow(1000), ..Quotas::default() };
    let setup = with_limits(Limits { quotas, ..Limits::default() });
    // Two queries of 40 instructions overdraw an account of 70; the third is refused.
    let query = |who: &str| setup.post("v3/query", setup.signed_query("get", &key(who)).encode());
    assert_eq!(query("a").await.status, StatusCode::OK);
    assert_eq!(query("a").await.status, StatusCode::OK);
    let got = query("a").await;
    assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(got.text().starts_with("you have used up the quota of computing"), "{}", got.text());
    assert!(got.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=11).contains(&seconds)));
    assert_eq!(query("b").await.status, StatusCode::OK, "somebody else is not held up");
    let update = || setup.post("v4/call", setup.signed("inc", &key("a")).encode());
    assert_eq!(update().await.status, StatusCode::TOO_MANY_REQUESTS, "one account for reading and writing");

    // What the app did by itself counts for everybody.
    setup.meter.charge(crate::fake::COUNTER, None, Spent { instructions: 2000, grown_bytes: 0 });
    assert!(query("c").await.text().starts_with("this app has used up the quota of computing"));
}

#[tokio::test]
async fn a_forged_sender_does_not_use_up_anothers_rate() {
    let setup = with_limits(Limits { sender_rate: Rate::new(1, 1), ..Limits::default() });
    let mut forged = setup.signed("inc", &key("a"));
    forged.sender_sig = Some(vec![0; 64]);
    for _ in 0..5 {
        assert_eq!(setup.post("v4/call", forged.encode()).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(setup.post("v4/call", setup.signed("inc", &key("a")).encode()).await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn places_are_limited_and_given_back() {
    let setup = with_limits(Limits { requests_per_peer: 1, ..Limits::default() });
    let slow = setup.post("v4/call", setup.signed("slow", &key("a")).encode());
    let meanwhile = async {
        // The slow call holds the only place until its wait is over, which is paused time away.
        tokio::task::yield_now().await;
        setup.get("localhost", "/").await
    };
    let (slow, meanwhile) = tokio::join!(slow, meanwhile);
    assert_eq!(slow.status, StatusCode::ACCEPTED);
    assert_eq!((meanwhile.status, meanwhile.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert_eq!(setup.get("localhost", "/").await.status, StatusCode::OK);
}

/// Serves on a free port until the sender is dropped.
pub(crate) async fn served(setup: &Setup) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = gateway::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = gateway::serve(setup.gateway.clone(), listener, async move { drop(stopped.await) });
    (address, stop, tokio::spawn(serving))
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let setup = with_limits(Limits { header_read_seconds: 1, ..Limits::default() });
    let (address, _stop, _serving) = served(&setup).await;
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-").await.expect("writes");
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection was left open");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed() {
    let setup = with_limits(Limits { connections_per_peer: 1, ..Limits::default() });
    let (address, _stop, _serving) = served(&setup).await;
    let mut first = TcpStream::connect(address).await.expect("connects");
    first.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("writes");
    let mut buffer = [0; 1024];
    assert!(first.read(&mut buffer).await.expect("reads") > 0);
    let mut second = TcpStream::connect(address).await.expect("connects");
    let mut rest = Vec::new();
    let read = second.read_to_end(&mut rest).await;
    assert!(read.is_err() || rest.is_empty());
    assert_eq!(setup.gateway.counters().connections_refused, 1);
}

#[tokio::test]
async fn the_end_waits_for_open_requests_and_frees_the_port() {
    let setup = with_limits(Limits { call_wait_seconds: 1, ..Limits::default() });
    let (address, stop, serving) = served(&setup).await;
    let body = setup.signed("slow", &key("a")).encode();
    let head = format!(
        "POST /api/v4/canister/{}/call HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        crate::fake::COUNTER,
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(&[head.as_bytes(), &body].concat()).await.expect("writes");
    while setup.gateway.counters().requests == 0 {
        tokio::task::yield_now().await;
    }
    drop(stop);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer and the end");
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    serving.await.expect("served to the end");
    assert!(gateway::bind(address).await.is_ok());
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let listener = gateway::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let error = gateway::bind(address).await.expect_err("taken");
    assert!(matches!(error, ServeError::Taken { .. }));
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("port {} is taken: ", address.port()))
            && text.ends_with("choose another with --listen"),
        "{text}"
    );
}
