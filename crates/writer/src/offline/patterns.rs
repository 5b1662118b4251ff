//! Clause patterns: each reads one form of sentence and writes what it says into the draft.
//!
//! Invariant: a pattern returns true only if it put something into the draft (or said why not), and marks the words
//! it used; what no pattern used is reported.

mod brief;
mod bring;
mod course;
mod edit;
mod intro;
mod kept;
mod limit;
mod people;
mod remove;
mod settings;
mod site;
mod submit;
mod things;
mod translate;
mod wishes;

use super::clause::Clause;
use super::draft::Draft;
use super::lexicon::{Language, Tag, lexicon};
use super::say::Say;
use super::text::Kind;
use super::unit::{Unit, written};

pub(crate) use brief::{is_site, open};
pub(crate) use edit::{field_named, fields_named, options_beside};
pub(crate) use intro::GOES_ON;
pub(crate) use remove::{archive_entity, only_names, release_field};
pub(crate) use site::open as open_site;
pub(crate) use things::describe;
pub(crate) use wishes::{What, Wish};

/// Said of an app that is at its heart something this writer can't do: a list called chess would be no chess.
pub(crate) const CENTRAL: &str = "beyond at heart";

/// Said of an app that is named after what a mind would do: without that, only what else was told of it is left.
pub(crate) const MINDED: &str = "a mind at heart";

type Pattern = fn(&mut Draft, &mut Clause) -> bool;

/// For a new app.
const WISH: &[Pattern] = &[
    settings::read,
    limit::read,
    bring::bring,
    brief::everyone,
    people::answer,
    people::choose,
    super::access::read,
    people::invited,
    people::give,
    people::place,
    edit::required,
    edit::add,
    things::noted,
    things::described,
    things::listed,
];

/// For a change: commands first.
const CHANGE: &[Pattern] = &[
    edit::undo,
    edit::restore,
    edit::archive,
    edit::rename,
    remove::remove,
    settings::read,
    edit::required,
    edit::add_option,
    edit::add_choice,
    limit::read,
    bring::bring,
    super::access::read,
    edit::needed,
    edit::add,
    people::answer,
    people::choose,
    people::give,
    people::place,
    things::described,
    things::listed,
];

/// Reads one clause and reports what of it stayed unused.
pub(crate) fn read(draft: &mut Draft, mut clause: Clause) {
    let them = draft.person.clone().filter(|_| draft.creating && for_each_of_them(&mut clause));
    let before = draft.spec.entities.len();
    read_whole(draft, clause);
    if let Some((person, new)) = them.zip(draft.spec.entities.get(before).map(|entity| entity.id.clone())) {
        draft.links.push((new, person));
    }
}

/// "lessons (date, topic) for each of them": whose they are is said at the end.
fn for_each_of_them(clause: &mut Clause) -> bool {
    let tail =
        clause.units.iter().rev().take_while(|unit| unit.is_structure() && unit.is_any(&["for", "each", "they"]));
    let (count, they) = (tail.clone().count(), tail.clone().any(|unit| unit.is("they")));
    let told = they && tail.into_iter().any(|unit| unit.is("for")) && count > 1 && count + 2 < clause.units.len();
    if told {
        clause.units.truncate(clause.units.len() - count);
    }
    told
}

