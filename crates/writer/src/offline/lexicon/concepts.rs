//! What words can mean, whatever the language: kinds of things, properties, roles, occasions.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What a word or phrase can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tag {
    /// A word that carries structure (`have`, `only`, `or`): the key in `[function]`.
    Function(&'static str),
    /// A word that may be left out.
    Filler,
    /// A kind of thing.
    Entity(&'static str),
    /// A property of things.
    Field(&'static str),
    /// Who somebody is to the owner.
    Role(&'static str),
    /// What people gather for.
    Occasion(&'static str),
    /// What this writer can't do.
    Beyond(&'static str),
    /// ISO 4217 code.
    Currency(&'static str),
    /// ISO 4217 code of a country's money.
    Country(&'static str),
    /// A unit of measure.
    Unit(&'static str),
    /// CSS colour.
    Colour(&'static str),
    /// Code of a language.
    Tongue(&'static str),
}

/// The form of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Shape {
    /// Somebody.
    Person,
    /// Somewhere with room for people.
    Place,
    /// Something at a time.
    Event,
    /// An amount.
    Money,
    /// Anything else.
    Item,
}

/// A kind of thing.
#[derive(Debug, Deserialize)]
pub(crate) struct EntityConcept {
    /// Its form.
    pub(crate) shape: Shape,
    /// People of this kind are usually invited and answer by themselves.
    #[serde(default)]
    pub(crate) invited: bool,
    /// Its rows tell of the person who made them: never shown to everybody unless the text says so.
    #[serde(default)]
    pub(crate) personal: bool,
    /// It is kept only to be shown: what customers say, what is often asked.
    #[serde(default)]
    pub(crate) shown: bool,
    /// Field concepts it has when none are named; `!` marks required ones.
    #[serde(default)]
    pub(crate) fields: Vec<String>,
}

/// A property.
#[derive(Debug, Deserialize)]
pub(crate) struct FieldConcept {
    /// As in the file's comment.
    pub(crate) kind: String,
    /// Names the row.
    #[serde(default)]
    pub(crate) title: bool,
    /// Invited people fill it in themselves.
    #[serde(default)]
    pub(crate) answer: bool,
    /// Somebody who comes along.
    #[serde(default)]
    pub(crate) companion: bool,
    /// Would need files.
    #[serde(default)]
    pub(crate) upload: bool,
    /// Of a quantity.
    #[serde(default)]
    pub(crate) unit: String,
}

/// A role.
#[derive(Debug, Deserialize)]
pub(crate) struct RoleConcept {
    /// Keeps the whole app together with the owner.
    #[serde(default)]
    pub(crate) manager: bool,
}

/// An occasion.
#[derive(Debug, Deserialize)]
pub(crate) struct OccasionConcept {
    /// Entity concept of the people it gathers.
    pub(crate) guest: String,
}

/// Meanings, whatever the language.
#[derive(Debug, Deserialize)]
pub(crate) struct Concepts {
    /// By id.
    pub(crate) entity: BTreeMap<String, EntityConcept>,
    /// By id.
    pub(crate) field: BTreeMap<String, FieldConcept>,
    /// By id.
    pub(crate) role: BTreeMap<String, RoleConcept>,
    /// By id.
    pub(crate) occasion: BTreeMap<String, OccasionConcept>,
    /// Names of the languages, in all of them.
    #[serde(default)]
    pub(super) tongue: BTreeMap<String, Vec<String>>,
    /// What can't be made in part: an app that is one of these is declined whole.
    #[serde(default)]
    pub(crate) central: Vec<String>,
    pub(super) currency: BTreeMap<String, Vec<String>>,
    pub(super) country: BTreeMap<String, Vec<String>>,
    pub(super) unit: BTreeMap<String, Vec<String>>,
    pub(super) colour: BTreeMap<String, Vec<String>>,
}
