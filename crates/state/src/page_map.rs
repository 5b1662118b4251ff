//! Pages (and their hashes) by their number, as a persistent radix tree: a copy costs nothing and shares what neither side changed.
//!
//! So every batch can hand out the memory as it then was (for queries, forks, folds), and what differs between two
//! such states is found by comparing pointers instead of pages.

use std::sync::Arc;

use crate::pages::Page;

const BITS: u32 = 6;
const FAN_OUT: usize = 1 << BITS;

/// A map from page numbers to shared pages.
#[derive(Clone, Debug)]
pub(crate) struct PageMap<T = Page> {
    root: Option<Arc<Node<T>>>,
    /// Levels of inner nodes above the leaves.
    height: u32,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node<T> {
    Inner([Option<Arc<Node<T>>>; FAN_OUT]),
    Leaf([Option<Arc<T>>; FAN_OUT]),
}

impl<T> Default for PageMap<T> {
    fn default() -> Self {
        PageMap { root: None, height: 0, len: 0 }
    }
}

/// Which child of a node at this height leads to the page.
fn slot(index: u64, height: u32) -> usize {
    (index >> (BITS * height)) as usize % FAN_OUT
}

/// One more than the highest number that a tree of this height holds, less one.
fn last_of(height: u32) -> u64 {
    1u64.checked_shl(BITS * (height + 1)).map_or(u64::MAX, |end| end - 1)
}

impl<T: Clone> Node<T> {
    fn empty(height: u32) -> Node<T> {
        match height {
            0 => Node::Leaf([const { None }; FAN_OUT]),
            _ => Node::Inner([const { None }; FAN_OUT]),
        }
    }

    fn for_each<'a>(&'a self, base: u64, height: u32, visit: &mut impl FnMut(u64, &'a Arc<T>)) {
        match self {
            Node::Leaf(pages) => {
                for (at, page) in pages.iter().enumerate() {
                    if let Some(page) = page {
                        visit(base | at as u64, page);
                    }
                }
            }
            Node::Inner(children) => {
                for (at, child) in children.iter().enumerate() {
                    if let Some(child) = child {
                        child.for_each(base | (at as u64) << (BITS * height), height - 1, visit);
                    }
                }
            }
        }
    }
}

impl<T: Clone> PageMap<T> {
    /// How many pages there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The page of this number.
    pub(crate) fn get(&self, index: u64) -> Option<&Arc<T>> {
        if index > last_of(self.height) {
            return None;
        }
        let mut node = self.root.as_deref()?;
        let mut height = self.height;
        loop {
            match node {
                Node::Leaf(pages) => return pages[slot(index, 0)].as_ref(),
                Node::Inner(children) => node = children[slot(index, height)].as_deref()?,
            }
            height -= 1;
        }
    }

    /// The page of this number, to be changed; made by `init` if it isn't there.
    pub(crate) fn entry(&mut self, index: u64, init: impl FnOnce() -> Arc<T>) -> &mut Arc<T> {
        self.reach(index);
        let mut height = self.height;
        let mut node = Arc::make_mut(self.root.get_or_insert_with(|| Arc::new(Node::empty(height))));
        loop {
            match node {
                Node::Leaf(pages) => {
                    let page = &mut pages[slot(index, 0)];
                    self.len += usize::from(page.is_none());
                    return page.get_or_insert_with(init);
                }
                Node::Inner(children) => {
                    let child = &mut children[slot(index, height)];
                    height -= 1;
                    node = Arc::make_mut(child.get_or_insert_with(|| Arc::new(Node::empty(height))));
                }
            }
        }
    }

    /// Puts levels on top until the number fits.
    fn reach(&mut self, index: u64) {
        while index > last_of(self.height) {
            if let Some(root) = self.root.take() {
                let mut children = [const { None }; FAN_OUT];
                children[0] = Some(root);
                self.root = Some(Arc::new(Node::Inner(children)));
            }
            self.height += 1;
        }
    }

    /// Puts a page in.
    pub(crate) fn insert(&mut self, index: u64, page: Arc<T>) {
        let shared = page.clone();
        *self.entry(index, || shared) = page;
    }

