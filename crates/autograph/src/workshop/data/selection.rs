//! The rows that are wanted of what an app keeps, out of the variables and back into an answer.

use gate::{Kind, heap::Shown};
use serde_json::{Map, Value, json};

use super::{
    filter::{Filter, Tests, Unfit},
    table::{Column, Layout, Part, Table, are_times, bare, cut, tables},
};
use crate::workshop::answer::Problem;

/// Names that a hint lists.
const NAMES_MAX: usize = 40;

/// Which of the rows that match are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) offset: usize,
    pub(super) limit: usize,
    /// Whether the limit counts for collections within rows too.
    pub(super) within: bool,
}

/// A table with the rows that are shown of it.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) table: Table,
    pub(super) rows: Vec<Value>,
    /// Rows that there are.
    total: usize,
    /// Rows that the filter takes.
    matched: usize,
    /// Elements that match and are not shown, those of collections within rows included.
    pub(super) left_out: u64,
    /// Which columns show times.
    times: Vec<bool>,
}

/// The rows that are wanted, table by table.
///
/// # Errors
/// There is no such variable, or the filter fits none of the tables.
pub(super) fn select(
    values: Vec<Shown>,
    kinds: Vec<(String, Kind)>,
    variable: Option<&str>,
    filter: &Filter,
    window: Window,
) -> Result<Vec<Selected>, Problem> {
    let all = values.into_iter().zip(kinds).flat_map(|(mut shown, (name, kind))| {
        let found = tables(&name, &kind, &shown.value);
        found.into_iter().map(move |table| {
            let value = taken(&mut shown.value, &table.path);
            (table, value)
        })
    });
    let all = named(all.collect(), variable)?;
    let (mut selected, mut unfit) = (Vec::new(), Vec::new());
    let fields = fields(&all);
    for (table, value) in all {
        match filter.on(&table) {
            Ok(tests) => selected.push(windowed(table, value, &tests, window)),
            Err(why) => unfit.push(why),
        }
    }
    // That values standing alone have no such field says nothing; that nothing has it is a mistake.
    if selected.is_empty() && !filter.is_empty() {
        let comparable = |why: &Unfit| matches!(why, Unfit::NoField(_));
        unfit.sort_by_key(comparable);
        if let Some(why) = unfit.into_iter().next() {
            return Err(why.problem(&fields));
        }
        return Err(Problem::usage("there is nothing to search in", "the app keeps nothing yet"));
    }
    Ok(selected)
}

/// The value at a path, out of its variable.
fn taken(variable: &mut Value, path: &[String]) -> Value {
    let place = path.iter().skip(1).try_fold(variable, |value, name| value.get_mut(name));
    place.map(Value::take).unwrap_or_default()
}

type Found = Vec<(Table, Value)>;

fn named(all: Found, variable: Option<&str>) -> Result<Found, Problem> {
    let Some(wanted) = variable else { return Ok(all) };
    let is_variable = all.iter().any(|(table, _)| table.path[0] == wanted);
    let names: Vec<String> = all.iter().take(NAMES_MAX).map(|(table, _)| format!("`{}`", table.name())).collect();
    let meant = |table: &Table| if is_variable { table.path[0] == wanted } else { table.name() == wanted };
    let found: Found = all.into_iter().filter(|(table, _)| meant(table)).collect();
    if found.is_empty() {
        let shown: String = wanted.chars().take(80).collect();
        let hint = if names.is_empty() { "it keeps nothing".into() } else { format!("there are {}", names.join(", ")) };
        return Err(Problem::usage(format!("the app keeps no `{shown}`"), hint));
    }
    Ok(found)
}

/// The names of all columns that records have, each once.
fn fields(all: &Found) -> Vec<String> {
    let mut names = Vec::new();
    for column in all.iter().flat_map(|(table, _)| table.columns()) {
        if column.part != Part::Whole && !names.contains(&column.name) {
            names.push(column.name);
        }
    }
    names
}

