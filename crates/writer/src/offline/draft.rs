//! The spec in the making: what patterns write into, and what they remember until the end of the text.
//!
//! Invariant: an id, once given, is never given again in the same spec; labels may change, ids do not.

use std::collections::{BTreeMap, BTreeSet};

use super::access::Allowance;
use super::field::{Wanted, kind_of};
use super::lexicon::{Language, Shape, lexicon};
use super::noun::{Noun, noun, shape};
use super::say::Say;
use super::text::fold;
use super::unit::{Unit, units};
use crate::ident::{ident, unique, unique_field};
use crate::spec::{AppSpec, Choice, Condition, Entity, Field, FieldKind, Rule};
use crate::understanding::{Alternative, Loss, Statement, Understanding};
use crate::validate::{MAX_ENTITIES, MAX_FIELDS, MAX_OPTIONS};

/// What is known of an entity beside its spec.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// What it means, if the lexicon knows.
    pub(crate) concept: Option<&'static str>,
    /// Its people do something themselves: they get a role.
    pub(crate) acts: bool,
    /// New in this text.
    pub(crate) new: bool,
    /// No field was named for it yet.
    pub(crate) bare: bool,
    /// Stem of its noun.
    pub(crate) stem: String,
    /// Stems of its whole phrase.
    pub(crate) stems: String,
    /// The yes/no field that says somebody comes along.
    pub(crate) companion: Option<String>,
    /// Its people take their place themselves.
    pub(crate) chooses_place: bool,
    /// A clause says that they do something.
    pub(crate) doer: bool,
    /// Its rows are told apart by what they refer to: they need no name.
    pub(crate) nameless: bool,
    /// Named by the words that open the text, and by nothing else in their clause.
    pub(crate) heading: bool,
}

/// What "they" and "it" stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// An entity.
    Entity(String),
    /// A yes/no field whose details may follow ("a plus one, we need their name").
    Field(String, String),
}

/// The state of writing.
pub(crate) struct Draft {
    /// So far.
    pub(crate) spec: AppSpec,
    /// Of the text.
    pub(crate) language: &'static Language,
    /// So far.
    pub(crate) out: Understanding,
    /// By entity id.
    pub(crate) facts: BTreeMap<String, Facts>,
    /// The last thing talked about.
    pub(crate) focus: Option<Focus>,
    /// The last people talked about.
    pub(crate) person: Option<String>,
    /// What it is for.
    pub(crate) occasion: Option<&'static str>,
    /// Words that name the app.
    pub(crate) topic: Option<String>,
    /// Words that name a thing to keep, if nothing else does.
    pub(crate) topic_noun: Option<Vec<Unit>>,
    /// The people of the last sentence about access.
    pub(crate) last_who: Vec<Unit>,
    /// The last thing that people hand in.
    pub(crate) handed_in: Option<String>,
    /// Applied when the whole text is read.
    pub(crate) allowances: Vec<Allowance>,
    /// For amounts.
    pub(crate) currency: String,
    /// The text says so.
    pub(crate) currency_said: bool,
    /// A new app is written; else one is changed.
    pub(crate) creating: bool,
    /// Of a change.
    pub(crate) losses: Vec<Loss>,
    /// Of a change.
    pub(crate) alternatives: Vec<Alternative>,
    /// Of a change.
    pub(crate) undo: bool,
    /// People were told to answer only once.
    pub(crate) once: bool,
    /// People, what they belong to, and whether they choose it themselves: resolved when the whole text is read.
    pub(crate) places: Vec<(String, Vec<Unit>, bool)>,
    /// Things that belong to one thing each: "each project has tasks".
    pub(crate) links: Vec<(String, String)>,
    /// Fields (entity, field) that existed before this text.
    pub(crate) before: BTreeSet<(String, String)>,
    /// Roles that existed before this text.
    pub(crate) roles_before: BTreeSet<String>,
    /// Amounts existed before this text.
    pub(crate) money_before: bool,
    /// What people read in the app before this text.
    pub(crate) words_before: Vec<String>,
    /// Blueprints that apply only if a clause tells of one of their deeds.
    pub(crate) unsure: Vec<String>,
    /// Of the app, before this text.
    pub(crate) blueprints_before: BTreeSet<String>,
    /// What clauses said that people do, by blueprint.
    pub(crate) told: Vec<super::blueprint::Told>,
    /// Rules that blueprints brought, what they are about, and whether a clause asked for them.
    pub(crate) held: Vec<(Rule, String, bool)>,
    /// What was said about when it is open.
    pub(crate) openings: Vec<super::opening::Opening>,
    /// What was told by a few words in any order.
    pub(crate) parts: Vec<super::told::Part>,
    /// What is said about the whole, until the whole text is read.
    pub(crate) wishes: Vec<super::patterns::Wish>,
    /// Things that are not called so in the app: what they became, and what they were called.
    pub(crate) folded: Vec<(String, String)>,
    /// Small things remembered, such as roles that the text itself names.
    pub(crate) said: BTreeSet<String>,
}

