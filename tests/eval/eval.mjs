/**
 * Writes, builds, gates and exercises every request of a file with the writer that is configured, and counts honestly:
 * live is what was put live *and* did its main verb in a browser; a request that the writer turned down in words is
 * declined; anything else failed. One JSON object on standard output, words on standard error.
 *
 * `PROMPTS=file` holds `{ "items": [{ "id" or "title", "say" or "instruction", "then"?: [], "refuse"?: [] }] }`. An
 * item's `verb` names what the request is for (`book`, `send`, `post`, `answer`, `browse`, `contact`, `add`, or several
 * with `|`): an app that does something else is broken. `VERBS=file` holds them by id or title for a file without.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Node } from '../lib/node.mjs';
import { exercise } from './exercise.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const file = process.env.PROMPTS;
if (!file) {
  console.error('say which requests: PROMPTS=file');
  process.exit(2);
}
const from = Number(process.env.FROM ?? 0);
/** The requests of the file; a sentence where it has none. */
function requests() {
  try {
    const { items } = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(items)) return items;
    throw new Error('it has no list called items');
  } catch (error) {
    console.error(`${file} can't be read as requests: ${error.message}`);
    process.exit(2);
  }
}

const items = requests().slice(from, from + Number(process.env.MOST ?? 1000));
const verbs = process.env.VERBS ? JSON.parse(readFileSync(process.env.VERBS, 'utf8')) : {};
const browsing = process.env.EXERCISE !== '0';

const ends = [];
const t = { after: (end) => ends.push(end) };
const home = mkdtempSync(join(tmpdir(), 'autograph-eval-'));
const node = await Node.start(t, home);
const browser = browsing ? await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags }) : undefined;

/** A browser of one person. */
async function person() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

const studio = browsing ? await person() : undefined;
await studio?.goto(node.link);
await studio?.getByRole('textbox').first().waitFor();

async function tried(app, wanted) {
  const shown = node.cli('show', app).json;
  await studio.goto(`${node.url}/apps/${app}`);
  const frame = studio.frameLocator('iframe').first();
  await frame.getByRole('main').waitFor({ timeout: 60_000 });
  const stranger = await person();
  try {
    const address = `http://${app}.localhost:${node.port}/`;
    return await exercise({ owner: frame, stranger, spec: shown.spec, address, wanted });
  } finally {
    await stranger.context().close();
  }
}

function said(answer) {
  return { understood: answer.json?.understood ?? [], not_understood: answer.json?.not_understood ?? [] };
}

/** The writer's own no, in words, is a decline; what the gate refuses was written wrongly. */
function counted(outcome, { works, not_understood }) {
  if (outcome === 'live') return works === false ? 'broken' : 'live';
  return outcome === 'failed' && not_understood.length > 0 ? 'declined' : 'failed';
}

/** What the gate said, without what merely informs. */
function findings(answer) {
  const all = Object.values(answer.json?.verdict ?? {}).flatMap((part) => (Array.isArray(part) ? part : []));
  return all.filter(({ effect }) => effect !== 'informs').map(({ effect, message }) => `${effect}: ${message}`);
}

const results = [];
for (const item of items) {
  const name = String(item.id ?? item.title ?? results.length);
  const text = item.say ?? item.instruction;
  const answer = node.cli('new', text);
  const outcome = answer.json?.outcome ?? 'none';
  const result = { name, outcome, seconds: answer.json?.seconds?.total, findings: findings(answer), ...said(answer) };
  if (outcome === 'live' && browsing) {
    Object.assign(result, await tried(answer.json.app, item.verb ?? verbs[name]).catch((error) => ({ works: false, wrongs: [String(error.message).split('\n')[0]] })));
  }
  result.counts = counted(outcome, result);
  result.then = [...(item.then ?? []), ...(item.refuse ?? [])].map((change, index) => {
    if (outcome !== 'live') return { change, outcome: 'none' };
    const changed = node.cli('change', answer.json.app, change);
    const silent = index >= (item.then ?? []).length;
    return { change, silent, outcome: changed.json?.outcome ?? 'none', findings: findings(changed), ...said(changed) };
  });
  results.push(result);
  console.error(`${result.counts.padEnd(9)} ${name.padEnd(16)} ${String(result.seconds ?? '').padEnd(6)} ${(result.verb ?? '').padEnd(5)} ${(result.wrongs ?? []).join(' | ').slice(0, 160)}`);
  for (const finding of result.findings) console.error(`             ${finding.slice(0, 200)}`);
  for (const change of result.then) {
    console.error(`    ${change.outcome.padEnd(8)} ${change.change}`);
    for (const finding of change.findings ?? []) console.error(`             ${finding.slice(0, 200)}`);
  }
}

const count = (what) => results.filter((result) => result.counts === what).length;
const seconds = results.filter(({ outcome }) => outcome === 'live').map((result) => result.seconds).filter((value) => value !== undefined).sort((a, b) => a - b);
const report = {
  prompts: items.length, live: count('live'), broken: count('broken'), declined: count('declined'), failed: count('failed'),
  median_seconds: seconds[Math.floor(seconds.length / 2)], results,
};
console.log(JSON.stringify(report));
await browser?.close();
await node.stop();
for (const end of ends) end();
rmSync(home, { recursive: true, force: true });
