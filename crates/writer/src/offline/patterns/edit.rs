//! Changes by command: add, rename, require, archive, restore, undo.
//!
//! Invariant: a command that names nothing in the app changes nothing and says so.

use super::super::clause::Clause;
use super::super::draft::{Draft, Focus, options};
use super::super::field::{fields, items, wanted};
use super::super::lexicon::Tag;
use super::super::noun::{Noun, noun, sentence_case, shown};
use super::super::say::Say;
use super::super::text::{Kind, fold};
use super::super::unit::{Unit, written};
use super::remove::{archive_entity, only_names, pointing_to, release_field, report_missing};
use crate::spec::{Field, FieldKind, Rule, Step};
use crate::validate::MAX_OPTIONS;

/// "undo that".
pub(crate) fn undo(draft: &mut Draft, clause: &mut Clause) -> bool {
    let content = clause
        .units
        .iter()
        .filter(|unit| unit.is_content() && !matches!(unit.norm.as_str(), "change" | "last" | "version"))
        .count();
    if !clause.has(&["undo"]) || content > 0 {
        return false;
    }
    draft.undo = true;
    draft.understood(Say::Undo, &[], "entities");
    clause.take_all();
    true
}

/// The command's verb, if the clause is a command.
pub(crate) fn command(clause: &Clause, verb: &str) -> Option<usize> {
    let at = clause.find(&[verb])?;
    let lead = clause.units[..at].iter().all(|unit| {
        unit.is_structure() && !unit.is_any(&["only", "nobody", "everyone", "let", "not", "they"])
            || unit.kind == Kind::Comma
    });
    lead.then_some(at)
}

/// The best field that the words name, in the entity they name, else where the talk is.
pub(crate) fn field_named(draft: &Draft, words: &[Unit]) -> Option<(String, String)> {
    find_field(draft, words, false).ok()
}

/// The fields that the words name equally well.
pub(crate) fn fields_named(draft: &Draft, words: &[Unit]) -> Vec<(String, String)> {
    find_field(draft, words, false).map_or_else(|several| several, |one| vec![one])
}

/// The field that words name, or the ones between which they don't decide.
pub(crate) fn find_field(
    draft: &Draft,
    words: &[Unit],
    archived: bool,
) -> Result<(String, String), Vec<(String, String)>> {
    let stems: Vec<String> = words.iter().filter(|unit| unit.is_content()).map(|unit| stem_of(draft, unit)).collect();
    let mut best: Vec<(u32, String, String)> = Vec::new();
    for entity in &draft.spec.entities {
        let mentioned = is_mentioned(draft, &entity.id, words);
        let near = matches!(&draft.focus, Some(Focus::Entity(id) | Focus::Field(id, _)) if *id == entity.id);
        for field in entity.fields.iter().filter(|field| field.archived == archived || entity.archived && archived) {
            let score = field_score(draft, field, words, &stems);
            if score > 0 {
                best.push((
                    score + if mentioned { 40 } else { 0 } + u32::from(near),
                    entity.id.clone(),
                    field.id.clone(),
                ));
            }
        }
    }
    let Some(top) = best.iter().map(|(score, ..)| *score).max() else { return Err(Vec::new()) };
    let names_other = draft.spec.entities.iter().any(|entity| is_mentioned(draft, &entity.id, words));
    let all: Vec<(String, String)> =
        best.into_iter().filter(|(score, ..)| *score == top).map(|(_, entity, field)| (entity, field)).collect();
    if all.len() > 1 || (names_other && top < 40) {
        return Err(if top < 40 && names_other { Vec::new() } else { all });
    }
    all.into_iter().next().ok_or_else(Vec::new)
}

pub(crate) fn stem_of(draft: &Draft, unit: &Unit) -> String {
    draft.language.stem(&fold(&shown(unit)))
}

fn field_score(draft: &Draft, field: &crate::spec::Field, words: &[Unit], stems: &[String]) -> u32 {
    let label = draft.language.stem(&fold(&field.label));
    let said = stems.join(" ");
    let whole = format!(" {said} ").contains(&format!(" {label} "));
    let concept = words.iter().any(|unit| unit.field().is_some_and(|concept| concept == field.id));
    let head = label
        .rsplit(' ')
        .next()
        .is_some_and(|head| head.len() > 2 && stems.iter().any(|stem| stem.split(' ').any(|part| part == head)));
    if whole {
        20 + u32::try_from(label.split(' ').count()).unwrap_or(9).min(9)
    } else if concept {
        15
    } else if head {
        8
    } else {
        0
    }
}

