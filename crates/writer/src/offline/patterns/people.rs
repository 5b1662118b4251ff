//! What people do themselves: answer, choose, bring somebody, tell something, take a place.
//!
//! Invariant: whatever they fill in is marked as theirs (`by_member`), and their entity is noted as acting, so that
//! it gets a role and an answer page.

use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::field::{Joint, Wanted, fields, items, option_labels};
use super::super::lexicon::Language;
use super::super::noun::{listed, sentence_case};
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::Unit;
use crate::spec::FieldKind;

/// The people whom the words before a verb name.
pub(crate) fn subject(draft: &mut Draft, words: &[Unit]) -> Option<String> {
    let named =
        words.iter().any(|unit| unit.is_content() && !unit.is_any(&["they", "everyone", "each", "may", "must"]));
    if named && !words.iter().any(|unit| unit.is_any(&["me", "we"]) && !unit.is_content()) {
        let id = draft.entity(&trimmed(words))?;
        return draft.may_be_person(&id).then_some(id).or_else(|| draft.people());
    }
    draft.people()
}

fn trimmed(words: &[Unit]) -> Vec<Unit> {
    words
        .iter()
        .filter(|unit| {
            !(unit.is_any(&["may", "must", "be", "want", "let", "ask", "they", "each", "give"])
                && unit.entity().is_none())
        })
        .cloned()
        .collect()
}

pub(crate) fn acts(draft: &mut Draft, id: &str) {
    draft.note(id).acts = true;
    draft.note(id).bare = draft.known(id).bare && draft.known(id).new;
    draft.look_at(id);
}

pub(crate) fn about(entity: &str, field: &str) -> String {
    format!("entities/{entity}/fields/{field}")
}

const STRONG: &[&str] = &["answer", "reply", "respond", "rsvp", "confirm"];

/// "they answer yes or no", "guests say whether they come".
pub(crate) fn answer(draft: &mut Draft, clause: &mut Clause) -> bool {
    if clause.units.first().is_some_and(|unit| unit.is("whether"))
        && !clause.opens
        && draft.person.is_some()
        && !clause.units.iter().any(|unit| unit.is("answer"))
    {
        return told_whether(draft, clause, 0, 0);
    }
    let Some(verb) = answer_verb(draft, clause) else { return false };
    if let Some(at) = clause.find_from(verb, &["whether"])
        && !clause.units[at + 1..].iter().any(|unit| unit.is("answer"))
    {
        return told_whether(draft, clause, verb, at);
    }
    let Some(id) = subject(draft, &clause.units[..verb]) else { return false };
    acts(draft, &id);
    let options = answer_options(clause, verb, draft.language);
    let field = add_answer(draft, &id, options);
    clause.take(0..verb + 1);
    let span =
        ["answer", "yesNo", "yes", "no", "maybe", "whether", "they", "or", "be", "may", "to", "orNot", "for", "det"];
    (verb..clause.units.len())
        .filter(|at| clause.units[*at].is_any(&span))
        .collect::<Vec<_>>()
        .into_iter()
        .for_each(|at| clause.take(at..at + 1));
    take_if_harmless(clause);
    rest_of_list(draft, clause, verb);
    let Some(field) = field else { return true };
    let (many, label) = (draft.many(&id), draft.field_label(&id, &field));
    draft.understood(Say::PeopleAnswerYesNo, &[&many, &label], &about(&id, &field));
    true
}

fn answer_verb(draft: &Draft, clause: &Clause) -> Option<usize> {
    let verb = clause.find(&["answer"])?;
    let unit = &clause.units[verb];
    let listed = clause.find(&["have", "with", "track"]).is_some_and(|at| at < verb)
        || clause.units[..verb].iter().any(|unit| matches!(unit.kind, Kind::Colon | Kind::Open | Kind::Comma));
    let explicit = clause.find_from(verb, &["yesNo", "whether", "yes", "orNot"]).is_some();
    let strong = unit.is("reply")
        || unit.norm.split(' ').any(|word| {
            STRONG.contains(&draft.language.stem(word).as_str())
                || STRONG.contains(&word)
                || STRONG.contains(&word.trim_end_matches('s'))
        });
    let attends = clause.units[verb..].iter().any(|unit| unit.field() == Some("attending")) || draft.occasion.is_some();
    let asked = clause.units[..verb].iter().any(|unit| unit.is("ask"));
    let commands = clause.has(&["remove", "rename", "add", "required"])
        || (clause.has(&["edit", "see", "once"]) && !explicit)
        || clause.has(&["not"]) && !explicit;
    (!commands && !listed && (explicit || strong || asked || attends && verb > 0)).then_some(verb)
}