fn windowed(table: Table, value: Value, tests: &Tests, window: Window) -> Selected {
    let alone = table.layout == Layout::Alone;
    let mut rows = match value {
        Value::Array(rows) if !alone => rows,
        value => vec![value],
    };
    let total = rows.len();
    rows.retain(|row| tests.take(&table, row));
    let matched = rows.len();
    let columns = table.columns();
    let times = |column: &Column| are_times(&column.kind, rows.iter().map(|row| table.cell(row, &column.part)));
    let times = columns.iter().map(times).collect();
    if !alone {
        rows = rows.into_iter().skip(window.offset).take(window.limit).collect();
    }
    let mut left_out = (matched - rows.len()) as u64;
    if window.within {
        left_out += rows.iter_mut().map(|row| cut_within(&table, row, window.limit)).sum::<u64>();
    }
    Selected { table, rows, total, matched, left_out, times }
}

fn cut_within(table: &Table, row: &mut Value, limit: usize) -> u64 {
    match &table.layout {
        Layout::Map(key) => match row.as_array_mut().map(Vec::as_mut_slice) {
            Some([k, v]) => cut(k, key, limit) + cut(v, &table.row, limit),
            _ => 0,
        },
        _ => cut(row, &table.row, limit),
    }
}

/// The contract's form: variables by name, without tables that the filter says nothing about.
pub(super) fn variables(tables: Vec<Selected>) -> Value {
    let (mut variables, mut left_out) = (Map::new(), Map::<String, Value>::new());
    for selected in tables {
        let name = selected.table.path[0].clone();
        if selected.left_out > 0 {
            let before = left_out.get(&name).and_then(Value::as_u64).unwrap_or(0);
            left_out.insert(name, (before + selected.left_out).into());
        }
        let value = match selected.table.layout {
            Layout::Alone => selected.rows.into_iter().next(),
            _ => Some(selected.rows.into()),
        };
        if let Some(value) = value {
            put(&mut variables, &selected.table.path, value);
        }
    }
    json!({ "variables": variables, "left_out": left_out })
}

