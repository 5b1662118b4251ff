//! An app in plain sentences: what it keeps, who may do what, what always holds.
//!
//! Invariant: every sentence follows from the spec alone; archived parts are named as put away, not hidden.

use crate::spec::{AppSpec, Condition, Entity, Field, FieldKind, Grant, OWNER, Rule, Scope, VISITOR, Who, Whose};

/// Sentences about an app, in the order a reader needs them.
pub fn describe(spec: &AppSpec) -> Vec<String> {
    let mut sentences = Vec::new();
    for entity in &spec.entities {
        sentences.extend(keeps(spec, entity));
    }
    for entity in spec.entities.iter().filter(|entity| !entity.archived) {
        sentences.extend(entity.access.iter().filter_map(|grant| may(spec, entity, grant)));
    }
    sentences.extend(spec.rules.iter().filter_map(|rule| holds(spec, rule)));
    sentences
}

fn keeps(spec: &AppSpec, entity: &Entity) -> Vec<String> {
    if entity.archived {
        return vec![format!("{} are put away: kept, but not shown.", entity.plural)];
    }
    let shown: Vec<String> =
        entity.fields.iter().filter(|field| !field.archived).map(|field| field_words(spec, entity, field)).collect();
    let mut sentences = vec![format!("{}: {}.", entity.plural, shown.join(", "))];
    let theirs: Vec<&str> = entity
        .fields
        .iter()
        .filter(|field| field.by_member && !field.archived)
        .map(|field| field.label.as_str())
        .collect();
    if entity.person.is_some() && !theirs.is_empty() {
        sentences.push(format!("{} fill in for themselves: {}.", entity.plural, theirs.join(", ")));
    }
    let away: Vec<&str> =
        entity.fields.iter().filter(|field| field.archived).map(|field| field.label.as_str()).collect();
    if !away.is_empty() {
        sentences.push(format!("Put away in {}: {}.", entity.plural, away.join(", ")));
    }
    sentences
}

fn field_words(spec: &AppSpec, entity: &Entity, field: &Field) -> String {
    let kind = match &field.kind {
        FieldKind::Choice { options } => {
            options.iter().map(|option| option.label.clone()).collect::<Vec<_>>().join(" / ")
        }
        FieldKind::YesNo => "yes or no".to_owned(),
        FieldKind::Ref { entity } => {
            spec.entity(entity).map(|entity| format!("one of {}", entity.plural)).unwrap_or_default()
        }
        FieldKind::Money { currency } => currency.clone(),
        FieldKind::Quantity { unit } => unit.clone(),
        FieldKind::Rating { max } => format!("1 to {max}"),
        _ => String::new(),
    };
    let condition = field.only_if.as_ref().map(|condition| format!("only if {}", condition_words(entity, condition)));
    let required = field.required.then(|| "required".to_owned());
    let notes: Vec<String> =
        [Some(kind).filter(|kind| !kind.is_empty()), required, condition].into_iter().flatten().collect();
    if notes.is_empty() { field.label.clone() } else { format!("{} ({})", field.label, notes.join("; ")) }
}

fn condition_words(entity: &Entity, condition: &Condition) -> String {
    let label = entity.field(&condition.field).map_or(condition.field.as_str(), |field| field.label.as_str());
    let values: Vec<&str> = condition.values.iter().map(|value| value_words(entity, condition, value)).collect();
    format!("{label} is {}", values.join(" or "))
}

fn value_words<'a>(entity: &'a Entity, condition: &Condition, value: &'a str) -> &'a str {
    let options = entity.field(&condition.field).map(|field| &field.kind);
    match (options, value) {
        (Some(FieldKind::Choice { options }), _) => {
            options.iter().find(|option| option.id == value).map_or(value, |option| option.label.as_str())
        }
        (_, "true") => "yes",
        (_, "false") => "no",
        _ => value,
    }
}

fn may(spec: &AppSpec, entity: &Entity, grant: &Grant) -> Option<String> {
    let scoped = |verb: &str, scope: Option<Scope>| {
        scope.map(|scope| if scope == Scope::Own { format!("{verb} their own") } else { format!("{verb} all") })
    };
    let acts: Vec<String> = [
        scoped("see", grant.read),
        grant.create.then(|| "add".to_owned()),
        scoped("change", grant.update),
        scoped("delete", grant.delete),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!acts.is_empty()).then(|| format!("{}: {} may {}.", entity.plural, who(spec, &grant.role), acts.join(", ")))
}

fn who(spec: &AppSpec, role: &str) -> String {
    match role {
        OWNER => "the owner".to_owned(),
        VISITOR => "everyone, strangers included,".to_owned(),
        other => spec
            .roles
            .iter()
            .find(|role| role.id == other)
            .map_or_else(|| other.to_owned(), |role| format!("the role “{}”", role.label)),
    }
}

/// A rule as a sentence; `None` where it names what is not there.
pub(crate) fn rule(spec: &AppSpec, rule: &Rule) -> Option<String> {
    holds(spec, rule)
}

fn holds(spec: &AppSpec, rule: &Rule) -> Option<String> {
    Some(match rule {
        Rule::OnePerMember { entity } => {
            format!("{}: one entry per member; answering again changes it.", spec.entity(entity)?.plural)
        }
        Rule::Unique { entity, field } => {
            let entity = spec.entity(entity)?;
            format!("{}: no two have the same {}.", entity.plural, entity.field(field)?.label)
        }
        Rule::Capacity { entity, parent, limit, extra, only_if, .. } => {
            let (counted, parent) = (spec.entity(entity)?, spec.entity(parent)?);
            let mut sentence =
                format!("{}: never more {} than {}", parent.plural, counted.plural, parent.field(limit)?.label);
            if let Some(only_if) = only_if {
                sentence += &format!(", counting those where {}", condition_words(counted, only_if));
            }
            if let Some(extra) = extra {
                sentence += &format!(", one place more where {}", condition_words(counted, extra));
            }
            sentence + "."
        }
        rule => course(spec, rule)?,
    })
}

