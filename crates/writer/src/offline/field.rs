//! Lists of properties: "a name, an email, a meal (meat, fish or vegetarian), paid or not".
//!
//! Invariant: each item of a list becomes one field, or is returned as something the list does not describe.

use super::audit::numbers::{is_number, measures};
use super::clause::DEEDS;
use super::lexicon::{FieldConcept, Language, lexicon};
use super::noun::{sentence_case, shown};
use super::text::Kind;
use super::unit::Unit;
use crate::spec::FieldKind;

/// What joined an item to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joint {
    /// First of its list, or after a comma or "and".
    And,
    /// After "or" or a slash.
    Or,
}

/// One item of a list, words outside and inside its parentheses.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Outside parentheses.
    pub(crate) units: Vec<Unit>,
    /// Inside them, or after a colon.
    pub(crate) inner: Vec<Unit>,
    /// To the item before.
    pub(crate) joint: Joint,
}

/// A field as far as its words tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// In the person's words.
    pub(crate) label: String,
    /// What it means, if the lexicon knows.
    pub(crate) concept: Option<&'static str>,
    /// Its words are exactly the concept's: the id follows the concept.
    pub(crate) exact: bool,
    /// What it holds; a choice's options are in `options`.
    pub(crate) kind: FieldKind,
    /// Labels.
    pub(crate) options: Vec<String>,
    /// Said to be required.
    pub(crate) required: bool,
    /// The kind was said or is known, not only a default.
    pub(crate) sure: bool,
    /// The options are the language's usual ones: none were named.
    pub(crate) defaulted: bool,
    /// Noun phrase in which another thing may be named.
    pub(crate) noun: Vec<Unit>,
}

impl Wanted {
    /// The concept's entry.
    pub(crate) fn known(&self) -> Option<&'static FieldConcept> {
        self.concept.and_then(|concept| lexicon().concepts.field.get(concept))
    }
}

/// Splits a list at commas, "and", "or" and slashes outside parentheses.
pub(crate) fn items(units: &[Unit]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut current = Item { units: Vec::new(), inner: Vec::new(), joint: Joint::And };
    let mut depth = 0usize;
    for (at, unit) in units.iter().enumerate() {
        match unit.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ if depth > 0 => current.inner.push(unit.clone()),
            _ if separates(unit) => {
                let closes_list = unit.kind == Kind::Comma && units.get(at + 1).is_some_and(|next| next.is("or"));
                let joint =
                    if unit.is("or") || unit.kind == Kind::Slash || closes_list { Joint::Or } else { Joint::And };
                push(&mut items, &mut current, joint);
            }
            _ => current.units.push(unit.clone()),
        }
    }
    push(&mut items, &mut current, Joint::And);
    items
}

fn push(items: &mut Vec<Item>, current: &mut Item, next: Joint) {
    let worded = current.units.iter().any(Unit::is_word);
    let joint = if worded || next == Joint::Or { next } else { current.joint };
    let done = std::mem::replace(current, Item { units: Vec::new(), inner: Vec::new(), joint });
    if worded {
        items.push(done);
    } else if let Some(last) = items.last_mut() {
        last.inner.extend(done.inner);
    }
}

fn separates(unit: &Unit) -> bool {
    matches!(unit.kind, Kind::Comma | Kind::Slash | Kind::Semicolon | Kind::Line)
        || (unit.is_any(&["and", "or"]) && unit.kind == Kind::Word && unit.entity().is_none() && unit.field().is_none())
}

/// Reads a list of fields. Options that follow a choice ("status: open, done", "stages lead, won") go to it.
pub(crate) fn fields(units: &[Unit], language: &'static Language) -> Vec<Wanted> {
    read(units, language).0
}

/// The fields of a list, and the items that name none.
pub(crate) fn read(units: &[Unit], language: &'static Language) -> (Vec<Wanted>, Vec<String>) {
    let mut list = items(&before_colon_lists(units));
    list = list.into_iter().flat_map(side_by_side).collect();
    gather_inline_options(&mut list);
    join_alternatives(&mut list);
    let (mut wants, mut unread) = (Vec::new(), Vec::new());
    for item in &list {
        match wanted(item, language).or_else(|| wanted(&as_nouns(item), language)) {
            Some(want) => wants.push(want),
            None => unread.push(super::unit::written(&item.units)),
        }
    }
    (wants, unread)
}

