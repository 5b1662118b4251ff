/** Generated frontends: the worker bundles them, and TypeScript, where it is at hand, finds nothing to say. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fixtures, generate, KIT, packaged, spec, WORKER } from './support.mjs';

const { bundle } = await import(path.join(WORKER, 'lib/bundle.mjs'));
const modules = process.env.MODULES ?? path.join(WORKER, 'node_modules');

/** Apps with every kind of page, besides the fixtures of the code generator. */
const apps = [...fixtures.map((name) => [name, spec(name)]), ['salon', JSON.parse(readFileSync(new URL('apps/salon.json', import.meta.url), 'utf8'))]];

for (const [name, app] of apps) {
  test(`the frontend of ${name} is bundled`, async (t) => {
    const start = performance.now();
    const { assets, errors, warnings } = await bundle(generate(app), { entry: 'frontend/src/main.tsx', title: name, language: 'en' });
    assert.deepEqual([errors, warnings], [[], []]);
    const sizes = [...assets].map(([file, { length }]) => `${path.extname(file)} ${length}`);
    t.diagnostic(`${sizes.join(', ')} bytes, ${Math.round(performance.now() - start)} ms`);
  });
}

/** TypeScript's own command, if it is installed beside the worker's packages with React's types. */
function compiler() {
  try {
    packaged('@types/react/package.json');
    packaged('typescript/package.json');
    return path.join(modules, 'typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

test('the kit and every generated page have sound types', { skip: compiler() ? false : 'needs typescript and @types/react' }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kit-types-'));
  try {
    cpSync(path.join(KIT, 'src'), path.join(folder, 'kit'), { recursive: true });
    symlinkSync(modules, path.join(folder, 'node_modules'));
    for (const [name, app] of apps) written(path.join(folder, 'apps', name), generate(app));
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(configuration));
    execFileSync(process.execPath, [compiler(), '-p', folder], { encoding: 'utf8', stdio: 'pipe' });
  } catch (failure) {
    assert.fail(failure.stdout ?? String(failure));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const configuration = {
  compilerOptions: {
    target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx',
    strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noUnusedLocals: true, noUnusedParameters: true,
    verbatimModuleSyntax: true, skipLibCheck: true, noEmit: true, types: [], paths: { '@autograph/kit': ['./kit/index.ts'] },
  },
  include: ['kit', 'apps'],
};

function written(folder, tree) {
  for (const [name, text] of Object.entries(tree).filter(([name]) => name.startsWith('frontend/'))) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
