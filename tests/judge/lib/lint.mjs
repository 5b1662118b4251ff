/** Type-checks every tree of the suites without a node; for whoever edits them. `ONLY` is a pattern on the case. */
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { hostile } from '../hostile.mjs';
import { honest } from '../honest.mjs';
import { mutations } from '../mutations.mjs';
import { edited } from './edit.mjs';
import { chance } from './random.mjs';
import { changesOf, names, treeOf } from './trees.mjs';

const worker = process.env.AUTOGRAPH_TOOLCHAIN ?? join(import.meta.dirname, '../../../crates/toolchain/worker');
const require = createRequire(join(worker, 'motoko.mjs'));

/** A checker in this process: files -> what the compiler objects to. */
export function checker() {
  const motoko = require('motoko');
  motoko.compiler.setExtraFlags(['--default-persistent-actors']);
  motoko.loadPackage(require('motoko/packages/latest/core.json'));
  const folder = join(worker, 'packages/autograph');
  const own = readdirSync(folder).map((file) => [file, { content: readFileSync(join(folder, file), 'utf8') }]);
  motoko.loadPackage({ name: 'autograph', version: '1', files: Object.fromEntries(own) });
  let run = 0;
  return (files) => {
    run += 1;
    const backend = Object.entries(files).filter(([path]) => path.endsWith('.mo'));
    for (const [path, text] of backend) motoko.write(`${run}/${path}`, text);
    const found = motoko.check(`${run}/backend/main.mo`);
    for (const [path] of backend) motoko.delete(`${run}/${path}`);
    return found.filter((one) => one.severity === 1).map((one) => `${one.source}:${one.range.start.line + 1}: ${one.message}`);
  };
}

/** Every tree of every suite, with its name. */
async function all() {
  const honestly = async (app) => Object.entries((await changesOf(app)).changes).map(([name, change]) => ({ app, name, change }));
  const changes = (await Promise.all(names().map(honestly))).flat();
  const generated = mutations(chance(Number(process.env.SEED ?? 1)), 50, () => undefined);
  return [...names().map((app) => ({ app, name: 'as it is', change: {} })), ...changes, ...hostile, ...generated, ...honest];
}

if (import.meta.filename === process.argv[1]) {
  const check = checker();
  const only = new RegExp(process.env.ONLY ?? '.');
  for (const { app, name, change } of await all()) {
    if (!only.test(`${app}: ${name}`)) continue;
    const found = check(edited(treeOf(app), change));
    if (found.length > 0) process.exitCode = 1;
    console.log(`${app}: ${name}: ${found.join('; ') || 'ok'}`);
  }
}
