//! Rules that count, compare and number: at most, once, balance, needs, running numbers, copies, order.

use super::super::names::last_number;
use super::super::shape::{is_text, stored_type};
use super::super::sight;
use super::super::text::motoko;
use super::{Held, Hooks, all, label, refuse};
use crate::spec::{Condition, Field, FieldKind};

/// Nanoseconds of an hour.
const HOUR: u64 = 3_600_000_000_000;

/// Which rows count towards what is allowed at most.
pub(super) struct Counts<'r> {
    /// Those of the last so many hours.
    pub(super) hours: Option<u32>,
    /// Those that this date doesn't put into the past.
    pub(super) until: Option<&'r str>,
    /// Those for which this holds.
    pub(super) only_if: Option<&'r Condition>,
}

impl Held<'_, '_> {
    /// No two rows come to agree in all of these, and in whose they are. Where one says nothing, they do not agree.
    pub(super) fn once(&self, hooks: &mut Hooks, fields: &[String], by_member: bool) -> Option<()> {
        let fields: Vec<&Field> = fields.iter().map(|id| self.field(id)).collect::<Option<_>>()?;
        let said = fields
            .iter()
            .filter(|field| !self.shape.is_title(field))
            .map(|field| format!("after.{} != null", field.id));
        let member = by_member.then(|| "after.member != \"\"".to_owned());
        let changed = fields.iter().map(|field| format!("after.{0} != before.{0}", field.id));
        let changed: Vec<String> = std::iter::once("fresh".to_owned()).chain(changed).collect();
        let same = fields.iter().map(|field| self.same(field));
        let same = by_member.then(|| "row.member == after.member".to_owned()).into_iter().chain(same);
        let alike = all(std::iter::once("row.id != after.id".to_owned()).chain(same));
        let rows = self.rows();
        let tests = std::iter::once(format!("({})", changed.join(" or ")))
            .chain(member)
            .chain(said)
            .chain([format!("Rows.find({rows}, func row = {alike}) != null")]);
        hooks.change.push(refuse(&all(tests), "Words.twice"));
        Some(())
    }

    /// Whether `row` and `after` agree in a field; in words, but for upper and lower case.
    fn same(&self, field: &Field) -> String {
        let id = &field.id;
        match (is_text(&field.kind), self.shape.is_title(field)) {
            (true, true) => format!("Check.same(row.{id}, after.{id})"),
            (true, false) => format!("Check.sameText(row.{id}, after.{id})"),
            _ => format!("row.{id} == after.{id}"),
        }
    }

    /// A person, or a row referred to, comes to have at most so many rows.
    pub(super) fn at_most(&self, hooks: &mut Hooks, per: Option<&String>, most: u32, which: &Counts<'_>) -> Option<()> {
        let per = per.map(|id| self.field(id)).map_or(Some(None), |field| field.map(Some))?;
        let (part, whose) = match per {
            Some(field) => (field.id.clone(), format!("row.{} != null", field.id)),
            // Rows that are nobody's are not one person's.
            None => ("member".to_owned(), "row.member != \"\"".to_owned()),
        };
        let until = which.until.map(|id| self.field(id)).map_or(Some(None), |field| field.map(Some))?;
        // A day is over with its end, a time with its beginning.
        let over = until.map(|field| {
            let ahead = if field.kind == FieldKind::Date { "(-1_440)" } else { "0" };
            format!("not Clock.late(row.{}, {ahead}, Rows.now())", field.id)
        });
        let recent =
            which.hours.map(|hours| format!("row.createdAt > Rows.now() - {}", grouped(u64::from(hours) * HOUR)));
        let (counts, row, rows) = (self.function("counts"), self.row(), self.rows());
        let tests = all([Some(whose), self.holds_if(which.only_if, "row"), recent, over].into_iter().flatten());
        hooks.functions.push(format!(
            "/// Whether a row counts towards what is allowed at most.\nfunc {counts}(row : {row}) : Bool = {tests};"
        ));
        let comes = format!("{counts}(after) and (fresh or after.{part} != before.{part} or not {counts}(before))");
        let others = format!(
            "Rows.count({rows}, func row = row.id != after.id and row.{part} == after.{part} and {counts}(row))"
        );
        let sentence = format!("Words.atMost({}, {})", motoko(&self.shape.entity.plural), motoko(&most.to_string()));
        hooks.change.push(refuse(&format!("{comes} and {others} >= {most}"), &sentence));
        Some(())
    }

    /// What rows add to a parent and take from it never falls below zero, or further below.
    pub(super) fn balance(&self, hooks: &mut Hooks, field: &str, amount: &str, takes: &Condition) -> Option<()> {
        let (field, amount) = (self.field(field)?, self.field(amount)?);
        let takes = self.holds(takes, "row")?;
        let (moves, row, rows, id, amount) = (self.function("moves"), self.row(), self.rows(), &field.id, &amount.id);
        let short = self.function("short");
        hooks.functions.push(format!(
            "\
/// By how much a row moves the balance of `id`.
func {moves}(row : {row}, id : Nat) : Int {{
  if (row.{id} != ?id) return 0;
  let ?amount = row.{amount} else return 0;
  if {takes} -amount else amount;
}};

/// Whether there would be less than nothing at `id`, and less than before, if its moves changed by `more`.
func {short}(id : ?Nat, more : Nat -> Int) : Bool {{
  let ?known = id else return false;
  let change = more(known);
  change < 0 and Rows.sum({rows}, func row = {moves}(row, known)) + change < 0;
}};"
        ));
        let change = |of: &str| format!("{short}({of}.{id}, func id = {moves}(after, id) - {moves}(before, id))");
        hooks.change.push(refuse(&format!("{} or {}", change("before"), change("after")), "Words.belowZero"));
        hooks.removal.push(refuse(&format!("{short}(row.{id}, func id = -{moves}(row, id))"), "Words.belowZero"));
        Some(())
    }

