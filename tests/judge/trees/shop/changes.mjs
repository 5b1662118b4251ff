/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, mapRows, signedIn, table } from '../../lib/edit.mjs';

export const calls = ['catalogue()', 'turnover()', 'parcels()', 'mine()'];

export const changes = {
  add: {
    types: [['stock : Nat }', 'stock : Nat; weight : ?Nat }']],
    main: [['stock = i % 9', 'stock = i % 9; weight = null']],
    migrate: [mapRows('products', 'Text', 'Product', '{ row with weight = null }')],
    expect: (data) => table(data, 'products', (product) => ({ ...product, weight: null })),
  },
  split: {
    types: [['street : Text;', 'number : Text; street : Text;']],
    main: [
      ['street = i.toText() # " Long Street"', 'number = i.toText(); street = "Long Street"'],
      ['order.address.street #', 'order.address.number # " " # order.address.street #'],
    ],
    migrate: [mapRows('orders', 'Nat', 'Order',
      "{ row with address = { row.address with number = Sample.before(row.address.street, ' '); street = Sample.after(row.address.street, ' ') } }")],
    expect: (data) =>
      table(data, 'orders', (order) => {
        const [number, street] = halves(order.address.street);
        return { ...order, address: { ...order.address, number, street } };
      }),
  },
  retype: {
    types: [['#paid : Int;', '#paid : { at : Int };']],
    main: [['#paid(-i)', '#paid({ at = -i })']],
    migrate: [mapRows('orders', 'Nat', 'Order', `{
        row with state = switch (row.state) { case (#paid(at)) #paid({ at }); case (#open) #open; case (#shipped(how)) #shipped(how) }
      }`)],
    expect: (data) =>
      table(data, 'orders', (order) =>
        '#paid' in order.state ? { ...order, state: { '#paid': { at: order.state['#paid'] } } } : order),
  },
  tighten: { main: [signedIn('turnover() : async Nat', '0')], denied: 'turnover()' },
  relate: {
    types: [['  public type Product', '  public type Supplier = { name : Text; skus : [Text] };\n  public type Product']],
    main: [
      ['type Product }', 'type Product; type Supplier }'],
      declared(`  let suppliers = Map.empty<Nat, Supplier>();
  public shared func supply(name : Text, skus : [Text]) : async () {
    owner<system>();
    for (sku in skus.values()) if (not products.containsKey(sku)) Runtime.trap("no product " # sku);
    suppliers.add(suppliers.size(), { name; skus });
  };`),
    ],
    expect: (data) => ({ ...data, suppliers: [] }),
  },
};
