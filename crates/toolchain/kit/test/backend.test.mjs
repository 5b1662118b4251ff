/** Generated backends: they compile without a word from the compiler, carry data over, and hold their rules. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiled, fixtures, generate, incompatibilities, played, ran, spec } from './support.mjs';

const NONE = 'let none = { name = null; email = null; phone = null; attending = null; meal = null; table = null };';
const TABLE = 'let noTable = { name = null; seats = null };';

for (const name of fixtures) {
  test(`the backend of ${name} compiles`, (t) => {
    const { wasm, diagnostics, milliseconds } = compiled(generate(spec(name)));
    // What an archived table keeps is not used by anything, and that is as it should be.
    const unexpected = diagnostics.filter((line) => !/M0194 .*(memos|nextMemoId)/.test(line));
    assert.deepEqual(unexpected, []);
    t.diagnostic(`${wasm.length} bytes, ${milliseconds} ms`);
  });
}

const guest = (app) => app.entities.find(({ id }) => id === 'guest');
const field = (id, label, kind, more = {}) => ({ id, label, kind, ...more });

/** The conversation's changes to the wedding, one after the other. */
const changes = {
  'a field is added': (app) => guest(app).fields.push(field('song', 'Song', { type: 'text' }, { by_member: true })),
  'guests bring somebody': (app) => {
    guest(app).fields.push(field('plusOne', 'With somebody?', { type: 'yesNo' }, { by_member: true }));
    const onlyIf = { field: 'plusOne', values: ['true'] };
    guest(app).fields.push(field('plusOneName', 'Their name', { type: 'text' }, { by_member: true, required: true, only_if: onlyIf }));
    app.rules.find(({ type }) => type === 'capacity').extra = onlyIf;
  },
  'a field is archived': (app) => (guest(app).fields.find(({ id }) => id === 'phone').archived = true),
  'a field becomes required': (app) => (guest(app).fields.find(({ id }) => id === 'song').required = true),
  'the title is another field': (app) => (guest(app).fields.find(({ id }) => id === 'email').required = true, guest(app).fields.reverse()),
  'a number becomes words': (app) => (app.entities[1].fields[1].kind = { type: 'text' }, app.rules.splice(2)),
  'words become a number': (app) => (app.entities[1].fields[1].kind = { type: 'integer', min: 0 }),
  'a choice becomes yes or no': (app) => (guest(app).fields.find(({ id }) => id === 'meal').kind = { type: 'yesNo' }),
  'a field is removed': (app) => (guest(app).fields = guest(app).fields.filter(({ id }) => id !== 'email'), app.rules.splice(1)),
  'an entity is archived': (app) => (app.entities[1].archived = true),
  'an entity is added': (app) => app.entities.push({ ...structuredClone(app.entities[2]), id: 'gift', label: 'Gift', plural: 'Gifts' }),
  'an entity is removed': (app) => app.entities.splice(1, 1),
};

test('every change upgrades the version before it', () => {
  let live = spec('wedding');
  let before = compiled(generate(live));
  for (const [what, change] of Object.entries(changes)) {
    const next = structuredClone(live);
    change(next);
    const after = compiled(generate(next, live));
    // The compiler warns of what an archived entity keeps unused, and of what a removed one loses.
    const expected = { 'an entity is archived': /M0194/, 'an entity is added': /M0194/, 'an entity is removed': /M0207/ }[what];
    assert.deepEqual(after.diagnostics.filter((line) => !expected?.test(line)), [], what);
    assert.deepEqual(incompatibilities(before, after), [], what);
    [live, before] = [next, after];
  }
});

test('without its migration, a version with another shape is refused', () => {
  const next = spec('wedding');
  changes['a field is added'](next);
  const [before, after] = [compiled(generate(spec('wedding'))), compiled(generate(next))];
  assert.match(incompatibilities(before, after).join(), /M0170/);
});

test('a version with the same shape has no migration', () => {
  const next = spec('wedding');
  guest(next).label = 'Invited person';
  guest(next).fields[1].required = true;
  assert.equal(generate(next, spec('wedding'))['backend/Migration.mo'], undefined);
});

