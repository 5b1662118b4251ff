//! `erase`: a person's data, gone for good: from the app, from its restore points, its history, its conversation and
//! the node's files.
//!
//! Whose rows they are is read from memory; how the app deletes them is tried on a fork, and only what did exactly
//! that there is done to the live app. Without the owner's token nothing happens but the question.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use candid::Principal;
use execution::{
    Blobs as _, Fork, TEXT_BYTES_MIN,
    registry::{
        App, OWNER,
        calls::{AppArg, EraseArg, Erased},
    },
};
use gate::{Effect, Finding, Value, Verdict};
use replication::{Answer, Clock as _, SystemClock};
use sha2::{Digest as _, Sha256};
use state::replicated::{Ingress, IngressStatus, RequestId};

use super::{
    Workshop,
    answer::{Outcome, Problem},
    data::variables,
    judge::on_own_thread,
    pipeline::{Progress, refused},
};

/// Rows that one request erases at most.
const ROWS_MAX: usize = 2_000;
/// How long open calls may take to end.
const DRAIN_MAX: Duration = Duration::from_secs(3);
/// How long a call of the live app may wait, ns.
const EXPIRY: u64 = 120_000_000_000;

/// Is told of a row and its fields.
type Tell<'a> = dyn FnMut(Row, &[(String, Value)]) + 'a;

/// A row of an app's data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    collection: String,
    id: u128,
}

/// What is to be erased, as it was tried on a fork.
#[derive(Clone, Debug, Default)]
struct Plan {
    member: Option<String>,
    /// Each with the app's method that deletes it.
    rows: Vec<(Row, String)>,
    /// Rows that no method deletes.
    left: Vec<Row>,
    /// What the rows and the member said, and no other row says.
    texts: Vec<String>,
}

impl Workshop {
    /// Erases all that belongs to a member, or the rows that hold a value.
    pub(crate) async fn erase(
        &self,
        label: &str,
        who: &str,
        approve: Option<&str>,
        progress: &Progress,
    ) -> Result<Outcome, Problem> {
        let app = self.app(label).await?;
        let _turn = self.one_at_a_time(&app)?;
        progress.stage("check", "Looking what there is, and trying on a copy how it is deleted");
        let plan = self.plan(&app, who).await?;
        let findings = self.question(&app, &plan).await?;
        let base = Outcome {
            app: Some(app.name.clone()),
            verdict: Verdict { data: findings, ..Verdict::default() },
            ..Outcome::default()
        };
        let proposal = Sha256::new().chain_update(b"erase").chain_update(who).finalize().into();
        let token = self.tokens.token(app.backend.as_slice(), app.version, &proposal, &plan.digest());
        if !approve.is_some_and(|given| self.tokens.verify(given, &token)) {
            return Ok(refused(base, Some(token), progress));
        }
        progress.stage("erase", "Erasing");
        self.delete_rows(&app, &plan).await?;
        let mut texts = plan.texts.clone();
        let erased = self.erase_held(&app, &plan, &mut texts).await?;
        let turns = self.erase_turns(app.backend, &texts)?;
        let backend = app.backend;
        self.node.recorder.forget(backend);
        self.looks.end_all_at(backend);
        let memories = self.node.replica.read(move |executor| executor.memories_of(backend)).await?;
        self.node.replica.forget(memories).await?;
        let understood = vec![
            format!(
                "{} and {} are erased.",
                counted(plan.rows.len(), "row"),
                counted(usize::from(plan.member.is_some()), "membership")
            ),
            format!(
                "{} are gone, and {} of the conversation were blanked.",
                counted(erased.points as usize, "restore point"),
                counted(turns, "turn")
            ),
            format!(
                "{} in memory that the program had let go of were written over.",
                counted(erased.overwritten as usize, "place")
            ),
        ];
        let assumed = self.not_erased(&app, &plan, &texts).await?;
        let seconds = progress.seconds();
        Ok(Outcome {
            outcome: "ok".into(),
            version: Some(app.version),
            understood,
            assumed,
            seconds,
            verdict: Verdict::default(),
            ..base
        })
    }

