/**
 * Generated pages in a real browser, against tables in memory.
 *
 * Needs Chromium (`CHROMIUM`, else /usr/bin/chromium) and playwright-core; without them tests say so and are skipped.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { generate, KIT, packaged, WORKER } from './support.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FAKE = fileURLToPath(new URL('fake-platform.ts', import.meta.url));
const playwright = optional('playwright-core');
/** Why there is no browser, if there is none. */
export const skip = !playwright || !existsSync(CHROMIUM) ? 'needs playwright-core and Chromium' : false;
const { bundle } = await import(path.join(WORKER, 'lib/bundle.mjs'));

function optional(name) {
  try {
    return packaged(name);
  } catch {
    return undefined;
  }
}

/**
 * Serves the pages of some apps for the tests of a file; gives what opens an address of one.
 * @param {Record<string, object>} specs by name
 */
export function served(specs) {
  let browser;
  let server;
  before(async () => {
    if (skip) return;
    const sites = new Map();
    for (const [name, spec] of Object.entries(specs)) sites.set(name, await site(spec));
    server = createServer((request, response) => answer(sites, request, response));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await playwright.chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });
  const originOf = (name) => `http://${name}.localhost:${server.address().port}`;
  return { originOf, open: async (name, address = '', options = {}) => opened(browser, `${originOf(name)}/${address}`, options) };
}

/** Each app has a host of its own. */
function answer(sites, request, response) {
  const files = sites.get(request.headers.host.split('.')[0]);
  const name = request.url.split('?')[0];
  const type = { '.js': 'text/javascript', '.css': 'text/css' }[path.extname(name)] ?? 'text/html';
  response.writeHead(200, { 'content-type': type }).end(files.get(name) ?? files.get('/index.html'));
}

/** An app as the worker bundles it, but for the platform. */
async function site(spec) {
  const tree = generate(spec);
  const { assets, errors } = await bundle(tree, { entry: 'frontend/src/main.tsx', title: 'x', language: spec.language });
  assert.deepEqual(errors, []);
  const script = await faked(tree);
  const html = String(assets.get('/index.html')).replace(/src="[^"]*"/, 'src="/faked.js"');
  return new Map([...assets, ['/index.html', html], ['/faked.js', script]]);
}

async function faked(tree) {
  const { build } = packaged('esbuild');
  const own = {
    name: 'tree-and-fake',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^@autograph\/kit$/ }, () => ({ path: path.join(KIT, 'src/index.ts') }));
      esbuild.onResolve({ filter: /^\.\/platform$/ }, () => ({ path: FAKE }));
      esbuild.onResolve({ filter: /./, namespace: 'tree' }, ({ path: name, importer }) => treeFile(tree, importer, name));
      esbuild.onResolve({ filter: /main\.tsx$/ }, ({ path: name }) => ({ path: name, namespace: 'tree' }));
      esbuild.onLoad({ filter: /./, namespace: 'tree' }, ({ path: name }) => ({ contents: tree[name], loader: 'tsx', resolveDir: WORKER }));
      esbuild.onLoad({ filter: /\.css$/ }, () => ({ contents: '', loader: 'css' }));
    },
  };
  const modules = process.env.MODULES ?? path.join(WORKER, 'node_modules');
  const result = await build({ entryPoints: ['frontend/src/main.tsx'], bundle: true, write: false, outdir: 'out', format: 'esm', jsx: 'automatic', plugins: [own], nodePaths: [modules] });
  return result.outputFiles.find((file) => file.path.endsWith('.js')).text;
}

function treeFile(tree, importer, name) {
  if (!name.startsWith('.')) return undefined;
  const base = path.posix.join(path.posix.dirname(importer), name);
  const found = [`${base}.ts`, `${base}.tsx`].find((candidate) => candidate in tree);
  return { path: found, namespace: 'tree' };
}

/** A page at an address. `rows` fills tables before it starts; `faults` are what the page reports. */
async function opened(browser, address, { rows, ...options }) {
  const page = await browser.newPage({ locale: 'en-US', ...options });
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && !/404/.test(message.text()) && faults.push(message.text()));
  if (rows) await page.addInitScript((seeded) => (window.seeded = seeded), rows);
  await page.goto(address);
  return { page, faults };
}
