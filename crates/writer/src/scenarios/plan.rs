//! One entity's scenarios: who makes its rows, with which values, and what must be refused.

use super::{Call, Expected, Scenario};
use crate::codegen::Names;
use crate::spec::{AppSpec, Entity, Field, FieldKind, OWNER, Rule, Scope, VISITOR};

/// How deep rows that a row refers to are made.
const DEPTH: usize = 3;

/// An entity with what its scenarios need.
pub(super) struct Plan<'a> {
    spec: &'a AppSpec,
    names: &'a [Names],
    entity: &'a Entity,
    title: &'a Field,
}

/// Fields of an input record, by id, as Candid text.
type Input = Vec<(String, String)>;

impl<'a> Plan<'a> {
    /// `None` for an entity whose rows the owner can't make, or that have no title.
    pub(super) fn of(spec: &'a AppSpec, names: &'a [Names], entity: &'a Entity) -> Option<Plan<'a>> {
        let title = entity.fields.iter().find(|field| is_title(field))?;
        let plain = !spec.rules.iter().any(|rule| rule.entity() == entity.id && asks_more(spec, entity, rule));
        let creates = entity.grant(OWNER).is_some_and(|grant| grant.create);
        (plain && creates).then_some(Plan { spec, names, entity, title })
    }

    pub(super) fn scenarios(&self) -> Vec<Scenario> {
        let Some(made) = self.made("One", 0) else { return Vec::new() };
        let mut found = Vec::new();
        found.extend(self.required(&made));
        found.extend(self.closed(&made));
        found.extend(self.spec.rules.iter().filter_map(|rule| self.rule(rule)));
        found
    }

    fn names(&self) -> Option<&'a Names> {
        self.names.iter().find(|names| names.one == self.entity.id)
    }

    /// Calls that make one row called `title`, those of the rows that it refers to first.
    fn made(&self, title: &str, depth: usize) -> Option<Vec<Call>> {
        let (mut calls, input) = self.input(title, depth)?;
        calls.push(self.create(OWNER, &input, Expected::Works)?);
        Some(calls)
    }

    /// What a form with all that is required holds.
    fn input(&self, title: &str, depth: usize) -> Option<(Vec<Call>, Input)> {
        let (mut calls, mut input) = (Vec::new(), Input::new());
        for field in self.entity.fields.iter().filter(|field| field.required && !field.archived) {
            if field.id == self.title.id {
                input.push((field.id.clone(), format!("opt {}", example(&field.kind, title)?)));
                continue;
            }
            let value = match &field.kind {
                FieldKind::Ref { entity } => {
                    if depth >= DEPTH {
                        return None;
                    }
                    let other = self.spec.entity(entity).filter(|entity| !entity.archived)?;
                    calls.extend(Plan::of(self.spec, self.names, other)?.made("One", depth + 1)?);
                    "1".into()
                }
                kind => example(kind, title)?,
            };
            input.push((field.id.clone(), format!("opt opt {value}")));
        }
        Some((calls, input))
    }

    fn create(&self, caller: &str, input: &Input, outcome: Expected) -> Option<Call> {
        Some(self.call(caller, format!("create{}", self.names()?.title), record(input), outcome))
    }

    fn call(&self, caller: &str, method: String, args: String, outcome: Expected) -> Call {
        Call { caller: caller.into(), method, args, outcome }
    }

    fn scenario(&self, key: &str, name: String, steps: Vec<Call>) -> Scenario {
        Scenario { key: format!("{} {key}", self.entity.id), entity: self.entity.id.clone(), name, steps }
    }

    /// A row without its title is not kept.
    fn required(&self, made: &[Call]) -> Option<Scenario> {
        let (_, mut input) = self.input("One", 0)?;
        input.retain(|(id, _)| *id != self.title.id);
        let mut steps = made.to_vec();
        steps.push(self.create(OWNER, &input, Expected::Refused)?);
        let name = format!("{} can't be saved without {}", self.entity.label, self.title.label);
        Some(self.scenario("required", name, steps))
    }

    /// Who has no grant neither sees nor makes rows.
    fn closed(&self, made: &[Call]) -> Vec<Scenario> {
        let roles = self.spec.roles.iter().map(|role| (role.id.as_str(), role.label.as_str()));
        let everyone = roles.chain([(VISITOR, "A stranger")]);
        everyone.flat_map(|(role, label)| self.closed_to(role, label, made)).collect()
    }

