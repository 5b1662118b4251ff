/**
 * An app's variables, in the contract's JSON form, as tables that a person can read.
 *
 * Maps are arrays of pairs, variants are `{"#tag": value}`, blobs are `{"base64", "length"}`; numbers of any size
 * come as text. Nothing is dropped: what fits no table becomes a line of text.
 */
import { t } from "../texts";

export interface Table {
  name: string;
  columns: string[];
  rows: string[][];
}

export interface Tables {
  tables: Table[];
  /** Values that stand alone. */
  singles: { name: string; text: string }[];
}

/** Sorts variables into tables and single values; records of tables are taken apart, a few levels deep. */
export function tablesOf(variables: Record<string, unknown>): Tables {
  const found: Tables = { tables: [], singles: [] };
  for (const [name, value] of Object.entries(variables)) collect(words(name), value, found, 0);
  return found;
}

/** A value in one line, such as `Ana, 12` or `waiting`. */
export function line(value: unknown): string {
  if (value === null || value === undefined || value === "") return t.data.empty;
  if (typeof value === "boolean") return value ? t.data.yes : t.data.no;
  if (Array.isArray(value)) return value.length === 0 ? t.data.empty : value.map(line).join(", ");
  if (!isRecord(value)) return String(value);
  if (isBlob(value)) return t.data.bytes(value.length);
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0].startsWith("#")) return variant(first[0].slice(1), first[1]);
  return entries.map(([name, inner]) => `${words(name)}: ${line(inner)}`).join(", ") || t.data.empty;
}

/** `plusOneName` and `plus_one_name` as "Plus one name". */
export function words(id: string): string {
  const spaced = id.replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2").replace(/[_-]+/g, " ").trim().toLowerCase();
  return spaced === "" ? id : spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const DEPTH_MAX = 4;

function collect(name: string, value: unknown, into: Tables, depth: number): void {
  if (Array.isArray(value)) {
    into.tables.push(value.every(isPair) && value.length > 0 ? mapTable(name, value) : sequenceTable(name, value));
  } else if (depth < DEPTH_MAX && isRecord(value) && Object.values(value).some(Array.isArray) && !isVariant(value)) {
    for (const [field, inner] of Object.entries(value)) collect(`${name} · ${words(field)}`, inner, into, depth + 1);
  } else {
    into.singles.push({ name, text: line(value) });
  }
}

function mapTable(name: string, pairs: [unknown, unknown][]): Table {
  const values = pairs.map(([, value]) => value);
  if (!values.every(isPlain)) {
    return { name, columns: [t.data.key, t.data.value], rows: pairs.map(([key, value]) => [line(key), line(value)]) };
  }
  const { columns, rows } = records(values);
  // An entry that carries its own key as its id would show it twice.
  if (pairs.every(([key, value]) => isPlain(value) && line(value["id"]) === line(key))) return { name, columns, rows };
  return { name, columns: [t.data.key, ...columns], rows: rows.map((row, index) => [line(pairs[index]?.[0]), ...row]) };
}

function sequenceTable(name: string, values: unknown[]): Table {
  if (values.length > 0 && values.every(isPlain)) return { name, ...records(values) };
  return { name, columns: [t.data.value], rows: values.map((value) => [line(value)]) };
}

function records(values: Record<string, unknown>[]): Omit<Table, "name"> {
  const fields = [...new Set(values.flatMap((value) => Object.keys(value)))];
  return { columns: fields.map(words), rows: values.map((value) => fields.map((field) => line(value[field]))) };
}

function variant(tag: string, inner: unknown): string {
  const bare = inner === null || (typeof inner === "object" && Object.keys(inner).length === 0);
  return bare ? words(tag) : `${words(tag)} (${line(inner)})`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && !isBlob(value) && !isVariant(value);
}

function isBlob(value: Record<string, unknown>): value is { base64: string; length: number } {
  return typeof value["base64"] === "string" && typeof value["length"] === "number";
}

function isVariant(value: Record<string, unknown>): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0]?.startsWith("#") === true;
}

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}
