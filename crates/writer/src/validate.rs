//! Whether an app spec holds together: ids, references, bounds. Both writers' specs pass here before any code is made.
//!
//! Invariant: a spec that passes names only what it contains, and stays within the limits below.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::ident::{is_field_ident, is_ident};
use crate::spec::{AppSpec, Condition, Entity, FORMAT, Field, FieldKind, OWNER, Page, Rule, VISITOR};

/// Most entities of an app.
pub const MAX_ENTITIES: usize = 40;
/// Most fields of an entity, archived ones included.
pub const MAX_FIELDS: usize = 60;
/// Most options of a choice.
pub const MAX_OPTIONS: usize = 60;
/// Most roles.
pub const MAX_ROLES: usize = 20;
/// Most rules.
pub const MAX_RULES: usize = 200;
/// Most pages.
pub const MAX_PAGES: usize = 100;
/// Longest label, in characters.
pub const MAX_LABEL: usize = 120;

/// What is wrong with a spec, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpecError {
    /// Written for another program version.
    #[error("format {0} is not known; this program reads format {FORMAT}")]
    Format(u32),
    /// An id that generated code couldn't use.
    #[error("{path}: {id:?} can't be an id; use lower camel case ASCII letters and digits, and no reserved word")]
    Ident {
        /// Where.
        path: String,
        /// The id.
        id: String,
    },
    /// The same id twice.
    #[error("{path}: the id {id:?} is used twice; ids are unique among their siblings")]
    Twice {
        /// Where.
        path: String,
        /// The id.
        id: String,
    },
    /// A label that is empty, too long or holds control characters.
    #[error("{path}: the label is empty, longer than {MAX_LABEL} characters, or holds control or direction characters")]
    Label {
        /// Where.
        path: String,
    },
    /// Something that isn't there.
    #[error("{path}: {what} {id:?} does not exist in this app")]
    Missing {
        /// Where.
        path: String,
        /// `entity`, `field`, `role` or `option`.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// Too many or too few.
    #[error("{path}: {count} {what}, allowed are {min} to {max}")]
    Count {
        /// Where.
        path: String,
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// Fewest allowed.
        min: usize,
        /// Most allowed.
        max: usize,
    },
    /// A value of the wrong form.
    #[error("{path}: {reason}")]
    Form {
        /// Where.
        path: String,
        /// What it should be.
        reason: &'static str,
    },
}

type Checked = Result<(), SpecError>;

/// Checks a whole spec; the first fault is returned.
pub fn validate(spec: &AppSpec) -> Checked {
    if spec.format != FORMAT {
        return Err(SpecError::Format(spec.format));
    }
    label("title", &spec.title)?;
    form("name", is_slug(&spec.name), "an app's name is lower-case ASCII letters, digits and hyphens, at most 40")?;
    form("language", is_tag(&spec.language), "a language is a BCP 47 tag such as en")?;
    form("theme", is_css_colour(&spec.theme.accent), "the accent is a colour written #rrggbb")?;
    count("entities", "entities", spec.entities.len(), 1, MAX_ENTITIES)?;
    count("roles", "roles", spec.roles.len(), 0, MAX_ROLES)?;
    count("rules", "rules", spec.rules.len(), 0, MAX_RULES)?;
    count("pages", "pages", spec.pages.len(), 0, MAX_PAGES)?;
    roles(spec)?;
    distinct("entities", spec.entities.iter().map(|entity| entity.id.as_str()))?;
    spec.entities.iter().try_for_each(|one| entity(spec, one))?;
    spec.rules.iter().enumerate().try_for_each(|(index, one)| rule(spec, &format!("rules/{index}"), one))?;
    distinct("pages", spec.pages.iter().map(|page| page.id.as_str()))?;
    spec.pages.iter().try_for_each(|one| page(spec, one))
}