    fn closed_to(&self, role: &str, label: &str, made: &[Call]) -> Vec<Scenario> {
        let Some(names) = self.names() else { return Vec::new() };
        let grant = self.entity.grant(role);
        let caller = if role == VISITOR { "stranger" } else { role };
        let mut found = Vec::new();
        // Rows of people become a member's own only by an invitation, so one that the owner made is nobody's here.
        if grant.is_none_or(|grant| grant.read != Some(Scope::All)) {
            let mut steps = made.to_vec();
            let answers = Expected::Answers("(vec {})".into());
            steps.push(self.call(caller, format!("list{}", names.module), "(null)".into(), answers));
            let name = format!("{label} can't see {} of others", self.entity.plural);
            found.push(self.scenario(&format!("unseen {role}"), name, steps));
        }
        let creates = grant.is_some_and(|grant| grant.create);
        let input = self.input("Two", 0);
        if let Some(((mut steps, input), false)) = input.map(|input| (input, creates)) {
            steps.extend(self.create(caller, &input, Expected::Refused));
            let name = format!("{label} can't add {}", self.entity.plural);
            found.push(self.scenario(&format!("unmade {role}"), name, steps));
        }
        found
    }

    fn rule(&self, rule: &Rule) -> Option<Scenario> {
        match rule {
            Rule::Unique { entity, field } if *entity == self.entity.id && *field == self.title.id => {
                let (_, input) = self.input("One", 0)?;
                let mut steps = self.made("One", 0)?;
                steps.push(self.create(OWNER, &input, Expected::Refused)?);
                let name = format!("No two {} have the same {}", self.entity.plural, self.title.label);
                Some(self.scenario(&format!("unique {field}"), name, steps))
            }
            Rule::OnePerMember { entity } if *entity == self.entity.id => self.once(),
            Rule::Capacity { entity, field, parent, limit, extra, only_if, weight: None, via: None }
                if *entity == self.entity.id =>
            {
                // What takes a second place is left unsaid, where that is possible.
                let extra = extra.as_ref().map(|condition| condition.field.as_str());
                let asked = |id: &str| self.entity.field(id).is_none_or(|field| field.required);
                if extra.is_some_and(asked) { None } else { self.full(field, parent, limit, extra, only_if.as_ref()) }
            }
            Rule::Fixed { entity, only_if: None, .. } if *entity == self.entity.id => self.settled(),
            Rule::Balance { entity, field, amount, takes } if *entity == self.entity.id => {
                self.short(field, amount, takes)
            }
            _ => None,
        }
    }

    /// What was written is not deleted, by the owner either.
    fn settled(&self) -> Option<Scenario> {
        self.entity.grant(OWNER).filter(|grant| grant.delete == Some(Scope::All))?;
        let mut steps = self.made("One", 0)?;
        let delete = format!("delete{}", self.names()?.title);
        steps.push(self.call(OWNER, delete, "(1)".into(), Expected::Refused));
        let name = format!("{} stay as they were written", self.entity.plural);
        Some(self.scenario("fixed", name, steps))
    }

    /// Nothing is taken from where there is nothing.
    fn short(&self, field: &str, amount: &str, takes: &crate::spec::Condition) -> Option<Scenario> {
        let (mut steps, mut input) = self.input("One", 0)?;
        input.iter().find(|(id, _)| id == field)?;
        set(&mut input, amount, "opt opt 1".into());
        set(&mut input, &takes.field, self.counted(takes)?);
        steps.push(self.create(OWNER, &input, Expected::Refused)?);
        let name = format!("Of {} no more is taken than there is", self.entity.plural);
        Some(self.scenario(&format!("balance {field} {amount}"), name, steps))
    }

    /// A member makes one row and no second one.
    fn once(&self) -> Option<Scenario> {
        // A row of a person that somebody else makes is that person's, not its maker's.
        let mine = |role: &str| self.entity.person.as_deref().is_none_or(|person| person == role);
        let creates = |role: &str| self.entity.grant(role).is_some_and(|grant| grant.create);
        let role = self.spec.roles.iter().find(|role| mine(&role.id) && creates(&role.id))?;
        let (mut steps, first) = self.input("One", 0)?;
        let (_, second) = self.input("Two", 0)?;
        steps.push(self.create(&role.id, &first, Expected::Works)?);
        steps.push(self.create(&role.id, &second, Expected::Refused)?);
        let name = format!("{} can add one of {} only", role.label, self.entity.plural);
        Some(self.scenario("once", name, steps))
    }

