//! Questions about an app and its data: read as a query or an answer, never as a change.

use serde_json::{Value, json};
use writer::query::{Is, Measure, Span};
use writer::spec::AppSpec;
use writer::{Asked, Day, Found, Query, Said, asked};

use crate::{changed, written};

fn wedding() -> AppSpec {
    written("A wedding app: guests with a name, a phone number and a meal choice (fish, meat or vegetarian). Guests answer yes or no. Gifts with a name, a price and a date.").0
}

fn rows() -> Value {
    let guest = |id: u32, name: &str, phone: Value, meal: Value, attending: Value| json!([id.to_string(), { "id": id.to_string(), "createdAt": format!("179500000{id}000000000"), "name": name, "phone": phone, "meal": meal, "attending": attending }]);
    let gift = |id: u32, name: &str, price: &str, date: &str| json!([id.to_string(), { "id": id.to_string(), "createdAt": format!("179500000{id}000000000"), "name": name, "price": price, "date": date }]);
    json!({
        "guests": [
            guest(1, "Anna Berg", "+49 123".into(), "fish".into(), true.into()),
            guest(2, "Ben", Value::Null, "meat".into(), true.into()),
            guest(3, "Clara", "+49 99".into(), Value::Null, Value::Null),
            guest(4, "Dan", "Tel. 98".into(), "fish".into(), false.into()),
        ],
        "gifts": [
            gift(1, "Vase", "1250", "2026-11-20"),
            gift(2, "Toaster", "4900", "2026-12-02"),
            gift(3, "Towels", "2000", "2026-10-02"),
        ],
    })
}

fn query(spec: &AppSpec, text: &str) -> Query {
    match asked(spec, text) {
        Some(Asked::Data(query)) => query,
        other => panic!("{text}: {other:?}"),
    }
}

fn found(text: &str) -> Found {
    let spec = wedding();
    query(&spec, text).run(&spec, &rows(), Day::new(2026, 11, 18).expect("a day")).expect("it is kept")
}

fn names(found: &Found) -> Vec<&str> {
    found.rows.iter().map(|row| row[0].as_str()).collect()
}

#[test]
fn rows_are_counted_as_asked() {
    for (text, number) in [
        ("How many guests eat fish?", "2"),
        ("how many guests don't eat fish?", "2"),
        ("How many guests are there?", "4"),
        ("how many guests have no phone number", "1"),
        ("How many gifts in December?", "1"),
        ("how many guests are coming?", "2"),
    ] {
        assert_eq!(found(text).value.as_deref(), Some(number), "{text}");
    }
}

#[test]
fn rows_are_listed_as_asked() {
    for (text, expected) in [
        ("Which guests have not answered?", vec!["Clara"]),
        ("Who is coming?", vec!["Anna Berg", "Ben"]),
        ("who is not coming?", vec!["Dan"]),
        ("which gifts cost more than 15 euros?", vec!["Toaster", "Towels"]),
        ("gifts over 15 euros?", vec!["Toaster", "Towels"]),
        ("latest 2 gifts", vec!["Towels", "Toaster"]),
        ("What is the most expensive gift?", vec!["Toaster"]),
        ("the cheapest gift?", vec!["Vase"]),
        ("next gift?", vec!["Vase"]),
        ("list the guests with fish or meat", vec!["Anna Berg", "Ben", "Dan"]),
        ("is Anna coming?", vec!["Anna Berg"]),
    ] {
        assert_eq!(names(&found(text)), expected, "{text}");
    }
    assert_eq!(found("What is the phone number of Anna Berg?").rows, [["Anna Berg", "+49 123"]]);
    assert_eq!(found("What is the phone number of Dan?").rows, [["Dan", "Tel. 98"]]);
    assert_eq!(found("What is the date of the Toaster?").rows, [["Toaster", "Dec 2, 2026"]]);
}

#[test]
fn numbers_are_added_up_and_averaged() {
    assert_eq!(found("total of gifts this week").value.as_deref(), Some("12.50 EUR"));
    assert_eq!(found("How much do all gifts cost together?").value.as_deref(), Some("81.50 EUR"));
    assert_eq!(found("average price of gifts").value.as_deref(), Some("27.17 EUR"));
    let per = found("How many guests per meal?");
    assert_eq!(per.rows, [["Fish", "2"], ["Meat", "1"]]);
}

