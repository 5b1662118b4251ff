//! The offline writer: plain language in, app spec out, without a language model.
//!
//! A text is cleaned and cut into clauses, words are tagged with concepts from the lexicon, clause patterns write what
//! each clause says into a draft, and what the text leaves open is completed by blueprints and defaults.
//!
//! Invariant: the same text gives the same answer, byte for byte, and every clause ends in `understood`, `assumed` or
//! `not_understood`.

mod access;
mod ask;
mod audit;
mod blueprint;
mod clause;
mod draft;
mod field;
mod finish;
mod follow;
pub(crate) mod lexicon;
mod memo;
mod noun;
mod opening;
mod order;
mod patterns;
pub(crate) mod phrases;
mod say;
mod script;
mod text;
mod told;
mod unit;
mod wording;

pub use ask::{Asked, Said, Why, asked, last_change};
pub(crate) use ask::{Told, folded_words};
pub(crate) use memo::Reading;

use crate::ident::slug;
use crate::spec::AppSpec;
use crate::understanding::{Change, Declined, Statement, Understanding};
use crate::validate::{path_exists, validate};
use draft::Draft;
use lexicon::{Language, lexicon};
use say::Say;
use text::Token;
use unit::Unit;

/// Longest text the writer reads, in characters.
pub const MAX_CHARS: usize = 20_000;

/// What somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// In their words.
    pub text: &'a str,
    /// The name they gave the app, if any.
    pub name: Option<&'a str>,
}

/// Reads the words of all languages now, so that the first text need not wait for it.
pub fn warm() {
    lexicon();
    ask::warm();
    opening::warm();
    told::warm();
}

/// Writes the spec of a new app.
///
/// # Errors
/// [`Declined`] when the text is too long or names nothing that could be built.
pub fn write(wish: &Wish<'_>) -> Result<(AppSpec, Understanding), Declined> {
    let _reading = Reading::begin();
    let (tokens, language) = read(wish.text, None)?;
    let units = order::arranged(unit::units(&tokens, language), language);
    let bag = blueprint::bag(&units);
    let (units, openings, parts) = told_apart(tokens, units, language, told::About::bag(&bag));
    // "Entering" an absence is no registration, and what people owe for something is no cost that they split.
    let bag = if parts.iter().any(|part| part.is_away() || part.is_owed()) { blueprint::bag(&units) } else { bag };
    let mut draft = Draft::new(language);
    (draft.openings, draft.parts) = (openings, parts);
    draft.spec.blueprints = blueprint::retrieve(&bag);
    draft.unsure = blueprint::unsure(&bag);
    note_country(&mut draft, &units);
    let clauses = clause::clauses(units.clone(), language);
    if clauses.len() > 1 {
        draft.said.insert(patterns::GOES_ON.into());
    }
    for clause in clauses {
        patterns::read(&mut draft, clause);
    }
    let minded = draft.said.contains(patterns::MINDED) && !blueprint::is_certain(&bag);
    if draft.said.contains(patterns::CENTRAL) || minded {
        return Err(nothing(draft));
    }
    let named = !draft.parts.is_empty()
        || draft.occasion.is_some()
        || draft.topic_noun.is_some()
        || !draft.told.is_empty()
        || blueprint::is_certain(&bag);
    if draft.spec.entities.is_empty() && !named {
        return Err(nothing(draft));
    }
    if let Some(name) = wish.name {
        take_name(&mut draft, name);
    }
    finish::finish(&mut draft);
    if draft.spec.entities.is_empty() {
        return Err(nothing(draft));
    }
    audit::report_lost(&mut draft, None, &units);
    let (spec, understanding) = close(draft)?;
    Ok((spec, understanding.out))
}

/// Changes a spec as a text says.
///
/// # Errors
/// [`Declined`] when the text is too long or nothing in it could be applied.
pub fn change(spec: &AppSpec, text: &str) -> Result<Change, Declined> {
    let _reading = Reading::begin();
    let (tokens, language) = read(text, Some(&spec.language))?;
    let for_a_day = told::days::is_all(&tokens, language, spec);
    let short = || wording::read(spec, text, language).or_else(|| follow::read(spec, text, language));
    if let Some(draft) = (!for_a_day).then(short).flatten() {
        return closed(draft, spec);
    }
    let units = order::arranged(unit::units(&tokens, language), language);
    let about = told::About::app(spec).or(told::About::bag(&blueprint::bag(&units)));
    let about = told::About { books: opening::books(spec), ..about };
    let (units, openings, parts) = told_apart(tokens, units, language, about);
    let mut draft = Draft::of(spec, language);
    (draft.openings, draft.parts) = (openings, parts);
    draft.words_before = audit::labels(spec);
    blueprint::also(&mut draft, &units);
    for clause in clause::clauses(units.clone(), language) {
        if blueprint::asks_rival(&draft, &clause.units) {
            draft.missed(Say::NotUnderstood, &[&unit::written(&clause.units)]);
            continue;
        }
        patterns::read(&mut draft, clause);
    }
    if draft.undo {
        audit::report_lost(&mut draft, Some(spec), &units);
        return closed(draft, spec);
    }
    finish::finish(&mut draft);
    audit::report_lost(&mut draft, Some(spec), &units);
    if draft.spec.entities == spec.entities && draft.spec.rules == spec.rules {
        draft.spec.blueprints.clone_from(&spec.blueprints);
    }
    // What is there stays as it is where a text was not understood, whatever its words reminded of.
    let stays = spec.entities.iter().all(|entity| draft.spec.entity(&entity.id) == Some(entity));
    let guessed = draft.spec == *spec || !stays && !draft.out.not_understood.is_empty();
    if guessed && draft.out.understood.is_empty() {
        return Err(nothing(draft));
    }
    closed(draft, spec)
}

