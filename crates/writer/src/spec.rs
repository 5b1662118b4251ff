//! The app spec: a typed description of an app, from which backend, pages and migrations are generated.
//!
//! It is what every writer produces and what `show` prints. The same spec and program version give the same
//! bytes of source. Ids are stable across renames (labels change, ids do not), so that a change of words is
//! never a change of data. Ids are lowerCamelCase ASCII; labels are in the person's own words and language.

use serde::{Deserialize, Serialize};

mod pages;
mod rules;
mod uses;

pub use pages::{Alert, Order, Page, PageKind, Total, When};
pub use rules::{Along, Among, Days, Each, End, Hours, Rule, Span, Step, Who, Whose};

/// The version of this format.
pub const FORMAT: u32 = 1;

/// Longest picture, in characters of its data URL: about 90 KB of picture.
pub const MAX_PICTURE: usize = 120_000;

/// The role id of the person whom the platform records as the app's owner.
pub const OWNER: &str = "owner";
/// The role id of everyone else who reaches the app.
pub const VISITOR: &str = "visitor";

/// A whole app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSpec {
    /// [`FORMAT`].
    pub format: u32,
    /// A suggested name for the address: lower-case ASCII letters, digits and hyphens.
    pub name: String,
    /// What people see as the app's title.
    pub title: String,
    /// BCP 47 tag of the app's texts, such as `en`.
    pub language: String,
    /// Which blueprints were composed, best match first.
    #[serde(default)]
    pub blueprints: Vec<String>,
    /// Roles besides [`OWNER`] and [`VISITOR`].
    #[serde(default)]
    pub roles: Vec<Role>,
    /// What the app keeps.
    pub entities: Vec<Entity>,
    /// What must always hold.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// What people see, in the order of the menu.
    pub pages: Vec<Page>,
    /// What it draws attention to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<Alert>,
    /// How it looks.
    #[serde(default)]
    pub theme: Theme,
}

/// A role that invitations give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// For example `guest`.
    pub id: String,
    /// For example `Guest`.
    pub label: String,
    /// Roles whose members may invite people into this one ([`OWNER`] always may).
    #[serde(default)]
    pub invited_by: Vec<String>,
}

/// A kind of thing the app keeps, one row each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Singular, for example `budgetItem`.
    pub id: String,
    /// Singular in the person's words, for example `Budget item`.
    pub label: String,
    /// Plural in the person's words, for example `Budget`.
    pub plural: String,
    /// In order of display; the first required text field is the row's title.
    pub fields: Vec<Field>,
    /// Rows of this entity are people of that role: each row can carry an invitation, and its member owns the row.
    /// [`VISITOR`]: people who come by themselves and make their own row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Who may do what. Nobody who is not named here may do anything; [`OWNER`] is named like everyone else.
    pub access: Vec<Grant>,
    /// References through which a row belongs to somebody too: whose row they name owns this one as its maker does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owned_through: Vec<String>,
    /// The order in which rows are shown; empty: as they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Order>,
    /// Numbers shown with each row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<Total>,
    /// Kept and restorable, but no longer shown or changed.
    #[serde(default)]
    pub archived: bool,
}

/// A column of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// For example `phone`.
    pub id: String,
    /// For example `Phone number`.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// A row can't be saved without it.
    #[serde(default)]
    pub required: bool,
    /// Filled in by the row's own member (an answer), not only by those who manage the rows.
    #[serde(default)]
    pub by_member: bool,
    /// Asked only while another choice or yes/no field has one of the given values (a plus-one's name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
    /// Who sees the value; empty: whoever sees the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen_by: Vec<Who>,
    /// Kept and restorable, but no longer shown or changed.
    #[serde(default)]
    pub archived: bool,
}

/// Field `field` has one of `values` (choice option ids; `true`/`false` for yes/no fields).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// A field of the same entity.
    pub field: String,
    /// Any of these.
    pub values: Vec<String>,
}

/// What a field holds: the meaning, from which input, check, format and icon follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum FieldKind {
    /// One line.
    #[default]
    Text,
    /// Several lines.
    LongText,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Url,
    /// A place or address in words.
    Place,
    /// A whole number, at least `min`.
    Integer {
        /// Smallest allowed value.
        #[serde(default)]
        min: i64,
        /// Largest allowed value, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// An amount in the currency's minor unit (cents); ISO 4217 code.
    Money {
        /// For example `EUR`.
        currency: String,
    },
    /// A decimal quantity kept in thousandths, with a unit such as `kg`.
    Quantity {
        /// Shown after the number; may be empty.
        #[serde(default)]
        unit: String,
    },
    /// 0 to 100.
    Percentage,
    /// 1 to `max`.
    Rating {
        /// Usually 5.
        max: u8,
    },
    /// Yes or no.
    YesNo,
    /// A calendar date, kept as `YYYY-MM-DD`.
    Date,
    /// A time of day, kept as `HH:MM`.
    Time,
    /// A date and a time of day, kept as `YYYY-MM-DDTHH:MM`, without a zone: the time on the wall where it happens.
    DateTime,
    /// A small picture, kept as a data URL of at most [`MAX_PICTURE`] characters; the page makes large ones smaller.
    Picture,
    /// A colour, kept as `#rrggbb`.
    Colour,
    /// Minutes.
    Duration,
    /// One of a list.
    Choice {
        /// At least two.
        options: Vec<Choice>,
    },
    /// A row of another entity.
    Ref {
        /// The other entity's id.
        entity: String,
    },
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// For example `vegetarian`.
    pub id: String,
    /// For example `Vegetarian`.
    pub label: String,
}

