//! Whether a rule fits the entities and fields that it names.

mod days;

use super::{Checked, condition, form, is_day, is_number, known_entity, known_field, known_role, points};
use crate::query::Day;
use crate::spec::{AppSpec, Days, End, Entity, Field, FieldKind, Hours, Rule, Span, Step, Who, Whose};
use crate::validate::SpecError;

/// Most hours of a week, and most stretches of closed days.
const MAX_HOURS: usize = 30;
/// Most a count in a rule may say.
const MOST: u32 = 100_000;

/// Checks one rule.
pub(super) fn check(spec: &AppSpec, path: &str, rule: &Rule) -> Checked {
    let entity = known_entity(spec, path, rule.entity())?;
    let number = |field: &str| number(entity, path, field);
    let only = |one: &crate::spec::Condition| condition(entity, path, one);
    match rule {
        Rule::OnePerMember { .. } => Ok(()),
        Rule::Unique { field, .. } => known_field(entity, path, field).map(|_| ()),
        Rule::Capacity { field, parent, limit, weight, extra, only_if, via, .. } => {
            let parent_entity = known_entity(spec, path, parent)?;
            form(
                path,
                points(entity, path, field)? == parent,
                "the counted field refers to the entity with the limit",
            )?;
            let limit = &known_field(parent_entity, path, limit)?.kind;
            match weight {
                None => form(path, matches!(limit, FieldKind::Integer { .. }), "the limit is a whole-number field")?,
                Some(weight) => {
                    let weight = &known_field(entity, path, weight)?.kind;
                    let same = is_number(limit) && std::mem::discriminant(weight) == std::mem::discriminant(limit);
                    form(path, same, "the limit and what counts towards it are numbers of the same kind")?;
                }
            }
            extra.iter().try_for_each(only)?;
            let Some(via) = via else { return only_if.iter().try_for_each(only) };
            let told = known_entity(spec, path, points(entity, path, via)?)?;
            form(path, only_if.is_some(), "what is looked at elsewhere is a condition")?;
            only_if.iter().try_for_each(|one| condition(told, path, one))
        }
        Rule::Once { fields, by_member, .. } => {
            form(path, *by_member || !fields.is_empty(), "something is compared")?;
            fields.iter().try_for_each(|field| known_field(entity, path, field).map(|_| ()))
        }
        Rule::NoOverlap { span: time, per, only_if, .. } => {
            span(spec, entity, path, time)?;
            let parts = |field: &Field| matches!(field.kind, FieldKind::Ref { .. } | FieldKind::Choice { .. });
            for field in per {
                form(
                    path,
                    parts(known_field(entity, path, field)?),
                    "overlaps are told apart by a reference or choice",
                )?;
            }
            only_if.iter().try_for_each(only)
        }
        Rule::Within { span: time, field, opens, closes, .. } => {
            span(spec, entity, path, time)?;
            let start = &known_field(entity, path, &time.start)?.kind;
            form(path, *start == FieldKind::DateTime, "hours are kept by a date with a time")?;
            let hours = known_entity(spec, path, points(entity, path, field)?)?;
            let time = |field: &str| known_field(hours, path, field).map(|field| field.kind == FieldKind::Time);
            form(path, time(opens)? && time(closes)?, "opening and closing are times of day")
        }
        Rule::Open { span: time, week, closed, .. } => {
            span(spec, entity, path, time)?;
            let timed = known_field(entity, path, &time.start)?.kind == FieldKind::DateTime;
            opening(path, timed, week, closed)
        }
        Rule::Notice { field, hours, .. } => {
            form(path, is_day(&known_field(entity, path, field)?.kind), "notice is kept before a date")?;
            form(path, *hours <= 24 * 366, "notice is at most a year")
        }
        Rule::Steps { field, start, steps, .. } => states(spec, entity, path, field, start, steps),
        Rule::Fixed { only_if, except, via, .. } => {
            match via {
                Some(via) => {
                    let told = known_entity(spec, path, points(entity, path, via)?)?;
                    let told = only_if.iter().try_for_each(|only_if| condition(told, path, only_if));
                    told.and(form(path, only_if.is_some(), "what another row settles needs a condition"))?;
                }
                None => only_if.iter().try_for_each(only)?,
            }
            except.iter().try_for_each(|field| known_field(entity, path, field).map(|_| ()))
        }
        Rule::Balance { field, amount, takes, .. } => {
            points(entity, path, field)?;
            number(amount)?;
            only(takes)
        }
        Rule::AtMost { per, most, hours, until, only_if, .. } => {
            until.iter().try_for_each(|field| {
                form(path, is_day(&known_field(entity, path, field)?.kind), "what is over has a date")
            })?;
            per.iter().try_for_each(|field| points(entity, path, field).map(|_| ()))?;
            form(path, (1..=MOST).contains(most), "a limit is 1 to 100000")?;
            form(path, hours.is_none_or(|hours| (1..=24 * 366).contains(&hours)), "a limit's hours are 1 to a year's")?;
            only_if.iter().try_for_each(only)
        }
        Rule::Needs { field, condition: needed, own, .. } => {
            let other = known_entity(spec, path, points(entity, path, field)?)?;
            form(path, *own || needed.is_some(), "something is needed")?;
            needed.iter().try_for_each(|one| condition(other, path, one))
        }
        Rule::Baton { field, to, .. } => {
            points(entity, path, field)?;
            let person = known_entity(spec, path, points(entity, path, to)?)?;
            form(path, person.person.is_some(), "a hand-over names a person of the app")
        }
        Rule::Number { field, .. } => {
            let whole = matches!(known_field(entity, path, field)?.kind, FieldKind::Integer { .. });
            form(path, whole, "a running number is a whole number")
        }
        Rule::Copied { field, via, from, .. } => {
            let other = known_entity(spec, path, points(entity, path, via)?)?;
            let same = known_field(entity, path, field)?.kind == known_field(other, path, from)?.kind;
            form(path, same, "a copied value has the kind of the one it is copied from")
        }
        Rule::Times { field, each, count, .. } => {
            let (field, each) = (&known_field(entity, path, field)?.kind, &known_field(entity, path, each)?.kind);
            form(path, is_number(field) && field == each, "an amount has the kind of what each comes to")?;
            form(path, counts(&known_field(entity, path, count)?.kind), "what is multiplied with is a count")
        }
        Rule::Lines { entity: lines, field, of, count } => {
            let head = points(entity, path, field)?;
            form(
                path,
                head != lines && points(entity, path, of)? != head,
                "lines are of other things than they belong to",
            )?;
            let whole = matches!(known_field(entity, path, count)?.kind, FieldKind::Integer { .. });
            form(path, whole, "how many there are is a whole number")?;
            let extends =
                |rule: &Rule| matches!(rule, Rule::Extends { entity, .. } if entity == lines || entity == head);
            form(path, !spec.rules.iter().any(extends), "what comes with its lines moves no other row")
        }
        Rule::Quorum { field, to, votes, by, least, .. } => {
            option(known_field(entity, path, field)?, path, to)?;
            let votes = known_entity(spec, path, votes)?;
            form(path, points(votes, path, by)? == entity.id, "what approves refers to what needs approval")?;
            form(path, (1..=MOST).contains(least), "approvals are 1 to 100000")
        }
        Rule::Extends { field, from, to, .. } => {
            let other = known_entity(spec, path, points(entity, path, field)?)?;
            let (from, to) = (&known_field(entity, path, from)?.kind, &known_field(other, path, to)?.kind);
            let same = std::mem::discriminant(from) == std::mem::discriminant(to);
            form(
                path,
                same && (is_day(from) || is_number(from)),
                "what is extended and by what are dates or numbers of one kind",
            )
        }
        Rule::Shared { amount, payer, among, .. } => {
            number(amount)?;
            let people = points(entity, path, payer)?;
            let Some(among) = among else { return Ok(()) };
            let shares = known_entity(spec, path, &among.entity)?;
            form(path, points(shares, path, &among.of)? == entity.id, "who shares something refers to it")?;
            form(path, points(shares, path, &among.who)? == people, "who pays and who shares are of the same people")
        }
        Rule::Granted { of, to, until, only_if, along, .. } => {
            let shared = points(entity, path, of)?;
            let person = known_entity(spec, path, points(entity, path, to)?)?;
            form(path, person.person.is_some(), "what is shared is shared with people of the app")?;
            if let Some(field) = until {
                let day = known_field(entity, path, field)?.kind == FieldKind::Date;
                form(path, day, "something is shared until a date")?;
            }
            only_if.iter().try_for_each(only)?;
            let mut known = vec![shared];
            for one in along {
                let parent = points(known_entity(spec, path, &one.entity)?, path, &one.field)?;
                let fits = known.contains(&parent) && !known.contains(&one.entity.as_str());
                form(path, fits, "what is shared along belongs to what is shared, once")?;
                known.push(&one.entity);
            }
            let others = spec.rules.iter().filter(|other| *other != rule);
            let apart = others.flat_map(|other| shared_by(spec, other)).all(|other| !known.contains(&other));
            form(path, apart, "one rule says how something is shared")
        }
        Rule::Away { span: time, field, absence, of, first, last, .. } => {
            span(spec, entity, path, time)?;
            let other = known_entity(spec, path, absence)?;
            let same = points(entity, path, field)? == points(other, path, of)?;
            form(path, same, "what is away is what the rows refer to")?;
            let (first, last) = (&known_field(other, path, first)?.kind, &known_field(other, path, last)?.kind);
            form(path, is_day(first) && first == last, "an absence goes from one day to another")
        }
        Rule::Daily { .. } | Rule::Lead { .. } => days::check(spec, entity, path, rule),
        Rule::Ordered { first, then, .. } => {
            let (first, then) = (&known_field(entity, path, first)?.kind, &known_field(entity, path, then)?.kind);
            let comparable = is_day(first) || is_number(first) || *first == FieldKind::Time;
            let same = comparable && std::mem::discriminant(first) == std::mem::discriminant(then);
            form(path, same, "dates, times and numbers of one kind have an order")
        }
    }
}

