/**
 * The frontend worker: the pages of a source tree -> the files that a browser loads.
 *
 * A tree with `frontend/src/main.tsx` is bundled; one with only `frontend/index.html` is served as it is. Files
 * under `frontend/public` are served as they are in either case.
 */
import { createRequire } from 'node:module';
import { bundle, entryOf } from './lib/bundle.mjs';
import { Refusal, serve } from './lib/protocol.mjs';
import { TREE } from './lib/resolve.mjs';

const require = createRequire(import.meta.url);
const PUBLIC = 'frontend/public/';
const PLAIN = 'frontend/';

async function pages({ files: sent, title, language, assetLimit }) {
  const files = Object.fromEntries(Object.entries(sent).map(([path, content]) => [path, contentOf(content)]));
  const entry = entryOf(files);
  const built = entry
    ? await bundle(files, { entry, title, language })
    : { assets: plain(files), errors: [], warnings: [] };
  for (const [path, content] of under(files, PUBLIC)) {
    if (!built.assets.has(path)) built.assets.set(path, content);
  }
  return answer(built, assetLimit);
}

function contentOf(content) {
  return typeof content === 'string' ? content : Buffer.from(content.base64, 'base64');
}

/** A frontend without an entry is a web site: every file under its own address. */
function plain(files) {
  if (!Object.hasOwn(files, 'frontend/index.html')) return new Map();
  return new Map(under(files, PLAIN).filter(([path]) => !path.startsWith('/public/')));
}

function under(files, prefix) {
  return Object.entries(files)
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, content]) => [`/${path.slice(prefix.length)}`, Buffer.from(content)]);
}

function answer({ assets, errors, warnings }, assetLimit) {
  const bytes = [...assets.values()].reduce((sum, content) => sum + content.length, 0);
  if (bytes > assetLimit) throw new Refusal('assets', `the files for the browser have ${bytes} bytes`);
  const encoded = [...assets].map(([path, content]) => [path, Buffer.from(content).toString('base64')]);
  return {
    assets: Object.fromEntries(encoded),
    diagnostics: [...errors.map((one) => diagnostic(one, 1)), ...warnings.map((one) => diagnostic(one, 2))],
  };
}

function diagnostic({ detail, text, location }, severity) {
  const { file = '', line = 1, column = 0, length = 0, lineText } = location ?? {};
  return {
    source: file.startsWith(`${TREE}:`) ? file.slice(TREE.length + 1) : file,
    severity,
    code: typeof detail === 'string' ? detail : 'bundle',
    message: text,
    range: { start: { line: line - 1, character: column }, end: { line: line - 1, character: column + length } },
    text: lineText,
  };
}

/** The first bundle starts esbuild's own process: let it be one that nobody waits for. */
async function warm() {
  const files = { 'frontend/src/main.tsx': 'import "./x.css"; import { createRoot } from "react-dom/client"; createRoot(document.body).render(<p/>);', 'frontend/src/x.css': '@import "tailwindcss";' };
  await pages({ files, title: '', language: 'en', assetLimit: Infinity });
  return {};
}

serve({ pages, warm }, { bundler: `esbuild ${require('esbuild/package.json').version}` });
