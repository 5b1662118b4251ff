/**
 * The gate before a hundred honest changes, fifty hostile versions and fifty honest ones, through the real program.
 *
 * `SEED` chooses the generated damage (printed), `ONLY` a part by its name, `JUDGE_REPORT` names a file for the counts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesTo } from './lib/change.mjs';
import { Judge } from './lib/judge.mjs';
import { chance } from './lib/random.mjs';
import { names } from './lib/trees.mjs';
import { honestOne, hostileOne } from './lib/verdicts.mjs';
import { hostile } from './hostile.mjs';
import { honest } from './honest.mjs';
import { mutations } from './mutations.mjs';

const only = process.env.ONLY ? new RegExp(process.env.ONLY) : /./;
const named = (kind) => (one) => only.test(`${kind} ${one.app}: ${one.name}`);
/** The same damage every time unless somebody asks for other. */
const seed = Number(process.env.SEED ?? 20_261_121);
/** Generated damage, about as much as is written by hand. */
const GENERATED = 25;
/** Cases side by side; a compile takes one core. */
const LANES = 2;

/** Every part through `work`, a few side by side; gives all that failed. */
async function inLanes(parts, work) {
  const waiting = [...parts];
  const failed = [];
  const lane = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) failed.push(...(await work(part)));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return failed;
}

/** The generated harms that `ONLY` wants, chosen from the rows of all apps. */
async function generated(judge) {
  const apps = names();
  const data = {};
  await inLanes(apps, async (app) => {
    data[app] = (await judge.seeded(app)).data;
    return [];
  });
  return mutations(chance(seed), GENERATED, (app) => data[app]);
}

test('the judge', async (t) => {
  const judge = await Judge.start(t, seed);
  console.log(`SEED=${seed}`);
  t.after(() => console.log(JSON.stringify(judge.counts)));
  await t.test('Hostile-50: every harm is caught and named', async () => {
    const harms = [...hostile, ...(only.test('hostile generated') ? await generated(judge) : [])].filter(named('hostile'));
    assert.deepEqual(await inLanes(harms, (harm) => hostileOne(judge, harm)), []);
  });
  await t.test('Honest-50: nothing honest is refused', async () => {
    assert.deepEqual(await inLanes(honest.filter(named('honest')), (good) => honestOne(judge, good)), []);
  });
  await t.test('Change-100: every row is kept, nobody sees more, and every change can be taken back', async () => {
    const apps = names().filter((app) => only.test(`change ${app}`));
    assert.deepEqual(await inLanes(apps, (app) => changesTo(judge, app)), []);
  });
});