    /// A row is made, or comes to refer to another one, only while that one is ready, and the caller's where it must be.
    pub(super) fn needs(&self, hooks: &mut Hooks, field: &str, condition: Option<&Condition>, own: bool) -> Option<()> {
        let field = self.field(field)?;
        let other = self.model.target(field)?;
        let (id, title, others) = (&field.id, label(field), &other.names.rows);
        hooks.change.push(refuse(&format!("fresh and after.{id} == null"), &format!("Words.missing({title})")));
        let comes = format!("(fresh or after.{id} != before.{id} and after.{id} != null)");
        if own {
            let theirs = sight::owns_at(self.model, other, &format!("after.{id}"));
            hooks.change.push(refuse(&format!("{comes} and not {theirs}"), &format!("Words.notYours({title})")));
        }
        if let Some(holds) = condition.and_then(|condition| other.holds(condition, "row")) {
            let ready = format!("(switch (Rows.at({others}, after.{id})) {{ case (?row) {holds}; case null false }})");
            hooks.change.push(refuse(&format!("{comes} and not {ready}"), &format!("Words.notReady({title})")));
        }
        Some(())
    }

    /// New rows are numbered without gaps; `variables` has the number that the last one got.
    pub(super) fn running(&self, hooks: &mut Hooks, field: &str) -> Option<()> {
        let id = &self.field(field)?.id;
        let last = last_number(&self.shape.names, id);
        hooks.settled.push((id.clone(), format!("if fresh ?({last} + 1) else row.{id}")));
        hooks.kept.push(format!("{last} += 1;"));
        Some(())
    }

    /// A field has the value that another row has when it is referred to; it changes only with the reference.
    pub(super) fn copied(&self, hooks: &mut Hooks, field: &str, via: &str, from: &str) -> Option<()> {
        let (field, via) = (self.field(field)?, self.field(via)?);
        let other = self.model.target(via)?;
        let source = other.field(from)?;
        if stored_type(&field.kind) != stored_type(&source.kind) {
            return None;
        }
        let (id, via, others) = (&field.id, &via.id, &other.names.rows);
        let (value, none) = match (self.shape.is_title(field), other.is_title(source)) {
            (false, true) => (format!("?other.{from}"), "null"),
            (false, false) => (format!("other.{from}"), "null"),
            (true, true) => (format!("other.{from}"), "\"\""),
            (true, false) => (format!("(switch (other.{from}) {{ case (?text) text; case null \"\" }})"), "\"\""),
        };
        let copy = format!("switch (Rows.at({others}, row.{via})) {{ case (?other) {value}; case null {none} }}");
        hooks.settled.push((id.clone(), format!("if (row.{via} == before.{via}) row.{id} else {copy}")));
        Some(())
    }

    /// A field is what each comes to, times how many there are; where one says nothing, it says nothing.
    pub(super) fn times(&self, hooks: &mut Hooks, field: &str, each: &str, count: &str) -> Option<()> {
        let (field, each, count) = (self.field(field)?, self.field(each)?, self.field(count)?);
        if [field, each, count].into_iter().any(|field| stored_type(&field.kind) != "Int") {
            return None;
        }
        let one = if matches!(count.kind, FieldKind::Quantity { .. }) { 1_000 } else { 1 };
        hooks.derived.push((field.id.clone(), format!("Rows.times(made.{}, made.{}, {one})", each.id, count.id)));
        Some(())
    }

    /// Once a row is kept, what it refers to lasts at least as long as it says.
    pub(super) fn extends(&self, hooks: &mut Hooks, field: &str, from: &str, to: &str) -> Option<()> {
        let (field, from) = (self.field(field)?, self.field(from)?);
        let other = self.model.target(field)?;
        let to = other.field(to).filter(|to| stored_type(&to.kind) == stored_type(&from.kind))?;
        let (extend, row, others) = (self.function("extend"), self.row(), &other.names.rows);
        let (id, from, to) = (&field.id, &from.id, &to.id);
        hooks.functions.push(format!(
            "\
/// Moves `{to}` of what a new row refers to forward, never back.
func {extend}(row : {row}) {{
  let ?extended = Rows.at({others}, row.{id}) else return;
  let later = switch (extended.{to}, row.{from}) {{
    case (?known, ?given) known < given;
    case (null, ?_) true;
    case _ false;
  }};
  if later {others}.add(extended.id, {{ extended with {to} = row.{from}; updatedAt = row.updatedAt }});
}};"
        ));
        hooks.kept.push(format!("{extend}(row);"));
        Some(())
    }

    /// One value never comes to lie after another of the same row.
    pub(super) fn ordered(&self, hooks: &mut Hooks, first: &str, then: &str) -> Option<()> {
        let (first, then) = (self.field(first)?, self.field(then)?);
        let (a, b) = (&first.id, &then.id);
        let changed = format!("(after.{a} != before.{a} or after.{b} != before.{b})");
        let swapped = format!("(switch (after.{a}, after.{b}) {{ case (?first, ?last) last < first; case _ false }})");
        let sentence = format!("Words.unordered({}, {})", label(first), label(then));
        hooks.change.push(refuse(&format!("{changed} and {swapped}"), &sentence));
        Some(())
    }
}

/// A number with marks between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let head = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    groups.extend((head > 0).then(|| &digits[..head]));
    groups.extend((head..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    groups.join("_")
}