    async fn plan(&self, app: &App, who: &str) -> Result<Plan, Problem> {
        let backend = app.backend;
        let members =
            self.node.replica.read(move |executor| executor.state().registry.members_snapshot(backend)).await?;
        let mut found =
            members.iter().filter(|(id, member)| member.role != OWNER && (*id == who || member.name == who));
        let member = found.next();
        if found.next().is_some() {
            let text = format!("several members of `{}` are called `{who}`", app.name);
            return Err(Problem::usage(text, "say which by the member's id, which the access page shows"));
        }
        let id = member.map(|(id, _)| id.clone());
        let mut said: BTreeSet<String> = member.map(|(_, member)| member.name.clone()).into_iter().collect();
        said.insert(who.to_owned());
        said.retain(|text| !text.is_empty() && Some(text) != id.as_ref());
        let Some((_, types)) = self.seed(Some(app)).await? else {
            return Err(Problem::usage(format!("`{}` has no version yet", app.name), "there is nothing to erase"));
        };
        let (fork, methods) = (self.fork(Some(app)).await?, deleting(&types.candid));
        let (who, name) = (who.to_owned(), app.name.clone());
        let plan = on_own_thread(move || tried(fork, &methods, id, &who, said)).await?;
        let plan = plan.ok_or_else(|| {
            let text = format!("the memory of `{name}` can't be read, so whose rows there are can't be told");
            Problem::node(text, "delete the rows in the app itself")
        })?;
        if plan.member.is_none() && plan.rows.is_empty() && plan.left.is_empty() {
            let text = format!("`{}` has no member and no row with that name or value", app.name);
            return Err(Problem::usage(
                text,
                "`autograph data` shows what there is; the value must be written as it is there",
            ));
        }
        Ok(plan)
    }

    /// What the owner is asked.
    async fn question(&self, app: &App, plan: &Plan) -> Result<Vec<Finding>, Problem> {
        let backend = app.backend;
        let points: Vec<u64> = self
            .node
            .replica
            .read(move |executor| {
                executor.state().points.keys().filter(|(id, _)| *id == backend).map(|(_, n)| *n).collect()
            })
            .await?;
        let mut by_collection: BTreeMap<&str, u64> = BTreeMap::new();
        plan.rows.iter().for_each(|(row, _)| *by_collection.entry(&row.collection).or_default() += 1);
        let mut found: Vec<Finding> = by_collection
            .into_iter()
            .map(|(collection, count)| {
                let rows = counted(count as usize, "row");
                asks(
                    "rows_erased",
                    collection,
                    Some(count),
                    format!("{rows} of {collection} would be deleted for good."),
                )
            })
            .collect();
        if let Some(member) = &plan.member {
            found.push(asks("member_erased", member, None, "The membership would end, and its links with it.".into()));
        }
        if !points.is_empty() {
            let numbers: Vec<String> = points.iter().map(u64::to_string).collect();
            let message = format!(
                "It would no longer be possible to go back to {}: restore points hold the old data.",
                versions(&numbers)
            );
            found.push(asks("restore_points_erased", "restore points", Some(points.len() as u64), message));
        }
        let message = "What the conversation, the history and the logs say of it would be blanked.".to_owned();
        found.push(asks("words_erased", "history", None, message));
        if !plan.left.is_empty() {
            let count = plan.left.len() as u64;
            let message = format!(
                "{} can't be deleted by any method of the app, and would stay.",
                counted(plan.left.len(), "row")
            );
            found.push(asks("rows_left", "rows", Some(count), message));
        }
        Ok(found)
    }

    /// Has the live app delete the rows as it did on the fork.
    async fn delete_rows(&self, app: &App, plan: &Plan) -> Result<(), Problem> {
        for (row, method) in &plan.rows {
            let arg = argument(row.id)?;
            let ingress = Ingress {
                request_id: RequestId(crate::node::random()),
                sender: self.node.owner,
                canister: app.backend,
                method: method.clone(),
                arg,
                effective: app.backend,
                expiry: SystemClock.now() + EXPIRY,
                sender_info: None,
            };
            match self.node.replica.call(ingress).await? {
                Answer::Final(IngressStatus::Replied(_)) => {}
                other => {
                    let text = format!("`{method}` of the app failed while rows were deleted: {other:?}");
                    return Err(Problem::node(text, "what is erased is erased; ask again for the rest"));
                }
            }
        }
        Ok(())
    }

