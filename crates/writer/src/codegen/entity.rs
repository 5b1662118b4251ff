//! `backend/<Entities>.mo`: one entity's records, how a row is filled in, checked and shown.
//!
//! Invariant: these modules hold no state and know no other entity; what depends on other rows is in the actor.

use super::balance;
use super::capacity;
use super::shape::{Model, Shape, is_text, stored_type};
use super::text::{comment, indent, motoko, record};
use crate::spec::{Field, FieldKind};

/// Bytes that a page of rows may take at most, well under what a reply may carry.
const PAGE_BYTES: usize = 1_500_000;
/// Page sizes, largest first. A reader takes a page shorter than its version's size, or than 10, for the end.
const PAGES: [usize; 9] = [1_000, 500, 250, 100, 50, 10, 5, 2, 1];
/// Bytes that a table with pictures may take at most.
const TABLE_BYTES: usize = 1_000_000_000;

/// The module.
pub(super) fn module(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let mut parts = vec![row_type(shape), view_type(model, shape), input_type(shape)];
    if !shape.entity.archived {
        parts.extend([page_length(shape), blank(shape), filled(shape), asked(shape), own(model, shape)]);
        parts.extend([problem(shape), unanswered(model, shape), view(model, shape), title(model, shape)]);
        parts.extend(capacity::place_counts(model, shape));
    }
    parts.retain(|part| !part.is_empty());
    let body = indent(&parts.join("\n\n"), 1);
    let imports = if shape.entity.archived { String::new() } else { imports(&body) };
    format!("{}{imports}\nmodule {{\n{body}\n}};\n", about(shape))
}

fn about(shape: &Shape<'_>) -> String {
    let plural = comment(&shape.entity.plural);
    if shape.entity.archived {
        return format!("/// {plural}: archived. Rows are kept, and neither shown nor changed.\n");
    }
    format!("/// {plural}: what is kept of each, what people see, and how it is filled in and checked.\n")
}

fn imports(body: &str) -> String {
    let used = ["Check", "Rows", "Words"].into_iter().filter(|name| body.contains(&format!("{name}.")));
    let lines: String = used.map(|name| format!("import {name} \"{name}\";\n")).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// The record of a stored row, archived fields included.
pub(super) fn row_fields(shape: &Shape<'_>) -> String {
    let fields = shape.entity.fields.iter().map(|field| format!("{} : {};\n", field.id, shape.stored(field)));
    format!("id : Nat;\nmember : Text;\ncreatedAt : Int;\nupdatedAt : Int;\n{}", fields.collect::<String>())
}

fn row_type(shape: &Shape<'_>) -> String {
    let fields = indent(&row_fields(shape), 1);
    let name = &shape.names.row;
    format!(
        "/// A stored row. `member` is whose it is. All but the title may be missing, whatever forms require now.\npublic type {name} = {{\n{fields}\n}};"
    )
}

fn view_type(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let fields = shape.shown().iter().map(|field| format!("  {} : ?{};\n", field.id, stored_type(&field.kind)));
    let places = if capacity::is_parent(model, shape) { "  placesTaken : ?Nat;\n" } else { "" };
    let balance = if balance::shown_rule(model, shape).is_some() { "  balance : ?Int;\n" } else { "" };
    let name = shape.names.view();
    format!(
        "/// A row as people see it. Everything but the id may be absent, so that fields can come and go.\npublic type {name} = {{\n  id : Nat;\n  member : ?Text;\n  createdAt : ?Int;\n  updatedAt : ?Int;\n{}{places}{balance}}};",
        fields.collect::<String>()
    )
}

fn input_type(shape: &Shape<'_>) -> String {
    let fields = shape.shown().iter().map(|field| format!("  {} : ?{};\n", field.id, shape.stored(field)));
    let name = shape.names.input();
    format!(
        "/// What somebody enters: null leaves a value as it is, ?null takes it away.\npublic type {name} = {{\n{}}};",
        fields.collect::<String>()
    )
}

fn page_length(shape: &Shape<'_>) -> String {
    let page = format!("/// How many rows are read at once.\npublic let page = {};", grouped(page(shape)));
    match has_pictures(shape) {
        true => format!(
            "{page}\n/// The most rows that fit into memory, whatever they hold.\npublic let most = {};",
            grouped(most(shape))
        ),
        false => page,
    }
}

/// How many rows fit into one reply, whatever they hold.
pub(super) fn page(shape: &Shape<'_>) -> usize {
    let most = row_bytes(shape);
    PAGES.into_iter().find(|rows| rows * most <= PAGE_BYTES).unwrap_or(PAGES[PAGES.len() - 1])
}

/// How many rows a table with pictures may have.
fn most(shape: &Shape<'_>) -> usize {
    (TABLE_BYTES / row_bytes(shape)).max(1)
}

/// Whether rows hold pictures, and so are large.
pub(super) fn has_pictures(shape: &Shape<'_>) -> bool {
    shape.shown().iter().any(|field| field.kind == FieldKind::Picture)
}

fn row_bytes(shape: &Shape<'_>) -> usize {
    shape.shown().iter().map(|field| bytes(&field.kind)).sum::<usize>() + 150
}

fn bytes(kind: &FieldKind) -> usize {
    match kind {
        FieldKind::LongText => 20_000,
        FieldKind::Picture => crate::spec::MAX_PICTURE,
        FieldKind::Choice { .. } => 80,
        kind if is_text(kind) => 800,
        _ => 20,
    }
}

fn grouped(number: usize) -> String {
    if number >= 1_000 { format!("{}_{:03}", number / 1_000, number % 1_000) } else { number.to_string() }
}

fn blank(shape: &Shape<'_>) -> String {
    let mut fields = vec!["id;".to_owned(), "member;".into(), "createdAt = now;".into(), "updatedAt = now;".into()];
    fields.extend(shape.entity.fields.iter().map(|field| {
        let value = if shape.is_title(field) { "\"\"" } else { "null" };
        format!("{} = {value};", field.id)
    }));
    let fields = indent(&fields.join("\n"), 2);
    let row = &shape.names.row;
    format!(
        "/// A new row with nothing filled in.\npublic func blank(id : Nat, member : Text, now : Int) : {row} {{\n  {{\n{fields}\n  }};\n}};"
    )
}

fn filled(shape: &Shape<'_>) -> String {
    let mut fields = vec![("updatedAt".to_owned(), "now".to_owned())];
    fields.extend(shape.shown().iter().map(|field| (field.id.clone(), kept(shape, field))));
    let change = format!("{{\n  row with\n{}\n}}", indent(&record(&fields), 1));
    let body = if conditional(shape).is_empty() { change } else { format!("asked({change})") };
    let (row, input) = (&shape.names.row, shape.names.input());
    format!(
        "/// `row` with what was entered.\npublic func filled(row : {row}, input : {input}, now : Int) : {row} {{\n{}\n}};",
        indent(&format!("{body};"), 1)
    )
}

fn kept(shape: &Shape<'_>, field: &Field) -> String {
    let keep = match (stored_type(&field.kind), shape.is_title(field)) {
        ("Text", true) => "keepTitle",
        ("Text", false) => "keepText",
        _ => "keep",
    };
    format!("Check.{keep}(input.{0}, row.{0})", field.id)
}

/// Fields that are asked only sometimes, each after the ones it depends on.
fn conditional<'a>(shape: &Shape<'a>) -> Vec<&'a Field> {
    let mut open: Vec<&Field> =
        shape.shown().iter().copied().filter(|field| field.only_if.is_some() && !shape.is_settled(field)).collect();
    let mut order = Vec::new();
    while !open.is_empty() {
        let waits = |field: &&Field| open.iter().any(|other| depends(field, other) && other.id != field.id);
        // A circle has no first field: then the spec's order is as good as any.
        let next = open.iter().position(|field| !waits(field)).unwrap_or(0);
        order.push(open.remove(next));
    }
    order
}

