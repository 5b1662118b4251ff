//! What a restore sets aside: rows that the present has and the version that is brought back has not.

use crate::{
    census::{self, Fate},
    value::Value,
    verdict::{Effect, Finding, Verdict},
    words,
};

/// Compares the data of the live app with that of the version to bring back; findings inform, since what is set
/// aside is kept.
#[must_use]
pub fn set_aside(present: Vec<(String, Value)>, restored: Vec<(String, Value)>, version: u64) -> Vec<Finding> {
    let changes = census::changes(&Value::Record(present), &Value::Record(restored));
    let finding = |change: census::Change| {
        let name = words::quoted(&change.path.iter().map(|part| words::split(part)).collect::<Vec<_>>().join(" "));
        let (kind, message) = match change.fate {
            Fate::RowsGone => {
                let rows = if change.count == 1 { "1 row".into() } else { format!("{} rows", change.count) };
                ("rows_set_aside", format!("{rows} of {name} that version {version} does not have are set aside."))
            }
            _ => {
                let values = if change.count == 1 { "1 value".into() } else { format!("{} values", change.count) };
                ("values_set_aside", format!("{values} of {name} go back to what they were in version {version}."))
            }
        };
        Finding {
            count: Some(change.count),
            examples: change.examples,
            ..Finding::new(kind, change.path.join("."), Effect::Informs, message)
        }
    };
    let differs = |change: &census::Change| !matches!(change.fate, Fate::Kept | Fate::Filled);
    let data = changes.into_iter().filter(differs).map(finding).collect();
    Verdict { data, ..Verdict::default() }.settle().data
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(names: &[&str]) -> Vec<(String, Value)> {
        let row = |name: &&str| Value::Record(vec![("item".into(), Value::Text((*name).into()))]);
        vec![("orders".into(), Value::List(names.iter().map(row).collect()))]
    }

    #[test]
    fn newer_rows_are_counted_and_only_inform() {
        let found = set_aside(orders(&["tea", "cake", "soup"]), orders(&["tea"]), 3);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].kind.as_str(), found[0].count, found[0].effect),
            ("rows_set_aside", Some(2), Effect::Informs)
        );
        assert!(set_aside(orders(&["tea"]), orders(&["tea"]), 3).is_empty());
        // What the old version has besides is nothing that is set aside.
        assert!(set_aside(orders(&["tea"]), orders(&["tea", "cake"]), 3).is_empty());
    }
}