/// "address, rent and size": in a list of details a deed's word is what it names.
fn as_nouns(item: &Item) -> Item {
    let mut item = item.clone();
    // "a plate, a make": after an article stands a noun.
    if let [det, word] = item.units.as_mut_slice()
        && det.is("det")
        && word.is_structure()
        && !word.is_any(&["det", "they", "we", "me"])
    {
        word.tags.clear();
    }
    let names = |unit: &&mut Unit| unit.is_structure() && (unit.is_any(super::clause::DEEDS) || unit.is("whoPaid"));
    for unit in item.units.iter_mut().filter(names) {
        unit.tags.clear();
    }
    item
}

/// "status: open, done" inside a list: the colon opens parentheses up to the next word that is a field itself.
fn before_colon_lists(units: &[Unit]) -> Vec<Unit> {
    let mut out: Vec<Unit> = Vec::new();
    let mut depth = 0usize;
    let mut opened = false;
    for (at, unit) in units.iter().enumerate() {
        match unit.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let inner =
            depth == 0 && (unit.kind == Kind::Colon || unit.is("optionsAre")) && out.iter().any(Unit::is_content);
        if inner && !opened {
            out.push(bracket(Kind::Open));
            opened = true;
            continue;
        }
        if opened && depth == 0 && separates(unit) && !unit.is("or") && starts_field(&units[at + 1..]) {
            out.push(bracket(Kind::Close));
            opened = false;
        }
        out.push(unit.clone());
    }
    if opened {
        out.push(bracket(Kind::Close));
    }
    out
}

fn bracket(kind: Kind) -> Unit {
    let text = if kind == Kind::Open { "(" } else { ")" };
    Unit::silent(kind, text, Vec::new())
}

/// An article or a known property begins the next field rather than another option.
fn starts_field(rest: &[Unit]) -> bool {
    let Some(first) = rest.iter().find(|unit| unit.is_word() && !unit.is_any(&["and", "or"])) else { return false };
    let next_names = rest.iter().skip_while(|unit| *unit != first).nth(1).is_some_and(Unit::is_content);
    first.is_any(&["det", "poss", "numberOf", "whether"]) && first.entity().is_none() && next_names
        || (first.field().is_some() && !is_option_word(first))
}

/// Words that are options as often as they are fields.
fn is_option_word(unit: &Unit) -> bool {
    matches!(unit.field(), Some("done" | "paid" | "attending" | "status" | "text" | "description"))
}

/// "stages lead, won, lost, an amount": a choice noun followed by another word takes what follows as options.
fn gather_inline_options(list: &mut Vec<Item>) {
    let mut at = 0;
    while at < list.len() {
        let words: Vec<usize> = (0..list[at].units.len()).filter(|index| list[at].units[*index].is_content()).collect();
        let is_choice = |unit: &Unit| {
            unit.field()
                .and_then(|field| lexicon().concepts.field.get(field))
                .is_some_and(|field| field.kind == "choice")
        };
        let opens = list[at].inner.is_empty()
            && words.len() >= 2
            && is_choice(&list[at].units[words[0]])
            && list[at].units[words[1]..].iter().all(|unit| unit.field().is_none() || is_option_word(unit))
            && words[1] == words[0] + 1
            && list.get(at + 1).is_some_and(|next| !starts_field(&next.units));
        if opens {
            let first = list[at].units.split_off(words[1]);
            list[at].inner.extend(first);
            while list.get(at + 1).is_some_and(|next| !starts_field(&next.units) && next.inner.is_empty()) {
                let next = list.remove(at + 1);
                list[at].inner.push(mark_comma());
                list[at].inner.extend(next.units);
            }
        }
        at += 1;
    }
}

/// "name email phone" without commas: well-known properties stand for themselves.
fn side_by_side(item: Item) -> Vec<Item> {
    let content: Vec<&Unit> = item.units.iter().filter(|unit| unit.is_content()).collect();
    let basic = |unit: &&&Unit| {
        matches!(
            unit.field(),
            Some(
                "name"
                    | "email"
                    | "phone"
                    | "address"
                    | "birthday"
                    | "firstName"
                    | "lastName"
                    | "age"
                    | "title"
                    | "author"
                    | "year"
                    | "price"
                    | "quantity"
            )
        )
    };
    if content.len() < 2 || !content.iter().all(|unit| basic(&unit)) {
        return vec![item];
    }
    content.into_iter().map(|unit| Item { units: vec![unit.clone()], inner: Vec::new(), joint: Joint::And }).collect()
}

