//! Orders for a day: a shop takes them ahead, they are collected on a day that is chosen in time, and a day takes no
//! more than the shop makes.
//!
//! Invariant: a number that was said for a day is held, or it is told where to enter it.

mod heard;

use super::super::blueprint::{self, Told};
use super::super::draft::Draft;
use super::super::lexicon::Language;
use super::super::noun::{listed, sentence_case};
use super::super::say::Say;
use super::super::text::{Kind, Token};
use super::super::unit::{Unit, written};
use super::find::Words;
use super::{What, ends};
use crate::spec::{AppSpec, FieldKind, Rule};
pub(super) use heard::Heard;
use heard::Part;

/// The family of patterns for orders, and the one that is taken where a text names none.
const ORDERS: &str = "orders";
const SHOP: &str = "shop";
/// The pattern whose words other orders share.
const BOOKING: &str = "booking";

/// Whether a text speaks of orders that are made ahead.
fn ahead(tokens: &[Token], language: &'static Language) -> bool {
    let words = Words::of(tokens, language);
    words.has("dayPre") || words.has("dayTakes")
}

/// The tokens of a text without these statements, and those. `orders`: something is ordered; `books`: or booked.
pub(crate) fn taken(
    tokens: &[Token],
    language: &'static Language,
    orders: bool,
    books: bool,
) -> (Vec<Token>, Vec<super::Part>) {
    let ahead = ahead(tokens, language);
    let (mut rest, mut parts): (Vec<Token>, Vec<super::Part>) = (Vec::new(), Vec::new());
    if !orders && !ahead {
        return (tokens.to_vec(), parts);
    }
    let mut from = 0;
    while from < tokens.len() {
        let end = (from..tokens.len()).find(|at| separates(tokens, *at)).unwrap_or(tokens.len());
        let part = Part::of(&tokens[from..end], language, ahead);
        let mark = tokens.get(end).cloned();
        match part.heard() {
            Some((heard, said)) => {
                let left = part.rest(&said);
                // What a colon led up to stands for itself once the words before it are gone.
                let mark = mark.filter(|mark| !left.is_empty() || ends(mark) && mark.kind != Kind::Colon);
                if left.is_empty() && mark.is_some() {
                    while rest.pop_if(|last| matches!(last.kind, Kind::Comma | Kind::Colon)).is_some() {}
                }
                rest.extend(left);
                rest.extend(mark);
                parts.push(super::Part { what: What::Days(Box::new(heard)), quote: part.quote(), units: Vec::new() });
            }
            None => {
                match parts.last_mut().filter(|_| from > 0 && tokens[from - 1].kind == Kind::Comma).and_then(goods_of) {
                    // "Orders for bread, rolls and cakes" goes on.
                    Some(goods) if part.names().is_some() => {
                        goods.extend(part.names().unwrap_or_default());
                        rest.extend(mark.filter(ends));
                    }
                    _ => {
                        rest.extend_from_slice(&tokens[from..end]);
                        rest.extend(mark);
                    }
                }
            }
        }
        from = end + 1;
    }
    let any =
        |test: fn(&Heard) -> bool| parts.iter().any(|part| matches!(&part.what, What::Days(heard) if test(heard)));
    // What is booked has days and limits too: that is for others to read, unless it is plain that something is sold.
    let sold =
        if orders { ahead || any(|heard| heard.pick || heard.days.is_some()) } else { any(|heard| heard.collected) };
    match books && !sold {
        true => (tokens.to_vec(), Vec::new()),
        false if parts.is_empty() => (rest, parts),
        false => makes(rest, parts, language),
    }
}

/// Whether a text about an app says nothing but this.
pub(crate) fn is_all(tokens: &[Token], language: &'static Language, spec: &AppSpec) -> bool {
    if !blueprint::has_family(spec, ORDERS) {
        return false;
    }
    let (rest, parts) = taken(tokens, language, true, false);
    !parts.is_empty() && rest.iter().all(|token| !matches!(token.kind, Kind::Word | Kind::Number | Kind::Quoted))
}

/// Takes out what only says what is made to be ordered: "We bake cakes."
fn makes(
    tokens: Vec<Token>,
    mut parts: Vec<super::Part>,
    language: &'static Language,
) -> (Vec<Token>, Vec<super::Part>) {
    let mut rest: Vec<Token> = Vec::new();
    for sentence in tokens.split_inclusive(ends) {
        let words = match sentence.split_last() {
            Some((last, words)) if ends(last) => words,
            _ => sentence,
        };
        let part = Part::of(words, language, true);
        match part.made() {
            Some(goods) => {
                let heard = Heard { goods, ..Heard::default() };
                parts.push(super::Part { what: What::Days(Box::new(heard)), quote: part.quote(), units: Vec::new() });
            }
            None => rest.extend_from_slice(sentence),
        }
    }
    (rest, parts)
}

