//! `backend/Migration.mo`: carries the rows of the live version over into the shapes of the new one.
//!
//! Invariant: it takes exactly the stable variables whose shape differs and builds every row field by field, so that
//! what is not carried over is really gone, and the gate's census can count it. A value that the new type can't
//! express becomes empty; nothing is made up.

use super::entity::row_fields;
use super::rules;
use super::shape::{Model, Shape, is_text, stored_type};
use super::text::{comment, indent, motoko};
use crate::spec::{Choice, Field, FieldKind};

/// The module, if any stored shape differs.
pub(super) fn module(live: &Model<'_>, new: &Model<'_>) -> Option<String> {
    let changes: Vec<_> =
        live.shapes.iter().map(|old| (old, successor(old, new))).filter(|(old, new)| differs(old, *new)).collect();
    let counters = dropped_counters(live, new);
    if changes.is_empty() && counters.is_empty() {
        return None;
    }
    let mut parts = vec![run(&changes, &counters)];
    parts.extend(changes.iter().filter_map(|(old, new)| carried(old, (*new)?)));
    parts.extend(
        changes.iter().filter(|(old, new)| new.is_none() || !same_rows(old, *new)).map(|(old, _)| old_type(old)),
    );
    let body = indent(&parts.join("\n\n"), 1);
    Some(format!(
        "/// Carries what the version before stored over into this one.\n{}\nmodule {{\n{body}\n}};\n",
        imports(&changes, &body)
    ))
}

/// Running numbers that no rule keeps any more. Numbers that rows have stay theirs.
fn dropped_counters(live: &Model<'_>, new: &Model<'_>) -> Vec<String> {
    let kept = rules::variables(new);
    let gone = |(name, _): &(String, String)| !kept.iter().any(|(other, _)| other == name);
    rules::variables(live).into_iter().filter(gone).map(|(name, _)| name).collect()
}

type Changed<'m, 'a> = (&'m Shape<'a>, Option<&'m Shape<'a>>);

fn successor<'m, 'a>(old: &Shape<'_>, new: &'m Model<'a>) -> Option<&'m Shape<'a>> {
    new.shapes.iter().find(|shape| shape.entity.id == old.entity.id)
}

fn differs(old: &Shape<'_>, new: Option<&Shape<'_>>) -> bool {
    !same_rows(old, new) || new.is_none_or(|new| new.names != old.names)
}

/// Whether the rows themselves stay as they are.
fn same_rows(old: &Shape<'_>, new: Option<&Shape<'_>>) -> bool {
    let Some(new) = new else { return false };
    let kept = |field: &Field| {
        new.entity.field(&field.id).is_some_and(|other| moved(old, field, new, other) == format!("old.{}", field.id))
    };
    old.entity.fields.len() == new.entity.fields.len() && old.entity.fields.iter().all(kept)
}

