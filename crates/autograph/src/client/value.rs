//! Candid values as JSON, in the form that the command line's contract fixes.
//!
//! Records are objects, variants `{"#tag": value}`, tuples and sequences arrays, options the value or null (an option
//! in an option as `[value]`), whole numbers text, floating-point numbers numbers, principals text, blobs
//! `{"base64", "length"}`. Invariant: no value makes this panic, and no two different values of one type look alike.

use base64::Engine as _;
use candid::{
    IDLValue,
    types::{Label, value::IDLField},
};
use serde_json::{Map, Number, Value, json};

/// Deeper values are not shown: every reader of JSON has its limit.
const DEPTH_MAX: usize = 2000;

/// A value nested deeper than is shown.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is nested deeper than {DEPTH_MAX} levels")]
pub(crate) struct TooDeep;

/// The JSON form of a value.
pub(crate) fn to_json(value: &IDLValue) -> Result<Value, TooDeep> {
    convert(value, DEPTH_MAX)
}

/// The JSON form of a method's results: nothing as null, one as itself, several as an array.
pub(crate) fn results_to_json(values: &[IDLValue]) -> Result<Value, TooDeep> {
    match values {
        [] => Ok(Value::Null),
        [one] => to_json(one),
        several => several.iter().map(to_json).collect::<Result<_, _>>().map(Value::Array),
    }
}

fn convert(value: &IDLValue, depth: usize) -> Result<Value, TooDeep> {
    let depth = depth.checked_sub(1).ok_or(TooDeep)?;
    Ok(match value {
        IDLValue::Null | IDLValue::None | IDLValue::Reserved => Value::Null,
        IDLValue::Bool(value) => Value::Bool(*value),
        IDLValue::Text(text) => Value::String(text.clone()),
        IDLValue::Number(text) => Value::String(text.replace('_', "")),
        IDLValue::Float64(number) => float(*number),
        IDLValue::Float32(number) => float32(*number),
        IDLValue::Int(n) => whole(&n.0),
        IDLValue::Nat(n) => whole(&n.0),
        IDLValue::Nat8(n) => whole(n),
        IDLValue::Nat16(n) => whole(n),
        IDLValue::Nat32(n) => whole(n),
        IDLValue::Nat64(n) => whole(n),
        IDLValue::Int8(n) => whole(n),
        IDLValue::Int16(n) => whole(n),
        IDLValue::Int32(n) => whole(n),
        IDLValue::Int64(n) => whole(n),
        IDLValue::Opt(inner) => option(inner, depth)?,
        IDLValue::Vec(items) => sequence(items.iter(), depth)?,
        IDLValue::Record(fields) if is_tuple(fields) => sequence(fields.iter().map(|field| &field.val), depth)?,
        IDLValue::Record(fields) => record(fields, depth)?,
        IDLValue::Variant(variant) => json!({ format!("#{}", name(&variant.0.id)): convert(&variant.0.val, depth)? }),
        IDLValue::Blob(bytes) => blob(bytes),
        IDLValue::Principal(id) | IDLValue::Service(id) => Value::String(id.to_text()),
        IDLValue::Func(id, method) => json!({ "principal": id.to_text(), "method": method }),
    })
}

fn whole(number: &impl ToString) -> Value {
    Value::String(number.to_string())
}

/// JSON has no number for what is not finite, so that becomes text.
fn float(number: f64) -> Value {
    Number::from_f64(number).map_or_else(|| Value::String(not_finite(number).into()), Value::Number)
}

/// The shortest digits that mean this number, not those of its double.
fn float32(number: f32) -> Value {
    float(number.to_string().parse().unwrap_or(f64::from(number)))
}

fn not_finite(number: f64) -> &'static str {
    match (number.is_nan(), number > 0.0) {
        (true, _) => "NaN",
        (_, true) => "Infinity",
        (_, false) => "-Infinity",
    }
}

/// What may itself look like null is put into brackets, so that `?null` and `null` differ.
fn option(inner: &IDLValue, depth: usize) -> Result<Value, TooDeep> {
    let value = convert(inner, depth)?;
    let nested = matches!(inner, IDLValue::Opt(_) | IDLValue::None | IDLValue::Null | IDLValue::Reserved);
    Ok(if nested { Value::Array(vec![value]) } else { value })
}

