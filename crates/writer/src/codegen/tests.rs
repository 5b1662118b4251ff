//! Properties of generated trees that need no compiler; `crates/toolchain/kit/test` compiles and plays them.

use proptest::prelude::*;

use super::{Tree, generate};
use crate::spec::*;
use crate::validate;

fn wedding() -> AppSpec {
    let text = include_str!("../../tests/fixtures/wedding.json");
    serde_json::from_str(text).expect("the fixture is an app spec")
}

fn guest(spec: &mut AppSpec) -> &mut Entity {
    spec.entity_mut("guest").expect("the wedding has guests")
}

fn field(id: &str, kind: FieldKind) -> Field {
    let label = format!("{id} {{\"}}");
    Field { id: id.into(), label, kind, ..Field::default() }
}

#[test]
fn fixtures_are_sound() {
    for text in [
        include_str!("../../tests/fixtures/bills.json"),
        include_str!("../../tests/fixtures/booking.json"),
        include_str!("../../tests/fixtures/inventory.json"),
        include_str!("../../tests/fixtures/kinds.json"),
        include_str!("../../tests/fixtures/lending.json"),
        include_str!("../../tests/fixtures/payouts.json"),
        include_str!("../../tests/fixtures/poll.json"),
        include_str!("../../tests/fixtures/potluck.json"),
        include_str!("../../tests/fixtures/salon.json"),
        include_str!("../../tests/fixtures/stock.json"),
        include_str!("../../tests/fixtures/wedding.json"),
    ] {
        let spec: AppSpec = serde_json::from_str(text).expect("a fixture is an app spec");
        assert_eq!(validate(&spec), Ok(()));
    }
}

#[test]
fn no_rule_is_dropped_without_a_word() {
    for text in [
        include_str!("../../tests/fixtures/booking.json"),
        include_str!("../../tests/fixtures/cart.json"),
        include_str!("../../tests/fixtures/lending.json"),
        include_str!("../../tests/fixtures/market.json"),
        include_str!("../../tests/fixtures/salon.json"),
        include_str!("../../tests/fixtures/stock.json"),
    ] {
        let spec: AppSpec = serde_json::from_str(text).expect("a fixture is an app spec");
        let whole = generate(&spec, None);
        for index in 0..spec.rules.len() {
            let mut without = spec.clone();
            let rule = without.rules.remove(index);
            assert_ne!(generate(&without, None)["backend/main.mo"], whole["backend/main.mo"], "{rule:?}");
        }
    }
}

#[test]
fn what_few_see_is_told_to_nobody_else() {
    let mut spec = wedding();
    let seats = spec.entity_mut("table").and_then(|table| table.field_mut("seats")).expect("tables have seats");
    seats.seen_by = vec![Who { role: OWNER.into(), whose: Whose::Any }];
    let main = &generate(&spec, None)["backend/main.mo"];
    assert!(main.contains("seats = if (seesTableSeats(who, row)) shown.seats else null;"), "{main}");
    assert!(main.contains("placesTaken = if ((who.role == \"owner\")) shown.placesTaken else null;"), "{main}");
    assert!(!main.contains("Words.tooFewLeft"), "{main}");
}

#[test]
fn a_picture_makes_pages_and_tables_smaller() {
    let live = wedding();
    let mut spec = live.clone();
    for id in ["face", "hat"] {
        guest(&mut spec).fields.push(field(id, FieldKind::Picture));
    }
    let tree = generate(&spec, Some(&live));
    let module = &tree["backend/Guests.mo"];
    assert!(module.contains("public let page = 5;"), "{module}");
    assert!(module.contains("public let most ="), "{module}");
    assert!(tree["backend/main.mo"].contains("guests.size() >= Guests.most"));
}

