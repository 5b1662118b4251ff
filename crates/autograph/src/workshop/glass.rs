//! The looking glass: an app opened as somebody else, or as it was, at an address of its own.
//!
//! A look is a little node in memory: a fork of the app, a key of its own, and a gateway behind this node's. Invariant:
//! nothing that is done there leaves it, and it can be reached only by its name, which nobody can guess.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::Router;
use candid::Principal;
use execution::{
    Blobs, ExecutionConfig, ForkSeed, Provisional, StandIn,
    registry::{App, Member, OWNER, Registry, VISITOR},
};
use gateway::{
    AppAddress, Asset, BoxFuture, CertifiedState, Gateway, GatewayConfig, LOOK_IDLE_NS, Limits, Looks, Meter,
    NodeSignature, QueryAnswer, Refusal, ReplicaStatus, RequestOrigin, UserCall, UserQuery,
};
use protocol::{CanisterId, RequestId, RootKey, reject::NodeKey};
use replication::{Answer, Clock as _, Passing, SystemClock};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use state::replicated::{IngressStatus, Payload};

use super::{Workshop, answer::Problem, judge::on_own_thread, looking::iso, owners::lock, pages::Ear, people::url_of};
use crate::{
    adapter,
    node::{Node, NodeBlobs, random},
};

/// Bytes by which either memory may grow in a look.
const GROWTH_MAX: u64 = 256 << 20;
/// Bytes of memory that may change in a look, all calls together.
const CHANGES_MAX: u64 = 512 << 20;
/// Bytes of files and modules that an app may put away in a look.
const BLOBS_MAX: usize = 64 << 20;
/// Requests whose senders are remembered; more than come within an answer's life.
const SENDERS_MAX: usize = 10_000;

/// What is to be looked at, and as whom.
#[derive(Debug, Deserialize)]
pub(crate) struct Look {
    app: String,
    /// `owner`, `stranger`, `anonymous`, a role, or a member's id or name.
    #[serde(rename = "as")]
    who: Option<String>,
    version: Option<u64>,
}

impl Workshop {
    /// Opens a look and says where it is.
    pub(crate) async fn look(&self, look: &Look) -> Result<Value, Problem> {
        let app = self.app(&look.app).await?;
        let (backend, version) = (app.backend, look.version);
        let seed = self.node.replica.read(move |executor| executor.look_seed(backend, version)).await?;
        let hint = "`autograph history` shows which versions there are";
        let mut seed = seed.map_err(|refused| Problem::usage(refused.0, hint))?;
        let role = match (&look.who, version) {
            (Some(who), _) => Who::find(&seed, who)?,
            (None, Some(_)) => Who { stand_in: StandIn::Owner, label: "the owner".into() },
            (None, None) => return Err(who_is_missing(&app)),
        };
        let key = seed.stand_in(&role.stand_in);
        let message = match version {
            Some(version) => format!(
                "You see version {version} of the app as it was, as {}. Nothing can be changed here.",
                role.label
            ),
            None => format!("You see the app as {}. Nothing here touches the app.", role.label),
        };
        let still = version.is_some();
        let visitor = Visitor { key, still, ear: None };
        let name = self.door().open(seed, visitor, Vec::new(), Kind::Person).await?;
        Ok(json!({
            "app": app.name,
            "as": role.label,
            "version": version.unwrap_or(app.version),
            "url": format!("{}/", self.app_url(&name)),
            "until": iso(SystemClock.now().saturating_add(LOOK_IDLE_NS)),
            "message": message,
        }))
    }

    /// What opens looks.
    pub(super) fn door(&self) -> Door {
        Door { node: self.node.clone(), looks: self.looks.clone(), origin: self.origin.clone() }
    }
}

/// Opens looks.
#[derive(Clone)]
pub(super) struct Door {
    node: Arc<Node>,
    pub(super) looks: Looks,
    origin: String,
}

impl Door {
    /// The address of a look, without a slash at its end.
    pub(super) fn url(&self, name: &str) -> String {
        url_of(&self.origin, name)
    }

