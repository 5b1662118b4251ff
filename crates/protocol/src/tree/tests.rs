//! The tree against a plain map, and its witnesses against an independent reader.

use std::collections::BTreeMap;

use ic_certification::{HashTree, LookupResult};
use proptest::prelude::*;

use super::*;

fn read(witness: &[u8]) -> HashTree {
    serde_cbor::from_slice(witness).expect("a witness is a hash tree")
}

fn path(labels: &[&str]) -> Vec<Label> {
    labels.iter().map(|l| l.as_bytes().to_vec()).collect()
}

fn lookup<'a>(tree: &'a HashTree, path: &[Label]) -> LookupResult<'a> {
    tree.lookup_path(path.iter().map(Vec::as_slice))
}

/// The specification's example: a, b, c (empty), d.
fn example() -> Tree {
    let mut tree = Tree::node();
    tree.insert(&["d"], Tree::leaf(*b"morning"));
    tree.insert(&["a", "y"], Tree::leaf(*b"world"));
    tree.insert(&["c"], Tree::node());
    tree.insert(&["b"], Tree::leaf(*b"good"));
    tree.insert(&["a", "x"], Tree::leaf(*b"hello"));
    tree
}

#[test]
fn an_independent_reader_finds_the_same_digest_and_values() {
    let tree = example();
    let whole = read(&tree.witness(&[vec![]]));
    assert_eq!(whole.digest(), tree.digest());
    assert_eq!(lookup(&whole, &path(&["a", "y"])), LookupResult::Found(b"world"));
    assert_eq!(lookup(&whole, &path(&["c"])), LookupResult::Absent);
}

#[test]
fn lookups_of_the_spec_example() {
    let tree = example();
    let pruned = read(&tree.witness(&[path(&["a", "y"]), path(&["ax"]), path(&["d"])]));
    assert_eq!(pruned.digest(), tree.digest());
    for (labels, expected) in [
        (&["a", "a"][..], LookupResult::Unknown),
        (&["a", "y"], LookupResult::Found(b"world")),
        (&["aa"], LookupResult::Absent),
        (&["ax"], LookupResult::Absent),
        (&["b"], LookupResult::Unknown),
        (&["bb"], LookupResult::Unknown),
        (&["d"], LookupResult::Found(b"morning")),
        (&["e"], LookupResult::Absent),
    ] {
        assert_eq!(lookup(&pruned, &path(labels)), expected, "{labels:?}");
    }
}

#[test]
fn changing_a_clone_leaves_the_original() {
    let before = example();
    let digest = before.digest();
    let mut after = before.clone();
    after.insert(&["a", "x"], Tree::leaf(*b"HELLO"));
    assert!(after.remove(&["b"]));
    assert!(!after.remove(&["b"]));
    assert!(!after.remove(&["a", "nothing", "below"]));
    assert_eq!(before.digest(), digest);
    assert_ne!(after.digest(), digest);
    assert_eq!(before.lookup(&["a", "x"]), Some(&b"hello"[..]));
    assert_eq!((before.len(), after.len()), (4, 3));
}

#[test]
fn a_leaf_in_the_way_proves_that_nothing_is_below_it() {
    let witness = read(&example().witness(&[path(&["b", "deeper"])]));
    assert_eq!(lookup(&witness, &path(&["b", "deeper"])), LookupResult::Absent);
    assert_eq!(lookup(&witness, &path(&["d"])), LookupResult::Unknown);
}

#[test]
fn removing_the_last_of_a_level_removes_the_level() {
    let mut tree = example();
    tree.remove(&["a", "x"]);
    assert!(tree.get(&["a"]).is_some());
    tree.remove(&["a", "y"]);
    assert!(tree.get(&["a"]).is_none());
    assert_eq!(tree.len(), 3);
}

#[test]
fn nothing_wanted_is_one_hash() {
    let tree = example();
    assert_eq!(tree.witness(&[]), [&[0x82, 4, 0x58, 32][..], &tree.digest()].concat());
}

#[test]
fn one_million_entries_stay_quick_to_change() {
    let mut tree = Tree::node();
    let status = Tree::leaf(*b"replied");
    for i in 0..1_000_000u64 {
        tree.insert(&[crate::hash::sha256(&i.to_le_bytes())], status.clone());
    }
    tree.digest();
    let id = crate::hash::sha256(&7u64.to_le_bytes());
    let started = std::time::Instant::now();
    for i in 0..1000u64 {
        tree.insert(&[crate::hash::sha256(&(i + 2_000_000).to_le_bytes())], status.clone());
        tree.digest();
    }
    let witness = tree.witness(&[vec![id.to_vec()]]);
    // A tree that rehashed the level would need minutes here, not a fraction of a second.
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert!(witness.len() < 4000, "{}", witness.len());
    assert_eq!(lookup(&read(&witness), &[id.to_vec()]), LookupResult::Found(b"replied"));
}

