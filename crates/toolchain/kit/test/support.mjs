/**
 * What the tests share: source trees from the code generator, and the compiler that apps are built with.
 *
 * `MODULES` names a folder with the worker's packages, where they are not beside the worker.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const KIT = fileURLToPath(new URL('..', import.meta.url));
const TOOLCHAIN = path.join(KIT, '..');
export const WORKER = path.join(TOOLCHAIN, 'worker');
const WORKSPACE = path.join(TOOLCHAIN, '..', '..');
const FIXTURES = path.join(TOOLCHAIN, '..', 'writer', 'tests', 'fixtures');
const MODULES = process.env.MODULES ?? path.join(WORKER, 'node_modules');
const require = createRequire(pathToFileURL(path.join(MODULES, '..', 'from-here.js')));
/** Rust's target folder can be elsewhere; cargo knows. `GENERATE` names the generator where it is built already. */
const GENERATE = ['run', '--quiet', '-p', 'writer', '--example', 'generate', '--'];

export const motoko = require('motoko');
motoko.compiler.setExtraFlags(['--default-persistent-actors']);
motoko.loadPackage(require('motoko/packages/latest/core.json'));
motoko.loadPackage({
  name: 'autograph',
  version: '1',
  files: { 'Platform.mo': { content: readFileSync(path.join(WORKER, 'packages/autograph/Platform.mo'), 'utf8') } },
});

/** A package that apps are built with. */
export function packaged(name) {
  return require(name);
}

/** Where a file of such a package is. */
export function packagedPath(name) {
  return require.resolve(name);
}

/** The names of the fixtures, each an app spec. */
export const fixtures = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

/** A fixture's spec, a new copy each time. */
export function spec(name) {
  return JSON.parse(readFileSync(path.join(FIXTURES, `${name}.json`), 'utf8'));
}

/** The source tree of a spec, by path. */
export function generate(spec, live) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kit-test-'));
  try {
    const specs = [spec, live].filter(Boolean).map((one, index) => {
      const file = path.join(folder, `${index}.json`);
      writeFileSync(file, JSON.stringify(one));
      return file;
    });
    const [first, ...rest] = specs;
    const [command, options] = process.env.GENERATE ? [process.env.GENERATE, []] : ['cargo', GENERATE];
    execFileSync(command, [...options, first, path.join(folder, 'tree'), ...rest], { cwd: WORKSPACE });
    return readTree(path.join(folder, 'tree'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readTree(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
  return Object.fromEntries(paths.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}

let folders = 0;

/** Puts a tree's backend where the compiler sees it; gives the folder's name. */
export function placed(tree) {
  const folder = `tree${(folders += 1)}`;
  for (const [name, text] of Object.entries(tree)) {
    if (name.endsWith('.mo')) motoko.write(`${folder}/${path.basename(name)}`, text);
  }
  return folder;
}

/** Compiles a tree's backend: the code and what the compiler had to say. */
export function compiled(tree) {
  const folder = placed(tree);
  const start = performance.now();
  const { code, diagnostics = [] } = motoko.compiler.compileWasm('ic', `${folder}/main.mo`);
  return { ...code, folder, milliseconds: Math.round(performance.now() - start), diagnostics: diagnostics.map(described) };
}

function described({ source, range, code, message }) {
  return `${source}:${range.start.line + 1} ${code} ${message}`;
}

/** What is wrong with upgrading from one compiled backend to another. */
export function incompatibilities(before, after) {
  motoko.write('before.most', before.stable);
  motoko.write('after.most', after.stable);
  const { diagnostics = [] } = motoko.compiler.stableCompatible('before.most', 'after.most') ?? {};
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

const PLAY_HEAD = `
let clock = { var now : Int = 1_893_456_000_000_000_000 };
func wait(minutes : Nat) { clock.now += minutes * 60_000_000_000 };
let seat = { var taken : Platform.Standing = { role = "visitor"; member = ""; name = "" } };
func seated() : Platform.Standing { seat.taken };
func as(role : Text, member : Text) { seat.taken := { role; member; name = member } };
func say(text : Text) { Prim.debugPrint(text) };
let app = actor {`;

/**
 * Plays `script` against a tree's backend in Motoko's interpreter and gives the lines that it says.
 *
 * The interpreter has no platform underneath: who calls is what the script says with \`as(role, member)\`, put in
 * the place of the two questions to the platform, and the time is the first of January 2030 and what it waits with
 * `wait(minutes)`. Everything else is the generated code as it is.
 */
export function played(tree, script) {
  const main = tree['backend/main.mo']
    .replaceAll(/public (?:composite query|shared) \(\{ caller \}\) func/g, 'public func')
    .replaceAll(/Access\.known\((.*?), caller\)/g, '$1')
    .replaceAll('Rows.now()', 'clock.now')
    .replaceAll('await Platform.registry.standing(caller)', 'seated()')
    .replaceAll('Platform.caller<system>()', 'seated()')
    .replace('\nactor {', () => PLAY_HEAD);
  const play = `import Prim "mo:⛔";\n${main}\nawait async {\n${script}\n};\n`;
  return ran({ ...tree, 'backend/main.mo': play }, 'main.mo');
}

/** Runs a file of a tree's backend in the interpreter. */
export function ran(tree, file) {
  const { stdout, stderr } = motoko.run(`${placed(tree)}/${file}`);
  if (stderr) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '' && line !== '() : ()');
}
