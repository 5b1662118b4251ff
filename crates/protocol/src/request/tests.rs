//! Envelopes: the specification's vectors, every refusal, and input at random.

use ic_ed25519::PrivateKey;
use proptest::prelude::*;

use super::*;
use crate::principal::self_authenticating;
use crate::{CanisterId, RootKey};

const NOW: u64 = 1_700_000_000_000_000_000;
const SECOND: u64 = 1_000_000_000;

fn key(seed: &str) -> PrivateKey {
    PrivateKey::generate_from_seed(seed.as_bytes())
}

fn der(key: &PrivateKey) -> Vec<u8> {
    key.public_key().serialize_rfc8410_der()
}

fn call(sender: Principal) -> Call {
    Call {
        canister_id: CanisterId::from_index(5).principal(),
        method_name: "inc".into(),
        arg: b"DIDL\0\0".to_vec(),
        sender,
        nonce: Some(vec![1, 2, 3]),
        ingress_expiry: NOW + 60 * SECOND,
        sender_info: None,
    }
}

fn signed_call(key: &PrivateKey) -> Envelope {
    sign(Content::Call(call(self_authenticating(&der(key)))), key)
}

fn sign(content: Content, key: &PrivateKey) -> Envelope {
    Envelope::signed(content, der(key), |payload| key.sign_message(payload).to_vec())
}

fn root() -> Vec<u8> {
    RootKey::from_seed(&[0; 32]).public_key_der()
}

fn check(envelope: &Envelope) -> Result<Authenticated, RequestError> {
    check_at(envelope, Effective::Canister(CanisterId::from_index(5).principal()))
}

fn check_at(envelope: &Envelope, effective: Effective) -> Result<Authenticated, RequestError> {
    authenticate(envelope, Rules { now: NOW, root_key_der: &root() }, effective)
}

/// A chain owner → … → last; the request is signed by the last key.
fn delegated(chain: &[(&PrivateKey, &PrivateKey, Delegation)], content: Content, owner: &PrivateKey) -> Envelope {
    let last = chain.last().map_or(owner, |(_, to, _)| to);
    let mut envelope = sign(content, last);
    envelope.sender_pubkey = Some(der(owner));
    envelope.sender_delegation = chain
        .iter()
        .map(|(from, _, delegation)| SignedDelegation {
            signature: from.sign_message(&delegation.signable()).to_vec(),
            delegation: delegation.clone(),
        })
        .collect();
    envelope
}

fn to(key: &PrivateKey) -> Delegation {
    Delegation { pubkey: der(key), expiration: NOW + 60 * SECOND, targets: None, permissions: None }
}

#[test]
fn the_spec_example_of_a_request_id() {
    let call = Call {
        canister_id: Principal::from_slice(&[0, 0, 0, 0, 0, 0, 4, 0xD2]),
        method_name: "hello".into(),
        arg: b"DIDL\x00\xFD*".to_vec(),
        sender: Principal::anonymous(),
        nonce: None,
        ingress_expiry: 1_685_570_400_000_000_000,
        sender_info: None,
    };
    let id = Content::Call(call).request_id().to_string();
    assert_eq!(id, "0x1d1091364d6bb8a6c16b203ee75467d59ead468f523eb058880ae8ec80e2b101");
}

#[test]
fn the_spec_example_of_an_envelope_lacks_fields_and_says_so() {
    let bytes = "d9d9f7a367636f6e74656e74a46c726571756573745f747970656463616c6c6b63616e69737465725f696443abcd016b6d6574686f645f6e616d65697361795f68656c6c6f63617267480061736d010000006a73656e6465725f73696744deadbeef6d73656e6465725f7075626b65795820b7a3c12dc0c8c748ab07525b701122b88bd78f600c76342d27f25e5f92444cde";
    let error = Envelope::decode(&hex::decode(bytes).expect("hex")).expect_err("it has no sender");
    assert_eq!(error, RequestError::Missing { map: "content", field: "sender" });
}