/// What a statement names as ordered, if it names something.
fn goods_of(part: &mut super::Part) -> Option<&mut Vec<Vec<Unit>>> {
    match &mut part.what {
        What::Days(heard) if heard.takes && !heard.goods.is_empty() => Some(&mut heard.goods),
        _ => None,
    }
}

/// Whether a part ends here; the colon of "18:00" ends none.
fn separates(tokens: &[Token], at: usize) -> bool {
    let number = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Number);
    let time = tokens[at].kind == Kind::Colon && at > 0 && number(at - 1) && number(at + 1);
    (ends(&tokens[at]) || tokens[at].kind == Kind::Comma) && !time
}

/// All that a text says of it, taken together.
fn together(draft: &Draft) -> Option<Heard> {
    let said: Vec<&Heard> = draft
        .parts
        .iter()
        .filter_map(|part| match &part.what {
            What::Days(heard) => Some(heard.as_ref()),
            _ => None,
        })
        .collect();
    let first = said.first()?;
    let mut all = Heard { takes: first.takes, ..Heard::default() };
    for heard in said {
        all.limits.extend(heard.limits.iter().cloned());
        all.each |= heard.each;
        all.pick |= heard.pick;
        all.days = all.days.or(heard.days);
        all.unread = all.unread.or_else(|| heard.unread.clone());
        all.until = all.until.or_else(|| heard.until.clone());
        if all.goods.is_empty() {
            all.goods.clone_from(&heard.goods);
        }
        if all.shop.is_empty() {
            all.shop.clone_from(&heard.shop);
        }
    }
    Some(all)
}

/// What the app holds of it already: the days ahead, and until when.
fn known(draft: &Draft) -> Option<(u32, Option<String>)> {
    draft.spec.rules.iter().find_map(|rule| match rule {
        Rule::Lead { days, until, .. } => Some((*days, until.clone())),
        _ => None,
    })
}

/// Tells the pattern for orders what was said; before it builds.
pub(super) fn bind(draft: &mut Draft) {
    let Some(said) = together(draft) else { return };
    let blueprint = match blueprint::of_family(draft, ORDERS) {
        Some(id) => id,
        None => {
            draft.spec.blueprints.insert(0, SHOP.into());
            SHOP.to_owned()
        }
    };
    draft.unsure.retain(|id| *id != blueprint);
    said.unread.iter().for_each(|quote| draft.missed(Say::NotUnderstood, &[quote]));
    give_way(draft, &blueprint);
    let shop = named(&said.shop);
    if draft.creating && !shop.is_empty() {
        draft.topic.get_or_insert_with(|| sentence_case(&written(shop)));
    }
    let bound: Vec<(String, String)> =
        goods(draft, &blueprint, &said).map(|id| ("product".to_owned(), id)).into_iter().collect();
    let days = said.days.or(known(draft).map(|(days, _)| days)).unwrap_or_default();
    let told = |part: &str, number: Option<u32>| Told {
        blueprint: blueprint.clone(),
        part: Some(part.to_owned()),
        number,
        ..Told::default()
    };
    draft.told.push(Told { bound, ..told("pick", Some(days)) });
    match said.limits.as_slice() {
        [] => {}
        [(number, of)] if of.iter().any(|unit| unit.entity() == Some("order")) => {
            draft.told.push(told("dailyOrders", Some(*number)));
        }
        [(number, _)] if !said.each => draft.told.push(told("daily", Some(*number))),
        _ => draft.told.push(told("each", None)),
    }
}

/// Where the same word is said of what is booked and what is ordered, it is ordered here.
fn give_way(draft: &mut Draft, blueprint: &str) {
    if !draft.creating {
        return;
    }
    draft.spec.blueprints.retain(|id| id != BOOKING);
    for told in draft.told.iter_mut().filter(|told| told.blueprint == BOOKING) {
        told.blueprint = blueprint.to_owned();
        told.part = None;
        for (slot, _) in told.bound.iter_mut().filter(|(slot, _)| slot != "customer") {
            "product".clone_into(slot);
        }
    }
}

/// The words that name something, first to last.
fn named(words: &[Unit]) -> &[Unit] {
    let content = |unit: &Unit| unit.is_content();
    match (words.iter().position(content), words.iter().rposition(content)) {
        (Some(first), Some(last)) => &words[first..=last],
        _ => &[],
    }
}