/// A change that was read, checked.
fn closed(draft: Draft, before: &AppSpec) -> Result<Change, Declined> {
    if draft.undo {
        let (understanding, spec) = (draft.out, before.clone());
        return Ok(Change { spec, understanding, losses: Vec::new(), alternatives: Vec::new(), undo: true });
    }
    let (spec, rest) = close(draft)?;
    Ok(Change { spec, understanding: rest.out, losses: rest.losses, alternatives: rest.alternatives, undo: false })
}

fn read(text: &str, code: Option<&str>) -> Result<(Vec<Token>, &'static Language), Declined> {
    let chars = text.chars().count();
    if chars > MAX_CHARS {
        let sentence = lexicon().language(code.unwrap_or("en")).say(Say::MissingShorter, &[&MAX_CHARS.to_string()]);
        let understanding = Understanding {
            not_understood: vec![Statement { text: sentence, about: None }],
            ..Understanding::default()
        };
        return Err(Declined::TooLong { chars, limit: MAX_CHARS, understanding });
    }
    let tokens = text::tokens(text);
    let voted = lexicon().language_of(&tokens);
    // A short change in an app of another language is read in that language when its words leave it open.
    let language = match code {
        Some(code) if !lexicon().stands_out(&tokens, code) => lexicon().language(code),
        _ => voted,
    };
    Ok((tokens, language))
}

/// What a text says about when something is open, if it is about something that is booked, what it tells by a few words
/// in any order, and the units of the rest in the order in which they are read.
fn told_apart(
    tokens: Vec<Token>,
    units: Vec<Unit>,
    language: &'static Language,
    about: told::About,
) -> (Vec<Unit>, Vec<opening::Opening>, Vec<told::Part>) {
    let (rest, days) = told::days::taken(&tokens, language, about.orders, about.books);
    let opens = about.books || about.for_days || !days.is_empty();
    let (rest, openings) = if opens { opening::taken(&rest, language) } else { (rest, Vec::new()) };
    let (rest, mut parts) = told::taken(&rest, language, about);
    parts.extend(days);
    if rest == tokens {
        return (units, openings, parts);
    }
    (order::arranged(unit::units(&rest, language), language), openings, parts)
}

fn note_country(draft: &mut Draft, units: &[Unit]) {
    let named = units.iter().flat_map(|unit| &unit.tags).find_map(|tag| match tag {
        lexicon::Tag::Currency(code) => Some((*code, true)),
        _ => None,
    });
    let country = units
        .iter()
        .flat_map(|unit| &unit.tags)
        .find_map(|tag| if let lexicon::Tag::Country(code) = tag { Some((*code, false)) } else { None });
    if let Some((code, said)) = named.or(country) {
        code.clone_into(&mut draft.currency);
        draft.currency_said = said;
    }
}

fn take_name(draft: &mut Draft, name: &str) {
    draft.spec.name = slug(name);
    let clean: Vec<String> =
        text::tokens(name).into_iter().map(|token| token.text).filter(|text| text != "\n").collect();
    let title = noun::sentence_case(&clean.join(" "));
    if !title.is_empty() && draft.spec.title.is_empty() && draft.topic.is_none() {
        draft.spec.title = title;
    }
}

fn nothing(mut draft: Draft) -> Declined {
    let missing = if draft.creating { Say::MissingThing } else { Say::MissingChange };
    draft.missed(missing, &[]);
    let understanding = Understanding { not_understood: draft.out.not_understood, ..Understanding::default() };
    Declined::NothingToBuild { understanding }
}

/// What is left of a draft beside its spec.
struct Rest {
    out: Understanding,
    losses: Vec<crate::understanding::Loss>,
    alternatives: Vec<crate::understanding::Alternative>,
}

/// An answer is offered only if the change it stands for does something and is understood whole. Changes of a
/// finished app ask about nothing that it already has, so this ends.
fn runs(spec: &AppSpec, text: &str) -> bool {
    text.is_empty()
        || change(spec, text).is_ok_and(|done| done.spec != *spec && done.understanding.not_understood.is_empty())
}

/// Statements about what later clauses removed lose their path; the spec is checked.
fn close(mut draft: Draft) -> Result<(AppSpec, Rest), Declined> {
    let spec = std::mem::take(&mut draft.spec);
    for statement in draft.out.understood.iter_mut().chain(&mut draft.out.assumed).chain(&mut draft.out.not_understood)
    {
        if statement.about.as_deref().is_some_and(|about| !path_exists(&spec, about)) {
            statement.about = None;
        }
    }
    if let Err(error) = validate(&spec) {
        return Err(Declined::Invalid { reason: error.to_string(), understanding: draft.out });
    }
    draft.out.questions.retain(|question| question.answers.iter().all(|answer| runs(&spec, &answer.change)));
    draft.alternatives.retain(|alternative| validate(&alternative.spec).is_ok());
    Ok((spec, Rest { out: draft.out, losses: draft.losses, alternatives: draft.alternatives }))
}
