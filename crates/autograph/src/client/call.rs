//! Calling a method of an app, as any program would: through an agent that verifies every answer.
//!
//! Invariant: a reply is shown only if the node's root key vouches for it.

use std::time::Duration;

use candid::Principal;
use ic_agent::{Agent, AgentError, agent::RejectResponse};
use tokio::time::Instant;

use super::{
    Client, EXPIRY, Problem,
    interface::{INTERFACE_BYTES_MAX, Reply, prepare, read_reply},
};

/// What to call.
#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    /// The canister.
    pub(crate) canister: Principal,
    /// Its method.
    pub(crate) method: &'a str,
    /// Candid text; empty for no argument.
    pub(crate) argument: &'a str,
    /// A query even if the interface says that it is none.
    pub(crate) query: bool,
}

/// Calls and waits for the reply, through a node's slow moments, until the call expires.
///
/// Without `root_key` the node is asked for its own.
pub(crate) async fn call(client: &Client, root_key: Option<Vec<u8>>, call: Call<'_>) -> Result<Reply, Problem> {
    let ask_key = root_key.is_none();
    let agent = client.agent(root_key, Instant::now() + EXPIRY)?;
    if ask_key {
        agent.fetch_root_key().await.map_err(|error| client.words(error))?;
    }
    let interface = interface(&agent, call.canister).await.map_err(|error| client.words(error))?;
    let prepared = prepare(interface.clone(), call.method, call.argument)?;
    let reply = if call.query || prepared.query {
        agent.query(&call.canister, call.method).with_arg(prepared.arg).call().await
    } else {
        let update = agent.update(&call.canister, call.method).with_arg(prepared.arg);
        update.expire_after(EXPIRY).call_and_wait().await
    };
    let bytes = reply.map_err(|error| client.words(error))?;
    read_reply(interface, call.method, bytes)
}

/// The canister's own description of its methods, if it has one that may be read.
async fn interface(agent: &Agent, canister: Principal) -> Result<Option<String>, AgentError> {
    match agent.read_state_canister_metadata(canister, "candid:service").await {
        Ok(bytes) if bytes.len() <= INTERFACE_BYTES_MAX => Ok(String::from_utf8(bytes).ok()),
        Ok(_) => Ok(None),
        Err(AgentError::LookupPathAbsent(_) | AgentError::LookupPathUnknown(_) | AgentError::LookupPathError(_)) => {
            Ok(None)
        }
        // Neither a canister that is not there nor a description that is kept secret; the call itself will say.
        Err(AgentError::HttpError(error)) if (400..429).contains(&error.status) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Client {
    /// An agent's error, in words.
    fn words(&self, error: AgentError) -> Problem {
        use ic_agent::agent::agent_error::TransportError;
        match error {
            AgentError::CertifiedReject { reject, .. } | AgentError::UncertifiedReject { reject, .. } => {
                rejected(&reject)
            }
            AgentError::TransportError(TransportError::Reqwest(error)) => super::http::not_reached(&self.url, &error),
            AgentError::HttpError(error) => super::answer::refusal(error.status, &error.content),
            AgentError::TimeoutWaitingForResponse() => too_slow(),
            AgentError::CertificateVerificationFailed()
            | AgentError::QuerySignatureVerificationFailed
            | AgentError::CertificateNotAuthorized()
            | AgentError::MissingSignature
            | AgentError::MalformedSignature => unproved(&error.to_string()),
            AgentError::CertificateOutdated(age) => outdated(age),
            AgentError::RequestStatusDoneNoReply(_) => Problem::failed(
                "the call was done, but the node has forgotten the reply",
                "look at the app to see what it did",
            ),
            error => Problem::failed(format!("the call did not work: {error}"), "try again"),
        }
    }
}

fn rejected(reject: &RejectResponse) -> Problem {
    let kind = match reject.reject_code as u64 {
        1 | 2 => "the node could not do it; try again",
        3 => "there is no such canister or method",
        4 => "the app said no",
        _ => "`autograph logs APP` may say more",
    };
    let code = reject.error_code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    Problem::failed(reject.reject_message.clone(), format!("{kind}{code}"))
}

fn unproved(why: &str) -> Problem {
    let why = why.trim_end_matches('.').to_lowercase();
    Problem::failed(
        format!("the answer does not carry this node's signature: {why}"),
        "is another node at this address? `autograph status` shows which one it is",
    )
}

fn outdated(age: Duration) -> Problem {
    let message = format!("the node's proof is more than {} minutes old", age.as_secs() / 60);
    Problem::failed(message, "check the clocks of this machine and of the node's")
}

fn too_slow() -> Problem {
    Problem::failed(
        "the call was not done before it expired",
        "it is not known whether it still happened: look at the app, then try again",
    )
}
