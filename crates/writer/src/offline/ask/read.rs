//! From what was heard to a query: whose rows, what must hold of them, what is wanted.
//!
//! Invariant: a query names only what the spec has; what of a question has no meaning here is looked for in the rows.

use super::super::lexicon::{Shape, lexicon};
use super::dates;
use super::heard::{Meaning, Part};
use crate::query::{Is, Measure, Query, Side, Span, Test, is_number, smallest};
use crate::spec::{AppSpec, Entity, Field, FieldKind, Order, Total};

/// Why a question gives no query.
pub(super) enum Unclear {
    /// It names nothing that the app keeps, or asks nothing of it.
    Nothing,
    /// It asks for a number of this entity, which has none.
    NoNumber(String),
}

/// Spans by their words.
const SPANS: &[(&str, Span)] = &[
    ("today", Span::Days { first: 0, last: 0 }),
    ("tomorrow", Span::Days { first: 1, last: 1 }),
    ("yesterday", Span::Days { first: -1, last: -1 }),
    ("thisWeek", Span::Week { ahead: 0 }),
    ("lastWeek", Span::Week { ahead: -1 }),
    ("nextWeek", Span::Week { ahead: 1 }),
    ("thisMonth", Span::Month { ahead: 0 }),
    ("lastMonth", Span::Month { ahead: -1 }),
    ("nextMonth", Span::Month { ahead: 1 }),
    ("thisYear", Span::Year { ahead: 0 }),
    ("lastYear", Span::Year { ahead: -1 }),
    ("nextYear", Span::Year { ahead: 1 }),
];

/// Asks for rows in an order: the word, largest first, and by when they were made.
const ENDS: &[(&str, bool)] =
    &[("most", true), ("least", false), ("dearest", true), ("cheapest", false), ("latest", true), ("earliest", false)];

struct Reader<'a> {
    spec: &'a AppSpec,
    parts: &'a [Part],
    entity: &'a Entity,
    tests: Vec<Test>,
    words: Vec<String>,
    /// Parts that a test or a measure used.
    used: Vec<bool>,
}

/// The query of a question.
pub(super) fn query(spec: &AppSpec, parts: &[Part], language: &str) -> Result<Query, Unclear> {
    if let Some(query) = owed(spec, parts, language) {
        return Ok(query);
    }
    let entity = subject(spec, parts).ok_or(Unclear::Nothing)?;
    let mut reader =
        Reader { spec, parts, entity, tests: Vec::new(), words: Vec::new(), used: vec![false; parts.len()] };
    reader.spans();
    reader.numbers();
    reader.states();
    reader.unknown();
    reader.wanted(language)
}

/// "Who owes most": shared costs, where all bear the same part.
fn owed(spec: &AppSpec, parts: &[Part], language: &str) -> Option<Query> {
    parts.iter().find(|part| part.asks("owes"))?;
    if let Some((entity, total)) = left(spec) {
        let (language, entity) = (language.to_owned(), entity.id.clone());
        return Some(Query {
            language,
            entity,
            measure: Measure::Left { total: total.id.clone() },
            ..Query::default()
        });
    }
    let unpaid = |entity: &Entity| entity.fields.iter().any(|field| field.id == "paid" && !field.archived);
    let shared = |entity: &&Entity| {
        !entity.archived && !unpaid(entity) && money(entity).is_some() && person_ref(spec, entity).is_some()
    };
    let costs = spec.blueprints.iter().any(|id| id == "costs");
    let entity = spec.entities.iter().find(shared).filter(|_| costs);
    if let Some((entity, amount, per)) = entity.and_then(|one| Some((one, money(one)?, person_ref(spec, one)?))) {
        return Some(Query {
            language: language.to_owned(),
            entity: entity.id.clone(),
            measure: Measure::Owed { field: amount.id.clone() },
            per: Some(per.id.clone()),
            ..Query::default()
        });
    }
    let open = |entity: &&Entity| !entity.archived && unpaid(entity) && money(entity).is_some();
    let entity = spec.entities.iter().find(open)?;
    let per = person_ref(spec, entity);
    let test = Test { field: "paid".into(), is: yes(), not: true };
    Some(Query {
        language: language.to_owned(),
        entity: entity.id.clone(),
        measure: if per.is_some() { Measure::Sum { field: money(entity)?.id.clone() } } else { Measure::List },
        order: money(entity).map(|field| Order { field: field.id.clone(), descending: true }),
        per: per.map(|field| field.id.clone()),
        tests: vec![test],
        ..Query::default()
    })
}

