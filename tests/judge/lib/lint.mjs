/** Type-checks the sample apps without a node: `node lint.mjs [NAME…]`; for whoever edits them. */
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { names, treeOf } from './trees.mjs';

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

if (import.meta.filename === process.argv[1]) {
  const check = checker();
  for (const name of process.argv.length > 2 ? process.argv.slice(2) : names()) {
    const found = check(treeOf(name));
    console.log(name, found.length === 0 ? 'ok' : found);
  }
}
