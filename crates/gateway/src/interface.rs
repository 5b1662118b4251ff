//! The Internet Computer's HTTPS interface: calls, queries, `read_state`, status.
//!
//! Any page may use it, whatever its origin, since requests carry their own proof and no cookie counts.
//!
//! Invariant: what is read from a request is bounded before it is decoded, and decoded strictly before
//! it is authenticated; only then does the replica hear of it.

mod answer;
mod call;
mod query;
mod read_state;
mod readable;
mod status;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use candid::Principal;
use protocol::request::{Authenticated, Effective, Rules, authenticate};
use protocol::{Content, Envelope};

use crate::gateway::{Gateway, peer_of};
use crate::refusal::Refused;

/// Whether a path belongs to the interface.
pub(crate) fn is_interface(path: &str) -> bool {
    ["/api/v2/", "/api/v3/", "/api/v4/"].iter().any(|prefix| path.starts_with(prefix))
}

/// One of the interface's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    Status,
    Call { waits: bool, to: Effective },
    Query { to: Effective },
    ReadState { to: Effective },
}

impl Endpoint {
    /// Reads a path.
    fn parse(path: &str) -> Result<Self, Refused> {
        let unknown = || Refused::not_found(format!("the interface has no address `{}`", path.escape_debug()));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (version, kind, id, verb) = match parts[..] {
            ["api", "v2", "status"] => return Ok(Endpoint::Status),
            ["api", version, kind, id, verb] => (version, kind, id, verb),
            _ => return Err(unknown()),
        };
        let id = Principal::from_text(id).map_err(|error| {
            Refused::bad_request(format!("`{}` in the address is no principal: {error}", id.escape_debug()))
        })?;
        match (version, kind, verb) {
            ("v2", "canister", "call") => Ok(Endpoint::Call { waits: false, to: Effective::Canister(id) }),
            ("v3" | "v4", "canister", "call") => Ok(Endpoint::Call { waits: true, to: Effective::Canister(id) }),
            ("v4", "subnet", "call") => Ok(Endpoint::Call { waits: true, to: Effective::Subnet(id) }),
            ("v2" | "v3", "canister", "query") => Ok(Endpoint::Query { to: Effective::Canister(id) }),
            ("v3", "subnet", "query") => Ok(Endpoint::Query { to: Effective::Subnet(id) }),
            ("v2" | "v3", "canister", "read_state") => Ok(Endpoint::ReadState { to: Effective::Canister(id) }),
            ("v2" | "v3", "subnet", "read_state") => Ok(Endpoint::ReadState { to: Effective::Subnet(id) }),
            _ => Err(unknown()),
        }
    }

    fn effective(self) -> Option<Effective> {
        match self {
            Endpoint::Status => None,
            Endpoint::Call { to, .. } | Endpoint::Query { to } | Endpoint::ReadState { to } => Some(to),
        }
    }
}

/// An id in a URL as a principal, whichever kind it is.
fn id_of(effective: Effective) -> Principal {
    match effective {
        Effective::Canister(id) | Effective::Subnet(id) => id,
    }
}

/// Answers a request to the interface; refusals are texts.
pub(crate) async fn respond(gateway: &Gateway, request: Request) -> Response {
    let time = gateway.limits.request();
    let response = match tokio::time::timeout(time, answer(gateway, request)).await {
        Ok(answer) => answer.unwrap_or_else(IntoResponse::into_response),
        Err(_) => {
            let message = format!("the request took longer than {} s; try again later", time.as_secs());
            Refused::new(StatusCode::GATEWAY_TIMEOUT, message).into_response()
        }
    };
    with_cors(response)
}

