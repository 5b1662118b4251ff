//! Changes by conversation on an app that exists.

use writer::spec::{AppSpec, FieldKind, OWNER, Rule, Scope, VISITOR};
use writer::{Declined, change};

use crate::{changed, field, options, sees, written};

fn wedding() -> AppSpec {
    written("I want a site for planning our wedding. Guests have a name, an email and a phone number. They answer yes or no and pick a meal (meat, fish or vegetarian). We have tables with a number of seats. We also track the budget: what, how much, paid or not. Only my partner and I may see the budget.").0
}

#[test]
fn fields_are_added_where_said() {
    let spec = wedding();
    for (text, entity, id, kind) in [
        ("Add a birthday to guests", "guest", "birthday", FieldKind::Date),
        ("Guests also need an address", "guest", "address", FieldKind::Place),
        ("Please add a location field to the tables.", "table", "place", FieldKind::Place),
        ("The budget should have a due date", "budgetItem", "deadline", FieldKind::Date),
        ("add guests' website", "guest", "url", FieldKind::Url),
        ("We need to know each guest's age.", "guest", "age", FieldKind::Integer { min: 0, max: None }),
        ("Add a deposit in dollars per table", "table", "amount", FieldKind::Money { currency: "USD".into() }),
        ("Every table has a location", "table", "place", FieldKind::Place),
    ] {
        let done = changed(&spec, text);
        assert_eq!(field(&done.spec, entity, id).kind, kind, "{text}");
        assert!(
            done.losses.is_empty() && done.understanding.not_understood.is_empty(),
            "{text}: {:?}",
            done.understanding
        );
    }
}

#[test]
fn a_new_field_that_people_answer_is_theirs() {
    let done = changed(&wedding(), "Guests can leave a song wish.");
    assert!(field(&done.spec, "guest", "songWish").by_member);
    let shirts = changed(&wedding(), "Guests choose a T-shirt size (S, M, L).");
    assert!(field(&shirts.spec, "guest", "size").by_member);
}

#[test]
fn a_new_kind_of_thing_is_closed_to_guests() {
    let done = changed(&wedding(), "Add vendors with a name, a phone number and a price.");
    assert_eq!(field(&done.spec, "vendor", "phone").kind, FieldKind::Phone);
    assert_eq!(sees(&done.spec, "vendor", OWNER), Some(Scope::All));
    assert_eq!(sees(&done.spec, "vendor", "partner"), Some(Scope::All));
    assert_eq!(sees(&done.spec, "vendor", "guest"), None);
    assert!(done.spec.pages.iter().any(|page| page.entity == "vendor"));
}

#[test]
fn options_come_and_go() {
    let more = changed(&wedding(), "Add vegan to the meals");
    assert_eq!(options(field(&more.spec, "guest", "meal")), ["Meat", "Fish", "Vegetarian", "Vegan"]);
    let less = changed(&more.spec, "Remove fish from the meals");
    assert_eq!(options(field(&less.spec, "guest", "meal")), ["Meat", "Vegetarian", "Vegan"]);
    assert_eq!(less.losses.len(), 1);
}

#[test]
fn renaming_changes_labels_and_keeps_ids() {
    let spec = wedding();
    let guests = changed(&spec, "Rename guests to invitees");
    assert_eq!(
        guests.spec.entity("guest").map(|guest| (guest.label.as_str(), guest.plural.as_str())),
        Some(("Invitee", "Invitees"))
    );
    let phone = changed(&spec, "Rename the phone number to mobile");
    assert_eq!(field(&phone.spec, "guest", "phone").label, "Mobile");
    let option = changed(&spec, "rename fish to seafood");
    assert_eq!(options(field(&option.spec, "guest", "meal")), ["Meat", "Seafood", "Vegetarian"]);
    assert!(guests.losses.is_empty() && phone.losses.is_empty() && option.losses.is_empty());
}

