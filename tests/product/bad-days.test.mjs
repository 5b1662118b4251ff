/** What a person meets on a bad day: a taken port, a folder in use, damage on the disk, wrong words. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, readdirSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Principal } from '@icp-sdk/core/principal';
import { Node, binary, cli, scratch } from '../lib/node.mjs';

const up = (home, ...args) =>
  spawnSync(binary, ['up', ...args], {
    env: { ...process.env, XDG_STATE_HOME: join(home, 'state'), HOME: home },
    encoding: 'utf8',
    timeout: 60_000,
  });

test('a taken port is named, with the way out', async (t) => {
  const home = scratch(t);
  const holder = createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await new Promise((ready) => holder.once('listening', ready));
  const { port } = holder.address();
  const done = up(home, '--data', join(home, 'd'), '--listen', `127.0.0.1:${port}`);
  assert.equal(done.status, 1);
  assert.match(done.stderr, new RegExp(`${port}`));
  assert.match(done.stderr, /--listen/);
});

test('a folder in use is named, with the process that has it', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const done = up(home, '--data', node.data, '--listen', '127.0.0.1:0');
  assert.equal(done.status, 1);
  assert.match(done.stderr, new RegExp(`process ${node.child.pid}`));
});

test('without a node the command line says how to start one', (t) => {
  const home = scratch(t);
  const done = cli(home, 'list');
  assert.equal(done.code, 1);
  assert.match(JSON.stringify(done.json) + done.words, /autograph up/);
});

test('empty, huge and unserved wishes are declined in words', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  for (const text of ['', '   ', '?!', 'x'.repeat(100_000)]) {
    const done = node.cli('new', text);
    assert.ok(done.code === 1 || done.code === 2, `${text.slice(0, 5)}: ${done.code}`);
    assert.equal(done.lines.length, 1);
  }
  assert.deepEqual(node.cli('list').json.apps, []);
});

test('a flipped bit in the middle of the log stops the start and names the place', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  for (let i = 0; i < 5; i += 1) node.cli('status');
  await node.kill();
  const folder = join(node.data, 'state/log');
  const segment = readdirSync(folder).filter((name) => /^[0-9a-f]{16}$/.test(name)).sort()[0];
  const path = join(folder, segment);
  assert.ok(statSync(path).size > 0);
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, 60);
  byte[0] ^= 4;
  writeSync(file, byte, 0, 1, 60);
  const done = up(home, '--data', node.data, '--listen', '127.0.0.1:0');
  assert.equal(done.status, 1);
  assert.match(done.stderr, new RegExp(`log/${segment}.*damaged`, 's'));
});

test('an app whose data was altered is named and refused, the others are served, and a version brings it back', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const words = ['keep a list of my plants with their name and place', 'a list of books with title and author'];
  const [plants, books] = words.map((text) => node.cli('new', text, '--json').json);
  assert.equal(plants.outcome, 'live', JSON.stringify(plants));
  assert.equal(books.outcome, 'live', JSON.stringify(books));
  const changed = node.cli('change', plants.app, 'add a note to every plant').json;
  assert.equal(changed.outcome, 'live', JSON.stringify(changed));
  assert.equal(await node.stop(), 0);

  const images = join(node.data, 'state/images');
  const id = Principal.fromText(plants.canister_id).toHex().toLowerCase();
  const [base] = readdirSync(images).filter((name) => name.startsWith(`${id}-heap-0-`) && name.endsWith('.base'));
  const bytes = readFileSync(join(images, base));
  // A byte in the middle of what is not empty.
  const used = bytes.findIndex((byte, at) => at > bytes.length / 3 && byte !== 0);
  assert.ok(used > 0);
  const file = openSync(join(images, base), 'r+');
  writeSync(file, Buffer.from([bytes[used] ^ 1]), 0, 1, used);
  closeSync(file);

  const again = await Node.start(t, home, { data: node.data });
  // The scrub's first round, or whoever asks the app first.
  const found = async () => {
    const status = again.cli('status').json;
    return status.damaged.length > 0 ? status : new Promise((done) => setTimeout(done, 100)).then(found);
  };
  const status = await found();
  assert.equal(status.ok, true);
  assert.deepEqual(status.damaged.map((entry) => entry.app), [plants.app]);
  assert.match(status.damaged[0].what, /main memory: page/);
  assert.match(again.cli('show', plants.app).json.damage, /main memory: page/);
  const lines = Object.fromEntries(again.cli('list').json.apps.map((line) => [line.app, line.status]));
  assert.deepEqual(lines, { [plants.app]: 'damaged', [books.app]: 'live' });
  const data = again.cli('change', plants.app, 'add a colour to every plant').json;
  assert.notEqual(data.outcome, 'live');
  const restored = again.cli('restore', plants.app, '1').json;
  assert.equal(restored.outcome, 'live', JSON.stringify(restored));
  assert.equal(again.cli('list').json.apps.find((line) => line.app === plants.app).status, 'live');
  assert.equal(await again.stop(), 0);
});

test('a torn tail is dropped and the node starts', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  node.cli('status');
  await node.kill();
  const again = await Node.start(t, home, { data: node.data });
  assert.equal(again.cli('status').code, 0);
  assert.equal(await again.stop(), 0);
});
