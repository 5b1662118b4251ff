//! The same requests in ten languages: each gives the same app, with labels and answers in the asker's language.
//!
//! The texts are in `tests/fixtures/languages.toml`.

use std::collections::BTreeMap;
use std::panic::RefUnwindSafe;

use serde::Deserialize;
use writer::spec::{AppSpec, Condition, FieldKind, OWNER, PageKind, Rule, Scope, VISITOR};
use writer::{change, describe};

use crate::{capacity, each, field, ids, options, sees, whole, whole_change, written};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Texts {
    pub(crate) wedding: String,
    pub(crate) plus_one: String,
    pub(crate) diet: String,
    pub(crate) remove_phone: String,
    guests: String,
    tables: String,
    attending: String,
    food: Vec<String>,
    pub(crate) list: String,
    pub(crate) signup: String,
    pub(crate) budget: String,
    pub(crate) tasks: String,
    pub(crate) recipes: String,
    pub(crate) shifts: String,
    pub(crate) products: String,
    pub(crate) members: String,
    pub(crate) required: String,
    pub(crate) rename: String,
    pub(crate) option: String,
    pub(crate) colour: String,
    pub(crate) private: String,
    once: String,
    address: String,
    archive: String,
    undo: String,
    nonsense: String,
    invented: String,
    nouns: BTreeMap<String, String>,
    /// Haircuts with stylists, services and free slots, cancelled until 24 hours before.
    booking: Option<String>,
    /// A personal site with a blog, a gallery and a contact form.
    site: Option<String>,
    /// Two people approve each payment.
    approval: Option<String>,
    /// Members vote.
    voting: Option<String>,
}

/// By language code.
pub(crate) fn languages() -> BTreeMap<String, Texts> {
    toml::from_str(include_str!("../fixtures/languages.toml")).expect("the fixture reads")
}

/// Runs a check for each language.
fn in_each(check: impl Fn(&str, &Texts) + RefUnwindSafe) {
    each(&languages(), check);
}

fn kinds(spec: &AppSpec, entity: &str) -> Vec<&'static str> {
    let entity = spec.entity(entity).unwrap_or_else(|| panic!("no {entity} in {:?}", ids(spec)));
    entity
        .fields
        .iter()
        .map(|field| match field.kind {
            FieldKind::Text => "text",
            FieldKind::LongText => "longText",
            FieldKind::Email => "email",
            FieldKind::Phone => "phone",
            FieldKind::Date => "date",
            FieldKind::Integer { .. } => "integer",
            FieldKind::Money { .. } => "money",
            FieldKind::YesNo => "yesNo",
            FieldKind::Choice { .. } => "choice",
            FieldKind::Ref { .. } => "ref",
            _ => "other",
        })
        .collect()
}

fn has_page(spec: &AppSpec, kind: PageKind) -> bool {
    spec.pages.iter().any(|page| page.kind == kind)
}

fn plural<'a>(spec: &'a AppSpec, entity: &str) -> &'a str {
    spec.entity(entity).map(|entity| entity.plural.as_str()).unwrap_or_default()
}

#[test]
fn the_wedding_is_the_same_app_everywhere() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.wedding);
        assert_eq!(ids(&spec), ["guest", "table", "budgetItem"]);
        assert_eq!(kinds(&spec, "guest"), ["text", "email", "phone", "yesNo", "choice", "ref"]);
        assert_eq!(kinds(&spec, "table"), ["text", "integer"]);
        assert_eq!(kinds(&spec, "budgetItem"), ["text", "money", "yesNo"]);
        let own: Vec<bool> = spec.entities[0].fields.iter().map(|field| field.by_member).collect();
        assert_eq!(own, [false, false, false, true, true, false]);
        assert!(spec.rules.contains(&Rule::OnePerMember { entity: "guest".into() }));
        assert_eq!(capacity(&spec, "table"), Some(("guest".into(), None, Some("attending".into()))));
        assert_eq!(sees(&spec, "budgetItem", "guest"), None);
        assert_eq!(sees(&spec, "budgetItem", "partner"), Some(Scope::All));
        assert_eq!(sees(&spec, "budgetItem", OWNER), Some(Scope::All));
        assert!(spec.entities.iter().all(|entity| entity.grant(VISITOR).is_none()));
    });
}

