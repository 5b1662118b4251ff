//! What people see of an app: pages, and what they draw attention to. No page holds a rule; the backend decides.

use serde::{Deserialize, Serialize};

use super::Condition;

/// A page of the app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// For example `guests`; also its address in the app.
    pub id: String,
    /// In the menu.
    pub title: String,
    /// What it is.
    pub kind: PageKind,
    /// Which entity it shows; empty for [`PageKind::Text`] and [`PageKind::Summary`].
    pub entity: String,
    /// Which roles find it in their menu. What they may see is decided by the grants, in the backend.
    pub roles: Vec<String>,
    /// The field that a board's columns, a calendar's days, a timeline's order or a chart's bars come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What a text page says, in paragraphs separated by an empty line; what stands above the rows of other pages.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Only rows for which this holds are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
}

/// The forms of page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PageKind {
    /// Rows in a table: find, add, change, delete, totals of money and number fields.
    #[default]
    Table,
    /// The caller's own row as a form: an invited person's answer.
    Answer,
    /// Rows as cards that everyone may read.
    Cards,
    /// Cards with their pictures first.
    Gallery,
    /// Columns by the choice `by`, rows moved between them; count and sum of each column.
    Board,
    /// Months and days by the date `by`.
    Calendar,
    /// Rows in the order of time, newest first, read as a journal or a blog; each with a page of its own.
    Timeline,
    /// Nothing but the form for a new row: contact, request, registration.
    Form,
    /// Free times to book, by the entity's `NoOverlap` rule: choose what, who and when.
    Slots,
    /// Numbers over all entities that the visitor may read: counts, sums, bars by choice and month.
    Summary,
    /// Words only: about us, how it works.
    Text,
}

/// The order in which rows are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// A field; `createdAt` for when the row was made. A choice counts in the order of its options.
    pub field: String,
    /// Largest, latest or last first.
    #[serde(default)]
    pub descending: bool,
}

/// A number shown with each row: of the rows of another entity that refer to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Unique in its entity.
    pub id: String,
    /// Above the number.
    pub label: String,
    /// The entity whose rows are counted.
    pub of: String,
    /// Its reference to this entity.
    pub field: String,
    /// Its number field that is summed, or its total of such a field; absent: the rows are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
    /// The number field of this entity from which the sum is taken: what is still owed of what is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// A date of the rows: only those of the present month count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// Only rows for which this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
}

/// Rows that the app draws attention to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The entity.
    pub entity: String,
    /// When.
    pub when: When,
    /// What is said with the row.
    pub text: String,
    /// Only rows for which this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
}

/// What makes an [`Alert`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum When {
    /// From so many days after the date in `field` on; negative: before it.
    Days {
        /// A date field; `createdAt` and `updatedAt` are allowed.
        field: String,
        /// After it.
        days: i32,
    },
    /// So many days after the newest row of another entity that refers to it, or after its own making if there is none.
    Since {
        /// That entity.
        of: String,
        /// Its reference.
        field: String,
        /// After it.
        days: u32,
    },
    /// A number is above this (in the field's smallest unit).
    Above {
        /// The number field.
        field: String,
        /// The limit.
        value: i64,
    },
    /// A number is below this (in the field's smallest unit).
    Below {
        /// The number field.
        field: String,
        /// The limit.
        value: i64,
    },
}

impl Total {
    /// The fields it looks at, each with its entity; `own` is the entity it is shown with. So is a total that it sums.
    pub fn uses<'a>(&'a self, own: &'a str) -> Vec<(&'a str, &'a str)> {
        let conditions = self.only_if.iter().map(|condition| condition.field.as_str());
        let theirs = [self.field.as_str()].into_iter().chain(self.sum.as_deref()).chain(self.month.as_deref());
        let theirs = theirs.chain(conditions).map(|field| (self.of.as_str(), field));
        theirs.chain(self.from.as_deref().map(|field| (own, field))).collect()
    }
}

impl Alert {
    /// The fields it looks at, each with its entity.
    pub fn uses(&self) -> Vec<(&str, &str)> {
        let own = self.entity.as_str();
        let mut found: Vec<(&str, &str)> =
            self.only_if.iter().map(|condition| (own, condition.field.as_str())).collect();
        found.push(match &self.when {
            When::Days { field, .. } | When::Above { field, .. } | When::Below { field, .. } => (own, field),
            When::Since { of, field, .. } => (of, field),
        });
        found
    }
}
