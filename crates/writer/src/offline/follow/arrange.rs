//! Where a detail or a page stands among the others: "put the email before the name", "move bookings to the top".

use super::super::ask::{Meaning, Part};
use super::super::draft::Draft;
use super::Follow;
use crate::spec::Field;

impl Follow<'_> {
    /// Puts what is named first where it is said to stand.
    pub(super) fn arrange(&self, draft: &mut Draft) -> bool {
        let known = |meaning: &Meaning| matches!(meaning, Meaning::Entity(_) | Meaning::Field(..));
        let words =
            ["move", "before", "after", "foremost", "hindmost", "look", "list", "sorting", "comma", "and", "page"];
        let fields = |draft: &mut Draft| !self.asks("page") && self.arrange_fields(draft);
        self.asks("move") && self.only(&words, known) && (fields(draft) || self.arrange_pages(draft))
    }

    fn arrange_fields(&self, draft: &mut Draft) -> bool {
        let Some((id, named)) = self.of_one_entity() else { return false };
        let Some(entity) = draft.spec.entity_mut(&id) else { return false };
        let Some((moved, rest)) = named.split_first() else { return false };
        let (mut taken, mut fields): (Vec<Field>, Vec<Field>) =
            entity.fields.iter().cloned().partition(|field| named.contains(&field.id));
        let beside = self.asks("before") || self.asks("after");
        match rest {
            [other] if beside => {
                let Some(at) = taken.iter().position(|field| field.id == *moved) else { return false };
                let moved = taken.remove(at);
                fields = entity.fields.iter().filter(|field| field.id != moved.id).cloned().collect();
                let Some(at) = fields.iter().position(|field| field.id == *other) else { return false };
                fields.insert(at + usize::from(!self.asks("before")), moved);
            }
            _ if beside => return false,
            [] if !self.asks("foremost") && !self.asks("hindmost") => return false,
            _ => {
                taken.sort_by_key(|field| named.iter().position(|name| *name == field.id));
                fields = if self.asks("hindmost") { [fields, taken].concat() } else { [taken, fields].concat() };
            }
        }
        entity.fields = fields;
        let shown = entity.fields.iter().filter(|field| !field.archived).map(|field| field.label.clone());
        let (labels, many) = (shown.collect::<Vec<_>>().join(", "), entity.plural.clone());
        self.told(draft, "arranged", &[&many, &labels], &format!("entities/{id}"));
        true
    }

    /// The details that are named, in order, and the thing that has all of them: one that is named too, if it does.
    fn of_one_entity(&self) -> Option<(String, Vec<String>)> {
        let fields = |part: &Part, id: &str| {
            part.meanings.iter().find_map(|meaning| match meaning {
                Meaning::Field(entity, field) if entity == id => Some(field.clone()),
                _ => None,
            })
        };
        let named: Vec<&Part> = self.parts.iter().filter(|part| self.field(part).is_some()).collect();
        let live = self.spec.entities.iter().filter(|entity| !entity.archived);
        let mut all = self.entities().into_iter().chain(live);
        let of = |id: &str| named.iter().map(|part| fields(part, id)).collect::<Option<Vec<String>>>();
        let (id, mut found) = all.find_map(|entity| Some((entity.id.clone(), of(&entity.id)?)))?;
        found.dedup();
        (!found.is_empty()).then_some((id, found))
    }

    fn arrange_pages(&self, draft: &mut Draft) -> bool {
        let entities = self.entities();
        let Some(moved) = entities.first() else { return false };
        let field = |meaning: &Meaning| matches!(meaning, Meaning::Field(..));
        let entity = |meaning: &Meaning| matches!(meaning, Meaning::Entity(_));
        let only_field = |part: &Part| part.meanings.iter().any(field) && !part.meanings.iter().any(entity);
        if self.parts.iter().any(only_field) {
            return false;
        }
        let (taken, rest): (Vec<_>, Vec<_>) =
            draft.spec.pages.iter().cloned().partition(|page| page.entity == moved.id);
        let other = entities.get(1).and_then(|other| rest.iter().position(|page| page.entity == other.id));
        let after = entities.get(1).and_then(|other| rest.iter().rposition(|page| page.entity == other.id));
        let at = match (other, after) {
            (Some(first), _) if self.asks("before") => first,
            (_, Some(last)) if self.asks("after") => last + 1,
            (None, _) if self.asks("foremost") => 0,
            (None, _) if self.asks("hindmost") => rest.len(),
            _ => return false,
        };
        let (before, behind) = rest.split_at(at);
        draft.spec.pages = [before, &taken, behind].concat();
        let titles: Vec<String> = draft.spec.pages.iter().map(|page| page.title.clone()).collect();
        self.told(draft, "pagesArranged", &[&titles.join(", ")], "pages");
        !taken.is_empty()
    }
}
