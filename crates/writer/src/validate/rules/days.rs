//! Rules of days for which something is ordered.

use super::super::{Checked, condition, form, is_number, known_entity, known_field, points};
use super::{MOST, is_time};
use crate::spec::{AppSpec, Each, Entity, FieldKind, Rule};

/// Checks [`Rule::Daily`] and [`Rule::Lead`].
pub(super) fn check(spec: &AppSpec, entity: &Entity, path: &str, rule: &Rule) -> Checked {
    let dated = |entity: &Entity, field: &str| {
        let is_date = known_field(entity, path, field)?.kind == FieldKind::Date;
        form(path, is_date, "what is ordered for a day has a date")
    };
    match rule {
        Rule::Lead { day, days, until, .. } => {
            dated(entity, day)?;
            form(path, *days <= 366, "a lead is at most a year")?;
            form(path, until.iter().all(|time| is_time(time)), "a lead's time is written HH:MM")
        }
        Rule::Daily { day, most, each, weight, only_if, via, .. } => {
            let told = match via {
                Some(via) => known_entity(spec, path, points(entity, path, via)?)?,
                None => entity,
            };
            dated(told, day)?;
            only_if.iter().try_for_each(|one| condition(told, path, one))?;
            form(
                path,
                most.is_some() != each.is_some(),
                "a day's limit is one number, or stands with what is ordered",
            )?;
            form(path, most.is_none_or(|most| (1..=MOST).contains(&most)), "a limit is 1 to 100000")?;
            if let Some(weight) = weight {
                let counts = is_number(&known_field(entity, path, weight)?.kind);
                form(path, counts, "how many a row takes is a number")?;
            }
            each.iter().try_for_each(|each| limited(spec, entity, path, each, weight.as_deref()))
        }
        _ => Ok(()),
    }
}

/// What is ordered says how much of it there is a day, in numbers of the same kind as rows say how many they take.
fn limited(spec: &AppSpec, entity: &Entity, path: &str, each: &Each, weight: Option<&str>) -> Checked {
    let thing = known_entity(spec, path, points(entity, path, &each.field)?)?;
    let limit = &known_field(thing, path, &each.limit)?.kind;
    let same = match weight {
        Some(weight) => {
            std::mem::discriminant(&known_field(entity, path, weight)?.kind) == std::mem::discriminant(limit)
        }
        None => matches!(limit, FieldKind::Integer { .. }),
    };
    form(path, is_number(limit) && same, "the limit and what counts towards it are numbers of the same kind")
}
