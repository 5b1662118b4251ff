//! What is due for each thing, or of each person, what was paid of it, and so who is still owed or still owes.
//!
//! Payments are rows that name what they are for; what is left is counted, never entered. The app moves no money.

use super::super::access;
use super::super::draft::Draft;
use super::super::lexicon::{Language, Shape};
use super::super::noun::shape;
use super::super::say::Say;
use super::super::text::{Kind, tokens};
use super::super::unit::Unit;
use super::Part;
use super::find::Words;
use crate::ident::{unique, unique_field};
use crate::spec::{
    Condition, Entity, Field, FieldKind, Grant, OWNER, Order, Page, PageKind, Rule, Scope, Total, VISITOR,
};

/// The phrases by which it is found.
pub(super) const KEYS: &[&str] = &["owing", "paying", "perEach", "thisMonth"];

/// The totals, by their words in the labels.
const PAID: &str = "paidSoFar";
const OWED: &str = "stillOwed";

/// Options of a state in which nothing is to be paid any more.
const SETTLED: &[&str] = &["paid", "cancelled", "declined"];

/// Whom it is about, and for what; where nothing is named, they owe for themselves.
struct Dues {
    person: String,
    work: Option<String>,
    /// Anew each month.
    monthly: bool,
}

impl Dues {
    /// Each row of it has an amount that is due.
    fn host(&self) -> &str {
        self.work.as_deref().unwrap_or(&self.person)
    }
}

/// Whether a sentence says who is paid for what: "pay tutors per lesson".
pub(super) fn pays(words: &Words<'_>) -> bool {
    if !words.has("paying") || !words.has("perEach") {
        return false;
    }
    let named = runs(words);
    let people = named.iter().filter(|run| is_people(run)).count();
    let priced = |unit: &Unit| unit.kind == Kind::Number || unit.currency().is_some();
    named.len() == 2 && people == 1 && !words.units_without(KEYS).iter().any(priced)
}

/// Words that stand together and name things.
fn runs(words: &Words<'_>) -> Vec<Vec<Unit>> {
    let names = |unit: &Unit| unit.is_content() && (unit.entity().is_some() || unit.tags.is_empty());
    let pieces = words.between(KEYS);
    let runs = pieces.iter().flat_map(|units| units.split(|unit| !names(unit)));
    runs.filter(|run| !run.is_empty()).map(<[Unit]>::to_vec).collect()
}

fn is_people(run: &[Unit]) -> bool {
    run.iter().any(|unit| shape(unit.entity()) == Some(Shape::Person))
}

/// Adds what is due, the payments, and what is left.
pub(super) fn apply(draft: &mut Draft, part: &Part) {
    let words = named(draft, part);
    if words.is_empty() && unpaid(draft, part) {
        return;
    }
    let Some(dues) = dues(draft, part, words) else {
        return draft.missed(Say::NotUnderstood, &[&part.quote]);
    };
    if let Some(known) = draft.spec.entity(dues.host()).filter(|host| host.totals.iter().any(|one| one.id == OWED)) {
        let (about, many) = (format!("entities/{}", known.id), draft.many(&known.id));
        return draft.understood(Say::EntityKept, &[&many], &about);
    }
    let Some(payment) = draft.by_concept("payment") else { return };
    refer(draft, &dues);
    let due = due(draft, dues.host());
    pay(draft, &payment, &dues);
    count(draft, &payment, &dues, &due);
    let (many, payments) = (draft.many(dues.host()), draft.many(&payment));
    let label = draft.field_label(dues.host(), &due);
    let say = if dues.monthly { Say::OwedMonth } else { Say::Owed };
    draft.understood(say, &[&many, &label, &payments], &format!("entities/{}", dues.host()));
    draft.assumed(Say::MovesNoMoney, &[&payments], Some(&format!("entities/{payment}")));
    seers(draft, &payment, &dues);
    overview(draft);
}

/// The entities that a statement names; a thing that people are paid for is made where it is new.
fn named(draft: &mut Draft, part: &Part) -> Vec<String> {
    let said = tokens(&part.quote);
    let words = Words::of(&said, draft.language);
    let pays = pays(&words);
    let mut found = Vec::new();
    for run in runs(&words) {
        let known = draft.find_units(&run).or_else(|| by_head(draft, &run));
        found.extend(known.or_else(|| if pays { draft.entity(&run) } else { None }));
    }
    found
}

