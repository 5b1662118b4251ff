//! Briefs: "Users should be able to browse products, submit reviews and search the catalogue", "the site should have
//! functions for managing clients, displaying charts and …", "a site for sharing tips and discounts": what is done
//! names what is kept, and by whom.
//!
//! Invariant: each item of the list is kept, is a deed of a blueprint, is something every app can do, becomes a page,
//! or is reported.

use super::super::access::{Action, Allowance};
use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::field::{Item, items};
use super::super::lexicon::{Shape, lexicon};
use super::super::noun::{Noun, noun, shape};
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::{Unit, written};
use super::wishes;

/// Said of a text that has spoken like a brief.
const BRIEF: &str = "brief";
/// Said of an app that the text's first clause calls a place to be looked at.
const SITE: &str = "site";

/// What a brief calls the app.
const APP: &[&str] = &["app", "pageWord", "siteWord", "forumWord"];

/// Said once a clause was read.
const BEGUN: &str = "a clause";

/// Said while the first clause of the text is read.
const FIRST: &str = "the first clause";

/// Who does what the list says.
#[derive(Clone, Debug)]
enum Actor {
    /// The app itself.
    App,
    /// "Users".
    Users,
    /// "Everyone" and its like, as written.
    Everyone(Vec<Unit>),
    /// People by name, as written.
    People(Vec<Unit>),
}

/// A brief's list, as it opens.
struct Opening {
    actor: Actor,
    start: usize,
    /// Its items say what somebody does.
    verbal: bool,
}

/// What is done with a thing.
#[derive(Clone, Copy, Debug, Default)]
struct Doing {
    creates: bool,
    manages: bool,
    said: bool,
    /// To what is one's own.
    own: bool,
}

/// Whether a clause after the first says what the app should do: "The website should have …".
pub(crate) fn goes_on(draft: &Draft, clause: &Clause) -> bool {
    let subject = clause.units.iter().take_while(|unit| !unit.is_any(&["may", "must", "have"])).count();
    let app = clause.units[..subject].iter().any(|unit| unit.is_any(APP));
    clause.opens && !draft.said.contains(FIRST) && app && subject < 4.min(clause.units.len())
}

/// Reads a brief's sentence about the app and its users, before the deeds it may name.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    match opening(draft, clause) {
        Some(opening) if !matches!(opening.actor, Actor::Everyone(_)) => listed(draft, clause, &opening),
        _ => false,
    }
}

/// Reads a sentence about everyone, where it is no deed.
pub(crate) fn everyone(draft: &mut Draft, clause: &mut Clause) -> bool {
    opening(draft, clause).is_some_and(|opening| listed(draft, clause, &opening))
}

fn listed(draft: &mut Draft, clause: &mut Clause, opening: &Opening) -> bool {
    let list = items(&clause.units[opening.start..]);
    let bare = list.iter().filter(|item| !item.units.iter().any(Unit::is_content)).count();
    if bare < 2 && list.iter().any(answers_itself) {
        return false;
    }
    let mut doing = Doing::default();
    let mut bare_deed = Doing::default();
    let mut kept = false;
    for (at, item) in list.iter().enumerate() {
        let (verbs, words) = parted(item, opening.verbal && at + 1 < list.len(), doing.said);
        if !verbs.is_empty() {
            let before = std::mem::take(&mut bare_deed);
            doing = done(&verbs, doing.said && words.is_empty());
            doing.creates |= before.creates;
            doing.manages |= before.manages;
        }
        // "publish and manage their own obituaries": both are done to what follows.
        let bare = !words.iter().any(Unit::is_content);
        bare_deed = if bare { doing } else { Doing::default() };
        // "publish and manage their own": who adds them looks after them.
        doing.own = item.units.iter().any(|unit| unit.is("own"));
        doing.manages &= !doing.own;
        let done_to_none = item.units.iter().any(|unit| unit.is_any(&["search", "account"]) || deed(unit));
        if words.iter().any(Unit::is_content) || done_to_none || wishes::view_of(&item.units).is_some() {
            kept |= one(draft, item, &verbs, words, &opening.actor, doing);
        }
    }
    if kept {
        draft.said.insert(BRIEF.into());
        clause.take_all();
    }
    kept
}

/// "whether they come", "answer yes or no": an answer about oneself, not to something.
fn answers_itself(item: &Item) -> bool {
    let answer = item.units.iter().position(|unit| unit.is("answer") && unit.entity().is_none());
    let alone = |at: usize| !item.units[at + 1..].iter().any(Unit::is_content) && !item.units[..at].iter().any(does);
    item.units.iter().any(|unit| unit.is("yesNo")) || answer.is_some_and(alone)
}

