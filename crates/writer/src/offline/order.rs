//! From a language's own word order to the one that clause patterns read: subject, verb, object, prepositions.
//!
//! Invariant: words are moved, never dropped, and each keeps its place in the text, so that quotations read as they
//! were written. What moves is declared in the language's file; no language is named here.

use super::clause::DEEDS;
use super::lexicon::{Language, Shape, Tag};
use super::noun::shape;
use super::script::Order;
use super::text::Kind;
use super::unit::Unit;

/// Verbs that say what somebody does, besides [`DEEDS`].
const MAIN: &[&str] = &[
    "answer", "choose", "bring", "have", "need", "signUp", "give", "see", "edit", "want", "track", "ask", "create",
    "delete", "add", "remove", "rename", "archive", "restore", "undo", "use", "let", "invited", "show", "be",
    "comment", "approve", "remind", "warn", "submits", "proposes",
];
/// Verbs that only tell how.
const AUXILIARY: &[&str] = &["may", "must"];
/// Verbs that order the app to be changed.
const COMMANDS: &[&str] = &["add", "remove", "rename", "archive", "restore", "undo", "use", "show"];
/// Pronouns and the like that are a subject by themselves.
const PRONOUNS: &[&str] = &["they", "we", "me", "everyone", "nobody"];
/// Said before a noun in English and after it in other languages.
const POSTPOSITIONS: &[&str] = &["in", "from", "to", "for", "with", "by"];
/// What may stand before a noun.
const BEFORE_NOUN: &[&str] = &["det", "each", "poss", "only", "own", "numberWord"];

/// Units in the order that the patterns read.
pub(crate) fn arranged(units: Vec<Unit>, language: &Language) -> Vec<Unit> {
    let order = &language.grammar().order;
    if order.is_empty() {
        return units;
    }
    let mut done: Vec<Unit> = Vec::new();
    let mut stretch: Vec<Unit> = Vec::new();
    for unit in with_named_deeds(units, language) {
        let ends = matches!(unit.kind, Kind::Stop | Kind::Line | Kind::Semicolon | Kind::Question);
        if ends {
            done.extend(ordered(std::mem::take(&mut stretch), order));
            done.push(unit);
        } else {
            stretch.push(unit);
        }
    }
    done.extend(ordered(stretch, order));
    done
}

/// "date bought" between two commas, said with the verb: what the verb does there is to tell which date it is.
fn with_named_deeds(mut units: Vec<Unit>, language: &Language) -> Vec<Unit> {
    let grammar = language.grammar();
    if !grammar.numberless {
        return units;
    }
    let ends = |unit: Option<&Unit>| {
        unit.is_none_or(|unit| !unit.is_word() || says(unit, &["and", "add", "to"]) && !unit.is("of"))
    };
    let links = |unit: Option<&Unit>| unit.is_some_and(|unit| says(unit, &["of", "for"]));
    for at in 0..units.len() {
        // "their own booking": what is somebody's is a thing, whatever is done with such things.
        let owned = at.checked_sub(1).is_some_and(|before| says(&units[before], &["own", "poss"]));
        if owned && units[at].is_any(DEEDS) && units[at].entity().is_some() {
            units[at].tags.retain(|tag| !matches!(tag, Tag::Function(_)));
        }
        if !(says(&units[at], DEEDS) || says(&units[at], &["account"])) {
            continue;
        }
        let before = |steps: usize| at.checked_sub(steps).and_then(|place| units.get(place));
        let (noun, outer, other) = if grammar.head_first {
            let link = usize::from(links(before(1)));
            (before(1 + link), before(2 + link), units.get(at + 1))
        } else {
            let link = usize::from(links(units.get(at + 1)));
            (units.get(at + 1 + link), units.get(at + 2 + link), before(1))
        };
        if noun.is_some_and(|unit| unit.field().is_some()) && ends(outer) && ends(other) {
            units[at].tags.clear();
        }
    }
    units
}

