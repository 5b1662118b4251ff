//! What is left of an amount that is due: counted with each row as the pages do, from the payments that refer to it.

use super::super::cells::Row;
use super::super::cells::{day_of, number_of, text_of};
use super::{Found, Run};
use crate::spec::{Entity, FieldKind, Total};

impl Run<'_> {
    /// Of which rows something is left, the most first.
    pub(super) fn left(&self, id: &str) -> Found {
        let total = self.entity.totals.iter().find(|total| total.id == id);
        let Some((total, kind)) = total.and_then(|total| Some((total, self.kind(total)?))) else {
            return Found::default();
        };
        let rows = self.tables.rows(&self.entity.id).iter();
        let left = rows.map(|(id, row)| (self.tables.title(self.entity, *id, row), self.rest(total, *id, row)));
        self.owing(&self.entity.label, &total.label, kind, left.collect())
    }

    /// The total of these rows that this one sums, if it sums one.
    fn inner(&self, total: &Total) -> Option<(&Entity, &Total)> {
        let of = self.tables.spec.entity(&total.of)?;
        Some((of, of.totals.iter().find(|other| Some(&other.id) == total.sum.as_ref())?))
    }

    fn kind(&self, total: &Total) -> Option<&FieldKind> {
        match self.inner(total) {
            Some((_, inner)) => self.kind(inner),
            None => Some(&self.tables.spec.entity(&total.of)?.field(total.sum.as_ref()?)?.kind),
        }
    }

    fn rest(&self, total: &Total, id: u64, row: &Row) -> i128 {
        let inner = self.inner(total);
        let this_month = |row: &Row| {
            total.month.as_ref().is_none_or(|field| {
                day_of(row, field).is_some_and(|day| day.to_string().get(..7) == self.today.to_string().get(..7))
            })
        };
        let refers = |row: &Row| text_of(row, &total.field).and_then(|id| id.parse().ok()) == Some(id);
        let rows = self.tables.rows(&total.of).iter().filter(|(_, row)| refers(row) && this_month(row));
        let sum: i128 = rows
            .map(|(id, row)| match (inner, &total.sum) {
                (Some((_, inner)), _) => self.rest(inner, *id, row),
                (None, Some(field)) => number_of(row, field).unwrap_or_default(),
                (None, None) => 1,
            })
            .sum();
        total.from.as_ref().map_or(sum, |from| number_of(row, from).unwrap_or_default() - sum)
    }
}
