//! Orders as shops have them: of several things at once, and of goods that many sell, each their own.

use writer::spec::{AppSpec, FieldKind, OWNER, PageKind, Rule, Scope, VISITOR, Whose};

use writer::change;

use crate::{changed, sees, written};

/// The lines of an order and what they belong to and are about, if orders have some.
fn lines(spec: &AppSpec) -> Option<[String; 3]> {
    let target = |entity: &str, field: &str| match &spec.entity(entity)?.field(field)?.kind {
        FieldKind::Ref { entity } => Some(entity.clone()),
        _ => None,
    };
    spec.rules.iter().find_map(|rule| match rule {
        Rule::Lines { entity, field, of, .. } => Some([entity.clone(), target(entity, field)?, target(entity, of)?]),
        _ => None,
    })
}

/// What must hold of a shop whose orders have several lines.
fn is_cart(text: &str, goods: Option<&str>) {
    let (spec, understanding) = written(text);
    let [line, order, product] = lines(&spec).unwrap_or_else(|| panic!("{text}\n{:?}", spec.rules));
    let told = |test: &dyn Fn(&Rule) -> bool| assert!(spec.rules.iter().any(test), "{text}\n{:?}", spec.rules);
    told(
        &|rule| matches!(rule, Rule::Capacity { entity, parent, weight: Some(_), via: Some(_), .. } if *entity == line && *parent == product),
    );
    told(&|rule| matches!(rule, Rule::Copied { entity, .. } if *entity == line));
    told(&|rule| matches!(rule, Rule::Times { entity, .. } if *entity == line));
    let visitor = |id: &str| spec.entity(id).and_then(|entity| entity.grant(VISITOR)).cloned().unwrap_or_default();
    assert!(visitor(&order).create && visitor(&order).read == Some(Scope::Own), "{text}");
    assert!(!visitor(&line).create && visitor(&line).read == Some(Scope::Own), "{text}");
    assert!(visitor(&line).update.is_none() && visitor(&line).delete.is_none(), "{text}");
    let page = |kind: PageKind, entity: &str| spec.pages.iter().any(|page| page.kind == kind && page.entity == entity);
    assert!(page(PageKind::Gallery, &product) && page(PageKind::Form, &order), "{text}");
    let sum = spec.entity(&order).is_some_and(|order| order.totals.iter().any(|total| total.of == line));
    assert!(sum, "{text}");
    if let Some(goods) = goods {
        let plural = &spec.entity(&product).expect("found above").plural;
        assert_eq!(plural.to_lowercase(), goods.to_lowercase(), "{text}");
        assert!(understanding.not_understood.is_empty(), "{text}\n{:?}", understanding.not_understood);
    }
}

#[test]
fn several_things_are_ordered_at_once() {
    for (text, goods) in [
        (
            "My shop sells candles with price and stock. Customers put several candles into a cart and order them together.",
            "candles",
        ),
        ("We sell zorbles with a price. Customers order several at once.", "zorbles"),
        ("A shop for zorbles. An order has several zorbles.", "zorbles"),
        (
            "Mein Laden verkauft Kerzen mit Preis und Bestand. Kunden können mehrere Kerzen in den Warenkorb legen und zusammen bestellen.",
            "kerzen",
        ),
        ("Wir verkaufen Zorbel mit Preis und Bestand. Kundinnen bestellen mehrere Zorbel auf einmal.", "zorbel"),
        (
            "Mi tienda vende jabones con precio y existencias. Los clientes ponen varios jabones en el carrito y los piden juntos.",
            "jabones",
        ),
        (
            "Ma boutique vend des savons avec un prix et un stock. Les clients mettent plusieurs savons dans le panier et les commandent ensemble.",
            "savons",
        ),
        (
            "Minha loja vende sabonetes com preço e estoque. Os clientes colocam vários sabonetes no carrinho e encomendam juntos.",
            "sabonetes",
        ),
        (
            "Toko kami menjual lilin dengan harga dan stok. Pelanggan memasukkan beberapa lilin ke keranjang dan memesan sekaligus.",
            "lilin",
        ),
        (
            "Duka letu linauza mishumaa yenye bei na stoki. Wateja wanaweka mishumaa kwenye kikapu na wanaagiza kwa pamoja.",
            "mishumaa",
        ),
        ("हमारी दुकान में मोमबत्तियाँ हैं, कीमत के साथ। ग्राहक कार्ट में कई मोमबत्तियाँ डालते हैं और एक साथ ऑर्डर करते हैं।", "मोमबत्तियाँ"),
        ("我们的店卖蜡烛,有价格和库存。顾客把多个蜡烛放入购物车一起下单。", "蜡烛"),
    ] {
        is_cart(text, Some(goods));
    }
    is_cart("نبيع الشموع مع السعر والمخزون. يضع الزبائن عدة شموع في السلة ويطلبونها معًا.", None);
}