fn ordered(units: Vec<Unit>, order: &[Order]) -> Vec<Unit> {
    order.iter().fold(units, |units, step| match step {
        Order::PostposedOnly => postposed_only(units),
        Order::VerbFinal => match rename_between(possessors(numbers_first(units))) {
            renamed if renamed.first().is_some_and(|unit| says(unit, &["rename"])) => renamed,
            others => verb_final(others),
        },
        Order::VerbBracket => verb_bracket(units),
        Order::VerbFirst => verb_first(units),
        Order::PossessorFirst => possessor_first(units),
        Order::ParticleLast => particle_last(units),
        Order::CommandLast => by_pieces(units, command_last),
        Order::NumberLast => number_last(units),
        Order::RelativeFirst => possessors(relative_first(numbers_first(units))),
    })
}

/// Carries structure only and has one of these meanings.
fn says(unit: &Unit, keys: &[&str]) -> bool {
    unit.is_structure() && unit.is_any(keys)
}

fn is_verb(unit: &Unit) -> bool {
    says(unit, MAIN) || says(unit, DEEDS) || says(unit, AUXILIARY)
}

/// "they pick a meal out": a preposition with nothing after it says no more than its verb.
fn particle_last(mut units: Vec<Unit>) -> Vec<Unit> {
    for at in 1..units.len() {
        let alone = units
            .get(at + 1)
            .is_none_or(|next| matches!(next.kind, Kind::Comma | Kind::Open | Kind::Colon) || says(next, &["and"]));
        if alone && says(&units[at], &["in", "from", "with", "to", "for", "by", "between"]) && !is_verb(&units[at]) {
            units[at] = mute(units[at].clone());
        }
    }
    units
}

/// "guests rename visitors": the command goes first, the new name after "to".
fn rename_between(mut units: Vec<Unit>) -> Vec<Unit> {
    let Some(at) = units.iter().position(|unit| says(unit, &["rename"])) else { return units };
    let named = |part: &[Unit]| part.iter().any(Unit::is_content);
    if !(named(&units[..at]) && named(&units[at + 1..])) || units[..at].iter().any(is_verb) {
        return units;
    }
    let muted: Vec<Unit> =
        units.drain(at + 1..).map(|unit| if says(&unit, &["want", "be"]) { mute(unit) } else { unit }).collect();
    let verb = units.remove(at);
    units.insert(0, verb);
    units.push(Unit::silent(Kind::Word, "", vec![Tag::Function("to")]));
    units.extend(muted);
    units
}

/// For each unit whether it is outside parentheses.
fn outside(units: &[Unit]) -> Vec<bool> {
    let mut depth = 0usize;
    units
        .iter()
        .map(|unit| {
            depth += usize::from(unit.kind == Kind::Open);
            let here = depth == 0;
            depth = depth.saturating_sub(usize::from(unit.kind == Kind::Close));
            here
        })
        .collect()
}

/// Without its meaning: it stays to be quoted.
fn mute(mut unit: Unit) -> Unit {
    unit.tags = vec![Tag::Filler];
    unit
}

fn is_joint(unit: &Unit) -> bool {
    unit.kind == Kind::Comma || says(unit, &["and", "where", "subordinate", "whether"])
}

/// Each part between commas by itself.
fn by_pieces(units: Vec<Unit>, step: fn(Vec<Unit>) -> Vec<Unit>) -> Vec<Unit> {
    let top = outside(&units);
    let (mut done, mut piece) = (Vec::new(), Vec::new());
    for (unit, top) in units.into_iter().zip(top) {
        if top && unit.kind == Kind::Comma {
            done.extend(step(std::mem::take(&mut piece)));
            done.push(unit);
        } else {
            piece.push(unit);
        }
    }
    done.extend(step(piece));
    done
}

/// "my partner and I only may see": "only" goes before the people it is about.
fn postposed_only(mut units: Vec<Unit>) -> Vec<Unit> {
    let Some(at) = (1..units.len()).find(|at| {
        let before = &units[at - 1];
        says(&units[*at], &["only"])
            && (before.is_content() || says(before, PRONOUNS) || says(before, &["poss", "own"]))
    }) else {
        return units;
    };
    let start = (0..at)
        .rev()
        .find(|index| matches!(units[*index].kind, Kind::Comma | Kind::Colon) || says(&units[*index], &["where"]))
        .map_or(0, |index| index + 1);
    let target = (start..at).find(|index| says(&units[*index], &["for", "to", "by"]) && *index > start);
    let verb = units[start..at].iter().any(is_verb);
    if let Some(target) = target.or((!verb).then_some(start)) {
        let only = units.remove(at);
        units.insert(target, only);
    }
    units
}

