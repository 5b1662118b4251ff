//! What is told by a few words in any order: that things are shared with people, that who is booked is away, the
//! questions of a survey, that answers are anonymous, a free week, tips, what is owed.
//!
//! Such a statement is a part of a sentence with a phrase of each kind that it needs (`[told]` in the lexicons). It is
//! taken out of the text before the rest is read.
//!
//! Invariant: each statement ends in the spec or in a sentence about it, and words of it that named something else
//! are looked for by the audit like all others.

mod away;
mod bills;
pub(crate) mod days;
mod find;
mod owed;
mod share;
mod survey;

use std::collections::BTreeSet;

use super::draft::Draft;
use super::lexicon::Language;
use super::say::Say;
use super::text::{Kind, Token};
use super::unit::Unit;
use crate::spec::{Alert, AppSpec, FieldKind, Rule, When};
use find::Words;
pub(crate) use find::warm;

/// What a text is about, as far as that decides which statements it may hold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About {
    /// Something is booked.
    pub(crate) books: bool,
    /// People answer a survey.
    pub(crate) asks: bool,
    /// A list of questions would be a survey: it is a new app, and nobody else asks or answers in it.
    pub(crate) may_ask: bool,
    /// Something is shared with people.
    pub(crate) shares: bool,
    /// It has albums, of which it may be said who sees them.
    pub(crate) albums: bool,
    /// Readers subscribe.
    pub(crate) reads: bool,
    /// People share costs: sharing is paying then.
    pub(crate) owes: bool,
    /// It has bills.
    pub(crate) bills: bool,
    /// It had them before, so that their name alone says nothing new.
    pub(crate) billed: bool,
    /// Costs are split among those who share them, so what is owed is theirs to each other.
    pub(crate) splits: bool,
    /// Something is ordered.
    pub(crate) orders: bool,
    /// It is ordered for a day.
    pub(crate) for_days: bool,
}

impl About {
    /// By the concepts of a text.
    pub(crate) fn bag(bag: &BTreeSet<String>) -> About {
        let has = |key: &str| bag.contains(key);
        About {
            books: super::blueprint::may_book(bag),
            asks: has("entity.survey"),
            may_ask: !has("entity.faq") && !has("function.askWord"),
            shares: false,
            albums: has("entity.album"),
            reads: has("entity.reader"),
            owes: has("function.owed"),
            bills: has("entity.invoice"),
            billed: false,
            splits: has("entity.expense") || has("function.shareAmong") || has("entity.friend"),
            orders: has("function.buy") || has("entity.order"),
            for_days: false,
        }
    }

    /// By an app.
    pub(crate) fn app(spec: &AppSpec) -> About {
        let rule = |test: fn(&Rule) -> bool| spec.rules.iter().any(test);
        let made = |id: &str| spec.blueprints.iter().any(|other| other == id);
        About {
            books: super::opening::books(spec),
            asks: made("survey"),
            may_ask: false,
            shares: rule(|rule| matches!(rule, Rule::Granted { .. })),
            albums: made("album"),
            reads: made("subscription"),
            owes: rule(|rule| matches!(rule, Rule::Shared { .. })),
            bills: bills::kept(spec),
            billed: bills::kept(spec),
            splits: rule(|rule| matches!(rule, Rule::Shared { .. })),
            orders: super::blueprint::has_family(spec, "orders"),
            for_days: rule(|rule| matches!(rule, Rule::Lead { .. })),
        }
    }

    /// By both.
    pub(crate) fn or(self, other: About) -> About {
        About {
            books: self.books || other.books,
            asks: self.asks || other.asks,
            may_ask: self.may_ask && other.may_ask,
            shares: self.shares || other.shares,
            albums: self.albums || other.albums,
            reads: self.reads || other.reads,
            owes: self.owes || other.owes,
            bills: self.bills || other.bills,
            billed: self.billed || other.billed,
            splits: self.splits || other.splits,
            orders: self.orders || other.orders,
            for_days: self.for_days || other.for_days,
        }
    }
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// Somebody shares something with people.
    Share,
    /// It is seen who may see what, and since when.
    Log,
    /// With whom something is shared, may comment on it.
    Comment,
    /// What is shared with some is to be for all.
    Public,
    /// Who is booked is away at times.
    Away,
    /// The questions of a survey.
    Questions(Vec<survey::Question>),
    /// Nobody sees who answered.
    Anonymous,
    /// Surveys that each have questions.
    Several,
    /// New readers pay nothing for a while.
    Trial,
    /// Readers give money to a writer.
    Tip,
    /// Bills have positions.
    Positions,
    /// Bills go through their usual states.
    Course,
    /// A sum is worked out.
    Computed,
    /// A bill that isn't paid is overdue after so many days.
    Overdue(i32),
    /// Something is due for each, and it is seen who is still owed or still owes.
    Owed,
    /// Orders are for a day.
    Days(Box<days::Heard>),
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    what: What,
    /// As written.
    quote: String,
    /// Its words, but for those by which it was found.
    units: Vec<Unit>,
}

