/** A change of a live app while it is used, a way back, and an erasure: no answered call is lost without a word. */
import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Node, cliAsync, scratch } from '../lib/node.mjs';

/** A source tree with this backend. */
function tree(folder, source) {
  mkdirSync(join(folder, 'backend'), { recursive: true });
  writeFileSync(join(folder, 'backend/main.mo'), source);
  return folder;
}

const notes = (more = '') => `
import Iter "mo:core/Iter";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
actor {
  type Note = { id : Nat; text : Text; phone : Text };
  let notes = Map.empty<Nat, Note>();
  let ballast = Map.empty<Nat, Text>();
  var next = 0;
  public func add(text : Text, phone : Text) : async Nat {
    next += 1;
    notes.add(next, { id = next; text; phone });
    next;
  };
  public func fill(rows : Nat) : async () {
    for (i in Nat.range(0, rows)) { ballast.add(ballast.size(), "some text of a row that is as long as texts often are, number " # i.toText()) };
  };
  public func deleteNote(id : Nat) : async () { notes.remove(id) };
  public query func list() : async [Note] { notes.values().toArray() };
  public query func size() : async Nat { notes.size() };
  ${more}
};`;

test('calls during a change wait or run, none is lost, and the pause is told', { timeout: 600_000 }, async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  assert.equal(node.cli('deploy', tree(join(home, 'one'), notes()), '--app', 'notes').json.outcome, 'live');
  for (let i = 0; i < 5; i++) assert.equal(node.cli('call', 'notes', 'fill', '(10_000)').code, 0);
  let done = false;
  let answered = 0;
  const calls = (async () => {
    while (!done) {
      const { code, words } = await cliAsync(home, 'call', 'notes', 'add', '("a note", "1")');
      assert.equal(code, 0, words);
      answered += 1;
    }
  })();
  const two = tree(join(home, 'two'), notes('public query func version() : async Nat { 2 };'));
  const changed = await cliAsync(home, 'deploy', two, '--app', 'notes');
  done = true;
  await calls;
  assert.equal(changed.json?.outcome, 'live', JSON.stringify(changed));
  assert.ok(changed.json.seconds.pause > 0);
  t.diagnostic(`${answered} calls; paused for ${changed.json.seconds.pause} s`);
  assert.equal(node.cli('call', 'notes', 'size', '--query').json.value, String(answered));
  const quiet = tree(join(home, 'three'), notes('public query func version() : async Nat { 3 };'));
  t.diagnostic(`quiet: ${JSON.stringify(node.cli('deploy', quiet, '--app', 'notes').json.seconds)}`);
});

test('a way back counts what it sets aside, asks about whom it lets in, and is a way forth as well', { timeout: 600_000 }, async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  assert.equal(node.cli('deploy', tree(join(home, 'one'), notes()), '--app', 'notes').json.outcome, 'live');
  node.cli('call', 'notes', 'add', '("old", "1")');
  const two = tree(join(home, 'two'), notes('public query func version() : async Nat { 2 };'));
  assert.equal(node.cli('deploy', two, '--app', 'notes').json.outcome, 'live');
  node.cli('call', 'notes', 'add', '("new", "2")');
  node.cli('call', 'notes', 'add', '("newer", "3")');
  const back = node.cli('restore', 'notes', '1');
  assert.equal(back.json.outcome, 'live', JSON.stringify(back));
  const aside = back.json.verdict.data.find((finding) => finding.kind === 'rows_set_aside');
  assert.equal(aside?.count, 2, JSON.stringify(back.json.verdict));
  assert.equal(aside.effect, 'informs');
  assert.equal(node.cli('call', 'notes', 'size', '--query').json.value, '1');
  const history = node.cli('history', 'notes').json.versions;
  assert.deepEqual(history.map((version) => version.restore_point), [true, true, false]);
  assert.ok(history[2].conversation > history[1].conversation, JSON.stringify(history));
  assert.equal(node.cli('restore', 'notes', '2').json.outcome, 'live');
  assert.equal(node.cli('call', 'notes', 'size', '--query').json.value, '3');
});

