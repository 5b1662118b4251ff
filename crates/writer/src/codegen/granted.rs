//! What is shared with people by rows that name them: an album, its pictures and their comments.
//!
//! Invariant: without a row that shares it and still holds, nothing is seen but by whose it is and who reaches all
//! rows. Who may share something is who may change it, and what belongs to something is put only where it is seen.

use super::shape::{Model, Shape};
use super::sight;
use super::text::{motoko, script};
use crate::spec::{Condition, Field, Rule};

/// A rule that shares rows, with all that it needs.
pub(super) struct Granted<'m> {
    shares: &'m Shape<'m>,
    of: &'m Field,
    to: &'m Field,
    people: &'m Shape<'m>,
    until: Option<&'m Field>,
    only_if: Option<&'m Condition>,
    root: &'m Shape<'m>,
    along: Vec<(&'m Shape<'m>, &'m Field)>,
}

/// The rules of this kind. One of which a part is archived shares nothing.
fn all<'m>(model: &'m Model<'m>) -> impl Iterator<Item = Granted<'m>> {
    model.spec.rules.iter().filter_map(|rule| granted(model, rule))
}

fn granted<'m>(model: &'m Model<'m>, rule: &'m Rule) -> Option<Granted<'m>> {
    let Rule::Granted { entity, of, to, until, only_if, along } = rule else { return None };
    let shares = model.shape(entity)?;
    let (of, to) = (shares.field(of)?, shares.field(to)?);
    let until = until.as_ref().map(|until| shares.field(until)).map_or(Some(None), |field| field.map(Some))?;
    let only_if = only_if.as_ref();
    if only_if.is_some_and(|condition| shares.holds(condition, "row").is_none()) {
        return None;
    }
    let rows = |id: &str, field: &str| model.shape(id).and_then(|shape| Some((shape, shape.field(field)?)));
    let along = along.iter().filter_map(|one| rows(&one.entity, &one.field)).collect();
    Some(Granted { shares, of, to, people: model.target(to)?, until, only_if, root: model.target(of)?, along })
}

/// The rule that shares rows of `shape`, or shares them along.
pub(super) fn of<'m>(model: &'m Model<'m>, shape: &Shape<'_>) -> Option<Granted<'m>> {
    let concerns = |rule: &Granted<'_>| rule.is_root(shape) || rule.parent(shape).is_some();
    all(model).find(concerns)
}

impl Granted<'_> {
    fn is_root(&self, shape: &Shape<'_>) -> bool {
        self.root.entity.id == shape.entity.id
    }

    /// The reference by which rows of `shape` belong to something that is shared.
    fn parent(&self, shape: &Shape<'_>) -> Option<&Field> {
        self.along.iter().find(|(other, _)| other.entity.id == shape.entity.id).map(|(_, field)| *field)
    }

    /// The call that gives the ids of what was shared with the caller.
    pub(super) fn call(&self) -> String {
        format!("given{}(who)", self.root.names.module)
    }

    /// The functions that tell who reads rows of `shape`.
    pub(super) fn functions(&self, model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
        let shares = self.is_root(shape).then(|| self.ids(model));
        shares.into_iter().chain(self.reading(model, shape)).collect()
    }

    fn ids(&self, model: &Model<'_>) -> String {
        let theirs = sight::owns_at(model, self.people, &format!("row.{}", self.to.id));
        let day = self.until.map(|until| format!("not Clock.over(row.{}, now)", until.id));
        let state = self.only_if.and_then(|condition| self.shares.holds(condition, "row"));
        let tests: Vec<String> =
            day.iter().cloned().chain(state.map(|test| format!("({test})"))).chain([theirs]).collect();
        let now = if day.is_some() { "  let now = Rows.now();\n" } else { "" };
        let (rows, plural) = (&self.shares.names.rows, &self.root.names.module);
        format!(
            "\
/// The ids of what was shared with the caller, and still is.
func given{plural}(who : Platform.Standing) : Map.Map<Nat, ()> {{
{now}  Rows.given<{module}.{row}>({rows}, func row = if ({test}) row.{of} else null);
}};",
            module = self.shares.names.module,
            row = self.shares.names.row,
            test = tests.join(" and "),
            of = self.of.id,
        )
    }

    fn reading(&self, model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
        let shared = match self.parent(shape) {
            None => "Rows.isGiven(given, row.id)".to_owned(),
            Some(field) => {
                let other = model.target(field)?;
                let (rows, title) = (&other.names.rows, &other.names.title);
                format!(
                    "(switch (Rows.at({rows}, row.{})) {{ case (?other) reads{title}(who, given, other); case null false }})",
                    field.id
                )
            }
        };
        let reached = sight::reaches(model, shape, "scope", "row");
        let (title, module, row) = (&shape.names.title, &shape.names.module, &shape.names.row);
        Some(format!(
            "\
/// Whether the caller reads a row, by themselves or because it was shared with them.
func reads{title}(who : Platform.Standing, given : Map.Map<Nat, ()>, row : {module}.{row}) : Bool {{
  let scope = Access.{rows}(who.role).read;
  {reached} or scope != #none and {shared};
}};",
            rows = shape.names.rows
        ))
    }

    /// What speaks against putting a row of `shape` where its maker sees nothing.
    fn placing(&self, model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
        let field = self.parent(shape)?;
        let other = model.target(field)?;
        let (id, rows, title) = (&field.id, &other.names.rows, &other.names.title);
        let seen = format!(
            "(switch (Rows.at({rows}, after.{id})) {{ case (?other) reads{title}(who, {}, other); case null true }})",
            self.call()
        );
        let moved = format!("(fresh or after.{id} != before.{id})");
        Some(format!("if ({moved} and not {seen}) return ?Words.noSuch({});", motoko(&field.label)))
    }

    /// What speaks against sharing what is not one's own to change.
    fn sharing(&self, model: &Model<'_>) -> String {
        let (id, rows) = (&self.of.id, &self.root.names.rows);
        let reached = sight::reaches(model, self.root, &format!("Access.{rows}(who.role).update"), "other");
        let theirs = format!("(switch (Rows.at({rows}, after.{id})) {{ case (?other) {reached}; case null false }})");
        let moved = format!("(fresh or after.{id} != before.{id})");
        format!("if ({moved} and not {theirs}) return ?Words.notYours({});", motoko(&self.of.label))
    }

    /// What pages are told of it: which rows say with whom a row of `shape` is shared, and by which references it
    /// leads to what they share.
    fn told(&self, model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
        let (mut via, mut at) = (Vec::new(), shape);
        while let Some(field) = self.parent(at) {
            via.push(script(&field.id));
            at = model.target(field)?;
        }
        let parts = [script(&self.shares.entity.id), script(&self.of.id)];
        Some(format!("shared: {{ by: {}, field: {}, via: [{}] }},", parts[0], parts[1], via.join(", ")))
    }
}

/// What speaks, because of these rules, against putting `after` in the place of `before`.
pub(super) fn refusals(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let line = |rule: Granted<'_>| {
        let sharing = (rule.shares.entity.id == shape.entity.id).then(|| rule.sharing(model));
        [sharing, rule.placing(model, shape)].into_iter().flatten().collect::<Vec<_>>()
    };
    all(model).flat_map(line).collect()
}

/// What an entity's description says of it.
pub(super) fn description(model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
    of(model, shape)?.told(model, shape)
}
