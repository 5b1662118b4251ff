/** An honest change put live: every row is there, nobody sees more, accepted calls answer as before, and back to the byte. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { edited } from './edit.mjs';
import { answerOf, said } from './judge.mjs';
import { changesOf, treeOf } from './trees.mjs';

/** Callers whom nobody gave anything. */
const STRANGERS = ['anonymous', 'stranger'];

/** What stands before a change: the data as it came, the answers, and the module. */
async function standing(judge, app, canister, calls) {
  return {
    data: await judge.data(app),
    owner: await judge.answers(app, calls, 'owner'),
    strangers: await Promise.all(STRANGERS.map((who) => judge.answers(app, calls, who))),
    module: await judge.moduleHash(canister),
  };
}

/** Puts a tree live, with the owner's word where the gate asks for it; gives how it answered. */
async function published(judge, app, files) {
  const first = await judge.deploy(app, files);
  const answer = answerOf(first);
  if (answer !== 'asks') return { answer, json: first };
  const second = await judge.deploy(app, files, first.approve);
  assert.equal(second.outcome, 'live', `with the owner's word: ${said(second) || JSON.stringify(second)}`);
  return { answer, json: first };
}

/** A stranger's answer that shows nothing. */
const empty = (value) => value === undefined || value === null || value === '0' || value === false || value?.length === 0;

/** Nobody to whom nothing was given sees what they did not see. */
function nothingWider(before, after, calls) {
  before.strangers.forEach((answers, who) =>
    answers.forEach((answer, at) => {
      const now = after.strangers[who][at];
      assert.ok(empty(now) || isDeepStrictEqual(now, answer), `${STRANGERS[who]} sees more by ${calls[at]}`);
    }));
}

async function back(judge, app, canister, calls, before) {
  const first = (await judge.cli('restore', app, '1')).json;
  // After a narrowing the old version opens access again, which is asked for.
  const json = answerOf(first) === 'asks' ? (await judge.cli('restore', app, '1', '--approve', first.approve)).json : first;
  assert.equal(json.outcome, 'live', `restore: ${said(json) || JSON.stringify(json)}`);
  const after = await standing(judge, app, canister, calls);
  assert.equal(after.data.text, before.data.text, 'the data after the rollback');
  assert.deepEqual(after, before);
}

/** One change and the way back. */
async function one(judge, app, canister, kind, change, calls) {
  const before = await standing(judge, app, canister, calls);
  const { answer, json } = await published(judge, app, edited(treeOf(app), change));
  if (answer === 'refuses') return { result: 'refused', note: said(json) };
  const wider = json.verdict.access.filter((finding) => finding.effect !== 'informs');
  assert.deepEqual(wider, [], 'a widening that nobody asked for');
  const after = await standing(judge, app, canister, calls);
  const expected = change.expect ? change.expect(before.data.variables) : before.data.variables;
  assert.deepEqual(after.data.variables, expected);
  assert.deepEqual(after.owner, before.owner, 'what the calls answered before');
  nothingWider(before, after, calls);
  if (change.denied) {
    const at = calls.indexOf(change.denied);
    assert.ok(!empty(before.strangers[0][at]) && empty(after.strangers[0][at]), `${change.denied} is not closed`);
  }
  await back(judge, app, canister, calls, before);
  return { result: answer === 'asks' ? 'asked' : 'passed', note: answer === 'asks' ? said(json) : '' };
}

/** All five changes of an app; gives those that failed. */
export async function changesTo(judge, app) {
  const { calls, changes } = await changesOf(app);
  const failed = [];
  for (const [kind, change] of Object.entries(changes)) {
    const name = `${app}: ${kind}`;
    const { canister } = await judge.seeded(app);
    const done = await one(judge, app, canister, kind, change, calls).catch((error) => ({ result: 'failed', note: error.message.slice(0, 600) }));
    judge.record('change', name, done.result, done.note);
    if (done.result === 'failed' || done.result === 'refused') failed.push(name);
  }
  return failed;
}