/// Who the sentence is about, and where its list begins.
fn opening(draft: &mut Draft, clause: &Clause) -> Option<Opening> {
    let first = clause.units.first()?;
    if clause.opens && draft.said.contains(super::intro::PURPOSE) && draft.said.remove(super::intro::PURPOSE) {
        return does(first).then_some(Opening { actor: Actor::App, start: 0, verbal: true });
    }
    let with = clause.find(&["with", "have"]).filter(|at| clause.opens && *at < 6 && draft.said.contains(FIRST));
    if let Some(with) = with.filter(|with| is_feature_list(&clause.units[with + 1..])) {
        return Some(Opening { actor: Actor::App, start: with + 1, verbal: false });
    }
    let modal = clause.find(&["may", "must", "have", "let"]).filter(|at| *at < 8)?;
    // "allowing users to …": who is allowed stands after the verb.
    let after = clause.units[modal].is("let").then(|| clause.find_from(modal + 1, &["to"])).flatten();
    let allowed = after.filter(|to| clause.units[modal..*to].iter().any(|unit| unit.is("users")) && *to < modal + 5);
    let subject = allowed.map_or(&clause.units[..modal], |to| &clause.units[modal + 1..to]);
    let modal = allowed.unwrap_or(modal);
    let general = |unit: &Unit| {
        unit.is_any(APP) || unit.is_any(&["everyone", "users"]) || draft.said.contains(&spoken(&unit.norm))
    };
    // "each tool has …" speaks of the tools that are kept.
    let each = subject.iter().any(|unit| unit.is("each") && unit.is_structure());
    let others = each || subject.iter().any(|unit| unit.is_content() && !general(unit));
    let people = others && draft.said.contains(BRIEF) && clause.units[modal].is_any(&["may", "must"]);
    let actor = if people && names_people(draft, subject) && is_list(&clause.units[modal..]) {
        Actor::People(subject.to_vec())
    } else if others || !subject.iter().any(general) {
        return None;
    } else if subject.iter().any(|unit| unit.is("everyone")) {
        Actor::Everyone(subject.iter().filter(|unit| unit.is("everyone")).cloned().collect())
    } else if subject.iter().any(|unit| unit.is("users")) {
        Actor::Users
    } else {
        Actor::App
    };
    let skipped = |unit: &Unit| {
        unit.is_any(&["may", "must", "have", "for", "to", "feature", "as", "optionsAre", "det", "let", "with"])
            || unit.is_filler()
            || unit.kind == Kind::Comma
    };
    let start = (modal..clause.units.len()).find(|at| !skipped(&clause.units[*at]))?;
    let verbal = allowed.is_some() || clause.units[modal..start].iter().any(|unit| unit.is("may"));
    Some(Opening { actor, start, verbal })
}

/// A word of the first clause: it names the app.
fn spoken(norm: &str) -> String {
    format!("app is a {norm}")
}

/// Nothing before the modal but people the lexicon knows.
fn names_people(draft: &Draft, subject: &[Unit]) -> bool {
    items(subject).iter().all(|item| {
        let named = noun(&item.units, draft.language);
        named.is_some_and(|named| shape(named.concept) == Some(Shape::Person))
    })
}

/// "a planner with subjects, progress charts and a daily agenda": things and views of the app, not what one thing has.
fn is_feature_list(units: &[Unit]) -> bool {
    let list = items(units);
    let plain = list.len() > 2 && list.iter().all(|item| item.inner.is_empty());
    let viewed = |item: &Item| {
        wishes::view_of(&item.units).is_some()
            || item.units.iter().any(|unit| unit.is_any(&["remind", "containerWord"]))
    };
    plain && list.iter().any(viewed) && !units.iter().any(|unit| unit.kind == Kind::Colon)
}

/// More than one thing is done.
fn is_list(units: &[Unit]) -> bool {
    let list = items(units);
    list.len() > 1 && list.iter().filter(|item| item.units.iter().any(does)).count() > 1
}

/// A verb of briefs.
fn does(unit: &Unit) -> bool {
    unit.is_any(&[
        "see", "edit", "create", "delete", "add", "track", "doing", "choose", "search", "show", "remove", "give",
        "makes",
    ]) && unit.entity().is_none()
}

/// A verb of a blueprint's deed.
fn deed(unit: &Unit) -> bool {
    unit.is_any(super::super::clause::DEEDS)
        || unit.is_any(&["answer", "comment", "signUp", "apply", "borrow", "approve", "askWord"])
}