pub(crate) fn is_mentioned(draft: &Draft, id: &str, words: &[Unit]) -> bool {
    let facts = draft.known(id);
    words.iter().any(|unit| {
        let by_concept = facts.concept.is_some()
            && unit.entity() == facts.concept
            && unit.field().is_none_or(|field| field != "note");
        let by_stem = unit.entity().is_none()
            && unit.field().is_none()
            && !facts.stem.is_empty()
            && stem_of(draft, unit).rsplit(' ').next() == Some(&facts.stem);
        by_concept || by_stem
    })
}

/// "rename offer to proposal".
pub(crate) fn rename(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = command(clause, "rename") else { return false };
    let rest = clause.units[verb + 1..].to_vec();
    let Some(split) = rest.iter().rposition(|unit| unit.is_any(&["to", "as"]) && unit.field().is_none()) else {
        return false;
    };
    let (old, mut new) = (rest[..split].to_vec(), rest[split + 1..].to_vec());
    // "Benenne … in Betrag um": what the verb ends with is no part of the name.
    if new.len() > 1 {
        new.pop_if(|last| draft.language.is_parted(&clause.units[verb].norm, &last.norm));
    }
    // "… to members, thanks", "… नाम रखो": what only asks for it is no part of the name either.
    let asks = |unit: &Unit| unit.tags.contains(&Tag::Filler) || unit.is("want") && unit.is_structure();
    let named = new.iter().rposition(|unit| unit.is_word() && !asks(unit)).unwrap_or(new.len().saturating_sub(1));
    new.truncate(named + 1);
    let words: Vec<String> =
        new.iter().filter(|unit| unit.is_word() && !unit.is_any(&["det"])).map(|unit| unit.text.clone()).collect();
    let label = sentence_case(&words.join(" "));
    let subject = old.iter().any(|unit| unit.is_content() && !unit.is_any(&["app", "titleWord", "colourWord"]));
    // A status can be called by a word of deeds: "rename offer to proposal".
    if label.is_empty() || !subject && option_named(draft, &old).is_none() {
        return false;
    }
    let done = rename_option(draft, &old, &label)
        || rename_field(draft, &old, &label)
        || rename_entity(draft, &old, &new, &label)
        || rename_role(draft, &old, &new);
    clause.take_all();
    if !done {
        draft.missed(Say::NotFound, &[&written(&old)]);
    }
    true
}

fn rename_field(draft: &mut Draft, old: &[Unit], label: &str) -> bool {
    let only_entity = draft.find_units(old).is_some_and(|id| only_names(draft, &id, old));
    let Some((entity, field)) = find_field(draft, old, false).ok().filter(|_| !only_entity) else { return false };
    let before = draft.field_label(&entity, &field);
    if let Some(field) = draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)) {
        label.clone_into(&mut field.label);
    }
    draft.understood(Say::Renamed, &[&before, label], &format!("entities/{entity}/fields/{field}"));
    true
}

/// A name that is no noun elsewhere ("Journal") is taken as it is.
fn rename_entity(draft: &mut Draft, old: &[Unit], new: &[Unit], label: &str) -> bool {
    let Some(id) = draft.find_units(old) else { return false };
    // As many words as were said, or the name has lost some.
    let whole = |named: &Noun| named.many.split(' ').count() >= label.split(' ').count();
    let named = noun(new, draft.language).filter(whole);
    let (one, many) = named.map_or((label.to_owned(), label.to_owned()), |named| (named.one, named.many));
    let Some(entity) = draft.spec.entity_mut(&id) else { return false };
    let before = std::mem::replace(&mut entity.plural, many.clone());
    entity.label.clone_from(&one);
    draft
        .spec
        .pages
        .iter_mut()
        .filter(|page| page.entity == id && page.title == before)
        .for_each(|page| page.title.clone_from(&many));
    if let Some(role) = draft.spec.entity(&id).and_then(|entity| entity.person.clone()) {
        draft.spec.roles.iter_mut().filter(|other| other.id == role).for_each(|role| role.label.clone_from(&one));
    }
    draft.understood(Say::Renamed, &[&before, &many], &format!("entities/{id}"));
    true
}

