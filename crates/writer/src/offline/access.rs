//! Who may do what: "only A and B may see X", "X is visible to R", "R can't change X", "keep X private".
//!
//! Invariant: a sentence is kept until the whole text is read and then applied in order, so that it may name things
//! that the text introduces later; whom it does not name keeps what they had, except where it says "only".

mod apply;
mod fields;
mod viewers;

use super::clause::Clause;
use super::draft::{Draft, Focus};
use super::lexicon::Shape;
use super::noun::{noun, shape};
use super::say::Say;
use super::text::Kind;
use super::unit::{Unit, written};

pub(crate) use apply::{
    apply, full, hidden, is_manager, is_money, make_role, none, open, own, person_role, prepare, role_name,
};
pub(crate) use viewers::viewers;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// See rows.
    See,
    /// Change rows.
    Edit,
    /// Add rows.
    Create,
    /// Delete rows.
    Delete,
}

/// One sentence about access, as said.
#[derive(Clone, Debug)]
pub(crate) struct Allowance {
    /// Nobody else.
    pub(crate) only: bool,
    /// May not.
    pub(crate) negative: bool,
    /// The people.
    pub(crate) who: Vec<Unit>,
    /// What they do.
    pub(crate) actions: Vec<Action>,
    /// The things; empty for everything.
    pub(crate) what: Vec<Unit>,
    /// Only their own rows.
    pub(crate) own: bool,
    /// The sentence, to quote.
    pub(crate) quote: String,
    /// The thing by id, where the words don't name it.
    pub(crate) entity: Option<String>,
}

const VERBS: &[&str] = &["see", "edit", "create", "delete"];
const SPOTS: &[&str] =
    &["visible", "seen", "shown", "viewable", "readable", "viewed", "accessible", "edited", "changed"];

/// Reads a clause about access; everything it uses is marked.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    // "hide collected items": of a thing that is more closely described, not all is meant.
    let whole = |allowance: &Allowance| {
        let named = draft.find_units(&allowance.what).filter(|_| !draft.creating);
        named.is_none_or(|id| super::patterns::only_names(draft, &id, &allowance.what))
    };
    let Some(mut allowance) = passive(clause)
        .or_else(|| shown_to(clause))
        .or_else(|| shown_publicly(clause))
        .or_else(|| public(clause))
        .or_else(|| private(clause).filter(whole))
        .or_else(|| elliptic(clause, draft.allowances.last()))
        .or_else(|| active(draft, clause))
    else {
        return false;
    };
    // "a doctor sees appointments-theirs only": what "only" is about is whose they are.
    let theirs = |unit: &Unit| unit.is_content() && draft.language.grammar().owns(&unit.text);
    if clause.has(&["only"]) && !allowance.own && (allowance.what.iter().any(theirs) || only_theirs(&allowance)) {
        (allowance.own, allowance.only) = (true, false);
    }
    draft.last_who.clone_from(&allowance.who);
    fields::named(draft, &mut allowance);
    let but = excepted(&mut allowance);
    if let Some(not) = denied(&mut allowance) {
        draft.missed(Say::NotUnderstood, &[&not]);
    }
    if draft.creating && allowance.entity.is_none() {
        mention(draft, &allowance.what);
    }
    if allowance.what.iter().all(|unit| !unit.is_content())
        && allowance.what.iter().any(|unit| unit.is_any(&["they", "det"]))
    {
        allowance.entity = match &draft.focus {
            Some(Focus::Entity(id) | Focus::Field(id, _)) => Some(id.clone()),
            None => None,
        };
    }
    if allowance.entity.is_none() && names_handed_in(draft, &allowance.what) {
        allowance.entity.clone_from(&draft.handed_in);
        draft.folded.extend(draft.handed_in.clone().map(|id| (id, written(&allowance.what))));
    }
    // "they see only their own", of what they hand in; their own data are their own entries.
    let mere = |unit: &Unit| !unit.is_content() && !unit.is_any(&["field", "containerWord"]);
    if allowance.own && allowance.entity.is_none() && allowance.what.iter().all(mere) {
        allowance.entity.clone_from(&draft.handed_in);
    }
    clause.take_all();
    draft.allowances.push(allowance);
    draft.allowances.extend(but);
    true
}