/// Short labels over few letters, so that prefixes, gaps and clashes are common.
fn labels() -> impl Strategy<Value = Label> {
    prop::collection::vec(prop::sample::select(vec![0u8, 1, 0x7F, 0x80, 0xFF]), 0..4)
}

proptest! {
    #[test]
    fn behaves_like_a_map(
        changes in prop::collection::vec((labels(), labels(), any::<bool>(), any::<u8>()), 0..60),
        asked in prop::collection::vec((labels(), labels()), 1..8),
    ) {
        let mut tree = Tree::node();
        let mut map: BTreeMap<Label, BTreeMap<Label, u8>> = BTreeMap::new();
        for (outer, inner, put, value) in changes {
            let path = [outer.clone(), inner.clone()];
            if put {
                tree.insert(&path, Tree::leaf([value]));
                map.entry(outer).or_default().insert(inner, value);
            } else {
                let had = map.get_mut(&outer).and_then(|level| level.remove(&inner)).is_some();
                map.retain(|_, level| !level.is_empty());
                prop_assert_eq!(tree.remove(&path), had);
            }
        }
        // The same content in another order gives the same tree.
        let mut again = Tree::node();
        for (outer, level) in map.iter().rev() {
            for (inner, value) in level.iter().rev() {
                again.insert(&[outer, inner], Tree::leaf([*value]));
            }
        }
        prop_assert_eq!(tree.digest(), again.digest());
        prop_assert_eq!(tree.len(), map.len());
        let listed: Vec<_> = tree.children::<&[u8]>(&[]).map(|(label, _)| label.to_vec()).collect();
        prop_assert_eq!(listed, map.keys().cloned().collect::<Vec<_>>());

        let paths: Vec<Vec<Label>> = asked.into_iter().map(|(a, b)| vec![a, b]).collect();
        let witness = read(&tree.witness(&paths));
        prop_assert_eq!(witness.digest(), tree.digest());
        for path in &paths {
            let expected = map.get(&path[0]).and_then(|level| level.get(&path[1]));
            match (lookup(&witness, path), expected) {
                (LookupResult::Found(found), Some(value)) => prop_assert_eq!(found, &[*value][..]),
                (LookupResult::Absent, None) => {}
                (got, expected) => prop_assert!(false, "{:?}: {:?} for {:?}", path, got, expected),
            }
        }
    }

    #[test]
    fn shows_nothing_that_was_not_asked_for(
        entries in prop::collection::btree_map(labels(), any::<u8>(), 2..20),
        pick in any::<prop::sample::Index>(),
    ) {
        let mut tree = Tree::node();
        for (label, value) in &entries {
            tree.insert(&[label], Tree::leaf([*value]));
        }
        let asked = pick.get(&entries.keys().cloned().collect::<Vec<_>>()).clone();
        let witness = read(&tree.witness(&[vec![asked.clone()]]));
        for label in entries.keys().filter(|label| **label != asked) {
            prop_assert_eq!(lookup(&witness, std::slice::from_ref(label)), LookupResult::Unknown);
        }
    }
}

#[test]
fn a_deferred_tree_is_made_when_looked_into_and_proves_the_same() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let sections = || {
        let mut tree = Tree::node();
        tree.insert(&["a"], Tree::leaf(*b"1"));
        tree.insert(&["b"], Tree::leaf(*b"2"));
        tree
    };
    let (mut whole, mut deferred) = (Tree::node(), Tree::node());
    whole.insert(&["metadata"], sections());
    let load = move || {
        MADE.fetch_add(1, Ordering::SeqCst);
        sections()
    };
    deferred.insert(&["metadata"], Tree::deferred(sections().digest(), load));
    for tree in [&mut whole, &mut deferred] {
        tree.insert(&["time"], Tree::leaf(*b"now"));
    }
    let paths = |labels: &[&str]| vec![labels.iter().map(|label| label.as_bytes().to_vec()).collect::<Vec<_>>()];
    assert_eq!(deferred.digest(), whole.digest());
    assert_eq!(deferred.witness(&paths(&["time"])), whole.witness(&paths(&["time"])));
    assert_eq!(MADE.load(Ordering::SeqCst), 0, "nobody looked into it");
    assert_eq!(deferred.witness(&paths(&["metadata", "b"])), whole.witness(&paths(&["metadata", "b"])));
    assert_eq!(deferred.witness(&paths(&["metadata"])), whole.witness(&paths(&["metadata"])));
    assert_eq!(deferred.lookup(&["metadata", "a"]), Some(&b"1"[..]));
    assert_eq!(MADE.load(Ordering::SeqCst), 1);
}
