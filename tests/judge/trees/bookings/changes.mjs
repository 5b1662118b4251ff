/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, ownersOnly, table, arrayRows, variable } from '../../lib/edit.mjs';

export const calls = ['team()', 'busy("2026-3-3")', 'minutes()', 'customers("2026-3-3")'];

/** Every slot of every day through `body`, which sees `row`. */
const slots = (body) =>
  variable('days', 'Map.Map<Text, Map.Map<Nat, Old.Slot>>', 'Map.Map<Text, Map.Map<Nat, New.Slot>>',
    'Map.map<Text, Map.Map<Nat, Old.Slot>, Map.Map<Nat, New.Slot>>(old.days, func (_, hours) = ' +
      `Map.map<Nat, Old.Slot, New.Slot>(hours, func (_, row) = ${body}))`);
const each = (data, f) => table(data, 'days', (hours) => hours.map(([hour, slot]) => [hour, f(slot)]));

export const changes = {
  add: {
    types: [['minutes : Nat }', 'minutes : Nat; wish : Text }']],
    main: [['minutes = 30', 'wish = "";\n        minutes = 30']],
    migrate: [slots('{ row with wish = "" }')],
    expect: (data) => each(data, (slot) => ({ ...slot, wish: '' })),
  },
  split: {
    types: [['who : Text;', 'who : { given : Text; family : Text };']],
    main: [
      ['who = Sample.name(i)', "who = { given = Sample.before(Sample.name(i), ' '); family = Sample.after(Sample.name(i), ' ') }"],
      ['func slot = slot.who)', 'func slot = slot.who.given # " " # slot.who.family)'],
    ],
    migrate: [slots("{ row with who = { given = Sample.before(row.who, ' '); family = Sample.after(row.who, ' ') } }")],
    expect: (data) => each(data, (slot) => ({ ...slot, who: { given: halves(slot.who)[0], family: halves(slot.who)[1] } })),
  },
  retype: {
    types: [['#shave };', '#shave; #other : Text };']],
    migrate: [slots('row')],
    expect: (data) => data,
  },
  tighten: { main: [ownersOnly('minutes() : async Nat', '0')], denied: 'minutes()' },
  relate: {
    types: [['until : Nat };', 'until : Nat; holidays : [Text] };']],
    main: [['until = 17', 'until = 17; holidays = []'], ['until = 18', 'until = 18; holidays = []'],
      declared(`  public shared func away(stylist : Text, day : Text) : async () {
    owner<system>();
    stylists := stylists.map(func one = if (one.name == stylist) { { one with holidays = one.holidays.concat([day]) } } else one);
  };`),
      ['import Map "mo:core/Map";', 'import Map "mo:core/Map";\nimport Array "mo:core/Array";'],
    ],
    migrate: [arrayRows('stylists', 'Stylist', '{ row with holidays = [] }')],
    expect: (data) => ({ ...data, stylists: data.stylists.map((one) => ({ ...one, holidays: [] })) }),
  },
};
