//! Tables for people: as wide as a terminal at most, with nothing cut off but what is very long.
//!
//! Cells are wrapped at words; what has too many columns for a line becomes one block per row.

use std::fmt::Write as _;

use serde_json::Value;

use super::words::{cell, items, text};

/// Characters of a line.
const WIDTH: usize = 80;
/// Columns get no narrower than this.
const NARROW: usize = 8;
/// Characters of a cell of data.
const CELL: usize = 160;
/// Rows of each table of data, unless the person says how many.
pub(super) const ROWS: u64 = 20;

/// A table in lines of at most 80 characters, if its words allow it; `none` if there are no rows.
pub(super) fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, none: &str) -> String {
    let rows: Vec<Vec<String>> = rows.collect();
    let head: Vec<String> = head.iter().map(|&title| title.to_owned()).collect();
    match (rows.is_empty(), widths(&head, &rows)) {
        (true, _) => format!("{none}\n"),
        (false, Some(widths)) => {
            let left = vec![false; head.len()];
            [&head].into_iter().chain(&rows).map(|row| line(row, &widths, &left)).collect()
        }
        (false, None) => rows.iter().map(|row| block(&head, row)).collect::<Vec<_>>().join("\n"),
    }
}

/// The answer to `data` with the tables' form.
pub(super) fn data(answer: &Value) -> String {
    let (alone, tables): (Vec<&Value>, Vec<&Value>) =
        items(&answer["tables"]).partition(|table| table["alone"] == true);
    let mut parts: Vec<String> = tables.into_iter().map(rows_of).collect();
    let singles: String = alone.into_iter().map(single).collect();
    if !singles.is_empty() {
        parts.push(singles);
    }
    if parts.is_empty() { "the app keeps nothing yet\n".into() } else { parts.join("\n") }
}

/// What is to be said of CSV beside it.
pub(super) fn csv_note(answer: &Value) -> String {
    let mut said = Vec::new();
    if let Some(count) = answer["left_out"].as_u64().filter(|count| *count > 0) {
        said.push(format!("{count} more entries match and are not written; see --limit and --offset"));
    }
    if let Some(count) = answer["guarded"].as_u64().filter(|count| *count > 0) {
        said.push(format!("{count} texts that begin like a formula got an apostrophe in front"));
    }
    said.join("\n")
}

/// A text in lines that leave room for `margin` characters before them.
pub(super) fn wrapped(text: &str, margin: usize) -> String {
    wrap(text, WIDTH.saturating_sub(margin)).join("\n")
}

fn rows_of(table: &Value) -> String {
    let (total, matched) = (table["total"].as_u64().unwrap_or(0), table["matched"].as_u64().unwrap_or(0));
    let count = if matched == total { format!("{total}") } else { format!("{matched} of {total}") };
    let mut out = format!("{} ({count})\n", text(table, "name"));
    let columns: Vec<&Value> = items(&table["columns"]).collect();
    let head: Vec<String> = columns.iter().map(|column| text(column, "name").to_uppercase()).collect();
    let shown = |row: &Value| -> Vec<String> {
        let cells = (0..columns.len()).map(|at| (&row[at], text(columns[at], "kind")));
        cells.map(|(value, kind)| shortened(value_in_words(value, kind))).collect()
    };
    let rows: Vec<Vec<String>> = items(&table["rows"]).map(shown).collect();
    let right: Vec<bool> = columns.iter().map(|column| matches!(text(column, "kind"), "whole" | "float")).collect();
    match (rows.is_empty(), widths(&head, &rows)) {
        (true, _) => out.push_str(if total == 0 { "  nothing yet\n" } else { "  nothing matches\n" }),
        (false, Some(widths)) => out.extend([&head].into_iter().chain(&rows).map(|row| line(row, &widths, &right))),
        (false, None) => out.push_str(&rows.iter().map(|row| block(&head, row)).collect::<Vec<_>>().join("\n")),
    }
    let left = matched.saturating_sub(rows.len() as u64);
    if left > 0 {
        let _ = writeln!(out, "… {left} more; see --limit, --offset and --where");
    }
    out
}

fn single(table: &Value) -> String {
    let names: Vec<&str> = items(&table["columns"]).map(|column| text(column, "name")).collect();
    let kinds = items(&table["columns"]).map(|column| text(column, "kind"));
    let Some(row) = items(&table["rows"]).next() else { return String::new() };
    let cells: Vec<String> =
        items(row).zip(kinds).map(|(value, kind)| shortened(value_in_words(value, kind))).collect();
    let name = text(table, "name");
    match (names.as_slice(), cells.as_slice()) {
        (["value"], [cell]) => format!("{name}: {cell}\n"),
        _ => names.iter().zip(&cells).map(|(field, cell)| format!("{name}.{field}: {cell}\n")).collect(),
    }
}

/// A value of the contract's JSON in one line.
fn value_in_words(value: &Value, kind: &str) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Bool(value) => (if *value { "yes" } else { "no" }).into(),
        Value::String(digits) if kind == "time" => digits.parse().map(crate::workshop::iso).unwrap_or_default(),
        Value::Array(parts) => parts.iter().map(|part| value_in_words(part, "")).collect::<Vec<_>>().join("; "),
        Value::Object(parts) => match (parts.iter().next(), parts.get("length")) {
            (Some((_, Value::String(_))), Some(length)) if parts.len() == 2 && parts.contains_key("base64") => {
                format!("{length} bytes")
            }
            (Some((tag, Value::Null)), _) if tag.starts_with('#') => tag[1..].into(),
            (Some((tag, inner)), _) if tag.starts_with('#') => format!("{} ({})", &tag[1..], value_in_words(inner, "")),
            _ => {
                let field = |(name, part): (&String, &Value)| format!("{name}: {}", value_in_words(part, ""));
                parts.iter().map(field).collect::<Vec<_>>().join(", ")
            }
        },
        other => cell(other),
    }
}

