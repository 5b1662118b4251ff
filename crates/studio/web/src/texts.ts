/**
 * The studio's words in the reader's language.
 *
 * Screens name texts, never write them. A language is one file in `texts/` with the shape of `en.ts`, and one line
 * here; what is missing there does not compile.
 */
import { en } from "./texts/en";

export type Texts = typeof en;

const LANGUAGES: Record<string, Texts> = { en };

function preferred(): [string, Texts] {
  for (const tag of navigator.languages) {
    const language = tag.split("-")[0] ?? "";
    const texts = LANGUAGES[language];
    if (texts) return [language, texts];
  }
  return ["en", en];
}

/** The chosen language's tag and its texts. */
export const [language, t] = preferred();

/** A point in time as people here write it, such as "Mar 4, 2026, 09:41"; empty for what is no time. */
export function moment(at: string | number | null | undefined): string {
  const time = instant(at);
  if (Number.isNaN(time)) return "";
  return new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium", timeStyle: "short" }).format(time);
}

/** How long ago, in words, such as "3 minutes ago"; empty for what is no time. */
export function ago(at: string | number | null | undefined): string {
  const time = instant(at);
  if (Number.isNaN(time)) return "";
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const seconds = Math.round((time - Date.now()) / 1000);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return t.justNow;
}

/** Milliseconds since 1970 of RFC 3339 text, milliseconds or (as canisters count) nanoseconds; NaN for no time. */
export function instant(at: string | number | null | undefined): number {
  if (at === null || at === undefined || at === "") return Number.NaN;
  const number = typeof at === "number" || /^\d+$/.test(at) ? Number(at) : Number.NaN;
  if (Number.isNaN(number)) return new Date(at).getTime();
  return number > NANOSECONDS_MIN ? number / 1e6 : number;
}

/** No date in milliseconds that a calendar shows is this large, and every one in nanoseconds since March 1970 is. */
const NANOSECONDS_MIN = 8.64e15;

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Seconds as "42 ms", "1.4 s" or "12 s". */
export function duration(value: number): string {
  return value < 1 ? `${Math.max(1, Math.round(value * 1000)).toLocaleString(language)} ms` : seconds(value);
}

/** Seconds as "0.4 s" or "12 s". */
export function seconds(value: number): string {
  const digits = value < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value)} s`;
}
