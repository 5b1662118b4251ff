//! What a blueprint is: things with parts to play, deeds that show it is meant, and what then always holds.
//!
//! Invariant: everything is said in concepts and in the blueprint's own slots; no word of any language stands here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const FILE: &str = include_str!("../../../lexicon/blueprints.toml");

#[derive(Debug, Deserialize)]
struct File {
    blueprint: Vec<Blueprint>,
}

/// One pattern of apps.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blueprint {
    /// Its name in specs.
    pub(crate) id: String,
    /// The sum of weights from which it applies.
    pub(crate) threshold: u32,
    /// The sum from which it applies even if no clause tells of one of its deeds.
    #[serde(default)]
    pub(crate) sure: u32,
    /// People of the app say whether they come.
    #[serde(default)]
    pub(crate) gathers: bool,
    /// People are made when the text names nothing else.
    #[serde(default)]
    pub(crate) people: bool,
    /// Concept to weight.
    pub(crate) signals: BTreeMap<String, u32>,
    /// One of these must be among the signals found, whatever the sum; empty: none need.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    /// Where one of these is among the concepts of the text, another pattern is meant.
    #[serde(default)]
    pub(crate) unless: Vec<String>,
    /// The slot that a clause's deed must have told of; else it was only guessed.
    pub(crate) asks: Option<String>,
    /// Patterns that it takes the place of; what was told of it counts for the first of them where it was only guessed.
    #[serde(default)]
    pub(crate) replaces: Vec<String>,
    /// Of patterns of one family an app has one: an app with orders of one thing each gets no other kind of orders beside
    /// them.
    pub(crate) family: Option<String>,
    /// Words (as in deeds) that ask for it where they stand alone in the list of what a site shows.
    #[serde(default)]
    pub(crate) section: Vec<String>,
    /// Its things, in the order in which they are found.
    #[serde(default)]
    pub(crate) slot: Vec<Slot>,
    /// What people do in it.
    #[serde(default)]
    pub(crate) deed: Vec<Deed>,
    /// What always holds; `$slot` and `$slot.field` stand for ids.
    #[serde(default)]
    pub(crate) rule: Vec<Part>,
    /// Numbers shown with the rows of a slot, `on` and as in [`crate::spec::Total`].
    #[serde(default)]
    pub(crate) total: Vec<Part>,
    /// Who may do what; the role `$slot` is the one of that slot's people.
    #[serde(default)]
    pub(crate) grant: Vec<Part>,
    /// Details that only some see: `on`, `field`, `roles`.
    #[serde(default)]
    pub(crate) hidden: Vec<Part>,
    /// Pages beside the usual tables.
    #[serde(default)]
    pub(crate) page: Vec<Part>,
    /// What it draws attention to.
    #[serde(default)]
    pub(crate) alert: Vec<Part>,
}

impl Blueprint {
    /// Whether one of its things is called so.
    pub(crate) fn names(&self, concept: &str) -> bool {
        self.slot.iter().any(|slot| slot.concepts.iter().any(|known| known == concept))
    }
}

/// A thing that plays a part.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slot {
    /// Within the blueprint.
    pub(crate) id: String,
    /// It is nothing without this other slot.
    #[serde(default)]
    pub(crate) of: Option<String>,
    /// Entity concepts that fit.
    #[serde(default)]
    pub(crate) concepts: Vec<String>,
    /// Field concepts by which a thing of any name is recognised.
    #[serde(default)]
    pub(crate) has: Vec<String>,
    /// Its rows need no name: they are somebody's answers.
    #[serde(default)]
    pub(crate) nameless: bool,
    /// The entity concept that is made when nothing fits; absent: the slot stays empty then.
    pub(crate) make: Option<String>,
    /// The slot is filled only where this part of the blueprint was asked for.
    pub(crate) part: Option<String>,
    /// `visitor`: whoever opens the page; `role`: people who are invited.
    pub(crate) person: Option<String>,
    /// These people come by themselves: what is asked of them stands with each row of this slot instead.
    pub(crate) fold: Option<String>,
    /// Its fields, as `concept`, `concept!` (required), `~concept` (only if it is there), `concept|other` (or that,
    /// where it is there),
    /// `part?concept` (only where that part was asked for), `!part?concept` (only where not), `name->slot` (a reference) or
    /// `name:option,option` (a choice).
    #[serde(default)]
    pub(crate) fields: Vec<String>,
    /// `slot.field`: a detail named there in passing ("notes on calls") of which each row may have several.
    pub(crate) lift: Option<String>,
    /// Fields that these say better: left out where the text named them in passing.
    #[serde(default)]
    pub(crate) instead_of: Vec<String>,
    /// References through which rows belong to somebody too.
    #[serde(default)]
    pub(crate) owned_through: Vec<String>,
    /// Fields to order by; a leading `-` for the largest or latest first.
    #[serde(default)]
    pub(crate) order: Vec<String>,
}

