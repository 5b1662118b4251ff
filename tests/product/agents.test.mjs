/** Unmodified clients against a written app, with verification of certificates and query signatures on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Actor, HttpAgent, CanisterStatus } from '@icp-sdk/core/agent';
import { IDL } from '@icp-sdk/core/candid';
import { Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { Principal } from '@icp-sdk/core/principal';
import { Node, scratch, wedding } from '../lib/node.mjs';

const standing = IDL.Record({ role: IDL.Text, member: IDL.Text, name: IDL.Text });
const registryIdl = () =>
  IDL.Service({
    standing: IDL.Func([IDL.Principal], [standing], ['query']),
    redeem: IDL.Func([IDL.Text], [IDL.Variant({ ok: standing, err: IDL.Text })], []),
  });

test('@icp-sdk/core and ic-agent call a written app', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const live = node.cli('new', wedding, '--name', 'wedding');
  assert.equal(live.code, 0, live.words + JSON.stringify(live.json));
  const canisterId = live.json.canister_id;

  const identity = Ed25519KeyIdentity.generate();
  const agent = await HttpAgent.create({ host: `http://127.0.0.1:${node.port}`, identity, shouldFetchRootKey: true });
  const status = await CanisterStatus.request({
    agent,
    canisterId: Principal.fromText(canisterId),
    paths: ['time', 'module_hash', 'candid', 'controllers'],
  });
  assert.match(status.get('candid'), /service/);
  assert.equal(status.get('module_hash').length, 64);

  const registry = Actor.createActor(registryIdl, { agent, canisterId: 'rwlgt-iiaaa-aaaaa-aaaaa-cai' });
  const refused = await registry.redeem('nonsense');
  assert.match(refused.err, /link/);

  // ic-agent is what the command line calls with; it verifies too.
  const me = node.cli('call', 'wedding', 'me', '--query');
  assert.equal(me.code, 0, me.words + JSON.stringify(me.json));
  assert.match(JSON.stringify(me.json.value), /owner/);
  const stranger = node.cli('call', 'wedding', 'me', '--query', '--as', 'somebody');
  assert.match(JSON.stringify(stranger.json.value), /visitor/);
  const anonymous = node.cli('call', 'wedding', 'me', '--query', '--as', 'anonymous');
  assert.match(JSON.stringify(anonymous.json.value), /visitor/);
});

test('a wrong root key is noticed by the client', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const agent = await HttpAgent.create({ host: `http://127.0.0.1:${node.port}`, identity: Ed25519KeyIdentity.generate() });
  const registry = Actor.createActor(registryIdl, { agent, canisterId: 'rwlgt-iiaaa-aaaaa-aaaaa-cai' });
  await assert.rejects(registry.redeem('nonsense'));
});
