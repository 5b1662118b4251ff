/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, mapRows, signedIn, table, variable } from '../../lib/edit.mjs';

export const calls = ['won()', 'people()', 'customers()', 'mine()'];

export const changes = {
  add: {
    types: [['notes : [Text] }', 'notes : [Text]; followUp : ?Int }']],
    main: [['notes = if', 'followUp = null;\n        notes = if']],
    migrate: [mapRows('deals', 'Nat', 'Deal', '{ row with followUp = null }')],
    expect: (data) => table(data, 'deals', (deal) => ({ ...deal, followUp: null })),
  },
  split: {
    types: [['Contact = { name : Text;', 'Contact = { given : Text; family : Text;']],
    main: [
      ['name = Sample.name(i); company', "given = Sample.before(Sample.name(i), ' '); family = Sample.after(Sample.name(i), ' '); company"],
      ['func contact = contact.name)', 'func contact = contact.given # " " # contact.family)'],
    ],
    migrate: [mapRows('contacts', 'Nat', 'Contact', "{ row with given = Sample.before(row.name, ' '); family = Sample.after(row.name, ' ') }")],
    expect: (data) => table(data, 'contacts', ({ name, ...one }) => ({ ...one, given: halves(name)[0], family: halves(name)[1] })),
  },
  retype: {
    types: [['#offer; #won', '#proposal; #won']],
    main: [['#offer', '#proposal']],
    migrate: [mapRows('deals', 'Nat', 'Deal', `{
        row with stage = switch (row.stage) { case (#offer) #proposal; case (#lead) #lead; case (#qualified) #qualified; case (#won) #won; case (#lost) #lost }
      }`)],
    expect: (data) => table(data, 'deals', (deal) => ('#offer' in deal.stage ? { ...deal, stage: { '#proposal': null } } : deal)),
  },
  tighten: { main: [signedIn('customers() : async [Text]', '[]')], denied: 'customers()' },
  relate: {
    types: [['notes : [Text] }', 'notes : [Text]; contact : ?Nat }']],
    main: [
      ['notes = if', 'contact = null;\n        notes = if'],
      declared(`  public shared func assign(id : Nat, contact : Nat) : async () {
    owner<system>();
    let ?deal = deals.get(id) else Runtime.trap("no such deal");
    if (not contacts.containsKey(contact)) Runtime.trap("no such contact");
    deals.add(id, { deal with contact = ?contact });
  };`),
    ],
    migrate: [
      mapRows('deals', 'Nat', 'Deal', '{ row with contact = if (Map.containsKey(old.contacts, Nat.compare, row.company)) ?row.company else null }'),
      variable('contacts', 'Map.Map<Nat, Old.Contact>', 'Map.Map<Nat, New.Contact>', 'old.contacts'),
    ],
    expect: (data) => table(data, 'deals', (deal) => ({ ...deal, contact: deal.company })),
  },
};
