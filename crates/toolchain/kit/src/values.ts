/** Values and the words for them: how each kind is shown, typed in, read and sent. Pure; numbers are whole. */
import { shownDay, shownMoment, shownTime } from "./time";
import type { FieldKind, Value } from "./types";
import type { Words } from "./words";

/** Quantities are kept in thousandths. */
const QUANTITY_DIGITS = 3;
/** What the backend takes as the largest number. */
const LARGEST = 1e15;

/** `YYYY-MM-DDTHH:MM`; browsers may add seconds. */
const MOMENT = 16;

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
      return shownDay(String(value), language);
    case "time":
      return shownTime(String(value), language);
    case "dateTime":
      return shownMoment(String(value), language);
    case "picture":
      return words.picture;
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
      return shownDuration(value, language);
    default:
      return new Intl.NumberFormat(language).format(value);
  }
}

/** Minutes as hours and minutes, without those that are none. */
function shownDuration(minutes: number, language: string): string {
  const [hours, rest] = [Math.trunc(minutes / 60), minutes % 60];
  const part = (count: number, unit: string) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count);
  const parts = [hours !== 0 && part(hours, "hour"), (rest !== 0 || hours === 0) && part(rest, "minute")];
  return parts.filter((one) => one !== false).join(" ");
}

function moneyFormat(kind: { currency: string; digits: number }): Intl.NumberFormatOptions {
  // A code that Intl does not take as one is shown as a plain number.
  const style = /^[A-Z]{3}$/.test(kind.currency) ? { style: "currency" as const, currency: kind.currency } : {};
  return { ...style, minimumFractionDigits: kind.digits, maximumFractionDigits: kind.digits };
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
export function read(kind: FieldKind, text: string, label: string, words: Words, language: string): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  switch (kind.type) {
    case "yesNo":
      return trimmed === "true";
    case "url":
      return /^[a-z]+:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
    case "dateTime":
      return trimmed.slice(0, MOMENT);
    case "email":
      if (!/^\S+@\S+\.\S+$/.test(trimmed)) throw new Unreadable(words.notEmail(label));
      return trimmed;
    case "phone":
      if (!/^[+0-9()/.\-\s]{3,}$/.test(trimmed)) throw new Unreadable(words.notPhone(label));
      return trimmed;
    case "integer":
    case "money":
    case "quantity":
    case "percentage":
    case "rating":
    case "duration":
    case "ref":
      return readNumber(trimmed, decimals(kind) ?? 0, label, words, language);
    default:
      return trimmed;
  }
}

function decimals(kind: FieldKind): number | undefined {
  if (kind.type === "money") return kind.digits;
  return kind.type === "quantity" ? QUANTITY_DIGITS : undefined;
}

/** Reads `1,234.5`, `1.234,5` and `1 234,5` alike, whatever the language; where that is ambiguous, it decides. */
function readNumber(text: string, digits: number, label: string, words: Words, language: string): number {
  // Blanks and apostrophes group, some languages mark the direction, and some write a longer minus.
  const plain = text.replace(/[\s\u00a0\u202f'’\u200e\u200f\u061c]/g, "").replace(/^\u2212/, "-");
  const [whole, fraction] = parted(plain, digits, decimalSign(language));
  const number = Number(whole.replace(/[.,]/g, "") + fraction.padEnd(digits, "0"));
  const sound = /^-?(\d+|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3})+)$/.test(whole) && /^\d*$/.test(fraction) && fraction.length <= digits;
  if (!sound || Math.abs(number) > LARGEST) throw new Unreadable(words.notNumber(label));
  return number;
}

/** The part before the decimal sign, grouping signs included, and the one after it. */
function parted(text: string, digits: number, decimal: string): [string, string] {
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  if (last < 0) return [text, ""];
  const sign = text.charAt(last);
  const once = text.indexOf(sign) === last;
  const alone = once && !(text.includes(".") && text.includes(","));
  const thousands = text.length - last - 1 === 3 && (digits === 0 || sign !== decimal);
  return (alone ? thousands : !once) ? [text, ""] : [text.slice(0, last), text.slice(last + 1)];
}

function decimalSign(language: string): string {
  const parts = new Intl.NumberFormat(language, { numberingSystem: "latn" }).formatToParts(1.5);
  return parts.find((part) => part.type === "decimal")?.value ?? ".";
}

/** What the backend calls a value: whole numbers are Candid's big ones. */
export function sent(kind: FieldKind, value: Value): string | boolean | bigint {
  if (typeof value === "number") return BigInt(value);
  return kind.type === "yesNo" ? Boolean(value) : value;
}

/** What a row is sorted by: numbers, times and words as they are; a choice counts in the order of its options. */
export function sortKey(kind: FieldKind, value: Value | undefined): Value | undefined {
  if (kind.type !== "choice" || value === undefined) return value;
  const at = kind.options.findIndex((option) => option.id === value);
  return at < 0 ? kind.options.length : at;
}