/// "families publish and manage their own notices": people who add a thing and keep theirs of it.
pub(crate) fn owned(draft: &mut Draft, clause: &mut Clause) -> bool {
    let units = &clause.units;
    let does = |unit: &Unit| {
        unit.is_structure() && (unit.is_any(VERBS) || unit.is_any(&["makes", "publish", "add", "track", "remove"]))
    };
    let Some(verb) = units.iter().position(does) else { return false };
    let Some(own) = (verb..units.len()).find(|at| units[*at].is("own")) else { return false };
    let joins = |unit: &Unit| does(unit) || unit.is_any(&["and", "poss", "det"]) || unit.kind == Kind::Comma;
    let making = units[verb..own].iter().any(|unit| unit.is_any(&["makes", "create", "publish", "add"]));
    let who = without(&units[..verb], &["may", "must", "where"]);
    let what = units[own + 1..].to_vec();
    let several = units[verb..own].iter().all(joins) && is_strange(&who) && making;
    if !several || !what.iter().all(Unit::is_content) || draft.entity(&what).is_none() {
        return false;
    }
    let said = |keys: &[&str]| units[verb..own].iter().any(|unit| unit.is_any(keys));
    let mut actions = vec![Action::See, Action::Create];
    actions.extend(said(&["edit", "track"]).then_some(Action::Edit));
    actions.extend(said(&["delete", "remove", "track"]).then_some(Action::Delete));
    let quote = quote(clause);
    clause.take_all();
    let (only, negative, own, entity) = (false, false, true, None);
    draft.allowances.push(Allowance { only, negative, who, actions, what, own, quote, entity });
    true
}

/// "everything except the diagnosis": what stands behind "except" is not for them.
fn excepted(allowance: &mut Allowance) -> Option<Allowance> {
    let at = allowance.what.iter().position(|unit| unit.is("except") && unit.is_structure())?;
    let what = allowance.what.split_off(at).split_off(1);
    let told = !allowance.negative && what.iter().any(Unit::is_content);
    told.then(|| Allowance { negative: true, only: false, own: false, what, ..allowance.clone() })
}

/// "the status but not the cost": a verb's second object is not withheld while the first is given.
fn denied(allowance: &mut Allowance) -> Option<String> {
    let at = allowance.what.iter().position(|unit| unit.is("not") && unit.is_structure()).filter(|at| *at > 0)?;
    let what = allowance.what.split_off(at);
    while allowance.what.pop_if(|last| last.is_structure() || !last.is_word()).is_some() {}
    let told = what.iter().any(Unit::is_content) && allowance.what.iter().any(Unit::is_content);
    told.then(|| written(&what))
}

/// "each shop sees only its orders": whose they are is said by the article.
fn only_theirs(allowance: &Allowance) -> bool {
    let somebody = !allowance.who.iter().any(|unit| unit.is_any(&["me", "we", "nobody"]));
    let lead = allowance.what.iter().take_while(|unit| !unit.is_content());
    let sees = allowance.actions == [Action::See] && !allowance.negative;
    sees && somebody && lead.into_iter().any(|unit| unit.is("poss"))
}

/// "tenants don't see the reports of others": what was handed in, by another word for it.
fn names_handed_in(draft: &Draft, what: &[Unit]) -> bool {
    let mut content = what.iter().filter(|unit| unit.is_content() && !unit.is("eachOther"));
    let reports =
        content.next().is_some_and(|unit| draft.language.is_handed_in(&unit.norm)) && content.next().is_none();
    reports && draft.find_units(what).is_none()
}

/// "leaders see all children, parents only their own": the verb and the thing are those of the sentence before.
fn elliptic(clause: &Clause, last: Option<&Allowance>) -> Option<Allowance> {
    let units = &clause.units;
    let only = units.iter().position(|unit| unit.is("only"))?;
    let (who, rest) = (&units[..only], &units[only + 1..]);
    let theirs = |unit: &Unit| unit.is_any(&["own", "poss", "they", "theirs"]);
    let named = last.map(|last| &last.what)?;
    let repeated = |unit: &Unit| named.iter().any(|one| one.is_content() && one.norm == unit.norm);
    let plain = rest.iter().all(|unit| unit.is_word() && (!unit.is_content() || theirs(unit) || repeated(unit)));
    let verb = units.iter().any(|unit| unit.is_any(VERBS) && unit.entity().is_none());
    let somebody =
        who.iter().any(Unit::is_content) && who.iter().all(|unit| unit.is_content() || unit.is_any(&["det", "each"]));
    let told = !clause.opens && somebody && !verb && plain && rest.iter().any(theirs);
    let last = last.filter(|last| told && !last.negative)?;
    Some(Allowance { only: false, who: who.to_vec(), own: true, quote: quote(clause), ..last.clone() })
}

