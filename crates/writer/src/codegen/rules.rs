//! Rules as Motoko: what each adds to the functions of the actor that let a change or a deletion pass.
//!
//! Invariant: every rule is held wherever its rows, or the rows it looks at, are changed; and each refuses only what
//! makes things worse than they were, so that data from before the rule stands and can be put right.
//!
//! What it costs: a rule looks at every row of one table at most, and only where a change touches it. The dearest, an
//! overlap, was measured at 20,000 instructions a row, and at 55,000 where a longer service may push bookings together;
//! with the most rows that a table may have that is 2 and 5.5 of the 40 thousand million that a call may take. So no
//! index is kept that every upgrade would have to rebuild.

mod counts;
mod course;
mod days;
mod time;

use std::collections::BTreeSet;

use super::granted;
use super::names::last_number;
use super::shape::{Model, Shape};
use super::text::motoko;
use crate::spec::{Condition, Field, Rule};
use counts::Counts;
use time::Absence;

/// What the rules add to an entity's part of the actor.
#[derive(Default)]
pub(super) struct Hooks {
    /// Functions.
    pub(super) functions: Vec<String>,
    /// What speaks against putting `after` in the place of `before`, for `who`; `fresh` tells that it is a new row.
    pub(super) change: Vec<String>,
    /// What speaks against deleting `row`.
    pub(super) removal: Vec<String>,
    /// What keeps those who reach only their own rows from changing or deleting `row`.
    pub(super) notice: Vec<String>,
    /// What a rule fills in: the field, and its value for `row`, made from `before`.
    pub(super) settled: Vec<(String, String)>,
    /// What then follows from other fields of the row, `made`.
    pub(super) derived: Vec<(String, String)>,
    /// What is done once a new row is kept.
    pub(super) kept: Vec<String>,
}

/// One rule in its place.
struct Held<'m, 'a> {
    model: &'m Model<'a>,
    /// The entity whose rows it holds.
    shape: &'m Shape<'a>,
    /// Tells functions of two rules of one kind apart: empty, `2`, `3`.
    number: String,
}

/// What the rules add to the part of `shape`; of what a rule needs nothing may be archived.
pub(super) fn hooks(model: &Model<'_>, shape: &Shape<'_>) -> Hooks {
    let mut hooks = Hooks::default();
    for (index, rule) in model.spec.rules.iter().enumerate() {
        let alike = |other: &&Rule| {
            other.entity() == rule.entity() && std::mem::discriminant(*other) == std::mem::discriminant(rule)
        };
        let number = match model.spec.rules[..index].iter().filter(alike).count() {
            0 => String::new(),
            earlier => (earlier + 1).to_string(),
        };
        let Some(holder) = model.shape(rule.entity()) else { continue };
        let held = Held { model, shape: holder, number };
        if holder.entity.id == shape.entity.id {
            held.add(rule, &mut hooks);
        }
        if let Some(field) = rule.extended(model.spec, &shape.entity.id).and_then(|id| shape.field(id)) {
            hooks.settled.push((field.id.clone(), format!("before.{}", field.id)));
        }
        if let Rule::NoOverlap { span, per, only_if, .. } = rule {
            hooks.change.extend(held.pushed(shape, span, per, only_if.as_ref()));
        }
        held.rebooked(shape, rule, &mut hooks);
    }
    hooks.change.extend(granted::refusals(model, shape));
    // Of two rules that fill in one field, the first does.
    let mut filled = BTreeSet::new();
    hooks.settled.retain(|(field, _)| filled.insert(field.clone()));
    hooks.derived.retain(|(field, _)| filled.insert(field.clone()));
    hooks.kept.dedup();
    hooks
}

/// The stable variables of the rules, with what they begin with. They stay while what they count is archived.
pub(super) fn variables(model: &Model<'_>) -> Vec<(String, String)> {
    let number = |rule: &Rule| match rule {
        Rule::Number { entity, field } => {
            let shape = model.shapes.iter().find(|shape| shape.entity.id == *entity)?;
            let id = &shape.entity.field(field)?.id;
            let first = format!("Rows.largest({}, func row = row.{id})", shape.names.rows);
            Some((last_number(&shape.names, id), first))
        }
        _ => None,
    };
    let mut found: Vec<(String, String)> = model.spec.rules.iter().filter_map(number).collect();
    found.dedup();
    found
}