fn depends(field: &Field, on: &Field) -> bool {
    field.only_if.as_ref().is_some_and(|condition| condition.field == on.id)
}

fn condition(shape: &Shape<'_>, field: &Field) -> Option<String> {
    field.only_if.as_ref().and_then(|condition| shape.holds(condition, "row"))
}

fn asked(shape: &Shape<'_>) -> String {
    let fields = conditional(shape);
    let line = |field: &&Field| {
        let condition = condition(shape, field)?;
        Some(format!("  if (not ({condition})) row := {{ row with {} = null }};\n", field.id))
    };
    let lines: String = fields.iter().filter_map(line).collect();
    if fields.is_empty() {
        return String::new();
    }
    let row = &shape.names.row;
    let variable = if lines.is_empty() { "let" } else { "var" };
    format!(
        "/// Without answers to questions that the other answers make moot.\nfunc asked(filled : {row}) : {row} {{\n  {variable} row : {row} = filled;\n{lines}  row;\n}};"
    )
}

fn own(model: &Model<'_>, shape: &Shape<'_>) -> String {
    if !shape.has_own_part() && !model.answered(shape) {
        return String::new();
    }
    let hosts: Vec<_> = shape
        .shown()
        .iter()
        .filter(|field| !shape.is_for_members(field))
        .map(|field| format!("{} = null;", field.id))
        .collect();
    let body = if hosts.is_empty() { "input".to_owned() } else { format!("{{ input with {} }}", hosts.join(" ")) };
    let input = shape.names.input();
    format!(
        "/// The part of `input` that is for a row's own member to say.\npublic func own(input : {input}) : {input} = {body};"
    )
}

