/**
 * One request a line on standard input, one answer a line on standard output, both JSON.
 *
 * A request is `{id, verb, ...}`, an answer `{id, ok}` or `{id, error: {kind, message}}`. Requests are answered
 * one after the other, in order. Invariant: nothing but answers reaches standard output, so whatever a compiler
 * prints goes to standard error.
 */
import process from 'node:process';

const print = process.stdout.write.bind(process.stdout);
console.log = console.error;
console.info = console.error;

/** After this many milliseconds without a request, a worker gives back the memory that it does not need. */
const REST = 2_000;

/** An answer that names what is wrong with the request rather than with the worker. */
export class Refusal extends Error {
  /** @param {string} kind a word that the other side knows @param {string} message a sentence */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Says that the worker is ready and answers requests until standard input ends.
 * @param {Record<string, (request: any) => any>} verbs what this worker can do
 * @param {object} about what the first line tells besides being ready
 */
export function serve(verbs, about) {
  let queue = Promise.resolve();
  let rest;
  onLines((line) => {
    clearTimeout(rest);
    queue = queue.then(() => answer(verbs, line)).then(() => {
      clearTimeout(rest);
      rest = setTimeout(collectGarbage, REST);
    });
  });
  process.stdin.on('end', () => process.exit(0));
  send({ ready: true, ...about });
}

/** Twice, since the first pass only finds what the second can give back. */
function collectGarbage() {
  globalThis.gc?.();
  globalThis.gc?.();
}

function onLines(take) {
  let pieces = [];
  process.stdin.on('data', (chunk) => {
    let start = 0;
    for (let end; (end = chunk.indexOf(10, start)) >= 0; start = end + 1) {
      pieces.push(chunk.subarray(start, end));
      take(Buffer.concat(pieces).toString('utf8'));
      pieces = [];
    }
    pieces.push(chunk.subarray(start));
  });
}

async function answer(verbs, line) {
  const { id, verb, ...request } = JSON.parse(line);
  try {
    const perform = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (!perform) throw new Refusal('usage', `this worker has no verb ${verb}`);
    send({ id, ok: await perform(request) });
  } catch (error) {
    send({ id, error: { kind: kindOf(error), message: messageOf(error) } });
  }
}

function send(value) {
  print(JSON.stringify(value) + '\n');
}

/** The compiler's own exceptions are OCaml values: `[248, "Stack_overflow", -9]`, or such a name one level down. */
function kindOf(error) {
  if (error instanceof Refusal) return error.kind;
  return error instanceof RangeError || messageOf(error).includes('Stack_overflow') ? 'nesting' : 'internal';
}

function messageOf(error) {
  const message = error instanceof Error ? error.message : JSON.stringify(error);
  return String(message).slice(0, 2000);
}