/// People of whom the app keeps nothing but who they are.
fn rename_role(draft: &mut Draft, old: &[Unit], new: &[Unit]) -> bool {
    let Some((old, new)) = noun(old, draft.language).zip(noun(new, draft.language)) else { return false };
    let known = [fold(&old.one), fold(&old.many)];
    let Some(role) = draft.spec.roles.iter_mut().find(|role| known.contains(&fold(&role.label))) else { return false };
    let (id, before) = (role.id.clone(), std::mem::replace(&mut role.label, new.one.clone()));
    draft.understood(Say::Renamed, &[&before, &new.one], &format!("roles/{id}"));
    true
}

/// Whose choice has an option that words name: entity, field and the option's place.
fn option_named(draft: &Draft, words: &[Unit]) -> Option<(String, String, usize)> {
    let first = words.iter().find(|unit| unit.is_word() && !unit.is_any(&["det", "poss"]))?;
    let wanted = fold(&shown(first));
    draft.spec.entities.iter().find_map(|entity| {
        entity.fields.iter().find_map(|field| {
            let FieldKind::Choice { options } = &field.kind else { return None };
            let at = options.iter().position(|option| fold(&option.label) == wanted)?;
            Some((entity.id.clone(), field.id.clone(), at))
        })
    })
}

fn rename_option(draft: &mut Draft, old: &[Unit], label: &str) -> bool {
    let Some((entity, field, at)) = option_named(draft, old) else { return false };
    let kind = draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)).map(|field| &mut field.kind);
    let Some(FieldKind::Choice { options }) = kind else { return false };
    let before = std::mem::replace(&mut options[at].label, label.to_owned());
    draft.understood(Say::Renamed, &[&before, label], &format!("entities/{entity}/fields/{field}"));
    true
}

/// "make the email required", "the phone number is optional".
pub(crate) fn required(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(at) = clause.find(&["required", "optional"]).filter(|at| clause.units[*at].entity().is_none()) else {
        return false;
    };
    let closing = !draft.creating && at + 1 == clause.units.len();
    let asks = (closing || clause.has(&["want", "be", "must"]))
        && !clause.has(&["have", "with"])
        && !clause.units.iter().any(|unit| matches!(unit.kind, Kind::Colon | Kind::Open));
    if !asks {
        return false;
    }
    let required = clause.units[at].is("required") && !clause.units[..at].iter().any(|unit| unit.is("not"));
    let words: Vec<Unit> = clause
        .units
        .iter()
        .filter(|unit| !unit.is_any(&["required", "optional", "want", "be", "not"]))
        .cloned()
        .collect();
    let Some((entity, id)) = field_named(draft, &words) else { return false };
    let Some(field) = draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&id)) else { return false };
    field.required = required;
    let label = field.label.clone();
    let phrase = if required { Say::MadeRequired } else { Say::MadeOptional };
    draft.understood(phrase, &[&label], &format!("entities/{entity}/fields/{id}"));
    clause.take_all();
    true
}

/// "archive the phone number".
pub(crate) fn archive(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = command(clause, "archive") else { return false };
    let rest = clause.units[verb + 1..].to_vec();
    clause.take_all();
    let entity = draft.find_units(&rest).filter(|id| only_names(draft, id, &rest));
    if let Some(id) = entity {
        archive_entity(&mut draft.spec, &id);
        let many = draft.many(&id);
        draft.understood(Say::Archived, &[&many], &format!("entities/{id}"));
        return true;
    }
    let Ok((entity, field)) = find_field(draft, &rest, false) else {
        report_missing(draft, &rest);
        return true;
    };
    if let Some(kept) = draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)) {
        kept.archived = true;
    }
    release_field(&mut draft.spec, &entity, &field);
    let label = draft.field_label(&entity, &field);
    draft.understood(Say::Archived, &[&label], &format!("entities/{entity}/fields/{field}"));
    true
}