fn sequence<'a>(items: impl Iterator<Item = &'a IDLValue>, depth: usize) -> Result<Value, TooDeep> {
    items.map(|item| convert(item, depth)).collect::<Result<_, _>>().map(Value::Array)
}

fn record(fields: &[IDLField], depth: usize) -> Result<Value, TooDeep> {
    let pair = |field: &IDLField| Ok((name(&field.id), convert(&field.val, depth)?));
    fields.iter().map(pair).collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

fn blob(bytes: &[u8]) -> Value {
    json!({ "base64": base64::engine::general_purpose::STANDARD.encode(bytes), "length": bytes.len() })
}

/// A record is a tuple if its fields are numbered from zero without a gap; the empty record is a record.
fn is_tuple(fields: &[IDLField]) -> bool {
    let numbered = |(at, field): (usize, &IDLField)| match &field.id {
        Label::Id(id) | Label::Unnamed(id) => usize::try_from(*id) == Ok(at),
        Label::Named(_) => false,
    };
    !fields.is_empty() && fields.iter().enumerate().all(numbered)
}

/// A field's name, or its number in the form that Candid text gives to unknown names.
fn name(label: &Label) -> String {
    match label {
        Label::Named(name) => name.clone(),
        Label::Id(id) | Label::Unnamed(id) => format!("_{id}_"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use candid::{Principal, types::value::VariantValue};
    use candid_parser::parse_idl_args;
    use proptest::prelude::*;

    use super::*;

    /// The JSON of Candid text, by way of its bytes without any types from outside.
    fn shown(text: &str) -> String {
        let bytes = parse_idl_args(text).unwrap().to_bytes().unwrap();
        let values = candid::IDLArgs::from_bytes(&bytes).unwrap();
        results_to_json(&values.args).unwrap().to_string()
    }

    #[test]
    fn numbers_are_text_but_for_floats() {
        let cases = [
            ("(5)", r#""5""#),
            ("(-170141183460469231731687303715884105728)", r#""-170141183460469231731687303715884105728""#),
            ("(1_000_000_000_000_000_000_000 : nat)", r#""1000000000000000000000""#),
            ("(255 : nat8)", r#""255""#),
            ("(-1 : int8)", r#""-1""#),
            ("(65535 : nat16)", r#""65535""#),
            ("(-3 : int16)", r#""-3""#),
            ("(7 : nat32)", r#""7""#),
            ("(-7 : int32)", r#""-7""#),
            ("(18446744073709551615 : nat64)", r#""18446744073709551615""#),
            ("(-9223372036854775808 : int64)", r#""-9223372036854775808""#),
            ("(1.5)", "1.5"),
            ("(0.1 : float32)", "0.1"),
        ];
        for (text, json) in cases {
            assert_eq!(shown(text), json, "{text}");
        }
    }

    #[test]
    fn what_is_not_finite_is_text() {
        for (number, text) in [(f64::NAN, "NaN"), (f64::INFINITY, "Infinity"), (f64::NEG_INFINITY, "-Infinity")] {
            assert_eq!(to_json(&IDLValue::Float64(number)), Ok(json!(text)));
        }
        assert_eq!(to_json(&IDLValue::Float32(f32::NAN)), Ok(json!("NaN")));
        assert_eq!(to_json(&IDLValue::Float64(-0.0)).unwrap().to_string(), "-0.0");
    }

    #[test]
    fn an_option_in_an_option_is_told_from_none() {
        let cases = [
            ("(opt 1 : opt nat)", r#""1""#),
            ("(null : opt nat)", "null"),
            ("(opt opt 1 : opt opt nat)", r#"["1"]"#),
            ("(opt null : opt opt nat)", "[null]"),
            ("(opt opt opt 1 : opt opt opt nat)", r#"[["1"]]"#),
            ("(opt opt null : opt opt opt nat)", "[[null]]"),
            ("(opt null : opt opt opt nat)", "[null]"),
            ("(opt null : opt null)", "[null]"),
            ("(opt vec { 1 } : opt vec nat)", r#"["1"]"#),
        ];
        for (text, json) in cases {
            assert_eq!(shown(text), json, "{text}");
        }
    }

    #[test]
    fn compounds() {
        let cases = [
            ("()", "null"),
            ("(true, \"x\")", r#"[true,"x"]"#),
            ("(null)", "null"),
            ("(vec { 1; 2 } : vec nat)", r#"["1","2"]"#),
            ("(vec {} : vec text)", "[]"),
            ("(record { 1 : nat; \"a\" })", r#"["1","a"]"#),
            ("(record {})", "{}"),
            ("(vec { record { \"k\"; 1 : nat } })", r#"[["k","1"]]"#),
            ("(record { 5 = true })", r#"{"_5_":true}"#),
            ("(blob \"\\00\\ff\")", r#"{"base64":"AP8=","length":2}"#),
            ("(blob \"\")", r#"{"base64":"","length":0}"#),
            ("(principal \"aaaaa-aa\")", r#""aaaaa-aa""#),
            ("(service \"aaaaa-aa\")", r#""aaaaa-aa""#),
            ("(func \"aaaaa-aa\".go)", r#"{"method":"go","principal":"aaaaa-aa"}"#),
        ];
        for (text, json) in cases {
            assert_eq!(shown(text), json, "{text}");
        }
    }

    #[test]
    fn variants_are_tagged() {
        let field = |id, val| IDLValue::Variant(VariantValue(Box::new(IDLField { id, val }), 0));
        let named = field(Label::Named("paid".into()), IDLValue::Null);
        assert_eq!(to_json(&named), Ok(json!({ "#paid": null })));
        let numbered = field(Label::Id(7), IDLValue::Bool(true));
        assert_eq!(to_json(&numbered), Ok(json!({ "#_7_": true })));
    }

    #[test]
    fn what_is_too_deep_is_refused() {
        let check = || {
            let deep = |levels| (0..levels).fold(IDLValue::Null, |value, _| IDLValue::Vec(vec![value]));
            assert!(to_json(&deep(DEPTH_MAX - 1)).is_ok());
            assert_eq!(to_json(&deep(DEPTH_MAX)), Err(TooDeep));
        };
        // As much room as a main thread has.
        std::thread::Builder::new().stack_size(8 << 20).spawn(check).unwrap().join().unwrap();
    }

    fn label() -> impl Strategy<Value = Label> {
        prop_oneof![
            any::<u32>().prop_map(Label::Id),
            (0u32..3).prop_map(Label::Unnamed),
            ".{0,5}".prop_map(Label::Named)
        ]
    }

    fn value() -> impl Strategy<Value = IDLValue> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(IDLValue::Bool),
            any::<f64>().prop_map(IDLValue::Float64),
            any::<f32>().prop_map(IDLValue::Float32),
            any::<i64>().prop_map(|n| IDLValue::Int(n.into())),
            any::<u64>().prop_map(IDLValue::Nat64),
            ".{0,8}".prop_map(IDLValue::Text),
            ".{0,8}".prop_map(IDLValue::Number),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(IDLValue::Blob),
            proptest::collection::vec(any::<u8>(), 0..29).prop_map(|b| IDLValue::Principal(Principal::from_slice(&b))),
            Just(IDLValue::Null),
            Just(IDLValue::None),
            Just(IDLValue::Reserved),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            let field = (label(), inner.clone()).prop_map(|(id, val)| IDLField { id, val }).boxed();
            prop_oneof![
                inner.clone().prop_map(|value| IDLValue::Opt(Box::new(value))),
                proptest::collection::vec(inner, 0..6).prop_map(IDLValue::Vec),
                proptest::collection::vec(field.clone(), 0..6).prop_map(IDLValue::Record),
                field.prop_map(|field| IDLValue::Variant(VariantValue(Box::new(field), 0))),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_value_makes_it_panic(value in value()) {
            let json = to_json(&value).unwrap();
            let line = json.to_string();
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Value>(&line).is_ok(), true);
        }
    }
}
