//! What generated code calls an entity: modules, types, variables, methods.
//!
//! Invariant: names follow from ids alone, never from labels, so that new words are never new data; and no two
//! entities share a module or a stable variable.

use std::collections::BTreeSet;

use super::text::capital;
use crate::spec::AppSpec;

/// Types that Motoko has already.
const TYPES: &[&str] = &[
    "Any",
    "Blob",
    "Bool",
    "Char",
    "Error",
    "Float",
    "Int",
    "Int16",
    "Int32",
    "Int64",
    "Int8",
    "Nat",
    "Nat16",
    "Nat32",
    "Nat64",
    "Nat8",
    "None",
    "Null",
    "Principal",
    "Region",
    "Text",
];

/// Modules that every backend has already.
const MODULES: &[&str] = &[
    "Access",
    "AllEntities",
    "AllRoles",
    "Check",
    "Clock",
    "Map",
    "Migration",
    "Platform",
    "Prim",
    "Principal",
    "Rows",
    "Words",
];

/// The names of one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// `guest`: also the start of the ids of members whom a host adds.
    pub(crate) one: String,
    /// `Guest`: in method names.
    pub(crate) title: String,
    /// `guests`: the stable variable.
    pub(crate) rows: String,
    /// `nextGuestId`: the stable variable.
    pub(crate) next: String,
    /// `Guests`: the module, and in method names.
    pub(crate) module: String,
    /// `Guest`: the type of a stored row.
    pub(crate) row: String,
}

impl Names {
    /// The type of a row as it is shown.
    pub(crate) fn view(&self) -> String {
        format!("{}View", self.row)
    }

    /// The type of what is entered.
    pub(crate) fn input(&self) -> String {
        format!("{}Input", self.row)
    }
}

/// The stable variable with the last running number of a field; ids have no underscore, so nothing else is called so.
pub(super) fn last_number(names: &Names, field: &str) -> String {
    format!("last{}_{field}", names.title)
}

/// The names of all entities, in their order.
pub(crate) fn names(spec: &AppSpec) -> Vec<Names> {
    let mut taken: BTreeSet<String> = MODULES.iter().map(|name| (*name).to_owned()).collect();
    spec.entities.iter().map(|entity| of(&entity.id, &mut taken)).collect()
}

fn of(id: &str, taken: &mut BTreeSet<String>) -> Names {
    let mut rows = plural(id);
    while !taken.insert(capital(&rows)) {
        rows.push_str("Rows");
    }
    let title = capital(id);
    let row = if TYPES.contains(&title.as_str()) { format!("{title}Row") } else { title.clone() };
    Names { one: id.to_owned(), next: format!("next{title}Id"), module: capital(&rows), rows, title, row }
}

/// The English plural of an id, near enough for a name.
fn plural(id: &str) -> String {
    let vowel_before_y = ["ay", "ey", "iy", "oy", "uy"].iter().any(|end| id.ends_with(end));
    if let Some(stem) = id.strip_suffix("erson") {
        return format!("{}eople", stem);
    }
    match id.strip_suffix('y') {
        Some(stem) if !vowel_before_y => format!("{stem}ies"),
        _ if ["s", "x", "z", "ch", "sh"].iter().any(|end| id.ends_with(end)) => format!("{id}es"),
        _ => format!("{id}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_read_well() {
        let cases = [
            ("guest", "guests"),
            ("category", "categories"),
            ("day", "days"),
            ("dish", "dishes"),
            ("person", "people"),
        ];
        for (one, many) in cases {
            assert_eq!(plural(one), many);
        }
    }

    #[test]
    fn two_entities_never_share_a_variable() {
        let mut taken = BTreeSet::new();
        let (first, second) = (of("box", &mut taken), of("boxe", &mut taken));
        assert_eq!(first.rows, "boxes");
        assert_eq!(second.rows, "boxesRows");
    }
}
