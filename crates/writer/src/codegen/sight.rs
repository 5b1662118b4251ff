//! Whose a row is, who reaches it, and what they see of it.
//!
//! Invariant: what somebody may not see is absent from every answer, and they can't change it; a condition that can't
//! be told shows nothing.

use super::balance;
use super::capacity;
use super::granted;
use super::shape::{Capacity, Model, Shape};
use super::text::{capital, motoko};
use crate::spec::{Field, Grant, Scope, Who, Whose};

/// The Motoko that says who calls: of an update method (`false`) or of a query.
pub(super) fn caller(shape: &Shape<'_>, query: bool) -> &'static str {
    match (shape.has_strangers(), query) {
        (false, false) => "Platform.caller<system>()",
        (false, true) => "await Platform.registry.standing(caller)",
        (true, false) => "Access.known(Platform.caller<system>(), caller)",
        (true, true) => "Access.known(await Platform.registry.standing(caller), caller)",
    }
}

/// The head of an update method, which asks for the caller's key only where strangers own rows.
pub(super) fn method(shape: &Shape<'_>) -> &'static str {
    if shape.has_strangers() { "public shared ({ caller }) func" } else { "public func" }
}

/// Whether `row` is the caller's.
pub(super) fn owns(model: &Model<'_>, shape: &Shape<'_>, row: &str) -> String {
    match shared(model, shape).is_empty() {
        true => format!("Access.owns(who, {row}.member)"),
        false => format!("owns{}(who, {row})", shape.names.title),
    }
}

/// Whether the row that a reference names is the caller's.
pub(super) fn owns_at(model: &Model<'_>, other: &Shape<'_>, id: &str) -> String {
    let rows = &other.names.rows;
    match shared(model, other).is_empty() {
        true => format!("Rows.belongs({rows}, {id}, who)"),
        false => format!(
            "(switch (Rows.at({rows}, {id})) {{ case (?row) owns{}(who, row); case null false }})",
            other.names.title
        ),
    }
}

/// Whether a scope reaches `row` for the caller.
pub(super) fn reaches(model: &Model<'_>, shape: &Shape<'_>, scope: &str, row: &str) -> String {
    match has_reach(model, shape) {
        true => format!("reaches{}({scope}, who, {row})", shape.names.title),
        false => format!("Access.reaches({scope}, who, {row}.member)"),
    }
}

/// `shown`, as far as the caller sees it.
pub(super) fn seen(model: &Model<'_>, shape: &Shape<'_>, row: &str, shown: &str) -> String {
    match hidden(model, shape).is_empty() {
        true => shown.to_owned(),
        false => format!("seen{}(who, {row}, {shown})", shape.names.title),
    }
}

/// The functions behind these expressions.
pub(super) fn functions(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(owner(model, shape));
    found.extend(reach(model, shape));
    found.extend(granted::of(model, shape).iter().flat_map(|rule| rule.functions(model, shape)));
    found.extend(shape.shown().iter().filter(|field| !field.seen_by.is_empty()).map(|field| sees(model, shape, field)));
    found.extend(sight(model, shape));
    found
}

/// The references through which rows belong to others too.
fn shared<'m>(model: &'m Model<'_>, shape: &Shape<'_>) -> Vec<(&'m Shape<'m>, String)> {
    let through = |id: &String| Some((model.target(shape.field(id)?)?, id.clone()));
    shape.entity.owned_through.iter().filter_map(through).collect()
}

fn owner(model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
    let shared = shared(model, shape);
    let through = shared.iter().map(|(other, id)| format!(" or Rows.belongs({}, row.{id}, who)", other.names.rows));
    let through: String = through.collect();
    let (title, module, row) = (&shape.names.title, &shape.names.module, &shape.names.row);
    (!shared.is_empty()).then(|| {
        format!(
            "/// Whether a row is the caller's: they made it, or it refers to what is theirs.\nfunc owns{title}(who : Platform.Standing, row : {module}.{row}) : Bool {{\n  Access.owns(who, row.member){through};\n}};"
        )
    })
}

fn has_reach(model: &Model<'_>, shape: &Shape<'_>) -> bool {
    !shared(model, shape).is_empty() || shape.entity.access.iter().any(|grant| grant.read_if.is_some())
}

fn reach(model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
    if !has_reach(model, shape) {
        return None;
    }
    let cases: String = shape.entity.access.iter().filter_map(|grant| conditional_case(shape, grant)).collect();
    let rest = match cases.is_empty() {
        true => "scope == #all".to_owned(),
        false => format!("scope == #all and (switch (who.role) {{\n{cases}    case _ true;\n  }})"),
    };
    let own = owns(model, shape, "row");
    let (title, module, row) = (&shape.names.title, &shape.names.module, &shape.names.row);
    Some(format!(
        "/// Whether `scope` reaches a row for `who`: their own, and of the others those that they may see.\nfunc reaches{title}(scope : Access.Scope, who : Platform.Standing, row : {module}.{row}) : Bool {{\n  if (scope != #none and {own}) return true;\n  {rest};\n}};"
    ))
}

fn conditional_case(shape: &Shape<'_>, grant: &Grant) -> Option<String> {
    let condition = grant.read_if.as_ref()?;
    let holds = shape.holds(condition, "row").unwrap_or_else(|| "false".into());
    Some(format!("    case ({}) {holds};\n", motoko(&grant.role)))
}

/// Whether somebody is one of those named, seen from `row`; `reference` gives the expression of a reference's value.
pub(super) fn is_one_of(
    model: &Model<'_>,
    shape: &Shape<'_>,
    people: &[Who],
    row: &str,
    reference: impl Fn(&str) -> String,
) -> String {
    let test = |who: &Who| {
        let role = format!("who.role == {}", motoko(&who.role));
        match &who.whose {
            Whose::Any => Some(role),
            // Their own row, not one that is theirs only through a reference: borrower and lender stay two people.
            Whose::Theirs => Some(format!("{role} and Access.owns(who, {row}.member)")),
            Whose::Through { field } => {
                let other = model.target(shape.field(field)?)?;
                Some(format!("{role} and {}", owns_at(model, other, &reference(field))))
            }
        }
    };
    let tests: Vec<String> = people.iter().filter_map(test).collect();
    if tests.is_empty() { "false".into() } else { tests.join(" or ") }
}

/// Whether the caller sees a field of `row`.
fn sees_call(shape: &Shape<'_>, field: &Field, row: &str) -> String {
    format!("sees{}{}(who, {row})", shape.names.title, capital(&field.id))
}

fn sees(model: &Model<'_>, shape: &Shape<'_>, field: &Field) -> String {
    let test = is_one_of(model, shape, &field.seen_by, "row", |id| format!("row.{id}"));
    let (title, module, row) = (&shape.names.title, &shape.names.module, &shape.names.row);
    let name = if test.contains("row.") || test.contains(", row)") { "row" } else { "_row" };
    let key = capital(&field.id);
    let who = if test == "false" { "_who" } else { "who" };
    format!(
        "/// Whether `{}` of a row is for the caller to see.\nfunc sees{title}{key}({who} : Platform.Standing, {name} : {module}.{row}) : Bool {{\n  {test};\n}};",
        field.id
    )
}

/// What of a view depends on who looks: the name of the part and the test.
fn hidden(model: &Model<'_>, shape: &Shape<'_>) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    if shape.has_strangers() {
        parts.push(("member".to_owned(), "Access.named(who, row.member)".to_owned()));
    }
    let fields = shape.shown().iter().filter(|field| !field.seen_by.is_empty());
    parts.extend(fields.map(|field| (field.id.clone(), sees_call(shape, field, "row"))));
    if let Some(test) = capacity::shown_rule(model, shape).and_then(|rule| counts_seen(&rule)) {
        parts.push(("placesTaken".into(), test));
    }
    parts.extend(balance::shown_rule(model, shape).map(|shared| ("balance".to_owned(), shared.seen())));
    parts
}

