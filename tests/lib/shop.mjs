/** A small app by hand: rows that the owner adds and members see, and a page. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { IDL } from '@icp-sdk/core/candid';

const source = `
import List "mo:core/List";
import Runtime "mo:core/Runtime";
actor {
  type Standing = { role : Text; member : Text; name : Text };
  transient let registry = actor "rwlgt-iiaaa-aaaaa-aaaaa-cai" : actor { standing : query Principal -> async Standing };
  let goods = List.empty<Text>();
  public shared composite query ({ caller }) func who() : async Standing { await registry.standing(caller) };
  public shared composite query ({ caller }) func list() : async [Text] {
    if ((await registry.standing(caller)).role == "visitor") [] else goods.toArray();
  };
  public shared ({ caller }) func add(what : Text) : async () {
    if ((await registry.standing(caller)).role != "owner") Runtime.trap("only the owner may add");
    goods.add(what);
  };
};
`;

export const shopIdl = () =>
  IDL.Service({
    who: IDL.Func([], [IDL.Record({ role: IDL.Text, member: IDL.Text, name: IDL.Text })], ['composite_query']),
    list: IDL.Func([], [IDL.Vec(IDL.Text)], ['composite_query']),
    add: IDL.Func([IDL.Text], [], []),
  });

/** Deploys it as `shop`; with `script`, its page runs that. `exit` is how it should end. */
export function deployShop(node, { greeting = 'first', script, exit = 0 } = {}) {
  const tree = join(node.home, 'shop');
  mkdirSync(join(tree, 'backend'), { recursive: true });
  rmSync(join(tree, 'frontend'), { recursive: true, force: true });
  mkdirSync(join(tree, 'frontend/src'), { recursive: true });
  writeFileSync(join(tree, 'backend/main.mo'), source);
  const page = `<!doctype html><title>Shop</title><body><h1>${greeting}</h1>`;
  if (script) writeFileSync(join(tree, 'frontend/src/main.tsx'), script);
  else writeFileSync(join(tree, 'frontend/index.html'), page);
  writeFileSync(join(tree, 'app.toml'), 'name = "shop"\n[[roles]]\nid = "guest"\nlabel = "Guest"\n');
  const live = node.cli('deploy', tree, '--app', 'shop');
  assert.equal(live.code, exit, live.words + JSON.stringify(live.json));
  return live.json;
}