/// The verbs of an item, and what they are done to. In a list of deeds a word that stands alone, or before an article,
/// is a verb even if nobody knows it.
fn parted(item: &Item, lone: bool, verbal: bool) -> (Vec<Unit>, Vec<Unit>) {
    let units = &item.units;
    let first = units.iter().position(Unit::is_word).unwrap_or(0);
    let unknown = units.get(first).is_some_and(|unit| unit.tags.is_empty() && unit.kind == Kind::Word);
    let objected = units.get(first + 1).is_some_and(|next| next.is_any(&["det", "poss", "for", "to", "with", "in"]));
    let alone = lone && units[first..].iter().filter(|unit| unit.is_word()).count() == 1;
    let gerund = verbal && objected_gerund(&units[first..]);
    let strange = unknown && (gerund || alone && !super::super::unit::looks_plural(&units[first].norm) || objected);
    let verb = |at: usize, unit: &Unit| does(unit) || strange && at == first;
    let verbs = units.iter().enumerate().filter(|(at, unit)| verb(*at, unit)).map(|(_, unit)| unit.clone()).collect();
    let rest = units.iter().enumerate().filter(|(at, unit)| !verb(*at, unit)).map(|(_, unit)| unit.clone());
    (verbs, rest.collect())
}

/// "… and storing obituaries", after another verb.
fn objected_gerund(units: &[Unit]) -> bool {
    units[0].norm.len() > 5 && units[0].norm.ends_with("ing") && units[1..].iter().any(Unit::is_content)
}

fn done(verbs: &[Unit], more: bool) -> Doing {
    let any = |keys: &[&str]| verbs.iter().any(|unit| unit.is_any(keys));
    let creates = any(&["makes", "create"]);
    Doing { creates, manages: any(&["edit", "delete", "remove", "track"]), said: more || !verbs.is_empty(), own: false }
}

fn one(draft: &mut Draft, item: &Item, verbs: &[Unit], mut words: Vec<Unit>, actor: &Actor, doing: Doing) -> bool {
    if item.units.iter().any(|unit| unit.is("account")) && !words.iter().any(|unit| unit.entity().is_some()) {
        if draft.said.insert("accounts".into()) {
            draft.assumed(Say::AssumedAccounts, &[], None);
        }
        return true;
    }
    // "browsing by category": of what the talk is about.
    if item.units.iter().find(|unit| !does(unit)).is_some_and(|unit| unit.is("by") && unit.is_structure()) {
        if let Some(super::super::draft::Focus::Entity(id)) = draft.focus.clone() {
            kinds(draft, &id, &item.units);
        }
        draft.understood(Say::Searchable, &[], "pages");
        return true;
    }
    if let Some(view) = wishes::view_of(&item.units) {
        wishes::remember(draft, item.units.clone(), view);
        return true;
    }
    if item.units.iter().any(deed) {
        let mut units = match actor {
            Actor::People(people) => people.clone(),
            _ => Vec::new(),
        };
        units.extend(item.units.iter().cloned());
        let subject = units.len() - item.units.len();
        let mut part = Clause { units, opens: false, heads: false };
        if super::super::blueprint::read(draft, &mut part) {
            return true;
        }
        // A deed that names nothing itself took its verb: the rest names what it is done to.
        if part.units.len() < subject + item.units.len() {
            words = part.units.into_iter().filter(|unit| !unit.used && !does(unit)).collect();
        }
    }
    let content = words.iter().any(|unit| unit.is_content() && !unit.is("app"));
    if !content {
        if item.units.iter().any(|unit| unit.is("search")) {
            draft.understood(Say::Searchable, &[], "pages");
        }
        return item.units.iter().any(|unit| unit.is("search"));
    }
    if !doing.creates && !doing.manages && detail(draft, &words).is_some() {
        return true;
    }
    let Some(id) = thing(draft, &words, doing) else {
        draft.missed(Say::NotUnderstood, &[&written(&item.units)]);
        return false;
    };
    let many = draft.spec.entity(&id).map(|entity| entity.plural.clone()).unwrap_or_default();
    draft.understood(Say::EntityKept, &[&many], &format!("entities/{id}"));
    kinds(draft, &id, &words);
    note(draft, &id, verbs, actor, doing, written(&item.units));
    true
}