/// The total that says what is left of an amount: with people, where it stands with them.
fn left(spec: &AppSpec) -> Option<(&Entity, &Total)> {
    let rest = |total: &&Total| {
        let inner =
            spec.entity(&total.of).and_then(|of| of.totals.iter().find(|other| Some(&other.id) == total.sum.as_ref()));
        total.only_if.is_none() && (total.from.is_some() || inner.is_some_and(|inner| inner.from.is_some()))
    };
    let shown = || spec.entities.iter().filter(|entity| !entity.archived);
    let of = |entity: &'_ &Entity| entity.totals.iter().any(|total| rest(&total));
    let found = shown().filter(of).find(|entity| is_people(entity)).or_else(|| shown().find(of))?;
    found.totals.iter().find(rest).map(|total| (found, total))
}

fn money(entity: &Entity) -> Option<&Field> {
    entity.fields.iter().find(|field| !field.archived && matches!(field.kind, FieldKind::Money { .. }))
}

/// The reference to people.
fn person_ref<'a>(spec: &AppSpec, entity: &'a Entity) -> Option<&'a Field> {
    entity.fields.iter().filter(|field| !field.archived).find(|field| match &field.kind {
        FieldKind::Ref { entity } => spec.entity(entity).is_some_and(is_people),
        _ => false,
    })
}

/// Rows are people.
pub(crate) fn is_people(entity: &Entity) -> bool {
    let person = lexicon().concepts.entity.get(&entity.id).is_some_and(|concept| concept.shape == Shape::Person);
    entity.person.is_some() || person
}

/// Whose rows are asked for: what stands nearest after the question's word; else what has the fields that are named.
fn subject<'a>(spec: &'a AppSpec, parts: &[Part]) -> Option<&'a Entity> {
    let opener = parts.iter().position(|part| part.asks_any(super::OPENERS)).unwrap_or(0);
    let named = |at: usize| {
        parts[at].meanings.iter().find_map(|meaning| match meaning {
            Meaning::Entity(id) => Some(id.clone()),
            _ => None,
        })
    };
    let all: Vec<(usize, String)> = (0..parts.len()).filter_map(|at| Some((at, named(at)?))).collect();
    let has = |entity: &Entity| {
        let of = |part: &&Part| {
            part.meanings.iter().any(|meaning| match meaning {
                Meaning::Field(other, _) | Meaning::Option(other, ..) => *other == entity.id,
                _ => false,
            })
        };
        let said = parts.iter().any(|part| part.asks_any(&["coming", "answered"])) && answer(entity).is_some();
        parts.iter().filter(of).count() + usize::from(said)
    };
    if all.is_empty() {
        let live = || spec.entities.iter().filter(|entity| !entity.archived);
        let best = live().map(has).max().filter(|most| *most > 0)?;
        let who = parts.iter().any(|part| part.asks("who"));
        let people = live().find(|entity| who && has(entity) == best && is_people(entity));
        return people.or_else(|| live().find(|entity| has(entity) == best));
    }
    let after = all.iter().find(|(at, _)| *at >= opener).or(all.last());
    let first = after.and_then(|(_, id)| spec.entity(id))?;
    // "Which guest has the most orders", "how much did each customer order": the rows are those that refer to it.
    let ranked = parts.iter().any(|part| part.asks_any(&["most", "least", "sum", "howMuch", "average"]));
    let refers = |id: &String| {
        spec.entity(id).filter(|entity| ranked && entity.id != first.id && refers_to(entity, &first.id).is_some())
    };
    Some(all.iter().find_map(|(_, id)| refers(id)).unwrap_or(first))
}

fn refers_to<'a>(entity: &'a Entity, other: &str) -> Option<&'a Field> {
    entity
        .fields
        .iter()
        .filter(|field| !field.archived)
        .find(|field| matches!(&field.kind, FieldKind::Ref { entity } if entity == other))
}

/// The field in which people say whether they come.
fn answer(entity: &Entity) -> Option<&Field> {
    entity.fields.iter().find(|field| !field.archived && matches!(field.id.as_str(), "attending" | "answer"))
}

fn yes() -> Is {
    Is::OneOf { values: vec!["true".into()] }
}