fn mark_comma() -> Unit {
    Unit::silent(Kind::Comma, ",", Vec::new())
}

/// "paid or unpaid" is one field.
fn join_alternatives(list: &mut Vec<Item>) {
    let mut at = 1;
    while at < list.len() {
        let alone =
            |item: &Item| item.inner.is_empty() && item.units.iter().filter(|unit| unit.is_content()).count() <= 2;
        let joins = list[at].joint == Joint::Or && alone(&list[at]) && alone(&list[at - 1]);
        if joins {
            let other = list.remove(at);
            let before = list[at - 1].units.clone();
            list[at - 1].inner.extend(before);
            list[at - 1].inner.push(mark_comma());
            list[at - 1].inner.extend(other.units.clone());
        } else {
            at += 1;
        }
    }
}

/// Reads one item as a field.
pub(crate) fn wanted(item: &Item, language: &'static Language) -> Option<Wanted> {
    let all: Vec<Unit> = item.units.iter().chain(&item.inner).cloned().collect();
    let mut label_units = label_units(&item.units, language);
    if label_units.is_empty() && item.units.iter().any(|unit| unit.is("whether")) {
        label_units = bare_question(&item.units);
    }
    // "number" by itself: how many, of whatever the list is about.
    let bare_number = label_units.is_empty() && item.units.iter().any(|unit| unit.is("numberOf"));
    if bare_number {
        label_units = item.units.iter().filter(|unit| unit.is("numberOf")).take(1).cloned().collect();
    }
    if let Some(question) = question_word(&item.units) {
        return Some(question);
    }
    let head = head(&label_units, language)?;
    if is_statement(&label_units, language) || states_number(&item.units, &label_units) {
        return None;
    }
    let exact = label_units.len() == 1 && head.field().is_some();
    let counted = item.units.iter().any(|unit| unit.is("numberOf"));
    let concept = head.field().filter(|concept| (!counted || *concept == "seats") && (exact || *concept != "count"));
    let mut want = Wanted {
        label: label(&label_units, counted && !bare_number, language),
        concept,
        exact: exact || counted && concept.is_some(),
        kind: concept.map_or(FieldKind::Text, |concept| kind_of(concept, "EUR")),
        options: Vec::new(),
        required: all.iter().any(|unit| unit.is("required")) && !all.iter().any(|unit| unit.is("optional")),
        sure: concept.is_some() || counted,
        defaulted: false,
        noun: label_units.clone(),
    };
    if counted && concept.is_none() {
        want.kind = FieldKind::Integer { min: 0, max: None };
    }
    if let Some(label) = concept.filter(|_| want.exact).and_then(|concept| language.uninflected(&want.label, concept)) {
        want.label = label;
    }
    refine(&mut want, item, &all, language);
    Some(want)
}

/// "walkers tick off the walk": people and what they do are no detail of anything.
fn is_statement(words: &[Unit], language: &Language) -> bool {
    let person = |unit: &Unit| {
        unit.entity().is_some_and(|concept| super::noun::shape(Some(concept)) == Some(super::lexicon::Shape::Person))
    };
    let first = words.first().filter(|first| person(first) && first.is_plural(language) && first.field().is_none());
    let rest = words.iter().skip(1).filter(|unit| unit.is_content()).count();
    let strange = words.get(1).is_some_and(|next| next.tags.is_empty() && next.kind == Kind::Word);
    let small =
        !language.grammar().capital_nouns || words.get(1).is_some_and(|next| next.text.starts_with(char::is_lowercase));
    first.is_some() && strange && small && rest > 1 && !language.grammar().numberless
}

/// "booking closes 2 days before", "cleaning costs 60": what is so is no detail that somebody fills in. "2 contacts" and
/// "address line 2" are.
fn states_number(units: &[Unit], label: &[Unit]) -> bool {
    let first = units.iter().position(|unit| unit.is_content() && !is_number(unit));
    let Some(at) = first.and_then(|first| (first..units.len()).find(|at| is_number(&units[*at]))) else { return false };
    let known = label.len() == 1 && label[0].field().is_some();
    let plain = units.iter().all(|unit| unit.is_content() || unit.is("det"));
    let numbered = plain && units[at].norm.len() == 1 && !measures(units, at);
    !known && !numbered && scale(units).is_none()
}