/// "seats of number" is "number of seats".
fn numbers_first(mut units: Vec<Unit>) -> Vec<Unit> {
    for at in 2..units.len() {
        if units[at].is("numberOf") && says(&units[at - 1], &["of"]) && units[at - 2].is_content() {
            let number = units.remove(at);
            units[at - 1] = mute(units[at - 1].clone());
            units.insert(at - 2, number);
        }
    }
    units
}

/// "stylists three" is "three stylists".
fn number_last(mut units: Vec<Unit>) -> Vec<Unit> {
    for at in 1..units.len() {
        let noun = &units[at - 1];
        let counted =
            noun.is_content() && noun.kind == Kind::Word && noun.field().is_none() && noun.measure().is_none();
        if counted && units[at].is("numberWord") {
            units.swap(at - 1, at);
        }
    }
    units
}

/// "guests of phone": the thing before "of" owns what follows.
fn possessors(mut units: Vec<Unit>) -> Vec<Unit> {
    for at in 1..units.len().saturating_sub(1) {
        if says(&units[at], &["of"]) && units[at - 1].entity().is_some() && units[at + 1].is_content() {
            units[at - 1].possessive = true;
        }
    }
    units
}

/// "Three have hours of stylists": nothing before "have" that could have it, so it describes what follows.
fn has_no_owner(units: &[Unit], have: usize) -> bool {
    let start = units[..have].iter().rposition(|unit| matches!(unit.kind, Kind::Colon | Kind::Comma));
    let before = &units[start.map_or(0, |at| at + 1)..have];
    !before.is_empty() && before.iter().all(|unit| unit.kind == Kind::Number || says(unit, &["det", "numberWord"]))
}

/// "with seats of table" is "table with seats", "three have hours of stylists" is "three stylists have hours".
fn relative_first(units: Vec<Unit>) -> Vec<Unit> {
    let top = outside(&units);
    let describes =
        |at: &usize| says(&units[*at], &["with"]) || says(&units[*at], &["have"]) && has_no_owner(&units, *at);
    let Some(with) = (0..units.len()).find(describes) else { return units };
    let stop = |at: usize| !top[at] || units[at].kind == Kind::Comma || units[at].kind == Kind::Colon;
    let Some(of) = (with + 1..units.len())
        .take_while(|at| !stop(*at))
        .find(|at| says(&units[*at], &["of"]) && units.get(at + 1).is_some_and(Unit::is_content))
    else {
        return units;
    };
    let end = (of + 1..units.len()).take_while(|at| units[*at].is_content()).last().unwrap_or(of) + 1;
    let mut done = units[..with].to_vec();
    done.extend_from_slice(&units[of + 1..end]);
    done.extend_from_slice(&units[with..of]);
    done.push(mute(units[of].clone()));
    done.extend_from_slice(&units[end..]);
    done
}

/// "from guests remove the phone", "object name rename title": the command goes first.
fn command_last(units: Vec<Unit>) -> Vec<Unit> {
    let preposition = |unit: &Unit| says(unit, &["object", "from", "to", "for", "in"]);
    let lead = units.iter().take_while(|unit| (unit.is_filler() || is_joint(unit)) && !preposition(unit)).count();
    let Some(verb) = (lead + 1..units.len()).find(|at| says(&units[*at], COMMANDS)) else { return units };
    if !units.get(lead).is_some_and(preposition) || units[lead..verb].iter().any(is_verb) {
        return rename_between(units);
    }
    let (mut objects, mut others): (Vec<Unit>, Vec<Unit>) = (Vec::new(), Vec::new());
    let mut direct = false;
    for unit in &units[lead..verb] {
        if preposition(unit) {
            direct = unit.is("object");
        }
        let unit = if unit.is("object") { mute(unit.clone()) } else { unit.clone() };
        if direct { objects.push(unit) } else { others.push(unit) }
    }
    let mut done = units[..lead].to_vec();
    done.push(units[verb].clone());
    done.extend(objects);
    if units[verb].is("rename") {
        done.push(Unit::silent(Kind::Word, "", vec![Tag::Function("to")]));
    }
    done.extend_from_slice(&units[verb + 1..]);
    done.extend(others);
    done
}

