//! What an app spec promises, as scenarios: calls of the generated methods and what must come of them.
//!
//! Each begins on a new app without data. Invariant: pure, and the same for the same spec; a scenario's key follows
//! from ids alone, so that new words are the same promise. What can't be shown by a few plain calls is left out.

mod plan;

use crate::codegen::Names;
use crate::spec::{AppSpec, Rule};
use plan::Plan;

/// Scenarios that one spec makes at most.
const MOST: usize = 60;

/// Something that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What it is about, by ids: stays when words change.
    pub key: String,
    /// The entity that it is about.
    pub entity: String,
    /// A sentence in the app's own nouns.
    pub name: String,
    /// Calls, in order.
    pub steps: Vec<Call>,
}

/// A call of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `owner`, `stranger`, or a role's id.
    pub caller: String,
    /// The method.
    pub method: String,
    /// Its arguments as Candid text.
    pub args: String,
    /// What must come of it.
    pub outcome: Expected,
}

/// What must come of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It works.
    Works,
    /// It is refused.
    Refused,
    /// It answers with at least this, as Candid text.
    Answers(String),
}

/// What `spec` promises.
#[must_use]
pub fn scenarios(spec: &AppSpec) -> Vec<Scenario> {
    let names = crate::codegen::names_of(spec);
    let plans: Vec<Plan<'_>> = spec
        .entities
        .iter()
        .filter(|entity| !entity.archived)
        .filter_map(|entity| Plan::of(spec, &names, entity))
        .collect();
    let mut found: Vec<Scenario> = plans.iter().flat_map(Plan::scenarios).collect();
    found.truncate(MOST);
    found
}

/// Names of what differs between two specs, as their code has them: what a change of words means to touch.
#[must_use]
pub fn touched(old: &AppSpec, new: &AppSpec) -> Vec<String> {
    let mut ids: Vec<&str> = Vec::new();
    let both = old.entities.iter().chain(&new.entities);
    ids.extend(both.filter(|one| old.entity(&one.id) != new.entity(&one.id)).map(|entity| entity.id.as_str()));
    let rules = |from: &AppSpec, to: &AppSpec| {
        from.rules.iter().filter(|rule| !to.rules.contains(rule)).cloned().collect::<Vec<_>>()
    };
    let changed: Vec<(Rule, &AppSpec)> = rules(old, new)
        .into_iter()
        .map(|rule| (rule, old))
        .chain(rules(new, old).into_iter().map(|rule| (rule, new)))
        .collect();
    let about = changed
        .iter()
        .flat_map(|(rule, spec)| rule.uses(spec).into_iter().map(|(entity, _)| entity).chain([rule.entity()]));
    ids.extend(about.filter_map(|id| {
        let entity = new.entity(id).or_else(|| old.entity(id))?;
        Some(entity.id.as_str())
    }));
    // A page for answers brings methods.
    let pages = old.pages.iter().filter(|page| !new.pages.contains(page));
    let pages = pages.chain(new.pages.iter().filter(|page| !old.pages.contains(page)));
    ids.extend(pages.map(|page| page.entity.as_str()));
    ids.sort_unstable();
    ids.dedup();
    let mut names = Vec::new();
    for spec in [old, new] {
        let all = crate::codegen::names_of(spec);
        let mine = all.into_iter().filter(|name| ids.contains(&name.one.as_str()));
        names.extend(mine.flat_map(|Names { one, rows, .. }| [one, rows]));
    }
    names.extend(
        ids.iter().filter_map(|id| new.entity(id)).flat_map(|entity| [entity.label.clone(), entity.plural.clone()]),
    );
    // Roles and pages by their ids and titles; they are no entities, but people see them.
    let roles = old
        .roles
        .iter()
        .filter(|role| !new.roles.contains(role))
        .chain(new.roles.iter().filter(|role| !old.roles.contains(role)));
    names.extend(roles.map(|role| role.id.clone()));
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests;