#[test]
fn a_renamed_thing_is_found_by_its_new_name() {
    let guests = changed(&wedding(), "Rename tables to boats");
    let more = changed(&guests.spec, "Add a colour to boats");
    assert!(more.spec.entity("table").is_some_and(|table| table.fields.len() > 2));
}

#[test]
fn requirements() {
    let must = changed(&wedding(), "Make the email required");
    assert!(field(&must.spec, "guest", "email").required);
    let may = changed(&must.spec, "The email is optional");
    assert!(!field(&may.spec, "guest", "email").required);
}

#[test]
fn access_changes() {
    let spec = wedding();
    let public = changed(&spec, "Everyone may see the tables");
    assert_eq!(sees(&public.spec, "table", VISITOR), Some(Scope::All));
    let hidden = changed(&spec, "Guests may not see the tables.");
    assert_eq!(sees(&hidden.spec, "table", "guest"), None);
    let closed = changed(&public.spec, "The tables should not be public");
    assert_eq!(closed.spec.entity("table").map(|table| &table.access), spec.entity("table").map(|table| &table.access));
    let shown = changed(&spec, "Show the budget to everyone");
    assert_eq!(sees(&shown.spec, "budgetItem", VISITOR), Some(Scope::All));
    let only = changed(&spec, "Only I may see the budget");
    assert_eq!(sees(&only.spec, "budgetItem", "partner"), None);
    assert_eq!(sees(&only.spec, "budgetItem", OWNER), Some(Scope::All));
    let wide = changed(&spec, "Let guests see the budget");
    assert_eq!(sees(&wide.spec, "budgetItem", "guest"), Some(Scope::All));
    assert!(wide.spec.pages.iter().any(|page| page.entity == "budgetItem" && page.roles.contains(&"guest".to_owned())));
}

#[test]
fn what_opens_must_name_it_exactly() {
    for text in ["Let everyone see finished guests", "Let guests see the old budget of last year"] {
        assert!(change(&wedding(), text).is_err(), "{text}");
    }
}

#[test]
fn access_that_was_taken_is_not_given_back_by_another_change() {
    let hidden = changed(&wedding(), "Guests may not see guests");
    assert_eq!(sees(&hidden.spec, "guest", "guest"), None);
    let more = changed(&hidden.spec, "Add a birthday to guests");
    assert_eq!(sees(&more.spec, "guest", "guest"), None);
}

#[test]
fn people_who_must_not_see_each_other_still_see_themselves() {
    let open = changed(&wedding(), "Guests may see all guests");
    let closed = changed(&open.spec, "Guests must not see each other");
    assert_eq!(sees(&closed.spec, "guest", "guest"), Some(Scope::Own));
}

#[test]
fn removing_people_removes_their_role() {
    let done = changed(&wedding(), "Remove the guests");
    assert!(!done.spec.roles.iter().any(|role| role.id == "guest"));
    assert!(done.spec.entities.iter().all(|entity| entity.grant("guest").is_none()));
}

#[test]
fn a_new_role_by_name() {
    let done = changed(&wedding(), "The caterer may see the guests");
    assert_eq!(sees(&done.spec, "guest", "caterer"), Some(Scope::All));
    assert!(done.spec.roles.iter().any(|role| role.id == "caterer" && role.invited_by == [OWNER]));
}

#[test]
fn removing_a_thing_lists_all_losses() {
    let done = changed(&wedding(), "Delete the tables");
    let lost: Vec<&str> = done.losses.iter().map(|loss| loss.subject.as_str()).collect();
    assert_eq!(lost, ["entities/guest/fields/table", "entities/table"]);
    assert!(!done.spec.rules.iter().any(|rule| matches!(rule, Rule::Capacity { .. })));
    assert!(done.alternatives[0].spec.entity("table").is_some_and(|table| table.archived));
}

#[test]
fn two_removals_are_archived_together() {
    let done = changed(&wedding(), "Remove the email and the phone number from guests");
    assert_eq!(done.losses.len(), 2);
    let gentle = &done.alternatives[0].spec;
    assert!(field(gentle, "guest", "email").archived && field(gentle, "guest", "phone").archived);
}

