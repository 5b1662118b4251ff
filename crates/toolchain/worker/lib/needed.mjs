/**
 * A Motoko package -> those of its declarations that a program can reach.
 *
 * The compiler reads and checks every module that a program imports, whole and each time anew; most of that is
 * functions that nobody calls. What is left out is chosen by names alone: a declaration stays if its name stands
 * anywhere in the program, or in a declaration that stays, whatever it means there; in another module's declaration
 * only where it could mean this one, which is behind a dot or where arguments are implicit. So nothing that stays
 * misses what was left out, and the compiled program does the same. Whether that held is not assumed: what does not
 * compile this way is compiled against the whole package.
 *
 * Invariant: what stays keeps its line.
 */
import path from 'node:path';

/** Comments, texts, characters, names, and single other signs; block comments are found by hand, since they nest. */
const TOKEN = /\/\/[^\n]*|\/\*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\\n]|\\u\{[0-9a-fA-F]+\})+'|[A-Za-z_][A-Za-z0-9_]*|[^\s]/gu;
const NAME = /^[A-Za-z_]/;
const OPENS = new Set(['{', '(', '[']);
const CLOSES = new Set(['}', ')', ']']);
const MODIFIERS = new Set(['public', 'private', 'transient', 'stable', 'flexible', 'persistent', 'system']);
/** Declarations of exactly one name, which follows. */
const KINDS = new Set(['func', 'type', 'let', 'var', 'module', 'class', 'object']);

/** @returns {{text: string, start: number, end: number}[]} what of a source is neither space nor comment */
function tokensOf(source) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (let found; (found = TOKEN.exec(source)); ) {
    const [text] = found;
    if (text === '/*') TOKEN.lastIndex = endOfComment(source, found.index);
    else if (!text.startsWith('//')) tokens.push({ text, start: found.index, end: TOKEN.lastIndex });
  }
  return tokens;
}

function endOfComment(source, start) {
  let depth = 0;
  const ends = /\/\*|\*\//g;
  ends.lastIndex = start;
  for (let found; (found = ends.exec(source)); ) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return ends.lastIndex;
  }
  return source.length;
}

/** The names in a part of a source, texts left out. */
function namesIn(tokens) {
  return new Set(tokens.map(({ text }) => text).filter((text) => NAME.test(text)));
}

/** Splits at the semicolons that are in no bracket. */
function statements(tokens) {
  const parts = [];
  let depth = 0;
  let from = 0;
  tokens.forEach(({ text }, index) => {
    if (OPENS.has(text)) depth += 1;
    if (CLOSES.has(text)) depth -= 1;
    if (text !== ';' || depth > 0) return;
    parts.push(tokens.slice(from, index + 1));
    from = index + 1;
  });
  if (from < tokens.length) parts.push(tokens.slice(from));
  return parts;
}

/** The one name that a declaration makes; none if it is of another shape. */
function declared(tokens) {
  const first = tokens.findIndex(({ text }) => !MODIFIERS.has(text));
  const [kind, name, next] = tokens.slice(Math.max(0, first), first + 3).map(({ text }) => text);
  if (!KINDS.has(kind) || !NAME.test(name ?? '')) return undefined;
  return kind !== 'let' || next === '=' || next === ':' ? name : undefined;
}

/** An import: from where, and under which name; with a pattern, the names that it takes. */
function imported(tokens) {
  const [word, ...rest] = tokens.filter(({ text }) => text !== ';' && text !== '=');
  const from = rest.pop()?.text ?? '';
  if (word?.text !== 'import' || !from.startsWith('"')) throw new Error('an import of another shape');
  const [name] = rest.map(({ text }) => text);
  const taken = rest.length > 1 ? namesIn(rest) : [];
  return { start: tokens[0].start, end: tokens.at(-1).end, from: from.slice(1, -1), name: rest.length > 1 ? undefined : name, taken };
}

/** A part of a module: the name that it declares, the names in it, and which of them can mean another module's. */
function piece(tokens) {
  const names = namesIn(tokens);
  const dotted = tokens.filter((_, index) => tokens[index - 1]?.text === '.');
  const abroad = names.has('implicit') ? names : namesIn(dotted);
  return { end: tokens.at(-1).end, name: declared(tokens), names, abroad };
}

