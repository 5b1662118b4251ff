/**
 * Compiles the versions of an app for the tests of access: node access.mjs WORKER SOURCE OUT
 *
 * WORKER is the toolchain's folder. SOURCE begins with `//// live` and a whole actor without its last brace; each later
 * version after `//// name` is that with more: lines `-…` are taken out where the lines `+…` go in, `import` goes to
 * the head, and all else to the actor's end.
 */
import { createRequire } from 'node:module';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [worker, source, out] = process.argv.slice(2);
const require = createRequire(`${resolve(worker)}/x.js`);
const motoko = require('motoko').default ?? require('motoko');
motoko.loadPackage(require('motoko/packages/latest/core.json'));
const packages = join(worker, 'packages/autograph');
for (const file of readdirSync(packages, { recursive: true }).filter((name) => name.endsWith('.mo'))) {
  motoko.write(`autograph/${file.replace(/^src\//, '')}`, readFileSync(join(packages, file), 'utf8'));
}
motoko.usePackage('autograph', 'autograph');
motoko.compiler.setExtraFlags(['--default-persistent-actors', '--implicit-package', 'core']);

function changed(live, change) {
  const lines = change.split('\n');
  const picked = (sign) => lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(2)).join('\n');
  const head = lines.filter((line) => line.startsWith('import '));
  const rest = lines.filter((line) => !/^([-+]|import )/.test(line));
  const [gone, come] = [picked('-'), picked('+')];
  if (gone && !live.includes(gone)) throw new Error(`not in the live version: ${gone}`);
  return [...head, gone ? live.replace(gone, come) : live, ...rest].join('\n');
}

let live;
for (const text of readFileSync(source, 'utf8').split(/^\/\/\/\/ /m).slice(1)) {
  const [name] = text.split('\n', 1);
  const body = text.slice(name.length);
  live ??= body;
  motoko.write('main.mo', `${live === body ? body : changed(live, body)}\n};\n`);
  const { code, diagnostics } = motoko.compiler.compileWasm('ic', 'main.mo');
  if (!code) throw new Error(`${name}: ${diagnostics.map((d) => `${d.range.start.line}: ${d.message}`).join('\n')}`);
  writeFileSync(join(out, `${name}.wasm`), code.wasm);
  writeFileSync(join(out, `${name}.did`), code.candid);
  writeFileSync(join(out, `${name}.most`), code.stable);
}
