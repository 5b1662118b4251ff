//! From units to clauses: one statement each, with lists under a heading joined to it.
//!
//! Invariant: every unit of the text is in exactly one clause, in order, or is a mark between clauses.

use super::lexicon::Language;
use super::text::Kind;
use super::unit::Unit;

/// What people do in apps: the verbs of blueprints' deeds.
pub(crate) const DEEDS: &[&str] = &[
    "book",
    "cancel",
    "lend",
    "borrow",
    "decide",
    "rate",
    "offerDeed",
    "takeOn",
    "mark",
    "handOver",
    "publish",
    "buy",
    "putInto",
    "sell",
    "vote",
    "payDeed",
    "sign",
    "donate",
];
/// Verbs, besides [`DEEDS`], of which a subject can be left out after "and".
const ELIDING: &[&str] = &[
    "answer", "choose", "bring", "track", "signUp", "give", "ask", "remove", "rename", "archive", "restore", "add",
    "submits", "proposes",
];
/// Verbs (and the like), besides [`DEEDS`], that make a noun before them a subject.
const VERBS: &[&str] = &[
    "answer", "choose", "bring", "have", "need", "may", "must", "be", "signUp", "not", "give", "see", "edit", "want",
    "track", "ask", "submits", "proposes", "lasts",
];
/// Subjects by themselves.
const SUBJECTS: &[&str] = &["they", "we", "me", "everyone", "nobody"];

fn is_verb(unit: &Unit) -> bool {
    unit.is_any(VERBS) || unit.is_any(DEEDS)
}

/// One statement.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// Its words.
    pub(crate) units: Vec<Unit>,
    /// The first clause of its sentence.
    pub(crate) opens: bool,
    /// It opens its sentence, and a colon ends it.
    pub(crate) heads: bool,
}

impl Clause {
    /// First unit at or after `from` with one of these structure words.
    pub(crate) fn find_from(&self, from: usize, keys: &[&str]) -> Option<usize> {
        (from..self.units.len()).find(|at| self.units[*at].is_any(keys))
    }

    /// First unit with one of these structure words.
    pub(crate) fn find(&self, keys: &[&str]) -> Option<usize> {
        self.find_from(0, keys)
    }

    /// Has one of these structure words.
    pub(crate) fn has(&self, keys: &[&str]) -> bool {
        self.find(keys).is_some()
    }

    /// Marks units as understood.
    pub(crate) fn take(&mut self, range: std::ops::Range<usize>) {
        let end = range.end.min(self.units.len());
        self.units[range.start.min(end)..end].iter_mut().for_each(|unit| unit.used = true);
    }

    /// Marks everything as understood.
    pub(crate) fn take_all(&mut self) {
        self.take(0..self.units.len());
    }
}

/// All clauses of a text.
pub(crate) fn clauses(units: Vec<Unit>, language: &Language) -> Vec<Clause> {
    let lines = lines(units);
    let mut clauses = Vec::new();
    for sentence in outline(lines) {
        for part in sentences(sentence) {
            segment(part, language, &mut clauses);
        }
    }
    clauses
}

struct Line {
    level: usize,
    bullet: bool,
    units: Vec<Unit>,
}

/// Lines with their indentation; a line that only continues the one before is joined to it.
fn lines(units: Vec<Unit>) -> Vec<Line> {
    let mut lines = vec![Line { level: 0, bullet: false, units: Vec::new() }];
    for unit in units {
        if unit.kind != Kind::Line {
            if let Some(line) = lines.last_mut() {
                line.units.push(unit);
            }
            continue;
        }
        lines.push(Line { level: unit.indent, bullet: unit.indent % 2 == 1, units: Vec::new() });
    }
    let mut joined: Vec<Line> = Vec::new();
    for line in lines.into_iter().filter(|line| !line.units.is_empty()) {
        match joined.last_mut() {
            Some(last) if continues(last, &line) => last.units.extend(line.units),
            _ => joined.push(line),
        }
    }
    joined
}

