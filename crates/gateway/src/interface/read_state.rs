//! `POST …/read_state`: certificates of parts of the state.

use axum::response::Response;
use protocol::cbor::Writer;
use protocol::request::{Authenticated, Effective, ReadState};

use super::answer::{cbor, certificate};
use super::readable::Reader;
use crate::gateway::Gateway;
use crate::refusal::Refused;

/// Answers with a certificate of the wanted paths, if the reader may see them all.
pub(super) fn respond(
    gateway: &Gateway,
    read: &ReadState,
    authenticated: &Authenticated,
    effective: Effective,
) -> Result<Response, Refused> {
    Reader { replica: &*gateway.replica, authenticated, effective }.check(&read.paths)?;
    let certificate = certificate(&gateway.replica.certified(), read.paths.clone());
    let mut out = Writer::self_described();
    out.map(1).text("certificate").bytes(&certificate);
    Ok(cbor(out))
}
