//! `POST …/query`: query calls, signed by the node.

use std::net::IpAddr;

use axum::response::Response;
use candid::Principal;
use protocol::cbor::Writer;
use protocol::reject::QueryResponse;
use protocol::request::{Authenticated, Call};
use protocol::{CanisterId, RequestId};

use super::answer::{cbor, overloaded, write_reject};
use crate::gateway::Gateway;
use crate::meter::{Caller, Spent};
use crate::refusal::Refused;
use crate::replica::{QueryAnswer, UserQuery};

/// Has a query evaluated and answers with the node's signature.
pub(super) async fn respond(
    gateway: &Gateway,
    call: Call,
    authenticated: Authenticated,
    effective: Principal,
    peer: IpAddr,
) -> Result<Response, Refused> {
    let (canister, caller) = (CanisterId::new(call.canister_id), Caller::of_query(call.sender, peer));
    gateway.meter.query(canister, caller)?;
    let request_id = authenticated.request_id;
    let query = UserQuery { call, request_id, effective };
    let (meter, answer) = (gateway.meter.clone(), gateway.replica.query(query));
    // Spawned, so that a caller who hangs up is charged all the same.
    let answer = tokio::spawn(async move {
        let answer = answer.await;
        if let Ok(answer) = &answer {
            meter.charge(canister, Some(caller), answer.spent);
        }
        answer
    });
    let answer = match answer.await.map_err(|_| Refused::busy("the node is stopping; try again later", 5))? {
        Ok(answer) => answer,
        Err(refusal) => QueryAnswer {
            response: QueryResponse::Rejected(overloaded(refusal)?),
            timestamp: gateway.replica.now(),
            spent: Spent::default(),
        },
    };
    Ok(signed(gateway, &request_id, &answer))
}

fn signed(gateway: &Gateway, request_id: &RequestId, answer: &QueryAnswer) -> Response {
    let signature = gateway.replica.sign_query(&answer.response.signable(request_id, answer.timestamp));
    let mut out = Writer::self_described();
    match &answer.response {
        QueryResponse::Replied(arg) => {
            out.map(3).text("status").text("replied").text("reply").map(1).text("arg").bytes(arg);
        }
        QueryResponse::Rejected(reject) => {
            write_reject(&mut out, reject, 2);
            out.text("status").text("rejected");
        }
    }
    out.text("signatures").array(1).map(3).text("timestamp").nat(answer.timestamp);
    out.text("signature").bytes(&signature.signature);
    out.text("identity").bytes(signature.node_id.as_slice());
    cbor(out)
}