/// Whether a path such as `entities/guest/fields/phone` leads somewhere in the spec.
pub fn path_exists(spec: &AppSpec, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["name" | "title" | "language" | "theme" | "entities" | "rules" | "pages" | "roles"] => true,
        ["entities", id] => spec.entity(id).is_some(),
        ["entities", id, "access"] => spec.entity(id).is_some(),
        ["entities", id, "access", role] => spec.entity(id).is_some_and(|entity| entity.grant(role).is_some()),
        ["entities", id, "fields", field] => spec.entity(id).is_some_and(|entity| entity.field(field).is_some()),
        ["roles", id] => spec.roles.iter().any(|role| role.id == *id),
        ["pages", id] => spec.pages.iter().any(|page| page.id == *id),
        ["rules", index] => index.parse::<usize>().is_ok_and(|index| index < spec.rules.len()),
        _ => false,
    }
}

fn roles(spec: &AppSpec) -> Checked {
    distinct("roles", spec.roles.iter().map(|role| role.id.as_str()))?;
    for role in &spec.roles {
        let path = format!("roles/{}", role.id);
        ident(&path, &role.id, is_ident(&role.id))?;
        label(&path, &role.label)?;
        role.invited_by.iter().try_for_each(|by| known_role(spec, &path, by))?;
    }
    Ok(())
}

fn entity(spec: &AppSpec, entity: &Entity) -> Checked {
    let path = format!("entities/{}", entity.id);
    ident(&path, &entity.id, is_ident(&entity.id))?;
    label(&path, &entity.label)?;
    label(&path, &entity.plural)?;
    count(&path, "fields", entity.fields.len(), 1, MAX_FIELDS)?;
    distinct(&path, entity.fields.iter().map(|field| field.id.as_str()))?;
    distinct(&path, entity.access.iter().map(|grant| grant.role.as_str()))?;
    entity.access.iter().try_for_each(|grant| known_role(spec, &path, &grant.role))?;
    if let Some(person) = &entity.person {
        form(&path, person != OWNER && person != VISITOR, "the people of an entity have a role of the app")?;
        known_role(spec, &path, person)?;
    }
    entity.fields.iter().try_for_each(|one| field(spec, entity, one))
}

fn field(spec: &AppSpec, entity: &Entity, field: &Field) -> Checked {
    let path = format!("entities/{}/fields/{}", entity.id, field.id);
    ident(&path, &field.id, is_field_ident(&field.id))?;
    label(&path, &field.label)?;
    if let Some(only_if) = &field.only_if {
        form(&path, only_if.field != field.id, "a field can't depend on itself")?;
        condition(entity, &path, only_if)?;
    }
    match &field.kind {
        FieldKind::Choice { options } => {
            count(&path, "options", options.len(), 2, MAX_OPTIONS)?;
            distinct(&path, options.iter().map(|option| option.id.as_str()))?;
            options.iter().try_for_each(|option| {
                ident(&path, &option.id, is_ident(&option.id))?;
                label(&path, &option.label)
            })
        }
        FieldKind::Ref { entity: other } => known_entity(spec, &path, other).map(|_| ()),
        FieldKind::Money { currency } => {
            let code = currency.len() == 3 && currency.bytes().all(|letter| letter.is_ascii_uppercase());
            form(&path, code, "a currency is an ISO 4217 code such as EUR")
        }
        FieldKind::Integer { min, max } => {
            form(&path, max.is_none_or(|max| max >= *min), "the largest value is below the smallest")
        }
        FieldKind::Rating { max } => form(&path, (2..=10).contains(max), "a rating goes up to 2 to 10"),
        FieldKind::Quantity { unit } => {
            form(&path, unit.chars().count() <= 12 && !has_controls(unit), "a unit has at most 12 characters")
        }
        _ => Ok(()),
    }
}