impl Draft {
    /// An empty one.
    pub(crate) fn new(language: &'static Language) -> Draft {
        let spec = AppSpec { format: crate::spec::FORMAT, language: language.code().to_owned(), ..AppSpec::default() };
        Draft {
            spec,
            language,
            out: Understanding::default(),
            facts: BTreeMap::new(),
            focus: None,
            person: None,
            occasion: None,
            topic: None,
            topic_noun: None,
            last_who: Vec::new(),
            handed_in: None,
            allowances: Vec::new(),
            currency: language.currency().to_owned(),
            currency_said: false,
            creating: true,
            losses: Vec::new(),
            alternatives: Vec::new(),
            undo: false,
            once: false,
            places: Vec::new(),
            links: Vec::new(),
            before: BTreeSet::new(),
            roles_before: BTreeSet::new(),
            money_before: false,
            words_before: Vec::new(),
            unsure: Vec::new(),
            blueprints_before: BTreeSet::new(),
            told: Vec::new(),
            held: Vec::new(),
            openings: Vec::new(),
            parts: Vec::new(),
            wishes: Vec::new(),
            folded: Vec::new(),
            said: BTreeSet::new(),
        }
    }

    /// To change an existing app: what the words of its labels mean is read again.
    pub(crate) fn of(spec: &AppSpec, language: &'static Language) -> Draft {
        let mut draft = Draft::new(language);
        draft.creating = false;
        draft.spec = spec.clone();
        draft.money_before = used_currency(spec).is_some();
        draft.currency = used_currency(spec).unwrap_or(draft.currency);
        draft.roles_before = spec.roles.iter().map(|role| role.id.clone()).collect();
        draft.before = spec
            .entities
            .iter()
            .flat_map(|entity| entity.fields.iter().map(|field| (entity.id.clone(), field.id.clone())))
            .collect();
        for entity in &spec.entities {
            let facts = draft.facts_of(entity);
            if entity.person.is_some() && !entity.archived {
                draft.person = Some(entity.id.clone());
            }
            draft.facts.insert(entity.id.clone(), facts);
        }
        draft
    }

    fn facts_of(&self, entity: &Entity) -> Facts {
        let read = |label: &str| noun(&units(&super::text::tokens(label), self.language), self.language);
        let named = read(&entity.label);
        let companion = self.spec.rules.iter().find_map(|rule| match rule {
            Rule::Capacity { entity: counted, extra: Some(extra), .. } if *counted == entity.id => {
                Some(extra.field.clone())
            }
            _ => None,
        });
        let concept = lexicon().concepts.entity.get_key_value(&entity.id).map(|(key, _)| key.as_str());
        Facts {
            concept: concept
                .or_else(|| named.as_ref().and_then(|noun| noun.concept))
                .or_else(|| read(&entity.plural).and_then(|noun| noun.concept)),
            acts: entity.person.is_some(),
            stem: named.as_ref().map(|noun| noun.stem.clone()).unwrap_or_default(),
            stems: named.map(|noun| noun.stems).unwrap_or_default(),
            companion,
            nameless: !entity.fields.iter().any(|field| field.required && field.kind == FieldKind::Text),
            ..Facts::default()
        }
    }

