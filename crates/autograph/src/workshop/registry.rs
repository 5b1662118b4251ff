//! Calls of the registry in the workshop's name: ordered, executed and durable like everyone's.

use candid::{CandidType, Principal, utils::ArgumentEncoder};
use execution::{
    REGISTRY,
    registry::{App, calls::Outcome},
};
use protocol::RequestId;
use replication::{Answer, Clock as _, SystemClock};
use serde::de::DeserializeOwned;
use state::replicated::{Ingress, IngressStatus};

use super::{Workshop, answer::Problem};

/// How long a call of the workshop may wait to be executed, ns.
const EXPIRY: u64 = 120_000_000_000;

impl Workshop {
    /// Calls a registry method that answers with `variant { ok; err }`.
    pub(crate) async fn registry<T: CandidType + DeserializeOwned>(
        &self,
        method: &str,
        args: impl ArgumentEncoder,
    ) -> Result<T, Problem> {
        let arg = candid::encode_args(args).map_err(|error| internal(method, &error))?;
        let ingress = Ingress {
            request_id: RequestId(crate::node::random()),
            sender: self.node.workshop,
            canister: REGISTRY,
            method: method.into(),
            arg,
            effective: REGISTRY,
            expiry: SystemClock.now() + EXPIRY,
            sender_info: None,
        };
        match self.node.replica.call(ingress).await? {
            Answer::Final(IngressStatus::Replied(bytes)) => {
                match candid::decode_one::<Outcome<T>>(&bytes).map_err(|error| internal(method, &error))? {
                    Outcome::Ok(value) => Ok(value),
                    Outcome::Err(text) => Err(Problem::usage(text, "look at the app with `autograph show`")),
                }
            }
            Answer::Final(IngressStatus::Rejected(reject)) | Answer::Refused(reject) => Err(internal(method, &reject)),
            Answer::Final(_) | Answer::Busy => {
                Err(Problem::node("the node has too much to do", "try again in a moment"))
            }
        }
    }

    /// The app of this name or id.
    pub(crate) async fn app(&self, label: &str) -> Result<App, Problem> {
        let wanted = label.to_owned();
        let found = self.node.replica.read(move |executor| executor.state().registry.find(&wanted).cloned()).await?;
        found.ok_or_else(|| Problem::no_app(label))
    }

    /// Whether this key is one of the person who owns the node.
    pub(crate) async fn is_owner(&self, key: Principal) -> Result<bool, Problem> {
        Ok(self.node.replica.read(move |executor| executor.state().registry.person_of(key).is_some()).await?)
    }
}

fn internal(method: &str, error: &impl std::fmt::Display) -> Problem {
    Problem::node(format!("the registry's `{method}` failed: {error}"), "the node's log has more")
}
