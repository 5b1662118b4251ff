//! Asking a fork what it shows, as one caller after the other.
//!
//! Methods that read without being told what to read are asked: those without arguments, and those whose arguments
//! may all be left out; lists in pages are read to their end.

use std::collections::{BTreeMap, BTreeSet};

use candid::{
    Nat,
    types::{
        Function, TypeEnv, TypeInner,
        value::{IDLArgs, IDLValue},
    },
};

use crate::{
    fork::{Caller, Fork},
    interface::{Interface, is_query},
    value::{Value, decode},
    words,
};

/// Methods that are asked at most.
pub(crate) const MOST_METHODS: usize = 200;
/// Rows that are read at most, over all methods and for one caller.
const MOST_ROWS: usize = 50_000;
/// Pages of one list.
const MOST_PAGES: usize = 1_000;

/// What came of asking.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// All that it shows.
    Shown(Value),
    /// The first rows of a list that goes on.
    Part(Value),
    /// It trapped or rejected, with the message.
    Trapped(String),
    /// The reply is not what the interface declares, or too large to look at.
    Unreadable(String),
}

impl Answer {
    /// What is known of what it shows.
    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Answer::Shown(value) | Answer::Part(value) => Some(value),
            Answer::Trapped(_) | Answer::Unreadable(_) => None,
        }
    }
}

/// Answers by method.
pub(crate) type Answers = BTreeMap<String, Answer>;

/// A method that can be asked, and the type of its cursor if it may have pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Readable {
    pub(crate) name: String,
    args: usize,
    cursor: Option<Cursor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cursor {
    Nat,
    Int,
    Nat64,
    Nat32,
    Text,
}

/// The methods that can be asked, in order of their names, and whether there are more than are asked.
pub(crate) fn readable(interface: &Interface) -> (Vec<Readable>, bool) {
    let mut found: Vec<Readable> = interface
        .methods
        .iter()
        .filter(|(_, function)| is_query(function))
        .filter_map(|(name, function)| as_readable(&interface.env, name, function))
        .collect();
    let more = found.len() > MOST_METHODS;
    found.truncate(MOST_METHODS);
    (found, more)
}

fn as_readable(env: &TypeEnv, name: &str, function: &Function) -> Option<Readable> {
    let mut inner = Vec::new();
    for arg in &function.args {
        let arg = env.trace_type(arg).ok()?;
        let TypeInner::Opt(optional) = arg.as_ref() else { return None };
        inner.push(env.trace_type(optional).ok()?);
    }
    let cursor = match inner.as_slice() {
        [one] => match one.as_ref() {
            TypeInner::Nat => Some(Cursor::Nat),
            TypeInner::Int => Some(Cursor::Int),
            TypeInner::Nat64 => Some(Cursor::Nat64),
            TypeInner::Nat32 => Some(Cursor::Nat32),
            TypeInner::Text => Some(Cursor::Text),
            _ => None,
        },
        _ => None,
    };
    Some(Readable { name: name.into(), args: inner.len(), cursor })
}

/// Asks all methods as one caller.
pub(crate) fn ask_all(fork: &mut dyn Fork, interface: &Interface, methods: &[Readable], caller: &Caller) -> Answers {
    let mut rows = MOST_ROWS;
    let mut answers = Answers::new();
    for method in methods {
        let Some(function) = interface.methods.get(&method.name) else { continue };
        let answer = Asking { fork, interface, function, method, caller }.ask(&mut rows);
        answers.insert(method.name.clone(), answer);
    }
    answers
}

struct Asking<'a> {
    fork: &'a mut dyn Fork,
    interface: &'a Interface,
    function: &'a Function,
    method: &'a Readable,
    caller: &'a Caller,
}