/// What is ordered: what the text says, else what is counted, where that is one thing.
fn goods(draft: &mut Draft, blueprint: &str, said: &Heard) -> Option<String> {
    if !draft.creating {
        return None;
    }
    let mut told = draft.told.iter().filter(|told| told.blueprint == blueprint).flat_map(|told| &told.bound);
    if told.any(|(slot, _)| slot == "product") {
        return None;
    }
    if let [one] = said.goods.as_slice() {
        return draft.entity(one);
    }
    let counted = |units: &[Unit]| !units.iter().any(|unit| unit.entity() == Some("order"));
    match said.limits.as_slice() {
        [(_, of)] if said.goods.is_empty() && !named(of).is_empty() && counted(of) => draft.entity(named(of)),
        _ => None,
    }
}

/// Adds what the pattern left to be said; once it has built.
pub(super) fn apply(draft: &mut Draft) {
    let Some(said) = together(draft) else { return };
    let lead = draft.spec.rules.iter().rposition(|rule| matches!(rule, Rule::Lead { .. }));
    let Some(Rule::Lead { entity: order, day, .. }) = lead.map(|at| draft.spec.rules[at].clone()) else {
        let quotes: Vec<String> = quotes(draft);
        return quotes.iter().for_each(|quote| draft.missed(Say::NotUnderstood, &[quote]));
    };
    // A text that says nothing of it leaves the time that stood there.
    let until =
        said.until.clone().or_else(|| known(draft).and_then(|(_, until)| until).filter(|_| said.days.is_none()));
    replace(draft, &order, until);
    if draft.creating {
        collected(draft, &order);
    }
    let (many, label) = (draft.many(&order), draft.field_label(&order, &day));
    draft.understood(Say::EntityHas, &[&many, &label], &format!("entities/{order}/fields/{day}"));
    enter(draft, &said, &order);
}

fn quotes(draft: &Draft) -> Vec<String> {
    let days = draft.parts.iter().filter(|part| matches!(part.what, What::Days(_)));
    days.map(|part| part.quote.clone()).collect()
}

/// The newest rule of each kind stands, and the time until which orders are taken with it.
fn replace(draft: &mut Draft, order: &str, until: Option<String>) {
    let timed = |rule: &mut Rule| match rule {
        Rule::Lead { entity, until: time, .. } if entity == order => time.clone_from(&until),
        _ => {}
    };
    draft.spec.rules.iter_mut().for_each(timed);
    draft.held.iter_mut().for_each(|(rule, ..)| timed(rule));
    let kind = |rule: &Rule| match rule {
        Rule::Lead { entity, .. } => Some((entity.clone(), 0)),
        Rule::Daily { entity, each, weight, .. } => {
            Some((entity.clone(), 1 + u8::from(each.is_some()) + 2 * u8::from(weight.is_some())))
        }
        _ => None,
    };
    let rules = std::mem::take(&mut draft.spec.rules);
    let newer =
        |at: usize| rules[at + 1..].iter().any(|other| kind(other).is_some() && kind(other) == kind(&rules[at]));
    draft.spec.rules = (0..rules.len()).filter(|at| !newer(*at)).map(|at| rules[at].clone()).collect();
}

/// What is collected is not sent.
fn collected(draft: &mut Draft, order: &str) {
    let label = draft.language.option("pickedUp");
    let fields = draft.spec.entity_mut(order).into_iter().flat_map(|order| &mut order.fields);
    for field in fields {
        if let FieldKind::Choice { options } = &mut field.kind {
            options
                .iter_mut()
                .filter(|option| option.id == "shipped")
                .for_each(|option| option.label.clone_from(&label));
        }
    }
}

/// Several goods, or several numbers, are rows of the app: what was said of them is to be entered.
fn enter(draft: &mut Draft, said: &Heard, order: &str) {
    let goods: Vec<String> = said.goods.iter().map(|run| written(run)).collect();
    let numbers: Vec<String> = match said.limits.len() > 1 || said.each {
        true => said.limits.iter().map(|(number, of)| format!("{number} {}", written(of)).trim().to_owned()).collect(),
        false => Vec::new(),
    };
    let of = |field: &crate::spec::Field| match &field.kind {
        FieldKind::Ref { entity } => Some(entity.clone()),
        _ => None,
    };
    let product = draft.spec.rules.iter().find_map(|rule| match rule {
        Rule::Copied { entity, via, .. } => draft.spec.entity(entity)?.field(via).and_then(of),
        _ => None,
    });
    let product = product.or_else(|| draft.spec.entity(order)?.fields.iter().find_map(of));
    let and = draft.language.say(Say::And, &[]);
    for list in [numbers, if goods.len() > 1 { goods } else { Vec::new() }] {
        if let Some(product) = product.as_ref().filter(|_| !list.is_empty()) {
            let many = draft.many(product);
            draft.assumed(Say::AssumedNumbers, &[&listed(&list, &and), &many], Some(&format!("entities/{product}")));
        }
    }
}