fn sight(model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
    let parts = hidden(model, shape);
    if parts.is_empty() {
        return None;
    }
    let lines = parts.iter().map(|(name, test)| format!("    {name} = if ({test}) shown.{name} else null;\n"));
    let lines: String = lines.collect();
    let (title, module, row, view) = (&shape.names.title, &shape.names.module, &shape.names.row, shape.names.view());
    let named = if lines.contains(", row") { "row" } else { "_row" };
    Some(format!(
        "/// What `who` sees of a row.\nfunc seen{title}(who : Platform.Standing, {named} : {module}.{row}, shown : {module}.{view}) : {module}.{view} {{\n  {{\n    shown with\n{lines}  }};\n}};"
    ))
}

/// Who sees all values that a count is made of; nothing where everybody who sees the rows does.
fn counts_seen(rule: &Capacity<'_>) -> Option<String> {
    let fields = counted_fields(rule);
    let tests: Vec<String> = fields.into_iter().filter(|field| !field.seen_by.is_empty()).map(everywhere).collect();
    (!tests.is_empty()).then(|| tests.join(" and "))
}

/// Whether the caller sees a field in every row.
fn everywhere(field: &Field) -> String {
    let roles = field.seen_by.iter().filter(|who| who.whose.is_any());
    let tests: Vec<String> = roles.map(|who| format!("who.role == {}", motoko(&who.role))).collect();
    if tests.is_empty() { "false".into() } else { format!("({})", tests.join(" or ")) }
}

