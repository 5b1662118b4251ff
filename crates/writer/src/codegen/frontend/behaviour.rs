//! What an entity's description tells of order, totals, alerts and rules, so that pages offer what the backend takes.
//!
//! What looks at a field or an entity that isn't shown is left out: there is nothing to offer.

use super::super::lines::method_name;
use super::super::shape::{Model, Shape};
use super::super::text::{indent, script};
use super::{condition_text, strings};
use crate::spec::{Alert, Condition, Days, End, Field, FieldKind, Hours, Order, Rule, Step, Total, When, Who, Whose};

/// Whether this names when a row was made or changed, which every row tells.
pub(super) fn is_moment(field: &str) -> bool {
    matches!(field, "createdAt" | "updatedAt")
}

/// The properties of an entity, one a line, those that it has.
pub(super) fn lines(model: &Model<'_>, shape: &Shape<'_>) -> Vec<String> {
    let entity = shape.entity;
    let own = |rule: &&Rule| rule.entity() == entity.id;
    let rules = || model.spec.rules.iter().filter(own);
    let through: Vec<String> =
        entity.owned_through.iter().filter(|field| shape.field(field).is_some()).cloned().collect();
    let alerts = model.spec.alerts.iter().filter(|alert| alert.entity == entity.id);
    [
        (!through.is_empty()).then(|| format!("ownedThrough: [{}],", strings(&through))),
        list("order", entity.order.iter().filter_map(|order| order_text(shape, order))),
        list("totals", entity.totals.iter().filter_map(|total| total_text(model, shape, total))),
        list("alerts", alerts.filter_map(|alert| alert_text(model, shape, alert))),
        list("steps", rules().filter_map(|rule| steps_text(shape, rule))),
        list("fixed", rules().filter_map(|rule| fixed_text(shape, rule))),
        lines_text(model, shape),
        rules().find_map(|rule| booking_text(model, shape, rule)).map(|text| format!("booking: {text},")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether the backend alone fills a field in.
pub(super) fn is_made(model: &Model<'_>, shape: &Shape<'_>, field: &Field) -> bool {
    if model.spec.rules.iter().any(|rule| rule.extended(model.spec, &shape.entity.id) == Some(field.id.as_str())) {
        return true;
    }
    model.spec.rules.iter().filter(|rule| rule.entity() == shape.entity.id).any(|rule| match rule {
        Rule::Number { field: made, .. } | Rule::Copied { field: made, .. } | Rule::Times { field: made, .. } => {
            *made == field.id
        }
        _ => false,
    })
}

/// Whether a field says what each of several comes to.
pub(super) fn is_each(model: &Model<'_>, shape: &Shape<'_>, field: &Field) -> bool {
    let said = |rule: &Rule| matches!(rule, Rule::Times { entity, each, .. } if *entity == shape.entity.id && *each == field.id);
    model.spec.rules.iter().any(said)
}

/// The lines that come with a row, and the method that takes them.
fn lines_text(model: &Model<'_>, shape: &Shape<'_>) -> Option<String> {
    let lines = model.lines(shape)?;
    let price = model.spec.rules.iter().find_map(|rule| match rule {
        Rule::Copied { entity, field, via, from } if *entity == lines.shape.entity.id && *via == lines.of.id => {
            let each = lines.shape.field(field).filter(|field| is_each(model, lines.shape, field));
            each.and(model.target(lines.of)?.field(from))
        }
        _ => None,
    });
    let parts = [
        named("entity", &lines.shape.entity.id),
        named("field", &lines.field.id),
        named("of", &lines.of.id),
        named("count", &lines.count.id),
        price.and_then(|price| named("price", &price.id)),
        named("create", &method_name(shape, lines.shape)),
    ];
    Some(format!("lines: {},", object(parts)))
}

/// People in relation to a row, separated by commas.
pub(super) fn people(shape: &Shape<'_>, people: &[Who]) -> String {
    let who = |who: &Who| {
        let role = format!("role: {}", script(&who.role));
        match &who.whose {
            Whose::Any => Some(format!("{{ {role} }}")),
            Whose::Theirs => Some(format!("{{ {role}, theirs: true }}")),
            Whose::Through { field } => {
                shape.field(field).map(|field| format!("{{ {role}, through: {} }}", script(&field.id)))
            }
        }
    };
    people.iter().filter_map(who).collect::<Vec<_>>().join(", ")
}

fn list(name: &str, items: impl Iterator<Item = String>) -> Option<String> {
    let items: Vec<String> = items.map(|item| format!("{item},")).collect();
    (!items.is_empty()).then(|| format!("{name}: [\n{}\n],", indent(&items.join("\n"), 1)))
}

/// A condition on a field that is shown; one on another field always holds, as it does in the backend.
fn narrowed(shape: &Shape<'_>, condition: Option<&Condition>) -> Option<String> {
    let condition = condition.filter(|condition| shape.holds(condition, "row").is_some())?;
    Some(format!("onlyIf: {}", condition_text(condition)))
}

fn object(parts: impl IntoIterator<Item = Option<String>>) -> String {
    format!("{{ {} }}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn named(name: &str, value: &str) -> Option<String> {
    Some(format!("{name}: {}", script(value)))
}

fn order_text(shape: &Shape<'_>, order: &Order) -> Option<String> {
    let there = is_moment(&order.field) || shape.field(&order.field).is_some();
    there.then(|| object([named("field", &order.field), order.descending.then(|| "descending: true".into())]))
}

fn total_text(model: &Model<'_>, shape: &Shape<'_>, total: &Total) -> Option<String> {
    let other = referring(model, shape, &total.of, &total.field)?;
    let summed = total.sum.as_ref().and_then(|sum| other.entity.totals.iter().find(|total| total.id == *sum));
    let summed = match (&total.sum, summed) {
        (_, Some(summed)) => Some(format!("sumOf: {}", total_text(model, other, summed)?)),
        (Some(sum), None) => other.field(sum).map(|_| None)?,
        (None, None) => None,
    };
    total.from.iter().try_for_each(|from| shape.field(from).map(|_| ()))?;
    total.month.iter().try_for_each(|month| other.field(month).map(|_| ()))?;
    Some(object([
        named("id", &total.id),
        named("label", &total.label),
        named("of", &total.of),
        named("field", &total.field),
        total.sum.as_ref().and_then(|sum| named("sum", sum)),
        summed,
        total.from.as_ref().and_then(|from| named("from", from)),
        total.month.as_ref().and_then(|month| named("month", month)),
        narrowed(other, total.only_if.as_ref()),
    ]))
}

/// The entity `id`, if its `field` refers to `shape`.
fn referring<'m, 'a>(model: &'m Model<'a>, shape: &Shape<'_>, id: &str, field: &str) -> Option<&'m Shape<'a>> {
    let other = model.shape(id)?;
    let refers = matches!(&other.field(field)?.kind, FieldKind::Ref { entity } if *entity == shape.entity.id);
    refers.then_some(other)
}

fn alert_text(model: &Model<'_>, shape: &Shape<'_>, alert: &Alert) -> Option<String> {
    let when = when_text(model, shape, &alert.when)?;
    Some(object([Some(format!("when: {when}")), named("text", &alert.text), narrowed(shape, alert.only_if.as_ref())]))
}

fn when_text(model: &Model<'_>, shape: &Shape<'_>, when: &When) -> Option<String> {
    let there = |field: &str| is_moment(field) || shape.field(field).is_some();
    match when {
        When::Days { field, days } => {
            there(field).then(|| object([named("type", "days"), named("field", field), Some(format!("days: {days}"))]))
        }
        When::Since { of, field, days } => {
            referring(model, shape, of, field)?;
            Some(object([
                named("type", "since"),
                named("of", of),
                named("field", field),
                Some(format!("days: {days}")),
            ]))
        }
        When::Above { field, value } => limit_text(shape, "above", field, *value),
        When::Below { field, value } => limit_text(shape, "below", field, *value),
    }
}

fn limit_text(shape: &Shape<'_>, side: &str, field: &str, value: i64) -> Option<String> {
    shape.field(field)?;
    Some(object([named("type", side), named("field", field), Some(format!("value: {value}"))]))
}

fn steps_text(shape: &Shape<'_>, rule: &Rule) -> Option<String> {
    let Rule::Steps { field, start, steps, .. } = rule else { return None };
    shape.field(field)?;
    let steps: Vec<String> = steps.iter().map(|step| format!("{},", step_text(shape, step))).collect();
    let head = format!("field: {},\nstart: {},", script(field), script(start));
    let body = format!("{head}\nsteps: [\n{}\n],", indent(&steps.join("\n"), 1));
    Some(format!("{{\n{}\n}}", indent(&body, 1)))
}

fn step_text(shape: &Shape<'_>, step: &Step) -> String {
    let by = (!step.by.is_empty()).then(|| format!("by: [{}]", people(shape, &step.by)));
    object([named("from", &step.from), named("to", &step.to), by])
}

fn fixed_text(shape: &Shape<'_>, rule: &Rule) -> Option<String> {
    // What another row settles is told by the backend alone.
    let Rule::Fixed { only_if, except, via: None, .. } = rule else { return None };
    let except = (!except.is_empty()).then(|| format!("except: [{}]", strings(except)));
    let parts: Vec<String> = [narrowed(shape, only_if.as_ref()), except].into_iter().flatten().collect();
    Some(if parts.is_empty() { "{}".into() } else { format!("{{ {} }}", parts.join(", ")) })
}

fn booking_text(model: &Model<'_>, shape: &Shape<'_>, rule: &Rule) -> Option<String> {
    let Rule::NoOverlap { span, per, only_if, .. } = rule else { return None };
    shape.field(&span.start)?;
    let end = end_text(model, shape, &span.end)?;
    let per: Vec<String> = per.iter().filter(|field| shape.field(field).is_some()).cloned().collect();
    let parts = [
        named("start", &span.start),
        Some(format!("end: {end}")),
        Some(format!("per: [{}]", strings(&per))),
        narrowed(shape, only_if.as_ref()),
        model.spec.rules.iter().find_map(|rule| hours_text(model, shape, rule)),
        model.spec.rules.iter().find_map(|rule| open_text(shape, rule)),
        model.spec.rules.iter().find_map(|rule| away_text(model, shape, rule)),
    ];
    let lines: Vec<String> = parts.into_iter().flatten().map(|part| format!("{part},")).collect();
    Some(format!("{{\n{}\n}}", indent(&lines.join("\n"), 1)))
}

fn end_text(model: &Model<'_>, shape: &Shape<'_>, end: &End) -> Option<String> {
    match end {
        End::Field { field } => shape.field(field).map(|_| object([named("type", "field"), named("field", field)])),
        End::Length { field } => shape.field(field).map(|_| object([named("type", "length"), named("field", field)])),
        End::LengthOf { via, field } => {
            referred(model, shape, via)?.field(field)?;
            Some(object([named("type", "lengthOf"), named("via", via), named("field", field)]))
        }
        End::Minutes { minutes } => Some(object([named("type", "minutes"), Some(format!("minutes: {minutes}"))])),
    }
}

fn hours_text(model: &Model<'_>, shape: &Shape<'_>, rule: &Rule) -> Option<String> {
    let Rule::Within { entity, field, opens, closes, .. } = rule else { return None };
    let hours = referred(model, shape, field).filter(|_| *entity == shape.entity.id)?;
    hours.field(opens)?;
    hours.field(closes)?;
    Some(format!("within: {}", object([named("field", field), named("opens", opens), named("closes", closes)])))
}

fn open_text(shape: &Shape<'_>, rule: &Rule) -> Option<String> {
    let Rule::Open { entity, week, closed, .. } = rule else { return None };
    let hours = |hours: &Hours| {
        let days: Vec<String> = hours.days.iter().map(u8::to_string).collect();
        let time = |name: &str, time: &Option<String>| time.as_ref().and_then(|time| named(name, time));
        let days = Some(format!("days: [{}]", days.join(", ")));
        object([days, time("opens", &hours.opens), time("closes", &hours.closes)])
    };
    let days = |days: &Days| object([named("first", &days.first), named("last", &days.last)]);
    let week: Vec<String> = week.iter().map(hours).collect();
    let closed: Vec<String> = closed.iter().map(days).collect();
    let parts = [format!("week: [{}]", week.join(", ")), format!("closed: [{}]", closed.join(", "))];
    (*entity == shape.entity.id).then(|| format!("open: {}", object(parts.map(Some))))
}

fn away_text(model: &Model<'_>, shape: &Shape<'_>, rule: &Rule) -> Option<String> {
    let Rule::Away { entity, field, absence, of, first, last, .. } = rule else { return None };
    let other = model.shape(absence).filter(|_| *entity == shape.entity.id)?;
    shape.field(field)?;
    [of, first, last].into_iter().try_for_each(|id| other.field(id).map(|_| ()))?;
    let names = [("field", field), ("entity", absence), ("of", of), ("first", first), ("last", last)];
    Some(format!("away: {}", object(names.map(|(name, value)| named(name, value)))))
}

/// The entity that a reference of `shape` leads to.
fn referred<'m, 'a>(model: &'m Model<'a>, shape: &Shape<'_>, field: &str) -> Option<&'m Shape<'a>> {
    match &shape.field(field)?.kind {
        FieldKind::Ref { entity } => model.shape(entity),
        _ => None,
    }
}
