//! What people write without thinking of data: a name before everything else, who they are, what others hand in, the
//! way of a status, how long things take.

use writer::spec::{FieldKind, Rule, Scope, VISITOR, When};
use writer::{Asked, Declined, Wish, asked, change, write};

use crate::{changed, field, ids, sees, written};

#[test]
fn words_before_everything_else_name_the_app() {
    for (text, title, things) in [
        ("Food bank. Donors have a name.", "Food bank", vec!["donor"]),
        ("Library: books with a title and an author", "Library", vec!["book"]),
        ("Choir: singers with a voice, email and phone.", "Choir", vec!["singer"]),
        ("I run a small bakery and want customers to order bread.", "Small bakery", vec!["bread", "order"]),
        ("Driving school with instructors, cars and students.", "Driving school", vec!["teacher", "car", "student"]),
        (
            "Hausverwaltung: Wohnungen mit Adresse, Mieter mit Name und Telefon.",
            "Hausverwaltung",
            vec!["wohnungen", "tenant"],
        ),
        (
            "École de musique : élèves avec nom et niveau, professeurs avec téléphone.",
            "École de musique",
            vec!["student", "teacher"],
        ),
        (
            "Clínica veterinaria: dueños con teléfono, mascotas con nombre.",
            "Clínica veterinaria",
            vec!["holder", "pet"],
        ),
        (
            "Escola de música: alunos com nome, professores com telefone.",
            "Escola de música",
            vec!["student", "teacher"],
        ),
    ] {
        let (spec, understanding) = written(text);
        assert_eq!(spec.title, title, "{text}");
        let missing: Vec<&&str> = things.iter().filter(|thing| spec.entity(thing).is_none()).collect();
        assert!(missing.is_empty(), "{text}: {missing:?} not in {:?}", ids(&spec));
        assert_eq!(understanding.not_understood, [], "{text}");
    }
}

#[test]
fn a_name_alone_is_no_app() {
    for text in ["Bike repair shop", "Hausverwaltung"] {
        assert!(matches!(write(&Wish { text, name: None }), Err(Declined::NothingToBuild { .. })), "{text}");
    }
}

#[test]
fn what_people_hand_in_is_theirs() {
    for (text, thing) in [
        ("Tenants report leaks with a photo.", "leak"),
        ("Mieter melden Schäden mit Foto.", "schaden"),
        ("Les locataires signalent des fuites avec une photo.", "fuites"),
        ("Los inquilinos comunican goteras con foto.", "goteras"),
        ("Os inquilinos relatam vazamentos com foto.", "vazamentos"),
    ] {
        let (spec, _) = written(text);
        let entity = spec.entity(thing).unwrap_or_else(|| panic!("{text}: {:?}", ids(&spec)));
        let role = spec.entity("tenant").and_then(|tenant| tenant.person.clone()).expect(text);
        let grant = entity.grant(&role).expect(text);
        assert!(grant.create && grant.read == Some(Scope::Own), "{text}: {grant:?}");
        assert!(entity.grant(VISITOR).is_none(), "{text}");
        assert!(entity.fields.iter().any(|field| field.kind == FieldKind::Picture), "{text}");
    }
    let (spec, _) = written("Members suggest films.");
    let seen = spec.entity("movie").and_then(|film| film.grant("member")).expect("members reach films");
    assert!(seen.create && seen.read == Some(Scope::All));
}