    /// Facts of an entity; empty ones for an unknown id.
    pub(crate) fn known(&self, id: &str) -> Facts {
        self.facts.get(id).cloned().unwrap_or_default()
    }

    /// To note something about an entity.
    pub(crate) fn note(&mut self, id: &str) -> &mut Facts {
        self.facts.entry(id.to_owned()).or_default()
    }

    /// Says something that stands in the spec because of the text.
    pub(crate) fn understood(&mut self, phrase: Say, blanks: &[&str], about: &str) {
        let text = self.language.say(phrase, blanks);
        push_statement(&mut self.out.understood, text, Some(about));
    }

    /// Says something that stands in the spec though the text does not say it.
    pub(crate) fn assumed(&mut self, phrase: Say, blanks: &[&str], about: Option<&str>) {
        let text = self.language.say(phrase, blanks);
        push_statement(&mut self.out.assumed, text, about);
    }

    /// Says something that was asked and is not in the spec.
    pub(crate) fn missed(&mut self, phrase: Say, blanks: &[&str]) {
        let text = self.language.say(phrase, blanks);
        push_statement(&mut self.out.not_understood, text, None);
    }

    /// The entity that a noun names, if there is one.
    pub(crate) fn find(&self, noun: &Noun) -> Option<String> {
        let by = |test: &dyn Fn(&Facts) -> bool| {
            self.facts
                .iter()
                .find(|(id, facts)| self.spec.entity(id).is_some() && test(facts))
                .map(|(id, _)| id.clone())
        };
        by(&|facts| !noun.stems.is_empty() && facts.stems == noun.stems)
            .or_else(|| noun.concept.and_then(|concept| by(&|facts| facts.concept == Some(concept))))
            .or_else(|| by(&|facts| noun.concept.is_none() && !facts.stem.is_empty() && facts.stem == noun.stem))
            .or_else(|| self.find_by_label(noun))
    }

    fn find_by_label(&self, noun: &Noun) -> Option<String> {
        let forms = [fold(&noun.one), fold(&noun.many)];
        self.spec
            .entities
            .iter()
            .find(|entity| forms.contains(&fold(&entity.label)) || forms.contains(&fold(&entity.plural)))
            .map(|entity| entity.id.clone())
    }

    /// The entity that these words name, if there is one.
    pub(crate) fn find_units(&self, units: &[Unit]) -> Option<String> {
        let named = noun(units, self.language).and_then(|named| self.find(&named));
        named.or_else(|| if self.creating { None } else { self.called(units) })
    }

    /// The entity that is called exactly this, though the words mean something else elsewhere: "Journal".
    fn called(&self, units: &[Unit]) -> Option<String> {
        let words = units.iter().skip_while(|unit| unit.is("det") && unit.is_structure());
        let name = words.map(|unit| unit.norm.as_str()).collect::<Vec<_>>().join(" ");
        let same = |entity: &&Entity| [&entity.plural, &entity.label].into_iter().any(|label| fold(label) == name);
        self.spec.entities.iter().find(same).map(|entity| entity.id.clone())
    }

    /// The entity that these words name, made if it is new. `None` if they name nothing or there are too many.
    pub(crate) fn entity(&mut self, words: &[Unit]) -> Option<String> {
        let named = noun(words, self.language)?;
        let id = match self.find(&named) {
            Some(id) => id,
            None => self.make(&named)?,
        };
        self.look_at(&id);
        Some(id)
    }

    /// Makes an entity.
    pub(crate) fn make(&mut self, named: &Noun) -> Option<String> {
        if self.spec.entities.len() >= MAX_ENTITIES {
            self.missed(Say::TooManyEntities, &[&MAX_ENTITIES.to_string(), &named.many]);
            return None;
        }
        let taken: BTreeSet<String> = self.spec.entities.iter().map(|entity| entity.id.clone()).collect();
        let fallback = format!("thing{}", self.spec.entities.len() + 1);
        let alone = named.concept.filter(|_| named.single || named.concept == Some("budgetItem"));
        let id = unique(alone.unwrap_or(&named.one), &fallback, &taken);
        self.spec.entities.push(Entity {
            id: id.clone(),
            label: named.one.clone(),
            plural: named.many.clone(),
            ..Entity::default()
        });
        let facts = Facts {
            concept: named.concept,
            new: true,
            bare: true,
            stem: named.stem.clone(),
            stems: named.stems.clone(),
            ..Facts::default()
        };
        self.facts.insert(id.clone(), facts);
        Some(id)
    }

