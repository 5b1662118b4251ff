//! What a change makes of an app, in plain sentences of its own language: what is new, what goes, what becomes different.
//!
//! Invariant: every sentence is one that describes the app before or after, or a field of it, so a change is told in
//! the same words as the app itself; two specs that are described alike and have the same fields differ in nothing here.

use serde::{Deserialize, Serialize};

use crate::describe::{self, Room, Told};
use crate::spec::{AppSpec, Entity};

/// What becomes of what a sentence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was not so before.
    New,
    /// It is not so any more.
    Gone,
    /// It was said in other words before.
    Other,
}

/// One difference between two versions of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `keeps`, `access`, `rules` or `looks`.
    pub room: String,
    /// What becomes of it.
    pub what: What,
    /// How it is afterwards; how it was, if it is gone.
    pub text: String,
    /// How it was, if it becomes different.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl Difference {
    /// Whether it takes away what is kept, or is about who may do what.
    #[must_use]
    pub fn is_weighty(&self) -> bool {
        self.room == "access" || self.room == "keeps" && self.what == What::Gone
    }
}

/// What of an app is different after a change, in the order in which an app is described.
#[must_use]
pub fn difference(before: &AppSpec, after: &AppSpec) -> Vec<Difference> {
    let mut all = fields(before, after);
    let whole = |spec: &AppSpec| describe::told(spec).into_iter().filter(|told| told.room != Room::Keeps).collect();
    let (old, new): (Vec<Told>, Vec<Told>) = (whole(&called_as(before, after)), whole(after));
    for room in [Room::Access, Room::Rules] {
        all.extend(told(room, &old, &new));
    }
    all.extend(words("looks", &before.title, &after.title));
    all
}

/// A spec with its things, fields and roles called as in another: a new name is told once, not wherever it stands.
fn called_as(spec: &AppSpec, other: &AppSpec) -> AppSpec {
    let mut spec = spec.clone();
    for role in &mut spec.roles {
        let like = other.roles.iter().find(|like| like.id == role.id);
        role.label = like.map_or_else(|| role.label.clone(), |like| like.label.clone());
    }
    for entity in &mut spec.entities {
        let Some(like) = other.entity(&entity.id) else { continue };
        (entity.label, entity.plural) = (like.label.clone(), like.plural.clone());
        for field in &mut entity.fields {
            field.label = like.field(&field.id).map_or_else(|| field.label.clone(), |like| like.label.clone());
        }
    }
    spec
}

/// Kinds of things and their fields, by their ids.
fn fields(before: &AppSpec, after: &AppSpec) -> Vec<Difference> {
    let shown = |spec: &AppSpec, id: &str| spec.entity(id).filter(|entity| !entity.archived).cloned();
    let ids = |spec: &AppSpec| spec.entities.iter().map(|entity| entity.id.clone()).collect::<Vec<_>>();
    let mut all: Vec<String> = ids(after);
    all.extend(ids(before).into_iter().filter(|id| after.entity(id).is_none()));
    let of = |id: &String| match (shown(before, id), shown(after, id)) {
        (None, Some(new)) => entity(What::New, after, &new),
        (Some(old), None) => entity(What::Gone, before, &old),
        (Some(old), Some(new)) => {
            let mut found: Vec<Difference> = words("keeps", &old.plural, &new.plural).into_iter().collect();
            found.extend(fields_of((before, &old), (after, &new)));
            found
        }
        (None, None) => Vec::new(),
    };
    all.iter().flat_map(of).collect()
}

/// A kind of thing as a whole: all that is told of it.
fn entity(what: What, spec: &AppSpec, entity: &Entity) -> Vec<Difference> {
    let told = describe::told(spec).into_iter();
    let own = told.filter(|told| told.room == Room::Keeps && told.subject == format!("{}/0", entity.id));
    own.map(|told| alone("keeps", what, told.text)).collect()
}