async fn answer(gateway: &Gateway, request: Request) -> Result<Response, Refused> {
    let peer = peer_of(&request);
    let (parts, body) = request.into_parts();
    gateway.host_of(&parts)?;
    if parts.method == Method::OPTIONS {
        return Ok(preflight());
    }
    let endpoint = Endpoint::parse(parts.uri.path())?;
    let Some(effective) = endpoint.effective() else {
        allow(&parts.method, &[Method::GET, Method::HEAD])?;
        return Ok(status::respond(gateway));
    };
    allow(&parts.method, &[Method::POST])?;
    check_subnet(gateway, effective)?;
    let body = gateway.read_body(&parts.headers, body).await?;
    let (envelope, authenticated) = admit(gateway, &body, effective).await?;
    match (endpoint, envelope.content) {
        (Endpoint::Call { waits, .. }, Content::Call(call)) => {
            call::respond(gateway, waits, call, authenticated, id_of(effective), body).await
        }
        (Endpoint::Query { .. }, Content::Query(query)) => {
            query::respond(gateway, query, authenticated, id_of(effective), peer).await
        }
        (Endpoint::ReadState { .. }, Content::ReadState(read)) => {
            read_state::respond(gateway, &read, &authenticated, effective)
        }
        (_, content) => Err(Refused::bad_request(format!(
            "a request of type `{}` does not belong at this address",
            content.request_type()
        ))),
    }
}

fn allow(method: &Method, allowed: &[Method]) -> Result<(), Refused> {
    match allowed.contains(method) {
        true => Ok(()),
        false => Err(Refused::new(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("this address takes {} requests only", allowed[0]),
        )),
    }
}

/// There is one subnet, the one of the root key.
fn check_subnet(gateway: &Gateway, effective: Effective) -> Result<(), Refused> {
    let Effective::Subnet(given) = effective else {
        return Ok(());
    };
    let ours = Principal::self_authenticating(gateway.replica.status().root_key_der);
    match given == ours {
        true => Ok(()),
        false => Err(Refused::bad_request(format!("the subnet {given} is not here; this node belongs to {ours}"))),
    }
}

/// Decodes a request, finds out who sent it, and counts it against the sender's rate.
async fn admit(gateway: &Gateway, body: &Bytes, effective: Effective) -> Result<(Envelope, Authenticated), Refused> {
    let envelope = Envelope::decode(body)?;
    let now = gateway.replica.now();
    let root_key_der = gateway.replica.status().root_key_der;
    let check = move |envelope: Envelope| {
        let result = authenticate(&envelope, Rules { now, root_key_der: &root_key_der }, effective);
        result.map(|authenticated| (envelope, authenticated))
    };
    // One plain signature takes a fraction of a millisecond; chains may end in pairings and take many.
    let (envelope, authenticated) = match envelope.sender_delegation.is_empty() {
        true => check(envelope)?,
        false => tokio::task::spawn_blocking(move || check(envelope))
            .await
            .map_err(|_| Refused::busy("the node is stopping; try again later", 5))??,
    };
    let canister = id_of(effective).into();
    gateway.books.sender(authenticated.sender, canister)?;
    gateway.books.app(canister)?;
    Ok((envelope, authenticated))
}

fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Lets pages of any origin read the answer.
pub(crate) fn with_cors(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let id = protocol::CanisterId::REGISTRY.principal();
        let parse = |path: &str| Endpoint::parse(&path.replace("ID", &id.to_text())).ok();
        assert_eq!(parse("/api/v2/status"), Some(Endpoint::Status));
        let to = Effective::Canister(id);
        assert_eq!(parse("/api/v2/canister/ID/call"), Some(Endpoint::Call { waits: false, to }));
        assert_eq!(parse("/api/v4/canister/ID/call"), Some(Endpoint::Call { waits: true, to }));
        assert_eq!(parse("/api/v3/canister/ID/query"), Some(Endpoint::Query { to }));
        assert_eq!(parse("/api/v3/subnet/ID/read_state"), Some(Endpoint::ReadState { to: Effective::Subnet(id) }));
        for wrong in [
            "/api/v2/",
            "/api/v4/canister/ID/query",
            "/api/v3/canister/ID/call/x",
            "/api/v3/canister/x/call",
            "/api/v9/status",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
