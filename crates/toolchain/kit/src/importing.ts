/** Lines of a table -> values of an entity's rows, each with what is wrong with it. Pure. */
import type { Values } from "./store";
import type { Entity, Field, Row, Value } from "./types";
import { read, typed } from "./values";
import type { Words } from "./words";

/** A line that was read: its values, or a sentence about what is wrong. */
export interface Line {
  cells: string[];
  values: Values;
  problem: string;
}

/** What lines are read with. */
export interface Reading {
  entity: Entity;
  /** Those that a new row may have. */
  fields: Field[];
  words: Words;
  language: string;
  /** Rows that references may name, and what they are called. */
  titled: (entity: string) => { row: Row; title: string }[];
}

/** Longest import, in lines. */
export const MOST_LINES = 2_000;

/** The field of each column, by its label or id; nothing for a column that is none. */
export function columnsOf(heading: string[], fields: Field[]): (Field | undefined)[] {
  return heading.map((name) => fields.find(({ id, label }) => same(label, name) || same(id, name)));
}

/** Reads the lines below a heading. */
export function linesOf(cells: string[][], reading: Reading): Line[] {
  const [heading = [], ...rest] = cells;
  const columns = columnsOf(heading, reading.fields);
  return rest.slice(0, MOST_LINES).map((line) => lineOf(line, columns, reading));
}

function lineOf(cells: string[], columns: (Field | undefined)[], reading: Reading): Line {
  const values: Values = {};
  try {
    columns.forEach((field, index) => {
      if (field) values[field.id] = valueOf(field, (cells[index] ?? "").trim(), reading);
    });
    const missing = reading.fields.find((field) => field.required && !field.byMember && values[field.id] === undefined);
    return { cells, values, problem: missing ? reading.words.missing(missing.label) : "" };
  } catch (failure) {
    return { cells, values, problem: failure instanceof Error ? failure.message : String(failure) };
  }
}

function valueOf(field: Field, text: string, { words, language, titled }: Reading): Value | undefined {
  const { kind, label } = field;
  if (text === "") return undefined;
  const unknown = () => new Error(words.unknownValue(label, text));
  switch (kind.type) {
    case "choice": {
      const option = kind.options.find(({ id, label }) => same(label, text) || same(id, text));
      if (!option) throw unknown();
      return option.id;
    }
    case "yesNo": {
      if ([words.yes, "true", "yes", "1", "x"].some((yes) => same(yes, text))) return true;
      if ([words.no, "false", "no", "0"].some((no) => same(no, text))) return false;
      throw unknown();
    }
    case "ref": {
      const named = titled(kind.entity).find(({ row, title }) => same(title, text) || String(row.id) === text);
      if (!named) throw unknown();
      return named.row.id;
    }
    case "date": {
      const day = dayFrom(text, language);
      if (!day) throw unknown();
      return day;
    }
    case "dateTime": {
      const moment = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.exec(text)?.[0];
      if (!moment) throw unknown();
      return moment.replace(" ", "T");
    }
    default:
      return read(kind, text, label, words, language);
  }
}

/** A day as `2026-05-01`, `1.5.2026`, or `5/1/2026` in the order in which the language writes it. */
function dayFrom(text: string, language: string): string | undefined {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return dayIn(iso[1], iso[2], iso[3]);
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (dotted) return dayIn(dotted[3], dotted[2], dotted[1]);
  const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (!slashed) return undefined;
  const parts = new Intl.DateTimeFormat(language, { dateStyle: "short" }).formatToParts(new Date(0)).map(({ type }) => type);
  const monthFirst = parts.indexOf("month") < parts.indexOf("day");
  return monthFirst ? dayIn(slashed[3], slashed[1], slashed[2]) : dayIn(slashed[3], slashed[2], slashed[1]);
}

function dayIn(year = "", month = "", day = ""): string | undefined {
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${text}T00:00:00Z`);
  // The 31st of February is no day.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}

function same(a: string, b: string): boolean {
  return a.trim().toLocaleLowerCase() === b.trim().toLocaleLowerCase();
}

/** A row's value as a cell from which [`linesOf`] reads it again. */
export function cellOf(field: Field, value: Value | undefined, words: Words, language: string, nameOf: (entity: string, id: number) => string): string {
  const { kind } = field;
  if (value === undefined) return "";
  if (kind.type === "choice") return kind.options.find(({ id }) => id === value)?.label ?? String(value);
  if (kind.type === "yesNo") return value === true ? words.yes : words.no;
  return kind.type === "ref" ? nameOf(kind.entity, Number(value)) : typed(kind, value, language);
}
