//! Web Authentication: a passkey signs a browser's record of the ceremony, whose challenge is the payload.
//!
//! Invariant: the key is taken only in the canonical COSE order that authenticators emit.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::{SignatureError, p256, sha256};
use crate::cbor::{self, Value};

/// COSE key: EC2, ES256, P-256; x and y follow, each 32 bytes.
const ES256: &[u8] = &[0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
/// What stands between x and y.
const ES256_Y: &[u8] = &[0x22, 0x58, 0x20];
/// COSE key: OKP, EdDSA, Ed25519; the key follows, 32 bytes.
const EDDSA: &[u8] = &[0xA4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
/// The head of a COSE key of type RSA.
const RSA: &[u8] = &[0xA4, 0x01, 0x03];

const NAME: &str = "passkey";

#[derive(Deserialize)]
struct ClientData {
    challenge: String,
}

struct Assertion {
    authenticator_data: Vec<u8>,
    client_data_json: String,
    signature: Vec<u8>,
}

/// Checks a passkey's signature over `payload`.
pub(super) fn verify(cose: &[u8], payload: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    let assertion = read(signature).ok_or(SignatureError::Malformed(NAME))?;
    let client: ClientData =
        serde_json::from_str(&assertion.client_data_json).map_err(|_| SignatureError::Malformed(NAME))?;
    let challenge = URL_SAFE_NO_PAD.decode(client.challenge.trim_end_matches('='));
    if challenge.as_deref() != Ok(payload) {
        return Err(SignatureError::Wrong(NAME));
    }
    let hash = sha256(assertion.client_data_json.as_bytes());
    let signed = [assertion.authenticator_data, hash.to_vec()].concat();
    check(cose, &signed, &assertion.signature)
}

fn check(cose: &[u8], signed: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    if let Some(key) = cose.strip_prefix(EDDSA) {
        return super::ed25519(key, signed, signature);
    }
    if let Some((x, rest)) = cose.strip_prefix(ES256).and_then(|xy| xy.split_at_checked(32)) {
        let y = rest.strip_prefix(ES256_Y).ok_or(SignatureError::BadKey(NAME))?;
        let point = [&[4], x, y].concat();
        return p256(&point, |key| key.verify_signature_with_der_encoded_sig(signed, signature));
    }
    Err(match cose.starts_with(RSA) {
        true => SignatureError::Unsupported("passkeys with RSA"),
        false => SignatureError::BadKey(NAME),
    })
}

fn read(signature: &[u8]) -> Option<Assertion> {
    let Value::Map(fields) = cbor::decode(signature).ok()? else {
        return None;
    };
    let (mut data, mut json, mut sig) = (None, None, None);
    for (name, value) in fields {
        match (name.as_ref(), value) {
            ("authenticator_data", Value::Bytes(bytes)) => data = Some(bytes.into_owned()),
            ("client_data_json", Value::Text(text)) => json = Some(text.into_owned()),
            ("signature", Value::Bytes(bytes)) => sig = Some(bytes.into_owned()),
            _ => return None,
        }
    }
    Some(Assertion { authenticator_data: data?, client_data_json: json?, signature: sig? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::Writer;

    fn assertion(challenge: &[u8], sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let json = format!(
            r#"{{"type":"webauthn.get","challenge":"{}","origin":"http://localhost"}}"#,
            URL_SAFE_NO_PAD.encode(challenge)
        );
        let signature = sign(&[b"auth".to_vec(), sha256(json.as_bytes()).to_vec()].concat());
        let mut out = Writer::self_described();
        out.map(3).text("authenticator_data").bytes(b"auth");
        out.text("client_data_json").text(&json).text("signature").bytes(&signature);
        out.finish()
    }

    #[test]
    fn es256_and_eddsa_verify_over_their_challenge_alone() {
        let r1 = ic_secp256r1::PrivateKey::generate_insecure_key_for_testing(2);
        let point = r1.public_key().serialize_sec1(false);
        let es = [ES256, &point[1..33], ES256_Y, &point[33..]].concat();
        let signature = assertion(b"m", |m| r1.sign_message_with_der_encoded_sig(m));
        assert_eq!(verify(&es, b"m", &signature), Ok(()));
        assert_eq!(verify(&es, b"n", &signature), Err(SignatureError::Wrong(NAME)));

        let ed = ic_ed25519::PrivateKey::generate_from_seed(b"pk");
        let okp = [EDDSA, &ed.public_key().serialize_raw()].concat();
        let signature = assertion(b"m", |m| ed.sign_message(m).to_vec());
        assert_eq!(verify(&okp, b"m", &signature), Ok(()));
        assert!(verify(&es, b"m", &signature).is_err());
    }

    #[test]
    fn rsa_is_named() {
        let signature = assertion(b"m", |_| vec![]);
        let error = verify(&[0xA4, 1, 3, 3], b"m", &signature).expect_err("not supported");
        assert!(error.to_string().contains("RSA"), "{error}");
        assert_eq!(verify(&[], b"m", b"\xA0"), Err(SignatureError::Malformed(NAME)));
    }
}
