//! "I want a site for planning our wedding with …": what it is for is noted, and the rest is read as a statement.
//!
//! Invariant: only words before the first statement are taken, and those that name the app are kept as its title.

use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::lexicon::Shape;
use super::super::noun::{noun, sentence_case, shape, shown};
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::Unit;

/// Said when the words after the app's noun are what is done with it.
pub(crate) const PURPOSE: &str = "purpose";

/// Said of a text that goes on after its first clause.
pub(crate) const GOES_ON: &str = "the text goes on";

/// Most words of a heading.
const MAX_HEADING: usize = 6;

/// Verbs and the like that make a clause more than a heading.
const STATES: &[&str] = &[
    "may", "must", "have", "see", "edit", "answer", "choose", "bring", "give", "not", "only", "want", "need", "be",
    "they", "we", "me", "let", "with", "where", "whether", "everyone", "users", "required", "optional", "private",
];

/// "Food bank: …", "Bike repair shop.": words without a verb before everything else are what the app is called.
pub(crate) fn heading(draft: &mut Draft, clause: &mut Clause) -> bool {
    let first = draft.creating && super::brief::is_first(draft) && draft.said.contains(GOES_ON);
    if !first || draft.topic.is_some() || !draft.spec.entities.is_empty() {
        return false;
    }
    let words: Vec<&Unit> = clause.units.iter().skip_while(|unit| unit.is("det") && !unit.is_content()).collect();
    let named = words.iter().any(|unit| unit.is_content() || unit.is("containerWord"));
    let states = words.iter().any(|unit| !unit.is_word() || unit.is_structure() && unit.is_any(STATES));
    let deed = words.iter().any(|unit| unit.is_structure() && unit.is_any(super::super::clause::DEEDS));
    let known = words.iter().any(|unit| unit.beyond().is_some());
    if !named || states || deed || known || words.is_empty() || words.len() > MAX_HEADING {
        return false;
    }
    entitle(draft, &clause.units.clone());
    clause.take_all();
    true
}

/// "I run a small bakery", "my wife and I own a farm", "we are a choir of 40 people": who speaks, not what is kept.
pub(crate) fn presents(draft: &mut Draft, clause: &mut Clause) -> bool {
    let first = draft.creating && clause.opens && draft.spec.entities.is_empty();
    let Some(start) = Some(&clause.units).filter(|_| first).and_then(|units| presented(draft, units)) else {
        return false;
    };
    let rest = clause.units[start..].to_vec();
    let end = name_end(&rest);
    let (name, tail) = rest.split_at(end);
    // A verb that closes its sentence is no part of the name.
    let name = &name[..name.iter().rposition(Unit::is_content).map_or(0, |last| last + 1)];
    let states =
        |unit: &Unit| unit.is_structure() && unit.is_any(STATES) && !unit.is("we") || unit.kind == Kind::Number;
    let numberless = draft.language.grammar().numberless;
    let several = noun(name, draft.language).is_some_and(|named| {
        if numberless { named.concept.is_some() } else { named.plural && !name[0].is_any(&["det", "poss"]) }
    });
    let kept = name.iter().any(|unit| unit.is_any(&["app", "thingWord"]));
    if several || kept || !name.iter().any(Unit::is_content) || name.iter().any(states) || !closes(draft, tail) {
        return false;
    }
    entitle(draft, name);
    clause.take_all();
    true
}

