/** kill -9 at random moments under load: nothing that was answered is lost, and nothing is there twice. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Actor, HttpAgent } from '@icp-sdk/core/agent';
import { IDL } from '@icp-sdk/core/candid';
import { Node, scratch } from '../lib/node.mjs';

const source = `
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Text "mo:core/Text";
actor {
  let seen = Map.empty<Text, Nat>();
  public func put(key : Text) : async Nat {
    let count = switch (seen.get(key)) { case (?n) n + 1; case null 1 };
    seen.add(key, count);
    count;
  };
  public query func all() : async [(Text, Nat)] { seen.toArray() };
};
`;

const idl = () =>
  IDL.Service({
    put: IDL.Func([IDL.Text], [IDL.Nat], []),
    all: IDL.Func([], [IDL.Vec(IDL.Tuple(IDL.Text, IDL.Nat))], ['query']),
  });

async function actor(node, canisterId) {
  const agent = await HttpAgent.create({ host: `http://127.0.0.1:${node.port}`, shouldFetchRootKey: true, retryTimes: 0 });
  return Actor.createActor(idl, { agent, canisterId });
}

test('acknowledged updates survive kill -9, again and again', async (t) => {
  const home = scratch(t);
  let node = await Node.start(t, home);
  const tree = join(home, 'tree/backend');
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, 'main.mo'), source);
  const live = node.cli('deploy', join(home, 'tree'), '--app', 'crash');
  assert.equal(live.code, 0, live.words + JSON.stringify(live.json));
  const { canister_id: canisterId } = live.json;
  const acknowledged = new Set();
  let next = 0;
  for (let round = 0; round < 4; round += 1) {
    const app = await actor(node, canisterId);
    let running = true;
    // The moment of the kill is counted in answers, so that it falls into the middle of the load.
    const until = acknowledged.size + 40 + Math.floor(Math.random() * 120);
    const client = async () => {
      while (running) {
        const key = `k${(next += 1)}`;
        try {
          assert.equal(await app.put(key), 1n);
          acknowledged.add(key);
        } catch (error) {
          if (error.code === 'ERR_ASSERTION') throw error;
          return;
        }
        if (acknowledged.size >= until && running) {
          running = false;
          await node.kill();
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    node = await node.again(t);
    const rows = new Map(await (await actor(node, canisterId)).all());
    for (const key of acknowledged) assert.equal(rows.get(key), 1n, `${key} in round ${round}`);
  }
  assert.ok(acknowledged.size > 150);
});
