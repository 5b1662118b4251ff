/**
 * The help's words in the reader's language; they are loaded when the help is first opened.
 */
import { useEffect, useState } from "react";
import { filled, useLanguage } from "../texts";
import type { LanguageCode } from "../texts/languages";
import { en, type HelpTexts } from "./texts/en";

const HELP: Record<LanguageCode, () => Promise<HelpTexts>> = {
  en: async () => en,
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
  return filled(en, await HELP[language]().catch(() => en));
}

/** The help in the language that is spoken, or nothing while it is on its way. */
export function useHelpTexts(): HelpTexts | undefined {
  const language = useLanguage();
  const [texts, setTexts] = useState<HelpTexts>();
  useEffect(() => {
    let current = true;
    void helpIn(language).then((loaded) => current && setTexts(loaded));
    return () => {
      current = false;
    };
  }, [language]);
  return texts;
}
