//! What an erasure takes, found in memory and tried on a fork.

use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use execution::{
    Fork,
    registry::{App, OWNER, calls::AppCall},
};
use gate::Value;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::rows::{Row, only_gone, rows, texts_of};
use crate::workshop::{Workshop, answer::Problem, data::variables, judge::on_own_thread};

/// Rows that one request erases at most.
const ROWS_MAX: usize = 2_000;
/// Methods that are tried on a row at most.
const METHODS_MAX: usize = 64;

/// What is to be erased, as it was tried on a fork.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) member: Option<String>,
    /// In the order in which they were tried.
    pub(super) rows: Vec<Deletion>,
    /// Rows that no method deletes.
    pub(super) left: Vec<Row>,
    /// What the rows and the member said, and no other row says.
    pub(super) texts: Vec<String>,
    /// Verdicts and turns that say it: their blobs go when nothing refers to them any more.
    pub(super) blobs: Vec<[u8; 32]>,
}

/// How a row is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deletion {
    pub(super) row: Row,
    pub(super) way: Way,
}

/// A method of the app that deletes rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Way {
    pub(super) method: String,
    /// It answers by itself, so that it can be part of the batch of the erasure.
    pub(super) at_once: bool,
}

impl Plan {
    /// What the owner's word is on.
    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(format!("{:?} {:?} {:?}", self.member, self.rows, self.left)).into()
    }

    /// The rows that are deleted in the batch of the erasure.
    pub(super) fn at_once(&self) -> impl Iterator<Item = &Deletion> {
        self.rows.iter().filter(|deletion| deletion.way.at_once)
    }

    /// The rows that are deleted before, by calls that wait for others.
    pub(super) fn slowly(&self) -> impl Iterator<Item = &Deletion> {
        self.rows.iter().filter(|deletion| !deletion.way.at_once)
    }
}

impl Deletion {
    /// The call that does it.
    pub(super) fn call(&self) -> Result<AppCall, Problem> {
        Ok(AppCall { method: self.way.method.clone(), arg: argument(self.row.id)? })
    }
}

impl Workshop {
    /// What an erasure of this takes.
    pub(super) async fn plan(&self, app: &App, who: &str) -> Result<Plan, Problem> {
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
        let (who, name, owner) = (who.to_owned(), app.name.clone(), self.node.owner);
        let plan = on_own_thread(move || tried(fork, owner, &methods, id, &who, said)).await?;
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
    candid.lines().filter_map(method).take(METHODS_MAX).collect()
}

/// Tries on the fork how the rows can be deleted; nothing if its memory can't be read.
fn tried(
    mut fork: Fork,
    owner: Principal,
    methods: &[String],
    member: Option<String>,
    who: &str,
    said: BTreeSet<String>,
) -> Option<Plan> {
    let mut plan = Plan { member, ..Plan::default() };
    let mut now = variables(&mut fork)?;
    let wanted = rows(&now, plan.member.as_deref(), who);
    let mut by_collection: BTreeMap<String, Way> = BTreeMap::new();
    let mut texts = said;
    for (row, says) in wanted.into_iter().take(ROWS_MAX) {
        let known = by_collection.get(&row.collection).cloned();
        let ways = known.map_or_else(|| ways(methods), |way| vec![way]);
        let found = ways.into_iter().find_map(|way| Some((deleted(&mut fork, owner, &now, &row, &way)?, way)));
        match found {
            Some((after, way)) => {
                now = after;
                texts.extend(says);
                by_collection.insert(row.collection.clone(), way.clone());
                plan.rows.push(Deletion { row, way });
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

/// Each method at once, and then each as one that waits.
fn ways(methods: &[String]) -> Vec<Way> {
    let way = |at_once| move |method: &String| Way { method: method.clone(), at_once };
    methods.iter().map(way(true)).chain(methods.iter().map(way(false))).collect()
}

/// Has the fork delete a row in this way. Gives what it holds then; nothing, and the fork as it was, if not exactly
/// that row went.
fn deleted(
    fork: &mut Fork,
    owner: Principal,
    before: &[(String, Value)],
    row: &Row,
    way: &Way,
) -> Option<Vec<(String, Value)>> {
    let arg = argument(row.id).ok()?;
    let kept = fork.keep();
    let called = match way.at_once {
        true => fork.call_at_once(owner, &way.method, &arg).is_ok(),
        false => fork.call(owner, &way.method, &arg).is_ok(),
    };
    let after = if called { variables(fork) } else { None };
    let after = after.filter(|after| only_gone(before, after, [row]));
    if after.is_none() {
        fork.back(&kept);
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_may_delete_are_read_from_the_interface() {
        let candid = "service : {\n  addGuest: (record {}) -> (nat);\n  deleteGuest: (nat) -> (Result);\n  \"removeSong\": (id: nat) -> ();\n  deleteAll: () -> ();\n}";
        assert_eq!(deleting(candid), ["deleteGuest", "removeSong"]);
    }
}