/// Verbs and what only belongs to them.
fn group_end(units: &[Unit], start: usize) -> Option<usize> {
    let belongs = |unit: &Unit| is_verb(unit) || says(unit, &["not"]);
    let mut end = start;
    while units.get(end).is_some_and(belongs)
        || units.get(end).is_some_and(|unit| end > start && unit.is_filler()) && units.get(end + 1).is_some_and(belongs)
    {
        end += 1;
    }
    units[start..end].iter().any(is_verb).then_some(end)
}

/// A parenthesis or a list after a colon that belongs to the clause before it.
fn tail_end(units: &[Unit], start: usize) -> usize {
    if units.get(start).is_some_and(|unit| says(unit, &["orNot", "yesNo"])) {
        return tail_end(units, start + 1);
    }
    match units.get(start).map(|unit| unit.kind) {
        Some(Kind::Open) => {
            (start..units.len()).find(|at| units[*at].kind == Kind::Close).map_or(units.len(), |at| at + 1)
        }
        Some(Kind::Colon) => units.len(),
        _ => start,
    }
}

/// Cuts after each verb at the end of its clause and puts it after the subject.
fn verb_final(units: Vec<Unit>) -> Vec<Unit> {
    let top = outside(&units);
    let (mut done, mut start, mut at) = (Vec::new(), 0, 0);
    while at < units.len() {
        let heading = units[start..at].iter().rposition(|unit| unit.kind == Kind::Colon);
        let Some(end) = Some(at).filter(|at| top[*at]).and_then(|at| group_end(&units, at)) else {
            at += 1;
            continue;
        };
        if let Some(colon) = heading {
            if units[at..end].iter().all(|unit| says(unit, &["be", "have"]) || !is_verb(unit)) {
                at = end;
                continue;
            }
            done.extend_from_slice(&units[start..=start + colon]);
            start += colon + 1;
        }
        let tail = tail_end(&units, end);
        done.extend(verb_moved(&units[start..at], &units[at..end], &units[end..tail]));
        start = tail;
        at = tail;
    }
    done.extend(phrases(&units[start..]));
    done
}

fn verb_moved(body: &[Unit], verbs: &[Unit], tail: &[Unit]) -> Vec<Unit> {
    let lead = body.iter().take_while(|unit| is_joint(unit)).count();
    let (joints, body) = body.split_at(lead);
    let mere = verbs.iter().all(|unit| says(unit, &["be"]) || unit.is_filler());
    let mut done = joints.to_vec();
    let relative = body.first().is_some_and(|unit| says(unit, &["with"]));
    let owner = body.get(1..).and_then(owner_end).filter(|of| body[1..=*of].iter().any(|unit| unit.entity().is_some()));
    if mere && relative && owner.is_some() {
        let mut opened = body[0].clone();
        opened.tags = vec![Tag::Function("where")];
        done.push(opened);
        done.extend(verb_moved(&body[1..], verbs, &[]));
    } else if mere && relative {
        done.extend_from_slice(body);
        done.extend(verbs.iter().cloned().map(mute));
    } else if let Some(of) = owner_end(body).filter(|_| mere) {
        let mut have = body[of].clone();
        have.tags = vec![Tag::Function("have")];
        done.extend_from_slice(&body[..of]);
        done.push(have);
        done.extend_from_slice(&body[of + 1..]);
        done.extend(verbs.iter().cloned().map(mute));
    } else {
        let commands = verbs.iter().any(|unit| says(unit, COMMANDS)) && !verbs.iter().any(|unit| says(unit, AUXILIARY));
        let subject = if commands { 0 } else { subject_end(body) };
        let known = |unit: &Unit| says(unit, PRONOUNS) || is_somebody(unit) && !unit.tags.is_empty();
        let subject = if subject == body.len() && !body.iter().any(known) { 0 } else { subject };
        done.extend_from_slice(&body[..subject]);
        for keys in [AUXILIARY, &["not"]] {
            done.extend(verbs.iter().filter(|unit| says(unit, keys)).cloned());
        }
        done.extend(verbs.iter().filter(|unit| !says(unit, AUXILIARY) && !says(unit, &["not"])).cloned());
        done.extend(phrases(&body[subject..]));
    }
    done.extend_from_slice(tail);
    done
}

