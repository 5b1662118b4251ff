//! Writing envelopes: what the command line sends, and what nodes pass on to each other.

use candid::Principal;

use super::{Call, Content, Envelope, ReadState, SignedDelegation};
use crate::cbor::Writer;

/// The envelope as self-described CBOR.
pub(super) fn envelope(envelope: &Envelope) -> Vec<u8> {
    let mut out = Writer::self_described();
    let delegated = !envelope.sender_delegation.is_empty();
    let proofs = [&envelope.sender_pubkey, &envelope.sender_sig];
    out.map(1 + usize::from(delegated) + proofs.iter().filter(|p| p.is_some()).count());
    out.text("content");
    match &envelope.content {
        Content::Call(call) | Content::Query(call) => write_call(call, &envelope.content, &mut out),
        Content::ReadState(read) => write_read_state(read, &mut out),
    }
    for (name, proof) in ["sender_pubkey", "sender_sig"].iter().zip(proofs) {
        proof.as_ref().map(|bytes| out.text(name).bytes(bytes));
    }
    if delegated {
        out.text("sender_delegation").array(envelope.sender_delegation.len());
        envelope.sender_delegation.iter().for_each(|link| write_delegation(link, &mut out));
    }
    out.finish()
}

fn write_common(sender: &Principal, expiry: u64, nonce: &Option<Vec<u8>>, out: &mut Writer) {
    out.text("sender").bytes(sender.as_slice()).text("ingress_expiry").nat(expiry);
    nonce.as_ref().map(|nonce| out.text("nonce").bytes(nonce));
}

fn write_call(call: &Call, content: &Content, out: &mut Writer) {
    out.map(6 + usize::from(call.nonce.is_some()) + usize::from(call.sender_info.is_some()));
    out.text("request_type").text(content.request_type());
    out.text("canister_id").bytes(call.canister_id.as_slice());
    out.text("method_name").text(&call.method_name).text("arg").bytes(&call.arg);
    write_common(&call.sender, call.ingress_expiry, &call.nonce, out);
    if let Some(info) = &call.sender_info {
        out.text("sender_info").map(3).text("info").bytes(&info.info);
        out.text("signer").bytes(info.signer.as_slice()).text("sig").bytes(&info.sig);
    }
}

fn write_read_state(read: &ReadState, out: &mut Writer) {
    out.map(4 + usize::from(read.nonce.is_some()));
    out.text("request_type").text("read_state");
    write_common(&read.sender, read.ingress_expiry, &read.nonce, out);
    out.text("paths").array(read.paths.len());
    for path in &read.paths {
        out.array(path.len());
        path.iter().for_each(|label| {
            out.bytes(label);
        });
    }
}

fn write_delegation(link: &SignedDelegation, out: &mut Writer) {
    let delegation = &link.delegation;
    out.map(2).text("signature").bytes(&link.signature).text("delegation");
    out.map(2 + usize::from(delegation.targets.is_some()) + usize::from(delegation.permissions.is_some()));
    out.text("pubkey").bytes(&delegation.pubkey).text("expiration").nat(delegation.expiration);
    if let Some(targets) = &delegation.targets {
        out.text("targets").array(targets.len());
        targets.iter().for_each(|id| {
            out.bytes(id.as_slice());
        });
    }
    delegation.permissions.as_ref().map(|text| out.text("permissions").text(text));
}
