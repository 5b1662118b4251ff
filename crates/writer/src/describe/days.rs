//! Rules of days for which something is ordered, in sentences.

use super::Teller;
use crate::spec::{Entity, FieldKind, Rule};

/// What [`Rule::Daily`] or [`Rule::Lead`] says.
pub(super) fn day(teller: &Teller<'_>, entity: &Entity, rule: &Rule) -> Option<String> {
    let plural = entity.plural.as_str();
    let label = |field: &str| entity.field(field).map(|field| field.label.as_str());
    let through = |field: &str| match &entity.field(field)?.kind {
        FieldKind::Ref { entity } => teller.spec.entity(entity),
        _ => None,
    };
    match rule {
        Rule::Lead { day, days, until, .. } => {
            let key = match days {
                0 => "leadToday",
                1 => "leadTomorrow",
                _ => "leadDays",
            };
            let rest = until.as_ref().map(|time| teller.say("leadUntil", &[time])).unwrap_or_default();
            Some(teller.say(key, &[plural, label(day)?, &days.to_string(), &rest]))
        }
        Rule::Daily { day, most, each, weight, only_if, via, .. } => {
            let told = via.as_ref().map_or(Some(entity), |via| through(via))?;
            let (day, rest) = (&told.field(day)?.label, teller.counting(told, only_if.as_ref()));
            let count = weight.as_ref().map(|weight| label(weight)).unwrap_or_default();
            match (each, most, count) {
                (Some(each), ..) => {
                    let limit = &through(&each.field)?.field(&each.limit)?.label;
                    let count = count.unwrap_or(plural);
                    Some(teller.say("dailyEach", &[plural, day, label(&each.field)?, count, limit, &rest]))
                }
                (None, Some(most), Some(count)) => {
                    Some(teller.say("dailyMost", &[plural, day, count, &most.to_string(), &rest]))
                }
                (None, most, None) => Some(teller.say("atMost", &[plural, &(*most)?.to_string(), day, &rest])),
                _ => None,
            }
        }
        _ => None,
    }
}