/// A known thing may be named here before it is described.
fn mention(draft: &mut Draft, what: &[Unit]) {
    for item in super::field::items(what) {
        let named = noun(&item.units, draft.language).and_then(|named| named.concept);
        if shape(named).is_some_and(|shape| shape != Shape::Person)
            && item.units.iter().all(|unit| unit.field().is_none())
        {
            let _ = draft.entity(&item.units);
        }
    }
}

fn quote(clause: &Clause) -> String {
    written(&clause.units)
}

/// "X is only visible to A", "X: only for A and B".
fn passive(clause: &Clause) -> Option<Allowance> {
    let units = &clause.units;
    let verb = units.iter().position(|unit| {
        unit.is("visible")
            || unit.is_any(VERBS) && SPOTS.iter().any(|spot| unit.norm.split(' ').any(|word| word == *spot))
    });
    // "só a professora": at the front, what is written like a preposition is an article.
    let article = |at: usize| at == 0 && units[1].is("det");
    let only_for = units
        .windows(2)
        .position(|pair| pair[0].is("only") && pair[1].is_any(&["for", "to", "by"]))
        .filter(|at| !article(*at));
    let pivot = verb.or(only_for)?;
    if units[..pivot].iter().any(|unit| unit.kind == Kind::Open) {
        return None;
    }
    let to = (pivot..units.len()).find(|at| units[*at].is_any(&["to", "by", "for"]))?;
    let what = without(&units[..pivot], &["be", "only", "not", "private", "may", "must", "and"]);
    let who = units[to + 1..].to_vec();
    if who.iter().all(|unit| !unit.is_word()) {
        return None;
    }
    Some(Allowance {
        only: units.iter().any(|unit| unit.is("only")),
        negative: units[..to].iter().any(|unit| unit.is("not")),
        who,
        actions: verb.map_or(vec![Action::See], |at| actions(&units[at..=at])),
        what,
        own: false,
        quote: quote(clause),
        entity: None,
    })
}

/// "show X to A", "share X with A".
fn shown_to(clause: &Clause) -> Option<Allowance> {
    let units = &clause.units;
    let verb = units.iter().position(|unit| unit.is("show") && unit.entity().is_none()).filter(|at| *at < 4)?;
    let to = (verb..units.len()).find(|at| units[*at].is_any(&["to", "with"]) && units[*at].field().is_none())?;
    let (what, who) = (units[verb + 1..to].to_vec(), units[to + 1..].to_vec());
    let told = what.iter().any(Unit::is_content)
        && who.iter().any(Unit::is_word)
        && !units[..verb].iter().any(|unit| unit.is_content() || unit.is("they"));
    told.then(|| Allowance {
        only: units.iter().any(|unit| unit.is("only")),
        negative: units[..verb].iter().any(|unit| unit.is("not")),
        who: without(&who, &["only"]),
        actions: vec![Action::See],
        what: without(&what, &["only"]),
        own: false,
        quote: quote(clause),
        entity: None,
    })
}

/// "show X on the public page".
fn shown_publicly(clause: &Clause) -> Option<Allowance> {
    let units = &clause.units;
    let shows = |unit: &Unit| unit.is("show") && unit.entity().is_none() && !unit.is("publicWord");
    let verb = units.iter().position(shows)?;
    // "the public page": in front of a noun, who sees it is where it is seen.
    let names = |at: &usize| units[*at].is("everyone") && units.get(at + 1).is_some_and(Unit::is_word);
    let at = units.iter().position(|unit| unit.is("publicWord")).or_else(|| (verb..units.len()).find(names))?;
    let place = |place: usize, unit: &Unit| {
        let beside = place.abs_diff(at) == 1 && unit.field().is_none() && unit.entity().is_none();
        beside || unit.is_any(&["publicWord", "pageWord", "siteWord", "show", "app"])
    };
    let marks = |unit: &Unit| matches!(unit.kind, Kind::Colon | Kind::Open) || unit.is_any(&["have", "with", "only"]);
    let shown = |(index, unit): &(usize, &Unit)| unit.is_content() && !place(*index, unit);
    let what: Vec<Unit> = units.iter().enumerate().filter(shown).map(|(_, unit)| unit.clone()).collect();
    let subject = units[..verb.min(at)].iter().any(|unit| unit.is("they"));
    let named = !what.is_empty() && !subject && !units.iter().any(marks);
    named.then(|| seen_by(clause, &units[at], what, units.iter().any(|unit| unit.is("not"))))
}