fn counted_fields<'m>(rule: &'m Capacity<'_>) -> Vec<&'m Field> {
    let conditions = [rule.extra, rule.only_if];
    let looked = conditions.into_iter().flatten().filter_map(|condition| rule.child.field(&condition.field));
    [Some(rule.field), Some(rule.limit), rule.weight].into_iter().flatten().chain(looked).collect()
}

/// Who may be told how full a parent is.
pub(super) enum Fullness {
    /// Everybody who can fill it up sees what it is called, its limit and what is taken of it.
    Open,
    /// Those who may read the parent.
    Reached,
    /// Some of it is for a few to see.
    Hidden,
}

/// Who may be told how full a parent of this rule is.
pub(super) fn fullness(rule: &Capacity<'_>) -> Fullness {
    let writes = |grant: &&Grant| grant.create || grant.update.is_some();
    let reads = |grant: &Grant| grant.read == Some(Scope::All) && grant.read_if.is_none();
    let parent = rule.parent;
    if !counted_fields(rule).into_iter().chain(parent.title()).all(|field| field.seen_by.is_empty()) {
        return Fullness::Hidden;
    }
    let mut writers = rule.child.entity.access.iter().filter(writes);
    match writers.all(|grant| parent.entity.grant(&grant.role).is_some_and(reads)) {
        true => Fullness::Open,
        false => Fullness::Reached,
    }
}

/// What a save leaves as it is, whatever was sent: the field, and when.
pub(super) fn untouched(shape: &Shape<'_>) -> Vec<(String, String)> {
    let hidden = shape.shown().iter().filter(|field| !field.seen_by.is_empty());
    let part = |field: &&Field| {
        let sees = sees_call(shape, field, "before");
        // Who makes a row says what its form asks, although only others read it: the address in a request.
        let asked = field.by_member || field.required;
        let test = if asked { format!("not ({} or {sees})", fresh(shape)) } else { format!("not {sees}") };
        (field.id.clone(), test)
    };
    hidden.map(part).collect()
}

/// Whether `before` is a row that is not kept yet.
pub(super) fn fresh(shape: &Shape<'_>) -> String {
    format!("before.id == {}", shape.names.next)
}
