//! Tests of what a declared touch covers.

use super::*;

fn touch(names: &[&str]) -> Touch {
    Touch::new(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
}

#[test]
fn a_name_covers_its_variable_its_methods_and_its_paths() {
    let orders = touch(&["order"]);
    for name in ["orders", "listOrders", "nextOrderId", "orders → total", "order.total", "Orders.mo"] {
        assert!(orders.covers(name), "{name}");
    }
    for name in ["guests", "listGuests", "border", ""] {
        assert!(!orders.covers(name), "{name}");
    }
    assert!(touch(&["budget items"]).covers("listBudgetItems"));
    assert!(!touch(&["budget items"]).covers("listBudgets"));
    assert!(touch(&["person"]).covers("listPeople"));
}

#[test]
fn nothing_declared_covers_nothing() {
    let verdict = Verdict::default();
    let found = touch(&[]).findings(&verdict, &[("guests".into(), "changes")], None, None);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].effect, Effect::Asks);
    assert!(found[0].message.contains("it also changes “guests”"), "{}", found[0].message);
    assert!(touch(&[""]).findings(&verdict, &[], None, None).is_empty());
}

#[test]
fn findings_about_something_else_are_told_again() {
    let gone = Finding::new("rows_gone", "guests", Effect::Asks, "All 3 rows of “guests” would be gone.");
    let seen = Finding::new("widened", "guest: listGuests", Effect::Asks, "Guests could see more.");
    let verdict = Verdict { data: vec![gone], access: vec![seen], ..Verdict::default() };
    assert!(touch(&["guest"]).findings(&verdict, &[], None, None).is_empty());
    let subjects: Vec<String> =
        touch(&["orders"]).findings(&verdict, &[], None, None).into_iter().map(|finding| finding.subject).collect();
    assert_eq!(subjects, ["guests", "listGuests"]);
}

#[test]
fn methods_and_types_of_methods_are_compared_in_full() {
    let old = Interface::parse(
        "type Row = record { id : nat; a : opt nat }; service : { list : () -> (vec Row) query; b : () -> () }",
    )
    .unwrap();
    let renamed = Interface::parse(
        "type R = record { id : nat; a : opt nat }; service : { list : () -> (vec R) query; b : () -> () }",
    )
    .unwrap();
    assert_eq!(methods(&old, &renamed), []);
    let other = Interface::parse(
        "type Row = record { id : nat; a : opt text }; service : { list : () -> (vec Row) query; c : () -> () }",
    )
    .unwrap();
    assert_eq!(methods(&old, &other), [("b".into(), "takes away"), ("c".into(), "adds"), ("list".into(), "changes")]);
}