/** A module's imports and declarations. Throws if it is not imports and one `module { … }`. */
function anatomy(source) {
  const tokens = tokensOf(source);
  const begin = tokens.findIndex(({ text }, index) => text === 'module' && tokens[index + 1]?.text === '{');
  const last = tokens.at(-1)?.text === ';' ? -2 : -1;
  if (begin < 0 || tokens.at(last)?.text !== '}') throw new Error('a module of another shape');
  const heads = statements(tokens.slice(0, begin));
  const imports = heads.map(imported);
  const pieces = statements(tokens.slice(begin + 2, last)).map(piece);
  // The comment before a declaration is its own: one that is left behind would speak of the next.
  pieces.forEach((part, index) => (part.start = index > 0 ? pieces[index - 1].end : tokens[begin + 1].end));
  const module = { source, imports, pieces, byName: groups(pieces) };
  for (const part of pieces) part.module = module;
  return module;
}

/** A package that gives parts of itself. */
export class Package {
  #prefix;
  #modules = new Map();

  /** @param {{name: string, files: Record<string, {content: string}>}} package_ as `motoko` has it */
  constructor({ name, files }) {
    this.#prefix = `mo:${name}/`;
    for (const [file, { content }] of Object.entries(files)) this.#modules.set(file, { source: content });
  }

  /**
   * What of the package these sources need, as path -> text. Throws if a module is of a shape that is not understood.
   * @param {string[]} sources the program, and the packages beside this one
   */
  neededBy(sources) {
    const programs = sources.map(tokensOf);
    let modules = this.#reached(programs.flat(), (module) => module.imports);
    for (;;) {
      const living = this.#living(programs, [...modules.values()]);
      const fewer = this.#reached(programs.flat(), (module) => importsOf(module, living));
      if (fewer.size === modules.size) {
        return Object.fromEntries([...modules].map(([file, module]) => [file, kept(module, living)]));
      }
      modules = fewer;
    }
  }

  #module(file) {
    const module = this.#modules.get(file);
    if (module && !module.pieces) Object.assign(module, anatomy(module.source));
    return module;
  }

  /** The modules that the program imports, directly or through each other's `imports`. */
  #reached(tokens, imports) {
    const modules = new Map();
    const visit = (file) => {
      const module = modules.has(file) ? undefined : this.#module(file);
      if (!module) return;
      modules.set(file, module);
      for (const { from } of imports(module)) visit(`${path.posix.join(path.posix.dirname(file), from)}.mo`);
    };
    for (const { text } of tokens) {
      if (text.startsWith(`"${this.#prefix}`)) visit(`${text.slice(1 + this.#prefix.length, -1)}.mo`);
    }
    return modules;
  }

  /** The parts that stay. */
  #living(programs, modules) {
    const parts = modules.flatMap(({ pieces }) => pieces);
    const anywhere = groups(parts);
    const living = new Set();
    const waiting = parts.filter(({ name }) => name === undefined);
    const reach = (names, byName) => {
      for (const name of names) waiting.push(...(byName.get(name) ?? []));
    };
    for (const tokens of programs) reach(namesIn(tokens), anywhere);
    for (const { taken } of modules.flatMap(({ imports }) => imports)) reach(taken, anywhere);
    for (let part; (part = waiting.pop()); ) {
      if (living.has(part)) continue;
      living.add(part);
      reach(part.abroad, anywhere);
      reach(part.names, part.module.byName);
    }
    return living;
  }
}

/** Name -> the parts that declare it. */
function groups(parts) {
  const byName = new Map();
  for (const part of parts) byName.set(part.name, [...(byName.get(part.name) ?? []), part]);
  return byName;
}

/** The imports of a module that what stays of it uses. */
function importsOf(module, living) {
  const rest = module.pieces.filter((part) => living.has(part));
  const used = new Set(rest.flatMap(({ names }) => [...names]));
  return module.imports.filter(({ name }) => name === undefined || used.has(name));
}

/** The module's source with blanks where something is left out. */
function kept(module, living) {
  const stay = new Set([...importsOf(module, living), ...module.pieces.filter((part) => living.has(part))]);
  let text = '';
  let from = 0;
  for (const part of [...module.imports, ...module.pieces]) {
    if (stay.has(part)) continue;
    text += module.source.slice(from, part.start) + blank(module.source.slice(part.start, part.end));
    from = part.end;
  }
  return text + module.source.slice(from);
}

/** Nothing, on as many lines. */
function blank(text) {
  return '\n'.repeat(text.split('\n').length - 1);
}
