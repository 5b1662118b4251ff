//! An app in plain sentences: what it keeps, who may do what, what always holds.
//!
//! Invariant: every sentence follows from the spec alone; archived parts are named as put away, not hidden.

use crate::spec::{AppSpec, Condition, Entity, Field, FieldKind, Grant, OWNER, Rule, Scope, VISITOR};

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
    })
}