/// Yes and no alone need no list; "yes, no or maybe" does.
fn answer_options(clause: &Clause, verb: usize, language: &Language) -> Vec<String> {
    let rest = &clause.units[verb + 1..];
    let first = rest.iter().position(|unit| unit.is_any(&["yes", "yesNo"]));
    let more = rest.iter().any(|unit| unit.is("maybe"));
    match first {
        Some(first) if more => {
            let mut labels = option_labels(&rest[first..]);
            if rest[first].is("yesNo") {
                labels.remove(0);
                labels.splice(0..0, [language.label("yes"), language.label("no")]);
            }
            labels
        }
        _ => Vec::new(),
    }
}

fn add_answer(draft: &mut Draft, id: &str, options: Vec<String>) -> Option<String> {
    if let Some(condition) = draft.attending(id) {
        draft.by_member(id, &condition.field);
        return Some(condition.field);
    }
    let invited = super::super::finish::is_invited(draft, id);
    let concept = if invited { "attending" } else { "answer" };
    let kind = if options.len() > 1 { FieldKind::Choice { options: Vec::new() } } else { FieldKind::YesNo };
    let want = Wanted {
        label: draft.language.label(concept),
        concept: invited.then_some("attending"),
        exact: invited,
        kind,
        options,
        required: false,
        sure: true,
        defaulted: false,
        noun: Vec::new(),
    };
    let field = draft.add_field(id, &want)?;
    draft.by_member(id, &field);
    Some(field)
}

/// "they tell us whether they need a room": a yes/no field of its own.
fn told_whether(draft: &mut Draft, clause: &mut Clause, verb: usize, at: usize) -> bool {
    let Some(id) = subject(draft, &clause.units[..verb]) else { return false };
    let words: Vec<&Unit> = clause.units[at + 1..]
        .iter()
        .filter(|unit| unit.is_word() && !unit.is_any(&["they", "be", "det"]) && !unit.is_filler())
        .collect();
    let label = sentence_case(&words.iter().map(|unit| unit.text.as_str()).collect::<Vec<_>>().join(" "));
    if label.is_empty() {
        return false;
    }
    acts(draft, &id);
    let want = Wanted {
        label,
        concept: None,
        exact: false,
        kind: FieldKind::YesNo,
        options: Vec::new(),
        required: false,
        sure: true,
        defaulted: false,
        noun: Vec::new(),
    };
    if let Some(field) = draft.add_field(&id, &want) {
        filled_in(draft, &id, &[field]);
    }
    clause.take_all();
    true
}

/// "RSVP yes/no, meal (a, b)": what follows the answer after a comma is a list of its own.
fn rest_of_list(draft: &mut Draft, clause: &mut Clause, verb: usize) {
    let said = (verb..clause.units.len())
        .rev()
        .find(|at| clause.units[*at].is_any(&["yesNo", "yes", "no", "maybe", "orNot", "answer"]))
        .unwrap_or(verb);
    let mut depth = 0usize;
    let parts = (said..clause.units.len()).find(|at| {
        let unit = &clause.units[*at];
        depth += usize::from(unit.kind == Kind::Open);
        let here = depth == 0 && (unit.kind == Kind::Comma || unit.is("and") && unit.is_structure());
        depth = depth.saturating_sub(usize::from(unit.kind == Kind::Close));
        here
    });
    let Some(comma) = parts else { return };
    let rest: Vec<Unit> = clause.units[comma + 1..].to_vec();
    if rest.iter().any(Unit::is_content) && super::things::list_units(draft, &rest) {
        clause.take(comma..clause.units.len());
    }
}

