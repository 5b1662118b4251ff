//! Deciding whether a request is who it says it is, in time, and at the right address.

use std::collections::BTreeSet;

use candid::{CandidType, Decode, Principal};
use serde::Deserialize;

use super::*;
use crate::principal::self_authenticating;
use crate::signature::{CanisterKey, verify};

/// What requests are judged by.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The present, in nanoseconds since 1970: a clock at the gateway, the batch's time in execution.
    pub now: u64,
    /// The network's root key, for canister signatures.
    pub root_key_der: &'a [u8],
}

/// The id in the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effective {
    /// `/canister/<id>/…`
    Canister(Principal),
    /// `/subnet/<id>/…`
    Subnet(Principal),
}

/// A request that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// Who asks.
    pub sender: Principal,
    /// The request's id.
    pub request_id: RequestId,
    /// The only canisters the delegations are for. Calls are checked against it already; who answers
    /// a `read_state` request must check what is read.
    pub targets: Option<BTreeSet<Principal>>,
}

/// Checks a request in full: sender, signature, delegations, expiry, and the effective id.
pub fn authenticate(
    envelope: &Envelope,
    rules: Rules<'_>,
    effective: Effective,
) -> Result<Authenticated, RequestError> {
    let content = &envelope.content;
    // The cheap checks come first: a flood of stale requests costs no signature check.
    check_expiry(content, rules.now)?;
    check_effective(content, effective)?;
    let request_id = content.request_id();
    let targets = check_sender(envelope, &request_id, rules)?;
    if let (Some(targets), Content::Call(call) | Content::Query(call)) = (&targets, content)
        && !targets.contains(&call.canister_id)
    {
        let reason = format!("it is not for the canister {}", call.canister_id);
        return Err(RequestError::Delegation { number: envelope.sender_delegation.len(), reason });
    }
    Ok(Authenticated { sender: content.sender(), request_id, targets })
}

fn check_expiry(content: &Content, now: u64) -> Result<(), RequestError> {
    let anonymous = content.sender() == Principal::anonymous();
    if anonymous && !matches!(content, Content::Call(_)) {
        return Ok(());
    }
    let latest = now.saturating_add(MAX_INGRESS_TTL + PERMITTED_DRIFT);
    let provided = content.ingress_expiry();
    if (now..=latest).contains(&provided) {
        return Ok(());
    }
    Err(RequestError::Expiry { provided, earliest: now, latest })
}

/// Checks who signed; returns the targets that all delegations together leave.
fn check_sender(
    envelope: &Envelope,
    request_id: &RequestId,
    rules: Rules<'_>,
) -> Result<Option<BTreeSet<Principal>>, RequestError> {
    let sender = envelope.content.sender();
    let proven = (&envelope.sender_pubkey, &envelope.sender_sig);
    if sender == Principal::anonymous() {
        return check_anonymous(envelope);
    }
    let (Some(pubkey), Some(signature)) = proven else {
        return Err(RequestError::Proof("a request that is not anonymous needs `sender_pubkey` and `sender_sig`"));
    };
    if self_authenticating(pubkey) != sender {
        return Err(RequestError::NotTheSender(sender));
    }
    let signer = check_delegations(envelope, pubkey, rules)?;
    verify(signer, &request_id.signable(), signature, rules.root_key_der).map_err(RequestError::Signature)?;
    check_sender_info(&envelope.content, pubkey, rules)?;
    Ok(common_targets(&envelope.sender_delegation))
}

fn check_anonymous(envelope: &Envelope) -> Result<Option<BTreeSet<Principal>>, RequestError> {
    let bare =
        envelope.sender_pubkey.is_none() && envelope.sender_sig.is_none() && envelope.sender_delegation.is_empty();
    if !bare {
        return Err(RequestError::Proof("an anonymous request must carry no key, signature or delegation"));
    }
    match &envelope.content {
        Content::Call(Call { sender_info: Some(_), .. }) | Content::Query(Call { sender_info: Some(_), .. }) => {
            Err(RequestError::SenderInfo("the sender is anonymous".into()))
        }
        _ => Ok(None),
    }
}

/// Follows the chain from the sender's key; returns the key that must have signed the request.
fn check_delegations<'a>(envelope: &'a Envelope, pubkey: &'a [u8], rules: Rules<'_>) -> Result<&'a [u8], RequestError> {
    let mut seen = BTreeSet::from([pubkey]);
    let mut signer = pubkey;
    bounded_chain(envelope.sender_delegation.len())?;
    for (i, link) in envelope.sender_delegation.iter().enumerate() {
        let failed = |reason| RequestError::Delegation { number: i + 1, reason };
        check_terms(&link.delegation, &envelope.content, rules.now).map_err(failed)?;
        if !seen.insert(&link.delegation.pubkey) {
            return Err(failed("its key appeared in the chain before".into()));
        }
        verify(signer, &link.delegation.signable(), &link.signature, rules.root_key_der)
            .map_err(|error| failed(error.to_string()))?;
        signer = &link.delegation.pubkey;
    }
    Ok(signer)
}

