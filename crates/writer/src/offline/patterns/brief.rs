//! Briefs: "Users should be able to browse products, submit reviews and search the catalogue", "the site should have
//! functions for managing clients, displaying charts and …": what is done names what is kept, and by whom.
//!
//! Invariant: each item of the list is kept, is something every list can do, becomes a page, or is reported.

use super::super::access::{Action, Allowance};
use super::super::clause::Clause;
use super::super::draft::Draft;
use super::super::field::{Item, items};
use super::super::noun::noun;
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::{Unit, written};
use super::wishes;

/// Reads a brief's sentence.
pub(crate) fn read(draft: &mut Draft, clause: &mut Clause) -> bool {
    let Some((subject, start)) = opening(clause) else { return false };
    let list = items(&clause.units[start..]);
    if list.iter().any(|item| item.units.iter().any(|unit| unit.is_any(&["answer", "yesNo"]))) {
        return false;
    }
    let mut doing = Vec::new();
    let mut kept = false;
    for item in &list {
        let verbs: Vec<Unit> = item.units.iter().filter(|unit| is_verb(unit)).cloned().collect();
        if !verbs.is_empty() {
            doing = actions(&verbs);
        }
        kept |= one(draft, item, &subject, &doing);
    }
    if kept {
        clause.take_all();
    }
    kept
}

/// Who the sentence is about, and where its list begins.
fn opening(clause: &Clause) -> Option<(Vec<Unit>, usize)> {
    let modal = clause.find(&["may", "must", "have", "let"]).filter(|at| *at < 8)?;
    let subject = &clause.units[..modal];
    let general = |unit: &Unit| unit.is_any(&["app", "everyone", "users", "pageWord"]);
    let others = subject.iter().any(|unit| unit.is_content() && !general(unit));
    if others || !subject.iter().any(general) {
        return None;
    }
    let skipped = |unit: &Unit| {
        unit.is_any(&["may", "must", "have", "for", "to", "feature", "as", "optionsAre", "det", "let", "with"])
            || unit.is_filler()
            || unit.kind == Kind::Comma
    };
    let start = (modal..clause.units.len()).find(|at| !skipped(&clause.units[*at]))?;
    Some((subject.to_vec(), start))
}

fn is_verb(unit: &Unit) -> bool {
    unit.is_any(&[
        "see", "edit", "create", "delete", "add", "track", "doing", "choose", "search", "show", "remove", "publish",
        "buy", "book",
    ]) && unit.entity().is_none()
}

fn actions(verbs: &[Unit]) -> Vec<Action> {
    let mut found = vec![Action::See];
    if verbs.iter().any(|unit| unit.is_any(&["create", "add", "publish"])) {
        found.push(Action::Create);
    }
    found
}

fn one(draft: &mut Draft, item: &Item, subject: &[Unit], doing: &[Action]) -> bool {
    if let Some(view) = wishes::view_of(&item.units) {
        wishes::remember(draft, item.units.clone(), view);
        return true;
    }
    let words: Vec<Unit> =
        item.units.iter().filter(|unit| !is_verb(unit) && !unit.is("containerWord")).cloned().collect();
    let named = noun(&words, draft.language);
    let content = words.iter().any(|unit| unit.is_content() && !unit.is("app"));
    if !content && item.units.iter().any(|unit| unit.is("search")) {
        draft.understood(Say::Searchable, &[], "pages");
        return true;
    }
    let known = named.as_ref().is_some_and(|noun| noun.concept.is_some() || noun.plural);
    let Some(id) = Some(words).filter(|_| known && content).and_then(|words| draft.entity(&words)) else {
        if content {
            draft.missed(Say::NotUnderstood, &[&written(&item.units)]);
        }
        return false;
    };
    let many = draft.spec.entity(&id).map(|entity| entity.plural.clone()).unwrap_or_default();
    draft.understood(Say::EntityKept, &[&many], &format!("entities/{id}"));
    // "Users" are whoever the owner lets in; only "everyone" and its like open something.
    if subject.iter().any(|unit| unit.is("everyone")) && !doing.is_empty() && !draft.is_person(&id) {
        draft.allowances.push(Allowance {
            only: false,
            negative: false,
            who: subject.iter().filter(|unit| unit.is("everyone")).cloned().collect(),
            actions: doing.to_vec(),
            what: Vec::new(),
            own: false,
            quote: written(&item.units),
            entity: Some(id),
        });
    }
    true
}
