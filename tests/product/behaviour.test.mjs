/**
 * What worked goes on working: recorded calls, accepted behaviours, a declared touch, and the watch after a switch,
 * through the program as its user runs it.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Node, scratch, wedding } from '../lib/node.mjs';

/** A shop; `find` looks an order up, which no probe without arguments can do. */
const shop = ({ find = 'orders.get(id)', extra = '', add = 'orders.add(orders.size(), what)' } = {}) => `
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Runtime "mo:core/Runtime";
actor {
  let orders = Map.empty<Nat, Text>();
  let guests = Map.empty<Nat, Text>();
  public func add(what : Text) : async () { ${add} };
  public query func find(id : Nat) : async ?Text { ${find} };
  public query func count() : async Nat { orders.size() };
  public query func guestCount() : async Nat { guests.size() };
  ${extra}
  ignore Runtime.trap;
};
`.replace('  ignore Runtime.trap;\n', '');

function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const kinds = (answer) => answer.json.verdict.behaviour.map(({ kind, subject, effect }) => `${effect} ${kind} ${subject}`);

test('a version that fails on what is really asked of the app is refused', async (t) => {
  const home = scratch(t);
  let node = await Node.start(t, home);
  const tree = join(home, 'tree');
  write(tree, { 'backend/main.mo': shop() });
  assert.equal(node.cli('deploy', tree, '--app', 'shop').code, 0);
  assert.equal(node.cli('call', 'shop', 'add', '("bread")', '--as', 'anonymous').code, 0);
  assert.equal(node.cli('call', 'shop', 'find', '(0)').json.candid, '(opt "bread")');
  assert.equal(node.cli('call', 'shop', 'find', '(0)', '--as', 'anonymous').code, 0);

  write(tree, { 'backend/main.mo': shop({ find: 'if (id < 1) Runtime.trap("not so") else orders.get(id)' }) });
  const refused = node.cli('check', tree, '--app', 'shop');
  assert.equal(refused.code, 3, JSON.stringify(refused.json));
  assert.deepEqual(kinds(refused), ['refuses call_fails anonymous: find', 'refuses call_fails owner: find']);
  assert.match(refused.json.verdict.behaviour[1].message, /“find” now fails for the owner/);

  // What answers less informs; it is no loss of data.
  write(tree, { 'backend/main.mo': shop({ find: 'if (id < 1) null else orders.get(id)' }) });
  const less = node.cli('check', tree, '--app', 'shop');
  assert.equal(less.code, 0, JSON.stringify(less.json));
  assert.deepEqual(kinds(less), ['informs answers_less anonymous: find', 'informs answers_less owner: find']);

  // Nobody else on this machine may read what was recorded, it survives a restart, and goes with the app.
  await node.stop();
  const folder = join(node.data, 'recorded');
  const files = readdirSync(folder);
  assert.equal(files.length, 1);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, files[0])).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(folder, files[0]), 'utf8').split('\n').filter(Boolean).length, 3);
  node = await node.again(t);
  assert.deepEqual(kinds(node.cli('check', tree, '--app', 'shop')), kinds(less));
  assert.equal(node.cli('delete', 'shop').code, 0);
  assert.deepEqual(readdirSync(folder), []);
});

