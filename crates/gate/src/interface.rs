//! The public interface: what clients of the live version rely on, method by method.
//!
//! Candid texts come from modules that nobody trusts. Invariant: a text is measured before it is parsed, so that
//! neither its size nor its nesting can exhaust anything.

mod explain;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use candid::types::{
    Field, FuncMode, Function, Label, Type, TypeEnv, TypeInner,
    subtype::{OptReport, subtype_with_config},
};
use candid_parser::{IDLProg, check_prog};

use crate::{
    verdict::{Effect, Finding},
    words,
};

/// Bytes of an interface that are read at most.
const MOST_BYTES: usize = 1 << 20;
/// How deep its types may be nested.
const MOST_DEPTH: usize = 60;
/// Separators, brackets, options and lists in it: what its types are built of.
const MOST_PARTS: usize = 40_000;
/// The parser follows names without a bound of its own: each part may take a frame of it.
const STACK_BYTES: usize = 128 << 20;

/// Runs what follows types by their names.
pub(crate) fn roomy<T>(work: impl FnOnce() -> T) -> T {
    stacker::grow(STACK_BYTES, work)
}

/// A service with the types that its methods use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interface {
    pub(crate) env: TypeEnv,
    pub(crate) methods: BTreeMap<String, Function>,
}

/// Why an interface can't be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InterfaceError {
    #[error("there is none")]
    Missing,
    #[error("it is too large: {0}")]
    TooLarge(&'static str),
    #[error("it can't be read: {0}")]
    Unreadable(String),
}

impl Interface {
    /// Reads a `.did` text.
    pub(crate) fn parse(text: &str) -> Result<Interface, InterfaceError> {
        if text.trim().is_empty() {
            return Err(InterfaceError::Missing);
        }
        measured(text)?;
        roomy(|| Interface::build(text))
    }

    fn build(text: &str) -> Result<Interface, InterfaceError> {
        let unreadable = |error: String| InterfaceError::Unreadable(words::shortened(&error, 300));
        let program: IDLProg = text.parse().map_err(|error: candid_parser::Error| unreadable(error.to_string()))?;
        let mut env = TypeEnv::new();
        let service = check_prog(&mut env, &program).map_err(|error| unreadable(error.to_string()))?;
        let service = service.ok_or(InterfaceError::Missing)?;
        let mut methods = BTreeMap::new();
        for (name, ty) in env.as_service(&service).map_err(|error| unreadable(error.to_string()))? {
            let function = env.as_func(ty).map_err(|error| unreadable(error.to_string()))?;
            methods.insert(name.clone(), function.clone());
        }
        Ok(Interface { env, methods })
    }
}

/// Whether clients may rely on a method: names that begin with an underscore are an app's own business.
pub(crate) fn is_public(method: &str) -> bool {
    !method.starts_with('_')
}

/// Whether a method only reads.
pub(crate) fn is_query(function: &Function) -> bool {
    function.modes.iter().any(|mode| matches!(mode, FuncMode::Query | FuncMode::CompositeQuery))
}

/// Bounds size, nesting and the number of parts before anything is built from the text.
pub(crate) fn measured(text: &str) -> Result<(), InterfaceError> {
    if text.len() > MOST_BYTES {
        return Err(InterfaceError::TooLarge("the text is too long"));
    }
    // For each open bracket, the options and lists before it that are still open as well.
    let mut open: Vec<usize> = vec![0];
    let (mut parts, mut rest) = (0, text);
    while !rest.is_empty() {
        let (token, after) = rest.split_at(token_length(rest));
        let within = open.len() - 1;
        parts += usize::from(matches!(token, "{" | "(" | "opt" | "vec" | ";" | "," | "="));
        match token {
            "{" | "(" => open.push(0),
            "}" | ")" if within > 0 => open.truncate(within),
            "opt" | "vec" => open[within] += 1,
            ";" | "," | "=" => open[within] = 0,
            _ => {}
        }
        if open.len() + open.iter().sum::<usize>() > MOST_DEPTH {
            return Err(InterfaceError::TooLarge("its types are nested too deep"));
        }
        if parts > MOST_PARTS {
            return Err(InterfaceError::TooLarge("it has too many parts"));
        }
        rest = after;
    }
    Ok(())
}

/// Bytes of the word, text, comment or mark at the beginning.
fn token_length(text: &str) -> usize {
    let word = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    match text.as_bytes() {
        [b'"', ..] => quoted_length(text),
        [b'/', b'/', ..] => text.find('\n').unwrap_or(text.len()),
        [b'/', b'*', ..] => comment_length(text),
        _ if word > 0 => word,
        _ => text.chars().next().map_or(1, char::len_utf8),
    }
}

