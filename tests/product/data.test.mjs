/** `autograph data`: what an app keeps, typed and named, whether its methods show it or not, for the owner alone. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Node, scratch } from '../lib/node.mjs';

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
});