/// "guest list, dietary notes": a property, of the thing that the list named before it.
fn detail(draft: &mut Draft, words: &[Unit]) -> Option<()> {
    let content: Vec<&Unit> = words.iter().filter(|unit| unit.is_content()).collect();
    let head = content.last()?;
    if content.iter().any(|unit| unit.entity().is_some()) || content.len() > 2 {
        return None;
    }
    let field = content.iter().find_map(|unit| unit.field()).filter(|_| head.field().is_some())?;
    let Some(super::super::draft::Focus::Entity(id)) = draft.focus.clone() else { return None };
    if !draft.known(&id).new {
        return None;
    }
    if draft.field_of_concept(&id, field).is_none() {
        let added = draft.add_concept(&id, field, false)?;
        let (many, label) = (draft.many(&id), draft.field_label(&id, &added));
        draft.understood(Say::EntityHas, &[&many, &label], &format!("entities/{id}/fields/{added}"));
    }
    Some(())
}

/// The thing that words name: without what only says that it is shown ("policy information"), and without what stands
/// behind a preposition.
fn thing(draft: &mut Draft, words: &[Unit], doing: Doing) -> Option<String> {
    let start = words.iter().position(Unit::is_content)?;
    let joins = |unit: &Unit| {
        unit.is_structure() && unit.is_any(&["for", "in", "by", "with", "from", "where", "to", "whether", "based"])
    };
    let end = (start..words.len()).find(|at| joins(&words[*at])).unwrap_or(words.len());
    let phrase = &words[start..end];
    let contains = |unit: &Unit| unit.is("containerWord") && unit.entity().is_none();
    let core = phrase.iter().rposition(|unit| unit.is_word() && !contains(unit)).map(|last| &phrase[..=last]);
    let contained = core.is_some_and(|core| core.len() < phrase.len());
    // "financial data": an adjective alone names nothing.
    let core = core.filter(|core| !(contained && core.len() == 1 && describes(&core[0], draft)));
    let core: Vec<Unit> = core
        .unwrap_or(phrase)
        .iter()
        .enumerate()
        .filter(|(at, unit)| *at > 0 && core.is_none() || !contains(unit))
        .map(|(_, unit)| as_noun(unit))
        .collect();
    let core = without_record(core);
    if let [owner, property] = core.as_slice()
        && owner.entity().is_some()
        && let Some(field) = property.field().filter(|_| property.entity().is_none())
    {
        // "deal stages": a thing and what it has.
        let id = draft.entity(std::slice::from_ref(owner))?;
        if draft.known(&id).new && draft.field_of_concept(&id, field).is_none() {
            draft.add_concept(&id, field, false)?;
        }
        return Some(id);
    }
    let named: Noun = noun(&core, draft.language)?;
    let short = core.iter().filter(|unit| unit.is_content()).count() <= 3;
    let known = named.concept.is_some() || named.plural || short && (contained || doing.creates || doing.manages);
    known.then(|| draft.entity(&core)).flatten()
}

/// "browse posts by category": what they are found by is kept with them.
fn kinds(draft: &mut Draft, id: &str, words: &[Unit]) {
    let Some(by) = words.iter().position(|unit| unit.is("by")) else { return };
    let found: Vec<&'static str> = words[by..].iter().filter_map(Unit::field).collect();
    let new = draft.known(id).new;
    for field in found.into_iter().filter(|_| new) {
        if draft.field_of_concept(id, field).is_none() {
            let _ = draft.add_concept(id, field, false);
        }
    }
}

/// An adjective, by its ending, in the language that has such.
fn describes(unit: &Unit, draft: &Draft) -> bool {
    let ends = ["al", "ic", "ive", "ous"].iter().any(|end| unit.norm.ends_with(end));
    draft.language.code() == "en" && unit.tags.is_empty() && ends
}

/// A word that only says that something is kept, where it names the thing itself.
fn as_noun(unit: &Unit) -> Unit {
    let mut unit = unit.clone();
    if unit.is_structure() && unit.is("containerWord") {
        unit.tags.clear();
    }
    unit
}

/// "reply records": what is recorded is what is kept, where it is a thing itself.
fn without_record(mut words: Vec<Unit>) -> Vec<Unit> {
    let thing = |unit: &Unit| unit.entity().is_some() || deed(unit) || unit.norm.ends_with("ing");
    if words.len() > 1
        && words.last().is_some_and(|last| last.entity() == Some("record"))
        && thing(&words[words.len() - 2])
    {
        words.pop();
    }
    words
}