#[test]
fn envelopes_round_trip() {
    let owner = key("owner");
    let session = key("session");
    let limited = Delegation {
        targets: Some(vec![CanisterId::from_index(5).principal()]),
        permissions: Some("all".into()),
        ..to(&session)
    };
    let sender = self_authenticating(&der(&owner));
    let read = ReadState {
        paths: vec![vec![b"time".to_vec()], vec![b"request_status".to_vec(), vec![7; 32]], vec![]],
        sender,
        nonce: None,
        ingress_expiry: u64::MAX,
    };
    let info = SenderInfo { info: vec![1], signer: sender, sig: vec![2] };
    let told = Call { sender_info: Some(info), nonce: None, ..call(sender) };
    for content in [Content::Call(call(sender)), Content::Query(told), Content::ReadState(read)] {
        let envelope = delegated(&[(&owner, &session, limited.clone())], content, &owner);
        assert_eq!(Envelope::decode(&envelope.encode()), Ok(envelope));
    }
}

#[test]
fn a_signed_call_holds_and_a_changed_one_does_not() {
    let envelope = signed_call(&key("owner"));
    let authenticated = check(&envelope).expect("signed above");
    assert_eq!(authenticated.sender, envelope.content.sender());
    assert_eq!(authenticated.request_id, envelope.content.request_id());

    let mut changed = envelope.clone();
    if let Content::Call(call) = &mut changed.content {
        call.arg.push(0);
    }
    assert!(matches!(check(&changed), Err(RequestError::Signature(_))));
    let mut stolen = envelope.clone();
    stolen.sender_pubkey = Some(der(&key("thief")));
    assert!(matches!(check(&stolen), Err(RequestError::NotTheSender(_))));
    let mut bare = envelope;
    bare.sender_sig = None;
    assert!(matches!(check(&bare), Err(RequestError::Proof(_))));
}

#[test]
fn anonymous_requests_carry_nothing() {
    let mut envelope = Envelope::anonymous(Content::Call(call(Principal::anonymous())));
    assert!(check(&envelope).is_ok());
    envelope.sender_sig = Some(vec![]);
    assert!(matches!(check(&envelope), Err(RequestError::Proof(_))));
}

#[test]
fn expiry_has_a_window() {
    let at = |ingress_expiry| {
        let call = Call { ingress_expiry, ..call(Principal::anonymous()) };
        check(&Envelope::anonymous(Content::Call(call)))
    };
    assert!(at(NOW).is_ok());
    assert!(at(NOW + 330 * SECOND).is_ok());
    for wrong in [0, NOW - 1, NOW + 330 * SECOND + 1, u64::MAX] {
        let error = at(wrong).expect_err("outside the window");
        assert!(error.to_string().starts_with("Invalid request expiry: "), "{error}");
    }
    let query = Call { ingress_expiry: 0, ..call(Principal::anonymous()) };
    assert!(check(&Envelope::anonymous(Content::Query(query))).is_ok());
    let owner = key("owner");
    let query = Call { ingress_expiry: 0, ..call(self_authenticating(&der(&owner))) };
    assert!(check(&sign(Content::Query(query), &owner)).is_err());
}

#[test]
fn delegations_carry_over_and_end() {
    let (owner, session, last) = (key("owner"), key("session"), key("last"));
    let content = || Content::Call(call(self_authenticating(&der(&owner))));
    let chain = |first: Delegation, second: Delegation| {
        check(&delegated(&[(&owner, &session, first), (&session, &last, second)], content(), &owner))
    };
    let reason = |result: Result<Authenticated, RequestError>| match result {
        Err(RequestError::Delegation { number, reason }) => (number, reason),
        other => panic!("a delegation should have failed: {other:?}"),
    };
    assert!(chain(to(&session), to(&last)).is_ok());

    let expired = Delegation { expiration: NOW - 1, ..to(&last) };
    assert_eq!(reason(chain(to(&session), expired)).0, 2);

    let elsewhere = Delegation { targets: Some(vec![CanisterId::from_index(6).principal()]), ..to(&session) };
    assert!(reason(chain(elsewhere, to(&last))).1.contains("not for the canister"));

    let queries = Delegation { permissions: Some("queries".into()), ..to(&session) };
    assert_eq!(reason(chain(queries, to(&last))).0, 1);
    let odd = Delegation { permissions: Some("everything".into()), ..to(&session) };
    assert!(reason(chain(odd, to(&last))).1.contains("everything"));

    // The signature of the second link is the owner's, not the session's.
    let forged = delegated(&[(&owner, &session, to(&session)), (&owner, &last, to(&last))], content(), &owner);
    assert_eq!(reason(check(&forged)).0, 2);
}