/// "Our choir keeps a list of its singers": who keeps it names the app, and the rest says what is kept.
pub(crate) fn keeps(draft: &mut Draft, clause: &mut Clause) {
    let first = draft.creating && clause.opens && draft.spec.entities.is_empty() && draft.topic.is_none();
    let tracks = |unit: &Unit| unit.is("track") && unit.is_structure();
    let Some(verb) = clause.units.iter().position(tracks).filter(|verb| first && *verb > 1) else { return };
    let mark = |unit: &&Unit| unit.is_structure() && unit.is_any(&["poss", "det", "we"]);
    let lead = clause.units[..verb].iter().take_while(mark).count();
    let tail = clause.units[lead..verb].iter().rev().take_while(mark).count();
    let subject = clause.units[lead..verb - tail].to_vec();
    let named = |unit: &Unit| unit.is_content() || unit.beyond().is_some();
    let plain = |unit: &Unit| named(unit) || unit.is_structure() && unit.is_any(&["of", "det", "in"]);
    let known = |unit: &Unit| unit.role().is_some() || unit.entity().is_some() || unit.field().is_some();
    let app = |unit: &Unit| unit.is_any(&["app", "siteWord", "containerWord", "pageWord", "thingWord"]);
    let several = noun(&subject, draft.language).is_none_or(|named| named.plural);
    let other = subject.iter().any(|unit| !plain(unit) || known(unit) || app(unit));
    if lead + tail == 0 || several || other || subject.len() > MAX_HEADING {
        return;
    }
    entitle(draft, &subject);
    clause.units.drain(..verb);
}

/// Where the words begin that say what the speaker is or has.
fn presented(draft: &Draft, units: &[Unit]) -> Option<usize> {
    let joins = |unit: &Unit| {
        unit.is_structure() && unit.is_any(&["me", "we", "and", "det", "poss"])
            || unit.is_filler()
            || unit.kind == Kind::Comma
            || unit.role().is_some()
    };
    let lead = units.iter().take_while(|unit| joins(unit) && !unit.is("runs")).count();
    let speaks = units[..lead].iter().any(|unit| unit.is_any(&["me", "we"]));
    let verb = units.get(lead)?;
    if verb.is("runs") && verb.is_structure() {
        return Some(lead + 1);
    }
    let one = units.get(lead + 1).is_some_and(|next| next.is("det") && next.is_structure());
    let first = super::brief::is_first(draft) && draft.said.contains(GOES_ON);
    // Where nouns have no article, one thing that nobody knows.
    let next = units.get(lead + 1).filter(|next| next.is_content() && next.kind != Kind::Number);
    let unknown = draft.language.grammar().numberless && next.is_some_and(|next| next.entity().is_none());
    let owns = verb.is_any(&["have", "be"])
        && verb.is_structure()
        && (one && super::brief::is_first(draft) || first && unknown);
    let plain = |unit: &Unit| {
        unit.is_content() && unit.kind != Kind::Number
            || unit.is_structure() && unit.is_any(&["det", "of", "in", "poss", "for"])
    };
    let silent = first && speaks && draft.language.grammar().numberless && units[lead..].iter().all(plain);
    // A verb that closes its sentence was put after the subject.
    let closed = units.last().is_some_and(|last| last.is("runs") && last.is_structure());
    let bare = silent || first && counts_people(units);
    (speaks && owns).then_some(lead + 1).or_else(|| Some(lead).filter(|_| speaks && closed || bare))
}

/// "Landlord with 12 flats", "a band of 5 people": words without a verb, and how many belong to it.
fn counts_people(units: &[Unit]) -> bool {
    let joint = |unit: &Unit| unit.is_structure() && unit.is_any(&["det", "with", "of", "for", "in", "poss"]);
    let counted = units.windows(2).any(|pair| pair[0].is_any(&["with", "of", "for"]) && pair[1].kind == Kind::Number);
    counted && units.len() <= MAX_HEADING && units.iter().all(|unit| unit.is_content() || joint(unit))
}

/// What the speaker is ends before whom they do it with, how many they are, and what follows.
fn name_end(rest: &[Unit]) -> usize {
    let counted = |at: usize| rest[at..].iter().take(4).any(|unit| unit.kind == Kind::Number);
    let company =
        |at: usize| rest.get(at + 1..).is_some_and(|after| after.iter().take(2).any(|one| one.role().is_some()));
    let ends = |at: &usize| {
        let unit = &rest[*at];
        let tail = unit.is_any(&["with", "of", "for", "to", "in"]) && (counted(*at) || company(*at));
        let more = unit.is("and") && rest.get(at + 1).is_some_and(|next| next.is("runs") && next.is_structure());
        unit.is_structure() && (tail || more)
    };
    (1..rest.len()).find(ends).unwrap_or(rest.len())
}

