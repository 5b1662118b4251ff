//! All that the fuzzers kept, once more without them.

use std::{fs, path::Path};

fn run_all(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("listed").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds inputs", folder.display());
    for file in files {
        // Shown when the input fails.
        println!("{}", file.display());
        run(&fs::read(&file).expect("read"));
    }
}

#[test]
fn envelopes() {
    run_all("envelope", fuzzing::envelope);
}

#[test]
fn certificates() {
    run_all("certificate", fuzzing::certificate);
}

#[test]
fn modules() {
    run_all("module", fuzzing::module);
}

#[test]
fn system_api_calls() {
    run_all("system_api", fuzzing::system_api);
}
