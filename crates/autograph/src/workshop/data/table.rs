//! Where in what an app keeps there are rows, and what their columns are.
//!
//! A table is a collection, at the top or in records of variables; what is none stands alone as a table of one row.
//! Kinds say how to read the JSON, but what lies there decides: a value that isn't of its kind is shown as it is.

use gate::Kind;
use serde_json::{Map, Value};

/// How deep records are taken apart in search of collections.
const MOST_DEPTH: usize = 4;
/// Times are taken for such between the years 2000 and 2100, in ns since 1970.
const TIMES: std::ops::Range<i128> = 946_684_800_000_000_000..4_102_444_800_000_000_000;

/// Fields that come before the others, in this order.
const FIRST: [&str; 5] = ["id", "name", "title", "label", "email"];

/// A collection, or a value that stands alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    /// The variable, and the fields on the way to the rows.
    pub(super) path: Vec<String>,
    pub(super) layout: Layout,
    /// What a row holds, or what stands for a key.
    pub(super) row: Kind,
}

/// How the rows lie in the JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Layout {
    /// `[[key, value]]`.
    Map(Kind),
    /// `[value]`.
    List,
    /// The value itself.
    Alone,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) part: Part,
}

/// What of a row a column shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Key,
    Field(String),
    Whole,
}

/// The tables of a variable.
pub(super) fn tables(name: &str, kind: &Kind, value: &Value) -> Vec<Table> {
    let mut found = Vec::new();
    collect(vec![name.to_owned()], kind, value, &mut found);
    found
}

fn collect(path: Vec<String>, kind: &Kind, value: &Value, found: &mut Vec<Table>) {
    match (kind, value) {
        (Kind::Map(key, row), Value::Array(_)) => {
            found.push(Table { path, layout: Layout::Map((**key).clone()), row: (**row).clone() });
        }
        (Kind::List(row), Value::Array(_)) => {
            found.push(Table { path, layout: Layout::List, row: (**row).clone() });
        }
        (Kind::Record(fields), Value::Object(parts)) if path.len() <= MOST_DEPTH && has_collections(fields) => {
            for (name, kind) in fields {
                let inner: Vec<String> = path.iter().chain([name]).cloned().collect();
                collect(inner, kind, parts.get(name).unwrap_or(&Value::Null), found);
            }
        }
        _ => found.push(Table { path, layout: Layout::Alone, row: kind.clone() }),
    }
}

fn has_collections(fields: &[(String, Kind)]) -> bool {
    fields.iter().any(|(_, kind)| match kind {
        Kind::Map(..) | Kind::List(_) => true,
        Kind::Record(inner) => has_collections(inner),
        _ => false,
    })
}

impl Table {
    /// What the table is called: `orders`, or `store.orders`.
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }

    /// The key, where there is one, and the fields of records or the row as a whole.
    pub(super) fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        if let Layout::Map(key) = &self.layout {
            columns.push(Column { name: "key".into(), kind: key.clone(), part: Part::Key });
        }
        match bare(&self.row) {
            Kind::Record(fields) if !fields.is_empty() => {
                // Signatures have fields by the alphabet: what a row is called comes first.
                let mut fields: Vec<&(String, Kind)> = fields.iter().collect();
                fields.sort_by_key(|(name, _)| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
                // A field that is called as the key is told apart from it.
                let taken = columns.len() == 1;
                columns.extend(fields.into_iter().map(|(name, kind)| Column {
                    name: if taken && name == "key" { "value.key".into() } else { name.clone() },
                    kind: kind.clone(),
                    part: Part::Field(name.clone()),
                }));
            }
            _ => columns.push(Column { name: "value".into(), kind: self.row.clone(), part: Part::Whole }),
        }
        columns
    }

    /// What a column shows of a row.
    pub(super) fn cell<'a>(&self, row: &'a Value, part: &Part) -> &'a Value {
        static NOTHING: Value = Value::Null;
        let value = match self.layout {
            Layout::Map(_) if *part == Part::Key => row.get(0),
            Layout::Map(_) => row.get(1),
            _ => Some(row),
        };
        let cell = match part {
            Part::Field(name) => value.and_then(|value| value.get(name)),
            Part::Key | Part::Whole => value,
        };
        cell.unwrap_or(&NOTHING)
    }
}

/// A kind without the option around it.
pub(super) fn bare(kind: &Kind) -> &Kind {
    match kind {
        Kind::Option(inner) if !matches!(**inner, Kind::Option(_)) => inner,
        kind => kind,
    }
}

/// The time that a whole number is likely to be, ns since 1970.
pub(super) fn time_of(value: &Value) -> Option<i128> {
    value.as_str()?.parse().ok().filter(|ns| TIMES.contains(ns))
}

/// Whether all that a column shows are times.
pub(super) fn are_times<'a>(kind: &Kind, cells: impl Iterator<Item = &'a Value>) -> bool {
    if *bare(kind) != Kind::Whole {
        return false;
    }
    let mut filled = cells.filter(|cell| !cell.is_null()).peekable();
    filled.peek().is_some() && filled.all(|cell| time_of(cell).is_some())
}

/// A time in ns since 1970 as `2026-11-21T05:00:00Z`, with the part of the second if there is one.
pub(super) fn iso(ns: i128) -> String {
    let time = time::OffsetDateTime::from_unix_timestamp_nanos(ns).ok();
    time.and_then(|time| time.format(&time::format_description::well_known::Rfc3339).ok()).unwrap_or_default()
}