fn rule(spec: &AppSpec, path: &str, rule: &Rule) -> Checked {
    match rule {
        Rule::OnePerMember { entity } => known_entity(spec, path, entity).map(|_| ()),
        Rule::Unique { entity, field } => known_field(known_entity(spec, path, entity)?, path, field).map(|_| ()),
        Rule::Capacity { entity, field, parent, limit, extra, only_if } => {
            let counted = known_entity(spec, path, entity)?;
            let parent_entity = known_entity(spec, path, parent)?;
            let points =
                matches!(&known_field(counted, path, field)?.kind, FieldKind::Ref { entity } if entity == parent);
            form(path, points, "the counted field refers to the entity with the limit")?;
            let whole = matches!(known_field(parent_entity, path, limit)?.kind, FieldKind::Integer { .. });
            form(path, whole, "the limit is a whole-number field")?;
            extra.iter().chain(only_if).try_for_each(|one| condition(counted, path, one))
        }
    }
}

fn page(spec: &AppSpec, page: &Page) -> Checked {
    let path = format!("pages/{}", page.id);
    ident(&path, &page.id, is_ident(&page.id))?;
    label(&path, &page.title)?;
    known_entity(spec, &path, &page.entity)?;
    page.roles.iter().try_for_each(|role| known_role(spec, &path, role))
}

fn condition(entity: &Entity, path: &str, condition: &Condition) -> Checked {
    let field = known_field(entity, path, &condition.field)?;
    form(path, !condition.values.is_empty(), "a condition names at least one value")?;
    for value in &condition.values {
        let known = match &field.kind {
            FieldKind::YesNo => value == "true" || value == "false",
            FieldKind::Choice { options } => options.iter().any(|option| option.id == *value),
            _ => return form(path, false, "a condition looks at a yes/no or choice field"),
        };
        if !known {
            return Err(SpecError::Missing { path: path.into(), what: "option", id: value.clone() });
        }
    }
    Ok(())
}

fn known_role(spec: &AppSpec, path: &str, id: &str) -> Checked {
    if id == OWNER || id == VISITOR || spec.roles.iter().any(|role| role.id == id) {
        return Ok(());
    }
    Err(SpecError::Missing { path: path.into(), what: "role", id: id.into() })
}

fn known_entity<'a>(spec: &'a AppSpec, path: &str, id: &str) -> Result<&'a Entity, SpecError> {
    spec.entity(id).ok_or_else(|| SpecError::Missing { path: path.into(), what: "entity", id: id.into() })
}

fn known_field<'a>(entity: &'a Entity, path: &str, id: &str) -> Result<&'a Field, SpecError> {
    entity.field(id).ok_or_else(|| SpecError::Missing { path: path.into(), what: "field", id: id.into() })
}

fn ident(path: &str, id: &str, fits: bool) -> Checked {
    if fits { Ok(()) } else { Err(SpecError::Ident { path: path.into(), id: id.into() }) }
}

fn distinct<'a>(path: &str, ids: impl Iterator<Item = &'a str>) -> Checked {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(SpecError::Twice { path: path.into(), id: id.into() });
        }
    }
    Ok(())
}

fn label(path: &str, label: &str) -> Checked {
    let fits = !label.trim().is_empty() && label.chars().count() <= MAX_LABEL && !has_controls(label);
    if fits { Ok(()) } else { Err(SpecError::Label { path: path.into() }) }
}

fn has_controls(text: &str) -> bool {
    text.chars().any(|letter| {
        letter.is_control()
            || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    })
}

fn count(path: &str, what: &'static str, count: usize, min: usize, max: usize) -> Checked {
    if (min..=max).contains(&count) {
        Ok(())
    } else {
        Err(SpecError::Count { path: path.into(), what, count, min, max })
    }
}

fn form(path: &str, fits: bool, reason: &'static str) -> Checked {
    if fits { Ok(()) } else { Err(SpecError::Form { path: path.into(), reason }) }
}

fn is_slug(name: &str) -> bool {
    let inner = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    inner && (1..=40).contains(&name.len()) && !name.starts_with('-') && !name.ends_with('-')
}

