/**
 * The help's words in the reader's language; they are loaded when the help is first opened.
 */
import { useReading, type Reading } from "../request";
import { filled, useLanguage } from "../texts";
import type { LanguageCode } from "../texts/languages";
import type { HelpTexts } from "./texts/en";

const english = async () => (await import("./texts/en")).en;

const HELP: Record<LanguageCode, () => Promise<HelpTexts>> = {
  en: english,
  es: async () => (await import("./texts/es")).es,
  pt: async () => (await import("./texts/pt")).pt,
  fr: async () => (await import("./texts/fr")).fr,
  de: async () => (await import("./texts/de")).de,
  id: async () => (await import("./texts/id")).id,
  sw: async () => (await import("./texts/sw")).sw,
  hi: async () => (await import("./texts/hi")).hi,
  ar: async () => (await import("./texts/ar")).ar,
  zh: async () => (await import("./texts/zh")).zh,
};

/** The help in a language; what does not come is English. */
export async function helpIn(language: LanguageCode): Promise<HelpTexts> {
  const base = await english();
  return filled(base, await HELP[language]().catch(() => base));
}

/** The help in the language that is spoken. */
export function useHelpTexts(): Reading<HelpTexts> {
  const language = useLanguage();
  return useReading(`help ${language}`, () => helpIn(language));
}
