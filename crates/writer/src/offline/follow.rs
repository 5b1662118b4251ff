//! Changes said in a few words, in any order: how rows are sorted, where a detail or a page stands, what a detail is split into, who no longer sees it,
//! how the app looks, when it is closed.
//!
//! They are read by what their words mean in this app, not by where they stand, so one reading serves all languages.
//! Invariant: a text is read here only if every word of it has a meaning; else the clause patterns read it.

mod arrange;
mod joined;

use super::ask::{Meaning, Part, Told, heard, is_people};
use super::draft::{Draft, options};
use super::lexicon::Language;
use super::noun::sentence_case;
use super::say::Say;
use super::text::fold;
use crate::ident::unique_field;
use crate::query::is_number;
use crate::spec::{AppSpec, Choice, Entity, Field, FieldKind, Grant, Order, Page, PageKind, Scope, Theme, VISITOR};
use crate::understanding::Loss;

/// Longest text that is read so, in characters.
const MAX_CHARS: usize = 300;

/// Moods by their words: colour of buttons and links, colour behind everything.
const MOODS: &[(&str, &str, Option<&str>)] = &[
    ("dark", "#60a5fa", Some("#111827")),
    ("light", "#2563eb", Some("#ffffff")),
    ("warm", "#b45309", Some("#fff7ed")),
    ("calm", "#0f766e", Some("#f0fdfa")),
    ("playful", "#db2777", Some("#fdf2f8")),
    ("serious", "#1f2937", Some("#f8fafc")),
];

/// Words that ask for rows in an order, and whether the largest come first.
const ENDS: &[(&str, bool)] = &[
    ("dearest", true),
    ("cheapest", false),
    ("most", true),
    ("least", false),
    ("latest", true),
    ("earliest", false),
    ("next", false),
];

struct Follow<'a> {
    spec: &'a AppSpec,
    parts: &'a [Part],
    told: Told,
    language: &'static Language,
}

/// The draft after such a change; `None` if the text is none.
pub(super) fn read(spec: &AppSpec, text: &str, language: &'static Language) -> Option<Draft> {
    let text = text.trim();
    let inner = text.trim_end_matches(['.', '!', '。', '।']);
    let several = inner.contains(['.', '!', ';', '\n', '。', '।', '?', '？', '؟', '؛']);
    if several || text.chars().count() > MAX_CHARS {
        return None;
    }
    let parts = heard(spec, inner, language)?;
    let follow = Follow { spec, parts: &parts, told: Told::of(language.code()), language };
    let mut draft = Draft::of(spec, language);
    let read = follow.undo(&mut draft)
        || follow.mood(&mut draft)
        || follow.split(&mut draft)
        || follow.merge(&mut draft)
        || follow.join(&mut draft)
        || follow.choices(&mut draft)
        || follow.hide(&mut draft)
        || follow.sign_up(&mut draft)
        || follow.arrange(&mut draft)
        || follow.search(&mut draft)
        || follow.sort(&mut draft);
    read.then_some(draft)
}

/// A field with where it is.
type Place = (String, String);

