//! Two lists made one: "merge the contacts into the customers".

use super::super::ask::Meaning;
use super::super::draft::Draft;
use super::super::patterns::archive_entity;
use super::Follow;
use crate::ident::unique_field;
use crate::spec::{Entity, Field, FieldKind};
use crate::validate::MAX_FIELDS;

impl Follow<'_> {
    /// The second list gets what details only the first has, and whatever pointed to the first can point to the second.
    /// Rows are never moved: the first is put away with all that was entered there.
    pub(super) fn join(&self, draft: &mut Draft) -> bool {
        let known = |meaning: &Meaning| matches!(meaning, Meaning::Entity(_));
        let named = self.entities();
        let [one, other] = named.as_slice() else { return false };
        let words = ["merge", "together", "into", "look", "list", "and", "with"];
        if !self.asks("merge") || one.id == other.id || !self.only(&words, known) || other.archived {
            return false;
        }
        let (one, other) = ((*one).clone(), (*other).clone());
        let Some(kept) = draft.spec.entity_mut(&other.id) else { return false };
        for field in one.fields.iter().filter(|field| !field.archived && !has_alike(&other, field)) {
            if kept.fields.len() < MAX_FIELDS {
                add_beside(kept, field.clone());
            }
        }
        let pointing = |entity: &&mut Entity| entity.id != other.id && points_to(entity, &one.id);
        let live: Vec<&mut Entity> = draft.spec.entities.iter_mut().filter(pointing).collect();
        for entity in live.into_iter().filter(|entity| !points_to(entity, &other.id)) {
            let kind = FieldKind::Ref { entity: other.id.clone() };
            add_beside(entity, Field { id: other.id.clone(), label: other.label.clone(), kind, ..Field::default() });
        }
        archive_entity(&mut draft.spec, &one.id);
        let about = format!("entities/{}", other.id);
        self.told(draft, "merged", &[&one.plural, &other.plural, &other.plural], &about);
        self.assumed(draft, "mergedKept", &[&other.plural, &one.plural], &about);
        true
    }
}

fn points_to(entity: &Entity, id: &str) -> bool {
    let points = |field: &Field| matches!(&field.kind, FieldKind::Ref { entity } if entity == id);
    !entity.archived && entity.fields.iter().any(|field| !field.archived && points(field))
}

fn has_alike(entity: &Entity, field: &Field) -> bool {
    let same = |other: &Field| other.id == field.id || other.label.to_lowercase() == field.label.to_lowercase();
    entity.fields.iter().any(same) || matches!(&field.kind, FieldKind::Ref { entity: to } if *to == entity.id)
}

/// What is new can't be asked of rows that are there.
fn add_beside(entity: &mut Entity, field: Field) {
    let taken = entity.fields.iter().map(|field| field.id.clone()).collect();
    let id = unique_field(&field.id, "joined", &taken);
    let by_member = field.by_member && entity.person.is_some();
    entity.fields.push(Field { id, required: false, only_if: None, by_member, ..field });
}