#[test]
fn a_status_goes_its_way_and_takes_a_stop_in_between() {
    for text in [
        "Repairs have a brand. The status goes from received to in repair to ready.",
        "Reparaturen haben eine Marke. Der Status geht von angenommen über in Arbeit zu fertig.",
        "Les réparations ont une marque. Le statut passe de reçu à en cours à prêt.",
        "Las reparaciones tienen marca. El estado pasa de recibido a en curso a listo.",
        "Os consertos têm marca. O status passa de recebido para em andamento para pronto.",
    ] {
        let (spec, _) = written(text);
        let steps = |rule: &Rule| matches!(rule, Rule::Steps { steps, .. } if steps.len() == 2);
        assert!(spec.rules.iter().any(steps), "{text}: {:?}", spec.rules);
    }
    let (spec, _) = written("Repairs have a brand. The status goes from received to in repair to ready.");
    let more = changed(&spec, "Add the status \"waiting for parts\" after in repair").spec;
    let FieldKind::Choice { options } = &field(&more, "repair", "status").kind else { panic!("a choice") };
    let labels: Vec<&str> = options.iter().map(|option| option.label.as_str()).collect();
    assert_eq!(labels, ["Received", "In repair", "Waiting for parts", "Ready"]);
    let Some(Rule::Steps { steps, .. }) = more.rules.iter().find(|rule| matches!(rule, Rule::Steps { .. })) else {
        panic!("steps")
    };
    assert_eq!(steps.len(), 4);
}

#[test]
fn a_word_that_can_be_a_deed_may_be_the_thing() {
    let (spec, _) = written("Orders with a date and an amount");
    assert_eq!(ids(&spec), ["order"]);
    let (library, _) = written("Library: books with a title and an author");
    let lent = changed(&library, "Members borrow books");
    assert_eq!(lent.understanding.not_understood, []);
    assert!(lent.spec.entity("loan").is_some() && lent.spec.entity("appointment").is_none(), "{:?}", ids(&lent.spec));
}

#[test]
fn a_field_is_a_field_by_that_word() {
    for (wish, text) in [
        ("Orders with a date and an amount", "Add a notes field"),
        ("Mitglieder mit Name und E-Mail", "Füge ein Feld Notizen hinzu"),
        ("Une liste de membres avec un nom", "Ajoute un champ notes"),
        ("Una lista de socios con nombre", "Añade un campo notas a los socios"),
        ("Uma lista de sócios com nome", "Adicione um campo notas aos sócios"),
    ] {
        let (spec, _) = written(wish);
        let after = changed(&spec, text).spec;
        assert_eq!(ids(&after), ids(&spec), "{text}");
        assert_eq!(after.entities[0].fields.len(), spec.entities[0].fields.len() + 1, "{text}");
    }
}

#[test]
fn what_customers_choose_belongs_to_what_they_order() {
    let (spec, _) = written("I want customers to order cakes, they choose the size and leave a phone number.");
    assert!(spec.entity("order").is_some_and(|order| order.field("size").is_some() && order.field("phone").is_some()));
    assert!(spec.entity("cake").is_some_and(|cake| cake.person.is_none() && cake.field("size").is_none()));
}

#[test]
fn details_are_hidden_from_whoever_opens_the_page() {
    for (wish, text) in [
        ("Customers book a haircut with a stylist.", "Hide the phone number from guests"),
        ("Kunden buchen einen Termin.", "verstecke die Telefonnummer vor den Gästen"),
        ("Les clients réservent un créneau.", "cache le téléphone aux clients"),
        ("Los clientes reservan una cita.", "oculta el teléfono a los clientes"),
        ("Clientes marcam consultas.", "esconda o telefone dos clientes"),
    ] {
        let (spec, _) = written(wish);
        let after = changed(&spec, text).spec;
        let hidden = |entity: &writer::spec::Entity| {
            entity
                .field("phone")
                .is_some_and(|phone| !phone.seen_by.is_empty() && phone.seen_by.iter().all(|who| who.role != VISITOR))
        };
        assert!(after.entities.iter().any(hidden), "{text}");
    }
}

#[test]
fn of_a_thing_more_closely_described_not_all_is_hidden() {
    let (spec, _) = written("Anyone can report a found item with a photo and a place.");
    assert!(change(&spec, "hide collected items").is_err());
}

