/** Who may do what, observed: the matrix of a written app, honest changes that don't ask, and one that opens it. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Node, scratch } from '../lib/node.mjs';

/** Writes a source tree. */
function tree(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const asking = (answer) => answer.verdict.access.filter((finding) => finding.effect !== 'informs');

test('a written app does what its description says, and changes to it do not ask', async (t) => {
  const node = await Node.start(t, scratch(t));
  const made = node.cli('new', 'A guest list for our wedding: name, phone, and whether they come', '--name', 'wedding');
  assert.equal(made.code, 0, made.words);
  assert.deepEqual(asking(made.json), []);
  const access = node.cli('access', 'wedding');
  assert.equal(access.code, 0, access.words);
  assert.ok(access.json.roles.some((role) => role.id === 'owner'));
  assert.ok(access.json.observed.length > 0);
  const anonymous = access.json.observed.filter((row) => row.role === 'anonymous');
  assert.ok(anonymous.length > 0 && anonymous.every((row) => row.changes.length === 0), JSON.stringify(anonymous));
  const owner = access.json.observed.filter((row) => row.role === 'owner');
  assert.ok(owner.some((row) => row.kind === 'update' && row.changes.length > 0), JSON.stringify(owner));
  for (const wish of ['Add a field table number to guests', 'Add a list of gifts with name and price']) {
    const changed = node.cli('change', 'wedding', wish);
    assert.equal(changed.code, 0, `${wish}: ${changed.words}`);
    assert.deepEqual(asking(changed.json), []);
  }
});

test('an update that anyone may call asks before it goes live', async (t) => {
  const home = scratch(t);
  const node = await Node.start(t, home);
  const notes = (guard) => `import Map "mo:core/Map";
import Platform "mo:autograph/Platform";
actor {
  let notes = Map.empty<Nat, Text>();
  public func put(id : Nat, note : Text) : async () {
    if (Platform.caller<system>().role != "owner") return;
    notes.add(id, note);
  };
  public func drop(id : Nat) : async () {
    ${guard}notes.remove(id);
  };
};
`;
  const guarded = tree(join(home, 'guarded'), {
    'backend/main.mo': notes('if (Platform.caller<system>().role != "owner") return;\n    '),
  });
  assert.equal(node.cli('deploy', guarded, '--app', 'notes').code, 0);
  assert.equal(node.cli('call', 'notes', 'put', '(7, "the key is under the mat")').code, 0);
  const open = node.cli('deploy', tree(join(home, 'open'), { 'backend/main.mo': notes('') }), '--app', 'notes');
  assert.equal(open.code, 3);
  const [finding] = asking(open.json);
  assert.equal(finding.kind, 'may_delete');
  assert.match(finding.message, /^Anyone, signed in or not, could delete any row of “notes” by “drop”/);
});
