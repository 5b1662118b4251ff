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
fn details_stand_where_they_are_put_in_every_language() {
    for (wish, change, order) in [
        ("Guests have a name, an email and a phone number.", "Put the email before the name", "email name phone"),
        ("Guests have a name, an email and a phone number.", "Move the phone number to the top", "phone name email"),
        ("Guests have a name and an email.", "Reorder the fields: email, name", "email name"),
        ("Guests have a name and an email.", "Put the name last", "attending name"),
        ("Kunden haben einen Namen und eine Adresse.", "Setze die Adresse vor den Namen", "address name"),
        ("Los socios tienen nombre y teléfono.", "Pon el teléfono antes del nombre", "phone name"),
        ("Les parents ont un nom et un téléphone.", "Mets le téléphone avant le nom", "phone name"),
        ("Clientes com nome e telefone.", "Coloque o telefone antes do nome", "phone name"),
        ("Pasien punya nama dan alamat.", "Taruh alamat sebelum nama", "address name"),
        ("Wanachama wana jina na barua pepe.", "Weka barua pepe kabla ya jina", "email name"),
        ("मेहमानों का नाम और ईमेल होता है।", "ईमेल को नाम से पहले रखो", "email name"),
        ("العملاء لديهم اسم ورقم هاتف.", "ضع رقم الهاتف قبل الاسم", "phone name"),
        ("顾客有姓名和电话。", "把电话放在姓名前面", "phone name"),
    ] {
        let (spec, _) = written(wish);
        let done = changed(&spec, change);
        assert!(done.understanding.not_understood.is_empty(), "{change}: {:?}", done.understanding);
        let ids: Vec<&str> = done.spec.entities[0].fields.iter().map(|field| field.id.as_str()).collect();
        assert!(ids.join(" ").starts_with(order) || ids.join(" ").ends_with(order), "{change}: {ids:?}");
        let sorted = |spec: &AppSpec| {
            let mut ids: Vec<String> = spec.entities[0].fields.iter().map(|field| field.id.clone()).collect();
            ids.sort();
            ids
        };
        assert_eq!(sorted(&done.spec), sorted(&spec), "{change}");
    }
}

#[test]
fn pages_stand_where_they_are_put() {
    let (spec, _) = written("Guests have a name and an email. Tables have a name and a number of seats.");
    for text in ["Put the tables page first", "Put tables before guests"] {
        let done = changed(&spec, text);
        assert_eq!(done.spec.pages[0].entity, "table", "{text}");
        assert_eq!((done.spec.pages.len(), &done.spec.entities), (spec.pages.len(), &spec.entities), "{text}");
    }
    assert!(change(&spec, "Put the email before the zebra").is_err(), "what isn't there has no place");
}

#[test]
fn what_was_not_understood_changes_nothing_that_is_there() {
    let (shop, _) = written("宠物店：顾客有姓名和电话。宠物有名字、品种和生日。预约有日期和时间。");
    let told = change(&shop, "有新预约时通知我").expect_err("nothing is made of it");
    assert!(told.understanding().not_understood.len() > 1, "{told:?}");
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
