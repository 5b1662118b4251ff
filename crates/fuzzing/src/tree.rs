//! The certified state's tree, and the witnesses that are cut from it.

use arbitrary::{Result, Unstructured};
use ic_certification::LookupResult;
use protocol::{Label, Tree, certificate::decode_tree};

/// More changes only make a larger tree.
const CHANGES_MAX: usize = 64;
const PATHS_MAX: usize = 8;
const LABELS: u8 = 12;

/// A tree that is changed at random, and a witness of it.
///
/// # Panics
/// The witness has another root hash, or does not say about a path what the tree says; or the tree depends on the
/// order in which it was made.
pub fn tree(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(tree) = changed(&mut bytes) else { return };
    assert_eq!(rebuilt(&tree).digest(), tree.digest(), "a tree made anew is the same tree");
    let paths: Vec<Vec<Label>> = (0..PATHS_MAX).map_while(|_| path(&mut bytes).ok()).collect();
    let witness = decode_tree(&tree.witness(&paths)).unwrap_or_else(|error| panic!("a witness of ours: {error}"));
    assert_eq!(witness.digest(), tree.digest(), "a witness has the tree's root hash");
    for path in paths.iter().filter(|path| !path.is_empty()) {
        match (witness.lookup_path(path), tree.get(path)) {
            (LookupResult::Found(value), Some(found)) => assert_eq!(Some(value), found.value()),
            (LookupResult::Error, Some(found)) => assert_eq!(found.value(), None, "a level has no value"),
            // An empty level has nothing to be found in.
            (LookupResult::Absent, Some(found)) => assert!(found.is_empty()),
            (LookupResult::Absent | LookupResult::Error, None) => {}
            (answer, found) => panic!("{path:?}: {answer:?} and not {found:?}"),
        }
    }
}

fn changed(bytes: &mut Unstructured<'_>) -> Result<Tree> {
    let mut tree = Tree::node();
    for _ in 0..bytes.int_in_range(0..=CHANGES_MAX)? {
        let path = path(bytes)?;
        if bytes.ratio(1, 4)? {
            let there = tree.get(&path).is_some_and(|found| !path.is_empty() || !found.is_empty());
            assert_eq!(tree.remove(&path), there, "something is removed where something was");
            continue;
        }
        let subtree = if bytes.ratio(1, 8)? { Tree::node() } else { Tree::leaf(bytes.arbitrary::<Vec<u8>>()?) };
        // What is read from elsewhere only when it is looked at must not differ from what is there.
        let deferred = bytes.ratio(1, 4)?.then(|| {
            Tree::deferred(subtree.digest(), {
                let it = subtree.clone();
                move || it.clone()
            })
        });
        tree.insert(&path, deferred.unwrap_or(subtree));
    }
    Ok(tree)
}

/// The same labels and values, put in the other way round.
fn rebuilt(tree: &Tree) -> Tree {
    if let Some(value) = tree.value() {
        return Tree::leaf(value);
    }
    let mut again = Tree::node();
    let children: Vec<_> = tree.children::<&[u8]>(&[]).collect();
    assert_eq!(children.len(), tree.len());
    assert!(children.windows(2).all(|pair| pair[0].0 < pair[1].0), "labels are in order");
    for (label, child) in children.into_iter().rev() {
        again.insert(&[label], rebuilt(child));
    }
    again
}

fn path(bytes: &mut Unstructured<'_>) -> Result<Vec<Label>> {
    (0..bytes.int_in_range(0..=4)?).map(|_| label(bytes)).collect()
}

/// One of few labels, so that paths meet; or anything.
fn label(bytes: &mut Unstructured<'_>) -> Result<Label> {
    let number = bytes.int_in_range(0..=LABELS)?;
    if number == LABELS { bytes.arbitrary() } else { Ok(vec![number; usize::from(number) % 3]) }
}