#[test]
fn what_narrows_a_removal_is_not_widened() {
    let spec = wedding();
    for text in [
        "Delete all guests older than a year",
        "Remove old tables from last summer",
        "Remove the shoe size from guests",
    ] {
        match change(&spec, text) {
            Err(Declined::NothingToBuild { understanding }) => assert!(!understanding.not_understood.is_empty()),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn archive_and_restore() {
    let away = changed(&wedding(), "Archive the tables");
    assert!(away.losses.is_empty());
    assert!(
        away.spec.entity("table").is_some_and(|table| table.archived) && field(&away.spec, "guest", "table").archived
    );
    let back = changed(&away.spec, "Restore the archived tables");
    assert!(
        back.spec.entity("table").is_some_and(|table| !table.archived) && !field(&back.spec, "guest", "table").archived
    );
    assert!(back.spec.pages.iter().any(|page| page.entity == "table"));
}

#[test]
fn undo_is_told_apart() {
    for text in ["undo that", "Undo the last change please", "revert that"] {
        let done = changed(&wedding(), text);
        assert!(done.undo && done.spec == wedding(), "{text}");
    }
}

#[test]
fn limits() {
    let unique = changed(&wedding(), "No two guests may have the same email");
    assert!(unique.spec.rules.contains(&Rule::Unique { entity: "guest".into(), field: "email".into() }));
    let most = changed(&wedding(), "A table has at most 12 seats");
    assert_eq!(field(&most.spec, "table", "seats").kind, FieldKind::Integer { min: 0, max: Some(12) });
}

#[test]
fn looks_money_and_title() {
    let green = changed(&wedding(), "Make it dark green.");
    assert_eq!(green.spec.theme.accent, "#14532d");
    let dollars = changed(&wedding(), "Use dollars");
    assert_eq!(field(&dollars.spec, "budgetItem", "amount").kind, FieldKind::Money { currency: "USD".into() });
    let title = changed(&wedding(), "Call the app Anna and Ben");
    assert_eq!((title.spec.title.as_str(), title.spec.name.as_str()), ("Anna and Ben", "wedding"));
}

#[test]
fn nonsense_changes_nothing() {
    let not_for_us =
        ["Let transporters correct the phone number", "Give new guests one free week", "Stylists may block holidays"];
    for text in ["", "   ", "?!", "blarg fnord", "make it better", "what is the weather"].into_iter().chain(not_for_us)
    {
        assert!(change(&wedding(), text).is_err(), "{text}");
    }
}

#[test]
fn archived_parts_keep_their_ids_to_themselves() {
    let away = changed(&wedding(), "Archive the phone number");
    let again = changed(&away.spec, "Add a phone number to guests");
    let ids: Vec<&str> = again
        .spec
        .entity("guest")
        .map(|guest| guest.fields.iter().map(|field| field.id.as_str()).collect())
        .unwrap_or_default();
    assert_eq!(ids.iter().filter(|id| id.starts_with("phone")).count(), 1, "{ids:?}");
    assert!(!field(&again.spec, "guest", "phone").archived, "adding what was put away brings it back");
}

#[test]
fn a_list_goes_by_its_name_and_takes_any_name() {
    let (spec, _) = written("CRM: companies, contacts, deals with an amount, and notes on calls.");
    let change = writer::change(&spec, "Drop the contacts table.").expect("contacts can go");
    assert!(change.spec.entities.iter().all(|entity| entity.plural != "Contacts"), "{:?}", change.spec.entities);
    assert!(change.understanding.not_understood.is_empty(), "{:?}", change.understanding.not_understood);
    let change = writer::change(&spec, "Rename notes to journal.").expect("notes can be renamed");
    assert!(change.spec.entities.iter().any(|entity| entity.plural == "Journal"), "{:?}", change.spec.entities);
}

#[test]
fn a_detail_that_is_missed_goes_to_what_is_there() {
    for (wish, text, label) in [
        ("Orders with a title and a price. Staff with a name.", "Orders need a photo too", "Photo"),
        ("Orders with a title and a price. Staff with a name.", "I also need a date for every order", "Date"),
        ("Aufträge mit Titel und Preis. Mitarbeiter mit Name.", "Füge den Aufträgen ein Foto hinzu.", "Foto"),
    ] {
        let (spec, _) = written(wish);
        let after = changed(&spec, text).spec;
        let added = |entity: &writer::spec::Entity| {
            entity.id == "order" && entity.fields.iter().any(|field| field.label == label)
        };
        assert!(after.entities.iter().any(added), "{text}: {:?}", after.entities);
        assert_eq!(after.entities.len(), spec.entities.len(), "{text}");
    }
    let (spec, _) = written("Aufträge mit Titel und Preis. Mitarbeiter mit Name.");
    let after = changed(&spec, "Benenne Preis in Betrag um.").spec;
    assert!(after.entities[0].fields.iter().any(|field| field.label == "Betrag"), "{:?}", after.entities[0]);
}

#[test]
fn a_limit_per_person_is_of_what_they_take_and_ends_with_it() {
    let (spec, _) = written(
        "Neighbours lend each other tools. They ask to borrow one for some days, the owner accepts or declines.",
    );
    let after = changed(&spec, "At most 2 tools per neighbour.").spec;
    let limit = after.rules.iter().find_map(|rule| match rule {
        Rule::AtMost { entity, most, hours, only_if, .. } => Some((entity.clone(), *most, *hours, only_if.clone())),
        _ => None,
    });
    let (entity, most, hours, only_if) = limit.expect("a limit");
    assert_eq!((entity.as_str(), most, hours), ("loan", 2, None));
    assert_eq!(only_if.map(|only| only.values), Some(vec!["asked".to_owned(), "accepted".to_owned()]));
}

#[test]
fn what_is_booked_is_limited_until_it_is_over() {
    for text in [
        "Customers book a haircut with a stylist. At most 3 open bookings per customer.",
        "Customers book a court. Each customer has at most 3 open bookings.",
        "Les clients réservent une coupe. Au maximum 3 réservations par client.",
    ] {
        let (spec, _) = written(text);
        let limit = spec.rules.iter().find_map(|rule| match rule {
            Rule::AtMost { most, hours, until, .. } => Some((*most, *hours, until.as_deref())),
            _ => None,
        });
        assert_eq!(limit, Some((3, None, Some("start"))), "{text}\n{:?}", spec.rules);
    }
}

#[test]
fn what_is_put_on_each_of_them_is_a_detail() {
    let (cakes, _) = written("A bakery where customers order cakes");
    let more = changed(&cakes, "Put a photo and a note on each order").spec;
    let order = more.entity("order").expect("orders");
    assert!(
        order.field("photo").is_some_and(|field| field.kind == FieldKind::Picture) && order.field("note").is_some()
    );
    for (wish, text) in [
        ("Bestellungen mit Name und Adresse", "Setze ein Foto an jede Bestellung"),
        ("Pedidos con nombre y dirección", "Pon una foto en cada pedido"),
        ("Encomendas com nome e morada", "Põe uma foto em cada encomenda"),
        ("Commandes avec nom et adresse", "Mets une photo sur chaque commande"),
        ("Pesanan dengan nama dan alamat", "Pasang foto di setiap pesanan"),
        ("Maagizo yana jina na anwani", "Weka picha kwenye kila agizo"),
        ("طلبات لها اسم وعنوان", "ضع صورة على كل طلب"),
        ("订单有姓名和地址", "在每个订单上放上照片"),
    ] {
        let more = changed(&written(wish).0, text).spec;
        assert!(more.entity("order").is_some_and(|order| order.field("photo").is_some()), "{text}");
    }
}
