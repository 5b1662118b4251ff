//! Reading envelopes, strictly: every field is known, of its type and within its bounds.

use std::borrow::Cow;

use candid::Principal;

use super::*;
use crate::cbor::{self, Value};

/// A map's fields, taken out one by one; what is left at the end is unknown.
struct Map<'a> {
    name: &'static str,
    fields: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Map<'a> {
    fn new(name: &'static str, value: Value<'a>) -> Result<Self, RequestError> {
        match value {
            Value::Map(fields) => Ok(Map { name, fields }),
            _ => Err(RequestError::Type { map: name, field: "", expected: "a map" }),
        }
    }

    /// The field's value; null is the same as absent.
    fn optional(&mut self, field: &str) -> Option<Value<'a>> {
        let at = self.fields.iter().position(|(name, _)| name == field)?;
        Some(self.fields.swap_remove(at).1).filter(|value| *value != Value::Null)
    }

    fn required(&mut self, field: &'static str) -> Result<Value<'a>, RequestError> {
        self.optional(field).ok_or(RequestError::Missing { map: self.name, field })
    }

    fn wrong(&self, field: &'static str, expected: &'static str) -> RequestError {
        RequestError::Type { map: self.name, field, expected }
    }

    fn nat(&mut self, field: &'static str) -> Result<u64, RequestError> {
        match self.required(field)? {
            Value::Nat(n) => Ok(n),
            _ => Err(self.wrong(field, "a natural number below 2^64")),
        }
    }

    fn text(&mut self, field: &'static str) -> Result<String, RequestError> {
        match self.required(field)? {
            Value::Text(text) => Ok(text.into_owned()),
            _ => Err(self.wrong(field, "a text")),
        }
    }

    fn optional_text(&mut self, field: &'static str) -> Result<Option<String>, RequestError> {
        match self.optional(field) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.into_owned())),
            Some(_) => Err(self.wrong(field, "a text")),
        }
    }

    fn optional_blob(&mut self, field: &'static str) -> Result<Option<Vec<u8>>, RequestError> {
        match self.optional(field) {
            None => Ok(None),
            Some(Value::Bytes(bytes)) => Ok(Some(bytes.into_owned())),
            Some(_) => Err(self.wrong(field, "a blob")),
        }
    }

    fn blob(&mut self, field: &'static str) -> Result<Vec<u8>, RequestError> {
        self.optional_blob(field)?.ok_or(RequestError::Missing { map: self.name, field })
    }

    fn principal(&mut self, field: &'static str) -> Result<Principal, RequestError> {
        let value = self.required(field)?;
        as_principal(&value).ok_or_else(|| self.wrong(field, "a principal of at most 29 bytes"))
    }

    fn array(&mut self, field: &'static str, value: Value<'a>) -> Result<Vec<Value<'a>>, RequestError> {
        match value {
            Value::Array(items) => Ok(items),
            _ => Err(self.wrong(field, "an array")),
        }
    }

    fn finish(self) -> Result<(), RequestError> {
        match self.fields.into_iter().find(|(_, value)| *value != Value::Null) {
            None => Ok(()),
            Some((field, _)) => {
                let field = field.chars().take(64).collect();
                Err(RequestError::Unknown { map: self.name, field })
            }
        }
    }
}

fn as_principal(value: &Value<'_>) -> Option<Principal> {
    match value {
        Value::Bytes(bytes) => Principal::try_from_slice(bytes).ok(),
        _ => None,
    }
}

fn bounded(what: &'static str, length: usize, limit: usize) -> Result<(), RequestError> {
    if length > limit { Err(RequestError::TooMany { what, limit }) } else { Ok(()) }
}

/// Reads a whole envelope.
pub(super) fn envelope(bytes: &[u8]) -> Result<Envelope, RequestError> {
    let mut map = Map::new("envelope", cbor::decode(bytes)?)?;
    let content = content(map.required("content")?)?;
    let sender_pubkey = map.optional_blob("sender_pubkey")?;
    let sender_sig = map.optional_blob("sender_sig")?;
    let sender_delegation = match map.optional("sender_delegation") {
        None => vec![],
        Some(value) => delegations(map.array("sender_delegation", value)?)?,
    };
    map.finish()?;
    Ok(Envelope { content, sender_pubkey, sender_delegation, sender_sig })
}

