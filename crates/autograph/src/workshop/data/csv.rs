//! A table as CSV (RFC 4180): one line of names, one line per row, CRLF, UTF-8.
//!
//! Nested values are JSON in a cell, times are ISO 8601 in UTC, nothing is an empty cell. Texts that a spreadsheet would
//! take for a formula get an apostrophe in front ([`guarded`]); invariant: what was written can be told from it.

use std::borrow::Cow;

use gate::Kind;
use serde_json::Value;

use super::table::{Column, Table, are_times, bare, iso, time_of};

/// A written table.
pub(super) struct Csv {
    pub(super) text: String,
    /// Cells that got an apostrophe.
    pub(super) guarded: u64,
}

/// The rows with their columns' names; `None` once the text exceeds `most` bytes.
pub(super) fn write(table: &Table, rows: &[&Value], most: usize) -> Option<Csv> {
    let columns = table.columns();
    let cells = |column: &Column| are_times(&column.kind, rows.iter().map(|row| table.cell(row, &column.part)));
    let times: Vec<bool> = columns.iter().map(cells).collect();
    let mut csv = Csv { text: String::new(), guarded: 0 };
    csv.line(columns.iter().map(|column| (Cow::Borrowed(column.name.as_str()), true)));
    for row in rows {
        let cell = |(column, time): (&Column, &bool)| text_of(table.cell(row, &column.part), &column.kind, *time);
        csv.line(columns.iter().zip(&times).map(cell));
        if csv.text.len() > most {
            return None;
        }
    }
    Some(csv)
}

impl Csv {
    fn line<'a>(&mut self, cells: impl Iterator<Item = (Cow<'a, str>, bool)>) {
        for (at, (text, free)) in cells.enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            let safe = if free { guarded(&text) } else { Cow::Borrowed(&*text) };
            self.guarded += u64::from(safe.len() != text.len());
            self.text.push_str(&quoted(&safe));
        }
        self.text.push_str("\r\n");
    }
}

/// A cell's text, and whether somebody may have written it freely.
fn text_of<'a>(value: &'a Value, kind: &Kind, time: bool) -> (Cow<'a, str>, bool) {
    match (value, bare(kind)) {
        (Value::Null, _) => ("".into(), false),
        (value, Kind::Whole) if time => (time_of(value).map(iso).unwrap_or_default().into(), false),
        (Value::String(digits), Kind::Whole) => (digits.into(), false),
        (Value::Number(number), _) => (number.to_string().into(), false),
        (Value::Bool(value), _) => (value.to_string().into(), false),
        (Value::String(text), _) => (text.into(), true),
        (Value::Object(parts), Kind::Blob) => {
            (parts.get("base64").and_then(Value::as_str).unwrap_or_default().into(), true)
        }
        (Value::Object(parts), Kind::Variant(_)) => match parts.iter().next() {
            Some((tag, Value::Null)) => (tag.trim_start_matches('#').into(), true),
            _ => (value.to_string().into(), true),
        },
        (value, _) => (value.to_string().into(), true),
    }
}

/// With an apostrophe in front, if a spreadsheet would take it for a formula, or for a text that got one already.
fn guarded(text: &str) -> Cow<'_, str> {
    let risky = text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if risky { format!("'{text}").into() } else { text.into() }
}

fn quoted(text: &str) -> Cow<'_, str> {
    let needed = text.contains(['"', ',', '\r', '\n']) || text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']);
    if needed { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::table::{Layout, tables, tests::store};
    use super::*;

    /// RFC 4180, read by its grammar.
    fn parsed(text: &str) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let (mut row, mut cell) = (Vec::new(), String::new());
        let mut letters = text.chars().peekable();
        let mut within = false;
        while let Some(letter) = letters.next() {
            match (within, letter) {
                (true, '"') if letters.peek() == Some(&'"') => cell.push(letters.next().unwrap()),
                (_, '"') => within = !within,
                (false, ',') => row.push(std::mem::take(&mut cell)),
                (false, '\r') if letters.peek() == Some(&'\n') => {
                    letters.next();
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                (_, letter) => cell.push(letter),
            }
        }
        assert!(!within && row.is_empty() && cell.is_empty(), "the last line ends");
        rows
    }

    fn unguarded(cell: &str) -> &str {
        let inner = cell.trim_start_matches('\'');
        let risky = inner.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        if risky { cell.strip_prefix('\'').unwrap() } else { cell }
    }

    #[test]
    fn a_table_with_every_kind_of_cell() {
        let (kind, value) = store();
        let orders = tables("store", &kind, &value).remove(1);
        let rows: Vec<&Value> = orders.rows(&value).iter().collect();
        let csv = write(&orders, &rows, usize::MAX).unwrap();
        let expected = "key,at,pieces,price,state,tags,what\r\n\
            0,2026-11-20T23:59:59Z,2,2.5,open,\"[\"\"Rye\"\",\"\"large\"\"]\",Bread\r\n\
            1,,12,30.0,\"{\"\"#paid\"\":\"\"7\"\"}\",[],\"Cake, \"\"big\"\"\"\r\n\
            2,2026-11-18T11:06:40.000000001Z,3,-1.0,open,\"[\"\"a\"\",\"\"b\"\",\"\"c\"\"]\",'=1+1\r\n";
        assert_eq!((csv.text.as_str(), csv.guarded), (expected, 1));
        assert!(write(&orders, &rows, 100).is_none());
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_is_read_back(rows in proptest::collection::vec((any::<i64>(), "\\PC{0,9}|['=+@\",\r\n\t -]{0,6}"), 0..8)) {
            let record = Kind::Record(vec![("n".into(), Kind::Whole), ("t".into(), Kind::Text)]);
            let table = Table { path: vec!["rows".into()], layout: Layout::List, row: record };
            let values: Vec<Value> = rows.iter().map(|(n, t)| json!({ "n": n.to_string(), "t": t })).collect();
            let csv = write(&table, &values.iter().collect::<Vec<_>>(), usize::MAX).unwrap();
            let back = parsed(&csv.text);
            prop_assert_eq!(&back[0], &["n", "t"]);
            prop_assert_eq!(back.len(), rows.len() + 1);
            let times = rows.iter().all(|(n, _)| time_of(&json!(n.to_string())).is_some());
            for (cells, (n, t)) in back[1..].iter().zip(&rows) {
                prop_assert!(times || cells[0] == n.to_string());
                prop_assert_eq!(unguarded(&cells[1]), t);
                prop_assert!(!cells[1].starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{:?}", cells[1]);
            }
        }
    }
}
