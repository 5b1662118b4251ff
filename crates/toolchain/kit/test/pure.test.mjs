/** The kit's parts that need no browser: values, colours, rights. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { KIT, packaged } from './support.mjs';

const { buildSync } = packaged('esbuild');

/** A module of the kit that needs no browser. */
function module(name) {
  const options = { bundle: true, write: false, format: 'esm', platform: 'neutral' };
  const { outputFiles } = buildSync({ ...options, entryPoints: [path.join(KIT, 'src', name)] });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

const { en } = await module('words/en.ts');
const values = await module('values.ts');
const colour = await module('colour.ts');
const rights = await module('rights.ts');
const { languages: loaders } = await module('words.ts');
const languages = Object.fromEntries(await Promise.all(Object.entries(loaders).map(async ([language, load]) => [language, await load()])));
const slots = await module('slots.ts');
const time = await module('time.ts');
const csv = await module('csv.ts');
const importing = await module('importing.ts');
const attention = await module('attention.ts');
const figures = await module('figures.ts');
const rows = await module('rows.ts');
const balance = await module('balance.ts');

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
  assert.equal(shown({ type: 'duration' }, 95), '1 hr 35 min');
  assert.equal(shown({ type: 'duration' }, 120), '2 hr');
  assert.equal(shown({ type: 'duration' }, 0), '0 min');
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
  assert.equal(rights.reaches(entity, 'own', row, guest), true);
  assert.equal(rights.reaches(entity, 'own', { ...row, member: '' }, { ...guest, member: '' }), false);
  assert.deepEqual(rights.fieldsToFill(entity, guest, row).map(({ id }) => id), ['b']);
});

test('a ground of any colour lets everything on it be read, by day and by night', () => {
  const rgb = (css) => [1, 3, 5].map((at) => Number.parseInt(css.slice(at, at + 2), 16));
  for (const ground of ['#000000', '#ffffff', '#fde68a', '#1e3a8a', '#808080', '#757575', '#16a34a']) {
    const shades = colour.groundProperties(ground, '#7c3aed');
    for (const under of ['--surface', '--raised']) {
      for (const text of ['--ink', '--muted', '--danger', '--accent-ink']) {
        assert.ok(colour.contrast(rgb(shades[text]), rgb(shades[under])) >= 4.5, `${text} on ${under} of ${ground}`);
      }
      assert.ok(colour.contrast(rgb(shades['--line']), rgb(shades[under])) >= 3, `lines on ${under} of ${ground}`);
    }
  }
  assert.deepEqual(colour.groundProperties('url(x)', '#7c3aed'), {});
});