/// "Lots", in an app with harvest lots.
fn by_head(draft: &Draft, run: &[Unit]) -> Option<String> {
    let head = super::super::noun::noun(run, draft.language)?.stem;
    let ends = |entity: &&Entity| draft.known(&entity.id).stem == head && !entity.archived;
    draft.spec.entities.iter().find(ends).map(|entity| entity.id.clone())
}

fn dues(draft: &Draft, part: &Part, named: Vec<String>) -> Option<Dues> {
    let monthly = Words::of(&tokens(&part.quote), draft.language).has("thisMonth");
    let (people, things): (Vec<String>, Vec<String>) = named.into_iter().partition(|id| is_person(draft, id));
    let things: Vec<String> = things.into_iter().filter(|id| is_thing(draft, id)).collect();
    let person = people.into_iter().next().or_else(|| payee(draft, things.first()))?;
    let work = things.into_iter().next();
    let work = work.or_else(|| if monthly { None } else { work_of(draft, &person) });
    let monthly = monthly && work.is_none();
    Some(Dues { person, work, monthly })
}

fn is_person(draft: &Draft, id: &str) -> bool {
    shape(draft.known(id).concept) == Some(Shape::Person)
        || draft.spec.entity(id).is_some_and(|entity| entity.person.is_some())
}

/// Something for which money can be due, and no payment itself.
fn is_thing(draft: &Draft, id: &str) -> bool {
    draft.known(id).concept != Some("payment") && !is_person(draft, id)
}

fn shown(draft: &Draft) -> impl Iterator<Item = &Entity> {
    draft.spec.entities.iter().filter(|entity| !entity.archived)
}

/// Whom rows of this entity name.
fn people_of(draft: &Draft, entity: &Entity) -> Option<String> {
    entity.fields.iter().filter(|field| !field.archived).find_map(|field| match &field.kind {
        FieldKind::Ref { entity } if is_person(draft, entity) => Some(entity.clone()),
        _ => None,
    })
}

/// Who is paid or pays where nobody is named: whom what is paid for names, else people of whom an amount is known.
fn payee(draft: &Draft, work: Option<&String>) -> Option<String> {
    if let Some(person) = work.and_then(|id| people_of(draft, draft.spec.entity(id)?)) {
        return Some(person);
    }
    let people = || shown(draft).filter(|entity| is_person(draft, &entity.id));
    let dear = || shown(draft).filter(|entity| is_thing(draft, &entity.id) && has_amount(entity));
    let by_work = || dear().find_map(|entity| people_of(draft, entity));
    let by_amount = people().find(|entity| has_amount(entity)).map(|entity| entity.id.clone());
    by_amount.or_else(by_work).or_else(|| people().next().map(|entity| entity.id.clone()))
}

/// What people are paid for, or pay for, where nothing is named: what names them and has an amount, else the only thing
/// of the app; nothing where the amount stands with them.
fn work_of(draft: &Draft, person: &str) -> Option<String> {
    let things: Vec<&Entity> = shown(draft).filter(|entity| is_thing(draft, &entity.id)).collect();
    let names = |entity: &&&Entity| people_of(draft, entity).as_deref() == Some(person);
    if let Some(found) = things.iter().filter(names).find(|entity| has_amount(entity)) {
        return Some(found.id.clone());
    }
    if draft.spec.entity(person).is_some_and(has_amount) {
        return None;
    }
    let found = things.iter().find(names).or(if let [only] = things.as_slice() { Some(only) } else { None });
    found.map(|entity| entity.id.clone())
}

fn amounts(entity: &Entity) -> impl Iterator<Item = &Field> {
    entity.fields.iter().filter(|field| !field.archived && matches!(field.kind, FieldKind::Money { .. }))
}

fn has_amount(entity: &Entity) -> bool {
    amounts(entity).next().is_some()
}

