//! Bytes from the network: envelopes, certificates, keys.

use std::sync::OnceLock;

use protocol::{
    Content, Envelope, Principal, RootKey, cbor,
    certificate::{decode_public_key, decode_tree, verify_certificate},
    request::{Effective, Rules, authenticate, effective_canister_id},
    signature::{CanisterKey, check_public_key},
};

/// Before a request ends to be valid; within what the rules allow.
const ONE_MINUTE_NS: u64 = 60_000_000_000;

/// The network that certificates and canister signatures are judged by, the same in every run.
fn root_key() -> &'static RootKey {
    static KEY: OnceLock<RootKey> = OnceLock::new();
    KEY.get_or_init(|| RootKey::from_seed(&[7; 32]))
}

pub(crate) fn root_key_der() -> &'static [u8] {
    static DER: OnceLock<Vec<u8>> = OnceLock::new();
    DER.get_or_init(|| root_key().public_key_der())
}

/// An envelope, at a moment and at an address that let it get as far as its signatures.
///
/// # Panics
/// An envelope that was accepted is another one after it was written and read again.
pub fn envelope(data: &[u8]) {
    let Ok(envelope) = Envelope::decode(data) else { return };
    let again = Envelope::decode(&envelope.encode());
    assert_eq!(again.as_ref(), Ok(&envelope), "an envelope survives being written and read");
    let rules =
        Rules { now: envelope.content.ingress_expiry().saturating_sub(ONE_MINUTE_NS), root_key_der: root_key_der() };
    let effective = match &envelope.content {
        Content::Call(call) | Content::Query(call) => {
            effective_canister_id(call).ok().flatten().unwrap_or(call.canister_id)
        }
        Content::ReadState(_) => Principal::management_canister(),
    };
    for effective in [Effective::Canister(effective), Effective::Subnet(effective)] {
        if let Ok(authenticated) = authenticate(&envelope, rules, effective) {
            assert_eq!(authenticated.sender, envelope.content.sender(), "nobody becomes somebody else");
            assert_eq!(authenticated.request_id, envelope.content.request_id());
            let proven = envelope.sender_pubkey.is_some() && envelope.sender_sig.is_some();
            assert!(proven || authenticated.sender == Principal::anonymous(), "a sender without proof");
        }
    }
}

/// A certificate, and every other form that is read from strangers' bytes.
///
/// # Panics
/// A tree without the root key's signature was accepted.
pub fn certificate(data: &[u8]) {
    let _ = (cbor::decode(data), decode_public_key(data), check_public_key(data), CanisterKey::from_der(data));
    if let Ok(tree) = decode_tree(data) {
        let _ = tree.digest();
    }
    if let Ok(tree) = verify_certificate(data, root_key_der()) {
        let signature = root_key().sign(&tree.digest());
        assert!(data.windows(signature.len()).any(|window| window == signature), "the tree is signed by the root key");
    }
}
