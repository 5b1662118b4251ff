//! `POST /_/api/<verb>`: signed requests in, a stream of progress and one result out.
//!
//! The body is an envelope as the interface has it (a call of the registry's method `workshop/<verb>` with JSON as
//! its argument), so a request is checked by the same code as any other. The answer is lines of JSON: `progress`
//! while it runs, then `result` or `error`.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use candid::Principal;
use execution::REGISTRY;
use protocol::{
    Content, Envelope,
    request::{Effective, Rules, authenticate},
};
use replication::{Clock as _, SystemClock};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Workshop,
    answer::Problem,
    comparing::Compare,
    data::DataOf,
    glass::Look,
    naming::NameOf,
    owners::lock,
    pictures::PictureOf,
    pipeline::{Progress, Sent, Wanted, Wish},
    restoring::Back,
};

/// Routes of the node's own service.
pub(crate) fn routes(workshop: Arc<Workshop>) -> Router {
    let verbs = Router::new().route("/_/api/{verb}", post(handle)).with_state(workshop);
    verbs.layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// Who asks, and what.
struct Request {
    caller: Principal,
    arg: Value,
}

async fn handle(
    State(workshop): State<Arc<Workshop>>,
    Path(verb): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let checked = workshop.check(&verb, &headers, &body).await;
    let request = match checked {
        Ok(request) => request,
        Err((status, problem)) => {
            return (status, [(header::CONTENT_TYPE, NDJSON)], line("error", &problem)).into_response();
        }
    };
    let (sender, receiver) = mpsc::channel::<String>(64);
    let progress = Progress::new(sender.clone());
    tokio::spawn(async move {
        let last = match workshop.serve(&verb, request, &progress).await {
            Ok(result) => line("result", &result),
            Err(problem) => line("error", &problem),
        };
        // Nobody may be listening any more; what was done stays done.
        let _ = sender.send(last).await;
    });
    let lines = futures_util::stream::unfold(receiver, |mut receiver| async {
        let line = receiver.recv().await?;
        Some((Ok::<_, Infallible>(line), receiver))
    });
    ([(header::CONTENT_TYPE, NDJSON), (header::CACHE_CONTROL, "no-store")], Body::from_stream(lines)).into_response()
}

/// A source tree of 20 MB in base64, and what stands around it.
const BODY_BYTES_MAX: usize = 32 << 20;
const NDJSON: &str = "application/x-ndjson";

/// One line of the answer.
pub(super) fn line(kind: &str, value: &impl serde::Serialize) -> String {
    let mut text = json!({ kind: value }).to_string();
    text.push('\n');
    text
}

impl Workshop {
    /// Checks where a request comes from, who signed it, that it is new, and that this person may ask.
    async fn check(&self, verb: &str, headers: &HeaderMap, body: &[u8]) -> Result<Request, (StatusCode, Problem)> {
        check_origin(headers, &self.origin).map_err(|problem| (StatusCode::FORBIDDEN, problem))?;
        let bad = |error: protocol::RequestError| {
            (StatusCode::BAD_REQUEST, Problem::usage(error.to_string(), "sign the request anew and send it again"))
        };
        let now = SystemClock.now();
        let envelope = Envelope::decode(body).map_err(bad)?;
        let rules = Rules { now, root_key_der: &self.node.root_key_der };
        let authenticated = authenticate(&envelope, rules, Effective::Canister(REGISTRY)).map_err(bad)?;
        let Content::Call(call) = &envelope.content else {
            return Err((StatusCode::BAD_REQUEST, Problem::usage("this address takes calls only", "sign a call")));
        };
        if call.canister_id != REGISTRY || call.method_name != format!("workshop/{verb}") {
            let hint = format!("sign a call of `workshop/{verb}` on {REGISTRY}");
            return Err((StatusCode::BAD_REQUEST, Problem::usage("the request was signed for something else", hint)));
        }
        let arg: Value = serde_json::from_slice(&call.arg).map_err(|error| {
            (
                StatusCode::BAD_REQUEST,
                Problem::usage(format!("the argument is not JSON: {error}"), "send a JSON object"),
            )
        })?;
        if !self.is_new(authenticated.request_id, call.ingress_expiry, now) {
            let text = "this request was sent before; it is not done twice";
            return Err((StatusCode::CONFLICT, Problem::usage(text, "sign a new one")));
        }
        let caller = call.sender;
        let open = matches!(verb, "enter" | "session" | "status");
        let owner = self.is_owner(caller).await.map_err(|problem| (StatusCode::SERVICE_UNAVAILABLE, problem))?;
        if !open && !owner {
            let hint = "open the one-time link that the node printed, or print a new one with `autograph link`";
            return Err((StatusCode::FORBIDDEN, Problem::usage("this key is not the owner's", hint)));
        }
        Ok(Request { caller, arg })
    }

    fn is_new(&self, id: protocol::RequestId, expiry: u64, now: u64) -> bool {
        let mut seen = lock(&self.seen);
        if seen.len() > 10_000 {
            seen.retain(|_, until| *until > now);
        }
        seen.insert(id, expiry).is_none()
    }

    async fn serve(self: &Arc<Self>, verb: &str, request: Request, progress: &Progress) -> Result<Value, Problem> {
        let Request { caller, arg } = request;
        match verb {
            "enter" => {
                self.enter(&read::<Token>(arg)?.token, caller).await?;
                Ok(json!({ "role": "owner", "name": "" }))
            }
            "session" => Ok(json!({ "owner": self.is_owner(caller).await? })),
            "status" => self.status().await,
            "link" if arg.get("app").is_none() => Ok(json!({ "url": self.entry_link() })),
            "link" => self.owner_link(&read::<AppName>(arg)?.app).await,
            "list" => self.list().await,
            "show" => self.show(&read::<AppName>(arg)?.app).await,
            "history" => self.history(&read::<AppName>(arg)?.app).await,
            "conversation" => self.conversation(&read::<AppName>(arg)?.app).await,
            "access" => self.access(&read::<AppName>(arg)?.app).await,
            "logs" => self.logs(&read::<AppName>(arg)?.app).await,
            "people" => self.people(&read::<AppName>(arg)?.app).await,
            "invite" => {
                let arg: InviteText = read(arg)?;
                self.invite(&arg.app, &arg.role, &arg.name, arg.member).await
            }
            "revoke" => {
                let arg: MemberName = read(arg)?;
                self.revoke(&arg.app, &arg.member).await
            }
            "new" => {
                let wish: Wish = read(arg)?;
                output(self.create(&wish, caller, progress).await?)
            }
            "change" => {
                let wanted: Wanted = read(arg)?;
                output(self.change(&wanted, caller, progress).await?)
            }
            "restore" => {
                let back: Back = read(arg)?;
                output(self.restore(&back, caller, progress).await?)
            }
            "erase" => {
                let arg: Erase = read(arg)?;
                output(self.erase(&arg.app, &arg.who, arg.approve.as_deref(), progress).await?)
            }
            "check" | "deploy" => {
                let mut arg: Sent = read(arg)?;
                let (approve, live) = (arg.approve.take(), verb == "deploy");
                output(self.deploy(arg, approve.as_deref(), live, caller, progress).await?)
            }
            "rename" => {
                let arg: NewName = read(arg)?;
                self.rename(&arg.app, &arg.name).await
            }
            "freeze" | "thaw" | "delete" => self.app_switch(verb, &read::<AppName>(arg)?.app).await,
            "data" => self.data(read::<DataOf>(arg)?).await,
            "compare" => self.compare(&read::<Compare>(arg)?).await,
            "name_version" => self.name_version(&read::<NameOf>(arg)?).await,
            "picture" => self.picture(&read::<PictureOf>(arg)?).await,
            "look" => self.look(&read::<Look>(arg)?).await,
            "export" | "import" => Err(Problem::node(
                format!("`{verb}` is not in this version"),
                "it is planned; the app's own pages show its data",
            )),
            _ => Err(Problem::usage(format!("the node has no `{verb}`"), "`autograph help` lists what there is")),
        }
    }
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[derive(Deserialize)]
struct AppName {
    app: String,
}

#[derive(Deserialize)]
struct NewName {
    app: String,
    name: String,
}

#[derive(Deserialize)]
struct MemberName {
    app: String,
    member: String,
}

#[derive(Deserialize)]
struct InviteText {
    app: String,
    role: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    member: Option<String>,
}

#[derive(Deserialize)]
struct Erase {
    app: String,
    /// A member's id or name, or a value that rows hold.
    who: String,
    #[serde(default)]
    approve: Option<String>,
}

fn read<T: serde::de::DeserializeOwned>(arg: Value) -> Result<T, Problem> {
    serde_json::from_value(arg).map_err(|error| {
        Problem::usage(format!("the request is incomplete: {error}"), "`autograph help` shows what it needs")
    })
}

fn output(value: impl serde::Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|error| Problem::node(error.to_string(), "report this"))
}

/// A page of another origin must not talk to the node with the studio's authority.
fn check_origin(headers: &HeaderMap, own: &str) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) else { return Ok(()) };
    let (_, port) = own.rsplit_once(':').unwrap_or(("", "80"));
    let same = ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| origin == format!("http://{host}:{port}"));
    if same {
        return Ok(());
    }
    Err(Problem::usage(format!("a page of {origin} may not use the studio"), format!("open the studio at {own}")))
}