/// "bring back the phone number", "restore the archived tables".
pub(crate) fn restore(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = command(clause, "restore") else { return false };
    let rest: Vec<Unit> = clause.units[verb + 1..].iter().filter(|unit| !unit.is("archivedAdj")).cloned().collect();
    clause.take_all();
    let entity = draft.find_units(&rest).filter(|id| draft.spec.entity(id).is_some_and(|entity| entity.archived));
    if let Some(id) = entity {
        if let Some(entity) = draft.spec.entity_mut(&id) {
            entity.archived = false;
        }
        for (other, field, _) in pointing_to(&draft.spec, &id) {
            if let Some(field) = draft.spec.entity_mut(&other).and_then(|entity| entity.field_mut(&field)) {
                field.archived = false;
            }
        }
        draft.note(&id).new = true;
        let many = draft.many(&id);
        draft.understood(Say::Restored, &[&many], &format!("entities/{id}"));
        return true;
    }
    match find_field(draft, &rest, true) {
        Ok((entity, field)) => {
            if let Some(kept) = draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)) {
                kept.archived = false;
            }
            let label = draft.field_label(&entity, &field);
            draft.understood(Say::Restored, &[&label], &format!("entities/{entity}/fields/{field}"));
        }
        Err(_) => draft.missed(Say::NotFound, &[&written(&rest)]),
    }
    true
}

/// "add vegan to the meals", "add an option vegan".
pub(crate) fn add_option(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = command(clause, "add") else { return false };
    let rest = clause.units[verb + 1..].to_vec();
    let Some(split) = rest.iter().rposition(|unit| unit.is_any(&["to", "for", "in"]) && unit.field().is_none()) else {
        return false;
    };
    if split == 0 || draft.find_units(&rest[split + 1..]).is_some() {
        return false;
    }
    let Some((entity, field)) = field_named(draft, &rest[split + 1..]) else { return false };
    let words: Vec<Unit> =
        rest[..split].iter().filter(|unit| !unit.is("choiceNoun") && !unit.is("det")).cloned().collect();
    let labels = super::super::field::option_labels(&words);
    let Some(FieldKind::Choice { options: old }) =
        draft.spec.entity(&entity).and_then(|entity| entity.field(&field)).map(|field| field.kind.clone())
    else {
        return false;
    };
    let mut all: Vec<String> = old.iter().map(|option| option.label.clone()).collect();
    let new: Vec<String> =
        labels.into_iter().filter(|label| !all.iter().any(|other| fold(other) == fold(label))).collect();
    all.extend(new.iter().cloned());
    if new.is_empty() || all.len() > MAX_OPTIONS {
        return false;
    }
    let added = options_beside(&old, &new);
    if let Some(field) = draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)) {
        field.kind = FieldKind::Choice { options: [old, added].concat() };
    }
    let label = draft.field_label(&entity, &field);
    new.iter().for_each(|option| {
        draft.understood(Say::OptionAdded, &[option, &label], &format!("entities/{entity}/fields/{field}"))
    });
    clause.take_all();
    true
}

/// "add status on hold", "add the status “waiting” after in repair": a choice, then what can be chosen besides.
pub(crate) fn add_choice(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = command(clause, "add").filter(|_| !draft.creating) else { return false };
    let rest: Vec<Unit> =
        clause.units[verb + 1..].iter().filter(|unit| !unit.is("det") || unit.is_content()).cloned().collect();
    let end = rest.iter().position(|unit| unit.is("after") && unit.is_structure()).unwrap_or(rest.len());
    let told = |end: usize| {
        let words = &rest[..end];
        let choice = field_named(draft, words).filter(|(entity, field)| {
            let label = draft.field_label(entity, field);
            fold(&label) == fold(&written(words)) || words.len() == 1 && words[0].field() == Some(field.as_str())
        })?;
        let kind = draft.spec.entity(&choice.0)?.field(&choice.1)?.kind.clone();
        matches!(kind, FieldKind::Choice { .. }).then_some(choice)
    };
    let Some((split, (entity, field))) = (1..end.min(5)).rev().find_map(|split| Some((split, told(split)?))) else {
        return false;
    };
    let label = sentence_case(&written(&rest[split..end]).replace(['"', '“', '”', '„'], ""));
    let Some(FieldKind::Choice { options: old }) =
        draft.spec.entity(&entity).and_then(|entity| entity.field(&field)).map(|field| field.kind.clone())
    else {
        return false;
    };
    if label.is_empty() || old.len() >= MAX_OPTIONS || old.iter().any(|option| fold(&option.label) == fold(&label)) {
        return false;
    }
    let new = options_beside(&old, std::slice::from_ref(&label));
    let said = rest.get(end + 1..).map(written).unwrap_or_default();
    let before = old.iter().find(|option| fold(&option.label) == fold(&said));
    let from = before.or(old.first()).map(|option| option.id.clone()).unwrap_or_default();
    step_beside(draft, (&entity, &field), &from, &new[0].id);
    let at =
        old.iter().position(|option| option.id == from).filter(|_| before.is_some()).map_or(old.len(), |at| at + 1);
    let mut all = old;
    all.splice(at..at, new);
    if let Some(field) = draft.spec.entity_mut(&entity).and_then(|entity| entity.field_mut(&field)) {
        field.kind = FieldKind::Choice { options: all };
    }
    let name = draft.field_label(&entity, &field);
    draft.understood(Say::OptionAdded, &[&label, &name], &format!("entities/{entity}/fields/{field}"));
    clause.take_all();
    true
}

