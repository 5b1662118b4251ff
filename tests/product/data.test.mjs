/** `autograph data`: what an app keeps, typed and named, whether its methods show it or not, for the owner alone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Node, binary, scratch } from '../lib/node.mjs';

const source = `
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Principal "mo:core/Principal";
actor {
  type Order = { what : Text; pieces : Nat; state : { #open; #paid : Int }; note : ?Text; var by : ?Principal };
  let orders = Map.empty<Nat, Order>();
  var picture : Blob = "\\00\\ff";
  var twice : ??Nat = ?null;
  transient var asked = 0;
  public shared ({ caller }) func add(what : Text, pieces : Nat) : async () {
    asked += 1;
    let number = orders.size();
    orders.add(number, { what; pieces; state = if (pieces > 1) #paid(-5) else #open; note = ?what; var by = ?caller });
  };
};
`;

test('data shows what an app keeps', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  mkdirSync(join(home, 'tree/backend'), { recursive: true });
  writeFileSync(join(home, 'tree/backend/main.mo'), source);
  const live = node.cli('deploy', join(home, 'tree'), '--app', 'shop');
  assert.equal(live.code, 0, live.words + JSON.stringify(live.json));
  for (let i = 1; i <= 3; i += 1) assert.equal(node.cli('call', 'shop', 'add', `("bread", ${i})`, '--as', 'anonymous').code, 0);

  const { code, json } = node.cli('data', 'shop');
  assert.equal(code, 0);
  const order = (pieces, state) => ({ what: 'bread', pieces, state, note: 'bread', by: '2vxsx-fae' });
  assert.deepEqual(json, {
    variables: {
      orders: [
        ['0', order('1', { '#open': null })],
        ['1', order('2', { '#paid': '-5' })],
        ['2', order('3', { '#paid': '-5' })],
      ],
      picture: { base64: 'AP8=', length: 2 },
      twice: [null],
    },
    left_out: {},
  });
  const some = node.cli('data', 'shop', '--limit', '1').json;
  assert.equal(some.variables.orders.length, 1);
  assert.deepEqual(some.left_out, { orders: 2 });
  // Looking changed nothing.
  assert.deepEqual(node.cli('data', 'shop').json, json);
  filtered(node);
  asCsv(node);
  asWords(home);
});

/** Rows are chosen by words and by their fields, and a mistake in a filter is said. */
function filtered(node) {
  const keys = (...args) => node.cli('data', 'shop', '--variable', 'orders', ...args).json.variables.orders.map(([key]) => key);
  assert.deepEqual(keys('--where', 'pieces>1'), ['1', '2']);
  assert.deepEqual(keys('--where', 'BREAD state=open'), ['0']);
  assert.deepEqual(keys('--where', 'by=2vxsx-fae pieces!=2'), ['0', '2']);
  assert.deepEqual(keys('--offset', '1', '--limit', '1'), ['1']);
  const found = node.cli('data', 'shop', '--where', 'pieces<3').json;
  assert.deepEqual(Object.keys(found.variables), ['orders']);
  assert.equal(found.variables.orders.length, 2);
  for (const [where, message] of [
    ['colour=red', 'no data has a field `colour`'],
    ['pieces>many', '`pieces>many` can\'t be: `pieces` is a number'],
    ['"bread', 'a quote in the filter is not closed'],
  ]) {
    const { code, json } = node.cli('data', 'shop', '--where', where);
    assert.deepEqual([code, json.error?.message ?? json.message], [2, message], JSON.stringify(json));
  }
}

/** CSV goes to standard output as it is; with `--json` it is a text in the answer. */
function asCsv(node) {
  const expected = 'key,by,note,pieces,state,what\r\n0,2vxsx-fae,bread,1,open,bread\r\n1,2vxsx-fae,bread,2,"{""#paid"":""-5""}",bread\r\n';
  const { code, json } = node.cli('data', 'shop', '--csv', '--limit', '2');
  assert.equal(code, 0);
  assert.deepEqual(json, { table: 'orders', csv: expected, rows: 2, left_out: 1, guarded: 0 });
  const printed = words(node.home, 'data', 'shop', '--csv', '--limit', '2');
  assert.equal(printed.stdout, expected);
  assert.match(printed.stderr, /1 more entries match/);
  assert.equal(words(node.home, 'call', 'shop', 'add', '("=1+1", 4)').status, 0);
  assert.match(words(node.home, 'data', 'shop', '--csv', '--where', 'pieces=4').stdout, /,'=1\+1\r\n$/);
}

/** People get tables that a terminal shows whole. */
function asWords(home) {
  const { stdout } = words(home, 'data', 'shop', '--limit', '2');
  assert.match(stdout, /^orders \(4\)\nKEY  BY  +NOTE  +PIECES  STATE  +WHAT\n/);
  assert.match(stdout, /… 2 more/);
  assert.match(stdout, /picture: 2 bytes/);
  for (const line of [stdout, words(home, 'history', 'shop').stdout].join('\n').split('\n')) assert.ok([...line].length <= 80, line);
}

/** What a person sees. */
function words(home, ...args) {
  const env = { ...process.env, XDG_STATE_HOME: join(home, 'state'), HOME: home };
  return spawnSync(binary, args, { env, encoding: 'utf8', timeout: 120_000 });
}
