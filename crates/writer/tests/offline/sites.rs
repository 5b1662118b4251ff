//! Sites that show what somebody does: each section of their list becomes a page that strangers can open.

use writer::spec::{AppSpec, Page, PageKind, VISITOR};

use crate::{changed, ids, written};

/// One site in five languages: rows, gallery, about, hours, team, questions, voices, contact.
const SITES: &[&str] = &[
    "Website for a hair salon in Bristol: services with prices, gallery, about us, opening hours, our team, FAQ, testimonials and a contact form.",
    "Webseite für meinen Friseursalon: Leistungen mit Preisen, Galerie, Über uns, Öffnungszeiten, Team, FAQ, Kundenstimmen und ein Kontaktformular.",
    "Un site pour mon salon de coiffure : services avec prix, galerie, à propos de nous, horaires d'ouverture, notre équipe, questions fréquentes, témoignages et un formulaire de contact.",
    "Una página web para mi peluquería: servicios con precios, galería, quiénes somos, horario de apertura, nuestro equipo, preguntas frecuentes, testimonios y formulario de contacto.",
    "Um site para o meu salão: serviços com preços, galeria, quem somos, horário de funcionamento, nossa equipe, perguntas frequentes, depoimentos e formulário de contato.",
];

fn open(spec: &AppSpec, kind: PageKind) -> Vec<&Page> {
    let opens = |page: &&Page| page.kind == kind && page.roles.iter().any(|role| role == VISITOR);
    spec.pages.iter().filter(opens).collect()
}

#[test]
fn every_section_is_a_page_for_everybody() {
    for text in SITES {
        let (spec, understanding) = written(text);
        assert_eq!(understanding.not_understood, [], "{text}");
        assert_eq!(open(&spec, PageKind::Text).len(), 2, "{text}");
        assert_eq!(open(&spec, PageKind::Form).len(), 1, "{text}");
        assert_eq!(open(&spec, PageKind::Gallery).len(), 1, "{text}");
        for thing in ["service", "faq", "testimonial", "employee"] {
            let grant = spec.entity(thing).and_then(|entity| entity.grant(VISITOR));
            assert!(
                grant.is_some_and(|grant| grant.read.is_some() && !grant.create),
                "{text}: {thing} {:?}",
                ids(&spec)
            );
        }
        assert!(spec.entity("message").and_then(|one| one.grant(VISITOR)).is_some_and(|grant| grant.read.is_none()));
    }
}

#[test]
fn the_text_that_was_given_stands_on_its_page() {
    let (spec, understanding) = written(
        "We need a website for our vet practice with services. About us: A family practice since 1987. Opening hours: Mon-Fri 9-18, Sat 9-12.",
    );
    let texts: Vec<&str> = open(&spec, PageKind::Text).iter().map(|page| page.text.as_str()).collect();
    assert_eq!(texts, ["A family practice since 1987", "Mon-Fri 9-18, Sat 9-12"]);
    assert_eq!(understanding.not_understood, []);
}

#[test]
fn sections_come_later_too_and_only_where_strangers_look() {
    let (spec, _) = written(SITES[0]);
    let more = changed(&spec, "Add a price list and a page about how to find us").spec;
    assert!(more.pages.iter().filter(|page| page.kind == PageKind::Text).count() > 2, "{:?}", more.pages);
    let (list, _) = written("Members have a name and an email.");
    let with = changed(&list, "Add testimonials").spec;
    assert!(with.entity("testimonial").is_some_and(|entity| entity.grant(VISITOR).is_none()));
}

#[test]
fn people_and_money_are_never_shown() {
    let (spec, _) =
        written("Website for our club: about us, contact form, members with name and phone, invoices with an amount.");
    for thing in ["member", "invoice"] {
        assert!(spec.entity(thing).is_some_and(|entity| entity.grant(VISITOR).is_none()), "{thing}");
    }
}
