/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, mapRows, ownersOnly, table } from '../../lib/edit.mjs';

export const calls = ['size()', 'visitsMade()', 'file(1004)', 'file(1005)'];

export const changes = {
  add: {
    types: [['weight : Float }', 'weight : Float; blood : ?{ #a; #b; #ab; #o } }']],
    main: [['weight = Float', 'blood = null;\n        weight = Float']],
    migrate: [mapRows('patients', 'Nat', 'Patient', '{ row with blood = null }')],
    expect: (data) => table(data, 'patients', (patient) => ({ ...patient, blood: null })),
  },
  split: {
    types: [['Patient = { name : Text;', 'Patient = { given : Text; family : Text;']],
    main: [
      ['name = Sample.name(i);', "given = Sample.before(Sample.name(i), ' '); family = Sample.after(Sample.name(i), ' ');"],
      ['?(patient.name,', '?(patient.given # " " # patient.family,'],
    ],
    migrate: [mapRows('patients', 'Nat', 'Patient', "{ row with given = Sample.before(row.name, ' '); family = Sample.after(row.name, ' ') }")],
    expect: (data) =>
      table(data, 'patients', ({ name, ...patient }) => ({ ...patient, given: halves(name)[0], family: halves(name)[1] })),
  },
  retype: {
    types: [['notes : ?Text', 'notes : [Text]']],
    main: [
      ['if (k % 2 == 0) ?("seen by " # Sample.name(k)) else null', 'if (k % 2 == 0) ["seen by " # Sample.name(k)] else []'],
      ['notes = null', 'notes = []'],
    ],
    migrate: [mapRows('patients', 'Nat', 'Patient', `{
        row with visits = Array.map<Old.Visit, New.Visit>(row.visits, func visit = { visit with notes = switch (visit.notes) { case (?note) [note]; case null [] } })
      }`)],
    expect: (data) =>
      table(data, 'patients', (patient) => ({
        ...patient,
        visits: patient.visits.map((visit) => ({ ...visit, notes: visit.notes === null ? [] : [visit.notes] })),
      })),
  },
  tighten: { main: [ownersOnly('visitsMade() : async Nat', '0')], denied: 'visitsMade()' },
  relate: {
    types: [['  public type Patient', '  public type Bill = { patient : Nat; cents : Nat; paid : Bool };\n  public type Patient']],
    main: [
      ['type Patient }', 'type Patient; type Bill }'],
      declared(`  let bills = Map.empty<Nat, Bill>();
  public shared func bill(patient : Nat, cents : Nat) : async () {
    owner<system>();
    if (not patients.containsKey(patient)) Runtime.trap("no such patient");
    bills.add(bills.size(), { patient; cents; paid = false });
  };`),
    ],
    expect: (data) => ({ ...data, bills: [] }),
  },
};
