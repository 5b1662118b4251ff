//! Whether an app spec holds together: ids, references, bounds. Both writers' specs pass here before any code is made.
//!
//! Invariant: a spec that passes names only what it contains, and stays within the limits below.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::ident::{is_field_ident, is_ident};
use crate::spec::{
    Alert, AppSpec, Condition, Entity, FORMAT, Field, FieldKind, OWNER, Page, PageKind, Rule, Total, VISITOR, When,
};

mod rules;

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
/// Most totals of an entity.
pub const MAX_TOTALS: usize = 10;
/// Longest text of a page, in characters.
pub const MAX_PAGE_TEXT: usize = 5_000;
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
    let colours = spec.theme.background.iter().chain([&spec.theme.accent]);
    form("theme", colours.into_iter().all(|colour| is_css_colour(colour)), "a colour is written #rrggbb")?;
    count("entities", "entities", spec.entities.len(), 1, MAX_ENTITIES)?;
    count("roles", "roles", spec.roles.len(), 0, MAX_ROLES)?;
    count("rules", "rules", spec.rules.len(), 0, MAX_RULES)?;
    count("pages", "pages", spec.pages.len(), 0, MAX_PAGES)?;
    roles(spec)?;
    distinct("entities", spec.entities.iter().map(|entity| entity.id.as_str()))?;
    spec.entities.iter().try_for_each(|one| entity(spec, one))?;
    spec.rules.iter().enumerate().try_for_each(|(index, one)| rules::check(spec, &format!("rules/{index}"), one))?;
    distinct("pages", spec.pages.iter().map(|page| page.id.as_str()))?;
    spec.pages.iter().try_for_each(|one| page(spec, one))?;
    count("alerts", "alerts", spec.alerts.len(), 0, MAX_RULES)?;
    spec.alerts.iter().enumerate().try_for_each(|(index, one)| alert(spec, &format!("alerts/{index}"), one))
}

/// Whether a rule fits what a spec has, also while the rest of it is still being written.
pub(crate) fn fits_rule(spec: &AppSpec, rule: &Rule) -> bool {
    rules::check(spec, "rules", rule).is_ok()
}

/// Whether a path such as `entities/guest/fields/phone` leads somewhere in the spec.
pub fn path_exists(spec: &AppSpec, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["name" | "title" | "language" | "theme" | "entities" | "rules" | "pages" | "roles" | "alerts"] => true,
        ["entities", id] => spec.entity(id).is_some(),
        ["entities", id, "access"] => spec.entity(id).is_some(),
        ["entities", id, "access", role] => spec.entity(id).is_some_and(|entity| entity.grant(role).is_some()),
        ["entities", id, "fields", field] => spec.entity(id).is_some_and(|entity| entity.field(field).is_some()),
        ["roles", id] => spec.roles.iter().any(|role| role.id == *id),
        ["pages", id] => spec.pages.iter().any(|page| page.id == *id),
        ["alerts", index] => index.parse::<usize>().is_ok_and(|index| index < spec.alerts.len()),
        ["entities", id, "totals", total] => {
            spec.entity(id).is_some_and(|entity| entity.totals.iter().any(|one| one.id == *total))
        }
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
        form(&path, person != OWNER, "the people of an entity have a role of the app, or come by themselves")?;
        known_role(spec, &path, person)?;
    }
    for grant in &entity.access {
        grant.read_if.iter().try_for_each(|only_if| condition(entity, &path, only_if))?;
    }
    entity.owned_through.iter().try_for_each(|id| points(entity, &path, id).map(|_| ()))?;
    count(&path, "fields to order by", entity.order.len(), 0, 4)?;
    for order in entity.order.iter().filter(|order| order.field != "createdAt") {
        known_field(entity, &path, &order.field)?;
    }
    count(&path, "totals", entity.totals.len(), 0, MAX_TOTALS)?;
    distinct(&path, entity.totals.iter().map(|total| total.id.as_str()))?;
    entity.totals.iter().try_for_each(|one| total(spec, entity, &path, one))?;
    entity.fields.iter().try_for_each(|one| field(spec, entity, one))
}

fn total(spec: &AppSpec, entity: &Entity, path: &str, total: &Total) -> Checked {
    ident(path, &total.id, is_field_ident(&total.id) && entity.field(&total.id).is_none())?;
    label(path, &total.label)?;
    let of = known_entity(spec, path, &total.of)?;
    form(path, points(of, path, &total.field)? == entity.id, "what is counted refers to the entity with the total")?;
    if let Some(sum) = &total.sum {
        // A total may sum another one, which then sums a field: no circle, and at most two steps.
        let field = match of.totals.iter().find(|other| other.id == *sum) {
            Some(other) => known_field(known_entity(spec, path, &other.of)?, path, other.sum.as_deref().unwrap_or(""))?,
            None => known_field(of, path, sum)?,
        };
        form(path, is_number(&field.kind), "a sum is made of numbers")?;
    }
    if let Some(from) = &total.from {
        form(path, total.sum.is_some(), "only a sum is taken from a number")?;
        form(path, is_number(&known_field(entity, path, from)?.kind), "a sum is taken from a number")?;
    }
    if let Some(month) = &total.month {
        form(path, is_day(&known_field(of, path, month)?.kind), "a month is told by a date")?;
    }
    total.only_if.iter().try_for_each(|only_if| condition(of, path, only_if))
}