fn read_whole(draft: &mut Draft, mut clause: Clause) {
    report_typing(draft, &clause);
    let whole = clause.clone();
    if !draft.creating && translate::read(draft, &mut clause) {
        return;
    }
    intro::keeps(draft, &mut clause);
    refuse_beyond(draft, &mut clause);
    take_given(draft, &mut clause);
    if draft.creating {
        brief::notice(draft, &clause);
        // "The site should have functions for …": the app is the subject, not an introduction.
        if brief::goes_on(draft, &clause) && brief::read(draft, &mut clause) {
            return report_unused(draft, &clause);
        }
        intro::strip(draft, &mut clause);
    }
    let verbs = [
        "answer", "undo", "yesNo", "see", "edit", "create", "delete", "choose", "private", "remove", "rename", "bring",
        "sign",
    ];
    if intro::presents(draft, &mut clause) {
        return report_unused(draft, &clause);
    }
    if !draft.creating || brief::is_first(draft) {
        site::notice(draft, &whole);
    }
    let singular = |words: &[Unit]| super::noun::noun(words, draft.language).is_none_or(|named| !named.plural);
    if clause.heads && singular(&clause.units) && intro::heading(draft, &mut clause) {
        return;
    }
    if site::read(draft, &mut clause) {
        return;
    }
    let worded = clause.units.iter().any(|unit| unit.is_content() && !unit.used || unit.is_any(&verbs));
    if !worded {
        intro::heading(draft, &mut clause);
        return;
    }
    if draft.creating && super::access::owned(draft, &mut clause) {
        return report_unused(draft, &clause);
    }
    if draft.creating && brief::read(draft, &mut clause) {
        return report_unused(draft, &clause);
    }
    if things::lasts(draft, &mut clause) || course::read(draft, &mut clause) || submit::read(draft, &mut clause) {
        return report_unused(draft, &clause);
    }
    if wishes::read(draft, &mut clause) {
        return;
    }
    intro::before_deeds(draft, &mut clause);
    if super::blueprint::read(draft, &mut clause) {
        return report_unused(draft, &clause);
    }
    let patterns = if draft.creating { WISH } else { CHANGE };
    let read = patterns.iter().any(|pattern| pattern(draft, &mut clause));
    if !read && intro::heading(draft, &mut clause) {
        return;
    }
    if !read && draft.creating && kept::named(draft, &mut clause) {
        return report_unused(draft, &clause);
    }
    if !read {
        draft.missed(Say::NotUnderstood, &[&written(&clause.units)]);
        return;
    }
    report_unused(draft, &clause);
}

/// Runs of words that no pattern took.
fn report_unused(draft: &mut Draft, clause: &Clause) {
    let units = &clause.units;
    let mut at = 0;
    while at < units.len() {
        if units[at].used || !units[at].is_content() {
            at += 1;
            continue;
        }
        let end = (at..units.len()).take_while(|index| !units[*index].used).last().unwrap_or(at) + 1;
        let from =
            (0..at).rev().take_while(|index| !units[*index].used && units[*index].is_word()).last().unwrap_or(at);
        draft.missed(Say::NotUnderstood, &[&written(&units[from..end])]);
        at = end;
    }
}

fn report_typing(draft: &mut Draft, clause: &Clause) {
    for unit in &clause.units {
        if let Some(read) = &unit.read_as {
            draft.assumed(Say::AssumedTyping, &[&unit.text, read], None);
        }
    }
}

/// Takes out what this writer can't do, by name: one item of a list, or the whole clause.
fn refuse_beyond(draft: &mut Draft, clause: &mut Clause) {
    // "a chart of every month": how a chart is made up, not what happens by itself.
    let charted = clause.has(&["chartView", "sumPer", "boardView", "calendarView"]);
    let meant = |units: &[Unit], at: usize| {
        let said_otherwise = is_only_compared(units, at) || is_an_option(units, at);
        let charts = charted && units[at].beyond() == Some("automation");
        is_beyond(&units[at]) && !said_otherwise && !charts && !names_a_club(units, at, draft.language)
    };
    while let Some(at) = (0..clause.units.len()).find(|at| meant(&clause.units, *at)) {
        // Once the text has said what the app is, a word later on is not its heart.
        let unsaid = !brief::has_begun(draft) || draft.topic.is_none() && draft.out.understood.is_empty();
        let central = draft.creating && clause.opens && draft.spec.entities.is_empty() && unsaid;
        if central
            && clause.units[at]
                .beyond()
                .is_some_and(|beyond| lexicon().concepts.central.iter().any(|one| one == beyond))
        {
            draft.said.insert(CENTRAL.into());
        }
        if central && !brief::has_begun(draft) && clause.units[at].beyond() == Some("ai") {
            draft.said.insert(MINDED.into());
        }
        let beat = clause.units[at].beyond() == Some("automation") && clause.units.len() > 1;
        if beat && clause.units.iter().any(|unit| unit.is_structure() && unit.is_any(super::clause::DEEDS)) {
            let reason = draft.language.reason("automation");
            draft.missed(Say::Beyond, &[&clause.units[at].text, &reason]);
            clause.units.remove(at);
            continue;
        }
        let reason = clause.units[at].beyond().map(|beyond| draft.language.reason(beyond)).unwrap_or_default();
        let (start, end) = item_around(&clause.units, at);
        let outside =
            clause.units[..start].iter().chain(&clause.units[end..]).any(|unit| unit.is_content() && !unit.is("app"));
        let in_list = clause.units[..start].last().is_some_and(is_list_mark)
            || clause.units.get(end).is_some_and(|unit| is_list_mark(unit) && !unit.is("with"));
        let (start, end) = if outside && in_list { (start, end) } else { (0, clause.units.len()) };
        draft.missed(Say::Beyond, &[&written(&clause.units[start..end]), &reason]);
        clause.units.drain(start..end);
    }
}