    /// Holds the app and has the registry erase the rest. Texts that the program has by now in other rows are left.
    async fn erase_held(&self, app: &App, plan: &Plan, texts: &mut Vec<String>) -> Result<Erased, Problem> {
        self.registry::<()>("hold", (AppArg { app: app.backend },)).await?;
        let erased = self.erase_quiet(app, plan, texts).await;
        self.registry::<()>("release", (AppArg { app: app.backend },)).await?;
        erased
    }

    async fn erase_quiet(&self, app: &App, plan: &Plan, texts: &mut Vec<String>) -> Result<Erased, Problem> {
        let (backend, begun) = (app.backend, Instant::now());
        while self.node.replica.read(move |executor| !executor.open_calls(backend).is_empty()).await? {
            if begun.elapsed() > DRAIN_MAX {
                return Err(Problem::node(
                    "the app has calls that don't end, so its memory can't be erased",
                    "ask again",
                ));
            }
            self.node.replica.tick().await?;
        }
        let mut fork = self.fork(Some(app)).await?;
        let now = on_own_thread(move || variables(&mut fork)).await?.unwrap_or_default();
        let kept = texts_of(&now);
        texts.retain(|text| !kept.iter().any(|other| other.contains(text.as_str())));
        let verdicts = self.verdicts_without(backend, texts).await?;
        let arg = EraseArg {
            app: backend,
            member: plan.member.clone(),
            texts: texts.clone(),
            verdicts: verdicts.iter().map(|(number, _, new)| (*number, *new)).collect(),
        };
        let erased = self.registry::<Erased>("erase", (arg,)).await?;
        for (_, old, _) in verdicts {
            self.node.blobs.0.remove(&old)?;
        }
        Ok(erased)
    }

    /// The verdicts that hold one of the texts: the version, the blob, and a new one without them.
    async fn verdicts_without(
        &self,
        backend: Principal,
        texts: &[String],
    ) -> Result<Vec<(u64, [u8; 32], [u8; 32])>, Problem> {
        let known = self.node.replica.read(move |executor| {
            let versions = executor.state().registry.versions(backend);
            versions.map(|version| (version.number, version.verdict)).collect::<Vec<_>>()
        });
        let mut found = Vec::new();
        for (number, hash) in known.await? {
            let Some(text) = self.node.blobs.get(&hash).and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()) else {
                continue;
            };
            let blank = blanked(&text, texts);
            if blank != text {
                found.push((number, hash, self.node.blobs.put(blank.as_bytes())?));
            }
        }
        Ok(found)
    }

    /// What stays, said honestly.
    async fn not_erased(&self, app: &App, plan: &Plan, texts: &[String]) -> Result<Vec<String>, Problem> {
        let mut left = vec!["Copies outside of this node (exports, backups, other people's browsers) and free space of the disk are not in its hands.".to_owned()];
        if !plan.left.is_empty() {
            left.push(format!("{} stayed: no method of the app deletes them.", counted(plan.left.len(), "row")));
        }
        if texts.iter().any(|text| text.len() < TEXT_BYTES_MIN) {
            left.push(format!("Texts shorter than {TEXT_BYTES_MIN} bytes can stand in memory that the program has let go of until it is used again."));
        }
        let shared = plan.texts.iter().filter(|text| !texts.contains(text)).count();
        if shared > 0 {
            left.push(format!("{} are in other rows too and stayed there.", counted(shared, "text")));
        }
        let backend = app.backend;
        let sources = self.node.replica.read(move |executor| {
            let versions = executor.state().registry.versions(backend);
            versions.map(|version| (version.number, version.source)).collect::<Vec<_>>()
        });
        let holds = |hash: &[u8; 32]| {
            let tree = self.node.blobs.get(hash).and_then(|bytes| super::proposals::tree_from_json(&bytes));
            let mut files = tree.iter().flat_map(|tree| tree.0.values());
            files.any(|file| texts.iter().any(|text| String::from_utf8_lossy(file).contains(text.as_str())))
        };
        let named: Vec<String> =
            sources.await?.into_iter().filter(|(_, hash)| holds(hash)).map(|(number, _)| number.to_string()).collect();
        if !named.is_empty() {
            left.push(format!(
                "The program's own text says it in {}; change the program, then delete the app's old copies with it.",
                versions(&named)
            ));
        }
        Ok(left)
    }
}

