//! The certified state: a persistent, labelled hash tree, and the witnesses cut from it.
//!
//! A `Tree` is a leaf or a level of labelled subtrees. Cloning shares everything, changing copies one
//! path, digests are computed when asked for and remembered. A level is a crit-bit trie over its labels.
//!
//! Invariant: a tree's shape, and so its digest, follows from the paths and values it holds alone,
//! never from the order in which they came; labels on a level are strictly increasing from left to right.

mod level;
mod witness;

use std::fmt;
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use level::Branch;

/// The name of a subtree on its level.
pub type Label = Vec<u8>;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// A labelled hash tree. Cloning is O(1); `insert`, `get` and `remove` are O(log n) for labels that
/// are spread evenly (hashes, counters), and never worse than nine steps for each byte of a label.
#[derive(Clone)]
pub struct Tree(Arc<Node>);

struct Node {
    kind: Kind,
    digest: OnceLock<Digest>,
}

enum Kind {
    Leaf(Box<[u8]>),
    Level {
        root: Option<Arc<Branch>>,
        count: usize,
    },
    /// Known by its digest; made when somebody looks into it.
    Deferred {
        load: Load,
        made: OnceLock<Tree>,
    },
}

/// Makes a tree whose digest was known before.
type Load = Box<dyn Fn() -> Tree + Send + Sync>;

impl Tree {
    /// A leaf with this value.
    pub fn leaf(value: impl Into<Box<[u8]>>) -> Self {
        Self::new(Kind::Leaf(value.into()))
    }

    /// A level without any labels.
    pub fn node() -> Self {
        Self::level(None, 0)
    }

    /// A tree of this digest that `load` makes when somebody looks into it: for what is seldom read and need not lie
    /// in memory. If `load` can't make it, whatever it makes instead has another digest, and no witness cut from it
    /// is accepted anywhere.
    pub fn deferred(digest: Digest, load: impl Fn() -> Tree + Send + Sync + 'static) -> Self {
        let kind = Kind::Deferred { load: Box::new(load), made: OnceLock::new() };
        Tree(Arc::new(Node { kind, digest: OnceLock::from(digest) }))
    }

    /// What it is, made now if that was deferred.
    fn kind(&self) -> &Kind {
        match &self.0.kind {
            Kind::Deferred { load, made } => made.get_or_init(load).kind(),
            kind => kind,
        }
    }

    fn level(root: Option<Arc<Branch>>, count: usize) -> Self {
        Self::new(Kind::Level { root, count })
    }

    fn new(kind: Kind) -> Self {
        Tree(Arc::new(Node { kind, digest: OnceLock::new() }))
    }

    /// The root of the level, or nothing for a leaf and for an empty level.
    fn root(&self) -> Option<&Arc<Branch>> {
        match self.kind() {
            Kind::Level { root, .. } => root.as_ref(),
            _ => None,
        }
    }

    /// The value, if this is a leaf.
    pub fn value(&self) -> Option<&[u8]> {
        match self.kind() {
            Kind::Leaf(value) => Some(value),
            _ => None,
        }
    }

    /// How many labels the level has; 0 for a leaf.
    pub fn len(&self) -> usize {
        match self.kind() {
            Kind::Level { count, .. } => *count,
            _ => 0,
        }
    }

    /// Whether there is neither a value nor a label here.
    pub fn is_empty(&self) -> bool {
        matches!(self.kind(), Kind::Level { count: 0, .. })
    }

    /// Puts `subtree` at `path`, making the levels on the way; what was there is replaced, as is a leaf
    /// that stood in the way. With an empty path the whole tree is replaced.
    pub fn insert<L: AsRef<[u8]>>(&mut self, path: &[L], subtree: Tree) {
        let Some((label, rest)) = path.split_first() else {
            *self = subtree;
            return;
        };
        let label = label.as_ref();
        let old = self.child(label);
        let count = self.len() + usize::from(old.is_none());
        let mut child = old.cloned().unwrap_or_else(Tree::node);
        child.insert(rest, subtree);
        *self = Self::level(Some(level::put(self.root(), label, child)), count);
    }

    /// Takes away what is at `path`, and the levels above it that become empty by that; returns whether
    /// there was anything. So a tree made anew from what is left is the same tree. An empty path empties
    /// the tree.
    pub fn remove<L: AsRef<[u8]>>(&mut self, path: &[L]) -> bool {
        let Some((label, rest)) = path.split_first() else {
            let had = !self.is_empty();
            *self = Tree::node();
            return had;
        };
        let (label, count) = (label.as_ref(), self.len());
        let Some(mut child) = self.child(label).cloned() else {
            return false;
        };
        if !rest.is_empty() && !child.remove(rest) {
            return false;
        }
        *self = match self.root() {
            Some(root) if rest.is_empty() || child.is_empty() => Self::level(level::take(root, label), count - 1),
            root => Self::level(Some(level::put(root, label, child)), count),
        };
        true
    }

    /// What is at `path`.
    pub fn get<L: AsRef<[u8]>>(&self, path: &[L]) -> Option<&Tree> {
        path.iter().try_fold(self, |tree, label| tree.child(label.as_ref()))
    }

    /// The value of the leaf at `path`.
    pub fn lookup<L: AsRef<[u8]>>(&self, path: &[L]) -> Option<&[u8]> {
        self.get(path).and_then(Tree::value)
    }

    fn child(&self, label: &[u8]) -> Option<&Tree> {
        level::get(self.root()?, label)
    }

    /// The labels at `path` with their subtrees, in order; nothing if there is no level there.
    pub fn children<L: AsRef<[u8]>>(&self, path: &[L]) -> impl Iterator<Item = (&[u8], &Tree)> {
        level::iterate(self.get(path).and_then(Tree::root))
    }

    /// The root hash, as the specification reconstructs it.
    pub fn digest(&self) -> Digest {
        *self.0.digest.get_or_init(|| match &self.0.kind {
            Kind::Leaf(value) => separated("ic-hashtree-leaf", &[value]),
            Kind::Level { root: None, .. } => separated("ic-hashtree-empty", &[]),
            Kind::Level { root: Some(root), .. } => root.digest(),
            Kind::Deferred { load, made } => made.get_or_init(load).digest(),
        })
    }

    /// The part of the tree that answers for these paths, in the specification's CBOR encoding of a
    /// hash tree, with the same root hash as the whole.
    ///
    /// What a path names is revealed with everything below it; a path that leads nowhere is proven
    /// absent by its neighbours' labels, or by the leaf that ends it; all else is pruned.
    pub fn witness(&self, paths: &[Vec<Label>]) -> Vec<u8> {
        witness::encode(self, paths)
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value() {
            Some(value) => write!(f, "leaf of {} bytes", value.len()),
            None => f
                .debug_map()
                .entries(self.children::<&[u8]>(&[]).map(|(l, t)| (l.escape_ascii().to_string(), t)))
                .finish(),
        }
    }
}

impl PartialEq for Tree {
    /// Trees are equal when their digests are.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.digest() == other.digest()
    }
}

impl Eq for Tree {}

/// SHA-256 over a separator, led by its length, and parts.
fn separated(domain: &str, parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update([domain.len() as u8]);
    hasher.update(domain);
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

#[cfg(test)]
mod tests;