/// What has steps gets one to the new option, and from it wherever the option before leads.
fn step_beside(draft: &mut Draft, (entity, field): (&str, &str), from: &str, new: &str) {
    let goes = |rule: &&mut Rule| matches!(rule, Rule::Steps { entity: one, field: other, .. } if one == entity && other == field);
    let Some(Rule::Steps { steps, .. }) = draft.spec.rules.iter_mut().find(goes) else { return };
    let on: Vec<Step> = steps
        .iter()
        .filter(|step| step.from == from)
        .map(|step| Step { from: new.to_owned(), ..step.clone() })
        .collect();
    let by = on.first().map(|step| step.by.clone()).unwrap_or_default();
    steps.push(Step { from: from.to_owned(), to: new.to_owned(), by });
    steps.extend(on);
}

/// New options with ids that old ones don't have.
pub(crate) fn options_beside(old: &[crate::spec::Choice], new: &[String]) -> Vec<crate::spec::Choice> {
    let mut taken: std::collections::BTreeSet<String> = old.iter().map(|option| option.id.clone()).collect();
    let mut made = options(new);
    for option in &mut made {
        option.id = crate::ident::unique(&option.label, &format!("option{}", taken.len() + 1), &taken);
        taken.insert(option.id.clone());
    }
    made
}

/// "add a dietary note to guests", "add vendors with a name and a price".
pub(crate) fn add(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = command(clause, "add") else { return put(draft, clause) };
    let rest = clause.units[verb + 1..].to_vec();
    if add_field(draft, &rest) {
        clause.take_all();
        return true;
    }
    if let Some((split, id)) = target(draft, &rest) {
        if goes_to(draft, &rest[..split], &id) {
            clause.take_all();
            return true;
        }
        let words: Vec<Unit> = rest[..split]
            .iter()
            .filter(|unit| !(unit.is_any(&["to", "for"]) && unit.field().is_none()))
            .cloned()
            .collect();
        if words.iter().any(Unit::is_content) && super::things::describe(draft, &id, &words, false) {
            clause.take_all();
            return true;
        }
    }
    if let Some((end, id)) = named_first(draft, &rest)
        && super::things::describe(draft, &id, &rest[end..], false)
    {
        clause.take_all();
        return true;
    }
    let possessed =
        rest.iter().position(|unit| unit.possessive).and_then(|at| draft.find_units(&rest[..=at]).map(|id| (at, id)));
    if let Some((at, id)) = possessed
        && super::things::describe(draft, &id, &rest[at + 1..], false)
    {
        clause.take_all();
        return true;
    }
    clause.take(0..verb + 1);
    clause.units.drain(..=verb);
    if super::things::described(draft, clause) {
        return true;
    }
    add_loose(draft, clause)
}

