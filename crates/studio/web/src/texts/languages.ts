/**
 * The languages of the studio: what each calls itself, how it is written, and where its texts are.
 *
 * A browser loads the one it needs, besides English, which stands in for whatever does not come.
 */
import { en, type Texts } from "./en";

export interface Language {
  /** Its name in itself, for people who read no other. */
  name: string;
  direction: "ltr" | "rtl";
  load: () => Promise<Texts>;
}

/** By base language tag, in the order in which they are offered. */
export const LANGUAGES = {
  en: { name: "English", direction: "ltr", load: async () => en },
  es: { name: "Español", direction: "ltr", load: async () => (await import("./es")).es },
  pt: { name: "Português", direction: "ltr", load: async () => (await import("./pt")).pt },
  fr: { name: "Français", direction: "ltr", load: async () => (await import("./fr")).fr },
  de: { name: "Deutsch", direction: "ltr", load: async () => (await import("./de")).de },
  id: { name: "Bahasa Indonesia", direction: "ltr", load: async () => (await import("./id")).id },
  sw: { name: "Kiswahili", direction: "ltr", load: async () => (await import("./sw")).sw },
  hi: { name: "हिन्दी", direction: "ltr", load: async () => (await import("./hi")).hi },
  ar: { name: "العربية", direction: "rtl", load: async () => (await import("./ar")).ar },
  zh: { name: "中文", direction: "ltr", load: async () => (await import("./zh")).zh },
} satisfies Record<string, Language>;

export type LanguageCode = keyof typeof LANGUAGES;

/** Every language, in the order in which they are offered. */
export const CODES = Object.keys(LANGUAGES) as LanguageCode[];

/** The language of the studio that a BCP 47 tag such as `pt-BR` asks for, if it is one. */
export function languageOf(tag: string | null | undefined): LanguageCode | undefined {
  const base = tag?.split("-")[0]?.toLowerCase() ?? "";
  return CODES.find((code) => code === base);
}
