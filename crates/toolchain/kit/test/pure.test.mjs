/** The kit's parts that need no browser: values, colours, rights. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { KIT, packaged } from './support.mjs';

const { transformSync } = packaged('esbuild');

/** A module of the kit that imports nothing but types. */
function module(name) {
  const { code } = transformSync(readFileSync(path.join(KIT, 'src', name), 'utf8'), { loader: 'ts', format: 'esm' });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

const { en } = await module('words/en.ts');
const values = await module('values.ts');
const colour = await module('colour.ts');
const rights = await module('rights.ts');

const money = { type: 'money', currency: 'EUR', digits: 2 };
const yen = { type: 'money', currency: 'JPY', digits: 0 };
const weight = { type: 'quantity', unit: 'kg' };
const count = { type: 'integer', min: 0 };

test('amounts are read the way people write them', () => {
  const cases = [
    ['12', 1200], ['12.5', 1250], ['12,50', 1250], ['1,234.50', 123450], ['1.234,50', 123450], ['1 234,5', 123450],
    ["1'234.50", 123450], ['1,234', 123400], ['1.234.567', 123456700], ['-3.05', -305], ['0.07', 7],
  ];
  for (const [text, cents] of cases) assert.equal(values.read(money, text, 'Amount', en, 'en'), cents, text);
  assert.equal(values.read(yen, '1,500', 'Amount', en, 'en'), 1500);
  assert.equal(values.read(weight, '1.250', 'Weight', en, 'en'), 1250);
  assert.equal(values.read(weight, '1.250', 'Weight', en, 'de'), 1250000);
  assert.equal(values.read(weight, '0,5', 'Weight', en, 'en'), 500);
  assert.equal(values.read(money, '  ', 'Amount', en, 'en'), undefined);
});

test('what is no number is refused in words', () => {
  for (const [kind, text] of [[money, '12.505'], [money, 'ten'], [count, '1.5'], [money, '1.2.3'], [count, '9'.repeat(17)], [money, '--1']]) {
    assert.throws(() => values.read(kind, text, 'Amount', en, 'en'), { message: 'Amount is not a number.' }, text);
  }
});

test('what a form starts with is read back as the same value', () => {
  for (const language of ['en', 'de', 'fr', 'pt', 'ar']) {
    for (const kind of [money, yen, weight, count]) {
      for (const value of [0, 1, 99, 1234567, -250]) {
        assert.equal(values.read(kind, values.typed(kind, value, language), 'X', en, language), value, `${language} ${kind.type} ${value}`);
      }
    }
  }
});

test('values read well', () => {
  const titleOf = (entity, id) => `${entity} ${id}`;
  const shown = (kind, value, language = 'en') => values.shown(kind, value, language, en, titleOf);
  assert.equal(shown(money, 123450), '€1,234.50');
  assert.equal(shown(money, 123450, 'de').replace(/\s/g, ' '), '1.234,50 €');
  assert.equal(shown({ ...money, currency: 'points' }, 50), '0.50');
  assert.equal(shown(weight, 1500), '1.5 kg');
  assert.equal(shown({ type: 'duration' }, 95), '1 h 35 min');
  assert.equal(shown({ type: 'date' }, '2026-05-01'), 'May 1, 2026');
  assert.equal(shown({ type: 'date' }, 'someday'), 'someday');
  assert.equal(shown({ type: 'yesNo' }, false), 'No');
  assert.equal(shown({ type: 'ref', entity: 'table' }, 4), 'table 4');
  assert.equal(shown({ type: 'choice', options: [{ id: 'a', label: 'A' }] }, 'gone'), 'gone');
  assert.equal(shown(money, undefined), '');
});

test('an address gets its scheme, numbers become big', () => {
  assert.equal(values.read({ type: 'url' }, 'example.org', 'Site', en, 'en'), 'https://example.org');
  assert.equal(values.sent(money, 5), 5n);
  assert.equal(values.sent({ type: 'text' }, 'a'), 'a');
});

test('every accent can be read, on light and on dark', () => {
  const rgb = (css) => [1, 3, 5].map((at) => Number.parseInt(css.slice(at, at + 2), 16));
  for (const accent of ['#000000', '#ffffff', '#facc15', '#7c3aed', '#777777', 'no colour']) {
    const shades = colour.accentProperties(accent);
    assert.ok(colour.contrast(rgb(shades['--accent']), rgb(shades['--on-accent'])) >= 4.5, accent);
    assert.ok(colour.contrast(rgb(shades['--accent-on-light']), [250, 250, 249]) >= 4.5, accent);
    assert.ok(colour.contrast(rgb(shades['--accent-on-dark']), [41, 37, 36]) >= 4.5, accent);
  }
});

test('a question is asked while those that it depends on are answered so', () => {
  const field = (id, on, values) => ({ id, label: id, kind: { type: 'text' }, onlyIf: on && { field: on, values } });
  const entity = { fields: [field('a'), field('b', 'a', ['true']), field('c', 'b', ['x']), field('loop', 'loop', ['y'])] };
  const asked = (id, answers) => rights.isAsked(entity, entity.fields.find((one) => one.id === id), (other) => answers[other]);
  assert.equal(asked('a', {}), true);
  assert.equal(asked('b', { a: true }), true);
  assert.equal(asked('c', { a: 'true', b: 'x' }), true);
  assert.equal(asked('c', { a: false, b: 'x' }), false);
  assert.equal(asked('loop', { loop: 'y' }), true);
});

test('nobody is offered what no grant names', () => {
  const entity = { access: { guest: { read: 'own', update: 'own' } }, fields: [{ id: 'a' }, { id: 'b', byMember: true }] };
  const guest = { role: 'guest', member: 'g', name: '' };
  const row = { id: 1, member: 'g', values: {} };
  assert.deepEqual(rights.grantOf(entity, { role: 'constructor', member: '', name: '' }), {});
  assert.equal(rights.reaches('own', row, guest), true);
  assert.equal(rights.reaches('own', { ...row, member: '' }, { ...guest, member: '' }), false);
  assert.deepEqual(rights.fieldsToFill(entity, guest, row).map(({ id }) => id), ['b']);
});
