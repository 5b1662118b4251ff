//! Cutting a witness: the least part of a tree that still proves what is, and is not, at some paths.
//!
//! Invariant: the witness has the root hash of the tree, and shows no value but those at or below the
//! wanted paths, and a leaf that a wanted path runs into.

use std::collections::BTreeMap;

use super::level::{Branch, bit_at, neighbours};
use super::{Digest, Kind, Label, Tree};
use crate::cbor::Writer;

/// Wanted paths as a trie.
#[derive(Default)]
struct Wanted<'p> {
    whole: bool,
    below: BTreeMap<&'p [u8], Wanted<'p>>,
}

impl<'p> Wanted<'p> {
    fn from_paths(paths: &'p [Vec<Label>]) -> Self {
        let mut wanted = Wanted::default();
        for path in paths {
            let mut at = &mut wanted;
            for label in path {
                at = at.below.entry(label).or_default();
            }
            at.whole = true;
        }
        wanted
    }
}

/// The witness for these paths as CBOR.
pub(super) fn encode(tree: &Tree, paths: &[Vec<Label>]) -> Vec<u8> {
    let mut out = Writer::new();
    write_tree(tree, &Wanted::from_paths(paths), &mut out);
    out.finish()
}

fn write_tree(tree: &Tree, wanted: &Wanted<'_>, out: &mut Writer) {
    if wanted.whole {
        return write_whole(tree, out);
    }
    if wanted.below.is_empty() {
        return write_pruned(&tree.digest(), out);
    }
    match tree.kind() {
        Kind::Leaf(value) => write_leaf(value, out),
        Kind::Level { root: None, .. } => write_empty(out),
        Kind::Level { root: Some(root), .. } => write_branch(root, &shown(root, wanted), out),
        Kind::Deferred { .. } => write_pruned(&tree.digest(), out),
    }
}

/// The labels of a level that its witness shows, in order, each with what is wanted below it: those
/// asked for, and the neighbours of those that are not there.
fn shown<'a>(root: &'a Branch, wanted: &'a Wanted<'a>) -> Vec<(&'a [u8], Option<&'a Wanted<'a>>)> {
    let mut shown = BTreeMap::new();
    for (label, below) in &wanted.below {
        if super::level::get(root, label).is_some() {
            shown.insert(*label, Some(below));
        } else {
            for neighbour in neighbours(root, label).into_iter().flatten() {
                shown.entry(neighbour).or_insert(None);
            }
        }
    }
    shown.into_iter().collect()
}

fn write_branch(branch: &Branch, shown: &[(&[u8], Option<&Wanted<'_>>)], out: &mut Writer) {
    let Some((_, wanted)) = shown.first() else {
        return write_pruned(&branch.digest(), out);
    };
    match branch {
        Branch::Label { label, child, .. } => {
            out.array(3).nat(2).bytes(label);
            write_tree(child, wanted.unwrap_or(&Wanted::default()), out);
        }
        Branch::Fork { bit, left, right, .. } => {
            let (on_left, on_right) = shown.split_at(shown.partition_point(|(l, _)| !bit_at(l, *bit)));
            out.array(3).nat(1);
            write_branch(left, on_left, out);
            write_branch(right, on_right, out);
        }
    }
}

fn write_whole(tree: &Tree, out: &mut Writer) {
    match tree.kind() {
        Kind::Leaf(value) => write_leaf(value, out),
        Kind::Level { root: None, .. } => write_empty(out),
        Kind::Level { root: Some(root), .. } => write_whole_branch(root, out),
        Kind::Deferred { .. } => write_pruned(&tree.digest(), out),
    }
}

fn write_whole_branch(branch: &Branch, out: &mut Writer) {
    match branch {
        Branch::Label { label, child, .. } => {
            out.array(3).nat(2).bytes(label);
            write_whole(child, out);
        }
        Branch::Fork { left, right, .. } => {
            out.array(3).nat(1);
            write_whole_branch(left, out);
            write_whole_branch(right, out);
        }
    }
}

fn write_empty(out: &mut Writer) {
    out.array(1).nat(0);
}

fn write_leaf(value: &[u8], out: &mut Writer) {
    out.array(2).nat(3).bytes(value);
}

fn write_pruned(digest: &Digest, out: &mut Writer) {
    out.array(2).nat(4).bytes(digest);
}
