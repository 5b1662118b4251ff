//! Types made ready for reading: each once, with the hashes that memory knows names by.
//!
//! Invariant: a layout has at most [`MOST_KINDS`] kinds, so types that grow as they are followed end in an error.

use std::{collections::HashMap, rc::Rc};

use super::{HeapError, named};
use crate::{
    container::{self, container},
    most::{Field, Signature, Ty, shown},
    words,
};

/// Different types of one module.
const MOST_KINDS: usize = 20_000;
/// Columns that a row is spread over; a wider part of it is one column.
const MOST_COLUMNS: u32 = 300;

/// A type of a layout.
pub(super) type Id = u32;

/// How values of a type lie in memory.
#[derive(Debug)]
pub(super) enum Kind {
    /// Null, the empty tuple, and what holds no data of its own.
    Nothing,
    Bool,
    Char,
    Text,
    Blob,
    Principal,
    /// By its name in Motoko.
    Number(Rc<str>),
    Option {
        inner: Id,
        /// What is in it may look like null itself.
        nested: bool,
    },
    Record(Vec<Part>),
    Tuple(Vec<Id>),
    /// A key and its value that lie side by side, without a tuple around them.
    Pair(Id, Id),
    Variant(Vec<Case>),
    List(Walk, Id),
}

/// A field of a record.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: Rc<str>,
    pub(super) hash: u32,
    pub(super) id: Id,
}

/// A choice.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) tag: Rc<str>,
    /// The tag as people read it.
    pub(super) words: Rc<str>,
    pub(super) hash: u32,
    pub(super) id: Id,
}

/// How the elements of a collection are found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Walk {
    /// `[T]`.
    Array,
    /// `?(T, List<T>)`.
    Linked,
    /// `(List<T>, Nat, List<T>)`, the last list from behind.
    Ends,
    /// `{blocks : [var [var ?T]]}`.
    Blocks,
    /// `{front : ?{value : T; next : …}}`.
    Chain,
    /// `{root : {#internal; #leaf}}`.
    BTree,
    /// `{root : {#red; #black; #leaf}}`, with keys if the flag says so.
    RedBlack { keys: bool },
    /// The base library's trees of lists of pairs.
    Trie,
    /// A record around the collection of the given type, in its only or its `top` field.
    Within { hash: u32, id: Id },
}

/// All types of a module's variables.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) variables: Vec<Part>,
    kinds: Vec<Kind>,
    /// Whether values of a kind may hold others of the same kind.
    recursive: Vec<bool>,
    /// Columns that a value of a kind is spread over, if it is a record or tuple; else zero.
    widths: Vec<u32>,
}

impl Layout {
    pub(super) fn of(signature: &Signature) -> Result<Layout, HeapError> {
        let layout = Layout { variables: Vec::new(), kinds: Vec::new(), recursive: Vec::new(), widths: Vec::new() };
        let mut making = Making { signature, layout, known: HashMap::new(), open: Vec::new() };
        making.layout.variables = making.parts(&signature.kept)?;
        making.measure();
        Ok(making.layout)
    }

    pub(super) fn kind(&self, id: Id) -> &Kind {
        &self.kinds[id as usize]
    }

    pub(super) fn recursive(&self, id: Id) -> bool {
        self.recursive[id as usize]
    }

    pub(super) fn kinds(&self) -> usize {
        self.kinds.len()
    }

    /// Columns that a value is spread over; `None` if it is one column whole.
    pub(super) fn spread(&self, id: Id) -> Option<u32> {
        Some(self.widths[id as usize]).filter(|width| *width > 0)
    }
}

struct Making<'a> {
    signature: &'a Signature,
    layout: Layout,
    known: HashMap<String, Id>,
    /// Kinds on the way.
    open: Vec<Id>,
}