/// A sentence broken over lines: no bullet, no end before it, and either the line before was long or this one is small.
fn continues(last: &Line, line: &Line) -> bool {
    let Some(end) = last.units.last() else { return false };
    let small = line.units[0].text.starts_with(|first: char| first.is_lowercase());
    let open = end.kind == Kind::Comma || end.is_any(&["and", "or", "with", "for", "to", "det", "of", "have"]);
    let long = last.units.iter().map(|unit| unit.text.len() + 1).sum::<usize>() > 50;
    let ended = matches!(end.kind, Kind::Stop | Kind::Colon | Kind::Semicolon | Kind::Question);
    !line.bullet && !ended && (open || (small && long))
}

/// Joins lists to their headings: "Guests:" and bullets below it become "Guests: a, b, c".
fn outline(lines: Vec<Line>) -> Vec<Vec<Unit>> {
    let mut sentences = Vec::new();
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        let mut children = Vec::new();
        while let Some(child) = lines.next_if(|child| is_child(&line, child)) {
            children.push(child);
        }
        let mut head = line.units;
        let nested = children.windows(2).any(|pair| pair[1].level > pair[0].level);
        if children.is_empty() {
            sentences.push(head);
        } else if nested {
            sentences.push(head);
            sentences.extend(outline(children));
        } else {
            let (simple, complex): (Vec<Line>, Vec<Line>) =
                children.into_iter().partition(|child| is_list_item(&child.units));
            append_list(&mut head, simple);
            sentences.push(head);
            sentences.extend(complex.into_iter().map(|child| child.units));
        }
    }
    sentences
}

fn is_child(head: &Line, line: &Line) -> bool {
    line.bullet && (line.level > head.level || !head.bullet)
}

/// Short, without a verb or a list of its own.
fn is_list_item(units: &[Unit]) -> bool {
    let mut depth = 0usize;
    let mut words = 0;
    for unit in units {
        match unit.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Colon | Kind::Semicolon if depth == 0 => return false,
            _ if depth == 0 && unit.is_word() => words += 1,
            _ => {}
        }
    }
    let verb = |unit: &Unit| {
        unit.is_any(&["choose", "may", "must", "bring", "see", "only", "they", "me", "we", "need", "have"])
    };
    let starts_with_verb = units.first().is_some_and(|unit| {
        unit.is_any(&["answer", "track", "give", "ask"]) && unit.field().is_none() && unit.entity().is_none()
    });
    words <= 8 && !units.iter().any(verb) && !starts_with_verb
}

fn append_list(head: &mut Vec<Unit>, items: Vec<Line>) {
    if items.is_empty() {
        return;
    }
    if head.last().is_some_and(|unit| matches!(unit.kind, Kind::Stop)) {
        head.pop();
    }
    if head.last().is_some_and(|unit| unit.kind != Kind::Colon) {
        head.push(mark(Kind::Colon, ":"));
    }
    for (number, mut item) in items.into_iter().enumerate() {
        if number > 0 {
            head.push(mark(Kind::Comma, ","));
        }
        while item.units.last().is_some_and(|unit| matches!(unit.kind, Kind::Stop | Kind::Comma | Kind::Semicolon)) {
            item.units.pop();
        }
        head.append(&mut item.units);
    }
}

fn mark(kind: Kind, text: &str) -> Unit {
    Unit::silent(kind, text, Vec::new())
}

/// Splits at full stops, semicolons and questions that end a sentence, outside parentheses.
fn sentences(units: Vec<Unit>) -> Vec<Vec<Unit>> {
    let mut sentences = vec![Vec::new()];
    let mut depth = 0usize;
    let mut units = units.into_iter().peekable();
    while let Some(unit) = units.next() {
        match unit.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let next_is_capital = units.peek().is_none_or(|next| next.text.starts_with(char::is_uppercase));
        let ends = match unit.kind {
            Kind::Stop => true,
            Kind::Semicolon => depth == 0,
            Kind::Question => depth == 0 && next_is_capital,
            _ => false,
        };
        if ends && unit.kind == Kind::Stop {
            depth = 0;
        }
        if !(ends && unit.kind != Kind::Question)
            && let Some(last) = sentences.last_mut()
        {
            last.push(unit);
        }
        if ends {
            sentences.push(Vec::new());
        }
    }
    sentences.retain(|sentence| sentence.iter().any(Unit::is_word));
    sentences
}

