//! What must always hold in an app, whatever a client sends: held by the backend, between a check and its write no `await`.
//!
//! Invariant: a rule that comes to an app with data refuses only what makes it worse; what was there before stands.

use serde::{Deserialize, Serialize};

use super::{AppSpec, Condition, FieldKind};

/// An invariant, held by the backend whatever a client sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Rule {
    /// A member has at most one row of this entity; answering again changes it.
    OnePerMember {
        /// The entity.
        entity: String,
    },
    /// Rows of `entity` that point to one `parent` by `field` never take more places than its `limit` field says:
    /// seats at a table, pieces in stock, the weight of a batch that is split.
    Capacity {
        /// The counted entity, for example `guest`.
        entity: String,
        /// Its reference field, for example `table`.
        field: String,
        /// The entity with the limit, for example `table`.
        parent: String,
        /// The field with the limit, for example `seats`: a whole number, or a quantity where `weight` is one.
        limit: String,
        /// A number field of the counted entity: how many places a row takes; absent: one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weight: Option<String>,
        /// A row takes one place more while this condition holds (a plus-one).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        extra: Option<Condition>,
        /// Rows take a place only while this condition holds (a guest who said no takes none); absent: always.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
        /// A reference of the counted rows: `only_if` is about the row it names (the order that a line stands in).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<String>,
    },
    /// No two rows have the same value in this field.
    Unique {
        /// The entity.
        entity: String,
        /// The field.
        field: String,
    },
    /// No two rows agree in all of these: one rating for each loan and person.
    Once {
        /// The entity.
        entity: String,
        /// Fields that are compared together; none is allowed where `by_member` is true.
        fields: Vec<String>,
        /// Whose row it is is compared too.
        #[serde(default)]
        by_member: bool,
    },
    /// No two rows overlap in time, among those that agree in `per`: a stylist has one customer at a time.
    NoOverlap {
        /// The entity.
        entity: String,
        /// When and how long.
        span: Span,
        /// Reference or choice fields; rows that differ in one of them never collide.
        #[serde(default)]
        per: Vec<String>,
        /// Only rows for which this holds take up time (a cancelled booking takes none); absent: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
    },
    /// Rows lie within the hours of what they refer to by `field`: bookings in a stylist's working hours.
    Within {
        /// The entity.
        entity: String,
        /// When and how long; the span's fields hold date and time.
        span: Span,
        /// Reference to the entity with the hours.
        field: String,
        /// Its time field.
        opens: String,
        /// Its time field.
        closes: String,
    },
    /// Rows begin and end on days and at times at which the place is open.
    Open {
        /// The entity.
        entity: String,
        /// When and how long.
        span: Span,
        /// Its hours on the days of the week; a day that none of them names is closed. Empty: open on every day.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        week: Vec<Hours>,
        /// Days on which it is closed besides: holidays.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        closed: Vec<Days>,
    },
    /// Nobody but those who reach all rows changes or deletes a row less than so many hours before it begins.
    Notice {
        /// The entity.
        entity: String,
        /// Its field with date, or date and time.
        field: String,
        /// Before that.
        hours: u32,
    },
    /// A choice goes from one value to the next only as stated, and by whom.
    Steps {
        /// The entity.
        entity: String,
        /// Its choice field.
        field: String,
        /// The option a new row has; nobody chooses another.
        start: String,
        /// What may follow what.
        steps: Vec<Step>,
    },
    /// A row is no longer changed or deleted by anyone, the owner included, while the condition holds; absent: never
    /// after it was written.
    Fixed {
        /// The entity.
        entity: String,
        /// For example: an invoice was sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
        /// Fields that may be changed nevertheless, such as the state itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        except: Vec<String>,
        /// A reference: `only_if` is about the row it names (the invoice of a position), and none is added there either.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<String>,
    },
    /// What rows move in and out of a parent never falls below zero there: stock of a warehouse, an account.
    Balance {
        /// The entity of the moves.
        entity: String,
        /// Its reference to what has the balance.
        field: String,
        /// Its number field.
        amount: String,
        /// Moves for which this holds take away; all others add.
        takes: Condition,
    },
    /// A person, or a row referred to, has at most so many rows: three open deliveries, five messages a day.
    AtMost {
        /// The entity.
        entity: String,
        /// A reference field whose row the count is for; absent: whose row it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        per: Option<String>,
        /// The limit.
        most: u32,
        /// Only rows made in the last so many hours count; absent: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<u32>,
        /// A date of theirs: rows that it puts into the past no longer count. Absent: they do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// Only rows for which this holds count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
    },
    /// A row can be made only while the row it refers to is in a state: a rating after the loan was returned.
    Needs {
        /// The entity.
        entity: String,
        /// Its reference.
        field: String,
        /// Of the row referred to; absent: only `own` counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        condition: Option<Condition>,
        /// The row referred to must belong to the caller.
        #[serde(default)]
        own: bool,
    },
    /// Hand-overs: who adds a row for a parent must be whom the last one named, at first whose the parent is.
    Baton {
        /// The entity of the hand-overs.
        entity: String,
        /// Its reference to what is handed over.
        field: String,
        /// Its reference to the person who gets it.
        to: String,
    },
    /// The backend numbers new rows without gaps, from 1.
    Number {
        /// The entity.
        entity: String,
        /// Its whole-number field, which nobody fills in.
        field: String,
    },
    /// A field takes its value, when the row is made, from the row referred to: the price at the time of the order.
    Copied {
        /// The entity.
        entity: String,
        /// The field that nobody fills in.
        field: String,
        /// The reference.
        via: String,
        /// The field of the row referred to, of the same kind.
        from: String,
    },
    /// A field is what another one says of each, times a number of the same row: an amount of price and quantity.
    Times {
        /// The entity.
        entity: String,
        /// The field that nobody fills in.
        field: String,
        /// The field with what each costs or weighs, of the same kind.
        each: String,
        /// How many: a whole number or a quantity.
        count: String,
    },
    /// Rows come with the row they belong to, in one go: all of them or nothing. Who may not add any later must bring
    /// some: the lines of an order.
    Lines {
        /// The entity of the lines.
        entity: String,
        /// Its reference to what they belong to.
        field: String,
        /// Its reference to what each is about.
        of: String,
        /// How many of it: a whole number.
        count: String,
    },
    /// A choice reaches a value only when enough rows of another entity, each of another person, refer to the row.
    Quorum {
        /// The entity with the choice.
        entity: String,
        /// The choice.
        field: String,
        /// The option that needs approval.
        to: String,
        /// The entity whose rows approve.
        votes: String,
        /// Its reference.
        by: String,
        /// How many.
        least: u32,
    },
    /// A new row moves a date or number of the row it refers to forward, never back: a payment makes a membership last
    /// longer. Nobody else fills that field in.
    Extends {
        /// The entity of the new rows.
        entity: String,
        /// Its reference.
        field: String,
        /// Its field with the later date.
        from: String,
        /// The field of the row referred to, of the same kind.
        to: String,
    },
    /// What one person paid is shared by all, or by those who are named: what each is owed and owes adds up to nothing.
    Shared {
        /// The entity of what was paid.
        entity: String,
        /// Its amount.
        amount: String,
        /// Its reference to who paid.
        payer: String,
        /// The rows that name who shares it; absent, and where they name nobody: everybody does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        among: Option<Among>,
    },
    /// Whom a row of this entity names sees what it refers to, until its day is over: an album that is shared. So do
    /// they see what belongs to it, and nobody else does but whose it is and who reaches all rows.
    Granted {
        /// The entity whose rows share something.
        entity: String,
        /// Its reference to what is shared.
        of: String,
        /// Its reference to a person of the app.
        to: String,
        /// Its last day, a date; absent, and where none is given: for good.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// Only rows for which this holds share anything: those that were not withdrawn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
        /// What belongs to it, each to what is shared or to one named before: pictures, and their comments.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        along: Vec<Along>,
    },
    /// Rows take no time in which what they refer to is away: a stylist's holidays, a room that is being painted.
    Away {
        /// The entity of the rows.
        entity: String,
        /// When and how long.
        span: Span,
        /// Its reference to what may be away.
        field: String,
        /// The entity whose rows say when.
        absence: String,
        /// Its reference to the same; where it names nothing, everything is away.
        of: String,
        /// Its first day, or time.
        first: String,
        /// Its last day, which belongs to it, or the time at which it ends.
        last: String,
    },
    /// Rows for one day take no more in all than a number says, or of each thing they name no more than it says
    /// itself: loaves that are baked in a day. One of `most` and `each` is there.
    Daily {
        /// The entity.
        entity: String,
        /// Its date field, or that of the row that `via` names.
        day: String,
        /// The limit of all together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u32>,
        /// Where each thing has a limit of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        each: Option<Each>,
        /// Its field that says how many a row takes; absent: one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weight: Option<String>,
        /// Only rows for which this holds count; with `via`, it is about the row that it names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
        /// The reference to what has the day: the order of a line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<String>,
    },
    /// Who reaches only their own rows puts none on a day that is nearer than so many days, or too late for it.
    Lead {
        /// The entity.
        entity: String,
        /// Its date field.
        day: String,
        /// So many days ahead at least: 1 is tomorrow, 0 today.
        days: u32,
        /// On the last day on which that is possible, until this time (`HH:MM`, UTC); absent: all day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    /// One date, time or number is not before (or below) another of the same row.
    Ordered {
        /// The entity.
        entity: String,
        /// The earlier or smaller.
        first: String,
        /// The later or larger, of the same kind.
        then: String,
    },
}

