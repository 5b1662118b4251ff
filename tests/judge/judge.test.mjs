/**
 * The gate before a hundred honest changes, fifty hostile versions and fifty honest ones, through the real program.
 *
 * `SEED` chooses the generated damage (printed), `ONLY` a part by its name, `JUDGE_REPORT` names a file for the counts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesTo } from './lib/change.mjs';
import { Judge } from './lib/judge.mjs';
import { names } from './lib/trees.mjs';

const only = process.env.ONLY ? new RegExp(process.env.ONLY) : /./;
const wanted = (name) => only.test(name);
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

test('the judge', async (t) => {
  const judge = await Judge.start(t);
  t.after(() => judge.report({}));
  await t.test('Change-100: every row is kept, nobody sees more, and every change can be taken back', async () => {
    assert.deepEqual(await inLanes(names().filter((app) => wanted(`change ${app}`)), (app) => changesTo(judge, app, () => true)), []);
  });
});
