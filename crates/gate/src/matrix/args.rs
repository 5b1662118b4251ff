//! Arguments to try a method with, from its types and from what exists.
//!
//! Each argument has a few candidates; the n-th try takes the n-th of each, so that the fields of a record come from
//! one existing row where there is one.

use candid::types::{
    Function, Label, Type, TypeEnv, TypeInner,
    value::{IDLArgs, IDLField, IDLValue, VariantValue},
};

use super::pool::Pool;
use crate::{interface::roomy, value::Value};

/// Tries of one method.
pub(crate) const MOST_TRIES: usize = 6;
/// Candidates of one argument or field.
const MOST_CANDIDATES: usize = 12;
/// How deep a value is made.
const MOST_DEPTH: usize = 6;
/// Parts of one try: fields of fields.
const MOST_PARTS: usize = 300;
/// Texts that a guard may believe.
const BELIEVED: [&str; 3] = ["admin", "owner", "a"];

/// What arguments are made from.
pub(crate) struct Maker<'a> {
    pub(crate) env: &'a TypeEnv,
    pub(crate) pool: &'a Pool,
    /// Principals by their text: the caller, the owner, somebody else.
    pub(crate) people: &'a [String],
    /// Roles of the app.
    pub(crate) roles: &'a [String],
}

/// Encoded arguments, with the texts in them, which an answer may repeat without showing anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Try {
    pub(crate) bytes: Vec<u8>,
    pub(crate) texts: Vec<String>,
}

impl Maker<'_> {
    /// The tries of a method, none of them twice; none if its arguments can't be made.
    pub(crate) fn tries(&self, function: &Function) -> Vec<Try> {
        if function.args.is_empty() {
            return encoded(self.env, &[], Vec::new()).into_iter().collect();
        }
        let several = |at: usize| {
            let mut parts = MOST_PARTS;
            let each = function.args.iter().enumerate();
            each.map(|(position, ty)| self.value(ty, "", at + position * usize::from(at > 2), 0, &mut parts)).collect()
        };
        let mut tries: Vec<Try> = Vec::new();
        for at in 0..MOST_CANDIDATES {
            let Some(values) = roomy(|| several(at)) else { return Vec::new() };
            let made = roomy(|| encoded(self.env, &function.args, values));
            tries.extend(made.filter(|made| !tries.iter().any(|known| known.bytes == made.bytes)));
            if tries.len() == MOST_TRIES {
                break;
            }
        }
        tries
    }

    /// The `at`-th candidate of a type; `None` if none can be made.
    fn value(&self, ty: &Type, label: &str, at: usize, depth: usize, parts: &mut usize) -> Option<IDLValue> {
        *parts = parts.checked_sub(1)?;
        let ty = self.env.trace_type(ty).ok()?;
        if depth > MOST_DEPTH {
            return matches!(ty.as_ref(), TypeInner::Opt(_)).then_some(IDLValue::None);
        }
        Some(match ty.as_ref() {
            TypeInner::Null => IDLValue::Null,
            TypeInner::Reserved => IDLValue::Reserved,
            TypeInner::Bool => IDLValue::Bool(at.is_multiple_of(2)),
            TypeInner::Text => IDLValue::Text(self.text(label, at)),
            TypeInner::Principal => {
                IDLValue::Principal(candid::Principal::from_text(self.person(at)?).ok()?)
            }
            TypeInner::Opt(inner) => match self.value(inner, label, at, depth + 1, parts) {
                // Absent comes first where there is no field to fill in.
                Some(value) if at > 0 || !label.is_empty() => IDLValue::Opt(Box::new(value)),
                _ => IDLValue::None,
            },
            TypeInner::Vec(inner) if matches!(inner.as_ref(), TypeInner::Nat8) => IDLValue::Blob(b"a".to_vec()),
            TypeInner::Vec(inner) => {
                IDLValue::Vec(self.value(inner, label, at, depth + 1, parts).into_iter().collect())
            }
            TypeInner::Record(fields) => {
                let field = |field: &candid::types::Field| {
                    let val = self.value(&field.ty, &name(&field.id), at, depth + 1, parts)?;
                    Some(IDLField { id: field.id.as_ref().clone(), val })
                };
                IDLValue::Record(fields.iter().map(field).collect::<Option<_>>()?)
            }
            TypeInner::Variant(cases) => {
                let case = cases.get(at % cases.len().max(1))?;
                let val = self.value(&case.ty, &name(&case.id), at, depth + 1, parts)?;
                IDLValue::Variant(VariantValue(Box::new(IDLField { id: case.id.as_ref().clone(), val }), 0))
            }
            number => self.number(number, label, at)?,
        })
    }

    fn number(&self, ty: &TypeInner, label: &str, at: usize) -> Option<IDLValue> {
        let most = match ty {
            TypeInner::Nat8 => u64::from(u8::MAX),
            TypeInner::Int8 => 127,
            TypeInner::Nat16 => u64::from(u16::MAX),
            TypeInner::Int16 => 32_767,
            TypeInner::Nat32 => u64::from(u32::MAX),
            TypeInner::Int32 => 2_147_483_647,
            TypeInner::Nat64 => u64::MAX,
            TypeInner::Nat | TypeInner::Int | TypeInner::Int64 | TypeInner::Float32 | TypeInner::Float64 => {
                i64::MAX as u64
            }
            _ => return None,
        };
        let fits = |text: &&String| text.parse::<u64>().is_ok_and(|number| number <= most);
        let known: Vec<&str> = match label {
            "" => self.pool.keys.iter().filter(fits).map(String::as_str).chain(["1", "0"]).collect(),
            label => self.pool.labelled(label).iter().filter(fits).map(String::as_str).chain(["1"]).collect(),
        };
        Some(IDLValue::Number(pick(&known, at)?.to_owned()))
    }

    fn text(&self, label: &str, at: usize) -> String {
        if !label.is_empty() {
            let known = self.pool.labelled(label);
            return known.get(at % known.len().max(1)).map_or_else(|| plausible(label).to_owned(), |text| similar(text));
        }
        let keys = self.pool.keys.iter().filter(|key| key.parse::<f64>().is_err());
        let keys: Vec<&str> = keys.map(String::as_str).collect();
        let people = self.people.iter().take(1).chain(self.pool.principals.iter().take(1)).map(String::as_str);
        let believed = BELIEVED.into_iter().chain(self.roles.iter().map(String::as_str));
        // What guards believe and keys take turns.
        let rest: Vec<&str> = believed.chain(people).collect();
        let both: Vec<&str> = (0..keys.len().max(rest.len()))
            .flat_map(|at| [rest.get(at), keys.get(at)])
            .flatten()
            .copied()
            .collect();
        pick(&both, at).unwrap_or("a").to_owned()
    }

    /// The caller every other time, else somebody whom the app knows.
    fn person(&self, at: usize) -> Option<&str> {
        let others: Vec<&str> = self.people.iter().skip(1).chain(&self.pool.principals).map(String::as_str).collect();
        let other = if at.is_multiple_of(2) { None } else { pick(&others, at / 2) };
        other.or_else(|| self.people.first().map(String::as_str))
    }
}