fn imports(changes: &[Changed<'_, '_>], body: &str) -> String {
    let used = |name: &&str| body.contains(&format!("{name}."));
    let mut modules: Vec<&str> = changes.iter().filter_map(|(_, new)| Some((*new)?.names.module.as_str())).collect();
    modules.push("Check");
    modules.sort_unstable();
    let own: String = modules.into_iter().filter(used).map(|name| format!("import {name} \"{name}\";\n")).collect();
    let map = if body.contains("Map.") { "import Map \"mo:core/Map\";\n" } else { "" };
    let lines = format!("{map}{own}");
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn old_name(old: &Shape<'_>) -> String {
    format!("Old{}", old.names.row)
}

fn row_name(old: &Shape<'_>, new: Option<&Shape<'_>>) -> String {
    match new {
        Some(new) if same_rows(old, Some(new)) => format!("{}.{}", new.names.module, new.names.row),
        _ => old_name(old),
    }
}

fn run(changes: &[Changed<'_, '_>], counters: &[String]) -> String {
    let (mut before, mut after, mut values) = (String::new(), String::new(), String::new());
    for (old, new) in changes {
        let row = row_name(old, *new);
        before.push_str(&format!("  {} : Map.Map<Nat, {row}>;\n", old.names.rows));
        let renamed = new.is_none_or(|new| new.names != old.names);
        if renamed {
            before.push_str(&format!("  {} : Nat;\n", old.names.next));
        }
        let Some(new) = new else { continue };
        let kept = format!("{}.{}", new.names.module, new.names.row);
        after.push_str(&format!("  {} : Map.Map<Nat, {kept}>;\n", new.names.rows));
        let rows = format!("old.{}", old.names.rows);
        let value =
            if row == kept { rows } else { format!("Map.map<Nat, {row}, {kept}>({rows}, carry{})", new.names.title) };
        values.push_str(&format!("    {} = {value};\n", new.names.rows));
        if renamed {
            after.push_str(&format!("  {} : Nat;\n", new.names.next));
            values.push_str(&format!("    {} = old.{};\n", new.names.next, old.names.next));
        }
    }
    for counter in counters {
        before.push_str(&format!("  {counter} : Nat;\n"));
    }
    let notes: String = changes
        .iter()
        .filter(|(_, new)| new.is_none())
        .map(|(old, _)| format!("/// {} are dropped.\n", comment(&old.entity.plural)))
        .collect();
    let notes = counters.iter().fold(notes, |notes, counter| notes + &format!("/// `{counter}` is dropped.\n"));
    // Nothing is read from what is only dropped.
    let old = if values.is_empty() { "_old" } else { "old" };
    let value = if values.is_empty() { "{}".to_owned() } else { format!("{{\n{values}  }}") };
    let after = if after.is_empty() { "{}".to_owned() } else { format!("{{\n{after}}}") };
    format!(
        "/// From the stable variables that change to what they become.\n{notes}public func run({old} : {{\n{before}}}) : {after} {{\n  {value};\n}};"
    )
}

fn old_type(old: &Shape<'_>) -> String {
    let label = comment(&old.entity.label);
    format!(
        "/// {label}, as the version before stored it.\ntype {} = {{\n{}\n}};",
        old_name(old),
        indent(&row_fields(old), 1)
    )
}

/// The function that carries one row over.
fn carried(old: &Shape<'_>, new: &Shape<'_>) -> Option<String> {
    if same_rows(old, Some(new)) {
        return None;
    }
    let values = new.entity.fields.iter().map(|field| {
        let value = match old.entity.field(&field.id) {
            Some(before) => moved(old, before, new, field),
            None => empty(new, field).into(),
        };
        format!("{} = {value};", field.id)
    });
    let mut lines: Vec<String> =
        ["id", "member", "createdAt", "updatedAt"].iter().map(|part| format!("{part} = old.{part};")).collect();
    lines.extend(values);
    let dropped = old.entity.fields.iter().filter(|field| new.entity.field(&field.id).is_none());
    let notes: String = dropped.map(|field| format!("/// `{}` is dropped.\n", field.id)).collect();
    let (title, module, row) = (&new.names.title, &new.names.module, &new.names.row);
    let lines = indent(&lines.join("\n"), 2);
    Some(format!(
        "{notes}func carry{title}(_id : Nat, old : {}) : {module}.{row} {{\n  {{\n{lines}\n  }};\n}};",
        old_name(old)
    ))
}

fn empty(shape: &Shape<'_>, field: &Field) -> &'static str {
    if shape.is_title(field) { "\"\"" } else { "null" }
}

/// The expression that takes the value of `before` over into `after`.
fn moved(old: &Shape<'_>, before: &Field, new: &Shape<'_>, after: &Field) -> String {
    let value = format!("old.{}", before.id);
    let conversion = conversion(&before.kind, &after.kind);
    match (conversion, old.is_title(before), new.is_title(after)) {
        (Conversion::Same, was, is) if was == is => value,
        (Conversion::Same, true, _) => format!("?{value}"),
        (Conversion::Same, false, _) => format!("switch ({value}) {{ case (?value) value; case null \"\" }}"),
        (Conversion::Lost, ..) => empty(new, after).into(),
        (Conversion::By(expression), true, false) => format!("do ? {{ let value = {value}; {expression} }}"),
        (Conversion::By(expression), false, false) => format!("do ? {{ let value = {value}!; {expression} }}"),
        (Conversion::By(expression), false, true) => {
            format!("switch (do ? {{ let value = {value}!; {expression} }}) {{ case (?value) value; case null \"\" }}")
        }
        (Conversion::By(expression), true, true) => {
            format!("switch (do ? {{ let value = {value}; {expression} }}) {{ case (?value) value; case null \"\" }}")
        }
    }
}

/// How a value gets from one kind to another.
enum Conversion {
    /// It is stored alike.
    Same,
    /// By this expression of `value`, inside an option block.
    By(String),
    /// Not at all.
    Lost,
}

fn conversion(from: &FieldKind, to: &FieldKind) -> Conversion {
    use FieldKind::*;
    match (from, to) {
        // Answers that are no longer offered stay what they were.
        (Choice { .. }, Choice { .. }) => Conversion::Same,
        (_, Choice { options }) if is_text(from) => Conversion::By(choose(options)),
        (YesNo, Choice { options }) => Conversion::By(yes_no_choice(options)),
        (Choice { .. }, YesNo) => Conversion::By(
            "switch value { case (\"yes\" or \"true\") true; case (\"no\" or \"false\") false; case _ null! }".into(),
        ),
        (Choice { options }, _) if is_text(to) => Conversion::By(labels(options)),
        (YesNo, _) if is_text(to) => Conversion::By("if value \"yes\" else \"no\"".into()),
        (_, Date) if is_text(from) => Conversion::By("if (Check.isDate(value)) value else null!".into()),
        (_, Time) if is_text(from) => Conversion::By("if (Check.isTime(value)) value else null!".into()),
        (_, DateTime) if is_text(from) => Conversion::By("if (Check.isDateTime(value)) value else null!".into()),
        // What is not said is not made up: a date has no time of day.
        (DateTime, Date) => Conversion::By("Check.dayOf(value)".into()),
        (Picture, _) if is_text(to) => Conversion::Lost,
        (Ref { entity: before }, Ref { entity: after }) => {
            if before == after {
                Conversion::Same
            } else {
                Conversion::Lost
            }
        }
        _ => by_type(from, to),
    }
}

fn by_type(from: &FieldKind, to: &FieldKind) -> Conversion {
    match (stored_type(from), stored_type(to)) {
        ("Text", "Text") if is_text(to) || stored_name(from) == stored_name(to) => Conversion::Same,
        ("Bool", "Bool") => Conversion::Same,
        ("Int", "Int") => scaled(from, to),
        ("Text", "Int") if is_text(from) => Conversion::By(format!("Check.parsed(value)!{}", factor(scale(to), 1))),
        ("Int", "Text") if is_text(to) => Conversion::By(format!("Check.digits(value{})", factor(1, scale(from)))),
        _ => Conversion::Lost,
    }
}

fn stored_name(kind: &FieldKind) -> std::mem::Discriminant<FieldKind> {
    std::mem::discriminant(kind)
}

fn scaled(from: &FieldKind, to: &FieldKind) -> Conversion {
    match factor(scale(to), scale(from)) {
        same if same.is_empty() => Conversion::Same,
        factor => Conversion::By(format!("value{factor}")),
    }
}

/// ` * 100` or ` / 100`, or nothing.
fn factor(up: i64, down: i64) -> String {
    match (up / down, down / up) {
        (1, 1) => String::new(),
        (up, 0) => format!(" * {up}"),
        (_, down) => format!(" / {down}"),
    }
}

/// How many of the stored unit make one.
fn scale(kind: &FieldKind) -> i64 {
    10_i64.pow(decimals(kind))
}

/// How many decimals a number is kept with.
pub(crate) fn decimals(kind: &FieldKind) -> u32 {
    match kind {
        FieldKind::Money { currency } => minor_digits(currency),
        FieldKind::Quantity { .. } => 3,
        _ => 0,
    }
}

/// Decimals of a currency's amounts, as ISO 4217 has them.
pub(crate) fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// The option whose id or label the text is.
fn choose(options: &[Choice]) -> String {
    let cases = options.iter().map(|option| {
        let (id, label) = (motoko(&option.id), motoko(&option.label));
        let words = if id == label { format!("value == {id}") } else { format!("value == {id} or value == {label}") };
        format!("if ({words}) {id} else ")
    });
    cases.collect::<String>() + "null!"
}

fn yes_no_choice(options: &[Choice]) -> String {
    let option = |ids: [&str; 2]| {
        options
            .iter()
            .find(|option| ids.contains(&option.id.as_str()))
            .map_or("null!".to_owned(), |option| motoko(&option.id))
    };
    format!("if value {} else {}", option(["yes", "true"]), option(["no", "false"]))
}

fn labels(options: &[Choice]) -> String {
    let cases =
        options.iter().map(|option| format!("if (value == {}) {} else ", motoko(&option.id), motoko(&option.label)));
    cases.collect::<String>() + "value"
}