fn shortened(text: String) -> String {
    if text.chars().count() <= CELL {
        return cell(&Value::String(text));
    }
    cell(&Value::String(text.chars().take(CELL - 1).chain(['…']).collect()))
}

/// Widths of columns that fit a line together; `None` if there are too many.
fn widths(head: &[String], rows: &[Vec<String>]) -> Option<Vec<usize>> {
    let cell_width = |row: &Vec<String>, column: usize| row.get(column).map_or(0, |cell| cell.chars().count());
    let natural = |column: usize| {
        let widest = rows.iter().map(|row| cell_width(row, column)).max().unwrap_or(0);
        widest.max(head[column].chars().count())
    };
    let mut widths: Vec<usize> = (0..head.len()).map(natural).collect();
    let room = WIDTH.saturating_sub(2 * head.len().saturating_sub(1));
    loop {
        let over = widths.iter().sum::<usize>().saturating_sub(room);
        let widest = widths.iter_mut().max()?;
        if over == 0 {
            return Some(widths);
        }
        if *widest <= NARROW {
            return None;
        }
        // The widest gives way, a little at a time, so that two wide ones share what there is.
        *widest -= (over.div_ceil(4)).min(*widest - NARROW).max(1);
    }
}

fn line(row: &[String], widths: &[usize], right: &[bool]) -> String {
    let wrapped: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = String::new();
    for at in 0..height {
        let part = |column: usize| {
            let (part, width) = (wrapped[column].get(at).map_or("", String::as_str), widths[column]);
            if right[column] { format!("{part:>width$}") } else { format!("{part:width$}") }
        };
        let cells: Vec<String> = (0..wrapped.len()).map(part).collect();
        let _ = writeln!(out, "{}", cells.join("  ").trim_end());
    }
    out
}

fn block(head: &[String], row: &[String]) -> String {
    let width = head.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let room = WIDTH.saturating_sub(width + 2).max(NARROW);
    head.iter().zip(row).map(|(name, cell)| line(&[name.clone(), cell.clone()], &[width, room], &[false; 2])).collect()
}

/// Lines of at most `width` characters, broken between words where that is possible.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let used = lines.last().map_or(0, |line| line.chars().count());
            let needed = used + usize::from(used > 0) + word.len();
            if needed <= width || (used == 0 && word.len() <= width) {
                let Some(line) = lines.last_mut() else { break };
                if used > 0 {
                    line.push(' ');
                }
                line.extend(&word);
                break;
            }
            if used > 0 {
                lines.push(String::new());
                continue;
            }
            let rest = word.split_off(width);
            lines.pop();
            lines.push(word.iter().collect());
            lines.push(String::new());
            word = rest;
        }
    }
    lines
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn data_as_tables() {
        let column = |name: &str, kind: &str| json!({ "name": name, "kind": kind });
        let answer = json!({ "tables": [
            { "name": "open", "alone": true, "total": 1, "matched": 1, "columns": [column("value", "bool")], "rows": [[true]] },
            { "name": "orders", "alone": false, "total": 9, "matched": 3,
              "columns": [column("key", "whole"), column("at", "time"), column("state", "choice"), column("what", "text")],
              "rows": [["1", "1795219199000000000", { "#open": null }, "bread"], ["12", null, { "#paid": "5" }, "two\nlines"]] },
            { "name": "notes", "alone": false, "total": 2, "matched": 0, "columns": [column("value", "text")], "rows": [] },
        ] });
        let expected = "\
orders (3 of 9)
KEY  AT                    STATE     WHAT
  1  2026-11-20T23:59:59Z  open      bread
 12  -                     paid (5)  two / lines
… 1 more; see --limit, --offset and --where

notes (0 of 2)
  nothing matches

open: yes
";
        assert_eq!(data(&answer), expected);
        assert_eq!(data(&json!({ "tables": [] })), "the app keeps nothing yet\n");
    }

    #[test]
    fn long_cells_are_wrapped_and_many_columns_become_blocks() {
        let sentence = "brought the guests and everything that they had answered back as it was in the third version";
        let wide = table(&["A", "B"], [vec!["x".into(), sentence.into()]].into_iter(), "");
        assert_eq!(wide.lines().count(), 3, "{wide}");
        let many: Vec<String> = (0..12).map(|at| format!("value number {at}")).collect();
        let head: Vec<&str> = vec!["NAME"; 12];
        let blocks = table(&head, [many].into_iter(), "");
        assert_eq!(blocks.lines().count(), 12, "{blocks}");
    }

    #[test]
    fn csv_says_what_it_left_out_and_guarded() {
        assert_eq!(csv_note(&json!({ "left_out": 0, "guarded": 0 })), "");
        assert_eq!(csv_note(&json!({ "left_out": 2, "guarded": 1 })).lines().count(), 2);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_line_is_too_long(cells in proptest::collection::vec("[a-zä ]{0,200}", 1..9)) {
            let head: Vec<&str> = vec!["H"; cells.len()];
            let shown = table(&head, [cells.clone()].into_iter(), "");
            let longest = shown.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            prop_assert!(longest <= WIDTH, "{}", shown);
            let letters = |text: &str| { let mut all: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != 'H').collect(); all.sort_unstable(); all };
            prop_assert_eq!(letters(&shown), letters(&cells.concat()));
        }
    }
}
