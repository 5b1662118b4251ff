/** What numbers say over rows: counts, sums, and how they spread over choices and months. Pure. */
import { dayBy } from "./attention";
import { monthOf, monthsAfter } from "./time";
import type { Entity, Field, Row } from "./types";
import { isSummed } from "./values";

/** One bar of a chart. */
export interface Bar {
  /** An option's id, `true`, `false` or a month `YYYY-MM`; empty where nothing is set. */
  key: string;
  count: number;
}

/** A chart of an entity by one of its fields; `createdAt` for when rows were made. */
export interface Chart {
  entity: Entity;
  by: string;
  field: Field | undefined;
  bars: Bar[];
}

/** How many months are shown. */
const MONTHS = 12;

/**
 * Whether a number is said of each piece of what a row stands for, so that the rows don't come to anything together:
 * what one costs of what others order, and how long one takes of what others book.
 */
export function isPerPiece(entity: Entity, field: Field, entities: Entity[]): boolean {
  if (field.each) return true;
  return entities.some((other) => {
    const refers = ({ kind }: Field) => kind.type === "ref" && kind.entity === entity.id;
    const taken = field.kind.type === "money" && other.fields.some(({ made, kind }) => made && kind.type === "money");
    const end = other.booking?.end;
    const lasts = end?.type === "lengthOf" && end.field === field.id && other.fields.some((one) => one.id === end.via && refers(one));
    return lasts || (taken && other.fields.some(refers));
  });
}

/** Number fields with what they come to. */
export function sums(entity: Entity, rows: Row[], entities: Entity[] = []): { field: Field; sum: number }[] {
  const summed = entity.fields.filter((field) => isSummed(field.kind) && !isPerPiece(entity, field, entities));
  return summed.map((field) => ({ field, sum: rows.reduce((all, row) => all + Number(row.values[field.id] ?? 0), 0) }));
}

/** The charts of an entity: one by each choice, yes or no, and date; by months of making where it has no date. */
export function charts(entity: Entity, rows: Row[], only?: string): Chart[] {
  const dated = entity.fields.some(({ kind }) => kind.type === "date" || kind.type === "dateTime");
  const fields = entity.fields.map((field) => ({ by: field.id, field, bars: barsOf(field, rows) }));
  const made = { by: "createdAt", field: undefined, bars: dated && only === undefined ? [] : months(rows, "createdAt") };
  const wanted = [...fields, made].filter(({ by }) => only === undefined || by === only);
  return wanted.filter(({ bars }) => bars.some(({ count }) => count > 0)).map((chart) => ({ entity, ...chart }));
}

function barsOf(field: Field, rows: Row[]): Bar[] {
  const { kind, id } = field;
  if (kind.type === "date" || kind.type === "dateTime") return months(rows, id);
  if (kind.type !== "choice" && kind.type !== "yesNo") return [];
  const keys = kind.type === "choice" ? kind.options.map((option) => option.id) : ["true", "false"];
  const bars = keys.map((key) => ({ key, count: rows.filter((row) => String(row.values[id]) === key).length }));
  const unset = rows.length - bars.reduce((all, { count }) => all + count, 0);
  return unset > 0 ? [...bars, { key: "", count: unset }] : bars;
}

/** The last months up to the latest that has rows, those in between without any included. */
function months(rows: Row[], by: string): Bar[] {
  const found = rows.flatMap((row) => dayBy(row, by) ?? []).map(monthOf).sort();
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) return [];
  const start = [first, monthsAfter(last, 1 - MONTHS)].sort().at(-1) ?? first;
  const keys: string[] = [];
  for (let month = start; month <= last; month = monthsAfter(month, 1)) keys.push(month);
  return keys.map((key) => ({ key, count: found.filter((month) => month === key).length }));
}
