//! Which types are collections, and of what: so that a finding speaks of guests, not of tree nodes.
//!
//! Collections are known by their structure, not by their names, which any module may use for anything.

use std::rc::Rc;

use crate::most::{Field, MostError, Signature, Ty, shown};

/// A collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Container {
    /// How it is laid out.
    pub(crate) layout: Layout,
    /// The key, if it has keys of its own.
    pub(crate) key: Option<Rc<Ty>>,
    /// What it holds.
    pub(crate) value: Rc<Ty>,
}

/// How a collection is laid out in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `[T]`.
    Array,
    /// `?(T, List<T>)`.
    Linked,
    /// Any other: the elements are found by walking it.
    Tree,
}

/// What kind of collection a resolved type is.
pub(crate) fn container(signature: &Signature, ty: &Rc<Ty>) -> Result<Option<Container>, MostError> {
    let of = |layout, key, value| Ok(Some(Container { layout, key, value }));
    match &**ty {
        Ty::Array(element) => of(Layout::Array, None, element.clone()),
        Ty::Opt(inner) => match linked(signature, ty, inner)? {
            Some(value) => of(Layout::Linked, None, value),
            None => Ok(None),
        },
        Ty::Tuple(parts) => match queue(signature, parts)? {
            Some(value) => of(Layout::Tree, None, value),
            None => Ok(None),
        },
        Ty::Record(fields) => record(signature, fields),
        Ty::Variant(cases) => variant(signature, cases),
        Ty::Name(..) | Ty::Opaque(_) => Ok(None),
    }
}

fn tree(key: Option<Rc<Ty>>, value: Rc<Ty>) -> Option<Container> {
    Some(Container { layout: Layout::Tree, key, value })
}

/// `List<T> = ?(T, List<T>)`.
fn linked(signature: &Signature, list: &Rc<Ty>, inner: &Rc<Ty>) -> Result<Option<Rc<Ty>>, MostError> {
    let inner = signature.resolve(inner)?;
    let Ty::Tuple(parts) = &*inner else { return Ok(None) };
    let [head, tail] = parts.as_slice() else { return Ok(None) };
    let tail = signature.resolve(tail)?;
    Ok((matches!(&*tail, Ty::Opt(_)) && shown(&tail)? == shown(list)?).then(|| head.clone()))
}

/// `(List<T>, Nat, List<T>)`.
fn queue(signature: &Signature, parts: &[Rc<Ty>]) -> Result<Option<Rc<Ty>>, MostError> {
    let [front, _, back] = parts else { return Ok(None) };
    let (front, back) = (signature.resolve(front)?, signature.resolve(back)?);
    match &*front {
        Ty::Opt(inner) if shown(&front)? == shown(&back)? => linked(signature, &front, inner),
        _ => Ok(None),
    }
}

fn record(signature: &Signature, fields: &[Field]) -> Result<Option<Container>, MostError> {
    let part = |name: &str| fields.iter().find(|field| field.name == name).map(|field| &field.ty);
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    match names.as_slice() {
        ["root", "size"] => match part("root") {
            Some(root) => Ok(rooted(signature, root)?.and_then(|(key, value)| tree(key, value))),
            None => Ok(None),
        },
        ["blockIndex", "blocks", "elementIndex"] => {
            let blocks = descend(signature, part("blocks"), &[Step::Element, Step::Element, Step::Option])?;
            Ok(blocks.and_then(|value| tree(None, value)))
        }
        ["back", "front", "size"] => {
            let value = descend(signature, part("front"), &[Step::Option, Step::Part("value")])?;
            Ok(value.and_then(|value| tree(None, value)))
        }
        ["size", "top"] => nested(signature, part("top")),
        ["heap"] => nested(signature, part("heap")),
        _ => Ok(None),
    }
}

fn nested(signature: &Signature, inner: Option<&Rc<Ty>>) -> Result<Option<Container>, MostError> {
    let Some(inner) = inner else { return Ok(None) };
    let found = container(signature, &signature.resolve(inner)?)?;
    Ok(found.and_then(|found| tree(found.key, found.value)))
}

type KeyAndValue = (Option<Rc<Ty>>, Rc<Ty>);

/// A tree by its root: the B-trees and the red-black trees of the core library.
fn rooted(signature: &Signature, root: &Rc<Ty>) -> Result<Option<KeyAndValue>, MostError> {
    let root = signature.resolve(root)?;
    let Ty::Variant(cases) = &*root else { return Ok(None) };
    let case = |tag: &str| cases.iter().find(|(name, _)| name == tag).map(|(_, ty)| ty);
    let tags: Vec<&str> = cases.iter().map(|(tag, _)| tag.as_str()).collect();
    match tags.as_slice() {
        ["internal", "leaf"] => {
            let pairs = [Step::Part("data"), Step::Part("kvs"), Step::Element, Step::Option];
            if let Some(pair) = descend(signature, case("leaf"), &pairs)? {
                let pair = signature.resolve(&pair)?;
                let Ty::Tuple(parts) = &*pair else { return Ok(None) };
                let [key, value] = parts.as_slice() else { return Ok(None) };
                return Ok(Some((Some(key.clone()), value.clone())));
            }
            let elements = [Step::Part("data"), Step::Part("elements"), Step::Element, Step::Option];
            Ok(descend(signature, case("leaf"), &elements)?.map(|value| (None, value)))
        }
        ["black", "leaf", "red"] => {
            let Some(black) = case("black") else { return Ok(None) };
            let black = signature.resolve(black)?;
            let Ty::Tuple(parts) = &*black else { return Ok(None) };
            Ok(match parts.as_slice() {
                [_, key, value, _] => Some((Some(key.clone()), value.clone())),
                [_, value, _] => Some((None, value.clone())),
                _ => None,
            })
        }
        _ => Ok(None),
    }
}

/// The real-time queue of the core library.
fn variant(signature: &Signature, cases: &[(String, Rc<Ty>)]) -> Result<Option<Container>, MostError> {
    let tags: Vec<&str> = cases.iter().map(|(tag, _)| tag.as_str()).collect();
    if tags != ["empty", "idles", "one", "rebal", "three", "two"] {
        return Ok(None);
    }
    let one = cases.iter().find(|(tag, _)| tag == "one").map(|(_, ty)| signature.resolve(ty)).transpose()?;
    Ok(one.and_then(|value| tree(None, value)))
}

enum Step {
    Part(&'static str),
    Element,
    Option,
}

fn descend(signature: &Signature, from: Option<&Rc<Ty>>, steps: &[Step]) -> Result<Option<Rc<Ty>>, MostError> {
    let Some(mut ty) = from.cloned() else { return Ok(None) };
    for step in steps {
        let resolved = signature.resolve(&ty)?;
        let next = match (step, &*resolved) {
            (Step::Part(name), Ty::Record(fields)) => fields.iter().find(|f| f.name == *name).map(|f| f.ty.clone()),
            (Step::Element, Ty::Array(element)) => Some(element.clone()),
            (Step::Option, Ty::Opt(inner)) => Some(inner.clone()),
            _ => None,
        };
        let Some(next) = next else { return Ok(None) };
        ty = next;
    }
    Ok(Some(ty))
}