/// Where rows say themselves whether they are paid, those that aren't stand on a page of their own.
fn unpaid(draft: &mut Draft, part: &Part) -> bool {
    let open = |field: &Field| match &field.kind {
        FieldKind::YesNo if field.id == "paid" => Some(vec!["false".to_owned()]),
        FieldKind::Choice { options } if options.iter().any(|option| option.id == "paid") => {
            let open = options.iter().filter(|option| !SETTLED.contains(&option.id.as_str()));
            Some(open.map(|option| option.id.clone()).collect())
        }
        _ => None,
    };
    let told = shown(draft).find_map(|entity| {
        let fields = entity.fields.iter().filter(|field| !field.archived);
        let (field, values) = fields.filter_map(|field| Some((field.id.clone(), open(field)?))).next()?;
        Some((entity.id.clone(), Condition { field, values }))
    });
    let Some((entity, condition)) = told.filter(|(_, condition)| !condition.values.is_empty()) else { return false };
    let title = draft.language.label(OWED);
    let taken = draft.spec.pages.iter().map(|page| page.id.clone()).collect();
    let page = Page {
        id: unique(OWED, "page", &taken),
        title: title.clone(),
        kind: PageKind::Table,
        entity,
        roles: vec![OWNER.into()],
        only_if: Some(condition),
        ..Page::default()
    };
    draft.understood(Say::ViewMade, &[&title, &part.quote], &format!("pages/{}", page.id));
    draft.spec.pages.push(page);
    true
}

/// What people are paid for names them.
fn refer(draft: &mut Draft, dues: &Dues) {
    let Some(work) = dues.work.as_ref() else { return };
    reference(draft, work, &dues.person, false);
}

/// The reference from one entity to another, made where there is none.
fn reference(draft: &mut Draft, id: &str, to: &str, required: bool) -> Option<String> {
    let label = draft.spec.entity(to)?.label.clone();
    let entity = draft.spec.entity_mut(id)?;
    let points = |field: &&Field| !field.archived && matches!(&field.kind, FieldKind::Ref { entity } if entity == to);
    if let Some(field) = entity.fields.iter().find(points) {
        return Some(field.id.clone());
    }
    let taken = entity.fields.iter().map(|field| field.id.clone()).collect();
    let field = unique_field(to, "of", &taken);
    let kind = FieldKind::Ref { entity: to.to_owned() };
    entity.fields.push(Field { id: field.clone(), label, kind, required, ..Field::default() });
    Some(field)
}

/// The field with what is due: one that is there, or a new one; where a price is for each kilo, times the weight.
fn due(draft: &mut Draft, host: &str) -> String {
    rent(draft, host);
    let language = draft.language;
    let per = |field: &Field| Words::of(&tokens(&field.label), language).has("perEach");
    let entity = draft.spec.entity(host);
    if let Some(field) = entity.and_then(|entity| amounts(entity).find(|field| !per(field))) {
        return field.id.clone();
    }
    let each = entity.and_then(|entity| amounts(entity).next()).cloned();
    let measured = |field: &&Field| !field.archived && matches!(field.kind, FieldKind::Quantity { .. });
    let count = entity.and_then(|entity| entity.fields.iter().find(measured)).map(|field| field.id.clone());
    let kind = each.as_ref().map_or(money(draft), |each| each.kind.clone());
    let id = add(draft, host, "due", kind, false);
    if let Some((each, count)) = each.zip(count) {
        let rule = Rule::Times { entity: host.to_owned(), field: id.clone(), each: each.id, count };
        draft.spec.rules.push(rule.clone());
        draft.held.push((rule, format!("entities/{host}"), false));
    }
    id
}

/// What is called rent or fee in a new app is an amount, though it was only named.
fn rent(draft: &mut Draft, host: &str) {
    let kind = money(draft);
    let (language, new) = (draft.language, draft.known(host).new);
    let Some(entity) = draft.spec.entity_mut(host).filter(|entity| new && !has_amount(entity)) else { return };
    let is = |field: &&mut Field| field.kind == FieldKind::Text && is_due_word(&field.label, language);
    if let Some(field) = entity.fields.iter_mut().find(is) {
        field.kind = kind;
    }
}

fn is_due_word(label: &str, language: &'static Language) -> bool {
    Words::of(&tokens(label), language).has("dueWord")
}

fn money(draft: &Draft) -> FieldKind {
    FieldKind::Money { currency: draft.currency.clone() }
}

/// A new field under a label of the language.
fn add(draft: &mut Draft, entity: &str, key: &str, kind: FieldKind, required: bool) -> String {
    let label = draft.language.label(key);
    let Some(entity) = draft.spec.entity_mut(entity) else { return key.to_owned() };
    let taken = entity.fields.iter().map(|field| field.id.clone()).collect();
    let id = unique_field(key, key, &taken);
    entity.fields.push(Field { id: id.clone(), label, kind, required, ..Field::default() });
    id
}

