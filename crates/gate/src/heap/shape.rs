//! What the values that lie in memory are made into: the census's form, or the JSON that people are shown.

use candid::Principal;
use serde_json::{Map, Number, json};

use crate::value::Value;

/// How a kind of value is built from its parts.
pub(super) trait Shape {
    /// The values.
    type Value;

    /// Null, the empty tuple, and what can't be kept.
    fn nothing() -> Self::Value;
    fn bool(value: bool) -> Self::Value;
    /// A number in decimal, of the type with this name.
    fn number(kind: &str, digits: String) -> Self::Value;
    fn text(text: String) -> Self::Value;
    fn principal(id: Principal) -> Self::Value;
    fn blob(bytes: Vec<u8>) -> Self::Value;
    /// An option; `nested` says that what is in it may look like null itself.
    fn option(inner: Option<Self::Value>, nested: bool) -> Self::Value;
    fn record(fields: Vec<(String, Self::Value)>) -> Self::Value;
    fn tuple(parts: Vec<Self::Value>) -> Self::Value;
    fn variant(tag: String, inner: Self::Value) -> Self::Value;
    fn list(elements: Vec<Self::Value>) -> Self::Value;
}

/// The census's form: without encodings, and an empty option in an option is an empty one.
pub(super) struct Plain;

impl Shape for Plain {
    type Value = Value;

    fn nothing() -> Value {
        Value::Nothing
    }

    fn bool(value: bool) -> Value {
        Value::Bool(value)
    }

    fn number(_kind: &str, digits: String) -> Value {
        Value::Number(digits)
    }

    fn text(text: String) -> Value {
        Value::Text(text)
    }

    fn principal(id: Principal) -> Value {
        Value::Text(id.to_text())
    }

    fn blob(bytes: Vec<u8>) -> Value {
        Value::Blob(bytes)
    }

    fn option(inner: Option<Value>, _nested: bool) -> Value {
        inner.unwrap_or(Value::Nothing)
    }

    fn record(fields: Vec<(String, Value)>) -> Value {
        Value::Record(fields)
    }

    fn tuple(parts: Vec<Value>) -> Value {
        Value::Record(parts.into_iter().enumerate().map(|(at, part)| (at.to_string(), part)).collect())
    }

    fn variant(tag: String, inner: Value) -> Value {
        Value::Variant(tag, Box::new(inner))
    }

    fn list(elements: Vec<Value>) -> Value {
        Value::List(elements)
    }
}

/// The command line's JSON: records are objects, variants `{"#tag": value}`, tuples and sequences arrays, maps arrays of
/// pairs, options the value or null (in an option as `[value]`), whole numbers text, blobs `{"base64", "length"}`.
pub(super) struct Json;

impl Shape for Json {
    type Value = serde_json::Value;

    fn nothing() -> serde_json::Value {
        serde_json::Value::Null
    }

    fn bool(value: bool) -> serde_json::Value {
        value.into()
    }

    fn number(kind: &str, digits: String) -> serde_json::Value {
        let float = (kind == "Float").then(|| digits.parse().ok().and_then(Number::from_f64)).flatten();
        float.map_or_else(|| digits.into(), serde_json::Value::Number)
    }

    fn text(text: String) -> serde_json::Value {
        text.into()
    }

    fn principal(id: Principal) -> serde_json::Value {
        id.to_text().into()
    }

    fn blob(bytes: Vec<u8>) -> serde_json::Value {
        use base64::Engine as _;
        json!({ "base64": base64::engine::general_purpose::STANDARD.encode(&bytes), "length": bytes.len() })
    }

    fn option(inner: Option<serde_json::Value>, nested: bool) -> serde_json::Value {
        match inner {
            Some(inner) if nested => serde_json::Value::Array(vec![inner]),
            inner => inner.unwrap_or_default(),
        }
    }

    fn record(fields: Vec<(String, serde_json::Value)>) -> serde_json::Value {
        serde_json::Value::Object(fields.into_iter().collect::<Map<_, _>>())
    }

    fn tuple(parts: Vec<serde_json::Value>) -> serde_json::Value {
        serde_json::Value::Array(parts)
    }

    fn variant(tag: String, inner: serde_json::Value) -> serde_json::Value {
        json!({ format!("#{tag}"): inner })
    }

    fn list(elements: Vec<serde_json::Value>) -> serde_json::Value {
        serde_json::Value::Array(elements)
    }
}
