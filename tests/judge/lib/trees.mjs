/** The sample apps as they lie under `trees/`, and how a change edits one. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../trees');

/** All sample apps, in order. */
export const names = () => readdirSync(folder).sort();

/** The source tree of a sample app: path -> text. */
export function treeOf(name) {
  const backend = join(folder, name, 'backend');
  const own = readdirSync(backend).map((file) => [`backend/${file}`, readFileSync(join(backend, file), 'utf8')]);
  const sample = readFileSync(join(import.meta.dirname, 'sample.mo'), 'utf8');
  return { ...Object.fromEntries(own), 'backend/sample.mo': sample };
}

/** The calls and changes that a sample app comes with. */
export const changesOf = (name) => import(join(folder, name, 'changes.mjs'));
