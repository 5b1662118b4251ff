/** Starts the real program on a data folder of its own and a free port, and talks to it as its user would. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../target');
export const binary = process.env.AUTOGRAPH_BINARY ?? join(target, 'release/autograph');

/** The nodes that run in a folder. */
const running = new Map();

/** A folder that goes at the end of the test, after the nodes in it. */
export function scratch(t) {
  const folder = mkdtempSync(join(tmpdir(), 'autograph-test-'));
  t.after(async () => {
    await Promise.all((running.get(folder) ?? []).map(ended));
    await gone(folder);
  });
  return folder;
}

/** Removes a folder. A browser whose node was killed a moment ago may still be writing into it until it notices. */
async function gone(folder) {
  for (let tries = 600; ; tries -= 1) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === 0 || error.code !== 'ENOTEMPTY') throw error;
    }
    await setTimeout(100);
  }
}

/** Kills a process, unless it has ended, and waits until it has. */
function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  return new Promise((done) => {
    child.once('exit', done);
    child.kill('SIGKILL');
  });
}

/** Runs the command line in the world of `home`; gives exit code, the JSON object on standard output, and the words. */
export function cli(home, ...args) {
  const done = spawnSync(binary, ['--json', ...args], {
    env: { ...process.env, XDG_STATE_HOME: join(home, 'state'), HOME: home },
    encoding: 'utf8',
    timeout: 120_000,
  });
  const lines = done.stdout.split('\n').filter(Boolean);
  return { code: done.status, json: lines.length === 1 ? JSON.parse(lines[0]) : undefined, lines, words: done.stderr };
}

/** As `cli`, without waiting in the way of other work. */
export function cliAsync(home, ...args) {
  return new Promise((done) => {
    const child = spawn(binary, ['--json', ...args], {
      env: { ...process.env, XDG_STATE_HOME: join(home, 'state'), HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let words = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (words += chunk));
    child.on('close', (code) => done({ code, json: out.trim() ? JSON.parse(out) : undefined, text: out, words }));
  });
}

/** A running node. */
export class Node {
  /** Starts a node and waits until it says where it is. */
  static async start(t, home, { data = join(home, 'data'), listen = '127.0.0.1:0' } = {}) {
    const child = spawn(binary, ['up', '--data', data, '--listen', listen], {
      env: { ...process.env, XDG_STATE_HOME: join(home, 'state'), HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.set(home, [...(running.get(home) ?? []), child]);
    t.after(() => ended(child));
    let out = '';
    let err = '';
    child.stderr.on('data', (chunk) => (err += chunk));
    await new Promise((ready, failed) => {
      child.stdout.on('data', (chunk) => {
        out += chunk;
        if (out.includes('#enter=') && out.includes('Ctrl-C')) ready();
      });
      child.on('exit', (code) => failed(new Error(`the node ended with ${code}: ${err}`)));
    });
    const node = new Node();
    node.child = child;
    node.home = home;
    node.data = data;
    node.link = out.match(/http:\S+#enter=\S+/)[0];
    node.url = node.link.split('/#')[0];
    node.port = Number(new URL(node.url).port);
    node.errors = () => err;
    return node;
  }

  cli(...args) {
    return cli(this.home, ...args);
  }

  /** Ends the process in the middle of whatever it does. */
  async kill() {
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGKILL');
    await gone;
  }

  /** Ends it as an operator would. */
  async stop() {
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    return gone;
  }

  /** Starts it again on the same data and port. */
  again(t) {
    return Node.start(t, this.home, { data: this.data, listen: `127.0.0.1:${this.port}` });
  }
}

/** The wedding conversation that the tests hold. */
export const wedding =
  'I want a site for planning our wedding. Guests have a name, an email and a phone number. They answer yes or no ' +
  'and pick a meal (meat, fish or vegetarian). We have tables with a number of seats. We also track the budget: ' +
  'what, how much, paid or not. Only my partner and I may see the budget.';

export const read = (path) => readFileSync(path, 'utf8');
