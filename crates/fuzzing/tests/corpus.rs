//! All that the fuzzers kept, once more without them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A test for each target, and one that no folder of the corpus is without its target.
macro_rules! targets {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            run_all(stringify!($target), fuzzing::$target);
        })*

        #[test]
        fn each_folder_has_its_target() {
            assert_eq!(files(&corpus()), [$(stringify!($target)),*].map(|target| corpus().join(target)));
        }
    };
}

targets! { authentication batch certificate checks envelope grown_module heap log module stable_types system_api tree writer }

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus")
}

/// What is in a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("listed").path()).collect();
    files.sort();
    files
}

fn run_all(target: &str, run: fn(&[u8])) {
    let files = files(&corpus().join(target));
    assert!(!files.is_empty(), "there are inputs for {target}");
    for file in files {
        // Shown when the input fails.
        println!("{}", file.display());
        run(&fs::read(&file).expect("read"));
    }
}
