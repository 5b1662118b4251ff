/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { halves, listRows, listed, mapRows, ownersOnly, table, variable } from '../../lib/edit.mjs';

export const calls = ['strength()', 'towns()', 'income()', 'roll()', 'amMember()'];

export const changes = {
  add: {
    types: [['at : Int };', 'at : Int; note : Text };']],
    main: [['at = 1_690_000_000 + i', 'at = 1_690_000_000 + i; note = ""']],
    migrate: [listRows('fees', 'Fee', '{ row with note = "" }')],
    expect: (data) => listed(data, 'fees', (fee) => ({ ...fee, note: '' })),
  },
  split: {
    types: [['town : Text', 'town : Text; zip : Text']],
    main: [
      ['town = Sample.pick(["Graz 8010", "Linz 4020", "Wels 4600"], i)', 'town = Sample.pick(["Graz", "Linz", "Wels"], i); zip = Sample.pick(["8010", "4020", "4600"], i)'],
      ['func member = member.town)', 'func member = member.town # " " # member.zip)'],
    ],
    migrate: [mapRows('members', 'Principal', 'Member', "{ row with town = Sample.before(row.town, ' '); zip = Sample.after(row.town, ' ') }")],
    expect: (data) =>
      table(data, 'members', (member) => ({ ...member, town: halves(member.town)[0], zip: halves(member.town)[1] })),
  },
  retype: {
    types: [['paidUntil : Int', 'paidUntil : { seconds : Int }']],
    main: [['paidUntil = 1_700_000_000 + i * 86_400', 'paidUntil = { seconds = 1_700_000_000 + i * 86_400 }']],
    migrate: [mapRows('members', 'Principal', 'Member', '{ row with paidUntil = { seconds = row.paidUntil } }')],
    expect: (data) => table(data, 'members', (member) => ({ ...member, paidUntil: { seconds: member.paidUntil } })),
  },
  tighten: { main: [ownersOnly('towns() : async [Text]', '[]')], denied: 'towns()' },
  relate: {
    types: [['town : Text', 'town : Text; group : ?Nat'], ['  public type Fee', '  public type Group = { title : Text; trainer : Text };\n  public type Fee']],
    main: [
      ['type Fee }', 'type Fee; type Group }'],
      ['town = Sample', 'group = ?(i % 2);\n        town = Sample'],
      ['let fees =', 'let groups = Map.empty<Nat, Group>();\n  let fees ='],
    ],
    migrate: [
      mapRows('members', 'Principal', 'Member', '{ row with group = if (row.level == #junior) ?0 else ?1 }'),
      variable('groups', null, 'Map.Map<Nat, New.Group>',
        'Map.fromIter<Nat, New.Group>([(0, { title = "Juniors"; trainer = "" }), (1, { title = "Seniors"; trainer = "" })].values(), Nat.compare)'),
    ],
    expect: (data) => ({
      ...table(data, 'members', (member) => ({ ...member, group: '#junior' in member.level ? '0' : '1' })),
      groups: [['0', { title: 'Juniors', trainer: '' }], ['1', { title: 'Seniors', trainer: '' }]],
    }),
  },
};