    /// "They" now means this entity.
    pub(crate) fn look_at(&mut self, id: &str) {
        self.focus = Some(Focus::Entity(id.to_owned()));
        if self.is_person(id) {
            self.person = Some(id.to_owned());
        }
    }

    /// Rows are people, as far as is known.
    pub(crate) fn is_person(&self, id: &str) -> bool {
        let facts = self.known(id);
        facts.acts
            || shape(facts.concept) == Some(Shape::Person)
            || self.spec.entity(id).is_some_and(|entity| entity.person.is_some())
    }

    /// Could be people: nothing says it is a place, an amount or an event.
    pub(crate) fn may_be_person(&self, id: &str) -> bool {
        self.is_person(id) || (shape(self.known(id).concept).is_none() && self.limit_field(id).is_none())
    }

    /// The whole-number field that limits how many fit in.
    pub(crate) fn limit_field(&self, id: &str) -> Option<String> {
        let entity = self.spec.entity(id).filter(|_| shape(self.known(id).concept) != Some(Shape::Money))?;
        let limits = |field: &&Field| {
            let label = fold(&field.label);
            let counted = fold(&self.language.label("numberOf").replace("{0}", ""));
            let by_words = self
                .language
                .tags(label.trim_start_matches(&counted).trim())
                .is_some_and(|tags| tags.contains(&super::lexicon::Tag::Field("seats")));
            !field.archived && matches!(field.kind, FieldKind::Integer { .. }) && (field.id == "seats" || by_words)
        };
        entity.fields.iter().find(limits).map(|field| field.id.clone())
    }

    /// "Customers order cakes": a thing that people do something with, and no people.
    fn is_done_to(&self, id: &str) -> bool {
        let bound = |told: &super::blueprint::Told| told.bound.iter().any(|(_, other)| other == id);
        self.told.iter().any(bound) && !self.known(id).doer && !self.is_person(id)
    }

    /// The people whom an answer without a clear subject comes from; made if there are none.
    pub(crate) fn people(&mut self) -> Option<String> {
        if let Some(Focus::Entity(id)) = self.focus.clone()
            && self.may_be_person(&id)
            && !self.is_done_to(&id)
        {
            return Some(id);
        }
        if let Some(id) = self.person.clone().filter(|id| self.spec.entity(id).is_some()) {
            return Some(id);
        }
        let concept = self
            .occasion
            .and_then(|occasion| lexicon().concepts.occasion.get(occasion))
            .map_or("person", |occasion| occasion.guest.as_str());
        self.by_concept(concept)
    }

    /// The entity of a concept, made if it is new.
    pub(crate) fn by_concept(&mut self, concept: &str) -> Option<String> {
        let words = self.language.entity(concept).or_else(|| lexicon().language("en").entity(concept))?;
        let text = words.many.clone();
        self.entity(&units(&super::text::tokens(&text), self.language))
    }

    /// Adds a field or completes one with the same meaning. Returns its id.
    pub(crate) fn add_field(&mut self, entity: &str, want: &Wanted) -> Option<String> {
        if let Some(id) = self.same_field(entity, want) {
            self.bring_back(entity, &id);
            self.complete(entity, &id, want);
            return Some(id);
        }
        let full = self.spec.entity(entity)?.fields.len() >= MAX_FIELDS;
        if full {
            self.missed(Say::TooManyFields, &[&MAX_FIELDS.to_string(), &want.label]);
            return None;
        }
        let id = self.field_id(entity, want);
        let kind = self.kind(want);
        let title = matches!(kind, FieldKind::Text) && want.known().is_some_and(|known| known.title);
        let first_title = title
            && !self.spec.entity(entity)?.fields.iter().any(|field| field.required && field.kind == FieldKind::Text);
        let field = Field {
            id: id.clone(),
            label: want.label.clone(),
            kind,
            required: want.required || first_title,
            ..Field::default()
        };
        self.spec.entity_mut(entity)?.fields.push(field);
        self.note(entity).bare = false;
        self.mention_upload(entity, &id, want);
        Some(id)
    }

