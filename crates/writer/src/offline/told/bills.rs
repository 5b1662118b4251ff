//! The positions of bills: each with what, how many and at which price; what a bill comes to follows from them. And after
//! how many days an unpaid one is overdue.

use super::super::draft::Draft;
use super::super::lexicon::{Language, Tag};
use super::super::say::Say;
use super::super::text::{Kind, Token, fold, joined};
use super::super::unit::Unit;
use super::super::{blueprint, unit};
use super::find::Words;
use super::{About, Part, What, ends};
use crate::spec::{Alert, AppSpec, Field, FieldKind, When};

/// The blueprint, and its part with positions.
const BILLS: &str = "invoices";
const LINES: &str = "lines";

/// Whether an app keeps bills.
pub(super) fn kept(spec: &AppSpec) -> bool {
    spec.blueprints.iter().any(|id| id == BILLS)
}

/// The states of a bill.
const STATES: &[&str] = &["draft", "sent", "paid"];

/// The tokens without positions, what each of them has and the usual states, and those statements.
pub(super) fn taken(tokens: Vec<Token>, language: &'static Language, about: About) -> (Vec<Token>, Vec<Part>) {
    let (mut rest, mut parts) = (tokens, Vec::new());
    if let Some(at) = Words::of(&rest, language).at("positions") {
        let end = details(&rest, at.end, language);
        let units = Words::of(&rest[at.start..end], language).units_without(&["positions", "lineDetail"]);
        let head = Words::of(&rest, language).head("positions");
        let start = if head.is_some() { at.start } else { joined_from(&rest, at.start, language) };
        parts.push(Part { what: What::Positions, quote: quote(&rest[at.start..end]), units });
        rest.splice(start..end, head);
        if about.billed {
            rest = without_names(rest, start, language);
        }
    }
    if let Some(at) = Words::of(&rest, language).at("courseWord")
        && let Some(end) = states(&rest, at.end, language)
    {
        parts.push(Part { what: What::Course, quote: quote(&rest[at.start..end]), units: Vec::new() });
        rest.drain(at.start..end);
    }
    (rest, parts)
}

fn quote(tokens: &[Token]) -> String {
    joined(tokens.iter().map(|token| token.text.as_str()))
}

/// "An invoice with a customer and several positions": the word that joins them goes along.
fn joined_from(tokens: &[Token], start: usize, language: &Language) -> usize {
    let joins = |token: &Token| {
        let is = |tag: &Tag| matches!(tag, Tag::Function("with" | "have" | "and"));
        language.tags(&token.norm).is_some_and(|tags| tags.iter().any(is))
    };
    start.checked_sub(1).filter(|before| joins(&tokens[*before])).unwrap_or(start)
}

/// The tokens without what is left of the sentence around `at`, where that only names the bills.
fn without_names(mut tokens: Vec<Token>, at: usize, language: &'static Language) -> Vec<Token> {
    let start = tokens[..at].iter().rposition(ends).map_or(0, |end| end + 1);
    let end = tokens[at..].iter().position(ends).map_or(tokens.len(), |end| at + end);
    let names = |unit: &Unit| !unit.is_content() || unit.entity() == Some("invoice");
    if unit::units(&tokens[start..end], language).iter().all(names) {
        tokens.drain(start..end);
    }
    tokens
}

/// Where the usual states of a bill end, if they stand here, all of them and nothing else.
fn states(tokens: &[Token], from: usize, language: &'static Language) -> Option<usize> {
    let labels: Vec<String> = STATES.iter().map(|state| fold(&language.option(state))).collect();
    let mut left: Vec<&String> = labels.iter().collect();
    let (mut end, mut at) = (from, from);
    while let Some(token) = tokens.get(at) {
        if let Some(found) = left.iter().position(|label| **label == fold(&token.text)) {
            left.remove(found);
            end = at + 1;
        } else if left.is_empty() || names_more(token, language) {
            break;
        }
        at += 1;
    }
    let closes = tokens.get(end).is_some_and(|token| token.kind == Kind::Close);
    left.is_empty().then_some(if closes { end + 1 } else { end })
}

/// Where what is said of each position ends: a list in brackets, or words for the usual details.
fn details(tokens: &[Token], from: usize, language: &'static Language) -> usize {
    if tokens.get(from).is_some_and(|token| token.kind == Kind::Open) {
        let close = tokens[from..].iter().position(|token| token.kind == Kind::Close);
        return close.map_or(from, |close| from + close + 1);
    }
    let (mut end, mut at) = (from, from);
    while at < tokens.len() {
        let rest = &tokens[at..];
        let detail = Words::of(rest, language).at("lineDetail").filter(|detail| detail.start == 0);
        let small = rest[0].kind == Kind::Comma
            || unit::units(&rest[..1], language).iter().all(|unit| unit.is_structure() && !unit.is_content());
        match detail {
            Some(detail) => {
                at += detail.end;
                end = at;
            }
            None if small => at += 1,
            None => break,
        }
    }
    end
}

