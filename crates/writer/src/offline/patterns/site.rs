//! Sites that show what somebody does: "a website for my salon: services, gallery, about us, opening hours, contact".
//! What its list names is shown to everybody: pages of words, pages of rows, a form.
//!
//! Invariant: an item is taken only if all its words name a section; the rest of the list is read as usual.

use super::super::blueprint::{Told, section};
use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::field::{Item, items};
use super::super::lexicon::{Language, Shape, Tag, lexicon};
use super::super::noun::shape;
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::{Unit, written};
use crate::spec::{Page, VISITOR};

/// Said of an app whose first clause calls it a site.
const WEB: &str = "a site for all";
/// Said of a site of which sections were named.
const SECTIONS: &str = "sections of a site";

/// Notices whether the first clause calls the app a site that is not only for those who run it.
pub(super) fn notice(draft: &mut Draft, clause: &Clause) {
    let public = |page: &Page| page.roles.iter().any(|role| role == VISITOR);
    if !draft.creating && draft.spec.pages.iter().any(public) {
        draft.said.insert(WEB.into());
    }
    if !draft.creating {
        return;
    }
    if clause.has(&["siteWord"]) && !clause.has(&["inside", "only", "private"]) {
        draft.said.insert(WEB.into());
    }
}

/// On a site, "people can see our services" speaks of whoever opens it.
fn strangers(draft: &mut Draft, clause: &mut Clause) {
    let person = clause.units.iter().take(3).position(|unit| unit.entity() == Some("person"));
    let Some(at) = person.filter(|at| clause.units.get(at + 1).is_some_and(|next| next.is_any(&["may", "must"])))
    else {
        return;
    };
    if clause.units[..at].iter().all(|unit| !unit.is_content()) {
        draft.folded.push((VISITOR.to_owned(), clause.units[at].text.clone()));
        clause.units[at].tags = vec![Tag::Function("everyone")];
    }
}

/// Takes the sections out of a clause; whether nothing else is left of it.
pub(super) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    if !draft.said.contains(WEB) {
        return false;
    }
    strangers(draft, clause);
    if !draft.creating && !commanded(draft, clause) {
        return false;
    }
    worded(draft, clause) || listed(draft, clause)
}

/// "Add a contact form and an FAQ": of an app that shows pages to everybody.
fn commanded(draft: &Draft, clause: &mut Clause) -> bool {
    let verb = clause.units.iter().position(|unit| unit.is_any(&["add", "want"]));
    let Some(verb) = verb.filter(|verb| clause.units[..*verb].iter().all(|unit| !unit.is_content())) else {
        return false;
    };
    let rest = &clause.units[verb + 1..];
    let text = rest.iter().position(|unit| unit.kind == Kind::Colon).unwrap_or(rest.len());
    let whole = items(&rest[..text]).iter().all(|item| named(item, draft.language).is_some())
        && rest[..text].iter().any(Unit::is_word);
    if whole {
        clause.units.drain(..=verb);
    }
    whole
}

/// "About us: we have baked since 1950", "our opening hours are Monday to Friday": what the page says.
fn worded(draft: &mut Draft, clause: &mut Clause) -> bool {
    let units = &clause.units;
    let lead = units.iter().take_while(|unit| unit.is_any(&["det", "poss"]) && !unit.is_content()).count();
    let Some((unit, told)) = units.get(lead).and_then(|unit| Some((unit, section(unit)?))) else { return false };
    let says = units.get(lead + 1).is_some_and(|next| next.kind == Kind::Colon || next.is("be"));
    let whole = unit.is("openFrom");
    let text = written(if whole { units } else { units.get(lead + 2..).unwrap_or_default() });
    if !(says || whole) || !told.worded || text.is_empty() {
        return false;
    }
    tell(draft, told.id, (capital(&text), text), None);
    clause.take_all();
    true
}

/// The first letter large; the text is whole.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn listed(draft: &mut Draft, clause: &mut Clause) -> bool {
    let colon = clause.units.iter().position(|unit| unit.kind == Kind::Colon).map_or(0, |colon| colon + 1);
    let with = clause.units[colon..].iter().take(1).filter(|unit| unit.is_any(&["with", "have"])).count();
    let start = colon + with;
    let list = items(&clause.units[start..]);
    let sections: Vec<(&Item, Named)> =
        list.iter().filter_map(|item| Some((item, named(item, draft.language)?))).collect();
    if sections.is_empty() {
        return false;
    }
    let taken: Vec<Option<usize>> =
        sections.iter().flat_map(|(item, _)| item.units.iter().chain(&item.inner).map(|unit| unit.at)).collect();
    let told: Vec<Named> = sections.into_iter().map(|(_, named)| named).collect();
    for named in told {
        tell(draft, named.id, (String::new(), named.quote), named.who);
    }
    clause.units.retain(|unit| unit.at.is_none() || !taken.contains(&unit.at));
    tidy(clause);
    !clause.units.iter().any(Unit::is_content)
}

