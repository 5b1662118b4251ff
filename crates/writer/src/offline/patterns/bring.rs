//! Whom and what people bring along, and what is asked about it.
//!
//! Invariant: details of what is brought are asked only while the yes/no field about it says yes.

use super::super::clause::Clause;
use super::super::draft::{Draft, Focus};
use super::super::field::{Wanted, fields};
use super::super::lexicon::Shape;
use super::super::noun::{sentence_case, shape};
use super::super::say::Say;
use super::super::text::Kind;
use super::super::unit::Unit;
use super::people::{about, acts, subject};
use crate::spec::{Condition, FieldKind};

/// "guests may bring a plus one", "plus ones are allowed".
pub(crate) fn bring(draft: &mut Draft, clause: &mut Clause) -> bool {
    let companion = clause.units.iter().position(|unit| unit.field() == Some("plusOne"));
    let verb = clause.find(&["bring"]).filter(|at| clause.units[*at].entity().is_none());
    let listed = clause
        .find(&["have", "with", "need", "add", "remove", "rename", "required"])
        .is_some_and(|at| companion.is_none_or(|companion| at < companion))
        || clause.units.iter().any(|unit| unit.kind == Kind::Colon);
    let commands = clause.has(&["remove", "rename", "archive", "restore", "required", "not"]) && !draft.creating;
    let Some(at) = verb
        .or(companion.filter(|_| clause.has(&["may", "be", "let"])))
        .filter(|_| !(commands || listed && verb.is_none()))
    else {
        return false;
    };
    let before = if verb.is_some() {
        at
    } else {
        clause.units[..at].iter().position(|unit| unit.is_any(&["may", "be", "let"])).unwrap_or(0).min(at)
    };
    let Some(id) = subject(draft, &clause.units[..before]) else { return false };
    let start = if verb.is_some() { at + 1 } else { at };
    let rest: Vec<Unit> = clause.units[start..].to_vec();
    let Some(thing_end) = (0..rest.len())
        .find(|index| rest[*index].is_content() && rest[*index].kind != Kind::Number)
        .map(|first| end_of_noun(&rest, first))
    else {
        return false;
    };
    acts(draft, &id);
    let done = brought(draft, &id, &rest, thing_end, clause.has(&["may", "let", "be"]) || companion.is_some());
    clause.take_all();
    done
}

pub(crate) fn end_of_noun(rest: &[Unit], first: usize) -> usize {
    (first..rest.len())
        .take_while(|at| rest[*at].is_content() && rest[*at].kind != Kind::Number)
        .last()
        .unwrap_or(first)
        + 1
}

pub(crate) fn brought(draft: &mut Draft, id: &str, rest: &[Unit], thing_end: usize, optional: bool) -> bool {
    let several =
        rest[..thing_end].iter().any(|unit| unit.kind == Kind::Number && !matches!(unit.text.as_str(), "1" | "one"));
    let head: Vec<Unit> =
        rest[..thing_end].iter().filter(|unit| unit.kind != Kind::Number && !unit.is("atMost")).cloned().collect();
    let tail = &rest[thing_end..];
    let bracketed: Vec<Unit> =
        if tail.first().is_some_and(|unit| unit.kind == Kind::Open) { rest.to_vec() } else { head.clone() };
    let Some(mut want) = fields(&bracketed, draft.language).into_iter().next() else { return false };
    if several {
        want.kind = FieldKind::Integer {
            min: 0,
            max: rest.iter().find(|unit| unit.kind == Kind::Number).and_then(|unit| unit.text.parse().ok()),
        };
        want.label = sentence_case(&want.label);
    } else if want.options.is_empty() {
        want.kind = if optional { FieldKind::YesNo } else { FieldKind::Text };
    }
    let person = head.iter().any(|unit| {
        unit.field() == Some("plusOne")
            || unit.role().is_some()
            || unit.entity().and_then(|concept| shape(Some(concept))) == Some(Shape::Person)
    });
    if person && !several {
        want.kind = FieldKind::YesNo;
        want.options.clear();
    }
    let Some(field) = draft.add_field(id, &want) else { return true };
    draft.by_member(id, &field);
    let (many, label) = (draft.many(id), draft.field_label(id, &field));
    draft.understood(Say::PeopleBring, &[&many, &draft.language.inside(&label)], &about(id, &field));
    if several && person {
        draft.missed(Say::CantCountMany, &[&label]);
    } else if want.kind == FieldKind::YesNo {
        if person {
            draft.note(id).companion = Some(field.clone());
        }
        draft.focus = Some(Focus::Field(id.to_owned(), field.clone()));
        details(draft, tail);
    }
    true
}

/// "with their name", "(we need the name)": details of what is brought.
pub(crate) fn details(draft: &mut Draft, tail: &[Unit]) {
    let words: Vec<Unit> = tail
        .iter()
        .filter(|unit| unit.is_word() || unit.kind == Kind::Comma)
        .filter(|unit| {
            !unit.is_any(&["we", "me", "need", "may", "must", "give", "ask", "track", "for", "bring", "to"])
                || unit.field().is_some()
        })
        .cloned()
        .collect();
    if words.iter().any(|unit| unit.field().is_some()) {
        add_details(draft, &words);
    }
}

/// Fields that are asked only while the yes/no field in focus says yes.
pub(crate) fn add_details(draft: &mut Draft, words: &[Unit]) -> bool {
    let Some(Focus::Field(entity, about_field)) = draft.focus.clone() else { return false };
    let thing = draft.field_label(&entity, &about_field);
    let mut any = false;
    for want in fields(words, draft.language) {
        let named = want.known().is_some_and(|known| known.title);
        let label = if about_field == "plusOne" && named {
            draft.language.label("plusOneName")
        } else {
            draft.language.label("nameOf").replace("{0}", &thing).replace("{1}", &draft.language.inside(&want.label))
        };
        let id_words = format!(
            "{about_field}{}",
            sentence_case(&crate::ident::ident(want.concept.filter(|_| want.exact).unwrap_or(&want.label), "detail"))
        );
        let Some(id) = add_detail(
            draft,
            &entity,
            &about_field,
            &Wanted { label, concept: None, exact: false, ..want.clone() },
            &id_words,
        ) else {
            continue;
        };
        if named {
            draft.note(&entity).companion = Some(about_field.clone());
        }
        draft.understood(Say::DetailAsked, &[&draft.field_label(&entity, &id), &thing], &about(&entity, &id));
        any = true;
    }
    any
}

pub(crate) fn add_detail(
    draft: &mut Draft,
    entity: &str,
    about_field: &str,
    want: &Wanted,
    id_words: &str,
) -> Option<String> {
    let made = draft.add_field(entity, want)?;
    let wanted = crate::ident::ident(id_words, &made);
    let taken = draft.spec.entity(entity)?.field(&wanted).is_some();
    let field = draft.spec.entity_mut(entity)?.field_mut(&made)?;
    field.by_member = true;
    field.required = false;
    field.only_if = Some(Condition { field: about_field.to_owned(), values: vec!["true".into()] });
    if !taken && crate::ident::is_field_ident(&wanted) {
        field.id.clone_from(&wanted);
        return Some(wanted);
    }
    Some(made)
}
