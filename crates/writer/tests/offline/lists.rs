//! Wishes that are lists of things of any kind.

use writer::spec::{FieldKind, OWNER, PageKind, Scope, VISITOR};

use crate::{field, ids, options, sees, written};

fn kinds(text: &str, entity: &str) -> Vec<(String, FieldKind)> {
    let (spec, understanding) = written(text);
    assert!(understanding.not_understood.is_empty(), "{text}\n{:?}", understanding.not_understood);
    let entity = spec.entity(entity).unwrap_or_else(|| panic!("{text}: {:?}", ids(&spec)));
    entity.fields.iter().map(|field| (field.id.clone(), field.kind.clone())).collect()
}

fn plain(id: &str) -> (String, FieldKind) {
    (id.to_owned(), FieldKind::Text)
}

#[test]
fn vinyl_records() {
    let (spec, _) =
        written("an app to keep track of my vinyl records: artist, title, year, condition (mint, good, poor), price");
    assert_eq!(ids(&spec), ["vinylRecord"]);
    assert_eq!(spec.entities[0].plural, "Vinyl records");
    assert_eq!(options(field(&spec, "vinylRecord", "condition")), ["Mint", "Good", "Poor"]);
    assert_eq!(field(&spec, "vinylRecord", "year").kind, FieldKind::Integer { min: 0, max: None });
    assert_eq!(field(&spec, "vinylRecord", "price").kind, FieldKind::Money { currency: "EUR".into() });
    assert!(field(&spec, "vinylRecord", "title").required);
    assert!(spec.roles.is_empty());
}

#[test]
fn books_with_a_rating() {
    let all =
        kinds("I need a list of my books with title, author, a rating from 1 to 5 and whether I have read it", "book");
    assert_eq!(all[0], plain("title"));
    assert_eq!(all[2].1, FieldKind::Rating { max: 5 });
    assert_eq!(all[3].1, FieldKind::YesNo);
}

#[test]
fn todo_list() {
    let all = kinds("todo list: what, due date, priority, done?", "task");
    assert_eq!(all.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["what", "deadline", "priority", "done"]);
    assert_eq!((&all[1].1, &all[3].1), (&FieldKind::Date, &FieldKind::YesNo));
}

#[test]
fn public_recipes() {
    let (spec, _) = written(
        "Recipe collection. Each recipe has a name, ingredients, steps, and a cooking time in minutes. Everyone may read the recipes but only I can edit them.",
    );
    assert_eq!(field(&spec, "recipe", "cookingTime").kind, FieldKind::Duration);
    assert_eq!(sees(&spec, "recipe", VISITOR), Some(Scope::All));
    assert!(
        spec.entity("recipe")
            .and_then(|recipe| recipe.grant(VISITOR))
            .is_some_and(|grant| grant.update.is_none() && !grant.create)
    );
    assert!(
        spec.entity("recipe")
            .and_then(|recipe| recipe.grant(OWNER))
            .is_some_and(|grant| grant.update == Some(Scope::All))
    );
}

#[test]
fn plants() {
    let all = kinds("Track my plants: name, location, last watered date, how often to water", "plant");
    assert_eq!((&all[1].1, &all[2].1), (&FieldKind::Place, &FieldKind::Date));
}

#[test]
fn bakery_inventory_in_dollars() {
    let (spec, _) = written(
        "Inventory for my bakery: products with a name, price in $, stock; suppliers with name, phone and email",
    );
    assert_eq!(spec.entities.len(), 2);
    assert_eq!(field(&spec, "product", "price").kind, FieldKind::Money { currency: "USD".into() });
    assert_eq!(field(&spec, "product", "quantity").kind, FieldKind::Integer { min: 0, max: None });
}

#[test]
fn expenses_in_pounds() {
    let all = kinds("Expenses: date, what for, amount in pounds, category (food, travel, rent, other)", "expense");
    assert_eq!(all[2].1, FieldKind::Money { currency: "GBP".into() });
    assert!(matches!(&all[3].1, FieldKind::Choice { options } if options.len() == 4));
}

#[test]
fn projects_and_tasks_are_linked() {
    let (spec, _) = written(
        "Each project has a name, a deadline and tasks. Tasks have a title, status (open, in progress, done) and a person responsible.",
    );
    assert_eq!(field(&spec, "task", "project").kind, FieldKind::Ref { entity: "project".into() });
    assert_eq!(options(field(&spec, "task", "status")), ["Open", "In progress", "Done"]);
}

#[test]
fn club_members_and_trainers() {
    let (spec, _) = written(
        "Members of our football club: name, birthday, phone, email, fee paid yes/no. Trainers may see all members but not change them. Members can update their own phone number.",
    );
    assert_eq!(sees(&spec, "member", "trainer"), Some(Scope::All));
    assert!(
        spec.entity("member").and_then(|member| member.grant("trainer")).is_some_and(|grant| grant.update.is_none())
    );
    assert!(field(&spec, "member", "phone").by_member && !field(&spec, "member", "email").by_member);
}

#[test]
fn sales_people_see_their_own_deals() {
    let (spec, understanding) = written(
        "CRM for our sales team of 12. Companies, contacts, deals with stages lead, qualified, offer, won, lost, an amount and an expected close date, and notes on calls. Sales people see their own deals, the manager sees all. A board by stage and the sum per stage.",
    );
    assert_eq!(ids(&spec), ["company", "contact", "deal", "note"]);
    assert_eq!(options(field(&spec, "deal", "stage")), ["Lead", "Qualified", "Offer", "Won", "Lost"]);
    assert_eq!(sees(&spec, "deal", "salesPerson"), Some(Scope::Own));
    assert_eq!(sees(&spec, "deal", "manager"), Some(Scope::All));
    assert_eq!(sees(&spec, "company", "salesPerson"), None);
    assert!(understanding.not_understood.is_empty(), "{understanding:?}");
    assert!(spec.pages.iter().any(|page| page.kind == PageKind::Board && page.by.as_deref() == Some("stage")));
    assert!(spec.pages.iter().any(|page| page.kind == PageKind::Summary));
}

#[test]
fn what_is_beyond_is_left_out_by_name() {
    let (spec, understanding) = written(
        "Walks: name, distance in km, difficulty (easy, hard). Show the walks on a map. Send a reminder every week.",
    );
    assert_eq!(ids(&spec), ["walk"]);
    assert_eq!(field(&spec, "walk", "distance").kind, FieldKind::Quantity { unit: "km".into() });
    for word in ["map", "reminder"] {
        assert!(
            understanding.not_understood.iter().any(|statement| statement.text.contains(word)),
            "{word}: {understanding:?}"
        );
    }
    assert!(understanding.not_understood.iter().all(|statement| statement.text.contains("no connection")));
}

#[test]
fn wishes_that_name_nothing_are_declined_with_reasons() {
    for text in ["A chess game", "make me a pretty website", "Hello!", "I want an app to chat with my friends", "asdf"]
    {
        let declined = writer::write(&writer::Wish { text, name: None }).expect_err(text);
        assert!(!declined.understanding().not_understood.is_empty(), "{text}");
    }
}
