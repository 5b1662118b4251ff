/**
 * Values in the contract's JSON form, in words.
 *
 * Maps are arrays of pairs, variants are `{"#tag": value}`, blobs are `{"base64", "length"}`; numbers of any size
 * come as text. Nothing is dropped: whatever a value is, there is a line for it.
 */
import { locale, t } from "../texts";

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

function variant(tag: string, inner: unknown): string {
  const bare = inner === null || (typeof inner === "object" && Object.keys(inner).length === 0);
  return bare ? words(tag) : `${words(tag)} (${line(inner)})`;
}

/** Whether it is an object and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it is the form that blobs have. */
export function isBlob(value: Record<string, unknown>): value is { base64: string; length: number } {
  return typeof value["base64"] === "string" && typeof value["length"] === "number";
}

/** `store.openOrders` as "Store · Open orders". */
export function titleOf(name: string): string {
  return name.split(".").map(words).join(" · ");
}

/** Digits of any number in groups; what is no number as it is. */
export function grouped(digits: string): string {
  return /^-?\d+$/.test(digits) ? BigInt(digits).toLocaleString(locale) : digits;
}

/** A principal by its first and last group. */
export function shortened(principal: string): string {
  const groups = principal.split("-");
  return groups.length > 3 ? `${groups[0]}…${groups.at(-1)}` : principal;
}
