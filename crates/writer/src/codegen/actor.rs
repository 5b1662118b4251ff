//! `backend/main.mo`: the actor, with its stable variables, methods and the rules that look at more than one row.
//!
//! Invariant: between a check and the write that relies on it there is no `await`; every method asks who calls first.

use super::balance;
use super::capacity;
use super::granted;
use super::lines;
use super::rules::{self, Hooks};
use super::shape::{Model, Shape, is_text};
use super::sight;
use super::text::{comment, indent, motoko};
use crate::spec::{Field, FieldKind};

/// The actor.
pub(super) fn main(model: &Model<'_>, migrates: bool) -> String {
    let mut parts = vec!["public type Result<T> = { #ok : T; #err : Text };".to_owned(), storage(model), me(model)];
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
    own.extend(
        ["Access", "Check", "Clock", "Rows", "Words"].into_iter().filter(|name| body.contains(&format!("{name}."))),
    );
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
    let tables: String = model.shapes.iter().map(table).collect();
    let numbers = rules::variables(model).into_iter().map(|(name, first)| format!("var {name} = {first};\n"));
    (tables + &numbers.collect::<String>()).trim_end().to_owned()
}

fn me(model: &Model<'_>) -> String {
    let standing = "await Platform.registry.standing(caller)";
    let known = match model.has_strangers() {
        true => format!("Access.known({standing}, caller)"),
        false => standing.to_owned(),
    };
    format!(
        "\
/// Who the caller is to this app.
public composite query ({{ caller }}) func me() : async Platform.Standing {{
  {known};
}};"
    )
}

fn section(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let mut hooks = rules::hooks(model, shape);
    let mut parts = vec![format!("// {}", comment(&shape.entity.plural)), list(model, shape)];
    parts.extend(create(model, shape));
    parts.extend([update(model, shape, &hooks), delete(model, shape, &hooks)]);
    if model.answered(shape) {
        parts.extend([my(model, shape), answer(shape, &hooks)]);
    }
    parts.push(save(model, shape, &hooks));
    parts.extend(settled(shape, &hooks));
    parts.extend(conflict(model, shape, &hooks));
    parts.extend(speaks(shape, "late", "Why it is too late for its own people to change", &hooks.notice));
    parts.extend(speaks(shape, "kept", "Which rule speaks against deleting", &hooks.removal));
    parts.extend(parent_view(model, shape));
    for rule in model.capacities().iter().filter(|rule| rule.child.entity.id == shape.entity.id) {
        parts.extend([capacity::taken_function(rule), capacity::full_function(model, rule)]);
        parts.extend(capacity::told_functions(rule));
    }
    parts.extend(balance::shown_rule(model, shape).map(|shared| shared.function()));
    parts.append(&mut hooks.functions);
    parts.extend(sight::functions(model, shape));
    parts
}

/// A function that answers with what speaks against something, seen from the row alone.
fn speaks(shape: &Shape<'_>, verb: &str, about: &str, lines: &[String]) -> Option<String> {
    let (module, title, row) = (&shape.names.module, &shape.names.title, &shape.names.row);
    let name = if lines.iter().any(|line| line.contains("row.")) { "row" } else { "_row" };
    let body = indent(&lines.join("\n"), 1);
    (!lines.is_empty()).then(|| {
        format!("/// {about} a row.\nfunc {verb}{title}({name} : {module}.{row}) : ?Text {{\n{body}\n  null;\n}};")
    })
}

/// The line that leaves a method with the sentence that a call gives, if it gives one.
fn unless(call: &str) -> String {
    format!("switch ({call}) {{ case (?sentence) return #err(sentence); case null {{}} }};")
}