    /// All pages, in order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Arc<T>)> {
        let mut all = Vec::with_capacity(self.len);
        if let Some(root) = &self.root {
            root.for_each(0, self.height, &mut |index, page| all.push((index, page)));
        }
        all.into_iter()
    }

    /// Keeps only the pages that `keep` wants.
    pub(crate) fn retain(&mut self, keep: impl Fn(u64, &Arc<T>) -> bool) {
        if self.iter().all(|(index, page)| keep(index, page)) {
            return;
        }
        let mut kept = PageMap::default();
        for (index, page) in self.iter().filter(|(index, page)| keep(*index, page)) {
            kept.insert(index, page.clone());
        }
        *self = kept;
    }

    /// The numbers whose pages are not the same shared page in both maps.
    pub(crate) fn differing(&self, other: &PageMap<T>) -> Vec<u64> {
        let mut out = Vec::new();
        let height = self.height.max(other.height);
        let (mine, theirs) = (self.raised(height), other.raised(height));
        differ(mine.root.as_ref(), theirs.root.as_ref(), 0, height, &mut out);
        out
    }

    fn raised(&self, height: u32) -> PageMap<T> {
        let mut raised = self.clone();
        if raised.height < height {
            raised.reach(last_of(height));
        }
        raised
    }
}

fn differ<T: Clone>(a: Option<&Arc<Node<T>>>, b: Option<&Arc<Node<T>>>, base: u64, height: u32, out: &mut Vec<u64>) {
    match (a, b) {
        (None, None) => {}
        (Some(one), None) | (None, Some(one)) => one.for_each(base, height, &mut |index, _| out.push(index)),
        (Some(a), Some(b)) if Arc::ptr_eq(a, b) => {}
        (Some(a), Some(b)) => match (&**a, &**b) {
            (Node::Leaf(a), Node::Leaf(b)) => {
                for (at, (a, b)) in a.iter().zip(b).enumerate() {
                    let same = match (a, b) {
                        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                        (None, None) => true,
                        _ => false,
                    };
                    if !same {
                        out.push(base | at as u64);
                    }
                }
            }
            (Node::Inner(a), Node::Inner(b)) => {
                for (at, (a, b)) in a.iter().zip(b).enumerate() {
                    differ(a.as_ref(), b.as_ref(), base | (at as u64) << (BITS * height), height - 1, out);
                }
            }
            // Both were raised to the same height, so levels agree.
            _ => unreachable!("levels of two trees of one height"),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::pages::PAGE_BYTES;

    fn index() -> impl Strategy<Value = u64> {
        prop_oneof![0..200u64, 4000..4200u64, 0..1u64 << 40]
    }

    proptest! {
        #[test]
        fn it_is_a_map_whose_copies_stay(steps in prop::collection::vec((index(), any::<u8>(), any::<bool>()), 1..80)) {
            let (mut map, mut model) = (PageMap::default(), BTreeMap::new());
            let mut copies = Vec::new();
            for (index, byte, copy) in steps {
                if copy {
                    copies.push((map.clone(), model.clone()));
                }
                if byte < 40 {
                    map.retain(|at, _| at != index);
                    model.remove(&index);
                } else {
                    map.insert(index, Arc::new([byte; PAGE_BYTES]));
                    model.insert(index, byte);
                }
                prop_assert_eq!(map.len(), model.len());
                prop_assert_eq!(map.get(index).map(|page| page[0]), model.get(&index).copied());
            }
            for (copy, then) in &copies {
                let seen: BTreeMap<u64, u8> = copy.iter().map(|(index, page)| (index, page[0])).collect();
                prop_assert_eq!(&seen, then);
                let differing = copy.differing(&map);
                // Whatever differs in bytes is named, and nothing twice.
                for index in then.keys().chain(model.keys()) {
                    prop_assert!(then.get(index) == model.get(index) || differing.contains(index));
                }
                prop_assert!(differing.windows(2).all(|pair| pair[0] < pair[1]));
            }
            prop_assert!(map.differing(&map.clone()).is_empty());
        }
    }
}