    /// A place for one is taken, and the next row is refused.
    fn full(
        &self,
        field: &str,
        parent: &str,
        limit: &str,
        extra: Option<&str>,
        only_if: Option<&crate::spec::Condition>,
    ) -> Option<Scenario> {
        let field = self.entity.field(field).filter(|field| !field.archived)?;
        let host = self.spec.entity(parent).filter(|entity| !entity.archived && entity.id != self.entity.id)?;
        let host = Plan::of(self.spec, self.names, host)?;
        let (mut steps, mut room) = host.input("One", 1)?;
        set(&mut room, limit, "opt opt 1".into());
        steps.push(host.create(OWNER, &room, Expected::Works)?);
        for (title, outcome) in [("One", Expected::Works), ("Two", Expected::Refused)] {
            let (before, mut input) = self.input(title, 1)?;
            // Rows that it needs besides would get the first ids.
            let others = before.iter().any(|call| Some(&call.method) != steps.last().map(|last| &last.method));
            if others {
                return None;
            }
            input.retain(|(id, _)| Some(id.as_str()) != extra);
            if let Some(counted) = only_if {
                set(&mut input, &counted.field, self.counted(counted)?);
            }
            set(&mut input, &field.id, "opt opt 1".into());
            steps.push(self.create(OWNER, &input, outcome)?);
        }
        let name = format!("Where {} is reached, {} takes nobody else", limit_label(&host, limit), host.entity.label);
        Some(self.scenario(&format!("full {} {limit}", field.id), name, steps))
    }

    fn counted(&self, condition: &crate::spec::Condition) -> Option<String> {
        let (kind, value) = (&self.entity.field(&condition.field)?.kind, condition.values.first()?);
        match kind {
            FieldKind::Choice { .. } => Some(format!("opt opt {}", text(value))),
            FieldKind::YesNo => value.parse::<bool>().ok().map(|value| format!("opt opt {value}")),
            _ => None,
        }
    }
}

/// Whether a rule refuses a row that holds just what its form requires, or may do so.
fn asks_more(spec: &AppSpec, entity: &Entity, rule: &Rule) -> bool {
    let first = |id: &str| match &entity.field(id).map(|field| &field.kind) {
        Some(FieldKind::Choice { options }) => options.first().map(|option| option.id.clone()),
        Some(FieldKind::YesNo) => Some("true".into()),
        _ => None,
    };
    match rule {
        Rule::Needs { .. } | Rule::Baton { .. } => true,
        Rule::Balance { takes, .. } => first(&takes.field).is_some_and(|option| takes.values.contains(&option)),
        Rule::Quorum { field, to, .. } => first(field).as_ref() == Some(to) && !begins(spec, entity, field),
        _ => false,
    }
}

/// Whether new rows begin at the start of a course, whatever their form says.
fn begins(spec: &AppSpec, entity: &Entity, choice: &str) -> bool {
    spec.rules
        .iter()
        .any(|rule| matches!(rule, Rule::Steps { entity: of, field, .. } if *of == entity.id && field == choice))
}

fn limit_label(host: &Plan<'_>, limit: &str) -> String {
    host.entity.field(limit).map_or_else(|| limit.to_owned(), |field| field.label.clone())
}

/// The title as generated code chooses it.
fn is_title(field: &Field) -> bool {
    use FieldKind::{Email, LongText, Phone, Place, Text, Url};
    let text = matches!(field.kind, Text | LongText | Email | Phone | Url | Place);
    field.required && !field.archived && field.only_if.is_none() && text
}

fn set(input: &mut Input, id: &str, value: String) {
    input.retain(|(known, _)| known != id);
    input.push((id.to_owned(), value));
}

fn record(input: &Input) -> String {
    let fields: Vec<String> = input.iter().map(|(id, value)| format!("\"{id}\" = {value}")).collect();
    format!("(record {{ {} }})", fields.join("; "))
}

fn text(words: &str) -> String {
    format!("\"{}\"", words.replace(['"', '\\'], ""))
}

/// A value that every check of this kind lets pass.
fn example(kind: &FieldKind, title: &str) -> Option<String> {
    use FieldKind::*;
    Some(match kind {
        Text | LongText | Place => text(title),
        Email => text(&format!("{}@example.org", title.to_lowercase())),
        Phone => text("+49 30 1234567"),
        Url => text("https://example.org/"),
        Integer { min, max } => max.map_or((*min).max(1), |max| (*min).max(1).min(max)).to_string(),
        Money { .. } | Quantity { .. } | Percentage | Duration | Rating { .. } => "1".into(),
        YesNo => "true".into(),
        Date => text("2030-01-02"),
        Time => text("10:00"),
        DateTime => text("2030-01-02T10:00"),
        Picture => text("data:image/png;base64,iVBORw0KGgo="),
        Colour => text("#336699"),
        Choice { options } => text(&options.first()?.id),
        Ref { .. } => return None,
    })
}