fn bounded_chain(length: usize) -> Result<(), RequestError> {
    if length > MAX_DELEGATIONS {
        return Err(RequestError::TooMany { what: "delegations", limit: MAX_DELEGATIONS });
    }
    Ok(())
}

/// What a delegation itself says about this request.
fn check_terms(delegation: &Delegation, content: &Content, now: u64) -> Result<(), String> {
    if delegation.expiration < now {
        return Err(format!("it expired at {} ns; sign in again", delegation.expiration));
    }
    if delegation.targets.as_ref().is_some_and(|targets| targets.len() > MAX_TARGETS) {
        return Err(format!("it has more than {MAX_TARGETS} targets"));
    }
    match delegation.permissions.as_deref() {
        None | Some("all") => Ok(()),
        Some("queries") if matches!(content, Content::Call(_)) => Err("it permits queries only".into()),
        Some("queries") => Ok(()),
        Some(other) => Err(format!("its permissions `{}` are unknown", other.escape_debug())),
    }
}

/// The canisters that every delegation with targets allows.
fn common_targets(chain: &[SignedDelegation]) -> Option<BTreeSet<Principal>> {
    chain
        .iter()
        .filter_map(|link| link.delegation.targets.as_ref())
        .map(|targets| targets.iter().copied().collect::<BTreeSet<_>>())
        .reduce(|all, these| all.intersection(&these).copied().collect())
}

/// Checks what a canister says about the sender: it must be the canister whose key the sender has.
fn check_sender_info(content: &Content, pubkey: &[u8], rules: Rules<'_>) -> Result<(), RequestError> {
    let (Content::Call(Call { sender_info: Some(info), .. }) | Content::Query(Call { sender_info: Some(info), .. })) =
        content
    else {
        return Ok(());
    };
    let failed = |reason: &str| RequestError::SenderInfo(reason.into());
    let key = CanisterKey::from_der(pubkey).ok_or_else(|| failed("the sender's key is not a canister's"))?;
    if key.canister_id != info.signer {
        return Err(failed("it names another canister than the sender's key"));
    }
    let payload = domain_separated("ic-sender-info", &info.info);
    verify(pubkey, &payload, &info.sig, rules.root_key_der).map_err(|error| failed(&error.to_string()))
}

fn check_effective(content: &Content, effective: Effective) -> Result<(), RequestError> {
    let (Content::Call(call) | Content::Query(call)) = content else {
        return Ok(());
    };
    let given = match effective {
        Effective::Canister(given) => given,
        Effective::Subnet(subnet) => return check_effective_subnet(content, call, subnet),
    };
    match effective_canister_id(call)? {
        Some(expected) if expected != given => {
            Err(RequestError::EffectiveId { given: format!("the canister {given}"), expected: expected.to_string() })
        }
        _ => Ok(()),
    }
}

/// A subnet's address takes only what is about the subnet itself.
fn check_effective_subnet(content: &Content, call: &Call, subnet: Principal) -> Result<(), RequestError> {
    let wanted = match content {
        Content::Call(_) => "create_canister",
        _ => "list_canisters",
    };
    if call.canister_id == Principal::management_canister() && call.method_name == wanted {
        return Ok(());
    }
    Err(RequestError::EffectiveId {
        given: format!("the subnet {subnet}"),
        expected: format!("a canister (a subnet takes `{wanted}` of the management canister only)"),
    })
}

#[derive(CandidType, Deserialize)]
struct NamesCanister {
    canister_id: Principal,
}

#[derive(CandidType, Deserialize)]
struct NamesTarget {
    target_canister: Principal,
}

/// The canister whose address a call must be sent to; `None` if any will do.
pub fn effective_canister_id(call: &Call) -> Result<Option<Principal>, RequestError> {
    if call.canister_id != Principal::management_canister() {
        return Ok(Some(call.canister_id));
    }
    let canister = match call.method_name.as_str() {
        "create_canister" | "provisional_create_canister_with_cycles" | "list_canisters" => {
            return Ok(None);
        }
        "install_chunked_code" => decode_quota(&call.arg)
            .and_then(|config| Decode!([config]; &call.arg, NamesTarget).ok().map(|named| named.target_canister)),
        _ => decode_quota(&call.arg)
            .and_then(|config| Decode!([config]; &call.arg, NamesCanister).ok().map(|named| named.canister_id)),
    };
    canister.map(Some).ok_or_else(|| RequestError::NotRoutable(call.method_name.chars().take(64).collect()))
}

/// Bounds the work of decoding an argument by its length: skipping a module must be possible, while
/// types that multiply (a vector of a billion nulls in ten bytes) must not.
fn decode_quota(arg: &[u8]) -> Option<candid::de::DecoderConfig> {
    let mut config = candid::de::DecoderConfig::new();
    let work = arg.len().checked_mul(64)? + 100_000;
    config.set_decoding_quota(work).set_skipping_quota(work).set_full_error_message(false);
    Some(config)
}
