/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { halves, linkedRows, listed, mapRows, ownersOnly, table, variable } from '../../lib/edit.mjs';

export const calls = ['helpers()', 'score()', 'plan()', 'names()', 'minutes()'];

export const changes = {
  add: {
    types: [['minutes : Nat }', 'minutes : Nat; needed : Nat }']],
    main: [['minutes = 60 + i', 'minutes = 60 + i; needed = 1']],
    migrate: [linkedRows('shifts', 'Shift', '{ row with needed = 1 }')],
    expect: (data) => listed(data, 'shifts', (shift) => ({ ...shift, needed: '1' })),
  },
  split: {
    types: [['Person = { name : Text;', 'Person = { given : Text; family : Text;']],
    main: [
      ['name = Sample.name(i);', "given = Sample.before(Sample.name(i), ' '); family = Sample.after(Sample.name(i), ' ');"],
      ['func person = person.name)', 'func person = person.given # " " # person.family)'],
    ],
    migrate: [mapRows('people', 'Text', 'Person', "{ row with given = Sample.before(row.name, ' '); family = Sample.after(row.name, ' ') }")],
    expect: (data) => table(data, 'people', ({ name, ...one }) => ({ ...one, given: halves(name)[0], family: halves(name)[1] })),
  },
  retype: {
    types: [['phone : ?Text', 'phone : Text']],
    main: [['?("0" # Sample.mix(i).toText()) else null', '"0" # Sample.mix(i).toText() else ""']],
    migrate: [mapRows('people', 'Text', 'Person', '{ row with phone = switch (row.phone) { case (?phone) phone; case null "" } }')],
    expect: (data) => table(data, 'people', (person) => ({ ...person, phone: person.phone ?? '' })),
  },
  tighten: { main: [ownersOnly('score() : async Nat', '0')], denied: 'score()' },
  relate: {
    types: [['place : Text;', 'place : Nat;']],
    main: [
      ['place = Sample.pick(["School", "Pier", "Church"], i);', 'place = i % 3;'],
      ['(shift.place, shift.day)', '((switch (places.get(shift.place)) { case (?title) title; case null "" }), shift.day)'],
      ['var points', 'let places = Map.empty<Nat, Text>();\n  var points'],
    ],
    migrate: [
      linkedRows('shifts', 'Shift', '{ row with place = switch (row.place) { case "School" 0; case "Pier" 1; case _ 2 } }'),
      variable('places', null, 'Map.Map<Nat, Text>', 'Map.fromIter<Nat, Text>([(0, "School"), (1, "Pier"), (2, "Church")].values(), Nat.compare)'),
    ],
    expect: (data) => ({
      ...listed(data, 'shifts', (shift) => ({ ...shift, place: String(['School', 'Pier', 'Church'].indexOf(shift.place)) })),
      places: [['0', 'School'], ['1', 'Pier'], ['2', 'Church']],
    }),
  },
};
