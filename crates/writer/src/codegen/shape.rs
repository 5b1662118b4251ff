//! An app spec seen as code: which fields are stored and how, which are shown, and which rules touch what.
//!
//! Invariant: how a field is stored follows from its kind and from whether it is the row's title, from nothing else.
//! So what a form requires, asks only sometimes or no longer shows can change without touching a stored row.

use super::names::{Names, names};
use super::text::capital;
use crate::spec::{AppSpec, Condition, Entity, Field, FieldKind, Grant, OWNER, PageKind, Rule, Scope, VISITOR, Who};

/// A spec with the names that its code uses.
pub(super) struct Model<'a> {
    pub(super) spec: &'a AppSpec,
    pub(super) shapes: Vec<Shape<'a>>,
}

/// One entity of a [`Model`].
pub(super) struct Shape<'a> {
    pub(super) entity: &'a Entity,
    pub(super) names: Names,
    /// Fields that refer to an entity which is there and not archived, or to none.
    shown: Vec<&'a Field>,
    title: Option<&'a Field>,
    /// Fields that a rule fills in when a row is made.
    settled: Vec<&'a str>,
    /// Those of them that people then change by steps.
    courses: Vec<&'a str>,
    /// Those of the choices whose steps name somebody besides the owner.
    taken: Vec<&'a str>,
    /// Whom its steps name.
    stepped: Vec<&'a Who>,
    /// Whether a rule looks at whose a row is.
    counts_people: bool,
}

/// A capacity rule whose parts are all there.
pub(super) struct Capacity<'a> {
    /// The counted entity and its reference.
    pub(super) child: &'a Shape<'a>,
    pub(super) field: &'a Field,
    /// The entity with the limit, and the limit.
    pub(super) parent: &'a Shape<'a>,
    pub(super) limit: &'a Field,
    pub(super) weight: Option<&'a Field>,
    pub(super) extra: Option<&'a Condition>,
    pub(super) only_if: Option<&'a Condition>,
    /// The reference whose row `only_if` is about, and the entity of that row.
    pub(super) via: Option<(&'a Field, &'a Shape<'a>)>,
    /// Makes the names of its functions unique: `Table`.
    pub(super) key: String,
}

/// Rows that come with the row they belong to.
pub(super) struct Lines<'a> {
    pub(super) shape: &'a Shape<'a>,
    /// Its references to what they belong to and to what each is about.
    pub(super) field: &'a Field,
    pub(super) of: &'a Field,
    pub(super) count: &'a Field,
}

impl<'a> Model<'a> {
    pub(super) fn new(spec: &'a AppSpec) -> Self {
        let shapes =
            spec.entities.iter().zip(names(spec)).map(|(entity, names)| Shape::new(spec, entity, names)).collect();
        Model { spec, shapes }
    }

    /// The entities that people see.
    pub(super) fn live(&self) -> impl Iterator<Item = &Shape<'a>> {
        self.shapes.iter().filter(|shape| !shape.entity.archived)
    }

    /// The entity with this id, unless it is archived.
    pub(super) fn shape(&self, id: &str) -> Option<&Shape<'a>> {
        self.live().find(|shape| shape.entity.id == id)
    }

    /// The capacity rules that can be held.
    pub(super) fn capacities(&self) -> Vec<Capacity<'_>> {
        let mut found: Vec<Capacity<'_>> = Vec::new();
        for rule in &self.spec.rules {
            let Some(mut capacity) = self.capacity(rule) else { continue };
            let same = found.iter().filter(|other| same_reference(other, &capacity)).count();
            if same > 0 {
                capacity.key.push_str(&(same + 1).to_string());
            }
            found.push(capacity);
        }
        found
    }

    fn capacity<'m>(&'m self, rule: &'m Rule) -> Option<Capacity<'m>> {
        let Rule::Capacity { entity, field, parent, limit, weight, extra, only_if, via } = rule else { return None };
        let (child, parent) = (self.shape(entity)?, self.shape(parent)?);
        let (field, limit) = (child.field(field)?, parent.field(limit)?);
        let refers = matches!(&field.kind, FieldKind::Ref { entity } if *entity == parent.entity.id);
        let is_number = |field: &Field| stored_type(&field.kind) == "Int";
        let weight = weight.as_ref().and_then(|id| child.field(id)).filter(|field| is_number(field));
        let sound = refers && is_number(limit);
        let (extra, only_if) = (extra.as_ref(), only_if.as_ref());
        let via = via.as_ref().and_then(|id| child.field(id));
        let via = via.and_then(|field| Some((field, self.target(field)?)));
        sound.then(|| Capacity { child, field, parent, limit, weight, extra, only_if, via, key: capital(&field.id) })
    }

    /// The fields of `shape` in which no two rows may agree.
    pub(super) fn unique(&self, shape: &Shape<'a>) -> Vec<&'a Field> {
        let ids = self.spec.rules.iter().filter_map(|rule| match rule {
            Rule::Unique { entity, field } if *entity == shape.entity.id => Some(field),
            _ => None,
        });
        ids.filter_map(|id| shape.field(id)).collect()
    }

    /// Whether a member has at most one row.
    pub(super) fn one_per_member(&self, shape: &Shape<'_>) -> bool {
        self.spec.rules.iter().any(|rule| matches!(rule, Rule::OnePerMember { entity } if *entity == shape.entity.id))
    }

    /// Whether members answer in a form of their own.
    pub(super) fn answered(&self, shape: &Shape<'_>) -> bool {
        let asks = |page: &crate::spec::Page| page.kind == PageKind::Answer && page.entity == shape.entity.id;
        self.one_per_member(shape) || self.spec.pages.iter().any(asks)
    }

    /// The entity to which a reference points, unless it is archived.
    pub(super) fn target(&self, field: &Field) -> Option<&Shape<'a>> {
        match &field.kind {
            FieldKind::Ref { entity } => self.shape(entity),
            _ => None,
        }
    }

    /// Whether people who were not invited own rows anywhere.
    pub(super) fn has_strangers(&self) -> bool {
        self.live().any(|shape| shape.has_strangers())
    }

    /// The lines that come with rows of `shape`.
    pub(super) fn lines(&self, shape: &Shape<'_>) -> Option<Lines<'_>> {
        self.spec.rules.iter().find_map(|rule| {
            let Rule::Lines { entity, field, of, count } = rule else { return None };
            let lines = self.shape(entity)?;
            let (field, of, count) = (lines.field(field)?, lines.field(of)?, lines.field(count)?);
            (self.target(field)?.entity.id == shape.entity.id).then_some(Lines { shape: lines, field, of, count })
        })
    }

    /// The references to `shape`: entity and field.
    pub(super) fn references(&self, shape: &Shape<'_>) -> Vec<(&Shape<'a>, &'a Field)> {
        let to = |field: &Field| matches!(&field.kind, FieldKind::Ref { entity } if *entity == shape.entity.id);
        let fields = self.live().flat_map(|other| other.shown.iter().map(move |field| (other, *field)));
        fields.filter(|(_, field)| to(field)).collect()
    }
}