#[test]
fn days_are_read_as_people_write_them() {
    for (text, expected) in [
        ("Which gifts came after 1 December 2026?", &["Toaster"][..]),
        ("Which gifts came after December 1st, 2026?", &["Toaster"]),
        ("Which gifts came after the 1st of December?", &["Toaster"]),
        ("Which gifts came after 12/1/2026?", &["Toaster"]),
        ("Which gifts came on 20 November?", &["Vase"]),
        ("Which gifts came before 31 October 2026?", &["Towels"]),
        ("Which gifts came in October 2026?", &["Towels"]),
        ("Which gifts came in 2025?", &[]),
        ("Which gifts came in 2026?", &["Toaster", "Vase", "Towels"]),
        ("Which gifts came after 2026-11-20?", &["Toaster", "Vase"]),
    ] {
        let found = found(text);
        let mut names = names(&found);
        names.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(names, expected, "{text}: {}", found.message);
    }
    // What no calendar has is told to be none, and is not half a date.
    let none = found("Which gifts came on 31 February 2026?");
    assert!(none.rows.is_empty() && none.message.contains("31 February 2026"), "{}", none.message);
    // A number that counts or is compared is no year.
    assert!(query(&wedding(), "Which gifts cost more than 2000?").tests.iter().all(|test| test.field == "price"));
    assert!(query(&wedding(), "the latest 3 gifts").tests.is_empty());
    let days = |text: &str, question: &str| -> Vec<Is> {
        let tests = query(&written(text).0, question).tests;
        tests.into_iter().map(|test| test.is).filter(|is| matches!(is, Is::Within { .. })).collect()
    };
    let day = Day::new(2026, 12, 1);
    let from = [Is::Within { span: Span::Dates { first: day, last: None } }];
    for (app, question) in [
        (
            "Eine App für Rechnungen: Kunde, Betrag und fällig am.",
            "Welche Rechnungen sind nach dem 1. Dezember 2026 fällig?",
        ),
        ("Eine App für Rechnungen: Kunde, Betrag und fällig am.", "Welche Rechnungen sind nach dem 01.12.2026 fällig?"),
        ("Una app para facturas: cliente, importe y fecha.", "¿Qué facturas hay después del 1 de diciembre de 2026?"),
        ("Um app para faturas: cliente, valor e data.", "Quais faturas há depois de 1 de dezembro de 2026?"),
        (
            "Une application pour les factures : client, montant et date.",
            "Quelles factures après le 1er décembre 2026 ?",
        ),
        ("Aplikasi untuk faktur: pelanggan, jumlah dan tanggal.", "Faktur mana setelah 1 Desember 2026?"),
        ("Programu ya ankara: mteja, kiasi na tarehe.", "Ankara zipi baada ya 1 Desemba 2026?"),
        ("बिलों के लिए ऐप: ग्राहक, राशि और तारीख।", "1 दिसंबर 2026 के बाद कौन से बिल हैं?"),
        ("تطبيق للفواتير: العميل والمبلغ والتاريخ.", "ما الفواتير بعد 1 ديسمبر 2026؟"),
        ("一个发票应用：客户、金额和到期日", "哪些发票在2026年12月1日之后到期？"),
    ] {
        assert_eq!(days(app, question), from, "{question}");
    }
}

#[test]
fn small_words_leave_what_they_stand_before() {
    let app = written("Eine App für Rechnungen: Kunde, Betrag in Euro und fällig am.").0;
    let sum = query(&app, "Summe der Beträge pro Kunde?");
    assert_eq!((sum.measure, sum.per.as_deref()), (Measure::Sum { field: "amount".into() }, Some("kunde")));
    let count = query(&app, "Wie viele Rechnungen pro Kunde?");
    assert_eq!((count.measure, count.per.as_deref()), (Measure::Count, Some("kunde")));
}

