//! `GET /api/v2/status`.

use axum::response::Response;
use protocol::cbor::Writer;

use super::answer::cbor;
use crate::gateway::Gateway;

/// Answers with the root key and the node's health.
pub(super) fn respond(gateway: &Gateway) -> Response {
    let status = gateway.replica.status();
    let health = if status.healthy { "healthy" } else { "certified_state_behind" };
    let mut out = Writer::self_described();
    out.map(3).text("root_key").bytes(&status.root_key_der);
    out.text("impl_version").text(&status.impl_version);
    out.text("replica_health_status").text(health);
    cbor(out)
}
