//! The questions of a survey: "… with the questions: how satisfied are you (1–5), what did you like?" Each becomes a
//! field whose kind its words tell.

use super::super::blueprint::Told;
use super::super::draft::Draft;
use super::super::field::Wanted;
use super::super::lexicon::{Language, Shape, Tag};
use super::super::noun::{listed, sentence_case, shape};
use super::super::say::Say;
use super::super::text::{Kind, Token, joined};
use super::super::unit::{Unit, units};
use super::find::Words;
use super::{About, Part, What};
use crate::spec::FieldKind;

/// The blueprint of one survey.
const SURVEY: &str = "survey";
/// Most questions that are read.
const MOST: usize = 40;
/// The largest scale of a rating.
const MAX_SCALE: u32 = 10;
/// The scale where a question asks how much and says none.
const USUAL_SCALE: u8 = 5;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    label: String,
    kind: FieldKind,
    options: Vec<String>,
}

/// The tokens without a list of questions and without that answers are anonymous, and those.
pub(super) fn taken(tokens: &[Token], language: &'static Language, about: About) -> (Vec<Token>, Vec<Part>) {
    let mut parts = Vec::new();
    // "A form with the questions: …?" is a survey by whatever name.
    let asked = |list: (usize, usize, usize)| tokens[list.1..list.2].iter().any(|token| token.kind == Kind::Question);
    if !(about.asks || about.may_ask && list(tokens, language).is_some_and(asked)) {
        return (tokens.to_vec(), parts);
    }
    let mut rest = tokens.to_vec();
    if let Some(left) = without_names(&rest, language) {
        parts.push(Part { what: What::Anonymous, quote: String::new(), units: Vec::new() });
        rest = left;
    }
    while let Some((start, colon, end)) = list(&rest, language) {
        let questions = split(&rest[colon + 1..end], language);
        if questions.is_empty() {
            break;
        }
        let quote = joined(rest[start..end].iter().map(|token| token.text.as_str()));
        parts.push(Part { what: What::Questions(questions), quote, units: Vec::new() });
        let lead = (0..start).rev().take_while(|at| leads(&rest[*at], language)).last().unwrap_or(start);
        rest.drain(lead..end);
    }
    (rest, parts)
}

/// The tokens without that answers are anonymous: a whole sentence where it says nothing else, or the word.
fn without_names(tokens: &[Token], language: &'static Language) -> Option<Vec<Token>> {
    let mut rest: Vec<Token> = Vec::new();
    let mut found = false;
    for sentence in tokens.split_inclusive(ends_sentence) {
        let words = Words::of(sentence, language);
        if !words.has("anonymous") {
            rest.extend_from_slice(sentence);
            continue;
        }
        found = true;
        let answers = |unit: &Unit| {
            unit.entity() == Some("reply") || unit.field() == Some("answer") || unit.is("answer") || !unit.is_content()
        };
        let nothing_else = words.units_without(&["anonymous", "questions"]).iter().all(answers);
        let left = if nothing_else { Vec::new() } else { words.without(&["anonymous"]) };
        rest.extend(left);
    }
    found.then_some(rest)
}

fn ends_sentence(token: &Token) -> bool {
    matches!(token.kind, Kind::Stop | Kind::Question | Kind::Line | Kind::Semicolon)
}

/// "with the following" before the questions says nothing without them.
fn leads(token: &Token, language: &Language) -> bool {
    let small = |tag: &Tag| matches!(tag, Tag::Function("with" | "det" | "these" | "of") | Tag::Filler);
    token.kind == Kind::Comma
        || token.kind == Kind::Word && language.tags(&token.norm).is_some_and(|tags| tags.iter().any(small))
}