/// Splits a sentence where a new statement starts.
fn segment(units: Vec<Unit>, language: &Language, clauses: &mut Vec<Clause>) {
    let depth = depths(&units);
    let mut starts = vec![0];
    for (at, depth) in depth.iter().enumerate().skip(1) {
        if *depth == 0 && starts_statement(&units, at, *starts.last().unwrap_or(&0), language) {
            starts.push(at);
        }
    }
    starts.push(units.len());
    for (number, pair) in starts.windows(2).enumerate() {
        let part = trim_joints(&units[pair[0]..pair[1]]);
        if part.iter().any(Unit::is_word) {
            let heads = number == 0 && pair[1] < units.len() && units[pair[1] - 1].kind == Kind::Colon;
            clauses.push(Clause { units: part.to_vec(), opens: number == 0, heads });
        }
    }
}

fn depths(units: &[Unit]) -> Vec<usize> {
    let mut depth = 0usize;
    units
        .iter()
        .map(|unit| {
            if unit.kind == Kind::Open {
                depth += 1;
            }
            let here = depth;
            if unit.kind == Kind::Close {
                depth = depth.saturating_sub(1);
            }
            here
        })
        .collect()
}

fn is_joint(unit: &Unit) -> bool {
    unit.kind == Kind::Comma || (unit.is_any(&["and", "where"]) && unit.entity().is_none() && unit.field().is_none())
}

/// Commas and connectors at both ends say nothing by themselves.
fn trim_joints(mut units: &[Unit]) -> &[Unit] {
    while let Some((_, rest)) = units.split_first().filter(|(first, _)| is_joint(first)) {
        units = rest;
    }
    while let Some((_, rest)) = units.split_last().filter(|(last, _)| is_joint(last) || last.kind == Kind::Colon) {
        units = rest;
    }
    units
}

/// Whether the statement that began at `start` ends before `at`.
fn starts_statement(units: &[Unit], at: usize, start: usize, language: &Language) -> bool {
    let before = &units[at - 1];
    let content_before = units[start..at]
        .iter()
        .any(|unit| unit.is_content() || is_verb(unit) || unit.is("containerWord") && before.kind == Kind::Colon);
    if !content_before {
        return false;
    }
    if before.kind == Kind::Colon && at > start + 1 {
        // "PTA: we need helpers", "Property: flats with a, b, tenants with c": the heading only names the app.
        if start == 0
            && titles(units, at - 1)
            && (states(units, at) || several_described(units, at, language) || one_described(units, at, language))
        {
            return true;
        }
        let headed = heading(units, at, language) && !units[at..].iter().take(2).any(|unit| unit.kind == Kind::Colon);
        // "A flower shop: customers order bouquets": the heading only names the app.
        let named = start == 0
            && !units[..at].iter().any(|unit| is_plain_verb(unit) || unit.is_any(&["options", "choiceNoun"]));
        let subject = units[at..].iter().find(|unit| !(unit.is_any(&["each", "det"]) && unit.is_structure()));
        let somebody = subject.is_some_and(|unit| unit.entity().is_some());
        return headed || named && somebody && subject_then_verb(units, at, language);
    }
    if is_joint(before) {
        let rest = skip(units, at);
        if rest >= units.len() || has_steps(units, start, at) {
            return false;
        }
        if joins_only(units, start, at) || compound_subject(units, start, at) || compound_verb(units, at) {
            return false;
        }
        if lets_users(units, rest) || before.is("where") && is_users_modal(units, rest) {
            return true;
        }
        if units[rest].is("whether")
            && units[start..at].iter().any(|unit| unit.is("whether"))
            && units[start..at].iter().any(|unit| unit.is_any(&["answer", "give", "ask"]))
        {
            return true;
        }
        if goes_through_steps(units, rest) {
            return true;
        }
        // "I run a bakery and want people to order": who speaks, then what is wanted.
        let wants = units[rest].is("want") && units[rest].is_structure() && before.kind == Kind::Comma;
        if wants || units[rest].is("want") && units[start..at].iter().any(|unit| unit.is("runs")) {
            return true;
        }
        // "users should be able to browse and manage leads", "the site should have functions for …": one list.
        let features = |pair: &[Unit]| pair[1].is("have") && units[start..at].iter().any(|unit| unit.is("feature"));
        let listed = units[start..at].windows(2).any(|pair| {
            pair[0].is_any(&["users", "app", "pageWord", "forumWord"])
                && (pair[1].is_any(&["may", "must"]) || features(pair))
        });
        if owns_only(units, start, rest) {
            return true;
        }
        let property = before.kind == Kind::Comma
            && units[rest].field().is_some()
            && units[start..at].iter().any(|unit| unit.kind == Kind::Colon);
        let goes_on = listed || property;
        return subject_then_verb(units, rest, language)
            || !goes_on && (bare_verb(units, rest) || last_deed(units, start, rest))
            || heading(units, rest, language)
            || start > 0 && describes(units, rest, language) && units[start..at].iter().any(|unit| unit.is("with"));
    }
    // A run-on: a pronoun, "only" or a known person with a verb right after a noun.
    let after_noun = before.is_content()
        || before.kind == Kind::Close
        || before.kind == Kind::Question
        || before.is_any(&["orNot", "yesNo", "no", "they"]);
    let here = &units[at];
    let bound = |unit: &Unit| unit.is_any(&["they", "we", "me", "everyone", "nobody"]);
    let answers = here.is("answer")
        && here.entity().is_none()
        && units.get(at + 1).is_some_and(|next| next.is_any(&["yesNo", "whether"]));
    (after_noun && answers && units[start..at].iter().any(|unit| unit.is("with")))
        || (after_noun && bound(here) && !joins_only(units, start, at) && next_is_verb(units, at + 1))
        || (after_noun
            && here.is("only")
            && !units[at + 1..].iter().take(3).any(|next| next.is("own"))
            && units[at..].iter().take(8).any(|unit| unit.is_any(&["may", "see", "edit"]))
            && units[start..at].iter().any(|unit| is_verb(unit) || unit.kind == Kind::Colon)
            && !units[start..at].iter().any(|unit| unit.is_any(&["may", "see", "be", "not"])))
        || (after_noun
            && here.entity().is_some_and(is_person)
            && here.is_plural(language)
            && next_is_verb(units, at + 1)
            && !units[at + 1].is("with")
            && has_object(units, start, at))
        || ((before.field().is_some() || !before.is_content())
            && after_noun
            && heading(units, at, language)
            && units[at..].iter().take(2).any(|unit| unit.kind == Kind::Colon))
}

