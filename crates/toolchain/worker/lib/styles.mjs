/**
 * Style sheets: Tailwind's language -> plain CSS.
 *
 * Which classes exist is what the given sources mention. Invariant: a style sheet can't run code; plugins and
 * configuration files written in JavaScript are refused, and its imports end in the tree, the kit or Tailwind.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Scanner } from '@tailwindcss/oxide';
import { compile } from 'tailwindcss';

const require = createRequire(import.meta.url);
const TAILWIND = path.dirname(require.resolve('tailwindcss/package.json'));
const SCANNED = /\.(tsx?|jsx?|mjs|html)$/;
const TAILWIND_WORDS = /@(tailwind|apply|theme|utility|variant|custom-variant|source|plugin|config|reference)\b|@import\s+(url\()?["']tailwindcss|--(alpha|spacing)\(|theme\(/;

/** Whether esbuild alone would not understand this style sheet. */
export function speaksTailwind(css) {
  return TAILWIND_WORDS.test(css);
}

/** The class names that could be meant in `sources`, a list of `{path, text}`. */
export function candidatesIn(sources) {
  const scanner = new Scanner({ sources: [] });
  const scanned = sources.filter(({ path: name }) => SCANNED.test(name));
  return scanner.scanFiles(
    scanned.map(({ path: name, text }) => ({ content: text, extension: path.extname(name).slice(1) })),
  );
}

/**
 * Compiles one style sheet.
 * @param {string} css its text
 * @param {{base: string, candidates: string[], read: (id: string, base: string) => {path: string, base: string, content: string}}} context
 *   `read` gives the text of a style sheet of the tree or the kit
 */
export async function compileStyles(css, { base, candidates, read }) {
  const compiler = await compile(css, {
    base,
    loadModule: async (id) => {
      throw new Error(`"${id}" can't be loaded: a style sheet may not run code; write @theme and @utility instead`);
    },
    loadStylesheet: async (id, from) => tailwindSheet(id) ?? read(id, from),
  });
  return compiler.build(candidates);
}

function tailwindSheet(id) {
  const match = /^tailwindcss(?:\/(index|theme|preflight|utilities)(?:\.css)?)?$/.exec(id);
  if (!match) return undefined;
  const file = path.join(TAILWIND, `${match[1] ?? 'index'}.css`);
  return { path: file, base: TAILWIND, content: readFileSync(file, 'utf8') };
}
