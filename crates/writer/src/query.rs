//! A question about an app's data as a typed query, and its answer over the rows.
//!
//! Invariant: the same query over the same rows on the same day gives the same answer; an answer shows at most
//! [`MAX_SHOWN`] rows, whatever the rows hold.

mod cells;
mod day;
mod run;

use serde::{Deserialize, Serialize};

pub(crate) use cells::{is_number, smallest};
pub use day::Day;
pub use run::Found;

/// Rows and groups that one answer shows.
pub const MAX_SHOWN: usize = 10;

/// What is asked of one entity's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Code of the asker's language, in which the answer is told.
    pub language: String,
    /// Whose rows.
    pub entity: String,
    /// What is wanted of them.
    pub measure: Measure,
    /// The measure for each value of this field; with `of`, of the rows of that entity that refer to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<Test>,
    /// Words that mean nothing by themselves: names and other contents, looked for in the rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Rows in this order; of groups, only the direction counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<crate::spec::Order>,
    /// At most so many rows or groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Fields that the question names, to be shown with the rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<String>,
}

impl Query {
    /// Asks for all rows as they are.
    pub(crate) fn is_plain(&self) -> bool {
        let Query { measure, per, tests, words, order, shown, .. } = self;
        *measure == Measure::List
            && per.is_none()
            && order.is_none()
            && tests.is_empty()
            && words.is_empty()
            && shown.is_empty()
    }
}

/// What is wanted of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Measure {
    /// How many there are.
    #[default]
    Count,
    /// Which they are.
    List,
    /// A number field added up.
    Sum {
        /// The field.
        field: String,
    },
    /// The mean of a number field, where it is filled in.
    Average {
        /// The field.
        field: String,
    },
    /// What is left of an amount that is due, by a total of the rows.
    Left {
        /// The total.
        total: String,
    },
    /// What each person of shared costs has paid less than an equal part of all.
    Owed {
        /// The amount.
        field: String,
    },
}

/// What must hold of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// A field; `createdAt` for when the row was made.
    pub field: String,
    /// What it must be.
    pub is: Is,
    /// It must not be so.
    #[serde(default)]
    pub not: bool,
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Is {
    /// One of these: ids of options, `true` or `false`.
    OneOf {
        /// Any of these.
        values: Vec<String>,
    },
    /// Filled in.
    Filled,
    /// A number of at least this, in the field's smallest unit.
    AtLeast {
        /// The limit.
        value: i64,
        /// More than it.
        above: bool,
    },
    /// A number of at most this, in the field's smallest unit.
    AtMost {
        /// The limit.
        value: i64,
        /// Less than it.
        below: bool,
    },
    /// A date within a stretch of days.
    Within {
        /// The stretch.
        span: Span,
    },
}

/// A day alone, or with all before or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// That day.
    On,
    /// Up to it.
    Before,
    /// From it on.
    After,
}

/// A stretch of days, both ends part of it; relative to the day on which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Span {
    /// So many days from today, both ends.
    Days {
        /// From.
        first: i32,
        /// To.
        last: i32,
    },
    /// The week so many weeks from this one, Monday to Sunday.
    Week {
        /// How many.
        ahead: i32,
    },
    /// The month so many months from this one.
    Month {
        /// How many.
        ahead: i32,
    },
    /// The year so many years from this one.
    Year {
        /// How many.
        ahead: i32,
    },
    /// A month by its number, of this year.
    MonthOf {
        /// 1 to 12.
        month: u8,
    },
    /// A day by its month and number, of this year.
    DayOf {
        /// 1 to 12.
        month: u8,
        /// 1 to 31; the month's last where the year has no such day.
        day: u8,
        /// What of the time around it.
        side: Side,
    },
    /// Days by their dates.
    Dates {
        /// From; absent: from the beginning.
        first: Option<Day>,
        /// To; absent: without end.
        last: Option<Day>,
    },
    /// Before today.
    Past,
    /// Today and later.
    Future,
}