/// "… of about 40 children", "… with my sister": who belongs to it. People that the app could keep are kept.
fn closes(draft: &mut Draft, tail: &[Unit]) -> bool {
    let states = |unit: &Unit| unit.is_structure() && unit.is_any(&["may", "must", "want", "need", "have", "where"]);
    if tail.iter().any(states) {
        return false;
    }
    let counted = tail.iter().position(|unit| unit.kind == Kind::Number);
    if let Some(at) = counted
        && let Some(id) = Some(&tail[at + 1..])
            .filter(|words| words.iter().any(|unit| unit.entity().is_some()))
            .and_then(|words| draft.entity(words))
    {
        let many = draft.many(&id);
        draft.assumed(Say::AssumedNumbers, &[&tail[at].text, &many], Some(&format!("entities/{id}")));
    }
    draft.folded.push((String::new(), super::super::unit::written(tail)));
    true
}

/// "Shared flat: a shopping list, who paid what": a heading before what people do names the app.
pub(crate) fn before_deeds(draft: &mut Draft, clause: &mut Clause) {
    let Some(colon) = clause.units.iter().position(|unit| unit.kind == Kind::Colon) else { return };
    let (head, rest) = (&clause.units[..colon], &clause.units[colon + 1..]);
    let named = head.iter().all(|unit| unit.is_content() && unit.field().is_none()) && colon <= MAX_HEADING;
    let deed = rest.iter().any(|unit| unit.is_structure() && unit.is_any(&["owed", "whoPaid"]));
    let known = noun(head, draft.language).is_some_and(|named| named.concept.is_some() || named.plural);
    let numbered = draft.language.grammar().numberless;
    // "My alternative to Google Photos: I upload …": what it is compared with is not what is kept.
    let speaks = rest.first().is_some_and(|unit| unit.is_any(&["me", "we"]) && unit.is_structure());
    let compared = speaks && colon <= MAX_HEADING && head.iter().any(|unit| unit.is("alternative"));
    let titled = named && deed && colon > 0 && (!known || numbered && colon > 1);
    if draft.creating && clause.opens && (titled || compared) {
        entitle(draft, head);
        clause.units.drain(..=colon);
    }
}

/// The words are what the app is called, unless it is called something already.
fn entitle(draft: &mut Draft, words: &[Unit]) {
    let from = words.iter().position(|unit| !unit.is("det") || unit.is_content()).unwrap_or(0);
    let title = sentence_case(&super::super::unit::written(&words[from..]));
    if let Some(occasion) = words.iter().find_map(Unit::occasion) {
        draft.occasion.get_or_insert(occasion);
    }
    if title.is_empty() {
        return;
    }
    let title = draft.topic.get_or_insert(title).clone();
    draft.understood(Say::Title, &[&title], "title");
}

/// Takes the introduction off the front of a clause.
pub(crate) fn strip(draft: &mut Draft, clause: &mut Clause) {
    let Some(lead) = lead(&clause.units) else { return };
    if wants_deed(draft, clause, lead) || !clause.opens {
        return;
    }
    let wants = clause.units[..lead].iter().any(|unit| unit.is_any(&["want", "need"]));
    let app = app_noun(&clause.units, lead, wants);
    match app {
        Some(app) => with_app(draft, clause, lead, app),
        None if draft.spec.entities.is_empty() => track(draft, clause, lead, false),
        None => {}
    }
    while clause.units.first().is_some_and(|unit| unit.kind == Kind::Colon) {
        clause.units.remove(0);
    }
}

