//! `backend/main.mo`: the actor, with its stable variables, methods and the rules that look at more than one row.
//!
//! Invariant: between a check and the write that relies on it there is no `await`; every method asks who calls first.

use super::capacity;
use super::shape::{Model, Shape, is_text};
use super::text::{comment, indent, motoko};
use crate::spec::{Field, FieldKind};

/// The actor.
pub(super) fn main(model: &Model<'_>, migrates: bool) -> String {
    let mut parts = vec!["public type Result<T> = { #ok : T; #err : Text };".to_owned(), storage(model), me()];
    for shape in &model.shapes {
        parts.extend(if shape.entity.archived { archived(model, shape) } else { section(model, shape) });
    }
    let body = indent(&parts.join("\n\n"), 1);
    let migration = if migrates {
        "/// Rows of the version before are carried over once, at the upgrade.\n(with migration = Migration.run)\n"
    } else {
        ""
    };
    format!("{}{}\n{migration}actor {{\n{body}\n}};\n", about(model), imports(model, &body, migrates))
}

fn about(model: &Model<'_>) -> String {
    let title = comment(&model.spec.title);
    format!(
        "/// {title}: what is stored, and the methods that read and change it.\n///\n/// Every method asks the platform who calls and looks up in `Access` what they may do.\n\n"
    )
}

fn imports(model: &Model<'_>, body: &str, migrates: bool) -> String {
    let mut lines = vec!["import Map \"mo:core/Map\";".to_owned(), "import Platform \"mo:autograph/Platform\";".into()];
    let mut own: Vec<&str> = model.shapes.iter().map(|shape| shape.names.module.as_str()).collect();
    own.extend(["Access", "Check", "Rows", "Words"].into_iter().filter(|name| body.contains(&format!("{name}."))));
    if migrates {
        own.push("Migration");
    }
    own.sort_unstable();
    lines.extend(own.iter().map(|name| format!("import {name} \"{name}\";")));
    lines.join("\n") + "\n"
}

fn storage(model: &Model<'_>) -> String {
    let table = |shape: &Shape<'_>| {
        let names = &shape.names;
        format!("let {} = Map.empty<Nat, {}.{}>();\nvar {} = 1;\n", names.rows, names.module, names.row, names.next)
    };
    model.shapes.iter().map(table).collect::<String>().trim_end().to_owned()
}

fn me() -> String {
    "\
/// Who the caller is to this app.
public composite query ({ caller }) func me() : async Platform.Standing {
  await Platform.registry.standing(caller);
};"
    .into()
}

fn section(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let mut parts = vec![format!("// {}", comment(&shape.entity.plural)), list(model, shape), create(model, shape)];
    parts.extend([update(shape), delete(model, shape)]);
    if model.answered(shape) {
        parts.extend([my(model, shape), answer(shape)]);
    }
    parts.push(save(model, shape));
    parts.extend(conflict(model, shape));
    parts.extend(parent_view(model, shape));
    for rule in model.capacities().iter().filter(|rule| rule.child.entity.id == shape.entity.id) {
        parts.extend([capacity::taken_function(rule), capacity::full_function(rule)]);
    }
    parts
}

fn list(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let (module, rows, view) = (&shape.names.module, &shape.names.rows, shape.names.view());
    let plural = comment(&shape.entity.plural);
    let page = |shown: &str| {
        format!(
            "Rows.page<{module}.{}, {module}.{view}>({rows}, after, {module}.page, Access.{rows}(who.role).read, who, {shown});",
            shape.names.row
        )
    };
    let body = match capacity::shown_rule(model, shape) {
        None => page(&format!("{module}.view")),
        Some(rule) => {
            let shown = format!("func row = {module}.view(row, Rows.counted(taken, row.id))");
            format!("let taken = {}();\n  {}", capacity::taken_name(&rule), page(&shown))
        }
    };
    format!(
        "\
/// {plural} that the caller may read, a page of them: those after the id `after`.
public composite query ({{ caller }}) func list{module}(after : ?Nat) : async [{module}.{view}] {{
  let who = await Platform.registry.standing(caller);
  {body}
}};"
    )
}

/// Whose a new row is: the person's own, or, when a host adds a person, that person's from now on.
fn new_member(shape: &Shape<'_>) -> String {
    match &shape.entity.person {
        Some(role) => format!(
            "if (who.role == {}) who.member else {} # Check.digits({})",
            motoko(role),
            motoko(&format!("{}:", shape.names.one)),
            shape.names.next
        ),
        None => "who.member".into(),
    }
}