/// The entities whose rows a rule shares.
fn shared_by<'a>(spec: &'a AppSpec, rule: &'a Rule) -> Vec<&'a str> {
    let Rule::Granted { entity, of, along, .. } = rule else { return Vec::new() };
    let root = match spec.entity(entity).and_then(|entity| entity.field(of)).map(|field| &field.kind) {
        Some(FieldKind::Ref { entity }) => Some(entity.as_str()),
        _ => None,
    };
    root.into_iter().chain(along.iter().map(|along| along.entity.as_str())).collect()
}

/// Checks that somebody named in relation to a row can be told.
pub(super) fn who(spec: &AppSpec, entity: &Entity, path: &str, who: &Who) -> Checked {
    known_role(spec, path, &who.role)?;
    match &who.whose {
        Whose::Any | Whose::Theirs => Ok(()),
        Whose::Through { field } => points(entity, path, field).map(|_| ()),
    }
}

fn states(spec: &AppSpec, entity: &Entity, path: &str, field: &str, start: &str, steps: &[Step]) -> Checked {
    let field = known_field(entity, path, field)?;
    option(field, path, start)?;
    form(path, (1..=200).contains(&steps.len()), "a course has 1 to 200 steps")?;
    for step in steps {
        option(field, path, &step.from)?;
        option(field, path, &step.to)?;
        form(path, step.from != step.to, "a step leads somewhere else")?;
        step.by.iter().try_for_each(|by| who(spec, entity, path, by))?;
    }
    Ok(())
}