#[test]
fn a_delegation_for_queries_lets_queries_and_reads_through() {
    let (owner, session) = (key("owner"), key("session"));
    let sender = self_authenticating(&der(&owner));
    let queries = Delegation { permissions: Some("queries".into()), ..to(&session) };
    let read = ReadState { paths: vec![], sender, nonce: None, ingress_expiry: NOW };
    for content in [Content::Query(call(sender)), Content::ReadState(read)] {
        assert!(check(&delegated(&[(&owner, &session, queries.clone())], content, &owner)).is_ok());
    }
}

#[test]
fn chains_may_neither_loop_nor_grow_without_end() {
    let (owner, session) = (key("owner"), key("session"));
    let content = || Content::Call(call(self_authenticating(&der(&owner))));
    let to_self = delegated(&[(&owner, &owner, to(&owner))], content(), &owner);
    let back = delegated(&[(&owner, &session, to(&session)), (&session, &owner, to(&owner))], content(), &owner);
    for looped in [to_self, back] {
        let error = check(&looped).expect_err("a loop").to_string();
        assert!(error.contains("appeared in the chain"), "{error}");
    }

    let keys: Vec<_> = (0..=21).map(|i| key(&format!("link {i}"))).collect();
    let chain = |length: usize| {
        let links: Vec<_> = keys.windows(2).take(length).map(|k| (&k[0], &k[1], to(&k[1]))).collect();
        let content = Content::Call(call(self_authenticating(&der(&keys[0]))));
        delegated(&links, content, &keys[0])
    };
    assert!(check(&chain(20)).is_ok());
    assert_eq!(check(&chain(21)), Err(RequestError::TooMany { what: "delegations", limit: 20 }));
    assert!(matches!(Envelope::decode(&chain(21).encode()), Err(RequestError::TooMany { .. })));
}

#[test]
fn the_address_must_be_the_canisters() {
    let envelope = Envelope::anonymous(Content::Call(call(Principal::anonymous())));
    let other = Effective::Canister(CanisterId::from_index(6).principal());
    assert!(matches!(check_at(&envelope, other), Err(RequestError::EffectiveId { .. })));
    let subnet = Effective::Subnet(Principal::anonymous());
    assert!(matches!(check_at(&envelope, subnet), Err(RequestError::EffectiveId { .. })));
}

#[test]
fn management_calls_go_to_the_canister_they_are_about() {
    use candid::{CandidType, Encode};
    #[derive(CandidType)]
    struct Install {
        canister_id: Principal,
        wasm_module: Vec<u8>,
    }
    let canister_id = CanisterId::from_index(5).principal();
    let manage = |method_name: &str, arg: Vec<u8>| {
        let canister_id = Principal::management_canister();
        let call = Call { canister_id, method_name: method_name.into(), arg, ..call(Principal::anonymous()) };
        check(&Envelope::anonymous(Content::Call(call)))
    };
    let big = Encode!(&Install { canister_id, wasm_module: vec![1; 2 << 20] }).expect("encodes");
    assert!(manage("install_code", big).is_ok());
    let other = Install { canister_id: CanisterId::from_index(6).principal(), wasm_module: vec![] };
    let other = manage("install_code", Encode!(&other).expect("encodes"));
    assert!(matches!(other, Err(RequestError::EffectiveId { .. })));
    assert!(matches!(manage("stop_canister", b"DIDL\0\0".to_vec()), Err(RequestError::NotRoutable(_))));
    assert!(manage("create_canister", b"DIDL\0\0".to_vec()).is_ok());
    // A vector of two billion nulls in a few bytes must be refused quickly.
    let bomb = b"DIDL\x01\x6d\x7f\x01\x00\x80\x94\xeb\xdc\x03".to_vec();
    assert!(matches!(manage("stop_canister", bomb), Err(RequestError::NotRoutable(_))));
}