impl Held<'_, '_> {
    fn add(&self, rule: &Rule, hooks: &mut Hooks) -> Option<()> {
        match rule {
            // These have homes of their own: `Model::unique`, `Model::one_per_member`, the modules `capacity`, `balance`,
            // `granted` and `lines`.
            Rule::OnePerMember { .. }
            | Rule::Capacity { .. }
            | Rule::Unique { .. }
            | Rule::Granted { .. }
            | Rule::Shared { .. }
            | Rule::Lines { .. } => Some(()),
            Rule::Once { fields, by_member, .. } => self.once(hooks, fields, *by_member),
            Rule::NoOverlap { span, per, only_if, .. } => self.no_overlap(hooks, span, per, only_if.as_ref()),
            Rule::Within { span, field, opens, closes, .. } => self.within(hooks, span, field, opens, closes),
            Rule::Open { span, week, closed, .. } => self.open(hooks, span, week, closed),
            Rule::Notice { field, hours, .. } => self.notice(hooks, field, *hours),
            Rule::Steps { field, start, steps, .. } => self.steps(hooks, field, start, steps),
            Rule::Fixed { only_if: Some(only_if), via: Some(via), .. } => self.fixed_by(hooks, only_if, via),
            Rule::Fixed { only_if, except, .. } => self.fixed(hooks, only_if.as_ref(), except),
            Rule::Balance { field, amount, takes, .. } => self.balance(hooks, field, amount, takes),
            Rule::AtMost { per, most, hours, until, only_if, .. } => {
                let counts = Counts { hours: *hours, until: until.as_deref(), only_if: only_if.as_ref() };
                self.at_most(hooks, per.as_ref(), *most, &counts)
            }
            Rule::Needs { field, condition, own, .. } => self.needs(hooks, field, condition.as_ref(), *own),
            Rule::Baton { field, to, .. } => self.baton(hooks, field, to),
            Rule::Number { field, .. } => self.running(hooks, field),
            Rule::Copied { field, via, from, .. } => self.copied(hooks, field, via, from),
            Rule::Times { field, each, count, .. } => self.times(hooks, field, each, count),
            Rule::Quorum { field, to, votes, by, least, .. } => self.quorum(hooks, field, to, votes, by, *least),
            Rule::Extends { field, from, to, .. } => self.extends(hooks, field, from, to),
            Rule::Away { span, field, absence, of, first, last, .. } => {
                self.away(hooks, span, field, absence, &Absence { of, first, last })
            }
            Rule::Daily { .. } => self.daily(hooks, rule),
            Rule::Lead { day, days, until, .. } => self.lead(hooks, day, *days, until.as_deref()),
            Rule::Ordered { first, then, .. } => self.ordered(hooks, first, then),
        }
    }

    /// `verbBooking2`.
    fn function(&self, verb: &str) -> String {
        format!("{verb}{}{}", self.shape.names.title, self.number)
    }

    /// The type of a stored row.
    fn row(&self) -> String {
        format!("{}.{}", self.shape.names.module, self.shape.names.row)
    }

    /// The table.
    fn rows(&self) -> &str {
        &self.shape.names.rows
    }

    fn field(&self, id: &str) -> Option<&Field> {
        self.shape.field(id)
    }

    /// Whether a condition holds for `row`, ready to be joined with `and`; the rule is let go where it can't be told.
    fn holds(&self, condition: &Condition, row: &str) -> Option<String> {
        self.shape.holds(condition, row).map(|test| format!("({test})"))
    }

    /// The same for a condition that may be absent, and then always holds; so it does where its field was archived.
    fn holds_if(&self, condition: Option<&Condition>, row: &str) -> Option<String> {
        self.holds(condition?, row)
    }
}

/// A line of a function that answers with a sentence: `problem` if `test` holds.
fn refuse(test: &str, sentence: &str) -> String {
    format!("if ({test}) return ?{sentence};")
}

/// The label as a literal.
fn label(field: &Field) -> String {
    motoko(&field.label)
}

/// Tests joined by `and`; `true` if there are none.
fn all(tests: impl IntoIterator<Item = String>) -> String {
    let tests: Vec<String> = tests.into_iter().collect();
    if tests.is_empty() { "true".into() } else { tests.join(" and ") }
}