#[test]
fn labels_and_sentences_are_in_the_askers_language() {
    let english = written(&languages()["en"].wedding);
    in_each(|code, texts| {
        let (spec, understanding) = written(&texts.wedding);
        assert_eq!(plural(&spec, "guest"), texts.guests);
        assert!(code != "de" || field(&spec, "guest", "name").label == "Name", "the accusative is no label");
        assert_eq!(plural(&spec, "table"), texts.tables);
        assert_eq!(field(&spec, "guest", "attending").label, texts.attending);
        assert_eq!(options(field(&spec, "guest", "meal")), texts.food);
        assert!(spec.title != english.0.title || code == "en", "{}", spec.title);
        let pages: Vec<&str> =
            spec.pages.iter().filter(|page| page.kind == PageKind::Answer).map(|page| page.title.as_str()).collect();
        assert!(pages != ["Your answer"] || code == "en", "{pages:?}");
        for statement in understanding.understood.iter().chain(&understanding.assumed) {
            let said = english.1.understood.iter().chain(&english.1.assumed).any(|other| other.text == statement.text);
            assert!(!said || code == "en", "{}", statement.text);
        }
    });
}

#[test]
fn the_weddings_changes_are_the_same_everywhere() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.wedding);
        let plus = whole_change(&spec, &texts.plus_one);
        assert_eq!(field(&plus.spec, "guest", "plusOne").kind, FieldKind::YesNo);
        let name = field(&plus.spec, "guest", "plusOneName");
        assert_eq!(name.only_if, Some(Condition { field: "plusOne".into(), values: vec!["true".into()] }));
        assert!(capacity(&plus.spec, "table").is_some_and(|rule| rule.1.as_deref() == Some("plusOne")));
        let note = whole_change(&plus.spec, &texts.diet);
        let added = note.spec.entities[0].fields.last().expect("a field");
        assert_eq!((added.kind.clone(), added.by_member), (FieldKind::LongText, true));
        assert_eq!(note.spec.entities[0].fields.len(), plus.spec.entities[0].fields.len() + 1);
        assert_eq!(note.spec.entities[1..], plus.spec.entities[1..]);
        let removal = whole_change(&spec, &texts.remove_phone);
        assert_eq!(removal.losses.len(), 1);
        assert_eq!(removal.losses[0].subject, "entities/guest/fields/phone");
        assert!(field(&removal.alternatives[0].spec, "guest", "phone").archived);
    });
}

#[test]
fn a_list_a_signup_and_a_budget() {
    in_each(|code, texts| {
        let books = whole(code, &texts.list);
        assert_eq!(ids(&books), ["book"]);
        assert_eq!(kinds(&books, "book"), ["text", "text", "integer", "money"]);
        let dinner = whole(code, &texts.signup);
        assert_eq!(dinner.entities.len(), 1);
        let who = dinner.entities[0].id.clone();
        assert_eq!(kinds(&dinner, &who), ["text", "yesNo", "choice", "longText"]);
        assert_eq!(options(&dinner.entities[0].fields[2]).len(), 3);
        assert!(dinner.entities[0].fields[1..].iter().all(|field| field.by_member));
        let budget = whole(code, &texts.budget);
        assert_eq!(budget.entities.len(), 1, "{:?}", ids(&budget));
        let id = budget.entities[0].id.clone();
        assert_eq!(kinds(&budget, &id), ["text", "money", "date", "yesNo"]);
        assert_eq!(sees(&budget, &id, "partner"), Some(Scope::All));
    });
}

#[test]
fn tasks_and_products_and_members() {
    in_each(|code, texts| {
        let tasks = whole(code, &texts.tasks);
        assert_eq!(kinds(&tasks, "task"), ["text", "date", "choice"]);
        assert_eq!(options(&tasks.entities[0].fields[2]).len(), 3);
        let products = whole(code, &texts.products);
        assert_eq!(kinds(&products, "product"), ["text", "money", "integer"]);
        let members = whole(code, &texts.members);
        assert_eq!(kinds(&members, ids(&members)[0]), ["text", "phone", "date"]);
    });
}

#[test]
fn recipes_that_everyone_sees_and_only_the_owner_edits() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.recipes);
        assert_eq!(kinds(&spec, "recipe"), ["text", "longText", "longText"]);
        assert_eq!(sees(&spec, "recipe", VISITOR), Some(Scope::All));
        let visitor = spec.entities[0].grant(VISITOR).expect("strangers have a grant");
        assert!(visitor.update.is_none() && visitor.delete.is_none() && !visitor.create);
    });
}

#[test]
fn volunteers_take_places_in_shifts() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.shifts);
        assert_eq!(ids(&spec).len(), 2, "{:?}", ids(&spec));
        assert!(spec.entities.iter().any(|entity| entity.id == "shift"));
        assert!(capacity(&spec, "shift").is_some());
    });
}