#[test]
fn unknown_and_wrong_fields_are_named() {
    let mut out = crate::cbor::Writer::self_described();
    out.map(1).text("contents").nat(1);
    let error = Envelope::decode(&out.finish()).expect_err("no such field").to_string();
    assert_eq!(error, "the envelope lacks the field `content`");

    let whole = signed_call(&key("owner")).encode();
    // The map of one more field at the end: `{…, "extra": 1}`.
    let mut extra = whole.clone();
    extra[3] += 1;
    extra.extend(b"\x65extra\x01");
    let error = Envelope::decode(&extra).expect_err("an extra field");
    assert_eq!(error.to_string(), "the envelope has the unknown field `extra`");

    let long = Call { nonce: Some(vec![0; 33]), ..call(Principal::anonymous()) };
    let error = Envelope::decode(&Envelope::anonymous(Content::Call(long)).encode()).expect_err("too long");
    assert_eq!(error.to_string(), "bytes in the nonce: at most 32 are allowed");
}

#[test]
fn a_session_of_a_canister_signature_user_holds_with_its_sender_info() {
    use crate::cbor::Writer;
    use crate::hash::sha256;
    use crate::signature::canister_public_key;
    use crate::tree::Tree;
    let root = RootKey::from_seed(&[0; 32]);
    let vouching = CanisterId::from_index(9).principal();
    let pubkey = canister_public_key(&vouching, b"user");
    let canister_sign = |payload: &[u8]| {
        let mut signed = Tree::node();
        signed.insert(&[b"sig".to_vec(), sha256(b"user").to_vec(), sha256(payload).to_vec()], Tree::leaf([]));
        let path = vec![b"canister".to_vec(), vouching.as_slice().to_vec(), b"certified_data".to_vec()];
        let mut state = Tree::node();
        state.insert(&path, Tree::leaf(signed.digest()));
        let witness = state.witness(std::slice::from_ref(&path));
        let certificate = crate::certificate::encode_certificate(&witness, &root.sign(&state.digest()));
        let mut out = Writer::self_described();
        out.map(2).text("certificate").bytes(&certificate).text("tree").raw(&signed.witness(&[vec![]]));
        out.finish()
    };
    let session = key("session");
    let sig = canister_sign(&domain_separated("ic-sender-info", b"mail"));
    let info = SenderInfo { info: b"mail".to_vec(), signer: vouching, sig };
    let content = Call { sender_info: Some(info), ..call(self_authenticating(&pubkey)) };
    let mut envelope = sign(Content::Call(content), &session);
    envelope.sender_pubkey = Some(pubkey);
    let delegation = to(&session);
    let signature = canister_sign(&delegation.signable());
    envelope.sender_delegation = vec![SignedDelegation { delegation, signature }];
    assert!(check(&envelope).is_ok());

    let Content::Call(call) = &mut envelope.content else { unreachable!("made above") };
    call.sender_info.as_mut().expect("set above").info = b"other".to_vec();
    let mut resigned = sign(envelope.content.clone(), &session);
    resigned.sender_pubkey = envelope.sender_pubkey;
    resigned.sender_delegation = envelope.sender_delegation;
    assert!(matches!(check(&resigned), Err(RequestError::SenderInfo(_))));
}

proptest! {
    #[test]
    fn no_bytes_make_decoding_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Envelope::decode(&bytes);
    }

    #[test]
    fn no_damage_to_an_envelope_makes_it_pass(at in any::<prop::sample::Index>(), xor in 1u8..) {
        let original = signed_call(&key("owner"));
        let mut bytes = original.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= xor;
        if let Ok(envelope) = Envelope::decode(&bytes)
            && check(&envelope).is_ok()
        {
            // Only a change of encoding, such as a text for a blob, may go unnoticed.
            prop_assert_eq!(envelope.content, original.content);
        }
    }
}