#[test]
fn an_order_of_one_thing_stays_one() {
    for text in [
        "A shop: products with a price and stock, customers order products.",
        "Ein Laden: Produkte mit Preis und Bestand, Kunden bestellen Produkte.",
        "We sell honey with a price. Customers order honey.",
    ] {
        let (spec, _) = written(text);
        assert_eq!(lines(&spec), None, "{text}");
        assert!(spec.blueprints.iter().any(|id| id == "shop"), "{text}: {:?}", spec.blueprints);
    }
}

#[test]
fn many_sell_each_their_own_things() {
    for (text, seller, buyer) in [
        ("Members sell things with a price and stock, other members buy them.", "member", "member"),
        ("Crafters sell their pottery with a price and a photo, visitors order it.", "crafter", VISITOR),
        ("Les artisans vendent leurs poteries avec un prix. Les clients commandent des poteries.", "artisans", VISITOR),
        ("Los vecinos venden plantas con precio y foto, los clientes las compran.", "neighbour", VISITOR),
        ("Händler verkaufen Zorbel mit Preis. Kunden bestellen Zorbel.", "seller", VISITOR),
        ("Wanachama wanauza bidhaa zenye bei. Wateja wananunua.", "member", VISITOR),
        ("会员出售商品,有价格。顾客购买商品。", "member", VISITOR),
    ] {
        let (spec, understanding) = written(text);
        assert!(understanding.not_understood.is_empty(), "{text}\n{:?}", understanding.not_understood);
        let held = spec.rules.iter().find_map(|rule| match rule {
            Rule::Copied { entity, via, .. } => Some((entity.clone(), via.clone())),
            _ => None,
        });
        let (order, via) = held.unwrap_or_else(|| panic!("{text}\n{:?}", spec.rules));
        let orders = spec.entity(&order).expect("a rule's entity is there");
        let Some(FieldKind::Ref { entity: product }) = orders.field(&via).map(|field| &field.kind) else {
            panic!("{text}")
        };
        let own = spec.entity(product).and_then(|goods| goods.grant(seller)).unwrap_or_else(|| panic!("{text}"));
        assert!(own.create && own.update == Some(Scope::Own) && own.delete == Some(Scope::Own), "{text}");
        assert!(orders.owned_through.contains(&via), "{text}");
        assert_eq!(
            (sees(&spec, &order, seller), sees(&spec, &order, buyer)),
            (Some(Scope::Own), Some(Scope::Own)),
            "{text}"
        );
        assert_eq!(orders.grant(VISITOR).is_some(), buyer == VISITOR, "{text}: whoever is no buyer orders nothing");
        assert!(orders.grant(OWNER).is_some(), "{text}");
        let theirs = |rule: &Rule| {
            matches!(rule, Rule::Steps { entity, steps, .. } if *entity == order && steps.iter().any(|step| {
                step.by.iter().any(|who| who.role == seller && matches!(who.whose, Whose::Through { .. }))
            }))
        };
        assert!(spec.rules.iter().any(theirs), "{text}\n{:?}", spec.rules);
        for page in &spec.pages {
            let mut roles = page.roles.clone();
            roles.dedup();
            assert_eq!(roles, page.roles, "{text}: {}", page.id);
        }
    }
}

#[test]
fn one_shop_that_sells_is_the_owners() {
    for text in
        ["My shop sells honey with a price. Customers buy honey.", "The bakery sells bread. Customers order bread."]
    {
        let (spec, _) = written(text);
        assert!(spec.roles.is_empty(), "{text}: {:?}", spec.roles);
    }
}

#[test]
fn a_cart_where_many_sell_is_said_to_be_missing() {
    let (_, understanding) =
        written("Members sell things with a price. Customers put several things into a cart and order them together.");
    assert!(!understanding.not_understood.is_empty(), "{understanding:?}");
}

#[test]
fn what_an_order_of_several_things_looks_at_can_go() {
    let (spec, _) = written("We sell zorbles with a price. Customers order several at once.");
    let done = changed(&spec, "Remove the state of the orders.");
    assert!(lines(&done.spec).is_some(), "{:?}", done.spec.rules);
    let limit = |rule: &Rule| matches!(rule, Rule::Capacity { only_if: None, via: None, .. });
    assert!(done.spec.rules.iter().any(limit), "what there is stays the limit: {:?}", done.spec.rules);
}

#[test]
fn orders_of_one_thing_get_no_other_orders_beside_them() {
    for (text, wish) in [
        (
            "A shop: products with a price and stock, customers order products.",
            "Customers should put several products into a cart and order them together.",
        ),
        (
            "Ein Laden: Produkte mit Preis, Kunden bestellen Produkte.",
            "Kunden legen mehrere Produkte in den Warenkorb.",
        ),
    ] {
        let (spec, _) = written(text);
        let said = match change(&spec, wish) {
            Ok(done) => {
                assert_eq!(lines(&done.spec), None, "{wish}");
                done.understanding.not_understood.len()
            }
            Err(declined) => declined.understanding().not_understood.len(),
        };
        assert!(said > 0, "{wish}: what isn't done is said");
    }
}