/// Payments name what they are for, an amount and a day; whom, follows from what they are for.
fn pay(draft: &mut Draft, payment: &str, dues: &Dues) {
    reference(draft, payment, dues.host(), true);
    let host = dues.work.as_ref().and_then(|work| reference(draft, work, &dues.person, false));
    if let Some((work, from)) = dues.work.as_ref().zip(host) {
        let field = reference(draft, payment, &dues.person, false);
        let via = reference(draft, payment, work, true);
        if let Some((field, via)) = field.zip(via) {
            let rule = Rule::Copied { entity: payment.to_owned(), field, via, from };
            draft.spec.rules.push(rule.clone());
            draft.held.push((rule, format!("entities/{payment}"), false));
        }
    }
    if draft.spec.entity(payment).is_some_and(|entity| !has_amount(entity)) {
        add(draft, payment, "amount", money(draft), true);
    }
    if day(draft, payment).is_none() {
        add(draft, payment, "date", FieldKind::Date, dues.monthly);
    }
    draft.note(payment).bare = false;
    let named = draft.names_its_rows(payment);
    draft.note(payment).nameless |= !named;
    let order = day(draft, payment).map(|field| Order { field, descending: true });
    if let Some(entity) = draft.spec.entity_mut(payment).filter(|entity| entity.order.is_empty()) {
        entity.order.extend(order);
    }
}

fn day(draft: &Draft, payment: &str) -> Option<String> {
    let is = |field: &&Field| !field.archived && matches!(field.kind, FieldKind::Date | FieldKind::DateTime);
    draft.spec.entity(payment)?.fields.iter().find(is).map(|field| field.id.clone())
}

/// What was paid and what is left, with each row, and for each person all of it.
fn count(draft: &mut Draft, payment: &str, dues: &Dues, due: &str) {
    let host = dues.host().to_owned();
    let amount = draft.spec.entity(payment).and_then(|entity| amounts(entity).next()).map(|field| field.id.clone());
    let Some((amount, field)) = amount.zip(reference(draft, payment, &host, true)) else { return };
    let month = day(draft, payment).filter(|_| dues.monthly);
    let label = |key: &str| draft.language.label(key);
    let paid = Total {
        id: PAID.into(),
        label: label(PAID),
        of: payment.to_owned(),
        field,
        sum: Some(amount),
        month,
        ..Total::default()
    };
    let owed = Total { id: OWED.into(), label: label(OWED), from: Some(due.to_owned()), ..paid.clone() };
    let whole = Total { of: host.clone(), sum: Some(OWED.into()), ..Total::default() };
    let whole = Total { id: OWED.into(), label: label(OWED), ..whole };
    if let Some(entity) = draft.spec.entity_mut(&host) {
        entity.totals.extend([paid, owed]);
    }
    let Some(work) = dues.work.as_ref() else { return };
    let Some(field) = reference(draft, work, &dues.person, false) else { return };
    let person = draft.spec.entity_mut(&dues.person).filter(|one| one.totals.iter().all(|total| total.id != OWED));
    person.into_iter().for_each(|person| person.totals.push(Total { field: field.clone(), ..whole.clone() }));
}

/// People with a role of their own see what is about them.
fn seers(draft: &mut Draft, payment: &str, dues: &Dues) {
    let role = draft.spec.entity(&dues.person).and_then(|person| person.person.clone());
    let Some(role) = role.filter(|role| role != VISITOR) else { return };
    for id in dues.work.iter().map(String::as_str).chain([payment]) {
        let Some(field) = reference(draft, id, &dues.person, false) else { continue };
        let Some(entity) = draft.spec.entity_mut(id) else { continue };
        if !entity.owned_through.contains(&field) {
            entity.owned_through.push(field);
        }
        if entity.grant(&role).is_none() {
            entity.access.push(Grant { read: Some(Scope::Own), ..access::none(&role) });
        }
    }
}

/// Who is still owed stands on the page of numbers.
fn overview(draft: &mut Draft) {
    let numbers = |page: &Page| page.kind == PageKind::Summary && page.entity.is_empty();
    if draft.spec.pages.iter().any(|page| numbers(page) && page.roles.iter().any(|role| role == OWNER)) {
        return;
    }
    let taken = draft.spec.pages.iter().map(|page| page.id.clone()).collect();
    let page = Page {
        id: unique("summaryPage", "page", &taken),
        title: draft.language.label("summaryPage"),
        kind: PageKind::Summary,
        roles: vec![OWNER.into()],
        ..Page::default()
    };
    draft.spec.pages.push(page);
}