fn quoted_length(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match (escaped, c) {
            (false, '"') => return at + 1,
            (false, '\\') => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Comments may hold comments.
fn comment_length(text: &str) -> usize {
    let (bytes, mut at, mut depth) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        let step = match bytes.get(at..at + 2) {
            Some(b"/*") => 1,
            Some(b"*/") => -1,
            _ => 0,
        };
        depth += step;
        at += if step == 0 { 1 } else { 2 };
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// What would break for clients of the live version.
pub(crate) fn findings(live: &Interface, proposed: &Interface, used: Option<&BTreeSet<String>>) -> Vec<Finding> {
    roomy(|| compared(live, proposed, used))
}

fn compared(live: &Interface, proposed: &Interface, used: Option<&BTreeSet<String>>) -> Vec<Finding> {
    let relied = |name: &str| used.map_or_else(|| is_public(name), |used| used.contains(name));
    let mut merged = proposed.env.clone();
    // Names that both sides use for types get a suffix on the live side.
    let live = merge(&mut merged, live);
    let mut found = Vec::new();
    for (name, old) in live.iter().filter(|(name, _)| relied(name)) {
        match proposed.methods.get(name) {
            None => found.push(gone(name)),
            Some(new) => found.extend(compare(&merged, name, old, new)),
        }
    }
    found
}

fn merge(env: &mut TypeEnv, live: &Interface) -> BTreeMap<String, Function> {
    let service: Vec<(String, Type)> =
        live.methods.iter().map(|(name, function)| (name.clone(), TypeInner::Func(function.clone()).into())).collect();
    let merged = env.merge_type(live.env.clone(), TypeInner::Service(service).into());
    let TypeInner::Service(methods) = merged.as_ref() else { return BTreeMap::new() };
    let function = |(name, ty): &(String, Type)| match ty.as_ref() {
        TypeInner::Func(function) => Some((name.clone(), function.clone())),
        _ => None,
    };
    methods.iter().filter_map(function).collect()
}

fn gone(name: &str) -> Finding {
    let message =
        format!("{} would no longer be there; pages and programs that use it would stop working.", words::quoted(name));
    Finding::new("method_gone", name, Effect::Refuses, message)
        .detail(format!("the method `{name}` is missing from the new interface"))
}

fn compare(env: &TypeEnv, name: &str, old: &Function, new: &Function) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(mode(name, old, new));
    // Arguments that clients send must be ones that the new version takes; answers the other way round.
    let (sent, taken) = (tuple(&old.args), tuple(&new.args));
    found.extend(sides(env, name, &sent, &taken, explain::Direction::Argument));
    let (given, read) = (tuple(&new.rets), tuple(&old.rets));
    found.extend(sides(env, name, &given, &read, explain::Direction::Answer));
    found
}

fn sides(env: &TypeEnv, name: &str, from: &Type, to: &Type, direction: explain::Direction) -> Option<Finding> {
    let check = |report| subtype_with_config(report, &mut HashSet::new(), env, from, to);
    let words = words::quoted(name);
    let reason = || explain::difference(env, from, to, direction);
    if let Err(error) = check(OptReport::Silence) {
        let kind = direction.kind();
        let message = match reason() {
            Some(reason) => format!("{words} would break for those who use it now: {reason}."),
            None => format!("{words} would break for those who use it now: {} changes.", direction.noun()),
        };
        return Some(Finding::new(kind, name, Effect::Refuses, message).detail(error.to_string()));
    }
    let error = check(OptReport::Error).err()?;
    let message =
        format!("Those who use {words} now would find a part of {} empty, since it changes.", direction.noun());
    Some(Finding::new("reads_as_nothing", name, Effect::Informs, message).detail(error.to_string()))
}

fn mode(name: &str, old: &Function, new: &Function) -> Option<Finding> {
    let effect = match (is_query(old), is_query(new)) {
        (true, false) => Effect::Refuses,
        (false, true) => Effect::Informs,
        _ => return None,
    };
    let message = match effect {
        Effect::Refuses => {
            format!("{} only read until now and would have to be called in another way.", words::quoted(name))
        }
        _ => format!("{} would only read from now on.", words::quoted(name)),
    };
    Some(Finding::new("method_kind", name, effect, message).detail(format!("modes {:?} -> {:?}", old.modes, new.modes)))
}

fn tuple(types: &[Type]) -> Type {
    let field = |(at, ty): (usize, &Type)| Field {
        id: Label::Id(u32::try_from(at).unwrap_or(u32::MAX)).into(),
        ty: ty.clone(),
    };
    TypeInner::Record(types.iter().enumerate().map(field).collect()).into()
}

#[cfg(test)]
mod tests;
