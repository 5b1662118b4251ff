//! Orders for a day: what is sold, the day on which it is collected, until when it is ordered, and how many a day.

use writer::spec::{AppSpec, FieldKind, OWNER, PageKind, Rule, VISITOR};
use writer::{Wish, write};

use crate::{changed, ids, whole, whole_change, written};

/// What is ordered, by its plural.
fn goods(spec: &AppSpec) -> Option<&str> {
    let order = spec.entity(spec.entities.iter().find(|entity| entity.field("quantity").is_some())?.id.as_str())?;
    let refers = order.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Ref { entity } if entity != "order" => spec.entity(entity),
        _ => None,
    });
    refers.map(|entity| entity.plural.as_str()).next()
}

/// The limit of each day, and what it counts.
fn daily(spec: &AppSpec) -> Vec<(Option<u32>, bool, Option<&str>)> {
    let limits = spec.rules.iter().filter_map(|rule| match rule {
        Rule::Daily { most, each, weight, .. } => Some((*most, each.is_some(), weight.as_deref())),
        _ => None,
    });
    limits.collect()
}

/// So many days ahead, until then.
fn lead(spec: &AppSpec) -> Option<(u32, Option<&str>)> {
    spec.rules.iter().find_map(|rule| match rule {
        Rule::Lead { days, until, .. } => Some((*days, until.as_deref())),
        _ => None,
    })
}

/// The days of the week on which orders are collected.
fn open(spec: &AppSpec) -> Vec<u8> {
    let week = spec.rules.iter().find_map(|rule| match rule {
        Rule::Open { entity, week, .. } if entity == "order" => Some(week),
        _ => None,
    });
    week.into_iter().flatten().flat_map(|hours| hours.days.clone()).collect()
}

/// The bakeries of ten languages; the name of what they sell.
const BAKERIES: [(&str, &str, &str); 10] = [
    (
        "en",
        "Breads",
        "Our bakery takes pre-orders for bread: at most 40 loaves a day, pick-up the next day, closed on Mondays.",
    ),
    (
        "de",
        "Brot",
        "Unsere Bäckerei nimmt Vorbestellungen für Brot an: höchstens 40 Brote am Tag, Abholung am nächsten Tag, montags geschlossen.",
    ),
    (
        "fr",
        "Pain",
        "Notre boulangerie prend des précommandes de pain : au plus 40 pains par jour, retrait le lendemain, fermé le lundi.",
    ),
    (
        "es",
        "Pan",
        "Nuestra panadería acepta pedidos anticipados de pan: como máximo 40 panes al día, recogida al día siguiente, cerrado los lunes.",
    ),
    (
        "pt",
        "Pão",
        "Nossa padaria aceita encomendas de pão: no máximo 40 pães por dia, retirada no dia seguinte, fechado às segundas-feiras.",
    ),
    (
        "id",
        "Roti",
        "Toko roti kami menerima pre-order roti: paling banyak 40 roti per hari, diambil keesokan harinya, tutup setiap hari Senin.",
    ),
    (
        "sw",
        "Mikate",
        "Duka letu la mikate linapokea maagizo ya mikate: si zaidi ya mikate 40 kwa siku, kuchukua siku inayofuata, tunafunga kila Jumatatu.",
    ),
    ("hi", "ब्रेड", "हमारी बेकरी ब्रेड के लिए प्री-ऑर्डर लेती है: एक दिन में ज़्यादा से ज़्यादा 40 ब्रेड, अगले दिन पिकअप, सोमवार को बंद।"),
    (
        "ar",
        "خبز",
        "مخبزنا يستقبل الطلبات المسبقة للخبز: على الأكثر 40 رغيفا في اليوم، الاستلام في اليوم التالي، نغلق يوم الاثنين.",
    ),
    ("zh", "面包", "我们的面包店接受面包预订：每天最多40个面包，第二天取货，每周一休息。"),
];

