/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, mapRows, signedIn, table, variable } from '../../lib/edit.mjs';

export const calls = ['forms()', 'size()', 'names()', 'points("maths")'];

/** Every mark through `body`, which sees `mark`. */
const marks = (body) =>
  variable('marks', 'Map.Map<Nat, Map.Map<Text, [Old.Mark]>>', 'Map.Map<Nat, Map.Map<Text, [New.Mark]>>',
    'Map.map<Nat, Map.Map<Text, [Old.Mark]>, Map.Map<Text, [New.Mark]>>(old.marks, func (_, own) = ' +
      `Map.map<Text, [Old.Mark], [New.Mark]>(own, func (_, all) = Array.map<Old.Mark, New.Mark>(all, func mark = ${body})))`);
const each = (data, f) => table(data, 'marks', (own) => own.map(([subject, all]) => [subject, all.map(f)]));

export const changes = {
  add: {
    types: [['term : Nat }', 'term : Nat; remark : ?Text }']],
    main: [['term = k', 'term = k; remark = null'], ['term = 0', 'term = 0; remark = null'], ['term = 9', 'term = 9; remark = null']],
    migrate: [marks('{ mark with remark = null }')],
    expect: (data) => each(data, (mark) => ({ ...mark, remark: null })),
  },
  split: {
    types: [['form : Text;', 'grade : Nat; stream : Text;']],
    main: [
      ['form = (5 + i % 6).toText() # Sample.pick(["a", "b"], i);', 'grade = 5 + i % 6; stream = Sample.pick(["a", "b"], i);'],
      ['func pupil = pupil.form)', 'func pupil = pupil.grade.toText() # pupil.stream)'],
    ],
    migrate: [mapRows('pupils', 'Nat', 'Pupil', `{
        row with grade = switch (Nat.fromText(Text.trim(row.form, #predicate(func c = Char.isAlphabetic(c))))) { case (?grade) grade; case null 0 };
        stream = Text.trim(row.form, #predicate(func c = Char.isDigit(c)))
      }`)],
    expect: (data) =>
      table(data, 'pupils', ({ form, ...pupil }) => ({ ...pupil, grade: form.replace(/\D/g, ''), stream: form.replace(/\d/g, '') })),
  },
  retype: {
    types: [['term : Nat }', 'term : { #first; #second; #third; #other : Nat } }']],
    main: [['term = k', 'term = #other(k)'], ['term = 0', 'term = #first'], ['term = 9', 'term = #other(9)']],
    migrate: [marks('{ mark with term = switch (mark.term) { case 0 #first; case 1 #second; case 2 #third; case other #other(other) } }')],
    expect: (data) => each(data, (mark) => ({ ...mark, term: { [['#first', '#second', '#third'][mark.term]]: null } })),
  },
  tighten: { main: [signedIn('forms() : async [Text]', '[]')], denied: 'forms()' },
  relate: {
    types: [['guardian : { name : Text; phone : Text }', 'guardian : Nat'], ['  public type Mark', '  public type Guardian = { name : Text; phone : Text };\n  public type Mark']],
    main: [
      ['type Mark }', 'type Mark; type Guardian }'],
      ['guardian = {', 'guardian = i;\n      });\n      guardians.add(i, {'],
      ['name = Sample.name(i + 7); phone = "0" # Sample.mix(i).toText() };', 'name = Sample.name(i + 7); phone = "0" # Sample.mix(i).toText();'],
      ['let teachers', 'let guardians = Map.empty<Nat, Guardian>();\n  let teachers'],
    ],
    migrate: [
      mapRows('pupils', 'Nat', 'Pupil', '{ row with guardian = key }'),
      variable('guardians', null, 'Map.Map<Nat, New.Guardian>', 'Map.map<Nat, Old.Pupil, New.Guardian>(old.pupils, func (_, row) = row.guardian)'),
    ],
    expect: (data) => ({
      ...table(data, 'pupils', (pupil, id) => ({ ...pupil, guardian: id })),
      guardians: data.pupils.map(([id, pupil]) => [id, pupil.guardian]),
    }),
  },
};
