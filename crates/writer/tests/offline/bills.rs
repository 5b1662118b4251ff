//! Bills with positions: what they come to, when they are overdue, and how they go on.

use writer::spec::{AppSpec, FieldKind, Rule, When};

use crate::{changed, whole};

/// Bills with positions, in each of the languages.
const BILLS: &[(&str, &str)] = &[
    (
        "en",
        "Invoices with several positions (description, quantity, unit price), the total is computed, overdue after 30 days.",
    ),
    (
        "de",
        "Rechnungen mit mehreren Positionen (Beschreibung, Menge, Einzelpreis), die Summe wird berechnet, überfällig nach 30 Tagen.",
    ),
    (
        "es",
        "Facturas con varias líneas (descripción, cantidad, precio unitario), se calcula el total, vencidas después de 30 días.",
    ),
    (
        "pt",
        "Faturas com várias linhas (descrição, quantidade, preço unitário), calcula-se o total, vencidas depois de 30 dias.",
    ),
    (
        "fr",
        "Factures avec plusieurs lignes (description, quantité, prix unitaire), le total est calculé, en retard après 30 jours.",
    ),
    (
        "id",
        "Faktur dengan beberapa baris (deskripsi, jumlah, harga satuan), total dihitung, terlambat setelah 30 hari.",
    ),
    (
        "sw",
        "Ankara zenye vipengele kadhaa (maelezo, idadi, bei ya moja), jumla huhesabiwa, imechelewa baada ya siku 30.",
    ),
    ("hi", "बिल जिनमें कई मदें (विवरण, मात्रा, इकाई मूल्य) हैं, कुल जोड़ा जाता है, 30 दिन के बाद अतिदेय।"),
    ("ar", "فواتير فيها عدة بنود (الوصف، الكمية، سعر الوحدة)، يحسب المجموع، متأخرة بعد 30 يوما."),
    ("zh", "发票有多条明细(描述、数量、单价),自动计算总额,30天后逾期。"),
];

/// Positions belong to a bill, come to price times quantity, are summed, and are settled with it.
fn has_positions(spec: &AppSpec, text: &str) {
    let rules = &spec.rules;
    let times = rules.iter().any(|rule| matches!(rule, Rule::Times { entity, .. } if entity == "invoiceLine"));
    let settled =
        rules.iter().any(|rule| matches!(rule, Rule::Fixed { entity, via: Some(_), .. } if entity == "invoiceLine"));
    assert!(times && settled, "{text}: {rules:?}");
    let total = spec.entity("invoice").and_then(|bill| bill.totals.first()).expect(text);
    assert_eq!((total.of.as_str(), total.sum.as_deref()), ("invoiceLine", Some("amount")), "{text}");
}

#[test]
fn bills_have_positions_that_are_added_up_in_every_language() {
    for (code, text) in BILLS {
        let spec = whole(code, text);
        has_positions(&spec, text);
        let bill = spec.entity("invoice").expect(text);
        assert!(bill.fields.iter().all(|field| !matches!(field.kind, FieldKind::Money { .. })), "{text}");
        let overdue = spec.alerts.iter().find(|alert| alert.entity == "invoice").expect(text);
        assert_eq!(overdue.when, When::Days { field: "date".into(), days: 30 }, "{text}");
    }
}

#[test]
fn the_usual_states_are_those_of_the_bill() {
    for text in [
        "Invoices with several positions (description, quantity, unit price), the total is computed, states draft/sent/paid, overdue after 30 days",
        "Each invoice has several line items with description, quantity and unit price. Status: draft, sent, paid.",
    ] {
        let spec = whole("en", text);
        has_positions(&spec, text);
        let choices = spec.entity("invoice").into_iter().flat_map(|bill| &bill.fields);
        assert_eq!(choices.filter(|field| matches!(field.kind, FieldKind::Choice { .. })).count(), 1, "{text}");
    }
}

#[test]
fn positions_come_to_bills_later_and_what_else_they_have_is_said() {
    let spec = whole("en", "Invoices with a customer");
    let change = changed(&spec, "Invoices have several positions with quantity and unit price");
    assert_eq!(change.understanding.not_understood, []);
    has_positions(&change.spec, "later");
    let amount = change.spec.entity("invoice").and_then(|bill| bill.field("amount")).expect("as before");
    assert!(!amount.required, "what a bill comes to is added up now");
    let more = changed(&spec, "Add positions (description, quantity, price, glaze) to the invoices");
    assert!(more.understanding.not_understood.iter().any(|one| one.text.contains("glaze")), "{:?}", more.understanding);
}
