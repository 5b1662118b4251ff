//! What a compiler has to say about a place in the sources.
//!
//! Invariant: lines and columns count from one, columns in characters, and the place lies in a file of the tree
//! (or in none, when the message is about the whole).

use serde::{Deserialize, Serialize};

use crate::source::SourceTree;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// There is no release.
    Error,
    /// There is one, but look here.
    Warning,
    /// A remark.
    Info,
}

/// One message of a compiler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// A path of the source tree; empty when the message is about no file.
    pub file: String,
    /// Counted from one; zero when the message is about the whole file.
    pub line: u32,
    /// Counted from one, in characters.
    pub column: u32,
    /// Counted from one.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
    /// How much it matters.
    pub severity: Severity,
    /// The compiler's own code such as `M0096`; `import`, `style` or `bundle` for pages; `manifest` for `app.toml`;
    /// [`CHAIN`](crate::CHAIN).
    pub code: String,
    /// What is wrong, in words.
    pub message: String,
    /// The text of the first line, where there is one.
    pub source: Option<String>,
}

impl Diagnostic {
    /// An error about a line of a file, or about a whole file (line 1).
    pub fn error(file: &str, line: u32, code: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            column: 1,
            end_line: line,
            end_column: 1,
            severity: Severity::Error,
            code: code.to_owned(),
            message: message.into(),
            source: None,
        }
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.file.as_str() {
            "" => write!(f, "{} ({})", self.message, self.code),
            file => write!(f, "{file}:{}:{}: {} ({})", self.line, self.column, self.message, self.code),
        }
    }
}

/// A diagnostic as a worker spells it: positions from zero, columns in bytes.
#[derive(Deserialize)]
pub(crate) struct WorkerDiagnostic {
    source: String,
    severity: u8,
    #[serde(default)]
    code: String,
    message: String,
    range: Range,
}

#[derive(Deserialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Deserialize)]
struct Position {
    line: u32,
    character: u32,
}

impl WorkerDiagnostic {
    /// Whether it is an error, and of this code where one is given.
    pub(crate) fn is_error(&self, code: Option<&str>) -> bool {
        severity(self.severity) == Severity::Error && code.is_none_or(|code| self.code == code)
    }

    /// Whether it has this code.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.code == code
    }

    /// Counts as people do and adds the text of the line.
    pub(crate) fn into_diagnostic(self, tree: &SourceTree) -> Diagnostic {
        let Range { start, end } = self.range;
        let line_of = |line: u32| tree.text(&self.source).and_then(|text| text.lines().nth(line as usize));
        let source = line_of(start.line).map(str::to_owned);
        Diagnostic {
            line: start.line.saturating_add(1),
            column: column(line_of(start.line), start.character),
            end_line: end.line.saturating_add(1),
            end_column: column(line_of(end.line), end.character),
            severity: severity(self.severity),
            code: self.code,
            message: self.message,
            source,
            file: self.source,
        }
    }
}

fn column(line: Option<&str>, bytes: u32) -> u32 {
    let before = line.and_then(|line| line.get(..bytes as usize));
    before.map_or(bytes, |before| before.chars().count() as u32).saturating_add(1)
}

fn severity(number: u8) -> Severity {
    match number {
        1 => Severity::Error,
        2 => Severity::Warning,
        _ => Severity::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut tree = SourceTree::default();
        tree.insert("a.mo", "x\nlet ü = y;");
        let range = Range { start: Position { line: 1, character: 9 }, end: Position { line: 1, character: 10 } };
        let told =
            WorkerDiagnostic { source: "a.mo".into(), severity: 1, code: "M1".into(), message: "m".into(), range };
        let seen = told.into_diagnostic(&tree);
        assert_eq!((seen.line, seen.column, seen.end_column), (2, 9, 10));
        assert_eq!(seen.source.as_deref(), Some("let ü = y;"));
        assert_eq!(seen.to_string(), "a.mo:2:9: m (M1)");
    }
}
