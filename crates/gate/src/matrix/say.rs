//! Who may do what, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Answering, MethodAccess,
    diff::{Change, Changes, Kind},
    pool::Path,
    probing::{Reach, Tried},
};
use crate::{fork::Caller, words};

/// Fields that a sentence names.
const MOST_FIELDS: usize = 6;

/// The subject of a sentence.
pub(crate) fn who(caller: &Caller) -> String {
    match caller {
        Caller::Owner => "The owner".into(),
        Caller::Anonymous => "Anyone, signed in or not,".into(),
        Caller::Stranger => "Anyone who signs in".into(),
        Caller::Member(role) | Caller::Known(role, _) => format!("Members with the role {}", words::quoted(role)),
    }
}

/// The word for programs.
pub(crate) fn role(caller: &Caller) -> &str {
    match caller {
        Caller::Owner => "owner",
        Caller::Anonymous => "anonymous",
        Caller::Stranger => "stranger",
        Caller::Member(role) | Caller::Known(role, _) => role,
    }
}

/// `“guests” (name, phone) and “tables”`.
pub(crate) fn places<'a>(paths: impl Iterator<Item = &'a Path>) -> String {
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in paths {
        let [variable, rest @ ..] = path.as_slice() else { continue };
        let field = words::path(rest);
        fields.entry(variable.clone()).or_default().extend((!field.is_empty()).then_some(field));
    }
    let said: Vec<String> = fields.iter().map(|(variable, fields)| with_fields(variable, fields)).collect();
    and(&said)
}

fn with_fields(variable: &str, fields: &BTreeSet<String>) -> String {
    let mut named: Vec<String> = fields.iter().take(MOST_FIELDS).cloned().collect();
    if fields.len() > MOST_FIELDS {
        named.push("…".into());
    }
    match named.is_empty() {
        true => words::quoted(variable),
        false => format!("{} ({})", words::quoted(variable), named.join(", ")),
    }
}

/// `delete any row of “guests”`.
pub(crate) fn may(kind: Kind, variable: &str, changes: &[Change]) -> String {
    let any = changes.iter().any(|change| change.any);
    let rows = changes.iter().any(|change| change.row);
    let fields: BTreeSet<String> = changes.iter().map(|c| words::path(&c.path[1..])).filter(|f| !f.is_empty()).collect();
    let whose = if any { "any row" } else { "their own rows" };
    match kind {
        Kind::Adds => format!("add to {}", words::quoted(variable)),
        Kind::Deletes => format!("delete {whose} of {}", words::quoted(variable)),
        Kind::Alters if rows => format!("change {whose} of {}", with_fields(variable, &fields)),
        Kind::Alters => format!("change {}", with_fields(variable, &fields)),
    }
}

/// ` by “delete guest”`, or nothing where that is not known.
pub(crate) fn by(methods: &[&String]) -> String {
    let named: Vec<String> = methods.iter().take(3).map(|name| words::quoted(name)).collect();
    if named.is_empty() { String::new() } else { format!(" by {}", named.join(" or ")) }
}

/// `a, b and c`.
pub(crate) fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// One row of the matrix.
pub(super) fn row(caller: &Caller, method: &str, tried: &Tried, reach: &Reach) -> MethodAccess {
    let shows: BTreeSet<String> = tried.shows.iter().map(|shown| shown.path.join(".")).collect();
    let changes = grouped(&tried.changes);
    MethodAccess {
        role: role(caller).to_owned(),
        method: method.to_owned(),
        kind: if tried.query { "query" } else { "update" },
        answers: tried.answers,
        shows: shows.into_iter().collect(),
        changes: changes.clone(),
        sentence: sentence(caller, method, tried, &changes, !tried.query && !reach.knows_each()),
    }
}

fn sentence(caller: &Caller, method: &str, tried: &Tried, changes: &[String], unread: bool) -> String {
    let (who, named) = (who(caller), words::quoted(method));
    let mut can = Vec::new();
    if !tried.shows.is_empty() {
        can.push(format!("see {}", places(tried.shows.iter().map(|shown| &shown.path))));
    }
    can.extend(changes.iter().cloned());
    match tried.answers {
        Answering::Untried => format!("What {who} can do by {named} could not be tried."),
        _ if !can.is_empty() => format!("{who} can {} by {named}.", and(&can)),
        Answering::No => format!("{who} can't use {named}."),
        _ if unread => format!("{who} can use {named}; what it changes was not looked at, since there is much data."),
        _ => format!("{who} can use {named}; it showed no data and changed none."),
    }
}

/// What changes do, one phrase for each variable and kind.
fn grouped(changes: &Changes) -> Vec<String> {
    let mut groups: BTreeMap<(Kind, &str), Vec<Change>> = BTreeMap::new();
    for change in changes {
        let variable = change.path.first().map_or("", String::as_str);
        groups.entry((change.kind, variable)).or_default().push(change.clone());
    }
    groups.iter().map(|((kind, variable), changes)| may(*kind, variable, changes)).collect()
}

/// Whether one row of the matrix tells of more than another.
pub(super) fn says_more(row: &MethodAccess, than: &MethodAccess) -> bool {
    row.shows.len() + row.changes.len() > than.shows.len() + than.changes.len()
}
