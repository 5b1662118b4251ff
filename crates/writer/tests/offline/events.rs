//! Gatherings in other words and orders: one line, bullets, typing errors, run-on.

use writer::spec::{AppSpec, FieldKind, OWNER, Scope};

use crate::{capacity, field, options, sees, written};

/// What every version of the wedding must have, however it was said.
fn is_the_wedding(text: &str) -> AppSpec {
    let (spec, understanding) = written(text);
    assert!(understanding.not_understood.is_empty(), "{text}\n{:?}", understanding.not_understood);
    for (id, kind) in [
        ("name", FieldKind::Text),
        ("email", FieldKind::Email),
        ("phone", FieldKind::Phone),
        ("attending", FieldKind::YesNo),
    ] {
        assert_eq!(field(&spec, "guest", id).kind, kind, "{text}");
    }
    assert_eq!(options(field(&spec, "guest", "meal")).len(), 3, "{text}");
    assert!(field(&spec, "guest", "meal").by_member && field(&spec, "guest", "attending").by_member, "{text}");
    assert_eq!(
        capacity(&spec, "table").map(|rule| (rule.0, rule.2)),
        Some(("guest".into(), Some("attending".into()))),
        "{text}"
    );
    let budget = spec.entity("budgetItem").expect("a budget");
    assert!(budget.fields.iter().any(|field| matches!(field.kind, FieldKind::Money { .. })), "{text}");
    assert!(budget.fields.iter().any(|field| field.kind == FieldKind::YesNo), "{text}");
    assert_eq!(sees(&spec, "budgetItem", OWNER), Some(Scope::All), "{text}");
    assert_eq!(sees(&spec, "budgetItem", "partner"), Some(Scope::All), "{text}");
    assert_eq!(sees(&spec, "budgetItem", "guest"), None, "{text}");
    spec
}

#[test]
fn one_line() {
    is_the_wedding(
        "A wedding app with guests (name, email, phone, RSVP yes/no, meal: meat/fish/veggie), tables (name, seats) and the budget (what, how much, paid?), budget only visible to me and my partner.",
    );
}

#[test]
fn bullets() {
    is_the_wedding(
        "Wedding planner\n- guests: name, email, phone; RSVP yes/no; meal (meat/fish/veggie)\n- tables: name, seats\n- budget: item, cost, paid?\n- budget visible only to me and my fiancé",
    );
}

#[test]
fn nested_bullets() {
    is_the_wedding(
        "We need a page for our wedding:\n* Guests\n  * name\n  * e-mail\n  * telephone\n  * coming yes/no\n  * menu (beef, fish, vegan)\n* Tables\n  * number of seats\n* Budget\n  * what\n  * amount\n  * paid or not\nOnly my husband and I can see the budget.",
    );
}

#[test]
fn run_on_without_stops() {
    is_the_wedding(
        "hi we need a wedding website guests have name email and phone they answer yes or no and pick a meal meat fish or vegetarian, tables have seats, track the budget: what, how much, paid or not, only my partner and i may see the budget",
    );
}

#[test]
fn typing_errors() {
    is_the_wedding(
        "geusts have a nmae, an emial and a phnoe number they anser yes or no and pick a meal meat fish or vegetarian, tabels have seats, track the budgt: what, how much, paid or not, only my partner and i may see the budget",
    );
}

#[test]
fn other_order() {
    is_the_wedding(
        "Only my wife and I can see the budget, which lists what, how much and whether it is paid. Our wedding has tables, each with a number of seats. For each guest we need a name, an email and a phone number. Guests choose between meat, fish and vegetarian and tell us whether they come.",
    );
}

#[test]
fn another_voice() {
    is_the_wedding(
        "We are getting married and need a page where guests can RSVP (yes/no) and choose between beef, salmon and vegan. Each guest has a name, email and mobile. Tables have a capacity. Costs: description, amount, paid yes/no. Only me and my wife can see the costs.",
    );
}

#[test]
fn private_budget() {
    is_the_wedding(
        "Please make a website for our wedding. Every guest has a name, a mail address and a mobile number. Guests reply yes or no and select a menu: meat, fish or vegetarian. There are tables with a certain number of places. Budget with what, how much and paid or not. My partner can manage everything with me. Keep the budget private.",
    );
}

