//! How what a writer understood or assumed can be said otherwise: sentences ready to run that take it back.
//!
//! Invariant: a sentence is offered only if running it was seen to take away exactly what it names, and nothing of it
//! stayed unread; an answer belongs to the assumption that it was seen to change.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::offline::{Reading, change, phrases::Phrases};
use crate::spec::{AppSpec, Entity, Field, FieldKind};
use crate::understanding::{Answer, Statement, Understanding};
use crate::validate::path_exists;

/// Sentences that are tried, so that a long wish costs no more than a short one.
const TRIED_MAX: usize = 32;

/// Which list of an [`Understanding`] a statement is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// [`Understanding::understood`].
    Understood,
    /// [`Understanding::assumed`].
    Assumed,
}

/// What can be done about one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Its list.
    pub list: Heard,
    /// Its place there, from 0.
    pub at: usize,
    /// The text of a change that takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_out: Option<String>,
    /// What it could be instead, as texts of changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<Answer>,
}

/// What can be said otherwise about an app that was just written (`before` is `None`) or changed.
#[must_use]
pub fn corrections(before: Option<&AppSpec>, after: &AppSpec, understanding: &Understanding) -> Vec<Correction> {
    let _reading = Reading::begin();
    let heard = |list, statements: &[Statement]| {
        let numbered = statements.iter().cloned().enumerate();
        numbered.map(move |(at, statement)| (list, at, statement)).collect::<Vec<_>>()
    };
    let mut all = heard(Heard::Understood, &understanding.understood);
    all.extend(heard(Heard::Assumed, &understanding.assumed));
    let (mut told, mut tried) = (BTreeSet::new(), 0);
    let choices = choices(after, understanding);
    let before = before.map(whole);
    let of = |(list, at, statement): (Heard, usize, Statement)| {
        let about = statement.about?;
        // What was there before is not this text's to take back; and a part is taken out by what first told of it.
        let new = before.as_ref().is_none_or(|before| found(before, &about).is_none());
        let first = told.insert(about.clone()) && new && tried < TRIED_MAX;
        let text = first.then(|| sentence(after, &about)).flatten();
        tried += usize::from(text.is_some());
        let take_out = text.filter(|text| takes_out(after, &about, text));
        let chosen = choices.iter().find(|(number, _)| list == Heard::Assumed && *number == at);
        let instead = chosen.map(|(_, answers)| answers.clone()).unwrap_or_default();
        let correction = Correction { list, at, take_out, instead };
        (correction.take_out.is_some() || !correction.instead.is_empty()).then_some(correction)
    };
    all.into_iter().filter_map(of).collect()
}

/// The sentence that takes out what a path names, in the app's language.
fn sentence(spec: &AppSpec, about: &str) -> Option<String> {
    let phrases = Phrases::of(&spec.language);
    match about.split('/').collect::<Vec<_>>().as_slice() {
        ["entities", entity] if spec.entities.len() > 1 => {
            Some(phrases.say("takeOutAll", &[&phrases.within(&spec.entity(entity)?.plural)]))
        }
        ["entities", entity, "fields", field] => {
            let entity = spec.entity(entity)?;
            let (label, plural) = (phrases.within(&entity.field(field)?.label), phrases.within(&entity.plural));
            Some(phrases.say("takeOut", &[&label, &plural]))
        }
        _ => None,
    }
}

/// Whether the sentence takes out what the path names, and no other field or thing but what points to it.
fn takes_out(spec: &AppSpec, about: &str, text: &str) -> bool {
    let Ok(done) = change(spec, text) else { return false };
    let whole = done.understanding.not_understood.is_empty() && !done.undo;
    let stays = |part: &String| is_within(part, about) || path_exists(&done.spec, part);
    whole && !path_exists(&done.spec, about) && independent(spec, about).iter().all(stays)
}

