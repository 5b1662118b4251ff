//! "Only the pastor and the sexton see the phone numbers": who sees a detail, people nobody has named before among them.
//!
//! Invariant: whoever is named sees it or is reported; whose detail it is ("the phone numbers of the members") gives
//! nobody sight of it.

use super::super::draft::Draft;
use super::super::noun::listed;
use super::super::say::Say;
use super::super::unit::Unit;
use super::apply::{Who, expand, give, hidden, name, person_role, see_the_rest, tidy, who};
use super::{Action, Allowance};
use crate::spec::{Entity, FieldKind, OWNER, Scope, VISITOR, Who as Seer, Whose};

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

/// "only the teacher sees the phone numbers": whoever is named sees the detail, and the rest of the entry.
pub(super) fn seen_only(draft: &mut Draft, allowance: &Allowance, people: &[Who], id: &str, field: &str) -> bool {
    let roles = expand(draft, people);
    if roles.is_empty() || people.iter().any(Who::is_crowd) {
        return false;
    }
    roles.iter().for_each(|role| see_the_rest(draft, id, role));
    let others = roles.into_iter().filter(|role| role != OWNER);
    let seen_by = std::iter::once(OWNER.to_owned()).chain(others).map(|role| Seer { role, whose: Whose::Any });
    let seen_by: Vec<Seer> = seen_by.collect();
    let Some(kept) = draft.spec.entity_mut(id).and_then(|entity| entity.field_mut(field)) else { return false };
    kept.seen_by = seen_by;
    let (label, many) = (draft.field_label(id, field), draft.many(id));
    draft.understood(Say::SeenOnly, &[&label, &many, &allowance.quote], &format!("entities/{id}/fields/{field}"));
    true
}

/// "show the phone numbers on the public page": they see this detail too. Who saw no entries sees their names with it,
/// and no other detail.
pub(super) fn seen_too(draft: &mut Draft, people: &[Who], id: &str, field: &str) -> bool {
    if people.is_empty() || people.contains(&Who::Nobody) {
        return false;
    }
    let everyone = people.contains(&Who::Everyone);
    for role in expand(draft, people) {
        let Some(entity) = draft.spec.entity_mut(id) else { return false };
        let reads = entity.grant(&role).is_some_and(|grant| grant.read.is_some());
        if !reads && everyone && role != VISITOR {
            continue;
        }
        let hide = if reads { Vec::new() } else { details_beside(entity, field) };
        if !reads {
            give(entity, &role, Action::See, Scope::All);
        }
        for other in hide {
            let _ = hidden(draft, &(id.to_owned(), other), std::slice::from_ref(&role));
        }
        tidy(draft, id);
        let Some(kept) = draft.spec.entity_mut(id).and_then(|entity| entity.field_mut(field)) else { return false };
        if !kept.seen_by.is_empty() && !kept.seen_by.iter().any(|seer| seer.role == role && seer.whose.is_any()) {
            kept.seen_by.push(Seer { role, whose: Whose::Any });
        }
    }
    let and = draft.language.say(Say::And, &[]);
    let names: Vec<String> = people.iter().map(|who| name(draft, who)).collect();
    let (see, label, many) = (draft.language.say(Say::See, &[]), draft.field_label(id, field), draft.many(id));
    let what = format!("“{label}” ({many})");
    draft.understood(Say::RoleMay, &[&listed(&names, &and), &see, &what], &format!("entities/{id}/fields/{field}"));
    true
}

/// The details that everybody who sees an entry sees, but one and what names the entry.
fn details_beside(entity: &Entity, field: &str) -> Vec<String> {
    let title = entity.fields.iter().find(|one| one.required && one.kind == FieldKind::Text).map(|one| &one.id);
    let open = entity.fields.iter().filter(|one| !one.archived && one.seen_by.is_empty());
    open.filter(|one| one.id != field && Some(&one.id) != title).map(|one| one.id.clone()).collect()
}