/// "when they arrive", "how many people come": the question word says the kind.
fn question_word(units: &[Unit]) -> Option<Wanted> {
    let words: Vec<&Unit> =
        units.iter().filter(|unit| unit.is_word() && !(unit.is("det") && unit.is_structure())).collect();
    let first = words.first().filter(|first| first.is("wh") && words.len() > 1)?;
    let concept = first.field();
    let label = sentence_case(&super::unit::written(units));
    let kind = concept.map_or(FieldKind::Text, |concept| kind_of(concept, "EUR"));
    Some(Wanted {
        label,
        concept,
        exact: false,
        kind,
        options: Vec::new(),
        required: false,
        sure: true,
        defaulted: false,
        noun: Vec::new(),
    })
}

/// The kind that a concept has.
pub(crate) fn kind_of(concept: &str, currency: &str) -> FieldKind {
    let Some(known) = lexicon().concepts.field.get(concept) else { return FieldKind::Text };
    match known.kind.as_str() {
        "longText" => FieldKind::LongText,
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        "url" => FieldKind::Url,
        "place" => FieldKind::Place,
        "date" => FieldKind::Date,
        "time" => FieldKind::Time,
        "dateTime" => FieldKind::DateTime,
        "picture" => FieldKind::Picture,
        "duration" => FieldKind::Duration,
        "integer" => FieldKind::Integer { min: 0, max: None },
        "money" => FieldKind::Money { currency: currency.to_owned() },
        "quantity" => FieldKind::Quantity { unit: known.unit.clone() },
        "percentage" => FieldKind::Percentage,
        "rating" => FieldKind::Rating { max: 5 },
        "yesNo" => FieldKind::YesNo,
        "choice" => FieldKind::Choice { options: Vec::new() },
        _ => FieldKind::Text,
    }
}

/// What the words around the noun say about its kind.
fn refine(want: &mut Wanted, item: &Item, all: &[Unit], language: &Language) {
    let yes_no = all.iter().any(|unit| unit.is_any(&["yesNo", "orNot", "whether"]) || unit.kind == Kind::Question);
    let opposite = opposites(&item.inner, &item.units);
    if let Some(code) = all.iter().find_map(Unit::currency) {
        want.kind = FieldKind::Money { currency: code.to_owned() };
        want.sure = true;
    } else if let Some(unit) = measure(all) {
        want.kind = FieldKind::Quantity { unit: unit.to_owned() };
        want.sure = true;
    } else if all.windows(2).any(|pair| pair[0].is("in") && pair[1].field() == Some("duration")) {
        want.kind = FieldKind::Duration;
        want.sure = true;
    } else if yes_no || opposite {
        want.kind = FieldKind::YesNo;
        want.sure = true;
        if opposite {
            want.label = sentence_case(&shown(
                &item.units.iter().find(|unit| unit.is_content()).cloned().unwrap_or_else(|| item.units[0].clone()),
            ));
        }
    } else if let Some(max) = scale(all) {
        want.kind = FieldKind::Rating { max };
        want.sure = true;
    } else {
        options_or_hint(want, item, language);
    }
}

fn options_or_hint(want: &mut Wanted, item: &Item, language: &Language) {
    let inner = option_labels(&item.inner);
    if inner.len() >= 2 {
        want.options = inner;
        want.kind = FieldKind::Choice { options: Vec::new() };
        want.sure = true;
        return;
    }
    if let Some(concept) = item.inner.iter().find_map(Unit::field).filter(|_| want.concept.is_none()) {
        want.kind = kind_of(concept, "EUR");
        want.sure = true;
    }
    if matches!(want.kind, FieldKind::Choice { .. }) {
        match want.concept.and_then(|concept| language.default_options(concept)) {
            Some(defaults) => {
                want.options = defaults.clone();
                want.defaulted = true;
            }
            None => want.kind = FieldKind::Text,
        }
    }
}

/// Words that join options and are no part of them.
const DROPPED: &[&str] = &["det", "and", "or", "optionsAre", "required", "optional", "between", "each", "be"];

/// Options in a list such as "meat, fish or vegetarian".
pub(crate) fn option_labels(units: &[Unit]) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for item in items(units) {
        let says = |unit: &&Unit| unit.is_word() && !(unit.is_structure() && unit.is_any(DROPPED));
        let only_filler = item.units.iter().filter(says).all(Unit::is_filler);
        let says = |unit: &&Unit| unit.is_word() && (says(unit) || item.units.iter().all(|other| !says(&other)));
        let words: Vec<String> = item
            .units
            .iter()
            .filter(says)
            .filter(|unit| only_filler || !unit.is_filler())
            .map(|unit| unit.text.clone())
            .collect();
        let meta = item.units.iter().any(|unit| unit.is_any(&["required", "optional"]));
        let label = sentence_case(&words.join(" "));
        if !label.is_empty() && !meta && !labels.iter().any(|other| other.to_lowercase() == label.to_lowercase()) {
            labels.push(label);
        }
    }
    labels
}

