/** Values and the words for them: how each kind is shown, typed in, read and sent. Pure; numbers are whole. */
import type { FieldKind, Value } from "./types";
import type { Words } from "./words";

/** Quantities are kept in thousandths. */
const QUANTITY_DIGITS = 3;
/** What the backend takes as the largest number. */
const LARGEST = 1e15;

/** What could not be read from a text. */
export class Unreadable extends Error {}

/** How `value` reads in a table or on a card. `titleOf` names the row that a reference points to. */
export function shown(kind: FieldKind, value: Value | undefined, language: string, words: Words, titleOf: (entity: string, id: number) => string): string {
  if (value === undefined) return "";
  switch (kind.type) {
    case "yesNo":
      return value === true ? words.yes : words.no;
    case "choice":
      return kind.options.find((option) => option.id === value)?.label ?? String(value);
    case "ref":
      return titleOf(kind.entity, Number(value));
    case "date":
      return shownDate(String(value), language);
    default:
      return typeof value === "number" ? shownNumber(kind, value, language, words) : String(value);
  }
}

/** How a number of this kind reads. */
export function shownNumber(kind: FieldKind, value: number, language: string, words: Words): string {
  switch (kind.type) {
    case "money":
      return new Intl.NumberFormat(language, moneyFormat(kind)).format(value / 10 ** kind.digits);
    case "quantity":
      return `${new Intl.NumberFormat(language, { maximumFractionDigits: QUANTITY_DIGITS }).format(value / 10 ** QUANTITY_DIGITS)} ${kind.unit}`.trim();
    case "percentage":
      return new Intl.NumberFormat(language, { style: "percent" }).format(value / 100);
    case "rating":
      return words.stars(value, kind.max);
    case "duration":
      return words.duration(Math.floor(value / 60), value % 60);
    default:
      return new Intl.NumberFormat(language).format(value);
  }
}

function moneyFormat(kind: { currency: string; digits: number }): Intl.NumberFormatOptions {
  // A code that Intl does not take as one is shown as a plain number.
  const style = /^[A-Z]{3}$/.test(kind.currency) ? { style: "currency" as const, currency: kind.currency } : {};
  return { ...style, minimumFractionDigits: kind.digits, maximumFractionDigits: kind.digits };
}

function shownDate(text: string, language: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return text;
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(date);
}

/** Whether sums of this kind mean something. */
export function isSummed(kind: FieldKind): boolean {
  return ["money", "quantity", "integer", "duration"].includes(kind.type);
}

/** The text with which a form starts for `value`. */
export function typed(kind: FieldKind, value: Value | undefined, language: string): string {
  if (value === undefined) return "";
  const digits = decimals(kind);
  if (digits === undefined || typeof value !== "number") return String(value);
  const plain = { useGrouping: false, minimumFractionDigits: kind.type === "money" ? digits : 0, maximumFractionDigits: digits };
  return new Intl.NumberFormat(language, { ...plain, numberingSystem: "latn" }).format(value / 10 ** digits);
}

/** The value of a text from a form; nothing for an empty one. Throws [`Unreadable`] with a sentence. */
export function read(kind: FieldKind, text: string, label: string, words: Words): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  switch (kind.type) {
    case "yesNo":
      return trimmed === "true";
    case "url":
      return /^[a-z]+:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
    case "integer":
    case "money":
    case "quantity":
    case "percentage":
    case "rating":
    case "duration":
    case "ref":
      return readNumber(trimmed, decimals(kind) ?? 0, label, words);
    default:
      return trimmed;
  }
}

function decimals(kind: FieldKind): number | undefined {
  if (kind.type === "money") return kind.digits;
  return kind.type === "quantity" ? QUANTITY_DIGITS : undefined;
}

/** Reads `1,234.5`, `1.234,5` and `1 234,5` alike: the last sign before at most `digits` digits is the decimal one. */
function readNumber(text: string, digits: number, label: string, words: Words): number {
  const plain = text.replace(/[\s\u00a0\u202f'’]/g, "");
  const match = /^(-?)(\d[\d.,]*?)(?:[.,](\d*))?$/.exec(splitDecimals(plain, digits));
  if (!match) throw new Unreadable(words.notNumber(label));
  const [, sign = "", whole = "", fraction = ""] = match;
  const number = Number(`${sign}${whole.replace(/[.,]/g, "")}${fraction.padEnd(digits, "0")}`);
  if (!Number.isSafeInteger(number) || Math.abs(number) > LARGEST || fraction.length > digits) throw new Unreadable(words.notNumber(label));
  return number;
}

/** Takes grouping signs away, so that at most the decimal sign stays. */
function splitDecimals(text: string, digits: number): string {
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  if (last < 0) return text;
  const sign = text[last];
  const both = text.includes(".") && text.includes(",");
  const repeated = text.indexOf(sign ?? "") !== last;
  const after = text.length - last - 1;
  const groups = digits === 0 || repeated || (!both && after === 3 && digits < 3);
  const whole = text.slice(0, last).replace(/[.,]/g, "");
  if (groups) return after === 3 ? whole + text.slice(last + 1) : text.replace(/[.,]/g, "?");
  return `${whole}.${text.slice(last + 1)}`;
}

/** What the backend calls a value: whole numbers are Candid's big ones. */
export function sent(kind: FieldKind, value: Value): string | boolean | bigint {
  if (typeof value === "number") return BigInt(value);
  return kind.type === "yesNo" ? Boolean(value) : value;
}
