//! Rules of days for which something is ordered: how much a day takes, and how long before it ends.

use super::super::migration::decimals;
use super::super::shape::Shape;
use super::super::text::motoko;
use super::{Held, Hooks, label, refuse};
use crate::spec::{Condition, Field, FieldKind, Rule};

/// A limit of each day whose parts are all there.
struct Daily<'m> {
    /// What has the day, and the reference to it, where that is another row.
    told: &'m Shape<'m>,
    via: Option<&'m Field>,
    day: &'m Field,
    weight: Option<&'m Field>,
    only_if: Option<&'m Condition>,
    limit: Limit<'m>,
}

enum Limit<'m> {
    /// Of all together.
    All(u32),
    /// Of each thing: the reference to it, what it is, and its limit.
    Each(&'m Field, &'m Shape<'m>, &'m Field),
}

impl Daily<'_> {
    /// The day for which a row of what has it counts, if it does.
    fn counted(&self, row: &str) -> String {
        match self.only_if.and_then(|condition| self.told.holds(condition, row)) {
            Some(test) => format!("if ({test}) {row}.{} else null", self.day.id),
            None => format!("{row}.{}", self.day.id),
        }
    }

    /// How many a row takes; where it doesn't say, one whole, and of what is measured nothing.
    fn takes(&self, row: &str) -> String {
        let missing = |field: &Field| u8::from(matches!(field.kind, FieldKind::Integer { .. }));
        self.weight.map_or("1".into(), |field| format!("Rows.places({row}.{}, {})", field.id, missing(field)))
    }

    fn decimals(&self) -> u32 {
        self.weight.map_or(0, |field| decimals(&field.kind))
    }

    /// How much, as people read it.
    fn read(&self, number: &str) -> String {
        match self.decimals() {
            0 => format!("Check.digits({number})"),
            decimals => format!("Check.decimal({number}, {decimals})"),
        }
    }

    /// The lines that find the limit of what `row` names, the argument that tells it apart, and what it is called.
    fn limit(&self, row: &str) -> (String, String, String) {
        match &self.limit {
            Limit::All(most) => {
                let scale = 10_u64.pow(self.decimals());
                (format!("  let most = {};\n", u64::from(*most) * scale), String::new(), "date".into())
            }
            Limit::Each(of, thing, limit) => {
                let (rows, of) = (&thing.names.rows, &of.id);
                let found = format!(
                    "  let ?thing = Rows.at({rows}, {row}.{of}) else return null;\n  let ?most = thing.{} else return null;\n",
                    limit.id
                );
                (found, format!(", {row}.{of}"), format!("{}.title(thing) # \", \" # date", thing.names.module))
            }
        }
    }

    /// The refusal. What is left is said where everybody who orders sees what it is made of.
    fn refusal(&self, name: &str) -> String {
        let day = label(self.day);
        let hidden = |field: &Field| !field.seen_by.is_empty();
        let secret = match &self.limit {
            Limit::All(_) => false,
            Limit::Each(_, thing, limit) => hidden(limit) || thing.title().is_some_and(hidden),
        };
        match secret {
            true => format!("?Words.noRoom({day})"),
            false => {
                let (most, left) = (self.read("most"), self.read("if (left > 0) left else 0"));
                format!("?Words.tooFewLeft({name}, {day}, {most}, {left})")
            }
        }
    }
}

impl Held<'_, '_> {
    fn day_limit<'s>(&'s self, rule: &'s Rule) -> Option<Daily<'s>> {
        let Rule::Daily { day, most, each, weight, only_if, via, .. } = rule else { return None };
        let via = match via {
            Some(via) => Some(self.field(via)?),
            None => None,
        };
        let told = via.map_or(Some(self.shape), |via| self.model.target(via))?;
        let weight = match weight {
            Some(weight) => Some(self.field(weight)?),
            None => None,
        };
        let limit = match (most, each) {
            (_, Some(each)) => {
                let of = self.field(&each.field)?;
                let thing = self.model.target(of)?;
                Limit::Each(of, thing, thing.field(&each.limit)?)
            }
            (most, None) => Limit::All((*most)?),
        };
        Some(Daily { told, via, day: told.field(day)?, weight, only_if: only_if.as_ref(), limit })
    }