    /// Adding what was put away brings it back, with everything entered there.
    fn bring_back(&mut self, entity: &str, id: &str) {
        let Some(field) =
            self.spec.entity_mut(entity).and_then(|entity| entity.field_mut(id)).filter(|field| field.archived)
        else {
            return;
        };
        field.archived = false;
        let label = field.label.clone();
        self.understood(Say::Restored, &[&label], &format!("entities/{entity}/fields/{id}"));
    }

    fn mention_upload(&mut self, entity: &str, id: &str, want: &Wanted) {
        if want.known().is_some_and(|known| known.upload) {
            let about = format!("entities/{entity}/fields/{id}");
            self.assumed(Say::AssumedUpload, &[&want.label], Some(&about));
        }
    }

    fn field_id(&self, entity: &str, want: &Wanted) -> String {
        let taken: BTreeSet<String> = self
            .spec
            .entity(entity)
            .map(|entity| entity.fields.iter().map(|field| field.id.clone()).collect())
            .unwrap_or_default();
        let words = want.concept.filter(|concept| want.exact && !taken.contains(*concept)).unwrap_or(&want.label);
        // Words in a script that ids can't have: what they mean names the field.
        let meaning = match &want.kind {
            FieldKind::Ref { entity } => Some(entity.as_str()),
            _ => want.concept,
        };
        let number = format!("field{}", taken.len() + 1);
        unique_field(words, meaning.filter(|id| !taken.contains(*id)).unwrap_or(&number), &taken)
    }

    /// The kind with this app's currency and with options that have ids.
    fn kind(&self, want: &Wanted) -> FieldKind {
        match &want.kind {
            FieldKind::Money { currency } if currency == "EUR" => FieldKind::Money { currency: self.currency.clone() },
            FieldKind::Choice { .. } => FieldKind::Choice { options: options(&want.options) },
            other => other.clone(),
        }
    }

    /// A field of the same label, or of the same concept where the concept's id is taken by it.
    fn same_field(&self, entity: &str, want: &Wanted) -> Option<String> {
        let label = fold(&want.label);
        let concept = want.concept.filter(|_| want.exact);
        let fields = &self.spec.entity(entity)?.fields;
        let several = |label: &str| label.contains(' ');
        let alike = |field: &Field| {
            concept.is_some_and(|concept| field.id == concept) && !(several(&fold(&field.label)) && several(&label))
        };
        let found = fields
            .iter()
            .find(|field| fold(&field.label) == label)
            .or_else(|| fields.iter().find(|field| alike(field)));
        found.map(|field| field.id.clone())
    }

    fn complete(&mut self, entity: &str, id: &str, want: &Wanted) {
        let kind = self.kind(want);
        let creating = self.known(entity).new;
        let Some(field) = self.spec.entity_mut(entity).and_then(|entity| entity.field_mut(id)) else { return };
        field.required |= want.required;
        let better = matches!(field.kind, FieldKind::Text) && !matches!(kind, FieldKind::Text);
        if creating && (better || !want.options.is_empty()) {
            field.kind = kind;
        }
    }

    /// Adds the field that a concept stands for.
    pub(crate) fn add_concept(&mut self, entity: &str, concept: &str, required: bool) -> Option<String> {
        let concept: &'static str = lexicon().concepts.field.get_key_value(concept).map(|(key, _)| key.as_str())?;
        let options = self.language.default_options(concept).cloned().unwrap_or_default();
        let kind = match kind_of(concept, &self.currency) {
            FieldKind::Choice { .. } if options.len() < 2 => FieldKind::Text,
            kind => kind,
        };
        let person = self.is_person(entity);
        let want = Wanted {
            label: self.language.label(if concept == "name" && !person { "thingName" } else { concept }),
            concept: Some(concept),
            exact: true,
            kind,
            options,
            required,
            sure: true,
            defaulted: false,
            noun: Vec::new(),
        };
        self.add_field(entity, &want)
    }