fn option(field: &Field, path: &str, id: &str) -> Checked {
    match &field.kind {
        FieldKind::Choice { options } if options.iter().any(|option| option.id == id) => Ok(()),
        _ => Err(SpecError::Missing { path: path.into(), what: "option", id: id.into() }),
    }
}

/// Whether a number of this kind says how many, or how much.
fn counts(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Integer { .. } | FieldKind::Quantity { .. } | FieldKind::Duration)
}

fn number(entity: &Entity, path: &str, field: &str) -> Checked {
    form(path, is_number(&known_field(entity, path, field)?.kind), "this field is a number")
}

fn opening(path: &str, timed: bool, week: &[Hours], closed: &[Days]) -> Checked {
    form(path, !week.is_empty() || !closed.is_empty(), "something says when it is open")?;
    let few = week.len() <= MAX_HOURS && closed.len() <= MAX_HOURS;
    form(path, few, "a week has at most 30 opening hours, and a year 30 stretches of closed days")?;
    for hours in week {
        let days =
            !hours.days.is_empty() && hours.days.len() <= 7 && hours.days.iter().all(|day| (1..=7).contains(day));
        form(path, days, "days of the week are 1 for Monday to 7 for Sunday")?;
        form(path, hours.opens.is_some() == hours.closes.is_some(), "who opens closes")?;
        let times = || hours.opens.iter().chain(&hours.closes);
        form(path, times().all(|time| is_time(time)), "opening and closing are written HH:MM")?;
        form(path, timed || times().next().is_none(), "hours are kept by a date with a time")?;
    }
    let kept = |days: &Days| days.first.len() == days.last.len() && is_calendar(&days.first) && is_calendar(&days.last);
    form(path, closed.iter().all(kept), "closed days are written MM-DD or YYYY-MM-DD, the last like the first")
}

/// `HH:MM`.
fn is_time(text: &str) -> bool {
    let number = |part: &str| (part.len() == 2).then(|| part.parse::<u8>().ok()).flatten();
    let parts = text.split_once(':').and_then(|(hour, minute)| number(hour).zip(number(minute)));
    parts.is_some_and(|(hour, minute)| hour < 24 && minute < 60)
}

/// `MM-DD`, in a leap year for the sake of its last day of February, or `YYYY-MM-DD`.
fn is_calendar(text: &str) -> bool {
    let whole = if text.len() == 5 { format!("2000-{text}") } else { text.to_owned() };
    Day::read(&whole).is_some_and(|day| day.to_string() == whole)
}

fn span(spec: &AppSpec, entity: &Entity, path: &str, span: &Span) -> Checked {
    let start = &known_field(entity, path, &span.start)?.kind;
    form(path, is_day(start), "a stretch of time begins at a date, or a date and time")?;
    let length = |field: &Field| form(path, field.kind == FieldKind::Duration, "a length of time is a duration");
    let timed = || form(path, *start == FieldKind::DateTime, "a length of time is counted from a date with a time");
    match &span.end {
        End::Field { field } => {
            form(path, known_field(entity, path, field)?.kind == *start, "a stretch's ends are of the same kind")
        }
        End::Length { field } => timed().and(length(known_field(entity, path, field)?)),
        End::LengthOf { via, field } => {
            let other = known_entity(spec, path, points(entity, path, via)?)?;
            timed().and(length(known_field(other, path, field)?))
        }
        End::Minutes { minutes } => {
            timed().and(form(path, (1..=366 * 24 * 60).contains(minutes), "a length is 1 minute to a year"))
        }
    }
}