fn content(value: Value<'_>) -> Result<Content, RequestError> {
    let mut map = Map::new("content", value)?;
    let content = match map.text("request_type")?.as_str() {
        "call" => Content::Call(call(&mut map)?),
        "query" => Content::Query(call(&mut map)?),
        "read_state" => Content::ReadState(read_state(&mut map)?),
        other => return Err(RequestError::WrongType(other.chars().take(64).collect())),
    };
    map.finish()?;
    Ok(content)
}

fn nonce(map: &mut Map<'_>) -> Result<Option<Vec<u8>>, RequestError> {
    let nonce = map.optional_blob("nonce")?;
    bounded("bytes in the nonce", nonce.as_ref().map_or(0, Vec::len), MAX_NONCE)?;
    Ok(nonce)
}

fn call(map: &mut Map<'_>) -> Result<Call, RequestError> {
    let method_name = map.text("method_name")?;
    bounded("bytes in the method name", method_name.len(), MAX_METHOD_NAME)?;
    Ok(Call {
        canister_id: map.principal("canister_id")?,
        method_name,
        arg: map.blob("arg")?,
        sender: map.principal("sender")?,
        nonce: nonce(map)?,
        ingress_expiry: map.nat("ingress_expiry")?,
        sender_info: map.optional("sender_info").map(sender_info).transpose()?,
    })
}

fn sender_info(value: Value<'_>) -> Result<SenderInfo, RequestError> {
    let mut map = Map::new("sender info", value)?;
    let info = map.blob("info")?;
    let info = SenderInfo { info, signer: map.principal("signer")?, sig: map.blob("sig")? };
    map.finish()?;
    Ok(info)
}

fn read_state(map: &mut Map<'_>) -> Result<ReadState, RequestError> {
    let value = map.required("paths")?;
    let items = map.array("paths", value)?;
    bounded("paths", items.len(), MAX_PATHS)?;
    Ok(ReadState {
        paths: items.into_iter().map(path).collect::<Result<_, _>>()?,
        sender: map.principal("sender")?,
        nonce: nonce(map)?,
        ingress_expiry: map.nat("ingress_expiry")?,
    })
}

fn path(value: Value<'_>) -> Result<Vec<Vec<u8>>, RequestError> {
    let wrong = || RequestError::Type { map: "content", field: "paths", expected: "an array of arrays of blobs" };
    let Value::Array(labels) = value else {
        return Err(wrong());
    };
    bounded("labels in a path", labels.len(), MAX_PATH_LABELS)?;
    let label = |value| match value {
        Value::Bytes(bytes) => Ok(Cow::into_owned(bytes)),
        // Some agents send the names among the labels as text.
        Value::Text(text) => Ok(text.into_owned().into_bytes()),
        _ => Err(wrong()),
    };
    labels.into_iter().map(label).collect()
}

fn delegations(items: Vec<Value<'_>>) -> Result<Vec<SignedDelegation>, RequestError> {
    bounded("delegations", items.len(), MAX_DELEGATIONS)?;
    items.into_iter().map(signed_delegation).collect()
}

fn signed_delegation(value: Value<'_>) -> Result<SignedDelegation, RequestError> {
    let mut map = Map::new("signed delegation", value)?;
    let delegation = delegation(map.required("delegation")?)?;
    let link = SignedDelegation { delegation, signature: map.blob("signature")? };
    map.finish()?;
    Ok(link)
}

fn delegation(value: Value<'_>) -> Result<Delegation, RequestError> {
    let mut map = Map::new("delegation", value)?;
    let targets = match map.optional("targets") {
        None => None,
        Some(value) => Some(targets(&map, map_array(value))?),
    };
    let delegation = Delegation {
        pubkey: map.blob("pubkey")?,
        expiration: map.nat("expiration")?,
        targets,
        permissions: map.optional_text("permissions")?,
    };
    map.finish()?;
    Ok(delegation)
}

fn map_array(value: Value<'_>) -> Option<Vec<Value<'_>>> {
    match value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

fn targets(map: &Map<'_>, items: Option<Vec<Value<'_>>>) -> Result<Vec<Principal>, RequestError> {
    let wrong = || map.wrong("targets", "an array of principals");
    let items = items.ok_or_else(wrong)?;
    bounded("targets of a delegation", items.len(), MAX_TARGETS)?;
    items.iter().map(|item| as_principal(item).ok_or_else(wrong)).collect()
}
