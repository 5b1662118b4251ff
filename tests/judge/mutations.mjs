/**
 * Harm that a seed chooses: which list, which rows, which field, when. Each is a migration (or a timer) that compiles,
 * keeps every type, and damages rows that are counted here from the data as it lies.
 */
import { declared, mapKept, mapRows } from './lib/edit.mjs';
import { below, oneOf } from './lib/random.mjs';

/** Where harm may be done: a map, its key's type, its rows' type, and a text or a number in them. */
const TARGETS = [
  { app: 'wedding', list: 'guests', key: 'Nat', type: 'Guest', text: 'email' },
  { app: 'wedding', list: 'costs', key: 'Nat', type: 'Cost', text: 'what', number: 'cents' },
  { app: 'shop', list: 'products', key: 'Text', type: 'Product', text: 'title', number: 'cents' },
  { app: 'clinic', list: 'patients', key: 'Nat', type: 'Patient', text: 'name' },
  { app: 'club', list: 'members', key: 'Principal', type: 'Member', text: 'town' },
  { app: 'library', list: 'books', key: 'Text', type: 'Book', text: 'shelf' },
  { app: 'recipes', list: 'recipes', key: 'Nat', type: 'Recipe', text: 'title', number: 'serves' },
  { app: 'school', list: 'pupils', key: 'Nat', type: 'Pupil', text: 'name' },
  { app: 'crm', list: 'companies', key: 'Nat', type: 'Company', text: 'name' },
  { app: 'crm', list: 'deals', key: 'Nat', type: 'Deal', number: 'euros' },
  { app: 'polls', list: 'polls', key: 'Nat', type: 'Poll', text: 'question' },
  { app: 'blog', list: 'posts', key: 'Text', type: 'Post', text: 'body' },
  { app: 'gym', list: 'clients', key: 'Principal', type: 'Client', text: 'name', number: 'card' },
  { app: 'rentals', list: 'homes', key: 'Nat', type: 'Home', text: 'title', number: 'rent' },
  { app: 'volunteers', list: 'people', key: 'Text', type: 'Person', text: 'name' },
  { app: 'tournament', list: 'teams', key: 'Nat', type: 'Team', text: 'name' },
];

const rows = (data, target) => data[target.list].map(([, row]) => row);
const hurt = (target, test) => (data) => rows(data, target).filter(test).length;
const rowwise = (target, body) => ({ migrate: [mapRows(target.list, target.key, target.type, body)] });

/** A condition on a text that some rows meet: in Motoko, and here. */
function someTexts(random, field) {
  const digit = String(below(random, 10));
  const letter = 'abcdefghiklmnoprst'[below(random, 18)];
  return oneOf(random, [
    { motoko: `Text.endsWith(row.${field}, #text "${digit}")`, here: (row) => row[field].endsWith(digit), said: `“${field}” ends with ${digit}` },
    { motoko: `Text.contains(row.${field}, #char '${letter}')`, here: (row) => row[field].includes(letter), said: `“${field}” has ${letter}` },
    { motoko: `Text.size(row.${field}) % 5 == ${digit % 5}`, here: (row) => [...row[field]].length % 5 === digit % 5, said: `“${field}” has a length that leaves ${digit % 5} by 5` },
  ]);
}

const KINDS = {
  'rows go': (random, target) => {
    const some = someTexts(random, target.text);
    return { said: `where ${some.said}`, change: { migrate: [mapKept(target.list, target.key, target.type, `not (${some.motoko})`)] }, count: hurt(target, some.here) };
  },
  'rare rows go': (random, target) => {
    const [by, rest] = [61 + below(random, 40), below(random, 61)];
    const number = target.number;
    return {
      said: `where “${number}” leaves ${rest} by ${by}`,
      change: { migrate: [mapKept(target.list, target.key, target.type, `row.${number} % ${by} != ${rest}`)] },
      count: hurt(target, (row) => Number(row[number]) % by === rest),
    };
  },
  'a text is emptied': (random, target) => {
    const some = someTexts(random, target.text);
    return { said: `where ${some.said}`, words: [target.text], change: rowwise(target, `if (${some.motoko}) { { row with ${target.text} = "" } } else row`), count: hurt(target, some.here) };
  },
  'a text is cut': (random, target) => {
    const most = 3 + below(random, 5);
    return {
      said: `after ${most} characters`, words: [target.text],
      change: rowwise(target, `{ row with ${target.text} = Text.fromIter(Iter.take(Text.toIter(row.${target.text}), ${most})) }`),
      count: hurt(target, (row) => [...row[target.text]].length > most),
    };
  },
  'a number is rounded': (random, target) => {
    const to = 10 ** (1 + below(random, 2));
    return {
      said: `to ${to}`, words: [target.number],
      change: rowwise(target, `{ row with ${target.number} = row.${target.number} / ${to} * ${to} }`),
      count: hurt(target, (row) => Number(row[target.number]) % to !== 0),
    };
  },
  'a text is taken over from one row': (random, target) => {
    const some = someTexts(random, target.text);
    return {
      said: `where ${some.said}`, words: [target.text],
      change: rowwise(target, `if (${some.motoko}) { { row with ${target.text} = "Anna Berg" } } else row`),
      count: hurt(target, (row) => some.here(row) && row[target.text] !== 'Anna Berg'),
    };
  },
  'rows go later': (random, target) => {
    const hours = 1 + below(random, 30);
    const some = someTexts(random, target.text);
    return {
      said: `after ${hours} h, where ${some.said}`,
      change: {
        main: [
          ['import Runtime', 'import Timer "mo:core/Timer";\nimport Runtime'],
          declared(`  ignore Timer.setTimer<system>(#seconds(${hours} * 3_600), func() : async () {
    for ((key, row) in ${target.list}.entries().toArray().values()) if (${some.motoko}) ${target.list}.remove(key);
  });`),
        ],
        imports: 'Text',
      },
      count: hurt(target, some.here),
    };
  },
};

/** `many` harms; a draw that would hurt nobody is drawn again where `dataOf` gives an app's data. */
export function mutations(random, many, dataOf) {
  const found = [];
  const kinds = Object.keys(KINDS);
  for (let tries = 0; found.length < many && tries < many * 50; tries += 1) {
    const kind = kinds[found.length % kinds.length];
    const target = oneOf(random, TARGETS);
    const needs = kind.includes('number') || kind.startsWith('rare') ? 'number' : 'text';
    if (!target[needs]) continue;
    const harm = KINDS[kind](random, target);
    const data = dataOf(target.app);
    if (data && harm.count(data) === 0) continue;
    if (harm.change.imports) harm.change = withImport(harm.change, target.app);
    found.push({ app: target.app, name: `${kind}: ${target.list} ${harm.said}`, rooms: ['data'], ...harm, words: [target.list, ...(harm.words ?? [])] });
  }
  return found;
}

/** Apps that import `Text` already must not do so twice. */
const HAVE_TEXT = new Set(['shop', 'library', 'school', 'inventory', 'blog', 'volunteers']);
const withImport = ({ imports, main, ...change }, app) => ({
  ...change,
  main: HAVE_TEXT.has(app) ? main : [['import Runtime', `import ${imports} "mo:core/${imports}";\nimport Runtime`], ...main],
});
