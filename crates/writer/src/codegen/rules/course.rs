//! Rules about the course of things: steps, approvals, what is settled, hand-overs.

use super::super::sight;
use super::super::text::motoko;
use super::{Held, Hooks, all, label, refuse};
use crate::spec::{Condition, Field, FieldKind, Step};

impl Held<'_, '_> {
    /// A choice begins at `start` and goes on by steps only. Rows from before the rule, without a value, stand at the
    /// start too.
    pub(super) fn steps(&self, hooks: &mut Hooks, field: &str, start: &str, steps: &[Step]) -> Option<()> {
        let field = self.field(field)?;
        let (id, row, start) = (&field.id, self.row(), motoko(start));
        let (course, cases) = (self.function("course"), self.cases(field, steps));
        let who = if cases.contains("who") { "who" } else { "_who" };
        let (names, title) = (self.option_names(hooks, field), label(field));
        hooks.functions.push(format!(
            "\
/// What speaks against the step of `{id}` from `before` to `after`.
func {course}({who} : Platform.Standing, before : {row}, after : {row}) : ?Text {{
  let from = switch (before.{id}) {{ case (?value) value; case null {start} }};
  let ?to = after.{id} else return ?Words.missing({title});
  let (known, may) = switch (from, to) {{
{cases}    case _ (from == to, true);
  }};
  if (not known) return ?Words.noStep({title}, {names}(from), {names}(to));
  if may null else ?Words.notYourStep({title}, {names}(to));
}};"
        ));
        hooks.change.push(format!(
            "if (after.{id} != before.{id}) {{ switch ({course}(who, before, after)) {{ case null {{}}; case problem return problem }} }};"
        ));
        hooks.settled.push((id.clone(), format!("if fresh ?{start} else row.{id}")));
        Some(())
    }

    /// One case for each pair of options: whether that step is known, and whether the caller may take it.
    fn cases(&self, field: &Field, steps: &[Step]) -> String {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for step in steps {
            if !pairs.contains(&(&step.from, &step.to)) {
                pairs.push((&step.from, &step.to));
            }
        }
        let case = |(from, to): (&str, &str)| {
            let ways = steps.iter().filter(|step| step.from == from && step.to == to);
            let tests: Vec<String> = ways.map(|step| self.may(field, step)).collect();
            let test = if tests.iter().any(|test| test == "true") { "true".into() } else { tests.join(" or ") };
            format!("    case ({}, {}) (true, {test});\n", motoko(from), motoko(to))
        };
        pairs.into_iter().map(case).collect()
    }

    /// Whether the caller may take a step. Whoever is named by a reference is whom it named before; where it named
    /// nobody, whom it names now: so somebody can take on what is free, and nobody what is another's.
    /// A step that names nobody is for whoever may change that field of the row.
    fn may(&self, field: &Field, step: &Step) -> String {
        if step.by.is_empty() {
            let all = format!("Access.{}(who.role).update == #all", self.rows());
            return if field.by_member { "true".into() } else { all };
        }
        let reference = |id: &str| format!("Rows.either(before.{id}, after.{id})");
        sight::is_one_of(self.model, self.shape, &step.by, "before", reference)
    }

    /// The function that gives the labels of a choice's options; its name.
    fn option_names(&self, hooks: &mut Hooks, field: &Field) -> String {
        let name = format!("{}Label", self.function(&format!("{}Of", field.id)));
        let options = match &field.kind {
            FieldKind::Choice { options } => options.as_slice(),
            _ => &[],
        };
        let case = |id: &str, label: &str| format!("    case {} {};\n", motoko(id), motoko(label));
        let cases: String = options.iter().map(|option| case(&option.id, &option.label)).collect();
        hooks.functions.push(format!(
            "/// What an option of `{}` is called.\nfunc {name}(option : Text) : Text {{\n  switch option {{\n{cases}    case _ option;\n  }};\n}};",
            field.id
        ));
        name
    }