test('accepted behaviours are tried before every switch and can not be dropped in silence', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const tree = join(home, 'tree');
  const checks = `
[[check]]
name = "What is ordered can be found"
steps = [
  { as = "stranger", call = "add", args = '("bread")' },
  { call = "find", args = "(0)", expect = '(opt "bread")' },
  { call = "find", args = "(1)", expect = "(null)" },
]
`;
  write(tree, { 'backend/main.mo': shop(), 'checks/orders.toml': checks });
  const first = node.cli('deploy', tree, '--app', 'shop');
  assert.equal(first.code, 0, JSON.stringify(first.json));
  assert.deepEqual(kinds(first), []);

  write(tree, { 'backend/main.mo': shop({ add: 'if (what != "bread") orders.add(orders.size(), what)' }) });
  rmSync(join(tree, 'checks'), { recursive: true });
  const broken = node.cli('check', tree, '--app', 'shop');
  assert.equal(broken.code, 3);
  assert.deepEqual(kinds(broken), [
    'asks check_dropped What is ordered can be found',
    'asks check_fails What is ordered can be found',
  ]);
  assert.match(broken.json.verdict.behaviour[1].message, /step 2, “find” as the owner, should have answered/);
  const approved = node.cli('deploy', tree, '--app', 'shop', '--approve', broken.json.approve);
  assert.equal(approved.code, 0, JSON.stringify(approved.json));

  write(tree, { 'checks/orders.toml': '[[check]]\nname = "x"\nsteps = [{ call = "find", args = "((" }]' });
  const unreadable = node.cli('check', tree, '--app', 'shop');
  assert.deepEqual(kinds(unreadable), ['refuses check_unreadable checks/orders.toml']);
});

test('a change that does more than it says is asked about', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const tree = join(home, 'tree');
  write(tree, { 'backend/main.mo': shop() });
  assert.equal(node.cli('deploy', tree, '--app', 'shop').code, 0);
  write(tree, { 'backend/main.mo': shop({ extra: 'public query func listGuests() : async [Text] { [] };' }) });
  assert.equal(node.cli('check', tree, '--app', 'shop').code, 0);
  assert.equal(node.cli('check', tree, '--app', 'shop', '--touches', 'guests').code, 0);
  const more = node.cli('check', tree, '--app', 'shop', '--touches', 'orders');
  assert.equal(more.code, 3, JSON.stringify(more.json));
  assert.deepEqual(kinds(more), ['asks outside listGuests']);
  assert.match(more.json.verdict.behaviour[0].message, /touches only “orders”. But: it also adds “list guests”/);
  write(tree, { 'app.toml': 'name = "shop"\ntouches = ["orders"]\n' });
  assert.deepEqual(kinds(node.cli('check', tree, '--app', 'shop')), ['asks outside listGuests']);
});

test('what an app fails more often since its last switch is told, with the way back', async (t) => {
  const home = scratch(t);
  let node = await Node.start(t, home);
  const tree = join(home, 'tree');
  write(tree, { 'backend/main.mo': shop() });
  assert.equal(node.cli('deploy', tree, '--app', 'shop').code, 0);
  for (let i = 0; i < 10; i += 1) assert.equal(node.cli('call', 'shop', 'add', `("bread ${i}")`).code, 0);
  assert.equal(node.cli('show', 'shop').json.watch, null);

  // It fails only on what nobody has asked yet, so the gate can't know.
  write(tree, { 'backend/main.mo': shop({ add: 'if (what == "cake") Runtime.trap("no cake") else orders.add(orders.size(), what)' }) });
  assert.equal(node.cli('deploy', tree, '--app', 'shop').code, 0);
  for (let i = 0; i < 5; i += 1) assert.notEqual(node.cli('call', 'shop', 'add', '("cake")').code, 0);
  const told = {
    version: 2,
    calls: 5,
    failed: 5,
    before: { calls: 10, failed: 0 },
    back_to: 1,
    offer: 'restore version 1',
  };
  assert.deepEqual(node.cli('show', 'shop').json.watch, told);
  assert.deepEqual(node.cli('list').json.apps[0].watch, told);
  const log = node.errors;
  await node.stop();
  node = await node.again(t);
  assert.match(log(), /fails clearly more often/);
  assert.deepEqual(node.cli('show', 'shop').json.watch, told);
  assert.equal(node.cli('restore', 'shop', '1').code, 0);
  assert.equal(node.cli('show', 'shop').json.watch, null);
});

test('what a spec promises holds for what is written from it, and changes by words pass', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const made = node.cli('new', wedding, '--name', 'wedding');
  assert.equal(made.code, 0, JSON.stringify(made.json));
  assert.deepEqual(kinds(made), []);
  const changed = node.cli('change', 'wedding', 'Add a field for allergies to guests.');
  assert.equal(changed.code, 0, JSON.stringify(changed.json));
  assert.deepEqual(kinds(changed), []);
});