/// "guests of a name and an email is": where the owner ends.
fn owner_end(body: &[Unit]) -> Option<usize> {
    let owns = |at: &usize| says(&body[*at], &["of", "in"]);
    let listed = |at: &usize| body.get(at + 1).is_some_and(|next| next.field().is_some() || next.is("numberOf"));
    let at = (0..body.len()).filter(owns).find(listed).or_else(|| (0..body.len()).find(owns))?;
    let said = ["required", "optional", "private", "publicWord", "unique", "only", "colourWord"];
    let plain = body[..at].iter().any(Unit::is_content)
        && body[..at].iter().all(|unit| unit.is_word())
        && body[at + 1..].iter().any(|unit| unit.is_content() || unit.is("yesNo"))
        && !body.iter().any(|unit| unit.is_any(&said) || unit.colour().is_some());
    plain.then_some(at)
}

/// Somebody: a known person, a role, or an unknown word.
fn is_somebody(unit: &Unit) -> bool {
    unit.role().is_some()
        || unit.entity().is_some_and(|concept| shape(Some(concept)) == Some(Shape::Person))
        || unit.is_word() && unit.tags.is_empty() && unit.kind == Kind::Word
}

/// After the people at the start: "only my partner and I", "each guest".
fn people_end(units: &[Unit]) -> usize {
    let mut at = 0;
    loop {
        let from = at;
        while units.get(at).is_some_and(|unit| says(unit, BEFORE_NOUN) || unit.is_filler() && !says(unit, &["object"]))
        {
            at += 1;
        }
        if !units.get(at).is_some_and(|unit| says(unit, PRONOUNS) || is_somebody(unit)) {
            return from.saturating_sub(usize::from(from > 0));
        }
        at += 1;
        // "a doctor only their own appointments see": what is their own is no part of the subject.
        let owned = |at: usize| units.get(at).is_some_and(|unit| says(unit, &["own"]));
        while units.get(at).is_some_and(|unit| says(unit, &["only", "poss"])) && !owned(at) && !owned(at + 1) {
            at += 1;
        }
        let joined = units.get(at).is_some_and(|unit| says(unit, &["and"]));
        let more = units.get(at + 1..).is_some_and(|rest| {
            rest.iter()
                .find(|unit| !says(unit, BEFORE_NOUN))
                .is_some_and(|unit| says(unit, PRONOUNS) || is_somebody(unit) && !unit.tags.is_empty())
        });
        if !(joined && more) {
            return at;
        }
        at += 1;
    }
}

fn subject_end(body: &[Unit]) -> usize {
    let end = people_end(body);
    let next = body.get(end);
    let belongs_further =
        next.is_some_and(|unit| says(unit, &["of"]) || says(unit, POSTPOSITIONS) && !unit.is("object"));
    if belongs_further {
        return 0;
    }
    end + usize::from(next.is_some_and(|unit| says(unit, &["object"])))
}

/// Objects first, then what has a postposition, with that before it.
fn phrases(units: &[Unit]) -> Vec<Unit> {
    if units.iter().any(|unit| unit.kind == Kind::Colon) {
        return units.to_vec();
    }
    let top = outside(units);
    let (mut objects, mut others, mut current): (Vec<Unit>, Vec<Unit>, Vec<Unit>) = Default::default();
    for (unit, top) in units.iter().zip(top) {
        let closes = top && current.iter().any(Unit::is_word);
        if closes && says(unit, &["object"]) && !says(unit, POSTPOSITIONS) {
            objects.append(&mut current);
            objects.push(mute(unit.clone()));
        } else if closes && says(unit, POSTPOSITIONS) {
            let start = phrase_start(&current, unit.is("with"));
            let noun = current.split_off(start);
            objects.append(&mut current);
            others.push(unit.clone());
            others.extend(noun);
        } else {
            current.push(unit.clone());
        }
    }
    objects.append(&mut current);
    objects.append(&mut others);
    objects
}