impl Reader<'_> {
    /// The field of the entity that a part may mean.
    fn field(&self, part: &Part) -> Option<&Field> {
        part.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Field(entity, field) if *entity == self.entity.id => self.entity.field(field),
            _ => None,
        })
    }

    /// A negation in force at this part: said before it within the same statement, or, where it is said last, after it.
    fn negated(&self, at: usize) -> bool {
        let before = self.parts[..at].iter().enumerate().rev();
        let near = before.take_while(|(at, _)| !self.used[*at]).take(4);
        let before = near.into_iter().any(|(_, part)| part.asks("not"));
        let after = self.parts[at + 1..].iter().take(3).any(|part| part.asks("not"));
        before || self.parts[at].asks("not") || after && !self.parts[..at].iter().any(|part| part.asks("not"))
    }

    /// Which date is meant: the one named, else the first; when it was entered if there is none, or if it is asked so.
    fn date(&self) -> String {
        let is_date = |field: &&Field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime) && !field.archived;
        let named = self.parts.iter().filter_map(|part| self.field(part)).find(|field| is_date(field));
        named
            .or_else(|| self.entity.fields.iter().find(|field| is_date(field) && field.id != "birthday"))
            .map_or_else(|| "createdAt".to_owned(), |field| field.id.clone())
    }

    fn spans(&mut self) {
        for at in 0..self.parts.len() {
            let Some(span) = self.span(at) else { continue };
            let span = match (self.side(at), span) {
                (Some("before"), Span::DayOf { month, day, .. }) => Span::DayOf { month, day, side: Side::Before },
                (Some("after"), Span::DayOf { month, day, .. }) => Span::DayOf { month, day, side: Side::After },
                (Some("before"), Span::Dates { first: Some(day), .. }) => Span::Dates { first: None, last: Some(day) },
                (Some("after"), Span::Dates { first: Some(day), .. }) => Span::Dates { first: Some(day), last: None },
                (_, span) => span,
            };
            self.used[at] = true;
            let field = self.date();
            self.tests.push(Test { field, is: Is::Within { span }, not: false });
        }
        let overdue = self.parts.iter().position(|part| part.asks("overdue"));
        if let Some(at) = overdue {
            self.used[at] = true;
            let field = self.entity.field("deadline").map_or_else(|| self.date(), |field| field.id.clone());
            self.tests.push(Test { field, is: Is::Within { span: Span::Past }, not: false });
            let done = self.entity.fields.iter().find(|field| field.kind == FieldKind::YesNo && field.id == "done");
            self.tests.extend(done.map(|field| Test { field: field.id.clone(), is: yes(), not: true }));
        }
        if let Some(at) = self.parts.iter().position(|part| part.asks("next")) {
            self.used[at] = true;
            let field = self.date();
            self.tests.push(Test { field, is: Is::Within { span: Span::Future }, not: false });
        }
    }

    /// Whether days before or after this one are meant: said before it, or right after it where nothing else is dated.
    fn side(&self, at: usize) -> Option<&'static str> {
        let said = |part: &Part| ["before", "after"].into_iter().find(|key| part.asks(key));
        let after = || {
            let next = self.parts.get(at + 1).and_then(said)?;
            (at + 2 >= self.parts.len() || self.span(at + 2).is_none()).then_some(next)
        };
        self.parts[..at].iter().rev().take(2).find_map(said).or_else(after)
    }

    fn span(&self, at: usize) -> Option<Span> {
        let part = &self.parts[at];
        if let Some((_, span)) = SPANS.iter().find(|(key, _)| part.asks(key)) {
            return Some(*span);
        }
        part.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Month(month) if !self.beside_number(at) => Some(Span::MonthOf { month: *month }),
            Meaning::Days(span) => Some(*span),
            Meaning::Number(written) if !self.compares() => dates::year(written),
            _ => None,
        })
    }

    /// Numbers are compared with, or say how many.
    fn compares(&self) -> bool {
        let keys: Vec<&str> =
            ["above", "below", "atLeast", "atMost"].into_iter().chain(ENDS.iter().map(|(key, _)| *key)).collect();
        self.parts.iter().any(|part| part.asks_any(&keys))
    }

    /// A number that makes no day of it: "31 February".
    fn beside_number(&self, at: usize) -> bool {
        let number = |at: usize| {
            self.parts.get(at).is_some_and(|part| part.meanings.iter().any(|one| matches!(one, Meaning::Number(_))))
        };
        number(at + 1) || at > 0 && number(at - 1)
    }

    /// "over 50 euros", "at least 3 seats".
    fn numbers(&mut self) {
        for at in 0..self.parts.len() {
            let written = self.parts[at].meanings.iter().find_map(|meaning| match meaning {
                Meaning::Number(written) => Some(written.clone()),
                _ => None,
            });
            let Some(written) = written else { continue };
            let near: Vec<usize> = (at.saturating_sub(2)..(at + 3).min(self.parts.len())).collect();
            let side = ["above", "below", "atLeast", "atMost"]
                .into_iter()
                .find_map(|key| near.iter().find(|at| self.parts[**at].asks(key)).map(|place| (key, *place)));
            let Some((side, place)) = side else { continue };
            let Some(field) = self.number_field(at) else { continue };
            let Some(value) = smallest(&field.kind, &written) else { continue };
            let is = match side {
                "above" | "atLeast" => Is::AtLeast { value, above: side == "above" },
                _ => Is::AtMost { value, below: side == "below" },
            };
            self.tests.push(Test { field: field.id.clone(), is, not: false });
            (self.used[at], self.used[place]) = (true, true);
        }
    }

    /// The number field named nearest to a part, else the only or the most telling one.
    fn number_field(&self, at: usize) -> Option<Field> {
        let named = (0..self.parts.len())
            .filter_map(|place| Some((place, self.field(&self.parts[place])?)))
            .filter(|(_, field)| is_number(&field.kind))
            .min_by_key(|(place, _)| place.abs_diff(at));
        let all = || self.entity.fields.iter().filter(|field| !field.archived && is_number(&field.kind));
        named.map(|(_, field)| field).or_else(|| money(self.entity)).or_else(|| all().next()).cloned()
    }

    /// Options, yes and no, filled in or not.
    fn states(&mut self) {
        let mut at = 0;
        while at < self.parts.len() {
            if !self.used[at] {
                self.state(at);
            }
            at += 1;
        }
    }

    fn state(&mut self, at: usize) {
        let part = &self.parts[at];
        let option = part.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Option(entity, field, option) if *entity == self.entity.id => {
                Some((field.clone(), option.clone()))
            }
            _ => None,
        });
        if let Some((field, option)) = option {
            return self.chosen(at, field, option);
        }
        let answered = part.asks_any(&["answered", "coming"]) && answer(self.entity).is_some();
        if part.asks("unpaid") || answered || part.asks("answered") {
            return self.said(at);
        }
        let Some(field) = self.field(part).cloned() else { return };
        let without = self.near(at, "without");
        if field.kind == FieldKind::YesNo && !self.parts.iter().any(|part| part.asks("per")) {
            let not = self.negated(at) || without;
            // An answer that is missing is no "no"; a mark that is missing is none.
            let test = if not && field.by_member {
                Test { field: field.id, is: Is::OneOf { values: vec!["false".into()] }, not: false }
            } else {
                Test { field: field.id, is: yes(), not }
            };
            self.used[at] = true;
            return self.test(test);
        }
        let measured = is_number(&field.kind) && self.parts.iter().any(|part| part.asks_any(super::MEASURES));
        let asked = self.near(at, "with") && !measured;
        if without || asked && !self.parts.iter().any(|part| part.asks("per")) {
            self.used[at] = true;
            let not = without || self.negated(at);
            self.test(Test { field: field.id, is: Is::Filled, not });
        }
    }

    fn test(&mut self, test: Test) {
        if !self.tests.contains(&test) {
            self.tests.push(test);
        }
    }

    /// The word stands just before, with nothing but small words between; or just after, where that is the order.
    fn near(&self, at: usize, key: &str) -> bool {
        let small = |part: &&Part| !part.meanings.is_empty() && part.meanings.iter().all(|one| *one == Meaning::Small);
        let before = self.parts[..at].iter().rev().find(|part| !small(part));
        let after = self.parts[at + 1..].iter().find(|part| !small(part));
        before.is_some_and(|part| part.asks(key))
            || after.is_some_and(|part| part.asks(key) && !before.is_some_and(|part| part.asks(key)))
    }

    fn chosen(&mut self, at: usize, field: String, option: String) {
        let not = self.negated(at);
        self.used[at] = true;
        let same = self.tests.iter_mut().find(|test| test.field == field && test.not == not);
        match same.map(|test| &mut test.is) {
            Some(Is::OneOf { values }) => values.push(option),
            _ => self.tests.push(Test { field, is: Is::OneOf { values: vec![option] }, not }),
        }
    }

    /// "answered", "unpaid": said without naming the field.
    fn said(&mut self, at: usize) {
        let not = self.negated(at);
        let fields = || self.entity.fields.iter().filter(|field| !field.archived);
        if self.parts[at].asks("unpaid") {
            let paid = fields().find(|field| field.id == "paid").map(|field| field.id.clone());
            if let Some(field) = paid {
                self.used[at] = true;
                self.test(Test { field, is: yes(), not: true });
            }
            return;
        }
        let answer = answer(self.entity);
        if self.parts[at].asks("coming") {
            let Some(field) = answer else { return };
            let value = |yes: bool| match &field.kind {
                FieldKind::Choice { options } => {
                    let option = if yes { options.first() } else { options.get(1) };
                    option.map(|option| option.id.clone()).unwrap_or_default()
                }
                _ => yes.to_string(),
            };
            let test = Test { field: field.id.clone(), is: Is::OneOf { values: vec![value(!not)] }, not: false };
            self.used[at] = true;
            return self.test(test);
        }
        let answer = answer.or_else(|| fields().find(|field| field.by_member)).map(|field| field.id.clone());
        if let Some(field) = answer {
            self.used[at] = true;
            self.test(Test { field, is: Is::Filled, not });
        }
    }

    /// Words without a meaning here, names and quotations: looked for in the rows.
    fn unknown(&mut self) {
        for (at, part) in self.parts.iter().enumerate() {
            let unknown = part.meanings.is_empty() || part.meanings.contains(&Meaning::Quoted);
            if unknown && !self.used[at] {
                self.words.push(part.text.clone());
                self.used[at] = true;
            }
        }
    }

    fn asks(&self, keys: &[&str]) -> bool {
        self.parts.iter().zip(&self.used).any(|(part, used)| !used && part.asks_any(keys))
    }

    /// What the rows are to be split by: a field after "per", or an entity that they refer to.
    fn per(&self, measured: Option<&Field>) -> Option<&Field> {
        let after = self.parts.iter().position(|part| part.asks("per")).map(|at| at + 1);
        let fits = |field: &&Field| {
            matches!(
                field.kind,
                FieldKind::Choice { .. }
                    | FieldKind::Ref { .. }
                    | FieldKind::YesNo
                    | FieldKind::Place
                    | FieldKind::Text
                    | FieldKind::Date
                    | FieldKind::Rating { .. }
            ) && Some(*field) != measured
        };
        let to_entity = |part: &Part| {
            part.meanings.iter().find_map(|meaning| match meaning {
                Meaning::Entity(id) if *id != self.entity.id => refers_to(self.entity, id),
                _ => None,
            })
        };
        let near = |at: usize| {
            let places = [Some(at), at.checked_sub(2), Some(at + 1)];
            places
                .into_iter()
                .flatten()
                .filter_map(|at| self.parts.get(at))
                .find_map(|part| self.field(part).filter(fits).or_else(|| to_entity(part)))
        };
        match after {
            Some(at) => near(at),
            // "Which guest has the most orders", "who ordered most".
            None if self.asks(&["most", "least"]) && measured.is_none() => self
                .parts
                .iter()
                .find_map(to_entity)
                .or_else(|| {
                    let who = self.parts.iter().any(|part| part.asks("who"));
                    person_ref(self.spec, self.entity).filter(|_| who)
                })
                .or_else(|| {
                    let choice =
                        |field: &&Field| matches!(field.kind, FieldKind::Choice { .. } | FieldKind::Ref { .. });
                    self.parts.iter().filter_map(|part| self.field(part)).find(choice)
                }),
            None if self.asks(&["most", "least", "sum", "howMuch", "average"]) => self.parts.iter().find_map(to_entity),
            None => None,
        }
    }

    fn wanted(mut self, language: &str) -> Result<Query, Unclear> {
        let measures = self.asks(&["sum", "howMuch", "average"]);
        let measured = self.measured();
        if self.asks(&["average"]) && measured.is_none() {
            return Err(Unclear::NoNumber(self.entity.id.clone()));
        }
        let end =
            ENDS.iter().find(|(key, _)| self.parts.iter().zip(&self.used).any(|(part, used)| !used && part.asks(key)));
        let per = self.per(measured.as_ref()).cloned();
        let mut query = Query { language: language.to_owned(), entity: self.entity.id.clone(), ..Query::default() };
        query.measure = match &measured {
            Some(field) if self.asks(&["average"]) => Measure::Average { field: field.id.clone() },
            Some(field) if measures => Measure::Sum { field: field.id.clone() },
            Some(field) if per.is_some() => Measure::Sum { field: field.id.clone() },
            _ if self.asks(&["count"]) || per.is_some() || measures => Measure::Count,
            _ => Measure::List,
        };
        query.per = per.map(|field| field.id);
        let several = self.limit();
        match end {
            Some((_, descending)) if query.per.is_some() => {
                query.order = Some(Order { field: String::new(), descending: *descending });
                query.limit = Some(several.unwrap_or(1));
            }
            Some((key, descending)) if query.measure == Measure::List => {
                query.order = Some(Order { field: self.ordered_by(key), descending: *descending });
                query.limit = Some(several.unwrap_or(if self.plural() { crate::query::MAX_SHOWN } else { 1 }));
            }
            _ => {}
        }
        if self.parts.iter().any(|part| part.asks("next")) && query.measure == Measure::List {
            query.order = Some(Order { field: self.date(), descending: false });
            query.limit = Some(several.unwrap_or(if self.plural() { crate::query::MAX_SHOWN } else { 1 }));
        }
        let shown = self.parts.iter().enumerate().filter(|(at, _)| !self.used[*at]);
        query.shown = shown.filter_map(|(_, part)| self.field(part)).map(|field| field.id.clone()).collect();
        if self.asks(&["when"]) && self.date() != "createdAt" {
            query.shown.push(self.date());
        }
        let mut seen = std::collections::BTreeSet::new();
        query.shown.retain(|field| seen.insert(field.clone()));
        query.tests = std::mem::take(&mut self.tests);
        query.words = std::mem::take(&mut self.words);
        Ok(query)
    }

    /// "Bookings" rather than "booking": by its form.
    fn plural(&self) -> bool {
        let plural = crate::offline::folded_words(&self.entity.plural);
        let one = crate::offline::folded_words(&self.entity.label);
        plural != one
            && self.parts.iter().any(|part| {
                part.meanings.iter().any(|meaning| matches!(meaning, Meaning::Entity(id) if *id == self.entity.id))
                    && crate::offline::folded_words(&part.text) == plural
            })
    }

    /// The number field that is to be added up or compared.
    fn measured(&self) -> Option<Field> {
        // "Wie viele" is also a name for an amount.
        let asks = |part: &Part| part.asks_any(&["count", "howMuch"]);
        let named = self.parts.iter().zip(&self.used).filter(|(part, used)| !**used && !asks(part));
        let named = named.filter_map(|(part, _)| self.field(part)).find(|field| is_number(&field.kind));
        if named.is_some() {
            return named.cloned();
        }
        let asked = self.asks(&["sum", "howMuch", "average", "dearest", "cheapest"]);
        let mut all = self.entity.fields.iter().filter(|field| !field.archived && is_number(&field.kind));
        money(self.entity).or_else(|| all.next()).filter(|_| asked).cloned()
    }

    fn ordered_by(&self, key: &str) -> String {
        let dated = |field: &Field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime);
        let created = || "createdAt".to_owned();
        if matches!(key, "latest" | "earliest") {
            let named = self.parts.iter().filter_map(|part| self.field(part)).find(|field| dated(field));
            return named.map_or_else(created, |field| field.id.clone());
        }
        let all = || self.entity.fields.iter().filter(|field| !field.archived);
        self.measured()
            .or_else(|| money(self.entity).cloned())
            .or_else(|| all().find(|field| matches!(field.kind, FieldKind::Rating { .. })).cloned())
            .or_else(|| all().find(|field| is_number(&field.kind)).cloned())
            .map_or_else(created, |field| field.id)
    }

    /// "the latest 3".
    fn limit(&self) -> Option<usize> {
        self.parts.iter().zip(&self.used).filter(|(_, used)| !**used).find_map(|(part, _)| {
            part.meanings.iter().find_map(|meaning| match meaning {
                Meaning::Number(written) => written.parse().ok().filter(|number| (1..=1_000).contains(number)),
                _ => None,
            })
        })
    }
}