/// A heading of an app: a few words without a verb, not "guests: …" or a choice.
fn titles(units: &[Unit], colon: usize) -> bool {
    let words = &units[..colon];
    let chosen = |unit: &Unit| {
        let known = unit.field().and_then(|field| super::lexicon::lexicon().concepts.field.get(field));
        unit.is_any(&["options", "choiceNoun"]) || known.is_some_and(|field| field.kind == "choice")
    };
    let choice = words.iter().any(chosen);
    words.len() <= 7
        && words.iter().all(|unit| unit.is_word())
        && !choice
        && !words.iter().any(|unit| unit.is_structure() && (is_verb(unit) || unit.is("with")))
}

/// A pronoun and a verb follow, or people and what they do.
fn states(units: &[Unit], at: usize) -> bool {
    let at = skip(units, at);
    let pronoun = units.get(at).is_some_and(|unit| unit.is_any(SUBJECTS) || unit.is("users"));
    let lead =
        usize::from(units.get(at).is_some_and(|unit| unit.is_any(&["det", "poss", "each"]) && !unit.is_content()));
    let person = units.get(at + lead).is_some_and(|unit| unit.entity().is_some_and(is_person) || unit.role().is_some());
    let does = |unit: &Unit| unit.is_any(&["doing", "makes"]) && unit.is_structure();
    pronoun && next_is_verb(units, at + 1)
        || person && lead == 0 && units.get(at + 1).is_some_and(does) && units.get(at + 2).is_some_and(Unit::is_word)
        || person && units.get(at + lead + 1).is_some_and(is_verb) && !units[at + lead + 1].is_any(&["with", "have"])
}

/// Two things or more, each with its own list.
fn several_described(units: &[Unit], at: usize, language: &Language) -> bool {
    let depth = depths(units);
    let opens = |place: usize| place == at || depth[place] == 0 && is_joint(&units[place - 1]);
    let described =
        (at..units.len()).filter(|place| opens(*place) && depth[*place] == 0 && describes(units, *place, language));
    described.count() > 1
}