/// Where the noun before a postposition begins: "a note guests in" is about guests only.
fn phrase_start(words: &[Unit], with: bool) -> usize {
    if with {
        return words.iter().position(|unit| unit.entity().is_some()).map_or(0, |at| at + 1) % words.len().max(1);
    }
    let Some(last) = words.iter().rposition(|unit| unit.is_content()) else { return 0 };
    if words[last].entity().is_none() {
        return words.iter().rposition(|unit| unit.kind == Kind::Comma).map_or(0, |at| at + 1);
    }
    let mut start = last;
    while start > 0 && (says(&words[start - 1], BEFORE_NOUN) || start > 1 && says(&words[start - 1], &["of"])) {
        start -= if says(&words[start - 1], &["of"]) { 2 } else { 1 };
    }
    start
}

/// "guests can a meal choose", "so that guests a meal choose": the verb goes after the auxiliary or the subject.
fn verb_bracket(units: Vec<Unit>) -> Vec<Unit> {
    let mut units = units;
    let mut from = 0;
    while let Some((open, verb)) = bracket(&units, from) {
        let negated = (open..verb).rev().take_while(|at| says(&units[*at], &["not"])).last().unwrap_or(verb);
        let target = if is_verb(&units[open]) || says(&units[open], &["and"]) {
            open + 1
        } else {
            open + 1 + people_end(&units[open + 1..verb])
        };
        let end = group_end(&units, verb).unwrap_or(verb + 1);
        let mut moved: Vec<Unit> = units.drain(negated..end).collect();
        moved.sort_by_key(|unit| if says(unit, AUXILIARY) { 0 } else { usize::from(!says(unit, &["not"])) + 1 });
        from = target + moved.len();
        units.splice(target..target, moved);
    }
    units
}

/// An auxiliary or a subordinator, and the verb that closes its clause.
fn bracket(units: &[Unit], from: usize) -> Option<(usize, usize)> {
    let top = outside(units);
    (from..units.len()).filter(|at| top[*at]).find_map(|open| {
        let auxiliary = says(&units[open], AUXILIARY) || says(&units[open], &["want"]);
        // "…, and a meal choose": the second verb of a bracket closes its part as the first did.
        let further = from > 0 && open > from && says(&units[open], &["and"]);
        if !(auxiliary || further || says(&units[open], &["subordinate"])) {
            return None;
        }
        let verb = (open + 1..units.len())
            .take_while(|at| !top[*at] || units[*at].kind != Kind::Colon)
            .find(|at| top[*at] && is_verb(&units[*at]) && closes(units, *at))?;
        let between = &units[open + 1..verb];
        (between.iter().any(|unit| unit.is_content() || unit.is("yesNo"))
            && !between.iter().any(|unit| is_verb(unit) || says(unit, &["subordinate", "where"]))
            && !(further && between.iter().any(is_joint)))
        .then_some((open, verb))
    })
}

fn closes(units: &[Unit], at: usize) -> bool {
    let end = group_end(units, at).unwrap_or(at + 1);
    units.get(end).is_none_or(|next| {
        matches!(next.kind, Kind::Comma | Kind::Open | Kind::Colon) || says(next, &["and", "where", "subordinate"])
    })
}

/// "may the guests bring", "answer the guests": the people go before the verb.
fn verb_first(units: Vec<Unit>) -> Vec<Unit> {
    let mut units = units;
    let mut at = 0;
    while at < units.len() {
        let free =
            at == 0 || is_joint(&units[at - 1]) || units[at - 1].is_filler() || says(&units[at - 1], &["want", "be"]);
        let doing = [
            "answer", "choose", "bring", "give", "signUp", "see", "edit", "have", "may", "must", "not", "need", "book",
            "lend", "borrow", "decide", "rate", "takeOn", "mark", "handOver", "publish", "buy", "putInto", "vote",
            "payDeed",
        ];
        if !(free && says(&units[at], &doing)) {
            at += 1;
            continue;
        }
        let end = group_end(&units, at).unwrap_or(at + 1);
        let to = usize::from(units.get(end).is_some_and(|unit| says(unit, &["to", "for"])));
        let people = units.get(end + to..).map_or(0, people_end);
        let named = units.get(end + to..end + to + people).is_some_and(|words| {
            words
                .iter()
                .any(|unit| is_somebody(unit) && !unit.tags.is_empty() || says(unit, PRONOUNS) || says(unit, &["each"]))
        });
        let goes_on = units.get(end + to + people).is_some_and(Unit::is_word);
        if people > 0 && named && goes_on {
            let mut moved: Vec<Unit> = units.drain(end..end + to + people).collect();
            if to == 1 {
                moved[0] = mute(moved[0].clone());
            }
            units.splice(at..at, moved);
        }
        at = end + to + people;
    }
    units
}