#[test]
fn a_secret_ballot_is_declined_in_words() {
    for (wish, text) in [
        ("Members suggest films.", "make it a secret ballot please"),
        ("Mitglieder schlagen Filme vor.", "Geheime Abstimmung bitte"),
        ("Les membres proposent des films.", "vote secret s'il te plaît"),
        ("Los socios proponen películas.", "voto secreto por favor"),
        ("Os membros sugerem filmes.", "voto secreto por favor"),
    ] {
        let (spec, _) = written(wish);
        let declined = change(&spec, text).expect_err(text);
        assert!(declined.understanding().not_understood.iter().any(|said| said.text.len() > text.len() + 40), "{text}");
    }
}

#[test]
fn a_short_question_is_asked_in_the_language_of_the_app() {
    let (spec, _) = written("Kunden buchen einen Termin.");
    assert!(matches!(asked(&spec, "Warum hast du Termine angelegt?"), Some(Asked::Why(_))));
}

#[test]
fn how_long_a_thing_takes_is_kept_with_it() {
    for text in [
        "Lessons have a date. A lesson lasts 45 minutes.",
        "Kurse haben ein Datum. Ein Kurs dauert 45 Minuten.",
        "Les cours ont une date. Un cours dure 45 minutes.",
        "Las clases tienen fecha. Una clase dura 45 minutos.",
        "As aulas têm data. Uma aula dura 45 minutos.",
    ] {
        let (spec, _) = written(text);
        let timed = |entity: &writer::spec::Entity| entity.fields.iter().any(|field| field.kind == FieldKind::Duration);
        assert!(spec.entities.iter().any(timed), "{text}: {:?}", spec.entities);
    }
}

#[test]
fn reminders_find_the_day_that_their_words_hint_at() {
    for (text, field) in [
        (
            "Club: members with name, email and fee paid until. Remind me 14 days before the fee runs out.",
            "Fee paid until",
        ),
        ("Cars with plate and inspection date. Remind me 30 days before the next inspection.", "Inspection date"),
        ("Zorbles with name and grimming date. Remind owners a week before.", "Grimming date"),
        (
            "Verein: Mitglieder mit Name und Beitrag bezahlt bis. Erinnere mich 14 Tage bevor der Beitrag abläuft.",
            "Beitrag bezahlt bis",
        ),
    ] {
        let (spec, understanding) = written(text);
        let [alert] = spec.alerts.as_slice() else { panic!("{text}: {:?} {understanding:?}", spec.alerts) };
        let When::Days { field: of, days } = &alert.when else { panic!("{text}: {alert:?}") };
        let label = spec.entity(&alert.entity).and_then(|entity| entity.field(of)).map(|field| field.label.as_str());
        assert_eq!(label, Some(field), "{text}");
        assert!(*days < 0, "{text}");
    }
    let (spec, understanding) = written("Books with a title and an author. Remind me 3 days before.");
    assert!(spec.alerts.is_empty() && !understanding.not_understood.is_empty(), "there is no day to remind of");
}

#[test]
fn their_own_data_are_their_own_entries() {
    for text in [
        "Club: members with name and address. We keep a budget. Members see only their own data.",
        "Verein: Mitglieder mit Name und Adresse. Mitglieder sehen nur ihre eigenen Daten.",
        "Club: los socios tienen nombre y dirección. Los socios solo ven sus propios datos.",
        "Club : les membres ont un nom et une adresse. Les membres ne voient que leurs propres données.",
        "Clube: os membros têm nome e endereço. Os membros só veem os seus próprios dados.",
    ] {
        let (spec, understanding) = written(text);
        assert!(understanding.not_understood.is_empty(), "{text}: {:?}", understanding.not_understood);
        let people = spec.entities.iter().find(|entity| entity.person.is_some()).expect("members");
        let role = people.person.as_deref().expect("theirs");
        assert_eq!(sees(&spec, &people.id, role), Some(Scope::Own), "{text}");
        let others = spec.entities.iter().filter(|entity| entity.id != people.id);
        assert!(others.into_iter().all(|entity| entity.grant(role).is_none()), "{text}: nothing else is opened");
    }
}
