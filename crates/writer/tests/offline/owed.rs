//! What is due, what was paid of it, and who is still owed or still owes.

use serde_json::{Value, json};
use writer::spec::{AppSpec, FieldKind, Rule, Scope, Total};
use writer::{Asked, Day, asked};

use crate::{changed, ids, written};

/// Growers who are paid for what they bring: an app, and the change, in each of the languages.
const PAID: &[(&str, &str)] = &[
    ("Coffee: farmers with a phone, lots with weight", "Pay farmers per lot and show who is still owed."),
    (
        "Kaffee: Bauern mit Telefon, Lieferungen mit Gewicht",
        "Bezahle Bauern pro Lieferung und zeige, wer noch Geld bekommt.",
    ),
    (
        "Café: agricultores con teléfono, lotes con peso",
        "Pagar a los agricultores por lote y mostrar a quién se le debe todavía.",
    ),
    (
        "Café: agricultores com telefone, lotes com peso",
        "Pagar aos agricultores por lote e mostrar a quem ainda se deve.",
    ),
    (
        "Café : agriculteurs avec téléphone, lots avec poids",
        "Payer les agriculteurs par lot et montrer qui doit encore être payé.",
    ),
    (
        "Kopi: petani dengan telepon, panen dengan berat",
        "Bayar petani per panen dan tunjukkan siapa yang belum dibayar.",
    ),
    ("Kahawa: wakulima wana simu, mavuno yana uzito", "Lipa wakulima kwa kila mavuno na onyesha nani bado hajalipwa."),
    ("कॉफ़ी: किसानों का फ़ोन, फसलों का वज़न", "किसानों को प्रति फसल भुगतान करें और दिखाएँ किसका बकाया है।"),
    ("القهوة: مزارعون لهم هاتف، ومحاصيل لها وزن", "ادفع للمزارعين عن كل محصول وأظهر من لم يستلم بعد."),
    ("咖啡:农民有电话,收成有重量", "按每批收成付款给农民,并显示还欠谁钱。"),
];

fn total<'a>(spec: &'a AppSpec, entity: &str) -> Option<&'a Total> {
    spec.entity(entity)?.totals.iter().find(|total| total.id == "stillOwed")
}

#[test]
fn people_are_paid_for_what_they_bring_in_every_language() {
    for (wish, text) in PAID {
        let (spec, _) = written(wish);
        let change = changed(&spec, text);
        let understanding = &change.understanding;
        assert_eq!(understanding.not_understood, [], "{text}");
        assert!(understanding.assumed.iter().any(|one| one.about.as_deref() == Some("entities/payment")), "{text}");
        let spec = change.spec;
        let farmer = total(&spec, "farmer").unwrap_or_else(|| panic!("{text}: {:?}", ids(&spec)));
        // A farmer's total sums those of the lots, which take what was paid from what is due.
        let lot = total(&spec, &farmer.of).expect(text);
        assert_eq!(
            (farmer.sum.as_deref(), lot.of.as_str(), lot.from.as_deref()),
            (Some("stillOwed"), "payment", Some("due"))
        );
        let payment = spec.entity("payment").expect(text);
        let refers = |to: &str| {
            payment.fields.iter().any(|field| matches!(&field.kind, FieldKind::Ref { entity } if entity == to))
        };
        assert!(refers("farmer") && refers(&farmer.of), "{text}");
        let copied = |rule: &Rule| matches!(rule, Rule::Copied { entity, field, .. } if entity == "payment" && field == "farmer");
        assert!(spec.rules.iter().any(copied), "{text}");
    }
}

#[test]
fn who_owes_is_counted_with_each_person_and_anew_each_month_where_it_is_said() {
    let (spec, understanding) = written(
        "A landlord app: tenants with a flat and rent. Track rent: who has paid this month and who still owes.",
    );
    assert_eq!(understanding.not_understood, []);
    let owed = total(&spec, "tenant").expect("what is left");
    assert_eq!((owed.from.as_deref(), owed.month.as_deref()), (Some("rent"), Some("date")));
    let kind = &spec.entity("tenant").and_then(|tenant| tenant.field("rent")).expect("rent").kind;
    assert!(matches!(kind, FieldKind::Money { .. }), "{kind:?}");
    let (spec, _) = written("Vereinsausflug: Teilnehmer mit Name und Beitrag");
    let more = changed(&spec, "Wer muss noch zahlen").spec;
    assert_eq!(total(&more, "participant").and_then(|total| total.from.as_deref()), Some("amount"));
    // Who has a role sees what is about them, and nothing of the others.
    let grant = more.entity("payment").and_then(|payment| payment.grant("participant")).expect("they see payments");
    assert_eq!((grant.read, grant.create, grant.update), (Some(Scope::Own), false, None));
}

#[test]
fn a_price_for_each_kilo_is_taken_times_the_weight() {
    let (spec, _) = written("Farmers have a phone. Harvest lots have a weight in kg, a price per kg and a farmer.");
    let more = changed(&spec, "Pay farmers per lot").spec;
    let times = more.rules.iter().find_map(|rule| match rule {
        Rule::Times { field, each, count, .. } => Some((field.as_str(), each.as_str(), count.as_str())),
        _ => None,
    });
    assert_eq!(times, Some(("due", "pricePerKg", "weight")), "{:?}", ids(&more));
}

#[test]
fn rows_that_say_themselves_whether_they_are_paid_get_a_page_and_split_costs_stay_split() {
    let (spec, _) = written("Invoices with a customer and an amount");
    let more = changed(&spec, "Show who has not paid").spec;
    let page = more.pages.iter().find(|page| page.id == "stillOwed").expect("a page");
    assert_eq!(page.only_if.as_ref().map(|only| only.values.clone()), Some(vec!["draft".into(), "sent".into()]));
    let (spec, _) = written("Shared flat: expenses with an amount, and who owes whom");
    assert!(spec.rules.iter().any(|rule| matches!(rule, Rule::Shared { .. })));
    assert!(spec.entities.iter().all(|entity| total(&spec, &entity.id).is_none()));
}

#[test]
fn a_total_goes_with_what_it_is_counted_from() {
    let (spec, _) = written(PAID[0].0);
    let paid = changed(&spec, PAID[0].1).spec;
    let gone = changed(&paid, "Remove the amount due from the lots").spec;
    assert!(gone.entities.iter().all(|entity| total(&gone, &entity.id).is_none()));
    let again = changed(&paid, "Show who is still owed").spec;
    assert_eq!(again, paid);
}

#[test]
fn who_is_still_owed_can_be_asked() {
    let (spec, _) = written(PAID[0].0);
    let spec = changed(&spec, PAID[0].1).spec;
    let Some(Asked::Data(query)) = asked(&spec, "Who is still owed?") else { panic!("it is a question") };
    let names = writer::codegen::variables(&spec);
    let rows = |id: &str| match id {
        "farmer" => json!([["1", { "name": "Amina" }], ["2", { "name": "Brian" }], ["3", { "name": "Cate" }]]),
        "payment" => json!([["1", { "harvest": "1", "amount": "4000" }]]),
        _ => json!([["1", { "farmer": "1", "due": "10000" }], ["2", { "farmer": "2", "due": "20000" }]]),
    };
    let tables = spec.entities.iter().zip(names).map(|(entity, name)| (name, rows(&entity.id)));
    let variables = Value::Object(tables.collect());
    let found = query.run(&spec, &variables, Day::new(2030, 5, 20).expect("a day")).expect("it is kept");
    assert_eq!(found.rows, [["Brian", "200.00 EUR"], ["Amina", "60.00 EUR"]]);
}
