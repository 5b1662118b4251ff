//! Rows as `data` gives them, read by the spec's types.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Day;
use crate::codegen::migration::decimals;
use crate::locale::Locale;
use crate::spec::{AppSpec, Entity, Field, FieldKind};

/// Longest value that is shown, in characters.
const MAX_VALUE: usize = 80;

/// One row by its fields.
pub(super) type Row = Map<String, Value>;

/// All rows of an app, by entity and id.
pub(super) struct Tables<'a> {
    pub(super) spec: &'a AppSpec,
    /// In the order in which they were made.
    tables: BTreeMap<&'a str, Vec<(u64, &'a Row)>>,
    locale: Locale,
    yes_no: [String; 2],
}

impl<'a> Tables<'a> {
    /// From variables by name, maps as lists of key and value.
    pub(super) fn of(spec: &'a AppSpec, variables: &'a Value, locale: Locale, yes_no: [String; 2]) -> Tables<'a> {
        let names = crate::codegen::variables(spec);
        let tables = spec.entities.iter().zip(names).map(|(entity, name)| {
            let mut rows: Vec<(u64, &Row)> =
                variables.get(&name).and_then(Value::as_array).into_iter().flatten().filter_map(keyed).collect();
            rows.sort_by_key(|(id, _)| *id);
            (entity.id.as_str(), rows)
        });
        Tables { spec, tables: tables.collect(), locale, yes_no }
    }

    pub(super) fn rows(&self, entity: &str) -> &[(u64, &'a Row)] {
        self.tables.get(entity).map_or(&[], Vec::as_slice)
    }

    /// What a row is called.
    pub(super) fn title(&self, entity: &Entity, id: u64, row: &Row) -> String {
        let named = |field: &&Field| !field.archived && matches!(field.kind, FieldKind::Text);
        let title = entity.fields.iter().filter(named).find(|field| field.required);
        let title = title.or_else(|| entity.fields.iter().find(named)).and_then(|field| text_of(row, &field.id));
        let refers = || {
            let parts = entity.fields.iter().filter(|field| matches!(field.kind, FieldKind::Ref { .. }));
            let parts: Vec<String> = parts.filter_map(|field| self.shown(row, field)).take(2).collect();
            (!parts.is_empty()).then(|| parts.join(" – "))
        };
        let other = || entity.fields.iter().filter(|field| !field.archived).find_map(|field| self.shown(row, field));
        title.map(cut).or_else(refers).or_else(other).unwrap_or_else(|| format!("{} {id}", entity.label))
    }

    /// A value as people read it; `None` where nothing is entered.
    pub(super) fn shown(&self, row: &Row, field: &Field) -> Option<String> {
        match &field.kind {
            FieldKind::YesNo => row.get(&field.id)?.as_bool().map(|yes| self.yes_no[usize::from(!yes)].clone()),
            FieldKind::Choice { options } => {
                let id = text_of(row, &field.id)?;
                Some(
                    options.iter().find(|option| option.id == id).map_or(id, |option| option.label.as_str()).to_owned(),
                )
            }
            FieldKind::Ref { entity } => {
                let id: u64 = text_of(row, &field.id)?.parse().ok()?;
                self.title_of(entity, id)
            }
            FieldKind::Picture => None,
            kind if is_number(kind) => Some(self.number(kind, number_of(row, &field.id)?)),
            kind => {
                let text = text_of(row, &field.id)?;
                let shown = match kind {
                    FieldKind::Date => Day::read(text).map(|day| self.locale.day(day)),
                    FieldKind::DateTime => self.locale.moment(text),
                    FieldKind::Time => self.locale.time(text),
                    _ => None,
                };
                Some(shown.unwrap_or_else(|| cut(text))).filter(|text| !text.is_empty())
            }
        }
    }

    fn title_of(&self, entity: &str, id: u64) -> Option<String> {
        let rows = self.rows(entity);
        let at = rows.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let row = rows[at].1;
        let entity = self.spec.entity(entity)?;
        let named =
            entity.fields.iter().find(|field| field.required && field.kind == FieldKind::Text && !field.archived);
        // Titles that are themselves made of titles end here.
        Some(named.and_then(|field| text_of(row, &field.id)).map_or_else(|| format!("{} {id}", entity.label), cut))
    }

    /// How many there are.
    pub(super) fn count(&self, count: usize) -> String {
        self.locale.number(count as i128, 0, false)
    }

    /// A number in its own unit.
    pub(super) fn number(&self, kind: &FieldKind, value: i128) -> String {
        let unit = match kind {
            FieldKind::Money { currency } => currency.as_str(),
            FieldKind::Quantity { unit } => unit.as_str(),
            FieldKind::Percentage => "%",
            FieldKind::Duration => "min",
            _ => "",
        };
        let text = self.locale.number(value, decimals(kind), matches!(kind, FieldKind::Quantity { .. }));
        if unit.is_empty() { text } else { format!("{text} {unit}") }
    }

    /// The mean of a sum, to two decimals more than the field has where it has none.
    pub(super) fn mean(&self, kind: &FieldKind, sum: i128, count: i128) -> String {
        let whole = !matches!(kind, FieldKind::Money { .. } | FieldKind::Quantity { .. });
        let factor = if whole { 100 } else { 1 };
        let value = (sum * factor * 2 + count * sum.signum()) / (count * 2);
        if !whole {
            return self.number(kind, value);
        }
        let unit = self.number(kind, 0);
        format!("{}{}", self.locale.number(value, 2, true), unit.strip_prefix('0').unwrap_or_default())
    }
}

/// A number field as it is written by people, in the smallest unit it is kept in.
pub(crate) fn smallest(kind: &FieldKind, written: &str) -> Option<i64> {
    let digits = decimals(kind);
    let (whole, part) = match written.rfind([',', '.']) {
        // "1,000" is a thousand, "1.5" and "2,50" are not.
        Some(at) if written.len() - at - 1 != 3 || digits == 3 => written.split_at(at),
        _ => (written, ""),
    };
    let plain = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let part: String = plain(part).chars().chain(std::iter::repeat('0')).take(digits as usize).collect();
    format!("{}{part}", plain(whole)).parse().ok()
}

/// Kept as a number.
pub(crate) fn is_number(kind: &FieldKind) -> bool {
    use FieldKind::{Duration, Integer, Money, Percentage, Quantity, Rating};
    matches!(kind, Integer { .. } | Money { .. } | Quantity { .. } | Percentage | Rating { .. } | Duration)
}

pub(super) fn text_of<'r>(row: &'r Row, field: &str) -> Option<&'r str> {
    row.get(field)?.as_str().filter(|text| !text.is_empty())
}

pub(super) fn number_of(row: &Row, field: &str) -> Option<i128> {
    match row.get(field)? {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64().map(i128::from),
    }
}

/// The day of a date field, or of when the row was made.
pub(super) fn day_of(row: &Row, field: &str) -> Option<Day> {
    if matches!(field, "createdAt" | "updatedAt") {
        return number_of(row, field).map(Day::of_nanoseconds);
    }
    text_of(row, field).and_then(Day::read)
}

fn keyed(pair: &Value) -> Option<(u64, &Row)> {
    let pair = pair.as_array()?;
    Some((pair.first()?.as_str()?.parse().ok()?, pair.get(1)?.as_object()?))
}

pub(super) fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_VALUE {
        return line;
    }
    line.chars().take(MAX_VALUE - 1).chain(['…']).collect()
}
