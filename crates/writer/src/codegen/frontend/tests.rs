//! What is written for each kind of page, and what is left out because nothing is there to offer.

use super::super::{Tree, generate};
use crate::spec::*;

fn field(id: &str, kind: FieldKind) -> Field {
    Field { id: id.into(), label: id.into(), kind, ..Field::default() }
}

fn choice(id: &str) -> Choice {
    Choice { id: id.into(), label: id.into() }
}

fn page(id: &str, kind: PageKind, entity: &str) -> Page {
    Page { id: id.into(), title: id.into(), kind, entity: entity.into(), roles: vec![OWNER.into()], ..Page::default() }
}

fn is(field: &str, value: &str) -> Condition {
    Condition { field: field.into(), values: vec![value.into()] }
}

/// Visits to plants, on a page each.
fn garden() -> AppSpec {
    let plant = Entity {
        id: "plant".into(),
        label: "Plant".into(),
        plural: "Plants".into(),
        fields: vec![
            Field { required: true, ..field("name", FieldKind::Text) },
            field("state", FieldKind::Choice { options: vec![choice("dry"), choice("wet")] }),
            field("bought", FieldKind::Date),
            field("opens", FieldKind::Time),
            field("closes", FieldKind::Time),
        ],
        ..Entity::default()
    };
    let visit = Entity {
        id: "visit".into(),
        label: "Visit".into(),
        plural: "Visits".into(),
        fields: vec![
            field("plant", FieldKind::Ref { entity: "plant".into() }),
            field("start", FieldKind::DateTime),
            field("length", FieldKind::Duration),
        ],
        ..Entity::default()
    };
    AppSpec {
        format: FORMAT,
        title: "Garden".into(),
        language: "en".into(),
        entities: vec![plant, visit],
        ..AppSpec::default()
    }
}

fn tree_with(pages: Vec<Page>) -> Tree {
    generate(&AppSpec { pages, ..garden() }, None)
}

fn entities(change: impl FnOnce(&mut AppSpec)) -> String {
    let mut spec = garden();
    change(&mut spec);
    generate(&spec, None)["frontend/src/entities.ts"].clone()
}

#[test]
fn a_page_is_arranged_by_a_field_that_fits() {
    let by = |id: &str, kind: PageKind, by: &str| Page { by: Some(by.into()), ..page(id, kind, "plant") };
    let tree = tree_with(vec![
        by("board", PageKind::Board, "state"),
        by("wrong", PageKind::Board, "bought"),
        by("days", PageKind::Calendar, "bought"),
        by("news", PageKind::Timeline, "createdAt"),
    ]);
    let view = |id: &str| tree[&format!("frontend/src/pages/{id}.tsx")].clone();
    assert!(view("Board").contains("<BoardPage entity={plants} by=\"state\" />"), "{}", view("Board"));
    assert!(view("Wrong").contains("<TablePage entity={plants} />"), "{}", view("Wrong"));
    assert!(view("Days").contains("<CalendarPage entity={plants} by=\"bought\" />"), "{}", view("Days"));
    assert!(view("News").contains("<TimelinePage entity={plants} by=\"createdAt\" />"), "{}", view("News"));
}

