/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, mapRows, ownersOnly, table } from '../../lib/edit.mjs';

export const calls = ['coming()', 'places()', 'names()', 'budget()'];

export const changes = {
  add: {
    types: [['meal : ?Meal; seat : ?Nat }', 'meal : ?Meal; seat : ?Nat; diet : ?Text }']],
    main: [['seat = if', 'diet = null;\n        seat = if']],
    migrate: [mapRows('guests', 'Nat', 'Guest', '{ row with diet = null }')],
    expect: (data) => table(data, 'guests', (guest) => ({ ...guest, diet: null })),
  },
  split: {
    types: [['Guest = { name : Text;', 'Guest = { given : Text; family : Text;']],
    main: [
      ['name = Sample.name(i);', 'given = Sample.before(Sample.name(i), \' \'); family = Sample.after(Sample.name(i), \' \');'],
      ['func guest = guest.name)', 'func guest = guest.given # " " # guest.family)'],
    ],
    migrate: [mapRows('guests', 'Nat', 'Guest', "{ row with given = Sample.before(row.name, ' '); family = Sample.after(row.name, ' ') }")],
    expect: (data) =>
      table(data, 'guests', ({ name, ...guest }) => ({ ...guest, given: halves(name)[0], family: halves(name)[1] })),
  },
  retype: {
    types: [['paid : Bool', 'state : { #due; #paid }']],
    main: [['paid = i % 4 == 0', 'state = if (i % 4 == 0) #paid else #due'], ['cost with paid = true', 'cost with state = #paid']],
    migrate: [mapRows('costs', 'Nat', 'Cost', '{ row with state = if (row.paid) #paid else #due }')],
    expect: (data) => table(data, 'costs', ({ paid, ...cost }) => ({ ...cost, state: { [paid ? '#paid' : '#due']: null } })),
  },
  tighten: { main: [ownersOnly('places() : async [Text]', '[]')], denied: 'places()' },
  relate: {
    types: [['  public type Table', '  public type Gift = { from : Nat; what : Text };\n  public type Table']],
    main: [
      ['type Table; ', 'type Table; type Gift; '],
      declared(`  let gifts = Map.empty<Nat, Gift>();
  public shared func thank(from : Nat, what : Text) : async () {
    owner<system>();
    if (not guests.containsKey(from)) Runtime.trap("no such guest");
    gifts.add(gifts.size(), { from; what });
  };`),
    ],
    expect: (data) => ({ ...data, gifts: [] }),
  },
};