#[test]
fn a_bakery_takes_orders_for_a_day_in_every_language() {
    for (code, sold, text) in BAKERIES {
        let spec = whole(code, text);
        assert_eq!(goods(&spec), Some(sold), "{text}");
        assert_eq!(ids(&spec).len(), 2, "{text}\n{:?}", ids(&spec));
        assert_eq!(daily(&spec), [(Some(40), false, Some("quantity"))], "{text}");
        assert_eq!(lead(&spec), Some((1, None)), "{text}");
        assert_eq!(open(&spec), [2, 3, 4, 5, 6, 7], "{text}");
        let day = crate::field(&spec, "order", "pickUp");
        assert!(day.required && day.kind == FieldKind::Date, "{text}");
        assert!(spec.entity("order").is_some_and(|order| order.field("address").is_none()), "{text}");
        let page = |kind, role: &str| {
            let is = |page: &&writer::spec::Page| page.kind == kind && page.entity == "order";
            spec.pages.iter().find(is).is_some_and(|page| page.roles.iter().any(|other| other == role))
        };
        assert!(page(PageKind::Form, VISITOR) && page(PageKind::Calendar, OWNER), "{text}");
        let described = writer::describe(&spec).join("\n");
        assert!(described.contains("40"), "{text}\n{described}");
    }
}

#[test]
fn orders_end_at_an_hour_of_the_day_before() {
    for (code, text) in [
        ("en", "Customers order bread for the next day until 6 pm. We bake at most 40 loaves a day."),
        (
            "en",
            "Pre-orders for our bakery: customers order bread until 18:00 the day before and pick it up in the shop. We bake up to 40 loaves a day.",
        ),
        ("de", "Kundinnen bestellen Brot für den nächsten Tag bis 18 Uhr. Wir backen höchstens 40 Brote am Tag."),
        (
            "fr",
            "Les clients commandent du pain pour le lendemain jusqu'à 18 heures. Nous cuisons au plus 40 pains par jour.",
        ),
        ("es", "Los clientes encargan pan para el día siguiente hasta las 18 h. Horneamos hasta 40 panes al día."),
        ("pt", "Os clientes encomendam pão para o dia seguinte até às 18h. Assamos no máximo 40 pães por dia."),
        ("sw", "Wateja wanaagiza mikate kwa kesho hadi saa 12 jioni. Tunaoka si zaidi ya mikate 40 kwa siku."),
        ("hi", "ग्राहक अगले दिन के लिए शाम 6 बजे तक ब्रेड ऑर्डर करते हैं। हम एक दिन में ज़्यादा से ज़्यादा 40 ब्रेड बनाते हैं।"),
        ("ar", "يطلب الزبائن الخبز لليوم التالي حتى الساعة 6 مساء. نخبز على الأكثر 40 رغيفا في اليوم."),
        ("de", "Vorbestellungen für unsere Bäckerei: höchstens 40 Brote am Tag. Bestellschluss ist 18 Uhr am Vortag."),
        ("fr", "Le boulanger prend les commandes de pain la veille avant 18h, maximum 40 pains par jour."),
        ("zh", "顾客订购第二天的面包，下午6点之前。我们每天最多烤40个面包。"),
    ] {
        let spec = whole(code, text);
        assert_eq!(daily(&spec), [(Some(40), false, Some("quantity"))], "{text}");
        assert_eq!(lead(&spec), Some((1, Some("18:00"))), "{text}");
    }
}

#[test]
fn what_cannot_be_held_is_reported() {
    let text = "I sell homemade bread. People should order the day before and pick up in the morning between 8 and 10. I can bake 20 loaves a day.";
    let (spec, understanding) = written(text);
    assert_eq!(ids(&spec).len(), 2, "{:?}", ids(&spec));
    assert_eq!(lead(&spec), Some((1, None)));
    let told = |statement: &writer::Statement| statement.text.contains("between 8 and 10");
    assert!(understanding.not_understood.iter().any(told), "{:?}", understanding.not_understood);
}