/// "Choir: singers with a voice": one thing with its list, under words that name no such thing.
fn one_described(units: &[Unit], at: usize, language: &Language) -> bool {
    let head = units[..at].iter().rfind(|unit| unit.is_content());
    let single = head.is_some_and(|head| !head.is_plural(language));
    let several = units[at].is_content() && super::unit::looks_plural(&units[at].norm);
    single && several && units.get(at + 1).is_some_and(|next| next.is("with") && next.is_structure())
}

/// "flats with an address": a noun with its list, in the plural where a plural shows.
fn describes(units: &[Unit], at: usize, language: &Language) -> bool {
    let large = language.grammar().capital_nouns
        && units[at].text.starts_with(char::is_uppercase)
        && units[at].tags.is_empty()
        && units.get(at + 1).is_some_and(|next| next.is("with"));
    large || heading(units, at, language)
}

/// "…, allowing users to create profiles", "…, letting members enter their bio".
fn lets_users(units: &[Unit], at: usize) -> bool {
    let people = |unit: &Unit| unit.is("users") || unit.entity().is_some_and(is_person);
    units[at].is("let") && units[at..].iter().take(4).any(people)
}

/// "where users can …", "users should be able to …".
fn is_users_modal(units: &[Unit], at: usize) -> bool {
    units[at].is("users") && units.get(at + 1).is_some_and(|next| next.is_any(&["may", "must"]))
}

/// "only my partner and I", "nobody but me and X": the pronoun belongs to the list of people before it.
fn joins_only(units: &[Unit], start: usize, at: usize) -> bool {
    units[start..at].iter().any(|unit| unit.is("only"))
        && !units[start..at].iter().any(|unit| unit.is_any(&["may", "see"]))
}

/// "my partner and I may see": people joined by "and" before the first verb.
fn compound_subject(units: &[Unit], start: usize, at: usize) -> bool {
    let before = &units[start..at];
    let person = units.get(at).is_some_and(|unit| unit.is_any(SUBJECTS))
        || units[at..].iter().take(3).any(|unit| unit.role().is_some());
    let plain = |unit: &Unit| {
        unit.is("and") || !(is_verb(unit) && unit.role().is_none()) && unit.kind != Kind::Colon && !unit.is("with")
    };
    person && before.last().is_some_and(|unit| unit.is("and")) && before.iter().all(plain)
}

/// "for displaying and managing news": both are done to the same thing.
fn compound_verb(units: &[Unit], at: usize) -> bool {
    let does = |unit: &Unit| unit.is("doing") && unit.is_structure() && !unit.is_filler();
    let keeps =
        |unit: &Unit| unit.is_any(&["makes", "publish", "edit", "track", "delete", "add"]) && unit.is_structure();
    let own = || units[at..].iter().take(4).any(|unit| unit.is("own"));
    at >= 2
        && units[at - 1].is("and")
        && (does(&units[at - 2]) && does(&units[at]) || keeps(&units[at - 2]) && keeps(&units[at]) && own())
}

fn has_object(units: &[Unit], start: usize, at: usize) -> bool {
    units[start..at].iter().filter(|unit| unit.is_content()).count() > 1
        && units[start..at].iter().any(|unit| is_verb(unit) || unit.is("with") || unit.kind == Kind::Colon)
}

fn is_person(concept: &str) -> bool {
    super::lexicon::lexicon()
        .concepts
        .entity
        .get(concept)
        .is_some_and(|entity| entity.shape == super::lexicon::Shape::Person)
}

fn skip(units: &[Unit], mut at: usize) -> usize {
    while units.get(at).is_some_and(|unit| unit.is_filler() || is_joint(unit)) {
        at += 1;
    }
    at
}

fn next_is_verb(units: &[Unit], at: usize) -> bool {
    let at = skip(units, at);
    units.get(at).is_some_and(|unit| is_verb(unit) && !unit.is("with"))
        || units.get(at).is_some_and(|unit| unit.beyond().is_some())
}

