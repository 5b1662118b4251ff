//! Values as the census sees them: without encodings, in one shape for Candid replies and for decoded memory.

use candid::{
    DecoderConfig,
    types::{
        Label, Type, TypeEnv,
        value::{IDLArgs, IDLValue},
    },
};

use crate::{interface::roomy, words};

/// Bytes of a reply that are decoded at most.
pub(crate) const MOST_REPLY_BYTES: usize = 2 << 20;
/// Parts of one reply that are looked at.
const MOST_PARTS: usize = 500_000;
/// What decoding one reply may cost by the decoder's own measure.
const DECODING_QUOTA: usize = 40_000_000;
const SKIPPING_QUOTA: usize = 1_000_000;
/// How deep a value may be nested.
const MOST_DEPTH: usize = 64;

/// A value of an app.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Null, an empty option, the empty tuple.
    Nothing,
    /// Yes or no.
    Bool(bool),
    /// Any number, in decimal.
    Number(String),
    /// Text, and principals by their text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A record, or a tuple with the fields `0`, `1`, ….
    Record(Vec<(String, Value)>),
    /// One choice of several, with what belongs to it.
    Variant(String, Box<Value>),
    /// A list, a set, or a map as pairs.
    List(Vec<Value>),
}

/// Why a reply can't be looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ValueError {
    #[error("a reply of {0} bytes is too large to compare")]
    TooLarge(usize),
    #[error("a reply is nested too deep or has too many parts to compare")]
    TooMany,
    #[error("a reply is not what the interface declares: {0}")]
    Undeclared(String),
}

/// Decodes the reply of a method by the types that its interface declares.
pub(crate) fn decode(bytes: &[u8], env: &TypeEnv, types: &[Type]) -> Result<Value, ValueError> {
    if bytes.len() > MOST_REPLY_BYTES {
        return Err(ValueError::TooLarge(bytes.len()));
    }
    let mut config = DecoderConfig::new();
    config.set_decoding_quota(DECODING_QUOTA).set_skipping_quota(SKIPPING_QUOTA).set_full_error_message(false);
    let args = roomy(|| IDLArgs::from_bytes_with_types_with_config(bytes, env, types, &config))
        .map_err(|error| ValueError::Undeclared(words::shortened(&error.to_string(), 300)))?;
    from_candid(args)
}

/// Arguments or answers without their encoding: several are a tuple.
pub(crate) fn from_candid(args: IDLArgs) -> Result<Value, ValueError> {
    let mut parts = MOST_PARTS;
    let mut values = args.args.into_iter().map(|arg| plain(arg, 0, &mut parts)).collect::<Result<Vec<_>, _>>()?;
    Ok(match values.len() {
        0 => Value::Nothing,
        1 => values.remove(0),
        _ => Value::Record(values.into_iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()),
    })
}

fn plain(value: IDLValue, depth: usize, parts: &mut usize) -> Result<Value, ValueError> {
    *parts = parts.checked_sub(1).filter(|_| depth < MOST_DEPTH).ok_or(ValueError::TooMany)?;
    Ok(match value {
        IDLValue::Bool(b) => Value::Bool(b),
        IDLValue::Null | IDLValue::None | IDLValue::Reserved => Value::Nothing,
        IDLValue::Text(text) => Value::Text(text),
        IDLValue::Principal(id) | IDLValue::Service(id) => Value::Text(id.to_text()),
        IDLValue::Func(id, method) => Value::Text(format!("{id}.{method}")),
        IDLValue::Opt(inner) => plain(*inner, depth + 1, parts)?,
        IDLValue::Blob(bytes) => Value::Blob(bytes),
        IDLValue::Vec(values) => list(values, depth, parts)?,
        IDLValue::Record(fields) => {
            let field =
                |field: candid::types::value::IDLField| Ok((label(&field.id), plain(field.val, depth + 1, parts)?));
            Value::Record(fields.into_iter().map(field).collect::<Result<_, _>>()?)
        }
        IDLValue::Variant(variant) => {
            let field = *variant.0;
            Value::Variant(label(&field.id), Box::new(plain(field.val, depth + 1, parts)?))
        }
        number => Value::Number(number_text(&number)),
    })
}

fn list(values: Vec<IDLValue>, depth: usize, parts: &mut usize) -> Result<Value, ValueError> {
    if !values.is_empty() && values.iter().all(|value| matches!(value, IDLValue::Nat8(_))) {
        let byte = |value: &IDLValue| if let IDLValue::Nat8(byte) = value { *byte } else { 0 };
        return Ok(Value::Blob(values.iter().map(byte).collect()));
    }
    Ok(Value::List(values.into_iter().map(|value| plain(value, depth + 1, parts)).collect::<Result<_, _>>()?))
}

