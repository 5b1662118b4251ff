/**
 * Pages of a source tree -> the files that a browser loads.
 *
 * Invariant: the tree's files exist in memory only and are looked up by their path there; of the disk the
 * bundle sees the kit and the listed packages.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { completedPage, writtenPage } from './page.mjs';
import { confinedResolution, TREE } from './resolve.mjs';
import { candidatesIn, compileStyles, speaksTailwind } from './styles.mjs';

const WORKER = fileURLToPath(new URL('..', import.meta.url));
const MODULES = path.join(WORKER, 'node_modules');
const KIT = path.join(WORKER, '..', 'kit');
const LOADERS = {
  '.tsx': 'tsx', '.ts': 'ts', '.mts': 'ts', '.jsx': 'jsx', '.js': 'js', '.mjs': 'js', '.json': 'json', '.css': 'css',
  '.txt': 'text', '.md': 'text', '.svg': 'file', '.png': 'file', '.jpg': 'file', '.jpeg': 'file', '.gif': 'file',
  '.webp': 'file', '.avif': 'file', '.ico': 'file', '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.otf': 'file',
  '.mp3': 'file', '.mp4': 'file', '.webm': 'file', '.wasm': 'file', '.pdf': 'file',
};
const ENTRIES = ['tsx', 'ts', 'jsx', 'js'].map((ending) => `frontend/src/main.${ending}`);
/** What Tailwind's own output needs. */
const TARGET = ['es2022', 'chrome111', 'firefox128', 'safari16.4'];

let kitSources;

/** The entry of a tree whose pages are to be bundled, if it has one. */
export function entryOf(files) {
  return ENTRIES.find((entry) => Object.hasOwn(files, entry));
}

/**
 * Bundles the tree's pages.
 * @param {Record<string, string | Buffer>} files the tree
 * @param {{entry: string, title: string, language: string}} page what to start from and how to name it
 * @returns {Promise<{assets: Map<string, Uint8Array>, errors: object[], warnings: object[]}>}
 */
export async function bundle(files, { entry, title, language }) {
  try {
    const result = await build(options(files, entry));
    const page = { title, language, ...entryOutputs(result.metafile, entry) };
    const own = files['frontend/index.html'];
    const html = own === undefined ? writtenPage(page) : completedPage(String(own), page);
    const assets = new Map(result.outputFiles.map((file) => [addressOf(file.path), file.contents]));
    assets.set('/index.html', Buffer.from(html));
    return { assets, errors: [], warnings: result.warnings };
  } catch (failure) {
    if (!Array.isArray(failure.errors)) throw failure;
    return { assets: new Map(), errors: failure.errors, warnings: failure.warnings };
  }
}

function options(files, entry) {
  return {
    absWorkingDir: WORKER,
    entryPoints: [entry],
    plugins: [confinedResolution({ files, kit: KIT, modules: MODULES }), treeFiles(files), styleSheets(files)],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: TARGET,
    charset: 'utf8',
    jsx: 'automatic',
    loader: LOADERS,
    nodePaths: [MODULES],
    outdir: path.join(WORKER, 'out'),
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    publicPath: '/',
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', useDefineForClassFields: true, target: 'es2022' } },
    logLevel: 'silent',
  };
}

function treeFiles(files) {
  return {
    name: 'tree-files',
    setup(esbuild) {
      esbuild.onLoad({ filter: /.*/, namespace: TREE }, async ({ path: name }) => {
        const loader = LOADERS[path.posix.extname(name)];
        if (!loader) return { errors: [{ detail: 'import', text: `"${name}" can't be imported: pages can't use files of this kind` }] };
        if (loader !== 'css') return { contents: files[name], loader };
        return styles({ css: String(files[name]), name: `${TREE}:${name}`, base: path.posix.dirname(name) }, files);
      });
    },
  };
}

function styleSheets(files) {
  return {
    name: 'kit-styles',
    setup(esbuild) {
      esbuild.onLoad({ filter: /\.css$/, namespace: 'file' }, ({ path: name }) => {
        const folder = path.dirname(name);
        return styles({ css: readFileSync(name, 'utf8'), name, base: folder, resolveDir: folder }, files);
      });
    },
  };
}

async function styles({ css, name, base, resolveDir }, files) {
  if (!speaksTailwind(css)) return { contents: css, loader: 'css', resolveDir };
  const read = (id, from) => readSheet(id, from, files);
  try {
    const contents = await compileStyles(css, { base, candidates: candidatesIn(sources(files)), read });
    return { contents, loader: 'css', resolveDir };
  } catch (error) {
    const text = String(error.message ?? error);
    return { errors: [{ detail: 'style', text, location: whereIn(css, name, text) }] };
  }
}

/** Tailwind names the culprit but not its place: the first line that has it. */
function whereIn(css, file, message) {
  const culprit = /[`"]([^`"]+)[`"]/.exec(message)?.[1];
  const lines = css.split('\n');
  const line = culprit === undefined ? 0 : Math.max(0, lines.findIndex((text) => text.includes(culprit)));
  return { file, line: line + 1, column: 0, length: lines[line].length, lineText: lines[line] };
}

/** A style sheet that another one imports: in the kit when that one is, or when it says so; else in the tree. */
function readSheet(id, from, files) {
  const kit = id.startsWith('@autograph/kit');
  if (kit || path.isAbsolute(from)) {
    const file = kit ? path.join(KIT, id.slice('@autograph/kit'.length)) : path.join(from, id);
    if (!file.startsWith(KIT + path.sep)) throw new Error(`"${id}" can't be imported: it leaves the kit`);
    return { path: file, base: path.dirname(file), content: readFileSync(file, 'utf8') };
  }
  const file = path.posix.join(from, id);
  if (!Object.hasOwn(files, file)) throw new Error(`"${id}" can't be imported: the source tree has no file ${file}`);
  return { path: file, base: path.posix.dirname(file), content: String(files[file]) };
}

/** The texts that may mention class names: the tree's, and the kit's where the tree uses it. */
function sources(files) {
  const own = Object.entries(files)
    .filter(([, content]) => typeof content === 'string')
    .map(([name, text]) => ({ path: name, text }));
  return own.some(({ text }) => text.includes('@autograph/kit')) ? [...own, ...ofKit()] : own;
}

function ofKit() {
  kitSources ??= readdirSync(KIT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|jsx?)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes('/node_modules/'))
    .map((file) => ({ path: file, text: readFileSync(file, 'utf8') }));
  return kitSources;
}

function entryOutputs(metafile, entry) {
  const [file, output] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === `${TREE}:${entry}`);
  return { script: addressOf(file), style: output.cssBundle && addressOf(output.cssBundle) };
}

function addressOf(file) {
  return `/${path.relative(path.join(WORKER, 'out'), path.resolve(WORKER, file))}`;
}
