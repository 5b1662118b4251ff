/** What a person meets on a bad day: a taken port, a folder in use, damage in the log, wrong words. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { openSync, readSync, readdirSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
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

test('a torn tail is dropped and the node starts', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  node.cli('status');
  await node.kill();
  const again = await Node.start(t, home, { data: node.data });
  assert.equal(again.cli('status').code, 0);
  assert.equal(await again.stop(), 0);
});
