//! Running a query: which rows fit, what they come to, and the answer in a sentence of the asker's language.

mod left;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cells::{Row, Tables, cut, day_of, is_number, number_of, text_of};
use super::{Day, Is, MAX_SHOWN, Measure, Query, Test};
use crate::offline::{Told, folded_words};
use crate::spec::{AppSpec, Entity, Field, FieldKind, Rule};

/// What came of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// In a sentence of the asker's language.
    pub message: String,
    /// Rows of the entity.
    pub total: usize,
    /// Rows that fit.
    pub fit: usize,
    /// The number that was asked for, as it is shown; of a list, nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Labels of the columns of `rows`.
    pub columns: Vec<String>,
    /// At most [`MAX_SHOWN`].
    pub rows: Vec<Vec<String>>,
    /// Rows or groups that fit and are not in `rows`.
    pub left_out: usize,
    /// Words of the question that say nothing about the rows.
    pub passed_over: Vec<String>,
}

/// A query at work.
struct Run<'a> {
    query: &'a Query,
    entity: &'a Entity,
    tables: Tables<'a>,
    told: Told,
    today: Day,
}

/// Rows that fit, with the words that were found in them and those that were not.
struct Fitting<'a> {
    rows: Vec<(u64, &'a Row)>,
    words: Vec<String>,
    passed_over: Vec<String>,
    /// A name, or all that was said, and no row has it.
    missing: Option<String>,
}

impl Query {
    /// The answer over an app's variables, as the command `data` names and shapes them, on a day. `None` if the app
    /// no longer keeps what the query is about.
    pub fn run(&self, spec: &AppSpec, variables: &Value, today: Day) -> Option<Found> {
        let told = Told::of(&self.language);
        let entity = spec.entity(&self.entity).filter(|entity| !entity.archived)?;
        let yes_no = [told.described("yes"), told.described("no")];
        let tables = Tables::of(spec, variables, told.locale(), yes_no);
        Some(Run { query: self, entity, tables, told, today }.answer())
    }

    /// The query in words, in the asker's language: what is looked at, and what must hold.
    pub fn understood(&self, spec: &AppSpec, today: Day) -> String {
        let told = Told::of(&self.language);
        let Some(entity) = spec.entity(&self.entity) else { return String::new() };
        let tests = self.tests.iter().filter_map(|test| tested(&told, spec, entity, test, today));
        let parts: Vec<String> = tests.chain(self.words.iter().map(|word| told.say("contains", &[word]))).collect();
        if parts.is_empty() { entity.plural.clone() } else { format!("{}: {}", entity.plural, told.and(&parts)) }
    }
}

impl<'a> Run<'a> {
    fn answer(&self) -> Found {
        let all = self.tables.rows(&self.entity.id);
        if all.is_empty() {
            let message = self.told.say("none", &[&self.told.inside(&self.entity.plural)]);
            return Found { message, value: self.is_count().then(|| "0".into()), ..Found::default() };
        }
        let fitting = self.fitting(all);
        if let Some(word) = &fitting.missing {
            return Found { total: all.len(), message: self.not_found(word), ..Found::default() };
        }
        let mut found = match &self.query.measure {
            Measure::Owed { field } => self.owed(field),
            Measure::Left { total } => self.left(total),
            _ if self.query.per.is_some() => self.grouped(&fitting),
            Measure::Sum { field } | Measure::Average { field } => self.figure(&fitting, field),
            Measure::Count => self.counted(&fitting),
            Measure::List => self.listed(&fitting),
        };
        found.total = all.len();
        found.fit = fitting.rows.len();
        for word in &fitting.passed_over {
            found.message = format!("{} {}", found.message, self.told.say("passedOver", &[word]));
        }
        found.passed_over = fitting.passed_over;
        found
    }

    fn not_found(&self, word: &str) -> String {
        let fields = self.entity.fields.iter().filter(|field| !field.archived).map(|field| field.label.as_str());
        let (many, fields) = (self.told.inside(&self.entity.plural), fields.collect::<Vec<_>>().join(", "));
        self.told.say("notFound", &[word, &many, &fields])
    }

    fn is_count(&self) -> bool {
        self.query.measure == Measure::Count && self.query.per.is_none()
    }

