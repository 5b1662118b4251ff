//! Why one Candid type no longer serves those who know another, in words.

use candid::types::{Field, Label, Type, TypeEnv, TypeInner};

use crate::words;

/// How deep a reason is looked for.
const MOST_DEPTH: usize = 24;

/// Whether values go into a method or come out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Argument,
    Answer,
}

impl Direction {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Direction::Argument => "argument_changed",
            Direction::Answer => "answer_changed",
        }
    }

    pub(super) fn noun(self) -> &'static str {
        match self {
            Direction::Argument => "what it takes",
            Direction::Answer => "its answer",
        }
    }
}

/// The first reason why values of `from` are not understood as `to`.
pub(super) fn difference(env: &TypeEnv, from: &Type, to: &Type, direction: Direction) -> Option<String> {
    let mut path = Vec::new();
    Search { env, direction, depth: 0 }.types(from, to, &mut path)
}

struct Search<'a> {
    env: &'a TypeEnv,
    direction: Direction,
    depth: usize,
}

impl Search<'_> {
    fn types(&mut self, from: &Type, to: &Type, path: &mut Vec<String>) -> Option<String> {
        self.depth += 1;
        let found = if self.depth > MOST_DEPTH { None } else { self.compared(from, to, path) };
        self.depth -= 1;
        found
    }

    fn compared(&mut self, from: &Type, to: &Type, path: &mut Vec<String>) -> Option<String> {
        let (from, to) = (self.env.trace_type(from).ok()?, self.env.trace_type(to).ok()?);
        match (from.as_ref(), to.as_ref()) {
            (_, TypeInner::Opt(_) | TypeInner::Reserved) | (TypeInner::Empty, _) => None,
            (TypeInner::Record(have), TypeInner::Record(need)) => self.records(have, need, path),
            (TypeInner::Variant(have), TypeInner::Variant(known)) => self.variants(have, known, path),
            (TypeInner::Vec(one), TypeInner::Vec(other)) => self.types(one, other, path),
            (one, other) if std::mem::discriminant(one) == std::mem::discriminant(other) => None,
            (TypeInner::Nat, TypeInner::Int) | (TypeInner::Service(_), TypeInner::Principal) => None,
            (one, other) => Some(self.changed(one, other, path)),
        }
    }

    fn records(&mut self, have: &[Field], need: &[Field], path: &mut Vec<String>) -> Option<String> {
        for field in need {
            let name = named(&field.id);
            match have.iter().find(|other| other.id == field.id) {
                Some(other) => {
                    path.extend(name.clone());
                    let found = self.types(&other.ty, &field.ty, path);
                    path.truncate(path.len() - usize::from(name.is_some()));
                    if found.is_some() {
                        return found;
                    }
                }
                None if self.may_be_absent(&field.ty) => {}
                None => return Some(self.absent(name)),
            }
        }
        None
    }

    fn variants(&mut self, have: &[Field], known: &[Field], path: &mut Vec<String>) -> Option<String> {
        for case in have {
            let Some(other) = known.iter().find(|other| other.id == case.id) else {
                let tag = words::quoted(&named(&case.id).unwrap_or_else(|| "something else".into()));
                return Some(match self.direction {
                    Direction::Argument => format!("it no longer takes {tag}"),
                    Direction::Answer => format!("it may answer {tag}, which they don't know"),
                });
            };
            let found = self.types(&case.ty, &other.ty, path);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn may_be_absent(&self, ty: &Type) -> bool {
        let traced = self.env.trace_type(ty);
        traced.is_ok_and(|ty| matches!(ty.as_ref(), TypeInner::Opt(_) | TypeInner::Null | TypeInner::Reserved))
    }

    fn absent(&self, name: Option<String>) -> String {
        match (self.direction, name) {
            (Direction::Argument, Some(name)) => {
                format!("it also needs {}, which they don't send", words::quoted(&name))
            }
            (Direction::Answer, Some(name)) => format!("{} is missing from its answer", words::quoted(&name)),
            (Direction::Argument, None) => "it needs one thing more, which they don't send".into(),
            (Direction::Answer, None) => "its answer has a part less".into(),
        }
    }

    fn changed(&self, from: &TypeInner, to: &TypeInner, path: &[String]) -> String {
        let subject = path.last().map_or_else(|| self.direction.noun().into(), |name| words::quoted(name));
        let (before, after) = match self.direction {
            Direction::Argument => (from, to),
            Direction::Answer => (to, from),
        };
        format!("{subject} changes from {} to {}", kind(before), kind(after))
    }
}

fn named(label: &Label) -> Option<String> {
    match label {
        Label::Named(name) => Some(name.clone()),
        Label::Id(_) | Label::Unnamed(_) => None,
    }
}

/// A type in plain words.
fn kind(ty: &TypeInner) -> &'static str {
    use TypeInner::{
        Bool, Float32, Float64, Func, Int, Int8, Int16, Int32, Int64, Nat, Nat8, Nat16, Nat32, Nat64, Null, Opt,
        Principal, Record, Service, Text, Variant, Vec,
    };
    match ty {
        Text => "text",
        Bool => "yes or no",
        Nat | Nat8 | Nat16 | Nat32 | Nat64 | Int | Int8 | Int16 | Int32 | Int64 => "a whole number",
        Float32 | Float64 => "a decimal number",
        Principal => "an identity",
        Record(_) => "a group of fields",
        Variant(_) => "a choice",
        Vec(_) => "a list",
        Opt(_) => "something that may be empty",
        Null => "nothing",
        Func(_) | Service(_) => "a way to call somebody",
        _ => "something else",
    }
}