fn pick<'a>(from: &[&'a str], at: usize) -> Option<&'a str> {
    from.get(at % from.len().max(1)).copied()
}

fn name(label: &Label) -> String {
    match label {
        Label::Named(name) => name.clone(),
        // Positions in a tuple are no names.
        Label::Id(_) | Label::Unnamed(_) => String::new(),
    }
}

/// A text like one that exists, but not that one, so that what is entered isn't taken for what was there.
fn similar(text: &str) -> String {
    let dated = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ':' | 'T' | 'Z' | '.'));
    let last = text.chars().last().filter(|last| last.is_alphanumeric());
    match last {
        Some(last) if !dated && candid::Principal::from_text(text).is_err() => format!("{text}{last}"),
        _ => text.to_owned(),
    }
}

/// Something that a form may accept in a field of this name.
fn plausible(label: &str) -> &'static str {
    let label = label.to_lowercase();
    let known = [
        ("mail", "someone@example.org"),
        ("phone", "+49 30 1234567"),
        ("tel", "+49 30 1234567"),
        ("date", "2031-05-06"),
        ("time", "18:30"),
        ("url", "https://example.org/"),
        ("link", "https://example.org/"),
    ];
    known.iter().find(|(part, _)| label.contains(part)).map_or("something", |(_, text)| text)
}

fn encoded(env: &TypeEnv, types: &[Type], values: Vec<IDLValue>) -> Option<Try> {
    let args = IDLArgs::new(&values).annotate_types(true, env, types).ok()?;
    let bytes = args.to_bytes_with_types(env, types).ok()?;
    Some(Try { bytes, texts: texts(&values) })
}