impl Rule {
    /// The entity whose rows it holds.
    pub fn entity(&self) -> &str {
        match self {
            Rule::OnePerMember { entity }
            | Rule::Capacity { entity, .. }
            | Rule::Unique { entity, .. }
            | Rule::Once { entity, .. }
            | Rule::NoOverlap { entity, .. }
            | Rule::Within { entity, .. }
            | Rule::Open { entity, .. }
            | Rule::Notice { entity, .. }
            | Rule::Steps { entity, .. }
            | Rule::Fixed { entity, .. }
            | Rule::Balance { entity, .. }
            | Rule::AtMost { entity, .. }
            | Rule::Needs { entity, .. }
            | Rule::Baton { entity, .. }
            | Rule::Number { entity, .. }
            | Rule::Copied { entity, .. }
            | Rule::Times { entity, .. }
            | Rule::Lines { entity, .. }
            | Rule::Quorum { entity, .. }
            | Rule::Shared { entity, .. }
            | Rule::Extends { entity, .. }
            | Rule::Granted { entity, .. }
            | Rule::Away { entity, .. }
            | Rule::Daily { entity, .. }
            | Rule::Lead { entity, .. }
            | Rule::Ordered { entity, .. } => entity,
        }
    }
}

impl Who {
    /// The reference through which a row must be theirs.
    pub fn through(&self) -> Option<&str> {
        match &self.whose {
            Whose::Through { field } => Some(field),
            _ => None,
        }
    }
}