/// Somebody sees something, or must not.
fn seen_by(clause: &Clause, who: &Unit, what: Vec<Unit>, negative: bool) -> Allowance {
    Allowance {
        only: false,
        negative,
        who: vec![who.clone()],
        actions: vec![Action::See],
        what,
        own: false,
        quote: quote(clause),
        entity: None,
    }
}

/// "make X public", "X should be public".
fn public(clause: &Clause) -> Option<Allowance> {
    let units = &clause.units;
    let at = units.iter().position(|unit| unit.is("publicWord"))?;
    let said = units[..at].iter().any(|unit| unit.is_any(&["be", "want"]))
        && !units.iter().any(|unit| matches!(unit.kind, Kind::Colon | Kind::Open));
    let what = without(&units[..at], &["be", "want", "must", "not", "may", "we", "me", "only"]);
    let named = said && what.iter().any(Unit::is_content);
    named.then(|| seen_by(clause, &units[at], what, units[..at].iter().any(|unit| unit.is("not"))))
}

/// "keep X private", "hide X from A".
fn private(clause: &Clause) -> Option<Allowance> {
    let units = &clause.units;
    let at = units.iter().position(|unit| unit.is("private"))?;
    if units[..at].iter().any(|unit| unit.kind == Kind::Open) {
        return None;
    }
    let from = units.iter().position(|unit| unit.is_any(&["from"]) || (unit.is("for") && units[at].text.len() < 9));
    let end = from.unwrap_or(units.len());
    let what: Vec<Unit> =
        without(&units[..end], &["private", "be", "track", "want", "only", "must", "we", "me", "may", "see"]);
    let who = from.map_or(Vec::new(), |from| units[from + 1..].to_vec());
    let mut negated = units[..at].iter().any(|unit| unit.is("not"));
    negated |= what.is_empty();
    (!negated).then(|| Allowance {
        only: who.is_empty(),
        negative: !who.is_empty(),
        who,
        actions: vec![Action::See],
        what,
        own: false,
        quote: quote(clause),
        entity: None,
    })
}

/// "only A and B may see X", "A can't edit X", "let A see X", "A sees their own X".
fn active(draft: &Draft, clause: &Clause) -> Option<Allowance> {
    let (units, last_who) = (&clause.units, &draft.last_who);
    let lets = units.iter().position(|unit| unit.is("let"));
    let verb = (lets.map_or(0, |at| at + 1)..units.len()).find(|at| is_access_verb(units, *at))?;
    if units[..verb].iter().any(|unit| unit.kind == Kind::Open) {
        return None;
    }
    let listed = units[..verb].iter().any(|unit| {
        unit.kind == Kind::Colon || unit.is_any(&["have", "with", "whether", "need"]) && unit.entity().is_none()
    });
    if listed {
        return None;
    }
    let modal = units[..verb].iter().any(|unit| unit.is_any(&["may", "not", "must", "let"]));
    let only = units[..verb].iter().any(|unit| unit.is("only"));
    let finite = units[verb].norm.ends_with('s')
        || !modal
            && clause.units[..verb]
                .iter()
                .any(|unit| unit.entity().is_some() || unit.role().is_some() || unit.is_any(&["everyone", "they"]));
    let own = units[verb..].iter().any(|unit| unit.is("own"));
    let strange = || {
        units[verb].is("see")
            && units[verb].is_structure()
            && is_strange(&units[..verb])
            && names_kept(draft, &units[verb + 1..])
    };
    if !(modal || only || finite && (own || units[verb].is("see")) || strange()) {
        return None;
    }
    let mut who =
        without(&units[lets.map_or(0, |at| at + 1)..verb], &["may", "must", "not", "let", "only", "be", "to"]);
    let modal_at = units[..verb].iter().rposition(|unit| unit.is_any(&["may", "must"]));
    let verb_last = units[verb + 1..].iter().all(|unit| !unit.is_word());
    if let Some(modal_at) = modal_at.filter(|at| verb_last && units[at + 1..verb].iter().any(Unit::is_content)) {
        return Some(verb_final(clause, modal_at, verb, only));
    }
    let last = (verb..units.len())
        .take_while(|at| {
            is_access_verb(units, *at) || units[*at].is_any(&["and", "or", "add"]) || units[*at].kind == Kind::Comma
        })
        .last()
        .unwrap_or(verb);
    // "we note it, and see": nobody is given anything.
    if !modal && !only && !units[last + 1..].iter().any(Unit::is_word) {
        return None;
    }
    let nobody = units[..verb].iter().any(|unit| unit.is("nobody"));
    if who.is_empty() && !nobody {
        who = last_who.to_vec();
    }
    if who.is_empty() && !nobody {
        return None;
    }
    Some(Allowance {
        only,
        negative: units[..verb].iter().any(|unit| unit.is("not")) || (nobody && !only),
        who: if nobody { units[..verb].to_vec() } else { who },
        actions: actions(&units[verb..=last]),
        what: units[last + 1..].to_vec(),
        own,
        quote: quote(clause),
        entity: None,
    })
}

