//! An app in plain sentences of its own language: what it keeps, who may do what, what always holds.
//!
//! Invariant: every sentence follows from the spec alone; archived parts are named as put away, not hidden.

mod days;
mod opening;

use crate::offline::phrases::Phrases;
use crate::spec::{
    Alert, AppSpec, Condition, Entity, Field, FieldKind, Grant, OWNER, Rule, Scope, Total, VISITOR, When, Who, Whose,
};

/// Sentences about an app, in the order a reader needs them.
pub fn describe(spec: &AppSpec) -> Vec<String> {
    told(spec).into_iter().map(|told| told.text).collect()
}

/// What a sentence about an app is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Room {
    /// What it keeps.
    Keeps,
    /// Who may do what.
    Access,
    /// What always holds.
    Rules,
}

/// A sentence, with what it is about: of two versions of an app, sentences of the same subject belong together.
pub(crate) struct Told {
    pub(crate) room: Room,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// Every sentence about an app with its subject. No two have the same.
pub(crate) fn told(spec: &AppSpec) -> Vec<Told> {
    let teller = Teller::new(spec);
    let mut all: Vec<Told> = Vec::new();
    let mut tell = |room, subject: String, text| all.push(Told { room, subject, text });
    for entity in &spec.entities {
        for (number, text) in teller.keeps(entity).into_iter().enumerate() {
            tell(Room::Keeps, format!("{}/{number}", entity.id), text);
        }
    }
    for entity in spec.entities.iter().filter(|entity| !entity.archived) {
        for grant in &entity.access {
            let text = teller.may(entity, grant);
            text.into_iter().for_each(|text| tell(Room::Access, format!("{}/may/{}", entity.id, grant.role), text));
        }
        for field in &entity.fields {
            let text = teller.hidden(entity, field);
            text.into_iter().for_each(|text| tell(Room::Access, format!("{}/seen/{}", entity.id, field.id), text));
        }
    }
    for (number, rule) in spec.rules.iter().enumerate() {
        teller.holds(rule).into_iter().for_each(|text| tell(Room::Rules, format!("rule/{number}"), text));
    }
    for entity in spec.entities.iter().filter(|entity| !entity.archived) {
        for total in &entity.totals {
            let text = teller.left(entity, total);
            text.into_iter().for_each(|text| tell(Room::Rules, format!("left/{}/{}", entity.id, total.id), text));
        }
    }
    for (number, alert) in spec.alerts.iter().enumerate() {
        teller.points_to(alert).into_iter().for_each(|text| tell(Room::Rules, format!("alert/{number}"), text));
    }
    all
}

/// An entity with one field of it as a sentence: what is new of it, or gone.
pub(crate) fn field(spec: &AppSpec, entity: &Entity, field: &Field) -> String {
    let teller = Teller::new(spec);
    teller.say("keeps", &[&entity.plural, &teller.field_words(entity, field)])
}

/// What somebody may do with rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Look at them.
    See,
    /// Make new ones.
    Add,
    /// Change them.
    Change,
    /// Take them away.
    Delete,
}

/// Who may do something with an entity's rows, or see one of their fields, in sentences.
pub(crate) fn who_may(spec: &AppSpec, entity: &str, field: Option<&str>, act: Act) -> Vec<String> {
    let teller = Teller::new(spec);
    let Some(entity) = spec.entity(entity) else { return Vec::new() };
    let hidden = field
        .and_then(|id| entity.field(id))
        .filter(|_| act == Act::See)
        .and_then(|field| teller.hidden(entity, field));
    if let Some(sentence) = hidden {
        return vec![sentence];
    }
    let sentences: Vec<String> =
        entity.access.iter().filter_map(|grant| teller.may(entity, &only(grant, &[act]))).collect();
    if sentences.is_empty() {
        let nobody = crate::offline::Told::of(&spec.language).say("nobody", &[&entity.plural]);
        return vec![nobody];
    }
    sentences
}

/// What a role may do with an entity's rows, in a sentence; `None`: nothing.
pub(crate) fn role_may(spec: &AppSpec, role: &str, entity: &str, acts: &[Act]) -> Option<String> {
    let entity = spec.entity(entity)?;
    Teller::new(spec).may(entity, &only(entity.grant(role)?, acts))
}