    /// Serves a fork, with these files besides the node's own; gives the name under which it is reached.
    pub(super) async fn open(
        &self,
        seed: ForkSeed,
        visitor: Visitor,
        files: Vec<Arc<[u8]>>,
        kind: Kind,
    ) -> Result<String, Problem> {
        let (engine, base, config) = (self.node.engine.clone(), self.node.blobs.clone(), self.node.config.clone());
        let app = seed.backend();
        let name = Looks::name(rand::random());
        let label = name.clone();
        let glass = on_own_thread(move || {
            let blobs = Arc::new(GlassBlobs::new(base, files));
            Glass::over(seed, visitor, engine, blobs, config, label)
        });
        let glass = glass.await?.map_err(|altered| {
            let text = format!("the app's data was altered outside of this program ({altered})");
            Problem::node(text, "look at another version, or restore one")
        })?;
        let limits = Limits::default();
        let meter = Arc::new(Meter::new(&limits.quotas));
        let config = GatewayConfig { limits, ..GatewayConfig::default() };
        let gateway = Gateway::new(Arc::new(glass), Router::new(), meter, config);
        let now = SystemClock.now();
        match kind {
            Kind::Person => self.looks.open(name.clone(), app, gateway, now),
            Kind::Aside => self.looks.open_aside(name.clone(), app, gateway, now),
        }
        Ok(name)
    }
}

/// As whom one looks, with the words for it.
struct Who {
    stand_in: StandIn,
    label: String,
}

impl Who {
    /// Understands a role's id or label, a member's id or name, and the three words for everybody else.
    fn find(seed: &ForkSeed, wanted: &str) -> Result<Who, Problem> {
        let (registry, backend) = (seed.registry(), seed.backend());
        let wanted = wanted.trim();
        let same = |text: &str| text.to_lowercase() == wanted.to_lowercase();
        let of = |stand_in, label: &str| Ok(Who { stand_in, label: label.to_owned() });
        if same("anonymous") {
            return of(StandIn::Anonymous, "somebody without a key");
        }
        if same("stranger") || same(VISITOR) {
            return of(StandIn::Stranger, "a visitor");
        }
        if same(OWNER) {
            return of(StandIn::Owner, "the owner");
        }
        let roles = registry.app(backend).map(|app| app.roles.clone()).unwrap_or_default();
        if let Some(role) = roles.iter().find(|role| same(&role.id) || same(&role.label)) {
            // What members of a role see often depends on what belongs to them, so a real one is the better example.
            let first = registry.members(backend).find(|(_, member)| member.role == role.id);
            let new = || Ok(Who { stand_in: StandIn::Role(role.id.clone()), label: role.label.clone() });
            return first.map_or_else(new, |(id, member)| Ok(Who::member(id, member, &role.label)));
        }
        let member = registry.members(backend).find(|(id, member)| same(id) || same(&member.name));
        let Some((id, member)) = member else { return Err(nobody(registry, backend, wanted)) };
        let role = roles.iter().find(|role| role.id == member.role).map_or(member.role.as_str(), |role| &role.label);
        Ok(Who::member(id, member, role))
    }

    fn member(id: &str, member: &Member, role: &str) -> Who {
        let name = if member.name.is_empty() { id } else { &member.name };
        Who { stand_in: StandIn::Member(id.to_owned()), label: format!("{role} ({name})") }
    }
}

fn nobody(registry: &Registry, backend: Principal, wanted: &str) -> Problem {
    let wanted: String = wanted.chars().take(80).collect();
    let text = format!("the app has no role and no member called `{wanted}`");
    Problem::usage(text, format!("look as {}", there_are(registry.app(backend))))
}

fn who_is_missing(app: &App) -> Problem {
    let text = "it isn't said as whom the app is to be looked at, or at which version";
    Problem::usage(text, format!("look as {}; or name a version", there_are(Some(app))))
}

fn there_are(app: Option<&App>) -> String {
    let roles = app.iter().flat_map(|app| &app.roles).map(|role| role.id.as_str());
    let all: Vec<&str> = [OWNER].into_iter().chain(roles).chain(["stranger", "anonymous"]).collect();
    format!("one of {}, or a member by name", all.join(", "))
}