/// Leaves at most `limit` elements in every collection within a value; gives how many it took out.
pub(super) fn cut(value: &mut Value, kind: &Kind, limit: usize) -> u64 {
    match (kind, value) {
        (Kind::List(inner), Value::Array(rows)) => {
            let taken = shorten(rows, limit);
            taken + rows.iter_mut().map(|row| cut(row, inner, limit)).sum::<u64>()
        }
        (Kind::Map(key, inner), Value::Array(rows)) => {
            let taken = shorten(rows, limit);
            let pair = |row: &mut Value| match row.as_array_mut().map(Vec::as_mut_slice) {
                Some([k, v]) => cut(k, key, limit) + cut(v, inner, limit),
                _ => 0,
            };
            taken + rows.iter_mut().map(pair).sum::<u64>()
        }
        (Kind::Option(inner), Value::Array(parts)) if matches!(**inner, Kind::Option(_)) => {
            parts.iter_mut().map(|part| cut(part, inner, limit)).sum()
        }
        (Kind::Option(inner), value) => cut(value, inner, limit),
        (Kind::Tuple(kinds), Value::Array(parts)) => {
            kinds.iter().zip(parts).map(|(kind, part)| cut(part, kind, limit)).sum()
        }
        (Kind::Record(fields), Value::Object(parts)) => named(fields, parts, "", limit),
        (Kind::Variant(cases), Value::Object(parts)) => named(cases, parts, "#", limit),
        _ => 0,
    }
}

fn shorten(rows: &mut Vec<Value>, limit: usize) -> u64 {
    let over = rows.len().saturating_sub(limit);
    rows.truncate(limit);
    over as u64
}

fn named(kinds: &[(String, Kind)], parts: &mut Map<String, Value>, sign: &str, limit: usize) -> u64 {
    let part = |(name, kind): &(String, Kind)| {
        parts.get_mut(&format!("{sign}{name}")).map_or(0, |part| cut(part, kind, limit))
    };
    kinds.iter().map(part).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    impl Table {
        /// The rows within a variable's value.
        pub(in super::super) fn rows<'a>(&self, variable: &'a Value) -> &'a [Value] {
            let value = self.path.iter().skip(1).try_fold(variable, |value, name| value.get(name));
            match (value, &self.layout) {
                (Some(value), Layout::Alone) => std::slice::from_ref(value),
                (Some(Value::Array(rows)), _) => rows,
                _ => &[],
            }
        }
    }

    /// Orders by number, in a record with what stands alone.
    pub(in super::super) fn store() -> (Kind, Value) {
        let state = Kind::Variant(vec![("open".into(), Kind::Nothing), ("paid".into(), Kind::Whole)]);
        let order = Kind::Record(vec![
            ("at".into(), Kind::Option(Box::new(Kind::Whole))),
            ("pieces".into(), Kind::Whole),
            ("price".into(), Kind::Float),
            ("state".into(), state),
            ("tags".into(), Kind::List(Box::new(Kind::Text))),
            ("what".into(), Kind::Text),
        ]);
        let kind = Kind::Record(vec![
            ("next".into(), Kind::Whole),
            ("orders".into(), Kind::Map(Box::new(Kind::Whole), Box::new(order))),
        ]);
        let order = |at: Value, pieces: &str, price: f64, state: Value, tags: Value, what: &str| json!({ "at": at, "pieces": pieces, "price": price, "state": state, "tags": tags, "what": what });
        let rows = json!([
            [
                "0",
                order(
                    json!("1795219199000000000"),
                    "2",
                    2.5,
                    json!({ "#open": null }),
                    json!(["Rye", "large"]),
                    "Bread"
                )
            ],
            ["1", order(Value::Null, "12", 30.0, json!({ "#paid": "7" }), json!([]), "Cake, \"big\"")],
            [
                "2",
                order(
                    json!("1795000000000000001"),
                    "3",
                    -1.0,
                    json!({ "#open": null }),
                    json!(["a", "b", "c"]),
                    "=1+1"
                )
            ],
        ]);
        (kind, json!({ "next": "3", "orders": rows }))
    }

    #[test]
    fn collections_in_records_are_tables_of_their_own() {
        let (kind, value) = store();
        let found = tables("store", &kind, &value);
        assert_eq!(found.iter().map(Table::name).collect::<Vec<_>>(), ["store.next", "store.orders"]);
        assert_eq!(found[0].rows(&value), [json!("3")]);
        let orders = &found[1];
        assert_eq!(orders.rows(&value).len(), 3);
        let columns = orders.columns();
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["key", "at", "pieces", "price", "state", "tags", "what"]);
        let first: Vec<&Value> =
            columns.iter().map(|column| orders.cell(&orders.rows(&value)[1], &column.part)).collect();
        assert_eq!((first[0], first[6]), (&json!("1"), &json!("Cake, \"big\"")));
    }

    #[test]
    fn times_are_known_by_all_values_of_a_column() {
        let whole = Kind::Option(Box::new(Kind::Whole));
        let times = [json!("1795219199000000000"), Value::Null];
        assert!(are_times(&whole, times.iter()));
        assert!(!are_times(&Kind::Text, times.iter()));
        assert!(!are_times(&whole, [json!("1795219199000000000"), json!("7")].iter()));
        assert!(!are_times(&whole, [Value::Null].iter()));
        assert_eq!(iso(1_795_219_199_000_000_000), "2026-11-20T23:59:59Z");
        assert_eq!(iso(1_795_000_000_000_000_001), "2026-11-18T11:06:40.000000001Z");
    }

    #[test]
    fn every_collection_is_cut_and_what_is_left_out_is_counted() {
        let (kind, mut value) = store();
        assert_eq!(cut(&mut value, &kind, 2), 1);
        assert_eq!(cut(&mut value, &kind, 1), 2, "a row, and a tag of the first");
        assert_eq!(value["orders"][0][1]["tags"], json!(["Rye"]));
        assert_eq!(cut(&mut value, &kind, 1), 0);
    }
}
