/** A part of the core library makes of a program what the whole makes of it. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';
import { Package } from '../lib/needed.mjs';

const require = createRequire(import.meta.url);
const motoko = require('motoko');
const core = require('motoko/packages/latest/core.json');
const parts = new Package(core);
const folder = `.node-motoko/${core.name}/${core.version}/`;
motoko.compiler.setExtraFlags(['--default-persistent-actors']);
motoko.loadPackage(core);

const lines = (text) => text.split('\n').length;
const write = (files) => Object.entries(files).forEach(([file, text]) => motoko.write(folder + file, text));

function compiled(source) {
  motoko.write('main.mo', source);
  const { code, diagnostics } = motoko.compiler.compileWasm('ic', 'main.mo');
  return { candid: code?.candid, stable: code?.stable, diagnostics };
}

function both(source) {
  const whole = compiled(source);
  const needed = parts.neededBy([source]);
  write(needed);
  const part = compiled(source);
  write(Object.fromEntries(Object.keys(needed).map((file) => [file, core.files[file].content])));
  return { whole, part, needed };
}

test('every module of the library is understood, and keeps its lines', () => {
  for (const [file, { content }] of Object.entries(core.files)) {
    const needed = parts.neededBy([`import M "mo:core/${file.slice(0, -3)}"; actor {}`]);
    assert.equal(lines(needed[file]), lines(content), file);
    assert.ok(needed[file].length < content.length || !/public (func|let|type)/.test(content), file);
  }
});

test('implicit arguments, methods by dot, patterns and classes find what they mean', () => {
  const { whole, part, needed } = both(`
    import Map "mo:core/Map"; import Set "mo:core/Set"; import List "mo:core/List"; import Nat "mo:core/Nat";
    import Text "mo:core/Text"; import { compare; toText = shown } "mo:core/Int"; import Iter "mo:core/Iter";
    import PureMap "mo:core/pure/Map"; import Queue "mo:core/Queue"; import Random "mo:core/Random";
    // A comment "with a text { that does not end, /* and a comment
    actor {
      let names = Map.empty<Nat, Text>(); let tags = Set.empty<Text>(); let log = List.empty<Int>();
      let waiting = Queue.empty<Nat>(); var pure = PureMap.empty<Text, Nat>();
      public func add(id : Nat, name : Text) : async Text {
        names.add(id, name); tags.add(name.toLower()); log.add(-id); waiting.pushBack(id);
        pure := pure.add(name, id);
        if (compare(1, 2) == #less and '\\"' != '}') ignore log.sort();
        names.values().map<Text, Text>(func(t) { t # "}" # shown(3) }).join("\\"") # debug_show (tags.size())
      };
      public query func all() : async [(Nat, Text)] { names.entries().toArray() };
      public func die() : async Nat8 { await* Random.crypto().nat8() };
    }`);
  assert.ok(whole.candid && whole.stable, JSON.stringify(whole.diagnostics));
  assert.deepEqual(part, whole);
  assert.match(needed['Map.mo'], /public func add</);
  assert.doesNotMatch(needed['Map.mo'], /func entriesFrom</);
  assert.equal(needed['Principal.mo'], undefined);
});

test('what a comment says of a declaration that is left out is said of no other', () => {
  const { whole, part } = both('import Text "mo:core/Text"; actor { public func f() : async Bool { "".isEmpty() } }');
  assert.deepEqual(part, whole);
});

test('a module of another shape is not guessed at', () => {
  const odd = new Package({ name: 'odd', files: { 'A.mo': { content: 'actor {}' } } });
  assert.throws(() => odd.neededBy(['import A "mo:odd/A"; actor {}']), /another shape/);
  assert.deepEqual(odd.neededBy(['actor {}']), {});
});
