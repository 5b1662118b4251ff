/** What rows are called. */
import { useApp } from "./context";
import type { Entity, Field, Row } from "./types";
import { shown } from "./values";

/** The row's title, or its kind and number where it has none. */
export function titleOf(entity: Entity, row: Row): string {
  const title = entity.title === undefined ? undefined : row.values[entity.title];
  return title === undefined || title === "" ? `${entity.label} ${row.id}` : String(title);
}

/** How a row's field reads, given the rows that references point to. */
export function useShown(rowsOf: (entity: string) => Row[]): (field: Field, row: Row) => string {
  const { language, words } = useApp();
  const nameOf = useNameOf(rowsOf);
  return (field, row) => shown(field.kind, row.values[field.id], language, words, nameOf);
}

/** What the row of an entity with a number is called. */
export function useNameOf(rowsOf: (entity: string) => Row[]): (entity: string, id: number) => string {
  const { entities } = useApp();
  return (id, number) => {
    const entity = entities.find((other) => other.id === id);
    const row = rowsOf(id).find((other) => other.id === number);
    if (!entity) return String(number);
    return row ? titleOf(entity, row) : `${entity.label} ${number}`;
  };
}