/// "to guests a name and an email" is "guests have a name and an email".
fn possessor_first(mut units: Vec<Unit>) -> Vec<Unit> {
    let lead = units.iter().take_while(|unit| is_joint(unit) || unit.is_filler()).count();
    if !units.get(lead).is_some_and(|unit| says(unit, &["to", "for"])) || units.iter().any(|unit| unit.is_any(COMMANDS))
    {
        return units;
    }
    let start = (lead + 1..units.len()).find(|at| !says(&units[*at], BEFORE_NOUN)).unwrap_or(units.len());
    let owner = units.get(start).is_some_and(Unit::is_content);
    let listed = units.get(start + 1).is_some_and(|next| next.is_word() && !is_verb(next) && !is_joint(next));
    let verb = units.iter().any(|unit| says(unit, &["answer", "choose", "may", "see", "want", "need"]));
    if owner && listed && !verb {
        units.insert(start + 1, Unit::silent(Kind::Word, "", vec![Tag::Function("have")]));
        units[lead] = mute(units[lead].clone());
    }
    units
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::lexicon;
    use super::super::text::tokens;
    use super::super::unit::{units, written};
    use super::*;

    fn reordered(text: &str, code: &str) -> (String, String) {
        let language = lexicon().language(code);
        let done = arranged(units(&tokens(text), language), language);
        let read = done.iter().filter(|unit| !unit.text.is_empty()).map(|unit| unit.text.as_str()).collect::<Vec<_>>();
        (read.join(" "), written(&done))
    }

    #[test]
    fn verbs_that_close_their_clause_follow_the_subject() {
        let hindi = reordered("मेहमान एक भोजन चुनते हैं", "hi");
        assert_eq!(hindi.0, "मेहमान चुनते हैं एक भोजन");
        assert_eq!(hindi.1, "मेहमान एक भोजन चुनते हैं", "quoted as it was written");
        assert_eq!(reordered("Gäste können ein Essen auswählen", "de").0, "Gäste können auswählen ein Essen");
    }

    #[test]
    fn postpositions_come_before_their_noun() {
        assert_eq!(reordered("मेहमानों से फ़ोन नंबर हटाओ", "hi").0, "हटाओ फ़ोन नंबर से मेहमानों");
    }

    #[test]
    fn only_comes_before_whom_it_is_about() {
        assert_eq!(
            reordered("Mke wangu na mimi pekee tunaweza kuona bajeti", "sw").0,
            "pekee Mke wangu na mimi tunaweza kuona bajeti"
        );
    }

    #[test]
    fn commands_come_before_what_they_are_about() {
        assert_eq!(reordered("从客人中删除电话号码", "zh").0, "删除 电话号码 从 客人 中");
    }

    #[test]
    fn a_subject_after_its_verb_comes_first() {
        assert_eq!(reordered("يمكن للضيوف إحضار مرافق", "ar").0, "ل الضيوف يمكن إحضار مرافق");
    }

    #[test]
    fn how_many_comes_before_what_is_counted() {
        assert_eq!(reordered("wasusi watatu wenye saa za kazi", "sw").0, "watatu wasusi wenye saa za kazi");
    }

    #[test]
    fn a_deed_moves_as_any_verb_does() {
        assert_eq!(reordered("ग्राहक उत्पाद खरीदते हैं", "hi").0, "ग्राहक खरीदते हैं उत्पाद");
        assert_eq!(reordered("يشتري العملاء المنتجات", "ar").0, "العملاء يشتري المنتجات");
    }

    #[test]
    fn english_stays_as_it_is() {
        let text = "guests may bring a plus one";
        assert_eq!(reordered(text, "en").0.split(' ').collect::<Vec<_>>().len(), 6);
        assert_eq!(reordered(text, "en").1, text);
    }
}
