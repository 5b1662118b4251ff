//! Which fields a rule looks at, and how it lets go of one.

use super::rules::{Among, End, Rule, Span};
use super::{AppSpec, Condition, FieldKind};

impl Rule {
    /// The fields it looks at, each with its entity; a reference that leads nowhere leads to none.
    pub fn uses<'a>(&'a self, spec: &'a AppSpec) -> Vec<(&'a str, &'a str)> {
        let own = self.entity();
        let mut found: Vec<(&str, &str)> = Vec::new();
        let mut see = |entity: &'a str, field: &'a str| found.push((entity, field));
        let through = |reference: &str| match spec
            .entity(own)
            .and_then(|entity| entity.field(reference))
            .map(|field| &field.kind)
        {
            Some(FieldKind::Ref { entity }) => Some(entity.as_str()),
            _ => None,
        };
        match self {
            Rule::OnePerMember { .. } => {}
            Rule::Capacity { field, parent, limit, weight, extra, only_if, via, .. } => {
                see(own, field);
                see(parent, limit);
                weight.iter().chain(via).for_each(|field| see(own, field));
                let told = via.as_ref().map_or(Some(own), |via| through(via));
                extra.iter().for_each(|condition| see(own, &condition.field));
                only_if.iter().zip(told).for_each(|(condition, told)| see(told, &condition.field));
            }
            Rule::Unique { field, .. } | Rule::Number { field, .. } | Rule::Notice { field, .. } => see(own, field),
            Rule::Once { fields, .. } => fields.iter().for_each(|field| see(own, field)),
            Rule::NoOverlap { span, per, only_if, .. } => {
                span.uses(own, through).into_iter().for_each(|(entity, field)| see(entity, field));
                per.iter().for_each(|field| see(own, field));
                only_if.iter().for_each(|condition| see(own, &condition.field));
            }
            Rule::Open { span, .. } => {
                span.uses(own, through).into_iter().for_each(|(entity, field)| see(entity, field));
            }
            Rule::Within { span, field, opens, closes, .. } => {
                span.uses(own, through).into_iter().for_each(|(entity, field)| see(entity, field));
                see(own, field);
                through(field).iter().for_each(|hours| {
                    see(hours, opens);
                    see(hours, closes);
                });
            }
            Rule::Steps { field, steps, .. } => {
                see(own, field);
                for who in steps.iter().flat_map(|step| &step.by) {
                    who.through().into_iter().for_each(|field| see(own, field));
                }
            }
            Rule::Fixed { only_if, except, via, .. } => {
                via.iter().for_each(|field| see(own, field));
                let told = via.as_ref().map_or(Some(own), |via| through(via));
                only_if.iter().zip(told).for_each(|(condition, told)| see(told, &condition.field));
                except.iter().for_each(|field| see(own, field));
            }
            Rule::Balance { field, amount, takes, .. } => {
                [field, amount, &takes.field].into_iter().for_each(|field| see(own, field));
            }
            Rule::AtMost { per, until, only_if, .. } => {
                per.iter().chain(until).for_each(|field| see(own, field));
                only_if.iter().for_each(|condition| see(own, &condition.field));
            }
            Rule::Needs { field, condition, .. } => {
                see(own, field);
                if let Some((other, condition)) = through(field).zip(condition.as_ref()) {
                    see(other, &condition.field);
                }
            }
            Rule::Baton { field, to, .. } => [field, to].into_iter().for_each(|field| see(own, field)),
            Rule::Copied { field, via, from, .. } => {
                [field, via].into_iter().for_each(|field| see(own, field));
                through(via).iter().for_each(|other| see(other, from));
            }
            Rule::Times { field, each, count, .. } => {
                [field, each, count].into_iter().for_each(|field| see(own, field));
            }
            Rule::Lines { field, of, count, .. } => {
                [field, of, count].into_iter().for_each(|field| see(own, field));
            }
            Rule::Quorum { field, votes, by, .. } => {
                see(own, field);
                see(votes, by);
            }
            Rule::Extends { field, from, to, .. } => {
                [field, from].into_iter().for_each(|field| see(own, field));
                through(field).iter().for_each(|other| see(other, to));
            }
            Rule::Shared { amount, payer, among, .. } => {
                [amount, payer].into_iter().for_each(|field| see(own, field));
                if let Some(among) = among {
                    [&among.of, &among.who].into_iter().for_each(|field| see(&among.entity, field));
                }
            }
            Rule::Granted { of, to, until, only_if, along, .. } => {
                [of, to].into_iter().chain(until).for_each(|field| see(own, field));
                only_if.iter().for_each(|condition| see(own, &condition.field));
                along.iter().for_each(|along| see(&along.entity, &along.field));
            }
            Rule::Away { span, field, absence, of, first, last, .. } => {
                span.uses(own, through).into_iter().for_each(|(entity, field)| see(entity, field));
                see(own, field);
                [of, first, last].into_iter().for_each(|field| see(absence, field));
            }
            Rule::Daily { day, each, weight, only_if, via, .. } => {
                weight.iter().chain(via).for_each(|field| see(own, field));
                let told = via.as_ref().map_or(Some(own), |via| through(via));
                told.into_iter().for_each(|told| see(told, day));
                only_if.iter().zip(told).for_each(|(condition, told)| see(told, &condition.field));
                if let Some(each) = each {
                    see(own, &each.field);
                    through(&each.field).into_iter().for_each(|thing| see(thing, &each.limit));
                }
            }
            Rule::Lead { day, .. } => see(own, day),
            Rule::Ordered { first, then, .. } => [first, then].into_iter().for_each(|field| see(own, field)),
        }
        found
    }

    /// Lets go of a condition that looks at a field, where the rule makes sense without it; whether it did.
    pub fn release(&mut self, field: &str) -> bool {
        let about =
            |condition: &Option<Condition>| condition.as_ref().is_some_and(|condition| condition.field == field);
        match self {
            Rule::Capacity { extra, only_if, via, .. } => {
                let (first, second) = (about(extra), via.is_none() && about(only_if));
                extra.take_if(|_| first);
                only_if.take_if(|_| second);
                first || second
            }
            Rule::NoOverlap { only_if, .. } | Rule::AtMost { only_if, .. } | Rule::Daily { only_if, via: None, .. } => {
                let gone = about(only_if);
                only_if.take_if(|_| gone);
                gone
            }
            Rule::Granted { along, .. } => {
                let many = along.len();
                along.retain(|along| along.field != field);
                along.len() < many
            }
            Rule::Shared { among, .. } => {
                let named = |among: &mut Among| among.of == field || among.who == field;
                among.take_if(named).is_some()
            }
            _ => false,
        }
    }
}

