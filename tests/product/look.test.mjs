/** The looking glass: an app as somebody else or as it was, by unmodified clients, and the live app never hears of it. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { Actor, HttpAgent } from '@icp-sdk/core/agent';
import { IDL } from '@icp-sdk/core/candid';
import { Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { Node, scratch } from '../lib/node.mjs';
import { deployShop, shopIdl } from '../lib/shop.mjs';

/** `fetch` for names under localhost, which programs can't resolve: by the Host header. */
function byHost(url, options = {}) {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((done, failed) => {
    const headers = { ...Object.fromEntries(new Headers(options.headers ?? {})), host: `${hostname}:${port}` };
    const request = http.request({ host: '127.0.0.1', port, path: pathname, method: options.method ?? 'GET', headers });
    request.on('error', failed).on('response', async (response) => {
      const body = Buffer.concat(await response.toArray());
      done(new Response(body, { status: response.statusCode, headers: response.headers }));
    });
    request.end(options.body && Buffer.from(options.body));
  });
}

/** The app as a page at this address has it: root key and canister from the page's own environment. */
async function at(url, identity = Ed25519KeyIdentity.generate()) {
  const environment = await (await byHost(`${url}env.json`)).json();
  const rootKey = Uint8Array.from(Buffer.from(environment.root_key, 'hex'));
  const agent = await HttpAgent.create({ host: url, fetch: byHost, identity, rootKey, verifyQuerySignatures: true });
  return { app: Actor.createActor(shopIdl, { agent, canisterId: environment.backend_canister_id }), environment };
}

const look = (node, ...args) => {
  const done = node.cli('look', 'shop', ...args);
  assert.equal(done.code, 0, done.words + JSON.stringify(done.json));
  return done.json;
};

test('a look shows what a role sees, and throws away what is done there', async (t) => {
  const node = await Node.start(t, scratch(t));
  deployShop(node);
  assert.equal(node.cli('call', 'shop', 'add', '("bread")').code, 0);

  const asOwner = look(node, '--as', 'owner');
  assert.match(asOwner.url, /^http:\/\/look-[0-9a-f]{32}\.localhost:\d+\/$/);
  assert.match(asOwner.message, /as the owner. Nothing here touches the app/);
  const owner = await at(asOwner.url);
  assert.equal((await owner.app.who()).role, 'owner');
  assert.deepEqual(await owner.app.list(), ['bread']);
  await owner.app.add('cake');
  assert.deepEqual(await owner.app.list(), ['bread', 'cake']);
  assert.deepEqual(node.cli('call', 'shop', 'list', '--query').json.value, ['bread']);

  for (const [who, role] of [['guest', 'guest'], ['stranger', 'visitor'], ['anonymous', 'visitor']]) {
    const seen = await at(look(node, '--as', who).url);
    assert.equal((await seen.app.who()).role, role, who);
    await assert.rejects(seen.app.add('poison'), /only the owner/, who);
    assert.deepEqual(await seen.app.list(), role === 'guest' ? ['bread'] : [], who);
  }
  // Another look begins from the live app; the root key of one proves nothing at the other or at the live app.
  assert.deepEqual(await (await at(look(node, '--as', 'owner').url)).app.list(), ['bread']);
  const live = await at(node.url.replace('//', '//shop.') + '/');
  assert.notEqual(live.environment.root_key, owner.environment.root_key);
  await assert.rejects(live.app.add('by a stranger'), /only the owner/);

  const wrong = node.cli('look', 'shop', '--as', 'nobody');
  assert.equal(wrong.code, 2);
  assert.match(wrong.json.error.hint, /owner, guest, stranger, anonymous/);
});

test('an invited member is seen under their own name, and what is invited in a look stays there', async (t) => {
  const node = await Node.start(t, scratch(t));
  const { canister_id: shop } = deployShop(node);
  const registry = 'rwlgt-iiaaa-aaaaa-aaaaa-cai';
  const wish = `(record { app = principal "${shop}"; role = "guest"; name = "Anna"; member = null })`;
  const invite = node.cli('call', registry, 'invite', wish);
  assert.equal(invite.code, 0, invite.words + JSON.stringify(invite.json));
  const [, secret] = JSON.stringify(invite.json.value).match(/"(?:token|338395897)":"([^"]+)"/) ?? [];
  assert.equal(node.cli('call', registry, 'redeem', `("${secret}")`, '--as', 'anna').code, 0);

  for (const who of ['Anna', 'guest']) {
    const seen = look(node, '--as', who);
    assert.match(seen.message, /as Guest \(Anna\)/);
    assert.deepEqual(await (await at(seen.url)).app.who(), { role: 'guest', member: 'm1', name: 'Anna' });
  }
});

test('an earlier version is looked at as it was, and can not be changed', async (t) => {
  const node = await Node.start(t, scratch(t));
  deployShop(node);
  assert.equal(node.cli('call', 'shop', 'add', '("bread")').code, 0);
  deployShop(node, { greeting: 'second' });
  assert.equal(node.cli('call', 'shop', 'add', '("cake")').code, 0);

  const then = look(node, '--version', '1');
  assert.match(then.message, /version 1 .* Nothing can be changed here/);
  const { app, environment } = await at(then.url);
  assert.equal(environment.version, 1);
  assert.deepEqual(await app.list(), ['bread']);
  assert.match(await (await byHost(then.url)).text(), /first/);
  await assert.rejects(app.add('poison'), /nothing can be changed here/);
  assert.match(await (await byHost(look(node, '--version', '2').url)).text(), /second/);
  assert.equal(node.cli('look', 'shop', '--version', '7').code, 2);

  // When the app goes, its looks go, and their pages reach nobody.
  assert.equal(node.cli('delete', 'shop').code, 0);
  assert.equal((await byHost(then.url)).status, 410);
  await assert.rejects(app.list());
});