/// A list of questions: where its heading begins, its colon, and its end.
fn list(tokens: &[Token], language: &'static Language) -> Option<(usize, usize, usize)> {
    let colon = (1..tokens.len()).find(|at| {
        let heading = &tokens[at.saturating_sub(3)..*at];
        tokens[*at].kind == Kind::Colon && Words::of(heading, language).has("questions")
    })?;
    let heading = colon.saturating_sub(3);
    let start = heading + Words::of(&tokens[heading..colon], language).at("questions").map_or(0, |place| place.start);
    let mut end = colon + 1;
    while end < tokens.len() && tokens[end].kind != Kind::Stop {
        let asked = tokens[end].kind == Kind::Question;
        end += 1;
        // After a question another one may follow, or the text goes on.
        let next = tokens[end..].iter().find(|token| ends_one(token) && token.kind != Kind::Comma);
        let bullets = tokens.get(end).is_some_and(|token| token.kind == Kind::Line && token.indent % 2 == 1);
        if asked && !bullets && next.is_none_or(|token| token.kind != Kind::Question) {
            break;
        }
    }
    Some((start, colon, end))
}

fn ends_one(token: &Token) -> bool {
    matches!(token.kind, Kind::Comma | Kind::Question | Kind::Semicolon | Kind::Line | Kind::Stop)
}

fn split(tokens: &[Token], language: &'static Language) -> Vec<Question> {
    let mut depth = 0usize;
    let mut pieces: Vec<Vec<Token>> = vec![Vec::new()];
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        match ends_one(token) && depth == 0 {
            true => pieces.push(Vec::new()),
            false => pieces.last_mut().into_iter().for_each(|piece| piece.push(token.clone())),
        }
    }
    pieces.iter().filter_map(|piece| question(piece, language)).take(MOST).collect()
}

fn question(tokens: &[Token], language: &'static Language) -> Option<Question> {
    let joins = |token: &Token| {
        let and = |tag: &Tag| matches!(tag, Tag::Function("and" | "or"));
        token.kind == Kind::Word && language.tags(&token.norm).is_some_and(|tags| tags.iter().any(and))
    };
    let lead = tokens.iter().take_while(|token| joins(token)).count();
    let tokens = &tokens[lead..];
    let open = tokens.iter().position(|token| token.kind == Kind::Open).unwrap_or(tokens.len());
    let (asked, inside) = tokens.split_at(open);
    let mut asked = asked.to_vec();
    let scaled = scale(inside).or_else(|| {
        let from = asked.iter().position(|token| token.text.starts_with(|sign: char| sign.is_ascii_digit()))?;
        let found = scale(&asked[from..])?;
        let from = (0..from).rev().take_while(|at| is_small(&asked[*at], language)).last().unwrap_or(from);
        asked.truncate(from);
        Some(found)
    });
    let label = sentence_case(&joined(asked.iter().map(|token| token.text.as_str())));
    if !asked.iter().any(|token| token.kind == Kind::Word) {
        return None;
    }
    let words = Words::of(&asked, language);
    let options = options(inside, language);
    let kind = match scaled {
        Some(kind) => kind,
        None if options.len() > 1 && !yes_no(inside, language) => {
            return Some(Question { label, kind: FieldKind::Choice { options: Vec::new() }, options });
        }
        None if yes_no(inside, language) => FieldKind::YesNo,
        None if words.has("many") => FieldKind::Integer { min: 0, max: None },
        None if words.has("scale") => FieldKind::Rating { max: USUAL_SCALE },
        None if words.has("open") || asked.iter().any(joins) => FieldKind::LongText,
        None => FieldKind::YesNo,
    };
    Some(Question { label, kind, options: Vec::new() })
}

/// "from", "of" before a scale.
fn is_small(token: &Token, language: &Language) -> bool {
    let small = |tag: &Tag| matches!(tag, Tag::Function("from" | "of" | "between" | "to" | "on" | "in" | "det"));
    language.tags(&token.norm).is_some_and(|tags| tags.iter().any(small)) || token.kind == Kind::Colon
}

