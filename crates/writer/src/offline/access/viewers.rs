//! "Only the pastor and the sexton see the phone numbers": who sees a detail, people nobody has named before among them.
//!
//! Invariant: whoever is named sees it or is reported; whose detail it is ("the phone numbers of the members") gives
//! nobody sight of it.

use super::super::draft::Draft;
use super::super::unit::Unit;
use super::apply::{expand, person_role, see_the_rest, who};
use crate::spec::OWNER;

/// The roles beside the owner that such a sentence names, made where they are new; each may see the rest of the rows.
pub(crate) fn viewers(draft: &mut Draft, words: &[Unit], entity: &str) -> Vec<String> {
    let (kept, others): (Vec<Unit>, Vec<Unit>) =
        people(words).into_iter().partition(|unit| person(draft, unit).is_some());
    let kept: Vec<String> = kept.iter().filter_map(|unit| person(draft, unit)).collect();
    let kept: Vec<String> = kept.iter().filter_map(|id| person_role(draft, id)).collect();
    let named: Vec<_> = who(draft, &others).into_iter().filter(|one| !one.is_crowd()).collect();
    let mut roles: Vec<String> = kept.into_iter().chain(expand(draft, &named)).filter(|role| role != OWNER).collect();
    roles.dedup();
    roles.iter().for_each(|role| see_the_rest(draft, entity, role));
    roles
}

/// The people of whom the app keeps more than who they are.
fn person(draft: &Draft, unit: &Unit) -> Option<String> {
    let id = unit.is_content().then(|| draft.find_units(std::slice::from_ref(unit))).flatten()?;
    draft.is_person(&id).then_some(id)
}

/// The side of "only" where the people stand: away from the detail, or between the two.
fn people(words: &[Unit]) -> Vec<Unit> {
    let only = words.iter().position(|unit| unit.is_any(&["only", "private"]));
    let detail = words.iter().position(|unit| unit.field().is_some() && unit.entity().is_none());
    let Some((only, detail)) = only.zip(detail) else { return words.to_vec() };
    let sides = if only < detail {
        [&words[only + 1..detail], &words[..only]]
    } else {
        [&words[only + 1..], &words[detail + 1..only]]
    };
    let names = |unit: &Unit| unit.is_content() || unit.role().is_some() || unit.is_any(&["me", "we"]);
    let side = sides.into_iter().find(|side| side.iter().any(names)).unwrap_or_default();
    // "the volunteer who took it", "the sexton sees the list of numbers": what they do names nobody.
    let joined = |at: usize| side.get(at + 1).is_some_and(|next| next.is("and"));
    let does = |at: &usize| side[*at].is_structure() && side[*at].is_any(&["wh", "see"]) && !joined(*at);
    let named = |at: &usize| side[..*at].iter().any(names);
    let end = (0..side.len()).find(|at| does(at) && named(at)).unwrap_or(side.len());
    side[..end].iter().filter(|unit| !unit.possessive && !unit.is("they")).cloned().collect()
}
