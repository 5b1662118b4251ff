//! One level of the tree: a crit-bit trie over labels.
//!
//! A label is read as nine bits for each byte: a one, then the byte. After its end come zeros, so a
//! label that begins another sorts before it, and any two labels differ at some bit.
//!
//! Invariant: below a fork at bit `b` all labels agree before `b`; those with a zero at `b` are on the
//! left. Forks' bits grow on the way down.

use std::sync::{Arc, OnceLock};

use super::{Digest, Tree, separated};

/// A labelled subtree, or a fork.
pub(super) enum Branch {
    /// The end of the way: one label.
    Label { label: Box<[u8]>, child: Tree, digest: OnceLock<Digest> },
    /// Labels with a zero at `bit` on the left, with a one on the right.
    Fork { bit: usize, left: Arc<Branch>, right: Arc<Branch>, digest: OnceLock<Digest> },
}

impl Branch {
    fn label(label: &[u8], child: Tree) -> Arc<Self> {
        Arc::new(Branch::Label { label: label.into(), child, digest: OnceLock::new() })
    }

    fn fork(bit: usize, left: Arc<Branch>, right: Arc<Branch>) -> Arc<Self> {
        Arc::new(Branch::Fork { bit, left, right, digest: OnceLock::new() })
    }

    /// The hash of this part of the level.
    pub(super) fn digest(&self) -> Digest {
        match self {
            Branch::Label { label, child, digest } => {
                *digest.get_or_init(|| separated("ic-hashtree-labeled", &[label, &child.digest()]))
            }
            Branch::Fork { left, right, digest, .. } => {
                *digest.get_or_init(|| separated("ic-hashtree-fork", &[&left.digest(), &right.digest()]))
            }
        }
    }
}

/// The bit of `label` at this position.
pub(super) fn bit_at(label: &[u8], bit: usize) -> bool {
    match (label.get(bit / 9), bit % 9) {
        (None, _) => false,
        (Some(_), 0) => true,
        (Some(byte), n) => byte >> (8 - n) & 1 == 1,
    }
}

/// The first bit at which two labels differ.
fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    match (a.get(same), b.get(same)) {
        (None, None) => None,
        (Some(x), Some(y)) => Some(same * 9 + 1 + (x ^ y).leading_zeros() as usize),
        _ => Some(same * 9),
    }
}

/// Where following the bits of `label` ends: the label it must be compared with.
fn nearest<'a>(mut branch: &'a Branch, label: &[u8]) -> (&'a [u8], &'a Tree) {
    loop {
        match branch {
            Branch::Label { label, child, .. } => return (label, child),
            Branch::Fork { bit, left, right, .. } => {
                branch = if bit_at(label, *bit) { right } else { left };
            }
        }
    }
}

/// The subtree with this label.
pub(super) fn get<'a>(root: &'a Branch, label: &[u8]) -> Option<&'a Tree> {
    let (found, child) = nearest(root, label);
    (found == label).then_some(child)
}

/// The level with this label set; the rest is shared with the old one.
pub(super) fn put(root: Option<&Arc<Branch>>, label: &[u8], child: Tree) -> Arc<Branch> {
    let new = Branch::label(label, child);
    match root {
        None => new,
        Some(root) => graft(root, first_difference(nearest(root, label).0, label), label, new),
    }
}

/// Puts `new` where `label` belongs: in place of its namesake, or beside the first part of the level
/// that differs from it at bit `at`.
fn graft(branch: &Arc<Branch>, at: Option<usize>, label: &[u8], new: Arc<Branch>) -> Arc<Branch> {
    match (&**branch, at) {
        (Branch::Fork { bit, left, right, .. }, at) if at.is_none_or(|at| *bit < at) => {
            if bit_at(label, *bit) {
                Branch::fork(*bit, left.clone(), graft(right, at, label, new))
            } else {
                Branch::fork(*bit, graft(left, at, label, new), right.clone())
            }
        }
        (_, None) => new,
        (_, Some(at)) if bit_at(label, at) => Branch::fork(at, branch.clone(), new),
        (_, Some(at)) => Branch::fork(at, new, branch.clone()),
    }
}

/// The level without this label, which must be there.
pub(super) fn take(branch: &Arc<Branch>, label: &[u8]) -> Option<Arc<Branch>> {
    let Branch::Fork { bit, left, right, .. } = &**branch else {
        return None;
    };
    let (left, right) = if bit_at(label, *bit) {
        (Some(left.clone()), take(right, label))
    } else {
        (take(left, label), Some(right.clone()))
    };
    match (left, right) {
        (Some(left), Some(right)) => Some(Branch::fork(*bit, left, right)),
        (one, other) => one.or(other),
    }
}

/// The labels next to one that is not on the level: the greatest before it and the least after it.
pub(super) fn neighbours<'a>(root: &'a Branch, label: &[u8]) -> [Option<&'a [u8]>; 2] {
    let Some(at) = first_difference(nearest(root, label).0, label) else {
        return [None, None];
    };
    let (mut before, mut after, mut branch) = (None, None, root);
    while let Branch::Fork { bit, left, right, .. } = branch {
        if *bit > at {
            break;
        }
        if bit_at(label, *bit) {
            (before, branch) = (Some(&**left), &**right);
        } else {
            (after, branch) = (Some(&**right), &**left);
        }
    }
    if bit_at(label, at) {
        before = Some(branch)
    } else {
        after = Some(branch)
    }
    [before.map(|b| edge(b, true)), after.map(|b| edge(b, false))]
}

/// The last or the first label of a part of the level.
fn edge(mut branch: &Branch, last: bool) -> &[u8] {
    loop {
        match branch {
            Branch::Label { label, .. } => return label,
            Branch::Fork { left, right, .. } => branch = if last { right } else { left },
        }
    }
}

/// All labels in order.
pub(super) fn iterate<'a>(root: Option<&'a Arc<Branch>>) -> impl Iterator<Item = (&'a [u8], &'a Tree)> {
    let mut waiting: Vec<&'a Branch> = root.map(|root| &**root).into_iter().collect();
    std::iter::from_fn(move || {
        loop {
            match waiting.pop()? {
                Branch::Label { label, child, .. } => return Some((&**label, child)),
                Branch::Fork { left, right, .. } => waiting.extend([&**right, &**left]),
            }
        }
    })
}