impl Part {
    /// Whether it says that who is booked is away at times.
    pub(super) fn is_away(&self) -> bool {
        self.what == What::Away
    }

    /// Whether it says that something is owed.
    pub(super) fn is_owed(&self) -> bool {
        self.what == What::Owed
    }

    /// Its words, but for those by which it was found.
    pub(super) fn units(&self) -> &[Unit] {
        &self.units
    }
}

/// The tokens of a text without these statements, and those.
pub(crate) fn taken(tokens: &[Token], language: &'static Language, about: About) -> (Vec<Token>, Vec<Part>) {
    let (mut tokens, mut parts) = survey::taken(tokens, language, about);
    if about.bills {
        let (rest, found) = bills::taken(tokens, language, about);
        tokens = rest;
        parts.extend(found);
    }
    let mut rest: Vec<Token> = Vec::new();
    let mut from = 0;
    while from < tokens.len() {
        let end = (from..tokens.len()).find(|at| ends(&tokens[*at])).unwrap_or(tokens.len());
        sentence(&tokens[from..end], language, about, &mut rest, &mut parts);
        rest.extend(tokens.get(end).cloned());
        from = end + 1;
    }
    (rest, parts)
}

/// Reads one sentence: what says one thing as a whole, and the rest from comma to comma.
fn sentence(tokens: &[Token], language: &'static Language, about: About, rest: &mut Vec<Token>, parts: &mut Vec<Part>) {
    let all = Words::of(tokens, language);
    if let Some(what) = heard(&all, about, parts).filter(|what| is_whole(what, &all)) {
        return parts.push(part(&all, what));
    }
    let mut from = 0;
    while from < tokens.len() {
        let comma = (from..tokens.len()).find(|at| tokens[*at].kind == Kind::Comma);
        let end = comma.unwrap_or(tokens.len());
        let words = Words::of(&tokens[from..end], language);
        match heard(&words, about, parts) {
            Some(what) => {
                // "I upload pictures into albums and share them with friends": what is before the verb stays.
                let start = words.after_joint(opener(&what));
                rest.extend_from_slice(&tokens[from..from + start]);
                while rest.pop_if(|last| last.kind == Kind::Comma).is_some() {}
                parts.push(part(&Words::of(&tokens[from + start..end], language), what));
            }
            None => rest.extend_from_slice(&tokens[from..end]),
        }
        rest.extend(comma.map(|at| tokens[at].clone()));
        from = end + 1;
    }
}

/// Whether it takes all of a sentence: what says whom is paid for what does, with whatever is to be seen of it.
fn is_whole(what: &What, words: &Words<'_>) -> bool {
    match what {
        What::Share | What::Away | What::Computed | What::Overdue(_) => false,
        What::Owed => owed::pays(words),
        _ => true,
    }
}

fn part(words: &Words<'_>, what: What) -> Part {
    Part { quote: words.quote(), units: words.units_without(keys(&what)), what }
}

/// Whether a sentence ends here.
fn ends(token: &Token) -> bool {
    matches!(token.kind, Kind::Stop | Kind::Semicolon | Kind::Question | Kind::Line | Kind::Colon)
}

fn heard(words: &Words<'_>, about: About, before: &[Part]) -> Option<What> {
    let has = |key: &str| words.has(key);
    let shared = before.iter().any(|part| part.what == What::Share);
    let shares = about.shares || shared;
    if has("share") && (has("shareTo") || has("shareWith")) && !about.owes {
        return Some(What::Share);
    }
    if shares && has("sharedPeople") && has("comment") {
        return Some(What::Comment);
    }
    if (shares || about.albums) && has("shareLog") {
        return Some(What::Log);
    }
    // "…, or by a link that expires" goes on with what was shared.
    if shared && has("shareTo") && !words.names_something("shareTo") {
        return Some(What::Log);
    }
    if about.shares && !shared && has("public") && before.is_empty() {
        return Some(What::Public);
    }
    if about.books && has("absent") && has("block") {
        return Some(What::Away);
    }
    if about.asks && has("several") {
        return Some(What::Several);
    }
    if about.reads && has("tip") {
        return Some(What::Tip);
    }
    if about.bills && has("computed") {
        return Some(What::Computed);
    }
    if about.bills
        && has("overdue")
        && let Some(days) = words.days()
    {
        return Some(What::Overdue(days));
    }
    if !about.splits && (has("owing") || owed::pays(words)) {
        return Some(What::Owed);
    }
    (about.reads && has("trial")).then_some(What::Trial)
}

