//! A user with a home of their own, nodes that answer by script, and the program run in that home.

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path as UrlPath, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::post,
};
use candid::Principal;
use ic_ed25519::{PrivateKey, PrivateKeyFormat};
use protocol::{
    Content, Envelope,
    request::{Effective, Rules, authenticate},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    process::Command,
};

/// What the program did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) words: String,
}

impl Done {
    /// The one JSON object on standard output.
    pub(crate) fn json(&self) -> Value {
        let lines: Vec<&str> = self.out.lines().collect();
        assert_eq!(lines.len(), 1, "exactly one line: {self:?}");
        assert!(self.out.ends_with('\n'), "{self:?}");
        let value: Value = serde_json::from_str(lines[0]).expect("it is JSON");
        assert!(value.is_object(), "{self:?}");
        value
    }

    /// The error's sentence and hint, together.
    pub(crate) fn error(&self) -> String {
        let error = self.json()["error"].clone();
        assert_eq!(error.as_object().expect("an error").len(), 2, "{self:?}");
        format!("{} | {}", error["message"].as_str().expect("words"), error["hint"].as_str().expect("words"))
    }
}

/// A user's home.
pub(crate) struct Home {
    pub(crate) folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Home {
        let home = Home { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir_all(home.data().join("keys")).expect("a data folder");
        let pem = PrivateKey::deserialize_raw_32(&[7; 32]).serialize_pkcs8_pem(PrivateKeyFormat::Pkcs8v2);
        std::fs::write(home.data().join("keys/owner.pem"), pem).expect("a key");
        home
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state/autograph")
    }

    /// Says that a node runs; this very process stands for it.
    pub(crate) fn runs(&self, url: &str, root_key: &[u8]) {
        let file =
            json!({ "url": url, "data": self.data(), "root_key": hex::encode(root_key), "pid": std::process::id() });
        std::fs::create_dir_all(self.state()).expect("a state folder");
        std::fs::write(self.state().join("test.json"), file.to_string()).expect("a state file");
    }

    /// Runs the program with `--json`.
    pub(crate) async fn json(&self, args: &[&str]) -> Done {
        self.run(&[&["--json"], args].concat()).await
    }

    /// Runs the program; its standard input stays open and silent until it ends.
    pub(crate) async fn run(&self, args: &[&str]) -> Done {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let _silent = child.stdin.take();
        done(child.wait_with_output().await.expect("it ends"))
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autograph"));
        command
            .args(args)
            .env_remove("AUTOGRAPH_NODE")
            .env("HOME", self.folder.path())
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            // Nobody listens there: whoever asked a proxy would fail.
            .envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, "http://127.0.0.1:1")));
        command
    }

    /// A source tree of one file.
    pub(crate) fn tree(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(folder.join("backend")).expect("a folder");
        std::fs::write(folder.join("backend/main.mo"), "actor {}").expect("a file");
        folder
    }
}

fn done(output: Output) -> Done {
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Done { code: output.status.code().expect("no signal"), out: text(output.stdout), words: text(output.stderr) }
}

/// A request as a node got it, its signature checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) verb: String,
    pub(crate) arg: Value,
    pub(crate) sender: Principal,
}

/// An answer by script.
#[derive(Clone, Debug)]
pub(crate) struct Says {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: String,
}

impl Says {
    pub(crate) fn lines(lines: &[Value]) -> Says {
        let body = lines.iter().map(|line| format!("{line}\n")).collect();
        Says { status: 200, headers: vec![("content-type", "application/x-ndjson")], body }
    }

    pub(crate) fn result(result: Value) -> Says {
        Says::lines(&[
            json!({ "progress": { "stage": "look", "message": "Looking", "seconds": 0.0 } }),
            json!({ "result": result }),
        ])
    }
}

/// A node that answers by script: one answer a request, the last one for all that follow.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Clone)]
struct Script {
    says: Arc<Vec<Says>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Node {
    pub(crate) async fn start(says: Vec<Says>) -> Node {
        let (router, asked) = api(says);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Node { url, asked }
    }

    /// As `start`, for a user in whose home it is the running node.
    pub(crate) async fn of(home: &Home, says: Vec<Says>) -> Node {
        let node = Node::start(says).await;
        home.runs(&node.url, &[1, 2, 3]);
        node
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }
}

/// The node's own service by script.
pub(crate) fn api(says: Vec<Says>) -> (Router, Arc<Mutex<Vec<Asked>>>) {
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let script = Script { says: Arc::new(says), asked: asked.clone() };
    (Router::new().route("/_/api/{verb}", post(answer)).with_state(script), asked)
}

async fn answer(State(script): State<Script>, UrlPath(verb): UrlPath<String>, body: Bytes) -> Response {
    let mut asked = script.asked.lock().expect("no panic");
    let says = script.says[asked.len().min(script.says.len() - 1)].clone();
    match check(&verb, &body) {
        Ok(request) => asked.push(request),
        Err(why) => return (StatusCode::IM_A_TEAPOT, why).into_response(),
    }
    let mut response = Response::builder().status(says.status);
    for (name, value) in says.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(says.body)).expect("a response")
}

/// What a real node checks: the envelope, its signature, its freshness, and that it is meant for this verb.
fn check(verb: &str, body: &[u8]) -> Result<Asked, String> {
    let registry = Principal::from_text("rwlgt-iiaaa-aaaaa-aaaaa-cai").expect("an id");
    let envelope = Envelope::decode(body).map_err(|error| error.to_string())?;
    let rules = Rules { now: now(), root_key_der: &[] };
    authenticate(&envelope, rules, Effective::Canister(registry)).map_err(|error| error.to_string())?;
    let Content::Call(call) = &envelope.content else { return Err("no call".into()) };
    if call.method_name != format!("workshop/{verb}") || call.nonce.is_none() {
        return Err(format!("signed for {} without a nonce of its own", call.method_name));
    }
    let arg = serde_json::from_slice(&call.arg).map_err(|error| error.to_string())?;
    Ok(Asked { verb: verb.into(), arg, sender: call.sender })
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    u64::try_from(since.as_nanos()).expect("before 2554")
}

/// A listener that answers every connection with these bytes and hangs up.
pub(crate) async fn raw(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
                // What is still coming in is taken, so that the answer is not lost to a reset.
                while matches!(stream.read(&mut request).await, Ok(1..)) {}
            });
        }
    });
    url
}

/// A port on which nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port())
}

pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}
