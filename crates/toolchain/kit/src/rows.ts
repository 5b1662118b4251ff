/** Rows between the backend's Candid and the pages: decoding, reading whole tables, sending only what changed. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useApp } from "./context";
import type { Platform } from "./platform";
import { grantOf } from "./rights";
import type { Entity, Field, Row, Value } from "./types";
import { sent } from "./values";

/** A shorter page than every version of every backend gives is the last one. */
const SHORTEST_PAGE = 10;

type Encoded = Record<string, unknown>;

/** A view as the backend gives it: an id, and options. */
export function decoded(entity: Entity, view: Record<string, unknown>): Row {
  const values = Object.fromEntries(entity.fields.map((field) => [field.id, plain(view[field.id])]));
  const places = plain(view["placesTaken"]);
  const row: Row = { id: Number(view["id"]), member: String(plain(view["member"]) ?? ""), values };
  return typeof places === "number" ? { ...row, placesTaken: places } : row;
}

function plain(option: unknown): Value | undefined {
  const value: unknown = Array.isArray(option) ? option[0] : undefined;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" || typeof value === "boolean" ? value : undefined;
}

/** The input that sets `fields` to `values`, where they differ from `before`; what is not named stays as it is. */
export function encoded(entity: Entity, fields: Field[], values: Record<string, Value | undefined>, before?: Row): Encoded {
  const changed = new Set(fields.filter((field) => values[field.id] !== before?.values[field.id]).map((field) => field.id));
  return Object.fromEntries(
    entity.fields.map((field) => [field.id, changed.has(field.id) ? change(entity, field, values[field.id]) : []]),
  );
}

function change(entity: Entity, field: Field, value: Value | undefined): unknown {
  if (entity.title === field.id) return [value === undefined ? "" : String(value)];
  return value === undefined ? [[]] : [[sent(field.kind, value)]];
}

/** All rows that the caller may read. */
export async function readAll(platform: Platform, entity: Entity): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const last = rows.at(-1);
    const page = await platform.read<Record<string, unknown>[]>(entity.methods.list, last ? [BigInt(last.id)] : []);
    rows.push(...page.map((view) => decoded(entity, view)));
    if (page.length < Math.min(SHORTEST_PAGE, entity.pageSize)) return rows;
  }
}

/** What a page knows of a table. */
export interface Table {
  rows: Row[] | undefined;
  failed: boolean;
  reload: () => Promise<void>;
}

/** Reads a table, and reads it anew when asked; a newer answer is never replaced by an older one. */
export function useRows(entity: Entity): Table {
  const { platform } = useApp();
  const [state, setState] = useState<{ rows?: Row[]; failed: boolean }>({ failed: false });
  const latest = useRef(0);
  const reload = useCallback(async () => {
    const turn = ++latest.current;
    try {
      const rows = await readAll(platform, entity);
      if (turn === latest.current) setState({ rows, failed: false });
    } catch {
      if (turn === latest.current) setState((before) => ({ ...before, failed: true }));
    }
  }, [platform, entity]);
  useEffect(() => {
    void reload();
  }, [reload]);
  return { rows: state.rows, failed: state.failed, reload };
}

/** The rows to which an entity's references point, by entity; of those that the caller may not read, none. */
export function useReferences(entity: Entity): { rowsOf: (id: string) => Row[]; reload: () => Promise<void> } {
  const { platform, entities, standing } = useApp();
  const [tables, setTables] = useState<Record<string, Row[]>>({});
  const reload = useCallback(async () => {
    const ids = new Set(entity.fields.flatMap((field) => (field.kind.type === "ref" ? [field.kind.entity] : [])));
    const readable = entities.filter((other) => ids.has(other.id) && grantOf(other, standing).read);
    const read = await Promise.allSettled(readable.map(async (other) => [other.id, await readAll(platform, other)] as const));
    setTables(Object.fromEntries(read.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []))));
  }, [platform, entities, standing, entity]);
  useEffect(() => {
    void reload();
  }, [reload]);
  return { rowsOf: (id) => tables[id] ?? [], reload };
}
