/**
 * Taking back what was done, by doing the opposite.
 *
 * Invariant: it is offered only where it gives the same as before, as far as the pages can tell; where the backend
 * then refuses it nevertheless, that is said.
 */
import type { Undo } from "./context";
import { grantOf, isKept, nextOptions, reaches } from "./rights";
import type { Store, Values } from "./store";
import type { Entity, Field, Row, Standing } from "./types";

interface Change {
  entity: Entity;
  row: Row;
  store: Store;
  standing: Standing;
}

/** Sets the changed fields as they were in `row`. */
export function restored({ entity, row, values, store, standing }: Change & { values: Values }): Undo | undefined {
  const changed = entity.fields.filter(({ id }) => id in values && values[id] !== row.values[id]);
  const now: Row = { ...row, values: { ...row.values, ...values } };
  const leadsBack = (field: Field) =>
    !entity.steps?.some((rule) => rule.field === field.id) ||
    nextOptions(entity, field, now, standing, store.find).some(({ id }) => id === row.values[field.id]);
  if (changed.length === 0 || !changed.every(leadsBack) || entity.fixed?.length) return undefined;
  const before = Object.fromEntries(changed.map(({ id }) => [id, row.values[id]]));
  return async () => store.update(entity, store.find(entity.id, row.id) ?? now, before);
}

/** Makes a deleted row again: where it would be the caller's as before, nothing in it was the backend's own, and nothing referred to it. */
export function recreated({ entity, row, entities, store, standing }: Change & { entities: Entity[] }): Undo | undefined {
  const whole = entity.fields.every((field) => !field.made && !field.seenBy);
  const fresh = (entity.steps ?? []).every(({ field, start }) => row.values[field] === start);
  const referred = entities.some(({ fields }) => fields.some(({ kind }) => kind.type === "ref" && kind.entity === entity.id));
  const same = entity.person === undefined && row.member === standing.member;
  if (!grantOf(entity, standing).create || !whole || !fresh || !same || referred) return undefined;
  return async () => {
    await store.create(entity, row.values);
  };
}

/** Deletes a row that was just made. */
export function removed({ entity, row, store, standing }: Change): Undo | undefined {
  const deletable = reaches(entity, grantOf(entity, standing).delete, row, standing, store.find) && !isKept(entity, row);
  return deletable ? () => store.remove(entity, row) : undefined;
}
