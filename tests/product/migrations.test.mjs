/** Migration chains: each file runs once, what ran is frozen, and a chain outgrows nothing as long as it is deployed on. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Node, scratch } from '../lib/node.mjs';

/** A source tree with a chain of these files, `{name: text}`. */
function tree(folder, main, steps) {
  mkdirSync(join(folder, 'backend/migrations'), { recursive: true });
  writeFileSync(join(folder, 'backend/main.mo'), main);
  for (const [name, text] of Object.entries(steps)) writeFileSync(join(folder, `backend/migrations/${name}.mo`), text);
  return folder;
}

const step = (before, after, value) =>
  `module { public func migration(old : { ${before} }) : { ${after} } { ignore old; { ${value} } } }`;

const init = step('', 'var count : Nat', 'var count = 1');
const named = step('var count : Nat', 'var count : Nat; var name : Text', 'var count = old.count + 10; var name = "a"');
const total = step('var count : Nat', 'var count : Nat; var total : Int', 'var count = old.count; var total = old.count + 100');

const actor = (fields, shown) => `actor {
  ${fields}
  public query func get() : async Text { debug_show (${shown}) };
  public func add() : async () { count += 1 };
}`;
const mains = [
  actor('var count : Nat;', 'count'),
  actor('var count : Nat; var name : Text;', 'count, name'),
  actor('var count : Nat; var name : Text; var total : Int;', 'count, name, total'),
];
const chain = { '001_init': init, '002_named': named, '003_total': total };
const first = (count) => Object.fromEntries(Object.entries(chain).slice(0, count));

const shown = (node, app) => node.cli('call', app, 'get', '--query').json.value;
const told = (answer) => JSON.stringify(answer.json) + answer.words;

test('a chain of three is deployed one at a time and goes on from the data', { timeout: 900_000 }, async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const deploy = (name, main, steps, app = 'chain') => node.cli('deploy', tree(join(home, name), main, steps), '--app', app);
  const expected = ['1', '(12, "a")', '(13, "a", +113)'];
  for (const count of [1, 2, 3]) {
    const live = deploy(`tree${count}`, mains[count - 1], first(count));
    assert.equal(live.json.outcome, 'live', told(live));
    assert.equal(shown(node, 'chain'), expected[count - 1]);
    assert.equal(node.cli('call', 'chain', 'add').code, 0);
  }
  const again = deploy('tree3', mains[2], chain);
  assert.equal(again.json.outcome, 'live', told(again));
  assert.equal(shown(node, 'chain'), '(14, "a", +113)', 'what ran does not run again');

  const refused = (name, steps, words) => {
    const answer = deploy(name, mains[2], steps);
    assert.equal(answer.code, 3, told(answer));
    const found = answer.json.verdict.build.filter((finding) => finding.kind === 'chain_broken');
    assert.ok(found.some((finding) => finding.effect === 'refuses' && words.test(finding.message)), told(answer));
  };
  refused('altered', { ...chain, '002_named': named.replace('"a"', '"b"') }, /002_named\.mo` already ran/);
  refused('between', { ...chain, '002_x': step('var count : Nat', 'var count : Nat', 'var count = 0') }, /002_x\.mo` sorts before/);
  refused('renamed', { ...first(2), '004_total': total }, /003_total\.mo` is the newest/);
  refused('odd', { ...chain, '004 größe': total }, /ASCII/);
  assert.equal(shown(node, 'chain'), '(14, "a", +113)');

  // An older version takes its own data along; from there the chain goes on.
  const versions = node.cli('history', 'chain').json.versions;
  const restored = node.cli('restore', 'chain', String(versions.map((one) => one.version).sort((a, b) => a - b)[1]));
  assert.equal(restored.json.outcome, 'live', told(restored));
  assert.match(shown(node, 'chain'), /^\(1[23], "a"\)$/);
  const on = deploy('tree3', mains[2], chain);
  assert.equal(on.json.outcome, 'live', told(on));
  assert.match(shown(node, 'chain'), /^\(1[23], "a", \+11[23]\)$/);

  const fresh = deploy('tree3', mains[2], chain, 'fresh');
  assert.equal(fresh.json.outcome, 'live', told(fresh));
  assert.equal(shown(node, 'fresh'), '(11, "a", +111)');
});

/** Names that take 50 KB in a signature: each file of a chain that takes and makes such variables adds 100 KB. */
const names = Array.from({ length: 10 }, (_, i) => `${'v'.repeat(5_000)}${i}`);
const kept = ['var count : Nat', ...names.map((name) => `var ${name} : Nat`)].join('; ');
const made = (count, value) => [`var count = ${count}`, ...names.map((name) => `var ${name} = ${value(name)}`)].join('; ');
const bulkyMain = actor(`${kept};`, 'count');
const bulkyChain = (count) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `step_${String(at).padStart(3, '0')}`,
      at === 0
        ? step('', kept, made('1', () => '7'))
        : step(kept, kept, made('old.count + 1', (name) => `old.${name}`)),
    ]),
  );

test('a chain that outgrows what can be installed goes on without what ran', { timeout: 1_800_000 }, async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const deploy = (count, app = 'long') =>
    node.cli('deploy', tree(join(home, `tree${count}`), bulkyMain, bulkyChain(count)), '--app', app);
  const compacted = (answer) => answer.json.verdict.build.find((finding) => finding.kind === 'chain_compacted');

  const begun = deploy(5);
  assert.equal(begun.json.outcome, 'live', told(begun));
  assert.equal(compacted(begun), undefined);
  assert.equal(node.cli('call', 'long', 'add').code, 0);

  // As a first version the same tree is more than a module may be: that is said before anything is tried.
  const whole = deploy(12, 'other');
  assert.equal(whole.code, 3, told(whole));
  assert.match(told(whole), /can be installed; none of the 12 files/);

  const grown = deploy(12);
  assert.equal(grown.json.outcome, 'live', told(grown));
  assert.equal(compacted(grown)?.count, 4);
  assert.equal(compacted(grown).effect, 'informs');
  assert.equal(shown(node, 'long'), '13');

  const next = deploy(13);
  assert.equal(next.json.outcome, 'live', told(next));
  assert.equal(compacted(next)?.count, 11);
  assert.equal(shown(node, 'long'), '14', 'one more ran, none twice');

  const back = node.cli('restore', 'long', '1');
  assert.equal(back.json.outcome, 'live', told(back));
  assert.match(shown(node, 'long'), /^[56]$/);
  const forth = deploy(12);
  assert.equal(forth.json.outcome, 'live', told(forth));
  assert.match(shown(node, 'long'), /^1[23]$/);
});
