/** The rows of other entities that refer to a row, or share it: comments of a post, tasks of a project. */
import { useApp } from "./context";
import { Button } from "./controls";
import { FieldValue } from "./display";
import { useEditing } from "./editing";
import { grantOf } from "./rights";
import { useStore, useTable } from "./store";
import { titleOf } from "./titles";
import type { Entity, Field, Row } from "./types";

interface Reference {
  other: Entity;
  field: Field;
}

/** A list for each reference from an entity that the caller may read or add to. */
export function Related({ entity, row }: { entity: Entity; row: Row }) {
  const { entities, standing } = useApp();
  const open = entities.filter((other) => grantOf(other, standing).read || grantOf(other, standing).create);
  const references = open.flatMap((other) => other.fields.flatMap((field): Reference[] =>
    field.kind.type === "ref" && field.kind.entity === entity.id && !field.made ? [{ other, field }] : []));
  return (
    <>
      {references.map((reference) => <List key={`${reference.other.id} ${reference.field.id}`} {...reference} id={row.id} />)}
      <Shares entity={entity} row={row} open={open} />
    </>
  );
}

/** With whom a row is shared because of what it belongs to: an album's pictures go with it. */
function Shares({ entity, row, open }: { entity: Entity; row: Row; open: Entity[] }) {
  const { entities } = useApp();
  const store = useStore();
  const { shared } = entity;
  const other = open.find(({ id }) => id === shared?.by);
  const field = other?.fields.find(({ id }) => id === shared?.field);
  if (!shared || shared.via.length === 0 || !other || !field) return null;
  const lead = shared.via.reduce<{ at: Entity | undefined; row: Row | undefined; id: number | undefined }>((from, reference) => {
    const kind = from.at?.fields.find(({ id }) => id === reference)?.kind;
    const id = from.row?.values[reference];
    if (kind?.type !== "ref" || typeof id !== "number") return { at: undefined, row: undefined, id: undefined };
    return { at: entities.find((one) => one.id === kind.entity), row: store.find(kind.entity, id), id };
  }, { at: entity, row, id: row.id });
  return lead.id === undefined ? null : <List other={other} field={field} id={lead.id} />;
}

function List({ other, field, id }: Reference & { id: number }) {
  const { words } = useApp();
  const table = useTable(other);
  const editing = useEditing(other, table);
  const rows = (table.rows ?? []).filter((one) => one.values[field.id] === id);
  if (rows.length === 0 && !editing.add) return null;
  return (
    <section aria-label={other.plural} className="flex flex-col gap-3 border-t border-rule pt-4">
      <div className="flex flex-wrap items-center gap-3">
        <h2 dir="auto" className="grow text-lg font-semibold">{other.plural}</h2>
        {editing.add && <Button small aria-label={words.addTo(other.label)} onClick={() => editing.add?.({ [field.id]: id })}>{words.add}</Button>}
      </div>
      <ul className="flex flex-col gap-3">
        {rows.map((one) => (
          <li key={one.id} className="flex flex-col gap-2 rounded-xl border border-rule bg-raised p-4">
            <p dir="auto" className="font-medium break-words">{titleOf(other, one)}</p>
            <Values entity={other} without={field.id} row={one} rowsOf={table.rowsOf} />
            {editing.actionsOf(one)}
          </li>
        ))}
      </ul>
      {editing.dialog}
    </section>
  );
}

/** What a row says besides what it refers to here. */
function Values({ entity, without, row, rowsOf }: { entity: Entity; without: string; row: Row; rowsOf: (entity: string) => Row[] }) {
  const set = entity.fields.filter(({ id }) => id !== without && id !== entity.title && row.values[id] !== undefined);
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {set.map((field) => (
        <div key={field.id} dir="auto" className="min-w-0 break-words">
          <span className="text-muted">{field.label}: </span>
          <FieldValue field={field} row={row} rowsOf={rowsOf} />
        </div>
      ))}
    </div>
  );
}