impl Rule {
    /// The entity whose rows tell whether this rule's rows count, where it is another one.
    pub fn told_by<'a>(&self, spec: &'a AppSpec) -> Option<&'a str> {
        let (Rule::Capacity { entity, via: Some(via), .. } | Rule::Daily { entity, via: Some(via), .. }) = self else {
            return None;
        };
        match &spec.entity(entity)?.field(via)?.kind {
            FieldKind::Ref { entity } => Some(entity),
            _ => None,
        }
    }

    /// Lets go of a condition that looks at a field of the entity that tells whether rows count.
    pub fn release_told(&mut self, field: &str) {
        if let Rule::Capacity { only_if, via, .. } = self
            && only_if.take_if(|condition| condition.field == field).is_some()
        {
            *via = None;
        }
        if let Rule::Daily { only_if, via: Some(_), .. } = self {
            only_if.take_if(|condition| condition.field == field);
        }
    }
}

impl Span {
    fn uses<'a>(&'a self, own: &'a str, through: impl Fn(&str) -> Option<&'a str>) -> Vec<(&'a str, &'a str)> {
        let mut found = vec![(own, self.start.as_str())];
        match &self.end {
            End::Field { field } | End::Length { field } => found.push((own, field)),
            End::LengthOf { via, field } => {
                found.push((own, via));
                found.extend(through(via).map(|other| (other, field.as_str())));
            }
            End::Minutes { .. } => {}
        }
        found
    }
}
