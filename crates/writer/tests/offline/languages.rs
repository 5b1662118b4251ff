//! Wishes in other languages that the lexicon has words for.

use writer::spec::{FieldKind, OWNER, Scope};

use crate::{capacity, field, options, sees, written};

fn is_the_wedding(text: &str, language: &str) {
    let (spec, understanding) = written(text);
    assert_eq!(spec.language, language, "{text}");
    assert!(understanding.not_understood.is_empty(), "{text}\n{:?}", understanding.not_understood);
    assert_eq!(field(&spec, "guest", "phone").kind, FieldKind::Phone);
    assert_eq!(field(&spec, "guest", "attending").kind, FieldKind::YesNo);
    assert_eq!(options(field(&spec, "guest", "meal")).len(), 3, "{text}");
    assert!(capacity(&spec, "table").is_some(), "{text}");
    assert_eq!(sees(&spec, "budgetItem", "guest"), None);
    assert_eq!(sees(&spec, "budgetItem", "partner"), Some(Scope::All), "{text}");
    assert_eq!(sees(&spec, "budgetItem", OWNER), Some(Scope::All));
}

#[test]
fn german() {
    is_the_wedding(
        "Ich möchte eine Seite für unsere Hochzeit. Gäste haben einen Namen, eine E-Mail und eine Telefonnummer. Sie antworten ja oder nein und wählen ein Essen (Fleisch, Fisch oder vegetarisch). Wir haben Tische mit einer Anzahl Plätze. Wir verfolgen das Budget: was, wie viel, bezahlt oder nicht. Nur meine Partnerin und ich dürfen das Budget sehen.",
        "de",
    );
}

#[test]
fn spanish() {
    is_the_wedding(
        "Quiero un sitio para nuestra boda. Los invitados tienen un nombre, un correo y un teléfono. Ellos responden sí o no y eligen un menú (carne, pescado o vegetariano). Tenemos mesas con un número de asientos. Presupuesto: qué, cuánto, pagado o no. Solo mi pareja y yo podemos ver el presupuesto.",
        "es",
    );
}

#[test]
fn french() {
    is_the_wedding(
        "Je voudrais un site pour notre mariage. Les invités ont un nom, un e-mail et un téléphone. Ils répondent oui ou non et choisissent un repas (viande, poisson ou végétarien). Nous avons des tables avec un nombre de places. Budget: quoi, combien, payé ou non. Seuls mon mari et moi peuvent voir le budget.",
        "fr",
    );
}

#[test]
fn portuguese() {
    is_the_wedding(
        "Quero um site para o nosso casamento. Os convidados têm um nome, um e-mail e um telefone. Eles respondem sim ou não e escolhem um menu (carne, peixe ou vegetariano). Temos mesas com um número de lugares. Orçamento: quê, quanto, pago ou não. Só o meu marido e eu podemos ver o orçamento.",
        "pt",
    );
}