#[test]
fn when_something_is_asks_for_its_day() {
    for (text, day) in [("When was the gift \"Vase\"?", "2026"), ("On which day did we get the gift Toaster?", "2026")]
    {
        let found = found(text);
        assert_eq!(found.rows.len(), 1, "{text}: {}", found.message);
        assert!(found.rows[0].iter().any(|cell| cell.contains(day)), "{text}: {:?}", found.rows);
    }
    assert_eq!(asked(&wedding(), "Can you tell guests when a gift arrives?"), None);
}

#[test]
fn what_is_not_in_the_rows_is_said_by_name() {
    let nowhere = found("how many guests like jazz?");
    assert!(nowhere.value.is_none() && nowhere.message.contains("“jazz”"), "{}", nowhere.message);
    let more = found("how many guests devour fish?");
    assert_eq!((more.value.as_deref(), more.passed_over.as_slice()), (Some("2"), &["devour".to_owned()][..]));
    assert!(more.message.contains("devour"));
    let name = found("is Zoe coming?");
    assert!(name.rows.is_empty() && name.message.contains("“Zoe”"));
}

#[test]
fn shared_costs_know_who_owes() {
    let (spec, _) = written(
        "We share a flat and split the costs: members have a name, expenses have what, an amount and who paid. Show who owes whom.",
    );
    let asked = query(&spec, "Who owes most?");
    assert!(matches!(asked.measure, Measure::Owed { .. }), "{asked:?}");
    let by_whom = asked.per.clone().expect("people");
    let member = |id: &str, name: &str| json!([id, { "name": name }]);
    let expense =
        |id: &str, amount: &str, by: &str| json!([id, { "what": "x", "amount": amount, (by_whom.as_str()): by }]);
    let names = writer::codegen::variables(&spec);
    let mut rows = serde_json::Map::new();
    for (entity, name) in spec.entities.iter().zip(names) {
        let all = match entity.id.as_str() {
            "expense" => json!([expense("1", "3000", "1"), expense("2", "600", "2")]),
            _ => json!([member("1", "Ann"), member("2", "Bo"), member("3", "Cy")]),
        };
        rows.insert(name, all);
    }
    let found = asked.run(&spec, &Value::Object(rows), Day::new(2026, 11, 18).expect("a day")).expect("it is kept");
    assert_eq!(found.rows, [["Cy", "12.00 EUR"], ["Bo", "6.00 EUR"]]);
}

#[test]
fn questions_about_the_app_are_answered_from_the_spec() {
    let spec = wedding();
    let told = |text: &str| match asked(&spec, text) {
        Some(Asked::App(answer)) => answer,
        other => panic!("{text}: {other:?}"),
    };
    assert!(told("what can you do").contains("Gifts: "));
    assert_eq!(told("Who can delete guests?"), "Guests: the owner may delete all.");
    assert!(told("who may see the phone numbers?").contains("the owner"));
    assert!(told("Can guests see the gifts?").starts_with("No."));
    assert!(told("Can guests see the phone numbers?").starts_with("Yes."));
    assert!(!told("What may guests do?").contains("delete"));
    let hidden = changed(&spec, "Only the owner may see the phone numbers.").spec;
    let Some(Asked::App(answer)) = asked(&hidden, "can guests see the phone numbers?") else { panic!("an answer") };
    assert!(answer.starts_with("No."), "{answer}");
}

#[test]
fn why_is_answered_from_what_was_said() {
    let spec = wedding();
    let Some(Asked::Why(why)) = asked(&spec, "Why is there a phone number?") else { panic!("a reason") };
    let none: &[String] = &[];
    let assumed = ["Guests also have: Phone number.".to_owned()];
    let said = [Said { text: "A list of guests", understood: none, assumed: &assumed }];
    assert!(why.answer(&said).contains("A list of guests") && why.answer(&said).contains(&assumed[0]));
    let said = [Said { text: "I need their phone number", understood: none, assumed: none }];
    assert!(why.answer(&said).contains("“I need their phone number”"));
    assert!(!why.answer(&[]).is_empty());
    assert!(matches!(asked(&spec, "What did you change last?"), Some(Asked::LastChange(_))));
}

