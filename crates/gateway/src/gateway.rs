//! The gateway itself: every request passes here, is counted, and goes to the face it is for.
//!
//! Invariant: the order is slots, rate, host, then the path; nothing is read from the body before.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt as _;

use crate::counters::{Counters, Counting};
use crate::host::{Host, Hosts};
use crate::limits::{Books, Limits, Slot};
use crate::looks::Looks;
use crate::meter::Meter;
use crate::refusal::Refused;
use crate::replica::Replica;
use crate::{app_site, interface};

/// How a gateway is set up.
#[derive(Clone, Debug, Default)]
pub struct GatewayConfig {
    /// What strangers are kept within.
    pub limits: Limits,
    /// The domains it answers for.
    pub hosts: Hosts,
    /// Looks at apps, which have hosts of their own.
    pub looks: Looks,
}

/// The way in to one node.
pub struct Gateway {
    pub(crate) replica: Arc<dyn Replica>,
    pub(crate) limits: Limits,
    pub(crate) hosts: Hosts,
    looks: Looks,
    pub(crate) books: Books,
    pub(crate) meter: Arc<Meter>,
    pub(crate) counting: Counting,
    studio: Router,
}

impl Gateway {
    /// A gateway to this replica; `studio` answers what is for the node's own host. The studio's
    /// requests carry the peer's address as `ConnectInfo<SocketAddr>`.
    ///
    /// `meter` is charged by whoever runs the updates; the gateway itself charges queries.
    pub fn new(replica: Arc<dyn Replica>, studio: Router, meter: Arc<Meter>, config: GatewayConfig) -> Arc<Self> {
        let GatewayConfig { limits, hosts, looks } = config;
        let books = Books::new(&limits);
        Arc::new(Gateway { replica, limits, hosts, looks, books, meter, counting: Counting::default(), studio })
    }

    /// How many requests were refused, and why.
    pub fn counters(&self) -> Counters {
        self.counting.read()
    }

    /// Everything as one router, for serving and for tests.
    pub fn router(self: &Arc<Self>) -> Router {
        let gateway = self.clone();
        Router::new().fallback(move |request: Request| {
            let gateway = gateway.clone();
            async move { gateway.respond(request).await }
        })
    }

    /// Answers one request, here or at a look.
    pub async fn respond(&self, request: Request) -> Response {
        match self.look_of(&request) {
            Some(name) => self.at_look(&name, request).await,
            None => self.here(request).await,
        }
    }

    async fn here(&self, request: Request) -> Response {
        self.counting.request();
        let wants_json = wants_json(request.headers());
        let is_interface = interface::is_interface(request.uri().path());
        let response = match self.admit(&request) {
            Ok(_slot) if is_interface => {
                return self.counted(interface::respond(self, request).await);
            }
            Ok(_slot) => self.route(request).await,
            Err(refused) => Err(refused),
        };
        self.counted(response.unwrap_or_else(|refused| match wants_json && !is_interface {
            true => refused.into_json(),
            false if is_interface => interface::with_cors(refused.into_response()),
            false => refused.into_response(),
        }))
    }

    /// The name of the look that a request is for, open or over.
    fn look_of(&self, request: &Request) -> Option<String> {
        match self.hosts.route_by(request.uri(), request.headers()) {
            Ok(Host::App(label)) if Looks::is_name(&label) => Some(label),
            _ => None,
        }
    }

    /// Passes a request on to a look, or says that it is over. The live node hears of it in no case.
    async fn at_look(&self, name: &str, request: Request) -> Response {
        let is_interface = interface::is_interface(request.uri().path());
        let _slot = match self.admit(&request) {
            Ok(slot) => slot,
            Err(refused) => return self.counted(refused.into_response()),
        };
        match self.looks.find(name, self.replica.now()) {
            Some(look) => look.here(request).await,
            None if is_interface => self.counted(interface::with_cors(look_is_over().into_response())),
            None => self.counted(app_site::look_is_over()),
        }
    }

    fn counted(&self, response: Response) -> Response {
        self.counting.refused(response.status());
        response
    }

    /// Takes a slot and checks the peer's rate; also that the host is ours at all.
    fn admit(&self, request: &Request) -> Result<Slot, Refused> {
        let peer = peer_of(request);
        let slot = self.books.requests.take(peer)?;
        self.books.peer(peer)?;
        Ok(slot)
    }

    /// Whom a request is for.
    pub(crate) fn host_of(&self, parts: &axum::http::request::Parts) -> Result<Host, Refused> {
        self.hosts.route(parts).map_err(|error| {
            let status = match error {
                crate::HostError::Missing => StatusCode::BAD_REQUEST,
                crate::HostError::Unknown(_) => StatusCode::MISDIRECTED_REQUEST,
            };
            Refused::new(status, error.to_string())
        })
    }

    async fn route(&self, request: Request) -> Result<Response, Refused> {
        let (parts, body) = request.into_parts();
        match self.host_of(&parts)? {
            Host::Studio => Ok(self.to_studio(Request::from_parts(parts, body)).await),
            Host::App(label) => app_site::respond(self, &label, &parts),
        }
    }

    /// The studio's answers may stream for as long as they like; its bodies are bounded in size.
    async fn to_studio(&self, request: Request) -> Response {
        let limit = self.limits.studio_body_bytes;
        if declared_length(request.headers()).is_some_and(|length| length > limit as u64) {
            return too_large(limit).into_response();
        }
        let request = request.map(|body| Body::new(http_body_util::Limited::new(body, limit)));
        self.studio.clone().oneshot(request).await.into_response()
    }
}

/// The address a request came from. Without one (a router called directly) it counts as loopback.
pub(crate) fn peer_of(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip())
}

fn look_is_over() -> Refused {
    Refused::new(StatusCode::GONE, "this look is over; nothing was changed. Open a new one in the studio")
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

pub(crate) fn too_large(limit: usize) -> Refused {
    let message = format!("the request body is larger than the limit of {limit} bytes");
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

impl Gateway {
    /// Reads the body of a request to the interface to its end, within the limits of size and time.
    pub(crate) async fn read_body(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Refused> {
        let limit = self.limits.interface_body_bytes;
        let declared = declared_length(headers);
        if declared.is_some_and(|length| length > limit as u64) {
            return Err(too_large(limit));
        }
        // Waiting for a place is our doing, so it does not count against the body's time.
        let _place = self.books.body(declared).await;
        let time = self.limits.body_read();
        match tokio::time::timeout(time, axum::body::to_bytes(body, limit)).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) if is_length_limit(&error) => Err(too_large(limit)),
            Ok(Err(_)) => Err(Refused::bad_request("the request body did not arrive whole")),
            Err(_) => Err(Refused::new(
                StatusCode::REQUEST_TIMEOUT,
                format!("the request body took longer than {} s to arrive", time.as_secs()),
            )),
        }
    }
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}