impl Making<'_> {
    fn parts(&mut self, fields: &[Field]) -> Result<Vec<Part>, HeapError> {
        let part = |field: &Field| {
            let id = self.id(&field.ty)?;
            Ok(Part { name: field.name.as_str().into(), hash: named(&field.name), id })
        };
        fields.iter().map(part).collect()
    }

    fn id(&mut self, ty: &Rc<Ty>) -> Result<Id, HeapError> {
        let ty = self.signature.resolve(ty)?;
        let text = shown(&ty)?;
        if let Some(id) = self.known.get(&text).copied() {
            if let Some(at) = self.open.iter().position(|open| *open == id) {
                self.open[at..].iter().for_each(|id| self.layout.recursive[*id as usize] = true);
            }
            return Ok(id);
        }
        let id = self.add(Kind::Nothing)?;
        self.known.insert(text, id);
        self.open.push(id);
        let kind = self.kind(&ty)?;
        self.open.pop();
        self.layout.kinds[id as usize] = kind;
        Ok(id)
    }

    fn add(&mut self, kind: Kind) -> Result<Id, HeapError> {
        let layout = &mut self.layout;
        let id = layout.kinds.len();
        if id >= MOST_KINDS {
            return Err(HeapError::TooLarge);
        }
        layout.kinds.push(kind);
        layout.recursive.push(false);
        Id::try_from(id).map_err(|_| HeapError::TooLarge)
    }

    fn kind(&mut self, ty: &Rc<Ty>) -> Result<Kind, HeapError> {
        if let Some(list) = self.list(ty)? {
            return Ok(list);
        }
        Ok(match &**ty {
            Ty::Name(name, _) => primitive(name),
            Ty::Opt(inner) => {
                let resolved = self.signature.resolve(inner)?;
                // Only what may be taken for null, or for a box, lies in a box of its own.
                let nested = match &*resolved {
                    Ty::Opt(_) => container(self.signature, &resolved)?.is_none(),
                    Ty::Name(name, _) => name == "Null",
                    _ => false,
                };
                Kind::Option { inner: self.id(inner)?, nested }
            }
            Ty::Record(fields) => Kind::Record(self.parts(fields)?),
            Ty::Variant(cases) => Kind::Variant(self.cases(cases)?),
            Ty::Array(element) => Kind::List(Walk::Array, self.id(element)?),
            Ty::Tuple(parts) if parts.is_empty() => Kind::Nothing,
            Ty::Tuple(parts) => Kind::Tuple(parts.iter().map(|part| self.id(part)).collect::<Result<_, _>>()?),
            Ty::Opaque(_) => Kind::Nothing,
        })
    }

    fn cases(&mut self, cases: &[(String, Rc<Ty>)]) -> Result<Vec<Case>, HeapError> {
        let case = |(tag, ty): &(String, Rc<Ty>)| {
            let id = self.id(ty)?;
            let words = words::split(tag);
            Ok(Case { tag: tag.as_str().into(), words: words.into(), hash: named(tag), id })
        };
        cases.iter().map(case).collect()
    }

    /// A collection; `None` for what is read part by part.
    fn list(&mut self, ty: &Rc<Ty>) -> Result<Option<Kind>, HeapError> {
        let Some(found) = container(self.signature, ty)? else { return Ok(None) };
        let walk = match (found.layout, &**ty) {
            (container::Layout::Array, _) => Walk::Array,
            (container::Layout::Linked, _) => Walk::Linked,
            (_, Ty::Tuple(_)) => Walk::Ends,
            (_, Ty::Record(fields)) => match self.record(fields)? {
                Some(walk) => walk,
                None => return Ok(None),
            },
            (_, Ty::Variant(cases)) if cases.iter().any(|(tag, _)| tag == "branch") => Walk::Trie,
            _ => return Ok(None),
        };
        let value = self.id(&found.value)?;
        let element = match (&found.key, walk) {
            (Some(key), Walk::RedBlack { .. }) => {
                let key = self.id(key)?;
                self.add(Kind::Pair(key, value))?
            }
            (Some(key), Walk::BTree | Walk::Trie) => {
                let key = self.id(key)?;
                self.add(Kind::Tuple(vec![key, value]))?
            }
            _ => value,
        };
        Ok(Some(Kind::List(walk, element)))
    }

    fn record(&mut self, fields: &[Field]) -> Result<Option<Walk>, HeapError> {
        for field in fields {
            return Ok(Some(match field.name.as_str() {
                "blocks" => Walk::Blocks,
                "front" => Walk::Chain,
                "root" => match &*self.signature.resolve(&field.ty)? {
                    Ty::Variant(cases) if cases.iter().any(|(tag, _)| tag == "internal") => Walk::BTree,
                    Ty::Variant(cases) => Walk::RedBlack { keys: has_keys(self.signature, cases)? },
                    _ => return Ok(None),
                },
                "top" | "heap" => {
                    let id = self.id(&field.ty)?;
                    if !matches!(self.layout.kind(id), Kind::List(..)) {
                        return Ok(None);
                    }
                    Walk::Within { hash: named(&field.name), id }
                }
                _ => continue,
            }));
        }
        Ok(None)
    }

    fn measure(&mut self) {
        let layout = &mut self.layout;
        let mut widths = vec![None; layout.kinds.len()];
        layout.widths = (0..).take(layout.kinds.len()).map(|id| measure(layout, id, &mut widths)).collect();
    }
}

/// How wide a kind is, zero if it is one column whole: also what is too wide, or holds itself.
fn measure(layout: &Layout, id: Id, widths: &mut [Option<u32>]) -> u32 {
    if let Some(width) = widths[id as usize] {
        return width;
    }
    // Types that hold themselves end here.
    widths[id as usize] = Some(0);
    let mut sum = |ids: &mut dyn Iterator<Item = Id>| {
        ids.fold(0_u32, |sum, id| sum.saturating_add(measure(layout, id, widths).max(1)))
    };
    let width = match layout.kind(id) {
        _ if layout.recursive(id) => 0,
        Kind::Record(parts) => sum(&mut parts.iter().map(|part| part.id)),
        Kind::Tuple(parts) => sum(&mut parts.iter().copied()),
        Kind::Pair(key, value) => sum(&mut [*key, *value].into_iter()),
        Kind::Option { inner, .. } => measure(layout, *inner, widths),
        _ => 0,
    };
    let width = if width <= MOST_COLUMNS { width } else { 0 };
    widths[id as usize] = Some(width);
    width
}

/// The core library's ordered maps have a key beside the value, its sets none.
fn has_keys(signature: &Signature, cases: &[(String, Rc<Ty>)]) -> Result<bool, HeapError> {
    let Some((_, black)) = cases.iter().find(|(tag, _)| tag == "black") else { return Ok(false) };
    Ok(matches!(&*signature.resolve(black)?, Ty::Tuple(parts) if parts.len() == 4))
}

fn primitive(name: &str) -> Kind {
    match name {
        "Bool" => Kind::Bool,
        "Char" => Kind::Char,
        "Text" => Kind::Text,
        "Blob" => Kind::Blob,
        "Principal" => Kind::Principal,
        name if name.starts_with("Nat") || name.starts_with("Int") || name == "Float" => Kind::Number(name.into()),
        _ => Kind::Nothing,
    }
}
