//! What is said about the whole: boards and calendars, the order of lists, what to draw attention to, who sees a
//! detail, how many at most, and what nobody may change.
//!
//! These speak of fields that later sentences or a blueprint may bring, so they are remembered and applied when the
//! whole text is read. Invariant: each remembered wish ends as understood or as not understood, with its own words.

use super::super::clause::Clause;
use super::super::draft::{Draft, Focus};
use super::super::text::Kind;
use super::super::unit::{Unit, written};
use crate::spec::PageKind;

/// A wish that waits for the end of the text.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    /// What is wished.
    pub(crate) what: What,
    /// The clause's words.
    pub(crate) words: Vec<Unit>,
    /// What the talk was about.
    pub(crate) focus: Option<String>,
    /// As the person wrote it.
    pub(crate) quote: String,
}

/// The kinds of wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A page of this kind.
    View(PageKind),
    /// "most urgent first", "newest on top".
    Order {
        /// Largest or latest first.
        descending: bool,
    },
    /// "remind me 7 days after the last note".
    Days {
        /// Negative: before.
        days: i32,
    },
    /// "warn when the temperature is above -18".
    Limit {
        /// As written.
        value: String,
        /// Else below.
        above: bool,
    },
    /// "phone numbers only for the volunteer who took it".
    SeenBy,
    /// "nobody may take more than three open deliveries".
    AtMost {
        /// The limit.
        most: u32,
    },
    /// "nobody can change what was written".
    Fixed,
    /// "show the most lent tools": how many rows refer to each.
    Counted,
}

const VIEWS: &[(&str, PageKind)] = &[
    ("boardView", PageKind::Board),
    ("calendarView", PageKind::Calendar),
    ("galleryView", PageKind::Gallery),
    ("timelineView", PageKind::Timeline),
    ("chartView", PageKind::Summary),
    ("sumPer", PageKind::Summary),
];

/// Reads such a wish.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    let views = views(clause);
    if !views.is_empty() {
        views.into_iter().for_each(|(view, words)| remember(draft, words, What::View(view)));
        clause.take_all();
        return true;
    }
    let Some(what) = counted(clause)
        .or_else(|| order(clause))
        .or_else(|| days(draft, clause))
        .or_else(|| limit(clause))
        .or_else(|| at_most(draft, clause))
        .or_else(|| fixed(clause))
        .or_else(|| seen_by(draft, clause))
    else {
        return false;
    };
    remember(draft, clause.units.clone(), what);
    clause.take_all();
    true
}

/// The view that words ask for.
pub(crate) fn view_of(words: &[Unit]) -> Option<What> {
    words.iter().find_map(|unit| VIEWS.iter().find(|(key, _)| unit.is(key))).map(|(_, kind)| What::View(*kind))
}

pub(crate) fn remember(draft: &mut Draft, words: Vec<Unit>, what: What) {
    let focus = match &draft.focus {
        Some(Focus::Entity(id) | Focus::Field(id, _)) => Some(id.clone()),
        None => None,
    };
    let quote = written(&words);
    draft.wishes.push(Wish { what, words, focus, quote });
}

/// "a board by stage and the sum per stage": nothing in the clause but views and what they go by.
fn views(clause: &Clause) -> Vec<(PageKind, Vec<Unit>)> {
    let mut found: Vec<(PageKind, Vec<Unit>)> = Vec::new();
    if clause.has(&["have", "may", "only"]) || clause.units.iter().any(|unit| unit.kind == Kind::Colon) {
        return found;
    }
    let parts = clause.units.split(|unit| unit.kind == Kind::Comma || unit.is("and") && unit.is_structure());
    for part in parts.filter(|part| part.iter().any(Unit::is_word)) {
        let view = part.iter().find_map(|unit| VIEWS.iter().find(|(key, _)| unit.is(key)).map(|(_, kind)| *kind));
        match view {
            Some(kind) => found.push((kind, part.to_vec())),
            None => return Vec::new(),
        }
    }
    found
}

/// "show the most lent tools", "which books are borrowed most".
fn counted(clause: &Clause) -> Option<What> {
    let deed = clause.has(&["lend", "borrow", "buy", "book", "vote", "rate"]);
    (clause.has(&["show", "see", "want"]) && clause.has(&["most"]) && deed).then_some(What::Counted)
}