/// A pronoun or up to three nouns, then a verb that is not itself an item of a list.
fn subject_then_verb(units: &[Unit], at: usize, language: &Language) -> bool {
    let mut here = at;
    if units.get(here).is_some_and(|unit| unit.is("only")) {
        return units[here..].iter().take(9).any(|unit| unit.is_any(&["may", "see", "edit", "create"]));
    }
    if units.get(here).is_some_and(|unit| unit.is_any(SUBJECTS)) {
        let only = usize::from(units.get(here + 1).is_some_and(|unit| unit.is("only")));
        return next_is_verb(units, here + 1 + only);
    }
    while units.get(here).is_some_and(|unit| unit.is_any(&["det", "each", "poss"]) && !unit.is_content()) {
        here += 1;
    }
    let nouns = here;
    // "patients appointments doctor": where one word is both, the deed after a person is the verb.
    let does = |at: usize| {
        language.grammar().numberless
            && units[at].is_any(DEEDS)
            && at.checked_sub(1).is_some_and(|before| before >= nouns && units[before].entity().is_some_and(is_person))
    };
    while here < nouns + 3
        && units.get(here).is_some_and(|unit| unit.is_content() && !is_plain_verb(unit))
        && !does(here)
    {
        here += 1;
    }
    if here == nouns {
        return false;
    }
    let Some(verb) = units.get(here) else { return false };
    let named = units[nouns..here]
        .iter()
        .any(|unit| unit.entity().is_some() || unit.is_plural(language) || unit.role().is_some())
        || units[at..nouns].iter().any(|unit| unit.is_any(&["each", "det"]));
    named && is_verb(verb) && !ends_item(units, here + 1)
}

fn is_plain_verb(unit: &Unit) -> bool {
    is_verb(unit) && unit.entity().is_none() && unit.field().is_none()
}

fn ends_item(units: &[Unit], at: usize) -> bool {
    units.get(at).is_none_or(|next| next.kind == Kind::Comma)
}

/// A verb whose subject is the one before.
fn bare_verb(units: &[Unit], at: usize) -> bool {
    let Some(verb) = units.get(at) else { return false };
    let verbal = (verb.is_any(ELIDING) || verb.is_any(DEEDS))
        && (verb.field().is_none() || units.get(at + 1).is_some_and(|next| next.is_any(&["yesNo", "whether", "yes"])));
    let modal = verb.is_any(&["may", "need", "must", "not"])
        && units.get(at + 1).is_some_and(|next| is_verb(next) || next.is_any(&["in", "before"]) || next.is_content());
    let followed =
        units.get(at + 1).is_some_and(|next| !matches!(next.kind, Kind::Comma | Kind::Close) && !next.is_any(&["and"]));
    (verbal && followed && verb.entity().is_none()) || modal
}

/// "the status is new, then ready, and then fetched" goes on.
fn has_steps(units: &[Unit], start: usize, at: usize) -> bool {
    let begins = units[start..at].iter().take(3).any(|unit| matches!(unit.field(), Some("status" | "stage" | "state")));
    let onward = |unit: &Unit| unit.is("onward");
    let bare = |unit: &Unit| unit.is_word() && unit.entity().is_none() && !unit.is_any(&["det", "may", "must"]);
    let last = units[at..].len() <= 4 && units[at..].iter().all(bare);
    begins && units[start..at].iter().any(onward) && (last || units[at..].iter().take(4).any(onward))
}

/// "leaders see all children, parents only their own": people and what they see, without the verb.
fn owns_only(units: &[Unit], start: usize, at: usize) -> bool {
    let lead = usize::from(units.get(at).is_some_and(|unit| unit.is("det") && !unit.is_content()));
    let people = units[at + lead..].iter().take_while(|unit| unit.is_content()).count();
    let rest = &units[at + lead + people..];
    let theirs = rest.iter().take(5).any(|unit| unit.is_any(&["own", "poss"]));
    (1..=2).contains(&people)
        && rest.first().is_some_and(|unit| unit.is("only"))
        && theirs
        && !rest.iter().take(5).any(|unit| is_verb(unit) && unit.is_structure())
        && units[start..at].iter().any(|unit| unit.is_any(&["see", "edit"]))
}

