//! What must not go lost of what a stranger says, in ten languages: numbers that nothing holds, people who alone see a
//! detail, a list that becomes another's, a detail that strangers see. The texts are in `tests/fixtures/ears.toml`.

use std::panic::RefUnwindSafe;

use serde::Deserialize;
use writer::spec::{OWNER, Scope, VISITOR};

use crate::{changed, each, field, sees, whole, whole_change, written};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    number: String,
    seen: String,
    kept: String,
    merge: String,
    public: String,
}

/// Runs a check for each language.
fn in_each(check: impl Fn(&str, &Texts) + RefUnwindSafe) {
    let all = toml::from_str(include_str!("../fixtures/ears.toml")).expect("the fixture reads");
    each(&all, check);
}

#[test]
fn a_number_that_nothing_holds_is_told() {
    in_each(|_, texts| {
        let (_, told) = written(&texts.number);
        assert!(told.not_understood.iter().any(|one| one.text.contains("37")), "{told:?}");
        let all = told.understood.iter().chain(&told.assumed).chain(&told.not_understood);
        assert!(all.into_iter().any(|one| one.text.contains("14")), "{told:?}");
    });
}

#[test]
fn a_number_of_a_change_is_not_answered_by_what_was_there() {
    let (spec, _) = written("Shifts have a day. Volunteers take shifts. A volunteer may take at most 9 shifts.");
    let done = changed(&spec, "Add a colour to shifts, 9 for each of them");
    assert!(done.understanding.not_understood.iter().any(|one| one.text.contains('9')), "{:?}", done.understanding);
}

#[test]
fn numbers_that_are_kept_are_not_told_again() {
    for text in [
        "Records have a title and a condition (new, worn). Nobody may borrow more than two records.",
        "Remind me 2 weeks before the due date. Bills have a title and a due date.",
        "Books have a title and a rating 1 to 10.",
    ] {
        let (_, told) = written(text);
        let digits = |text: &str| text.contains(|letter: char| letter.is_ascii_digit()) || text.contains("two");
        assert!(!told.not_understood.iter().any(|one| digits(&one.text)), "{:?}", told.not_understood);
    }
}

#[test]
fn whoever_alone_sees_a_detail_is_somebody() {
    in_each(|code, texts| {
        let spec = whole(code, &texts.seen);
        let entity = spec.entities.iter().find(|one| one.field("phone").is_some()).expect("who has a phone");
        let seers = &field(&spec, &entity.id, "phone").seen_by;
        let mut others = seers.iter().filter(|who| who.role != OWNER);
        assert_eq!(others.clone().filter(|who| who.whose.is_any()).count(), 2, "{seers:?}");
        assert!(others.all(|who| !who.whose.is_any() || sees(&spec, &entity.id, &who.role) == Some(Scope::All)));
    });
}

#[test]
fn one_list_becomes_part_of_another() {
    in_each(|code, texts| {
        let before = whole(code, &texts.kept);
        let done = whole_change(&before, &texts.merge);
        let spec = &done.spec;
        assert!(spec.entity("patient").is_some_and(|entity| entity.archived), "{:?}", done.understanding);
        assert!(spec.entity("customer").is_some_and(|entity| !entity.archived));
        assert_eq!(spec.entity("customer").map(|entity| entity.fields.len()), Some(4));
        assert!(done.losses.is_empty(), "what was entered is put away");
    });
}

#[test]
fn a_detail_for_strangers_shows_them_no_other() {
    in_each(|code, texts| {
        let before = whole(code, &texts.kept);
        let done = whole_change(&before, &texts.public);
        assert_eq!(sees(&done.spec, "customer", VISITOR), Some(Scope::All));
        assert!(field(&done.spec, "customer", "phone").seen_by.is_empty());
        let mail = &field(&done.spec, "customer", "email").seen_by;
        assert!(!mail.is_empty() && mail.iter().all(|who| who.role != VISITOR), "{mail:?}");
    });
}

#[test]
fn what_asks_for_a_name_is_no_part_of_it() {
    for (wish, text, name) in [
        ("Customers have a name and a phone number.", "Please rename customers to members, thanks", "Members"),
        ("ग्राहकों का नाम और फ़ोन है।", "ग्राहक का नाम बदलकर मेहमान कर दो", "मेहमान"),
        ("Pelanggan punya nama dan telepon.", "ganti nama pelanggan jadi anggota ya", "Anggota"),
        ("Les clients ont un nom et un téléphone.", "Renomme les clients en adhérents s'il te plaît", "Adhérents"),
        ("Los clientes tienen nombre y teléfono.", "Cambia el nombre de clientes a socios por favor", "Socios"),
    ] {
        let done = whole_change(&written(wish).0, text);
        assert_eq!(done.spec.entities[0].plural, name, "{text}");
    }
}

#[test]
fn what_is_added_to_something_belongs_to_it() {
    let (wedding, _) = written("Wedding: guests (name, email), tables (name, seats).");
    let same = whole_change(&wedding, "Add guests to the seating plan");
    assert_eq!(same.spec.entities, wedding.entities, "guests have a table");
    let (shop, _) = written("Orders have a date. Customers have a name.");
    let done = whole_change(&shop, "Add customers to orders").spec;
    let points = |one: &writer::spec::Field| matches!(&one.kind, writer::spec::FieldKind::Ref { entity } if entity == "customer");
    assert!(done.entity("order").is_some_and(|entity| entity.fields.iter().any(points)));
}

#[test]
fn everyone_who_sees_people_is_heard() {
    for text in [
        "Members have a name and an email. Everyone can see the members.",
        "Mitglieder haben einen Namen und eine E-Mail. Alle können die Mitglieder sehen.",
        "Los miembros tienen nombre y correo. Todos pueden ver los miembros.",
    ] {
        assert_eq!(sees(&written(text).0, "member", VISITOR), Some(Scope::All), "{text}");
    }
}

#[test]
fn what_is_taken_away_was_named_in_whatever_language() {
    let (wedding, _) = written("Wedding: guests (name, email, phone), tables (name, seats).");
    let french = changed(&wedding, "Translate the app to French").spec;
    let done = whole_change(&french, "remove the seats");
    assert!(done.spec.entity("table").is_some_and(|entity| entity.field("seats").is_none()));
}