/// Takes out what every app has, one item of a list each: "export to CSV", "a responsive design".
fn take_given(draft: &mut Draft, clause: &mut Clause) {
    let given = |unit: &Unit| {
        let named = unit.entity().is_some() || unit.field().is_some();
        match (unit.is("tableFile"), unit.is("handy")) {
            _ if named => None,
            (true, _) => Some(Say::TablesTravel),
            (_, true) => Some(Say::FitsScreens),
            _ => None,
        }
    };
    while let Some((at, say)) = (0..clause.units.len()).find_map(|at| Some((at, given(&clause.units[at])?))) {
        let (start, end) = item_around(&clause.units, at);
        let speaks = clause.units[start..at].iter().any(|unit| unit.is_any(&["app", "pageWord", "siteWord", "users"]));
        // "The site should have an export and a list of books": the subject stands before the first item.
        let start = if speaks && end < clause.units.len() { at } else { start };
        // "PDF invoices": only how they are given is every app's.
        let names = |unit: &Unit| unit.entity().is_some() || unit.field().is_some();
        let kept = clause.units[start..end].iter().any(|unit| names(unit) && !unit.is("app"));
        let (start, end) = if kept && draft.creating { (at, at + 1) } else { (start, end) };
        draft.understood(say, &[], "pages");
        clause.units.drain(start..end);
    }
}

/// "My alternative to Google Photos" asks for none of it.
fn is_only_compared(units: &[Unit], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| units.get(before)).is_some_and(|unit| unit.is("alternative"))
}

/// "A chess club", "un club de ajedrez": what people meet for asks for none of it.
fn names_a_club(units: &[Unit], at: usize, language: &Language) -> bool {
    let club = |unit: &Unit| language.opening("club").contains(&unit.norm);
    let after = units.get(at + 1).is_some_and(club);
    let before = units[..at].iter().rev().find(|unit| !(unit.is("of") && unit.is_structure()));
    after || language.grammar().head_first && before.is_some_and(club)
}

/// "(cash, PayPal, cheque)": a word by itself in a list of choices asks for nothing.
fn is_an_option(units: &[Unit], at: usize) -> bool {
    let alone = |unit: Option<&Unit>| {
        unit.is_some_and(|unit| {
            matches!(unit.kind, Kind::Comma | Kind::Open | Kind::Close | Kind::Slash) || unit.is("or")
        })
    };
    let open = units[..at].iter().rposition(|unit| unit.kind == Kind::Open);
    let inside = open.filter(|open| !units[*open..at].iter().any(|unit| unit.kind == Kind::Close));
    inside.is_some() && alone(units[..at].last()) && alone(units.get(at + 1))
}

fn is_beyond(unit: &Unit) -> bool {
    unit.beyond().is_some() && unit.tags.iter().all(|tag| matches!(tag, Tag::Beyond(_) | Tag::Filler))
}

fn is_list_mark(unit: &Unit) -> bool {
    matches!(unit.kind, Kind::Comma | Kind::Open | Kind::Close | Kind::Colon)
        || unit.is_any(&["and", "or", "with", "where"])
}

fn item_around(units: &[Unit], at: usize) -> (usize, usize) {
    let start = (0..at).rev().take_while(|index| !is_list_mark(&units[*index])).last().unwrap_or(at);
    let end = (at..units.len())
        .take_while(|index| !is_list_mark(&units[*index]) || units[*index].is("with"))
        .last()
        .unwrap_or(at)
        + 1;
    (start, end)
}
