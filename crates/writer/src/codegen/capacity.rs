//! Capacity rules as Motoko: how many places a row takes, how many are taken, and when there are too few.
//!
//! Invariant: only what takes more places than before, or lowers a limit, can be refused; so data that was already
//! over a limit when the rule came can still be put right step by step.

use super::migration::decimals;
use super::shape::{Capacity, Model, Shape};
use super::sight::{self, Fullness};
use super::text::{capital, motoko};
use crate::spec::{Condition, Field, FieldKind};

/// Whether rows of this entity have places to take.
pub(super) fn is_parent(model: &Model<'_>, shape: &Shape<'_>) -> bool {
    shown_rule(model, shape).is_some()
}

/// The rule whose taken places are shown with the rows of `shape`.
pub(super) fn shown_rule<'m>(model: &'m Model<'_>, shape: &Shape<'_>) -> Option<Capacity<'m>> {
    model.capacities().into_iter().find(|rule| rule.parent.entity.id == shape.entity.id)
}

/// The functions of an entity's module that say how many places a row takes.
pub(super) fn place_counts(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let rules = model.capacities().into_iter().filter(|rule| rule.child.entity.id == shape.entity.id);
    rules.map(|rule| place_count(&rule)).collect()
}

fn place_count(rule: &Capacity<'_>) -> String {
    let test = |condition: Option<&Condition>| condition.and_then(|condition| rule.child.holds(condition, "row"));
    let places = match (rule.weight.map(weight), test(rule.extra)) {
        (None, Some(extra)) => format!("if ({extra}) 2 else 1"),
        (None, None) => "1".into(),
        (Some(weight), Some(extra)) => format!("{weight} + (if ({extra}) 1 else 0)"),
        (Some(weight), None) => weight,
    };
    let body = match test(rule.only_if.filter(|_| rule.via.is_none())) {
        Some(counted) => format!("if (not ({counted})) 0 else {places}"),
        None => places,
    };
    let name = if body == "1" { "_row" } else { "row" };
    let row = &rule.child.names.row;
    let key = &rule.key;
    format!(
        "/// How many places a row takes by its `{}`.\npublic func placesBy{key}({name} : {row}) : Nat = {body};",
        rule.field.id
    )
}

/// The places that a number says; where none is given, one whole, and of what is measured nothing.
fn weight(field: &Field) -> String {
    let missing = if matches!(field.kind, FieldKind::Integer { .. }) { 1 } else { 0 };
    format!("Rows.places(row.{}, {missing})", field.id)
}

/// How many places, as people read it.
fn places(field: &Field, number: &str) -> String {
    match decimals(&field.kind) {
        0 => format!("Check.digits({number})"),
        decimals => format!("Check.decimal({number}, {decimals})"),
    }
}

/// The function of the actor that counts the places taken.
pub(super) fn taken_function(rule: &Capacity<'_>) -> String {
    let (name, child) = (taken_name(rule), &rule.child.names);
    let (module, rows, field, key) = (&child.module, &child.rows, &rule.field.id, &rule.key);
    let counts = match told(rule, "told") {
        Some(_) => format!("if ({}(row)) ", counts_name(rule)),
        None => String::new(),
    };
    format!(
        "\
/// How many places are taken, by the `{field}` that rows refer to.
func {name}() : Map.Map<Nat, Nat> {{
  let taken = Map.empty<Nat, Nat>();
  for (row in {rows}.values()) {{
    {counts}switch (row.{field}) {{ case (?id) Rows.tally(taken, id, {module}.placesBy{key}(row)); case null {{}} }};
  }};
  taken;
}};"
    )
}

/// `guestCountsByTable`: whether a row takes places, where another row tells that.
fn counts_name(rule: &Capacity<'_>) -> String {
    format!("{}CountsBy{}", rule.child.names.one, rule.key)
}

/// The condition on the row `row` that tells whether those that refer to it take places, and that row's entity.
fn told<'m>(rule: &Capacity<'m>, row: &str) -> Option<(&'m Field, &'m Shape<'m>, String)> {
    let (field, other) = rule.via?;
    let test = other.holds(rule.only_if?, row)?;
    Some((field, other, test))
}

