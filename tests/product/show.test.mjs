/** A change that is shown before it goes live: what was shown is what goes live, and a yes builds nothing again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Node, cliAsync, scratch, wedding } from '../lib/node.mjs';

test('a change is shown, waits, and goes live by a yes without a second build', { timeout: 600_000 }, async (t) => {
  const node = await Node.start(t, scratch(t));
  const made = node.cli('new', wedding, '--name', 'wedding');
  assert.equal(made.json.outcome, 'live', JSON.stringify(made));
  const takeOut = made.json.corrections.filter((one) => one.take_out);
  assert.ok(takeOut.length > 0, JSON.stringify(made.json.corrections));

  const words = 'Add a dietary note to guests.';
  const shown = node.cli('change', 'wedding', words, '--show');
  assert.equal(shown.code, 0, shown.words);
  assert.equal(shown.json.outcome, 'ok');
  assert.ok(shown.json.approve && shown.json.seconds.build > 0);
  assert.ok(shown.json.changes.some((one) => one.what === 'new' && one.room === 'keeps'), JSON.stringify(shown.json.changes));
  assert.equal(node.cli('show', 'wedding').json.version, 1, 'nothing is live yet');
  t.diagnostic(`shown: ${JSON.stringify(shown.json.seconds)}`);

  const live = node.cli('change', 'wedding', words, '--approve', shown.json.approve, '--show');
  assert.equal(live.json.outcome, 'live', JSON.stringify(live));
  assert.deepEqual([live.json.version, live.json.seconds.build], [2, 0]);
  assert.deepEqual(live.json.changes, shown.json.changes);
  t.diagnostic(`yes: ${JSON.stringify(live.json.seconds)}`);
});

test('a yes to what was shown of another version is no yes', { timeout: 600_000 }, async (t) => {
  const node = await Node.start(t, scratch(t));
  assert.equal(node.cli('new', wedding, '--name', 'wedding').json.outcome, 'live');
  const words = 'Add a dietary note to guests.';
  const shown = node.cli('change', 'wedding', words, '--show').json;
  assert.equal(node.cli('change', 'wedding', 'Add a song wish to guests.').json.outcome, 'live');
  const again = node.cli('change', 'wedding', words, '--approve', shown.approve, '--show').json;
  assert.equal(again.outcome, 'ok', JSON.stringify(again));
  assert.notEqual(again.approve, shown.approve);
  assert.ok(again.seconds.build > 0, 'it is built on what is live now');
  assert.equal(node.cli('change', 'wedding', words, '--approve', again.approve, '--show').json.version, 3);

  // The app goes on while its owner thinks: it is judged anew, and not built anew.
  const later = node.cli('change', 'wedding', 'Rename guests to invitees', '--show').json;
  assert.equal(later.outcome, 'ok', JSON.stringify(later));
  const added = node.cli('call', 'wedding', 'createTable', '(record { name = opt "Round one"; seats = opt opt (8 : int) })');
  assert.equal(added.code, 0, added.words);
  const yes = node.cli('change', 'wedding', 'Rename guests to invitees', '--show', '--approve', later.approve).json;
  assert.deepEqual([yes.outcome, yes.version, yes.seconds.build], ['live', 4, 0], JSON.stringify(yes));
  assert.match(JSON.stringify(node.cli('data', 'wedding').json), /Round one/);

  // A way back is shown too, and nothing of it is kept in the conversation.
  const back = node.cli('restore', 'wedding', '1', '--show').json;
  assert.equal(back.outcome, 'ok', JSON.stringify(back));
  assert.equal(node.cli('show', 'wedding').json.version, 4);
  assert.equal(node.cli('restore', 'wedding', '1', '--show', '--approve', back.approve).json.version, 5);
});

test('what waits for a yes is built anew once its people changed or something was erased', { timeout: 600_000 }, async (t) => {
  const node = await Node.start(t, scratch(t));
  const { canister_id: app } = node.cli('new', wedding, '--name', 'wedding').json;
  const show = (words) => {
    const shown = node.cli('change', 'wedding', words, '--show').json;
    assert.equal(shown.outcome, 'ok', JSON.stringify(shown));
    return () => node.cli('change', 'wedding', words, '--show', '--approve', shown.approve).json;
  };

  // Whom the gate tried it as is not who is in the app any more.
  const first = show('Add a song wish to guests.');
  const [role] = node.cli('show', 'wedding').json.spec.roles;
  const wish = `(record { app = principal "${app}"; role = "${role.id}"; name = "Anna"; member = null })`;
  const invited = node.cli('call', 'rwlgt-iiaaa-aaaaa-aaaaa-cai', 'invite', wish);
  assert.equal(invited.code, 0, invited.words);
  const one = first();
  assert.deepEqual([one.outcome, one.version], ['live', 2], JSON.stringify(one));
  assert.ok(one.seconds.build > 0, 'another member');

  const added = node.cli('call', 'wedding', 'createTable', '(record { name = opt "Table to erase"; seats = opt opt (8 : int) })');
  assert.equal(added.code, 0, added.words);
  const asked = node.cli('erase', 'wedding', 'Table to erase');
  assert.equal(asked.code, 3, JSON.stringify(asked));
  const second = show('Add a dietary note to guests.');
  const erased = node.cli('erase', 'wedding', 'Table to erase', '--approve', asked.json.approve);
  assert.equal(erased.code, 0, JSON.stringify(erased));
  const two = second();
  assert.deepEqual([two.outcome, two.version], ['live', 3], JSON.stringify(two));
  assert.ok(two.seconds.build > 0, 'what was judged on the erased data is gone');
});

test('of two wishes at once that want one name, one has it', { timeout: 600_000 }, async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const wish = (...args) => cliAsync(home, 'new', 'A list of plants with a name and a note.', ...args);
  const [one, two] = await Promise.all([wish('--name', 'plants'), wish('--name', 'plants')]);
  const [has, lacks] = one.json.outcome === 'live' ? [one, two] : [two, one];
  assert.deepEqual([has.json.outcome, has.json.app, lacks.code], ['live', 'plants', 2], JSON.stringify([one, two]));
  assert.match(lacks.json.error.message, /plants/);
  const free = await Promise.all([wish(), wish()]);
  assert.deepEqual(free.map(({ json }) => json.outcome), ['live', 'live'], JSON.stringify(free));
  const names = node.cli('list').json.apps.map(({ app }) => app);
  assert.equal(new Set(names).size, 3, names.join());
});