/// What a role may do with an entity's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// [`OWNER`], [`VISITOR`] or a [`Role::id`].
    pub role: String,
    /// Which rows it sees; none if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Scope>,
    /// Sees only rows for which this holds, besides their own: published posts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_if: Option<Condition>,
    /// May add rows.
    #[serde(default)]
    pub create: bool,
    /// Which rows it may change; none if absent. With [`Scope::Own`], only fields that are `by_member`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<Scope>,
    /// Which rows it may delete; none if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<Scope>,
}

/// Which rows a grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// Every row.
    All,
    /// Rows that belong to the caller's membership; for [`VISITOR`], to the key that their browser keeps.
    Own,
}

/// How the app looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// CSS colour of buttons and links, `#rrggbb`.
    pub accent: String,
    /// CSS colour behind everything, `#rrggbb`; absent: white by day, nearly black by night.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
}

impl Default for Theme {
    fn default() -> Self {
        Theme { accent: "#7c3aed".into(), background: None }
    }
}

impl AppSpec {
    /// The entity with this id.
    pub fn entity(&self, id: &str) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.id == id)
    }

    /// Everybody whom the app names in relation to its rows.
    fn named(&self) -> impl Iterator<Item = &Who> {
        let seen = self.entities.iter().flat_map(|entity| entity.fields.iter().flat_map(|field| &field.seen_by));
        let steps = self.rules.iter().flat_map(|rule| match rule {
            Rule::Steps { steps, .. } => steps.as_slice(),
            _ => &[],
        });
        seen.chain(steps.flat_map(|step| &step.by))
    }

    /// Whether somebody may do something because of this role.
    pub fn uses_role(&self, role: &str) -> bool {
        let entity = |entity: &Entity| entity.person.as_deref() == Some(role) || entity.grant(role).is_some();
        self.entities.iter().any(entity) || self.named().any(|who| who.role == role)
    }

    /// Takes a role out everywhere. What only that role could see or do is the owner's then.
    pub fn release_role(&mut self, role: &str) {
        let owner = || Who { role: OWNER.into(), whose: Whose::Any };
        let release = |people: &mut Vec<Who>| {
            let before = people.len();
            people.retain(|who| who.role != role);
            if people.is_empty() && before > 0 {
                people.push(owner());
            }
        };
        self.roles.retain(|other| other.id != role);
        self.roles.iter_mut().for_each(|other| other.invited_by.retain(|by| by != role));
        for entity in &mut self.entities {
            entity.access.retain(|grant| grant.role != role);
            entity.fields.iter_mut().for_each(|field| release(&mut field.seen_by));
        }
        for rule in &mut self.rules {
            if let Rule::Steps { steps, .. } = rule {
                steps.iter_mut().for_each(|step| release(&mut step.by));
            }
        }
        for page in &mut self.pages {
            page.roles.retain(|other| other != role);
        }
        self.pages.retain(|page| !page.roles.is_empty());
    }

    /// The entity with this id, to change it.
    pub fn entity_mut(&mut self, id: &str) -> Option<&mut Entity> {
        self.entities.iter_mut().find(|entity| entity.id == id)
    }
}

impl Entity {
    /// Whose rows are and in which order they stand no longer looks at a field.
    pub fn release_field(&mut self, field: &str) {
        self.owned_through.retain(|other| other != field);
        self.order.retain(|order| order.field != field);
        for grant in &mut self.access {
            // What was shown only in some states is not shown in all of them because the state is gone.
            if grant.read_if.as_ref().is_some_and(|condition| condition.field == field) {
                grant.read_if = None;
                grant.read = grant.read.map(|_| Scope::Own);
            }
        }
        for other in &mut self.fields {
            let before = other.seen_by.len();
            other.seen_by.retain(|who| who.through() != Some(field));
            if other.seen_by.is_empty() && before > 0 {
                other.seen_by.push(Who { role: OWNER.into(), whose: Whose::Any });
            }
        }
    }

    /// The field with this id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The field with this id, to change it.
    pub fn field_mut(&mut self, id: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.id == id)
    }

    /// What a role may do; `None` is nothing.
    pub fn grant(&self, role: &str) -> Option<&Grant> {
        self.access.iter().find(|grant| grant.role == role)
    }
}