#[test]
fn what_is_no_question_stays_a_change() {
    let spec = wedding();
    for text in [
        "Can you add a birthday to guests?",
        "Could you please rename gifts to presents?",
        "Newest gifts first",
        "Only hosts may see the phone numbers",
        "Guests say how many children they bring",
        "Show the gifts in a calendar",
        "What about a birthday for guests?",
        "Add how many seats a table has",
        "total per month",
    ] {
        assert_eq!(asked(&spec, text), None, "{text}");
    }
    let spanish = AppSpec { language: "es".into(), ..spec.clone() };
    assert_eq!(asked(&spanish, "Que los invitados se inscriban solos"), None);
    let polite = changed(&spec, "Can you add a birthday to guests?");
    assert!(polite.spec.entity("guest").is_some_and(|guest| guest.field("birthday").is_some()));
}

#[test]
fn a_question_that_is_not_understood_says_what_can_be_asked() {
    let Some(Asked::Unclear(answer)) = asked(&wedding(), "What colours would look good?") else { panic!("unclear") };
    assert!(answer.contains("guests") && answer.contains("gifts"), "{answer}");
    let people = written("A list of friends with a name and an email.").0;
    assert!(
        matches!(asked(&people, "what is the average of friends?"), Some(Asked::Unclear(answer)) if answer.contains("Email"))
    );
}

#[test]
fn the_answer_is_bounded_whatever_the_rows_hold() {
    let spec = wedding();
    let long = "x".repeat(5_000);
    let rows: Vec<Value> = (0..500).map(|id| json!([id.to_string(), { "name": long, "price": "1" }])).collect();
    let all = query(&spec, "list the gifts with their price").run(
        &spec,
        &json!({ "gifts": rows }),
        Day::new(2026, 1, 1).expect("a day"),
    );
    let all = all.expect("it is kept");
    assert_eq!((all.rows.len(), all.left_out, all.total), (10, 490, 500));
    assert!(all.message.len() < 2_000);
    // Rows of no known form are no rows.
    let odd = json!({ "gifts": [1, ["x", {}], ["3"], { "a": 1 }], "guests": "none" });
    let none = query(&spec, "how many gifts are there?").run(&spec, &odd, Day::new(2026, 1, 1).expect("a day"));
    assert_eq!(none.expect("it is kept").total, 0);
}