test('every language has every text, and says numbers', () => {
  assert.deepEqual(Object.keys(languages).sort(), ['ar', 'de', 'en', 'es', 'fr', 'hi', 'id', 'pt', 'sw', 'zh']);
  const samples = { number: [[0], [1], [2], [5], [11], [100]], two: [[0, 5], [1, 30]], three: [['Ann', 'Ben', '5 €']], text: [['x'], ['x', 'y']] };
  for (const [language, words] of Object.entries(languages)) {
    assert.deepEqual(Object.keys(words).sort(), Object.keys(en).sort(), language);
    for (const [key, text] of Object.entries(words)) {
      if (typeof text === 'string') assert.ok(text.trim() !== '', `${language} ${key}`);
      else for (const args of text.length === 1 ? [...samples.number, ...samples.text] : text.length === 3 ? samples.three : samples.two) {
        assert.doesNotMatch(text(...args), /undefined|#|\$\{|^\s*$/, `${language} ${key}`);
      }
    }
  }
  assert.equal(languages.ar.rows(2), 'سجلان');
  assert.equal(languages.ar.rows(11), `${new Intl.NumberFormat('ar').format(11)} سجلاً`);
  assert.equal(en.rows(1), '1 entry');
});

test('no language is left in English', () => {
  const long = Object.keys(en).filter((key) => typeof en[key] === 'string' && en[key].length > 12);
  for (const [language, words] of Object.entries(languages)) {
    if (language !== 'en') assert.deepEqual(long.filter((key) => words[key] === en[key]), [], language);
  }
});

test('days and months are counted without summer time', () => {
  assert.equal(time.daysAfter('2026-02-28', 1), '2026-03-01');
  assert.equal(time.daysAfter('2024-02-28', 1), '2024-02-29');
  assert.equal(time.daysBetween('2026-03-28', '2026-03-30'), 2);
  assert.equal(time.monthsAfter('2026-11', 3), '2027-02');
  assert.equal(time.dayOf('2026-05-01T10:00'), '2026-05-01');
  assert.equal(time.dayOf('soon'), undefined);
  assert.deepEqual(time.weeksOf('2026-05', 1).map((week) => week[0]), ['2026-04-27', '2026-05-04', '2026-05-11', '2026-05-18', '2026-05-25']);
  assert.equal(time.weeksOf('2026-05', 7)[0][0], '2026-04-26');
  assert.equal(time.weeksOf('2026-02', 7).length, 4);
  assert.equal(time.momentAt(time.minutesOf('2026-05-01T09:30')), '2026-05-01T09:30');
});

const service = { id: 'service', fields: [{ id: 'length', label: 'Length', kind: { type: 'duration' } }] };
const booked = {
  id: 'booking',
  fields: [
    { id: 'service', kind: { type: 'ref', entity: 'service' } }, { id: 'who', kind: { type: 'ref', entity: 'stylist' } },
    { id: 'start', kind: { type: 'dateTime' } }, { id: 'state', kind: { type: 'choice', options: [] } },
  ],
};
const plan = {
  start: 'start', end: { type: 'lengthOf', via: 'service', field: 'length' }, per: ['who'],
  onlyIf: { field: 'state', values: ['on'] }, within: { field: 'who', opens: 'opens', closes: 'closes' },
};
const known = { service: [{ id: 1, values: { length: 45 } }], stylist: [{ id: 7, values: { opens: '09:00', closes: '12:00' } }] };
const find = (entity, id) => known[entity]?.find((row) => row.id === id);

test('free times lie within the hours and collide with nothing', () => {
  const row = (values) => ({ id: 1, member: '', values: { service: 1, who: 7, state: 'on', ...values } });
  const table = [
    row({ start: '2026-05-01T10:00' }), row({ start: '2026-05-01T09:00', state: 'off' }), row({ start: '2026-05-01T11:00', who: 8 }), row({}),
  ];
  const values = { service: 1, who: 7 };
  const taken = slots.taken(booked, plan, table, values, find);
  assert.equal(taken.length, 1);
  const open = slots.hours(booked, plan, '2026-05-01', values, find);
  const length = slots.lengthOf(booked, plan, values, find);
  const times = slots.freeTimes(open, length, taken, 0).map((start) => time.momentAt(start).slice(11));
  assert.deepEqual(times, ['09:00', '11:00']);
  const late = slots.freeTimes(open, length, taken, time.minutesOf('2026-05-01T09:10'));
  assert.deepEqual(late.map((start) => time.momentAt(start).slice(11)), ['11:00']);
  assert.deepEqual(slots.freeTimes(open, 181, [], 0), []);
});

test('nothing is offered on closed days, and on open ones within their hours', () => {
  const plan = {
    start: 'at', end: { type: 'minutes', minutes: 60 }, per: [],
    open: { week: [{ days: [2, 3], opens: '09:00', closes: '11:00' }, { days: [2], opens: '14:00', closes: '15:00' }], closed: [{ first: '12-31', last: '01-02' }, { first: '2026-05-12', last: '2026-05-12' }] },
  };
  const offered = (day) => slots.openings({ id: 'visit', fields: [] }, plan, day, {}, find)
    .flatMap((open) => slots.freeTimes(open, 60, [], 0)).map((start) => time.momentAt(start).slice(11));
  // 2026-05-04 is a Monday.
  assert.deepEqual(['2026-05-04', '2026-05-05', '2026-05-06', '2026-05-12'].map((day) => offered(day)), [[], ['09:00', '09:30', '10:00', '14:00'], ['09:00', '09:30', '10:00'], []]);
  assert.deepEqual(['2024-12-31', '2024-01-02', '2025-01-07'].map((day) => slots.isOpen(plan, day)), [false, false, true]);
});

test('a stretch of days takes its last day too', () => {
  const house = { id: 'stay', fields: [] };
  const stay = { start: 'from', end: { type: 'field', field: 'to' }, per: [] };
  const taken = slots.taken(house, stay, [{ id: 1, member: '', values: { from: '2026-05-02', to: '2026-05-03' } }], {}, find);
  assert.deepEqual(slots.freeDays('2026-05-01', 4, taken), ['2026-05-01', '2026-05-04']);
});

test('tables are read as spreadsheets write them, and written so that nothing in them runs', () => {
  assert.deepEqual(csv.parsed('\ufeffName;Note\r\nAna;"a;b ""c""\nd"\r\n\r\n'), [['Name', 'Note'], ['Ana', 'a;b "c"\nd']]);
  assert.deepEqual(csv.parsed('a,b\n1,2'), [['a', 'b'], ['1', '2']]);
  assert.deepEqual(csv.parsed('a\tb\n1\t'), [['a', 'b'], ['1', '']]);
  assert.equal(csv.written([['=1+1', '-5', 'a"b', 'x,y']]), `'=1+1,-5,"a""b","x,y"\r\n`);
  const lines = [['Name', 'Note'], ['Ana', 'two\nlines'], ['Bo', '"quoted"']];
  assert.deepEqual(csv.parsed(csv.written(lines)), lines);
});

test('a line of a table becomes values, or a sentence', () => {
  const fields = [
    { id: 'name', label: 'Name', kind: { type: 'text' }, required: true }, { id: 'on', label: 'Day', kind: { type: 'date' } },
    { id: 'cost', label: 'Cost', kind: money }, { id: 'ok', label: 'Paid', kind: { type: 'yesNo' } },
    { id: 'size', label: 'Size', kind: { type: 'choice', options: [{ id: 's', label: 'Small' }] } },
    { id: 'at', label: 'Table', kind: { type: 'ref', entity: 'table' } },
  ];
  const titled = () => [{ row: { id: 4 }, title: 'Window' }];
  const reading = (language) => ({ entity: { fields }, fields, words: en, language, titled });
  const read = (text, language = 'en') => importing.linesOf(csv.parsed(text), reading(language));
  const [line] = read('name,DAY,Cost,Paid,Size,Table\nAna,5/1/2026,"1,200.50",yes,small,window');
  assert.deepEqual(line.values, { name: 'Ana', on: '2026-05-01', cost: 120050, ok: true, size: 's', at: 4 });
  assert.equal(read('Day\n5/1/2026', 'en-GB')[0].values.on, '2026-01-05');
  assert.equal(read('Day\n1.5.2026')[0].values.on, '2026-05-01');
  assert.match(read('Name,Day\nAna,31.2.2026')[0].problem, /31\.2\.2026/);
  assert.match(read('Name,Size\nAna,Huge')[0].problem, /Huge/);
  assert.equal(read('Day\n2026-05-01')[0].problem, 'Name is missing.');
  assert.equal(read(`Name\n${'x\n'.repeat(3000)}`).length, importing.MOST_LINES);
});

test('what needs attention is told by the day, the number and the last row of another table', () => {
  const alerts = [
    { when: { type: 'days', field: 'due', days: 1 }, text: 'late', onlyIf: { field: 'state', values: ['open'] } },
    { when: { type: 'below', field: 'stock', value: 5 }, text: 'low' },
    { when: { type: 'since', of: 'visit', field: 'plant', days: 7 }, text: 'dry' },
  ];
  const noon = (day) => Date.parse(`${day}T12:00:00`);
  const row = (values) => ({ id: 1, member: '', createdAt: noon('2026-05-01'), updatedAt: 0, values });
  const said = (values, visits = []) => attention.attention({ alerts }, row(values), () => visits, '2026-05-09');
  assert.deepEqual(said({ due: '2026-05-08', state: 'open' }), ['late', 'dry']);
  assert.deepEqual(said({ due: '2026-05-09', state: 'open', stock: 4 }), ['low', 'dry']);
  assert.deepEqual(attention.attention({ alerts }, row({}), () => undefined, '2026-05-09'), [], 'who may not read the visits is told nothing of them');
  assert.deepEqual(said({ due: '2026-05-01', state: 'done', stock: 5 }, [{ id: 2, createdAt: noon('2026-05-03'), values: { plant: 1 } }]), []);
});

test('totals count and sum the rows that refer', () => {
  const visits = [{ values: { plant: 1, cost: 5, ok: true } }, { values: { plant: 1, cost: 7, ok: false } }, { values: { plant: 2, cost: 9 } }];
  const total = (more) => attention.totalOf({ of: 'visit', field: 'plant', ...more }, { id: 1 }, () => visits);
  assert.equal(total({}), 2);
  assert.equal(total({ sum: 'cost' }), 12);
  assert.equal(total({ sum: 'cost', onlyIf: { field: 'ok', values: ['true'] } }), 5);
});

test('what is left of an amount is counted with each row, for all of a person\'s rows, and anew each month', () => {
  const tables = {
    lot: [{ id: 1, values: { farmer: 7, due: 100 } }, { id: 2, values: { farmer: 7, due: 50 } }, { id: 3, values: { farmer: 8, due: 20 } }],
    payment: [{ values: { lot: 1, amount: 30, day: '2030-05-02' } }, { values: { lot: 1, amount: 10, day: '2030-04-30' } }, { values: { lot: 2, amount: 50 } }],
  };
  const rowsOf = (id) => tables[id];
  const left = { id: 'left', label: 'Left', of: 'payment', field: 'lot', sum: 'amount', from: 'due' };
  const lots = (total) => tables.lot.map((row) => attention.totalOf(total, row, rowsOf, '2030-05-20'));
  assert.deepEqual(lots(left), [60, 0, 20]);
  assert.deepEqual(lots({ ...left, month: 'day' }), [70, 50, 20]);
  const all = { id: 'all', label: 'Left', of: 'lot', field: 'farmer', sum: 'left', sumOf: left };
  assert.equal(attention.totalOf(all, { id: 7 }, rowsOf), 60);
  assert.deepEqual([attention.isRest(all), attention.isRest({ ...left, from: undefined })], [true, false]);
  assert.deepEqual(attention.countedBy(all), ['lot', 'payment']);
});

test('bars cover options without rows, months in between and what is not set', () => {
  const state = { id: 'state', label: 'State', kind: { type: 'choice', options: [{ id: 'a', label: 'A' }, { id: 'b', label: 'B' }] } };
  const day = { id: 'day', label: 'Day', kind: { type: 'date' } };
  const found = [{ values: { state: 'a', day: '2026-01-05' } }, { values: { day: '2026-03-05' } }];
  const [byState, byDay] = figures.charts({ fields: [state, day] }, found);
  assert.deepEqual(byState.bars, [{ key: 'a', count: 1 }, { key: 'b', count: 0 }, { key: '', count: 1 }]);
  assert.deepEqual(byDay.bars, [{ key: '2026-01', count: 1 }, { key: '2026-02', count: 0 }, { key: '2026-03', count: 1 }]);
  const old = figures.charts({ fields: [day] }, [{ values: { day: '1990-01-01' } }, { values: { day: '2026-03-05' } }]);
  assert.equal(old[0].bars.length, 12);
});

test('steps are offered as they are stated, to whom they name', () => {
  const options = ['open', 'doing', 'done'].map((id) => ({ id, label: id }));
  const field = { id: 'state', label: 'State', kind: { type: 'choice', options }, byMember: true };
  const steps = [{ field: 'state', start: 'open', steps: [{ from: 'open', to: 'doing' }, { from: 'open', to: 'done', by: [{ role: 'boss' }, { role: 'guest', theirs: true }] }] }];
  const entity = { id: 'task', fields: [field], steps, access: { owner: { update: 'all' }, boss: {}, guest: {} } };
  const row = { id: 1, member: 'g', values: { state: 'open' } };
  const next = (role, member, more = {}) => rights.nextOptions({ ...entity, ...more }, field, row, { role, member, name: '' }).map(({ id }) => id);
  assert.deepEqual(next('owner', 'o'), ['doing']);
  assert.deepEqual(next('boss', 'b'), ['done']);
  assert.deepEqual(next('guest', 'g'), ['done']);
  assert.deepEqual(next('guest', 'h'), []);
  assert.deepEqual(next('owner', 'o', { steps: [] }), ['doing', 'done']);
  assert.deepEqual(next('owner', 'o', { fixed: [{ except: [] }] }), []);
  assert.deepEqual(next('owner', 'o', { fixed: [{ except: ['state'] }] }), ['doing']);
});

test('rows are ordered by several fields, choices by their options, what is not set last', () => {
  const size = { id: 'size', kind: { type: 'choice', options: [{ id: 'small' }, { id: 'big' }] } };
  const entity = { fields: [size, { id: 'name', kind: { type: 'text' } }] };
  const row = (id, values) => ({ id, createdAt: id, values });
  const all = [row(1, { size: 'big', name: 'b' }), row(2, { name: 'a' }), row(3, { size: 'small', name: 'ä' }), row(4, { size: 'big', name: 'a' })];
  const ids = (order) => rows.ordered(entity, all, order, 'en', () => '').map(({ id }) => id);
  assert.deepEqual(ids([{ field: 'size' }, { field: 'name' }]), [3, 4, 1, 2]);
  assert.deepEqual(ids([{ field: 'size', descending: true }]), [1, 4, 3, 2]);
  assert.deepEqual(ids([{ field: 'createdAt', descending: true }]), [4, 3, 2, 1]);
});

test('what is no e-mail address or telephone number is refused in words', () => {
  assert.equal(values.read({ type: 'email' }, ' a@b.org ', 'E-mail', en, 'en'), 'a@b.org');
  assert.throws(() => values.read({ type: 'email' }, 'a b', 'E-mail', en, 'en'), { message: 'E-mail is not an e-mail address.' });
  assert.equal(values.read({ type: 'phone' }, '+49 (30) 12-34', 'Phone', en, 'en'), '+49 (30) 12-34');
  assert.throws(() => values.read({ type: 'phone' }, 'none', 'Phone', en, 'en'), { message: 'Phone is not a telephone number.' });
});

test('debts make all even with fewer payments than people', () => {
  const people = [[1, 801], [2, -201], [3, -200], [4, -200], [5, -200], [6, 0]].map(([id, balance]) => ({ id, balance }));
  const found = balance.debts(people);
  assert.deepEqual(found[0], { from: 2, to: 1, amount: 201 });
  assert.equal(found.length, 4);
  const left = people.map(({ id, balance: owed }) => found.reduce((all, { from, to, amount }) => all + (from === id ? amount : 0) - (to === id ? amount : 0), owed));
  assert.ok(left.every((one) => one === 0), String(left));
  assert.deepEqual(balance.debts([]), []);
});

test('times in which who is booked is away are not free, and an absence of nobody in particular is everybody\'s', () => {
  const plan = { start: 'start', end: { type: 'minutes', minutes: 60 }, per: ['who'], away: { field: 'who', entity: 'absence', of: 'who', first: 'first', last: 'last' } };
  const row = (values) => ({ id: 1, member: '', createdAt: 0, updatedAt: 0, values });
  const rows = [row({ who: 1, first: '2030-05-01', last: '2030-05-02' }), row({ first: '2030-05-04' }), row({ who: 2, first: '2030-05-03' })];
  const away = (values) => slots.absences(plan, () => rows, values);
  assert.deepEqual(slots.freeDays('2030-05-01', 4, away({ who: 1 })), ['2030-05-03']);
  assert.deepEqual(slots.freeDays('2030-05-01', 4, away({ who: 2 })), ['2030-05-01', '2030-05-02']);
  assert.deepEqual(slots.absences({ ...plan, away: undefined }, () => rows, { who: 1 }), []);
  const timed = [row({ who: 1, first: '2030-05-01T10:00', last: '2030-05-01T12:00' })];
  assert.deepEqual(slots.absences(plan, () => timed, { who: 1 }).map(({ start, end }) => end - start), [120]);
});
