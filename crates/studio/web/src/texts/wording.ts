/**
 * What the texts of a language count and write numbers with.
 */

/** The plural forms that a language tells apart; a whole number that has none of them takes `other`. */
interface Plurals {
  en: "one" | "other";
  es: "one" | "other";
  pt: "one" | "other";
  fr: "one" | "other";
  de: "one" | "other";
  id: "other";
  sw: "one" | "other";
  hi: "one" | "other";
  ar: "zero" | "one" | "two" | "few" | "many" | "other";
  zh: "other";
}

/** A language's way with numbers. In the forms of `count`, `#` stands for the number. */
export function wording<Code extends keyof Plurals>(language: Code) {
  const locale = regional(language);
  const rules = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  const list = new Intl.ListFormat(locale);
  return {
    /** A number as it is written, such as 1,234. */
    num: (n: number): string => number.format(n),
    /** A number with what is counted. */
    count: (n: number, forms: Record<Plurals[Code], string>): string => {
      const known: Partial<Record<Intl.LDMLPluralRule, string>> = forms;
      return (known[rules.select(n)] ?? known.other ?? "#").replace("#", number.format(n));
    },
    /** Several names as one phrase, such as “a, b and c”. */
    all: (names: string[]): string => list.format(names),
  };
}

/** The reader's own variety of a language where the browser names one, such as `pt-BR` for `pt`. */
export function regional(language: string): string {
  return navigator.languages.find((tag) => tag.split("-")[0]?.toLowerCase() === language) ?? language;
}