/// "the status goes from new to ready to done".
fn goes_through_steps(units: &[Unit], at: usize) -> bool {
    let at = at + usize::from(units.get(at).is_some_and(|unit| unit.is("det") && !unit.is_content()));
    let stepped = units.get(at).is_some_and(|unit| matches!(unit.field(), Some("status" | "stage" | "state")));
    let from = units[at..].iter().take(4).skip(1).position(|unit| unit.is_any(&["from", "handOver"]));
    let on = |unit: &&Unit| unit.is("onward") || unit.is("to") && unit.is_structure();
    let is = units.get(at + 1).is_some_and(|unit| unit.is("be") && unit.is_structure());
    let begins = is && units[at + 2..].iter().take(6).any(|unit| unit.is("onward"));
    stepped && (begins || from.is_some_and(|from| units[at + from + 1..].iter().filter(on).count() > 1))
}

/// "members suggest films and vote": a deed that ends the sentence.
fn last_deed(units: &[Unit], start: usize, at: usize) -> bool {
    let told = units[start..at].iter().any(|unit| unit.is_any(&["submits", "proposes"]));
    let plain = units[at].is_any(DEEDS);
    told && plain && at + 1 == units.len() && units[at - 1].is("and")
}

/// "tables with …", "tables: …", "tables (…": a thing described by its own list.
fn heading(units: &[Unit], at: usize, language: &Language) -> bool {
    let mut here = at;
    while units.get(here).is_some_and(|unit| unit.is_any(&["det", "numberWord", "thingWord"]) && !unit.is_content()) {
        here += 1;
    }
    let nouns = here;
    while here < nouns + 3 && units.get(here).is_some_and(|unit| unit.is_content()) {
        here += 1;
    }
    let Some(end) = units.get(here).filter(|_| here > nouns) else { return false };
    let head = &units[here - 1];
    let opens = end.kind == Kind::Colon || end.is("with") || (end.is("have") && end.entity().is_none());
    opens && names_a_thing(head, language) && units.get(here + 1).is_some()
}

fn names_a_thing(unit: &Unit, language: &Language) -> bool {
    let choice = unit
        .field()
        .and_then(|field| super::lexicon::lexicon().concepts.field.get(field))
        .is_some_and(|field| field.kind == "choice");
    !choice && (unit.entity().is_some() && unit.is_plural(language) || unit.tags.is_empty() && unit.is_plural(language))
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::lexicon;
    use super::super::text::tokens;
    use super::super::unit::{units, written};
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let english = lexicon().language("en");
        clauses(units(&tokens(text), english), english).iter().map(|clause| written(&clause.units)).collect()
    }

    #[test]
    fn sentences_and_statements_are_split() {
        assert_eq!(
            split(
                "Guests have a name, an email and a phone number. They answer yes or no and pick a meal (meat, fish or vegetarian)."
            ),
            [
                "Guests have a name, an email and a phone number",
                "They answer yes or no",
                "pick a meal (meat, fish or vegetarian)"
            ]
        );
    }

    #[test]
    fn run_on_text_is_split_where_a_subject_meets_a_verb() {
        assert_eq!(
            split(
                "guests have a name and email they answer yes or no, tables have seats and only we may see the budget"
            ),
            [
                "guests have a name and email",
                "they answer yes or no",
                "tables have seats",
                "only we may see the budget"
            ]
        );
    }

    #[test]
    fn nouns_that_could_be_verbs_stay_in_their_list() {
        assert_eq!(split("Guests have a name, answer, note and meal"), ["Guests have a name, answer, note and meal"]);
    }

    #[test]
    fn bullets_join_their_heading() {
        assert_eq!(
            split("Guests:\n- name\n- meal (a, b)\n- they answer yes or no"),
            ["Guests: name, meal (a, b)", "they answer yes or no"]
        );
        assert_eq!(
            split("Wedding\n- guests: name, email\n- tables: seats"),
            ["Wedding", "guests: name, email", "tables: seats"]
        );
    }

    #[test]
    fn the_people_of_an_only_stay_together() {
        assert_eq!(split("Only my partner and I may see the budget."), ["Only my partner and I may see the budget"]);
    }

    #[test]
    fn headings_in_one_line_are_split() {
        assert_eq!(split("guests: name, email, tables: name, seats"), ["guests: name, email", "tables: name, seats"]);
    }
}
