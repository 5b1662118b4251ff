// Compiles a Motoko actor for the tests: node compile.mjs <folder with node_modules> <source.mo> <out.wasm>
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const [modules, source, out] = process.argv.slice(2);
const require = createRequire(`${modules}/x.js`);
const motoko = require('motoko').default ?? require('motoko');
motoko.loadPackage(JSON.parse(readFileSync(require.resolve('motoko/packages/latest/core.json'), 'utf8')));
motoko.compiler.setExtraFlags(['--default-persistent-actors']);
motoko.write('main.mo', readFileSync(source, 'utf8'));
const { code, diagnostics } = motoko.compiler.compileWasm('ic', 'main.mo');
if (!code) {
  console.error(diagnostics.map((d) => `${d.range.start.line}: ${d.message}`).join('\n'));
  process.exit(1);
}
writeFileSync(out, code.wasm);
