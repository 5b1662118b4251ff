/**
 * Many different apps on one node, one after the other or `AT_ONCE` together: what it takes until each is live and
 * answers a call, and what the node holds of memory and disk meanwhile, when nothing is asked of it any more, and
 * after a start with all of them. One JSON object on standard output, words on standard error; `COUNT`, `SEED`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Node, cliAsync } from '../lib/node.mjs';
import { wishes } from './wishes.mjs';

const count = Number(process.env.COUNT ?? 240);
const atOnce = Number(process.env.AT_ONCE ?? 3);
const texts = wishes(count, Number(process.env.SEED ?? 1));
const ends = [];
const t = { after: (end) => ends.push(end) };
const home = mkdtempSync(join(tmpdir(), 'autograph-many-'));

function seconds(begun) {
  return (performance.now() - begun) / 1000;
}

/** The process and all that it started, each with its resident MiB and its seconds of processor time. */
function processes(root) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).map(process_).filter(Boolean);
  const mine = new Set([root]);
  for (let before = 0; before !== mine.size; ) {
    before = mine.size;
    for (const { id, parent } of all) if (mine.has(parent)) mine.add(id);
  }
  return all.filter(({ id }) => mine.has(id));
}

function process_(id) {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    const resident = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    const compiles = readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('motoko.mjs');
    return { id, compiles, parent: Number(stat[1]), resident, computed: (Number(stat[11]) + Number(stat[12])) / 100 };
  } catch {
    return undefined; // It ended meanwhile.
  }
}

function weighed(node) {
  const all = processes(node.child.pid);
  const sum = (list, what) => Math.round(list.reduce((total, one) => total + one[what], 0));
  const own = all.filter(({ id }) => id === node.child.pid);
  const workers = all.filter(({ id }) => id !== node.child.pid);
  return {
    node_mib: sum(own, 'resident'), workers_mib: sum(workers, 'resident'), workers: workers.length,
    compilers: workers.filter(({ compiles }) => compiles).length,
    node_cpu: sum(own, 'computed'), workers_cpu: sum(workers, 'computed'),
  };
}

/** Asks the app something that it answers without being told anything. */
async function answers(app) {
  const host = { host: `${app}.localhost:${node.port}` };
  const did = execFileSync('curl', ['-sf', '-H', `Host: ${host.host}`, `http://127.0.0.1:${node.port}/backend.did`], { encoding: 'utf8' });
  const method = /(\w+)\s*:\s*\(\)\s*->\s*\([^;]*\)\s*(composite_)?query/.exec(did)?.[1];
  if (!method) return { ok: false, why: 'it has no query without arguments' };
  const called = await cliAsync(home, 'call', app, method, '()', '--query');
  return { ok: called.code === 0, why: called.words.trim() };
}

async function made(text, number) {
  const begun = performance.now();
  const answer = await cliAsync(home, 'new', text);
  const { outcome = 'none', app, seconds: stages } = answer.json ?? {};
  const took = seconds(begun);
  const answered = outcome === 'live' ? await answers(app) : { ok: false, why: answer.words.trim() };
  if (!answered.ok) console.error(`${number} ${outcome} ${app ?? ''}: ${text}\n    ${answered.why}`);
  return { app, outcome, took, stages, live: outcome === 'live' && answered.ok };
}

/** Waits until what is asked for is so; fails if that does not come. */
async function until(what, condition) {
  for (let tries = 1_200; !condition(); tries -= 1) {
    if (tries === 0) throw new Error(`still waiting: ${what}`);
    await new Promise((done) => setTimeout(done, 500));
  }
}

let node = await Node.start(t, home);
const weights = { start: weighed(node) };
const begun = performance.now();
const results = [];
let next = 0;
async function lane() {
  while (next < texts.length) {
    const number = next++;
    results.push(await made(texts[number], number));
    if (results.length === 100) weights.after_100 = weighed(node);
    if (results.length % 10 === 0) console.error(`${results.length} of ${count} after ${seconds(begun).toFixed(0)} s: ${JSON.stringify(weighed(node))}`);
  }
}
await Promise.all(Array.from({ length: atOnce }, lane));
const total = seconds(begun);
weights.end = weighed(node);

const live = results.filter((result) => result.live);
const specs = new Set();
for (const { app } of live) {
  const shown = await cliAsync(home, 'show', app);
  const { name: _, title: __, ...spec } = shown.json?.spec ?? {};
  specs.add(JSON.stringify(spec));
}

// Compilers that were needed only while there was much to do leave.
await until('compilers that nobody needs leave', () => weighed(node).compilers <= weights.start.compilers);
weights.idle = weighed(node);
const disk = Number(execFileSync('du', ['-sm', node.data], { encoding: 'utf8' }).split('\t')[0]);

await node.stop();
const restart = performance.now();
node = await node.again(t);
const restarted = seconds(restart);
weights.restarted = weighed(node);
const after = live.length > 0 ? await answers(live[0].app) : { ok: false };

const sorted = live.map(({ took }) => took).sort((a, b) => a - b);
const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
const mean = (stage) => live.reduce((sum, { stages }) => sum + (stages?.[stage] ?? 0), 0) / live.length;
console.log(JSON.stringify({
  count, at_once: atOnce, live: live.length, different_specs: specs.size, seconds: total,
  app_seconds: { median: at(0.5), p95: at(0.95), most: sorted.at(-1) },
  stage_seconds: Object.fromEntries(['understand', 'build', 'check', 'switch'].map((stage) => [stage, mean(stage)])),
  weights, disk_mib: disk, restart_seconds: restarted, answers_after_restart: after.ok,
}));
await node.stop();
for (const end of ends) end();
rmSync(home, { recursive: true, force: true });
process.exit(live.length === count && specs.size === live.length && after.ok ? 0 : 1);