#[test]
fn passive_budget() {
    is_the_wedding(
        "I'd like to plan our wedding. Guest list: name, email, phone. The guests confirm yes/no and can pick their dish: meat, fish, vegan. Tables: seats. The budget has what, how much and a paid tick box. The budget is only visible to my fiancée and me.",
    );
}

#[test]
fn nobody_but() {
    is_the_wedding(
        "Help me organise our wedding. We keep guests with name, email and phone. They say yes or no and they choose a main course (steak, salmon, risotto). We also keep tables with the number of seats. We log the budget: what, how much, paid or not. Nobody but my partner and me can see the budget.",
    );
}

#[test]
fn hidden_from_guests() {
    is_the_wedding(
        "A site to manage our wedding with my partner. Guests have name, email and phone number; they answer yes or no; they pick a meal: meat, fish or vegetarian. Tables have a number of seats. The budget contains what, how much, paid yes or no. My partner and I may see the budget. Guests must not see the budget.",
    );
}

#[test]
fn plus_ones_from_the_start_count_as_places() {
    let (spec, _) = written(
        "Wedding: guests with name and email answer yes or no. Guests may bring a plus one, we need the name of the plus one. Tables with 8 seats.",
    );
    assert_eq!(capacity(&spec, "table"), Some(("guest".into(), Some("plusOne".into()), Some("attending".into()))));
    assert!(spec.entity("guest").is_some_and(|guest| {
        guest.fields.iter().any(|field| field.only_if.as_ref().is_some_and(|only| only.field == "plusOne"))
    }));
}

#[test]
fn a_bare_wedding_gathers_guests() {
    let (spec, understanding) = written("I want a wedding site");
    assert_eq!(field(&spec, "guest", "attending").kind, FieldKind::YesNo);
    assert!(understanding.understood.is_empty() && !understanding.assumed.is_empty());
}

#[test]
fn team_dinner() {
    let (spec, _) = written(
        "Team dinner signup: colleagues say whether they come and choose a dish: pizza, pasta or salad. They can leave a comment.",
    );
    let people = spec.entity("colleague").expect("colleagues");
    assert!(people.person.is_some());
    assert_eq!(options(field(&spec, "colleague", "meal")), ["Pizza", "Pasta", "Salad"]);
    assert!(field(&spec, "colleague", "comment").by_member && field(&spec, "colleague", "attending").by_member);
}

#[test]
fn conference() {
    let (spec, _) = written(
        "Conference registration. Attendees give their name, email, company and T-shirt size (S, M, L, XL). Workshops with a title, a date and a limited number of places; attendees choose a workshop.",
    );
    assert_eq!(options(field(&spec, "attendee", "size")), ["S", "M", "L", "XL"]);
    assert_eq!(field(&spec, "attendee", "workshop").kind, FieldKind::Ref { entity: "workshop".into() });
    assert!(field(&spec, "attendee", "workshop").by_member);
    assert_eq!(capacity(&spec, "workshop").map(|rule| rule.0), Some("attendee".into()));
}

#[test]
fn reunion() {
    let (spec, _) = written(
        "class reunion 2026: classmates with name, email, city; are they coming yes or no; can bring a partner; we need the partner's name",
    );
    assert_eq!(field(&spec, "classmate", "attending").kind, FieldKind::YesNo);
    assert_eq!(
        field(&spec, "classmate", "partnerName").only_if.as_ref().map(|only| only.field.as_str()),
        Some("partner")
    );
}

#[test]
fn birthday() {
    let (spec, _) =
        written("Birthday party for my son. Kids are invited and answer yes or no. Kids may bring a friend.");
    assert!(field(&spec, "child", "friend").by_member);
    assert_eq!(spec.title, "Birthday party for my son");
}

#[test]
fn maybe_is_an_answer() {
    let (spec, _) = written("Garden party. Neighbours answer yes, no or maybe and bring a dish.");
    assert_eq!(options(field(&spec, "neighbour", "attending")), ["Yes", "No", "Maybe"]);
}

#[test]
fn bus_trip() {
    let (spec, _) = written(
        "School trip: participants with name, phone and allergies. Buses with a number of seats. Parents may not see the buses.",
    );
    assert_eq!(capacity(&spec, "bus").map(|rule| rule.0), Some("participant".into()));
    assert_eq!(field(&spec, "participant", "diet").kind, FieldKind::LongText);
}