/// Whether a role may do something with some of an entity's rows, or see one of their fields.
pub(crate) fn may(spec: &AppSpec, role: &str, entity: &str, field: Option<&str>, act: Act) -> bool {
    let Some(entity) = spec.entity(entity) else { return false };
    let Some(grant) = entity.grant(role) else { return false };
    let seen = |id: &str| {
        let by = entity.field(id).map(|field| field.seen_by.as_slice()).unwrap_or_default();
        by.is_empty() || by.iter().any(|who| who.role == role)
    };
    match act {
        Act::See => grant.read.is_some() && field.is_none_or(seen),
        Act::Add => grant.create,
        Act::Change => grant.update.is_some(),
        Act::Delete => grant.delete.is_some(),
    }
}

/// A grant of some acts alone.
fn only(grant: &Grant, acts: &[Act]) -> Grant {
    let has = |act: Act| acts.contains(&act);
    Grant {
        role: grant.role.clone(),
        read: grant.read.filter(|_| has(Act::See)),
        read_if: grant.read_if.clone().filter(|_| has(Act::See)),
        create: grant.create && has(Act::Add),
        update: grant.update.filter(|_| has(Act::Change)),
        delete: grant.delete.filter(|_| has(Act::Delete)),
    }
}

/// A rule as a sentence; `None` where it names what is not there.
pub(crate) fn rule(spec: &AppSpec, rule: &Rule) -> Option<String> {
    Teller::new(spec).holds(rule)
}

/// Tells about one app.
struct Teller<'a> {
    spec: &'a AppSpec,
    phrases: Phrases,
}

impl<'a> Teller<'a> {
    fn new(spec: &'a AppSpec) -> Self {
        Teller { spec, phrases: Phrases::of(&spec.language) }
    }

    fn say(&self, key: &str, blanks: &[&str]) -> String {
        self.phrases.say(key, blanks)
    }

    fn or(&self, words: &[String]) -> String {
        words.join(&format!(" {} ", self.say("or", &[])))
    }

    fn and(&self, words: &[String]) -> String {
        words.join(&format!(" {} ", self.say("and", &[])))
    }

    fn points_to(&self, alert: &Alert) -> Option<String> {
        let entity = self.spec.entity(&alert.entity)?;
        if let When::Days { field, days } = &alert.when
            && let Some(field) = entity.field(field).filter(|_| *days != 0)
        {
            let key = if *days > 0 { "remindsAfter" } else { "remindsBefore" };
            let days = days.unsigned_abs().to_string();
            return Some(self.say(key, &[&entity.plural, &alert.text, &days, &field.label]));
        }
        let key = if matches!(alert.when, When::Days { .. } | When::Since { .. }) { "reminds" } else { "warns" };
        Some(self.say(key, &[&entity.plural, &alert.text]))
    }

    fn keeps(&self, entity: &Entity) -> Vec<String> {
        if entity.archived {
            return vec![self.say("putAway", &[&entity.plural])];
        }
        let shown = || entity.fields.iter().filter(|field| !field.archived);
        let words: Vec<String> = shown().map(|field| self.field_words(entity, field)).collect();
        let mut sentences = vec![self.say("keeps", &[&entity.plural, &words.join(", ")])];
        let theirs: Vec<&str> = shown().filter(|field| field.by_member).map(|field| field.label.as_str()).collect();
        if entity.person.is_some() && !theirs.is_empty() {
            sentences.push(self.say("fillIn", &[&entity.plural, &theirs.join(", ")]));
        }
        let away: Vec<&str> =
            entity.fields.iter().filter(|field| field.archived).map(|field| field.label.as_str()).collect();
        if !away.is_empty() {
            sentences.push(self.say("putAwayIn", &[&entity.plural, &away.join(", ")]));
        }
        sentences
    }