fn same_reference(a: &Capacity<'_>, b: &Capacity<'_>) -> bool {
    a.child.entity.id == b.child.entity.id && a.field.id == b.field.id
}

impl<'a> Shape<'a> {
    fn new(spec: &'a AppSpec, entity: &'a Entity, names: Names) -> Self {
        let there = |id: &str| spec.entity(id).is_some_and(|entity| !entity.archived);
        let shown =
            |field: &&Field| !field.archived && !matches!(&field.kind, FieldKind::Ref { entity } if !there(entity));
        let shown: Vec<&Field> = entity.fields.iter().filter(shown).collect();
        let title =
            shown.iter().copied().find(|field| field.required && field.only_if.is_none() && is_text(&field.kind));
        let settles = |rule: &&'a Rule| rule.entity() == entity.id;
        let extended = spec.rules.iter().filter_map(|rule| rule.extended(spec, &entity.id));
        let extended = extended.filter(|id| shown.iter().any(|field| field.id == **id));
        let settled = spec.rules.iter().filter(settles).filter_map(|rule| settled(spec, &shown, rule));
        let settled = settled.chain(extended).collect();
        let course = |rule: &'a Rule| match rule {
            Rule::Steps { field, .. } => Some(field.as_str()),
            _ => None,
        };
        let courses = spec.rules.iter().filter(settles).filter_map(course).collect();
        let named = |rule: &&'a Rule| stepped(rule).iter().any(|who| who.role != OWNER);
        let taken = spec.rules.iter().filter(settles).filter(named).filter_map(course).collect();
        let stepped = spec.rules.iter().filter(settles).flat_map(stepped).collect();
        let counts_people = spec.rules.iter().any(|rule| counts_people(rule, entity));
        Shape { entity, names, shown, title, settled, courses, taken, stepped, counts_people }
    }

    /// The fields that are not archived.
    pub(super) fn shown(&self) -> &[&'a Field] {
        &self.shown
    }

    /// The shown field with this id.
    pub(super) fn field(&self, id: &str) -> Option<&'a Field> {
        self.shown.iter().copied().find(|field| field.id == id)
    }

    /// The first text that every row has: what a row is called.
    pub(super) fn title(&self) -> Option<&'a Field> {
        self.title
    }

    /// Whether this is the row's title, which alone is always there.
    pub(super) fn is_title(&self, field: &Field) -> bool {
        self.title.is_some_and(|title| title.id == field.id)
    }

    /// The type in which a field is stored.
    pub(super) fn stored(&self, field: &Field) -> String {
        let option = if self.is_title(field) { "" } else { "?" };
        format!("{option}{}", stored_type(&field.kind))
    }

    /// Whether some role changes or answers its own rows only.
    pub(super) fn has_own_part(&self) -> bool {
        self.entity.access.iter().any(|grant| grant.update == Some(Scope::Own))
    }

    /// Whether a person may have to fill in this field later, after somebody else has made the row.
    pub(super) fn asked_later(&self, field: &Field) -> bool {
        self.entity.person.is_some() && field.by_member && !self.is_title(field)
    }

    /// Whether a rule fills in this field when a row is made.
    pub(super) fn is_settled(&self, field: &Field) -> bool {
        self.settled.contains(&field.id.as_str())
    }

    /// Whether this field goes by steps.
    pub(super) fn is_stepped(&self, field: &Field) -> bool {
        self.courses.contains(&field.id.as_str())
    }

    /// Whether a row's own people may say this: an answer, or a choice whose steps name them.
    pub(super) fn is_for_members(&self, field: &Field) -> bool {
        field.by_member || self.taken.contains(&field.id.as_str())
    }

    /// Whether people who were not invited, and are known by the key of their browser, own rows of this entity or are
    /// told apart in it.
    pub(super) fn has_strangers(&self) -> bool {
        let entity = self.entity;
        let told = |who: &Who| who.role == VISITOR && !who.whose.is_any();
        let granted = entity.grant(VISITOR).is_some_and(|grant| grant.create || grant.read_if.is_some());
        let seen = self.shown.iter().flat_map(|field| &field.seen_by).any(told);
        granted || seen || self.strangers_own() || self.stepped.iter().any(|who| told(who))
    }

    /// Whether a row that a stranger makes must be known as theirs.
    pub(super) fn strangers_own(&self) -> bool {
        let own = Some(Scope::Own);
        let scoped = |grant: &Grant| [grant.read, grant.update, grant.delete].contains(&own);
        let owns = |grant: &Grant| scoped(grant) || grant.create && self.counts_people;
        self.entity.person.as_deref() == Some(VISITOR) || self.entity.grant(VISITOR).is_some_and(owns)
    }

    /// The Motoko expression that tells whether `condition` holds for `row`; a condition on nothing always holds.
    pub(super) fn holds(&self, condition: &Condition, row: &str) -> Option<String> {
        let field = self.field(&condition.field)?;
        let option = if self.is_title(field) { "" } else { "?" };
        let tests = condition.values.iter().filter_map(|value| literal(&field.kind, value));
        let tests: Vec<_> = tests.map(|literal| format!("{row}.{} == {option}{literal}", field.id)).collect();
        (!tests.is_empty()).then(|| tests.join(" or "))
    }
}

