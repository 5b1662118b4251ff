//! Questions about the app itself: what it does, who may see and do what, why something is there.
//!
//! Invariant: what is said of access follows from the grants of the spec alone, as the backend holds them.

use super::super::lexicon::Language;
use super::heard::{Meaning, Part};
use super::told::{Told, folded_words};
use super::{in_language, of_the_app};
use crate::describe::{Act, describe, who_may};
use crate::spec::{AppSpec, OWNER};

/// Longest quotation of what somebody said, in characters.
const MAX_SAID: usize = 240;

/// What the app keeps, and who may do what.
pub(super) fn whole(spec: &AppSpec, language: &Language) -> String {
    describe(&in_language(spec, language)).join("\n")
}

/// "Who may see the phone numbers?", "can guests delete gifts?", "what may guests do?".
pub(super) fn access(spec: &AppSpec, parts: &[Part], language: &Language) -> Option<String> {
    let may = parts.iter().any(|part| part.asks("may"));
    let who = parts.iter().any(|part| part.asks("who"));
    let act = [("see", Act::See), ("change", Act::Change), ("delete", Act::Delete), ("add", Act::Add)]
        .into_iter()
        .find(|(key, _)| parts.iter().any(|part| part.asks(key)))
        .map(|(_, act)| act);
    let plainly = who && act == Some(Act::See) && !parts.iter().any(|part| part.asks_any(super::MEASURES));
    if !(may || plainly) {
        return None;
    }
    let spec = &in_language(spec, language);
    let told = Told::of(language.code());
    let role = if who { None } else { role_of(spec, parts) };
    match (act, &role) {
        (None, Some((role, _))) => Some(all_of(spec, role)),
        (None, None) => None,
        (Some(act), role) => {
            let skip = role.as_ref().map(|(_, at)| *at);
            let targets = targets(spec, parts, skip);
            let sentences = |targets: &[(String, Option<String>)]| -> Vec<String> {
                targets
                    .iter()
                    .map(|(entity, field)| who_may(spec, entity, field.as_deref(), act))
                    .map(|sentences| sentences.join("\n"))
                    .collect()
            };
            let answer = sentences(&targets).join("\n");
            let yes = role.as_ref().map(|(role, _)| {
                targets.iter().all(|(entity, field)| crate::describe::may(spec, role, entity, field.as_deref(), act))
            });
            Some(match yes {
                Some(yes) => format!("{}\n{answer}", told.say(if yes { "yes" } else { "no" }, &[])),
                None => answer,
            })
        }
    }
    .filter(|answer| !answer.is_empty())
}

/// The people whom the question is about, and where they are named.
fn role_of(spec: &AppSpec, parts: &[Part]) -> Option<(String, usize)> {
    parts.iter().enumerate().find_map(|(at, part)| {
        part.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Role(role) => Some((role.clone(), at)),
            Meaning::Entity(id) => spec.entity(id)?.person.clone().map(|role| (role, at)),
            _ => None,
        })
    })
}

/// What is asked about: entities and fields, all entities if none is named.
fn targets(spec: &AppSpec, parts: &[Part], skip: Option<usize>) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let named = |id: &str| {
        parts
            .iter()
            .any(|part| part.meanings.iter().any(|meaning| matches!(meaning, Meaning::Entity(other) if other == id)))
    };
    for (_, part) in parts.iter().enumerate().filter(|(at, _)| Some(*at) != skip) {
        let fields: Vec<(&String, &String)> = part
            .meanings
            .iter()
            .filter_map(|meaning| match meaning {
                Meaning::Field(entity, field) => Some((entity, field)),
                _ => None,
            })
            .collect();
        let narrowed: Vec<_> = fields.iter().filter(|(entity, _)| named(entity)).copied().collect();
        let entity = part.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Entity(id) => Some(id.clone()),
            _ => None,
        });
        match entity {
            Some(id) => found.push((id, None)),
            None => {
                let fields = if narrowed.is_empty() { fields } else { narrowed };
                found.extend(fields.into_iter().map(|(entity, field)| (entity.clone(), Some(field.clone()))));
            }
        }
    }
    // "The guests' phone numbers" are about the numbers.
    if found.iter().any(|(_, field)| field.is_some()) {
        found.retain(|(_, field)| field.is_some());
    }
    found.dedup();
    if found.is_empty() {
        found =
            spec.entities.iter().filter(|entity| !entity.archived).map(|entity| (entity.id.clone(), None)).collect();
    }
    found
}

/// Everything that a role may do.
fn all_of(spec: &AppSpec, role: &str) -> String {
    let acts = [Act::See, Act::Add, Act::Change, Act::Delete];
    let live = spec.entities.iter().filter(|entity| !entity.archived);
    let sentence = |id: &str| crate::describe::role_may(spec, role, id, &acts);
    live.filter_map(|entity| sentence(&entity.id)).collect::<Vec<_>>().join("\n")
}

/// A question why something is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Code of the asker's language.
    language: String,
    /// What it may be called in what was said.
    names: Vec<String>,
}

/// Something that was said about the app, and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// In the person's words.
    pub text: &'a str,
    /// What was understood of it.
    pub understood: &'a [String],
    /// What was assumed beside it.
    pub assumed: &'a [String],
}

impl Why {
    pub(super) fn of(spec: &AppSpec, parts: &[Part], language: &Language) -> Why {
        let mut names = Vec::new();
        for part in parts {
            names.extend(part.meanings.iter().filter_map(|meaning| label(spec, meaning)));
        }
        let known = of_the_app(parts);
        names.extend(known.iter().map(|part| part.text.clone()));
        if names.is_empty() {
            names.extend(parts.iter().filter(|part| part.meanings.is_empty()).map(|part| part.text.clone()));
        }
        names.dedup();
        Why { language: language.code().to_owned(), names }
    }

    /// The answer from what was said, oldest first.
    pub fn answer(&self, said: &[Said<'_>]) -> String {
        let told = Told::of(&self.language);
        let language = super::super::lexicon::lexicon().language(&self.language);
        let stems = |text: &str| -> Vec<String> { folded_words(text).iter().map(|word| language.stem(word)).collect() };
        let names: Vec<Vec<String>> =
            self.names.iter().map(|name| stems(name)).filter(|name| !name.is_empty()).collect();
        let mentions = |text: &str| {
            let text = stems(text);
            names.iter().any(|name| text.windows(name.len()).any(|part| part == name))
        };
        let quoted = |text: &str| text.chars().take(MAX_SAID).collect::<String>();
        for turn in said {
            if mentions(turn.text) {
                return told.say("becauseSaid", &[&quoted(turn.text)]);
            }
            if let Some(assumed) = turn.assumed.iter().find(|sentence| mentions(sentence)) {
                return told.say("becauseAssumed", &[&quoted(turn.text), assumed]);
            }
            if turn.understood.iter().any(|sentence| mentions(sentence)) {
                return told.say("becauseSaid", &[&quoted(turn.text)]);
            }
        }
        told.say("noReason", &[])
    }
}

fn label(spec: &AppSpec, meaning: &Meaning) -> Option<String> {
    match meaning {
        Meaning::Entity(id) => spec.entity(id).map(|entity| entity.plural.clone()),
        Meaning::Field(entity, field) => spec.entity(entity)?.field(field).map(|field| field.label.clone()),
        Meaning::Role(role) if role != OWNER => {
            spec.roles.iter().find(|other| other.id == *role).map(|role| role.label.clone())
        }
        _ => None,
    }
}