/// "Caretakers see …": people whom nobody knows yet.
fn is_strange(words: &[Unit]) -> bool {
    let content = words.iter().filter(|unit| unit.is_content()).count();
    let mere = |unit: &Unit| unit.is_content() && unit.field().is_none() || unit.is_any(&["det", "each"]);
    (1..=2).contains(&content) && words.iter().all(mere)
}

/// Words that name something the app keeps, or everything.
fn names_kept(draft: &Draft, what: &[Unit]) -> bool {
    let thing = |unit: &Unit| shape(unit.entity()).is_some_and(|shape| shape != Shape::Person);
    let theirs = what.iter().any(|unit| unit.is_any(&["poss", "own"])) && what.iter().any(thing);
    draft.find_units(what).is_some()
        || theirs
        || names_handed_in(draft, what)
        || what.iter().any(|unit| unit.is("det")) && what.iter().all(|unit| unit.is_structure())
}

/// "nur A und B dürfen X sehen": the thing stands before the verb.
fn verb_final(clause: &Clause, modal: usize, verb: usize, only: bool) -> Allowance {
    let units = &clause.units;
    Allowance {
        only,
        negative: units[modal..verb].iter().any(|unit| unit.is("not")),
        who: without(&units[..modal], &["only", "not"]),
        actions: actions(&units[verb..=verb]),
        what: without(&units[modal + 1..verb], &["only", "not"]),
        own: units[modal..verb].iter().any(|unit| unit.is("own")),
        quote: quote(clause),
        entity: None,
    }
}

fn is_access_verb(units: &[Unit], at: usize) -> bool {
    let unit = &units[at];
    let modal_before =
        units[..at].iter().rev().take(4).any(|before| before.is_any(&["may", "not", "must", "let", "only"]));
    let manages = unit.is("track") && unit.entity().is_none() && modal_before && !unit.is("see");
    unit.is_any(VERBS) && unit.entity().is_none()
        || manages
        || (unit.is_any(&["add", "remove", "delete", "create"]) && modal_before)
}

fn actions(units: &[Unit]) -> Vec<Action> {
    let mut actions = Vec::new();
    if units.iter().any(|unit| unit.is("track") && !unit.is_any(VERBS)) {
        return vec![Action::See, Action::Edit, Action::Create, Action::Delete];
    }
    for unit in units {
        let action = if unit.is("see") {
            Action::See
        } else if unit.is_any(&["create", "add"]) {
            Action::Create
        } else if unit.is_any(&["delete", "remove"]) {
            Action::Delete
        } else if unit.is("edit") {
            Action::Edit
        } else {
            continue;
        };
        if !actions.contains(&action) {
            actions.push(action);
        }
    }
    actions
}

fn without(units: &[Unit], keys: &[&str]) -> Vec<Unit> {
    let kept = |unit: &&Unit| {
        !(unit.is_any(keys) && unit.entity().is_none() && unit.role().is_none()) && unit.kind != Kind::Colon
    };
    units.iter().filter(kept).cloned().collect()
}
