//! The elements of the core library's collections, in their order, without the trees and lists around them.

use std::rc::Rc;

use super::{HeapError, MOST_DEPTH, NULL, Reader, is_named, object::Tag, shape::Shape};
use crate::most::Ty;

impl<S: Shape> Reader<'_, S> {
    /// The elements, if the type is a collection that is read as one; `None` for those read part by part.
    pub(super) fn elements(&mut self, ty: &Rc<Ty>, word: u64) -> Result<Option<Vec<S::Value>>, HeapError> {
        let mut found = Vec::new();
        match &**ty {
            Ty::Opt(inner) => self.linked(inner, word, &mut found)?,
            Ty::Tuple(parts) => {
                let words = self.array(word)?;
                let mut back = Vec::new();
                for (list, (ty, word)) in
                    [&mut found, &mut back].into_iter().zip([(&parts[0], words.first()), (&parts[2], words.get(2))])
                {
                    if let (Ty::Opt(inner), Some(word)) = (&*self.signature.resolve(ty)?, word) {
                        self.linked(inner, *word, list)?;
                    }
                }
                found.extend(back.into_iter().rev());
            }
            Ty::Record(fields) => {
                let ty_of = |name: &str| fields.iter().find(|field| field.name == name).map(|field| field.ty.clone());
                let object = self.expect(word, &[Tag::Object], "collection")?;
                for name in ["root", "blocks", "front", "top", "heap"] {
                    let (Some(ty), Some(word)) = (ty_of(name), self.part(&object, name)?) else { continue };
                    match name {
                        "root" => self.tree(&ty, word, &mut found)?,
                        "blocks" => self.blocks(&ty, word, &mut found)?,
                        "front" => self.chain(&ty, word, &mut found)?,
                        _ => match S::elements(self.value(&ty, word)?) {
                            Some(inner) => found = inner,
                            None => return Ok(None),
                        },
                    }
                }
            }
            _ => return Ok(None),
        }
        Ok(Some(found))
    }

    /// `?(T, List<T>)`, from the front.
    fn linked(&mut self, pair: &Rc<Ty>, mut word: u64, found: &mut Vec<S::Value>) -> Result<(), HeapError> {
        let pair = self.signature.resolve(pair)?;
        let Ty::Tuple(parts) = &*pair else { return Ok(()) };
        word = self.unboxed(word, false)?;
        while word != NULL {
            let words = self.array(word)?;
            let [head, tail] = words.as_slice() else {
                return Err(HeapError::Unexpected { address: word, expected: "list" });
            };
            found.push(self.value(&parts[0], *head)?);
            word = self.unboxed(*tail, false)?;
        }
        Ok(())
    }

    /// `[var [var ?T]]`; places not in use are null.
    fn blocks(&mut self, ty: &Rc<Ty>, word: u64, found: &mut Vec<S::Value>) -> Result<(), HeapError> {
        let Ty::Array(block) = &*self.signature.resolve(ty)? else { return Ok(()) };
        let Ty::Array(slot) = &*self.signature.resolve(block)? else { return Ok(()) };
        for block in self.array(word)? {
            self.slots(slot, block, found)?;
        }
        Ok(())
    }

    fn slots(&mut self, slot: &Rc<Ty>, array: u64, found: &mut Vec<S::Value>) -> Result<(), HeapError> {
        for word in self.array(array)? {
            if word != NULL {
                found.push(self.value(slot, word)?);
            }
        }
        Ok(())
    }

    /// Nodes linked in both directions, from the front.
    fn chain(&mut self, ty: &Rc<Ty>, mut word: u64, found: &mut Vec<S::Value>) -> Result<(), HeapError> {
        let Ty::Opt(node) = &*self.signature.resolve(ty)? else { return Ok(()) };
        let Ty::Record(fields) = &*self.signature.resolve(node)? else { return Ok(()) };
        let Some(value) = fields.iter().find(|field| field.name == "value") else { return Ok(()) };
        while word != NULL {
            let node = self.expect(word, &[Tag::Object], "node")?;
            if let Some(word) = self.part(&node, "value")? {
                found.push(self.value(&value.ty, word)?);
            }
            // Elements join at the back and leave at the front, whose neighbour is reached by `next`.
            word = self.part(&node, "next")?.unwrap_or(NULL);
        }
        Ok(())
    }

    /// The core library's trees.
    fn tree(&mut self, ty: &Rc<Ty>, word: u64, found: &mut Vec<S::Value>) -> Result<(), HeapError> {
        self.depth += 1;
        self.parts = self.parts.checked_sub(1).filter(|_| self.depth < MOST_DEPTH).ok_or(HeapError::TooLarge)?;
        let resolved = self.signature.resolve(ty)?;
        let Ty::Variant(cases) = &*resolved else { return Ok(()) };
        let node = self.expect(word, &[Tag::Variant], "tree")?;
        let (tag, inside) = (node.word(self, 0)?, node.word(self, 1)?);
        let case = cases.iter().find(|(name, _)| is_named(tag, name));
        let (name, part) = case.ok_or(HeapError::Unexpected { address: node.address, expected: "known tree" })?;
        let part = self.signature.resolve(part)?;
        match (name.as_str(), &*part) {
            ("internal" | "leaf", Ty::Record(_)) => self.b_tree(ty, &part, inside, found)?,
            ("red" | "black", Ty::Tuple(parts)) => self.red_black(ty, parts, inside, found)?,
            _ => {}
        }
        self.depth -= 1;
        Ok(())
    }

    /// Elements lie between the children.
    fn b_tree(&mut self, node: &Rc<Ty>, ty: &Rc<Ty>, word: u64, found: &mut Vec<S::Value>) -> Result<(), HeapError> {
        let object = self.expect(word, &[Tag::Object], "node")?;
        let Ty::Record(fields) = &**ty else { return Ok(()) };
        let Some(data_ty) = fields.iter().find(|field| field.name == "data") else { return Ok(()) };
        let Some(data) = self.part(&object, "data")? else { return Ok(()) };
        let children = match self.part(&object, "children")? {
            Some(children) => self.array(children)?,
            None => Vec::new(),
        };
        let Ty::Record(data_fields) = &*self.signature.resolve(&data_ty.ty)? else { return Ok(()) };
        let Some(slots) = data_fields.iter().find(|field| field.name != "count") else { return Ok(()) };
        let Ty::Array(slot) = &*self.signature.resolve(&slots.ty)? else { return Ok(()) };
        let data = self.expect(data, &[Tag::Object], "node")?;
        let Some(array) = self.part(&data, &slots.name)? else { return Ok(()) };
        let elements = self.array(array)?;
        for at in 0..elements.len().max(children.len()) {
            if let Some(child) = children.get(at).filter(|child| **child != NULL) {
                self.tree(node, *child, found)?;
            }
            if let Some(element) = elements.get(at).filter(|element| **element != NULL) {
                found.push(self.value(slot, *element)?);
            }
        }
        Ok(())
    }

    fn red_black(
        &mut self,
        node: &Rc<Ty>,
        parts: &[Rc<Ty>],
        word: u64,
        found: &mut Vec<S::Value>,
    ) -> Result<(), HeapError> {
        let words = self.array(word)?;
        match (parts, words.as_slice()) {
            ([_, key, value, _], [left, k, v, right]) => {
                self.tree(node, *left, found)?;
                found.push(S::tuple(vec![self.value(key, *k)?, self.value(value, *v)?]));
                self.tree(node, *right, found)
            }
            ([_, value, _], [left, v, right]) => {
                self.tree(node, *left, found)?;
                found.push(self.value(value, *v)?);
                self.tree(node, *right, found)
            }
            _ => Err(HeapError::Unexpected { address: word, expected: "tree" }),
        }
    }
}