/// Words that add nothing to an answer: "to the invitation", "to come".
fn take_if_harmless(clause: &mut Clause) {
    let occasions: Vec<usize> = (0..clause.units.len())
        .filter(|at| clause.units[*at].occasion().is_some() || clause.units[*at].norm.starts_with("invit"))
        .collect();
    occasions.into_iter().for_each(|at| clause.take(at..at + 1));
}

/// "pick a meal (meat, fish or vegetarian)", "choose between a and b", "choose a workshop".
pub(crate) fn choose(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = clause
        .find(&["choose"])
        .filter(|at| clause.units[*at].entity().is_none() && clause.units[*at].field().is_none())
    else {
        return false;
    };
    if clause.has(&["remove", "rename"])
        || clause.units[..verb].iter().any(|unit| matches!(unit.kind, Kind::Colon | Kind::Open))
    {
        return false;
    }
    let Some(id) = subject(draft, &clause.units[..verb]) else { return false };
    acts(draft, &id);
    let rest: Vec<Unit> = clause.units[verb + 1..].to_vec();
    let wants = choices(draft, &rest);
    if wants.is_empty() {
        return false;
    }
    for want in wants {
        take_choice(draft, &id, want);
    }
    clause.take_all();
    true
}

fn take_choice(draft: &mut Draft, id: &str, want: Wanted) {
    let thing = want.noun.iter().any(|unit| unit.entity().is_some() && unit.field().is_none() || unit.tags.is_empty());
    if want.options.is_empty()
        && thing
        && (draft.find_units(&want.noun).is_some() || want.noun.iter().any(|unit| unit.entity().is_some()))
    {
        draft.places.push((id.to_owned(), want.noun.clone(), true));
        return;
    }
    let Some(field) = draft.add_field(id, &want) else { return };
    draft.by_member(id, &field);
    let options: Vec<String> = option_names(draft, id, &field);
    let (many, label) = (draft.many(id), draft.field_label(id, &field));
    if options.is_empty() {
        draft.understood(Say::PeopleFillIn, &[&many, &label], &about(id, &field));
    } else {
        let or = draft.language.say(Say::Or, &[]);
        if !want.defaulted {
            draft.understood(Say::PeopleChoose, &[&many, &label, &listed(&options, &or)], &about(id, &field));
        } else {
            draft.understood(Say::PeopleFillIn, &[&many, &label], &about(id, &field));
            draft.assumed(Say::AssumedOptions, &[&label, &listed(&options, &or)], Some(&about(id, &field)));
        }
    }
}

/// Labels of a choice's options.
pub(crate) fn option_names(draft: &Draft, entity: &str, field: &str) -> Vec<String> {
    match draft.spec.entity(entity).and_then(|entity| entity.field(field)).map(|field| &field.kind) {
        Some(FieldKind::Choice { options }) => options.iter().map(|option| option.label.clone()).collect(),
        _ => Vec::new(),
    }
}

/// What follows "choose".
fn choices(draft: &Draft, rest: &[Unit]) -> Vec<Wanted> {
    let bracketed = rest.iter().any(|unit| matches!(unit.kind, Kind::Open | Kind::Colon));
    let split = rest
        .iter()
        .position(|unit| unit.is_any(&["between", "from", "optionsAre"]) && unit.entity().is_none())
        .filter(|_| !bracketed);
    if let Some(split) = split {
        return from_options(draft, &rest[..split], &rest[split + 1..]).into_iter().collect();
    }
    let list = items(rest);
    let alternatives = !bracketed && list.len() >= 2 && list.last().is_some_and(|item| item.joint == Joint::Or);
    if alternatives && let Some(want) = unmarked(draft, &list) {
        return vec![want];
    }
    if alternatives
        && list.iter().all(|item| item.units.iter().all(|unit| unit.field().is_none() || unit.field() == Some("meal")))
    {
        return from_options(draft, &[], rest).into_iter().collect();
    }
    fields(rest, draft.language)
}