fn list(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let (module, rows, view) = (&shape.names.module, &shape.names.rows, shape.names.view());
    let plural = comment(&shape.entity.plural);
    let row = &shape.names.row;
    let (scope, reach) = match granted::of(model, shape) {
        Some(rule) => (format!("let given = {};", rule.call()), format!("reads{}(who, given, row)", shape.names.title)),
        None => (format!("let scope = Access.{rows}(who.role).read;"), sight::reaches(model, shape, "scope", "row")),
    };
    let page = |shown: &str| {
        let seen = sight::seen(model, shape, "row", shown);
        // A function that needs no more than the row is handed over as it is.
        let shown = match seen.strip_suffix("(row)") {
            Some(function) => function.to_owned(),
            None => format!("func row = {seen}"),
        };
        format!(
            "{scope}\n  Rows.page<{module}.{row}, {module}.{view}>({rows}, after, {module}.page, func row = {reach}, {shown});"
        )
    };
    let (counts, shown) = counted(model, shape);
    let counts: String = counts.iter().map(|(name, call)| format!("let {name} = {call};\n  ")).collect();
    let body = counts + &page(&format!("{module}.view(row{shown})"));
    let caller = sight::caller(shape, true);
    format!(
        "\
/// {plural} that the caller may read, a page of them: those after the id `after`.
public composite query ({{ caller }}) func list{module}(after : ?Nat) : async [{module}.{view}] {{
  let who = {caller};
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

/// The methods that add a row: alone, and with what comes with it.
fn create(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let names = &shape.names;
    let (module, rows, title, next) = (&names.module, &names.rows, &names.title, &names.next);
    let (input, view, label) = (names.input(), names.view(), comment(&shape.entity.label));
    let (member, plural) = (new_member(shape), motoko(&shape.entity.plural));
    let once = match model.one_per_member(shape) {
        true => format!("  if (Rows.ofMember({rows}, member) != null) return #err(Words.already);\n"),
        false => String::new(),
    };
    let (method, caller, keyless) = (sight::method(shape), sight::caller(shape, false), keyless(shape));
    let most_rows = most(shape);
    let checks = [
        format!("  let who = {caller};\n"),
        format!("  if (not Access.{rows}(who.role).create) return #err(Words.denied);\n"),
        format!("{keyless}  if ({rows}.size() >= {most_rows}) return #err(Words.full({plural}));\n"),
    ]
    .concat();
    let member = format!("  let member = {member};\n{once}");
    let saved = format!("save{title}(who, {module}.blank({next}, member, Rows.now()), input)");
    let demand = lines::demand(model, shape);
    let alone = format!(
        "\
/// Adds a row: {label}.
{method} create{title}(input : {module}.{input}) : async Result<{module}.{view}> {{
{checks}{demand}{member}  {saved};
}};"
    );
    let most_lines = model.lines(shape).map(|lines| most(lines.shape)).unwrap_or_default();
    let with_lines = lines::create(model, shape, (method, &checks, &member), &saved, &most_lines);
    [alone].into_iter().chain(with_lines).chain(lines::archived(model, shape)).collect()
}

/// Where strangers own rows, somebody without a key could neither find nor change what they wrote.
fn keyless(shape: &Shape<'_>) -> &'static str {
    match shape.strangers_own() {
        true => "  if (who.member == \"\" and who.role == Platform.visitor) return #err(Words.keyless);\n",
        false => "",
    }
}

/// The most rows: fewer of large ones, so that a full table still fits into memory.
fn most(shape: &Shape<'_>) -> String {
    match super::entity::has_pictures(shape) {
        true => format!("{}.most", shape.names.module),
        false => "Rows.most".into(),
    }
}

fn update(model: &Model<'_>, shape: &Shape<'_>, hooks: &Hooks) -> String {
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
    let (method, caller, row) = (sight::method(shape), sight::caller(shape, false), &names.row);
    let (reach, late) = (sight::reaches(model, shape, "scope", "row"), late(shape, hooks, "scope", "before"));
    format!(
        "\
/// Changes a row: {label}.{note}
{method} update{title}(id : Nat, input : {module}.{input}) : async Result<{module}.{view}> {{
  let who = {caller};
  let scope = Access.{rows}(who.role).update;
  if (scope == #none) return #err(Words.denied);
  let ?before = Rows.reached<{module}.{row}>({rows}, id, func row = {reach}) else return #err(Words.gone);
{late}  save{title}(who, before, {change});
}};"
    )
}

/// The line that keeps those who reach only their own rows to the notice that a rule asks for.
fn late(shape: &Shape<'_>, hooks: &Hooks, scope: &str, row: &str) -> String {
    match hooks.notice.is_empty() {
        true => String::new(),
        false => format!("  if ({scope} != #all) {}\n", unless(&format!("late{}({row})", shape.names.title))),
    }
}

fn delete(model: &Model<'_>, shape: &Shape<'_>, hooks: &Hooks) -> String {
    let names = &shape.names;
    let (rows, title, label) = (&names.rows, &names.title, comment(&shape.entity.label));
    let references = model.references(shape);
    let uses: String = references.iter().map(|(other, field)| used(shape, other, field)).collect();
    let kept = match hooks.removal.is_empty() {
        true => String::new(),
        false => format!("  {}\n", unless(&format!("kept{title}(row)"))),
    };
    let late = late(shape, hooks, "scope", "row");
    let row = if [&uses, &kept, &late].into_iter().any(|part| part.contains("(row)")) { "row" } else { "_row" };
    let (method, caller) = (sight::method(shape), sight::caller(shape, false));
    let reach = sight::reaches(model, shape, "scope", "row");
    let (module, kind) = (&names.module, &names.row);
    format!(
        "\
/// Deletes a row: {label}.
{method} delete{title}(id : Nat) : async Result<()> {{
  let who = {caller};
  let scope = Access.{rows}(who.role).delete;
  if (scope == #none) return #err(Words.denied);
  let ?{row} = Rows.reached<{module}.{kind}>({rows}, id, func row = {reach}) else return #err(Words.gone);
{late}{kept}{uses}  {rows}.remove(id);
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
    let shown = sight::seen(model, shape, "row", &view_call(model, shape, "row"));
    let caller = sight::caller(shape, true);
    format!(
        "\
/// The caller's own row, if they have one and may read it.
public composite query ({{ caller }}) func my{title}() : async ?{module}.{view} {{
  let who = {caller};
  if (Access.{rows}(who.role).read == #none) return null;
  let ?row = Rows.ofMember({rows}, who.member) else return null;
  ?{shown};
}};"
    )
}

fn answer(shape: &Shape<'_>, hooks: &Hooks) -> String {
    let names = &shape.names;
    let (module, rows, title, next) = (&names.module, &names.rows, &names.title, &names.next);
    let (input, view, plural) = (names.input(), names.view(), motoko(&shape.entity.plural));
    let named = match shape.title() {
        // Who answers without having been entered by a host is called what the invitation says.
        Some(field) if shape.entity.person.is_some() => {
            format!(
                "\n    let blank = {{ {module}.blank({next}, who.member, Rows.now()) with {} = who.name }};\n    return answered{title}(who, blank, input);",
                field.id
            )
        }
        _ => format!("\n    return answered{title}(who, {module}.blank({next}, who.member, Rows.now()), input);"),
    };
    let (method, caller, keyless) = (sight::method(shape), sight::caller(shape, false), keyless(shape));
    let (most, late) = (most(shape), late(shape, hooks, "may.update", "before"));
    format!(
        "\
/// The caller's answer: makes or changes their one row.
{method} answer{title}(input : {module}.{input}) : async Result<{module}.{view}> {{
  let who = {caller};
  let may = Access.{rows}(who.role);
{keyless}  if (who.member == \"\") return #err(Words.unknown);
  let ?before = Rows.ofMember({rows}, who.member) else {{
    if (not may.create) return #err(Words.notInvited);
    if ({rows}.size() >= {most}) return #err(Words.full({plural}));{named}
  }};
  if (may.update == #none) return #err(Words.denied);
{late}  answered{title}(who, before, {module}.own(input));
}};

/// Keeps an answer, if it is a whole one.
func answered{title}(who : Platform.Standing, before : {module}.{row}, input : {module}.{input}) : Result<{module}.{view}> {{
  switch ({module}.unanswered({module}.filled(before, input, before.updatedAt))) {{
    case (?sentence) #err(sentence);
    case null save{title}(who, before, input);
  }};
}};",
        row = names.row
    )
}

fn save(model: &Model<'_>, shape: &Shape<'_>, hooks: &Hooks) -> String {
    let names = &shape.names;
    let (module, rows, title, next) = (&names.module, &names.rows, &names.title, &names.next);
    let (row, input, view) = (&names.row, names.input(), names.view());
    let (taken, given) = entered(shape);
    let filled = format!("{module}.filled(before, {given}, Rows.now())");
    let made = if hooks.settled.is_empty() && hooks.derived.is_empty() {
        filled
    } else {
        format!("settled{title}(before, {filled})")
    };
    let conflict = match conflict(model, shape, hooks) {
        Some(_) => format!("\n  {}", unless(&format!("conflictOf{title}(who, before, row)"))),
        None => String::new(),
    };
    let kept = hooks.kept.join(" ");
    let kept = if kept.is_empty() { format!("{next} += 1") } else { format!("{{ {next} += 1; {kept} }}") };
    let shown = sight::seen(model, shape, "row", &view_call(model, shape, "row"));
    let body = format!(
        "\
{taken}  let row = {made};
  {problem}{conflict}
  {rows}.add(row.id, row);
  if (row.id == {next}) {kept};
  #ok({shown});",
        problem = unless(&format!("{module}.problem(row, {given})"))
    );
    let who = if body.contains("who") { "who" } else { "_who" };
    format!(
        "\
/// Checks what `input` makes of `before`, and keeps it.
func save{title}({who} : Platform.Standing, before : {module}.{row}, input : {module}.{input}) : Result<{module}.{view}> {{
{body}
}};"
    )
}

/// The line that leaves out what is not for the caller to say, and the name of what is left of the input.
fn entered(shape: &Shape<'_>) -> (String, &'static str) {
    let mut closed: Vec<(String, String)> = sight::untouched(shape);
    for field in shape.shown().iter().filter(|field| shape.is_settled(field)) {
        closed.retain(|(id, _)| *id != field.id || shape.is_stepped(field));
        let test = if shape.is_stepped(field) { sight::fresh(shape) } else { "true".into() };
        match closed.iter_mut().find(|(id, _)| *id == field.id) {
            Some((_, other)) => *other = format!("{test} or {other}"),
            None => closed.push((field.id.clone(), test)),
        }
    }
    if closed.is_empty() {
        return (String::new(), "input");
    }
    let part = |(id, test): &(String, String)| match test.as_str() {
        "true" => format!("    {id} = null;\n"),
        test => format!("    {id} = if ({test}) null else input.{id};\n"),
    };
    let parts: String = closed.iter().map(part).collect();
    (
        format!(
            "  // What is not for the caller to say stays as it is.\n  let given = {{\n    input with\n{parts}  }};\n"
        ),
        "given",
    )
}

/// What the rules fill in, as a function of the row that was entered.
fn settled(shape: &Shape<'_>, hooks: &Hooks) -> Option<String> {
    if hooks.settled.is_empty() && hooks.derived.is_empty() {
        return None;
    }
    let (module, title, row) = (&shape.names.module, &shape.names.title, &shape.names.row);
    let with = |of: &str, values: &[(String, String)]| {
        let values: String = values.iter().map(|(id, value)| format!("    {id} = {value};\n")).collect();
        if values.is_empty() { of.to_owned() } else { format!("{{\n    {of} with\n{values}  }}") }
    };
    // What follows from other fields follows from what those are filled in with.
    let settled = with("row", &hooks.settled);
    let body = match hooks.derived.is_empty() {
        true => format!("  {settled};"),
        false => format!("  let made : {module}.{row} = {settled};\n  {};", with("made", &hooks.derived)),
    };
    let fresh = fresh(shape, &settled);
    let before = if settled.contains("before") || !fresh.is_empty() { "before" } else { "_before" };
    Some(format!(
        "/// The row with what the rules fill in, which nobody enters.\nfunc settled{title}({before} : {module}.{row}, row : {module}.{row}) : {module}.{row} {{\n{fresh}{body}\n}};"
    ))
}

/// The line that says whether a row is new, where `body` asks for it.
fn fresh(shape: &Shape<'_>, body: &str) -> String {
    if body.contains("fresh") { format!("  let fresh = {};\n", sight::fresh(shape)) } else { String::new() }
}

fn view_call(model: &Model<'_>, shape: &Shape<'_>, row: &str) -> String {
    match capacity::is_parent(model, shape) || balance::shown_rule(model, shape).is_some() {
        true => format!("{}View({row})", shape.names.one),
        false => format!("{}.view({row})", shape.names.module),
    }
}

/// What is counted over other rows for the view of a row: names with the calls that count, and the view's arguments.
fn counted(model: &Model<'_>, shape: &Shape<'_>) -> (Vec<(&'static str, String)>, String) {
    let taken = capacity::shown_rule(model, shape).map(|rule| format!("{}()", capacity::taken_name(&rule)));
    let owed = balance::shown_rule(model, shape).map(|_| "balances()".to_owned());
    let places = taken.map(|call| (("taken", call), ", Rows.counted(taken, row.id)"));
    let balance = owed.map(|call| (("owed", call), ", Rows.owed(owed, row.id)"));
    let (counts, arguments): (Vec<_>, Vec<_>) = places.into_iter().chain(balance).unzip();
    (counts, arguments.concat())
}

/// For entities with places or balances: the view with what is counted now.
fn parent_view(model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
    let (counts, mut shown) = counted(model, shape);
    if counts.is_empty() {
        return None;
    }
    for (name, call) in counts {
        shown = shown.replace(&format!("({name},"), &format!("({call},"));
    }
    let (module, one, row, view) = (&shape.names.module, &shape.names.one, &shape.names.row, shape.names.view());
    Some(format!("func {one}View(row : {module}.{row}) : {module}.{view} = {module}.view(row{shown});"))
}

/// The rules of an entity that look at more than what was entered.
fn conflict(model: &Model<'_>, shape: &Shape<'_>, hooks: &Hooks) -> Option<String> {
    let mut lines: Vec<String> = shape.shown().iter().filter_map(|field| reference(model, field)).collect();
    lines.extend(model.unique(shape).into_iter().map(|field| unique(shape, field)));
    for rule in model.capacities() {
        if rule.child.entity.id == shape.entity.id {
            lines.push(format!(
                "switch ({}(who, before, after)) {{ case null {{}}; case problem return problem }};",
                capacity::full_name(&rule)
            ));
        }
        if rule.parent.entity.id == shape.entity.id {
            lines.push(capacity::limit_line(&rule));
        }
        lines.extend(capacity::again_line(&rule, shape));
    }
    lines.extend(hooks.change.iter().cloned());
    if lines.is_empty() {
        return None;
    }
    let (module, title, row) = (&shape.names.module, &shape.names.title, &shape.names.row);
    let lines = indent(&lines.join("\n"), 1);
    let fresh = fresh(shape, &lines);
    let who = if lines.contains("who") { "who" } else { "_who" };
    Some(format!(
        "/// Which rule speaks against putting `after` in the place of `before`.\nfunc conflictOf{title}({who} : Platform.Standing, before : {module}.{row}, after : {module}.{row}) : ?Text {{\n{fresh}{lines}\n  null;\n}};"
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
    parts.extend(lines::archived(model, shape));
    if model.answered(shape) {
        parts.push(format!("public composite query func my{title}() : async ?{module}.{view} {{ null }};"));
        parts.push(format!("public func answer{title}(_input : {module}.{input}) : {result}"));
    }
    parts
}
