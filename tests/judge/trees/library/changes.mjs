/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { halves, listRows, listed, mapRows, ownersOnly, table, variable } from '../../lib/edit.mjs';

export const calls = ['titles()', 'shelfOf("978-100003")', 'out()', 'borrowers()'];

export const changes = {
  add: {
    types: [['shelf : Text }', 'shelf : Text; language : Text }']],
    main: [['shelf = Sample', 'language = "en";\n        shelf = Sample']],
    migrate: [mapRows('books', 'Text', 'Book', '{ row with language = "en" }')],
    expect: (data) => table(data, 'books', (book) => ({ ...book, language: 'en' })),
  },
  split: {
    types: [['shelf : Text }', 'shelf : Text; place : Text }']],
    main: [
      ['shelf = Sample.pick(["A", "B", "C"], i) # "-" # (i % 20).toText();', 'shelf = Sample.pick(["A", "B", "C"], i); place = (i % 20).toText();'],
      ['(?book) book.shelf;', '(?book) book.shelf # "-" # book.place;'],
    ],
    migrate: [mapRows('books', 'Text', 'Book', "{ row with shelf = Sample.before(row.shelf, '-'); place = Sample.after(row.shelf, '-') }")],
    expect: (data) => table(data, 'books', (book) => ({ ...book, shelf: halves(book.shelf, '-')[0], place: halves(book.shelf, '-')[1] })),
  },
  retype: {
    types: [['back : ?Int', 'state : { #out; #back : Int }']],
    main: [
      ['back = if (i % 3 == 0) null else ?(1_660_000_000 + i)', 'state = if (i % 3 == 0) #out else #back(1_660_000_000 + i)'],
      ['loan.back == null', 'loan.state == #out'],
      ['back = null', 'state = #out'],
    ],
    migrate: [listRows('loans', 'Loan', '{ row with state = switch (row.back) { case (?at) #back(at); case null #out } }')],
    expect: (data) =>
      listed(data, 'loans', ({ back, ...loan }) => ({ ...loan, state: back === null ? { '#out': null } : { '#back': back } })),
  },
  tighten: { main: [ownersOnly('out() : async Nat', '0')], denied: 'out()' },
  relate: {
    types: [['shelf : Text }', 'shelf : Text; writers : [Nat] }']],
    main: [
      ['shelf = Sample', 'writers = [];\n        shelf = Sample'],
      ['let loans =', 'let writers = Map.empty<Nat, Text>();\n  let loans ='],
    ],
    prelude: `  func known(books : Map.Map<Text, Old.Book>) : Map.Map<Text, Nat> {
    let ids = Map.empty<Text, Nat>();
    for (book in Map.values(books)) for (name in book.authors.values())
      if (not Map.containsKey(ids, Text.compare, name)) Map.add(ids, Text.compare, name, Map.size(ids));
    ids;
  };
`,
    migrate: [
      variable('books', 'Map.Map<Text, Old.Book>', 'Map.Map<Text, New.Book>', `do {
        let ids = known(old.books);
        Map.map<Text, Old.Book, New.Book>(old.books, func (_, row) = {
          row with writers = Array.map<Text, Nat>(row.authors, func name = switch (Map.get(ids, Text.compare, name)) { case (?id) id; case null 0 })
        });
      }`),
      variable('writers', null, 'Map.Map<Nat, Text>',
        'Map.fromIter<Nat, Text>(Iter.map<(Text, Nat), (Nat, Text)>(Map.entries(known(old.books)), func (name, id) = (id, name)), Nat.compare)'),
    ],
    expect: (data) => {
      const ids = new Map();
      for (const [, book] of data.books) for (const name of book.authors) if (!ids.has(name)) ids.set(name, String(ids.size));
      const writers = [...ids].map(([name, id]) => [id, name]);
      return { ...table(data, 'books', (book) => ({ ...book, writers: book.authors.map((name) => ids.get(name)) })), writers };
    },
  },
};