/** Files under a folder that hold a text. */
function holding(folder, text) {
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
  // A browser's own files come and go, links to nowhere among them; a file that goes meanwhile holds nothing.
  const there = (file) => lstatSync(file, { throwIfNoEntry: false })?.isFile() && existsSync(file);
  return files.filter((file) => there(file) && readFileSync(file).includes(text));
}

test('what the owner erases is in no file of the node any more', { timeout: 600_000 }, async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const phone = '+49 30 555 0199';
  assert.equal(node.cli('deploy', tree(join(home, 'one'), notes()), '--app', 'notes').json.outcome, 'live');
  node.cli('call', 'notes', 'add', `("to go", "${phone}")`);
  node.cli('call', 'notes', 'add', '("to stay", "+49 30 555 0123")');
  const two = tree(join(home, 'two'), notes('public query func version() : async Nat { 2 };'));
  assert.equal(node.cli('deploy', two, '--app', 'notes').json.outcome, 'live');
  // What a version is called and what it looks like may tell it too.
  const backend = node.cli('show', 'notes').json.canister_id;
  const beside = { names: backend, pictures: join(backend, '2-live.jpg') };
  for (const [folder, file] of Object.entries(beside)) {
    mkdirSync(join(node.data, folder, file, '..'), { recursive: true });
    writeFileSync(join(node.data, folder, file), JSON.stringify({ 2: `with ${phone}` }));
  }
  assert.ok(holding(node.data, phone).length > 2, 'it is there before');
  assert.equal(node.cli('erase', 'notes', 'nobody has this').code, 2);
  const asked = node.cli('erase', 'notes', phone);
  assert.equal(asked.code, 3, JSON.stringify(asked));
  const kinds = asked.json.verdict.data.map((finding) => finding.kind);
  assert.ok(kinds.includes('rows_erased') && kinds.includes('restore_points_erased'), JSON.stringify(kinds));
  assert.equal(node.cli('call', 'notes', 'size', '--query').json.value, '2', 'a question changes nothing');
  const erased = node.cli('erase', 'notes', phone, '--approve', asked.json.approve);
  assert.equal(erased.code, 0, JSON.stringify(erased));
  t.diagnostic(erased.words);
  assert.deepEqual(holding(node.data, phone), []);
  assert.ok(existsSync(join(node.data, 'names', beside.names)), 'the version is still called something');
  assert.ok(!existsSync(join(node.data, 'pictures', backend)), 'its pictures are gone');
  const left = node.cli('call', 'notes', 'list', '--query').json.value;
  assert.deepEqual(left.map((note) => note.text), ['to stay']);
  assert.equal(node.cli('restore', 'notes', '1').code, 2, 'the restore point is gone');
  await node.kill();
  const again = await node.again(t);
  assert.equal(again.cli('call', 'notes', 'size', '--query').json.value, '1');
  assert.equal(again.cli('call', 'notes', 'add', '("on", "4")').code, 0);
  assert.deepEqual(holding(node.data, phone), []);
  assert.ok(!existsSync(join(node.data, 'erasing')) || readdirSync(join(node.data, 'erasing')).length === 0);
});

test('an erasure during which the node was cut off is finished when it starts again', { timeout: 600_000 }, async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const phone = '+49 30 555 0199';
  const live = node.cli('deploy', tree(join(home, 'one'), notes()), '--app', 'notes').json;
  node.cli('call', 'notes', 'add', `("to go", "${phone}")`);
  node.cli('call', 'notes', 'add', '("to stay", "+49 30 555 0123")');
  await node.kill();
  // What a node leaves that ended right after the owner's word was written down.
  const row = (id) => ({ row: { collection: 'notes', id }, way: { method: 'deleteNote', at_once: true } });
  const plan = { member: 'gone already', rows: [row(1), row(77)], left: [], texts: ['to go', phone], blobs: [] };
  mkdirSync(join(node.data, 'erasing'));
  writeFileSync(join(node.data, 'erasing', live.canister_id), JSON.stringify(plan));
  const again = await node.again(t);
  assert.deepEqual(again.cli('call', 'notes', 'list', '--query').json.value.map((note) => note.text), ['to stay']);
  assert.deepEqual(holding(node.data, phone), []);
  assert.deepEqual(readdirSync(join(node.data, 'erasing')), []);
});
