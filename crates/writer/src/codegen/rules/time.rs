//! Rules about time: overlaps, hours, notice.

use super::super::shape::Shape;
use super::super::text::{indent, motoko};
use super::{Held, Hooks, all, label, refuse};
use crate::spec::{Condition, Days, End, FieldKind, Hours, Span};

/// The fields of an absence.
pub(super) struct Absence<'r> {
    /// Its reference.
    pub(super) of: &'r str,
    /// When it begins.
    pub(super) first: &'r str,
    /// When it ends.
    pub(super) last: &'r str,
}

impl Held<'_, '_> {
    /// A row never comes to take time of another that agrees in `per`.
    pub(super) fn no_overlap(
        &self,
        hooks: &mut Hooks,
        span: &Span,
        per: &[String],
        only_if: Option<&Condition>,
    ) -> Option<()> {
        let time = self.timed(hooks, "time", span, only_if)?;
        let per: Vec<&str> = per.iter().filter(|id| self.field(id).is_some()).map(String::as_str).collect();
        let agree = |row: &str| all(per.iter().map(|id| format!("row.{id} == {row}.{id}")));
        let (rows, clash) = (self.rows(), self.function("clash"));
        let changed: Vec<String> = ["time != was".to_owned()]
            .into_iter()
            .chain(per.iter().map(|id| format!("after.{id} != before.{id}")))
            .collect();
        let changed = changed.join(" or ");
        let row = self.row();
        hooks.functions.push(format!(
            "\
/// Whether `after` takes time of another row of which `before` took none.
func {clash}(before : {row}, after : {row}) : Bool {{
  let (was, time) = ({time}(before), {time}(after));
  if (time == null or not ({changed})) return false;
  func met(row : {row}) : Bool {{
    if (row.id == after.id or not ({agree_after})) return false;
    let other = {time}(row);
    Clock.meet(time, other) and not ({agree_before} and Clock.meet(was, other));
  }};
  Rows.find({rows}, met) != null;
}};",
            agree_after = agree("after"),
            agree_before = agree("before"),
        ));
        hooks.change.push(refuse(&format!("{clash}(before, after)"), "Words.overlap"));
        Some(())
    }

    /// A row lies within the hours of what it refers to. Later changes of the hours leave it where it is.
    pub(super) fn within(&self, hooks: &mut Hooks, span: &Span, field: &str, opens: &str, closes: &str) -> Option<()> {
        let other = self.model.target(self.field(field)?)?;
        other.field(opens).zip(other.field(closes))?;
        let time = self.timed(hooks, "stay", span, None)?;
        let (hosts, outside, row) = (&other.names.rows, self.function("outside"), self.row());
        hooks.functions.push(format!(
            "\
/// Whether a row lies outside of the hours of its `{field}`.
func {outside}(row : {row}) : Bool {{
  let ?host = Rows.at({hosts}, row.{field}) else return false;
  not Clock.within({time}(row), host.{opens}, host.{closes});
}};"
        ));
        let changed = format!("{time}(after) != {time}(before) or after.{field} != before.{field}");
        hooks.change.push(refuse(&format!("({changed}) and {outside}(after)"), "Words.outside"));
        Some(())
    }

    /// A row begins and ends while the place is open. Days that are closed later leave it where it is.
    pub(super) fn open(&self, hooks: &mut Hooks, span: &Span, week: &[Hours], closed: &[Days]) -> Option<()> {
        let time = self.timed(hooks, "visit", span, None)?;
        let (shut, row) = (self.function("shut"), self.row());
        let open: Vec<String> = week.iter().map(open_during).collect();
        let open = (!open.is_empty()).then(|| format!("not ({})", open.join(" or ")));
        let away = |days: &Days| format!("Clock.touches(time, {}, {})", motoko(&days.first), motoko(&days.last));
        let tests: Vec<String> = open.into_iter().chain(closed.iter().map(away)).collect();
        hooks.functions.push(format!(
            "\
/// Whether a row begins or ends while it is closed.
func {shut}(row : {row}) : Bool {{
  let time = {time}(row);
  {tests};
}};",
            tests = tests.join("\n  or ")
        ));
        hooks.change.push(refuse(&format!("{time}(after) != {time}(before) and {shut}(after)"), "Words.shut"));
        Some(())
    }

    /// What a row refers to is there all its time. What is away later leaves rows where they are.
    pub(super) fn away(
        &self,
        hooks: &mut Hooks,
        span: &Span,
        field: &str,
        absence: &str,
        parts: &Absence<'_>,
    ) -> Option<()> {
        let (field, other) = (self.field(field)?, self.model.shape(absence)?);
        let (of, first, last) = (other.field(parts.of)?, other.field(parts.first)?, other.field(parts.last)?);
        let time = self.timed(hooks, "plan", span, None)?;
        let (away, row, rows, id) = (self.function("away"), self.row(), &other.names.rows, &field.id);
        let clock = if first.kind == FieldKind::Date { "days" } else { "times" };
        hooks.functions.push(format!(
            "\
/// Whether what a row refers to is away while it lasts; an absence of nobody in particular is everybody's.
func {away}(row : {row}) : Bool {{
  let time = {time}(row);
  func met(other : {module}.{kind}) : Bool {{
    (other.{of} == null or other.{of} == row.{id}) and Clock.meet(time, Clock.{clock}(other.{first}, other.{last}));
  }};
  Rows.find({rows}, met) != null;
}};",
            module = other.names.module,
            kind = other.names.row,
            of = of.id,
            first = first.id,
            last = last.id,
        ));
        let changed = format!("{time}(after) != {time}(before) or after.{id} != before.{id}");
        let sentence = format!("Words.away({})", label(field));
        hooks.change.push(refuse(&format!("({changed}) and {away}(after)"), &sentence));
        Some(())
    }

