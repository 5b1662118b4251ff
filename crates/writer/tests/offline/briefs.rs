//! Briefs of many kinds and languages: what holds for every one of them, and what some of them must become.

use std::collections::BTreeMap;

use writer::codegen::generate;
use writer::spec::{AppSpec, FieldKind, PageKind, Rule, Scope, VISITOR};
use writer::validate::path_exists;
use writer::{Wish, write};

use crate::{sees, written};

fn briefs() -> Vec<(String, String)> {
    let all: BTreeMap<String, Vec<String>> =
        toml::from_str(include_str!("../fixtures/briefs.toml")).expect("the fixture reads");
    all.into_iter().flat_map(|(code, texts)| texts.into_iter().map(move |text| (code.clone(), text))).collect()
}

fn adds(spec: &AppSpec, entity: &str) -> bool {
    spec.entity(entity).and_then(|entity| entity.grant(VISITOR)).is_some_and(|grant| grant.create)
}

#[test]
fn each_is_an_app_or_a_no_in_words() {
    let (mut made, all) = (0, briefs());
    for (code, text) in &all {
        match write(&Wish { text, name: None }) {
            Ok((spec, understanding)) => {
                assert_eq!(&spec.language, code, "{text}");
                assert!(!(understanding.understood.is_empty() && understanding.assumed.is_empty()), "{text}");
                made += 1;
            }
            Err(declined) => assert!(!declined.understanding().not_understood.is_empty(), "{text}"),
        }
    }
    assert_eq!(made, all.len() - 1, "only the game is declined");
}

#[test]
fn what_is_understood_stands_in_the_app() {
    for (_, text) in briefs() {
        let Ok((spec, understanding)) = write(&Wish { text: &text, name: None }) else { continue };
        for statement in understanding.understood.iter().chain(&understanding.assumed) {
            let about = statement.about.as_deref();
            assert!(about.is_none_or(|about| path_exists(&spec, about)), "{text}: {statement:?}");
        }
    }
}

#[test]
fn the_same_words_make_the_same_bytes() {
    for (_, text) in briefs() {
        let once = write(&Wish { text: &text, name: None }).ok();
        let again = write(&Wish { text: &text, name: None }).ok();
        let bytes = |answer: &Option<(AppSpec, _)>| answer.as_ref().map(|(spec, _)| generate(spec, None));
        assert_eq!(bytes(&once), bytes(&again), "{text}");
    }
}

#[test]
fn invented_things_are_shown_added_and_booked_as_known_ones() {
    let text = "Please build a website for sharing {a}. Users should be able to browse {a}, submit {b} and book {c}.";
    let shape = |a: &str, b: &str, c: &str| {
        let (spec, _) = written(&text.replace("{a}", a).replace("{b}", b).replace("{c}", c));
        let grants = |entity: &writer::spec::Entity| {
            entity.grant(VISITOR).map(|grant| (grant.read, grant.create, grant.update, grant.delete))
        };
        let rules = spec.rules.iter().map(std::mem::discriminant).collect::<Vec<_>>();
        let pages = spec.pages.iter().map(|page| page.kind).collect::<Vec<_>>();
        (spec.entities.iter().map(grants).collect::<Vec<_>>(), rules, pages)
    };
    let known = shape("recipes", "pictures", "rooms");
    assert_eq!(known, shape("glorbs", "snerfs", "zibbles"));
    assert_eq!(known, shape("quonks", "blivets", "drummocks"));
}

#[test]
fn a_forum_is_posts_and_replies_to_them() {
    let (spec, _) = written(
        "Please develop a discussion forum for beekeepers. Users should be able to create new posts, reply to posts of others and browse posts by category.",
    );
    assert!(adds(&spec, "post") && adds(&spec, "reply"));
    assert_eq!(sees(&spec, "post", VISITOR), Some(Scope::All));
    let reply = spec.entity("reply").expect("replies");
    assert!(reply.fields.iter().any(|field| matches!(&field.kind, FieldKind::Ref { entity } if entity == "post")));
    assert!(spec.entity("post").expect("posts").fields.iter().any(|field| field.id == "category"));
}

#[test]
fn who_applies_is_seen_by_the_owner_alone() {
    let (spec, _) = written(
        "Please implement a recruitment website for publishing jobs. Users should be able to browse jobs and apply for jobs.",
    );
    let applicants = spec.entities.iter().find(|entity| entity.id == "application").expect("applicants");
    assert!(adds(&spec, &applicants.id));
    assert_eq!(sees(&spec, &applicants.id, VISITOR), Some(Scope::Own));
    assert_eq!(sees(&spec, "job", VISITOR), Some(Scope::All));
    assert!(spec.pages.iter().any(|page| page.kind == PageKind::Form && page.entity == applicants.id));
}

#[test]
fn what_is_managed_is_not_shown_to_strangers() {
    let (spec, _) = written(
        "Please implement a website for managing sales leads. Users should be able to browse leads, update leads and view reports.",
    );
    assert!(spec.entities.iter().all(|entity| entity.grant(VISITOR).is_none()));
    let (spec, _) = written(
        "Please implement a website for showcasing a clinic. Users should be able to browse services, patients and payments.",
    );
    assert_eq!(sees(&spec, "service", VISITOR), Some(Scope::All));
    assert_eq!(sees(&spec, "patient", VISITOR), None, "people are never shown by guess");
    assert_eq!(sees(&spec, "payment", VISITOR), None, "nor is money");
}