/// Whether a token says something that is no state of a bill.
fn names_more(token: &Token, language: &'static Language) -> bool {
    let words = matches!(token.kind, Kind::Word | Kind::Number);
    words && unit::units(std::slice::from_ref(token), language).iter().any(Unit::is_content)
}

/// Asks the blueprint for positions.
pub(super) fn bind(draft: &mut Draft, part: &Part) {
    if !draft.spec.blueprints.iter().any(|id| id == BILLS) {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    }
    draft.told.push(blueprint::Told { blueprint: BILLS.into(), part: Some(LINES.into()), ..Default::default() });
}

/// Says where the positions are, and what of the details named is not among them.
pub(super) fn positions(draft: &mut Draft, part: &Part) {
    let line = draft.spec.entities.iter().find(|entity| draft.known(&entity.id).concept == Some("invoiceLine"));
    let Some(id) = line.map(|line| line.id.clone()) else {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    };
    let many = draft.many(&id);
    draft.understood(Say::EntityKept, &[&many], &format!("entities/{id}"));
    optional(draft);
    let other = |unit: &&Unit| unit.is_content() && unit.field().is_none() && unit.entity().is_none();
    part.units.iter().filter(other).for_each(|unit| draft.missed(Say::WordUnused, &[&unit.text]));
}

/// What a bill comes to needs no amount of its own any more.
fn optional(draft: &mut Draft) {
    let bill = draft.spec.entities.iter().find(|entity| draft.known(&entity.id).concept == Some("invoice"));
    let Some(id) = bill.map(|bill| bill.id.clone()).filter(|id| !draft.known(id).new) else { return };
    let money = |field: &&mut Field| field.required && matches!(field.kind, FieldKind::Money { .. });
    let amount = draft.spec.entity_mut(&id).and_then(|bill| bill.fields.iter_mut().find(money));
    let Some(amount) = amount else { return };
    amount.required = false;
    let (field, label) = (amount.id.clone(), amount.label.clone());
    draft.understood(Say::MadeOptional, &[&label], &format!("entities/{id}/fields/{field}"));
}

/// The usual states are the blueprint's.
pub(super) fn course(draft: &mut Draft, part: &Part) {
    let is = |field: &Field| match &field.kind {
        FieldKind::Choice { options } => STATES.iter().all(|state| options.iter().any(|option| option.id == *state)),
        _ => false,
    };
    let found = draft.spec.entities.iter().find_map(|entity| Some((entity, entity.fields.iter().find(|one| is(one))?)));
    let found = found.map(|(entity, field)| (entity.id.clone(), field.id.clone(), field.label.clone()));
    let Some((id, field, label)) = found else { return draft.missed(Say::NotUnderstood, &[&part.quote]) };
    let many = draft.many(&id);
    draft.understood(Say::EntityHas, &[&many, &label], &format!("entities/{id}/fields/{field}"));
}

/// That something is added up is so where something is.
pub(super) fn computed(draft: &mut Draft, part: &Part) {
    let summed = draft.spec.entities.iter().find_map(|entity| Some((entity, entity.totals.first()?)));
    match summed.map(|(entity, total)| (entity.id.clone(), total.id.clone(), total.label.clone())) {
        Some((id, total, label)) => {
            let many = draft.many(&id);
            draft.understood(Say::EntityHas, &[&many, &label], &format!("entities/{id}/totals/{total}"));
        }
        None => draft.missed(Say::Beyond, &[&part.quote, &draft.language.reason("calculation")]),
    }
}

/// What was sent and isn't paid is pointed to so many days after its date.
pub(super) fn overdue(draft: &mut Draft, part: &Part, days: i32) {
    let text = draft.language.label("overdue");
    let known = draft.spec.alerts.iter().position(|alert| alert.text == text);
    let date = known.and_then(|at| {
        let entity = draft.spec.entity(&draft.spec.alerts[at].entity)?;
        let is = |field: &&Field| !field.archived && field.kind == FieldKind::Date;
        let first = entity.fields.iter().find(|field| is(field) && field.id == "date");
        first.or_else(|| entity.fields.iter().find(is)).map(|field| (entity.id.clone(), field.id.clone()))
    });
    let Some((at, (entity, field))) = known.zip(date) else {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    };
    let only_if = draft.spec.alerts[at].only_if.clone();
    let many = draft.many(&entity);
    draft.spec.alerts[at] =
        Alert { entity: entity.clone(), when: When::Days { field, days }, text: text.clone(), only_if };
    draft.understood(Say::Alerted, &[&many, &text], &format!("entities/{entity}"));
    let known = |unit: &Unit| unit.kind == Kind::Number || unit.measure().is_some() || unit.is("day");
    let other = |unit: &&Unit| unit.is_content() && !known(unit) && unit.entity() != Some("invoice");
    part.units.iter().filter(other).for_each(|unit| draft.missed(Say::WordUnused, &[&unit.text]));
}