fn put(into: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [last] => {
            into.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = into.entry(first.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

impl Selected {
    pub(super) fn stands_alone(&self) -> bool {
        self.table.layout == Layout::Alone
    }

    /// The table with its columns, its kinds in words, and its rows as lists of cells.
    pub(super) fn described(self) -> Value {
        let columns = self.table.columns();
        let cells = |row: &Value| columns.iter().map(|column| self.table.cell(row, &column.part).clone()).collect();
        let rows: Vec<Vec<Value>> = self.rows.iter().map(cells).collect();
        let column = |(column, time): (&Column, &bool)| {
            json!({
                "name": column.name,
                "kind": if *time { "time" } else { tag(&column.kind) },
                "type": if *time { "a time".into() } else { words(&column.kind) },
                "key": column.part == Part::Key,
            })
        };
        json!({
            "name": self.table.name(),
            "variable": self.table.path[0],
            "type": self.words(),
            "alone": self.stands_alone(),
            "total": self.total,
            "matched": self.matched,
            "left_out": self.left_out,
            "columns": columns.iter().zip(&self.times).map(column).collect::<Vec<_>>(),
            "rows": rows,
        })
    }

    fn words(&self) -> String {
        match &self.table.layout {
            Layout::Map(key) => format!("each {} has {}", noun(key), words(&self.table.row)),
            Layout::List => format!("each entry is {}", words(&self.table.row)),
            Layout::Alone => words(&self.table.row),
        }
    }
}

/// A kind as a page tells it apart.
fn tag(kind: &Kind) -> &'static str {
    match bare(kind) {
        Kind::Bool => "bool",
        Kind::Whole => "whole",
        Kind::Float => "float",
        Kind::Text => "text",
        Kind::Principal => "principal",
        Kind::Blob => "blob",
        Kind::Variant(_) => "choice",
        _ => "nested",
    }
}

/// A kind in words, as in "a text or nothing".
fn words(kind: &Kind) -> String {
    match kind {
        Kind::Bool => "yes or no".into(),
        Kind::Option(inner) => format!("{} or nothing", words(inner)),
        Kind::Record(fields) => format!("a record of {}", listed(fields)),
        Kind::Variant(cases) => format!("one of {}", listed(cases)),
        Kind::List(inner) => format!("a list, each entry {}", words(inner)),
        Kind::Map(key, inner) => format!("a table: each {} has {}", noun(key), words(inner)),
        Kind::Tuple(parts) => format!("{} values together", parts.len()),
        Kind::Nothing => "nothing that can be shown".into(),
        Kind::Deeper => "something nested".into(),
        kind => format!("a {}", noun(kind)),
    }
}

fn noun(kind: &Kind) -> &'static str {
    match bare(kind) {
        Kind::Whole => "whole number",
        Kind::Float => "number",
        Kind::Text => "text",
        Kind::Principal => "principal",
        Kind::Blob => "blob of bytes",
        Kind::Variant(_) => "choice",
        _ => "key",
    }
}

fn listed(named: &[(String, Kind)]) -> String {
    let names: Vec<&str> = named.iter().take(NAMES_MAX).map(|(name, _)| name.as_str()).collect();
    let more = if named.len() > NAMES_MAX { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::{super::table::tests::store, *};

    const ALL: Window = Window { offset: 0, limit: usize::MAX, within: true };

    fn selected(variable: Option<&str>, filter: &str, window: Window) -> Result<Vec<Selected>, Problem> {
        let (kind, value) = store();
        let values = vec![
            Shown { name: "open".into(), value: true.into(), left_out: 0 },
            Shown { name: "store".into(), value, left_out: 0 },
        ];
        let kinds = vec![("open".into(), Kind::Bool), ("store".into(), kind)];
        select(values, kinds, variable, &Filter::parse(filter).unwrap(), window)
    }

    #[test]
    fn without_a_filter_everything_is_as_it_was() {
        let answer = variables(selected(None, "", ALL).unwrap());
        assert_eq!(answer, json!({ "variables": { "open": true, "store": store().1 }, "left_out": {} }));
    }

    #[test]
    fn rows_are_taken_by_filter_then_offset_then_limit() {
        let window = Window { offset: 1, limit: 1, within: true };
        let answer = variables(selected(None, "pieces>1", window).unwrap());
        assert_eq!(answer["variables"]["store"]["orders"][0][0], "1");
        assert_eq!(answer["left_out"], json!({ "store": 2 }));
        assert_eq!(answer["variables"].as_object().unwrap().len(), 1, "what has no pieces isn't shown");
        let answer = variables(selected(None, "cake", ALL).unwrap());
        assert_eq!(answer["variables"]["store"]["orders"].as_array().unwrap().len(), 1);
        assert_eq!(answer["variables"]["store"].get("next"), None);
    }

    #[test]
    fn one_variable_or_one_table_in_it() {
        let names = |variable| {
            selected(Some(variable), "", ALL).unwrap().iter().map(|one| one.table.name()).collect::<Vec<_>>()
        };
        assert_eq!(names("store"), ["store.next", "store.orders"]);
        assert_eq!(names("store.orders"), ["store.orders"]);
        let problem = selected(Some("shop"), "", ALL).unwrap_err();
        assert_eq!(problem.message, "the app keeps no `shop`");
        assert_eq!(problem.hint, "there are `open`, `store.next`, `store.orders`");
    }

    #[test]
    fn a_field_that_nothing_has_is_a_mistake() {
        let problem = selected(None, "colour=red", ALL).unwrap_err();
        assert_eq!(problem.hint, "there are: key, at, pieces, price, state, tags, what");
        let problem = selected(None, "pieces=many", ALL).unwrap_err();
        assert_eq!(problem.message, "`pieces=many` can't be: `pieces` is a number");
    }

    #[test]
    fn tables_say_what_their_columns_are() {
        let orders =
            selected(Some("store.orders"), "", Window { offset: 2, limit: 5, within: true }).unwrap().remove(0);
        let described = orders.described();
        assert_eq!(
            (&described["total"], &described["matched"], &described["left_out"]),
            (&json!(3), &json!(3), &json!(2))
        );
        assert_eq!(described["type"], "each whole number has a record of at, pieces, price, state, tags, what");
        let columns = described["columns"].as_array().unwrap();
        let kinds: Vec<&str> = columns.iter().map(|column| column["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["whole", "time", "whole", "float", "choice", "nested", "text"]);
        assert_eq!(columns[4]["type"], "one of open, paid");
        assert_eq!(described["rows"][0][6], "=1+1");
    }
}