fn order(clause: &Clause) -> Option<What> {
    // "warn me when it is on top of 5", "remind me a day earlier": the words of place and time, not of an order.
    if clause.has(&["remind", "warn", "cancel"]) {
        return None;
    }
    let first = clause.find(&["latestFirst"])?;
    // "a term (the first, the second)": a choice.
    if clause.units[..first].iter().any(|unit| unit.kind == Kind::Open) {
        return None;
    }
    let short = clause.units.iter().filter(|unit| unit.is_word()).count() <= 8;
    let worded = clause.units.iter().any(|unit| unit.is_content()) || clause.has(&["most"]);
    let whole = !clause.has(&["have", "may", "answer", "choose"]) && first > 0 || clause.has(&["most"]);
    (short && worded && whole).then(|| What::Order { descending: clause.has(&["most"]) })
}

fn days(draft: &Draft, clause: &Clause) -> Option<What> {
    clause.find(&["remind", "warn"])?;
    let at = clause.units.iter().position(|unit| unit.kind == Kind::Number);
    let weeks = clause.has(&["week"]);
    // "a week before"
    let unsaid = u32::from(weeks);
    let number = at.and_then(|at| draft.language.number(&clause.units[at].norm)).unwrap_or(unsaid);
    if at.is_some() && !weeks && !clause.has(&["day"]) {
        return None;
    }
    let days = i32::try_from(number.min(10_000)).ok()? * if weeks { 7 } else { 1 };
    let before = clause.has(&["before"]);
    let placed = before || clause.has(&["after"]) || clause.has(&["remind"]);
    placed.then_some(What::Days { days: if before { -days } else { days } })
}

fn limit(clause: &Clause) -> Option<What> {
    clause.find(&["warn", "remind", "show"])?;
    let side = clause.find(&["above", "below"])?;
    let is_number = |unit: &&Unit| unit.kind == Kind::Number;
    // Where the side is said after it, the number stands before.
    let number =
        clause.units[side..].iter().find(is_number).or_else(|| clause.units[..side].iter().rfind(is_number))?;
    Some(What::Limit { value: number.text.clone(), above: clause.units[side].is("above") })
}

/// What people take, as concepts.
const TAKEN: &[&str] = &["appointment", "loan", "order", "registration", "delivery"];

fn at_most(draft: &Draft, clause: &Clause) -> Option<What> {
    let person = clause.has(&["nobody", "perPerson", "everyone", "each", "they"])
        || clause.units.iter().any(|unit| unit.is_content() && names_people(draft, unit));
    let more = clause.has(&["atMost", "above", "perPerson"]);
    let per = clause.units.windows(2).any(|pair| pair[0].is("each") && names_people(draft, &pair[1]));
    let deed = clause.has(&["may", "takeOn", "borrow", "book", "perPerson", "not", "nobody"]);
    // "Each customer has at most 3 open bookings": what people take, not what is kept of them.
    let taken =
        clause.has(&["have"]) && clause.units.iter().any(|unit| unit.entity().is_some_and(|id| TAKEN.contains(&id)));
    let limited = person && more && (deed || per && (taken || !draft.creating));
    let number = clause.units.iter().find(|unit| unit.kind == Kind::Number);
    match number {
        Some(number) if limited => Some(What::AtMost { most: draft.language.number(&number.norm)? }),
        // "limited per visitor": how many is for the writer to say.
        None if clause.has(&["perPerson"]) => Some(What::AtMost { most: 5 }),
        _ => None,
    }
}

fn names_people(draft: &Draft, unit: &Unit) -> bool {
    draft.find_units(std::slice::from_ref(unit)).is_some_and(|id| draft.is_person(&id))
}

fn fixed(clause: &Clause) -> Option<What> {
    clause.has(&["freeze"]).then_some(What::Fixed)
}

/// "phone numbers only for the volunteer who took it", "only the manager sees the price".
fn seen_by(draft: &Draft, clause: &Clause) -> Option<What> {
    let only = clause.find(&["only", "private"])?;
    let field = clause.units.iter().position(|unit| unit.field().is_some() && unit.entity().is_none())?;
    let shown = clause.find(&["for", "see", "to"])?;
    let others = clause.units.iter().any(|unit| {
        unit.entity().is_some_and(|_| !names_people(draft, unit)) && unit.field().is_none() && unit.role().is_none()
    });
    (field < only.max(shown) || only < field).then_some(What::SeenBy).filter(|_| !others)
}
