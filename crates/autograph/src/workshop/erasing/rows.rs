//! Rows and texts in an app's values: whose they are, and which are gone.

use std::collections::BTreeSet;

use gate::Value;
use serde::{Deserialize, Serialize};

/// Is told of a row and its fields.
type Tell<'a> = dyn FnMut(Row, &[(String, Value)]) + 'a;

/// A row of an app's data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Row {
    /// The variable in which it is.
    pub(super) collection: String,
    pub(super) id: u128,
}

/// Whether these rows went and no others.
pub(super) fn only_gone<'a>(
    before: &[(String, Value)],
    after: &[(String, Value)],
    rows: impl IntoIterator<Item = &'a Row>,
) -> bool {
    let mut expected = all_rows(before);
    rows.into_iter().all(|row| expected.remove(row)) && all_rows(after) == expected
}

pub(super) fn all_rows(variables: &[(String, Value)]) -> BTreeSet<Row> {
    let mut found = BTreeSet::new();
    each_row(variables, &mut |row, _| {
        found.insert(row);
    });
    found
}

/// The rows of a member, and those that hold the value, each with the texts in it.
pub(super) fn rows(variables: &[(String, Value)], member: Option<&str>, who: &str) -> Vec<(Row, BTreeSet<String>)> {
    let mut found = Vec::new();
    each_row(variables, &mut |row, fields| {
        let texts: BTreeSet<String> = fields
            .iter()
            .filter(|(name, _)| name != "member")
            .flat_map(|(_, value)| texts_of(&[(String::new(), value.clone())]))
            .collect();
        let of_member = |(name, value): &(String, Value)| {
            name == "member" && matches!(value, Value::Text(text) if Some(text.as_str()) == member)
        };
        if fields.iter().any(of_member) || texts.contains(who) {
            found.push((row, texts));
        }
    });
    found
}

/// Every record with a number called `id`, by the variable in which it is.
fn each_row(variables: &[(String, Value)], tell: &mut Tell<'_>) {
    fn walk(collection: &str, value: &Value, tell: &mut Tell<'_>) {
        match value {
            Value::Record(fields) => {
                let id = fields.iter().find_map(|(name, value)| match value {
                    Value::Number(number) if name == "id" => number.parse().ok(),
                    _ => None,
                });
                match id {
                    Some(id) => tell(Row { collection: collection.to_owned(), id }, fields),
                    None => fields.iter().for_each(|(_, value)| walk(collection, value, tell)),
                }
            }
            Value::List(values) => values.iter().for_each(|value| walk(collection, value, tell)),
            Value::Variant(_, value) => walk(collection, value, tell),
            _ => {}
        }
    }
    variables.iter().for_each(|(name, value)| walk(name, value, tell));
}

/// All texts in values.
pub(super) fn texts_of(variables: &[(String, Value)]) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Text(text) if !text.is_empty() => {
                found.insert(text.clone());
            }
            Value::Record(fields) => fields.iter().for_each(|(_, value)| walk(value, found)),
            Value::List(values) => values.iter().for_each(|value| walk(value, found)),
            Value::Variant(_, value) => walk(value, found),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    variables.iter().for_each(|(_, value)| walk(value, &mut found));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn guest(id: u32, member: &str, phone: &str) -> Value {
        let row = vec![
            ("id".into(), Value::Number(id.to_string())),
            ("member".into(), text(member)),
            ("phone".into(), text(phone)),
        ];
        Value::Record(vec![("0".into(), Value::Number(id.to_string())), ("1".into(), Value::Record(row))])
    }

    #[test]
    fn rows_are_found_by_their_member_and_by_a_value() {
        let all =
            vec![("guests".to_owned(), Value::List(vec![guest(1, "m1", "+49 30 1"), guest(2, "m2", "+49 30 2")]))];
        let ids = |found: Vec<(Row, BTreeSet<String>)>| found.into_iter().map(|(row, _)| row.id).collect::<Vec<_>>();
        assert_eq!(ids(rows(&all, Some("m1"), "Ada")), [1]);
        assert_eq!(ids(rows(&all, None, "+49 30 2")), [2]);
        assert!(rows(&all, None, "+49 30").is_empty(), "a part of a value is not the value");
        let less = vec![("guests".to_owned(), Value::List(vec![guest(2, "m2", "+49 30 2")]))];
        let row = |id| Row { collection: "guests".into(), id };
        assert!(
            only_gone(&all, &less, [&row(1)]) && !only_gone(&all, &less, [&row(2)]) && !only_gone(&all, &[], [&row(1)])
        );
    }
}
