/** Rows between the backend's Candid and the pages: decoding, reading whole tables, ordering, sending only what changed. */
import type { Platform } from "./platform";
import type { Entity, Field, Order, Row, Value } from "./types";
import { sent, sortKey } from "./values";

/** A shorter page than every version of every backend gives is the last one. */
const SHORTEST_PAGE = 10;

type Encoded = Record<string, unknown>;

/** A view as the backend gives it: an id, and options. */
export function decoded(entity: Entity, view: Record<string, unknown>): Row {
  const values = Object.fromEntries(entity.fields.map((field) => [field.id, plain(view[field.id])]));
  const places = plain(view["placesTaken"]);
  const member = String(plain(view["member"]) ?? "");
  const row: Row = { id: Number(view["id"]), member, createdAt: moment(view["createdAt"]), updatedAt: moment(view["updatedAt"]), values };
  const balance = plain(view["balance"]);
  if (typeof places === "number") row.placesTaken = places;
  if (typeof balance === "number") row.balance = balance;
  return row;
}

/** Nanoseconds of the platform's clock, in milliseconds. */
function moment(told: unknown): number {
  const nanoseconds: unknown = Array.isArray(told) ? told[0] : told;
  return typeof nanoseconds === "bigint" ? Number(nanoseconds / 1_000_000n) : 0;
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

/** Rows in an order; those without a value come last, either way round, and equals stay as they were. */
export function ordered(entity: Entity, rows: Row[], order: Order[], language: string, nameOf: (row: Row, field: Field) => string): Row[] {
  const collator = new Intl.Collator(language, { numeric: true });
  const compare = (x: Value | undefined, y: Value | undefined, descending = false) => {
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    const difference = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y));
    return descending ? -difference : difference;
  };
  const key = (row: Row, id: string): Value | undefined => {
    // Rows are numbered as they are made, which says as much where a backend doesn't tell when.
    if (id === "createdAt" || id === "updatedAt") return row[id] || row.id;
    const field = entity.fields.find((one) => one.id === id);
    if (!field) return undefined;
    const value = row.values[id];
    return field.kind.type === "ref" ? value && nameOf(row, field) : sortKey(field.kind, value);
  };
  return [...rows].sort((a, b) => {
    for (const { field, descending } of order) {
      const difference = compare(key(a, field), key(b, field), descending);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}