#[test]
fn what_is_sold_is_what_is_ordered_and_never_the_shop() {
    for (text, sold, days, limit) in [
        (
            "A bakery that takes pre-orders for bread: at most 40 loaves a day, customers pick up tomorrow.",
            "Breads",
            1,
            Some((Some(40), false)),
        ),
        (
            "We bake cakes. Customers order at least two days in advance and choose the day they pick up. No more than 5 cakes a day.",
            "Cakes",
            2,
            Some((Some(5), false)),
        ),
        (
            "A farm shop: customers order veg boxes for a day; at most 30 boxes per day, closed on Sundays.",
            "Veg boxes",
            0,
            Some((Some(30), false)),
        ),
        ("My bakery takes orders for bread, rolls and cakes. Customers pick up the next day.", "Products", 1, None),
        (
            "A bakery that takes pre-orders: at most 40 loaves and 20 baguettes a day, pick-up the next day.",
            "Products",
            1,
            Some((None, true)),
        ),
        (
            "A bakery takes pre-orders for bread, at most 10 of each kind per day, pick-up the next day.",
            "Breads",
            1,
            Some((None, true)),
        ),
    ] {
        let (spec, understanding) = written(text);
        assert!(understanding.not_understood.is_empty(), "{text}\n{:?}", understanding.not_understood);
        assert_eq!(goods(&spec), Some(sold), "{text}");
        assert_eq!(lead(&spec).map(|(days, _)| days), Some(days), "{text}");
        assert_eq!(daily(&spec).first().map(|(most, each, _)| (*most, *each)), limit, "{text}");
    }
    let spec = whole("en", "Customers order pizza and choose the day they pick it up. At most 10 orders a day.");
    assert_eq!(daily(&spec), [(Some(10), false, None)]);
}

#[test]
fn numbers_of_several_goods_are_told_to_be_entered() {
    let text = "A bakery that takes pre-orders: at most 40 loaves and 20 baguettes a day, pick-up the next day.";
    let (spec, understanding) = written(text);
    assert!(crate::field(&spec, "product", "perDay").kind == FieldKind::Integer { min: 0, max: None });
    let told =
        |statement: &writer::Statement| statement.text.contains("40 loaves") && statement.text.contains("20 baguettes");
    assert!(understanding.assumed.iter().any(told), "{:?}", understanding.assumed);
}

#[test]
fn the_lines_of_a_cart_count_for_the_day_of_their_order() {
    let spec = whole(
        "en",
        "Our shop takes pre-orders. Customers put several bouquets into a cart. At most 50 bouquets a day, order by the day before.",
    );
    let held = spec.rules.iter().any(|rule| matches!(rule, Rule::Daily { entity, via: Some(via), most: Some(50), .. } if entity == "orderLine" && via == "order"));
    assert!(held, "{:?}", spec.rules);
    assert_eq!(lead(&spec), Some((1, None)));
}

#[test]
fn a_shop_learns_of_days_later() {
    let shop = whole("en", "Customers order bread.");
    assert_eq!(lead(&shop), None);
    let chosen = whole_change(&shop, "Customers choose the day they pick up").spec;
    assert_eq!(lead(&chosen), Some((0, None)));
    let limited = whole_change(&chosen, "At most 40 per day").spec;
    assert_eq!(daily(&limited), [(Some(40), false, Some("quantity"))]);
    let fewer = whole_change(&limited, "At most 30 loaves a day").spec;
    assert_eq!(daily(&fewer), [(Some(30), false, Some("quantity"))]);
    let early = whole_change(&fewer, "Customers order by 6 pm the day before.").spec;
    assert_eq!(lead(&early), Some((1, Some("18:00"))));
    let closed = whole_change(&early, "We are closed on Mondays.").spec;
    assert_eq!(open(&closed), [2, 3, 4, 5, 6, 7]);
    assert_eq!(daily(&closed), [(Some(30), false, Some("quantity"))]);
    let renamed = whole_change(&early, "Rename pick-up day to collection date").spec;
    assert_eq!(crate::field(&renamed, "order", "pickUp").label, "Collection date");
    let gone = changed(&early, "Remove the pick-up day").spec;
    assert!(lead(&gone).is_none() && daily(&gone).is_empty(), "{:?}", gone.rules);
    // What the owner took out stays out.
    let without = changed(&shop, "Remove the address from the orders").spec;
    let again = whole_change(&without, "At most 40 per day").spec;
    let shown =
        |field: &str| again.entity("order").and_then(|order| order.field(field)).is_some_and(|field| !field.archived);
    assert!(!shown("address") && shown("pickUp"));
}

#[test]
fn a_limit_for_each_customer_is_none_of_the_day() {
    for text in [
        "Customers order bread. Each customer orders at most 3 loaves a day.",
        "Customers book a table. At most 3 bookings per customer.",
        "Employees book a room for tomorrow.",
    ] {
        let Ok((spec, _)) = write(&Wish { text, name: None }) else { continue };
        assert!(daily(&spec).is_empty() && lead(&spec).is_none(), "{text}\n{:?}", spec.rules);
    }
}