test('a migration keeps every value that the new kind can express', () => {
  const live = spec('wedding');
  const next = structuredClone(live);
  guest(next).fields[2].kind = { type: 'integer', min: 0 };
  guest(next).fields[3].kind = { type: 'choice', options: [{ id: 'yes', label: 'Yes' }, { id: 'maybe', label: 'Maybe' }] };
  guest(next).fields[4].kind = { type: 'text' };
  guest(next).fields[4].only_if = undefined;
  guest(next).fields.push(field('song', 'Song', { type: 'text' }));
  next.entities[2].fields[1].kind = { type: 'integer', min: 0 };
  const tree = generate(next, live);
  const script = `
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Prim "mo:⛔";
import Migration "Migration";
${oldType(tree, 'OldGuest')}
${oldType(tree, 'OldBudgetItem')}
let row : OldGuest = { id = 1; member = "guest:1"; createdAt = 1; updatedAt = 2; name = "Ana"; email = ?"a@b.co"; phone = ?" 123 "; attending = ?true; meal = ?"fish"; table = ?7 };
let guests = Map.singleton<Nat, OldGuest>(1, row);
Map.add(guests, Nat.compare, 2, { row with id = 2; phone = ?"none"; attending = ?false });
let budgetItems = Map.singleton<Nat, OldBudgetItem>(1, { id = 1; member = ""; createdAt = 0; updatedAt = 0; what = "Hall"; amount = ?12_300; paid = null });
let new = Migration.run({ guests; budgetItems });
Prim.debugPrint(debug_show (Map.toArray(new.guests)));
Prim.debugPrint(debug_show (Map.toArray(new.budgetItems)));`;
  const [guests, budget] = ran({ ...tree, 'backend/script.mo': script }, 'script.mo');
  assert.match(guests, /\(1, \{attending = \?"yes"; .*email = \?"a@b.co"; .*meal = \?"Fish"; .*name = "Ana"; phone = \?\(?\+?123\)?; song = null; table = \?7/);
  assert.match(guests, /\(2, \{attending = null; .*phone = null/);
  assert.match(budget, /amount = \?\(?\+?123\)?;/);
});

/** The declaration of a row's type as the version before stored it. */
function oldType(tree, name) {
  return new RegExp(`type ${name} = [^}]*\\};`).exec(tree['backend/Migration.mo'])[0];
}

test('hosts manage, guests answer for themselves, strangers see nothing', () => {
  const said = played(generate(spec('wedding')), `${NONE}
as("owner", "o");
say(debug_show (await app.createGuest({ none with name = ?" Ana "; email = ??"ana@example.org" })));
say(debug_show (await app.createGuest({ none with name = ?"Ben" })));
as("guest", "guest:1");
say(debug_show (await app.answerGuest({ none with attending = ??true })));
say(debug_show (await app.answerGuest({ none with attending = ??true; meal = ??"fish"; name = ?"Somebody else" })));
say(debug_show (await app.updateGuest(2, { none with attending = ??true })));
say(debug_show (await app.createGuest({ none with name = ?"Third" })));
say(debug_show (await app.deleteGuest(1)));
say(debug_show (await app.listGuests(null)).size());
say(debug_show (await app.answerGuest({ none with attending = ??false })));
as("visitor", "");
say(debug_show (await app.listGuests(null)).size());
say(debug_show (await app.myGuest()));
say(debug_show (await app.answerGuest(none)));
as("guest", "guest:99");
say(debug_show (await app.answerGuest({ none with attending = ??true; meal = ??"fish" })));`);
  assert.match(said[0], /#ok\(\{.*member = \?"guest:1"; name = \?"Ana"/);
  assert.match(said[1], /id = 2/);
  assert.equal(said[2], '#err("Meal is missing.")');
  assert.match(said[3], /#ok\(\{attending = \?true; .*meal = \?"fish"; .*name = \?"Ana"/);
  assert.equal(said[4], '#err("It is no longer there, or it is not yours.")');
  assert.equal(said[5], '#err("You may not do this here.")');
  assert.equal(said[6], '#err("You may not do this here.")');
  assert.equal(said[7], '1');
  assert.match(said[8], /attending = \?false; .*meal = null/);
  assert.equal(said[9], '0');
  assert.equal(said[10], 'null');
  assert.match(said[11], /invitation link/);
  assert.match(said[12], /Ask whoever invited you/);
});

test('a table never takes more guests than it has seats', () => {
  const said = played(generate(spec('wedding')), `${NONE}${TABLE}
as("owner", "o");
ignore await app.createTable({ noTable with name = ?"One"; seats = ??2 });
let going = { none with attending = ??true; meal = ??"fish"; table = ??1 };
for (name in ["A", "B", "C"].values()) say(debug_show (await app.createGuest({ going with name = ?name })));
say(debug_show (await app.createGuest({ none with name = ?"D"; table = ??1 })));
say(debug_show (await app.updateGuest(3, { none with attending = ??true })));
say(debug_show (await app.listTables(null)));
say(debug_show (await app.updateTable(1, { noTable with seats = ??1 })));
say(debug_show (await app.updateTable(1, { noTable with seats = ??3 })));
say(debug_show (await app.deleteTable(1)));
say(debug_show (await app.updateGuest(1, { none with table = ??9 })));
ignore await app.updateGuest(1, { none with table = ?null });
ignore await app.deleteGuest(2);
ignore await app.deleteGuest(3);
say(debug_show (await app.deleteTable(1)));`);
  assert.match(said[1], /#ok/);
  assert.equal(said[2], '#err("One: 0 of 2 left (Seats). That is not enough.")');
  assert.match(said[3], /#ok/, 'who has not said yes takes no place');
  assert.match(said[4], /#err\("One: 0 of 2 left/);
  assert.match(said[5], /placesTaken = \?2; seats = \?\(?\+?2/);
  assert.equal(said[6], '#err("Seats can\'t be that small: 2 of it is taken already.")');
  assert.match(said[7], /#ok/);
  assert.equal(said[8], '#err("One is still used 3 times under Guests. Change those first.")');
  assert.equal(said[9], '#err("Table is no longer there. Choose another.")');
  assert.equal(said[10], '#ok');
});

test('companions take a place each, and one member has one booking', () => {
  const said = played(generate(spec('booking')), `
let slot = { title = ?"Clay"; day = ??"2026-02-28"; start = ??"09:30"; minutes = ??90; seats = ??2 };
let none = { slot = ??1; companion = null; companionName = null; rating = null };
as("staff", "s");
say(debug_show (await app.createSlot({ slot with day = ??"2026-02-29" })));
say(debug_show (await app.createSlot(slot)));
as("participant", "p");
say(debug_show (await app.answerBooking({ none with companion = ??true })));
say(debug_show (await app.answerBooking({ none with companion = ??true; companionName = ??"Kim" })));
say(debug_show (await app.createBooking(none)));
as("participant", "q");
say(debug_show (await app.createBooking(none)));
as("participant", "p");
say(debug_show (await app.answerBooking({ none with companion = ??false })));
as("participant", "q");
say(debug_show (await app.createBooking(none)));
say(debug_show (await app.listBookings(null)).size());`);
  assert.equal(said[0], '#err("Day is not a date.")');
  assert.match(said[1], /#ok/);
  assert.equal(said[2], '#err("Their name is missing.")');
  assert.match(said[3], /#ok/);
  assert.match(said[4], /already answered/);
  assert.match(said[5], /0 of \d+ left/);
  assert.match(said[6], /companion = \?false; companionName = null/);
  assert.match(said[7], /#ok/);
  assert.equal(said[8], '1');
});

test('what people enter is checked, whatever sends it', () => {
  const checks = [
    ['email("E", ?"a@b.co")', true], ['email("E", ?"a@b")', false], ['email("E", ?"a b@c.de")', false],
    ['email("E", ?"@b.co")', false], ['email("E", ?"a@b..co")', false], ['email("E", ?"a@.co")', false], ['email("E", ?"a@b.co.")', false],
    ['phone("P", ?"+49 (0) 30/12-34")', true], ['phone("P", ?"12")', false], ['phone("P", ?"call me")', false],
    ['url("U", ?"https://example.org/a")', true], ['url("U", ?"javascript:alert(1)")', false], ['url("U", ?"https://")', false],
    ['date("D", ?"2024-02-29")', true], ['date("D", ?"2100-02-29")', false], ['date("D", ?"2024-4-01")', false], ['date("D", ?"2024-04-31")', false],
    ['time("T", ?"23:59")', true], ['time("T", ?"24:00")', false], ['time("T", ?"9:00")', false],
    ['number("N", ?5, 0, 5)', true], ['number("N", ?6, 0, 5)', false], ['number("N", ?(-1), 0, 5)', false],
    ['oneOf("C", ?"a", ["a", "b"])', true], ['oneOf("C", ?"c", ["a", "b"])', false],
    ['text("T", ?"äöü", 3)', true], ['text("T", ?"four", 3)', false], ['text("T", null, 3)', true],
  ];
  const lines = checks.map(([call]) => `Prim.debugPrint(debug_show (Check.${call} == null));`);
  const script = `import Prim "mo:⛔";\nimport Check "Check";\n${lines.join('\n')}\nPrim.debugPrint(Check.digits(-12345));\nPrim.debugPrint(debug_show (Check.trimmed("  a  b \\n")));`;
  const said = ran({ ...generate(spec('wedding')), 'backend/script.mo': script }, 'script.mo');
  checks.forEach(([call, fine], index) => assert.equal(said[index], String(fine), call));
  assert.deepEqual(said.slice(checks.length), ['-12345', '"a  b"']);
});

test('rows are read page by page', () => {
  const said = played(generate(spec('potluck')), `
let dish = { name = ?"Soup"; course = null; servings = null; notes = null };
as("owner", "o");
for (_ in Nat.range(0, 60)) ignore await app.createDish(dish);
let first = await app.listDishes(null);
let rest = await app.listDishes(?first[first.size() - 1].id);
say(debug_show (first.size(), rest.size(), (await app.listDishes(?61)).size()));`.replace('Nat.range(0, 60)', 'Prim.Array_tabulate<Nat>(60, func i = i).values()'));
  assert.deepEqual(said, ['(50, 10, 0)']);
});

test('values are unique but for upper and lower case, and a row does not clash with itself', () => {
  const said = played(generate(spec('inventory')), `
let item = { code = ?"A1"; category = null; stock = null; price = null; discount = null; site = null; shelf = null };
as("owner", "o");
say(debug_show (await app.createItem(item)));
say(debug_show (await app.createItem({ item with code = ?"a1" })));
say(debug_show (await app.updateItem(1, { item with discount = ??101 })));
say(debug_show (await app.updateItem(1, { item with discount = ??100 })));`);
  assert.match(said[0], /#ok/);
  assert.equal(said[1], '#err("Nummer ist schon vergeben.")');
  assert.equal(said[2], '#err("Rabatt darf höchstens 100 sein.")');
  assert.match(said[3], /#ok/);
});

test('every language has every sentence', () => {
  const languages = ['en', 'de', 'es', 'fr', 'pt'].map((language) => generate({ ...spec('booking'), language })['backend/Words.mo']);
  const names = languages.map((text) => [...text.matchAll(/public (?:func|let) (\w+)/g)].map(([, name]) => name));
  for (const other of names) assert.deepEqual(other, names[0]);
  assert.equal(new Set(languages).size, languages.length);
  for (const text of languages) assert.deepEqual(compiledWords(text), []);
});

function compiledWords(text) {
  return compiled({ 'Words.mo': text, 'main.mo': 'import Words "Words"; actor { public query func f() : async Text { Words.denied } }' }).diagnostics;
}