/// "(1–5)", "1 to 10": a rating, or a number where it begins at nothing.
fn scale(tokens: &[Token]) -> Option<FieldKind> {
    let text: String = tokens.iter().map(|token| format!("{} ", token.text)).collect();
    let numbers: Vec<u32> =
        text.split(|sign: char| !sign.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
    match numbers.as_slice() {
        [1, most] if (2..=MAX_SCALE).contains(most) => Some(FieldKind::Rating { max: u8::try_from(*most).ok()? }),
        [first, most] if first < most => {
            Some(FieldKind::Integer { min: i64::from(*first), max: Some(i64::from(*most)) })
        }
        _ => None,
    }
}

/// What stands in brackets, separated.
fn options(inside: &[Token], language: &Language) -> Vec<String> {
    let or = |token: &Token| {
        let or = |tag: &Tag| matches!(tag, Tag::Function("or"));
        token.kind == Kind::Word && language.tags(&token.norm).is_some_and(|tags| tags.iter().any(or))
    };
    let inside: Vec<Token> =
        inside.iter().filter(|token| !matches!(token.kind, Kind::Open | Kind::Close)).cloned().collect();
    let parts = inside.split(|token| matches!(token.kind, Kind::Comma | Kind::Slash | Kind::Semicolon) || or(token));
    parts
        .filter(|part| part.iter().any(|token| matches!(token.kind, Kind::Word | Kind::Number)))
        .map(|part| sentence_case(&joined(part.iter().map(|token| token.text.as_str()))))
        .collect()
}

/// "(yes/no)".
fn yes_no(inside: &[Token], language: &'static Language) -> bool {
    let inside: Vec<Token> =
        inside.iter().filter(|token| !matches!(token.kind, Kind::Open | Kind::Close)).cloned().collect();
    let found = units(&inside, language);
    found.iter().any(|unit| unit.is("yesNo"))
        || found.iter().any(|unit| unit.is("yes")) && found.iter().any(|unit| unit.is("no")) && found.len() <= 3
}

/// Adds the questions to what people answer.
pub(super) fn ask(draft: &mut Draft, part: &Part, questions: &[Question]) {
    let asked = draft.spec.entities.iter().find(|entity| draft.known(&entity.id).concept == Some("survey"));
    let Some(id) = asked.map(|entity| entity.id.clone()).or_else(|| draft.by_concept("survey")) else {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    };
    if !draft.spec.blueprints.iter().any(|id| id == SURVEY) {
        draft.spec.blueprints.push(SURVEY.into());
    }
    let mut labels = Vec::new();
    for question in questions {
        let want = Wanted {
            label: question.label.clone(),
            concept: None,
            exact: true,
            kind: question.kind.clone(),
            options: question.options.clone(),
            required: false,
            sure: true,
            defaulted: false,
            noun: Vec::new(),
        };
        labels.extend(draft.add_field(&id, &want).map(|field| draft.field_label(&id, &field)));
    }
    draft.note(&id).bare = false;
    draft.note(&id).nameless = true;
    let (many, and) = (draft.many(&id), draft.language.say(Say::And, &[]));
    draft.understood(Say::EntityHas, &[&many, &listed(&labels, &and)], &format!("entities/{id}"));
}

/// Answers belong to a key that only the browser of who answered has; nobody is named with them.
pub(super) fn anonymous(draft: &mut Draft) {
    let asked = draft.spec.entities.iter().find(|entity| draft.known(&entity.id).concept == Some("survey"));
    let about = asked.map_or("entities".to_owned(), |entity| format!("entities/{}", entity.id));
    draft.understood(Say::NobodyNamed, &[], &about);
}

/// Surveys that each have their own questions.
pub(super) fn several(draft: &mut Draft, part: &Part) {
    // Whoever answers is whoever opens the page.
    let people = part.units.iter().filter(|unit| shape(unit.entity()) == Some(Shape::Person));
    draft.folded.extend(people.map(|unit| ("surveys".to_owned(), unit.text.clone())));
    draft.spec.blueprints.retain(|id| id != SURVEY);
    draft.spec.blueprints.push("surveys".into());
    draft.told.push(Told { blueprint: "surveys".into(), ..Told::default() });
}