/// "a meal meat fish or vegetarian": the label and the first options run together.
fn unmarked(draft: &Draft, list: &[super::super::field::Item]) -> Option<Wanted> {
    let first: Vec<&Unit> = list[0].units.iter().filter(|unit| unit.is_content()).collect();
    let (label, options) =
        first.split_first().filter(|(label, options)| label.field() == Some("meal") && !options.is_empty())?;
    let mut labels: Vec<String> = options.iter().map(|unit| sentence_case(&unit.text)).collect();
    for item in &list[1..] {
        labels.extend(option_labels(&item.units));
    }
    let want = fields(&[(*label).clone()], draft.language).into_iter().next()?;
    Some(Wanted {
        kind: FieldKind::Choice { options: Vec::new() },
        options: labels,
        defaulted: false,
        noun: Vec::new(),
        ..want
    })
}

/// Options with a label before them, after them ("for the main course"), or none.
fn from_options(draft: &Draft, before: &[Unit], after: &[Unit]) -> Option<Wanted> {
    let named = after.iter().position(|unit| unit.is_any(&["for", "as"]) && unit.entity().is_none());
    let (listed_part, tail) = after.split_at(named.unwrap_or(after.len()));
    let options = option_labels(listed_part);
    if options.len() < 2 {
        return None;
    }
    let label =
        fields(before, draft.language).into_iter().next().or_else(|| fields(tail, draft.language).into_iter().next());
    let food = tastes_like_food(draft, &options);
    let default = || Wanted {
        label: draft.language.label(if food { "meal" } else { "choice" }),
        concept: food.then_some("meal"),
        exact: food,
        kind: FieldKind::Text,
        options: Vec::new(),
        required: false,
        sure: true,
        defaulted: false,
        noun: Vec::new(),
    };
    let label = label.filter(|want| want.noun.iter().all(|unit| unit.occasion().is_none() || unit.field().is_some()));
    Some(Wanted {
        kind: FieldKind::Choice { options: Vec::new() },
        options,
        sure: true,
        defaulted: false,
        noun: Vec::new(),
        ..label.unwrap_or_else(default)
    })
}

fn tastes_like_food(draft: &Draft, options: &[String]) -> bool {
    options.iter().filter(|option| draft.language.is_food(option)).count() * 2 >= options.len()
}

/// "kids are invited", "we invite our neighbours".
pub(crate) fn invited(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = clause.find(&["invited"]) else { return false };
    if clause.has(&["have", "with", "may", "only"])
        || clause.units.iter().any(|unit| matches!(unit.kind, Kind::Comma | Kind::Open | Kind::Colon))
    {
        return false;
    }
    let named = |words: &[Unit]| words.iter().any(|unit| unit.is_content() && unit.occasion().is_none());
    let words: Vec<Unit> =
        if named(&clause.units[..verb]) { clause.units[..verb].to_vec() } else { clause.units[verb + 1..].to_vec() };
    if !named(&words) {
        return false;
    }
    let Some(id) = draft.entity(&trimmed(&words)).filter(|id| draft.may_be_person(id)) else { return false };
    acts(draft, &id);
    let many = draft.spec.entity(&id).map(|entity| entity.plural.clone()).unwrap_or_default();
    draft.understood(Say::EntityKept, &[&many], &format!("entities/{id}"));
    clause.take_all();
    true
}