/// Who everybody is who comes to a look, and what they may do.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    /// The key as which every call is made.
    pub(super) key: Principal,
    /// Nothing changes, not even by timers.
    pub(super) still: bool,
    /// Hears what is called and answered.
    pub(super) ear: Option<Arc<Ear>>,
}

/// For whom a look is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person, for as long as they use it.
    Person,
    /// The node itself, which ends it.
    Aside,
}

/// The little node.
struct Glass {
    passing: Arc<Passing>,
    visitor: Visitor,
    label: String,
    backend: String,
    blobs: Arc<GlassBlobs>,
    root_key_der: Vec<u8>,
    node_key: NodeKey,
    /// Who really sent a request: they alone may read its answer.
    senders: Mutex<HashMap<RequestId, Principal>>,
}

impl Glass {
    /// # Errors
    /// What of the data was altered.
    fn over(
        seed: ForkSeed,
        visitor: Visitor,
        engine: Arc<embedder::Engine>,
        blobs: Arc<GlassBlobs>,
        config: ExecutionConfig,
        label: String,
    ) -> Result<Glass, String> {
        seed.check()?;
        let (root, node_key) = (RootKey::from_seed(&random()), NodeKey::from_secret(&random()));
        let root_key_der = root.public_key_der();
        let (heap, stable) = seed.bytes_of_memories();
        let config = ExecutionConfig {
            root_key: root_key_der.as_slice().into(),
            subnet_id: root.subnet_id(),
            nodes: vec![(node_key.node_id(), node_key.public_key_der())],
            workshop: node_key.node_id(),
            provisional: Provisional::default(),
            heap_bytes: config.heap_bytes.min(heap.saturating_add(GROWTH_MAX)),
            stable_bytes: config.stable_bytes.min(stable.saturating_add(GROWTH_MAX)),
            ..config
        };
        let backend = seed.backend().to_text();
        let executor = seed.serve(engine, blobs.clone(), config, !visitor.still);
        let passing = Arc::new(Passing::new(executor, root, Arc::new(SystemClock), random, CHANGES_MAX));
        Ok(Glass { passing, visitor, label, backend, blobs, root_key_der, node_key, senders: Mutex::default() })
    }

    /// Remembers who sent a request, for as long as its answer can be read.
    fn remember(&self, request_id: RequestId, sender: Principal) {
        let mut senders = lock(&self.senders);
        if senders.len() >= SENDERS_MAX {
            self.passing.view(|view| senders.retain(|id, _| view.origins.contains_key(id)));
        }
        senders.insert(request_id, sender);
    }
}

impl gateway::Replica for Glass {
    fn status(&self) -> ReplicaStatus {
        ReplicaStatus {
            root_key_der: self.root_key_der.clone(),
            healthy: true,
            impl_version: concat!("autograph ", env!("CARGO_PKG_VERSION")).into(),
        }
    }

    fn now(&self) -> u64 {
        SystemClock.now()
    }

