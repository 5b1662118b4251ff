//! CBOR answers, and certificates of what a request may see.
//!
//! Invariant: every certificate reveals `/time`.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use protocol::cbor::Writer;
use protocol::certificate::encode_certificate;
use protocol::{Label, Reject};

use crate::refusal::Refused;
use crate::replica::{CertifiedState, Refusal};

/// A response with a CBOR body.
pub(super) fn cbor(mut body: Writer) -> Response {
    ([(header::CONTENT_TYPE, "application/cbor")], body.finish()).into_response()
}

/// The certificate for these paths.
pub(super) fn certificate(state: &CertifiedState, mut paths: Vec<Vec<Label>>) -> Vec<u8> {
    paths.push(vec![b"time".to_vec()]);
    encode_certificate(&state.tree.witness(&paths), &state.signature)
}

/// The fields of a reject, for a map that `others` more fields are written to.
pub(super) fn write_reject(out: &mut Writer, reject: &Reject, others: usize) {
    out.map(others + 2 + usize::from(reject.error_code.is_some()));
    out.text("reject_code").nat(reject.code.number());
    out.text("reject_message").text(&reject.message);
    if let Some(code) = reject.error_code {
        out.text("error_code").text(&code.to_string());
    }
}

/// A refusal that is not about the caller's rights, as HTTP.
pub(super) fn overloaded(refusal: Refusal) -> Result<Reject, Refused> {
    match refusal {
        Refusal::Rejected(reject) => Ok(reject),
        Refusal::Overloaded { message, retry_after } => Err(Refused::busy(message, retry_after)),
    }
}
