//! A stable signature (`.most`): what a Motoko module keeps across upgrades, with its types.
//!
//! The text comes from a module that nobody trusts. Invariant: parsing and resolving end within bounds of depth
//! and steps, whatever the text says.

mod lexer;
mod parser;

use std::{collections::BTreeMap, rc::Rc};

/// Bytes of a signature that are read at most.
pub(crate) const MOST_BYTES: usize = 4 << 20;
/// How deep types may be nested.
pub(crate) const MOST_DEPTH: usize = 100;
/// Aliases of aliases that are followed.
const MOST_ALIASES: usize = 200;
/// Characters that a type's text may have when types are compared by it.
const MOST_SHOWN: usize = 1 << 14;

/// Why a signature can't be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MostError {
    /// It has another grammar than the one known here.
    #[error("line {line} can't be read: expected {expected}, found `{found}`")]
    Unexpected { line: u32, expected: &'static str, found: String },
    /// It is too large or too deep.
    #[error("its types are too large: {0}")]
    TooLarge(&'static str),
    /// It names a type that it does not define.
    #[error("it names a type that it does not define: `{0}`")]
    Unbound(String),
}

/// A type, with names as the signature writes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    /// A type's name with its arguments: a primitive, a definition, or a parameter of one.
    Name(String, Vec<Rc<Ty>>),
    /// `{a : Nat; var b : Text}`.
    Record(Vec<Field>),
    /// `{#a; #b : Nat}`.
    Variant(Vec<(String, Rc<Ty>)>),
    /// `[T]` and `[var T]`.
    Array(Rc<Ty>),
    /// `?T`.
    Opt(Rc<Ty>),
    /// `(A, B)`, and `()`.
    Tuple(Vec<Rc<Ty>>),
    /// Functions, actors and what else holds no data of its own, by its text.
    Opaque(String),
}

/// A part of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: Rc<Ty>,
}

#[derive(Clone, Debug)]
struct Definition {
    params: Vec<String>,
    body: Rc<Ty>,
}

/// A parsed signature.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signature {
    types: BTreeMap<String, Definition>,
    /// What the module keeps once it runs.
    pub(crate) kept: Vec<Field>,
    /// Variables of the version before that a migration function takes in, with the types it expects.
    pub(crate) converted: Vec<Field>,
    /// Names of the steps of a migration chain with the variables each takes in, in order.
    pub(crate) steps: Vec<(String, Vec<String>)>,
}

const PRIMITIVES: [&str; 19] = [
    "Nat",
    "Nat8",
    "Nat16",
    "Nat32",
    "Nat64",
    "Int",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "Float",
    "Text",
    "Bool",
    "Char",
    "Blob",
    "Principal",
    "Null",
    "Any",
    "None",
];

impl Signature {
    /// Reads a signature.
    ///
    /// # Errors
    /// [`MostError`], when it is not one, or exceeds a bound.
    pub(crate) fn parse(text: &str) -> Result<Signature, MostError> {
        if text.len() > MOST_BYTES {
            return Err(MostError::TooLarge("the text is too long"));
        }
        parser::signature(text)
    }

    /// The type behind names of definitions; primitives stay names.
    pub(crate) fn resolve(&self, ty: &Rc<Ty>) -> Result<Rc<Ty>, MostError> {
        let mut ty = ty.clone();
        for _ in 0..MOST_ALIASES {
            let Ty::Name(name, args) = &*ty else { return Ok(ty) };
            let Some(definition) = self.types.get(name) else {
                return if PRIMITIVES.contains(&name.as_str()) { Ok(ty) } else { self.other(name, &ty) };
            };
            if definition.params.len() != args.len() {
                return Err(MostError::Unbound(name.clone()));
            }
            let bound: BTreeMap<&str, &Rc<Ty>> = definition.params.iter().map(String::as_str).zip(args).collect();
            ty = if bound.is_empty() { definition.body.clone() } else { substitute(&definition.body, &bound) };
        }
        Err(MostError::TooLarge("aliases of aliases without end"))
    }

    /// Primitives that come up rarely (`Region`, `Error`) have no definition either.
    fn other(&self, name: &str, ty: &Rc<Ty>) -> Result<Rc<Ty>, MostError> {
        if name.contains("__") { Err(MostError::Unbound(name.into())) } else { Ok(ty.clone()) }
    }
}

fn substitute(ty: &Rc<Ty>, bound: &BTreeMap<&str, &Rc<Ty>>) -> Rc<Ty> {
    let all = |types: &[Rc<Ty>]| types.iter().map(|ty| substitute(ty, bound)).collect();
    Rc::new(match &**ty {
        Ty::Name(name, args) if args.is_empty() => match bound.get(name.as_str()) {
            Some(ty) => return (*ty).clone(),
            None => return ty.clone(),
        },
        Ty::Name(name, args) => Ty::Name(name.clone(), all(args)),
        Ty::Record(fields) => {
            Ty::Record(fields.iter().map(|f| Field { name: f.name.clone(), ty: substitute(&f.ty, bound) }).collect())
        }
        Ty::Variant(cases) => Ty::Variant(cases.iter().map(|(tag, ty)| (tag.clone(), substitute(ty, bound))).collect()),
        Ty::Array(ty) => Ty::Array(substitute(ty, bound)),
        Ty::Opt(ty) => Ty::Opt(substitute(ty, bound)),
        Ty::Tuple(types) => Ty::Tuple(all(types)),
        Ty::Opaque(_) => return ty.clone(),
    })
}

/// A type's text, the same for the same type of the same signature.
///
/// # Errors
/// [`MostError::TooLarge`] for types that grow as they are followed.
pub(crate) fn shown(ty: &Ty) -> Result<String, MostError> {
    let mut text = String::new();
    show(ty, &mut text, 0)?;
    Ok(text)
}

fn show(ty: &Ty, text: &mut String, depth: usize) -> Result<(), MostError> {
    if text.len() > MOST_SHOWN || depth > 2 * MOST_DEPTH {
        return Err(MostError::TooLarge("a type grows as it is followed"));
    }
    let list = |types: &[Rc<Ty>], text: &mut String| {
        types.iter().try_for_each(|ty| {
            show(ty, text, depth + 1)?;
            text.push(',');
            Ok(())
        })
    };
    match ty {
        Ty::Name(name, args) => {
            text.push_str(name);
            if !args.is_empty() {
                text.push('<');
                list(args, text)?;
                text.push('>');
            }
        }
        Ty::Record(fields) => {
            text.push('{');
            for field in fields {
                text.push_str(&field.name);
                text.push(':');
                show(&field.ty, text, depth + 1)?;
                text.push(';');
            }
            text.push('}');
        }
        Ty::Variant(cases) => {
            text.push('{');
            for (tag, ty) in cases {
                text.push('#');
                text.push_str(tag);
                show(ty, text, depth + 1)?;
                text.push(';');
            }
            text.push('}');
        }
        Ty::Array(ty) => {
            text.push('[');
            show(ty, text, depth + 1)?;
            text.push(']');
        }
        Ty::Opt(ty) => {
            text.push('?');
            show(ty, text, depth + 1)?;
        }
        Ty::Tuple(types) => {
            text.push('(');
            list(types, text)?;
            text.push(')');
        }
        Ty::Opaque(words) => text.push_str(words),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