#[test]
fn further_changes() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.wedding);
        assert!(field(&whole_change(&spec, &texts.required).spec, "guest", "email").required);
        let renamed = whole_change(&spec, &texts.rename);
        assert_ne!(plural(&renamed.spec, "guest"), texts.guests);
        assert_eq!(renamed.spec.entities[0].fields, spec.entities[0].fields);
        assert_eq!(options(field(&whole_change(&spec, &texts.option).spec, "guest", "meal")).len(), 4);
        assert_eq!(whole_change(&spec, &texts.colour).spec.theme.accent, "#14532d");
        assert_eq!(sees(&spec, "table", "guest"), Some(Scope::All));
        assert_eq!(sees(&whole_change(&spec, &texts.private).spec, "table", "guest"), None);
    });
}

#[test]
fn bookings_keep_apart_and_are_cancelled_in_time() {
    in_each(|code, texts| {
        let Some(booking) = &texts.booking else { return };
        let spec = whole(code, booking);
        let apart = spec.rules.iter().find_map(|rule| match rule {
            Rule::NoOverlap { entity, per, only_if: Some(_), .. } if per.len() == 1 => Some(entity),
            _ => None,
        });
        let entity = apart.unwrap_or_else(|| panic!("{:?}", spec.rules));
        assert!(spec.rules.iter().any(|rule| matches!(rule, Rule::Within { .. })), "{:?}", spec.rules);
        assert!(spec.rules.iter().any(|rule| matches!(rule, Rule::Notice { hours: 24, .. })), "{:?}", spec.rules);
        assert_eq!(sees(&spec, entity, VISITOR), Some(Scope::Own));
        assert!(has_page(&spec, PageKind::Slots) && has_page(&spec, PageKind::Calendar), "{:?}", spec.pages);
    });
}

#[test]
fn a_personal_site_has_a_blog_a_gallery_and_a_contact_form() {
    in_each(|code, texts| {
        let Some(site) = &texts.site else { return };
        let spec = whole(code, site);
        assert_eq!(ids(&spec), ["post", "picture", "message"]);
        for kind in [PageKind::Timeline, PageKind::Gallery, PageKind::Form] {
            assert!(has_page(&spec, kind), "{kind:?}: {:?}", spec.pages);
        }
    });
}

#[test]
fn two_members_approve_and_each_votes_once() {
    in_each(|code, texts| {
        let (Some(approval), Some(voting)) = (&texts.approval, &texts.voting) else { return };
        let spec = whole(code, approval);
        assert_eq!(ids(&spec).len(), 3, "{:?}", ids(&spec));
        let quorum = |rule: &Rule| matches!(rule, Rule::Quorum { entity, least: 2, .. } if entity == "payment");
        assert!(spec.rules.iter().any(quorum), "{:?}", spec.rules);
        let spec = whole(code, voting);
        let once = |rule: &Rule| matches!(rule, Rule::Once { entity, by_member: true, .. } if entity == "vote");
        assert!(spec.rules.iter().any(once), "{:?}", spec.rules);
    });
}

#[test]
fn an_app_is_described_in_its_own_language() {
    let english = languages()["en"].booking.as_deref().map(|text| describe(&written(text).0)).unwrap_or_default();
    assert!(!english.is_empty());
    in_each(|code, texts| {
        let Some(booking) = texts.booking.as_deref().filter(|_| code != "en") else { return };
        let told = describe(&written(booking).0);
        assert_eq!(told.len(), english.len(), "{told:?}");
        let same: Vec<&String> = told.iter().filter(|sentence| english.contains(sentence)).collect();
        assert!(same.is_empty() && told.iter().all(|sentence| !sentence.contains('{')), "{same:?}");
    });
}

#[test]
fn answers_once_and_commands_on_the_whole() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.once);
        assert_eq!(ids(&spec), ["guest"]);
        assert!(spec.rules.contains(&Rule::OnePerMember { entity: "guest".into() }));
        let address = whole_change(&spec, &texts.address);
        assert_eq!(address.spec.entities[0].fields.last().map(|field| field.by_member), Some(true));
        assert_eq!(field(&address.spec, "guest", "address").kind, FieldKind::Place);
        let wedding = whole(code, &texts.wedding);
        assert!(whole_change(&wedding, &texts.archive).spec.entities[0].archived);
        assert!(whole_change(&wedding, &texts.undo).undo);
    });
}