/// The field that a rule fills in when a row is made, if all that it needs is there.
fn settled<'a>(spec: &AppSpec, shown: &[&'a Field], rule: &'a Rule) -> Option<&'a str> {
    let known = |id: &str| shown.iter().copied().find(|field| field.id == id);
    match rule {
        Rule::Steps { field, .. } | Rule::Number { field, .. } => known(field).map(|field| field.id.as_str()),
        Rule::Copied { field, via, from, .. } => {
            let FieldKind::Ref { entity } = &known(via)?.kind else { return None };
            let source = spec.entity(entity)?.field(from).filter(|source| !source.archived)?;
            let field = known(field)?;
            (stored_type(&field.kind) == stored_type(&source.kind)).then_some(field.id.as_str())
        }
        Rule::Times { field, each, count, .. } => {
            let (field, each, count) = (known(field)?, known(each)?, known(count)?);
            let numbers = [field, each, count].into_iter().all(|field| stored_type(&field.kind) == "Int");
            numbers.then_some(field.id.as_str())
        }
        _ => None,
    }
}

/// Whom the steps of a rule name.
fn stepped(rule: &Rule) -> Vec<&Who> {
    match rule {
        Rule::Steps { steps, .. } => steps.iter().flat_map(|step| &step.by).collect(),
        _ => Vec::new(),
    }
}

/// Whether a rule could be got around by rows of `entity` that are nobody's.
fn counts_people(rule: &Rule, entity: &Entity) -> bool {
    match rule {
        Rule::OnePerMember { .. }
        | Rule::Once { by_member: true, .. }
        | Rule::AtMost { per: None, .. }
        | Rule::Needs { own: true, .. }
        | Rule::Baton { .. } => rule.entity() == entity.id,
        Rule::Quorum { votes, .. } => *votes == entity.id,
        _ => false,
    }
}

/// Whether a field holds words.
pub(super) fn is_text(kind: &FieldKind) -> bool {
    use FieldKind::*;
    matches!(kind, Text | LongText | Email | Phone | Url | Place)
}

/// The Motoko type of a field's value.
pub(super) fn stored_type(kind: &FieldKind) -> &'static str {
    use FieldKind::*;
    match kind {
        Text | LongText | Email | Phone | Url | Place | Date | Time | DateTime | Picture | Colour | Choice { .. } => {
            "Text"
        }
        Integer { .. } | Money { .. } | Quantity { .. } | Percentage | Rating { .. } | Duration => "Int",
        YesNo => "Bool",
        Ref { .. } => "Nat",
    }
}

fn literal(kind: &FieldKind, value: &str) -> Option<String> {
    match stored_type(kind) {
        "Text" => Some(super::text::motoko(value)),
        "Bool" => value.parse::<bool>().ok().map(|value| value.to_string()),
        "Int" => {
            value.parse::<i64>().ok().map(|value| if value < 0 { format!("({value})") } else { value.to_string() })
        }
        _ => value.parse::<u64>().ok().map(|value| value.to_string()),
    }
}