fn label(label: &Label) -> String {
    match label {
        Label::Named(name) => name.clone(),
        Label::Id(id) | Label::Unnamed(id) => id.to_string(),
    }
}

fn number_text(value: &IDLValue) -> String {
    match value {
        IDLValue::Number(text) => text.clone(),
        IDLValue::Nat(n) => n.0.to_string(),
        IDLValue::Int(n) => n.0.to_string(),
        IDLValue::Nat8(n) => n.to_string(),
        IDLValue::Nat16(n) => n.to_string(),
        IDLValue::Nat32(n) => n.to_string(),
        IDLValue::Nat64(n) => n.to_string(),
        IDLValue::Int8(n) => n.to_string(),
        IDLValue::Int16(n) => n.to_string(),
        IDLValue::Int32(n) => n.to_string(),
        IDLValue::Int64(n) => n.to_string(),
        IDLValue::Float32(n) => n.to_string(),
        IDLValue::Float64(n) => n.to_string(),
        _ => String::new(),
    }
}

impl Value {
    /// Whether there is nothing in it that could be lost.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Value::Nothing => true,
            Value::Text(text) => text.is_empty(),
            Value::Blob(bytes) => bytes.is_empty(),
            Value::List(values) => values.is_empty(),
            Value::Record(fields) => fields.iter().all(|(_, value)| value.is_empty()),
            Value::Bool(_) | Value::Number(_) | Value::Variant(..) => false,
        }
    }

    /// A part of a record.
    pub(crate) fn part(&self, name: &str) -> Option<&Value> {
        let Value::Record(fields) = self else { return None };
        fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// The text of what has no parts; `None` for lists and records.
    pub(crate) fn scalar(&self) -> Option<String> {
        match self {
            Value::Bool(b) => Some(b.to_string()),
            Value::Number(text) | Value::Text(text) => Some(text.clone()),
            Value::Blob(bytes) => Some(format!("{} bytes", bytes.len())),
            Value::Variant(tag, inner) if inner.is_empty() => Some(words::split(tag)),
            Value::Nothing | Value::Variant(..) | Value::Record(_) | Value::List(_) => None,
        }
    }

    /// What to show of it as an example: a row by its name, if it has one.
    pub(crate) fn shown(&self) -> String {
        words::example(&self.shown_in_full(0))
    }

    fn shown_in_full(&self, depth: usize) -> String {
        if let Some(text) = self.scalar() {
            return text;
        }
        if depth > 4 {
            return "…".into();
        }
        match self {
            Value::Variant(tag, inner) => format!("{}: {}", words::split(tag), inner.shown_in_full(depth + 1)),
            Value::List(values) => {
                let shown =
                    values.iter().take(3).map(|value| value.shown_in_full(depth + 1)).collect::<Vec<_>>().join(", ");
                if values.len() > 3 { format!("{shown}, …") } else { shown }
            }
            Value::Record(fields) => match self.title() {
                Some(title) => title,
                None => {
                    let filled = fields.iter().filter(|(_, value)| !value.is_empty()).take(3);
                    filled.map(|(_, value)| value.shown_in_full(depth + 1)).collect::<Vec<_>>().join(", ")
                }
            },
            _ => String::new(),
        }
    }

    /// What a person would call a row.
    fn title(&self) -> Option<String> {
        let Value::Record(fields) = self else { return None };
        let filled = |(_, value): &&(String, Value)| matches!(value, Value::Text(text) if !text.is_empty());
        let known = ["name", "title", "label", "fullName", "displayName"];
        let named = known.iter().find_map(|name| fields.iter().find(|(field, _)| field == name).filter(filled));
        let telling = |(name, _): &&(String, Value)| !is_key_name(name) && name.parse::<u32>().is_err();
        let any = || fields.iter().filter(telling).find(filled);
        let inner = || fields.iter().find_map(|(_, value)| value.title());
        named.or_else(any).and_then(|(_, value)| value.scalar()).or_else(inner)
    }
}

/// Whether a field's name says that it tells rows apart.
pub(crate) fn is_key_name(name: &str) -> bool {
    matches!(name, "id" | "key" | "uuid" | "member" | "principal" | "owner")
        || name.ends_with("Id")
        || name.ends_with("_id")
}