/// "paid or unpaid", "done/not done".
fn opposites(inner: &[Unit], outer: &[Unit]) -> bool {
    let words: Vec<&str> = inner.iter().filter(|unit| unit.is_content()).map(|unit| unit.norm.as_str()).collect();
    let negated = inner.iter().any(|unit| unit.is("not"));
    let same = outer.first().is_some_and(|first| inner.first().is_some_and(|other| other.norm == first.norm));
    match words.as_slice() {
        [first, second] => {
            *second == format!("un{first}") || *first == format!("un{second}") || (negated && first == second)
        }
        [_] => negated && same,
        _ => false,
    }
}

/// "in kg", "(kg)".
fn measure(all: &[Unit]) -> Option<&'static str> {
    all.iter().enumerate().find_map(|(at, unit)| {
        let after = at == 0 || all[at - 1].is("in") || all[at - 1].kind == Kind::Open || all.len() <= 3;
        // "price per kg" is no weight.
        let rate = at > 0 && all[at - 1].is("each");
        unit.measure().filter(|_| after && !rate && unit.field().is_none())
    })
}

/// "from 1 to 5", "1-5", "out of 10".
fn scale(all: &[Unit]) -> Option<u8> {
    let rating = all.iter().any(|unit| unit.field() == Some("rating"));
    for (at, unit) in all.iter().enumerate() {
        if let Some((low, high)) = unit.norm.split_once([' ', '–']).filter(|_| unit.text.contains('-'))
            && low == "1"
        {
            return bounded(high);
        }
        let ends = unit.kind == Kind::Number && at >= 1;
        let from_one = ends && at >= 2 && all[at - 1].is("to") && all[at - 2].norm == "1";
        let out_of = ends && rating && (all[at - 1].is_any(&["between", "atMost", "to"]));
        if from_one || out_of {
            return bounded(&unit.norm);
        }
    }
    None
}

fn bounded(number: &str) -> Option<u8> {
    number.trim().parse::<u8>().ok().filter(|max| (2..=10).contains(max))
}

/// The words of a label: without articles in front, requirements, measures and what only says the kind.
fn label_units(units: &[Unit], language: &Language) -> Vec<Unit> {
    let mut words: Vec<Unit> = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        let unit_of = unit.is("in")
            && units.get(at + 1).is_some_and(|next| {
                next.measure().is_some() || next.currency().is_some() || next.field() == Some("duration")
            });
        let measured = (unit.measure().is_some() || unit.currency().is_some()) && at > 0 && units[at - 1].is("in");
        let bound = unit.kind == Kind::Number
            || unit.is_any(&["from", "atMost", "atLeast"])
                && units.get(at + 1).is_some_and(|next| next.kind == Kind::Number);
        let range = unit.text.contains('-') && unit.norm.chars().all(|c| c.is_ascii_digit() || c == ' ');
        let minutes = unit.field() == Some("duration") && at > 0 && units[at - 1].is("in");
        let mere = unit.is_any(&[
            "required", "optional", "yesNo", "orNot", "whether", "they", "be", "det", "poss", "numberOf", "have",
            "with", "add", "field", "ask",
        ]) && unit.field().is_none()
            && unit.entity().is_none()
            || minutes;
        if unit.is_word() && !(unit_of || measured || bound || range || mere || unit.is_filler()) {
            words.push(unit.clone());
        }
    }
    // "date paid", said with the verb: where nouns have no plural, a verb beside its noun tells which date it is.
    let (numberless, head_first) = (language.grammar().numberless, language.grammar().head_first);
    let tells = |verb: Option<&Unit>, noun: Option<&Unit>| {
        numberless && verb.is_some_and(names_a_deed) && noun.is_some_and(Unit::is_content)
    };
    while words.first().is_some_and(Unit::is_structure) && (head_first || !tells(words.first(), words.get(1))) {
        words.remove(0);
    }
    while words.last().is_some_and(Unit::is_structure)
        && !(head_first && tells(words.last(), words.iter().rev().nth(1)))
    {
        words.pop();
    }
    words.truncate(8);
    words
}