/// "guests leave a comment", "they tell us their allergies", "ask each guest for a song".
pub(crate) fn give(draft: &mut Draft, clause: &mut Clause) -> bool {
    let asks = clause.find(&["ask"]).filter(|at| *at < 4 && clause.units[*at].field().is_none());
    let others = asks.is_some_and(|ask| clause.units[..ask].iter().any(|unit| unit.is_content() || unit.is("they")));
    if let Some(ask) = asks.filter(|_| !others) {
        return asked(draft, clause, ask);
    }
    let Some(verb) =
        clause.find(&["give"]).filter(|at| clause.units[*at].entity().is_none() && clause.units[*at].field().is_none())
    else {
        return false;
    };
    let listed = clause.units[..verb].iter().any(|unit| matches!(unit.kind, Kind::Colon | Kind::Open | Kind::Comma))
        || clause.has(&["remove", "rename"]);
    let imperative = clause.opens && clause.units[..verb].iter().all(|unit| unit.is_filler());
    let self_said =
        imperative || clause.units[..verb].iter().any(|unit| unit.is_any(&["me", "we"]) && !unit.is_content());
    if listed || self_said || clause.units[verb + 1..].iter().all(|unit| !unit.is_content()) {
        return false;
    }
    let Some(id) = subject(draft, &clause.units[..verb]) else { return false };
    told(draft, clause, &id, verb + 1)
}

fn asked(draft: &mut Draft, clause: &mut Clause, ask: usize) -> bool {
    let rest: Vec<Unit> = clause.units[ask + 1..].to_vec();
    if rest.first().is_some_and(|unit| unit.is("to")) {
        return false;
    }
    let split = rest.iter().position(|unit| unit.is_any(&["for", "from", "whether"]) && unit.field().is_none());
    let (people, start) = match split {
        Some(split) if rest[..split].iter().any(|unit| unit.is_content() && unit.field().is_none()) => {
            (rest[..split].to_vec(), ask + 1 + split + usize::from(!rest[split].is("whether")))
        }
        _ => (Vec::new(), ask + 1),
    };
    let Some(id) = subject(draft, &people) else { return false };
    told(draft, clause, &id, start)
}

fn told(draft: &mut Draft, clause: &mut Clause, id: &str, start: usize) -> bool {
    let words: Vec<Unit> = clause.units[start..].to_vec();
    let wants = fields(&words, draft.language);
    if wants.is_empty() {
        return false;
    }
    acts(draft, id);
    let added: Vec<String> = wants.iter().filter_map(|want| draft.add_field(id, want)).collect();
    filled_in(draft, id, &added);
    clause.take_all();
    true
}

fn filled_in(draft: &mut Draft, id: &str, added: &[String]) {
    for field in added {
        let (many, label) = (draft.many(id), draft.field_label(id, field));
        let title = draft.spec.entity(id).and_then(|entity| entity.field(field)).is_some_and(|field| field.required);
        if !title {
            draft.by_member(id, field);
        }
        draft.understood(Say::PeopleFillIn, &[&many, &label], &about(id, field));
    }
}

/// "guests sit at tables", "attendees sign up for workshops", "each guest belongs to a table".
pub(crate) fn place(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = clause.find(&["signUp"]).filter(|at| clause.units[*at].entity().is_none()) else { return false };
    let list = clause.units[..verb].iter().any(|unit| matches!(unit.kind, Kind::Colon | Kind::Comma))
        || clause.has(&["have", "track"])
        || clause.has(&["remove", "rename"]);
    let target: Vec<Unit> =
        clause.units[verb + 1..].iter().filter(|unit| !unit.is_any(&["each", "to", "for", "in"])).cloned().collect();
    if list || !clause.units[..verb].iter().any(|unit| unit.is_content() || unit.is_any(&["they", "everyone"])) {
        return false;
    }
    let Some(id) = subject(draft, &clause.units[..verb]) else { return false };
    let themselves = !clause.units[verb].is("placed")
        && !clause.units[verb].norm.contains("assign")
        && !clause.units[verb].norm.contains("sit")
        && !clause.units[verb].norm.contains("seat")
        && !clause.units[verb].norm.contains("belong");
    if themselves {
        acts(draft, &id);
    }
    if target.iter().any(|unit| unit.is_content() && unit.occasion().is_none()) {
        draft.places.push((id, target, themselves));
    } else if themselves {
        let field = add_answer(draft, &id, Vec::new());
        let many = draft.many(&id);
        if let Some(field) = field {
            draft.understood(Say::PeopleAnswerYesNo, &[&many, &draft.field_label(&id, &field)], &about(&id, &field));
        }
    }
    clause.take_all();
    true
}
