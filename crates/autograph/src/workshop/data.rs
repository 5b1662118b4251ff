//! An app's live data, typed and named, for its owner.
//!
//! It is read from a fork's memory by the types that the running module declares, as the gate's census is: whether a
//! page shows it or not makes no difference.

use gate::heap::Shown;
use serde_json::{Map, Value, json};

use super::{Workshop, answer::Problem, judge::on_own_thread};

/// Bytes of JSON that one answer may have; less than clients read of one line.
const ANSWER_BYTES_MAX: usize = 48 << 20;

impl Workshop {
    /// All variables, with at most `limit` elements of every collection.
    pub(crate) async fn data(&self, label: &str, limit: Option<u64>) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        if app.version == 0 {
            return Ok(json!({ "variables": {}, "left_out": {} }));
        }
        let types = self.live_types(&app).await?.stable;
        if types.trim().is_empty() {
            let text =
                format!("what `{}` keeps can't be shown: its module does not say what lies in its memory", app.name);
            return Err(Problem::node(
                text,
                "modules compiled from Motoko do; ask the app itself with `autograph call`",
            ));
        }
        let mut fork = self.fork(Some(&app)).await?;
        let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let read = move || fork.before_upgrade(|heap| gate::heap::json(heap.as_slice(), &types, limit));
        let found = on_own_thread(read).await?.map_err(|why| {
            Problem::node(format!("`{}` can't be asked for its data: {why}", app.name), "`autograph logs` may say more")
        })?;
        let found = found.map_err(|error| {
            let text = format!("the memory of `{}` can't be read: {error}", app.name);
            Problem::node(text, "ask the app itself with `autograph call`")
        })?;
        answer(&app.name, found)
    }
}

fn answer(app: &str, found: Vec<Shown>) -> Result<Value, Problem> {
    let cut = found.iter().filter(|shown| shown.left_out > 0);
    let left_out: Map<_, _> = cut.map(|shown| (shown.name.clone(), shown.left_out.into())).collect();
    let variables: Map<_, _> = found.into_iter().map(|shown| (shown.name, shown.value)).collect();
    let answer = json!({ "variables": variables, "left_out": left_out });
    if answer.to_string().len() > ANSWER_BYTES_MAX {
        let text = format!("the data of `{app}` is more than {} MB to show at once", ANSWER_BYTES_MAX >> 20);
        return Err(Problem::node(text, "say how many entries of each collection to show, with `--limit 100`"));
    }
    Ok(answer)
}