/// The texts in values, and in an argument that was recorded.
fn texts(values: &[IDLValue]) -> Vec<String> {
    let mut found = Vec::new();
    values.iter().for_each(|value| collect(value, &mut found));
    found
}

fn collect(value: &IDLValue, found: &mut Vec<String>) {
    match value {
        IDLValue::Text(text) | IDLValue::Number(text) => found.push(text.clone()),
        IDLValue::Principal(id) => found.push(id.to_text()),
        IDLValue::Opt(inner) => collect(inner, found),
        IDLValue::Vec(values) => values.iter().for_each(|value| collect(value, found)),
        IDLValue::Record(fields) => fields.iter().for_each(|field| collect(&field.val, found)),
        IDLValue::Variant(case) => collect(&case.0.val, found),
        _ => {}
    }
}

/// A recorded argument as a try, if it is what the method takes.
pub(crate) fn recorded(env: &TypeEnv, function: &Function, bytes: &[u8]) -> Option<Try> {
    let value = crate::value::decode(bytes, env, &function.args).ok()?;
    let mut texts = Vec::new();
    scalars(&value, &mut texts);
    Some(Try { bytes: bytes.to_vec(), texts })
}

fn scalars(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::List(values) => values.iter().for_each(|value| scalars(value, found)),
        Value::Record(fields) => fields.iter().for_each(|(_, value)| scalars(value, found)),
        Value::Variant(_, inner) if !inner.is_empty() => scalars(inner, found),
        scalar => found.extend(scalar.scalar()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::Interface;

    fn tries(candid: &str) -> Vec<String> {
        let interface = Interface::parse(candid).unwrap();
        let guest = |id: &str, name: &str| {
            Value::Record(vec![
                ("id".into(), Value::Number(id.into())),
                ("name".into(), Value::Text(name.into())),
                ("email".into(), Value::Text(format!("{name}@x.org"))),
            ])
        };
        let rows = Value::List(vec![guest("3", "anna"), guest("4", "ben")]);
        let pool = Pool::of(&[("guests".into(), rows)]);
        let people = ["2vxsx-fae".to_owned()];
        let maker = Maker { env: &interface.env, pool: &pool, people: &people, roles: &[] };
        let made = maker.tries(&interface.methods["m"]);
        let shown = |made: &Try| {
            let types = &interface.methods["m"].args;
            IDLArgs::from_bytes_with_types(&made.bytes, &interface.env, types).unwrap().to_string()
        };
        made.iter().map(shown).collect()
    }

    #[test]
    fn keys_that_exist_come_first() {
        assert_eq!(tries("service : { m : (nat) -> () }"), ["(3 : nat)", "(4 : nat)", "(1 : nat)", "(0 : nat)"]);
        assert_eq!(tries("service : { m : () -> () }"), ["()"]);
        assert_eq!(tries("service : { m : (func () -> ()) -> () }"), Vec::<String>::new());
    }

    #[test]
    fn a_form_is_filled_in_like_one_row() {
        let made = tries("service : { m : (record { email : text; name : opt text; phone : text }) -> () }");
        assert_eq!(
            made[0],
            "(record { name = opt \"annaa\"; email = \"anna@x.orgg\"; phone = \"+49 30 1234567\" })"
        );
        assert!(made[1].contains("\"benn\"") && made[1].contains("\"ben@x.orgg\""), "{made:?}");
    }

    #[test]
    fn texts_that_a_guard_may_believe_are_tried() {
        let made = tries("service : { m : (text) -> () }");
        assert!(made.contains(&"(\"admin\")".to_owned()) && made.contains(&"(\"owner\")".to_owned()), "{made:?}");
        let cases = tries("service : { m : (variant { a; b : nat }) -> () }");
        assert_eq!(cases.len(), 6.min(cases.len()));
        assert!(cases.iter().any(|made| made.contains('a')) && cases.iter().any(|made| made.contains("b =")));
    }

    #[test]
    fn types_without_end_give_none_or_end() {
        assert_eq!(tries("type T = record { T }; service : { m : (T) -> () }"), Vec::<String>::new());
        assert!(!tries("type T = opt record { next : T }; service : { m : (T) -> () }").is_empty());
    }
}