#[test]
fn answers_are_rated_once_each() {
    let (spec, _) = written(
        "Please implement a Q&A website. Users should be able to ask questions, answer questions and rate the answers.",
    );
    assert!(adds(&spec, "question") && adds(&spec, "reply"));
    assert!(
        spec.rules.iter().any(|rule| matches!(rule, Rule::Once { entity, by_member: true, .. } if entity == "rating"))
    );
}

#[test]
fn surfaces_to_draw_on_are_declined_by_name() {
    let text = "Please implement a mind map editor. Users should be able to add nodes and drag nodes.";
    let declined = write(&Wish { text, name: None }).expect_err("a list of nodes is no mind map");
    assert!(declined.understanding().not_understood.iter().any(|statement| statement.text.contains("draw")));
}

#[test]
fn the_app_is_the_subject_of_what_it_should_do() {
    let (spec, understanding) = written(
        "Please implement a platform for rowing crews. The website should have functionalities for creating and joining crews, sharing routines, and searching. The platform should have features for managing member information, configuring boats, and monitoring oar repairs.",
    );
    for kept in ["Crews", "Routines", "Boats", "Oar repairs"] {
        assert!(spec.entities.iter().any(|entity| entity.plural == kept), "{kept}: {understanding:?}");
    }
    assert!(understanding.not_understood.is_empty(), "{:?}", understanding.not_understood);
}

#[test]
fn what_says_something_of_a_thing_is_no_thing() {
    let (spec, _) = written(
        "Please implement a harbour-related website for displaying and managing nautical information. The system should generate a plan based on the customer's input. Users should be able to browse nautical news and view financial data.",
    );
    let plurals: Vec<&str> = spec.entities.iter().map(|entity| entity.plural.as_str()).collect();
    assert!(plurals.contains(&"Nautical news") && plurals.contains(&"Financial data"), "{plurals:?}");
    assert!(plurals.iter().all(|plural| !plural.ends_with("eds") && !plural.ends_with("datas")), "{plurals:?}");
}

#[test]
fn what_every_app_has_is_said_to_be_there() {
    let said = |text: &str| {
        let (spec, understanding) = written(text);
        let about_pages =
            understanding.understood.iter().filter(|statement| statement.about.as_deref() == Some("pages"));
        assert!(understanding.not_understood.is_empty(), "{text}: {:?}", understanding.not_understood);
        (spec.entities.len(), about_pages.count())
    };
    assert_eq!(
        said(
            "Members with a name and a phone. I want to export the members to Excel and print them. It should have a responsive design and a navigation menu."
        ),
        (1, 2)
    );
    assert_eq!(said("Mitglieder mit Name und Telefon. Ich möchte die Liste aus Excel importieren."), (1, 1));
    assert_eq!(said("Los miembros tienen nombre y teléfono. Quiero exportar la lista."), (1, 1));
    assert_eq!(said("Anggota punya nama dan telepon. Saya ingin mencetak daftar."), (1, 1));
}

#[test]
fn tickets_that_are_booked_let_people_in_and_others_are_answered() {
    for (text, seats) in [
        ("Visitors buy tickets. Each concert has a date, a price and a number of seats.", "seats"),
        ("Besucher reservieren Tickets. Jedes Konzert hat ein Datum, einen Preis und Plätze.", "seats"),
        ("Each zorble has a date, a price and a number of seats. Visitors book tickets.", "seats"),
    ] {
        let (spec, _) = written(text);
        let held = spec.rules.iter().find_map(|rule| match rule {
            Rule::Capacity { entity, limit, weight: Some(_), .. } => Some((entity.clone(), limit.clone())),
            _ => None,
        });
        let (tickets, limit) = held.unwrap_or_else(|| panic!("{text}: no seat is sold twice: {:?}", spec.rules));
        assert_eq!(limit, seats, "{text}");
        assert!(adds(&spec, &tickets), "{text}");
    }
    let (spec, _) = written("Support desk: customers open tickets with a priority and staff reply to tickets.");
    assert!(spec.rules.iter().any(|rule| matches!(rule, Rule::Quorum { .. })), "a ticket is answered by a reply");
}

#[test]
fn what_one_alone_may_read_can_still_be_sent_by_the_form() {
    for text in [
        "A portfolio site for a photographer with galleries and a contact form. Only I read the messages.",
        "Eine Portfolio-Website für eine Fotografin mit Galerien und einem Kontaktformular. Nur ich sehe die Nachrichten.",
    ] {
        let (spec, _) = written(text);
        let forms: Vec<_> = spec.pages.iter().filter(|page| page.kind == PageKind::Form).collect();
        assert!(!forms.is_empty(), "{text}");
        for form in forms {
            assert!(adds(&spec, &form.entity) && sees(&spec, &form.entity, VISITOR) != Some(Scope::All), "{text}");
        }
    }
}

#[test]
fn a_thing_where_people_stand_is_kept_a_thing() {
    let (spec, _) = written(
        "Please implement a website for a bar to showcase its products and services. Users should be able to view events, and make online reservations or purchases.",
    );
    assert!(spec.pages.iter().any(|page| page.kind == PageKind::Slots), "a table can be booked");
}

#[test]
fn a_game_named_in_passing_does_not_turn_down_the_rest() {
    let (spec, understanding) = written(
        "Please implement a website for The Blue Door tavern. The website should have functionalities for introducing the poker room. Users should be able to view events and contact us.",
    );
    assert!(spec.entities.iter().any(|entity| entity.plural == "Events"));
    assert!(understanding.not_understood.iter().any(|statement| statement.text.contains("poker")));
    let text = "Hello. I want a chess game where users play chess.";
    assert!(write(&Wish { text, name: None }).is_err());
}