    /// The field of an entity that has this meaning.
    pub(crate) fn field_of_concept(&self, entity: &str, concept: &str) -> Option<String> {
        let fields = &self.spec.entity(entity)?.fields;
        let means = |field: &&Field| {
            let label = units(&super::text::tokens(&field.label), self.language);
            // "Notes on calls" are notes.
            let head = label.iter().position(|unit| unit.is_any(&["in", "for", "from"])).unwrap_or(label.len());
            label[..head].iter().rev().find(|unit| unit.is_content()).is_some_and(|unit| unit.field() == Some(concept))
        };
        let here = |field: &&Field| !field.archived;
        let found = fields.iter().filter(here).find(|field| field.id == concept);
        found.or_else(|| fields.iter().filter(here).find(means)).map(|field| field.id.clone())
    }

    /// Whether a row has something that it is called by.
    pub(crate) fn names_its_rows(&self, entity: &str) -> bool {
        let named = |field: &Field| !field.archived && field.required && field.kind == FieldKind::Text;
        self.spec.entity(entity).is_some_and(|entity| entity.fields.iter().any(named))
    }

    /// Marks a field as the members' own answer.
    pub(crate) fn by_member(&mut self, entity: &str, field: &str) {
        if let Some(field) = self.spec.entity_mut(entity).and_then(|entity| entity.field_mut(field)) {
            field.by_member = true;
            field.required = false;
        }
    }

    /// The yes/no (or choice) field that says whether somebody comes, with the values that mean yes.
    pub(crate) fn attending(&self, entity: &str) -> Option<Condition> {
        let entity = self.spec.entity(entity)?;
        let field =
            entity.fields.iter().find(|field| !field.archived && (field.id == "attending" || field.id == "answer"))?;
        let value = match &field.kind {
            FieldKind::YesNo => "true".to_owned(),
            FieldKind::Choice { options } => options.first()?.id.clone(),
            _ => return None,
        };
        Some(Condition { field: field.id.clone(), values: vec![value] })
    }

    /// Plural of an entity, for the middle of a sentence.
    pub(crate) fn many(&self, id: &str) -> String {
        self.spec.entity(id).map(|entity| self.language.inside(&entity.plural)).unwrap_or_default()
    }

    /// Label of a field.
    pub(crate) fn field_label(&self, entity: &str, field: &str) -> String {
        self.spec
            .entity(entity)
            .and_then(|entity| entity.field(field))
            .map(|field| field.label.clone())
            .unwrap_or_default()
    }
}

/// Options with ids, at most as many as a choice may have.
pub(crate) fn options(labels: &[String]) -> Vec<Choice> {
    let mut taken = BTreeSet::new();
    let mut options = Vec::new();
    for (number, label) in labels.iter().take(MAX_OPTIONS).enumerate() {
        let id = unique(label, &format!("option{}", number + 1), &taken);
        taken.insert(id.clone());
        options.push(Choice { id, label: label.clone() });
    }
    options
}

/// A role id from words: never the owner's or the visitors'.
pub(crate) fn role_id(words: &str, number: usize) -> String {
    match ident(words, &format!("role{number}")) {
        id if id == crate::spec::OWNER || id == crate::spec::VISITOR => format!("{id}Role"),
        id => id,
    }
}

/// Adds a sentence once.
pub(crate) fn push_statement(statements: &mut Vec<Statement>, text: String, about: Option<&str>) {
    // A sentence may begin with what somebody called a thing.
    let mut letters = text.chars();
    let text =
        letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str());
    if !text.is_empty() && !statements.iter().any(|statement| statement.text == text) {
        statements.push(Statement { text, about: about.map(str::to_owned) });
    }
}

fn used_currency(spec: &AppSpec) -> Option<String> {
    spec.entities.iter().flat_map(|entity| &entity.fields).find_map(|field| match &field.kind {
        FieldKind::Money { currency } => Some(currency.clone()),
        _ => None,
    })
}