/// "we want customers to order cakes": what is wanted is a statement about them.
fn wants_deed(draft: &Draft, clause: &mut Clause, lead: usize) -> bool {
    let units = &clause.units;
    let people = |unit: &Unit| {
        unit.is_any(&["users", "everyone"])
            || unit.entity().is_some_and(|concept| shape(Some(concept)) == Some(Shape::Person))
    };
    let wants = draft.creating && units[..lead].iter().any(|unit| unit.is("want"));
    let to = units.iter().skip(lead).take(4).position(|unit| unit.is("to") && unit.is_structure()).map(|to| lead + to);
    let Some(to) = to.filter(|to| wants && *to > lead && people(&units[*to - 1])) else {
        // "I want that customers order cakes".
        let that = (0..units.len().min(lead + 3)).find(|at| people(&units[*at])).filter(|at| *at > 0 && wants);
        let lead_only = |at: usize| units[..at].iter().all(|unit| !unit.is_content() || unit.is("where"));
        let verb = |at: usize| units.get(at + 1).is_some_and(|next| next.is_any(super::super::clause::DEEDS));
        let Some(that) = that.filter(|at| lead_only(*at) && verb(*at)) else { return false };
        clause.units.drain(..that);
        return true;
    };
    clause.units.remove(to);
    clause.units.drain(..lead);
    true
}

/// Words before the noun: "I", "want", "please", "a", "to".
fn lead(units: &[Unit]) -> Option<usize> {
    let opener = |unit: &Unit| {
        unit.is_any(&["want", "me", "we", "det", "to", "need", "they", "may", "be", "must", "let"])
            && !unit.is_content()
            || unit.is_filler()
    };
    let lead = units.iter().take_while(|unit| opener(unit) || unit.kind == Kind::Comma).count();
    (lead < units.len()).then_some(lead)
}

/// The noun that means "app", at most five words on and before any list or verb.
fn app_noun(units: &[Unit], lead: usize, wants: bool) -> Option<usize> {
    let end = (lead..units.len().min(lead + 6)).find(|at| ends_name(&units[*at])).unwrap_or(units.len().min(lead + 6));
    // "Parents register their kids": a register is an app, to register somebody is a deed.
    let deed = |at: usize| {
        let theirs = units.get(at + 1).is_some_and(|next| next.is("poss") && next.is_structure());
        theirs && units[at].is_any(&["signUp", "submits"])
    };
    let named = |at: &usize| units[*at].is("app") && (units[*at].entity().is_none() || wants) && !deed(*at);
    let last = (lead..end).rev().find(named)?;
    let verb_first = units[lead].is("track")
        && lead + 1 < units.len()
        && !units[lead + 1].is_any(&["for", "to", "with", "where"])
        && last == lead;
    (!verb_first && !units[last].is("answer") || last > lead).then_some(last)
}

fn ends_name(unit: &Unit) -> bool {
    matches!(unit.kind, Kind::Comma | Kind::Colon | Kind::Open)
        || unit.is_any(&["for", "to", "with", "where", "have", "in"]) && !unit.is("app")
}

fn with_app(draft: &mut Draft, clause: &mut Clause, lead: usize, app: usize) {
    let before: Vec<Unit> = clause.units[lead..app].iter().filter(|unit| !unit.is("app")).cloned().collect();
    name_topic(draft, &before);
    clause.units.drain(..=app);
    loop {
        let Some(first) = clause.units.first() else { return };
        let purpose = first.is_any(&["for", "to", "where", "in"]) || first.is("track") || first.kind == Kind::Comma;
        if !purpose {
            return bare_topic(draft, clause);
        }
        let names = first.is_any(&["for", "to"]);
        clause.units.remove(0);
        let users = clause.units.first().is_some_and(|unit| unit.is("users"))
            && clause.units.get(1).is_some_and(|unit| unit.is("to"));
        if names && users {
            clause.units.drain(..2);
        }
        if names && clause.units.first().is_some_and(does) {
            draft.said.insert(PURPOSE.into());
            return;
        }
        if names {
            track(draft, clause, 0, true);
        }
    }
}

/// A verb of showing: what follows is shown, not what the app is called.
fn does(unit: &Unit) -> bool {
    unit.is_any(&["doing", "show"]) && unit.is_structure() && !unit.is("track")
}

