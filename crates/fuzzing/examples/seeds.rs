//! Writes the fuzzers' first inputs: `seeds CORPUS_FOLDER`.

use std::{fs, path::Path};

use embedder::PointerWidth;
use protocol::{
    Content, Envelope, Principal, Tree,
    certificate::encode_certificate,
    reject::NodeKey,
    request::{Call, Delegation, ReadState, SignedDelegation},
    signature::canister_public_key,
};

const EXPIRY_NS: u64 = 1_700_000_000_000_000_000;

fn envelopes() -> Vec<Vec<u8>> {
    let (key, session) = (NodeKey::from_secret(&[1; 32]), NodeKey::from_secret(&[2; 32]));
    let call = |sender| Call {
        canister_id: Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 1]),
        method_name: "rsvp".into(),
        arg: b"DIDL\0\0".to_vec(),
        sender,
        nonce: Some(vec![1, 2, 3]),
        ingress_expiry: EXPIRY_NS,
        sender_info: None,
    };
    let paths = vec![vec![b"request_status".to_vec(), vec![0; 32]], vec![b"time".to_vec()]];
    let read = |sender| ReadState { paths: paths.clone(), sender, nonce: None, ingress_expiry: EXPIRY_NS };
    let signed = |content| Envelope::signed(content, key.public_key_der(), |payload| key.sign(payload).to_vec());
    let delegation = Delegation {
        pubkey: session.public_key_der(),
        expiration: EXPIRY_NS,
        targets: Some(vec![Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 1])]),
        permissions: None,
    };
    let signature = key.sign(&delegation.signable()).to_vec();
    let mut delegated = Envelope::signed(Content::Call(call(key.node_id())), key.public_key_der(), |payload| {
        session.sign(payload).to_vec()
    });
    delegated.sender_delegation = vec![SignedDelegation { delegation, signature }];
    [
        Envelope::anonymous(Content::Call(call(Principal::anonymous()))),
        Envelope::anonymous(Content::Query(call(Principal::anonymous()))),
        Envelope::anonymous(Content::ReadState(read(Principal::anonymous()))),
        signed(Content::Call(call(key.node_id()))),
        signed(Content::ReadState(read(key.node_id()))),
        delegated,
    ]
    .iter()
    .map(Envelope::encode)
    .collect()
}

fn certificates() -> Vec<Vec<u8>> {
    let mut tree = Tree::node();
    for (path, value) in [(&["canister", "a", "certified_data"][..], "value"), (&["time"], "now"), (&["subnet"], "")] {
        tree.insert(path, Tree::leaf(value.as_bytes()));
    }
    let root = fuzzing::root_key();
    let whole = tree.witness(&[vec![]]);
    let part = tree.witness(&[vec![b"time".to_vec().into()]]);
    let signature = root.sign(&tree.digest());
    let key = NodeKey::from_secret(&[1; 32]).public_key_der();
    let canister = canister_public_key(&Principal::anonymous(), b"seed");
    let certified = [&whole, &part].map(|witness| encode_certificate(witness, &signature));
    certified.into_iter().chain([whole, part, root.public_key_der(), key, canister]).collect()
}

fn modules() -> Vec<Vec<u8>> {
    let counter = r#"(module (import "ic0" "msg_reply" (func $reply)) (memory 1) (global $n (mut i32) (i32.const 0))
        (func (export "canister_update m") (global.set $n (i32.add (global.get $n) (i32.const 1)))
            (i32.store (i32.const 8) (global.get $n)) (call $reply))
        (func (export "canister_query q") (i32.store (i32.const 5000) (i32.const 1)) (call $reply)))"#;
    let all = |width| format!("(module {} (memory 1))", fuzzing::import_all(width));
    let texts = [counter.to_string(), all(PointerWidth::Bits32)];
    texts.iter().map(|text| wat::parse_str(text).expect("a module")).collect()
}

fn programs() -> Vec<Vec<u8>> {
    let noise = |seed: u32| {
        (0..400u32).map(move |place| ((place + 1).wrapping_mul(2_246_822_519).wrapping_mul(seed) >> 15) as u8).collect()
    };
    (1..12).map(noise).collect()
}

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: seeds CORPUS_FOLDER");
        std::process::exit(2);
    };
    let seeds =
        [("envelope", envelopes()), ("certificate", certificates()), ("module", modules()), ("system_api", programs())];
    for (target, inputs) in seeds {
        let folder = Path::new(&folder).join(target);
        fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for (number, input) in inputs.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), input).expect("written");
        }
    }
}