fn is_within(part: &str, path: &str) -> bool {
    part.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Paths of all things and fields but those that point to the thing that a path names.
fn independent(spec: &AppSpec, about: &str) -> Vec<String> {
    let points = |field: &Field| match &field.kind {
        FieldKind::Ref { entity } => about == format!("entities/{entity}"),
        _ => false,
    };
    let of = |entity: &Entity| {
        let path = format!("entities/{}", entity.id);
        let fields = entity.fields.iter().filter(|field| !points(field));
        let fields: Vec<String> = fields.map(|field| format!("{path}/fields/{}", field.id)).collect();
        [vec![path], fields].concat()
    };
    spec.entities.iter().flat_map(of).collect()
}

/// Assumptions with the answers that would make them otherwise: those whose change was seen to alter what they are
/// about, the narrowest such assumption first.
fn choices(spec: &AppSpec, understanding: &Understanding) -> Vec<(usize, Vec<Answer>)> {
    let mut all: Vec<(usize, Vec<Answer>)> = Vec::new();
    for question in &understanding.questions {
        let changes = question.answers.iter().filter(|answer| !answer.change.is_empty());
        let Some(done) = changes.clone().find_map(|answer| change(spec, &answer.change).ok()) else { continue };
        let (was, is) = (whole(spec), whole(&done.spec));
        let altered = |about: &str| found(&was, about) != found(&is, about);
        let assumed = understanding.assumed.iter().enumerate();
        let about = assumed.filter_map(|(at, one)| Some((at, one.about.as_deref().filter(|about| altered(about))?)));
        let narrowest = about.max_by_key(|(at, about)| (about.split('/').count(), std::cmp::Reverse(*at)));
        all.extend(narrowest.map(|(at, _)| (at, changes.cloned().collect())));
    }
    all
}

/// A spec as what paths lead through.
fn whole(spec: &AppSpec) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

/// What stands at a path of a spec.
fn found<'a>(whole: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(whole, |value, part| match value {
        Value::Object(map) => map.get(part),
        Value::Array(list) => {
            let named = |value: &&Value| value["id"] == part || value.get("id").is_none() && value["role"] == part;
            list.iter().find(named).or_else(|| list.get(part.parse::<usize>().ok()?))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Wish, write};

    fn written(text: &str) -> (AppSpec, Understanding) {
        write(&Wish { text, name: None }).expect("is written")
    }

    #[test]
    fn what_is_taken_out_is_gone_and_all_else_stays() {
        let (spec, heard) =
            written("Guests have a name, an email and a phone number. They pick a meal (fish or meat).");
        let found_all = corrections(None, &spec, &heard);
        let outs: Vec<&String> = found_all.iter().filter_map(|one| one.take_out.as_ref()).collect();
        assert!(!outs.is_empty(), "{heard:?}");
        for out in outs {
            let done = change(&spec, out).expect("runs");
            assert!(done.understanding.not_understood.is_empty() && done.spec != spec, "{out}");
        }
    }

    #[test]
    fn a_field_that_a_change_brought_is_taken_out_by_its_own_sentence() {
        let (spec, _) = written("Guests have a name and an email.");
        let done = change(&spec, "Add a phone number to guests").expect("is changed");
        let found_all = corrections(Some(&spec), &done.spec, &done.understanding);
        let out = found_all.iter().find_map(|one| one.take_out.as_ref()).expect("a way back");
        let back = change(&done.spec, out).expect("runs").spec;
        assert_eq!(back.entities, spec.entities);
    }

    #[test]
    fn an_assumption_has_the_answers_that_change_it() {
        let (spec, heard) = written("Orders have a customer and a price.");
        assert!(!heard.questions.is_empty(), "asks for the currency");
        let found_all = corrections(None, &spec, &heard);
        let one = found_all.iter().find(|one| !one.instead.is_empty()).expect("an assumption to choose");
        assert_eq!(one.list, Heard::Assumed);
        let about = heard.assumed[one.at].about.clone().expect("is about something");
        for answer in &one.instead {
            let done = change(&spec, &answer.change).expect("runs");
            assert_ne!(found(&whole(&done.spec), &about), found(&whole(&spec), &about));
        }
    }

    #[test]
    fn what_was_there_before_is_not_taken_back() {
        let (spec, heard) = written("Guests have a name and an email.");
        assert!(corrections(Some(&spec), &spec, &heard).iter().all(|one| one.take_out.is_none()));
    }
}