/// What the item says about who may do what.
fn note(draft: &mut Draft, id: &str, verbs: &[Unit], actor: &Actor, doing: Doing, quote: String) {
    let mut actions = vec![Action::See];
    actions.extend(doing.creates.then_some(Action::Create));
    actions.extend(doing.manages.then_some(Action::Edit));
    let who = match actor {
        Actor::Everyone(who) if !verbs.is_empty() || doing.said => who.clone(),
        Actor::People(who) => who.clone(),
        _ => {
            let said = if doing.manages { "manages" } else { "shows" };
            draft.said.insert(format!("{said} {id}"));
            if doing.creates && matches!(actor, Actor::Users) {
                draft.said.insert(format!("users add {id}"));
                if doing.own {
                    draft.said.insert(format!("users own {id}"));
                }
            }
            return;
        }
    };
    // "users create profiles" gives nobody the profiles of others; "everyone can see the members" does.
    let only_seen = matches!(actor, Actor::Everyone(_)) && actions == [Action::See];
    if only_seen || !draft.is_person(id) {
        let entity = Some(id.to_owned());
        draft.allowances.push(Allowance {
            only: false,
            negative: false,
            who,
            actions,
            what: Vec::new(),
            own: false,
            quote,
            entity,
        });
    }
}

/// Whether a clause was read before.
pub(crate) fn has_begun(draft: &Draft) -> bool {
    draft.said.contains(BEGUN)
}

/// What the first clause says of the app: the words that name it, and whether it is a site to be looked at, not one to
/// keep things in.
pub(crate) fn notice(draft: &mut Draft, clause: &Clause) {
    draft.said.remove(FIRST);
    if !draft.said.insert(BEGUN.into()) {
        return;
    }
    draft.said.insert(FIRST.into());
    let names = |unit: &&Unit| !unit.is_any(&["for", "to", "where", "with", "have", "may"]) && unit.kind != Kind::Colon;
    let words: Vec<&Unit> = clause.units.iter().take_while(names).collect();
    if words.iter().any(|unit| unit.is_any(&["app", "siteWord", "forumWord"])) {
        let unknown = words.iter().filter(|unit| unit.is_content() && unit.entity().is_none());
        draft.said.extend(unknown.map(|unit| spoken(&unit.norm)));
    }
    let shows = clause.has(&["siteWord"]) && clause.units.iter().any(|unit| unit.is_any(&["doing", "show", "makes"]));
    // "displaying and managing news": shown first, so there to be seen.
    let deeds: Vec<&Unit> = clause.units.iter().filter(|unit| unit.is_any(&["doing", "show", "makes"])).collect();
    let led = deeds.first().is_some_and(|first| !first.is("inside"));
    let inside = clause.units.iter().any(|unit| unit.is("inside") && !(led && unit.is("doing")));
    let kept = inside || clause.has(&["only", "private", "me", "we"]);
    if (shows || clause.has(&["forumWord", "askWord"])) && !kept {
        draft.said.insert(SITE.into());
    }
}

/// Whether the clause that is read is the text's first.
pub(crate) fn is_first(draft: &Draft) -> bool {
    draft.said.contains(FIRST)
}

/// Whether the text speaks of a site to be looked at.
pub(crate) fn is_site(draft: &Draft) -> bool {
    draft.creating && draft.said.contains(SITE)
}

/// What a public site shows is for everybody to see, and what its users add is for everybody to add: said as assumed,
/// and never for people or money. Where nothing is shown, they reach what they added themselves.
pub(crate) fn open(draft: &mut Draft) {
    let site = is_site(draft);
    for entity in draft.spec.entities.clone() {
        let said = |what: &str| draft.said.contains(&format!("{what} {}", entity.id));
        let concept = draft.known(&entity.id).concept;
        let personal =
            concept.and_then(|concept| lexicon().concepts.entity.get(concept)).is_some_and(|one| one.personal);
        if !site {
            let plain = entity.access.is_empty() && entity.person.is_none();
            if said("users own") && plain {
                super::super::access::own(draft, &entity.id);
            } else if said("users add") && plain {
                let many = draft.many(&entity.id);
                draft.assumed(Say::AssumedOnlyYou, &[&many], Some(&format!("entities/{}/access", entity.id)));
            }
            continue;
        }
        let kept = personal || matches!(shape(concept), Some(Shape::Person | Shape::Money));
        if !said("shows") || said("manages") || kept || !entity.access.is_empty() || entity.person.is_some() {
            continue;
        }
        super::super::access::open(draft, &entity.id, said("users add"));
        draft.assumed(Say::AssumedPublic, &[&entity.plural], Some(&format!("entities/{}/access", entity.id)));
    }
}
