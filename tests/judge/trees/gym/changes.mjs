/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { arrayRows, halves, listed, mapRows, ownersOnly, table, variable } from '../../lib/edit.mjs';

export const calls = ['timetable()', 'places()', 'names()', 'mine()'];

export const changes = {
  add: {
    types: [['places : Nat }', 'places : Nat; trainer : ?Text }']],
    main: [['places = 8 + i % 5', 'places = 8 + i % 5; trainer = null']],
    migrate: [arrayRows('classes', 'Class', '{ row with trainer = null }')],
    expect: (data) => listed(data, 'classes', (one) => ({ ...one, trainer: null })),
  },
  split: {
    types: [['Client = { name : Text;', 'Client = { given : Text; family : Text;']],
    main: [
      ['name = Sample.name(i);', "given = Sample.before(Sample.name(i), ' '); family = Sample.after(Sample.name(i), ' ');"],
      ['func client = client.name)', 'func client = client.given # " " # client.family)'],
    ],
    migrate: [mapRows('clients', 'Principal', 'Client', "{ row with given = Sample.before(row.name, ' '); family = Sample.after(row.name, ' ') }")],
    expect: (data) => table(data, 'clients', ({ name, ...one }) => ({ ...one, given: halves(name)[0], family: halves(name)[1] })),
  },
  retype: {
    types: [['card : Nat', 'card : Text']],
    main: [['card = 40_000 + i', 'card = (40_000 + i).toText()']],
    migrate: [mapRows('clients', 'Principal', 'Client', '{ row with card = Nat.toText(row.card) }')],
    expect: (data) => data,
  },
  tighten: { main: [ownersOnly('places() : async Nat', '0')], denied: 'places()' },
  relate: {
    types: [['room : Text;', 'room : Nat;'], ['  public type Client', '  public type Room = { title : Text };\n  public type Client']],
    main: [
      ['type Client }', 'type Client; type Room }'],
      ['room = Sample.pick(["Hall", "Loft"], i);', 'room = i % 2;'],
      ['let taken =', 'let rooms = Map.empty<Nat, Room>();\n  let taken ='],
    ],
    migrate: [
      arrayRows('classes', 'Class', '{ row with room = if (row.room == "Hall") 0 else 1 }'),
      variable('rooms', null, 'Map.Map<Nat, New.Room>', 'Map.fromIter<Nat, New.Room>([(0, { title = "Hall" }), (1, { title = "Loft" })].values(), Nat.compare)'),
    ],
    expect: (data) => ({
      ...listed(data, 'classes', (one) => ({ ...one, room: one.room === 'Hall' ? '0' : '1' })),
      rooms: [['0', { title: 'Hall' }], ['1', { title: 'Loft' }]],
    }),
  },
};
