/**
 * The studio's words in the reader's language.
 *
 * Screens name texts, never write them. A language is one file in `texts/` with the shape of `en.ts`, one in
 * `help/texts/`, and one line in `texts/languages.ts`; what is missing there does not compile. The language is what
 * the reader picked, else the first of the browser's that the studio speaks, else English.
 */
import { useSyncExternalStore } from "react";
import { en, type Texts } from "./texts/en";
import { LANGUAGES, languageOf, type LanguageCode } from "./texts/languages";
import { regional } from "./texts/wording";

export type { Texts };

/** The texts of the language that is spoken. Read them while drawing: they change when another is picked. */
export let t: Texts = en;

/** The language that is spoken. */
export let language: LanguageCode = "en";

/** Its variety, by which numbers and times are written. */
export let locale: string = regional("en");

const KEPT = "studio:language";
const listeners = new Set<() => void>();

/** The language to begin with. */
export function preferred(): LanguageCode {
  return [kept(), ...navigator.languages].map(languageOf).find((code) => code !== undefined) ?? "en";
}

/** Speaks a language from now on. Texts that don't come are English. */
export async function speak(code: LanguageCode): Promise<void> {
  asked = code;
  const texts = await LANGUAGES[code].load().catch(() => en);
  // Whoever picks quickly gets what was picked last, not what came last.
  if (asked !== code) return;
  t = filled(en, texts);
  language = texts === en ? "en" : code;
  locale = regional(language);
  document.documentElement.lang = language;
  document.documentElement.dir = LANGUAGES[language].direction;
  for (const listener of listeners) listener();
}

let asked: LanguageCode = "en";

/** Speaks a language and keeps it in this browser. */
export function pick(code: LanguageCode): Promise<void> {
  try {
    localStorage.setItem(KEPT, code);
  } catch {
    // A browser that keeps nothing asks anew next time.
  }
  return speak(code);
}

/** The language that is spoken; the component draws again when it changes. */
export function useLanguage(): LanguageCode {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => language,
  );
}

/** `texts` with what they lack taken from `base`, so that a text added to one language is read in all. */
export function filled<T>(base: T, texts: T | undefined): T {
  if (texts === undefined) return base;
  if (typeof base !== "object" || !base || typeof texts !== "object" || !texts || Array.isArray(base)) return texts;
  const keys = Object.keys(base) as (keyof T)[];
  return { ...texts, ...Object.fromEntries(keys.map((key) => [key, filled(base[key], texts[key])])) };
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** A number as people here write it, such as 1,234. */
export function number(value: number): string {
  return value.toLocaleString(locale);
}

/** A point in time as people here write it, such as "Mar 4, 2026, 09:41"; empty for what is no time. */
export function moment(at: string | number | null | undefined): string {
  const time = instant(at);
  if (Number.isNaN(time)) return "";
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(time);
}

/** How long ago, in words, such as "3 minutes ago"; empty for what is no time. */
export function ago(at: string | number | null | undefined): string {
  const time = instant(at);
  if (Number.isNaN(time)) return "";
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
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

/** Seconds as "42 ms", "1.4 sec" or "12 sec". */
export function duration(value: number): string {
  return value < 1 ? measured(Math.max(1, Math.round(value * 1000)), "millisecond", 0) : seconds(value);
}

/** Seconds as "0.4 sec" or "12 sec". */
export function seconds(value: number): string {
  return measured(value, "second", value < 10 ? 1 : 0);
}

function measured(value: number, unit: "second" | "millisecond", digits: number): string {
  const form = { style: "unit", unit, maximumFractionDigits: digits, minimumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale, form).format(value);
}