#[test]
fn a_tree_has_its_parts() {
    let tree = generate(&wedding(), None);
    let paths: Vec<_> = tree.keys().map(String::as_str).collect();
    let expected = [
        "app.toml",
        "backend/Access.mo",
        "backend/BudgetItems.mo",
        "backend/Check.mo",
        "backend/Guests.mo",
        "backend/Rows.mo",
        "backend/Tables.mo",
        "backend/Words.mo",
        "backend/main.mo",
        "frontend/src/entities.ts",
        "frontend/src/main.tsx",
        "frontend/src/pages/Answer.tsx",
        "frontend/src/pages/Budget.tsx",
        "frontend/src/pages/Guests.tsx",
        "frontend/src/pages/Tables.tsx",
        "spec.json",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn the_spec_comes_back_from_its_tree() {
    let spec = wedding();
    let tree = generate(&spec, None);
    assert_eq!(serde_json::from_str::<AppSpec>(&tree["spec.json"]).expect("JSON"), spec);
    let manifest: toml::Table = tree["app.toml"].parse().expect("TOML");
    assert_eq!(manifest["roles"][1]["id"].as_str(), Some("guest"));
    assert_eq!(manifest["title"].as_str(), Some("Our wedding"));
}

#[test]
fn roles_without_a_grant_may_do_nothing() {
    let access = &generate(&wedding(), None)["backend/Access.mo"];
    let tables = access.split("public func tables").nth(1).expect("a matrix for tables");
    let tables = tables.split("public func").next().expect("its text");
    assert!(!tables.contains("\"guest\""), "{tables}");
    assert!(tables.contains("case _ nothing;"), "{tables}");
}

#[test]
fn new_words_are_no_new_shape() {
    let live = wedding();
    let mut spec = live.clone();
    guest(&mut spec).label = "Invitee".into();
    guest(&mut spec).fields[1].label = "Mail".into();
    guest(&mut spec).fields[1].required = true;
    guest(&mut spec).fields[3].required = false;
    spec.rules.clear();
    let tree = generate(&spec, Some(&live));
    assert!(!tree.contains_key("backend/Migration.mo"));
    assert!(!tree["backend/main.mo"].contains("migration"));
}

#[test]
fn a_migration_names_only_what_changes() {
    let live = wedding();
    let mut spec = live.clone();
    guest(&mut spec).fields.push(field("song", FieldKind::Text));
    let migration = &generate(&spec, Some(&live))["backend/Migration.mo"];
    assert!(migration.contains("song = null;"), "{migration}");
    assert!(!migration.contains("budgetItems"), "{migration}");
}

#[test]
fn an_archived_field_stays_stored_and_is_not_shown() {
    let live = wedding();
    let mut spec = live.clone();
    guest(&mut spec).field_mut("phone").expect("a phone").archived = true;
    let tree = generate(&spec, Some(&live));
    assert!(!tree.contains_key("backend/Migration.mo"));
    assert_eq!(tree["backend/Guests.mo"].matches("phone").count(), 2, "its type and the blank row");
    assert!(!tree["frontend/src/entities.ts"].contains("phone"));
}

#[test]
fn labels_stay_inside_their_literals() {
    let mut spec = wedding();
    spec.title = "*/ \" \\ \n ${x}".into();
    guest(&mut spec).plural = "\"; } actor { //".into();
    guest(&mut spec).fields[0].label = "*/\" # Prim".into();
    balanced(&generate(&spec, None));
}

fn kind(entities: usize) -> impl Strategy<Value = FieldKind> {
    let options = ["a", "b", "c"].map(|id| Choice { id: id.into(), label: format!("Option {id}") }).to_vec();
    prop_oneof![
        Just(FieldKind::Text),
        Just(FieldKind::LongText),
        Just(FieldKind::Email),
        Just(FieldKind::Integer { min: 0, max: Some(9) }),
        Just(FieldKind::Money { currency: "EUR".into() }),
        Just(FieldKind::Quantity { unit: "kg".into() }),
        Just(FieldKind::YesNo),
        Just(FieldKind::Date),
        Just(FieldKind::Choice { options }),
        (0..entities).prop_map(|index| FieldKind::Ref { entity: format!("thing{index}") }),
    ]
}

prop_compose! {
    fn any_field(entities: usize)(kind in kind(entities), label in "[A-Za-z\"\\\\{}*/ ]{0,12}x", flags in any::<[bool; 4]>()) -> Field {
        let [required, by_member, conditional, archived] = flags;
        let only_if = conditional.then(|| Condition { field: "going".into(), values: vec!["true".into()] });
        Field { id: String::new(), label, kind, required, by_member, only_if, archived, ..Field::default() }
    }
}

prop_compose! {
    fn any_entity(entities: usize)(fields in prop::collection::vec(any_field(entities), 0..6), scopes in any::<[Option<bool>; 3]>(), flags in any::<[bool; 3]>()) -> Entity {
        let [person, create, archived] = flags;
        let scope = |index: usize| scopes[index].map(|all| if all { Scope::All } else { Scope::Own });
        let mut fields = fields;
        for (index, field) in fields.iter_mut().enumerate() {
            field.id = format!("field{index}");
        }
        fields.push(Field { required: true, ..field("going", FieldKind::YesNo) });
        let grant = Grant { role: "helper".into(), read: scope(0), create, update: scope(1), delete: scope(2), ..Grant::default() };
        let person = person.then(|| "helper".to_owned());
        Entity { id: String::new(), label: "Thing".into(), plural: "Things".into(), fields, person, access: vec![grant], archived, ..Entity::default() }
    }
}

prop_compose! {
    fn any_spec()(entities in prop::collection::vec(any_entity(3), 3)) -> AppSpec {
        let mut spec = AppSpec { format: FORMAT, name: "things".into(), title: "Things".into(), language: "en".into(), ..AppSpec::default() };
        spec.roles.push(Role { id: "helper".into(), label: "Helper".into(), invited_by: vec![] });
        spec.entities = entities;
        for (index, entity) in spec.entities.iter_mut().enumerate() {
            entity.id = format!("thing{index}");
            entity.archived &= index > 0;
        }
        spec.rules.push(Rule::OnePerMember { entity: "thing0".into() });
        spec.rules.push(Rule::Unique { entity: "thing0".into(), field: "going".into() });
        for (id, kind) in [("all", PageKind::Table), ("mine", PageKind::Answer), ("cards", PageKind::Cards)] {
            spec.pages.push(Page { id: id.into(), title: "Page".into(), kind, entity: "thing0".into(), roles: vec!["helper".into()], ..Page::default() });
        }
        spec
    }
}

proptest! {
    #[test]
    fn the_same_spec_gives_the_same_bytes(spec in any_spec(), live in any_spec()) {
        let tree = generate(&spec, Some(&live));
        prop_assert_eq!(&tree, &generate(&spec.clone(), Some(&live.clone())));
        balanced(&tree);
        prop_assert!(!generate(&spec, Some(&spec)).contains_key("backend/Migration.mo"));
        for (path, text) in &tree {
            for unfinished in ["TODO", "FIXME", "undefined", "placeholder", "None)", "Some("] {
                prop_assert!(!text.contains(unfinished), "{} in {}", unfinished, path);
            }
        }
    }
}

/// Brackets outside of literals and comments close in the order in which they opened.
fn balanced(tree: &Tree) {
    for (path, text) in
        tree.iter().filter(|(path, _)| path.ends_with(".mo") || path.ends_with(".ts") || path.ends_with(".tsx"))
    {
        let mut open = Vec::new();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//") && !line.starts_with("/**")) {
            for bracket in brackets(line) {
                match bracket {
                    '(' => open.push(')'),
                    '[' => open.push(']'),
                    '{' => open.push('}'),
                    close => assert_eq!(open.pop(), Some(close), "{path}: {line}"),
                }
            }
        }
        assert_eq!(open, Vec::<char>::new(), "{path}");
    }
}

/// The brackets of a line, those in literals left out.
fn brackets(line: &str) -> Vec<char> {
    let mut found = Vec::new();
    let mut quoted = false;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => drop(letters.next()),
            '"' => quoted = !quoted,
            '/' if !quoted && line.contains("// ") => break,
            '(' | ')' | '[' | ']' | '{' | '}' if !quoted => found.push(letter),
            _ => {}
        }
    }
    assert!(!quoted, "a literal does not end: {line}");
    found
}

#[test]
fn every_language_has_every_sentence_of_the_backend() {
    let signatures = |language: &str| -> Vec<String> {
        let lines = super::words(language).lines().filter(|line| line.trim_start().starts_with("public "));
        lines.filter_map(|line| Some(line.split_once(" = ")?.0.trim().to_owned())).collect()
    };
    let mut english = signatures("en");
    english.sort_unstable();
    for language in ["de", "es", "fr", "pt", "id", "sw", "hi", "ar", "zh"] {
        let mut own = signatures(language);
        own.sort_unstable();
        assert_eq!(own, english, "{language}");
        assert_ne!(super::words(language), super::words("en"), "{language}");
    }
}