    /// A choice comes to `to` only when enough people have approved by rows of their own.
    pub(super) fn quorum(
        &self,
        hooks: &mut Hooks,
        field: &str,
        to: &str,
        votes: &str,
        by: &str,
        least: u32,
    ) -> Option<()> {
        let field = self.field(field)?;
        let ballots = self.model.shape(votes)?;
        let by = &ballots.field(by)?.id;
        let (id, rows, option) = (&field.id, &ballots.names.rows, motoko(to));
        let name = match &field.kind {
            FieldKind::Choice { options } => {
                options.iter().find(|option| option.id == to).map(|option| motoko(&option.label))
            }
            _ => None,
        };
        let reached = format!("after.{id} == ?{option} and before.{id} != ?{option}");
        let few = format!("{reached} and Rows.people({rows}, func row = row.{by} == ?after.id) < {least}");
        let sentence = format!("Words.approvals({}, {})", name?, motoko(&least.to_string()));
        hooks.change.push(refuse(&few, &sentence));
        Some(())
    }

    /// What is settled changes no more, but for some fields, and stays.
    pub(super) fn fixed(&self, hooks: &mut Hooks, only_if: Option<&Condition>, except: &[String]) -> Option<()> {
        let holds = |row: &str| self.holds_if(only_if, row);
        if only_if.is_some() && holds("row").is_none() {
            // Where it can't be told any more what is settled, not everything is.
            return None;
        }
        let held = |field: &&&Field| !except.contains(&field.id);
        let changes: Vec<String> =
            self.shape.shown().iter().filter(held).map(|field| format!("after.{0} != before.{0}", field.id)).collect();
        if !changes.is_empty() {
            let tests = ["not fresh".to_owned()].into_iter().chain(holds("before"));
            hooks.change.push(refuse(&format!("{} and ({})", all(tests), changes.join(" or ")), "Words.fixed"));
        }
        hooks.removal.push(refuse(&all(holds("row")), "Words.fixed"));
        Some(())
    }

    /// What belongs to something settled is neither added, changed, deleted nor moved there.
    pub(super) fn fixed_by(&self, hooks: &mut Hooks, only_if: &Condition, via: &str) -> Option<()> {
        let via = self.field(via)?;
        let other = self.model.target(via)?;
        let (id, test, others) = (&via.id, other.holds(only_if, "told")?, &other.names.rows);
        let settled =
            |row: &str| format!("(switch (Rows.at({others}, {row}.{id})) {{ case (?told) {test}; case null false }})");
        hooks
            .change
            .push(refuse(&format!("{} or not fresh and {}", settled("after"), settled("before")), "Words.fixed"));
        hooks.removal.push(refuse(&settled("row"), "Words.fixed"));
        Some(())
    }

    /// Who adds a hand-over is whom the last one named, at first whose the thing is. What was handed over stays.
    pub(super) fn baton(&self, hooks: &mut Hooks, field: &str, to: &str) -> Option<()> {
        let (field, to) = (self.field(field)?, self.field(to)?);
        let (thing, person) = (self.model.target(field)?, self.model.target(to)?);
        let (id, to_id, rows, row) = (&field.id, &to.id, self.rows(), self.row());
        let (last, holds) = (self.function("last"), self.function("holds"));
        let named = sight::owns_at(self.model, person, &format!("last.{to_id}"));
        let first = sight::owns_at(self.model, thing, &format!("handed.{id}"));
        hooks.functions.push(format!(
            "\
/// The last hand-over of what a row hands over.
func {last}(handed : {row}) : ?{row} = Rows.last({rows}, func row = row.{id} == handed.{id});

/// Whether `who` has now what a new row hands over.
func {holds}(who : Platform.Standing, handed : {row}) : Bool {{
  switch ({last}(handed)) {{ case (?last) {named}; case null {first} }};
}};"
        ));
        for field in [field, to] {
            let missing = format!("fresh and after.{} == null", field.id);
            hooks.change.push(refuse(&missing, &format!("Words.missing({})", label(field))));
            let rewritten = format!("not fresh and before.{0} != null and after.{0} != before.{0}", field.id);
            hooks.change.push(refuse(&rewritten, "Words.handed"));
        }
        hooks
            .change
            .push(refuse(&format!("(fresh or after.{id} != before.{id}) and not {holds}(who, after)"), "Words.baton"));
        let earlier = format!("(switch ({last}(row)) {{ case (?last) last.id != row.id; case null false }})");
        hooks.removal.push(refuse(&format!("row.{id} != null and {earlier}"), "Words.handed"));
        Some(())
    }
}