#[test]
fn pages_without_an_entity_import_none() {
    let about = Page { text: "We grow.\n\nSince \"1998\".".into(), ..page("about", PageKind::Text, "") };
    let tree = tree_with(vec![about, page("numbers", PageKind::Summary, ""), page("lost", PageKind::Table, "gone")]);
    let about = &tree["frontend/src/pages/About.tsx"];
    assert!(about.contains(r#"text={"We grow.\n\nSince \"1998\"."}"#), "{about}");
    assert!(!about.contains("../entities"), "{about}");
    assert!(tree["frontend/src/pages/Numbers.tsx"].contains("<SummaryPage />"));
    assert!(!tree.contains_key("frontend/src/pages/Lost.tsx"));
    assert!(tree["frontend/src/main.tsx"].contains("pages: [aboutPage, numbersPage],"));
}

#[test]
fn plain_words_are_plain_properties_and_others_stay_inside_braces() {
    let says = |text: &str| {
        let page = Page { text: text.into(), ..page("form", PageKind::Form, "plant") };
        tree_with(vec![page])["frontend/src/pages/Form.tsx"].clone()
    };
    assert!(says("Tell us.").contains("text=\"Tell us.\""));
    for text in ["a \"b\"", "<b>", "&amp;", "{x}", "back\\slash", "two\nlines"] {
        let written = serde_json::Value::String(text.into()).to_string();
        assert!(says(text).contains(&format!("text={{{written}}}")), "{}", says(text));
    }
}

#[test]
fn a_page_is_narrowed_by_a_field_that_is_shown() {
    let narrowed = |field: &str| {
        let page = Page { only_if: Some(is(field, "dry")), ..page("dry", PageKind::Cards, "plant") };
        tree_with(vec![page])["frontend/src/pages/Dry.tsx"].clone()
    };
    assert!(narrowed("state").contains("onlyIf={{ field: \"state\", values: [\"dry\"] }}"), "{}", narrowed("state"));
    assert!(!narrowed("gone").contains("onlyIf"));
}

#[test]
fn order_totals_and_alerts_look_at_what_is_shown() {
    let total = |id: &str, of: &str, field: &str| Total {
        id: id.into(),
        label: id.into(),
        of: of.into(),
        field: field.into(),
        ..Total::default()
    };
    let text = entities(|spec| {
        let plant = spec.entity_mut("plant").expect("plants");
        plant.order =
            ["bought", "gone", "createdAt"].map(|field| Order { field: field.into(), descending: true }).to_vec();
        plant.totals =
            vec![total("visits", "visit", "plant"), total("wrong", "visit", "start"), total("none", "gone", "x")];
        let since = When::Since { of: "visit".into(), field: "plant".into(), days: 7 };
        let below = When::Below { field: "gone".into(), value: 1 };
        spec.alerts = [since, below]
            .map(|when| Alert {
                entity: "plant".into(),
                when,
                text: "Thirsty".into(),
                only_if: Some(is("state", "dry")),
            })
            .to_vec();
    });
    assert!(
        text.contains("{ field: \"bought\", descending: true },\n    { field: \"createdAt\", descending: true },"),
        "{text}"
    );
    assert!(text.contains("{ id: \"visits\", label: \"visits\", of: \"visit\", field: \"plant\" },\n  ],"), "{text}");
    let alert = "{ when: { type: \"since\", of: \"visit\", field: \"plant\", days: 7 }, text: \"Thirsty\", \
                 onlyIf: { field: \"state\", values: [\"dry\"] } },";
    assert!(text.contains(alert), "{text}");
    assert!(!text.contains("gone") && !text.contains("wrong"), "{text}");
}

#[test]
fn a_booking_tells_its_length_and_its_hours() {
    let span = Span { start: "start".into(), end: End::Length { field: "length".into() } };
    let text = entities(|spec| {
        spec.rules = vec![
            Rule::NoOverlap { entity: "visit".into(), span: span.clone(), per: vec!["plant".into()], only_if: None },
            Rule::Within {
                entity: "visit".into(),
                span: span.clone(),
                field: "plant".into(),
                opens: "opens".into(),
                closes: "closes".into(),
            },
        ];
    });
    for part in [
        "start: \"start\",",
        "end: { type: \"length\", field: \"length\" },",
        "per: [\"plant\"],",
        "within: { field: \"plant\", opens: \"opens\", closes: \"closes\" },",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn steps_name_who_takes_them_and_made_fields_are_marked() {
    let who = |whose: Whose| vec![Who { role: "owner".into(), whose }];
    let step = |to: &str, by: Vec<Who>| Step { from: "dry".into(), to: to.into(), by };
    let text = entities(|spec| {
        spec.rules = vec![
            Rule::Steps {
                entity: "plant".into(),
                field: "state".into(),
                start: "dry".into(),
                steps: vec![step("wet", vec![]), step("dry", who(Whose::Theirs))],
            },
            Rule::Number { entity: "visit".into(), field: "length".into() },
            Rule::Fixed {
                entity: "plant".into(),
                only_if: Some(is("state", "wet")),
                except: vec!["state".into()],
                via: None,
            },
        ];
        spec.entity_mut("plant").expect("plants").field_mut("bought").expect("a date").seen_by = who(Whose::Any);
    });
    for part in [
        "{ from: \"dry\", to: \"wet\" },",
        "{ from: \"dry\", to: \"dry\", by: [{ role: \"owner\", theirs: true }] },",
        "{ id: \"length\", label: \"length\", kind: { type: \"duration\" }, made: true },",
        "{ onlyIf: { field: \"state\", values: [\"wet\"] }, except: [\"state\"] },",
        "seenBy: [{ role: \"owner\" }] },",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_ground_is_told_where_there_is_one() {
    let main = |background: Option<&str>| {
        let theme = Theme { background: background.map(String::from), ..Theme::default() };
        generate(&AppSpec { theme, ..garden() }, None)["frontend/src/main.tsx"].clone()
    };
    assert!(main(Some("#fde68a")).contains("background: \"#fde68a\",\n  entities"));
    assert!(!main(None).contains("background"));
}