fn names_a_deed(unit: &Unit) -> bool {
    unit.is_any(DEEDS) || unit.is_any(&["account", "makes", "apply", "signUp", "reply"])
}

/// "whether I have read it": every word that is only structure may still be the point.
fn bare_question(units: &[Unit]) -> Vec<Unit> {
    let dropped = ["whether", "they", "me", "we", "have", "be", "det", "poss"];
    let mut words: Vec<Unit> = units.iter().filter(|unit| unit.is_word() && !unit.is_any(&dropped)).cloned().collect();
    words.truncate(4);
    words
}

/// The word that says what it is: the last noun (in some languages the first) before "of", "for", "per" or "in".
fn head<'a>(words: &'a [Unit], language: &Language) -> Option<&'a Unit> {
    let stop = words
        .iter()
        .position(|unit| unit.is_structure() && unit.is_any(&["for", "each", "in", "from", "by", "to"]))
        .unwrap_or(words.len());
    let mut content = words[..stop].iter().filter(|unit| unit.is_content());
    let named = if language.grammar().head_first { content.next() } else { content.next_back() };
    named.or_else(|| words.iter().find(|unit| unit.is_content())).or(words.first())
}

fn label(words: &[Unit], counted: bool, language: &Language) -> String {
    // What is said of a noun goes with its article: only a word by itself is shown without one.
    let alone = words.len() == 1;
    let bare = |unit: &Unit| if alone { language.grammar().bare(&shown(unit)).to_owned() } else { shown(unit) };
    let text = words.iter().map(bare).collect::<Vec<_>>().join(" ");
    let known = words.len() == 1 && words[0].field().is_some();
    if counted && !known {
        sentence_case(&language.label("numberOf").replace("{0}", &text))
    } else {
        sentence_case(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::tokens;
    use super::super::unit::units;
    use super::*;

    fn read(text: &str) -> Vec<(String, FieldKind, Vec<String>)> {
        let english = lexicon().language("en");
        fields(&units(&tokens(text), english), english)
            .into_iter()
            .map(|want| (want.label, want.kind, want.options))
            .collect()
    }

    fn kinds(text: &str) -> Vec<FieldKind> {
        read(text).into_iter().map(|(_, kind, _)| kind).collect()
    }

    #[test]
    fn kinds_follow_the_words() {
        assert_eq!(kinds("a name, an email and a phone number"), [FieldKind::Text, FieldKind::Email, FieldKind::Phone]);
        assert_eq!(
            kinds("due date, weight in kg, price in dollars"),
            [FieldKind::Date, FieldKind::Quantity { unit: "kg".into() }, FieldKind::Money { currency: "USD".into() }]
        );
        assert_eq!(
            kinds("number of pages, rating 1-5"),
            [FieldKind::Integer { min: 0, max: None }, FieldKind::Rating { max: 5 }]
        );
    }

    #[test]
    fn yes_and_no_in_many_ways() {
        for text in ["paid or not", "paid?", "paid (yes/no)", "whether it is paid", "paid yes or no", "paid or unpaid"]
        {
            let all = read(text);
            assert_eq!(all.len(), 1, "{text}: {all:?}");
            assert_eq!((all[0].0.as_str(), &all[0].1), ("Paid", &FieldKind::YesNo), "{text}");
        }
    }

    #[test]
    fn options_in_many_ways() {
        for text in ["status (open, done)", "status: open, done", "a status that is open or done", "status (open/done)"]
        {
            let all = read(text);
            assert_eq!(all.len(), 1, "{text}: {all:?}");
            assert_eq!((all[0].0.as_str(), all[0].2.join(" ").as_str()), ("Status", "Open Done"), "{text}");
        }
        let deals = read("stages lead, qualified, won, lost, an amount and an expected close date");
        assert_eq!(
            deals.iter().map(|field| field.0.as_str()).collect::<Vec<_>>(),
            ["Stages", "Amount", "Expected close date"]
        );
        assert_eq!(deals[0].2, ["Lead", "Qualified", "Won", "Lost"]);
    }

    #[test]
    fn a_list_of_three_items_stays_three() {
        let all = read("what, how much, paid or not");
        assert_eq!(all.iter().map(|field| field.0.as_str()).collect::<Vec<_>>(), ["What", "How much", "Paid"]);
    }
}
