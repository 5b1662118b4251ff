//! The offline writer from outside: conversations in, structure out.

mod bills;
mod blueprints;
mod briefs;
mod changes;
mod corrections;
mod coverage;
mod days;
mod ears;
mod events;
mod everyday;
mod follow;
mod hostile;
mod kept;
mod languages;
mod lists;
mod metamorphic;
mod orders;
mod owed;
mod people;
mod plain;
mod questions;
mod sites;
mod told;
mod wedding;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, catch_unwind};

use writer::spec::{AppSpec, Field, FieldKind, Rule, Scope};
use writer::validate::path_exists;
use writer::{Change, Understanding, Wish, change, validate, write};

/// Writes, and checks what holds for every answer.
pub(crate) fn written(text: &str) -> (AppSpec, Understanding) {
    let (spec, understanding) = write(&Wish { text, name: None })
        .unwrap_or_else(|declined| panic!("{text}\n{declined}\n{:?}", declined.understanding()));
    sound(text, &spec, &understanding);
    (spec, understanding)
}

/// Writes; the app is in the language and everything was understood.
pub(crate) fn whole(code: &str, text: &str) -> AppSpec {
    let (spec, understanding) = written(text);
    assert_eq!(spec.language, code, "{text}");
    assert!(understanding.not_understood.is_empty(), "{text}\n{:?}", understanding.not_understood);
    spec
}

/// Changes; everything was understood.
pub(crate) fn whole_change(spec: &AppSpec, text: &str) -> Change {
    let done = changed(spec, text);
    assert!(done.understanding.not_understood.is_empty(), "{text}\n{:?}", done.understanding.not_understood);
    done
}

/// Runs a check with each language's texts and reports all that fail.
pub(crate) fn each<Texts>(all: &BTreeMap<String, Texts>, check: impl Fn(&str, &Texts) + RefUnwindSafe) {
    let fails = |(code, texts): &(&String, &Texts)| {
        let texts = AssertUnwindSafe(*texts);
        catch_unwind(|| check(code, *texts)).is_err()
    };
    let failed: Vec<&String> = all.iter().filter(fails).map(|(code, _)| code).collect();
    assert!(failed.is_empty(), "fails in {failed:?}");
}

/// Changes, and checks what holds for every answer.
pub(crate) fn changed(spec: &AppSpec, text: &str) -> Change {
    let change =
        change(spec, text).unwrap_or_else(|declined| panic!("{text}\n{declined}\n{:?}", declined.understanding()));
    sound(text, &change.spec, &change.understanding);
    for alternative in &change.alternatives {
        assert_eq!(validate(&alternative.spec), Ok(()), "{text}");
    }
    change
}

/// The spec holds together, every path leads somewhere, every answer to a question runs.
pub(crate) fn sound(text: &str, spec: &AppSpec, understanding: &Understanding) {
    assert_eq!(validate(spec), Ok(()), "{text}");
    for statement in understanding.understood.iter().chain(&understanding.assumed) {
        assert!(!statement.text.is_empty() && !statement.text.contains('{'), "{text}: {statement:?}");
        if let Some(about) = &statement.about {
            assert!(path_exists(spec, about), "{text}: {statement:?}");
        }
    }
    assert!(understanding.questions.len() <= 3);
    for answer in
        understanding.questions.iter().flat_map(|question| &question.answers).filter(|answer| !answer.change.is_empty())
    {
        let done = change(spec, &answer.change)
            .unwrap_or_else(|declined| panic!("{}: {:?}", answer.change, declined.understanding()));
        assert!(done.understanding.not_understood.is_empty(), "{}: {:?}", answer.change, done.understanding);
        assert_ne!(done.spec, *spec, "{} does nothing", answer.change);
    }
}

/// A field by entity and id.
pub(crate) fn field<'a>(spec: &'a AppSpec, entity: &str, id: &str) -> &'a Field {
    let entity = spec.entity(entity).unwrap_or_else(|| panic!("no entity {entity} in {:?}", ids(spec)));
    entity.field(id).unwrap_or_else(|| {
        panic!("no field {id} in {:?}", entity.fields.iter().map(|field| &field.id).collect::<Vec<_>>())
    })
}

/// Ids of the entities.
pub(crate) fn ids(spec: &AppSpec) -> Vec<&str> {
    spec.entities.iter().map(|entity| entity.id.as_str()).collect()
}

/// Labels of a choice's options.
pub(crate) fn options(field: &Field) -> Vec<&str> {
    match &field.kind {
        FieldKind::Choice { options } => options.iter().map(|option| option.label.as_str()).collect(),
        other => panic!("{} is {other:?}", field.id),
    }
}

/// What a role sees of an entity.
pub(crate) fn sees(spec: &AppSpec, entity: &str, role: &str) -> Option<Scope> {
    spec.entity(entity).and_then(|entity| entity.grant(role)).and_then(|grant| grant.read)
}

/// The capacity rule for a parent: counted entity, extra field, condition field.
pub(crate) fn capacity(spec: &AppSpec, place: &str) -> Option<(String, Option<String>, Option<String>)> {
    spec.rules.iter().find_map(|rule| match rule {
        Rule::Capacity { entity, parent, extra, only_if, .. } if parent == place => Some((
            entity.clone(),
            extra.clone().map(|condition| condition.field),
            only_if.clone().map(|condition| condition.field),
        )),
        _ => None,
    })
}