/// "add guests to the tables", "add customers to orders": both are kept, and one belongs to the other. Which it is may be
/// there already, else the second names the first.
fn goes_to(draft: &mut Draft, words: &[Unit], to: &str) -> bool {
    let Some(id) = draft.find_units(words).filter(|id| id != to && only_names(draft, id, words)) else { return false };
    let names = |from: &str, to: &str| {
        let points =
            |field: &Field| !field.archived && matches!(&field.kind, FieldKind::Ref { entity } if entity == to);
        let field = draft.spec.entity(from).and_then(|entity| entity.fields.iter().find(|field| points(field)));
        field.map(|field| (from.to_owned(), to.to_owned(), field.label.clone()))
    };
    let new = || Some((to.to_owned(), id.clone(), draft.spec.entity(&id)?.label.clone()));
    let Some((from, to, label)) = names(&id, to).or_else(|| names(to, &id)).or_else(new) else { return false };
    let many = draft.many(&from);
    draft.understood(Say::EntityHas, &[&many, &label], &format!("entities/{from}"));
    draft.links.push((from, to));
    true
}

/// "… to orders", "… for every order": the thing that is named last, and where that begins.
/// "Put a photo on each order": details that belong with what is there.
fn put(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some(verb) = command(clause, "putInto").filter(|_| !draft.creating) else { return false };
    let rest = clause.units[verb + 1..].to_vec();
    let Some((split, id)) = target(draft, &rest).or_else(|| last_named(draft, &rest)) else { return false };
    let end = rest[..split].iter().rposition(Unit::is_content).map_or(0, |last| last + 1);
    let words = rest[..end].to_vec();
    let done = are_details(draft, &words) && super::things::describe(draft, &id, &words, false);
    if done {
        clause.take_all();
    }
    done
}

/// What the last words name, whatever joins them to the others, and where they begin.
fn last_named(draft: &Draft, words: &[Unit]) -> Option<(usize, String)> {
    let end = words.iter().rposition(Unit::is_content)?;
    let start = words[..end].iter().rposition(|unit| !unit.is_content())? + 1;
    draft.find_units(&words[start..=end]).map(|id| (start, id))
}

fn target(draft: &Draft, words: &[Unit]) -> Option<(usize, String)> {
    words.iter().enumerate().rev().find_map(|(at, unit)| {
        let joins = unit.is_any(&["to", "for", "each", "in"]) && unit.field().is_none();
        joins.then(|| draft.find_units(&words[at + 1..]).map(|id| (at, id))).flatten()
    })
}

/// "orders need a photo too", "I also need a date for every order": what is missed is a detail of what is there.
pub(crate) fn needed(draft: &mut Draft, clause: &mut Clause) -> bool {
    let needs = |unit: &Unit| unit.is_any(&["need", "want"]) && unit.is_structure();
    let Some(verb) = clause.units.iter().position(needs) else { return false };
    let (left, right) = (clause.units[..verb].to_vec(), clause.units[verb + 1..].to_vec());
    let found = match draft.find_units(&left).filter(|id| only_names(draft, id, &left)) {
        Some(id) => Some((id, right)),
        None if left.iter().all(Unit::is_structure) => {
            target(draft, &right).map(|(end, id)| (id, right[..end].to_vec()))
        }
        None => None,
    };
    let Some((id, words)) = found else { return false };
    let joins = |unit: &Unit| unit.is_structure() && unit.is_any(&["for", "to", "each", "in"]);
    let words: Vec<Unit> = words.into_iter().filter(|unit| !joins(unit)).collect();
    let done = are_details(draft, &words) && super::things::describe(draft, &id, &words, false);
    if done {
        clause.take_all();
    }
    done
}

/// Whether words name nothing but known properties.
fn are_details(draft: &Draft, words: &[Unit]) -> bool {
    let list = items(words);
    !list.is_empty() && list.iter().all(|item| wanted(item, draft.language).is_some_and(|want| want.sure))
}

