//! `POST …/call`: update calls, answered at once (v2) or with their outcome (v3, v4).
//!
//! Invariant: a call that was handed in runs to its end even if the caller goes away, and is answered
//! with a certificate only when the certified state holds its final status.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use candid::Principal;
use protocol::cbor::Writer;
use protocol::request::{Authenticated, Call};
use protocol::{Reject, RequestId, Tree};

use super::answer::{cbor, certificate, overloaded, write_reject};
use crate::gateway::Gateway;
use crate::meter::Caller;
use crate::refusal::Refused;
use crate::replica::UserCall;

/// How long the asynchronous endpoint waits to hear of a refusal before it answers 202.
const ADMISSION_WAIT: Duration = Duration::from_secs(1);

/// Hands a call in and answers as the endpoint does.
pub(super) async fn respond(
    gateway: &Gateway,
    waits: bool,
    call: Call,
    authenticated: Authenticated,
    effective: Principal,
    envelope: Bytes,
) -> Result<Response, Refused> {
    gateway.meter.update(call.canister_id.into(), Caller::Key(call.sender))?;
    let request_id = authenticated.request_id;
    let call = UserCall { call, request_id, effective, envelope };
    // Spawned, so that a caller who hangs up can't stop a call half-way through admission.
    let outcome = tokio::spawn(gateway.replica.submit(call));
    let wait = if waits { gateway.limits.call_wait() } else { ADMISSION_WAIT };
    match tokio::time::timeout(wait, outcome).await {
        Ok(Ok(Err(refusal))) => Ok(rejected(&overloaded(refusal)?, waits)),
        Ok(Ok(Ok(()))) if waits => Ok(outcome_of(gateway, &request_id)),
        Ok(Err(_)) => Err(Refused::busy("the node is stopping; try again later", 5)),
        _ => Ok(StatusCode::ACCEPTED.into_response()),
    }
}

/// The certificate of a final status, or 202 if the state does not have it (any more).
fn outcome_of(gateway: &Gateway, request_id: &RequestId) -> Response {
    let state = gateway.replica.certified();
    let path = vec![b"request_status".to_vec(), request_id.as_bytes().to_vec()];
    if !is_final(&state.tree, &path) {
        return StatusCode::ACCEPTED.into_response();
    }
    let mut out = Writer::self_described();
    out.map(2).text("status").text("replied");
    out.text("certificate").bytes(&certificate(&state, vec![path]));
    cbor(out)
}

fn is_final(tree: &Tree, path: &[Vec<u8>]) -> bool {
    let status = tree.get(path).and_then(|request| request.lookup(&["status"]));
    matches!(status, Some(b"replied" | b"rejected" | b"done"))
}

/// A call that was not let in. The synchronous endpoints name the kind of answer.
fn rejected(reject: &Reject, waits: bool) -> Response {
    let mut out = Writer::self_described();
    write_reject(&mut out, reject, usize::from(waits));
    if waits {
        out.text("status").text("non_replicated_rejection");
    }
    cbor(out)
}