/// Commas and connectors that stand beside nothing.
fn tidy(clause: &mut Clause) {
    let joins = |unit: &Unit| {
        matches!(unit.kind, Kind::Comma | Kind::Open | Kind::Close) && unit.text != "(" && unit.text != ")"
            || unit.is("and") && unit.is_structure()
    };
    let mut kept: Vec<Unit> = Vec::new();
    for unit in clause.units.drain(..) {
        let doubled = joins(&unit) && kept.last().is_none_or(|last| joins(last) || last.kind == Kind::Colon);
        if !doubled {
            kept.push(unit);
        }
    }
    while kept.last().is_some_and(|last| joins(last) || last.kind == Kind::Colon) {
        kept.pop();
    }
    clause.units = kept;
}

/// An item that names a section.
struct Named {
    id: &'static str,
    /// Whom it shows: "a team page with our stylists".
    who: Option<Vec<Unit>>,
    quote: String,
}

/// "a team page with our stylists", "about us", "a contact form": nothing but a section and whom it shows. "Contacts"
/// are kept, "contact" is a way to write.
fn named(item: &Item, language: &Language) -> Option<Named> {
    let names = |unit: &Unit| {
        section(unit).is_some()
            && (unit.is_structure() || unit.entity() != Some("contact") || !unit.is_plural(language))
    };
    let at = item.units.iter().position(names)?;
    let told = section(&item.units[at])?;
    let mere = |unit: &Unit| !unit.is_content() || unit.is_any(&["app", "pageWord", "containerWord", "siteWord"]);
    let tail = item.units[at + 1..].iter().position(|unit| !mere(unit) || unit.is("with")).map(|tail| at + 1 + tail);
    let who = tail.map(|tail| item.units[tail..].iter().filter(|unit| !unit.is("with")).cloned().collect::<Vec<_>>());
    let people = |words: &Vec<Unit>| {
        let person = |unit: &Unit| unit.entity().is_none_or(|concept| shape(Some(concept)) == Some(Shape::Person));
        told.people && words.iter().filter(|unit| unit.is_content()).all(person)
    };
    let plain = item.units[..at].iter().all(mere) && item.inner.is_empty();
    (plain && who.as_ref().is_none_or(people)).then(|| Named { id: told.id, who, quote: written(&item.units) })
}

fn tell(draft: &mut Draft, id: &'static str, (text, quote): (String, String), who: Option<Vec<Unit>>) {
    draft.said.insert(SECTIONS.into());
    if !draft.spec.blueprints.iter().any(|one| one == id) {
        draft.spec.blueprints.push(id.to_owned());
    }
    let mut told = Told { blueprint: id.to_owned(), text, quote, ..Told::default() };
    let words = who.filter(|words| words.iter().any(Unit::is_content));
    if let Some((words, entity)) = words.and_then(|words| draft.entity(&words).map(|entity| (words, entity))) {
        draft.folded.push((entity.clone(), written(&words)));
        told.bound.push(("person".into(), entity));
    }
    draft.told.push(told);
}

/// What a site with sections keeps is there to be seen: said as assumed, and never for people or money.
pub(crate) fn open(draft: &mut Draft) {
    if !draft.said.contains(if draft.creating { SECTIONS } else { WEB }) {
        return;
    }
    for entity in draft.spec.entities.clone() {
        let concept = draft.known(&entity.id).concept;
        let known = concept.and_then(|concept| lexicon().concepts.entity.get(concept));
        // What is added later is shown only if it is nothing but that.
        let personal = known.is_some_and(|one| one.personal) || !draft.creating && !known.is_some_and(|one| one.shown);
        let kept = personal || matches!(shape(concept), Some(Shape::Person | Shape::Money));
        let told = draft.said.contains(&format!("manages {}", entity.id))
            || draft.allowances.iter().any(|allowance| allowance.entity.as_deref() == Some(entity.id.as_str()));
        if kept || told || !entity.access.is_empty() || entity.person.is_some() || !draft.known(&entity.id).new {
            continue;
        }
        super::super::access::open(draft, &entity.id, false);
        draft.assumed(Say::AssumedPublic, &[&entity.plural], Some(&format!("entities/{}/access", entity.id)));
    }
}
