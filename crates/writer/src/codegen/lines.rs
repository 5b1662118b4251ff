//! Rows that come with the row they belong to, as Motoko: one method that takes all of them in one go.
//!
//! Invariant: all or nothing. Between the first write and the last there is no `await`, and when a line is refused
//! everything that was written before it is taken back, so that nobody ever sees a part.

use super::names::last_number;
use super::shape::{Lines, Model, Shape};
use super::text::{comment, indent, motoko};
use crate::spec::{FieldKind, Rule};

/// The most lines of one row, so that one call stays far from what a call may take.
const MOST: usize = 100;

/// `createOrderWithOrderLines`.
pub(super) fn method_name(head: &Shape<'_>, lines: &Shape<'_>) -> String {
    format!("create{}With{}", head.names.title, lines.names.module)
}

/// The line that keeps those who may not add lines later from adding a row without any.
pub(super) fn demand(model: &Model<'_>, head: &Shape<'_>) -> String {
    model.lines(head).map_or(String::new(), |Lines { shape, .. }| {
        let (rows, plural) = (&shape.names.rows, motoko(&shape.entity.plural));
        format!("  if (not Access.{rows}(who.role).create) return #err(Words.missing({plural}));\n")
    })
}

/// The method. `checks` are the lines that let a caller add a row, `member` says whose the row is, and `saved` saves it.
pub(super) fn create(
    model: &Model<'_>,
    head: &Shape<'_>,
    (method, checks, member): (&str, &str, &str),
    saved: &str,
    most: &str,
) -> Option<String> {
    let Lines { shape: lines, field, .. } = model.lines(head)?;
    let (names, own) = (&lines.names, &head.names);
    let (rows, next, module, title) = (&names.rows, &names.next, &names.module, &names.title);
    let (input, plural) = (names.input(), motoko(&lines.entity.plural));
    let numbers: Vec<String> = [head, lines].into_iter().flat_map(|shape| numbers(model, shape)).collect();
    let kept: String = numbers.iter().map(|name| format!("  let {name}Before = {name};\n")).collect();
    let back: String = numbers.iter().map(|name| format!("{name} := {name}Before;\n")).collect();
    let undo = indent(
        &format!(
            "while ({next} > first) {{\n  {next} -= 1;\n  {rows}.remove({next});\n}};\n{}.remove(id);\n{} := id;\n{back}return #err(sentence);",
            own.rows, own.next
        ),
        4,
    );
    Some(format!(
        "\
/// Adds a row with its lines, all of them or nothing: {label}.
{method} {name}(input : {own_module}.{own_input}, lines : [{module}.{input}]) : async Result<{own_module}.{own_view}> {{
{checks}  if (lines.size() == 0) return #err(Words.missing({plural}));
  if (lines.size() > {MOST}) return #err(Words.atMost({plural}, \"{MOST}\"));
  if ({rows}.size() + lines.size() > {most}) return #err(Words.full({plural}));
{member}  let id = {own_next};
  let first = {next};
{kept}  let saved = {saved};
  let #ok(_) = saved else return saved;
  for (line in lines.values()) {{
    switch (save{title}(who, {module}.blank({next}, who.member, Rows.now()), {{ line with {field} = ??id }})) {{
      case (#ok(_)) {{}};
      case (#err(sentence)) {{
{undo}
      }};
    }};
  }};
  saved;
}};",
        label = comment(&head.entity.label),
        name = method_name(head, lines),
        own_module = own.module,
        own_input = own.input(),
        own_view = own.view(),
        own_next = own.next,
        field = field.id,
    ))
}

/// The running numbers that new rows of an entity get.
fn numbers(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let number = |rule: &Rule| match rule {
        Rule::Number { entity, field } if *entity == shape.entity.id => Some(last_number(&shape.names, field)),
        _ => None,
    };
    let mut found: Vec<String> = model.spec.rules.iter().filter_map(number).collect();
    found.dedup();
    found
}

/// The method of a row or of lines that were archived: it stays, so that no client breaks.
pub(super) fn archived(model: &Model<'_>, head: &Shape<'_>) -> Option<String> {
    if model.lines(head).is_some() && !head.entity.archived {
        return None;
    }
    let lines = model.spec.rules.iter().find_map(|rule| {
        let Rule::Lines { entity, field, .. } = rule else { return None };
        let lines = model.shapes.iter().find(|shape| shape.entity.id == *entity)?;
        let kind = &lines.entity.field(field)?.kind;
        matches!(kind, FieldKind::Ref { entity } if *entity == head.entity.id).then_some(lines)
    })?;
    let (own, names) = (&head.names, &lines.names);
    Some(format!(
        "public func {}(_input : {}.{}, _lines : [{}.{}]) : async Result<{}.{}> {{ #err(Words.archived) }};",
        method_name(head, lines),
        own.module,
        own.input(),
        names.module,
        names.input(),
        own.module,
        own.view()
    ))
}
