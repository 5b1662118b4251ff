//! How the gateway says no: a status, a sentence, and when to try again.
//!
//! Invariant: a refusal names the thing and, where there is one, the next step; it never shows what the
//! node is made of.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::RequestError;

/// A request that is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status.
    pub status: StatusCode,
    /// The sentence, which becomes the body.
    pub message: String,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
}

impl Refused {
    /// A refusal that trying again will not change.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Refused { status, message: message.into(), retry_after: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn busy(message: impl Into<String>, retry_after: u64) -> Self {
        Refused { status: StatusCode::SERVICE_UNAVAILABLE, message: message.into(), retry_after: Some(retry_after) }
    }

    /// The response for somebody who asked for JSON.
    pub(crate) fn into_json(self) -> Response {
        let body = serde_json::json!({ "error": self.message }).to_string();
        self.respond("application/json", body)
    }

    fn respond(self, content_type: &'static str, body: String) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<RequestError> for Refused {
    /// What fails in proving who sent a request is forbidden; all else is the request's own fault.
    fn from(error: RequestError) -> Self {
        let status = match error {
            RequestError::Proof(_)
            | RequestError::NotTheSender(_)
            | RequestError::Signature(_)
            | RequestError::Delegation { .. }
            | RequestError::SenderInfo(_) => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Refused::new(status, error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(mut self) -> Response {
        let body = std::mem::take(&mut self.message);
        self.respond("text/plain; charset=utf-8", body)
    }
}