    fn field_words(&self, entity: &Entity, field: &Field) -> String {
        let kind = match &field.kind {
            FieldKind::Choice { options } => {
                options.iter().map(|option| option.label.clone()).collect::<Vec<_>>().join(" / ")
            }
            FieldKind::YesNo => self.say("yesOrNo", &[]),
            FieldKind::Ref { entity } => {
                self.spec.entity(entity).map(|entity| self.say("oneOf", &[&entity.plural])).unwrap_or_default()
            }
            FieldKind::Money { currency } => currency.clone(),
            FieldKind::Quantity { unit } => unit.clone(),
            FieldKind::Rating { max } => self.say("upTo", &[&max.to_string()]),
            _ => String::new(),
        };
        let condition =
            field.only_if.as_ref().map(|condition| self.say("onlyIf", &[&self.condition(entity, condition)]));
        let required = field.required.then(|| self.say("required", &[]));
        let notes: Vec<String> =
            [Some(kind).filter(|kind| !kind.is_empty()), required, condition].into_iter().flatten().collect();
        if notes.is_empty() { field.label.clone() } else { format!("{} ({})", field.label, notes.join("; ")) }
    }

    fn condition(&self, entity: &Entity, condition: &Condition) -> String {
        let label = entity.field(&condition.field).map_or(condition.field.as_str(), |field| field.label.as_str());
        let values: Vec<String> = condition.values.iter().map(|value| self.value(entity, condition, value)).collect();
        self.say("is", &[label, &self.or(&values)])
    }

    fn value(&self, entity: &Entity, condition: &Condition, value: &str) -> String {
        let kind = entity.field(&condition.field).map(|field| &field.kind);
        match (kind, value) {
            (Some(FieldKind::Choice { .. }), _) => option_label(entity, &condition.field, value),
            (_, "true") => self.say("yes", &[]),
            (_, "false") => self.say("no", &[]),
            _ => value.to_owned(),
        }
    }

    fn may(&self, entity: &Entity, grant: &Grant) -> Option<String> {
        let scoped = |verb: &str, scope: Option<Scope>| {
            scope.map(|scope| self.say(&format!("{verb}{}", if scope == Scope::Own { "Own" } else { "All" }), &[]))
        };
        let condition = grant.read_if.as_ref().map(|only| self.say("onlyIf", &[&self.condition(entity, only)]));
        let seen = scoped("see", grant.read).map(|see| match &condition {
            Some(condition) => format!("{see} ({condition})"),
            None => see,
        });
        let acts = [
            seen,
            grant.create.then(|| self.say("add", &[])),
            scoped("change", grant.update),
            scoped("delete", grant.delete),
        ];
        let acts: Vec<String> = acts.into_iter().flatten().collect();
        (!acts.is_empty()).then(|| self.say("may", &[&entity.plural, &self.who(&grant.role), &acts.join(", ")]))
    }

    fn hidden(&self, entity: &Entity, field: &Field) -> Option<String> {
        let seen = !field.seen_by.is_empty() && !field.archived;
        seen.then(|| self.say("seenOnlyBy", &[&entity.plural, &field.label, &self.people(entity, &field.seen_by)]))
    }

    fn who(&self, role: &str) -> String {
        match role {
            OWNER => self.say("theOwner", &[]),
            VISITOR => self.say("strangers", &[]),
            other => {
                let label = self.spec.roles.iter().find(|role| role.id == other).map(|role| role.label.as_str());
                self.say("theRole", &[label.unwrap_or(other)])
            }
        }
    }

    fn people(&self, entity: &Entity, people: &[Who]) -> String {
        let one = |one: &Who| match &one.whose {
            Whose::Any => self.who(&one.role),
            Whose::Theirs => self.say("forTheirOwn", &[&self.who(&one.role)]),
            Whose::Through { field } => {
                let label = entity.field(field).map_or(field.as_str(), |field| field.label.as_str());
                self.say("whoseItIs", &[&self.who(&one.role), label])
            }
        };
        self.or(&people.iter().map(one).collect::<Vec<_>>())
    }

    /// "within 24 hours", "within 7 days".
    fn time(&self, hours: u32) -> String {
        match hours {
            days if days > 24 && days % 24 == 0 => self.say("inDays", &[&(days / 24).to_string()]),
            hours => self.say("inHours", &[&hours.to_string()]),
        }
    }

