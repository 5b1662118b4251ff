/** A hostile version is caught when a finding in the right room names the harm; an honest one must not be refused. */
import { edited } from './edit.mjs';
import { against, answerOf, said } from './judge.mjs';
import { treeOf } from './trees.mjs';

/** Whether a finding speaks of the harm, and counts it right where that is known. */
function names(finding, harm, count) {
  const text = `${finding.subject} ${finding.message}`.toLowerCase();
  const named = harm.rooms.includes(finding.room) && harm.words.every((word) => text.includes(word.toLowerCase()));
  const counted = count === undefined || finding.count === count || new RegExp(`(?<!\\d)${count}(?!\\d)`).test(text);
  return named && counted;
}

/** `caught`; `unnamed` where the gate objects without naming the harm or its size; `missed`. */
async function verdictOn(judge, harm) {
  const { data } = await judge.seeded(harm.app);
  const json = await judge.check(harm.app, edited(treeOf(harm.app), harm.change));
  if (answerOf(json) === 'passes') return { result: 'missed', note: 'the gate lets it pass' };
  const count = harm.count?.(data);
  if (against(json).some((finding) => names(finding, harm, count))) return { result: 'caught', note: '' };
  const expected = `${harm.rooms.join('/')}: ${harm.words.join(', ')}${count === undefined ? '' : `, ${count}`}`;
  return { result: 'unnamed', note: `expected ${expected}; ${said(json)}` };
}

/** Judges a hostile version; gives its name if it was not caught. */
export async function hostileOne(judge, harm) {
  const name = `${harm.app}: ${harm.name}`;
  const done = await verdictOn(judge, harm).catch((error) => ({ result: 'failed', note: error.message.slice(0, 300) }));
  judge.record('hostile', name, done.result, done.note);
  return done.result === 'caught' ? [] : [`${name} (${done.result})`];
}

async function answerTo(judge, good) {
  await judge.seeded(good.app);
  const json = await judge.check(good.app, edited(treeOf(good.app), good.change));
  const result = { passes: 'passed', asks: 'asked', refuses: 'refused' }[answerOf(json)];
  return { result, note: result === 'passed' ? '' : said(json) };
}

/** Judges an honest version; gives its name if it was refused. */
export async function honestOne(judge, good) {
  const name = `${good.app}: ${good.name}`;
  const done = await answerTo(judge, good).catch((error) => ({ result: 'failed', note: error.message.slice(0, 300) }));
  judge.record('honest', name, done.result, done.note);
  return done.result === 'refused' || done.result === 'failed' ? [`${name} (${done.result})`] : [];
}
