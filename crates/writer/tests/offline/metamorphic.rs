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