fn fields_of((before, old): (&AppSpec, &Entity), (after, new): (&AppSpec, &Entity)) -> Vec<Difference> {
    let sentence = |spec: &AppSpec, of: &Entity, id: &str| {
        let field = of.field(id).filter(|field| !field.archived)?;
        // The plural is told once, as a difference of its own.
        let named = Entity { plural: new.plural.clone(), ..of.clone() };
        Some(describe::field(spec, &named, field))
    };
    let gone = old.fields.iter().filter(|field| new.field(&field.id).is_none());
    let ids: Vec<&str> = new.fields.iter().chain(gone).map(|field| field.id.as_str()).collect();
    ids.into_iter().filter_map(|id| pair("keeps", sentence(before, old, id), sentence(after, new, id))).collect()
}

/// Sentences of a room that one of the two has alone; those of one subject belong together.
fn told(room: Room, old: &[Told], new: &[Told]) -> Vec<Difference> {
    let name = if room == Room::Access { "access" } else { "rules" };
    let lacking = |told: &&Told, among: &[Told]| told.room == room && among.iter().all(|one| one.text != told.text);
    let mut gone: Vec<&Told> = old.iter().filter(|told| lacking(told, new)).collect();
    let mut all = Vec::new();
    for told in new.iter().filter(|told| lacking(told, old)) {
        // A rule's number says where it stands, not what it is: only who may do what has a subject that stays.
        let same = gone.iter().position(|one| room == Room::Access && one.subject == told.subject);
        let before = same.map(|at| gone.remove(at).text.clone());
        all.extend(pair(name, before, Some(told.text.clone())));
    }
    all.extend(gone.into_iter().map(|told| alone(name, What::Gone, told.text.clone())));
    all
}

fn words(room: &str, before: &str, after: &str) -> Option<Difference> {
    pair(room, Some(before.to_owned()), Some(after.to_owned()))
}

fn pair(room: &str, before: Option<String>, after: Option<String>) -> Option<Difference> {
    match (before, after) {
        (None, Some(text)) => Some(alone(room, What::New, text)),
        (Some(text), None) => Some(alone(room, What::Gone, text)),
        (Some(before), Some(text)) if before != text => {
            Some(Difference { before: Some(before), ..alone(room, What::Other, text) })
        }
        _ => None,
    }
}

fn alone(room: &str, what: What, text: String) -> Difference {
    Difference { room: room.to_owned(), what, text, before: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Wish, change, write};

    fn app() -> AppSpec {
        let text = "Guests see all recipes. Each recipe has a name, a price and a comment.";
        write(&Wish { text, name: None }).expect("is written").0
    }

    fn after(text: &str) -> Vec<Difference> {
        let spec = app();
        difference(&spec, &change(&spec, text).expect("is changed").spec)
    }

    #[test]
    fn an_app_is_as_it_is() {
        assert_eq!(difference(&app(), &app()), []);
    }

    #[test]
    fn a_new_field_and_one_that_goes_are_told_by_themselves() {
        let new = after("Add a source to the recipes");
        assert!(new.iter().any(|one| one.what == What::New && one.room == "keeps" && one.text.contains("ource")));
        assert!(new.iter().all(|one| !one.text.contains("rice")), "{new:?}");
        let gone = after("Remove the comment");
        assert!(gone.iter().any(|one| one.what == What::Gone && one.text.contains("omment")), "{gone:?}");
    }

    #[test]
    fn what_is_called_otherwise_is_told_with_how_it_was_called() {
        let other = after("Rename comment to remark");
        let [one] = other.as_slice() else { panic!("one difference: {other:?}") };
        assert_eq!((one.what, one.room.as_str()), (What::Other, "keeps"));
        assert!(one.text.contains("emark") && one.before.as_ref().is_some_and(|before| before.contains("omment")));
    }

    #[test]
    fn a_new_name_is_told_once() {
        let other = after("Rename recipes to dishes");
        assert!(other.iter().all(|one| one.room != "access"), "{other:?}");
    }

    #[test]
    fn who_may_do_what_is_told_apart() {
        let other = after("Guests can add recipes");
        assert!(other.iter().any(|one| one.room == "access"), "{other:?}");
    }

    #[test]
    fn a_new_kind_of_thing_is_one_difference_of_what_is_kept() {
        let new = after("Add shops with a name and a street");
        let kept: Vec<_> = new.iter().filter(|one| one.room == "keeps").collect();
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(kept[0].text.contains("treet"));
    }
}