/// That function, and the one that refuses to let rows take places again when there are too few.
pub(super) fn told_functions(rule: &Capacity<'_>) -> Vec<String> {
    let Some((field, other, test)) = told(rule, "told") else { return Vec::new() };
    let (counts, again, taken) = (counts_name(rule), again_name(rule), taken_name(rule));
    let (child, parent) = (&rule.child.names, &rule.parent.names);
    let (row, rows, module, key) = (&child.row, &child.rows, &child.module, &rule.key);
    let (via, others, of, parents, limit) =
        (&field.id, &other.names.rows, &rule.field.id, &parent.rows, &rule.limit.id);
    vec![
        format!(
            "\
/// Whether a row takes places: that is told by what its `{via}` names.
func {counts}(row : {module}.{row}) : Bool {{
  switch (Rows.at({others}, row.{via})) {{ case (?told) {test}; case null false }};
}};"
        ),
        format!(
            "\
/// Why the rows whose `{via}` is `id` can't take places again, if they took none.
func {again}(id : Nat) : ?Text {{
  let needed = {taken}();
  for (row in {rows}.values()) {{
    switch (row.{via} == ?id, row.{of}) {{
      case (true, ?parent) Rows.tally(needed, parent, {module}.placesBy{key}(row));
      case _ {{}};
    }};
  }};
  for (row in {rows}.values()) {{
    if (row.{via} == ?id) {{
      switch (Rows.at({parents}, row.{of})) {{
        case (?parent) if (Check.below(parent.{limit}, Rows.counted(needed, parent.id))) return ?Words.noRoom({label});
        case null {{}};
      }};
    }};
  }};
  null;
}};",
            label = motoko(&rule.field.label)
        ),
    ]
}

fn again_name(rule: &Capacity<'_>) -> String {
    format!("noPlaceAgainFor{}By{}", capital(&rule.child.names.one), rule.key)
}

/// The line in the conflict function of what tells whether rows take places: they come to take them again.
pub(super) fn again_line(rule: &Capacity<'_>, shape: &Shape<'_>) -> Option<String> {
    let (_, other, after) = told(rule, "after")?;
    let (_, _, before) = told(rule, "before")?;
    let again = again_name(rule);
    (other.entity.id == shape.entity.id).then(|| {
        format!(
            "if (({after}) and not ({before})) {{\n  switch ({again}(after.id)) {{ case null {{}}; case problem return problem }};\n}};"
        )
    })
}

/// `guestPlacesByTable`.
pub(super) fn taken_name(rule: &Capacity<'_>) -> String {
    format!("{}PlacesBy{}", rule.child.names.one, rule.key)
}

/// `fullForGuestTable`: the function of the actor that refuses a row that does not fit.
pub(super) fn full_name(rule: &Capacity<'_>) -> String {
    format!("noPlaceFor{}By{}", capital(&rule.child.names.one), rule.key)
}

/// That function.
pub(super) fn full_function(model: &Model<'_>, rule: &Capacity<'_>) -> String {
    let (child, parent) = (&rule.child.names, &rule.parent.names);
    let (name, taken, key) = (full_name(rule), taken_name(rule), &rule.key);
    let (module, row, field) = (&child.module, &child.row, &rule.field.id);
    let (parents, parent_module, limit) = (&parent.rows, &parent.module, &rule.limit.id);
    let number = |number: &str| places(rule.limit, number);
    let count = format!(
        "Words.tooFewLeft({parent_module}.title(parent), {}, {}, {})",
        motoko(&rule.limit.label),
        number("limit"),
        number("if (free > 0) free else 0")
    );
    let room = format!("Words.noRoom({})", motoko(&rule.field.label));
    // What counts by what another row tells had no places while it was with one that tells otherwise.
    let (uncounted, kept) = match told(rule, "told") {
        Some(_) => {
            let counts = counts_name(rule);
            (format!("  if (not {counts}(after)) return null;\n"), format!("{counts}(before) and "))
        }
        None => (String::new(), String::new()),
    };
    let scope = format!("Access.{parents}(who.role).read");
    // How full something is, is said only to those who may see it.
    let (who, sentence) = match sight::fullness(rule) {
        Fullness::Open => ("_who", count),
        Fullness::Reached => {
            ("who", format!("if ({}) {count} else {room}", sight::reaches(model, rule.parent, &scope, "parent")))
        }
        Fullness::Hidden => ("_who", room),
    };
    format!(
        "\
/// What to say when `after` needs more places than `before` had and than are free.
func {name}({who} : Platform.Standing, before : {module}.{row}, after : {module}.{row}) : ?Text {{
{uncounted}  let ?id = after.{field} else return null;
  let ?parent = {parents}.get(id) else return null;
  let ?limit = parent.{limit} else return null;
  let had = if ({kept}before.{field} == after.{field}) {module}.placesBy{key}(before) else 0;
  let needed = {module}.placesBy{key}(after);
  let free : Int = limit - Rows.counted({taken}(), id) + had;
  if (needed <= had or needed <= free) return null;
  ?({sentence});
}};"
    )
}

/// The lines in the parent's conflict function that keep its limit from falling below what is taken.
pub(super) fn limit_line(rule: &Capacity<'_>) -> String {
    let (taken, limit) = (taken_name(rule), &rule.limit.id);
    let label = motoko(&rule.limit.label);
    let sentence = match sight::fullness(rule) {
        Fullness::Hidden => format!("Words.tooLow({label})"),
        _ => format!("Words.tooFew({label}, {})", places(rule.limit, "taken")),
    };
    format!(
        "\
if (Check.lowered(before.{limit}, after.{limit})) {{
  let taken = Rows.counted({taken}(), after.id);
  if (Check.below(after.{limit}, taken)) return ?{sentence};
}};"
    )
}