fn is_tag(tag: &str) -> bool {
    (2..=35).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_css_colour(colour: &str) -> bool {
    colour.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Choice, Grant, PageKind, Role};

    fn sample() -> AppSpec {
        let name = Field {
            id: "name".into(),
            label: "Name".into(),
            kind: FieldKind::Text,
            required: true,
            by_member: false,
            only_if: None,
            archived: false,
        };
        let seats = Field {
            id: "seats".into(),
            label: "Seats".into(),
            kind: FieldKind::Integer { min: 0, max: None },
            ..name.clone()
        };
        let table = Field {
            id: "table".into(),
            label: "Table".into(),
            kind: FieldKind::Ref { entity: "table".into() },
            ..name.clone()
        };
        let owner = Grant { role: OWNER.into(), read: None, create: true, update: None, delete: None };
        let entity = |id: &str, fields: Vec<Field>| Entity {
            id: id.into(),
            label: id.into(),
            plural: id.into(),
            fields,
            person: None,
            access: vec![owner.clone()],
            archived: false,
        };
        AppSpec {
            format: FORMAT,
            name: "wedding".into(),
            title: "Wedding".into(),
            language: "en".into(),
            roles: vec![Role { id: "guest".into(), label: "Guest".into(), invited_by: vec![OWNER.into()] }],
            entities: vec![entity("guest", vec![name.clone(), table]), entity("table", vec![name, seats])],
            rules: vec![Rule::Capacity {
                entity: "guest".into(),
                field: "table".into(),
                parent: "table".into(),
                limit: "seats".into(),
                extra: None,
                only_if: None,
            }],
            pages: vec![Page {
                id: "guests".into(),
                title: "Guests".into(),
                kind: PageKind::Table,
                entity: "guest".into(),
                roles: vec![OWNER.into()],
            }],
            ..AppSpec::default()
        }
    }

    fn broken(change: impl Fn(&mut AppSpec)) -> SpecError {
        let mut spec = sample();
        change(&mut spec);
        validate(&spec).expect_err("the changed spec is broken")
    }

    #[test]
    fn a_sound_spec_passes() {
        assert_eq!(validate(&sample()), Ok(()));
    }

    #[test]
    fn each_fault_is_named() {
        assert!(matches!(broken(|s| s.format = 9), SpecError::Format(9)));
        assert!(matches!(broken(|s| s.entities[0].id = "actor".into()), SpecError::Ident { .. }));
        assert!(matches!(broken(|s| s.entities[1].id = "guest".into()), SpecError::Twice { .. }));
        assert!(matches!(broken(|s| s.entities[0].fields[1].id = "member".into()), SpecError::Ident { .. }));
        assert!(matches!(
            broken(|s| s.entities[0].person = Some("nobody".into())),
            SpecError::Missing { what: "role", .. }
        ));
        assert!(matches!(
            broken(|s| {
                s.entities.pop();
            }),
            SpecError::Missing { what: "entity", .. }
        ));
        assert!(matches!(broken(|s| s.entities[1].fields[1].kind = FieldKind::Text), SpecError::Form { .. }));
        assert!(matches!(broken(|s| s.title = "a\u{202e}b".into()), SpecError::Label { .. }));
        assert!(matches!(broken(|s| s.theme.accent = "red".into()), SpecError::Form { .. }));
        assert!(matches!(broken(|s| s.entities.clear()), SpecError::Count { .. }));
        let one = FieldKind::Choice { options: vec![Choice { id: "a".into(), label: "A".into() }] };
        assert!(matches!(
            broken(|s| s.entities[0].fields[0].kind = one.clone()),
            SpecError::Count { what: "options", .. }
        ));
        let odd = Condition { field: "name".into(), values: vec!["x".into()] };
        assert!(matches!(broken(|s| s.entities[0].fields[1].only_if = Some(odd.clone())), SpecError::Form { .. }));
    }

    #[test]
    fn paths_lead_somewhere_or_not() {
        let spec = sample();
        for path in ["entities/guest", "entities/guest/fields/name", "roles/guest", "rules/0", "pages/guests", "theme"]
        {
            assert!(path_exists(&spec, path), "{path}");
        }
        for path in ["entities/x", "entities/guest/fields/x", "rules/1", "", "entities/guest/fields"] {
            assert!(!path_exists(&spec, path), "{path}");
        }
    }
}
