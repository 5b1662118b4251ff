//! The wedding conversation: the wish, the changes, and the change that may not happen silently.

use writer::describe;
use writer::spec::{Condition, FieldKind, OWNER, PageKind, Rule, Scope, VISITOR};

use crate::{capacity, changed, field, ids, options, sees, written};

const WISH: &str = "I want a site for planning our wedding. Guests have a name, an email and a phone number. They answer yes or no \
    and pick a meal (meat, fish or vegetarian). We have tables with a number of seats. We also track the budget: what, how much, \
    paid or not. Only my partner and I may see the budget.";

#[test]
fn the_wish_has_everything_asked_for() {
    let (spec, understanding) = written(WISH);
    assert_eq!(ids(&spec), ["guest", "table", "budgetItem"]);
    assert_eq!((spec.name.as_str(), spec.language.as_str()), ("wedding", "en"));
    assert_eq!(spec.blueprints[0], "event");
    assert!(understanding.not_understood.is_empty(), "{:?}", understanding.not_understood);
    assert_eq!(field(&spec, "guest", "name").kind, FieldKind::Text);
    assert_eq!(field(&spec, "guest", "email").kind, FieldKind::Email);
    assert_eq!(field(&spec, "guest", "phone").kind, FieldKind::Phone);
    assert_eq!(field(&spec, "guest", "attending").kind, FieldKind::YesNo);
    assert_eq!(options(field(&spec, "guest", "meal")), ["Meat", "Fish", "Vegetarian"]);
    assert_eq!(field(&spec, "guest", "table").kind, FieldKind::Ref { entity: "table".into() });
    assert_eq!(field(&spec, "table", "seats").kind, FieldKind::Integer { min: 0, max: None });
    assert!(field(&spec, "table", "name").required);
    assert_eq!(field(&spec, "budgetItem", "amount").kind, FieldKind::Money { currency: "EUR".into() });
    assert_eq!(field(&spec, "budgetItem", "paid").kind, FieldKind::YesNo);
}

#[test]
fn guests_fill_in_their_answers_and_nothing_else() {
    let (spec, _) = written(WISH);
    let own: Vec<&str> = spec
        .entity("guest")
        .map(|guest| guest.fields.iter().filter(|field| field.by_member).map(|field| field.id.as_str()).collect())
        .unwrap_or_default();
    assert_eq!(own, ["attending", "meal"]);
    assert_eq!(spec.entity("guest").and_then(|guest| guest.person.as_deref()), Some("guest"));
    assert!(spec.rules.contains(&Rule::OnePerMember { entity: "guest".into() }));
    assert_eq!(capacity(&spec, "table"), Some(("guest".into(), None, Some("attending".into()))));
}

#[test]
fn access_is_as_said_and_closed_otherwise() {
    let (spec, _) = written(WISH);
    assert_eq!(sees(&spec, "budgetItem", OWNER), Some(Scope::All));
    assert_eq!(sees(&spec, "budgetItem", "partner"), Some(Scope::All));
    assert_eq!(sees(&spec, "budgetItem", "guest"), None);
    assert_eq!(sees(&spec, "guest", "guest"), Some(Scope::Own));
    assert!(spec.entities.iter().all(|entity| entity.grant(VISITOR).is_none()));
    let guest = spec.entity("guest").and_then(|entity| entity.grant("guest")).expect("guests have a grant");
    assert!(!guest.create && guest.delete.is_none() && guest.update == Some(Scope::Own));
    let invited = |role: &str| spec.roles.iter().find(|other| other.id == role).map(|role| role.invited_by.clone());
    assert_eq!(invited("partner"), Some(vec![OWNER.to_owned()]));
    assert_eq!(invited("guest"), Some(vec![OWNER.to_owned(), "partner".to_owned()]));
}

#[test]
fn pages_follow_the_grants() {
    let (spec, _) = written(WISH);
    let budget = spec.pages.iter().find(|page| page.entity == "budgetItem").expect("a page for the budget");
    assert_eq!(budget.roles, [OWNER, "partner"]);
    let answer = spec.pages.iter().find(|page| page.kind == PageKind::Answer).expect("an answer page");
    assert_eq!((answer.entity.as_str(), answer.roles.as_slice()), ("guest", ["guest".to_owned()].as_slice()));
}

#[test]
fn what_was_added_by_the_writer_is_said() {
    let (_, understanding) = written(WISH);
    let about = |path: &str| understanding.assumed.iter().any(|statement| statement.about.as_deref() == Some(path));
    assert!(about("entities/table/fields/name"));
    assert!(about("entities/guest/fields/table"));
    assert!(about("entities/budgetItem/fields/amount"), "the currency is assumed");
    assert!(about("roles/partner"));
}

#[test]
fn the_conversation_goes_on() {
    let (spec, _) = written(WISH);
    let plus = changed(&spec, "Guests may bring a plus one, we need their name too.");
    assert!(plus.understanding.not_understood.is_empty() && plus.losses.is_empty());
    assert_eq!(field(&plus.spec, "guest", "plusOne").kind, FieldKind::YesNo);
    let name = field(&plus.spec, "guest", "plusOneName");
    assert_eq!(name.only_if, Some(Condition { field: "plusOne".into(), values: vec!["true".into()] }));
    assert!(name.by_member && field(&plus.spec, "guest", "plusOne").by_member);
    assert_eq!(capacity(&plus.spec, "table"), Some(("guest".into(), Some("plusOne".into()), Some("attending".into()))));
    let note = changed(&plus.spec, "Add a dietary note to guests.");
    let added: Vec<&str> = note
        .spec
        .entity("guest")
        .map(|guest| guest.fields.iter().map(|field| field.id.as_str()).collect())
        .unwrap_or_default();
    assert_eq!(added.len(), plus.spec.entity("guest").map(|guest| guest.fields.len()).unwrap_or_default() + 1);
    assert_eq!(
        note.spec
            .entity("guest")
            .and_then(|guest| guest.fields.last())
            .map(|field| (field.kind.clone(), field.by_member)),
        Some((FieldKind::LongText, true))
    );
    assert_eq!(note.spec.rules, plus.spec.rules);
    assert_eq!(note.spec.entities[1..], plus.spec.entities[1..]);
}

#[test]
fn a_removal_is_literal_and_archiving_is_offered() {
    let (spec, _) = written(WISH);
    let removal = changed(&spec, "Remove the phone number from guests.");
    assert_eq!(removal.losses.len(), 1);
    assert_eq!(removal.losses[0].subject, "entities/guest/fields/phone");
    assert!(removal.spec.entity("guest").is_some_and(|guest| guest.field("phone").is_none()));
    let gentle = &removal.alternatives[0].spec;
    assert!(field(gentle, "guest", "phone").archived);
    assert_eq!(
        gentle.entity("guest").map(|guest| guest.fields.len()),
        spec.entity("guest").map(|guest| guest.fields.len())
    );
    let back = changed(gentle, "Bring back the phone number.");
    assert_eq!(back.spec, spec);
}

#[test]
fn the_description_reads_as_the_app_is() {
    let (spec, _) = written(WISH);
    let all = describe(&spec).join("\n");
    assert!(all.contains("Tables: never more Guests than Seats"), "{all}");
    assert!(all.contains("Budget: the owner may see all"), "{all}");
    assert!(!all.contains("strangers"), "{all}");
}
