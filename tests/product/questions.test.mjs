/** Questions said to an app: answered from its live data and its description, while nothing goes live. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Node, scratch } from '../lib/node.mjs';

const wish =
  'A wedding app: guests with a name, a phone number and a meal choice (fish, meat or vegetarian). Guests answer yes or no. Gifts with a name, a price and a date.';

/** An argument that enters these values: the title as it is, all others as something that may be taken away again. */
const entered = (title, values = {}) => {
  const others = Object.entries(values).map(([field, value]) => `${field} = opt opt ${JSON.stringify(value)}`);
  return `(record { ${[`name = opt ${JSON.stringify(title)}`, ...others].join('; ')} })`;
};

test('questions are answered from the live data, for the owner, and make no version', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const live = node.cli('new', wish, '--name', 'wedding');
  assert.equal(live.code, 0, live.words + JSON.stringify(live.json));
  fill(node);
  figures(node);
  aboutTheApp(node);
  notUnderstood(node);
  assert.deepEqual(node.cli('history', 'wedding').json.versions.map((version) => version.version), [1]);
  changed(node);
  await node.stop();
});

/** Four guests, two of whom answered, and three gifts. */
function fill(node) {
  const call = (method, argument) => {
    const { code, json } = node.cli('call', 'wedding', method, argument);
    assert.ok(code === 0 && '#ok' in json.value, `${method} ${argument}: ${JSON.stringify(json)}`);
  };
  call('createGuest', entered('Anna Berg', { attending: true, meal: 'fish', phone: '+49 30 1234567' }));
  call('createGuest', entered('Ben', { attending: true, meal: 'meat' }));
  call('createGuest', entered('Clara'));
  call('createGuest', entered('Dan', { attending: true, meal: 'fish' }));
  // Amounts are kept in cents.
  call('createGift', '(record { name = opt "Vase"; price = opt opt 1250 })');
  call('createGift', '(record { name = opt "Toaster"; price = opt opt 4900 })');
  call('createGift', '(record { name = opt "Towels"; price = opt opt 2000 })');
}

/** What the node says to a question, after it is sure that it was one. */
function told(node, text) {
  const { code, json, words } = node.cli('change', 'wedding', text);
  assert.equal(code, 0, `${text}: ${words}${JSON.stringify(json)}`);
  assert.equal(json.outcome, 'ok', text);
  assert.equal(json.version, 1);
  return json;
}

function figures(node) {
  assert.equal(told(node, 'How many guests eat fish?').answer.value, '2');
  assert.match(told(node, 'How many guests eat fish?').message, /^2 of 4 guests/);
  assert.deepEqual(told(node, 'Which guests have not answered?').answer.rows, [['Clara']]);
  assert.deepEqual(told(node, 'What is the phone number of Anna Berg?').answer.rows, [['Anna Berg', '+49 30 1234567']]);
  assert.equal(told(node, 'total of gifts').answer.value, '81.50 EUR');
  assert.equal(told(node, 'average price of gifts').answer.value, '27.17 EUR');
  assert.deepEqual(told(node, 'latest 2 gifts').answer.rows.map(([name]) => name), ['Towels', 'Toaster']);
  assert.deepEqual(told(node, 'How many guests per meal?').answer.rows, [['Fish', '2'], ['Meat', '1']]);
  // Asked in another language, answered in it.
  assert.match(told(node, 'Wie viele Gäste gibt es denn insgesamt?').message, /^Es sind 4 /);
}

function aboutTheApp(node) {
  assert.match(told(node, 'Who may see the phone numbers?').message, /owner/);
  assert.match(told(node, 'What can you do?').message, /Gifts: /);
  assert.match(told(node, 'Why is there a price?').message, /Gifts with a name, a price/);
}

/** It is said what can be asked, and no field is called so afterwards. */
function notUnderstood(node) {
  const before = JSON.stringify(node.cli('show', 'wedding').json.spec);
  const { message, not_understood: missed } = told(node, 'What colours would please Saturn?');
  assert.match(message, /count.*guests and gifts/);
  assert.equal(missed.length, 1);
  assert.equal(JSON.stringify(node.cli('show', 'wedding').json.spec), before);
}

/** What was changed last is known once something was. */
function changed(node) {
  assert.equal(node.cli('change', 'wedding', 'Can you add a birthday to guests?').json.outcome, 'live');
  assert.match(node.cli('change', 'wedding', 'What did you change last?').json.message, /version 2: .*birthday/);
}
