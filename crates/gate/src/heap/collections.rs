//! The elements of collections, in their order, without the trees and lists around them.

use super::{
    Cell, HeapError, MOST_DEPTH, NULL, Reader,
    layout::{Id, Kind, Walk},
    named,
    object::{Object, Tag, is_named},
};

impl Reader<'_> {
    /// The elements of a collection.
    pub(super) fn elements(&self, walk: Walk, element: Id, word: u64) -> Result<Vec<Cell>, HeapError> {
        let mut found = Found { element, cells: Vec::new() };
        self.walk(walk, word, &mut found)?;
        Ok(found.cells)
    }

    fn walk(&self, walk: Walk, word: u64, found: &mut Found) -> Result<(), HeapError> {
        match walk {
            Walk::Array => {
                let words = self.array(word)?;
                found.cells.extend(words.iter().map(|word| Cell::new(found.element, word)));
                Ok(())
            }
            Walk::Linked => self.linked(word, found),
            Walk::Ends => {
                let lists = self.array(word)?;
                if let (Some(front), Some(back)) = (lists.get(0), lists.get(2)) {
                    self.linked(front, found)?;
                    let middle = found.cells.len();
                    self.linked(back, found)?;
                    found.cells[middle..].reverse();
                }
                Ok(())
            }
            Walk::Blocks => {
                let Some(blocks) = self.inside(word, "blocks")? else { return Ok(()) };
                for block in self.array(blocks)?.iter() {
                    // Places not in use are null.
                    let slots = self.array(block)?.iter().filter(|slot| *slot != NULL);
                    slots.into_iter().try_for_each(|slot| self.slot(slot, found))?;
                }
                Ok(())
            }
            Walk::Chain => self.chain(word, found),
            Walk::BTree => match self.inside(word, "root")? {
                Some(root) => self.b_tree(root, found, 0),
                None => Ok(()),
            },
            Walk::RedBlack { keys } => match self.inside(word, "root")? {
                Some(root) => self.red_black(root, keys, found, 0),
                None => Ok(()),
            },
            Walk::Trie => self.trie(word, found, 0),
            Walk::Within { hash, id } => {
                let object = self.expect(word, &[Tag::Object], "collection")?;
                match (self.part(object, hash)?, self.layout.kind(id)) {
                    (Some(word), Kind::List(walk, _)) => self.walk(*walk, word, found),
                    _ => Ok(()),
                }
            }
        }
    }

    /// The field of the record that a collection is.
    fn inside(&self, word: u64, name: &str) -> Result<Option<u64>, HeapError> {
        let object = self.expect(word, &[Tag::Object], "collection")?;
        self.part(object, named(name))
    }

    /// An element in an option.
    fn slot(&self, word: u64, found: &mut Found) -> Result<(), HeapError> {
        let word = self.unwrapped(self.unboxed(word, true)?)?;
        found.cells.push(Cell::new(found.element, word));
        Ok(())
    }

    /// `?(T, List<T>)`, from the front.
    fn linked(&self, word: u64, found: &mut Found) -> Result<(), HeapError> {
        let mut word = self.unboxed(word, false)?;
        while word != NULL {
            let words = self.array(word)?;
            let (Some(head), Some(tail), 2) = (words.get(0), words.get(1), words.len()) else {
                return Err(HeapError::Unexpected { address: word, expected: "list" });
            };
            found.cells.push(Cell::new(found.element, head));
            word = self.unboxed(tail, false)?;
        }
        Ok(())
    }

    /// Nodes linked in both directions, from the front.
    fn chain(&self, word: u64, found: &mut Found) -> Result<(), HeapError> {
        let mut word = self.inside(word, "front")?.unwrap_or(NULL);
        while word != NULL {
            let node = self.expect(self.unwrapped(word)?, &[Tag::Object], "node")?;
            self.spend(1)?;
            if let Some(word) = self.part(node, named("value"))? {
                found.cells.push(Cell::new(found.element, word));
            }
            // Elements join at the back and leave at the front, whose neighbour is reached by `next`.
            word = self.part(node, named("next"))?.unwrap_or(NULL);
        }
        Ok(())
    }

    /// A node of a tree: the hash of its case and what is in it.
    fn node(&self, word: u64, depth: usize) -> Result<(u64, u64, Object), HeapError> {
        self.spend(1)?;
        if depth > MOST_DEPTH {
            return Err(HeapError::TooLarge);
        }
        let node = self.expect(self.unboxed(word, false)?, &[Tag::Variant], "tree")?;
        Ok((node.word(self, 0)?, node.word(self, 1)?, node))
    }

    /// Elements lie between the children.
    fn b_tree(&self, word: u64, found: &mut Found, depth: usize) -> Result<(), HeapError> {
        let (tag, inside, node) = self.node(word, depth)?;
        if !["internal", "leaf"].iter().any(|name| is_named(tag, named(name))) {
            return Err(HeapError::Unexpected { address: node.address, expected: "known tree" });
        }
        let object = self.expect(inside, &[Tag::Object], "node")?;
        let Some(data) = self.part(object, named("data"))? else { return Ok(()) };
        let children = self.part(object, named("children"))?.map(|children| self.array(children)).transpose()?;
        let data = self.expect(data, &[Tag::Object], "node")?;
        let array = match self.part(data, named("kvs"))? {
            Some(array) => Some(array),
            None => self.part(data, named("elements"))?,
        };
        let Some(array) = array else { return Ok(()) };
        let elements = self.array(array)?;
        for at in 0..elements.len().max(children.map_or(0, super::object::Words::len)) {
            if let Some(child) = children.and_then(|children| children.get(at)).filter(|child| *child != NULL) {
                self.b_tree(self.unwrapped(child)?, found, depth + 1)?;
            }
            if let Some(element) = elements.get(at).filter(|element| *element != NULL) {
                self.slot(element, found)?;
            }
        }
        Ok(())
    }

    fn red_black(&self, word: u64, keys: bool, found: &mut Found, depth: usize) -> Result<(), HeapError> {
        let (tag, inside, node) = self.node(word, depth)?;
        if is_named(tag, named("leaf")) {
            return Ok(());
        }
        let words = self.array(inside)?;
        let (Some(left), Some(right)) = (words.get(0), words.get(words.len().saturating_sub(1))) else {
            return Err(HeapError::Unexpected { address: node.address, expected: "tree" });
        };
        self.red_black(left, keys, found, depth + 1)?;
        let cell = match (keys, words.get(1), words.get(2), words.len()) {
            (true, Some(word), Some(second), 4) => Cell { id: found.element, word, second },
            (false, Some(word), _, 3) => Cell::new(found.element, word),
            _ => return Err(HeapError::Unexpected { address: node.address, expected: "tree" }),
        };
        found.cells.push(cell);
        self.red_black(right, keys, found, depth + 1)
    }

    /// The base library's trees: branches with lists of keys and values at their ends.
    fn trie(&self, word: u64, found: &mut Found, depth: usize) -> Result<(), HeapError> {
        let (tag, inside, _) = self.node(word, depth)?;
        if is_named(tag, named("empty")) {
            return Ok(());
        }
        let object = self.expect(inside, &[Tag::Object], "node")?;
        if is_named(tag, named("leaf")) {
            let Some(pairs) = self.part(object, named("keyvals"))? else { return Ok(()) };
            return self.linked(pairs, found);
        }
        for side in ["left", "right"] {
            if let Some(child) = self.part(object, named(side))? {
                self.trie(child, found, depth + 1)?;
            }
        }
        Ok(())
    }
}

struct Found {
    element: Id,
    cells: Vec<Cell>,
}