/// What somebody does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deed {
    /// Structure words that stand in its clause; `a|b` for either.
    pub(crate) words: Vec<String>,
    /// The slot of who does it.
    pub(crate) subject: Option<String>,
    /// Only where many do it, each for themselves: one shop that sells is the owner's.
    #[serde(default)]
    pub(crate) many: bool,
    /// The slot of what it is done with.
    pub(crate) object: Option<String>,
    /// The slot of what it is done to, where the words name another thing than the object: "book a court".
    pub(crate) other: Option<String>,
    /// The slot whose kinds the nouns after the verb are: "passes from fisher to transporter to shop".
    pub(crate) options: Option<String>,
    /// The part of the blueprint that it asks for.
    pub(crate) part: Option<String>,
    /// A number in the clause fills `#` in that part.
    #[serde(default)]
    pub(crate) number: bool,
}

/// Something made of a template.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    /// Only where this part was asked for.
    pub(crate) part: Option<String>,
    /// The rest, with `$slot`s and `#`.
    #[serde(flatten)]
    pub(crate) template: BTreeMap<String, toml::Value>,
}

impl Part {
    /// What kind of rule or page it makes.
    pub(crate) fn kind(&self) -> Option<&str> {
        self.template.get("type").and_then(toml::Value::as_str)
    }
}

/// All of them.
pub(crate) static BLUEPRINTS: LazyLock<Vec<Blueprint>> =
    LazyLock::new(|| toml::from_str::<File>(FILE).expect("lexicon/blueprints.toml is embedded and tested").blueprint);

/// By name.
pub(crate) fn blueprint(id: &str) -> Option<&'static Blueprint> {
    BLUEPRINTS.iter().find(|blueprint| blueprint.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::super::lexicon::lexicon;
    use super::*;

    #[test]
    fn every_name_in_a_blueprint_leads_somewhere() {
        for blueprint in BLUEPRINTS.iter() {
            let slots: BTreeSet<&str> = blueprint.slot.iter().map(|slot| slot.id.as_str()).collect();
            let known = |slot: &Option<String>| slot.as_deref().is_none_or(|slot| slots.contains(slot));
            for slot in &blueprint.slot {
                let concepts = &lexicon().concepts;
                let entities = slot.concepts.iter().chain(&slot.make);
                entities.for_each(|id| assert!(concepts.entity.contains_key(id), "{}: {id}", blueprint.id));
                for field in &slot.fields {
                    let field = field.split_once('?').map_or(field.as_str(), |(_, field)| field);
                    let mut named = field.trim_end_matches('!').trim_start_matches('~').split('|');
                    let plain = !field.contains("->") && !field.contains(':');
                    let known = named.all(|concept| concepts.field.contains_key(concept));
                    assert!(!plain || known, "{}: {field}", blueprint.id);
                    if let Some((_, options)) = field.split_once(':') {
                        let fits = options.trim_end_matches('!').split(',').all(crate::ident::is_ident);
                        assert!(fits, "{}: {field}", blueprint.id);
                    }
                    if let Some((_, target)) = field.split_once("->") {
                        assert!(slots.contains(target.trim_end_matches('!')), "{}: {field}", blueprint.id);
                    }
                }
                assert!(known(&slot.fold), "{}", blueprint.id);
            }
            assert!(known(&blueprint.asks), "{}", blueprint.id);
            assert!(blueprint.replaces.iter().all(|id| super::blueprint(id).is_some()), "{}", blueprint.id);
            blueprint.deed.iter().for_each(|deed| assert!(known(&deed.subject) && known(&deed.object)));
        }
    }
}
