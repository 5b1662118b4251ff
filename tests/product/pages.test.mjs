/** The pages in a real browser before a switch: what worked must go on working, on the data that there is. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Node, scratch } from '../lib/node.mjs';
import { deployShop } from '../lib/shop.mjs';

/** A page that asks the backend and lists what it says. `then` runs afterwards. */
const listing = (method = 'list', then = '') => `
import { HttpAgent, Actor } from "@icp-sdk/core/agent";
import { Ed25519KeyIdentity } from "@icp-sdk/core/identity";
const idl = ({ IDL }) => IDL.Service({ ${method}: IDL.Func([], [IDL.Vec(IDL.Text)], ["composite_query"]) });
const env = await (await fetch("/env.json")).json();
const rootKey = Uint8Array.from(env.root_key.match(/../g), (pair) => parseInt(pair, 16));
const agent = await HttpAgent.create({ host: location.origin, rootKey, identity: Ed25519KeyIdentity.generate() });
const shop = Actor.createActor(idl, { agent, canisterId: env.backend_canister_id });
document.body.innerHTML = "<h1>Shop</h1>";
const list = document.createElement("ul");
document.body.append(list);
try {
  for (const good of await shop.${method}()) list.append(Object.assign(document.createElement("li"), { textContent: good }));
} catch (error) { list.append("could not be read"); }
${then}
`;

const behaviour = (done) => done.json.verdict.behaviour.map(({ kind, subject, effect }) => ({ kind, subject, effect }));

test('pages that would break are held back, with the reason', async (t) => {
  const node = await Node.start(t, scratch(t));
  if (!node.cli('status').json.browser) return t.skip('there is no browser here');
  deployShop(node, { script: listing() });
  assert.equal(node.cli('call', 'shop', 'add', '("sourdough")').code, 0);

  // The same page with another word on it: nothing to say.
  const same = deployShop(node, { script: listing('list', 'document.body.append("Today");') });
  assert.deepEqual(same.verdict.behaviour, []);

  const throws = deployShop(node, { script: listing('list', 'null.nothing;'), exit: 3 });
  assert.deepEqual(behaviour({ json: throws }), [{ kind: 'page_fails', subject: '/', effect: 'refuses' }]);
  assert.match(throws.verdict.behaviour[0].message, /works and would not work any more.*TypeError/);

  const blank = deployShop(node, { script: 'document.body.replaceChildren();', exit: 3 });
  assert.deepEqual(behaviour({ json: blank }), [{ kind: 'page_fails', subject: '/', effect: 'refuses' }]);

  // The page asks for a method that the backend does not have: frontend and backend don't fit.
  const apart = deployShop(node, { script: listing('catalogue'), exit: 3 });
  assert.deepEqual(behaviour({ json: apart }), [
    { kind: 'page_shows_nothing', subject: '/', effect: 'asks' },
    { kind: 'call_fails', subject: '/ catalogue', effect: 'asks' },
  ].sort((a, b) => (a.subject < b.subject ? -1 : 1)));
  assert.ok(apart.approve);
  assert.match(JSON.stringify(apart.verdict.behaviour), /sourdough/);

  assert.deepEqual(node.cli('call', 'shop', 'list', '--query').json.value, ['sourdough']);
  assert.equal(node.cli('show', 'shop').json.version, 2);
});

test('the writer tries a gentler way before the owner is asked', async (t) => {
  const node = await Node.start(t, scratch(t));
  const live = node.cli('new', 'A list of guests with a name and a phone number.', '--name', 'party');
  assert.equal(live.code, 0, live.words);
  const refused = node.cli('change', 'party', 'Remove the phone number from guests.');
  assert.equal(refused.code, 3, refused.words + JSON.stringify(refused.json));
  const { tried, alternatives } = refused.json;
  assert.deepEqual(tried.map(({ found }) => found), [[]]);
  assert.deepEqual(alternatives.map(({ message }) => message), tried.map(({ message }) => message));
  const gentle = node.cli('change', 'party', 'Remove the phone number from guests.', '--approve', alternatives[0].approve);
  assert.equal(gentle.json.outcome, 'live', gentle.words);
});

test('a written app with guests is opened, changed, and nothing is in its way', async (t) => {
  const node = await Node.start(t, scratch(t));
  if (!node.cli('status').json.browser) return t.skip('there is no browser here');
  const text = 'I want a list of guests. Guests have a name, an email and a phone number.';
  const live = node.cli('new', text, '--name', 'party');
  assert.equal(live.code, 0, live.words + JSON.stringify(live.json));
  assert.deepEqual(live.json.verdict.behaviour, []);
  const changed = node.cli('change', 'party', 'Guests also have a birthday.');
  assert.equal(changed.code, 0, changed.words + JSON.stringify(changed.json));
  assert.deepEqual(changed.json.verdict.behaviour, []);
  // No browser outlives its node, nor its folder the next start.
  const folder = join(node.data, 'browsers');
  assert.equal(readdirSync(folder).length, 1, 'the browser stays for the next change');
  const folders = () => (existsSync(folder) ? readdirSync(folder) : []);
  await node.kill();
  assert.equal(folders().length, 1);
  const again = await node.again(t);
  assert.deepEqual(folders(), []);
  assert.equal(again.cli('change', 'party', 'Guests also have a shoe size.').code, 0);
  assert.equal(folders().length, 1);
  await again.stop();
  assert.deepEqual(folders(), []);
  t.diagnostic(JSON.stringify({ new: live.json.seconds, change: changed.json.seconds }));
});
