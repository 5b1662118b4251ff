//! What a module keeps, as kinds of values: the types of its stable variables without the way they lie in memory.
//!
//! It goes along with the JSON of [`heap::json`](crate::heap::json), which says the values and not what they are.
//! Invariant: it ends for every signature; types that go on for too long end in [`Kind::Deeper`].

use std::rc::Rc;

use crate::{
    container::container,
    heap::HeapError,
    interface::roomy,
    most::{Field, MostError, Signature, Ty},
};

/// How deep kinds may be nested. Recursive types end here.
const MOST_DEPTH: usize = 8;
/// Parts of all kinds together.
const MOST_PARTS: usize = 20_000;

/// The kind of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// `Nat`, `Int` and those of fixed width.
    Whole,
    /// `Float`.
    Float,
    /// `Text` and `Char`.
    Text,
    /// `Principal`.
    Principal,
    /// `Blob`.
    Blob,
    /// A value or nothing.
    Option(Box<Kind>),
    /// Fields by name, in the order of the signature.
    Record(Vec<(String, Kind)>),
    /// One of several, by tag.
    Variant(Vec<(String, Kind)>),
    /// Parts by place.
    Tuple(Vec<Kind>),
    /// Arrays, lists, sets, queues: elements in order.
    List(Box<Kind>),
    /// Keys and what they stand for.
    Map(Box<Kind>, Box<Kind>),
    /// Nothing that could be shown.
    Nothing,
    /// Something that is not followed further.
    Deeper,
}

/// The kinds of a module's stable variables, in order of their names; `stable_types` is its own signature.
///
/// # Errors
/// [`HeapError::Types`], if the signature can't be read.
pub fn kinds(stable_types: &str) -> Result<Vec<(String, Kind)>, HeapError> {
    let signature = Signature::parse(stable_types)?;
    roomy(|| {
        let mut reader = Reader { signature: &signature, parts: MOST_PARTS };
        let pair = |field: &Field| Ok((field.name.clone(), reader.kind(&field.ty, 0)?));
        Ok(signature.kept.iter().map(pair).collect::<Result<_, MostError>>()?)
    })
}

struct Reader<'a> {
    signature: &'a Signature,
    parts: usize,
}

impl Reader<'_> {
    fn kind(&mut self, ty: &Rc<Ty>, depth: usize) -> Result<Kind, MostError> {
        let Some(left) = self.parts.checked_sub(1).filter(|_| depth < MOST_DEPTH) else { return Ok(Kind::Deeper) };
        self.parts = left;
        let ty = self.signature.resolve(ty)?;
        if let Some(found) = container(self.signature, &ty)? {
            let value = Box::new(self.kind(&found.value, depth + 1)?);
            return Ok(match found.key {
                Some(key) => Kind::Map(Box::new(self.kind(&key, depth + 1)?), value),
                None => Kind::List(value),
            });
        }
        Ok(match &*ty {
            Ty::Name(name, _) => primitive(name),
            Ty::Opt(inner) => Kind::Option(Box::new(self.kind(inner, depth + 1)?)),
            Ty::Array(element) => Kind::List(Box::new(self.kind(element, depth + 1)?)),
            Ty::Tuple(parts) if parts.is_empty() => Kind::Nothing,
            Ty::Tuple(parts) => {
                Kind::Tuple(parts.iter().map(|part| self.kind(part, depth + 1)).collect::<Result<_, _>>()?)
            }
            Ty::Record(fields) => Kind::Record(self.named(fields.iter().map(|field| (&field.name, &field.ty)), depth)?),
            Ty::Variant(cases) => Kind::Variant(self.named(cases.iter().map(|(tag, ty)| (tag, ty)), depth)?),
            Ty::Opaque(_) => Kind::Nothing,
        })
    }

    fn named<'t>(
        &mut self,
        parts: impl Iterator<Item = (&'t String, &'t Rc<Ty>)>,
        depth: usize,
    ) -> Result<Vec<(String, Kind)>, MostError> {
        parts.map(|(name, ty)| Ok((name.clone(), self.kind(ty, depth + 1)?))).collect()
    }
}

fn primitive(name: &str) -> Kind {
    match name {
        "Bool" => Kind::Bool,
        "Text" | "Char" => Kind::Text,
        "Principal" => Kind::Principal,
        "Blob" => Kind::Blob,
        "Float" => Kind::Float,
        name if name.starts_with("Nat") || name.starts_with("Int") => Kind::Whole,
        _ => Kind::Nothing,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    const SIGNATURE: &str = "// Version: 1.0.0
type Node<K, V> = {#leaf : {data : {kvs : [var ?(K, V)]; var count : Nat}};
  #internal : {data : {kvs : [var ?(K, V)]; var count : Nat}; children : [var ?Node<K, V>]}};
type Map<K, V> = {var root : Node<K, V>; var size : Nat};
type Chain = {next : ?Chain; at : Int};
actor {
  stable chain : Chain;
  stable guests : Map<Nat, {name : Text; state : {#open; #paid : Float}; by : ?Principal}>;
  stable var pair : (Bool, Blob);
  stable var tags : [Text]
};";

    fn found(name: &str) -> Kind {
        kinds(SIGNATURE).unwrap().into_iter().find(|(known, _)| known == name).unwrap().1
    }

    #[test]
    fn collections_and_their_parts_are_told_apart() {
        let Kind::Map(key, value) = found("guests") else { panic!("{:?}", found("guests")) };
        assert_eq!(*key, Kind::Whole);
        let Kind::Record(mut fields) = *value else { panic!("{value:?}") };
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        let state = Kind::Variant(vec![("open".into(), Kind::Nothing), ("paid".into(), Kind::Float)]);
        let by = Kind::Option(Box::new(Kind::Principal));
        assert_eq!(fields, [("by".into(), by), ("name".into(), Kind::Text), ("state".into(), state)]);
        assert_eq!(found("tags"), Kind::List(Box::new(Kind::Text)));
        assert_eq!(found("pair"), Kind::Tuple(vec![Kind::Bool, Kind::Blob]));
    }

    #[test]
    fn a_type_without_end_ends() {
        let mut kind = found("chain");
        let mut depth = 0;
        while let Kind::Record(fields) = &kind {
            let Some((_, Kind::Option(next))) = fields.iter().find(|(name, _)| name == "next") else { break };
            kind = (**next).clone();
            depth += 1;
        }
        assert!(kind == Kind::Deeper || depth > 2, "{kind:?} after {depth}");
    }

    #[test]
    fn what_is_no_signature_is_an_error() {
        assert!(matches!(kinds("actor { stable x : Nowhere__ };"), Err(HeapError::Types(_))));
    }
}
