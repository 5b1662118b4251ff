/**
 * The Motoko worker: sources in memory -> wasm, Candid and stable types.
 *
 * The compiler keeps its flags for good, so one process serves one set of flags. With `--implicit-core` it looks
 * names up in the whole core library although the program did not import them; that takes twice as long for
 * every program, so it is a second worker for those that need it. With `--chain` it takes a migration chain in, the
 * folder of which comes with each request; it then compiles nothing without one. The compiler knows no disk: it sees the
 * core library, the package `autograph` beside this file, and the files of the request. Invariant: the files of
 * a request are gone before the next one, and live under `tree/`, where they can't replace a package.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { Package } from './lib/needed.mjs';
import { Refusal, serve } from './lib/protocol.mjs';

const require = createRequire(import.meta.url);
const motoko = require('motoko');
const core = require('motoko/packages/latest/core.json');
const ROOT = 'tree/';
const MAX_DIAGNOSTICS = 200;
const MAX_MESSAGE = 4000;
/** Sections that every module carries in public, since clients, bindings and the gate read them. */
const METADATA = ['candid:service', 'candid:args', 'motoko:stable-types'];

const implicit = process.argv.includes('--implicit-core');
const chained = process.argv.includes('--chain');
motoko.compiler.setExtraFlags(['--default-persistent-actors', ...(implicit ? ['--implicit-package', 'core'] : [])]);
const own = ownPackage('autograph');
motoko.loadPackage(core);
motoko.loadPackage(own);
const parts = new Package(core);
motoko.setPublicMetadata(METADATA);

function ownPackage(name) {
  const folder = new URL(`./packages/${name}/`, import.meta.url);
  const sources = readdirSync(folder).filter((file) => file.endsWith('.mo'));
  const files = sources.map((file) => [file, { content: readFileSync(new URL(file, folder), 'utf8') }]);
  return { name, version: '1', files: Object.fromEntries(files) };
}

/** Runs `work` with the files in place and takes them away again. */
function withFiles(files, work) {
  const paths = Object.keys(files).map((path) => ROOT + path);
  try {
    for (const path of paths) motoko.write(path, files[path.slice(ROOT.length)]);
    return work();
  } finally {
    for (const path of paths) forget(path);
  }
}

function forget(path) {
  try {
    motoko.delete(path);
  } catch {
    // It was never written: an earlier one failed.
  }
}

/** Runs `work` with no more of the core library than the files need: most of a compile goes into reading the rest. */
function withPart(files, work) {
  const folder = `.node-motoko/${core.name}/${core.version}/`;
  const needed = parts.neededBy([...Object.values(files), ...Object.values(own.files).map(({ content }) => content)]);
  try {
    for (const [file, text] of Object.entries(needed)) motoko.write(folder + file, text);
    return work();
  } finally {
    for (const file of Object.keys(needed)) motoko.write(folder + file, core.files[file].content);
  }
}

/** A message that prints a type can be longer than the program: what nobody would read is cut off. */
function diagnosticsOf(result) {
  return (result.diagnostics ?? []).slice(0, MAX_DIAGNOSTICS).map(({ source, message, ...rest }) => ({
    ...rest,
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)} …` : message,
    source: source.startsWith(ROOT) ? source.slice(ROOT.length) : source,
  }));
}

/** Whether looking names up in the whole core library could help. */
function isUnresolved({ severity, category }) {
  return severity === 1 && category !== 'syntax' && category !== 'import';
}

function compile({ files, main, chain, wasmLimit }) {
  if (chained) motoko.compiler.setExtraFlags(['--enhanced-migration', ROOT + chain]);
  return withFiles(files, () => {
    const work = () => motoko.compiler.compileWasm('ic', ROOT + main);
    const part = implicit ? undefined : withPart(files, work);
    // What is wrong is told by the whole library, which knows all names.
    const result = part?.code ? part : work();
    const diagnostics = diagnosticsOf(result);
    if (!result.code) return { diagnostics, unresolved: !implicit && diagnostics.some(isUnresolved) };
    const { wasm, candid, stable } = result.code;
    if (wasm.length > wasmLimit) {
      throw new Refusal('wasm', `the compiled module has ${wasm.length} bytes`);
    }
    return { diagnostics, wasm: Buffer.from(wasm).toString('base64'), candid, stable: stable ?? '' };
  });
}

function compatible({ before, after }) {
  const files = { 'before.most': before, 'after.most': after };
  return withFiles(files, () => ({
    diagnostics: diagnosticsOf(
      motoko.compiler.stableCompatible(`${ROOT}before.most`, `${ROOT}after.most`),
    ),
  }));
}

/** The first compile of a process is the slowest: let it be one that nobody waits for. */
function warm() {
  const main = 'import Map "mo:core/Map"; actor { let m = Map.empty<Nat, Text>(); public func f() : async Nat { m.size() } }';
  compile({ files: { 'main.mo': main }, main: 'main.mo', wasmLimit: Infinity });
  return {};
}

serve({ compile, compatible, warm }, { compiler: `motoko ${require('motoko/package.json').version}`, core: core.version });
