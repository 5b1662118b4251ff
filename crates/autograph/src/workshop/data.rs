//! An app's live data, typed and named, for its owner.
//!
//! It is read from a fork's memory by the types that the running module declares, as the gate's census is: whether a
//! page shows it or not makes no difference. Filtering happens here, so that big data stay where they are.

mod csv;
mod filter;
mod selection;
mod table;

use std::io::{self, Write};

use execution::{Fork, registry::App};
use gate::{
    Kind,
    heap::{HeapError, Most, Shown},
};
use serde::Deserialize;
use serde_json::{Value, json};

use self::{
    filter::Filter,
    selection::{Selected, Window, select},
};
use super::{Workshop, answer::Problem, judge::on_own_thread};

/// Bytes of JSON that one answer may have; less than clients read of one line.
const ANSWER_BYTES_MAX: usize = 48 << 20;

/// What is read to answer a question: texts as long as people's notes, no whole pictures.
const ASKED_MOST: Most = Most { elements: usize::MAX, length: 4 << 10, bytes: 256 << 20 };

/// What is asked of an app's data.
#[derive(Deserialize)]
pub(crate) struct DataOf {
    app: String,
    /// The most elements of every collection.
    limit: Option<u64>,
    /// Rows of every table that matched and are passed over.
    #[serde(default)]
    offset: u64,
    /// Which rows: see [`filter`].
    #[serde(default, rename = "where")]
    wanted: String,
    /// A variable, or a table within one.
    variable: Option<String>,
    #[serde(default)]
    format: Format,
}

/// The form of the answer.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// The contract's: variables by name.
    #[default]
    Json,
    /// Tables with columns and how many rows there are.
    Tables,
    /// One table as text.
    Csv,
}

/// All variables of a fork; nothing if its memory can't be read, or holds too much to read at once.
pub(super) fn variables(fork: &mut Fork) -> Option<Vec<(String, gate::Value)>> {
    let types = fork.stable_types()?;
    fork.before_upgrade(|heap| gate::heap::variables(heap.as_slice(), &types).ok()).ok().flatten()
}

impl Workshop {
    /// The rows that are asked for, in the form that is asked for.
    pub(crate) async fn data(&self, asked: DataOf) -> Result<Value, Problem> {
        let filter = Filter::parse(&asked.wanted)?;
        let app = self.app(&asked.app).await?;
        let (values, kinds) = self.kept(&app, Most::ALL).await?;
        on_own_thread(move || asked.answer(&app.name, &filter, values, kinds)).await?
    }

    /// What a question is answered from: every row, but of long texts and pictures only how they begin.
    pub(super) async fn rows(&self, app: &App) -> Result<Value, Problem> {
        let (values, kinds) = self.kept(app, ASKED_MOST).await?;
        on_own_thread(move || {
            let window = Window { offset: 0, limit: usize::MAX, within: true };
            let tables = select(values, kinds, None, &Filter::default(), window)?;
            Ok(selection::variables(tables)["variables"].take())
        })
        .await?
    }

    /// What an app keeps now, read from a fork.
    async fn kept(&self, app: &App, most: Most) -> Result<(Vec<Shown>, Vec<(String, Kind)>), Problem> {
        if app.version == 0 {
            return Ok((Vec::new(), Vec::new()));
        }
        let types = self.live_types(app).await?.stable;
        if types.trim().is_empty() {
            let text =
                format!("what `{}` keeps can't be shown: its module does not say what lies in its memory", app.name);
            return Err(Problem::node(
                text,
                "modules compiled from Motoko do; ask the app itself with `autograph call`",
            ));
        }
        let mut fork = self.fork(Some(app)).await?;
        let name = app.name.clone();
        on_own_thread(move || {
            let read = |heap: &embedder::Heap| {
                let values = gate::heap::json(heap.as_slice(), &types, most)?;
                Ok((values, gate::kinds(&types)?))
            };
            let found = fork.before_upgrade(read).map_err(|why| {
                Problem::node(format!("`{name}` can't be asked for its data: {why}"), "`autograph logs` may say more")
            })?;
            found.map_err(|error: HeapError| {
                let text = format!("the memory of `{name}` can't be read: {error}");
                Problem::node(text, "look at a part of it with `autograph data`, or ask the app with `autograph call`")
            })
        })
        .await?
    }
}

impl DataOf {
    fn answer(
        &self,
        app: &str,
        filter: &Filter,
        values: Vec<Shown>,
        kinds: Vec<(String, Kind)>,
    ) -> Result<Value, Problem> {
        let size = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let window = Window {
            offset: size(self.offset),
            limit: self.limit.map_or(usize::MAX, size),
            within: !matches!(self.format, Format::Csv),
        };
        let tables = select(values, kinds, self.variable.as_deref(), filter, window)?;
        let answer = match self.format {
            Format::Json => selection::variables(tables),
            Format::Tables => json!({ "tables": tables.into_iter().map(Selected::described).collect::<Vec<_>>() }),
            Format::Csv => as_csv(app, &tables)?,
        };
        if fits(&answer) { Ok(answer) } else { Err(too_much(app)) }
    }
}

/// Whether an answer is within bounds, found out without writing it anywhere.
fn fits(answer: &Value) -> bool {
    struct Room(usize);
    impl Write for Room {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::OutOfMemory)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Room(ANSWER_BYTES_MAX), answer).is_ok()
}

/// The one table that is meant.
fn as_csv(app: &str, tables: &[Selected]) -> Result<Value, Problem> {
    let collections: Vec<&Selected> = tables.iter().filter(|table| !table.stands_alone()).collect();
    let meant = if collections.is_empty() { tables.iter().collect() } else { collections };
    let [selected] = meant.as_slice() else {
        let names: Vec<String> = meant.iter().map(|selected| format!("`{}`", selected.table.name())).collect();
        return Err(match names.as_slice() {
            [] => Problem::usage(format!("`{app}` keeps nothing yet"), "use the app first"),
            names => Problem::usage(
                "CSV has one table at a time",
                format!("say which with `--variable`: there are {}", names.join(", ")),
            ),
        });
    };
    let rows: Vec<&Value> = selected.rows.iter().collect();
    let written = csv::write(&selected.table, &rows, ANSWER_BYTES_MAX).ok_or_else(|| too_much(app))?;
    Ok(json!({
        "table": selected.table.name(),
        "csv": written.text,
        "rows": rows.len(),
        "left_out": selected.left_out,
        "guarded": written.guarded,
    }))
}

fn too_much(app: &str) -> Problem {
    let text = format!("the data of `{app}` is more than {} MB to show at once", ANSWER_BYTES_MAX >> 20);
    Problem::node(text, "say how many entries of each collection to show, with `--limit 100`, or which, with `--where`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_bounds() {
        let text = |bytes: usize| Value::String("a".repeat(bytes));
        assert!(fits(&text(ANSWER_BYTES_MAX - 2)), "with its quotes");
        assert!(!fits(&text(ANSWER_BYTES_MAX - 1)));
    }
}
