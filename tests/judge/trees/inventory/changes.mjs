/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { halves, listRows, listed, ownersOnly, pureRows, table, variable } from '../../lib/edit.mjs';

export const calls = ['skus()', 'total()', 'bins()', 'value()'];

export const changes = {
  add: {
    types: [['price : Nat }', 'price : Nat; barcode : ?Text }']],
    main: [['price = 10 + i', 'price = 10 + i; barcode = null']],
    migrate: [pureRows('stock', 'Text', 'Item', '{ row with barcode = null }')],
    expect: (data) => table(data, 'stock', (item) => ({ ...item, barcode: null })),
  },
  split: {
    types: [['bin : Text;', 'rack : Text; shelf : Text;']],
    main: [
      ['bin = "R" # (i % 7).toText() # ":" # (i % 11).toText();', 'rack = "R" # (i % 7).toText(); shelf = (i % 11).toText();'],
      ['func item = item.bin)', 'func item = item.rack # ":" # item.shelf)'],
    ],
    migrate: [pureRows('stock', 'Text', 'Item', "{ row with rack = Sample.before(row.bin, ':'); shelf = Sample.after(row.bin, ':') }")],
    expect: (data) => table(data, 'stock', ({ bin, ...item }) => ({ ...item, rack: halves(bin, ':')[0], shelf: halves(bin, ':')[1] })),
  },
  retype: {
    types: [['#lost : Text }', '#lost : { reason : Text } }']],
    main: [['#lost("rust")', '#lost({ reason = "rust" })']],
    migrate: [listRows('moves', 'Move', '{ row with why = switch (row.why) { case (#lost(reason)) #lost({ reason }); case (#bought) #bought; case (#sold) #sold } }')],
    expect: (data) =>
      listed(data, 'moves', (move) => ('#lost' in move.why ? { ...move, why: { '#lost': { reason: move.why['#lost'] } } } : move)),
  },
  tighten: { main: [ownersOnly('bins() : async [Text]', '[]')], denied: 'bins()' },
  relate: {
    types: [['price : Nat }', 'price : Nat; bought : [Nat] }']],
    main: [['price = 10 + i', 'price = 10 + i; bought = []']],
    prelude: `  func bought(moves : List.List<Old.Move>, sku : Text) : [Nat] {
    let at = List.empty<Nat>();
    for ((i, move) in List.enumerate(moves)) if (move.sku == sku and move.why == #bought) List.add(at, i);
    List.toArray(at);
  };
`,
    migrate: [
      pureRows('stock', 'Text', 'Item', '{ row with bought = bought(old.moves, key) }'),
      variable('moves', 'List.List<Old.Move>', 'List.List<New.Move>', 'old.moves'),
    ],
    expect: (data) =>
      table(data, 'stock', (item, sku) => ({
        ...item,
        bought: data.moves.flatMap((move, at) => (move.sku === sku && '#bought' in move.why ? [String(at)] : [])),
      })),
  },
};