    /// Those who reach only their own rows change them no later than so many hours before. Times have no zone, so
    /// they are read as UTC.
    pub(super) fn notice(&self, hooks: &mut Hooks, field: &str, hours: u32) -> Option<()> {
        let field = self.field(field)?;
        let near = format!("Clock.near(row.{}, {hours}, Rows.now())", field.id);
        hooks.notice.push(refuse(&near, &format!("Words.late({})", motoko(&hours.to_string()))));
        Some(())
    }

    /// The function that says when a row takes time, or that it takes none; its name.
    fn timed(&self, hooks: &mut Hooks, verb: &str, span: &Span, only_if: Option<&Condition>) -> Option<String> {
        let (name, row) = (self.function(verb), self.row());
        let stretch = self.stretch(span, |reference, field| self.length(reference, field))?;
        let body = match self.holds_if(only_if, "row") {
            Some(counted) => format!("if (not {counted}) return null;\n{stretch};"),
            None => format!("{stretch};"),
        };
        hooks.functions.push(format!(
            "/// When a row takes time, if it does.\nfunc {name}(row : {row}) : ?Clock.Stretch {{\n{}\n}};",
            indent(&body, 1)
        ));
        Some(name)
    }

    /// The stretch of time of `row`; `length` says how long what it refers to lasts.
    fn stretch(&self, span: &Span, length: impl Fn(&str, &str) -> Option<String>) -> Option<String> {
        let start = self.field(&span.start)?;
        let from = format!("row.{}", start.id);
        Some(match &span.end {
            End::Field { field } if start.kind == FieldKind::Date => {
                format!("Clock.days({from}, row.{})", self.field(field)?.id)
            }
            End::Field { field } => format!("Clock.times({from}, row.{})", self.field(field)?.id),
            End::Length { field } => format!("Clock.lasting({from}, row.{})", self.field(field)?.id),
            End::LengthOf { via, field } => format!("Clock.lasting({from}, {})", length(via, field)?),
            End::Minutes { minutes } => format!("Clock.lasting({from}, ?{minutes})"),
        })
    }

    fn length(&self, reference: &str, field: &str) -> Option<String> {
        let other = self.model.target(self.field(reference)?)?;
        other.field(field)?;
        let rows = &other.names.rows;
        Some(format!("do ? {{ Rows.at({rows}, row.{reference})!.{field}! }}"))
    }

    /// Where `host` says how long rows last: a longer time never makes rows overlap that are not over yet.
    pub(super) fn pushed(
        &self,
        host: &Shape<'_>,
        span: &Span,
        per: &[String],
        only_if: Option<&Condition>,
    ) -> Option<String> {
        let End::LengthOf { via, field } = &span.end else { return None };
        let other = self.model.target(self.field(via)?).filter(|other| other.entity.id == host.entity.id)?;
        let length = other.field(field)?;
        let start = self.field(&span.start)?;
        let (rows, row) = (self.rows(), self.row());
        let lasts = self.length(via, field)?;
        let by = |of: &str| {
            format!("Clock.lasting(row.{}, if (row.{via} == ?after.id) {of}.{field} else {lasts})", start.id)
        };
        let counted = self.holds_if(only_if, "row").unwrap_or_else(|| "true".into());
        let groups: Vec<String> =
            per.iter().filter(|id| self.field(id).is_some()).map(|id| format!("row.{id}")).collect();
        let (group, named) = match groups.is_empty() {
            true => ("\"\"".to_owned(), "_row"),
            false => (format!("debug_show (({}))", groups.join(", ")), "row"),
        };
        Some(format!(
            "\
if (after.{field} != before.{field}) {{
  let now = Rows.now();
  func group({named} : {row}) : Text = {group};
  func crossing(time : {row} -> ?Clock.Stretch) : Nat {{
    let plan = Clock.plan();
    for (row in {rows}.values()) {{ if ({counted}) Clock.put(plan, group(row), row.id, time(row), now) }};
    Clock.crossings(plan);
  }};
  let was = crossing(func row = {was});
  if (crossing(func row = {is}) > was) return ?Words.pushes({label});
}};",
            was = by("before"),
            is = by("after"),
            label = label(length),
        ))
    }
}

/// Whether `time` lies within the hours of some days of the week.
fn open_during(hours: &Hours) -> String {
    let days: Vec<String> = hours.days.iter().map(u8::to_string).collect();
    let time = |time: &Option<String>| time.as_ref().map_or("null".to_owned(), |time| format!("?{}", motoko(time)));
    format!("Clock.open(time, [{}], {}, {})", days.join(", "), time(&hours.opens), time(&hours.closes))
}