impl Plan {
    /// What the owner's word is on.
    fn digest(&self) -> [u8; 32] {
        Sha256::digest(format!("{:?} {:?} {:?}", self.member, self.rows, self.left)).into()
    }
}

fn asks(kind: &str, subject: &str, count: Option<u64>, message: String) -> Finding {
    Finding {
        kind: kind.into(),
        subject: subject.into(),
        count,
        examples: vec![],
        message,
        effect: Effect::Asks,
        detail: None,
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn versions(numbers: &[String]) -> String {
    match numbers {
        [one] => format!("version {one}"),
        numbers => format!("versions {}", numbers.join(", ")),
    }
}

/// A text without the texts, however JSON writes them.
pub(super) fn blanked(text: &str, texts: &[String]) -> String {
    texts.iter().filter(|wanted| !wanted.is_empty()).fold(text.to_owned(), |text, wanted| {
        let json = serde_json::to_string(wanted).unwrap_or_default();
        let json = json.trim_matches('"');
        text.replace(wanted.as_str(), execution::registry::ERASED).replace(json, execution::registry::ERASED)
    })
}

fn argument(id: u128) -> Result<Vec<u8>, Problem> {
    candid::encode_one(candid::Nat::from(id)).map_err(|error| Problem::node(error.to_string(), "report this"))
}

/// Methods that may delete a row by its number; whether they do is tried.
fn deleting(candid: &str) -> Vec<String> {
    let method = |line: &str| {
        let (name, rest) = line.trim().split_once(':')?;
        let takes = rest.trim_start().strip_prefix('(')?.split_once(')')?.0;
        let takes = takes.rsplit(':').next().unwrap_or(takes).trim();
        let name = name.trim().trim_matches('"');
        let lower = name.to_lowercase();
        let deletes = ["delete", "remove", "erase"].iter().any(|word| lower.contains(word));
        (takes == "nat" && deletes).then(|| name.to_owned())
    };
    candid.lines().filter_map(method).take(64).collect()
}

/// Tries on the fork how the rows can be deleted; nothing if its memory can't be read.
fn tried(
    mut fork: Fork,
    methods: &[String],
    member: Option<String>,
    who: &str,
    said: BTreeSet<String>,
) -> Option<Plan> {
    let mut plan = Plan { member, ..Plan::default() };
    let before = variables(&mut fork)?;
    let wanted = rows(&before, plan.member.as_deref(), who);
    let owner = fork.as_owner();
    let mut now = before.clone();
    let mut by_collection: BTreeMap<String, String> = BTreeMap::new();
    let mut texts = said;
    for (row, says) in wanted.into_iter().take(ROWS_MAX) {
        let known = by_collection.get(&row.collection).cloned();
        let tries: Vec<String> = known.map_or_else(|| methods.to_vec(), |method| vec![method]);
        let found = tries.into_iter().find(|method| {
            let kept = fork.keep();
            let called = argument(row.id).is_ok_and(|arg| fork.call(owner, method, &arg).is_ok());
            let after = if called { variables(&mut fork) } else { None };
            match after.filter(|after| only_gone(&now, after, &row)) {
                Some(after) => {
                    now = after;
                    true
                }
                None => {
                    fork.back(&kept);
                    let _ = fork.as_owner();
                    false
                }
            }
        });
        match found {
            Some(method) => {
                texts.extend(says);
                by_collection.insert(row.collection.clone(), method.clone());
                plan.rows.push((row, method));
            }
            None => plan.left.push(row),
        }
    }
    let kept = texts_of(&now);
    plan.texts = texts.into_iter().filter(|text| !kept.iter().any(|other| other.contains(text.as_str()))).collect();
    // A longer text first, so that what it holds of a shorter one goes with it.
    plan.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    Some(plan)
}

/// Whether this row went and no other.
fn only_gone(before: &[(String, Value)], after: &[(String, Value)], row: &Row) -> bool {
    let mut expected = all_rows(before);
    expected.remove(row) && all_rows(after) == expected
}

fn all_rows(variables: &[(String, Value)]) -> BTreeSet<Row> {
    let mut found = BTreeSet::new();
    each_row(variables, &mut |row, _| {
        found.insert(row);
    });
    found
}

/// The rows of a member, and those that hold the value, each with the texts in it.
fn rows(variables: &[(String, Value)], member: Option<&str>, who: &str) -> Vec<(Row, BTreeSet<String>)> {
    let mut found = Vec::new();
    each_row(variables, &mut |row, fields| {
        let texts: BTreeSet<String> = fields
            .iter()
            .filter(|(name, _)| name != "member")
            .flat_map(|(_, value)| texts_of(&[(String::new(), value.clone())]))
            .collect();
        let of_member = |(name, value): &(String, Value)| {
            name == "member" && matches!(value, Value::Text(text) if Some(text.as_str()) == member)
        };
        if fields.iter().any(of_member) || texts.contains(who) {
            found.push((row, texts));
        }
    });
    found
}

/// Every record with a number called `id`, by the variable in which it is.
fn each_row(variables: &[(String, Value)], tell: &mut Tell<'_>) {
    fn walk(collection: &str, value: &Value, tell: &mut Tell<'_>) {
        match value {
            Value::Record(fields) => {
                let id = fields.iter().find_map(|(name, value)| match value {
                    Value::Number(number) if name == "id" => number.parse().ok(),
                    _ => None,
                });
                match id {
                    Some(id) => tell(Row { collection: collection.to_owned(), id }, fields),
                    None => fields.iter().for_each(|(_, value)| walk(collection, value, tell)),
                }
            }
            Value::List(values) => values.iter().for_each(|value| walk(collection, value, tell)),
            Value::Variant(_, value) => walk(collection, value, tell),
            _ => {}
        }
    }
    variables.iter().for_each(|(name, value)| walk(name, value, tell));
}

/// All texts in values.
fn texts_of(variables: &[(String, Value)]) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Text(text) if !text.is_empty() => {
                found.insert(text.clone());
            }
            Value::Record(fields) => fields.iter().for_each(|(_, value)| walk(value, found)),
            Value::List(values) => values.iter().for_each(|value| walk(value, found)),
            Value::Variant(_, value) => walk(value, found),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    variables.iter().for_each(|(_, value)| walk(value, &mut found));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn guest(id: u32, member: &str, phone: &str) -> Value {
        let row = vec![
            ("id".into(), Value::Number(id.to_string())),
            ("member".into(), text(member)),
            ("phone".into(), text(phone)),
        ];
        Value::Record(vec![("0".into(), Value::Number(id.to_string())), ("1".into(), Value::Record(row))])
    }

    #[test]
    fn rows_are_found_by_their_member_and_by_a_value() {
        let all =
            vec![("guests".to_owned(), Value::List(vec![guest(1, "m1", "+49 30 1"), guest(2, "m2", "+49 30 2")]))];
        let ids = |found: Vec<(Row, BTreeSet<String>)>| found.into_iter().map(|(row, _)| row.id).collect::<Vec<_>>();
        assert_eq!(ids(rows(&all, Some("m1"), "Ada")), [1]);
        assert_eq!(ids(rows(&all, None, "+49 30 2")), [2]);
        assert!(rows(&all, None, "+49 30").is_empty(), "a part of a value is not the value");
        let less = vec![("guests".to_owned(), Value::List(vec![guest(2, "m2", "+49 30 2")]))];
        let row = |id| Row { collection: "guests".into(), id };
        assert!(only_gone(&all, &less, &row(1)) && !only_gone(&all, &less, &row(2)) && !only_gone(&all, &[], &row(1)));
    }

    #[test]
    fn methods_that_may_delete_are_read_from_the_interface() {
        let candid = "service : {\n  addGuest: (record {}) -> (nat);\n  deleteGuest: (nat) -> (Result);\n  \"removeSong\": (id: nat) -> ();\n  deleteAll: () -> ();\n}";
        assert_eq!(deleting(candid), ["deleteGuest", "removeSong"]);
    }

    #[test]
    fn words_are_blanked_as_json_has_them_too() {
        let texts = ["a \"quoted\" name".to_owned()];
        assert_eq!(blanked(r#"{"x":"a \"quoted\" name"}"#, &texts), r#"{"x":"(erased)"}"#);
    }
}