    fn counting(&self, entity: &Entity, condition: Option<&Condition>) -> String {
        condition.map(|one| self.say("counting", &[&self.condition(entity, one)])).unwrap_or_default()
    }

    /// What is left of an amount: what is still owed.
    fn left(&self, entity: &Entity, total: &Total) -> Option<String> {
        let of = self.spec.entity(&total.of)?;
        let summed = of.totals.iter().find(|other| total.sum.as_ref() == Some(&other.id));
        if summed.is_some_and(|summed| summed.from.is_some()) {
            return Some(self.say("leftTogether", &[&entity.plural, &total.label, &of.plural]));
        }
        let (from, sum) = (&entity.field(total.from.as_ref()?)?.label, &of.field(total.sum.as_ref()?)?.label);
        let key = if total.month.is_some() { "leftOfMonth" } else { "left" };
        Some(self.say(key, &[&entity.plural, &total.label, from, sum, &of.plural]))
    }

    fn holds(&self, rule: &Rule) -> Option<String> {
        let spec = self.spec;
        let entity = spec.entity(rule.entity())?;
        let plural = entity.plural.as_str();
        let label = |field: &str| entity.field(field).map(|field| field.label.clone());
        let labels = |fields: &[String]| fields.iter().filter_map(|field| label(field)).collect::<Vec<_>>();
        let through = |field: &str| match &entity.field(field)?.kind {
            FieldKind::Ref { entity } => spec.entity(entity),
            _ => None,
        };
        Some(match rule {
            Rule::OnePerMember { .. } => self.say("onePerMember", &[plural]),
            Rule::Unique { field, .. } => self.say("unique", &[plural, &label(field)?]),
            Rule::Capacity { parent, limit, weight: Some(weight), only_if, via, .. } => {
                let told = via.as_ref().map_or(Some(entity), |via| through(via))?;
                let (parent, rest) = (spec.entity(parent)?, self.counting(told, only_if.as_ref()));
                let limit = &parent.field(limit)?.label;
                self.say("capacityOf", &[&parent.plural, &label(weight)?, plural, limit, &rest])
            }
            Rule::Capacity { parent, limit, extra, only_if, via, .. } => {
                let told = via.as_ref().map_or(Some(entity), |via| through(via))?;
                let parent = spec.entity(parent)?;
                let extra = extra.as_ref().map(|extra| self.say("onePlaceMore", &[&self.condition(entity, extra)]));
                let rest = self.counting(told, only_if.as_ref()) + &extra.unwrap_or_default();
                self.say("capacity", &[&parent.plural, plural, &parent.field(limit)?.label, &rest])
            }
            Rule::Once { fields, by_member, .. } => {
                let mut parts = labels(fields);
                parts.extend(by_member.then(|| self.say("person", &[])));
                self.say("once", &[plural, &self.and(&parts)])
            }
            Rule::NoOverlap { per, only_if, .. } => {
                let counting = self.counting(entity, only_if.as_ref());
                match labels(per) {
                    parts if parts.is_empty() => self.say("noOverlap", &[plural, &counting]),
                    parts => self.say("noOverlapOf", &[plural, &self.and(&parts), &counting]),
                }
            }
            Rule::Within { field, opens, closes, .. } => {
                let hours = through(field)?;
                let (opens, closes) = (&hours.field(opens)?.label, &hours.field(closes)?.label);
                self.say("within", &[plural, opens, closes, &label(field)?])
            }
            Rule::Open { week, closed, .. } => {
                self.say("openDuring", &[plural, &opening::opening(&spec.language, week, closed)])
            }
            Rule::Notice { field, hours, .. } => self.say("notice", &[plural, &hours.to_string(), &label(field)?]),
            Rule::Steps { field, start, steps, .. } => {
                let option = |id: &str| option_label(entity, field, id);
                let step = |step: &crate::spec::Step| {
                    let by = if step.by.is_empty() {
                        String::new()
                    } else {
                        format!(" ({})", self.people(entity, &step.by))
                    };
                    format!("{} → {}{by}", option(&step.from), option(&step.to))
                };
                let steps: Vec<String> = steps.iter().map(step).collect();
                self.say("steps", &[plural, &label(field)?, &option(start), &steps.join(", ")])
            }
            Rule::Fixed { only_if: None, .. } => self.say("fixed", &[plural]),
            Rule::Fixed { only_if: Some(only), via: Some(via), .. } => {
                self.say("fixedOnce", &[plural, &self.condition(through(via)?, only)])
            }
            Rule::Fixed { only_if: Some(only), .. } => self.say("fixedOnce", &[plural, &self.condition(entity, only)]),
            Rule::Balance { field, amount, .. } => {
                self.say("balance", &[&through(field)?.plural, plural, &label(amount)?])
            }
            Rule::AtMost { per, most, hours, until, only_if, .. } => {
                let whom = per.as_ref().and_then(|field| label(field)).unwrap_or_else(|| self.say("person", &[]));
                let time = hours.map(|hours| self.time(hours)).unwrap_or_default();
                let time = time + &until.as_ref().map(|_| self.say("toCome", &[])).unwrap_or_default();
                self.say(
                    "atMost",
                    &[plural, &most.to_string(), &whom, &(time + &self.counting(entity, only_if.as_ref()))],
                )
            }
            Rule::Needs { field, condition, own, .. } => {
                let other = through(field)?;
                let state = condition.as_ref().map(|condition| self.condition(other, condition));
                let own = own.then(|| self.say("isTheirOwn", &[&other.label]));
                self.say("needs", &[plural, &self.and(&state.into_iter().chain(own).collect::<Vec<_>>())])
            }
            Rule::Baton { field, .. } => self.say("baton", &[plural, &label(field)?]),
            Rule::Number { field, .. } => self.say("number", &[plural, &label(field)?]),
            Rule::Copied { field, via, .. } => self.say("copied", &[plural, &label(field)?, &label(via)?]),
            Rule::Times { field, each, count, .. } => {
                self.say("times", &[plural, &label(field)?, &label(each)?, &label(count)?])
            }
            Rule::Lines { field, .. } => self.say("lines", &[plural, &label(field)?]),
            Rule::Quorum { field, to, votes, least, .. } => {
                let votes = &spec.entity(votes)?.plural;
                self.say("quorum", &[plural, &option_label(entity, field, to), votes, &least.to_string()])
            }
            Rule::Extends { field, from, to, .. } => {
                let other = through(field)?;
                self.say("extends", &[&other.plural, &other.field(to)?.label, plural, &label(from)?])
            }
            Rule::Shared { payer, amount, among, .. } => {
                let people = &through(payer)?.plural;
                let who = match among.as_ref().and_then(|among| spec.entity(&among.entity)) {
                    Some(shares) => self.say("sharedAmong", &[&shares.plural, people]),
                    None => self.say("sharedByAll", &[people]),
                };
                self.say("shared", &[plural, &label(amount)?, &who, people])
            }
            Rule::Granted { of, to, until, along, .. } => {
                let shared = through(of)?;
                let known = along.iter().filter_map(|along| spec.entity(&along.entity));
                let all: Vec<String> = std::iter::once(shared).chain(known).map(|one| one.plural.clone()).collect();
                let day =
                    until.as_ref().and_then(|field| label(field)).map(|label| self.say("grantedUntil", &[&label]));
                self.say("granted", &[&self.and(&all), plural, &label(to)?, &day.unwrap_or_default()])
            }
            Rule::Away { field, absence, .. } => {
                self.say("away", &[plural, &label(field)?, &spec.entity(absence)?.plural])
            }
            Rule::Daily { .. } | Rule::Lead { .. } => return days::day(self, entity, rule),
            Rule::Ordered { first, then, .. } => self.say("ordered", &[plural, &label(then)?, &label(first)?]),
        })
    }
}

fn option_label(entity: &Entity, field: &str, id: &str) -> String {
    match entity.field(field).map(|field| &field.kind) {
        Some(FieldKind::Choice { options }) => options.iter().find(|option| option.id == id),
        _ => None,
    }
    .map_or_else(|| id.to_owned(), |option| option.label.clone())
}
