/** One node with the sample apps on it, and the book that is kept of every case. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CanisterStatus, HttpAgent } from '@icp-sdk/core/agent';
import { Principal } from '@icp-sdk/core/principal';
import { Node, cliAsync } from '../../lib/node.mjs';
import { treeOf } from './trees.mjs';

/** Rows that `seed` makes in each app. */
export const ROWS = 240;

/** Findings of an answer that speak against the version, with their room. */
export const against = (json) =>
  Object.entries(json.verdict ?? {}).flatMap(([room, findings]) =>
    findings.filter((finding) => finding.effect !== 'informs').map((finding) => ({ room, ...finding })));

/** How the gate answered, in a word: `passes`, `asks` or `refuses`; an error where it gave no verdict. */
export function answerOf(json) {
  if (json?.outcome === 'live' || json?.outcome === 'ok') return 'passes';
  if (json?.outcome !== 'refused') throw new Error(`no verdict: ${JSON.stringify(json?.error ?? json)}`);
  return against(json).some((finding) => finding.effect === 'refuses') ? 'refuses' : 'asks';
}

/** The node, and what the suites do with it. */
export class Judge {
  #seeded = new Map();
  #cases = [];
  #trees = 0;

  /** Starts a node on a folder of its own; `t` is the test that ends it, `seed` goes into the book. */
  static async start(t, seed) {
    const judge = new Judge();
    judge.seed = seed;
    judge.home = mkdtempSync(join(tmpdir(), 'autograph-judge-'));
    t.after(() => rmSync(judge.home, { recursive: true, force: true }));
    judge.node = await Node.start(t, judge.home);
    return judge;
  }

  cli(...args) {
    return cliAsync(this.home, ...args);
  }

  /** Writes a source tree; gives its folder. */
  write(files) {
    this.#trees += 1;
    const folder = join(this.home, `tree-${this.#trees}`);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  /** Judges a tree for an app without putting it live. */
  async check(app, files) {
    return (await this.cli('check', this.write(files), '--app', app)).json;
  }

  async deploy(app, files, approve) {
    return (await this.cli('deploy', this.write(files), '--app', app, ...(approve ? ['--approve', approve] : []))).json;
  }

  /** A sample app with its rows, deployed when somebody first wants it. */
  seeded(name, files = () => treeOf(name)) {
    if (!this.#seeded.has(name)) this.#seeded.set(name, this.#seed(name, files()));
    return this.#seeded.get(name);
  }

  async #seed(name, files) {
    const live = await this.deploy(name, files);
    if (live.outcome !== 'live') throw new Error(`${name} does not go live: ${JSON.stringify(live)}`);
    const seeded = await this.cli('call', name, 'seed', `(${ROWS})`);
    if (seeded.code !== 0) throw new Error(`${name} can't be seeded: ${seeded.words}`);
    return { app: name, canister: live.canister_id, version: live.version, data: (await this.data(name)).variables };
  }

  /** What an app keeps; `text` is the answer as it came. */
  async data(app) {
    const { code, json, text, words } = await this.cli('data', app);
    if (code !== 0 || Object.keys(json.left_out).length > 0) throw new Error(`${app}'s data can't be read whole: ${words}`);
    return { ...json, text };
  }

  /** The value that a call such as `busy("today")` gives, or `undefined` where it traps. */
  async ask(app, call, as = 'owner') {
    const name = call.slice(0, call.indexOf('('));
    const { code, json } = await this.cli('call', app, name, call.slice(name.length), '--query', '--as', as);
    return code === 0 ? json.value : undefined;
  }

  /** All of `calls`, in order. */
  async answers(app, calls, as) {
    const answers = [];
    for (const call of calls) answers.push(await this.ask(app, call, as));
    return answers;
  }

  /** The hash of the module that runs, from the certified state. */
  async moduleHash(canister) {
    const agent = await HttpAgent.create({ host: this.node.url, shouldFetchRootKey: true });
    const status = await CanisterStatus.request({ canisterId: Principal.fromText(canister), agent, paths: ['module_hash'] });
    return status.get('module_hash');
  }

  /** Writes a case down, where a run that is cut short leaves it too, and says it in one line. */
  record(kind, name, result, note = '') {
    this.#cases.push({ kind, name, result, note });
    console.log(`${kind.padEnd(8)} ${result.padEnd(8)} ${name}${note ? `: ${note}` : ''}`);
    this.#save();
  }

  /** How many cases of each kind had each result. */
  get counts() {
    const counts = {};
    for (const { kind, result } of this.#cases) {
      counts[kind] ??= {};
      counts[kind][result] = (counts[kind][result] ?? 0) + 1;
    }
    return counts;
  }

  /** The file that `JUDGE_REPORT` names. */
  #save() {
    const whole = { seed: this.seed, counts: this.counts, cases: this.#cases };
    if (process.env.JUDGE_REPORT) writeFileSync(process.env.JUDGE_REPORT, JSON.stringify(whole, null, 1) + '\n');
  }
}

/** What speaks against a version, short enough for a line. */
export const said = (json) => against(json).map((one) => `[${one.room} ${one.kind} ${one.subject}] ${one.message}`).join(' | ').slice(0, 600);
