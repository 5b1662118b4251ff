/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { arrayRows, declared, halves, listed, ownersOnly } from '../../lib/edit.mjs';

export const calls = ['unit()', 'open()', 'sums()', 'items()'];

export const changes = {
  add: {
    types: [['settled : Bool }', 'settled : Bool; category : ?Text }']],
    main: [['settled = i', 'category = null;\n      settled = i']],
    migrate: [arrayRows('entries', 'Entry', '{ row with category = null }')],
    expect: (data) => listed(data, 'entries', (entry) => ({ ...entry, category: null })),
  },
  split: {
    types: [['what : Text;', 'what : Text; number : Text;']],
    main: [
      ['what = Sample.pick(["rent", "food", "power"], i) # " " # i.toText();', 'what = Sample.pick(["rent", "food", "power"], i); number = i.toText();'],
      ['(entry.what, entry.cents)', '(entry.what # " " # entry.number, entry.cents)'],
    ],
    migrate: [arrayRows('entries', 'Entry', "{ row with what = Sample.before(row.what, ' '); number = Sample.after(row.what, ' ') }")],
    expect: (data) => listed(data, 'entries', (entry) => ({ ...entry, what: halves(entry.what)[0], number: halves(entry.what)[1] })),
  },
  retype: {
    types: [['shares : [(Text, Nat)]', 'shares : [{ who : Text; parts : Nat }]']],
    main: [['func k = (Sample.pick(people, i + k), k + 1)', 'func k = { who = Sample.pick(people, i + k); parts = k + 1 }']],
    migrate: [arrayRows('entries', 'Entry', '{ row with shares = Array.map<(Text, Nat), { who : Text; parts : Nat }>(row.shares, func (who, parts) = { who; parts }) }')],
    expect: (data) => listed(data, 'entries', (entry) => ({ ...entry, shares: entry.shares.map(([who, parts]) => ({ who, parts })) })),
  },
  tighten: { main: [ownersOnly('open() : async Nat', '0')], denied: 'open()' },
  relate: {
    main: [
      declared(`  let receipts = Map.empty<Nat, Blob>();
  public shared func attach(entry : Nat, picture : Blob) : async () {
    owner<system>();
    if (entry >= entries.size()) Runtime.trap("no such entry");
    receipts.add(entry, picture);
  };`),
    ],
    expect: (data) => ({ ...data, receipts: [] }),
  },
};