    /// No day comes to take more than it may.
    pub(super) fn daily(&self, hooks: &mut Hooks, rule: &Rule) -> Option<()> {
        let daily = self.day_limit(rule)?;
        let (due, booked, crowded) = (self.function("due"), self.function("booked"), self.function("crowded"));
        let (row, rows) = (self.row(), self.rows());
        let body = match daily.via {
            Some(via) => format!(
                "switch (Rows.at({}, row.{})) {{ case (?told) {{ {} }}; case null null }}",
                daily.told.names.rows,
                via.id,
                daily.counted("told")
            ),
            None => daily.counted("row"),
        };
        let (parameter, other, same) = match &daily.limit {
            Limit::All(_) => (String::new(), String::new(), String::new()),
            Limit::Each(of, ..) => (
                ", of : ?Nat".to_owned(),
                format!("row.{} != of or ", of.id),
                format!(" and before.{0} == after.{0}", of.id),
            ),
        };
        let (limit, of, name) = daily.limit("after");
        hooks.functions.push(format!(
            "\
/// The day for which a row counts, if it does.
func {due}(row : {row}) : ?Text {{ {body} }};

/// What rows take of a day, but for the row `but`.
func {booked}(day : ?Text{parameter}, but : ?Nat) : Int {{
  Rows.sum<{row}>({rows}, func row = if ({other}?row.id == but or {due}(row) != day) 0 else {takes});
}};

/// What to say when `after` takes more of its day than `before` did and than is left.
func {crowded}(before : {row}, after : {row}) : ?Text {{
  let day = {due}(after);
  let ?date = day else return null;
{limit}  let had : Int = if ({due}(before) == day{same}) {had} else 0;
  let needs : Int = {needs};
  let left : Int = most - {booked}(day{of}, ?after.id);
  if (needs <= had or needs <= left) return null;
  {refusal};
}};",
            takes = daily.takes("row"),
            had = daily.takes("before"),
            needs = daily.takes("after"),
            refusal = daily.refusal(&name),
        ));
        hooks
            .change
            .push(format!("switch ({crowded}(before, after)) {{ case null {{}}; case problem return problem }};"));
        Some(())
    }

    /// Where `head` has the day of other rows: they go with it to another day only where there is room for them.
    pub(super) fn rebooked(&self, head: &Shape<'_>, rule: &Rule, hooks: &mut Hooks) -> Option<()> {
        let daily = self.day_limit(rule)?;
        let via = daily.via.filter(|_| daily.told.entity.id == head.entity.id)?;
        let (moved, booked) = (self.function("rebooked"), self.function("booked"));
        let (row, rows, via) = (format!("{}.{}", head.names.module, head.names.row), self.rows(), &via.id);
        let same = match &daily.limit {
            Limit::All(_) => String::new(),
            Limit::Each(of, ..) => format!(" and other.{0} == row.{0}", of.id),
        };
        let (limit, of, name) = daily.limit("row");
        hooks.functions.push(format!(
            "\
/// What to say when the day that `after` has, and `before` hadn't, has no room for what belongs to it.
func {moved}(before : {row}, after : {row}) : ?Text {{
  let day = {is};
  let ?date = day else return null;
  if (({was}) == day) return null;
  func crowded(row : {own}) : ?Text {{
  {limit}    let needs = Rows.sum<{own}>({rows}, func other = if (other.{via} == row.{via}{same}) {takes} else 0);
    let left : Int = most - {booked}(day{of}, null);
    if (needs <= left) return null;
    {refusal};
  }};
  for (row in {rows}.values()) {{
    if (row.{via} == ?after.id) switch (crowded(row)) {{ case null {{}}; case problem return problem }};
  }};
  null;
}};",
            is = daily.counted("after"),
            was = daily.counted("before"),
            own = self.row(),
            takes = daily.takes("other"),
            refusal = daily.refusal(&name),
        ));
        hooks
            .change
            .push(format!("switch ({moved}(before, after)) {{ case null {{}}; case problem return problem }};"));
        Some(())
    }

    /// Those who reach only their own rows choose a day in time. Days have no zone, so they are read as UTC.
    pub(super) fn lead(&self, hooks: &mut Hooks, day: &str, days: u32, until: Option<&str>) -> Option<()> {
        let day = self.field(day)?;
        let ahead = i64::from(days) * 1_440 - until.map_or(1_440, minutes);
        let (id, rows) = (&day.id, self.rows());
        let ahead = if ahead < 0 { format!("({ahead})") } else { ahead.to_string() };
        let late = format!("Clock.late(after.{id}, {ahead}, Rows.now())");
        let own = format!("after.{id} != before.{id} and Access.{rows}(who.role).update != #all");
        hooks.change.push(refuse(&format!("{own} and {late}"), &format!("Words.tooLate({})", motoko(&day.label))));
        Some(())
    }
}

/// The minutes of `HH:MM`.
fn minutes(time: &str) -> i64 {
    let parts = time.split(':').map(|part| part.parse::<i64>().unwrap_or_default());
    parts.fold(0, |sum, part| sum * 60 + part)
}