#[test]
fn a_query_is_typed() {
    let asked = query(&wedding(), "how many guests eat fish?");
    assert_eq!((asked.entity.as_str(), &asked.measure), ("guest", &Measure::Count));
    assert_eq!(asked.tests[0].is, Is::OneOf { values: vec!["fish".into()] });
    let kept: Query = serde_json::from_value(serde_json::to_value(&asked).expect("writes")).expect("reads");
    assert_eq!(kept, asked);
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Texts {
    fish: String,
    not_fish: String,
    unanswered: String,
    coming: String,
    no_phone: String,
    total: String,
    latest: String,
    per_meal: String,
    can_see: String,
    whole: String,
    last: String,
    why: String,
    unclear: String,
    polite: String,
}

/// Four guests and two entries of the budget, under the fields that an app has.
fn filled(spec: &AppSpec) -> Value {
    let mut variables = serde_json::Map::new();
    let attending = |guest: &writer::spec::Entity| {
        let field = guest.fields.iter().find(|field| matches!(field.id.as_str(), "attending" | "answer"));
        field.expect("guests answer").id.clone()
    };
    for (entity, name) in spec.entities.iter().zip(writer::codegen::variables(spec)) {
        let option =
            |at: usize| crate::options(entity.field("meal").expect("a meal")).get(at).map(|_| meal(entity, at));
        let rows = match entity.id.as_str() {
            "guest" => {
                let answer = attending(entity);
                let guest = |id: u32, name: &str, phone: Value, meal: Option<String>, comes: Value| json!([id.to_string(), { "createdAt": format!("179500000{id}000000000"), "name": name, "phone": phone, "meal": meal, (answer.as_str()): comes }]);
                json!([
                    guest(1, "Anna", "1".into(), option(1), true.into()),
                    guest(2, "Ben", Value::Null, option(0), true.into()),
                    guest(3, "Clara", "3".into(), None, Value::Null),
                    guest(4, "Dan", "4".into(), option(1), false.into()),
                ])
            }
            "budgetItem" => json!([["1", { "amount": "1000" }], ["2", { "amount": "250" }]]),
            _ => json!([]),
        };
        variables.insert(name, rows);
    }
    Value::Object(variables)
}

/// How many details guests have.
fn fields(spec: &AppSpec) -> usize {
    spec.entity("guest").map_or(0, |guest| guest.fields.len())
}

fn meal(entity: &writer::spec::Entity, at: usize) -> String {
    match &entity.field("meal").expect("a meal").kind {
        writer::spec::FieldKind::Choice { options } => options[at].id.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn ten_languages_ask_the_same() {
    let all: std::collections::BTreeMap<String, Texts> =
        toml::from_str(include_str!("../fixtures/questions.toml")).expect("the fixture reads");
    let weddings = crate::languages::languages();
    assert_eq!(all.len(), 10);
    let mut wrong = Vec::new();
    for (code, texts) in &all {
        let (spec, _) = written(&weddings[code].wedding);
        let rows = filled(&spec);
        let run = |text: &str| match asked(&spec, text) {
            Some(Asked::Data(query)) => {
                assert_eq!(&query.language, code, "{text}");
                query.run(&spec, &rows, Day::new(2026, 11, 18).expect("a day")).expect("it is kept")
            }
            other => Found { message: format!("{other:?}"), ..Found::default() },
        };
        let mut lists = |text: &str, expected: &[&str]| {
            let found = run(text);
            if names(&found) != expected {
                wrong.push(format!("{code}: {text}: {:?} {}", names(&found), found.message));
            }
        };
        lists(&texts.not_fish, &["Ben", "Clara"]);
        lists(&texts.unanswered, &["Clara"]);
        lists(&texts.coming, &["Anna", "Ben"]);
        lists(&texts.no_phone, &["Ben"]);
        lists(&texts.latest, &["Dan", "Clara"]);
        let mut figure = |text: &str, expected: &str| {
            let found = run(text);
            let value = found.value.unwrap_or_default().replace([',', '٫'], ".");
            if value.split(' ').next() != Some(expected) {
                wrong.push(format!("{code}: {text}: {value} {}", found.message));
            }
        };
        figure(&texts.fish, "2");
        figure(&texts.total, "12.50");
        let per = run(&texts.per_meal);
        if per.rows.iter().map(|row| row[1].as_str()).collect::<Vec<_>>() != ["2", "1"] {
            wrong.push(format!("{code}: {}: {:?} {}", texts.per_meal, per.rows, per.message));
        }
        let budget = &spec.entity("budgetItem").expect("a budget").plural;
        let mut is = |text: &str, fits: &dyn Fn(&Asked) -> bool| match asked(&spec, text) {
            Some(asked) if fits(&asked) => {}
            other => wrong.push(format!("{code}: {text}: {other:?}")),
        };
        let about_budget =
            |answer: &str| answer.lines().count() > 0 && answer.lines().all(|line| line.starts_with(budget));
        is(&texts.can_see, &|asked| matches!(asked, Asked::App(answer) if about_budget(answer)));
        is(&texts.whole, &|asked| matches!(asked, Asked::App(answer) if answer.contains(budget)));
        is(&texts.last, &|asked| matches!(asked, Asked::LastChange(language) if language == code));
        is(&texts.why, &|asked| matches!(asked, Asked::Why(_)));
        // What nothing in the app is called is not looked for as if it were.
        let nothing = |asked: &Asked| match asked {
            Asked::Unclear(_) => true,
            Asked::Data(query) => {
                query.run(&spec, &rows, Day::new(2026, 1, 1).expect("a day")).is_none_or(|found| found.rows.is_empty())
            }
            _ => false,
        };
        is(&texts.unclear, &nothing);
        if let Some(read) = asked(&spec, &texts.polite) {
            wrong.push(format!("{code}: {}: {read:?}", texts.polite));
        } else if !writer::change(&spec, &texts.polite).is_ok_and(|done| fields(&done.spec) == fields(&spec) + 1) {
            wrong.push(format!("{code}: {} adds nothing", texts.polite));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