/// Rules about order, time and amounts.
fn course(spec: &AppSpec, rule: &Rule) -> Option<String> {
    let entity = spec.entity(rule.entity())?;
    let plural = &entity.plural;
    let label = |field: &str| entity.field(field).map(|field| field.label.clone());
    let through = |field: &str| match &entity.field(field)?.kind {
        FieldKind::Ref { entity } => spec.entity(entity),
        _ => None,
    };
    let while_ = |condition: &Option<Condition>| match condition {
        Some(condition) => format!(", counting those where {}", condition_words(entity, condition)),
        None => String::new(),
    };
    Some(match rule {
        Rule::OnePerMember { .. } | Rule::Unique { .. } | Rule::Capacity { .. } => return None,
        Rule::Once { fields, by_member, .. } => {
            let mut parts: Vec<String> = fields.iter().filter_map(|field| label(field)).collect();
            parts.extend(by_member.then(|| "person".to_owned()));
            format!("{plural}: only one for each {}.", parts.join(" and "))
        }
        Rule::NoOverlap { per, only_if, .. } => {
            let parts: Vec<String> = per.iter().filter_map(|field| label(field)).collect();
            let same = if parts.is_empty() { String::new() } else { format!(" of the same {}", parts.join(" and ")) };
            format!("{plural}{same} never overlap{}.", while_(only_if))
        }
        Rule::Within { field, opens, closes, .. } => {
            let hours = through(field)?;
            let (opens, closes) = (&hours.field(opens)?.label, &hours.field(closes)?.label);
            format!("{plural} lie between {opens} and {closes} of the {}.", label(field)?)
        }
        Rule::Notice { field, hours, .. } => {
            format!("{plural} can be changed or taken back until {hours} hours before {}.", label(field)?)
        }
        Rule::Steps { field, start, steps, .. } => {
            let option = |id: &str| option_label(entity, field, id);
            let steps: Vec<String> = steps
                .iter()
                .map(|step| {
                    format!("{} → {}{}", option(&step.from), option(&step.to), taken_by(spec, entity, &step.by))
                })
                .collect();
            format!("{}: {} begins as {}; then {}.", plural, label(field)?, option(start), steps.join(", "))
        }
        Rule::Fixed { only_if: None, .. } => format!("{plural}: what was written is never changed or deleted."),
        Rule::Fixed { only_if: Some(condition), .. } => {
            format!("{plural} are not changed or deleted any more once {}.", condition_words(entity, condition))
        }
        Rule::Balance { field, amount, .. } => {
            format!("{}: what {plural} leave of {} is never below zero.", through(field)?.plural, label(amount)?)
        }
        Rule::AtMost { per, most, hours, only_if, .. } => {
            let whom = per.as_ref().and_then(|field| label(field)).unwrap_or_else(|| "person".into());
            let time = hours.map_or(String::new(), |hours| format!(" within {hours} hours"));
            format!("{plural}: at most {most} for each {whom}{time}{}.", while_(only_if))
        }
        Rule::Needs { field, condition, own, .. } => {
            let other = through(field)?;
            let state = condition.as_ref().map(|condition| condition_words(other, condition));
            let own = own.then(|| format!("the {} is their own", other.label));
            let needed: Vec<String> = state.into_iter().chain(own).collect();
            format!("{plural} can be added only when {}.", needed.join(" and "))
        }
        Rule::Baton { field, .. } => {
            format!("{plural}: only who has the {} now can hand it over.", label(field)?)
        }
        Rule::Number { field, .. } => format!("{plural}: {} is counted up without gaps.", label(field)?),
        Rule::Copied { field, via, .. } => {
            format!("{plural}: {} is taken from the {} when the entry is made.", label(field)?, label(via)?)
        }
        Rule::Quorum { field, to, votes, least, .. } => {
            let votes = &spec.entity(votes)?.plural;
            format!(
                "{plural} become {} only with {votes} of {least} different people.",
                option_label(entity, field, to)
            )
        }
        Rule::Ordered { first, then, .. } => format!("{plural}: {} is not before {}.", label(then)?, label(first)?),
    })
}

fn option_label(entity: &Entity, field: &str, id: &str) -> String {
    match entity.field(field).map(|field| &field.kind) {
        Some(FieldKind::Choice { options }) => options.iter().find(|option| option.id == id),
        _ => None,
    }
    .map_or_else(|| id.to_owned(), |option| option.label.clone())
}

fn taken_by(spec: &AppSpec, entity: &Entity, by: &[Who]) -> String {
    if by.is_empty() {
        return String::new();
    }
    let one = |one: &Who| match &one.whose {
        Whose::Any => who(spec, &one.role),
        Whose::Theirs => format!("{} for their own", who(spec, &one.role)),
        Whose::Through { field } => {
            let label = entity.field(field).map_or(field.as_str(), |field| field.label.as_str());
            format!("{} whose {label} it is", who(spec, &one.role))
        }
    };
    format!(" (by {})", by.iter().map(one).collect::<Vec<_>>().join(" or "))
}