/// A stretch of time: where it begins, and its end or its length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// A field with date, or date and time.
    pub start: String,
    /// Its end.
    pub end: End,
}

/// Where a [`Span`] ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum End {
    /// A field of the same kind as the start; a date's whole day belongs to it.
    Field {
        /// The field.
        field: String,
    },
    /// A duration of the row itself.
    Length {
        /// The field.
        field: String,
    },
    /// A duration of the row referred to: a service's.
    LengthOf {
        /// The reference.
        via: String,
        /// The duration field of the row referred to.
        field: String,
    },
    /// Always so many minutes.
    Minutes {
        /// How many.
        minutes: u32,
    },
}

impl Rule {
    /// The field of `entity` that this rule moves forward, where it is another entity's rule.
    pub fn extended<'a>(&'a self, spec: &AppSpec, entity: &str) -> Option<&'a str> {
        let Rule::Extends { entity: rows, field, to, .. } = self else { return None };
        let kind = &spec.entity(rows).filter(|rows| !rows.archived)?.field(field).filter(|field| !field.archived)?.kind;
        matches!(kind, FieldKind::Ref { entity: other } if other == entity).then_some(to.as_str())
    }
}

/// What has a limit of its own for each day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Each {
    /// The reference to it.
    pub field: String,
    /// Its number field.
    pub limit: String,
}

/// Rows that say who shares something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Among {
    /// Their entity.
    pub entity: String,
    /// Its reference to what is shared.
    pub of: String,
    /// Its reference to the person.
    pub who: String,
}

/// Rows that belong to what is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Along {
    /// Their entity.
    pub entity: String,
    /// Its reference to what they belong to.
    pub field: String,
}

/// When a place is open on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// 1 for Monday to 7 for Sunday (ISO 8601).
    pub days: Vec<u8>,
    /// `HH:MM`; absent: all day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
    /// `HH:MM`, after midnight where it is earlier than `opens`; absent: all day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<String>,
}

/// From one day to another, both of them included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Days {
    /// `MM-DD`, every year, or `YYYY-MM-DD`.
    pub first: String,
    /// Of the same form; over the turn of the year where it is an earlier day than `first`.
    pub last: String,
}

/// One step of [`Rule::Steps`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The option before.
    pub from: String,
    /// The option after.
    pub to: String,
    /// Who may take it; empty: whoever may change the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Who>,
}

/// People in relation to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// [`super::OWNER`], [`super::VISITOR`] or a [`super::Role::id`].
    pub role: String,
    /// Which of them.
    #[serde(default, skip_serializing_if = "Whose::is_any")]
    pub whose: Whose,
}

/// Whose a row must be for somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Whose {
    /// Anybody's.
    #[default]
    Any,
    /// They made it, or are the person it describes.
    Theirs,
    /// The row that this reference names is theirs: the tool that is lent, the volunteer who took the delivery.
    Through {
        /// The reference.
        field: String,
    },
}

impl Whose {
    /// Whether it asks nothing.
    pub fn is_any(&self) -> bool {
        *self == Whose::Any
    }
}