impl Asking<'_> {
    fn ask(&mut self, rows: &mut usize) -> Answer {
        let first = match self.once(&vec![IDLValue::Null; self.method.args]) {
            Ok(value) => value,
            Err(answer) => return answer,
        };
        match (self.method.cursor, first) {
            (Some(cursor), Value::List(first)) if first.last().is_some_and(|row| row.part("id").is_some()) => {
                self.pages(cursor, first, rows)
            }
            (_, Value::List(all)) if all.len() > *rows => {
                let part = all.into_iter().take(std::mem::take(rows)).collect();
                Answer::Part(Value::List(part))
            }
            (_, value) => {
                *rows = rows.saturating_sub(if let Value::List(all) = &value { all.len() } else { 0 });
                Answer::Shown(value)
            }
        }
    }

    fn once(&mut self, args: &[IDLValue]) -> Result<Value, Answer> {
        let unreadable = |error: String| Answer::Unreadable(words::shortened(&error, 300));
        let arg = IDLArgs::new(args).to_bytes().map_err(|error| unreadable(error.to_string()))?;
        let reply = self.fork.query(self.caller.clone(), &self.method.name, &arg);
        let reply = reply.map_err(|message| Answer::Trapped(words::shortened(&message, 1_000)))?;
        decode(&reply, &self.interface.env, &self.function.rets).map_err(|error| unreadable(error.to_string()))
    }

    /// Reads on from the last row's id for as long as rows come that were not there yet.
    fn pages(&mut self, cursor: Cursor, first: Vec<Value>, rows: &mut usize) -> Answer {
        let mut seen = BTreeSet::new();
        let (mut all, mut page) = (Vec::new(), first);
        for _ in 0..MOST_PAGES {
            let known = all.len();
            all.extend(page.into_iter().filter(|row| seen.insert(id_text(row))));
            if all.len() == known {
                *rows -= all.len();
                return Answer::Shown(Value::List(all));
            }
            if all.len() > *rows {
                all.truncate(std::mem::take(rows));
                return Answer::Part(Value::List(all));
            }
            let next =
                all.last().and_then(|row| row.part("id")).and_then(Value::scalar).and_then(|id| cursor.after(&id));
            page = match next.map(|after| self.once(&[after])) {
                Some(Ok(Value::List(page))) => page,
                // Nothing to go on from.
                None => Vec::new(),
                Some(_) => return Answer::Part(Value::List(all)),
            };
        }
        Answer::Part(Value::List(all))
    }
}

fn id_text(row: &Value) -> String {
    row.part("id").and_then(Value::scalar).unwrap_or_else(|| format!("{row:?}"))
}

impl Cursor {
    /// `?id`, in the type that the method takes.
    fn after(self, id: &str) -> Option<IDLValue> {
        let value = match self {
            Cursor::Nat => IDLValue::Nat(Nat::parse(id.as_bytes()).ok()?),
            Cursor::Int => IDLValue::Int(candid::Int::parse(id.as_bytes()).ok()?),
            Cursor::Nat64 => IDLValue::Nat64(id.parse().ok()?),
            Cursor::Nat32 => IDLValue::Nat32(id.parse().ok()?),
            Cursor::Text => IDLValue::Text(id.into()),
        };
        Some(IDLValue::Opt(Box::new(value)))
    }
}

/// Names of the fields of the rows that a method declares to answer with.
pub(crate) fn declared_fields(interface: &Interface, method: &str) -> BTreeSet<String> {
    let env = &interface.env;
    let Some(answer) = interface.methods.get(method).and_then(|function| function.rets.first()) else {
        return BTreeSet::new();
    };
    let mut ty = answer.clone();
    for _ in 0..8 {
        let Ok(traced) = env.trace_type(&ty) else { return BTreeSet::new() };
        ty = match traced.as_ref() {
            TypeInner::Opt(inner) | TypeInner::Vec(inner) => inner.clone(),
            TypeInner::Record(fields) => match fields.as_slice() {
                // A pair of a key and a row.
                [_, row]
                    if matches!(row.id.as_ref(), candid::types::Label::Unnamed(1) | candid::types::Label::Id(1)) =>
                {
                    row.ty.clone()
                }
                fields => return fields.iter().map(|field| field.id.to_string()).collect(),
            },
            _ => return BTreeSet::new(),
        };
    }
    BTreeSet::new()
}
