//! Changes said in a few words: sorting, splitting, joining, hiding, looks, signing up, taking back.

use writer::change;
use writer::spec::{AppSpec, FieldKind, Scope, VISITOR};

use crate::{changed, field, options, written};

fn customers() -> AppSpec {
    written("A list of customers with name, street, city, email, phone, status and notes.").0
}

fn first_order(spec: &AppSpec, entity: &str) -> (String, bool) {
    let order = &spec.entity(entity).expect("it is kept").order[0];
    (order.field.clone(), order.descending)
}

#[test]
fn rows_are_sorted_as_said() {
    let (shop, _) = written("Friends have a name and an email. Invoices have a title, an amount and a date.");
    for (text, entity, order, descending) in [
        ("Newest invoices first", "invoice", "createdAt", true),
        ("newest first", "invoice", "createdAt", true),
        ("sort invoices by amount", "invoice", "amount", false),
        ("Cheapest invoices first", "invoice", "amount", false),
        ("most expensive invoices on top", "invoice", "amount", true),
        ("sort the friends by name", "friend", "name", false),
    ] {
        let done = changed(&shop, text);
        assert!(done.understanding.not_understood.is_empty(), "{text}: {:?}", done.understanding);
        assert_eq!(first_order(&done.spec, entity), (order.to_owned(), descending), "{text}");
    }
}

#[test]
fn a_detail_is_split_and_nothing_is_lost() {
    let spec = customers();
    let done = changed(&spec, "Split the name into first and last name");
    let labels: Vec<&str> =
        done.spec.entity("customer").expect("customers").fields.iter().map(|field| field.label.as_str()).collect();
    assert_eq!(&labels[..2], ["First name", "Last name"]);
    assert_eq!(field(&done.spec, "customer", "name").label, "First name", "what is entered stays");
    assert!(done.losses.is_empty() && !done.understanding.assumed.is_empty());
}

#[test]
fn two_details_become_one_and_the_other_is_put_away() {
    for text in ["Put street and city together as address", "merge street and city into address"] {
        let done = changed(&customers(), text);
        let fields = &done.spec.entity("customer").expect("customers").fields;
        let shown: Vec<&str> =
            fields.iter().filter(|field| !field.archived).map(|field| field.label.as_str()).collect();
        assert!(
            shown.contains(&"Address") && !shown.contains(&"Street") && !shown.contains(&"City"),
            "{text}: {shown:?}"
        );
        assert!(fields.iter().any(|field| field.archived && field.label == "City"), "{text}");
        assert!(done.losses.is_empty() && done.understanding.assumed.iter().any(|one| one.text.contains("City")));
    }
}

#[test]
fn a_detail_becomes_one_of_a_list() {
    let spec = customers();
    let status = changed(&spec, "The status can be new, active or gone");
    assert_eq!(options(field(&status.spec, "customer", "status")), ["New", "Active", "Gone"]);
    let city = changed(&spec, "make the city a choice of Berlin, Hamburg and Munich");
    let chosen = city.spec.entity("customer").expect("customers").fields.iter().find(|field| field.label == "City");
    assert_eq!(options(chosen.expect("a city")), ["Berlin", "Hamburg", "Munich"]);
    let fewer = changed(&status.spec, "The status can be new or active");
    assert_eq!(fewer.losses.iter().map(|loss| loss.label.as_str()).collect::<Vec<_>>(), ["Gone"]);
}

#[test]
fn a_detail_is_hidden_from_those_who_are_named() {
    let (club, _) =
        written("A club app: members have a name, an email and a phone number. Members may see all members.");
    let done = changed(&club, "Hide the phone number from members");
    let phone = field(&done.spec, "member", "phone");
    assert!(!phone.seen_by.is_empty() && phone.seen_by.iter().all(|who| who.role != "member"), "{:?}", phone.seen_by);
    assert!(field(&done.spec, "member", "email").seen_by.is_empty());
}

#[test]
fn people_sign_up_themselves_among_those_whom_the_app_keeps() {
    let (club, _) = written("A club app: members have a name and an email and get an invitation.");
    let done = changed(&club, "Let people sign up themselves");
    assert_eq!(done.spec.entities.len(), club.entities.len(), "no new kind of people");
    let people = done.spec.entities.iter().find(|entity| entity.id == "member").expect("members");
    let grant = people.grant(VISITOR).expect("strangers may");
    assert!(grant.create && grant.read == Some(Scope::Own) && grant.delete.is_none());
}

#[test]
fn looks_and_undoing_are_said_in_many_ways() {
    let spec = customers();
    for (text, code) in [
        ("make it darker", "en"),
        ("dark mode", "en"),
        ("a warmer look", "en"),
        ("Mach es dunkler", "de"),
        ("hazla más oscura", "es"),
        ("rends-la plus sombre", "fr"),
        ("更活泼一点", "zh"),
    ] {
        let own = AppSpec { language: code.into(), ..spec.clone() };
        let done = changed(&own, text);
        assert_ne!(done.spec.theme, spec.theme, "{text}");
    }
    for text in ["Take back the last change", "put things back", "undo that"] {
        assert!(changed(&spec, text).undo, "{text}");
    }
    assert_eq!(changed(&spec, "blue").spec.theme.accent, changed(&spec, "make it blue").spec.theme.accent);
}

#[test]
fn searching_is_there_already_and_a_tip_is_an_amount() {
    let spec = customers();
    let searched = changed(&spec, "let me filter customers by city");
    assert_eq!(searched.spec, spec);
    assert!(!searched.understanding.understood.is_empty());
    let tip = changed(&written("Deliveries with a date and an amount.").0, "add a tip");
    let kinds = &tip.spec.entities[0].fields;
    assert_eq!(kinds.iter().filter(|field| matches!(field.kind, FieldKind::Money { .. })).count(), 2, "{kinds:?}");
}

#[test]
fn what_has_words_without_a_meaning_is_left_to_the_other_readings() {
    let spec = customers();
    for text in ["Sort by flumph", "Split the snark into boo and jum", "Merge frob and city into x", "hide the flumph"]
    {
        let declined = change(&spec, text).err().map(|declined| declined.understanding().not_understood.clone());
        let missed = declined.unwrap_or_else(|| changed(&spec, text).understanding.not_understood);
        assert!(!missed.is_empty(), "{text}");
    }
}
