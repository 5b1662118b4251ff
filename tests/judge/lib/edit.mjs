/**
 * How a change makes a new source tree of an old one: edits of the text, and a migration that is given the old types.
 *
 * A change is `{ types, main, migrate, files }`: `types` and `main` are lists of `[find, replace]` for `types.mo` and
 * `main.mo`, each of which must be found; `migrate` is a list of variables with their old type, new type and the
 * expression between them; `files` are added as they are. Expressions see `Old` and `New`, the two `types.mo`.
 */

/** What a migration may name; only what it does name is imported. */
const MODULES = {
  Array: 'mo:core/Array', Blob: 'mo:core/Blob', Char: 'mo:core/Char', Float: 'mo:core/Float', Int: 'mo:core/Int',
  Iter: 'mo:core/Iter', List: 'mo:core/List', Map: 'mo:core/Map', Nat: 'mo:core/Nat', Order: 'mo:core/Order',
  Principal: 'mo:core/Principal', PureList: 'mo:core/pure/List', PureMap: 'mo:core/pure/Map',
  Runtime: 'mo:core/Runtime', Set: 'mo:core/Set', Text: 'mo:core/Text', VarArray: 'mo:core/VarArray',
  Old: 'old', New: 'types', Sample: 'sample',
};

/** `text` with every edit made; an edit that finds nothing is a mistake of whoever wrote it. */
export function replaced(text, edits) {
  return edits.reduce((now, [find, put]) => {
    if (!now.includes(find)) throw new Error(`an edit does not find: ${find}`);
    return now.replace(find, () => put);
  }, text);
}

/** Import lines for what `code` names. */
function imports(code) {
  const named = Object.entries(MODULES).filter(([name]) => new RegExp(`(?<![.\\w])${name}\\.`).test(code));
  return named.map(([name, path]) => `import ${name} "${path}";\n`).join('');
}

function migration(variables, prelude = '') {
  const fields = (side) => variables.filter((v) => v[side]).map((v) => `${v.mutable ? 'var ' : ''}${v.name} : ${v[side]}`);
  const values = variables.filter((v) => v.to).map((v) => `      ${v.mutable ? 'var ' : ''}${v.name} = ${v.body};\n`);
  const code =
    `module {\n${prelude}  public func run(old : { ${fields('from').join('; ')} }) : { ${fields('to').join('; ')} } {\n` +
    `    {\n${values.join('')}    };\n  };\n};\n`;
  return `/// From the version before to this one.\n\n${imports(code)}\n${code}`;
}

/** The tree after the change. */
export function edited(tree, change) {
  const main = replaced(tree['backend/main.mo'], change.main ?? []);
  const next = { ...tree, 'backend/types.mo': replaced(tree['backend/types.mo'], change.types ?? []), ...change.files };
  if (!change.migrate) return { ...next, 'backend/main.mo': main };
  const head = 'import Migration "migration";\n' + main;
  return {
    ...next,
    'backend/old.mo': tree['backend/types.mo'],
    'backend/migration.mo': migration(change.migrate, change.prelude),
    'backend/main.mo': replaced(head, [['\nactor {', '\n(with migration = Migration.run)\nactor {']]),
  };
}

/** A variable's way through a migration: its name, old type, new type, and the expression that makes the new value. */
export const variable = (name, from, to, body, mutable = false) => ({ name, from, to, body, mutable });

/** Every row of a mutable map through `body`, which sees `key` and `row`. */
export const mapRows = (name, key, type, body) =>
  variable(name, `Map.Map<${key}, Old.${type}>`, `Map.Map<${key}, New.${type}>`,
    `Map.map<${key}, Old.${type}, New.${type}>(old.${name}, func (key, row) = ${body})`);

/** The rows of a mutable map for which `test` holds; it sees `key` and `row`. */
export const mapKept = (name, key, type, test) =>
  variable(name, `Map.Map<${key}, Old.${type}>`, `Map.Map<${key}, New.${type}>`,
    `Map.filter<${key}, Old.${type}>(old.${name}, ${key}.compare, func (key, row) = ${test})`);

/** Every row of a mutable list through `body`, which sees `row`. */
export const listRows = (name, type, body) =>
  variable(name, `List.List<Old.${type}>`, `List.List<New.${type}>`,
    `List.map<Old.${type}, New.${type}>(old.${name}, func row = ${body})`);

/** Every row of an array variable through `body`, which sees `row`. */
export const arrayRows = (name, type, body) =>
  variable(name, `[Old.${type}]`, `[New.${type}]`, `Array.map<Old.${type}, New.${type}>(old.${name}, func row = ${body})`, true);

/** Every row of an immutable map through `body`, which sees `key` and `row`. */
export const pureRows = (name, key, type, body) =>
  variable(name, `PureMap.Map<${key}, Old.${type}>`, `PureMap.Map<${key}, New.${type}>`,
    `PureMap.map<${key}, Old.${type}, New.${type}>(old.${name}, func (key, row) = ${body})`, true);

/** Every row of a linked list through `body`, which sees `row`. */
export const linkedRows = (name, type, body) =>
  variable(name, `PureList.List<Old.${type}>`, `PureList.List<New.${type}>`,
    `PureList.map<Old.${type}, New.${type}>(old.${name}, func row = ${body})`, true);

/** An edit that lets only the owner ask a public query; others get `nothing`. */
export const ownersOnly = (signature, nothing) => [
  `public query func ${signature} {`,
  `public composite query ({ caller }) func ${signature} {\n` +
    `    if ((await Platform.registry.standing(caller)).role != Platform.owner) return ${nothing};\n   `,
];

/** An edit that lets only who is signed in ask a public query; others get `nothing`. */
export const signedIn = (signature, nothing) => [
  `public query func ${signature} {`,
  `public query ({ caller }) func ${signature} {\n    if (caller.isAnonymous()) return ${nothing};\n   `,
];

/** An edit that puts declarations before the first public method. */
export const declared = (text) => ['\n  public shared func seed', `\n${text}\n\n  public shared func seed`];

/** An edit that puts a method before `seed`. */
export const method = declared;

/** What `data` shows, with every row of a map through `f(value, key)`. */
export const table = (data, name, f) => ({ ...data, [name]: data[name].map(([key, value]) => [key, f(value, key)]) });

/** What `data` shows, with every row of a sequence through `f(value, position)`. */
export const listed = (data, name, f) => ({ ...data, [name]: data[name].map(f) });

/** The part before the first `mark`, and the part after it. */
export const halves = (text, mark = ' ') => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
};