fn problem(shape: &Shape<'_>) -> String {
    let mut checks = Vec::new();
    for field in shape.shown() {
        if field.required && !shape.asked_later(field) && !shape.is_settled(field) {
            checks.push(presence(shape, field));
        }
        checks.extend(check(shape, field));
    }
    let (row, input) = (&shape.names.row, shape.names.input());
    let needs_row = checks.iter().any(|check| check.contains("row."));
    let needs_input = checks.iter().any(|check| check.contains("input."));
    let (row_name, input_name) = (if needs_row { "row" } else { "_row" }, if needs_input { "input" } else { "_input" });
    let list: String = checks.iter().map(|check| format!("    {check},\n")).collect();
    format!(
        "/// What is wrong with `input`, or missing in the `row` that it makes.\npublic func problem({row_name} : {row}, {input_name} : {input}) : ?Text {{\n  Check.first([\n{list}  ]);\n}};"
    )
}

/// The check that a required field has a value, while it is asked.
fn presence(shape: &Shape<'_>, field: &Field) -> String {
    let label = motoko(&field.label);
    if shape.is_title(field) {
        return format!("if (row.{} == \"\") ?Words.missing({label}) else null", field.id);
    }
    let present = format!("Check.present({label}, row.{})", field.id);
    match condition(shape, field) {
        Some(condition) => format!("if ({condition}) {present} else null"),
        None => present,
    }
}

fn check(shape: &Shape<'_>, field: &Field) -> Option<String> {
    use FieldKind::*;
    let label = motoko(&field.label);
    let given =
        if shape.is_title(field) { format!("input.{}", field.id) } else { format!("Check.given(input.{})", field.id) };
    let call = |name: &str, rest: String| Some(format!("Check.{name}({label}, {given}{rest})"));
    let number = |least: i64, most: Option<i64>| {
        let most = most.map_or("Check.largest".to_owned(), |most| most.to_string());
        call("number", format!(", {least}, {most}"))
    };
    match &field.kind {
        Text | Place => call("text", ", Check.line".into()),
        LongText => call("text", ", Check.paragraphs".into()),
        Email => call("email", String::new()),
        Phone => call("phone", String::new()),
        Url => call("url", String::new()),
        Date => call("date", String::new()),
        Time => call("time", String::new()),
        DateTime => call("dateTime", String::new()),
        Picture => call("picture", String::new()),
        Colour => call("colour", String::new()),
        Integer { min, max } => number(*min, *max),
        Money { .. } | Quantity { .. } => call("number", ", -Check.largest, Check.largest".into()),
        Percentage => number(0, Some(100)),
        Rating { max } => number(1, Some(i64::from(*max))),
        Duration => number(0, None),
        Choice { options } => {
            let ids: Vec<_> = options.iter().map(|option| motoko(&option.id)).collect();
            call("oneOf", format!(", [{}]", ids.join(", ")))
        }
        YesNo | Ref { .. } => None,
    }
}

fn unanswered(model: &Model<'_>, shape: &Shape<'_>) -> String {
    if !model.answered(shape) {
        return String::new();
    }
    let asked = |field: &&&Field| field.required && shape.asked_later(field) && !shape.is_settled(field);
    let required = shape.shown().iter().filter(asked);
    let checks: String = required.map(|field| format!("    {},\n", presence(shape, field))).collect();
    let row = &shape.names.row;
    let (name, body) = match checks.is_empty() {
        true => ("_row", "null;".to_owned()),
        false => ("row", format!("Check.first([\n{checks}  ]);")),
    };
    format!(
        "/// What the row's member has yet to answer.\npublic func unanswered({name} : {row}) : ?Text {{\n  {body}\n}};"
    )
}

fn view(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let mut fields = vec!["id = row.id;".to_owned()];
    fields.extend(["member", "createdAt", "updatedAt"].map(|part| format!("{part} = ?row.{part};")));
    fields.extend(shape.shown().iter().map(|field| {
        let some = if shape.is_title(field) { "?" } else { "" };
        format!("{0} = {some}row.{0};", field.id)
    }));
    let parent = capacity::is_parent(model, shape);
    if parent {
        fields.push("placesTaken = ?placesTaken;".into());
    }
    let owed = balance::shown_rule(model, shape).is_some();
    if owed {
        fields.push("balance = ?balance;".into());
    }
    let (row, view) = (&shape.names.row, shape.names.view());
    let argument = if parent { ", placesTaken : Nat" } else { "" };
    let argument = format!("{argument}{}", if owed { ", balance : Int" } else { "" });
    let fields = indent(&fields.join("\n"), 2);
    format!(
        "/// The row as people see it.\npublic func view(row : {row}{argument}) : {view} {{\n  {{\n{fields}\n  }};\n}};"
    )
}

/// What a row is called; only rows that others refer to are called by name.
fn title(model: &Model<'_>, shape: &Shape<'_>) -> String {
    if model.references(shape).is_empty() {
        return String::new();
    }
    let row = &shape.names.row;
    // A name that not everybody sees is said to nobody.
    let body = match shape.title().filter(|field| field.seen_by.is_empty()) {
        Some(field) => format!("row.{}", field.id),
        None => format!("{} # Check.digits(row.id)", motoko(&format!("{} ", shape.entity.label))),
    };
    format!("/// What the row is called.\npublic func title(row : {row}) : Text = {body};")
}