/// The phrases by which a statement was found.
fn keys(what: &What) -> &'static [&'static str] {
    match what {
        What::Share | What::Log => &["share", "shareTo", "shareLog"],
        What::Comment => &["sharedPeople", "comment", "share"],
        What::Public => &["public"],
        What::Away => &["absent", "block"],
        What::Questions(_) => &["questions"],
        What::Anonymous => &["anonymous"],
        What::Several => &["several", "questions"],
        What::Trial => &["trial"],
        What::Tip => &["tip"],
        What::Owed => owed::KEYS,
        What::Days(_) => &[],
        What::Positions => &["positions", "lineDetail"],
        What::Course => &["courseWord"],
        What::Computed => &["computed"],
        What::Overdue(_) => &["overdue"],
    }
}

/// The phrase with which a statement begins that is joined to another by "and".
fn opener(what: &What) -> &'static str {
    match what {
        What::Share => "share",
        What::Tip => "tip",
        What::Owed => "owing",
        _ => "",
    }
}

/// Tells the blueprints what was said; before they build.
pub(super) fn bind(draft: &mut Draft) {
    for part in draft.parts.clone() {
        match &part.what {
            What::Share => share::bind(draft, &part),
            What::Questions(questions) => survey::ask(draft, &part, questions),
            What::Several => survey::several(draft, &part),
            What::Positions => bills::bind(draft, &part),
            _ => {}
        }
    }
    days::bind(draft);
}

/// Adds what the blueprints left to be said; once they have built.
pub(super) fn apply(draft: &mut Draft) {
    for part in draft.parts.clone() {
        match &part.what {
            What::Log => share::log(draft, &part),
            What::Comment => share::comments(draft, &part),
            What::Public => share::public(draft, &part),
            What::Away => away::apply(draft, &part),
            What::Anonymous => survey::anonymous(draft),
            What::Trial => trial(draft, &part),
            What::Tip => {
                let reason = draft.language.reason("payment");
                draft.missed(Say::Beyond, &[&part.quote, &reason]);
            }
            What::Owed => owed::apply(draft, &part),
            What::Positions => bills::positions(draft, &part),
            What::Course => bills::course(draft, &part),
            What::Computed => bills::computed(draft, &part),
            What::Overdue(days) => bills::overdue(draft, &part, *days),
            What::Share | What::Questions(_) | What::Several | What::Days(_) => {}
        }
    }
    days::apply(draft);
}

/// Follows what is shared through everything that belongs to it; once all access is known.
pub(super) fn close(draft: &mut Draft) {
    share::close(draft);
}

/// Until when somebody reads for free stands with them, and the owner is told when it is over; nothing ends by itself.
fn trial(draft: &mut Draft, part: &Part) {
    let reader = draft.spec.entities.iter().find(|entity| draft.known(&entity.id).concept == Some("reader"));
    let Some(id) = reader.map(|entity| entity.id.clone()) else {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    };
    let known = draft.field_of_concept(&id, "until");
    let Some(field) = known.or_else(|| draft.add_concept(&id, "until", false)) else { return };
    let dated =
        draft.spec.entity(&id).and_then(|entity| entity.field(&field)).map(|field| field.kind == FieldKind::Date);
    if dated == Some(true) {
        let text = draft.language.label("runsOut");
        let when = When::Days { field: field.clone(), days: -1 };
        let alert = Alert { entity: id.clone(), when, text, only_if: None };
        if !draft.spec.alerts.contains(&alert) {
            draft.spec.alerts.push(alert);
        }
    }
    let (many, label) = (draft.many(&id), draft.field_label(&id, &field));
    draft.understood(Say::EntityHas, &[&many, &label], &format!("entities/{id}/fields/{field}"));
    draft.missed(Say::Beyond, &[&part.quote, &draft.language.reason("automation")]);
}
