//! The client side of the command line: finds a node, signs what it asks, and reads what it answers.
//!
//! A request is an envelope as the interface has it (a call of the registry's method `workshop/<verb>` with JSON as
//! its argument), posted to `/_/api/<verb>`. Calls of apps go through an ordinary agent, which verifies every answer
//! against the node's root key. Invariant: nothing here writes to standard output or ends the process.

pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod discover;
mod http;
pub(crate) mod interface;
pub(crate) mod keys;
pub(crate) mod problem;
pub(crate) mod state_file;
pub(crate) mod value;

use std::{sync::Arc, time::Duration};

use candid::Principal;
use ic_agent::Agent;
use reqwest::Url;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

pub(crate) use problem::{Exit, Problem};
pub(crate) use state_file::{remove_state_file, write_state_file};

use self::{
    answer::{Line, Lines, Progress},
    discover::Target,
    keys::Signer,
};

/// The registry, whose method a request names.
const REGISTRY: &str = "rwlgt-iiaaa-aaaaa-aaaaa-cai";
/// How long a signed request is good. Nodes refuse more than five minutes.
const EXPIRY: Duration = Duration::from_secs(4 * 60);
/// Requests that write, build or judge.
const LONG: Duration = Duration::from_secs(10 * 60);
/// All others.
const SHORT: Duration = Duration::from_secs(2 * 60);
/// The longest refusal that is read, bytes.
const REFUSAL_BYTES_MAX: usize = 64 << 10;
/// The longest reply of an app that is read, bytes. The interface allows about 3 MB.
const REPLY_BYTES_MAX: usize = 16 << 20;

/// Says something to the person, beside the result. What a node wrote is shown without its control characters.
pub(crate) fn say(text: &str) {
    use std::io::Write as _;
    // Nobody may be reading standard error; that is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{}", plain(text));
}

/// Text that can't steer a terminal.
pub(crate) fn plain(text: &str) -> String {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A signer at a node.
pub(crate) struct Client {
    url: Url,
    http: reqwest::Client,
    signer: Signer,
}

impl Client {
    /// `signer` talks to `target`.
    pub(crate) fn new(target: &Target, signer: Signer) -> Result<Client, Problem> {
        Ok(Client { url: target.url.clone(), http: http::client(&target.url)?, signer })
    }

    /// Asks the node to do `verb`; tells `on_progress` how far it is.
    pub(crate) async fn ask(
        &self,
        verb: &str,
        arg: &Value,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Value, Problem> {
        let long =
            matches!(verb, "new" | "change" | "deploy" | "check" | "restore" | "erase" | "export" | "import" | "data");
        let most = if long { LONG } else { SHORT };
        timeout(most, self.ask_patiently(verb, arg, on_progress)).await.unwrap_or_else(|_| {
            let message = format!("the node did not finish `{verb}` within {} minutes", most.as_secs() / 60);
            Err(Problem::failed(message, "it may still be at it: look with `autograph list`, then try again"))
        })
    }

    /// A node that is busy did not begin, so the request is signed anew and sent again.
    async fn ask_patiently(
        &self,
        verb: &str,
        arg: &Value,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Value, Problem> {
        let until = Instant::now() + EXPIRY;
        loop {
            let mut response = self.post(verb, self.envelope(verb, arg)?).await?;
            if response.status().is_success() {
                return self.read(&mut response, on_progress).await;
            }
            if let Some(wait) = http::retry_after(response.status(), response.headers())
                && Instant::now() + wait < until
            {
                say(&format!("the node is busy; trying again in {:.0} s", wait.as_secs_f64().ceil()));
                sleep(wait).await;
                continue;
            }
            let body = http::read_body(&mut response, REFUSAL_BYTES_MAX).await.ok().flatten().unwrap_or_default();
            return Err(answer::refusal(response.status().as_u16(), &body));
        }
    }

    async fn post(&self, verb: &str, envelope: Vec<u8>) -> Result<reqwest::Response, Problem> {
        let url = self.at(&format!("_/api/{verb}"))?;
        let request = self.http.post(url).header("content-type", "application/cbor").body(envelope);
        request.send().await.map_err(|error| http::not_reached(&self.url, &error))
    }

    async fn read(
        &self,
        response: &mut reqwest::Response,
        on_progress: &mut dyn FnMut(Progress),
    ) -> Result<Value, Problem> {
        let mut lines = Lines::default();
        loop {
            let chunk = response.chunk().await;
            let Ok(Some(chunk)) = chunk else {
                // A broken connection after the result is no harm; before it, `end` says what to do.
                return lines.end();
            };
            lines.push(&chunk)?;
            while let Some(line) = lines.next()? {
                match line {
                    Line::Progress(progress) => on_progress(progress),
                    Line::Last(last) => return last,
                }
            }
        }
    }

    /// The signed CBOR envelope of a request; each has its own nonce.
    fn envelope(&self, verb: &str, arg: &Value) -> Result<Vec<u8>, Problem> {
        let cannot = |why: String| Problem::failed(format!("can't sign the request: {why}"), "check the key file");
        let registry = Principal::from_text(REGISTRY).map_err(|error| cannot(error.to_string()))?;
        let agent = self.agent(None, Instant::now() + EXPIRY)?;
        let call = agent.update(&registry, format!("workshop/{verb}")).with_arg(arg.to_string().into_bytes());
        let signed = call.expire_after(EXPIRY).sign().map_err(|error| cannot(error.to_string()))?;
        Ok(signed.signed_update)
    }

    /// An agent for this node that verifies with `root_key` and waits for a busy node until `until`.
    pub(crate) fn agent(&self, root_key: Option<Vec<u8>>, until: Instant) -> Result<Agent, Problem> {
        let agent = Agent::builder()
            .with_url(self.url.as_str())
            .with_arc_identity(self.signer.clone())
            .with_arc_http_middleware(Arc::new(http::Patient::new(self.http.clone(), until)))
            .with_verify_query_signatures(true)
            .with_ingress_expiry(EXPIRY)
            .with_max_polling_time(EXPIRY)
            .with_max_response_body_size(REPLY_BYTES_MAX)
            .build()
            .map_err(|error| Problem::failed(format!("can't talk to the node: {error}"), "report this"))?;
        if let Some(root_key) = root_key {
            agent.set_root_key(root_key);
        }
        Ok(agent)
    }

    /// The backend of the app called `name`, as its web site tells everyone.
    pub(crate) async fn backend_of(&self, name: &str) -> Result<Principal, Problem> {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let request = self.http.get(self.at("env.json")?).header("host", format!("{name}.localhost{port}"));
        let answer = request.send().await;
        let mut response = answer.map_err(|error| http::not_reached(&self.url, &error))?;
        let body = http::read_body(&mut response, REFUSAL_BYTES_MAX).await.ok().flatten().unwrap_or_default();
        let env: Value = serde_json::from_slice(&body).unwrap_or_default();
        let id = env["backend_canister_id"].as_str().and_then(|text| Principal::from_text(text).ok());
        id.ok_or_else(|| {
            let message = format!("there is no app called `{name}` at {}", discover::address(&self.url));
            Problem::usage(message, "`autograph list` shows the apps of a node; a canister id does as well")
        })
    }

    fn at(&self, path: &str) -> Result<Url, Problem> {
        self.url.join(path).map_err(|error| Problem::usage(format!("`{path}` is no address: {error}"), ""))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_says_can_t_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{7}\r\u{9b}c\td\n"), "a\u{fffd}[31mb\u{fffd}\u{fffd}\u{fffd}c\td\n");
    }
}
