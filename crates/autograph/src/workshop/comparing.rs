//! Two versions of an app side by side: what is different in words, and for engineers in the files.
//!
//! Both come from the sources that the history keeps, so nothing is built or run.

use std::{collections::BTreeSet, sync::Arc};

use execution::{Blobs as _, registry::App};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toolchain::SourceTree;

use super::{Workshop, answer::Problem, behaviour::spec_of, judge::on_own_thread, proposals::tree_from_json};

/// Bytes of a file that is compared line by line.
const FILE_BYTES_MAX: usize = 256 << 10;
/// Bytes of all comparisons together; files beyond that are only named.
const TEXT_BYTES_MAX: usize = 256 << 10;
/// Lines around a difference that are shown.
const LINES_AROUND: usize = 3;

/// Which versions.
#[derive(Debug, Deserialize)]
pub(crate) struct Compare {
    app: String,
    /// The earlier one.
    from: u64,
    to: u64,
}

/// A file that is not the same.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct FileDifference {
    path: String,
    what: writer::What,
    /// The lines that differ, in the form of `diff -u`; `null` of what is no text, or too much of it.
    lines: Option<String>,
}

impl Workshop {
    /// What is different between two versions.
    pub(crate) async fn compare(&self, wanted: &Compare) -> Result<Value, Problem> {
        let app = self.app(&wanted.app).await?;
        let before = self.tree_of(&app, wanted.from).await?;
        let after = self.tree_of(&app, wanted.to).await?;
        let specs = spec_of(&before).zip(spec_of(&after));
        let changes = specs.as_ref().map(|(before, after)| writer::difference(before, after));
        let files = on_own_thread(move || files(&before, &after)).await?;
        Ok(json!({ "app": app.name, "from": wanted.from, "to": wanted.to, "changes": changes, "files": files }))
    }

    /// The source of a version.
    async fn tree_of(&self, app: &App, number: u64) -> Result<SourceTree, Problem> {
        let backend = app.backend;
        let source = self
            .node
            .replica
            .read(move |executor| executor.state().registry.version(backend, number).map(|version| version.source));
        let source: Option<Arc<[u8]>> = source.await?.and_then(|hash| self.node.blobs.get(&hash));
        source.and_then(|bytes| tree_from_json(&bytes)).ok_or_else(|| {
            let text = format!("the source of version {number} of `{}` is not kept", app.name);
            Problem::usage(text, format!("`autograph history {}` lists its versions", app.name))
        })
    }
}

/// The files of which one version has another content, in the order of their paths.
fn files(before: &SourceTree, after: &SourceTree) -> Vec<FileDifference> {
    let paths: BTreeSet<&String> = before.0.keys().chain(after.0.keys()).collect();
    let mut room = TEXT_BYTES_MAX;
    let of = |path: &String| {
        let (old, new) = (before.0.get(path), after.0.get(path));
        let what = match (old, new) {
            (None, Some(_)) => writer::What::New,
            (Some(_), None) => writer::What::Gone,
            (old, new) if old == new => return None,
            _ => writer::What::Other,
        };
        let lines = lines(old, new).filter(|text| text.len() <= room);
        room -= lines.as_ref().map_or(0, String::len);
        Some(FileDifference { path: path.clone(), what, lines })
    };
    paths.into_iter().filter_map(of).collect()
}

fn lines(old: Option<&Vec<u8>>, new: Option<&Vec<u8>>) -> Option<String> {
    let text = |bytes: Option<&Vec<u8>>| {
        let bytes = bytes.map_or(&[][..], Vec::as_slice);
        std::str::from_utf8(bytes).ok().filter(|text| text.len() <= FILE_BYTES_MAX).map(str::to_owned)
    };
    let (old, new) = (text(old)?, text(new)?);
    let difference = similar::TextDiff::from_lines(&old, &new);
    Some(difference.unified_diff().context_radius(LINES_AROUND).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &[u8])]) -> SourceTree {
        SourceTree(files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect())
    }

    #[test]
    fn files_that_differ_are_told_with_their_lines() {
        let before = tree(&[("a", b"one\ntwo\n"), ("b", b"same"), ("gone", b"x\n"), ("picture", &[0xff])]);
        let after = tree(&[("a", b"one\nthree\n"), ("b", b"same"), ("new", b"y\n"), ("picture", &[0xfe])]);
        let found = files(&before, &after);
        let told: Vec<_> = found.iter().map(|one| (one.path.as_str(), one.what)).collect();
        let (new, gone, other) = (writer::What::New, writer::What::Gone, writer::What::Other);
        assert_eq!(told, [("a", other), ("gone", gone), ("new", new), ("picture", other)]);
        let lines = found[0].lines.as_ref().expect("a text");
        assert!(lines.contains("-two\n+three\n") && !lines.contains("same"), "{lines}");
        assert_eq!(found[3].lines, None);
        assert_eq!(files(&before, &before), []);
    }

    #[test]
    fn what_is_too_much_is_named_only() {
        let long = "line\n".repeat(FILE_BYTES_MAX / 5 + 1);
        let found = files(&tree(&[]), &tree(&[("a", long.as_bytes()), ("b", b"short\n")]));
        assert_eq!(found.iter().map(|one| one.lines.is_some()).collect::<Vec<_>>(), [false, true]);
    }
}
