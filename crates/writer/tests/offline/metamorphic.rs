//! The same text with other nouns has the same structure: nothing recognises a whole text.

use writer::spec::{AppSpec, FieldKind};

use crate::{capacity, written};

const TEXT: &str = "I want a site. {P} have a name, an email and a phone number. They answer yes or no and pick a {c} ({a}, {b} or {d}). \
    We have {T} with a number of seats. We also track the {m}: what, how much, paid or not. Only my partner and I may see the {m}. \
    {P} may bring a {x}, we need their name too.";

fn filled(words: [&str; 8]) -> String {
    ["{P}", "{c}", "{a}", "{b}", "{d}", "{T}", "{m}", "{x}"]
        .iter()
        .zip(words)
        .fold(TEXT.to_owned(), |text, (blank, word)| text.replace(blank, word))
}

/// Shape without names: kinds, marks, grants, rules.
fn shape(spec: &AppSpec) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, entity) in spec.entities.iter().enumerate() {
        for field in &entity.fields {
            let kind = match &field.kind {
                FieldKind::Choice { options } => format!("choice of {}", options.len()),
                FieldKind::Ref { .. } => "ref".to_owned(),
                other => format!("{other:?}"),
            };
            lines.push(format!(
                "{at} {kind} required={} member={} conditional={}",
                field.required,
                field.by_member,
                field.only_if.as_ref().is_some_and(|only| !matches!(only.field.as_str(), "attending" | "answer"))
            ));
        }
        lines.push(format!(
            "{at} person={} grants={:?}",
            entity.person.is_some(),
            entity
                .access
                .iter()
                .map(|grant| (grant.read, grant.create, grant.update, grant.delete))
                .collect::<Vec<_>>()
        ));
    }
    lines.push(format!("{} rules, {} pages", spec.rules.len(), spec.pages.len()));
    lines
}

#[test]
fn invented_nouns_have_the_structure_of_known_ones() {
    let known = written(&filled(["Guests", "meal", "meat", "fish", "vegetarian", "tables", "budget", "plus one"])).0;
    for words in [
        ["Blorps", "zuv", "kra", "flim", "dox", "glibs", "frobnitz", "snerg"],
        ["Wibbles", "quonk", "red zed", "ploo", "vash", "drummocks", "tralfam", "yorp"],
        ["Sailors", "berth", "upper", "lower", "middle", "dinghies", "treasury", "mate"],
    ] {
        let text = filled(words);
        let other = written(&text).0;
        assert_eq!(shape(&other), shape(&known), "{text}");
        assert!(
            other.rules.len() == known.rules.len()
                && capacity(&other, &other.entities[1].id).is_some_and(|rule| rule.1.is_some()),
            "{text}"
        );
    }
}

/// Two sets of invented nouns, written as the languages of the Latin script, Hindi, Arabic and Chinese write them.
const INVENTED: [[[&str; 4]; 2]; 4] = [
    [["blorpos", "zuvik", "kramp", "flimot"], ["wibaldos", "quonk", "ploov", "dashim"]],
    [["ब्लोर्प", "ज़ुविक", "क्रांप", "फ्लिमोट"], ["विबाल्ड", "क्वोंक", "प्लूव", "दाशिम"]],
    [["بلورب", "زوفيك", "كرامب", "غليموت"], ["دجبلذ", "خونك", "طلوف", "ظاشيم"]],
    [["嘞噻", "咘嘚", "吖唞", "啫嗰"], ["嘥嚟", "唥喥", "咗冚", "嘢喺"]],
];

#[test]
fn invented_nouns_have_one_structure_in_every_language() {
    for (script, text) in [
        (0, "I want to keep {0} with a {1}, a {2} and a {3}."),
        (0, "Ich möchte {0} mit {1}, {2} und {3} verwalten."),
        (0, "Quiero una lista de {0} con {1}, {2} y {3}."),
        (0, "Je veux une liste de {0} avec {1}, {2} et {3}."),
        (0, "Quero uma lista de {0} com {1}, {2} e {3}."),
        (0, "Saya ingin daftar {0} dengan {1}, {2} dan {3}."),
        (0, "Nataka orodha ya {0} yenye {1}, {2} na {3}."),
        (1, "मुझे {0} की सूची चाहिए जिसमें {1}, {2} और {3} हो।"),
        (2, "أريد قائمة {0} مع {1} و {2} و {3}."),
        (3, "我想要一个{0}列表，有{1}、{2}和{3}。"),
    ] {
        let of = |words: &[&str; 4]| {
            let blanks = words.iter().enumerate();
            let text = blanks.fold(text.to_owned(), |text, (at, word)| text.replace(&format!("{{{at}}}"), word));
            shape(&written(&text).0)
        };
        let [one, other] = &INVENTED[script];
        assert_eq!(of(one), of(other), "{text}");
        assert!(of(one).len() >= 4, "{text}: {:?}", of(one));
    }
}

#[test]
fn the_order_of_sentences_changes_no_rule() {
    let sentences = [
        "Guests have a name and an email.",
        "Tables have a number of seats.",
        "The budget has what, how much, paid or not.",
        "Guests answer yes or no.",
    ];
    let mut seen = Vec::new();
    for shift in 0..sentences.len() {
        let mut order = sentences.to_vec();
        order.rotate_left(shift);
        let spec = written(&format!("A wedding site. {}", order.join(" "))).0;
        assert!(capacity(&spec, "table").is_some_and(|rule| rule.2.as_deref() == Some("attending")), "{order:?}");
        let mut ids: Vec<String> = spec
            .entities
            .iter()
            .flat_map(|entity| {
                entity.fields.iter().map(|field| format!("{}.{} {}", entity.id, field.id, field.by_member))
            })
            .collect();
        ids.sort();
        seen.push(ids);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
}

#[test]
fn case_and_spacing_do_not_matter() {
    let text = "Guests have a name, an email and a phone number. They answer yes or no.";
    let base = shape(&written(text).0);
    for other in [text.to_uppercase(), text.to_lowercase(), text.replace(' ', "   "), text.replace(". ", ".\n")] {
        assert_eq!(shape(&written(&other).0), base, "{other}");
    }
}