/// "add a notes field", "add a column for size to plots": said to be a detail, so it is one, whatever else it may name.
fn add_field(draft: &mut Draft, rest: &[Unit]) -> bool {
    let called = |unit: &Unit| unit.is("field") && unit.is_structure();
    let Some(at) = rest.iter().position(called).filter(|_| !rest.iter().any(|unit| unit.is("app") && !called(unit)))
    else {
        return false;
    };
    let joins = |unit: &Unit| unit.is_any(&["to", "for", "in", "each"]) && unit.field().is_none();
    let target = (0..rest.len()).rev().filter(|to| joins(&rest[*to])).find_map(|to| {
        let named = draft.find_units(&rest[to + 1..]).filter(|id| only_names(draft, id, &rest[to + 1..]));
        named.map(|id| (to, id))
    });
    let (end, id) = match target.filter(|(to, _)| rest[..*to].iter().any(Unit::is_content)) {
        Some((end, id)) => (end, id),
        None => match here(draft) {
            Some(id) => (rest.len(), id),
            None => return false,
        },
    };
    let mere = |(index, unit): (usize, &Unit)| {
        called(unit) || index == at + 1 && unit.is_any(&["for", "with", "rename", "optionsAre"]) && unit.is_structure()
    };
    let words: Vec<Unit> = rest[..end]
        .iter()
        .enumerate()
        .filter(|(index, unit)| !mere((*index, unit)))
        .map(|(_, unit)| unit.clone())
        .collect();
    if !words.iter().any(Unit::is_content) || super::things::details(draft, &id, &words).is_empty() {
        return false;
    }
    if end == rest.len() {
        let many = draft.many(&id);
        draft.assumed(Say::AssumedAlready, &[&many], None);
    }
    draft.look_at(&id);
    true
}

/// Where the talk is, else the people, else what the app keeps first.
fn here(draft: &Draft) -> Option<String> {
    match &draft.focus {
        Some(Focus::Entity(id) | Focus::Field(id, _)) => Some(id.clone()),
        None => draft
            .person
            .clone()
            .or_else(|| draft.spec.entities.iter().find(|entity| !entity.archived).map(|entity| entity.id.clone())),
    }
}

/// "add to the guests a note", "füge den Gästen eine Notiz hinzu": the thing it goes to, and where the noun ends.
fn named_first(draft: &Draft, rest: &[Unit]) -> Option<(usize, String)> {
    let joins = rest.first().is_some_and(|unit| unit.is_any(&["to", "for", "in"]) && unit.field().is_none());
    let lead = usize::from(joins);
    let end = (lead..rest.len()).find(|at| rest[*at].is_content())? + 1;
    let more = rest.get(end..).is_some_and(|words| words.iter().any(Unit::is_content));
    let id = draft.find_units(&rest[lead..end]).filter(|_| more)?;
    // "add guests to the plan" adds nothing to guests; what is added is known for a detail.
    let apart = rest.get(end).is_some_and(|next| next.is_structure() && next.is_any(&["det", "to"]));
    let after = rest[end..].iter().filter(|unit| !(unit.is("to") && unit.is_structure())).cloned().collect::<Vec<_>>();
    let named = apart && only_names(draft, &id, &rest[..end]) && are_details(draft, &after);
    (joins || named).then_some((end, id))
}

/// Without saying to what: things become entities, properties go to the thing talked about.
fn add_loose(draft: &mut Draft, clause: &mut Clause) -> bool {
    let words: Vec<Unit> =
        clause.units.iter().filter(|unit| !unit.is("thingWord") || unit.is_content()).cloned().collect();
    let container = words.last().is_some_and(|unit| unit.is("app"));
    let known = noun(&words, draft.language).is_some_and(|named| named.concept.is_some() || named.plural);
    if container && !known {
        return false;
    }
    if draft.focus.is_none() {
        draft.focus = here(draft).map(Focus::Entity);
        if fields(&words, draft.language).iter().any(|want| want.sure) {
            let label = draft.focus.clone().map(|focus| match focus {
                Focus::Entity(id) | Focus::Field(id, _) => draft.many(&id),
            });
            draft.assumed(Say::AssumedAlready, &[&label.unwrap_or_default()], None);
        }
    }
    // Where nouns have no plural, what is unknown is a property sooner than a new list.
    let numberless = draft.language.grammar().numberless;
    let listed = clause.units.iter().any(|unit| unit.is_any(&["app", "thingWord"]));
    let named = words.iter().any(|unit| unit.entity().is_some() || unit.is("with"));
    let focus = match draft.focus.clone() {
        Some(Focus::Entity(id)) if numberless && !listed && !named => Some(id),
        _ => None,
    };
    let done = focus.is_some_and(|id| super::things::describe(draft, &id, &words, false))
        || super::things::list_units(draft, &words);
    if done {
        clause.take_all();
    }
    done
}