    fn submit(&self, call: UserCall) -> BoxFuture<'static, Result<(), Refusal>> {
        if self.visitor.still {
            let text = "this is a look at an earlier version: nothing can be changed here";
            return Box::pin(std::future::ready(Err(Refusal::Rejected(execution::reject::by_canister(text)))));
        }
        self.remember(call.request_id, call.call.sender);
        let mut ingress = adapter::ingress(call);
        ingress.sender = self.visitor.key;
        let (passing, ear) = (self.passing.clone(), self.visitor.ear.clone());
        let method = ingress.method.clone();
        Box::pin(async move {
            let _listening = ear.as_ref().map(Ear::listen);
            let answered = tokio::task::spawn_blocking(move || passing.call(ingress)).await;
            if let (Some(ear), Ok(Answer::Final(status))) = (&ear, &answered) {
                tell_status(ear, &method, status);
            }
            match answered {
                Ok(Answer::Final(_)) => Ok(()),
                Ok(Answer::Refused(reject)) => Err(Refusal::Rejected(reject)),
                Ok(Answer::Busy) => Err(adapter::overloaded("this look has changed too much; open a new one")),
                Err(_) => Err(adapter::overloaded("this look broke off; open a new one")),
            }
        })
    }

    fn certified(&self) -> Arc<CertifiedState> {
        adapter::certified_state(&self.passing.certified())
    }

    fn request_origin(&self, request_id: &RequestId) -> Option<RequestOrigin> {
        let origin = self.passing.view(|view| adapter::origin_of(view, request_id))?;
        Some(RequestOrigin { sender: *lock(&self.senders).get(request_id)?, ..origin })
    }

    fn may_read_metadata(&self, canister: &CanisterId, name: &str, _sender: &Principal) -> bool {
        self.passing.view(|view| adapter::may_read(view, canister, name, &self.visitor.key))
    }

    fn query(&self, query: UserQuery) -> BoxFuture<'static, Result<QueryAnswer, Refusal>> {
        let mut query = adapter::asked(query);
        query.sender = self.visitor.key;
        let (passing, ear) = (self.passing.clone(), self.visitor.ear.clone());
        let method = query.method.clone();
        Box::pin(async move {
            let _listening = ear.as_ref().map(Ear::listen);
            let answered = tokio::task::spawn_blocking(move || passing.query(query)).await;
            if let (Some(ear), Ok(answered)) = (&ear, &answered) {
                tell_payload(ear, &method, &answered.payload);
            }
            answered.map(adapter::answer).map_err(|_| adapter::overloaded("this look broke off; open a new one"))
        })
    }

    fn sign_query(&self, payload: &[u8]) -> NodeSignature {
        NodeSignature { node_id: self.node_key.node_id(), signature: self.node_key.sign(payload).to_vec() }
    }

    fn resolve_app(&self, label: &str) -> Option<AppAddress> {
        if label != self.label {
            return None;
        }
        self.passing.view(|view| adapter::address(view, &self.backend))
    }

    fn asset(&self, assets: &CanisterId, path: &str, _accept_encoding: &str) -> Option<Asset> {
        let canister = self.passing.view(|view| view.canisters.get(&assets.principal()).cloned())?.1;
        adapter::file(&canister, path, &*self.blobs)
    }
}

fn tell_status(ear: &Ear, method: &str, status: &IngressStatus) {
    match status {
        IngressStatus::Replied(bytes) => ear.replied(bytes),
        IngressStatus::Rejected(reject) => ear.rejected(method, &reject.message),
        IngressStatus::Received | IngressStatus::Processing | IngressStatus::Done => {}
    }
}

fn tell_payload(ear: &Ear, method: &str, payload: &Payload) {
    match payload {
        Payload::Reply(bytes) => ear.replied(bytes),
        Payload::Reject(reject) => ear.rejected(method, &reject.message),
    }
}

/// The node's blobs, and in memory those that are put away in a look.
struct GlassBlobs {
    base: Arc<NodeBlobs>,
    own: Mutex<HashMap<[u8; 32], Arc<[u8]>>>,
}

impl GlassBlobs {
    fn new(base: Arc<NodeBlobs>, files: Vec<Arc<[u8]>>) -> GlassBlobs {
        let own = files.into_iter().map(|bytes| (Sha256::digest(&bytes).into(), bytes)).collect();
        GlassBlobs { base, own: Mutex::new(own) }
    }
}

impl Blobs for GlassBlobs {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<[u8]>> {
        lock(&self.own).get(hash).cloned().or_else(|| self.base.get(hash))
    }

    fn put(&self, bytes: &[u8]) -> std::io::Result<[u8; 32]> {
        let hash = Sha256::digest(bytes).into();
        let mut own = lock(&self.own);
        let used: usize = own.values().map(|bytes| bytes.len()).sum();
        if used + bytes.len() > BLOBS_MAX {
            return Err(std::io::Error::other("this look has no room for more files"));
        }
        own.insert(hash, bytes.into());
        Ok(hash)
    }
}