impl Follow<'_> {
    fn asks(&self, key: &str) -> bool {
        self.at(key).is_some()
    }

    fn at(&self, key: &str) -> Option<usize> {
        self.parts.iter().position(|part| part.asks(key))
    }

    /// Every part says one of these, carries nothing, or names what `names` accepts.
    fn only(&self, keys: &[&str], names: impl Fn(&Meaning) -> bool) -> bool {
        self.parts.iter().all(|part| {
            part.asks_any(keys) || part.meanings.iter().any(|meaning| *meaning == Meaning::Small || names(meaning))
        })
    }

    /// Entities that are named, in order.
    fn entities(&self) -> Vec<&Entity> {
        let named = self.parts.iter().filter_map(|part| {
            part.meanings.iter().find_map(|meaning| match meaning {
                Meaning::Entity(id) => self.spec.entity(id),
                _ => None,
            })
        });
        named.collect()
    }

    /// The field that a part names: of an entity that is named too, else of the first that has it.
    fn field(&self, part: &Part) -> Option<Place> {
        let named = self.entities();
        let fields: Vec<Place> = part
            .meanings
            .iter()
            .filter_map(|meaning| match meaning {
                Meaning::Field(entity, field) => Some((entity.clone(), field.clone())),
                _ => None,
            })
            .collect();
        let within = fields.iter().find(|(entity, _)| named.iter().any(|one| one.id == *entity));
        within.or(fields.first()).cloned()
    }

    fn fields(&self) -> Vec<Place> {
        let mut found: Vec<Place> = self.parts.iter().filter_map(|part| self.field(part)).collect();
        found.dedup();
        found
    }

    fn kept<'d>(draft: &'d mut Draft, (entity, field): &Place) -> Option<&'d mut Field> {
        draft.spec.entity_mut(entity)?.field_mut(field)
    }

    fn told(&self, draft: &mut Draft, key: &str, blanks: &[&str], about: &str) {
        super::draft::push_statement(&mut draft.out.understood, self.told.say(key, blanks), Some(about));
    }

    fn assumed(&self, draft: &mut Draft, key: &str, blanks: &[&str], about: &str) {
        super::draft::push_statement(&mut draft.out.assumed, self.told.say(key, blanks), Some(about));
    }

    /// "Take back the last change", "as it was before".
    fn undo(&self, draft: &mut Draft) -> bool {
        let asked = self.asks("undo") && self.only(&["undo", "latest", "lastChange"], |_| false);
        if asked {
            draft.undo = true;
            draft.understood(Say::Undo, &[], "entities");
        }
        asked
    }

    /// "Make it warmer", "dark mode".
    fn mood(&self, draft: &mut Draft) -> bool {
        let Some((key, accent, background)) = MOODS.iter().find(|(key, ..)| self.asks(key)) else { return false };
        if !self.only(&[key, "look"], |_| false) {
            return false;
        }
        draft.spec.theme = Theme { accent: (*accent).into(), background: background.map(str::to_owned) };
        let said = self.at(key).map(|at| self.parts[at].text.clone()).unwrap_or_default();
        draft.understood(Say::ColourScheme, &[&said], "theme");
        true
    }

    /// "Sort by name", "newest bookings first", "cheapest services on top".
    fn sort(&self, draft: &mut Draft) -> bool {
        let end = ENDS.iter().find(|(key, _)| self.asks(key));
        let sorted = self.asks("sort") || end.is_some() && (self.asks("atEnd") || self.asks("sorting"));
        let known = |meaning: &Meaning| matches!(meaning, Meaning::Entity(_) | Meaning::Field(..));
        let words = [
            "sort", "sorting", "atEnd", "latest", "dearest", "most", "earliest", "cheapest", "least", "list", "look",
            "per", "next",
        ];
        if !sorted || !self.only(&words, known) {
            return false;
        }
        let sortable = |kind: &FieldKind| {
            matches!(
                kind,
                FieldKind::Text
                    | FieldKind::Date
                    | FieldKind::DateTime
                    | FieldKind::Time
                    | FieldKind::Choice { .. }
                    | FieldKind::YesNo
                    | FieldKind::Place
            ) || is_number(kind)
        };
        let fields = self.fields();
        let named = fields.iter().find(|(entity, field)| {
            self.spec.entity(entity).and_then(|one| one.field(field)).is_some_and(|field| sortable(&field.kind))
        });
        let entity = self.entities().first().map(|one| one.id.clone());
        let (id, field) = match (named, end) {
            (Some(place), _) => place.clone(),
            (None, Some((key, _))) => {
                let Some(id) = entity.or_else(|| self.newest()) else { return false };
                let field = self.by_end(&id, key);
                (id, field)
            }
            (None, None) => return false,
        };
        let descending = end.is_some_and(|(_, descending)| *descending);
        let label = draft.field_label(&id, &field);
        let label = if label.is_empty() { self.told.say("created", &[]) } else { label };
        let many = draft.many(&id);
        let Some(entity) = draft.spec.entity_mut(&id) else { return false };
        entity.order = vec![Order { field: field.clone(), descending }];
        if field != "createdAt" {
            entity.order.push(Order { field: "createdAt".into(), descending: false });
        }
        draft.understood(Say::Ordered, &[&many, &label], &format!("entities/{id}"));
        true
    }

    /// Where nothing is named: what people add most often comes last among what is kept.
    fn newest(&self) -> Option<String> {
        let live = || self.spec.entities.iter().filter(|entity| !entity.archived);
        let dated = |entity: &&Entity| {
            entity.fields.iter().any(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime))
        };
        live().find(dated).or_else(|| live().next()).map(|entity| entity.id.clone())
    }

    fn by_end(&self, id: &str, key: &str) -> String {
        let fields =
            || self.spec.entity(id).into_iter().flat_map(|entity| &entity.fields).filter(|field| !field.archived);
        let number = || fields().find(|field| is_number(&field.kind));
        let money = fields().find(|field| matches!(field.kind, FieldKind::Money { .. }));
        let field = match key {
            "dearest" | "cheapest" | "most" | "least" => money.or_else(number),
            "next" => fields().find(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime)),
            _ => None,
        };
        field.map_or_else(|| "createdAt".to_owned(), |field| field.id.clone())
    }

    /// "Let me filter bookings by date": every list can be.
    fn search(&self, draft: &mut Draft) -> bool {
        let known = |meaning: &Meaning| matches!(meaning, Meaning::Entity(_) | Meaning::Field(..));
        let dated = self.parts.iter().any(|part| self.means_a_day(part));
        let named = !self.entities().is_empty() || !self.fields().is_empty() || dated;
        let words = ["find", "per", "may", "look", "list", "everyone", "sort"];
        // By what is found is nothing to decide: lists are searched by all that they show.
        let whole = self.only(&words, known)
            || dated && self.parts.iter().all(|part| !part.meanings.is_empty() || self.means_a_day(part))
            || self.parts.first().is_some_and(|part| part.asks("find")) && self.parts.len() <= 6;
        let asked = self.asks("find") && named && whole;
        if asked {
            draft.understood(Say::Searchable, &[], "pages");
        }
        asked
    }

    /// What stands between or after some parts, as names: unknown words and whatever else is written there.
    fn names(&self, parts: &[Part]) -> Vec<String> {
        let joint = |word: &str| self.told.has_word(&["and", "or"], word);
        let mut names = vec![String::new()];
        for part in parts.iter().filter(|part| !part.asks("look") || part.asks("and") || part.meanings.is_empty()) {
            for word in part.text.split(' ') {
                if part.asks("comma") || joint(word) {
                    names.push(String::new());
                } else if let Some(name) = names.last_mut() {
                    *name = super::text::joined([name.as_str(), word].into_iter().filter(|text| !text.is_empty()));
                }
            }
        }
        names.iter().map(|name| sentence_case(name)).filter(|name| !name.is_empty()).collect()
    }

    /// "Split the name into first and last name".
    fn split(&self, draft: &mut Draft) -> bool {
        let into = self.parts.iter().rposition(|part| part.asks("into"));
        let Some(into) = into.filter(|_| self.asks("split")) else { return false };
        let before: Vec<Place> = self.parts[..into].iter().filter_map(|part| self.field(part)).collect();
        let (place, rest) = match before.first() {
            Some(place) => (place.clone(), &self.parts[into + 1..]),
            None => return false,
        };
        let rest: Vec<Part> = rest.iter().filter(|part| !part.asks("split")).cloned().collect();
        let mut names = self.names(&rest);
        // Where "into" follows what it is about, the names stand between the detail and it.
        if names.is_empty() {
            let small = |part: &&Part| part.meanings.contains(&Meaning::Small);
            let whole = self.parts[..into].iter().position(|part| self.field(part).is_some()).map_or(into, |at| at + 1);
            names = self.names(&self.parts[whole..into].iter().skip_while(small).cloned().collect::<Vec<_>>());
        }
        let Some(old) = Self::kept(draft, &place).map(|field| field.clone()) else { return false };
        if names.len() != 2 || !matches!(old.kind, FieldKind::Text | FieldKind::LongText | FieldKind::Place) {
            return false;
        }
        self.share_head(&mut names, &old.label);
        let Some(entity) = draft.spec.entity_mut(&place.0) else { return false };
        let taken = entity.fields.iter().map(|field| field.id.clone()).collect();
        let added = Field {
            id: unique_field(&names[1], "part", &taken),
            label: names[1].clone(),
            kind: old.kind.clone(),
            by_member: old.by_member,
            seen_by: old.seen_by.clone(),
            only_if: old.only_if.clone(),
            ..Field::default()
        };
        let at = entity.fields.iter().position(|field| field.id == place.1).map_or(entity.fields.len(), |at| at + 1);
        let about = format!("entities/{}/fields/{}", place.0, added.id);
        entity.fields.insert(at, added);
        if let Some(field) = Self::kept(draft, &place) {
            field.label.clone_from(&names[0]);
        }
        self.told(draft, "split", &[&old.label, &names[0], &names[1]], &about);
        self.assumed(draft, "splitKept", &[&names[0], &names[1]], &about);
        true
    }

    /// "first and last name": what is split is what both are.
    fn share_head(&self, names: &mut [String], label: &str) {
        let words =
            |text: &str| super::folded_words(text).iter().map(|word| self.language.stem(word)).collect::<Vec<_>>();
        let (first, second, whole) = (words(&names[0]), words(&names[1]), words(label));
        let shared = second.last().is_some_and(|head| whole.contains(head) && first.first() != Some(head));
        if second.len() > 1 && first.len() == 1 && shared && !self.language.grammar().head_first {
            let head = names[1].rsplit(' ').next().unwrap_or_default().to_owned();
            names[0] = format!("{} {head}", names[0]);
        }
    }

    /// "Put street and city together as address".
    fn merge(&self, draft: &mut Draft) -> bool {
        let Some(verb) = self.at("merge") else { return false };
        let into = self.parts.iter().rposition(|part| part.asks("together"));
        let Some(into) = into.filter(|into| *into != verb) else { return false };
        let place = |part: &Part| self.field(part);
        let fields: Vec<(usize, Place)> =
            self.parts[..into].iter().enumerate().filter_map(|(at, part)| Some((at, place(part)?))).collect();
        let [(_, first), (_, second)] = fields.as_slice() else { return false };
        let rest: Vec<Part> = self.parts[into + 1..].iter().filter(|part| !part.asks("merge")).cloned().collect();
        let names = self.names(&rest);
        if first.0 != second.0 || first.1 == second.1 || names.len() != 1 {
            return false;
        }
        let (one, two) = (draft.field_label(&first.0, &first.1), draft.field_label(&second.0, &second.1));
        let Some(other) = Self::kept(draft, second) else { return false };
        if other.required || !matches!(other.kind, FieldKind::Text | FieldKind::LongText | FieldKind::Place) {
            return false;
        }
        other.archived = true;
        super::patterns::release_field(&mut draft.spec, &second.0, &second.1);
        if let Some(field) = Self::kept(draft, first) {
            field.label.clone_from(&names[0]);
        }
        let about = format!("entities/{}/fields/{}", first.0, first.1);
        self.told(draft, "merged", &[&one, &two, &names[0]], &about);
        self.assumed(draft, "mergedKept", &[&one, &two], &about);
        true
    }

    /// "The status can be new, active or gone", "make the city a list of choices: Berlin, Hamburg".
    fn choices(&self, draft: &mut Draft) -> bool {
        let Some(key) = self.at("choices") else { return false };
        let Some(at) = self.parts.iter().position(|part| self.field(part).is_some()) else { return false };
        let Some(place) = self.field(&self.parts[at]) else { return false };
        let lead = self.parts[..key.max(at)].iter().enumerate().all(|(other, part)| {
            other == at
                || other == key
                || part.asks_any(&["look", "choices"])
                || !part.meanings.is_empty()
                    && part.meanings.iter().all(|meaning| matches!(meaning, Meaning::Small | Meaning::Entity(_)))
        });
        let rest: Vec<Part> =
            self.parts[key.max(at) + 1..].iter().filter(|part| !part.asks("choices")).cloned().collect();
        let labels = self.names(&rest);
        if !lead || labels.len() < 2 || labels.len() > crate::validate::MAX_OPTIONS {
            return false;
        }
        let mut lost: Vec<String> = Vec::new();
        let Some(field) = Self::kept(draft, &place) else { return false };
        let kind = match &field.kind {
            FieldKind::Choice { options: old } => {
                let named = |option: &Choice| labels.iter().any(|label| fold(label) == fold(&option.label));
                lost = old.iter().filter(|option| !named(option)).map(|option| option.label.clone()).collect();
                let kept: Vec<Choice> = old.iter().filter(|option| named(option)).cloned().collect();
                let new = labels.iter().filter(|label| !kept.iter().any(|option| fold(label) == fold(&option.label)));
                let new: Vec<String> = new.cloned().collect();
                [kept, super::patterns::options_beside(old, &new)].concat()
            }
            FieldKind::Text | FieldKind::LongText | FieldKind::Place => options(&labels),
            _ => return false,
        };
        field.kind = FieldKind::Choice { options: kind };
        let label = field.label.clone();
        let subject = format!("entities/{}/fields/{}", place.0, place.1);
        draft.losses.extend(lost.into_iter().map(|label| Loss { subject: subject.clone(), label }));
        self.told(draft, "choices", &[&label, &labels.join(", ")], &format!("entities/{}/fields/{}", place.0, place.1));
        true
    }

    /// "Hide the price from customers": it is seen by whoever else sees the row.
    fn hide(&self, draft: &mut Draft) -> bool {
        if !self.asks("hide") {
            return false;
        }
        let role = |part: &Part| {
            part.meanings.iter().find_map(|meaning| match meaning {
                Meaning::Role(role) => Some(role.clone()),
                Meaning::Entity(id) => self.spec.entity(id)?.person.clone(),
                _ => None,
            })
        };
        let known = |meaning: &Meaning| matches!(meaning, Meaning::Entity(_) | Meaning::Field(..) | Meaning::Role(_));
        let [place] = self.fields().try_into().unwrap_or_else(|_| [(String::new(), String::new())]);
        if self.spec.entity(&place.0).is_none() {
            return false;
        }
        let words = ["hide", "everyone", "after", "before", "per"];
        let understood = |part: &Part| {
            part.asks_any(&words) || part.meanings.iter().any(|meaning| *meaning == Meaning::Small || known(meaning))
        };
        if !self.parts.iter().all(|part| understood(part) || self.means_strangers(part)) {
            return false;
        }
        let strangers = self.parts.iter().filter(|part| self.means_strangers(part)).map(|_| VISITOR.to_owned());
        let named = self.parts.iter().filter(|part| self.field(part).is_none()).filter_map(role);
        let from: Vec<String> = named.chain(strangers).collect();
        super::access::hidden(draft, &place, &from)
    }

    /// "Guests", "customers": whoever opens the page, where the app knows nobody of that name.
    fn means_strangers(&self, part: &Part) -> bool {
        let served = self.spec.entities.iter().any(|entity| entity.grant(VISITOR).is_some());
        let forms = ["customer", "guest", "person", "patient", "student", "member"];
        let called =
            |concept: &&str| self.language.entity_forms(concept).iter().any(|form| fold(form) == fold(&part.text));
        served && part.meanings.is_empty() && forms.iter().any(called)
    }

    /// "Filter by date", where no detail is called so but one is a date.
    fn means_a_day(&self, part: &Part) -> bool {
        let day = |field: &Field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime) && !field.archived;
        let dated = self.spec.entities.iter().any(|entity| !entity.archived && entity.fields.iter().any(day));
        let called = || self.language.field_forms("date").iter().any(|form| fold(form) == fold(&part.text));
        dated && part.meanings.is_empty() && called()
    }

    /// "Let people sign up themselves": strangers make their own row among the people.
    fn sign_up(&self, draft: &mut Draft) -> bool {
        let known = |meaning: &Meaning| matches!(meaning, Meaning::Entity(_) | Meaning::Role(_));
        if !self.asks("signUp") || !self.only(&["signUp", "everyone", "may", "look"], known) {
            return false;
        }
        let people = |entity: &&Entity| !entity.archived && is_people(entity);
        let named = self.entities().into_iter().find(people);
        let Some(id) = named.or_else(|| self.spec.entities.iter().find(people)).map(|entity| entity.id.clone()) else {
            return false;
        };
        let Some(entity) = draft.spec.entity_mut(&id) else { return false };
        entity.access.retain(|grant| grant.role != VISITOR);
        entity.access.push(Grant {
            role: VISITOR.into(),
            read: Some(Scope::Own),
            create: true,
            update: Some(Scope::Own),
            ..Grant::default()
        });
        let title = entity.label.clone();
        let many = entity.plural.clone();
        if !draft.spec.pages.iter().any(|page| page.entity == id && page.roles.iter().any(|role| role == VISITOR)) {
            let taken = draft.spec.pages.iter().map(|page| page.id.clone()).collect();
            let page = Page {
                id: crate::ident::unique(&format!("new {id}"), "signUp", &taken),
                title,
                kind: PageKind::Form,
                entity: id.clone(),
                roles: vec![VISITOR.into()],
                ..Page::default()
            };
            draft.spec.pages.push(page);
        }
        self.told(draft, "signUp", &[&many], &format!("entities/{id}/access"));
        true
    }
}
