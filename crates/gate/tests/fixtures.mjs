/**
 * Compiles the pairs of versions in `fixtures/*.mo.txt` and writes what their modules say about themselves.
 *
 *     node tests/fixtures.mjs FOLDER [MODULES]          FOLDER holds node_modules/motoko
 *
 * A file holds one small app in several versions, each after a line `//// name`. For each version this writes
 * `<file>-<name>.did` and `<file>-<name>.most` beside it; for each later version `<file>-<name>.stable`, the codes and
 * messages of the compiler's `stableCompatible` against the first version, one a line. The modules of `census.mo.txt` go to `MODULES/<name>.wasm`.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(resolve(process.argv[2] ?? '.') + '/');
const motoko = require('motoko');
const folder = new URL('./fixtures/', import.meta.url);
motoko.compiler.setExtraFlags(['--default-persistent-actors', '--implicit-package', 'core']);
motoko.loadPackage(require('motoko/packages/latest/core.json'));

for (const file of readdirSync(folder).filter((name) => name.endsWith('.mo.txt')).sort()) {
  const app = file.slice(0, -'.mo.txt'.length);
  const versions = readFileSync(new URL(file, folder), 'utf8').split(/^\/\/\/\/ /m).slice(1);
  let first;
  for (const text of versions) {
    const [name] = text.split('\n', 1);
    const path = `${app}-${name}`;
    motoko.write('main.mo', text.slice(name.length));
    const { code, diagnostics } = motoko.compiler.compileWasm('ic', 'main.mo');
    if (!code) throw new Error(`${path}: ${diagnostics.map((d) => d.message).join('\n')}`);
    writeFileSync(new URL(`${path}.did`, folder), code.candid);
    writeFileSync(new URL(`${path}.most`, folder), code.stable);
    motoko.write(`${path}.most`, code.stable);
    if (app === 'census' && process.argv[3]) {
      mkdirSync(process.argv[3], { recursive: true });
      writeFileSync(resolve(process.argv[3], `${name}.wasm`), code.wasm);
    }
    first ??= `${path}.most`;
    if (first === `${path}.most`) continue;
    const found = motoko.compiler.stableCompatible(first, `${path}.most`).diagnostics;
    const lines = found.map(({ code, message }) => `${code} ${message.replaceAll('\n', ' ')}\n`);
    writeFileSync(new URL(`${path}.stable`, folder), lines.join(''));
  }
}