/// "registration tournament: …": where the noun comes first, the topic follows it without a preposition.
fn bare_topic(draft: &mut Draft, clause: &mut Clause) {
    let named = clause.units.first().is_some_and(|unit| unit.is_content() && unit.entity().is_none());
    let colon = clause.units.iter().position(|unit| unit.kind == Kind::Colon);
    let plain =
        colon.is_some_and(|colon| clause.units[..colon].iter().all(|unit| unit.is_content() || unit.is("poss")));
    if named && plain && draft.language.grammar().head_first {
        track(draft, clause, 0, true);
    }
}

/// "planning our wedding", "keep track of my records": the noun after the verb is what it is for.
fn track(draft: &mut Draft, clause: &mut Clause, lead: usize, after_app: bool) {
    let mut at = lead;
    let mut verb = false;
    while clause.units.get(at).is_some_and(|unit| {
        (unit.is_any(&["track", "det", "we", "want", "me", "to", "for", "need"]) || unit.is_filler())
            && unit.entity().is_none()
    }) {
        verb |= clause.units[at].is("track");
        at += 1;
    }
    let mut end =
        (at..clause.units.len()).find(|index| ends_topic(&clause.units[*index])).unwrap_or(clause.units.len());
    let gathers = clause.units[at..end].iter().any(|unit| unit.occasion().is_some() && unit.entity().is_none());
    if gathers {
        end = decoration(&clause.units, end);
    }
    let noun_units = clause.units[at..end].to_vec();
    let occasion = noun_units.iter().any(|unit| unit.occasion().is_some() && unit.entity().is_none());
    let things = noun_units.iter().any(|unit| unit.entity().is_some());
    if occasion && !things {
        name_topic(draft, &noun_units);
        clause.units.drain(..end);
        company(draft, clause);
    } else if after_app
        && !verb
        && !(things
            && clause
                .units
                .get(end)
                .is_some_and(|unit| matches!(unit.kind, Kind::Colon | Kind::Open) || unit.is("with")))
    {
        purpose(draft, clause, at, end);
    } else if verb || clause.units[..lead].iter().any(|unit| unit.is_any(&["want", "need"])) {
        remember(draft, &noun_units);
        clause.units.drain(..at.min(clause.units.len()));
    }
}

/// "our wedding with my partner": somebody who keeps the app too.
fn company(draft: &mut Draft, clause: &mut Clause) {
    let end = (1..clause.units.len())
        .find(|at| {
            matches!(clause.units[*at].kind, Kind::Comma | Kind::Colon) || clause.units[*at].is_any(&["where", "with"])
        })
        .unwrap_or(clause.units.len());
    let words = clause.units[..end].to_vec();
    let content: Vec<&Unit> = words.iter().filter(|unit| unit.is_content()).collect();
    if !words.first().is_some_and(|unit| unit.is("with"))
        || content.is_empty()
        || !content.iter().all(|unit| unit.role().is_some())
    {
        return;
    }
    for unit in content {
        if let Some(role) = unit.role() {
            super::super::access::make_role(draft, role, unit);
        }
    }
    clause.units.drain(..end);
}

/// "birthday party for my son", "wedding in Lisbon": words that only say more about the occasion.
fn decoration(units: &[Unit], end: usize) -> usize {
    if !units.get(end).is_some_and(|unit| unit.is_any(&["for", "in"])) {
        return end;
    }
    let stop = (end + 1..units.len())
        .find(|index| ends_topic(&units[*index]) && !units[*index].is("in"))
        .unwrap_or(units.len());
    let named = units[end..stop]
        .iter()
        .any(|unit| unit.entity().is_some() || unit.is_any(&["choose", "answer", "see", "track"]));
    if named { end } else { stop }
}