fn create(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let names = &shape.names;
    let (module, rows, title, next) = (&names.module, &names.rows, &names.title, &names.next);
    let (input, view, label) = (names.input(), names.view(), comment(&shape.entity.label));
    let (member, plural) = (new_member(shape), motoko(&shape.entity.plural));
    let once = match model.one_per_member(shape) {
        true => format!("  if (Rows.ofMember({rows}, member) != null) return #err(Words.already);\n"),
        false => String::new(),
    };
    format!(
        "\
/// Adds a row: {label}.
public func create{title}(input : {module}.{input}) : async Result<{module}.{view}> {{
  let who = Platform.caller<system>();
  if (not Access.{rows}(who.role).create) return #err(Words.denied);
  if ({rows}.size() >= Rows.most) return #err(Words.full({plural}));
  let member = {member};
{once}  save{title}({module}.blank({next}, member, Rows.now()), input);
}};"
    )
}

fn update(shape: &Shape<'_>) -> String {
    let names = &shape.names;
    let (module, rows, title) = (&names.module, &names.rows, &names.title);
    let (input, view, label) = (names.input(), names.view(), comment(&shape.entity.label));
    let (note, change) = match shape.has_own_part() {
        true => (
            " Members change only what is theirs to say.",
            format!("if (scope == #all) input else {module}.own(input)"),
        ),
        false => ("", "input".into()),
    };
    format!(
        "\
/// Changes a row: {label}.{note}
public func update{title}(id : Nat, input : {module}.{input}) : async Result<{module}.{view}> {{
  let who = Platform.caller<system>();
  let scope = Access.{rows}(who.role).update;
  if (scope == #none) return #err(Words.denied);
  let ?before = Rows.reached({rows}, id, scope, who) else return #err(Words.gone);
  save{title}(before, {change});
}};"
    )
}

fn delete(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let names = &shape.names;
    let (rows, title, label) = (&names.rows, &names.title, comment(&shape.entity.label));
    let references = model.references(shape);
    let uses: String = references.iter().map(|(other, field)| used(shape, other, field)).collect();
    let row = if references.is_empty() { "_row" } else { "row" };
    format!(
        "\
/// Deletes a row: {label}.
public func delete{title}(id : Nat) : async Result<()> {{
  let who = Platform.caller<system>();
  let scope = Access.{rows}(who.role).delete;
  if (scope == #none) return #err(Words.denied);
  let ?{row} = Rows.reached({rows}, id, scope, who) else return #err(Words.gone);
{uses}  {rows}.remove(id);
  #ok;
}};"
    )
}

fn used(shape: &Shape<'_>, other: &Shape<'_>, field: &Field) -> String {
    let count = format!("usedBy{}{}", other.names.module, super::text::capital(&field.id));
    let itself = if other.entity.id == shape.entity.id { "other.id != id and " } else { "" };
    let plural = motoko(&other.entity.plural);
    format!(
        "  let {count} = Rows.count({}, func other = {itself}other.{} == ?id);\n  if ({count} > 0) return #err(Words.stillUsed({}.title(row), Check.digits({count}), {plural}));\n",
        other.names.rows, field.id, shape.names.module
    )
}

fn my(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let (module, rows, title, view) = (&shape.names.module, &shape.names.rows, &shape.names.title, shape.names.view());
    let shown = view_call(model, shape, "row");
    format!(
        "\
/// The caller's own row, if they have one and may read it.
public composite query ({{ caller }}) func my{title}() : async ?{module}.{view} {{
  let who = await Platform.registry.standing(caller);
  if (Access.{rows}(who.role).read == #none) return null;
  let ?row = Rows.ofMember({rows}, who.member) else return null;
  ?{shown};
}};"
    )
}

fn answer(shape: &Shape<'_>) -> String {
    let names = &shape.names;
    let (module, rows, title, next) = (&names.module, &names.rows, &names.title, &names.next);
    let (input, view, plural) = (names.input(), names.view(), motoko(&shape.entity.plural));
    let named = match shape.title() {
        // Who answers without having been entered by a host is called what the invitation says.
        Some(field) if shape.entity.person.is_some() => {
            format!(
                "\n    let blank = {{ {module}.blank({next}, who.member, Rows.now()) with {} = who.name }};\n    return answered{title}(blank, input);",
                field.id
            )
        }
        _ => format!("\n    return answered{title}({module}.blank({next}, who.member, Rows.now()), input);"),
    };
    format!(
        "\
/// The caller's answer: makes or changes their one row.
public func answer{title}(input : {module}.{input}) : async Result<{module}.{view}> {{
  let who = Platform.caller<system>();
  let may = Access.{rows}(who.role);
  if (who.member == \"\") return #err(Words.unknown);
  let ?before = Rows.ofMember({rows}, who.member) else {{
    if (not may.create) return #err(Words.notInvited);
    if ({rows}.size() >= Rows.most) return #err(Words.full({plural}));{named}
  }};
  if (may.update == #none) return #err(Words.denied);
  answered{title}(before, {module}.own(input));
}};

/// Keeps an answer, if it is a whole one.
func answered{title}(before : {module}.{row}, input : {module}.{input}) : Result<{module}.{view}> {{
  switch ({module}.unanswered({module}.filled(before, input, before.updatedAt))) {{
    case (?sentence) #err(sentence);
    case null save{title}(before, input);
  }};
}};",
        row = names.row
    )
}

fn save(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let names = &shape.names;
    let (module, rows, title, next) = (&names.module, &names.rows, &names.title, &names.next);
    let (row, input, view) = (&names.row, names.input(), names.view());
    let conflict = match conflict(model, shape) {
        Some(_) => format!(
            "\n  switch (conflictOf{title}(before, row)) {{ case (?sentence) return #err(sentence); case null {{}} }};"
        ),
        None => String::new(),
    };
    let shown = view_call(model, shape, "row");
    format!(
        "\
/// Checks what `input` makes of `before`, and keeps it.
func save{title}(before : {module}.{row}, input : {module}.{input}) : Result<{module}.{view}> {{
  let row = {module}.filled(before, input, Rows.now());
  switch ({module}.problem(row, input)) {{ case (?sentence) return #err(sentence); case null {{}} }};{conflict}
  {rows}.add(row.id, row);
  if (row.id == {next}) {next} += 1;
  #ok({shown});
}};"
    )
}

fn view_call(model: &Model<'_>, shape: &Shape<'_>, row: &str) -> String {
    match capacity::is_parent(model, shape) {
        true => format!("{}View({row})", shape.names.one),
        false => format!("{}.view({row})", shape.names.module),
    }
}

/// For entities with places: the view with the places that are taken now.
fn parent_view(model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
    let rule = capacity::shown_rule(model, shape)?;
    let (module, one, row, view) = (&shape.names.module, &shape.names.one, &shape.names.row, shape.names.view());
    let taken = capacity::taken_name(&rule);
    Some(format!(
        "func {one}View(row : {module}.{row}) : {module}.{view} = {module}.view(row, Rows.counted({taken}(), row.id));"
    ))
}

/// The rules of an entity that look at other rows.
fn conflict(model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
    let mut lines: Vec<String> = shape.shown().iter().filter_map(|field| reference(model, field)).collect();
    lines.extend(model.unique(shape).into_iter().map(|field| unique(shape, field)));
    for rule in model.capacities() {
        if rule.child.entity.id == shape.entity.id {
            lines.push(format!(
                "switch ({}(before, after)) {{ case null {{}}; case problem return problem }};",
                capacity::full_name(&rule)
            ));
        }
        if rule.parent.entity.id == shape.entity.id {
            lines.push(capacity::limit_line(&rule));
        }
    }
    if lines.is_empty() {
        return None;
    }
    let (module, title, row) = (&shape.names.module, &shape.names.title, &shape.names.row);
    let lines = indent(&lines.join("\n"), 1);
    Some(format!(
        "/// Which rule speaks against putting `after` in the place of `before`.\nfunc conflictOf{title}(before : {module}.{row}, after : {module}.{row}) : ?Text {{\n{lines}\n  null;\n}};"
    ))
}

fn reference(model: &Model<'_>, field: &Field) -> Option<String> {
    let FieldKind::Ref { entity } = &field.kind else { return None };
    let (rows, id, label) = (&model.shape(entity)?.names.rows, &field.id, motoko(&field.label));
    Some(format!("if (after.{id} != before.{id} and not Rows.has({rows}, after.{id})) return ?Words.noSuch({label});"))
}

fn unique(shape: &Shape<'_>, field: &Field) -> String {
    let (id, rows, label) = (&field.id, &shape.names.rows, motoko(&field.label));
    let same = match (is_text(&field.kind), shape.is_title(field)) {
        (true, true) => format!("Check.same(row.{id}, after.{id})"),
        (true, false) => format!("Check.sameText(row.{id}, after.{id})"),
        _ => format!("row.{id} == after.{id}"),
    };
    let set = if shape.is_title(field) { String::new() } else { format!("after.{id} != null and ") };
    format!(
        "if ({set}after.{id} != before.{id}) {{\n  if (Rows.find({rows}, func row = row.id != after.id and {same}) != null) return ?Words.taken({label});\n}};"
    )
}

/// The methods of an archived entity stay, so that nobody's client breaks; they show and change nothing.
fn archived(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let (module, title) = (&shape.names.module, &shape.names.title);
    let (input, view) = (shape.names.input(), shape.names.view());
    let result = format!("async Result<{module}.{view}> {{ #err(Words.archived) }};");
    let mut parts = vec![
        format!("// {}: archived. The methods stay, so that no client breaks.", comment(&shape.entity.plural)),
        format!("public composite query func list{module}(_after : ?Nat) : async [{module}.{view}] {{ [] }};"),
        format!("public func create{title}(_input : {module}.{input}) : {result}"),
        format!("public func update{title}(_id : Nat, _input : {module}.{input}) : {result}"),
        format!("public func delete{title}(_id : Nat) : async Result<()> {{ #err(Words.archived) }};"),
    ];
    if model.answered(shape) {
        parts.push(format!("public composite query func my{title}() : async ?{module}.{view} {{ null }};"));
        parts.push(format!("public func answer{title}(_input : {module}.{input}) : {result}"));
    }
    parts
}