fn alert(spec: &AppSpec, path: &str, alert: &Alert) -> Checked {
    let entity = known_entity(spec, path, &alert.entity)?;
    label(path, &alert.text)?;
    alert.only_if.iter().try_for_each(|only_if| condition(entity, path, only_if))?;
    match &alert.when {
        When::Days { field, .. } if matches!(field.as_str(), "createdAt" | "updatedAt") => Ok(()),
        When::Days { field, .. } => {
            form(path, is_day(&known_field(entity, path, field)?.kind), "days are counted from a date")
        }
        When::Since { of, field, .. } => {
            let other = points(known_entity(spec, path, of)?, path, field)?;
            form(path, other == alert.entity, "the newest row is one that refers to this entity")
        }
        When::Above { field, .. } | When::Below { field, .. } => {
            form(path, is_number(&known_field(entity, path, field)?.kind), "above and below are said of numbers")
        }
    }
}

/// The entity to which a field refers.
fn points<'a>(entity: &'a Entity, path: &str, field: &str) -> Result<&'a str, SpecError> {
    match &known_field(entity, path, field)?.kind {
        FieldKind::Ref { entity } => Ok(entity),
        _ => Err(SpecError::Form { path: path.into(), reason: "this field refers to another entity" }),
    }
}

/// Whether a value says a day.
fn is_day(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Date | FieldKind::DateTime)
}

/// Whether values can be summed and compared.
fn is_number(kind: &FieldKind) -> bool {
    use FieldKind::*;
    matches!(kind, Integer { .. } | Money { .. } | Quantity { .. } | Percentage | Rating { .. } | Duration)
}

fn field(spec: &AppSpec, entity: &Entity, field: &Field) -> Checked {
    let path = format!("entities/{}/fields/{}", entity.id, field.id);
    ident(&path, &field.id, is_field_ident(&field.id))?;
    label(&path, &field.label)?;
    if let Some(only_if) = &field.only_if {
        form(&path, only_if.field != field.id, "a field can't depend on itself")?;
        condition(entity, &path, only_if)?;
    }
    field.seen_by.iter().try_for_each(|who| rules::who(spec, entity, &path, who))?;
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

fn page(spec: &AppSpec, page: &Page) -> Checked {
    let path = format!("pages/{}", page.id);
    ident(&path, &page.id, is_ident(&page.id))?;
    label(&path, &page.title)?;
    page.roles.iter().try_for_each(|role| known_role(spec, &path, role))?;
    let words = page.text.chars().count() <= MAX_PAGE_TEXT && !has_controls(&page.text.replace('\n', ""));
    form(&path, words, "a page's text has at most 5,000 characters and no control characters")?;
    if matches!(page.kind, PageKind::Text | PageKind::Summary) {
        return form(&path, page.entity.is_empty(), "a page of words or numbers shows no single entity");
    }
    let entity = known_entity(spec, &path, &page.entity)?;
    page.only_if.iter().try_for_each(|only_if| condition(entity, &path, only_if))?;
    let by = page.by.as_ref().map(|by| known_field(entity, &path, by)).transpose()?;
    let fits = |test: fn(&FieldKind) -> bool| by.is_some_and(|field| test(&field.kind));
    match page.kind {
        PageKind::Board => {
            form(&path, fits(|kind| matches!(kind, FieldKind::Choice { .. })), "a board's columns are a choice")
        }
        PageKind::Calendar => form(&path, fits(is_day), "a calendar goes by a date"),
        PageKind::Slots => {
            let held = |rule: &Rule| matches!(rule, Rule::NoOverlap { entity, .. } if *entity == page.entity);
            form(&path, spec.rules.iter().any(held), "free times need a rule that bookings do not overlap")
        }
        _ => Ok(()),
    }
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
            ..Field::default()
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
        let owner = Grant { role: OWNER.into(), create: true, ..Grant::default() };
        let entity = |id: &str, fields: Vec<Field>| Entity {
            id: id.into(),
            label: id.into(),
            plural: id.into(),
            fields,
            access: vec![owner.clone()],
            ..Entity::default()
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
                weight: None,
                extra: None,
                only_if: None,
                via: None,
            }],
            pages: vec![Page {
                id: "guests".into(),
                title: "Guests".into(),
                kind: PageKind::Table,
                entity: "guest".into(),
                roles: vec![OWNER.into()],
                ..Page::default()
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