/// "for our sales team", "for me": names the app, is not yet a thing to keep.
fn purpose(draft: &mut Draft, clause: &mut Clause, at: usize, end: usize) {
    let end = located(draft, &clause.units, at, end);
    let words = clause.units[at..end].to_vec();
    let person = words.iter().any(|unit| unit.role().is_some());
    let verbal = clause.units[at..].first().is_some_and(|unit| {
        unit.is_any(&["see", "edit", "create", "add", "choose", "answer", "ask", "give", "bring", "signUp"])
    });
    if verbal {
        return;
    }
    if !person {
        remember(draft, &words);
    }
    let whole: Vec<String> =
        words.iter().skip_while(|unit| !unit.is_content()).filter(|unit| unit.is_word()).map(shown).collect();
    if !whole.is_empty() && !person {
        draft.topic.get_or_insert_with(|| sentence_case(&whole.join(" ")));
    }
    clause.units.drain(..end);
    apposition(clause);
}

/// "for a hair salon in Bristol": what only says where and of what kind belongs to the name.
fn located(draft: &Draft, units: &[Unit], at: usize, end: usize) -> usize {
    let strange = |unit: &Unit| unit.is_content() && unit.tags.is_empty() && unit.kind == Kind::Word;
    let named = units[at..end.min(units.len())].iter().any(Unit::is_content);
    let mut stop = end;
    while units.get(stop).is_some_and(|unit| unit.is_any(&["in", "for"])) {
        let next = (stop + 1..units.len()).find(|next| !strange(&units[*next])).unwrap_or(units.len());
        if next == stop + 1 || next > stop + 4 {
            break;
        }
        stop = next;
    }
    let closed = units.get(stop).is_none_or(|next| !next.is_word() || next.is_any(&["with", "where"]));
    if draft.creating && named && closed { stop } else { end }
}

/// "for me, Ana, photographer in Lisbon: …": what stands before the colon only says who.
fn apposition(clause: &mut Clause) {
    let Some(colon) = clause.units.iter().position(|unit| unit.kind == Kind::Colon) else { return };
    let known = clause.units[..colon].iter().any(|unit| {
        unit.entity().is_some() || unit.field().is_some() || unit.is_any(&["have", "with", "may", "answer", "choose"])
    });
    if !known && clause.units.first().is_some_and(|unit| unit.kind == Kind::Comma) {
        clause.units.drain(..=colon);
    }
}

fn ends_topic(unit: &Unit) -> bool {
    matches!(unit.kind, Kind::Comma | Kind::Colon | Kind::Open)
        || unit.is_any(&["with", "where", "have", "and", "for", "in", "to", "only", "be"])
            && unit.entity().is_none()
            && !unit.is("track")
}

fn remember(draft: &mut Draft, words: &[Unit]) {
    if draft.topic_noun.is_none() && words.iter().any(Unit::is_content) {
        draft.topic_noun = Some(words.to_vec());
    }
}

/// Words that say what the app is for.
fn name_topic(draft: &mut Draft, words: &[Unit]) {
    let content: Vec<String> = words.iter().filter(|unit| unit.is_content() && !unit.is("app")).map(shown).collect();
    let ends = |unit: &&Unit| !(unit.is_any(&["and", "need", "want"]) && unit.is_structure());
    let linked = words.iter().rev().skip_while(|unit| unit.is("of") && unit.is_structure()).count();
    let whole: Vec<String> = words[..linked]
        .iter()
        .skip_while(|unit| !unit.is_content())
        .take_while(ends)
        .filter(|unit| unit.is_word())
        .map(shown)
        .collect();
    if let Some(occasion) = words.iter().find_map(Unit::occasion) {
        draft.occasion.get_or_insert(occasion);
        if draft.topic.is_none() {
            draft.topic = Some(sentence_case(&whole.join(" ")));
        }
        return;
    }
    if content.is_empty() {
        return;
    }
    if noun(words, draft.language).is_some_and(|named| named.concept.is_some()) {
        draft.entity(words);
    }
    remember(draft, words);
    draft.topic.get_or_insert_with(|| sentence_case(&content.join(" ")));
}