#[test]
fn invented_nouns_have_the_structure_of_known_ones() {
    in_each(|code, texts| {
        let text = texts
            .nouns
            .iter()
            .fold(texts.invented.clone(), |text, (blank, word)| text.replace(&format!("{{{blank}}}"), word));
        let (spec, _) = written(&text);
        assert_eq!(spec.language, code);
        assert_eq!(spec.entities.len(), 3, "{text}\n{:?}", ids(&spec));
        let all: Vec<Vec<&str>> = spec.entities.iter().map(|entity| kinds(&spec, &entity.id)).collect();
        assert_eq!(all[0], ["text", "email", "phone", "yesNo", "choice", "ref"], "{text}");
        assert_eq!(all[1], ["text", "integer"], "{text}");
        assert_eq!(all[2], ["text", "money", "yesNo"], "{text}");
        assert_eq!(options(&spec.entities[0].fields[4]).len(), 3, "{text}");
        assert!(capacity(&spec, &spec.entities[1].id).is_some(), "{text}");
    });
}

#[test]
fn what_is_not_understood_is_said_in_the_language_of_the_app() {
    let english = change(&written(&languages()["en"].wedding).0, "zqorb").expect_err("means nothing");
    let english: Vec<String> =
        english.understanding().not_understood.iter().map(|statement| statement.text.clone()).collect();
    in_each(|code, texts| {
        let spec = whole(code, &texts.wedding);
        let declined = change(&spec, &texts.nonsense).expect_err("means nothing");
        let said = &declined.understanding().not_understood;
        assert!(said.len() >= 2, "{said:?}");
        assert!(code == "en" || said.iter().all(|statement| !english.contains(&statement.text)), "{said:?}");
        assert!(code == "en" || !said[0].text.starts_with("I "), "{said:?}");
    });
}

/// The languages that have the words of what people do in apps, each with such a request.
fn in_each_that_has(text: fn(&Texts) -> Option<&String>, check: impl Fn(&str, &str) + RefUnwindSafe) {
    for code in ["en", "es", "pt", "fr", "de", "id", "sw", "hi", "ar", "zh"] {
        assert!(text(&languages()[code]).is_some(), "{code}");
    }
    in_each(|code, texts| {
        if let Some(text) = text(texts) {
            check(code, text);
        }
    });
}

#[test]
fn a_booking_keeps_its_rules_everywhere() {
    in_each_that_has(
        |texts| texts.booking.as_ref(),
        |code, text| {
            let spec = whole(code, text);
            let overlap = spec.rules.iter().find_map(|rule| match rule {
                Rule::NoOverlap { entity, per, only_if, .. } => Some((entity, per.len(), only_if.is_some())),
                _ => None,
            });
            let (booking, per, unless_cancelled) = overlap.unwrap_or_else(|| panic!("{text}\n{:?}", spec.rules));
            assert_eq!((per, unless_cancelled), (1, true), "{text}");
            assert!(spec.rules.iter().any(|rule| matches!(rule, Rule::Notice { hours: 24, .. })), "{:?}", spec.rules);
            assert!(spec.rules.iter().any(|rule| matches!(rule, Rule::Within { .. })), "{:?}", spec.rules);
            assert_eq!(spec.entities.len(), 3, "{text}\n{:?}", ids(&spec));
            assert_eq!(sees(&spec, booking, VISITOR), Some(Scope::Own));
            assert!(has_page(&spec, PageKind::Slots), "{text}");
        },
    );
}

#[test]
fn a_personal_site_has_its_pages_everywhere() {
    in_each_that_has(
        |texts| texts.site.as_ref(),
        |code, text| {
            let spec = whole(code, text);
            for kind in [PageKind::Timeline, PageKind::Gallery, PageKind::Form] {
                assert!(has_page(&spec, kind), "{kind:?}: {text}\n{:?}", spec.pages);
            }
            assert_eq!(sees(&spec, "message", VISITOR), None, "what was written is only the owner's to read");
            let post = spec.entity("post").and_then(|post| post.grant(VISITOR)).expect("visitors read posts");
            assert!(!post.create && post.read_if.is_some(), "{post:?}");
        },
    );
}

#[test]
fn upper_and_lower_case_and_missing_accents_make_no_difference() {
    let plain = |text: &str| -> String {
        let pairs = [("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ê", "e"), ("ã", "a"), ("ç", "c")];
        pairs.iter().fold(text.to_lowercase(), |text, (from, to)| text.replace(from, to))
    };
    in_each(|code, texts| {
        let spec = whole(code, &texts.wedding);
        let (other, _) = written(&plain(&texts.wedding));
        assert_eq!(ids(&other), ids(&spec));
        for entity in ids(&spec) {
            assert_eq!(kinds(&other, entity), kinds(&spec, entity), "{entity}");
        }
    });
}