    /// Words that no row has say nothing, as long as something else does.
    fn fitting(&self, all: &[(u64, &'a Row)]) -> Fitting<'a> {
        let mut rows: Vec<(u64, &Row)> =
            all.iter().filter(|(_, row)| self.query.tests.iter().all(|test| self.holds(row, test))).copied().collect();
        let (mut words, mut passed_over, mut missing) = (Vec::new(), Vec::new(), None);
        for word in &self.query.words {
            let has = |(_, row): &&(u64, &Row)| self.contains(row, word);
            if all.iter().any(|row| has(&row)) {
                rows.retain(|row| has(&row));
                words.push(word.clone());
            } else if self.query.tests.is_empty() || word.starts_with(char::is_uppercase) {
                missing.get_or_insert_with(|| word.clone());
            } else {
                passed_over.push(word.clone());
            }
        }
        Fitting { rows, words, passed_over, missing }
    }

    fn holds(&self, row: &Row, test: &Test) -> bool {
        let kind = self.entity.field(&test.field).map(|field| &field.kind);
        let value = row.get(&test.field).filter(|value| !value.is_null() && value.as_str() != Some(""));
        let holds = match &test.is {
            Is::Filled => value.is_some(),
            Is::OneOf { values } => match kind {
                Some(FieldKind::YesNo) => value
                    .and_then(Value::as_bool)
                    .is_some_and(|yes| values.iter().any(|value| *value == yes.to_string())),
                _ => text_of(row, &test.field).is_some_and(|id| values.iter().any(|value| value == id)),
            },
            Is::AtLeast { value, above } => number_of(row, &test.field)
                .is_some_and(|number| number > i128::from(*value) || !above && number == i128::from(*value)),
            Is::AtMost { value, below } => number_of(row, &test.field)
                .is_some_and(|number| number < i128::from(*value) || !below && number == i128::from(*value)),
            Is::Within { span } => {
                let (first, last) = span.days(self.today);
                day_of(row, &test.field)
                    .is_some_and(|day| first.is_none_or(|first| day >= first) && last.is_none_or(|last| day <= last))
            }
        };
        holds != test.not
    }

    /// The words stand in a text of the row or in the name of what it refers to.
    fn contains(&self, row: &Row, words: &str) -> bool {
        let wanted = folded_words(words);
        self.entity.fields.iter().filter(|field| !field.archived && is_read(&field.kind)).any(|field| {
            let shown = match &field.kind {
                FieldKind::Ref { .. } | FieldKind::Choice { .. } => self.tables.shown(row, field),
                _ => text_of(row, &field.id).map(str::to_owned),
            };
            shown.is_some_and(|shown| folded_words(&shown).windows(wanted.len().max(1)).any(|part| part == wanted))
        })
    }

    fn tests(&self, fitting: &Fitting<'_>) -> Vec<String> {
        let tests = self
            .query
            .tests
            .iter()
            .filter_map(|test| tested(&self.told, self.tables.spec, self.entity, test, self.today));
        tests.chain(fitting.words.iter().map(|word| self.told.say("contains", &[word]))).collect()
    }

    /// "3 of 10 guests: Meal is Fish."
    fn how_many(&self, fitting: &Fitting<'_>) -> String {
        let (tests, many) = (self.tests(fitting), self.told.inside(&self.entity.plural));
        let (fit, total) =
            (self.tables.count(fitting.rows.len()), self.tables.count(self.tables.rows(&self.entity.id).len()));
        if tests.is_empty() {
            return self.told.say("countAll", &[&many, &fit]);
        }
        self.told.say("countSome", &[&fit, &total, &many, &self.told.and(&tests)])
    }

    fn counted(&self, fitting: &Fitting<'_>) -> Found {
        Found { message: self.how_many(fitting), value: Some(fitting.rows.len().to_string()), ..Found::default() }
    }

    fn figure(&self, fitting: &Fitting<'_>, id: &str) -> Found {
        let Some(field) = self.entity.field(id) else { return self.counted(fitting) };
        let numbers: Vec<i128> = fitting.rows.iter().filter_map(|(_, row)| number_of(row, id)).collect();
        let (sum, count) = (numbers.iter().fold(0_i128, |sum, one| sum.saturating_add(*one)), numbers.len());
        if count == 0 {
            let message = format!("{} {}", self.how_many(fitting), self.told.say("noNumbers", &[]));
            return Found { message, ..Found::default() };
        }
        let (word, value) = match self.query.measure {
            Measure::Average { .. } => ("average", self.tables.mean(&field.kind, sum, count as i128)),
            _ => ("sum", self.tables.number(&field.kind, sum)),
        };
        let tests = self.tests(fitting);
        let many = self.told.inside(&self.entity.plural);
        let what = if tests.is_empty() { many } else { format!("{many} ({})", self.told.and(&tests)) };
        let (word, count) = (self.told.say(word, &[]), self.tables.count(count));
        let message = self.told.say("figure", &[&word, &field.label, &count, &what, &value]);
        Found { message, value: Some(value), ..Found::default() }
    }

    fn listed(&self, fitting: &Fitting<'_>) -> Found {
        let mut rows = fitting.rows.clone();
        if let Some(order) = &self.query.order {
            rows.sort_by_cached_key(|(_, row)| self.key(row, &order.field));
            // What has no value in the field comes last, whichever way the others go.
            let (mut with, without): (Vec<_>, Vec<_>) =
                rows.into_iter().partition(|(_, row)| self.key(row, &order.field).is_some());
            if order.descending {
                with.reverse();
            }
            rows = with.into_iter().chain(without).collect();
        }
        let wanted = self.query.limit.unwrap_or(rows.len()).min(rows.len());
        let columns = self.columns();
        let shown: Vec<Vec<String>> = rows
            .iter()
            .take(wanted.min(MAX_SHOWN))
            .map(|(id, row)| {
                let cells = columns.iter().map(|field| self.tables.shown(row, field).unwrap_or_default());
                std::iter::once(self.tables.title(self.entity, *id, row)).chain(cells).collect()
            })
            .collect();
        let left_out = wanted - shown.len();
        let told: Vec<String> = shown.iter().map(|cells| one_row(cells)).collect();
        let tests = self.tests(fitting);
        let message = if shown.is_empty() || !tests.is_empty() && self.query.limit.is_none() {
            let many = self.how_many(fitting);
            if shown.is_empty() { many } else { format!("{} {}", many, self.several(&told, left_out)) }
        } else {
            let what = match tests.as_slice() {
                [] => self.entity.plural.clone(),
                tests => format!("{} ({})", self.entity.plural, self.told.and(tests)),
            };
            self.told.say("shown", &[&what, self.several(&told, left_out).trim_end_matches('.')])
        };
        let labels = std::iter::once(self.entity.label.clone()).chain(columns.iter().map(|field| field.label.clone()));
        Found { message, columns: labels.collect(), rows: shown, left_out, ..Found::default() }
    }

    /// "Anna, Ben and 3 more."
    fn several(&self, told: &[String], left_out: usize) -> String {
        let more = (left_out > 0).then(|| self.told.say("more", &[&self.tables.count(left_out)]));
        let parts: Vec<String> = told.iter().cloned().chain(more).collect();
        format!("{}.", parts.join("; "))
    }

    /// What is shown beside a row's name: what the question names, what it is ordered by.
    fn columns(&self) -> Vec<&'a Field> {
        let order = self.query.order.iter().map(|order| &order.field);
        let numbers = self.query.tests.iter().filter(|test| !matches!(test.is, Is::OneOf { .. } | Is::Filled));
        let mut columns: Vec<&Field> = Vec::new();
        for id in self.query.shown.iter().chain(order).chain(numbers.map(|test| &test.field)) {
            if let Some(field) = self.entity.field(id).filter(|field| !columns.contains(field)) {
                columns.push(field);
            }
        }
        let title = self.entity.fields.iter().find(|field| field.required && field.kind == FieldKind::Text);
        columns.retain(|field| Some(*field) != title);
        columns
    }

    /// How a row stands to others by a field.
    fn key(&self, row: &Row, field: &str) -> Option<(i128, String)> {
        if matches!(field, "createdAt" | "updatedAt") {
            return number_of(row, field).map(|at| (at, String::new()));
        }
        let kind = &self.entity.field(field)?.kind;
        if is_number(kind) {
            return number_of(row, field).map(|number| (number, String::new()));
        }
        match kind {
            FieldKind::YesNo => row.get(field)?.as_bool().map(|yes| (i128::from(yes), String::new())),
            FieldKind::Choice { options } => {
                let id = text_of(row, field)?;
                options.iter().position(|option| option.id == id).map(|at| (at as i128, String::new()))
            }
            // As they are kept, days and times are in the order of time.
            FieldKind::Date | FieldKind::Time | FieldKind::DateTime => text_of(row, field).map(|text| (0, text.into())),
            _ => self.tables.shown(row, self.entity.field(field)?).map(|text| (0, folded_words(&text).join(" "))),
        }
    }

    fn grouped(&self, fitting: &Fitting<'_>) -> Found {
        let per = self.query.per.as_deref().and_then(|id| self.entity.field(id));
        let Some(per) = per else { return self.counted(fitting) };
        // Groups of the same size stay in the order of their values: days of time, options of their list.
        let mut groups: BTreeMap<_, (i128, i128)> = BTreeMap::new();
        let field = match &self.query.measure {
            Measure::Sum { field } | Measure::Average { field } => self.entity.field(field),
            _ => None,
        };
        for (_, row) in &fitting.rows {
            let Some(group) = self.tables.shown(row, per) else { continue };
            let number = field.map_or(Some(1), |field| number_of(row, &field.id));
            let (sum, count) = groups.entry((self.key(row, &per.id), group)).or_default();
            *sum = sum.saturating_add(number.unwrap_or(0));
            *count += i128::from(number.is_some());
        }
        let mut groups: Vec<(String, i128, i128)> =
            groups.into_iter().map(|((_, name), (sum, count))| (name, sum, count)).collect();
        let mean = matches!(self.query.measure, Measure::Average { .. });
        let size = |(_, sum, count): &(String, i128, i128)| {
            if mean { sum.saturating_mul(1_000).checked_div(*count).unwrap_or(0) } else { *sum }
        };
        let descending = self.query.order.as_ref().is_none_or(|order| order.descending);
        groups.sort_by(|a, b| {
            let by_size = size(a).cmp(&size(b));
            if descending { by_size.reverse() } else { by_size }
        });
        let value = |(_, sum, count): &(String, i128, i128)| match field {
            Some(field) if mean && *count > 0 => self.tables.mean(&field.kind, *sum, *count),
            Some(field) => self.tables.number(&field.kind, *sum),
            None => sum.to_string(),
        };
        let rows: Vec<Vec<String>> = groups.iter().map(|group| vec![group.0.clone(), value(group)]).collect();
        let wanted = self.query.limit.unwrap_or(rows.len()).min(rows.len());
        let tests = self.tests(fitting);
        let mut what = self.entity.plural.clone();
        if !tests.is_empty() {
            what = format!("{what} ({})", self.told.and(&tests));
        }
        let shown: Vec<Vec<String>> = rows.into_iter().take(wanted.min(MAX_SHOWN)).collect();
        if shown.is_empty() {
            return self.counted(fitting);
        }
        let told: Vec<String> = shown.iter().map(|row| format!("{}: {}", row[0], row[1])).collect();
        let list = self.several(&told, wanted - shown.len());
        let list = list.trim_end_matches('.');
        let word = self.told.say(if mean { "average" } else { "sum" }, &[]);
        let message = match field {
            Some(field) => {
                let what = format!("{what}: {word}");
                self.told.say("groupedSum", &[&what, &field.label, &per.label, list])
            }
            None => self.told.say("grouped", &[&what, &per.label, list]),
        };
        let measured = field.map_or_else(|| self.told.say("number", &[]), |field| field.label.clone());
        Found {
            message,
            columns: vec![per.label.clone(), measured],
            left_out: wanted - shown.len(),
            value: shown.first().filter(|_| wanted == 1).map(|row| row[1].clone()),
            rows: shown,
            ..Found::default()
        }
    }

    /// What each of `people` is owed less what they owe, as the app's own backend counts it (`Rows.share`).
    fn balances(&self, amount: &str, payer: &str, people: &[u64]) -> Vec<i128> {
        let among = self.tables.spec.rules.iter().find_map(|rule| match rule {
            Rule::Shared { entity, among, .. } if *entity == self.entity.id => among.as_ref(),
            _ => None,
        });
        let refers = |row: &Row, field: &str| text_of(row, field).and_then(|id| id.parse::<u64>().ok());
        let mut named: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        if let Some(among) = among {
            for (_, row) in self.tables.rows(&among.entity) {
                if let Some((of, who)) = refers(row, &among.of).zip(refers(row, &among.who)) {
                    named.entry(of).or_default().push(who);
                }
            }
        }
        let mut everybody = people.to_vec();
        everybody.sort_unstable();
        let mut balances: BTreeMap<u64, i128> = BTreeMap::new();
        let mut add = |id: u64, by: i128| {
            let balance = balances.entry(id).or_default();
            *balance = balance.saturating_add(by);
        };
        for (id, row) in self.tables.rows(&self.entity.id) {
            let Some((payer, amount)) = refers(row, payer).zip(number_of(row, amount)) else { continue };
            let sharers = named.get(id).unwrap_or(&everybody);
            let many = sharers.len() as i128;
            let Some(each) = amount.checked_div(many) else { continue };
            let (rest, turn) = (amount - each * many, i128::from(*id) % many);
            add(payer, amount);
            for (at, sharer) in (0..).zip(sharers) {
                let more = (at + many - turn) % many < rest.abs();
                add(*sharer, -(each + if more { rest.signum() } else { 0 }));
            }
        }
        people.iter().map(|id| balances.get(id).copied().unwrap_or_default()).collect()
    }

    /// Shared costs: who owes, and how much.
    fn owed(&self, field: &str) -> Found {
        let Some((per, people)) = self.query.per.as_deref().and_then(|id| self.entity.field(id)).and_then(|per| {
            let FieldKind::Ref { entity } = &per.kind else { return None };
            Some((per, self.tables.spec.entity(entity)?))
        }) else {
            return Found::default();
        };
        let Some(amount) = self.entity.field(field) else { return Found::default() };
        let everyone = self.tables.rows(&people.id);
        let ids: Vec<u64> = everyone.iter().map(|(id, _)| *id).collect();
        let balances = self.balances(field, &per.id, &ids);
        let rows = everyone.iter().zip(&balances);
        let owing = rows.map(|((id, row), balance)| (self.tables.title(people, *id, row), -balance));
        self.owing(&people.label, &amount.label, &amount.kind, owing.collect())
    }

    /// Who owes something, or is owed it, and how much, the most first.
    fn owing(&self, who: &str, what: &str, kind: &FieldKind, mut owing: Vec<(String, i128)>) -> Found {
        owing.retain(|(_, owed)| *owed > 0);
        owing.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        if owing.is_empty() {
            return Found { message: self.told.say("nobodyOwes", &[]), ..Found::default() };
        }
        let left_out = owing.len().saturating_sub(MAX_SHOWN);
        let rows: Vec<Vec<String>> =
            owing.into_iter().take(MAX_SHOWN).map(|(name, owed)| vec![name, self.tables.number(kind, owed)]).collect();
        let told: Vec<String> = rows.iter().map(|row| format!("{}: {}", row[0], row[1])).collect();
        let list = self.several(&told, left_out);
        Found {
            message: self.told.say("owes", &[who, list.trim_end_matches('.')]),
            columns: vec![who.to_owned(), what.to_owned()],
            rows,
            left_out,
            ..Found::default()
        }
    }
}

/// Anna (+49 …, Fish).
fn one_row(cells: &[String]) -> String {
    let rest: Vec<&str> = cells[1..].iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    let name = cut(&cells[0]);
    if rest.is_empty() { name } else { format!("{name} ({})", rest.join(", ")) }
}

/// Holds words that somebody may look for.
fn is_read(kind: &FieldKind) -> bool {
    use FieldKind::{Choice, Email, LongText, Phone, Place, Ref, Text, Url};
    matches!(kind, Text | LongText | Email | Phone | Url | Place | Choice { .. } | Ref { .. })
}

/// What a test asks, in words.
fn tested(told: &Told, spec: &AppSpec, entity: &Entity, test: &Test, today: Day) -> Option<String> {
    let created = told.say("created", &[]);
    let field = entity.field(&test.field);
    let label = field.map_or(created.as_str(), |field| field.label.as_str());
    let zero = Value::Null;
    let tables = Tables::of(spec, &zero, told.locale(), [told.described("yes"), told.described("no")]);
    let number = |value: i64| field.map(|field| tables.number(&field.kind, i128::from(value))).unwrap_or_default();
    Some(match &test.is {
        Is::Filled => told.say(if test.not { "empty" } else { "filled" }, &[label]),
        Is::OneOf { values } => {
            let words: Vec<String> = values
                .iter()
                .map(|value| match field.map(|field| &field.kind) {
                    Some(FieldKind::Choice { options }) => options
                        .iter()
                        .find(|option| option.id == *value)
                        .map_or_else(|| value.clone(), |option| option.label.clone()),
                    _ => told.described(if value == "true" { "yes" } else { "no" }),
                })
                .collect();
            let values = words.join(&format!(" {} ", told.described("or")));
            if test.not { told.say("isNot", &[label, &values]) } else { told.describe("is", &[label, &values]) }
        }
        Is::AtLeast { value, above: true } => told.say("above", &[label, &number(*value)]),
        Is::AtLeast { value, .. } => told.say("atLeast", &[label, &number(*value)]),
        Is::AtMost { value, below: true } => told.say("below", &[label, &number(*value)]),
        Is::AtMost { value, .. } => told.say("atMost", &[label, &number(*value)]),
        Is::Within { span } => told.say("when", &[label, &told.span(*span, today)]),
    })
}
